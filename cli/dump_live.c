/* tapir dump on an interface: packets printed, written or counted as they come. */
#include "dump.h"

#include <inttypes.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 128, HANDED_OUT_AFTER = 64 /* ms that the kernel keeps a frame back */ };

struct live {
    struct dump_request *request;
    const char *name; /* of the interface, as it was asked for */
    tapir_source *source;
    const tapir_interface *interface;
    struct dump_save save;
    struct output output;
    tapir_packet *packet;
    tapir_dump *dump;
    bool printing;
    uint64_t packets, told_packets;
    int64_t went_down; /* when the interface did last, monotonic nanoseconds */
};

/* Why capturing ended. */
enum end {
    GO_ON,
    ENOUGH,  /* of packets, or of files */
    STOPPED, /* by a signal */
    GONE,    /* who read our output */
    FAILED
};

/* What signals ask for; the answer comes between two batches. */
static tapir_source *volatile to_break;
static volatile sig_atomic_t asked_to_stop, asked_for_counters, asked_to_flush, asked_how_far;

static void on_signal(int number)
{
    if (number == SIGUSR1)
        asked_for_counters = 1;
    else if (number == SIGUSR2)
        asked_to_flush = 1;
    else if (number == SIGALRM)
        asked_how_far = 1;
    else
        asked_to_stop = 1;
    if (to_break)
        tapir_source_break(to_break);
}

/* As tcpdump, which works under nohup(1), too. */
static void listen_to_signals(tapir_source *source)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;

    to_break = source;
    for (size_t i = 0; i < TAPIR_COUNT(numbers); i++)
        if (numbers[i] != SIGHUP ||
            (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_DFL))
            sigaction(numbers[i], &action, NULL);
}

/* With -v and -w: once a second, how many there are. */
static void start_telling(const struct live *live)
{
    const struct itimerval each_second = {{.tv_sec = 1}, {.tv_sec = 1}};

    if (live->request->printing.verbosity && live->request->save && !live->request->print)
        setitimer(ITIMER_REAL, &each_second, NULL);
}

static void print_count(uint64_t count, const char *of_what, const char *behind)
{
    fprintf(stderr, "%" PRIu64 " packet%s %s%s", count, count == 1 ? "" : "s", of_what, behind);
}

/* What was counted, each on a line of its own or all on one. */
static void print_counters(const struct live *live, bool on_one_line)
{
    const char *between = on_one_line ? ", " : "\n";
    tapir_source_stats stats;

    tapir_source_stats_get(live->source, &stats);
    if (on_one_line)
        fputs("tapir: ", stderr);
    print_count(live->packets, "captured", between);
    print_count(stats.received, "received by filter", between);
    print_count(
        stats.dropped_by_kernel, "dropped by kernel", stats.dropped_by_interface ? between : "\n");
    if (stats.dropped_by_interface)
        print_count(stats.dropped_by_interface, "dropped by interface", "\n");
}

static enum end sink_failed(struct live *live, tapir_status status, const tapir_error *error)
{
    if (status == TAPIR_END)
        return dump_save_had_enough(&live->save, live->request) ? ENOUGH : GONE;
    complain("%s", error->message);
    return FAILED;
}

/* Writes the lines out, all of them when `now`. */
static enum end flush_lines(struct live *live, bool now)
{
    output_flush(&live->output, now);
    if (!live->output.broken)
        return GO_ON;
    return live->output.gone_away ? GONE : FAILED;
}

static enum end flush_files(struct live *live)
{
    tapir_status status = live->save.sink ? tapir_sink_flush(live->save.sink) : TAPIR_OK;

    return status == TAPIR_OK ? GO_ON
                              : sink_failed(live, status, tapir_sink_error(live->save.sink));
}

/* Does what signals asked for. */
static enum end answer_signals(struct live *live)
{
    enum end end = GO_ON;

    if (asked_to_stop)
        return STOPPED;
    if (asked_for_counters) {
        asked_for_counters = 0;
        end = flush_lines(live, true);
        print_counters(live, true);
    }
    if (asked_how_far) {
        asked_how_far = 0;
        if (live->packets != live->told_packets)
            fprintf(stderr, "Got %" PRIu64 "\r", live->packets);
        live->told_packets = live->packets;
    }
    if (asked_to_flush && end == GO_ON) {
        asked_to_flush = 0;
        end = flush_files(live);
    }
    return end;
}

static enum end take(struct live *live, const tapir_frame *frame)
{
    tapir_status status;

    live->packets++;
    if (live->save.sink) {
        status = tapir_sink_write(live->save.sink, frame);
        if (status != TAPIR_OK)
            return sink_failed(live, status, tapir_sink_error(live->save.sink));
    }
    if (!live->printing)
        return GO_ON;
    tapir_packet_start(live->packet, frame);
    tapir_dump_packet(live->dump, &live->output.text, live->packet);
    return flush_lines(live, false);
}

/* Waits for frames, with everything shown that came before. */
static tapir_status wait_for_frames(
    struct live *live, tapir_frame *frames, size_t room, size_t *count, enum end *end)
{
    tapir_status status = tapir_capture_set_timeout(live->source, TAPIR_WAIT_NOT);

    if (status == TAPIR_OK)
        status = tapir_source_next_batch(live->source, frames, room, count);
    if (status != TAPIR_TIMEOUT || *count > 0)
        return status;
    *end = flush_lines(live, true);
    /* A file is left to fill a buffer; who reads a pipe waits. */
    if (*end == GO_ON && live->request->save && strcmp(live->request->save, "-") == 0)
        *end = flush_files(live);
    status = tapir_capture_set_timeout(live->source, TAPIR_WAIT_FOREVER);
    if (*end != GO_ON || status != TAPIR_OK)
        return status;
    return tapir_source_next_batch(live->source, frames, room, count);
}

/* An interface that is switched off may be switched on again: tcpdump waits for that, too. One that
 * is gone does not come back, without --follow-interface. */
static enum end source_failed(struct live *live, tapir_status status)
{
    enum { AT_LEAST_BETWEEN = 10000000 };
    int64_t now = monotonic();
    bool again = now - live->went_down < AT_LEAST_BETWEEN;

    flush_lines(live, true);
    complain("%s", tapir_source_error(live->source)->message);
    live->went_down = now;
    return status == TAPIR_IO && !again && if_nametoindex(live->interface->name) ? GO_ON : FAILED;
}

static enum end read_frames(struct live *live)
{
    uint64_t left = live->request->limit;
    tapir_frame frames[BATCH];
    enum end end = GO_ON;

    while (end == GO_ON && left > 0) {
        size_t count = 0;
        tapir_status status =
            wait_for_frames(live, frames, left < BATCH ? (size_t)left : BATCH, &count, &end);
        left -= count;
        for (size_t i = 0; i < count && end == GO_ON; i++)
            end = take(live, &frames[i]);
        if (end == GO_ON)
            end = answer_signals(live);
        if (end == GO_ON && status != TAPIR_OK && status != TAPIR_TIMEOUT && status != TAPIR_BREAK)
            end = source_failed(live, status);
    }
    return end == GO_ON ? ENOUGH : end;
}

void dump_print_link_type(uint16_t link_type)
{
    const char *name = tapir_link_type_name(link_type);

    if (name)
        fprintf(stderr, "%s (%s)", name, tapir_link_type_title(link_type));
    else
        fprintf(stderr, "%u", link_type);
}

static void announce(const struct live *live)
{
    if (!live->request->printing.verbosity && !live->request->save)
        fputs("tapir: verbose output suppressed, use -v[v]... for full protocol decode\n", stderr);
    else
        fputs("tapir: ", stderr);
    fprintf(stderr, "listening on %s, link-type ", live->interface->name);
    dump_print_link_type(live->interface->link_type);
    fprintf(stderr, ", snapshot length %u bytes\n", live->interface->snaplen);
}

/* A source of time that the interface does not have is no reason not to capture. */
static tapir_status open_without_clock(
    struct live *live, tapir_capture_options *options, tapir_error *error)
{
    const char *clock = tapir_capture_clock_name((tapir_capture_clock)options->clock);
    tapir_error other;

    options->clock = TAPIR_CLOCK_HOST;
    if (tapir_capture_open(&live->source, live->name, options, &other) != TAPIR_OK)
        return TAPIR_UNSUPPORTED;
    complain("WARNING: when trying to set time stamp type '%s' on %s: %s", clock, live->name,
        error->message);
    return TAPIR_OK;
}

/* Opens the interface; an exit code. */
static int open_source(struct live *live)
{
    struct dump_request *request = live->request;
    tapir_capture_options options = request->capture;
    tapir_error error;
    tapir_status status;

    options.block_timeout = HANDED_OUT_AFTER;
    if (!request->program)
        options.filter = request->expression.text;
    status = tapir_capture_open(&live->source, live->name, &options, &error);
    if (status == TAPIR_UNSUPPORTED && options.clock != TAPIR_CLOCK_HOST)
        status = open_without_clock(live, &options, &error);
    if (status != TAPIR_OK)
        return expression_refused(&request->expression, &error);
    live->interface = tapir_source_interface(live->source, 0);
    /* Of all interfaces together tcpdump asks for it by itself. */
    if (request->link_type_given || strcmp(live->interface->name, "any") == 0)
        fprintf(
            stderr, "tapir: data link type %s\n", tapir_link_type_name(live->interface->link_type));
    return EXIT_DONE;
}

/* Programs of AF_XDP are root's, and who takes one off has to be root. */
static const char *user_of(const struct dump_request *request, const char *interface)
{
    bool xdp =
        request->capture.method == TAPIR_CAPTURE_AFXDP || strncmp(interface, "afxdp:", 6) == 0;

    return request->user || !xdp ? request->user : "root";
}

/* The first file is opened as the user that captures. */
static bool open_file(void *context)
{
    struct live *live = context;
    tapir_error error;

    if (dump_save_open(&live->save, live->request, live->interface, &error) == TAPIR_OK)
        return true;
    complain("%s", error.message);
    return false;
}

static int confine_live(struct live *live)
{
    const struct dump_request *request = live->request;
    bool rotates = request->rotation.bytes || request->rotation.seconds;
    const struct confinement confinement = {
        .user = user_of(request, live->name),
        .open = request->save ? open_file : NULL,
        .context = live,
        .later_files = &request->save,
        .later_file_count = request->save && rotates,
        .names = live->printing && !request->printing.numeric,
        .reopens = request->capture.follow,
        .xdp = strcmp(tapir_source_format(live->source), "afxdp") == 0,
        .other_device =
            strcmp(live->interface->name, "any") != 0 && if_nametoindex(live->interface->name) == 0,
        .off = request->unconfined,
        .verbose = request->printing.verbosity > 0,
    };

    return confine(&confinement);
}

/* With all open, to the end. */
static int capture(struct live *live)
{
    tapir_error error;
    enum end end;

    listen_to_signals(live->source);
    announce(live);
    start_telling(live);
    end = read_frames(live);
    /* What was half a line on the terminal is one. */
    if (end == STOPPED && !live->request->save)
        tapir_text_put(&live->output.text, "\n");
    if (end != GONE && end != FAILED && flush_lines(live, true) != GO_ON)
        end = live->output.gone_away ? GONE : FAILED;
    if (dump_save_close(&live->save, &error) == TAPIR_IO && end != FAILED)
        end = sink_failed(live, TAPIR_IO, &error);
    print_counters(live, false);
    to_break = NULL;
    return end == FAILED ? EXIT_RUNTIME : EXIT_DONE;
}

static bool make_printer(struct live *live)
{
    live->packet = tapir_packet_new(NULL);
    live->dump = tapir_dump_new(&live->request->printing);
    if (live->packet && live->dump)
        return true;
    complain("out of memory");
    return false;
}

/* Opens all there is to open and captures. */
static int start(struct live *live)
{
    struct dump_request *request = live->request;
    int code;

    if (!make_printer(live))
        return EXIT_RUNTIME;
    /* Before there is a socket that its commands would keep open. */
    if (request->command && request->save && !request->program &&
        !runner_start(&live->save.runner, request->command, user_of(request, live->name)))
        return EXIT_RUNTIME;
    code = open_source(live);
    if (code != EXIT_DONE)
        return code;
    if (request->program) {
        request->expression.live = true;
        return dump_program(request, live->interface->link_type, live->interface->snaplen);
    }
    code = confine_live(live);
    return code == EXIT_DONE ? capture(live) : code;
}

int dump_live(struct dump_request *request)
{
    struct live live = {
        .request = request,
        .printing = !request->save || request->print,
        .told_packets = UINT64_MAX,
        .output = {.survives = true},
    };
    char *name = dump_interface(request->interface);
    int code;

    if (!name)
        return EXIT_RUNTIME;
    live.name = name;
    live.output.by_line = request->by_line || request->each_packet || isatty(STDOUT_FILENO);
    code = start(&live);
    tapir_sink_close(live.save.sink, NULL);
    runner_stop(&live.save.runner);
    tapir_source_close(live.source);
    tapir_dump_free(live.dump);
    tapir_packet_free(live.packet);
    tapir_text_clear(&live.output.text);
    free(name);
    return code;
}
