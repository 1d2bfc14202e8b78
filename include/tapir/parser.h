/* Decoding a known stack into the caller's own structs, without memory of its own. It takes the
 * time that a packet takes, which decodes all there is; what is not in the stack costs nothing. */
#ifndef TAPIR_PARSER_H
#define TAPIR_PARSER_H

#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

/* Where a protocol's layer goes. The same protocol may have several slots: its first layer goes to
 * the first of them, the second to the second, any further ones to the last. */
typedef struct tapir_parser_slot {
    const tapir_proto *proto;
    void *fields; /* struct of proto->size bytes, the caller's */
} tapir_parser_slot;

/* A parser over the caller's slots. Set up with tapir_parser_init; holds no memory of its own. */
typedef struct tapir_parser {
    const tapir_registry *registry;
    const tapir_proto *first;
    const tapir_parser_slot *slots;
    size_t slot_count;
    bool search;     /* a protocol has several slots: go by how many of its layers came before */
    uint64_t factor; /* of the hash by which every protocol has a place of its own: */
    tapir_parser_slot places[64];
} tapir_parser;

/* What one packet gave. */
typedef struct tapir_parsed {
    tapir_layer *layers;           /* the caller's array: layers seen, repeated ones included */
    size_t room;                   /* of the array */
    size_t count;                  /* of layers seen; decoding stops when the array is full */
    const tapir_proto *stopped_at; /* protocol without a slot (or room), NULL: the packet was used
                                      up or ended in an opaque payload */
    tapir_span rest;               /* the bytes not decoded */
    tapir_status status;           /* of the first layer that is not ok */
} tapir_parsed;

/* Sets up a parser that starts with `first` and decodes into `slots`, both of which must outlive
 * it. `registry` NULL: the default one. */
TAPIR_API void tapir_parser_init(tapir_parser *parser, const tapir_registry *registry,
    const tapir_proto *first, const tapir_parser_slot *slots, size_t slot_count);

/* Decodes a frame until a protocol has no slot. Fill parsed->layers and parsed->room before; the
 * rest is filled in. Layers are those an eager packet would have, up to the stop, except that
 * payload and error layers are left in `rest`. Returns parsed->status. */
TAPIR_API tapir_status tapir_parser_decode(
    const tapir_parser *parser, const tapir_frame *frame, tapir_parsed *parsed);

TAPIR_EXTERN_C_END
#endif
