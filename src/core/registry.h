/* The inside of a registry, for the engine. */
#ifndef TAPIR_CORE_REGISTRY_H
#define TAPIR_CORE_REGISTRY_H

#include "tapir/registry.h"

struct tapir_registry {
    struct tapir_dispatch dispatch; /* owns its pages */
    struct tapir_dispatch_key *others;
    size_t other_room;
    const tapir_proto **protos;
    size_t proto_count, proto_room;
};

#endif
