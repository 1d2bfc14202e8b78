/* Checksums over the pseudo-header of whichever IP lies outside a transport layer. */
#include "pseudo.h"

#include "tapir/checksum.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"
#include "tapir/proto/ipv6_fragment.h"
#include "tapir/proto/ipv6_routing.h"

/* What the IP layer next outside says, extension headers of IPv6 included. */
struct outside {
    tapir_span src, dst;
    uint8_t final[16]; /* behind a source route, where the packet ends up */
};

/* Looks outward from `layer`; false when there is no IP, or bytes of the message are elsewhere. */
static bool look_outside(
    const tapir_packet *packet, const tapir_layer *layer, struct outside *outside)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_so_far(packet, &count);
    const struct tapir_ipv6_fragment *fragment;
    const struct tapir_ipv6_routing *routing;
    const struct tapir_ipv4 *ipv4;
    const struct tapir_ipv6 *ipv6;

    outside->dst = tapir_span_of(NULL, 0);
    while (layer-- > layers) {
        if (layer->status != TAPIR_OK)
            return false;
        if ((ipv4 = TAPIR_AS(layer, ipv4))) {
            outside->src = tapir_span_of(ipv4->src, 4);
            tapir_ipv4_final(ipv4, outside->final);
            outside->dst = tapir_span_of(outside->final, 4);
            return !(ipv4->flags & TAPIR_IPV4_MORE_FRAGMENTS) && !ipv4->fragment_offset;
        }
        if ((ipv6 = TAPIR_AS(layer, ipv6))) {
            outside->src = tapir_span_of(ipv6->src, 16);
            if (!outside->dst.len)
                outside->dst = tapir_span_of(ipv6->dst, 16);
            return true;
        }
        if ((fragment = TAPIR_AS(layer, ipv6_fragment))) {
            if (fragment->more_fragments || fragment->fragment_offset)
                return false;
        } else if ((routing = TAPIR_AS(layer, ipv6_routing)) && !outside->dst.len) {
            /* RFC 8200 8.1: what the sender summed is the last address of the route. */
            if (!tapir_ipv6_routing_final(routing, outside->final))
                return false;
            outside->dst = tapir_span_of(outside->final, 16);
        }
    }
    return false;
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
