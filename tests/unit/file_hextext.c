/* Packets read from text in hexadecimal: every program's dump, times, and messages with a place. */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static tapir_source *open_text(const char *text, const tapir_hex_options *options)
{
    tapir_source *source;

    assert_int_equal(
        tapir_source_open_hex_memory(&source, text, strlen(text), "text", options, NULL), TAPIR_OK);
    return source;
}

/* The frames of a text, as "45000054 1122 ", a time before the bytes as "1.500000000=". */
static void assert_reads(const char *text, const tapir_hex_options *options, const char *expected)
{
    tapir_source *source = open_text(text, options);
    tapir_text read = {0};
    tapir_frame frame;
    tapir_status status;

    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        assert_int_equal(frame.caplen, frame.len);
        if (frame.has_time) {
            tapir_epoch_text(&read, frame.time);
            tapir_text_char(&read, '=');
        }
        tapir_text_hex_bytes(&read, tapir_span_of(frame.data, frame.caplen), '\0');
        tapir_text_char(&read, ' ');
    }
    if (status != TAPIR_END) {
        tapir_text_put(&read, tapir_source_error(source)->message);
        assert_int_equal(status, TAPIR_DAMAGED);
        /* It stays where it is. */
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_DAMAGED);
    }
    assert_string_equal(tapir_text_string(&read), expected);
    tapir_text_clear(&read);
    tapir_source_close(source);
}

static const tapir_hex_options lines = {.size = sizeof lines, .format = TAPIR_HEX_LINES};
static const tapir_hex_options dump = {.size = sizeof dump, .format = TAPIR_HEX_DUMP};

static void lines_of_digits_are_packets(void **state)
{
    (void)state;
    assert_reads("# two packets\n4500\n\n  11 22:33-44,0x55, 0x66 # and so on\r\n", NULL,
        "4500 112233445566 ");
    assert_reads("\\x45\\x0a", NULL, "450a ");
    assert_reads("45 00", &lines, "4500 ");
    assert_reads("# nothing\n", &lines, "");
    assert_reads("000012 34\n", &lines, "00001234 ");
}

static void dumps_of_every_program_are_read(void **state)
{
    (void)state;
    /* od -Ax -tx1, tshark -x, text2pcap */
    assert_reads("000000 41 42 43\n000003\n", NULL, "414243 ");
    assert_reads("0000  41 42 43                                          ABC\n\n0000  44\n", NULL,
        "414243 44 ");
    assert_reads("000000 41 42 43 44\n000004 45\n", NULL, "4142434445 ");
    /* tcpdump -X, xxd */
    assert_reads("20:00:00 IP x\n\t0x0000:  4142 43                                  ABC\n", &dump,
        "72000.000000000=414243 ");
    assert_reads("00000000: 4142 4344 4546 4748 494a 4b4c 4d4e 4f50  ABCDEFGHIJKLMNOP\n"
                 "00000010: 4142                                     AB\n",
        NULL, "4142434445464748494a4b4c4d4e4f504142 ");
    /* hexdump -C */
    assert_reads("00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  |ABCDEFGHIJKLMNOP|\n"
                 "00000010  41 42                                             |AB|\n00000012\n",
        NULL, "4142434445464748494a4b4c4d4e4f504142 ");
    /* Forwarded by mail. */
    assert_reads("> 0000 41 42\n> 0002 43\n", &dump, "414243 ");
}

static void characters_that_look_like_bytes_are_none(void **state)
{
    (void)state;
    /* Eight a line: the next offset tells, then the width is known. */
    assert_reads(
        "0000  41 42 43 44 45 46 47 48  ABCDEFAB\n0008  41 42 43 44 45 46 47 48  ABCDEFAB\n", NULL,
        "41424344454647484142434445464748 ");
    assert_reads("0000  41 42   abcd\n", NULL, "4142 ");
}

static void a_star_repeats_the_row(void **state)
{
    (void)state;
    assert_reads("000000 01 02\n*\n000006 03\n000007\n", NULL, "01020102010203 ");
    assert_reads("000000 01 02\n*\n000005\n", NULL, "0102010201 ");
    assert_reads("000000\n*\nfffffffffffffff0\n", &dump, " ");
    assert_reads("000000 01\n*\nffffffffffff 02\n", &dump,
        "text: line 3, column 13: a packet of more than 16777216 bytes (max_packet)");
}

static void parts_and_made_up_bytes_are_passed_over(void **state)
{
    (void)state;
    assert_reads("Frame (2 bytes):\n0000  41 42\nReassembled TCP (3 bytes):\n0000  41 42 43\n\n"
                 "Frame (1 bytes):\n0000  44\n",
        NULL, "4142 44 ");
    assert_reads("OSI unknown\n\t0x0000:  4500\n\t0x0000:  0007 4500\nIP\n\t0x0000:  11\n", NULL,
        "00074500 11 ");
    assert_reads("\t0x0000:  4500\n\t0x0000:  0007 4500\n", NULL, "4500 00074500 ");
    assert_reads("IP6\n  option\n\t    0x0000:  86c8\n\t0x0000:  3333\n", NULL, "3333 ");
}

static void times_stand_before_packets(void **state)
{
    tapir_hex_options given = dump;

    (void)state;
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    assert_reads(
        "2026-01-02T03:04:05.123456789Z\n0000 01\n0000 02\n", NULL, "1767323045.123456789=01 02 ");
    assert_reads("2026-01-02 04:04:05.5 IP a > b\n0000 01\n", NULL, "1767323045.500000000=01 ");
    assert_reads("2026-01-02T03:04:05+01:00\n0000 01\n", NULL, "1767319445.000000000=01 ");
    assert_reads("    7  1767323045.000001 ARP\n0000 01\n", NULL, "1767323045.000001000=01 ");
    assert_reads("IP 10.0.0.1 > 10.0.0.2\n0000 01\n10.0.0.1 > 10.0.0.2\n0000 02\n", NULL, "01 02 ");
    assert_reads("12:00\n0000 01\n", &dump, "01 ");
    given.time_format = "%d.%m.%Y %H:%M:%S.%f";
    assert_reads("I 02.01.2026 04:04:05.25\n0000 01\n", &given, "1767323045.250000000=01 ");
    given.time_format = "%Y %m %d %H %M %SZ";
    assert_reads("2026 01 02 03 04 05Z\n0000 01\n", &given, "1767323045.000000000=01 ");
    given.time_format = "%s.%f";
    assert_reads("1767323045.5\n0000 01\n99999999999999.1\n0000 02\n", &given,
        "1767323045.500000000=01 02 ");
    unsetenv("TZ");
    tzset();
}

static void offsets_may_be_octal_or_decimal(void **state)
{
    tapir_hex_options given = dump;

    (void)state;
    given.offset_base = 8;
    assert_reads("000 1 \n", &given, "text: line 1, column 5: '1' has an odd number of digits");
    assert_reads("000 01 02 03 04 05 06 07 08\n010 09\n", &given, "010203040506070809 ");
    given.offset_base = 10;
    assert_reads("000 01 02 03 04 05 06 07 08 09 0a\n010 0b\n", &given, "0102030405060708090a0b ");
    given.offset_base = 7;
    assert_int_equal(
        tapir_source_open_hex_memory(&(tapir_source *){NULL}, "00", 2, "text", &given, NULL),
        TAPIR_INVALID);
}

static void mistakes_have_line_and_column(void **state)
{
    (void)state;
    assert_reads("4500\n\n4500 0054 zz 11\n", NULL,
        "4500 text: line 3, column 11: 'zz' is no hexadecimal number");
    assert_reads("4500zz11", &lines, "text: line 1, column 5: 'zz11' is no hexadecimal number");
    assert_reads(
        "4500 005", &lines, "text: line 1, column 8: '5' is half a byte: two digits make one");
    assert_reads("0000 11\n0000 45 zz 00\n", NULL,
        "11 text: line 2, column 9: 'zz' is no hexadecimal number");
    assert_reads(
        "0000 450 00\n", NULL, "text: line 1, column 6: '450' has an odd number of digits");
    assert_reads("0000 11 22\n0010 33\n", NULL,
        "text: line 2, column 1: the offset is 0x10 where 0x2 was expected");
    assert_reads("x\n0010 33\n", NULL,
        "text: line 2, column 1: the offset is 0x10, but a packet begins with 0");
    assert_reads("hello\n", NULL,
        "text: has no packet in hexadecimal: no line of digits, no dump that begins with offset 0");
    assert_reads("00 \033[1m", &lines, "text: line 1, column 4: '?[1m' is no hexadecimal number");
}

static void sizes_are_bounded(void **state)
{
    tapir_hex_options given = lines;

    (void)state;
    given.max_packet = 2;
    assert_reads("1122\n112233\n", &given,
        "1122 text: line 2, column 7: a packet of more than 2 bytes (max_packet)");
}

static void long_lines_are_read_from_a_file(void **state)
{
    enum { LEN = 1 << 20 };
    char path[] = "/tmp/tapir-hex-XXXXXX", digits[] = "0123456789abcdef";
    tapir_source *source;
    tapir_frame frame;
    FILE *file = fdopen(mkstemp(path), "w");

    (void)state;
    assert_non_null(file);
    for (unsigned i = 0; i < LEN; i++) {
        fputc(digits[i >> 4 & 15], file);
        fputc(digits[i & 15], file);
    }
    fputs("\r\n45\r\n", file);
    fclose(file);
    assert_int_equal(tapir_source_open_hex(&source, path, NULL, NULL), TAPIR_OK);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.caplen, LEN);
    for (unsigned i = 0; i < LEN; i++)
        assert_int_equal(frame.data[i], (uint8_t)i);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.caplen, 1);
    assert_int_equal(frame.number, 2);
    assert_int_equal(frame.offset, 2 * LEN + 2);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
    tapir_source_close(source);
    remove(path);
}

static void link_type_is_ethernet_or_as_given(void **state)
{
    tapir_hex_options given = {.size = sizeof given, .has_link_type = true};
    tapir_source *source = open_text("45", NULL);
    tapir_frame frame;

    (void)state;
    assert_string_equal(tapir_source_format(source), "hex");
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.link_type, TAPIR_LINK_TYPE_ETHERNET);
    tapir_source_close(source);
    source = open_text("45", &given);
    assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
    assert_int_equal(frame.link_type, TAPIR_LINK_TYPE_NULL);
    assert_int_equal(tapir_source_interface(source, 0)->frames, 1);
    tapir_source_close(source);
}

/* Whatever the text, the source comes to an end. */
static void any_text_ends(void **state)
{
    static const char letters[] = "0000  45 zz:*#\n\n\tx|>Z.IO 2026-01-02T";
    uint32_t random = 1;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        char text[80];
        tapir_source *source;
        tapir_frame frame;
        tapir_hex_options options = {.size = sizeof options, .format = round % 3};
        for (size_t i = 0; i < sizeof text; i++) {
            random = random * 1664525 + 1013904223;
            text[i] = letters[(random >> 16) % (sizeof letters - 1)];
        }
        assert_int_equal(tapir_source_open_hex_memory(
                             &source, text, 1 + round % sizeof text, "text", &options, NULL),
            TAPIR_OK);
        for (unsigned frames = 0; tapir_source_next(source, &frame) == TAPIR_OK; frames++)
            assert_true(frames < sizeof text && frame.caplen < (16 << 20));
        tapir_source_close(source);
    }
}

/* Packets written in a form are read back the same. */
static void forms_are_read_back(void **state)
{
    static const tapir_form forms[] = {TAPIR_FORM_HEX, TAPIR_FORM_TEXT2PCAP, TAPIR_FORM_TEXT2PCAP};
    tapir_packet *packet = tapir_packet_new(NULL);
    uint8_t data[100];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(0x41 + i % 6); /* characters that are digits */
    for (size_t i = 0; i < TAPIR_COUNT(forms); i++) {
        tapir_text text = {0};
        tapir_source *source;
        tapir_frame frame = {.data = data, .link_type = 1, .time = 1767323045123456789};
        frame.has_time = true;
        for (uint32_t len = 1; len <= sizeof data; len++) {
            frame.caplen = frame.len = len;
            frame.number = len;
            tapir_packet_start(packet, &frame);
            tapir_form_packet(&text, packet, forms[i], &(tapir_form_options){.ascii = i == 2});
        }
        source = open_text(tapir_text_string(&text), NULL);
        for (uint32_t len = 1; len <= sizeof data; len++) {
            assert_int_equal(tapir_source_next(source, &frame), TAPIR_OK);
            assert_int_equal(frame.caplen, len);
            assert_memory_equal(frame.data, data, len);
            assert_int_equal(frame.has_time, i > 0);
            assert_int_equal(frame.time, i > 0 ? 1767323045123456789 : 0);
        }
        assert_int_equal(tapir_source_next(source, &frame), TAPIR_END);
        tapir_source_close(source);
        tapir_text_clear(&text);
    }
    tapir_packet_free(packet);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_digits_are_packets),
        cmocka_unit_test(dumps_of_every_program_are_read),
        cmocka_unit_test(characters_that_look_like_bytes_are_none),
        cmocka_unit_test(a_star_repeats_the_row),
        cmocka_unit_test(parts_and_made_up_bytes_are_passed_over),
        cmocka_unit_test(times_stand_before_packets),
        cmocka_unit_test(offsets_may_be_octal_or_decimal),
        cmocka_unit_test(mistakes_have_line_and_column),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(long_lines_are_read_from_a_file),
        cmocka_unit_test(link_type_is_ethernet_or_as_given),
        cmocka_unit_test(any_text_ends),
        cmocka_unit_test(forms_are_read_back),
    };

    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests_name("file_hextext", tests, NULL, NULL);
}
