/* Frames from the wire: sources over libpcap, a ring of AF_PACKET's, or AF_XDP. */
#ifndef TAPIR_CAPTURE_H
#define TAPIR_CAPTURE_H

#include "tapir/source.h"

TAPIR_EXTERN_C_BEGIN

typedef enum tapir_capture_method {
    TAPIR_CAPTURE_BEST,     /* of those built in, the fastest that can do what is asked for */
    TAPIR_CAPTURE_PCAP,     /* libpcap: everywhere, and for all that is no network interface */
    TAPIR_CAPTURE_AFPACKET, /* Linux: a ring of TPACKET_V3 shared with the kernel */
    TAPIR_CAPTURE_AFXDP     /* Linux: frames taken before the kernel's stack sees them */
} tapir_capture_method;

/* Where times come from, as libpcap's PCAP_TSTAMP_* have it. */
typedef enum tapir_capture_clock {
    TAPIR_CLOCK_HOST,         /* whatever the method has by default */
    TAPIR_CLOCK_HOST_LOW,     /* host, low precision */
    TAPIR_CLOCK_HOST_HIGH,    /* host, high precision */
    TAPIR_CLOCK_ADAPTER,      /* the adapter's, synchronised with the host's */
    TAPIR_CLOCK_ADAPTER_RAW,  /* the adapter's own */
    TAPIR_CLOCK_HOST_UNSYNCED /* host, high precision, not synchronised with the system time */
} tapir_capture_clock;

typedef enum tapir_capture_direction {
    TAPIR_CAPTURE_BOTH,
    TAPIR_CAPTURE_IN, /* received only */
    TAPIR_CAPTURE_OUT /* sent only */
} tapir_capture_direction;

/* How the members of a fanout group share frames (packet(7), PACKET_FANOUT). */
typedef enum tapir_fanout_mode {
    TAPIR_FANOUT_NONE,     /* every source gets every frame */
    TAPIR_FANOUT_HASH,     /* by flow, both directions of one to the same member */
    TAPIR_FANOUT_BALANCE,  /* in turn */
    TAPIR_FANOUT_CPU,      /* by the processor that received it */
    TAPIR_FANOUT_ROLLOVER, /* to one until its ring is full */
    TAPIR_FANOUT_RANDOM,
    TAPIR_FANOUT_QUEUE, /* by the queue it was received on */
    TAPIR_FANOUT_CBPF,  /* by what a classic BPF program returns */
    TAPIR_FANOUT_EBPF   /* by what an extended BPF program returns */
} tapir_fanout_mode;

/* Membership of a fanout group: sources of one interface, of this process or of others. */
typedef struct tapir_fanout {
    uint8_t mode;    /* tapir_fanout_mode */
    bool defragment; /* IPv4 datagrams are put together before they are hashed */
    bool rollover;   /* a member whose ring is full hands on to another one */
    bool new_id; /* have the kernel choose an id nobody uses; tapir_capture_fanout_id tells it */
    uint16_t id; /* of the group */
    const struct tapir_filter_instruction *program; /* CBPF */
    size_t program_count;
    int program_fd; /* EBPF: a loaded program of type socket filter */
} tapir_fanout;

/* AF_XDP: where frames are taken. */
typedef enum tapir_xdp_mode {
    TAPIR_XDP_BEST,   /* in the driver where it can, else in the stack */
    TAPIR_XDP_DRIVER, /* before the kernel makes a packet of it */
    TAPIR_XDP_GENERIC /* in the kernel's stack: any driver, slower than AF_PACKET */
} tapir_xdp_mode;

/* Timeouts that are none. */
#define TAPIR_WAIT_FOREVER INT64_C(0)
#define TAPIR_WAIT_NOT     INT64_C(-1)

/* Options of tapir_capture_open; zeroed, with `size` set, means the defaults. */
typedef struct tapir_capture_options {
    size_t size;         /* sizeof (tapir_capture_options) */
    uint8_t method;      /* tapir_capture_method */
    uint8_t clock;       /* tapir_capture_clock */
    uint8_t direction;   /* tapir_capture_direction */
    bool no_promiscuous; /* only what is meant for this machine */
    bool monitor;        /* 802.11 monitor mode; libpcap */
    bool immediate;      /* hand each frame out as it comes, not a block of them */
    bool microseconds;   /* times in microseconds, which all methods have; else nanoseconds */
    bool cooked;         /* AF_PACKET: no link header of the interface's, Linux cooked v2 instead */
    bool no_optimize;    /* of the filter's program */
    bool has_link_type;  /* one of tapir_capture_link_types is wanted, link_type */
    uint16_t link_type;
    uint32_t snaplen; /* bytes kept of each frame; 0: 262144 */
    /* What the kernel holds until it is read, in bytes: of AF_PACKET all blocks together; 0: 64
     * MiB, with libpcap 2 MiB. */
    size_t buffer;
    size_t block; /* AF_PACKET: bytes of a block, a power of two; 0: 1 MiB */
    /* ms after which what the kernel holds is handed out, be it little; 0: AF_PACKET 64, libpcap
     * 1000. */
    uint32_t block_timeout;
    uint32_t busy_poll; /* us that a read polls the driver's queue before it sleeps; 0: none */
    /* How long a read waits for a frame, in nanoseconds, before it returns TAPIR_TIMEOUT; or
     * TAPIR_WAIT_FOREVER (0), TAPIR_WAIT_NOT (negative). */
    int64_t timeout;
    uint16_t protocol;    /* Linux: only frames of this EtherType, received ones; 0: all */
    const char *filter;   /* expression of the BPF language, run by the kernel; NULL: everything */
    tapir_fanout fanout;  /* AF_PACKET */
    uint8_t xdp_mode;     /* AF_XDP: tapir_xdp_mode */
    bool copy;            /* AF_XDP: no zero copy even where the driver could */
    bool zero_copy;       /* AF_XDP: nothing but zero copy */
    uint32_t queue;       /* AF_XDP: the first queue */
    uint32_t queue_count; /* AF_XDP: how many, from there; 0: all */
    uint32_t ring;        /* AF_XDP: frames that a queue holds, a power of two; 0: 8192 */
    /* Wait for an interface that went down, or away, to come back, instead of TAPIR_IO. */
    bool follow;
} tapir_capture_options;

/* Opens an interface for capturing: its name, or "any" for all of them; "pcap:eth0",
 * "afpacket:eth0" and "afxdp:eth0" name the method, too, and go before the options' one. Frames of
 * `lo` come once, not twice. `options` may be NULL. On failure *source is NULL and `error` says
 * what and what to do: TAPIR_NOT_FOUND for an interface that is not there, TAPIR_UNSUPPORTED for
 * what the method cannot do, TAPIR_INVALID for options and filters that are wrong, TAPIR_DENIED
 * without the privilege, which it names. Close with tapir_source_close.
 *
 * AF_XDP takes the Ethernet frames that an interface receives and the filter takes, from the
 * kernel's stack and all its programs; the others go on. It is a program of libxdp's dispatcher's
 * where that is to be had, else the only one of the interface's. When its process is killed nothing
 * is taken any longer. It has no times: all frames that a read finds, up to 64, have the one of
 * that read, which never goes back. Frames of more than 3840 bytes are dropped, and counted.
 * A VLAN tag that an adapter keeps beside its frame is not in the frame: `ethtool -K NAME rxvlan
 * off` has it stay in, of a veth's other end `txvlan off`.
 *
 * Reading: tapir_source_next returns TAPIR_TIMEOUT when no frame came in time, TAPIR_BREAK after
 * tapir_source_break, TAPIR_IO when the interface went down or away; reading on after that works
 * once it is up again. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_capture_open(tapir_source **source,
    const char *interface, const tapir_capture_options *options, tapir_error *error);

/* Replaces the filter of a live source; frames that the old one let pass are no longer handed out.
 * An empty expression, or NULL, is everything. TAPIR_INVALID for one that is wrong: the error's
 * offset is the place in it, and the old filter stays. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_capture_set_filter(
    tapir_source *source, const char *expression, bool optimize);

/* Changes how long reads wait, as in the options. TAPIR_INVALID for a source that is not live. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_capture_set_timeout(
    tapir_source *source, int64_t timeout);

/* Returns a descriptor that is readable when a read would not wait, for poll(2) and the like; -1
 * where there is none. It stays the source's, and is another one after the interface was made anew.
 */
TAPIR_API int tapir_capture_fd(const tapir_source *source);

/* Returns the id of the source's fanout group, 0 when it is in none. */
TAPIR_API uint16_t tapir_capture_fanout_id(const tapir_source *source);

/* Returns whether the method was built in. */
TAPIR_API bool tapir_capture_has(tapir_capture_method method);

/* Returns "best", "pcap", "afpacket" or "afxdp". Static. */
TAPIR_API const char *tapir_capture_method_name(tapir_capture_method method);

/* Finds the link types that libpcap can capture with from the interface, the one it would choose
 * first; in monitor mode they are others. Fills up to `room` of them; *count is how many there are,
 * which may be more. Link types without a number in files are left out. Statuses are those of
 * tapir_capture_open. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_capture_link_types(const char *interface,
    bool monitor, uint16_t *link_types, size_t room, size_t *count, tapir_error *error);

/* Finds the clocks (tapir_capture_clock) that libpcap can take times from on the interface, in the
 * same way. At least one, TAPIR_CLOCK_HOST, is always there. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_capture_clocks(
    const char *interface, uint8_t *clocks, size_t room, size_t *count, tapir_error *error);

/* Returns the name of a clock as tcpdump -j takes it ("adapter_unsynced"), NULL for a number that
 * is none. Static. */
TAPIR_API const char *tapir_capture_clock_name(tapir_capture_clock clock);

/* Finds the clock of that name; false when there is none. */
TAPIR_API bool tapir_capture_clock_find(const char *name, tapir_capture_clock *clock);

TAPIR_EXTERN_C_END
#endif
