/* DNS messages, written and read back. */
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static uint8_t room[70000];
static tapir_dns_writer m;
static struct tapir_dns dns;

static const uint8_t addresses[32] = {0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5};

static int start(void **state)
{
    (void)state;
    m = tapir_dns_writer_of(room, sizeof room, 0x1234, TAPIR_DNS_RESPONSE);
    return 0;
}

static tapir_span text(const char *string)
{
    return tapir_span_of(string, strlen(string));
}

static void assert_bytes(tapir_span bytes, const void *expected, size_t len)
{
    assert_int_equal(bytes.len, len);
    assert_memory_equal(bytes.data, expected, len);
}

static void assert_name(struct tapir_dns_name name, const char *expected)
{
    char buffer[TAPIR_DNS_NAME_ROOM];
    tapir_text shown = tapir_text_fixed(buffer, sizeof buffer);

    tapir_dns_name_text(&shown, &name);
    assert_string_equal(tapir_text_string(&shown), expected);
}

static void finish(void)
{
    assert_int_equal(tapir_dns_finish(&m, &dns), TAPIR_OK);
    assert_null(m.trouble);
}

static void assert_trouble(tapir_status status, const char *trouble)
{
    assert_int_equal(tapir_dns_finish(&m, &dns), status);
    assert_non_null(m.trouble);
    if (!strstr(m.trouble, trouble))
        print_error("\"%s\" instead of \"%s\"\n", m.trouble, trouble);
    assert_non_null(strstr(m.trouble, trouble));
    assert_int_equal(dns.message.len, 0);
    start(NULL);
}

/* The data of the only answer. */
static struct tapir_dns_data only(uint16_t type)
{
    struct tapir_dns_record record;
    static struct tapir_dns_data data;
    tapir_walk walk;

    finish();
    assert_int_equal(dns.answer_count, 1);
    walk = tapir_dns_answers(&dns);
    assert_non_null(tapir_walk_next(&walk, &record));
    assert_int_equal(tapir_left(&walk.in), 0);
    assert_name(record.name, "example.com");
    assert_int_equal(record.type, type);
    assert_int_equal(record.rr_class, 1);
    assert_int_equal(record.ttl, 300);
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    start(NULL);
    return data;
}

static void a_message_has_what_it_was_given(void **state)
{
    struct tapir_dns_question question;
    struct tapir_dns again;
    tapir_walk walk;

    (void)state;
    tapir_dns_put_question(&m, "example.com", TAPIR_DNS_TYPE_MX, 1);
    tapir_dns_put_mx(&m, "example.com", 300, 10, "mail.example.com");
    tapir_dns_put_mx(&m, "example.com", 300, 20, "mail2.example.com.");
    tapir_dns_section(&m, TAPIR_DNS_AUTHORITIES);
    tapir_dns_put_ns(&m, "example.com", 300, "ns.example.com");
    tapir_dns_section(&m, TAPIR_DNS_ADDITIONALS);
    tapir_dns_put_opt(&m, 1232, 0, 0, TAPIR_EDNS_DO, tapir_span_of(NULL, 0));
    finish();
    assert_int_equal(dns.question_count, 1);
    assert_int_equal(dns.answer_count, 2);
    assert_int_equal(dns.authority_count, 1);
    assert_int_equal(dns.additional_count, 1);
    assert_int_equal(dns.length, dns.message.len);
    walk = tapir_dns_questions(&dns);
    assert_non_null(tapir_walk_next(&walk, &question));
    assert_name(question.name, "example.com");
    assert_int_equal(question.type, TAPIR_DNS_TYPE_MX);
    assert_int_equal(question.rr_class, 1);
    /* Decoded from its bytes it is the same. */
    assert_int_equal(tapir_decode_alone(&tapir_dns_proto, dns.message, &again, NULL), TAPIR_OK);
    assert_int_equal(again.id, 0x1234);
    assert_int_equal(again.flags, TAPIR_DNS_RESPONSE);
    assert_int_equal(again.shape, dns.shape);
    assert_int_equal(again.additional_count, 1);
    assert_int_equal(again.answers.len, dns.answers.len);
    assert_ptr_equal(again.additionals.data, dns.additionals.data);
    assert_int_equal(again.extraneous.len, 0);
}

static void records_are_read_back(void **state)
{
    struct tapir_dns_data data;

    (void)state;
    tapir_dns_put_a(&m, "example.com", 300, addresses);
    assert_memory_equal(only(TAPIR_DNS_TYPE_A).address4, addresses, 4);
    tapir_dns_put_aaaa(&m, "example.com", 300, addresses);
    assert_memory_equal(only(TAPIR_DNS_TYPE_AAAA).address6, addresses, 16);
    tapir_dns_put_ns(&m, "example.com", 300, "a.b");
    assert_name(only(TAPIR_DNS_TYPE_NS).name, "a.b");
    tapir_dns_put_cname(&m, "example.com", 300, "c.d");
    assert_name(only(TAPIR_DNS_TYPE_CNAME).name, "c.d");
    tapir_dns_put_ptr(&m, "example.com", 300, "e.f");
    assert_name(only(TAPIR_DNS_TYPE_PTR).name, "e.f");
    tapir_dns_put_dname(&m, "example.com", 300, "g.h");
    assert_name(only(TAPIR_DNS_TYPE_DNAME).name, "g.h");
    tapir_dns_put_mx(&m, "example.com", 300, 10, "i.j");
    data = only(TAPIR_DNS_TYPE_MX);
    assert_int_equal(data.mx.preference, 10);
    assert_name(data.mx.name, "i.j");
    tapir_dns_put_soa(&m, "example.com", 300, "k.l", "m.n", 1, 2, 3, 4, 0xffffffff);
    data = only(TAPIR_DNS_TYPE_SOA);
    assert_name(data.soa.primary, "k.l");
    assert_name(data.soa.mailbox, "m.n");
    assert_int_equal(data.soa.serial, 1);
    assert_int_equal(data.soa.refresh, 2);
    assert_int_equal(data.soa.retry, 3);
    assert_int_equal(data.soa.expire, 4);
    assert_int_equal(data.soa.minimum_ttl, 0xffffffff);
    tapir_dns_put_srv(&m, "example.com", 300, 1, 2, 443, "o.p");
    data = only(TAPIR_DNS_TYPE_SRV);
    assert_int_equal(data.srv.priority, 1);
    assert_int_equal(data.srv.weight, 2);
    assert_int_equal(data.srv.port, 443);
    assert_name(data.srv.target, "o.p");
    tapir_dns_put_caa(&m, "example.com", 300, 128, "issue", text("ca.example"));
    data = only(TAPIR_DNS_TYPE_CAA);
    assert_int_equal(data.caa.flags, 128);
    assert_bytes(data.caa.tag, "issue", 5);
    assert_bytes(data.caa.value, "ca.example", 10);
    tapir_dns_put_record(&m, "example.com", 65000, 300, text("anything"));
    assert_bytes(only(65000).all, "anything", 8);
}

static void texts_are_split(void **state)
{
    static const uint8_t many[600];
    const tapir_span texts[] = {text("v=1"), tapir_span_of(many, 600), text("")};
    const size_t lens[] = {3, 255, 255, 90, 0};
    struct tapir_dns_data data;
    struct tapir_dns_item item;
    tapir_walk walk;

    (void)state;
    tapir_dns_put_txt(&m, "example.com", 300, texts, 3);
    data = only(TAPIR_DNS_TYPE_TXT);
    walk = tapir_dns_data_items(&data);
    for (size_t i = 0; i < TAPIR_COUNT(lens); i++) {
        assert_non_null(tapir_walk_next(&walk, &item));
        assert_int_equal(item.value.len, lens[i]);
    }
    assert_null(tapir_walk_next(&walk, &item));
    tapir_dns_put_txt(&m, "example.com", 300, NULL, 0);
    assert_bytes(only(TAPIR_DNS_TYPE_TXT).all, "", 1);
}

static void parameters_are_read_back(void **state)
{
    static const uint16_t codes[] = {TAPIR_SVCB_MANDATORY, TAPIR_SVCB_ALPN,
        TAPIR_SVCB_NO_DEFAULT_ALPN, TAPIR_SVCB_PORT, TAPIR_SVCB_IPV4HINT, TAPIR_SVCB_IPV6HINT, 99};
    const tapir_span protocols[] = {text("h2"), text("h3")};
    const uint16_t keys[] = {TAPIR_SVCB_ALPN};
    uint8_t bytes[200];
    tapir_writer w = tapir_writer_of(bytes, sizeof bytes);
    struct tapir_dns_data data;
    struct tapir_dns_item item;
    struct tapir_dns_value value;
    tapir_walk walk, values;

    (void)state;
    tapir_svcb_put_mandatory(&w, keys, 1);
    tapir_svcb_put_alpn(&w, protocols, 2);
    tapir_svcb_put_no_default_alpn(&w);
    tapir_svcb_put_port(&w, 8443);
    tapir_svcb_put_ipv4hint(&w, tapir_span_of(addresses, 8));
    tapir_svcb_put_ipv6hint(&w, tapir_span_of(addresses, 32));
    tapir_svcb_put_parameter(&w, 99, text("anything"));
    assert_false(w.failed);
    tapir_dns_put_https(&m, "example.com", 300, 1, ".", tapir_written(&w, bytes));
    data = only(TAPIR_DNS_TYPE_HTTPS);
    assert_int_equal(data.svcb.priority, 1);
    assert_name(data.svcb.target, "<Root>");
    walk = tapir_dns_data_items(&data);
    for (size_t i = 0; i < TAPIR_COUNT(codes); i++) {
        assert_non_null(tapir_walk_next(&walk, &item));
        assert_int_equal(item.code, codes[i]);
        values = tapir_dns_item_values(&item);
        if (item.code == TAPIR_SVCB_ALPN) {
            assert_non_null(tapir_walk_next(&values, &value));
            assert_bytes(value.bytes, "h2", 2);
            assert_non_null(tapir_walk_next(&values, &value));
            assert_bytes(value.bytes, "h3", 2);
        } else if (item.code == TAPIR_SVCB_PORT) {
            assert_non_null(tapir_walk_next(&values, &value));
            assert_int_equal(value.number, 8443);
        } else if (item.code == TAPIR_SVCB_IPV6HINT) {
            assert_non_null(tapir_walk_next(&values, &value));
            assert_memory_equal(value.address6, addresses, 16);
        }
    }
    assert_null(tapir_walk_next(&walk, &item));
    tapir_dns_put_svcb(&m, "example.com", 300, 0, "other.example", tapir_span_of(NULL, 0));
    assert_name(only(TAPIR_DNS_TYPE_SVCB).svcb.target, "other.example");
}

static void options_are_read_back(void **state)
{
    uint8_t bytes[100];
    tapir_writer w = tapir_writer_of(bytes, sizeof bytes);
    struct tapir_dns_record record;
    struct tapir_dns_data data;
    struct tapir_dns_item item;
    struct tapir_dns_value value;
    tapir_walk walk, values;

    (void)state;
    tapir_edns_put_client_subnet(&w, tapir_span_of("\xc0\x00\x02\xff", 4), 25, 0);
    tapir_edns_put_cookie(&w, addresses, text("serverside"));
    tapir_edns_put_option(&w, TAPIR_EDNS_OPTION_NSID, text("anything"));
    tapir_dns_put_opt(&m, 4096, 1, 2, TAPIR_EDNS_DO, tapir_written(&w, bytes));
    finish();
    walk = tapir_dns_answers(&dns);
    assert_non_null(tapir_walk_next(&walk, &record));
    assert_int_equal(record.type, TAPIR_DNS_TYPE_OPT);
    assert_int_equal(record.payload_size, 4096);
    assert_int_equal(record.high_rcode, 1);
    assert_int_equal(record.edns_version, 2);
    assert_int_equal(record.edns_flags, TAPIR_EDNS_DO);
    assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
    walk = tapir_dns_data_items(&data);
    assert_non_null(tapir_walk_next(&walk, &item));
    assert_int_equal(item.code, TAPIR_EDNS_OPTION_CLIENT_SUBNET);
    values = tapir_dns_item_values(&item);
    assert_non_null(tapir_walk_next(&values, &value));
    assert_int_equal(value.family_prefix, 25);
    assert_memory_equal(value.address4, "\xc0\x00\x02\x80", 4);
    assert_non_null(tapir_walk_next(&walk, &item));
    assert_int_equal(item.code, TAPIR_EDNS_OPTION_COOKIE);
    assert_int_equal(item.len, 18);
    assert_non_null(tapir_walk_next(&walk, &item));
    assert_bytes(item.value, "anything", 8);
}

static void names_are_compressed_where_they_may_be(void **state)
{
    static const uint8_t expected[] = "\x12\x34\x80\0\0\1\0\4\0\0\0\0" /* 12 */
                                      "\3www\7Example\3com\0\0\1\0\1"  /* 12, Example 16 */
                                      "\xc0\x0c\0\5\0\1\0\0\0\0\0\2\xc0\x10"
                                      "\xc0\x10\0\x0f\0\1\0\0\0\0\0\7\0\5\2mx\xc0\x10"
                                      /* RFC 2782: not in SRV records. */
                                      "\xc0\x10\0\x21\0\1\0\0\0\0\0\x13\0\0\0\0\0\0\7Example\3com\0"
                                      /* Other letters make another name. */
                                      "\7example\xc0\x18\0\1\0\1\0\0\0\0\0\4\x20\1\x0d\xb8";

    (void)state;
    m.compress = true;
    tapir_dns_put_question(&m, "www.Example.com", TAPIR_DNS_TYPE_A, 1);
    tapir_dns_put_cname(&m, "www.Example.com", 0, "Example.com");
    tapir_dns_put_mx(&m, "Example.com", 0, 5, "mx.Example.com");
    tapir_dns_put_srv(&m, "Example.com", 0, 0, 0, 0, "Example.com");
    tapir_dns_put_a(&m, "example.com", 0, addresses);
    finish();
    assert_bytes(dns.message, expected, sizeof expected - 1);
}

static void many_names_are_compressed_and_read_back(void **state)
{
    struct tapir_dns_record record;
    char name[64];
    size_t i = 0;
    tapir_walk walk;

    (void)state;
    m.compress = true;
    for (; i < 1500; i++) {
        snprintf(name, sizeof name, "host%zu.some.long.domain.example", i % 700);
        tapir_dns_put_ns(&m, name, 0, name);
    }
    finish();
    assert_true(dns.message.len > 0x4000);
    walk = tapir_dns_answers(&dns);
    for (i = 0; tapir_walk_next(&walk, &record); i++) {
        struct tapir_dns_data data;
        snprintf(name, sizeof name, "host%zu.some.long.domain.example", i % 700);
        assert_name(record.name, name);
        assert_int_equal(tapir_dns_record_data(&record, &data), TAPIR_OK);
        assert_name(data.name, name);
    }
    assert_int_equal(i, 1500);
}

static void assert_wire(const char *name, const char *expected, size_t len)
{
    uint8_t wire[TAPIR_DNS_NAME_MAX], bytes[TAPIR_DNS_NAME_MAX];
    tapir_writer w = tapir_writer_of(bytes, sizeof bytes);
    size_t got;

    assert_null(tapir_dns_name_parse(text(name), wire, &got));
    assert_bytes(tapir_span_of(wire, got), expected, len);
    tapir_dns_put_name(&w, text(name));
    assert_bytes(tapir_written(&w, bytes), expected, len);
}

static void names_have_escapes(void **state)
{
    (void)state;
    assert_wire("", "", 1);
    assert_wire(".", "", 1);
    assert_wire("a", "\1a", 3);
    assert_wire("a.", "\1a", 3);
    assert_wire("a\\.b.c", "\3a.b\1c", 7);
    assert_wire("\\000\\255\\\\x", "\4\0\xff\\x", 6);
}

static void assert_no_name(const char *name, const char *trouble)
{
    uint8_t wire[TAPIR_DNS_NAME_MAX];
    tapir_writer w = tapir_writer_of(wire, sizeof wire);
    size_t len;
    const char *found = tapir_dns_name_parse(text(name), wire, &len);

    assert_non_null(found);
    assert_non_null(strstr(found, trouble));
    tapir_dns_put_name(&w, text(name));
    assert_true(w.failed);
    tapir_dns_put_question(&m, name, 1, 1);
    assert_trouble(TAPIR_INVALID, trouble);
}

static void names_have_limits(void **state)
{
    char label[65], name[300];

    (void)state;
    memset(label, 'x', sizeof label);
    label[64] = '\0';
    assert_no_name(label, "63");
    label[63] = '\0';
    assert_int_equal(
        snprintf(name, sizeof name, "%s.%s.%s.%.61s", label, label, label, label), 253);
    tapir_dns_put_question(&m, name, 1, 1);
    finish();
    start(NULL);
    snprintf(name, sizeof name, "%s.%s.%s.%.62s", label, label, label, label);
    assert_no_name(name, "255");
    assert_no_name("a..b", "empty");
    assert_no_name(".a", "empty");
    assert_no_name("..", "empty");
    assert_no_name("a\\", "backslash");
    assert_no_name("a\\25", "backslash");
    assert_no_name("a\\256", "backslash");
}

static void what_cannot_be_written_is_said(void **state)
{
    static const uint8_t many[65536];

    (void)state;
    tapir_dns_put_mx(&m, "a", 0, 0x10000, "b");
    assert_trouble(TAPIR_INVALID, "too wide");
    tapir_dns_put_a(&m, "a", (uint64_t)1 << 32, addresses);
    assert_trouble(TAPIR_INVALID, "too wide");
    tapir_dns_put_opt(&m, 0, 256, 0, 0, tapir_span_of(NULL, 0));
    assert_trouble(TAPIR_INVALID, "too wide");
    tapir_dns_put_caa(&m, "a", 0, 0, "", text("x"));
    assert_trouble(TAPIR_INVALID, "tag");
    tapir_dns_section(&m, TAPIR_DNS_AUTHORITIES);
    tapir_dns_section(&m, TAPIR_DNS_ANSWERS);
    assert_trouble(TAPIR_INVALID, "section");
    tapir_dns_section(&m, 4);
    assert_trouble(TAPIR_INVALID, "section");
    tapir_dns_put_a(&m, "a", 0, addresses);
    tapir_dns_put_question(&m, "a", 1, 1);
    assert_trouble(TAPIR_INVALID, "question");
    tapir_dns_put_record(&m, "a", 1, 0, tapir_span_of(many, 65536));
    assert_trouble(TAPIR_INVALID, "65535 bytes of data");
    tapir_dns_put_record(&m, "a", 1, 0, tapir_span_of(many, 65535));
    assert_trouble(TAPIR_INVALID, "message");
    tapir_dns_put_https(&m, "a", 0, 1, ".", tapir_span_of("\0\2\0\0\0\1\0\0", 8));
    assert_trouble(TAPIR_INVALID, "ascend");
    tapir_dns_put_https(&m, "a", 0, 1, ".", tapir_span_of("\0\2\0\1", 4));
    assert_trouble(TAPIR_INVALID, "inside");
    for (size_t i = 0; i < 65535; i++)
        tapir_dns_put_question(&m, "a", 1, 1);
    assert_trouble(TAPIR_NO_ROOM, "no room");
}

static void every_room_that_is_too_small_fails(void **state)
{
    size_t needed;

    (void)state;
    for (size_t size = needed = 0; size < 200 && !needed; size++) {
        memset(room, 0xaa, 256);
        m = tapir_dns_writer_of(room, size, 1, 0);
        m.compress = true;
        tapir_dns_put_question(&m, "www.example.com", 1, 1);
        tapir_dns_put_soa(&m, "example.com", 0, "a", "b.example.com", 1, 2, 3, 4, 5);
        tapir_dns_put_txt(&m, "example.com", 0, NULL, 0);
        if (tapir_dns_finish(&m, &dns) == TAPIR_OK) {
            needed = size;
            break;
        }
        assert_string_equal(m.trouble, "no room for the message in the bytes given");
        for (size_t i = size; i < 256; i++)
            assert_int_equal(room[i], 0xaa);
    }
    assert_int_equal(needed, dns.message.len);
}

static void parameters_and_options_have_limits(void **state)
{
    uint8_t bytes[100];
    tapir_writer w = tapir_writer_of(bytes, sizeof bytes);

    (void)state;
#define FAILS(...)                                                                                 \
    __VA_ARGS__;                                                                                   \
    assert_true(w.failed);                                                                         \
    w = tapir_writer_of(bytes, sizeof bytes)
    FAILS(tapir_svcb_put_port(&w, 65536));
    FAILS(tapir_svcb_put_ipv4hint(&w, tapir_span_of(addresses, 3)));
    FAILS(tapir_svcb_put_ipv4hint(&w, tapir_span_of(addresses, 0)));
    FAILS(tapir_svcb_put_ipv6hint(&w, tapir_span_of(addresses, 8)));
    FAILS(tapir_svcb_put_parameter(&w, 65536, text("")));
    FAILS(tapir_svcb_put_alpn(&w, &(tapir_span){room, 256}, 1));
    FAILS(tapir_edns_put_client_subnet(&w, tapir_span_of(addresses, 4), 33, 0));
    FAILS(tapir_edns_put_client_subnet(&w, tapir_span_of(addresses, 5), 8, 0));
    FAILS(tapir_edns_put_client_subnet(&w, tapir_span_of(addresses, 4), 8, 256));
    FAILS(tapir_edns_put_option(&w, 65536, text("")));
}

/* The makers of a section, which are the same for all of records. */
static const tapir_maker *maker(const char *member, const char *name)
{
    for (size_t i = 0; i < tapir_dns_proto.field_count; i++) {
        const tapir_field *field = &tapir_dns_proto.fields[i];
        for (size_t j = 0; strcmp(field->name, member) == 0 && j < field->list->maker_count; j++)
            if (strcmp(field->list->makers[j].name, name) == 0)
                return &field->list->makers[j];
    }
    fail();
    return NULL;
}

static tapir_argument word(const char *string)
{
    return (tapir_argument){.bytes = text(string), .given = true};
}

static tapir_argument number(uint64_t value)
{
    return (tapir_argument){.number = value, .given = true};
}

static void arguments_become_records(void **state)
{
    const tapir_argument https[] = {word("a.b"), number(300), number(1), word("."),
        word("alpn=h2,h3"), word("port=443"), word("ipv4hint=192.0.2.1,192.0.2.2"),
        word("ipv6hint=2001:db8::1"), word("key99=xyz")};
    const char *broken[] = {"alpn", "port=x", "port=70000", "port=", "ipv4hint=1.2.3",
        "ipv6hint=1.2.3.4", "unknown=1", "key65536=1", "key=1", ""};
    const tapir_argument question[3] = {word("a.b")};
    const tapir_maker *made = maker("dns.answers", "https");
    uint8_t bytes[200];
    tapir_writer w = tapir_writer_of(bytes, sizeof bytes);

    (void)state;
    made->put(&w, https, TAPIR_COUNT(https));
    assert_bytes(tapir_written(&w, bytes),
        "\1a\1b\0\0\x41\0\1\0\0\1\x2c\0\x3a\0\1\0\0\1\0\6\2h2\2h3\0\3\0\2\1\xbb"
        "\0\4\0\x08\xc0\0\2\1\xc0\0\2\2"
        "\0\6\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\x63\0\3xyz",
        73);
    for (size_t i = 0; i < TAPIR_COUNT(broken); i++)
        assert_non_null(made->parameters[4].trouble(text(broken[i])));
    assert_null(made->parameters[4].trouble(text("no-default-alpn")));
    assert_null(made->parameters[4].trouble(text("mandatory=alpn,key5")));
    assert_null(made->parameters[0].trouble(text("a.b")));
    assert_non_null(made->parameters[0].trouble(text("a..b")));
    w = tapir_writer_of(bytes, sizeof bytes);
    maker("dns.questions", "question")->put(&w, question, 3);
    assert_bytes(tapir_written(&w, bytes), "\1a\1b\0\0\1\0\1", 9);
}

static void sections_become_a_message(void **state)
{
    const tapir_argument question[3] = {word("a.b")};
    const tapir_argument cname[3] = {word("a.b"), word("c.d"), number(5)};
    uint8_t bytes[200], joined[200];
    tapir_writer w = tapir_writer_of(bytes, sizeof bytes);
    struct tapir_dns again;
    tapir_span section;

    (void)state;
    maker("dns.questions", "question")->put(&w, question, 3);
    dns = (struct tapir_dns){.id = 7, .flags = TAPIR_DNS_RESPONSE};
    dns.questions = tapir_written(&w, bytes);
    section = tapir_span_of(w.at, 0);
    maker("dns.answers", "cname")->put(&w, cname, 3);
    maker("dns.answers", "cname")->put(&w, cname, 3);
    dns.additionals = section = tapir_written(&w, section.data);
    w = tapir_writer_of(joined, sizeof joined);
    assert_int_equal(tapir_dns_join(&dns, &w), TAPIR_OK);
    assert_int_equal(tapir_decode_alone(&tapir_dns_proto, dns.message, &again, NULL), TAPIR_OK);
    assert_int_equal(again.id, 7);
    assert_int_equal(again.question_count, 1);
    assert_int_equal(again.answer_count, 0);
    assert_int_equal(again.additional_count, 2);
    assert_ptr_equal(again.additionals.data, dns.additionals.data);
    assert_int_equal(again.extraneous.len, 0);
    for (size_t less = 0; less < dns.message.len; less++) {
        uint8_t small[200];
        struct tapir_dns copy = dns;
        w = tapir_writer_of(small, less);
        assert_int_equal(tapir_dns_join(&copy, &w), TAPIR_NO_ROOM);
    }
    for (size_t less = 1; less < section.len / 2; less++) {
        struct tapir_dns copy = {.additionals = tapir_span_of(section.data, section.len - less)};
        w = tapir_writer_of(joined, sizeof joined);
        assert_int_equal(tapir_dns_join(&copy, &w), TAPIR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_message_has_what_it_was_given, start),
        cmocka_unit_test_setup(records_are_read_back, start),
        cmocka_unit_test_setup(texts_are_split, start),
        cmocka_unit_test_setup(parameters_are_read_back, start),
        cmocka_unit_test_setup(options_are_read_back, start),
        cmocka_unit_test_setup(names_are_compressed_where_they_may_be, start),
        cmocka_unit_test_setup(many_names_are_compressed_and_read_back, start),
        cmocka_unit_test_setup(names_have_escapes, start),
        cmocka_unit_test_setup(names_have_limits, start),
        cmocka_unit_test_setup(what_cannot_be_written_is_said, start),
        cmocka_unit_test_setup(every_room_that_is_too_small_fails, start),
        cmocka_unit_test_setup(parameters_and_options_have_limits, start),
        cmocka_unit_test_setup(arguments_become_records, start),
        cmocka_unit_test_setup(sections_become_a_message, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
