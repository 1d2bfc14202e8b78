/* A packet from hexadecimal digits, and its fields as text: what tests of protocols ask for. */
#ifndef TAPIR_TESTS_SHOWN_H
#define TAPIR_TESTS_SHOWN_H

#include "tapir/tapir.h"

#define SHOWN_ROOM 4096

struct shown {
    tapir_packet *packet;
    tapir_frame frame;
    uint8_t bytes[SHOWN_ROOM];
    const char *wanted;
    char buffer[SHOWN_ROOM];
    tapir_text text;
};

/* Decodes the digits of `hex`, spaces ignored, as a frame of that link type of which `wire` bytes
 * were sent (0: all of them were captured). */
static inline void show(struct shown *shown, uint16_t link_type, const char *hex, size_t wire)
{
    size_t digits = 0;

    if (!shown->packet)
        shown->packet = tapir_packet_new(NULL);
    memset(shown->bytes, 0, sizeof shown->bytes);
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        shown->bytes[digits / 2] = (uint8_t)(shown->bytes[digits / 2] << 4 |
                                             (*hex <= '9' ? *hex - '0' : (*hex | 32) - 'a' + 10));
        digits++;
    }
    shown->frame = (tapir_frame){.data = shown->bytes,
        .caplen = (uint32_t)(digits / 2),
        .len = (uint32_t)(wire ? wire : digits / 2),
        .link_type = link_type};
    tapir_packet_decode(shown->packet, &shown->frame);
}

static inline void shown_value(void *user, const tapir_value *value)
{
    struct shown *shown = (struct shown *)user;

    if (strcmp(tapir_value_name(value), shown->wanted) != 0)
        return;
    if (shown->text.len)
        tapir_text_char(&shown->text, ' ');
    tapir_value_text(&shown->text, value);
}

/* The values of that name in all layers of that protocol, in order, a space between them. */
static inline const char *shown_in(struct shown *shown, const char *proto, const char *name)
{
    const tapir_value_visitor visitor = {.value = shown_value, .user = shown};
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(shown->packet, &count);

    shown->wanted = name;
    shown->text = tapir_text_fixed(shown->buffer, sizeof shown->buffer);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(layers[i].proto->name, proto) != 0)
            continue;
        tapir_layer_values(&layers[i], &visitor);
        tapir_trailer_values(shown->packet, &layers[i], &visitor);
    }
    return tapir_text_string(&shown->text);
}

/* The names of the layers: "eth:ip:udp". */
static inline const char *shown_layers(struct shown *shown)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(shown->packet, &count);

    shown->text = tapir_text_fixed(shown->buffer, sizeof shown->buffer);
    for (size_t i = 0; i < count; i++) {
        if (i)
            tapir_text_char(&shown->text, ':');
        tapir_text_put(&shown->text, layers[i].proto->name);
    }
    return tapir_text_string(&shown->text);
}

/* '1' good, '0' bad, '2' not verifiable, '3' absent: the checksum of the nth layer of a protocol.
 */
static inline char shown_checksum(struct shown *shown, const tapir_proto *proto, size_t nth)
{
    const tapir_layer *layer = tapir_packet_find(shown->packet, proto, nth);
    tapir_checksum checksum;

    if (!layer || !tapir_packet_verify(shown->packet, layer, &checksum))
        return '-';
    return !checksum.present ? '3' : !checksum.verifiable ? '2' : checksum.good ? '1' : '0';
}

#endif
