/* HTTP/1.x in both directions of a connection: the parser, and what each byte belongs to. */
#include "stream/chunk.h"
#include "stream/http_internal.h"

#include <stdlib.h>

enum {
    MAX_START_LINE = 16 << 10,
    MAX_FIELDS = 64 << 10,
    MAX_WAITING = 1 << 20,
    MAX_DECODED = 64 << 20,
    LEAST_LINE = 64 /* a start line is not told from others by less */
};

static void set_defaults(tapir_http_options *options)
{
    if (!options->max_start_line)
        options->max_start_line = MAX_START_LINE;
    if (options->max_start_line < LEAST_LINE)
        options->max_start_line = LEAST_LINE;
    if (!options->max_fields)
        options->max_fields = MAX_FIELDS;
    if (!options->max_waiting)
        options->max_waiting = MAX_WAITING;
    if (!options->max_decoded)
        options->max_decoded = MAX_DECODED;
}

tapir_http_parser *tapir_http_parser_new(const tapir_http_options *options)
{
    tapir_http_parser *parser = calloc(1, sizeof *parser);
    size_t size = sizeof parser->options;

    if (!parser)
        return NULL;
    memcpy(&parser->options, options, options->size < size ? options->size : size);
    set_defaults(&parser->options);
    parser->last = &parser->entries;
    for (int way = 0; way < 2; way++) {
        parser->ways[way].parser = parser;
        parser->ways[way].way = (tapir_way)way;
    }
    return parser;
}

void tapir__http_consume(tapir__http_way *way, tapir_http_message *message, size_t len)
{
    way->offset += len;
    message->wire_bytes += len;
    message->end_frame = way->chunk->frame;
    message->end = way->chunk->time;
}

void tapir__http_stop(tapir_http_parser *parser)
{
    parser->no_memory = true;
    parser->ways[0].state = parser->ways[1].state = TAPIR__HTTP_OFF;
}

/* Hands bytes to whoever reads the other protocol. */
static void pass(tapir__http_way *way, tapir_span bytes, uint64_t offset, bool end)
{
    const tapir_http_options *options = &way->parser->options;
    tapir_chunk chunk = {0};

    if (way->chunk)
        chunk = *way->chunk;
    chunk.bytes = bytes;
    chunk.offset = offset;
    chunk.kept = 0;
    chunk.gap = way->tunnel_gap;
    chunk.way = (uint8_t)way->way;
    chunk.start = way->switched;
    chunk.end = end;
    way->tunnel_gap = 0;
    way->switched = false;
    if (options->calls.tunnel)
        options->calls.tunnel(options->user, &chunk);
}

void tapir__http_enter_tunnel(tapir__http_way *way)
{
    way->state = TAPIR__HTTP_TUNNEL;
    way->switched = true;
    if (way->text.len)
        pass(way, tapir_span_of(way->text.data, way->text.len), way->draft.offset, false);
    tapir_text_clear(&way->text);
    way->line = way->fields = way->start_len = 0;
}

/* A direction in the midst of a message goes over when that is done. */
void tapir__http_switch(tapir_http_parser *parser)
{
    parser->tunnel = true;
    for (int i = 0; i < 2; i++) {
        tapir__http_way *way = &parser->ways[i];

        if (way->state == TAPIR__HTTP_HEAD || way->state == TAPIR__HTTP_RESYNC)
            tapir__http_enter_tunnel(way);
    }
}

static void take_tunnel(tapir__http_way *way, tapir_span *bytes)
{
    tapir_span all = tapir__split(bytes, bytes->len);

    pass(way, all, way->offset, false);
    way->offset += all.len;
}

/* Takes something from the front of `bytes`. */
static void take(tapir__http_way *way, tapir_span *bytes)
{
    switch (way->state) {
    case TAPIR__HTTP_HEAD:
        tapir__http_take_head(way, bytes);
        return;
    case TAPIR__HTTP_RESYNC:
        tapir__http_take_junk(way, bytes);
        return;
    case TAPIR__HTTP_TRAILERS:
        tapir__http_take_trailers(way, bytes);
        return;
    case TAPIR__HTTP_TUNNEL:
        take_tunnel(way, bytes);
        return;
    case TAPIR__HTTP_OFF:
        way->offset += bytes->len;
        tapir__split(bytes, bytes->len);
        return;
    default:
        tapir__http_take_content(way, bytes);
        return;
    }
}

/* Bytes of content are missing: the rest of it is still known, unless its end is among them. */
static void lose_content(tapir__http_way *way, uint64_t gap)
{
    uint64_t missing = gap < way->left ? gap : way->left;

    tapir__http_miss_content(way, missing);
    way->left -= missing;
    if (missing < gap)
        tapir__http_end_message(way, TAPIR_HTTP_CUT_BY_GAP);
    else if (!way->left && way->state == TAPIR__HTTP_SIZED)
        tapir__http_end_message(way, 0);
    else if (!way->left)
        way->state = TAPIR__HTTP_CHUNK_END;
}

/* Bytes are missing in front of the chunk. */
static void lose(tapir__http_way *way, uint64_t gap)
{
    switch (way->state) {
    case TAPIR__HTTP_HEAD:
        if (way->text.len)
            tapir__http_cut_head(way, TAPIR_HTTP_CUT_BY_GAP);
        else
            tapir__http_lose(way);
        break;
    case TAPIR__HTTP_RESYNC:
        tapir__http_lose(way);
        break;
    case TAPIR__HTTP_SIZED:
    case TAPIR__HTTP_CHUNK:
        lose_content(way, gap);
        break;
    case TAPIR__HTTP_UNTIL_END:
        tapir__http_miss_content(way, gap);
        break;
    case TAPIR__HTTP_TUNNEL:
        way->tunnel_gap += gap;
        break;
    case TAPIR__HTTP_OFF:
        break;
    default:
        tapir__http_end_message(way, TAPIR_HTTP_CUT_BY_GAP);
        break;
    }
    way->offset += gap;
}

/* The stream ends, with its FIN when `whole`. */
static void end_way(tapir__http_way *way, bool whole)
{
    bool closes = whole && way->state == TAPIR__HTTP_UNTIL_END;

    if (way->state == TAPIR__HTTP_HEAD && way->text.len)
        tapir__http_cut_head(way, TAPIR_HTTP_CUT_BY_END);
    else if (way->state == TAPIR__HTTP_TUNNEL && whole)
        pass(way, tapir_span_of(NULL, 0), way->offset, true);
    if (way->message)
        tapir__http_end_message(way, closes ? 0 : TAPIR_HTTP_CUT_BY_END);
    way->parser->stats.lost_bytes += way->text.len;
    tapir_text_clear(&way->text);
    way->state = TAPIR__HTTP_OFF;
    if (way->way == TAPIR_BACKWARD)
        tapir__http_give_up(way->parser);
}

/* The first chunk of a direction: is the stream's beginning there? */
static void start_way(tapir__http_way *way, const tapir_chunk *chunk)
{
    way->started = true;
    way->offset = tapir__chunk_offset(chunk) - chunk->gap;
    if (!chunk->start && way->state == TAPIR__HTTP_HEAD) {
        way->state = TAPIR__HTTP_RESYNC;
        way->lost = true;
    }
}

tapir_status tapir_http_parser_push(tapir_http_parser *parser, const tapir_chunk *chunk)
{
    tapir__http_way *way = &parser->ways[chunk->way == TAPIR_BACKWARD];
    tapir_span bytes = tapir__chunk_news(chunk);

    way->chunk = chunk;
    if (!way->started)
        start_way(way, chunk);
    if (chunk->gap)
        lose(way, chunk->gap);
    while (bytes.len)
        take(way, &bytes);
    if (chunk->end && way->state != TAPIR__HTTP_OFF)
        end_way(way, true);
    way->chunk = NULL;
    return parser->no_memory ? TAPIR_NO_MEMORY : TAPIR_OK;
}

void tapir_http_parser_finish(tapir_http_parser *parser)
{
    for (int i = 0; i < 2; i++)
        end_way(&parser->ways[i], false);
    tapir__http_give_up(parser);
}

void tapir_http_parser_get_stats(const tapir_http_parser *parser, tapir_http_stats *stats)
{
    *stats = parser->stats;
}

void tapir_http_parser_free(tapir_http_parser *parser)
{
    if (!parser)
        return;
    while (parser->entries)
        tapir__http_remove(parser, parser->entries);
    for (int i = 0; i < 2; i++) {
        tapir__content_free(parser->ways[i].content);
        tapir_text_clear(&parser->ways[i].text);
    }
    free(parser);
}

const char *tapir_http_decoding_name(tapir_http_decoding decoding)
{
    static const char *const names[] = {"plain", "decoded", "not asked", "unknown", "unsupported",
        "damaged", "unfinished", "holed", "too much", "out of memory"};

    return (unsigned)decoding < TAPIR_COUNT(names) ? names[decoding] : "none";
}
