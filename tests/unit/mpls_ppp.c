/* MPLS label stacks and pseudowires, PPP and PPP over Ethernet: what follows, and building them. */
#include "shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MACS "020000000001 001122334455 "
#define UDP  "4500002000010000401166ca0a0000010a00000200010009000c000061626364 "

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

static void a_stack_has_a_layer_for_each_label(void **state)
{
    (void)state;
    show(&shown, 1, MACS "8847 00010e05 00064140 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "eth:mpls:mpls:ip:udp:data");
    assert_shown("mpls", "mpls.label", "16 100");
    assert_shown("mpls", "mpls.exp", "7 0");
    assert_shown("mpls", "mpls.bottom", "False True");
    assert_shown("mpls", "mpls.ttl", "5 64");
}

static void an_ethertype_tells_where_a_pseudowires_frame_begins(void **state)
{
    (void)state;
    show(&shown, 1, MACS "8847 00064140 00000017 " MACS "0800 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "eth:mpls:pwethcw:eth:ip:udp:data");
    assert_shown("pwethcw", "pweth.cw.sequence_number", "23");
    show(&shown, 1, MACS "8847 00064140 00005e000101 001122334455 0800 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "eth:mpls:eth:ip:udp:data");
    show(&shown, 1, MACS "8847 00064140 00000000 " MACS "1234 ffff", 0);
    assert_string_equal(shown_layers(&shown), "eth:mpls:pwethcw:eth:data");
}

static void a_frame_cut_before_its_ethertype_is_not_guessed_at(void **state)
{
    (void)state;
    show(&shown, 1, MACS "8847 00064140 00005e000101 00112233", 80);
    assert_string_equal(shown_layers(&shown), "eth:mpls:data");
}

static void the_associated_channel_is_told_by_label_or_bits(void **state)
{
    (void)state;
    show(&shown, 1, MACS "8847 0000d140 10000021 " UDP, 0);
    assert_string_equal(shown_layers(&shown), "eth:mpls:pwach:ip:udp:data");
    show(&shown, 1, MACS "8847 00064140 10000007 20c00318", 0);
    assert_string_equal(shown_layers(&shown), "eth:mpls:pwach:data");
    assert_shown("pwach", "pwach.channel_type", "0x0007");
}

static void ppp_is_found_framed_and_compressed(void **state)
{
    static const char *const starts[] = {"0021", "21", "ff030021", "ff0321"};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(starts); i++) {
        char hex[200];
        snprintf(hex, sizeof hex, "%s " UDP, starts[i]);
        show(&shown, TAPIR_LINK_TYPE_PPP, hex, 0);
        assert_string_equal(shown_layers(&shown), "ppp:ip:udp:data");
        assert_shown("ppp", "ppp.protocol", "0x0021");
        assert_shown("ppp", "ppp.address", i < 2 ? "" : "0xff");
    }
}

static void an_address_alone_is_a_protocol_unless_more_was_sent(void **state)
{
    (void)state;
    show(&shown, 1, MACS "8864 1100 0011 0001 ff", 0);
    assert_string_equal(shown_layers(&shown), "eth:pppoes:ppp");
    assert_shown("ppp", "ppp.protocol", "0x00ff");
    assert_shown("ppp", "ppp.address", "");
    assert_int_equal(tapir_packet_find(shown.packet, &tapir_ppp_proto, 0)->status, TAPIR_OK);
    show(&shown, TAPIR_LINK_TYPE_PPP, "ff", 40);
    assert_shown("ppp", "ppp.address", "0xff");
    assert_int_equal(tapir_packet_find(shown.packet, &tapir_ppp_proto, 0)->status, TAPIR_TRUNCATED);
}

static void a_session_is_bounded_by_its_length(void **state)
{
    (void)state;
    show(&shown, 1, MACS "8864 1100 0011 0022 0021 " UDP "00000000", 0);
    assert_string_equal(shown_layers(&shown), "eth:pppoes:ppp:ip:udp:data");
    assert_int_equal(
        tapir_packet_find(shown.packet, &tapir_pppoe_session_proto, 0)->payload_len, 34);
    assert_shown("pppoes", "pppoe.session_id", "0x0011");
}

static void tags_end_where_their_list_does(void **state)
{
    (void)state;
    show(&shown, 1,
        MACS "8863 1109 0000 0018 0101 0000 0102 0004 61632d31 0000 0000 0103 0004 01020304", 0);
    assert_shown("pppoed", "pppoed.tags.service_name", "");
    assert_shown("pppoed", "pppoed.tags.ac_name", "ac-1");
    assert_shown("pppoed", "pppoed.tags.host_uniq", "");
}

static void of_an_unknown_tag_that_is_cut_type_and_length_are_kept(void **state)
{
    (void)state;
    show(&shown, 1, MACS "8863 1109 0000 000c 0101 0001 61 8004 0102 030405", 0);
    assert_shown("pppoed", "pppoed.tags.service_name", "a");
    assert_shown("pppoed", "pppoed.tag", "0x8004");
    assert_shown("pppoed", "pppoed.tag_length", "258");
    assert_shown("pppoed", "pppoed.tag.unknown_data", "");
    show(&shown, 1, MACS "8863 1109 0000 0007 0102 0004 616263", 0);
    assert_shown("pppoed", "pppoed.tag", "");
    assert_shown("pppoed", "pppoed.tags.ac_name", "");
}

static void a_line_tag_has_tags_of_its_own(void **state)
{
    (void)state;
    show(&shown, 1,
        MACS "8863 1165 0001 001b 0105 0017 00000de9 0103 616263 8104 00000400 9003 010102 7701 09",
        0);
    assert_shown("pppoed", "pppoed.tags.vendor_id", "3561");
    assert_shown("pppoed", "pppoed.tags.circuit_id", "abc");
    assert_shown("pppoed", "pppoed.tags.act_data_rate_up", "1024");
    assert_shown("pppoed", "pppoed.tags.access_loop_encap.encap_2", "0x02");
    assert_shown("pppoed", "pppoed.tag", "0x77");
}

static void what_an_options_own_fields_leave_is_shown(void **state)
{
    (void)state;
    show(&shown, 1,
        MACS "8864 1100 0001 0029 c021 0101 0027 0304 c023 0307 c223 05 aabb 0305 c025 cc"
             " 0408 c025 00000064 0306 c223 05 dd 0d05 03 3132",
        0);
    assert_shown("lcp", "lcp.opt.algorithm", "5 5");
    assert_shown("lcp", "lcp.opt.data", "aa:bb cc 00:00:00:64 dd 31:32");
}

/* Builds the layers and decodes the result as Ethernet. */
static void build(const tapir_stack_layer *layers, size_t count)
{
    static uint8_t buffer[512];
    tapir_span built;
    tapir_error error;

    assert_int_equal(
        tapir_build(layers, count, NULL, buffer, sizeof buffer, &built, &error), TAPIR_OK);
    if (!shown.packet)
        shown.packet = tapir_packet_new(NULL);
    memcpy(shown.bytes, built.data, built.len);
    shown.frame = (tapir_frame){.data = shown.bytes,
        .caplen = (uint32_t)built.len,
        .len = (uint32_t)built.len,
        .link_type = TAPIR_LINK_TYPE_ETHERNET};
    assert_int_equal(tapir_packet_decode(shown.packet, &shown.frame), TAPIR_OK);
}

static void the_bottom_of_a_built_stack_is_its_last_label(void **state)
{
    struct tapir_ethernet ethernet = {.type = 0};
    struct tapir_mpls outer = {.label = 16, .bottom = true}, inner = {.label = 100};
    struct tapir_ipv4 ip;
    const tapir_stack_layer layers[] = {TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(mpls, &outer),
        TAPIR_LAYER(mpls, &inner), TAPIR_LAYER(ipv4, &ip)};

    (void)state;
    tapir_layer_init(&tapir_ipv4_proto, &ip);
    build(layers, TAPIR_COUNT(layers));
    assert_string_equal(shown_layers(&shown), "eth:mpls:mpls:ip");
    assert_shown("mpls", "mpls.bottom", "False True");
    assert_shown("eth", "eth.type", "0x8847");
}

static void lengths_and_protocols_of_pppoe_are_filled_in(void **state)
{
    struct tapir_ethernet ethernet = {.type = 0};
    struct tapir_pppoe pppoe;
    struct tapir_ppp ppp = {.compressed = true, .protocol = 0x21};
    struct tapir_mpls mpls;
    struct tapir_ipv6 ip;
    const tapir_stack_layer layers[] = {TAPIR_LAYER(ethernet, &ethernet),
        TAPIR_LAYER(pppoe_session, &pppoe), TAPIR_LAYER(ppp, &ppp), TAPIR_LAYER(mpls, &mpls),
        TAPIR_LAYER(ipv6, &ip)};

    (void)state;
    tapir_layer_init(&tapir_pppoe_session_proto, &pppoe);
    tapir_layer_init(&tapir_mpls_proto, &mpls);
    tapir_layer_init(&tapir_ipv6_proto, &ip);
    build(layers, TAPIR_COUNT(layers));
    assert_string_equal(shown_layers(&shown), "eth:pppoes:ppp:mpls:ipv6");
    assert_shown("pppoes", "pppoe.payload_length", "46");
    assert_shown("ppp", "ppp.protocol", "0x0281");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_has_a_layer_for_each_label),
        cmocka_unit_test(an_ethertype_tells_where_a_pseudowires_frame_begins),
        cmocka_unit_test(a_frame_cut_before_its_ethertype_is_not_guessed_at),
        cmocka_unit_test(the_associated_channel_is_told_by_label_or_bits),
        cmocka_unit_test(ppp_is_found_framed_and_compressed),
        cmocka_unit_test(an_address_alone_is_a_protocol_unless_more_was_sent),
        cmocka_unit_test(a_session_is_bounded_by_its_length),
        cmocka_unit_test(tags_end_where_their_list_does),
        cmocka_unit_test(of_an_unknown_tag_that_is_cut_type_and_length_are_kept),
        cmocka_unit_test(a_line_tag_has_tags_of_its_own),
        cmocka_unit_test(what_an_options_own_fields_leave_is_shown),
        cmocka_unit_test(the_bottom_of_a_built_stack_is_its_last_label),
        cmocka_unit_test(lengths_and_protocols_of_pppoe_are_filled_in),
    };
    return cmocka_run_group_tests(tests, NULL, free_shown);
}
