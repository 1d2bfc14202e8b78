/* Copies of blocks: byte for byte, and several files as one section. */
#include "written.h"

static tapir_sink *open_ng(bool big_endian)
{
    tapir_sink_options options = {
        .size = sizeof options,
        .format = TAPIR_FORMAT_PCAPNG,
        .byte_order = big_endian ? TAPIR_BYTE_ORDER_BIG : TAPIR_BYTE_ORDER_LITTLE,
    };

    return open_sink(&options);
}

static void copy_all(tapir_sink *sink, const bytes *b)
{
    tapir_source *source = open_bytes(b);
    const tapir_pcapng_block *block;
    tapir_frame frame;
    tapir_status status;

    while ((status = tapir_source_next_block(source, &frame, &block)) == TAPIR_OK)
        assert_ok(sink, tapir_sink_copy_block(sink, block, NULL));
    assert_int_equal(status, TAPIR_END);
    tapir_source_close(source);
}

static void add_names_block(bytes *b)
{
    size_t start = begin_block(b, TAPIR_PCAPNG_NAMES);

    add16(b, 1);
    add16(b, 7);
    add(b, "\x0a\0\0\1ab\0\0", 8);
    add16(b, 77); /* of no known kind */
    add16(b, 2);
    add(b, "xy\0\0", 4);
    add32(b, 0);
    add_option(b, 2, "server", 6);
    add_option(b, 0, "", 0);
    end_block(b, start);
}

static void add_statistics_block(bytes *b, uint32_t interface)
{
    size_t start = begin_block(b, TAPIR_PCAPNG_STATISTICS);

    add32(b, interface);
    add32(b, 1);
    add32(b, 2);
    add16(b, 2);
    add16(b, 8);
    add32(b, 3);
    add32(b, 4);
    add_option_number(b, 4, 8, 5);
    add_option(b, 5, "\1\2", 2); /* of a size it should not have: as it is */
    add_option(b, 0, "", 0);
    end_block(b, start);
}

static void add_secrets_block(bytes *b)
{
    size_t start = begin_block(b, TAPIR_PCAPNG_SECRETS);

    add32(b, TAPIR_SECRETS_TLS_KEY_LOG);
    add32(b, 5);
    add(b, "12345\0\0\0", 8);
    add_option(b, 1, "why", 3);
    add_option(b, 0, "", 0);
    end_block(b, start);
}

static void add_bytes_block(bytes *b, uint32_t type, bool enterprise)
{
    size_t start = begin_block(b, type);

    if (enterprise)
        add32(b, 32473);
    add(b, "A=b\nC=d\n\1\2\3", 12);
    end_block(b, start);
}

static void add_obsolete_packet(bytes *b, unsigned interface)
{
    size_t start = begin_block(b, TAPIR_PCAPNG_PACKET);

    add16(b, interface);
    add16(b, 3);
    add32(b, 0);
    add32(b, 99);
    add32(b, 5);
    add32(b, 7);
    add(b, "abcde\0\0\0", 8);
    add_option_number(b, 2, 4, 0x00010002);
    add_option(b, 0, "", 0);
    end_block(b, start);
}

static void add_simple_packet(bytes *b, uint32_t len, uint32_t captured)
{
    size_t start = begin_block(b, TAPIR_PCAPNG_SIMPLE_PACKET);

    add32(b, len);
    for (uint32_t i = 0; i < captured; i++)
        add(b, &(uint8_t){(uint8_t)i}, 1);
    end_block(b, start);
}

static void add_packet_with_options(bytes *b, uint32_t interface)
{
    size_t start = begin_packet(b, interface, UINT64_C(0x0102030405), 3, 9);

    add_option(b, 1, "comment", 7);
    add_option_number(b, 2, 4, 0x80000001);
    add_option_number(b, 5, 8, 42);
    add_option(b, 0, "", 0);
    end_block(b, start);
}

/* A section with a block of every kind that can be converted. */
static void add_known_blocks(bytes *b, uint32_t first)
{
    size_t start = begin_interface(b, 1, 64);

    add_option_number(b, 8, 8, 1000);
    add_option_number(b, 9, 1, 9);
    add_option_number(b, 14, 8, 7);
    add_option(b, 0, "", 0);
    end_block(b, start);
    start = begin_interface(b, 101, 0);
    end_block(b, start);
    add_names_block(b);
    add_secrets_block(b);
    add_packet_with_options(b, first);
    add_packet(b, first + 1, 8, 5, 5);
    add_obsolete_packet(b, first + 1);
    add_statistics_block(b, first);
    add_bytes_block(b, TAPIR_PCAPNG_CUSTOM, true);
    add_bytes_block(b, TAPIR_PCAPNG_CUSTOM_NOT_COPIED, true);
    add_bytes_block(b, TAPIR_PCAPNG_JOURNAL, false);
}

static void copies_are_identical(void **state)
{
    (void)state;
    for (unsigned variant = 0; variant < 16; variant++) {
        bytes b = {.big_endian = variant & 1};
        tapir_sink *sink;
        size_t start;

        start = begin_block(&b, TAPIR_PCAPNG_SECTION);
        add32(&b, 0x1A2B3C4D);
        add16(&b, 1);
        add16(&b, 2);
        add64(&b, 4711); /* a wrong length of the section is none of our business */
        add_option(&b, 3, "OS", 2);
        add_option(&b, 0, "", 0);
        add(&b, "behind the end.", 16);
        end_block(&b, start);
        add_known_blocks(&b, 0);
        add_simple_packet(&b, 30, 30);
        add_bytes_block(&b, 0x00BADBAD, false);
        end_block(&b, begin_block(&b, 0x00BADBAE));
        add_statistics_block(&b, 99); /* of no interface */
        start = begin_packet(&b, 0, 1, 2, 2);
        add(&b, "\1\0\x50\0", 4); /* an option that breaks off, in either order */
        end_block(&b, start);
        b.big_endian = variant & 2;
        add_section(&b);
        add_known_blocks(&b, 0);
        start = begin_block(&b, TAPIR_PCAPNG_SECTION); /* of an unknown version */
        add32(&b, 0x1A2B3C4D);
        add16(&b, 9);
        add16(&b, 9);
        add64(&b, UINT64_MAX);
        end_block(&b, start);
        add_interface(&b, 1, 0);
        add_bytes_block(&b, 6, false);
        add_section(&b);
        add_interface(&b, 1, 0);
        add_packet(&b, 0, 1, 2, 2);
        sink = open_ng(variant & 4);
        if (variant & 8) {
            tapir_sink_close(sink, NULL);
            sink = open_sink(&(tapir_sink_options){.size = sizeof(tapir_sink_options),
                .format = TAPIR_FORMAT_PCAPNG,
                .buffer = 64,
                .each_frame = variant & 1});
        }
        copy_all(sink, &b);
        assert_int_equal(tapir_sink_big_endian(sink), (variant & 2) != 0);
        assert_int_equal(tapir_sink_packets(sink), 9);
        close_sink(sink);
        assert_file(path, &b);
        free(b.data);
    }
}

/* Two files of any byte orders become one section. */
static void files_become_one_section(void **state)
{
    (void)state;
    for (unsigned variant = 0; variant < 8; variant++) {
        bytes expected = {.big_endian = variant & 1};
        tapir_sink *sink = open_ng(variant & 1);

        add_section(&expected);
        for (unsigned file = 0; file < 2; file++) {
            bytes in = {.big_endian = variant >> (1 + file) & 1};
            uint32_t first = tapir_sink_interface_count(sink);
            const tapir_pcapng_block *block;
            tapir_source *source;
            tapir_frame frame;

            add_section(&in);
            add_known_blocks(&in, 0);
            source = open_bytes(&in);
            while (tapir_source_next_block(source, &frame, &block) == TAPIR_OK) {
                uint32_t interface =
                    first + (block->interface == tapir_source_interface(source, 1));
                if (block->type != TAPIR_PCAPNG_SECTION)
                    assert_ok(sink, tapir_sink_copy_block(sink, block, &interface));
            }
            add_known_blocks(&expected, first);
            tapir_source_close(source);
            free(in.data);
        }
        assert_int_equal(tapir_sink_interface_count(sink), 4);
        close_sink(sink);
        assert_file(path, &expected);
        free(expected.data);
    }
}

/* It always is of the first interface, whose snapshot length cuts it. */
static void simple_packets_stay_what_they_are(void **state)
{
    static const struct {
        uint32_t from, to, number; /* snapshot lengths and number of the interface */
        bool simple;
    } cases[] = {{10, 10, 0, true}, {10, 0, 0, false}, {0, 100, 0, true}, {0, 20, 0, false},
        {10, 10, 1, false}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(cases); i++) {
        bytes in = {.big_endian = i % 2}, expected = {0};
        uint32_t captured = cases[i].from ? cases[i].from : 30;
        const tapir_pcapng_block *block;
        tapir_sink *sink = open_ng(false);
        tapir_source *source;
        tapir_frame frame;

        add_section(&in);
        add_interface(&in, 1, cases[i].from);
        add_simple_packet(&in, 30, captured);
        source = open_bytes(&in);
        add_section(&expected);
        for (unsigned j = 0; j < 2; j++) {
            tapir_interface interface = {
                .link_type = 1, .snaplen = cases[i].to, .time_resolution = 6};
            assert_ok(sink, tapir_sink_add_interface(sink, &interface, NULL));
            add_interface(&expected, 1, cases[i].to);
        }
        while (tapir_source_next_block(source, &frame, &block) == TAPIR_OK)
            if (frame.data)
                assert_ok(sink, tapir_sink_copy_block(sink, block, &cases[i].number));
        if (cases[i].simple)
            add_simple_packet(&expected, 30, captured);
        else
            add_packet(&expected, cases[i].number, 0, captured, 30);
        close_sink(sink);
        assert_file(path, &expected);
        tapir_source_close(source);
        free(in.data);
        free(expected.data);
    }
}

/* Whatever has a byte order that is not known cannot be brought into another one. */
static void what_cannot_be_converted_is_refused(void **state)
{
    bytes in = {.big_endian = true}, expected = {0};
    uint32_t interface = 0, none = 1;
    const tapir_pcapng_block *block;
    tapir_sink *sink = open_ng(false);
    tapir_source *source;
    tapir_frame frame;
    size_t start;

    (void)state;
    add_section(&in);
    add_interface(&in, 1, 0);
    add_bytes_block(&in, 0x00BADBAD, false);
    start = begin_packet(&in, 0, 1, 2, 2);
    add_option_number(&in, 1, 4, 0);
    add16(&in, 1);
    add16(&in, 100);
    end_block(&in, start);
    source = open_bytes(&in);
    assert_int_equal(tapir_source_next_block(source, &frame, &block), TAPIR_OK);
    assert_int_equal(tapir_source_next_block(source, &frame, &block), TAPIR_OK);
    assert_ok(sink, tapir_sink_copy_block(sink, block, NULL));
    assert_int_equal(tapir_source_next_block(source, &frame, &block), TAPIR_OK);
    assert_refused(
        sink, tapir_sink_copy_block(sink, block, NULL), TAPIR_UNSUPPORTED, "is of no known kind");
    assert_int_equal(tapir_source_next_block(source, &frame, &block), TAPIR_OK);
    assert_refused(
        sink, tapir_sink_copy_block(sink, block, &interface), TAPIR_DAMAGED, "is damaged");
    assert_refused(sink, tapir_sink_copy_block(sink, block, &none), TAPIR_INVALID,
        "is to be of interface 1; 1 were added");
    assert_int_equal(tapir_sink_packets(sink), 0);
    close_sink(sink);
    add_section(&expected);
    add_interface(&expected, 1, 0);
    assert_file(path, &expected);
    tapir_source_close(source);
    free(in.data);
    free(expected.data);
}

/* Into a copied section, frames can be added as well. */
static void copies_and_frames_mix(void **state)
{
    bytes in = {.big_endian = true};
    tapir_sink *sink = open_ng(false);
    tapir_frame frame = numbered_frame(1, 8);

    (void)state;
    add_section(&in);
    add_interface(&in, 1, 0);
    copy_all(sink, &in);
    assert_ok(sink, tapir_sink_write(sink, &frame));
    close_sink(sink);
    {
        size_t start = begin_block(&in, TAPIR_PCAPNG_ENHANCED_PACKET);
        uint64_t ticks = (uint64_t)frame.time / 1000;

        add32(&in, 0);
        add32(&in, ticks >> 32);
        add32(&in, (uint32_t)ticks);
        add32(&in, 8);
        add32(&in, 8);
        add(&in, frame.data, 8);
        end_block(&in, start);
    }
    assert_file(path, &in);
    free(in.data);
}

/* Nothing can be added to a section nobody knows how to read, until another one begins. */
static void section_of_unknown_version_takes_copies_only(void **state)
{
    tapir_sink *sink = open_ng(false);
    tapir_frame frame = numbered_frame(1, 8);
    tapir_interface interface = {.link_type = 1};
    bytes in = {0};
    size_t start;

    (void)state;
    add_section(&in);
    start = begin_block(&in, TAPIR_PCAPNG_SECTION);
    add32(&in, 0x1A2B3C4D);
    add16(&in, 2);
    add16(&in, 0);
    add64(&in, UINT64_MAX);
    end_block(&in, start);
    copy_all(sink, &in);
    assert_refused(sink, tapir_sink_write(sink, &frame), TAPIR_INVALID, "unknown version");
    assert_refused(
        sink, tapir_sink_add_interface(sink, &interface, NULL), TAPIR_INVALID, "unknown version");
    assert_refused(
        sink, tapir_sink_add_journal(sink, tapir_span_of("", 0)), TAPIR_INVALID, "unknown version");
    assert_ok(sink, tapir_sink_start_section(sink, NULL));
    assert_ok(sink, tapir_sink_write(sink, &frame));
    close_sink(sink);
    free(in.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        written_test(copies_are_identical),
        written_test(files_become_one_section),
        written_test(simple_packets_stay_what_they_are),
        written_test(what_cannot_be_converted_is_refused),
        written_test(copies_and_frames_mix),
        written_test(section_of_unknown_version_takes_copies_only),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
