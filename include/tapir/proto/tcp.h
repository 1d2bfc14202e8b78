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
    TAPIR_TCP_OPTION_WINDOW_SCALE = 3,
    TAPIR_TCP_OPTION_SACK_PERMITTED = 4,
    TAPIR_TCP_OPTION_SACK = 5,
    TAPIR_TCP_OPTION_TIMESTAMPS = 8
};

/* One option. `data` is what follows kind and length; the other members are those of its kind and 0
 * for others. */
struct tapir_tcp_option {
    uint8_t kind;
    uint8_t length; /* with kind and length octets; 1 for END and NOP */
    tapir_span data;
    uint16_t mss;         /* MSS */
    uint8_t shift;        /* WINDOW_SCALE */
    uint32_t value, echo; /* TIMESTAMPS */
};

/* Starts a walk over the options: while (tapir_walk_next(&walk, &option)) ... */
TAPIR_API tapir_walk tapir_tcp_options(const struct tapir_tcp *tcp);

TAPIR_EXTERN_C_END
#endif
