/* Endpoints and flows: one side's address, a source and destination pair, and what identifies both.
 */
#ifndef TAPIR_FLOW_H
#define TAPIR_FLOW_H

#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

/* What kind of address an endpoint holds. Numbers from TAPIR_ENDPOINT_USER on are the program's
 * own. */
typedef enum tapir_endpoint_type {
    TAPIR_ENDPOINT_NONE,
    TAPIR_ENDPOINT_MAC,
    TAPIR_ENDPOINT_IPV4,
    TAPIR_ENDPOINT_IPV6,
    TAPIR_ENDPOINT_TCP_PORT,
    TAPIR_ENDPOINT_UDP_PORT,
    TAPIR_ENDPOINT_SCTP_PORT,
    TAPIR_ENDPOINT_LINK, /* any other link-layer address */
    TAPIR_ENDPOINT_USER = 256
} tapir_endpoint_type;

/* One side's address: at most 16 bytes in network order, the rest zero. Plain value, comparable
 * with tapir_endpoint_equal, usable as a key. */
typedef struct tapir_endpoint {
    uint16_t type; /* tapir_endpoint_type */
    uint16_t len;
    uint8_t bytes[16];
} tapir_endpoint;

/* A source and a destination of the same type. */
typedef struct tapir_flow {
    tapir_endpoint src, dst;
} tapir_flow;

/* Returns an endpoint of `len` (at most 16, the rest is cut) bytes. */
TAPIR_API tapir_endpoint tapir_endpoint_of(unsigned type, const void *bytes, size_t len);

/* Returns the endpoint of a port. */
TAPIR_API tapir_endpoint tapir_endpoint_port(tapir_endpoint_type type, uint16_t port);

/* Orders endpoints: by type, then by bytes, then by length; negative, 0, positive. */
TAPIR_API int tapir_endpoint_compare(const tapir_endpoint *a, const tapir_endpoint *b);

static inline bool tapir_endpoint_equal(const tapir_endpoint *a, const tapir_endpoint *b)
{
    return tapir_endpoint_compare(a, b) == 0;
}

/* Orders flows by source, then destination. */
TAPIR_API int tapir_flow_compare(const tapir_flow *a, const tapir_flow *b);

static inline bool tapir_flow_equal(const tapir_flow *a, const tapir_flow *b)
{
    return tapir_flow_compare(a, b) == 0;
}

/* Returns the flow in the other direction. */
static inline tapir_flow tapir_flow_reverse(const tapir_flow *flow)
{
    tapir_flow reverse;
    reverse.src = flow->dst;
    reverse.dst = flow->src;
    return reverse;
}

/* Hashes an endpoint; different seeds give unrelated values, so input cannot be made to collide. */
TAPIR_API uint64_t tapir_endpoint_hash(const tapir_endpoint *endpoint, uint64_t seed);

/* Hashes a flow so that both directions give the same value. */
TAPIR_API uint64_t tapir_flow_hash(const tapir_flow *flow, uint64_t seed);

/* Appends 10.0.0.1, 00:11:22:33:44:55, 443 ... */
TAPIR_API void tapir_endpoint_text(tapir_text *text, const tapir_endpoint *endpoint);

/* Appends "src->dst". */
TAPIR_API void tapir_flow_text(tapir_text *text, const tapir_flow *flow);

/* Fills the flow of a link, network or transport layer; false when the layer has no addresses. */
TAPIR_API bool tapir_layer_flow(const tapir_layer *layer, tapir_flow *flow);

/* Network and transport flow of a packet: what identifies a connection. */
typedef struct tapir_connection {
    tapir_flow network, transport; /* type TAPIR_ENDPOINT_NONE where absent */
    uint8_t protocol;              /* IP protocol number of the transport, 0 when there is no IP */
} tapir_connection;

/* Fills the innermost connection of a packet, the one inside all tunnels; false when it has no
 * network layer. Finishes decoding. */
TAPIR_API bool tapir_packet_connection(tapir_packet *packet, tapir_connection *connection);

/* Hashes a connection so that both directions give the same value: for sharding to workers. */
TAPIR_API uint64_t tapir_connection_hash(const tapir_connection *connection, uint64_t seed);

/* Writes the Community ID v1 (github.com/corelight/community-id-spec) of the innermost connection
 * with ports or ICMP types, "1:" and base64, 30 characters and NUL. What an ICMP error quotes does
 * not count. False when the packet has no IP. */
#define TAPIR_COMMUNITY_ID_ROOM 32
TAPIR_API bool tapir_packet_community_id(
    tapir_packet *packet, uint16_t seed, char id[TAPIR_COMMUNITY_ID_ROOM]);

/* The same of a connection with ports, without its packets. */
TAPIR_API bool tapir_connection_community_id(
    const tapir_connection *connection, uint16_t seed, char id[TAPIR_COMMUNITY_ID_ROOM]);

TAPIR_EXTERN_C_END
#endif
