/* What readers on top of streams take of a chunk. */
#ifndef TAPIR_STREAM_CHUNK_H
#define TAPIR_STREAM_CHUNK_H

#include "tapir/messages.h"
#include "tapir/text.h"

/* Returns what the chunk has that was not delivered before. */
static inline tapir_span tapir__chunk_news(const tapir_chunk *chunk)
{
    size_t kept = chunk->kept < chunk->bytes.len ? chunk->kept : chunk->bytes.len;

    return kept ? tapir_span_of(chunk->bytes.data + kept, chunk->bytes.len - kept) : chunk->bytes;
}

/* Returns where that stands in the stream: the gap lies in front of it, behind what was kept. */
static inline uint64_t tapir__chunk_offset(const tapir_chunk *chunk)
{
    return chunk->kept ? chunk->offset + chunk->kept + chunk->gap : chunk->offset;
}

/* Takes `len` bytes off the front of `bytes`, which has as many. */
static inline tapir_span tapir__split(tapir_span *bytes, size_t len)
{
    tapir_span front = tapir_span_of(bytes->data, len);

    bytes->data += len;
    bytes->len -= len;
    return front;
}

/* Begins a message at `offset` with the facts of the chunk. */
static inline void tapir__message_begin(
    tapir_message *message, const tapir_chunk *chunk, uint64_t offset, tapir_message_state state)
{
    memset(message, 0, sizeof *message);
    message->offset = offset;
    message->frame = message->end_frame = chunk->frame;
    message->time = message->end_time = chunk->time;
    message->way = chunk->way;
    message->state = (uint8_t)state;
}

/* Counts `len` more bytes of the stream, of this chunk, to the message. */
static inline void tapir__message_extend(
    tapir_message *message, const tapir_chunk *chunk, uint64_t len)
{
    message->wire_len += len;
    message->end_frame = chunk->frame;
    message->end_time = chunk->time;
}

/* Counts bytes that are missing to the message. */
static inline void tapir__message_miss(tapir_message *message, uint64_t len)
{
    message->wire_len += len;
    message->missing += len;
}

#endif
