/* Content of HTTP messages: taken out of its framing, decoded, handed out. */
#include "stream/chunk.h"
#include "stream/http_internal.h"

/* Takes the facts of the chunk for a piece. */
static tapir_http_piece piece_of(const tapir__http_way *way, tapir_span bytes, uint64_t offset)
{
    tapir_http_piece piece = {
        .bytes = bytes,
        .offset = offset,
        .gap = way->gap,
        .frame = way->chunk ? way->chunk->frame : 0,
        .time = way->chunk ? way->chunk->time : 0,
        .way = (uint8_t)way->way,
    };
    return piece;
}

/* Decoded bytes come out. */
static void on_decoded(void *user, tapir_span bytes)
{
    tapir__http_way *way = user;
    const tapir_http_options *options = &way->parser->options;
    tapir_http_piece piece = piece_of(way, bytes, way->message->decoded_bytes);

    piece.gap = 0;
    if (options->calls.content)
        options->calls.content(options->user, &way->entry->exchange, &piece);
    way->message->decoded_bytes += bytes.len;
}

/* Undoes the codings of some content, or passes on what has none. */
static void decode(tapir__http_way *way, const tapir_http_piece *piece)
{
    const tapir_http_options *options = &way->parser->options;
    tapir_http_message *message = way->message;

    if (message->decoding == TAPIR_HTTP_PLAIN) {
        message->decoded_bytes += piece->bytes.len;
        if (options->calls.content)
            options->calls.content(options->user, &way->entry->exchange, piece);
    } else if (way->content) {
        message->decoding =
            (uint8_t)tapir__content_push(way->content, piece->bytes, on_decoded, way);
    }
    if (way->content && message->decoding != TAPIR_HTTP_DECODED) {
        tapir__content_free(way->content);
        way->content = NULL;
    }
}

/* Hands content out. */
static void deliver(tapir__http_way *way, tapir_span bytes)
{
    const tapir_http_options *options = &way->parser->options;
    tapir_http_piece piece = piece_of(way, bytes, way->content_offset);

    way->gap = 0;
    way->content_offset += bytes.len;
    way->message->content_bytes += bytes.len;
    if (options->calls.body)
        options->calls.body(options->user, &way->entry->exchange, &piece);
    decode(way, &piece);
}

/* Takes content, at most `left` bytes of it. */
static void take_bytes(tapir__http_way *way, tapir_span *bytes, uint64_t left)
{
    tapir_span part = tapir__split(bytes, bytes->len < left ? bytes->len : (size_t)left);

    tapir__http_consume(way, way->message, part.len);
    deliver(way, part);
}

void tapir__http_miss_content(tapir__http_way *way, uint64_t len)
{
    tapir_http_message *message = way->message;

    way->gap += len;
    way->content_offset += len;
    message->missing_bytes += len;
    message->wire_bytes += len;
    if (message->decoding == TAPIR_HTTP_DECODED)
        message->decoding = TAPIR_HTTP_HOLED;
    tapir__content_free(way->content);
    way->content = NULL;
}

/* Makes the decoders of what the fields announce. */
static void begin_decoding(tapir__http_way *way)
{
    const tapir_http_options *options = &way->parser->options;
    tapir__content_limits limits = {options->max_decoded, options->max_ratio};
    tapir_text codings = {0};

    tapir__http_list_codings(way->message, &codings);
    if (!codings.len)
        way->message->decoding = TAPIR_HTTP_PLAIN;
    else if (options->raw_only)
        way->message->decoding = TAPIR_HTTP_NOT_ASKED;
    else
        way->message->decoding = (uint8_t)tapir__content_new(
            &way->content, tapir_span_of(codings.data, codings.len), limits);
    tapir_text_clear(&codings);
}

void tapir__http_begin_content(tapir__http_way *way, tapir__http_entry *entry)
{
    static const tapir__http_state states[] = {
        [TAPIR_HTTP_LENGTH] = TAPIR__HTTP_SIZED,
        [TAPIR_HTTP_CHUNKED] = TAPIR__HTTP_CHUNK_SIZE,
        [TAPIR_HTTP_CLOSE] = TAPIR__HTTP_UNTIL_END,
    };
    bool request = way->way == TAPIR_FORWARD;

    way->entry = entry;
    way->message = request ? &entry->exchange.request : &entry->exchange.response;
    way->content_offset = way->gap = 0;
    way->left = way->message->content_length;
    memset(&way->size_line, 0, sizeof way->size_line);
    if (way->message->oddities & TAPIR__HTTP_CUTS) {
        tapir__http_end_message(way, way->message->oddities & TAPIR__HTTP_CUTS);
    } else if (way->message->framing == TAPIR_HTTP_NO_CONTENT ||
               way->message->framing == TAPIR_HTTP_TUNNEL) {
        tapir__http_end_message(way, 0);
    } else {
        begin_decoding(way);
        way->state = states[way->message->framing];
    }
}

/* The trailers that were gathered are the exchange's, if there is room for them. */
static void keep_trailers(tapir__http_way *way)
{
    tapir_text *trailers = &way->entry->trailers[way->way];
    bool request = way->way == TAPIR_FORWARD;

    if (request && !tapir__http_hold(way->parser, way->entry, way->text.room)) {
        way->text.len = way->line = 0;
        return;
    }
    *trailers = way->text;
    memset(&way->text, 0, sizeof way->text);
    way->message->trailers = tapir_span_of(trailers->data, way->line);
    way->line = 0;
}

/* The decoders see that nothing more comes; a hole at the end is reported. */
static void finish_content(tapir__http_way *way)
{
    if (way->content)
        way->message->decoding = (uint8_t)tapir__content_end(way->content);
    tapir__content_free(way->content);
    way->content = NULL;
    if (way->gap)
        deliver(way, tapir_span_of(NULL, 0));
}

void tapir__http_end_message(tapir__http_way *way, uint32_t cut)
{
    tapir_http_message *message = way->message;
    tapir__http_entry *entry = way->entry;
    bool tunnel = message->framing == TAPIR_HTTP_TUNNEL && !cut;

    if (way->state == TAPIR__HTTP_TRAILERS)
        keep_trailers(way);
    finish_content(way);
    message->oddities |= cut;
    message->done = true;
    message->complete = !(message->oddities & TAPIR__HTTP_CUTS) && !message->missing_bytes;
    way->entry = NULL;
    way->message = NULL;
    way->lost = way->lost || cut;
    way->state = cut ? TAPIR__HTTP_RESYNC : TAPIR__HTTP_HEAD;
    if (tunnel)
        tapir__http_switch(way->parser);
    else if (way->parser->tunnel && !cut)
        tapir__http_enter_tunnel(way);
    tapir__http_settle(way->parser, entry);
}

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* Takes a byte of the line in front of a chunk, not its last; false when it does not belong there:
 * 1*HEXDIG, blanks, then ";" and extensions. */
static bool take_size_byte(tapir__http_size_line *line, uint8_t c, size_t most)
{
    int digit = hex_digit(c);

    if (++line->len > most || line->cr)
        return false;
    if (c == '\r') {
        line->cr = true;
        return line->digits > 0;
    }
    if (line->extension)
        return true;
    if (digit < 0) {
        line->extension = true;
        return line->digits > 0 && (c == ';' || c == ' ' || c == '\t');
    }
    if (line->size > INT64_MAX >> 4)
        return false;
    line->size = line->size << 4 | (unsigned)digit;
    line->digits++;
    return true;
}

static void take_size_line(tapir__http_way *way, tapir_span *bytes)
{
    tapir__http_size_line *line = &way->size_line;
    size_t len = 0, most = way->parser->options.max_start_line;
    bool good = true;

    while (good && len < bytes->len && bytes->data[len] != '\n')
        good = take_size_byte(line, bytes->data[len++], most);
    if (good && len < bytes->len) {
        good = line->digits > 0;
        way->left = line->size;
        way->state = line->size ? TAPIR__HTTP_CHUNK : TAPIR__HTTP_TRAILERS;
        if (!line->cr)
            way->message->oddities |= TAPIR_HTTP_BARE_LF;
        memset(line, 0, sizeof *line);
        way->line = way->text.len = 0;
        len++;
    }
    tapir__split(bytes, len);
    tapir__http_consume(way, way->message, len);
    if (!good)
        tapir__http_end_message(way, TAPIR_HTTP_BAD_CHUNK);
}

/* CR LF behind a chunk; `left` counts the CR. */
static void take_chunk_end(tapir__http_way *way, tapir_span *bytes)
{
    uint8_t c = *tapir__split(bytes, 1).data;
    bool cr = way->left > 0;

    tapir__http_consume(way, way->message, 1);
    if (c == '\r' && !cr) {
        way->left = 1;
    } else if (c == '\n') {
        if (!cr)
            way->message->oddities |= TAPIR_HTTP_BARE_LF;
        way->state = TAPIR__HTTP_CHUNK_SIZE;
    } else {
        tapir__http_end_message(way, TAPIR_HTTP_BAD_CHUNK);
    }
}

void tapir__http_take_content(tapir__http_way *way, tapir_span *bytes)
{
    size_t before = bytes->len;

    switch (way->state) {
    case TAPIR__HTTP_SIZED:
        take_bytes(way, bytes, way->left);
        way->left -= before - bytes->len;
        if (!way->left)
            tapir__http_end_message(way, 0);
        return;
    case TAPIR__HTTP_CHUNK:
        take_bytes(way, bytes, way->left);
        way->left -= before - bytes->len;
        if (!way->left)
            way->state = TAPIR__HTTP_CHUNK_END;
        return;
    case TAPIR__HTTP_UNTIL_END:
        take_bytes(way, bytes, UINT64_MAX);
        return;
    case TAPIR__HTTP_CHUNK_SIZE:
        take_size_line(way, bytes);
        return;
    default:
        take_chunk_end(way, bytes);
        return;
    }
}
