/* What live sources share: the one interface they have, waiting, and what is told of failures. */
#include "live.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

/* Takes the options over, with copies of what they point to, for the interface may have to be
 * opened again. */
static tapir_status copy_options(
    tapir__live *live, const tapir_capture_options *options, tapir_error *error)
{
    size_t len = options->fanout.program_count * sizeof *options->fanout.program;
    struct tapir_filter_instruction *program = NULL;

    live->options = *options;
    live->options.filter = NULL;
    live->options.fanout.program = NULL;
    if (options->fanout.program && len) {
        program = malloc(len);
        if (!program)
            return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", live->name);
        memcpy(program, options->fanout.program, len);
        live->options.fanout.program = program;
    }
    return tapir__live_keep_filter(live, options->filter, !options->no_optimize, error);
}

tapir_status tapir__live_init(tapir__live *live, const tapir__source_kind *kind, const char *format,
    const char *interface, const tapir_capture_options *options, uint16_t link_type,
    tapir_error *error)
{
    tapir_status status;

    live->source.breaker.wake_fd = -1;
    memcpy(live->name, interface, strnlen(interface, sizeof live->name - 1));
    status = copy_options(live, options, error);
    if (status == TAPIR_OK && !tapir__breaker_open(&live->source.breaker))
        status = tapir_error_set(error, TAPIR_IO, "%s: cannot make a descriptor to wake it by: %s",
            interface, strerror(errno));
    if (status != TAPIR_OK) {
        tapir__live_clear(live);
        return status;
    }
    live->source.kind = kind;
    live->source.format = format;
    live->source.compression = "none";
    live->single = (tapir_interface){
        .link_type = link_type,
        .snaplen = options->snaplen,
        .time_resolution = options->microseconds ? 6 : 9,
        .name = live->name,
    };
    live->single_list[0] = &live->single;
    live->source.interfaces = live->single_list;
    live->source.interface_count = 1;
    return TAPIR_OK;
}

void tapir__live_clear(tapir__live *live)
{
    tapir__breaker_close(&live->source.breaker);
    free((char *)(uintptr_t)live->options.filter);
    free((void *)(uintptr_t)live->options.fanout.program);
    live->options.filter = NULL;
    live->options.fanout.program = NULL;
}

tapir_status tapir__live_keep_filter(
    tapir__live *live, const char *expression, bool optimize, tapir_error *error)
{
    char *copy = expression ? strdup(expression) : NULL;

    if (expression && !copy)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", live->name);
    free((char *)(uintptr_t)live->options.filter);
    live->options.filter = copy;
    live->options.no_optimize = !optimize;
    return TAPIR_OK;
}

tapir_status tapir__live_filter(const tapir__live *live, tapir_filter **filter, tapir_error *error)
{
    const tapir_capture_options *options = &live->options;

    *filter = NULL;
    if (!options->filter && options->snaplen == TAPIR__SNAPLEN)
        return TAPIR_OK;
    return tapir_filter_new_interface(filter, options->filter ? options->filter : "", live->name,
        live->single.link_type, options->snaplen, !options->no_optimize, error);
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

int64_t tapir__now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t tapir__wall_clock(void)
{
    return read_clock(CLOCK_REALTIME);
}

/* The time at which a read that began at `since` has waited enough. */
static int64_t deadline_of(const tapir__live *live, int64_t since)
{
    int64_t timeout = live->options.timeout;

    if (timeout == 0 || timeout > INT64_MAX - since)
        return INT64_MAX;
    return timeout < 0 ? since : since + timeout;
}

/* Waits until `fd` (-1: none) is readable, a stop is asked for, or it is `deadline`. */
static tapir__wait wait_until(tapir__live *live, int fd, int64_t deadline)
{
    tapir__breaker *breaker = &live->source.breaker;
    struct pollfd polled[2] = {
        {.fd = fd, .events = POLLIN},
        {.fd = breaker->wake_fd, .events = POLLIN},
    };

    for (;;) {
        bool limited = deadline != INT64_MAX;
        int64_t left = limited ? deadline - tapir__now() : 0;
        struct timespec wait;
        uint64_t count;
        int ready;

        if (left < 0)
            left = 0;
        wait = (struct timespec){.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
        if (tapir__breaker_requested(breaker))
            return TAPIR__WAIT_BREAK;
        ready = ppoll(polled, 2, limited ? &wait : NULL, NULL);
        if (tapir__breaker_requested(breaker))
            return TAPIR__WAIT_BREAK;
        if (ready == 0)
            return TAPIR__WAIT_TIMEOUT;
        if (ready < 0)
            continue; /* a signal that asks for no stop */
        if (polled[0].revents & (POLLERR | POLLHUP | POLLNVAL))
            return TAPIR__WAIT_PROBLEM;
        if (polled[0].revents)
            return TAPIR__WAIT_READY;
        /* A wake-up left over from a request that was served already. */
        (void)!read(breaker->wake_fd, &count, sizeof count);
    }
}

tapir__wait tapir__live_wait(tapir__live *live, int fd, int64_t since)
{
    return wait_until(live, fd, deadline_of(live, since));
}

tapir__wait tapir__live_step(tapir__live *live, int fd, int64_t step, int64_t since)
{
    int64_t deadline = since ? deadline_of(live, since) : INT64_MAX, end = tapir__now() + step;
    tapir__wait wait = wait_until(live, fd, end < deadline ? end : deadline);

    return wait == TAPIR__WAIT_TIMEOUT && end < deadline ? TAPIR__WAIT_READY : wait;
}

tapir__wait tapir__live_pause(tapir__live *live, int ms, int64_t since)
{
    return tapir__live_step(live, -1, ms * (SECOND / 1000), since);
}

bool tapir__interface_ask(const char *interface, unsigned long question, struct ifreq *request)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), number;
    bool answered;

    if (fd < 0)
        return false;
    memcpy(request->ifr_name, interface, strnlen(interface, sizeof request->ifr_name - 1));
    answered = ioctl(fd, question, request) == 0;
    number = errno;
    close(fd);
    errno = number;
    return answered;
}

bool tapir__interface_is_up(const char *interface)
{
    struct ifreq request = {.ifr_flags = 0};

    return strcmp(interface, "any") == 0 ||
           (tapir__interface_ask(interface, SIOCGIFFLAGS, &request) && request.ifr_flags & IFF_UP);
}

static uint64_t read_counter(const char *interface, const char *counter)
{
    unsigned long long value = 0;
    char path[TAPIR__NAME_ROOM + 64];
    FILE *file;

    snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", interface, counter);
    file = strchr(interface, '/') ? NULL : fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%llu", &value) != 1)
        value = 0;
    fclose(file);
    return value;
}

uint64_t tapir__interface_drops(const char *interface)
{
    return read_counter(interface, "rx_missed_errors") + read_counter(interface, "rx_fifo_errors");
}

tapir_status tapir__live_failed(
    tapir_error *error, const char *interface, const char *doing, int number)
{
    if (number == EPERM || number == EACCES)
        return tapir_error_set(error, TAPIR_DENIED,
            "%s: no permission to %s: the capability CAP_NET_RAW is missing; run as root, or grant "
            "it once with: setcap cap_net_raw,cap_net_admin+ep PROGRAM",
            interface, doing);
    if (number == ENODEV || number == ENXIO)
        return tapir_error_set(error, TAPIR_NOT_FOUND,
            "%s: there is no such interface; tapir devices lists them", interface);
    return tapir_error_set(
        error, TAPIR_IO, "%s: cannot %s: %s", interface, doing, strerror(number));
}
