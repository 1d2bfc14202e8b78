/* What the programs that capture share: they say when they are ready, count until SIGINT, and
 * report.
 */
#ifndef BENCH_LIVE_H
#define BENCH_LIVE_H

#include "measure.h"
#include <signal.h>

/* What each of them gives frames for room, in bytes. */
#define LIVE_BUFFER (64 << 20)

/* How long a wait for frames may take before it is looked whether to stop, in ms. */
#define LIVE_PATIENCE 20

static volatile sig_atomic_t live_stopped;

static inline void live_stop(int number)
{
    (void)number;
    live_stopped = 1;
}

/* Tells that frames sent from now on are counted; `stop` is called at SIGINT. */
static inline void live_ready(void (*stop)(int))
{
    struct sigaction action = {.sa_handler = stop};

    sigaction(SIGINT, &action, NULL);
    puts("ready");
    fflush(stdout);
}

static inline void live_report(uint64_t packets, uint64_t bytes)
{
    printf("packets=%llu bytes=%llu\n", (unsigned long long)packets, (unsigned long long)bytes);
}

/* Returns the time on the wall, for rates. */
static inline double wall_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline void sent_report(uint64_t packets, double ns)
{
    printf("packets=%llu seconds=%.6f\n", (unsigned long long)packets, ns / 1e9);
}

#endif
