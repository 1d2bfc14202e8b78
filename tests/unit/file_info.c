/* Sums over the records of a file, and names of link types. */
#include "capture.h"

static tapir_info info_of(const bytes *b)
{
    tapir_source *source = open_bytes(b);
    tapir_info info = {0};
    const tapir_pcapng_block *block;
    tapir_frame frame;

    while (tapir_source_next_block(source, &frame, &block) == TAPIR_OK)
        tapir_info_add(&info, &frame, block);
    tapir_source_close(source);
    return info;
}

static void an_empty_file_sums_to_nothing(void **state)
{
    static const tapir_info nothing;
    bytes b = {0};
    tapir_info info;

    (void)state;
    add_pcap_header(&b, 0xa1b2c3d4, 2, 4, 65535, 1);
    info = info_of(&b);
    assert_memory_equal(&info, &nothing, sizeof info);
    free(b.data);
}

static void packets_and_times_are_summed_up(void **state)
{
    bytes b = {0};
    tapir_info info;

    (void)state;
    add_pcap_header(&b, 0xa1b2c3d4, 2, 4, 65535, 1);
    add_record(&b, 5, 0, 60, 60, 0);
    add_record(&b, 7, 0, 96, 1500, 0);
    add_record(&b, 6, 0, 64, 100, 0); /* earlier than the one before */
    add_record(&b, 6, 0, 0, 0, 0);    /* at the same time: in order */
    add_record(&b, 4, 0, 70, 70, 0);
    info = info_of(&b);
    assert_int_equal(info.packets, 5);
    assert_int_equal(info.bytes, 60 + 1500 + 100 + 70);
    assert_int_equal(info.captured_bytes, 60 + 96 + 64 + 70);
    assert_int_equal(info.shortest, 0);
    assert_int_equal(info.longest, 1500);
    assert_int_equal(info.cut_packets, 2);
    assert_int_equal(info.cut_from, 64);
    assert_int_equal(info.cut_to, 96);
    assert_int_equal(info.timed_packets, 5);
    assert_int_equal(info.first_time, 4000000000);
    assert_int_equal(info.last_time, 7000000000);
    assert_int_equal(info.backward_packets, 2);
    free(b.data);
}

static void blocks_are_counted_by_kind(void **state)
{
    bytes b = {0};
    tapir_info info;
    size_t start, damaged;

    (void)state;
    add_section(&b);
    add_interface(&b, 1, 0);
    start = begin_packet(&b, 0, 1, 4, 4);
    add_option(&b, TAPIR_OPTION_COMMENT, "", 0);
    add_option_number(&b, TAPIR_OPTION_PACKET_DROPS, 8, 5);
    end_block(&b, start);
    start = begin_block(&b, TAPIR_PCAPNG_SIMPLE_PACKET);
    add32(&b, 0);
    end_block(&b, start);
    start = begin_block(&b, TAPIR_PCAPNG_NAMES);
    add16(&b, TAPIR_PCAPNG_IPV4);
    add16(&b, 8);
    add(&b, "\1\2\3\4a\0b\0", 8);
    end_block(&b, start);
    damaged = b.len;
    end_block(&b, begin_block(&b, TAPIR_PCAPNG_STATISTICS));
    end_block(&b, begin_block(&b, TAPIR_PCAPNG_SECRETS));
    end_block(&b, begin_block(&b, TAPIR_PCAPNG_JOURNAL));
    end_block(&b, begin_block(&b, 0x77));
    start = begin_block(&b, TAPIR_PCAPNG_CUSTOM);
    add32(&b, 1);
    end_block(&b, start);
    start = b.len;
    add_section(&b);
    tapir_store_le(b.data + start + 12, 2, 9); /* of a version that is not known */
    end_block(&b, begin_block(&b, TAPIR_PCAPNG_JOURNAL));
    info = info_of(&b);
    assert_int_equal(info.packets, 2);
    assert_int_equal(info.timed_packets, 1);
    assert_int_equal(info.commented_packets, 1);
    assert_int_equal(info.drops, 5);
    assert_int_equal(info.sections, 2);
    assert_int_equal(info.unsupported_sections, 1);
    assert_int_equal(info.names[TAPIR_PCAPNG_IPV4], 2);
    assert_int_equal(info.names[TAPIR_PCAPNG_IPV6], 0);
    assert_int_equal(info.statistics, 1);
    assert_int_equal(info.secrets, 1);
    assert_int_equal(info.journal_entries, 1);
    assert_int_equal(info.custom_blocks, 1);
    assert_int_equal(info.unknown_blocks, 1);
    assert_int_equal(info.damaged_blocks, 2);
    assert_int_equal(info.damaged_offset, damaged);
    assert_int_equal(info.damaged_type, TAPIR_PCAPNG_STATISTICS);
    free(b.data);
}

static void link_types_have_names(void **state)
{
    uint32_t named = 0;

    (void)state;
    assert_string_equal(tapir_link_type_name(TAPIR_LINK_TYPE_ETHERNET), "EN10MB");
    assert_string_equal(tapir_link_type_title(TAPIR_LINK_TYPE_ETHERNET), "Ethernet");
    assert_string_equal(tapir_link_type_name(TAPIR_LINK_TYPE_NULL), "NULL");
    assert_string_equal(tapir_link_type_name(TAPIR_LINK_TYPE_RAW), "RAW");
    assert_string_equal(tapir_link_type_name(TAPIR_LINK_TYPE_LINUX_SLL2), "LINUX_SLL2");
    assert_null(tapir_link_type_name(12));
    assert_null(tapir_link_type_name(UINT16_MAX));
    assert_string_equal(tapir_link_type_title(UINT16_MAX), "unknown");
    for (uint32_t type = 0; type <= UINT16_MAX; type++)
        named += tapir_link_type_name((uint16_t)type) != NULL;
    assert_in_range(named, 150, 300); /* all of the table is found, so it is in order */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_sums_to_nothing),
        cmocka_unit_test(packets_and_times_are_summed_up),
        cmocka_unit_test(blocks_are_counted_by_kind),
        cmocka_unit_test(link_types_have_names),
    };

    return cmocka_run_group_tests_name("file_info", tests, NULL, NULL);
}
