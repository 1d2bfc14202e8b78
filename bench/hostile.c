/* Floods against a reassembler of little memory, or a defragmenter before it, and honest
 * connections beside them, of which no byte may be lost. Fails when one is, when memory goes beyond
 * its limit, or when the statistics do not say what was given up. */
#include "peers/measure.h"
#include "segments.h"

enum {
    HONEST = 64, /* connections */
    EVERY = 10,  /* hostile packets to one honest */
    HONEST_LEN = 1000,
    HALF = 512,
    PATTERN = 8192,   /* bytes that honest streams repeat */
    WINDOWS = 20,     /* parts of the flood that are timed on their own */
    ATTACKERS = 20000 /* connections that make others wait */
};

static struct segments segments;
static tapir_packet *packet;
static tapir_reassembler *reassembler;
static tapir_defragmenter *defragmenter; /* NULL: not needed */
static uint64_t handed_in;               /* to the reassembler */
static uint8_t pattern[PATTERN + HONEST_LEN];
static uint64_t honest_sent, honest_delivered, honest_wrong, honest_ended;
static bool finishing;

static void add_frame(const tapir_frame *frame)
{
    tapir_fragment_fate fate = TAPIR_FRAGMENT_NONE;
    tapir_datagram datagram;

    tapir_packet_start(packet, frame);
    if (defragmenter)
        fate = tapir_defragmenter_add(defragmenter, packet, &datagram);
    if (fate == TAPIR_FRAGMENT_NONE)
        tapir_reassembler_add(reassembler, packet);
    else if (fate == TAPIR_FRAGMENT_LAST)
        tapir_reassembler_add(reassembler, datagram.packet);
    handed_in += fate == TAPIR_FRAGMENT_NONE || fate == TAPIR_FRAGMENT_LAST;
}

static void add(void)
{
    segments.frame.time += 1000;
    add_frame(&segments.frame);
}

/* A number that looks random. */
static uint64_t mix(uint64_t n)
{
    n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
    return n ^ n >> 31;
}

/* Honest connections: all from one network that no flood uses, to one port. */

enum { HONEST_PORT = 7 };

static const uint32_t honest_network = 0x0a000000u, honest_server = 0xc6120001u;

static struct ends honest_ends(size_t index)
{
    return (struct ends){{honest_network + (uint32_t)index, honest_server}, {40000, HONEST_PORT}};
}

static void open_honest(size_t index)
{
    struct ends ends = honest_ends(index);

    segments_next(&segments, &ends, 0, 999, 0, TAPIR_TCP_SYN, 0);
    add();
    segments_next(&segments, &ends, 1, 1999, 1000, TAPIR_TCP_SYN | TAPIR_TCP_ACK, 0);
    add();
    segments_next(&segments, &ends, 0, 1000, 2000, TAPIR_TCP_ACK, 0);
    add();
}

/* Makes the segment at work a fragment: `len` bytes of its IP payload from `at`. */
static void cut(struct segments *fragment, uint16_t id, uint32_t at, uint32_t len, bool more)
{
    uint8_t *p = fragment->bytes;

    *fragment = segments;
    memmove(p + 34, p + 34 + at, len);
    tapir_store_be(p + 14 + 2, 2, 20 + len);
    tapir_store_be(p + 14 + 4, 2, id);
    tapir_store_be(p + 14 + 6, 2, (more ? 0x2000 : 0) | at / 8);
    fragment->frame.data = p;
    fragment->frame.caplen = fragment->frame.len = 34 + len;
}

static struct segments second;

static void add_second_half(void)
{
    if (!second.frame.data)
        return;
    second.frame.time = segments.frame.time;
    add_frame(&second.frame);
    second.frame.data = NULL;
}

/* Sends the segment at work in two fragments, the second one when it is time for the next. */
static void add_in_halves(uint16_t id)
{
    segments.frame.time += 1000;
    add_second_half();
    cut(&second, id, 0, HALF, true);
    add_frame(&second.frame);
    cut(&second, id, HALF, 20 + HONEST_LEN - HALF, false);
}

/* Every fourth segment of a connection comes one turn late, behind the next. */
static void send_honest(uint64_t turn)
{
    struct ends ends = honest_ends(turn % HONEST);
    uint64_t nth = turn / HONEST, place = nth % 4 == 2 ? nth + 1 : nth % 4 == 3 ? nth - 1 : nth;
    uint64_t offset = place * HONEST_LEN;

    memcpy(segments.bytes + SEGMENT_HEADERS, pattern + offset % PATTERN, HONEST_LEN);
    segments_next(&segments, &ends, 0, 1000 + (uint32_t)offset, 2000, TAPIR_TCP_ACK | TAPIR_TCP_PSH,
        HONEST_LEN);
    if (defragmenter)
        add_in_halves((uint16_t)nth);
    else
        add();
    honest_sent += HONEST_LEN;
}

static bool is_honest(const tapir_conversation *conversation)
{
    tapir_conversation_info info;

    tapir_conversation_get(conversation, &info);
    return tapir_load_be(info.connection.transport.dst.bytes, 2) == HONEST_PORT;
}

static bool on_opened(void *user, tapir_conversation *conversation)
{
    (void)user;
    if (is_honest(conversation))
        tapir_conversation_set_user(conversation, pattern);
    return true;
}

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    (void)user;
    if (!tapir_conversation_user(conversation))
        return;
    honest_delivered += chunk->bytes.len;
    honest_wrong +=
        chunk->gap > 0 || chunk->bytes.len > HONEST_LEN ||
        memcmp(chunk->bytes.data, pattern + chunk->offset % PATTERN, chunk->bytes.len) != 0;
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    (void)user;
    (void)reason;
    honest_ended += !finishing && tapir_conversation_user(conversation) == pattern;
}

/* Floods: each makes its n-th packet. */

/* Half-open connections. */
static void flood_syn(uint64_t n)
{
    uint64_t random = mix(n + 1);
    struct ends ends = {
        {(uint32_t)random | 0x80000000u, 0xc6120002u}, {(uint16_t)(random >> 32), 80}};

    segments_next(&segments, &ends, 0, (uint32_t)n, 0, TAPIR_TCP_SYN, 0);
}

/* The same from endpoints that differ in few bits, by the same in both: what a hash that adds up or
 * folds both ends together cannot tell apart. */
static void flood_alike(uint64_t n)
{
    uint32_t change = (uint32_t)(n & 0xffff) << 8;
    uint16_t port_change = (uint16_t)(n >> 16);
    struct ends ends = {{0x80000000u ^ change, 0xc0000000u ^ change},
        {(uint16_t)(1024 ^ port_change), (uint16_t)(0x8000 ^ port_change)}};

    segments_next(&segments, &ends, 0, 0, 0, TAPIR_TCP_SYN, 0);
}

/* Data of connections that were never opened, one packet each. */
static void flood_midstream(uint64_t n)
{
    uint64_t random = mix(n + 1);
    struct ends ends = {
        {(uint32_t)random | 0x80000000u, 0xc6120002u}, {(uint16_t)(random >> 32), 80}};

    segments_next(&segments, &ends, 0, (uint32_t)n, 1, TAPIR_TCP_ACK, 100);
}

/* Connections that are opened and reset at once: what is remembered of them adds up. */
static void flood_short(uint64_t n)
{
    uint64_t random = mix(n / 3 + 1);
    struct ends ends = {
        {(uint32_t)random | 0x80000000u, 0xc6120002u}, {(uint16_t)(random >> 32), 80}};

    switch (n % 3) {
    case 0:
        segments_next(&segments, &ends, 0, 99, 0, TAPIR_TCP_SYN, 0);
        break;
    case 1:
        segments_next(&segments, &ends, 1, 199, 100, TAPIR_TCP_SYN | TAPIR_TCP_ACK, 0);
        break;
    default:
        segments_next(&segments, &ends, 0, 100, 200, TAPIR_TCP_RST | TAPIR_TCP_ACK, 0);
        break;
    }
}

/* New connections between the same four pairs of ports, on and on. */
static void flood_reuse(uint64_t n)
{
    struct ends ends = {{0x80000000u, 0xc6120002u}, {(uint16_t)(1024 + n % 4), 80}};
    uint32_t isn = (uint32_t)mix(n / 12);

    switch (n / 4 % 3) {
    case 0:
        segments_next(&segments, &ends, 0, isn, 0, TAPIR_TCP_SYN, 0);
        break;
    case 1:
        segments_next(&segments, &ends, 1, ~isn, isn + 1, TAPIR_TCP_SYN | TAPIR_TCP_ACK, 0);
        break;
    default:
        segments_next(&segments, &ends, 0, isn + 1, ~isn + 1, TAPIR_TCP_ACK, 200);
        break;
    }
}

/* Segments of a byte with a gap in front of each, every one before the last: sorted in at the
 * front of a queue that never gets on. */
static void wait_at(uint64_t attacker, uint64_t nth)
{
    enum { SPAN = 60000 };
    struct ends ends = {{0x80000000u + (uint32_t)attacker, 0xc6120002u}, {5000, 80}};
    uint64_t lap = nth * 2 / SPAN, place = nth * 2 % SPAN;

    if (nth == 0)
        segments_next(&segments, &ends, 0, 0, 1, TAPIR_TCP_ACK, 0);
    else
        segments_next(
            &segments, &ends, 0, (uint32_t)((lap + 1) * SPAN - place), 1, TAPIR_TCP_ACK, 1);
}

static void flood_queue(uint64_t n)
{
    wait_at(n % 4, n / 4);
}

static void flood_queues(uint64_t n)
{
    wait_at(n % ATTACKERS, n / ATTACKERS);
}

/* Datagrams of which only the first fragment comes. */
static void flood_fragments(uint64_t n)
{
    struct ends ends = {{(uint32_t)mix(n + 1) | 0x80000000u, 0xc6120002u}, {5000, 80}};

    segments_next(&segments, &ends, 0, 1, 1, TAPIR_TCP_ACK, 100);
    tapir_store_be(segments.bytes + 14 + 6, 2, 0x2000);
}

/* Pieces of 8 bytes with a gap in front of each, of datagrams that are never complete. */
static void flood_pieces(uint64_t n)
{
    enum { DATAGRAMS = 500, LAST = 8000 };
    struct ends ends = {{0x80000000u, 0xc6120002u}, {5000, 80}};
    uint64_t nth = n / DATAGRAMS;

    segments_next(&segments, &ends, 0, 1, 1, TAPIR_TCP_ACK, 0);
    tapir_store_be(segments.bytes + 14 + 2, 2, 28);
    tapir_store_be(segments.bytes + 14 + 4, 2, n % DATAGRAMS + nth * 2 / LAST * DATAGRAMS);
    tapir_store_be(segments.bytes + 14 + 6, 2, 0x2000 | (LAST - nth * 2 % LAST));
    segments.frame.caplen = segments.frame.len = 34 + 8;
}

static const struct flood {
    const char *name;
    void (*make)(uint64_t n);
    bool fragments; /* honest segments come in fragments, too */
} floods[] = {{"none", NULL, false}, {"syn", flood_syn, false}, {"alike", flood_alike, false},
    {"midstream", flood_midstream, false}, {"short", flood_short, false},
    {"reuse", flood_reuse, false}, {"queue", flood_queue, false}, {"queues", flood_queues, false},
    {"fragments", flood_fragments, true}, {"pieces", flood_pieces, true}};

/* Sends the flood; fills the time that each part of it took, by packet. Returns the packets. */
static uint64_t run(const struct flood *flood, uint64_t count, double ns[WINDOWS])
{
    uint64_t turn = 0, packets = 0;

    for (unsigned i = 0; i < WINDOWS; i++) {
        uint64_t before = packets;
        double start = now_ns();
        for (uint64_t n = count * i / WINDOWS; n < count * (i + 1) / WINDOWS; n++) {
            if (flood->make) {
                flood->make(n);
                add();
                packets++;
                tapir_store_be(segments.bytes + 14 + 4, 4, 0); /* no fragment again */
            }
            if (!flood->make || n % EVERY == 0) {
                send_honest(turn++);
                packets++;
            }
        }
        ns[i] = (now_ns() - start) / (double)(packets - before);
    }
    /* Whoever is one turn late comes now. */
    for (; turn % (4 * (uint64_t)HONEST); packets++)
        send_honest(turn++);
    add_second_half();
    return packets;
}

/* The same of fragments. Returns how much memory they took at most. */
static size_t check_fragments(void)
{
    enum { MOST = 4 << 20, MORE = 2 * 65536 /* for one that is complete */ };
    tapir_defragmenter_stats stats;
    uint64_t ended, completed;

    if (!defragmenter)
        return 0;
    tapir_defragmenter_get_stats(defragmenter, &stats);
    ended = stats.timed_out + stats.evicted + stats.flushed + stats.rejected;
    completed = stats.completed[TAPIR_FRAGMENT_IPV4];
    printf("fragments=%llu completed=%llu evicted=%llu lost_fragments=%llu ",
        (unsigned long long)stats.fragments[TAPIR_FRAGMENT_IPV4], (unsigned long long)completed,
        (unsigned long long)stats.evicted, (unsigned long long)stats.lost_fragments);
    if (stats.most_memory > MOST + MORE)
        fail("hostile", "more memory for fragments than is allowed");
    if (completed != honest_sent / HONEST_LEN)
        fail("hostile", "honest datagrams are not complete");
    if (stats.lost_fragments < ended || ended == 0)
        fail("hostile", "fragments were given up that nobody counted");
    return stats.most_memory;
}

/* Every packet and every connection must be accounted for. */
static void check(size_t most)
{
    tapir_reassembler_stats stats;
    uint64_t ended = 0;

    tapir_reassembler_get_stats(reassembler, &stats);
    for (unsigned reason = 0; reason <= TAPIR_END_FINISHED; reason++)
        ended += stats.ended[reason];
    printf("held=%zu connections=%llu ended_for_memory=%llu gaps_for_memory=%llu "
           "out_of_memory=%llu late=%llu ",
        stats.most_memory + check_fragments(), (unsigned long long)stats.connections,
        (unsigned long long)stats.ended[TAPIR_END_MEMORY],
        (unsigned long long)stats.gaps_for_memory, (unsigned long long)stats.out_of_memory,
        (unsigned long long)stats.late);
    if (stats.most_memory > most)
        fail("hostile", "more memory than is allowed");
    if (stats.packets != handed_in || stats.tcp != handed_in)
        fail("hostile", "packets that nobody counted");
    if (stats.connections != stats.open + ended)
        fail("hostile", "connections that ended without a reason");
    if (honest_ended)
        fail("hostile", "honest connections were given up");
    if (honest_wrong || honest_delivered != honest_sent)
        fail("hostile", "bytes of honest connections are missing or wrong");
}

int main(int argc, char **argv)
{
    size_t most = (argc == 4 ? strtoull(argv[3], NULL, 10) : 16) << 20;
    uint64_t count = argc >= 3 ? strtoull(argv[2], NULL, 10) : 0, packets;
    const struct flood *flood = NULL;
    double ns[WINDOWS], start, worst = 0;

    for (size_t i = 0; argc >= 3 && i < TAPIR_COUNT(floods); i++)
        if (strcmp(argv[1], floods[i].name) == 0)
            flood = &floods[i];
    if (!flood || count < WINDOWS || most == 0)
        fail("usage", "hostile none|syn|alike|midstream|short|reuse|queue|queues|fragments|pieces "
                      "PACKETS [MIB]");
    tapir_reassembler_options options = {.size = sizeof options,
        .calls = {.opened = on_opened, .data = on_data, .closed = on_closed},
        .max_memory = most};
    packet = tapir_packet_new(NULL);
    reassembler = tapir_reassembler_new(&options);
    if (flood->fragments)
        defragmenter = tapir_defragmenter_new(NULL);
    if (!packet || !reassembler || (flood->fragments && !defragmenter))
        fail("hostile", "out of memory");
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)mix(i % PATTERN);
    segments_init(&segments);
    for (size_t i = 0; i < HONEST; i++)
        open_honest(i);
    start = now_ns();
    packets = run(flood, count, ns);
    start = now_ns() - start;
    for (unsigned i = 0; i < WINDOWS; i++)
        worst = ns[i] > worst ? ns[i] : worst;
    check(most);
    finishing = true;
    tapir_reassembler_finish(reassembler);
    tapir_reassembler_free(reassembler);
    tapir_defragmenter_free(defragmenter);
    tapir_packet_free(packet);
    printf("early=%.2f late=%.2f worst=%.2f ", ns[0], ns[WINDOWS - 1], worst);
    report(start, packets, honest_delivered);
    return 0;
}
