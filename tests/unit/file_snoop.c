/* snoop files (RFC 1761): records, link types, cumulative drops, truncation, hostile lengths. */
#include "capture.h"

static bytes snoop_header(uint32_t version, uint32_t datalink)
{
    bytes b = {.big_endian = true};

    add(&b, "snoop\0\0\0", 8);
    add32(&b, version);
    add32(&b, datalink);
    return b;
}

static void add_snoop_record(
    bytes *b, uint32_t len, uint32_t captured, uint32_t record_len, uint32_t drops)
{
    add32(b, len);
    add32(b, captured);
    add32(b, record_len);
    add32(b, drops);
    add32(b, 1000000000);
    add32(b, 5);
    for (uint32_t i = 24; i < record_len; i++)
        add(b, &(uint8_t){(uint8_t)(i - 24)}, 1);
}

static void records_give_lengths_times_and_drops(void **state)
{
    bytes b = snoop_header(2, 4);
    tapir_source *source;
    tapir_frame frame;

    (void)state;
    add_snoop_record(&b, 60, 5, 32, 3);
    add_snoop_record(&b, 8, 8, 32, 10);
    add_snoop_record(&b, 0, 0, 24, 9); /* a counter that went round */
    source = open_bytes(&b);
    assert_string_equal(tapir_source_format(source), "snoop");
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.caplen, 5);
    assert_int_equal(frame.len, 60);
    assert_memory_equal(frame.data, "\0\1\2\3\4", 5);
    assert_int_equal(frame.time, 1000000000000005000);
    assert_true(frame.has_drops);
    assert_int_equal(frame.drops, 3);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.drops, 7);
    assert_int_equal(frame.caplen, 8);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.drops, UINT32_MAX);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
    tapir_source_close(source);
    free(b.data);
}

static void datalinks_become_link_types(void **state)
{
    static const uint16_t types[][2] = {{0, 1}, {2, 6}, {4, 1}, {8, 10}, {16, 122}, {18, 123},
        {26, 242}, {9, TAPIR_LINK_TYPE_UNKNOWN}, {300, TAPIR_LINK_TYPE_UNKNOWN}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(types); i++) {
        bytes b = snoop_header(2, types[i][0]);
        tapir_source *source = open_bytes(&b);
        assert_int_equal(tapir_source_interface(source, 0)->link_type, types[i][1]);
        tapir_source_close(source);
        free(b.data);
    }
}

static void other_versions_are_refused(void **state)
{
    bytes b = snoop_header(1, 4);
    tapir_error error = refused(b.data, b.len);

    (void)state;
    assert_int_equal(error.code, TAPIR_UNSUPPORTED);
    assert_message(&error, "version 1 of the snoop format");
    free(b.data);
}

static void every_truncation_gives_the_whole_records_and_then_says_where(void **state)
{
    static const size_t ends[] = {16, 48, 72, 104};
    bytes b = snoop_header(2, 4);

    (void)state;
    add_snoop_record(&b, 60, 5, 32, 0);
    add_snoop_record(&b, 0, 0, 24, 0);
    add_snoop_record(&b, 8, 8, 32, 0);
    for (size_t len = 8; len <= b.len; len++) {
        uint8_t *exact = malloc(len);
        tapir_source *source = NULL;
        size_t whole = 0, count;
        tapir_status status;
        assert_non_null(exact);
        memcpy(exact, b.data, len);
        while (whole < 4 && ends[whole] <= len)
            whole++;
        status = tapir_source_open_memory(&source, exact, len, "test", NULL, NULL);
        if (len < 16) {
            assert_int_equal(status, TAPIR_TRUNCATED);
        } else {
            assert_int_equal(status, TAPIR_OK);
            status = read_all(source, &count);
            assert_int_equal(count, whole - 1);
            assert_int_equal(status, ends[whole - 1] == len ? TAPIR_END : TAPIR_TRUNCATED);
            if (status != TAPIR_END)
                assert_int_equal(tapir_source_error(source)->offset, ends[whole - 1]);
        }
        tapir_source_close(source);
        free(exact);
    }
    free(b.data);
}

static void lengths_that_cannot_be_are_damage(void **state)
{
    static const uint32_t lens[][2] = {{5, 0}, {5, 23}, {5, 28}, {UINT32_MAX, UINT32_MAX},
        {UINT32_MAX, 32}, {0, UINT32_MAX}, {(16 << 20) + 1, (16 << 20) + 25}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(lens); i++) {
        bytes b = snoop_header(2, 4);
        tapir_source *source;
        size_t count;
        add_snoop_record(&b, 8, 8, 32, 0);
        add_snoop_record(&b, 60, lens[i][0], 24, 0);
        tapir_store_be(b.data + 48 + 8, 4, lens[i][1]);
        source = open_bytes(&b);
        assert_int_equal(read_all(source, &count), TAPIR_DAMAGED);
        assert_int_equal(count, 1);
        assert_int_equal(tapir_source_error(source)->offset, 48);
        tapir_source_close(source);
        free(b.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_give_lengths_times_and_drops),
        cmocka_unit_test(datalinks_become_link_types),
        cmocka_unit_test(other_versions_are_refused),
        cmocka_unit_test(every_truncation_gives_the_whole_records_and_then_says_where),
        cmocka_unit_test(lengths_that_cannot_be_are_damage),
    };

    return cmocka_run_group_tests_name("file_snoop", tests, NULL, NULL);
}
