/* Where a file reader gets its bytes: an open descriptor, or a decompressor over another input. */
#ifndef TAPIR_FILE_INPUT_H
#define TAPIR_FILE_INPUT_H

#include "core/source.h"

typedef struct tapir__input tapir__input;
struct tapir__input {
    /* Reads at least one and up to `room` bytes; *count is 0 with TAPIR_OK only at the end. */
    tapir_status (*read)(
        tapir__input *input, uint8_t *to, size_t room, size_t *count, tapir_error *error);
    void (*close)(tapir__input *input);
};

/* Makes an input of an open descriptor, which it closes in the end when `owned`. It looks at
 * `breaker` before every read, and while waiting when the descriptor is no regular file. */
tapir_status tapir__descriptor_open(tapir__input **input, int fd, bool owned, const char *name,
    tapir__breaker *breaker, tapir_error *error);

/* What one step of a decoder came to. */
typedef enum tapir__codec_result {
    TAPIR__CODEC_MORE,    /* did what it could with this input and room */
    TAPIR__CODEC_END,     /* reached the end of a member (a whole compressed stream) */
    TAPIR__CODEC_DAMAGED, /* `problem` says why */
    TAPIR__CODEC_NO_MEMORY
} tapir__codec_result;

/* One step: the decoder takes bytes from the front of `in` and puts bytes at the front of `out`. */
typedef struct tapir__codec_step {
    tapir_span in;
    uint8_t *out;
    size_t room;
    const char *problem;
} tapir__codec_step;

/* A way to decompress. `open` is NULL when the library it needs was not there at build time. */
typedef struct tapir__codec {
    const char *name;             /* "gzip" */
    const char *library;          /* "zlib": what to build with */
    void *(*open)(void);          /* a decoder's state, NULL when out of memory */
    bool (*restart)(void *state); /* prepares for the next member */
    tapir__codec_result (*step)(void *state, tapir__codec_step *step);
    void (*close)(void *state);
} tapir__codec;

extern const tapir__codec tapir__gzip, tapir__zstd, tapir__lz4, tapir__xz;

/* Returns the codec whose data begins with `start`, NULL when none does. */
const tapir__codec *tapir__codec_of(tapir_span start);

/* Makes an input that decompresses `first` and then what `below` gives (NULL: nothing more). When
 * it succeeds it owns `below`, and `buffer` (may be NULL), the heap memory that `first` is in. */
tapir_status tapir__compressed_open(tapir__input **input, const tapir__codec *codec,
    tapir_span first, void *buffer, tapir__input *below, const char *name, tapir_error *error);

#endif
