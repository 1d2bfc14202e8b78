/* What a reassembler is made of, shared by the files that do its work. */
#ifndef TAPIR_STREAM_CONVERSATION_H
#define TAPIR_STREAM_CONVERSATION_H

#include "stream/table.h"
#include "stream/wheel.h"

#include "tapir/proto/tcp.h"
#include "tapir/reassembly.h"

#define TIME_MAX   (INT64_MAX / 4)
#define CACHE_LINE 64
#define SHIFT_MAX  14 /* of a window (RFC 7323 2.3) */

/* A stretch of a stream that waits for what lies before it. Positions are offsets in the stream. */
struct piece {
    uint64_t start, end;           /* what it holds */
    uint64_t came_start, came_end; /* the segment it is from: policies compare those */
    uint64_t frame;
    int64_t time;
    uint32_t size;    /* bytes of memory, with this header */
    uint32_t missing; /* bytes behind `end` that the capture cut off */
    bool urgent;
    uint8_t bytes[];
};

/* The pieces of one stream that wait, in order, none sharing a byte. */
struct queue {
    struct link link; /* in the wheel of gaps */
    tapir_conversation *conversation;
    uint8_t way;
    int64_t since;  /* when the first piece came */
    int64_t acked;  /* when the receiver was seen to have what is missing, 0: not yet */
    uint64_t bytes; /* that wait */
    size_t first, count, room;
    struct piece **at; /* those from `first` on count */
};

/* Bytes that were delivered and are to come again. */
struct kept {
    size_t len, room;
    uint8_t bytes[];
};

/* The last bytes that were delivered, to compare with what is sent again: a ring. */
struct history {
    uint64_t end; /* offset behind the last byte */
    size_t len, room;
    uint8_t bytes[];
};

/* What few streams have. */
struct extra {
    struct kept *kept;
    struct history *history;
};

enum {
    HALF_STARTED = 1 << 0,  /* `next` counts */
    HALF_SYN = 1 << 1,      /* `isn` counts: SYN seen, or known from its acknowledgment */
    HALF_ACKED = 1 << 2,    /* `ack` counts */
    HALF_SCALED = 1 << 3,   /* `scale` was announced */
    HALF_FIN = 1 << 4,      /* `end` counts */
    HALF_RST = 1 << 5,      /* `end` counts */
    HALF_BEGUN = 1 << 6,    /* a chunk was delivered */
    HALF_DONE = 1 << 7,     /* everything up to `end` was */
    HALF_IGNORED = 1 << 8,  /* the program wants no more of it */
    HALF_SAW_SYN = 1 << 9,  /* the SYN itself was captured */
    HALF_SENT_END = 1 << 10 /* the chunk that says so was delivered */
};

/* One stream. What every packet needs comes first. */
struct half {
    uint32_t next;    /* sequence number of the next byte wanted */
    uint32_t isn;     /* of the SYN */
    uint32_t end;     /* sequence number behind the last byte */
    uint32_t ack;     /* the highest that this side acknowledged */
    uint32_t window;  /* the largest that this side announced, in bytes */
    uint16_t flags;   /* HALF_* */
    uint8_t scale;    /* that its SYN announced */
    uint8_t shift;    /* of its windows (RFC 7323 2.2) */
    uint64_t offset;  /* of `next` in the stream */
    uint64_t pending; /* bytes of a gap that no chunk has told of */
    uint64_t packets;
    struct queue *queue; /* NULL: nothing waits */
    struct extra *extra; /* NULL: nothing */
};

/* What happens rarely to a stream. */
struct counts {
    uint64_t gap_bytes;
    uint32_t gaps, retransmitted, out_of_order, overlaps, overlap_conflicts, keep_alives,
        zero_windows, outside_window, missing_at_end;
};

/* A SYN that does not fit into the open connection: it may begin a new one. There is one with
 * NOTE_SYN. */
struct candidate {
    uint32_t isn;
    uint16_t window;
    int8_t shift; /* window scale, -1: none */
    uint8_t way;
    int64_t time;
    uint64_t frame;
};

/* What is to be known of a conversation without a look at its streams. */
enum {
    NOTE_FLUSH = 1 << 0,  /* the program wished it during a callback */
    NOTE_CLOSE = 1 << 1,  /* the same */
    NOTE_ENDING = 1 << 2, /* one stream has its FIN or RST */
    NOTE_BOTH = 1 << 3,   /* both streams have HALF_STARTED */
    NOTE_WAITS = 1 << 4,  /* something waits in the forward stream; one bit higher: backward */
    NOTE_SYN = 1 << 6     /* there is a candidate for another connection */
};

/* What the table and the wheels hold: a connection that is open, or what is remembered of one. What
 * every packet needs is a cache line, and the stream that the packet is of another. */
struct entry {
    struct key key;
    uint32_t hash;
    uint8_t wheel;        /* enum wheel_kind it is in */
    bool ended : 1;       /* a struct tomb, else a tapir_conversation */
    bool client_high : 1; /* the client is the key's higher endpoint */
    bool active : 1;      /* a packet came since it was put into its wheel */
    uint8_t state;        /* tapir_connection_state */
    uint8_t notes;        /* NOTE_* */
    int64_t end;          /* time of the last packet */
    uint64_t last_frame;
    struct link link; /* in the wheel */
};

struct tapir_conversation {
    struct entry entry;
    uint32_t held; /* bytes of what waits and is kept */
    bool client_known, saw_synack;
    tapir_reassembler *reassembler;
    void *user;
    uint64_t id, first_frame;
    _Alignas(CACHE_LINE) struct half half[2];
    void *memory; /* that it lies in */
    int64_t start, syn_time, handshake_rtt, synack_rtt;
    struct counts counts[2];
    struct candidate candidate;
};

/* What is left of a connection that ended, so that late packets are not taken for another. */
struct tomb {
    struct entry entry;
    uint32_t isn[2], next[2];
    uint16_t flags[2];
    bool shut; /* by the program: whatever comes is dropped */
};

/* Connections wait for different times. */
enum wheel_kind { WHEEL_ENDED, WHEEL_OPENING, WHEEL_OPEN, WHEEL_CLOSING, WHEEL_KINDS };

/* Memory that is in no use, of what comes and goes all the time: kept to be used again. */
struct spare {
    struct spare *next;
};
enum spare_kind { SPARE_PIECES, SPARE_CONVERSATIONS, SPARE_KINDS };
struct spares {
    struct spare *first;
    size_t count;
};

struct tapir_reassembler {
    tapir_reassembler_options options; /* with the defaults filled in */
    tapir_reassembler_stats stats;
    struct table table;
    struct wheel wheels[WHEEL_KINDS];
    struct wheel gaps;                      /* queues, by when their gap is given up */
    struct entry *current;                  /* the one at work, not to be given up */
    int64_t grain, quiet_from, quiet_until; /* how often the time is looked at, and when not */
    int64_t now;                            /* time of the packet at work */
    struct spares spares[SPARE_KINDS];
    /* During `data`: the chunk, and what is to be kept of it. */
    const tapir_chunk *chunk;
    size_t keep; /* bytes at its end */
    bool busy;
};

/* What a packet says of a TCP stream. */
struct segment {
    struct key key;
    bool from_high; /* sent by the key's higher endpoint */
    uint32_t seq, ack;
    uint16_t flags, window;
    tapir_span data;          /* what was captured of it */
    uint32_t missing;         /* bytes behind it that the capture cut off */
    tapir_span options;       /* of TCP */
    const tapir_layer *layer; /* NULL: it was found without a packet */
    uint64_t frame;
    int64_t time;
};

enum segment_kind { SEGMENT_NONE, SEGMENT_TCP, SEGMENT_FRAGMENT, SEGMENT_MALFORMED };

/* Finds the innermost TCP segment of a packet that is not a quote. segment.c */
enum segment_kind tapir__segment_of(tapir_packet *packet, struct segment *segment);

/* Reads a segment without a packet when nothing about it is unusual, which tapir__segment_of would
 * find to be the same; false when it is for that. plain.c */
bool tapir__plain_segment(const tapir_frame *frame, struct segment *segment);
/* Returns whether that holds of packets decoded by a registry. */
bool tapir__is_plain_registry(const tapir_registry *registry);

/* Memory with its limit. memory.c */
void tapir__count(tapir_reassembler *r, size_t size);
void *tapir__hold(tapir_reassembler *r, tapir_conversation *of, size_t size); /* NULL: full */
void tapir__release(tapir_reassembler *r, tapir_conversation *of, void *memory, size_t size);
/* A conversation's, at the beginning of a cache line; all zero. */
tapir_conversation *tapir__conversation_new(tapir_reassembler *r);
void tapir__conversation_free(tapir_reassembler *r, tapir_conversation *c);
/* Makes room for `size` bytes by giving things up; false when there is nothing left to give up. */
bool tapir__make_room(tapir_reassembler *r, size_t size);
/* Gives up a connection, one that matters least; false when there is none but the one at work. */
bool tapir__give_up_connection(tapir_reassembler *r);
/* Frees one thing that is in no use; false when there is none. */
bool tapir__free_spare(tapir_reassembler *r);
struct piece *tapir__piece_new(tapir_reassembler *r, tapir_conversation *of, size_t len);
void tapir__piece_free(tapir_reassembler *r, tapir_conversation *of, struct piece *piece);

/* Hands bytes to the program. deliver.c */
struct origin {
    uint64_t frame;
    int64_t time;
    bool urgent;
};
void tapir__deliver(tapir_reassembler *r, tapir_conversation *c, tapir_way way, tapir_span bytes,
    const struct origin *origin, bool more);
void tapir__extra_free(tapir_reassembler *r, tapir_conversation *c, tapir_way way);
/* Compares bytes that are sent again with what is remembered of them. */
void tapir__check_history(tapir_reassembler *r, tapir_conversation *c, tapir_way way,
    uint64_t offset, tapir_span bytes, uint64_t frame);
void tapir__report_conflict(
    tapir_reassembler *r, tapir_conversation *c, const tapir_conflict *conflict);

/* What waits. queue.c */
/* What became of a segment. */
struct addition {
    uint64_t fresh;  /* bytes that neither waited nor were delivered */
    uint64_t shared; /* bytes that waited already */
    bool follower;   /* something that follows it came before it */
    bool incomplete; /* there was no memory for all of it */
};
/* Adds a segment that starts at `offset`: not before what is next. */
struct addition tapir__queue_add(tapir_reassembler *r, tapir_conversation *c, tapir_way way,
    uint64_t offset, const struct segment *segment, tapir_span bytes);
/* Forgets what waits behind `end`. */
void tapir__queue_trim(tapir_reassembler *r, tapir_conversation *c, tapir_way way, uint64_t end);
/* Returns how many bytes are missing before what waits. */
uint64_t tapir__queue_gap(const tapir_conversation *c, tapir_way way);
/* Delivers what is next. */
void tapir__queue_drain(tapir_reassembler *r, tapir_conversation *c, tapir_way way);
/* Gives up the gap before the first piece. */
void tapir__queue_skip(tapir_reassembler *r, tapir_conversation *c, tapir_way way);
/* Steps over bytes that will not come. */
void tapir__step_over(tapir_reassembler *r, tapir_conversation *c, tapir_way way, uint64_t bytes);

/* What a segment does to its connection. receive.c */
void tapir__receive(
    tapir_reassembler *r, tapir_conversation *c, tapir_way way, const struct segment *segment);
/* Says that a stream's end was reached when that is so. */
void tapir__finish_half(tapir_reassembler *r, tapir_conversation *c, tapir_way way);
/* Does what the program wished during callbacks, and ends what is complete. */
void tapir__settle_now(tapir_reassembler *r, tapir_conversation *c);
static inline void tapir__settle(tapir_reassembler *r, tapir_conversation *c)
{
    if (c->entry.notes & (NOTE_FLUSH | NOTE_CLOSE | NOTE_ENDING))
        tapir__settle_now(r, c);
}
/* Says which byte of a stream comes next, the first that counts. */
void tapir__start_half(tapir_conversation *c, tapir_way way, uint32_t next);
/* Returns the window scale that a SYN announces (RFC 7323 2.2), -1 for none. */
int tapir__shift_in(const struct segment *segment);
/* Takes note of a SYN that announced it. */
void tapir__note_syn(tapir_conversation *c, tapir_way way, uint32_t isn, int scale);

/* Beginning and end. lifetime.c */
/* Begins a connection with a segment; NULL when there is no memory or the program does not want it.
 */
tapir_conversation *tapir__begin(
    tapir_reassembler *r, const struct segment *segment, uint32_t hash);
/* Gives up all gaps of a connection, that before a FIN as well. */
void tapir__flush(tapir_reassembler *r, tapir_conversation *c);
/* Ends a connection: delivers what waits, tells, forgets or remembers it. */
void tapir__end(tapir_reassembler *r, tapir_conversation *c, tapir_end_reason reason);
/* Takes a connection, or what is left of it, out of memory without a word. */
void tapir__forget(tapir_reassembler *r, struct entry *entry);
/* Has it wait in another wheel, from its last packet on. */
void tapir__move(tapir_reassembler *r, struct entry *entry, enum wheel_kind kind);
/* Returns whether nothing came for too long. */
static inline bool tapir__is_overdue(const tapir_reassembler *r, const struct entry *entry)
{
    return r->now - entry->end > r->wheels[entry->wheel].timeout;
}
/* Ends or forgets what is overdue. */
void tapir__expire(tapir_reassembler *r, struct entry *entry);
/* Carries out what time has made due, so much of it at most. */
void tapir__do_what_is_due(tapir_reassembler *r, unsigned budget);
static inline void tapir__pass_time(tapir_reassembler *r, unsigned budget)
{
    if (r->now < r->quiet_from || r->now >= r->quiet_until)
        tapir__do_what_is_due(r, budget);
}
/* Ends all that are open and had no packet since, in the order of their wheels. */
void tapir__end_idle(tapir_reassembler *r, int64_t idle_since, tapir_end_reason reason);

/* Finds or begins the connection of a segment; NULL when it is to be dropped. find.c */
tapir_conversation *tapir__connection_for(
    tapir_reassembler *r, const struct segment *segment, uint32_t hash);

static inline tapir_way tapir__way_of(const struct entry *entry, const struct segment *segment)
{
    return segment->from_high == entry->client_high ? TAPIR_FORWARD : TAPIR_BACKWARD;
}

/* Returns by how much one sequence number is ahead of another (RFC 9293 3.4). */
static inline int32_t tapir__ahead(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Times are kept where their differences cannot overflow. */
static inline int64_t tapir__time(int64_t time)
{
    return time > TIME_MAX ? TIME_MAX : time < -TIME_MAX ? -TIME_MAX : time;
}

enum { SLACK = 1 << 20 /* bytes beyond a window that acknowledgments not captured may explain */ };

#endif
