/* Counts what an interface receives and sends: a line a second, until it is interrupted.
 * usage: traffic INTERFACE [EXPRESSION] */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "tapir/tapir.h"

#define SECOND INT64_C(1000000000)

struct count {
    uint64_t packets, bytes;
};

/* Packets by direction; on loopback, where what is sent is what is received, all come in. */
struct counts {
    struct count in, out;
};

static tapir_source *source; /* here for the signal handler */

static void stop(int number)
{
    (void)number;
    tapir_source_break(source);
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void add(struct counts *counts, const tapir_frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct count *way = frames[i].direction == TAPIR_DIRECTION_OUT ? &counts->out : &counts->in;
        way->packets++;
        way->bytes += frames[i].len; /* on the wire, however little was captured */
    }
}

static struct count difference(const struct count *after, const struct count *before)
{
    return (struct count){after->packets - before->packets, after->bytes - before->bytes};
}

static void print_second(const struct counts *total, const struct counts *before)
{
    struct count in = difference(&total->in, &before->in);
    struct count out = difference(&total->out, &before->out);

    printf("in %" PRIu64 " packets/s, %" PRIu64 " bytes/s; out %" PRIu64 " packets/s, %" PRIu64
           " bytes/s\n",
        in.packets, in.bytes, out.packets, out.bytes);
    fflush(stdout);
}

static void print_total(const struct counts *total)
{
    tapir_source_stats stats;

    tapir_source_stats_get(source, &stats);
    printf("total: in %" PRIu64 " packets, %" PRIu64 " bytes; out %" PRIu64 " packets, %" PRIu64
           " bytes; %" PRIu64 " packets missed\n",
        total->in.packets, total->in.bytes, total->out.packets, total->out.bytes,
        stats.dropped_by_kernel);
}

/* Reads batch after batch; a read waits until the second is over at most. */
static tapir_status count_traffic(struct counts *total)
{
    tapir_frame frames[256];
    struct counts before = {.in.packets = 0};
    int64_t end = now() + SECOND;
    tapir_status status;

    for (;;) {
        size_t count = 0;
        int64_t left = end - now();

        if (left <= 0) {
            print_second(total, &before);
            before = *total;
            end += SECOND;
            continue;
        }
        status = tapir_capture_set_timeout(source, left);
        if (status == TAPIR_OK)
            status = tapir_source_next_batch(source, frames, TAPIR_COUNT(frames), &count);
        if (status != TAPIR_OK && status != TAPIR_TIMEOUT)
            return status;
        add(total, frames, count);
    }
}

int main(int argc, char **argv)
{
    const tapir_capture_options options = {.size = sizeof options,
        .method = TAPIR_CAPTURE_AFPACKET,
        .snaplen = 64, /* nobody looks at the bytes, so the kernel need not copy them */
        .filter = argc == 3 ? argv[2] : NULL};
    struct counts total = {.in.packets = 0};
    tapir_error error;
    tapir_status status;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: traffic INTERFACE [EXPRESSION]\n");
        return 2;
    }
    if (tapir_capture_open(&source, argv[1], &options, &error) != TAPIR_OK) {
        fprintf(stderr, "traffic: %s\n", error.message);
        return 1;
    }
    signal(SIGINT, stop);
    status = count_traffic(&total);
    if (status != TAPIR_BREAK)
        fprintf(stderr, "traffic: %s\n", tapir_source_error(source)->message);
    print_total(&total);
    tapir_source_close(source);
    return status == TAPIR_BREAK ? 0 : 1;
}
