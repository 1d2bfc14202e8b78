/* Writing pcapng: byte for byte what the specification says, in both byte orders. */
#include "written.h"

#include <signal.h>

static const uint8_t packet_bytes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};

static tapir_frame small_frame(uint32_t len)
{
    return (tapir_frame){
        .data = packet_bytes,
        .caplen = len,
        .len = 100,
        .time = INT64_C(1700000000123456789),
        .link_type = TAPIR_LINK_TYPE_ETHERNET,
        .has_time = true,
        .number = 1,
    };
}

static tapir_sink_options ng_options(bool big_endian)
{
    return (tapir_sink_options){
        .size = sizeof(tapir_sink_options),
        .format = TAPIR_FORMAT_PCAPNG,
        .byte_order = big_endian ? TAPIR_BYTE_ORDER_BIG : TAPIR_BYTE_ORDER_LITTLE,
    };
}

static tapir_sink *open_ng(bool big_endian)
{
    tapir_sink_options options = ng_options(big_endian);

    return open_sink(&options);
}

/* Runs `test` for both byte orders, with what it expects. */
static void in_both_orders(void (*test)(tapir_sink *sink, bytes *expected))
{
    for (unsigned big_endian = 0; big_endian < 2; big_endian++) {
        bytes expected = {.big_endian = big_endian};
        tapir_sink *sink = open_ng(big_endian);

        assert_int_equal(tapir_sink_big_endian(sink), big_endian);
        assert_int_equal(tapir_sink_format_of(sink), TAPIR_FORMAT_PCAPNG);
        test(sink, &expected);
        close_sink(sink);
        assert_file(path, &expected);
        free(expected.data);
    }
}

static void frame_alone(tapir_sink *sink, bytes *expected)
{
    for (uint32_t len = 0; len <= sizeof packet_bytes; len++) {
        tapir_frame frame = small_frame(len);
        assert_ok(sink, tapir_sink_write(sink, &frame));
    }
    assert_int_equal(tapir_sink_interface_count(sink), 1);
    assert_int_equal(tapir_sink_packets(sink), sizeof packet_bytes + 1);
    add_section(expected);
    add_interface(expected, TAPIR_LINK_TYPE_ETHERNET, 262144);
    for (uint32_t len = 0; len <= sizeof packet_bytes; len++)
        add_packet(expected, 0, UINT64_C(1700000000123456), len, 100);
}

static void frames_alone_make_a_file(void **state)
{
    (void)state;
    in_both_orders(frame_alone);
}

static void nothing_written(tapir_sink *sink, bytes *expected)
{
    (void)sink;
    add_section(expected);
}

static void file_without_frames_is_a_section(void **state)
{
    (void)state;
    in_both_orders(nothing_written);
}

static void section_says_what_it_is_told(void **state)
{
    static const char *const comments[] = {"one", "two words"};

    (void)state;
    for (unsigned big_endian = 0; big_endian < 2; big_endian++) {
        tapir_pcapng_list list = {.big_endian = big_endian};
        tapir_sink_section section = {
            .hardware = "hw",
            .os = "an OS",
            .application = "app",
            .comments = comments,
            .comment_count = 2,
            .options = &list,
            .version_minor_2 = true,
        };
        tapir_sink_options options = ng_options(big_endian);
        bytes expected = {.big_endian = big_endian};
        tapir_sink *sink;
        size_t start;

        tapir_pcapng_put_number(&list, 4000, 2, 0x1234);
        options.section = &section;
        sink = open_sink(&options);
        tapir_text_clear(&list.bytes); /* no longer needed */
        close_sink(sink);
        start = begin_block(&expected, TAPIR_PCAPNG_SECTION);
        add32(&expected, 0x1A2B3C4D);
        add16(&expected, 1);
        add16(&expected, 2);
        add64(&expected, UINT64_MAX);
        add_option(&expected, 2, "hw", 2);
        add_option(&expected, 3, "an OS", 5);
        add_option(&expected, 4, "app", 3);
        add_option(&expected, 1, "one", 3);
        add_option(&expected, 1, "two words", 9);
        add_option_number(&expected, 4000, 2, 0x1234);
        add_option(&expected, 0, "", 0);
        end_block(&expected, start);
        assert_file(path, &expected);
        free(expected.data);
    }
}

static void several_sections(tapir_sink *sink, bytes *expected)
{
    tapir_sink_section section = {.os = "x"};
    tapir_frame frame = small_frame(3);
    size_t start;

    assert_ok(sink, tapir_sink_write(sink, &frame));
    assert_ok(sink, tapir_sink_start_section(sink, &section));
    assert_int_equal(tapir_sink_interface_count(sink), 0);
    assert_ok(sink, tapir_sink_write(sink, &frame));
    add_section(expected);
    add_interface(expected, 1, 262144);
    add_packet(expected, 0, UINT64_C(1700000000123456), 3, 100);
    start = begin_block(expected, TAPIR_PCAPNG_SECTION);
    add32(expected, 0x1A2B3C4D);
    add16(expected, 1);
    add16(expected, 0);
    add64(expected, UINT64_MAX);
    add_option(expected, 3, "x", 1);
    add_option(expected, 0, "", 0);
    end_block(expected, start);
    add_interface(expected, 1, 262144);
    add_packet(expected, 0, UINT64_C(1700000000123456), 3, 100);
}

static void sections_begin_with_no_interface(void **state)
{
    (void)state;
    in_both_orders(several_sections);
}

static void interface_members(tapir_sink *sink, bytes *expected)
{
    tapir_interface interface = {
        .link_type = TAPIR_LINK_TYPE_RAW,
        .fcs_len = 4,
        .snaplen = 96,
        .time_resolution = 0x8a,
        .time_offset = -3600,
        .name = "eth0",
        .description = "the first",
        .filter = "tcp",
        .os = "Linux",
        .hardware = "card",
        .comment = "good",
    };
    uint32_t index = 7;
    size_t start;

    assert_ok(sink, tapir_sink_add_interface(sink, &interface, &index));
    assert_int_equal(index, 0);
    interface.fcs_len = 8;
    assert_ok(sink, tapir_sink_add_interface(sink, &interface, &index));
    assert_int_equal(index, 1);
    add_section(expected);
    for (unsigned i = 0; i < 2; i++) {
        start = begin_interface(expected, TAPIR_LINK_TYPE_RAW, 96);
        add_option(expected, 1, "good", 4);
        add_option(expected, 2, "eth0", 4);
        add_option(expected, 3, "the first", 9);
        add_option_number(expected, 9, 1, 0x8a);
        add_option(expected, 11, "\0tcp", 4);
        add_option(expected, 12, "Linux", 5);
        add_option_number(expected, 13, 1, i ? 64 : 4);
        add_option_number(expected, 14, 8, (uint64_t)-3600);
        add_option(expected, 15, "card", 4);
        add_option(expected, 0, "", 0);
        end_block(expected, start);
    }
}

static void interface_is_described_by_its_members(void **state)
{
    (void)state;
    in_both_orders(interface_members);
}

/* Every option of an interface, in the order of `b`. */
static void add_all_interface_options(bytes *b)
{
    size_t start = begin_interface(b, 1, 0);

    add_option(b, 1, "first", 5);
    add_option(b, 1, "second", 6);
    add_option(b, 2, "if", 2);
    add_option(b, 4, "\x0a\0\0\1\xff\0\0\0", 8);
    add_option(b, 5, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\x40", 17);
    add_option(b, 6, "\0\1\2\3\4\5", 6);
    add_option(b, 7, "\0\1\2\3\4\5\6\7", 8);
    add_option_number(b, 8, 8, UINT64_C(1000000000));
    add_option_number(b, 9, 1, 9);
    add_option_number(b, 10, 4, 7200);
    add_option(b, 11, "\1\6\0\0\0", 5);
    add_option_number(b, 13, 1, 4);
    add_option_number(b, 14, 8, 100);
    add_option_number(b, 16, 8, 5);
    add_option_number(b, 17, 8, 6);
    add_option(b, 18, "Europe/Paris", 12);
    add_option(b, 4711, "as is", 5);
    begin_block(b, 0); /* a custom option: code and length follow by hand */
    b->len -= 8;
    add16(b, 2989);
    add16(b, 7);
    add32(b, 32473);
    add(b, "\1\2\3\0", 4);
    add_option(b, 0, "", 0);
    end_block(b, start);
}

static void options_of_an_interface_are_kept(void **state)
{
    (void)state;
    for (unsigned variant = 0; variant < 4; variant++) {
        bytes in = {.big_endian = variant & 1}, expected = {.big_endian = variant & 2};
        tapir_sink *sink = open_ng(variant & 2);
        tapir_source *source;

        add_section(&in);
        add_all_interface_options(&in);
        source = open_bytes(&in);
        assert_ok(sink, tapir_sink_add_interface(sink, tapir_source_interface(source, 0), NULL));
        close_sink(sink);
        add_section(&expected);
        add_all_interface_options(&expected);
        assert_file(path, &expected);
        tapir_source_close(source);
        free(in.data);
        free(expected.data);
    }
}

static void packet_options(tapir_sink *sink, bytes *expected)
{
    tapir_pcapng_list list = {.big_endian = expected->big_endian};
    tapir_frame frame = small_frame(5);
    size_t start;

    frame.comment = tapir_span_of("hello", 5);
    frame.direction = TAPIR_DIRECTION_OUT;
    frame.fcs_len = 4;
    frame.has_queue = frame.has_drops = true;
    frame.queue = 3;
    frame.drops = UINT64_C(5000000000);
    tapir_pcapng_put_string(&list, TAPIR_OPTION_COMMENT, "another");
    tapir_pcapng_put_string(&list, TAPIR_OPTION_COMMENT, NULL);
    tapir_pcapng_put_option(&list, TAPIR_OPTION_PACKET_HASH, tapir_span_of("\2abcd", 5));
    tapir_pcapng_put_number(&list, TAPIR_OPTION_PACKET_ID, 8, 77);
    tapir_pcapng_put_custom(&list, TAPIR_OPTION_CUSTOM_STRING, 32473, tapir_span_of("mine", 4));
    assert_false(list.bytes.failed);
    assert_ok(sink, tapir_sink_write_options(sink, &frame, &list));
    tapir_text_clear(&list.bytes);
    add_section(expected);
    add_interface(expected, 1, 262144);
    start = begin_packet(expected, 0, UINT64_C(1700000000123456), 5, 100);
    add_option(expected, 1, "hello", 5);
    add_option_number(expected, 2, 4, 2 | 4 << 5);
    add_option_number(expected, 4, 8, UINT64_C(5000000000));
    add_option_number(expected, 6, 4, 3);
    add_option(expected, 1, "another", 7);
    add_option(expected, 3, "\2abcd", 5);
    add_option_number(expected, 5, 8, 77);
    add16(expected, 2988);
    add16(expected, 8);
    add32(expected, 32473);
    add(expected, "mine", 4);
    add_option(expected, 0, "", 0);
    end_block(expected, start);
}

static void what_a_frame_says_becomes_options(void **state)
{
    (void)state;
    in_both_orders(packet_options);
}

/* A packet with every option, in the order of `b`. */
static void add_full_packet(bytes *b, const char *comment, uint32_t flags, uint64_t drops)
{
    size_t start = begin_packet(b, 0, 1000, 6, 6);

    add_option(b, 1, comment, strlen(comment));
    add_option(b, 1, "further", 7);
    add_option_number(b, 2, 4, flags);
    add_option(b, 3, "\3hash", 5);
    add_option_number(b, 4, 8, drops);
    add_option_number(b, 5, 8, 0x1122334455667788);
    add_option_number(b, 6, 4, 9);
    begin_block(b, 0); /* a verdict: whose, and 8 bytes in the section's order */
    b->len -= 8;
    add16(b, 7);
    add16(b, 9);
    add(b, "\1", 1);
    add64(b, 0x0102030405060708);
    add(b, "\0\0\0", 3);
    add_option(b, 7, "\0\1\2\3\4\5\6\7\x08", 9); /* of hardware: nobody knows */
    add16(b, 8);
    add16(b, 8);
    add32(b, 4000);
    add32(b, 4001);
    add_option(b, 5000, "as is", 5);
    add_option(b, 0, "", 0);
    end_block(b, start);
}

/* Frames as they were read keep all of their options; what was changed in them is changed. */
static void options_of_a_read_frame_are_kept(void **state)
{
    (void)state;
    for (unsigned variant = 0; variant < 8; variant++) {
        bytes in = {.big_endian = variant & 1}, expected = {.big_endian = (variant & 2) != 0};
        tapir_sink *sink = open_ng(variant & 2);
        tapir_source *source;
        tapir_frame frame;
        bool change = variant & 4;

        add_section(&in);
        add_interface(&in, 1, 0);
        add_full_packet(&in, "said", 0x80010001, 12);
        source = open_bytes(&in);
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
        if (change) {
            frame.comment = tapir_span_of("changed", 7);
            frame.direction = TAPIR_DIRECTION_OUT;
            frame.drops = 13;
        }
        assert_ok(sink, tapir_sink_add_interface(sink, tapir_source_interface(source, 0), NULL));
        assert_ok(sink, tapir_sink_write(sink, &frame));
        frame.block = NULL;
        frame.comment = tapir_span_of(NULL, 0);
        frame.direction = TAPIR_DIRECTION_UNKNOWN;
        frame.has_drops = frame.has_queue = false;
        assert_ok(sink, tapir_sink_write(sink, &frame));
        close_sink(sink);
        add_section(&expected);
        add_interface(&expected, 1, 0);
        add_full_packet(&expected, change ? "changed" : "said", change ? 0x80010002 : 0x80010001,
            change ? 13 : 12);
        add_packet(&expected, 0, 1000, 6, 6);
        assert_file(path, &expected);
        tapir_source_close(source);
        free(in.data);
        free(expected.data);
    }
}

/* What was taken off a read frame is gone. */
static void options_can_be_taken_off_a_read_frame(void **state)
{
    bytes in = {0}, expected = {0};
    tapir_sink *sink = open_ng(false);
    tapir_source *source;
    tapir_frame frame;
    size_t start;

    (void)state;
    add_section(&in);
    add_interface(&in, 1, 0);
    start = begin_packet(&in, 0, 1000, 4, 4);
    add_option(&in, 1, "x", 1);
    add_option_number(&in, 4, 8, 1);
    add_option_number(&in, 6, 4, 1);
    end_block(&in, start);
    source = open_bytes(&in);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    frame.comment = tapir_span_of(NULL, 0);
    frame.has_drops = frame.has_queue = false;
    assert_ok(sink, tapir_sink_add_interface(sink, tapir_source_interface(source, 0), NULL));
    assert_ok(sink, tapir_sink_write(sink, &frame));
    close_sink(sink);
    add_section(&expected);
    add_interface(&expected, 1, 0);
    add_packet(&expected, 0, 1000, 4, 4);
    assert_file(path, &expected);
    tapir_source_close(source);
    free(in.data);
    free(expected.data);
}

static void frame_without_time(tapir_sink *sink, bytes *expected)
{
    tapir_interface interface = {.link_type = 1, .snaplen = 6, .time_resolution = 6};
    tapir_frame frame = small_frame(6);
    size_t start;

    frame.has_time = false;
    frame.time = 0;
    assert_ok(sink, tapir_sink_add_interface(sink, &interface, NULL));
    assert_ok(sink, tapir_sink_write(sink, &frame));
    frame.caplen = 5; /* a simple packet block would have 6 */
    assert_ok(sink, tapir_sink_write(sink, &frame));
    frame.len = 5;
    assert_ok(sink, tapir_sink_write(sink, &frame));
    frame.direction = TAPIR_DIRECTION_IN;
    assert_ok(sink, tapir_sink_write(sink, &frame));
    add_section(expected);
    add_interface(expected, 1, 6);
    start = begin_block(expected, TAPIR_PCAPNG_SIMPLE_PACKET);
    add32(expected, 100);
    add(expected, packet_bytes, 6);
    end_block(expected, start);
    add_packet(expected, 0, 0, 5, 100);
    start = begin_block(expected, TAPIR_PCAPNG_SIMPLE_PACKET);
    add32(expected, 5);
    add(expected, packet_bytes, 5);
    end_block(expected, start);
    start = begin_packet(expected, 0, 0, 5, 5);
    add_option_number(expected, 2, 4, 1);
    add_option(expected, 0, "", 0);
    end_block(expected, start);
}

static void frames_without_time_are_simple_packets(void **state)
{
    (void)state;
    in_both_orders(frame_without_time);
}

static void other_blocks(tapir_sink *sink, bytes *expected)
{
    static const tapir_pcapng_name names[] = {
        {TAPIR_PCAPNG_IPV4, {(const uint8_t *)"\x0a\0\0\1", 4}, {(const uint8_t *)"ten", 3}},
        {TAPIR_PCAPNG_IPV6, {(const uint8_t *)"0123456789abcdef", 16}, {(const uint8_t *)"six", 3}},
        {TAPIR_PCAPNG_EUI48, {(const uint8_t *)"abcdef", 6}, {(const uint8_t *)"m", 1}},
        {TAPIR_PCAPNG_EUI64, {(const uint8_t *)"abcdefgh", 8}, {(const uint8_t *)"e64", 3}},
    };
    tapir_pcapng_statistics statistics = {
        .time = INT64_C(5000000),
        .start = INT64_C(1000000),
        .end = INT64_C(4000000),
        .has_start = true,
        .has_end = true,
        .received = 1,
        .dropped_by_interface = 2,
        .accepted_by_filter = 3,
        .dropped_by_os = UINT64_MAX,
        .delivered = 5,
    };
    tapir_interface interface = {.link_type = 1, .time_resolution = 6};
    tapir_pcapng_list list = {.big_endian = expected->big_endian};
    size_t start;

    tapir_pcapng_put_string(&list, TAPIR_OPTION_COMMENT, "why");
    assert_ok(sink, tapir_sink_add_names(sink, names, 4, &list));
    assert_ok(sink, tapir_sink_add_interface(sink, &interface, NULL));
    assert_ok(sink, tapir_sink_add_statistics(sink, 0, &statistics, &list));
    assert_ok(sink,
        tapir_sink_add_secrets(sink, TAPIR_SECRETS_TLS_KEY_LOG, tapir_span_of("secret", 6), &list));
    assert_ok(sink, tapir_sink_add_custom(sink, 32473, tapir_span_of("123", 3), true));
    assert_ok(sink, tapir_sink_add_custom(sink, 32473, tapir_span_of("45678", 5), false));
    assert_ok(sink, tapir_sink_add_journal(sink, tapir_span_of("A=b\n", 4)));
    assert_ok(sink, tapir_sink_add_block(sink, 0x12345678, tapir_span_of("xyz", 3), &list));
    assert_ok(sink, tapir_sink_add_block(sink, 0x12345679, tapir_span_of(NULL, 0), NULL));
    tapir_text_clear(&list.bytes);

    add_section(expected);
    start = begin_block(expected, TAPIR_PCAPNG_NAMES);
    for (size_t i = 0; i < TAPIR_COUNT(names); i++) {
        add16(expected, names[i].type);
        add16(expected, names[i].address.len + names[i].name.len + 1);
        add(expected, names[i].address.data, names[i].address.len);
        add(expected, names[i].name.data, names[i].name.len);
        add(expected, "", 1);
        add_padding(expected);
    }
    add32(expected, 0);
    add_option(expected, 1, "why", 3);
    add_option(expected, 0, "", 0);
    end_block(expected, start);
    add_interface(expected, 1, 0);
    start = begin_block(expected, TAPIR_PCAPNG_STATISTICS);
    add32(expected, 0);
    add32(expected, 0);
    add32(expected, 5000);
    for (unsigned code = 2; code < 4; code++) {
        add16(expected, code);
        add16(expected, 8);
        add32(expected, 0);
        add32(expected, code == 2 ? 1000 : 4000);
    }
    add_option_number(expected, 4, 8, 1);
    add_option_number(expected, 5, 8, 2);
    add_option_number(expected, 6, 8, 3);
    add_option_number(expected, 8, 8, 5);
    add_option(expected, 1, "why", 3);
    add_option(expected, 0, "", 0);
    end_block(expected, start);
    start = begin_block(expected, TAPIR_PCAPNG_SECRETS);
    add32(expected, TAPIR_SECRETS_TLS_KEY_LOG);
    add32(expected, 6);
    add(expected, "secret\0\0", 8);
    add_option(expected, 1, "why", 3);
    add_option(expected, 0, "", 0);
    end_block(expected, start);
    start = begin_block(expected, TAPIR_PCAPNG_CUSTOM);
    add32(expected, 32473);
    add(expected, "123", 3);
    end_block(expected, start);
    start = begin_block(expected, TAPIR_PCAPNG_CUSTOM_NOT_COPIED);
    add32(expected, 32473);
    add(expected, "45678", 5);
    end_block(expected, start);
    start = begin_block(expected, TAPIR_PCAPNG_JOURNAL);
    add(expected, "A=b\n", 4);
    end_block(expected, start);
    start = begin_block(expected, 0x12345678);
    add(expected, "xyz\0", 4);
    add_option(expected, 1, "why", 3);
    add_option(expected, 0, "", 0);
    end_block(expected, start);
    end_block(expected, begin_block(expected, 0x12345679));
}

static void every_kind_of_block_can_be_added(void **state)
{
    (void)state;
    in_both_orders(other_blocks);
}

/* Times come back as they went in, or rounded down to what the interface can express. */
static void times_of_every_resolution_come_back(void **state)
{
    static const int64_t times[] = {1, 999, 1000000000, INT64_C(1700000000123456789)};

    (void)state;
    for (unsigned resolution = 0; resolution < 256; resolution++)
        for (size_t i = 0; i < TAPIR_COUNT(times); i++) {
            tapir_interface interface = {
                .time_resolution = (uint8_t)resolution, .time_offset = i % 2 ? -5 : 0};
            uint64_t ticks;
            int64_t back;

            if (!tapir_pcapng_ticks(&interface, times[i], &ticks))
                continue; /* finer than 64 bits can tell */
            back = tapir_pcapng_time(&interface, ticks);
            if ((resolution & 0x7f) >= (resolution & 0x80 ? 30 : 9)) {
                assert_int_equal(back, times[i]);
            } else {
                assert_true(back <= times[i]);
                if (ticks < UINT64_MAX)
                    assert_true(tapir_pcapng_time(&interface, ticks + 1) > times[i]);
            }
        }
}

static void times_out_of_range_are_told(void **state)
{
    tapir_interface fine = {.time_resolution = 9}, coarse = {.time_resolution = 0};
    uint64_t ticks;

    (void)state;
    assert_false(tapir_pcapng_ticks(&fine, -1, &ticks));
    fine.time_offset = -1;
    assert_true(tapir_pcapng_ticks(&fine, -1, &ticks));
    assert_int_equal(ticks, 999999999);
    fine.time_offset = INT64_MIN;
    assert_false(tapir_pcapng_ticks(&fine, INT64_MAX, &ticks));
    assert_true(tapir_pcapng_ticks(&coarse, INT64_MAX, &ticks));
    assert_int_equal(ticks, INT64_MAX / 1000000000);
    for (unsigned exponent = 35; exponent < 128; exponent++) {
        tapir_interface interface = {.time_resolution = (uint8_t)(0x80 | exponent)};
        assert_false(tapir_pcapng_ticks(&interface, INT64_MAX, &ticks));
        assert_true(tapir_pcapng_ticks(&interface, 0, &ticks));
        assert_int_equal(ticks, 0);
    }
    for (unsigned exponent = 11; exponent < 128; exponent++) {
        tapir_interface interface = {.time_resolution = (uint8_t)exponent};
        assert_false(tapir_pcapng_ticks(&interface, INT64_MAX, &ticks));
        assert_true(tapir_pcapng_ticks(&interface, 0, &ticks));
    }
}

/* A timestamp in picoseconds is not rounded on its way through a frame's time. */
static void finer_timestamps_pass_through(void **state)
{
    bytes in = {0};
    tapir_sink *sink = open_ng(false);
    tapir_source *source;
    tapir_frame frame;
    size_t start;

    (void)state;
    add_section(&in);
    start = begin_interface(&in, 1, 0);
    add_option_number(&in, 9, 1, 12);
    add_option(&in, 0, "", 0);
    end_block(&in, start);
    add_packet(&in, 0, UINT64_C(1234567890123456789), 4, 4);
    source = open_bytes(&in);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_ok(sink, tapir_sink_add_interface(sink, tapir_source_interface(source, 0), NULL));
    assert_ok(sink, tapir_sink_write(sink, &frame));
    close_sink(sink);
    assert_file(path, &in);
    /* When the time was changed, it counts. */
    sink = open_ng(false);
    assert_ok(sink, tapir_sink_add_interface(sink, tapir_source_interface(source, 0), NULL));
    frame.time += 1;
    assert_ok(sink, tapir_sink_write(sink, &frame));
    close_sink(sink);
    tapir_source_close(source);
    source = open_written();
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.time, 1234567890123457);
    tapir_source_close(source);
    free(in.data);
}

static void what_makes_no_sense_is_refused(void **state)
{
    tapir_sink *sink = open_ng(false);
    tapir_pcapng_list other = {.big_endian = true}, broken = {.big_endian = false};
    tapir_interface interface = {.link_type = 1, .time_resolution = 6};
    tapir_pcapng_statistics statistics = {.time = -1};
    tapir_pcapng_name name = {TAPIR_PCAPNG_IPV4, {packet_bytes, 5}, {packet_bytes, 3}};
    tapir_frame frame = small_frame(4);
    tapir_pcapng_block block = {.type = 6, .body = {packet_bytes, 5}};
    bytes expected = {0};
    static uint8_t large[70000];

    (void)state;
    frame.interface = 1;
    assert_refused(sink, tapir_sink_write(sink, &frame), TAPIR_INVALID,
        "packet 1 is of interface 1; 0 were added to the section");
    assert_ok(sink, tapir_sink_add_interface(sink, &interface, NULL));
    frame.interface = 0;
    frame.link_type = TAPIR_LINK_TYPE_RAW;
    assert_refused(sink, tapir_sink_write(sink, &frame), TAPIR_INVALID,
        "packet 1 has link type 101; its interface 0 is of type 1");
    frame.link_type = 1;
    frame.time = -1;
    assert_refused(
        sink, tapir_sink_write(sink, &frame), TAPIR_INVALID, "its time, -1 ns since 1970");
    frame.time = 0;
    frame.caplen = UINT32_MAX;
    assert_refused(sink, tapir_sink_write(sink, &frame), TAPIR_INVALID, "too many for a block");
    frame.caplen = 4;
    tapir_pcapng_put_string(&other, 1, "x");
    assert_refused(
        sink, tapir_sink_write_options(sink, &frame, &other), TAPIR_INVALID, "is big-endian");
    tapir_pcapng_put_option(&broken, 1, tapir_span_of(large, sizeof large));
    assert_true(broken.bytes.failed);
    assert_refused(
        sink, tapir_sink_write_options(sink, &frame, &broken), TAPIR_INVALID, "is not whole");
    frame.comment = tapir_span_of(large, sizeof large);
    assert_refused(sink, tapir_sink_write(sink, &frame), TAPIR_INVALID, "is not whole");
    assert_refused(sink, tapir_sink_add_statistics(sink, 1, &statistics, NULL), TAPIR_INVALID,
        "statistics of interface 1");
    assert_refused(sink, tapir_sink_add_statistics(sink, 0, &statistics, NULL), TAPIR_INVALID,
        "statistics at -1 ns");
    assert_refused(sink, tapir_sink_add_names(sink, &name, 1, NULL), TAPIR_INVALID, "5 bytes");
    name.address.len = 4;
    assert_refused(sink, tapir_sink_add_names(sink, &name, 1, NULL), TAPIR_INVALID, "a name of 3");
    name.name.len = 0;
    assert_refused(sink, tapir_sink_add_names(sink, &name, 1, NULL), TAPIR_INVALID, "a name of 0");
    name.type = (tapir_pcapng_address)9;
    assert_refused(sink, tapir_sink_add_names(sink, &name, 1, NULL), TAPIR_INVALID, "kind 9");
    assert_refused(sink,
        tapir_sink_add_block(sink, TAPIR_PCAPNG_INTERFACE, tapir_span_of(NULL, 0), NULL),
        TAPIR_INVALID, "tapir_sink_add_interface");
    assert_refused(sink,
        tapir_sink_add_block(sink, TAPIR_PCAPNG_SECTION, tapir_span_of(NULL, 0), NULL),
        TAPIR_INVALID, "tapir_sink_start_section");
    assert_refused(
        sink, tapir_sink_copy_block(sink, &block, NULL), TAPIR_INVALID, "a block of 5 bytes");
    assert_refused(sink, tapir_sink_rotate(sink), TAPIR_INVALID, "no rotation");
    assert_int_equal(tapir_sink_packets(sink), 0);
    close_sink(sink);
    add_section(&expected);
    add_interface(&expected, 1, 0);
    assert_file(path, &expected);
    free(expected.data);
    tapir_text_clear(&other.bytes);
    tapir_text_clear(&broken.bytes);
}

static void pcap_refuses_what_it_cannot_hold(void **state)
{
    tapir_sink *sink = open_sink(NULL);
    tapir_interface interface = {.link_type = 1};
    tapir_pcapng_list list = {0};
    tapir_pcapng_block block = {.type = 6};
    tapir_frame frame = small_frame(4);
    tapir_sink_section section = {0};
    tapir_sink_options options = {.size = sizeof options, .section = &section};
    uint32_t index = 5;

    (void)state;
    assert_int_equal(tapir_sink_format_of(sink), TAPIR_FORMAT_PCAP);
    assert_int_equal(tapir_sink_interface_count(sink), 1);
    assert_ok(sink, tapir_sink_add_interface(sink, &interface, &index));
    assert_int_equal(index, 0);
    interface.link_type = 101;
    assert_refused(sink, tapir_sink_add_interface(sink, &interface, NULL), TAPIR_INVALID,
        "an interface of link type 101");
    assert_refused(sink, tapir_sink_write_options(sink, &frame, &list), TAPIR_UNSUPPORTED,
        "cannot hold options");
    assert_ok(sink, tapir_sink_write_options(sink, &frame, NULL));
    assert_refused(
        sink, tapir_sink_start_section(sink, NULL), TAPIR_UNSUPPORTED, "cannot hold sections");
    assert_refused(
        sink, tapir_sink_add_names(sink, NULL, 0, NULL), TAPIR_UNSUPPORTED, "cannot hold names");
    assert_refused(sink, tapir_sink_add_statistics(sink, 0, NULL, NULL), TAPIR_UNSUPPORTED,
        "cannot hold statistics");
    assert_refused(sink, tapir_sink_add_secrets(sink, 0, tapir_span_of(NULL, 0), NULL),
        TAPIR_UNSUPPORTED, "cannot hold secrets");
    assert_refused(sink, tapir_sink_add_custom(sink, 0, tapir_span_of(NULL, 0), true),
        TAPIR_UNSUPPORTED, "cannot hold custom blocks");
    assert_refused(sink, tapir_sink_add_journal(sink, tapir_span_of(NULL, 0)), TAPIR_UNSUPPORTED,
        "cannot hold blocks");
    assert_refused(sink, tapir_sink_copy_block(sink, &block, NULL), TAPIR_UNSUPPORTED,
        "cannot hold blocks; write pcapng");
    close_sink(sink);
    assert_not_opened(&options, TAPIR_UNSUPPORTED, "has no sections");
}

/* Comments that fill the buffer, packets larger than it, and everything at once. */
static void records_larger_than_the_buffer_are_whole(void **state)
{
    static char comment[40000];

    (void)state;
    memset(comment, 'c', sizeof comment - 1);
    for (size_t buffer = 0; buffer < 300; buffer += 17)
        for (unsigned each = 0; each < 2; each++) {
            tapir_sink_options options = ng_options(false);
            bytes expected = {0};
            tapir_sink *sink;
            size_t start;

            options.buffer = buffer + 1;
            options.each_frame = each;
            sink = open_sink(&options);
            add_section(&expected);
            add_interface(&expected, 1, 262144);
            for (unsigned i = 0; i < 20; i++) {
                tapir_frame frame = small_frame(i % 14);
                uint8_t data[2000];

                for (size_t j = 0; j < sizeof data; j++)
                    data[j] = (uint8_t)j;
                if (i % 3 == 0) {
                    frame.data = data;
                    frame.caplen = 50 * i;
                }
                if (i % 7 == 0)
                    frame.comment = tapir_span_of(comment, sizeof comment - 1);
                assert_ok(sink, tapir_sink_write(sink, &frame));
                start =
                    begin_packet(&expected, 0, UINT64_C(1700000000123456), frame.caplen, frame.len);
                if (frame.comment.len) {
                    add_option(&expected, 1, comment, sizeof comment - 1);
                    add_option(&expected, 0, "", 0);
                }
                end_block(&expected, start);
            }
            close_sink(sink);
            assert_file(path, &expected);
            free(expected.data);
        }
}

/* A disk that fills after so many bytes holds every block that is whole, and none in part. */
static void full_disk_keeps_whole_blocks(void **state)
{
    bytes whole;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    for (unsigned room = 0; room < 700; room += 3) {
        tapir_sink_options options = ng_options(room % 2);
        tapir_status status = TAPIR_OK;
        tapir_interface interface = {.link_type = 1};
        tapir_source *source;
        tapir_sink *sink;
        tapir_frame frame;
        tapir_error error;
        unsigned number = 0;
        char kept[64];

        options.buffer = room % 5 * 60 + 1;
        sink = open_sink(&options);
        limit_files(room);
        for (number = 1; number < 30 && status == TAPIR_OK; number++) {
            frame = small_frame(number % 14);
            if (number % 3 == 0)
                frame.comment = tapir_span_of("comment", 7);
            status = tapir_sink_write(sink, &frame);
        }
        if (status == TAPIR_OK) /* a thread may not have come to it yet */
            status = tapir_sink_flush(sink);
        assert_int_equal(status, TAPIR_IO);
        assert_int_equal(tapir_sink_write(sink, &frame), TAPIR_IO); /* final */
        assert_int_equal(tapir_sink_flush(sink), TAPIR_IO);
        assert_int_equal(tapir_sink_start_section(sink, NULL), TAPIR_IO);
        assert_int_equal(tapir_sink_add_interface(sink, &interface, NULL), TAPIR_IO);
        assert_int_equal(tapir_sink_add_journal(sink, tapir_span_of("", 0)), TAPIR_IO);
        limit_files(RLIM_INFINITY);
        whole = read_back(path);
        assert_true(whole.len <= room);
        number = 0;
        if (whole.len) {
            assert_int_equal(tapir_source_open_file(&source, path, NULL, &error), TAPIR_OK);
            while ((status = tapir_source_next(source, &frame)) == TAPIR_OK)
                number++;
            assert_int_equal(status, TAPIR_END);
            tapir_source_close(source);
        }
        snprintf(kept, sizeof kept, "kept %u packets, %zu bytes", number, whole.len);
        assert_message(tapir_sink_error(sink), kept);
        assert_message(tapir_sink_error(sink), "File too large");
        /* The next block would not have had room. */
        assert_true(whole.len + 84 > room);
        tapir_sink_close(sink, NULL);
        free(whole.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        written_test(frames_alone_make_a_file),
        written_test(file_without_frames_is_a_section),
        written_test(section_says_what_it_is_told),
        written_test(sections_begin_with_no_interface),
        written_test(interface_is_described_by_its_members),
        written_test(options_of_an_interface_are_kept),
        written_test(what_a_frame_says_becomes_options),
        written_test(options_of_a_read_frame_are_kept),
        written_test(options_can_be_taken_off_a_read_frame),
        written_test(frames_without_time_are_simple_packets),
        written_test(every_kind_of_block_can_be_added),
        written_test(times_of_every_resolution_come_back),
        written_test(times_out_of_range_are_told),
        written_test(finer_timestamps_pass_through),
        written_test(what_makes_no_sense_is_refused),
        written_test(pcap_refuses_what_it_cannot_hold),
        written_test(records_larger_than_the_buffer_are_whole),
        written_test(full_disk_keeps_whole_blocks),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
