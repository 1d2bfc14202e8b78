/* Where packets go: the kernel's answer for one destination, and its routing tables. For the
 * network namespace that the calling thread is in; no privileges needed. */
#ifndef TAPIR_ROUTE_H
#define TAPIR_ROUTE_H

#include "tapir/flow.h"

TAPIR_EXTERN_C_BEGIN

#define TAPIR_INTERFACE_NAME_ROOM 16 /* of an interface's name with its NUL */

/* One route, to one next hop: a route to several is several of these. Addresses that are not there
 * are TAPIR_ENDPOINT_NONE. */
typedef struct tapir_route {
    tapir_endpoint destination; /* all zero with prefix_len 0: the default route */
    uint8_t prefix_len;         /* bits */
    uint8_t source_prefix_len;
    uint8_t type;     /* tapir_route_type_name: unicast, local, blackhole ... */
    uint8_t protocol; /* who made it; tapir_route_protocol_name: kernel, boot, bgp ... */
    uint8_t scope;    /* tapir_scope_name */
    uint8_t tos;      /* type of service that it is for, 0: any */
    tapir_endpoint source_prefix; /* only packets from there */
    tapir_endpoint gateway; /* NONE: the destination itself is on the link. May be of the other
                             * version of IP (RFC 5549) */
    tapir_endpoint source;  /* the address to send from */
    uint32_t interface;     /* index, 0: goes out nowhere */
    char interface_name[TAPIR_INTERFACE_NAME_ROOM]; /* empty when there is none */
    uint32_t table;                                 /* tapir_route_table_name */
    uint32_t metric;                                /* the lowest wins */
    uint32_t mtu;                                   /* 0: the interface's */
    uint32_t flags;     /* the kernel's RTNH_F_*: 1 dead, 4 on-link, 16 link down */
    uint32_t hop, hops; /* which next hop this is, from 0, and of how many */
    uint32_t weight;    /* its share among those, from 1 */
} tapir_route;

/* What else decides about a packet's way, beside the destination. Zeroed, with `size` set: nothing.
 */
typedef struct tapir_route_query {
    size_t size;           /* sizeof (tapir_route_query) */
    tapir_endpoint source; /* TAPIR_ENDPOINT_NONE: not chosen yet */
    uint32_t input;        /* index of the interface a packet came in by, to be forwarded */
    uint32_t output;       /* index of the interface it must leave by */
    uint32_t mark;         /* the firewall's */
    uint8_t tos;
    uint8_t protocol; /* of IP; with it, ports (0: none) */
    uint16_t src_port, dst_port;
} tapir_route_query;

/* Asks the kernel which way a packet to `destination` takes; `query` may be NULL. TAPIR_NOT_FOUND:
 * there is none, or it forbids it; TAPIR_INVALID: not an IP address; TAPIR_UNSUPPORTED in a build
 * without libmnl. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_route_get(tapir_route *route,
    const tapir_endpoint *destination, const tapir_route_query *query, tapir_error *error);

typedef struct tapir_routes tapir_routes;

/* Reads all routing tables, IPv4 then IPv6, in the kernel's order. On failure *routes is NULL. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_routes_new(tapir_routes **routes, tapir_error *error);

/* NULL is fine. */
TAPIR_API void tapir_routes_free(tapir_routes *routes);

TAPIR_API size_t tapir_routes_count(const tapir_routes *routes);

/* Returns the route at a place in the list, from 0; NULL behind the last. Valid until freed. */
TAPIR_API const tapir_route *tapir_routes_each(const tapir_routes *routes, size_t at);

/* Names as ip-route(8) has them without a machine's own ones; NULL for a number without one.
 * Static. */
TAPIR_API const char *tapir_route_type_name(uint8_t type);
TAPIR_API const char *tapir_route_protocol_name(uint8_t protocol);
TAPIR_API const char *tapir_route_table_name(uint32_t table);

TAPIR_EXTERN_C_END
#endif
