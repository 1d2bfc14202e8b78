/* What `tapir capture` is asked to do. */
#ifndef TAPIR_CLI_CAPTURE_H
#define TAPIR_CLI_CAPTURE_H

#include "cli.h"

struct capture_request {
    const char *interface, *output;
    tapir_capture_options options;
    struct expression expression; /* only its text counts */
    uint64_t workers;
    uint64_t limit;   /* packets in all */
    int64_t duration; /* nanoseconds, 0: no end */
    int64_t flush;    /* the longest that a frame stays out of the file, nanoseconds */
    tapir_sink_format format;
    tapir_compression compression;
    int level;
    tapir_sink_rotation rotation;
    const char *comment;
    uint64_t statistics; /* seconds between lines of statistics, 0: none */
    const char *user;    /* -Z: who to become */
    bool direct;         /* write past the page cache */
    bool unconfined;
};

/* Captures until it is told to stop, or has enough; the exit code. */
int capture_run(struct capture_request *request);

#endif
