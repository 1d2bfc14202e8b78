/* Streams cut into messages: lines, and messages with their length in front. */
#ifndef TAPIR_MESSAGES_H
#define TAPIR_MESSAGES_H

#include "tapir/reassembly.h"

TAPIR_EXTERN_C_BEGIN

/* What became of a message. */
typedef enum tapir_message_state {
    TAPIR_MESSAGE_WHOLE,
    TAPIR_MESSAGE_TOO_LONG, /* above the maximum: `bytes` has its beginning, the rest is skipped */
    TAPIR_MESSAGE_CUT,      /* the stream ended inside it */
    TAPIR_MESSAGE_HOLED,    /* bytes of it are missing; `bytes` has what came before them */
    TAPIR_MESSAGE_LOST      /* none: a gap, or bytes that are no message, up to where reading goes
                             * on; `wire_len` counts them */
} tapir_message_state;

/* A message of a stream. Spans lie in the chunk where that has all of it, else in the reader's
 * buffer; valid until the callback returns. */
typedef struct tapir_message {
    tapir_span bytes;       /* all of it, with its prefix or line end */
    tapir_span body;        /* without them; empty unless the state is WHOLE, CUT or a line's */
    uint64_t offset;        /* in the stream, of its first byte */
    uint64_t wire_len;      /* bytes of the stream it takes up, as far as known */
    uint64_t missing;       /* bytes of these that were not captured */
    uint64_t frame;         /* number of the frame its first byte is from */
    uint64_t end_frame;     /* and its last one */
    int64_t time, end_time; /* their times */
    uint8_t way;            /* tapir_way */
    uint8_t state;          /* tapir_message_state */
} tapir_message;

/* Called for each message, in order. */
typedef void tapir_message_call(void *user, const tapir_message *message);

/* Options of tapir_line_reader_new; zeroed, with `size` set, means the defaults. */
typedef struct tapir_line_options {
    size_t size; /* sizeof (tapir_line_options) */
    tapir_message_call *line;
    void *user;
    size_t max; /* bytes of a line with its end; 0: 64 KiB. The rest of a longer one is skipped */
} tapir_line_options;

/* Cuts one stream into lines, which end with LF, or CRLF. After a gap, and where a stream was
 * picked up after its beginning, it goes on behind the next line end: what is skipped is HOLED when
 * the beginning of the line is there, else LOST. */
typedef struct tapir_line_reader tapir_line_reader;

/* Returns a reader, NULL when out of memory. */
TAPIR_API tapir_line_reader *tapir_line_reader_new(const tapir_line_options *options);

/* Takes what is new in a chunk, of the same stream always. Its `end` finishes the reader.
 * TAPIR_NO_MEMORY: the line that would have needed it is TOO_LONG. */
TAPIR_API tapir_status tapir_line_reader_push(tapir_line_reader *reader, const tapir_chunk *chunk);

/* The stream ends: what is there of a last line is CUT. Further chunks begin a new stream. */
TAPIR_API void tapir_line_reader_finish(tapir_line_reader *reader);

/* Frees it, making no calls; NULL is fine. */
TAPIR_API void tapir_line_reader_free(tapir_line_reader *reader);

/* What a reader of prefixed messages does when it no longer knows where one begins. */
typedef enum tapir_resync {
    TAPIR_RESYNC_NEVER, /* the rest of the stream is LOST */
    TAPIR_RESYNC_CHUNK, /* tries the beginning of every chunk: protocols that write a message at
                         * a time mostly begin it in a segment of its own */
    TAPIR_RESYNC_BYTE   /* tries every byte; wants a good `plausible` */
} tapir_resync;

/* Options of tapir_prefix_reader_new; zeroed, with `size` and `width` set, means the defaults. A
 * message has `at` bytes, then its length in `width` bytes, and takes up
 *
 *     at + width + length + adjust
 *
 * bytes: adjust is 0 where the length counts what follows it, -(at + width) where it counts all. */
typedef struct tapir_prefix_options {
    size_t size; /* sizeof (tapir_prefix_options) */
    tapir_message_call *message;
    void *user;
    size_t max;     /* bytes of a message with its prefix; 0: 1 MiB. A longer one is skipped */
    unsigned at;    /* bytes in front of the length, at most 64 */
    unsigned width; /* of the length, 1 to 4 bytes */
    bool little_endian;
    int32_t adjust;
    uint8_t resync; /* tapir_resync; after a gap that hides where the next message begins, after
                     * a length that is impossible, and where the stream was picked up after its
                     * beginning. A gap within a message hides nothing: the next is where it
                     * would have been */
    /* Whether a message may begin with these bytes; NULL: any may. What it refuses is no message,
     * in the midst of the stream as well. It is shown `look` bytes (at + width at least, 256 at
     * most); messages that are shorter are none. */
    bool (*plausible)(void *user, tapir_span start);
    unsigned look;
} tapir_prefix_options;

/* Cuts one stream into messages that have their length in front. */
typedef struct tapir_prefix_reader tapir_prefix_reader;

/* Returns a reader; NULL when out of memory or when the options make no sense. */
TAPIR_API tapir_prefix_reader *tapir_prefix_reader_new(const tapir_prefix_options *options);

/* Takes what is new in a chunk, of the same stream always. Its `end` finishes the reader.
 * TAPIR_NO_MEMORY: the message that would have needed it is TOO_LONG. */
TAPIR_API tapir_status tapir_prefix_reader_push(
    tapir_prefix_reader *reader, const tapir_chunk *chunk);

/* The stream ends: what is there of a last message is CUT. Further chunks begin a new stream. */
TAPIR_API void tapir_prefix_reader_finish(tapir_prefix_reader *reader);

/* Frees it, making no calls; NULL is fine. */
TAPIR_API void tapir_prefix_reader_free(tapir_prefix_reader *reader);

/* Returns the options for DNS over TCP (RFC 1035 4.2.2; over TLS RFC 7858): the length in two
 * bytes, network order. The `body` of a message is what tapir_decode_alone(&tapir_dns_proto, ...)
 * takes. Resynchronises at chunks that begin with a length and a DNS header that go together. */
TAPIR_API tapir_prefix_options tapir_dns_prefix_options(tapir_message_call *message, void *user);

TAPIR_EXTERN_C_END
#endif
