/* The inside of a registry, for the engine. */
#ifndef TAPIR_CORE_REGISTRY_H
#define TAPIR_CORE_REGISTRY_H

#include "tapir/registry.h"

struct tapir_registry {
    struct tapir_dispatch dispatch;
    size_t used; /* keys in it */
    const tapir_proto **protos;
    size_t proto_count, proto_room;
};

/* What a header decoded alone dispatches by: nothing. */
extern const struct tapir_dispatch tapir__no_dispatch;

#endif
