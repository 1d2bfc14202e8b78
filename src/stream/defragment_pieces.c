/* Pieces of a datagram in order, where a policy decides which of two wins. */
#include "defragment.h"

#include <stdlib.h>

void tapir__pieces_init(struct tapir__pieces *pieces, uint64_t seed)
{
    memset(pieces, 0, sizeof *pieces);
    pieces->random = seed | 1;
}

static void free_piece(struct tapir__pieces *pieces, struct tapir__piece *piece)
{
    pieces->memory -= piece->size;
    pieces->bytes -= piece->end - piece->start;
    pieces->count--;
    free(piece);
}

void tapir__pieces_clear(struct tapir__pieces *pieces)
{
    for (struct tapir__piece *piece = pieces->first[0], *next; piece; piece = next) {
        next = piece->next[0];
        free_piece(pieces, piece);
    }
    memset(pieces->first, 0, sizeof pieces->first);
}

/* One level, and another one in a quarter of all cases (xorshift; the seed is not known outside, so
 * nobody can make a list of high ones). */
static uint8_t choose_levels(struct tapir__pieces *pieces)
{
    uint8_t levels = 1;

    pieces->random ^= pieces->random << 13;
    pieces->random ^= pieces->random >> 7;
    pieces->random ^= pieces->random << 17;
    for (uint64_t bits = pieces->random >> 16; levels < TAPIR__LEVELS && bits % 4 == 0; bits /= 4)
        levels++;
    return levels;
}

/* What links to the first piece at or behind `start`, for each level. */
static void find_links(
    struct tapir__pieces *pieces, uint32_t start, struct tapir__piece **links[TAPIR__LEVELS])
{
    struct tapir__piece **level = pieces->first;

    for (unsigned i = TAPIR__LEVELS; i-- > 0;) {
        while (level[i] && level[i]->start < start)
            level = level[i]->next;
        links[i] = &level[i];
    }
}

/* The first piece that ends behind `start`. */
static struct tapir__piece *find_piece(struct tapir__pieces *pieces, uint32_t start)
{
    struct tapir__piece **level = pieces->first;

    for (unsigned i = TAPIR__LEVELS; i-- > 0;)
        while (level[i] && level[i]->end <= start)
            level = level[i]->next;
    return level[0];
}

static bool insert(struct tapir__pieces *pieces, uint32_t start, uint32_t end, const uint8_t *bytes,
    uint64_t frame)
{
    struct tapir__piece **links[TAPIR__LEVELS], *piece;
    const uint8_t levels = choose_levels(pieces);
    const size_t size = sizeof *piece + levels * sizeof *piece->next + (end - start);

    piece = malloc(size);
    if (!piece)
        return false;
    *piece = (struct tapir__piece){.start = start,
        .end = end,
        .frame = frame,
        .size = (uint32_t)size + TAPIR__ALLOCATION_COST,
        .levels = levels};
    piece->bytes = (uint8_t *)(piece->next + levels);
    memcpy(piece->bytes, bytes, end - start);
    find_links(pieces, start, links);
    for (unsigned i = 0; i < levels; i++) {
        piece->next[i] = *links[i];
        *links[i] = piece;
    }
    pieces->memory += piece->size;
    pieces->bytes += end - start;
    pieces->count++;
    return true;
}

static void take_out(struct tapir__pieces *pieces, struct tapir__piece *piece)
{
    struct tapir__piece **links[TAPIR__LEVELS];

    find_links(pieces, piece->start, links);
    for (unsigned i = 0; i < piece->levels; i++)
        *links[i] = piece->next[i];
    free_piece(pieces, piece);
}

/* Takes what is between `start` and `end` from a piece, which may become two, one or none; false
 * when out of memory. */
static bool cut(
    struct tapir__pieces *pieces, struct tapir__piece *piece, uint32_t start, uint32_t end)
{
    const uint32_t old_end = piece->end;

    if (piece->start >= start && old_end <= end) {
        take_out(pieces, piece);
        return true;
    }
    if (piece->start >= start) { /* its place among the others stays */
        pieces->bytes -= end - piece->start;
        piece->bytes += end - piece->start;
        piece->start = end;
        return true;
    }
    pieces->bytes -= old_end - start;
    piece->end = start;
    return old_end <= end ||
           insert(pieces, end, old_end, piece->bytes + (end - piece->start), piece->frame);
}

/* Compares with what is there, changing nothing. */
static struct tapir__fit compare(struct tapir__pieces *pieces, uint32_t start, tapir_span bytes)
{
    const uint32_t end = start + (uint32_t)bytes.len;
    struct tapir__fit fit = {.duplicate = false};
    const struct tapir__piece *piece = find_piece(pieces, start);
    const bool same_place = piece && piece->start == start && piece->end == end;

    for (; piece && piece->start < end; piece = piece->next[0]) {
        uint32_t from = piece->start > start ? piece->start : start;
        uint32_t to = piece->end < end ? piece->end : end;
        fit.overlaps = true;
        if (memcmp(piece->bytes + (from - piece->start), bytes.data + (from - start), to - from))
            fit.conflicts = true;
    }
    fit.duplicate = same_place && !fit.conflicts;
    fit.overlaps = fit.overlaps && !fit.duplicate;
    return fit;
}

struct tapir__fit tapir__pieces_put(struct tapir__pieces *pieces, tapir_overlap policy,
    uint32_t start, tapir_span bytes, uint64_t frame)
{
    const uint32_t end = start + (uint32_t)bytes.len;
    struct tapir__fit fit = compare(pieces, start, bytes);
    uint32_t at = start; /* up to where all is decided */

    fit.rejected = fit.overlaps && policy == TAPIR_OVERLAP_REJECT;
    if (fit.duplicate || fit.rejected)
        return fit;
    for (struct tapir__piece *old = find_piece(pieces, start), *next; old && old->start < end;
         old = next) {
        const uint32_t old_start = old->start, old_end = old->end;
        next = old->next[0];
        if (tapir_overlap_new_wins(policy, start, end, old_start, old_end)) {
            fit.no_memory = fit.no_memory || !cut(pieces, old, start, end);
            continue;
        }
        if (at < old_start) {
            fit.no_memory =
                fit.no_memory || !insert(pieces, at, old_start, bytes.data + (at - start), frame);
            fit.used = true;
            fit.used_first = fit.used_first || at == start;
        }
        at = old_end;
    }
    if (at < end) {
        fit.no_memory = fit.no_memory || !insert(pieces, at, end, bytes.data + (at - start), frame);
        fit.used = true;
        fit.used_first = fit.used_first || at == start;
    }
    return fit;
}
