/* IPv6's routing header (RFC 8200 4.4), with the data of every type in use. */
#include "tapir/proto/ipv6_routing.h"

#include "../record.h"
#include "ipv6_options.h"
#include "tapir/encode.h"
#include "tapir/packet.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"

static const tapir_label routing_types[] = {
    {TAPIR_IPV6_ROUTING_SOURCE, "Source route"},
    {TAPIR_IPV6_ROUTING_NIMROD, "Nimrod"},
    {TAPIR_IPV6_ROUTING_MOBILE, "Mobile IPv6"},
    {TAPIR_IPV6_ROUTING_RPL, "RPL source route"},
    {TAPIR_IPV6_ROUTING_SEGMENT, "Segment routing"},
    {TAPIR_IPV6_ROUTING_CRH16, "Compact routing, 16 bits"},
    {TAPIR_IPV6_ROUTING_CRH32, "Compact routing, 32 bits"},
    {253, "Experiment 1"},
    {254, "Experiment 2"},
    {0, NULL},
};

/* Addresses. */

#define HOP_FIELDS(list, name)                                                                     \
    static const tapir_field list##_fields[] = {                                                   \
        TAPIR_FIELD(tapir_ipv6_hop, address, name, TAPIR_IPV6, 0, "Address")};                     \
    static const tapir_record list##_record = TAPIR_RECORD("Address", list##_fields)
HOP_FIELDS(source_hop, "ipv6.routing.src.addr");
HOP_FIELDS(mobile_hop, "ipv6.routing.mipv6.home_address");
HOP_FIELDS(segment_hop, "ipv6.routing.srh.addr");

static const tapir_field rpl_hop_fields[] = {
    TAPIR_FIELD(tapir_ipv6_hop, sent, "ipv6.routing.rpl.address", TAPIR_SPAN, 0,
        "The bytes of the address that were sent"),
    TAPIR_FIELD(tapir_ipv6_hop, address, "ipv6.routing.rpl.full_address", TAPIR_IPV6, 0,
        "The whole address"),
};
static const tapir_record rpl_hop_record = TAPIR_RECORD("Address", rpl_hop_fields);
static const tapir_record *const hop_records[] = {
    &source_hop_record, &mobile_hop_record, &segment_hop_record, &rpl_hop_record};

static const tapir_record *hop_record(uint8_t type)
{
    switch (type) {
    case TAPIR_IPV6_ROUTING_MOBILE:
        return &mobile_hop_record;
    case TAPIR_IPV6_ROUTING_RPL:
        return &rpl_hop_record;
    case TAPIR_IPV6_ROUTING_SEGMENT:
        return &segment_hop_record;
    default:
        return &source_hop_record;
    }
}

static const tapir_record *hop_next(tapir_walk *walk, void *item)
{
    const struct tapir_ipv6_route *route = walk->outer;
    struct tapir_ipv6_hop *hop = item;
    size_t elided = route->elided;

    if (route->type == TAPIR_IPV6_ROUTING_RPL && walk->index + 1 >= route->address_count)
        elided = route->elided_last;
    memcpy(hop->address, route->destination, 16);
    hop->sent = tapir_take_span(&walk->in, 16 - elided);
    if (walk->in.failed)
        return NULL;
    memcpy(hop->address + elided, hop->sent.data, hop->sent.len);
    return hop_record(route->type);
}

static const tapir_list hop_list = {
    sizeof(struct tapir_ipv6_hop), hop_next, hop_records, TAPIR_COUNT(hop_records)};

tapir_walk tapir_ipv6_hops(const struct tapir_ipv6_route *route)
{
    return tapir_walk_of(&hop_list, route->addresses, route);
}

/* Segment identifiers of compact routing. */

struct id {
    uint32_t value;
};

static const tapir_field id16_fields[] = {
    TAPIR_FIELD(id, value, "ipv6.routing.crh16.sid", TAPIR_UINT, 0, "Segment")};
static const tapir_field id32_fields[] = {
    TAPIR_FIELD(id, value, "ipv6.routing.crh32.sid", TAPIR_UINT, 0, "Segment")};
static const tapir_record id16_record = TAPIR_RECORD("Segment", id16_fields),
                          id32_record = TAPIR_RECORD("Segment", id32_fields);
static const tapir_record *const id_records[] = {&id16_record, &id32_record};

static const tapir_record *id_next(tapir_walk *walk, void *item)
{
    const struct tapir_ipv6_route *route = walk->outer;
    bool narrow = route->type == TAPIR_IPV6_ROUTING_CRH16;
    struct id *id = item;

    id->value = narrow ? tapir_take_be16(&walk->in) : tapir_take_be32(&walk->in);
    if (walk->in.failed)
        return NULL;
    return narrow ? &id16_record : &id32_record;
}

static const tapir_list id_list = {sizeof(struct id), id_next, id_records, TAPIR_COUNT(id_records)};

/* What follows the segments (RFC 8754 2.1). */

#define TLV_PAD1 0
#define TLV_PADN 4
#define TLV_HMAC 5

static const tapir_label tlv_types[] = {
    {TLV_PAD1, "Pad1"},
    {TLV_PADN, "PadN"},
    {TLV_HMAC, "HMAC"},
    {0, NULL},
};

struct tlv {
    uint8_t type, length;
    uint16_t flags;
    uint32_t key;
    tapir_span value;
};

#define TLV_TYPE                                                                                   \
    TAPIR_FIELD(tlv, type, "ipv6.routing.srh.tlv.type", TAPIR_UINT, 0, "Type", .labels = tlv_types)
#define TLV_LENGTH                                                                                 \
    TAPIR_FIELD(tlv, length, "ipv6.routing.srh.tlv.length", TAPIR_UINT, 0, "Length of the value")
static const tapir_part hmac_parts[] = {
    TAPIR_PART("ipv6.routing.srh.hmac.d", 0x8000, "The destination is not covered", NULL),
    TAPIR_PART("ipv6.routing.srh.hmac.reserved", 0x7fff, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field tlv_pad1_fields[] = {TLV_TYPE};
static const tapir_field tlv_fields[] = {TLV_TYPE, TLV_LENGTH,
    TAPIR_FIELD(tlv, value, "ipv6.routing.srh.tlv.value", TAPIR_SPAN, 0, "Value")};
static const tapir_field hmac_fields[] = {TLV_TYPE, TLV_LENGTH,
    TAPIR_FIELD(tlv, flags, "ipv6.routing.srh.hmac", TAPIR_UINT, 0, "Flags", .parts = hmac_parts,
        .nameless = true),
    TAPIR_FIELD(tlv, key, "ipv6.routing.srh.hmac.key", TAPIR_UINT, 0, "Key and algorithm",
        .base = TAPIR_HEX),
    TAPIR_FIELD(tlv, value, "ipv6.routing.srh.hmac.value", TAPIR_SPAN, 0, "The keyed digest")};
static const tapir_record tlv_pad1_record = TAPIR_RECORD("Pad1", tlv_pad1_fields),
                          tlv_record = TAPIR_RECORD("TLV", tlv_fields),
                          hmac_record = TAPIR_RECORD("HMAC", hmac_fields);
static const tapir_record *const tlv_records[] = {&tlv_pad1_record, &tlv_record, &hmac_record};

static const tapir_record *tlv_next(tapir_walk *walk, void *item)
{
    struct tlv *tlv = item;

    memset(tlv, 0, sizeof *tlv);
    tlv->type = tapir_take_u8(&walk->in);
    if (tlv->type == TLV_PAD1)
        return &tlv_pad1_record;
    tlv->length = tapir_take_u8(&walk->in);
    tlv->value = tapir_take_span(&walk->in, tlv->length);
    if (walk->in.failed)
        return NULL;
    if (tlv->type == TLV_HMAC && tlv->length >= 6) {
        tapir_reader r = tapir_reader_of(tlv->value);
        tlv->flags = tapir_take_be16(&r);
        tlv->key = tapir_take_be32(&r);
        tlv->value = tapir_take_rest(&r);
        return &hmac_record;
    }
    return &tlv_record;
}

static const tapir_list tlv_list = {
    sizeof(struct tlv), tlv_next, tlv_records, TAPIR_COUNT(tlv_records)};

/* The data. */

#define ROUTE(member, name, kind, bits, ...)                                                       \
    TAPIR_FIELD(tapir_ipv6_route, member, "ipv6.routing." name, kind, bits, __VA_ARGS__)
#define ROUTE_REST ROUTE(rest, "rest", TAPIR_SPAN, 0, "Bytes that are no address")

static const tapir_field source_fields[] = {
    ROUTE(reserved, "src.reserved", TAPIR_BYTES, 32, "Reserved"),
    ROUTE(addresses, "src", TAPIR_LIST, 0, "Addresses on the way", .list = &hop_list), ROUTE_REST};
static const tapir_field mobile_fields[] = {
    ROUTE(reserved, "mipv6.reserved", TAPIR_BYTES, 32, "Reserved"),
    ROUTE(addresses, "mipv6", TAPIR_LIST, 0, "The home address", .list = &hop_list), ROUTE_REST};
static const tapir_field rpl_fields[] = {
    ROUTE(elided, "rpl.cmprI", TAPIR_UINT, 4, "Bytes left out of each address"),
    ROUTE(elided_last, "rpl.cmprE", TAPIR_UINT, 4, "Bytes left out of the last address"),
    ROUTE(padding, "rpl.pad", TAPIR_UINT, 4, "Bytes of padding behind the addresses"),
    ROUTE(rpl_reserved, "rpl.reserved", TAPIR_UINT, 20, "Reserved"),
    ROUTE(address_count, "rpl.addr_count", TAPIR_UINT, 0, "Addresses, as the lengths have it"),
    ROUTE(addresses, "rpl", TAPIR_LIST, 0, "Addresses on the way", .list = &hop_list)};
static const tapir_field segment_fields[] = {
    ROUTE(last_entry, "srh.last_entry", TAPIR_UINT, 8, "Index of the last segment"),
    ROUTE(flags, "srh.flags", TAPIR_UINT, 8, "Flags", .base = TAPIR_HEX),
    ROUTE(tag, "srh.tag", TAPIR_BYTES, 16, "Class of packets this one belongs to"),
    ROUTE(
        addresses, "srh", TAPIR_LIST, 0, "Segments, the last of the path first", .list = &hop_list),
    ROUTE(tlvs, "srh.tlv", TAPIR_LIST, 0, "What follows the segments", .list = &tlv_list)};
static const tapir_field crh16_fields[] = {
    ROUTE(current_id, "crh16.current_sid", TAPIR_UINT, 0, "Segment in use"),
    ROUTE(ids, "crh16", TAPIR_LIST, 0, "Segments", .list = &id_list)};
static const tapir_field crh32_fields[] = {
    ROUTE(current_id, "crh32.current_sid", TAPIR_UINT, 0, "Segment in use"),
    ROUTE(ids, "crh32", TAPIR_LIST, 0, "Segments", .list = &id_list)};
static const tapir_field unknown_fields[] = {
    ROUTE(rest, "unknown_data", TAPIR_SPAN, 0, "Data of an unknown type")};

static const tapir_record source_record = TAPIR_RECORD("Source route", source_fields),
                          mobile_record = TAPIR_RECORD("Mobile IPv6", mobile_fields),
                          rpl_record = TAPIR_RECORD("RPL source route", rpl_fields),
                          segment_record = TAPIR_RECORD("Segment routing", segment_fields),
                          crh16_record = TAPIR_RECORD("Compact routing, 16 bits", crh16_fields),
                          crh32_record = TAPIR_RECORD("Compact routing, 32 bits", crh32_fields),
                          unknown_record = TAPIR_RECORD("Unknown type", unknown_fields);
static const tapir_record *const data_records[] = {&source_record, &mobile_record, &rpl_record,
    &segment_record, &crh16_record, &crh32_record, &unknown_record};

/* How many addresses fit, the last one being of its own length (RFC 6554 3). */
static void take_rpl(struct tapir_ipv6_route *route, size_t len, tapir_reader *r)
{
    size_t last = 16u - route->elided_last, each = 16u - route->elided;
    size_t padding = route->padding;

    len = len > padding ? len - padding : 0;
    route->address_count = len >= last ? (uint32_t)((len - last) / each + 1) : 0;
    route->addresses =
        tapir__take_most(r, route->address_count ? (route->address_count - 1) * each + last : 0);
}

static void take_segments(struct tapir_ipv6_route *route, tapir_reader *r)
{
    route->addresses = tapir__take_most(r, (route->last_entry + (size_t)1) * 16);
    route->tlvs = tapir_take_rest(r);
}

static void take_ids(struct tapir_ipv6_route *route, tapir_reader *r)
{
    size_t size = route->type == TAPIR_IPV6_ROUTING_CRH16 ? 2 : 4;
    size_t at = route->segments_left * size;

    route->ids = tapir_take_span(r, tapir_left(r) / size * size);
    /* Zeroes at the end fill the header up to a multiple of 8 bytes. */
    while (route->ids.len &&
           tapir_load_be(route->ids.data + route->ids.len - size, (unsigned)size) == 0)
        route->ids.len -= size;
    if (at + size <= route->ids.len)
        route->current_id = (uint32_t)tapir_load_be(route->ids.data + at, (unsigned)size);
}

/* `len`: bytes behind the first 8, as the header announces them. */
static const tapir_record *take_route(struct tapir_ipv6_route *route, size_t len, tapir_reader *r)
{
    switch (route->type) {
    case TAPIR_IPV6_ROUTING_SOURCE:
        if (tapir__take_record(r, &source_record, route))
            route->addresses = tapir_take_span(r, tapir_left(r) / 16 * 16);
        return &source_record;
    case TAPIR_IPV6_ROUTING_MOBILE:
        if (tapir__take_record(r, &mobile_record, route))
            route->addresses = tapir_take_span(r, 16);
        return &mobile_record;
    case TAPIR_IPV6_ROUTING_RPL:
        if (tapir__take_record(r, &rpl_record, route))
            take_rpl(route, len, r);
        return &rpl_record;
    case TAPIR_IPV6_ROUTING_SEGMENT:
        if (tapir__take_record(r, &segment_record, route))
            take_segments(route, r);
        return &segment_record;
    case TAPIR_IPV6_ROUTING_CRH16:
        take_ids(route, r);
        return &crh16_record;
    case TAPIR_IPV6_ROUTING_CRH32:
        take_ids(route, r);
        return &crh32_record;
    default:
        return &unknown_record;
    }
}

static const tapir_record *data_next(tapir_walk *walk, void *item)
{
    const struct tapir_ipv6_routing *routing = walk->outer;
    struct tapir_ipv6_route *route = item;
    const tapir_record *record;

    memset(route, 0, sizeof *route);
    route->type = routing->type;
    route->segments_left = routing->segments_left;
    memcpy(route->destination, routing->destination, 16);
    record = take_route(route, routing->length * (size_t)8, &walk->in);
    route->rest = tapir_take_rest(&walk->in);
    return record;
}

static const tapir_list data_list = {sizeof(struct tapir_ipv6_route), data_next, data_records,
    TAPIR_COUNT(data_records), tapir__route_makers, TAPIR__ROUTE_MAKER_COUNT};

bool tapir_ipv6_routing_data(
    const struct tapir_ipv6_routing *routing, struct tapir_ipv6_route *route)
{
    tapir_walk walk = tapir_walk_of(&data_list, routing->data, routing);

    data_next(&walk, route);
    return !walk.in.failed;
}

bool tapir_ipv6_routing_final(const struct tapir_ipv6_routing *routing, uint8_t address[16])
{
    struct tapir_ipv6_route route;
    struct tapir_ipv6_hop hop;
    bool found = false;
    tapir_walk walk;

    memcpy(address, routing->destination, 16);
    if (routing->segments_left == 0 || routing->type == TAPIR_IPV6_ROUTING_NIMROD)
        return true;
    if (!tapir_ipv6_routing_data(routing, &route))
        return false;
    walk = tapir_ipv6_hops(&route);
    while (tapir_walk_next(&walk, &hop)) {
        memcpy(address, hop.address, 16);
        found = true;
        if (route.type == TAPIR_IPV6_ROUTING_SEGMENT)
            break;
    }
    return found;
}

/* The header. */

static const tapir_field routing_fields[] = {
    TAPIR_FIELD(tapir_ipv6_routing, next_header, "ipv6.routing.nxt", TAPIR_UINT, 8,
        "Protocol of what follows", .labels = tapir_ip_protocols),
    TAPIR_FIELD(tapir_ipv6_routing, length, "ipv6.routing.len", TAPIR_UINT, 8,
        "Length in units of 8 bytes, the first not counted"),
    TAPIR_FIELD(
        tapir_ipv6_routing, octets, "ipv6.routing.len_oct", TAPIR_UINT, 0, "Length in bytes"),
    TAPIR_FIELD(tapir_ipv6_routing, type, "ipv6.routing.type", TAPIR_UINT, 8, "Kind of route",
        .labels = routing_types),
    TAPIR_FIELD(tapir_ipv6_routing, segments_left, "ipv6.routing.segleft", TAPIR_UINT, 8,
        "Addresses still to be visited"),
    TAPIR_FIELD(tapir_ipv6_routing, data, "ipv6.routing.data", TAPIR_BODY, 0, "The route",
        .list = &data_list),
};

static tapir_status routing_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ipv6_routing *routing = layer;
    const struct tapir_ipv6 *ip = NULL;
    size_t count;
    const tapir_layer *layers = tapir_layers_outside(d, &count);

    TAPIR_LOAD(&d->in, routing, routing_fields);
    routing->octets = (uint16_t)((routing->length + 1u) * 8);
    routing->data = tapir__take_most(&d->in, routing->octets - 4u);
    for (; !ip && count > 0; count--)
        ip = TAPIR_AS(&layers[count - 1], ipv6);
    if (ip)
        memcpy(routing->destination, ip->dst, 16);
    else
        memset(routing->destination, 0, 16);
    tapir_next(d, TAPIR_IP_PROTOCOL, routing->next_header);
    return TAPIR_OK;
}

static tapir_status routing_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_ipv6_routing routing = *(const struct tapir_ipv6_routing *)layer;
    size_t padding = tapir_fill_padding(e, 4 + routing.data.len, 8);
    size_t len = 4 + routing.data.len + padding;
    uint32_t key = routing.next_header;
    tapir_status status =
        tapir_require_outside(e, TAPIR_ROLE_NETWORK, &tapir_ipv6_proto, "ipv6.routing.nxt");

    if (status == TAPIR_OK)
        status = tapir_fill_key(e, TAPIR_IP_PROTOCOL, "ipv6.routing.nxt", &key);
    if (status == TAPIR_OK)
        status = tapir_check_units(e, "ipv6.routing.len", len, 8);
    if (status != TAPIR_OK)
        return status;
    routing.next_header = (uint8_t)key;
    if (e->fill & TAPIR_LENGTHS) {
        if (len > 8 * 256)
            return tapir_refuse(e, TAPIR_TOO_WIDE, "ipv6.routing.len",
                "%zu bytes of data do not fit, 2044 are the most", routing.data.len);
        routing.length = (uint8_t)(len / 8 - 1);
    }
    tapir_open_header(e, len);
    TAPIR_STORE(&e->out, &routing, routing_fields);
    tapir_put_span(&e->out, routing.data);
    tapir_put_zeroes(&e->out, padding);
    return TAPIR_OK;
}

static const tapir_binding routing_bindings[] = {{TAPIR_IP_PROTOCOL, 43}};

static const char *const routing_samples[] = {
    "3b 04 00 01 00000000 20010db8000000000000000000000001 20010db8000000000000000000000002",
    "3b 02 02 01 00000000 20010db8000000000000000000000001",
    "3b 01 03 02 ff600000 0102 000000000000",
    "3b 02 03 01 e8400000 0001 0002 0000000000000003 00000000",
    "3b 02 04 00 00 00 1234 20010db8000000000000000000000001",
    "3b 07 04 01 00 08 0000 20010db8000000000000000000000001 05 26 8000 00000001 "
    "0000000000000000000000000000000000000000000000000000000000000000",
    "3b 03 04 01 00 00 0000 20010db8000000000000000000000001 00 00 04 04 00000000",
    "3b 01 05 01 0001 0002 0003 0004 0005 0000",
    "3b 01 06 02 00000001 00000002 00000003",
    "3b 00 01 01 00010203",
    "3b 03 00 01 01020304 20010db8000000000000000000000001 0102030405060708",
    "3b 00 04 01 05 00 0000",
};

const tapir_proto tapir_ipv6_routing_proto = {
    .name = "ipv6.routing",
    .title = "IPv6 routing",
    .spec = "RFC 8200",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(routing_fields),
    .size = sizeof(struct tapir_ipv6_routing),
    .decode = routing_decode,
    .encode = routing_encode,
    TAPIR_BINDINGS(routing_bindings),
    TAPIR_SAMPLES(routing_samples),
};
