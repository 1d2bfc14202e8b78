/* What the files of the HTTP parser share. */
#ifndef TAPIR_STREAM_HTTP_INTERNAL_H
#define TAPIR_STREAM_HTTP_INTERNAL_H

#include "stream/content.h"

/* The oddities that cut a message. */
#define TAPIR__HTTP_CUTS 0xffff0000u

/* What the next byte of a direction belongs to. */
typedef enum tapir__http_state {
    TAPIR__HTTP_HEAD,       /* a start line or a field */
    TAPIR__HTTP_SIZED,      /* content, `left` bytes of it */
    TAPIR__HTTP_UNTIL_END,  /* content up to the end of the stream */
    TAPIR__HTTP_CHUNK_SIZE, /* the line in front of a chunk */
    TAPIR__HTTP_CHUNK,      /* content, `left` bytes of the chunk */
    TAPIR__HTTP_CHUNK_END,  /* the line end behind a chunk */
    TAPIR__HTTP_TRAILERS,   /* fields behind the last chunk */
    TAPIR__HTTP_TUNNEL,     /* another protocol */
    TAPIR__HTTP_RESYNC,     /* anything: a start line is looked for */
    TAPIR__HTTP_OFF         /* nothing more is wanted */
} tapir__http_state;

/* An exchange with what it owns; `exchange` is what the program sees. */
typedef struct tapir__http_entry {
    tapir_http_exchange exchange;
    struct tapir__http_entry *next, **link; /* all of the parser's, in order; what points here */
    tapir_text heads[2], trailers[2];       /* by way */
    bool waits;                             /* for its response, in order */
    bool hopeless;                          /* no response will be found for it */
    bool asks_switch;                       /* CONNECT, or Upgrade */
    size_t waiting;                         /* bytes counted for it while it does */
} tapir__http_entry;

/* The line in front of a chunk, as far as it was read (RFC 9112 7.1). */
typedef struct tapir__http_size_line {
    uint64_t size;
    size_t len; /* of the line so far */
    unsigned digits;
    bool extension, cr; /* the size is over; a CR was the last byte */
} tapir__http_size_line;

/* One direction. */
typedef struct tapir__http_way {
    struct tapir_http_parser *parser;
    const tapir_chunk *chunk; /* during a push */
    tapir_way way;
    tapir__http_state state;
    bool started;             /* a chunk was seen */
    bool synced;              /* a message was found in it */
    bool lost;                /* messages may be missing since the last one */
    bool switched;            /* the tunnel's first byte is still to come */
    tapir_text text;          /* of a head, trailers, or a line that is looked through */
    size_t line;              /* where in it the line in progress begins */
    size_t start_len;         /* of the start line, its end aside */
    size_t fields;            /* where in it the fields begin; 0: the start line is not over */
    uint64_t offset;          /* in the stream, of the next byte */
    uint64_t tunnel_gap;      /* missing in front of it */
    tapir_http_message draft; /* the facts of a head in progress */
    tapir__http_entry *entry; /* of the message whose content is in progress */
    tapir_http_message *message;
    uint64_t left;
    tapir__http_size_line size_line;
    uint64_t content_offset; /* of the next byte of content, missing ones counted */
    uint64_t gap;            /* missing in front of it, not reported yet */
    tapir__content *content;
} tapir__http_way;

struct tapir_http_parser {
    tapir_http_options options;
    tapir_http_stats stats;
    tapir__http_way ways[2];
    tapir__http_entry *entries, **last;
    uint64_t number;           /* of the next exchange */
    size_t waiting;            /* bytes of heads that wait */
    uint64_t skipped;          /* responses to come whose requests were not kept */
    uint64_t orphans;          /* responses that came before their request, as it seems */
    tapir_http_message orphan; /* facts of the last of them */
    bool tunnel; /* both directions speak another protocol from their next message on */
    bool no_memory;
};

/* http_fields.c */

/* Returns whether the two are the same but for upper and lower case. */
bool tapir__http_is(tapir_span span, const char *name);
/* Returns whether all bytes are those of a token (RFC 9110 5.6.2), and there are some. */
bool tapir__http_is_token(tapir_span span);
/* Returns the bytes without blanks and tabs at both ends. */
tapir_span tapir__http_trim(tapir_span span);

/* http_start.c */

/* The parts of a start line. */
typedef struct tapir__http_start {
    tapir_span method, target, reason;
    uint16_t status;
    uint8_t version_major, version_minor;
} tapir__http_start;

/* Reads a start line without its line end: of a request (RFC 9112 3) when `request`, else of a
 * response (RFC 9112 4). False when it is none. */
bool tapir__http_start_read(tapir_span line, bool request, tapir__http_start *start);
/* Reads what there is of one that was cut off. */
bool tapir__http_start_read_part(tapir_span line, bool request, tapir__http_start *start);
/* Finds a start line that ends where `line` does; false when there is none. */
bool tapir__http_start_find(tapir_span line, bool request, size_t *at);

/* http_head.c */

/* Takes bytes of a head from the front of `bytes`. */
void tapir__http_take_head(tapir__http_way *way, tapir_span *bytes);
/* Takes bytes among which a start line is looked for. */
void tapir__http_take_junk(tapir__http_way *way, tapir_span *bytes);
/* Takes bytes of trailers. */
void tapir__http_take_trailers(tapir__http_way *way, tapir_span *bytes);
/* The head in progress ends here, for `cut`. */
void tapir__http_cut_head(tapir__http_way *way, uint32_t cut);

/* What was gathered is no message, and where the next begins is not known. */
void tapir__http_lose(tapir__http_way *way);

/* http_framing.c */

/* Fills in what the fields of the message say, and how it is framed. `entry` has the request, or
 * what is known of it. */
void tapir__http_read_fields(tapir__http_entry *entry, tapir_http_message *message, tapir_way way);
/* Appends the codings its content has, in the order in which they were applied. */
void tapir__http_list_codings(const tapir_http_message *message, tapir_text *codings);

/* http_body.c */

/* Goes on with the content of the message whose head was read. */
void tapir__http_begin_content(tapir__http_way *way, tapir__http_entry *entry);
/* Takes bytes of content, by the state. */
void tapir__http_take_content(tapir__http_way *way, tapir_span *bytes);
/* Counts content that is missing. */
void tapir__http_miss_content(tapir__http_way *way, uint64_t len);
/* The message in progress ends here: as it should when `cut` is 0. */
void tapir__http_end_message(tapir__http_way *way, uint32_t cut);

/* http_pair.c */

/* Make an exchange of the head in progress, whose text they take over, or pair it with one. NULL
 * when there is nothing more to do with the message: it is an interim response, or out of memory,
 * and the parser stopped. */
tapir__http_entry *tapir__http_add_request(tapir__http_way *way, const tapir__http_start *start);
tapir__http_entry *tapir__http_add_response(tapir__http_way *way, const tapir__http_start *start);
/* Counts more bytes that are held for a request that waits; false when they are too many. */
bool tapir__http_hold(struct tapir_http_parser *parser, tapir__http_entry *entry, size_t size);
/* Ends the exchange if nothing more comes of it. */
void tapir__http_settle(struct tapir_http_parser *parser, tapir__http_entry *entry);
/* No more responses come. */
void tapir__http_give_up(struct tapir_http_parser *parser);
/* Frees the exchange. */
void tapir__http_remove(struct tapir_http_parser *parser, tapir__http_entry *entry);

/* http.c */

/* Counts bytes of the chunk to the stream, and to the message in progress. */
void tapir__http_consume(tapir__http_way *way, tapir_http_message *message, size_t len);
/* Out of memory: both directions stop. */
void tapir__http_stop(struct tapir_http_parser *parser);
/* The direction, and what was read of it without being a message, goes over to the tunnel. */
void tapir__http_enter_tunnel(tapir__http_way *way);
/* Both directions go over, each with its next message. */
void tapir__http_switch(struct tapir_http_parser *parser);

#endif
