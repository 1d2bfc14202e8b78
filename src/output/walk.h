/* The walk over a layer's values, inlined into each output so that none pays for calls. */
#ifndef TAPIR_OUTPUT_WALK_H
#define TAPIR_OUTPUT_WALK_H

#include "tapir/value.h"

/* Lists inside lists go no deeper than the tables are written. */
#define MAX_DEPTH 4

TAPIR_INLINE uint64_t scaled(const tapir_field *field, const void *member)
{
    uint64_t number = tapir_member_uint(member, field->size);

    if (field->kind == TAPIR_INT && field->size < 8) {
        unsigned spare = 64u - field->size * 8u;
        number = (uint64_t)((int64_t)(number << spare) >> spare);
    }
    return field->scale ? number * field->scale : number;
}

TAPIR_INLINE bool is_number(const tapir_field *field)
{
    return field->kind <= TAPIR_FLAG;
}

/* The number the named bits of a row are bits of. */
TAPIR_INLINE uint64_t parted(const tapir_field *field, const void *member)
{
    return field->kind == TAPIR_MAC ? tapir_load_be(member, 3) : scaled(field, member);
}

/* Whether named bits are a flag. */
TAPIR_INLINE bool is_flag_part(const tapir_part *part)
{
    return (part->mask & (part->mask - 1)) == 0 || part->labels == tapir_any_bit;
}

/* The number under a mask, moved to its lowest bit. */
TAPIR_INLINE uint64_t part_number(const tapir_part *part, uint64_t number)
{
    if (part->labels == tapir_any_bit)
        return (number & part->mask) != 0;
    return (number & part->mask) >> __builtin_ctzll(part->mask);
}

/* Whether a row of the variable part has something to show. */
TAPIR_INLINE bool has_bytes(const tapir_field *field, const void *member)
{
    const tapir_span *span = member;

    return field->kind < TAPIR_SPAN || field->kind == TAPIR_TEXT || field->empty || span->len > 0;
}

/* Calls the visitor for the values of the layer's lists only. */
void tapir__list_values(const tapir_layer *layer, const tapir_value_visitor *visitor);

/* Calls the visitor for the values of one list or body of the struct at `item`. */
void tapir__row_values(
    const tapir_field *field, const void *item, const tapir_value_visitor *visitor);

/* Returns the layers up to and with the first of protocol `last`, decoding no further; all of them
 * when `last` is NULL or absent. */
const tapir_layer *tapir__layers_until(
    tapir_packet *packet, const tapir_proto *last, size_t *count);

/* The number of a checked checksum: 1 good, 0 bad, 2 not verifiable, 3 absent; as a digit. */
TAPIR_INLINE char tapir__checksum_status(const tapir_checksum *checksum)
{
    return !checksum->present ? '3' : !checksum->verifiable ? '2' : checksum->good ? '1' : '0';
}

/* Appends a number as the field's base wants it, hexadecimal ones as wide as their place. */
void tapir__number_text(tapir_text *text, const tapir_value *value);

#endif
