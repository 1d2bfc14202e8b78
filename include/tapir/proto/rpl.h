/* Control messages of the routing protocol for low-power and lossy networks (RFC 6550 6). */
#ifndef TAPIR_PROTO_RPL_H
#define TAPIR_PROTO_RPL_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Codes of TAPIR_ICMPV6_RPL. */
enum {
    TAPIR_RPL_DIS = 0x00,
    TAPIR_RPL_DIO = 0x01,
    TAPIR_RPL_DAO = 0x02,
    TAPIR_RPL_DAO_ACK = 0x03,
    TAPIR_RPL_P2P_DRO = 0x04,     /* RFC 6997 */
    TAPIR_RPL_P2P_DRO_ACK = 0x05, /* RFC 6997 */
    TAPIR_RPL_SECURE = 0x80,      /* added to any of the above */
    TAPIR_RPL_CC = 0x8a           /* consistency check, always secure */
};

/* In front of the message when the code has TAPIR_RPL_SECURE (RFC 6550 6.1). */
struct tapir_rpl_security {
    uint8_t flags; /* 0x80: the counter is a time */
    uint8_t algorithm;
    uint8_t key; /* mode of the key 0xc0, 3 reserved bits, level of security 0x07 */
    uint8_t flags2;
    uint32_t counter;
    bool has_source, has_index; /* by the mode of the key */
    uint8_t key_source[8];
    uint8_t key_index;
};

struct tapir_rpl_dis {
    uint8_t flags, reserved[1];
};

struct tapir_rpl_dio {
    uint8_t instance, version;
    uint16_t rank;
    uint8_t flags; /* grounded 0x80, zero 0x40, mode of operation 0x38, preference 0x07 */
    uint8_t dtsn;  /* destination advertisement trigger sequence number */
    uint8_t flags2, reserved[1];
    uint8_t dodag_id[16];
};

struct tapir_rpl_dao {
    uint8_t instance;
    uint8_t flags; /* acknowledgment wanted 0x80, DODAG identifier present 0x40 */
    uint8_t reserved[1], seq;
    uint8_t dodag_id[16]; /* 0 when not present */
};

struct tapir_rpl_dao_ack {
    uint8_t instance;
    uint8_t flags; /* DODAG identifier present 0x80 */
    uint8_t seq, status;
    uint8_t dodag_id[16]; /* 0 when not present */
};

struct tapir_rpl_dro {
    uint8_t instance, version;
    uint16_t flags; /* stop 0x8000, acknowledgment wanted 0x4000, sequence 0x3000 */
    uint8_t dodag_id[16];
};

struct tapir_rpl_dro_ack {
    uint8_t instance, version;
    uint16_t flags; /* sequence 0xc000 */
    uint8_t dodag_id[16];
};

struct tapir_rpl_cc {
    uint8_t instance;
    uint8_t flags; /* response 0x80 */
    uint16_t nonce;
    uint8_t dodag_id[16];
    uint32_t destination_counter;
};

/* A message by its code; its options follow. */
struct tapir_rpl {
    struct tapir_rpl_security security; /* 0 when the code is not secure */
    union {
        struct tapir_rpl_dis dis;
        struct tapir_rpl_dio dio;
        struct tapir_rpl_dao dao;
        struct tapir_rpl_dao_ack dao_ack;
        struct tapir_rpl_dro dro;
        struct tapir_rpl_dro_ack dro_ack;
        struct tapir_rpl_cc cc;
    };
};

/* Types of options (IANA RPL control message options). */
enum {
    TAPIR_RPL_PAD1 = 0, /* one byte, no length */
    TAPIR_RPL_PADN = 1,
    TAPIR_RPL_METRICS = 2, /* RFC 6551 */
    TAPIR_RPL_ROUTE = 3,
    TAPIR_RPL_CONFIGURATION = 4,
    TAPIR_RPL_TARGET = 5,
    TAPIR_RPL_TRANSIT = 6,
    TAPIR_RPL_SOLICITED = 7,
    TAPIR_RPL_PREFIX = 8,
    TAPIR_RPL_TARGET_DESCRIPTOR = 9,
    TAPIR_RPL_ROUTE_DISCOVERY = 10 /* RFC 6997 */
};

/* ROUTE. */
struct tapir_rpl_route {
    uint8_t prefix_len;
    uint8_t flags; /* preference 0x18 */
    uint32_t lifetime;
    bool has_prefix;
    uint8_t prefix[16]; /* zeroes beyond the bytes that were sent */
};

/* CONFIGURATION. */
struct tapir_rpl_configuration {
    uint8_t flags; /* authentication 0x08, path control size 0x07 */
    uint8_t interval_doublings, interval_min, redundancy;
    uint16_t max_rank_increase, min_hop_rank_increase, objective;
    uint8_t reserved, default_lifetime;
    uint16_t lifetime_unit;
};

/* TARGET. */
struct tapir_rpl_target {
    uint8_t flags[1], prefix_len;
    bool has_prefix;
    uint8_t prefix[16]; /* zeroes beyond the bytes that were sent */
};

/* TRANSIT. */
struct tapir_rpl_transit {
    uint8_t flags; /* external 0x80 */
    uint8_t path_control, path_seq, path_lifetime;
    bool has_parent;
    uint8_t parent[16];
};

/* SOLICITED. */
struct tapir_rpl_solicited {
    uint8_t instance;
    uint8_t flags; /* version 0x80, instance 0x40, DODAG identifier 0x20 count */
    uint8_t dodag_id[16];
    uint8_t version;
};

/* PREFIX. */
struct tapir_rpl_prefix {
    uint8_t prefix_len;
    uint8_t flags; /* on-link 0x80, autonomous 0x40, router address 0x20 */
    uint32_t valid_lifetime, preferred_lifetime;
    uint8_t reserved[4];
    uint8_t prefix[16];
};

/* ROUTE_DISCOVERY. */
struct tapir_rpl_route_discovery {
    bool reply, hop_by_hop;
    uint8_t routes;       /* more to be discovered */
    uint8_t elided;       /* bytes in front of each address, which are the DODAG's */
    uint8_t lifetime;     /* code */
    uint8_t max_rank;     /* in a P2P_DRO: index of the next hop */
    bool has_target;      /* false: the option is too short */
    uint8_t target[16];   /* with the bytes elided */
    tapir_span addresses; /* 16 - elided bytes each, walk with tapir_rpl_addresses */
};

/* One option; of the union the member of its type is set. */
struct tapir_rpl_option {
    uint8_t type;
    uint8_t length; /* of `data`; 0 for PAD1 */
    tapir_span data;
    tapir_span rest; /* of the data, behind the last member */
    union {
        tapir_span metrics; /* walk with tapir_rpl_metrics */
        struct tapir_rpl_route route;
        struct tapir_rpl_configuration configuration;
        struct tapir_rpl_target target;
        struct tapir_rpl_transit transit;
        struct tapir_rpl_solicited solicited;
        struct tapir_rpl_prefix prefix;
        uint32_t descriptor; /* TARGET_DESCRIPTOR */
        struct tapir_rpl_route_discovery route_discovery;
    };
};

/* Starts a walk over the addresses of a ROUTE_DISCOVERY option, struct tapir_ipv6_address. */
TAPIR_API tapir_walk tapir_rpl_addresses(const struct tapir_rpl_option *option);

/* Types of routing metrics and constraints (RFC 6551 2). */
enum {
    TAPIR_RPL_NODE_STATE = 1,
    TAPIR_RPL_NODE_ENERGY = 2,
    TAPIR_RPL_HOP_COUNT = 3,
    TAPIR_RPL_LINK_THROUGHPUT = 4,
    TAPIR_RPL_LINK_LATENCY = 5,
    TAPIR_RPL_LINK_QUALITY = 6,
    TAPIR_RPL_LINK_ETX = 7,
    TAPIR_RPL_LINK_COLOR = 8
};

/* One metric or constraint of a METRICS option. */
struct tapir_rpl_metric {
    uint8_t type;
    uint16_t flags; /* 5 reserved bits, P, C, O, R, 3 bits A, 4 bits precedence */
    uint8_t length; /* of `data` */
    tapir_span data;
    tapir_span values; /* of the data, behind the reserved byte of LINK_QUALITY and LINK_COLOR */
    uint8_t reserved;  /* that byte */
};

/* Starts a walk over the metrics of a METRICS option. */
TAPIR_API tapir_walk tapir_rpl_metrics(const struct tapir_rpl_option *option);

TAPIR_EXTERN_C_END
#endif
