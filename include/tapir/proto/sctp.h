/* Stream Control Transmission Protocol (RFC 9260) and its extensions. */
#ifndef TAPIR_PROTO_SCTP_H
#define TAPIR_PROTO_SCTP_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

#define TAPIR_LINK_TYPE_SCTP 248

struct tapir_sctp {
    uint16_t src_port, dst_port;
    uint32_t tag;      /* verification tag */
    uint32_t checksum; /* CRC-32C as the bytes stand in network order, which the sum does not */
    tapir_span chunks; /* walk with tapir_sctp_chunks */
};

TAPIR_API extern const tapir_proto tapir_sctp_proto;

/* Types of chunks (IANA SCTP parameters). */
enum {
    TAPIR_SCTP_DATA = 0,
    TAPIR_SCTP_INIT = 1,
    TAPIR_SCTP_INIT_ACK = 2,
    TAPIR_SCTP_SACK = 3,
    TAPIR_SCTP_HEARTBEAT = 4,
    TAPIR_SCTP_HEARTBEAT_ACK = 5,
    TAPIR_SCTP_ABORT = 6,
    TAPIR_SCTP_SHUTDOWN = 7,
    TAPIR_SCTP_SHUTDOWN_ACK = 8,
    TAPIR_SCTP_ERROR = 9,
    TAPIR_SCTP_COOKIE_ECHO = 10,
    TAPIR_SCTP_COOKIE_ACK = 11,
    TAPIR_SCTP_ECNE = 12,
    TAPIR_SCTP_CWR = 13,
    TAPIR_SCTP_SHUTDOWN_COMPLETE = 14,
    TAPIR_SCTP_AUTH = 15,          /* RFC 4895 */
    TAPIR_SCTP_NR_SACK = 16,       /* draft-tuexen-tsvwg-sctp-multipath */
    TAPIR_SCTP_I_DATA = 64,        /* RFC 8260 */
    TAPIR_SCTP_ASCONF_ACK = 128,   /* RFC 5061 */
    TAPIR_SCTP_PACKET_DROP = 129,  /* draft-stewart-sctp-pktdrprep */
    TAPIR_SCTP_RE_CONFIG = 130,    /* RFC 6525 */
    TAPIR_SCTP_PAD = 132,          /* RFC 4820 */
    TAPIR_SCTP_FORWARD_TSN = 192,  /* RFC 3758 */
    TAPIR_SCTP_ASCONF = 193,       /* RFC 5061 */
    TAPIR_SCTP_I_FORWARD_TSN = 194 /* RFC 8260 */
};

/* Bits of `flags` of DATA and I-DATA. */
#define TAPIR_SCTP_END       0x01
#define TAPIR_SCTP_BEGINNING 0x02
#define TAPIR_SCTP_UNORDERED 0x04
#define TAPIR_SCTP_IMMEDIATE 0x08

/* One chunk. Which member of `as` counts depends on the type; all are zero when the chunk is too
 * short for its type. */
struct tapir_sctp_chunk {
    uint8_t type; /* TAPIR_SCTP_* */
    uint8_t flags;
    uint16_t length; /* with these four bytes, without padding */
    tapir_span value;
    tapir_span rest; /* of the value, behind what `as` holds: payload, parameters, causes, ... */
    tapir_span padding;
    union {
        struct {
            uint32_t tsn;
            uint16_t stream, sequence;
            uint32_t protocol; /* of the payload */
        } data;
        struct {
            uint32_t tsn;
            uint16_t stream, reserved;
            uint32_t message;
            uint32_t protocol; /* of the payload; not at the beginning: number of the fragment */
        } i_data;
        struct {
            uint32_t tag, window;
            uint16_t out_streams, in_streams;
            uint32_t tsn;
        } init;
        struct {
            uint32_t tsn, window;
            uint16_t gap_count, nr_gap_count, duplicate_count, reserved;
            tapir_span gaps, nr_gaps, duplicates;
            uint32_t gap_total, nr_gap_total; /* how many TSNs the blocks hold */
        } sack;
        struct {
            uint16_t key_id, hmac_id;
        } auth;
        struct {
            uint32_t bandwidth, queue_size;
            uint16_t truncated_length, reserved;
        } drop;
        uint32_t number; /* TSN, or sequence number of ASCONF */
    } as;
};

/* A block of SACK or NR-SACK: what was received behind the cumulative TSN. */
struct tapir_sctp_gap {
    uint16_t start, end;         /* counted from there */
    uint32_t start_tsn, end_tsn; /* as TSNs */
};

/* What FORWARD-TSN skips of a stream. */
struct tapir_sctp_skipped {
    uint16_t stream;
    uint16_t sequence; /* I-FORWARD-TSN: flags, 1: unordered */
    uint32_t message;  /* I-FORWARD-TSN only */
};

/* Types of parameters. */
enum {
    TAPIR_SCTP_PARAMETER_HEARTBEAT = 0x0001,
    TAPIR_SCTP_PARAMETER_IPV4 = 0x0005,
    TAPIR_SCTP_PARAMETER_IPV6 = 0x0006,
    TAPIR_SCTP_PARAMETER_COOKIE = 0x0007,
    TAPIR_SCTP_PARAMETER_UNRECOGNIZED = 0x0008,
    TAPIR_SCTP_PARAMETER_COOKIE_PRESERVATIVE = 0x0009,
    TAPIR_SCTP_PARAMETER_HOSTNAME = 0x000b,
    TAPIR_SCTP_PARAMETER_ADDRESS_TYPES = 0x000c,
    TAPIR_SCTP_PARAMETER_OUTGOING_RESET = 0x000d, /* RFC 6525, as the next five */
    TAPIR_SCTP_PARAMETER_INCOMING_RESET = 0x000e,
    TAPIR_SCTP_PARAMETER_TSN_RESET = 0x000f,
    TAPIR_SCTP_PARAMETER_RESPONSE = 0x0010,
    TAPIR_SCTP_PARAMETER_ADD_OUTGOING = 0x0011,
    TAPIR_SCTP_PARAMETER_ADD_INCOMING = 0x0012,
    TAPIR_SCTP_PARAMETER_ECN = 0x8000,
    TAPIR_SCTP_PARAMETER_NONCE = 0x8001,
    TAPIR_SCTP_PARAMETER_RANDOM = 0x8002, /* RFC 4895, as the next two */
    TAPIR_SCTP_PARAMETER_CHUNKS = 0x8003,
    TAPIR_SCTP_PARAMETER_HMACS = 0x8004,
    TAPIR_SCTP_PARAMETER_PADDING = 0x8005,    /* RFC 4820 */
    TAPIR_SCTP_PARAMETER_EXTENSIONS = 0x8008, /* RFC 5061 */
    TAPIR_SCTP_PARAMETER_FORWARD_TSN = 0xc000,
    TAPIR_SCTP_PARAMETER_ADD_ADDRESS = 0xc001, /* RFC 5061, as the rest */
    TAPIR_SCTP_PARAMETER_DELETE_ADDRESS = 0xc002,
    TAPIR_SCTP_PARAMETER_CAUSES = 0xc003,
    TAPIR_SCTP_PARAMETER_PRIMARY_ADDRESS = 0xc004,
    TAPIR_SCTP_PARAMETER_SUCCESS = 0xc005,
    TAPIR_SCTP_PARAMETER_ADAPTATION = 0xc006
};

/* Codes of error causes. */
enum {
    TAPIR_SCTP_CAUSE_STREAM = 1,
    TAPIR_SCTP_CAUSE_MISSING_PARAMETER = 2,
    TAPIR_SCTP_CAUSE_STALE_COOKIE = 3,
    TAPIR_SCTP_CAUSE_RESOURCES = 4,
    TAPIR_SCTP_CAUSE_ADDRESS = 5,
    TAPIR_SCTP_CAUSE_CHUNK = 6,
    TAPIR_SCTP_CAUSE_INVALID_PARAMETER = 7,
    TAPIR_SCTP_CAUSE_PARAMETERS = 8,
    TAPIR_SCTP_CAUSE_NO_DATA = 9,
    TAPIR_SCTP_CAUSE_SHUTTING_DOWN = 10,
    TAPIR_SCTP_CAUSE_RESTART = 11,
    TAPIR_SCTP_CAUSE_USER_ABORT = 12,
    TAPIR_SCTP_CAUSE_VIOLATION = 13,
    TAPIR_SCTP_CAUSE_LAST_ADDRESS = 0x00a0, /* RFC 5061, as the next four */
    TAPIR_SCTP_CAUSE_SHORTAGE = 0x00a1,
    TAPIR_SCTP_CAUSE_SOURCE_ADDRESS = 0x00a2,
    TAPIR_SCTP_CAUSE_ILLEGAL_ASCONF = 0x00a3,
    TAPIR_SCTP_CAUSE_REFUSED = 0x00a4,
    TAPIR_SCTP_CAUSE_HMAC = 0x0105 /* RFC 4895 */
};

/* A parameter or an error cause, which are made alike. Which member of `as` counts depends on the
 * type; all are zero when it is too short for its type. */
struct tapir_sctp_parameter {
    uint16_t type;   /* TAPIR_SCTP_PARAMETER_*, or TAPIR_SCTP_CAUSE_* */
    uint16_t length; /* with these four bytes, without padding */
    tapir_span value;
    tapir_span rest; /* of the value, behind what `as` holds: numbers, parameters, causes */
    tapir_span padding;
    union {
        uint8_t ipv4[4];
        uint8_t ipv6[16];
        uint32_t number; /* correlation, milliseconds, indication, TSN, ... */
        struct {
            uint32_t request, response, tsn;
        } reset;
        struct {
            uint32_t response, result;
            uint32_t sender_tsn, receiver_tsn; /* there when `tsns` is set */
            bool tsns;
        } response;
        struct {
            uint32_t request;
            uint16_t count, reserved;
        } add;
        struct {
            uint16_t stream, reserved;
        } stream;
    } as;
};

/* Starts a walk over chunks; items are struct tapir_sctp_chunk. */
TAPIR_API tapir_walk tapir_sctp_chunks(const struct tapir_sctp *sctp);

/* Starts a walk over the parameters of INIT, INIT-ACK, HEARTBEAT, ASCONF, ASCONF-ACK or RE-CONFIG,
 * or over the causes of ABORT or ERROR; items are struct tapir_sctp_parameter. */
TAPIR_API tapir_walk tapir_sctp_parameters(const struct tapir_sctp_chunk *chunk);
TAPIR_API tapir_walk tapir_sctp_causes(const struct tapir_sctp_chunk *chunk);

/* Starts a walk over the gaps of SACK or NR-SACK; items are struct tapir_sctp_gap. */
TAPIR_API tapir_walk tapir_sctp_gaps(const struct tapir_sctp_chunk *chunk);

TAPIR_EXTERN_C_END
#endif
