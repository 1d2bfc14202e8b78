/* Whatever happens to the segments of a stream on their way, its bytes are the same; and where they
 * contradict each other, they are the reference's. Random, by seeds that are told on failure:
 * TAPIR_TEST_SEED=N begins with that one. */
#include "../reference.h"
#include "streams.h"

enum { MOST_SEGMENTS = 1200, STREAM_ROOM = 24000, ROUNDS = 150 };

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    /* splitmix64 */
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) % limit);
}

static uint64_t first_seed(void)
{
    const char *given = getenv("TAPIR_TEST_SEED");

    return given ? strtoull(given, NULL, 10) : 1;
}

/* Of one direction: what was said, and what was heard of it. */
static struct side {
    uint8_t said[STREAM_ROOM];
    size_t len;
    uint8_t heard[STREAM_ROOM];
    uint64_t frame[STREAM_ROOM]; /* that a byte is said to be from */
    size_t heard_len;
    uint64_t gaps;
    bool started, ended, wrong;
} sides[2];

static int closed_by;

static void hear(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct side *side = &sides[chunk->way];

    (void)user;
    (void)conversation;
    side->wrong |= side->ended || chunk->offset != side->heard_len + chunk->gap || chunk->kept ||
                   chunk->start != !side->started || chunk->offset + chunk->bytes.len > STREAM_ROOM;
    if (side->wrong)
        return;
    side->started = true;
    side->ended = chunk->end;
    side->gaps += chunk->gap;
    side->heard_len += chunk->gap;
    for (size_t i = 0; i < chunk->bytes.len; i++)
        side->frame[side->heard_len + i] = chunk->frame;
    if (chunk->bytes.len)
        memcpy(side->heard + side->heard_len, chunk->bytes.data, chunk->bytes.len);
    side->heard_len += chunk->bytes.len;
}

static void hear_the_end(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    (void)user;
    (void)conversation;
    closed_by = (int)reason;
}

static void begin_round(uint64_t seed, tapir_overlap overlap)
{
    tapir_reassembler_options options = {.size = sizeof options,
        .calls = {.data = hear, .closed = hear_the_end},
        .overlap = overlap,
        .max_connection_memory = 64 << 20};

    random_state = seed;
    start_usual();
    tapir_reassembler_free(world.reassembler);
    world.reassembler = tapir_reassembler_new(&options);
    assert_non_null(world.reassembler);
    world.like.ipv6 = random_below(2);
    closed_by = OPEN;
    for (int way = 0; way < 2; way++) {
        struct side *side = &sides[way];
        side->len = random_below(4) ? random_below(STREAM_ROOM - 1500) : random_below(40);
        side->heard_len = 0;
        side->gaps = 0;
        side->started = side->ended = side->wrong = false;
        for (size_t i = 0; i < side->len; i++)
            side->said[i] = (uint8_t)random_below(256);
        /* Often where the number wraps within the stream. */
        world.isn[way] =
            random_below(2) ? (uint32_t)0 - random_below(STREAM_ROOM) : random_below(UINT32_MAX);
    }
}

struct piece {
    tapir_way way;
    uint32_t at, len;
    bool fin;
};

static struct piece pieces[MOST_SEGMENTS];
static size_t piece_count;

static void add_piece(tapir_way way, uint32_t at, uint32_t len)
{
    assert_true(piece_count < MOST_SEGMENTS);
    pieces[piece_count++] =
        (struct piece){.way = way, .at = at, .len = len, .fin = at + len == sides[way].len};
}

/* Cuts a stream into segments; some of its bytes come in several. */
static void split(tapir_way way)
{
    const uint32_t len = (uint32_t)sides[way].len, usual = 60 + random_below(1400);

    for (uint32_t at = 0; at < len;) {
        uint32_t some = 1 + random_below(usual);
        some = some < len - at ? some : len - at;
        add_piece(way, at, some);
        at += some;
    }
    add_piece(way, len, 0);
    for (uint32_t again = random_below(20); len && again; again--) {
        const uint32_t at = random_below(len), most = len - at < 1400 ? len - at : 1400;
        add_piece(way, at, 1 + random_below(most));
    }
}

/* Anything from a little disorder to none at all being left. */
static void shuffle(void)
{
    const uint32_t reach = 1 + random_below(random_below(2) ? 8 : (uint32_t)piece_count);

    for (uint32_t i = 0; i + 1 < piece_count; i++) {
        const uint32_t left = (uint32_t)piece_count - i;
        const uint32_t other = i + random_below(reach < left ? reach : left);
        const struct piece piece = pieces[i];
        pieces[i] = pieces[other];
        pieces[other] = piece;
    }
}

static void send_pieces(void)
{
    for (size_t i = 0; i < piece_count; i++) {
        const struct piece *piece = &pieces[i];
        send_bytes(piece->way, ACK | (piece->fin ? FIN : 0), piece->at,
            sides[piece->way].said + piece->at, piece->len);
        world.now += 1000;
    }
}

static bool heard_well(const struct side *side)
{
    return !side->wrong && side->ended && !side->gaps && side->heard_len == side->len &&
           memcmp(side->heard, side->said, side->len) == 0;
}

static void disorder_and_repetition_change_no_byte(void **state)
{
    (void)state;
    for (uint64_t seed = first_seed(), end = seed + ROUNDS; seed < end; seed++) {
        begin_round(seed, (tapir_overlap)(seed % (TAPIR_OVERLAP_REJECT + 1)));
        handshake();
        piece_count = 0;
        split(FORWARD);
        split(BACKWARD);
        shuffle();
        send_pieces();
        for (int way = 0; way < 2; way++)
            if (!heard_well(&sides[way]))
                fail_msg("seed %llu, way %d: heard %zu of %zu bytes, gaps of %llu",
                    (unsigned long long)seed, way, sides[way].heard_len, sides[way].len,
                    (unsigned long long)sides[way].gaps);
        pass(60 * SECOND);
        if (closed_by != TAPIR_END_FIN)
            fail_msg("seed %llu: ended by %d", (unsigned long long)seed, closed_by);
        stop(NULL);
    }
}

static void segments_that_are_lost_are_gaps_and_no_more(void **state)
{
    static bool there[STREAM_ROOM];

    (void)state;
    for (uint64_t seed = first_seed(), end = seed + ROUNDS; seed < end; seed++) {
        const struct side *side = &sides[FORWARD];
        uint64_t missing = 0;
        begin_round(seed, TAPIR_OVERLAP_FIRST);
        handshake();
        piece_count = 0;
        split(FORWARD);
        shuffle();
        for (size_t i = 0; i < piece_count; i++)
            if (random_below(10) == 0)
                pieces[i--] = pieces[--piece_count];
        memset(there, 0, sizeof there);
        for (size_t i = 0; i < piece_count; i++)
            memset(there + pieces[i].at, true, pieces[i].len);
        send_pieces();
        finish();
        for (size_t at = 0; at < side->heard_len; at++) {
            missing += !there[at];
            if (there[at] && side->heard[at] != side->said[at])
                fail_msg("seed %llu: byte %zu differs", (unsigned long long)seed, at);
        }
        for (size_t at = side->heard_len; at < side->len; at++)
            if (there[at])
                fail_msg("seed %llu: byte %zu is missing", (unsigned long long)seed, at);
        if (side->wrong || side->gaps != missing)
            fail_msg("seed %llu: gaps of %llu, really %llu", (unsigned long long)seed,
                (unsigned long long)side->gaps, (unsigned long long)missing);
        stop(NULL);
    }
}

/* The reference, with its memory. */
static struct reference *reference_new(void)
{
    static uint8_t bytes[STREAM_ROOM], before[STREAM_ROOM];
    static uint32_t owner[STREAM_ROOM];
    static struct reference_piece room[MOST_SEGMENTS];
    static struct reference reference = {.room = STREAM_ROOM,
        .bytes = bytes,
        .before = before,
        .owner = owner,
        .pieces = room,
        .piece_room = MOST_SEGMENTS};

    return &reference;
}

/* Everything waits behind the first byte, so the policy decides everywhere; then it comes. */
static void contradictions_come_out_as_the_reference_says(void **state)
{
    struct reference *reference = reference_new();
    const struct side *side = &sides[FORWARD];
    uint8_t bytes[200];

    (void)state;
    for (uint64_t seed = first_seed(), end = seed + 3 * ROUNDS; seed < end; seed++) {
        const tapir_overlap policy = (tapir_overlap)(seed % (TAPIR_OVERLAP_REJECT + 1));
        struct reference_met met;
        const uint32_t span = 40 + random_below(2000);

        begin_round(seed, policy);
        reference_clear(reference, policy);
        handshake();
        for (uint32_t i = 0, count = 2 + random_below(200); i < count; i++) {
            const uint32_t at = 1 + random_below(span), len = 1 + random_below(sizeof bytes);
            memset(bytes, (int)(1 + i % 255), sizeof bytes);
            send_bytes(FORWARD, ACK, at, bytes, len);
            assert_true(reference_add(
                reference, at, tapir_span_of(bytes, len), world.frame, world.now, &met));
        }
        assert_int_equal(side->heard_len, 0);
        send_bytes(FORWARD, ACK, 0, "\0", 1);
        assert_true(
            reference_add(reference, 0, tapir_span_of("\0", 1), world.frame, world.now, &met));
        finish();
        do
            reference_deliver(reference, reference_ready(reference));
        while (reference_skip(reference));
        if (side->wrong || side->gaps != reference->gap_bytes ||
            side->heard_len != (size_t)reference->next)
            fail_msg("seed %llu: heard %zu, gaps %llu", (unsigned long long)seed, side->heard_len,
                (unsigned long long)side->gaps);
        for (int64_t at = 0; at < reference->next; at++) {
            const struct reference_piece *owner = reference_owner(reference, at);
            if (owner &&
                (side->heard[at] != reference->bytes[at] || side->frame[at] != owner->frame))
                fail_msg("seed %llu: %s: byte %lld is of frame %llu, should be of %llu",
                    (unsigned long long)seed, tapir_overlap_name(policy), (long long)at,
                    (unsigned long long)side->frame[at], (unsigned long long)owner->frame);
        }
        stop(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        stream_test(disorder_and_repetition_change_no_byte),
        stream_test(segments_that_are_lost_are_gaps_and_no_more),
        stream_test(contradictions_come_out_as_the_reference_says),
    };

    return cmocka_run_group_tests_name("reassembly_property", tests, NULL, NULL);
}
