/* Several workers on one interface: each has a source of its own, and a share of the frames. */
#ifndef TAPIR_CAPTURE_GROUP_H
#define TAPIR_CAPTURE_GROUP_H

#include "tapir/capture.h"

TAPIR_EXTERN_C_BEGIN

typedef struct tapir_capture_group tapir_capture_group;

/* Opens `count` sources of one interface that share its frames: over AF_PACKET by fanout, by flow
 * unless the options name another mode, so that both directions of a connection come to the same
 * worker; over AF_XDP by queues, as evenly as they can be dealt out. A group of one may use any
 * method. A fanout id of 0 becomes one that nobody uses; with another id, several processes can
 * form a group. Errors are those of tapir_capture_open; TAPIR_UNSUPPORTED for a method that cannot
 * share, TAPIR_INVALID for 0 workers, or more than there are queues. Close with
 * tapir_capture_group_close. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_capture_group_open(tapir_capture_group **group,
    const char *interface, size_t count, const tapir_capture_options *options, tapir_error *error);

/* Returns how many workers there are, and the source of one of them, which stays the group's. */
TAPIR_API size_t tapir_capture_group_count(const tapir_capture_group *group);
TAPIR_API tapir_source *tapir_capture_group_source(const tapir_capture_group *group, size_t worker);

/* What a worker does: it reads its source until that ends, and returns why. TAPIR_OK, TAPIR_END and
 * TAPIR_BREAK are good ends. What it shares with the others is its own business. */
typedef tapir_status (*tapir_capture_work)(void *context, size_t worker, tapir_source *source);

/* Runs `work` for all sources at once, each in a thread of its own that takes no signals, and
 * returns when all are done: TAPIR_OK, or the first bad end, after which the others are told to
 * stop (error: that source's, prefixed with nothing). */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_capture_group_run(
    tapir_capture_group *group, tapir_capture_work work, void *context, tapir_error *error);

/* Makes the reads of all sources return TAPIR_BREAK. Safe from any thread and in a signal handler.
 */
TAPIR_API void tapir_capture_group_break(tapir_capture_group *group);

/* Replaces the filter of all sources, as tapir_capture_set_filter. On failure some may have it. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_capture_group_set_filter(
    tapir_capture_group *group, const char *expression, bool optimize, tapir_error *error);

/* Adds up the counters of all sources. */
TAPIR_API void tapir_capture_group_stats(
    const tapir_capture_group *group, tapir_source_stats *stats);

/* Makes one source of the group's: all frames in the order of their times, none copied. What one
 * ring may still hold back keeps the others' frames waiting for as long as a block does at most
 * (tapir_capture_options.block_timeout). The timeout is that of the group's options. The group must
 * outlive it and must not be read otherwise meanwhile. Close with tapir_source_close. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_capture_group_merge(
    tapir_source **source, tapir_capture_group *group, tapir_error *error);

/* Closes all sources; NULL is fine. */
TAPIR_API void tapir_capture_group_close(tapir_capture_group *group);

TAPIR_EXTERN_C_END
#endif
