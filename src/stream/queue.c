/* What waits in a stream for the bytes before it: pieces in order, none sharing a byte. */
#include "stream/conversation.h"

enum { ROOM_AT_FIRST = 16 };

static size_t array_size(size_t room)
{
    return room * sizeof(struct piece *);
}

static void queue_free(tapir_reassembler *r, struct queue *queue)
{
    tapir_conversation *c = queue->conversation;

    c->half[queue->way].queue = NULL;
    c->entry.notes &= (uint8_t) ~(NOTE_WAITS << queue->way);
    tapir__wheel_remove(&r->gaps, &queue->link);
    tapir__release(r, c, queue->at, array_size(queue->room));
    tapir__release(r, c, queue, sizeof *queue);
}

static struct queue *queue_new(tapir_reassembler *r, tapir_conversation *c, tapir_way way)
{
    struct queue *queue = tapir__hold(r, c, sizeof *queue);
    struct piece **at = queue ? tapir__hold(r, c, array_size(ROOM_AT_FIRST)) : NULL;

    if (!at) {
        if (queue)
            tapir__release(r, c, queue, sizeof *queue);
        return NULL;
    }
    *queue = (struct queue){
        .conversation = c, .way = (uint8_t)way, .since = r->now, .room = ROOM_AT_FIRST, .at = at};
    tapir__ring_init(&queue->link);
    tapir__wheel_add(&r->gaps, &queue->link, r->now, queue->since + r->gaps.timeout);
    c->half[way].queue = queue;
    c->entry.notes |= (uint8_t)(NOTE_WAITS << way);
    return queue;
}

/* Makes room for one more pointer; false when there is no memory. */
static bool grow(tapir_reassembler *r, struct queue *queue)
{
    struct piece **at;

    if (queue->first + queue->count < queue->room)
        return true;
    if (queue->first > queue->room / 2) {
        memmove(queue->at, queue->at + queue->first, array_size(queue->count));
        queue->first = 0;
        return true;
    }
    at = tapir__hold(r, queue->conversation, array_size(queue->room * 2));
    if (!at)
        return false;
    memcpy(at, queue->at + queue->first, array_size(queue->count));
    tapir__release(r, queue->conversation, queue->at, array_size(queue->room));
    queue->at = at;
    queue->room *= 2;
    queue->first = 0;
    return true;
}

static struct piece *piece_at(const struct queue *queue, size_t index)
{
    return queue->at[queue->first + index];
}

/* Returns the index of the first piece that ends behind `offset`. */
static size_t find(const struct queue *queue, uint64_t offset)
{
    size_t low = 0, high = queue->count;

    /* Most often what comes lies behind everything. */
    if (high && piece_at(queue, high - 1)->end <= offset)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (piece_at(queue, middle)->end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool insert(tapir_reassembler *r, struct queue *queue, size_t index, struct piece *piece)
{
    struct piece **place;

    if (!grow(r, queue))
        return false;
    place = queue->at + queue->first + index;
    memmove(place + 1, place, array_size(queue->count - index));
    *place = piece;
    queue->count++;
    queue->bytes += piece->end - piece->start;
    return true;
}

/* Takes a piece out of the list; it is the caller's. */
static struct piece *take_out(struct queue *queue, size_t index)
{
    struct piece **place = queue->at + queue->first + index, *piece = *place;

    if (index == 0)
        queue->first++;
    else
        memmove(place, place + 1, array_size(queue->count - index - 1));
    queue->count--;
    queue->bytes -= piece->end - piece->start;
    return piece;
}

/* A segment on its way into the queue. */
struct arrival {
    uint64_t start, end;
    const uint8_t *bytes;
    const struct segment *segment;
    struct addition result;
};

/* Adds the part of an arrival from `start` to `end` at `index`; returns how many pieces that were.
 */
static size_t add_part(tapir_reassembler *r, struct queue *queue, size_t index,
    struct arrival *arrival, uint64_t start, uint64_t end)
{
    tapir_conversation *c = queue->conversation;
    const struct segment *segment = arrival->segment;
    struct piece *piece = start < end ? tapir__piece_new(r, c, (size_t)(end - start)) : NULL;

    if (start >= end)
        return 0;
    if (piece) {
        piece->start = start;
        piece->end = end;
        piece->came_start = arrival->start;
        piece->came_end = arrival->end;
        piece->frame = segment->frame;
        piece->time = segment->time;
        piece->missing = end == arrival->end ? segment->missing : 0;
        piece->urgent = segment->flags & TAPIR_TCP_URG;
        memcpy(piece->bytes, arrival->bytes + (start - arrival->start), (size_t)(end - start));
        if (insert(r, queue, index, piece))
            return 1;
        tapir__piece_free(r, c, piece);
    }
    arrival->result.incomplete = true;
    return 0;
}

/* Tells of different bytes between an arrival and a piece, from `start` to `end`. */
static void compare(tapir_reassembler *r, struct queue *queue, const struct piece *piece,
    const struct arrival *arrival, uint64_t start, uint64_t end, bool new_wins)
{
    const uint8_t *old_bytes = piece->bytes + (start - piece->start);
    const uint8_t *new_bytes = arrival->bytes + (start - arrival->start);
    size_t len = (size_t)(end - start), at = 0;

    if (memcmp(old_bytes, new_bytes, len) == 0)
        return;
    while (old_bytes[at] == new_bytes[at])
        at++;
    tapir__report_conflict(r, queue->conversation,
        &(tapir_conflict){
            .offset = start + at,
            .old_bytes = tapir_span_of(old_bytes + at, len - at),
            .new_bytes = tapir_span_of(new_bytes + at, len - at),
            .old_frame = piece->frame,
            .new_frame = arrival->segment->frame,
            .way = queue->way,
            .new_wins = new_wins,
        });
}

/* Takes the bytes from `start` to `end` away from the piece at `index`. Returns how many pieces are
 * left of it before `start`; one behind `end` comes next. */
static size_t cut(
    tapir_reassembler *r, struct queue *queue, size_t index, uint64_t start, uint64_t end)
{
    tapir_conversation *c = queue->conversation;
    struct piece *piece = piece_at(queue, index), *rest = NULL;

    if (end < piece->end && start > piece->start) {
        /* The part behind gets memory of its own; without any it is lost. */
        rest = tapir__piece_new(r, c, (size_t)(piece->end - end));
        if (rest) {
            uint32_t size = rest->size;
            *rest = *piece;
            rest->size = size;
            rest->start = end;
            memcpy(rest->bytes, piece->bytes + (end - piece->start), (size_t)(piece->end - end));
        } else {
            r->stats.out_of_memory++;
        }
    } else if (end < piece->end) {
        memmove(piece->bytes, piece->bytes + (end - piece->start), (size_t)(piece->end - end));
        queue->bytes -= end - piece->start;
        piece->start = end;
        return 0;
    }
    if (start > piece->start) {
        queue->bytes -= piece->end - start;
        piece->end = start;
        piece->missing = 0;
        if (rest && !insert(r, queue, index + 1, rest))
            tapir__piece_free(r, c, rest);
        return 1;
    }
    tapir__piece_free(r, c, take_out(queue, index));
    return 0;
}

/* Adds an arrival, letting the policy decide with each piece that it shares bytes with. */
static void merge(tapir_reassembler *r, struct queue *queue, struct arrival *arrival)
{
    uint64_t from = arrival->start; /* what is not yet decided */
    size_t index = find(queue, from);

    arrival->result.follower = index < queue->count;
    while (index < queue->count && piece_at(queue, index)->start < arrival->end) {
        struct piece *piece = piece_at(queue, index);
        uint64_t start = piece->start > from ? piece->start : from, piece_end = piece->end;
        uint64_t end = piece_end < arrival->end ? piece_end : arrival->end;
        bool wins = tapir_overlap_new_wins(
            r->options.overlap, arrival->start, arrival->end, piece->came_start, piece->came_end);

        arrival->result.shared += end - start;
        compare(r, queue, piece, arrival, start, end, wins);
        if (wins) {
            index += cut(r, queue, index, start, end);
            if (piece_end > end)
                break; /* what is left of it lies behind the arrival */
        } else {
            index += add_part(r, queue, index, arrival, from, start) + 1;
            from = end;
        }
    }
    add_part(r, queue, index, arrival, from, arrival->end);
    arrival->result.fresh = arrival->end - arrival->start - arrival->result.shared;
}

struct addition tapir__queue_add(tapir_reassembler *r, tapir_conversation *c, tapir_way way,
    uint64_t offset, const struct segment *segment, tapir_span bytes)
{
    struct queue *queue = c->half[way].queue;
    struct arrival arrival = {offset, offset + bytes.len, bytes.data, segment, {0}};

    if (!queue && !(queue = queue_new(r, c, way)))
        return (struct addition){.incomplete = true};
    merge(r, queue, &arrival);
    if (queue->count == 0)
        queue_free(r, queue);
    return arrival.result;
}

void tapir__queue_trim(tapir_reassembler *r, tapir_conversation *c, tapir_way way, uint64_t end)
{
    struct queue *queue = c->half[way].queue;

    while (queue && queue->count && piece_at(queue, queue->count - 1)->end > end) {
        struct piece *last = piece_at(queue, queue->count - 1);

        if (last->start < end) {
            queue->bytes -= last->end - end;
            last->end = end;
            last->missing = 0;
        } else {
            tapir__piece_free(r, c, take_out(queue, queue->count - 1));
        }
    }
    if (queue && queue->count == 0)
        queue_free(r, queue);
}

uint64_t tapir__queue_gap(const tapir_conversation *c, tapir_way way)
{
    const struct half *half = &c->half[way];
    uint64_t start = piece_at(half->queue, 0)->start;

    return start > half->offset ? start - half->offset : 0;
}

void tapir__step_over(tapir_reassembler *r, tapir_conversation *c, tapir_way way, uint64_t bytes)
{
    struct half *half = &c->half[way];
    struct counts *counts = &c->counts[way];

    if (!bytes)
        return;
    half->next += (uint32_t)bytes;
    half->offset += bytes;
    if (!half->pending) {
        counts->gaps++;
        r->stats.gaps++;
    }
    half->pending += bytes;
    counts->gap_bytes += bytes;
    r->stats.gap_bytes += bytes;
}

/* Steps over what the capture cut off behind a piece, as far as nothing else has it. */
static void step_over_missing(tapir_reassembler *r, struct queue *queue, uint32_t missing)
{
    uint64_t offset = queue->conversation->half[queue->way].offset, bytes = missing;

    if (queue->count && piece_at(queue, 0)->start < offset + bytes)
        bytes = piece_at(queue, 0)->start - offset;
    tapir__step_over(r, queue->conversation, (tapir_way)queue->way, bytes);
}

void tapir__queue_drain(tapir_reassembler *r, tapir_conversation *c, tapir_way way)
{
    struct half *half = &c->half[way];
    struct queue *queue = half->queue;
    bool moved = false;

    while (queue && queue->count && piece_at(queue, 0)->start <= half->offset) {
        struct piece *piece = take_out(queue, 0);
        struct origin origin = {piece->frame, piece->time, piece->urgent};
        uint64_t end = piece->end;
        bool more = queue->count && piece_at(queue, 0)->start == end;
        uint32_t missing = piece->missing;

        if (end > half->offset)
            tapir__deliver(r, c, way,
                tapir_span_of(
                    piece->bytes + (half->offset - piece->start), (size_t)(end - half->offset)),
                &origin, more);
        tapir__piece_free(r, c, piece);
        if (half->offset == end)
            step_over_missing(r, queue, missing);
        moved = true;
    }
    if (!queue || !moved)
        return;
    if (queue->count == 0) {
        queue_free(r, queue);
        return;
    }
    queue->since = piece_at(queue, 0)->time;
    queue->acked = 0;
    tapir__wheel_remove(&r->gaps, &queue->link);
    tapir__wheel_add(&r->gaps, &queue->link, r->now, queue->since + r->gaps.timeout);
}

void tapir__queue_skip(tapir_reassembler *r, tapir_conversation *c, tapir_way way)
{
    struct half *half = &c->half[way];

    if (!half->queue)
        return;
    tapir__step_over(r, c, way, tapir__queue_gap(c, way));
    tapir__queue_drain(r, c, way);
}
