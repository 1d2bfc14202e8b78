/* Connections by their endpoints: an open hash table with a seed of its own. */
#ifndef TAPIR_STREAM_TABLE_H
#define TAPIR_STREAM_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both ends of a connection, the lower one first, so that both directions give the same. Addresses
 * of IPv4 are 4 bytes and zeroes. */
struct key {
    uint8_t low[16], high[16];
    uint16_t low_port, high_port;
    uint32_t family; /* 4 or 6 */
};

struct entry;

struct table_slot {
    struct entry *entry; /* NULL: free */
    uint32_t hash;
};

struct table {
    struct table_slot *slots;
    size_t mask; /* slots less one; their number is a power of two */
    size_t count;
};

uint32_t tapir__key_hash(const struct key *key, uint64_t seed);

/* Returns the entry, NULL when there is none. */
struct entry *tapir__table_find(const struct table *table, const struct key *key, uint32_t hash);

/* Has the place where a hash is looked for fetched into the cache; and, once it is there, the
 * entry. */
static inline void tapir__table_fetch(const struct table *table, uint32_t hash)
{
    if (table->slots)
        __builtin_prefetch(&table->slots[hash & table->mask]);
}
void tapir__table_fetch_entry(const struct table *table, uint32_t hash);

/* Returns how many bytes more the table needs to take one more entry well: 0 when there is room. */
size_t tapir__table_growth(const struct table *table);

/* Returns whether one more entry fits, if need be tightly. */
bool tapir__table_fits(const struct table *table);

/* Makes the table as large as its entries want it, larger or smaller; false when out of memory, and
 * it stays as it is. */
bool tapir__table_resize(struct table *table);

/* Returns whether the table is far too large for what is in it. */
bool tapir__table_is_sparse(const struct table *table);

/* Adds an entry, whose key must not be in the table and for which there must be room. */
void tapir__table_add(struct table *table, struct entry *entry);

void tapir__table_remove(struct table *table, const struct entry *entry);

/* Puts another entry of the same key in the place of one. */
void tapir__table_replace(struct table *table, const struct entry *old, struct entry *entry);

/* Bytes of the table. */
static inline size_t tapir__table_size(const struct table *table)
{
    return table->slots ? (table->mask + 1) * sizeof *table->slots : 0;
}

#endif
