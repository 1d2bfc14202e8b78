/* Frames shared out to threads with a reassembler each, a batch at a time: of locks there is one
 * for hundreds of packets. */
#include "tapir/shards.h"

#include "stream/conversation.h"
#include "stream/seed.h"

#include "tapir/defragment.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    WORKERS_MAX = 64,
    BATCHES = 4, /* of a worker, on their way or being filled */
    BATCH_FRAMES = 512,
    BATCH_BYTES =
        1 << 18 /* a batch is handed over when so much is in it; a longer frame makes it longer */
};

struct batch {
    tapir_frame frames[BATCH_FRAMES];
    size_t count;
    uint8_t *bytes; /* of the frames, one behind the other */
    size_t len, room;
};

/* A thread, and the ring of batches that leads to it. */
struct worker {
    tapir_shards *shards;
    unsigned number;
    pthread_t thread;
    tapir_reassembler *reassembler;
    tapir_packet *packet;
    struct batch batches[BATCHES];
    struct batch *filling; /* of whoever adds frames, no lock needed */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t filled, done; /* batches handed over, and worked off; under the lock */
    bool over;           /* no more will come; under the lock */
};

struct tapir_shards {
    tapir_shards_options options;
    tapir_packet *packet;
    tapir_defragmenter *defragmenter; /* NULL: fragments are left alone */
    tapir_reassembler_stats stats;    /* of what no worker gets */
    uint64_t seed;
    bool plain; /* usual segments are found without the packet */
    bool finished;
    unsigned workers, room; /* started; there is memory for */
    struct worker *worker;
};

static void work_off(struct worker *worker, struct batch *batch)
{
    const uint8_t *bytes = batch->bytes;

    for (size_t i = 0; i < batch->count; i++) {
        batch->frames[i].data = bytes;
        bytes += batch->frames[i].caplen;
    }
    tapir_reassembler_add_frames(worker->reassembler, worker->packet, batch->frames, batch->count);
}

/* Waits for a batch; NULL: there will be none. */
static struct batch *next_batch(struct worker *worker)
{
    struct batch *batch = NULL;

    pthread_mutex_lock(&worker->lock);
    while (worker->filled == worker->done && !worker->over)
        pthread_cond_wait(&worker->changed, &worker->lock);
    if (worker->filled != worker->done)
        batch = &worker->batches[worker->done % BATCHES];
    pthread_mutex_unlock(&worker->lock);
    return batch;
}

static void *run(void *context)
{
    struct worker *worker = context;
    const tapir_shards_options *options = &worker->shards->options;
    struct batch *batch;

    if (options->begin)
        worker->reassembler->options.user = options->begin(options->user, worker->number);
    while ((batch = next_batch(worker))) {
        work_off(worker, batch);
        pthread_mutex_lock(&worker->lock);
        worker->done++;
        pthread_cond_signal(&worker->changed);
        pthread_mutex_unlock(&worker->lock);
    }
    tapir_reassembler_finish(worker->reassembler);
    return NULL;
}

/* Hands the batch over that was filled, and waits for an empty one. */
static void hand_over(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->filled++;
    pthread_cond_signal(&worker->changed);
    while (worker->filled - worker->done == BATCHES)
        pthread_cond_wait(&worker->changed, &worker->lock);
    worker->filling = &worker->batches[worker->filled % BATCHES];
    pthread_mutex_unlock(&worker->lock);
    worker->filling->count = worker->filling->len = 0;
}

static bool make_room(struct batch *batch, size_t len)
{
    size_t room = batch->room ? batch->room : BATCH_BYTES;
    uint8_t *bytes;

    while (room < batch->len + len)
        room *= 2;
    if (room == batch->room)
        return true;
    bytes = realloc(batch->bytes, room);
    if (!bytes)
        return false;
    batch->bytes = bytes;
    batch->room = room;
    return true;
}

static void put(tapir_shards *shards, struct worker *worker, const tapir_frame *frame)
{
    struct batch *batch = worker->filling;
    tapir_frame *copy;

    if (batch->count == BATCH_FRAMES ||
        (batch->count && batch->len + frame->caplen > BATCH_BYTES)) {
        hand_over(worker);
        batch = worker->filling;
    }
    if (!make_room(batch, frame->caplen)) {
        shards->stats.out_of_memory++;
        return;
    }
    copy = &batch->frames[batch->count++];
    *copy = *frame;
    copy->comment = tapir_span_of(NULL, 0); /* these do not outlive the source */
    copy->block = NULL;
    memcpy(batch->bytes + batch->len, frame->data, frame->caplen);
    batch->len += frame->caplen;
}

/* Puts a frame where the other segments of its connection are. */
static void put_segment(
    tapir_shards *shards, const struct segment *segment, const tapir_frame *frame)
{
    uint32_t hash = tapir__key_hash(&segment->key, shards->seed);

    put(shards, &shards->worker[hash % shards->workers], frame);
}

void tapir_shards_add(tapir_shards *shards, const tapir_frame *frame)
{
    tapir_packet *packet = shards->packet;
    struct segment segment;
    tapir_datagram datagram;

    if (shards->plain && tapir__plain_segment(frame, &segment)) {
        put_segment(shards, &segment, frame);
        return;
    }
    tapir_packet_start(packet, frame);
    if (shards->defragmenter)
        switch (tapir_defragmenter_add(shards->defragmenter, packet, &datagram)) {
        case TAPIR_FRAGMENT_LAST:
            packet = datagram.packet;
            frame = &datagram.frame;
            break;
        case TAPIR_FRAGMENT_TAKEN:
        case TAPIR_FRAGMENT_DROPPED:
            shards->stats.packets++;
            shards->stats.fragments++;
            return;
        case TAPIR_FRAGMENT_NONE:
            break;
        }
    /* The worker counts it as what it is. */
    if (tapir__segment_of(packet, &segment) == SEGMENT_TCP)
        put_segment(shards, &segment, frame);
    else
        put(shards, shards->worker, frame);
}

void tapir_shards_finish(tapir_shards *shards)
{
    if (shards->finished)
        return;
    shards->finished = true;
    for (unsigned i = 0; i < shards->workers; i++) {
        struct worker *worker = &shards->worker[i];

        hand_over(worker);
        pthread_mutex_lock(&worker->lock);
        worker->over = true;
        pthread_cond_signal(&worker->changed);
        pthread_mutex_unlock(&worker->lock);
    }
    for (unsigned i = 0; i < shards->workers; i++)
        pthread_join(shards->worker[i].thread, NULL);
}

/* Starts a worker; false when out of memory or threads. */
static bool start(tapir_shards *shards, unsigned number)
{
    struct worker *worker = &shards->worker[number];

    worker->shards = shards;
    worker->number = number;
    worker->filling = worker->batches;
    worker->reassembler = tapir_reassembler_new(&shards->options.streams);
    worker->packet = tapir_packet_new(shards->options.registry);
    if (!worker->reassembler || !worker->packet)
        return false;
    worker->reassembler->options.user = shards->options.begin ? NULL : shards->options.user;
    return pthread_create(&worker->thread, NULL, run, worker) == 0;
}

static unsigned wanted_workers(const tapir_shards_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    long wanted = options->workers ? (long)options->workers : processors;

    return wanted < 1 ? 1 : wanted < WORKERS_MAX ? (unsigned)wanted : WORKERS_MAX;
}

/* Makes everything there is one of, and room for the workers; false when out of memory. */
static bool prepare(tapir_shards *shards)
{
    unsigned room = wanted_workers(&shards->options);

    shards->packet = tapir_packet_new(shards->options.registry);
    shards->worker = calloc(room, sizeof *shards->worker);
    if (!shards->options.no_defragment)
        shards->defragmenter = tapir_defragmenter_new(NULL);
    if (!shards->packet || !shards->worker ||
        (!shards->options.no_defragment && !shards->defragmenter))
        return false;
    shards->plain = tapir__is_plain_registry(tapir_packet_registry(shards->packet));
    for (shards->room = 0; shards->room < room; shards->room++) {
        pthread_mutex_init(&shards->worker[shards->room].lock, NULL);
        pthread_cond_init(&shards->worker[shards->room].changed, NULL);
    }
    return tapir__random_seed(&shards->seed);
}

tapir_shards *tapir_shards_new(const tapir_shards_options *options, tapir_error *error)
{
    tapir_shards *shards = calloc(1, sizeof *shards);
    bool ready;

    if (shards && options)
        memcpy(&shards->options, options,
            options->size < sizeof shards->options ? options->size : sizeof shards->options);
    if (shards)
        shards->options.streams.defragmenter = NULL;
    ready = shards && prepare(shards);
    for (; ready && shards->workers < shards->room; shards->workers += ready)
        ready = start(shards, shards->workers);
    if (ready)
        return shards;
    tapir_shards_free(shards);
    tapir_error_set(error, TAPIR_NO_MEMORY, "cannot start threads to reassemble: out of memory");
    return NULL;
}

static void add_stats(tapir_reassembler_stats *sum, const tapir_reassembler_stats *one)
{
    sum->packets += one->packets;
    sum->tcp += one->tcp;
    sum->fragments += one->fragments;
    sum->bad_checksum += one->bad_checksum;
    sum->malformed += one->malformed;
    sum->rejected += one->rejected;
    sum->late += one->late;
    sum->connections += one->connections;
    sum->open += one->open;
    sum->unwanted += one->unwanted;
    for (size_t i = 0; i < TAPIR_COUNT(sum->ended); i++)
        sum->ended[i] += one->ended[i];
    sum->gaps += one->gaps;
    sum->gap_bytes += one->gap_bytes;
    sum->gaps_for_memory += one->gaps_for_memory;
    sum->delivered += one->delivered;
    sum->out_of_memory += one->out_of_memory;
    sum->memory += one->memory;
    sum->most_memory += one->most_memory;
}

void tapir_shards_get_stats(const tapir_shards *shards, tapir_reassembler_stats *stats)
{
    *stats = shards->stats;
    for (unsigned i = 0; i < shards->workers; i++)
        add_stats(stats, &shards->worker[i].reassembler->stats);
}

unsigned tapir_shards_workers(const tapir_shards *shards)
{
    return shards->workers;
}

void tapir_shards_free(tapir_shards *shards)
{
    if (!shards)
        return;
    tapir_shards_finish(shards);
    for (unsigned i = 0; i < shards->room; i++) {
        struct worker *worker = &shards->worker[i];

        tapir_reassembler_free(worker->reassembler);
        tapir_packet_free(worker->packet);
        for (size_t j = 0; j < BATCHES; j++)
            free(worker->batches[j].bytes);
        pthread_mutex_destroy(&worker->lock);
        pthread_cond_destroy(&worker->changed);
    }
    free(shards->worker);
    tapir_packet_free(shards->packet);
    tapir_defragmenter_free(shards->defragmenter);
    free(shards);
}
