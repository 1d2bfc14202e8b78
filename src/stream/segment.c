/* The TCP segment in a packet: which connection it is of, and what it carries. */
#include "stream/conversation.h"

#include "tapir/proto/icmp.h"
#include "tapir/proto/icmpv6.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"
#include "tapir/proto/ipv6_fragment.h"
#include "tapir/proto/tcp.h"

/* Where the segment was found. */
struct place {
    const tapir_layer *network, *tcp;
    bool fragment;
};

/* Finds the innermost TCP header that is not in the quote of an ICMP error. */
static struct place find(tapir_packet *packet)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(packet, &count), *network = NULL;
    struct place place = {NULL, NULL, false};
    bool fragment = false;

    for (const tapir_layer *layer = layers; layer < layers + count; layer++) {
        const tapir_proto *proto = layer->proto;

        if (proto == &tapir_ipv4_proto) {
            const struct tapir_ipv4 *ip = layer->fields;
            network = layer;
            fragment = ip->fragment_offset || ip->flags & TAPIR_IPV4_MORE_FRAGMENTS;
        } else if (proto == &tapir_ipv6_proto) {
            network = layer;
            fragment = false;
        } else if (proto == &tapir_ipv6_fragment_proto) {
            const struct tapir_ipv6_fragment *part = layer->fields;
            fragment = part->fragment_offset || part->more_fragments;
        } else if (proto == &tapir_tcp_proto && network) {
            place = (struct place){network, layer, fragment};
        } else if (proto == &tapir_icmp_proto || proto == &tapir_icmpv6_proto) {
            break;
        }
    }
    /* The rest of a datagram shows no TCP header. */
    if (fragment && !place.tcp)
        place.fragment = true;
    return place;
}

/* Returns how many bytes the datagram says it has, from its IP header on; 0: it does not say. */
static uint32_t announced(const tapir_layer *network)
{
    const struct tapir_ipv4 *ipv4 = TAPIR_AS(network, ipv4);
    const struct tapir_ipv6 *ipv6 = TAPIR_AS(network, ipv6);

    if (ipv4)
        return ipv4->length;
    return ipv6->payload_length ? network->header_len + ipv6->payload_length : 0;
}

enum segment_kind tapir__segment_of(tapir_packet *packet, struct segment *segment)
{
    struct place place = find(packet);
    const tapir_frame *frame = tapir_packet_frame(packet);

    if (place.fragment)
        return SEGMENT_FRAGMENT;
    if (!place.tcp)
        return SEGMENT_NONE;
    if (place.tcp->partial || place.network->partial)
        return SEGMENT_MALFORMED;

    const struct tapir_tcp *tcp = place.tcp->fields;
    const struct tapir_ipv4 *ipv4 = TAPIR_AS(place.network, ipv4);
    const struct tapir_ipv6 *ipv6 = TAPIR_AS(place.network, ipv6);
    uint32_t before = (uint32_t)(place.tcp->start - place.network->start) + place.tcp->header_len;
    uint32_t len = announced(place.network), had = place.tcp->payload_len;

    segment->from_high = ipv4 ? tapir__key_fill_ipv4(&segment->key, ipv4->src, ipv4->dst,
                                    tcp->src_port, tcp->dst_port)
                              : tapir__key_fill_ipv6(&segment->key, ipv6->src, ipv6->dst,
                                    tcp->src_port, tcp->dst_port);
    segment->missing = len > before + had ? len - before - had : 0;
    /* Bytes that were never on the wire: no receiver takes such a datagram. */
    if (segment->missing > tapir_frame_missing(frame))
        return SEGMENT_MALFORMED;
    segment->seq = tcp->seq;
    segment->ack = tcp->ack;
    segment->flags = tcp->flags;
    segment->window = tcp->window;
    segment->data = tapir_layer_payload(place.tcp);
    segment->options = tcp->options;
    segment->layer = place.tcp;
    segment->frame = frame->number;
    segment->time = tapir__time(frame->time);
    return SEGMENT_TCP;
}
