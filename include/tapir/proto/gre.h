/* Generic Routing Encapsulation (RFC 2784, RFC 2890, RFC 1701), version 1 for PPTP (RFC 2637). */
#ifndef TAPIR_PROTO_GRE_H
#define TAPIR_PROTO_GRE_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Bits of `flags`. */
#define TAPIR_GRE_CHECKSUM       0x8000
#define TAPIR_GRE_ROUTING        0x4000
#define TAPIR_GRE_KEY            0x2000
#define TAPIR_GRE_SEQUENCE       0x1000
#define TAPIR_GRE_STRICT_SOURCE  0x0800
#define TAPIR_GRE_RECURSION      0x0700
#define TAPIR_GRE_ACKNOWLEDGMENT 0x0080 /* version 1 */
#define TAPIR_GRE_VERSION        0x0007

/* Members whose bit in `flags` is off are 0. */
struct tapir_gre {
    uint16_t flags;          /* TAPIR_GRE_* */
    uint16_t present;        /* those of them whose part of the header was there; not written */
    uint16_t protocol;       /* an EtherType */
    uint16_t checksum;       /* CHECKSUM or ROUTING */
    uint16_t offset;         /* CHECKSUM or ROUTING: of the active source route entry (RFC 1701) */
    uint32_t key;            /* KEY; version 1: payload length and call id, 16 bits each */
    uint32_t sequence;       /* SEQUENCE */
    uint32_t acknowledgment; /* ACKNOWLEDGMENT */
    tapir_span routing;      /* ROUTING: source route entries; walk with tapir_gre_routes */
    bool has_redirect;       /* protocol 0x883e only: version 2 of WCCP has a header more */
    uint32_t redirect;       /* flags, service, alternative and primary bucket, 8 bits each */
};

TAPIR_API extern const tapir_proto tapir_gre_proto;

/* One source route entry; an empty one of family 0 ends the list (RFC 1701). */
struct tapir_gre_route {
    uint16_t address_family;
    uint8_t offset, length;
    tapir_span information;
};

/* Starts a walk over the source route entries: while (tapir_walk_next(&walk, &route)) ... */
TAPIR_API tapir_walk tapir_gre_routes(const struct tapir_gre *gre);

TAPIR_EXTERN_C_END
#endif
