/* The known-stack parser: the engine's loop over the caller's structs. */
#include "tapir/parser.h"

#include "outcome.h"
#include "registry.h"

static inline size_t place_of(const tapir_proto *proto, uint64_t factor)
{
    return (uint64_t)(uintptr_t)proto * factor >> 58;
}

/* Gives every slot a place of its own; false when two collide. */
static bool arrange(tapir_parser *parser)
{
    memset(parser->places, 0, sizeof parser->places);
    for (size_t i = 0; i < parser->slot_count; i++) {
        tapir_parser_slot *place =
            &parser->places[place_of(parser->slots[i].proto, parser->factor)];
        if (place->proto)
            return false;
        *place = parser->slots[i];
    }
    return true;
}

void tapir_parser_init(tapir_parser *parser, const tapir_registry *registry,
    const tapir_proto *first, const tapir_parser_slot *slots, size_t slot_count)
{
    *parser = (tapir_parser){.registry = registry ? registry : tapir_registry_default(),
        .first = first,
        .slots = slots,
        .slot_count = slot_count,
        .factor = UINT64_C(0x9e3779b97f4a7c15)};
    /* Any odd factor mixes well enough; a protocol that has two slots collides under all. */
    for (int tries = 0; !arrange(parser); tries++) {
        if (tries == 256) {
            parser->search = true; /* of no place */
            memset(parser->places, 0, sizeof parser->places);
            break;
        }
        parser->factor = parser->factor * 0x5851f42d4c957f2d + 2;
    }
}

/* The slot of a protocol that has as many as it had layers, or the last one; NULL without any. */
static __attribute__((noinline)) void *search(const tapir_parser *parser, const tapir_proto *proto,
    const tapir_layer *layers, const tapir_layer *end)
{
    size_t seen = 0;
    void *fields = NULL;

    if (!parser->search)
        return NULL;
    for (; layers < end; layers++)
        seen += layers->proto == proto;
    for (size_t i = 0; i < parser->slot_count; i++)
        if (parser->slots[i].proto == proto) {
            fields = parser->slots[i].fields;
            if (seen-- == 0)
                break;
        }
    return fields;
}

/* Returns the slot for one more layer of `proto`; NULL when it has none. */
static inline void *slot_for(const tapir_parser *parser, const tapir_proto *proto,
    const tapir_layer *layers, const tapir_layer *end)
{
    const tapir_parser_slot *place = &parser->places[place_of(proto, parser->factor)];

    return __builtin_expect(place->proto == proto, 1) ? place->fields
                                                      : search(parser, proto, layers, end);
}

/* What is seldom: gives the layer that is in trouble its status; false when nothing follows it. */
static __attribute__((noinline)) bool settle(
    tapir_parsed *parsed, tapir_layer *layer, tapir_decoder *d, tapir_status status)
{
    layer->partial = is_broken(d, status);
    status = outcome(d, status, tapir_frame_missing(d->frame) != 0);
    forget_wanted(d, layer->payload_len);
    layer->status = (uint8_t)status;
    if (parsed->status == TAPIR_OK)
        parsed->status = status;
    return !layer->partial;
}

tapir_status tapir_parser_decode(
    const tapir_parser *parser, const tapir_frame *frame, tapir_parsed *parsed)
{
    const tapir_proto *proto = frame->caplen ? parser->first : NULL;
    tapir_layer *const layers = parsed->layers, *layer = layers, *end = layers + parsed->room;
    tapir_decoder d;

    d.in = tapir_reader_of(tapir_span_of(frame->data, tapir_frame_content(frame)));
    d.dispatch = &parser->registry->dispatch;
    d.frame = frame;
    d.outside = layers;
    d.via = NULL;
    d.wanted = 0;
    d.missing = 0;
    d.limited_by = NULL;
    parsed->stopped_at = NULL;
    parsed->status = TAPIR_OK;
    while (proto) {
        const uint8_t *start = d.in.at;
        void *fields = slot_for(parser, proto, layers, layer);
        tapir_status status;

        if (!fields || layer == end) {
            parsed->stopped_at = proto;
            break;
        }
        d.outside_end = layer;
        d.next = NULL;
        d.space = NULL;
        status = proto->decode(&d, fields);
        if (__builtin_expect(status == TAPIR_NOT_FOUND, 0))
            break;
        layer->proto = proto;
        layer->fields = fields;
        layer->start = start;
        layer->header_len = (uint32_t)(d.in.at - start);
        layer->payload_len = (uint32_t)tapir_left(&d.in);
        layer->status = TAPIR_OK;
        layer->partial = false;
        layer++;
        if (__builtin_expect((status != TAPIR_OK) | d.in.failed | (d.wanted != 0), 0) &&
            !settle(parsed, layer - 1, &d, status))
            break;
        /* That nothing follows is asked first: whether a last layer has a payload is a coin toss,
         * and a branch on it that goes wrong waits for the header. */
        proto = d.next;
        if (proto && (d.in.at == d.in.end || (d.in.at == start && layer != layers + 1)))
            break;
    }
    parsed->count = (size_t)(layer - layers);
    parsed->rest = tapir_rest(&d.in);
    return parsed->status;
}
