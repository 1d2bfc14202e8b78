/* Writing compressed files: what comes out goes in again, also when the disk gets full. */
#include "written.h"

#include <signal.h>

#include "config.h"

static const struct {
    uint8_t compression;
    const char *name, *suffix, *library;
    int lowest, highest;
    bool there;
} kinds[] = {
    {TAPIR_COMPRESSION_GZIP, "gzip", ".gz", "zlib", 1, 9, HAVE_ZLIB},
    {TAPIR_COMPRESSION_ZSTD, "zstd", ".zst", "libzstd", -7, 22, HAVE_ZSTD},
    {TAPIR_COMPRESSION_LZ4, "lz4", ".lz4", "liblz4", -65536, 12, HAVE_LZ4},
    {TAPIR_COMPRESSION_XZ, "xz", ".xz", "liblzma", 1, 9, HAVE_LZMA},
};

static void assert_compressed(const char *file, const char *compression)
{
    tapir_source *source;

    assert_int_equal(tapir_source_open_file(&source, file, NULL, NULL), TAPIR_OK);
    assert_string_equal(tapir_source_compression(source), compression);
    tapir_source_close(source);
}

static void every_compression_comes_back(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < TAPIR_COUNT(kinds); kind++)
        for (unsigned variant = 0; variant < 8 && kinds[kind].there; variant++) {
            tapir_sink_options options = {
                .size = sizeof options,
                .link_type = 1,
                .format = variant & 1 ? TAPIR_FORMAT_PCAPNG : TAPIR_FORMAT_PCAP,
                .nanoseconds = true,
                .compression = kinds[kind].compression,
                .each_frame = variant & 2,
                .level = variant & 4 ? kinds[kind].lowest : 0,
                .buffer = variant & 4 ? 1000 : 0,
            };
            unsigned last = variant & 2 ? 20 : 500;
            tapir_sink *sink = open_sink(&options);

            write_frames(sink, 1, last, 700);
            close_sink(sink);
            assert_compressed(path, kinds[kind].name);
            assert_frames(path, 1, last, 700, TAPIR_END);
        }
}

static void compression_is_told_by_the_name(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < TAPIR_COUNT(kinds); kind++)
        for (unsigned ng = 0; ng < 2 && kinds[kind].there; ng++) {
            tapir_sink_options options = {
                .size = sizeof options,
                .link_type = 1,
                .format = TAPIR_FORMAT_AUTO,
                .compression = TAPIR_COMPRESSION_AUTO,
            };

            snprintf(path, sizeof path, "%s/x.%s%s", directory, ng ? "pcapng" : "pcap",
                kinds[kind].suffix);
            close_sink(open_sink(&options));
            assert_compressed(path, kinds[kind].name);
        }
    snprintf(path, sizeof path, "%s/written", directory);
}

static void suffix_alone_is_no_order(void **state)
{
    tapir_sink_options options = {.size = sizeof options, .link_type = 1};

    (void)state;
    snprintf(path, sizeof path, "%s/x.pcapng.gz", directory);
    close_sink(open_sink(&options));
    assert_compressed(path, "none");
    options.compression = TAPIR_COMPRESSION_AUTO;
    snprintf(path, sizeof path, "%s/x.ntar", directory);
    options.format = TAPIR_FORMAT_AUTO;
    close_sink(open_sink(&options));
    assert_compressed(path, "none");
    snprintf(path, sizeof path, "%s/written", directory);
}

static void flush_brings_everything_to_the_reader(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < TAPIR_COUNT(kinds); kind++) {
        tapir_sink_options options = {
            .size = sizeof options,
            .link_type = 1,
            .nanoseconds = true,
            .compression = kinds[kind].compression,
        };
        tapir_sink *sink;

        if (!kinds[kind].there)
            continue;
        sink = open_sink(&options);
        write_frames(sink, 1, 3, 100);
        assert_ok(sink, tapir_sink_flush(sink));
        assert_ok(sink, tapir_sink_flush(sink)); /* with nothing to do */
        assert_frames(path, 1, 3, 100, TAPIR_TRUNCATED);
        write_frames(sink, 4, 5, 100);
        assert_ok(sink, tapir_sink_sync(sink));
        assert_frames(path, 1, 5, 100, TAPIR_TRUNCATED);
        close_sink(sink);
        assert_frames(path, 1, 5, 100, TAPIR_END);
    }
}

static void levels_are_checked_and_matter(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < TAPIR_COUNT(kinds); kind++) {
        tapir_sink_options options = {
            .size = sizeof options, .link_type = 1, .compression = kinds[kind].compression};
        size_t lens[2];

        if (!kinds[kind].there)
            continue;
        options.level = kinds[kind].highest + 1;
        assert_not_opened(&options, TAPIR_INVALID, "has no level");
        options.level = kinds[kind].lowest - 1;
        if (options.level)
            assert_not_opened(&options, TAPIR_INVALID, "are possible");
        for (unsigned high = 0; high < 2; high++) {
            static uint8_t data[60000];
            tapir_frame frame = {
                .data = data, .caplen = sizeof data, .len = sizeof data, .link_type = 1};
            tapir_sink *sink;
            bytes written;

            for (size_t i = 0; i < sizeof data; i++)
                data[i] = (uint8_t)((i * i >> 7) % 11 + i % 3);
            options.level = high ? kinds[kind].highest : kinds[kind].lowest;
            sink = open_sink(&options);
            assert_ok(sink, tapir_sink_write(sink, &frame));
            close_sink(sink);
            written = read_back(path);
            lens[high] = written.len;
            free(written.data);
        }
        assert_true(lens[1] < lens[0]);
    }
}

static void what_is_not_built_in_is_said(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < TAPIR_COUNT(kinds); kind++) {
        tapir_sink_options options = {
            .size = sizeof options, .link_type = 1, .compression = kinds[kind].compression};

        if (kinds[kind].there)
            continue;
        assert_not_opened(&options, TAPIR_UNSUPPORTED, "this build cannot compress with");
        assert_int_equal(access(path, F_OK), -1); /* and leaves no file */
    }
}

static void options_that_do_not_exist_are_refused(void **state)
{
    tapir_sink_options options = {.size = sizeof options, .compression = TAPIR_COMPRESSION_XZ + 1};

    (void)state;
    assert_not_opened(&options, TAPIR_INVALID, "does not exist");
    options.compression = 0;
    options.format = TAPIR_FORMAT_AUTO + 1;
    assert_not_opened(&options, TAPIR_INVALID, "does not exist");
    options.format = 0;
    options.byte_order = TAPIR_BYTE_ORDER_BIG + 1;
    assert_not_opened(&options, TAPIR_INVALID, "does not exist");
}

/* When the disk gets full, the file ends properly, at a packet, and most of them are kept. */
static void full_disk_leaves_a_proper_end(void **state)
{
    enum { LEN = 1000 };

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    for (size_t kind = 0; kind < TAPIR_COUNT(kinds); kind++)
        for (unsigned limit = 300000; limit < 1000000 && kinds[kind].there; limit += 299993) {
            tapir_sink_options options = {
                .size = sizeof options,
                .link_type = 1,
                .nanoseconds = true,
                .format = limit % 2 ? TAPIR_FORMAT_PCAP : TAPIR_FORMAT_PCAPNG,
                .compression = kinds[kind].compression,
                .level = 1,
            };
            tapir_sink *sink = open_sink(&options);
            tapir_status status = TAPIR_OK;
            unsigned kept = 0;
            bytes written;

            limit_files(limit);
            for (unsigned number = 1; status == TAPIR_OK; number++) {
                tapir_frame frame = numbered_frame(number, LEN);
                status = tapir_sink_write(sink, &frame);
            }
            limit_files(RLIM_INFINITY);
            assert_int_equal(status, TAPIR_IO);
            written = read_back(path);
            assert_true(written.len <= limit);
            free(written.data);
            assert_int_equal(
                sscanf(strstr(tapir_sink_error(sink)->message, "kept"), "kept %u packets", &kept),
                1);
            /* No more than two buffers are lost. */
            assert_true(kept * LEN + 2 * (256 << 10) + 70000 > limit);
            assert_frames(path, 1, kept, LEN, TAPIR_END);
            assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
            assert_frames(path, 1, kept, LEN, TAPIR_END);
        }
}

/* Also when each frame is a point where it could end. */
static void full_disk_keeps_almost_all_that_was_flushed(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    for (size_t kind = 0; kind < TAPIR_COUNT(kinds); kind++)
        for (unsigned limit = 1000; limit < 1400 && kinds[kind].there; limit += 7) {
            tapir_sink_options options = {
                .size = sizeof options,
                .link_type = 1,
                .nanoseconds = true,
                .compression = kinds[kind].compression,
                .each_frame = true,
            };
            tapir_sink *sink = open_sink(&options);
            tapir_status status = TAPIR_OK;
            unsigned kept = 0;

            limit_files(limit);
            for (unsigned number = 1; status == TAPIR_OK; number++) {
                tapir_frame frame = numbered_frame(number, 50);
                status = tapir_sink_write(sink, &frame);
            }
            limit_files(RLIM_INFINITY);
            assert_int_equal(
                sscanf(strstr(tapir_sink_error(sink)->message, "kept"), "kept %u packets", &kept),
                1);
            assert_true(kept > 5);
            assert_frames(path, 1, kept, 50, TAPIR_END);
            tapir_sink_close(sink, NULL);
        }
}

/* A disk that is full only for the end. */
static void full_disk_at_the_end_is_told(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    for (size_t kind = 0; kind < TAPIR_COUNT(kinds); kind++) {
        tapir_sink_options options = {
            .size = sizeof options,
            .link_type = 1,
            .nanoseconds = true,
            .compression = kinds[kind].compression,
        };
        tapir_sink *sink;
        tapir_error error;
        struct stat facts;

        if (!kinds[kind].there)
            continue;
        sink = open_sink(&options);
        write_frames(sink, 1, 100, 100);
        assert_ok(sink, tapir_sink_flush(sink));
        assert_int_equal(stat(path, &facts), 0);
        write_frames(sink, 101, 102, 100);
        limit_files((rlim_t)facts.st_size + 40);
        assert_int_equal(tapir_sink_close(sink, &error), TAPIR_IO);
        limit_files(RLIM_INFINITY);
        /* Where the end is longer than what is left, it had no room. */
        assert_true(
            strstr(error.message, "kept 100 packets") || strstr(error.message, "kept 0 packets"));
        if (kinds[kind].compression != TAPIR_COMPRESSION_XZ)
            assert_frames(path, 1, 100, 100, TAPIR_END);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        written_test(every_compression_comes_back),
        written_test(compression_is_told_by_the_name),
        written_test(suffix_alone_is_no_order),
        written_test(flush_brings_everything_to_the_reader),
        written_test(levels_are_checked_and_matter),
        written_test(what_is_not_built_in_is_said),
        written_test(options_that_do_not_exist_are_refused),
        written_test(full_disk_leaves_a_proper_end),
        written_test(full_disk_keeps_almost_all_that_was_flushed),
        written_test(full_disk_at_the_end_is_told),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
