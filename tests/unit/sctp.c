/* SCTP: chunks and what is in them, its checksum, and building it. */
#include "shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define IP(len, flags) "4500" len "0001" flags "4084 0000 0a000001 0a000002 "
#define HEADER         "9c40 9c41 deadbeef 00000000 "

static struct shown shown;

static int free_shown(void **state)
{
    (void)state;
    tapir_packet_free(shown.packet);
    return 0;
}

static void assert_shown(const char *name, const char *expected)
{
    assert_string_equal(shown_in(&shown, "sctp", name), expected);
}

static void chunks_follow_each_other_with_padding(void **state)
{
    (void)state;
    show(&shown, TAPIR_LINK_TYPE_SCTP,
        HEADER "0003 0013 000003e8 0001 0002 0000002e 010203 00 0b00 0004", 0);
    assert_shown("sctp.chunk_type", "0 11");
    assert_shown("sctp.chunk_length", "19 4");
    assert_shown("sctp.chunk_padding", "00");
    assert_shown("sctp.data_payload_proto_id", "46");
    assert_shown("sctp.data_payload", "01:02:03");
    assert_shown("sctp.data_b_bit", "True");
}

static void gaps_are_counted_from_the_cumulative_tsn(void **state)
{
    (void)state;
    show(&shown, TAPIR_LINK_TYPE_SCTP,
        HEADER "0300 0020 fffffffe 0000ffff 0002 0002 0002 0003 0005 0005 00000007 00000008", 0);
    assert_shown("sctp.sack_gap_block_start_tsn", "0 3");
    assert_shown("sctp.sack_gap_block_end_tsn", "1 3");
    assert_shown("sctp.sack_number_of_tsns_gap_acked", "3");
    assert_shown("sctp.sack_duplicate_tsn", "7 8");
}

static void counts_that_lie_take_what_is_there(void **state)
{
    (void)state;
    show(&shown, TAPIR_LINK_TYPE_SCTP,
        HEADER "0300 0016 000003e8 0000ffff ffff ffff 0002 0003 0005", 0);
    assert_shown("sctp.sack_gap_block_start", "2");
    assert_shown("sctp.sack_duplicate_tsn", "");
}

static void parameters_and_causes_lie_in_each_other(void **state)
{
    (void)state;
    show(&shown, TAPIR_LINK_TYPE_SCTP,
        HEADER "8000 0024 00000005 c003 001c 00000009 00a1 0014 c001 0010 00000007 0005 0008 "
               "0a000001",
        0);
    assert_shown("sctp.cause_code", "0x00a1");
    assert_shown("sctp.parameter_type", "0xc003 0xc001 0x0005");
    assert_shown("sctp.correlation_id", "0x00000009 0x00000007");
    assert_shown("sctp.parameter_ipv4_address", "10.0.0.1");
}

static void a_cut_chunk_shows_as_far_as_it_goes(void **state)
{
    (void)state;
    show(&shown, TAPIR_LINK_TYPE_SCTP, HEADER "0003 0020 000003e8 0001", 60);
    assert_shown("sctp.data_tsn_raw", "1000");
    assert_shown("sctp.data_sid", "0x0001");
    assert_shown("sctp.data_ssn", "");
}

static void a_chunk_too_short_for_its_type_shows_its_value(void **state)
{
    (void)state;
    show(&shown, TAPIR_LINK_TYPE_SCTP, HEADER "0003 0006 beef 0000 0b00 0004", 0);
    assert_shown("sctp.chunk_type", "0 11");
    assert_shown("sctp.chunk_value", "be:ef");
    assert_shown("sctp.data_tsn_raw", "");
}

static void a_length_below_the_head_ends_the_list(void **state)
{
    (void)state;
    show(&shown, TAPIR_LINK_TYPE_SCTP, HEADER "0003 0003 000003e8 0b00 0004", 0);
    assert_shown("sctp.chunk_length", "3");
}

static void the_checksum_is_crc32c_lowest_byte_first(void **state)
{
    static const char chunk[] = "0003 0014 000003e8 0001 0002 00000000 64617461";
    char hex[200];

    (void)state;
    snprintf(hex, sizeof hex, IP("0034", "0000") "9c40 9c41 deadbeef c6ca3b3b %s", chunk);
    show(&shown, 228, hex, 0);
    assert_int_equal(shown_checksum(&shown, &tapir_sctp_proto, 0), '1');
    snprintf(hex, sizeof hex, IP("0034", "0000") "9c40 9c41 deadbeef 3b3bcac6 %s", chunk);
    show(&shown, 228, hex, 0);
    assert_int_equal(shown_checksum(&shown, &tapir_sctp_proto, 0), '0');
    snprintf(hex, sizeof hex, IP("0034", "2000") "9c40 9c41 deadbeef c6ca3b3b %s", chunk);
    show(&shown, 228, hex, 0);
    assert_int_equal(shown_checksum(&shown, &tapir_sctp_proto, 0), '2');
}

static void the_checksum_is_filled_in(void **state)
{
    static const uint8_t chunk[] = {11, 0, 0, 4};
    struct tapir_ipv4 ip;
    struct tapir_sctp sctp = {.src_port = 7,
        .dst_port = 9,
        .tag = 1,
        .checksum = 0xdeadbeef,
        .chunks = tapir_span_of(chunk, sizeof chunk)};
    const tapir_stack_layer layers[] = {TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(sctp, &sctp)};
    tapir_error error;
    tapir_span built;
    uint8_t buffer[64];

    (void)state;
    tapir_layer_init(&tapir_ipv4_proto, &ip);
    assert_int_equal(tapir_build(layers, 2, NULL, buffer, sizeof buffer, &built, &error), TAPIR_OK);
    memcpy(shown.bytes, built.data, built.len);
    shown.frame = (tapir_frame){.data = shown.bytes,
        .caplen = (uint32_t)built.len,
        .len = (uint32_t)built.len,
        .link_type = TAPIR_LINK_TYPE_IPV4};
    assert_int_equal(tapir_packet_decode(shown.packet, &shown.frame), TAPIR_OK);
    assert_int_equal(shown_checksum(&shown, &tapir_sctp_proto, 0), '1');
    assert_string_equal(shown_in(&shown, "ip", "ip.proto"), "132");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_follow_each_other_with_padding),
        cmocka_unit_test(gaps_are_counted_from_the_cumulative_tsn),
        cmocka_unit_test(counts_that_lie_take_what_is_there),
        cmocka_unit_test(parameters_and_causes_lie_in_each_other),
        cmocka_unit_test(a_cut_chunk_shows_as_far_as_it_goes),
        cmocka_unit_test(a_chunk_too_short_for_its_type_shows_its_value),
        cmocka_unit_test(a_length_below_the_head_ends_the_list),
        cmocka_unit_test(the_checksum_is_crc32c_lowest_byte_first),
        cmocka_unit_test(the_checksum_is_filled_in),
    };
    return cmocka_run_group_tests(tests, NULL, free_shown);
}
