/* Names of the kernel's numbers about addresses, routes and neighbours (rtnetlink(7)). */
#include "tapir/neighbour.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

static const tapir_label scopes[] = {{RT_SCOPE_UNIVERSE, "global"}, {RT_SCOPE_SITE, "site"},
    {RT_SCOPE_LINK, "link"}, {RT_SCOPE_HOST, "host"}, {RT_SCOPE_NOWHERE, "nowhere"}, {0, NULL}};

static const tapir_label types[] = {{RTN_UNICAST, "unicast"}, {RTN_LOCAL, "local"},
    {RTN_BROADCAST, "broadcast"}, {RTN_ANYCAST, "anycast"}, {RTN_MULTICAST, "multicast"},
    {RTN_BLACKHOLE, "blackhole"}, {RTN_UNREACHABLE, "unreachable"}, {RTN_PROHIBIT, "prohibit"},
    {RTN_THROW, "throw"}, {RTN_NAT, "nat"}, {RTN_XRESOLVE, "xresolve"}, {0, NULL}};

static const tapir_label protocols[] = {{RTPROT_UNSPEC, "unspec"}, {RTPROT_REDIRECT, "redirect"},
    {RTPROT_KERNEL, "kernel"}, {RTPROT_BOOT, "boot"}, {RTPROT_STATIC, "static"},
    {RTPROT_GATED, "gated"}, {RTPROT_RA, "ra"}, {RTPROT_MRT, "mrt"}, {RTPROT_ZEBRA, "zebra"},
    {RTPROT_BIRD, "bird"}, {RTPROT_DNROUTED, "dnrouted"}, {RTPROT_XORP, "xorp"},
    {RTPROT_NTK, "ntk"}, {RTPROT_DHCP, "dhcp"}, {RTPROT_KEEPALIVED, "keepalived"},
    {RTPROT_BABEL, "babel"}, {RTPROT_BGP, "bgp"}, {RTPROT_ISIS, "isis"}, {RTPROT_OSPF, "ospf"},
    {RTPROT_RIP, "rip"}, {RTPROT_EIGRP, "eigrp"}, {0, NULL}};

static const tapir_label tables[] = {{RT_TABLE_UNSPEC, "unspec"}, {RT_TABLE_DEFAULT, "default"},
    {RT_TABLE_MAIN, "main"}, {RT_TABLE_LOCAL, "local"}, {0, NULL}};

static const tapir_label states[] = {{NUD_NONE, "NONE"}, {NUD_INCOMPLETE, "INCOMPLETE"},
    {NUD_REACHABLE, "REACHABLE"}, {NUD_STALE, "STALE"}, {NUD_DELAY, "DELAY"}, {NUD_PROBE, "PROBE"},
    {NUD_FAILED, "FAILED"}, {NUD_NOARP, "NOARP"}, {NUD_PERMANENT, "PERMANENT"}, {0, NULL}};

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
