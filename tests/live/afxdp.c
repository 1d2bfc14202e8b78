/* A source over AF_XDP that does as it is told, a command a line, for tests.
 * usage: afxdp INTERFACE [NAME=VALUE...], and then on standard input
 *   read COUNT     frames, until so many are there or a read fails
 *   timeout MS     of a read from now on, -1: none
 *   filter TEXT    replaces it
 *   break MS       from another thread, after that time
 *   poll MS        waits for the descriptor
 *   stats */
#include "tapir/capture.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64 };

static tapir_source *source;

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void print_result(tapir_status status, const char *message, int64_t since)
{
    printf("%s after %" PRId64 " ms: %s\n", tapir_status_text(status), now_ms() - since,
        status == TAPIR_OK ? "" : message);
    fflush(stdout);
}

static void print_frame(const tapir_frame *frame)
{
    printf("frame %" PRId64 " %u %u ", frame->time, frame->len, frame->link_type);
    for (uint32_t i = 0; i < frame->caplen; i++)
        printf("%02x", frame->data[i]);
    putchar('\n');
}

/* A batch is printed once it is all there: its frames are valid together. */
static void read_frames(size_t wanted)
{
    tapir_frame frames[BATCH];
    tapir_status status = TAPIR_OK;
    int64_t since = now_ms();

    for (size_t total = 0, count = 0; total < wanted && status == TAPIR_OK; total += count) {
        size_t room = wanted - total < BATCH ? wanted - total : BATCH;
        status = tapir_source_next_batch(source, frames, room, &count);
        for (size_t i = 0; i < count; i++)
            print_frame(&frames[i]);
    }
    print_result(status, tapir_source_error(source)->message, since);
}

static void *break_later(void *ms)
{
    usleep((unsigned)(uintptr_t)ms * 1000);
    tapir_source_break(source);
    return NULL;
}

static void print_stats(void)
{
    tapir_source_stats stats;

    tapir_source_stats_get(source, &stats);
    printf("stats %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", stats.frames, stats.received,
        stats.dropped_by_kernel, stats.freezes);
    fflush(stdout);
}

static void obey(const char *command, char *argument)
{
    struct pollfd polled = {.fd = tapir_capture_fd(source), .events = POLLIN};
    int64_t since = now_ms();
    pthread_t thread;

    if (strcmp(command, "read") == 0) {
        read_frames(strtoul(argument, NULL, 10));
    } else if (strcmp(command, "timeout") == 0) {
        tapir_status status =
            tapir_capture_set_timeout(source, strtoll(argument, NULL, 10) * INT64_C(1000000));
        print_result(status, "", since);
    } else if (strcmp(command, "filter") == 0) {
        tapir_status status = tapir_capture_set_filter(source, argument, true);
        print_result(status, tapir_source_error(source)->message, since);
    } else if (strcmp(command, "break") == 0) {
        void *ms = (void *)(uintptr_t)strtoul(argument, NULL, 10);
        if (pthread_create(&thread, NULL, break_later, ms) == 0)
            pthread_detach(thread);
    } else if (strcmp(command, "poll") == 0) {
        int ready = poll(&polled, 1, atoi(argument));
        print_result(ready ? TAPIR_OK : TAPIR_TIMEOUT, "not ready", since);
    } else if (strcmp(command, "stats") == 0) {
        print_stats();
    }
}

static void set(tapir_capture_options *options, const char *name, const char *value)
{
    const struct {
        const char *name;
        void *member;
        size_t size;
    } numbers[] = {
        {"clock", &options->clock, 1},
        {"direction", &options->direction, 1},
        {"xdp_mode", &options->xdp_mode, 1},
        {"microseconds", &options->microseconds, 1},
        {"copy", &options->copy, 1},
        {"zero_copy", &options->zero_copy, 1},
        {"follow", &options->follow, 1},
        {"cooked", &options->cooked, 1},
        {"snaplen", &options->snaplen, 4},
        {"busy_poll", &options->busy_poll, 4},
        {"queue", &options->queue, 4},
        {"queue_count", &options->queue_count, 4},
        {"ring", &options->ring, 4},
        {"timeout", &options->timeout, 8},
    };
    int64_t number = strtoll(value, NULL, 10);

    if (strcmp(name, "filter") == 0)
        options->filter = value;
    if (strcmp(name, "timeout") == 0)
        number *= 1000000;
    for (size_t i = 0; i < TAPIR_COUNT(numbers); i++)
        if (strcmp(name, numbers[i].name) == 0)
            memcpy(numbers[i].member, &number, numbers[i].size);
}

int main(int argc, char **argv)
{
    tapir_capture_options options = {.size = sizeof options, .method = TAPIR_CAPTURE_AFXDP};
    int64_t since = now_ms();
    tapir_status status;
    tapir_error error;
    char line[512];

    if (argc < 2)
        return 2;
    for (int i = 2; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (!equals)
            return 2;
        *equals = '\0';
        set(&options, argv[i], equals + 1);
    }
    status = tapir_capture_open(&source, argv[1], &options, &error);
    print_result(status, error.message, since);
    if (status != TAPIR_OK)
        return 1;
    while (fgets(line, sizeof line, stdin)) {
        char *argument = line + strcspn(line, " \n");
        if (*argument)
            *argument++ = '\0';
        argument[strcspn(argument, "\n")] = '\0';
        obey(line, argument);
    }
    tapir_source_close(source);
    return 0;
}
