/* The segments of which most captures are made, read in place: without tunnels, fragments, options
 * of IP and damage. Everything else is left to a packet. */
#include "stream/conversation.h"

#include "tapir/proto/ethernet.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"
#include "tapir/proto/vlan.h"

enum { TAGS_MAX = 2, TCP = 6, IPV4_LEN = 20, IPV6_LEN = 40, TCP_LEN = 20 };

static inline uint32_t load16(const uint8_t *p)
{
    return (uint32_t)tapir_load_be(p, 2);
}

/* Takes the segment whose header starts at `p` and whose data ends at `end`. */
static inline bool take_tcp(struct segment *segment, const uint8_t *p, const uint8_t *end)
{
    size_t header_len = (p[12] >> 4) * (size_t)4;

    if (header_len < TCP_LEN || (size_t)(end - p) < header_len)
        return false;
    segment->seq = (uint32_t)tapir_load_be(p + 4, 4);
    segment->ack = (uint32_t)tapir_load_be(p + 8, 4);
    segment->flags = load16(p + 12) & 0xfff;
    segment->window = (uint16_t)load16(p + 14);
    segment->options = tapir_span_of(p + TCP_LEN, header_len - TCP_LEN);
    segment->data = tapir_span_of(p + header_len, (size_t)(end - p) - header_len);
    segment->missing = 0;
    segment->layer = NULL;
    return true;
}

static inline bool take_ipv4(struct segment *segment, const uint8_t *p, size_t left)
{
    const uint8_t *tcp = p + IPV4_LEN;
    size_t len;

    if (left < IPV4_LEN + TCP_LEN || p[0] != 0x45 || p[9] != TCP || load16(p + 6) & 0x3fff)
        return false;
    len = load16(p + 2);
    if (len < IPV4_LEN + TCP_LEN || len > left)
        return false;
    segment->from_high = tapir__key_fill_ipv4(
        &segment->key, p + 12, p + 16, (uint16_t)load16(tcp), (uint16_t)load16(tcp + 2));
    return take_tcp(segment, tcp, p + len);
}

static inline bool take_ipv6(struct segment *segment, const uint8_t *p, size_t left)
{
    const uint8_t *tcp = p + IPV6_LEN;
    size_t len;

    if (left < IPV6_LEN + TCP_LEN || p[0] >> 4 != 6 || p[6] != TCP)
        return false;
    len = load16(p + 4);
    if (len < TCP_LEN || len > left - IPV6_LEN)
        return false;
    segment->from_high = tapir__key_fill_ipv6(
        &segment->key, p + 8, p + 24, (uint16_t)load16(tcp), (uint16_t)load16(tcp + 2));
    return take_tcp(segment, tcp, tcp + len);
}

static inline bool is_tag(uint32_t type)
{
    return type == TAPIR_ETHER_TYPE_VLAN || type == TAPIR_ETHER_TYPE_QINQ;
}

bool tapir__plain_segment(const tapir_frame *frame, struct segment *segment)
{
    const uint8_t *p = frame->data;
    size_t left = frame->caplen;
    uint32_t type;

    if (frame->link_type != TAPIR_LINK_TYPE_ETHERNET || frame->fcs_len || left < 14)
        return false;
    type = load16(p + 12);
    p += 14;
    left -= 14;
    for (int tags = 0; tags < TAGS_MAX && is_tag(type) && left >= 4; tags++, p += 4, left -= 4)
        type = load16(p + 2);
    segment->frame = frame->number;
    segment->time = tapir__time(frame->time);
    if (type == TAPIR_ETHER_TYPE_IPV4)
        return take_ipv4(segment, p, left);
    return type == TAPIR_ETHER_TYPE_IPV6 && take_ipv6(segment, p, left);
}

/* TCP must be all there is to look at: what a program adds to the registry may go on behind it. */
bool tapir__is_plain_registry(const tapir_registry *registry)
{
    static const struct {
        const tapir_space *space;
        uint32_t value;
        const tapir_proto *proto;
    } needed[] = {
        {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_ETHERNET, &tapir_ethernet_proto},
        {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_VLAN, &tapir_vlan_proto},
        {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_QINQ, &tapir_vlan_service_proto},
        {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_IPV4, &tapir_ipv4_proto},
        {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_IPV6, &tapir_ipv6_proto},
        {TAPIR_IP_PROTOCOL, TCP, &tapir_tcp_proto},
    };

    if (registry == tapir_registry_default())
        return true;
    for (size_t i = 0; i < TAPIR_COUNT(needed); i++)
        if (tapir_registry_find(registry, needed[i].space, needed[i].value) != needed[i].proto)
            return false;
    return !tapir_registry_stream_dispatch(registry);
}
