/* Checksums over the pseudo-header of whichever IP lies outside a transport layer. */
#include "pseudo.h"

#include "tapir/checksum.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"
#include "tapir/proto/ipv6_fragment.h"
#include "tapir/proto/ipv6_routing.h"

/* What the IP layer next outside says, extension headers of IPv6 included. */
struct outside {
    const struct tapir_ipv6_routing *routing; /* the innermost, whose last address is summed */
    tapir_span src, dst;
    bool is_fragment;  /* a part of the message is elsewhere */
    uint8_t final[16]; /* behind a source route, where the packet ends up */
};

/* Answers of look_at. */
enum found {
    FOUND_NOTHING, /* look further out */
    FOUND_IP,      /* the addresses are known */
    FOUND_BROKEN   /* an address cannot be told */
};

static enum found look_at_ipv4(struct outside *outside, const struct tapir_ipv4 *ip)
{
    outside->src = tapir_span_of(ip->src, 4);
    outside->dst = tapir_span_of(ip->dst, 4);
    if (ip->options.len) {
        tapir_ipv4_final(ip, outside->final);
        outside->dst = tapir_span_of(outside->final, 4);
    }
    outside->is_fragment = ip->flags & TAPIR_IPV4_MORE_FRAGMENTS || ip->fragment_offset;
    return FOUND_IP;
}

/* RFC 8200 8.1: what the sender summed is the last address of the route. */
static enum found look_at_ipv6(struct outside *outside, const struct tapir_ipv6 *ip)
{
    struct tapir_ipv6_routing routing;

    outside->src = tapir_span_of(ip->src, 16);
    outside->dst = tapir_span_of(ip->dst, 16);
    if (!outside->routing)
        return FOUND_IP;
    routing = *outside->routing;
    routing.length = (uint8_t)((4 + routing.data.len + 7) / 8 - 1); /* yet to be filled in */
    memcpy(routing.destination, ip->dst, 16);
    if (!tapir_ipv6_routing_final(&routing, outside->final))
        return FOUND_BROKEN;
    outside->dst = tapir_span_of(outside->final, 16);
    return FOUND_IP;
}

/* Looks at one layer, on the way outward from a transport layer. */
static enum found look_at(struct outside *outside, const tapir_proto *proto, const void *fields)
{
    const struct tapir_ipv6_fragment *fragment = fields;

    if (proto == &tapir_ipv4_proto)
        return look_at_ipv4(outside, fields);
    if (proto == &tapir_ipv6_proto)
        return look_at_ipv6(outside, fields);
    if (proto == &tapir_ipv6_fragment_proto)
        outside->is_fragment |= fragment->more_fragments || fragment->fragment_offset;
    else if (proto == &tapir_ipv6_routing_proto && !outside->routing)
        outside->routing = fields;
    return FOUND_NOTHING;
}

/* Looks outward from `layer`; false when there is no IP, or bytes of the message are elsewhere. */
static bool look_outside(
    const tapir_packet *packet, const tapir_layer *layer, struct outside *outside)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_so_far(packet, &count);
    enum found found = FOUND_NOTHING;

    *outside = (struct outside){.routing = NULL};
    while (found == FOUND_NOTHING && layer-- > layers) {
        if (layer->status != TAPIR_OK)
            return false;
        found = look_at(outside, layer->proto, layer->fields);
    }
    return found == FOUND_IP && !outside->is_fragment;
}

static uint64_t sum_addresses(const struct outside *outside)
{
    if (outside->src.len == 4)
        return tapir_load_be(outside->src.data, 4) + tapir_load_be(outside->dst.data, 4);
    return tapir_sum_bytes(outside->src.data, 16, false) +
           tapir_sum_bytes(outside->dst.data, 16, false);
}

tapir_status tapir__find_due(tapir_encoder *e, const char *field, bool *due, uint64_t *sum)
{
    struct outside outside = {.routing = NULL};
    enum found found = FOUND_NOTHING;

    for (size_t i = e->index; found == FOUND_NOTHING && i-- > 0;)
        found = look_at(&outside, e->layers[i].proto, e->layers[i].fields);
    if (!sum) {
        *due = !outside.is_fragment || e->was;
        return TAPIR_OK;
    }
    if (found == FOUND_NOTHING)
        return tapir_refuse(e, TAPIR_INVALID, field,
            "there is no IP outside whose addresses it covers; keep the checksum as given");
    if (found == FOUND_BROKEN)
        return tapir_refuse(e, TAPIR_INVALID, field,
            "the route outside does not tell the address it covers; keep the checksum as given");
    /* What changes in an edited fragment is known all the same. */
    *due = !outside.is_fragment || e->was;
    *sum = sum_addresses(&outside);
    return TAPIR_OK;
}

bool tapir__whole_checksum_due(const tapir_encoder *e)
{
    struct outside outside = {.routing = NULL};
    enum found found = FOUND_NOTHING;

    if (!(e->fill & TAPIR_CHECKSUMS) || (e->was && e->was->status != TAPIR_OK))
        return false;
    for (size_t i = e->index; found == FOUND_NOTHING && i-- > 0;)
        found = look_at(&outside, e->layers[i].proto, e->layers[i].fields);
    return !outside.is_fragment;
}

bool tapir__sum_outside(
    const tapir_packet *packet, const tapir_layer *layer, const uint8_t *data, uint64_t *sum)
{
    union {
        struct tapir_ipv4 ipv4;
        struct tapir_ipv6 ipv6;
        struct tapir_ipv6_fragment fragment;
    } fields;
    struct tapir_ipv6_routing routing;
    struct outside outside = {.routing = NULL};
    size_t count;
    const tapir_layer *layers = tapir_packet_so_far(packet, &count);
    enum found found = FOUND_NOTHING;

    while (found == FOUND_NOTHING && layer-- > layers) {
        tapir_span bytes =
            tapir_span_of(data + tapir_layer_offset(packet, layer), layer->header_len);
        bool is_routing = layer->proto == &tapir_ipv6_routing_proto && !outside.routing;
        void *into = is_routing ? (void *)&routing : (void *)&fields;
        if (!is_routing && layer->proto != &tapir_ipv4_proto && layer->proto != &tapir_ipv6_proto &&
            layer->proto != &tapir_ipv6_fragment_proto)
            continue;
        if (layer->partial)
            return false;
        /* Without its payload a header seems cut; its own fields are whole. */
        (void)!tapir_decode_alone(layer->proto, bytes, into, NULL);
        found = look_at(&outside, layer->proto, into);
    }
    if (found == FOUND_IP)
        *sum = sum_addresses(&outside);
    return found == FOUND_IP;
}

bool tapir__is_whole_message(const tapir_packet *packet, const tapir_layer *layer)
{
    struct outside outside;

    return layer->status == TAPIR_OK && look_outside(packet, layer, &outside);
}

void tapir__verify_transport(const tapir_packet *packet, const tapir_layer *layer, uint8_t protocol,
    uint16_t actual, tapir_checksum *checksum)
{
    /* A length beyond what is there covers bytes that were never seen. */
    if (layer->status == TAPIR_OK)
        tapir__verify_message(packet, layer, tapir_span_of(NULL, 0), protocol, actual, checksum);
    else
        checksum->actual = actual;
}

void tapir__verify_message(const tapir_packet *packet, const tapir_layer *layer, tapir_span behind,
    uint8_t protocol, uint16_t actual, tapir_checksum *checksum)
{
    tapir_span covered =
        tapir_span_of(layer->start, layer->header_len + layer->payload_len + behind.len);
    struct outside outside;
    uint64_t sum = 0;

    checksum->actual = actual;
    if (!look_outside(packet, layer, &outside))
        return;
    if (protocol)
        sum = tapir_sum_pseudo(sum, outside.src, outside.dst, protocol, (uint32_t)covered.len);
    sum = tapir_sum_add(sum, covered);
    checksum->verifiable = true;
    checksum->good = tapir_sum_fold(sum) == 0;
    checksum->expected = tapir_sum_fold(sum + (uint16_t)~actual);
}
