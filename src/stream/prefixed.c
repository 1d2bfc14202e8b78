/* Streams cut into messages that have their length in front. */
#include "stream/chunk.h"

#include <stdlib.h>

enum { DEFAULT_MAX = 1 << 20, MAX_AT = 64, MAX_WIDTH = 4, MAX_LOOK = 256 };

struct tapir_prefix_reader {
    tapir_prefix_options options;
    size_t prefix;         /* bytes up to and with the length */
    size_t look;           /* bytes to know a message by, the prefix at least */
    tapir_text text;       /* of the message in progress, from earlier chunks */
    tapir_message message; /* the message in progress */
    tapir_message lost;    /* what is skipped until one is found */
    uint64_t total;        /* bytes of the message, 0: not known yet */
    uint64_t offset;       /* in the stream, of the next byte */
    bool started;          /* a chunk of the stream was seen */
    bool open;             /* there is a message in progress */
    bool searching;        /* where messages begin is not known: `lost` counts */
    bool resting;          /* nothing is tried until the next chunk */
};

tapir_prefix_reader *tapir_prefix_reader_new(const tapir_prefix_options *options)
{
    tapir_prefix_reader *reader = calloc(1, sizeof *reader);
    tapir_prefix_options *own = reader ? &reader->options : NULL;

    if (!reader)
        return NULL;
    memcpy(own, options, options->size < sizeof *own ? options->size : sizeof *own);
    if (!own->max)
        own->max = DEFAULT_MAX;
    reader->prefix = own->at + own->width;
    reader->look = own->look > reader->prefix ? own->look : reader->prefix;
    reader->text.limit = own->max;
    if (own->at > MAX_AT || own->width < 1 || own->width > MAX_WIDTH || own->look > MAX_LOOK ||
        own->max < reader->look) {
        free(reader);
        return NULL;
    }
    return reader;
}

/* Returns how many bytes the message has that begins so; 0 when it is none. */
static uint64_t total_of(const tapir_prefix_reader *reader, const uint8_t *start)
{
    const tapir_prefix_options *options = &reader->options;
    const uint8_t *at = start + options->at;
    uint64_t length = options->little_endian ? tapir_load_le(at, options->width)
                                             : tapir_load_be(at, options->width);
    int64_t total = (int64_t)(reader->prefix + length) + options->adjust;

    if (total < (int64_t)reader->look)
        return 0;
    if (options->plausible &&
        !options->plausible(options->user, tapir_span_of(start, reader->look)))
        return 0;
    return (uint64_t)total;
}

static void hand_out(tapir_prefix_reader *reader, const tapir_message *message)
{
    if (reader->options.message)
        reader->options.message(reader->options.user, message);
}

/* Hands the message out and forgets it. */
static void emit(tapir_prefix_reader *reader, tapir_span bytes)
{
    tapir_message *message = &reader->message;
    bool has_body = message->state == TAPIR_MESSAGE_WHOLE || message->state == TAPIR_MESSAGE_CUT;

    message->bytes = bytes;
    message->body = tapir_span_of(NULL, 0);
    if (has_body && bytes.len > reader->prefix)
        message->body = tapir_span_of(bytes.data + reader->prefix, bytes.len - reader->prefix);
    reader->open = false;
    reader->total = 0;
    hand_out(reader, message);
    reader->text.len = 0;
    reader->text.failed = false;
}

static void emit_gathered(tapir_prefix_reader *reader)
{
    emit(reader, tapir_span_of(reader->text.data, reader->text.len));
}

static void search(tapir_prefix_reader *reader, const tapir_chunk *chunk, uint64_t offset)
{
    if (!reader->searching)
        tapir__message_begin(&reader->lost, chunk, offset, TAPIR_MESSAGE_LOST);
    reader->searching = true;
}

static void found(tapir_prefix_reader *reader)
{
    if (reader->searching && reader->lost.wire_len)
        hand_out(reader, &reader->lost);
    reader->searching = false;
}

/* Begins a message at the next byte, unless there is one. */
static void begin(tapir_prefix_reader *reader, const tapir_chunk *chunk)
{
    if (!reader->open)
        tapir__message_begin(&reader->message, chunk, reader->offset, TAPIR_MESSAGE_WHOLE);
    reader->open = true;
}

/* What was gathered is no message: its first byte is lost, or all of it. */
static void refuse(tapir_prefix_reader *reader, const tapir_chunk *chunk)
{
    size_t lost = reader->options.resync == TAPIR_RESYNC_BYTE ? 1 : reader->look;

    search(reader, chunk, reader->message.offset);
    tapir__message_extend(&reader->lost, chunk, lost);
    reader->text.len -= lost;
    memmove(reader->text.data, reader->text.data + lost, reader->text.len);
    reader->message.offset += lost;
    reader->message.wire_len -= lost;
    reader->open = reader->text.len > 0;
    reader->resting = reader->options.resync != TAPIR_RESYNC_BYTE;
}

/* Takes a message that lies in the chunk from its first to its last byte. */
static bool take_whole(tapir_prefix_reader *reader, const tapir_chunk *chunk, tapir_span *bytes)
{
    uint64_t total;

    if (reader->open || bytes->len < reader->look)
        return false;
    total = total_of(reader, bytes->data);
    if (!total || total > bytes->len || total > reader->options.max)
        return false;
    found(reader);
    begin(reader, chunk);
    tapir__message_extend(&reader->message, chunk, total);
    reader->offset += total;
    emit(reader, tapir__split(bytes, (size_t)total));
    return true;
}

/* Keeps bytes of the message for later. */
static tapir_status gather(
    tapir_prefix_reader *reader, const tapir_chunk *chunk, tapir_span *bytes, uint64_t most)
{
    tapir_span part = tapir__split(bytes, bytes->len < most ? bytes->len : (size_t)most);

    begin(reader, chunk);
    tapir__message_extend(&reader->message, chunk, part.len);
    reader->offset += part.len;
    if (reader->message.state == TAPIR_MESSAGE_WHOLE)
        tapir_text_bytes(&reader->text, part.data, part.len);
    if (!reader->text.failed)
        return TAPIR_OK;
    reader->message.state = TAPIR_MESSAGE_TOO_LONG;
    return TAPIR_NO_MEMORY;
}

/* Takes as many bytes as a message is known by. */
static tapir_status take_start(
    tapir_prefix_reader *reader, const tapir_chunk *chunk, tapir_span *bytes)
{
    tapir_status status = gather(reader, chunk, bytes, reader->look - reader->text.len);

    if (status) { /* not even that: there is nothing to go by any more */
        search(reader, chunk, reader->message.offset);
        reader->text.failed = reader->open = false;
        tapir__message_extend(&reader->lost, chunk, reader->message.wire_len);
        reader->text.len = 0;
        reader->resting = true;
        return status;
    }
    if (reader->text.len < reader->look)
        return TAPIR_OK;
    reader->total = total_of(reader, (const uint8_t *)reader->text.data);
    if (!reader->total) {
        refuse(reader, chunk);
        return TAPIR_OK;
    }
    found(reader);
    if (reader->total > reader->options.max)
        reader->message.state = TAPIR_MESSAGE_TOO_LONG;
    if (reader->total == reader->look)
        emit_gathered(reader);
    return TAPIR_OK;
}

static tapir_status take_body(
    tapir_prefix_reader *reader, const tapir_chunk *chunk, tapir_span *bytes)
{
    tapir_status status = gather(reader, chunk, bytes, reader->total - reader->message.wire_len);

    if (reader->message.wire_len == reader->total)
        emit_gathered(reader);
    return status;
}

/* The rest of the chunk cannot be told apart. */
static void skip(tapir_prefix_reader *reader, const tapir_chunk *chunk, tapir_span *bytes)
{
    tapir__message_extend(&reader->lost, chunk, bytes->len);
    reader->offset += bytes->len;
    bytes->len = 0;
}

/* Takes something from the front of `bytes`. */
static tapir_status take(tapir_prefix_reader *reader, const tapir_chunk *chunk, tapir_span *bytes)
{
    bool idle =
        reader->searching && (reader->resting || reader->options.resync == TAPIR_RESYNC_NEVER);

    if (idle) {
        skip(reader, chunk, bytes);
        return TAPIR_OK;
    }
    if (reader->total)
        return take_body(reader, chunk, bytes);
    if (take_whole(reader, chunk, bytes))
        return TAPIR_OK;
    return take_start(reader, chunk, bytes);
}

/* A hole in the bytes that a message is known by. */
static void lose_start(tapir_prefix_reader *reader, const tapir_chunk *chunk)
{
    if (reader->searching) {
        tapir__message_extend(&reader->lost, chunk, reader->message.wire_len);
        reader->open = false;
        reader->text.len = 0;
    } else {
        reader->message.state = TAPIR_MESSAGE_HOLED;
        emit_gathered(reader);
    }
}

/* Counts what is missing to the message it is missing from; returns how much lies behind that. */
static uint64_t lose_body(tapir_prefix_reader *reader, uint64_t gap)
{
    uint64_t left = reader->total - reader->message.wire_len;
    uint64_t missing = gap < left ? gap : left;

    if (reader->message.state == TAPIR_MESSAGE_WHOLE)
        reader->message.state = TAPIR_MESSAGE_HOLED;
    tapir__message_miss(&reader->message, missing);
    reader->offset += missing;
    if (missing == left)
        emit_gathered(reader);
    return gap - missing;
}

static void lose(tapir_prefix_reader *reader, const tapir_chunk *chunk, uint64_t gap)
{
    if (reader->open && reader->total) {
        gap = lose_body(reader, gap);
        if (!gap)
            return;
    } else if (reader->open) {
        lose_start(reader, chunk);
    }
    search(reader, chunk, reader->offset);
    tapir__message_miss(&reader->lost, gap);
    reader->offset += gap;
}

tapir_status tapir_prefix_reader_push(tapir_prefix_reader *reader, const tapir_chunk *chunk)
{
    tapir_span bytes = tapir__chunk_news(chunk);
    tapir_status status = TAPIR_OK;

    if (!reader->started)
        reader->offset = tapir__chunk_offset(chunk) - chunk->gap;
    if (chunk->gap || (!reader->started && !chunk->start))
        lose(reader, chunk, chunk->gap);
    reader->started = true;
    reader->resting = false;
    while (bytes.len) {
        tapir_status taken = take(reader, chunk, &bytes);

        status = taken ? taken : status;
    }
    if (chunk->end)
        tapir_prefix_reader_finish(reader);
    return status;
}

void tapir_prefix_reader_finish(tapir_prefix_reader *reader)
{
    if (reader->open && reader->searching) {
        reader->lost.wire_len += reader->message.wire_len;
        reader->open = false;
        reader->text.len = 0;
    }
    found(reader);
    if (reader->open && reader->message.state == TAPIR_MESSAGE_WHOLE)
        reader->message.state = TAPIR_MESSAGE_CUT;
    if (reader->open)
        emit_gathered(reader);
    reader->started = false;
}

void tapir_prefix_reader_free(tapir_prefix_reader *reader)
{
    if (!reader)
        return;
    tapir_text_clear(&reader->text);
    free(reader);
}
