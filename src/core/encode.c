/* The encoder's loop: from the innermost layer outwards, each in front of the one before. */
#include "tapir/encode.h"

void tapir_open_header(tapir_encoder *e, size_t len)
{
    uint8_t *end = e->head;

    if ((size_t)(end - e->begin) < len) {
        e->out = (tapir_writer){end, end, true};
        return;
    }
    e->head = end - len;
    e->out = (tapir_writer){e->head, end, false};
}

tapir_status tapir_encode(const tapir_stack_layer *layers, size_t count, uint8_t *buffer,
    size_t room, tapir_span *encoded, tapir_error *error)
{
    uint8_t *end = buffer + room;
    tapir_encoder e = {.layers = layers, .count = count, .begin = buffer, .head = end};

    e.inside = tapir_span_of(end, 0);
    for (e.index = count; e.index-- > 0;) {
        const tapir_proto *proto = layers[e.index].proto;
        uint8_t *was = e.head;
        tapir_status status;

        if (!proto->encode)
            return tapir_error_set(
                error, TAPIR_UNSUPPORTED, "layer %zu, %s: cannot be encoded", e.index, proto->name);
        e.out = (tapir_writer){was, was, false};
        status = proto->encode(&e, layers[e.index].fields);
        if (status == TAPIR_OK && e.out.failed)
            status = e.head == was ? TAPIR_NO_ROOM : TAPIR_TOO_WIDE;
        if (status == TAPIR_OK && e.out.at != was)
            status = TAPIR_INVALID;
        if (status != TAPIR_OK)
            return tapir_error_set(error, status, "layer %zu, %s: %s", e.index, proto->name,
                tapir_status_text(status));
        e.inside = tapir_span_of(e.head, (size_t)(end - e.head));
    }
    *encoded = e.inside;
    return TAPIR_OK;
}
