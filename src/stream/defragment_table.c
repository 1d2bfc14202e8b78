/* Datagrams that wait: found by key, given up by age. */
#include "defragment.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FIRST_SLOTS = 64 };

void tapir__count_memory(tapir_defragmenter *d, size_t before, size_t after)
{
    d->stats.memory += after - before; /* wraps round for less */
    if (d->stats.memory > d->stats.most_memory)
        d->stats.most_memory = d->stats.memory;
}

static uint64_t hash_of(const tapir_defragmenter *d, const struct tapir__key *key)
{
    return XXH3_64bits_withSeed(key, sizeof *key, d->options.seed);
}

static struct tapir__waiting **slot_of(const tapir_defragmenter *d, uint64_t hash)
{
    return &d->slots[hash & (d->slot_count - 1)];
}

/* Twice as many slots; what was there stays when there is no memory for them. */
static bool grow(tapir_defragmenter *d)
{
    const size_t old_count = d->slot_count, count = old_count ? old_count * 2 : FIRST_SLOTS;
    struct tapir__waiting **old = d->slots;
    struct tapir__waiting **slots = calloc(count, sizeof(struct tapir__waiting *));

    if (!slots)
        return old_count > 0;
    d->slots = slots;
    d->slot_count = count;
    for (size_t i = 0; i < old_count; i++)
        for (struct tapir__waiting *waiting = old[i], *next; waiting; waiting = next) {
            struct tapir__waiting **slot = slot_of(d, waiting->hash);
            next = waiting->same_slot;
            waiting->same_slot = *slot;
            *slot = waiting;
        }
    free(old);
    tapir__count_memory(d, old_count * sizeof *slots, count * sizeof *slots);
    return true;
}

static void link_age(tapir_defragmenter *d, struct tapir__waiting *waiting)
{
    struct tapir__ages *ages = &d->ages[waiting->key.kind];

    waiting->older = ages->youngest;
    waiting->younger = NULL;
    if (ages->youngest)
        ages->youngest->younger = waiting;
    else
        ages->oldest = waiting;
    ages->youngest = waiting;
}

static void unlink_age(tapir_defragmenter *d, struct tapir__waiting *waiting)
{
    struct tapir__ages *ages = &d->ages[waiting->key.kind];

    if (waiting->older)
        waiting->older->younger = waiting->younger;
    else
        ages->oldest = waiting->younger;
    if (waiting->younger)
        waiting->younger->older = waiting->older;
    else
        ages->youngest = waiting->older;
}

struct tapir__waiting *tapir__waiting_new(
    tapir_defragmenter *d, const struct tapir__key *key, int64_t now)
{
    struct tapir__waiting *waiting, **slot;

    if (d->stats.waiting >= d->slot_count && !grow(d))
        return NULL;
    waiting = calloc(1, sizeof *waiting);
    if (!waiting)
        return NULL;
    waiting->key = *key;
    waiting->hash = hash_of(d, key);
    waiting->start = now;
    waiting->order = d->orders++;
    tapir__pieces_init(&waiting->pieces, waiting->hash);
    slot = slot_of(d, waiting->hash);
    waiting->same_slot = *slot;
    *slot = waiting;
    link_age(d, waiting);
    d->stats.waiting++;
    tapir__count_memory(d, 0, sizeof *waiting + TAPIR__ALLOCATION_COST);
    return waiting;
}

void tapir__waiting_empty(tapir_defragmenter *d, struct tapir__waiting *waiting)
{
    size_t memory = waiting->pieces.memory;

    if (waiting->first_bytes)
        memory += waiting->first.caplen + TAPIR__ALLOCATION_COST;
    tapir__pieces_clear(&waiting->pieces);
    free(waiting->first_bytes);
    waiting->first_bytes = NULL;
    tapir__count_memory(d, memory, 0);
}

void tapir__waiting_free(tapir_defragmenter *d, struct tapir__waiting *waiting)
{
    struct tapir__waiting **link = slot_of(d, waiting->hash);

    while (*link != waiting)
        link = &(*link)->same_slot;
    *link = waiting->same_slot;
    unlink_age(d, waiting);
    tapir__waiting_empty(d, waiting);
    free(waiting);
    d->stats.waiting--;
    tapir__count_memory(d, sizeof *waiting + TAPIR__ALLOCATION_COST, 0);
}

void tapir__waiting_give_up(tapir_defragmenter *d, struct tapir__waiting *waiting, uint64_t *count)
{
    /* A rejected one has been counted as such. */
    if (!waiting->rejected) {
        d->stats.lost_fragments += waiting->fragments;
        (*count)++;
    }
    tapir__waiting_free(d, waiting);
}

static bool is_too_old(
    const tapir_defragmenter *d, const struct tapir__waiting *waiting, int64_t now)
{
    uint64_t age = (uint64_t)now - (uint64_t)waiting->start;

    return now > waiting->start && age > (uint64_t)d->options.max_time[waiting->key.kind];
}

/* Of a capture whose clock was set back fragments may seem to have come long before the first. */
static bool is_too_early(
    const tapir_defragmenter *d, const struct tapir__waiting *waiting, int64_t now)
{
    uint64_t ahead = (uint64_t)waiting->start - (uint64_t)now;

    return now < waiting->start && ahead > (uint64_t)d->options.max_time[waiting->key.kind];
}

struct tapir__waiting *tapir__waiting_find(
    tapir_defragmenter *d, const struct tapir__key *key, int64_t now)
{
    const uint64_t hash = hash_of(d, key);
    struct tapir__waiting *waiting = d->slot_count ? *slot_of(d, hash) : NULL;

    while (waiting && (waiting->hash != hash || memcmp(&waiting->key, key, sizeof *key) != 0))
        waiting = waiting->same_slot;
    if (!waiting || !(is_too_old(d, waiting, now) || is_too_early(d, waiting, now)))
        return waiting;
    tapir__waiting_give_up(d, waiting, &d->stats.timed_out);
    return NULL;
}

struct tapir__waiting *tapir__waiting_oldest(const tapir_defragmenter *d)
{
    struct tapir__waiting *oldest = NULL;

    for (unsigned i = 0; i < TAPIR_FRAGMENT_KINDS; i++) {
        struct tapir__waiting *waiting = d->ages[i].oldest;
        if (waiting && (!oldest || waiting->order < oldest->order))
            oldest = waiting;
    }
    return oldest;
}

void tapir__waiting_expire(tapir_defragmenter *d, int64_t now)
{
    for (unsigned i = 0; i < TAPIR_FRAGMENT_KINDS; i++)
        while (d->ages[i].oldest && is_too_old(d, d->ages[i].oldest, now))
            tapir__waiting_give_up(d, d->ages[i].oldest, &d->stats.timed_out);
}
