/* Going on behind what a file holds. */
#include "written.h"

#include "config.h"

static tapir_sink_options appending(uint8_t format)
{
    return (tapir_sink_options){
        .size = sizeof(tapir_sink_options),
        .link_type = 1,
        .nanoseconds = true,
        .append = true,
        .format = format,
    };
}

static void write_some(const tapir_sink_options *options, unsigned first, unsigned last)
{
    tapir_sink *sink = open_sink(options);

    write_frames(sink, first, last, 60);
    close_sink(sink);
}

static void frames_go_on_in_both_formats_and_orders(void **state)
{
    (void)state;
    for (unsigned variant = 0; variant < 4; variant++) {
        tapir_sink_options options =
            appending(variant & 1 ? TAPIR_FORMAT_PCAPNG : TAPIR_FORMAT_PCAP);

        unlink(path);
        options.byte_order = variant & 2 ? TAPIR_BYTE_ORDER_BIG : TAPIR_BYTE_ORDER_LITTLE;
        write_some(&options, 1, 3); /* which begins the file */
        write_some(&options, 4, 5);
        options.byte_order = TAPIR_BYTE_ORDER_HOST; /* the file's */
        write_some(&options, 6, 6);
        assert_frames(path, 1, 6, 60, TAPIR_END);
    }
}

static void appended_pcapng_has_one_section_and_interface(void **state)
{
    tapir_sink_options options = appending(TAPIR_FORMAT_PCAPNG);
    tapir_interface interface = {.link_type = 1, .time_resolution = 9, .name = "eth0"};
    tapir_interface other = {.link_type = 1, .time_resolution = 9, .name = "eth1"};
    tapir_source *source;
    size_t count;

    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        tapir_sink *sink = open_sink(&options);
        uint32_t index;

        assert_int_equal(tapir_sink_interface_count(sink), round ? 1 : 0);
        assert_ok(sink, tapir_sink_add_interface(sink, &interface, &index));
        assert_int_equal(index, 0);
        write_frames(sink, 2 * round + 1, 2 * round + 2, 60);
        close_sink(sink);
    }
    assert_frames(path, 1, 6, 60, TAPIR_END);
    {
        tapir_sink *sink = open_sink(&options);
        uint32_t index;

        assert_ok(sink, tapir_sink_add_interface(sink, &other, &index));
        assert_int_equal(index, 1);
        /* Two that are the same are two, once the one in the file has been taken. */
        assert_ok(sink, tapir_sink_add_interface(sink, &interface, &index));
        assert_int_equal(index, 0);
        assert_ok(sink, tapir_sink_add_interface(sink, &interface, &index));
        assert_int_equal(index, 2);
        close_sink(sink);
    }
    source = open_written();
    assert_int_equal(read_all(source, &count), TAPIR_END);
    assert_int_equal(count, 6);
    assert_int_equal(tapir_source_interface_count(source), 3);
    assert_int_equal(tapir_source_interface(source, 2)->section, 0);
    tapir_source_close(source);
}

static void section_that_is_told_begins_another(void **state)
{
    tapir_sink_options options = appending(TAPIR_FORMAT_PCAPNG);
    tapir_sink_section section = {.application = "second"};
    tapir_source *source;
    size_t count;

    (void)state;
    write_some(&options, 1, 2);
    options.section = &section;
    write_some(&options, 3, 4);
    assert_frames(path, 1, 4, 60, TAPIR_END);
    source = open_written();
    assert_int_equal(read_all(source, &count), TAPIR_END);
    assert_int_equal(tapir_source_interface_count(source), 2);
    assert_int_equal(tapir_source_interface(source, 1)->section, 1);
    tapir_source_close(source);
}

/* A section that says how long it is cannot go on. */
static void section_with_a_length_is_followed_by_another(void **state)
{
    tapir_sink_options options = appending(TAPIR_FORMAT_PCAPNG);
    tapir_source *source;
    bytes b = {.big_endian = true};
    size_t count, start;

    (void)state;
    start = begin_block(&b, TAPIR_PCAPNG_SECTION);
    add32(&b, 0x1A2B3C4D);
    add16(&b, 1);
    add16(&b, 0);
    add64(&b, 0);
    end_block(&b, start);
    write_file(path, b.data, b.len);
    free(b.data);
    write_some(&options, 1, 2);
    assert_frames(path, 1, 2, 60, TAPIR_END);
    source = open_written();
    assert_int_equal(read_all(source, &count), TAPIR_END);
    assert_int_equal(tapir_source_interface(source, 0)->section, 1);
    assert_true(tapir_source_interface(source, 0)->block->big_endian);
    tapir_source_close(source);
}

static void what_does_not_fit_is_refused(void **state)
{
    tapir_sink_options options = appending(TAPIR_FORMAT_PCAP);
    bytes before, b = {0};

    (void)state;
    options.byte_order = TAPIR_BYTE_ORDER_BIG;
    options.nanoseconds = false;
    write_some(&options, 1, 2);
    before = read_back(path);
    options.link_type = 101;
    assert_not_opened(&options, TAPIR_INVALID, "is of link type 1; packets of type 101");
    options.link_type = 1;
    options.byte_order = TAPIR_BYTE_ORDER_LITTLE;
    assert_not_opened(&options, TAPIR_INVALID, "is big-endian; what is little-endian");
    options.byte_order = TAPIR_BYTE_ORDER_HOST;
    options.nanoseconds = true;
    assert_not_opened(&options, TAPIR_INVALID, "has times in microseconds");
    options.nanoseconds = false;
    options.format = TAPIR_FORMAT_PCAPNG;
    assert_not_opened(&options, TAPIR_INVALID, "is a pcap file; pcapng cannot");
    options.format = TAPIR_FORMAT_PCAP;
    options.compression = TAPIR_COMPRESSION_GZIP;
    if (HAVE_ZLIB)
        assert_not_opened(&options, TAPIR_INVALID, "has the compression none");
    options.compression = TAPIR_COMPRESSION_NONE;
    options.rotation.bytes = 1;
    assert_not_opened(&options, TAPIR_INVALID, "cannot append");
    options.rotation.bytes = 0;
    assert_file(path, &before);
    free(before.data);
    add_pcap_header(&b, 0xa1b2cd34, 2, 4, 100, 1);
    write_file(path, b.data, b.len);
    assert_not_opened(&options, TAPIR_UNSUPPORTED, "variant of pcap");
    b.len = 0;
    add_pcap_header(&b, 0xa1b2c3d4, 2, 3, 100, 1);
    write_file(path, b.data, b.len);
    assert_not_opened(&options, TAPIR_UNSUPPORTED, "variant of pcap");
    write_file(path, "this is no capture file", 23);
    assert_not_opened(&options, TAPIR_UNSUPPORTED, "is not a capture file");
    free(b.data);
    snprintf(path, sizeof path, "%s/fifo", directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_not_opened(&options, TAPIR_INVALID, "is no file");
    snprintf(path, sizeof path, "%s/written", directory);
}

/* At whatever place the file breaks off. */
static void broken_end_is_told_or_cut(void **state)
{
    (void)state;
    for (uint8_t format = 0; format < 2; format++) {
        tapir_sink_options options = appending(format);
        size_t first, last;
        bytes whole;

        options.byte_order = TAPIR_BYTE_ORDER_BIG;
        unlink(path);
        write_some(&options, 1, 2);
        whole = read_back(path);
        first = whole.len;
        free(whole.data);
        write_some(&options, 3, 3);
        whole = read_back(path);
        last = whole.len;
        for (size_t len = first + 1; len < last; len++) {
            write_file(path, whole.data, len);
            options.repair = false;
            assert_not_opened(
                &options, TAPIR_TRUNCATED, "ends inside a record, behind 2 whole packets");
            options.repair = true;
            write_some(&options, 3, 4);
            assert_frames(path, 1, 4, 60, TAPIR_END);
        }
        free(whole.data);
    }
}

static void damage_in_the_middle_is_told(void **state)
{
    tapir_sink_options options = appending(TAPIR_FORMAT_PCAPNG);
    bytes whole;

    (void)state;
    options.repair = true;
    write_some(&options, 1, 2);
    whole = read_back(path);
    whole.data[whole.len - 1] ^= 1; /* the last block's length */
    write_file(path, whole.data, whole.len);
    assert_not_opened(&options, TAPIR_DAMAGED, "gives its length as");
    assert_file(path, &whole);
    free(whole.data);
}

static void compressed_files_go_on(void **state)
{
    tapir_sink_options options = appending(TAPIR_FORMAT_PCAPNG);
    bytes whole;

    (void)state;
    for (uint8_t kind = TAPIR_COMPRESSION_GZIP; kind <= TAPIR_COMPRESSION_XZ; kind++) {
        tapir_sink *sink;

        options.compression = kind;
        unlink(path);
        if (tapir_sink_open_file(&sink, path, &options, NULL) == TAPIR_UNSUPPORTED)
            continue;
        write_frames(sink, 1, 100, 60);
        close_sink(sink);
        write_some(&options, 101, 200);
        close_sink(open_sink(&options)); /* nothing */
        write_some(&options, 201, 201);
        assert_frames(path, 1, 201, 60, TAPIR_END);
        whole = read_back(path);
        write_file(path, whole.data, whole.len - 3);
        options.repair = true;
        assert_not_opened(&options, TAPIR_TRUNCATED, "what is compressed cannot be cut");
        options.repair = false;
        free(whole.data);
    }
}

/* The snapshot length of a file is raised in its own byte order. */
static void longer_frame_raises_the_snapshot_length(void **state)
{
    tapir_sink_options options = appending(TAPIR_FORMAT_PCAP);
    tapir_source *source;
    tapir_sink *sink;

    (void)state;
    options.byte_order = TAPIR_BYTE_ORDER_BIG;
    options.snaplen = 70;
    write_some(&options, 1, 1);
    options.byte_order = TAPIR_BYTE_ORDER_HOST;
    options.snaplen = 0;
    sink = open_sink(&options);
    write_frames(sink, 2, 2, 90);
    close_sink(sink);
    source = open_written();
    assert_int_equal(tapir_source_interface(source, 0)->snaplen, 90);
    tapir_source_close(source);
}

static void counts_what_was_there_when_told_closed(void *context, const tapir_sink_file *file)
{
    *(tapir_sink_file *)context = *file;
}

static void closed_file_counts_all_it_holds(void **state)
{
    tapir_sink_options options = appending(TAPIR_FORMAT_PCAP);
    tapir_sink_file file = {0};
    bytes written;

    (void)state;
    write_some(&options, 1, 3);
    options.closed = counts_what_was_there_when_told_closed;
    options.context = &file;
    options.sync = true;
    write_some(&options, 4, 5);
    written = read_back(path);
    assert_int_equal(file.packets, 5);
    assert_int_equal(file.bytes, written.len);
    free(written.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        written_test(frames_go_on_in_both_formats_and_orders),
        written_test(appended_pcapng_has_one_section_and_interface),
        written_test(section_that_is_told_begins_another),
        written_test(section_with_a_length_is_followed_by_another),
        written_test(what_does_not_fit_is_refused),
        written_test(broken_end_is_told_or_cut),
        written_test(damage_in_the_middle_is_told),
        written_test(compressed_files_go_on),
        written_test(longer_frame_raises_the_snapshot_length),
        written_test(closed_file_counts_all_it_holds),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
