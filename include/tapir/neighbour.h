/* Link-layer addresses of the machines around: the kernel's table (ARP, neighbour discovery), and
 * having it find one. For the network namespace that the calling thread is in. */
#ifndef TAPIR_NEIGHBOUR_H
#define TAPIR_NEIGHBOUR_H

#include "tapir/device.h"
#include "tapir/route.h"

TAPIR_EXTERN_C_BEGIN

/* What the kernel knows about a neighbour: its NUD_*, one bit of these. */
enum tapir_neighbour_state {
    TAPIR_NEIGHBOUR_NONE = 0,
    TAPIR_NEIGHBOUR_INCOMPLETE = 0x01, /* being asked for */
    TAPIR_NEIGHBOUR_REACHABLE = 0x02,
    TAPIR_NEIGHBOUR_STALE = 0x04, /* good until it is used, then asked again */
    TAPIR_NEIGHBOUR_DELAY = 0x08,
    TAPIR_NEIGHBOUR_PROBE = 0x10,
    TAPIR_NEIGHBOUR_FAILED = 0x20, /* nobody answered */
    TAPIR_NEIGHBOUR_NO_ARP = 0x40, /* known without asking */
    TAPIR_NEIGHBOUR_PERMANENT = 0x80
};

typedef struct tapir_neighbour {
    tapir_endpoint address; /* TAPIR_ENDPOINT_IPV4 or TAPIR_ENDPOINT_IPV6 */
    tapir_link_address mac; /* len 0: not known */
    uint32_t interface;     /* index */
    char interface_name[TAPIR_INTERFACE_NAME_ROOM];
    uint16_t state; /* enum tapir_neighbour_state */
    bool router;    /* says that it is one */
    bool proxy;     /* not a neighbour: this machine answers for it */
} tapir_neighbour;

/* Has the kernel find to which link-layer address a packet to `destination` is to be sent: that of
 * the machine itself, or of the gateway on the way; neighbour->address tells which it was. What the
 * table has is taken without asking; multicast and broadcast addresses are computed; on a link
 * without addresses (a tunnel) mac.len is 0 and the state TAPIR_NEIGHBOUR_NO_ARP.
 *
 * `query` says by which way, NULL: whichever. Without CAP_NET_ADMIN an empty UDP datagram to the
 * discard port makes the kernel ask. TAPIR_NOT_FOUND: no route, or nobody answered;
 * TAPIR_TIMEOUT: nobody did within `timeout_ms`; the kernel gives up after about 3000 itself. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_neighbour_resolve(tapir_neighbour *neighbour,
    const tapir_endpoint *destination, const tapir_route_query *query, unsigned timeout_ms,
    tapir_error *error);

/* Looks an address up in the kernel's table and sends nothing; `interface` is an index. The entry
 * may lack a MAC address. TAPIR_NOT_FOUND when there is none. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_neighbour_get(tapir_neighbour *neighbour,
    const tapir_endpoint *address, uint32_t interface, tapir_error *error);

typedef struct tapir_neighbours tapir_neighbours;

/* Reads the kernel's table, IPv4 and IPv6. On failure *neighbours is NULL. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_neighbours_new(
    tapir_neighbours **neighbours, tapir_error *error);

/* NULL is fine. */
TAPIR_API void tapir_neighbours_free(tapir_neighbours *neighbours);

TAPIR_API size_t tapir_neighbours_count(const tapir_neighbours *neighbours);

/* Returns the entry at a place in the list, from 0; NULL behind the last. Valid until freed. */
TAPIR_API const tapir_neighbour *tapir_neighbours_each(
    const tapir_neighbours *neighbours, size_t at);

/* Returns the state's name as ip-neighbour(8) has it, "REACHABLE"; NULL for what is no state.
 * Static. */
TAPIR_API const char *tapir_neighbour_state_name(uint16_t state);

TAPIR_EXTERN_C_END
#endif
