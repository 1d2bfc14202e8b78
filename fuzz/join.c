/* Fragments and segments put together: the input is a capture file, whatever it holds. Joined
 * packets are printed in every way, and their layers lie where they say. */
#include "tapir/tapir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool fact)
{
    if (!fact)
        abort();
}

static void check(tapir_packet *packet, tapir_json *json, tapir_text *text)
{
    static const tapir_tree_options tree = {.verify = true, .hex = true};
    size_t count, offset;
    const tapir_layer *layers = tapir_packet_layers(packet, &count);
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        tapir_span header = tapir_layer_header(&layers[i]);

        offset = tapir_layer_offset(packet, &layers[i]);
        expect(header.data == tapir_packet_frame(packet)->data + offset);
        for (size_t at = 0; at < header.len; at++)
            sum += header.data[at];
        expect((layers[i].status == TAPIR_OK) == !tapir_packet_problem(packet, &layers[i]));
    }
    expect(sum < UINT64_MAX);
    text->len = 0;
    tapir_json_packet(json, text, packet);
    tapir_tree_packet(text, packet, &tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const tapir_joiner_options little = {.size = sizeof little, .max_memory = 100000};
    static tapir_packet *packet;
    static tapir_json *json;
    static tapir_text text;
    tapir_joiner *joiner = tapir_joiner_new(NULL, size % 2 ? &little : NULL);
    tapir_source *source;
    tapir_frame frame;

    if (!packet) {
        packet = tapir_packet_new(NULL);
        json = tapir_json_new();
        tapir_json_set_verify(json, true);
    }
    expect(joiner && packet && json);
    if (tapir_source_open_memory(&source, data, size, "input", NULL, NULL) == TAPIR_OK) {
        while (tapir_source_next(source, &frame) == TAPIR_OK) {
            tapir_packet_start(packet, &frame);
            tapir_joiner_add(joiner, packet);
            check(packet, json, &text);
        }
        tapir_source_close(source);
    }
    tapir_joiner_free(joiner);
    return 0;
}
