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
    tapir_sink_options changed;
    tapir_sink *sink;
    tapir_error error;

    options = sink_options(options, &changed);
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

static void other_byte_order_reads_the_same(void **state)
{
    (void)state;
    for (unsigned variant = 0; variant < 4; variant++) {
        tapir_sink_options options = {
            .size = sizeof options,
            .link_type = TAPIR_LINK_TYPE_ETHERNET,
            .nanoseconds = variant & 1,
            .byte_order = variant & 2 ? TAPIR_BYTE_ORDER_BIG : TAPIR_BYTE_ORDER_LITTLE,
        };
        tapir_sink *sink = open_sink(&options);
        tapir_source *source;
        tapir_frame read;

        assert_int_equal(tapir_sink_big_endian(sink), (variant & 2) != 0);
        for (unsigned number = 1; number < 10; number++) {
            tapir_frame frame = frame_of(number);
            assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_OK);
        }
        assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
        assert_int_equal(tapir_source_open_file(&source, path, NULL, NULL), TAPIR_OK);
        for (unsigned number = 1; number < 10; number++) {
            tapir_frame frame = frame_of(number);
            assert_int_equal(tapir_source_next(source, &read), TAPIR_OK);
            assert_int_equal(read.time, variant & 1 ? frame.time : frame.time / 1000 * 1000);
            assert_int_equal(read.caplen, frame.caplen);
            assert_int_equal(read.len, frame.len);
            assert_memory_equal(read.data, frame.data, frame.caplen);
        }
        assert_int_equal(tapir_source_next(source, &read), TAPIR_END);
        tapir_source_close(source);
    }
    {
        bytes written = read_back(path);
        static const uint8_t magic[] = {0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4};
        assert_memory_equal(written.data, magic, sizeof magic);
        free(written.data);
    }
}

static void frames_are_cut_when_asked_to(void **state)
{
    (void)state;
    for (uint8_t format = 0; format < 2; format++) {
        tapir_sink_options options = {
            .size = sizeof options,
            .link_type = 1,
            .snaplen = 100,
            .truncate = true,
            .format = format,
        };
        tapir_sink *sink = open_sink(&options);
        tapir_source *source;
        tapir_frame frame;

        for (unsigned number = 1; number < 10; number++) {
            frame = frame_of(number);
            assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_OK);
        }
        assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
        assert_int_equal(tapir_source_open_file(&source, path, NULL, NULL), TAPIR_OK);
        assert_int_equal(tapir_source_interface(source, 0)->snaplen, 100);
        for (unsigned number = 1; number < 10; number++) {
            assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
            assert_int_equal(frame.caplen, number < 3 ? 40 * number : 100);
            assert_int_equal(frame.len, 6000);
        }
        tapir_source_close(source);
    }
}

static void tag_that_hardware_took_off_is_put_back(void **state)
{
    static const uint8_t data[] = "0123456789abcdefghij";
    static const struct {
        uint16_t link_type, tpid;
        uint32_t caplen, added;
        const char *bytes;
    } cases[] = {
        {1, 0x88a8, 20, 4, "0123456789ab\x88\xa8\x12\x34\x63\x64\x65\x66ghij"},
        {1, 0, 20, 4, "0123456789ab\x81\x00\x12\x34\x63\x64\x65\x66ghij"},
        {1, 0, 12, 4, "0123456789ab\x81\x00\x12\x34"},
        {1, 0, 11, 0, "0123456789a"}, /* no place for it */
        {TAPIR_LINK_TYPE_LINUX_SLL, 0, 20, 4, "0123456789abcd\x81\x00\x12\x34\x65\x66ghij"},
        {TAPIR_LINK_TYPE_RAW, 0, 20, 0, "0123456789abcdefghij"},
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(cases); i++) {
        tapir_sink_options options = {
            .size = sizeof options, .link_type = cases[i].link_type, .format = i % 2};
        uint32_t len = cases[i].caplen + cases[i].added;
        tapir_sink *sink = open_sink(&options);
        tapir_source *source;
        tapir_frame frame = {
            .data = data,
            .caplen = cases[i].caplen,
            .len = 50,
            .link_type = cases[i].link_type,
            .time = 1000,
            .has_vlan = true,
            .vlan_tpid = cases[i].tpid,
            .vlan_tci = 0x1234,
        };

        assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_OK);
        assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
        assert_int_equal(tapir_source_open_file(&source, path, NULL, NULL), TAPIR_OK);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        assert_int_equal(frame.caplen, len);
        assert_int_equal(frame.len, 50 + len - cases[i].caplen);
        assert_memory_equal(frame.data, cases[i].bytes, len);
        tapir_source_close(source);
    }
}

/* A program that was built when there were fewer options. */
static void options_may_be_fewer(void **state)
{
    tapir_sink_options options;
    tapir_sink *sink;

    (void)state;
    memset(&options, 0xff, sizeof options);
    options.size = offsetof(tapir_sink_options, nanoseconds);
    options.link_type = TAPIR_LINK_TYPE_RAW;
    options.fcs_len = 0;
    sink = open_sink(&options);
    assert_int_equal(tapir_sink_format_of(sink), TAPIR_FORMAT_PCAP);
    assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
}

static void sync_is_asked_for(void **state)
{
    tapir_sink_options options = {.size = sizeof options, .link_type = 1, .sync = true};
    tapir_sink *sink = open_sink(&options);
    tapir_frame frame = frame_of(1);
    tapir_error error;
    bytes written;
    int ends[2];

    (void)state;
    assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_OK);
    assert_int_equal(tapir_sink_sync(sink), TAPIR_OK);
    written = read_back(path);
    assert_int_equal(written.len, 24 + 16 + 40);
    free(written.data);
    assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
    /* A pipe has nothing to confirm. */
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(tapir_sink_open_fd(&sink, ends[1], "pipe", &options, &error), TAPIR_OK);
    assert_int_equal(tapir_sink_sync(sink), TAPIR_OK);
    assert_int_equal(tapir_sink_close(sink, NULL), TAPIR_OK);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(tapir_sink_open_fd(&sink, -1, "none", &options, &error), TAPIR_INVALID);
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
        tapir_status status, closed;
        tapir_sink_options changed;
        tapir_sink *sink;

        limit = (struct rlimit){.rlim_cur = room, .rlim_max = before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        status = tapir_sink_open_file(&sink, path, sink_options(&options, &changed), NULL);
        for (unsigned number = 1; status == TAPIR_OK && number < 6; number++) {
            tapir_frame frame = frame_of(number);
            status = tapir_sink_write(sink, &frame);
        }
        closed = tapir_sink_close(sink, NULL);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        /* It is told once, by a write or, when a thread wrote, by closing. */
        assert_int_equal(status == TAPIR_OK ? closed : status, TAPIR_IO);
        assert_true(status == TAPIR_OK || closed == TAPIR_OK);
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
        cmocka_unit_test(other_byte_order_reads_the_same),
        cmocka_unit_test(frames_are_cut_when_asked_to),
        cmocka_unit_test(tag_that_hardware_took_off_is_put_back),
        cmocka_unit_test(options_may_be_fewer),
        cmocka_unit_test(sync_is_asked_for),
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
