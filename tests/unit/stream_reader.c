/* A stream between two threads. */
#include "tapir/stream_reader.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static bool feed(tapir_stream_reader *reader, const char *text, uint64_t offset, uint64_t gap)
{
    tapir_chunk chunk = {.bytes = tapir_span_of(text, strlen(text)),
        .offset = offset,
        .gap = gap,
        .start = offset == 0,
        .frame = offset + 1,
        .time = (int64_t)offset};

    return tapir_stream_reader_feed(reader, &chunk);
}

static void bytes_gaps_and_the_end(void **state)
{
    tapir_stream_reader *reader = tapir_stream_reader_new(NULL);
    tapir_chunk end = {.offset = 12, .end = true};
    tapir_stream_read read;
    char bytes[4];

    (void)state;
    assert_true(feed(reader, "hello", 0, 0));
    assert_true(feed(reader, "ab", 10, 5));
    assert_true(tapir_stream_reader_feed(reader, &end));
    assert_int_equal(tapir_stream_reader_read(reader, bytes, 4, -1, &read), TAPIR_STREAM_BYTES);
    assert_memory_equal(bytes, "hell", 4);
    assert_true(read.start && read.count == 4 && read.frame == 1);
    assert_int_equal(tapir_stream_reader_read(reader, bytes, 4, -1, &read), TAPIR_STREAM_BYTES);
    assert_true(!read.start && read.count == 1 && read.offset == 4 && bytes[0] == 'o');
    assert_int_equal(tapir_stream_reader_read(reader, bytes, 4, -1, &read), TAPIR_STREAM_GAP);
    assert_true(read.count == 5 && read.offset == 5 && !read.dropped);
    assert_int_equal(tapir_stream_reader_read(reader, bytes, 4, -1, &read), TAPIR_STREAM_BYTES);
    assert_true(read.count == 2 && read.offset == 10 && read.frame == 11);
    assert_int_equal(tapir_stream_reader_read(reader, bytes, 4, -1, &read), TAPIR_STREAM_END);
    assert_int_equal(tapir_stream_reader_read(reader, bytes, 4, -1, &read), TAPIR_STREAM_END);
    tapir_stream_reader_end(reader);
    tapir_stream_reader_free(reader);
}

static void without_a_fin_it_is_closed(void **state)
{
    tapir_stream_reader *reader = tapir_stream_reader_new(NULL);
    tapir_stream_read read;
    char byte;

    (void)state;
    assert_int_equal(tapir_stream_reader_read(reader, &byte, 1, 1000, &read), TAPIR_STREAM_TIMEOUT);
    tapir_stream_reader_end(reader);
    assert_int_equal(tapir_stream_reader_read(reader, &byte, 1, -1, &read), TAPIR_STREAM_CLOSED);
    tapir_stream_reader_free(reader);
}

static void what_does_not_fit_is_dropped_if_asked(void **state)
{
    tapir_stream_reader_options options = {
        .size = sizeof options, .max_bytes = 512, .patience = -1};
    tapir_stream_reader *reader = tapir_stream_reader_new(&options);
    tapir_stream_read read;
    uint64_t got = 0, dropped = 0;
    char bytes[1000];
    static const char text[] = "0123456789012345678901234567890123456789";

    (void)state;
    for (uint64_t i = 0; i < 100; i++)
        assert_true(feed(reader, text, i * 40, 0));
    tapir_stream_reader_end(reader);
    while (
        tapir_stream_reader_read(reader, bytes, sizeof bytes, -1, &read) != TAPIR_STREAM_CLOSED) {
        assert_int_equal(read.offset, got + dropped);
        if (read.event == TAPIR_STREAM_BYTES)
            got += read.count;
        else
            dropped += read.dropped;
    }
    assert_true(got > 40 && got <= 512);
    assert_int_equal(got + dropped, 4000);
    tapir_stream_reader_free(reader);
}

enum { TOTAL = 200000 };

/* Reads all of a stream of bytes that count up. */
static void *read_everything(void *argument)
{
    tapir_stream_reader *reader = argument;
    tapir_stream_read read;
    uint8_t bytes[700];
    size_t count = 0;

    while (tapir_stream_reader_read(reader, bytes, sizeof bytes, -1, &read) == TAPIR_STREAM_BYTES)
        for (size_t i = 0; i < read.count; i++, count++)
            if (bytes[i] != (uint8_t)count)
                abort();
    tapir_stream_reader_free(reader);
    return (void *)count;
}

static void a_feeder_waits_for_a_slow_reader(void **state)
{
    tapir_stream_reader_options options = {.size = sizeof options, .max_bytes = 2000};
    tapir_stream_reader *reader = tapir_stream_reader_new(&options);
    uint8_t *bytes = malloc(TOTAL);
    pthread_t thread;
    void *count;

    (void)state;
    for (size_t i = 0; i < TOTAL; i++)
        bytes[i] = (uint8_t)i;
    assert_int_equal(pthread_create(&thread, NULL, read_everything, reader), 0);
    for (size_t at = 0, len = 1; at < TOTAL; at += len, len = len % 5000 + 997) {
        tapir_chunk chunk = {.offset = at};

        if (len > TOTAL - at)
            len = TOTAL - at;
        chunk.bytes = tapir_span_of(bytes + at, len);
        assert_true(tapir_stream_reader_feed(reader, &chunk));
    }
    tapir_stream_reader_end(reader);
    pthread_join(thread, &count);
    assert_int_equal((size_t)count, TOTAL);
    free(bytes);
}

/* Reads a little and leaves, while the feeder waits for room. */
static void *leave(void *argument)
{
    tapir_stream_reader *reader = argument;
    tapir_stream_read read;
    char byte;

    tapir_stream_reader_read(reader, &byte, 1, -1, &read);
    usleep(10000);
    tapir_stream_reader_free(reader);
    return NULL;
}

static void a_reader_that_leaves_holds_nobody_up(void **state)
{
    tapir_stream_reader_options options = {.size = sizeof options, .max_bytes = 600};
    tapir_stream_reader *reader = tapir_stream_reader_new(&options);
    pthread_t thread;
    uint64_t offset = 0;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, leave, reader), 0);
    while (feed(reader, "some bytes, and some more of them", offset, 0))
        offset += 33;
    assert_false(feed(reader, "more", offset, 0));
    pthread_join(thread, NULL);
    tapir_stream_reader_end(reader);
}

static void *stop(void *argument)
{
    usleep(10000);
    tapir_stream_reader_stop(argument);
    return NULL;
}

static void a_read_that_waits_can_be_stopped(void **state)
{
    tapir_stream_reader *reader = tapir_stream_reader_new(NULL);
    tapir_stream_read read;
    pthread_t thread;
    char byte;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, stop, reader), 0);
    assert_int_equal(tapir_stream_reader_read(reader, &byte, 1, -1, &read), TAPIR_STREAM_STOPPED);
    pthread_join(thread, NULL);
    assert_false(feed(reader, "late", 0, 0));
    tapir_stream_reader_free(reader);
    tapir_stream_reader_end(reader);
}

static void a_feeder_may_lose_patience(void **state)
{
    tapir_stream_reader_options options = {
        .size = sizeof options, .max_bytes = 512, .patience = 1000000};
    tapir_stream_reader *reader = tapir_stream_reader_new(&options);

    (void)state;
    for (uint64_t i = 0; i < 40; i++)
        assert_true(feed(reader, "nobody reads this, and that for a while", i * 39, 0));
    tapir_stream_reader_end(reader);
    tapir_stream_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_gaps_and_the_end),
        cmocka_unit_test(without_a_fin_it_is_closed),
        cmocka_unit_test(what_does_not_fit_is_dropped_if_asked),
        cmocka_unit_test(a_feeder_waits_for_a_slow_reader),
        cmocka_unit_test(a_reader_that_leaves_holds_nobody_up),
        cmocka_unit_test(a_read_that_waits_can_be_stopped),
        cmocka_unit_test(a_feeder_may_lose_patience),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
