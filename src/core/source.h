/* What every source is made of: the common part, the calls a kind of source implements, and the
 * request to stop that may come from a signal handler. */
#ifndef TAPIR_CORE_SOURCE_H
#define TAPIR_CORE_SOURCE_H

#include <stdatomic.h>

#include "tapir/pcapng.h"
#include "tapir/source.h"

/* A request to stop. `wake_fd` is a descriptor that a reader which may block polls beside its own,
 * -1 when it never blocks; what is written to `write_fd` makes it readable. */
typedef struct tapir__breaker {
    atomic_int requested;
    int wake_fd, write_fd;
} tapir__breaker;

/* Makes the breaker able to wake a poll; false, errno set, when the system refuses. */
bool tapir__breaker_open(tapir__breaker *breaker);

/* Frees what tapir__breaker_open made. */
void tapir__breaker_close(tapir__breaker *breaker);

/* Asks for a stop. Async-signal-safe. */
void tapir__breaker_request(tapir__breaker *breaker);

/* Takes the request back and fills `error`; returns TAPIR_BREAK. */
tapir_status tapir__breaker_take(tapir__breaker *breaker, tapir_error *error);

/* Returns whether a stop was asked for. */
TAPIR_INLINE bool tapir__breaker_requested(tapir__breaker *breaker)
{
    return __builtin_expect(atomic_load_explicit(&breaker->requested, memory_order_relaxed), 0);
}

/* The calls of one kind of source. next_block may be NULL (no blocks), next_batch too (one frame),
 * and interrupt, which asks for a stop where the common breaker is not all there is to it. */
typedef struct tapir__source_kind {
    tapir_status (*next)(tapir_source *source, tapir_frame *frame);
    tapir_status (*next_block)(
        tapir_source *source, tapir_frame *frame, const tapir_pcapng_block **block);
    tapir_status (*next_batch)(
        tapir_source *source, tapir_frame *frames, size_t room, size_t *count);
    void (*interrupt)(tapir_source *source); /* async-signal-safe */
    void (*stats)(const tapir_source *source, tapir_source_stats *stats);
    void (*close)(tapir_source *source);
    const struct tapir__live_kind *live; /* NULL: does not come from the wire */
} tapir__source_kind;

/* The common part, the first member of every kind's own struct. */
struct tapir_source {
    const tapir__source_kind *kind;
    tapir__breaker breaker;
    uint64_t frames, bytes; /* handed out so far */
    tapir_interface **interfaces;
    size_t interface_count;
    const char *format, *compression;
    tapir_error error;
};

#endif
