/* Lightweight Communications and Marshalling: messages by UDP multicast, whole or in fragments. */
#ifndef TAPIR_PROTO_LCM_H
#define TAPIR_PROTO_LCM_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Values of `magic`: "LC02" and "LC03". */
#define TAPIR_LCM_SHORT    0x4c433032
#define TAPIR_LCM_FRAGMENT 0x4c433033

struct tapir_lcm {
    uint32_t magic;
    uint32_t sequence; /* number of the message, of all its fragments */
    /* Of fragments only, 0 in short messages. */
    uint32_t size;      /* bytes of the whole message's data */
    uint32_t offset;    /* in it, of the fragment's first byte */
    uint16_t fragment;  /* 0 for the first */
    uint16_t fragments; /* of the message */
    /* Without the zero byte that ends it; of fragments only the first has one. */
    tapir_span channel;
};

TAPIR_API extern const tapir_proto tapir_lcm_proto;

TAPIR_EXTERN_C_END
#endif
