/* pcapng files: sections, byte orders, interfaces, times, every kind of block, damage. */
#include "capture.h"

static void both_byte_orders_and_several_sections_in_one_file(void **state)
{
    bytes b = {.big_endian = true};
    tapir_source *source;
    tapir_frame frame;

    (void)state;
    add_section(&b);
    add_interface(&b, 1, 0);
    add_interface(&b, 113, 96);
    add_packet(&b, 1, 5, 3, 60);
    b.big_endian = false;
    add_section(&b);
    add_interface(&b, 12, 0);
    add_packet(&b, 0, 6, 4, 4);
    source = open_bytes(&b);
    assert_string_equal(tapir_source_format(source), "pcapng");
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.interface, 1);
    assert_int_equal(frame.link_type, 113);
    assert_int_equal(frame.time, 5000);
    assert_int_equal(frame.caplen, 3);
    assert_int_equal(frame.len, 60);
    assert_memory_equal(frame.data, "\0\1\2", 3);
    assert_int_equal(frame.block->section, 0);
    assert_true(frame.block->big_endian);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.interface, 2);
    assert_int_equal(frame.link_type, 101); /* 12 is a DLT */
    assert_int_equal(frame.block->section, 1);
    assert_ptr_equal(frame.block->interface, tapir_source_interface(source, 2));
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
    assert_int_equal(tapir_source_interface_count(source), 3);
    assert_int_equal(tapir_source_interface(source, 1)->snaplen, 96);
    assert_int_equal(tapir_source_interface(source, 1)->frames, 1);
    assert_int_equal(tapir_source_interface(source, 2)->section, 1);
    tapir_source_close(source);
    free(b.data);
}

static void the_first_interface_is_known_before_the_first_packet(void **state)
{
    bytes b = {0};
    tapir_source *source;
    size_t count;

    (void)state;
    add_section(&b);
    end_block(&b, begin_block(&b, 0x1234));
    add_interface(&b, 113, 0);
    add_interface(&b, 1, 0);
    add_packet(&b, 1, 1, 1, 1);
    source = open_bytes(&b);
    assert_int_equal(tapir_source_interface_count(source), 1);
    assert_int_equal(tapir_source_interface(source, 0)->link_type, 113);
    assert_int_equal(read_all(source, &count), TAPIR_END);
    assert_int_equal(count, 1);
    assert_int_equal(tapir_source_interface_count(source), 2);
    tapir_source_close(source);
    free(b.data);
}

static void no_packet_belongs_to_an_interface_described_behind_it(void **state)
{
    bytes b = {0};
    tapir_source *source;
    size_t count, start;

    (void)state;
    add_section(&b);
    start = begin_block(&b, TAPIR_PCAPNG_SIMPLE_PACKET);
    add32(&b, 0);
    end_block(&b, start);
    add_interface(&b, 1, 0);
    source = open_bytes(&b);
    assert_int_equal(read_all(source, &count), TAPIR_DAMAGED);
    assert_int_equal(count, 0);
    assert_int_equal(tapir_source_error(source)->offset, start);
    tapir_source_close(source);
    free(b.data);
}

static void interface_options_are_kept(void **state)
{
    bytes b = {0};
    size_t start;
    tapir_source *source;
    const tapir_interface *interface;
    tapir_pcapng_option option;
    uint64_t number;

    (void)state;
    add_section(&b);
    start = begin_interface(&b, 1, 262144);
    add_option(&b, TAPIR_OPTION_INTERFACE_NAME, "eth0", 4);
    add_option(&b, TAPIR_OPTION_INTERFACE_NAME, "second", 6); /* not allowed: the first counts */
    add_option(&b, TAPIR_OPTION_INTERFACE_DESCRIPTION, "uplink\0junk", 11);
    add_option(&b, TAPIR_OPTION_INTERFACE_OS, "Linux", 5);
    add_option(&b, TAPIR_OPTION_INTERFACE_HARDWARE, "", 0);
    add_option(&b, TAPIR_OPTION_INTERFACE_FILTER, "\0tcp port 23", 12);
    add_option(&b, TAPIR_OPTION_COMMENT, "c", 1);
    add_option_number(&b, TAPIR_OPTION_INTERFACE_SPEED, 8, 10000000000);
    add_option_number(&b, TAPIR_OPTION_INTERFACE_FCS_LENGTH, 1, 32);
    add_option(&b, TAPIR_OPTION_END, "", 0);
    end_block(&b, start);
    source = open_bytes(&b);
    interface = tapir_source_interface(source, 0);
    assert_string_equal(interface->name, "eth0");
    assert_string_equal(interface->description, "uplink");
    assert_string_equal(interface->os, "Linux");
    assert_string_equal(interface->hardware, "");
    assert_string_equal(interface->filter, "tcp port 23");
    assert_string_equal(interface->comment, "c");
    assert_int_equal(interface->fcs_len, 4);
    assert_true(tapir_pcapng_option_find(interface->block, TAPIR_OPTION_INTERFACE_SPEED, &option));
    assert_true(tapir_pcapng_number(interface->block, option.value, &number));
    assert_int_equal(number, 10000000000);
    assert_false(tapir_pcapng_option_find(interface->block, 77, &option));
    tapir_source_close(source);
    free(b.data);
}

static void fcs_lengths_may_be_in_bits_or_bytes(void **state)
{
    static const uint8_t lens[][2] = {{0, 0}, {4, 4}, {2, 2}, {16, 2}, {32, 4}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(lens); i++) {
        bytes b = {0};
        tapir_source *source;
        tapir_frame frame;
        size_t start;
        add_section(&b);
        start = begin_interface(&b, 1, 0);
        add_option(&b, TAPIR_OPTION_INTERFACE_FCS_LENGTH, &lens[i][0], 1);
        end_block(&b, start);
        add_packet(&b, 0, 0, 4, 4);
        start = begin_packet(&b, 0, 0, 4, 4);
        add_option_number(&b, TAPIR_OPTION_PACKET_FLAGS, 4, 6 << 5); /* overrides it */
        end_block(&b, start);
        source = open_bytes(&b);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        assert_int_equal(frame.fcs_len, lens[i][1]);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        assert_int_equal(frame.fcs_len, 6);
        tapir_source_close(source);
        free(b.data);
    }
}

static void every_time_resolution_is_exact_and_saturates(void **state)
{
    static const struct {
        uint8_t resolution;
        int64_t offset;
        uint64_t ticks;
        int64_t time;
    } times[] = {
        {6, 0, 1000000000000005, 1000000000000005000},
        {6, 5, 1, 5000001000},
        {6, -5, 1, -4999999000},
        {9, 0, INT64_MAX, INT64_MAX},
        {9, 0, (uint64_t)INT64_MAX + 1, INT64_MAX},
        {9, -1, (uint64_t)INT64_MAX + 1000000000, INT64_MAX},
        {9, -1, (uint64_t)INT64_MAX, INT64_MAX - 1000000000},
        {9, 0, UINT64_MAX, INT64_MAX},
        {0, 0, 1700000000, 1700000000000000000},
        {0, 0, UINT64_MAX, INT64_MAX},
        {0, INT64_MAX, UINT64_MAX, INT64_MAX},
        {0, INT64_MIN, 0, INT64_MIN},
        {3, 0, 1700000000123, 1700000000123000000},
        {12, 0, 1999, 1},
        {12, -1, 1999, -999999999},
        {18, 0, 1999999999, 1},
        {28, 0, UINT64_MAX, 1},
        {29, 0, UINT64_MAX, 0},
        {127, 0, UINT64_MAX, 0},
        {127, 3, UINT64_MAX, 3000000000},
        {0x80, 0, 2, 2000000000},
        {0x80, 0, UINT64_MAX, INT64_MAX},
        {0x80 | 1, 0, 3, 1500000000},
        {0x80 | 10, 0, 1, 976562},
        {0x80 | 10, -5, 1024 * 3 + 512, -1500000000},
        {0x80 | 30, 0, UINT64_C(1) << 30 | 1, 1000000000},
        {0x80 | 32, 0, UINT64_MAX, 4294967295999999999},
        {0x80 | 63, 0, UINT64_MAX, 1999999999},
        {0x80 | 64, 0, UINT64_MAX, 999999999},
        {0x80 | 93, 0, UINT64_MAX, 1},
        {0x80 | 94, 0, UINT64_MAX, 0},
        {0x80 | 127, 0, UINT64_MAX, 0},
        {0x80 | 127, -7, UINT64_MAX, -7000000000},
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(times); i++) {
        bytes b = {.big_endian = i % 2};
        tapir_source *source;
        tapir_frame frame;
        size_t start;
        add_section(&b);
        start = begin_interface(&b, 1, 0);
        add_option(&b, TAPIR_OPTION_INTERFACE_TIME_RESOLUTION, &times[i].resolution, 1);
        add_option_number(&b, TAPIR_OPTION_INTERFACE_TIME_OFFSET, 8, (uint64_t)times[i].offset);
        end_block(&b, start);
        add_packet(&b, 0, times[i].ticks, 0, 0);
        source = open_bytes(&b);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        if (frame.time != times[i].time)
            fail_msg("row %zu: %lld, not %lld", i, (long long)frame.time, (long long)times[i].time);
        tapir_source_close(source);
        free(b.data);
    }
}

static void all_resolutions_read_without_trouble(void **state)
{
    (void)state;
    for (unsigned resolution = 0; resolution < 256; resolution++) {
        tapir_interface interface = {.time_resolution = (uint8_t)resolution};
        uint64_t ticks[] = {0, 1, 999, UINT32_MAX, INT64_MAX, UINT64_MAX};
        int64_t before = INT64_MIN;
        for (size_t i = 0; i < TAPIR_COUNT(ticks); i++) {
            int64_t time = tapir_pcapng_time(&interface, ticks[i]);
            assert_true(time >= before);
            before = time;
        }
        interface.time_offset = INT64_MIN;
        assert_int_equal(tapir_pcapng_time(&interface, 0), INT64_MIN);
    }
}

static void packet_options_are_read(void **state)
{
    bytes b = {.big_endian = true};
    size_t start;
    tapir_source *source;
    tapir_frame frame;
    tapir_pcapng_packet packet;
    tapir_pcapng_options options;
    tapir_pcapng_option option;

    (void)state;
    add_section(&b);
    add_interface(&b, 1, 0);
    start = begin_packet(&b, 0, 0x100000002, 5, 5);
    add_option(&b, TAPIR_OPTION_COMMENT, "first", 5);
    add_option(&b, TAPIR_OPTION_COMMENT, "second", 6);
    add_option_number(&b, TAPIR_OPTION_PACKET_FLAGS, 4, 0x80000e0e | 4 << 5);
    add_option(&b, TAPIR_OPTION_PACKET_HASH, "\2\xec\x1d\x87\x97", 5);
    add_option_number(&b, TAPIR_OPTION_PACKET_DROPS, 8, 0x1234567890);
    add_option_number(&b, TAPIR_OPTION_PACKET_ID, 8, 77);
    add_option_number(&b, TAPIR_OPTION_PACKET_QUEUE, 4, 3);
    add_option(&b, TAPIR_OPTION_PACKET_VERDICT, "\2\0\0\0\0\0\0\0\2", 9);
    add_option_number(&b, TAPIR_OPTION_PACKET_PROCESS, 8, UINT64_C(1234) << 32 | 5);
    add_option(&b, TAPIR_OPTION_CUSTOM_STRING, "\0\0\x7e\xd9text", 8);
    add_option(&b, TAPIR_OPTION_END, "", 0);
    end_block(&b, start);
    source = open_bytes(&b);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.comment.len, 5);
    assert_memory_equal(frame.comment.data, "first", 5);
    assert_int_equal(frame.direction, TAPIR_DIRECTION_OUT);
    assert_int_equal(frame.fcs_len, 4);
    assert_true(frame.has_drops);
    assert_int_equal(frame.drops, 0x1234567890);
    assert_true(frame.has_queue);
    assert_int_equal(frame.queue, 3);
    assert_true(tapir_pcapng_packet_get(frame.block, &packet));
    assert_int_equal(packet.ticks, 0x100000002);
    assert_int_equal(packet.reception, 3);
    assert_true(packet.checksum_not_ready);
    assert_true(packet.checksum_valid);
    assert_true(packet.segmentation_offloaded);
    assert_int_equal(packet.link_errors, 0x8000);
    assert_true(packet.has_id);
    assert_int_equal(packet.id, 77);
    assert_true(packet.has_process);
    assert_int_equal(packet.process, 1234);
    assert_int_equal(packet.thread, 5);
    options = tapir_pcapng_options_of(frame.block);
    for (unsigned i = 0; i < 9; i++)
        assert_true(tapir_pcapng_options_next(&options, &option));
    assert_true(tapir_pcapng_options_next(&options, &option));
    assert_true(option.custom);
    assert_int_equal(option.enterprise, 32473);
    assert_memory_equal(option.value.data, "text", 4);
    assert_false(tapir_pcapng_options_next(&options, &option));
    assert_false(tapir_pcapng_options_next(&options, &option));
    assert_false(options.damaged);
    tapir_source_close(source);
    free(b.data);
}

static void broken_packet_options_leave_the_packet_whole(void **state)
{
    bytes b = {0};
    size_t start;
    tapir_source *source;
    tapir_frame frame;

    (void)state;
    add_section(&b);
    add_interface(&b, 1, 0);
    start = begin_packet(&b, 0, 1, 4, 4);
    add_option(&b, TAPIR_OPTION_COMMENT, "kept", 4);
    add16(&b, 2);
    add16(&b, 200);
    end_block(&b, start);
    add_packet(&b, 0, 1, 4, 4);
    source = open_bytes(&b);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_memory_equal(frame.comment.data, "kept", 4);
    assert_true(frame.block->damaged);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_false(frame.block->damaged);
    tapir_source_close(source);
    free(b.data);
}

static void simple_packets_are_cut_by_the_first_interface(void **state)
{
    bytes b = {0};
    size_t start;
    tapir_source *source;
    tapir_frame frame;

    (void)state;
    add_section(&b);
    add_interface(&b, 1, 6);
    add_interface(&b, 113, 0);
    start = begin_block(&b, TAPIR_PCAPNG_SIMPLE_PACKET);
    add32(&b, 60);
    add(&b, "abcdef", 6);
    end_block(&b, start);
    start = begin_block(&b, TAPIR_PCAPNG_SIMPLE_PACKET);
    add32(&b, 2);
    add(&b, "ab", 2);
    end_block(&b, start);
    source = open_bytes(&b);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.caplen, 6);
    assert_int_equal(frame.len, 60);
    assert_memory_equal(frame.data, "abcdef", 6);
    assert_int_equal(frame.link_type, 1);
    assert_false(frame.has_time);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.caplen, 2);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
    tapir_source_close(source);
    free(b.data);
}

static void obsolete_packet_blocks_are_read(void **state)
{
    (void)state;
    for (unsigned big = 0; big < 2; big++) {
        bytes b = {.big_endian = big};
        size_t start;
        tapir_source *source;
        tapir_frame frame;
        add_section(&b);
        add_interface(&b, 1, 0);
        for (unsigned drops = 7; drops <= 0xFFFF; drops += 0xFFFF - 7) {
            start = begin_block(&b, TAPIR_PCAPNG_PACKET);
            add16(&b, 0);
            add16(&b, drops);
            add32(&b, 0);
            add32(&b, 9);
            add32(&b, 3);
            add32(&b, 60);
            add(&b, "abc\0", 4);
            add_option_number(&b, TAPIR_OPTION_PACKET_FLAGS, 4, 1);
            end_block(&b, start);
        }
        source = open_bytes(&b);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        assert_int_equal(frame.caplen, 3);
        assert_int_equal(frame.time, 9000);
        assert_memory_equal(frame.data, "abc", 3);
        assert_true(frame.has_drops);
        assert_int_equal(frame.drops, 7);
        assert_int_equal(frame.direction, TAPIR_DIRECTION_IN);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        assert_false(frame.has_drops);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
        tapir_source_close(source);
        free(b.data);
    }
}

static void next_block(tapir_source *source, const tapir_pcapng_block **block, uint32_t type)
{
    tapir_frame frame;

    assert_int_equal(tapir_source_next_block(source, &frame, block), TAPIR_OK);
    assert_int_equal((*block)->type, type);
    assert_false((*block)->damaged);
    assert_true(!frame.data == (type != TAPIR_PCAPNG_ENHANCED_PACKET));
}

/* A file with one block of each kind that holds no packet. */
static bytes other_blocks(bool big_endian)
{
    bytes b = {.big_endian = big_endian};
    size_t start = begin_block(&b, TAPIR_PCAPNG_SECTION);

    add32(&b, 0x1A2B3C4D);
    add16(&b, 1);
    add16(&b, 2);
    add64(&b, UINT64_MAX);
    add_option(&b, TAPIR_OPTION_SECTION_HARDWARE, "box", 3);
    add_option(&b, TAPIR_OPTION_SECTION_OS, "Linux", 5);
    add_option(&b, TAPIR_OPTION_SECTION_APPLICATION, "test", 4);
    add_option(&b, TAPIR_OPTION_COMMENT, "hello", 5);
    end_block(&b, start);
    start = begin_interface(&b, 1, 0);
    add_option(&b, TAPIR_OPTION_INTERFACE_TIME_RESOLUTION, "\11", 1);
    end_block(&b, start);

    start = begin_block(&b, TAPIR_PCAPNG_NAMES);
    add16(&b, 1);
    add16(&b, 4 + 10 + 3);
    add(&b, "\177\0\0\1localhost\0lo\0\0\0\0", 20);
    add16(&b, 99); /* of a kind to come */
    add16(&b, 2);
    add(&b, "xx\0\0", 4);
    add16(&b, 2);
    add16(&b, 16 + 2);
    add(&b, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\x12\x34\x56\x78h\0\0\0", 20);
    add16(&b, 3);
    add16(&b, 6 + 7);
    add(&b, "\2\xca\xff\xee\xf0\xdteapot\0\0\0\0", 16);
    add16(&b, 4);
    add16(&b, 8 + 3);
    add(&b, "12345678eui\0", 12); /* its name lacks the zero byte */
    add32(&b, 0);
    add_option(&b, TAPIR_OPTION_NAMES_SERVER, "ns", 2);
    end_block(&b, start);

    start = begin_block(&b, TAPIR_PCAPNG_STATISTICS);
    add32(&b, 0);
    add32(&b, 1);
    add32(&b, 5);
    add_option_number(&b, TAPIR_OPTION_STATISTICS_START, 8, 0);
    add_option_number(&b, TAPIR_OPTION_STATISTICS_RECEIVED, 8, 100);
    add_option_number(&b, TAPIR_OPTION_STATISTICS_DROPPED, 8, 1);
    add_option_number(&b, TAPIR_OPTION_STATISTICS_ACCEPTED, 8, 90);
    add_option_number(&b, TAPIR_OPTION_STATISTICS_DROPPED_BY_OS, 8, 2);
    end_block(&b, start);

    start = begin_block(&b, TAPIR_PCAPNG_SECRETS);
    add32(&b, TAPIR_SECRETS_TLS_KEY_LOG);
    add32(&b, 7);
    add(&b, "secret\n\0", 8);
    add_option(&b, TAPIR_OPTION_COMMENT, "psst", 4);
    end_block(&b, start);

    start = begin_block(&b, TAPIR_PCAPNG_JOURNAL);
    ADD_LITERAL(&b, "__CURSOR=abc\nMESSAGE\n\3\0\0\0\0\0\0\0a\nb\nPRIORITY=6\n\0");
    end_block(&b, start);

    start = begin_block(&b, TAPIR_PCAPNG_CUSTOM);
    add32(&b, 32473);
    add(&b, "data", 4);
    end_block(&b, start);
    start = begin_block(&b, TAPIR_PCAPNG_CUSTOM_NOT_COPIED);
    add32(&b, 32473);
    end_block(&b, start);
    start = begin_block(&b, 0x80000001);
    add(&b, "anything", 8);
    end_block(&b, start);
    end_block(&b, begin_block(&b, 0x0000007f));
    add_packet(&b, 0, 1, 0, 0);
    return b;
}

static void check_names(const tapir_pcapng_block *block)
{
    static const struct {
        tapir_pcapng_address type;
        size_t address_len;
        const char *name;
    } expected[] = {{TAPIR_PCAPNG_IPV4, 4, "localhost"}, {TAPIR_PCAPNG_IPV4, 4, "lo"},
        {TAPIR_PCAPNG_IPV6, 16, "h"}, {TAPIR_PCAPNG_EUI48, 6, "teapot"},
        {TAPIR_PCAPNG_EUI64, 8, "eui"}};
    tapir_pcapng_names names = tapir_pcapng_names_of(block);
    tapir_pcapng_name name;
    tapir_pcapng_option option;

    for (size_t i = 0; i < TAPIR_COUNT(expected); i++) {
        assert_true(tapir_pcapng_names_next(&names, &name));
        assert_int_equal(name.type, expected[i].type);
        assert_int_equal(name.address.len, expected[i].address_len);
        assert_int_equal(name.name.len, strlen(expected[i].name));
        assert_memory_equal(name.name.data, expected[i].name, name.name.len);
    }
    assert_false(tapir_pcapng_names_next(&names, &name));
    assert_false(tapir_pcapng_names_next(&names, &name));
    assert_false(names.damaged);
    assert_true(tapir_pcapng_option_find(block, TAPIR_OPTION_NAMES_SERVER, &option));
    assert_memory_equal(option.value.data, "ns", 2);
}

static void check_statistics(const tapir_pcapng_block *block)
{
    tapir_pcapng_statistics statistics;

    assert_true(tapir_pcapng_statistics_get(block, &statistics));
    assert_int_equal(statistics.time, 0x100000005);
    assert_true(statistics.has_start);
    assert_int_equal(statistics.start, 0);
    assert_false(statistics.has_end);
    assert_int_equal(statistics.received, 100);
    assert_int_equal(statistics.dropped_by_interface, 1);
    assert_int_equal(statistics.accepted_by_filter, 90);
    assert_int_equal(statistics.dropped_by_os, 2);
    assert_int_equal(statistics.delivered, UINT64_MAX);
}

static void check_journal(const tapir_pcapng_block *block)
{
    static const char *const fields[][2] = {
        {"__CURSOR", "abc"}, {"MESSAGE", "a\nb"}, {"PRIORITY", "6"}};
    tapir_reader entry = tapir_reader_of(block->body);
    tapir_span name, value;

    for (size_t i = 0; i < TAPIR_COUNT(fields); i++) {
        assert_true(tapir_pcapng_journal_next(&entry, &name, &value));
        assert_int_equal(name.len, strlen(fields[i][0]));
        assert_memory_equal(name.data, fields[i][0], name.len);
        assert_int_equal(value.len, strlen(fields[i][1]));
        assert_memory_equal(value.data, fields[i][1], value.len);
    }
    assert_false(tapir_pcapng_journal_next(&entry, &name, &value));
}

static void every_other_kind_of_block_has_a_view(void **state)
{
    (void)state;
    for (unsigned big = 0; big < 2; big++) {
        bytes b = other_blocks(big);
        tapir_source *source = open_bytes(&b);
        const tapir_pcapng_block *block;
        tapir_pcapng_section section;
        tapir_pcapng_option option;
        tapir_span data;
        uint32_t number;
        next_block(source, &block, TAPIR_PCAPNG_SECTION);
        assert_true(tapir_pcapng_section_get(block, &section));
        assert_int_equal(section.version_major, 1);
        assert_int_equal(section.version_minor, 2);
        assert_int_equal(section.section_len, -1);
        assert_memory_equal(section.hardware.data, "box", 3);
        assert_memory_equal(section.os.data, "Linux", 5);
        assert_memory_equal(section.application.data, "test", 4);
        assert_memory_equal(section.comment.data, "hello", 5);
        next_block(source, &block, TAPIR_PCAPNG_INTERFACE);
        assert_ptr_equal(block->interface, tapir_source_interface(source, 0));
        assert_ptr_not_equal(block, block->interface->block);
        next_block(source, &block, TAPIR_PCAPNG_NAMES);
        check_names(block);
        next_block(source, &block, TAPIR_PCAPNG_STATISTICS);
        check_statistics(block);
        next_block(source, &block, TAPIR_PCAPNG_SECRETS);
        assert_true(tapir_pcapng_secrets_get(block, &number, &data));
        assert_string_equal(tapir_pcapng_secrets_name(number), "TLS key log");
        assert_int_equal(data.len, 7);
        assert_memory_equal(data.data, "secret\n", 7);
        assert_true(tapir_pcapng_option_find(block, TAPIR_OPTION_COMMENT, &option));
        next_block(source, &block, TAPIR_PCAPNG_JOURNAL);
        check_journal(block);
        next_block(source, &block, TAPIR_PCAPNG_CUSTOM);
        assert_true(tapir_pcapng_custom_get(block, &number, &data));
        assert_int_equal(number, 32473);
        assert_memory_equal(data.data, "data", 4);
        next_block(source, &block, TAPIR_PCAPNG_CUSTOM_NOT_COPIED);
        assert_true(tapir_pcapng_custom_get(block, &number, &data));
        assert_int_equal(data.len, 0);
        next_block(source, &block, 0x80000001);
        assert_memory_equal(block->body.data, "anything", 8);
        assert_string_equal(tapir_pcapng_block_name(block->type), "unknown block");
        next_block(source, &block, 0x7f);
        assert_int_equal(block->body.len, 0);
        next_block(source, &block, TAPIR_PCAPNG_ENHANCED_PACKET);
        tapir_source_close(source);
        free(b.data);
    }
}

static void options_and_blocks_have_the_names_of_the_specification(void **state)
{
    (void)state;
    assert_string_equal(tapir_pcapng_option_name(TAPIR_PCAPNG_INTERFACE, 2), "if_name");
    assert_string_equal(tapir_pcapng_option_name(TAPIR_PCAPNG_INTERFACE, 18), "if_iana_tzname");
    assert_string_equal(tapir_pcapng_option_name(TAPIR_PCAPNG_SECTION, 4), "shb_userappl");
    assert_string_equal(
        tapir_pcapng_option_name(TAPIR_PCAPNG_ENHANCED_PACKET, 8), "epb_processid_threadid");
    assert_string_equal(tapir_pcapng_option_name(TAPIR_PCAPNG_STATISTICS, 8), "isb_usrdeliv");
    assert_string_equal(tapir_pcapng_option_name(TAPIR_PCAPNG_NAMES, 4), "ns_dnsIP6addr");
    assert_string_equal(tapir_pcapng_option_name(7777, 1), "opt_comment");
    assert_string_equal(tapir_pcapng_option_name(7777, 19373), "opt_custom");
    assert_null(tapir_pcapng_option_name(TAPIR_PCAPNG_INTERFACE, 19));
    assert_null(tapir_pcapng_option_name(TAPIR_PCAPNG_INTERFACE, 60000));
    assert_null(tapir_pcapng_secrets_name(1));
    assert_string_equal(
        tapir_pcapng_block_name(TAPIR_PCAPNG_STATISTICS), "Interface Statistics Block");
}

static void views_refuse_blocks_that_are_too_short_or_of_another_kind(void **state)
{
    static const uint32_t types[] = {TAPIR_PCAPNG_SECTION, TAPIR_PCAPNG_INTERFACE,
        TAPIR_PCAPNG_PACKET, TAPIR_PCAPNG_SIMPLE_PACKET, TAPIR_PCAPNG_NAMES,
        TAPIR_PCAPNG_STATISTICS, TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_PCAPNG_JOURNAL,
        TAPIR_PCAPNG_SECRETS, TAPIR_PCAPNG_CUSTOM, 0x12345};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(types); i++)
        for (size_t len = 0; len < 4; len++) {
            tapir_pcapng_block block = {.type = types[i], .body = tapir_span_of("\0\0\0", len)};
            tapir_pcapng_section section;
            tapir_pcapng_packet packet;
            tapir_pcapng_statistics statistics;
            tapir_pcapng_names names = tapir_pcapng_names_of(&block);
            tapir_pcapng_name name;
            tapir_span span;
            uint32_t number;
            assert_false(tapir_pcapng_section_get(&block, &section));
            assert_false(tapir_pcapng_packet_get(&block, &packet));
            assert_false(tapir_pcapng_statistics_get(&block, &statistics));
            assert_false(tapir_pcapng_secrets_get(&block, &number, &span));
            assert_false(tapir_pcapng_custom_get(&block, &number, &span));
            assert_false(tapir_pcapng_names_next(&names, &name));
        }
}

static void broken_side_blocks_are_marked_and_reading_goes_on(void **state)
{
    static const struct {
        uint32_t type;
        size_t len;
        const char *body;
    } broken[] = {
        {TAPIR_PCAPNG_NAMES, 8, "\1\0\100\0abcd"},
        {TAPIR_PCAPNG_NAMES, 8, "\1\0\2\0ab\0\0"},
        {TAPIR_PCAPNG_STATISTICS, 4, "\0\0\0\0"},
        {TAPIR_PCAPNG_STATISTICS, 12, "\7\0\0\0\0\0\0\0\0\0\0\0"},
        {TAPIR_PCAPNG_STATISTICS, 16, "\0\0\0\0\0\0\0\0\0\0\0\0\4\0\10\0"},
        {TAPIR_PCAPNG_SECRETS, 4, "KSLT"},
        {TAPIR_PCAPNG_SECRETS, 8, "KSLT\377\377\377\377"},
        {TAPIR_PCAPNG_SECRETS, 12, "KSLT\5\0\0\0abcd"},
        {TAPIR_PCAPNG_CUSTOM, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(broken); i++) {
        bytes b = {0};
        tapir_source *source;
        tapir_frame frame;
        const tapir_pcapng_block *block;
        size_t start;
        add_section(&b);
        add_interface(&b, 1, 0);
        start = begin_block(&b, broken[i].type);
        add(&b, broken[i].body, broken[i].len);
        end_block(&b, start);
        add_packet(&b, 0, 1, 4, 4);
        source = open_bytes(&b);
        for (unsigned j = 0; j < 3; j++)
            assert_int_equal(tapir_source_next_block(source, &frame, &block), TAPIR_OK);
        assert_int_equal(block->type, broken[i].type);
        if (!block->damaged)
            fail_msg("row %zu is not seen", i);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        tapir_source_close(source);
        free(b.data);
    }
}

/* Expects one good packet, then damage at `from`, again and again. */
static void expect_damage(const bytes *b, size_t from, const char *message)
{
    tapir_source *source = open_bytes(b);
    size_t count;

    assert_int_equal(read_all(source, &count), TAPIR_DAMAGED);
    assert_int_equal(count, 1);
    assert_int_equal(tapir_source_error(source)->offset, from);
    assert_message(tapir_source_error(source), message);
    assert_int_equal(read_all(source, &count), TAPIR_DAMAGED);
    assert_int_equal(count, 0);
    tapir_source_close(source);
}

static bytes good_start(void)
{
    bytes b = {0};

    add_section(&b);
    add_interface(&b, 1, 0);
    add_packet(&b, 0, 1, 4, 4);
    return b;
}

static void broken_blocks_are_damage_where_they_begin(void **state)
{
    static const struct {
        uint32_t type, first, last; /* the two lengths */
        const char *message;
    } broken[] = {
        {6, 0, 0, "claims a length of 0"},
        {6, 8, 8, "claims a length of 8"},
        {0x99, 17, 17, "steps of 4"},
        {5, 0xfffffffc, 0xfffffffc, "limit"},
        {5, (16 << 20) + 4, 0, "limit"},
        {5, 16, 20, "16 at its start and 20 at its end"},
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(broken); i++) {
        bytes b = good_start();
        size_t from = b.len;
        add32(&b, broken[i].type);
        add32(&b, broken[i].first);
        add32(&b, 0);
        add32(&b, broken[i].last);
        expect_damage(&b, from, broken[i].message);
        free(b.data);
    }
}

static void packets_without_interface_or_of_wrong_length_are_damage(void **state)
{
    static const uint32_t types[] = {
        TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_PCAPNG_PACKET, TAPIR_PCAPNG_SIMPLE_PACKET};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(types); i++) {
        static const uint32_t lens[] = {5, UINT32_MAX, UINT32_MAX - 3, 0x80000000};
        bytes b = good_start();
        size_t from = b.len, start = begin_block(&b, types[i]);
        end_block(&b, start);
        expect_damage(&b, from, "too short");
        free(b.data);
        for (size_t j = 0; j < TAPIR_COUNT(lens); j++) {
            b = good_start();
            from = b.len;
            start = begin_block(&b, types[i]);
            if (types[i] != TAPIR_PCAPNG_SIMPLE_PACKET) {
                add64(&b, 0);
                add32(&b, 0);
                add32(&b, lens[j]);
            }
            add32(&b, lens[j]);
            add(&b, "abcd", 4);
            end_block(&b, start);
            expect_damage(&b, from, "do not fit");
            free(b.data);
        }
    }
    for (uint32_t interface = 1; interface; interface = interface == 1 ? UINT32_MAX : 0) {
        bytes b = good_start();
        size_t from = b.len;
        add_packet(&b, interface, 1, 4, 4);
        expect_damage(&b, from, "the section describes 1 before it");
        free(b.data);
    }
}

static void interfaces_end_with_their_section(void **state)
{
    bytes b = good_start();
    size_t from;

    (void)state;
    add_section(&b);
    from = b.len;
    add_packet(&b, 0, 1, 4, 4);
    expect_damage(&b, from, "interface 0");
    free(b.data);
}

static void broken_interfaces_are_damage(void **state)
{
    bytes b = good_start();
    size_t from = b.len, start = begin_block(&b, TAPIR_PCAPNG_INTERFACE);

    (void)state;
    add32(&b, 1);
    end_block(&b, start);
    expect_damage(&b, from, "too short");
    b.len = from;
    start = begin_interface(&b, 1, 0);
    add16(&b, TAPIR_OPTION_INTERFACE_TIME_RESOLUTION);
    add16(&b, 100);
    end_block(&b, start);
    expect_damage(&b, from, "beyond the block");
    free(b.data);
}

static void broken_sections_are_damage(void **state)
{
    bytes b = good_start();
    size_t from = b.len, start = begin_block(&b, TAPIR_PCAPNG_SECTION);

    (void)state;
    add32(&b, 0x1A2B3C4E);
    end_block(&b, start);
    expect_damage(&b, from, "byte-order magic");
    b.len = from;
    start = begin_block(&b, TAPIR_PCAPNG_SECTION);
    add32(&b, 0x1A2B3C4D);
    add32(&b, 1);
    end_block(&b, start);
    expect_damage(&b, from, "too short");
    free(b.data);
}

static void sections_of_another_version_are_skipped_unless_first(void **state)
{
    bytes b = good_start();
    size_t second = b.len;
    tapir_source *source;
    tapir_frame frame;
    const tapir_pcapng_block *block;
    tapir_error error;
    unsigned unsupported = 0;

    (void)state;
    add_section(&b);
    tapir_store_le(b.data + second + 12, 2, 2);
    add_interface(&b, 7, 0);
    add_packet(&b, 9, 1, 4, 4);
    add_section(&b);
    add_interface(&b, 113, 0);
    add_packet(&b, 0, 1, 4, 4);
    source = open_bytes(&b);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.link_type, 113);
    assert_int_equal(frame.interface, 1);
    assert_int_equal(frame.block->section, 2);
    assert_int_equal(frame.number, 2);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
    tapir_source_close(source);
    source = open_bytes(&b);
    while (tapir_source_next_block(source, &frame, &block) == TAPIR_OK)
        unsupported += block->unsupported;
    assert_int_equal(unsupported, 3);
    tapir_source_close(source);
    error = refused(b.data + second, b.len - second);
    assert_int_equal(error.code, TAPIR_UNSUPPORTED);
    assert_message(&error, "version 2.0 of the pcapng format");
    free(b.data);
}

static void every_truncation_gives_the_whole_packets_and_then_says_where(void **state)
{
    bytes b = {0};
    size_t ends[8], blocks = 0, interfaces_end;

    (void)state;
    add_section(&b);
    ends[blocks++] = b.len;
    add_interface(&b, 1, 0);
    ends[blocks++] = interfaces_end = b.len;
    for (unsigned i = 0; i < 3; i++) {
        add_packet(&b, 0, i, 5 * i, 60);
        ends[blocks++] = b.len;
    }
    for (size_t len = 0; len <= b.len; len++) {
        uint8_t *exact = malloc(len ? len : 1);
        tapir_source *source = NULL;
        size_t whole = 0, count;
        tapir_status status;
        assert_non_null(exact);
        memcpy(exact, b.data, len);
        while (whole < blocks && ends[whole] <= len)
            whole++;
        status = tapir_source_open_memory(&source, exact, len, "test", NULL, NULL);
        if (len < ends[0]) {
            assert_int_equal(status, len == 0 || len >= 4 ? TAPIR_TRUNCATED : TAPIR_UNSUPPORTED);
        } else {
            assert_int_equal(status, TAPIR_OK);
            status = read_all(source, &count);
            assert_int_equal(count, len < interfaces_end ? 0 : whole - 2);
            assert_int_equal(status, ends[whole - 1] == len ? TAPIR_END : TAPIR_TRUNCATED);
            if (status == TAPIR_TRUNCATED)
                assert_int_equal(tapir_source_error(source)->offset, ends[whole - 1]);
        }
        tapir_source_close(source);
        free(exact);
    }
    free(b.data);
}

static void every_cut_of_every_kind_of_block_stays_within_it(void **state)
{
    bytes b = other_blocks(false);

    (void)state;
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *exact = malloc(len ? len : 1);
        tapir_source *source;
        tapir_frame frame;
        const tapir_pcapng_block *block;
        assert_non_null(exact);
        memcpy(exact, b.data, len);
        if (tapir_source_open_memory(&source, exact, len, "test", NULL, NULL) == TAPIR_OK) {
            while (tapir_source_next_block(source, &frame, &block) == TAPIR_OK)
                assert_false(block->damaged);
            tapir_source_close(source);
        }
        free(exact);
    }
    free(b.data);
}

static void interfaces_are_bounded_in_number(void **state)
{
    bytes b = {0};
    tapir_source *source;
    size_t count;

    (void)state;
    add_section(&b);
    add_interface(&b, 1, 0);
    for (unsigned i = 0; i < 65536; i++)
        add_interface(&b, 1, 0);
    source = open_bytes(&b);
    assert_int_equal(read_all(source, &count), TAPIR_DAMAGED);
    assert_message(tapir_source_error(source), "more than 65536 interfaces");
    assert_int_equal(tapir_source_interface_count(source), 65536);
    tapir_source_close(source);
    free(b.data);
}

static void interface_descriptions_are_bounded_in_all(void **state)
{
    bytes b = {0};
    tapir_source *source;
    char *value = calloc(1, 65535);
    size_t count, start;

    (void)state;
    assert_non_null(value);
    add_section(&b);
    for (unsigned i = 0; i < 40; i++) {
        start = begin_interface(&b, 1, 0);
        for (unsigned j = 0; j < 16; j++)
            add_option(&b, 0x8000, value, 65535);
        end_block(&b, start);
    }
    source = open_bytes(&b);
    assert_int_equal(read_all(source, &count), TAPIR_DAMAGED);
    assert_message(tapir_source_error(source), "descriptions of interfaces");
    assert_int_equal(tapir_source_interface_count(source), 31);
    tapir_source_close(source);
    free(value);
    free(b.data);
}

static void text_mode_transfers_are_named(void **state)
{
    tapir_error error = refused("\r\n\r\r\n\34\0\0\0M<+\32", 13);

    (void)state;
    assert_message(&error, "text mode");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_byte_orders_and_several_sections_in_one_file),
        cmocka_unit_test(the_first_interface_is_known_before_the_first_packet),
        cmocka_unit_test(no_packet_belongs_to_an_interface_described_behind_it),
        cmocka_unit_test(interface_options_are_kept),
        cmocka_unit_test(fcs_lengths_may_be_in_bits_or_bytes),
        cmocka_unit_test(every_time_resolution_is_exact_and_saturates),
        cmocka_unit_test(all_resolutions_read_without_trouble),
        cmocka_unit_test(packet_options_are_read),
        cmocka_unit_test(broken_packet_options_leave_the_packet_whole),
        cmocka_unit_test(simple_packets_are_cut_by_the_first_interface),
        cmocka_unit_test(obsolete_packet_blocks_are_read),
        cmocka_unit_test(every_other_kind_of_block_has_a_view),
        cmocka_unit_test(options_and_blocks_have_the_names_of_the_specification),
        cmocka_unit_test(views_refuse_blocks_that_are_too_short_or_of_another_kind),
        cmocka_unit_test(broken_side_blocks_are_marked_and_reading_goes_on),
        cmocka_unit_test(broken_blocks_are_damage_where_they_begin),
        cmocka_unit_test(packets_without_interface_or_of_wrong_length_are_damage),
        cmocka_unit_test(interfaces_end_with_their_section),
        cmocka_unit_test(broken_interfaces_are_damage),
        cmocka_unit_test(broken_sections_are_damage),
        cmocka_unit_test(sections_of_another_version_are_skipped_unless_first),
        cmocka_unit_test(every_truncation_gives_the_whole_packets_and_then_says_where),
        cmocka_unit_test(every_cut_of_every_kind_of_block_stays_within_it),
        cmocka_unit_test(interfaces_are_bounded_in_number),
        cmocka_unit_test(interface_descriptions_are_bounded_in_all),
        cmocka_unit_test(text_mode_transfers_are_named),
    };

    return cmocka_run_group_tests_name("file_pcapng", tests, NULL, NULL);
}
