/* Connections by their endpoints: an open hash table with a seed of its own. */
#ifndef TAPIR_STREAM_TABLE_H
#define TAPIR_STREAM_TABLE_H

#include "tapir/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both ends of a connection, the lower one first, so that both directions give the same. Numbers in
 * words, since those are compared and hashed for every packet. */
struct key {
    uint64_t ports;        /* family (4 or 6), the higher end's, the lower end's */
    uint64_t addresses[4]; /* lower << 32 | higher and zeroes; or two words of each */
};

static inline unsigned tapir__key_family(const struct key *key)
{
    return (unsigned)(key->ports >> 32);
}

/* Fills the key with addresses in network order; returns whether the sender is the higher end.
 * Which one is is a coin toss, on which no branch should depend. */
static inline bool tapir__key_fill_ipv4(
    struct key *key, const uint8_t *src, const uint8_t *dst, uint16_t src_port, uint16_t dst_port)
{
    uint64_t from = tapir_load_be(src, 4) << 16 | src_port;
    uint64_t to = tapir_load_be(dst, 4) << 16 | dst_port;
    uint64_t low = from < to ? from : to, high = from < to ? to : from;

    key->ports = UINT64_C(4) << 32 | (high & UINT16_MAX) << 16 | (low & UINT16_MAX);
    key->addresses[0] = low >> 16 << 32 | high >> 16;
    key->addresses[1] = key->addresses[2] = key->addresses[3] = 0;
    return from > to;
}

static inline bool tapir__key_fill_ipv6(
    struct key *key, const uint8_t *src, const uint8_t *dst, uint16_t src_port, uint16_t dst_port)
{
    uint64_t from[2] = {tapir_load_be(src, 8), tapir_load_be(src + 8, 8)};
    uint64_t to[2] = {tapir_load_be(dst, 8), tapir_load_be(dst + 8, 8)};
    bool equal = from[1] == to[1], more = (from[1] > to[1]) | (equal & (src_port > dst_port));
    bool high = (from[0] > to[0]) | ((from[0] == to[0]) & more);
    uint64_t turn = -(uint64_t)high, first = (from[0] ^ to[0]) & turn,
             second = (from[1] ^ to[1]) & turn, port = (uint64_t)(src_port ^ dst_port) & turn;

    key->ports = UINT64_C(6) << 32 | (dst_port ^ port) << 16 | (src_port ^ port);
    key->addresses[0] = from[0] ^ first;
    key->addresses[1] = from[1] ^ second;
    key->addresses[2] = to[0] ^ first;
    key->addresses[3] = to[1] ^ second;
    return high;
}

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
