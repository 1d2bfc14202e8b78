/* Heads of HTTP messages, gathered line by line; junk between messages. */
#include "stream/chunk.h"
#include "stream/http_internal.h"

static tapir_span text_of(const tapir__http_way *way, size_t from)
{
    return tapir_span_of((const uint8_t *)way->text.data + from, way->text.len - from);
}

static bool is_request(const tapir__http_way *way)
{
    return way->way == TAPIR_FORWARD;
}

/* Returns the line in progress without its end, which is there; notes whether it had no CR. */
static tapir_span line_of(tapir__http_way *way)
{
    tapir_span line = text_of(way, way->line);

    line.len--;
    if (line.len && line.data[line.len - 1] == '\r')
        line.len--;
    else
        way->draft.oddities |= TAPIR_HTTP_BARE_LF;
    return line;
}

static void begin_draft(tapir__http_way *way)
{
    memset(&way->draft, 0, sizeof way->draft);
    way->draft.offset = way->offset;
    way->draft.frame = way->draft.end_frame = way->chunk->frame;
    way->draft.start = way->draft.end = way->chunk->time;
}

static void forget_text(tapir__http_way *way)
{
    way->text.len = way->line = way->fields = way->start_len = 0;
}

/* Moves bytes up to a line end into the text, `most` of them; returns whether the end is there. */
static bool gather_line(tapir__http_way *way, tapir_span *bytes, size_t most)
{
    size_t len = bytes->len < most ? bytes->len : most;
    const uint8_t *end = len ? memchr(bytes->data, '\n', len) : NULL;
    tapir_span part;

    if (end)
        len = (size_t)(end + 1 - bytes->data);
    if (!way->text.len)
        begin_draft(way);
    part = tapir__split(bytes, len);
    tapir__http_consume(way, &way->draft, len);
    tapir_text_bytes(&way->text, part.data, part.len);
    if (way->text.failed)
        tapir__http_stop(way->parser);
    return end && !way->text.failed;
}

/* Returns how much longer the part of the head in progress may get. */
static size_t room_of(const tapir__http_way *way)
{
    const tapir_http_options *options = &way->parser->options;
    size_t most = way->fields ? options->max_fields : options->max_start_line;
    size_t len = way->text.len - way->fields;

    return len < most ? most - len : 0;
}

/* Makes an exchange of the head, or a part of one, that was gathered. */
static tapir__http_entry *add_entry(tapir__http_way *way, const tapir__http_start *start)
{
    tapir_http_message *draft = &way->draft;

    draft->seen = true;
    draft->version_major = start->version_major;
    draft->version_minor = start->version_minor;
    draft->head_bytes = draft->wire_bytes;
    draft->head_end = draft->end;
    way->synced = true;
    return is_request(way) ? tapir__http_add_request(way, start)
                           : tapir__http_add_response(way, start);
}

/* The head is over: what follows depends on it. */
static void finish_head(tapir__http_way *way, const tapir__http_start *start)
{
    tapir__http_entry *entry = add_entry(way, start);

    forget_text(way);
    if (entry)
        tapir__http_begin_content(way, entry);
}

static void finish_whole_head(tapir__http_way *way)
{
    tapir__http_start start;

    tapir__http_start_read(tapir_span_of(way->text.data, way->start_len), is_request(way), &start);
    finish_head(way, &start);
}

/* A field line that begins with white space goes on with the one before (RFC 9112 5.2): the line
 * end between them becomes spaces. Behind the start line it is no field (RFC 9112 2.2). */
static void unfold(tapir__http_way *way)
{
    char *end = way->text.data + way->line;

    if (way->line == way->fields) {
        way->draft.oddities |= TAPIR_HTTP_BAD_FIELD;
        return;
    }
    way->draft.oddities |= TAPIR_HTTP_OBS_FOLD;
    *--end = ' ';
    if (end > way->text.data + way->fields && end[-1] == '\r')
        end[-1] = ' ';
}

/* RFC 9112 5.1: a name right in front of a colon. */
static bool is_field(tapir_span line)
{
    const uint8_t *colon = memchr(line.data, ':', line.len);

    return colon && tapir__http_is_token(tapir_span_of(line.data, (size_t)(colon - line.data)));
}

static void take_field_line(tapir__http_way *way)
{
    tapir_span line = line_of(way);

    if (*line.data == ' ' || *line.data == '\t')
        unfold(way);
    else if (!is_field(line))
        way->draft.oddities |= TAPIR_HTTP_BAD_FIELD;
    way->line = way->text.len;
}

/* Drops the first bytes of what was gathered: they are no part of a message. */
static void drop(tapir__http_way *way, size_t len)
{
    way->parser->stats.lost_bytes += len;
    way->text.len -= len;
    memmove(way->text.data, way->text.data + len, way->text.len);
    way->draft.offset += len;
    way->draft.wire_bytes -= len;
}

/* The line is a start line from `at` on. */
static void accept_start(tapir__http_way *way, size_t at, size_t len)
{
    if (at) {
        drop(way, at);
        way->draft.oddities |= TAPIR_HTTP_JUNK_BEFORE;
    }
    way->start_len = len - at;
    way->line = way->fields = way->text.len;
    way->state = TAPIR__HTTP_HEAD;
}

/* Whether a request asked for another protocol, and was not answered. */
static bool is_switch_asked(const tapir_http_parser *parser)
{
    for (const tapir__http_entry *entry = parser->entries; entry; entry = entry->next)
        if (entry->asks_switch && !entry->exchange.response.done)
            return true;
    return false;
}

/* What was gathered is no start line: does the stream speak something else from the beginning on,
 * or from where a request asked for it? Else a start line is looked for. */
static void refuse(tapir__http_way *way)
{
    tapir_http_parser *parser = way->parser;
    bool searching = way->state == TAPIR__HTTP_RESYNC;

    if (!searching && is_request(way) && is_switch_asked(parser)) {
        tapir__http_enter_tunnel(way);
        return;
    }
    drop(way, way->text.len);
    way->lost = true;
    if (way->synced || searching) {
        way->state = TAPIR__HTTP_RESYNC;
    } else {
        parser->stats.not_http[way->way] = true;
        way->state = TAPIR__HTTP_OFF;
    }
}

/* RFC 9113 3.4: what begins so is HTTP/2, and no request. */
static bool is_preface(const tapir__http_way *way, tapir_span line)
{
    static const char preface[] = "PRI * HTTP/2.0";

    return is_request(way) && line.len == sizeof preface - 1 &&
           memcmp(line.data, preface, line.len) == 0;
}

/* Whether the line is, or ends in, a start line; where that begins. Among other bytes it must look
 * the part. */
static bool find_start(const tapir__http_way *way, tapir_span line, size_t *at)
{
    tapir__http_start start;
    bool searching = way->state == TAPIR__HTTP_RESYNC;

    *at = 0;
    if (!searching && tapir__http_start_read(line, is_request(way), &start))
        return true;
    return (searching || way->synced) && tapir__http_start_find(line, is_request(way), at);
}

static void take_start_line(tapir__http_way *way)
{
    tapir_span line = line_of(way);
    size_t at;

    if (!line.len && way->state == TAPIR__HTTP_HEAD) /* allowed in front of one: RFC 9112 2.2 */
        way->text.len = 0;
    else if (is_preface(way, line))
        tapir__http_switch(way->parser);
    else if (find_start(way, line, &at))
        accept_start(way, at, line.len);
    else
        refuse(way);
}

/* Whether the line that was just ended is empty. */
static bool is_empty_line(const tapir__http_way *way)
{
    tapir_span line = text_of(way, way->line);

    return line.len == 1 || (line.len == 2 && line.data[0] == '\r');
}

/* Reads the start line that was gathered, which may not be over. */
static bool read_gathered_start(tapir__http_way *way, tapir__http_start *start)
{
    if (way->fields)
        return tapir__http_start_read(
            tapir_span_of(way->text.data, way->start_len), is_request(way), start);
    way->start_len = way->text.len;
    return tapir__http_start_read_part(text_of(way, 0), is_request(way), start);
}

void tapir__http_cut_head(tapir__http_way *way, uint32_t cut)
{
    tapir__http_start start;

    if (read_gathered_start(way, &start)) {
        way->draft.oddities |= cut;
        finish_head(way, &start);
    } else if (cut == TAPIR_HTTP_HEAD_TOO_LONG) {
        refuse(way);
    } else {
        tapir__http_lose(way);
    }
}

void tapir__http_lose(tapir__http_way *way)
{
    way->parser->stats.lost_bytes += way->text.len;
    forget_text(way);
    way->lost = true;
    way->state = TAPIR__HTTP_RESYNC;
}

void tapir__http_take_head(tapir__http_way *way, tapir_span *bytes)
{
    size_t room = room_of(way);

    if (!room)
        tapir__http_cut_head(way, TAPIR_HTTP_HEAD_TOO_LONG);
    else if (!gather_line(way, bytes, room))
        return;
    else if (!way->fields)
        take_start_line(way);
    else if (is_empty_line(way))
        finish_whole_head(way);
    else
        take_field_line(way);
}

void tapir__http_take_junk(tapir__http_way *way, tapir_span *bytes)
{
    size_t room = room_of(way);

    if (!room)
        drop(way, way->text.len - way->text.len / 2);
    else if (gather_line(way, bytes, room))
        take_start_line(way);
}

void tapir__http_take_trailers(tapir__http_way *way, tapir_span *bytes)
{
    size_t len = way->text.len, most = way->parser->options.max_fields;
    const uint8_t *end;
    tapir_span part;

    if (len >= most) {
        tapir__http_end_message(way, TAPIR_HTTP_HEAD_TOO_LONG);
        return;
    }
    end = memchr(bytes->data, '\n', bytes->len < most - len ? bytes->len : most - len);
    part = tapir__split(bytes, end                       ? (size_t)(end + 1 - bytes->data)
                               : bytes->len < most - len ? bytes->len
                                                         : most - len);
    tapir__http_consume(way, way->message, part.len);
    tapir_text_bytes(&way->text, part.data, part.len);
    if (way->text.failed)
        tapir__http_stop(way->parser);
    else if (end && is_empty_line(way))
        tapir__http_end_message(way, 0);
    else if (end)
        way->line = way->text.len;
}
