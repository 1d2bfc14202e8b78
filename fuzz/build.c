/* Building: bytes 0 and 1 name a link type, byte 2 says what of everything is kept, byte 3 how many
 * edits of 4 bytes follow; the rest is a frame. Its layers are decoded, edited, and built again. */
#include "tapir/tapir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_LAYERS = 24, MOST_EDITS = 15, EDIT_LEN = 4, HEADER_ROOM = 4096, ROOM = 1 << 18 };

/* A layer with a struct and header of its own. */
struct item {
    const tapir_proto *proto;
    uint8_t header[HEADER_ROOM];
    size_t header_len;
    union {
        uint8_t bytes[TAPIR_STRUCT_MAX];
        uint64_t align;
        void *align_pointer;
    } fields;
};

static struct item items[MOST_LAYERS];
static tapir_stack_layer stack[MOST_LAYERS];
static size_t count;

static void expect(bool fact)
{
    if (!fact)
        abort();
}

static void take_layers(tapir_packet *packet)
{
    size_t found;
    const tapir_layer *layers = tapir_packet_layers(packet, &found);

    for (count = 0; count < found && count < MOST_LAYERS; count++) {
        const tapir_layer *layer = &layers[count];
        struct item *item = &items[count];
        item->proto = layer->proto;
        memcpy(item->fields.bytes, layer->fields, layer->proto->size);
        item->header_len = layer->header_len < HEADER_ROOM ? layer->header_len : 0;
        memcpy(item->header, layer->start, item->header_len);
        stack[count] = (tapir_stack_layer){.proto = layer->proto,
            .fields = item->fields.bytes,
            .trailer = tapir_packet_trailer(packet, layer)};
    }
}

/* Another byte in the header, which is decoded anew. */
static void change_byte(struct item *item, const uint8_t edit[2])
{
    tapir_layer layer;

    if (!item->header_len || item->proto == &tapir_failure_proto)
        return;
    item->header[edit[0] % item->header_len] = edit[1];
    (void)!tapir_decode_alone(
        item->proto, tapir_span_of(item->header, item->header_len), item->fields.bytes, &layer);
}

/* A number that does not fit its field. */
static void widen(struct item *item, const uint8_t edit[2])
{
    const tapir_field *field;

    if (!item->proto->field_count)
        return;
    field = &item->proto->fields[edit[0] % item->proto->field_count];
    if (field->kind == TAPIR_UINT && field->bits && field->bits < field->size * 8)
        tapir_member_set(
            item->fields.bytes + field->offset, field->size, (uint64_t)edit[1] << field->bits / 2);
}

/* Fewer bytes of what varies. */
static void shorten(struct item *item, const uint8_t edit[2])
{
    const tapir_field *field;
    tapir_span span;

    if (!item->proto->field_count)
        return;
    field = &item->proto->fields[edit[0] % item->proto->field_count];
    if (field->kind < TAPIR_SPAN || field->size != sizeof span)
        return;
    memcpy(&span, item->fields.bytes + field->offset, sizeof span);
    span.len = edit[1] < span.len ? span.len - edit[1] : 0;
    memcpy(item->fields.bytes + field->offset, &span, sizeof span);
}

static void swap(size_t a, size_t b)
{
    tapir_stack_layer layer = stack[a];

    stack[a] = stack[b];
    stack[b] = layer;
}

static void change(const uint8_t edit[EDIT_LEN])
{
    size_t index = (edit[0] & 31) % count;

    switch (edit[0] >> 5) {
    case 0:
    case 1:
        change_byte(&items[index], edit + 1);
        break;
    case 2:
        widen(&items[index], edit + 1);
        break;
    case 3:
        shorten(&items[index], edit + 1);
        break;
    case 4:
        stack[index].keep = edit[1] & TAPIR_EVERYTHING;
        break;
    case 5:
        stack[index].trailer = tapir_span_of(items[0].header, edit[1] % (items[0].header_len + 1));
        break;
    case 6:
        swap(index, edit[1] % count);
        break;
    default:
        stack[index] = stack[edit[1] % count];
        break;
    }
}

/* What was built decodes to something, checksums and all. */
static void read_back(tapir_packet *packet, tapir_span built, const tapir_proto *first)
{
    const tapir_frame frame = {
        .data = built.data, .caplen = (uint32_t)built.len, .len = (uint32_t)built.len};
    size_t found;
    const tapir_layer *layers;

    tapir_packet_start_at(packet, &frame, first);
    layers = tapir_packet_layers(packet, &found);
    for (size_t i = 0; i < found; i++) {
        tapir_checksum checksum;
        (void)tapir_packet_verify(packet, &layers[i], &checksum);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tapir_packet *packet, *again;
    static tapir_builder *builder;
    static uint8_t *room;
    tapir_build_options options = {.size = sizeof options};
    tapir_frame frame = {0};
    tapir_error error = {.message = "?"};
    tapir_span built, grown;
    size_t edits;
    tapir_status status;

    if (!packet) {
        packet = tapir_packet_new(NULL);
        again = tapir_packet_new(NULL);
        builder = tapir_builder_new();
        room = malloc(ROOM);
        expect(packet && again && builder && room);
    }
    if (size < 4)
        return 0;
    options.keep = data[2] & TAPIR_EVERYTHING;
    options.ethernet_pad = data[2] & 0x10;
    options.ethernet_fcs = data[2] & 0x20;
    options.registry = data[2] & 0x40 ? tapir_registry_default() : NULL;
    edits = data[3] % (MOST_EDITS + 1u);
    if (size < 4 + edits * EDIT_LEN)
        return 0;
    frame.link_type = (uint16_t)tapir_load_be(data, 2);
    frame.data = data + 4 + edits * EDIT_LEN;
    frame.caplen = frame.len = (uint32_t)(size - 4 - edits * EDIT_LEN);
    tapir_packet_decode(packet, &frame);
    take_layers(packet);
    if (!count)
        return 0;
    for (size_t i = 0; i < edits; i++)
        change(data + 4 + i * EDIT_LEN);
    status = tapir_build(stack, count, &options, room, ROOM, &built, &error);
    expect(status == TAPIR_OK || status == error.code);
    expect(status == TAPIR_OK || strncmp(error.message, "layer ", 6) == 0);
    expect(tapir_builder_build(builder, stack, count, &options, &grown, NULL) == status);
    if (status != TAPIR_OK)
        return 0;
    expect(built.len == grown.len && (!built.len || !memcmp(built.data, grown.data, built.len)));
    read_back(again, built, stack[0].proto);
    return 0;
}
