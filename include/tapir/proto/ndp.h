/* Options of neighbour discovery (RFC 4861 4.6) and of everything that borrows them. */
#ifndef TAPIR_PROTO_NDP_H
#define TAPIR_PROTO_NDP_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Types of options (IANA IPv6 neighbor discovery option formats). */
enum {
    TAPIR_NDP_SOURCE_LINK_ADDRESS = 1,
    TAPIR_NDP_TARGET_LINK_ADDRESS = 2,
    TAPIR_NDP_PREFIX = 3,
    TAPIR_NDP_REDIRECTED_HEADER = 4,
    TAPIR_NDP_MTU = 5,
    TAPIR_NDP_SHORTCUT_LIMIT = 6,         /* RFC 2491 */
    TAPIR_NDP_ADVERTISEMENT_INTERVAL = 7, /* RFC 6275 */
    TAPIR_NDP_HOME_AGENT = 8,             /* RFC 6275 */
    TAPIR_NDP_SOURCE_ADDRESSES = 9,       /* RFC 3122 */
    TAPIR_NDP_TARGET_ADDRESSES = 10,      /* RFC 3122 */
    TAPIR_NDP_CGA = 11,                   /* RFC 3971 */
    TAPIR_NDP_RSA_SIGNATURE = 12,         /* RFC 3971 */
    TAPIR_NDP_TIMESTAMP = 13,             /* RFC 3971 */
    TAPIR_NDP_NONCE = 14,                 /* RFC 3971 */
    TAPIR_NDP_TRUST_ANCHOR = 15,          /* RFC 3971 */
    TAPIR_NDP_CERTIFICATE = 16,           /* RFC 3971 */
    TAPIR_NDP_ADDRESS_OR_PREFIX = 17,     /* RFC 5568 */
    TAPIR_NDP_NEW_ROUTER_PREFIX = 18,     /* RFC 4068 */
    TAPIR_NDP_LINK_LAYER_ADDRESS = 19,    /* RFC 5568 */
    TAPIR_NDP_ADVERTISEMENT_ACK = 20,     /* RFC 5568 */
    TAPIR_NDP_MAP = 23,                   /* RFC 4140 */
    TAPIR_NDP_ROUTE = 24,                 /* RFC 4191 */
    TAPIR_NDP_DNS_SERVERS = 25,           /* RFC 8106 */
    TAPIR_NDP_FLAGS_EXPANSION = 26,       /* RFC 5175 */
    TAPIR_NDP_HANDOVER_KEY_REQUEST = 27,  /* RFC 5269 */
    TAPIR_NDP_HANDOVER_KEY_REPLY = 28,    /* RFC 5269 */
    TAPIR_NDP_HANDOVER_ASSIST = 29,       /* RFC 5271 */
    TAPIR_NDP_MOBILE_NODE = 30,           /* RFC 5271 */
    TAPIR_NDP_DNS_SEARCH = 31,            /* RFC 8106 */
    TAPIR_NDP_PROXY_SIGNATURE = 32,       /* RFC 6496 */
    TAPIR_NDP_ADDRESS_REGISTRATION = 33,  /* RFC 6775 */
    TAPIR_NDP_6LOWPAN_CONTEXT = 34,       /* RFC 6775 */
    TAPIR_NDP_AUTHORITATIVE_ROUTER = 35,  /* RFC 6775 */
    TAPIR_NDP_6LOWPAN_CAPABILITY = 36,    /* RFC 7400 */
    TAPIR_NDP_CAPTIVE_PORTAL = 37,        /* RFC 8910 */
    TAPIR_NDP_PREF64 = 38                 /* RFC 8781 */
};

/* PREFIX. */
struct tapir_ndp_prefix {
    uint8_t prefix_len;
    uint8_t flags; /* on-link 0x80, autonomous 0x40, router address 0x20 */
    uint32_t valid_lifetime, preferred_lifetime; /* seconds, 0xffffffff: for ever */
    uint32_t reserved;
    uint8_t prefix[16];
};

/* HOME_AGENT. */
struct tapir_ndp_home_agent {
    uint16_t reserved, preference, lifetime;
};

/* CGA: the parameters a cryptographically generated address is made from (RFC 3972 3). */
struct tapir_ndp_cga {
    uint8_t pad_len, reserved;
    uint8_t modifier[16], subnet_prefix[8], collision_count;
    tapir_span key; /* DER SubjectPublicKeyInfo, extensions and padding */
};

/* RSA_SIGNATURE, PROXY_SIGNATURE. */
struct tapir_ndp_signature {
    uint16_t reserved;
    uint8_t key_hash[16];
    tapir_span signature; /* with its padding */
};

/* TRUST_ANCHOR, CERTIFICATE. */
struct tapir_ndp_named {
    uint8_t name_type; /* 1 X.501 name, 2 domain name; CERTIFICATE: 1 X.509v3 */
    uint8_t pad_len;   /* CERTIFICATE: reserved */
    tapir_span name;   /* name or certificate with its padding */
};

/* ADDRESS_OR_PREFIX (with 4 reserved bytes), NEW_ROUTER_PREFIX, ADVERTISEMENT_ACK's address. */
struct tapir_ndp_address {
    uint8_t code;
    uint8_t prefix_len; /* ADVERTISEMENT_ACK: status */
    uint32_t reserved;
    uint8_t address[16];
    bool has_address; /* ADVERTISEMENT_ACK: an address is supplied */
};

/* LINK_LAYER_ADDRESS. */
struct tapir_ndp_link_layer {
    uint8_t code;
    tapir_span address;
};

/* MAP: a mobility anchor point. */
struct tapir_ndp_map {
    uint8_t distance, preference;
    uint8_t flags;
    uint32_t valid_lifetime;
    uint8_t address[16];
};

/* ROUTE. */
struct tapir_ndp_route {
    uint8_t prefix_len;
    uint8_t flags; /* preference 0x18 as in a router advertisement */
    uint32_t lifetime;
    uint8_t prefix[16]; /* zeroes beyond the bytes that were sent */
};

/* DNS_SERVERS, DNS_SEARCH. */
struct tapir_ndp_dns {
    uint16_t reserved;
    uint32_t lifetime;  /* seconds */
    tapir_span servers; /* DNS_SERVERS: 16 bytes each */
    tapir_span names;   /* DNS_SEARCH: uncompressed as in DNS, zeroes behind them */
};

/* HANDOVER_KEY_REQUEST, HANDOVER_KEY_REPLY. */
struct tapir_ndp_handover_key {
    uint8_t pad_len;
    uint8_t algorithm, reserved; /* 4 bits each */
    uint16_t lifetime;           /* REPLY: seconds */
    tapir_span key;              /* the public key, or the encrypted handover key */
    tapir_span padding;
};

/* HANDOVER_ASSIST, MOBILE_NODE. */
struct tapir_ndp_identifier {
    uint8_t code;
    uint8_t len;
    tapir_span value;
};

/* ADDRESS_REGISTRATION. */
struct tapir_ndp_registration {
    uint8_t status;
    uint8_t reserved1;
    uint16_t reserved2;
    uint16_t lifetime; /* minutes */
    uint8_t eui64[8];
};

/* 6LOWPAN_CONTEXT. */
struct tapir_ndp_context {
    uint8_t context_len; /* bits */
    uint8_t flags;       /* 3 reserved bits, compression 0x10, identifier 0x0f */
    uint16_t reserved;
    uint16_t lifetime; /* minutes */
    uint8_t prefix[16];
};

/* AUTHORITATIVE_ROUTER. */
struct tapir_ndp_authoritative {
    uint16_t version_low, version_high;
    uint16_t lifetime; /* minutes */
    uint8_t address[16];
};

/* PREF64. */
struct tapir_ndp_pref64 {
    uint16_t lifetime_and_code; /* 13 bits in units of 8 seconds, 3 bits prefix length code */
    uint8_t prefix[16];         /* the first 12 bytes are on the wire */
};

/* One option. `data` is what follows type and length; of the union the member of its type is set.
 */
struct tapir_ndp_option {
    uint8_t type;
    uint8_t length; /* with type and length, in units of 8 bytes */
    tapir_span data;
    union {
        tapir_span address; /* SOURCE_LINK_ADDRESS, TARGET_LINK_ADDRESS */
        struct tapir_ndp_prefix prefix;
        tapir_span redirected;  /* REDIRECTED_HEADER: the packet; empty when it is the payload */
        uint32_t mtu;           /* MTU */
        uint8_t shortcut_limit; /* SHORTCUT_LIMIT */
        uint32_t interval_ms;   /* ADVERTISEMENT_INTERVAL */
        struct tapir_ndp_home_agent home_agent;
        tapir_span addresses; /* SOURCE_ADDRESSES, TARGET_ADDRESSES: 16 bytes each */
        struct tapir_ndp_cga cga;
        struct tapir_ndp_signature signature;
        uint64_t timestamp; /* TIMESTAMP: 48 bits of seconds since 1970, 16 of 1/65536 */
        tapir_span nonce;   /* NONCE */
        struct tapir_ndp_named named;
        struct tapir_ndp_address handover;
        struct tapir_ndp_link_layer link_layer;
        struct tapir_ndp_map map;
        struct tapir_ndp_route route;
        struct tapir_ndp_dns dns;
        uint64_t expansion; /* FLAGS_EXPANSION: 48 bits, the highest of which continue RA's flags */
        struct tapir_ndp_handover_key handover_key;
        struct tapir_ndp_identifier identifier;
        struct tapir_ndp_registration registration;
        struct tapir_ndp_context context;
        struct tapir_ndp_authoritative authoritative;
        uint64_t capability; /* 6LOWPAN_CAPABILITY: 48 bits, general header compression 1 << 32 */
        tapir_span portal;   /* CAPTIVE_PORTAL: URI */
        struct tapir_ndp_pref64 pref64;
    };
};

/* Starts a walk over a run of options: while (tapir_walk_next(&walk, &option)) ... */
TAPIR_API tapir_walk tapir_ndp_options(tapir_span options);

TAPIR_EXTERN_C_END
#endif
