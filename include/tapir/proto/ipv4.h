/* Internet Protocol version 4 (RFC 791). */
#ifndef TAPIR_PROTO_IPV4_H
#define TAPIR_PROTO_IPV4_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Bits of `flags`. */
#define TAPIR_IPV4_RESERVED       4
#define TAPIR_IPV4_DONT_FRAGMENT  2
#define TAPIR_IPV4_MORE_FRAGMENTS 1

/* Parts of `ds_field` (RFC 2474, RFC 3168). */
#define TAPIR_DSCP(ds_field) ((ds_field) >> 2)
#define TAPIR_ECN(ds_field)  ((ds_field)&3)

struct tapir_ipv4 {
    uint8_t version;
    uint8_t header_words; /* header length in 32-bit words */
    uint8_t ds_field;     /* DSCP and ECN, once the type of service */
    uint8_t flags;        /* TAPIR_IPV4_* */
    uint16_t length;      /* header and payload in bytes; 0 when the sender offloads segmentation */
    uint16_t id;
    uint16_t fragment_offset; /* in units of 8 bytes */
    uint8_t ttl;
    uint8_t protocol;
    uint16_t checksum;
    uint8_t src[4], dst[4];
    tapir_span options; /* walk with tapir_ipv4_options */
};

TAPIR_API extern const tapir_proto tapir_ipv4_proto;

/* Names of IP protocol numbers, shared by every protocol that carries one. */
TAPIR_API extern const tapir_label tapir_ip_protocols[];

TAPIR_EXTERN_C_END
#endif
