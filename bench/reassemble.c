/* tapir's side of streams: frames in, every byte of both streams in order, a checksum over each. */
#include "peers/found.h"
#include "tapir/tapir.h"

/* Both streams of a connection; in a list when in no use. */
struct pair {
    struct found way[2];
    struct pair *next;
};

static struct pair *unused;

static bool on_opened(void *user, tapir_conversation *conversation)
{
    struct pair *pair = unused ? unused : malloc(sizeof *pair);

    (void)user;
    if (!pair)
        fail("tapir", "out of memory");
    if (unused)
        unused = unused->next;
    memset(pair, 0, sizeof *pair);
    tapir_conversation_set_user(conversation, pair);
    return true;
}

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct pair *pair = tapir_conversation_user(conversation);
    struct found *found = &pair->way[chunk->way];

    (void)user;
    /* What is missing before a FIN is no part of what the file holds. */
    if (chunk->gap && chunk->bytes.len)
        found_gap(found, chunk->gap);
    found_bytes(found, chunk->bytes.data, chunk->bytes.len);
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct pair *pair = tapir_conversation_user(conversation);
    tapir_conversation_info info;

    (void)user;
    (void)reason;
    tapir_conversation_get(conversation, &info);
    for (unsigned way = 0; way < 2; way++) {
        const tapir_flow *network = &info.connection.network,
                         *transport = &info.connection.transport;
        const tapir_endpoint *from = way == TAPIR_FORWARD ? &network->src : &network->dst,
                             *to = way == TAPIR_FORWARD ? &network->dst : &network->src,
                             *from_port = way == TAPIR_FORWARD ? &transport->src : &transport->dst,
                             *to_port = way == TAPIR_FORWARD ? &transport->dst : &transport->src;
        const tapir_stream *stream = &info.way[way];

        if (stream->delivered != pair->way[way].delivered ||
            stream->gap_bytes < pair->way[way].gap_bytes)
            fail("tapir", "counts other bytes than it delivers");
        found_stream(&pair->way[way], from->bytes, to->bytes, from->len,
            (unsigned)tapir_load_be(from_port->bytes, 2),
            (unsigned)tapir_load_be(to_port->bytes, 2));
    }
    pair->next = unused;
    unused = pair;
}

static void free_unused(void)
{
    while (unused) {
        struct pair *next = unused->next;
        free(unused);
        unused = next;
    }
}

static tapir_reassembler_options options = {
    .size = sizeof options,
    .calls = {.opened = on_opened, .data = on_data, .closed = on_closed},
};

static void report_memory(const tapir_reassembler *reassembler)
{
    tapir_reassembler_stats stats;

    tapir_reassembler_get_stats(reassembler, &stats);
    printf("held=%zu late=%llu given_up=%llu ", stats.most_memory, (unsigned long long)stats.late,
        (unsigned long long)stats.gaps_for_memory);
}

enum { BATCH = 32 }; /* frames at a time */

static void reassemble_file(const char *path, const char *lines)
{
    tapir_reassembler *reassembler = tapir_reassembler_new(&options);
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_error error;
    tapir_source *source;
    tapir_status status;
    tapir_frame frames[BATCH];
    size_t packets = 0, count;
    double start = now_ns();

    if (!reassembler || !packet)
        fail("tapir", "out of memory");
    if (tapir_source_open_file(&source, path, NULL, &error) != TAPIR_OK)
        fail(path, error.message);
    found_begin(lines);
    do {
        status = tapir_source_next_batch(source, frames, BATCH, &count);
        tapir_reassembler_add_frames(reassembler, packet, frames, count);
        packets += count;
    } while (status == TAPIR_OK);
    if (status != TAPIR_END)
        fail(path, tapir_source_error(source)->message);
    tapir_reassembler_finish(reassembler);
    start = now_ns() - start;
    report_memory(reassembler);
    found_end();
    report(start, packets, all_found.sum);
    tapir_source_close(source);
    tapir_packet_free(packet);
    tapir_reassembler_free(reassembler);
    free_unused();
}

/* What one pass over a capture in memory needs. */
struct workers {
    tapir_reassembler *reassembler;
    tapir_packet *packet;
};

static uint64_t reassemble_frames(const struct capture *capture, void *user)
{
    const struct workers *workers = user;
    tapir_frame frames[BATCH] = {{0}};

    found_begin(NULL);
    for (size_t at = 0, count; at < capture->count; at += count) {
        for (count = 0; count < BATCH && at + count < capture->count; count++) {
            const struct frame *taken = &capture->frames[at + count];

            tapir_frame_prefetch(taken->data);
            frames[count].link_type = TAPIR_LINK_TYPE_ETHERNET;
            frames[count].data = taken->data;
            frames[count].caplen = frames[count].len = taken->len;
            frames[count].time = frame_time(taken);
            frames[count].number = at + count + 1;
        }
        tapir_reassembler_add_frames(workers->reassembler, workers->packet, frames, count);
    }
    tapir_reassembler_finish(workers->reassembler);
    return all_found.sum;
}

static void reassemble_memory(const char *path, int passes)
{
    struct workers workers = {tapir_reassembler_new(&options), tapir_packet_new(NULL)};
    struct capture capture = load(path);

    if (!workers.reassembler || !workers.packet)
        fail("tapir", "out of memory");
    measure(&capture, passes, reassemble_frames, &workers);
    report_memory(workers.reassembler);
    found_end();
    putchar('\n');
    unload(&capture);
    tapir_packet_free(workers.packet);
    tapir_reassembler_free(workers.reassembler);
    free_unused();
}

int main(int argc, char **argv)
{
    crc_init();
    if (argc == 5 && !tapir_overlap_find(argv[4], &options.overlap))
        fail(argv[4], "is no policy of overlaps");
    if (argc >= 3 && argc <= 5 && strcmp(argv[1], "file") == 0)
        reassemble_file(argv[2], argv[3]);
    else if (argc == 4 && strcmp(argv[1], "memory") == 0)
        reassemble_memory(argv[2], atoi(argv[3]));
    else
        fail("usage", "reassemble file FILE [STREAMS [POLICY]] | reassemble memory FILE PASSES");
    return 0;
}
