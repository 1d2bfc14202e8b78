/* The engine: one loop that turns a frame into layers, resumable after any of them. */
#include "tapir/packet.h"

#include "registry_lookup.h"

#include <stdalign.h>
#include <stdlib.h>

#define INLINE_LAYERS 16
#define FIRST_BLOCK   2048
#define DEFAULT_LIMIT 128

/* Decoded structs live in chained blocks that never move and are kept for the next frame. */
struct block {
    struct block *next;
    size_t room;
    alignas(16) uint8_t bytes[];
};

/* Problems are rare; a list that grows with the layers that have one. */
struct problems {
    tapir_problem *at;
    size_t count, room;
};

struct tapir_packet {
    tapir_decoder d;         /* where decoding stands */
    const tapir_proto *next; /* what comes next; NULL: all done */
    const uint8_t *data;     /* the frame's first byte */
    bool snapped;            /* the capture kept less than was sent */
    tapir_status status;     /* of the first layer that is not ok */
    tapir_layer *layers;
    size_t count, room, limit;
    struct block *block; /* in use; earlier ones are full */
    size_t used;         /* bytes of it */
    struct problems problems;
    const tapir_registry *registry;
    const tapir_frame *frame;
    const tapir_proto *first; /* protocol of the outermost layer */
    tapir_frame own_frame;
    uint8_t *own_bytes;
    size_t own_room;
    struct block *first_block;
    tapir_layer inline_layers[INLINE_LAYERS];
};

static struct block *block_new(size_t room)
{
    struct block *block = malloc(sizeof *block + room);

    if (block) {
        block->next = NULL;
        block->room = room;
    }
    return block;
}

tapir_packet *tapir_packet_new(const tapir_registry *registry)
{
    tapir_packet *packet;

    if (!registry)
        registry = tapir_registry_default();
    packet = registry ? calloc(1, sizeof *packet) : NULL;
    if (!packet)
        return NULL;
    packet->first_block = packet->block = block_new(FIRST_BLOCK);
    if (!packet->block) {
        free(packet);
        return NULL;
    }
    packet->registry = registry;
    packet->layers = packet->inline_layers;
    packet->room = INLINE_LAYERS;
    packet->limit = DEFAULT_LIMIT;
    packet->frame = &packet->own_frame;
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

void tapir_packet_set_limit(tapir_packet *packet, size_t layers)
{
    packet->limit = layers < 1 ? 1 : layers > UINT16_MAX ? UINT16_MAX : layers;
}

/* Makes room for one more layer whose struct has `size` bytes. */
static __attribute__((noinline)) bool grow(tapir_packet *packet, size_t size)
{
    if (packet->count == packet->room) {
        size_t room = packet->room * 2;
        tapir_layer *layers = malloc(room * sizeof *layers);
        if (!layers)
            return false;
        memcpy(layers, packet->layers, packet->count * sizeof *layers);
        if (packet->layers != packet->inline_layers)
            free(packet->layers);
        packet->layers = layers;
        packet->room = room;
    }
    while (packet->block->room - packet->used < size) {
        struct block *block = packet->block;
        if (!block->next && !(block->next = block_new(block->room * 2 + size)))
            return false;
        packet->block = block->next;
        packet->used = 0;
    }
    return true;
}

/* Returns room for the struct of the next layer, NULL when out of memory. */
static inline void *room_for(tapir_packet *packet, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (__builtin_expect(
            packet->count == packet->room || packet->block->room - packet->used < size, 0) &&
        !grow(packet, size))
        return NULL;
    return packet->block->bytes + packet->used;
}

static inline void append(tapir_packet *packet, const tapir_proto *proto, const void *fields,
    const uint8_t *start, size_t header_len, size_t payload_len)
{
    tapir_layer *layer = &packet->layers[packet->count++];

    layer->proto = proto;
    layer->fields = fields;
    layer->start = start;
    layer->header_len = (uint32_t)header_len;
    layer->payload_len = (uint32_t)payload_len;
    layer->status = TAPIR_OK;
    layer->partial = false;
    packet->used += (proto->size + 15) & ~(size_t)15;
}

/* Ends decoding without memory: what was decoded stays. */
static __attribute__((noinline)) void stop_without_memory(tapir_packet *packet)
{
    packet->next = NULL;
    if (packet->status == TAPIR_OK)
        packet->status = TAPIR_NO_MEMORY;
}

static void note(tapir_packet *packet, const tapir_problem *problem)
{
    struct problems *problems = &packet->problems;

    packet->layers[problem->layer].status = (uint8_t)problem->status;
    if (packet->status == TAPIR_OK)
        packet->status = problem->status;
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
    struct tapir_failure *failure = room_for(packet, sizeof *failure);

    packet->next = NULL;
    if (!failure) {
        stop_without_memory(packet);
        return;
    }
    *failure = (struct tapir_failure){rest, status, proto, reason};
    append(packet, &tapir_failure_proto, failure, rest.data, rest.len, 0);
}

static __attribute__((noinline)) void append_too_deep(
    tapir_packet *packet, const tapir_proto *proto)
{
    static const char reason[] = "more layers than the limit";

    append_failure(packet, TAPIR_TOO_DEEP, proto, reason);
    if (packet->status != TAPIR_NO_MEMORY)
        note(packet, &(tapir_problem){.status = TAPIR_TOO_DEEP,
                         .layer = packet->count - 1,
                         .offset = (size_t)(packet->d.in.at - packet->data),
                         .reason = reason});
}

static __attribute__((noinline)) void append_data(tapir_packet *packet)
{
    tapir_span rest = tapir_rest(&packet->d.in);
    struct tapir_data *data = room_for(packet, sizeof *data);

    if (!data) {
        stop_without_memory(packet);
        return;
    }
    *data = (struct tapir_data){rest, packet->d.space, packet->d.value};
    append(packet, &tapir_data_proto, data, rest.data, rest.len, 0);
}

/* Records what was wrong with the layer just appended and whether it ends the packet. */
static __attribute__((noinline)) void note_trouble(tapir_packet *packet, tapir_status status)
{
    tapir_decoder *d = &packet->d;
    tapir_layer *layer = &packet->layers[packet->count - 1];
    tapir_status short_status = !d->limited_by && packet->snapped ? TAPIR_TRUNCATED : TAPIR_CUT;
    tapir_problem problem = {.layer = packet->count - 1,
        .offset = (size_t)(d->in.at - packet->data),
        .limited_by = d->limited_by};

    if (d->in.failed) {
        problem.status = short_status;
        problem.needed = d->in.needed;
        problem.had = d->in.had;
        problem.offset -= d->in.had;
    } else if (status != TAPIR_OK) {
        problem.status = status;
        problem.reason = d->reason;
    } else {
        problem.status = short_status;
        problem.needed = d->wanted;
        problem.had = layer->payload_len;
        problem.reason = d->wanted_by;
    }
    d->wanted = 0;
    note(packet, &problem);
    if (d->in.failed || status != TAPIR_OK) {
        layer->partial = true;
        packet->next = NULL;
        if (tapir_left(&d->in))
            append_failure(packet, status, layer->proto, d->reason);
    }
}

/* Decodes the layer packet->next; afterwards packet->next is what follows it. */
static inline void decode_layer(tapir_packet *packet)
{
    const tapir_proto *proto = packet->next;
    tapir_decoder *d = &packet->d;
    const uint8_t *start = d->in.at;
    tapir_status status;
    void *fields;

    if (__builtin_expect(packet->count >= packet->limit, 0)) {
        append_too_deep(packet, proto);
        return;
    }
    fields = room_for(packet, proto->size);
    if (__builtin_expect(!fields, 0)) {
        stop_without_memory(packet);
        return;
    }
    d->next = NULL;
    d->space = NULL;
    status = proto->decode(d, fields);
    append(packet, proto, fields, start, (size_t)(d->in.at - start), tapir_left(&d->in));
    packet->next = d->next;
    if (__builtin_expect((status != TAPIR_OK) | d->in.failed | (d->wanted != 0), 0)) {
        note_trouble(packet, status);
        if (!packet->next && (status != TAPIR_OK || d->in.failed))
            return;
    }
    if (d->in.at == d->in.end || d->in.at == start)
        packet->next = NULL;
    else if (!d->next)
        append_data(packet);
}

void tapir_packet_start_at(tapir_packet *packet, const tapir_frame *frame, const tapir_proto *first)
{
    tapir_decoder *d = &packet->d;

    packet->frame = frame;
    packet->first = first;
    packet->data = frame->data;
    packet->snapped = frame->caplen < frame->len;
    packet->status = TAPIR_OK;
    packet->count = 0;
    packet->block = packet->first_block;
    packet->used = 0;
    packet->problems.count = 0;
    d->in.at = frame->data;
    d->in.end = frame->caplen ? frame->data + frame->caplen : frame->data;
    d->in.needed = 0;
    d->in.had = 0;
    d->in.failed = false;
    d->registry = packet->registry;
    d->packet = packet;
    d->wanted = 0;
    d->limited_by = NULL;
    d->reason = NULL;
    packet->next = frame->caplen ? first : NULL;
}

void tapir_packet_start(tapir_packet *packet, const tapir_frame *frame)
{
    const tapir_proto *first = lookup(packet->registry, TAPIR_LINK_TYPE, frame->link_type);

    tapir_packet_start_at(packet, frame, first);
    if (!first && frame->caplen) {
        packet->d.space = TAPIR_LINK_TYPE;
        packet->d.value = frame->link_type;
        append_data(packet);
    }
}

tapir_status tapir_packet_finish(tapir_packet *packet)
{
    while (packet->next)
        decode_layer(packet);
    return packet->status;
}

tapir_status tapir_packet_decode(tapir_packet *packet, const tapir_frame *frame)
{
    tapir_packet_start(packet, frame);
    return tapir_packet_finish(packet);
}

const tapir_layer *tapir_packet_layers(tapir_packet *packet, size_t *count)
{
    tapir_packet_finish(packet);
    *count = packet->count;
    return packet->layers;
}

const tapir_layer *tapir_packet_so_far(const tapir_packet *packet, size_t *count)
{
    *count = packet->count;
    return packet->layers;
}

const tapir_layer *tapir_packet_layer(tapir_packet *packet, size_t index)
{
    while (packet->count <= index && packet->next)
        decode_layer(packet);
    return index < packet->count ? &packet->layers[index] : NULL;
}

const tapir_layer *tapir_packet_find(tapir_packet *packet, const tapir_proto *proto, size_t nth)
{
    for (size_t i = 0;; i++) {
        const tapir_layer *layer = tapir_packet_layer(packet, i);
        if (!layer)
            return NULL;
        if (layer->proto == proto && nth-- == 0)
            return layer;
    }
}

const void *tapir_packet_find_fields(tapir_packet *packet, const tapir_proto *proto)
{
    const tapir_layer *layer = tapir_packet_find(packet, proto, 0);

    return layer ? layer->fields : NULL;
}

const tapir_layer *tapir_packet_find_last(tapir_packet *packet, const tapir_proto *proto)
{
    tapir_packet_finish(packet);
    for (size_t i = packet->count; i-- > 0;)
        if (packet->layers[i].proto == proto)
            return &packet->layers[i];
    return NULL;
}

const tapir_layer *tapir_packet_find_inner(
    tapir_packet *packet, const tapir_layer *outer, const tapir_proto *proto)
{
    for (size_t i = (size_t)(outer - packet->layers) + 1;; i++) {
        const tapir_layer *layer = tapir_packet_layer(packet, i);
        if (!layer || layer->proto == proto)
            return layer;
    }
}

const tapir_layer *tapir_packet_role(tapir_packet *packet, tapir_role role)
{
    for (size_t i = 0;; i++) {
        const tapir_layer *layer = tapir_packet_layer(packet, i);
        if (!layer || layer->proto->role == role)
            return layer;
    }
}

const tapir_layer *tapir_packet_role_last(tapir_packet *packet, tapir_role role)
{
    tapir_packet_finish(packet);
    for (size_t i = packet->count; i-- > 0;)
        if (packet->layers[i].proto->role == role)
            return &packet->layers[i];
    return NULL;
}

const tapir_layer *tapir_packet_error(tapir_packet *packet)
{
    if (tapir_packet_finish(packet) == TAPIR_OK)
        return NULL;
    for (size_t i = 0; i < packet->count; i++)
        if (packet->layers[i].partial || packet->layers[i].status == TAPIR_TOO_DEEP)
            return &packet->layers[i];
    return NULL;
}

tapir_presence tapir_packet_peek(const tapir_packet *packet, const tapir_proto *proto)
{
    for (size_t i = 0; i < packet->count; i++)
        if (packet->layers[i].proto == proto)
            return TAPIR_PRESENT;
    return packet->next ? TAPIR_NOT_REACHED : TAPIR_ABSENT;
}

const tapir_frame *tapir_packet_frame(const tapir_packet *packet)
{
    return packet->frame;
}

const tapir_registry *tapir_packet_registry(const tapir_packet *packet)
{
    return packet->registry;
}

size_t tapir_layer_offset(const tapir_packet *packet, const tapir_layer *layer)
{
    return (size_t)(layer->start - packet->data);
}

static const uint8_t *layer_end(const tapir_layer *layer)
{
    return layer->start + layer->header_len + layer->payload_len;
}

tapir_span tapir_packet_trailer(const tapir_packet *packet, const tapir_layer *layer)
{
    const tapir_layer *inner = layer + 1;

    if (inner >= packet->layers + packet->count || layer_end(inner) >= layer_end(layer))
        return tapir_span_of(layer_end(layer), 0);
    return tapir_span_of(layer_end(inner), (size_t)(layer_end(layer) - layer_end(inner)));
}

const tapir_problem *tapir_packet_problem(const tapir_packet *packet, const tapir_layer *layer)
{
    size_t index = (size_t)(layer - packet->layers);

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
        tapir_text_uint(text, packet->frame->caplen);
        TAPIR_TEXT_LITERAL(text, " of ");
        tapir_text_uint(text, packet->frame->len);
    }
    tapir_text_char(text, ')');
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
    const tapir_frame *frame = packet->frame;
    bool done = !packet->next;

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
    restart(clone, packet->frame, packet->first);
    if (tapir_packet_own(clone) != TAPIR_OK) {
        tapir_packet_free(clone);
        return NULL;
    }
    if (!packet->next)
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

tapir_status tapir_decode_alone(
    const tapir_proto *proto, tapir_span bytes, void *fields, tapir_layer *layer)
{
    tapir_decoder d = {.in = tapir_reader_of(bytes)};
    tapir_status status = proto->decode(&d, fields);
    bool partial = status != TAPIR_OK || d.in.failed;

    if (d.in.failed || (status == TAPIR_OK && d.wanted))
        status = TAPIR_CUT;
    if (layer)
        *layer = (tapir_layer){proto, fields, bytes.data, (uint32_t)(d.in.at - bytes.data),
            (uint32_t)tapir_left(&d.in), (uint8_t)status, partial};
    return status;
}
