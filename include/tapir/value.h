/* The values of a layer, one after the other: what every structured output is made from. */
#ifndef TAPIR_VALUE_H
#define TAPIR_VALUE_H

#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

/* One value of a layer. It points into the layer and, inside lists, into a passing item: use it
 * during the call only. */
typedef struct tapir_value {
    const tapir_field *field;
    const tapir_part *part; /* named bits of the field, NULL for the field itself */
    const void *member;     /* where the value is */
    const void *item;       /* the struct it is a member of */
    uint64_t number;        /* of UINT, INT (as two's complement), FLAG, scaled; of named bits */
    unsigned depth;         /* 0 in the layer itself, 1 in an item of a list, ... */
} tapir_value;

/* What a walk over values calls; members may be NULL. */
typedef struct tapir_value_visitor {
    void (*value)(void *user, const tapir_value *value);
    /* An item of a list begins; its values follow one level deeper. */
    void (*record)(void *user, const tapir_record *record, const void *item, unsigned depth);
    /* A list ended at a broken item, after that many bytes of it. */
    void (*broken)(void *user, const tapir_field *field, unsigned depth);
    void *user;
} tapir_value_visitor;

/* Calls the visitor for every value of the layer in order: fields, their named bits, list items.
 * Fields a broken header does not reach are left out. */
TAPIR_API void tapir_layer_values(const tapir_layer *layer, const tapir_value_visitor *visitor);

/* The same for the bytes behind the inner layers, where the protocol knows what they are. */
TAPIR_API void tapir_trailer_values(
    const tapir_packet *packet, const tapir_layer *layer, const tapir_value_visitor *visitor);

/* Appends the value in plain text: numbers in decimal, or as 0x0800 where the field is read so,
 * addresses, bytes as aa:bb, True or False. Strings are raw bytes: see tapir_text_line. */
TAPIR_API void tapir_value_text(tapir_text *text, const tapir_value *value);

/* Appends the value as JSON: number, true or false, or string. */
TAPIR_API void tapir_value_json(tapir_text *text, const tapir_value *value);

/* Returns the name of the value: "udp.srcport", "tcp.flags.syn". */
static inline const char *tapir_value_name(const tapir_value *value)
{
    return value->part ? value->part->name : value->field->name;
}

/* Returns the label for the value's number, NULL when it has none. */
TAPIR_API const char *tapir_value_label(const tapir_value *value);

TAPIR_EXTERN_C_END
#endif
