/* tapir send: frames kept in memory, to be sent several times. */
#include "send.h"

#include <stdlib.h>
#include <sys/mman.h>

/* More would be a mistake sooner than a capture, and more than nobody would miss unasked. */
#define STORE_MOST   ((size_t)4 << 30)
#define UNASKED_MOST ((size_t)256 << 20)

enum { LEAST_BLOCK = 64 << 10, LARGE_PAGE = 2 << 20, MOST_BLOCK = 2 * LARGE_PAGE };

/* A frame that is kept: what matters of its facts, small for there may be many. */
struct stored {
    const uint8_t *data;
    int64_t time;
    uint32_t caplen, len;
    uint16_t link_type, vlan_tpid, vlan_tci;
    bool begins : 1, has_time : 1, has_vlan : 1;
};

/* Memory that frames' bytes lie in, one behind the other. */
struct store_block {
    struct store_block *before;
    size_t used, room;
    uint8_t *bytes;
};

/* Makes a block, each twice as large as the one before up to a limit. Large ones are of large pages
 * where they are to be had: going through many small ones takes the processor as long again. */
static bool add_block(struct store *store, size_t least)
{
    struct store_block *before = store->block, *block = malloc(sizeof *block);
    size_t room = before ? 2 * before->room : LEAST_BLOCK;

    room = room < MOST_BLOCK ? room : MOST_BLOCK;
    room = room < least ? least : room;
    if (!block)
        return false;
    *block = (struct store_block){.before = before, .room = room};
    block->bytes = room % LARGE_PAGE ? malloc(room) : aligned_alloc(LARGE_PAGE, room);
    if (!block->bytes) {
        free(block);
        return false;
    }
#ifdef MADV_HUGEPAGE
    if (room % LARGE_PAGE == 0)
        (void)madvise(block->bytes, room, MADV_HUGEPAGE);
#endif
    store->block = block;
    return true;
}

static bool add_frame(struct store *store)
{
    size_t room = store->frame_room + store->frame_room / 2 + 64;
    struct stored *frames;

    if (store->count < store->frame_room)
        return true;
    frames = realloc(store->frames, room * sizeof *frames);
    if (!frames)
        return false;
    store->frames = frames;
    store->frame_room = room;
    return true;
}

/* Keeps a frame; false when there is no memory. */
static bool add(struct store *store, const tapir_frame *frame, bool begins)
{
    struct store_block *block = store->block;
    uint8_t *to;

    if (!add_frame(store) ||
        ((!block || block->room - block->used < frame->caplen) && !add_block(store, frame->caplen)))
        return false;
    block = store->block;
    to = block->bytes + block->used;
    if (frame->caplen)
        memcpy(to, frame->data, frame->caplen);
    block->used += frame->caplen;
    store->len += frame->caplen;
    store->frames[store->count++] = (struct stored){
        .data = to,
        .time = frame->time,
        .caplen = frame->caplen,
        .len = frame->len,
        .link_type = frame->link_type,
        .vlan_tpid = frame->vlan_tpid,
        .vlan_tci = frame->vlan_tci,
        .begins = begins,
        .has_time = frame->has_time,
        .has_vlan = frame->has_vlan,
    };
    return true;
}

static size_t size_with(const struct store *store, const tapir_frame *frame)
{
    return store->len + frame->caplen + store->count * sizeof *store->frames;
}

bool store_add(struct store *store, const tapir_frame *frame, bool begins, bool asked)
{
    bool fits = size_with(store, frame) <= (asked ? STORE_MOST : UNASKED_MOST);

    if (fits && add(store, frame, begins))
        return true;
    if (asked && fits)
        complain("out of memory");
    else if (asked)
        complain("--preload keeps %zu MB at most; without it files are read anew each time",
            STORE_MOST >> 20);
    return false;
}

static tapir_frame frame_of(const struct store *store, size_t index)
{
    const struct stored *stored = &store->frames[index];

    return (tapir_frame){
        .data = stored->data,
        .caplen = stored->caplen,
        .len = stored->len,
        .time = stored->time,
        .link_type = stored->link_type,
        .has_time = stored->has_time,
        .has_vlan = stored->has_vlan,
        .vlan_tpid = stored->vlan_tpid,
        .vlan_tci = stored->vlan_tci,
        .number = index + 1,
    };
}

int store_send(struct sender *sender)
{
    enum { AHEAD = 8 };
    const struct store *store = &sender->store;
    int code = EXIT_DONE;

    for (size_t i = 0; code == EXIT_DONE && !sender->over && i < store->count; i++) {
        const tapir_frame frame = frame_of(store, i);

        if (i + AHEAD < store->count) {
            const tapir_frame later = frame_of(store, i + AHEAD);
            tapir_frame_prefetch_all(&later);
        }
        code = sender_send(sender, &frame, store->frames[i].begins);
    }
    return code;
}

void store_clear(struct store *store)
{
    struct store_block *block = store->block;

    while (block) {
        struct store_block *before = block->before;
        free(block->bytes);
        free(block);
        block = before;
    }
    free(store->frames);
    *store = (struct store){0};
}
