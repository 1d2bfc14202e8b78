/* tapir capture: reading, writing, and saying how it goes. */
#include "capture.h"
#include "confine.h"

#include <inttypes.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

enum { BATCH = 128, AHEAD = 4 };

struct job {
    const struct capture_request *request;
    tapir_capture_group *group;
    tapir_source *source; /* the only one of the group, or all of it merged */
    tapir_sink *sink;
    bool pcapng;
    bool threads; /* one of its own compresses and writes */
    uint64_t packets, bytes;
    uint64_t shown_packets, shown_bytes, shown_drops; /* at the last line of statistics */
    int64_t started, shown, flushed;                  /* monotonic nanoseconds */
};

static bool rotates(const struct capture_request *request)
{
    const tapir_sink_rotation *rotation = &request->rotation;

    return rotation->bytes || rotation->packets || rotation->seconds;
}

/* What signals ask for. */
static tapir_source *volatile to_break;
static volatile sig_atomic_t asked_to_stop, asked_for_statistics, asked_to_rotate;

static void on_signal(int number)
{
    if (number == SIGUSR1)
        asked_for_statistics = 1;
    else if (number == SIGHUP)
        asked_to_rotate = 1;
    else
        asked_to_stop = 1;
    if (to_break)
        tapir_source_break(to_break);
}

static void listen_to_signals(tapir_source *source)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};

    to_break = source;
    for (size_t i = 0; i < TAPIR_COUNT(numbers); i++) {
        /* Once: who asks a second time wants out. */
        action.sa_flags = i < 2 ? (int)SA_RESETHAND : 0;
        sigaction(numbers[i], &action, NULL);
    }
}

/* A number with a prefix that keeps it short: 1.65 G. */
static const char *short_number(char text[16], double number)
{
    static const char prefixes[] = " kMGTPE";
    size_t prefix = 0;

    while (number >= 999.5 && prefix + 1 < sizeof prefixes - 1) {
        number /= 1000;
        prefix++;
    }
    if (prefix)
        snprintf(text, 16, "%.3g %c", number, prefixes[prefix]);
    else
        snprintf(text, 16, "%.0f ", number);
    return text;
}

/* One line on stderr: what came since the last one, and what was lost. */
static void show_statistics(struct job *job)
{
    int64_t now = monotonic();
    double seconds = (double)(now - job->shown) / (double)SECOND;
    tapir_source_stats stats;
    char packets[16], rate[16], bits[16], bytes[16];
    uint64_t drops;

    tapir_source_stats_get(job->source, &stats);
    drops = stats.dropped_by_kernel + stats.dropped_by_interface;
    if (seconds <= 0)
        seconds = 1e-9;
    fprintf(stderr, "%.0fs  %spackets  %sB  %sp/s  %sbit/s  %" PRIu64 " dropped (+%" PRIu64 ")\n",
        (double)(now - job->started) / (double)SECOND, short_number(packets, (double)job->packets),
        short_number(bytes, (double)job->bytes),
        short_number(rate, (double)(job->packets - job->shown_packets) / seconds),
        short_number(bits, 8 * (double)(job->bytes - job->shown_bytes) / seconds), drops,
        drops - job->shown_drops);
    job->shown = now;
    job->shown_packets = job->packets;
    job->shown_bytes = job->bytes;
    job->shown_drops = drops;
}

/* What the kernel may hold of all rings together: disks stall for longer than a program that only
 * looks at packets does, and memory may have to be found for the file first. */
static size_t buffer_of_all(void)
{
    const size_t most = (size_t)256 << 20;
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

    if (pages <= 0 || page <= 0 || (size_t)pages >= 16 * (most / (size_t)page))
        return most;
    return (size_t)pages * (size_t)page / 16;
}

static tapir_status open_source(struct job *job, tapir_error *error)
{
    const struct capture_request *request = job->request;
    tapir_capture_options options = request->options;
    tapir_status status;

    options.filter = request->expression.text;
    options.timeout = SECOND / 10;
    if (!options.buffer)
        options.buffer = buffer_of_all() / request->workers;
    status = tapir_capture_group_open(
        &job->group, request->interface, request->workers, &options, error);
    if (status != TAPIR_OK)
        return status;
    if (request->workers == 1) {
        job->source = tapir_capture_group_source(job->group, 0);
        return TAPIR_OK;
    }
    return tapir_capture_group_merge(&job->source, job->group, error);
}

/* The interface as the file is to describe it. */
static tapir_interface describe(const struct job *job)
{
    tapir_interface interface = *tapir_source_interface(job->source, 0);

    if (job->request->expression.text && *job->request->expression.text)
        interface.filter = job->request->expression.text;
    return interface;
}

static tapir_status create_sink(struct job *job, tapir_error *error)
{
    const struct capture_request *request = job->request;
    const tapir_interface interface = describe(job);
    struct utsname system;
    char os[2 * sizeof system.release + 2] = "";
    tapir_sink_section section = {
        .application = "tapir " TAPIR_VERSION,
        .comments = &request->comment,
        .comment_count = request->comment != NULL,
    };
    tapir_sink_options options = {
        .size = sizeof options,
        .link_type = interface.link_type,
        .nanoseconds = interface.time_resolution == 9,
        .snaplen = interface.snaplen,
        .compression = (uint8_t)request->compression,
        .level = request->level,
        .rotation = request->rotation,
        .background = job->threads,
        .direct = request->direct,
    };
    tapir_sink_format format = request->format;
    tapir_status status;

    if (format == TAPIR_FORMAT_AUTO && !format_named(request->output, &format))
        options.format = TAPIR_FORMAT_PCAPNG;
    else
        options.format = (uint8_t)format;
    if (uname(&system) == 0) {
        snprintf(os, sizeof os, "%s %s", system.sysname, system.release);
        section.os = os;
        section.hardware = system.machine;
    }
    status = tapir_sink_open_file(&job->sink, request->output, &options, error);
    if (status != TAPIR_OK)
        return status;
    job->pcapng = tapir_sink_format_of(job->sink) == TAPIR_FORMAT_PCAPNG;
    if (!job->pcapng)
        return TAPIR_OK;
    status = tapir_sink_start_section(job->sink, &section);
    if (status == TAPIR_OK)
        status = tapir_sink_add_interface(job->sink, &interface, NULL);
    if (status != TAPIR_OK)
        *error = *tapir_sink_error(job->sink);
    return status;
}

/* As the user that captures. */
static bool open_sink(void *context)
{
    tapir_error error;

    if (create_sink(context, &error) == TAPIR_OK)
        return true;
    complain("%s", error.message);
    return false;
}

/* Opens the file and gives up what is not needed any longer. */
static int confine_job(struct job *job)
{
    const struct capture_request *request = job->request;
    const tapir_interface *interface = tapir_source_interface(job->source, 0);
    bool xdp = strcmp(tapir_source_format(job->source), "afxdp") == 0;
    const struct confinement confinement = {
        /* Programs of AF_XDP are root's, and who takes one off has to be root. */
        .user = request->user || !xdp ? request->user : "root",
        .open = open_sink,
        .context = job,
        .later_files = &request->output,
        .later_file_count = rotates(request),
        .threads = job->threads,
        .reopens = request->options.follow,
        .xdp = xdp,
        .other_device = strcmp(interface->name, "any") != 0 && if_nametoindex(interface->name) == 0,
        .off = request->unconfined,
    };

    return confine(&confinement);
}

/* Whether the time has come, or a signal asked, for anything but frames. */
static tapir_status look_around(struct job *job)
{
    const struct capture_request *request = job->request;
    int64_t now = monotonic();
    tapir_status status = TAPIR_OK;

    if (asked_for_statistics ||
        (request->statistics && now - job->shown >= (int64_t)request->statistics * SECOND)) {
        asked_for_statistics = 0;
        show_statistics(job);
    }
    if (asked_to_rotate) {
        asked_to_rotate = 0;
        if (rotates(request))
            status = tapir_sink_rotate(job->sink);
    }
    if (status == TAPIR_OK && now - job->flushed >= request->flush) {
        job->flushed = now;
        status = tapir_sink_flush(job->sink);
    }
    if (status == TAPIR_OK && request->duration && now - job->started >= request->duration)
        asked_to_stop = 1;
    return status;
}

static tapir_status write_frames(struct job *job, const tapir_frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tapir_status status;
        if (i + AHEAD < count)
            tapir_frame_prefetch_all(&frames[i + AHEAD]);
        status = tapir_sink_write(job->sink, &frames[i]);
        if (status != TAPIR_OK)
            return status;
        job->packets++;
        job->bytes += frames[i].len;
    }
    return TAPIR_OK;
}

/* Reads and writes until something ends it; *sink_status is why that was not the source. */
static tapir_status pump(struct job *job, tapir_status *sink_status)
{
    tapir_frame frames[BATCH];
    tapir_status status = TAPIR_OK;
    uint64_t unlooked = 0;

    *sink_status = TAPIR_OK;
    while (!asked_to_stop && *sink_status == TAPIR_OK && job->packets < job->request->limit) {
        uint64_t left = job->request->limit - job->packets;
        size_t count;
        status = tapir_source_next_batch(
            job->source, frames, left < BATCH ? (size_t)left : BATCH, &count);
        *sink_status = write_frames(job, frames, count);
        unlooked += count;
        if (status != TAPIR_OK && status != TAPIR_TIMEOUT && status != TAPIR_BREAK)
            return status;
        if (*sink_status == TAPIR_OK && (status != TAPIR_OK || unlooked >= 8 * BATCH)) {
            unlooked = 0;
            *sink_status = look_around(job);
        }
    }
    return TAPIR_OK;
}

/* Writes down what was counted, at the end of a pcapng file. */
static tapir_status add_counters(struct job *job)
{
    tapir_source_stats stats;
    struct timespec now;
    tapir_pcapng_statistics counted = {
        .received = UINT64_MAX,
        .dropped_by_os = UINT64_MAX,
        .delivered = job->packets,
    };

    if (!job->pcapng)
        return TAPIR_OK;
    tapir_source_stats_get(job->source, &stats);
    clock_gettime(CLOCK_REALTIME, &now);
    counted.time = counted.end = now.tv_sec * SECOND + now.tv_nsec;
    counted.start = counted.time - (monotonic() - job->started);
    counted.has_start = counted.has_end = true;
    counted.accepted_by_filter = stats.received;
    counted.dropped_by_os = stats.dropped_by_kernel;
    counted.dropped_by_interface = stats.dropped_by_interface;
    return tapir_sink_add_statistics(job->sink, 0, &counted, NULL);
}

/* What tcpdump says at the end, too. */
static void sum_up(const struct job *job)
{
    tapir_source_stats stats;

    tapir_source_stats_get(job->source, &stats);
    fprintf(stderr,
        "%" PRIu64 " packet%s captured\n%" PRIu64 " packet%s received by filter\n%" PRIu64
        " packet%s dropped by kernel\n",
        job->packets, job->packets == 1 ? "" : "s", stats.received, stats.received == 1 ? "" : "s",
        stats.dropped_by_kernel, stats.dropped_by_kernel == 1 ? "" : "s");
    if (stats.dropped_by_interface)
        fprintf(stderr, "%" PRIu64 " packet%s dropped by interface\n", stats.dropped_by_interface,
            stats.dropped_by_interface == 1 ? "" : "s");
}

static int complain_of(const tapir_error *error)
{
    complain("%s", error->message);
    return error->code == TAPIR_INVALID ? EXIT_USAGE : EXIT_RUNTIME;
}

/* Captures with all open. */
static int capture(struct job *job)
{
    int code = EXIT_DONE;
    tapir_status sink_status, status;

    fprintf(stderr, "capturing on %s with %s, link type %s, to %s\n", job->request->interface,
        tapir_source_format(job->source),
        tapir_link_type_name(tapir_source_interface(job->source, 0)->link_type),
        job->request->output);
    job->started = job->shown = job->flushed = monotonic();
    status = pump(job, &sink_status);
    if (status != TAPIR_OK)
        code = complain_of(tapir_source_error(job->source));
    if (sink_status == TAPIR_OK)
        sink_status = add_counters(job);
    /* Who reads our output has seen enough, or rotation has come to its last file. */
    if (sink_status != TAPIR_OK && sink_status != TAPIR_END)
        code = complain_of(tapir_sink_error(job->sink));
    sum_up(job);
    return code;
}

int capture_run(struct capture_request *request)
{
    /* A thread that waits for the disk needs no processor of its own. */
    struct job job = {.request = request, .threads = request->direct || several_processors()};
    tapir_error error;
    int code;

    if (open_source(&job, &error) != TAPIR_OK)
        code = expression_refused(&request->expression, &error);
    else
        code = confine_job(&job);
    if (code == EXIT_DONE) {
        listen_to_signals(job.source);
        code = capture(&job);
    }
    if (tapir_sink_close(job.sink, &error) == TAPIR_IO && code == EXIT_DONE)
        code = complain_of(&error);
    to_break = NULL;
    if (request->workers > 1)
        tapir_source_close(job.source);
    tapir_capture_group_close(job.group);
    return code;
}
