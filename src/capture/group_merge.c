/* The frames of a group's sources as one source, in the order of their times. */
#include "group.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#define MILLISECOND INT64_C(1000000)
#define SECOND      INT64_C(1000000000)

/* The kernel's timers may be late by so much. */
#define SLACK (20 * MILLISECOND)

/* What is known of one source: its next frame, or that it has none older than a time. */
struct head {
    tapir_frame frame;
    bool has_frame;
    int64_t none_before;
};

struct merged {
    tapir__live live;
    tapir_capture_group *group;
    int64_t hold_back;  /* how long a ring may keep a frame before it can be read */
    struct head *given; /* the head whose frame was handed out last, to be read on from */
    struct pollfd *polled;
    struct head heads[];
};

/* Reads the next frame of a source that has none at hand, without waiting. */
static tapir_status look_at(struct merged *m, size_t i)
{
    struct head *head = &m->heads[i];
    tapir_source *source = m->group->sources[i];
    int64_t now = tapir__wall_clock();
    tapir_status status = tapir_source_next(source, &head->frame);

    head->has_frame = status == TAPIR_OK;
    if (status == TAPIR_OK)
        return TAPIR_OK;
    head->none_before = now - m->hold_back;
    if (status != TAPIR_TIMEOUT)
        m->live.source.error = *tapir_source_error(source);
    return status == TAPIR_TIMEOUT ? TAPIR_OK : status;
}

/* Returns the head with the oldest frame, or NULL; *sure is false while another source may still
 * come with an older one. */
static struct head *oldest(struct merged *m, bool *sure)
{
    int64_t none_before = INT64_MAX;
    struct head *found = NULL;

    for (size_t i = 0; i < m->group->count; i++) {
        struct head *head = &m->heads[i];
        if (!head->has_frame) {
            if (head->none_before < none_before)
                none_before = head->none_before;
        } else if (!found || head->frame.time < found->frame.time) {
            found = head;
        }
    }
    *sure = found && found->frame.time <= none_before;
    return found;
}

/* Waits for the sources that have no frame: for `limit` nanoseconds at most, 0: for ever. */
static tapir__wait wait_for_any(struct merged *m, int64_t limit)
{
    struct timespec time = {.tv_sec = limit / SECOND, .tv_nsec = limit % SECOND};
    nfds_t count = 0;
    int ready;

    m->polled[count++] = (struct pollfd){.fd = m->live.source.breaker.wake_fd, .events = POLLIN};
    for (size_t i = 0; i < m->group->count; i++)
        if (!m->heads[i].has_frame)
            m->polled[count++] =
                (struct pollfd){.fd = tapir_capture_fd(m->group->sources[i]), .events = POLLIN};
    ready = ppoll(m->polled, count, limit ? &time : NULL, NULL);
    if (tapir__breaker_requested(&m->live.source.breaker))
        return TAPIR__WAIT_BREAK;
    return ready == 0 ? TAPIR__WAIT_TIMEOUT : TAPIR__WAIT_READY;
}

/* How long to wait now: until the oldest frame is surely that, or as long as a read may. 0: for
 * ever; negative: no longer. */
static int64_t time_to_wait(const struct merged *m, const struct head *first, int64_t since)
{
    int64_t timeout = m->live.options.timeout, left;

    if (first) {
        left = first->frame.time + m->hold_back - tapir__wall_clock();
        if (left > m->hold_back)
            left = m->hold_back; /* a clock that is ahead of ours */
        return left < MILLISECOND ? MILLISECOND : left;
    }
    if (timeout <= 0)
        return timeout;
    left = since + timeout - tapir__now();
    return left > 0 ? left : -1;
}

static tapir_status merged_next(tapir_source *source, tapir_frame *frame)
{
    struct merged *m = (struct merged *)source;
    int64_t since = 0;

    if (m->given)
        m->given->has_frame = false;
    m->given = NULL;
    for (;;) {
        struct head *first;
        int64_t wait;
        bool sure;
        for (size_t i = 0; i < m->group->count; i++) {
            tapir_status status = m->heads[i].has_frame ? TAPIR_OK : look_at(m, i);
            if (status != TAPIR_OK)
                return status;
        }
        first = oldest(m, &sure);
        if (sure) {
            *frame = first->frame;
            frame->number = ++source->frames;
            source->bytes += frame->caplen;
            m->given = first;
            return TAPIR_OK;
        }
        if (!since)
            since = tapir__now();
        wait = time_to_wait(m, first, since);
        if (wait < 0)
            return tapir_error_set(
                &source->error, TAPIR_TIMEOUT, "%s: no frame came in time", m->live.name);
        if (wait_for_any(m, wait) == TAPIR__WAIT_BREAK)
            return tapir__breaker_take(&source->breaker, &source->error);
    }
}

static void merged_stats(const tapir_source *source, tapir_source_stats *stats)
{
    uint64_t frames = stats->frames, bytes = stats->bytes;

    tapir_capture_group_stats(((const struct merged *)source)->group, stats);
    stats->frames = frames;
    stats->bytes = bytes;
}

static void merged_close(tapir_source *source)
{
    struct merged *m = (struct merged *)source;

    tapir__live_clear(&m->live);
    free(m->polled);
    free(m);
}

static tapir_status merged_set_filter(tapir_source *source, const tapir_filter *filter)
{
    struct merged *m = (struct merged *)source;

    for (size_t i = 0; i < m->group->count; i++) {
        tapir_source *one = m->group->sources[i];
        tapir_status status = one->kind->live->set_filter(one, filter);
        m->heads[i].has_frame = false;
        if (status != TAPIR_OK) {
            source->error = one->error;
            return status;
        }
    }
    m->given = NULL;
    return TAPIR_OK;
}

static int merged_fd(const tapir_source *source)
{
    const struct merged *m = (const struct merged *)source;

    return m->group->count == 1 ? tapir_capture_fd(m->group->sources[0]) : -1;
}

static const tapir__live_kind live_kind = {.set_filter = merged_set_filter, .fd = merged_fd};

static const tapir__source_kind source_kind = {
    .next = merged_next,
    .stats = merged_stats,
    .close = merged_close,
    .live = &live_kind,
};

/* How long a source may keep a frame that it has: those of AF_XDP get their times as they are read.
 */
static int64_t longest_hold(const tapir_capture_group *group)
{
    const tapir__live *live = (const tapir__live *)group->sources[0];
    uint32_t ms = live->options.block_timeout ? live->options.block_timeout : 64;

    if (strcmp(live->source.format, "afxdp") == 0)
        return 0;
    return (live->options.immediate ? 1 : ms) * MILLISECOND + SLACK;
}

tapir_status tapir_capture_group_merge(
    tapir_source **source, tapir_capture_group *group, tapir_error *error)
{
    const tapir__live *first = (const tapir__live *)group->sources[0];
    struct merged *m = calloc(1, sizeof *m + group->count * sizeof *m->heads);
    tapir_status status = TAPIR_NO_MEMORY;

    *source = NULL;
    if (m)
        m->polled = calloc(group->count + 1, sizeof *m->polled);
    if (m && m->polled)
        status = tapir__live_init(&m->live, &source_kind, first->source.format, first->name,
            &group->options, first->single.link_type, error);
    else
        tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", group->name);
    if (status != TAPIR_OK) {
        if (m)
            free(m->polled);
        free(m);
        return status;
    }
    m->live.single.snaplen = first->single.snaplen;
    m->group = group;
    m->hold_back = longest_hold(group);
    for (size_t i = 0; i < group->count; i++)
        (void)!tapir_capture_set_timeout(group->sources[i], TAPIR_WAIT_NOT);
    *source = &m->live.source;
    return TAPIR_OK;
}
