/* What sets PPP up: the control of the link (RFC 1661), of IP (RFC 1332) and of IPv6 (RFC 5072),
 * PAP (RFC 1334) and CHAP (RFC 1994), whose packets are made alike. */
#ifndef TAPIR_PROTO_PPP_CONTROL_H
#define TAPIR_PROTO_PPP_CONTROL_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Values of `code` of the control protocols; those from PROTOCOL_REJECT on are of the link only. */
enum {
    TAPIR_PPP_CONFIGURE_REQUEST = 1,
    TAPIR_PPP_CONFIGURE_ACK = 2,
    TAPIR_PPP_CONFIGURE_NAK = 3,
    TAPIR_PPP_CONFIGURE_REJECT = 4,
    TAPIR_PPP_TERMINATE_REQUEST = 5,
    TAPIR_PPP_TERMINATE_ACK = 6,
    TAPIR_PPP_CODE_REJECT = 7,
    TAPIR_PPP_PROTOCOL_REJECT = 8,
    TAPIR_PPP_ECHO_REQUEST = 9,
    TAPIR_PPP_ECHO_REPLY = 10,
    TAPIR_PPP_DISCARD = 11
};

/* The same for all of them. */
struct tapir_ppp_control {
    uint8_t code;
    uint8_t identifier;
    uint16_t length; /* with these four bytes */
    tapir_span data; /* by the code; of Configure-*: walk with tapir_ppp_options */
};

TAPIR_API extern const tapir_proto tapir_ppp_lcp_proto, tapir_ppp_ipcp_proto,
    tapir_ppp_ipv6cp_proto, tapir_ppp_pap_proto, tapir_ppp_chap_proto;

/* One option. Which member of `as` counts depends on the protocol and the type; all are zero when
 * the option has another length than its type asks for. */
struct tapir_ppp_option {
    uint8_t type, length; /* the length counts both */
    tapir_span value;
    tapir_span rest; /* of the value, behind what `as` has of it */
    union {
        uint32_t number;
        struct {
            uint16_t protocol;
            uint8_t algorithm; /* of CHAP */
        } authentication;
        struct {
            uint8_t src[4], dst[4];
        } addresses;
        uint8_t address[4];
        uint8_t interface[8];
        struct {
            uint16_t protocol;
            uint8_t max_slot, compress_slot;
        } compression;
    } as;
};

/* Starts a walk over the options of LCP (ipcp, ipv6cp alike); items are struct tapir_ppp_option. */
TAPIR_API tapir_walk tapir_ppp_lcp_options(const struct tapir_ppp_control *control);
TAPIR_API tapir_walk tapir_ppp_ipcp_options(const struct tapir_ppp_control *control);
TAPIR_API tapir_walk tapir_ppp_ipv6cp_options(const struct tapir_ppp_control *control);

TAPIR_EXTERN_C_END
#endif
