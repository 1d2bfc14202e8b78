/* One stream of TCP put together as simply as can be: an array of bytes, and who owns each of them.
 * Slow and obviously right; what the reassembler is compared with. */
#ifndef TAPIR_TESTS_REFERENCE_H
#define TAPIR_TESTS_REFERENCE_H

#include "tapir/reassembly.h"

/* A segment with data, at its place in the stream. It stays as it came: what it lost to others, or
 * what of it was delivered before it came, does not shorten it. */
struct reference_piece {
    int64_t start, end; /* end is exclusive */
    uint64_t frame;
    int64_t time;
};

/* What the last segment met. */
struct reference_met {
    size_t fresh;            /* bytes that nobody had */
    size_t seen;             /* bytes that were there, waiting or delivered */
    size_t given_up;         /* bytes of a gap that was given up, or in front of the stream */
    int64_t conflict_at;     /* the first byte that waited and was another; -1 */
    int64_t old_conflict_at; /* the same of bytes that were delivered */
};

struct reference {
    tapir_overlap overlap;
    size_t room; /* bytes the stream may have; what is behind them is the caller's mistake */
    uint8_t *bytes;
    uint32_t *owner; /* of each byte: index of a piece and 1; 0 nobody has it */
    uint8_t *before; /* of each byte, what it was before the last segment: for conflicts */
    struct reference_piece *pieces;
    uint32_t piece_count, piece_room;
    int64_t next; /* what is in front of it is final */
    int64_t high; /* nobody has anything from here on */
    int64_t fin;  /* where the stream ends, -1 not known */
    uint64_t delivered, gap_bytes;
    uint32_t gaps;
};

static inline void reference_clear(struct reference *reference, tapir_overlap overlap)
{
    memset(reference->owner, 0, reference->room * sizeof *reference->owner);
    reference->high = 0;
    reference->overlap = overlap;
    reference->piece_count = 0;
    reference->next = 0;
    reference->fin = -1;
    reference->delivered = reference->gap_bytes = 0;
    reference->gaps = 0;
}

/* Returns what `policy` says of the new piece at a byte that `old` owns. */
static inline bool reference_new_wins(tapir_overlap policy, const struct reference_piece *new_piece,
    const struct reference_piece *old)
{
    /* Segments may begin in front of the stream, and numbers have no sign there. */
    const int64_t up = INT32_MAX;

    return tapir_overlap_new_wins(policy, (uint64_t)(new_piece->start + up),
        (uint64_t)(new_piece->end + up), (uint64_t)(old->start + up), (uint64_t)(old->end + up));
}

/* Takes a segment. False when there is no room to remember it. */
static inline bool reference_add(struct reference *reference, int64_t start, tapir_span data,
    uint64_t frame, int64_t time, struct reference_met *met)
{
    struct reference_piece *piece = &reference->pieces[reference->piece_count];

    *met = (struct reference_met){.conflict_at = -1, .old_conflict_at = -1};
    if (!data.len)
        return true;
    if (reference->piece_count >= reference->piece_room ||
        start + (int64_t)data.len > (int64_t)reference->room)
        return false;
    *piece = (struct reference_piece){
        .start = start, .end = start + (int64_t)data.len, .frame = frame, .time = time};
    reference->piece_count++;
    if (piece->end > reference->high)
        reference->high = piece->end;
    for (size_t i = 0; i < data.len; i++) {
        const int64_t at = start + (int64_t)i;
        const uint32_t owner = at < 0 ? 0 : reference->owner[at];
        if (at < 0 || (at < reference->next && !owner)) {
            met->given_up++;
            continue;
        }
        reference->before[at] = owner ? reference->bytes[at] : data.data[i];
        if (owner) {
            met->seen++;
            int64_t *conflict_at = at < reference->next ? &met->old_conflict_at : &met->conflict_at;
            if (reference->bytes[at] != data.data[i] && *conflict_at < 0)
                *conflict_at = at;
        } else {
            met->fresh++;
        }
        if (at < reference->next)
            continue; /* what was delivered cannot be taken back */
        if (owner && !reference_new_wins(reference->overlap, piece, &reference->pieces[owner - 1]))
            continue;
        reference->bytes[at] = data.data[i];
        reference->owner[at] = reference->piece_count;
    }
    return true;
}

/* The piece that owns a byte, NULL when nobody does. */
static inline const struct reference_piece *reference_owner(
    const struct reference *reference, int64_t at)
{
    if (at < 0 || (size_t)at >= reference->room || !reference->owner[at])
        return NULL;
    return &reference->pieces[reference->owner[at] - 1];
}

/* Returns the first byte from `next` on that somebody has, or where the stream ends; -1 when
 * nothing waits. */
static inline int64_t reference_waiting(const struct reference *reference)
{
    for (int64_t at = reference->next; at < reference->high; at++)
        if (reference->owner[at])
            return at;
    return reference->fin > reference->next ? reference->fin : -1;
}

/* Whether something waits that ends behind a place. */
static inline bool reference_is_followed(const struct reference *reference, int64_t place)
{
    if (place < reference->next)
        place = reference->next;
    for (; place < reference->high; place++)
        if (reference->owner[place])
            return true;
    return false;
}

/* Returns how many bytes wait. */
static inline size_t reference_queued(const struct reference *reference)
{
    size_t queued = 0;

    for (int64_t at = reference->next; at < reference->high; at++)
        queued += reference->owner[at] != 0;
    return queued;
}

/* Gives up the gap in front of what waits; how long it was, 0 when there is none. */
static inline size_t reference_skip(struct reference *reference)
{
    const int64_t waiting = reference_waiting(reference);
    size_t gap;

    if (waiting <= reference->next)
        return 0;
    gap = (size_t)(waiting - reference->next);
    reference->next = waiting;
    reference->gap_bytes += gap;
    reference->gaps++;
    return gap;
}

/* Returns how many bytes can be delivered, all that are there in one run. */
static inline size_t reference_ready(const struct reference *reference)
{
    int64_t at = reference->next;

    while (at < reference->high && reference->owner[at])
        at++;
    return (size_t)(at - reference->next);
}

/* Makes the first so many of them final. */
static inline void reference_deliver(struct reference *reference, size_t count)
{
    reference->next += (int64_t)count;
    reference->delivered += count;
}

/* Whether all there is was delivered, up to the end. */
static inline bool reference_ended(const struct reference *reference)
{
    return reference->fin >= 0 && reference->next >= reference->fin;
}

#endif
