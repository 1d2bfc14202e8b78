/* tapir send: sending, and saying how it went. */
#include "send.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

/* What a signal stops. */
static struct {
    tapir_source *volatile source;
    tapir_sink *volatile sink;
    tapir_pace *volatile pace;
    volatile sig_atomic_t asked;
} running;

void sender_reads(tapir_source *source)
{
    running.source = source;
}

static void on_signal(int number)
{
    (void)number;
    running.asked = 1;
    if (running.source)
        tapir_source_break(running.source);
    if (running.pace)
        tapir_pace_break(running.pace);
    if (running.sink)
        tapir_send_break(running.sink);
}

/* The first signal ends with the summary, the second one at once; a time that is over, too. */
static void listen_to_signals(int64_t duration)
{
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    const struct itimerval timer = {
        .it_value = {.tv_sec = duration / SECOND, .tv_usec = duration % SECOND / 1000}};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    if (duration)
        setitimer(ITIMER_REAL, &timer, NULL);
}

/* Frames. */

/* Opens the file that is written in place of an interface, for the first frame's link type. */
static bool open_output(struct sender *sender, uint16_t link_type)
{
    const tapir_sink_options options = {.size = sizeof options,
        .link_type = link_type,
        .nanoseconds = true,
        .format = TAPIR_FORMAT_AUTO,
        .compression = TAPIR_COMPRESSION_AUTO};
    tapir_error error;

    if (tapir_sink_open_file(&sender->sink, sender->request->output, &options, &error) ==
        TAPIR_OK) {
        sender->link_type = link_type;
        return true;
    }
    complain("%s", error.message);
    return false;
}

/* Fills up what was not captured with zeroes; false after a complaint. A length that no frame has
 * is left to be refused. */
static bool pad(struct sender *sender, tapir_frame *frame)
{
    enum { LONGEST = 262144 };

    if (frame->len > LONGEST)
        return true;
    if (frame->len > sender->padded_room) {
        uint8_t *padded = realloc(sender->padded, frame->len);
        if (!padded) {
            complain("out of memory");
            return false;
        }
        sender->padded = padded;
        sender->padded_room = frame->len;
    }
    memcpy(sender->padded, frame->data, frame->caplen);
    memset(sender->padded + frame->caplen, 0, frame->len - frame->caplen);
    frame->data = sender->padded;
    frame->caplen = frame->len;
    return true;
}

static void show_stats(struct sender *sender, int64_t now)
{
    tapir_send_stats stats;
    double seconds = (double)(now - sender->shown) / (double)SECOND;

    tapir_send_stats_get(sender->sink, &stats);
    fprintf(stderr, "%.0f s: %llu packets, %llu bytes, %.0f packets/s, %.2f Mbit/s\n",
        (double)(now - sender->started) / (double)SECOND, (unsigned long long)stats.packets,
        (unsigned long long)stats.bytes, (double)(stats.packets - sender->shown_packets) / seconds,
        (double)(stats.bytes - sender->shown_bytes) * 8 / seconds / 1e6);
    sender->shown = now;
    sender->shown_packets = stats.packets;
    sender->shown_bytes = stats.bytes;
}

/* Says why the sink did not take a frame; EXIT_DONE when it can go on with the next one. */
static int refused(struct sender *sender, tapir_status status, const tapir_frame *frame)
{
    bool goes_on = status == TAPIR_TOO_WIDE || status == TAPIR_TRUNCATED ||
                   (status == TAPIR_INVALID && frame->link_type == sender->link_type);

    if (status == TAPIR_BREAK || status == TAPIR_END) {
        sender->over = true;
        return EXIT_DONE;
    }
    /* The first one stands for all that are alike. */
    if (!goes_on || !sender->refused)
        complain("%s", tapir_sink_error(sender->sink)->message);
    sender->refused++;
    return goes_on ? EXIT_DONE : EXIT_RUNTIME;
}

int sender_send(struct sender *sender, const tapir_frame *frame, bool begins)
{
    const struct send_request *request = sender->request;
    tapir_status status;

    if (begins)
        tapir_pace_again(sender->pace);
    status = tapir_pace_wait(sender->pace, frame, sender->sink);
    if (status == TAPIR_OK)
        status = tapir_sink_write(sender->sink, frame);
    if (request->stats && !request->output) {
        int64_t now = monotonic();
        if (now - sender->shown >= SECOND)
            show_stats(sender, now);
    }
    if (status == TAPIR_BREAK || running.asked)
        sender->over = true;
    else if (status != TAPIR_OK)
        return refused(sender, status, frame);
    if (request->limit && tapir_sink_packets(sender->sink) >= request->limit)
        sender->over = true;
    return EXIT_DONE;
}

/* The interface makes its own. */
static void leave_check_sequence(tapir_frame *frame)
{
    frame->caplen = tapir_frame_content(frame);
    frame->len = frame->len > frame->fcs_len ? frame->len - frame->fcs_len : 0;
    frame->fcs_len = 0;
}

int sender_take(struct sender *sender, tapir_frame *frame, bool begins)
{
    struct send_request *request = sender->request;
    const char *text = request->expression.text;
    bool ok = true;

    if (text && *text && !expression_match(&request->expression, frame, &ok))
        return ok ? EXIT_DONE : EXIT_USAGE;
    frame->interface = 0;
    frame->block = NULL;
    leave_check_sequence(frame);
    sender->taken++;
    if (frame->caplen < frame->len && request->truncated == TRUNCATED_SKIP) {
        sender->truncated++;
        return EXIT_DONE;
    }
    if (frame->caplen < frame->len && request->truncated == TRUNCATED_PAD && !pad(sender, frame))
        return EXIT_RUNTIME;
    if (!rewrite_frame(&request->rewriting, frame))
        return EXIT_RUNTIME;
    if (!sender->sink && !open_output(sender, frame->link_type))
        return EXIT_RUNTIME;
    if (!sender->gathering)
        return sender_send(sender, frame, begins);
    if (store_add(&sender->store, frame, begins, request->preload))
        return EXIT_DONE;
    sender->over = sender->too_much = true;
    return request->preload ? EXIT_RUNTIME : EXIT_DONE;
}

/* Gathers what will be sent several times, or begins anew if it is too much to be kept unasked. */
static int gather(struct sender *sender)
{
    int code;

    sender->gathering = true;
    code = feed(sender);
    sender->gathering = false;
    if (sender->too_much && code == EXIT_DONE) {
        store_clear(&sender->store);
        sender->taken = sender->truncated = 0;
        sender->over = false;
    }
    return code;
}

/* All of it, as often as asked for. */
static int send_all(struct sender *sender)
{
    const struct send_request *request = sender->request;
    bool kept = request->preload || request->loops != 1;
    int code = EXIT_DONE, gathered = kept ? gather(sender) : EXIT_DONE;

    kept = kept && !sender->too_much;
    sender->started = sender->shown = monotonic();
    listen_to_signals(request->duration);
    for (uint64_t n = 0;
         code == EXIT_DONE && !sender->over && (!request->loops || n < request->loops); n++) {
        uint64_t before = sender->taken;
        code = kept ? store_send(sender) : feed(sender);
        /* Going round without a packet would be in vain. */
        if (kept ? !sender->store.count : before == sender->taken)
            break;
        /* What comes before the damage is sent, as it is without being kept. */
        if (gathered != EXIT_DONE)
            break;
    }
    return code == EXIT_DONE ? gathered : code;
}

static void put_count(uint64_t count, const char *what, bool *any)
{
    if (!count)
        return;
    fprintf(stderr, "%s%llu %s", *any ? ", " : "left out: ", (unsigned long long)count, what);
    *any = true;
}

/* The lines at the end, as tcpreplay has them. */
static void show_summary(
    const struct sender *sender, const tapir_send_stats *stats, int64_t elapsed)
{
    double seconds = elapsed > 0 ? (double)elapsed / (double)SECOND : 1e-9;
    uint64_t lost = stats->packets - stats->sent_packets;
    bool any = false;

    fprintf(stderr, "%llu packet%s (%llu bytes) sent in %.6f s: %.1f packets/s, %.2f Mbit/s\n",
        (unsigned long long)stats->sent_packets, stats->sent_packets == 1 ? "" : "s",
        (unsigned long long)stats->sent_bytes, seconds, (double)stats->sent_packets / seconds,
        (double)stats->sent_bytes * 8 / seconds / 1e6);
    put_count(sender->truncated + stats->truncated, "not captured whole", &any);
    put_count(stats->too_long, "too long for the interface", &any);
    put_count(stats->wrong_link_type, "of another link type or too short", &any);
    if (any)
        fputc('\n', stderr);
    if (lost)
        fprintf(stderr, "failed: %llu\n", (unsigned long long)lost);
    if (tapir_pace_put_off(sender->pace))
        fprintf(stderr, "behind: the pace could not be held, the end came %.3f s later\n",
            (double)tapir_pace_put_off(sender->pace) / (double)SECOND);
}

/* Waits for the last frames and tells what became of all. */
static int finish(struct sender *sender, int code)
{
    const struct send_request *request = sender->request;
    tapir_send_stats stats;
    tapir_error error;

    running.sink = NULL;
    running.pace = NULL;
    if (request->interface) {
        int64_t end;
        tapir_status status;
        /* A stop that was asked for is for what is to come. */
        while ((status = tapir_send_wait(sender->sink, SECOND)) == TAPIR_BREAK)
            ;
        if (status != TAPIR_OK && code == EXIT_DONE) {
            complain("%s", tapir_sink_error(sender->sink)->message);
            code = EXIT_RUNTIME;
        }
        end = monotonic();
        tapir_send_stats_get(sender->sink, &stats);
        if (!request->quiet && sender->started)
            show_summary(sender, &stats, end - sender->started);
        if (code == EXIT_DONE && (stats.packets != stats.sent_packets || sender->refused))
            code = EXIT_RUNTIME;
    }
    if (tapir_sink_close(sender->sink, &error) != TAPIR_OK && code == EXIT_DONE) {
        complain("%s", error.message);
        code = EXIT_RUNTIME;
    }
    return code;
}

static bool open_sender(struct sender *sender)
{
    struct send_request *request = sender->request;
    tapir_error error;

    sender->link_type = TAPIR_LINK_TYPE_UNKNOWN;
    request->options.truncated = request->truncated == TRUNCATED_SEND;
    if (tapir_pace_new(&sender->pace, &request->pace, &error) != TAPIR_OK ||
        (request->interface && tapir_send_open(&sender->sink, request->interface, &request->options,
                                   &error) != TAPIR_OK)) {
        complain("%s", error.message);
        return false;
    }
    if (request->interface)
        sender->link_type = tapir_send_link_type(sender->sink);
    running.sink = request->interface ? sender->sink : NULL;
    running.pace = sender->pace;
    return true;
}

int send_packets(struct send_request *request)
{
    struct sender sender = {.request = request};
    int code = EXIT_RUNTIME;

    if (open_sender(&sender))
        code = finish(&sender, send_all(&sender));
    tapir_pace_free(sender.pace);
    store_clear(&sender.store);
    free(sender.padded);
    return code;
}
