/* A protocol of the program's own, two bytes long: decoded from raw bytes, and over a UDP port as
 * part of a packet. */
#include <stdio.h>

#include "tapir/tapir.h"

/* What a header becomes. */
struct lamp {
    uint8_t on, color, brightness;
};

static const tapir_label colors[] = {{0, "white"}, {1, "red"}, {2, "green"}, {0, NULL}};

/* The rows drive decoding, encoding and every output. 1 + 7 + 8 bits make two bytes. */
static const tapir_field lamp_fields[] = {
    TAPIR_FIELD(lamp, on, "lamp.on", TAPIR_UINT, 1, "Whether it is lit"),
    TAPIR_FIELD(lamp, color, "lamp.color", TAPIR_UINT, 7, "Color", .labels = colors),
    TAPIR_FIELD(lamp, brightness, "lamp.brightness", TAPIR_UINT, 8, "0 to 255"),
};

/* The engine checks for short input; what follows the header is payload. */
static tapir_status lamp_decode(tapir_decoder *d, void *layer)
{
    struct lamp *lamp = layer;

    if (!TAPIR_LOAD(&d->in, lamp, lamp_fields))
        return TAPIR_OK;
    return lamp->color > 2 ? tapir_malformed(d, "no such color") : TAPIR_OK;
}

/* Where it is found. */
static const tapir_binding lamp_bindings[] = {{TAPIR_UDP_PORT, 7777}};

static const tapir_proto lamp_proto = {
    .name = "lamp",
    .title = "Lamp control",
    .spec = "",
    .role = TAPIR_ROLE_APPLICATION,
    TAPIR_FIELDS(lamp_fields),
    .size = sizeof(struct lamp),
    .decode = lamp_decode,
    TAPIR_BINDINGS(lamp_bindings),
};

int main(void)
{
    static const uint8_t raw[] = {0x81, 0x40};
    /* Ethernet, IPv4, UDP to port 7777, and the two bytes. */
    static const uint8_t bytes[] = {0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00, 0x45, 0,
        0, 30, 0, 0, 0, 0, 64, 17, 0x66, 0xcd, 10, 0, 0, 1, 10, 0, 0, 2, 0x9c, 0x40, 0x1e, 0x61, 0,
        10, 0, 0, 0x82, 0xff};
    const tapir_frame frame =
        tapir_frame_of(tapir_span_of(bytes, sizeof bytes), TAPIR_LINK_TYPE_ETHERNET);
    struct lamp alone;
    const tapir_layer *layer;
    tapir_registry *registry;
    tapir_packet *packet;
    tapir_text text = {0};

    /* Alone, from raw bytes into our own struct. */
    if (tapir_decode_alone(&lamp_proto, tapir_span_of(raw, sizeof raw), &alone, NULL) != TAPIR_OK)
        return 1;
    printf("raw: on %u, color %s, brightness %u\n", alone.on, tapir_label_find(colors, alone.color),
        alone.brightness);

    /* As part of packets: in a registry of our own, which is the built-in one and ours. */
    registry = tapir_registry_new(tapir_registry_default());
    if (!registry || tapir_registry_add(registry, &lamp_proto) != TAPIR_OK)
        return 1;
    packet = tapir_packet_new(registry);
    if (!packet)
        return 1;
    tapir_packet_start(packet, &frame);
    layer = tapir_packet_find(packet, &lamp_proto, 0);
    if (layer) {
        const struct lamp *lamp = layer->fields;
        printf("over UDP: on %u, color %s, brightness %u\n", lamp->on,
            tapir_label_find(colors, lamp->color), lamp->brightness);
    }

    /* Every output knows it from the rows. */
    tapir_tree_packet(&text, packet, NULL);
    fputs(tapir_text_string(&text), stdout);

    tapir_text_clear(&text);
    tapir_packet_free(packet);
    tapir_registry_free(registry);
    return layer ? 0 : 1;
}
