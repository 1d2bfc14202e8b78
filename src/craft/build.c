/* Building the packets of a text: one choice of values after the other. */
#include "craft.h"

#include <stdlib.h>

#include "core/registry.h"

/* Sets some bits of a member. */
static void set_bits(uint8_t *fields, const tapir_field *field, uint64_t mask, uint64_t value)
{
    uint8_t *at = fields + field->offset;
    uint64_t whole = tapir_member_uint(at, field->size);

    tapir_member_set(at, field->size, (whole & ~mask) | (value << __builtin_ctzll(mask) & mask));
}

/* Adds a number to an address, as a number in network order. */
static void count_up(uint8_t *address, size_t len, uint64_t by)
{
    for (size_t i = len; by && i-- > 0;) {
        by += address[i];
        address[i] = (uint8_t)by;
        by >>= 8;
    }
}

/* Sets a span to bytes, or to the address that comes `n` behind them. */
static void set_span(uint8_t *at, const struct tapir__choice *choice, tapir_span bytes, uint64_t n)
{
    if (n) {
        memcpy(choice->counted, bytes.data, bytes.len);
        count_up(choice->counted, bytes.len, n);
        bytes.data = choice->counted;
    }
    memcpy(at, &bytes, sizeof bytes);
}

void tapir__choice_set(uint8_t *fields, const struct tapir__choice *choice, uint64_t n)
{
    const tapir_field *field = choice->field;
    const struct tapir__alternative *alternative = choice->alternatives;
    uint8_t *at = fields + field->offset;

    while (n >= alternative->count) {
        n -= alternative->count;
        alternative++;
    }
    if (choice->part)
        set_bits(fields, field, choice->part->mask, alternative->first + n);
    else if (field->kind <= TAPIR_FLAG)
        tapir_member_set(at, field->size, alternative->first + n);
    else if (field->size == sizeof(tapir_span) && field->kind >= TAPIR_SPAN)
        set_span(at, choice, alternative->bytes, n);
    else {
        memcpy(at, alternative->bytes.data, field->size);
        count_up(at, field->size, n);
    }
}

/* Sets the fields to what they are in the index-th packet. What puts a message together counts what
 * is in it; `composed`: numbers that were given are then set again. */
static void set_all(tapir_craft *craft, uint64_t index, bool composed)
{
    for (size_t i = craft->choice_count; i-- > 0;) {
        struct tapir__choice *choice = &craft->choices[i];
        if (!composed ||
            (craft->layers[choice->layer].proto->compose && choice->field->kind <= TAPIR_FLAG))
            tapir__choice_set(craft->layers[choice->layer].chosen, choice, index % choice->count);
        index /= choice->count;
    }
}

/* Chooses the values of the index-th packet. */
static void choose(tapir_craft *craft, uint64_t index)
{
    for (size_t i = 0; i < craft->layer_count; i++)
        memcpy(craft->layers[i].chosen, craft->layers[i].fields, craft->layers[i].proto->size);
    set_all(craft, index, false);
}

/* Puts together what was given in pieces. */
static tapir_status compose(tapir_craft *craft, tapir_error *error)
{
    tapir_writer w = tapir_writer_of(craft->composed, TAPIR__LIST_ROOM);

    for (size_t i = 0; i < craft->layer_count; i++) {
        const struct tapir__craft_layer *layer = &craft->layers[i];
        tapir_status status = TAPIR_OK;
        if (layer->proto->compose)
            status = layer->proto->compose(craft->layers[i].chosen, &w);
        if (status == TAPIR_OK)
            continue;
        tapir_error_set(
            error, status, "%s: what is given for it cannot be put together", layer->proto->name);
        if (error)
            error->offset = layer->place;
        return status;
    }
    return TAPIR_OK;
}

/* Whether the fixed header of a struct has the value that was given. */
static bool has_given(
    const uint8_t *fields, const uint8_t *given, const struct tapir__choice *choice)
{
    const tapir_field *field = choice->field;
    uint64_t mask = choice->part ? choice->part->mask : UINT64_MAX;

    if (!field->bits || field->kind > TAPIR_FLAG)
        return true;
    return ((tapir_member_uint(fields + field->offset, field->size) ^
                tapir_member_uint(given + field->offset, field->size)) &
               mask) == 0;
}

static void take_given(uint8_t *fields, const uint8_t *given, const struct tapir__choice *choice)
{
    const tapir_field *field = choice->field;
    uint64_t mask = choice->part ? choice->part->mask : UINT64_MAX;
    uint64_t was = tapir_member_uint(fields + field->offset, field->size);
    uint64_t is = tapir_member_uint(given + field->offset, field->size);

    if (field->bits && field->kind <= TAPIR_FLAG)
        tapir_member_set(fields + field->offset, field->size, (was & ~mask) | (is & mask));
}

/* Where a header ends of which that much was read; payload in front of other layers says nowhere
 * how long it is. */
static size_t header_len(const struct tapir__craft_layer *layer, size_t read, size_t most)
{
    struct tapir_data data;

    if (layer->proto == &tapir_data_proto) {
        memcpy(&data, layer->chosen, sizeof data);
        read = data.bytes.len;
    }
    return read < most ? read : most;
}

/* Decodes the layers of a packet in which nothing given contradicts anything, one behind the other,
 * each knowing those outside. */
static void decode_all(tapir_craft *craft, tapir_span built, const size_t *header_lens)
{
    const tapir_space *via = NULL;

    for (size_t i = 0; i < craft->layer_count; i++) {
        struct tapir__craft_layer *layer = &craft->layers[i];
        size_t len = header_lens && header_lens[i] < built.len ? header_lens[i] : built.len;
        tapir_decoder d = {.in = tapir_reader_of(tapir_span_of(built.data, len)),
            .dispatch = &craft->registry->dispatch,
            .via = via,
            .outside = craft->decoded,
            .outside_end = craft->decoded + i};
        tapir_status status;
        memset(layer->decoded, 0, layer->proto->size);
        status = layer->proto->decode(&d, layer->decoded);
        if (!header_lens)
            len = header_len(layer, (size_t)(d.in.at - built.data), built.len);
        craft->decoded[i] = (tapir_layer){.proto = layer->proto,
            .fields = layer->decoded,
            .start = built.data,
            .header_len = (uint32_t)len,
            .payload_len = (uint32_t)(built.len - len),
            .status = (uint8_t)status,
            .partial = d.in.failed};
        built = tapir_span_of(built.data + len, built.len - len);
        via = tapir__port_space(layer->proto);
    }
}

/* What was given and filled in with something else is to be as given. The layer's other values are
 * then those that have been filled in: its struct becomes the one that was decoded. Tells whether
 * there was any. */
static bool insist(tapir_craft *craft, tapir_stack_layer *stack, unsigned keep)
{
    bool any = false;

    for (size_t i = 0; i < craft->layer_count; i++) {
        struct tapir__craft_layer *layer = &craft->layers[i];
        bool differs = false;
        for (size_t j = 0; j < craft->choice_count; j++)
            differs |= craft->choices[j].layer == i &&
                       !has_given(layer->decoded, layer->chosen, &craft->choices[j]);
        if (!differs)
            continue;
        any = true;
        stack[i].keep |= keep;
        if (keep == TAPIR_CHECKSUMS || craft->decoded[i].partial)
            continue;
        for (size_t j = 0; j < craft->choice_count; j++)
            if (craft->choices[j].layer == i)
                take_given(layer->decoded, layer->chosen, &craft->choices[j]);
        memcpy(layer->chosen, layer->decoded, layer->proto->size);
    }
    return any;
}

static tapir_status build(tapir_craft *craft, const tapir_stack_layer *stack,
    const tapir_build_options *options, tapir_span *bytes, tapir_error *error)
{
    tapir_status status =
        tapir_builder_build(craft->builder, stack, craft->layer_count, options, bytes, error);

    if (status != TAPIR_OK && error)
        error->offset = craft->layers[error->offset].place;
    return status;
}

/* Copies what was built, since what is built from it is built over it. */
static bool copy_built(tapir_craft *craft, tapir_span built)
{
    uint8_t *copy = craft->copy;

    if (built.len >= craft->copy_room) {
        copy = realloc(craft->copy, built.len + 1);
        if (!copy)
            return false;
        craft->copy = copy;
        craft->copy_room = built.len + 1;
    }
    if (built.len)
        memcpy(copy, built.data, built.len);
    return true;
}

/* Builds again with what was filled in but given: lengths and keys first, which checksums cover. */
static tapir_status build_as_given(tapir_craft *craft, tapir_stack_layer *stack,
    const tapir_build_options *options, tapir_span *bytes, tapir_error *error)
{
    size_t header_lens[TAPIR__MAX_LAYERS];
    tapir_status status = TAPIR_OK;

    if (!copy_built(craft, *bytes))
        return tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    decode_all(craft, tapir_span_of(craft->copy, bytes->len), NULL);
    for (size_t i = 0; i < craft->layer_count; i++)
        header_lens[i] = craft->decoded[i].header_len;
    if (insist(craft, stack, TAPIR_LENGTHS | TAPIR_KEYS | TAPIR_PADDING)) {
        status = build(craft, stack, options, bytes, error);
        if (status == TAPIR_OK)
            decode_all(craft, *bytes, header_lens);
    }
    if (status == TAPIR_OK && insist(craft, stack, TAPIR_CHECKSUMS))
        status = build(craft, stack, options, bytes, error);
    return status;
}

tapir_status tapir_craft_build(tapir_craft *craft, uint64_t index,
    const tapir_build_options *options, tapir_span *bytes, tapir_error *error)
{
    tapir_stack_layer stack[TAPIR__MAX_LAYERS];
    tapir_status status;

    if (index >= craft->count)
        return tapir_error_set(
            error, TAPIR_INVALID, "there are %llu packets", (unsigned long long)craft->count);
    choose(craft, index);
    status = compose(craft, error);
    if (status != TAPIR_OK)
        return status;
    set_all(craft, index, true);
    for (size_t i = 0; i < craft->layer_count; i++)
        stack[i] = (tapir_stack_layer){.proto = craft->layers[i].proto,
            .fields = craft->layers[i].chosen,
            .keep = craft->layers[i].keep};
    status = build(craft, stack, options, bytes, error);
    if (status == TAPIR_OK && craft->choice_count)
        status = build_as_given(craft, stack, options, bytes, error);
    return status;
}
