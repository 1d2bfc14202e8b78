/* Packets and bytes for each path of layers. */
#include "tapir/hierarchy.h"

#include <stdlib.h>

enum { NODES_MAX = 16384 };

/* Node 0 is the root: no layer, every packet. */
struct tapir_hierarchy {
    tapir_hierarchy_node *nodes;
    uint32_t count, room;
    uint64_t unlisted;
};

tapir_hierarchy *tapir_hierarchy_new(void)
{
    tapir_hierarchy *hierarchy = calloc(1, sizeof *hierarchy);

    if (!hierarchy)
        return NULL;
    hierarchy->room = 64;
    hierarchy->nodes = calloc(hierarchy->room, sizeof *hierarchy->nodes);
    if (!hierarchy->nodes) {
        free(hierarchy);
        return NULL;
    }
    hierarchy->count = 1;
    return hierarchy;
}

void tapir_hierarchy_free(tapir_hierarchy *hierarchy)
{
    if (!hierarchy)
        return;
    free(hierarchy->nodes);
    free(hierarchy);
}

/* Adds a child behind the others; 0 when there may be no more nodes. */
static uint32_t add_child(tapir_hierarchy *hierarchy, uint32_t parent, const tapir_proto *proto)
{
    uint32_t made = hierarchy->count, room = 2 * hierarchy->room;
    tapir_hierarchy_node *nodes = hierarchy->nodes;

    if (made == NODES_MAX)
        return 0;
    if (made == hierarchy->room) {
        nodes = realloc(nodes, room * sizeof *nodes);
        if (!nodes)
            return 0;
        hierarchy->nodes = nodes;
        hierarchy->room = room;
    }
    nodes[made] = (tapir_hierarchy_node){
        .proto = proto, .parent = parent, .depth = parent ? nodes[parent].depth + 1 : 0};
    if (nodes[parent].last_child)
        nodes[nodes[parent].last_child].sibling = made;
    else
        nodes[parent].child = made;
    nodes[parent].last_child = made;
    hierarchy->count++;
    return made;
}

/* Finds or adds the child of `parent` for that protocol. */
static uint32_t find_child(tapir_hierarchy *hierarchy, uint32_t parent, const tapir_proto *proto)
{
    const tapir_hierarchy_node *nodes = hierarchy->nodes;

    for (uint32_t child = nodes[parent].child; child; child = nodes[child].sibling)
        if (nodes[child].proto == proto)
            return child;
    return add_child(hierarchy, parent, proto);
}

void tapir_hierarchy_add(tapir_hierarchy *hierarchy, tapir_packet *packet)
{
    const tapir_layer *layers;
    uint32_t node = 0;
    size_t count;

    layers = tapir_packet_layers(packet, &count);
    for (size_t i = 0; i < count; i++) {
        node = find_child(hierarchy, node, layers[i].proto);
        if (!node) {
            hierarchy->unlisted++;
            return;
        }
        hierarchy->nodes[node].packets++;
        hierarchy->nodes[node].bytes += tapir_packet_frame(packet)->len;
    }
}

const tapir_hierarchy_node *tapir_hierarchy_next(
    const tapir_hierarchy *hierarchy, const tapir_hierarchy_node *node)
{
    const tapir_hierarchy_node *nodes = hierarchy->nodes;

    if (!node)
        node = nodes;
    if (node->child)
        return &nodes[node->child];
    while (node != nodes && !node->sibling)
        node = &nodes[node->parent];
    return node == nodes ? NULL : &nodes[node->sibling];
}

const tapir_hierarchy_node *tapir_hierarchy_parent(
    const tapir_hierarchy *hierarchy, const tapir_hierarchy_node *node)
{
    return node->parent ? &hierarchy->nodes[node->parent] : NULL;
}

uint64_t tapir_hierarchy_unlisted(const tapir_hierarchy *hierarchy)
{
    return hierarchy->unlisted;
}
