/* Messages and options whose shape depends on a type, loaded and stored by their tables. */
#include "record.h"

size_t tapir__record_len(const tapir_record *record)
{
    size_t bits = 0;

    for (size_t i = 0; i < record->field_count; i++)
        bits += record->fields[i].bits;
    return bits / 8;
}

bool tapir__take_record(tapir_reader *r, const tapir_record *record, void *item)
{
    size_t len = tapir__record_len(record);
    const uint8_t *bytes = r->at;
    unsigned bit = 0;

    if (tapir_left(r) < len) {
        tapir_load_short(r, item, record->fields, record->field_count);
        return false;
    }
    r->at += len;
    for (size_t i = 0; i < record->field_count; i++) {
        const tapir_field *field = &record->fields[i];
        if (!field->bits)
            continue;
        tapir_load_row(bytes, bit, field, item);
        bit += field->bits;
    }
    return true;
}

void tapir__put_record(tapir_writer *w, const tapir_record *record, const void *item)
{
    uint64_t gathered = 0;
    unsigned pending = 0;

    for (size_t i = 0; i < record->field_count; i++) {
        const tapir_field *field = &record->fields[i];
        const uint8_t *member = (const uint8_t *)item + field->offset;
        uint64_t number;

        if (!field->bits)
            continue;
        if (field->kind > TAPIR_FLAG) {
            tapir_put_span(w, tapir_span_of(member, field->size));
            continue;
        }
        number = tapir_member_uint(member, field->size);
        if (field->kind == TAPIR_INT && field->bits < 64)
            number &= ((uint64_t)1 << field->bits) - 1;
        if (field->bits < 64 && number >> field->bits)
            tapir_refuse_wide(w, item, field, 1);
        gathered = field->bits < 64 ? gathered << field->bits | number : number;
        pending += field->bits;
        if (pending % 8 == 0) {
            tapir_put_be(w, pending / 8, gathered);
            gathered = 0;
            pending = 0;
        }
    }
}

const tapir_record *tapir__next_fixed(tapir_walk *walk, void *item)
{
    const tapir_record *record = walk->list->records[0];

    return tapir__take_record(&walk->in, record, item) ? record : NULL;
}

tapir_span tapir__take_most(tapir_reader *r, size_t len)
{
    size_t left = tapir_left(r);
    tapir_span span = tapir_take_span(r, len < left ? len : left);

    if (left < len)
        tapir_reader_fail(r, len - left);
    return span;
}

void tapir__take_prefix(tapir_reader *r, uint8_t address[16], size_t len)
{
    memset(address, 0, 16);
    tapir_take_bytes(r, address, len < 16 ? len : 16);
}
