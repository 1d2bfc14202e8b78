/* Decoding from every link type: byte 0 chooses it, byte 1 how much of the frame was captured; the
 * rest is the frame. Everything that reads a packet runs over it, and the laws are checked. */
#include "tapir/tapir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool fact)
{
    if (!fact)
        abort();
}

/* The link types that a protocol answers to, and one that none does. */
static uint16_t choose_link_type(uint8_t choice)
{
    static uint16_t types[64];
    static size_t count;

    if (!count) {
        const tapir_registry *registry = tapir_registry_default();
        types[count++] = UINT16_MAX;
        for (uint32_t type = 0; type < UINT16_MAX && count < TAPIR_COUNT(types); type++)
            if (tapir_registry_find(registry, TAPIR_LINK_TYPE, type))
                types[count++] = (uint16_t)type;
    }
    return types[choice % count];
}

static void check_layers(tapir_packet *packet)
{
    static uint8_t buffer[1 << 20];
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(packet, &count);

    for (size_t i = 0; i < count; i++) {
        tapir_stack_layer stack = {layers[i].proto, layers[i].fields};
        tapir_span encoded;
        if (layers[i].partial || !layers[i].proto->encode)
            continue;
        expect(tapir_encode(&stack, 1, buffer, sizeof buffer, &encoded, NULL) == TAPIR_OK);
        expect(encoded.len == layers[i].header_len);
        expect(memcmp(encoded.data, layers[i].start, encoded.len) == 0);
    }
}

static void check_lazy(tapir_packet *lazy, tapir_packet *eager, const tapir_frame *frame)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(eager, &count);

    tapir_packet_start(lazy, frame);
    for (size_t i = 0; i < count; i++) {
        const tapir_layer *layer = tapir_packet_layer(lazy, i);
        expect(layer && layer->proto == layers[i].proto && layer->status == layers[i].status &&
               layer->header_len == layers[i].header_len &&
               layer->payload_len == layers[i].payload_len);
    }
    expect(!tapir_packet_layer(lazy, count));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tapir_packet *eager, *lazy;
    static tapir_json *json;
    static tapir_text text;
    tapir_frame frame = {.number = 1, .has_time = true};
    tapir_connection connection;

    if (!eager) {
        eager = tapir_packet_new(NULL);
        lazy = tapir_packet_new(NULL);
        json = tapir_json_new();
        tapir_json_set_verify(json, true);
    }
    if (size < 2)
        return 0;
    frame.link_type = choose_link_type(data[0]);
    frame.data = data + 2;
    frame.caplen = (uint32_t)size - 2;
    frame.len = frame.caplen + (data[1] & 1 ? data[1] : 0);
    tapir_packet_decode(eager, &frame);
    check_layers(eager);
    check_lazy(lazy, eager, &frame);
    text.len = 0;
    tapir_json_packet(json, &text, eager);
    expect(!text.failed);
    tapir_packet_connection(eager, &connection);
    return 0;
}
