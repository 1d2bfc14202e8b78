/* Frames to the wire: sinks over libpcap, a ring of AF_PACKET's, or AF_XDP; and when to send. */
#ifndef TAPIR_SEND_H
#define TAPIR_SEND_H

#include "tapir/sink.h"

TAPIR_EXTERN_C_BEGIN

typedef enum tapir_send_method {
    TAPIR_SEND_BEST,     /* of those built in, the fastest that can send on the interface */
    TAPIR_SEND_PCAP,     /* libpcap, a system call for each frame: everywhere */
    TAPIR_SEND_AFPACKET, /* Linux: a ring of TPACKET_V2 shared with the kernel */
    TAPIR_SEND_AFXDP     /* Linux: rings of AF_XDP, past the kernel's stack */
} tapir_send_method;

/* Options of tapir_send_open; zeroed, with `size` set, means the defaults. */
typedef struct tapir_send_options {
    size_t size;    /* sizeof (tapir_send_options) */
    uint8_t method; /* tapir_send_method */
    bool queueing;  /* AF_PACKET: go through the interface's queueing discipline, not past it */
    bool copy;      /* AF_XDP: no zero copy even where the driver could */
    bool zero_copy; /* AF_XDP: nothing but zero copy */
    bool truncated; /* send what was captured of frames that were not captured whole */
    uint32_t queue; /* AF_XDP: of the interface */
    uint32_t batch; /* frames handed to the kernel at once, where the method can; 0: 64 */
    uint32_t ring;  /* frames that may wait for the interface, a power of two; 0: 512 */
    /* How long a write waits for room, in nanoseconds, before it returns TAPIR_TIMEOUT; 0: for
     * ever. */
    int64_t timeout;
} tapir_send_options;

/* Opens an interface for sending. "pcap:eth0", "afpacket:eth0" and "afxdp:eth0" name the method,
 * too, and go before the options' one. `options` may be NULL. On failure *sink is NULL and `error`
 * says what and what to do: TAPIR_NOT_FOUND for an interface that is not there, TAPIR_IO for one
 * that is down, TAPIR_UNSUPPORTED for what the method cannot do, TAPIR_INVALID for options that are
 * wrong, TAPIR_DENIED without the privilege, which it names.
 *
 * Frames go out as their bytes stand, at once: nothing is filled in, and their times do not matter
 * (tapir_pace does that). A VLAN tag that the hardware took off is put back, and a frame check
 * sequence is left out, for the interface makes its own.
 *
 * tapir_sink_write gathers frames to batches; tapir_sink_flush hands over to the kernel what has
 * been gathered; tapir_sink_close also waits, up to a second, until all has left. A write refuses a
 * frame, says why in the error, and goes on with the next one after
 *
 *     TAPIR_INVALID    its link type is not the interface's, or it is shorter than a link header
 *     TAPIR_TOO_WIDE   it is longer than the interface's MTU allows
 *     TAPIR_TRUNCATED  it was not captured whole, unless the options say that this is all right
 *
 * TAPIR_TIMEOUT and TAPIR_BREAK: there was no room in time; the frame has not been taken.
 * TAPIR_IO: the interface went down or away, or the kernel refuses. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_send_open(tapir_sink **sink, const char *interface,
    const tapir_send_options *options, tapir_error *error);

/* What has become of the frames given to tapir_sink_write: they were accepted or refused, and those
 * accepted have been sent, have failed, or are pending. */
typedef struct tapir_send_stats {
    uint64_t packets, bytes;               /* accepted, tags and all */
    /* Of these, those the interface is done with; with libpcap, those the kernel has taken. */
    uint64_t sent_packets, sent_bytes;
    uint64_t failed_packets, failed_bytes; /* of these, dropped by the kernel, or lost with it */
    uint64_t pending_packets;              /* of these, neither sent nor failed yet */
    uint64_t wrong_link_type;              /* refused: of another link type, or no whole header */
    uint64_t too_long;                     /* refused: longer than the MTU allows */
    uint64_t truncated;                    /* refused: not captured whole */
    uint64_t calls;                        /* of the system, to send */
    uint64_t full;                         /* how often there was no room */
} tapir_send_stats;

/* Fills the counters so far, of sinks that send; zeroes for others. */
TAPIR_API void tapir_send_stats_get(tapir_sink *sink, tapir_send_stats *stats);

/* Hands everything over and waits until none is pending, `timeout` nanoseconds at most, 0: for
 * ever. TAPIR_TIMEOUT, TAPIR_BREAK, TAPIR_IO; TAPIR_INVALID for a sink that does not send. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_send_wait(tapir_sink *sink, int64_t timeout);

/* Makes the current or next wait of the sink end with TAPIR_BREAK. Safe from any thread and in a
 * signal handler. */
TAPIR_API void tapir_send_break(tapir_sink *sink);

/* Returns the link type that frames have to have; TAPIR_LINK_TYPE_RAW takes IPV4 and IPV6 as well.
 * TAPIR_LINK_TYPE_UNKNOWN for a sink that does not send. */
TAPIR_API uint16_t tapir_send_link_type(const tapir_sink *sink);

/* Returns the largest number of bytes a frame can have, a VLAN tag aside; 0 for a sink that does
 * not send. */
TAPIR_API uint32_t tapir_send_longest(const tapir_sink *sink);

/* Returns how a sink sends, TAPIR_SEND_BEST for one that does not. */
TAPIR_API tapir_send_method tapir_send_method_of(const tapir_sink *sink);

/* Returns whether the method was built in. */
TAPIR_API bool tapir_send_has(tapir_send_method method);

/* Returns "best", "pcap", "afpacket" or "afxdp". Static. */
TAPIR_API const char *tapir_send_method_name(tapir_send_method method);

TAPIR_EXTERN_C_END
#endif
