/* Options of IPv6's hop-by-hop and destination options headers (RFC 8200 4.2). */
#ifndef TAPIR_PROTO_IPV6_OPTIONS_H
#define TAPIR_PROTO_IPV6_OPTIONS_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Types of options (IANA IPv6 parameters). */
enum {
    TAPIR_IPV6_PAD1 = 0x00,
    TAPIR_IPV6_PADN = 0x01,
    TAPIR_IPV6_TUNNEL_LIMIT = 0x04,      /* RFC 2473 */
    TAPIR_IPV6_ROUTER_ALERT = 0x05,      /* RFC 2711 */
    TAPIR_IPV6_CALIPSO = 0x07,           /* RFC 5570 */
    TAPIR_IPV6_SMF_DPD = 0x08,           /* RFC 6621 */
    TAPIR_IPV6_PDM = 0x0f,               /* RFC 8250 */
    TAPIR_IPV6_IOAM = 0x11,              /* RFC 9486 */
    TAPIR_IPV6_ALTERNATE_MARKING = 0x12, /* RFC 9343 */
    TAPIR_IPV6_RPL = 0x23,               /* RFC 9008 */
    TAPIR_IPV6_QUICK_START = 0x26,       /* RFC 4782 */
    TAPIR_IPV6_MINIMUM_PATH_MTU = 0x30,  /* RFC 9268 */
    TAPIR_IPV6_IOAM_CHANGING = 0x31,     /* RFC 9486 */
    TAPIR_IPV6_TPF = 0x41,               /* tunnel payload forwarding */
    TAPIR_IPV6_RPL_OLD = 0x63,           /* RFC 6553 */
    TAPIR_IPV6_MPL = 0x6d,               /* RFC 7731 */
    TAPIR_IPV6_ENDPOINT = 0x8a,          /* Nimrod, deprecated */
    TAPIR_IPV6_ILNP_NONCE = 0x8b,        /* RFC 6744 */
    TAPIR_IPV6_LINE_ID = 0x8c,           /* RFC 6788 */
    TAPIR_IPV6_JUMBO = 0xc2,             /* RFC 2675 */
    TAPIR_IPV6_NSAP = 0xc3,              /* RFC 1888, deprecated */
    TAPIR_IPV6_HOME_ADDRESS = 0xc9,      /* RFC 6275 */
    TAPIR_IPV6_DFF = 0xee                /* RFC 6971 */
};

/* Kinds of IOAM options (RFC 9197 4.1). */
enum {
    TAPIR_IOAM_PREALLOCATED = 0,
    TAPIR_IOAM_INCREMENTAL = 1,
    TAPIR_IOAM_PROOF_OF_TRANSIT = 2,
    TAPIR_IOAM_EDGE_TO_EDGE = 3
};

/* Bits of an IOAM trace type: what each node recorded, in this order (RFC 9197 4.4.1). */
#define TAPIR_IOAM_HOP_NODE        0x800000 /* hop limit and node id */
#define TAPIR_IOAM_INTERFACES      0x400000
#define TAPIR_IOAM_SECONDS         0x200000
#define TAPIR_IOAM_FRACTION        0x100000
#define TAPIR_IOAM_DELAY           0x080000
#define TAPIR_IOAM_NAMESPACE       0x040000
#define TAPIR_IOAM_QUEUE           0x020000
#define TAPIR_IOAM_CHECKSUM        0x010000
#define TAPIR_IOAM_HOP_NODE_WIDE   0x008000
#define TAPIR_IOAM_INTERFACES_WIDE 0x004000
#define TAPIR_IOAM_NAMESPACE_WIDE  0x002000
#define TAPIR_IOAM_BUFFER          0x001000
#define TAPIR_IOAM_UNDEFINED       0x000ffc
#define TAPIR_IOAM_SNAPSHOT        0x000002 /* opaque state snapshot, of variable length */

/* One option. Of the members of `as` only the one of its type counts. */
struct tapir_ipv6_option {
    uint8_t type;
    uint8_t length;  /* of data; 0 for PAD1, which has no such octet */
    tapir_span data; /* what follows type and length */
    tapir_span rest; /* the end of data, where the type does not explain it */
    union {
        uint8_t tunnel_limit;
        uint16_t router_alert;
        uint32_t jumbo; /* payload length */
        uint8_t home_address[16];
        uint32_t tpf;
        struct {
            uint32_t domain;
            uint8_t words; /* of the bitmap */
            uint8_t level;
            uint16_t checksum;
            tapir_span bitmap;
        } calipso;
        struct {
            uint8_t tagger; /* type and length of the tagger's id, or the hash bit */
            tapir_span tagger_id, identifier, hash;
        } smf_dpd;
        struct {
            uint8_t scale_received, scale_sent;
            uint16_t sequence, last_sequence;
            uint16_t delta_received, delta_sent;
        } pdm;
        struct {
            uint8_t reserved, type; /* TAPIR_IOAM_PREALLOCATED ... */
            uint16_t space;         /* namespace; from here on of traces only */
            uint8_t node_words, flags, remaining_words;
            uint32_t trace_type; /* TAPIR_IOAM_HOP_NODE ... */
            uint8_t trace_reserved;
            tapir_span free_space;
            tapir_span nodes; /* walk with tapir_ipv6_ioam_nodes */
        } ioam;
        struct {
            uint32_t flow; /* monitoring identifier of 20 bits, loss and delay bit, reserved */
        } marking;
        struct {
            uint8_t flags, instance;
            uint16_t rank;
        } rpl;
        struct {
            uint8_t function; /* and rate */
            uint8_t ttl;
            uint32_t nonce; /* and two reserved bits */
        } quick_start;
        struct {
            uint16_t minimum, returned; /* `returned` without its last bit ... */
            bool wants_return;          /* ... which is this */
        } path_mtu;
        struct {
            uint8_t flags, sequence;
            tapir_span seed;
        } mpl;
        struct {
            uint8_t length;
            tapir_span id;
        } line;
        struct {
            uint8_t flags;
            uint16_t sequence;
        } dff;
    } as;
};

/* Starts a walk over the options of either header: while (tapir_walk_next(&walk, &option)) ... */
TAPIR_API tapir_walk tapir_ipv6_options(tapir_span options);

/* Write options one after the other into a tapir_writer; what finds no room or is too wide for its
 * place fails it:
 *
 *     tapir_ipv6_put_aligned(&w, room, 4, 2);
 *     tapir_ipv6_put_jumbo(&w, 100000);
 *     tapir_ipv6_put_padding(&w, room);
 *     hopopts.options = tapir_written(&w, room);
 */
TAPIR_API void tapir_ipv6_put_pad1(tapir_writer *w);
/* `data_len` zeroes behind type and length. */
TAPIR_API void tapir_ipv6_put_padn(tapir_writer *w, size_t data_len);
TAPIR_API void tapir_ipv6_put_tunnel_limit(tapir_writer *w, uint64_t limit);
TAPIR_API void tapir_ipv6_put_router_alert(tapir_writer *w, uint64_t value);   /* wants 2n + 0 */
TAPIR_API void tapir_ipv6_put_jumbo(tapir_writer *w, uint64_t payload_length); /* 4n + 2 */
TAPIR_API void tapir_ipv6_put_home_address(tapir_writer *w, const uint8_t address[16]); /* 8n + 6 */
/* RFC 9268: `returned` is even, its last bit is `wants_return`. */
TAPIR_API void tapir_ipv6_put_minimum_path_mtu(
    tapir_writer *w, uint64_t minimum, uint64_t returned, bool wants_return); /* 2n + 0 */
TAPIR_API void tapir_ipv6_put_rpl(
    tapir_writer *w, uint64_t flags, uint64_t instance, uint64_t rank); /* 2n + 0 */
/* Any type but PAD1. */
TAPIR_API void tapir_ipv6_put_option(tapir_writer *w, uint64_t type, tapir_span data);
/* Pads so that the next option begins at a multiple of `unit` bytes and `more` behind it (RFC 8200
 * 4.2: "xn + y"), counted from the header, two bytes in front of `start`. */
TAPIR_API void tapir_ipv6_put_aligned(tapir_writer *w, const void *start, size_t unit, size_t more);
/* Pads to the end of the header, a multiple of 8 bytes. */
TAPIR_API void tapir_ipv6_put_padding(tapir_writer *w, const void *start);

/* What one node recorded; members whose bit is not in the trace type are 0. */
struct tapir_ipv6_ioam_node {
    uint32_t present; /* the option's trace type */
    uint8_t hop_limit;
    uint32_t id;
    uint16_t ingress, egress;
    uint32_t seconds, fraction, delay, space_data, queue, checksum;
    uint8_t hop_limit_wide;
    uint64_t id_wide;
    uint32_t ingress_wide, egress_wide;
    uint64_t space_data_wide;
    uint32_t buffer;
    tapir_span undefined; /* 4 bytes for each undefined bit */
    uint8_t snapshot_words;
    uint32_t schema;
    tapir_span snapshot;
};

/* Starts a walk over the nodes of an IOAM trace. */
TAPIR_API tapir_walk tapir_ipv6_ioam_nodes(const struct tapir_ipv6_option *option);

TAPIR_EXTERN_C_END
#endif
