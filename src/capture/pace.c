/* When frames are to be sent. The schedule is absolute: every frame has a time on the clock, and
 * waiting is sleeping until shortly before it, then watching the clock. */
#include "tapir/pace.h"

#include "capture/live.h"
#include "core/sink.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define SECOND   INT64_C(1000000000)
#define CATCH_UP (SECOND / 10)
#define SPIN     INT64_C(80000)
#define FOREVER  (INT64_MAX / 4) /* added to any time of the clock it stays a number */

struct tapir_pace {
    tapir_pace_options options; /* complete */
    tapir__breaker breaker;
    bool started;
    bool has_first;   /* a frame with a time has come since the start, or since it began anew */
    int64_t start;    /* on the clock: what times and counts below are from */
    int64_t last;     /* TIMES: the latest of the frames before */
    int64_t reached;  /* TIMES: how long after the start that is, pauses shortened */
    int64_t last_due; /* on the clock */
    uint64_t packets; /* PACKETS: since the start */
    double bits;      /* BITS: the same */
    int64_t put_off;
};

static tapir_status check(const tapir_pace_options *options, tapir_error *error)
{
    const bool by_rate = options->kind == TAPIR_PACE_PACKETS || options->kind == TAPIR_PACE_BITS;

    if (options->kind > TAPIR_PACE_BITS)
        return tapir_error_set(
            error, TAPIR_INVALID, "there is no kind of pace number %u", (unsigned)options->kind);
    if (by_rate && !(options->rate > 0 && options->rate < 1e18))
        return tapir_error_set(
            error, TAPIR_INVALID, "a rate has to be more than nothing and below 10^18 per second");
    if (!(options->speed > 0 && options->speed < 1e12))
        return tapir_error_set(
            error, TAPIR_INVALID, "a speed has to be more than nothing and below 10^12");
    if (options->longest_gap < 0 || options->catch_up < 0)
        return tapir_error_set(error, TAPIR_INVALID, "gaps and delays cannot be negative");
    return TAPIR_OK;
}

tapir_status tapir_pace_new(tapir_pace **to, const tapir_pace_options *options, tapir_error *error)
{
    tapir_pace_options known = {.size = sizeof known};
    tapir_status status;
    tapir_pace *pace;

    *to = NULL;
    if (options)
        memcpy(&known, options, options->size < sizeof known ? options->size : sizeof known);
    known.speed = known.speed == 0 ? 1 : known.speed;
    known.catch_up = known.catch_up ? known.catch_up : CATCH_UP;
    known.spin = known.spin ? known.spin : SPIN;
    status = check(&known, error);
    if (status != TAPIR_OK)
        return status;
    pace = calloc(1, sizeof *pace);
    if (!pace)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    pace->options = known;
    if (!tapir__breaker_open(&pace->breaker)) {
        free(pace);
        return tapir_error_set(
            error, TAPIR_IO, "cannot make a descriptor to wake it by: %s", strerror(errno));
    }
    *to = pace;
    return TAPIR_OK;
}

void tapir_pace_free(tapir_pace *pace)
{
    if (!pace)
        return;
    tapir__breaker_close(&pace->breaker);
    free(pace);
}

void tapir_pace_again(tapir_pace *pace)
{
    pace->has_first = false;
    pace->reached = 0;
    if (pace->options.kind == TAPIR_PACE_TIMES && pace->started)
        pace->start = pace->last_due;
}

void tapir_pace_break(tapir_pace *pace)
{
    tapir__breaker_request(&pace->breaker);
}

int64_t tapir_pace_put_off(const tapir_pace *pace)
{
    return pace->put_off;
}

static int64_t limited(double nanoseconds)
{
    return nanoseconds < (double)FOREVER ? (int64_t)nanoseconds : FOREVER;
}

/* Returns how long a frame's time is after the latest before it, 0 for an earlier one. */
static int64_t pause_before(const tapir_pace *pace, const tapir_frame *frame)
{
    int64_t longest = pace->options.longest_gap ? pace->options.longest_gap : FOREVER;
    int64_t gap;

    if (!pace->has_first || !frame->has_time || frame->time <= pace->last)
        return 0;
    if (__builtin_sub_overflow(frame->time, pace->last, &gap))
        return longest;
    return gap < longest ? gap : longest;
}

/* How long after the start a frame's time says it is to go. */
static int64_t reach(const tapir_pace *pace, const tapir_frame *frame)
{
    int64_t reached = pace->reached + pause_before(pace, frame);

    return reached < FOREVER ? reached : FOREVER;
}

static int64_t due_by_time(const tapir_pace *pace, const tapir_frame *frame)
{
    double speed = pace->options.speed;
    int64_t reached = reach(pace, frame);

    return pace->start + (speed == 1 ? reached : limited((double)reached / speed));
}

static int64_t due(const tapir_pace *pace, const tapir_frame *frame)
{
    double step = (double)SECOND / pace->options.rate;

    switch (pace->options.kind) {
    case TAPIR_PACE_TIMES:
        return due_by_time(pace, frame);
    case TAPIR_PACE_PACKETS:
        return pace->start + limited((double)pace->packets * step);
    default:
        return pace->start + limited(pace->bits * step);
    }
}

/* The frame has its turn. */
static void take_turn(tapir_pace *pace, const tapir_frame *frame, int64_t when)
{
    pace->packets++;
    pace->bits += 8.0 * frame->caplen;
    pace->last_due = when;
    pace->reached = reach(pace, frame);
    if (frame->has_time && (!pace->has_first || frame->time > pace->last)) {
        pace->last = frame->time;
        pace->has_first = true;
    }
}

static tapir_status stopped(tapir_pace *pace)
{
    return tapir__breaker_take(&pace->breaker, NULL);
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Sleeps, but not quite up to the time. */
static void sleep_until(tapir_pace *pace, int64_t when)
{
    struct pollfd polled = {.fd = pace->breaker.wake_fd, .events = POLLIN};
    int64_t left = when - tapir__now();
    struct timespec wait = {.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
    uint64_t count;

    if (left <= 0)
        return;
    /* A wake-up may be left over from a request that was served already. */
    if (ppoll(&polled, 1, &wait, NULL) > 0 && !tapir__breaker_requested(&pace->breaker))
        (void)!read(polled.fd, &count, sizeof count);
}

static tapir_status wait_until(tapir_pace *pace, int64_t when)
{
    int64_t spin = pace->options.spin > 0 ? pace->options.spin : 0;
    int64_t left;

    while ((left = when - tapir__now()) > 0) {
        if (tapir__breaker_requested(&pace->breaker))
            return stopped(pace);
        if (left > spin)
            sleep_until(pace, when - spin);
        else
            relax();
    }
    return tapir__breaker_requested(&pace->breaker) ? stopped(pace) : TAPIR_OK;
}

/* Puts the schedule off when it can no longer be kept. */
static int64_t put_off(tapir_pace *pace, int64_t when, int64_t now)
{
    int64_t late = now - when - pace->options.catch_up;

    if (late <= 0)
        return when;
    pace->start += late;
    pace->last_due += late;
    pace->put_off += late;
    return when + late;
}

tapir_status tapir_pace_wait(tapir_pace *pace, const tapir_frame *frame, tapir_sink *sink)
{
    tapir_status status;
    int64_t when, now;

    if (tapir__breaker_requested(&pace->breaker))
        return stopped(pace);
    if (pace->options.kind == TAPIR_PACE_NONE)
        return TAPIR_OK;
    now = tapir__now();
    if (!pace->started) {
        pace->start = pace->last_due = now;
        pace->started = true;
    }
    when = due(pace, frame);
    if (when > now) {
        status = sink ? tapir_sink_flush(sink) : TAPIR_OK;
        if (status == TAPIR_OK)
            status = wait_until(pace, when);
        if (status != TAPIR_OK)
            return status;
    } else {
        when = put_off(pace, when, now);
    }
    take_turn(pace, frame, when);
    return TAPIR_OK;
}
