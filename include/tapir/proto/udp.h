/* User Datagram Protocol (RFC 768). */
#ifndef TAPIR_PROTO_UDP_H
#define TAPIR_PROTO_UDP_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* A datagram is sent without a checksum (RFC 768) when `checksum` is 0 and the layer keeps
 * TAPIR_CHECKSUMS; one that is filled in is never 0. Over IPv6 only tunnels may do so, where both
 * ends agree on it (RFC 6935, RFC 6936), and others discard the datagram (RFC 8200 8.1). As with
 * everything that is kept, whether it is right is for the program to know. */
struct tapir_udp {
    uint16_t src_port, dst_port;
    uint16_t length;   /* header and payload in bytes; 0 in a jumbogram (RFC 2675 4) */
    uint16_t checksum; /* 0: the sender computed none */
};

TAPIR_API extern const tapir_proto tapir_udp_proto;

TAPIR_EXTERN_C_END
#endif
