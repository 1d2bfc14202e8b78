/* IPv6's routing header (RFC 8200 4.4), with the data of every type in use. */
#ifndef TAPIR_PROTO_IPV6_ROUTING_H
#define TAPIR_PROTO_IPV6_ROUTING_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Values of `type` (IANA IPv6 parameters). */
enum {
    TAPIR_IPV6_ROUTING_SOURCE = 0,  /* RFC 5095, deprecated */
    TAPIR_IPV6_ROUTING_NIMROD = 1,  /* deprecated */
    TAPIR_IPV6_ROUTING_MOBILE = 2,  /* RFC 6275 */
    TAPIR_IPV6_ROUTING_RPL = 3,     /* RFC 6554 */
    TAPIR_IPV6_ROUTING_SEGMENT = 4, /* RFC 8754 */
    TAPIR_IPV6_ROUTING_CRH16 = 5,   /* RFC 9631 */
    TAPIR_IPV6_ROUTING_CRH32 = 6
};

struct tapir_ipv6_routing {
    uint8_t next_header;
    uint8_t length; /* in units of 8 bytes, the first not counted */
    uint8_t type;   /* TAPIR_IPV6_ROUTING_* */
    uint8_t segments_left;
    tapir_span data; /* what follows, by type; tapir_ipv6_routing_data decodes it */
};

/* `data` of types 0 and 2: four reserved bytes, then addresses of 16 bytes. */
struct tapir_ipv6_routing_source {
    tapir_span reserved, addresses;
};

/* `data` of type 3. Addresses lack the first bytes they share with the destination (RFC 6554 3). */
struct tapir_ipv6_routing_rpl {
    uint8_t elided, elided_last; /* bytes missing of each address, of the last one */
    uint8_t padding;             /* bytes behind the addresses */
    uint32_t reserved;
    tapir_span addresses;
};

/* `data` of type 4. The first segment of the path comes last (RFC 8754 2). */
struct tapir_ipv6_routing_segment {
    uint8_t last_entry; /* index of the last segment */
    uint8_t flags;
    uint16_t tag;
    tapir_span segments; /* 16 bytes each */
    tapir_span tlvs;
};

/* `data` of types 5 and 6. */
struct tapir_ipv6_routing_crh {
    tapir_span ids; /* 2 or 4 bytes each */
};

TAPIR_API extern const tapir_proto tapir_ipv6_routing_proto;

/* Writes the address the packet ends up at, which is what checksums cover (RFC 8200 8.1); false
 * when that is the destination of the IPv6 header, or cannot be told. */
TAPIR_API bool tapir_ipv6_routing_final(const struct tapir_ipv6_routing *routing,
    const uint8_t destination[16], uint8_t final_destination[16]);

TAPIR_EXTERN_C_END
#endif
