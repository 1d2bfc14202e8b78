/* Domain Name System (RFC 1035), multicast DNS (RFC 6762), LLMNR (RFC 4795): messages. */
#include "dns_internal.h"
#include "dns_samples.h"

#include "tapir/encode.h"
#include "tapir/proto/tcp.h"
#include "tapir/proto/udp.h"

#define HEADER_LEN 12

const tapir_label tapir__dns_types[] = {
#define X(name, number, text) {number, text},
    TAPIR_DNS_TYPES(X)
#undef X
        {0, NULL},
};

const tapir_label tapir__dns_classes[] = {
    {1, "IN"},
    {2, "CS"},
    {3, "CH"},
    {4, "HS"},
    {254, "NONE"},
    {255, "ANY"},
    {0, NULL},
};

static const tapir_label opcodes[] = {
    {0, "Standard query"},
    {1, "Inverse query"},
    {2, "Server status request"},
    {4, "Zone change notification"},
    {5, "Dynamic update"},
    {6, "Stateful operation"},
    {0, NULL},
};

static const tapir_label reply_codes[] = {
    {0, "No error"},
    {1, "Format error"},
    {2, "Server failure"},
    {3, "No such name"},
    {4, "Not implemented"},
    {5, "Refused"},
    {6, "Name exists"},
    {7, "Records exist"},
    {8, "Records do not exist"},
    {9, "Not authoritative or not authorised"},
    {10, "Name out of zone"},
    {11, "Type of stateful operation not implemented"},
    {0, NULL},
};

/* Forms of questions and records: places in the records of their lists. */
enum { PLAIN, MULTICAST, SERVICE, EDNS = 4 };

/* Questions */
#define QUESTION_HEAD                                                                              \
    TAPIR_FIELD(tapir_dns_question, name, "dns.qry.name", TAPIR_TEXT, 0, "Name asked for",         \
        .print = tapir__dns_print_name),                                                           \
        TAPIR_FIELD(tapir_dns_question, name_len, "dns.qry.name.len", TAPIR_UINT, 0,               \
            "Length of the name's text"),                                                          \
        TAPIR_FIELD(tapir_dns_question, label_count, "dns.count.labels", TAPIR_UINT, 0,            \
            "Labels of the name"),                                                                 \
        TAPIR_FIELD(tapir_dns_question, type, "dns.qry.type", TAPIR_UINT, 0, "Type asked for",     \
            .labels = tapir__dns_types),                                                           \
        TAPIR_FIELD(tapir_dns_question, rr_class, "dns.qry.class", TAPIR_UINT, 0,                  \
            "Class asked for", .labels = tapir__dns_classes, .base = TAPIR_HEX)

static const tapir_field question_fields[] = {QUESTION_HEAD};
static const tapir_field multicast_question_fields[] = {
    QUESTION_HEAD, TAPIR_FIELD(tapir_dns_question, unicast_response, "dns.qry.qu", TAPIR_FLAG, 0,
                       "A unicast answer will do")};
static const tapir_record *question_next(tapir_walk *walk, void *item)
{
    const struct tapir_dns *dns = walk->outer;
    struct tapir_dns_question *question = item;
    struct trouble trouble = {NULL, NULL};

    memset(question, 0, sizeof *question);
    if (!tapir__dns_take_name(&walk->in, dns->message, &question->name, &trouble))
        tapir_reader_fail(&walk->in, 1);
    question->type = tapir_take_be16(&walk->in);
    question->rr_class = tapir_take_be16(&walk->in);
    if (walk->in.failed)
        return NULL;
    tapir__dns_measure_name(&question->name, &question->name_len, &question->label_count);
    if (!(dns->shape & SHAPE_MULTICAST))
        return walk->list->records[PLAIN];
    question->unicast_response = question->rr_class & 0x8000;
    question->rr_class &= 0x7fff;
    return walk->list->records[PLAIN + MULTICAST];
}

/* A list of questions: <name>_list, its items called `title`. */
#define QUESTIONS(name, title)                                                                     \
    static const tapir_record name##_plain = TAPIR_RECORD(title, question_fields),                 \
                              name##_multicast = TAPIR_RECORD(title, multicast_question_fields);   \
    static const tapir_record *const name##_records[] = {                                          \
        [PLAIN] = &name##_plain, [PLAIN + MULTICAST] = &name##_multicast};                         \
    static const tapir_list name##_list = {sizeof(struct tapir_dns_question), question_next,       \
        name##_records, TAPIR_COUNT(name##_records), tapir__dns_question_makers,                   \
        TAPIR__DNS_QUESTION_MAKER_COUNT}
QUESTIONS(question, "Question");
QUESTIONS(zone, "Zone");

/* Records. Wireshark takes the owner of an SRV record apart: service, protocol, and the rest. */
static void print_part(tapir_text *text, const void *member, unsigned part)
{
    char buffer[TAPIR_DNS_NAME_ROOM];
    tapir_text whole = tapir_text_fixed(buffer, sizeof buffer);
    const char *at = buffer, *end, *dot;

    tapir_dns_name_text(&whole, member);
    end = buffer + whole.len;
    for (; part > 0; part--) {
        dot = memchr(at, '.', (size_t)(end - at));
        at = dot ? dot + 1 : end;
    }
    tapir_text_bytes(text, at, (size_t)(end - at));
}

static void cut_at_dot(tapir_text *text, size_t before)
{
    const char *dot =
        text->len > before ? memchr(text->data + before, '.', text->len - before) : NULL;

    if (dot)
        text->len = (size_t)(dot - text->data);
}

static void print_service(tapir_text *text, const void *member, const void *item)
{
    size_t before = text->len;

    (void)item;
    print_part(text, member, 0);
    cut_at_dot(text, before);
}

static void print_protocol(tapir_text *text, const void *member, const void *item)
{
    size_t before = text->len;

    (void)item;
    print_part(text, member, 1);
    cut_at_dot(text, before);
}

static void print_domain(tapir_text *text, const void *member, const void *item)
{
    (void)item;
    print_part(text, member, 2);
}

#define OWNER                                                                                      \
    TAPIR_FIELD(tapir_dns_record, name, "dns.resp.name", TAPIR_TEXT, 0, "Owner",                   \
        .print = tapir__dns_print_name)
#define SERVICE_OWNER                                                                              \
    TAPIR_FIELD(tapir_dns_record, name, "dns.srv.service", TAPIR_TEXT, 0,                          \
        "Service: the owner's first label", .print = print_service),                               \
        TAPIR_FIELD(tapir_dns_record, name, "dns.srv.proto", TAPIR_TEXT, 0,                        \
            "Protocol: the owner's second label", .print = print_protocol,                         \
            TAPIR_IF(tapir_dns_record, service_parts, 2)),                                         \
        TAPIR_FIELD(tapir_dns_record, name, "dns.srv.name", TAPIR_TEXT, 0,                         \
            "Domain: the rest of the owner", .print = print_domain,                                \
            TAPIR_IF(tapir_dns_record, service_parts, 4))
#define TYPE                                                                                       \
    TAPIR_FIELD(tapir_dns_record, type, "dns.resp.type", TAPIR_UINT, 0, "Type",                    \
        .labels = tapir__dns_types)
#define CLASS                                                                                      \
    TAPIR_FIELD(tapir_dns_record, rr_class, "dns.resp.class", TAPIR_UINT, 0, "Class",              \
        .labels = tapir__dns_classes, .base = TAPIR_HEX)
#define FLUSH                                                                                      \
    TAPIR_FIELD(tapir_dns_record, cache_flush, "dns.resp.cache_flush", TAPIR_FLAG, 0,              \
        "Replaces all records of its name and type")
#define DATA                                                                                       \
    TAPIR_FIELD(tapir_dns_record, ttl, "dns.resp.ttl", TAPIR_UINT, 0, "Seconds it may be cached"), \
        DATA_LENGTH
#define DATA_LENGTH                                                                                \
    TAPIR_FIELD(tapir_dns_record, data_len, "dns.resp.len", TAPIR_UINT, 0, "Length of the data"),  \
        TAPIR_FIELD(tapir_dns_record, data, "dns.resp.data", TAPIR_BODY, 0, "Data",                \
            .list = &tapir__dns_data_body)

static const tapir_part edns_flags[] = {
    TAPIR_PART("dns.resp.z.do", TAPIR_EDNS_DO, "DNSSEC records are wanted", NULL),
    TAPIR_PART_HEX("dns.resp.z.reserved", 0x7fff, "Reserved"),
    TAPIR_PARTS_END,
};
#define EDNS_SIZE(base_)                                                                           \
    TAPIR_FIELD(tapir_dns_record, payload_size, "dns.rr.udp_payload_size", TAPIR_UINT, 0,          \
        "Largest UDP payload the sender takes", .base = base_)
#define EDNS_DATA                                                                                  \
    TAPIR_FIELD(tapir_dns_record, high_rcode, "dns.resp.ext_rcode", TAPIR_UINT, 0,                 \
        "Upper 8 bits of the reply code", .base = TAPIR_HEX),                                      \
        TAPIR_FIELD(                                                                               \
            tapir_dns_record, edns_version, "dns.resp.edns0_version", TAPIR_UINT, 0, "Version"),   \
        TAPIR_FIELD(tapir_dns_record, edns_flags, "dns.resp.z", TAPIR_UINT, 0, "Flags",            \
            .base = TAPIR_HEX, .parts = edns_flags),                                               \
        DATA_LENGTH

static const tapir_field record_fields[] = {OWNER, TYPE, CLASS, DATA};
static const tapir_field service_fields[] = {SERVICE_OWNER, TYPE, CLASS, DATA};
static const tapir_field edns_fields[] = {OWNER, TYPE, EDNS_SIZE(TAPIR_DECIMAL), EDNS_DATA};
static const tapir_field multicast_record_fields[] = {OWNER, TYPE, CLASS, FLUSH, DATA};
static const tapir_field multicast_service_fields[] = {SERVICE_OWNER, TYPE, CLASS, FLUSH, DATA};
static const tapir_field multicast_edns_fields[] = {
    OWNER, TYPE, EDNS_SIZE(TAPIR_HEX), FLUSH, EDNS_DATA};

/* Which parts the text of a name falls into at its dots. */
static uint8_t parts_of(const struct tapir_dns_name *name)
{
    tapir_dns_labels walk = tapir_dns_name_labels(name);
    unsigned parts = 0;
    tapir_span label;

    while (tapir_dns_label_next(&walk, &label) && parts < 3) {
        parts++;
        for (size_t i = 0; i < label.len && parts < 3; i++)
            parts += label.data[i] == '.';
    }
    return (uint8_t)((1u << (walk.trouble || !parts ? 1 : parts)) - 1);
}

static const tapir_record *record_next(tapir_walk *walk, void *item)
{
    const struct tapir_dns *dns = walk->outer;
    struct tapir_dns_record *record = item;
    unsigned form = PLAIN;
    struct trouble trouble = {NULL, NULL};

    memset(record, 0, sizeof *record);
    if (!tapir__dns_take_name(&walk->in, dns->message, &record->name, &trouble))
        tapir_reader_fail(&walk->in, 1);
    record->type = tapir_take_be16(&walk->in);
    record->rr_class = tapir_take_be16(&walk->in);
    if (record->type == TAPIR_DNS_TYPE_SRV) {
        form = SERVICE;
        record->service_parts = parts_of(&record->name);
    } else if (record->type == TAPIR_DNS_TYPE_OPT) {
        form = EDNS;
    }
    if (dns->shape & SHAPE_MULTICAST) {
        record->cache_flush = record->rr_class & 0x8000;
        record->rr_class &= 0x7fff;
    }
    record->payload_size = record->rr_class;
    record->ttl = tapir_take_be32(&walk->in);
    record->high_rcode = (uint8_t)(record->ttl >> 24);
    record->edns_version = (uint8_t)(record->ttl >> 16);
    record->edns_flags = (uint16_t)record->ttl;
    record->data_len = tapir_take_be16(&walk->in);
    record->data = tapir_take_span(&walk->in, record->data_len);
    if (walk->in.failed)
        return NULL;
    return walk->list->records[form + (dns->shape & SHAPE_MULTICAST ? MULTICAST : 0)];
}

/* A list of records: <name>_list, its items called `title`. */
#define RECORDS(name, title)                                                                       \
    static const tapir_record name##_plain = TAPIR_RECORD(title, record_fields),                   \
                              name##_service = TAPIR_RECORD(title, service_fields),                \
                              name##_edns = TAPIR_RECORD(title, edns_fields),                      \
                              name##_multicast = TAPIR_RECORD(title, multicast_record_fields),     \
                              name##_multicast_service =                                           \
                                  TAPIR_RECORD(title, multicast_service_fields),                   \
                              name##_multicast_edns = TAPIR_RECORD(title, multicast_edns_fields);  \
    static const tapir_record *const name##_records[] = {                                          \
        [PLAIN] = &name##_plain,                                                                   \
        [PLAIN + MULTICAST] = &name##_multicast,                                                   \
        [SERVICE] = &name##_service,                                                               \
        [SERVICE + MULTICAST] = &name##_multicast_service,                                         \
        [EDNS] = &name##_edns,                                                                     \
        [EDNS + MULTICAST] = &name##_multicast_edns,                                               \
    };                                                                                             \
    static const tapir_list name##_list = {sizeof(struct tapir_dns_record), record_next,           \
        name##_records, TAPIR_COUNT(name##_records), tapir__dns_record_makers,                     \
        TAPIR__DNS_RECORD_MAKER_COUNT}
RECORDS(answer, "Answer");
RECORDS(authority, "Authority record");
RECORDS(additional, "Additional record");
RECORDS(prerequisite, "Prerequisite");
RECORDS(update, "Update");

/* Stateful operations (RFC 8490) */
#define TLV(member, name, ...)                                                                     \
    TAPIR_FIELD(tapir_dns_stateful, member, name, TAPIR_UINT, 0, __VA_ARGS__)
#define TLV_HEAD TLV(type, "dns.dso.tlv.type", "Type"), TLV(len, "dns.dso.tlv.length", "Length")
static const tapir_field keepalive_fields[] = {TLV_HEAD,
    TLV(inactivity_ms, "dns.dso.tlv.keepalive.inactivity", "Idle timeout in milliseconds"),
    TLV(interval_ms, "dns.dso.tlv.keepalive.interval", "Milliseconds between keepalives")};
static const tapir_field retry_fields[] = {TLV_HEAD,
    TLV(retry_delay_ms, "dns.dso.tlv.retrydelay.retrydelay", "Milliseconds to stay away")};
static const tapir_field padding_fields[] = {TLV_HEAD,
    TAPIR_FIELD(tapir_dns_stateful, data, "dns.dso.tlv.encpad.padding", TAPIR_SPAN, 0, "Padding")};
static const tapir_field other_fields[] = {
    TLV_HEAD, TAPIR_FIELD(tapir_dns_stateful, data, "dns.dso.tlv.data", TAPIR_SPAN, 0, "Data")};
static const tapir_record keepalive = TAPIR_RECORD("Keepalive", keepalive_fields),
                          retry = TAPIR_RECORD("Retry delay", retry_fields),
                          padding = TAPIR_RECORD("Padding", padding_fields),
                          other = TAPIR_RECORD("TLV", other_fields);
static const tapir_record *const stateful_records[] = {&other, &keepalive, &retry, &padding};

static const tapir_record *stateful_next(tapir_walk *walk, void *item)
{
    struct tapir_dns_stateful *tlv = item;
    const tapir_record *record;
    tapir_reader data;
    size_t rows = 2;

    memset(tlv, 0, sizeof *tlv);
    tlv->type = tapir_take_be16(&walk->in);
    tlv->len = tapir_take_be16(&walk->in);
    if (walk->in.failed)
        return NULL;
    tlv->data = tapir_take_span(&walk->in, tlv->len);
    record = stateful_records[tlv->type <= 3 ? tlv->type : 0];
    data = tapir_reader_of(tlv->data);
    if (tlv->type == 1) {
        tlv->inactivity_ms = tapir_take_be32(&data);
        rows += !data.failed;
        tlv->interval_ms = tapir_take_be32(&data);
    } else if (tlv->type == 2) {
        tlv->retry_delay_ms = tapir_take_be32(&data);
    }
    if (data.failed)
        tapir_reader_fail(&walk->in, 4);
    return tapir__dns_rows(&walk->in, record, rows, &tlv->cut);
}

static const tapir_list stateful_list = {sizeof(struct tapir_dns_stateful), stateful_next,
    stateful_records, TAPIR_COUNT(stateful_records)};

/* The header. Which flags a message has depends on what it is: `shape` says which rows apply. */
#define SHAPE(mask)            TAPIR_IF(tapir_dns, shape, mask)
#define PART(name, bit, about) TAPIR_PART("dns.flags." name, bit, about, NULL)
#define FLAGS_HEAD                                                                                 \
    PART("response", TAPIR_DNS_RESPONSE, "A response"),                                            \
        TAPIR_PART("dns.flags.opcode", 0x7800, "Kind of query", opcodes)
#define FLAGS_ALL                                                                                  \
    PART("truncated", TAPIR_DNS_TRUNCATED, "Cut to what the transport carries"),                   \
        PART("recdesired", TAPIR_DNS_RECURSION_DESIRED, "Recursion desired")
#define REPLY_CODE TAPIR_PART("dns.flags.rcode", 0x000f, "Reply code", reply_codes)

static const tapir_part query_flags[] = {
    FLAGS_HEAD,
    FLAGS_ALL,
    PART("z", TAPIR_DNS_Z, "Reserved"),
    PART("checkdisable", TAPIR_DNS_CHECKING_DISABLED, "Data that is not authentic will do"),
    TAPIR_PARTS_END,
};

static const tapir_part authentic_query_flags[] = {
    FLAGS_HEAD,
    FLAGS_ALL,
    PART("z", TAPIR_DNS_Z, "Reserved"),
    PART("authenticated", TAPIR_DNS_AUTHENTICATED, "Wants to know whether data is authentic"),
    PART("checkdisable", TAPIR_DNS_CHECKING_DISABLED, "Data that is not authentic will do"),
    TAPIR_PARTS_END,
};

static const tapir_part response_flags[] = {
    FLAGS_HEAD,
    PART("authoritative", TAPIR_DNS_AUTHORITATIVE, "From the owner of the name"),
    FLAGS_ALL,
    PART("recavail", TAPIR_DNS_RECURSION_AVAILABLE, "Recursion available"),
    PART("z", TAPIR_DNS_Z, "Reserved"),
    PART("authenticated", TAPIR_DNS_AUTHENTICATED, "All data was verified"),
    PART("checkdisable", TAPIR_DNS_CHECKING_DISABLED, "Data that is not authentic will do"),
    REPLY_CODE,
    TAPIR_PARTS_END,
};

#define LLMNR_FLAGS                                                                                \
    PART("conflict", TAPIR_LLMNR_CONFLICT, "The name is not unique"),                              \
        PART("truncated", TAPIR_DNS_TRUNCATED, "Cut to what the transport carries"),               \
        PART("tentative", TAPIR_LLMNR_TENTATIVE, "The name is not known to be unique yet")

static const tapir_part llmnr_query_flags[] = {FLAGS_HEAD, LLMNR_FLAGS, TAPIR_PARTS_END};
static const tapir_part llmnr_response_flags[] = {
    FLAGS_HEAD, LLMNR_FLAGS, REPLY_CODE, TAPIR_PARTS_END};

#define FLAGS(bits, mask, parts_)                                                                  \
    TAPIR_FIELD(tapir_dns, flags, "dns.flags", TAPIR_UINT, bits, "Flags", .base = TAPIR_HEX,       \
        .parts = parts_, SHAPE(mask))
#define COUNT(member, name, bits, mask, about)                                                     \
    TAPIR_FIELD(tapir_dns, member, "dns.count." name, TAPIR_UINT, bits, about, SHAPE(mask))
#define MESSAGE_HEAD                                                                               \
    TAPIR_FIELD(tapir_dns, length, "dns.length", TAPIR_UINT, 0,                                    \
        "Length of the message on a byte stream", TAPIR_IF(tapir_dns, prefixed, 1)),               \
        TAPIR_FIELD(tapir_dns, id, "dns.id", TAPIR_UINT, 16,                                       \
            "Identification of query and response", .base = TAPIR_HEX, SHAPE(SHAPE_ID))
#define SECTION(member, name, mask, list_, about)                                                  \
    TAPIR_FIELD(tapir_dns, member, name, TAPIR_LIST, 0, about, .list = &list_##_list, SHAPE(mask))
#define MESSAGE_REST                                                                               \
    COUNT(question_count, "queries", 16, SHAPE_QUESTIONS, "Questions"),                            \
        COUNT(answer_count, "answers", 16, SHAPE_ANSWERS, "Answers"),                              \
        COUNT(authority_count, "auth_rr", 16, SHAPE_AUTHORITIES, "Authority records"),             \
        COUNT(question_count, "zones", 0, SHAPE_ZONES, "Zones"),                                   \
        COUNT(answer_count, "prerequisites", 0, SHAPE_PREREQUISITES, "Prerequisites"),             \
        COUNT(authority_count, "updates", 0, SHAPE_UPDATES, "Updates"),                            \
        COUNT(additional_count, "add_rr", 16, SHAPE_ADDITIONALS, "Additional records"),            \
        TAPIR_FIELD(tapir_dns, stateful, "dns.dso", TAPIR_LIST, 0, "Stateful operations",          \
            .list = &stateful_list),                                                               \
        SECTION(questions, "dns.questions", SHAPE_QUESTIONS, question, "Questions"),               \
        SECTION(questions, "dns.zones", SHAPE_ZONES, zone, "Zones"),                               \
        SECTION(answers, "dns.answers", SHAPE_ANSWERS, answer, "Answers"),                         \
        SECTION(answers, "dns.prerequisites", SHAPE_PREREQUISITES, prerequisite, "Prerequisites"), \
        SECTION(                                                                                   \
            authorities, "dns.authorities", SHAPE_AUTHORITIES, authority, "Authority records"),    \
        SECTION(authorities, "dns.updates", SHAPE_UPDATES, update, "Updates"),                     \
        SECTION(                                                                                   \
            additionals, "dns.additionals", SHAPE_ADDITIONALS, additional, "Additional records"),  \
        TAPIR_FIELD(tapir_dns, extraneous, "dns.extraneous.data", TAPIR_SPAN, 0,                   \
            "What follows the last record"),                                                       \
        TAPIR_FIELD(tapir_dns, extraneous.len, "dns.extraneous.length", TAPIR_UINT, 0,             \
            "Length of what follows", TAPIR_IF(tapir_dns, extraneous.len, UINT64_MAX))

static const tapir_field dns_fields[] = {
    MESSAGE_HEAD,
    FLAGS(16, SHAPE_QUERY, query_flags),
    FLAGS(0, SHAPE_AUTHENTIC_QUERY, authentic_query_flags),
    FLAGS(0, SHAPE_RESPONSE, response_flags),
    MESSAGE_REST,
};

static const tapir_field llmnr_fields[] = {
    MESSAGE_HEAD,
    FLAGS(16, SHAPE_QUERY | SHAPE_AUTHENTIC_QUERY, llmnr_query_flags),
    FLAGS(0, SHAPE_RESPONSE, llmnr_response_flags),
    MESSAGE_REST,
};

tapir_walk tapir_dns_questions(const struct tapir_dns *dns)
{
    return tapir_walk_of(&question_list, dns->questions, dns);
}

tapir_walk tapir_dns_answers(const struct tapir_dns *dns)
{
    return tapir_walk_of(&answer_list, dns->answers, dns);
}

tapir_walk tapir_dns_authorities(const struct tapir_dns *dns)
{
    return tapir_walk_of(&authority_list, dns->authorities, dns);
}

tapir_walk tapir_dns_additionals(const struct tapir_dns *dns)
{
    return tapir_walk_of(&additional_list, dns->additionals, dns);
}

tapir_walk tapir_dns_stateful_items(const struct tapir_dns *dns)
{
    return tapir_walk_of(&stateful_list, dns->stateful, dns);
}

const char *tapir_dns_type_name(uint16_t type)
{
    return tapir_label_find(tapir__dns_types, type);
}

/* Which rows apply to a header of which `len` bytes are there. */
static uint16_t shape_of(const struct tapir_dns *dns, size_t len)
{
    bool update = TAPIR_DNS_OPCODE(dns->flags) == TAPIR_DNS_OPCODE_UPDATE;
    unsigned shape = 0;

    if (len >= 2)
        shape |= SHAPE_ID;
    if (len >= 4)
        shape |= dns->flags & TAPIR_DNS_RESPONSE        ? SHAPE_RESPONSE
                 : dns->flags & TAPIR_DNS_AUTHENTICATED ? SHAPE_AUTHENTIC_QUERY
                                                        : SHAPE_QUERY;
    if (len >= 6)
        shape |= update ? SHAPE_ZONES : SHAPE_QUESTIONS;
    if (len >= 8)
        shape |= update ? SHAPE_PREREQUISITES : SHAPE_ANSWERS;
    if (len >= 10)
        shape |= update ? SHAPE_UPDATES : SHAPE_AUTHORITIES;
    if (len >= 12)
        shape |= SHAPE_ADDITIONALS;
    return (uint16_t)shape;
}

uint16_t tapir__dns_shape(const struct tapir_dns *dns)
{
    return shape_of(dns, HEADER_LEN);
}

/* Where the names stand that data may be compressed in or begins with: behind how many bytes, and
 * how many they are (RFC 3597 4). */
static const struct {
    uint8_t behind, count;
} names_in_data[] = {
    [TAPIR_DNS_TYPE_NS] = {0, 1},
    [TAPIR_DNS_TYPE_MD] = {0, 1},
    [TAPIR_DNS_TYPE_MF] = {0, 1},
    [TAPIR_DNS_TYPE_CNAME] = {0, 1},
    [TAPIR_DNS_TYPE_SOA] = {0, 2},
    [TAPIR_DNS_TYPE_MB] = {0, 1},
    [TAPIR_DNS_TYPE_MG] = {0, 1},
    [TAPIR_DNS_TYPE_MR] = {0, 1},
    [TAPIR_DNS_TYPE_PTR] = {0, 1},
    [TAPIR_DNS_TYPE_MINFO] = {0, 2},
    [TAPIR_DNS_TYPE_MX] = {2, 1},
    [TAPIR_DNS_TYPE_RP] = {0, 2},
    [TAPIR_DNS_TYPE_AFSDB] = {2, 1},
    [TAPIR_DNS_TYPE_RT] = {2, 1},
    [TAPIR_DNS_TYPE_PX] = {2, 2},
    [TAPIR_DNS_TYPE_SRV] = {6, 1},
    [TAPIR_DNS_TYPE_KX] = {2, 1},
    [TAPIR_DNS_TYPE_DNAME] = {0, 1},
};

/* Notes what is wrong with the names in a record's data. What follows it stands where its length
 * says all the same. */
static void check_data(tapir_span data, tapir_span message, unsigned type, struct trouble *trouble)
{
    tapir_reader in = tapir_reader_of(data);
    struct tapir_dns_name name;

    if (type >= TAPIR_COUNT(names_in_data) || names_in_data[type].count == 0)
        return;
    tapir_take(&in, names_in_data[type].behind);
    for (unsigned left = names_in_data[type].count; left > 0 && !in.failed; left--)
        if (!tapir__dns_take_name(&in, message, &name, trouble))
            return;
}

/* Skips `count` questions or records and returns the span they take. Stops where the message ends
 * too early, with the reader failed, and at a name behind which nothing can be found. */
static tapir_span skip_section(tapir_reader *in, tapir_span message, unsigned count,
    size_t fixed_len, struct trouble *trouble, bool *lost)
{
    const uint8_t *start = in->at, *record = start;
    struct tapir_dns_name name;

    while (count-- > 0 && !*lost && !in->failed) {
        const uint8_t *fixed;
        record = in->at;
        if (!tapir__dns_take_name(in, message, &name, trouble)) {
            *lost = !in->failed;
            break;
        }
        fixed = tapir_take(in, fixed_len);
        if (fixed && fixed_len > 4) {
            tapir_span data = tapir_take_span(in, tapir_load_be(fixed + 8, 2));
            check_data(data, message, (unsigned)tapir_load_be(fixed, 2), trouble);
        }
    }
    return tapir_span_of(start, (size_t)((*lost ? record : in->at) - start));
}

/* Skips TLVs and returns the span they take, with one that the message's end cuts. */
static tapir_span skip_stateful(tapir_reader *in)
{
    const uint8_t *start = in->at;

    while (tapir_left(in) >= 4) {
        size_t len;
        tapir_take(in, 2);
        len = tapir_take_be16(in);
        tapir_take(in, len);
    }
    return tapir_span_of(start, (size_t)(in->at - start));
}

/* Decodes a message from `in`, which in the end stands behind it or where it could not go on. */
static void decode_message(tapir_reader *in, struct tapir_dns *dns, struct trouble *trouble)
{
    bool lost = false;

    dns->message = tapir_rest(in);
    dns->shape = 0;
    dns->stateful = dns->questions = dns->answers = dns->authorities = dns->additionals =
        dns->extraneous = tapir_span_of(in->at, 0);
    TAPIR_LOAD(in, dns, dns_fields);
    dns->shape = shape_of(dns, dns->message.len);
    if (in->failed)
        return;
    if (TAPIR_DNS_OPCODE(dns->flags) == TAPIR_DNS_OPCODE_STATEFUL &&
        !(dns->question_count | dns->answer_count | dns->authority_count | dns->additional_count)) {
        dns->stateful = skip_stateful(in);
        dns->extraneous = tapir_take_rest(in);
        return;
    }
    dns->questions = skip_section(in, dns->message, dns->question_count, 4, trouble, &lost);
    dns->answers = skip_section(in, dns->message, dns->answer_count, 10, trouble, &lost);
    dns->authorities = skip_section(in, dns->message, dns->authority_count, 10, trouble, &lost);
    dns->additionals = skip_section(in, dns->message, dns->additional_count, 10, trouble, &lost);
    if (!lost)
        dns->extraneous = tapir_take_rest(in);
}

static tapir_status broken(tapir_decoder *d, const char *reason, const uint8_t *at)
{
    d->reason = reason;
    d->broken = at;
    return TAPIR_MALFORMED;
}

/* A message without a prefix takes all there is. */
static tapir_status decode_datagram(tapir_decoder *d, struct tapir_dns *dns)
{
    struct trouble trouble = {NULL, NULL};

    dns->prefixed = false;
    dns->length = 0;
    decode_message(&d->in, dns, &trouble);
    return trouble.reason ? broken(d, trouble.reason, trouble.at) : TAPIR_OK;
}

/* RFC 1035 4.2.2: on a byte stream the length stands in front of each message. What follows the
 * message is the next one, a layer of its own. */
static tapir_status decode_prefixed(
    tapir_decoder *d, struct tapir_dns *dns, const tapir_proto *proto)
{
    struct trouble trouble = {NULL, NULL};
    size_t sent = tapir_left_as_sent(d);
    tapir_reader message;

    /* A segment that was sent with part of a message: the rest comes in the next. */
    if (sent < 2 || (tapir_left(&d->in) >= 2 && sent - 2 < tapir_load_be(d->in.at, 2)))
        return tapir_decline(d, d->in.at);
    dns->prefixed = true;
    dns->length = tapir_take_be16(&d->in);
    message = d->in;
    tapir_limit(&message, dns->length);
    decode_message(&message, dns, &trouble);
    if (tapir_left(&d->in) < dns->length) {
        tapir_reader_fail(&d->in, dns->length);
        return TAPIR_OK;
    }
    d->in.at = message.end;
    d->next = proto;
    if (message.failed && !trouble.reason)
        trouble = (struct trouble){
            "Message ends inside its header or a record", message.end - message.had};
    return trouble.reason ? broken(d, trouble.reason, trouble.at) : TAPIR_OK;
}

static tapir_status decode_any(tapir_decoder *d, struct tapir_dns *dns, const tapir_proto *proto)
{
    return d->via == TAPIR_TCP_PORT ? decode_prefixed(d, dns, proto) : decode_datagram(d, dns);
}

/* On a byte stream (RFC 1035 4.2.2). */
static size_t prefixed_len(tapir_span bytes)
{
    return bytes.len < 2 ? 0 : 2 + (size_t)tapir_load_be(bytes.data, 2);
}

static tapir_status dns_decode(tapir_decoder *d, void *layer)
{
    return decode_any(d, layer, &tapir_dns_proto);
}

static tapir_status llmnr_decode(tapir_decoder *d, void *layer)
{
    return decode_any(d, layer, &tapir_llmnr_proto);
}

static tapir_status mdns_decode(tapir_decoder *d, void *layer)
{
    struct tapir_dns *dns = layer;
    tapir_status status = decode_datagram(d, dns);

    dns->shape |= SHAPE_MULTICAST;
    return status;
}

/* How many bytes inside are the message's own: not those behind one that had its length in front,
 * which are the next one's. */
static size_t own_payload(const tapir_encoder *e, const struct tapir_dns *dns)
{
    const tapir_stack_layer *inside = tapir_encoder_inside(e);

    return dns->prefixed || !inside || inside->proto == e->layers[e->index].proto ? 0
                                                                                  : e->inside.len;
}

/* RFC 1035 4.2.2: over TCP the length of the message stands in front of it. */
static tapir_status fill_prefix(tapir_encoder *e, struct tapir_dns *dns, size_t len)
{
    const tapir_stack_layer *outside = tapir_encoder_outside(e);
    const struct tapir_dns *was = e->was ? e->was->fields : NULL;
    size_t length = dns->length;

    if (!(e->fill & TAPIR_LENGTHS))
        return TAPIR_OK;
    len += own_payload(e, dns);
    if (outside && outside->proto == &tapir_tcp_proto)
        dns->prefixed = true;
    else if (outside && outside->proto == &tapir_udp_proto)
        dns->prefixed = false;
    if (!dns->prefixed)
        return TAPIR_OK;
    /* Of an edited message not all may be there: what changes is the difference. */
    if (was && was->prefixed)
        length = length + len - (e->was->header_len - 2);
    else
        length = len;
    if (length > UINT16_MAX)
        return tapir_refuse(
            e, TAPIR_TOO_WIDE, "dns.length", "%zu does not fit, 65535 is the most", length);
    dns->length = (uint16_t)length;
    return TAPIR_OK;
}

static tapir_status dns_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_dns filled = *(const struct tapir_dns *)layer, *dns = &filled;
    tapir_span rest = dns->message;
    tapir_status status;

    rest = rest.len > HEADER_LEN ? tapir_span_of(rest.data + HEADER_LEN, rest.len - HEADER_LEN)
                                 : tapir_span_of(NULL, 0);
    status = fill_prefix(e, dns, HEADER_LEN + rest.len);
    if (status != TAPIR_OK)
        return status;
    tapir_open_header(e, (dns->prefixed ? 2u : 0u) + HEADER_LEN + rest.len);
    if (dns->prefixed)
        tapir_put_be(&e->out, 2, dns->length);
    TAPIR_STORE(&e->out, dns, dns_fields);
    tapir_put_span(&e->out, rest);
    return TAPIR_OK;
}

static tapir_status dns_compose(void *layer, tapir_writer *w)
{
    struct tapir_dns *dns = layer;

    /* A message given whole has its sections in it. */
    return dns->message.len ? TAPIR_OK : tapir_dns_join(dns, w);
}

static const tapir_binding dns_bindings[] = {
    {TAPIR_UDP_PORT, 53}, {TAPIR_TCP_PORT, 53}, {TAPIR_TCP_PORT, 5353}, {TAPIR_SCTP_PORT, 53}};
static const tapir_binding mdns_bindings[] = {{TAPIR_UDP_PORT, 5353}};
static const tapir_binding llmnr_bindings[] = {{TAPIR_UDP_PORT, 5355}, {TAPIR_TCP_PORT, 5355}};

static const struct tapir_dns dns_initial = {.flags = TAPIR_DNS_RECURSION_DESIRED};

const tapir_proto tapir_dns_proto = {
    .name = "dns",
    .title = "Domain Name System",
    .spec = "RFC 1035",
    .role = TAPIR_ROLE_APPLICATION,
    TAPIR_FIELDS(dns_fields),
    .size = sizeof(struct tapir_dns),
    .decode = dns_decode,
    .encode = dns_encode,
    .compose = dns_compose,
    .message_len = prefixed_len,
    TAPIR_BINDINGS(dns_bindings),
    TAPIR_SAMPLES(dns_samples),
    .initial = &dns_initial,
};

const tapir_proto tapir_mdns_proto = {
    .name = "mdns",
    .title = "Multicast Domain Name System",
    .spec = "RFC 6762",
    .role = TAPIR_ROLE_APPLICATION,
    TAPIR_FIELDS(dns_fields),
    .size = sizeof(struct tapir_dns),
    .decode = mdns_decode,
    .encode = dns_encode,
    .compose = dns_compose,
    .message_len = prefixed_len,
    TAPIR_BINDINGS(mdns_bindings),
    TAPIR_SAMPLES(mdns_samples),
};

const tapir_proto tapir_llmnr_proto = {
    .name = "llmnr",
    .title = "Link-Local Multicast Name Resolution",
    .spec = "RFC 4795",
    .role = TAPIR_ROLE_APPLICATION,
    TAPIR_FIELDS(llmnr_fields),
    .size = sizeof(struct tapir_dns),
    .decode = llmnr_decode,
    .encode = dns_encode,
    .compose = dns_compose,
    .message_len = prefixed_len,
    TAPIR_BINDINGS(llmnr_bindings),
    TAPIR_SAMPLES(llmnr_samples),
};
