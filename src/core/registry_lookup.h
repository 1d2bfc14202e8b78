/* The dispatch table, open to the engine so that a look-up costs no call. */
#ifndef TAPIR_CORE_REGISTRY_LOOKUP_H
#define TAPIR_CORE_REGISTRY_LOOKUP_H

#include "tapir/registry.h"

struct slot {
    const tapir_space *space;
    const tapir_proto *proto; /* NULL: the key was unbound */
    uint32_t value;
};

/* Open addressing. `tags` mirrors the slots' hashes in a small array (0: empty), because most
 * look-ups miss and should touch one cache line. */
struct tapir_registry {
    uint32_t *tags;
    struct slot *slots;
    uint32_t mask;
    size_t used;
    bool stream_dispatch;
    const tapir_proto **protos;
    size_t proto_count, proto_room;
};

static inline uint32_t key_tag(const tapir_space *space, uint32_t value)
{
    uint64_t mixed = ((uint64_t)(uintptr_t)space >> 3) * UINT64_C(0x9e3779b97f4a7c15) + value;

    return (uint32_t)((mixed * UINT64_C(0xd6e8feb86659fd93)) >> 32) | 1;
}

static inline const tapir_proto *lookup(
    const struct tapir_registry *registry, const tapir_space *space, uint32_t value)
{
    uint32_t tag = key_tag(space, value);

    for (uint32_t i = (tag >> 1) & registry->mask; registry->tags[i];
         i = (i + 1) & registry->mask) {
        const struct slot *slot = &registry->slots[i];
        if (registry->tags[i] == tag && slot->space == space && slot->value == value)
            return slot->proto;
    }
    return NULL;
}

#endif
