/* A set of protocols and their dispatch tables. Immutable in use, so threads share it. */
#ifndef TAPIR_REGISTRY_H
#define TAPIR_REGISTRY_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

typedef struct tapir_registry tapir_registry;

/* Returns the registry of all built-in protocols. Never freed, shared by everyone; NULL only when
 * memory ran out at the first call. */
TAPIR_API const tapir_registry *tapir_registry_default(void);

/* Returns a copy of `base` (NULL: an empty registry) to be changed before it is used, or NULL when
 * out of memory. Free with tapir_registry_free after the last packet that uses it. */
TAPIR_API tapir_registry *tapir_registry_new(const tapir_registry *base);

/* Frees a registry made by tapir_registry_new; NULL is fine. */
TAPIR_API void tapir_registry_free(tapir_registry *registry);

/* Adds a protocol and all its bindings; they take over keys already bound. TAPIR_NO_MEMORY;
 * TAPIR_INVALID when its struct is larger than TAPIR_STRUCT_MAX. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_registry_add(
    tapir_registry *registry, const tapir_proto *proto);

/* Decodes as: what follows under that key is `proto`; NULL: nobody, an opaque payload. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_registry_bind(
    tapir_registry *registry, const tapir_space *space, uint32_t value, const tapir_proto *proto);

/* Whether TCP payload goes to protocols by port, segment by segment (on by default). Turn it off
 * where streams are reassembled. */
TAPIR_API void tapir_registry_set_stream_dispatch(tapir_registry *registry, bool on);
TAPIR_API bool tapir_registry_stream_dispatch(const tapir_registry *registry);

/* Returns the protocol bound to the key, or NULL. */
TAPIR_API const tapir_proto *tapir_registry_find(
    const tapir_registry *registry, const tapir_space *space, uint32_t value);

/* Returns the protocol of that name, or NULL. */
TAPIR_API const tapir_proto *tapir_registry_find_name(
    const tapir_registry *registry, const char *name);

/* Returns the key space of that name ("udp.port"), or NULL. */
TAPIR_API const tapir_space *tapir_registry_find_space(
    const tapir_registry *registry, const char *name);

/* Returns the index-th protocol in order of addition, NULL behind the last. */
TAPIR_API const tapir_proto *tapir_registry_each(const tapir_registry *registry, size_t index);

TAPIR_EXTERN_C_END
#endif
