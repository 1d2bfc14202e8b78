/* IPv6's hop-by-hop options header (RFC 8200 4.3). */
#ifndef TAPIR_PROTO_IPV6_HOPOPTS_H
#define TAPIR_PROTO_IPV6_HOPOPTS_H

#include "tapir/proto/ipv6_options.h"

TAPIR_EXTERN_C_BEGIN

struct tapir_ipv6_hopopts {
    uint8_t next_header;
    uint8_t length;     /* in units of 8 bytes, the first not counted */
    uint16_t octets;    /* the same in bytes, with all; not written */
    tapir_span options; /* walk with tapir_ipv6_options */
};

TAPIR_API extern const tapir_proto tapir_ipv6_hopopts_proto;

TAPIR_EXTERN_C_END
#endif
