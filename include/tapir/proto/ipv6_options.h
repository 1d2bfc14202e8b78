/* Options of IPv6's hop-by-hop and destination options headers (RFC 8200 4.2). */
#ifndef TAPIR_PROTO_IPV6_OPTIONS_H
#define TAPIR_PROTO_IPV6_OPTIONS_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Types of options (IANA IPv6 parameters). */
enum {
    TAPIR_IPV6_PAD1 = 0x00,
    TAPIR_IPV6_PADN = 0x01,
    TAPIR_IPV6_TUNNEL_LIMIT = 0x04,     /* RFC 2473 */
    TAPIR_IPV6_ROUTER_ALERT = 0x05,     /* RFC 2711 */
    TAPIR_IPV6_CALIPSO = 0x07,          /* RFC 5570 */
    TAPIR_IPV6_SMF_DPD = 0x08,          /* RFC 6621 */
    TAPIR_IPV6_PDM = 0x0f,              /* RFC 8250 */
    TAPIR_IPV6_IOAM = 0x11,             /* RFC 9486 */
    TAPIR_IPV6_RPL = 0x23,              /* RFC 9008 */
    TAPIR_IPV6_QUICK_START = 0x26,      /* RFC 4782 */
    TAPIR_IPV6_MINIMUM_PATH_MTU = 0x30, /* RFC 9268 */
    TAPIR_IPV6_IOAM_CHANGING = 0x31,    /* RFC 9486 */
    TAPIR_IPV6_TPF = 0x32,
    TAPIR_IPV6_RPL_OLD = 0x63,      /* RFC 6553 */
    TAPIR_IPV6_MPL = 0x6d,          /* RFC 7731 */
    TAPIR_IPV6_ENDPOINT = 0x8a,     /* Nimrod, deprecated */
    TAPIR_IPV6_ILNP_NONCE = 0x8b,   /* RFC 6744 */
    TAPIR_IPV6_LINE_ID = 0x8c,      /* RFC 6788 */
    TAPIR_IPV6_JUMBO = 0xc2,        /* RFC 2675 */
    TAPIR_IPV6_HOME_ADDRESS = 0xc9, /* RFC 6275 */
    TAPIR_IPV6_DFF = 0xee           /* RFC 6971 */
};

/* One option. `data` is what follows type and length; of the rest only the members of its type
 * count, the others are 0. */
struct tapir_ipv6_option {
    uint8_t type;
    uint8_t length;  /* of data; 0 for PAD1, which has no such octet */
    tapir_span data; /* PADN, unknown types: all of it */
    union {
        uint8_t tunnel_limit;
        uint16_t router_alert;
        uint32_t jumbo; /* payload length */
        uint8_t home_address[16];
        struct {
            uint32_t domain;
            uint8_t words; /* of the bitmap */
            uint8_t level;
            uint16_t checksum;
            tapir_span bitmap;
        } calipso;
        struct {
            uint8_t tagger; /* hash bit, or type and length of the tagger */
            tapir_span tagger_id, identifier, hash;
        } smf_dpd;
        struct {
            uint8_t scale_received, scale_sent;
            uint16_t sequence, last_sequence;
            uint16_t delta_received, delta_sent;
        } pdm;
        struct {
            uint8_t reserved, type;
            tapir_span body; /* trace */
        } ioam;
        struct {
            uint8_t flags, instance;
            uint16_t rank;
            tapir_span extension;
        } rpl;
        struct {
            uint8_t function; /* and rate */
            uint8_t ttl;
            uint32_t nonce; /* and two reserved bits */
        } quick_start;
        struct {
            uint16_t minimum, returned;
        } path_mtu;
        uint32_t tpf;
        struct {
            uint8_t flags, sequence;
            tapir_span seed;
        } mpl;
        tapir_span nonce; /* ILNP */
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

TAPIR_EXTERN_C_END
#endif
