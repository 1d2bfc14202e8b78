/* Bytes compared, and the comparison printed. */
#include "sequence.h"

#include <stdlib.h>

#define PER_LINE 16
#define ANCHOR   8 /* equal bytes that are no coincidence */

struct tapir_bytediff {
    tapir_span a, b;
    tapir__sequence sequence;
    tapir__sequence settled; /* the runs handed out */
};

tapir_bytediff *tapir_bytediff_new(void)
{
    return calloc(1, sizeof(tapir_bytediff));
}

void tapir_bytediff_free(tapir_bytediff *diff)
{
    if (!diff)
        return;
    tapir__sequence_clear(&diff->sequence);
    tapir__sequence_clear(&diff->settled);
    free(diff);
}

/* Several runs in a row, as one. */
static tapir_run span_of(const tapir_run *runs, size_t count)
{
    const tapir_run *last = &runs[count - 1];

    return (tapir_run){
        .a = runs->a,
        .a_len = last->a + last->a_len - runs->a,
        .b = runs->b,
        .b_len = last->b + last->b_len - runs->b,
    };
}

/* Whether runs that leave every later byte in its place say less well what happened than the
 * places: coincidences in a changed field make few edits of it, but no sense. */
static bool changed_in_place(const tapir_bytediff *diff, const tapir_run *runs, size_t count)
{
    tapir_run all = span_of(runs, count);
    size_t edits = 0, places = 0;

    if (all.a_len != all.b_len || count == 1)
        return false;
    for (size_t i = 0; i < count; i++)
        edits += runs[i].kind == TAPIR_RUN_SAME ? 0 : runs[i].a_len + runs[i].b_len;
    for (size_t i = 0; i < all.a_len; i++)
        places += diff->a.data[all.a + i] != diff->b.data[all.b + i];
    return places <= edits;
}

static void settle(tapir_bytediff *diff, const tapir_run *runs, size_t count)
{
    tapir_run all = span_of(runs, count);

    if (!changed_in_place(diff, runs, count)) {
        for (size_t i = 0; i < count; i++)
            tapir__sequence_add(
                &diff->settled, runs[i].kind == TAPIR_RUN_SAME, runs[i].a_len, runs[i].b_len);
        return;
    }
    for (size_t i = 0; i < all.a_len; i++)
        tapir__sequence_add(
            &diff->settled, diff->a.data[all.a + i] == diff->b.data[all.b + i], 1, 1);
}

static bool is_anchor(const tapir_run *run)
{
    return run->kind == TAPIR_RUN_SAME && run->a_len >= ANCHOR;
}

tapir_status tapir_bytediff_compare(tapir_bytediff *diff, tapir_span a, tapir_span b)
{
    const tapir_run *runs;
    size_t count, from = 0;

    diff->a = a;
    diff->b = b;
    diff->settled.count = 0;
    tapir__sequence_bytes(&diff->sequence, a, b);
    runs = diff->sequence.runs;
    count = diff->sequence.count;
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count || is_anchor(&runs[i + 1]) || is_anchor(&runs[i]);
        if (!last)
            continue;
        settle(diff, runs + from, i + 1 - from);
        from = i + 1;
    }
    if (!diff->sequence.failed && !diff->settled.failed)
        return TAPIR_OK;
    diff->settled.count = 0;
    diff->settled.failed = false;
    return TAPIR_NO_MEMORY;
}

const tapir_run *tapir_bytediff_runs(const tapir_bytediff *diff, size_t *count)
{
    *count = diff->settled.count;
    return diff->settled.runs;
}

/* A line of places being filled: for each the byte of A, of B, or both. */
struct table {
    tapir_text *text;
    const tapir_bytediff *diff;
    tapir_bytediff_options options;
    unsigned width; /* digits of an offset */
    size_t a, b;    /* offsets of the line */
    size_t count;   /* places filled */
    bool changed;
    struct place {
        bool in_a, in_b, same;
        uint8_t a, b;
    } places[PER_LINE];
};

static void put_spaces(tapir_text *text, size_t count)
{
    while (count--)
        tapir_text_char(text, ' ');
}

static void put_offset(struct table *table, bool shown, size_t offset)
{
    tapir_text_char(table->text, ' ');
    if (shown)
        tapir_text_hex(table->text, offset, table->width);
    else
        put_spaces(table->text, table->width);
}

/* A byte with its separator: a space, or the mark of one that differs. */
static void put_place(struct table *table, size_t index, char side)
{
    const struct place *place = &table->places[index];
    bool there = side == '+' ? place->in_b : place->in_a;
    bool marked = there && !place->same;
    tapir_text *text = table->text;

    if (index % (PER_LINE / 2) == 0)
        tapir_text_char(text, ' ');
    tapir_text_char(text, marked && !table->options.color ? side : ' ');
    if (marked && table->options.color)
        tapir_text_put(text, side == '+' ? "\033[32m" : "\033[31m");
    if (there)
        tapir_text_hex(text, side == '+' ? place->b : place->a, 2);
    else
        put_spaces(text, 2);
    if (marked && table->options.color)
        TAPIR_TEXT_LITERAL(text, "\033[0m");
}

/* One line, of A ('-'), of B ('+') or of both (' '). */
static void put_side(struct table *table, char side)
{
    tapir_text *text = table->text;
    size_t last = 0;

    for (size_t i = 0; i < table->count; i++)
        if (side == '+' ? table->places[i].in_b : table->places[i].in_a)
            last = i + 1;
    if (last == 0)
        return;
    put_spaces(text, table->options.indent);
    tapir_text_char(text, side);
    put_offset(table, side != '+', table->a);
    put_offset(table, side != '-', table->b);
    for (size_t i = 0; i < last; i++)
        put_place(table, i, side);
    tapir_text_char(text, '\n');
}

static void put_line(struct table *table)
{
    if (table->changed) {
        put_side(table, '-');
        put_side(table, '+');
    } else {
        put_side(table, ' ');
    }
    for (size_t i = 0; i < table->count; i++) {
        table->a += table->places[i].in_a;
        table->b += table->places[i].in_b;
    }
    table->count = 0;
    table->changed = false;
}

static void put_run(struct table *table, const tapir_run *run, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        struct place *place = &table->places[table->count++];
        *place = (struct place){i < run->a_len, i < run->b_len, run->kind == TAPIR_RUN_SAME, 0, 0};
        if (place->in_a)
            place->a = table->diff->a.data[run->a + i];
        if (place->in_b)
            place->b = table->diff->b.data[run->b + i];
        table->changed |= !place->same;
        if (table->count == PER_LINE)
            put_line(table);
    }
}

/* Equal bytes, of which only the lines near a change are shown. */
static void put_same(struct table *table, const tapir_run *run, bool first, bool last)
{
    size_t near = (size_t)table->options.context * PER_LINE;
    size_t head = first ? 0 : near + (PER_LINE - table->count) % PER_LINE;
    size_t tail = last ? 0 : near, left_out;

    if (!near || run->a_len < head + tail + 2 * (size_t)PER_LINE) {
        put_run(table, run, 0, run->a_len);
        return;
    }
    left_out = run->a_len - head - tail;
    left_out -= last ? 0 : left_out % PER_LINE;
    put_run(table, run, 0, head);
    table->a += left_out;
    table->b += left_out;
    put_spaces(table->text, table->options.indent);
    TAPIR_TEXT_LITERAL(table->text, "  ...\n");
    put_run(table, run, head + left_out, run->a_len);
}

void tapir_bytediff_text(
    tapir_text *text, const tapir_bytediff *diff, const tapir_bytediff_options *options)
{
    struct table table = {.text = text, .diff = diff};
    const tapir_run *runs = diff->settled.runs;
    size_t count = diff->settled.count;

    if (options)
        table.options = *options;
    table.width = diff->a.len > 0x10000 || diff->b.len > 0x10000 ? 8 : 4;
    for (size_t i = 0; i < count; i++) {
        if (runs[i].kind == TAPIR_RUN_SAME)
            put_same(&table, &runs[i], i == 0, i + 1 == count);
        else
            put_run(
                &table, &runs[i], 0, runs[i].a_len > runs[i].b_len ? runs[i].a_len : runs[i].b_len);
    }
    put_line(&table);
}
