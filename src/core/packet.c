/* The engine: one loop that turns a frame into layers, resumable after any of them. */
#include "tapir/packet.h"

#include "outcome.h"
#include "registry.h"

#include <stdlib.h>

#define INLINE_LAYERS 16
#define DEFAULT_LIMIT 128

/* A packet ends in at most one opaque layer; there is always room for it, so it needs no check. */
#define SPARE_LAYERS 1

/* Room for a layer's struct, the largest there is: where a struct goes must not wait for the size
 * of the one before it, and room for a layer is room for its struct. */
struct slot {
    uint64_t words[TAPIR_STRUCT_MAX / 8];
};

/* Decoded structs live in chained blocks that never move and are kept for the next frame. */
struct block {
    struct block *next;
    size_t layers; /* those in this block and in all before it */
    struct slot slots[];
};

/* Problems are rare; a list that grows with the layers that have one. */
struct problems {
    tapir_problem *at;
    size_t count, room;
};

/* What moves with every layer; kept in registers while several are decoded. */
struct cursor {
    const tapir_proto *next; /* what comes next; NULL: all done */
    tapir_layer *layer;      /* the next entry */
    struct slot *slot;       /* room for its struct */
};

struct tapir_packet {
    tapir_decoder d; /* where decoding stands */
    struct cursor at;
    tapir_layer *soft_end; /* where the block in use or the limit ends */
    tapir_layer *layers;
    tapir_status status;      /* of the first layer that is not ok */
    uint16_t first_link_type; /* whose protocol `first_by_type` is */
    const tapir_proto *first_by_type;
    tapir_layer *first_soft_end; /* soft_end of every frame at first */
    struct block *first_block;
    struct problems problems;
    const tapir_registry *registry;
    const tapir_proto *first; /* protocol of the outermost layer; NULL: unknown link type */
    size_t room, limit;       /* of layers */
    tapir_frame own_frame;
    uint8_t *own_bytes;
    size_t own_room;
    tapir_layer inline_layers[INLINE_LAYERS + SPARE_LAYERS];
};

/* Returns a block for the layers from `before` to `layers`, or NULL when out of memory. */
static struct block *block_new(size_t before, size_t layers)
{
    struct block *block =
        malloc(sizeof *block + (layers - before + SPARE_LAYERS) * sizeof *block->slots);

    if (block) {
        block->next = NULL;
        block->layers = layers;
    }
    return block;
}

static const tapir_proto *lookup(const tapir_packet *packet, uint16_t link_type)
{
    return tapir_dispatch_find(&packet->registry->dispatch, TAPIR_LINK_TYPE, link_type);
}

tapir_packet *tapir_packet_new(const tapir_registry *registry)
{
    tapir_packet *packet;

    if (!registry)
        registry = tapir_registry_default();
    packet = registry ? calloc(1, sizeof *packet) : NULL;
    if (!packet)
        return NULL;
    packet->first_block = block_new(0, INLINE_LAYERS);
    if (!packet->first_block) {
        free(packet);
        return NULL;
    }
    packet->registry = registry;
    packet->d.dispatch = &registry->dispatch;
    packet->first_by_type = lookup(packet, packet->first_link_type);
    packet->layers = packet->at.layer = packet->inline_layers;
    packet->d.outside = packet->layers;
    packet->room = INLINE_LAYERS;
    tapir_packet_set_limit(packet, DEFAULT_LIMIT);
    packet->d.frame = &packet->own_frame;
    return packet;
}

void tapir_packet_free(tapir_packet *packet)
{
    if (!packet)
        return;
    for (struct block *block = packet->first_block, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    if (packet->layers != packet->inline_layers)
        free(packet->layers);
    free(packet->problems.at);
    free(packet->own_bytes);
    free(packet);
}

static size_t layer_count(const tapir_packet *packet)
{
    return (size_t)(packet->at.layer - packet->layers);
}

/* Returns where the layers of a block end, or the limit. */
static tapir_layer *end_of(const tapir_packet *packet, const struct block *block)
{
    return packet->layers + (block->layers < packet->limit ? block->layers : packet->limit);
}

void tapir_packet_set_limit(tapir_packet *packet, size_t layers)
{
    packet->limit = layers < 1 ? 1 : layers > UINT16_MAX ? UINT16_MAX : layers;
    packet->first_soft_end = packet->soft_end = end_of(packet, packet->first_block);
}

/* Makes room for twice as many layers; false when out of memory. */
static bool grow_layers(tapir_packet *packet)
{
    size_t room = packet->room * 2, count = layer_count(packet);
    tapir_layer *layers = malloc((room + SPARE_LAYERS) * sizeof *layers);

    if (!layers)
        return false;
    memcpy(layers, packet->layers, count * sizeof *layers);
    if (packet->layers != packet->inline_layers)
        free(packet->layers);
    packet->layers = layers;
    packet->room = room;
    packet->at.layer = layers + count;
    packet->d.outside = layers;
    packet->first_soft_end = end_of(packet, packet->first_block);
    return true;
}

/* Goes on to the next block when the one in use is full. */
static bool grow(tapir_packet *packet)
{
    struct block *block = packet->first_block;

    while (block->layers < layer_count(packet))
        block = block->next;
    if (!block->next && !(block->next = block_new(block->layers, block->layers * 2)))
        return false;
    block = block->next;
    if (packet->room < block->layers && !grow_layers(packet))
        return false;
    packet->at.slot = block->slots;
    packet->soft_end = end_of(packet, block);
    return true;
}

/* Appends a layer whose struct is in the slot. */
TAPIR_INLINE void append(struct cursor *at, const tapir_proto *proto, const uint8_t *start,
    size_t header_len, size_t payload_len)
{
    tapir_layer *layer = at->layer++;

    layer->proto = proto;
    layer->fields = at->slot++;
    layer->start = start;
    layer->header_len = (uint32_t)header_len;
    layer->payload_len = (uint32_t)payload_len;
    layer->status = TAPIR_OK;
    layer->partial = false;
}

static void note(tapir_packet *packet, const tapir_problem *problem)
{
    struct problems *problems = &packet->problems;

    packet->layers[problem->layer].status = (uint8_t)problem->status;
    if (packet->status == TAPIR_OK) {
        packet->status = problem->status;
        problems->count = 0;
    }
    if (problems->count == problems->room) {
        size_t room = problems->room ? problems->room * 2 : 4;
        tapir_problem *at = realloc(problems->at, room * sizeof *at);
        if (!at)
            return;
        problems->at = at;
        problems->room = room;
    }
    problems->at[problems->count++] = *problem;
}

/* Ends the packet with what is left of it as one opaque layer. */
static void append_failure(
    tapir_packet *packet, tapir_status status, const tapir_proto *proto, const char *reason)
{
    tapir_span rest = tapir_rest(&packet->d.in);
    struct tapir_failure *failure = (void *)packet->at.slot;

    packet->at.next = NULL;
    *failure = (struct tapir_failure){rest, status, proto, reason};
    append(&packet->at, &tapir_failure_proto, rest.data, rest.len, 0);
}

static void append_too_deep(tapir_packet *packet)
{
    static const char reason[] = "more layers than the limit";

    append_failure(packet, TAPIR_TOO_DEEP, packet->at.next, reason);
    note(packet, &(tapir_problem){.status = TAPIR_TOO_DEEP,
                     .layer = layer_count(packet) - 1,
                     .offset = (size_t)(packet->d.in.at - packet->d.frame->data),
                     .reason = reason});
}

/* Writes the payload layer but counts it only when `there`: whether a packet has a payload is a
 * coin toss, and a branch on it that goes wrong waits until the header has come from memory. */
TAPIR_INLINE void append_data(tapir_packet *packet, struct cursor *at, bool there)
{
    const uint8_t *start = packet->d.in.at;
    size_t len = tapir_left(&packet->d.in);
    struct tapir_data *data = (void *)at->slot;

    data->bytes.data = start;
    data->bytes.len = len;
    data->space = packet->d.space;
    data->value = packet->d.value;
    append(at, &tapir_data_proto, start, len, 0);
    at->layer -= !there;
}

/* Makes room for the next layer, or ends the packet where that cannot be. */
static __attribute__((noinline)) bool make_room(tapir_packet *packet)
{
    if (layer_count(packet) >= packet->limit) {
        append_too_deep(packet);
        return false;
    }
    if (grow(packet))
        return true;
    packet->at.next = NULL;
    if (packet->status == TAPIR_OK)
        packet->status = TAPIR_NO_MEMORY;
    return false;
}

/* Takes back the layer just appended, which declined, and leaves its bytes to a payload. */
static void decline(tapir_packet *packet)
{
    struct cursor *at = &packet->at;

    at->layer--;
    at->slot--;
    at->next = NULL;
    append_data(packet, at, true);
}

/* Records what was wrong with the layer just appended and whether it ends the packet. */
static __attribute__((noinline)) void note_trouble(tapir_packet *packet, tapir_status status)
{
    tapir_decoder *d = &packet->d;
    tapir_layer *layer = packet->at.layer - 1;
    bool broken = is_broken(d, status);
    tapir_problem problem = {.status = outcome(d, status, d->frame->caplen < d->frame->len),
        .layer = layer_count(packet) - 1,
        .offset = (size_t)(d->in.at - d->frame->data),
        .limited_by = d->limited_by};

    if (d->in.failed) {
        problem.needed = d->in.needed;
        problem.had = d->in.had;
        problem.offset -= d->in.had;
    } else if (status != TAPIR_OK) {
        problem.reason = d->reason;
        problem.offset = (size_t)(d->broken - d->frame->data);
    } else {
        problem.needed = d->wanted;
        problem.had = layer->payload_len;
        problem.reason = d->wanted_by;
    }
    forget_wanted(d, layer->payload_len);
    note(packet, &problem);
    if (broken) {
        layer->partial = true;
        packet->at.next = NULL;
        if (tapir_left(&d->in))
            append_failure(packet, status, layer->proto, d->reason);
    }
}

/* What follows the layer just appended: a protocol when one was found, has bytes to read, and the
 * layer had some, too; else the payload, if any. A layer without bytes may come first only (raw IP
 * has none), so that a packet's bytes bound its depth. */
TAPIR_INLINE void follow(
    tapir_packet *packet, struct cursor *at, size_t header_len, size_t payload_len)
{
    if (!at->next)
        append_data(packet, at, payload_len != 0);
    else if (__builtin_expect(payload_len == 0, 0))
        at->next = NULL;
    else if (__builtin_expect(header_len == 0, 0) && at->layer != packet->layers + 1)
        at->next = NULL;
}

/* What is seldom: the layer just appended declined or is in trouble. */
static __attribute__((noinline)) void settle(tapir_packet *packet, tapir_status status)
{
    const tapir_layer *layer = packet->at.layer - 1;
    bool broken = is_broken(&packet->d, status);

    if (status == TAPIR_NOT_FOUND) {
        decline(packet);
        return;
    }
    note_trouble(packet, status);
    if (!broken)
        follow(packet, &packet->at, layer->header_len, layer->payload_len);
}

/* Decodes the layer at->next; afterwards at->next is what follows it. `at` is a local copy of
 * packet->at, which the rare cases put back. */
TAPIR_INLINE void decode_layer(tapir_packet *packet, struct cursor *at)
{
    const tapir_proto *proto = at->next;
    tapir_decoder *d = &packet->d;
    const uint8_t *start = d->in.at;
    size_t header_len, payload_len;
    tapir_status status;

    if (__builtin_expect(at->layer >= packet->soft_end, 0)) {
        bool room;
        packet->at = *at;
        room = make_room(packet);
        *at = packet->at;
        if (!room)
            return;
    }
    d->outside_end = at->layer;
    d->next = NULL;
    d->space = NULL;
    status = proto->decode(d, at->slot);
    header_len = (size_t)(d->in.at - start);
    payload_len = tapir_left(&d->in);
    append(at, proto, start, header_len, payload_len);
    at->next = d->next;
    if (__builtin_expect((status != TAPIR_OK) | d->in.failed | (d->wanted != 0), 0)) {
        packet->at = *at;
        settle(packet, status);
        *at = packet->at;
    } else {
        follow(packet, at, header_len, payload_len);
    }
}

/* Takes the frame and returns where decoding begins; packet->at is for the caller to set. */
TAPIR_INLINE struct cursor begin(
    tapir_packet *packet, const tapir_frame *frame, const tapir_proto *first)
{
    tapir_decoder *d = &packet->d;

    d->frame = frame;
    packet->status = TAPIR_OK;
    packet->first = first;
    packet->soft_end = packet->first_soft_end;
    d->in.at = frame->data;
    d->in.end = (const uint8_t *)((uintptr_t)frame->data + frame->caplen); /* NULL + 0 is fine */
    if (__builtin_expect(frame->fcs_len, 0))
        d->in.end = frame->data + tapir_frame_content(frame);
    d->in.failed = false;
    d->missing = 0;
    d->via = NULL;
    d->limited_by = NULL;
    return (struct cursor){
        frame->caplen ? first : NULL, packet->layers, packet->first_block->slots};
}

void tapir_packet_start_at(tapir_packet *packet, const tapir_frame *frame, const tapir_proto *first)
{
    packet->at = begin(packet, frame, first && first->size <= TAPIR_STRUCT_MAX ? first : NULL);
}

/* The same with the protocol of the frame's link type; a payload at once when nobody knows that. */
TAPIR_INLINE struct cursor begin_link(tapir_packet *packet, const tapir_frame *frame)
{
    struct cursor at;

    if (__builtin_expect(frame->link_type != packet->first_link_type, 0)) {
        packet->first_by_type = lookup(packet, frame->link_type);
        packet->first_link_type = frame->link_type;
    }
    at = begin(packet, frame, packet->first_by_type);
    if (__builtin_expect(!packet->first && frame->caplen, 0)) {
        packet->d.space = TAPIR_LINK_TYPE;
        packet->d.value = frame->link_type;
        append_data(packet, &at, true);
    }
    return at;
}

void tapir_packet_start(tapir_packet *packet, const tapir_frame *frame)
{
    packet->at = begin_link(packet, frame);
}

tapir_status tapir_packet_finish(tapir_packet *packet)
{
    while (packet->at.next)
        decode_layer(packet, &packet->at);
    return packet->status;
}

tapir_status tapir_packet_decode(tapir_packet *packet, const tapir_frame *frame)
{
    struct cursor at = begin_link(packet, frame);

    while (at.next)
        decode_layer(packet, &at);
    packet->at.next = NULL;
    packet->at.layer = at.layer;
    return packet->status;
}

const tapir_layer *tapir_packet_layers(tapir_packet *packet, size_t *count)
{
    tapir_packet_finish(packet);
    *count = layer_count(packet);
    return packet->layers;
}

const tapir_layer *tapir_packet_so_far(const tapir_packet *packet, size_t *count)
{
    *count = layer_count(packet);
    return packet->layers;
}

const tapir_layer *tapir_packet_layer(tapir_packet *packet, size_t index)
{
    while (layer_count(packet) <= index && packet->at.next)
        decode_layer(packet, &packet->at);
    return index < layer_count(packet) ? &packet->layers[index] : NULL;
}

TAPIR_INLINE bool is_sought(const tapir_layer *layer, const tapir_proto *proto, tapir_role role)
{
    return proto ? layer->proto == proto : layer->proto->role == role;
}

/* Returns the first layer from the index-th on that is of `proto` or, when that is NULL, of `role`,
 * decoding no further than it; NULL when there is none. */
TAPIR_INLINE const tapir_layer *seek(
    tapir_packet *packet, size_t index, const tapir_proto *proto, tapir_role role)
{
    struct cursor at = packet->at;
    tapir_layer *layer = packet->layers + index;

    for (;;) {
        for (; layer < at.layer; layer++)
            if (is_sought(layer, proto, role)) {
                packet->at = at;
                return layer;
            }
        if (!at.next)
            break;
        index = (size_t)(layer - packet->layers);
        decode_layer(packet, &at);
        layer = packet->layers + index; /* they may have moved */
    }
    packet->at = at;
    return NULL;
}

const tapir_layer *tapir_packet_find(tapir_packet *packet, const tapir_proto *proto, size_t nth)
{
    const tapir_layer *layer = seek(packet, 0, proto, TAPIR_ROLE_OTHER);

    while (layer && nth-- > 0)
        layer = tapir_packet_find_inner(packet, layer, proto);
    return layer;
}

const void *tapir_packet_find_fields(tapir_packet *packet, const tapir_proto *proto)
{
    const tapir_layer *layer = tapir_packet_find(packet, proto, 0);

    return layer ? layer->fields : NULL;
}

const tapir_layer *tapir_packet_find_last(tapir_packet *packet, const tapir_proto *proto)
{
    tapir_packet_finish(packet);
    for (size_t i = layer_count(packet); i-- > 0;)
        if (packet->layers[i].proto == proto)
            return &packet->layers[i];
    return NULL;
}

const tapir_layer *tapir_packet_find_inner(
    tapir_packet *packet, const tapir_layer *outer, const tapir_proto *proto)
{
    return seek(packet, (size_t)(outer - packet->layers) + 1, proto, TAPIR_ROLE_OTHER);
}

const tapir_layer *tapir_packet_role(tapir_packet *packet, tapir_role role)
{
    return seek(packet, 0, NULL, role);
}

const tapir_layer *tapir_packet_role_last(tapir_packet *packet, tapir_role role)
{
    tapir_packet_finish(packet);
    for (size_t i = layer_count(packet); i-- > 0;)
        if (packet->layers[i].proto->role == role)
            return &packet->layers[i];
    return NULL;
}

const tapir_layer *tapir_packet_error(tapir_packet *packet)
{
    if (tapir_packet_finish(packet) == TAPIR_OK)
        return NULL;
    for (size_t i = 0; i < layer_count(packet); i++)
        if (packet->layers[i].partial || packet->layers[i].status == TAPIR_TOO_DEEP)
            return &packet->layers[i];
    return NULL;
}

tapir_presence tapir_packet_peek(const tapir_packet *packet, const tapir_proto *proto)
{
    for (size_t i = 0; i < layer_count(packet); i++)
        if (packet->layers[i].proto == proto)
            return TAPIR_PRESENT;
    return packet->at.next ? TAPIR_NOT_REACHED : TAPIR_ABSENT;
}

const tapir_frame *tapir_packet_frame(const tapir_packet *packet)
{
    return packet->d.frame;
}

const tapir_registry *tapir_packet_registry(const tapir_packet *packet)
{
    return packet->registry;
}

size_t tapir_layer_offset(const tapir_packet *packet, const tapir_layer *layer)
{
    return (size_t)(layer->start - packet->d.frame->data);
}

static const uint8_t *layer_end(const tapir_layer *layer)
{
    return layer->start + layer->header_len + layer->payload_len;
}

/* The end of the bytes that are the layer's: a protocol that knows trailers (Ethernet with a length
 * field) has those behind its payload, too. */
static const uint8_t *claimed_end(const tapir_packet *packet, const tapir_layer *layer)
{
    if (!layer->proto->trailer)
        return layer_end(layer);
    return layer > packet->layers ? layer_end(layer - 1)
                                  : packet->d.frame->data + packet->d.frame->caplen;
}

tapir_span tapir_packet_trailer(const tapir_packet *packet, const tapir_layer *layer)
{
    const tapir_layer *inner = layer + 1;
    const uint8_t *end = claimed_end(packet, layer);
    const uint8_t *start = inner < packet->layers + layer_count(packet) ? claimed_end(packet, inner)
                                                                        : layer_end(layer);

    return tapir_span_of(start, start < end ? (size_t)(end - start) : 0);
}

const tapir_problem *tapir_packet_problem(const tapir_packet *packet, const tapir_layer *layer)
{
    size_t index = (size_t)(layer - packet->layers);

    if (layer->status == TAPIR_OK)
        return NULL;
    for (size_t i = 0; i < packet->problems.count; i++)
        if (packet->problems.at[i].layer == index)
            return &packet->problems.at[i];
    return NULL;
}

void tapir_problem_text(tapir_text *text, const tapir_packet *packet, const tapir_problem *problem)
{
    const tapir_layer *layer = &packet->layers[problem->layer];

    tapir_text_put(text, layer->proto->name);
    TAPIR_TEXT_LITERAL(text, " at ");
    tapir_text_uint(text, tapir_layer_offset(packet, layer));
    TAPIR_TEXT_LITERAL(text, ": ");
    if (!problem->needed) {
        tapir_text_put(text, problem->reason ? problem->reason : "malformed");
        return;
    }
    if (problem->reason) {
        tapir_text_put(text, problem->reason);
        TAPIR_TEXT_LITERAL(text, " announces ");
    } else {
        TAPIR_TEXT_LITERAL(text, "needs ");
    }
    tapir_text_uint(text, problem->needed);
    TAPIR_TEXT_LITERAL(text, " bytes, ");
    tapir_text_uint(text, problem->had);
    TAPIR_TEXT_LITERAL(text, " left ");
    if (problem->limited_by) {
        TAPIR_TEXT_LITERAL(text, "(limit set by ");
        tapir_text_put(text, problem->limited_by);
    } else {
        TAPIR_TEXT_LITERAL(text, "(captured ");
        tapir_text_uint(text, packet->d.frame->caplen);
        TAPIR_TEXT_LITERAL(text, " of ");
        tapir_text_uint(text, packet->d.frame->len);
    }
    tapir_text_char(text, ')');
}

/* Forgets the trouble of layers from the index on. */
static void forget_problems(tapir_packet *packet, size_t index)
{
    struct problems *problems = &packet->problems;
    size_t left = 0;

    if (packet->status == TAPIR_OK)
        return;
    for (size_t i = 0; i < problems->count; i++)
        if (problems->at[i].layer < index)
            problems->at[left++] = problems->at[i];
    problems->count = left;
    packet->status = left ? problems->at->status : TAPIR_OK;
}

void tapir_packet_cut(tapir_packet *packet, const tapir_layer *last)
{
    size_t count = (size_t)(last - packet->layers) + 1, before = 0;
    struct block *block = packet->first_block;

    tapir_packet_finish(packet);
    for (; block->layers < count; block = block->next)
        before = block->layers;
    packet->at = (struct cursor){NULL, packet->layers + count, block->slots + (count - before)};
    packet->soft_end = end_of(packet, block);
    forget_problems(packet, count);
}

tapir_status tapir_packet_go_on(
    tapir_packet *packet, tapir_span bytes, const tapir_space *via, const tapir_proto *first)
{
    tapir_decoder *d = &packet->d;

    tapir_packet_finish(packet);
    d->in = tapir_reader_of(bytes);
    d->missing = 0;
    d->wanted = 0;
    d->via = via;
    d->space = NULL;
    d->limited_by = NULL;
    if (first && first->size <= TAPIR_STRUCT_MAX && bytes.len)
        packet->at.next = first;
    else if (packet->at.layer < packet->soft_end || make_room(packet))
        append_data(packet, &packet->at, bytes.len != 0);
    return tapir_packet_finish(packet);
}

/* Starts over; `first` is NULL for a link type that nobody knows. */
static void restart(tapir_packet *packet, const tapir_frame *frame, const tapir_proto *first)
{
    if (first)
        tapir_packet_start_at(packet, frame, first);
    else
        tapir_packet_start(packet, frame);
}

tapir_status tapir_packet_own(tapir_packet *packet)
{
    const tapir_frame *frame = packet->d.frame;
    bool done = !packet->at.next;

    if (frame == &packet->own_frame)
        return TAPIR_OK;
    if (packet->own_room < frame->caplen) {
        uint8_t *bytes = realloc(packet->own_bytes, frame->caplen);
        if (!bytes)
            return TAPIR_NO_MEMORY;
        packet->own_bytes = bytes;
        packet->own_room = frame->caplen;
    }
    if (frame->caplen)
        memcpy(packet->own_bytes, frame->data, frame->caplen);
    packet->own_frame = *frame;
    packet->own_frame.data = packet->own_bytes;
    /* These belong to the source and do not survive it. */
    packet->own_frame.comment = tapir_span_of(NULL, 0);
    packet->own_frame.block = NULL;
    restart(packet, &packet->own_frame, packet->first);
    if (done)
        tapir_packet_finish(packet);
    return TAPIR_OK;
}

tapir_packet *tapir_packet_clone(const tapir_packet *packet)
{
    tapir_packet *clone = tapir_packet_new(packet->registry);

    if (!clone)
        return NULL;
    clone->limit = packet->limit;
    restart(clone, packet->d.frame, packet->first);
    if (tapir_packet_own(clone) != TAPIR_OK) {
        tapir_packet_free(clone);
        return NULL;
    }
    if (!packet->at.next)
        tapir_packet_finish(clone);
    return clone;
}

bool tapir_packet_verify(
    const tapir_packet *packet, const tapir_layer *layer, tapir_checksum *checksum)
{
    memset(checksum, 0, sizeof *checksum);
    if (!layer->proto->verify || layer->partial)
        return false;
    layer->proto->verify(packet, layer, checksum);
    return true;
}

size_t tapir_left_as_sent(const tapir_decoder *d)
{
    size_t missing = d->missing;

    if (d->limited_by)
        return tapir_left(&d->in);
    if (!missing && d->frame)
        missing = tapir_frame_missing(d->frame);
    return tapir_left(&d->in) + missing;
}

tapir_status tapir_decode_alone(
    const tapir_proto *proto, tapir_span bytes, void *fields, tapir_layer *layer)
{
    const tapir_registry *registry = tapir_registry_default();
    tapir_decoder d = {.in = tapir_reader_of(bytes)};
    tapir_status status;
    bool partial;

    if (!registry)
        return TAPIR_NO_MEMORY;
    d.dispatch = &registry->dispatch;
    d.outside = d.outside_end = NULL;
    status = proto->decode(&d, fields);
    partial = is_broken(&d, status);
    status = outcome(&d, status, false);
    if (layer)
        *layer = (tapir_layer){proto, fields, bytes.data, (uint32_t)(d.in.at - bytes.data),
            (uint32_t)tapir_left(&d.in), (uint8_t)status, partial};
    return status;
}
