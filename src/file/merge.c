/* Several sources as one, in order of time by a heap of their first frames, or one after the other.
 */
#include "tapir/merge.h"

#include "core/source.h"

#include <stdlib.h>

enum {
    BATCH = 64 /* frames taken from a source at once */
};

/* One of the sources, with the frames taken from it and not handed on. */
typedef struct part {
    tapir_source *source;
    tapir_frame *frames; /* BATCH of them */
    size_t at, count;
    int64_t time;       /* of the last frame that had one */
    tapir_status ended; /* why its reading is over, TAPIR_OK while there may be more */
    size_t *interfaces; /* ours, by its own index */
    size_t known, room; /* entries of that list, and how many fit */
} part;

/* A source that has a frame to give. */
typedef struct head {
    int64_t time;
    size_t part;
} head;

typedef struct merge {
    tapir_source source; /* first */
    part *parts;
    size_t part_count;
    head *heads; /* a heap: none is later than those at 2i+1 and 2i+2 */
    size_t head_count;
    size_t *starved; /* parts to be read from before the heap is right again */
    size_t starved_count, starved_at;
    size_t from; /* the part of the last record */
    bool concatenate, join;
    size_t interface_room;
} merge;

static bool earlier(const head *a, const head *b)
{
    return a->time < b->time || (a->time == b->time && a->part < b->part);
}

/* Moves the heap's first entry down to where it belongs. */
static void sift_down(merge *m)
{
    head moving = m->heads[0];
    size_t at = 0, below;

    while ((below = 2 * at + 1) < m->head_count) {
        if (below + 1 < m->head_count && earlier(&m->heads[below + 1], &m->heads[below]))
            below++;
        if (!earlier(&m->heads[below], &moving))
            break;
        m->heads[at] = m->heads[below];
        at = below;
    }
    m->heads[at] = moving;
}

static void push(merge *m, head added)
{
    size_t at = m->head_count++;

    while (at && earlier(&added, &m->heads[(at - 1) / 2])) {
        m->heads[at] = m->heads[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    m->heads[at] = added;
}

static void drop_first(merge *m)
{
    m->heads[0] = m->heads[--m->head_count];
    if (m->head_count)
        sift_down(m);
}

static tapir_status no_memory(merge *m)
{
    return tapir_error_set(&m->source.error, TAPIR_NO_MEMORY, "out of memory");
}

/* Grows a list of pointer-sized or smaller items to hold one more. */
static void *grown(void *list, size_t count, size_t *room, size_t size)
{
    size_t more = *room ? 2 * *room : 8;
    void *larger = list;

    if (count < *room)
        return list;
    larger = realloc(list, more * size);
    if (larger)
        *room = more;
    return larger;
}

static bool same_string(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether two descriptions are the same byte for byte, of formats that have such. */
static bool same_block(const tapir_pcapng_block *a, const tapir_pcapng_block *b)
{
    if (!a || !b)
        return a == b;
    return a->big_endian == b->big_endian && a->body.len == b->body.len &&
           memcmp(a->body.data, b->body.data, a->body.len) == 0;
}

static bool same_interface(const tapir_interface *a, const tapir_interface *b)
{
    return a->link_type == b->link_type && a->fcs_len == b->fcs_len &&
           a->link_type_bits == b->link_type_bits && a->snaplen == b->snaplen &&
           a->time_resolution == b->time_resolution && a->time_offset == b->time_offset &&
           same_string(a->name, b->name) && same_string(a->description, b->description) &&
           same_string(a->filter, b->filter) && same_string(a->os, b->os) &&
           same_string(a->hardware, b->hardware) && same_string(a->comment, b->comment) &&
           same_block(a->block, b->block);
}

/* Finds one of ours that is the same, SIZE_MAX when there is none. */
static size_t find_same(const merge *m, const tapir_interface *interface)
{
    for (size_t i = 0; i < m->source.interface_count; i++)
        if (same_interface(m->source.interfaces[i], interface))
            return i;
    return SIZE_MAX;
}

/* Adds an interface to our list: the part's own, or, when several may share one, a copy that counts
 * for itself. */
static tapir_status add_interface(merge *m, tapir_interface *interface)
{
    tapir_source *source = &m->source;
    void *list = grown(
        source->interfaces, source->interface_count, &m->interface_room, sizeof(tapir_interface *));

    if (!list)
        return no_memory(m);
    source->interfaces = list;
    if (m->join) {
        tapir_interface *copy = malloc(sizeof *copy);
        if (!copy)
            return no_memory(m);
        *copy = *interface;
        copy->frames = 0;
        interface = copy;
    }
    source->interfaces[source->interface_count++] = interface;
    return TAPIR_OK;
}

/* Gives every interface that the part has come to know its place among ours. */
static tapir_status learn_interfaces(merge *m, part *p)
{
    tapir_status status = TAPIR_OK;

    while (status == TAPIR_OK && p->known < p->source->interface_count) {
        tapir_interface *interface = p->source->interfaces[p->known];
        size_t same = m->join ? find_same(m, interface) : SIZE_MAX;
        size_t *list = grown(p->interfaces, p->known, &p->room, sizeof *list);

        if (!list)
            return no_memory(m);
        p->interfaces = list;
        if (same == SIZE_MAX) {
            same = m->source.interface_count;
            status = add_interface(m, interface);
        }
        if (status == TAPIR_OK)
            p->interfaces[p->known++] = same;
    }
    return status;
}

/* Fills what is ours of a frame on its way out. */
TAPIR_INLINE void hand_on(merge *m, const part *p, tapir_frame *frame, const tapir_frame *taken)
{
    *frame = *taken;
    if (taken->interface < p->known)
        frame->interface = (uint32_t)p->interfaces[taken->interface];
    frame->number = ++m->source.frames;
    m->source.bytes += taken->caplen;
    if (m->join && frame->interface < m->source.interface_count)
        m->source.interfaces[frame->interface]->frames++;
}

/* The time a frame is sorted by. */
TAPIR_INLINE int64_t time_of(part *p, const tapir_frame *frame)
{
    if (frame->has_time)
        p->time = frame->time;
    return p->time;
}

/* Passes a break on to the caller; one that was taken already may still stand with a part, and then
 * counts no more. */
static bool is_break(merge *m, tapir_status status)
{
    if (status != TAPIR_BREAK || !tapir__breaker_requested(&m->source.breaker))
        return false;
    tapir__breaker_take(&m->source.breaker, &m->source.error);
    return true;
}

/* Takes the next frames of a part that has none left. A block that holds no packet comes alone, in
 * *block, when that is not NULL. TAPIR_OK, also when the part is over; TAPIR_BREAK, or no memory.
 */
static tapir_status refill(merge *m, part *p, const tapir_pcapng_block **block)
{
    const tapir_pcapng_block *read = NULL;
    tapir_status status;

    p->at = p->count = 0;
    do {
        if (block) {
            status = tapir_source_next_block(p->source, p->frames, &read);
            p->count = status == TAPIR_OK && p->frames->data;
        } else {
            status = tapir_source_next_batch(p->source, p->frames, BATCH, &p->count);
        }
        if (is_break(m, status))
            return status;
    } while (status == TAPIR_BREAK && !p->count);
    if (status != TAPIR_OK && status != TAPIR_BREAK)
        p->ended = status;
    if (block && !p->count)
        *block = read;
    return learn_interfaces(m, p);
}

/* Says that a part has to be read from before anything else. */
static void starve(merge *m, size_t index)
{
    if (m->starved_at == m->starved_count)
        m->starved_at = m->starved_count = 0;
    m->starved[m->starved_count++] = index;
}

/* Reads from the parts that were emptied and puts them back into the heap. Stops early at a block
 * without a packet, whose part is still to be read from. */
static tapir_status feed(merge *m, const tapir_pcapng_block **block)
{
    while (m->starved_at < m->starved_count) {
        size_t index = m->starved[m->starved_at];
        part *p = &m->parts[index];
        tapir_status status;

        while (p->count == 0 && p->ended == TAPIR_OK) {
            status = refill(m, p, block);
            if (status != TAPIR_OK)
                return status;
            if (block && *block) {
                m->from = index;
                return TAPIR_OK;
            }
        }
        m->starved_at++;
        if (p->count)
            push(m, (head){time_of(p, &p->frames[p->at]), index});
        else if (m->concatenate && index + 1 < m->part_count)
            starve(m, index + 1);
    }
    m->starved_at = m->starved_count = 0;
    return TAPIR_OK;
}

/* Puts the first part where it belongs now that its frame is gone. One without more is to be read
 * from, but not yet: what it handed out stays valid until the next read. */
TAPIR_INLINE void advance(merge *m, part *p)
{
    if (++p->at < p->count) {
        m->heads[0].time = time_of(p, &p->frames[p->at]);
        sift_down(m);
        return;
    }
    starve(m, m->heads[0].part);
    p->at = p->count = 0;
    drop_first(m);
}

/* What it means that no part has a frame left: the failure of the first that had one. */
static tapir_status ended(merge *m)
{
    for (size_t i = 0; i < m->part_count; i++) {
        const part *p = &m->parts[i];
        if (p->ended == TAPIR_OK || p->ended == TAPIR_END)
            continue;
        m->source.error = *tapir_source_error(p->source);
        return p->ended;
    }
    return TAPIR_END;
}

static tapir_status merge_next_block(
    tapir_source *source, tapir_frame *frame, const tapir_pcapng_block **block)
{
    merge *m = (merge *)source;
    tapir_status status;
    part *p;

    *block = NULL;
    frame->data = NULL;
    status = feed(m, block);
    if (status != TAPIR_OK || *block)
        return status;
    if (!m->head_count)
        return ended(m);
    m->from = m->heads[0].part;
    p = &m->parts[m->from];
    hand_on(m, p, frame, &p->frames[p->at]);
    *block = frame->block;
    advance(m, p);
    return TAPIR_OK;
}

static tapir_status merge_next(tapir_source *source, tapir_frame *frame)
{
    const tapir_pcapng_block *block;
    tapir_status status;

    do
        status = merge_next_block(source, frame, &block);
    while (status == TAPIR_OK && !frame->data);
    return status;
}

static tapir_status merge_next_batch(
    tapir_source *source, tapir_frame *frames, size_t room, size_t *count)
{
    merge *m = (merge *)source;
    tapir_status status = feed(m, NULL);
    size_t done = 0;

    if (status != TAPIR_OK)
        return status;
    while (done < room && m->head_count && !m->starved_count) {
        part *p = &m->parts[m->heads[0].part];
        m->from = m->heads[0].part;
        hand_on(m, p, &frames[done++], &p->frames[p->at]);
        advance(m, p);
    }
    *count = done;
    return done ? TAPIR_OK : ended(m);
}

/* Async-signal-safe: ours first, so that a part's break always finds it. */
static void merge_interrupt(tapir_source *source)
{
    merge *m = (merge *)source;

    tapir__breaker_request(&source->breaker);
    for (size_t i = 0; i < m->part_count; i++)
        tapir_source_break(m->parts[i].source);
}

static void merge_stats(const tapir_source *source, tapir_source_stats *stats)
{
    const merge *m = (const merge *)source;

    for (size_t i = 0; i < m->part_count; i++) {
        tapir_source_stats of_part;

        tapir_source_stats_get(m->parts[i].source, &of_part);
        stats->dropped_by_kernel += of_part.dropped_by_kernel;
        stats->dropped_by_interface += of_part.dropped_by_interface;
        stats->offset += of_part.offset;
    }
}

static void free_merge(merge *m)
{
    for (size_t i = 0; m->join && i < m->source.interface_count; i++)
        free(m->source.interfaces[i]);
    for (size_t i = 0; m->parts && i < m->part_count; i++) {
        free(m->parts[i].frames);
        free(m->parts[i].interfaces);
    }
    free(m->source.interfaces);
    free(m->parts);
    free(m->heads);
    free(m->starved);
    free(m);
}

static void merge_close(tapir_source *source)
{
    merge *m = (merge *)source;

    for (size_t i = 0; i < m->part_count; i++)
        tapir_source_close(m->parts[i].source);
    free_merge(m);
}

static const tapir__source_kind merge_kind = {
    .next = merge_next,
    .next_block = merge_next_block,
    .next_batch = merge_next_batch,
    .interrupt = merge_interrupt,
    .stats = merge_stats,
    .close = merge_close,
};

/* What all sources have in common, or "several". */
static const char *common(const tapir_source *const *sources, size_t count,
    const char *(*name)(const tapir_source *source))
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(name(sources[i]), name(sources[0])) != 0)
            return "several";
    return count ? name(sources[0]) : "none";
}

static tapir_status prepare(merge *m, tapir_source *const *sources)
{
    tapir_status status = TAPIR_OK;

    for (size_t i = 0; i < m->part_count; i++) {
        m->parts[i].source = sources[i];
        m->parts[i].time = INT64_MIN;
        m->parts[i].frames = malloc(BATCH * sizeof *m->parts[i].frames);
        if (!m->parts[i].frames)
            return no_memory(m);
        if (i == 0 || !m->concatenate)
            starve(m, i);
    }
    for (size_t i = 0; status == TAPIR_OK && i < m->part_count; i++)
        status = learn_interfaces(m, &m->parts[i]);
    return status;
}

tapir_status tapir_source_merge(tapir_source **merged, tapir_source *const *sources, size_t count,
    const tapir_merge_options *options, tapir_error *error)
{
    tapir_merge_options given = {0};
    merge *m = calloc(1, sizeof *m);

    *merged = NULL;
    if (options)
        memcpy(&given, options, options->size < sizeof given ? options->size : sizeof given);
    if (m) {
        m->parts = calloc(count + 1, sizeof *m->parts);
        m->heads = calloc(count + 1, sizeof *m->heads);
        m->starved = calloc(count + 1, sizeof *m->starved);
        m->part_count = m->parts ? count : 0;
        m->source.breaker.wake_fd = -1;
        m->source.kind = &merge_kind;
        m->source.format = common((const tapir_source *const *)sources, count, tapir_source_format);
        m->source.compression =
            common((const tapir_source *const *)sources, count, tapir_source_compression);
        m->concatenate = given.concatenate;
        m->join = given.join_interfaces;
    }
    if (!m || !m->parts || !m->heads || !m->starved || prepare(m, sources) != TAPIR_OK) {
        if (m)
            free_merge(m);
        return tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    }
    *merged = &m->source;
    return TAPIR_OK;
}

size_t tapir_source_merged_from(const tapir_source *merged)
{
    return merged->kind == &merge_kind ? ((const merge *)merged)->from : 0;
}

size_t tapir_source_merged_interface(const tapir_source *merged, size_t from, size_t index)
{
    const merge *m = (const merge *)merged;

    if (merged->kind != &merge_kind)
        return from == 0 && index < merged->interface_count ? index : SIZE_MAX;
    if (from >= m->part_count || index >= m->parts[from].known)
        return SIZE_MAX;
    return m->parts[from].interfaces[index];
}
