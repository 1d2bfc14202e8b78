/* What live sources share: the one interface they have, waiting, and what is told of failures. */
#include "live.h"

#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

tapir_status tapir__live_init(tapir__live *live, const tapir__source_kind *kind, const char *format,
    const char *interface, const tapir_capture_options *options, uint16_t link_type,
    tapir_error *error)
{
    if (!tapir__breaker_open(&live->source.breaker))
        return tapir_error_set(
            error, TAPIR_IO, "%s: cannot make an eventfd: %s", interface, strerror(errno));
    live->source.kind = kind;
    live->source.format = format;
    live->source.compression = "none";
    live->options = *options;
    memcpy(live->name, interface, strnlen(interface, sizeof live->name - 1));
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
}

tapir_status tapir__live_compile(const tapir__live *live, const char *expression, bool optimize,
    tapir_filter **filter, tapir_error *error)
{
    if (live->source.kind->live->keeps_tags) {
        tapir_status status = tapir_filter_new_live(
            filter, expression, live->single.link_type, live->options.snaplen, optimize, error);
        /* What cannot be said without the interface's address may be said with it. */
        if (status != TAPIR_INVALID)
            return status;
    }
    return tapir_filter_new_interface(filter, expression, live->name, live->single.link_type,
        live->options.snaplen, optimize, error);
}

tapir_status tapir__live_filter(const tapir__live *live, tapir_filter **filter, tapir_error *error)
{
    const tapir_capture_options *options = &live->options;

    *filter = NULL;
    if (!options->filter && options->snaplen == TAPIR__SNAPLEN)
        return TAPIR_OK;
    return tapir__live_compile(
        live, options->filter ? options->filter : "", !options->no_optimize, filter, error);
}

int64_t tapir__now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

/* What is left of the time a read waits; negative: none. */
static int64_t time_left(const tapir__live *live, int64_t since)
{
    return live->options.timeout < 0 ? 0 : since + live->options.timeout - tapir__now();
}

tapir__wait tapir__live_wait(tapir__live *live, int fd, int64_t since)
{
    tapir__breaker *breaker = &live->source.breaker;
    struct pollfd polled[2] = {
        {.fd = fd, .events = POLLIN},
        {.fd = breaker->wake_fd, .events = POLLIN},
    };

    for (;;) {
        bool limited = live->options.timeout != 0;
        int64_t left = limited ? time_left(live, since) : 0;
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

tapir__wait tapir__live_pause(tapir__live *live, int ms, int64_t since)
{
    struct pollfd polled = {.fd = live->source.breaker.wake_fd, .events = POLLIN};
    uint64_t count;

    if (tapir__breaker_requested(&live->source.breaker))
        return TAPIR__WAIT_BREAK;
    if (poll(&polled, 1, ms) > 0 && !tapir__breaker_requested(&live->source.breaker))
        (void)!read(polled.fd, &count, sizeof count);
    if (tapir__breaker_requested(&live->source.breaker))
        return TAPIR__WAIT_BREAK;
    if (since && live->options.timeout && time_left(live, since) <= 0)
        return TAPIR__WAIT_TIMEOUT;
    return TAPIR__WAIT_READY;
}

bool tapir__interface_is_up(const char *interface)
{
    struct ifreq request = {.ifr_flags = 0};
    bool up;
    int fd;

    if (strcmp(interface, "any") == 0)
        return true;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    memcpy(request.ifr_name, interface, strnlen(interface, sizeof request.ifr_name - 1));
    up = ioctl(fd, SIOCGIFFLAGS, &request) == 0 && request.ifr_flags & IFF_UP;
    close(fd);
    return up;
}

uint32_t tapir__interface_queues(const char *interface)
{
    uint32_t count = 0;

    for (;; count++) {
        char path[TAPIR__NAME_ROOM + 64];
        snprintf(path, sizeof path, "/sys/class/net/%s/queues/rx-%" PRIu32, interface, count);
        if (access(path, F_OK) != 0)
            return count ? count : 1;
    }
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
