/* Internet Protocol version 6 (RFC 8200). */
#ifndef TAPIR_PROTO_IPV6_H
#define TAPIR_PROTO_IPV6_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

struct tapir_ipv6 {
    uint8_t version;
    uint8_t traffic_class; /* DSCP and ECN: TAPIR_DSCP, TAPIR_ECN of ipv4.h */
    uint32_t flow_label;
    uint16_t payload_length; /* bytes behind this header; 0 in a jumbogram (RFC 2675 3) */
    uint8_t next_header;
    uint8_t hop_limit;
    uint8_t src[16], dst[16];
};

TAPIR_API extern const tapir_proto tapir_ipv6_proto;

TAPIR_EXTERN_C_END
#endif
