/* tapir streams --http: requests with what answered them, and their content to files. */
#include "streams.h"

#include <inttypes.h>
#include <stdlib.h>

/* So many connections are read at a time; what nobody bounds else is heads and decoders. */
enum { MOST_PARSERS = 4096, MOST_WAITING = 64 << 10 };

/* What a connection says. */
struct web {
    struct streams *streams;
    tapir_http_parser *parser; /* NULL: it is no HTTP, or was given up */
    struct web *before, *behind;
    uint64_t id;
    tapir_connection connection; /* source is who asks */
    bool begun, turned;          /* turned: who was taken for the client is the server */
};

/* The view's: where contents go (NULL: nowhere), and those with a parser, the longest idle first.
 */
struct http {
    struct streams_files *files;
    struct web *first, *last;
    size_t count;
    bool told;
};

/* The lines, for people. */

/* Appends one word: safe for a terminal, without spaces; - when there is nothing. */
static void put_word(tapir_text *text, tapir_span word)
{
    if (!word.len)
        tapir_text_char(text, '-');
    while (word.len) {
        const uint8_t *space = memchr(word.data, ' ', word.len);
        size_t len = space ? (size_t)(space - word.data) : word.len;
        tapir_text_line(text, tapir_span_of(word.data, len));
        if (space)
            TAPIR_TEXT_LITERAL(text, "\\x20");
        len += space != NULL;
        word = tapir_span_of(word.data + len, word.len - len);
    }
    tapir_text_char(text, ' ');
}

static bool starts_with(tapir_span text, const char *start)
{
    return text.len >= strlen(start) && memcmp(text.data, start, strlen(start)) == 0;
}

/* http://host/target; what is a URL already, an authority or * stays as it is. Not escaped. */
static void make_url(tapir_text *text, const struct web *web, const tapir_http_exchange *exchange)
{
    if (!exchange->request.seen)
        return;
    if (starts_with(exchange->target, "/")) {
        TAPIR_TEXT_LITERAL(text, "http://");
        if (exchange->host.len)
            tapir_text_bytes(text, exchange->host.data, exchange->host.len);
        else
            streams_put_side(text, &web->connection, TAPIR_BACKWARD);
    }
    tapir_text_bytes(text, exchange->target.data, exchange->target.len);
}

/* From the end of the request to the beginning of its response; -1 when one was not seen. */
static int64_t latency_of(const tapir_http_exchange *exchange)
{
    int64_t latency = exchange->response.start - exchange->request.end;

    if (!exchange->request.seen || !exchange->request.done || !exchange->response.seen)
        return -1;
    return latency > 0 ? latency : 0;
}

static int64_t time_of(const tapir_http_exchange *exchange)
{
    return exchange->request.seen ? exchange->request.start : exchange->response.start;
}

/* The type without its parameters. */
static tapir_span media_type(tapir_span content_type)
{
    size_t len = 0;

    while (len < content_type.len && !strchr("; \t", content_type.data[len]))
        len++;
    return tapir_span_of(content_type.data, len);
}

static void put_line(tapir_text *text, const struct web *web, const tapir_http_exchange *exchange)
{
    tapir_text url = {0};
    int64_t latency = latency_of(exchange);

    make_url(&url, web, exchange);
    streams_put_time(text, time_of(exchange));
    tapir_text_char(text, ' ');
    streams_put_side(text, &web->connection, TAPIR_FORWARD);
    tapir_text_char(text, ' ');
    put_word(text, exchange->method);
    put_word(text, tapir_span_of(url.data, url.len));
    if (exchange->response.seen)
        tapir_text_printf(text, "%u ", exchange->status);
    else
        TAPIR_TEXT_LITERAL(text, "- ");
    put_word(text, media_type(exchange->response.content_type));
    tapir_text_uint(text, exchange->response.content_bytes);
    tapir_text_char(text, ' ');
    if (latency < 0)
        tapir_text_char(text, '-');
    else
        streams_put_seconds(text, latency, 6);
    if (!exchange->complete)
        TAPIR_TEXT_LITERAL(text, " incomplete");
    tapir_text_char(text, '\n');
    tapir_text_clear(&url);
}

/* JSON, for programs. */

static void put_message(tapir_text *text, const char *name, const tapir_http_exchange *exchange,
    const tapir_http_message *message, tapir_way way)
{
    const char *file = streams_body_name(exchange, way);

    tapir_text_printf(text, ",\"%s\":", name);
    if (!message->seen) {
        TAPIR_TEXT_LITERAL(text, "null");
        return;
    }
    TAPIR_TEXT_LITERAL(text, "{\"version\":");
    tapir_text_printf(text, "\"%u.%u\"", message->version_major, message->version_minor);
    streams_json_time(text, "start", message->start);
    streams_json_time(text, "end", message->end);
    streams_json_number(text, "frame", message->frame);
    streams_json_number(text, "end_frame", message->end_frame);
    streams_json_number(text, "offset", message->offset);
    streams_json_string(text, "content_type", message->content_type);
    streams_json_string(text, "content_encoding", message->content_encoding);
    streams_json_number(text, "head_bytes", message->head_bytes);
    streams_json_number(text, "content_bytes", message->content_bytes);
    streams_json_number(text, "missing_bytes", message->missing_bytes);
    streams_json_number(text, "decoded_bytes", message->decoded_bytes);
    tapir_text_printf(text, ",\"decoding\":\"%s\"",
        tapir_http_decoding_name((tapir_http_decoding)message->decoding));
    streams_json_number(text, "oddities", message->oddities);
    streams_json_flag(text, "complete", message->complete);
    if (file)
        streams_json_string(text, "file", tapir_span_of(file, strlen(file)));
    tapir_text_char(text, '}');
}

static void put_json(tapir_text *text, const struct web *web, const tapir_http_exchange *exchange)
{
    tapir_text url = {0};

    make_url(&url, web, exchange);
    tapir_text_printf(text, "{\"id\":%" PRIu64, web->id);
    streams_json_number(text, "number", exchange->number);
    streams_json_sides(text, &web->connection);
    streams_json_time(text, "time", time_of(exchange));
    streams_json_string(text, "method", exchange->method);
    streams_json_string(text, "url", tapir_span_of(url.data, url.len));
    streams_json_string(text, "host", exchange->host);
    streams_json_string(text, "target", exchange->target);
    streams_json_number(text, "status", exchange->status);
    streams_json_string(text, "phrase", exchange->reason);
    streams_json_string(text, "type", media_type(exchange->response.content_type));
    streams_json_number(text, "size", exchange->response.content_bytes);
    streams_json_seconds(text, "latency", latency_of(exchange));
    streams_json_flag(text, "complete", exchange->complete);
    put_message(text, "request", exchange, &exchange->request, TAPIR_FORWARD);
    put_message(text, "response", exchange, &exchange->response, TAPIR_BACKWARD);
    TAPIR_TEXT_LITERAL(text, "}\n");
    tapir_text_clear(&url);
}

/* Calls of the parser. */

static void write_piece(
    const struct web *web, tapir_http_exchange *exchange, const tapir_http_piece *piece)
{
    struct streams *streams = web->streams;
    struct http *http = streams->own;

    if (http->files && !streams->failed && streams->request->ways[piece->way] &&
        !streams_body_write(streams, http->files, exchange, piece, web->id))
        streams->failed = true;
}

static void on_content(void *user, tapir_http_exchange *exchange, const tapir_http_piece *piece)
{
    write_piece(user, exchange, piece);
}

/* What cannot be decoded is kept as it came. */
static void on_body(void *user, tapir_http_exchange *exchange, const tapir_http_piece *piece)
{
    const tapir_http_message *message =
        piece->way == TAPIR_FORWARD ? &exchange->request : &exchange->response;

    if (message->decoding == TAPIR_HTTP_UNKNOWN || message->decoding == TAPIR_HTTP_UNSUPPORTED)
        write_piece(user, exchange, piece);
}

static void on_ended(void *user, tapir_http_exchange *exchange)
{
    const struct web *web = user;
    struct streams *streams = web->streams;
    struct http *http = streams->own;

    if (streams->request->json)
        put_json(&streams->output.text, web, exchange);
    else
        put_line(&streams->output.text, web, exchange);
    output_flush(&streams->output, false);
    if (http->files)
        streams_body_end(http->files, exchange);
}

/* Parsers come and go. */

static void put_last(struct http *http, struct web *web)
{
    web->before = http->last;
    web->behind = NULL;
    *(http->last ? &http->last->behind : &http->first) = web;
    http->last = web;
    http->count++;
}

static void take_out(struct http *http, struct web *web)
{
    *(web->before ? &web->before->behind : &http->first) = web->behind;
    *(web->behind ? &web->behind->before : &http->last) = web->before;
    http->count--;
}

/* Shows what is left of a connection; what comes later is not looked at. */
static void end_parser(struct http *http, struct web *web)
{
    if (!web->parser)
        return;
    tapir_http_parser_finish(web->parser);
    tapir_http_parser_free(web->parser);
    web->parser = NULL;
    take_out(http, web);
}

static tapir_http_parser *new_parser(struct web *web)
{
    const tapir_http_options options = {
        .size = sizeof options,
        .calls = {.body = on_body, .content = on_content, .ended = on_ended},
        .user = web,
        .max_waiting = MOST_WAITING,
        .raw_only = !web->streams->request->directory,
    };

    return tapir_http_parser_new(&options);
}

static bool begin_parser(struct http *http, struct web *web)
{
    if (http->count == MOST_PARSERS) {
        if (!http->told)
            complain("HTTP on more than %d connections at a time: of the longest idle "
                     "the rest is left out",
                MOST_PARSERS);
        http->told = true;
        end_parser(http, http->first);
    }
    web->parser = new_parser(web);
    if (web->parser)
        put_last(http, web);
    return web->parser != NULL;
}

/* Calls of the reassembler. */

static struct web *web_of(struct streams *streams, tapir_conversation *conversation)
{
    struct web *web = tapir_conversation_user(conversation);
    tapir_conversation_info info;

    if (web)
        return web;
    web = calloc(1, sizeof *web);
    if (!web)
        return NULL;
    tapir_conversation_get(conversation, &info);
    web->streams = streams;
    web->id = info.id;
    web->connection = info.connection;
    if (!begin_parser(streams->own, web)) {
        free(web);
        return NULL;
    }
    tapir_conversation_set_user(conversation, web);
    return web;
}

/* Of a connection whose opening was not captured, who is the client is known by what it says. */
static void begin(struct web *web, const tapir_chunk *chunk)
{
    const tapir_connection *connection = &web->connection;

    web->begun = true;
    web->turned =
        chunk->way == TAPIR_FORWARD && !chunk->start && starts_with(chunk->bytes, "HTTP/1.");
    if (web->turned)
        web->connection = (tapir_connection){.network = tapir_flow_reverse(&connection->network),
            .transport = tapir_flow_reverse(&connection->transport),
            .protocol = connection->protocol};
}

/* Hands a chunk on; false when no more of its way is wanted. */
static bool push(struct http *http, struct web *web, const tapir_chunk *chunk)
{
    tapir_chunk turned = *chunk;
    tapir_http_stats stats;

    if (!web->parser)
        return false;
    if (!web->begun)
        begin(web, chunk);
    if (web->turned)
        turned.way = (uint8_t)tapir_other_way((tapir_way)chunk->way);
    take_out(http, web);
    put_last(http, web);
    if (tapir_http_parser_push(web->parser, &turned) != TAPIR_OK) {
        end_parser(http, web);
        return false;
    }
    tapir_http_parser_get_stats(web->parser, &stats);
    if (stats.not_http[0] && stats.not_http[1])
        end_parser(http, web);
    return !stats.not_http[turned.way];
}

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct streams *streams = user;
    struct web *web = streams->failed ? NULL : web_of(streams, conversation);

    if (!web || !push(streams->own, web, chunk))
        tapir_conversation_ignore(conversation, (tapir_way)chunk->way);
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct streams *streams = user;
    struct web *web = tapir_conversation_user(conversation);

    (void)reason;
    if (web)
        end_parser(streams->own, web);
    free(web);
}

static bool open_http(struct streams *streams)
{
    struct http *http = calloc(1, sizeof *http);

    streams->own = http;
    if (!http) {
        complain("out of memory");
        return false;
    }
    if (streams->request->directory)
        http->files = streams_files_open(streams->request->directory);
    return !streams->request->directory || http->files;
}

static bool flush_http(struct streams *streams)
{
    struct http *http = streams->own;

    return !http->files || streams_files_flush(http->files);
}

static void close_http(struct streams *streams)
{
    struct http *http = streams->own;

    if (http)
        streams_files_close(http->files);
    free(http);
}

const struct streams_view streams_http = {
    .calls = {.opened = streams_chosen, .data = on_data, .closed = on_closed},
    .open = open_http,
    .finish = flush_http,
    .pause = flush_http,
    .close = close_http,
};
