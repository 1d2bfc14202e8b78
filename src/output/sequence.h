/* The difference of two sequences of bytes or words: what bytes and captures are compared with. */
#ifndef TAPIR_OUTPUT_SEQUENCE_H
#define TAPIR_OUTPUT_SEQUENCE_H

#include "tapir/bytediff.h"

/* How many steps away from the start and from the end a path is searched: twice as many items may
 * be removed and added in one stretch before it is compared place by place. */
enum { TAPIR__MOST_STEPS = 1024 };

/* A piece of work: items [a, a_end) of A against [b, b_end) of B. */
typedef struct tapir__box {
    size_t a, a_end, b, b_end;
} tapir__box;

/* Every split halves the steps, so this many boxes can wait. */
enum { TAPIR__MOST_BOXES = 32 };

/* Zero-initialised it is ready for use; tapir__sequence_clear frees what it holds. */
typedef struct tapir__sequence {
    tapir_run *runs;
    size_t count, room;
    bool failed; /* out of memory */
    /* Stretches too far from each other are told as one change, not compared place by place. */
    bool coarse;
    /* The search's own. */
    const uint8_t *a_bytes, *b_bytes;
    const uint64_t *a_words, *b_words; /* NULL: bytes */
    int64_t forward[2 * TAPIR__MOST_STEPS + 5], backward[2 * TAPIR__MOST_STEPS + 5];
    uint64_t patience; /* comparisons left */
} tapir__sequence;

/* Fills the runs that make B of A; failed and none when out of memory. */
void tapir__sequence_bytes(tapir__sequence *sequence, tapir_span a, tapir_span b);
void tapir__sequence_words(
    tapir__sequence *sequence, const uint64_t *a, size_t a_len, const uint64_t *b, size_t b_len);

/* Adds a step behind the runs: to the last one, when that is of its sort (alike or not). */
void tapir__sequence_add(tapir__sequence *sequence, bool same, size_t a_len, size_t b_len);

void tapir__sequence_clear(tapir__sequence *sequence);

#endif
