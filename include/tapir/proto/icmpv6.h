/* Internet Control Message Protocol for IPv6 (RFC 4443), with all that it carries. */
#ifndef TAPIR_PROTO_ICMPV6_H
#define TAPIR_PROTO_ICMPV6_H

#include "tapir/proto/icmp.h"
#include "tapir/proto/ndp.h"
#include "tapir/proto/rpl.h"

TAPIR_EXTERN_C_BEGIN

/* Types of messages (IANA ICMPv6 parameters). */
enum {
    TAPIR_ICMPV6_UNREACHABLE = 1,
    TAPIR_ICMPV6_PACKET_TOO_BIG = 2,
    TAPIR_ICMPV6_TIME_EXCEEDED = 3,
    TAPIR_ICMPV6_PARAMETER_PROBLEM = 4,
    TAPIR_ICMPV6_ECHO_REQUEST = 128,
    TAPIR_ICMPV6_ECHO_REPLY = 129,
    TAPIR_ICMPV6_MLD_QUERY = 130, /* RFC 2710, RFC 3810 */
    TAPIR_ICMPV6_MLD_REPORT = 131,
    TAPIR_ICMPV6_MLD_DONE = 132,
    TAPIR_ICMPV6_ROUTER_SOLICITATION = 133, /* RFC 4861 */
    TAPIR_ICMPV6_ROUTER_ADVERTISEMENT = 134,
    TAPIR_ICMPV6_NEIGHBOR_SOLICITATION = 135,
    TAPIR_ICMPV6_NEIGHBOR_ADVERTISEMENT = 136,
    TAPIR_ICMPV6_REDIRECT = 137,
    TAPIR_ICMPV6_ROUTER_RENUMBERING = 138,     /* RFC 2894 */
    TAPIR_ICMPV6_NODE_INFORMATION_QUERY = 139, /* RFC 4620 */
    TAPIR_ICMPV6_NODE_INFORMATION_REPLY = 140,
    TAPIR_ICMPV6_INVERSE_SOLICITATION = 141, /* RFC 3122 */
    TAPIR_ICMPV6_INVERSE_ADVERTISEMENT = 142,
    TAPIR_ICMPV6_MLDV2_REPORT = 143,       /* RFC 3810 */
    TAPIR_ICMPV6_HOME_AGENT_REQUEST = 144, /* RFC 6275 */
    TAPIR_ICMPV6_HOME_AGENT_REPLY = 145,
    TAPIR_ICMPV6_MOBILE_PREFIX_SOLICITATION = 146,
    TAPIR_ICMPV6_MOBILE_PREFIX_ADVERTISEMENT = 147,
    TAPIR_ICMPV6_PATH_SOLICITATION = 148, /* RFC 3971 */
    TAPIR_ICMPV6_PATH_ADVERTISEMENT = 149,
    TAPIR_ICMPV6_EXPERIMENTAL_MOBILITY = 150,          /* RFC 4065 */
    TAPIR_ICMPV6_MULTICAST_ROUTER_ADVERTISEMENT = 151, /* RFC 4286 */
    TAPIR_ICMPV6_MULTICAST_ROUTER_SOLICITATION = 152,
    TAPIR_ICMPV6_MULTICAST_ROUTER_TERMINATION = 153,
    TAPIR_ICMPV6_FAST_HANDOVER = 154,             /* RFC 5568 */
    TAPIR_ICMPV6_RPL = 155,                       /* RFC 6550 */
    TAPIR_ICMPV6_LOCATOR_UPDATE = 156,            /* RFC 6743 */
    TAPIR_ICMPV6_DUPLICATE_ADDRESS_REQUEST = 157, /* RFC 6775 */
    TAPIR_ICMPV6_DUPLICATE_ADDRESS_CONFIRMATION = 158,
    TAPIR_ICMPV6_MPL_CONTROL = 159,           /* RFC 7731 */
    TAPIR_ICMPV6_EXTENDED_ECHO_REQUEST = 160, /* RFC 8335 */
    TAPIR_ICMPV6_EXTENDED_ECHO_REPLY = 161
};

/* UNREACHABLE, TIME_EXCEEDED: the packet's next layers are those of the packet it quotes. */
struct tapir_icmpv6_error {
    uint8_t length; /* of the quoted packet in 64-bit words (RFC 4884 4), 0 in older messages */
    uint8_t reserved[3];
};

/* PACKET_TOO_BIG; the quoted packet follows. */
struct tapir_icmpv6_packet_too_big {
    uint32_t mtu;
};

/* PARAMETER_PROBLEM; the quoted packet follows. */
struct tapir_icmpv6_parameter_problem {
    uint32_t pointer; /* offset in the quoted packet, may lie beyond what is quoted */
};

/* MLD_QUERY, MLD_REPORT, MLD_DONE. A query of 24 bytes or more after the common 4 is of version 2,
 * whose members are 0 otherwise. */
struct tapir_mld {
    uint16_t max_response; /* milliseconds; version 2: a code for them (RFC 3810 5.1.3) */
    uint8_t reserved[2];
    uint8_t group[16];
    bool version2;
    uint8_t flags;         /* 4 reserved bits, suppress (8), querier's robustness (7) */
    uint8_t interval_code; /* of the querier (RFC 3810 5.1.9) */
    uint16_t source_count; /* walk them with tapir_mld_sources */
};

/* MLDV2_REPORT: walk the records with tapir_mld_records. */
struct tapir_mld_report {
    uint8_t reserved[2];
    uint16_t record_count;
};

/* ROUTER_SOLICITATION, INVERSE_SOLICITATION, INVERSE_ADVERTISEMENT; options follow. */
struct tapir_router_solicitation {
    uint8_t reserved[4];
};

/* Bits of `flags` in a router advertisement. */
#define TAPIR_RA_MANAGED    0x80
#define TAPIR_RA_OTHER      0x40
#define TAPIR_RA_HOME_AGENT 0x20
#define TAPIR_RA_PREFERENCE 0x18 /* RFC 4191: 00 medium, 01 high, 11 low */
#define TAPIR_RA_PROXY      0x04

/* ROUTER_ADVERTISEMENT; options follow. */
struct tapir_router_advertisement {
    uint8_t hop_limit;
    uint8_t flags;          /* TAPIR_RA_* */
    uint16_t lifetime;      /* seconds */
    uint32_t reachable_ms;  /* 0: not specified */
    uint32_t retransmit_ms; /* 0: not specified */
};

/* NEIGHBOR_SOLICITATION; options follow. */
struct tapir_neighbor_solicitation {
    uint8_t reserved[4];
    uint8_t target[16];
};

/* Bits of `flags` in a neighbor advertisement. */
#define TAPIR_NA_ROUTER    0x80000000
#define TAPIR_NA_SOLICITED 0x40000000
#define TAPIR_NA_OVERRIDE  0x20000000

/* NEIGHBOR_ADVERTISEMENT; options follow. */
struct tapir_neighbor_advertisement {
    uint32_t flags; /* TAPIR_NA_*, the rest reserved */
    uint8_t target[16];
};

/* REDIRECT; options follow. When the redirected header is the last of them, the packet in it is
 * decoded as the next layers. */
struct tapir_icmpv6_redirect {
    uint8_t reserved[4];
    uint8_t target[16];
    uint8_t destination[16];
};

/* ROUTER_RENUMBERING: code 0 command (walk with tapir_renumbering_commands), 1 result (walk with
 * tapir_renumbering_results), 255 sequence number reset. */
struct tapir_router_renumbering {
    uint32_t seq;
    uint8_t segment;
    uint8_t flags; /* test 0x80, result requested 0x40, all interfaces 0x20, site 0x10, done 0x08 */
    uint16_t max_delay_ms;
    uint8_t reserved[4];
};

/* NODE_INFORMATION_*: `items` is the subject of a query and the answer in a reply. */
struct tapir_node_information {
    uint16_t query; /* 0 none, 2 node name, 3 IPv6 addresses, 4 IPv4 addresses */
    uint16_t flags;
    uint64_t nonce;
};

/* HOME_AGENT_*, MOBILE_PREFIX_*: a reply's `items` are addresses, an advertisement's options. */
struct tapir_mobile_ipv6 {
    uint16_t ident;
    uint16_t flags; /* MOBILE_PREFIX_ADVERTISEMENT: managed 0x8000, other 0x4000; else reserved */
};

/* PATH_SOLICITATION; options follow. */
struct tapir_path_solicitation {
    uint16_t ident;
    uint16_t component; /* 0xffff: all certificates of the path */
};

/* PATH_ADVERTISEMENT; options follow. */
struct tapir_path_advertisement {
    uint16_t ident;
    uint16_t all_components;
    uint16_t component;
    uint8_t reserved[2];
};

/* FAST_HANDOVER, EXPERIMENTAL_MOBILITY; options follow. */
struct tapir_fast_handover {
    uint8_t subtype; /* 2 and 3 proxy router solicitation, advertisement; 4 and 5 handover */
    uint8_t flags;   /* of handover initiate: 0x80 assigned configuration, 0x40 buffer */
    uint16_t ident;
};

/* MULTICAST_ROUTER_ADVERTISEMENT; the code is the interval of advertisements in seconds. */
struct tapir_multicast_router {
    uint16_t query_interval; /* seconds */
    uint16_t robustness;
};

/* LOCATOR_UPDATE: walk the locators with tapir_locators. */
struct tapir_locator_update {
    uint8_t locator_count;
    uint8_t operation; /* reserved, too (RFC 6743 errata) */
    uint8_t reserved[2];
};

/* DUPLICATE_ADDRESS_*. */
struct tapir_duplicate_address {
    uint8_t status; /* 0 success, 1 duplicate, 2 neighbour cache full */
    uint8_t reserved;
    uint16_t lifetime; /* minutes */
    uint8_t eui64[8];
    uint8_t address[16];
};

struct tapir_icmpv6 {
    uint8_t type; /* TAPIR_ICMPV6_* */
    uint8_t code;
    uint16_t checksum;
    /* The message by its type; none for types that are not known. */
    union {
        struct tapir_icmpv6_error error;
        struct tapir_icmpv6_packet_too_big packet_too_big;
        struct tapir_icmpv6_parameter_problem parameter_problem;
        struct tapir_icmp_echo echo;
        struct tapir_mld mld;
        struct tapir_mld_report mld_report;
        struct tapir_router_solicitation router_solicitation;
        struct tapir_router_advertisement router_advertisement;
        struct tapir_neighbor_solicitation neighbor_solicitation;
        struct tapir_neighbor_advertisement neighbor_advertisement;
        struct tapir_icmpv6_redirect redirect;
        struct tapir_router_renumbering router_renumbering;
        struct tapir_node_information node_information;
        struct tapir_mobile_ipv6 mobile;
        struct tapir_path_solicitation path_solicitation;
        struct tapir_path_advertisement path_advertisement;
        struct tapir_fast_handover fast_handover;
        struct tapir_multicast_router multicast_router;
        struct tapir_rpl rpl;
        struct tapir_locator_update locator_update;
        struct tapir_duplicate_address duplicate_address;
        struct tapir_icmp_extended_echo extended_echo;
    };
    tapir_span body;       /* the message behind the checksum as it stands on the wire */
    tapir_span items;      /* options, records, addresses behind the fixed part; see each type */
    tapir_span extensions; /* RFC 4884, behind the quoted packet: tapir_icmp_extensions_decode */
};

TAPIR_API extern const tapir_proto tapir_icmpv6_proto;

/* Starts a walk over the NDP options of a message; empty when its type has none. Items are struct
 * tapir_ndp_option. */
TAPIR_API tapir_walk tapir_icmpv6_options(const struct tapir_icmpv6 *icmp);

/* Starts a walk over the options of a TAPIR_ICMPV6_RPL message, struct tapir_rpl_option. */
TAPIR_API tapir_walk tapir_icmpv6_rpl_options(const struct tapir_icmpv6 *icmp);

/* Starts a walk over the sources of an MLD_QUERY of version 2, struct tapir_ipv6_address. */
TAPIR_API tapir_walk tapir_mld_sources(const struct tapir_icmpv6 *icmp);

/* One record of an MLDV2_REPORT. */
struct tapir_mld_record {
    uint8_t type; /* 1 is include, 2 is exclude, 3 to include, 4 to exclude, 5 allow, 6 block */
    uint8_t aux_words; /* 32-bit words of auxiliary data */
    uint16_t source_count;
    uint8_t group[16];
    tapir_span sources; /* 16 bytes each */
    tapir_span aux;
};

/* Starts a walk over the records of an MLDV2_REPORT. */
TAPIR_API tapir_walk tapir_mld_records(const struct tapir_icmpv6 *icmp);

/* Writes a record of an MLDV2_REPORT: sources of 16 bytes each, auxiliary data in words of 4. Fails
 * the writer when there is no room, or more than the record can count. */
TAPIR_API void tapir_mld_put_record(
    tapir_writer *w, uint64_t type, const uint8_t group[16], tapir_span sources, tapir_span aux);

/* One prefix control operation of a router renumbering command. */
struct tapir_renumbering_command {
    uint8_t operation; /* 1 add, 2 change, 3 set global */
    uint8_t length;    /* in units of 8 bytes: 3, and 4 for each use-prefix part */
    uint8_t ordinal;
    uint8_t match_len, min_len, max_len;
    uint8_t reserved[2];
    uint8_t match_prefix[16];
    tapir_span use_prefixes; /* 32 bytes each, walk with tapir_renumbering_prefixes */
};

/* Starts a walk over the operations of a ROUTER_RENUMBERING command. */
TAPIR_API tapir_walk tapir_renumbering_commands(const struct tapir_icmpv6 *icmp);

/* One use-prefix part of an operation. */
struct tapir_renumbering_prefix {
    uint8_t use_len, keep_len;
    uint8_t flag_mask, ra_flags; /* bits of prefix information: 0x80 on-link, 0x40 autonomous */
    uint32_t valid_lifetime, preferred_lifetime; /* seconds */
    uint32_t flags; /* decrement valid 0x80000000 and preferred 0x40000000 lifetime */
    uint8_t prefix[16];
};

/* Starts a walk over the use-prefix parts of an operation. */
TAPIR_API tapir_walk tapir_renumbering_prefixes(const struct tapir_renumbering_command *command);

/* One match of a router renumbering result. */
struct tapir_renumbering_result {
    uint16_t flags; /* out of bounds 2, forbidden 1 */
    uint8_t ordinal;
    uint8_t matched_len;
    uint32_t interface_index;
    uint8_t matched_prefix[16];
};

/* Starts a walk over the matches of a ROUTER_RENUMBERING result. */
TAPIR_API tapir_walk tapir_renumbering_results(const struct tapir_icmpv6 *icmp);

/* One locator of a LOCATOR_UPDATE. */
struct tapir_locator {
    uint64_t locator;
    uint16_t preference;
    uint16_t lifetime;
};

/* Starts a walk over the locators of a LOCATOR_UPDATE. */
TAPIR_API tapir_walk tapir_locators(const struct tapir_icmpv6 *icmp);

/* One seed of an MPL_CONTROL message. */
struct tapir_mpl_seed {
    uint8_t min_seq;
    uint8_t buffered_len; /* bytes of `buffered` */
    uint8_t seed_form;    /* 0 the sender's address, 1 two, 2 eight, 3 sixteen bytes */
    tapir_span seed;
    tapir_span buffered; /* bit i, highest first: message min_seq + i is buffered */
    tapir_span rest;     /* what is left when that is less than buffered_len */
};

/* Starts a walk over the seeds of an MPL_CONTROL message. */
TAPIR_API tapir_walk tapir_mpl_seeds(const struct tapir_icmpv6 *icmp);

TAPIR_EXTERN_C_END
#endif
