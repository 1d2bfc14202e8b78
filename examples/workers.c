/* Spreads the packets of a capture file over worker threads, both directions of a connection to the
 * same worker. usage: workers FILE [THREADS] */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tapir/tapir.h"

#define WORKERS_MAX 64
#define BATCH       64

/* Frames with bytes of their own, for those of a source are gone at its next read. */
struct batch {
    tapir_frame frames[BATCH];
    uint8_t *bytes[BATCH];
    size_t count;
};

/* A worker has a packet to itself; registries and filters may be shared, packets and sources not.
 */
struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct batch waiting; /* under the lock, as `done` is */
    bool done;
    uint64_t packets, payload;
};

/* Waits for frames; false when there are no more. */
static bool take(struct worker *worker, struct batch *batch)
{
    pthread_mutex_lock(&worker->lock);
    while (!worker->waiting.count && !worker->done)
        pthread_cond_wait(&worker->changed, &worker->lock);
    *batch = worker->waiting;
    worker->waiting.count = 0;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    return batch->count > 0;
}

static void *work(void *user)
{
    struct worker *worker = user;
    tapir_packet *packet = tapir_packet_new(NULL);
    struct batch batch;

    while (take(worker, &batch))
        for (size_t i = 0; i < batch.count; i++) {
            if (packet) {
                const tapir_layer *transport;
                tapir_packet_start(packet, &batch.frames[i]);
                transport = tapir_packet_role_last(packet, TAPIR_ROLE_TRANSPORT);
                worker->packets++;
                worker->payload += transport ? transport->payload_len : 0;
            }
            free(batch.bytes[i]);
        }
    tapir_packet_free(packet);
    return NULL;
}

/* Hands a copy of the frame to the worker, waiting for room; false when out of memory. */
static bool hand_over(struct worker *worker, const tapir_frame *frame)
{
    uint8_t *bytes = malloc(frame->caplen ? frame->caplen : 1);
    struct batch *waiting = &worker->waiting;

    if (!bytes)
        return false;
    if (frame->caplen)
        memcpy(bytes, frame->data, frame->caplen);
    pthread_mutex_lock(&worker->lock);
    while (waiting->count == BATCH)
        pthread_cond_wait(&worker->changed, &worker->lock);
    waiting->bytes[waiting->count] = bytes;
    waiting->frames[waiting->count] = *frame;
    waiting->frames[waiting->count].data = bytes;
    waiting->count++;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    return true;
}

static void finish(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->done = true;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
}

int main(int argc, char **argv)
{
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 4;
    struct worker *workers = calloc(WORKERS_MAX, sizeof *workers);
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_source *source;
    tapir_frame frame;
    tapir_error error;
    tapir_status status;

    if (argc < 2 || count < 1 || count > WORKERS_MAX || !workers || !packet) {
        fprintf(stderr, "usage: workers FILE [THREADS]\n");
        return 2;
    }
    if (tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "workers: %s\n", error.message);
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        pthread_mutex_init(&workers[i].lock, NULL);
        pthread_cond_init(&workers[i].changed, NULL);
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            return 1;
    }
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        tapir_connection connection = {0};

        /* The connection inside all tunnels; both directions hash alike. A random seed keeps
         * senders from choosing which worker they load. */
        tapir_packet_start(packet, &frame);
        tapir_packet_connection(packet, &connection);
        if (!hand_over(&workers[tapir_connection_hash(&connection, 1) % count], &frame))
            break;
    }
    for (size_t i = 0; i < count; i++) {
        finish(&workers[i]);
        printf("worker %zu: %" PRIu64 " packets, %" PRIu64 " bytes of payload\n", i,
            workers[i].packets, workers[i].payload);
    }
    tapir_source_close(source);
    tapir_packet_free(packet);
    free(workers);
    return status == TAPIR_END ? 0 : 1;
}
