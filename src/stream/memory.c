/* Memory of a reassembler: counted, bounded, and made room for by giving things up. */
#include "stream/conversation.h"

#include <stdlib.h>

enum {
    PIECE_ROOM = 2048,                                           /* any usual segment fits */
    CONVERSATION_ROOM = sizeof(tapir_conversation) + CACHE_LINE, /* wherever its line begins */
    SPARES_MAX = 32                                              /* of each kind */
};

static const size_t spare_sizes[] = {
    [SPARE_PIECES] = PIECE_ROOM,
    [SPARE_CONVERSATIONS] = CONVERSATION_ROOM,
};

static bool fits(const tapir_reassembler *r, size_t size)
{
    return size <= r->options.max_memory && r->stats.memory <= r->options.max_memory - size;
}

void tapir__count(tapir_reassembler *r, size_t size)
{
    r->stats.memory += size;
    if (r->stats.memory > r->stats.most_memory)
        r->stats.most_memory = r->stats.memory;
}

void *tapir__hold(tapir_reassembler *r, tapir_conversation *of, size_t size)
{
    void *memory = fits(r, size) ? malloc(size) : NULL;

    if (!memory)
        return NULL;
    tapir__count(r, size);
    if (of)
        of->held += (uint32_t)size;
    return memory;
}

void tapir__release(tapir_reassembler *r, tapir_conversation *of, void *memory, size_t size)
{
    free(memory);
    r->stats.memory -= size;
    if (of)
        of->held -= (uint32_t)size;
}

/* Spares count as memory, but as that of no conversation. */
static void *take_spare(tapir_reassembler *r, enum spare_kind kind)
{
    struct spares *spares = &r->spares[kind];
    struct spare *spare = spares->first;

    if (spare) {
        spares->first = spare->next;
        spares->count--;
    }
    return spare;
}

/* Keeps memory; false when there are enough of that kind. */
static bool keep_spare(tapir_reassembler *r, enum spare_kind kind, void *memory)
{
    struct spares *spares = &r->spares[kind];
    struct spare *spare = memory;

    if (spares->count == SPARES_MAX)
        return false;
    spare->next = spares->first;
    spares->first = spare;
    spares->count++;
    return true;
}

bool tapir__free_spare(tapir_reassembler *r)
{
    for (unsigned kind = 0; kind < SPARE_KINDS; kind++) {
        void *spare = take_spare(r, (enum spare_kind)kind);

        if (spare) {
            tapir__release(r, NULL, spare, spare_sizes[kind]);
            return true;
        }
    }
    return false;
}

tapir_conversation *tapir__conversation_new(tapir_reassembler *r)
{
    char *memory = take_spare(r, SPARE_CONVERSATIONS);
    tapir_conversation *c;

    if (!memory)
        memory = tapir__hold(r, NULL, CONVERSATION_ROOM);
    if (!memory)
        return NULL;
    c = (tapir_conversation *)(void *)(memory + CACHE_LINE - (uintptr_t)memory % CACHE_LINE);
    memset(c, 0, sizeof *c);
    c->memory = memory;
    return c;
}

void tapir__conversation_free(tapir_reassembler *r, tapir_conversation *c)
{
    void *memory = c->memory;

    if (!keep_spare(r, SPARE_CONVERSATIONS, memory))
        tapir__release(r, NULL, memory, CONVERSATION_ROOM);
}

struct piece *tapir__piece_new(tapir_reassembler *r, tapir_conversation *of, size_t len)
{
    size_t size = sizeof(struct piece) + len;
    struct piece *piece = NULL;

    /* What fills the room by less than half has memory of its own size. */
    if (size > PIECE_ROOM / 2 && size < PIECE_ROOM)
        size = PIECE_ROOM;
    if (size == PIECE_ROOM)
        piece = take_spare(r, SPARE_PIECES);
    if (piece)
        of->held += PIECE_ROOM;
    else
        piece = tapir__hold(r, of, size);
    if (piece)
        piece->size = (uint32_t)size;
    return piece;
}

void tapir__piece_free(tapir_reassembler *r, tapir_conversation *of, struct piece *piece)
{
    uint32_t size = piece->size;

    if (size == PIECE_ROOM && keep_spare(r, SPARE_PIECES, piece))
        of->held -= PIECE_ROOM;
    else
        tapir__release(r, of, piece, size);
}

/* Returns the connection that has been in a wheel longest without a packet, but for the one at
 * work; NULL: there is none. What was active since it was put there goes one more time round: each
 * was made so by a packet, so that there are no more looks than packets. */
static struct entry *longest_idle(tapir_reassembler *r, struct wheel *wheel)
{
    for (int64_t tick = wheel->tick + 1; wheel->count && tick <= wheel->tick + WHEEL_SLOTS;
         tick++) {
        struct link *slot = tapir__wheel_slot(wheel, tick), *next;

        for (struct link *link = slot->next; link != slot; link = next) {
            struct entry *entry = TAPIR_HOLDER(link, struct entry, link);

            next = link->next;
            if (entry == r->current)
                continue;
            if (!entry->active)
                return entry;
            entry->active = false;
            tapir__wheel_remove(wheel, link);
            tapir__wheel_add(wheel, link, r->now, entry->end + wheel->timeout);
        }
    }
    return NULL;
}

/* Ends, or forgets, a connection of that kind. */
static bool give_up_connection(tapir_reassembler *r, enum wheel_kind kind)
{
    struct wheel *wheel = &r->wheels[kind];
    struct entry *entry = longest_idle(r, wheel);

    /* Were all active, then none is any more. */
    if (!entry)
        entry = longest_idle(r, wheel);
    if (!entry)
        return false;
    if (entry->ended)
        tapir__forget(r, entry);
    else
        tapir__end(r, (tapir_conversation *)(void *)entry, TAPIR_END_MEMORY);
    return true;
}

/* Returns the queue whose gap is given up next, none of the connection at work; NULL: there is
 * none. */
static struct queue *longest_waiting(tapir_reassembler *r)
{
    struct wheel *wheel = &r->gaps;

    for (int64_t tick = wheel->tick + 1; wheel->count && tick <= wheel->tick + WHEEL_SLOTS;
         tick++) {
        struct link *slot = tapir__wheel_slot(wheel, tick);

        for (struct link *link = slot->next; link != slot; link = link->next) {
            struct queue *queue = TAPIR_HOLDER(link, struct queue, link);
            if (&queue->conversation->entry != r->current)
                return queue;
        }
    }
    return NULL;
}

static bool give_up_gap(tapir_reassembler *r)
{
    struct queue *queue = longest_waiting(r);
    tapir_conversation *c;

    if (!queue)
        return false;
    c = queue->conversation;
    r->stats.gaps_for_memory++;
    tapir__queue_skip(r, c, (tapir_way)queue->way);
    tapir__settle(r, c);
    return true;
}

/* Connections that ended, then those that were never established: nothing of them is lost. */
static bool give_up_light(tapir_reassembler *r)
{
    return give_up_connection(r, WHEEL_ENDED) || give_up_connection(r, WHEEL_OPENING);
}

static bool give_up_heavy(tapir_reassembler *r)
{
    return give_up_connection(r, WHEEL_CLOSING) || give_up_connection(r, WHEEL_OPEN);
}

bool tapir__give_up_connection(tapir_reassembler *r)
{
    return give_up_light(r) || give_up_heavy(r);
}

bool tapir__make_room(tapir_reassembler *r, size_t size)
{
    /* What will never fit is not worth everything there is. */
    if (size > r->options.max_memory / 2)
        return false;
    while (!fits(r, size))
        if (!tapir__free_spare(r) && !give_up_light(r) && !give_up_gap(r) && !give_up_heavy(r))
            return false;
    return true;
}
