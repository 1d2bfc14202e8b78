/* What holds of any bytes: lazy, eager and known-stack decoding see the same layers, and headers
 * encode back to their bytes. For tests and fuzzers. */
#ifndef TESTS_AGREEMENT_H
#define TESTS_AGREEMENT_H

#include "tapir/tapir.h"

#include <stdlib.h>

#define AGREEMENT_PROTOS 256
#define AGREEMENT_LAYERS 256

struct agreement {
    tapir_packet *eager; /* holds the frame that was checked last */
    tapir_packet *lazy;
    tapir_parser_slot slots[AGREEMENT_PROTOS]; /* one for every protocol there is */
    size_t slot_count;
    uint8_t buffer[1 << 18];
};

/* Makes one, NULL when out of memory. */
static inline struct agreement *agreement_new(void)
{
    struct agreement *a = (struct agreement *)calloc(1, sizeof *a);
    const tapir_proto *proto;

    if (!a)
        return NULL;
    a->eager = tapir_packet_new(NULL);
    a->lazy = tapir_packet_new(NULL);
    while ((proto = tapir_registry_each(tapir_registry_default(), a->slot_count))) {
        tapir_parser_slot *slot = &a->slots[a->slot_count++];
        slot->proto = proto;
        slot->fields = malloc(proto->size);
    }
    return a;
}

static inline void agreement_free(struct agreement *a)
{
    for (size_t i = 0; i < a->slot_count; i++)
        free(a->slots[i].fields);
    tapir_packet_free(a->eager);
    tapir_packet_free(a->lazy);
    free(a);
}

static inline bool agreement_is_header(const tapir_layer *layer)
{
    return layer->proto != &tapir_data_proto && layer->proto != &tapir_failure_proto;
}

static inline bool agreement_same(const tapir_layer *a, const tapir_layer *b)
{
    return a->proto == b->proto && a->start == b->start && a->header_len == b->header_len &&
           a->payload_len == b->payload_len && a->status == b->status && a->partial == b->partial;
}

static inline bool agreement_lazy(
    struct agreement *a, const tapir_frame *frame, const tapir_layer *layers, size_t count)
{
    tapir_packet_start(a->lazy, frame);
    for (size_t i = 0; i < count; i++) {
        const tapir_layer *layer = tapir_packet_layer(a->lazy, i);
        if (!layer || !agreement_same(layer, &layers[i]))
            return false;
    }
    return !tapir_packet_layer(a->lazy, count);
}

/* The known stack has no layers for payload and errors. */
static inline bool agreement_known(
    struct agreement *a, const tapir_frame *frame, const tapir_layer *layers, size_t count)
{
    tapir_layer seen[AGREEMENT_LAYERS];
    tapir_parsed parsed = {.layers = seen, .room = AGREEMENT_LAYERS};
    tapir_parser parser;

    while (count > 0 && !agreement_is_header(&layers[count - 1]))
        count--;
    if (count == 0 || count == AGREEMENT_LAYERS)
        return true;
    tapir_parser_init(&parser, NULL, layers->proto, a->slots, a->slot_count);
    tapir_parser_decode(&parser, frame, &parsed);
    if (parsed.count < count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!agreement_same(&seen[i], &layers[i]))
            return false;
    return true;
}

static inline bool agreement_encoding(struct agreement *a, const tapir_layer *layers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tapir_stack_layer stack = {layers[i].proto, layers[i].fields};
        tapir_span encoded;
        if (layers[i].partial || !layers[i].proto->encode)
            continue;
        if (tapir_encode(&stack, 1, a->buffer, sizeof a->buffer, &encoded, NULL) != TAPIR_OK ||
            encoded.len != layers[i].header_len ||
            memcmp(encoded.data, layers[i].start, encoded.len) != 0)
            return false;
    }
    return true;
}

/* Decodes the frame in every way; NULL when all agree, else what does not. */
static inline const char *agreement_check(struct agreement *a, const tapir_frame *frame)
{
    size_t count;
    const tapir_layer *layers;

    tapir_packet_decode(a->eager, frame);
    layers = tapir_packet_so_far(a->eager, &count);
    if (!agreement_lazy(a, frame, layers, count))
        return "lazy decoding differs from eager";
    if (!agreement_known(a, frame, layers, count))
        return "the known-stack parser differs from eager decoding";
    if (!agreement_encoding(a, layers, count))
        return "a header does not encode to its bytes";
    return NULL;
}

#endif
