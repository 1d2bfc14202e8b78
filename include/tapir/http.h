/* HTTP/1.x on reassembled streams: requests and responses, paired (RFC 9110, RFC 9112). */
#ifndef TAPIR_HTTP_H
#define TAPIR_HTTP_H

#include "tapir/reassembly.h"
#include "tapir/text.h"

TAPIR_EXTERN_C_BEGIN

/* How a message says where its content ends (RFC 9112 6.3). */
typedef enum tapir_http_framing {
    TAPIR_HTTP_NO_CONTENT,
    TAPIR_HTTP_LENGTH,  /* Content-Length */
    TAPIR_HTTP_CHUNKED, /* Transfer-Encoding: chunked */
    TAPIR_HTTP_CLOSE,   /* it goes on until the connection closes */
    TAPIR_HTTP_TUNNEL   /* none: what follows is another protocol's */
} tapir_http_framing;

/* What became of the decoding of content codings (RFC 9110 8.4.1). */
typedef enum tapir_http_decoding {
    TAPIR_HTTP_PLAIN,       /* nothing to decode */
    TAPIR_HTTP_DECODED,     /* as far as the content goes */
    TAPIR_HTTP_NOT_ASKED,   /* options: raw_only */
    TAPIR_HTTP_UNKNOWN,     /* a coding that is not known, or more than four */
    TAPIR_HTTP_UNSUPPORTED, /* a coding whose library was not there at build time */
    TAPIR_HTTP_DAMAGED,     /* it breaks the coding's rules */
    TAPIR_HTTP_UNFINISHED,  /* the content ended before the coding did */
    TAPIR_HTTP_HOLED,       /* bytes are missing; what came before them was decoded */
    TAPIR_HTTP_TOO_MUCH,    /* options: max_decoded, max_ratio */
    TAPIR_HTTP_OUT_OF_MEMORY
} tapir_http_decoding;

/* Returns the word for it: "plain", "decoded", "too much"... Static. */
TAPIR_API const char *tapir_http_decoding_name(tapir_http_decoding decoding);

/* What is odd about a message; bits of `oddities`. Those of the second group cut it: it ends there,
 * and reading goes on at the next start line. */
enum {
    TAPIR_HTTP_BARE_LF = 1 << 0,           /* a line ends without CR (RFC 9112 2.2) */
    TAPIR_HTTP_OBS_FOLD = 1 << 1,          /* a field goes on in the next line (5.2) */
    TAPIR_HTTP_BAD_FIELD = 1 << 2,         /* a field line without a name and a colon (5.1) */
    TAPIR_HTTP_LENGTH_AND_CODING = 1 << 3, /* Content-Length beside Transfer-Encoding (6.3) */
    TAPIR_HTTP_LENGTH_TWICE = 1 << 4,      /* the same Content-Length several times */
    TAPIR_HTTP_BAD_CODING = 1 << 5,        /* transfer codings that do not end in chunked */
    TAPIR_HTTP_JUNK_BEFORE = 1 << 6,       /* bytes that are no message in front of it */
    TAPIR_HTTP_LATE = 1 << 7,              /* request: its response had come before it */

    TAPIR_HTTP_CUT_BY_GAP = 1 << 16,    /* bytes are missing, and with them its end */
    TAPIR_HTTP_CUT_BY_END = 1 << 17,    /* the stream ended inside it */
    TAPIR_HTTP_HEAD_TOO_LONG = 1 << 18, /* options: max_start_line, max_fields */
    TAPIR_HTTP_BAD_LENGTH = 1 << 19,    /* Content-Length that is no number, or several (6.3) */
    TAPIR_HTTP_BAD_CHUNK = 1 << 20      /* a chunk size or end that is none (7.1) */
};

/* One message: a request or a response. Spans are the parser's and valid until the exchange ends.
 */
typedef struct tapir_http_message {
    bool seen;     /* its start line was read */
    bool complete; /* all of it was there, without a hole */
    bool done;     /* nothing more comes of it */
    uint8_t version_major, version_minor;
    uint8_t framing;         /* tapir_http_framing */
    uint8_t decoding;        /* tapir_http_decoding */
    uint32_t oddities;       /* TAPIR_HTTP_BARE_LF and so on */
    tapir_span start_line;   /* without its line end */
    tapir_span fields;       /* walk with tapir_http_fields_of */
    tapir_span trailers;     /* behind the last chunk; the same */
    tapir_span content_type; /* values of fields; empty when not there */
    tapir_span content_encoding;
    uint64_t content_length;   /* as announced: framing LENGTH, and responses to HEAD; else 0 */
    uint64_t offset;           /* in the stream, of its first byte */
    uint64_t wire_bytes;       /* in the stream, missing ones included */
    uint64_t head_bytes;       /* of these up to and with the empty line */
    uint64_t content_bytes;    /* content as transferred, chunk framing and missing bytes aside */
    uint64_t missing_bytes;    /* of the content */
    uint64_t decoded_bytes;    /* content decoded; content_bytes when there is nothing to decode */
    uint64_t frame, end_frame; /* numbers of the frames of its first and last byte */
    int64_t start, head_end, end; /* times of the first byte, the empty line, the last byte */
} tapir_http_message;

/* A request and what answers it. Either may be missing: look at `seen`. */
typedef struct tapir_http_exchange {
    uint64_t number; /* 0 for the connection's first, then 1, 2 ... in the order of requests */
    tapir_http_message request, response;
    tapir_span method, target; /* of the request line */
    tapir_span host;           /* of the field Host, else of an absolute target (RFC 9112 3.2.2) */
    tapir_span reason;         /* of the status line, may be empty */
    uint16_t status;           /* 0: no response was seen */
    uint16_t interim;          /* number of 1xx responses in front (RFC 9110 15.2) */
    bool complete;             /* request and response are */
    void *user;                /* the program's, NULL at first */
} tapir_http_exchange;

/* Some content of a message, in order. */
typedef struct tapir_http_piece {
    tapir_span bytes;
    uint64_t offset; /* in the content, of the first byte; missing bytes count */
    uint64_t gap;    /* bytes missing right before */
    uint64_t frame;  /* number of the frame that brought them */
    int64_t time;    /* and its time */
    uint8_t way;     /* TAPIR_FORWARD: of the request */
} tapir_http_piece;

/* What a parser calls; every one may be NULL. What is handed out is valid during the call, an
 * exchange until its `ended`. */
typedef struct tapir_http_calls {
    /* The head of a request, or of a response, was read. `response` comes for interim responses
     * too, with their status and fields in the exchange for the time of the call. */
    void (*request)(void *user, tapir_http_exchange *exchange);
    void (*response)(void *user, tapir_http_exchange *exchange);
    /* Content as it was transferred, chunk framing taken off. Empty `bytes` with a gap: a hole at
     * the end. */
    void (*body)(void *user, tapir_http_exchange *exchange, const tapir_http_piece *piece);
    /* Content decoded; `offset` counts decoded bytes, there are no gaps. Where there is nothing to
     * decode the same bytes as `body` gets, with its gaps. */
    void (*content)(void *user, tapir_http_exchange *exchange, const tapir_http_piece *piece);
    /* Both messages are done, or nothing more comes of them. */
    void (*ended)(void *user, tapir_http_exchange *exchange);
    /* Bytes of a protocol that took over: after CONNECT (RFC 9110 9.3.6), after 101 (15.2.2), and
     * from the preface of HTTP/2 on (RFC 9113 3.4). The chunk can be pushed into other readers;
     * `offset` is still the stream's, `start` is set where the protocol begins; its `end` comes in
     * a chunk without bytes. */
    void (*tunnel)(void *user, const tapir_chunk *chunk);
} tapir_http_calls;

/* Options of tapir_http_parser_new; zeroed, with `size` set, means the defaults. */
typedef struct tapir_http_options {
    size_t size; /* sizeof (tapir_http_options) */
    tapir_http_calls calls;
    void *user;
    size_t max_start_line; /* bytes; 0: 16 KiB */
    size_t max_fields;     /* bytes of all fields, and of all trailers; 0: 64 KiB */
    size_t max_waiting;    /* bytes of requests that wait for their response; 0: 1 MiB. Further
                            * ones end without one, and their responses without them; trailers for
                            * which there is no room are left out */
    uint64_t max_decoded;  /* bytes of one message's decoded content; 0: 64 MiB */
    /* Decoded bytes for each byte transferred, from the first 64 KiB on; 0: no limit. Deflate can
     * reach 1032, brotli and zstd more than 10000: decoded_bytes / content_bytes says what was. */
    uint32_t max_ratio;
    bool raw_only; /* do not decode */
} tapir_http_options;

/* What a parser saw. */
typedef struct tapir_http_stats {
    uint64_t requests, responses, interim;
    uint64_t unpaired;   /* requests that ended without a response, responses without a request */
    uint64_t lost_bytes; /* skipped: no part of a message that was found */
    bool not_http[2];    /* by way: the stream begins otherwise, and is ignored */
} tapir_http_stats;

/* Parses both directions of a connection. Requests and responses are paired in order (RFC 9112
 * 9.3); a response whose first byte was captured before that of the request it would belong to
 * stands alone, as does the request that comes late. After a gap inside a head, or one that hides
 * where a message ends, it goes on at the next start line, and so it begins where a stream was
 * picked up in its midst; content of known length goes on with a hole. Where responses may have
 * been lost a response belongs to the latest request before it.
 *
 * Memory: heads of messages in progress and of requests that wait (max_waiting), and of each
 * direction what its content's decoders take: windows of 32 KiB (gzip, deflate), up to 8 MiB
 * (zstd, RFC 8878 3.1.1.1.2), up to 16 MiB (brotli, RFC 7932 9.1). */
typedef struct tapir_http_parser tapir_http_parser;

/* Returns a parser, NULL when out of memory. */
TAPIR_API tapir_http_parser *tapir_http_parser_new(const tapir_http_options *options);

/* Takes what is new in a chunk of either direction, by its `way`. Its `end` ends the direction.
 * TAPIR_NO_MEMORY: the parser stopped, all that follows is ignored. */
TAPIR_API tapir_status tapir_http_parser_push(tapir_http_parser *parser, const tapir_chunk *chunk);

/* Both directions end: every exchange that is open ends. To be called before _free by who wants to
 * see them. Further chunks are ignored. */
TAPIR_API void tapir_http_parser_finish(tapir_http_parser *parser);

/* Fills the counts so far. */
TAPIR_API void tapir_http_parser_get_stats(
    const tapir_http_parser *parser, tapir_http_stats *stats);

/* Frees it, making no calls; NULL is fine. */
TAPIR_API void tapir_http_parser_free(tapir_http_parser *parser);

/* A field (RFC 9110 5). */
typedef struct tapir_http_field {
    tapir_span name;
    tapir_span value; /* without the white space around it; line folds are spaces */
} tapir_http_field;

/* Returns a walk over `fields` or `trailers`. */
static inline tapir_reader tapir_http_fields_of(tapir_span fields)
{
    return tapir_reader_of(fields);
}

/* Takes the next field, leaving out lines that are none; false at the end. */
TAPIR_API bool tapir_http_field_next(tapir_reader *walk, tapir_http_field *field);

/* Finds the first field of that name, in upper or lower case; false when there is none. */
TAPIR_API bool tapir_http_field_find(tapir_span fields, const char *name, tapir_span *value);

/* Takes the next member of a list, "gzip, br" (RFC 9110 5.6.1), without the white space around it;
 * commas in quotes are no separators, empty members are left out. False at the end. */
TAPIR_API bool tapir_http_member_next(tapir_reader *walk, tapir_span *member);

TAPIR_EXTERN_C_END
#endif
