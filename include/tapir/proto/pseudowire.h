/* What may stand between an MPLS label stack and what a pseudowire carries: the control word of
 * Ethernet (RFC 4448) and the associated channel (RFC 4385, RFC 5586). */
#ifndef TAPIR_PROTO_PSEUDOWIRE_H
#define TAPIR_PROTO_PSEUDOWIRE_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

struct tapir_pw_ethernet {
    uint16_t reserved; /* its first four bits tell it from IP */
    uint16_t sequence; /* 0: not in use */
};

/* Keys by channel type (IANA MPLS generalized associated channel types). */
TAPIR_API extern const tapir_space tapir_space_pw_channel;
#define TAPIR_PW_CHANNEL (&tapir_space_pw_channel)

struct tapir_pw_channel {
    uint8_t first; /* 1; tells it from IP */
    uint8_t version;
    uint8_t reserved;
    uint16_t type;
};

TAPIR_API extern const tapir_proto tapir_pw_ethernet_proto, tapir_pw_channel_proto;

TAPIR_EXTERN_C_END
#endif
