/* Raw IP: no header of its own, the first four bits say which version follows. */
#ifndef TAPIR_PROTO_RAW_H
#define TAPIR_PROTO_RAW_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

struct tapir_raw {
    uint8_t version; /* of the IP header behind it; not a byte of its own */
};

TAPIR_API extern const tapir_proto tapir_raw_proto;

TAPIR_EXTERN_C_END
#endif
