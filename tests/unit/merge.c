/* Several sources as one: order, ties, interfaces, damage, blocks, breaks. */
#include "capture.h"

#include "tapir/merge.h"

/* A capture with a frame of 4 bytes, the first of them `first`, at each of `seconds`; -1 ends. */
static bytes capture(uint8_t first, const int *seconds)
{
    bytes b = {0};

    add_pcap_header(&b, 0xa1b2c3d4, 2, 4, 65535, 1);
    for (size_t i = 0; seconds[i] >= 0; i++)
        add_record(&b, (uint32_t)seconds[i], 0, 4, 4, (uint8_t)(first + i));
    return b;
}

static tapir_source *merge(const bytes *captures, size_t count, const tapir_merge_options *options)
{
    tapir_source *sources[8], *merged = NULL;

    assert_true(count <= TAPIR_COUNT(sources));
    for (size_t i = 0; i < count; i++)
        sources[i] = open_bytes(&captures[i]);
    assert_int_equal(tapir_source_merge(&merged, sources, count, options, NULL), TAPIR_OK);
    return merged;
}

static void free_all(bytes *captures, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(captures[i].data);
}

/* Reads to the end, in single frames or batches, and compares the first bytes. */
static void check_order(tapir_source *merged, const char *expected, bool batches)
{
    tapir_frame frames[3];
    size_t count, seen = 0;
    tapir_status status;

    do {
        if (batches) {
            status = tapir_source_next_batch(merged, frames, TAPIR_COUNT(frames), &count);
        } else {
            status = tapir_source_next(merged, frames);
            count = status == TAPIR_OK;
        }
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(frames[i].data[0], (uint8_t)expected[seen]);
            assert_int_equal(frames[i].data[3], (uint8_t)(expected[seen] + 3));
            seen++;
            assert_int_equal(frames[i].number, seen);
        }
    } while (status == TAPIR_OK);
    assert_int_equal(status, TAPIR_END);
    assert_int_equal(seen, strlen(expected));
    tapir_source_close(merged);
}

static void the_earliest_first_frame_comes_first_and_ties_in_order_of_arguments(void **state)
{
    (void)state;
    for (unsigned batches = 0; batches < 2; batches++) {
        bytes captures[] = {capture('a', (int[]){1, 4, 4, 9, -1}),
            capture('k', (int[]){1, 2, 4, -1}), capture('x', (int[]){-1}),
            capture('A', (int[]){0, 4, -1})};

        check_order(merge(captures, 4, NULL), "AaklbcmBd", batches);
        free_all(captures, 4);
    }
}

static void a_source_out_of_order_gives_its_frames_as_they_stand(void **state)
{
    (void)state;
    for (unsigned batches = 0; batches < 2; batches++) {
        bytes captures[] = {capture('a', (int[]){5, 1, 7, -1}), capture('k', (int[]){2, 6, -1})};

        check_order(merge(captures, 2, NULL), "kablc", batches);
        free_all(captures, 2);
    }
}

static void concatenated_sources_follow_each_other(void **state)
{
    static const tapir_merge_options options = {.size = sizeof options, .concatenate = true};

    (void)state;
    for (unsigned batches = 0; batches < 2; batches++) {
        bytes captures[] = {capture('x', (int[]){-1}), capture('a', (int[]){5, 1, -1}),
            capture('y', (int[]){-1}), capture('k', (int[]){2, 6, -1})};

        check_order(merge(captures, 4, &options), "abkl", batches);
        free_all(captures, 4);
    }
}

static void thousands_of_frames_keep_their_bytes_in_batches(void **state)
{
    enum { EACH = 5000, SOURCES = 5 };
    bytes captures[SOURCES] = {0};
    tapir_frame frames[200];
    size_t count, seen = 0;
    tapir_source *merged;
    tapir_status status;
    int64_t last = 0;

    (void)state;
    for (uint32_t i = 0; i < SOURCES; i++) {
        add_pcap_header(&captures[i], 0xa1b2c3d4, 2, 4, 65535, 1);
        for (uint32_t n = 0; n < EACH; n++)
            add_record(&captures[i], n * (i + 1) % 7 + n, i, 60, 60, (uint8_t)(i * 50));
    }
    merged = merge(captures, SOURCES, NULL);
    do {
        status = tapir_source_next_batch(merged, frames, TAPIR_COUNT(frames), &count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(frames[i].data[0], frames[i].interface * 50);
            assert_true(frames[i].time + INT64_C(7000000000) > last);
            last = frames[i].time;
        }
        seen += count;
    } while (status == TAPIR_OK);
    assert_int_equal(status, TAPIR_END);
    assert_int_equal(seen, EACH * SOURCES);
    tapir_source_close(merged);
    free_all(captures, SOURCES);
}

static void a_broken_source_ends_early_and_is_told_of_at_the_end(void **state)
{
    bytes captures[] = {capture('a', (int[]){1, 2, -1}), capture('k', (int[]){3, 4, -1})};
    tapir_source *merged;
    size_t count;

    (void)state;
    captures[0].len -= 2;
    merged = merge(captures, 2, NULL);
    assert_int_equal(read_all(merged, &count), TAPIR_TRUNCATED);
    assert_int_equal(count, 3);
    assert_message(tapir_source_error(merged), "ends inside a packet record");
    assert_string_equal(tapir_source_format(merged), "pcap");
    tapir_source_close(merged);
    free_all(captures, 2);
}

static void of_two_broken_sources_the_first_is_told_of_however_they_are_read(void **state)
{
    (void)state;
    for (unsigned batches = 0; batches < 2; batches++) {
        bytes captures[] = {capture('a', (int[]){1, 5, -1}), capture('k', (int[]){1, 2, -1})};
        tapir_frame frames[8];
        tapir_source *merged;
        tapir_status status;
        size_t count;

        captures[0].data[24 + 20 + 8 + 3] = 0xff; /* a length beyond reason */
        captures[1].len -= 2;
        merged = merge(captures, 2, NULL);
        do
            status = batches ? tapir_source_next_batch(merged, frames, 8, &count)
                             : tapir_source_next(merged, frames);
        while (status == TAPIR_OK);
        assert_int_equal(status, TAPIR_DAMAGED);
        assert_message(tapir_source_error(merged), "more than the limit");
        tapir_source_close(merged);
        free_all(captures, 2);
    }
}

static bytes named(const char *name, unsigned link_type)
{
    bytes b = {0};
    size_t start;

    add_section(&b);
    start = begin_interface(&b, link_type, 0);
    add_option(&b, TAPIR_OPTION_INTERFACE_NAME, name, strlen(name));
    end_block(&b, start);
    add_packet(&b, 0, 1000000, 4, 4);
    end_block(&b, begin_block(&b, TAPIR_PCAPNG_JOURNAL));
    return b;
}

static void interfaces_are_numbered_through(void **state)
{
    bytes captures[] = {named("eth0", 1), named("eth0", 1), named("eth1", 1)};
    tapir_source *merged = merge(captures, 3, NULL);
    tapir_frame frame;

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(tapir_source_next(merged, &frame), TAPIR_OK);
        assert_int_equal(frame.interface, i);
        assert_int_equal(tapir_source_merged_from(merged), i);
        assert_int_equal(tapir_source_merged_interface(merged, i, 0), i);
        assert_int_equal(tapir_source_interface(merged, i)->frames, 1);
        assert_ptr_equal(frame.block->interface, tapir_source_interface(merged, i));
    }
    assert_int_equal(tapir_source_interface_count(merged), 3);
    assert_int_equal(tapir_source_merged_interface(merged, 3, 0), SIZE_MAX);
    assert_int_equal(tapir_source_merged_interface(merged, 0, 1), SIZE_MAX);
    assert_int_equal(tapir_source_next(merged, &frame), TAPIR_END);
    tapir_source_close(merged);
    free_all(captures, 3);
}

static void interfaces_that_are_the_same_are_joined_on_request(void **state)
{
    static const tapir_merge_options options = {.size = sizeof options, .join_interfaces = true};
    bytes captures[] = {named("eth0", 1), named("eth0", 1), named("eth1", 1), named("eth0", 101)};
    tapir_source *merged = merge(captures, 4, &options);
    static const uint32_t expected[] = {0, 0, 1, 2};
    tapir_frame frame;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(tapir_source_next(merged, &frame), TAPIR_OK);
        assert_int_equal(frame.interface, expected[i]);
    }
    assert_int_equal(tapir_source_interface_count(merged), 3);
    assert_int_equal(tapir_source_interface(merged, 0)->frames, 2);
    assert_int_equal(tapir_source_interface(merged, 1)->frames, 1);
    tapir_source_close(merged);
    free_all(captures, 4);
}

static void blocks_come_where_they_stand(void **state)
{
    static const tapir_merge_options one_by_one = {.size = sizeof one_by_one, .concatenate = true};
    static const uint32_t sorted[] = {TAPIR_PCAPNG_SECTION, TAPIR_PCAPNG_INTERFACE,
        TAPIR_PCAPNG_SECTION, TAPIR_PCAPNG_INTERFACE, TAPIR_PCAPNG_ENHANCED_PACKET,
        TAPIR_PCAPNG_JOURNAL, TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_PCAPNG_JOURNAL};
    static const uint32_t in_a_row[] = {TAPIR_PCAPNG_SECTION, TAPIR_PCAPNG_INTERFACE,
        TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_PCAPNG_JOURNAL, TAPIR_PCAPNG_SECTION,
        TAPIR_PCAPNG_INTERFACE, TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_PCAPNG_JOURNAL};

    (void)state;
    for (unsigned concatenate = 0; concatenate < 2; concatenate++) {
        bytes captures[] = {named("eth0", 1), named("eth1", 1)};
        tapir_source *merged = merge(captures, 2, concatenate ? &one_by_one : NULL);
        const uint32_t *expected = concatenate ? in_a_row : sorted;
        const tapir_pcapng_block *block;
        tapir_frame frame;

        for (size_t i = 0; i < 8; i++) {
            assert_int_equal(tapir_source_next_block(merged, &frame, &block), TAPIR_OK);
            assert_int_equal(block->type, expected[i]);
            assert_int_equal(frame.data != NULL, block->type == TAPIR_PCAPNG_ENHANCED_PACKET);
        }
        assert_int_equal(tapir_source_next_block(merged, &frame, &block), TAPIR_END);
        tapir_source_close(merged);
        free_all(captures, 2);
    }
}

static void a_break_ends_one_read_only(void **state)
{
    bytes captures[] = {capture('a', (int[]){1, 2, -1}), capture('k', (int[]){3, 4, -1})};
    tapir_source *merged = merge(captures, 2, NULL);
    tapir_frame frame;
    size_t count;

    (void)state;
    tapir_source_break(merged);
    assert_int_equal(tapir_source_next(merged, &frame), TAPIR_BREAK);
    assert_int_equal(read_all(merged, &count), TAPIR_END);
    assert_int_equal(count, 4);
    tapir_source_close(merged);
    free_all(captures, 2);
}

static void nothing_merged_is_an_empty_source(void **state)
{
    tapir_source *merged = merge(NULL, 0, NULL);
    tapir_frame frame;

    (void)state;
    assert_int_equal(tapir_source_next(merged, &frame), TAPIR_END);
    tapir_source_close(merged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earliest_first_frame_comes_first_and_ties_in_order_of_arguments),
        cmocka_unit_test(a_source_out_of_order_gives_its_frames_as_they_stand),
        cmocka_unit_test(concatenated_sources_follow_each_other),
        cmocka_unit_test(thousands_of_frames_keep_their_bytes_in_batches),
        cmocka_unit_test(a_broken_source_ends_early_and_is_told_of_at_the_end),
        cmocka_unit_test(of_two_broken_sources_the_first_is_told_of_however_they_are_read),
        cmocka_unit_test(interfaces_are_numbered_through),
        cmocka_unit_test(interfaces_that_are_the_same_are_joined_on_request),
        cmocka_unit_test(blocks_come_where_they_stand),
        cmocka_unit_test(a_break_ends_one_read_only),
        cmocka_unit_test(nothing_merged_is_an_empty_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
