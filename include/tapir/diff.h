/* Two captures compared: packets that only one of them has, and fields in which packets that belong
 * to each other differ. */
#ifndef TAPIR_DIFF_H
#define TAPIR_DIFF_H

#include "tapir/bytediff.h"
#include "tapir/packet.h"
#include "tapir/source.h"

TAPIR_EXTERN_C_BEGIN

/* Options of tapir_diff_new; zeroed, with `size` set, means that everything is compared. */
typedef struct tapir_diff_options {
    size_t size; /* sizeof (tapir_diff_options) */
    /* Fields that do not matter, and the only ones that do (none: all), by the names that columns
     * have: "ip.ttl", an alias such as "ip.addr", a protocol for all of its fields, "frame.time",
     * "frame.comment", "frame.interface_name" and so on for the capture's own facts, "frame" for
     * all of them, "trailer" for bytes behind the inner layers. Both may be given. */
    const char *const *ignore;
    size_t ignore_count;
    const char *const *only;
    size_t only_count;
    const tapir_registry *registry; /* NULL: the default one */
    /* Which frames take part; NULL: all. */
    bool (*wanted)(void *user, const tapir_frame *frame);
    void *user;
    size_t window;       /* packets of each capture looked ahead at; 0: 65536 */
    size_t window_bytes; /* the same in bytes; 0: 32 MiB */
    bool json;           /* make the JSON of values as well */
} tapir_diff_options;

/* A field that two packets differ in. Strings may hold any bytes. */
typedef struct tapir_diff_field {
    const char *name;          /* "ip.ttl", "frame.time" */
    unsigned nth;              /* of which layer of the name in the packet, from 1: "ip.ttl#2" */
    bool in_a, in_b;           /* whether the packet has it */
    tapir_span a, b;           /* the value as text, empty when it has none */
    tapir_span a_json, b_json; /* the same as JSON; empty unless asked for */
} tapir_diff_field;

/* One difference between the captures. */
typedef struct tapir_difference {
    /* TAPIR_RUN_REMOVED: only A has the packet; TAPIR_RUN_ADDED: only B; TAPIR_RUN_REPLACED: both
     * have it, and it differs. */
    tapir_run_kind kind;
    const tapir_frame *a, *b; /* NULL for the capture that has none; without pcapng block */
    const tapir_diff_field *fields;
    size_t field_count;
    /* No field differs but the bytes do, from `differs_at` on: then there are no fields. */
    size_t differs_at;
} tapir_difference;

typedef struct tapir_diff tapir_diff;

/* Returns a comparison of two sources, which stay the caller's and must outlive it. NULL with
 * TAPIR_INVALID in `error` for a name that is none, or TAPIR_NO_MEMORY. Free with tapir_diff_free.
 */
TAPIR_API tapir_diff *tapir_diff_new(
    tapir_source *a, tapir_source *b, const tapir_diff_options *options, tapir_error *error);

/* Frees the comparison; NULL is fine. */
TAPIR_API void tapir_diff_free(tapir_diff *diff);

/* Finds the next difference, valid until the next call. TAPIR_END when there is no other; what
 * reading A or B ended with when it failed (tapir_diff_error says what), after the differences
 * before that place; TAPIR_NO_MEMORY.
 *
 * Packets belong to each other when they have the same bytes, or else the same from the transport
 * layer on (a router was between), or else are of the same conversation, or else of the same
 * protocols; each by longest common subsequence between those found before. With fields ignored or
 * chosen, the first is by the fields that count. No more than the window is looked ahead. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_diff_next(
    tapir_diff *diff, tapir_difference *difference);

/* Returns the error of the call that was neither TAPIR_OK nor TAPIR_END. */
TAPIR_API const tapir_error *tapir_diff_error(const tapir_diff *diff);

TAPIR_EXTERN_C_END
#endif
