/* Captures as told, for the tests of live sources: frames to a file, what became of it as lines of
 * "name value" on standard output. usage: source [OPTIONS] INTERFACE */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "tapir/capture.h"
#include "tapir/sink.h"

static const char usage[] =
    "usage: source [OPTIONS] INTERFACE\n"
    "  -w FILE   write frames there         -f FILTER        -s SNAPLEN      -Q in|out\n"
    "  -c COUNT  end after so many          -t MS            a read's timeout, -1: none\n"
    "  -y LINK   link type, a number        -g MODE:ID       fanout group\n"
    "  -b ROOM   read batches               -B BYTES         buffer     -T MS  block timeout\n"
    "  -i immediate   -F follow   -p not promiscuous   -u microseconds   -m monitor mode\n"
    "  -C CLOCK  by number   -e PROTOCOL   -G keep going after errors\n"
    "  -r FILTER replace the filter on SIGUSR1\n"
    "  -S MS, -R MS  break from a signal handler, from a thread, after that time\n"
    "  -D MS     sleep after every read that brought something\n"
    "  -P        wait with poll(2), read until nothing is left\n"
    "  -L, -J    list link types, clocks\n"
    "  -x MODE   of XDP, by number   -k   AF_XDP copies   -q QUEUE   only this one\n";

static tapir_source *source;
static volatile sig_atomic_t ended, replaces;
static int64_t asked; /* when the break was asked for */

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void on_signal(int number)
{
    if (number == SIGUSR1)
        replaces = 1;
    else
        ended = 1;
    asked = now();
    if (source)
        tapir_source_break(source);
}

static void *break_later(void *ms)
{
    usleep((unsigned)*(int *)ms * 1000);
    asked = now();
    ended = 1;
    tapir_source_break(source);
    return NULL;
}

static _Noreturn void fail(const char *what, const tapir_error *error)
{
    printf(
        "failed %s\nstatus %s\nmessage %s\n", what, tapir_status_text(error->code), error->message);
    fflush(stdout);
    _exit(3);
}

static int list_link_types(const char *interface, bool monitor)
{
    uint16_t link_types[16];
    tapir_error error;
    size_t count;

    if (tapir_capture_link_types(interface, monitor, link_types, 16, &count, &error) != TAPIR_OK)
        fail("link types", &error);
    for (size_t i = 0; i < count && i < 16; i++)
        printf("%s\n", tapir_link_type_name(link_types[i]));
    return 0;
}

static int list_clocks(const char *interface)
{
    uint8_t clocks[16];
    tapir_error error;
    size_t count;

    if (tapir_capture_clocks(interface, clocks, 16, &count, &error) != TAPIR_OK)
        fail("clocks", &error);
    for (size_t i = 0; i < count && i < 16; i++)
        printf("%s\n", tapir_capture_clock_name(clocks[i]));
    return 0;
}

static void handle_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
}

static void alarm_after(int ms)
{
    struct itimerval timer = {.it_value = {ms / 1000, (ms % 1000) * 1000}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

static tapir_sink *open_sink(const char *path)
{
    const tapir_interface *interface = tapir_source_interface(source, 0);
    tapir_sink_options options = {.size = sizeof options,
        .link_type = interface->link_type,
        .snaplen = interface->snaplen,
        .nanoseconds = interface->time_resolution == 9};
    tapir_sink *sink;
    tapir_error error;

    if (tapir_sink_open_file(&sink, path, &options, &error) != TAPIR_OK)
        fail("file", &error);
    return sink;
}

static void set_fanout(tapir_fanout *fanout, const char *text)
{
    fanout->mode = (uint8_t)strtoul(text, NULL, 0);
    fanout->id = (uint16_t)strtoul(strchr(text, ':') + 1, NULL, 0);
}

static void report(void)
{
    tapir_source_stats stats;

    tapir_source_stats_get(source, &stats);
    printf("frames %llu\nreceived %llu\ndropped_by_kernel %llu\ndropped_by_interface %llu\n",
        (unsigned long long)stats.frames, (unsigned long long)stats.received,
        (unsigned long long)stats.dropped_by_kernel,
        (unsigned long long)stats.dropped_by_interface);
}

int main(int argc, char **argv)
{
    tapir_capture_options options = {.size = sizeof options, .timeout = 0};
    const char *path = NULL, *replacement = NULL;
    unsigned long count = 0, directions[3] = {0};
    bool goes_on = false, polls = false, lists_link_types = false, lists_clocks = false;
    int signal_ms = 0, thread_ms = 0, option;
    unsigned delay_ms = 0;
    size_t room = 1, got;
    tapir_frame *frames;
    tapir_sink *sink = NULL;
    tapir_error error;
    pthread_t thread;

    while ((option = getopt(argc, argv, "w:f:s:Q:c:t:y:g:b:B:T:iFpumC:e:Gr:S:R:LJPD:x:kq:")) != -1)
        switch (option) {
        case 'w':
            path = optarg;
            break;
        case 'f':
            options.filter = optarg;
            break;
        case 's':
            options.snaplen = (uint32_t)atol(optarg);
            break;
        case 'Q':
            options.direction = *optarg == 'i' ? TAPIR_CAPTURE_IN : TAPIR_CAPTURE_OUT;
            break;
        case 'c':
            count = strtoul(optarg, NULL, 0);
            break;
        case 't':
            options.timeout = atol(optarg) * INT64_C(1000000);
            break;
        case 'y':
            options.has_link_type = true;
            options.link_type = (uint16_t)atoi(optarg);
            break;
        case 'g':
            set_fanout(&options.fanout, optarg);
            break;
        case 'b':
            room = strtoul(optarg, NULL, 0);
            break;
        case 'B':
            options.buffer = strtoul(optarg, NULL, 0);
            break;
        case 'T':
            options.block_timeout = (uint32_t)atoi(optarg);
            break;
        case 'i':
            options.immediate = true;
            break;
        case 'F':
            options.follow = true;
            break;
        case 'p':
            options.no_promiscuous = true;
            break;
        case 'u':
            options.microseconds = true;
            break;
        case 'm':
            options.monitor = true;
            break;
        case 'C':
            options.clock = (uint8_t)atoi(optarg);
            break;
        case 'e':
            options.protocol = (uint16_t)strtoul(optarg, NULL, 0);
            break;
        case 'G':
            goes_on = true;
            break;
        case 'r':
            replacement = optarg;
            break;
        case 'S':
            signal_ms = atoi(optarg);
            break;
        case 'R':
            thread_ms = atoi(optarg);
            break;
        case 'D':
            delay_ms = (unsigned)atoi(optarg);
            break;
        case 'P':
            polls = true;
            options.timeout = -1;
            break;
        case 'x':
            options.xdp_mode = (uint8_t)atoi(optarg);
            break;
        case 'k':
            options.copy = true;
            break;
        case 'q':
            options.queue = (uint32_t)atoi(optarg);
            options.queue_count = 1;
            break;
        case 'L':
            lists_link_types = true;
            break;
        case 'J':
            lists_clocks = true;
            break;
        default:
            fputs(usage, stderr);
            return 2;
        }
    if (optind + 1 != argc || room == 0) {
        fputs(usage, stderr);
        return 2;
    }
    if (lists_link_types)
        return list_link_types(argv[optind], options.monitor);
    if (lists_clocks)
        return list_clocks(argv[optind]);
    frames = calloc(room, sizeof *frames);
    handle_signals();
    {
        /* What the source needs after opening has to be its own. */
        char *filter = options.filter ? strdup(options.filter) : NULL;
        tapir_status status;
        options.filter = filter;
        status = tapir_capture_open(&source, argv[optind], &options, &error);
        if (filter)
            memset(filter, 'x', strlen(filter));
        free(filter);
        if (status != TAPIR_OK)
            fail("open", &error);
    }
    if (path)
        sink = open_sink(path);
    printf("open %s\n", tapir_source_format(source));
    fflush(stdout);
    if (signal_ms)
        alarm_after(signal_ms);
    if (thread_ms && pthread_create(&thread, NULL, break_later, &thread_ms) != 0)
        return 3;
    for (unsigned long total = 0; !count || total < count;) {
        int64_t begin = now();
        tapir_status status = tapir_source_next_batch(source, frames, room, &got);

        for (size_t i = 0; i < got; i++) {
            directions[frames[i].direction]++;
            if (sink && tapir_sink_write(sink, &frames[i]) != TAPIR_OK)
                fail("write", tapir_sink_error(sink));
        }
        /* Who waits for the end sees by the file how far it is. */
        if (sink && got && tapir_sink_flush(sink) != TAPIR_OK)
            fail("write", tapir_sink_error(sink));
        total += got;
        if (got && delay_ms)
            usleep(delay_ms * 1000);
        if (status == TAPIR_OK)
            continue;
        if (status == TAPIR_TIMEOUT && polls) {
            struct pollfd polled = {.fd = tapir_capture_fd(source), .events = POLLIN};
            if (!ended && poll(&polled, 1, -1) < 0 && errno != EINTR)
                return 3;
            continue;
        }
        if (status == TAPIR_BREAK && replaces) {
            replaces = 0;
            if (tapir_capture_set_filter(source, replacement, true) != TAPIR_OK)
                fail("filter", tapir_source_error(source));
            puts("replaced");
            fflush(stdout);
            continue;
        }
        printf("status %s\nmessage %s\nwaited_us %lld\n", tapir_status_text(status),
            tapir_source_error(source)->message, (long long)(now() - begin) / 1000);
        if (asked)
            printf("latency_us %lld\n", (long long)(now() - asked) / 1000);
        fflush(stdout);
        if (!goes_on || ended)
            break;
    }
    report();
    printf("unknown %lu\nin %lu\nout %lu\n", directions[0], directions[1], directions[2]);
    if (thread_ms)
        pthread_join(thread, NULL);
    if (sink && tapir_sink_close(sink, &error) != TAPIR_OK)
        fail("close", &error);
    tapir_source_close(source);
    free(frames);
    return 0;
}
