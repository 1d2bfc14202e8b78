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

/* Write chunks one after the other, and what goes into a chunk into room of its own before:
 *
 *     uint8_t room[256], inside[64];
 *     tapir_writer w = tapir_writer_of(room, sizeof room);
 *     tapir_writer in = tapir_writer_of(inside, sizeof inside);
 *     tapir_sctp_put_parameter_ipv4(&in, address);
 *     tapir_sctp_put_init(&w, 0x1234, 65536, 10, 10, 1, tapir_written(&in, inside));
 *     sctp.chunks = tapir_written(&w, room);
 *
 * Each is padded with zeroes to a multiple of 4 bytes, which its length does not count; the length
 * of a chunk does not count the padding of its last parameter or cause either (RFC 9260 3.2). What
 * finds no room or is too wide for its place fails the writer; `w.failed` tells at the end. Look at
 * the one of what is inside, too: what has failed is empty. */

/* `flags` are TAPIR_SCTP_BEGINNING, _END and the like; a receiver answers DATA without data with
 * ABORT (RFC 9260 3.3.1). */
TAPIR_API void tapir_sctp_put_data(tapir_writer *w, uint64_t flags, uint64_t tsn, uint64_t stream,
    uint64_t sequence, uint64_t protocol, tapir_span data);
/* `protocol` is the number of the fragment where the message does not begin (RFC 8260 2.1). */
TAPIR_API void tapir_sctp_put_i_data(tapir_writer *w, uint64_t flags, uint64_t tsn, uint64_t stream,
    uint64_t message, uint64_t protocol, tapir_span data);
/* The window is in bytes; parameters may be none (RFC 9260 3.3.2). */
TAPIR_API void tapir_sctp_put_init(tapir_writer *w, uint64_t tag, uint64_t window,
    uint64_t out_streams, uint64_t in_streams, uint64_t tsn, tapir_span parameters);
/* The same; one of the parameters has to be a cookie (RFC 9260 3.3.3). */
TAPIR_API void tapir_sctp_put_init_ack(tapir_writer *w, uint64_t tag, uint64_t window,
    uint64_t out_streams, uint64_t in_streams, uint64_t tsn, tapir_span parameters);
/* Of a gap `start` and `end` count, from the cumulative TSN on (RFC 9260 3.3.4). */
TAPIR_API void tapir_sctp_put_sack(tapir_writer *w, uint64_t tsn, uint64_t window,
    const struct tapir_sctp_gap *gaps, size_t gap_count, const uint32_t *duplicates,
    size_t duplicate_count);
/* With a parameter of the sender's own information, and what answers it with the same. */
TAPIR_API void tapir_sctp_put_heartbeat(tapir_writer *w, tapir_span information);
TAPIR_API void tapir_sctp_put_heartbeat_ack(tapir_writer *w, tapir_span information);
/* `reflected`: the packet has the verification tag of the receiver's own (RFC 9260 8.5.1). */
TAPIR_API void tapir_sctp_put_abort(tapir_writer *w, bool reflected, tapir_span causes);
TAPIR_API void tapir_sctp_put_shutdown(tapir_writer *w, uint64_t tsn);
TAPIR_API void tapir_sctp_put_shutdown_ack(tapir_writer *w);
TAPIR_API void tapir_sctp_put_error(tapir_writer *w, tapir_span causes);
TAPIR_API void tapir_sctp_put_cookie_echo(tapir_writer *w, tapir_span cookie);
TAPIR_API void tapir_sctp_put_cookie_ack(tapir_writer *w);
/* The lowest TSN that was marked, and that of the echo answered (RFC 9260 appendix A). */
TAPIR_API void tapir_sctp_put_ecne(tapir_writer *w, uint64_t tsn);
TAPIR_API void tapir_sctp_put_cwr(tapir_writer *w, uint64_t tsn);
TAPIR_API void tapir_sctp_put_shutdown_complete(tapir_writer *w, bool reflected);
/* Any type; `value` is what follows the length. */
TAPIR_API void tapir_sctp_put_chunk(
    tapir_writer *w, uint64_t type, uint64_t flags, tapir_span value);

/* Parameters of INIT and INIT-ACK (RFC 9260 3.3.2.1 and 3.3.3.1). */
TAPIR_API void tapir_sctp_put_parameter_ipv4(tapir_writer *w, const uint8_t address[4]);
TAPIR_API void tapir_sctp_put_parameter_ipv6(tapir_writer *w, const uint8_t address[16]);
TAPIR_API void tapir_sctp_put_parameter_cookie(tapir_writer *w, tapir_span cookie);
/* A parameter that was not understood, whole. */
TAPIR_API void tapir_sctp_put_parameter_unrecognized(tapir_writer *w, tapir_span parameter);
TAPIR_API void tapir_sctp_put_parameter_cookie_preservative(tapir_writer *w, uint64_t milliseconds);
/* The name is written with the zero that ends it. */
TAPIR_API void tapir_sctp_put_parameter_hostname(tapir_writer *w, tapir_span name);
/* Types of parameters that hold addresses: TAPIR_SCTP_PARAMETER_IPV4 and the like. */
TAPIR_API void tapir_sctp_put_parameter_address_types(
    tapir_writer *w, const uint16_t *types, size_t count);
TAPIR_API void tapir_sctp_put_parameter_ecn(tapir_writer *w);
TAPIR_API void tapir_sctp_put_parameter_forward_tsn(tapir_writer *w); /* RFC 3758 3.1 */
/* Of authentication: random bytes, types of chunks, and algorithms, 1 SHA-1 and 3 SHA-256 (RFC 4895
 * 3). */
TAPIR_API void tapir_sctp_put_parameter_random(tapir_writer *w, tapir_span random);
TAPIR_API void tapir_sctp_put_parameter_chunks(tapir_writer *w, const uint8_t *types, size_t count);
TAPIR_API void tapir_sctp_put_parameter_hmacs(
    tapir_writer *w, const uint16_t *algorithms, size_t count);
/* Types of chunks of the extensions that the sender knows (RFC 5061 4.2.7). */
TAPIR_API void tapir_sctp_put_parameter_extensions(
    tapir_writer *w, const uint8_t *types, size_t count);
TAPIR_API void tapir_sctp_put_parameter_adaptation(tapir_writer *w, uint64_t indication);
/* Any type; `value` is what follows the length. */
TAPIR_API void tapir_sctp_put_parameter(tapir_writer *w, uint64_t type, tapir_span value);

/* Causes of ABORT and ERROR (RFC 9260 3.3.10). */
TAPIR_API void tapir_sctp_put_cause_stream(tapir_writer *w, uint64_t stream);
TAPIR_API void tapir_sctp_put_cause_missing_parameter(
    tapir_writer *w, const uint16_t *types, size_t count);
TAPIR_API void tapir_sctp_put_cause_stale_cookie(tapir_writer *w, uint64_t microseconds);
TAPIR_API void tapir_sctp_put_cause_resources(tapir_writer *w);
/* The parameter with the address, whole. */
TAPIR_API void tapir_sctp_put_cause_address(tapir_writer *w, tapir_span parameter);
/* The chunk that was not understood, whole. */
TAPIR_API void tapir_sctp_put_cause_chunk(tapir_writer *w, tapir_span chunk);
TAPIR_API void tapir_sctp_put_cause_invalid_parameter(tapir_writer *w);
/* Parameters that were not understood, whole. */
TAPIR_API void tapir_sctp_put_cause_parameters(tapir_writer *w, tapir_span parameters);
TAPIR_API void tapir_sctp_put_cause_no_data(tapir_writer *w, uint64_t tsn);
TAPIR_API void tapir_sctp_put_cause_shutting_down(tapir_writer *w);
/* The parameters with the addresses that are new, whole. */
TAPIR_API void tapir_sctp_put_cause_restart(tapir_writer *w, tapir_span parameters);
TAPIR_API void tapir_sctp_put_cause_user_abort(tapir_writer *w, tapir_span reason);
TAPIR_API void tapir_sctp_put_cause_violation(tapir_writer *w, tapir_span information);
/* Any code; `value` is what follows the length. */
TAPIR_API void tapir_sctp_put_cause(tapir_writer *w, uint64_t code, tapir_span value);

TAPIR_EXTERN_C_END
#endif
