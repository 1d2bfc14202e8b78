/* Fragments of IPv4, IPv6 and LCM: taken, kept within limits, put together. */
#include "defragment.h"

#include "stream/seed.h"

#include <stdlib.h>

#define SECOND INT64_C(1000000000)

enum { MOST_MEMORY = 4 << 20, MOST_DATAGRAMS = 8192, MOST_DEPTH = 8 };

const char *tapir_fragment_drop_text(tapir_fragment_drop drop)
{
    static const char *const texts[] = {
#define X(name, text) text,
        TAPIR_FRAGMENT_DROPS(X)
#undef X
    };

    return (size_t)drop < TAPIR_COUNT(texts) ? texts[drop] : "unknown reason";
}

static void set_defaults(tapir_defragmenter_options *options)
{
    static const int64_t times[] = {30 * SECOND, 60 * SECOND, 30 * SECOND};
    static const tapir_overlap overlaps[] = {
        TAPIR_OVERLAP_LINUX, TAPIR_OVERLAP_REJECT, TAPIR_OVERLAP_FIRST};

    if (!options->max_memory)
        options->max_memory = MOST_MEMORY;
    if (!options->max_datagrams)
        options->max_datagrams = MOST_DATAGRAMS;
    if (!options->max_depth)
        options->max_depth = MOST_DEPTH;
    for (unsigned i = 0; i < TAPIR_FRAGMENT_KINDS; i++) {
        if (options->max_time[i] <= 0)
            options->max_time[i] = times[i];
        if (options->overlap[i] == TAPIR_OVERLAP_DEFAULT)
            options->overlap[i] = overlaps[i];
    }
}

tapir_defragmenter *tapir_defragmenter_new(const tapir_defragmenter_options *options)
{
    tapir_defragmenter *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    if (options)
        memcpy(&d->options, options,
            options->size < sizeof d->options ? options->size : sizeof d->options);
    set_defaults(&d->options);
    if (!tapir__random_seed(&d->options.seed)) {
        free(d);
        return NULL;
    }
    return d;
}

void tapir_defragmenter_free(tapir_defragmenter *d)
{
    if (!d)
        return;
    tapir_defragmenter_flush(d);
    tapir_packet_free(d->work);
    tapir_packet_free(d->result);
    tapir_edit_free(d->edit);
    free(d->slots);
    free(d->whole);
    free(d->pieces);
    free(d);
}

static tapir_fragment_fate drop(
    tapir_defragmenter *d, tapir_datagram *datagram, tapir_fragment_drop reason)
{
    d->stats.dropped[reason]++;
    datagram->drop = reason;
    return TAPIR_FRAGMENT_DROPPED;
}

/* Finds the fragment's datagram, or begins it. */
static struct tapir__waiting *find_or_begin(
    tapir_defragmenter *d, const struct tapir__fragment *fragment)
{
    struct tapir__waiting *waiting = tapir__waiting_find(d, &fragment->key, d->now);

    if (waiting)
        return waiting;
    while (d->stats.waiting >= d->options.max_datagrams)
        tapir__waiting_give_up(d, tapir__waiting_oldest(d), &d->stats.evicted);
    return tapir__waiting_new(d, &fragment->key, d->now);
}

/* Where the datagram ends: the last fragment says it, or each of LCM, and nobody may contradict.
 * False: this one does. */
static bool agree_on_end(struct tapir__waiting *waiting, const struct tapir__fragment *fragment)
{
    const uint32_t end = fragment->offset + (uint32_t)fragment->payload.len;
    const bool tells = fragment->key.kind == TAPIR_FRAGMENT_LCM || !fragment->more;
    const uint32_t total = fragment->key.kind == TAPIR_FRAGMENT_LCM ? fragment->total : end;

    if (waiting->total_known && (tells ? total != waiting->total : end > waiting->total))
        return false;
    if (tells && waiting->highest > total)
        return false;
    if (tells) {
        waiting->total = total;
        waiting->total_known = true;
    }
    if (end > waiting->highest)
        waiting->highest = end;
    return true;
}

/* Keeps the frame of the fragment at 0; the bytes behind the outermost datagram are the link's. */
static bool keep_first(tapir_defragmenter *d, struct tapir__waiting *waiting, tapir_packet *packet,
    const struct tapir__fragment *fragment)
{
    const tapir_frame *frame = tapir_packet_frame(packet);
    const size_t old = waiting->first_bytes ? waiting->first.caplen + TAPIR__ALLOCATION_COST : 0;
    uint8_t *bytes = malloc(fragment->frame_len);

    if (!bytes)
        return false;
    memcpy(bytes, frame->data, fragment->frame_len);
    free(waiting->first_bytes);
    waiting->first_bytes = bytes;
    waiting->first = *frame;
    waiting->first.data = bytes;
    waiting->first.caplen = waiting->first.len = (uint32_t)fragment->frame_len;
    waiting->first.fcs_len = 0;
    waiting->first_proto = tapir_packet_layer(packet, 0)->proto;
    waiting->layer = fragment->layer;
    waiting->fragment_layer = fragment->fragment_layer;
    tapir__count_memory(d, old, fragment->frame_len + TAPIR__ALLOCATION_COST);
    return true;
}

/* Gives up the oldest until there is enough memory; false when this one was among them. */
static bool make_room(tapir_defragmenter *d, const struct tapir__waiting *waiting)
{
    while (d->stats.memory > d->options.max_memory) {
        struct tapir__waiting *oldest = tapir__waiting_oldest(d);
        const bool same = oldest == waiting;
        tapir__waiting_give_up(d, oldest, &d->stats.evicted);
        if (same)
            return false;
    }
    return true;
}

/* RFC 5722: what has come of it and what will come is discarded, until its time is over. */
static void reject(tapir_defragmenter *d, struct tapir__waiting *waiting)
{
    d->stats.lost_fragments += waiting->fragments;
    d->stats.rejected++;
    tapir__waiting_empty(d, waiting);
    waiting->rejected = true;
}

static bool is_complete(const struct tapir__waiting *waiting)
{
    /* Pieces neither overlap nor end behind the whole. */
    return waiting->total_known && waiting->pieces.bytes == waiting->total;
}

/* Counts how the fragment fitted in. TAPIR_DROPS: it did. */
static tapir_fragment_drop settle(
    tapir_defragmenter *d, struct tapir__waiting *waiting, const struct tapir__fit *fit)
{
    waiting->fragments++;
    waiting->overlaps += fit->overlaps;
    waiting->conflicts += fit->conflicts;
    d->stats.overlaps += fit->overlaps;
    d->stats.conflicts += fit->conflicts;
    if (fit->duplicate)
        return TAPIR_DROP_DUPLICATE;
    if (fit->rejected) {
        waiting->fragments--; /* this one is not lost but dropped */
        reject(d, waiting);
        return TAPIR_DROP_OVERLAP;
    }
    return fit->used || fit->no_memory ? TAPIR_DROPS : TAPIR_DROP_COVERED;
}

/* Puts the fragment where it belongs; of reasons to do with memory the datagram is gone. */
static tapir_fragment_drop put(tapir_defragmenter *d, struct tapir__waiting *waiting,
    tapir_packet *packet, const struct tapir__fragment *fragment)
{
    const size_t memory = waiting->pieces.memory;
    struct tapir__fit fit =
        tapir__pieces_put(&waiting->pieces, d->options.overlap[fragment->key.kind],
            fragment->offset, fragment->payload, tapir_packet_frame(packet)->number);
    tapir_fragment_drop reason;

    tapir__count_memory(d, memory, waiting->pieces.memory);
    reason = settle(d, waiting, &fit);
    if (reason != TAPIR_DROPS)
        return reason;
    if (fit.no_memory ||
        (fragment->offset == 0 && fit.used_first && !keep_first(d, waiting, packet, fragment))) {
        tapir__waiting_give_up(d, waiting, &d->stats.evicted);
        return TAPIR_DROP_MEMORY;
    }
    /* One that is complete leaves at once. */
    return is_complete(waiting) || make_room(d, waiting) ? TAPIR_DROPS : TAPIR_DROP_MEMORY;
}

static tapir_fragment_fate finish(tapir_defragmenter *d, struct tapir__waiting *waiting,
    tapir_packet *packet, tapir_datagram *datagram)
{
    tapir_fragment_drop reason = tapir__finish(d, waiting, packet, datagram);

    if (reason != TAPIR_DROPS) {
        tapir__waiting_give_up(d, waiting, &d->stats.evicted);
        return drop(d, datagram, reason);
    }
    d->stats.completed[waiting->key.kind]++;
    tapir__waiting_free(d, waiting);
    return TAPIR_FRAGMENT_LAST;
}

/* One packet, or a datagram that may have a fragment in it: then `depth` were put together. */
static tapir_fragment_fate take(
    tapir_defragmenter *d, tapir_packet *packet, unsigned depth, tapir_datagram *datagram)
{
    struct tapir__fragment fragment;
    struct tapir__waiting *waiting;
    tapir_fragment_drop reason;
    enum tapir__found found = tapir__find_fragment(packet, &d->options, &fragment);

    if (found != TAPIR__FRAGMENT) {
        d->stats.atomic += found == TAPIR__ATOMIC;
        return TAPIR_FRAGMENT_NONE;
    }
    d->stats.fragments[fragment.key.kind]++;
    if (depth >= d->options.max_depth)
        fragment.drop = TAPIR_DROP_TOO_DEEP;
    if (fragment.drop != TAPIR_DROPS)
        return drop(d, datagram, fragment.drop);
    waiting = find_or_begin(d, &fragment);
    if (!waiting)
        return drop(d, datagram, TAPIR_DROP_MEMORY);
    if (waiting->rejected)
        return drop(d, datagram, TAPIR_DROP_REJECTED);
    if (!agree_on_end(waiting, &fragment))
        return drop(d, datagram, TAPIR_DROP_BAD_END);
    reason = put(d, waiting, packet, &fragment);
    if (reason == TAPIR_DROP_MEMORY || reason == TAPIR_DROP_OVERLAP)
        return drop(d, datagram, reason);
    /* One that brings no bytes may still have told the end. */
    if (is_complete(waiting))
        return finish(d, waiting, packet, datagram);
    return reason == TAPIR_DROPS ? TAPIR_FRAGMENT_TAKEN : drop(d, datagram, reason);
}

tapir_fragment_fate tapir_defragmenter_add(
    tapir_defragmenter *d, tapir_packet *packet, tapir_datagram *datagram)
{
    const tapir_frame *frame = tapir_packet_frame(packet);
    tapir_fragment_fate fate;

    memset(datagram, 0, sizeof *datagram);
    d->stats.packets++;
    if (frame->has_time)
        tapir_defragmenter_tick(d, frame->time);
    fate = take(d, packet, 0, datagram);
    for (unsigned depth = 1; fate == TAPIR_FRAGMENT_LAST; depth++) {
        tapir_datagram inner = {.drop = TAPIR_DROPS};
        tapir_fragment_fate next = take(d, datagram->packet, depth, &inner);
        datagram->depth = depth;
        if (next == TAPIR_FRAGMENT_NONE)
            break;
        fate = next;
        *datagram = inner;
    }
    return fate;
}

void tapir_defragmenter_tick(tapir_defragmenter *d, int64_t now)
{
    d->now = now;
    tapir__waiting_expire(d, now);
}

size_t tapir_defragmenter_flush(tapir_defragmenter *d)
{
    const size_t count = d->stats.waiting;
    struct tapir__waiting *oldest;

    while ((oldest = tapir__waiting_oldest(d)))
        tapir__waiting_give_up(d, oldest, &d->stats.flushed);
    return count;
}

void tapir_defragmenter_get_stats(const tapir_defragmenter *d, tapir_defragmenter_stats *stats)
{
    *stats = d->stats;
}
