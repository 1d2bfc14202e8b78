/* In what packets segments come: tunnels, IPv6, padding, cut and broken ones. */
#include "streams.h"

static void frames_of_hosts(tapir_stack_layer *outside, size_t count)
{
    world.like.outside = outside;
    world.like.outside_count = count;
}

/* A whole connection, out of order. */
static void talk(void)
{
    handshake();
    say(BACKWARD, 3, "def");
    say(FORWARD, 3, "DEF");
    say(BACKWARD, 0, "abc");
    say(FORWARD, 0, "ABC");
    part(6, 6);
}

static const struct tapir_ethernet ethernet = {
    .dst = {2, 0, 0, 0, 0, 1}, .src = {2, 0, 0, 0, 0, 2}};

static void segments_may_come_in_vlans(void **state)
{
    const struct tapir_vlan outer = {.id = 100}, inner = {.id = 7};
    tapir_stack_layer outside[] = {TAPIR_LAYER(ethernet, &ethernet),
        TAPIR_LAYER(vlan_service, &outer), TAPIR_LAYER(vlan, &inner)};

    (void)state;
    start_usual();
    frames_of_hosts(outside, TAPIR_COUNT(outside));
    talk();
    assert_said("^ABCDEF$", "^abcdef$");
}

static void segments_may_come_in_gre(void **state)
{
    struct tapir_ipv4 ip;
    struct tapir_gre gre;
    tapir_stack_layer outside[] = {
        TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(gre, &gre)};
    const uint8_t client[] = {10, 0, 0, 1};

    (void)state;
    start_usual();
    tapir_layer_init(&tapir_ipv4_proto, &ip);
    tapir_layer_init(&tapir_gre_proto, &gre);
    segment_ipv4_address(ip.src, 77);
    segment_ipv4_address(ip.dst, 78);
    frames_of_hosts(outside, TAPIR_COUNT(outside));
    talk();
    assert_said("^ABCDEF$", "^abcdef$");
    assert_memory_equal(info_of(0).connection.network.src.bytes, client, 4);
}

static void segments_may_come_in_vxlan_over_ipv6(void **state)
{
    struct tapir_ipv6 ip;
    struct tapir_udp udp;
    struct tapir_vxlan vxlan;
    tapir_stack_layer outside[] = {TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(ipv6, &ip),
        TAPIR_LAYER(udp, &udp), TAPIR_LAYER(vxlan, &vxlan), TAPIR_LAYER(ethernet, &ethernet)};

    (void)state;
    start_usual();
    tapir_layer_init(&tapir_ipv6_proto, &ip);
    tapir_layer_init(&tapir_udp_proto, &udp);
    tapir_layer_init(&tapir_vxlan_proto, &vxlan);
    segment_ipv6_address(ip.src, 77);
    segment_ipv6_address(ip.dst, 78);
    udp.src_port = 5555;
    udp.dst_port = 4789;
    frames_of_hosts(outside, TAPIR_COUNT(outside));
    world.like.ipv6 = true;
    talk();
    assert_said("^ABCDEF$", "^abcdef$");
}

static void segments_may_come_over_ipv6(void **state)
{
    (void)state;
    start_usual();
    world.like.ipv6 = true;
    talk();
    assert_said("^ABCDEF$", "^abcdef$");
    assert_int_equal(info_of(0).connection.network.src.type, TAPIR_ENDPOINT_IPV6);
}

/* Ethernet, IPv6 with hop-by-hop and destination options, TCP with 3 bytes. */
static void segments_may_come_behind_extension_headers(void **state)
{
    static const uint8_t bytes[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd, /* Ethernet */
        0x60, 0, 0, 0, 0, 39, 0, 64,                                                /* IPv6 */
        0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1,                         /* */
        0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2,                         /* */
        60, 0, 5, 2, 0, 0, 1, 0, /* hop-by-hop: router alert */
        6, 0, 1, 4, 0, 0, 0, 0,  /* destination options */
        0xc3, 0x50, 0, 80, 0, 0, 0x03, 0xe9, 0, 0, 0, 0, 0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0, /* */
        'a', 'b', 'c'};

    (void)state;
    start_usual();
    world.like.ipv6 = true;
    syn();
    add_bytes(tapir_span_of(bytes, sizeof bytes), 0);
    assert_said("^abc", "");
}

static void the_padding_of_ethernet_is_not_data(void **state)
{
    (void)state;
    start_usual();
    world.padding = 6;
    handshake();
    say(FORWARD, 0, "a");
    world.padding = 5;
    say(FORWARD, 1, "b");
    send_text(BACKWARD, ACK, 0, "");
    part(2, 0);
    assert_said("^ab$", "^$");
    assert_int_equal(stream_of(0, FORWARD).keep_alives, 0);
}

static void bytes_that_the_capture_cut_off_are_a_gap(void **state)
{
    (void)state;
    start_usual();
    handshake();
    world.snapped = 4;
    say(FORWARD, 0, "abcdefgh");
    world.snapped = 0;
    say(FORWARD, 8, "ijkl");
    finish();
    assert_said("^abcd[4]ijkl", "");
    assert_int_equal(stream_of(0, FORWARD).missing_at_end, 4);
    assert_int_equal(stream_of(0, FORWARD).gap_bytes, 4);
}

static void a_fin_behind_bytes_that_were_cut_off_is_where_it_was_sent(void **state)
{
    (void)state;
    start_usual();
    handshake();
    world.snapped = 4;
    send_text(FORWARD, FIN | ACK, 0, "abcdefgh");
    world.snapped = 0;
    assert_ended(0, OPEN);
    finish();
    assert_said("^abcd[4]$", "");
}

static void a_segment_whose_data_was_cut_off_whole_is_a_gap(void **state)
{
    (void)state;
    start_usual();
    handshake();
    world.snapped = 8;
    say(FORWARD, 0, "abcdefgh");
    world.snapped = 0;
    say(FORWARD, 8, "ijkl");
    finish();
    assert_said("^[8]ijkl", "");
    assert_int_equal(stream_of(0, FORWARD).missing_at_end, 8);
}

static void fragments_are_counted_and_left_alone(void **state)
{
    /* Ethernet, IPv4 with more fragments, TCP and 4 bytes; then IPv6 with a fragment header. */
    static const uint8_t first[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, /* Ethernet */
        0x45, 0, 0, 44, 0, 1, 0x20, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, /* IPv4 */
        0xc3, 0x50, 0, 80, 0, 0, 0x03, 0xe9, 0, 0, 0, 0, 0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0, /* */
        'a', 'b', 'c', 'd'};
    static const uint8_t later[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, /* Ethernet */
        0x45, 0, 0, 28, 0, 1, 0, 3, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,    /* IPv4 */
        'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'};
    static const uint8_t six[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd, /* Ethernet */
        0x60, 0, 0, 0, 0, 32, 44, 64,                                             /* IPv6 */
        0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1,                       /* */
        0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2,                       /* */
        6, 0, 0, 1, 0, 0, 0, 9,                                                   /* fragment */
        0xc3, 0x50, 0, 80, 0, 0, 0x03, 0xe9, 0, 0, 0, 0, 0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0, /* */
        'a', 'b', 'c', 'd'};

    (void)state;
    start_usual();
    handshake();
    add_bytes(tapir_span_of(first, sizeof first), 0);
    add_bytes(tapir_span_of(later, sizeof later), 0);
    add_bytes(tapir_span_of(six, sizeof six), 0);
    assert_int_equal(stats_now().fragments, 3);
    finish();
    assert_said("", "");
    assert_int_equal(stats_now().connections, 1);
}

static void an_unfragmented_packet_with_a_fragment_header_is_whole(void **state)
{
    /* An atomic fragment (RFC 6946): offset 0, no more. */
    static const uint8_t six[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd, /* Ethernet */
        0x60, 0, 0, 0, 0, 31, 44, 64,                                             /* IPv6 */
        0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1,                       /* */
        0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2,                       /* */
        6, 0, 0, 0, 0, 0, 0, 9,                                                   /* fragment */
        0xc3, 0x50, 0, 80, 0, 0, 0x03, 0xe9, 0, 0, 0, 0, 0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0, /* */
        'a', 'b', 'c'};

    (void)state;
    start_usual();
    world.like.ipv6 = true;
    syn();
    add_bytes(tapir_span_of(six, sizeof six), 0);
    assert_said("^abc", "");
    assert_int_equal(stats_now().fragments, 0);
}

static void what_is_not_tcp_is_counted_and_ignored(void **state)
{
    struct tapir_ipv4 ip;
    struct tapir_udp udp;
    tapir_stack_layer stack[] = {
        TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(udp, &udp)};
    uint8_t room[128];
    tapir_span built;

    (void)state;
    start_usual();
    tapir_layer_init(&tapir_ipv4_proto, &ip);
    tapir_layer_init(&tapir_udp_proto, &udp);
    assert_int_equal(tapir_build(stack, 3, NULL, room, sizeof room, &built, NULL), TAPIR_OK);
    add_bytes(built, 0);
    add_bytes(tapir_span_of(NULL, 0), 0);
    syn();
    assert_int_equal(stats_now().packets, 3);
    assert_int_equal(stats_now().tcp, 1);
    assert_int_equal(stats_now().connections, 1);
}

static void what_an_icmp_error_quotes_is_no_segment(void **state)
{
    struct tapir_ipv4 ip;
    struct tapir_icmp icmp;
    tapir_stack_layer outside[] = {
        TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(icmp, &icmp)};

    (void)state;
    start_usual();
    handshake();
    tapir_layer_init(&tapir_ipv4_proto, &ip);
    tapir_layer_init(&tapir_icmp_proto, &icmp);
    icmp.type = TAPIR_ICMP_TIME_EXCEEDED;
    frames_of_hosts(outside, TAPIR_COUNT(outside));
    say(FORWARD, 0, "quoted");
    frames_of_hosts(NULL, 0);
    say(FORWARD, 0, "really");
    assert_said("^really", "");
}

static void a_header_that_is_cut_off_is_no_segment(void **state)
{
    (void)state;
    start_usual();
    handshake();
    for (uint32_t snapped = 4; snapped <= 44; snapped++) {
        world.snapped = snapped;
        say(FORWARD, 0, "abc"); /* 3 bytes and at least one of the header are missing */
    }
    world.snapped = 0;
    say(FORWARD, 0, "ABC");
    assert_said("^ABC", "");
}

static void a_wrong_checksum_is_found_if_asked_for(void **state)
{
    (void)state;
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        start((tapir_reassembler_options){.verify_checksums = true});
        world.like.ipv6 = ipv6;
        handshake();
        world.broken_checksum = true;
        say(FORWARD, 0, "evil");
        world.broken_checksum = false;
        say(FORWARD, 0, "good");
        assert_said("^good", "");
        assert_int_equal(stats_now().bad_checksum, 1);
        stop(NULL);
    }
}

static void a_wrong_checksum_does_not_matter_otherwise(void **state)
{
    (void)state;
    start_usual();
    world.broken_checksum = true;
    talk();
    assert_said("^ABCDEF$", "^abcdef$");
    assert_int_equal(stats_now().bad_checksum, 0);
}

static void the_checksum_of_a_cut_segment_cannot_be_checked(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.verify_checksums = true});
    handshake();
    world.snapped = 2;
    say(FORWARD, 0, "abcd");
    assert_said("^ab", "");
    assert_int_equal(stats_now().bad_checksum, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        stream_test(segments_may_come_in_vlans),
        stream_test(segments_may_come_in_gre),
        stream_test(segments_may_come_in_vxlan_over_ipv6),
        stream_test(segments_may_come_over_ipv6),
        stream_test(segments_may_come_behind_extension_headers),
        stream_test(the_padding_of_ethernet_is_not_data),
        stream_test(bytes_that_the_capture_cut_off_are_a_gap),
        stream_test(a_fin_behind_bytes_that_were_cut_off_is_where_it_was_sent),
        stream_test(a_segment_whose_data_was_cut_off_whole_is_a_gap),
        stream_test(fragments_are_counted_and_left_alone),
        stream_test(an_unfragmented_packet_with_a_fragment_header_is_whole),
        stream_test(what_is_not_tcp_is_counted_and_ignored),
        stream_test(what_an_icmp_error_quotes_is_no_segment),
        stream_test(a_header_that_is_cut_off_is_no_segment),
        stream_test(a_wrong_checksum_is_found_if_asked_for),
        stream_test(a_wrong_checksum_does_not_matter_otherwise),
        stream_test(the_checksum_of_a_cut_segment_cannot_be_checked),
    };

    return cmocka_run_group_tests_name("reassembly_packets", tests, NULL, NULL);
}
