/* A stream between the thread that reassembles and a thread that reads. */
#include "tapir/stream_reader.h"

#include "stream/chunk.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Bytes of one frame that wait, the missing ones in front of them. */
struct piece {
    struct piece *next;
    uint64_t gap, dropped, offset, frame;
    int64_t time;
    size_t len, at; /* of the bytes; how many were read */
    bool start;
    uint8_t bytes[];
};

struct tapir_stream_reader {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something came, or room, or a side is gone */
    tapir_stream_reader_options options;
    struct piece *first, **last;
    size_t held;                   /* bytes of all pieces */
    uint64_t gap, dropped, offset; /* missing behind the last piece, and where they begin */
    bool start;                    /* the next byte is the stream's first */
    bool ended;                    /* the stream: FIN */
    bool fed, stopped, freed;      /* the feeding side is done; the reading side stopped, is gone */
};

enum { DEFAULT_MAX = 256 << 10, LEAST_MAX = 512 };

static bool init_locks(tapir_stream_reader *reader)
{
    pthread_condattr_t attributes;
    bool ok;

    if (pthread_condattr_init(&attributes))
        return false;
    ok = !pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) &&
         !pthread_cond_init(&reader->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (ok && pthread_mutex_init(&reader->lock, NULL)) {
        pthread_cond_destroy(&reader->changed);
        ok = false;
    }
    return ok;
}

tapir_stream_reader *tapir_stream_reader_new(const tapir_stream_reader_options *options)
{
    tapir_stream_reader *reader = calloc(1, sizeof *reader);
    size_t size = sizeof reader->options;

    if (!reader)
        return NULL;
    if (options)
        memcpy(&reader->options, options, options->size < size ? options->size : size);
    if (!reader->options.max_bytes)
        reader->options.max_bytes = DEFAULT_MAX;
    if (reader->options.max_bytes < LEAST_MAX)
        reader->options.max_bytes = LEAST_MAX;
    reader->last = &reader->first;
    if (!init_locks(reader)) {
        free(reader);
        return NULL;
    }
    return reader;
}

/* Returns the time `nanoseconds` from now on the clock that waits go by. */
static struct timespec in(int64_t nanoseconds)
{
    struct timespec when;

    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += (time_t)(nanoseconds / 1000000000);
    when.tv_nsec += (long)(nanoseconds % 1000000000);
    if (when.tv_nsec >= 1000000000) {
        when.tv_nsec -= 1000000000;
        when.tv_sec++;
    }
    return when;
}

/* Waits for a change; false when `deadline` (NULL: none) has passed. */
static bool wait_for_change(tapir_stream_reader *reader, const struct timespec *deadline)
{
    if (!deadline)
        return pthread_cond_wait(&reader->changed, &reader->lock) == 0;
    return pthread_cond_timedwait(&reader->changed, &reader->lock, deadline) != ETIMEDOUT;
}

static void remove_first(tapir_stream_reader *reader)
{
    struct piece *gone = reader->first;

    reader->first = gone->next;
    if (!reader->first)
        reader->last = &reader->first;
    reader->held -= sizeof *gone + gone->len;
    free(gone);
}

/* Returns how many bytes there is room for, in a piece of their own. */
static size_t room_of(const tapir_stream_reader *reader)
{
    size_t left = reader->options.max_bytes - reader->held;

    return left > sizeof(struct piece) ? left - sizeof(struct piece) : 0;
}

/* Notes bytes that are missing: they stand in front of the next piece. */
static void miss(tapir_stream_reader *reader, uint64_t offset, uint64_t count, bool dropped)
{
    if (!reader->gap)
        reader->offset = offset;
    reader->gap += count;
    reader->dropped += dropped ? count : 0;
}

/* Adds a piece; false when out of memory. */
static bool add(
    tapir_stream_reader *reader, const tapir_chunk *chunk, tapir_span part, uint64_t offset)
{
    struct piece *new = malloc(sizeof *new + part.len);

    if (!new)
        return false;
    new->next = NULL;
    new->gap = reader->gap;
    new->dropped = reader->dropped;
    new->offset = offset;
    new->frame = chunk->frame;
    new->time = chunk->time;
    new->len = part.len;
    new->at = 0;
    new->start = reader->start;
    memcpy(new->bytes, part.data, part.len);
    reader->gap = reader->dropped = 0;
    reader->start = false;
    reader->held += sizeof *new + part.len;
    *reader->last = new;
    reader->last = &new->next;
    pthread_cond_broadcast(&reader->changed);
    return true;
}

/* Waits for room as long as the options say. Returns how much there is, 0 in the end. */
static size_t wait_for_room(tapir_stream_reader *reader, const struct timespec *deadline)
{
    bool waits = reader->options.patience >= 0;

    while (!reader->stopped && !room_of(reader) && waits)
        waits = wait_for_change(reader, reader->options.patience ? deadline : NULL);
    return room_of(reader);
}

/* Adds the bytes piece by piece, as there is room for them. */
static void add_all(
    tapir_stream_reader *reader, const tapir_chunk *chunk, tapir_span bytes, uint64_t offset)
{
    struct timespec deadline = in(reader->options.patience > 0 ? reader->options.patience : 0);

    while (bytes.len && !reader->stopped) {
        size_t room = wait_for_room(reader, &deadline);
        size_t len = bytes.len < room ? bytes.len : room;

        if (reader->stopped)
            return;
        if (!len || !add(reader, chunk, tapir_span_of(bytes.data, len), offset)) {
            miss(reader, offset, bytes.len, true);
            return;
        }
        tapir__split(&bytes, len);
        offset += len;
    }
}

bool tapir_stream_reader_feed(tapir_stream_reader *reader, const tapir_chunk *chunk)
{
    tapir_span bytes = tapir__chunk_news(chunk);
    uint64_t offset = tapir__chunk_offset(chunk);
    bool there;

    pthread_mutex_lock(&reader->lock);
    if (!reader->stopped) {
        if (chunk->gap)
            miss(reader, offset - chunk->gap, chunk->gap, false);
        reader->start |= chunk->start;
        add_all(reader, chunk, bytes, offset);
        reader->ended |= chunk->end;
        if (chunk->end)
            pthread_cond_broadcast(&reader->changed);
    }
    there = !reader->stopped;
    pthread_mutex_unlock(&reader->lock);
    return there;
}

/* Fills in bytes of the first piece, or the gap in front of it. */
static tapir_stream_event read_piece(
    tapir_stream_reader *reader, void *to, size_t room, tapir_stream_read *read)
{
    struct piece *first = reader->first;

    if (first->gap) {
        read->count = first->gap;
        read->dropped = first->dropped;
        read->offset = first->offset - first->gap;
        first->gap = 0;
        return TAPIR_STREAM_GAP;
    }
    read->count = first->len - first->at < room ? first->len - first->at : room;
    read->start = first->start && !first->at;
    read->offset = first->offset + first->at;
    read->frame = first->frame;
    read->time = first->time;
    memcpy(to, first->bytes + first->at, (size_t)read->count);
    first->at += (size_t)read->count;
    if (first->at == first->len) {
        remove_first(reader);
        pthread_cond_broadcast(&reader->changed);
    }
    return TAPIR_STREAM_BYTES;
}

/* Fills in what stands at the front; false when nothing does yet. */
static bool read_front(tapir_stream_reader *reader, void *to, size_t room, tapir_stream_read *read)
{
    tapir_stream_event event;

    if (reader->stopped) {
        event = TAPIR_STREAM_STOPPED;
    } else if (reader->first) {
        event = read_piece(reader, to, room, read);
    } else if (reader->gap && (reader->ended || reader->fed)) {
        event = TAPIR_STREAM_GAP;
        read->count = reader->gap;
        read->dropped = reader->dropped;
        read->offset = reader->offset;
        reader->gap = reader->dropped = 0;
    } else if (reader->ended || reader->fed) {
        event = reader->ended ? TAPIR_STREAM_END : TAPIR_STREAM_CLOSED;
    } else {
        return false;
    }
    read->event = (uint8_t)event;
    return true;
}

tapir_stream_event tapir_stream_reader_read(
    tapir_stream_reader *reader, void *to, size_t room, int64_t timeout, tapir_stream_read *read)
{
    struct timespec deadline = in(timeout > 0 ? timeout : 0);
    bool waits = true, ready;

    memset(read, 0, sizeof *read);
    read->event = TAPIR_STREAM_TIMEOUT;
    pthread_mutex_lock(&reader->lock);
    ready = read_front(reader, to, room, read);
    while (!ready && waits) {
        waits = wait_for_change(reader, timeout < 0 ? NULL : &deadline);
        ready = read_front(reader, to, room, read);
    }
    pthread_mutex_unlock(&reader->lock);
    return (tapir_stream_event)read->event;
}

/* Frees what waits; whoever waits looks again. */
static void stop(tapir_stream_reader *reader)
{
    reader->stopped = true;
    while (reader->first)
        remove_first(reader);
    pthread_cond_broadcast(&reader->changed);
}

void tapir_stream_reader_stop(tapir_stream_reader *reader)
{
    pthread_mutex_lock(&reader->lock);
    stop(reader);
    pthread_mutex_unlock(&reader->lock);
}

static void destroy(tapir_stream_reader *reader)
{
    pthread_cond_destroy(&reader->changed);
    pthread_mutex_destroy(&reader->lock);
    free(reader);
}

void tapir_stream_reader_end(tapir_stream_reader *reader)
{
    bool last;

    if (!reader)
        return;
    pthread_mutex_lock(&reader->lock);
    reader->fed = true;
    last = reader->freed;
    pthread_cond_broadcast(&reader->changed);
    pthread_mutex_unlock(&reader->lock);
    if (last)
        destroy(reader);
}

void tapir_stream_reader_free(tapir_stream_reader *reader)
{
    bool last;

    if (!reader)
        return;
    pthread_mutex_lock(&reader->lock);
    stop(reader);
    reader->freed = true;
    last = reader->fed;
    pthread_mutex_unlock(&reader->lock);
    if (last)
        destroy(reader);
}
