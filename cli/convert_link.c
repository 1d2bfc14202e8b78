/* tapir convert: packets of one link type made packets of another. */
#include "convert.h"

enum {
    ETHERNET_LEN = 14,
    FAMILY_LEN = 4,
    ETHER_TYPE_MIN = 0x600,
    ETHER_TYPE_IPV4 = 0x0800,
    ETHER_TYPE_IPV6 = 0x86dd,
    FAMILY_IPV4 = 2,
    FAMILY_IPV6_DARWIN = 30, /* of those in use for IPv6, for LINKTYPE_NULL */
    FAMILY_IPV6_OPENBSD = 24 /* and for LINKTYPE_LOOP */
};

/* Replaces the first `skip` bytes of the frame by the `head` bytes that are in change->bytes. */
static enum changed replace_head(
    struct change *change, tapir_frame *frame, size_t skip, size_t head, uint32_t trailer)
{
    uint32_t gone = (uint32_t)skip + trailer, kept = frame->caplen - gone;

    if (!change_room(change, head + kept))
        return CHANGED_FAILED;
    if (kept)
        memcpy(change->bytes + head, frame->data + skip, kept);
    frame->len = (frame->len > gone ? frame->len - gone : 0) + (uint32_t)head;
    frame->data = change->bytes;
    frame->caplen = (uint32_t)head + kept;
    frame->link_type = (uint16_t)change->request->link_type;
    return CHANGED;
}

/* What a link-layer header is to say, found in the frame. */
struct link {
    size_t skip;      /* bytes in front of what is kept */
    uint32_t trailer; /* bytes behind what is kept: padding */
    uint16_t ether_type;
    bool broadcast;
    const uint8_t *source; /* 6 bytes, NULL when not known */
};

/* Finds the outermost IP header. */
static bool find_ip(struct change *change, const tapir_frame *frame, struct link *link)
{
    const tapir_layer *ip = tapir_packet_layer(change->packet, 0);
    size_t end;

    for (size_t i = 1; ip && ip->proto != &tapir_ipv4_proto && ip->proto != &tapir_ipv6_proto; i++)
        ip = tapir_packet_layer(change->packet, i);
    if (!ip)
        return false;
    link->skip = (size_t)(ip->start - frame->data);
    link->ether_type = ip->proto == &tapir_ipv6_proto ? ETHER_TYPE_IPV6 : ETHER_TYPE_IPV4;
    end = link->skip + ip->header_len + ip->payload_len;
    if (ip->status == TAPIR_OK && frame->caplen == frame->len && end < frame->caplen)
        link->trailer = frame->caplen - (uint32_t)end;
    return true;
}

/* Reads a cooked header of Linux; false when what it holds has no place in Ethernet. */
static bool find_cooked(struct change *change, const tapir_frame *frame, struct link *link)
{
    const tapir_layer *layer = tapir_packet_layer(change->packet, 0);
    const struct tapir_sll *sll = layer ? TAPIR_AS(layer, sll) : NULL;
    const struct tapir_sll2 *sll2 = layer ? TAPIR_AS(layer, sll2) : NULL;
    uint16_t protocol = sll ? sll->protocol : sll2 ? sll2->protocol : 0;
    bool has_mac = (sll ? sll->address_length : sll2 ? sll2->address_length : 0) == 6;

    if ((!sll && !sll2) || layer->partial)
        return false;
    link->skip = layer->header_len;
    link->broadcast = (sll ? sll->packet_type : sll2->packet_type) == TAPIR_SLL_BROADCAST;
    /* Both keep 8 bytes of address: at 6, and at 12. */
    if (has_mac)
        link->source = frame->data + (sll ? 6 : 12);
    link->ether_type = protocol;
    if (protocol == TAPIR_SLL_802_2 || protocol == TAPIR_SLL_802_3) {
        size_t len = frame->len - link->skip;
        link->ether_type = (uint16_t)len;
        return len < ETHER_TYPE_MIN;
    }
    return protocol >= ETHER_TYPE_MIN;
}

static enum changed to_ethernet(struct change *change, tapir_frame *frame, const struct link *link)
{
    const struct convert_request *request = change->request;
    uint8_t head[ETHERNET_LEN];

    memcpy(head, request->destination_mac, 6);
    if (!request->has_macs && link->broadcast)
        memset(head, 0xff, 6);
    memcpy(head + 6, !request->has_macs && link->source ? link->source : request->source_mac, 6);
    tapir_store_be(head + 12, 2, link->ether_type);
    if (!change_room(change, ETHERNET_LEN))
        return CHANGED_FAILED;
    memcpy(change->bytes, head, ETHERNET_LEN);
    return replace_head(change, frame, link->skip, ETHERNET_LEN, link->trailer);
}

static enum changed to_family(struct change *change, tapir_frame *frame, const struct link *link)
{
    bool loop = change->request->link_type == TAPIR_LINK_TYPE_LOOP;
    unsigned ipv6 = loop ? FAMILY_IPV6_OPENBSD : FAMILY_IPV6_DARWIN;
    unsigned family = link->ether_type == ETHER_TYPE_IPV6 ? ipv6 : FAMILY_IPV4;

    if (!change_room(change, FAMILY_LEN))
        return CHANGED_FAILED;
    /* Network order in one, that of the machine that captured in the other. */
    if (loop)
        tapir_store_be(change->bytes, FAMILY_LEN, family);
    else
        tapir_store_le(change->bytes, FAMILY_LEN, family);
    return replace_head(change, frame, link->skip, FAMILY_LEN, link->trailer);
}

static bool is_cooked(const tapir_frame *frame)
{
    return frame->link_type == TAPIR_LINK_TYPE_LINUX_SLL ||
           frame->link_type == TAPIR_LINK_TYPE_LINUX_SLL2;
}

enum changed change_link_type(struct change *change, tapir_frame *frame)
{
    int wanted = change->request->link_type;
    struct link link = {0};
    enum changed changed = CHANGED_OUT;

    if (frame->link_type == wanted)
        return CHANGED_NOT;
    /* What is behind a frame check sequence's start belongs to the old header. */
    if (frame->fcs_len) {
        frame->caplen = tapir_frame_content(frame);
        frame->len -= frame->fcs_len < frame->len ? frame->fcs_len : frame->len;
        frame->fcs_len = 0;
    }
    tapir_packet_start(change->packet, frame);
    if (wanted == TAPIR_LINK_TYPE_ETHERNET) {
        if (is_cooked(frame) ? find_cooked(change, frame, &link) : find_ip(change, frame, &link))
            changed = to_ethernet(change, frame, &link);
    } else if (find_ip(change, frame, &link)) {
        if (wanted == TAPIR_LINK_TYPE_NULL || wanted == TAPIR_LINK_TYPE_LOOP)
            changed = to_family(change, frame, &link);
        else if (wanted == TAPIR_LINK_TYPE_RAW ||
                 (wanted == TAPIR_LINK_TYPE_IPV6) == (link.ether_type == ETHER_TYPE_IPV6))
            changed = replace_head(change, frame, link.skip, 0, link.trailer);
    }
    change->left_out += changed == CHANGED_OUT;
    return changed;
}
