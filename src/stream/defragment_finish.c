/* A datagram all of whose pieces are there: its frame, with headers that are right for the whole.
 */
#include "defragment.h"

#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"
#include "tapir/proto/ipv6_dstopts.h"
#include "tapir/proto/ipv6_fragment.h"
#include "tapir/proto/ipv6_hopopts.h"
#include "tapir/proto/ipv6_routing.h"
#include "tapir/proto/lcm.h"

#include <stdlib.h>

enum { LCM_SHORT_LEN = 8 };

/* Packets that decode by the registry of the one handed in. */
static bool make_packet(tapir_packet **packet, const tapir_registry *registry)
{
    if (*packet && tapir_packet_registry(*packet) == registry)
        return true;
    tapir_packet_free(*packet);
    *packet = tapir_packet_new(registry);
    return *packet != NULL;
}

static bool make_ready(tapir_defragmenter *d, const tapir_registry *registry)
{
    if (!d->edit)
        d->edit = tapir_edit_new();
    return d->edit && make_packet(&d->work, registry) && make_packet(&d->result, registry);
}

/* Makes `room` bytes available for the payload. */
static bool reserve_whole(tapir_defragmenter *d, size_t room)
{
    uint8_t *whole;

    if (room <= d->whole_room)
        return true;
    whole = malloc(room);
    if (!whole)
        return false;
    free(d->whole);
    d->whole = whole;
    d->whole_room = room;
    return true;
}

static bool reserve_pieces(tapir_defragmenter *d, size_t count)
{
    tapir_piece *pieces;

    if (count <= d->piece_room)
        return true;
    pieces = malloc(count * sizeof *pieces);
    if (!pieces)
        return false;
    free(d->pieces);
    d->pieces = pieces;
    d->piece_room = count;
    return true;
}

/* Copies the pieces' bytes to where they belong, and lists where they came from. */
static void join(tapir_defragmenter *d, const struct tapir__pieces *pieces, uint8_t *payload)
{
    size_t count = 0;

    for (const struct tapir__piece *piece = pieces->first[0]; piece; piece = piece->next[0]) {
        memcpy(payload + piece->start, piece->bytes, piece->end - piece->start);
        d->pieces[count++] = (tapir_piece){
            .frame = piece->frame, .offset = piece->start, .len = piece->end - piece->start};
    }
}

/* A new header instead of the old one: its checksum is to be right, whatever it was. */
static bool edit_ipv4(tapir_edit *edit, size_t layer)
{
    struct tapir_ipv4 ip = *(const struct tapir_ipv4 *)tapir_edit_fields(edit, layer);

    ip.flags &= (uint8_t)~TAPIR_IPV4_MORE_FRAGMENTS;
    tapir_edit_remove(edit, layer);
    if (tapir_edit_insert(edit, layer, &tapir_ipv4_proto, &ip) != TAPIR_OK)
        return false;
    tapir_edit_keep(edit, layer, TAPIR_KEYS);
    return true;
}

/* Where a header in front of a fragment header says what follows; NULL: it does not. */
static uint8_t *next_header_of(const tapir_proto *proto, void *fields)
{
    if (!fields)
        return NULL;
    if (proto == &tapir_ipv6_proto)
        return &((struct tapir_ipv6 *)fields)->next_header;
    if (proto == &tapir_ipv6_hopopts_proto)
        return &((struct tapir_ipv6_hopopts *)fields)->next_header;
    if (proto == &tapir_ipv6_dstopts_proto)
        return &((struct tapir_ipv6_dstopts *)fields)->next_header;
    if (proto == &tapir_ipv6_routing_proto)
        return &((struct tapir_ipv6_routing *)fields)->next_header;
    if (proto == &tapir_ipv6_fragment_proto)
        return &((struct tapir_ipv6_fragment *)fields)->next_header;
    return NULL;
}

/* RFC 8200 4.5: without the fragment header, and what it said follows is said in front of it. */
static bool edit_ipv6(tapir_edit *edit, size_t fragment_layer)
{
    const struct tapir_ipv6_fragment *header = tapir_edit_fields(edit, fragment_layer);
    const size_t before = fragment_layer - 1;
    const tapir_proto *proto = tapir_edit_proto(edit, before);
    uint8_t *next_header = next_header_of(proto, tapir_edit_change(edit, before));

    if (!next_header)
        return false;
    *next_header = header->next_header;
    tapir_edit_keep(edit, before, proto == &tapir_ipv6_proto ? TAPIR_KEYS : TAPIR_EVERYTHING);
    tapir_edit_remove(edit, fragment_layer);
    return true;
}

static bool edit_lcm(tapir_edit *edit, size_t layer)
{
    struct tapir_lcm *lcm = tapir_edit_change(edit, layer);

    if (!lcm)
        return false;
    *lcm = (struct tapir_lcm){
        .magic = TAPIR_LCM_SHORT, .sequence = lcm->sequence, .channel = lcm->channel};
    tapir_edit_keep(edit, layer, TAPIR_EVERYTHING);
    return true;
}

/* Puts the payload into the first fragment's packet, with all that is outside or without. */
static tapir_status build(tapir_defragmenter *d, const struct tapir__waiting *waiting,
    tapir_span payload, bool bare, tapir_frame *frame)
{
    tapir_edit *edit = d->edit;
    tapir_status status = tapir_edit_start(edit, d->work);
    bool edited = false;

    if (status == TAPIR_OK)
        status = tapir_edit_set_payload(edit, waiting->fragment_layer, payload);
    if (status != TAPIR_OK)
        return status;
    if (waiting->key.kind == TAPIR_FRAGMENT_IPV4)
        edited = edit_ipv4(edit, waiting->layer);
    else if (waiting->key.kind == TAPIR_FRAGMENT_IPV6)
        edited = edit_ipv6(edit, waiting->fragment_layer);
    else
        edited = edit_lcm(edit, waiting->layer);
    if (!edited)
        return TAPIR_INVALID;
    for (size_t i = 0; bare && i < waiting->layer; i++)
        tapir_edit_remove(edit, 0);
    return tapir_edit_build(edit, NULL, frame, NULL);
}

/* A message of any length, with its header in front. `payload` has room for that there. */
static tapir_span build_message(const struct tapir_lcm *lcm, uint8_t *payload, size_t len)
{
    const size_t header_len = LCM_SHORT_LEN + lcm->channel.len + 1;
    uint8_t *start = payload - header_len;

    tapir_store_be(start, 4, TAPIR_LCM_SHORT);
    tapir_store_be(start + 4, 4, lcm->sequence);
    if (lcm->channel.len)
        memcpy(start + LCM_SHORT_LEN, lcm->channel.data, lcm->channel.len);
    payload[-1] = 0;
    return tapir_span_of(start, header_len + len);
}

/* What the frame has from the one that completed it, and what it has of no captured one. */
static void set_facts(tapir_frame *frame, const tapir_frame *last)
{
    frame->len = frame->caplen;
    frame->time = last->time;
    frame->has_time = last->has_time;
    frame->number = last->number;
    frame->offset = last->offset;
    frame->interface = last->interface;
    frame->direction = last->direction;
    frame->fcs_len = 0;
    frame->has_queue = frame->has_drops = false;
    frame->queue = 0;
    frame->drops = 0;
    frame->comment = tapir_span_of(NULL, 0);
    frame->block = NULL;
}

/* Builds with what is outside, else without; false when neither is possible. */
static bool build_frame(tapir_defragmenter *d, const struct tapir__waiting *waiting,
    const tapir_layer *layer, uint8_t *payload, tapir_datagram *datagram)
{
    const size_t len = waiting->total;
    const tapir_span bytes = tapir_span_of(payload, len);
    tapir_frame *frame = &datagram->frame;

    datagram->layer = waiting->layer;
    datagram->first = waiting->first_proto;
    if (len <= UINT16_MAX && build(d, waiting, bytes, false, frame) == TAPIR_OK)
        return true;
    datagram->layer = 0;
    datagram->first = layer->proto;
    if (waiting->key.kind == TAPIR_FRAGMENT_LCM) {
        tapir_span message = build_message(layer->fields, payload, len);
        *frame = waiting->first;
        frame->data = message.data;
        frame->caplen = (uint32_t)message.len;
        frame->link_type = TAPIR_LINK_TYPE_UNKNOWN;
    } else {
        if (build(d, waiting, bytes, true, frame) != TAPIR_OK)
            return false;
        frame->link_type = waiting->key.version == 4 ? TAPIR_LINK_TYPE_IPV4 : TAPIR_LINK_TYPE_IPV6;
    }
    frame->has_vlan = false;
    return true;
}

/* The layers of the first fragment as they were when it came, up to what was fragmented: what is
 * inside that is not whole, and what it says of its length does not count. NULL when they are not.
 */
static const tapir_layer *decode_first(
    tapir_defragmenter *d, const struct tapir__waiting *waiting, const tapir_proto *proto)
{
    const tapir_layer *layers;
    size_t count;

    tapir_packet_set_limit(d->work, waiting->fragment_layer + 1);
    tapir_packet_start_at(d->work, &waiting->first, waiting->first_proto);
    layers = tapir_packet_layers(d->work, &count);
    if (count <= waiting->fragment_layer || layers[waiting->layer].proto != proto)
        return NULL;
    return &layers[waiting->layer];
}

tapir_fragment_drop tapir__finish(tapir_defragmenter *d, const struct tapir__waiting *waiting,
    tapir_packet *last, tapir_datagram *datagram)
{
    static const tapir_proto *const protos[] = {
        &tapir_ipv4_proto, &tapir_ipv6_proto, &tapir_lcm_proto};
    const tapir_frame *last_frame = tapir_packet_frame(last);
    const tapir_layer *layer;
    size_t headroom;

    if (!make_ready(d, tapir_packet_registry(last)))
        return TAPIR_DROP_MEMORY;
    layer = decode_first(d, waiting, protos[waiting->key.kind]);
    if (!layer)
        return TAPIR_DROP_UNFIT;
    headroom = waiting->key.kind == TAPIR_FRAGMENT_LCM ? layer->header_len : 0;
    if (!reserve_whole(d, headroom + waiting->total) || !reserve_pieces(d, waiting->pieces.count))
        return TAPIR_DROP_MEMORY;
    join(d, &waiting->pieces, d->whole + headroom);
    if (!build_frame(d, waiting, layer, d->whole + headroom, datagram))
        return TAPIR_DROP_UNFIT;
    set_facts(&datagram->frame, last_frame);
    datagram->pieces = d->pieces;
    datagram->piece_count = waiting->pieces.count;
    datagram->fragments = waiting->fragments;
    datagram->overlaps = waiting->overlaps;
    datagram->conflicts = waiting->conflicts;
    datagram->start = waiting->start;
    datagram->packet = d->result;
    d->frame = datagram->frame; /* only now: the last one may have been this */
    tapir_packet_start_at(d->result, &d->frame, datagram->first);
    return TAPIR_DROPS;
}
