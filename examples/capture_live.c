/* Captures from an interface and prints a line per packet, until it is interrupted.
 * usage: capture_live [INTERFACE] */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "tapir/tapir.h"

static tapir_source *source; /* here for the signal handler */

static void stop(int number)
{
    (void)number;
    tapir_source_break(source);
}

/* Opens the interface, or the one that comes first in the list when none is named. */
static tapir_status open_interface(const char *name, tapir_error *error)
{
    /* A line for each packet as it comes: do not wait for a block of them. */
    const tapir_capture_options options = {.size = sizeof options, .immediate = true};
    tapir_devices *devices = NULL;
    const tapir_device *first;
    tapir_status status = TAPIR_OK;

    if (!name)
        status = tapir_devices_new(&devices, error);
    if (status == TAPIR_OK && !name) {
        first = tapir_devices_default(devices);
        name = first ? first->name : "any";
    }
    if (status == TAPIR_OK)
        status = tapir_capture_open(&source, name, &options, error);
    tapir_devices_free(devices);
    return status;
}

static void print_counters(void)
{
    tapir_source_stats stats;

    tapir_source_stats_get(source, &stats);
    fprintf(stderr,
        "%" PRIu64 " packets; %" PRIu64 " dropped for want of room, %" PRIu64 " by the interface\n",
        stats.frames, stats.dropped_by_kernel, stats.dropped_by_interface);
}

/* Prints packets until it is interrupted, which is TAPIR_BREAK. */
static tapir_status print_packets(tapir_error *error)
{
    const tapir_dump_options lines = {.size = sizeof lines, .numeric = true};
    tapir_packet *packet = tapir_packet_new(NULL); /* both are used for every frame */
    tapir_dump *dump = tapir_dump_new(&lines);
    tapir_text text = {0};
    tapir_frame frame;
    tapir_status status = TAPIR_OK;

    if (!packet || !dump)
        status = tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    while (status == TAPIR_OK) {
        /* The frame's bytes stay valid until the next read. */
        status = tapir_source_next(source, &frame);
        if (status != TAPIR_OK) {
            *error = *tapir_source_error(source);
            break;
        }
        tapir_packet_start(packet, &frame);
        text.len = 0;
        tapir_dump_packet(dump, &text, packet);
        fputs(tapir_text_string(&text), stdout);
        fflush(stdout);
    }
    tapir_text_clear(&text);
    tapir_dump_free(dump);
    tapir_packet_free(packet);
    return status;
}

int main(int argc, char **argv)
{
    tapir_error error;
    tapir_status status;

    if (argc > 2) {
        fprintf(stderr, "usage: capture_live [INTERFACE]\n");
        return 2;
    }
    if (open_interface(argv[1], &error) != TAPIR_OK) {
        fprintf(stderr, "capture_live: %s\n", error.message);
        return 1;
    }
    signal(SIGINT, stop);
    fprintf(stderr, "capturing on %s with %s\n", tapir_source_interface(source, 0)->name,
        tapir_source_format(source));
    status = print_packets(&error);
    if (status != TAPIR_BREAK)
        fprintf(stderr, "capture_live: %s\n", error.message);
    print_counters();
    tapir_source_close(source);
    return status == TAPIR_BREAK ? 0 : 1;
}
