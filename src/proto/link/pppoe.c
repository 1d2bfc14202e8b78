/* PPP over Ethernet (RFC 2516). */
#include "tapir/proto/pppoe.h"

#include "../record.h"
#include "pppoe_tags.h"
#include "tapir/encode.h"
#include "tapir/proto/ppp.h"

#define HEADER_LEN 6

static const tapir_label codes[] = {
    {TAPIR_PPPOE_SESSION, "Session data"},
    {TAPIR_PPPOE_PADO, "Offer (PADO)"},
    {TAPIR_PPPOE_PADI, "Initiation (PADI)"},
    {TAPIR_PPPOE_PADG, "Grant (PADG)"},
    {TAPIR_PPPOE_PADC, "Grant confirmation (PADC)"},
    {TAPIR_PPPOE_PADQ, "Quality (PADQ)"},
    {TAPIR_PPPOE_PADR, "Request (PADR)"},
    {TAPIR_PPPOE_PADS, "Session confirmation (PADS)"},
    {TAPIR_PPPOE_PADT, "Termination (PADT)"},
    {TAPIR_PPPOE_PADM, "Message (PADM)"},
    {TAPIR_PPPOE_PADN, "Network (PADN)"},
    {0, NULL},
};

const tapir_label tapir__pppoe_tag_types[] = {
    {TAPIR_PPPOE_TAG_END, "End of list"},
    {TAPIR_PPPOE_TAG_SERVICE_NAME, "Service name"},
    {TAPIR_PPPOE_TAG_AC_NAME, "Access concentrator's name"},
    {TAPIR_PPPOE_TAG_HOST_UNIQ, "Host's own"},
    {TAPIR_PPPOE_TAG_AC_COOKIE, "Access concentrator's cookie"},
    {TAPIR_PPPOE_TAG_VENDOR, "Vendor-specific"},
    {TAPIR_PPPOE_TAG_CREDITS, "Credits"},
    {TAPIR_PPPOE_TAG_METRICS, "Metrics"},
    {TAPIR_PPPOE_TAG_SEQUENCE, "Sequence number"},
    {TAPIR_PPPOE_TAG_CREDIT_SCALE, "Credit scale"},
    {TAPIR_PPPOE_TAG_RELAY_SESSION, "Relay's session"},
    {TAPIR_PPPOE_TAG_HURL, "Host URL"},
    {TAPIR_PPPOE_TAG_MOTM, "Message of the minute"},
    {TAPIR_PPPOE_TAG_MAX_PAYLOAD, "Maximum payload"},
    {TAPIR_PPPOE_TAG_ROUTE, "IP route"},
    {TAPIR_PPPOE_TAG_SERVICE_ERROR, "No such service"},
    {TAPIR_PPPOE_TAG_AC_ERROR, "Access concentrator's error"},
    {TAPIR_PPPOE_TAG_GENERIC_ERROR, "Error"},
    {0, NULL},
};

/* Tags of the Broadband Forum (TR-101 3.9.3). */

#define LINE_CIRCUIT_ID    0x01
#define LINE_REMOTE_ID     0x02
#define LINE_ENCAPSULATION 0x90

#define LINE(member, name, kind, ...)                                                              \
    TAPIR_FIELD(tapir_pppoe_line_tag, member, name, kind, 0, __VA_ARGS__)
#define NUMBER_RECORD(id, name, title)                                                             \
    static const tapir_field id##_fields[] = {                                                     \
        LINE(number, "pppoed.tags." name, TAPIR_UINT, title)};                                     \
    static const tapir_record id##_record = TAPIR_RECORD(title, id##_fields)

static const tapir_field circuit_fields[] = {
    LINE(value, "pppoed.tags.circuit_id", TAPIR_STRING, "Line of the subscriber", .empty = true)};
static const tapir_field remote_fields[] = {
    LINE(value, "pppoed.tags.remote_id", TAPIR_STRING, "The subscriber", .empty = true)};
static const tapir_record circuit_record = TAPIR_RECORD("Circuit", circuit_fields),
                          remote_record = TAPIR_RECORD("Remote end", remote_fields);
NUMBER_RECORD(actual_up, "act_data_rate_up", "Rate upstream");
NUMBER_RECORD(actual_down, "act_data_rate_down", "Rate downstream");
NUMBER_RECORD(minimum_up, "min_data_rate_up", "Minimum rate upstream");
NUMBER_RECORD(minimum_down, "min_data_rate_down", "Minimum rate downstream");
NUMBER_RECORD(attainable_up, "attainable_data_rate_up", "Attainable rate upstream");
NUMBER_RECORD(attainable_down, "attainable_data_rate_down", "Attainable rate downstream");
NUMBER_RECORD(maximum_up, "max_data_rate_up", "Maximum rate upstream");
NUMBER_RECORD(maximum_down, "max_data_rate_down", "Maximum rate downstream");
NUMBER_RECORD(low_up, "min_data_rate_up_lp", "Minimum rate upstream at low power");
NUMBER_RECORD(low_down, "min_data_rate_down_lp", "Minimum rate downstream at low power");
NUMBER_RECORD(maximum_delay_up, "max_int_delay_up", "Maximum interleaving delay upstream");
NUMBER_RECORD(actual_delay_up, "act_int_delay_up", "Interleaving delay upstream");
NUMBER_RECORD(maximum_delay_down, "max_int_delay_down", "Maximum interleaving delay downstream");
NUMBER_RECORD(actual_delay_down, "act_int_delay_down", "Interleaving delay downstream");

static const tapir_label data_links[] = {{0, "ATM AAL5"}, {1, "Ethernet"}, {0, NULL}};
static const tapir_label outer_encapsulations[] = {
    {0, "None"}, {1, "Untagged Ethernet"}, {2, "Tagged Ethernet"}, {0, NULL}};
static const tapir_label inner_encapsulations[] = {
    {0, "None"},
    {1, "PPPoA with LLC"},
    {2, "PPPoA without LLC"},
    {3, "IPoA with LLC"},
    {4, "IPoA without LLC"},
    {5, "Ethernet over AAL5 with LLC and FCS"},
    {6, "Ethernet over AAL5 with LLC"},
    {7, "Ethernet over AAL5 with FCS"},
    {8, "Ethernet over AAL5"},
    {0, NULL},
};
static const tapir_field encapsulation_fields[] = {
    LINE(data_link, "pppoed.tags.access_loop_encap.data_link", TAPIR_UINT, "Data link",
        .base = TAPIR_HEX, .labels = data_links),
    LINE(encapsulation_1, "pppoed.tags.access_loop_encap.encap_1", TAPIR_UINT,
        "Outer encapsulation", .base = TAPIR_HEX, .labels = outer_encapsulations),
    LINE(encapsulation_2, "pppoed.tags.access_loop_encap.encap_2", TAPIR_UINT,
        "Inner encapsulation", .base = TAPIR_HEX, .labels = inner_encapsulations)};
static const tapir_field unknown_line_fields[] = {
    LINE(type, "pppoed.tag", TAPIR_UINT, "Type of an unknown tag", .base = TAPIR_HEX),
    LINE(length, "pppoed.tag_length_8", TAPIR_UINT, "Length of its value"),
    LINE(value, "pppoed.tag.unknown_data", TAPIR_SPAN, "Its value")};
static const tapir_record encapsulation_record = TAPIR_RECORD("Access loop", encapsulation_fields),
                          unknown_line_record = TAPIR_RECORD("Unknown tag", unknown_line_fields);

static const tapir_record *const line_records[] = {&circuit_record, &remote_record,
    &actual_up_record, &actual_down_record, &minimum_up_record, &minimum_down_record,
    &attainable_up_record, &attainable_down_record, &maximum_up_record, &maximum_down_record,
    &low_up_record, &low_down_record, &maximum_delay_up_record, &actual_delay_up_record,
    &maximum_delay_down_record, &actual_delay_down_record, &encapsulation_record,
    &unknown_line_record};

/* The records of types 0x81 to 0x8e, numbers all. */
#define FIRST_NUMBER 0x81
#define LAST_NUMBER  0x8e
#define NUMBERS_AT   2

static const tapir_record *line_next(tapir_walk *walk, void *item)
{
    struct tapir_pppoe_line_tag *tag = item;

    memset(tag, 0, sizeof *tag);
    tag->type = tapir_take_u8(&walk->in);
    tag->length = tapir_take_u8(&walk->in);
    tag->value = tapir_take_span(&walk->in, tag->length);
    if (walk->in.failed)
        return NULL;
    if (tag->type == LINE_CIRCUIT_ID)
        return &circuit_record;
    if (tag->type == LINE_REMOTE_ID)
        return &remote_record;
    if (tag->type >= FIRST_NUMBER && tag->type <= LAST_NUMBER && tag->length == 4) {
        tag->number = (uint32_t)tapir_load_be(tag->value.data, 4);
        return line_records[NUMBERS_AT + tag->type - FIRST_NUMBER];
    }
    if (tag->type == LINE_ENCAPSULATION && tag->length == 3) {
        tag->data_link = tag->value.data[0];
        tag->encapsulation_1 = tag->value.data[1];
        tag->encapsulation_2 = tag->value.data[2];
        return &encapsulation_record;
    }
    return &unknown_line_record;
}

static const tapir_list line_list = {
    sizeof(struct tapir_pppoe_line_tag), line_next, line_records, TAPIR_COUNT(line_records)};

/* Tags of discovery. */

#define TAG(member, name, kind, bits, ...)                                                         \
    TAPIR_FIELD(tapir_pppoe_tag, member, name, kind, bits, __VA_ARGS__)
#define TEXT_RECORD(id, name, title)                                                               \
    static const tapir_field id##_fields[] = {                                                     \
        TAG(value, "pppoed.tags." name, TAPIR_STRING, 0, title, .empty = true)};                   \
    static const tapir_record id##_record = TAPIR_RECORD(title, id##_fields)
#define BYTES_RECORD(id, name, title)                                                              \
    static const tapir_field id##_fields[] = {                                                     \
        TAG(value, "pppoed.tags." name, TAPIR_SPAN, 0, title, .empty = true)};                     \
    static const tapir_record id##_record = TAPIR_RECORD(title, id##_fields)

TEXT_RECORD(service, "service_name", "Service name");
TEXT_RECORD(ac_name, "ac_name", "Access concentrator's name");
BYTES_RECORD(host, "host_uniq", "What lets the host tell its replies");
BYTES_RECORD(cookie, "ac_cookie", "Access concentrator's cookie");
BYTES_RECORD(relay, "relay_session_id", "Relay's session");
BYTES_RECORD(hurl, "hurl", "Host URL");
BYTES_RECORD(motm, "motm", "Message of the minute");
BYTES_RECORD(payload, "max_payload", "Maximum payload");
BYTES_RECORD(route, "ip_route_add", "IP route");
TEXT_RECORD(service_error, "service_name_error", "No such service");
TEXT_RECORD(ac_error, "ac_system_error", "Access concentrator's error");
TEXT_RECORD(generic_error, "generic_error", "Error");
BYTES_RECORD(odd_credits, "credits", "Credits");
BYTES_RECORD(odd_metrics, "metrics", "Metrics");

static bool is_broadband_forum(const void *item)
{
    const struct tapir_pppoe_tag *tag = item;

    return tag->as.vendor.id == TAPIR_PPPOE_VENDOR_BROADBAND_FORUM;
}

static bool is_another_vendor(const void *item)
{
    return !is_broadband_forum(item);
}

static const tapir_field vendor_fields[] = {
    TAG(as.vendor.id, "pppoed.tags.vendor_id", TAPIR_UINT, 0, "Enterprise number of the vendor"),
    TAG(as.vendor.data, "pppoed.tags.vendorspecific.tags", TAPIR_LIST, 0,
        "Tags of the Broadband Forum", .list = &line_list, .when = is_broadband_forum),
    TAG(as.vendor.data, "pppoed.tags.vendor_unspecified", TAPIR_SPAN, 0,
        "What the vendor put there", .when = is_another_vendor),
};
static const tapir_field credit_fields[] = {
    TAG(as.credits.forward, "pppoed.tags.credits.fcn", TAPIR_UINT, 16, "Credits granted"),
    TAG(as.credits.backward, "pppoed.tags.credits.bcn", TAPIR_UINT, 16, "Credits left"),
};
static const tapir_label rate_units[] = {
    {0, "kbit/s"}, {1, "Mbit/s"}, {2, "Gbit/s"}, {3, "Tbit/s"}, {0, NULL}};
static const tapir_part metric_parts[] = {
    TAPIR_PART("pppoed.tags.metrics.mdr_units", 0x18, "Unit of the maximum rate", rate_units),
    TAPIR_PART("pppoed.tags.metrics.cdr_units", 0x06, "Unit of the current rate", rate_units),
    TAPIR_PART("pppoed.tags.metrics.r", 0x01, "Receive only", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field metric_fields[] = {
    TAG(as.metrics.flags, "pppoed.tags.metrics.flags", TAPIR_UINT, 16, "Units",
        .parts = metric_parts, .nameless = true),
    TAG(as.metrics.quality, "pppoed.tags.metrics.rlq", TAPIR_UINT, 8, "Relative link quality"),
    TAG(as.metrics.resources, "pppoed.tags.metrics.resource", TAPIR_UINT, 8, "Resources left"),
    TAG(as.metrics.latency, "pppoed.tags.metrics.latency", TAPIR_UINT, 16, "Latency in ms"),
    TAG(as.metrics.current_rate, "pppoed.tags.metrics.curr_drate", TAPIR_UINT, 16, "Current rate"),
    TAG(as.metrics.maximum_rate, "pppoed.tags.metrics.max_drate", TAPIR_UINT, 16, "Maximum rate"),
};
static const tapir_field sequence_fields[] = {
    TAG(as.number, "pppoed.tags.seq_num", TAPIR_UINT, 16, "Sequence number", .base = TAPIR_HEX)};
static const tapir_field scale_fields[] = {
    TAG(as.number, "pppoed.tags.credit_scale", TAPIR_UINT, 16, "Bytes a credit stands for")};
static const tapir_field unknown_fields[] = {
    TAG(type, "pppoed.tag", TAPIR_UINT, 0, "Type of an unknown tag", .base = TAPIR_HEX,
        .labels = tapir__pppoe_tag_types),
    TAG(length, "pppoed.tag_length", TAPIR_UINT, 0, "Length of its value"),
    TAG(value, "pppoed.tag.unknown_data", TAPIR_SPAN, 0, "Its value"),
};
static const tapir_record vendor_record = TAPIR_RECORD("Vendor-specific", vendor_fields),
                          credit_record = TAPIR_RECORD("Credits", credit_fields),
                          metric_record = TAPIR_RECORD("Metrics", metric_fields),
                          sequence_record = TAPIR_RECORD("Sequence number", sequence_fields),
                          scale_record = TAPIR_RECORD("Credit scale", scale_fields),
                          unknown_record = TAPIR_RECORD("Unknown tag", unknown_fields),
                          cut_record = {"Unknown tag, cut", unknown_fields, 2},
                          end_record = {"End of list", NULL, 0};

static const tapir_record *const tag_records[] = {&service_record, &ac_name_record, &host_record,
    &cookie_record, &relay_record, &hurl_record, &motm_record, &payload_record, &route_record,
    &service_error_record, &ac_error_record, &generic_error_record, &odd_credits_record,
    &odd_metrics_record, &vendor_record, &credit_record, &metric_record, &sequence_record,
    &scale_record, &unknown_record, &cut_record, &end_record};

/* How each type shows, at the length it has to have (0: any), and how when it has another. */
static const struct {
    uint16_t type, length;
    const tapir_record *record, *other;
} shapes[] = {
    {TAPIR_PPPOE_TAG_END, 0, &end_record, NULL},
    {TAPIR_PPPOE_TAG_SERVICE_NAME, 0, &service_record, NULL},
    {TAPIR_PPPOE_TAG_AC_NAME, 0, &ac_name_record, NULL},
    {TAPIR_PPPOE_TAG_HOST_UNIQ, 0, &host_record, NULL},
    {TAPIR_PPPOE_TAG_AC_COOKIE, 0, &cookie_record, NULL},
    {TAPIR_PPPOE_TAG_CREDITS, 4, &credit_record, &odd_credits_record},
    {TAPIR_PPPOE_TAG_METRICS, 10, &metric_record, &odd_metrics_record},
    {TAPIR_PPPOE_TAG_SEQUENCE, 2, &sequence_record, &unknown_record},
    {TAPIR_PPPOE_TAG_CREDIT_SCALE, 2, &scale_record, &unknown_record},
    {TAPIR_PPPOE_TAG_RELAY_SESSION, 0, &relay_record, NULL},
    {TAPIR_PPPOE_TAG_HURL, 0, &hurl_record, NULL},
    {TAPIR_PPPOE_TAG_MOTM, 0, &motm_record, NULL},
    {TAPIR_PPPOE_TAG_MAX_PAYLOAD, 0, &payload_record, NULL},
    {TAPIR_PPPOE_TAG_ROUTE, 0, &route_record, NULL},
    {TAPIR_PPPOE_TAG_SERVICE_ERROR, 0, &service_error_record, NULL},
    {TAPIR_PPPOE_TAG_AC_ERROR, 0, &ac_error_record, NULL},
    {TAPIR_PPPOE_TAG_GENERIC_ERROR, 0, &generic_error_record, NULL},
};

static const tapir_record *take_vendor(struct tapir_pppoe_tag *tag, tapir_reader *r)
{
    if (tag->length < 4)
        return &unknown_record;
    tag->as.vendor.id = tapir_take_be32(r);
    tag->as.vendor.data = tapir_take_rest(r);
    return &vendor_record;
}

static const tapir_record *take_tag(struct tapir_pppoe_tag *tag)
{
    tapir_reader r = tapir_reader_of(tag->value);

    if (tag->type == TAPIR_PPPOE_TAG_VENDOR)
        return take_vendor(tag, &r);
    for (size_t i = 0; i < TAPIR_COUNT(shapes); i++) {
        if (shapes[i].type != tag->type)
            continue;
        if (shapes[i].length == 0)
            return shapes[i].record;
        if (shapes[i].length != tag->length)
            return shapes[i].other;
        tapir__take_record(&r, shapes[i].record, tag);
        return shapes[i].record;
    }
    return &unknown_record;
}

static const tapir_record *tag_next(tapir_walk *walk, void *item)
{
    struct tapir_pppoe_tag *tag = item;

    memset(tag, 0, sizeof *tag);
    tag->type = tapir_take_be16(&walk->in);
    tag->length = tapir_take_be16(&walk->in);
    if (walk->in.failed)
        return NULL;
    tag->value = tapir__take_most(&walk->in, tag->length);
    if (walk->in.failed)
        return take_tag(tag) == &unknown_record ? &cut_record : NULL;
    if (tag->type == TAPIR_PPPOE_TAG_END)
        walk->in.at = walk->in.end; /* RFC 2516 appendix A: what is behind it does not count */
    return take_tag(tag);
}

static const tapir_list tag_list = {sizeof(struct tapir_pppoe_tag), tag_next, tag_records,
    TAPIR_COUNT(tag_records), tapir__pppoe_makers, TAPIR__PPPOE_MAKER_COUNT};

tapir_walk tapir_pppoe_tags(const struct tapir_pppoe *pppoe)
{
    return tapir_walk_of(&tag_list, pppoe->tags, pppoe);
}

tapir_walk tapir_pppoe_line_tags(const struct tapir_pppoe_tag *tag)
{
    return tapir_walk_of(&line_list, tag->as.vendor.data, tag);
}

/* Headers of discovery and session. */

static const tapir_field pppoe_fields[] = {
    TAPIR_FIELD(tapir_pppoe, version, "pppoe.version", TAPIR_UINT, 4, "Always 1"),
    TAPIR_FIELD(tapir_pppoe, type, "pppoe.type", TAPIR_UINT, 4, "Always 1"),
    TAPIR_FIELD(tapir_pppoe, code, "pppoe.code", TAPIR_UINT, 8, "What the packet is",
        .base = TAPIR_HEX, .labels = codes),
    TAPIR_FIELD(
        tapir_pppoe, session_id, "pppoe.session_id", TAPIR_UINT, 16, "Session", .base = TAPIR_HEX),
    TAPIR_FIELD(
        tapir_pppoe, length, "pppoe.payload_length", TAPIR_UINT, 16, "Length of what follows"),
    TAPIR_FIELD(tapir_pppoe, tags, "pppoed.tags", TAPIR_LIST, 0, "Tags", .list = &tag_list),
};

static tapir_status pppoe_decode(tapir_decoder *d, void *layer)
{
    struct tapir_pppoe *pppoe = layer;

    pppoe->tags = tapir_span_of(d->in.at, 0);
    if (!TAPIR_LOAD(&d->in, pppoe, pppoe_fields))
        return TAPIR_OK;
    if (pppoe->code != TAPIR_PPPOE_SESSION) {
        pppoe->tags = tapir__take_most(&d->in, pppoe->length);
        if (!d->in.failed)
            tapir_bound(d, 0, "pppoe.payload_length");
        return TAPIR_OK;
    }
    tapir_bound(d, pppoe->length, "pppoe.payload_length");
    tapir_next(d, TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_PPP);
    return TAPIR_OK;
}

/* The length does not count the header, and PPP follows in a session only. */
static tapir_status fill(tapir_encoder *e, struct tapir_pppoe *pppoe)
{
    size_t length = HEADER_LEN + (size_t)pppoe->length;
    uint32_t key = TAPIR_ETHER_TYPE_PPP;
    tapir_status status = tapir_fill_key(e, TAPIR_ETHER_TYPE, "pppoe.code", &key);

    if (status == TAPIR_OK)
        status = tapir_fill_length(e, "pppoe.payload_length", HEADER_LEN + pppoe->tags.len,
            HEADER_LEN + UINT16_MAX, &length);
    pppoe->length = (uint16_t)(length - HEADER_LEN);
    if (e->fill & TAPIR_KEYS && tapir_encoder_inside(e) &&
        tapir_encoder_inside(e)->proto == &tapir_ppp_proto)
        pppoe->code = TAPIR_PPPOE_SESSION;
    return status;
}

static tapir_status pppoe_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_pppoe pppoe = *(const struct tapir_pppoe *)layer;
    tapir_status status = fill(e, &pppoe);

    tapir_open_header(e, HEADER_LEN + pppoe.tags.len);
    TAPIR_STORE(&e->out, &pppoe, pppoe_fields);
    tapir_put_span(&e->out, pppoe.tags);
    return status;
}

static const struct tapir_pppoe discovery_initial = {
    .version = 1, .type = 1, .code = TAPIR_PPPOE_PADI};
static const struct tapir_pppoe session_initial = {.version = 1, .type = 1};

static const tapir_binding discovery_bindings[] = {
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_PPPOE_DISCOVERY}};
static const tapir_binding session_bindings[] = {
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_PPPOE_SESSION},
    {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_PPP_ETHER},
};

static const char *const discovery_samples[] = {
    "1109 0000 0018 0101 0008 696e7465726e6574 0103 0004 01020304 0000 0000",
    "1107 0000 001d 0101 0000 0102 0004 61632d31 0104 0002 beef 0110 0001 aa 0120 0002 05d4",
    "1119 0000 0022 0106 0004 00640032 0107 000a 0017 5a50 000a 0064 00c8 0108 0002 0007 0109 0002 "
    "0040",
    "1165 1234 0022 0105 001e 00000de9 0103 616263 0202 6465 8104 00000400 8204 00001000 9003 "
    "010102",
    "11a7 1234 001e 0203 0003 627965 0201 0000 0202 0000 0105 0006 00000009 beef 0777 0001 01",
    "1109 0000 0004 0101 0000 00000000",
    "11d3 0000 0014 0111 0004 68747470 0112 0002 6869 0121 0002 0a00",
};

static const char *const session_samples[] = {
    "1100 1234 0016 0021 45000014000000004000 0000 0a000001 0a000002",
    "1100 1234 0003 c021 01 000000",
    "11a7 1234 0000",
};

const tapir_proto tapir_pppoe_discovery_proto = {
    .name = "pppoed",
    .title = "PPP over Ethernet, discovery",
    .spec = "RFC 2516",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(pppoe_fields),
    .size = sizeof(struct tapir_pppoe),
    .decode = pppoe_decode,
    .encode = pppoe_encode,
    TAPIR_BINDINGS(discovery_bindings),
    TAPIR_SAMPLES(discovery_samples),
    .initial = &discovery_initial,
};

const tapir_proto tapir_pppoe_session_proto = {
    .name = "pppoes",
    .title = "PPP over Ethernet, session",
    .spec = "RFC 2516",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(pppoe_fields),
    .size = sizeof(struct tapir_pppoe),
    .decode = pppoe_decode,
    .encode = pppoe_encode,
    TAPIR_BINDINGS(session_bindings),
    TAPIR_SAMPLES(session_samples),
    .initial = &session_initial,
};
