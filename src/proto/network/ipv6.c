/* Internet Protocol version 6 (RFC 8200). */
#include "tapir/proto/ipv6.h"

#include "ipv6_options.h"
#include "tapir/encode.h"
#include "tapir/flow.h"
#include "tapir/proto/ethernet.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6_hopopts.h"

static const tapir_part ipv6_class_parts[] = {
    TAPIR_PART("ipv6.tclass.dscp", 0xfc, "Differentiated services codepoint", NULL),
    TAPIR_PART("ipv6.tclass.ecn", 0x03, "Explicit congestion notification", NULL),
    TAPIR_PARTS_END,
};

static const tapir_field ipv6_fields[] = {
    TAPIR_FIELD(
        tapir_ipv6, version, "ipv6.version", TAPIR_UINT, 4, "Always 6", .alias = "ip.version"),
    TAPIR_FIELD(tapir_ipv6, traffic_class, "ipv6.tclass", TAPIR_UINT, 8,
        "Differentiated services and congestion notification", .base = TAPIR_HEX,
        .parts = ipv6_class_parts),
    TAPIR_FIELD(
        tapir_ipv6, flow_label, "ipv6.flow", TAPIR_UINT, 20, "Flow label", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_ipv6, payload_length, "ipv6.plen", TAPIR_UINT, 16,
        "Bytes behind this header; 0 in a jumbogram"),
    TAPIR_FIELD(tapir_ipv6, next_header, "ipv6.nxt", TAPIR_UINT, 8, "Protocol of the payload",
        .labels = tapir_ip_protocols),
    TAPIR_FIELD(tapir_ipv6, hop_limit, "ipv6.hlim", TAPIR_UINT, 8, "Hops left"),
    TAPIR_FIELD(tapir_ipv6, src, "ipv6.src", TAPIR_IPV6, 128, "Source", .alias = "ipv6.addr"),
    TAPIR_FIELD(tapir_ipv6, dst, "ipv6.dst", TAPIR_IPV6, 128, "Destination", .alias = "ipv6.addr"),
};

static tapir_status ipv6_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ipv6 *ip = layer;

    if (!TAPIR_LOAD(&d->in, ip, ipv6_fields))
        return TAPIR_OK;
    if (__builtin_expect(ip->version != 6, 0)) {
        /* Another format altogether: only the version is known. */
        d->in.at -= 39;
        return tapir_malformed(d, "version is not 6");
    }
    /* 0: a jumbogram, or a sender that offloads segmentation; the frame bounds it then. */
    if (ip->payload_length != 0)
        tapir_bound(d, ip->payload_length, "ipv6.plen");
    tapir_next(d, TAPIR_IP_PROTOCOL, ip->next_header);
    return TAPIR_OK;
}

/* RFC 2675 2: the length stands in an option behind this header. */
static bool is_jumbogram(const tapir_encoder *e)
{
    const tapir_stack_layer *inside = tapir_encoder_inside(e);

    return e->fill & TAPIR_LENGTHS && e->inside.len > UINT16_MAX && inside &&
           inside->proto == &tapir_ipv6_hopopts_proto &&
           tapir__find_ipv6_jumbo(((const struct tapir_ipv6_hopopts *)inside->fields)->options);
}

static tapir_status ipv6_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_ipv6 *given = layer;
    struct tapir_ipv6 ip;
    size_t length = given->payload_length;
    uint32_t key = given->next_header;
    tapir_status status = tapir_fill_key(e, TAPIR_IP_PROTOCOL, "ipv6.nxt", &key);

    if (status == TAPIR_OK && is_jumbogram(e))
        length = 0;
    else if (status == TAPIR_OK)
        status = tapir_fill_length(e, "ipv6.plen", 0, UINT16_MAX, &length);
    if (status != TAPIR_OK)
        return status;
    ip = *given;
    if (e->fill & TAPIR_KEYS)
        ip.version = 6;
    ip.next_header = (uint8_t)key;
    ip.payload_length = (uint16_t)length;
    tapir_open_header(e, 40);
    TAPIR_STORE(&e->out, &ip, ipv6_fields);
    return TAPIR_OK;
}

static void ipv6_flow(const void *layer, tapir_flow *flow)
{
    const struct tapir_ipv6 *ip = layer;

    flow->src = tapir_endpoint_of(TAPIR_ENDPOINT_IPV6, ip->src, 16);
    flow->dst = tapir_endpoint_of(TAPIR_ENDPOINT_IPV6, ip->dst, 16);
}

static const tapir_binding ipv6_bindings[] = {
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_IPV6},
    {TAPIR_IP_PROTOCOL, 41},
    {TAPIR_IP_VERSION, 6},
    {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_IPV6},
    {TAPIR_PPP_PROTOCOL, 0x0057},
};

static const char *const ipv6_samples[] = {
    "60012345 0004 fd40 20010db8000000000000000000000001 20010db8000000000000000000000002 01020304",
};

static const struct tapir_ipv6 ipv6_initial = {.version = 6, .hop_limit = 64};

const tapir_proto tapir_ipv6_proto = {
    .name = "ipv6",
    .title = "Internet Protocol version 6",
    .spec = "RFC 8200",
    .role = TAPIR_ROLE_NETWORK,
    TAPIR_FIELDS(ipv6_fields),
    .size = sizeof(struct tapir_ipv6),
    .decode = ipv6_decode,
    .encode = ipv6_encode,
    .flow = ipv6_flow,
    TAPIR_BINDINGS(ipv6_bindings),
    TAPIR_SAMPLES(ipv6_samples),
    .initial = &ipv6_initial,
};
