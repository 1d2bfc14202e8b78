/* Options of IPv4 (RFC 791 3.1 and those that came later). */
#include "ipv4_options.h"

#include "../record.h"

static const tapir_label option_types[] = {
    {TAPIR_IPV4_END, "End of options"},
    {TAPIR_IPV4_NOP, "No operation"},
    {TAPIR_IPV4_RECORD_ROUTE, "Record route"},
    {10, "Experimental measurement"},
    {TAPIR_IPV4_MTU_PROBE, "MTU probe"},
    {TAPIR_IPV4_MTU_REPLY, "MTU reply"},
    {15, "ENCODE"},
    {TAPIR_IPV4_QUICK_START, "Quick-Start"},
    {30, "Experiment"},
    {TAPIR_IPV4_TIMESTAMP, "Timestamp"},
    {TAPIR_IPV4_TRACEROUTE, "Traceroute"},
    {94, "Experiment"},
    {TAPIR_IPV4_SECURITY, "Security"},
    {TAPIR_IPV4_LOOSE_ROUTE, "Loose source route"},
    {TAPIR_IPV4_EXTENDED_SECURITY, "Extended security"},
    {TAPIR_IPV4_CIPSO, "Commercial security"},
    {TAPIR_IPV4_STREAM_ID, "Stream identifier"},
    {TAPIR_IPV4_STRICT_ROUTE, "Strict source route"},
    {142, "Experimental access control"},
    {144, "IMI traffic descriptor"},
    {145, "Extended Internet protocol"},
    {TAPIR_IPV4_ADDRESS_EXTENSION, "Address extension"},
    {TAPIR_IPV4_ROUTER_ALERT, "Router alert"},
    {TAPIR_IPV4_SELECTIVE_BROADCAST, "Selective directed broadcast"},
    {TAPIR_IPV4_DYNAMIC_PACKET_STATE, "Dynamic packet state"},
    {TAPIR_IPV4_UPSTREAM_MULTICAST, "Upstream multicast packet"},
    {158, "Experiment"},
    {205, "Experimental flow control"},
    {222, "Experiment"},
    {0, NULL},
};

static const tapir_label classes[] = {
    {0, "Control"}, {1, "Reserved"}, {2, "Debugging and measurement"}, {3, "Reserved"}, {0, NULL}};

static const tapir_part type_parts[] = {
    TAPIR_PART("ip.opt.type.copy", 0x80, "Copied into every fragment", NULL),
    TAPIR_PART("ip.opt.type.class", 0x60, "Class", classes),
    TAPIR_PART("ip.opt.type.number", 0x1f, "Number", NULL),
    TAPIR_PARTS_END,
};

#define OPTION(member, name, kind, bits, ...)                                                      \
    TAPIR_FIELD(tapir_ipv4_option, member, name, kind, bits, __VA_ARGS__)
#define TYPE                                                                                       \
    OPTION(type, "ip.opt.type", TAPIR_UINT, 0, "Type", .labels = option_types, .parts = type_parts)
#define HEAD TYPE, OPTION(length, "ip.opt.len", TAPIR_UINT, 0, "Length with type and length octets")

static const tapir_field single_fields[] = {TYPE};
/* Wireshark shows nothing of these; the names are ours. */
static const tapir_field unknown_fields[] = {
    OPTION(type, "ip.opt.unknown.type", TAPIR_UINT, 0, "Type", .labels = option_types,
        .alias = "ip.opt.type"),
    OPTION(length, "ip.opt.unknown.len", TAPIR_UINT, 0, "Length with type and length octets",
        .alias = "ip.opt.len"),
    OPTION(data, "ip.opt.unknown.data", TAPIR_SPAN, 0, "What the type does not explain")};

static const tapir_field short_fields[] = {
    HEAD, OPTION(data, "ip.opt.unknown.data", TAPIR_SPAN, 0, "Data too short for the type")};

/* Routes. */

static const tapir_field recorded_fields[] = {
    TAPIR_FIELD(tapir_ipv4_hop, address, "ip.rec_rt", TAPIR_IPV4, 0, "Address recorded")};
static const tapir_field source_fields[] = {TAPIR_FIELD(
    tapir_ipv4_hop, address, "ip.src_rt", TAPIR_IPV4, 0, "Address still to be visited")};
/* The end of the route, as Wireshark names it; the header's own destination is then "ip.cur_rt". */
static const tapir_field last_fields[] = {TAPIR_FIELD(
    tapir_ipv4_hop, address, "ip.dst", TAPIR_IPV4, 0, "Where the route ends", .alias = "ip.addr")};
static const tapir_field empty_fields[] = {
    TAPIR_FIELD(tapir_ipv4_hop, address, "ip.empty_rt", TAPIR_IPV4, 0, "Room for an address")};
static const tapir_record recorded_record = TAPIR_RECORD("Recorded", recorded_fields),
                          source_record = TAPIR_RECORD("To be visited", source_fields),
                          last_record = TAPIR_RECORD("Destination", last_fields),
                          empty_record = TAPIR_RECORD("Free", empty_fields);
static const tapir_record *const hop_records[] = {
    &recorded_record, &source_record, &last_record, &empty_record};

static const tapir_record *hop_next(tapir_walk *walk, void *item)
{
    const struct tapir_ipv4_option *option = walk->outer;
    struct tapir_ipv4_hop *hop = item;

    tapir_take_bytes(&walk->in, hop->address, 4);
    hop->visited = walk->index * 4 + 4 < option->as.route.pointer;
    if (walk->in.failed)
        return NULL;
    if (hop->visited)
        return &recorded_record;
    if (option->type == TAPIR_IPV4_RECORD_ROUTE)
        return &empty_record;
    return tapir_left(&walk->in) < 4 ? &last_record : &source_record;
}

static const tapir_list hop_list = {
    sizeof(struct tapir_ipv4_hop), hop_next, hop_records, TAPIR_COUNT(hop_records)};

tapir_walk tapir_ipv4_hops(const struct tapir_ipv4_option *option)
{
    return tapir_walk_of(&hop_list, option->as.route.hops, option);
}

static const tapir_field route_fields[] = {HEAD,
    OPTION(as.route.pointer, "ip.opt.ptr", TAPIR_UINT, 8, "The next free place, from 4 on"),
    OPTION(as.route.hops, "ip.opt.route", TAPIR_LIST, 0, "Addresses", .list = &hop_list)};

/* Times. */

#define STAMP_TIME                                                                                 \
    TAPIR_FIELD(tapir_ipv4_stamp, time, "ip.opt.time_stamp", TAPIR_UINT, 32,                       \
        "Milliseconds since midnight UTC, or in the host's own way")
static const tapir_field time_fields[] = {STAMP_TIME};
static const tapir_field host_time_fields[] = {
    TAPIR_FIELD(tapir_ipv4_stamp, address, "ip.opt.time_stamp_addr", TAPIR_IPV4, 32, "Host"),
    STAMP_TIME};
static const tapir_record time_record = TAPIR_RECORD("Time", time_fields),
                          host_time_record = TAPIR_RECORD("Host and time", host_time_fields);
static const tapir_record *const stamp_records[] = {&time_record, &host_time_record};

static const tapir_record *stamp_next(tapir_walk *walk, void *item)
{
    const struct tapir_ipv4_option *option = walk->outer;
    const tapir_record *record = option->as.timestamp.flag == 1 || option->as.timestamp.flag == 3
                                     ? &host_time_record
                                     : &time_record;

    memset(item, 0, sizeof(struct tapir_ipv4_stamp));
    return tapir__take_record(&walk->in, record, item) ? record : NULL;
}

static const tapir_list stamp_list = {
    sizeof(struct tapir_ipv4_stamp), stamp_next, stamp_records, TAPIR_COUNT(stamp_records)};

tapir_walk tapir_ipv4_stamps(const struct tapir_ipv4_option *option)
{
    return tapir_walk_of(&stamp_list, option->as.timestamp.stamps, option);
}

static const tapir_label stamp_flags[] = {
    {0, "Times only"}, {1, "Address and time"}, {3, "Times of prespecified hosts"}, {0, NULL}};
static const tapir_field timestamp_fields[] = {HEAD,
    OPTION(as.timestamp.pointer, "ip.opt.ptr", TAPIR_UINT, 8, "The next free place, from 5 on"),
    OPTION(as.timestamp.overflow, "ip.opt.overflow", TAPIR_UINT, 4, "Hosts that found no room"),
    OPTION(as.timestamp.flag, "ip.opt.flag", TAPIR_UINT, 4, "What is recorded", .base = TAPIR_HEX,
        .labels = stamp_flags),
    OPTION(as.timestamp.stamps, "ip.opt.time_stamps", TAPIR_LIST, 0, "Times", .list = &stamp_list)};

/* One number, or a few. */

static const tapir_field mtu_fields[] = {
    HEAD, OPTION(as.mtu, "ip.opt.mtu", TAPIR_UINT, 16, "Least MTU on the way")};
static const tapir_field stream_id_fields[] = {
    HEAD, OPTION(as.stream_id, "ip.opt.sid", TAPIR_UINT, 16, "SATNET stream")};
static const tapir_label alerts[] = {{0, "Every router examines the packet"}, {0, NULL}};
static const tapir_field router_alert_fields[] = {
    HEAD, OPTION(as.router_alert, "ip.opt.ra", TAPIR_UINT, 16,
              "Why routers should look at the packet", .labels = alerts)};
static const tapir_field traceroute_fields[] = {HEAD,
    OPTION(as.traceroute.id, "ip.opt.id_number", TAPIR_UINT, 16, "Number of the trace"),
    OPTION(
        as.traceroute.outbound_hops, "ip.opt.ohc", TAPIR_UINT, 16, "Hops of the outbound packet"),
    OPTION(as.traceroute.return_hops, "ip.opt.rhc", TAPIR_UINT, 16, "Hops of the return packet"),
    OPTION(as.traceroute.originator, "ip.opt.originator", TAPIR_IPV4, 32, "Who traces")};

static bool is_rate_request(const void *item)
{
    return ((const struct tapir_ipv4_option *)item)->as.quick_start.function >> 4 == 0;
}

static bool is_rate_report(const void *item)
{
    return ((const struct tapir_ipv4_option *)item)->as.quick_start.function >> 4 == 8;
}

static bool is_quick_start(const void *item)
{
    return is_rate_request(item) || is_rate_report(item);
}

static const tapir_label functions[] = {{0, "Rate request"}, {8, "Rate report"}, {0, NULL}};
static const tapir_part function_parts[] = {
    TAPIR_PART("ip.opt.qs_func", 0xf0, "Function", functions),
    TAPIR_PARTS_END,
};
static const tapir_part rate_parts[] = {
    TAPIR_PART("ip.opt.qs_rate", 0x0f, "Rate, 40000 * 2^rate bits per second", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part nonce_parts[] = {
    TAPIR_PART("ip.opt.qs_nonce", 0xfffffffc, "Nonce", NULL),
    TAPIR_PART("ip.opt.qs_reserved", 0x00000003, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field quick_start_fields[] = {HEAD,
    OPTION(as.quick_start.function, "ip.opt.qs.function", TAPIR_UINT, 8, "Function and rate",
        .parts = function_parts, .nameless = true),
    OPTION(as.quick_start.function, "ip.opt.qs.rate", TAPIR_UINT, 0, "Rate", .parts = rate_parts,
        .nameless = true, .when = is_quick_start),
    OPTION(as.quick_start.ttl, "ip.opt.qs_ttl", TAPIR_UINT, 8,
        "Counts down with the time to live, where routers know this option",
        .when = is_rate_request),
    OPTION(
        as.quick_start.ttl, "ip.opt.qs_unused", TAPIR_UINT, 0, "Not used", .when = is_rate_report),
    OPTION(as.quick_start.nonce, "ip.opt.qs.nonce", TAPIR_UINT, 32, "Nonce and reserved bits",
        .parts = nonce_parts, .nameless = true, .when = is_quick_start)};

/* Security. */

static const tapir_label securities[] = {
    {0x0000, "Unclassified"},
    {0x135e, "Reserved"},
    {0x24bd, "Reserved"},
    {0x35e2, "Reserved"},
    {0x4d78, "Reserved"},
    {0x5e26, "PROG"},
    {0x6bc5, "Top secret"},
    {0x789a, "EFTO"},
    {0x89af, "Reserved"},
    {0x9af1, "Reserved"},
    {0xaf13, "Restricted"},
    {0xbc4d, "MMMM"},
    {0xc4d6, "Reserved"},
    {0xd788, "Secret"},
    {0xe26b, "Reserved"},
    {0xf135, "Confidential"},
    {0, NULL},
};
static const tapir_field security_fields[] = {HEAD,
    OPTION(as.security.security, "ip.opt.sec_rfc791_sec", TAPIR_UINT, 0, "Security",
        .base = TAPIR_HEX, .labels = securities),
    OPTION(as.security.compartments, "ip.opt.sec_rfc791_comp", TAPIR_UINT, 0, "Compartments"),
    OPTION(
        as.security.restrictions, "ip.opt.sec_rfc791_hr", TAPIR_STRING, 0, "Handling restrictions"),
    OPTION(as.security.control_code, "ip.opt.sec_rfc791_tcc", TAPIR_STRING, 0,
        "Transmission control code")};

struct authority {
    uint8_t flags;
};

static const tapir_part first_authority_parts[] = {
    TAPIR_PART("ip.opt.sec_prot_auth_genser", 0x80, "GENSER", NULL),
    TAPIR_PART("ip.opt.sec_prot_auth_siop_esi", 0x40, "SIOP-ESI", NULL),
    TAPIR_PART("ip.opt.sec_prot_auth_sci", 0x20, "SCI", NULL),
    TAPIR_PART("ip.opt.sec_prot_auth_nsa", 0x10, "NSA", NULL),
    TAPIR_PART("ip.opt.sec_prot_auth_doe", 0x08, "DOE", NULL),
    TAPIR_PART("ip.opt.sec_prot_auth_unassigned", 0x06, "Unassigned", NULL),
    TAPIR_PART("ip.opt.sec_prot_auth_fti", 0x01, "Another octet follows", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part next_authority_parts[] = {
    TAPIR_PART("ip.opt.sec_prot_auth_unassigned", 0xfe, "Unassigned", NULL),
    TAPIR_PART("ip.opt.sec_prot_auth_fti", 0x01, "Another octet follows", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field first_authority_fields[] = {
    TAPIR_FIELD(authority, flags, "ip.opt.sec_prot_auth_flags", TAPIR_UINT, 0,
        "Protection authorities", .base = TAPIR_HEX, .parts = first_authority_parts)};
static const tapir_field next_authority_fields[] = {
    TAPIR_FIELD(authority, flags, "ip.opt.sec_prot_auth_flags", TAPIR_UINT, 0,
        "Protection authorities", .base = TAPIR_HEX, .parts = next_authority_parts)};
static const tapir_record first_authority_record =
                              TAPIR_RECORD("Authorities", first_authority_fields),
                          next_authority_record =
                              TAPIR_RECORD("More authorities", next_authority_fields);
static const tapir_record *const authority_records[] = {
    &first_authority_record, &next_authority_record};

static const tapir_record *authority_next(tapir_walk *walk, void *item)
{
    struct authority *authority = item;

    authority->flags = tapir_take_u8(&walk->in);
    return walk->index ? &next_authority_record : &first_authority_record;
}

static const tapir_list authority_list = {
    sizeof(struct authority), authority_next, authority_records, TAPIR_COUNT(authority_records)};

static const tapir_label levels[] = {
    {0x01, "Reserved 4"},
    {0x3d, "Top secret"},
    {0x5a, "Secret"},
    {0x66, "Reserved 3"},
    {0x96, "Confidential"},
    {0xab, "Unclassified"},
    {0xcc, "Reserved 2"},
    {0xf1, "Reserved 1"},
    {0, NULL},
};
static const tapir_field basic_security_fields[] = {HEAD,
    OPTION(as.basic_security.level, "ip.opt.sec_cl", TAPIR_UINT, 0, "Classification level",
        .base = TAPIR_HEX, .labels = levels),
    OPTION(as.basic_security.authorities, "ip.opt.sec_prot_auth", TAPIR_LIST, 0,
        "Protection authorities", .list = &authority_list)};
static const tapir_field extended_security_fields[] = {HEAD,
    OPTION(as.extended_security.format, "ip.opt.ext_sec_add_sec_info_format_code", TAPIR_UINT, 8,
        "Kind of the information", .base = TAPIR_HEX),
    OPTION(as.extended_security.information, "ip.opt.ext_sec_add_sec_info", TAPIR_SPAN, 0,
        "Additional security information")};

/* CIPSO: tags, of which types 1, 2 and 5 name categories. */

struct tag {
    uint8_t type, length, level;
    tapir_span categories, data;
};

static void print_bitmap(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *bits = member;
    bool first = true;

    (void)item;
    for (size_t i = 0; i < bits->len * 8; i++) {
        if (!(bits->data[i / 8] & 0x80 >> i % 8))
            continue;
        if (!first)
            tapir_text_char(text, ',');
        tapir_text_uint(text, i);
        first = false;
    }
}

static void print_numbers(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *numbers = member;

    (void)item;
    for (size_t i = 0; i + 2 <= numbers->len; i += 2) {
        if (i)
            tapir_text_char(text, ',');
        tapir_text_uint(text, tapir_load_be(numbers->data + i, 2));
    }
}

/* Upper and lower end of each range; the last lower end may be left out, being 0. */
static void print_ranges(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *ends = member;

    (void)item;
    for (size_t i = 0; i + 2 <= ends->len; i += 4) {
        if (i)
            tapir_text_char(text, ',');
        tapir_text_uint(text, tapir_load_be(ends->data + i, 2));
        tapir_text_char(text, '-');
        tapir_text_uint(text, i + 4 <= ends->len ? tapir_load_be(ends->data + i + 2, 2) : 0);
    }
}

static bool has_categories(const void *item)
{
    return ((const struct tag *)item)->categories.len;
}

static const tapir_label tag_types[] = {{1, "Bitmap"}, {2, "Enumerated"}, {5, "Ranges"},
    {6, "Permissive bitmap"}, {7, "Free form"}, {0, NULL}};

#define TAG_TYPE                                                                                   \
    TAPIR_FIELD(tag, type, "ip.cipso.tag_type", TAPIR_UINT, 0, "Type", .labels = tag_types)
#define TAG_FIELDS(name, print_)                                                                   \
    static const tapir_field name##_fields[] = {TAG_TYPE,                                          \
        TAPIR_FIELD(tag, level, "ip.cipso.sensitivity_level", TAPIR_UINT, 0, "Sensitivity level"), \
        TAPIR_FIELD(tag, categories, "ip.cipso.categories", TAPIR_TEXT, 0, "Categories",           \
            .print = print_, .when = has_categories)};                                             \
    static const tapir_record name##_record = TAPIR_RECORD("Categories", name##_fields)
TAG_FIELDS(bitmap, print_bitmap);
TAG_FIELDS(numbers, print_numbers);
TAG_FIELDS(ranges, print_ranges);
static const tapir_field tag_data_fields[] = {
    TAG_TYPE, TAPIR_FIELD(tag, data, "ip.cipso.tag_data", TAPIR_SPAN, 0, "Data")};
static const tapir_field tag_unknown_fields[] = {TAG_TYPE};
static const tapir_record tag_data_record = TAPIR_RECORD("Tag", tag_data_fields),
                          tag_unknown_record = TAPIR_RECORD("Unknown tag", tag_unknown_fields);
static const tapir_record *const tag_records[] = {
    &bitmap_record, &numbers_record, &ranges_record, &tag_data_record, &tag_unknown_record};

static const tapir_record *tag_record(uint8_t type)
{
    switch (type) {
    case 1:
        return &bitmap_record;
    case 2:
        return &numbers_record;
    case 5:
        return &ranges_record;
    case 6:
    case 7:
        return &tag_data_record;
    default:
        return &tag_unknown_record;
    }
}

static const tapir_record *tag_next(tapir_walk *walk, void *item)
{
    struct tag *tag = item;
    const tapir_record *record;
    tapir_reader r;

    memset(tag, 0, sizeof *tag);
    tag->type = tapir_take_u8(&walk->in);
    record = tag_record(tag->type);
    tag->length = tapir_take_u8(&walk->in);
    if (tag->length < 2)
        tapir_reader_fail(&walk->in, 2);
    r = tapir_take_reader(&walk->in, tag->length - 2u);
    if (walk->in.failed)
        return NULL;
    tag->data = tapir_rest(&r);
    if (record == &tag_data_record || record == &tag_unknown_record)
        return record;
    /* An octet of alignment stands before the level. */
    tapir_take_u8(&r);
    tag->level = tapir_take_u8(&r);
    tag->categories = tapir_take_rest(&r);
    return r.failed ? &tag_unknown_record : record;
}

static const tapir_list tag_list = {
    sizeof(struct tag), tag_next, tag_records, TAPIR_COUNT(tag_records)};

static const tapir_field cipso_fields[] = {HEAD,
    OPTION(as.cipso.domain, "ip.cipso.doi", TAPIR_UINT, 32, "Domain of interpretation"),
    OPTION(as.cipso.tags, "ip.cipso", TAPIR_LIST, 0, "Tags", .list = &tag_list)};

/* Addresses of a broadcast (RFC 1770). */

struct broadcast_address {
    uint8_t address[4];
};

static const tapir_field broadcast_address_fields[] = {
    TAPIR_FIELD(broadcast_address, address, "ip.opt.addr", TAPIR_IPV4, 32, "Network")};
static const tapir_record broadcast_address_record =
    TAPIR_RECORD("Network", broadcast_address_fields);
static const tapir_record *const broadcast_address_records[] = {&broadcast_address_record};

static const tapir_record *broadcast_address_next(tapir_walk *walk, void *item)
{
    return TAPIR_LOAD(&walk->in, item, broadcast_address_fields) ? &broadcast_address_record : NULL;
}

static const tapir_list broadcast_address_list = {sizeof(struct broadcast_address),
    broadcast_address_next, broadcast_address_records, TAPIR_COUNT(broadcast_address_records)};

static const tapir_field broadcast_fields[] = {HEAD,
    OPTION(as.broadcast.addresses, "ip.opt.sdb", TAPIR_LIST, 0, "Networks",
        .list = &broadcast_address_list),
    OPTION(as.broadcast.padding, "ip.opt.padding", TAPIR_SPAN, 0, "Bytes that are no address")};

/* Which record, by type. */

#define RECORD(name, title)                                                                        \
    static const tapir_record name##_record = TAPIR_RECORD(title, name##_fields)
RECORD(single, "No operation");
RECORD(unknown, "Unknown option");
RECORD(short, "Option too short for its type");
RECORD(route, "Route");
RECORD(timestamp, "Timestamp");
RECORD(mtu, "MTU");
RECORD(stream_id, "Stream identifier");
RECORD(router_alert, "Router alert");
RECORD(traceroute, "Traceroute");
RECORD(quick_start, "Quick-Start");
RECORD(security, "Security");
RECORD(basic_security, "Basic security");
RECORD(extended_security, "Extended security");
RECORD(cipso, "Commercial security");
RECORD(broadcast, "Selective directed broadcast");
static const tapir_record *const option_records[] = {&single_record, &unknown_record, &short_record,
    &route_record, &timestamp_record, &mtu_record, &stream_id_record, &router_alert_record,
    &traceroute_record, &quick_start_record, &security_record, &basic_security_record,
    &extended_security_record, &cipso_record, &broadcast_record};

static const struct {
    uint8_t type;
    const tapir_record *record;
} known_options[] = {
    {TAPIR_IPV4_RECORD_ROUTE, &route_record},
    {TAPIR_IPV4_MTU_PROBE, &mtu_record},
    {TAPIR_IPV4_MTU_REPLY, &mtu_record},
    {TAPIR_IPV4_QUICK_START, &quick_start_record},
    {TAPIR_IPV4_TIMESTAMP, &timestamp_record},
    {TAPIR_IPV4_TRACEROUTE, &traceroute_record},
    {TAPIR_IPV4_SECURITY, &basic_security_record},
    {TAPIR_IPV4_LOOSE_ROUTE, &route_record},
    {TAPIR_IPV4_EXTENDED_SECURITY, &extended_security_record},
    {TAPIR_IPV4_CIPSO, &cipso_record},
    {TAPIR_IPV4_STREAM_ID, &stream_id_record},
    {TAPIR_IPV4_STRICT_ROUTE, &route_record},
    {TAPIR_IPV4_ROUTER_ALERT, &router_alert_record},
    {TAPIR_IPV4_SELECTIVE_BROADCAST, &broadcast_record},
};

static const tapir_record *take_security(struct tapir_ipv4_option *option, tapir_reader *r)
{
    const uint8_t *end = r->end;

    /* Both forms have one number; RFC 791's is of fixed length and begins with a known level. */
    if (option->length == 11 && tapir_label_find(securities, tapir_load_be(option->data.data, 2))) {
        option->as.security.security = tapir_take_be16(r);
        option->as.security.compartments = tapir_take_be16(r);
        option->as.security.restrictions = tapir_take_span(r, 2);
        option->as.security.control_code = tapir_take_span(r, 3);
        return &security_record;
    }
    option->as.basic_security.level = tapir_take_u8(r);
    option->as.basic_security.authorities = tapir_span_of(r->at, 0);
    while (r->at < end && !r->failed) {
        option->as.basic_security.authorities.len++;
        if (!(tapir_take_u8(r) & 1))
            break;
    }
    return &basic_security_record;
}

static void take_variable(
    struct tapir_ipv4_option *option, const tapir_record *record, tapir_reader *r)
{
    if (record == &route_record) {
        uint8_t pointer = option->as.route.pointer;
        if (pointer >= 4 && pointer % 4 == 0)
            option->as.route.hops = tapir_take_rest(r);
    } else if (record == &timestamp_record) {
        option->as.timestamp.stamps = tapir_take_rest(r);
    } else if (record == &extended_security_record) {
        option->as.extended_security.information = tapir_take_rest(r);
    } else if (record == &cipso_record) {
        option->as.cipso.tags = tapir_take_rest(r);
    } else if (record == &broadcast_record) {
        option->as.broadcast.addresses = tapir_take_span(r, tapir_left(r) / 4 * 4);
        option->as.broadcast.padding = tapir_take_rest(r);
    }
}

static const tapir_record *option_next(tapir_walk *walk, void *item)
{
    struct tapir_ipv4_option *option = item;
    const tapir_record *record = &unknown_record;
    tapir_reader r;

    memset(option, 0, sizeof *option);
    option->type = tapir_take_u8(&walk->in);
    option->length = 1;
    if (option->type == TAPIR_IPV4_END)
        tapir_take_rest(&walk->in);
    if (option->type == TAPIR_IPV4_END || option->type == TAPIR_IPV4_NOP)
        return &single_record;
    option->length = tapir_take_u8(&walk->in);
    if (option->length < 2) {
        tapir_reader_fail(&walk->in, 2);
        return NULL;
    }
    option->data = tapir_take_span(&walk->in, option->length - 2u);
    if (walk->in.failed)
        return NULL;
    for (size_t i = 0; i < TAPIR_COUNT(known_options); i++)
        if (known_options[i].type == option->type)
            record = known_options[i].record;
    r = tapir_reader_of(option->data);
    if (record == &basic_security_record) {
        record = take_security(option, &r);
    } else if (record != &unknown_record && tapir__take_record(&r, record, option)) {
        take_variable(option, record, &r);
    }
    if (r.failed) {
        /* An option too short for its type leaves nothing to trust behind it. */
        tapir_reader_fail(&walk->in, r.needed);
        return &short_record;
    }
    return record;
}

const tapir_list tapir__ipv4_option_list = {sizeof(struct tapir_ipv4_option), option_next,
    option_records, TAPIR_COUNT(option_records), tapir__ipv4_makers, TAPIR__IPV4_MAKER_COUNT};

tapir_walk tapir_ipv4_options(const struct tapir_ipv4 *ip)
{
    return tapir_walk_of(&tapir__ipv4_option_list, ip->options, ip);
}

bool tapir__ipv4_final(const struct tapir_ipv4 *ip, uint8_t address[4])
{
    bool on_route = false;
    tapir_walk walk = tapir_ipv4_options(ip), hops;
    struct tapir_ipv4_option option;
    struct tapir_ipv4_hop hop;

    memcpy(address, ip->dst, 4);
    while (tapir_walk_next(&walk, &option)) {
        if (option.type != TAPIR_IPV4_LOOSE_ROUTE && option.type != TAPIR_IPV4_STRICT_ROUTE)
            continue;
        hops = tapir_ipv4_hops(&option);
        while (tapir_walk_next(&hops, &hop))
            if (!hop.visited) {
                memcpy(address, hop.address, 4);
                on_route = true;
            }
    }
    return on_route;
}

void tapir_ipv4_final(const struct tapir_ipv4 *ip, uint8_t address[4])
{
    tapir__ipv4_final(ip, address);
}
