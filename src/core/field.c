/* The parts of table-driven decoding that are not hot: short headers, list walks, labels. */
#include "tapir/field.h"

void tapir_load_short(tapir_reader *r, void *item, const tapir_field *fields, size_t count)
{
    uint8_t header[TAPIR_FIXED_MAX] = {0};
    size_t left = tapir_left(r), bits = 0;
    unsigned bit = 0;

    for (size_t i = 0; i < count; i++)
        bits += fields[i].bits;
    if (left)
        memcpy(header, r->at, left);
    tapir_reader_fail(r, bits / 8);
    for (size_t i = 0; i < count; i++) {
        if (!fields[i].bits)
            continue;
        tapir_load_row(header, bit, &fields[i], item);
        bit += fields[i].bits;
    }
}

const tapir_record *tapir_walk_next(tapir_walk *walk, void *item)
{
    const uint8_t *at = walk->in.at;
    const tapir_record *record;

    if (tapir_left(&walk->in) == 0)
        return NULL;
    record = walk->list->next(walk, item);
    if (!record)
        return NULL;
    if (walk->in.at == at)
        walk->in.end = at;
    walk->index++;
    return record;
}

const char *tapir_label_find(const tapir_label *labels, uint64_t value)
{
    for (; labels && labels->text; labels++)
        if (labels->value == value)
            return labels->text;
    return NULL;
}

const tapir_label tapir_any_bit[] = {{0, NULL}};

__attribute__((cold)) void tapir_refuse_wide(
    tapir_writer *w, const void *item, const tapir_field *fields, size_t count)
{
    w->failed = true;
    for (size_t i = 0; i < count && !w->refused; i++) {
        const tapir_field *field = &fields[i];
        uint64_t value;

        if (!field->bits || field->bits >= 64 || field->kind > TAPIR_FLAG ||
            field->kind == TAPIR_INT)
            continue;
        value = tapir_member_uint((const uint8_t *)item + field->offset, field->size);
        if (value >> field->bits) {
            w->refused = field;
            w->refused_value = value;
        }
    }
}
