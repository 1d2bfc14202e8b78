/* tapir's side of capturing: counts the frames of an interface, decodes all their layers, or shares
 * them between workers. */
#include "peers/live.h"
#include "tapir/tapir.h"

#include <pthread.h>

enum { BATCH = 64, WORKERS = 2, SEEN = 1 << 17, GROUP = 4242 };

/* The connections a worker saw: hashes in an open table, 0 where it is free. */
struct seen {
    uint64_t hashes[SEEN];
    size_t count;
};

struct worker {
    tapir_source *source;
    tapir_packet *packet; /* NULL: frames are counted only */
    struct seen *seen;    /* NULL: nobody asks for connections */
    uint64_t packets, bytes, layers;
    pthread_t thread;
};

/* Returns where the hash stands, or would. */
static uint64_t *place_of(struct seen *seen, uint64_t hash)
{
    size_t at = hash % SEEN;

    while (seen->hashes[at] && seen->hashes[at] != hash)
        at = (at + 1) % SEEN;
    return &seen->hashes[at];
}

/* The kernel does not look into VXLAN, so what is inside cannot stay together. */
static void remember(struct seen *seen, tapir_packet *packet)
{
    tapir_connection connection;
    uint64_t hash, *place;

    if (!tapir_packet_connection(packet, &connection) ||
        connection.transport.src.type == TAPIR_ENDPOINT_NONE || TAPIR_FIND(packet, vxlan))
        return;
    hash = tapir_connection_hash(&connection, 0);
    place = place_of(seen, hash);
    if (*place)
        return;
    if (++seen->count > SEEN / 2)
        fail("connections", "too many");
    *place = hash;
}

static void take(struct worker *worker, const tapir_frame *frames, size_t count)
{
    size_t layers;

    worker->packets += count;
    for (size_t i = 0; i < count; i++) {
        worker->bytes += frames[i].caplen;
        if (!worker->packet)
            continue;
        tapir_packet_decode(worker->packet, &frames[i]);
        tapir_packet_so_far(worker->packet, &layers);
        worker->layers += layers;
        if (worker->seen)
            remember(worker->seen, worker->packet);
    }
}

static void *work(void *user)
{
    struct worker *worker = user;
    tapir_frame frames[BATCH];
    size_t count;

    while (!live_stopped) {
        tapir_status status = tapir_source_next_batch(worker->source, frames, BATCH, &count);
        if (status == TAPIR_OK)
            take(worker, frames, count);
        else if (status != TAPIR_TIMEOUT)
            fail("capture", tapir_source_error(worker->source)->message);
    }
    return NULL;
}

static void set_up(struct worker *worker, const char *interface,
    const tapir_capture_options *options, bool decodes)
{
    tapir_error error;

    if (tapir_capture_open(&worker->source, interface, options, &error) != TAPIR_OK)
        fail(interface, error.message);
    if (decodes && !(worker->packet = tapir_packet_new(NULL)))
        fail("packet", "out of memory");
    if (options->fanout.mode && !(worker->seen = calloc(1, sizeof *worker->seen)))
        fail("connections", "out of memory");
}

/* How evenly frames were shared, and how many connections more than one worker saw. */
static void report_sharing(struct worker *workers)
{
    uint64_t all = workers[0].packets + workers[1].packets, torn = 0;

    for (size_t i = 0; i < SEEN; i++)
        torn += workers[0].seen->hashes[i] &&
                *place_of(workers[1].seen, workers[0].seen->hashes[i]) != 0;
    printf("share=%.4f connections=%zu torn=%llu ",
        all ? (double)workers[0].packets / (double)all : 0,
        workers[0].seen->count + workers[1].seen->count - torn, (unsigned long long)torn);
}

static void run(struct worker *workers, size_t count)
{
    uint64_t packets = 0, bytes = 0, layers = 0;

    live_ready(live_stop);
    for (size_t i = 1; i < count; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            fail("thread", "cannot be started");
    work(&workers[0]);
    for (size_t i = 0; i < count; i++) {
        if (i && pthread_join(workers[i].thread, NULL) != 0)
            fail("thread", "cannot be joined");
        packets += workers[i].packets;
        bytes += workers[i].bytes;
        layers += workers[i].layers;
    }
    if (count == WORKERS)
        report_sharing(workers);
    printf("layers=%llu ", (unsigned long long)layers);
    live_report(packets, bytes);
    for (size_t i = 0; i < count; i++) {
        tapir_source_close(workers[i].source);
        tapir_packet_free(workers[i].packet);
        free(workers[i].seen);
    }
}

/* Prints the methods that were built in, one a line. */
static void print_methods(void)
{
    for (int method = TAPIR_CAPTURE_PCAP; method <= TAPIR_CAPTURE_AFXDP; method++)
        if (tapir_capture_has((tapir_capture_method)method))
            puts(tapir_capture_method_name((tapir_capture_method)method));
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    tapir_capture_options options = {
        .size = sizeof options, .buffer = LIVE_BUFFER, .timeout = LIVE_PATIENCE * INT64_C(1000000)};
    bool decodes = strcmp(mode, "count") != 0, shares = strcmp(mode, "fanout") == 0;
    struct worker workers[WORKERS] = {{.source = NULL}};
    size_t count = shares ? WORKERS : 1;

    if (strcmp(mode, "methods") == 0) {
        print_methods();
        return 0;
    }
    if (argc != 3 || (decodes && !shares && strcmp(mode, "decode") != 0))
        fail("usage", "capture count|decode|fanout METHOD:INTERFACE | capture methods");
    if (shares)
        options.fanout = (tapir_fanout){.mode = TAPIR_FANOUT_HASH, .id = GROUP};
    for (size_t i = 0; i < count; i++)
        set_up(&workers[i], argv[2], &options, decodes);
    run(workers, count);
    return 0;
}
