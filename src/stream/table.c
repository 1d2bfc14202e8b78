/* The table: linear probing, entries moved up when one goes, so that there are no traces. */
#include "stream/conversation.h"

#include <stdlib.h>
#include <sys/mman.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { SLOTS_MIN = 256, HUGE_PAGE = 2 << 20 };

uint32_t tapir__key_hash(const struct key *key, uint64_t seed)
{
    enum { IPV4_LEN = offsetof(struct key, addresses[1]) };

    /* Lengths that are constants leave little of the hash function. */
    return (uint32_t)(tapir__key_family(key) == 4 ? XXH3_64bits_withSeed(key, IPV4_LEN, seed)
                                                  : XXH3_64bits_withSeed(key, sizeof *key, seed));
}

static inline bool same(const struct key *a, const struct key *b)
{
    return a->ports == b->ports && a->addresses[0] == b->addresses[0] &&
           a->addresses[1] == b->addresses[1] && a->addresses[2] == b->addresses[2] &&
           a->addresses[3] == b->addresses[3];
}

struct entry *tapir__table_find(const struct table *table, const struct key *key, uint32_t hash)
{
    if (!table->slots)
        return NULL;
    for (size_t i = hash & table->mask;; i = (i + 1) & table->mask) {
        const struct table_slot *slot = &table->slots[i];

        if (!slot->entry)
            return NULL;
        if (slot->hash == hash && same(&slot->entry->key, key))
            return slot->entry;
    }
}

void tapir__table_fetch_entry(const struct table *table, uint32_t hash)
{
    const struct entry *entry = table->slots ? table->slots[hash & table->mask].entry : NULL;
    uintptr_t halves = (uintptr_t)entry + offsetof(tapir_conversation, half);

    if (!entry)
        return;
    /* Of a tomb that is a line of somebody else's, which does no harm. */
    __builtin_prefetch(entry);
    __builtin_prefetch((const void *)halves);
    __builtin_prefetch((const void *)(halves + sizeof(struct half)));
}

/* Returns the number of slots that leaves the table between a third and two thirds full. */
static size_t wanted(size_t count)
{
    size_t slots = SLOTS_MIN;

    while (slots / 3 * 2 < count)
        slots *= 2;
    return slots;
}

size_t tapir__table_growth(const struct table *table)
{
    size_t slots = table->slots ? table->mask + 1 : 0;

    if (slots && table->count < slots / 4 * 3)
        return 0;
    return wanted(table->count + 1) * sizeof *table->slots;
}

bool tapir__table_fits(const struct table *table)
{
    return table->slots && table->count < (table->mask + 1) / 16 * 15;
}

bool tapir__table_is_sparse(const struct table *table)
{
    return table->slots && table->mask + 1 > SLOTS_MIN && table->count < (table->mask + 1) / 16;
}

static void put(struct table *table, struct table_slot slot)
{
    size_t i = slot.hash & table->mask;

    while (table->slots[i].entry)
        i = (i + 1) & table->mask;
    table->slots[i] = slot;
}

/* Returns slots that are free, NULL when out of memory. A large table is looked into at places all
 * over it: on huge pages that takes fewer walks through the tables of pages. */
static struct table_slot *new_slots(size_t count)
{
    struct table_slot *slots = calloc(count, sizeof *slots);

#ifdef MADV_HUGEPAGE
    size_t size = count * sizeof *slots, before = -(uintptr_t)slots % HUGE_PAGE;

    if (slots && size >= 2 * (size_t)HUGE_PAGE)
        madvise((char *)slots + before, (size - before) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return slots;
}

bool tapir__table_resize(struct table *table)
{
    size_t slots = wanted(table->count + 1);
    struct table larger = {new_slots(slots), slots - 1, table->count};

    if (!larger.slots)
        return false;
    for (size_t i = 0; table->slots && i <= table->mask; i++)
        if (table->slots[i].entry)
            put(&larger, table->slots[i]);
    free(table->slots);
    *table = larger;
    return true;
}

void tapir__table_add(struct table *table, struct entry *entry)
{
    put(table, (struct table_slot){entry, entry->hash});
    table->count++;
}

static size_t place_of(const struct table *table, const struct entry *entry)
{
    size_t place = entry->hash & table->mask;

    while (table->slots[place].entry != entry)
        place = (place + 1) & table->mask;
    return place;
}

void tapir__table_replace(struct table *table, const struct entry *old, struct entry *entry)
{
    table->slots[place_of(table, old)].entry = entry;
}

void tapir__table_remove(struct table *table, const struct entry *entry)
{
    size_t gap = place_of(table, entry);

    /* What was pushed behind the gap by it moves into it. */
    for (size_t i = (gap + 1) & table->mask; table->slots[i].entry; i = (i + 1) & table->mask) {
        size_t home = table->slots[i].hash & table->mask;

        if (((i - home) & table->mask) >= ((i - gap) & table->mask)) {
            table->slots[gap] = table->slots[i];
            gap = i;
        }
    }
    table->slots[gap].entry = NULL;
    table->count--;
}
