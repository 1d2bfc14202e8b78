/* Names of the kernel's numbers about addresses, routes and neighbours (rtnetlink(7)). */
#include "tapir/neighbour.h"

static const tapir_label scopes[] = {
    {0, "global"}, {200, "site"}, {253, "link"}, {254, "host"}, {255, "nowhere"}, {0, NULL}};

static const tapir_label types[] = {{1, "unicast"}, {2, "local"}, {3, "broadcast"}, {4, "anycast"},
    {5, "multicast"}, {6, "blackhole"}, {7, "unreachable"}, {8, "prohibit"}, {9, "throw"},
    {10, "nat"}, {11, "xresolve"}, {0, NULL}};

static const tapir_label protocols[] = {{0, "unspec"}, {1, "redirect"}, {2, "kernel"}, {3, "boot"},
    {4, "static"}, {8, "gated"}, {9, "ra"}, {10, "mrt"}, {11, "zebra"}, {12, "bird"},
    {13, "dnrouted"}, {14, "xorp"}, {15, "ntk"}, {16, "dhcp"}, {18, "keepalived"}, {42, "babel"},
    {186, "bgp"}, {187, "isis"}, {188, "ospf"}, {189, "rip"}, {192, "eigrp"}, {0, NULL}};

static const tapir_label tables[] = {
    {0, "unspec"}, {253, "default"}, {254, "main"}, {255, "local"}, {0, NULL}};

static const tapir_label states[] = {{TAPIR_NEIGHBOUR_NONE, "NONE"},
    {TAPIR_NEIGHBOUR_INCOMPLETE, "INCOMPLETE"}, {TAPIR_NEIGHBOUR_REACHABLE, "REACHABLE"},
    {TAPIR_NEIGHBOUR_STALE, "STALE"}, {TAPIR_NEIGHBOUR_DELAY, "DELAY"},
    {TAPIR_NEIGHBOUR_PROBE, "PROBE"}, {TAPIR_NEIGHBOUR_FAILED, "FAILED"},
    {TAPIR_NEIGHBOUR_NO_ARP, "NOARP"}, {TAPIR_NEIGHBOUR_PERMANENT, "PERMANENT"}, {0, NULL}};

static const char *name_of(const tapir_label *labels, uint64_t value)
{
    for (; labels->text; labels++)
        if (labels->value == value)
            return labels->text;
    return NULL;
}

const char *tapir_scope_name(uint8_t scope)
{
    return name_of(scopes, scope);
}

const char *tapir_route_type_name(uint8_t type)
{
    return name_of(types, type);
}

const char *tapir_route_protocol_name(uint8_t protocol)
{
    return name_of(protocols, protocol);
}

const char *tapir_route_table_name(uint32_t table)
{
    return name_of(tables, table);
}

const char *tapir_neighbour_state_name(uint16_t state)
{
    return name_of(states, state);
}
