/* Internet Control Message Protocol (RFC 792). */
#ifndef TAPIR_PROTO_ICMP_H
#define TAPIR_PROTO_ICMP_H

#include "tapir/proto/icmp_extensions.h"

TAPIR_EXTERN_C_BEGIN

/* Types of messages (IANA ICMP parameters). */
enum {
    TAPIR_ICMP_ECHO_REPLY = 0,
    TAPIR_ICMP_UNREACHABLE = 3,
    TAPIR_ICMP_SOURCE_QUENCH = 4,
    TAPIR_ICMP_REDIRECT = 5,
    TAPIR_ICMP_ALTERNATE_HOST = 6,
    TAPIR_ICMP_ECHO_REQUEST = 8,
    TAPIR_ICMP_ROUTER_ADVERTISEMENT = 9, /* RFC 1256 */
    TAPIR_ICMP_ROUTER_SOLICITATION = 10,
    TAPIR_ICMP_TIME_EXCEEDED = 11,
    TAPIR_ICMP_PARAMETER_PROBLEM = 12,
    TAPIR_ICMP_TIMESTAMP_REQUEST = 13,
    TAPIR_ICMP_TIMESTAMP_REPLY = 14,
    TAPIR_ICMP_INFORMATION_REQUEST = 15,
    TAPIR_ICMP_INFORMATION_REPLY = 16,
    TAPIR_ICMP_MASK_REQUEST = 17, /* RFC 950 */
    TAPIR_ICMP_MASK_REPLY = 18,
    TAPIR_ICMP_TRACEROUTE = 30,        /* RFC 1393 */
    TAPIR_ICMP_CONVERSION_FAILED = 31, /* RFC 1475 */
    TAPIR_ICMP_MOBILE_HOST_REDIRECT = 32,
    TAPIR_ICMP_WHERE_ARE_YOU = 33,
    TAPIR_ICMP_I_AM_HERE = 34,
    TAPIR_ICMP_MOBILE_REGISTRATION_REQUEST = 35,
    TAPIR_ICMP_MOBILE_REGISTRATION_REPLY = 36,
    TAPIR_ICMP_NAME_REQUEST = 37, /* RFC 1788 */
    TAPIR_ICMP_NAME_REPLY = 38,
    TAPIR_ICMP_SKIP = 39,
    TAPIR_ICMP_PHOTURIS = 40,              /* RFC 2521 */
    TAPIR_ICMP_EXPERIMENTAL_MOBILITY = 41, /* RFC 4065 */
    TAPIR_ICMP_EXTENDED_ECHO_REQUEST = 42, /* RFC 8335 */
    TAPIR_ICMP_EXTENDED_ECHO_REPLY = 43
};

/* Codes of TAPIR_ICMP_UNREACHABLE that programs look for. */
enum {
    TAPIR_ICMP_NET_UNREACHABLE = 0,
    TAPIR_ICMP_HOST_UNREACHABLE = 1,
    TAPIR_ICMP_PROTOCOL_UNREACHABLE = 2,
    TAPIR_ICMP_PORT_UNREACHABLE = 3,
    TAPIR_ICMP_FRAGMENTATION_NEEDED = 4
};

/* ECHO_REQUEST, ECHO_REPLY, INFORMATION_*, NAME_REQUEST. */
struct tapir_icmp_echo {
    uint16_t ident, seq;
};

/* UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM, SOURCE_QUENCH: the packet's next layers are those
 * of the datagram it quotes. */
struct tapir_icmp_error {
    uint8_t pointer; /* PARAMETER_PROBLEM: offset in the quoted datagram; unused in others */
    uint8_t length;  /* of the quoted datagram in 32-bit words (RFC 4884 4), 0 in older messages */
    uint16_t mtu;    /* FRAGMENTATION_NEEDED: of the next hop (RFC 1191); unused in others */
};

/* REDIRECT. */
struct tapir_icmp_redirect {
    uint8_t gateway[4];
};

/* ROUTER_ADVERTISEMENT. */
struct tapir_icmp_router_advertisement {
    uint8_t address_count;
    uint8_t address_words; /* 32-bit words of one address entry, 2 */
    uint16_t lifetime;     /* seconds */
    tapir_span addresses;  /* walk with tapir_icmp_router_addresses */
    tapir_span extensions; /* of mobile IP (RFC 5944 2.1), walk with tapir_icmp_mobile_extensions */
};

/* TIMESTAMP_*: milliseconds since midnight UTC, or anything else when the highest bit is set. */
struct tapir_icmp_timestamp {
    uint16_t ident, seq;
    uint32_t originate, receive, transmit;
};

/* MASK_*. */
struct tapir_icmp_mask {
    uint16_t ident, seq;
    uint8_t mask[4];
};

/* TRACEROUTE. */
struct tapir_icmp_traceroute {
    uint16_t ident, unused;
    uint16_t outbound_hops, return_hops;
    uint32_t link_speed; /* bytes per second */
    uint32_t link_mtu;
};

/* CONVERSION_FAILED; the quoted datagram follows. */
struct tapir_icmp_conversion_failed {
    uint32_t pointer; /* offset in the quoted datagram */
};

/* NAME_REPLY. */
struct tapir_icmp_name_reply {
    uint16_t ident, seq;
    int32_t ttl;      /* seconds */
    tapir_span names; /* as in DNS, one behind the other */
};

/* PHOTURIS; the quoted datagram follows. */
struct tapir_icmp_photuris {
    uint16_t reserved, pointer;
};

/* EXPERIMENTAL_MOBILITY; the options follow as payload. */
struct tapir_icmp_mobility {
    uint8_t subtype;
    uint8_t reserved[3];
};

/* EXTENDED_ECHO_REQUEST, and EXTENDED_ECHO_REPLY with what is said of the interface. */
struct tapir_icmp_extended_echo {
    uint16_t ident;
    uint8_t seq;
    uint8_t reserved;
    bool local;              /* REQUEST: the interface is on the probed node itself */
    uint8_t state;           /* REPLY: of the neighbour table entry */
    bool active, ipv4, ipv6; /* REPLY: what the interface does */
};

struct tapir_icmp {
    uint8_t type; /* TAPIR_ICMP_* */
    uint8_t code;
    uint16_t checksum;
    /* The message by its type; none for types that are not known, all of which is payload. */
    union {
        struct tapir_icmp_echo echo;
        struct tapir_icmp_error error;
        struct tapir_icmp_redirect redirect;
        struct tapir_icmp_router_advertisement router_advertisement;
        struct tapir_icmp_timestamp timestamp;
        struct tapir_icmp_mask mask;
        struct tapir_icmp_traceroute traceroute;
        struct tapir_icmp_conversion_failed conversion_failed;
        struct tapir_icmp_name_reply name_reply;
        struct tapir_icmp_photuris photuris;
        struct tapir_icmp_mobility mobility;
        struct tapir_icmp_extended_echo extended_echo;
    };
    tapir_span body;       /* the message's own fields as they stand on the wire; not encoded */
    tapir_span extensions; /* RFC 4884, behind the quoted datagram: tapir_icmp_extensions_decode */
};

TAPIR_API extern const tapir_proto tapir_icmp_proto;

/* One address of a ROUTER_ADVERTISEMENT. */
struct tapir_icmp_router_address {
    uint8_t address[4];
    int32_t preference;
    tapir_span more; /* words beyond the second */
};

/* Starts a walk over the addresses of a ROUTER_ADVERTISEMENT. */
TAPIR_API tapir_walk tapir_icmp_router_addresses(const struct tapir_icmp *icmp);

/* Types of mobile IP extensions of a ROUTER_ADVERTISEMENT. */
enum {
    TAPIR_ICMP_MOBILE_PADDING = 0, /* one byte, no length */
    TAPIR_ICMP_MOBILE_AGENT = 16,
    TAPIR_ICMP_MOBILE_PREFIX_LENGTHS = 19,
    TAPIR_ICMP_MOBILE_CHALLENGE = 24 /* RFC 4721 */
};

/* One extension; the members behind `data` are those of MOBILE_AGENT. */
struct tapir_icmp_mobile_extension {
    uint8_t type;
    uint8_t length; /* of `data`; 0 for MOBILE_PADDING */
    tapir_span
        data; /* MOBILE_PREFIX_LENGTHS: one byte per address; MOBILE_CHALLENGE: the challenge */
    uint16_t seq;
    uint16_t lifetime; /* of a registration, seconds */
    uint16_t flags;
    tapir_span care_of_addresses; /* 4 bytes each */
};

/* Starts a walk over the mobile IP extensions of a ROUTER_ADVERTISEMENT. */
TAPIR_API tapir_walk tapir_icmp_mobile_extensions(const struct tapir_icmp *icmp);

/* Tells whether messages of that type quote the datagram they are about. */
TAPIR_API bool tapir_icmp_quotes(uint8_t type);

TAPIR_EXTERN_C_END
#endif
