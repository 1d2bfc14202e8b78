/* The known-stack parser: the engine's loop over the caller's structs. */
#include "tapir/parser.h"

#include "outcome.h"
#include "registry.h"

#define NO_SLOT 255

static size_t hash(const tapir_proto *proto)
{
    return (uint64_t)(uintptr_t)proto * UINT64_C(0x9e3779b97f4a7c15) >> 58;
}

void tapir_parser_init(tapir_parser *parser, const tapir_registry *registry,
    const tapir_proto *first, const tapir_parser_slot *slots, size_t slot_count)
{
    *parser = (tapir_parser){.registry = registry ? registry : tapir_registry_default(),
        .first = first,
        .slots = slots,
        .slot_count = slot_count,
        .search = slot_count >= NO_SLOT};
    memset(parser->hashed, NO_SLOT, sizeof parser->hashed);
    for (size_t i = 0; i < slot_count && !parser->search; i++) {
        uint8_t *hashed = &parser->hashed[hash(slots[i].proto)];
        if (*hashed == NO_SLOT)
            *hashed = (uint8_t)i;
        for (size_t k = 0; k < i; k++)
            parser->search |= slots[k].proto == slots[i].proto;
    }
}

static size_t times_seen(const tapir_parsed *parsed, const tapir_proto *proto)
{
    size_t seen = 0;

    for (size_t i = 0; i < parsed->count; i++)
        seen += parsed->layers[i].proto == proto;
    return seen;
}

static __attribute__((noinline)) void *search(
    const tapir_parser *parser, const tapir_proto *proto, const tapir_parsed *parsed)
{
    size_t seen = times_seen(parsed, proto);
    void *fields = NULL;

    for (size_t i = 0; i < parser->slot_count; i++)
        if (parser->slots[i].proto == proto) {
            fields = parser->slots[i].fields;
            if (seen-- == 0)
                break;
        }
    return fields;
}

/* Returns the slot for one more layer of `proto`; NULL when it has none. */
static inline void *slot_for(
    const tapir_parser *parser, const tapir_proto *proto, const tapir_parsed *parsed)
{
    uint8_t i = parser->hashed[hash(proto)];

    if (__builtin_expect(parser->search, 0))
        return search(parser, proto, parsed);
    if (i == NO_SLOT)
        return NULL;
    return parser->slots[i].proto == proto ? parser->slots[i].fields
                                           : search(parser, proto, parsed);
}

/* What is seldom: gives the layer that is in trouble its status; false when nothing follows it. */
static __attribute__((noinline)) bool settle(
    tapir_parsed *parsed, tapir_decoder *d, tapir_status status, const tapir_frame *frame)
{
    tapir_layer *layer = &parsed->layers[parsed->count - 1];

    if (status == TAPIR_NOT_FOUND) {
        parsed->count--;
        return false;
    }
    layer->partial = is_broken(d, status);
    status = outcome(d, status, frame->caplen < frame->len);
    if (d->wanted)
        d->missing = d->wanted - layer->payload_len;
    d->wanted = 0;
    layer->status = (uint8_t)status;
    if (parsed->status == TAPIR_OK)
        parsed->status = status;
    return !layer->partial;
}

tapir_status tapir_parser_decode(
    const tapir_parser *parser, const tapir_frame *frame, tapir_parsed *parsed)
{
    const tapir_proto *proto = frame->caplen ? parser->first : NULL;
    tapir_layer *layer = parsed->layers, *end = layer + parsed->room;
    tapir_decoder d;

    d.in = tapir_reader_of(tapir_span_of(frame->data, tapir_frame_content(frame)));
    d.dispatch = &parser->registry->dispatch;
    d.frame = frame;
    d.outside = layer;
    d.via = NULL;
    d.wanted = 0;
    d.missing = tapir_frame_missing(frame);
    d.limited_by = NULL;
    parsed->count = 0;
    parsed->stopped_at = NULL;
    parsed->status = TAPIR_OK;
    while (proto) {
        const uint8_t *start = d.in.at;
        void *fields = slot_for(parser, proto, parsed);
        tapir_status status;

        if (!fields || layer == end) {
            parsed->stopped_at = proto;
            break;
        }
        d.outside_end = layer;
        d.next = NULL;
        d.space = NULL;
        status = proto->decode(&d, fields);
        *layer++ = (tapir_layer){proto, fields, start, (uint32_t)(d.in.at - start),
            (uint32_t)tapir_left(&d.in), TAPIR_OK, false};
        parsed->count++;
        if (__builtin_expect((status != TAPIR_OK) | d.in.failed | (d.wanted != 0), 0) &&
            !settle(parsed, &d, status, frame))
            break;
        if (d.in.at == d.in.end || (d.in.at == start && parsed->count > 1))
            break;
        proto = d.next;
    }
    parsed->rest = tapir_rest(&d.in);
    return parsed->status;
}
