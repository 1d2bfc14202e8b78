/* Which packets of two captures belong to each other, with a bounded look ahead. */
#include "diff.h"

#include "tapir/flow.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
    DEFAULT_WINDOW = 65536,
    MOST_WINDOW = 1 << 24,
    DEFAULT_BYTES = 32 << 20,
    /* What packets are found by, one after the other: all that counts in them, the bytes from the
     * transport layer on, their conversation, their protocols. */
    LEVELS = 4,
    FIRM_LEVELS = 2, /* of these: by which it is certain that two packets are the same one */
    FEW = 32         /* packets that are not worth a look for unique ones */
};

#define NONE SIZE_MAX

/* A frame that waits, with a copy of its bytes and its comment. */
struct entry {
    tapir_frame frame;
    uint8_t *bytes;
    uint64_t keys[LEVELS];
};

/* One capture: the frames read ahead. */
struct capture {
    tapir_source *source;
    struct entry *entries;
    uint64_t *keys; /* of one level, while it is compared */
    size_t count, room, bytes;
    bool ended;
    tapir_status status; /* what ended it */
};

/* Two entries that belong to each other, or one alone (NONE). */
struct step {
    size_t a, b;
    unsigned level;
};

/* An entry by its key, to be sorted. */
struct reference {
    uint64_t key;
    uint32_t index;
    uint32_t capture;
};

/* Two entries whose key no other in the windows has. */
struct anchor {
    uint32_t a, b;
    uint32_t before; /* while the longest ascending run of them is looked for */
};

struct tapir_diff {
    tapir__comparer comparer;
    bool (*wanted)(void *user, const tapir_frame *frame);
    void *user;
    size_t window, window_bytes;
    struct capture captures[2];
    tapir_packet *packet; /* for keys */
    tapir__sequence levels[LEVELS];
    size_t reference_room;
    struct reference *references;        /* of both windows */
    struct anchor *anchors[FIRM_LEVELS]; /* of one window, at each level */
    struct step *steps;
    size_t step_count, step_room;
    size_t at, commit;  /* steps told, and to be told before more is read */
    tapir_frame now[2]; /* of the last difference found without a look ahead */
    bool out_of_memory;
    tapir_error error;
};

tapir_diff *tapir_diff_new(
    tapir_source *a, tapir_source *b, const tapir_diff_options *given, tapir_error *error)
{
    tapir_diff_options options = {0};
    tapir_diff *diff = calloc(1, sizeof *diff);

    if (given)
        memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
    if (!diff) {
        tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
        return NULL;
    }
    diff->wanted = options.wanted;
    diff->user = options.user;
    diff->window = options.window ? options.window : DEFAULT_WINDOW;
    if (diff->window > MOST_WINDOW)
        diff->window = MOST_WINDOW;
    diff->window_bytes = options.window_bytes ? options.window_bytes : DEFAULT_BYTES;
    diff->packet = tapir_packet_new(options.registry);
    if (!diff->packet)
        tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    if (!tapir__comparer_init(&diff->comparer, &options, error) || !diff->packet) {
        tapir_diff_free(diff);
        return NULL;
    }
    diff->captures[0].source = a;
    diff->captures[1].source = b;
    return diff;
}

static void drop(struct capture *capture, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        capture->bytes -= capture->entries[i].frame.caplen;
        free(capture->entries[i].bytes);
    }
    capture->count -= count;
    if (capture->count)
        memmove(
            capture->entries, capture->entries + count, capture->count * sizeof *capture->entries);
}

void tapir_diff_free(tapir_diff *diff)
{
    if (!diff)
        return;
    for (size_t i = 0; i < 2; i++) {
        drop(&diff->captures[i], diff->captures[i].count);
        free(diff->captures[i].entries);
        free(diff->captures[i].keys);
    }
    for (size_t i = 0; i < LEVELS; i++)
        tapir__sequence_clear(&diff->levels[i]);
    tapir__comparer_clear(&diff->comparer);
    for (size_t i = 0; i < FIRM_LEVELS; i++)
        free(diff->anchors[i]);
    tapir_packet_free(diff->packet);
    free(diff->references);
    free(diff->steps);
    free(diff);
}

const tapir_error *tapir_diff_error(const tapir_diff *diff)
{
    return &diff->error;
}

static tapir_status no_memory(tapir_diff *diff)
{
    diff->out_of_memory = true;
    return tapir_error_set(&diff->error, TAPIR_NO_MEMORY, "out of memory");
}

/* Reading. */

/* Reads the next frame that takes part; false at the end. */
static bool read_frame(tapir_diff *diff, struct capture *capture, tapir_frame *frame)
{
    while (!capture->ended) {
        capture->status = tapir_source_next(capture->source, frame);
        if (capture->status != TAPIR_OK)
            capture->ended = true;
        else if (!diff->wanted || diff->wanted(diff->user, frame))
            return true;
    }
    return false;
}

/* The bytes that routers leave as they are. */
static uint64_t payload_key(tapir_packet *packet)
{
    const tapir_layer *layer = tapir_packet_transport(packet), *inside = layer;
    const tapir_frame *frame = tapir_packet_frame(packet);
    tapir_span bytes = tapir_span_of(frame->data, frame->caplen);

    if (!inside)
        inside = tapir_packet_network(packet);
    if (!inside)
        inside = tapir_packet_link(packet);
    if (inside && !layer && inside->payload_len)
        bytes = tapir_layer_payload(inside);
    else if (inside)
        bytes = tapir_span_of(inside->start, inside->header_len + (size_t)inside->payload_len);
    return XXH3_64bits_withSeed(bytes.data, bytes.len, LEVELS);
}

static uint64_t conversation_key(tapir_packet *packet)
{
    tapir_connection connection;
    uint64_t hash;

    if (!tapir_packet_connection(packet, &connection))
        return 0;
    hash = tapir_endpoint_hash(&connection.network.src, connection.protocol);
    hash = tapir_endpoint_hash(&connection.network.dst, hash);
    hash = tapir_endpoint_hash(&connection.transport.src, hash);
    return tapir_endpoint_hash(&connection.transport.dst, hash);
}

/* Network and transport protocol, or the payload of what has neither. */
static uint64_t protocols_key(tapir_packet *packet)
{
    static const tapir_role roles[] = {TAPIR_ROLE_NETWORK, TAPIR_ROLE_TRANSPORT};
    const tapir_proto *protos[TAPIR_COUNT(roles)] = {NULL, NULL};

    for (size_t i = 0; i < TAPIR_COUNT(roles); i++) {
        const tapir_layer *layer = tapir_packet_role(packet, roles[i]);
        protos[i] = layer ? layer->proto : NULL;
    }
    return XXH3_64bits(protos, sizeof protos);
}

static void fill_keys(tapir_diff *diff, struct entry *entry)
{
    entry->keys[0] = tapir__comparer_key(&diff->comparer, &entry->frame);
    tapir_packet_start(diff->packet, &entry->frame);
    entry->keys[1] = payload_key(diff->packet);
    entry->keys[3] = protocols_key(diff->packet);
    entry->keys[2] = conversation_key(diff->packet) ^ entry->keys[3];
}

/* Makes room for one more entry; false when out of memory. */
static bool make_room(struct capture *capture)
{
    size_t room = capture->room ? 2 * capture->room : 64;
    struct entry *entries;
    uint64_t *keys;

    if (capture->count < capture->room)
        return true;
    entries = realloc(capture->entries, room * sizeof *entries);
    if (entries)
        capture->entries = entries;
    keys = realloc(capture->keys, room * sizeof *keys);
    if (keys)
        capture->keys = keys;
    if (!entries || !keys)
        return false;
    capture->room = room;
    return true;
}

/* Puts a copy of the frame at the end of the window; false when out of memory. */
static bool keep(tapir_diff *diff, struct capture *capture, const tapir_frame *frame)
{
    struct entry *entry;
    uint8_t *bytes = malloc(frame->caplen + frame->comment.len + 1);

    if (!bytes || !make_room(capture)) {
        free(bytes);
        return false;
    }
    if (frame->caplen)
        memcpy(bytes, frame->data, frame->caplen);
    if (frame->comment.len)
        memcpy(bytes + frame->caplen, frame->comment.data, frame->comment.len);
    entry = &capture->entries[capture->count++];
    entry->frame = *frame;
    entry->frame.data = bytes;
    entry->frame.comment = tapir_span_of(bytes + frame->caplen, frame->comment.len);
    entry->frame.block = NULL;
    entry->bytes = bytes;
    capture->bytes += frame->caplen;
    fill_keys(diff, entry);
    return true;
}

static bool fill(tapir_diff *diff, struct capture *capture)
{
    tapir_frame frame;

    while (capture->count < diff->window && capture->bytes < diff->window_bytes &&
           read_frame(diff, capture, &frame))
        if (!keep(diff, capture, &frame))
            return false;
    return true;
}

/* Pairing. */

static void add_step(tapir_diff *diff, size_t a, size_t b, unsigned level)
{
    struct step *grown;

    if (diff->step_count == diff->step_room) {
        size_t room = diff->step_room ? 2 * diff->step_room : 256;
        grown = realloc(diff->steps, room * sizeof *grown);
        if (!grown) {
            diff->out_of_memory = true;
            return;
        }
        diff->steps = grown;
        diff->step_room = room;
    }
    diff->steps[diff->step_count++] = (struct step){a, b, level};
}

static const uint64_t *level_keys(
    struct capture *capture, size_t from, size_t count, unsigned level)
{
    for (size_t i = from; i < from + count; i++)
        capture->keys[i] = capture->entries[i].keys[level];
    return capture->keys + from;
}

static int by_key(const void *left, const void *right)
{
    const struct reference *a = left, *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static int by_place(const void *left, const void *right)
{
    const struct anchor *a = left, *b = right;

    return a->a < b->a ? -1 : a->a > b->a;
}

/* Gathers the keys that are once in each stretch. */
static size_t find_unique(tapir_diff *diff, const tapir_run *stretch, unsigned level)
{
    struct reference *references = diff->references;
    size_t count = 0, found = 0;

    for (size_t i = 0; i < stretch->a_len; i++)
        references[count++] = (struct reference){
            diff->captures[0].entries[stretch->a + i].keys[level], (uint32_t)(stretch->a + i), 0};
    for (size_t i = 0; i < stretch->b_len; i++)
        references[count++] = (struct reference){
            diff->captures[1].entries[stretch->b + i].keys[level], (uint32_t)(stretch->b + i), 1};
    qsort(references, count, sizeof *references, by_key);
    for (size_t i = 0, end; i < count; i = end) {
        const struct reference *pair = &references[i];
        for (end = i + 1; end < count && references[end].key == pair->key;)
            end++;
        if (end - i == 2 && pair[0].capture != pair[1].capture)
            diff->anchors[level][found++] =
                (struct anchor){pair[pair[0].capture].index, pair[pair[1].capture].index, 0};
    }
    qsort(diff->anchors[level], found, sizeof **diff->anchors, by_place);
    return found;
}

/* Keeps the longest run of anchors that ascends in both captures, by patience sorting; returns its
 * length. `ends` has room for as many numbers as there are anchors. */
static size_t keep_ascending(struct anchor *anchors, size_t count, uint32_t *ends)
{
    size_t longest = 0;
    uint32_t at;

    for (uint32_t i = 0; i < count; i++) {
        size_t low = 0, high = longest;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (anchors[ends[middle]].b < anchors[i].b)
                low = middle + 1;
            else
                high = middle;
        }
        anchors[i].before = low ? ends[low - 1] : UINT32_MAX;
        ends[low] = i;
        longest = low == longest ? longest + 1 : longest;
    }
    at = longest ? ends[longest - 1] : 0;
    for (size_t i = longest; i-- > 0; at = anchors[at].before)
        ends[i] = at;
    for (size_t i = 0; i < longest; i++)
        anchors[i] = anchors[ends[i]];
    return longest;
}

/* Makes room for as many references, and for anchors; false when out of memory. */
static bool make_anchors(tapir_diff *diff, size_t count)
{
    struct reference *references;

    if (count <= diff->reference_room)
        return true;
    references = realloc(diff->references, count * sizeof *references);
    if (!references)
        return false;
    diff->references = references;
    for (size_t i = 0; i < FIRM_LEVELS; i++) {
        struct anchor *anchors = realloc(diff->anchors[i], count / 2 * sizeof *anchors);
        if (!anchors)
            return false;
        diff->anchors[i] = anchors;
    }
    diff->reference_room = count;
    return true;
}

static void pair_up(tapir_diff *diff, const tapir_run *stretch, unsigned level);

/* Finds what belongs to each other in a stretch by the keys of a level; between, by those of the
 * next one. */
static void pair_between(tapir_diff *diff, const tapir_run *stretch, unsigned level)
{
    tapir__sequence *sequence = &diff->levels[level];

    /* What is given up at one level may be easy at the next. */
    sequence->coarse = level + 1 < LEVELS;
    tapir__sequence_words(sequence,
        level_keys(&diff->captures[0], stretch->a, stretch->a_len, level), stretch->a_len,
        level_keys(&diff->captures[1], stretch->b, stretch->b_len, level), stretch->b_len);
    diff->out_of_memory |= sequence->failed;
    for (size_t i = 0; i < sequence->count; i++) {
        tapir_run run = sequence->runs[i];
        run.a += stretch->a;
        run.b += stretch->b;
        if (run.kind != TAPIR_RUN_SAME)
            pair_up(diff, &run, level + 1);
        else
            for (size_t j = 0; j < run.a_len; j++)
                add_step(diff, run.a + j, run.b + j, level);
    }
}

/* The same, beginning with packets that are alone of their kind: they are found however far away
 * from each other, at no more cost than sorting. As deep as there are levels. */
static void pair_up(tapir_diff *diff, const tapir_run *stretch, unsigned level)
{
    tapir_run rest = *stretch;
    size_t a_end = stretch->a + stretch->a_len, b_end = stretch->b + stretch->b_len, count = 0;

    if (level == LEVELS || !stretch->a_len || !stretch->b_len) {
        for (size_t i = 0; i < stretch->a_len; i++)
            add_step(diff, stretch->a + i, NONE, level);
        for (size_t i = 0; i < stretch->b_len; i++)
            add_step(diff, NONE, stretch->b + i, level);
        return;
    }
    if (level < FIRM_LEVELS && stretch->a_len + stretch->b_len > FEW) {
        struct anchor *anchors = diff->anchors[level];
        count = find_unique(diff, stretch, level);
        /* The references have been used, and are twice as many. */
        count = keep_ascending(anchors, count, (uint32_t *)(void *)diff->references);
    }
    for (size_t i = 0; i < count; i++) {
        const struct anchor *anchor = &diff->anchors[level][i];
        rest.a_len = anchor->a - rest.a;
        rest.b_len = anchor->b - rest.b;
        if (rest.a_len || rest.b_len)
            pair_between(diff, &rest, level);
        add_step(diff, anchor->a, anchor->b, level);
        rest.a = anchor->a + 1;
        rest.b = anchor->b + 1;
    }
    rest.a_len = a_end - rest.a;
    rest.b_len = b_end - rest.b;
    if (rest.a_len || rest.b_len)
        pair_between(diff, &rest, level);
}

/* How many steps more packets cannot make wrong: those up to the last pair that is certain, or up
 * to any pair when there is little of these, or half of what there is. */
static size_t certain_steps(const tapir_diff *diff)
{
    const struct capture *a = &diff->captures[0], *b = &diff->captures[1];
    size_t firm = 0, any = 0, enough = (diff->step_count + 3) / 4;

    if ((a->ended && b->ended) || (a->ended && !a->count) || (b->ended && !b->count))
        return diff->step_count;
    for (size_t i = 0; i < diff->step_count; i++) {
        if (diff->steps[i].a == NONE || diff->steps[i].b == NONE)
            continue;
        any = i + 1;
        if (diff->steps[i].level < FIRM_LEVELS)
            firm = i + 1;
    }
    if (firm >= enough)
        return firm;
    return any >= enough ? any : (diff->step_count + 1) / 2;
}

/* Takes the steps told out of the windows. */
static void forget_steps(tapir_diff *diff)
{
    size_t used[2] = {0, 0};

    for (size_t i = 0; i < diff->commit; i++) {
        used[0] += diff->steps[i].a != NONE;
        used[1] += diff->steps[i].b != NONE;
    }
    drop(&diff->captures[0], used[0]);
    drop(&diff->captures[1], used[1]);
    diff->at = diff->commit = diff->step_count = 0;
}

/* Whether one capture failed: what the other one goes on with says nothing. */
static bool has_failed(const struct capture *capture)
{
    return capture->ended && capture->status != TAPIR_END;
}

/* Reads ahead and pairs up; false when out of memory. */
static bool look_ahead(tapir_diff *diff)
{
    tapir_run all = {.kind = TAPIR_RUN_REPLACED};

    if (!fill(diff, &diff->captures[0]) || !fill(diff, &diff->captures[1]))
        return false;
    all.a_len = diff->captures[0].count;
    all.b_len = diff->captures[1].count;
    if (all.a_len + all.b_len > FEW && !make_anchors(diff, all.a_len + all.b_len))
        return false;
    pair_up(diff, &all, 0);
    diff->commit = certain_steps(diff);
    if (!has_failed(&diff->captures[0]) && !has_failed(&diff->captures[1]))
        return !diff->out_of_memory;
    while (diff->commit &&
           (diff->steps[diff->commit - 1].a == NONE || diff->steps[diff->commit - 1].b == NONE))
        diff->commit--;
    return !diff->out_of_memory;
}

/* Telling. */

static bool same_bytes(const tapir_frame *a, const tapir_frame *b)
{
    return a->caplen == b->caplen && a->link_type == b->link_type &&
           (a->caplen == 0 || memcmp(a->data, b->data, a->caplen) == 0);
}

/* Compares two frames that belong to each other; false when they are the same in all that counts.
 */
static bool differ(
    tapir_diff *diff, const tapir_frame *a, const tapir_frame *b, tapir_difference *difference)
{
    tapir__comparer *comparer = &diff->comparer;
    const tapir_source *left = diff->captures[0].source, *right = diff->captures[1].source;
    bool same = same_bytes(a, b);
    size_t at = 0;

    if (same && tapir__comparer_same_facts(comparer, left, a, right, b))
        return false;
    tapir__comparer_compare(comparer, left, a, right, b);
    if (!comparer->field_count && (same || !comparer->by_bytes))
        return false;
    while (!comparer->field_count && at < a->caplen && at < b->caplen && a->data[at] == b->data[at])
        at++;
    *difference = (tapir_difference){
        .kind = TAPIR_RUN_REPLACED,
        .a = a,
        .b = b,
        .fields = comparer->fields,
        .field_count = comparer->field_count,
        .differs_at = at,
    };
    return true;
}

/* Tells the steps of the windows until one is a difference. */
static bool tell_steps(tapir_diff *diff, tapir_difference *difference)
{
    while (diff->at < diff->commit) {
        const struct step *step = &diff->steps[diff->at++];
        const tapir_frame *a = step->a == NONE ? NULL : &diff->captures[0].entries[step->a].frame;
        const tapir_frame *b = step->b == NONE ? NULL : &diff->captures[1].entries[step->b].frame;

        if (a && b && differ(diff, a, b, difference))
            return true;
        if (a && b)
            continue;
        *difference =
            (tapir_difference){.kind = a ? TAPIR_RUN_REMOVED : TAPIR_RUN_ADDED, .a = a, .b = b};
        return true;
    }
    return false;
}

/* Reads both captures side by side as long as they have the same packets, without a copy. The
 * frames that are not go to the windows. True when it found a difference between the same packets;
 * false when there is something in the windows, or nothing anywhere. */
static bool side_by_side(tapir_diff *diff, tapir_difference *difference)
{
    struct capture *a = &diff->captures[0], *b = &diff->captures[1];

    for (;;) {
        bool in_a = read_frame(diff, a, &diff->now[0]), in_b = read_frame(diff, b, &diff->now[1]);

        if (in_a && in_b && same_bytes(&diff->now[0], &diff->now[1])) {
            if (differ(diff, &diff->now[0], &diff->now[1], difference))
                return true;
            continue;
        }
        if ((in_a && !keep(diff, a, &diff->now[0])) || (in_b && !keep(diff, b, &diff->now[1])))
            diff->out_of_memory = true;
        return false;
    }
}

/* How it all ended: the first source that failed, or well. */
static tapir_status ended(tapir_diff *diff)
{
    for (size_t i = 0; i < 2; i++)
        if (has_failed(&diff->captures[i])) {
            diff->error = *tapir_source_error(diff->captures[i].source);
            return diff->captures[i].status;
        }
    return TAPIR_END;
}

tapir_status tapir_diff_next(tapir_diff *diff, tapir_difference *difference)
{
    const struct capture *a = &diff->captures[0], *b = &diff->captures[1];

    while (!diff->out_of_memory && !diff->comparer.failed) {
        bool found;
        if (tell_steps(diff, difference))
            return diff->comparer.failed ? no_memory(diff) : TAPIR_OK;
        if (diff->commit)
            forget_steps(diff);
        else if (diff->step_count || ((has_failed(a) || has_failed(b)) && !a->count && !b->count))
            return ended(diff);
        if (!a->count && !b->count) {
            found = side_by_side(diff, difference);
            if (diff->comparer.failed || diff->out_of_memory)
                break;
            if (found)
                return TAPIR_OK;
        }
        if (!a->count && !b->count)
            return ended(diff);
        if (!look_ahead(diff))
            break;
    }
    return no_memory(diff);
}
