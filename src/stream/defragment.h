/* What the files of the defragmenter share: pieces, datagrams that wait, the fragment at hand. */
#ifndef TAPIR_STREAM_DEFRAGMENT_H
#define TAPIR_STREAM_DEFRAGMENT_H

#include "tapir/defragment.h"
#include "tapir/edit.h"

enum {
    TAPIR__LEVELS = 12,         /* of a skip list: enough for 4^12 pieces */
    TAPIR__ALLOCATION_COST = 16 /* what an allocation takes besides its bytes, about */
};

/* Bytes of a datagram from one frame. */
struct tapir__piece {
    uint32_t start, end;
    uint64_t frame;
    uint8_t *bytes; /* of `start`; behind `next` */
    uint32_t size;  /* of the allocation */
    uint8_t levels;
    struct tapir__piece *next[]; /* `levels` of them */
};

/* Pieces in order, none of which overlap: a skip list, so that thousands of tiny ones, in whatever
 * order they come, are found in few steps. */
struct tapir__pieces {
    struct tapir__piece *first[TAPIR__LEVELS];
    size_t memory;
    uint64_t random;
    uint32_t count, bytes; /* pieces; bytes in them */
};

/* How a fragment fitted in. */
struct tapir__fit {
    bool duplicate; /* just so it was there before: nothing done */
    bool overlaps, conflicts;
    bool rejected;   /* by the policy, for an overlap: nothing done */
    bool used;       /* some of its bytes were */
    bool used_first; /* its first byte was */
    bool no_memory;  /* the pieces are not to be used any more */
};

void tapir__pieces_init(struct tapir__pieces *pieces, uint64_t seed);
void tapir__pieces_clear(struct tapir__pieces *pieces);

/* Puts bytes at `start`, by the policy where others are already. */
struct tapir__fit tapir__pieces_put(struct tapir__pieces *pieces, tapir_overlap policy,
    uint32_t start, tapir_span bytes, uint64_t frame);

/* What fragments of a datagram have in common. Compared and hashed as bytes: no padding. */
struct tapir__key {
    uint8_t src[16], dst[16];
    uint32_t id;
    uint32_t network;            /* what tells networks of the same addresses apart */
    uint16_t src_port, dst_port; /* of LCM */
    uint8_t kind;                /* tapir_fragment_kind */
    uint8_t version;             /* of IP */
    uint8_t protocol;            /* of IPv4 */
    uint8_t zero;
};

/* A datagram that waits for fragments. */
struct tapir__waiting {
    struct tapir__key key;
    uint64_t hash;
    struct tapir__waiting *same_slot;       /* in the table */
    struct tapir__waiting *older, *younger; /* of the same kind */
    uint64_t order;                         /* of all kinds: the lower the older */
    int64_t start;                          /* time of the first fragment that came */
    struct tapir__pieces pieces;
    uint32_t highest; /* end of what came */
    uint32_t total;   /* of all, once known */
    bool total_known, rejected;
    size_t fragments, overlaps, conflicts;
    /* The frame of the fragment at 0, once it came; `first_bytes` holds its bytes. */
    uint8_t *first_bytes;
    tapir_frame first;
    const tapir_proto *first_proto; /* of its outermost layer */
    size_t layer, fragment_layer;   /* as below */
};

/* A fragment found in a packet. */
struct tapir__fragment {
    struct tapir__key key;
    size_t layer;          /* index of the IP header, or the message */
    size_t fragment_layer; /* of the fragment header; the same where there is none */
    size_t frame_len;      /* of the frame without what the link put behind the datagram */
    tapir_span payload;
    uint32_t offset;
    uint32_t header_len; /* of what counts as length besides the payload */
    uint32_t longest;    /* header and payload of the whole, at most */
    uint32_t total;      /* of the whole payload; where only the last tells it 0 */
    bool more;
    tapir_fragment_drop drop; /* TAPIR_DROPS: none */
};

enum tapir__found { TAPIR__NOTHING, TAPIR__ATOMIC, TAPIR__FRAGMENT };

/* Looks for the outermost fragment of a packet. */
enum tapir__found tapir__find_fragment(tapir_packet *packet,
    const tapir_defragmenter_options *options, struct tapir__fragment *fragment);

struct tapir__ages {
    struct tapir__waiting *oldest, *youngest;
};

struct tapir_defragmenter {
    tapir_defragmenter_options options; /* with the defaults filled in */
    tapir_defragmenter_stats stats;
    struct tapir__waiting **slots; /* a power of two of them */
    size_t slot_count;
    struct tapir__ages ages[TAPIR_FRAGMENT_KINDS];
    uint64_t orders; /* given out */
    int64_t now;     /* of the last packet that had a time */
    /* What a datagram is finished with. */
    tapir_packet *work;   /* the first fragment's frame */
    tapir_packet *result; /* the datagram, of ... */
    tapir_frame frame;    /* ... this one */
    tapir_edit *edit;
    uint8_t *whole; /* its payload */
    size_t whole_room;
    tapir_piece *pieces;
    size_t piece_room;
};

/* Finds what waits with that key; NULL when nothing does. What is too old is given up. */
struct tapir__waiting *tapir__waiting_find(
    tapir_defragmenter *d, const struct tapir__key *key, int64_t now);

/* Adds one; NULL when out of memory. */
struct tapir__waiting *tapir__waiting_new(
    tapir_defragmenter *d, const struct tapir__key *key, int64_t now);

/* Takes it out and frees it. */
void tapir__waiting_free(tapir_defragmenter *d, struct tapir__waiting *waiting);

/* Lets go of its bytes, not of the datagram. */
void tapir__waiting_empty(tapir_defragmenter *d, struct tapir__waiting *waiting);

/* The same, of one that will never be complete; `count` is the statistic that says why. */
void tapir__waiting_give_up(tapir_defragmenter *d, struct tapir__waiting *waiting, uint64_t *count);

/* The one that has waited longest, of all kinds; NULL when none waits. */
struct tapir__waiting *tapir__waiting_oldest(const tapir_defragmenter *d);

/* Gives up what is too old. */
void tapir__waiting_expire(tapir_defragmenter *d, int64_t now);

/* Counts memory that was taken or, below zero, given back. */
void tapir__count_memory(tapir_defragmenter *d, size_t before, size_t after);

/* Fills in a datagram all of whose bytes are there. TAPIR_DROPS, or why that cannot be done. */
tapir_fragment_drop tapir__finish(tapir_defragmenter *d, const struct tapir__waiting *waiting,
    tapir_packet *last, tapir_datagram *datagram);

#endif
