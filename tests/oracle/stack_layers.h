/* Stacks of layers of every kind: a link, networks with tunnels between them, a transport. */
#ifndef TAPIR_TESTS_STACK_LAYERS_H
#define TAPIR_TESTS_STACK_LAYERS_H

#include "tapir/tapir.h"

enum { MOST_TUNNELS = 4 };

enum link {
    ETHERNET,
    VLAN,
    QINQ,
    MPLS_LINK,
    PSEUDOWIRE_LINK,
    SLL,
    SLL2,
    NULL_LINK,
    RAW,
    CHECKED_ETHERNET,
    LINKS
};
enum network { V4, V4_OPTIONS, V6, V6_HOPOPTS, V6_DSTOPTS, V6_SEGMENTS, V6_SOURCE, V6_FRAGMENT };
enum { NETWORKS = V6_FRAGMENT + 1, V4_NETWORKS = V6, V6_NETWORKS = NETWORKS - V4_NETWORKS };
enum tunnel {
    IPIP,
    SIX_IN_4,
    FOUR_IN_6,
    SIX_IN_6,
    GRE,
    GRE_CHECKED,
    GRE_ETHERNET,
    VXLAN,
    MPLS,
    PSEUDOWIRE,
    TUNNELS
};
enum transport { TCP, UDP, SCTP, ICMP, PAYLOAD, DNS, QUOTE, TRANSPORTS };

/* `depth` tunnels between `depth` + 1 networks. */
struct stack {
    enum link link;
    size_t depth;
    enum network networks[MOST_TUNNELS + 1];
    enum tunnel tunnels[MOST_TUNNELS];
    enum transport transport;
};

/* The layers of a stack with addresses and identifiers that come from `number`, in memory that the
 * next call uses again. */
const tapir_stack_layer *stack_layers(const struct stack *stack, unsigned number, size_t *count);

#endif
