/* Point-to-Point Protocol (RFC 1661), with the address and control of RFC 1662 or without. */
#ifndef TAPIR_PROTO_PPP_H
#define TAPIR_PROTO_PPP_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

#define TAPIR_LINK_TYPE_PPP        9
#define TAPIR_LINK_TYPE_PPP_SERIAL 50
#define TAPIR_LINK_TYPE_PPP_ETHER  51 /* begins with the header of PPPoE */

#define TAPIR_ETHER_TYPE_PPP 0x880b

/* Values of `protocol` (IANA PPP DLL protocol numbers). */
enum {
    TAPIR_PPP_IPV4 = 0x0021,
    TAPIR_PPP_IPV6 = 0x0057,
    TAPIR_PPP_MPLS = 0x0281,
    TAPIR_PPP_MPLS_UPSTREAM = 0x0283,
    TAPIR_PPP_IPCP = 0x8021,
    TAPIR_PPP_IPV6CP = 0x8057,
    TAPIR_PPP_LCP = 0xc021,
    TAPIR_PPP_PAP = 0xc023,
    TAPIR_PPP_CHAP = 0xc223
};

/* Bits of `present`. */
#define TAPIR_PPP_ADDRESS 1 /* the address and the control field are there (RFC 1662 3.1) */
#define TAPIR_PPP_CONTROL 2

struct tapir_ppp {
    uint8_t present;
    bool compressed; /* the protocol takes one byte (RFC 1661 6.5) */
    uint8_t address; /* 0xff */
    uint8_t control; /* 0x03 */
    uint16_t protocol;
};

TAPIR_API extern const tapir_proto tapir_ppp_proto;

/* Names of protocols, shared by everything that carries their numbers. */
TAPIR_API extern const tapir_label tapir_ppp_protocols[];

TAPIR_EXTERN_C_END
#endif
