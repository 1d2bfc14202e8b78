/* tapir convert: which packets are wanted. */
#include "convert.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <sys/random.h>
#include <xxhash.h>

/* One packet seen: its hash, and its time. */
struct print {
    XXH128_hash_t hash;
    int64_t time;
};

/* The last packets in a ring, and a table that finds the latest of each hash. */
struct seen {
    struct dedup_request request;
    uint64_t seed;
    struct print *ring;
    uint64_t room, count; /* of the ring; packets seen so far */
    uint64_t *table;      /* the packet's number + 1, 0: empty */
    uint64_t mask;
};

/* As many as editcap looks back. */
enum { SEEN_MAX = 1000000 };

struct seen *seen_new(const struct dedup_request *request)
{
    struct seen *seen = calloc(1, sizeof *seen);
    uint64_t slots = 16;

    if (!seen)
        return NULL;
    seen->request = *request;
    seen->room = request->packets && request->packets < SEEN_MAX ? request->packets : SEEN_MAX;
    while (slots < 2 * seen->room)
        slots *= 2;
    seen->mask = slots - 1;
    seen->ring = malloc(seen->room * sizeof *seen->ring);
    seen->table = calloc(slots, sizeof *seen->table);
    if (getrandom(&seen->seed, sizeof seen->seed, 0) < 0)
        seen->seed = 0;
    if (seen->ring && seen->table)
        return seen;
    seen_free(seen);
    return NULL;
}

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    free(seen->ring);
    free(seen->table);
    free(seen);
}

static const struct print *print_of(const struct seen *seen, uint64_t entry)
{
    return &seen->ring[(entry - 1) % seen->room];
}

/* Finds where a hash is in the table, or would be. */
static uint64_t find_slot(const struct seen *seen, XXH128_hash_t hash)
{
    uint64_t slot = hash.low64 & seen->mask;

    while (seen->table[slot] && !XXH128_isEqual(print_of(seen, seen->table[slot])->hash, hash))
        slot = (slot + 1) & seen->mask;
    return slot;
}

/* Takes an entry out and moves those behind it up. */
static void take_out(struct seen *seen, uint64_t slot)
{
    uint64_t next = slot;

    for (;;) {
        uint64_t home;

        seen->table[slot] = 0;
        do {
            next = (next + 1) & seen->mask;
            if (!seen->table[next])
                return;
            home = print_of(seen, seen->table[next])->hash.low64 & seen->mask;
        } while (((next - home) & seen->mask) < ((next - slot) & seen->mask));
        seen->table[slot] = seen->table[next];
        slot = next;
    }
}

/* Forgets the packet whose place in the ring the next one takes. */
static void forget_oldest(struct seen *seen)
{
    uint64_t slot, entry;

    if (seen->count < seen->room)
        return;
    entry = seen->count - seen->room + 1;
    slot = find_slot(seen, print_of(seen, entry)->hash);
    if (seen->table[slot] == entry) /* else a later one has the same hash */
        take_out(seen, slot);
}

bool seen_before(struct seen *seen, const tapir_frame *frame)
{
    uint32_t skip = seen->request.skip < frame->caplen ? (uint32_t)seen->request.skip : 0;
    struct print print = {
        XXH3_128bits_withSeed(frame->data + skip, frame->caplen - skip, seen->seed ^ frame->len),
        frame->time};
    uint64_t slot;
    bool found;

    slot = find_slot(seen, print.hash);
    found = seen->table[slot] != 0;
    if (found && seen->request.timed) {
        int64_t before = print_of(seen, seen->table[slot])->time, gap;
        found = !__builtin_sub_overflow(print.time, before, &gap) && gap >= 0 &&
                gap <= seen->request.time;
    }
    forget_oldest(seen);
    slot = find_slot(seen, print.hash);
    seen->ring[seen->count % seen->room] = print;
    seen->table[slot] = ++seen->count;
    return found;
}

bool selection_start(struct selection *selection, struct convert_request *request)
{
    const char *text = request->expression.text;

    *selection = (struct selection){.request = request,
        .expression = text && *text ? &request->expression : NULL,
        .from = request->from.given && !request->from.relative ? request->from.time : INT64_MIN,
        .to = request->to.given && !request->to.relative ? request->to.time : INT64_MAX};
    if (!request->dedup.wanted)
        return true;
    selection->seen = seen_new(&request->dedup);
    if (!selection->seen)
        complain("out of memory");
    return selection->seen;
}

void selection_end(struct selection *selection)
{
    seen_free(selection->seen);
}

bool selection_over(const struct selection *selection)
{
    const struct convert_request *request = selection->request;

    return (request->limit && selection->taken >= request->limit) ||
           (request->ranges.count && selection->range == request->ranges.count);
}

static bool in_range(struct selection *selection, uint64_t number)
{
    const struct ranges *ranges = &selection->request->ranges;

    if (!ranges->count)
        return true;
    while (selection->range < ranges->count && number > ranges->list[selection->range].last)
        selection->range++;
    return selection->range < ranges->count && number >= ranges->list[selection->range].first;
}

/* Learns the time of the first packet, which relative times count from. */
static void meet_first(struct selection *selection, int64_t time)
{
    const struct convert_request *request = selection->request;

    selection->has_first = true;
    if (request->from.relative &&
        __builtin_add_overflow(time, request->from.time, &selection->from))
        selection->from = INT64_MAX;
    if (request->to.relative && __builtin_add_overflow(time, request->to.time, &selection->to))
        selection->to = INT64_MAX;
}

bool selection_wants(struct selection *selection, const tapir_frame *frame, bool *ok)
{
    const struct convert_request *request = selection->request;

    *ok = true;
    if (frame->has_time && !selection->has_first)
        meet_first(selection, frame->time);
    if (!in_range(selection, frame->number))
        return false;
    if ((request->from.given || request->to.given) &&
        (!frame->has_time || frame->time < selection->from || frame->time >= selection->to))
        return false;
    if (selection->expression && !expression_match(selection->expression, frame, ok))
        return false;
    if (selection->seen && seen_before(selection->seen, frame))
        return false;
    selection->taken++;
    return true;
}
