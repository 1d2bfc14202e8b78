/* What a packet costs with so many connections open at once: each has its turn, in an order that no
 * cache foresees, and sends one packet of an exchange or all three of them, two segments of data
 * and their acknowledgment. */
#include "peers/measure.h"
#include "segments.h"

enum {
    LEN = 512,
    STRIDE = 611953, /* a prime number: all connections have their turn */
    BATCH = 64       /* frames that a source hands out together */
};

static uint64_t delivered;

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    (void)user;
    (void)conversation;
    if (chunk->gap)
        fail("connections", "a gap where nothing is missing");
    delivered += chunk->bytes.len;
}

static struct segments batch[BATCH];
static tapir_frame frames[BATCH];
static size_t filled;
static int64_t now;
static tapir_packet *packet;
static tapir_reassembler *reassembler;

static void hand_over(void)
{
    tapir_reassembler_add_frames(reassembler, packet, frames, filled);
    filled = 0;
}

static void add(
    const struct ends *ends, unsigned from, uint32_t seq, uint32_t ack, unsigned flags, size_t len)
{
    struct segments *segments = &batch[filled];

    segments_next(segments, ends, from, seq, ack, flags, (uint32_t)len);
    frames[filled] = segments->frame;
    frames[filled].time = now;
    if (++filled == BATCH)
        hand_over();
}

static struct ends ends_of(size_t index)
{
    return (struct ends){{0x0a000000u + (uint32_t)(index / 50000), 0xc6120001u},
        {(uint16_t)(10000 + index % 50000), 443}};
}

static uint32_t isn_of(size_t index)
{
    return (uint32_t)index * 2654435761u;
}

/* The three-way handshake of a connection. */
static void open_connection(size_t index)
{
    struct ends ends = ends_of(index);
    uint32_t isn = isn_of(index);

    add(&ends, 0, isn, 0, TAPIR_TCP_SYN, 0);
    add(&ends, 1, ~isn, isn + 1, TAPIR_TCP_SYN | TAPIR_TCP_ACK, 0);
    add(&ends, 0, isn + 1, ~isn + 1, TAPIR_TCP_ACK, 0);
}

/* The n-th packet of a connection: data, data, acknowledgment, and again. */
static void say(size_t index, size_t nth)
{
    struct ends ends = ends_of(index);
    uint32_t isn = isn_of(index);
    uint32_t at = isn + 1 + (uint32_t)(nth / 3 * 2 + nth % 3) * LEN;

    if (nth % 3 < 2)
        add(&ends, 0, at, ~isn + 1, TAPIR_TCP_ACK | TAPIR_TCP_PSH, LEN);
    else
        add(&ends, 1, ~isn + 1, at, TAPIR_TCP_ACK, 0);
}

int main(int argc, char **argv)
{
    tapir_reassembler_options options = {
        .size = sizeof options, .calls = {.data = on_data}, .max_memory = (size_t)4 << 30};
    size_t count = argc == 4 ? strtoull(argv[1], NULL, 10) : 0;
    size_t train = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
    size_t packets = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
    tapir_reassembler_stats stats;
    double start;

    if (count == 0 || count > 10000000 || count % STRIDE == 0 || packets == 0 ||
        (train != 1 && train != 3))
        fail("usage", "connections COUNT 1|3 PACKETS (COUNT at most 10,000,000)");
    packet = tapir_packet_new(NULL);
    reassembler = tapir_reassembler_new(&options);
    if (!packet || !reassembler)
        fail("connections", "out of memory");
    for (size_t i = 0; i < BATCH; i++)
        segments_init(&batch[i]);
    now = batch[0].frame.time;
    for (size_t i = 0; i < count; i++)
        open_connection(i);
    start = now_ns();
    for (size_t i = 0; i < packets; i++) {
        now += 1000;
        size_t turn = i / train, round = turn / count;
        say(turn % count * STRIDE % count, round * train + i % train);
    }
    hand_over();
    start = now_ns() - start;
    tapir_reassembler_get_stats(reassembler, &stats);
    if (stats.open != count || delivered != stats.delivered)
        fail("connections", "not all of them are open");
    printf("open=%llu held=%zu bytes_each=%zu ", (unsigned long long)stats.open, stats.most_memory,
        stats.most_memory / count);
    tapir_reassembler_free(reassembler);
    tapir_packet_free(packet);
    report(start, packets, delivered);
    return 0;
}
