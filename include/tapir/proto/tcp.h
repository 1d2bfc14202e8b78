/* Transmission Control Protocol (RFC 9293). */
#ifndef TAPIR_PROTO_TCP_H
#define TAPIR_PROTO_TCP_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Bits of `flags` (RFC 9293 3.1, RFC 3168, RFC 9768 for AE). */
#define TAPIR_TCP_FIN 0x001
#define TAPIR_TCP_SYN 0x002
#define TAPIR_TCP_RST 0x004
#define TAPIR_TCP_PSH 0x008
#define TAPIR_TCP_ACK 0x010
#define TAPIR_TCP_URG 0x020
#define TAPIR_TCP_ECE 0x040
#define TAPIR_TCP_CWR 0x080
#define TAPIR_TCP_AE  0x100

struct tapir_tcp {
    uint16_t src_port, dst_port;
    uint32_t seq, ack;
    uint8_t header_words; /* header length in 32-bit words */
    uint16_t flags;       /* TAPIR_TCP_* and three reserved bits above them */
    uint16_t window;      /* as sent, not scaled */
    uint16_t checksum;
    uint16_t urgent;    /* urgent pointer */
    tapir_span options; /* walk with tapir_tcp_options */
};

TAPIR_API extern const tapir_proto tapir_tcp_proto;

/* Kinds of options (IANA TCP parameters). */
enum {
    TAPIR_TCP_OPTION_END = 0,
    TAPIR_TCP_OPTION_NOP = 1,
    TAPIR_TCP_OPTION_MSS = 2,
    TAPIR_TCP_OPTION_WINDOW_SCALE = 3,   /* RFC 7323 */
    TAPIR_TCP_OPTION_SACK_PERMITTED = 4, /* RFC 2018 */
    TAPIR_TCP_OPTION_SACK = 5,
    TAPIR_TCP_OPTION_ECHO = 6, /* RFC 1072 */
    TAPIR_TCP_OPTION_ECHO_REPLY = 7,
    TAPIR_TCP_OPTION_TIMESTAMPS = 8,        /* RFC 7323 */
    TAPIR_TCP_OPTION_PARTIAL_PERMITTED = 9, /* RFC 1693 */
    TAPIR_TCP_OPTION_PARTIAL_PROFILE = 10,
    TAPIR_TCP_OPTION_CC = 11, /* RFC 1644 */
    TAPIR_TCP_OPTION_CC_NEW = 12,
    TAPIR_TCP_OPTION_CC_ECHO = 13,
    TAPIR_TCP_OPTION_CHECKSUM_REQUEST = 14, /* RFC 1146 */
    TAPIR_TCP_OPTION_CHECKSUM_DATA = 15,
    TAPIR_TCP_OPTION_SKEETER = 16,
    TAPIR_TCP_OPTION_BUBBA = 17,
    TAPIR_TCP_OPTION_TRAILER_CHECKSUM = 18,
    TAPIR_TCP_OPTION_MD5 = 19,  /* RFC 2385 */
    TAPIR_TCP_OPTION_SCPS = 20, /* CCSDS 714.0 */
    TAPIR_TCP_OPTION_SNACK = 21,
    TAPIR_TCP_OPTION_RECORD_BOUNDARY = 22,
    TAPIR_TCP_OPTION_CORRUPTION = 23,
    TAPIR_TCP_OPTION_SNAP = 24,
    TAPIR_TCP_OPTION_COMPRESSION_FILTER = 26,
    TAPIR_TCP_OPTION_QUICK_START = 27,  /* RFC 4782 */
    TAPIR_TCP_OPTION_USER_TIMEOUT = 28, /* RFC 5482 */
    TAPIR_TCP_OPTION_AO = 29,           /* RFC 5925 */
    TAPIR_TCP_OPTION_MPTCP = 30,        /* RFC 8684 */
    TAPIR_TCP_OPTION_FAST_OPEN = 34,    /* RFC 7413 */
    TAPIR_TCP_OPTION_ENO = 69,          /* RFC 8547 */
    TAPIR_TCP_OPTION_RIVERBED_PROBE = 76,
    TAPIR_TCP_OPTION_RIVERBED_TRANSPARENCY = 78,
    TAPIR_TCP_OPTION_ACC_ECN_0 = 172, /* RFC 9768 */
    TAPIR_TCP_OPTION_ACC_ECN_1 = 174,
    TAPIR_TCP_OPTION_EXPERIMENT_1 = 253, /* RFC 6994 */
    TAPIR_TCP_OPTION_EXPERIMENT_2 = 254
};

/* Experiment identifiers in use (IANA TCP ExIDs, RFC 6994). */
enum {
    TAPIR_TCP_EXPERIMENT_TARR = 0x00ac,
    TAPIR_TCP_EXPERIMENT_HOST_ID = 0x0348,
    TAPIR_TCP_EXPERIMENT_ACC_ECN_0 = 0xacc0,
    TAPIR_TCP_EXPERIMENT_ACC_ECN_1 = 0xacc1,
    TAPIR_TCP_EXPERIMENT_ACC_ECN = 0xacce,
    TAPIR_TCP_EXPERIMENT_FAST_OPEN = 0xf989
};

/* Subtypes of multipath TCP (RFC 8684 8.2). */
enum {
    TAPIR_MPTCP_CAPABLE = 0,
    TAPIR_MPTCP_JOIN = 1,
    TAPIR_MPTCP_DSS = 2,
    TAPIR_MPTCP_ADD_ADDR = 3,
    TAPIR_MPTCP_REMOVE_ADDR = 4,
    TAPIR_MPTCP_PRIO = 5,
    TAPIR_MPTCP_FAIL = 6,
    TAPIR_MPTCP_FASTCLOSE = 7,
    TAPIR_MPTCP_TCPRST = 8
};

/* Which members of a multipath TCP option are there. */
#define TAPIR_MPTCP_HAS_SENDER_KEY   0x01
#define TAPIR_MPTCP_HAS_RECEIVER_KEY 0x02
#define TAPIR_MPTCP_HAS_DATA_LENGTH  0x04
#define TAPIR_MPTCP_HAS_CHECKSUM     0x08
#define TAPIR_MPTCP_HAS_DATA_ACK     0x10
#define TAPIR_MPTCP_HAS_DATA_SEQ     0x20
#define TAPIR_MPTCP_HAS_PORT         0x40
#define TAPIR_MPTCP_HAS_ADDRESS_ID   0x80
#define TAPIR_MPTCP_HAS_SECOND       0x100 /* flags of CAPABLE and DSS, reserved, reason */

/* A multipath TCP option. What its subtype and length do not have is 0 or empty. */
struct tapir_mptcp {
    uint8_t subtype;
    uint8_t low;            /* 4 bits beside the subtype: version of CAPABLE, flags of others */
    uint8_t first;          /* both of them, the octet as sent */
    uint8_t flags;          /* the second octet: of CAPABLE and DSS */
    uint8_t address_id;     /* JOIN, ADD_ADDR, PRIO */
    uint8_t reason;         /* TCPRST */
    uint16_t present;       /* TAPIR_MPTCP_HAS_* */
    uint16_t reserved;      /* JOIN of an ACK, FAIL, FASTCLOSE: 12 bits */
    uint16_t data_length;   /* CAPABLE, DSS */
    uint16_t checksum;      /* CAPABLE, DSS */
    uint16_t port;          /* ADD_ADDR */
    uint32_t token, random; /* JOIN */
    uint32_t subflow_seq;   /* DSS */
    uint64_t sender_key;    /* CAPABLE */
    uint64_t receiver_key;  /* CAPABLE, FASTCLOSE */
    uint64_t data_ack;      /* DSS: 4 or 8 bytes of it, by flags */
    uint64_t data_seq;      /* DSS, FAIL: 4 or 8 bytes of it */
    uint64_t short_hmac;    /* JOIN of a SYN/ACK, ADD_ADDR: truncated */
    tapir_span hmac;        /* JOIN of an ACK */
    tapir_span address;     /* ADD_ADDR: 4 or 16 bytes */
    tapir_span address_ids; /* REMOVE_ADDR */
};

/* One option. Of the members of `as` only the one of its kind counts; those of kinds whose length
 * is wrong are 0. */
struct tapir_tcp_option {
    uint8_t kind;
    uint8_t length;      /* with kind and length octets; 1 for END and NOP */
    uint8_t shift;       /* WINDOW_SCALE */
    uint16_t multiplier; /* WINDOW_SCALE: what the shift comes to, 14 at most (RFC 7323 2.3) */
    uint16_t mss;        /* MSS */
    uint16_t experiment; /* EXPERIMENT_1, EXPERIMENT_2: the identifier */
    uint32_t value;      /* TIMESTAMPS, ECHO, ECHO_REPLY, CC, CC_NEW, CC_ECHO */
    uint32_t echo;       /* TIMESTAMPS */
    tapir_span data;     /* what follows kind and length */
    union {
        tapir_span blocks;     /* SACK; walk with tapir_tcp_sack_blocks */
        tapir_span digest;     /* MD5 */
        tapir_span cookie;     /* FAST_OPEN, also as an experiment; empty: a request */
        tapir_span rest;       /* of an experiment: what follows the identifier */
        uint16_t user_timeout; /* granularity, minutes or seconds, in the highest bit */
        uint8_t tarr;          /* TARR experiment: ACK rate of 7 bits, reserved bit */
        struct {
            uint8_t key_id, next_key_id;
            tapir_span mac;
        } ao;
        struct {
            uint8_t rate, ttl_difference;
            uint32_t nonce; /* and two reserved bits */
        } quick_start;
        struct {
            uint8_t count;           /* of counters, the others are 0 */
            bool ect1_first;         /* order on the wire */
            uint32_t ect0, ce, ect1; /* bytes seen with each codepoint, 24 bits */
        } acc_ecn;
        struct {
            uint8_t capabilities, connection_id;
        } scps; /* SCPS of 4 bytes */
        struct {
            uint16_t offset, size;
        } snack;
    } as;
};

/* A block of a SACK option: [left, right). */
struct tapir_tcp_sack_block {
    uint32_t left, right;
};

/* Starts a walk over the options: while (tapir_walk_next(&walk, &option)) ... */
TAPIR_API tapir_walk tapir_tcp_options(const struct tapir_tcp *tcp);

/* Starts a walk over the blocks of a SACK option. */
TAPIR_API tapir_walk tapir_tcp_sack_blocks(const struct tapir_tcp_option *option);

/* Decodes a multipath TCP option; false when it is too short for its subtype. */
TAPIR_API bool tapir_tcp_mptcp(const struct tapir_tcp_option *option, struct tapir_mptcp *mptcp);

/* Write options one after the other:
 *
 *     uint8_t room[40];
 *     tapir_writer w = tapir_writer_of(room, sizeof room);
 *     tapir_tcp_put_mss(&w, 1460);
 *     tapir_tcp_put_window_scale(&w, 7);
 *     tapir_tcp_put_padding(&w, room);
 *     tcp.options = tapir_written(&w, room);
 *
 * What finds no room or is too wide for its place fails the writer; `w.failed` tells at the end. */
TAPIR_API void tapir_tcp_put_end(tapir_writer *w);
TAPIR_API void tapir_tcp_put_nop(tapir_writer *w);
TAPIR_API void tapir_tcp_put_mss(tapir_writer *w, uint64_t mss);
TAPIR_API void tapir_tcp_put_window_scale(tapir_writer *w, uint64_t shift);
TAPIR_API void tapir_tcp_put_sack_permitted(tapir_writer *w);
TAPIR_API void tapir_tcp_put_sack(
    tapir_writer *w, const struct tapir_tcp_sack_block *blocks, size_t count);
TAPIR_API void tapir_tcp_put_echo(tapir_writer *w, uint64_t value);
TAPIR_API void tapir_tcp_put_echo_reply(tapir_writer *w, uint64_t value);
TAPIR_API void tapir_tcp_put_timestamps(tapir_writer *w, uint64_t value, uint64_t echo);
/* The digest has 16 bytes. */
TAPIR_API void tapir_tcp_put_md5(tapir_writer *w, tapir_span digest);
/* The timeout has 15 bits, in minutes or in seconds. */
TAPIR_API void tapir_tcp_put_user_timeout(tapir_writer *w, bool minutes, uint64_t timeout);
TAPIR_API void tapir_tcp_put_ao(
    tapir_writer *w, uint64_t key_id, uint64_t next_key_id, tapir_span mac);
/* A subtype (TAPIR_MPTCP_*) and the 4 bits beside it; `rest` is what follows them. */
TAPIR_API void tapir_tcp_put_mptcp(
    tapir_writer *w, uint64_t subtype, uint64_t low, tapir_span rest);
/* Without a cookie it is a request for one. */
TAPIR_API void tapir_tcp_put_fast_open(tapir_writer *w, tapir_span cookie);
/* The first `count` (at most 3) counters of ECT(0), CE, ECT(1), or the other way round. */
TAPIR_API void tapir_tcp_put_acc_ecn(
    tapir_writer *w, bool ect1_first, const uint32_t *counters, size_t count);
/* The kind is TAPIR_TCP_OPTION_EXPERIMENT_1 or _2; `rest` is what follows the identifier. */
TAPIR_API void tapir_tcp_put_experiment(
    tapir_writer *w, uint64_t kind, uint64_t identifier, tapir_span rest);
/* Any kind that has a length; `data` is what follows it. */
TAPIR_API void tapir_tcp_put_option(tapir_writer *w, uint64_t kind, tapir_span data);
/* Fills up with END to a multiple of 4 bytes since `start`, where the options begin. */
TAPIR_API void tapir_tcp_put_padding(tapir_writer *w, const void *start);

TAPIR_EXTERN_C_END
#endif
