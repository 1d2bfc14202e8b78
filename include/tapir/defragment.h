/* Datagrams put together again from fragments: IPv4, IPv6 and LCM, in bounded memory. */
#ifndef TAPIR_DEFRAGMENT_H
#define TAPIR_DEFRAGMENT_H

#include "tapir/overlap.h"
#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

/* What became of a packet that was handed to a defragmenter. */
typedef enum tapir_fragment_fate {
    TAPIR_FRAGMENT_NONE,    /* no fragment, or an atomic one (RFC 6946): use the packet as it is */
    TAPIR_FRAGMENT_TAKEN,   /* a fragment of a datagram that is still waiting for others */
    TAPIR_FRAGMENT_LAST,    /* with it a datagram is complete */
    TAPIR_FRAGMENT_DROPPED, /* a fragment that is of no use: tapir_datagram.drop says why */
} tapir_fragment_fate;

/* Why a fragment was dropped: name, and in words. */
#define TAPIR_FRAGMENT_DROPS(X)                                                                    \
    X(DUPLICATE, "was there before")                                                               \
    X(OVERLAP, "overlaps another one") /* and all of its datagram with it: TAPIR_OVERLAP_REJECT */ \
    X(REJECTED, "belongs to a datagram that was rejected")                                         \
    X(COVERED, "has nothing that is not there already")      /* and others take precedence */      \
    X(TOO_LONG, "ends behind the longest possible datagram") /* ping of death */                   \
    X(NO_MULTIPLE, "is not the last and no multiple of 8 bytes long")                              \
    X(EMPTY, "has no payload")                                                                     \
    X(BAD_END, "contradicts another one about the datagram's end")                                 \
    X(INCOMPLETE, "was not captured whole")                                                        \
    X(MALFORMED, "has a broken header")                                                            \
    X(CHECKSUM, "has a wrong header checksum")                                                     \
    X(TOO_DEEP, "is nested in too many datagrams")                                                 \
    X(MEMORY, "needs more memory than is allowed") /* or than the system has */                    \
    X(UNFIT, "belongs to a datagram that cannot be written")

typedef enum tapir_fragment_drop {
#define X(name, text) TAPIR_DROP_##name,
    TAPIR_FRAGMENT_DROPS(X)
#undef X
        TAPIR_DROPS
} tapir_fragment_drop;

/* Returns the reason in words, as above. Static. */
TAPIR_API const char *tapir_fragment_drop_text(tapir_fragment_drop drop);

/* Where bytes of a datagram came from. */
typedef struct tapir_piece {
    uint64_t frame;  /* number of the frame */
    uint32_t offset; /* in what was fragmented, the first fragment's payload beginning at 0 */
    uint32_t len;    /* bytes that the datagram has of that frame */
} tapir_piece;

/* What tapir_defragmenter_add has to tell. All of it belongs to the defragmenter and is valid until
 * the next call with it. */
typedef struct tapir_datagram {
    tapir_fragment_drop drop; /* of TAPIR_FRAGMENT_DROPPED; the rest is of TAPIR_FRAGMENT_LAST */
    /* The whole datagram, to be decoded, written, sent. It has the headers of the first fragment
     * (the one with offset 0), those outside of it included, with lengths and checksums that are
     * right for the whole and without a trailer, padding or check sequence of the link; the time,
     * number and interface of the frame that completed it. Where that would be more than an outer
     * header can count, or more than 65535 bytes of an LCM message, the frame begins with the
     * datagram itself: link type IPV4 or IPV6; UNKNOWN for LCM, whose decoding starts at `first`.
     */
    tapir_frame frame;
    const tapir_proto *first; /* the outermost protocol, for tapir_packet_start_at */
    tapir_packet *packet;     /* the frame, decoded by the registry of the packet handed in */
    size_t layer;             /* index of the IP header that had been fragmented, or the message */
    /* The pieces it is made of, by offset and without a gap. Of a datagram whose fragments came in
     * datagrams that had to be put together themselves, `frame` completed those. */
    const tapir_piece *pieces;
    size_t piece_count;
    size_t fragments; /* how many came, duplicates and overlapping ones included */
    size_t overlaps;  /* how many of them overlapped others, without being duplicates */
    size_t conflicts; /* how many of those had other bytes in the same place */
    unsigned depth;   /* datagrams put together one inside the other; usually 1 */
    int64_t start;    /* time of the fragment that came first */
} tapir_datagram;

/* What is put together, each by its own rules. */
typedef enum tapir_fragment_kind {
    TAPIR_FRAGMENT_IPV4, /* by source, destination, protocol, identification: RFC 791 3.2 */
    TAPIR_FRAGMENT_IPV6, /* by source, destination, identification: RFC 8200 4.5 */
    TAPIR_FRAGMENT_LCM,  /* by addresses, ports and sequence number */
    TAPIR_FRAGMENT_KINDS
} tapir_fragment_kind;

/* Options of tapir_defragmenter_new; zeroed, with `size` set, means the defaults. Times are of the
 * packets' clock, nanoseconds. */
typedef struct tapir_defragmenter_options {
    size_t size; /* sizeof (tapir_defragmenter_options) */
    /* Bytes of everything that waits, with what it takes to keep it; 0: 4 MiB, as Linux. When more
     * is needed, the datagrams that have waited longest are given up. Twice the longest datagram,
     * 65535 bytes or a message of LCM, comes on top for one that is complete. */
    size_t max_memory;
    size_t max_datagrams; /* that wait; 0: 8192 */
    /* How long a datagram may wait, from its first fragment on; 0: 30 s for IPv4 (as Linux) and
     * LCM, 60 s for IPv6 (RFC 8200 4.5). */
    int64_t max_time[TAPIR_FRAGMENT_KINDS];
    /* Which bytes win where fragments overlap; TAPIR_OVERLAP_DEFAULT: LINUX for IPv4, which is what
     * Linux did until 4.18 and the literature calls by that name (newer ones drop the datagram:
     * REJECT), REJECT for IPv6 (RFC 5722), FIRST for LCM. Exact duplicates are none. */
    tapir_overlap overlap[TAPIR_FRAGMENT_KINDS];
    unsigned max_depth;    /* of datagrams inside datagrams, all of them fragmented; 0: 8 */
    bool verify_checksums; /* drop IPv4 fragments with a wrong header checksum */
    bool ignore[TAPIR_FRAGMENT_KINDS]; /* leave fragments of that kind alone */
    uint64_t seed;                     /* of the hash; 0: from the system's random numbers */
} tapir_defragmenter_options;

/* What a defragmenter did. */
typedef struct tapir_defragmenter_stats {
    uint64_t packets; /* handed in */
    uint64_t atomic;  /* of them atomic IPv6 fragments */
    uint64_t fragments[TAPIR_FRAGMENT_KINDS], completed[TAPIR_FRAGMENT_KINDS];
    uint64_t dropped[TAPIR_DROPS]; /* fragments, by reason */
    uint64_t overlaps, conflicts;  /* fragments that overlapped others; with other bytes */
    /* Datagrams given up: too old, for others that came later, flushed, rejected for an overlap. */
    uint64_t timed_out, evicted, flushed, rejected;
    uint64_t lost_fragments;    /* that had been taken, of datagrams given up */
    size_t waiting;             /* datagrams, at present, rejected ones included */
    size_t memory, most_memory; /* bytes held, at present and at most */
} tapir_defragmenter_stats;

typedef struct tapir_defragmenter tapir_defragmenter;

/* Returns a defragmenter, NULL when out of memory or of random numbers. `options` may be NULL.
 * Belongs to one thread. */
TAPIR_API tapir_defragmenter *tapir_defragmenter_new(const tapir_defragmenter_options *options);

/* Frees it with all that waits; NULL is fine. */
TAPIR_API void tapir_defragmenter_free(tapir_defragmenter *defragmenter);

/* Takes a packet if it has a fragment in it, whatever it is carried in; what an ICMP error quotes
 * does not count. Finishes its decoding; the packet stays the caller's and is not needed again.
 * The outermost fragment is first, since what is inside is not whole without the others; if a
 * datagram that becomes complete contains a fragment itself, that is taken in turn, and the result
 * is as for that one. */
TAPIR_API tapir_fragment_fate tapir_defragmenter_add(
    tapir_defragmenter *defragmenter, tapir_packet *packet, tapir_datagram *datagram);

/* Lets time pass without a packet: gives up what is too old at `now`, nanoseconds since 1970. */
TAPIR_API void tapir_defragmenter_tick(tapir_defragmenter *defragmenter, int64_t now);

/* Gives up everything that waits. Returns how many datagrams that were. */
TAPIR_API size_t tapir_defragmenter_flush(tapir_defragmenter *defragmenter);

/* Fills the counts so far. */
TAPIR_API void tapir_defragmenter_get_stats(
    const tapir_defragmenter *defragmenter, tapir_defragmenter_stats *stats);

TAPIR_EXTERN_C_END
#endif
