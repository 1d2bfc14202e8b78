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
    uint8_t prefix[16];
};

/* HOME_AGENT. */
struct tapir_ndp_home_agent {
    uint16_t preference, lifetime;
};

/* CGA: the parameters a cryptographically generated address is made from (RFC 3972 3). */
struct tapir_ndp_cga {
    uint8_t pad_len;
    uint8_t modifier[16], subnet_prefix[8], collision_count[1];
    tapir_span parameters; /* modifier to extensions as they are */
    tapir_span key;        /* DER SubjectPublicKeyInfo; empty when it is not DER */
    tapir_span extensions; /* type and length of 2 bytes each, data */
};

/* RSA_SIGNATURE, PROXY_SIGNATURE. */
struct tapir_ndp_signature {
    uint8_t key_hash[16];
    tapir_span signature; /* with its padding */
};

/* TRUST_ANCHOR, CERTIFICATE. */
struct tapir_ndp_named {
    uint8_t type;    /* TRUST_ANCHOR: 1 X.501 name, 2 domain name; CERTIFICATE: 1 X.509v3 */
    uint8_t pad_len; /* TRUST_ANCHOR */
    tapir_span name; /* without padding; CERTIFICATE: with padding */
};

/* ADDRESS_OR_PREFIX, NEW_ROUTER_PREFIX, ADVERTISEMENT_ACK. */
struct tapir_ndp_handover {
    uint8_t code;
    uint8_t prefix_len; /* ADVERTISEMENT_ACK: status */
    bool has_address;   /* ADVERTISEMENT_ACK: an address is supplied */
    uint8_t address[16];
};

/* LINK_LAYER_ADDRESS. */
struct tapir_ndp_link_layer {
    uint8_t code;
    tapir_span address; /* with the zeroes that pad it */
};

/* MAP: a mobility anchor point. */
struct tapir_ndp_map {
    uint8_t distance, preference; /* 4 bits each */
    uint8_t flags;                /* care-of address in the MAP's subnet 0x80 */
    uint32_t valid_lifetime;
    uint8_t address[16];
};

/* ROUTE. */
struct tapir_ndp_route {
    uint8_t prefix_len;
    uint8_t flags; /* preference 0x18 as in a router advertisement */
    uint32_t lifetime;
    bool has_prefix;
    uint8_t prefix[16]; /* zeroes beyond the bytes that were sent */
};

/* DNS_SERVERS, DNS_SEARCH. */
struct tapir_ndp_dns {
    uint32_t lifetime;  /* seconds */
    tapir_span servers; /* DNS_SERVERS: 16 bytes each, walk with tapir_ndp_addresses */
    tapir_span names;   /* DNS_SEARCH: as in DNS, uncompressed */
};

/* HANDOVER_KEY_REQUEST, HANDOVER_KEY_REPLY. */
struct tapir_ndp_handover_key {
    uint8_t pad_len;
    uint8_t algorithm, reserved; /* 4 bits each */
    uint16_t lifetime;           /* REPLY: seconds */
    tapir_span key;              /* the public key, or the encrypted handover key */
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
    uint16_t lifetime; /* minutes */
    uint8_t eui64[8];
};

/* 6LOWPAN_CONTEXT. */
struct tapir_ndp_context {
    uint8_t context_len; /* bits */
    uint8_t flags;       /* 3 reserved bits, compression 0x10, identifier 0x0f */
    uint16_t lifetime;   /* minutes */
    bool has_prefix;
    uint8_t prefix[16]; /* zeroes beyond the bytes that were sent */
};

/* AUTHORITATIVE_ROUTER. */
struct tapir_ndp_authoritative {
    uint16_t version_low, version_high;
    uint16_t lifetime; /* minutes */
    uint8_t address[16];
};

/* 6LOWPAN_CAPABILITY. */
struct tapir_ndp_capability {
    uint16_t unassigned1; /* 15 bits */
    uint8_t general;      /* generic header compression, one bit */
    uint32_t unassigned2;
};

/* PREF64. */
struct tapir_ndp_pref64 {
    uint16_t lifetime;  /* in units of 8 seconds */
    uint8_t code;       /* prefix length: 0 96 bits, 1 64, 2 56, 3 48, 4 40, 5 32 */
    bool has_prefix;    /* false: the code has no meaning */
    uint8_t prefix[16]; /* zeroes beyond its length */
};

/* One option. Of the union the member of its type is set. */
struct tapir_ndp_option {
    uint8_t type;
    uint8_t length;      /* with type and length, in units of 8 bytes */
    tapir_span data;     /* what follows type and length */
    uint8_t reserved[6]; /* as many as the type has */
    tapir_span padding;  /* what is behind the last member */
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
        struct tapir_ndp_handover handover;
        struct tapir_ndp_link_layer link_layer;
        struct tapir_ndp_map map;
        struct tapir_ndp_route route;
        struct tapir_ndp_dns dns;
        uint16_t flags_expansion; /* FLAGS_EXPANSION: 0x8000 and down as RA's flags */
        struct tapir_ndp_handover_key handover_key;
        struct tapir_ndp_identifier identifier;
        struct tapir_ndp_registration registration;
        struct tapir_ndp_context context;
        struct tapir_ndp_authoritative authoritative;
        struct tapir_ndp_capability capability;
        tapir_span portal; /* CAPTIVE_PORTAL: URI */
        struct tapir_ndp_pref64 pref64;
    };
};

/* Starts a walk over a run of options: while (tapir_walk_next(&walk, &option)) ... */
TAPIR_API tapir_walk tapir_ndp_options(tapir_span options);

/* One IPv6 address of a list. */
struct tapir_ipv6_address {
    uint8_t address[16];
};

/* Starts a walk over the addresses of DNS_SERVERS, SOURCE_ADDRESSES, TARGET_ADDRESSES. */
TAPIR_API tapir_walk tapir_ndp_addresses(const struct tapir_ndp_option *option);

/* Write options one after the other into a tapir_writer; what finds no room or is too wide for its
 * place fails it. Options end at a multiple of 8 bytes; zeroes fill up those that do not. Addresses
 * in a span have 16 bytes each, lifetimes are in seconds. */
TAPIR_API void tapir_ndp_put_source_link_address(tapir_writer *w, tapir_span address);
TAPIR_API void tapir_ndp_put_target_link_address(tapir_writer *w, tapir_span address);
/* Flags: on-link 0x80, autonomous 0x40, router address 0x20. */
TAPIR_API void tapir_ndp_put_prefix(tapir_writer *w, uint64_t prefix_len, uint64_t flags,
    uint64_t valid_lifetime, uint64_t preferred_lifetime, const uint8_t prefix[16]);
TAPIR_API void tapir_ndp_put_redirected_header(tapir_writer *w, tapir_span packet);
TAPIR_API void tapir_ndp_put_mtu(tapir_writer *w, uint64_t mtu);
TAPIR_API void tapir_ndp_put_advertisement_interval(tapir_writer *w, uint64_t interval_ms);
TAPIR_API void tapir_ndp_put_home_agent(tapir_writer *w, uint64_t preference, uint64_t lifetime);
/* 48 bits of seconds since 1970, 16 of 1/65536. */
TAPIR_API void tapir_ndp_put_timestamp(tapir_writer *w, uint64_t timestamp);
/* A nonce has no padding (RFC 3971 5.3.2): it is 6 bytes and any number of 8. */
TAPIR_API void tapir_ndp_put_nonce(tapir_writer *w, tapir_span nonce);
/* Flags: preference 0x18. Of the prefix as many units are written as its length needs. */
TAPIR_API void tapir_ndp_put_route(tapir_writer *w, uint64_t prefix_len, uint64_t flags,
    uint64_t lifetime, const uint8_t prefix[16]);
TAPIR_API void tapir_ndp_put_dns_servers(tapir_writer *w, uint64_t lifetime, tapir_span addresses);
/* Names are text as tapir_dns_name_parse reads it. */
TAPIR_API void tapir_ndp_put_dns_search(
    tapir_writer *w, uint64_t lifetime, const char *const *names, size_t count);
TAPIR_API void tapir_ndp_put_captive_portal(tapir_writer *w, tapir_span uri);
/* The lifetime is in units of 8 seconds, the code says how long the prefix is. */
TAPIR_API void tapir_ndp_put_pref64(
    tapir_writer *w, uint64_t lifetime, uint64_t code, const uint8_t prefix[16]);
/* Any type; `data` is what follows type and length. */
TAPIR_API void tapir_ndp_put_option(tapir_writer *w, uint64_t type, tapir_span data);

TAPIR_EXTERN_C_END
#endif
