/* TCP connections put together again: every byte of both streams in order, in bounded memory. */
#ifndef TAPIR_REASSEMBLY_H
#define TAPIR_REASSEMBLY_H

#include "tapir/defragment.h"
#include "tapir/flow.h"
#include "tapir/overlap.h"

TAPIR_EXTERN_C_BEGIN

/* The two streams of a connection. Forward is what the client sends: who sent the SYN, or, of a
 * connection whose opening was not captured, who was seen first. */
typedef enum tapir_way { TAPIR_FORWARD, TAPIR_BACKWARD } tapir_way;

/* Returns the other stream. */
static inline tapir_way tapir_other_way(tapir_way way)
{
    return way == TAPIR_FORWARD ? TAPIR_BACKWARD : TAPIR_FORWARD;
}

/* Where a connection stands. */
typedef enum tapir_connection_state {
    TAPIR_CONNECTION_OPENING,     /* a SYN, and no data and no acknowledgment of it yet */
    TAPIR_CONNECTION_ESTABLISHED, /* handshake seen */
    TAPIR_CONNECTION_MIDSTREAM,   /* picked up after its beginning */
    TAPIR_CONNECTION_CLOSING,     /* a FIN or RST of one side, or data still missing before one */
    TAPIR_CONNECTION_CLOSED,      /* both sides finished: FIN */
    TAPIR_CONNECTION_RESET        /* ended by RST */
} tapir_connection_state;

/* Returns the state in words: "established". Static. */
TAPIR_API const char *tapir_connection_state_name(tapir_connection_state state);

/* Why the reassembler let go of a connection. */
typedef enum tapir_end_reason {
    TAPIR_END_FIN,     /* both sides sent FIN and all before it was delivered */
    TAPIR_END_RESET,   /* RST */
    TAPIR_END_IDLE,    /* nothing came for longer than the timeout */
    TAPIR_END_REUSED,  /* a new connection between the same ports began */
    TAPIR_END_MEMORY,  /* given up to stay within the memory allowed */
    TAPIR_END_CALLER,  /* tapir_conversation_close, or _flush with what is older */
    TAPIR_END_FINISHED /* tapir_reassembler_finish: no more packets */
} tapir_end_reason;

/* Returns the reason in words: "fin", "reset", "idle"... Static. */
TAPIR_API const char *tapir_end_reason_name(tapir_end_reason reason);

/* What is known of one stream. Counts are of segments with data unless said otherwise. */
typedef struct tapir_stream {
    uint64_t packets; /* segments of any kind */
    uint64_t
        delivered; /* bytes given to `data`; offset of the next byte is delivered + gap_bytes */
    uint64_t gap_bytes; /* bytes that were never captured, or given up */
    uint32_t gaps;
    uint32_t retransmitted;     /* segments of which everything had been seen before */
    uint32_t out_of_order;      /* segments that came after something that follows them */
    uint32_t overlaps;          /* segments of which a part had been seen before */
    uint32_t overlap_conflicts; /* overlaps and retransmissions with other bytes than before */
    uint32_t keep_alives;       /* probes of a byte or none in front of what is next */
    uint32_t zero_windows;
    uint32_t outside_window; /* segments dropped as too far from what is expected */
    uint32_t missing_at_end; /* bytes of segments cut off by the capture's snapshot length */
    uint32_t queued;         /* bytes waiting for something before them, at present */
    bool syn, fin, rst;      /* seen */
} tapir_stream;

/* Both directions of one TCP connection. Belongs to its reassembler; valid from `opened` to the end
 * of `closed`. */
typedef struct tapir_conversation tapir_conversation;

/* The facts of a connection. `way[TAPIR_FORWARD]` is the client's stream. */
typedef struct tapir_conversation_info {
    uint64_t id;                 /* 0 for the reassembler's first connection, then 1, 2 ... */
    tapir_connection connection; /* addresses and ports, source is the client */
    uint8_t state;               /* tapir_connection_state */
    bool client_known;           /* false: who was seen first is taken for the client */
    int64_t start, end;          /* time of the first and the last packet, nanoseconds since 1970 */
    uint64_t first_frame, last_frame; /* their numbers */
    int64_t handshake_rtt; /* nanoseconds from SYN to the ACK of SYN-ACK, -1 when not seen */
    int64_t synack_rtt;    /* from SYN to SYN-ACK, -1 when not seen */
    tapir_stream way[2];
} tapir_conversation_info;

/* Bytes of a stream, in order. One piece comes from one frame; what was kept comes before it. */
typedef struct tapir_chunk {
    tapir_span bytes; /* of the packet or the reassembler; valid until the callback returns */
    uint64_t offset;  /* in the stream, of the first byte; gaps count */
    uint64_t gap;     /* bytes missing right before `bytes` (behind what was kept) */
    size_t kept;      /* the first so many bytes were delivered before: tapir_conversation_keep */
    uint64_t frame;   /* number of the frame the new bytes are from */
    int64_t time;     /* and its time */
    uint8_t way;      /* tapir_way */
    bool start;       /* first of the stream, and the stream's beginning was captured */
    bool end;         /* last of the stream: FIN. `bytes` may be empty */
    bool urgent;      /* an urgent pointer was set (RFC 9293 3.8.5); the data stays in line */
    bool more;        /* more of the same packet or queue follows at once */
} tapir_chunk;

/* Two versions of the same bytes of a stream. */
typedef struct tapir_conflict {
    uint64_t offset;                 /* of the first byte that differs, in the stream */
    tapir_span old_bytes, new_bytes; /* from there on, of the same length; valid during the call */
    uint64_t old_frame, new_frame;   /* old: 0 when not known any more (bytes delivered long ago) */
    uint8_t way;                     /* tapir_way */
    bool new_wins;                   /* which version the stream has: by the policy, or by time */
} tapir_conflict;

/* What a reassembler calls; every one may be NULL. `user` is the options'. Callbacks may call the
 * functions of this header on the conversation they were given, and on no other. */
typedef struct tapir_reassembly_calls {
    /* A connection begins. False rejects it: its packets are ignored until it ends, no further
     * call is made for it. */
    bool (*opened)(void *user, tapir_conversation *conversation);
    /* A packet of an accepted connection, before it is looked at; of one that came in fragments the
     * datagram, decoded. False drops it. */
    bool (*accept)(void *user, tapir_conversation *conversation, tapir_way way,
        tapir_packet *packet, const tapir_layer *tcp);
    void (*data)(void *user, tapir_conversation *conversation, const tapir_chunk *chunk);
    void (*conflict)(void *user, tapir_conversation *conversation, const tapir_conflict *conflict);
    /* A connection ends. What waited was delivered before, with its gaps. */
    void (*closed)(void *user, tapir_conversation *conversation, tapir_end_reason reason);
} tapir_reassembly_calls;

/* Options of tapir_reassembler_new; zeroed, with `size` set, means the defaults. Times are of the
 * packets' clock. */
typedef struct tapir_reassembler_options {
    size_t size; /* sizeof (tapir_reassembler_options) */
    tapir_reassembly_calls calls;
    void *user;
    /* Bytes of everything the reassembler holds: connections, their table, what waits and what is
     * kept; 0: 64 MiB. When it is full, connections that ended are forgotten first, then half-open
     * ones end, then gaps are skipped where something has waited longest, then connections end that
     * have been idle longest. */
    size_t max_memory;
    /* Bytes that wait or are kept of one connection; 0: 1 MiB. When they are there its oldest gap
     * is skipped; what is kept beyond it is let go. */
    size_t max_connection_memory;
    /* When a gap is given up: so many bytes wait behind it (0: when the memory is used up), so many
     * segments (0: 4096), so much time has passed since the first of them (0: 30 s). */
    size_t gap_bytes, gap_packets;
    int64_t gap_time;
    /* The same for a gap that the receiver acknowledged, so that only the capture misses it; 0: 1
     * s. */
    int64_t received_gap_time;
    /* Nothing came: of a connection (0: 10 minutes), of a half-open one, or of one that was picked
     * up after its beginning and had one packet (0: 60 s). What ended is remembered for a while so
     * that late packets are not taken for a connection (0: 60 s). */
    int64_t idle_time, opening_time, linger_time;
    tapir_overlap overlap; /* between segments that wait; what was delivered cannot be taken back */
    /* Bytes kept of each stream behind what was delivered, to find conflicts there; 0: none. */
    size_t history;
    bool verify_checksums; /* drop segments with a wrong TCP checksum (whole ones only) */
    bool need_syn;         /* ignore connections whose beginning was not captured */
    uint64_t seed;         /* of the hash; 0: from the system's random numbers */
    /* Puts fragments together before they are looked at; time passes for both, and what waits in it
     * is given up at the end. The caller's, of one reassembler at a time. NULL: fragments are
     * counted and left out. */
    tapir_defragmenter *defragmenter;
} tapir_reassembler_options;

/* What a reassembler did. */
typedef struct tapir_reassembler_stats {
    uint64_t packets;   /* handed in */
    uint64_t tcp;       /* of them with a TCP header */
    uint64_t fragments; /* of them fragments that were left out, for want of a defragmenter */
    uint64_t bad_checksum, malformed, rejected, late; /* dropped; late: of connections that ended */
    uint64_t connections, open;                       /* ever; at present */
    uint64_t unwanted;                                /* connections that `opened` rejected */
    uint64_t ended[TAPIR_END_FINISHED + 1];           /* by tapir_end_reason */
    uint64_t gaps, gap_bytes, gaps_for_memory;        /* the last: given up for want of memory */
    uint64_t delivered;                               /* bytes */
    uint64_t out_of_memory;     /* segments dropped because the system had no memory */
    size_t memory, most_memory; /* bytes held, at present and at most */
} tapir_reassembler_stats;

typedef struct tapir_reassembler tapir_reassembler;

/* Returns a reassembler, NULL when out of memory or of random numbers. Belongs to one thread; for
 * several threads make one each and share packets out by tapir_connection_hash. */
TAPIR_API tapir_reassembler *tapir_reassembler_new(const tapir_reassembler_options *options);

/* Frees it, making no calls: tapir_reassembler_finish does. NULL is fine. */
TAPIR_API void tapir_reassembler_free(tapir_reassembler *reassembler);

/* Takes a decoded packet: the innermost TCP segment of it. Finishes its decoding. Packets must come
 * in the order they were captured in; times that go back are fine. What is not TCP is counted and
 * ignored. */
TAPIR_API void tapir_reassembler_add(tapir_reassembler *reassembler, tapir_packet *packet);

/* The same for frames that are valid together (tapir_source_next_batch), and faster: several
 * connections are looked up at once, and segments are read in place that have nothing unusual
 * about them where the registry of `packet` binds nothing unusual; `packet` decodes all others.
 * With a call `accept` it is tapir_reassembler_add, one after the other. */
TAPIR_API void tapir_reassembler_add_frames(
    tapir_reassembler *reassembler, tapir_packet *packet, const tapir_frame *frames, size_t count);

/* Lets time pass without a packet: timeouts that are due by `now` are carried out. */
TAPIR_API void tapir_reassembler_tick(tapir_reassembler *reassembler, int64_t now);

/* Gives up gaps for which something has waited since before `waiting_since`, and ends connections
 * that had no packet since `idle_since`. Nanoseconds since 1970, as in frames. */
TAPIR_API void tapir_reassembler_flush(
    tapir_reassembler *reassembler, int64_t waiting_since, int64_t idle_since);

/* No more packets: delivers what waits, ends all connections. Can be used again afterwards. */
TAPIR_API void tapir_reassembler_finish(tapir_reassembler *reassembler);

/* Fills the counts so far. */
TAPIR_API void tapir_reassembler_get_stats(
    const tapir_reassembler *reassembler, tapir_reassembler_stats *stats);

/* Fills the facts of a connection. */
TAPIR_API void tapir_conversation_get(
    const tapir_conversation *conversation, tapir_conversation_info *info);

/* The program's own pointer, NULL at first; to be freed in `closed`. */
TAPIR_API void tapir_conversation_set_user(tapir_conversation *conversation, void *user);
TAPIR_API void *tapir_conversation_user(const tapir_conversation *conversation);

/* In `data`: keeps the bytes from `offset` (in the stream) on, so that the next chunk begins with
 * them, in one piece with what is new. False when they are not in this chunk, too many, or before a
 * gap. */
TAPIR_API bool tapir_conversation_keep(
    tapir_conversation *conversation, tapir_way way, uint64_t offset);

/* Nothing more is wanted of one stream: its data is counted and not delivered. */
TAPIR_API void tapir_conversation_ignore(tapir_conversation *conversation, tapir_way way);

/* Delivers what waits, with its gaps, and goes on; in `data`, once that has returned. */
TAPIR_API void tapir_conversation_flush(tapir_conversation *conversation);

/* Ends the connection, delivering what waits, as soon as the callback has returned; later packets
 * of it are dropped. */
TAPIR_API void tapir_conversation_close(tapir_conversation *conversation);

TAPIR_EXTERN_C_END
#endif
