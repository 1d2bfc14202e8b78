/* What the writers of options and records have in common. */
#include "put.h"

void tapir__put_padding(tapir_writer *w, const void *start, size_t before, size_t unit)
{
    size_t over = ((size_t)(w->at - (const uint8_t *)start) + before) % unit;

    tapir_put_zeroes(w, over ? unit - over : 0);
}

void tapir__put_exactly(tapir_writer *w, tapir_span bytes, size_t len)
{
    if (bytes.len != len)
        tapir_writer_fail(w);
    else
        tapir_put_span(w, bytes);
}

void tapir__put_each(tapir_writer *w, const tapir_argument *arguments, size_t count, size_t len)
{
    for (size_t i = 0; i < count; i++)
        tapir__put_exactly(w, arguments[i].bytes, len);
}

void tapir__put_numbers(
    tapir_writer *w, const tapir_argument *arguments, size_t count, unsigned bytes)
{
    for (size_t i = 0; i < count; i++)
        tapir_put_be(w, bytes, arguments[i].number);
}
