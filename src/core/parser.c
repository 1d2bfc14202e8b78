/* The known-stack parser: the engine's loop over the caller's structs. */
#include "tapir/parser.h"

#include "outcome.h"
#include "registry.h"

void tapir_parser_init(tapir_parser *parser, const tapir_registry *registry,
    const tapir_proto *first, const tapir_parser_slot *slots, size_t slot_count)
{
    *parser =
        (tapir_parser){registry ? registry : tapir_registry_default(), first, slots, slot_count};
}

/* Returns the slot for one more layer of `proto`, of which `seen` came before; NULL when it has
 * none. */
static void *slot_for(const tapir_parser *parser, const tapir_proto *proto, size_t seen)
{
    void *fields = NULL;

    for (size_t i = 0; i < parser->slot_count; i++)
        if (parser->slots[i].proto == proto) {
            fields = parser->slots[i].fields;
            if (seen-- == 0)
                break;
        }
    return fields;
}

static size_t times_seen(const tapir_parsed *parsed, const tapir_proto *proto)
{
    size_t seen = 0;

    for (size_t i = 0; i < parsed->count; i++)
        seen += parsed->layers[i].proto == proto;
    return seen;
}

tapir_status tapir_parser_decode(
    const tapir_parser *parser, const tapir_frame *frame, tapir_parsed *parsed)
{
    const tapir_proto *proto = frame->caplen ? parser->first : NULL;
    tapir_decoder d = {.in = tapir_reader_of(tapir_span_of(frame->data, frame->caplen)),
        .dispatch = &parser->registry->dispatch};

    parsed->count = 0;
    parsed->stopped_at = NULL;
    parsed->status = TAPIR_OK;
    while (proto) {
        const uint8_t *start = d.in.at;
        void *fields = slot_for(parser, proto, times_seen(parsed, proto));
        tapir_status status;
        bool partial;

        if (!fields || parsed->count == parsed->room) {
            parsed->stopped_at = proto;
            break;
        }
        d.next = NULL;
        d.space = NULL;
        status = proto->decode(&d, fields);
        partial = is_broken(&d, status);
        status = outcome(&d, status, frame->caplen < frame->len);
        d.wanted = 0;
        parsed->layers[parsed->count++] = (tapir_layer){proto, fields, start,
            (uint32_t)(d.in.at - start), (uint32_t)tapir_left(&d.in), (uint8_t)status, partial};
        if (parsed->status == TAPIR_OK)
            parsed->status = status;
        if (partial || d.in.at == d.in.end || (d.in.at == start && parsed->count > 1))
            break;
        proto = d.next;
    }
    parsed->rest = tapir_rest(&d.in);
    return parsed->status;
}
