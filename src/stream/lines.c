/* Streams cut into lines. */
#include "stream/chunk.h"

#include <stdlib.h>

struct tapir_line_reader {
    tapir_line_options options;
    tapir_text text;       /* of the line in progress, from earlier chunks */
    tapir_message message; /* the line in progress */
    uint64_t offset;       /* in the stream, of the next byte */
    bool started;          /* a chunk of the stream was seen */
    bool open;             /* there is a line in progress */
};

enum { DEFAULT_MAX = 64 << 10 };

tapir_line_reader *tapir_line_reader_new(const tapir_line_options *options)
{
    tapir_line_reader *reader = calloc(1, sizeof *reader);

    if (!reader)
        return NULL;
    memcpy(&reader->options, options,
        options->size < sizeof reader->options ? options->size : sizeof reader->options);
    if (!reader->options.max)
        reader->options.max = DEFAULT_MAX;
    reader->text.limit = reader->options.max;
    return reader;
}

/* Returns the line without its end. */
static tapir_span without_end(tapir_span line)
{
    if (line.len && line.data[line.len - 1] == '\n') {
        line.len--;
        if (line.len && line.data[line.len - 1] == '\r')
            line.len--;
    }
    return line;
}

/* Hands the line out and forgets it. */
static void emit(tapir_line_reader *reader, tapir_span bytes)
{
    reader->message.bytes = bytes;
    reader->message.body = without_end(bytes);
    reader->open = false;
    if (reader->options.line)
        reader->options.line(reader->options.user, &reader->message);
    reader->text.len = 0;
    reader->text.failed = false;
}

static tapir_span gathered(const tapir_line_reader *reader)
{
    return tapir_span_of(reader->text.data, reader->text.len);
}

static void begin(tapir_line_reader *reader, const tapir_chunk *chunk, tapir_message_state state)
{
    tapir__message_begin(&reader->message, chunk, reader->offset, state);
    reader->open = true;
}

/* Keeps a part of a line for later; what is beyond the maximum is skipped. */
static tapir_status gather(tapir_line_reader *reader, tapir_span part)
{
    size_t room = reader->options.max - reader->text.len;
    size_t len = part.len < room ? part.len : room;

    tapir_text_bytes(&reader->text, part.data, len);
    if (len < part.len || reader->text.failed)
        reader->message.state = TAPIR_MESSAGE_TOO_LONG;
    return reader->text.failed ? TAPIR_NO_MEMORY : TAPIR_OK;
}

/* Takes what the chunk has of one line, with its end if that is there. */
static tapir_status take(tapir_line_reader *reader, const tapir_chunk *chunk, tapir_span *bytes)
{
    const uint8_t *end = memchr(bytes->data, '\n', bytes->len);
    tapir_span part = tapir__split(bytes, end ? (size_t)(end + 1 - bytes->data) : bytes->len);
    tapir_status status = TAPIR_OK;
    bool whole = !reader->open && end && part.len <= reader->options.max;

    if (!reader->open)
        begin(reader, chunk, TAPIR_MESSAGE_WHOLE);
    tapir__message_extend(&reader->message, chunk, part.len);
    reader->offset += part.len;
    if (!whole && reader->message.state == TAPIR_MESSAGE_WHOLE)
        status = gather(reader, part);
    if (end)
        emit(reader, whole ? part : gathered(reader));
    return status;
}

/* Bytes are missing, or were sent before the first chunk: the next line end is looked for. */
static void lose(tapir_line_reader *reader, const tapir_chunk *chunk, uint64_t gap)
{
    if (!reader->open)
        begin(reader, chunk, TAPIR_MESSAGE_LOST);
    else if (reader->message.state != TAPIR_MESSAGE_LOST)
        reader->message.state = TAPIR_MESSAGE_HOLED;
    tapir__message_miss(&reader->message, gap);
    reader->offset += gap;
}

tapir_status tapir_line_reader_push(tapir_line_reader *reader, const tapir_chunk *chunk)
{
    tapir_span bytes = tapir__chunk_news(chunk);
    tapir_status status = TAPIR_OK;

    if (!reader->started)
        reader->offset = tapir__chunk_offset(chunk) - chunk->gap;
    if (chunk->gap || (!reader->started && !chunk->start))
        lose(reader, chunk, chunk->gap);
    reader->started = true;
    while (bytes.len) {
        tapir_status taken = take(reader, chunk, &bytes);

        status = taken ? taken : status;
    }
    if (chunk->end)
        tapir_line_reader_finish(reader);
    return status;
}

void tapir_line_reader_finish(tapir_line_reader *reader)
{
    if (reader->open && reader->message.state == TAPIR_MESSAGE_WHOLE)
        reader->message.state = TAPIR_MESSAGE_CUT;
    if (reader->open && reader->message.wire_len)
        emit(reader, gathered(reader));
    reader->open = reader->started = false;
}

void tapir_line_reader_free(tapir_line_reader *reader)
{
    if (!reader)
        return;
    tapir_text_clear(&reader->text);
    free(reader);
}
