/* DNS: names under their bound, sections, records and their data, messages on byte streams. */
#include "frames.h"
#include "tapir/encode.h"
#include "tapir/output.h"
#include "tapir/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A message being built. */
struct message {
    uint8_t bytes[65535];
    size_t len;
};

static struct message message;

static void put(const void *bytes, size_t len)
{
    assert_true(message.len + len <= sizeof message.bytes);
    memcpy(message.bytes + message.len, bytes, len);
    message.len += len;
}

#define PUT(literal) put("" literal, sizeof(literal) - 1)

static void put16(unsigned value)
{
    const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

    put(bytes, 2);
}

static void put32(uint32_t value)
{
    put16(value >> 16);
    put16(value & 0xffff);
}

static void start(unsigned flags, unsigned questions, unsigned answers, unsigned additionals)
{
    message.len = 0;
    put16(0x1234);
    put16(flags);
    put16(questions);
    put16(answers);
    put16(0);
    put16(additionals);
}

/* The rest of a question or the fixed part of a record, behind the name. */
static void put_question(unsigned type, unsigned rr_class)
{
    put16(type);
    put16(rr_class);
}

static void put_record(unsigned type, const void *data, size_t len)
{
    put_question(type, 1);
    put32(300);
    put16((unsigned)len);
    put(data, len);
}

#define PUT_RECORD(type, literal) put_record(type, "" literal, sizeof(literal) - 1)

static struct tapir_dns dns;
static tapir_layer layer;

/* Decodes the message alone, from a block of exactly its size. */
static uint8_t *exact;

static tapir_status decode(const tapir_proto *proto)
{
    free(exact);
    exact = malloc(message.len ? message.len : 1);
    assert_non_null(exact);
    memcpy(exact, message.bytes, message.len);
    memset(&dns, 0xa5, sizeof dns);
    return tapir_decode_alone(proto, tapir_span_of(exact, message.len), &dns, &layer);
}

static int free_exact(void **state)
{
    (void)state;
    free(exact);
    exact = NULL;
    return 0;
}

static const char *json_of(tapir_packet *packet)
{
    static tapir_text text;
    tapir_json *json = tapir_json_new();

    assert_non_null(json);
    text.len = 0;
    if (packet)
        tapir_json_packet(json, &text, packet);
    else
        tapir_text_clear(&text);
    tapir_json_free(json);
    return packet ? tapir_text_string(&text) : "";
}

/* The message as the payload of nothing, in JSON. */
static const char *json(const tapir_proto *proto)
{
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_frame frame = ethernet_frame(message.bytes, message.len, message.len);
    const char *text;

    tapir_packet_start_at(packet, &frame, proto);
    text = json_of(packet);
    tapir_packet_free(packet);
    return text;
}

static void assert_in(const char *part, const char *whole)
{
    if (!strstr(whole, part))
        fail_msg("no %s in %s", part, whole);
}

static void a_query_is_decoded(void **state)
{
    struct tapir_dns_question question;
    tapir_walk walk;
    char buffer[TAPIR_DNS_NAME_ROOM];
    tapir_text text = tapir_text_fixed(buffer, sizeof buffer);

    (void)state;
    start(0x0110, 2, 0, 0);
    PUT("\3www\7example\3com\0");
    put_question(28, 1);
    PUT("\2ns\xc0\x10");
    put_question(1, 255);
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_OK);
    assert_int_equal(dns.id, 0x1234);
    assert_int_equal(dns.flags, TAPIR_DNS_RECURSION_DESIRED | TAPIR_DNS_CHECKING_DISABLED);
    assert_int_equal(dns.question_count, 2);
    assert_false(dns.prefixed);
    walk = tapir_dns_questions(&dns);
    assert_non_null(tapir_walk_next(&walk, &question));
    assert_int_equal(question.type, 28);
    assert_int_equal(question.rr_class, 1);
    assert_non_null(tapir_walk_next(&walk, &question));
    tapir_dns_name_text(&text, &question.name);
    assert_string_equal(tapir_text_string(&text), "ns.example.com");
    assert_null(tapir_walk_next(&walk, &question));
    assert_false(walk.in.failed);
    assert_string_equal(tapir_dns_type_name(28), "AAAA");
    assert_null(tapir_dns_type_name(65280));
}

/* Names, the byte in front of which they start in a message that begins with "\1a\1b\0". */
static void names_print_as_wireshark_shows_them(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *text;
    } names[] = {
#define NAME(bytes, text) {bytes, sizeof(bytes) - 1, text}
        NAME("\0", "<Root>"),
        NAME("\3www\7example\3com\0", "www.example.com"),
        NAME("\3a.b\1c\0", "a.b.c"),
        NAME("\3a\\b\1c\0", "a\\b.c"),
        NAME("\7\r\n\x1b\a\b\v\f\2\t\1\1\x7f\0", "\\r\\n\\033\\a\\b\\v\\f.\\t\\001.\\177"),
        NAME("\2\0x\0", "\\000x"),
        NAME("\5caf\xc3\xa9\0", "caf\xc3\xa9"),
        NAME("\2\xff\xfe\0", "\xff\xfe"),
        NAME("\3\xe2\x80\x8b\2\xc2\x85\3\xe2\x80\xae\0", "\\u200B.\\u0085.\\u202E"),
        NAME("\4\xf3\xa0\x80\x81\0", "\\U000E0001"),
        NAME("\1x\xc0\x00", "x.a.b"),
        NAME("\xc0\x02", "b"),
        NAME("\xc0\x04", "<Root>"),
        NAME("\xc0\x05", "<Name contains a pointer that loops>"),
        NAME("\1x\xc0\x05", "<Name contains a pointer that loops>"),
        NAME("\1x\xc0\x06", "<Unknown extended label>"),
        NAME("\xc0\x07\xc0\x05", "<Name contains a pointer that loops>"),
        NAME("\xc0\x07\xc0\x0b\xc0\x0d\xc0\x09\xc0\x09", "<Name contains a pointer that loops>"),
        /* Forward is a fault, but shown. */
        NAME("\1x\xc0\x09\1y\0", "x.y"),
        NAME("\1x\xc0\x7f", "<Name ends outside the message>"),
        NAME("\1x\x41\1\0", "<Unknown extended label>"),
        NAME("\1x\x80", "<Unknown extended label>"),
        NAME("\1x\xc0", "<Name ends outside the message>"),
        NAME("\2x", "<Name ends outside the message>"),
        NAME("\1x", "<Name ends outside the message>"),
        NAME("", "<Name ends outside the message>"),
#undef NAME
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(names); i++) {
        uint8_t *bytes = malloc(5 + names[i].len);
        struct tapir_dns_name name = {tapir_span_of(bytes, 5 + names[i].len), 5};
        char buffer[TAPIR_DNS_NAME_ROOM];
        tapir_text text = tapir_text_fixed(buffer, sizeof buffer);

        memcpy(bytes, "\1a\1b\0", 5);
        memcpy(bytes + 5, names[i].bytes, names[i].len);
        tapir_text_char(&text, '=');
        tapir_dns_name_text(&text, &name);
        assert_string_equal(tapir_text_string(&text) + 1, names[i].text);
        free(bytes);
    }
}

static struct tapir_dns_name name_at(size_t offset)
{
    return (struct tapir_dns_name){tapir_span_of(message.bytes, message.len), (uint32_t)offset};
}

static void a_name_has_255_bytes_at_most(void **state)
{
    uint8_t wire[TAPIR_DNS_NAME_MAX];
    struct tapir_dns_name name = name_at(0);
    size_t len;

    (void)state;
    message.len = 0;
    for (unsigned i = 0; i < 127; i++)
        PUT("\1x");
    PUT("\0");
    name = name_at(0);
    assert_int_equal(tapir_dns_name_expand(&name, wire, &len), TAPIR_OK);
    assert_int_equal(len, 255);
    assert_memory_equal(wire, message.bytes, 255);
    assert_int_equal(tapir_dns_name_size(&name), 255);
    /* One more label in front. */
    PUT("\1y\xc0\0");
    name = name_at(255);
    assert_int_equal(tapir_dns_name_size(&name), 4);
    assert_int_equal(tapir_dns_name_expand(&name, wire, &len), TAPIR_MALFORMED);
    assert_int_equal(len, 255);
}

/* Pointers to pointers, each leading to the one before: `count` of them behind "\1a\0". */
static void put_pointers(unsigned count)
{
    PUT("\1a\0");
    for (unsigned i = 0; i < count; i++) {
        size_t before = i ? message.len - 2 : message.len - 3;
        put16(0xc000 | (unsigned)before);
    }
}

static void a_name_has_127_pointers_at_most(void **state)
{
    uint8_t wire[TAPIR_DNS_NAME_MAX];
    struct tapir_dns_name name;
    size_t len;

    (void)state;
    message.len = 0;
    put_pointers(128);
    name = name_at(message.len - 4);
    assert_int_equal(tapir_dns_name_expand(&name, wire, &len), TAPIR_OK);
    assert_int_equal(len, 3);
    name = name_at(message.len - 2);
    assert_int_equal(tapir_dns_name_expand(&name, wire, &len), TAPIR_MALFORMED);
    assert_int_equal(len, 1);
}

/* The bound that dns.h states: a message of 64 KiB, a quarter of it one chain of pointers and the
 * rest records whose names lead to its end, costs no more than TAPIR_DNS_NAME_STEPS a name, which
 * is linear in its size: a record has 12 bytes at least. Following the chains would cost 8000. */
static void expanding_all_names_is_linear_in_the_size_of_the_message(void **state)
{
    size_t names = 0, steps = 0, chain_end;
    struct tapir_dns_record record;
    tapir_walk walk;

    (void)state;
    start(0x8180, 1, 0, 0);
    PUT("\1a\0");
    put_question(1, 1);
    /* The chain lies in the data of the first record. */
    PUT("\xc0\x0c");
    put_question(65280, 1);
    put32(0);
    put16(16000);
    put16(0xc00c);
    for (unsigned i = 1; i < 8000; i++)
        put16(0xc000 | (unsigned)(message.len - 2));
    chain_end = message.len - 2;
    assert_true(chain_end < 0x4000);
    for (names = 1; message.len + 12 <= sizeof message.bytes; names++) {
        put16(0xc000 | (unsigned)chain_end);
        put_record(1, "", 0);
    }
    tapir_store_be(message.bytes + 6, 2, names);
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_OK);
    walk = tapir_dns_answers(&dns);
    while (tapir_walk_next(&walk, &record)) {
        tapir_dns_labels labels = tapir_dns_name_labels(&record.name);
        tapir_span label;
        while (tapir_dns_label_next(&labels, &label))
            ;
        assert_true(labels.steps <= TAPIR_DNS_NAME_STEPS);
        steps += labels.steps;
    }
    assert_int_equal(walk.index, names);
    assert_true(names > 4000);
    assert_true(steps <= message.len / 12 * TAPIR_DNS_NAME_STEPS);
    /* Every name but the first is broken, and says so. */
    assert_in("too many pointers", json(&tapir_dns_proto));
}

/* The other way to make names dear: long ones behind one pointer. */
static void long_names_cost_no_more(void **state)
{
    size_t names, steps = 0;
    struct tapir_dns_record record;
    tapir_walk walk;

    (void)state;
    start(0x8180, 1, 0, 0);
    for (unsigned i = 0; i < 127; i++)
        PUT("\1x");
    PUT("\0");
    put_question(1, 1);
    for (names = 0; message.len + 12 <= sizeof message.bytes; names++) {
        PUT("\xc0\x0c");
        put_record(1, "", 0);
    }
    tapir_store_be(message.bytes + 6, 2, names);
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_OK);
    walk = tapir_dns_answers(&dns);
    while (tapir_walk_next(&walk, &record)) {
        tapir_dns_labels labels = tapir_dns_name_labels(&record.name);
        tapir_span label;
        while (tapir_dns_label_next(&labels, &label))
            ;
        assert_int_equal(labels.steps, 128);
        steps += labels.steps;
    }
    assert_int_equal(steps, names * 128);
}

static void names_are_equal_in_either_case(void **state)
{
    struct tapir_dns_name a, b, c, d;

    (void)state;
    message.len = 0;
    PUT("\3WwW\2[x\0\3www\2[X\0\3www\2{x\0\1z\xc0\x17");
    a = name_at(0);
    b = name_at(8);
    c = name_at(16);
    d = name_at(24);
    assert_true(tapir_dns_name_equal(&a, &b));
    assert_false(tapir_dns_name_equal(&a, &c));
    assert_false(tapir_dns_name_equal(&a, &d));
    b = (struct tapir_dns_name){a.message, 4};
    assert_false(tapir_dns_name_equal(&a, &b));
    message.bytes[24] = 0xc0;
    message.bytes[25] = 24;
    d = name_at(24);
    assert_false(tapir_dns_name_equal(&d, &d));
}

static void sections_are_walked_apart(void **state)
{
    static const unsigned counts[3] = {2, 1, 3};
    struct tapir_dns_record record;
    tapir_walk walks[3];

    (void)state;
    start(0x8180, 0, 2, 3);
    tapir_store_be(message.bytes + 8, 2, 1);
    for (unsigned i = 0; i < 6; i++) {
        PUT("\1a\0");
        put_record(1, "\1\2\3", i % 4);
    }
    PUT("end");
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_OK);
    walks[0] = tapir_dns_answers(&dns);
    walks[1] = tapir_dns_authorities(&dns);
    walks[2] = tapir_dns_additionals(&dns);
    for (unsigned i = 0, place = 0; i < 3; i++)
        for (unsigned j = 0; j <= counts[i]; j++) {
            const tapir_record *found = tapir_walk_next(&walks[i], &record);
            if (j == counts[i]) {
                assert_null(found);
                break;
            }
            assert_non_null(found);
            assert_int_equal(record.data.len, place++ % 4);
            assert_int_equal(record.ttl, 300);
        }
    assert_int_equal(dns.extraneous.len, 3);
    assert_in(
        "\"dns.extraneous.data\":\"65:6e:64\",\"dns.extraneous.length\":3", json(&tapir_dns_proto));
}

static void a_message_that_ends_early_keeps_its_whole_records(void **state)
{
    struct tapir_dns_record record;
    tapir_walk walk;
    size_t whole;

    (void)state;
    start(0x8180, 0, 2, 1);
    PUT("\1a\0");
    PUT_RECORD(1, "\1\2\3\4");
    whole = message.len;
    PUT("\1b\0");
    PUT_RECORD(1, "\5\6\7\x08");
    for (size_t end = message.len; message.len >= whole; message.len--) {
        assert_int_equal(decode(&tapir_dns_proto), TAPIR_CUT);
        assert_true(layer.partial);
        walk = tapir_dns_answers(&dns);
        assert_non_null(tapir_walk_next(&walk, &record));
        assert_int_equal(record.data.data[0], 1);
        if (message.len == end)
            assert_non_null(tapir_walk_next(&walk, &record));
        assert_null(tapir_walk_next(&walk, &record));
    }
}

static void a_broken_name_is_said_with_its_place_and_the_rest_is_kept(void **state)
{
    tapir_packet *packet = tapir_packet_new(NULL);
    const tapir_problem *problem;
    tapir_frame frame;
    const char *text;

    (void)state;
    start(0x8180, 1, 2, 0);
    PUT("\1q\0");
    put_question(1, 1);
    PUT("\1a\xc0\x13");
    PUT_RECORD(1, "\1\2\3\4");
    PUT("\1b\0");
    PUT_RECORD(1, "\5\6\7\x08");
    frame = ethernet_frame(message.bytes, message.len, message.len);
    tapir_packet_start_at(packet, &frame, &tapir_dns_proto);
    assert_int_equal(tapir_packet_finish(packet), TAPIR_MALFORMED);
    problem = tapir_packet_problem(packet, tapir_packet_layer(packet, 0));
    assert_non_null(problem);
    assert_int_equal(problem->offset, 21);
    assert_string_equal(problem->reason, "Name contains a pointer that loops");
    text = json_of(packet);
    assert_in("\"dns.resp.name\":[\"<Name contains a pointer that loops>\",\"b\"]", text);
    assert_in("\"dns.a\":[\"1.2.3.4\",\"5.6.7.8\"]", text);
    tapir_packet_free(packet);
}

static void a_broken_name_in_data_is_said_and_all_records_are_kept(void **state)
{
    tapir_packet *packet = tapir_packet_new(NULL);
    const tapir_problem *problem;
    tapir_frame frame;

    (void)state;
    start(0x8180, 1, 3, 0);
    PUT("\1q\0");
    put_question(1, 1);
    PUT("\1a\0");
    PUT_RECORD(15, "\0\1\1m\x80\x0c");
    PUT("\1b\0");
    PUT_RECORD(2, "\xff\xff");
    PUT("\1c\0");
    PUT_RECORD(1, "\5\6\7\x08");
    frame = ethernet_frame(message.bytes, message.len, message.len);
    tapir_packet_start_at(packet, &frame, &tapir_dns_proto);
    assert_int_equal(tapir_packet_finish(packet), TAPIR_MALFORMED);
    problem = tapir_packet_problem(packet, tapir_packet_layer(packet, 0));
    assert_non_null(problem);
    assert_int_equal(problem->offset, 36);
    assert_string_equal(problem->reason, "Unknown extended label");
    assert_in("\"dns.a\":\"5.6.7.8\"", json_of(packet));
    tapir_packet_free(packet);
}

static void nothing_is_found_behind_a_label_of_unknown_kind(void **state)
{
    struct tapir_dns_record record;
    tapir_walk walk;

    (void)state;
    start(0x8180, 0, 3, 0);
    PUT("\1a\0");
    PUT_RECORD(1, "\1\2\3\4");
    PUT("\1b\x41\1\0");
    PUT_RECORD(1, "\5\6\7\x08");
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_MALFORMED);
    walk = tapir_dns_answers(&dns);
    assert_non_null(tapir_walk_next(&walk, &record));
    assert_null(tapir_walk_next(&walk, &record));
    assert_int_equal(dns.extraneous.len, 0);
}

/* Data of records. */

static struct tapir_dns_record record_of(unsigned type, const void *data, size_t len)
{
    struct tapir_dns_record record;
    tapir_walk walk;

    start(0x8180, 0, 1, 0);
    PUT("\3foo\0");
    put_record(type, data, len);
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_OK);
    walk = tapir_dns_answers(&dns);
    assert_non_null(tapir_walk_next(&walk, &record));
    return record;
}

#define RECORD(type, literal) record_of(type, "" literal, sizeof(literal) - 1)

static void data_is_typed(void **state)
{
    struct tapir_dns_record record;
    struct tapir_dns_data data;
    char buffer[64];
    tapir_text text = tapir_text_fixed(buffer, sizeof buffer);

    (void)state;
    record = RECORD(33, "\0\1\0\2\1\xbb\1t\xc0\x0c");
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    assert_int_equal(data.srv.priority, 1);
    assert_int_equal(data.srv.weight, 2);
    assert_int_equal(data.srv.port, 443);
    tapir_dns_name_text(&text, &data.srv.target);
    assert_string_equal(tapir_text_string(&text), "t.foo");
    record = RECORD(6, "\xc0\x0c\1h\xc0\x0c\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5");
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    assert_int_equal(data.soa.serial, 1);
    assert_int_equal(data.soa.minimum_ttl, 5);
    record = RECORD(257, "\x80\5issueca.example");
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    assert_int_equal(data.caa.flags, 0x80);
    assert_int_equal(data.caa.tag.len, 5);
    assert_memory_equal(data.caa.value.data, "ca.example", 10);
    record = RECORD(65281, "\0\1\0\0\0\0\0\1\0\0\0\2\0\0\0\1\1\2\3\4\5\6\7\x08");
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    assert_int_equal(data.wins.server_count, 1);
    record = RECORD(65399, "abc");
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    assert_int_equal(data.all.len, 3);
}

static void data_that_ends_early_is_cut(void **state)
{
    struct tapir_dns_record record = RECORD(33, "\0\1\0\2");
    struct tapir_dns_data data;

    (void)state;
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_CUT);
    assert_int_equal(data.srv.weight, 2);
    assert_int_equal(data.srv.port, 0);
    assert_null(strstr(json(&tapir_dns_proto), "dns.srv.port"));
    assert_in("\"dns.srv.weight\":2", json(&tapir_dns_proto));
}

/* RFC 4034 5.4: the key of dskey.example.com has the tag 60485. */
static void key_tags_are_computed(void **state)
{
    static const uint8_t key[] = {0x01, 0x00, 0x03, 0x05, 0x01, 0x03, 0x9e, 0x8a, 0x24, 0x74, 0x18,
        0xe3, 0x18, 0x90, 0x3b, 0x21, 0x5a, 0x84, 0x8a, 0xcf, 0xd5, 0xf3, 0x7f, 0x02, 0x6b, 0xd4,
        0x06, 0x2d, 0xb2, 0x6c, 0x77, 0x4c, 0x69, 0x09, 0x68, 0xd5, 0xd5, 0x6d, 0xf8, 0xbf, 0xda,
        0x91, 0xe6, 0xf3, 0x6d, 0x9a, 0x27, 0x98, 0x88, 0xf4, 0x13, 0x33, 0x35, 0x7c, 0x5e, 0x60,
        0x29, 0x99, 0x0d, 0x10, 0xfd, 0xf5, 0x66, 0x30, 0x62, 0xa5, 0x12, 0x76, 0x33, 0x26, 0x98,
        0x0a, 0x61, 0x5d, 0xdb, 0xf1, 0x7a, 0x05, 0xdd, 0xfc, 0xce, 0x7e, 0x5f, 0xb3, 0xab, 0xcc,
        0xa0, 0x5a, 0x31, 0xb0, 0x95, 0x74, 0x52, 0xd4, 0x52, 0x1e, 0x83, 0x87, 0x07, 0x89, 0x06,
        0x31, 0x15, 0xbf, 0x97, 0xf6, 0xc3, 0x08, 0xcc, 0xf5, 0x7c, 0xdc, 0x9c, 0xe7, 0xfe, 0x10,
        0xf6, 0xed, 0x1b, 0xd0, 0xcc, 0x06, 0x60, 0x03, 0x8c, 0x50, 0xdc, 0xdb, 0x0f, 0xeb, 0x96,
        0x3c, 0x2f, 0x17};
    struct tapir_dns_record record = record_of(48, key, sizeof key);
    struct tapir_dns_data data;

    (void)state;
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    assert_int_equal(data.dnskey.key_tag, 60485);
    /* RSA/MD5: bytes of the modulus (RFC 4034 B.1). */
    record = RECORD(48, "\1\0\3\1abcdef\x11\x12\x13");
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    assert_int_equal(data.dnskey.key_tag, 0x1112);
}

static void bitmaps_list_their_types(void **state)
{
    struct tapir_dns_record record = RECORD(47, "\0\0\6\x40\1\0\0\0\3\1\1\x40");
    static const uint16_t expected[] = {1, 15, 46, 47, 257};
    struct tapir_dns_data data;
    struct tapir_dns_item item;
    tapir_walk walk;
    size_t count = 0;

    (void)state;
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    walk = tapir_dns_data_items(&data);
    while (tapir_walk_next(&walk, &item))
        for (unsigned i = 0; i < item.type_count; i++)
            assert_int_equal(item.types[i], expected[count++]);
    assert_int_equal(count, TAPIR_COUNT(expected));
    assert_false(walk.in.failed);
    /* A block that announces more than there is ends the list. */
    record = RECORD(47, "\0\0\6\x40\1");
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    walk = tapir_dns_data_items(&data);
    while (tapir_walk_next(&walk, &item))
        ;
    assert_true(walk.in.failed);
    assert_int_equal(walk.index, 2);
}

static void options_of_edns_are_decoded(void **state)
{
    struct tapir_dns_record record;
    struct tapir_dns_data data;
    struct tapir_dns_item item;
    struct tapir_dns_value value;
    tapir_walk options, values;

    (void)state;
    start(0x0100, 0, 0, 1);
    PUT("\0");
    put16(41);
    put16(1232);
    put32(0x12008000);
    put16(15);
    PUT("\0\x08\0\7\0\1\x18\0\xc6\x33\x64\0\x03\0\0");
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_OK);
    options = tapir_dns_additionals(&dns);
    assert_non_null(tapir_walk_next(&options, &record));
    assert_int_equal(record.payload_size, 1232);
    assert_int_equal(record.high_rcode, 0x12);
    assert_int_equal(record.edns_version, 0);
    assert_int_equal(record.edns_flags, TAPIR_EDNS_DO);
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    options = tapir_dns_data_items(&data);
    assert_non_null(tapir_walk_next(&options, &item));
    assert_int_equal(item.code, 8);
    values = tapir_dns_item_values(&item);
    assert_non_null(tapir_walk_next(&values, &value));
    assert_int_equal(value.number, 1);
    assert_int_equal(value.family_prefix, 24);
    assert_memory_equal(value.address4, "\xc6\x33\x64\0", 4);
    assert_null(tapir_walk_next(&values, &value));
    assert_non_null(tapir_walk_next(&options, &item));
    assert_int_equal(item.code, 3);
    assert_null(tapir_walk_next(&options, &item));
    assert_in("\"dns.opt.client.addr4\":\"198.51.100.0\"", json(&tapir_dns_proto));
    assert_in("\"dns.opt.data\":[\"00:01:18:00:c6:33:64\",\"\"]", json(&tapir_dns_proto));
}

static void parameters_of_services_are_decoded(void **state)
{
    struct tapir_dns_record record =
        RECORD(65, "\0\1\0\0\1\0\6\2h2\2h3\0\3\0\2\1\xbb\0\4\0\x08\1\2\3\4\5\6\7\x08");
    struct tapir_dns_data data;
    struct tapir_dns_item item;
    struct tapir_dns_value value;
    tapir_walk parameters, values;
    unsigned count = 0;

    (void)state;
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    assert_int_equal(data.svcb.priority, 1);
    parameters = tapir_dns_data_items(&data);
    while (tapir_walk_next(&parameters, &item)) {
        values = tapir_dns_item_values(&item);
        while (tapir_walk_next(&values, &value))
            count++;
    }
    assert_int_equal(count, 2 + 1 + 2);
    assert_in("\"dns.svcb.svcparam.alpn\":[\"h2\",\"h3\"]", json(&tapir_dns_proto));
    assert_in(
        "\"dns.svcb.svcparam.ipv4hint.ip\":[\"1.2.3.4\",\"5.6.7.8\"]", json(&tapir_dns_proto));
}

static void long_data_is_printed_whole(void **state)
{
    static uint8_t zeroes[8000];
    const char *text, *at;

    (void)state;
    record_of(43, zeroes, sizeof zeroes);
    text = json(&tapir_dns_proto);
    at = strstr(text, "\"dns.ds.digest\":\"");
    assert_non_null(at);
    assert_int_equal(strcspn(at + 17, "\""), (sizeof zeroes - 4) * 3 - 1);
}

static void updates_have_their_own_counts(void **state)
{
    (void)state;
    start(0x2800, 1, 1, 0);
    PUT("\3foo\0");
    put_question(6, 1);
    PUT("\1a\xc0\x0c");
    put_question(255, 255);
    put32(0);
    put16(0);
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_OK);
    assert_in("\"dns.count.zones\":1,\"dns.count.prerequisites\":1,\"dns.count.updates\":0",
        json(&tapir_dns_proto));
    assert_null(strstr(json(&tapir_dns_proto), "dns.count.queries"));
}

static void flags_are_those_of_the_message(void **state)
{
    (void)state;
    start(0x0100, 0, 0, 0);
    assert_null(strstr(json(&tapir_dns_proto), "rcode"));
    assert_null(strstr(json(&tapir_dns_proto), "authenticated"));
    start(0x0120, 0, 0, 0);
    assert_in("\"dns.flags.authenticated\":true", json(&tapir_dns_proto));
    start(0x8583, 0, 0, 0);
    assert_in("\"dns.flags.authoritative\":true", json(&tapir_dns_proto));
    assert_in("\"dns.flags.rcode\":3", json(&tapir_dns_proto));
    assert_in("\"dns.flags.conflict\":true", json(&tapir_llmnr_proto));
    assert_null(strstr(json(&tapir_llmnr_proto), "recdesired"));
}

static void multicast_takes_a_bit_of_the_class(void **state)
{
    struct tapir_dns_question question;
    struct tapir_dns_record record;
    tapir_walk walk;

    (void)state;
    start(0x8400, 1, 1, 0);
    PUT("\1a\0");
    put_question(1, 0x8001);
    PUT("\1a\0");
    put_question(1, 0x8001);
    put32(120);
    put16(0);
    assert_int_equal(decode(&tapir_mdns_proto), TAPIR_OK);
    walk = tapir_dns_questions(&dns);
    assert_non_null(tapir_walk_next(&walk, &question));
    assert_int_equal(question.rr_class, 1);
    assert_true(question.unicast_response);
    walk = tapir_dns_answers(&dns);
    assert_non_null(tapir_walk_next(&walk, &record));
    assert_int_equal(record.rr_class, 1);
    assert_true(record.cache_flush);
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_OK);
    walk = tapir_dns_questions(&dns);
    assert_non_null(tapir_walk_next(&walk, &question));
    assert_int_equal(question.rr_class, 0x8001);
}

/* Messages on byte streams. */

/* Ethernet / IPv4 / TCP 50000 > 53 with `payload` bytes behind; returns the frame's length. */
static size_t tcp_frame(uint8_t *frame, const void *payload, size_t len)
{
    static const uint8_t head[54] = {[12] = 0x08,
        [14] = 0x45,
        [22] = 64,
        [23] = 6,
        [34] = 0xc3,
        0x50,
        0,
        53,
        [46] = 0x50,
        0x18,
        0xff,
        0xff};

    memcpy(frame, head, sizeof head);
    tapir_store_be(frame + 16, 2, 40 + len);
    memcpy(frame + 54, payload, len);
    return 54 + len;
}

/* Three messages, each behind its length. */
static void put_three(void)
{
    message.len = 0;
    for (unsigned i = 0; i < 3; i++) {
        put16(12 + 7);
        put16(i);
        PUT("\1\0\0\1\0\0\0\0\0\0\1x\0\0\1\0\1");
    }
}

static void every_message_of_a_segment_is_a_layer(void **state)
{
    uint8_t bytes[200], buffer[64];
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_frame frame;
    size_t count, len;
    const tapir_layer *layers;

    (void)state;
    put_three();
    len = tcp_frame(bytes, message.bytes, message.len);
    frame = ethernet_frame(bytes, len, len);
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_OK);
    layers = tapir_packet_layers(packet, &count);
    assert_int_equal(count, 6);
    for (size_t i = 0; i < 3; i++) {
        const struct tapir_dns *found = TAPIR_AS(&layers[3 + i], dns);
        tapir_stack_layer stack = {&tapir_dns_proto, found};
        tapir_span encoded;
        assert_non_null(found);
        assert_true(found->prefixed);
        assert_int_equal(found->length, 19);
        assert_int_equal(found->id, i);
        assert_int_equal(layers[3 + i].header_len, 21);
        assert_int_equal(tapir_encode(&stack, 1, buffer, sizeof buffer, &encoded, NULL), TAPIR_OK);
        assert_int_equal(encoded.len, 21);
        assert_memory_equal(encoded.data, layers[3 + i].start, 21);
    }
    tapir_packet_free(packet);
}

static void the_known_stack_parser_sees_the_prefix_too(void **state)
{
    uint8_t bytes[200];
    struct tapir_ethernet ethernet;
    struct tapir_ipv4 ip;
    struct tapir_tcp tcp;
    const tapir_parser_slot slots[] = {{&tapir_ethernet_proto, &ethernet}, {&tapir_ipv4_proto, &ip},
        {&tapir_tcp_proto, &tcp}, {&tapir_dns_proto, &dns}};
    tapir_layer layers[8];
    tapir_parsed parsed = {.layers = layers, .room = 8};
    tapir_parser parser;
    tapir_frame frame;
    size_t len;

    (void)state;
    put_three();
    len = tcp_frame(bytes, message.bytes, message.len);
    frame = ethernet_frame(bytes, len, len);
    tapir_parser_init(&parser, NULL, &tapir_ethernet_proto, slots, TAPIR_COUNT(slots));
    assert_int_equal(tapir_parser_decode(&parser, &frame, &parsed), TAPIR_OK);
    assert_int_equal(parsed.count, 6);
    assert_int_equal(dns.length, 19);
    assert_int_equal(dns.id, 2);
}

static void the_known_stack_parser_leaves_part_of_a_message_too(void **state)
{
    uint8_t bytes[200];
    struct tapir_ethernet ethernet;
    struct tapir_ipv4 ip;
    struct tapir_tcp tcp;
    const tapir_parser_slot slots[] = {{&tapir_ethernet_proto, &ethernet}, {&tapir_ipv4_proto, &ip},
        {&tapir_tcp_proto, &tcp}, {&tapir_dns_proto, &dns}};
    tapir_layer layers[8];
    tapir_parsed parsed = {.layers = layers, .room = 8};
    tapir_parser parser;
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_frame frame;
    size_t count, len;

    (void)state;
    put_three();
    len = tcp_frame(bytes, message.bytes, message.len - 5);
    frame = ethernet_frame(bytes, len, len);
    tapir_parser_init(&parser, NULL, &tapir_ethernet_proto, slots, TAPIR_COUNT(slots));
    assert_int_equal(tapir_parser_decode(&parser, &frame, &parsed), TAPIR_OK);
    assert_int_equal(parsed.count, 5);
    assert_int_equal(parsed.rest.len, 16);
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_OK);
    tapir_packet_layers(packet, &count);
    assert_int_equal(count, 6);
    assert_ptr_equal(tapir_packet_layer(packet, 5)->proto, &tapir_data_proto);
    tapir_packet_free(packet);
}

static void a_message_that_the_capture_cuts_is_truncated(void **state)
{
    uint8_t bytes[200];
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_frame frame;
    size_t count, len;
    const tapir_layer *layers;
    const tapir_problem *problem;

    (void)state;
    put_three();
    len = tcp_frame(bytes, message.bytes, message.len);
    frame = ethernet_frame(bytes, len - 5, len);
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_TRUNCATED);
    layers = tapir_packet_layers(packet, &count);
    assert_int_equal(count, 6);
    assert_int_equal(layers[4].status, TAPIR_OK);
    assert_int_equal(layers[5].status, TAPIR_TRUNCATED);
    problem = tapir_packet_problem(packet, &layers[5]);
    assert_int_equal(problem->needed, 19);
    assert_int_equal(problem->had, 14);
    assert_int_equal(problem->offset, 54 + 42 + 2);
    assert_int_equal(TAPIR_AS(&layers[5], dns)->id, 2);
    tapir_packet_free(packet);
}

static void a_message_longer_than_its_length_is_malformed(void **state)
{
    uint8_t bytes[200];
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_frame frame;
    size_t count, len;
    const tapir_layer *layers;

    (void)state;
    message.len = 0;
    put16(15);
    PUT("\0\1\1\0\0\1\0\0\0\0\0\0\1x\0\0\1\0\1");
    len = tcp_frame(bytes, message.bytes, message.len);
    frame = ethernet_frame(bytes, len, len);
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_MALFORMED);
    layers = tapir_packet_layers(packet, &count);
    assert_int_equal(layers[3].status, TAPIR_MALFORMED);
    assert_int_equal(layers[3].header_len, 17);
    assert_int_equal(tapir_packet_problem(packet, &layers[3])->offset, 54 + 17);
    tapir_packet_free(packet);
}

static void encoding_takes_the_header_from_the_struct(void **state)
{
    uint8_t buffer[64];
    tapir_stack_layer stack = {&tapir_dns_proto, &dns};
    tapir_span encoded;

    (void)state;
    start(0x0100, 1, 0, 0);
    PUT("\1x\0");
    put_question(1, 1);
    PUT("more");
    assert_int_equal(decode(&tapir_dns_proto), TAPIR_OK);
    dns.id = 0xbeef;
    dns.additional_count = 7;
    assert_int_equal(tapir_encode(&stack, 1, buffer, sizeof buffer, &encoded, NULL), TAPIR_OK);
    assert_int_equal(encoded.len, message.len);
    tapir_store_be(message.bytes, 2, 0xbeef);
    tapir_store_be(message.bytes + 10, 2, 7);
    assert_memory_equal(encoded.data, message.bytes, message.len);
    dns.prefixed = true;
    dns.length = 999;
    assert_int_equal(tapir_encode(&stack, 1, buffer, sizeof buffer, &encoded, NULL), TAPIR_OK);
    assert_int_equal(encoded.len, message.len + 2);
    assert_int_equal(tapir_load_be(encoded.data, 2), 999);
}

static int free_text(void **state)
{
    (void)state;
    json_of(NULL);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_query_is_decoded, free_exact),
        cmocka_unit_test(names_print_as_wireshark_shows_them),
        cmocka_unit_test(a_name_has_255_bytes_at_most),
        cmocka_unit_test(a_name_has_127_pointers_at_most),
        cmocka_unit_test_teardown(
            expanding_all_names_is_linear_in_the_size_of_the_message, free_exact),
        cmocka_unit_test_teardown(long_names_cost_no_more, free_exact),
        cmocka_unit_test(names_are_equal_in_either_case),
        cmocka_unit_test_teardown(sections_are_walked_apart, free_exact),
        cmocka_unit_test_teardown(a_message_that_ends_early_keeps_its_whole_records, free_exact),
        cmocka_unit_test(a_broken_name_is_said_with_its_place_and_the_rest_is_kept),
        cmocka_unit_test(a_broken_name_in_data_is_said_and_all_records_are_kept),
        cmocka_unit_test_teardown(nothing_is_found_behind_a_label_of_unknown_kind, free_exact),
        cmocka_unit_test_teardown(data_is_typed, free_exact),
        cmocka_unit_test_teardown(data_that_ends_early_is_cut, free_exact),
        cmocka_unit_test_teardown(key_tags_are_computed, free_exact),
        cmocka_unit_test_teardown(bitmaps_list_their_types, free_exact),
        cmocka_unit_test_teardown(options_of_edns_are_decoded, free_exact),
        cmocka_unit_test_teardown(parameters_of_services_are_decoded, free_exact),
        cmocka_unit_test_teardown(long_data_is_printed_whole, free_exact),
        cmocka_unit_test_teardown(updates_have_their_own_counts, free_exact),
        cmocka_unit_test(flags_are_those_of_the_message),
        cmocka_unit_test_teardown(multicast_takes_a_bit_of_the_class, free_exact),
        cmocka_unit_test(every_message_of_a_segment_is_a_layer),
        cmocka_unit_test(the_known_stack_parser_sees_the_prefix_too),
        cmocka_unit_test(the_known_stack_parser_leaves_part_of_a_message_too),
        cmocka_unit_test(a_message_that_the_capture_cuts_is_truncated),
        cmocka_unit_test(a_message_longer_than_its_length_is_malformed),
        cmocka_unit_test_teardown(encoding_takes_the_header_from_the_struct, free_exact),
    };

    return cmocka_run_group_tests(tests, NULL, free_text);
}
