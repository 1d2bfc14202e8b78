/* Layers to bytes: each protocol prepends its header, innermost first. */
#ifndef TAPIR_ENCODE_H
#define TAPIR_ENCODE_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* One layer to be encoded: a protocol and its struct. */
typedef struct tapir_stack_layer {
    const tapir_proto *proto;
    const void *fields;
} tapir_stack_layer;

/* Handed to a protocol's encode: it opens room for its header in front of `inside` and fills it. */
typedef struct tapir_encoder {
    tapir_writer out;                /* this layer's header */
    tapir_span inside;               /* bytes already written: the payload, headers and all */
    const tapir_stack_layer *layers; /* outermost first */
    size_t count, index;             /* layers[index] is being written */
    uint8_t *begin, *head;           /* the buffer, and the first byte in use */
} tapir_encoder;

/* Opens room for `len` bytes in front of what is inside; `out` fails when the buffer is full. */
TAPIR_API void tapir_open_header(tapir_encoder *e, size_t len);

/* Encodes `count` layers, outermost first, at the end of the `room` bytes at `buffer`; *encoded
 * says where. Every value is written as given, right or wrong. TAPIR_NO_ROOM, TAPIR_TOO_WIDE for a
 * value that does not fit its field, TAPIR_UNSUPPORTED for a protocol that cannot be written; the
 * error names the layer. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_encode(const tapir_stack_layer *layers, size_t count,
    uint8_t *buffer, size_t room, tapir_span *encoded, tapir_error *error);

TAPIR_EXTERN_C_END
#endif
