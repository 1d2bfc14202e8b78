/* Link layers and tunnels: tags, lengths, padding, cooked captures, loopback, raw IP, ARP, GRE. */
#include "shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MACS "020000000001 001122334455 "
#define UDP  "4500002000010000401166ca0a0000010a00000200010009000c000061626364 "
#define Z4   "00000000"
#define Z14  Z4 Z4 Z4 "0000"

static struct shown shown;

static int free_shown(void **state)
{
    (void)state;
    tapir_packet_free(shown.packet);
    return 0;
}

static void assert_shown(const char *proto, const char *name, const char *expected)
{
    assert_string_equal(shown_in(&shown, proto, name), expected);
}

static void tags_nest_to_any_depth(void **state)
{
    (void)state;
    show(&shown, 1, MACS "88a8 0007 8100 7005 9100 0003 0800 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "eth:ieee8021ad:vlan:vlan:ip:udp:data");
    assert_shown("ieee8021ad", "ieee8021ad.id", "7");
    assert_shown("vlan", "vlan.id", "5 3");
    assert_shown("vlan", "vlan.priority", "3 0");
    assert_shown("vlan", "vlan.dei", "True False");
    assert_int_equal(tapir_vlan_of(tapir_packet_layer(shown.packet, 1))->id, 7);
    assert_int_equal(tapir_vlan_of(tapir_packet_layer(shown.packet, 2))->id, 5);
    assert_null(tapir_vlan_of(tapir_packet_layer(shown.packet, 0)));
}

static void address_bits_are_named(void **state)
{
    (void)state;
    show(&shown, 1, "030000000001 001122334455 0800 " UDP, 0);
    assert_shown("eth", "eth.dst.lg", "True");
    assert_shown("eth", "eth.dst.ig", "True");
    assert_shown("eth", "eth.src.lg", "False");
}

static void a_small_type_is_a_length(void **state)
{
    (void)state;
    show(&shown, 1, MACS "0003 424203 " Z14 Z14 Z14 "00", 0);
    assert_shown("eth", "eth.len", "3");
    assert_shown("eth", "eth.type", "");
    assert_int_equal(tapir_packet_layer(shown.packet, 0)->payload_len, 3);
    assert_int_equal(
        tapir_packet_trailer(shown.packet, tapir_packet_layer(shown.packet, 0)).len, 43);
    show(&shown, 1, MACS "05dd 424203", 0);
    assert_shown("eth", "eth.invalid_lentype", "0x05dd");
    show(&shown, 1, MACS "8100 0001 05dd 424203", 0);
    assert_shown("vlan", "vlan.etype", "0x05dd");
    show(&shown, 1, MACS "05dc 424203", 0);
    assert_int_equal(tapir_packet_layer(shown.packet, 0)->status, TAPIR_CUT);
}

static void zeroes_up_to_the_minimum_are_padding(void **state)
{
    (void)state;
    show(&shown, 1, MACS "0800 " UDP Z14, 0);
    assert_shown("eth", "eth.padding", "00:00:00:00:00:00:00:00:00:00:00:00:00:00");
    assert_shown("eth", "eth.trailer", "");
    show(&shown, 1, MACS "0800 " UDP Z14 "0102 03040506", 0);
    assert_shown("eth", "eth.trailer", "01:02");
    assert_shown("eth", "eth.fcs", "0x03040506");
    show(&shown, 1, MACS "0800 " UDP Z4, 0);
    assert_shown("eth", "eth.padding", "");
    assert_shown("eth", "eth.trailer", "00:00:00:00");
    show(&shown, 1, MACS "0800 " UDP Z4 Z4 Z4 "0001", 0);
    assert_shown("eth", "eth.padding", "");
    assert_shown("eth", "eth.trailer", "00:00:00:00:00:00:00:00:00:00:00:00:00:01");
}

static void padding_belongs_to_the_innermost_tag(void **state)
{
    (void)state;
    show(&shown, 1, MACS "8100 0005 0014 424203 " Z14 "000000" Z14 Z4 Z4, 0);
    assert_shown("vlan", "vlan.len", "20");
    assert_shown(
        "vlan", "eth.padding", "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00");
    assert_shown("eth", "eth.padding", "");
}

static void a_snapped_trailer_is_no_check_sequence(void **state)
{
    (void)state;
    show(&shown, 1, MACS "0800 " UDP Z14 "0102", 64);
    assert_shown("eth", "eth.fcs", "");
    assert_shown("eth", "eth.trailer", "");
}

static void a_known_check_sequence_is_nobodys_payload(void **state)
{
    (void)state;
    show(&shown, 1, MACS "1234 0102 03040506", 0);
    shown.frame.fcs_len = 4;
    tapir_packet_decode(shown.packet, &shown.frame);
    assert_shown("data", "data.data", "01:02");
    assert_shown("eth", "eth.fcs", "0x03040506");
    /* Half of it was captured. */
    shown.frame.len += 2;
    tapir_packet_decode(shown.packet, &shown.frame);
    assert_shown("data", "data.data", "01:02:03:04");
    assert_shown("eth", "eth.fcs", "");
    /* A frame shorter than its check sequence. */
    shown.frame.len = shown.frame.caplen = 3;
    tapir_packet_decode(shown.packet, &shown.frame);
    assert_int_equal(tapir_packet_layer(shown.packet, 0)->header_len, 0);
}

static void cooked_addresses_show_as_what_they_are(void **state)
{
    (void)state;
    show(&shown, 113, "0004 0001 0006 001122334455aabb 0800 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "sll:ip:udp:data");
    assert_shown("sll", "sll.src.eth", "00:11:22:33:44:55");
    assert_shown("sll", "sll.unused", "aa:bb");
    assert_shown("sll", "sll.etype", "0x0800");
    show(&shown, 113, "0000 030a 0004 0a00000100000000 0800 " UDP, 0);
    assert_shown("sll", "sll.src.ipv4", "10.0.0.1");
    assert_shown("sll", "sll.gretype", "0x0800");
    show(&shown, 113, "0000 0020 0014 0102030405060708 0004 424203", 0);
    assert_shown("sll", "sll.src.other", "01:02:03:04:05:06:07:08");
    assert_shown("sll", "sll.ltype", "0x0004");
    assert_string_equal(shown_layers(&shown), "sll:data");
    show(&shown, 276, "0800 0000 00000003 0001 04 06 0011223344550000 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "sll2:ip:udp:data");
    assert_shown("sll2", "sll.ifindex", "3");
}

static void a_device_without_ethertypes_is_not_dispatched_by_them(void **state)
{
    (void)state;
    show(&shown, 113, "0000 0338 0000 0000000000000000 0800 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "sll:data");
}

static void a_device_nobody_answers_for_is_dispatched_by_ethertype(void **state)
{
    static const char *const devices[] = {"0302", "0321", "0322", "0323"};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(devices); i++) {
        char hex[256];
        snprintf(hex, sizeof hex, "0000 %s 0006 0011223344550000 0800 " UDP, devices[i]);
        show(&shown, 113, hex, 0);
        assert_string_equal(shown_layers(&shown), "sll:ip:udp:data");
    }
}

static void loopback_is_read_in_either_byte_order(void **state)
{
    static const char *const ipv6_families[] = {"0a000000", "18000000", "1c000000", "1e000000",
        "0000000a", "00000018", "0000001c", "0000001e"};

    (void)state;
    show(&shown, 0, "02000000 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "null:ip:udp:data");
    assert_shown("null", "null.family", "2");
    show(&shown, 0, "00000002 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "null:ip:udp:data");
    for (size_t i = 0; i < TAPIR_COUNT(ipv6_families); i++) {
        char hex[256];
        snprintf(hex, sizeof hex,
            "%s 60000000000011400000000000000000000000000000000100000000"
            "000000000000000000000001",
            ipv6_families[i]);
        show(&shown, 0, hex, 0);
        assert_string_equal(shown_layers(&shown), "null:ipv6");
    }
    /* LINKTYPE_LOOP is always in network order. */
    show(&shown, 108, "00000002 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "null:ip:udp:data");
    show(&shown, 108, "02000000 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "null:data");
    assert_shown("null", "null.family", "33554432");
}

static void raw_ip_goes_by_the_version(void **state)
{
    static const uint16_t link_types[] = {12, 14, 101};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(link_types); i++) {
        show(&shown, link_types[i], UDP, 0);
        assert_string_equal(shown_layers(&shown), "raw:ip:udp:data");
        assert_int_equal(tapir_packet_layer(shown.packet, 0)->header_len, 0);
        show(&shown, link_types[i],
            "60000000 0000 3b40 00000000000000000000000000000001 00000000000000000000000000000001",
            0);
        assert_string_equal(shown_layers(&shown), "raw:ipv6");
        show(&shown, link_types[i], "50000000", 0);
        assert_string_equal(shown_layers(&shown), "raw:data");
    }
}

static void what_follows_arp_is_a_trailer(void **state)
{
    (void)state;
    show(&shown, 1,
        MACS "0806 0001 0800 06 04 0001 001122334455 0a000001 000000000000 0a000002 " Z14 Z4, 0);
    assert_string_equal(shown_layers(&shown), "eth:arp");
    assert_shown("arp", "arp.src.hw_mac", "00:11:22:33:44:55");
    assert_shown("arp", "arp.dst.proto_ipv4", "10.0.0.2");
    assert_int_equal(
        tapir_packet_trailer(shown.packet, tapir_packet_layer(shown.packet, 0)).len, 18);
}

static void arp_addresses_have_any_length(void **state)
{
    (void)state;
    show(&shown, 1, MACS "0806 0020 86dd 02 03 0002 0102 030405 0607 08090a", 0);
    assert_shown("arp", "arp.src.hw", "01:02");
    assert_shown("arp", "arp.src.proto", "03:04:05");
    assert_shown("arp", "arp.dst.proto", "08:09:0a");
    show(&shown, 1, MACS "0806 0001 0800 ff ff 0001 0102", 0);
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->status, TAPIR_CUT);
    /* ATM: numbers and subaddresses with lengths of their own (RFC 2225). */
    show(&shown, 1, MACS "0806 0013 0800 42 01 0008 04 03 00 04 3132 ff 0a000001 490102 0a000002",
        0);
    assert_shown("arp", "arp.src.atm_num_e164", "12");
    assert_shown("arp", "arp.src.atm_subaddr", "ff");
    assert_shown("arp", "arp.dst.atm_num_nsap", "49:01:02");
    assert_shown("arp", "arp.dst.proto_ipv4", "10.0.0.2");
}

static void gre_has_the_parts_its_flags_say(void **state)
{
    (void)state;
    show(&shown, 228, "4500003c00010000402f6690 0a0000010a000002 80000800 b3220000 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "ip:gre:ip:udp:data");
    assert_int_equal(shown_checksum(&shown, &tapir_gre_proto, 0), '1');
    show(&shown, 228, "4500003c00010000402f6690 0a0000010a000002 80000800 b3230000 " UDP, 0);
    assert_int_equal(shown_checksum(&shown, &tapir_gre_proto, 0), '0');
    show(&shown, 228,
        "4500005400010000402f0000 0a0000010a000002 7000 0800 0000 0004 00000007 00000008 "
        "0800 04 08 0a0000030a000004 0000 00 00 " UDP,
        0);
    assert_string_equal(shown_layers(&shown), "ip:gre:ip:udp:data");
    assert_shown("gre", "gre.key", "0x00000007");
    assert_shown("gre", "gre.routing.information", "0a:00:00:03:0a:00:00:04");
    assert_int_equal(shown_checksum(&shown, &tapir_gre_proto, 0), '3');
}

static void a_cut_gre_route_shows_what_there_is_of_it(void **state)
{
    (void)state;
    show(&shown, 228, "4500003c00010000402f0000 0a0000010a000002 4000 0800 0000 0004 0800 04", 60);
    assert_shown("gre", "gre.routing.address_family", "2048");
    assert_shown("gre", "gre.routing.sre_offset", "4");
    assert_shown("gre", "gre.routing.src_length", "");
    show(&shown, 228,
        "4500003c00010000402f0000 0a0000010a000002 4000 0800 0000 0004 0800 04 08 0a000003", 60);
    assert_shown("gre", "gre.routing.src_length", "8");
    assert_shown("gre", "gre.routing.information", "");
}

static void pptp_bounds_its_payload(void **state)
{
    (void)state;
    show(&shown, 228,
        "4500002800010000402f0000 0a0000010a000002 3081 880b 0002 0001 00000001 00000002 c021ffff",
        0);
    assert_shown("gre", "gre.key.payload_length", "2");
    assert_shown("gre", "gre.key.call_id", "1");
    assert_shown("gre", "gre.key", "");
    assert_shown("gre", "gre.ack_number", "2");
    assert_int_equal(tapir_packet_find(shown.packet, &tapir_gre_proto, 0)->payload_len, 2);
}

static void padding_without_room_is_not_left_out(void **state)
{
    struct tapir_ethernet ethernet = {.type = 0x88b5};
    struct tapir_data data = {.bytes = tapir_span_of("x", 1)};
    const tapir_stack_layer layers[] = {TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(data, &data)};
    const tapir_build_options options = {
        .size = sizeof options, .ethernet_pad = true, .ethernet_fcs = true};
    uint8_t buffer[64];
    tapir_span built;

    (void)state;
    for (size_t room = 0; room < sizeof buffer; room++)
        assert_int_equal(
            tapir_build(layers, 2, &options, buffer, room, &built, NULL), TAPIR_NO_ROOM);
    assert_int_equal(
        tapir_build(layers, 2, &options, buffer, sizeof buffer, &built, NULL), TAPIR_OK);
    assert_int_equal(built.len, 64);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_nest_to_any_depth),
        cmocka_unit_test(address_bits_are_named),
        cmocka_unit_test(a_small_type_is_a_length),
        cmocka_unit_test(zeroes_up_to_the_minimum_are_padding),
        cmocka_unit_test(padding_belongs_to_the_innermost_tag),
        cmocka_unit_test(a_snapped_trailer_is_no_check_sequence),
        cmocka_unit_test(a_known_check_sequence_is_nobodys_payload),
        cmocka_unit_test(cooked_addresses_show_as_what_they_are),
        cmocka_unit_test(a_device_without_ethertypes_is_not_dispatched_by_them),
        cmocka_unit_test(a_device_nobody_answers_for_is_dispatched_by_ethertype),
        cmocka_unit_test(loopback_is_read_in_either_byte_order),
        cmocka_unit_test(raw_ip_goes_by_the_version),
        cmocka_unit_test(what_follows_arp_is_a_trailer),
        cmocka_unit_test(arp_addresses_have_any_length),
        cmocka_unit_test(gre_has_the_parts_its_flags_say),
        cmocka_unit_test(a_cut_gre_route_shows_what_there_is_of_it),
        cmocka_unit_test(pptp_bounds_its_payload),
        cmocka_unit_test(padding_without_room_is_not_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, free_shown);
}
