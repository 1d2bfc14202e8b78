/* Ways to compress what a file writer writes. */
#ifndef TAPIR_FILE_PACKER_H
#define TAPIR_FILE_PACKER_H

#include "tapir/sink.h"

/* What a step is to lead to. */
typedef enum tapir__pack_goal {
    TAPIR__PACK_ON,    /* take the input, give output when it suits */
    TAPIR__PACK_FLUSH, /* give all of the input so far, so that a reader sees it */
    TAPIR__PACK_FINISH /* end the stream */
} tapir__pack_goal;

typedef enum tapir__pack_result {
    TAPIR__PACK_MORE, /* did what it could with this room; call again */
    TAPIR__PACK_DONE, /* reached the goal */
    TAPIR__PACK_FAILED
} tapir__pack_result;

/* One step takes bytes from the front of `in` and puts bytes at the front of `out`. */
typedef struct tapir__pack_step {
    tapir_span in;
    uint8_t *out;
    size_t room;
    const char *problem;
} tapir__pack_step;

enum { TAPIR__ENDING_MAX = 96 };

/* `open` is NULL when the library it needs was not there at build time. */
typedef struct tapir__packer {
    const char *name;         /* "gzip" */
    const char *library;      /* "zlib": what to build with */
    int lowest, highest;      /* level */
    void *(*open)(int level); /* 0: the library's default; NULL when out of memory */
    tapir__pack_result (*step)(void *state, tapir__pack_step *step, tapir__pack_goal goal);
    /* Puts down the bytes that end the stream where it was flushed last, and returns how many: for
     * a disk that has no room for more. */
    size_t (*ending)(void *state, uint8_t ending[TAPIR__ENDING_MAX]);
    void (*close)(void *state);
} tapir__packer;

extern const tapir__packer tapir__gzip_packer, tapir__zstd_packer, tapir__lz4_packer,
    tapir__xz_packer;

#endif
