/* Files written by the tests of the sink, in a directory of their own. */
#ifndef TAPIR_TESTS_WRITTEN_H
#define TAPIR_TESTS_WRITTEN_H

#include "capture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/tapir-sink-XXXXXX";
static char path[128]; /* of a file that is not there when a test begins */

static inline int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/written", directory);
    return 0;
}

/* Takes away what a test left. */
static inline int clean(void **state)
{
    DIR *list = opendir(directory);
    struct dirent *entry;

    (void)state;
    if (!list)
        return -1;
    while ((entry = readdir(list)))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(list), entry->d_name, 0);
    closedir(list);
    return 0;
}

static inline int remove_directory(void **state)
{
    clean(state);
    return rmdir(directory);
}

#define written_test(name) cmocka_unit_test_teardown(name, clean)

/* Options of a file of Ethernet with nanoseconds, written so many bytes at once. */
static inline tapir_sink_options buffered(size_t buffer)
{
    return (tapir_sink_options){
        .size = sizeof(tapir_sink_options),
        .link_type = 1,
        .nanoseconds = true,
        .buffer = buffer,
    };
}

static inline tapir_sink *open_sink(const tapir_sink_options *options)
{
    tapir_sink *sink = NULL;
    tapir_error error = {.message = "?"};
    tapir_sink_options changed;

    options = sink_options(options, &changed);
    if (tapir_sink_open_file(&sink, path, options, &error) != TAPIR_OK)
        fail_msg("cannot open: %s", error.message);
    return sink;
}

/* Asserts that a call succeeded, and shows why not. */
#define assert_ok(sink, call)                                                                      \
    do {                                                                                           \
        if ((call) != TAPIR_OK)                                                                    \
            fail_msg("%s: %s", #call, tapir_sink_error(sink)->message);                            \
    } while (0)

/* Asserts that a call failed with a status and a message with these words. */
#define assert_refused(sink, call, status, words)                                                  \
    do {                                                                                           \
        assert_int_equal(call, status);                                                            \
        assert_int_equal(tapir_sink_error(sink)->code, status);                                    \
        assert_message(tapir_sink_error(sink), words);                                             \
    } while (0)

/* Asserts that opening fails with a status and a message with these words. */
static inline void assert_not_opened(
    const tapir_sink_options *options, tapir_status status, const char *words)
{
    tapir_sink *sink = (tapir_sink *)&sink;
    tapir_error error = {.message = "?"};

    assert_int_equal(tapir_sink_open_file(&sink, path, options, &error), status);
    assert_null(sink);
    assert_int_equal(error.code, status);
    assert_message(&error, words);
}

static inline bytes read_back(const char *name)
{
    FILE *file = fopen(name, "rb");
    bytes b = {0};
    uint8_t block[4096];
    size_t len;

    assert_non_null(file);
    while ((len = fread(block, 1, sizeof block, file)) > 0)
        add(&b, block, len);
    fclose(file);
    add(&b, NULL, 0);
    return b;
}

static inline void write_file(const char *name, const void *data, size_t len)
{
    FILE *file = fopen(name, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    fclose(file);
}

static inline void assert_file(const char *name, const bytes *expected)
{
    bytes found = read_back(name);

    for (size_t i = 0; i < found.len && i < expected->len; i++)
        if (found.data[i] != expected->data[i])
            fail_msg("byte %zu of %zu is %02x, expected %02x", i, found.len, found.data[i],
                expected->data[i]);
    assert_int_equal(found.len, expected->len);
    free(found.data);
}

static inline tapir_source *open_written(void)
{
    tapir_source *source = NULL;
    tapir_error error = {.message = "?"};

    if (tapir_source_open_file(&source, path, NULL, &error) != TAPIR_OK)
        fail_msg("cannot read: %s", error.message);
    return source;
}

/* A frame of `len` bytes that differ from frame to frame, as hardly compressible as they can be. */
static inline tapir_frame numbered_frame(unsigned number, uint32_t len)
{
    static uint8_t data[70000];
    uint32_t state = number * 2654435761U + 1;

    assert_true(len <= sizeof data);
    for (uint32_t i = 0; i < len; i++) {
        state = state * 1664525 + 1013904223;
        data[i] = (uint8_t)(state >> 24);
    }
    return (tapir_frame){
        .data = data,
        .caplen = len,
        .len = len,
        .time = INT64_C(1700000000000000000) + number * INT64_C(1000001000),
        .link_type = TAPIR_LINK_TYPE_ETHERNET,
        .number = number,
    };
}

/* Asserts that a file holds the frames `first` to `last` of numbered_frame, whole, and nothing
 * else. */
static inline void assert_frames(
    const char *name, unsigned first, unsigned last, uint32_t len, tapir_status end)
{
    tapir_source *source;
    tapir_error error;
    tapir_frame frame;
    unsigned number = first;
    tapir_status status;

    if (tapir_source_open_file(&source, name, NULL, &error) != TAPIR_OK)
        fail_msg("cannot read: %s", error.message);
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        tapir_frame expected = numbered_frame(number++, len);
        assert_int_equal(frame.caplen, expected.caplen);
        assert_memory_equal(frame.data, expected.data, expected.caplen);
        assert_int_equal(frame.time, expected.time);
    }
    assert_int_equal(status, end);
    assert_int_equal(number, last + 1);
    tapir_source_close(source);
}

static inline void write_frames(tapir_sink *sink, unsigned first, unsigned last, uint32_t len)
{
    for (unsigned number = first; number <= last; number++) {
        tapir_frame frame = numbered_frame(number, len);
        assert_ok(sink, tapir_sink_write(sink, &frame));
    }
}

static inline void close_sink(tapir_sink *sink)
{
    tapir_error error = {.message = "?"};

    if (tapir_sink_close(sink, &error) != TAPIR_OK)
        fail_msg("cannot close: %s", error.message);
}

/* Lets files grow to `limit` bytes only, as a full disk would; RLIM_INFINITY: no limit. */
static inline void limit_files(rlim_t limit)
{
    struct rlimit now;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &now), 0);
    now.rlim_cur = limit < now.rlim_max ? limit : now.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
}

#endif
