/* The parts of table-driven decoding that are not hot: short headers, list walks, labels. */
#include "tapir/field.h"

void tapir_take_short(tapir_reader *r, uint8_t *to, size_t len)
{
    size_t left = tapir_left(r);

    memset(to, 0, len);
    if (left)
        memcpy(to, r->at, left);
    tapir_reader_fail(r, len);
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
