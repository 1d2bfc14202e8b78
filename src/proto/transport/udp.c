/* User Datagram Protocol (RFC 768). */
#include "tapir/proto/udp.h"

#include "pseudo.h"
#include "tapir/encode.h"
#include "tapir/flow.h"
#include "tapir/packet.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"

static const tapir_field udp_fields[] = {
    TAPIR_FIELD(tapir_udp, src_port, "udp.srcport", TAPIR_UINT, 16, "Port of the sender",
        .alias = "udp.port"),
    TAPIR_FIELD(tapir_udp, dst_port, "udp.dstport", TAPIR_UINT, 16, "Port of the receiver",
        .alias = "udp.port"),
    TAPIR_FIELD(tapir_udp, length, "udp.length", TAPIR_UINT, 16,
        "Header and payload in bytes; 0 in a jumbogram"),
    TAPIR_FIELD(tapir_udp, checksum, "udp.checksum", TAPIR_UINT, 16,
        "Internet checksum with pseudo-header; 0 when the sender computed none", .base = TAPIR_HEX),
};

/* RFC 2675 4: 0 stands for a length that does not fit, in a jumbogram; IPv4 has none of those. */
static bool may_be_jumbogram(const tapir_decoder *d)
{
    size_t count;
    const tapir_layer *layers = tapir_layers_outside(d, &count);

    while (count-- > 0)
        if (layers[count].proto->role == TAPIR_ROLE_NETWORK)
            return layers[count].proto != &tapir_ipv4_proto;
    return true;
}

static __attribute__((cold)) tapir_status short_length(
    tapir_decoder *d, const struct tapir_udp *udp)
{
    if (udp->length == 0 && may_be_jumbogram(d)) {
        tapir_next_ports(d, TAPIR_UDP_PORT, udp->src_port, udp->dst_port);
        return TAPIR_OK;
    }
    d->in.at -= 2;
    return tapir_malformed(d, "length below 8");
}

static tapir_status udp_decode(tapir_decoder *d, void *layer)
{
    struct tapir_udp *udp = layer;

    if (!TAPIR_LOAD(&d->in, udp, udp_fields))
        return TAPIR_OK;
    if (__builtin_expect(udp->length < 8, 0))
        return short_length(d, udp);
    tapir_bound(d, udp->length - 8u, "udp.length");
    tapir_next_ports(d, TAPIR_UDP_PORT, udp->src_port, udp->dst_port);
    return TAPIR_OK;
}

/* RFC 2675 4: a length that does not fit is 0, where the IP header can do without it, too. */
static bool needs_jumbogram(const tapir_encoder *e)
{
    if (!(e->fill & TAPIR_LENGTHS) || e->inside.len + 8 <= UINT16_MAX)
        return false;
    for (size_t i = e->index; i-- > 0;)
        if (e->layers[i].proto->role == TAPIR_ROLE_NETWORK)
            return e->layers[i].proto == &tapir_ipv6_proto;
    return false;
}

static tapir_status udp_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_udp *given = layer;
    struct tapir_udp udp;
    uint64_t addresses = 0, sum = 0;
    size_t length = given->length;
    bool due;
    tapir_status status = tapir__checksum_due(e, "udp.checksum", &due, &addresses);

    if (status == TAPIR_OK && needs_jumbogram(e))
        length = 0;
    else if (status == TAPIR_OK)
        status = tapir_fill_length(e, "udp.length", 8, UINT16_MAX, &length);
    if (status != TAPIR_OK)
        return status;
    udp = *given;
    udp.length = (uint16_t)length;
    if (due)
        udp.checksum = 0;
    tapir_open_header(e, 8);
    TAPIR_STORE_SUMMED(&e->out, &udp, udp_fields, &sum);
    if (due) {
        uint16_t checksum = tapir_fill_sum(
            e, 6, tapir_sum_inside(e) + sum + addresses + 17 + (uint32_t)(8 + e->inside.len));
        /* RFC 768: a computed zero goes out as all ones, since zero says that there is none. */
        if (!checksum && !e->out.failed)
            tapir_store_be(e->head + 6, 2, UINT16_MAX);
        sum += checksum;
    }
    tapir_add_sum(e, sum);
    return TAPIR_OK;
}

static void udp_verify(
    const tapir_packet *packet, const tapir_layer *layer, tapir_checksum *checksum)
{
    const struct tapir_udp *udp = layer->fields;

    checksum->present = udp->checksum != 0;
    if (!checksum->present)
        return;
    tapir__verify_transport(packet, layer, 17, udp->checksum, checksum);
    /* RFC 768: a computed zero goes out as all ones. */
    if (checksum->expected == 0)
        checksum->expected = 0xffff;
}

static void udp_flow(const void *layer, tapir_flow *flow)
{
    const struct tapir_udp *udp = layer;

    flow->src = tapir_endpoint_port(TAPIR_ENDPOINT_UDP_PORT, udp->src_port);
    flow->dst = tapir_endpoint_port(TAPIR_ENDPOINT_UDP_PORT, udp->dst_port);
}

static const tapir_binding udp_bindings[] = {{TAPIR_IP_PROTOCOL, 17}};

static const char *const udp_samples[] = {
    "c350 0007 000c 0000 01020304",
    "c350 0007 0008 1234",
    "c350 0007 0000 1234 01020304",
    "c350 0007 000a 1234 01020304",
};

static const tapir_coverage udp_coverage = {.offset = 6, .pseudo = true, .zero_for_none = true};

const tapir_proto tapir_udp_proto = {
    .name = "udp",
    .title = "User Datagram Protocol",
    .spec = "RFC 768",
    .role = TAPIR_ROLE_TRANSPORT,
    TAPIR_FIELDS(udp_fields),
    .size = sizeof(struct tapir_udp),
    .decode = udp_decode,
    .encode = udp_encode,
    .verify = udp_verify,
    .flow = udp_flow,
    TAPIR_BINDINGS(udp_bindings),
    TAPIR_SAMPLES(udp_samples),
    .coverage = &udp_coverage,
};
