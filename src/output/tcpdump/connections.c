/* First sequence numbers of TCP connections, so that later ones are shown relative to them. tcpdump
 * keeps every connection it ever saw; here a table of bounded size forgets some when it is full. */
#include "printer.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* A key is found within this many slots from its own, or is not there. */
#define WINDOW        16
#define FIRST_SLOTS   ((size_t)1 << 10)
#define DEFAULT_SLOTS ((size_t)1 << 20)

/* In front of each key. */
struct slot {
    uint32_t tag; /* of the key's hash, 0 when the slot is free */
    struct dump_connection connection;
};

#define SLOT_WORDS (sizeof(struct slot) / sizeof(uint32_t))

struct table {
    uint32_t *words; /* slots with their keys */
    size_t count;    /* a power of two; WINDOW more stand behind them */
    size_t key_len, slot_words;
    size_t used;
    uint32_t victim; /* which of a full window goes next */
};

struct dump_connections {
    struct table ipv4, ipv6;
    size_t most_slots;
};

static bool table_init(struct table *table, size_t key_len, size_t count)
{
    table->key_len = key_len;
    table->slot_words = SLOT_WORDS + key_len / sizeof(uint32_t);
    table->count = count;
    table->used = 0;
    table->victim = 0;
    table->words = calloc((count + WINDOW) * table->slot_words, sizeof(uint32_t));
    return table->words != NULL;
}

static struct slot *slot_at(const struct table *table, size_t index)
{
    return (struct slot *)(table->words + index * table->slot_words);
}

static void *key_of(struct slot *slot)
{
    return slot + 1;
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

/* Returns the slot of the key, or a free one for it, or NULL when its window is full. */
static struct slot *find(const struct table *table, const void *key, uint64_t hash)
{
    size_t start = hash & (table->count - 1);
    uint32_t tag = tag_of(hash);

    for (size_t i = 0; i < WINDOW; i++) {
        struct slot *slot = slot_at(table, start + i);
        if (slot->tag == 0 || (slot->tag == tag && memcmp(key_of(slot), key, table->key_len) == 0))
            return slot;
    }
    return NULL;
}

/* Makes the table twice as large; false when it may not or cannot grow, or would not fit. */
static bool grow(struct table *table, size_t most_slots, uint64_t seed)
{
    struct table larger;

    if (table->count >= most_slots || !table_init(&larger, table->key_len, table->count * 2))
        return false;
    for (size_t i = 0; i < table->count + WINDOW; i++) {
        struct slot *from = slot_at(table, i), *to;
        if (from->tag == 0)
            continue;
        to = find(&larger, key_of(from), XXH3_64bits_withSeed(key_of(from), table->key_len, seed));
        if (!to)
            continue;
        memcpy(to, from, table->slot_words * sizeof(uint32_t));
        larger.used++;
    }
    free(table->words);
    *table = larger;
    return true;
}

static struct table *table_for(struct tapir_dump *p, size_t key_len)
{
    struct dump_connections *connections = p->connections;
    struct table *table;

    if (!key_len)
        return NULL;
    if (!connections) {
        size_t most = p->options.connections ? p->options.connections : DEFAULT_SLOTS, slots = 1;
        connections = p->connections = calloc(1, sizeof *connections);
        if (!connections)
            return NULL;
        while (slots <= most / 2)
            slots *= 2;
        connections->most_slots = slots;
    }
    table = key_len == DUMP_KEY_IPV4 ? &connections->ipv4 : &connections->ipv6;
    if (!table->words &&
        !table_init(table, key_len,
            FIRST_SLOTS < connections->most_slots ? FIRST_SLOTS : connections->most_slots))
        return NULL;
    return table;
}

void tapir__dump_connection_seek(struct tapir_dump *p, struct dump_lookup *lookup, size_t key_len)
{
    struct table *table = table_for(p, key_len);

    lookup->key_len = table ? key_len : 0;
    if (!table)
        return;
    lookup->hash = XXH3_64bits_withSeed(lookup->key, key_len, p->seed);
    __builtin_prefetch(slot_at(table, lookup->hash & (table->count - 1)));
}

struct dump_connection *tapir__dump_connection(
    struct tapir_dump *p, const struct dump_lookup *lookup, bool *made)
{
    struct table *table = table_for(p, lookup->key_len);
    struct slot *slot;

    if (!table)
        return NULL;
    slot = find(table, lookup->key, lookup->hash);
    while ((!slot || (slot->tag == 0 && table->used >= table->count / 4 * 3)) &&
           grow(table, p->connections->most_slots, p->seed))
        slot = find(table, lookup->key, lookup->hash);
    if (!slot) {
        slot = slot_at(table, (lookup->hash & (table->count - 1)) + table->victim++ % WINDOW);
        slot->tag = 0;
        table->used--;
    }
    *made = slot->tag == 0;
    if (*made) {
        slot->tag = tag_of(lookup->hash);
        memcpy(key_of(slot), lookup->key, table->key_len);
        table->used++;
    }
    return &slot->connection;
}

void tapir__dump_connections_free(struct dump_connections *connections)
{
    if (!connections)
        return;
    free(connections->ipv4.words);
    free(connections->ipv6.words);
    free(connections);
}
