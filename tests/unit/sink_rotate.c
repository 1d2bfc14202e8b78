/* Going on with other files: limits, and names as tcpdump's. */
#include "written.h"

#include <time.h>

/* What `closed` was told. */
static tapir_sink_file told[400];
static char told_paths[400][160];
static size_t told_count;

static void note(void *context, const tapir_sink_file *file)
{
    assert_ptr_equal(context, told);
    assert_true(told_count < TAPIR_COUNT(told));
    told[told_count] = *file;
    snprintf(told_paths[told_count], sizeof told_paths[0], "%s", file->path);
    told_count++;
}

static tapir_sink_options rotating(void)
{
    told_count = 0;
    return (tapir_sink_options){
        .size = sizeof(tapir_sink_options),
        .link_type = 1,
        .nanoseconds = true,
        .closed = note,
        .context = told,
    };
}

static const char *name_of(const char *suffix)
{
    static char name[160];

    snprintf(name, sizeof name, "%s%s", path, suffix);
    return name;
}

static bool is_there(const char *suffix)
{
    return access(name_of(suffix), F_OK) == 0;
}

static void size_is_looked_at_before_a_frame(void **state)
{
    tapir_sink_options options = rotating();
    tapir_sink *sink;

    (void)state;
    /* A record has 116 bytes, the header 24: three do not exceed 372 bytes, and a fourth comes. */
    options.rotation.bytes = 372;
    sink = open_sink(&options);
    assert_string_equal(tapir_sink_path(sink), path);
    write_frames(sink, 1, 4, 100);
    assert_string_equal(tapir_sink_path(sink), path);
    write_frames(sink, 5, 10, 100);
    assert_int_equal(tapir_sink_packets(sink), 10);
    close_sink(sink);
    assert_frames(path, 1, 4, 100, TAPIR_END);
    assert_frames(name_of("1"), 5, 8, 100, TAPIR_END);
    assert_frames(name_of("2"), 9, 10, 100, TAPIR_END);
    assert_false(is_there("3"));
    assert_int_equal(told_count, 3);
    assert_int_equal(told[0].packets, 4);
    assert_int_equal(told[0].bytes, 24 + 4 * 116);
    assert_int_equal(told[2].packets, 2);
    assert_string_equal(told_paths[0], path);
    assert_string_equal(told_paths[1], name_of("1"));
}

static void one_byte_less_is_one_packet_less(void **state)
{
    tapir_sink_options options = rotating();
    tapir_sink *sink;

    (void)state;
    options.rotation.bytes = 371;
    sink = open_sink(&options);
    write_frames(sink, 1, 4, 100);
    close_sink(sink);
    assert_frames(path, 1, 3, 100, TAPIR_END);
    assert_frames(name_of("1"), 4, 4, 100, TAPIR_END);
}

static void packets_are_counted(void **state)
{
    tapir_sink_options options = rotating();
    tapir_sink *sink;

    (void)state;
    options.rotation.packets = 3;
    options.each_frame = true;
    sink = open_sink(&options);
    write_frames(sink, 1, 6, 100);
    close_sink(sink);
    assert_frames(path, 1, 3, 100, TAPIR_END);
    assert_frames(name_of("1"), 4, 6, 100, TAPIR_END);
    assert_false(is_there("2"));
}

static void files_of_a_ring_are_numbered_from_0(void **state)
{
    static const struct {
        uint32_t files;
        const char *first, *last;
    } rings[] = {
        {2, "0", "1"}, {10, "0", "9"}, {11, "00", "10"}, {100, "00", "99"}, {101, "000", "100"}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(rings); i++) {
        tapir_sink_options options = rotating();
        unsigned files = rings[i].files;
        tapir_sink *sink;

        options.rotation.packets = 1;
        options.rotation.files = files;
        sink = open_sink(&options);
        write_frames(sink, 1, files + 1, 100);
        close_sink(sink);
        assert_false(is_there(""));
        assert_frames(name_of(rings[i].first), files + 1, files + 1, 100, TAPIR_END);
        assert_frames(name_of(rings[i].last), files, files, 100, TAPIR_END);
        assert_int_equal(told_count, files + 1);
        clean(NULL);
    }
}

static void ring_of_one_has_no_number(void **state)
{
    tapir_sink_options options = rotating();
    tapir_sink *sink;

    (void)state;
    options.rotation.packets = 2;
    options.rotation.files = 1;
    sink = open_sink(&options);
    write_frames(sink, 1, 5, 100);
    close_sink(sink);
    assert_frames(path, 5, 5, 100, TAPIR_END);
    assert_false(is_there("0"));
    assert_false(is_there("1"));
}

static tapir_frame frame_at(unsigned number, int64_t seconds)
{
    tapir_frame frame = numbered_frame(number, 50);

    frame.time = seconds * 1000000000 + 500000000;
    return frame;
}

static size_t packets_in(const char *name)
{
    tapir_source *source;
    size_t count;

    assert_int_equal(tapir_source_open_file(&source, name, NULL, NULL), TAPIR_OK);
    assert_int_equal(read_all(source, &count), TAPIR_END);
    tapir_source_close(source);
    return count;
}

static void time_of_the_frames_fills_the_name(void **state)
{
    tapir_sink_options options = rotating();
    char pattern[160];
    tapir_sink *sink;

    (void)state;
    setenv("TZ", "UTC-2", 1); /* two hours east */
    tzset();
    options.rotation.seconds = 10;
    snprintf(pattern, sizeof pattern, "%s/at-%%Y%%m%%d-%%H%%M%%S", directory);
    assert_int_equal(tapir_sink_open_file(&sink, pattern, &options, NULL), TAPIR_OK);
    assert_null(tapir_sink_path(sink)); /* no frame, no time */
    for (unsigned number = 0; number < 30; number++) {
        tapir_frame frame = frame_at(number, 3 + 2 * number);
        assert_ok(sink, tapir_sink_write(sink, &frame));
    }
    close_sink(sink);
    setenv("TZ", "UTC", 1);
    tzset();
    assert_int_equal(told_count, 6);
    assert_true(strstr(told_paths[0], "/at-19700101-020003"));
    assert_true(strstr(told_paths[5], "/at-19700101-020053"));
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(packets_in(told_paths[i]), 5);
}

static void window_begins_with_its_first_frame(void **state)
{
    static const int64_t times[] = {100, 109, 110, 130, 139, 125, 140};
    tapir_sink_options options = rotating();
    char pattern[160];
    tapir_sink *sink;

    (void)state;
    options.rotation.seconds = 10;
    snprintf(pattern, sizeof pattern, "%s/at-%%s", directory);
    assert_int_equal(tapir_sink_open_file(&sink, pattern, &options, NULL), TAPIR_OK);
    for (unsigned i = 0; i < TAPIR_COUNT(times); i++) {
        tapir_frame frame = frame_at(i, times[i]);
        assert_ok(sink, tapir_sink_write(sink, &frame));
    }
    close_sink(sink);
    assert_int_equal(told_count, 4);
    assert_true(strstr(told_paths[0], "at-100") && told[0].packets == 2);
    assert_true(strstr(told_paths[1], "at-110") && told[1].packets == 1);
    assert_true(strstr(told_paths[2], "at-130") && told[2].packets == 3); /* 125 came late */
    assert_true(strstr(told_paths[3], "at-140") && told[3].packets == 1);
}

/* A frame without time comes first; the window begins with one that has a time. */
static void frames_without_time_begin_no_window(void **state)
{
    tapir_sink_options options = rotating();
    tapir_sink *sink;

    (void)state;
    options.rotation.seconds = 10;
    options.rotation.packets = 100;
    sink = open_sink(&options);
    for (unsigned i = 0; i < 4; i++) {
        tapir_frame frame = frame_at(i, 5 * i);
        if (i == 0)
            frame.time = 0;
        assert_ok(sink, tapir_sink_write(sink, &frame));
    }
    close_sink(sink);
    assert_int_equal(told_count, 2);
    assert_int_equal(told[0].packets, 3);
}

static void windows_are_limited_in_number(void **state)
{
    tapir_sink_options options = rotating();
    char pattern[160];
    tapir_sink *sink;
    tapir_frame frame;

    (void)state;
    options.rotation.seconds = 1;
    options.rotation.files = 2;
    snprintf(pattern, sizeof pattern, "%s/at-%%s", directory);
    assert_int_equal(tapir_sink_open_file(&sink, pattern, &options, NULL), TAPIR_OK);
    for (unsigned i = 1; i < 3; i++) {
        frame = frame_at(i, i);
        assert_ok(sink, tapir_sink_write(sink, &frame));
    }
    frame = frame_at(3, 3);
    assert_refused(sink, tapir_sink_write(sink, &frame), TAPIR_END, "is the last of 2 files");
    assert_int_equal(told_count, 2);
    assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_END);
    assert_int_equal(tapir_sink_packets(sink), 2);
    assert_null(tapir_sink_path(sink));
    close_sink(sink);
    assert_int_equal(told_count, 2);
}

static void full_windows_are_numbered(void **state)
{
    tapir_sink_options options = rotating();
    char pattern[160];
    tapir_sink *sink;

    (void)state;
    options.rotation.seconds = 10;
    options.rotation.packets = 2;
    options.rotation.files = 3;
    snprintf(pattern, sizeof pattern, "%s/at-%%s-", directory);
    assert_int_equal(tapir_sink_open_file(&sink, pattern, &options, NULL), TAPIR_OK);
    for (unsigned i = 0; i < 12; i++) {
        tapir_frame frame = frame_at(i, 100 + i);
        assert_ok(sink, tapir_sink_write(sink, &frame));
    }
    close_sink(sink);
    assert_int_equal(told_count, 6);
    assert_true(strstr(told_paths[0], "at-100-0"));
    assert_true(strstr(told_paths[1], "at-100-1"));
    assert_true(strstr(told_paths[2], "at-100-2"));
    assert_true(strstr(told_paths[3], "at-100-0")); /* the ring */
    assert_true(strstr(told_paths[4], "at-100-1"));
    assert_true(strstr(told_paths[5], "at-110-0"));
}

static void wall_clock_is_there_from_the_start(void **state)
{
    tapir_sink_options options = rotating();
    time_t before = time(NULL), named;
    char pattern[160];
    tapir_sink *sink;
    tapir_frame frame = frame_at(1, 5);

    (void)state;
    options.rotation.seconds = 3600;
    options.rotation.wall_clock = true;
    snprintf(pattern, sizeof pattern, "%s/at-%%s", directory);
    assert_int_equal(tapir_sink_open_file(&sink, pattern, &options, NULL), TAPIR_OK);
    assert_non_null(tapir_sink_path(sink));
    named = atol(strstr(tapir_sink_path(sink), "at-") + 3);
    assert_in_range(named, before, time(NULL));
    assert_ok(sink, tapir_sink_write(sink, &frame));
    frame = frame_at(2, 50000); /* is of no interest */
    assert_ok(sink, tapir_sink_write(sink, &frame));
    close_sink(sink);
    assert_int_equal(told_count, 1);
    assert_int_equal(told[0].packets, 2);
}

static void wall_clock_goes_on(void **state)
{
    tapir_sink_options options = rotating();
    tapir_sink *sink;

    (void)state;
    options.rotation.seconds = 1;
    options.rotation.wall_clock = true;
    sink = open_sink(&options);
    for (unsigned i = 0; i < 25; i++) {
        tapir_frame frame = frame_at(1, 5);
        assert_ok(sink, tapir_sink_write(sink, &frame));
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    close_sink(sink);
    assert_in_range(told_count, 2, 4);
}

static void file_without_frames_is_made(void **state)
{
    tapir_sink_options options = rotating();
    tapir_sink *sink;

    (void)state;
    options.rotation.seconds = 10;
    for (uint8_t format = 0; format < 2; format++) {
        options.format = format;
        sink = open_sink(&options);
        close_sink(sink);
        assert_int_equal(packets_in(path), 0);
    }
    assert_int_equal(told_count, 2);
}

/* Each pcapng file of a rotation has what its frames need to be understood. */
static void every_pcapng_file_is_complete(void **state)
{
    tapir_sink_options options = rotating();
    tapir_sink_section section = {.application = "tapir"};
    tapir_interface interface = {.link_type = 1, .time_resolution = 9, .name = "eth0"};
    tapir_pcapng_name name = {
        TAPIR_PCAPNG_IPV4, {(const uint8_t *)"abcd", 4}, {(const uint8_t *)"n", 1}};

    (void)state;
    for (unsigned variant = 0; variant < 8; variant++) {
        tapir_sink *sink;

        options = rotating();
        options.format = TAPIR_FORMAT_PCAPNG;
        options.section = &section;
        options.byte_order = variant & 1 ? TAPIR_BYTE_ORDER_BIG : TAPIR_BYTE_ORDER_LITTLE;
        options.compression = variant & 2 ? TAPIR_COMPRESSION_GZIP : 0;
        options.rotation.packets = 2;
        options.rotation.seconds = variant & 4 ? 3600 : 0;
        if (tapir_sink_open_file(&sink, path, &options, NULL) == TAPIR_UNSUPPORTED)
            continue;
        assert_ok(sink, tapir_sink_add_interface(sink, &interface, NULL));
        assert_ok(sink, tapir_sink_add_names(sink, &name, 1, NULL));
        assert_ok(
            sink, tapir_sink_add_secrets(sink, 1, tapir_span_of("a rather long secret", 20), NULL));
        assert_ok(sink, tapir_sink_add_journal(sink, tapir_span_of("A=b\n", 4)));
        write_frames(sink, 1, 2, 50);
        write_frames(sink, 3, 3, 50);
        interface.name = "eth1";
        assert_ok(sink, tapir_sink_add_interface(sink, &interface, NULL));
        write_frames(sink, 4, 5, 50);
        interface.name = "eth0";
        close_sink(sink);
        for (unsigned file = 0; file < 3; file++) {
            const char *names[] = {"", "1", "2"};
            unsigned sections = 0, interfaces = 0, others[3] = {0}, packets = 0;
            const tapir_pcapng_block *block;
            tapir_source *source;
            tapir_frame frame;

            assert_int_equal(
                tapir_source_open_file(&source, name_of(names[file]), NULL, NULL), TAPIR_OK);
            while (tapir_source_next_block(source, &frame, &block) == TAPIR_OK) {
                tapir_pcapng_section read;

                assert_int_equal(block->big_endian, variant & 1);
                sections += tapir_pcapng_section_get(block, &read) && read.application.len == 5;
                interfaces += block->type == TAPIR_PCAPNG_INTERFACE;
                others[0] += block->type == TAPIR_PCAPNG_NAMES;
                others[1] += block->type == TAPIR_PCAPNG_SECRETS;
                others[2] += block->type == TAPIR_PCAPNG_JOURNAL;
                packets += frame.data != NULL;
            }
            assert_int_equal(sections, 1);
            assert_int_equal(interfaces, file < 1 ? 1 : 2);
            assert_int_equal(others[0], 1);
            assert_int_equal(others[1], 1);
            assert_int_equal(others[2], file == 0);
            assert_int_equal(packets, file < 2 ? 2 : 1);
            tapir_source_close(source);
        }
    }
}

/* A section header that gave its section's length says so in no other file. */
static void copied_blocks_are_rotated(void **state)
{
    tapir_sink_options options = rotating();
    const tapir_pcapng_block *block;
    tapir_source *source;
    tapir_frame frame;
    bytes b = {.big_endian = true};
    tapir_sink *sink;
    size_t start;

    (void)state;
    start = begin_block(&b, TAPIR_PCAPNG_SECTION);
    add32(&b, 0x1A2B3C4D);
    add16(&b, 1);
    add16(&b, 0);
    add64(&b, 28);
    end_block(&b, start);
    add_interface(&b, 1, 0);
    for (unsigned i = 0; i < 5; i++)
        add_packet(&b, 0, i * 1000000, 10, 10);
    options.format = TAPIR_FORMAT_PCAPNG;
    options.rotation.packets = 2;
    sink = open_sink(&options);
    source = open_bytes(&b);
    while (tapir_source_next_block(source, &frame, &block) == TAPIR_OK)
        assert_ok(sink, tapir_sink_copy_block(sink, block, NULL));
    tapir_source_close(source);
    assert_int_equal(tapir_sink_packets(sink), 5);
    close_sink(sink);
    assert_int_equal(told_count, 3);
    assert_int_equal(told[0].packets + told[1].packets + told[2].packets, 5);
    assert_int_equal(tapir_source_open_file(&source, told_paths[2], NULL, NULL), TAPIR_OK);
    assert_int_equal(tapir_source_next_block(source, &frame, &block), TAPIR_OK);
    {
        tapir_pcapng_section section;
        assert_true(tapir_pcapng_section_get(block, &section));
        assert_int_equal(section.section_len, -1);
    }
    tapir_source_close(source);
    free(b.data);
}

static void rotation_on_request(void **state)
{
    tapir_sink_options options = rotating();
    tapir_sink *sink;

    (void)state;
    options.rotation.packets = 100;
    sink = open_sink(&options);
    write_frames(sink, 1, 2, 50);
    assert_ok(sink, tapir_sink_rotate(sink));
    write_frames(sink, 3, 3, 50);
    close_sink(sink);
    assert_frames(path, 1, 2, 50, TAPIR_END);
    assert_frames(name_of("1"), 3, 3, 50, TAPIR_END);
}

static void snapshot_length_is_raised_where_it_was_exceeded(void **state)
{
    tapir_sink_options options = rotating();
    tapir_source *source;
    tapir_sink *sink;

    (void)state;
    options.rotation.packets = 1;
    options.snaplen = 60;
    sink = open_sink(&options);
    write_frames(sink, 1, 1, 90);
    write_frames(sink, 2, 2, 50);
    close_sink(sink);
    assert_int_equal(tapir_source_open_file(&source, path, NULL, NULL), TAPIR_OK);
    assert_int_equal(tapir_source_interface(source, 0)->snaplen, 90);
    tapir_source_close(source);
    assert_int_equal(tapir_source_open_file(&source, name_of("1"), NULL, NULL), TAPIR_OK);
    assert_int_equal(tapir_source_interface(source, 0)->snaplen, 60);
    tapir_source_close(source);
}

static void what_cannot_rotate_is_refused(void **state)
{
    tapir_sink_options options = rotating();
    char long_name[6000];
    tapir_sink *sink;
    tapir_error error;
    tapir_frame frame = frame_at(1, 1);

    (void)state;
    options.rotation.packets = 1;
    assert_int_equal(tapir_sink_open_fd(&sink, 1, "fd", &options, &error), TAPIR_INVALID);
    assert_message(&error, "cannot be rotated");
    assert_int_equal(tapir_sink_open_file(&sink, "-", &options, &error), TAPIR_INVALID);
    assert_int_equal(tapir_sink_open_file(&sink, "/nowhere/x", &options, &error), TAPIR_IO);
    assert_string_equal(error.message, "/nowhere/x: No such file or directory");
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_int_equal(tapir_sink_open_file(&sink, long_name, &options, &error), TAPIR_INVALID);
    /* What fails later is final. */
    options.rotation.packets = 0;
    options.rotation.seconds = 1;
    assert_int_equal(tapir_sink_open_file(&sink, "/nowhere/x", &options, &error), TAPIR_OK);
    assert_refused(sink, tapir_sink_write(sink, &frame), TAPIR_IO, "No such file");
    assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_IO);
    assert_int_equal(tapir_sink_close(sink, &error), TAPIR_OK);
    assert_int_equal(told_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        written_test(size_is_looked_at_before_a_frame),
        written_test(one_byte_less_is_one_packet_less),
        written_test(packets_are_counted),
        written_test(files_of_a_ring_are_numbered_from_0),
        written_test(ring_of_one_has_no_number),
        written_test(time_of_the_frames_fills_the_name),
        written_test(window_begins_with_its_first_frame),
        written_test(frames_without_time_begin_no_window),
        written_test(windows_are_limited_in_number),
        written_test(full_windows_are_numbered),
        written_test(wall_clock_is_there_from_the_start),
        written_test(wall_clock_goes_on),
        written_test(file_without_frames_is_made),
        written_test(every_pcapng_file_is_complete),
        written_test(copied_blocks_are_rotated),
        written_test(rotation_on_request),
        written_test(snapshot_length_is_raised_where_it_was_exceeded),
        written_test(what_cannot_rotate_is_refused),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
