/* What a segment does to its connection: handshake, data, ends (RFC 9293 3). */
#include "stream/conversation.h"

enum {
    AHEAD_MAX = 1 << 30, /* the largest window there is (RFC 7323 2.3) */
    /* Flags that make more of a segment than bytes and an acknowledgment. */
    USUAL_MASK = TAPIR_TCP_FIN | TAPIR_TCP_SYN | TAPIR_TCP_RST | TAPIR_TCP_ACK | TAPIR_TCP_URG
};

/* The handshake, and what sides announce. */

int tapir__shift_in(const struct segment *segment)
{
    const uint8_t *at = segment->options.data;
    size_t left = segment->options.len;

    while (left && *at != TAPIR_TCP_OPTION_END) {
        size_t len = *at == TAPIR_TCP_OPTION_NOP ? 1 : left > 1 ? at[1] : 0;

        if (len > left || (len < 2 && *at != TAPIR_TCP_OPTION_NOP))
            break;
        if (*at == TAPIR_TCP_OPTION_WINDOW_SCALE && len == 3)
            return at[2] < SHIFT_MAX ? at[2] : SHIFT_MAX;
        at += len;
        left -= len;
    }
    return -1;
}

void tapir__start_half(tapir_conversation *c, tapir_way way, uint32_t next)
{
    c->half[way].next = next;
    c->half[way].flags |= HALF_STARTED;
    if (c->half[!way].flags & HALF_STARTED)
        c->entry.notes |= NOTE_BOTH;
}

/* Windows are shifted by what both SYN announced, by all there can be while one is not known. */
static void agree_on_shifts(tapir_conversation *c)
{
    unsigned both = c->half[0].flags & c->half[1].flags;

    for (unsigned way = 0; way < 2 && both & HALF_SAW_SYN; way++)
        c->half[way].shift = both & HALF_SCALED ? c->half[way].scale : 0;
}

void tapir__note_syn(tapir_conversation *c, tapir_way way, uint32_t isn, int scale)
{
    struct half *half = &c->half[way];

    if (!(half->flags & HALF_STARTED))
        tapir__start_half(c, way, isn + 1);
    if (!(half->flags & HALF_SYN))
        half->isn = isn;
    half->flags |= HALF_SYN | HALF_SAW_SYN;
    if (scale >= 0) {
        half->flags |= HALF_SCALED;
        half->scale = (uint8_t)scale;
    }
    agree_on_shifts(c);
}

/* A SYN of one side: where its stream begins. */
static void take_syn(tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    tapir__note_syn(c, way, segment->seq, tapir__shift_in(segment));
    if (way == TAPIR_FORWARD) {
        if (!c->saw_synack)
            c->syn_time = segment->time;
    } else if (segment->flags & TAPIR_TCP_ACK && !c->saw_synack) {
        c->saw_synack = true;
        if (c->syn_time >= 0)
            c->synack_rtt = segment->time - c->syn_time;
    }
}

/* A gap that the receiver has is the capture's: nobody will send it again. */
static void note_receipt(tapir_reassembler *r, tapir_conversation *c, tapir_way way, uint32_t ack)
{
    struct half *half = &c->half[way];

    if (tapir__ahead(ack, half->next) < (int64_t)tapir__queue_gap(c, way))
        return;
    if (!half->queue->acked)
        half->queue->acked = r->now;
    else if (r->now - half->queue->acked > r->options.received_gap_time)
        tapir__queue_skip(r, c, way);
}

/* Takes note of what a side acknowledges, and of its window. */
static inline void note_ack(struct half *half, const struct segment *segment, unsigned shift)
{
    uint32_t window = (uint32_t)segment->window << shift;

    if (window > half->window)
        half->window = window;
    if (!(half->flags & HALF_ACKED) || tapir__ahead(segment->ack, half->ack) > 0)
        half->ack = segment->ack;
    half->flags |= HALF_ACKED;
}

/* What a side acknowledges tells where the other's stream begins when its SYN was not captured. */
static void take_ack(
    tapir_reassembler *r, tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    struct half *half = &c->half[way];
    tapir_way other = tapir_other_way(way);

    note_ack(half, segment, segment->flags & TAPIR_TCP_SYN ? 0 : half->shift);
    if (!(c->entry.notes & NOTE_BOTH) && !(c->half[other].flags & HALF_STARTED) &&
        half->flags & HALF_SYN &&
        (segment->flags & TAPIR_TCP_SYN || segment->seq == half->isn + 1)) {
        tapir__start_half(c, other, segment->ack);
        c->half[other].isn = segment->ack - 1;
        c->half[other].flags |= HALF_SYN;
    }
    if (c->entry.notes & NOTE_WAITS << other)
        note_receipt(r, c, other, segment->ack);
    if (segment->window == 0 && !(segment->flags & (TAPIR_TCP_SYN | TAPIR_TCP_RST)))
        c->counts[way].zero_windows++;
}

/* Either side goes on from here. */
static void establish(
    tapir_reassembler *r, tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    if (way == TAPIR_FORWARD && c->saw_synack && c->handshake_rtt < 0 && c->syn_time >= 0)
        c->handshake_rtt = segment->time - c->syn_time;
    c->entry.state = TAPIR_CONNECTION_ESTABLISHED;
    if (c->entry.wheel == WHEEL_OPENING)
        tapir__move(r, &c->entry, WHEEL_OPEN);
}

/* Data. */

/* Returns whether a segment's end lies where the receiver would still take it. */
static bool in_window(const tapir_conversation *c, tapir_way way, uint32_t end)
{
    const struct half *half = &c->half[way], *other = &c->half[!way];
    uint64_t allowed = 2 * (uint64_t)other->window + SLACK;

    if (!(other->flags & HALF_ACKED))
        return tapir__ahead(end, half->next) <= AHEAD_MAX;
    if (allowed > AHEAD_MAX)
        allowed = AHEAD_MAX;
    /* What is acknowledged may be old news where acknowledgments are not captured. */
    return tapir__ahead(end, other->ack) <= (int32_t)allowed ||
           tapir__ahead(end, half->next) <= (int32_t)allowed;
}

/* Bytes that were delivered before are here again, the first of them `behind` what is next. */
static void take_old(tapir_reassembler *r, tapir_conversation *c, tapir_way way,
    const struct segment *segment, uint32_t behind, size_t len)
{
    struct half *half = &c->half[way];

    if (half->extra && half->offset >= behind)
        tapir__check_history(r, c, way, half->offset - behind,
            tapir_span_of(segment->data.data, len), segment->frame);
}

/* Counts a segment by what was new about it. */
static void count_repeats(struct counts *counts, uint64_t fresh, uint64_t repeated)
{
    if (!repeated)
        return;
    if (fresh)
        counts->overlaps++;
    else
        counts->retransmitted++;
}

/* Gives up gaps that have grown past their bounds. */
static void bound_queue(tapir_reassembler *r, tapir_conversation *c, tapir_way way)
{
    struct half *half = &c->half[way];

    while (half->queue && (half->queue->bytes > r->options.gap_bytes ||
                              half->queue->count > r->options.gap_packets))
        tapir__queue_skip(r, c, way);
    while (c->held > r->options.max_connection_memory && (half->queue || c->half[!way].queue)) {
        struct queue *a = half->queue, *b = c->half[!way].queue;
        r->stats.gaps_for_memory++;
        tapir__queue_skip(r, c, a && (!b || a->since <= b->since) ? way : tapir_other_way(way));
    }
}

/* Puts a segment in line with what waits; `old` bytes of it were delivered before. */
static void enqueue(tapir_reassembler *r, tapir_conversation *c, tapir_way way, uint64_t offset,
    const struct segment *segment, tapir_span bytes, size_t old)
{
    /* Its pieces, the list and the parts that it may cut others into. */
    size_t need = bytes.len + 8192;
    struct addition added;

    if (!tapir__make_room(r, need)) {
        r->stats.gaps_for_memory++;
        tapir__flush(r, c);
    }
    added = tapir__queue_add(r, c, way, offset, segment, bytes);
    if (added.incomplete)
        r->stats.out_of_memory++;
    if (added.follower && added.fresh)
        c->counts[way].out_of_order++;
    count_repeats(&c->counts[way], added.fresh, added.shared + old);
    tapir__queue_drain(r, c, way);
    bound_queue(r, c, way);
}

/* Bytes that are next, behind `old` that were delivered before. */
static void take_next(tapir_reassembler *r, tapir_conversation *c, tapir_way way,
    const struct segment *segment, tapir_span bytes, size_t old)
{
    struct half *half = &c->half[way];
    struct origin origin = {segment->frame, segment->time, segment->flags & TAPIR_TCP_URG};

    /* What waits may have a say in what these bytes are, and come next itself. */
    if (half->queue) {
        if (bytes.len)
            enqueue(r, c, way, half->offset, segment, bytes, old);
        return;
    }
    count_repeats(&c->counts[way], bytes.len, old);
    if (bytes.len)
        tapir__deliver(r, c, way, bytes, &origin, false);
    tapir__step_over(r, c, way, segment->missing);
}

/* A segment that begins before what is next. */
static void take_behind(tapir_reassembler *r, tapir_conversation *c, tapir_way way,
    const struct segment *segment, tapir_span bytes, uint32_t behind)
{
    struct counts *counts = &c->counts[way];
    size_t old = behind < bytes.len ? behind : bytes.len;

    if (behind > AHEAD_MAX) {
        counts->outside_window++;
        return;
    }
    if (old)
        take_old(r, c, way, segment, behind, old);
    if (behind == 1 && bytes.len <= 1 && !(segment->flags & (TAPIR_TCP_SYN | TAPIR_TCP_FIN)))
        counts->keep_alives++;
    else if (behind >= bytes.len)
        count_repeats(counts, 0, old);
    if (behind < bytes.len)
        take_next(r, c, way, segment, tapir_span_of(bytes.data + old, bytes.len - old), old);
    else if (behind < bytes.len + segment->missing && !c->half[way].queue)
        tapir__step_over(r, c, way, bytes.len + segment->missing - behind);
}

/* Returns what a segment has in the `room` bytes up to the end of its stream: nothing counts behind
 * that. */
static struct segment clip(const struct segment *segment, uint32_t room)
{
    struct segment clipped = *segment;

    if ((int32_t)room < 0)
        room = 0;
    if (clipped.data.len > room)
        clipped.data.len = room;
    if (clipped.missing > room - clipped.data.len)
        clipped.missing = room - (uint32_t)clipped.data.len;
    return clipped;
}

static void take_data(
    tapir_reassembler *r, tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    struct half *half = &c->half[way];
    uint32_t seq = segment->seq + (segment->flags & TAPIR_TCP_SYN ? 1 : 0);
    tapir_span bytes = segment->data;
    int32_t distance = tapir__ahead(seq, half->next);
    struct segment clipped;

    c->counts[way].missing_at_end += segment->missing;
    if (distance > 0 && !in_window(c, way, seq + (uint32_t)bytes.len)) {
        c->counts[way].outside_window++;
        return;
    }
    if (half->flags & HALF_FIN &&
        tapir__ahead(half->end, seq + (uint32_t)bytes.len + segment->missing) < 0) {
        clipped = clip(segment, half->end - seq);
        segment = &clipped;
        bytes = segment->data;
    }
    if (distance < 0)
        take_behind(r, c, way, segment, bytes, (uint32_t) - (int64_t)distance);
    else if (distance == 0 && (bytes.len || segment->missing))
        take_next(r, c, way, segment, bytes, 0);
    else if (bytes.len)
        enqueue(r, c, way, half->offset + (uint32_t)distance, segment, bytes, 0);
}

/* Ends. */

/* Takes note of where a stream ends; what is there stays when they contradict each other. */
static void take_fin(
    tapir_reassembler *r, tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    struct half *half = &c->half[way];
    uint32_t end = segment->seq + (uint32_t)segment->data.len + segment->missing +
                   (segment->flags & TAPIR_TCP_SYN ? 1 : 0);

    if (half->flags & (HALF_FIN | HALF_RST) || tapir__ahead(end, half->next) < 0 ||
        !in_window(c, way, end))
        return;
    half->end = end;
    half->flags |= HALF_FIN;
    c->entry.notes |= NOTE_ENDING;
    tapir__queue_trim(r, c, way, half->offset + (end - half->next));
}

/* Returns whether a reset would be believed: at a place where the receiver looks (RFC
 * 9293 3.10.7.4, RFC 5961 3.2), or answering a SYN. */
static bool is_plausible(const tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    const struct half *half = &c->half[way], *other = &c->half[!way];

    if (!(half->flags & HALF_STARTED))
        return !(other->flags & HALF_STARTED) || !(segment->flags & TAPIR_TCP_ACK) ||
               tapir__ahead(other->next + 1, segment->ack) >= 0; /* a FIN counts, too */
    if (tapir__ahead(segment->seq, half->next) > 0)
        return in_window(c, way, segment->seq);
    return !(other->flags & HALF_ACKED)
               ? segment->seq == half->next || segment->seq + 1 == half->next
               : tapir__ahead(segment->seq + 1, other->ack) >= 0;
}

static void take_rst(tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    struct half *half = &c->half[way];

    if (!is_plausible(c, way, segment)) {
        c->counts[way].outside_window++;
        return;
    }
    if (half->flags & HALF_RST)
        return;
    if (!(half->flags & HALF_STARTED))
        tapir__start_half(c, way, segment->seq);
    if (!(half->flags & HALF_FIN))
        half->end = tapir__ahead(segment->seq, half->next) > 0 ? segment->seq : half->next;
    half->flags |= HALF_RST;
    c->entry.notes |= NOTE_ENDING;
}

/* Marks a stream whose end was reached, and says so to the program. */
void tapir__finish_half(tapir_reassembler *r, tapir_conversation *c, tapir_way way)
{
    struct half *half = &c->half[way];
    struct origin origin = {c->entry.last_frame, c->entry.end, false};

    if (!(half->flags & (HALF_FIN | HALF_RST)) || half->flags & HALF_DONE || half->queue ||
        tapir__ahead(half->next, half->end) < 0)
        return;
    half->flags |= HALF_DONE;
    if (half->flags & HALF_FIN && !(half->flags & HALF_SENT_END))
        tapir__deliver(r, c, way, tapir_span_of(NULL, 0), &origin, false);
}

/* Returns whether a side's FIN was acknowledged: nothing will be sent again. */
static bool is_acknowledged(const tapir_conversation *c, tapir_way way)
{
    const struct half *half = &c->half[way], *other = &c->half[!way];

    return half->flags & HALF_FIN && other->flags & HALF_ACKED &&
           tapir__ahead(other->ack, half->end) > 0;
}

/* Returns whether a side has said all it will. */
static bool is_over(const tapir_conversation *c, tapir_way way)
{
    return c->half[way].flags & HALF_DONE || is_acknowledged(c, way);
}

/* Returns whether everything up to the RST was delivered. */
static bool is_reset(const tapir_conversation *c, tapir_way way)
{
    return c->half[way].flags & HALF_RST && c->half[way].flags & HALF_DONE;
}

void tapir__settle_now(tapir_reassembler *r, tapir_conversation *c)
{
    struct entry *before = r->current;
    unsigned ends;
    bool waits;

    r->current = &c->entry;
    if (c->entry.notes & NOTE_FLUSH) {
        c->entry.notes &= (uint8_t)~NOTE_FLUSH;
        tapir__flush(r, c);
    }
    tapir__finish_half(r, c, TAPIR_FORWARD);
    tapir__finish_half(r, c, TAPIR_BACKWARD);
    r->current = before;
    ends = c->half[0].flags | c->half[1].flags;
    if (c->entry.notes & NOTE_CLOSE) {
        tapir__end(r, c, TAPIR_END_CALLER);
        return;
    }
    if (!(ends & (HALF_FIN | HALF_RST)))
        return;
    waits = c->half[0].queue || c->half[1].queue;
    if (!waits && (is_reset(c, TAPIR_FORWARD) || is_reset(c, TAPIR_BACKWARD))) {
        tapir__end(r, c, TAPIR_END_RESET);
        return;
    }
    if (c->half[0].flags & c->half[1].flags & HALF_DONE && is_acknowledged(c, TAPIR_FORWARD) &&
        is_acknowledged(c, TAPIR_BACKWARD)) {
        tapir__end(r, c, TAPIR_END_FIN);
        return;
    }
    /* What is missing now can only be late, or was not captured. */
    c->entry.state = TAPIR_CONNECTION_CLOSING;
    if (c->entry.wheel != WHEEL_CLOSING &&
        (ends & HALF_RST || (is_over(c, TAPIR_FORWARD) && is_over(c, TAPIR_BACKWARD))))
        tapir__move(r, &c->entry, WHEEL_CLOSING);
}

/* Returns whether a segment is what most are: what comes next where both sides are at work and
 * nothing waits, ends, or is missing. */
static inline bool is_usual(
    const tapir_conversation *c, const struct half *half, const struct segment *segment)
{
    return c->entry.notes == NOTE_BOTH && c->entry.state != TAPIR_CONNECTION_OPENING &&
           (segment->flags & USUAL_MASK) == TAPIR_TCP_ACK && segment->seq == half->next &&
           !segment->missing && segment->window;
}

/* What all others do. */
static __attribute__((noinline)) void receive_unusual(
    tapir_reassembler *r, tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    if (segment->flags & TAPIR_TCP_SYN)
        take_syn(c, way, segment);
    if (segment->flags & TAPIR_TCP_ACK)
        take_ack(r, c, way, segment);
    if (segment->flags & TAPIR_TCP_RST) {
        take_rst(c, way, segment);
        return;
    }
    if (c->entry.state == TAPIR_CONNECTION_OPENING && !(segment->flags & TAPIR_TCP_SYN))
        establish(r, c, way, segment);
    if (!(c->half[way].flags & HALF_STARTED))
        tapir__start_half(c, way, segment->seq);
    if (segment->flags & TAPIR_TCP_FIN)
        take_fin(r, c, way, segment);
    take_data(r, c, way, segment);
}

void tapir__receive(
    tapir_reassembler *r, tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    struct half *half = &c->half[way];

    half->packets++;
    if (segment->time > c->entry.end)
        c->entry.end = segment->time;
    c->entry.last_frame = segment->frame;
    if (__builtin_expect(!is_usual(c, half, segment), 0)) {
        receive_unusual(r, c, way, segment);
        return;
    }
    note_ack(half, segment, half->shift);
    if (segment->data.len)
        tapir__deliver(r, c, way, segment->data,
            &(struct origin){segment->frame, segment->time, false}, false);
}
