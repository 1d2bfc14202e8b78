/* Options of neighbour discovery, MLD records and ICMP extensions, written and read back. */
#define ROOM 4000
#include "put.h"

static const uint8_t many[2100];
static const uint8_t addresses[32] = {0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

/* The only option of what was written. */
static struct tapir_ndp_option only(uint8_t type)
{
    struct tapir_ndp_option option = {0}, more;
    tapir_walk walk = tapir_ndp_options(tapir_written(&w, room));

    assert_false(w.failed);
    assert_int_equal(tapir_written(&w, room).len % 8, 0);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_null(tapir_walk_next(&walk, &more));
    assert_false(walk.in.failed);
    assert_int_equal(option.type, type);
    start(NULL);
    return option;
}

static void addresses_are_read_back(void **state)
{
    struct tapir_ndp_option option;

    (void)state;
    tapir_ndp_put_source_link_address(&w, tapir_span_of(addresses, 6));
    assert_bytes(only(TAPIR_NDP_SOURCE_LINK_ADDRESS).address, addresses, 6);
    tapir_ndp_put_target_link_address(&w, tapir_span_of(addresses, 8));
    option = only(TAPIR_NDP_TARGET_LINK_ADDRESS);
    assert_int_equal(option.length, 2);
    assert_bytes(option.address, addresses, 8);
    tapir_ndp_put_prefix(&w, 64, 0xc0, 2592000, 604800, addresses);
    option = only(TAPIR_NDP_PREFIX);
    assert_int_equal(option.prefix.prefix_len, 64);
    assert_int_equal(option.prefix.flags, 0xc0);
    assert_int_equal(option.prefix.valid_lifetime, 2592000);
    assert_int_equal(option.prefix.preferred_lifetime, 604800);
    assert_memory_equal(option.prefix.prefix, addresses, 16);
    tapir_ndp_put_dns_servers(&w, 1200, tapir_span_of(addresses, 32));
    option = only(TAPIR_NDP_DNS_SERVERS);
    assert_int_equal(option.dns.lifetime, 1200);
    assert_bytes(option.dns.servers, addresses, 32);
    tapir_ndp_put_pref64(&w, 75, 2, addresses);
    option = only(TAPIR_NDP_PREF64);
    assert_int_equal(option.pref64.lifetime, 75);
    assert_int_equal(option.pref64.code, 2);
    assert_memory_equal(option.pref64.prefix, addresses, 7);
}

static void routes_take_the_units_they_need(void **state)
{
    static const struct {
        uint8_t prefix_len, units, bytes;
    } cases[] = {{0, 1, 0}, {1, 2, 8}, {64, 2, 8}, {65, 3, 16}, {128, 3, 16}};
    struct tapir_ndp_option option;

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(cases); i++) {
        tapir_ndp_put_route(&w, cases[i].prefix_len, 0x18, 3600, addresses);
        option = only(TAPIR_NDP_ROUTE);
        assert_int_equal(option.length, cases[i].units);
        assert_int_equal(option.route.prefix_len, cases[i].prefix_len);
        assert_int_equal(option.route.flags, 0x18);
        assert_int_equal(option.route.lifetime, 3600);
        assert_memory_equal(option.route.prefix, addresses, cases[i].bytes);
    }
}

static void numbers_are_read_back(void **state)
{
    struct tapir_ndp_option option;

    (void)state;
    tapir_ndp_put_mtu(&w, 1492);
    assert_int_equal(only(TAPIR_NDP_MTU).mtu, 1492);
    tapir_ndp_put_advertisement_interval(&w, 600000);
    assert_int_equal(only(TAPIR_NDP_ADVERTISEMENT_INTERVAL).interval_ms, 600000);
    tapir_ndp_put_home_agent(&w, 7, 1800);
    option = only(TAPIR_NDP_HOME_AGENT);
    assert_int_equal(option.home_agent.preference, 7);
    assert_int_equal(option.home_agent.lifetime, 1800);
    tapir_ndp_put_timestamp(&w, 0x123456789abcdef0);
    assert_true(only(TAPIR_NDP_TIMESTAMP).timestamp == 0x123456789abcdef0);
}

static void bytes_are_read_back(void **state)
{
    struct tapir_ndp_option option;

    (void)state;
    tapir_ndp_put_redirected_header(&w, text("a packet"));
    option = only(TAPIR_NDP_REDIRECTED_HEADER);
    assert_int_equal(option.length, 2);
    assert_bytes(option.redirected, "a packet", 8);
    tapir_ndp_put_redirected_header(&w, text("a packet!"));
    assert_bytes(only(TAPIR_NDP_REDIRECTED_HEADER).redirected, "a packet!\0\0\0\0\0\0\0", 16);
    tapir_ndp_put_nonce(&w, text("random"));
    assert_bytes(only(TAPIR_NDP_NONCE).nonce, "random", 6);
    tapir_ndp_put_captive_portal(&w, text("https://portal.example"));
    assert_bytes(only(TAPIR_NDP_CAPTIVE_PORTAL).portal, "https://portal.example", 22);
    tapir_ndp_put_option(&w, 200, text("anything"));
    option = only(200);
    assert_int_equal(option.length, 2);
    assert_bytes(option.data, "anything\0\0\0\0\0\0", 14);
}

static void domains_are_read_back(void **state)
{
    static const char *const names[] = {"example.com", "a\\.b"};
    struct tapir_ndp_option option;

    (void)state;
    tapir_ndp_put_dns_search(&w, 600, names, 2);
    option = only(TAPIR_NDP_DNS_SEARCH);
    assert_int_equal(option.length, 4);
    assert_int_equal(option.dns.lifetime, 600);
    assert_bytes(option.dns.names, "\7example\3com\0\3a.b", 18);
}

static void what_has_no_place_fails(void **state)
{
    static const char *const broken[] = {"a..b"};
    const char *names[300];

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(names); i++)
        names[i] = "example";
    tapir_ndp_put_nonce(&w, text("short"));
    assert_failed();
    tapir_ndp_put_nonce(&w, text(""));
    assert_failed();
    tapir_ndp_put_route(&w, 129, 0, 0, addresses);
    assert_failed();
    tapir_ndp_put_prefix(&w, 256, 0, 0, 0, addresses);
    assert_failed();
    tapir_ndp_put_mtu(&w, (uint64_t)1 << 32);
    assert_failed();
    tapir_ndp_put_pref64(&w, 8192, 0, addresses);
    assert_failed();
    tapir_ndp_put_pref64(&w, 0, 8, addresses);
    assert_failed();
    tapir_ndp_put_dns_servers(&w, 0, tapir_span_of(addresses, 15));
    assert_failed();
    tapir_ndp_put_dns_search(&w, 0, broken, 1);
    assert_failed();
    tapir_ndp_put_dns_search(&w, 0, names, 300);
    assert_failed();
    tapir_ndp_put_option(&w, 200, tapir_span_of(many, 2038));
    assert_false(w.failed);
    tapir_ndp_put_option(&w, 200, tapir_span_of(many, 2039));
    assert_failed();
}

static void mld_records_are_read_back(void **state)
{
    struct tapir_icmpv6 icmp = {.type = TAPIR_ICMPV6_MLDV2_REPORT};
    struct tapir_mld_record record;
    tapir_walk walk;

    (void)state;
    tapir_mld_put_record(&w, 4, addresses, tapir_span_of(NULL, 0), tapir_span_of(NULL, 0));
    tapir_mld_put_record(&w, 5, addresses, tapir_span_of(addresses, 32), text("aux."));
    assert_false(w.failed);
    icmp.items = tapir_written(&w, room);
    walk = tapir_mld_records(&icmp);
    assert_non_null(tapir_walk_next(&walk, &record));
    assert_int_equal(record.type, 4);
    assert_memory_equal(record.group, addresses, 16);
    assert_int_equal(record.source_count, 0);
    assert_non_null(tapir_walk_next(&walk, &record));
    assert_int_equal(record.type, 5);
    assert_bytes(record.sources, addresses, 32);
    assert_bytes(record.aux, "aux.", 4);
    assert_null(tapir_walk_next(&walk, &record));
    tapir_mld_put_record(&w, 4, addresses, tapir_span_of(addresses, 17), tapir_span_of(NULL, 0));
    assert_failed();
    tapir_mld_put_record(&w, 4, addresses, tapir_span_of(NULL, 0), text("aux"));
    assert_failed();
    tapir_mld_put_record(&w, 4, addresses, tapir_span_of(NULL, 0), tapir_span_of(many, 1024));
    assert_failed();
}

static void extensions_are_read_back(void **state)
{
    const struct tapir_icmp_label labels[] = {{.label = 0xfffff, .traffic_class = 7, .ttl = 255},
        {.label = 16, .bottom = true, .ttl = 1}};
    const struct tapir_icmp_label wide[] = {{.label = 0x100000}, {.traffic_class = 8}};
    struct tapir_icmp_extensions extensions;
    struct tapir_icmp_object object;
    struct tapir_icmp_label label;
    uint8_t objects[64];
    tapir_walk walk, stack;

    (void)state;
    w = tapir_writer_of(objects, sizeof objects);
    tapir_icmp_put_label_stack(&w, labels, 2);
    tapir_icmp_put_object(&w, 77, 3, text("anything"));
    assert_false(w.failed);
    {
        const tapir_span written = tapir_written(&w, objects);
        start(state);
        tapir_icmp_put_extensions(&w, written);
    }
    assert_false(w.failed);
    assert_int_equal(tapir_internet_checksum(tapir_written(&w, room)), 0);
    assert_true(tapir_icmp_extensions_decode(tapir_written(&w, room), &extensions));
    assert_int_equal(extensions.version, 2);
    assert_int_not_equal(extensions.checksum, 0);
    walk = tapir_icmp_objects(&extensions);
    assert_non_null(tapir_walk_next(&walk, &object));
    stack = tapir_icmp_labels(&object);
    for (size_t i = 0; i < 2; i++) {
        assert_non_null(tapir_walk_next(&stack, &label));
        assert_int_equal(label.label, labels[i].label);
        assert_int_equal(label.traffic_class, labels[i].traffic_class);
        assert_int_equal(label.bottom, labels[i].bottom);
        assert_int_equal(label.ttl, labels[i].ttl);
    }
    assert_null(tapir_walk_next(&stack, &label));
    assert_non_null(tapir_walk_next(&walk, &object));
    assert_int_equal(object.class_number, 77);
    assert_int_equal(object.c_type, 3);
    assert_bytes(object.data, "anything", 8);
    assert_null(tapir_walk_next(&walk, &object));
    for (size_t i = 0; i < 2; i++) {
        start(state);
        tapir_icmp_put_label_stack(&w, &wide[i], 1);
        assert_failed();
    }
    tapir_icmp_put_object(&w, 256, 0, text(""));
    assert_failed();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(addresses_are_read_back, start),
        cmocka_unit_test_setup(routes_take_the_units_they_need, start),
        cmocka_unit_test_setup(numbers_are_read_back, start),
        cmocka_unit_test_setup(bytes_are_read_back, start),
        cmocka_unit_test_setup(domains_are_read_back, start),
        cmocka_unit_test_setup(what_has_no_place_fails, start),
        cmocka_unit_test_setup(mld_records_are_read_back, start),
        cmocka_unit_test_setup(extensions_are_read_back, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
