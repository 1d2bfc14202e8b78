/* The fragment in a packet: where it is, what it belongs to, and whether it makes sense. */
#include "defragment.h"

#include "tapir/flow.h"
#include "tapir/proto/gre.h"
#include "tapir/proto/icmp.h"
#include "tapir/proto/icmpv6.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"
#include "tapir/proto/ipv6_dstopts.h"
#include "tapir/proto/ipv6_fragment.h"
#include "tapir/proto/ipv6_hopopts.h"
#include "tapir/proto/ipv6_routing.h"
#include "tapir/proto/lcm.h"
#include "tapir/proto/udp.h"
#include "tapir/proto/vlan.h"
#include "tapir/proto/vxlan.h"

/* A walk over the layers, outermost first. */
struct search {
    tapir_packet *packet;
    const tapir_layer *layers;
    size_t count, at;
    const tapir_layer *network; /* the IP header next outside; NULL: none */
    const tapir_layer *udp;
    bool extensions;         /* between `network` and here is nothing but extension headers */
    const uint8_t *link_end; /* where the outermost IP header says its datagram ends */
    uint32_t id;             /* of the network, from what encapsulates it */
};

/* Mixes a virtual network's number into the identity of the network (the finaliser of MurmurHash3,
 * by A. Appleby, which is a bijection). */
static void enter(struct search *s, uint32_t kind, uint32_t number)
{
    uint32_t mixed = s->id ^ (kind << 28) ^ number;

    mixed = (mixed ^ mixed >> 16) * 0x85ebca6b;
    mixed = (mixed ^ mixed >> 13) * 0xc2b2ae35;
    s->id = (mixed ^ mixed >> 16) + 1;
}

/* Networks behind different tags, identifiers and keys may have the same addresses. Those of the
 * tunnel's ends and its ports do not count, since fragments of a datagram may go different ways. */
static void enter_network(struct search *s, const tapir_layer *layer)
{
    const struct tapir_vlan *vlan = tapir_vlan_of(layer);
    const struct tapir_vxlan *vxlan = TAPIR_AS(layer, vxlan);
    const struct tapir_gre *gre = TAPIR_AS(layer, gre);

    if (vlan)
        enter(s, 1, vlan->id);
    else if (vxlan)
        enter(s, 2, vxlan->vni);
    else if (gre && gre->present & TAPIR_GRE_KEY && (gre->flags & TAPIR_GRE_VERSION) == 0)
        enter(s, 3, gre->key);
}

static size_t frame_len(const struct search *s)
{
    const tapir_frame *frame = tapir_packet_frame(s->packet);

    return s->link_end ? (size_t)(s->link_end - frame->data) : frame->caplen;
}

static void start_fragment(const struct search *s, struct tapir__fragment *fragment,
    tapir_fragment_kind kind, const tapir_layer *layer)
{
    memset(fragment, 0, sizeof *fragment);
    fragment->key.kind = (uint8_t)kind;
    fragment->key.network = s->id;
    fragment->layer = fragment->fragment_layer = (size_t)(layer - s->layers);
    fragment->frame_len = frame_len(s);
    fragment->drop = TAPIR_DROPS;
}

/* RFC 791 3.2, RFC 8200 4.5: what holds for both. The first reason found stays. */
static void check_ip(struct tapir__fragment *fragment, size_t announced, bool malformed)
{
    const size_t len = fragment->payload.len;

    if (malformed)
        fragment->drop = TAPIR_DROP_MALFORMED;
    else if (len < announced)
        fragment->drop = TAPIR_DROP_INCOMPLETE;
    else if (len == 0)
        fragment->drop = TAPIR_DROP_EMPTY;
    else if (fragment->more && len % 8)
        fragment->drop = TAPIR_DROP_NO_MULTIPLE;
    else if (fragment->header_len + fragment->offset + len > fragment->longest)
        fragment->drop = TAPIR_DROP_TOO_LONG;
}

static bool has_wrong_checksum(tapir_packet *packet, const tapir_layer *layer)
{
    tapir_checksum checksum;

    return tapir_packet_verify(packet, layer, &checksum) && checksum.verifiable && !checksum.good;
}

static enum tapir__found find_ipv4(const struct search *s, const tapir_layer *layer,
    const tapir_defragmenter_options *options, struct tapir__fragment *fragment)
{
    const struct tapir_ipv4 *ip = layer->fields;

    if (layer->partial || options->ignore[TAPIR_FRAGMENT_IPV4] ||
        !(ip->fragment_offset || ip->flags & TAPIR_IPV4_MORE_FRAGMENTS))
        return TAPIR__NOTHING;
    start_fragment(s, fragment, TAPIR_FRAGMENT_IPV4, layer);
    memcpy(fragment->key.src, ip->src, 4);
    memcpy(fragment->key.dst, ip->dst, 4);
    fragment->key.version = 4;
    fragment->key.protocol = ip->protocol;
    fragment->key.id = ip->id;
    fragment->payload = tapir_layer_payload(layer);
    fragment->offset = ip->fragment_offset * 8u;
    fragment->more = ip->flags & TAPIR_IPV4_MORE_FRAGMENTS;
    fragment->header_len = layer->header_len;
    fragment->longest = UINT16_MAX;
    check_ip(fragment, (size_t)ip->length - layer->header_len, ip->length < layer->header_len);
    if (options->verify_checksums && has_wrong_checksum(s->packet, layer))
        fragment->drop = TAPIR_DROP_CHECKSUM;
    return TAPIR__FRAGMENT;
}

static enum tapir__found find_ipv6(const struct search *s, const tapir_layer *layer,
    const tapir_defragmenter_options *options, struct tapir__fragment *fragment)
{
    const struct tapir_ipv6_fragment *header = layer->fields;
    const struct tapir_ipv6 *ip = s->network ? TAPIR_AS(s->network, ipv6) : NULL;
    size_t behind_ip;

    if (!ip || !s->extensions || layer->partial || options->ignore[TAPIR_FRAGMENT_IPV6])
        return TAPIR__NOTHING;
    if (header->fragment_offset == 0 && !header->more_fragments)
        return TAPIR__ATOMIC;
    start_fragment(s, fragment, TAPIR_FRAGMENT_IPV6, s->network);
    memcpy(fragment->key.src, ip->src, 16);
    memcpy(fragment->key.dst, ip->dst, 16);
    fragment->key.version = 6;
    fragment->key.id = header->id;
    fragment->fragment_layer = s->at;
    fragment->payload = tapir_layer_payload(layer);
    fragment->offset = header->fragment_offset * 8u;
    fragment->more = header->more_fragments;
    behind_ip = (size_t)(layer->start - s->network->start) - s->network->header_len;
    fragment->header_len = (uint32_t)behind_ip;
    fragment->longest = UINT16_MAX;
    behind_ip += layer->header_len;
    check_ip(fragment, (size_t)ip->payload_length - behind_ip, ip->payload_length < behind_ip);
    return TAPIR__FRAGMENT;
}

static enum tapir__found find_lcm(const struct search *s, const tapir_layer *layer,
    const tapir_defragmenter_options *options, struct tapir__fragment *fragment)
{
    const struct tapir_lcm *lcm = layer->fields;
    const struct tapir_udp *udp = s->udp ? s->udp->fields : NULL;
    tapir_flow flow;

    if (lcm->magic != TAPIR_LCM_FRAGMENT || layer->partial || options->ignore[TAPIR_FRAGMENT_LCM] ||
        !udp || !s->network || !tapir_layer_flow(s->network, &flow))
        return TAPIR__NOTHING;
    start_fragment(s, fragment, TAPIR_FRAGMENT_LCM, layer);
    memcpy(fragment->key.src, flow.src.bytes, sizeof fragment->key.src);
    memcpy(fragment->key.dst, flow.dst.bytes, sizeof fragment->key.dst);
    fragment->key.version = s->network->proto == &tapir_ipv4_proto ? 4 : 6;
    fragment->key.src_port = udp->src_port;
    fragment->key.dst_port = udp->dst_port;
    fragment->key.id = lcm->sequence;
    fragment->payload = tapir_layer_payload(layer);
    fragment->offset = lcm->offset;
    fragment->total = lcm->size;
    fragment->longest = lcm->size;
    if (s->udp->status != TAPIR_OK || layer->status != TAPIR_OK)
        fragment->drop = TAPIR_DROP_INCOMPLETE;
    else if (fragment->payload.len == 0)
        fragment->drop = TAPIR_DROP_EMPTY;
    else if (fragment->payload.len > lcm->size - lcm->offset)
        fragment->drop = TAPIR_DROP_TOO_LONG;
    else if (lcm->size > options->max_memory)
        fragment->drop = TAPIR_DROP_MEMORY;
    return TAPIR__FRAGMENT;
}

static bool is_extension(const tapir_proto *proto)
{
    return proto == &tapir_ipv6_hopopts_proto || proto == &tapir_ipv6_dstopts_proto ||
           proto == &tapir_ipv6_routing_proto || proto == &tapir_ipv6_fragment_proto;
}

/* What the layer means for those inside of it. */
static void step_inside(struct search *s, const tapir_layer *layer)
{
    if (layer->proto == &tapir_ipv4_proto || layer->proto == &tapir_ipv6_proto) {
        s->network = layer;
        s->udp = NULL;
        s->extensions = true;
        if (!s->link_end)
            s->link_end = layer->start + layer->header_len + layer->payload_len;
    } else if (layer->proto == &tapir_udp_proto) {
        s->udp = layer;
    }
    if (layer != s->network && !is_extension(layer->proto))
        s->extensions = false;
    enter_network(s, layer);
}

static enum tapir__found look_at(const struct search *s, const tapir_layer *layer,
    const tapir_defragmenter_options *options, struct tapir__fragment *fragment)
{
    if (layer->proto == &tapir_ipv4_proto)
        return find_ipv4(s, layer, options, fragment);
    if (layer->proto == &tapir_ipv6_fragment_proto)
        return find_ipv6(s, layer, options, fragment);
    if (layer->proto == &tapir_lcm_proto)
        return find_lcm(s, layer, options, fragment);
    return TAPIR__NOTHING;
}

/* Whether a closer look is due: hardly ever, so this comes first. */
static bool may_be_fragment(const tapir_layer *layers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const tapir_proto *proto = layers[i].proto;
        const struct tapir_ipv4 *ip = layers[i].fields;
        if (proto == &tapir_ipv4_proto
                ? ip->fragment_offset || ip->flags & TAPIR_IPV4_MORE_FRAGMENTS
                : proto == &tapir_ipv6_fragment_proto || proto == &tapir_lcm_proto)
            return true;
    }
    return false;
}

enum tapir__found tapir__find_fragment(tapir_packet *packet,
    const tapir_defragmenter_options *options, struct tapir__fragment *fragment)
{
    const tapir_frame *frame = tapir_packet_frame(packet);
    struct search s = {.packet = packet};
    enum tapir__found all = TAPIR__NOTHING;

    s.layers = tapir_packet_layers(packet, &s.count);
    if (!may_be_fragment(s.layers, s.count))
        return TAPIR__NOTHING;
    if (frame->has_vlan)
        enter(&s, 1, frame->vlan_tci & 0xfff);
    for (; s.at < s.count; s.at++) {
        const tapir_layer *layer = &s.layers[s.at];
        enum tapir__found found;
        /* What is behind is quoted. */
        if (layer->proto == &tapir_icmp_proto || layer->proto == &tapir_icmpv6_proto)
            break;
        step_inside(&s, layer);
        found = look_at(&s, layer, options, fragment);
        if (found == TAPIR__FRAGMENT)
            return found;
        if (found == TAPIR__ATOMIC)
            all = found;
    }
    return all;
}
