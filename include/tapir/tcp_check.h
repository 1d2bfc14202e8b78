/* Whether TCP segments fit their connection: its state, the options agreed on, the window. */
#ifndef TAPIR_TCP_CHECK_H
#define TAPIR_TCP_CHECK_H

#include "tapir/proto/tcp.h"
#include "tapir/reassembly.h"

TAPIR_EXTERN_C_BEGIN

/* What is wrong with a segment: name, and in words. */
#define TAPIR_TCP_FAULTS(X)                                                                        \
    X(NONE, "fits")                                                                                \
    X(NO_SYN, "comes before a SYN")                                                                \
    X(NO_SYN_ACK, "comes before the SYN was answered")                                             \
    X(UNANSWERED, "answers a SYN that was not sent")                                               \
    X(AFTER_FIN, "has data behind its sender's FIN")                                               \
    X(AFTER_RST, "comes after a RST")                                                              \
    X(TOO_LONG, "is longer than the other side's maximum segment size")                            \
    X(BEFORE_WINDOW, "ends before what the other side waits for")                                  \
    X(BEHIND_WINDOW, "begins or ends behind the other side's window")

typedef enum tapir_tcp_fault {
#define X(name, text) TAPIR_TCP_FAULT_##name,
    TAPIR_TCP_FAULTS(X)
#undef X
} tapir_tcp_fault;

/* Returns the fault in words, as above. Static. */
TAPIR_API const char *tapir_tcp_fault_text(tapir_tcp_fault fault);

/* What one side has said. */
typedef struct tapir_tcp_side {
    bool syn, fin, acked; /* seen; acked: `ack` and `window` count */
    bool scaled;          /* its SYN had a window scale */
    uint8_t shift;        /* of its windows, when both sides announced one (RFC 7323 2.2) */
    uint16_t mss;         /* the longest segment it takes, 0: it did not say */
    uint32_t ack;         /* the next byte it waits for */
    uint32_t window;      /* bytes it takes from there on, shifted */
    uint32_t fin_seq;     /* sequence number of its FIN */
} tapir_tcp_side;

/* A connection that is watched; zeroed at first. For the `accept` callback of a reassembler, or
 * alone. */
typedef struct tapir_tcp_checker {
    tapir_tcp_side side[2]; /* by tapir_way */
    bool established, reset;
    bool midstream; /* set by the caller: a connection may begin without a SYN */
} tapir_tcp_checker;

/* Checks a segment with `payload_len` bytes of data against what was seen before, and takes note of
 * what it says when it fits. A retransmission is BEFORE_WINDOW. Windows are checked once the other
 * side has announced one; those of a connection picked up midstream cannot be, nor can segments
 * that a sender's or receiver's network card has joined fit a maximum size. */
TAPIR_API tapir_tcp_fault tapir_tcp_check(
    tapir_tcp_checker *checker, tapir_way way, const struct tapir_tcp *tcp, size_t payload_len);

TAPIR_EXTERN_C_END
#endif
