/* The difference of two runs of bytes, and how a terminal shows it. */
#ifndef TAPIR_BYTEDIFF_H
#define TAPIR_BYTEDIFF_H

#include "tapir/text.h"

TAPIR_EXTERN_C_BEGIN

typedef enum tapir_run_kind {
    TAPIR_RUN_SAME,    /* a_len == b_len bytes that are alike */
    TAPIR_RUN_REMOVED, /* only in A: b_len is 0 */
    TAPIR_RUN_ADDED,   /* only in B: a_len is 0 */
    TAPIR_RUN_REPLACED /* bytes of A stand for bytes of B, not always as many */
} tapir_run_kind;

/* One step from A to B: bytes [a, a + a_len) of A become bytes [b, b + b_len) of B. */
typedef struct tapir_run {
    tapir_run_kind kind;
    size_t a, a_len, b, b_len;
} tapir_run;

/* A comparison, to be reused: it keeps its memory. */
typedef struct tapir_bytediff tapir_bytediff;

/* Returns a comparison, or NULL when out of memory. Free with tapir_bytediff_free. */
TAPIR_API tapir_bytediff *tapir_bytediff_new(void);

/* Frees the comparison; NULL is fine. */
TAPIR_API void tapir_bytediff_free(tapir_bytediff *diff);

/* Compares: runs in order, without gaps, never two of a kind in a row, that make B of A. They are
 * the fewest bytes removed and added (Myers' O(ND)), but bytes changed in place are told so where
 * that is not much more. Stretches that differ in thousands of bytes are compared place by place,
 * which bounds time and memory. The bytes are borrowed until the next comparison.
 * TAPIR_NO_MEMORY leaves no runs. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_bytediff_compare(
    tapir_bytediff *diff, tapir_span a, tapir_span b);

/* Returns the runs of the last comparison; *count says how many. Valid until the next one. */
TAPIR_API const tapir_run *tapir_bytediff_runs(const tapir_bytediff *diff, size_t *count);

/* How tapir_bytediff_text prints; zeroed means everything, without colours. */
typedef struct tapir_bytediff_options {
    bool color;       /* removed red, added green, by ANSI escapes */
    unsigned indent;  /* spaces before every line */
    unsigned context; /* equal lines shown around changed ones, the rest is "..."; 0: all */
} tapir_bytediff_options;

/* Appends the last comparison as lines of 16 places: the offsets in A and in B, the bytes. Places
 * that differ get two lines, A's with "-" and B's with "+" in front, and without colours the same
 * marks stand before each byte that differs. `options` may be NULL. */
TAPIR_API void tapir_bytediff_text(
    tapir_text *text, const tapir_bytediff *diff, const tapir_bytediff_options *options);

TAPIR_EXTERN_C_END
#endif
