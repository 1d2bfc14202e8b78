/* Several sources as one: in order of time, or one after the other. */
#ifndef TAPIR_MERGE_H
#define TAPIR_MERGE_H

#include "tapir/source.h"

TAPIR_EXTERN_C_BEGIN

/* Options of tapir_source_merge; zeroed, with `size` set, means the defaults. */
typedef struct tapir_merge_options {
    size_t size;          /* sizeof (tapir_merge_options) */
    bool concatenate;     /* one source after the other, whatever their times */
    bool join_interfaces; /* interfaces that agree in all that is known of them become one */
} tapir_merge_options;

/* Makes one source of `count` others, which it reads and closes from then on; on failure they stay
 * the caller's. The next frame is always the earliest of those that stand first in their sources,
 * so sources that are in order themselves come out in order; equal times come in the order of
 * `sources`, and a frame without a time as early as its source allows.
 *
 * Frames are numbered from 1, frame.interface counts through the interfaces of all sources in the
 * order in which they become known, and frame.offset stays as it was. tapir_source_next_block gives
 * the blocks of each pcapng file where they stand between its packets. A source that breaks ends
 * early: what it held before comes out, then the rest of the others, and in the end the status is
 * that of the first of those, in the order of `sources`, in place of TAPIR_END. `options` may be
 * NULL. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_source_merge(tapir_source **merged,
    tapir_source *const *sources, size_t count, const tapir_merge_options *options,
    tapir_error *error);

/* Returns which of its sources, from 0, a merged source's last record came from. */
TAPIR_API size_t tapir_source_merged_from(const tapir_source *merged);

/* Returns the index in the merged source of the index-th interface of its source `from`; SIZE_MAX
 * when it has none of that index (yet). */
TAPIR_API size_t tapir_source_merged_interface(
    const tapir_source *merged, size_t from, size_t index);

TAPIR_EXTERN_C_END
#endif
