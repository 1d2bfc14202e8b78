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

/* Types of options (IANA IP option numbers): copied flag, class and number in one octet. */
enum {
    TAPIR_IPV4_END = 0,
    TAPIR_IPV4_NOP = 1,
    TAPIR_IPV4_RECORD_ROUTE = 7,
    TAPIR_IPV4_MTU_PROBE = 11, /* RFC 1063 */
    TAPIR_IPV4_MTU_REPLY = 12,
    TAPIR_IPV4_QUICK_START = 25, /* RFC 4782 */
    TAPIR_IPV4_TIMESTAMP = 68,
    TAPIR_IPV4_TRACEROUTE = 82, /* RFC 1393 */
    TAPIR_IPV4_SECURITY = 130,  /* RFC 791, RFC 1108 */
    TAPIR_IPV4_LOOSE_ROUTE = 131,
    TAPIR_IPV4_EXTENDED_SECURITY = 133, /* RFC 1108 */
    TAPIR_IPV4_CIPSO = 134,             /* draft-ietf-cipso-ipsecurity */
    TAPIR_IPV4_STREAM_ID = 136,
    TAPIR_IPV4_STRICT_ROUTE = 137,
    TAPIR_IPV4_ADDRESS_EXTENSION = 147,   /* RFC 1475 */
    TAPIR_IPV4_ROUTER_ALERT = 148,        /* RFC 2113 */
    TAPIR_IPV4_SELECTIVE_BROADCAST = 149, /* RFC 1770 */
    TAPIR_IPV4_DYNAMIC_PACKET_STATE = 151,
    TAPIR_IPV4_UPSTREAM_MULTICAST = 152
};

/* One option. Of the members of `as` only the one of its type counts. */
struct tapir_ipv4_option {
    uint8_t type;
    uint8_t length;  /* with type and length octets; 1 for END and NOP */
    tapir_span data; /* what follows type and length */
    union {
        struct {
            uint8_t pointer; /* to the next free place, 4 being the first */
            tapir_span hops; /* 4 bytes each; walk with tapir_ipv4_hops */
        } route;             /* RECORD_ROUTE, LOOSE_ROUTE, STRICT_ROUTE */
        struct {
            uint8_t pointer;
            uint8_t overflow;  /* hosts that found no room */
            uint8_t flag;      /* 1, 3: each time stands behind the address of its host */
            tapir_span stamps; /* walk with tapir_ipv4_stamps */
        } timestamp;
        uint16_t mtu; /* MTU_PROBE, MTU_REPLY */
        uint16_t stream_id;
        uint16_t router_alert;
        struct {
            uint16_t id, outbound_hops, return_hops;
            uint8_t originator[4];
        } traceroute;
        struct {
            uint8_t function; /* and rate */
            uint8_t ttl;
            uint32_t nonce; /* and two reserved bits */
        } quick_start;
        struct {
            uint16_t security, compartments;
            tapir_span restrictions, control_code; /* 2 and 3 characters */
        } security;                                /* SECURITY of 11 bytes, RFC 791 */
        struct {
            uint8_t level;
            tapir_span authorities; /* flags of 7 bits in each octet, the lowest bit: more follow */
        } basic_security;           /* SECURITY, RFC 1108 */
        struct {
            uint8_t format;
            tapir_span information;
        } extended_security;
        struct {
            uint32_t domain;
            tapir_span tags; /* type, length, value */
        } cipso;
        struct {
            tapir_span addresses; /* 4 bytes each */
            tapir_span padding;
        } broadcast; /* SELECTIVE_BROADCAST */
    } as;
};

/* A place in a route. */
struct tapir_ipv4_hop {
    uint8_t address[4];
    bool visited; /* before the pointer */
};

/* A time in a timestamp option, milliseconds since midnight UTC unless the highest bit is set. */
struct tapir_ipv4_stamp {
    uint8_t address[4]; /* flag 1 and 3 */
    uint32_t time;
};

/* Starts a walk over the options: while (tapir_walk_next(&walk, &option)) ... */
TAPIR_API tapir_walk tapir_ipv4_options(const struct tapir_ipv4 *ip);

/* Start a walk over the items of an option of the right type. */
TAPIR_API tapir_walk tapir_ipv4_hops(const struct tapir_ipv4_option *option);
TAPIR_API tapir_walk tapir_ipv4_stamps(const struct tapir_ipv4_option *option);

/* Write options one after the other into a tapir_writer; what finds no room or is too wide for its
 * place fails it. Addresses in a span have 4 bytes each. */
TAPIR_API void tapir_ipv4_put_end(tapir_writer *w);
TAPIR_API void tapir_ipv4_put_nop(tapir_writer *w);
/* Room for `slots` addresses, the first of which are recorded already. */
TAPIR_API void tapir_ipv4_put_record_route(tapir_writer *w, size_t slots, tapir_span recorded);
/* A route that begins at the first address: the last is where the packet ends up. */
TAPIR_API void tapir_ipv4_put_loose_route(tapir_writer *w, tapir_span addresses);
TAPIR_API void tapir_ipv4_put_strict_route(tapir_writer *w, tapir_span addresses);
/* `count` places, of which the first `recorded` have their time. With flag 1 and 3 a place has an
 * address, too. Without `stamps` all are zero. */
TAPIR_API void tapir_ipv4_put_timestamp(tapir_writer *w, uint64_t overflow, uint64_t flag,
    const struct tapir_ipv4_stamp *stamps, size_t count, size_t recorded);
TAPIR_API void tapir_ipv4_put_router_alert(tapir_writer *w, uint64_t value);
TAPIR_API void tapir_ipv4_put_stream_id(tapir_writer *w, uint64_t id);
TAPIR_API void tapir_ipv4_put_traceroute(tapir_writer *w, uint64_t id, uint64_t outbound_hops,
    uint64_t return_hops, const uint8_t originator[4]);
/* RFC 791: 2 bytes of restrictions, 3 of a control code. */
TAPIR_API void tapir_ipv4_put_security(tapir_writer *w, uint64_t security, uint64_t compartments,
    tapir_span restrictions, tapir_span control_code);
/* RFC 1108. */
TAPIR_API void tapir_ipv4_put_basic_security(
    tapir_writer *w, uint64_t level, tapir_span authorities);
/* Any type that has a length; `data` is what follows it. */
TAPIR_API void tapir_ipv4_put_option(tapir_writer *w, uint64_t type, tapir_span data);
/* Fills up with END to a multiple of 4 bytes since `start`, where the options begin. */
TAPIR_API void tapir_ipv4_put_padding(tapir_writer *w, const void *start);

/* Writes the address the packet ends up at, which is what checksums cover: the last one of a source
 * route that is not used up, else the destination. */
TAPIR_API void tapir_ipv4_final(const struct tapir_ipv4 *ip, uint8_t address[4]);

/* Names of IP protocol numbers, shared by every protocol that carries one. */
TAPIR_API extern const tapir_label tapir_ip_protocols[];

TAPIR_EXTERN_C_END
#endif
