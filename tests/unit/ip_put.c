/* Options of IPv4 and IPv6 and the data of routing headers, written and read back. */
#define ROOM 600
#include "put.h"

static const uint8_t many[300];

static const uint8_t addresses[48] = {10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3, 10, 0, 0, 4, 5};

/* The only option of what was written. */
static struct tapir_ipv4_option only(uint8_t type)
{
    struct tapir_ipv4 ip = {.options = tapir_written(&w, room)};
    struct tapir_ipv4_option option = {0}, more;
    tapir_walk walk = tapir_ipv4_options(&ip);

    assert_false(w.failed);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_null(tapir_walk_next(&walk, &more));
    assert_false(walk.in.failed);
    assert_int_equal(option.type, type);
    w = tapir_writer_of(room, sizeof room);
    return option;
}

static struct tapir_ipv6_option only6(uint8_t type)
{
    struct tapir_ipv6_option option = {0}, more;
    tapir_walk walk = tapir_ipv6_options(tapir_written(&w, room));

    assert_false(w.failed);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_null(tapir_walk_next(&walk, &more));
    assert_false(walk.in.failed);
    assert_int_equal(option.type, type);
    assert_true(option.rest.len == 0 || option.rest.data == option.data.data);
    w = tapir_writer_of(room, sizeof room);
    return option;
}

static void ipv4_routes_are_read_back(void **state)
{
    struct tapir_ipv4_option option;
    struct tapir_ipv4_hop hop;
    tapir_walk walk;

    (void)state;
    tapir_ipv4_put_record_route(&w, 3, tapir_span_of(addresses, 4));
    option = only(TAPIR_IPV4_RECORD_ROUTE);
    assert_int_equal(option.length, 15);
    assert_int_equal(option.as.route.pointer, 8);
    walk = tapir_ipv4_hops(&option);
    for (size_t i = 0; i < 3; i++) {
        assert_non_null(tapir_walk_next(&walk, &hop));
        assert_int_equal(hop.visited, i == 0);
        assert_memory_equal(hop.address, i ? "\0\0\0" : (const char *)addresses, 4);
    }
    tapir_ipv4_put_loose_route(&w, tapir_span_of(addresses, 12));
    option = only(TAPIR_IPV4_LOOSE_ROUTE);
    assert_int_equal(option.as.route.pointer, 4);
    assert_bytes(option.as.route.hops, addresses, 12);
    tapir_ipv4_put_strict_route(&w, tapir_span_of(addresses, 8));
    assert_bytes(only(TAPIR_IPV4_STRICT_ROUTE).as.route.hops, addresses, 8);
}

static void ipv4_timestamps_are_read_back(void **state)
{
    const struct tapir_ipv4_stamp stamps[] = {{{10, 0, 0, 1}, 77}, {{10, 0, 0, 2}, 0}};
    struct tapir_ipv4_option option;
    struct tapir_ipv4_stamp stamp;
    tapir_walk walk;

    (void)state;
    tapir_ipv4_put_timestamp(&w, 2, 3, stamps, 2, 1);
    option = only(TAPIR_IPV4_TIMESTAMP);
    assert_int_equal(option.as.timestamp.pointer, 13);
    assert_int_equal(option.as.timestamp.overflow, 2);
    assert_int_equal(option.as.timestamp.flag, 3);
    walk = tapir_ipv4_stamps(&option);
    for (size_t i = 0; i < 2; i++) {
        assert_non_null(tapir_walk_next(&walk, &stamp));
        assert_memory_equal(stamp.address, stamps[i].address, 4);
        assert_int_equal(stamp.time, stamps[i].time);
    }
    tapir_ipv4_put_timestamp(&w, 0, 0, NULL, 9, 0);
    option = only(TAPIR_IPV4_TIMESTAMP);
    assert_int_equal(option.length, 40);
    assert_int_equal(option.as.timestamp.pointer, 5);
    tapir_ipv4_put_timestamp(&w, 0, 1, NULL, 4, 0);
    assert_int_equal(only(TAPIR_IPV4_TIMESTAMP).length, 36);
}

static void other_ipv4_options_are_read_back(void **state)
{
    struct tapir_ipv4_option option;

    (void)state;
    tapir_ipv4_put_end(&w);
    only(TAPIR_IPV4_END);
    tapir_ipv4_put_nop(&w);
    only(TAPIR_IPV4_NOP);
    tapir_ipv4_put_router_alert(&w, 5);
    assert_int_equal(only(TAPIR_IPV4_ROUTER_ALERT).as.router_alert, 5);
    tapir_ipv4_put_stream_id(&w, 0xfffe);
    assert_int_equal(only(TAPIR_IPV4_STREAM_ID).as.stream_id, 0xfffe);
    tapir_ipv4_put_traceroute(&w, 1, 2, 0xffff, addresses);
    option = only(TAPIR_IPV4_TRACEROUTE);
    assert_int_equal(option.as.traceroute.id, 1);
    assert_int_equal(option.as.traceroute.outbound_hops, 2);
    assert_int_equal(option.as.traceroute.return_hops, 0xffff);
    assert_memory_equal(option.as.traceroute.originator, addresses, 4);
    tapir_ipv4_put_security(&w, 0xd788, 3, text("AB"), text("XYZ"));
    option = only(TAPIR_IPV4_SECURITY);
    assert_int_equal(option.as.security.security, 0xd788);
    assert_int_equal(option.as.security.compartments, 3);
    assert_bytes(option.as.security.restrictions, "AB", 2);
    assert_bytes(option.as.security.control_code, "XYZ", 3);
    tapir_ipv4_put_basic_security(&w, 0x5a, text("\x81\x02"));
    option = only(TAPIR_IPV4_SECURITY);
    assert_int_equal(option.as.basic_security.level, 0x5a);
    assert_bytes(option.as.basic_security.authorities, "\x81\x02", 2);
    tapir_ipv4_put_option(&w, 222, text("anything"));
    assert_bytes(only(222).data, "anything", 8);
}

static void ipv4_padding_fills_up_words(void **state)
{
    (void)state;
    tapir_ipv4_put_record_route(&w, 1, text(""));
    tapir_ipv4_put_padding(&w, room);
    tapir_ipv4_put_padding(&w, room);
    assert_bytes(tapir_written(&w, room), "\x07\x07\x04\0\0\0\0\0", 8);
}

static void what_ipv4_has_no_place_for_fails(void **state)
{
    (void)state;
    tapir_ipv4_put_record_route(&w, 1, tapir_span_of(addresses, 8));
    assert_failed();
    tapir_ipv4_put_record_route(&w, 2, tapir_span_of(addresses, 7));
    assert_failed();
    tapir_ipv4_put_record_route(&w, 63, text(""));
    assert_false(w.failed);
    tapir_ipv4_put_record_route(&w, SIZE_MAX / 2, text(""));
    assert_failed();
    tapir_ipv4_put_loose_route(&w, tapir_span_of(addresses, 5));
    assert_failed();
    tapir_ipv4_put_timestamp(&w, 16, 0, NULL, 1, 0);
    assert_failed();
    tapir_ipv4_put_timestamp(&w, 0, 16, NULL, 1, 0);
    assert_failed();
    tapir_ipv4_put_timestamp(&w, 0, 0, NULL, 1, 2);
    assert_failed();
    tapir_ipv4_put_timestamp(&w, 0, 0, NULL, SIZE_MAX / 4, 0);
    assert_failed();
    tapir_ipv4_put_router_alert(&w, 0x10000);
    assert_failed();
    tapir_ipv4_put_security(&w, 0, 0, text("A"), text("XYZ"));
    assert_failed();
    tapir_ipv4_put_option(&w, 222, tapir_span_of(many, 254));
    assert_failed();
}

static void ipv6_options_are_read_back(void **state)
{
    struct tapir_ipv6_option option;

    (void)state;
    tapir_ipv6_put_pad1(&w);
    only6(TAPIR_IPV6_PAD1);
    tapir_ipv6_put_padn(&w, 5);
    assert_bytes(only6(TAPIR_IPV6_PADN).data, "\0\0\0\0\0", 5);
    tapir_ipv6_put_tunnel_limit(&w, 4);
    assert_int_equal(only6(TAPIR_IPV6_TUNNEL_LIMIT).as.tunnel_limit, 4);
    tapir_ipv6_put_router_alert(&w, 2);
    assert_int_equal(only6(TAPIR_IPV6_ROUTER_ALERT).as.router_alert, 2);
    tapir_ipv6_put_jumbo(&w, 100000);
    assert_int_equal(only6(TAPIR_IPV6_JUMBO).as.jumbo, 100000);
    tapir_ipv6_put_home_address(&w, addresses);
    assert_memory_equal(only6(TAPIR_IPV6_HOME_ADDRESS).as.home_address, addresses, 16);
    tapir_ipv6_put_minimum_path_mtu(&w, 1500, 1280, true);
    option = only6(TAPIR_IPV6_MINIMUM_PATH_MTU);
    assert_int_equal(option.as.path_mtu.minimum, 1500);
    assert_int_equal(option.as.path_mtu.returned, 1280);
    assert_true(option.as.path_mtu.wants_return);
    tapir_ipv6_put_rpl(&w, 0x80, 7, 256);
    option = only6(TAPIR_IPV6_RPL);
    assert_int_equal(option.as.rpl.flags, 0x80);
    assert_int_equal(option.as.rpl.instance, 7);
    assert_int_equal(option.as.rpl.rank, 256);
    tapir_ipv6_put_option(&w, 0x1e, text("anything"));
    assert_bytes(only6(0x1e).data, "anything", 8);
}

static void ipv6_padding_counts_the_header(void **state)
{
    (void)state;
    tapir_ipv6_put_padding(&w, room);
    assert_bytes(tapir_written(&w, room), "\x01\x04\0\0\0\0", 6);
    tapir_ipv6_put_padding(&w, room);
    assert_int_equal(tapir_written(&w, room).len, 6);
    start(state);
    tapir_ipv6_put_tunnel_limit(&w, 4);
    tapir_ipv6_put_pad1(&w);
    tapir_ipv6_put_pad1(&w);
    tapir_ipv6_put_padding(&w, room);
    assert_bytes(tapir_written(&w, room), "\x04\x01\x04\0\0\0", 6);
    start(state);
    for (size_t more = 0; more < 8; more++) {
        start(state);
        tapir_ipv6_put_aligned(&w, room, 8, more);
        assert_int_equal((tapir_written(&w, room).len + 2) % 8, more);
        assert_true(tapir_written(&w, room).len < 8);
    }
    start(state);
    tapir_ipv6_put_aligned(&w, room, 4, 2);
    assert_int_equal(tapir_written(&w, room).len, 0);
}

static void ipv6_routes_are_read_back(void **state)
{
    struct tapir_ipv6_routing routing = {.type = TAPIR_IPV6_ROUTING_SOURCE, .segments_left = 2};
    const uint32_t ids[] = {1, 2, 3};
    struct tapir_ipv6_route route;

    (void)state;
    tapir_ipv6_put_source_route(&w, tapir_span_of(addresses, 32));
    routing.data = tapir_written(&w, room);
    assert_true(tapir_ipv6_routing_data(&routing, &route));
    assert_bytes(route.addresses, addresses, 32);
    assert_int_equal(route.rest.len, 0);
    start(state);
    routing.type = TAPIR_IPV6_ROUTING_SEGMENT;
    tapir_ipv6_put_segments(&w, 1, 0x1234, tapir_span_of(addresses, 48));
    tapir_ipv6_put_segment_tlv(&w, 4, text("......"));
    routing.data = tapir_written(&w, room);
    assert_true(tapir_ipv6_routing_data(&routing, &route));
    assert_int_equal(route.last_entry, 2);
    assert_int_equal(route.flags, 1);
    assert_memory_equal(route.tag, "\x12\x34", 2);
    assert_bytes(route.addresses, addresses, 48);
    assert_bytes(route.tlvs, "\x04\x06......", 8);
    start(state);
    routing.type = TAPIR_IPV6_ROUTING_CRH16;
    tapir_ipv6_put_compact_route(&w, 2, ids, 3);
    routing.data = tapir_written(&w, room);
    assert_int_equal(routing.data.len, 12);
    assert_true(tapir_ipv6_routing_data(&routing, &route));
    assert_bytes(route.ids, "\0\1\0\2\0\3", 6);
    start(state);
    routing.type = TAPIR_IPV6_ROUTING_CRH32;
    tapir_ipv6_put_compact_route(&w, 4, ids, 3);
    routing.data = tapir_written(&w, room);
    assert_int_equal(routing.data.len, 12);
    assert_true(tapir_ipv6_routing_data(&routing, &route));
    assert_int_equal(route.current_id, 3);
}

static void what_ipv6_has_no_place_for_fails(void **state)
{
    const uint32_t wide = 0x10000;

    (void)state;
    tapir_ipv6_put_padn(&w, 256);
    assert_failed();
    tapir_ipv6_put_option(&w, 256, text(""));
    assert_failed();
    tapir_ipv6_put_jumbo(&w, (uint64_t)1 << 32);
    assert_failed();
    tapir_ipv6_put_minimum_path_mtu(&w, 1, 3, false);
    assert_failed();
    tapir_ipv6_put_source_route(&w, tapir_span_of(addresses, 15));
    assert_failed();
    tapir_ipv6_put_segments(&w, 0, 0, text(""));
    assert_failed();
    tapir_ipv6_put_segments(&w, 0, 0x10000, tapir_span_of(addresses, 16));
    assert_failed();
    tapir_ipv6_put_compact_route(&w, 2, &wide, 1);
    assert_failed();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ipv4_routes_are_read_back, start),
        cmocka_unit_test_setup(ipv4_timestamps_are_read_back, start),
        cmocka_unit_test_setup(other_ipv4_options_are_read_back, start),
        cmocka_unit_test_setup(ipv4_padding_fills_up_words, start),
        cmocka_unit_test_setup(what_ipv4_has_no_place_for_fails, start),
        cmocka_unit_test_setup(ipv6_options_are_read_back, start),
        cmocka_unit_test_setup(ipv6_padding_counts_the_header, start),
        cmocka_unit_test_setup(ipv6_routes_are_read_back, start),
        cmocka_unit_test_setup(what_ipv6_has_no_place_for_fails, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
