/* Which connection a segment is of, and whether it begins one. */
#include "stream/conversation.h"

/* Returns whether a segment of a connection that ended can be one of its own that is late. */
static bool is_late(const struct tomb *tomb, const struct segment *segment)
{
    tapir_way way = tapir__way_of(&tomb->entry, segment);
    bool syn = segment->flags & TAPIR_TCP_SYN;

    if (tomb->shut)
        return !syn || segment->flags & TAPIR_TCP_ACK || segment->seq == tomb->isn[way];
    if (syn)
        return tomb->flags[way] & HALF_SYN && segment->seq == tomb->isn[way];
    if (!segment->data.len || !(tomb->flags[way] & HALF_STARTED))
        return true;
    return tapir__ahead(segment->seq, tomb->next[way]) <= SLACK;
}

/* A SYN where a connection is open: remembered, since hosts do not believe it before it is answered
 * (RFC 5961 4.2). */
static void remember_candidate(tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    c->candidate = (struct candidate){
        .isn = segment->seq,
        .window = segment->window,
        .shift = (int8_t)tapir__shift_in(segment),
        .way = (uint8_t)way,
        .time = segment->time,
        .frame = segment->frame,
    };
    c->entry.notes |= NOTE_SYN;
}

/* Returns whether a segment shows that the SYN that is remembered did begin a new connection: it is
 * acknowledged, or followed where the old stream is not. */
static bool confirms(const tapir_conversation *c, tapir_way way, const struct segment *segment)
{
    const struct candidate *candidate = &c->candidate;
    const struct half *half = &c->half[way];

    if (segment->flags & TAPIR_TCP_RST)
        return false;
    if (way != (tapir_way)candidate->way)
        return segment->flags & TAPIR_TCP_SYN && segment->flags & TAPIR_TCP_ACK &&
               segment->ack == candidate->isn + 1;
    return !(segment->flags & TAPIR_TCP_SYN) && segment->seq == candidate->isn + 1 &&
           half->next != segment->seq;
}

/* Begins a connection as if with the SYN that was remembered. */
static tapir_conversation *begin_candidate(
    tapir_reassembler *r, tapir_conversation *old, const struct segment *segment)
{
    struct segment syn = *segment;
    struct candidate candidate = old->candidate;
    bool client_high =
        candidate.way == TAPIR_FORWARD ? old->entry.client_high : !old->entry.client_high;
    uint32_t hash = old->entry.hash;
    tapir_conversation *c;

    tapir__end(r, old, TAPIR_END_REUSED);
    syn.from_high = client_high;
    syn.flags = TAPIR_TCP_SYN;
    syn.time = candidate.time;
    syn.frame = candidate.frame;
    c = tapir__begin(r, &syn, hash);
    if (!c)
        return NULL;
    tapir__note_syn(c, TAPIR_FORWARD, candidate.isn, candidate.shift);
    c->half[TAPIR_FORWARD].window = candidate.window;
    c->half[TAPIR_FORWARD].packets = 1;
    c->syn_time = candidate.time;
    return c;
}

/* A SYN of a connection that is open. Returns whether that goes on with it; it begins another,
 * perhaps later, if not. */
static bool belongs(tapir_conversation *c, const struct segment *segment)
{
    const struct half *half = &c->half[tapir__way_of(&c->entry, segment)];

    if (half->flags & HALF_SYN)
        return half->isn == segment->seq;
    return !(half->flags & HALF_STARTED) || tapir__ahead(half->next, segment->seq) > 0;
}

/* What is left of a connection, or one that is overdue: out of the way when the segment is not of
 * it. Returns whether it is. */
static bool is_spent(tapir_reassembler *r, struct entry *entry, const struct segment *segment)
{
    if (tapir__is_overdue(r, entry)) {
        tapir__expire(r, entry);
        return false;
    }
    if (!entry->ended || is_late((const struct tomb *)(const void *)entry, segment))
        return true;
    tapir__forget(r, entry);
    return false;
}

tapir_conversation *tapir__connection_for(
    tapir_reassembler *r, const struct segment *segment, uint32_t hash)
{
    struct entry *entry = tapir__table_find(&r->table, &segment->key, hash);
    tapir_conversation *c;
    bool syn = (segment->flags & (TAPIR_TCP_SYN | TAPIR_TCP_ACK | TAPIR_TCP_RST)) == TAPIR_TCP_SYN;

    if (entry && !is_spent(r, entry, segment))
        entry =
            tapir__table_find(&r->table, &segment->key, hash); /* its end may have left a tomb */
    if (entry && entry->ended) {
        r->stats.late++;
        if (segment->time > entry->end)
            entry->end = segment->time;
        entry->active = true;
        return NULL;
    }
    c = (tapir_conversation *)(void *)entry;
    if (c && c->entry.notes & NOTE_SYN && confirms(c, tapir__way_of(entry, segment), segment))
        return begin_candidate(r, c, segment);
    if (c && syn && !belongs(c, segment)) {
        if (c->entry.state != TAPIR_CONNECTION_OPENING) {
            remember_candidate(c, tapir__way_of(entry, segment), segment);
            return NULL;
        }
        tapir__end(r, c, TAPIR_END_REUSED);
        c = NULL;
    }
    if (c) {
        c->entry.active = true;
        if (c->entry.state == TAPIR_CONNECTION_MIDSTREAM && c->entry.wheel == WHEEL_OPENING)
            tapir__move(r, &c->entry, WHEEL_OPEN);
        return c;
    }
    if (r->options.need_syn && !(segment->flags & TAPIR_TCP_SYN))
        return NULL;
    return tapir__begin(r, segment, hash);
}
