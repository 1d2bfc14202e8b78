/* Writing past the page cache: that it is done with whole pages, and changes nothing of the file.
 */
#include "written.h"

#include <errno.h>
#include <signal.h>

enum { LEN = 1000, PAGE = 4096 };

static size_t written_directly;
static bool pages_are_refused;

ssize_t __real_write(int fd, const void *from, size_t len);
ssize_t __wrap_write(int fd, const void *from, size_t len);

/* Sees what goes past the cache. */
ssize_t __wrap_write(int fd, const void *from, size_t len)
{
    if (!(fcntl(fd, F_GETFL) & O_DIRECT))
        return __real_write(fd, from, len);
    assert_int_equal((uintptr_t)from % PAGE, 0);
    assert_int_equal(lseek(fd, 0, SEEK_CUR) % PAGE, 0);
    assert_int_equal(len % PAGE, 0);
    written_directly += len;
    if (!pages_are_refused)
        return __real_write(fd, from, len);
    errno = EINVAL;
    return -1;
}

static tapir_sink_options direct(size_t buffer)
{
    tapir_sink_options options = buffered(buffer);

    options.direct = true;
    return options;
}

/* Skips a test where the directory's file system has no such way. */
static void need_direct(void)
{
    const tapir_sink_options options = direct(0);
    tapir_error error = {.message = ""};
    tapir_sink *sink;

    if (tapir_sink_open_file(&sink, path, &options, &error) == TAPIR_UNSUPPORTED) {
        print_message("# %s\n", error.message);
        skip();
    }
    assert_string_equal(error.message, "");
    tapir_sink_close(sink, NULL);
}

/* Writes frames of all lengths, a few of them many times the buffer. */
static bytes write_mixture(const tapir_sink_options *options)
{
    tapir_sink *sink = open_sink(options);

    for (unsigned number = 1; number < 300; number++) {
        uint32_t len = number % 50 == 0 ? 20000 : number * 37 % 900;
        tapir_frame frame = numbered_frame(number, len);

        assert_ok(sink, tapir_sink_write(sink, &frame));
        if (number % 70 == 0)
            assert_ok(sink, tapir_sink_flush(sink));
    }
    close_sink(sink);
    return read_back(path);
}

static void file_is_the_same(void **state)
{
    static const size_t buffers[] = {1, 1000, 4095, 4096, 8192, 9999, 40000, 0};

    (void)state;
    need_direct();
    for (unsigned variant = 0; variant < 4 * TAPIR_COUNT(buffers); variant++) {
        tapir_sink_options options = direct(buffers[variant / 4]);
        bytes expected, written;

        options.format = variant % 2;
        options.direct = false;
        expected = write_mixture(&options);
        options.direct = true;
        options.background = variant & 2;
        written_directly = 0;
        written = write_mixture(&options);
        assert_int_equal(written.len, expected.len);
        assert_memory_equal(written.data, expected.data, written.len);
        if (options.buffer >= 40000)
            assert_true(written_directly > expected.len / 2);
        free(written.data);
        free(expected.data);
    }
}

/* A large buffer: all but the page at either end. */
static void most_goes_past_the_cache(void **state)
{
    tapir_sink_options options = direct(16 * PAGE);
    tapir_sink *sink;
    bytes written;

    (void)state;
    need_direct();
    written_directly = 0;
    sink = open_sink(&options);
    write_frames(sink, 1, 1000, LEN);
    close_sink(sink);
    written = read_back(path);
    assert_true(written_directly + written.len / 8 > written.len);
    free(written.data);
    assert_frames(path, 1, 1000, LEN, TAPIR_END);
}

static void other_ways_are_taken_where_pages_are_refused(void **state)
{
    tapir_sink_options options = direct(4 * PAGE);
    tapir_sink *sink;

    (void)state;
    need_direct();
    written_directly = 0;
    pages_are_refused = true;
    sink = open_sink(&options);
    write_frames(sink, 1, 100, LEN);
    close_sink(sink);
    pages_are_refused = false;
    assert_true(written_directly > 0 && written_directly <= 4 * PAGE); /* it was tried once */
    assert_frames(path, 1, 100, LEN, TAPIR_END);
}

static void full_disk_keeps_whole_packets(void **state)
{
    (void)state;
    need_direct();
    signal(SIGXFSZ, SIG_IGN);
    for (unsigned room = 30000; room < 42000; room += 307) {
        tapir_sink_options options = direct(2 * PAGE);
        unsigned fit = (room - 24) / (16 + LEN);
        tapir_status status = TAPIR_OK;
        tapir_sink *sink = open_sink(&options);
        char kept[64];

        limit_files(room);
        snprintf(kept, sizeof kept, "File too large; kept %u packets, %u bytes", fit,
            24 + fit * (16 + LEN));
        for (unsigned number = 1; status == TAPIR_OK; number++) {
            tapir_frame frame = numbered_frame(number, LEN);
            status = tapir_sink_write(sink, &frame);
        }
        assert_int_equal(status, TAPIR_IO);
        assert_message(tapir_sink_error(sink), kept);
        limit_files(RLIM_INFINITY);
        tapir_sink_close(sink, NULL);
        assert_frames(path, 1, fit, LEN, TAPIR_END);
    }
}

static void files_go_on_at_any_place(void **state)
{
    tapir_sink_options options = direct(3 * PAGE);
    unsigned number = 1;

    (void)state;
    need_direct();
    options.append = true;
    for (unsigned count = 1; count < 60; count += 7) {
        tapir_sink *sink = open_sink(&options);
        write_frames(sink, number, number + count - 1, LEN);
        close_sink(sink);
        number += count;
    }
    assert_frames(path, 1, number - 1, LEN, TAPIR_END);
}

static void only_plain_files_are_written_so(void **state)
{
    tapir_sink_options options = direct(0);
    tapir_error error;
    tapir_sink *sink;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(
        tapir_sink_open_fd(&sink, ends[1], "pipe", &options, &error), TAPIR_UNSUPPORTED);
    assert_message(&error, "pipe: is no file");
    close(ends[0]);
    close(ends[1]);
    options.compression = TAPIR_COMPRESSION_GZIP;
    assert_not_opened(&options, TAPIR_UNSUPPORTED, "what is compressed is not written past");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        written_test(file_is_the_same),
        written_test(most_goes_past_the_cache),
        written_test(other_ways_are_taken_where_pages_are_refused),
        written_test(full_disk_keeps_whole_packets),
        written_test(files_go_on_at_any_place),
        written_test(only_plain_files_are_written_so),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
