/* Writing capture files: byte for byte as libpcap writes them, and read back the same. */
#include "capture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap/pcap.h>

static char path[] = "/tmp/tapir-sink-XXXXXX";
static char other[] = "/tmp/tapir-sink-XXXXXX";

static int make_files(void **state)
{
    (void)state;
    close(mkstemp(path));
    close(mkstemp(other));
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    unlink(path);
    unlink(other);
    return 0;
}

static tapir_sink *open_sink(const tapir_sink_options *options)
{
    tapir_sink *sink;
    tapir_error error;

    assert_int_equal(tapir_sink_open_file(&sink, path, options, &error), TAPIR_OK);
    return sink;
}

static bytes read_back(const char *name)
{
    FILE *file = fopen(name, "rb");
    bytes b = {0};
    uint8_t block[4096];
    size_t len;

    assert_non_null(file);
    while ((len = fread(block, 1, sizeof block, file)) > 0)
        add(&b, block, len);
    fclose(file);
    return b;
}

/* Frames of growing length, of which the seventh is the longest. */
static tapir_frame frame_of(unsigned number)
{
    static uint8_t data[5000];

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * number >> 3);
    return (tapir_frame){
        .data = data,
        .caplen = number == 7 ? 5000 : 40 * number,
        .len = 6000,
        .time = 1700000000123456789 + number * INT64_C(1000000001),
        .link_type = TAPIR_LINK_TYPE_ETHERNET,
        .number = number,
    };
}

static void assert_as_libpcap_writes_it(bool nanoseconds)
{
    pcap_t *dead = pcap_open_dead_with_tstamp_precision(
        DLT_EN10MB, 65535, nanoseconds ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO);
    pcap_dumper_t *dumper = pcap_dump_open(dead, other);
    bytes ours, theirs;

    assert_non_null(dumper);
    for (unsigned number = 1; number < 10; number++) {
        tapir_frame frame = frame_of(number);
        struct pcap_pkthdr header = {
            .ts = {.tv_sec = (time_t)(frame.time / 1000000000),
                .tv_usec = frame.time % 1000000000 / (nanoseconds ? 1 : 1000)},
            .caplen = frame.caplen,
            .len = frame.len,
        };
        pcap_dump((u_char *)dumper, &header, frame.data);
    }
    pcap_dump_close(dumper);
    pcap_close(dead);
    ours = read_back(path);
    theirs = read_back(other);
    assert_int_equal(ours.len, theirs.len);
    assert_memory_equal(ours.data, theirs.data, ours.len);
    free(ours.data);
    free(theirs.data);
}

static void file_is_the_one_libpcap_writes(void **state)
{
    static const size_t buffers[] = {1, 100, 4096, 0};

    (void)state;
    for (unsigned variant = 0; variant < 4 * TAPIR_COUNT(buffers); variant++) {
        tapir_sink_options options = {
            .size = sizeof options,
            .link_type = TAPIR_LINK_TYPE_ETHERNET,
            .snaplen = 65535,
            .nanoseconds = variant & 1,
            .each_frame = variant & 2,
            .buffer = buffers[variant / 4],
        };
        tapir_sink *sink = open_sink(&options);
        tapir_error error;

        for (unsigned number = 1; number < 10; number++) {
            tapir_frame frame = frame_of(number);
            assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_OK);
        }
        assert_int_equal(tapir_sink_close(sink, &error), TAPIR_OK);
        assert_as_libpcap_writes_it(options.nanoseconds);
    }
}

static void frame_check_sequence_is_in_the_link_type(void **state)
{
    tapir_sink_options options = {.size = sizeof options, .link_type = 1, .fcs_len = 4};
    tapir_sink *sink = open_sink(&options);
    tapir_source *source;
    tapir_error error;

    (void)state;
    assert_int_equal(tapir_sink_close(sink, &error), TAPIR_OK);
    assert_int_equal(tapir_source_open_file(&source, path, NULL, &error), TAPIR_OK);
    assert_int_equal(tapir_source_interface(source, 0)->fcs_len, 4);
    assert_int_equal(tapir_source_interface(source, 0)->link_type, 1);
    assert_int_equal(tapir_source_interface(source, 0)->snaplen, 262144);
    tapir_source_close(source);
    options.link_type_bits = 0x38000000; /* what a file may hold without meaning it */
    sink = open_sink(&options);
    assert_int_equal(tapir_sink_close(sink, &error), TAPIR_OK);
    assert_int_equal(tapir_source_open_file(&source, path, NULL, &error), TAPIR_OK);
    assert_int_equal(tapir_source_interface(source, 0)->fcs_len, 0);
    assert_int_equal(tapir_source_interface(source, 0)->link_type_bits, 0x38000000);
    tapir_source_close(source);
    options.fcs_len = 3;
    assert_int_equal(tapir_sink_open_file(&sink, path, &options, &error), TAPIR_INVALID);
    assert_null(sink);
}

static void longer_frame_raises_the_snapshot_length(void **state)
{
    tapir_sink_options options = {.size = sizeof options, .link_type = 1, .snaplen = 100};
    tapir_sink *sink = open_sink(&options);
    tapir_frame frame = frame_of(7);
    bytes written;
    uint32_t snaplen;

    (void)state;
    assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_OK);
    assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
    written = read_back(path);
    memcpy(&snaplen, written.data + 16, 4);
    assert_int_equal(snaplen, 5000);
    free(written.data);
}

static void other_link_type_is_refused(void **state)
{
    tapir_sink *sink = open_sink(NULL);
    tapir_frame frame = frame_of(1);
    bytes written;

    (void)state;
    frame.link_type = TAPIR_LINK_TYPE_RAW;
    assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_INVALID);
    assert_non_null(strstr(tapir_sink_error(sink)->message, "packet 1 has link type 101"));
    assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
    written = read_back(path);
    assert_int_equal(written.len, 24);
    free(written.data);
}

static void seconds_before_1970_wrap_and_round_down(void **state)
{
    tapir_sink *sink = open_sink(NULL);
    tapir_frame frame = frame_of(1);
    uint32_t fields[2];
    bytes written;

    (void)state;
    frame.time = -1;
    assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_OK);
    assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
    written = read_back(path);
    memcpy(fields, written.data + 24, 8);
    assert_int_equal(fields[0], UINT32_MAX);
    assert_int_equal(fields[1], 999999);
    free(written.data);
}

static void gone_reader_is_the_end(void **state)
{
    tapir_frame frame = frame_of(1);
    tapir_sink *sink;
    tapir_error error;
    int ends[2];

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(tapir_sink_open_fd(&sink, ends[1], "pipe", NULL, &error), TAPIR_OK);
    assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_OK);
    assert_int_equal(tapir_sink_flush(sink), TAPIR_END);
    /* Nothing is kept of what could not be written. */
    assert_int_equal(tapir_sink_close(sink, &error), TAPIR_OK);
    close(ends[1]);
}

static void header_comes_at_once_when_each_frame_does(void **state)
{
    tapir_sink_options options = {.size = sizeof options, .link_type = 1, .each_frame = true};
    tapir_sink *sink = open_sink(&options);
    bytes written = read_back(path);

    (void)state;
    assert_int_equal(written.len, 24);
    free(written.data);
    assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
    if (access("/dev/full", W_OK) == 0)
        assert_int_equal(tapir_sink_open_file(&sink, "/dev/full", &options, NULL), TAPIR_IO);
}

static void full_disk_is_an_error(void **state)
{
    tapir_frame frame = frame_of(1);
    tapir_sink *sink;
    tapir_error error;

    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_int_equal(tapir_sink_open_file(&sink, "/dev/full", NULL, &error), TAPIR_OK);
    assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_OK);
    assert_int_equal(tapir_sink_close(sink, &error), TAPIR_IO);
    assert_string_equal(error.message, "/dev/full: No space left on device");
}

/* Frames of 40, 80, 120 bytes behind the file header. */
static size_t whole_records(size_t limit)
{
    size_t whole = limit < 24 ? 0 : 24, next = 24;

    for (unsigned number = 1; next <= limit; number++) {
        whole = next;
        next += 16 + 40 * number;
    }
    return whole;
}

static void disk_that_fills_keeps_whole_records(void **state)
{
    struct rlimit before, limit;
    bytes written;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    for (unsigned room = 0; room < 400; room++) {
        tapir_sink_options options = {
            .size = sizeof options,
            .link_type = 1,
            .each_frame = room % 2,
            .buffer = room % 4 < 2 ? 64 : 300,
        };
        tapir_status status;
        tapir_sink *sink;

        limit = (struct rlimit){.rlim_cur = room, .rlim_max = before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        status = tapir_sink_open_file(&sink, path, &options, NULL);
        for (unsigned number = 1; status == TAPIR_OK && number < 6; number++) {
            tapir_frame frame = frame_of(number);
            status = tapir_sink_write(sink, &frame);
        }
        tapir_sink_close(sink, NULL);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(status, TAPIR_IO);
        written = read_back(path);
        assert_int_equal(written.len, whole_records(room));
        free(written.data);
    }
}

static void file_that_cannot_be_made_is_an_error(void **state)
{
    tapir_sink *sink;
    tapir_error error;

    (void)state;
    assert_int_equal(tapir_sink_open_file(&sink, "/nowhere/x", NULL, &error), TAPIR_IO);
    assert_null(sink);
    assert_string_equal(error.message, "/nowhere/x: No such file or directory");
    assert_int_equal(tapir_sink_close(NULL, NULL), TAPIR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_is_the_one_libpcap_writes),
        cmocka_unit_test(frame_check_sequence_is_in_the_link_type),
        cmocka_unit_test(longer_frame_raises_the_snapshot_length),
        cmocka_unit_test(other_link_type_is_refused),
        cmocka_unit_test(seconds_before_1970_wrap_and_round_down),
        cmocka_unit_test(gone_reader_is_the_end),
        cmocka_unit_test(header_comes_at_once_when_each_frame_does),
        cmocka_unit_test(full_disk_is_an_error),
        cmocka_unit_test(disk_that_fills_keeps_whole_records),
        cmocka_unit_test(file_that_cannot_be_made_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
