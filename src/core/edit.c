/* Editing: which layers are encoded again, and which of their values then are filled in. */
#include "tapir/edit.h"

#include "core/encoder.h"

#include <stdlib.h>

enum {
    FIRST_ITEMS = 16,
    MINIMUM_FRAME = 60, /* without a check sequence (IEEE 802.3 3.2.8) */
    FCS_LEN = 4,
    SPARE_ROOM = 4096 /* for what a header may be longer than it was */
};

/* A layer as it is now. */
struct item {
    const tapir_proto *proto;
    const tapir_layer *was; /* NULL: it was put in */
    const void *fields;
    bool changed; /* `fields` are this item's own, below */
    unsigned keep;
    tapir_span trailer; /* bytes behind what is inside */
    size_t inside_len;  /* of what was inside, in front of them */
    union {
        uint8_t bytes[TAPIR_STRUCT_MAX];
        uint64_t align;
        void *align_pointer;
    } own;
};

struct tapir_edit {
    const tapir_packet *packet;
    const tapir_frame *frame;
    const tapir_layer *layers; /* of the packet */
    size_t layer_count;
    tapir_span tail;     /* bytes of the frame behind all layers */
    struct item **items; /* `room` of them, the first `count` in use */
    size_t count, room;
    tapir_stack_layer *stack, *before; /* as they are now; as they were */
    size_t before_room;
    uint8_t *scratch; /* where a header is encoded only to see its checksum */
    size_t scratch_len;
    tapir_builder *builder;
};

tapir_edit *tapir_edit_new(void)
{
    tapir_edit *edit = calloc(1, sizeof *edit);

    if (edit)
        edit->builder = tapir_builder_new();
    if (edit && edit->builder)
        return edit;
    free(edit);
    return NULL;
}

void tapir_edit_free(tapir_edit *edit)
{
    if (!edit)
        return;
    for (size_t i = 0; i < edit->room; i++)
        free(edit->items[i]);
    free(edit->items);
    free(edit->stack);
    free(edit->before);
    free(edit->scratch);
    tapir_builder_free(edit->builder);
    free(edit);
}

/* Makes `count` items available. */
static bool reserve(tapir_edit *edit, size_t count)
{
    size_t room = edit->room ? edit->room : FIRST_ITEMS;
    struct item **items;
    tapir_stack_layer *stack;

    if (count <= edit->room)
        return true;
    while (room < count)
        room *= 2;
    stack = realloc(edit->stack, room * sizeof *stack);
    if (!stack)
        return false;
    edit->stack = stack;
    items = realloc(edit->items, room * sizeof(struct item *));
    if (!items)
        return false;
    edit->items = items;
    for (; edit->room < room; edit->room++) {
        items[edit->room] = malloc(sizeof *items[edit->room]);
        if (!items[edit->room])
            return false;
    }
    return true;
}

static bool reserve_before(tapir_edit *edit, size_t count)
{
    tapir_stack_layer *before;

    if (count <= edit->before_room)
        return true;
    before = realloc(edit->before, count * sizeof *before);
    if (!before)
        return false;
    edit->before = before;
    edit->before_room = count;
    return true;
}

static bool is_all_zero(tapir_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i])
            return false;
    return true;
}

static tapir_span find_tail(const tapir_edit *edit)
{
    const tapir_frame *frame = edit->frame;
    const uint8_t *end = frame->data + frame->caplen, *start = end;

    if (edit->layer_count) {
        tapir_span trailer = tapir_packet_trailer(edit->packet, edit->layers);
        const uint8_t *payload_end =
            tapir_layer_payload(edit->layers).data + edit->layers->payload_len;
        start = trailer.data + trailer.len;
        if (start < payload_end)
            start = payload_end;
    }
    return tapir_span_of(start, (size_t)(end - start));
}

/* Gives the bytes behind a layer to the one outside it. */
static void hand_out(struct item *outside, struct item *item)
{
    if (!item->trailer.len || !outside->was)
        return;
    outside->trailer = tapir_span_of(item->trailer.data, item->trailer.len + outside->trailer.len);
    outside->inside_len -= item->trailer.len;
    item->trailer.len = 0;
}

/* A tag claims what is behind its payload, padding, which is the frame's. */
static void hand_out_trailers(tapir_edit *edit)
{
    for (size_t i = edit->count; i-- > 1;)
        if (edit->items[i]->proto->trailer)
            hand_out(edit->items[i - 1], edit->items[i]);
}

tapir_status tapir_edit_start(tapir_edit *edit, tapir_packet *packet)
{
    edit->packet = packet;
    edit->frame = tapir_packet_frame(packet);
    edit->layers = tapir_packet_layers(packet, &edit->layer_count);
    edit->count = 0;
    edit->tail = find_tail(edit);
    if (!reserve(edit, edit->layer_count) || !reserve_before(edit, edit->layer_count))
        return TAPIR_NO_MEMORY;
    for (; edit->count < edit->layer_count; edit->count++) {
        const tapir_layer *layer = &edit->layers[edit->count];
        struct item *item = edit->items[edit->count];
        item->proto = layer->proto;
        item->was = layer;
        item->fields = layer->fields;
        item->changed = false;
        item->keep = 0;
        item->trailer = tapir_packet_trailer(packet, layer);
        item->inside_len = (size_t)(item->trailer.data - layer->start) - layer->header_len;
        edit->before[edit->count] =
            (tapir_stack_layer){.proto = layer->proto, .fields = layer->fields};
    }
    hand_out_trailers(edit);
    return TAPIR_OK;
}

size_t tapir_edit_count(const tapir_edit *edit)
{
    return edit->count;
}

const tapir_proto *tapir_edit_proto(const tapir_edit *edit, size_t index)
{
    return index < edit->count ? edit->items[index]->proto : NULL;
}

const void *tapir_edit_fields(const tapir_edit *edit, size_t index)
{
    return index < edit->count ? edit->items[index]->fields : NULL;
}

size_t tapir_edit_find(const tapir_edit *edit, const tapir_proto *proto, size_t nth)
{
    size_t i;

    for (i = 0; i < edit->count; i++)
        if (edit->items[i]->proto == proto && nth-- == 0)
            break;
    return i;
}

/* Whether a layer has values that it had not. */
static bool is_changed(const struct item *item)
{
    return !item->was ||
           (item->changed && memcmp(item->fields, item->was->fields, item->proto->size) != 0);
}

/* Whether a layer can be encoded from its struct: it is whole, and its protocol knows how. */
static bool is_encodable(const struct item *item)
{
    return item->proto->encode && !(item->was && item->was->partial);
}

void *tapir_edit_change(tapir_edit *edit, size_t index)
{
    struct item *item = index < edit->count ? edit->items[index] : NULL;

    if (!item || !is_encodable(item))
        return NULL;
    if (!item->changed) {
        memcpy(item->own.bytes, item->fields, item->proto->size);
        item->fields = item->own.bytes;
        item->changed = true;
    }
    return item->own.bytes;
}

tapir_status tapir_edit_insert(
    tapir_edit *edit, size_t index, const tapir_proto *proto, const void *fields)
{
    struct item *item;

    if (index > edit->count || proto->size > TAPIR_STRUCT_MAX)
        return TAPIR_INVALID;
    if (!reserve(edit, edit->count + 1))
        return TAPIR_NO_MEMORY;
    item = edit->items[edit->count];
    memmove(&edit->items[index + 1], &edit->items[index],
        (edit->count - index) * sizeof(struct item *));
    edit->items[index] = item;
    edit->count++;
    item->proto = proto;
    item->was = NULL;
    item->changed = true;
    item->keep = 0;
    item->trailer = tapir_span_of(NULL, 0);
    memcpy(item->own.bytes, fields, proto->size);
    item->fields = item->own.bytes;
    return TAPIR_OK;
}

static void take_out(tapir_edit *edit, size_t index)
{
    struct item *item = edit->items[index];

    edit->count--;
    memmove(&edit->items[index], &edit->items[index + 1],
        (edit->count - index) * sizeof(struct item *));
    edit->items[edit->count] = item;
}

void tapir_edit_remove(tapir_edit *edit, size_t index)
{
    if (index >= edit->count)
        return;
    if (index > 0)
        hand_out(edit->items[index - 1], edit->items[index]);
    take_out(edit, index);
}

tapir_status tapir_edit_set_payload(tapir_edit *edit, size_t index, tapir_span payload)
{
    struct tapir_data data = {.bytes = payload};

    if (index >= edit->count)
        index = edit->count ? edit->count - 1 : 0;
    while (index > 0 && (edit->items[index]->proto == &tapir_data_proto ||
                            edit->items[index]->proto == &tapir_failure_proto))
        index--;
    while (edit->count > index + 1)
        take_out(edit, edit->count - 1);
    return payload.len ? tapir_edit_insert(edit, edit->count, &tapir_data_proto, &data) : TAPIR_OK;
}

void tapir_edit_keep(tapir_edit *edit, size_t index, unsigned keep)
{
    if (index < edit->count)
        edit->items[index]->keep = keep;
}

/* What has been found out on the way outward. */
struct progress {
    bool changed;   /* something inside is not as it was */
    bool addresses; /* an address that a pseudo-header may have is not as it was */
};

/* Whether the layer inside the index-th is the one that was. */
static bool has_same_inside(const tapir_edit *edit, size_t index)
{
    const tapir_layer *inside = edit->items[index]->was + 1;

    if (index + 1 < edit->count)
        return edit->items[index + 1]->was == inside;
    return inside == edit->layers + edit->layer_count;
}

/* Makes `len` bytes available where headers are encoded only to see their checksums. */
static bool reserve_scratch(tapir_edit *edit, size_t len)
{
    uint8_t *scratch;

    if (len <= edit->scratch_len)
        return true;
    scratch = realloc(edit->scratch, len);
    if (!scratch)
        return false;
    edit->scratch = scratch;
    edit->scratch_len = len;
    return true;
}

/* The checksum that a layer as it was would have inside of the layers of a stack, whose index-th it
 * is; false when there is none to be had. */
static bool find_checksum(tapir_edit *edit, const tapir_stack_layer *stack, size_t count,
    size_t index, const tapir_layer *was, uint16_t *checksum)
{
    static const tapir_build_options as_given = {.size = sizeof as_given};
    tapir_encoder e;

    tapir__encoder_begin(&e, stack, count, &as_given, edit->scratch, edit->scratch_len, NULL);
    e.head -= was->payload_len;
    if (was->payload_len)
        memcpy(e.head, was->start + was->header_len, was->payload_len);
    e.inside = tapir_span_of(e.head, was->payload_len);
    e.index = index;
    e.fill = TAPIR_CHECKSUMS;
    e.was = was;
    if (tapir__encode_layer(&e) != TAPIR_OK)
        return false;
    *checksum = (uint16_t)tapir_load_be(e.head + was->proto->coverage->offset, 2);
    return true;
}

/* Whether the layer has a sum, and that among the bytes captured. */
static bool has_sum(const tapir_layer *was)
{
    const tapir_coverage *coverage = was->proto->coverage;

    return coverage && !coverage->crc32c && coverage->offset + 2u <= was->header_len &&
           (!coverage->when || coverage->when(was->fields));
}

/* By how much the checksum of a layer was wrong, or seems to be since not all it covers is there: 0
 * when it was right. */
static uint16_t find_skew(tapir_edit *edit, const tapir_layer *was)
{
    tapir_checksum checksum;
    uint16_t right;

    if (!has_sum(was) ||
        (tapir_packet_verify(edit->packet, was, &checksum) && checksum.verifiable &&
            checksum.good) ||
        !find_checksum(
            edit, edit->before, edit->layer_count, (size_t)(was - edit->layers), was, &right))
        return 0;
    return tapir_sum_fold(
        tapir_load_be(was->start + was->proto->coverage->offset, 2) + (uint16_t)~right);
}

/* A sum of zero can be written in two ways: the one it came in stays. */
static void keep_zero(const tapir_encoder *e, const tapir_layer *was)
{
    size_t offset;

    if (!(e->fill & TAPIR_CHECKSUMS) || !has_sum(was))
        return;
    offset = was->proto->coverage->offset;
    if (tapir_load_be(was->start + offset, 2) == UINT16_MAX &&
        tapir_load_be(e->head + offset, 2) == 0)
        tapir_store_be(e->head + offset, 2, UINT16_MAX);
}

/* Updates the checksum of a header that is not whole and has just been put back, when an address
 * outside has changed. */
static void update_broken(tapir_edit *edit, const tapir_encoder *e, const tapir_layer *was)
{
    const tapir_coverage *coverage = was->proto->coverage;
    uint16_t before, after, checksum;

    if (!has_sum(was) || !coverage->pseudo || !was->proto->encode ||
        !find_checksum(
            edit, edit->before, edit->layer_count, (size_t)(was - edit->layers), was, &before) ||
        !find_checksum(edit, edit->stack, edit->count, e->index, was, &after))
        return;
    checksum = (uint16_t)tapir_load_be(was->start + coverage->offset, 2);
    if (before == after || (coverage->zero_for_none && !checksum))
        return;
    checksum = tapir_checksum_update(checksum, (uint16_t)~before, (uint16_t)~after);
    if (coverage->zero_for_none && !checksum)
        checksum = UINT16_MAX;
    tapir_store_be(e->head + coverage->offset, 2, checksum);
}

/* Whether the layer's sender computed no checksum, which is then none of ours either. */
static bool has_no_checksum(const struct item *item)
{
    const tapir_coverage *coverage = item->proto->coverage;

    return coverage && coverage->zero_for_none &&
           tapir_load_be(item->was->start + coverage->offset, 2) == 0;
}

/* Whether the layer's check sequence is no sum and was wrong, or cannot be told to be right: it
 * stays what it was. */
static bool has_wrong_crc(const tapir_edit *edit, const struct item *item)
{
    const tapir_coverage *coverage = item->proto->coverage;
    tapir_checksum checksum;

    return coverage && coverage->crc32c &&
           tapir_packet_verify(edit->packet, item->was, &checksum) &&
           !(checksum.verifiable && checksum.good);
}

/* What is to be filled in for a layer that was there before. */
static unsigned due(
    const tapir_edit *edit, size_t index, const tapir_encoder *e, const struct progress *progress)
{
    const struct item *item = edit->items[index];
    const bool pseudo = item->proto->coverage && item->proto->coverage->pseudo;
    unsigned fill = 0;

    if (is_changed(item))
        fill |= TAPIR_LENGTHS | TAPIR_PADDING;
    if (e->inside.len != item->inside_len)
        fill |= TAPIR_LENGTHS;
    if (!has_same_inside(edit, index))
        fill |= TAPIR_KEYS;
    if ((fill || progress->changed || (pseudo && progress->addresses)) && !has_no_checksum(item) &&
        !has_wrong_crc(edit, item))
        fill |= TAPIR_CHECKSUMS;
    return fill;
}

/* Puts back the bytes of a header. */
static tapir_status copy_header(tapir_encoder *e, const tapir_layer *was)
{
    tapir_open_header(e, was->header_len);
    if (e->out.failed)
        return TAPIR_NO_ROOM;
    tapir_put_span(&e->out, tapir_layer_header(was));
    e->inside = tapir_span_of(e->head, e->inside.len + was->header_len);
    return TAPIR_OK;
}

/* Ethernet's padding and check sequence are made anew by Ethernet, from the same facts. */
static void set_frame_end(const tapir_edit *edit, const tapir_encoder *e, tapir_span *trailer,
    tapir_build_options *options, const struct progress *progress)
{
    size_t fcs = edit->frame->fcs_len == FCS_LEN && trailer->len >= FCS_LEN ? FCS_LEN : 0;
    tapir_span padding = tapir_span_of(trailer->data, trailer->len - fcs);

    if (edit->frame->link_type != TAPIR_LINK_TYPE_ETHERNET || !progress->changed)
        return;
    options->ethernet_fcs = fcs > 0;
    trailer->len -= fcs;
    if (!padding.len || edit->frame->caplen - fcs != MINIMUM_FRAME || !is_all_zero(padding) ||
        e->inside.len == edit->items[0]->inside_len)
        return;
    options->ethernet_pad = true;
    trailer->len = 0;
}

static tapir_status encode_item(
    tapir_edit *edit, tapir_encoder *e, struct progress *progress, tapir_build_options *options)
{
    struct item *item = edit->items[e->index];
    tapir_stack_layer *layer = &edit->stack[e->index];
    size_t behind = e->inside.len;
    tapir_status status;

    e->was = item->was;
    e->skew = 0;
    if (!item->was) {
        progress->changed = true;
        e->fill = TAPIR_EVERYTHING;
    } else {
        if (is_changed(item) || !has_same_inside(edit, e->index))
            progress->changed = true;
        e->fill = due(edit, e->index, e, progress);
        if (e->index == 0)
            set_frame_end(edit, e, &layer->trailer, options, progress);
        if (!is_encodable(item) || (!e->fill && !options->ethernet_fcs)) {
            if (layer->trailer.len && !tapir__put_trailer(e, layer->trailer))
                return TAPIR_NO_ROOM;
            status = copy_header(e, item->was);
            if (status == TAPIR_OK && progress->addresses && item->was->partial)
                update_broken(edit, e, item->was);
            return status;
        }
        if (e->fill & TAPIR_CHECKSUMS)
            e->skew = find_skew(edit, item->was);
        if (e->fill)
            progress->changed = true;
    }
    e->fill &= ~(options->keep | item->keep);
    status = tapir__encode_layer(e);
    if (status == TAPIR_OK && item->was)
        keep_zero(e, item->was);
    /* What the encoder puts behind everything stood in the outer layer's trailer before. */
    if (status == TAPIR_OK && item->was && e->index > 0) {
        size_t header_len = (size_t)(e->out.end - e->head);
        size_t appended = e->inside.len - header_len - behind - layer->trailer.len;
        tapir_span *outer = &edit->stack[e->index - 1].trailer;
        if (appended > outer->len)
            appended = outer->len;
        if (appended)
            *outer = tapir_span_of(outer->data + appended, outer->len - appended);
    }
    return status;
}

static tapir_status run(tapir_edit *edit, tapir_build_options *options, uint8_t *buffer,
    size_t room, tapir_span *built, tapir_error *error)
{
    struct progress progress = {false, false};
    tapir_encoder e;

    for (size_t i = 0; i < edit->count; i++) {
        const struct item *item = edit->items[i];
        edit->stack[i] = (tapir_stack_layer){
            .proto = item->proto, .fields = item->fields, .trailer = item->trailer};
        if (is_changed(item) &&
            (item->proto->role == TAPIR_ROLE_NETWORK || item->proto->role == TAPIR_ROLE_OTHER))
            progress.addresses = true;
    }
    if (edit->count != edit->layer_count)
        progress.addresses = true;
    if (room < edit->tail.len)
        return TAPIR_NO_ROOM;
    room -= edit->tail.len;
    tapir__encoder_begin(&e, edit->stack, edit->count, options, buffer, room, error);
    while (e.index-- > 0) {
        tapir_status status = encode_item(edit, &e, &progress, options);
        if (status != TAPIR_OK)
            return status;
    }
    if (edit->tail.len)
        memcpy(buffer + room, edit->tail.data, edit->tail.len);
    *built = tapir_span_of(e.inside.data, e.inside.len + edit->tail.len);
    return TAPIR_OK;
}

tapir_status tapir_edit_build(
    tapir_edit *edit, const tapir_build_options *given, tapir_frame *frame, tapir_error *error)
{
    tapir_build_options options;
    tapir_span built = {NULL, 0};
    tapir_status status = TAPIR_NO_ROOM;

    if (!reserve_scratch(edit, (size_t)edit->frame->caplen + SPARE_ROOM))
        return tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    for (;;) {
        size_t room;
        uint8_t *buffer = tapir__builder_buffer(edit->builder, &room);
        tapir__known_options(given, &options);
        if (buffer)
            status = run(edit, &options, buffer, room, &built, error);
        if (status != TAPIR_NO_ROOM || !tapir__builder_grow(edit->builder))
            break;
    }
    if (status == TAPIR_NO_MEMORY)
        return tapir_error_set(error, status, "out of memory");
    if (status != TAPIR_OK)
        return status;
    *frame = *edit->frame;
    frame->data = built.data;
    frame->caplen = (uint32_t)built.len;
    if (frame->caplen != edit->frame->caplen)
        frame->len = frame->caplen + tapir_frame_missing(edit->frame);
    return TAPIR_OK;
}
