/* Deadlines of many things at little cost: a wheel of lists, each for a stretch of time. */
#ifndef TAPIR_STREAM_WHEEL_H
#define TAPIR_STREAM_WHEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in a ring of things; a ring's head is one, too. */
struct link {
    struct link *prev, *next;
};

static inline void tapir__ring_init(struct link *head)
{
    head->prev = head->next = head;
}

static inline bool tapir__ring_empty(const struct link *head)
{
    return head->next == head;
}

static inline void tapir__ring_add(struct link *head, struct link *link)
{
    link->prev = head->prev;
    link->next = head;
    head->prev->next = link;
    head->prev = link;
}

static inline void tapir__ring_remove(struct link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    link->prev = link->next = link;
}

/* The thing of a type whose member `link` this is. */
#define TAPIR_HOLDER(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

enum { WHEEL_SLOTS = 64 };

/* Deadlines lie at most `timeout` ahead, which is half the wheel. What is in a slot may have got a
 * later deadline since; whoever takes it out looks, and puts it back. */
struct wheel {
    int64_t timeout, width; /* nanoseconds; of a slot */
    int64_t tick;           /* slots passed, since time 0 */
    size_t count;
    struct link slots[WHEEL_SLOTS];
};

void tapir__wheel_init(struct wheel *wheel, int64_t timeout);

/* Puts a thing in, to be looked at no later than a slot's width after `deadline`. */
void tapir__wheel_add(struct wheel *wheel, struct link *link, int64_t now, int64_t deadline);

void tapir__wheel_remove(struct wheel *wheel, struct link *link);

/* Returns something to look at by `now`, NULL when there is nothing (more). It has to be removed,
 * or added again, before the next call. */
struct link *tapir__wheel_due(struct wheel *wheel, int64_t now);

/* Returns the list of a slot: those from `tick` + 1 on, WHEEL_SLOTS of them, come in turn. */
struct link *tapir__wheel_slot(struct wheel *wheel, int64_t tick);

/* Returns the thing whose slot comes first, NULL when there is none. */
struct link *tapir__wheel_first(struct wheel *wheel);

#endif
