/* Getting the bytes: files, pipes that dribble, tiny buffers, batches, breaking off, what is no
 * capture file. */
#include "capture.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bytes pcap_file(unsigned records)
{
    bytes b = {0};

    add_pcap_header(&b, 0xa1b2c3d4, 2, 4, 65535, 1);
    for (unsigned i = 0; i < records; i++)
        add_record(&b, i, i, i * 37 % 500, i * 37 % 500, (uint8_t)i);
    return b;
}

static bytes pcapng_file(unsigned records)
{
    bytes b = {0};

    add_section(&b);
    add_interface(&b, 1, 0);
    for (unsigned i = 0; i < records; i++) {
        size_t start = begin_packet(&b, i % 10 ? 0 : i / 10, i, i * 37 % 500, i * 37 % 500);
        add_option(&b, TAPIR_OPTION_COMMENT, "a comment", 9);
        end_block(&b, start);
        if (i % 10 == 9)
            add_interface(&b, 1, 0);
    }
    return b;
}

/* Writes the bytes to a temporary file and returns a descriptor at its start. */
static int file_of(const bytes *b)
{
    FILE *file = tmpfile();
    int fd;

    assert_non_null(file);
    assert_int_equal(fwrite(b->data, 1, b->len, file), b->len);
    fflush(file);
    fd = dup(fileno(file));
    fclose(file);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

/* What is compared of every frame, so that two ways of reading can be told apart. */
static uint64_t digest(uint64_t sum, const tapir_frame *frame)
{
    sum = sum * 31 + frame->caplen + frame->len * 3 + (uint64_t)frame->time + frame->interface * 7 +
          frame->offset * 5 + frame->number;
    for (uint32_t i = 0; i < frame->caplen; i++)
        sum = sum * 31 + frame->data[i];
    for (size_t i = 0; i < frame->comment.len; i++)
        sum = sum * 31 + frame->comment.data[i];
    if (frame->block)
        sum = sum * 31 + frame->block->offset + frame->block->body.len;
    return sum;
}

static uint64_t read_singly(tapir_source *source)
{
    tapir_frame frame;
    uint64_t sum = 0;
    tapir_status status;

    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK)
        sum = digest(sum, &frame);
    assert_int_equal(status, TAPIR_END);
    return sum;
}

static uint64_t read_in_batches(tapir_source *source, size_t room)
{
    tapir_frame frames[200];
    uint64_t sum = 0;
    size_t count;
    tapir_status status;

    do {
        status = tapir_source_next_batch(source, frames, room, &count);
        assert_true(count <= room);
        assert_true(count > 0 || status != TAPIR_OK);
        for (size_t i = 0; i < count; i++)
            sum = digest(sum, &frames[i]);
    } while (status == TAPIR_OK);
    assert_int_equal(status, TAPIR_END);
    return sum;
}

static void every_buffer_size_and_batch_size_reads_the_same(void **state)
{
    static const size_t buffers[] = {1, 65, 100, 511, 512, 4096, 1 << 20};
    static const size_t rooms[] = {1, 2, 63, 64, 65, 200};
    bytes files[] = {pcap_file(300), pcapng_file(300)};

    (void)state;
    for (size_t f = 0; f < TAPIR_COUNT(files); f++) {
        tapir_source *source = open_bytes(&files[f]);
        uint64_t expected = read_singly(source);
        tapir_source_close(source);
        for (size_t i = 0; i < TAPIR_COUNT(buffers); i++)
            for (size_t j = 0; j <= TAPIR_COUNT(rooms); j++) {
                tapir_source_options options = {.size = sizeof options, .buffer = buffers[i]};
                int fd = file_of(&files[f]);
                assert_int_equal(
                    tapir_source_open_fd(&source, fd, "file", &options, NULL), TAPIR_OK);
                assert_true(
                    (j == TAPIR_COUNT(rooms) ? read_singly(source)
                                             : read_in_batches(source, rooms[j])) == expected);
                tapir_source_close(source);
                close(fd);
            }
        source = open_bytes(&files[f]);
        assert_true(read_in_batches(source, 200) == expected);
        tapir_source_close(source);
        free(files[f].data);
    }
}

static void a_batch_needs_room(void **state)
{
    bytes b = pcap_file(1);
    tapir_source *source = open_bytes(&b);
    tapir_frame frame;
    size_t count = 7;

    (void)state;
    assert_int_equal(tapir_source_next_batch(source, &frame, 0, &count), TAPIR_INVALID);
    assert_int_equal(count, 0);
    tapir_source_close(source);
    free(b.data);
}

static void a_batch_before_damage_gives_its_frames_and_the_status(void **state)
{
    bytes b = pcap_file(5);
    tapir_source *source;
    tapir_frame frames[10];
    size_t count;

    (void)state;
    b.len -= 1;
    source = open_bytes(&b);
    assert_int_equal(tapir_source_next_batch(source, frames, 10, &count), TAPIR_OK);
    assert_int_equal(count, 4);
    assert_int_equal(tapir_source_next_batch(source, frames, 10, &count), TAPIR_TRUNCATED);
    assert_int_equal(count, 0);
    tapir_source_close(source);
    free(b.data);
}

/* Feeds a pipe from a thread, `step` bytes at a time. */
typedef struct feeder {
    const bytes *file;
    size_t from, step;
    int fd;
    bool stay_open;
} feeder;

static void *feed(void *argument)
{
    const feeder *f = argument;

    for (size_t at = f->from; at < f->file->len; at += f->step) {
        size_t len = f->file->len - at < f->step ? f->file->len - at : f->step;
        if (write(f->fd, f->file->data + at, len) != (ssize_t)len)
            break;
    }
    if (!f->stay_open)
        close(f->fd);
    return NULL;
}

static void pipes_may_dribble(void **state)
{
    static const size_t steps[] = {1, 3, 24, 4096};
    bytes files[] = {pcap_file(100), pcapng_file(100)};

    (void)state;
    for (size_t f = 0; f < TAPIR_COUNT(files); f++) {
        tapir_source *source = open_bytes(&files[f]);
        uint64_t expected = read_singly(source);
        tapir_source_close(source);
        for (size_t i = 0; i < TAPIR_COUNT(steps); i++) {
            int ends[2];
            pthread_t thread;
            feeder one = {.file = &files[f], .step = steps[i]};
            assert_int_equal(pipe(ends), 0);
            one.fd = ends[1];
            assert_int_equal(pthread_create(&thread, NULL, feed, &one), 0);
            assert_int_equal(tapir_source_open_fd(&source, ends[0], "pipe", NULL, NULL), TAPIR_OK);
            assert_true(read_singly(source) == expected);
            tapir_source_close(source);
            pthread_join(thread, NULL);
            close(ends[0]);
        }
        free(files[f].data);
    }
}

static void what_a_pipe_holds_is_handed_out_without_waiting_for_more(void **state)
{
    bytes b = pcap_file(3);
    tapir_source *source;
    tapir_frame frame;
    int ends[2];
    feeder one = {.file = &b, .step = 4096, .stay_open = true};

    (void)state;
    assert_int_equal(pipe(ends), 0);
    one.fd = ends[1];
    feed(&one);
    alarm(10); /* were it to wait, this would end it */
    assert_int_equal(tapir_source_open_fd(&source, ends[0], "pipe", NULL, NULL), TAPIR_OK);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    alarm(0);
    tapir_source_close(source);
    close(ends[0]);
    close(ends[1]);
    free(b.data);
}

static tapir_source *breaking;

static void *break_soon(void *argument)
{
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    tapir_source_break(argument);
    return NULL;
}

static void break_on_signal(int number)
{
    (void)number;
    tapir_source_break(breaking);
}

static void a_break_wakes_a_blocked_read_and_loses_nothing(void **state)
{
    bytes b = pcap_file(6);
    tapir_source *source;
    tapir_frame frame;
    pthread_t thread;
    int ends[2];
    feeder rest = {.file = &b, .step = 4096};
    size_t half = b.len - 100; /* inside the last record */

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], b.data, half), half);
    assert_int_equal(tapir_source_open_fd(&source, ends[0], "pipe", NULL, NULL), TAPIR_OK);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    /* From another thread, twice. */
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&thread, NULL, break_soon, source), 0);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_BREAK);
        assert_int_equal(tapir_source_error(source)->code, TAPIR_BREAK);
        pthread_join(thread, NULL);
    }
    /* From a signal handler, with SA_RESTART. */
    breaking = source;
    sigaction(
        SIGALRM, &(struct sigaction){.sa_handler = break_on_signal, .sa_flags = SA_RESTART}, NULL);
    ualarm(50000, 0);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_BREAK);
    signal(SIGALRM, SIG_DFL);
    rest.from = half;
    rest.fd = ends[1];
    feed(&rest);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.number, 6);
    assert_int_equal(frame.caplen, 5 * 37);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
    tapir_source_close(source);
    close(ends[0]);
    free(b.data);
}

static void a_break_before_a_read_stops_just_that_read(void **state)
{
    bytes b = pcap_file(3);
    int fd = file_of(&b);
    tapir_source *source;
    tapir_frame frame;
    const tapir_pcapng_block *block;
    size_t count;

    (void)state;
    assert_int_equal(tapir_source_open_fd(&source, fd, "file", NULL, NULL), TAPIR_OK);
    tapir_source_break(source);
    tapir_source_break(source);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_BREAK);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    tapir_source_break(source);
    assert_int_equal(tapir_source_next_batch(source, &frame, 1, &count), TAPIR_BREAK);
    assert_int_equal(count, 0);
    assert_int_equal(tapir_source_next_batch(source, &frame, 1, &count), TAPIR_OK);
    tapir_source_break(source);
    assert_int_equal(tapir_source_next_block(source, &frame, &block), TAPIR_BREAK);
    assert_int_equal(tapir_source_next_block(source, &frame, &block), TAPIR_OK);
    assert_null(block);
    assert_int_equal(frame.number, 3);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
    tapir_source_close(source);
    close(fd);
    free(b.data);
}

static void a_file_that_grows_can_be_followed(void **state)
{
    bytes b = pcap_file(4);
    bytes start = {.data = b.data, .len = b.len - 111}; /* without the last record, 16 + 111 */
    int fd = file_of(&start), writer = dup(fd);
    tapir_source *source;
    size_t count;

    (void)state;
    assert_int_equal(tapir_source_open_fd(&source, fd, "file", NULL, NULL), TAPIR_OK);
    assert_int_equal(read_all(source, &count), TAPIR_TRUNCATED);
    assert_int_equal(count, 3);
    assert_int_equal(pwrite(writer, b.data + start.len, b.len - start.len, (off_t)start.len), 111);
    assert_int_equal(tapir_source_next(source, &(tapir_frame){0}), TAPIR_OK);
    assert_int_equal(tapir_source_next(source, &(tapir_frame){0}), TAPIR_END);
    tapir_source_close(source);
    close(fd);
    close(writer);
    free(b.data);
}

static void statistics_count_frames_bytes_and_offset(void **state)
{
    bytes b = pcap_file(3);
    tapir_source *source = open_bytes(&b);
    tapir_source_stats stats;
    tapir_frame frame;

    (void)state;
    tapir_source_stats_get(source, &stats);
    assert_int_equal(stats.offset, 24);
    assert_int_equal(stats.frames, 0);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    tapir_source_stats_get(source, &stats);
    assert_int_equal(stats.frames, 2);
    assert_int_equal(stats.bytes, 37);
    assert_int_equal(stats.offset, 24 + 16 + 16 + 37);
    assert_int_equal(frame.offset, 24 + 16);
    tapir_source_close(source);
    free(b.data);
}

static void refused_file(const char *path, tapir_status code, const char *message)
{
    tapir_source *source;
    tapir_error error;

    assert_int_equal(tapir_source_open_file(&source, path, NULL, &error), code);
    assert_null(source);
    assert_int_equal(error.code, code);
    assert_message(&error, message);
    assert_int_equal(tapir_source_open_file(&source, path, NULL, NULL), code);
}

static void what_is_no_capture_file_is_refused_with_its_reason(void **state)
{
    char directory[] = "/tmp/tapir-test-XXXXXX", path[64];
    static const struct {
        const char *content;
        size_t len;
        const char *message;
    } files[] = {
        {"", 0, "is empty"},
        {"Hello, this is text\n", 20, "looks like text"},
        {"\0\1\2\3\4\5\6\7\10\11", 10, "no known format"},
        {"BZh91AY&SY", 10, "bzip2"},
        {"PK\3\4....", 8, "zip archive"},
        {"btsnoop\0\0\0\0\1", 12, "btsnoop"},
        {"x", 1, "looks like text"},
    };

    (void)state;
    assert_non_null(mkdtemp(directory));
    refused_file(directory, TAPIR_IO, "is a directory");
    snprintf(path, sizeof path, "%s/missing", directory);
    refused_file(path, TAPIR_IO, "cannot open: No such file or directory");
    snprintf(path, sizeof path, "%s/file", directory);
    for (size_t i = 0; i < TAPIR_COUNT(files); i++) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fwrite(files[i].content, 1, files[i].len, file);
        fclose(file);
        refused_file(path, files[i].len ? TAPIR_UNSUPPORTED : TAPIR_TRUNCATED, files[i].message);
    }
    if (geteuid() != 0) {
        chmod(path, 0);
        refused_file(path, TAPIR_IO, "Permission denied");
    }
    unlink(path);
    rmdir(directory);
}

static void the_end_of_a_long_name_and_the_reason_are_both_told(void **state)
{
    char name[1000];
    tapir_source *source;
    tapir_error error;
    bytes b = pcap_file(3);
    size_t count;

    (void)state;
    memset(name, 'd', sizeof name);
    memcpy(name + sizeof name - 10, "/last.cap", 10);
    assert_int_equal(
        tapir_source_open_memory(&source, "text", 4, name, NULL, &error), TAPIR_UNSUPPORTED);
    assert_message(&error, "/last.cap: is not a capture file");
    assert_int_equal(
        tapir_source_open_memory(&source, b.data, b.len - 1, name, NULL, NULL), TAPIR_OK);
    assert_int_equal(read_all(source, &count), TAPIR_TRUNCATED);
    assert_message(tapir_source_error(source), "90 bytes needed, 89 left");
    tapir_source_close(source);
    free(b.data);
}

static void reading_fails_when_the_system_refuses(void **state)
{
    tapir_source *source;
    tapir_error error;
    int fd = open("/tmp", O_TMPFILE | O_WRONLY, 0600);

    (void)state;
    assert_int_equal(tapir_source_open_fd(&source, fd, "sink", NULL, &error), TAPIR_IO);
    assert_message(&error, "sink: cannot read: Bad file descriptor");
    close(fd);
    assert_int_equal(tapir_source_open_fd(&source, -1, "none", NULL, &error), TAPIR_INVALID);
    assert_int_equal(tapir_source_open_fd(&source, 9999, "gone", NULL, &error), TAPIR_IO);
}

static void closing_leaves_a_borrowed_descriptor_open(void **state)
{
    bytes b = pcap_file(1);
    int fd = file_of(&b);
    tapir_source *source;

    (void)state;
    assert_int_equal(tapir_source_open_fd(&source, fd, "file", NULL, NULL), TAPIR_OK);
    tapir_source_close(source);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    close(fd);
    tapir_source_close(NULL);
    free(b.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_buffer_size_and_batch_size_reads_the_same),
        cmocka_unit_test(a_batch_needs_room),
        cmocka_unit_test(a_batch_before_damage_gives_its_frames_and_the_status),
        cmocka_unit_test(pipes_may_dribble),
        cmocka_unit_test(what_a_pipe_holds_is_handed_out_without_waiting_for_more),
        cmocka_unit_test(a_break_wakes_a_blocked_read_and_loses_nothing),
        cmocka_unit_test(a_break_before_a_read_stops_just_that_read),
        cmocka_unit_test(a_file_that_grows_can_be_followed),
        cmocka_unit_test(statistics_count_frames_bytes_and_offset),
        cmocka_unit_test(what_is_no_capture_file_is_refused_with_its_reason),
        cmocka_unit_test(the_end_of_a_long_name_and_the_reason_are_both_told),
        cmocka_unit_test(reading_fails_when_the_system_refuses),
        cmocka_unit_test(closing_leaves_a_borrowed_descriptor_open),
    };

    return cmocka_run_group_tests_name("file_input", tests, NULL, NULL);
}
