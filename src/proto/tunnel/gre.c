/* Generic Routing Encapsulation (RFC 2784, RFC 2890, RFC 1701), version 1 for PPTP (RFC 2637). */
#include "tapir/proto/gre.h"

#include "../transport/pseudo.h"
#include "tapir/checksum.h"
#include "tapir/encode.h"
#include "tapir/proto/ethernet.h"

#define PROTOCOL_WCCP     0x883e /* web cache redirection: version 2 has a header of its own */
#define PROTOCOL_PPP_HDLC 0x8881 /* 3GPP2's byte stream */

static bool has_ack(const void *item)
{
    const struct tapir_gre *gre = item;

    return (gre->flags & TAPIR_GRE_VERSION) == 1 || gre->protocol == PROTOCOL_PPP_HDLC;
}

static bool has_no_ack(const void *item)
{
    return !has_ack(item);
}

static bool has_pptp_key(const void *item)
{
    const struct tapir_gre *gre = item;

    return gre->present & TAPIR_GRE_KEY && (gre->flags & TAPIR_GRE_VERSION) == 1;
}

static bool has_plain_key(const void *item)
{
    const struct tapir_gre *gre = item;

    return gre->present & TAPIR_GRE_KEY && (gre->flags & TAPIR_GRE_VERSION) != 1;
}

static const tapir_label protocols[] = {
    {0x0000, "Keepalive"},
    {TAPIR_ETHER_TYPE_IPV4, "IPv4"},
    {TAPIR_ETHER_TYPE_ARP, "ARP"},
    {0x22eb, "ERSPAN III"},
    {0x2001, "NHRP"},
    {TAPIR_ETHER_TYPE_TEB, "Transparent Ethernet bridging"},
    {TAPIR_ETHER_TYPE_IPV6, "IPv6"},
    {0x880b, "PPP"},
    {PROTOCOL_WCCP, "WCCP"},
    {0x8847, "MPLS"},
    {0x8848, "MPLS, upstream label"},
    {PROTOCOL_PPP_HDLC, "3GPP2 A10"},
    {0x88be, "ERSPAN"},
    {0x894f, "Network service header"},
    {0, NULL},
};

static const tapir_part flag_parts[] = {
    TAPIR_PART("gre.flags.checksum", TAPIR_GRE_CHECKSUM, "The checksum is there", NULL),
    TAPIR_PART("gre.flags.routing", TAPIR_GRE_ROUTING, "The source route is there", NULL),
    TAPIR_PART("gre.flags.key", TAPIR_GRE_KEY, "The key is there", NULL),
    TAPIR_PART(
        "gre.flags.sequence_number", TAPIR_GRE_SEQUENCE, "The sequence number is there", NULL),
    TAPIR_PART(
        "gre.flags.strict_source_route", TAPIR_GRE_STRICT_SOURCE, "The route is strict", NULL),
    TAPIR_PART(
        "gre.flags.recursion_control", TAPIR_GRE_RECURSION, "Encapsulations still allowed", NULL),
    TAPIR_PART("gre.flags.version", TAPIR_GRE_VERSION, "Version: 0, or 1 for PPTP", NULL),
    TAPIR_PARTS_END,
};

static const tapir_part plain_parts[] = {
    TAPIR_PART("gre.flags.reserved", 0x00f8, "Reserved", NULL),
    TAPIR_PARTS_END,
};

static const tapir_part ack_parts[] = {
    TAPIR_PART(
        "gre.flags.ack", TAPIR_GRE_ACKNOWLEDGMENT, "The acknowledgment number is there", NULL),
    TAPIR_PART("gre.flags.reserved", 0x0078, "Reserved", NULL),
    TAPIR_PARTS_END,
};

static const tapir_part pptp_parts[] = {
    TAPIR_PART("gre.key.payload_length", 0xffff0000, "Bytes of payload", NULL),
    TAPIR_PART("gre.key.call_id", 0x0000ffff, "The peer's call", NULL),
    TAPIR_PARTS_END,
};

static const tapir_part redirect_parts[] = {
    TAPIR_PART("gre.wccp.dynamic_service", 0x01000000, "The service is dynamic", NULL),
    TAPIR_PART("gre.wccp.alternative_bucket_used", 0x02000000, "Chosen by the alternative", NULL),
    TAPIR_PART("gre.wccp.redirect_header_valid", 0x04000000, "This header counts", NULL),
    TAPIR_PART("gre.wccp.service_id", 0x00ff0000, "Service group", NULL),
    TAPIR_PART("gre.wccp.alternative_bucket", 0x0000ff00, "Alternative bucket", NULL),
    TAPIR_PART("gre.wccp.primary_bucket", 0x000000ff, "Primary bucket", NULL),
    TAPIR_PARTS_END,
};

/* Neither the entry that ends the list has any, nor one that is cut in front of it. */
static bool has_information(const void *item)
{
    const struct tapir_gre_route *route = item;

    return route->information.data && (route->address_family || route->length);
}

static const tapir_field route_fields[] = {
    TAPIR_FIELD(tapir_gre_route, address_family, "gre.routing.address_family", TAPIR_UINT, 16,
        "Kind of the information, an EtherType"),
    TAPIR_FIELD(tapir_gre_route, offset, "gre.routing.sre_offset", TAPIR_UINT, 8,
        "Where the active part of the information begins"),
    TAPIR_FIELD(tapir_gre_route, length, "gre.routing.src_length", TAPIR_UINT, 8,
        "Length of the information"),
    TAPIR_FIELD(tapir_gre_route, information, "gre.routing.information", TAPIR_SPAN, 0,
        "Addresses on the way", .empty = true, .when = has_information),
};

static const tapir_record route_record = TAPIR_RECORD("Source route entry", route_fields);
static const tapir_record *const route_records[] = {&route_record};

static const tapir_record *route_next(tapir_walk *walk, void *item)
{
    struct tapir_gre_route *route = item;

    TAPIR_LOAD(&walk->in, route, route_fields);
    route->information = tapir_take_span(&walk->in, route->length);
    return &route_record; /* a cut one for what there is of it */
}

static const tapir_list route_list = {
    sizeof(struct tapir_gre_route), route_next, route_records, TAPIR_COUNT(route_records)};

tapir_walk tapir_gre_routes(const struct tapir_gre *gre)
{
    return tapir_walk_of(&route_list, gre->routing, gre);
}

static const tapir_field gre_fields[] = {
    TAPIR_FIELD(tapir_gre, flags, "gre.flags_and_version", TAPIR_UINT, 16, "Flags and version",
        .base = TAPIR_HEX, .parts = flag_parts),
    TAPIR_FIELD(tapir_gre, flags, "gre.flags.other", TAPIR_UINT, 0, "Flags of version 0",
        .parts = plain_parts, .when = has_no_ack, .nameless = true),
    TAPIR_FIELD(tapir_gre, flags, "gre.flags.other", TAPIR_UINT, 0, "Flags of version 1",
        .parts = ack_parts, .when = has_ack, .nameless = true),
    TAPIR_FIELD(tapir_gre, protocol, "gre.proto", TAPIR_UINT, 16, "EtherType of the payload",
        .base = TAPIR_HEX, .labels = protocols),
    TAPIR_FIELD(tapir_gre, checksum, "gre.checksum", TAPIR_UINT, 0,
        "Internet checksum of header and payload", .base = TAPIR_HEX,
        TAPIR_IF(tapir_gre, present, TAPIR_GRE_CHECKSUM | TAPIR_GRE_ROUTING)),
    TAPIR_FIELD(tapir_gre, offset, "gre.offset", TAPIR_UINT, 0,
        "Where the active source route entry begins",
        TAPIR_IF(tapir_gre, present, TAPIR_GRE_CHECKSUM | TAPIR_GRE_ROUTING)),
    TAPIR_FIELD(tapir_gre, key, "gre.key", TAPIR_UINT, 0, "Key of the tunnel", .base = TAPIR_HEX,
        .when = has_plain_key),
    TAPIR_FIELD(tapir_gre, key, "gre.key.pptp", TAPIR_UINT, 0, "Length and call",
        .parts = pptp_parts, .when = has_pptp_key, .nameless = true),
    TAPIR_FIELD(tapir_gre, sequence, "gre.sequence_number", TAPIR_UINT, 0, "Sequence number",
        TAPIR_IF(tapir_gre, present, TAPIR_GRE_SEQUENCE)),
    TAPIR_FIELD(tapir_gre, routing, "gre.routing", TAPIR_LIST, 0, "Source route entries",
        .list = &route_list),
    TAPIR_FIELD(tapir_gre, acknowledgment, "gre.ack_number", TAPIR_UINT, 0,
        "Highest sequence number received", TAPIR_IF(tapir_gre, present, TAPIR_GRE_ACKNOWLEDGMENT),
        .when = has_ack),
    TAPIR_FIELD(tapir_gre, redirect, "gre.wccp.redirect", TAPIR_UINT, 0, "Redirect header",
        .parts = redirect_parts, .nameless = true, TAPIR_IF(tapir_gre, has_redirect, 1)),
};

/* Takes the source route with the empty entry of family 0 that ends it (RFC 1701). */
static tapir_span take_routes(tapir_reader *r)
{
    const uint8_t *start = r->at;
    uint16_t family;
    uint8_t length;

    do {
        family = tapir_take_be16(r);
        tapir_take_u8(r);
        length = tapir_take_u8(r);
        tapir_take(r, length);
    } while ((family || length) && !r->failed);
    return tapir_span_of(start, (size_t)(r->at - start));
}

/* WCCP's header is told from an IPv4 header by the version it does not have. */
static bool begins_redirect(const struct tapir_gre *gre, const tapir_reader *r)
{
    return gre->protocol == PROTOCOL_WCCP && tapir_left(r) && *r->at >> 4 != 4;
}

/* Takes the 32 bits that stand for a flag; 0 when the flag is off or the header ends before. */
static inline uint32_t take_part(struct tapir_gre *gre, tapir_reader *r, uint16_t flag)
{
    uint32_t value;

    if (!(gre->flags & flag))
        return 0;
    value = tapir_take_be32(r);
    gre->present |= r->failed ? 0 : gre->flags & flag;
    return value;
}

static tapir_status gre_decode(tapir_decoder *d, void *layer)
{
    struct tapir_gre *gre = layer;
    tapir_reader *r = &d->in;
    uint32_t checksum;

    TAPIR_LOAD(r, gre, gre_fields);
    gre->present = 0;
    checksum = take_part(gre, r, TAPIR_GRE_CHECKSUM | TAPIR_GRE_ROUTING);
    gre->checksum = (uint16_t)(checksum >> 16);
    gre->offset = (uint16_t)checksum;
    gre->key = take_part(gre, r, TAPIR_GRE_KEY);
    gre->sequence = take_part(gre, r, TAPIR_GRE_SEQUENCE);
    gre->routing = gre->flags & TAPIR_GRE_ROUTING ? take_routes(r) : tapir_span_of(r->at, 0);
    gre->acknowledgment = has_ack(gre) ? take_part(gre, r, TAPIR_GRE_ACKNOWLEDGMENT) : 0;
    gre->has_redirect = begins_redirect(gre, r);
    gre->redirect = gre->has_redirect ? tapir_take_be32(r) : 0;
    if (has_pptp_key(gre) && !r->failed)
        tapir_bound(d, gre->key >> 16, "gre.key.payload_length");
    if (gre->protocol == PROTOCOL_WCCP)
        tapir_next(d, TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_IPV4);
    else
        tapir_next(d, TAPIR_ETHER_TYPE, gre->protocol);
    return TAPIR_OK;
}

/* What follows, and the length that stands in a PPTP tunnel's key. */
static tapir_status fill(tapir_encoder *e, struct tapir_gre *gre)
{
    size_t length = gre->key >> 16;
    uint32_t key = gre->protocol;
    tapir_status status = TAPIR_OK;

    if (gre->protocol != PROTOCOL_WCCP)
        status = tapir_fill_key(e, TAPIR_ETHER_TYPE, "gre.proto", &key);
    else
        status = tapir_require_key(e, TAPIR_ETHER_TYPE, "gre.proto", TAPIR_ETHER_TYPE_IPV4);
    gre->protocol = (uint16_t)key;
    if (gre->flags & TAPIR_GRE_KEY && (gre->flags & TAPIR_GRE_VERSION) == 1 && status == TAPIR_OK) {
        status = tapir_fill_length(e, "gre.key.payload_length", 0, UINT16_MAX, &length);
        gre->key = (uint32_t)length << 16 | (gre->key & UINT16_MAX);
    }
    if (e->fill & TAPIR_CHECKSUMS)
        gre->checksum = 0;
    return status;
}

static tapir_status gre_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_gre filled = *(const struct tapir_gre *)layer, *gre = &filled;
    const bool checksum = gre->flags & (TAPIR_GRE_CHECKSUM | TAPIR_GRE_ROUTING);
    const bool key = gre->flags & TAPIR_GRE_KEY, sequence = gre->flags & TAPIR_GRE_SEQUENCE;
    const bool ack = gre->flags & TAPIR_GRE_ACKNOWLEDGMENT && has_ack(gre);

    tapir_status status = fill(e, gre);

    if (status != TAPIR_OK)
        return status;
    tapir_open_header(e, 4 + 4u * ((unsigned)checksum + key + sequence + ack + gre->has_redirect) +
                             gre->routing.len);
    TAPIR_STORE(&e->out, gre, gre_fields);
    if (checksum) {
        tapir_put_be(&e->out, 2, gre->checksum);
        tapir_put_be(&e->out, 2, gre->offset);
    }
    if (key)
        tapir_put_be(&e->out, 4, gre->key);
    if (sequence)
        tapir_put_be(&e->out, 4, gre->sequence);
    tapir_put_span(&e->out, gre->routing);
    if (ack)
        tapir_put_be(&e->out, 4, gre->acknowledgment);
    if (gre->has_redirect)
        tapir_put_be(&e->out, 4, gre->redirect);
    if (gre->flags & TAPIR_GRE_CHECKSUM && e->fill & TAPIR_CHECKSUMS && !e->out.failed)
        e->sum += tapir_fill_sum(e, 4, tapir_sum_from(e, e->head));
    return TAPIR_OK;
}

static void gre_verify(
    const tapir_packet *packet, const tapir_layer *layer, tapir_checksum *checksum)
{
    const struct tapir_gre *gre = layer->fields;

    checksum->present = gre->flags & TAPIR_GRE_CHECKSUM;
    if (checksum->present)
        tapir__verify_message(packet, layer, tapir_span_of(NULL, 0), 0, gre->checksum, checksum);
}

static const tapir_binding gre_bindings[] = {{TAPIR_IP_PROTOCOL, 47}};

static const char *const gre_samples[] = {
    "0000 0800 45000014000000004000 0000 0a000001 0a000002",
    "0000 6558 ffffffffffff 001122334455 0800 45000014000000004000 0000 0a000001 0a000002",
    "b000 1234 b76e 0000 00000007 00000008 01020304",
    "4800 0800 0000 0004 0800 04 08 0a000003 0a000004 0000 00 00 "
    "45000014000000004000 0000 0a000001 0a000002",
    "3081 880b 0004 0001 00000001 00000002 00210102",
    "2081 880b 0000 0001 00000002",
    "0000 883e 12345678 45000014000000004000 0000 0a000001 0a000002",
    "2080 8881 00001234 00000009 7e01",
};

static bool has_checksum(const void *layer)
{
    return ((const struct tapir_gre *)layer)->flags & TAPIR_GRE_CHECKSUM;
}

static const tapir_coverage gre_coverage = {.offset = 4, .when = has_checksum};

const tapir_proto tapir_gre_proto = {
    .name = "gre",
    .title = "Generic Routing Encapsulation",
    .spec = "RFC 2784",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(gre_fields),
    .size = sizeof(struct tapir_gre),
    .decode = gre_decode,
    .encode = gre_encode,
    .verify = gre_verify,
    TAPIR_BINDINGS(gre_bindings),
    TAPIR_SAMPLES(gre_samples),
    .coverage = &gre_coverage,
};
