/* DNS messages, written: names from text and compressed, sections, records. */
#include "../put.h"
#include "dns_internal.h"

#define HEADER_LEN    12
#define LABEL_MAX     63
#define POINTER       0xc000
#define POINTABLE_MAX 0x3fff /* what a pointer can say */
#define MESSAGE_MAX   65535

static const char too_wide[] = "a value is too wide for its field",
                  no_room[] = "no room for the message in the bytes given",
                  label_empty[] = "name has an empty label",
                  label_long[] = "name has a label of more than 63 bytes",
                  name_long[] = "name takes more than 255 bytes",
                  bad_escape[] = "name has a backslash without a character or three digits of at "
                                 "most 255 behind it";

/* Names from text. */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Takes the byte behind a backslash (RFC 1035 5.1). */
static bool take_escaped(tapir_reader *text, uint8_t *byte)
{
    unsigned value;

    *byte = tapir_take_u8(text);
    if (text->failed || !is_digit(*byte))
        return !text->failed;
    if (tapir_left(text) < 2 || !is_digit(text->at[0]) || !is_digit(text->at[1]))
        return false;
    value = (*byte - '0') * 100u + (text->at[0] - '0') * 10u + (text->at[1] - '0');
    tapir_take(text, 2);
    *byte = (uint8_t)value;
    return value <= 255;
}

/* Takes a label up to the dot behind it, which is taken, too, or the end. */
static const char *take_label(tapir_reader *text, uint8_t label[LABEL_MAX], size_t *len)
{
    uint8_t byte;

    *len = 0;
    while (tapir_left(text)) {
        byte = tapir_take_u8(text);
        if (byte == '.')
            break;
        if (byte == '\\' && !take_escaped(text, &byte))
            return bad_escape;
        if (*len == LABEL_MAX)
            return label_long;
        label[(*len)++] = byte;
    }
    return *len ? NULL : label_empty;
}

const char *tapir_dns_name_parse(tapir_span text, uint8_t wire[TAPIR_DNS_NAME_MAX], size_t *len)
{
    tapir_reader r = tapir_reader_of(text);
    uint8_t label[LABEL_MAX];
    const char *trouble;
    size_t label_len;

    *len = 0;
    if (text.len == 1 && text.data[0] == '.')
        tapir_take(&r, 1);
    while (tapir_left(&r)) {
        trouble = take_label(&r, label, &label_len);
        if (trouble)
            return trouble;
        if (*len + 1 + label_len + 1 > TAPIR_DNS_NAME_MAX)
            return name_long;
        wire[(*len)++] = (uint8_t)label_len;
        memcpy(wire + *len, label, label_len);
        *len += label_len;
    }
    wire[(*len)++] = 0;
    return NULL;
}

const char *tapir__dns_name_trouble(tapir_span text)
{
    uint8_t wire[TAPIR_DNS_NAME_MAX];
    size_t len;

    return tapir_dns_name_parse(text, wire, &len);
}

void tapir_dns_put_name(tapir_writer *w, tapir_span text)
{
    uint8_t wire[TAPIR_DNS_NAME_MAX];
    size_t len;

    if (tapir_dns_name_parse(text, wire, &len))
        tapir_writer_fail(w);
    else
        tapir_put_span(w, tapir_span_of(wire, len));
}

/* The writer. */

static void fail(tapir_dns_writer *m, const char *trouble)
{
    if (!m->trouble)
        m->trouble = trouble;
    tapir_writer_fail(&m->out);
}

static uint32_t offset(const tapir_dns_writer *m)
{
    return (uint32_t)(m->out.at - m->message);
}

static void put_number(tapir_dns_writer *m, unsigned bytes, uint64_t value)
{
    if (value >> 8 * bytes)
        fail(m, too_wide);
    else
        tapir_put_be(&m->out, bytes, value);
}

/* Tells whether the name at `at` in the message is, byte for byte, the one in `wire`. */
static bool is_at(const tapir_dns_writer *m, uint32_t at, const uint8_t *wire)
{
    struct tapir_dns_name name = {tapir_span_of(m->message, offset(m)), at};
    tapir_dns_labels walk = tapir_dns_name_labels(&name);
    tapir_span label;

    while (tapir_dns_label_next(&walk, &label)) {
        if (label.len != *wire || memcmp(label.data, wire + 1, label.len) != 0)
            return false;
        wire += *wire + 1;
    }
    return !walk.trouble && *wire == 0;
}

/* Finds the name in `wire` in the message; 0 when it is not there. */
static uint16_t find_target(const tapir_dns_writer *m, const uint8_t *wire)
{
    for (size_t i = 0; i < m->target_count; i++)
        if (is_at(m, m->targets[i], wire))
            return m->targets[i];
    return 0;
}

/* Later names may end in the one written at `at`, or in the end of it: `len` bytes of labels. */
static void remember(tapir_dns_writer *m, uint32_t at, const uint8_t *wire, size_t len)
{
    for (size_t i = 0; i < len && m->target_count < TAPIR_DNS_TARGETS; i += wire[i] + 1u)
        if (at + i <= POINTABLE_MAX)
            m->targets[m->target_count++] = (uint16_t)(at + i);
}

/* Writes a name, the end of it as a pointer where that `may` be and it was written before. */
static void put_name(tapir_dns_writer *m, const char *text, bool may)
{
    uint8_t wire[TAPIR_DNS_NAME_MAX];
    uint32_t at = offset(m);
    uint16_t target = 0;
    size_t len, own = 0; /* bytes of labels in front of what a pointer stands for */
    const char *trouble = tapir_dns_name_parse(tapir_span_of(text, strlen(text)), wire, &len);

    if (trouble) {
        fail(m, trouble);
        return;
    }
    while (wire[own] && !target) {
        target = m->compress && may ? find_target(m, wire + own) : 0;
        own += target ? 0 : wire[own] + 1u;
    }
    tapir_put_span(&m->out, tapir_span_of(wire, own));
    tapir_put_be(&m->out, target ? 2 : 1, target ? POINTER | target : 0u);
    if (m->compress && !m->out.failed)
        remember(m, at, wire, own);
}

tapir_dns_writer tapir__dns_writer_over(const tapir_writer *out)
{
    return (tapir_dns_writer){
        .out = *out, .message = out->at, .rr_class = 1, .section = TAPIR_DNS_QUESTIONS};
}

tapir_dns_writer tapir_dns_writer_of(void *bytes, size_t room, uint16_t id, uint16_t flags)
{
    const tapir_writer out = tapir_writer_of(bytes, room);
    tapir_dns_writer m = tapir__dns_writer_over(&out);

    m.id = id;
    m.flags = flags;
    tapir_put(&m.out, HEADER_LEN); /* the counts come last */
    m.starts[TAPIR_DNS_QUESTIONS] = offset(&m);
    return m;
}

void tapir_dns_section(tapir_dns_writer *m, unsigned section)
{
    if (section > TAPIR_DNS_ADDITIONALS || section < m->section) {
        fail(m, "no such section behind the one begun");
        return;
    }
    while (m->section < section)
        m->starts[++m->section] = offset(m);
}

static void count(tapir_dns_writer *m)
{
    if (m->counts[m->section] == UINT16_MAX)
        fail(m, "more than 65535 records in a section");
    else if (!m->out.failed)
        m->counts[m->section]++;
}

void tapir_dns_put_question(tapir_dns_writer *m, const char *name, uint64_t type, uint64_t rr_class)
{
    if (m->section != TAPIR_DNS_QUESTIONS) {
        fail(m, "a question behind the section of questions");
        return;
    }
    put_name(m, name, true);
    put_number(m, 2, type);
    put_number(m, 2, rr_class);
    count(m);
}

static uint8_t *open_any(
    tapir_dns_writer *m, const char *name, uint64_t type, uint64_t rr_class, uint64_t ttl)
{
    if (m->section == TAPIR_DNS_QUESTIONS)
        tapir_dns_section(m, TAPIR_DNS_ANSWERS);
    put_name(m, name, true);
    put_number(m, 2, type);
    put_number(m, 2, rr_class);
    put_number(m, 4, ttl);
    return tapir_put(&m->out, 2);
}

/* Writes what stands in front of a record's data; returns where its length belongs. */
static uint8_t *open_record(tapir_dns_writer *m, const char *name, uint64_t type, uint64_t ttl)
{
    return open_any(m, name, type, m->rr_class, ttl);
}

static void close_record(tapir_dns_writer *m, uint8_t *length)
{
    size_t len;

    if (length && !m->out.failed) {
        len = (size_t)(m->out.at - length) - 2;
        if (len > UINT16_MAX)
            fail(m, "a record with more than 65535 bytes of data");
        else
            tapir_store_be(length, 2, len);
    }
    count(m);
}

static bool fits(const tapir_dns_writer *m)
{
    return !m->out.failed && offset(m) <= MESSAGE_MAX;
}

static tapir_span section_of(const tapir_dns_writer *m, unsigned section)
{
    uint32_t end = section < TAPIR_DNS_ADDITIONALS ? m->starts[section + 1] : offset(m);

    return tapir_span_of(m->message + m->starts[section], end - m->starts[section]);
}

tapir_status tapir_dns_finish(tapir_dns_writer *m, struct tapir_dns *dns)
{
    *dns = (struct tapir_dns){.id = m->id, .flags = m->flags};
    if (!m->out.failed)
        tapir_dns_section(m, TAPIR_DNS_ADDITIONALS);
    if (!m->out.failed && !fits(m))
        fail(m, "the message takes more than 65535 bytes");
    if (m->out.failed) {
        tapir_status status = m->trouble && m->trouble != no_room ? TAPIR_INVALID : TAPIR_NO_ROOM;
        fail(m, no_room);
        return status;
    }
    tapir_store_be(m->message, 2, m->id);
    tapir_store_be(m->message + 2, 2, m->flags);
    for (unsigned i = 0; i < 4; i++)
        tapir_store_be(m->message + 4 + 2 * i, 2, m->counts[i]);
    dns->question_count = m->counts[TAPIR_DNS_QUESTIONS];
    dns->answer_count = m->counts[TAPIR_DNS_ANSWERS];
    dns->authority_count = m->counts[TAPIR_DNS_AUTHORITIES];
    dns->additional_count = m->counts[TAPIR_DNS_ADDITIONALS];
    dns->length = (uint16_t)offset(m);
    dns->shape = tapir__dns_shape(dns);
    dns->message = tapir_span_of(m->message, offset(m));
    dns->questions = section_of(m, TAPIR_DNS_QUESTIONS);
    dns->answers = section_of(m, TAPIR_DNS_ANSWERS);
    dns->authorities = section_of(m, TAPIR_DNS_AUTHORITIES);
    dns->additionals = section_of(m, TAPIR_DNS_ADDITIONALS);
    dns->stateful = dns->extraneous = tapir_span_of(m->out.at, 0);
    return TAPIR_OK;
}

/* Counts the questions or records of a section; false when it does not consist of whole ones. */
static bool count_in(tapir_span section, size_t fixed_len, uint16_t *count)
{
    struct trouble trouble = {NULL, NULL};
    tapir_reader in = tapir_reader_of(section);
    struct tapir_dns_name name;
    const uint8_t *fixed;

    for (*count = 0; tapir_left(&in); ++*count) {
        if (*count == UINT16_MAX || !tapir__dns_take_name(&in, section, &name, &trouble))
            return false;
        fixed = tapir_take(&in, fixed_len);
        if (fixed && fixed_len > 4)
            tapir_take(&in, (size_t)tapir_load_be(fixed + fixed_len - 2, 2));
        if (in.failed)
            return false;
    }
    return true;
}

static tapir_span copied(tapir_writer *w, tapir_span section)
{
    const uint8_t *start = w->at;

    tapir_put_span(w, section);
    return tapir_written(w, start);
}

tapir_status tapir_dns_join(struct tapir_dns *dns, tapir_writer *w)
{
    uint8_t *message = w->at;

    if (!count_in(dns->questions, 4, &dns->question_count) ||
        !count_in(dns->answers, 10, &dns->answer_count) ||
        !count_in(dns->authorities, 10, &dns->authority_count) ||
        !count_in(dns->additionals, 10, &dns->additional_count))
        return TAPIR_INVALID;
    tapir_put_be(w, 2, dns->id);
    tapir_put_be(w, 2, dns->flags);
    tapir_put_be(w, 2, dns->question_count);
    tapir_put_be(w, 2, dns->answer_count);
    tapir_put_be(w, 2, dns->authority_count);
    tapir_put_be(w, 2, dns->additional_count);
    dns->questions = copied(w, dns->questions);
    dns->answers = copied(w, dns->answers);
    dns->authorities = copied(w, dns->authorities);
    dns->additionals = copied(w, dns->additionals);
    dns->stateful = dns->extraneous = tapir_span_of(w->at, 0);
    dns->message = tapir_written(w, message);
    dns->shape = tapir__dns_shape(dns);
    if (w->failed)
        return TAPIR_NO_ROOM;
    if (dns->message.len > MESSAGE_MAX)
        return TAPIR_INVALID;
    dns->length = (uint16_t)dns->message.len;
    return TAPIR_OK;
}

/* Records. Names in the data of types that RFC 1035 defines may be compressed (RFC 3597 4). */

void tapir_dns_put_record(
    tapir_dns_writer *m, const char *name, uint64_t type, uint64_t ttl, tapir_span data)
{
    uint8_t *length = open_record(m, name, type, ttl);

    tapir_put_span(&m->out, data);
    close_record(m, length);
}

void tapir_dns_put_a(tapir_dns_writer *m, const char *name, uint64_t ttl, const uint8_t address[4])
{
    tapir_dns_put_record(m, name, TAPIR_DNS_TYPE_A, ttl, tapir_span_of(address, 4));
}

void tapir_dns_put_aaaa(
    tapir_dns_writer *m, const char *name, uint64_t ttl, const uint8_t address[16])
{
    tapir_dns_put_record(m, name, TAPIR_DNS_TYPE_AAAA, ttl, tapir_span_of(address, 16));
}

/* A record whose data is a name. */
static void put_target(tapir_dns_writer *m, const char *name, uint64_t type, uint64_t ttl,
    const char *target, bool may)
{
    uint8_t *length = open_record(m, name, type, ttl);

    put_name(m, target, may);
    close_record(m, length);
}

void tapir_dns_put_ns(tapir_dns_writer *m, const char *name, uint64_t ttl, const char *server)
{
    put_target(m, name, TAPIR_DNS_TYPE_NS, ttl, server, true);
}

void tapir_dns_put_cname(tapir_dns_writer *m, const char *name, uint64_t ttl, const char *target)
{
    put_target(m, name, TAPIR_DNS_TYPE_CNAME, ttl, target, true);
}

void tapir_dns_put_ptr(tapir_dns_writer *m, const char *name, uint64_t ttl, const char *target)
{
    put_target(m, name, TAPIR_DNS_TYPE_PTR, ttl, target, true);
}

void tapir_dns_put_dname(tapir_dns_writer *m, const char *name, uint64_t ttl, const char *target)
{
    put_target(m, name, TAPIR_DNS_TYPE_DNAME, ttl, target, false);
}

void tapir_dns_put_mx(
    tapir_dns_writer *m, const char *name, uint64_t ttl, uint64_t preference, const char *server)
{
    uint8_t *length = open_record(m, name, TAPIR_DNS_TYPE_MX, ttl);

    put_number(m, 2, preference);
    put_name(m, server, true);
    close_record(m, length);
}

void tapir_dns_put_soa(tapir_dns_writer *m, const char *name, uint64_t ttl, const char *primary,
    const char *mailbox, uint64_t serial, uint64_t refresh, uint64_t retry, uint64_t expire,
    uint64_t minimum_ttl)
{
    uint8_t *length = open_record(m, name, TAPIR_DNS_TYPE_SOA, ttl);

    put_name(m, primary, true);
    put_name(m, mailbox, true);
    put_number(m, 4, serial);
    put_number(m, 4, refresh);
    put_number(m, 4, retry);
    put_number(m, 4, expire);
    put_number(m, 4, minimum_ttl);
    close_record(m, length);
}

static void put_counted(tapir_dns_writer *m, tapir_span bytes)
{
    put_number(m, 1, bytes.len);
    tapir_put_span(&m->out, bytes);
}

static void put_text(tapir_dns_writer *m, tapir_span text)
{
    tapir_reader r = tapir_reader_of(text);

    for (; tapir_left(&r) > 255 && !m->out.failed;)
        put_counted(m, tapir_take_span(&r, 255));
    put_counted(m, tapir_rest(&r));
}

void tapir_dns_put_txt(
    tapir_dns_writer *m, const char *name, uint64_t ttl, const tapir_span *texts, size_t count)
{
    uint8_t *length = open_record(m, name, TAPIR_DNS_TYPE_TXT, ttl);

    if (!count)
        put_text(m, tapir_span_of(NULL, 0));
    for (size_t i = 0; i < count && !m->out.failed; i++)
        put_text(m, texts[i]);
    close_record(m, length);
}

void tapir_dns_put_srv(tapir_dns_writer *m, const char *name, uint64_t ttl, uint64_t priority,
    uint64_t weight, uint64_t port, const char *target)
{
    uint8_t *length = open_record(m, name, TAPIR_DNS_TYPE_SRV, ttl);

    put_number(m, 2, priority);
    put_number(m, 2, weight);
    put_number(m, 2, port);
    put_name(m, target, false); /* RFC 2782 */
    close_record(m, length);
}

void tapir_dns_put_caa(tapir_dns_writer *m, const char *name, uint64_t ttl, uint64_t flags,
    const char *tag, tapir_span value)
{
    uint8_t *length = open_record(m, name, TAPIR_DNS_TYPE_CAA, ttl);

    if (!*tag)
        fail(m, "a CAA record without a tag");
    put_number(m, 1, flags);
    put_counted(m, tapir_span_of(tag, strlen(tag)));
    tapir_put_span(&m->out, value);
    close_record(m, length);
}

static const char *parameter_trouble(tapir_span parameters)
{
    tapir_reader r = tapir_reader_of(parameters);
    uint32_t least = 0, key;

    while (tapir_left(&r)) {
        key = tapir_take_be16(&r);
        tapir_take(&r, tapir_take_be16(&r));
        if (r.failed)
            return "SVCB parameters end inside one";
        if (key < least)
            return "keys of SVCB parameters do not ascend";
        least = key + 1;
    }
    return NULL;
}

static void put_service(tapir_dns_writer *m, const char *name, uint64_t type, uint64_t ttl,
    uint64_t priority, const char *target, tapir_span parameters)
{
    uint8_t *length = open_record(m, name, type, ttl);
    const char *trouble = parameter_trouble(parameters);

    if (trouble)
        fail(m, trouble);
    put_number(m, 2, priority);
    put_name(m, target, false); /* RFC 9460 2.2 */
    tapir_put_span(&m->out, parameters);
    close_record(m, length);
}

void tapir_dns_put_svcb(tapir_dns_writer *m, const char *name, uint64_t ttl, uint64_t priority,
    const char *target, tapir_span parameters)
{
    put_service(m, name, TAPIR_DNS_TYPE_SVCB, ttl, priority, target, parameters);
}

void tapir_dns_put_https(tapir_dns_writer *m, const char *name, uint64_t ttl, uint64_t priority,
    const char *target, tapir_span parameters)
{
    put_service(m, name, TAPIR_DNS_TYPE_HTTPS, ttl, priority, target, parameters);
}

/* RFC 6891 6.1.2: the class is the payload size, the TTL three numbers. */
void tapir_dns_put_opt(tapir_dns_writer *m, uint64_t payload_size, uint64_t high_rcode,
    uint64_t version, uint64_t flags, tapir_span options)
{
    uint8_t *length;

    if (high_rcode > 255 || version > 255 || flags > UINT16_MAX) {
        fail(m, too_wide);
        return;
    }
    length = open_any(
        m, ".", TAPIR_DNS_TYPE_OPT, payload_size, high_rcode << 24 | version << 16 | flags);
    tapir_put_span(&m->out, options);
    close_record(m, length);
}

/* Parameters of SVCB records and options of OPT records: code, length, value. */

void tapir_svcb_put_parameter(tapir_writer *w, uint64_t key, tapir_span value)
{
    tapir_put_be(w, 2, key);
    tapir_put_be(w, 2, value.len);
    tapir_put_span(w, value);
}

void tapir_edns_put_option(tapir_writer *w, uint64_t code, tapir_span value)
{
    tapir_svcb_put_parameter(w, code, value);
}

void tapir_svcb_put_mandatory(tapir_writer *w, const uint16_t *keys, size_t count)
{
    tapir_put_be(w, 2, TAPIR_SVCB_MANDATORY);
    tapir_put_be(w, 2, count * 2);
    for (size_t i = 0; i < count && !w->failed; i++)
        tapir_put_be(w, 2, keys[i]);
}

void tapir_svcb_put_alpn(tapir_writer *w, const tapir_span *protocols, size_t count)
{
    uint8_t *length;

    tapir_put_be(w, 2, TAPIR_SVCB_ALPN);
    length = tapir_put(w, 2);
    for (size_t i = 0; i < count && !w->failed; i++) {
        tapir_put_be(w, 1, protocols[i].len);
        tapir_put_span(w, protocols[i]);
    }
    if (!length || w->failed)
        return;
    if (w->at - length - 2 > UINT16_MAX)
        tapir_writer_fail(w);
    else
        tapir_store_be(length, 2, (uint64_t)(w->at - length - 2));
}

void tapir_svcb_put_no_default_alpn(tapir_writer *w)
{
    tapir_svcb_put_parameter(w, TAPIR_SVCB_NO_DEFAULT_ALPN, tapir_span_of(NULL, 0));
}

void tapir_svcb_put_port(tapir_writer *w, uint64_t port)
{
    tapir_put_be(w, 2, TAPIR_SVCB_PORT);
    tapir_put_be(w, 2, 2);
    tapir_put_be(w, 2, port);
}

static void put_hint(tapir_writer *w, uint64_t key, tapir_span addresses, size_t size)
{
    if (!addresses.len || addresses.len % size)
        tapir_writer_fail(w);
    tapir_svcb_put_parameter(w, key, addresses);
}

void tapir_svcb_put_ipv4hint(tapir_writer *w, tapir_span addresses)
{
    put_hint(w, TAPIR_SVCB_IPV4HINT, addresses, 4);
}

void tapir_svcb_put_ipv6hint(tapir_writer *w, tapir_span addresses)
{
    put_hint(w, TAPIR_SVCB_IPV6HINT, addresses, 16);
}

/* RFC 7871 6: bits behind the prefix are zero. */
void tapir_edns_put_client_subnet(
    tapir_writer *w, tapir_span address, uint64_t prefix_len, uint64_t scope_len)
{
    size_t len = (size_t)(prefix_len + 7) / 8;

    if ((address.len != 4 && address.len != 16) || prefix_len > address.len * 8) {
        tapir_writer_fail(w);
        return;
    }
    tapir_put_be(w, 2, TAPIR_EDNS_OPTION_CLIENT_SUBNET);
    tapir_put_be(w, 2, len + 4);
    tapir_put_be(w, 2, address.len == 4 ? 1 : 2);
    tapir_put_be(w, 1, prefix_len);
    tapir_put_be(w, 1, scope_len);
    tapir_put_span(w, tapir_span_of(address.data, len));
    if (prefix_len % 8 && !w->failed)
        w->at[-1] &= (uint8_t)(0xff00 >> prefix_len % 8);
}

void tapir_edns_put_cookie(tapir_writer *w, const uint8_t client[8], tapir_span server)
{
    tapir_put_be(w, 2, TAPIR_EDNS_OPTION_COOKIE);
    tapir_put_be(w, 2, server.len + 8);
    tapir_put_span(w, tapir_span_of(client, 8));
    tapir_put_span(w, server);
}
