/* What an HTTP parser tells, in a form that does not depend on how its input was cut. */
#ifndef TAPIR_TESTS_HTTP_DIGEST_H
#define TAPIR_TESTS_HTTP_DIGEST_H

#include "tapir/http.h"

#include <stdlib.h>

/* Content of the two messages of an exchange, so far. */
typedef struct http_contents {
    tapir_text body[2], decoded[2];
} http_contents;

static inline void http_digest_span(tapir_text *text, const char *name, tapir_span bytes)
{
    tapir_text_printf(text, " %s=", name);
    tapir_text_line(text, bytes);
}

static inline void http_digest_message(tapir_text *text, const tapir_http_message *message)
{
    tapir_text_printf(text, "%d %d %d.%d framing %d oddities %x at %llu head %llu wire %llu",
        message->seen, message->complete, message->version_major, message->version_minor,
        message->framing, message->oddities, (unsigned long long)message->offset,
        (unsigned long long)message->head_bytes, (unsigned long long)message->wire_bytes);
    tapir_text_printf(text, " content %llu missing %llu frames %llu %llu",
        (unsigned long long)message->content_bytes, (unsigned long long)message->missing_bytes,
        (unsigned long long)message->frame, (unsigned long long)message->end_frame);
    http_digest_span(text, "start", message->start_line);
    http_digest_span(text, "fields", message->fields);
    http_digest_span(text, "trailers", message->trailers);
    http_digest_span(text, "type", message->content_type);
}

/* What was decoded of broken data depends on the portions a decoder is fed: left out. */
static inline void http_digest_content(
    tapir_text *text, http_contents *contents, const tapir_http_message *message, int way)
{
    bool sure = message->decoding == TAPIR_HTTP_PLAIN || message->decoding == TAPIR_HTTP_DECODED ||
                message->decoding == TAPIR_HTTP_TOO_MUCH;

    tapir_text_printf(text, "\n  %s body ", tapir_http_decoding_name(message->decoding));
    tapir_text_line(text, tapir_span_of(contents->body[way].data, contents->body[way].len));
    if (sure) {
        tapir_text_put(text, "\n  decoded ");
        tapir_text_line(
            text, tapir_span_of(contents->decoded[way].data, contents->decoded[way].len));
    }
    tapir_text_clear(&contents->body[way]);
    tapir_text_clear(&contents->decoded[way]);
}

static inline http_contents *http_digest_contents(tapir_http_exchange *exchange)
{
    if (!exchange->user)
        exchange->user = calloc(1, sizeof(http_contents));
    if (!exchange->user)
        abort();
    return exchange->user;
}

static inline void http_digest_request(void *user, tapir_http_exchange *exchange)
{
    tapir_text *text = user;

    http_digest_contents(exchange);
    tapir_text_printf(text, "request %llu", (unsigned long long)exchange->number);
    http_digest_span(text, "method", exchange->method);
    http_digest_span(text, "target", exchange->target);
    http_digest_span(text, "host", exchange->host);
    tapir_text_char(text, '\n');
}

static inline void http_digest_response(void *user, tapir_http_exchange *exchange)
{
    tapir_text *text = user;

    http_digest_contents(exchange);
    tapir_text_printf(
        text, "response %llu %u", (unsigned long long)exchange->number, exchange->status);
    http_digest_span(text, "reason", exchange->reason);
    tapir_text_char(text, '\n');
}

static inline void http_digest_gap(tapir_text *text, const tapir_http_piece *piece)
{
    if (piece->gap)
        tapir_text_printf(text, "[%llu missing before %llu]", (unsigned long long)piece->gap,
            (unsigned long long)piece->offset);
}

static inline void http_digest_body(
    void *user, tapir_http_exchange *exchange, const tapir_http_piece *piece)
{
    tapir_text *text = &http_digest_contents(exchange)->body[piece->way];

    (void)user;
    http_digest_gap(text, piece);
    tapir_text_bytes(text, piece->bytes.data, piece->bytes.len);
}

static inline void http_digest_decoded(
    void *user, tapir_http_exchange *exchange, const tapir_http_piece *piece)
{
    tapir_text *text = &http_digest_contents(exchange)->decoded[piece->way];

    (void)user;
    http_digest_gap(text, piece);
    tapir_text_bytes(text, piece->bytes.data, piece->bytes.len);
}

static inline void http_digest_ended(void *user, tapir_http_exchange *exchange)
{
    tapir_text *text = user;
    http_contents *contents = http_digest_contents(exchange);

    tapir_text_printf(text, "ended %llu complete %d status %u interim %u\n  ",
        (unsigned long long)exchange->number, exchange->complete, exchange->status,
        exchange->interim);
    http_digest_message(text, &exchange->request);
    http_digest_content(text, contents, &exchange->request, TAPIR_FORWARD);
    tapir_text_put(text, "\n  ");
    http_digest_message(text, &exchange->response);
    http_digest_content(text, contents, &exchange->response, TAPIR_BACKWARD);
    tapir_text_char(text, '\n');
    free(contents);
    exchange->user = NULL;
}

static inline void http_digest_tunnel(void *user, const tapir_chunk *chunk)
{
    tapir_text *text = user;

    for (size_t i = 0; i < chunk->bytes.len; i++) {
        bool first = i == 0;

        tapir_text_printf(text, "tunnel %d %llu %llu %d ", chunk->way,
            (unsigned long long)(chunk->offset + i), (unsigned long long)(first ? chunk->gap : 0),
            first && chunk->start);
        tapir_text_hex(text, chunk->bytes.data[i], 2);
        tapir_text_char(text, '\n');
    }
    if (!chunk->bytes.len)
        tapir_text_printf(
            text, "tunnel %d ends after %llu\n", chunk->way, (unsigned long long)chunk->gap);
}

/* Returns options that write everything into `text`. */
static inline tapir_http_options http_digest_options(tapir_text *text)
{
    tapir_http_options options = {
        .size = sizeof options,
        .calls = {http_digest_request, http_digest_response, http_digest_body, http_digest_decoded,
            http_digest_ended, http_digest_tunnel},
        .user = text,
    };
    return options;
}

static inline void http_digest_stats(tapir_text *text, const tapir_http_parser *parser)
{
    tapir_http_stats stats;

    tapir_http_parser_get_stats(parser, &stats);
    tapir_text_printf(text,
        "requests %llu responses %llu interim %llu unpaired %llu lost %llu %d %d\n",
        (unsigned long long)stats.requests, (unsigned long long)stats.responses,
        (unsigned long long)stats.interim, (unsigned long long)stats.unpaired,
        (unsigned long long)stats.lost_bytes, stats.not_http[0], stats.not_http[1]);
}

#endif
