/* Reassembly against a model of it. The input is a program: byte 0 says which kind, bytes 1 to 3
 * the options, then follow steps of four bytes. Each makes segments, lets time pass or calls
 * something.
 *
 * exact   segments of honest and dishonest ends within the window, no bound is met: every byte, its
 *         frame, every gap, start, end, count and reason is what the model says
 * follow  the same with small bounds for gaps: when a gap is given up is not the model's to know,
 *         all else is
 * hostile any number, any flag, little memory, calls from within callbacks: what always holds
 * raw     the same with frames of the input's own
 *
 * REASSEMBLY_TRACE=1 in the environment has it say what it sends. */
#include "../tests/reference.h"
#include "../tests/segments.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    TALKS = 4,
    ROOM = 4096,
    PIECES = 1024,
    HEADER_LEN = 4,
    STEP_LEN = 4,
    MOST_STEPS = 400,
    MOST_DATA = 256
};

enum kind { EXACT, FOLLOW, HOSTILE, RAW };

#define SECOND INT64_C(1000000000)

static void expect_at(bool fact, const char *what, int line)
{
    if (fact)
        return;
    fprintf(stderr, "reassembly.c:%d: not so: %s\n", line, what);
    abort();
}

#define expect(fact) expect_at(fact, #fact, __LINE__)

/* --- a connection and its model ------------------------------------------------------------ */

struct side {
    struct reference reference;
    uint32_t isn;
    bool syn;     /* sent: the beginning is known */
    bool based;   /* something was sent: where the stream begins is settled */
    bool started; /* a chunk was delivered */
    bool ended;   /* the last one was */
    bool ignored; /* by a call */
    size_t kept;  /* bytes that the next chunk has to begin with */
    uint64_t packets, retransmitted, overlaps, out_of_order, conflicts;
    bool vague; /* counts that the contract leaves open: bytes of a gap that came after all */
};

enum talk_state {
    TALK_NEW,      /* never seen */
    TALK_OPEN,     /* the reassembler has it */
    TALK_ENDED,    /* the reassembler remembers its end */
    TALK_REJECTED, /* by `opened` */
    TALK_FORGOTTEN /* finished: perhaps remembered, perhaps not */
};

struct talk {
    enum talk_state state;
    tapir_conversation *conversation;
    struct side side[2];
    unsigned generation;
    bool reject;     /* in `opened` */
    uint8_t keep;    /* so many bytes in `data` */
    bool closing;    /* a call is about to end it, or has ended it */
    bool ended;      /* `closed` was called during the present call */
    bool gap_told;   /* a gap was delivered during the present call */
    bool more;       /* the last chunk promised another */
    bool loose;      /* when it ends is not known: one side is ignored */
    unsigned reason; /* tapir_end_reason of it */
};

static struct talk talks[TALKS];

static struct {
    enum kind kind;
    tapir_reassembler_options options;
    tapir_reassembler *reassembler;
    tapir_packet *packet;
    int64_t now;
    uint64_t frame;
    bool ipv6, gaps_allowed;
    bool in_place; /* frames are given without a packet */
    uint64_t opened, closed, tcp, delivered, gap_bytes;
    /* The segment that is being added: it enters the model at once (exact), or with its first byte
     * or at the end (follow), since a bound may be met before it is looked at. */
    struct {
        struct talk *talk;
        struct side *side;
        int64_t start;
        tapir_span data;
        bool waits;
    } segment;
    struct reference_met met;
    bool conflict_told;
    uint32_t random;
} run;

static uint32_t next_random(void)
{
    run.random = run.random * 1664525u + 1013904223u;
    return run.random >> 8;
}

static void enter_segment(void)
{
    struct side *side = run.segment.side;

    bool followed;

    if (!run.segment.waits)
        return;
    run.segment.waits = false;
    followed = reference_is_followed(&side->reference, run.segment.start);
    expect(reference_add(
        &side->reference, run.segment.start, run.segment.data, run.frame, run.now, &run.met));
    if (!run.segment.data.len)
        return;
    side->vague |= run.met.given_up > 0;
    if (run.met.seen + run.met.given_up == run.segment.data.len)
        side->retransmitted++;
    else if (run.met.seen + run.met.given_up)
        side->overlaps++;
    side->out_of_order += run.met.fresh && followed;
}

static void take_kept(struct side *side, const tapir_chunk *chunk)
{
    const struct reference *reference = &side->reference;

    expect(chunk->kept == side->kept);
    expect(chunk->kept <= chunk->bytes.len);
    if (chunk->kept)
        expect(chunk->offset == (uint64_t)reference->next - chunk->kept &&
               memcmp(chunk->bytes.data, reference->bytes + reference->next - chunk->kept,
                   chunk->kept) == 0);
    else
        expect(chunk->offset == (uint64_t)reference->next + chunk->gap);
    side->kept = 0;
}

static void take_gap(struct talk *talk, struct side *side, const tapir_chunk *chunk)
{
    if (chunk->gap) {
        talk->gap_told = true;
        run.gap_bytes += chunk->gap;
        expect(reference_skip(&side->reference) == chunk->gap);
    }
}

static void take_bytes(struct side *side, const tapir_chunk *chunk)
{
    struct reference *reference = &side->reference;
    const size_t count = chunk->bytes.len - chunk->kept;

    expect(count <= reference_ready(reference));
    expect(count > 0 || chunk->end);
    for (size_t i = 0; i < count; i++) {
        const struct reference_piece *owner =
            reference_owner(reference, reference->next + (int64_t)i);
        expect(owner->frame == chunk->frame && owner->time == chunk->time);
        expect(reference->bytes[(size_t)reference->next + i] == chunk->bytes.data[chunk->kept + i]);
    }
    reference_deliver(reference, count);
    run.delivered += count;
}

static void model_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct talk *talk = tapir_conversation_user(conversation);
    struct side *side = &talk->side[chunk->way];

    (void)user;
    expect(talk->state == TALK_OPEN && talk->conversation == conversation && chunk->way < 2);
    expect(!side->ended && !side->ignored && !talk->ended);
    talk->more = chunk->more;
    take_kept(side, chunk);
    if (chunk->frame == run.frame || (chunk->gap && reference_waiting(&side->reference) < 0))
        enter_segment();
    take_gap(talk, side, chunk);
    take_bytes(side, chunk);
    /* The other side's first acknowledgment tells where it begins, too. */
    expect(chunk->start ? !side->started && (talk->side[0].syn || talk->side[1].syn)
                        : side->started || !side->syn);
    side->started = true;
    if (chunk->end) {
        enter_segment(); /* its FIN */
        expect(reference_ended(&side->reference));
        side->ended = true;
    }
    if (talk->keep && !chunk->end && !chunk->gap) {
        const size_t count = chunk->bytes.len - chunk->kept;
        const size_t kept = talk->keep < count ? talk->keep : count;
        expect(tapir_conversation_keep(
            conversation, (tapir_way)chunk->way, (uint64_t)side->reference.next - kept));
        side->kept = kept;
    }
}

static bool model_opened(void *user, tapir_conversation *conversation)
{
    struct talk *talk = run.segment.talk;
    tapir_conversation_info info;

    (void)user;
    expect(talk &&
           (talk->state == TALK_NEW || talk->state == TALK_ENDED || talk->state == TALK_FORGOTTEN));
    tapir_conversation_get(conversation, &info);
    expect(info.id == run.opened++);
    expect(tapir_conversation_user(conversation) == NULL);
    if (talk->reject) {
        talk->state = TALK_REJECTED;
        return false;
    }
    tapir_conversation_set_user(conversation, talk);
    talk->conversation = conversation;
    talk->state = TALK_OPEN;
    return true;
}

static void model_conflict(
    void *user, tapir_conversation *conversation, const tapir_conflict *conflict)
{
    struct talk *talk = tapir_conversation_user(conversation);
    struct side *side = &talk->side[conflict->way];
    const int64_t at = (int64_t)conflict->offset;
    const size_t place = (size_t)(at - run.segment.start);
    const size_t len = conflict->new_bytes.len;

    (void)user;
    expect(talk->state == TALK_OPEN && conflict->way < 2 && side == run.segment.side);
    expect(len > 0 && len == conflict->old_bytes.len);
    expect(conflict->new_frame == run.frame);
    expect(conflict->old_bytes.data[0] != conflict->new_bytes.data[0]);
    expect(at >= run.segment.start && place + len <= run.segment.data.len);
    expect(memcmp(conflict->new_bytes.data, run.segment.data.data + place, len) == 0);
    if (run.kind == EXACT && !side->ignored) {
        const struct reference_piece *owner = reference_owner(&side->reference, at);
        expect(owner);
        if (!run.conflict_told)
            expect(at == run.met.conflict_at ||
                   /* history ends at gaps */
                   (run.options.history && at < side->reference.next &&
                       run.met.old_conflict_at >= 0 && at >= run.met.old_conflict_at));
        expect(memcmp(conflict->old_bytes.data, side->reference.before + at, len) == 0);
        expect(conflict->new_wins == (owner->frame == run.frame));
        if (!conflict->new_wins && at >= side->reference.next)
            expect(conflict->old_frame == owner->frame);
    }
    run.conflict_told = true;
}

static void model_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct talk *talk = tapir_conversation_user(conversation);

    (void)user;
    expect(talk->state == TALK_OPEN && talk->conversation == conversation);
    expect(reason <= TAPIR_END_FINISHED);
    talk->state = TALK_ENDED;
    talk->conversation = NULL;
    talk->ended = true;
    talk->reason = (unsigned)reason;
    run.closed++;
}

/* --- after every call ---------------------------------------------------------------------- */

static void check_stats(void)
{
    tapir_reassembler_stats stats;
    uint64_t ended = 0;

    tapir_reassembler_get_stats(run.reassembler, &stats);
    expect(stats.memory <= stats.most_memory);
    expect(stats.most_memory <= (run.options.max_memory ? run.options.max_memory : 64u << 20));
    expect(stats.packets == run.frame);
    for (size_t i = 0; i < TAPIR_COUNT(stats.ended); i++)
        ended += stats.ended[i];
    expect(stats.connections == ended + stats.open + stats.unwanted);
    expect(stats.tcp <= stats.packets);
    if (run.kind <= FOLLOW) {
        expect(stats.tcp == run.tcp && stats.connections == run.opened);
        expect(stats.malformed == 0 && stats.bad_checksum == 0 && stats.out_of_memory == 0);
    }
}

static void check_side(const struct talk *talk, struct side *side, const tapir_stream *stream)
{
    const struct reference *reference = &side->reference;

    if (side->ignored)
        return;
    expect(reference_ready(reference) == 0);
    expect(reference_ended(reference) == side->ended);
    expect(stream->delivered == reference->delivered);
    expect(stream->gap_bytes == reference->gap_bytes && stream->gaps == reference->gaps);
    expect(stream->queued == reference_queued(reference));
    expect(stream->packets == side->packets && stream->syn == side->syn);
    expect(stream->outside_window == 0 && stream->missing_at_end == 0);
    if (side->vague || talk->loose || run.kind != EXACT)
        return;
    expect(stream->retransmitted + stream->keep_alives >= side->retransmitted);
    expect(stream->retransmitted <= side->retransmitted);
    expect(stream->overlaps == side->overlaps);
    expect(stream->out_of_order == side->out_of_order);
}

static void check_talk(struct talk *talk)
{
    tapir_conversation_info info;

    expect(!talk->more);
    if (talk->gap_told)
        expect(run.gaps_allowed || run.kind == FOLLOW || talk->ended);
    if (talk->state == TALK_OPEN) {
        tapir_conversation_get(talk->conversation, &info);
        for (int way = 0; way < 2; way++)
            check_side(talk, &talk->side[way], &info.way[way]);
    } else if (talk->ended) {
        for (int way = 0; way < 2; way++)
            expect(talk->side[way].ignored || reference_waiting(&talk->side[way].reference) < 0);
        if (talk->reason == TAPIR_END_FIN && !talk->loose)
            expect(talk->side[0].ended && talk->side[1].ended);
    }
    talk->gap_told = talk->ended = false;
}

/* --- what a step does ---------------------------------------------------------------------- */

static uint8_t content(const struct talk *talk, tapir_way way, int64_t at, unsigned version)
{
    uint32_t mixed = (uint32_t)(at + 1000) * 2654435761u;

    mixed ^= (uint32_t)(talk - talks) * 40503u + (uint32_t)way * 977u + talk->generation * 7919u;
    return (uint8_t)((mixed >> 13) + version * 85);
}

static void give_frame(const tapir_frame *frame)
{
    if (run.in_place) {
        tapir_reassembler_add_frames(run.reassembler, run.packet, frame, 1);
        return;
    }
    tapir_packet_start(run.packet, frame);
    tapir_reassembler_add(run.reassembler, run.packet);
}

/* Sends a segment of a connection; `start` is its place in the stream, -1 that of a SYN. */
static void send_segment(
    struct talk *talk, tapir_way way, int64_t start, uint16_t flags, tapir_span data)
{
    static uint8_t room[4096];
    struct side *side = &talk->side[way], *other = &talk->side[1 - way];
    struct segment segment = {.client = 1,
        .server = 2,
        .client_port = (uint16_t)(5000 + (talk - talks)),
        .server_port = 80,
        .way = way,
        .ipv6 = run.ipv6,
        .seq = side->isn + 1 + (uint32_t)start,
        .ack = flags & TAPIR_TCP_ACK
                   ? other->isn + 1 + (uint32_t)other->reference.next + other->ended
                   : 0,
        .flags = flags,
        .window = 65535,
        .data = data};
    tapir_span built;
    tapir_frame frame;
    const bool known = talk->state == TALK_NEW || talk->state == TALK_OPEN ||
                       talk->state == TALK_FORGOTTEN ||
                       (talk->state == TALK_ENDED && flags & TAPIR_TCP_SYN);

    expect(segment_build(&segment, room, sizeof room, &built));
    frame = tapir_frame_of(built, TAPIR_LINK_TYPE_ETHERNET);
    if (getenv("REASSEMBLY_TRACE"))
        fprintf(stderr,
            "frame %u: connection %td way %d at %lld, %zu bytes, flags %#x, next %lld\n",
            (unsigned)run.frame + 1, talk - talks, way, (long long)start, data.len, flags,
            (long long)side->reference.next);
    frame.time = run.now;
    frame.has_time = true;
    frame.number = ++run.frame;
    run.tcp++;
    side->based = true;
    side->syn |= known && flags & TAPIR_TCP_SYN;
    side->packets += known;
    run.conflict_told = false;
    run.met = (struct reference_met){.conflict_at = -1, .old_conflict_at = -1};
    run.segment.talk = talk;
    run.segment.side = side;
    run.segment.start = flags & TAPIR_TCP_SYN ? 0 : start;
    run.segment.data = data;
    run.segment.waits = known && talk->state != TALK_REJECTED;
    if (run.kind == EXACT)
        enter_segment();
    give_frame(&frame);
    enter_segment();
    if (run.kind == EXACT && talk->state == TALK_OPEN && !side->ignored && run.met.conflict_at >= 0)
        expect(run.conflict_told);
    run.segment.talk = NULL;
    check_talk(talk);
    check_stats();
}

static const uint32_t first_numbers[] = {
    0, 1000, 0xffffffff, 0xfffffffe, 0xffffff80, 0xfffff800, 0x7fffff80, 0x80000000};

static void new_numbers(struct talk *talk, uint8_t choice)
{
    talk->generation++;
    for (int way = 0; way < 2; way++) {
        struct side *side = &talk->side[way];
        const struct reference memory = side->reference;
        *side = (struct side){.reference = memory,
            .isn = first_numbers[(way ? choice >> 3 : choice) & 7] +
                   (talk->generation - 1) * 0x100000};
        reference_clear(&side->reference, run.options.overlap);
    }
    talk->loose = false;
}

enum { SYN = TAPIR_TCP_SYN, ACK = TAPIR_TCP_ACK, FIN = TAPIR_TCP_FIN, RST = TAPIR_TCP_RST };

/* Opens the connection in one of several ways. */
static void open_talk(struct talk *talk, uint8_t how, uint8_t data_len, uint8_t numbers)
{
    static uint8_t bytes[32];
    const bool fresh = talk->state == TALK_NEW;

    if (talk->state == TALK_OPEN || talk->state == TALK_REJECTED)
        return;
    new_numbers(talk, numbers);
    how &= 7;
    if (how == 7 && fresh)
        return; /* midstream: the next segment begins it */
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = content(talk, TAPIR_FORWARD, (int64_t)i, 0);
    send_segment(talk, TAPIR_FORWARD, -1, SYN,
        tapir_span_of(bytes, how == 5 ? data_len % (sizeof bytes + 1) : 0));
    if (how == 4)
        return; /* the answer is not captured */
    send_segment(talk, TAPIR_BACKWARD, -1, SYN | ACK, tapir_span_of(NULL, 0));
    if (how != 6 && talk->state == TALK_OPEN)
        send_segment(
            talk, TAPIR_FORWARD, talk->side[0].reference.next, ACK, tapir_span_of(NULL, 0));
}

static void ensure_open(struct talk *talk, uint8_t numbers)
{
    if (talk->state == TALK_FORGOTTEN)
        open_talk(talk, 0, 0, numbers);
    if (talk->state == TALK_NEW && !talk->generation)
        open_talk(talk, numbers, 0, numbers);
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* Sends data around what is next. */
static void send_data(struct talk *talk, tapir_way way, const uint8_t *step, unsigned version)
{
    static uint8_t bytes[MOST_DATA];
    struct side *side = &talk->side[way];
    const struct reference *reference = &side->reference;
    const int64_t limit = reference->fin >= 0 ? reference->fin : ROOM - 256;
    int64_t start = reference->next + (int8_t)step[1] * (step[3] & 3 ? 1 : 8);
    int64_t end;
    uint16_t flags = ACK;

    if (!side->based)
        start = 0;
    start = clamp(start, side->syn ? -16 : 0, limit);
    end = clamp(start + step[2], start, limit);
    if (step[3] & 4)
        flags |= TAPIR_TCP_PSH;
    for (int64_t at = start; at < end; at++)
        bytes[at - start] = content(talk, way, at, version);
    if (talk->state == TALK_NEW && end == start)
        return; /* whether that begins a connection is left open */
    if (reference->piece_count < PIECES)
        send_segment(talk, way, start, flags, tapir_span_of(bytes, (size_t)(end - start)));
}

/* Sends a FIN behind everything, or the same again. */
static void send_fin(struct talk *talk, tapir_way way, const uint8_t *step)
{
    static uint8_t bytes[32];
    struct side *side = &talk->side[way];
    struct reference *reference = &side->reference;
    int64_t start, end = reference->next;

    if (reference->piece_count >= PIECES || talk->state == TALK_NEW)
        return;
    for (int64_t at = reference->next; at < ROOM; at++)
        if (reference->owner[at])
            end = at + 1;
    end = clamp(end + (step[1] & 63), 0, ROOM - 64);
    if (!side->based)
        end = step[2] & 31;
    if (reference->fin >= 0)
        end = reference->fin;
    start = clamp(end - (step[2] & 31), 0, end);
    for (int64_t at = start; at < end; at++)
        bytes[at - start] = content(talk, way, at, 0);
    if (talk->state == TALK_OPEN || talk->state == TALK_NEW)
        reference->fin = end;
    send_segment(talk, way, start, FIN | ACK, tapir_span_of(bytes, (size_t)(end - start)));
}

/* Sends a RST at exactly what is next: it counts whatever one thinks of others (RFC 9293 3.5.3). */
static void send_rst(struct talk *talk, tapir_way way)
{
    struct side *side = &talk->side[way];
    const bool open = talk->state == TALK_OPEN;
    const bool waits = reference_waiting(&talk->side[0].reference) >= 0 ||
                       reference_waiting(&talk->side[1].reference) >= 0;

    if (waits) /* what is missing may be late, and then it is not known when the end comes */
        return;
    send_segment(
        talk, way, side->reference.next + (side->ended ? 1 : 0), RST | ACK, tapir_span_of(NULL, 0));
    if (open && !talk->loose)
        expect(talk->state == TALK_ENDED && talk->reason == TAPIR_END_RESET);
}

static void acknowledge(struct talk *talk, tapir_way way)
{
    const struct side *side = &talk->side[way];

    send_segment(
        talk, way, side->reference.next + (side->ended ? 1 : 0), ACK, tapir_span_of(NULL, 0));
}

static void pass_time(const uint8_t *step)
{
    if (step[1] & 1)
        run.now -= step[2];
    else
        run.now += step[2] * SECOND / 64;
    if (step[1] & 2)
        tapir_reassembler_tick(run.reassembler, run.now);
}

static void check_all(void)
{
    for (size_t i = 0; i < TALKS; i++)
        check_talk(&talks[i]);
    check_stats();
}

static void ignore_side(struct talk *talk, tapir_way way)
{
    if (talk->state != TALK_OPEN)
        return;
    tapir_conversation_ignore(talk->conversation, way);
    talk->side[way].ignored = true;
    talk->loose = true;
}

/* Calls of the program's from outside. */
static void call_something(struct talk *talk, tapir_way way, const uint8_t *step)
{
    run.gaps_allowed = true;
    switch (step[1] & 7) {
    case 0:
    case 1:
        if (talk->state == TALK_OPEN)
            tapir_conversation_flush(talk->conversation);
        for (int side = 0; talk->state == TALK_OPEN && side < 2; side++)
            expect(talk->side[side].ignored || reference_waiting(&talk->side[side].reference) < 0);
        break;
    case 2:
        tapir_reassembler_flush(run.reassembler, run.now + 3600 * SECOND, INT64_MIN);
        for (size_t i = 0; i < TALKS; i++)
            for (int side = 0; talks[i].state == TALK_OPEN && side < 2; side++)
                expect(talks[i].side[side].ignored ||
                       reference_queued(&talks[i].side[side].reference) == 0);
        break;
    case 3:
        if (talk->state == TALK_OPEN) {
            tapir_conversation_close(talk->conversation);
            expect(talk->state == TALK_ENDED && talk->reason == TAPIR_END_CALLER);
        }
        break;
    case 4:
        tapir_reassembler_finish(run.reassembler);
        for (size_t i = 0; i < TALKS; i++) {
            expect(talks[i].state != TALK_OPEN);
            if (talks[i].generation)
                talks[i].state = TALK_FORGOTTEN;
        }
        break;
    case 5:
        talk->keep = step[2];
        break;
    case 6:
        ignore_side(talk, way);
        break;
    default:
        talk->reject = talk->state == TALK_NEW && !talk->generation;
        break;
    }
    check_all();
    run.gaps_allowed = false;
}

static void model_step(const uint8_t *step)
{
    struct talk *talk = &talks[step[0] >> 4 & (TALKS - 1)];
    const tapir_way way = step[0] & 0x40 ? TAPIR_BACKWARD : TAPIR_FORWARD;
    const unsigned version = step[0] >> 7;

    if (run.kind == FOLLOW) { /* what is too old goes before anything new is sent */
        tapir_reassembler_tick(run.reassembler, run.now);
        check_all();
    }

    switch (step[0] & 15) {
    default:
        ensure_open(talk, step[3]);
        /* Who is seen first is the client. */
        send_data(talk, talk->state == TALK_NEW ? TAPIR_FORWARD : way, step, version);
        break;
    case 10:
        ensure_open(talk, step[3]);
        send_fin(talk, way, step);
        break;
    case 11:
        ensure_open(talk, step[3]);
        if (talk->state != TALK_NEW && step[2] > 128)
            send_rst(talk, way);
        break;
    case 12:
        pass_time(step);
        check_all();
        break;
    case 13:
        call_something(talk, way, step);
        break;
    case 14:
        open_talk(talk, step[1], step[2], step[3]);
        break;
    case 15: /* an acknowledgment alone */
        ensure_open(talk, step[3]);
        if (talk->state == TALK_NEW)
            break;
        acknowledge(talk, way);
        if (talk->state == TALK_OPEN && !talk->loose && talk->side[0].ended &&
            talk->side[1].ended) {
            acknowledge(talk, tapir_other_way(way));
            expect(talk->state == TALK_ENDED && talk->reason == TAPIR_END_FIN);
        }
        break;
    }
}

/* --- hostile: what always holds ------------------------------------------------------------ */

/* One connection that the reassembler told of. */
struct watched {
    uint64_t position[2], delivered[2], gap_bytes[2];
    size_t kept[2];
    bool started[2], ended[2], ignored[2];
};

static struct watched *watched_of(tapir_conversation *conversation)
{
    struct watched *watched = tapir_conversation_user(conversation);

    expect(watched);
    return watched;
}

static void meddle(tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct watched *watched = watched_of(conversation);
    const size_t count = chunk->bytes.len - chunk->kept;

    switch (next_random() % 24) {
    case 0:
        tapir_conversation_close(conversation);
        break;
    case 1:
        tapir_conversation_flush(conversation);
        break;
    case 2:
        tapir_conversation_ignore(conversation, (tapir_way)chunk->way);
        watched->ignored[chunk->way] = true;
        break;
    case 3:
        tapir_conversation_ignore(conversation, tapir_other_way((tapir_way)chunk->way));
        watched->ignored[1 - chunk->way] = true;
        break;
    case 4:
    case 5:
    case 6:
    case 7: {
        const size_t kept = count ? next_random() % (count + 1) : 0;
        if (!chunk->end && tapir_conversation_keep(conversation, (tapir_way)chunk->way,
                               watched->position[chunk->way] - kept))
            watched->kept[chunk->way] = kept;
        break;
    }
    case 8: /* nonsense */
        expect(!tapir_conversation_keep(conversation, (tapir_way)chunk->way,
            watched->position[chunk->way] + 1 + next_random()));
        break;
    default:
        break;
    }
}

static bool watch_opened(void *user, tapir_conversation *conversation)
{
    struct watched *watched;
    tapir_conversation_info info;

    (void)user;
    tapir_conversation_get(conversation, &info);
    expect(info.id == run.opened++);
    if (next_random() % 16 == 0)
        return false;
    watched = calloc(1, sizeof *watched);
    expect(watched);
    expect(tapir_conversation_user(conversation) == NULL);
    tapir_conversation_set_user(conversation, watched);
    if (next_random() % 32 == 0)
        tapir_conversation_close(conversation);
    return true;
}

static bool watch_accept(void *user, tapir_conversation *conversation, tapir_way way,
    tapir_packet *packet, const tapir_layer *tcp)
{
    (void)user;
    watched_of(conversation);
    expect(way <= TAPIR_BACKWARD && tcp->proto == &tapir_tcp_proto);
    expect(packet == run.packet || run.options.defragmenter); /* which has its own */
    return next_random() % 16 != 0;
}

static void watch_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct watched *watched = watched_of(conversation);
    const uint8_t way = chunk->way;
    uint64_t sum = 0;

    (void)user;
    expect(way < 2 && !watched->ended[way] && !watched->ignored[way]);
    expect(chunk->kept <= chunk->bytes.len);
    /* What is kept may be let go for want of memory, and only then. */
    expect(chunk->kept == watched->kept[way] || (chunk->kept < watched->kept[way]));
    watched->kept[way] = 0;
    if (chunk->kept)
        expect(chunk->offset == watched->position[way] - chunk->kept);
    else
        expect(chunk->offset == watched->position[way] + chunk->gap);
    expect(!chunk->start || !watched->started[way]);
    watched->started[way] = true;
    watched->gap_bytes[way] += chunk->gap;
    watched->delivered[way] += chunk->bytes.len - chunk->kept;
    watched->position[way] = watched->delivered[way] + watched->gap_bytes[way];
    expect(chunk->bytes.len > chunk->kept || chunk->end);
    expect(chunk->frame <= run.frame);
    for (size_t i = 0; i < chunk->bytes.len; i++)
        sum += chunk->bytes.data[i]; /* they are there */
    run.random += (uint32_t)sum;
    watched->ended[way] = chunk->end;
    meddle(conversation, chunk);
}

static void watch_conflict(
    void *user, tapir_conversation *conversation, const tapir_conflict *conflict)
{
    (void)user;
    watched_of(conversation);
    expect(conflict->way < 2 && conflict->new_bytes.len == conflict->old_bytes.len);
    expect(conflict->new_bytes.len && conflict->old_bytes.data[0] != conflict->new_bytes.data[0]);
    if (next_random() % 16 == 0)
        tapir_conversation_close(conversation);
}

static void watch_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct watched *watched = watched_of(conversation);
    tapir_conversation_info info;

    (void)user;
    expect(reason <= TAPIR_END_FINISHED);
    tapir_conversation_get(conversation, &info);
    for (int way = 0; way < 2; way++)
        if (!watched->ignored[way])
            expect(info.way[way].delivered == watched->delivered[way] &&
                   info.way[way].gap_bytes >= watched->gap_bytes[way] && /* cut off at the end */
                   info.way[way].queued == 0);
    free(watched);
    run.closed++;
}

static void add_frame(tapir_span bytes, uint32_t missing)
{
    tapir_frame frame = tapir_frame_of(bytes, TAPIR_LINK_TYPE_ETHERNET);

    frame.len += missing;
    frame.time = run.now;
    frame.has_time = true;
    frame.number = ++run.frame;
    give_frame(&frame);
    check_stats();
}

/* The time so much later, or one that does not overflow. */
static int64_t later(int64_t nanoseconds)
{
    int64_t sum;

    return __builtin_add_overflow(run.now, nanoseconds, &sum) ? run.now : sum;
}

static void hostile_step(const uint8_t *step)
{
    static const uint16_t flags[] = {ACK, ACK, ACK, SYN, SYN | ACK, ACK | FIN, RST, RST | ACK,
        ACK | TAPIR_TCP_URG, 0, SYN | FIN, SYN | RST, FIN, ACK | TAPIR_TCP_PSH, 0x1ff, ACK};
    static uint8_t room[8192], bytes[4096];
    const uint8_t kind = step[0] & 15;
    struct segment segment = {.client = step[0] >> 6,
        .server = 2,
        .client_port = (uint16_t)(step[0] >> 4 & 1),
        .server_port = 80,
        .way = step[0] & 0x20 ? TAPIR_BACKWARD : TAPIR_FORWARD,
        .ipv6 = run.ipv6,
        .seq = (uint32_t)((int8_t)step[1] * (step[3] & 8 ? 4096 : 3)),
        .flags = flags[kind],
        .window = (uint16_t)(step[3] & 1 ? 65535 : step[3]),
        .urgent = step[2],
        .data = {bytes, (size_t)step[2] * (step[3] & 2 ? 16 : 1)}};
    tapir_span built;

    if (step[3] >= 240) {
        segment.server_port = (uint16_t)next_random(); /* a flood */
    } else if (step[3] >= 232) {
        run.now = later(((int64_t)step[1] - 16) * SECOND);
        tapir_reassembler_tick(run.reassembler, run.now);
    } else if (step[3] >= 230) {
        tapir_reassembler_flush(
            run.reassembler, later(-step[1] * SECOND), later(-step[2] * SECOND));
    } else if (step[3] == 229) {
        tapir_reassembler_finish(run.reassembler);
    }
    if (step[3] == 227) /* any time at all */
        run.now = (int64_t)((uint64_t)(int8_t)step[1] << (step[2] & 63));
    else if (run.now < INT64_MAX - SECOND)
        run.now += step[3] & 4 ? SECOND / 8 : 0;
    segment.ack = segment.seq ^ step[2];
    memset(bytes, step[2] + step[1], segment.data.len);
    expect(segment_build(&segment, room, sizeof room, &built));
    if (step[3] == 228)
        add_frame(tapir_span_of(built.data, built.len - step[2] % built.len), step[2] % built.len);
    else
        add_frame(built, 0);
}

static void raw_frames(const uint8_t *data, size_t size)
{
    while (size > 2) {
        size_t len = (size_t)(data[0] & 7) << 8 | data[1];
        const uint8_t late = data[0] >> 3;
        data += 2;
        size -= 2;
        len = len < size ? len : size;
        run.now = later(late * SECOND);
        add_frame(tapir_span_of(data, len), late & 1 ? late : 0);
        data += len;
        size -= len;
    }
}

/* --- one input ----------------------------------------------------------------------------- */

/* One for all runs, or none: nothing waits in it from one run to the next. */
static tapir_defragmenter *defragmenter_of(const uint8_t *header)
{
    static tapir_defragmenter *defragmenter;

    if (!defragmenter)
        defragmenter = tapir_defragmenter_new(
            &(tapir_defragmenter_options){.size = sizeof(tapir_defragmenter_options), .seed = 1});
    expect(defragmenter);
    return header[0] & 0x80 ? defragmenter : NULL;
}

static void set_options(const uint8_t *header)
{
    static const size_t caps[] = {0, 32 << 10, 64 << 10, 256 << 10};
    tapir_reassembler_options *options = &run.options;
    const uint8_t bounds = header[2];

    *options = (tapir_reassembler_options){.size = sizeof *options, .seed = 1 + header[3]};
    options->overlap = (tapir_overlap)(header[1] & 7);
    options->defragmenter = defragmenter_of(header);
    options->verify_checksums = header[1] & 0x10;
    options->history = header[1] & 0x20 ? ROOM : 0;
    run.ipv6 = header[1] & 8;
    run.in_place = header[1] & 0x80;
    if (run.kind <= FOLLOW) {
        options->calls = (tapir_reassembly_calls){.opened = model_opened,
            .data = model_data,
            .conflict = model_conflict,
            .closed = model_closed};
        options->gap_time = options->received_gap_time = options->idle_time =
            options->opening_time = options->linger_time = 3600 * 100 * SECOND;
    } else {
        options->calls = (tapir_reassembly_calls){.opened = watch_opened,
            .accept = run.in_place ? NULL : watch_accept,
            .data = watch_data,
            .conflict = watch_conflict,
            .closed = watch_closed};
        options->need_syn = header[1] & 0x40;
        options->max_memory = caps[bounds & 3];
        options->max_connection_memory = bounds & 4 ? 512 : 0;
    }
    if (run.kind != EXACT) {
        options->gap_bytes = bounds & 8 ? 64u << (bounds >> 6) : 0;
        options->gap_packets = bounds & 16 ? 2u << (bounds >> 6) : 0;
        if (bounds & 32)
            options->gap_time = SECOND << (bounds >> 6);
    }
}

static void start_run(const uint8_t *header)
{
    static tapir_packet *packet;

    if (!packet) {
        packet = tapir_packet_new(NULL);
        expect(packet);
        for (size_t i = 0; i < TALKS * 2; i++) {
            struct reference *reference = &talks[i / 2].side[i % 2].reference;
            *reference = (struct reference){.room = ROOM, .piece_room = PIECES};
            reference->bytes = malloc(ROOM);
            reference->before = malloc(ROOM);
            reference->owner = malloc(ROOM * sizeof *reference->owner);
            reference->pieces = malloc(PIECES * sizeof *reference->pieces);
            expect(reference->bytes && reference->before && reference->owner && reference->pieces);
        }
    }
    memset(&run, 0, sizeof run);
    run.packet = packet;
    run.kind = header[0] % 8 < 3   ? EXACT
               : header[0] % 8 < 5 ? FOLLOW
               : header[0] % 8 < 7 ? HOSTILE
                                   : RAW;
    run.random = header[3];
    run.now = 1700000000 * SECOND;
    set_options(header);
    run.reassembler = tapir_reassembler_new(&run.options);
    expect(run.reassembler);
    for (size_t i = 0; i < TALKS && run.kind <= FOLLOW; i++) {
        struct talk *talk = &talks[i];
        const struct reference forward = talk->side[0].reference;
        const struct reference backward = talk->side[1].reference;
        *talk = (struct talk){.side = {{.reference = forward}, {.reference = backward}}};
        for (int way = 0; way < 2; way++)
            reference_clear(&talk->side[way].reference, run.options.overlap);
    }
}

static void end_run(void)
{
    tapir_reassembler_stats stats;

    run.gaps_allowed = true;
    tapir_reassembler_finish(run.reassembler);
    if (run.kind <= FOLLOW) {
        check_all();
        tapir_reassembler_get_stats(run.reassembler, &stats);
        for (size_t i = 0; i < TALKS; i++) {
            expect(talks[i].state != TALK_OPEN);
            if (talks[i].loose)
                run.delivered = stats.delivered, run.gap_bytes = stats.gap_bytes;
        }
    }
    tapir_reassembler_get_stats(run.reassembler, &stats);
    expect(stats.open == 0);
    tapir_reassembler_free(run.reassembler);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEADER_LEN + STEP_LEN)
        return 0;
    start_run(data);
    data += HEADER_LEN;
    size -= HEADER_LEN;
    if (run.kind == RAW)
        raw_frames(data, size);
    else
        for (size_t step = 0; step < MOST_STEPS && size >= STEP_LEN; step++) {
            if (run.kind == HOSTILE)
                hostile_step(data);
            else
                model_step(data);
            data += STEP_LEN;
            size -= STEP_LEN;
        }
    end_run();
    return 0;
}
