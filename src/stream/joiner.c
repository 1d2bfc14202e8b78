/* Messages and datagrams that span packets, put into the packet that completes them. */
#include "tapir/joiner.h"

#include "tapir/defragment.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"
#include "tapir/proto/ipv6_fragment.h"
#include "tapir/proto/tcp.h"
#include "tapir/reassembly.h"

#include <stdlib.h>

enum { MESSAGE_MAX = 1 << 20 }; /* longer ones are not waited for */

/* Bytes put together for the packet at hand: those to decode as one thing. */
struct run {
    size_t at, len;
};

struct tapir_joiner {
    const tapir_registry *registry;
    tapir_defragmenter *defragmenter;
    tapir_reassembler *reassembler;
    /* Messages that the packet at hand completes, one behind the other. */
    uint8_t *bytes;
    size_t len, room;
    struct run *messages;
    size_t count, message_room;
    const tapir_proto *proto; /* of its stream's messages; NULL: they are left alone */
    size_t rest;              /* bytes at its end that begin another one */
    bool failed;              /* there was no memory */
    /* What the packet is decoded from: its frame, and what was put together. */
    tapir_frame frame;
    uint8_t *view;
    size_t view_room;
};

/* Makes room for `need` units; false, and nothing has changed, when out of memory. */
static bool reserve(void *at, size_t *room, size_t need, size_t unit)
{
    void **memory = at, *larger;
    size_t more = *room ? *room : 1024 / unit;

    while (more < need)
        more *= 2;
    if (more == *room)
        return true;
    larger = realloc(*memory, more * unit);
    if (!larger)
        return false;
    *memory = larger;
    *room = more;
    return true;
}

static void add_message(tapir_joiner *j, const uint8_t *bytes, size_t len)
{
    if (!reserve(&j->bytes, &j->room, j->len + len, 1) ||
        !reserve(&j->messages, &j->message_room, j->count + 1, sizeof *j->messages)) {
        j->failed = true;
        return;
    }
    memcpy(j->bytes + j->len, bytes, len);
    j->messages[j->count++] = (struct run){j->len, len};
    j->len += len;
}

/* The protocol of a connection's messages, as for its segments: the lower port comes first. */
static const tapir_proto *message_proto(
    const tapir_joiner *j, const tapir_conversation *conversation)
{
    tapir_conversation_info info;
    uint32_t a, b;
    const tapir_proto *proto;

    tapir_conversation_get(conversation, &info);
    a = (uint32_t)tapir_load_be(info.connection.transport.src.bytes, 2);
    b = (uint32_t)tapir_load_be(info.connection.transport.dst.bytes, 2);
    proto = tapir_registry_find(j->registry, TAPIR_TCP_PORT, a < b ? a : b);
    if (!proto)
        proto = tapir_registry_find(j->registry, TAPIR_TCP_PORT, a < b ? b : a);
    return proto && proto->message_len ? proto : NULL;
}

static bool opened(void *user, tapir_conversation *conversation)
{
    tapir_conversation_set_user(conversation, (void *)(uintptr_t)message_proto(user, conversation));
    return tapir_conversation_user(conversation) != NULL;
}

/* Takes the messages off a chunk; what is left of it waits for more. */
static void take_messages(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    tapir_joiner *j = user;
    const tapir_proto *proto = tapir_conversation_user(conversation);
    /* What lies before a gap is lost; behind it a message may begin, as most do with a segment. */
    size_t at = chunk->gap ? chunk->kept : 0, len = 0;

    while (at < chunk->bytes.len) {
        tapir_span left = tapir_span_of(chunk->bytes.data + at, chunk->bytes.len - at);

        len = proto->message_len(left);
        if (len == 0 || len > left.len)
            break;
        add_message(j, left.data, len);
        at += len;
    }
    j->rest = chunk->bytes.len - at;
    if (j->rest && len <= MESSAGE_MAX)
        tapir_conversation_keep(conversation, (tapir_way)chunk->way,
            chunk->offset + (at >= chunk->kept ? chunk->gap : 0) + at);
}

/* A packet of a stream with messages is shown by them. */
static bool note_stream(void *user, tapir_conversation *conversation, tapir_way way,
    tapir_packet *packet, const tapir_layer *tcp)
{
    tapir_joiner *j = user;

    (void)way;
    (void)packet;
    (void)tcp;
    j->proto = tapir_conversation_user(conversation);
    return true;
}

tapir_joiner *tapir_joiner_new(const tapir_registry *registry, const tapir_joiner_options *options)
{
    tapir_joiner *j = calloc(1, sizeof *j);
    size_t max_memory = options && options->size >= sizeof *options ? options->max_memory : 0;
    tapir_reassembler_options streams = {
        .size = sizeof streams,
        .calls = {.opened = opened, .accept = note_stream, .data = take_messages},
        .user = j,
        .max_memory = max_memory,
    };
    tapir_defragmenter_options fragments = {.size = sizeof fragments, .max_memory = max_memory};

    if (!j)
        return NULL;
    j->registry = registry ? registry : tapir_registry_default();
    j->defragmenter = tapir_defragmenter_new(&fragments);
    j->reassembler = tapir_reassembler_new(&streams);
    if (j->registry && j->defragmenter && j->reassembler)
        return j;
    tapir_joiner_free(j);
    return NULL;
}

void tapir_joiner_free(tapir_joiner *j)
{
    if (!j)
        return;
    tapir_reassembler_free(j->reassembler);
    tapir_defragmenter_free(j->defragmenter);
    free(j->bytes);
    free(j->messages);
    free(j->view);
    free(j);
}

/* Has the packet decode from memory of our own, in which there is room for `more` bytes behind its
 * frame; returns those, or NULL when out of memory, and the packet is as it was. */
static uint8_t *move_frame(tapir_joiner *j, tapir_packet *packet, size_t more)
{
    tapir_frame frame = *tapir_packet_frame(packet);

    if (!reserve(&j->view, &j->view_room, frame.caplen + more + 1, 1))
        return NULL;
    memcpy(j->view, frame.data, frame.caplen);
    frame.data = j->view;
    j->frame = frame;
    tapir_packet_start(packet, &j->frame);
    return j->view + frame.caplen;
}

/* Where a packet was cut into fragments: the index of the layer that says so, and what is inside.
 */
struct fragment {
    size_t index;
    uint32_t protocol; /* of the datagram's payload */
};

/* Finds the outermost fragment; false when there is none. */
static bool find_fragment(tapir_packet *packet, struct fragment *fragment)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(packet, &count);

    for (size_t i = 0; i < count; i++) {
        const struct tapir_ipv4 *ip = TAPIR_AS(&layers[i], ipv4);
        const struct tapir_ipv6_fragment *part = TAPIR_AS(&layers[i], ipv6_fragment);

        fragment->index = i;
        if (ip && (ip->fragment_offset || ip->flags & TAPIR_IPV4_MORE_FRAGMENTS)) {
            fragment->protocol = ip->protocol;
            return true;
        }
        if (part && (part->fragment_offset || part->more_fragments)) {
            fragment->protocol = part->next_header;
            return true;
        }
    }
    return false;
}

/* Returns the payload that was fragmented: the end of what is inside the datagram's IP header. */
static tapir_span datagram_payload(const tapir_datagram *datagram)
{
    const tapir_layer *layer = tapir_packet_layer(datagram->packet, datagram->layer);
    const tapir_piece *last = &datagram->pieces[datagram->piece_count - 1];
    size_t len = last->offset + (size_t)last->len;
    tapir_span payload = tapir_layer_payload(layer);

    return len <= payload.len ? tapir_span_of(payload.data + (payload.len - len), len)
                              : tapir_span_of(NULL, 0);
}

/* Puts the datagram in the place of its last fragment's bytes. */
static void show_datagram(
    tapir_joiner *j, tapir_packet *packet, const struct fragment *fragment, tapir_span payload)
{
    const tapir_proto *first =
        tapir_registry_find(j->registry, TAPIR_IP_PROTOCOL, fragment->protocol);

    tapir_packet_cut(packet, tapir_packet_layer(packet, fragment->index));
    tapir_packet_go_on(packet, payload, TAPIR_IP_PROTOCOL, first);
}

/* Puts the messages, which lie at `bytes`, in the place of the segment that completes them. */
static void show_messages(tapir_joiner *j, tapir_packet *packet, const uint8_t *bytes)
{
    const tapir_layer *tcp = tapir_packet_find_last(packet, &tapir_tcp_proto);
    tapir_span segment = tapir_layer_payload(tcp);
    size_t rest = !j->count ? segment.len : j->rest < segment.len ? j->rest : 0;

    tapir_packet_cut(packet, tcp);
    for (size_t i = 0; i < j->count; i++)
        tapir_packet_go_on(packet, tapir_span_of(bytes + j->messages[i].at, j->messages[i].len),
            TAPIR_TCP_PORT, j->proto);
    if (rest)
        tapir_packet_go_on(
            packet, tapir_span_of(segment.data + (segment.len - rest), rest), NULL, NULL);
}

/* Whether the segment shows what it completes without our help: nothing, or one message that it has
 * from beginning to end. */
static bool is_plain(tapir_joiner *j, tapir_packet *packet)
{
    size_t len;

    if (!j->proto)
        return true;
    len = tapir_packet_find_last(packet, &tapir_tcp_proto)->payload_len;
    return j->count ? j->count == 1 && !j->rest && j->messages[0].len == len : len == 0;
}

static void show(tapir_joiner *j, tapir_packet *packet, const struct fragment *fragment,
    const tapir_datagram *datagram)
{
    tapir_span payload = datagram ? datagram_payload(datagram) : tapir_span_of(NULL, 0);
    bool plain = is_plain(j, datagram ? datagram->packet : packet) || j->failed;
    uint8_t *view;

    if (plain && !payload.len)
        return;
    view = move_frame(j, packet, payload.len + j->len);
    if (!view)
        return;
    if (payload.len) {
        memcpy(view, payload.data, payload.len);
        show_datagram(j, packet, fragment, tapir_span_of(view, payload.len));
    }
    if (plain)
        return;
    if (j->len)
        memcpy(view + payload.len, j->bytes, j->len);
    show_messages(j, packet, view + payload.len);
}

/* Whether a fragment may show what it has on its own: it cannot be put together with others. */
static bool is_alone(tapir_fragment_fate fate, const tapir_datagram *datagram)
{
    return fate == TAPIR_FRAGMENT_DROPPED && datagram->drop != TAPIR_DROP_DUPLICATE &&
           datagram->drop != TAPIR_DROP_COVERED && datagram->drop != TAPIR_DROP_OVERLAP &&
           datagram->drop != TAPIR_DROP_REJECTED;
}

void tapir_joiner_add(tapir_joiner *j, tapir_packet *packet)
{
    tapir_datagram datagram;
    struct fragment fragment = {0, 0};
    const tapir_layer *layer;
    tapir_fragment_fate fate = tapir_defragmenter_add(j->defragmenter, packet, &datagram);
    bool cut = fate != TAPIR_FRAGMENT_NONE && find_fragment(packet, &fragment);
    bool whole = fate == TAPIR_FRAGMENT_LAST && cut;

    if (is_alone(fate, &datagram))
        return;
    if (cut && !whole) {
        layer = tapir_packet_layer(packet, fragment.index);
        tapir_packet_cut(packet, layer);
        tapir_packet_go_on(packet, tapir_layer_payload(layer), NULL, NULL);
        return;
    }
    j->len = j->count = j->rest = 0;
    j->proto = NULL;
    j->failed = false;
    tapir_reassembler_add(j->reassembler, whole ? datagram.packet : packet);
    show(j, packet, &fragment, whole ? &datagram : NULL);
}
