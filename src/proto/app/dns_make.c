/* DNS questions and records from arguments. */
#include "../put.h"
#include "dns_internal.h"

#include <arpa/inet.h>

#define TEXTS_MAX       64
#define PARAMETERS_ROOM 1024

/* Text of a name with an end, as the writers take it. */
struct name {
    char text[TAPIR_DNS_NAME_ROOM];
};

/* What has no end in sight is no name. */
static struct name name_of(tapir_writer *w, const tapir_argument *argument)
{
    tapir_span text = argument->bytes;
    struct name name = {{0}};

    if (text.len >= sizeof name.text || (text.len && memchr(text.data, '\0', text.len)))
        tapir_writer_fail(w);
    else if (text.len)
        memcpy(name.text, text.data, text.len);
    return name;
}

TAPIR__MAKE(question)
{
    const struct name name = name_of(w, &arguments[0]);
    tapir_dns_writer m = tapir__dns_writer_over(w);

    tapir_dns_put_question(&m, name.text, tapir__number_or(&arguments[1], TAPIR_DNS_TYPE_A),
        tapir__number_or(&arguments[2], 1));
    *w = m.out;
}

TAPIR__MAKE(record)
{
    const struct name owner = name_of(w, &arguments[0]);
    uint64_t rr_class = tapir__number_or(&arguments[4], 1);
    tapir_dns_writer m = tapir__dns_writer_over(w);

    if (rr_class > UINT16_MAX)
        tapir_writer_fail(&m.out);
    m.rr_class = (uint16_t)rr_class;
    tapir_dns_put_record(
        &m, owner.text, arguments[1].number, arguments[3].number, arguments[2].bytes);
    *w = m.out;
}

static void make_address(
    tapir_writer *w, const tapir_argument *arguments, uint64_t type, size_t len)
{
    const struct name owner = name_of(w, &arguments[0]);
    tapir_dns_writer m = tapir__dns_writer_over(w);

    if (arguments[1].bytes.len != len)
        tapir_writer_fail(&m.out);
    tapir_dns_put_record(&m, owner.text, type, arguments[2].number, arguments[1].bytes);
    *w = m.out;
}

TAPIR__MAKE(a)
{
    make_address(w, arguments, TAPIR_DNS_TYPE_A, 4);
}

TAPIR__MAKE(aaaa)
{
    make_address(w, arguments, TAPIR_DNS_TYPE_AAAA, 16);
}

typedef void put_target(tapir_dns_writer *m, const char *name, uint64_t ttl, const char *target);

static void make_target(tapir_writer *w, const tapir_argument *arguments, put_target *put)
{
    const struct name owner = name_of(w, &arguments[0]), target = name_of(w, &arguments[1]);
    tapir_dns_writer m = tapir__dns_writer_over(w);

    put(&m, owner.text, arguments[2].number, target.text);
    *w = m.out;
}

TAPIR__MAKE(ns)
{
    make_target(w, arguments, tapir_dns_put_ns);
}

TAPIR__MAKE(cname)
{
    make_target(w, arguments, tapir_dns_put_cname);
}

TAPIR__MAKE(ptr)
{
    make_target(w, arguments, tapir_dns_put_ptr);
}

TAPIR__MAKE(dname)
{
    make_target(w, arguments, tapir_dns_put_dname);
}

TAPIR__MAKE(mx)
{
    const struct name owner = name_of(w, &arguments[0]), server = name_of(w, &arguments[2]);
    tapir_dns_writer m = tapir__dns_writer_over(w);

    tapir_dns_put_mx(&m, owner.text, arguments[3].number, arguments[1].number, server.text);
    *w = m.out;
}

TAPIR__MAKE(soa)
{
    const struct name owner = name_of(w, &arguments[0]), primary = name_of(w, &arguments[1]),
                      mailbox = name_of(w, &arguments[2]);
    tapir_dns_writer m = tapir__dns_writer_over(w);

    tapir_dns_put_soa(&m, owner.text, arguments[8].number, primary.text, mailbox.text,
        arguments[3].number, arguments[4].number, arguments[5].number, arguments[6].number,
        arguments[7].number);
    *w = m.out;
}

TAPIR__MAKE(txt)
{
    const struct name owner = name_of(w, &arguments[0]);
    size_t text_count = tapir__repeated(count, 2);
    tapir_dns_writer m = tapir__dns_writer_over(w);
    tapir_span texts[TEXTS_MAX];

    for (size_t i = 0; i < text_count && i < TEXTS_MAX; i++)
        texts[i] = arguments[2 + i].bytes;
    if (text_count > TEXTS_MAX)
        tapir_writer_fail(&m.out);
    else
        tapir_dns_put_txt(&m, owner.text, arguments[1].number, texts, text_count);
    *w = m.out;
}

TAPIR__MAKE(srv)
{
    const struct name owner = name_of(w, &arguments[0]), target = name_of(w, &arguments[4]);
    tapir_dns_writer m = tapir__dns_writer_over(w);

    tapir_dns_put_srv(&m, owner.text, arguments[5].number, arguments[1].number, arguments[2].number,
        arguments[3].number, target.text);
    *w = m.out;
}

TAPIR__MAKE(caa)
{
    const struct name owner = name_of(w, &arguments[0]), tag = name_of(w, &arguments[2]);
    tapir_dns_writer m = tapir__dns_writer_over(w);

    tapir_dns_put_caa(
        &m, owner.text, arguments[4].number, arguments[1].number, tag.text, arguments[3].bytes);
    *w = m.out;
}

TAPIR__MAKE(opt)
{
    tapir_dns_writer m = tapir__dns_writer_over(w);

    tapir_dns_put_opt(&m, arguments[0].number, arguments[2].number, arguments[3].number,
        arguments[1].number, arguments[4].bytes);
    *w = m.out;
}

/* Parameters of SVCB records from text: "alpn=h2,h3", "port=443" (RFC 9460 2.1). */

/* Takes what stands in front of the next `separator`, and that. */
static tapir_span take_until(tapir_reader *text, char separator)
{
    tapir_span rest = tapir_rest(text);
    const uint8_t *at = rest.len ? memchr(rest.data, separator, rest.len) : NULL;
    tapir_span taken = tapir_take_span(text, at ? (size_t)(at - rest.data) : rest.len);

    if (at)
        tapir_take(text, 1);
    return taken;
}

/* Reads a decimal number of 16 bits; UINT32_MAX: it is none. */
static uint32_t number_in(tapir_span text)
{
    uint32_t value = 0;

    if (!text.len || text.len > 5)
        return UINT32_MAX;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return UINT32_MAX;
        value = value * 10 + text.data[i] - '0';
    }
    return value <= UINT16_MAX ? value : UINT32_MAX;
}

static bool is_word(tapir_span text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.data, word, text.len) == 0;
}

static const tapir_label keys[] = {
    {TAPIR_SVCB_MANDATORY, "mandatory"},
    {TAPIR_SVCB_ALPN, "alpn"},
    {TAPIR_SVCB_NO_DEFAULT_ALPN, "no-default-alpn"},
    {TAPIR_SVCB_PORT, "port"},
    {TAPIR_SVCB_IPV4HINT, "ipv4hint"},
    {TAPIR_SVCB_ECH, "ech"},
    {TAPIR_SVCB_IPV6HINT, "ipv6hint"},
    {TAPIR_SVCB_DOHPATH, "dohpath"},
    {TAPIR_SVCB_OHTTP, "ohttp"},
    {0, NULL},
};

/* "port", or "key3"; UINT32_MAX: neither. */
static uint32_t key_in(tapir_span text)
{
    for (const tapir_label *key = keys; key->text; key++)
        if (is_word(text, key->text))
            return (uint32_t)key->value;
    if (text.len < 3 || memcmp(text.data, "key", 3) != 0)
        return UINT32_MAX;
    return number_in(tapir_span_of(text.data + 3, text.len - 3));
}

static void put_address(tapir_writer *w, tapir_span text, int family)
{
    char string[INET6_ADDRSTRLEN] = "";
    uint8_t address[16];

    if (text.len < sizeof string && text.len)
        memcpy(string, text.data, text.len);
    if (inet_pton(family, string, address) == 1)
        tapir_put_span(w, tapir_span_of(address, family == AF_INET ? 4 : 16));
    else
        tapir_writer_fail(w);
}

static void put_one(tapir_writer *w, uint32_t key, tapir_span text)
{
    switch (key) {
    case TAPIR_SVCB_MANDATORY:
        tapir_put_be(w, 2, key_in(text));
        break;
    case TAPIR_SVCB_ALPN:
        if (!text.len)
            tapir_writer_fail(w);
        tapir_put_be(w, 1, text.len);
        tapir_put_span(w, text);
        break;
    case TAPIR_SVCB_IPV4HINT:
        put_address(w, text, AF_INET);
        break;
    default:
        put_address(w, text, AF_INET6);
        break;
    }
}

/* Writes the value of a key from text: a list, a number, or the bytes as they are. */
static void put_value(tapir_writer *w, uint32_t key, tapir_reader text)
{
    switch (key) {
    case TAPIR_SVCB_MANDATORY:
    case TAPIR_SVCB_ALPN:
    case TAPIR_SVCB_IPV4HINT:
    case TAPIR_SVCB_IPV6HINT:
        do
            put_one(w, key, take_until(&text, ','));
        while (tapir_left(&text));
        break;
    case TAPIR_SVCB_PORT:
        tapir_put_be(w, 2, number_in(tapir_rest(&text)));
        break;
    default:
        tapir_put_span(w, tapir_rest(&text));
        break;
    }
}

static void put_parameter(tapir_writer *w, tapir_span text)
{
    uint8_t room[PARAMETERS_ROOM];
    tapir_writer value = tapir_writer_of(room, sizeof room);
    tapir_reader in = tapir_reader_of(text);
    uint32_t key = key_in(take_until(&in, '='));

    put_value(&value, key, in);
    if (value.failed)
        tapir_writer_fail(w);
    tapir_svcb_put_parameter(w, key, tapir_written(&value, room));
}

static const char *parameter_trouble(tapir_span text)
{
    uint8_t room[PARAMETERS_ROOM];
    tapir_writer w = tapir_writer_of(room, sizeof room);

    put_parameter(&w, text);
    return w.failed ? "no parameter such as alpn=h2,h3 port=443 ipv4hint=192.0.2.1 key7=..." : NULL;
}

typedef void put_service(tapir_dns_writer *m, const char *name, uint64_t ttl, uint64_t priority,
    const char *target, tapir_span parameters);

static void make_service(
    tapir_writer *w, const tapir_argument *arguments, size_t count, put_service *put)
{
    const struct name owner = name_of(w, &arguments[0]), target = name_of(w, &arguments[3]);
    tapir_dns_writer m = tapir__dns_writer_over(w);
    uint8_t room[PARAMETERS_ROOM];
    tapir_writer parameters = tapir_writer_of(room, sizeof room);

    for (size_t i = 4; i < count; i++)
        put_parameter(&parameters, arguments[i].bytes);
    if (parameters.failed)
        tapir_writer_fail(&m.out);
    put(&m, owner.text, arguments[1].number, arguments[2].number, target.text,
        tapir_written(&parameters, room));
    *w = m.out;
}

TAPIR__MAKE(svcb)
{
    make_service(w, arguments, count, tapir_dns_put_svcb);
}

TAPIR__MAKE(https)
{
    make_service(w, arguments, count, tapir_dns_put_https);
}

#define NAME(name_) TAPIR__OTHER(name_, TAPIR_STRING, .trouble = tapir__dns_name_trouble)
#define TTL         TAPIR__UINT("ttl", 32, TAPIR__OPTIONAL)
#define TYPE(...)   TAPIR__UINT("type", 16, .labels = tapir__dns_types, __VA_ARGS__)
#define CLASS       TAPIR__UINT("class", 16, TAPIR__OPTIONAL, .labels = tapir__dns_classes)

static const tapir_label edns_flags[] = {{0, "none"}, {TAPIR_EDNS_DO, "do"}, {0, NULL}};

static const tapir_parameter question[] = {NAME("name"), TYPE(TAPIR__OPTIONAL), CLASS};
static const tapir_parameter record[] = {
    NAME("name"), TYPE(.optional = false), TAPIR__OTHER("data", TAPIR_SPAN), TTL, CLASS};
static const tapir_parameter a[] = {NAME("name"), TAPIR__OTHER("address", TAPIR_IPV4), TTL};
static const tapir_parameter aaaa[] = {NAME("name"), TAPIR__OTHER("address", TAPIR_IPV6), TTL};
static const tapir_parameter target[] = {NAME("name"), NAME("target"), TTL};
static const tapir_parameter mx[] = {
    NAME("name"), TAPIR__UINT("preference", 16), NAME("server"), TTL};
static const tapir_parameter soa[] = {NAME("name"), NAME("primary"), NAME("mailbox"),
    TAPIR__UINT("serial", 32), TAPIR__UINT("refresh", 32), TAPIR__UINT("retry", 32),
    TAPIR__UINT("expire", 32), TAPIR__UINT("minimum_ttl", 32), TTL};
static const tapir_parameter txt[] = {
    NAME("name"), TAPIR__UINT("ttl", 32), TAPIR__OTHER("text", TAPIR_STRING, TAPIR__REPEATED)};
static const tapir_parameter srv[] = {NAME("name"), TAPIR__UINT("priority", 16),
    TAPIR__UINT("weight", 16), TAPIR__UINT("port", 16), NAME("target"), TTL};
static const tapir_parameter caa[] = {NAME("name"), TAPIR__UINT("flags", 8),
    TAPIR__OTHER("tag", TAPIR_STRING), TAPIR__OTHER("value", TAPIR_STRING), TTL};
static const tapir_parameter service[] = {NAME("name"), TAPIR__UINT("ttl", 32),
    TAPIR__UINT("priority", 16), NAME("target"),
    TAPIR__OTHER("parameter", TAPIR_STRING, TAPIR__REPEATED, .trouble = parameter_trouble)};
static const tapir_parameter opt[] = {TAPIR__UINT("payload_size", 16),
    TAPIR__UINT("flags", 16, TAPIR__OPTIONAL, .labels = edns_flags),
    TAPIR__UINT("high_rcode", 8, TAPIR__OPTIONAL), TAPIR__UINT("version", 8, TAPIR__OPTIONAL),
    TAPIR__OTHER("options", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__dns_question_makers[TAPIR__DNS_QUESTION_MAKER_COUNT] = {
    TAPIR_MAKER("question", "DNSQR", question, make_question),
};

const tapir_maker tapir__dns_record_makers[TAPIR__DNS_RECORD_MAKER_COUNT] = {
    TAPIR_MAKER("a", NULL, a, make_a),
    TAPIR_MAKER("aaaa", NULL, aaaa, make_aaaa),
    TAPIR_MAKER("ns", NULL, target, make_ns),
    TAPIR_MAKER("cname", NULL, target, make_cname),
    TAPIR_MAKER("ptr", NULL, target, make_ptr),
    TAPIR_MAKER("dname", NULL, target, make_dname),
    TAPIR_MAKER("mx", "DNSRRMX", mx, make_mx),
    TAPIR_MAKER("soa", "DNSRRSOA", soa, make_soa),
    TAPIR_MAKER("txt", NULL, txt, make_txt),
    TAPIR_MAKER("srv", "DNSRRSRV", srv, make_srv),
    TAPIR_MAKER("caa", NULL, caa, make_caa),
    TAPIR_MAKER("svcb", "DNSRRSVCB", service, make_svcb),
    TAPIR_MAKER("https", "DNSRRHTTPS", service, make_https),
    TAPIR_MAKER("opt", "DNSRROPT", opt, make_opt),
    TAPIR_MAKER("record", "DNSRR", record, make_record),
};
