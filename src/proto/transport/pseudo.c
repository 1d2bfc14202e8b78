/* Checksums over the pseudo-header of whichever IP lies outside a transport layer. */
#include "pseudo.h"

#include "tapir/checksum.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"

/* Returns the IP layer next outside `layer`, NULL when there is none. */
static const tapir_layer *outer_ip(const tapir_packet *packet, const tapir_layer *layer)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_so_far(packet, &count);

    while (layer-- > layers)
        if (layer->proto->role == TAPIR_ROLE_NETWORK)
            return layer;
    return NULL;
}

void tapir__verify_transport(const tapir_packet *packet, const tapir_layer *layer, uint8_t protocol,
    uint16_t actual, tapir_checksum *checksum)
{
    tapir__verify_message(packet, layer, tapir_span_of(NULL, 0), protocol, actual, checksum);
}

void tapir__verify_message(const tapir_packet *packet, const tapir_layer *layer, tapir_span behind,
    uint8_t protocol, uint16_t actual, tapir_checksum *checksum)
{
    const tapir_layer *outer = outer_ip(packet, layer);
    tapir_span covered =
        tapir_span_of(layer->start, layer->header_len + layer->payload_len + behind.len);
    const struct tapir_ipv4 *ipv4;
    const struct tapir_ipv6 *ipv6;
    uint64_t sum = 0;

    checksum->actual = actual;
    if (!outer || outer->status != TAPIR_OK || layer->status != TAPIR_OK)
        return;
    if ((ipv4 = TAPIR_AS(outer, ipv4))) {
        /* A first fragment holds only part of what the checksum covers. */
        if (ipv4->flags & TAPIR_IPV4_MORE_FRAGMENTS || ipv4->fragment_offset)
            return;
        if (protocol)
            sum = tapir_sum_pseudo(sum, tapir_span_of(ipv4->src, 4), tapir_span_of(ipv4->dst, 4),
                protocol, (uint32_t)covered.len);
    } else if ((ipv6 = TAPIR_AS(outer, ipv6))) {
        if (protocol)
            sum = tapir_sum_pseudo(sum, tapir_span_of(ipv6->src, 16), tapir_span_of(ipv6->dst, 16),
                protocol, (uint32_t)covered.len);
    } else {
        return;
    }
    sum = tapir_sum_add(sum, covered);
    checksum->verifiable = true;
    checksum->good = tapir_sum_fold(sum) == 0;
    checksum->expected = tapir_sum_fold(sum + (uint16_t)~actual);
}
