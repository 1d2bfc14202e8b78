/* The protocol hierarchy: packets and bytes for each path of layers. */
#ifndef TAPIR_HIERARCHY_H
#define TAPIR_HIERARCHY_H

#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

/* One path of layers, from the outermost to `proto`, as a node of a tree. */
typedef struct tapir_hierarchy_node {
    const tapir_proto *proto;
    uint64_t packets,
        bytes;      /* of all frames whose layers begin with this path; bytes on the wire */
    uint32_t depth; /* layers outside it */
    uint32_t parent, child, last_child, sibling; /* indices, 0 when there is none */
} tapir_hierarchy_node;

typedef struct tapir_hierarchy tapir_hierarchy;

/* Returns an empty hierarchy, or NULL when out of memory. Free with tapir_hierarchy_free. */
TAPIR_API tapir_hierarchy *tapir_hierarchy_new(void);

/* Frees it; NULL is fine. */
TAPIR_API void tapir_hierarchy_free(tapir_hierarchy *hierarchy);

/* Adds a packet, which is decoded to its end. Paths beyond 16384 different ones are counted as far
 * as they are known, which tapir_hierarchy_unlisted tells. */
TAPIR_API void tapir_hierarchy_add(tapir_hierarchy *hierarchy, tapir_packet *packet);

/* Returns the node behind `node` (NULL: the first) in the order in which a tree is printed: a path,
 * then the longer paths that begin with it, in the order they were met. NULL at the end. */
TAPIR_API const tapir_hierarchy_node *tapir_hierarchy_next(
    const tapir_hierarchy *hierarchy, const tapir_hierarchy_node *node);

/* Returns the path one layer shorter, NULL when `node` is the outermost layer. */
TAPIR_API const tapir_hierarchy_node *tapir_hierarchy_parent(
    const tapir_hierarchy *hierarchy, const tapir_hierarchy_node *node);

/* Returns how many packets have layers that are not listed. */
TAPIR_API uint64_t tapir_hierarchy_unlisted(const tapir_hierarchy *hierarchy);

TAPIR_EXTERN_C_END
#endif
