/* IPv6's fragment header (RFC 8200 4.5). */
#ifndef TAPIR_PROTO_IPV6_FRAGMENT_H
#define TAPIR_PROTO_IPV6_FRAGMENT_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

struct tapir_ipv6_fragment {
    uint8_t next_header;
    uint8_t reserved;
    uint16_t fragment_offset; /* in units of 8 bytes */
    uint8_t reserved_bits;    /* two */
    bool more_fragments;
    uint32_t id;
};

TAPIR_API extern const tapir_proto tapir_ipv6_fragment_proto;

TAPIR_EXTERN_C_END
#endif
