/* How connections begin, wait and end. */
#include "stream/conversation.h"

void tapir__move(tapir_reassembler *r, struct entry *entry, enum wheel_kind kind)
{
    tapir__wheel_remove(&r->wheels[entry->wheel], &entry->link);
    entry->wheel = (uint8_t)kind;
    entry->active = false;
    tapir__wheel_add(&r->wheels[kind], &entry->link, r->now, entry->end + r->wheels[kind].timeout);
}

static void free_entry(tapir_reassembler *r, struct entry *entry)
{
    if (entry->ended)
        tapir__release(r, NULL, entry, sizeof(struct tomb));
    else
        tapir__conversation_free(r, (tapir_conversation *)(void *)entry);
}

void tapir__forget(tapir_reassembler *r, struct entry *entry)
{
    size_t before = tapir__table_size(&r->table);

    tapir__wheel_remove(&r->wheels[entry->wheel], &entry->link);
    tapir__table_remove(&r->table, entry);
    free_entry(r, entry);
    if (tapir__table_is_sparse(&r->table) && tapir__table_resize(&r->table))
        r->stats.memory -= before - tapir__table_size(&r->table);
}

/* Leaves what tells late packets from a new connection in the place of one that ended. */
static void bury(tapir_reassembler *r, tapir_conversation *c, bool shut)
{
    struct tomb *tomb = tapir__hold(r, NULL, sizeof *tomb);

    if (!tomb) {
        tapir__forget(r, &c->entry);
        return;
    }
    tomb->entry = c->entry;
    tomb->entry.ended = true;
    tomb->entry.wheel = WHEEL_ENDED;
    tomb->shut = shut;
    for (unsigned way = 0; way < 2; way++) {
        tomb->isn[way] = c->half[way].isn;
        tomb->next[way] = c->half[way].next;
        tomb->flags[way] = c->half[way].flags;
    }
    tapir__table_replace(&r->table, &c->entry, &tomb->entry);
    tapir__wheel_remove(&r->wheels[c->entry.wheel], &c->entry.link);
    free_entry(r, &c->entry);
    tapir__wheel_add(&r->wheels[WHEEL_ENDED], &tomb->entry.link, r->now,
        tomb->entry.end + r->options.linger_time);
}

void tapir__flush(tapir_reassembler *r, tapir_conversation *c)
{
    for (unsigned way = 0; way < 2; way++) {
        struct half *half = &c->half[way];

        while (half->queue)
            tapir__queue_skip(r, c, (tapir_way)way);
        if (half->flags & HALF_FIN && tapir__ahead(half->end, half->next) > 0)
            tapir__step_over(r, c, (tapir_way)way, half->end - half->next);
        tapir__finish_half(r, c, (tapir_way)way);
    }
}

void tapir__end(tapir_reassembler *r, tapir_conversation *c, tapir_end_reason reason)
{
    struct entry *before = r->current;

    r->current = &c->entry;
    tapir__flush(r, c);
    if (reason == TAPIR_END_FIN)
        c->entry.state = TAPIR_CONNECTION_CLOSED;
    else if (reason == TAPIR_END_RESET)
        c->entry.state = TAPIR_CONNECTION_RESET;
    r->stats.ended[reason]++;
    r->stats.open--;
    if (r->options.calls.closed) {
        r->busy = true;
        r->options.calls.closed(r->options.user, c, reason);
        r->busy = false;
    }
    tapir__extra_free(r, c, TAPIR_FORWARD);
    tapir__extra_free(r, c, TAPIR_BACKWARD);
    r->current = before == &c->entry ? NULL : before;
    if (reason == TAPIR_END_FIN || reason == TAPIR_END_RESET || reason == TAPIR_END_CALLER)
        bury(r, c, reason == TAPIR_END_CALLER);
    else
        tapir__forget(r, &c->entry);
}

/* Has the table take one more entry; false when there is no memory. */
static bool make_place(tapir_reassembler *r)
{
    size_t growth = tapir__table_growth(&r->table), before = tapir__table_size(&r->table);

    if (!growth)
        return true;
    /* Both tables are there while one is made from the other. */
    if (growth <= r->options.max_memory && r->stats.memory <= r->options.max_memory - growth &&
        tapir__table_resize(&r->table)) {
        tapir__count(r, tapir__table_size(&r->table) - before);
        return true;
    }
    while (!tapir__table_fits(&r->table))
        if (!r->table.slots || !tapir__give_up_connection(r))
            return false;
    return true;
}

tapir_conversation *tapir__begin(tapir_reassembler *r, const struct segment *segment, uint32_t hash)
{
    bool from_server =
        (segment->flags & (TAPIR_TCP_SYN | TAPIR_TCP_ACK)) == (TAPIR_TCP_SYN | TAPIR_TCP_ACK);
    tapir_conversation *c = NULL;

    if (make_place(r) && tapir__make_room(r, 2 * sizeof *c))
        c = tapir__conversation_new(r);
    if (!c) {
        r->stats.out_of_memory++;
        return NULL;
    }
    c->entry.key = segment->key;
    c->entry.hash = hash;
    c->entry.client_high = segment->from_high != from_server;
    c->client_known = segment->flags & TAPIR_TCP_SYN;
    c->entry.state = c->client_known ? TAPIR_CONNECTION_OPENING : TAPIR_CONNECTION_MIDSTREAM;
    c->start = c->entry.end = segment->time;
    c->syn_time = -1;
    c->half[0].shift = c->half[1].shift = SHIFT_MAX; /* until both SYN tell */
    c->handshake_rtt = c->synack_rtt = -1;
    c->first_frame = c->entry.last_frame = segment->frame;
    c->id = r->stats.connections++;
    c->reassembler = r;
    r->stats.open++;
    tapir__table_add(&r->table, &c->entry);
    /* One packet is quickly made up: what is known by no more matters as little as a SYN does. */
    c->entry.wheel = WHEEL_OPENING;
    tapir__ring_init(&c->entry.link);
    tapir__wheel_add(&r->wheels[c->entry.wheel], &c->entry.link, r->now,
        c->entry.end + r->wheels[c->entry.wheel].timeout);
    if (r->options.calls.opened) {
        bool wanted;

        r->busy = true;
        wanted = r->options.calls.opened(r->options.user, c);
        r->busy = false;
        if (!wanted) {
            r->stats.open--;
            r->stats.unwanted++;
            bury(r, c, true);
            return NULL;
        }
    }
    return c;
}

/* Returns why a connection is over whose time has passed. */
static tapir_end_reason late_reason(const tapir_conversation *c)
{
    unsigned flags = c->half[0].flags | c->half[1].flags;

    if (flags & HALF_RST)
        return TAPIR_END_RESET;
    return c->half[0].flags & c->half[1].flags & HALF_FIN ? TAPIR_END_FIN : TAPIR_END_IDLE;
}

void tapir__expire(tapir_reassembler *r, struct entry *entry)
{
    tapir_conversation *c = (tapir_conversation *)(void *)entry;

    if (entry->ended)
        tapir__forget(r, entry);
    else
        tapir__end(r, c, entry->wheel == WHEEL_CLOSING ? late_reason(c) : TAPIR_END_IDLE);
}

/* Gives up gaps that something has waited behind too long; returns what is left of the budget. */
static unsigned give_up_gaps(tapir_reassembler *r, unsigned budget)
{
    struct link *link;

    while (budget && (link = tapir__wheel_due(&r->gaps, r->now))) {
        struct queue *queue = TAPIR_HOLDER(link, struct queue, link);
        tapir_conversation *c = queue->conversation;

        budget--;
        if (r->now - queue->since <= r->gaps.timeout) {
            tapir__wheel_remove(&r->gaps, link);
            tapir__wheel_add(&r->gaps, link, r->now, queue->since + r->gaps.timeout);
            continue;
        }
        r->current = &c->entry;
        tapir__queue_skip(r, c, (tapir_way)queue->way);
        r->current = NULL;
        tapir__settle(r, c);
    }
    return budget;
}

void tapir__do_what_is_due(tapir_reassembler *r, unsigned budget)
{
    budget = give_up_gaps(r, budget);
    for (unsigned kind = 0; kind < WHEEL_KINDS; kind++) {
        struct link *link;

        while (budget && (link = tapir__wheel_due(&r->wheels[kind], r->now))) {
            struct entry *entry = TAPIR_HOLDER(link, struct entry, link);

            budget--;
            if (tapir__is_overdue(r, entry))
                tapir__expire(r, entry);
            else
                tapir__move(r, entry, (enum wheel_kind)kind);
        }
    }
    /* All is done that is due: nothing to do for as long as nobody would notice. */
    if (budget) {
        r->quiet_from = r->now;
        r->quiet_until = r->now + r->grain;
    }
}

void tapir__end_idle(tapir_reassembler *r, int64_t idle_since, tapir_end_reason reason)
{
    for (unsigned kind = WHEEL_OPENING; kind < WHEEL_KINDS; kind++)
        for (size_t i = 0; i < WHEEL_SLOTS; i++) {
            struct link *head = &r->wheels[kind].slots[i], *next;

            for (struct link *link = head->next; link != head; link = next) {
                tapir_conversation *c = TAPIR_HOLDER(link, tapir_conversation, entry.link);

                next = link->next;
                if (c->entry.end < idle_since)
                    tapir__end(r, c, kind == WHEEL_CLOSING ? late_reason(c) : reason);
            }
        }
}
