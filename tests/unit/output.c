/* Trees, JSON, columns and hex, with a protocol that has a field of every kind. */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct entry {
    uint8_t type;
    tapir_span value;
};

struct every {
    uint8_t number, nibble;
    uint16_t little;
    int8_t less;
    bool flag;
    uint8_t bytes[2], mac[6], ipv4[4], ipv6[16];
    tapir_span string, entries, rest;
};

#define LONG_NAME "every.name_that_is_longer_than_any_name_should_be_so_that_its_key_has_no_room"

static const tapir_label labels[] = {{3, "three"}, {0, NULL}};
static const tapir_part parts[] = {TAPIR_PART("every.number.high", 0xf0, "High half", NULL),
    TAPIR_PART("every.number.low", 0x01, "Lowest bit", NULL), TAPIR_PARTS_END};

static const tapir_field entry_fields[] = {
    TAPIR_FIELD(entry, type, "every.entry.type", TAPIR_UINT, 0, "Type", .labels = labels),
    TAPIR_FIELD(entry, value, "every.entry.value", TAPIR_STRING, 0, "Value"),
};
static const tapir_record entry_record = TAPIR_RECORD("Entry", entry_fields);
static const tapir_record *const entry_records[] = {&entry_record};

/* Type, length, value. */
static const tapir_record *entry_next(tapir_walk *walk, void *item)
{
    struct entry *entry = item;

    entry->type = tapir_take_u8(&walk->in);
    entry->value = tapir_take_span(&walk->in, tapir_take_u8(&walk->in));
    return walk->in.failed ? NULL : &entry_record;
}

static const tapir_list entry_list = {sizeof(struct entry), entry_next, entry_records, 1};

static void print_rest(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *rest = member;

    (void)item;
    tapir_text_printf(text, "%zu \"left\"", rest->len);
}

static const tapir_field every_fields[] = {
    TAPIR_FIELD(
        every, number, "every.number", TAPIR_UINT, 8, "Number", .base = TAPIR_HEX, .parts = parts),
    TAPIR_FIELD(every, nibble, LONG_NAME, TAPIR_UINT, 4, "Nibble", .scale = 4, .labels = labels),
    TAPIR_FIELD(every, flag, "every.flag", TAPIR_FLAG, 4, "Flag"),
    TAPIR_FIELD(
        every, little, "every.little", TAPIR_UINT_LE, 16, "Little-endian", .alias = "every.alias"),
    TAPIR_FIELD(every, less, "every.less", TAPIR_INT, 8, "Signed", .alias = "every.alias"),
    TAPIR_FIELD(every, bytes, "every.bytes", TAPIR_BYTES, 16, "Bytes"),
    TAPIR_FIELD(every, mac, "every.mac", TAPIR_MAC, 48, "MAC"),
    TAPIR_FIELD(every, ipv4, "every.ipv4", TAPIR_IPV4, 32, "IPv4"),
    TAPIR_FIELD(every, ipv6, "every.ipv6", TAPIR_IPV6, 128, "IPv6"),
    TAPIR_FIELD(every, string, "every.string", TAPIR_STRING, 0, "Text"),
    TAPIR_FIELD(every, entries, "every.entries", TAPIR_LIST, 0, "Entries", .list = &entry_list),
    TAPIR_FIELD(every, rest, "every.rest", TAPIR_TEXT, 0, "What is left", .print = print_rest),
};

static tapir_status every_decode(tapir_decoder *d, void *layer)
{
    struct every *every = layer;

    TAPIR_LOAD(&d->in, every, every_fields);
    every->string = tapir_take_span(&d->in, 4);
    every->entries = tapir_take_span(&d->in, 6);
    every->rest = tapir_take_rest(&d->in);
    return TAPIR_OK;
}

static const tapir_binding every_bindings[] = {{TAPIR_UDP_PORT, 7}};
static const tapir_proto every_proto = {.name = "every",
    .title = "Every kind",
    .spec = "",
    TAPIR_FIELDS(every_fields),
    .size = sizeof(struct every),
    .decode = every_decode,
    TAPIR_BINDINGS(every_bindings)};

static const uint8_t every_bytes[] = {0x31, 0x31, 0x34, 0x12, 0xfe, 0xab, 0xcd, 2, 0, 0, 0, 0, 1,
    10, 0, 0, 1, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'a', '"', '\n', 0xff,
    3, 1, 'x', 4, 1, 'y', 9, 9};

static tapir_registry *registry;
static tapir_packet *packet;
static tapir_text text;

static int set_up(void **state)
{
    (void)state;
    registry = tapir_registry_new(tapir_registry_default());
    if (!registry || tapir_registry_add(registry, &every_proto) != TAPIR_OK)
        return -1;
    packet = tapir_packet_new(registry);
    return packet ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tapir_packet_free(packet);
    tapir_registry_free(registry);
    tapir_text_clear(&text);
    return 0;
}

/* The protocol alone in a frame of `len` of its bytes. */
static tapir_frame start(size_t len)
{
    return (tapir_frame){.data = every_bytes, .caplen = (uint32_t)len, .len = (uint32_t)len};
}

static const char *json_of(const tapir_frame *frame)
{
    tapir_json *json = tapir_json_new();

    assert_non_null(json);
    text.len = 0;
    for (int i = 0; i < 3; i++) { /* the second and third time from what was kept */
        text.len = 0;
        tapir_packet_start_at(packet, frame, &every_proto);
        tapir_json_packet(json, &text, packet);
    }
    tapir_json_free(json);
    return tapir_text_string(&text);
}

static void json_has_every_kind(void **state)
{
    tapir_frame frame = start(sizeof every_bytes);

    (void)state;
    assert_string_equal(json_of(&frame),
        "{\"number\":0,\"interface\":0,\"caplen\":45,\"len\":45,\"layers\":[{\"name\":\"every\","
        "\"offset\":0,\"header\":45,\"payload\":0,\"fields\":{\"every.number\":49,"
        "\"every.number.high\":3,\"every.number.low\":true,\"" LONG_NAME "\":12,"
        "\"every.flag\":true,\"every.little\":4660,\"every.less\":-2,\"every.bytes\":\"ab:cd\","
        "\"every.mac\":\"02:00:00:00:00:01\",\"every.ipv4\":\"10.0.0.1\","
        "\"every.ipv6\":\"2001:db8::1\",\"every.string\":\"a\\\"\\u000a\\ufffd\","
        "\"every.rest\":\"2 \\\"left\\\"\",\"every.entry.type\":[3,4],"
        "\"every.entry.value\":[\"x\",\"y\"]}}]}\n");
}

static void json_remembers_the_right_numbers(void **state)
{
    tapir_json *json = tapir_json_new();
    uint8_t bytes[sizeof every_bytes];
    char wanted[64];

    (void)state;
    assert_non_null(json);
    memcpy(bytes, every_bytes, sizeof bytes);
    for (unsigned round = 0; round < 2 * 256; round++) {
        tapir_frame frame = {.data = bytes, .caplen = sizeof bytes, .len = sizeof bytes};
        unsigned number = round * 37 % 256;
        bytes[0] = (uint8_t)number;
        snprintf(wanted, sizeof wanted, "\"every.number\":%u,\"every.number.high\":%u,", number,
            number >> 4);
        text.len = 0;
        tapir_packet_start_at(packet, &frame, &every_proto);
        tapir_json_packet(json, &text, packet);
        assert_non_null(strstr(tapir_text_string(&text), wanted));
    }
    tapir_json_free(json);
}

static void json_leaves_out_what_is_not_there(void **state)
{
    tapir_frame frame = start(2);

    (void)state;
    assert_non_null(
        strstr(json_of(&frame), "\"fields\":{\"every.number\":49,\"every.number.high\":3,\"every."
                                "number.low\":true,\"" LONG_NAME "\":12,\"every.flag\":true"));
    assert_null(strstr(json_of(&frame), "every.little"));
}

static void json_in_too_little_room_fails_the_text(void **state)
{
    tapir_frame frame = start(sizeof every_bytes);
    tapir_json *json = tapir_json_new();
    static char buffer[4096];

    (void)state;
    assert_non_null(json);
    for (size_t room = 0; room < 1200; room += 7) {
        tapir_text small = tapir_text_fixed(buffer, room);
        tapir_packet_start_at(packet, &frame, &every_proto);
        tapir_json_packet(json, &small, packet);
        assert_true(small.failed);
        assert_true(small.len <= room);
    }
    tapir_json_free(json);
}

static void tree_has_every_kind(void **state)
{
    tapir_frame frame = start(sizeof every_bytes);

    (void)state;
    text.len = 0;
    tapir_packet_start_at(packet, &frame, &every_proto);
    tapir_tree_packet(&text, packet, NULL);
    assert_string_equal(tapir_text_string(&text),
        "Packet 0, 45 bytes\n"
        "Every kind (every), bytes 0-44\n"
        "    every.number                            0x31 (low)\n"
        "      every.number.high                     3\n"
        "      every.number.low                      True\n"
        "    " LONG_NAME "  12 (three)\n"
        "    every.flag                              True\n"
        "    every.little                            4660\n"
        "    every.less                              -2\n"
        "    every.bytes                             ab:cd\n"
        "    every.mac                               02:00:00:00:00:01\n"
        "    every.ipv4                              10.0.0.1\n"
        "    every.ipv6                              2001:db8::1\n"
        "    every.string                            \"a\"\\n\xef\xbf\xbd\"\n"
        "    Entry\n"
        "      every.entry.type                      3 (three)\n"
        "      every.entry.value                     \"x\"\n"
        "    Entry\n"
        "      every.entry.type                      4\n"
        "      every.entry.value                     \"y\"\n"
        "    every.rest                              2 \"left\"\n");
}

static const char *line_of(
    const tapir_frame *frame, const char *const *names, size_t count, tapir_columns_format format)
{
    tapir_error error = {.message = ""};
    tapir_columns *columns = tapir_columns_new(registry, names, count, &error);

    assert_string_equal(error.message, "");
    assert_non_null(columns);
    text.len = 0;
    tapir_packet_start_at(packet, frame, &every_proto);
    tapir_columns_packet(columns, &text, packet, &format);
    tapir_columns_free(columns);
    return tapir_text_string(&text);
}

static void columns_have_every_kind(void **state)
{
    static const char *const names[] = {"every.number", "every.number.high", "every.number.low",
        LONG_NAME, "every.flag", "every.little", "every.less", "every.bytes", "every.mac",
        "every.ipv4", "every.ipv6", "every.string", "every.entries", "every.rest", "every"};
    tapir_frame frame = start(sizeof every_bytes);

    (void)state;
    assert_string_equal(line_of(&frame, names, TAPIR_COUNT(names),
                            (tapir_columns_format){.separator = " ", .aggregator = ","}),
        "0x31 3 1 12 1 4660 -2 abcd 02:00:00:00:00:01 10.0.0.1 2001:db8::1 a\"\\n\xef\xbf\xbd "
        "030178040179 2 \"left\" Every kind\n");
}

static void columns_gather_several_values(void **state)
{
    static const char *const names[] = {
        "every.alias", "every.entry.value", "every.entry.type", "every.entry.value", "frame.len"};
    tapir_frame frame = start(sizeof every_bytes);
    tapir_columns_format format = {.separator = " ", .aggregator = ","};

    (void)state;
    assert_string_equal(
        line_of(&frame, names, TAPIR_COUNT(names), format), "4660,-2 x,y 3,4 x,y 45\n");
    format.occurrence = TAPIR_OCCURRENCE_FIRST;
    assert_string_equal(line_of(&frame, names, TAPIR_COUNT(names), format), "4660 x 3 x 45\n");
    format.occurrence = TAPIR_OCCURRENCE_LAST;
    assert_string_equal(line_of(&frame, names, TAPIR_COUNT(names), format), "-2 y 4 y 45\n");
}

static void columns_of_a_broken_header_are_those_it_reaches(void **state)
{
    static const char *const names[] = {"every.flag", "every.little", "every.entry.type"};
    tapir_frame frame = start(2);

    (void)state;
    assert_string_equal(line_of(&frame, names, TAPIR_COUNT(names),
                            (tapir_columns_format){.separator = "|", .aggregator = ","}),
        "1||\n");
}

static void columns_quote(void **state)
{
    static const char *const names[] = {"every.string", "every.less", "tcp.port"};
    tapir_frame frame = start(sizeof every_bytes);
    tapir_columns_format format = {.separator = ",", .aggregator = ";", .csv = true};

    (void)state;
    assert_string_equal(
        line_of(&frame, names, TAPIR_COUNT(names), format), "\"a\"\"\\n\xef\xbf\xbd\",-2,\n");
    format = (tapir_columns_format){.separator = ",", .aggregator = ";", .quote = '\''};
    assert_string_equal(
        line_of(&frame, names, TAPIR_COUNT(names), format), "'a\"\\n\xef\xbf\xbd','-2',\n");
}

static void unknown_column_is_an_error_with_a_hint(void **state)
{
    static const char *const names[] = {"ip.src", "every.litle"};
    tapir_error error;

    (void)state;
    assert_null(tapir_columns_new(registry, names, 2, &error));
    assert_int_equal(error.code, TAPIR_NOT_FOUND);
    assert_string_equal(error.message, "no field 'every.litle'; did you mean every.little?");
    assert_null(tapir_columns_new(NULL, names, 2, &error));
    assert_null(tapir_columns_new(NULL, names, 2, NULL));
}

static void every_name_can_be_a_column_check(void *user, const char *name)
{
    tapir_columns *columns = tapir_columns_new(registry, &name, 1, NULL);

    assert_non_null(columns);
    tapir_columns_free(columns);
    ++*(size_t *)user;
}

static void every_name_can_be_a_column(void **state)
{
    size_t count = 0;

    (void)state;
    tapir_columns_names(registry, every_name_can_be_a_column_check, &count);
    assert_true(count > 100);
}

static void last_layer_is_the_last_one_decoded(void **state)
{
    static const char *const names[] = {"frame.protocols", "udp.length"};
    static const tapir_columns_format format = {.separator = " ", .aggregator = ","};
    tapir_frame frame = ethernet_frame(udp_frame, 60, 60);
    tapir_columns *columns = tapir_columns_new(NULL, names, 2, NULL);
    size_t count;

    (void)state;
    assert_non_null(columns);
    tapir_columns_set_last(columns, &tapir_ipv4_proto);
    tapir_packet_start(packet, &frame);
    text.len = 0;
    tapir_columns_packet(columns, &text, packet, &format);
    assert_string_equal(tapir_text_string(&text), "eth:ip \n");
    tapir_packet_so_far(packet, &count);
    assert_int_equal(count, 2);
    /* A packet that was decoded before shows no more than that either. */
    tapir_packet_finish(packet);
    text.len = 0;
    tapir_columns_packet(columns, &text, packet, &format);
    assert_string_equal(tapir_text_string(&text), "eth:ip \n");
    tapir_columns_free(columns);
}

static void hex_has_offsets_and_characters(void **state)
{
    (void)state;
    text.len = 0;
    tapir_hex_text(&text, tapir_span_of("0123456789abcdef\x01~", 18), 0x20, 2);
    assert_string_equal(tapir_text_string(&text),
        "  0020  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66   0123456789abcdef\n"
        "  0030  01 7e                                              .~\n");
    text.len = 0;
    tapir_hex_text(&text, tapir_span_of("x", 1), 0x10000, 0);
    assert_string_equal(tapir_text_string(&text),
        "00010000  78                                                 x\n");
    text.len = 0;
    tapir_hex_text(&text, tapir_span_of(NULL, 0), 0, 0);
    assert_int_equal(text.len, 0);
}

static void lines_are_safe_for_terminals(void **state)
{
    static const char evil[] = "ok\t\x1b[2J\x7f\xc2\x9b\xc3\xa4\xff\xed\xa0\x80";

    (void)state;
    text.len = 0;
    tapir_text_line(&text, tapir_span_of(evil, sizeof evil - 1));
    assert_string_equal(tapir_text_string(&text),
        "ok\\t\\x1b[2J\\x7f\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void nothing_is_freed_quietly(void **state)
{
    (void)state;
    tapir_json_free(NULL);
    tapir_columns_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_every_kind),
        cmocka_unit_test(json_remembers_the_right_numbers),
        cmocka_unit_test(json_leaves_out_what_is_not_there),
        cmocka_unit_test(json_in_too_little_room_fails_the_text),
        cmocka_unit_test(tree_has_every_kind),
        cmocka_unit_test(columns_have_every_kind),
        cmocka_unit_test(columns_gather_several_values),
        cmocka_unit_test(columns_of_a_broken_header_are_those_it_reaches),
        cmocka_unit_test(columns_quote),
        cmocka_unit_test(unknown_column_is_an_error_with_a_hint),
        cmocka_unit_test(every_name_can_be_a_column),
        cmocka_unit_test(last_layer_is_the_last_one_decoded),
        cmocka_unit_test(hex_has_offsets_and_characters),
        cmocka_unit_test(lines_are_safe_for_terminals),
        cmocka_unit_test(nothing_is_freed_quietly),
    };

    return cmocka_run_group_tests_name("output", tests, set_up, tear_down);
}
