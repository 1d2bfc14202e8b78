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
    uint8_t length;  /* in units of 8 bytes, the first not counted */
    uint16_t octets; /* the same in bytes, with all; not written */
    uint8_t type;    /* TAPIR_IPV6_ROUTING_* */
    uint8_t segments_left;
    uint8_t destination[16]; /* of the IPv6 header outside, which compressed addresses share; zero
                                when there is none; not written */
    tapir_span data;         /* what follows, by type; walk with tapir_ipv6_routing_data */
};

/* `data`. Of the members only those of the type count, the others are 0. */
struct tapir_ipv6_route {
    uint8_t type, segments_left;
    uint8_t destination[16];
    uint8_t reserved[4];    /* SOURCE, MOBILE */
    uint8_t elided;         /* RPL: bytes missing of each address ... */
    uint8_t elided_last;    /* ... and of the last one */
    uint8_t padding;        /* RPL: bytes behind the addresses */
    uint32_t rpl_reserved;  /* RPL */
    uint32_t address_count; /* RPL: as the lengths have it */
    uint8_t last_entry;     /* SEGMENT: index of the last segment */
    uint8_t flags, tag[2];  /* SEGMENT */
    uint32_t current_id;    /* CRH16, CRH32: the one in use */
    tapir_span addresses;   /* SEGMENT: the path's last segment comes first (RFC 8754 2) */
    tapir_span ids;         /* CRH16, CRH32: 2 or 4 bytes each */
    tapir_span tlvs;        /* SEGMENT */
    tapir_span rest;        /* what the type does not explain */
};

/* One address of a route. */
struct tapir_ipv6_hop {
    uint8_t address[16];
    tapir_span sent; /* the bytes of it that were sent */
};

TAPIR_API extern const tapir_proto tapir_ipv6_routing_proto;

/* Decodes `data`; false when it is too short for its type. */
TAPIR_API bool tapir_ipv6_routing_data(
    const struct tapir_ipv6_routing *routing, struct tapir_ipv6_route *route);

/* Starts a walk over the addresses: while (tapir_walk_next(&walk, &hop)) ... */
TAPIR_API tapir_walk tapir_ipv6_hops(const struct tapir_ipv6_route *route);

/* Write `data` into a tapir_writer, which fails when there is no room. Addresses in a span have 16
 * bytes each. `type` and `segments_left` of the struct are the program's to set.
 *
 * Of SOURCE and MOBILE: addresses in the order of the path. Of SEGMENT: the path's last segment
 * comes first, TLVs may follow and have to fill up to a multiple of 8 bytes. */
TAPIR_API void tapir_ipv6_put_source_route(tapir_writer *w, tapir_span addresses);
TAPIR_API void tapir_ipv6_put_segments(
    tapir_writer *w, uint64_t flags, uint64_t tag, tapir_span addresses);
TAPIR_API void tapir_ipv6_put_segment_tlv(tapir_writer *w, uint64_t type, tapir_span value);
/* Of CRH16 and CRH32: `bytes`, 2 or 4, of each identifier; fills up to a multiple of 8 bytes with
 * the header's first 4. */
TAPIR_API void tapir_ipv6_put_compact_route(
    tapir_writer *w, unsigned bytes, const uint32_t *ids, size_t count);

/* Writes the address the packet ends up at, which is what checksums cover (RFC 8200 8.1); false
 * when that cannot be told. */
TAPIR_API bool tapir_ipv6_routing_final(
    const struct tapir_ipv6_routing *routing, uint8_t address[16]);

TAPIR_EXTERN_C_END
#endif
