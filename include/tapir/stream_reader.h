/* A stream read like a file: one thread reassembles and feeds, another reads and may wait. */
#ifndef TAPIR_STREAM_READER_H
#define TAPIR_STREAM_READER_H

#include "tapir/reassembly.h"

TAPIR_EXTERN_C_BEGIN

/* One direction of a connection between two threads: the feeding side (`feed`, `end`) and the
 * reading side (`read`, `free`). The memory goes when both have made their last call, `end` and
 * `free`, in either order; neither waits for the other to make it. */
typedef struct tapir_stream_reader tapir_stream_reader;

/* Options of tapir_stream_reader_new; zeroed, with `size` set, means the defaults. */
typedef struct tapir_stream_reader_options {
    size_t size;      /* sizeof (tapir_stream_reader_options) */
    size_t max_bytes; /* that wait to be read, with what describes them; 0: 256 KiB; at least 512 */
    /* When the buffer is full, the feeder waits for so many nanoseconds and then drops what does
     * not fit: the reading side finds a gap. 0: it waits until there is room; negative: it does not
     * wait. A thread that reads both directions of a connection in turn needs a limit here, or the
     * feeder may wait for the one while the thread waits for the other. */
    int64_t patience;
} tapir_stream_reader_options;

/* What a read came to. */
typedef enum tapir_stream_event {
    TAPIR_STREAM_BYTES,   /* `count` bytes were copied */
    TAPIR_STREAM_GAP,     /* `count` bytes are missing here */
    TAPIR_STREAM_END,     /* all was read, and the stream ended: FIN */
    TAPIR_STREAM_CLOSED,  /* all was read, and nothing more comes, without a FIN */
    TAPIR_STREAM_STOPPED, /* tapir_stream_reader_stop */
    TAPIR_STREAM_TIMEOUT  /* nothing came in the time given */
} tapir_stream_event;

/* The facts of what was read. */
typedef struct tapir_stream_read {
    uint8_t event;    /* tapir_stream_event */
    bool start;       /* BYTES: the stream begins here, and its beginning was captured */
    uint64_t count;   /* BYTES, GAP */
    uint64_t dropped; /* GAP: so many of them were captured and dropped for want of room */
    uint64_t offset;  /* in the stream, of the first byte */
    uint64_t frame;   /* BYTES: number of the frame they are from; all are from one */
    int64_t time;     /* and its time */
} tapir_stream_read;

/* Returns a reader, NULL when out of memory. `options` may be NULL. */
TAPIR_API tapir_stream_reader *tapir_stream_reader_new(const tapir_stream_reader_options *options);

/* Feeding side: copies what is new in the chunk. False when the reading side is gone: the chunk,
 * and any later one, is discarded, so that nothing ever waits for a reader that left. */
TAPIR_API bool tapir_stream_reader_feed(tapir_stream_reader *reader, const tapir_chunk *chunk);

/* Feeding side, its last call: nothing more comes. NULL is fine. */
TAPIR_API void tapir_stream_reader_end(tapir_stream_reader *reader);

/* Reading side: copies up to `room` bytes to `to` (one frame's at most, so fewer may come), or says
 * what stands in their place; waits up to `timeout` nanoseconds for it, forever when negative. END,
 * CLOSED and STOPPED stay. */
TAPIR_API tapir_stream_event tapir_stream_reader_read(
    tapir_stream_reader *reader, void *to, size_t room, int64_t timeout, tapir_stream_read *read);

/* Either side, or another thread while one of them is there: reads return STOPPED, also one that
 * waits; what waits is freed; a feeder that waits goes on. */
TAPIR_API void tapir_stream_reader_stop(tapir_stream_reader *reader);

/* Reading side, its last call: stops the reader. NULL is fine. */
TAPIR_API void tapir_stream_reader_free(tapir_stream_reader *reader);

TAPIR_EXTERN_C_END
#endif
