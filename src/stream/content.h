/* Content codings undone, piece by piece (RFC 9110 8.4.1). */
#ifndef TAPIR_STREAM_CONTENT_H
#define TAPIR_STREAM_CONTENT_H

#include "tapir/http.h"

/* What one step of a decoder came to. */
typedef enum tapir__decoder_result {
    TAPIR__DECODER_MORE, /* did what it could with this input and room */
    TAPIR__DECODER_END,  /* the coded data is complete here; more may follow */
    TAPIR__DECODER_DAMAGED,
    TAPIR__DECODER_NO_MEMORY
} tapir__decoder_result;

/* One step: the decoder takes bytes from the front of `in` and puts bytes at the front of `out`. */
typedef struct tapir__decoder_step {
    tapir_span in;
    uint8_t *out;
    size_t room;
} tapir__decoder_step;

/* A coding. `open` is NULL when the library it needs was not there at build time. */
typedef struct tapir__coding {
    const char *name, *alias; /* "gzip", "x-gzip"; no alias: NULL */
    void *(*open)(void);      /* a decoder's state, NULL when out of memory */
    tapir__decoder_result (*step)(void *state, tapir__decoder_step *step);
    void (*close)(void *state);
} tapir__coding;

extern const tapir__coding tapir__coding_gzip, tapir__coding_deflate, tapir__coding_brotli,
    tapir__coding_zstd;

/* Decoders one behind the other; made by tapir__content_new, NULL where there is nothing to undo.
 */
typedef struct tapir__content tapir__content;

/* Where decoded bytes go. */
typedef void tapir__content_call(void *user, tapir_span bytes);

/* Limits of what is decoded: bytes, and bytes for each byte of input (0: none). */
typedef struct tapir__content_limits {
    uint64_t max_bytes;
    uint32_t max_ratio;
} tapir__content_limits;

/* Makes the decoders of `codings`, a list in the order in which they were applied, "identity" left
 * out. Answers DECODED with *content set, PLAIN when there is nothing to undo, UNKNOWN,
 * UNSUPPORTED or OUT_OF_MEMORY. */
tapir_http_decoding tapir__content_new(
    tapir__content **content, tapir_span codings, tapir__content_limits limits);

/* Decodes `bytes` and hands out what comes of it. Anything but DECODED is the end. */
tapir_http_decoding tapir__content_push(
    tapir__content *content, tapir_span bytes, tapir__content_call *call, void *user);

/* Returns what it has come to when nothing more follows: DECODED or UNFINISHED. */
tapir_http_decoding tapir__content_end(const tapir__content *content);

/* Frees the decoders; NULL is fine. */
void tapir__content_free(tapir__content *content);

#endif
