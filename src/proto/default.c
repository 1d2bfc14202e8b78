/* The registry of all built-in protocols, made once. */
#include "tapir/protocols.h"
#include "tapir/registry.h"

#include <threads.h>

static tapir_registry *registry;
static once_flag once = ONCE_FLAG_INIT;

static void make_registry(void)
{
    static const tapir_proto *const protos[] = {
#define X(name) &tapir_##name##_proto,
        TAPIR_PROTOCOLS(X)
#undef X
    };
    tapir_registry *made = tapir_registry_new(NULL);

    for (size_t i = 0; made && i < TAPIR_COUNT(protos); i++)
        if (tapir_registry_add(made, protos[i]) != TAPIR_OK) {
            tapir_registry_free(made);
            return;
        }
    registry = made;
}

const tapir_registry *tapir_registry_default(void)
{
    call_once(&once, make_registry);
    return registry;
}
