/* Packets in, connections out. */
#include "stream/conversation.h"
#include "stream/seed.h"

#include <stdlib.h>

#define SECOND    INT64_C(1000000000)
#define GRAIN_MAX (SECOND / 1000)

enum {
    DUE_MAX = 32, /* connections that one packet may end because their time has passed */
    AHEAD = 32    /* segments looked up together */
};

static void set_defaults(tapir_reassembler_options *options)
{
#define DEFAULT(member, value) (options->member = options->member ? options->member : (value))
    DEFAULT(max_memory, (size_t)64 << 20);
    DEFAULT(max_connection_memory, (size_t)1 << 20);
    DEFAULT(gap_bytes, SIZE_MAX);
    DEFAULT(gap_packets, 4096);
    DEFAULT(gap_time, 30 * SECOND);
    DEFAULT(received_gap_time, SECOND);
    DEFAULT(idle_time, 600 * SECOND);
    DEFAULT(opening_time, 60 * SECOND);
    DEFAULT(linger_time, 60 * SECOND);
#undef DEFAULT
    options->gap_time = tapir__time(options->gap_time);
    options->received_gap_time = tapir__time(options->received_gap_time);
    options->idle_time = tapir__time(options->idle_time);
    options->opening_time = tapir__time(options->opening_time);
    options->linger_time = tapir__time(options->linger_time);
    if (options->max_connection_memory > UINT32_MAX / 2)
        options->max_connection_memory = UINT32_MAX / 2;
}

tapir_reassembler *tapir_reassembler_new(const tapir_reassembler_options *options)
{
    tapir_reassembler *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    if (options)
        memcpy(&r->options, options,
            options->size < sizeof r->options ? options->size : sizeof r->options);
    set_defaults(&r->options);
    if (!tapir__random_seed(&r->options.seed)) {
        free(r);
        return NULL;
    }
    tapir__wheel_init(&r->wheels[WHEEL_ENDED], r->options.linger_time);
    tapir__wheel_init(&r->wheels[WHEEL_OPENING], r->options.opening_time);
    tapir__wheel_init(&r->wheels[WHEEL_OPEN], r->options.idle_time);
    tapir__wheel_init(&r->wheels[WHEEL_CLOSING], r->options.received_gap_time);
    tapir__wheel_init(&r->gaps, r->options.gap_time);
    r->grain = GRAIN_MAX;
    for (unsigned kind = 0; kind < WHEEL_KINDS; kind++)
        if (r->wheels[kind].width < r->grain)
            r->grain = r->wheels[kind].width;
    if (r->gaps.width < r->grain)
        r->grain = r->gaps.width;
    r->stats.memory = r->stats.most_memory = sizeof *r;
    return r;
}

static bool is_accepted(tapir_reassembler *r, tapir_conversation *c, tapir_way way,
    tapir_packet *packet, const struct segment *segment)
{
    bool accepted;

    if (!r->options.calls.accept)
        return true;
    r->busy = true;
    accepted = r->options.calls.accept(r->options.user, c, way, packet, segment->layer);
    r->busy = false;
    return accepted;
}

static bool is_checksum_wrong(
    const tapir_reassembler *r, const tapir_packet *packet, const struct segment *segment)
{
    tapir_checksum checksum;

    return r->options.verify_checksums && tapir_packet_verify(packet, segment->layer, &checksum) &&
           checksum.present && checksum.verifiable && !checksum.good;
}

/* Returns the packet whose segment counts: a datagram in place of the fragment that completed it;
 * NULL for a fragment that did not. */
static tapir_packet *whole(tapir_reassembler *r, tapir_packet *packet)
{
    tapir_datagram datagram;

    if (!r->options.defragmenter)
        return packet;
    switch (tapir_defragmenter_add(r->options.defragmenter, packet, &datagram)) {
    case TAPIR_FRAGMENT_NONE:
        return packet;
    case TAPIR_FRAGMENT_LAST:
        return datagram.packet;
    default:
        return NULL;
    }
}

/* Finds the segment of a packet that is to be taken, and counts what the packet is; NULL is one
 * that waits for the rest of its datagram. */
static bool find_segment(tapir_reassembler *r, tapir_packet *packet, struct segment *segment)
{
    enum segment_kind kind = packet ? tapir__segment_of(packet, segment) : SEGMENT_NONE;
    bool wrong = kind == SEGMENT_TCP && is_checksum_wrong(r, packet, segment);

    r->stats.packets++;
    r->stats.tcp += kind == SEGMENT_TCP;
    r->stats.fragments += kind == SEGMENT_FRAGMENT;
    r->stats.malformed += kind == SEGMENT_MALFORMED;
    r->stats.bad_checksum += wrong;
    return kind == SEGMENT_TCP && !wrong;
}

/* The same in place. */
static inline bool find_plain(
    tapir_reassembler *r, const tapir_frame *frame, struct segment *segment)
{
    bool found = tapir__plain_segment(frame, segment);

    r->stats.packets += found;
    r->stats.tcp += found;
    return found;
}

/* `packet` is needed by whoever wants to accept segments one by one. */
static void take(
    tapir_reassembler *r, const struct segment *segment, uint32_t hash, tapir_packet *packet)
{
    tapir_conversation *c;
    tapir_way way;

    r->now = segment->time;
    tapir__pass_time(r, DUE_MAX);
    c = tapir__connection_for(r, segment, hash);
    if (!c)
        return;
    way = tapir__way_of(&c->entry, segment);
    r->current = &c->entry;
    if (is_accepted(r, c, way, packet, segment))
        tapir__receive(r, c, way, segment);
    else
        r->stats.rejected++;
    tapir__settle(r, c);
    r->current = NULL;
}

void tapir_reassembler_add(tapir_reassembler *r, tapir_packet *packet)
{
    struct segment segment;

    packet = whole(r, packet);
    if (find_segment(r, packet, &segment))
        take(r, &segment, tapir__key_hash(&segment.key, r->options.seed), packet);
}

/* A segment on its way. */
struct waiting {
    struct segment segment;
    uint32_t hash;
};

/* Reads frames, in place where they are plain, up to a number of segments; returns how many there
 * are, *used says of how many frames. What will be needed of each is on its way to the cache. A
 * datagram is the last, for its bytes are there until the next fragment. */
static size_t look_ahead(tapir_reassembler *r, tapir_packet *packet, bool plain,
    const tapir_frame *frames, size_t count, struct waiting *waiting, size_t *used)
{
    size_t found = 0;
    bool of_frame = true;

    for (*used = 0; *used < count && found < AHEAD && of_frame; ++*used) {
        struct waiting *next = &waiting[found];

        if (!plain || !find_plain(r, &frames[*used], &next->segment)) {
            tapir_packet *counts;
            tapir_packet_start(packet, &frames[*used]);
            counts = whole(r, packet);
            if (!find_segment(r, counts, &next->segment))
                continue;
            of_frame = counts == packet;
        }
        next->hash = tapir__key_hash(&next->segment.key, r->options.seed);
        tapir__table_fetch(&r->table, next->hash);
        found++;
    }
    for (size_t i = 0; i < found; i++)
        tapir__table_fetch_entry(&r->table, waiting[i].hash);
    return found;
}

void tapir_reassembler_add_frames(
    tapir_reassembler *r, tapir_packet *packet, const tapir_frame *frames, size_t count)
{
    struct waiting waiting[AHEAD];
    size_t found, used;
    bool plain;

    if (r->options.calls.accept) { /* which wants each in its packet */
        for (size_t i = 0; i < count; i++) {
            tapir_packet_start(packet, &frames[i]);
            tapir_reassembler_add(r, packet);
        }
        return;
    }
    plain = !r->options.verify_checksums && tapir__is_plain_registry(tapir_packet_registry(packet));
    for (; count; frames += used, count -= used) {
        found = look_ahead(r, packet, plain, frames, count, waiting, &used);
        for (size_t i = 0; i < found; i++)
            take(r, &waiting[i].segment, waiting[i].hash, NULL);
    }
}

void tapir_reassembler_tick(tapir_reassembler *r, int64_t now)
{
    if (r->options.defragmenter)
        tapir_defragmenter_tick(r->options.defragmenter, now);
    r->now = tapir__time(now);
    r->quiet_until = r->quiet_from;
    tapir__pass_time(r, UINT32_MAX);
}

void tapir_reassembler_flush(tapir_reassembler *r, int64_t waiting_since, int64_t idle_since)
{
    waiting_since = tapir__time(waiting_since);
    for (size_t i = 0; i < WHEEL_SLOTS; i++) {
        struct link *slot = &r->gaps.slots[i];

        for (struct link *link = slot->next; link != slot;) {
            struct queue *queue = TAPIR_HOLDER(link, struct queue, link);
            tapir_conversation *c = queue->conversation;
            tapir_way way = (tapir_way)queue->way;

            link = link->next;
            if (queue->since >= waiting_since)
                continue;
            r->current = &c->entry;
            while (c->half[way].queue && c->half[way].queue->since < waiting_since)
                tapir__queue_skip(r, c, way);
            r->current = NULL;
            tapir__settle(r, c);
            link = slot->next; /* whoever came next may be gone */
        }
    }
    tapir__end_idle(r, tapir__time(idle_since), TAPIR_END_CALLER);
}

/* Forgets everything without a word. */
static void forget_all(tapir_reassembler *r)
{
    tapir_reassembly_calls calls = r->options.calls;

    memset(&r->options.calls, 0, sizeof r->options.calls);
    tapir__end_idle(r, INT64_MAX, TAPIR_END_FINISHED);
    for (unsigned kind = 0; kind < WHEEL_KINDS; kind++)
        for (struct link *link; (link = tapir__wheel_first(&r->wheels[kind]));)
            tapir__forget(r, TAPIR_HOLDER(link, struct entry, link));
    r->options.calls = calls;
}

void tapir_reassembler_finish(tapir_reassembler *r)
{
    if (r->options.defragmenter)
        (void)tapir_defragmenter_flush(r->options.defragmenter);
    tapir__end_idle(r, INT64_MAX, TAPIR_END_FINISHED);
    forget_all(r);
}

void tapir_reassembler_free(tapir_reassembler *r)
{
    if (!r)
        return;
    forget_all(r);
    while (tapir__free_spare(r))
        ;
    free(r->table.slots);
    free(r);
}

void tapir_reassembler_get_stats(const tapir_reassembler *r, tapir_reassembler_stats *stats)
{
    *stats = r->stats;
}
