/* What stands between IP and transport: extension headers, options, and the checksums behind them.
 */
#include "shown.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ADDRESSES          "20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define IPV6(length, next) "60000000 " length next "40 " ADDRESSES

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

static void a_first_and_an_atomic_fragment_are_decoded_further(void **state)
{
    (void)state;
    show(&shown, 229, IPV6("0014", "2c") "1100 0000 12345678 00010009000cdf9061626364", 0);
    assert_string_equal(shown_layers(&shown), "ipv6:ipv6.fraghdr:udp:data");
    assert_int_equal(shown_checksum(&shown, &tapir_udp_proto, 0), '1');
    show(&shown, 229, IPV6("0014", "2c") "1100 0001 12345678 00010009000cdf9061626364", 0);
    assert_string_equal(shown_layers(&shown), "ipv6:ipv6.fraghdr:udp:data");
    assert_int_equal(shown_checksum(&shown, &tapir_udp_proto, 0), '2');
    show(&shown, 229, IPV6("0014", "2c") "1100 0008 12345678 00010009000cdf9061626364", 0);
    assert_string_equal(shown_layers(&shown), "ipv6:ipv6.fraghdr:data");
}

static void checksums_cover_the_last_address_of_a_route(void **state)
{
    (void)state;
    /* Type 0, type 3 with compressed addresses, type 4, and type 0 used up. */
    show(&shown, 229,
        IPV6("0044", "2b") "1106000200000000 20010db8000000000000000000000010 "
                           "20010db8000000000000000000000011 "
                           "20010db8000000000000000000000012 00010009000cdf8061626364",
        0);
    assert_int_equal(shown_checksum(&shown, &tapir_udp_proto, 0), '1');
    show(&shown, 229,
        IPV6("0024",
            "2b") "11020301 e8400000 0010 0011 0000000000000012 00000000 00010009000cdf8061626364",
        0);
    assert_int_equal(shown_checksum(&shown, &tapir_udp_proto, 0), '1');
    assert_shown(
        "ipv6.routing", "ipv6.routing.rpl.full_address", "2001:db8::10 2001:db8::11 2001:db8::12");
    show(&shown, 229,
        IPV6("0044", "2b") "11060401 02000000 20010db8000000000000000000000010 "
                           "20010db8000000000000000000000011 "
                           "20010db8000000000000000000000012 00010009000cdf8261626364",
        0);
    assert_int_equal(shown_checksum(&shown, &tapir_udp_proto, 0), '1');
    show(&shown, 229,
        IPV6("0024",
            "2b") "1102000000000000 20010db8000000000000000000000010 00010009000cdf9061626364",
        0);
    assert_int_equal(shown_checksum(&shown, &tapir_udp_proto, 0), '1');
    /* Compact routing maps numbers to addresses we do not know. */
    show(&shown, 229,
        IPV6("001c", "2b") "11010501 0001 0002 0003 000000000000 "
                           "00010009000cdf9061626364",
        0);
    assert_int_equal(shown_checksum(&shown, &tapir_udp_proto, 0), '2');
    assert_shown("ipv6.routing", "ipv6.routing.crh16.sid", "1 2 3");
}

static void an_ipv4_source_route_ends_at_its_last_address(void **state)
{
    (void)state;
    show(&shown, 228,
        "481b002c1234400040117f500a0000010a000002 830b040a0000050a00000600 "
        "00010009000c26ff61626364",
        0);
    assert_int_equal(shown_checksum(&shown, &tapir_udp_proto, 0), '1');
    assert_shown("ip", "ip.cur_rt", "10.0.0.2");
    assert_shown("ip", "ip.src_rt", "10.0.0.5");
    assert_shown("ip", "ip.dst", "10.0.0.6");
    /* Used up: the destination is the last one. */
    show(&shown, 228,
        "481b002c12344000401177500a0000010a000006 830b0c0a0000050a00000200 "
        "00010009000c26ff61626364",
        0);
    assert_int_equal(shown_checksum(&shown, &tapir_udp_proto, 0), '1');
    assert_shown("ip", "ip.rec_rt", "10.0.0.5 10.0.0.2");
    assert_shown("ip", "ip.cur_rt", "");
    assert_shown("ip", "ip.dst", "10.0.0.6");
}

static void a_jumbo_option_bounds_the_payload(void **state)
{
    (void)state;
    show(&shown, 229, IPV6("0000", "00") "1100c20400000014 00010009000cdf9061626364 ffffffff", 0);
    assert_string_equal(shown_layers(&shown), "ipv6:ipv6.hopopts:udp:data");
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->payload_len, 12);
    /* More than there is: cut, never read. */
    show(&shown, 229, IPV6("0000", "00") "1100c204ffffffff 00010009000cdf9061626364", 0);
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->status, TAPIR_CUT);
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->payload_len, 12);
    /* Where the IPv6 header has a length, that counts. */
    show(&shown, 229, IPV6("0014", "00") "1100c20400000001 00010009000cdf9061626364", 0);
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->payload_len, 12);
}

static void ipv6_options_are_decoded_by_type(void **state)
{
    (void)state;
    show(&shown, 229,
        IPV6("0030", "3c") "3b05 040105 05020001 c91020010db80000000000000000000000aa 6304c01e0100 "
                           "8b0401020304 "
                           "0a020102 0103000000",
        0);
    assert_shown("ipv6.dstopts", "ipv6.opt.tel", "5");
    assert_shown("ipv6.dstopts", "ipv6.opt.router_alert", "1");
    assert_shown("ipv6.dstopts", "ipv6.opt.mipv6.home_address", "2001:db8::aa");
    assert_shown("ipv6.dstopts", "ipv6.opt.rpl.flag.o", "True");
    assert_shown("ipv6.dstopts", "ipv6.opt.ilnp_nonce", "01:02:03:04");
    assert_shown("ipv6.dstopts", "ipv6.opt.unknown", "01:02");
}

static void ioam_nodes_hold_what_the_trace_type_says(void **state)
{
    struct tapir_ipv6_option option;
    struct tapir_ipv6_ioam_node node;
    tapir_walk options, nodes;

    (void)state;
    show(&shown, 229,
        IPV6("0028",
            "00") "3b04 311e 0000 0001 1802 d00000 00 0000000000000000 01000002 00030004 00000005 "
                  "010400000000",
        0);
    assert_shown("ipv6.hopopts", "ipv6.opt.ioam.trace.nodelen", "3");
    assert_shown("ipv6.hopopts", "ipv6.opt.ioam.trace.free_space", "00:00:00:00:00:00:00:00");
    assert_shown("ipv6.hopopts", "ipv6.opt.ioam.trace.node.tsf", "0x00000005");
    options = tapir_ipv6_options(TAPIR_FIND(shown.packet, ipv6_hopopts)->options);
    assert_non_null(tapir_walk_next(&options, &option));
    nodes = tapir_ipv6_ioam_nodes(&option);
    assert_non_null(tapir_walk_next(&nodes, &node));
    assert_int_equal(node.hop_limit, 1);
    assert_int_equal(node.id, 2);
    assert_int_equal(node.egress, 4);
    assert_null(tapir_walk_next(&nodes, &node));
}

static void truncated_option_ends_the_list(void **state)
{
    struct tapir_ipv4_option ipv4_option;
    struct tapir_ipv6_option ipv6_option;
    struct tapir_tcp_option tcp_option;
    tapir_walk walk;

    (void)state;
    show(&shown, 228, "46000018 00000000 40fd0000 0a000001 0a000002 01942000", 0);
    walk = tapir_ipv4_options(TAPIR_FIND(shown.packet, ipv4));
    assert_non_null(tapir_walk_next(&walk, &ipv4_option));
    assert_int_equal(ipv4_option.type, TAPIR_IPV4_NOP);
    assert_null(tapir_walk_next(&walk, &ipv4_option));
    assert_true(walk.in.failed);

    show(&shown, 229, IPV6("0008", "3c") "3b00 00 0520 000000", 0);
    walk = tapir_ipv6_options(TAPIR_FIND(shown.packet, ipv6_dstopts)->options);
    assert_non_null(tapir_walk_next(&walk, &ipv6_option));
    assert_false(walk.in.failed);
    assert_non_null(tapir_walk_next(&walk, &ipv6_option));
    assert_true(walk.in.failed);
    assert_null(tapir_walk_next(&walk, &ipv6_option));

    show(&shown, 228,
        "4500002c 00000000 40060000 0a000001 0a000002 "
        "0001000200000000000000006002000000000000 01020004",
        0);
    walk = tapir_tcp_options(TAPIR_FIND(shown.packet, tcp));
    assert_non_null(tapir_walk_next(&walk, &tcp_option));
    assert_null(tapir_walk_next(&walk, &tcp_option));
    assert_true(walk.in.failed);
}

static void cut_options_show_what_there_is_of_them(void **state)
{
    (void)state;
    /* Nothing but the type, type and length, a header cut behind a whole option. */
    show(&shown, 229, IPV6("0008", "3c") "3b00 00 c9", 48);
    assert_shown("ipv6.dstopts", "ipv6.opt.type", "0x00 0xc9");
    assert_shown("ipv6.dstopts", "ipv6.opt.type.rest", "9");
    assert_shown("ipv6.dstopts", "ipv6.opt.length", "");
    show(&shown, 229, IPV6("0018", "3c") "3b02 c910 2001", 64);
    assert_shown("ipv6.dstopts", "ipv6.opt.length", "16");
    assert_shown("ipv6.dstopts", "ipv6.opt.mipv6.home_address", "");
    show(&shown, 229, IPV6("0008", "00") "3b00 0502 0001", 48);
    assert_shown("ipv6.hopopts", "ipv6.opt.router_alert", "1");
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->status, TAPIR_TRUNCATED);
    /* A jumbo option that ends with the header bounds nothing. */
    show(&shown, 229, IPV6("0000", "00") "1100 c204 00000014", 0);
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->status, TAPIR_CUT);
    show(&shown, 229, IPV6("0000", "00") "1100 0102 0000 c204 00010009000cdf90", 0);
    assert_shown("ipv6.hopopts", "ipv6.opt.jumbo", "");
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->payload_len, 8);
    /* An option of no data whose type is not known is shown, too. */
    show(&shown, 229, IPV6("0008", "3c") "3b00 7f00 01020000", 0);
    assert_shown("ipv6.dstopts", "ipv6.opt.unknown", "");
    assert_shown("ipv6.dstopts", "ipv6.opt.length", "0 2");
}

#define CUT_TCP(options)                                                                           \
    "45000034 00000000 40060000 0a000001 0a000002 00010002 00000001 00000002 8010 0064 0000 0000 " \
    "0101 " options

static void tcp_options_behind_the_capture_show_what_there_is_of_them(void **state)
{
    (void)state;
    show(&shown, 228, CUT_TCP("08"), 52);
    assert_shown("tcp", "tcp.option_kind", "1 1 8");
    assert_shown("tcp", "tcp.option_len", "");
    show(&shown, 228, CUT_TCP("080a 000001"), 52);
    assert_shown("tcp", "tcp.option_len", "10");
    assert_shown("tcp", "tcp.options.timestamp.tsval", "");
    show(&shown, 228, CUT_TCP("080a 00000100 0000"), 52);
    assert_shown("tcp", "tcp.options.timestamp.tsval", "256");
    assert_shown("tcp", "tcp.options.timestamp.tsecr", "");
    /* One that the header itself has no room for is none. */
    show(&shown, 228, CUT_TCP("080b 00000100 0000"), 52);
    assert_shown("tcp", "tcp.option_kind", "1 1");
    show(&shown, 228, CUT_TCP("080b 00000100 00000200"), 0);
    assert_shown("tcp", "tcp.option_kind", "1 1");
}

static void ipv4_options_too_short_for_their_type_keep_their_names(void **state)
{
    (void)state;
    show(&shown, 228, "46000018 00000000 40fd0000 0a000001 0a000002 07020000", 0);
    assert_shown("ip", "ip.opt.type", "7");
    assert_shown("ip", "ip.opt.type.number", "7");
    assert_shown("ip", "ip.opt.len", "2");
}

static void a_cut_routing_header_shows_what_there_is_of_it(void **state)
{
    (void)state;
    show(&shown, 229, IPV6("0018", "2b") "3b020401 00", 64);
    assert_shown("ipv6.routing", "ipv6.routing.srh.last_entry", "0");
    assert_shown("ipv6.routing", "ipv6.routing.srh.tag", "");
    show(&shown, 229, IPV6("0018", "2b") "3b020401 00001234 2001", 64);
    assert_shown("ipv6.routing", "ipv6.routing.srh.tag", "12:34");
    assert_shown("ipv6.routing", "ipv6.routing.srh.addr", "");
    /* How many addresses there are is what the header says. */
    show(&shown, 229, IPV6("0028", "2b") "3b040302 00000000 20010db8000000000000000000000010 20",
        80);
    assert_shown("ipv6.routing", "ipv6.routing.rpl.addr_count", "2");
    assert_shown("ipv6.routing", "ipv6.routing.rpl.full_address", "2001:db8::10");
}

static void ipv4_options_are_decoded_by_type(void **state)
{
    (void)state;
    show(&shown, 228,
        "4f00003c 00000000 40fd0000 0a000001 0a000002 "
        "070b08 0a000005 00000000 01 44141d f3 0a000006 00000007 0a000008 00000009 "
        "94040000 01000000",
        0);
    assert_shown("ip", "ip.rec_rt", "10.0.0.5");
    assert_shown("ip", "ip.empty_rt", "0.0.0.0");
    assert_shown("ip", "ip.opt.overflow", "15");
    assert_shown("ip", "ip.opt.time_stamp_addr", "10.0.0.6 10.0.0.8");
    assert_shown("ip", "ip.opt.time_stamp", "7 9");
    assert_shown("ip", "ip.opt.ra", "0");
    show(&shown, 228,
        "4b00002c 00000000 40fd0000 0a000001 0a000002 "
        "860e00000001 01080005f0000001 8204ab80 0000 00000000",
        0);
    assert_shown("ip", "ip.cipso.categories", "0,1,2,3,31");
    assert_shown("ip", "ip.opt.sec_cl", "0xab");
    assert_shown("ip", "ip.opt.sec_prot_auth_genser", "True");
}

static void a_header_that_contradicts_itself_shows_what_is_known(void **state)
{
    (void)state;
    show(&shown, 228, "35000014 00000000 40fd0000 0a000001 0a000002", 0);
    assert_shown("ip", "ip.version", "3");
    assert_shown("ip", "ip.ttl", "");
    show(&shown, 228, "44000014 00000000 40fd0000 0a000001 0a000002", 0);
    assert_shown("ip", "ip.hdr_len", "16");
    assert_shown("ip", "ip.len", "");
    show(&shown, 228, "45000013 00000000 40fd0000 0a000001 0a000002", 0);
    assert_shown("ip", "ip.len", "19");
    assert_shown("ip", "ip.id", "");
    assert_int_equal(tapir_packet_layer(shown.packet, 0)->status, TAPIR_MALFORMED);
}

#define TCP(words, options)                                                                        \
    "45000050 00000000 40060000 0a000001 0a000002 00010002 00000001 00000002 " words               \
    "10 0064 0000 0000 " options

static void tcp_options_are_decoded_by_kind(void **state)
{
    struct tapir_tcp_option option;
    struct tapir_tcp_sack_block block;
    tapir_walk walk, blocks;

    (void)state;
    show(&shown, 228,
        TCP("f0", "0512 00000001 00000005 0000000a 00000014 030307 1c048005 "
                  "fe0cf9890102030405060708 010101"),
        0);
    assert_shown("tcp", "tcp.options.sack_le", "1 10");
    assert_shown("tcp", "tcp.options.sack_re", "5 20");
    assert_shown("tcp", "tcp.options.wscale.multiplier", "128");
    assert_shown("tcp", "tcp.options.user_to_granularity", "True");
    assert_shown("tcp", "tcp.options.user_to_val", "5");
    assert_shown("tcp", "tcp.options.tfo.cookie", "01:02:03:04:05:06:07:08");
    walk = tapir_tcp_options(TAPIR_FIND(shown.packet, tcp));
    assert_non_null(tapir_walk_next(&walk, &option));
    blocks = tapir_tcp_sack_blocks(&option);
    assert_non_null(tapir_walk_next(&blocks, &block));
    assert_non_null(tapir_walk_next(&blocks, &block));
    assert_int_equal(block.left, 10);
    assert_null(tapir_walk_next(&blocks, &block));
    /* The option list as bytes, too. */
    show(&shown, 228, TCP("60", "020405b4"), 0);
    assert_shown("tcp", "tcp.options", "02:04:05:b4");
    assert_shown("tcp", "tcp.options.mss_val", "1460");
}

static void multipath_options_go_by_subtype_and_length(void **state)
{
    struct tapir_tcp_option option;
    struct tapir_mptcp mptcp;
    tapir_walk walk;

    (void)state;
    show(
        &shown, 228, TCP("c0", "1e1c201f 0000000000000001 0000000000000002 00000003 0064 beef"), 0);
    assert_shown("tcp", "tcp.options.mptcp.rawdataack", "1");
    assert_shown("tcp", "tcp.options.mptcp.rawdataseqno", "2");
    assert_shown("tcp", "tcp.options.mptcp.checksum", "0xbeef");
    assert_shown("tcp", "tcp.options.mptcp.datafin.flag", "True");
    show(&shown, 228, TCP("a0", "1e123005 0a000005 1f90 0102030405060708 0101"), 0);
    assert_shown("tcp", "tcp.options.mptcp.ipv4", "10.0.0.5");
    assert_shown("tcp", "tcp.options.mptcp.port", "8080");
    assert_shown("tcp", "tcp.options.mptcp.addaddrtrunchmac", "72623859790382856");
    show(&shown, 228, TCP("70", "1e06 40050607 0101"), 0);
    assert_shown("tcp", "tcp.options.mptcp.addrid", "5 6 7");
    walk = tapir_tcp_options(TAPIR_FIND(shown.packet, tcp));
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_true(tapir_tcp_mptcp(&option, &mptcp));
    assert_int_equal(mptcp.address_ids.len, 3);
    show(&shown, 228, TCP("60", "1e022001"), 0);
    walk = tapir_tcp_options(TAPIR_FIND(shown.packet, tcp));
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_false(tapir_tcp_mptcp(&option, &mptcp));
}

static void udp_length_zero_is_a_jumbogram_or_broken(void **state)
{
    (void)state;
    show(&shown, 229, IPV6("000c", "11") "000100090000000061626364", 0);
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->status, TAPIR_OK);
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->payload_len, 4);
    show(&shown, 228, "4500002000010000401166ca0a0000010a000002000100090000000061626364", 0);
    assert_int_equal(tapir_packet_layer(shown.packet, 1)->status, TAPIR_MALFORMED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_and_an_atomic_fragment_are_decoded_further),
        cmocka_unit_test(checksums_cover_the_last_address_of_a_route),
        cmocka_unit_test(an_ipv4_source_route_ends_at_its_last_address),
        cmocka_unit_test(a_jumbo_option_bounds_the_payload),
        cmocka_unit_test(ipv6_options_are_decoded_by_type),
        cmocka_unit_test(ioam_nodes_hold_what_the_trace_type_says),
        cmocka_unit_test(truncated_option_ends_the_list),
        cmocka_unit_test(cut_options_show_what_there_is_of_them),
        cmocka_unit_test(tcp_options_behind_the_capture_show_what_there_is_of_them),
        cmocka_unit_test(ipv4_options_too_short_for_their_type_keep_their_names),
        cmocka_unit_test(a_cut_routing_header_shows_what_there_is_of_it),
        cmocka_unit_test(ipv4_options_are_decoded_by_type),
        cmocka_unit_test(a_header_that_contradicts_itself_shows_what_is_known),
        cmocka_unit_test(tcp_options_are_decoded_by_kind),
        cmocka_unit_test(multipath_options_go_by_subtype_and_length),
        cmocka_unit_test(udp_length_zero_is_a_jumbogram_or_broken),
    };
    return cmocka_run_group_tests(tests, NULL, free_shown);
}
