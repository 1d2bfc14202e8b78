/* User Datagram Protocol (RFC 768). */
#ifndef TAPIR_PROTO_UDP_H
#define TAPIR_PROTO_UDP_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

struct tapir_udp {
    uint16_t src_port, dst_port;
    uint16_t length;   /* header and payload in bytes; 0 in a jumbogram (RFC 2675 4) */
    uint16_t checksum; /* 0: the sender computed none */
};

TAPIR_API extern const tapir_proto tapir_udp_proto;

TAPIR_EXTERN_C_END
#endif
