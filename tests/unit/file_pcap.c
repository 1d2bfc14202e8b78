/* pcap files: every magic number, byte order, version and variant; truncation; hostile lengths. */
#include "capture.h"

static const uint32_t MICRO = 0xa1b2c3d4, NANO = 0xa1b23c4d;

/* Returns a whole file with one record of 5 bytes, cut from 60, at 1000000000.000000007. */
static bytes one_record(uint32_t magic, unsigned major, unsigned minor, bool big_endian)
{
    bytes b = {.big_endian = big_endian};

    add_pcap_header(&b, magic, major, minor, 65535, 1);
    add_record(&b, 1000000000, 7, 5, 60, 1);
    return b;
}

static void check_one_record(const bytes *b, int64_t time)
{
    tapir_source *source = open_bytes(b);
    tapir_frame frame;

    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.caplen, 5);
    assert_int_equal(frame.len, 60);
    assert_int_equal(frame.time, time);
    assert_true(frame.has_time);
    assert_int_equal(frame.link_type, TAPIR_LINK_TYPE_ETHERNET);
    assert_memory_equal(frame.data, "\1\2\3\4\5", 5);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
    assert_string_equal(tapir_source_format(source), "pcap");
    assert_string_equal(tapir_source_compression(source), "none");
    tapir_source_close(source);
}

static void every_magic_number_reads_in_both_byte_orders(void **state)
{
    static const struct {
        uint32_t magic;
        int64_t time;
    } magics[] = {{0xa1b2c3d4, 1000000000000007000}, {0xa1b23c4d, 1000000000000000007},
        {0xa12b3c4d, 1000000000000000007}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(magics); i++)
        for (unsigned big = 0; big < 2; big++) {
            bytes b = one_record(magics[i].magic, 2, 4, big);
            check_one_record(&b, magics[i].time);
            free(b.data);
        }
}

static void kuznetzov_records_have_eight_bytes_more_and_a_direction(void **state)
{
    (void)state;
    for (unsigned big = 0; big < 2; big++) {
        bytes b = {.big_endian = big};
        tapir_source *source;
        tapir_frame frame;
        add_pcap_header(&b, 0xa1b2cd34, 2, 4, 65535, 1);
        for (uint8_t type = 3; type <= 4; type++) {
            add_record(&b, 1, 2, 0, 60, 0);
            b.len -= 8;
            add32(&b, 3);
            add32(&b, 60);
            add32(&b, 2); /* interface */
            add16(&b, 0x0800);
            add(&b, &type, 1);
            add(&b, "\0abc", 4);
        }
        source = open_bytes(&b);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        assert_memory_equal(frame.data, "abc", 3);
        assert_int_equal(frame.direction, TAPIR_DIRECTION_IN);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        assert_memory_equal(frame.data, "abc", 3);
        assert_int_equal(frame.direction, TAPIR_DIRECTION_OUT);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
        tapir_source_close(source);
        free(b.data);
    }
}

static void ixia_files_have_four_bytes_more_in_their_header(void **state)
{
    (void)state;
    for (uint32_t magic = 0x1c0001ab; magic <= 0x1c0001ac; magic++) {
        bytes b = {.big_endian = true};
        add_pcap_header(&b, magic, 2, 4, 65535, 1);
        add32(&b, 21);
        add_record(&b, 1000000000, 7, 5, 60, 1);
        check_one_record(&b, 1000000000000007000);
        free(b.data);
    }
}

static void old_versions_give_the_lengths_in_the_other_order(void **state)
{
    static const struct {
        unsigned major, minor;
    } versions[] = {{2, 0}, {2, 1}, {2, 2}, {2, 3}, {543, 0}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(versions); i++) {
        bytes b = one_record(MICRO, versions[i].major, versions[i].minor, false);
        memcpy(b.data + 24 + 8, "\74\0\0\0\5\0\0\0", 8);
        check_one_record(&b, 1000000000000007000);
        free(b.data);
    }
}

static void version_2_3_gives_the_lengths_in_either_order(void **state)
{
    bytes b = one_record(MICRO, 2, 3, false);

    (void)state;
    check_one_record(&b, 1000000000000007000);
    free(b.data);
}

static void other_versions_are_refused(void **state)
{
    static const struct {
        unsigned major, minor;
    } versions[] = {{1, 0}, {2, 5}, {3, 0}, {543, 1}, {0, 0}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(versions); i++) {
        bytes b = one_record(MICRO, versions[i].major, versions[i].minor, false);
        tapir_error error = refused(b.data, b.len);
        assert_int_equal(error.code, TAPIR_UNSUPPORTED);
        assert_message(&error, "version");
        free(b.data);
    }
}

static void aix_files_have_nanoseconds_and_interface_types(void **state)
{
    static const struct {
        uint32_t in_file;
        uint16_t link_type;
    } types[] = {{6, 1}, {9, 6}, {24, 0}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(types); i++) {
        bytes b = {.big_endian = true};
        tapir_source *source;
        tapir_frame frame;
        add_pcap_header(&b, MICRO, 2, 2, 65535, types[i].in_file);
        add_record(&b, 1, 7, 5, 5, 0);
        source = open_bytes(&b);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        assert_int_equal(frame.time, 1000000007);
        assert_int_equal(frame.link_type, types[i].link_type);
        tapir_source_close(source);
        free(b.data);
    }
}

static void link_type_field_holds_fcs_length_and_old_numbers(void **state)
{
    static const struct {
        uint32_t field;
        uint16_t link_type;
        uint8_t fcs_len;
    } fields[] = {{1, 1, 0}, {0x24000001, 1, 4}, {0x14000009, 9, 2}, {0xf4000001, 1, 30},
        {0x20000001, 1, 0}, {11, 100, 0}, {12, 101, 0}, {13, 109, 0}, {14, 101, 0}, {15, 102, 0},
        {16, 103, 0}, {18, 106, 0}, {19, 106, 0}, {101, 101, 0}, {276, 276, 0}, {50, 50, 0},
        {0, 0, 0}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(fields); i++) {
        bytes b = {.big_endian = i % 2};
        tapir_source *source;
        tapir_frame frame;
        add_pcap_header(&b, MICRO, 2, 4, 65535, fields[i].field);
        add_record(&b, 0, 0, 0, 0, 0);
        source = open_bytes(&b);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        assert_int_equal(frame.link_type, fields[i].link_type);
        assert_int_equal(frame.fcs_len, fields[i].fcs_len);
        assert_int_equal(tapir_source_interface(source, 0)->link_type, fields[i].link_type);
        tapir_source_close(source);
        free(b.data);
    }
}

static void reserved_bits_beside_the_link_type_are_refused(void **state)
{
    bytes b = {0};
    tapir_error error;

    (void)state;
    add_pcap_header(&b, MICRO, 2, 4, 65535, 0x00010001);
    error = refused(b.data, b.len);
    assert_int_equal(error.code, TAPIR_UNSUPPORTED);
    free(b.data);
}

static void the_interface_says_what_the_header_says(void **state)
{
    static const struct {
        uint32_t field, snaplen;
    } lens[] = {{0, 0}, {96, 96}, {262144, 262144}, {0x7fffffff, 0x7fffffff}, {0x80000000, 0},
        {0xffffffff, 0}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(lens); i++) {
        bytes b = {0};
        tapir_source *source;
        const tapir_interface *interface;
        size_t count;
        add_pcap_header(&b, i % 2 ? NANO : MICRO, 2, 4, lens[i].field, 1);
        add_record(&b, 0, 0, 5, 5, 0);
        add_record(&b, 0, 0, 5, 5, 0);
        source = open_bytes(&b);
        assert_int_equal(tapir_source_interface_count(source), 1);
        assert_null(tapir_source_interface(source, 1));
        interface = tapir_source_interface(source, 0);
        assert_int_equal(interface->snaplen, lens[i].snaplen);
        assert_int_equal(interface->time_resolution, i % 2 ? 9 : 6);
        assert_int_equal(read_all(source, &count), TAPIR_END);
        assert_int_equal(interface->frames, 2);
        tapir_source_close(source);
        free(b.data);
    }
}

static void times_are_unsigned_and_fractions_may_exceed_a_second(void **state)
{
    bytes b = {0};
    tapir_source *source;
    tapir_frame frame;

    (void)state;
    add_pcap_header(&b, MICRO, 2, 4, 65535, 1);
    add_record(&b, UINT32_MAX, UINT32_MAX, 0, 0, 0);
    source = open_bytes(&b);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.time, UINT32_MAX * INT64_C(1000000000) + UINT32_MAX * INT64_C(1000));
    tapir_source_close(source);
    free(b.data);
}

/* Three records of 0, 5 and 300 bytes. */
static bytes three_records(void)
{
    bytes b = {0};

    add_pcap_header(&b, MICRO, 2, 4, 65535, 1);
    add_record(&b, 1, 1, 0, 0, 1);
    add_record(&b, 2, 2, 5, 60, 2);
    add_record(&b, 3, 3, 300, 300, 3);
    return b;
}

static void every_truncation_gives_the_whole_records_and_then_says_where(void **state)
{
    static const size_t ends[] = {24, 40, 61, 377};
    bytes b = three_records();

    (void)state;
    assert_int_equal(b.len, 377);
    for (size_t len = 0; len <= b.len; len++) {
        uint8_t *exact = malloc(len ? len : 1); /* so that the sanitizer sees any over-read */
        tapir_source *source = NULL;
        tapir_error error;
        tapir_status status;
        size_t whole = 0, count;
        assert_non_null(exact);
        memcpy(exact, b.data, len);
        while (whole < 4 && ends[whole] <= len)
            whole++;
        status = tapir_source_open_memory(&source, exact, len, "test", NULL, &error);
        if (len < 24) {
            assert_int_equal(status, len == 0 || len >= 4 ? TAPIR_TRUNCATED : TAPIR_UNSUPPORTED);
        } else {
            assert_int_equal(status, TAPIR_OK);
            status = read_all(source, &count);
            assert_int_equal(count, whole - 1);
            assert_int_equal(status, ends[whole - 1] == len ? TAPIR_END : TAPIR_TRUNCATED);
            if (status == TAPIR_TRUNCATED) {
                assert_int_equal(tapir_source_error(source)->offset, ends[whole - 1]);
                assert_int_equal(tapir_source_error(source)->code, TAPIR_TRUNCATED);
                assert_message(tapir_source_error(source), "test: at byte ");
                /* Asked again, it says the same. */
                assert_int_equal(read_all(source, &count), TAPIR_TRUNCATED);
                assert_int_equal(count, 0);
            }
        }
        tapir_source_close(source);
        free(exact);
    }
    free(b.data);
}

static void a_record_beyond_the_limit_is_damage(void **state)
{
    static const uint32_t lens[] = {(16 << 20) + 1, 0x7fffffff, 0x80000000, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(lens); i++) {
        bytes b = {0};
        tapir_source *source;
        size_t count;
        add_pcap_header(&b, MICRO, 2, 4, 65535, 1);
        add_record(&b, 1, 1, 5, 5, 1);
        add32(&b, 1);
        add32(&b, 1);
        add32(&b, lens[i]);
        add32(&b, lens[i]);
        source = open_bytes(&b);
        assert_int_equal(read_all(source, &count), TAPIR_DAMAGED);
        assert_int_equal(count, 1);
        assert_int_equal(tapir_source_error(source)->offset, 24 + 16 + 5);
        assert_message(tapir_source_error(source), "limit");
        tapir_source_close(source);
        free(b.data);
    }
}

static void the_limit_can_be_chosen(void **state)
{
    bytes b = {0};
    tapir_source_options options = {.size = sizeof options, .max_record = 300};
    tapir_source *source;
    size_t count;

    (void)state;
    add_pcap_header(&b, MICRO, 2, 4, 65535, 1);
    add_record(&b, 1, 1, 300, 300, 1);
    add_record(&b, 1, 1, 301, 301, 1);
    assert_int_equal(
        tapir_source_open_memory(&source, b.data, b.len, "test", &options, NULL), TAPIR_OK);
    assert_int_equal(read_all(source, &count), TAPIR_DAMAGED);
    assert_int_equal(count, 1);
    tapir_source_close(source);
    free(b.data);
}

static void records_larger_than_libpcap_reads_are_read(void **state)
{
    bytes b = {0};
    tapir_source *source;
    size_t count;

    (void)state;
    add_pcap_header(&b, MICRO, 2, 4, 65535, 1);
    add_record(&b, 1, 1, 300000, 300000, 1);
    source = open_bytes(&b);
    assert_int_equal(read_all(source, &count), TAPIR_END);
    assert_int_equal(count, 1);
    tapir_source_close(source);
    free(b.data);
}

static void the_variant_with_unknown_records_is_named(void **state)
{
    bytes b = one_record(0xa1b234cd, 2, 4, false);
    tapir_error error = refused(b.data, b.len);

    (void)state;
    assert_int_equal(error.code, TAPIR_UNSUPPORTED);
    assert_message(&error, "0xa1b234cd");
    free(b.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_magic_number_reads_in_both_byte_orders),
        cmocka_unit_test(kuznetzov_records_have_eight_bytes_more_and_a_direction),
        cmocka_unit_test(ixia_files_have_four_bytes_more_in_their_header),
        cmocka_unit_test(old_versions_give_the_lengths_in_the_other_order),
        cmocka_unit_test(version_2_3_gives_the_lengths_in_either_order),
        cmocka_unit_test(other_versions_are_refused),
        cmocka_unit_test(aix_files_have_nanoseconds_and_interface_types),
        cmocka_unit_test(link_type_field_holds_fcs_length_and_old_numbers),
        cmocka_unit_test(reserved_bits_beside_the_link_type_are_refused),
        cmocka_unit_test(the_interface_says_what_the_header_says),
        cmocka_unit_test(times_are_unsigned_and_fractions_may_exceed_a_second),
        cmocka_unit_test(every_truncation_gives_the_whole_records_and_then_says_where),
        cmocka_unit_test(a_record_beyond_the_limit_is_damage),
        cmocka_unit_test(the_limit_can_be_chosen),
        cmocka_unit_test(records_larger_than_libpcap_reads_are_read),
        cmocka_unit_test(the_variant_with_unknown_records_is_named),
    };

    return cmocka_run_group_tests_name("file_pcap", tests, NULL, NULL);
}
