/* Multiprotocol Label Switching: one entry of a label stack a layer (RFC 3032, RFC 5462). */
#ifndef TAPIR_PROTO_MPLS_H
#define TAPIR_PROTO_MPLS_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

#define TAPIR_ETHER_TYPE_MPLS          0x8847
#define TAPIR_ETHER_TYPE_MPLS_UPSTREAM 0x8848 /* with a label the sender chose (RFC 5332 2) */

/* Labels with a meaning of their own (IANA special-purpose MPLS label values). */
enum {
    TAPIR_MPLS_IPV4_EXPLICIT_NULL = 0,
    TAPIR_MPLS_ROUTER_ALERT = 1,
    TAPIR_MPLS_IPV6_EXPLICIT_NULL = 2,
    TAPIR_MPLS_IMPLICIT_NULL = 3,
    TAPIR_MPLS_ENTROPY = 7,             /* RFC 6790 */
    TAPIR_MPLS_ASSOCIATED_CHANNEL = 13, /* RFC 5586 */
    TAPIR_MPLS_OAM_ALERT = 14,          /* RFC 3429 */
    TAPIR_MPLS_EXTENSION = 15           /* RFC 7274 */
};

/* Keys for what follows the bottom entry: its label; where nobody answers to that, the first four
 * bits of what follows. */
TAPIR_API extern const tapir_space tapir_space_mpls_label, tapir_space_mpls_nibble;
#define TAPIR_MPLS_LABEL  (&tapir_space_mpls_label)
#define TAPIR_MPLS_NIBBLE (&tapir_space_mpls_nibble)

struct tapir_mpls {
    uint32_t label;
    uint8_t traffic_class; /* once the experimental bits */
    bool bottom;           /* the last entry of the stack */
    uint8_t ttl;
};

TAPIR_API extern const tapir_proto tapir_mpls_proto;

TAPIR_EXTERN_C_END
#endif
