/* The wheel: slots by time, one pass each. */
#include "stream/wheel.h"

struct link *tapir__wheel_slot(struct wheel *wheel, int64_t tick)
{
    return &wheel->slots[(uint64_t)tick % WHEEL_SLOTS];
}

void tapir__wheel_init(struct wheel *wheel, int64_t timeout)
{
    wheel->timeout = timeout;
    wheel->width = timeout / (WHEEL_SLOTS / 2) + 1;
    wheel->tick = 0;
    wheel->count = 0;
    for (size_t i = 0; i < WHEEL_SLOTS; i++)
        tapir__ring_init(&wheel->slots[i]);
}

void tapir__wheel_add(struct wheel *wheel, struct link *link, int64_t now, int64_t deadline)
{
    int64_t tick = deadline / wheel->width + 1;

    if (wheel->count == 0)
        wheel->tick = now / wheel->width;
    if (tick <= wheel->tick)
        tick = wheel->tick + 1;
    if (tick >= wheel->tick + WHEEL_SLOTS)
        tick = wheel->tick + WHEEL_SLOTS - 1;
    tapir__ring_add(tapir__wheel_slot(wheel, tick), link);
    wheel->count++;
}

void tapir__wheel_remove(struct wheel *wheel, struct link *link)
{
    tapir__ring_remove(link);
    wheel->count--;
}

struct link *tapir__wheel_due(struct wheel *wheel, int64_t now)
{
    int64_t target = now / wheel->width;

    if (wheel->count == 0)
        return NULL;
    /* A leap in time passes every slot once. */
    if (target - wheel->tick > WHEEL_SLOTS)
        wheel->tick = target - WHEEL_SLOTS;
    for (; wheel->tick < target; wheel->tick++)
        if (!tapir__ring_empty(tapir__wheel_slot(wheel, wheel->tick + 1)))
            return tapir__wheel_slot(wheel, wheel->tick + 1)->next;
    return NULL;
}

struct link *tapir__wheel_first(struct wheel *wheel)
{
    for (int64_t tick = wheel->tick + 1; wheel->count && tick <= wheel->tick + WHEEL_SLOTS; tick++)
        if (!tapir__ring_empty(tapir__wheel_slot(wheel, tick)))
            return tapir__wheel_slot(wheel, tick)->next;
    return NULL;
}
