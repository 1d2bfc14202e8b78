/* Reassembly spread over threads: connections are shared out by the hash of their ends, so that
 * both directions of one meet in one thread, which shares nothing with the others. */
#ifndef TAPIR_SHARDS_H
#define TAPIR_SHARDS_H

#include "tapir/reassembly.h"

TAPIR_EXTERN_C_BEGIN

/* Options of tapir_shards_new; zeroed, with `size` set, means the defaults. */
typedef struct tapir_shards_options {
    size_t size;      /* sizeof (tapir_shards_options) */
    unsigned workers; /* threads, 64 at most; 0: one for each processor */
    /* Of each worker's reassembler: `max_memory` and its calls, which are made in the worker's
     * thread with what `begin` returned as `user`. Its defragmenter is not used: there is one for
     * all of them. */
    tapir_reassembler_options streams;
    /* Called in each worker's thread before its first packet, with the options' `user` and the
     * worker's number from 0; NULL: calls get the options' `user` itself. */
    void *(*begin)(void *user, unsigned worker);
    void *user;
    bool no_defragment; /* leave fragments alone, instead of putting them together first */
    const tapir_registry *registry; /* NULL: the default one */
} tapir_shards_options;

typedef struct tapir_shards tapir_shards;

/* Starts the workers; NULL with `error` filled when out of memory or threads. */
TAPIR_API tapir_shards *tapir_shards_new(const tapir_shards_options *options, tapir_error *error);

/* Hands a frame, which is copied, to the worker of its connection; what is no TCP is only counted.
 * Waits while that worker has enough to do. From one thread only. */
TAPIR_API void tapir_shards_add(tapir_shards *shards, const tapir_frame *frame);

/* No more frames: waits until the workers have finished their reassemblers. Afterwards only the
 * statistics can be asked for. */
TAPIR_API void tapir_shards_finish(tapir_shards *shards);

/* Fills the counts of all workers together, those of memory as a sum, and of what was no TCP;
 * after tapir_shards_finish. */
TAPIR_API void tapir_shards_get_stats(const tapir_shards *shards, tapir_reassembler_stats *stats);

/* Returns how many workers there are. */
TAPIR_API unsigned tapir_shards_workers(const tapir_shards *shards);

/* Frees it; finishes first when that was not done. NULL is fine. */
TAPIR_API void tapir_shards_free(tapir_shards *shards);

TAPIR_EXTERN_C_END
#endif
