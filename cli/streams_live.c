/* tapir streams on an interface: what connections there are, as they end. */
#include "streams.h"

#include "dump.h"

#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

enum { BATCH = 128 };

/* What signals ask for; the answer comes between two batches. */
static tapir_source *volatile to_break;
static volatile sig_atomic_t asked_to_stop, asked_for_summary;

static void on_signal(int number)
{
    if (number == SIGUSR1)
        asked_for_summary = 1;
    else
        asked_to_stop = 1;
    if (to_break)
        tapir_source_break(to_break);
}

static void listen_to_signals(tapir_source *source)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGUSR1};
    struct sigaction action = {.sa_handler = on_signal};

    to_break = source;
    for (size_t i = 0; i < TAPIR_COUNT(numbers); i++) {
        /* Once: who asks a second time wants out. */
        action.sa_flags = numbers[i] == SIGUSR1 ? 0 : (int)SA_RESETHAND;
        sigaction(numbers[i], &action, NULL);
    }
}

/* Nothing came: timeouts go on by the clock, behind the frames that the kernel may still hold. */
static void pass_time(const struct streams *streams)
{
    struct timespec clock;
    int64_t now;

    clock_gettime(CLOCK_REALTIME, &clock);
    now = (clock.tv_sec - 1) * SECOND + clock.tv_nsec;
    tapir_reassembler_tick(streams->reassembler, now);
}

/* Waits a while for frames, with everything shown that came before. */
static tapir_status wait_for_frames(
    struct streams *streams, tapir_frame *frames, size_t room, size_t *count)
{
    tapir_status status = tapir_capture_set_timeout(streams->source, TAPIR_WAIT_NOT);

    if (status == TAPIR_OK)
        status = tapir_source_next_batch(streams->source, frames, room, count);
    if (status != TAPIR_TIMEOUT || *count > 0)
        return status;
    pass_time(streams);
    output_flush(&streams->output, true);
    if (streams->view->pause && !streams->view->pause(streams))
        streams->failed = true;
    status = tapir_capture_set_timeout(streams->source, SECOND);
    return status == TAPIR_OK ? tapir_source_next_batch(streams->source, frames, room, count)
                              : status;
}

static void announce(const struct streams *streams)
{
    const tapir_interface *interface = tapir_source_interface(streams->source, 0);

    if (streams->request->quiet)
        return;
    fprintf(stderr, "tapir: listening on %s, link-type ", interface->name);
    dump_print_link_type(interface->link_type);
    fputc('\n', stderr);
}

static void answer_signals(struct streams *streams)
{
    if (!asked_for_summary)
        return;
    asked_for_summary = 0;
    output_flush(&streams->output, true);
    streams_sum_up(streams);
}

static bool is_pause(tapir_status status)
{
    return status == TAPIR_OK || status == TAPIR_TIMEOUT || status == TAPIR_BREAK;
}

int streams_live(struct streams *streams)
{
    uint64_t left = streams->request->limit;
    tapir_status status = TAPIR_OK;
    tapir_frame frames[BATCH];
    bool going = true;

    listen_to_signals(streams->source);
    announce(streams);
    while (going && left && !asked_to_stop && is_pause(status)) {
        size_t count = 0;
        status = wait_for_frames(streams, frames, left < BATCH ? (size_t)left : BATCH, &count);
        left -= count;
        going = streams_take(streams, frames, count);
        answer_signals(streams);
        going = going && !streams->output.broken;
    }
    to_break = NULL;
    if (is_pause(status))
        return EXIT_DONE;
    complain("%s", tapir_source_error(streams->source)->message);
    return EXIT_RUNTIME;
}
