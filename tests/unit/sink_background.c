/* Writing with a thread: when there is one, and that it changes nothing but the time it takes. */
#include "written.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

enum { LEN = 1000 };

static bool threads_are_refused;

int __real_pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *), void *argument);
int __wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *), void *argument);

int __wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *), void *argument)
{
    return threads_are_refused ? EAGAIN : __real_pthread_create(thread, attributes, work, argument);
}

/* Returns how many threads this program has; `other`: the number of one that did not begin it. */
static unsigned count_threads(long *other)
{
    DIR *list = opendir("/proc/self/task");
    struct dirent *entry;
    unsigned count = 0;

    if (!list)
        skip();
    while ((entry = readdir(list))) {
        long number = strtol(entry->d_name, NULL, 10);
        count += number != 0;
        if (number && number != getpid())
            *other = number;
    }
    closedir(list);
    return count;
}

static tapir_sink_options background(size_t buffer)
{
    tapir_sink_options options = buffered(buffer);

    options.background = true;
    return options;
}

/* Waits for threads that have ended to be gone from the list, too. */
static void assert_threads(unsigned count)
{
    long other = 0;

    for (unsigned tries = 0; tries < 2000 && count_threads(&other) > count; tries++)
        usleep(1000);
    assert_int_equal(count_threads(&other), count);
}

static void thread_is_there_from_the_first_full_buffer_to_the_end(void **state)
{
    tapir_sink_options options = background(3 * LEN);
    unsigned before, during;
    tapir_sink *sink;
    long other = 0;

    (void)state;
    before = count_threads(&other);
    sink = open_sink(&options);
    write_frames(sink, 1, 2, LEN);
    assert_int_equal(count_threads(&other), before);
    write_frames(sink, 3, 3, LEN);
    during = count_threads(&other);
    assert_true(during > before); /* a sanitizer may add one of its own */
    write_frames(sink, 4, 90, LEN);
    assert_int_equal(count_threads(&other), during);
    close_sink(sink);
    assert_threads(during - 1);
    assert_frames(path, 1, 90, LEN, TAPIR_END);
}

static void caller_writes_where_no_thread_is_to_be_had(void **state)
{
    tapir_sink_options options = background(3 * LEN);
    unsigned before;
    tapir_sink *sink;
    long other = 0;

    (void)state;
    before = count_threads(&other);
    sink = open_sink(&options);
    threads_are_refused = true;
    write_frames(sink, 1, 20, LEN);
    threads_are_refused = false; /* it is not asked for again */
    write_frames(sink, 21, 40, LEN);
    assert_int_equal(count_threads(&other), before);
    close_sink(sink);
    assert_frames(path, 1, 40, LEN, TAPIR_END);
}

static void thread_that_has_nothing_to_do_is_not_made(void **state)
{
    tapir_sink_options options = background(3 * LEN);
    long other = 0;
    unsigned before;
    tapir_sink *sink;

    (void)state;
    before = count_threads(&other);
    options.each_frame = true;
    sink = open_sink(&options);
    write_frames(sink, 1, 20, LEN);
    assert_int_equal(count_threads(&other), before);
    assert_frames(path, 1, 20, LEN, TAPIR_END); /* they are all there */
    close_sink(sink);
}

static void thread_takes_no_signals(void **state)
{
    tapir_sink_options options = background(3 * LEN);
    char name[64], line[200];
    unsigned long long blocked = 0;
    tapir_sink *sink;
    sigset_t mine;
    FILE *file;
    long other = 0;

    (void)state;
    sink = open_sink(&options);
    if (count_threads(&other) > 1) {
        close_sink(sink);
        skip(); /* which one is it? */
    }
    write_frames(sink, 1, 3, LEN);
    count_threads(&other);
    snprintf(name, sizeof name, "/proc/self/task/%ld/status", other);
    file = fopen(name, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "SigBlk: %llx", &blocked) == 1)
            break;
    fclose(file);
    for (int number = 1; number < 32; number++)
        if (number != SIGKILL && number != SIGSTOP)
            assert_true(blocked >> (number - 1) & 1);
    /* The caller's are as they were. */
    assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &mine), 0);
    assert_false(sigismember(&mine, SIGTERM));
    close_sink(sink);
}

/* Writes frames whose length goes up and down, a few of them many times the buffer. */
static bytes write_mixture(tapir_sink_options *options, bool in_background)
{
    tapir_sink *sink;

    options->background = in_background;
    sink = open_sink(options);
    for (unsigned number = 1; number < 300; number++) {
        uint32_t len = number % 50 == 0 ? 20000 : number * 37 % 900;
        tapir_frame frame = numbered_frame(number, len);

        if (number % 11 == 0)
            frame.comment = tapir_span_of("comment", 7);
        assert_ok(sink, tapir_sink_write(sink, &frame));
        if (number % 100 == 0)
            assert_ok(sink, tapir_sink_flush(sink));
    }
    assert_int_equal(tapir_sink_packets(sink), 299);
    close_sink(sink);
    return read_back(path);
}

static void file_is_the_same(void **state)
{
    static const size_t buffers[] = {1, 100, 1000, 9000, 0};

    (void)state;
    for (unsigned variant = 0; variant < 2 * TAPIR_COUNT(buffers); variant++) {
        tapir_sink_options options = background(buffers[variant / 2]);
        bytes expected, written;

        options.format = variant % 2;
        expected = write_mixture(&options, false);
        written = write_mixture(&options, true);
        assert_int_equal(written.len, expected.len);
        assert_memory_equal(written.data, expected.data, written.len);
        free(written.data);
        threads_are_refused = true; /* in silence, the caller writes */
        written = write_mixture(&options, true);
        threads_are_refused = false;
        assert_int_equal(written.len, expected.len);
        assert_memory_equal(written.data, expected.data, written.len);
        free(written.data);
        free(expected.data);
    }
}

/* What is told at once, and what later calls say. */
static void full_disk_is_told_by_a_later_call(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    for (unsigned room = 10000; room < 14000; room += 307) {
        tapir_sink_options options = background(2500);
        unsigned fit = (room - 24) / (16 + LEN), number = 1;
        tapir_status status = TAPIR_OK;
        tapir_sink *sink = open_sink(&options);
        char kept[64];

        limit_files(room);
        snprintf(kept, sizeof kept, "File too large; kept %u packets, %u bytes", fit,
            24 + fit * (16 + LEN));
        for (; status == TAPIR_OK; number++) {
            tapir_frame frame = numbered_frame(number, LEN);
            status = tapir_sink_write(sink, &frame);
        }
        /* One buffer is being filled, and as many as there are can wait. */
        assert_true(number < fit + 2 * 6);
        assert_int_equal(status, TAPIR_IO);
        assert_message(tapir_sink_error(sink), kept);
        assert_int_equal(tapir_sink_flush(sink), TAPIR_IO);
        assert_int_equal(tapir_sink_sync(sink), TAPIR_IO);
        assert_message(tapir_sink_error(sink), kept);
        limit_files(RLIM_INFINITY);
        assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK); /* nothing new */
        assert_frames(path, 1, fit, LEN, TAPIR_END);
    }
}

static void full_disk_is_told_by_closing_at_the_latest(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    for (unsigned flushed = 0; flushed < 2; flushed++) {
        tapir_sink_options options = background(2500);
        tapir_sink *sink = open_sink(&options);
        tapir_error error;

        limit_files(1500);
        write_frames(sink, 1, 3, LEN); /* of which the thread gets two */
        if (flushed)
            assert_refused(sink, tapir_sink_flush(sink), TAPIR_IO, "kept 1 packets, 1040 bytes");
        else
            assert_int_equal(tapir_sink_close(sink, &error), TAPIR_IO);
        limit_files(RLIM_INFINITY);
        if (flushed)
            tapir_sink_close(sink, NULL);
        else
            assert_message(&error, "kept 1 packets, 1040 bytes");
        assert_frames(path, 1, 1, LEN, TAPIR_END);
    }
}

/* The signal of a pipe that nobody reads is the thread's, which takes none. */
static void gone_reader_is_the_end(void **state)
{
    tapir_sink_options options = background(3 * LEN);
    tapir_status status = TAPIR_OK;
    tapir_sink *sink;
    int ends[2];

    (void)state;
    signal(SIGPIPE, SIG_DFL);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(tapir_sink_open_fd(&sink, ends[1], "pipe", &options, NULL), TAPIR_OK);
    for (unsigned number = 1; number < 100 && status == TAPIR_OK; number++) {
        tapir_frame frame = numbered_frame(number, LEN);
        status = tapir_sink_write(sink, &frame);
    }
    assert_int_equal(status, TAPIR_END);
    assert_message(tapir_sink_error(sink), "pipe: nobody reads it any longer");
    assert_int_equal(tapir_sink_flush(sink), TAPIR_END);
    assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
    close(ends[1]);
}

/* Reads a pipe to its end and puts what came into a file. */
static void *read_slowly(void *argument)
{
    int *end = argument, file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    uint8_t block[777];
    ssize_t len;
    unsigned count = 0;

    while ((len = read(*end, block, sizeof block)) > 0) {
        if (write(file, block, (size_t)len) != len)
            break;
        if (count++ % 64 == 0)
            usleep(200);
    }
    close(file);
    return NULL;
}

static void slow_reader_is_waited_for(void **state)
{
    tapir_sink_options options = background(5 * LEN);
    pthread_t reader;
    tapir_sink *sink;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pthread_create(&reader, NULL, read_slowly, &ends[0]), 0);
    assert_int_equal(tapir_sink_open_fd(&sink, ends[1], "pipe", &options, NULL), TAPIR_OK);
    write_frames(sink, 1, 1000, LEN);
    close_sink(sink);
    close(ends[1]);
    assert_int_equal(pthread_join(reader, NULL), 0);
    close(ends[0]);
    assert_frames(path, 1, 1000, LEN, TAPIR_END);
}

static void note_packets(void *context, const tapir_sink_file *file)
{
    uint64_t *sums = context;

    sums[0] += file->packets;
    sums[1] += file->bytes;
    sums[2]++;
}

/* One thread writes all files of a rotation, which waits for it before it closes them. */
static void rotation_waits(void **state)
{
    tapir_sink_options options = background(2 * LEN);
    uint64_t sums[3] = {0};
    tapir_sink *sink;
    char name[160];

    (void)state;
    options.rotation.packets = 9;
    options.closed = note_packets;
    options.context = sums;
    sink = open_sink(&options);
    write_frames(sink, 1, 90, LEN);
    assert_int_equal(sums[0], 81);
    assert_int_equal(sums[1], 9 * (24 + 9 * (16 + LEN)));
    close_sink(sink);
    assert_int_equal(sums[0], 90);
    assert_int_equal(sums[2], 10);
    snprintf(name, sizeof name, "%s9", path);
    assert_frames(name, 82, 90, LEN, TAPIR_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        written_test(thread_is_there_from_the_first_full_buffer_to_the_end),
        written_test(caller_writes_where_no_thread_is_to_be_had),
        written_test(thread_that_has_nothing_to_do_is_not_made),
        written_test(thread_takes_no_signals),
        written_test(file_is_the_same),
        written_test(full_disk_is_told_by_a_later_call),
        written_test(full_disk_is_told_by_closing_at_the_latest),
        written_test(gone_reader_is_the_end),
        written_test(slow_reader_is_waited_for),
        written_test(rotation_waits),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
