/* Saves the next 100 packets of an interface, or as many as are asked for, to a capture file.
 * usage: save_packets INTERFACE FILE [COUNT] */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tapir/tapir.h"

static tapir_source *source; /* here for the signal handler */

static void stop(int number)
{
    (void)number;
    tapir_source_break(source);
}

/* Creates the file for frames of the source's interface: pcap or pcapng, compressed or not, as the
 * name says (.pcapng, .pcap.gz ...). */
static tapir_status create(tapir_sink **sink, const char *path, tapir_error *error)
{
    const tapir_interface *interface = tapir_source_interface(source, 0);
    const tapir_sink_options options = {.size = sizeof options,
        .link_type = interface->link_type,
        .snaplen = interface->snaplen,
        .nanoseconds = true,
        .format = TAPIR_FORMAT_AUTO,
        .compression = TAPIR_COMPRESSION_AUTO};
    tapir_status status = tapir_sink_open_file(sink, path, &options, error);

    if (status != TAPIR_OK)
        return status;
    /* pcapng says which interface it was; pcap has no place for that. */
    status = tapir_sink_add_interface(*sink, interface, NULL);
    if (status != TAPIR_OK) {
        *error = *tapir_sink_error(*sink);
        (void)tapir_sink_close(*sink, NULL);
    }
    return status;
}

/* Writes `count` frames, fewer when it is interrupted; *saved says how many. */
static tapir_status save(tapir_sink *sink, uint64_t count, uint64_t *saved, tapir_error *error)
{
    tapir_frame frame;
    tapir_status status;

    for (*saved = 0; *saved < count; ++*saved) {
        status = tapir_source_next(source, &frame);
        if (status != TAPIR_OK) {
            *error = *tapir_source_error(source);
            return status == TAPIR_BREAK ? TAPIR_OK : status;
        }
        status = tapir_sink_write(sink, &frame);
        if (status != TAPIR_OK) {
            *error = *tapir_sink_error(sink);
            return status;
        }
    }
    return TAPIR_OK;
}

int main(int argc, char **argv)
{
    uint64_t count = argc == 4 ? strtoull(argv[3], NULL, 10) : 100, saved = 0;
    tapir_sink *sink;
    tapir_error error;
    tapir_status status;

    if (argc < 3 || argc > 4 || !count) {
        fprintf(stderr, "usage: save_packets INTERFACE FILE [COUNT]\n");
        return 2;
    }
    status = tapir_capture_open(&source, argv[1], NULL, &error);
    if (status == TAPIR_OK)
        status = create(&sink, argv[2], &error);
    if (status != TAPIR_OK) {
        fprintf(stderr, "save_packets: %s\n", error.message);
        tapir_source_close(source);
        return 1;
    }
    signal(SIGINT, stop);
    status = save(sink, count, &saved, &error);
    if (status != TAPIR_OK)
        fprintf(stderr, "save_packets: %s\n", error.message);
    /* What is still in the sink's buffer is written now, which may fail, too. */
    if (tapir_sink_close(sink, &error) != TAPIR_OK) {
        fprintf(stderr, "save_packets: %s\n", error.message);
        status = error.code;
    }
    tapir_source_close(source);
    printf("%" PRIu64 " packets in %s\n", saved, argv[2]);
    return status == TAPIR_OK ? 0 : 1;
}
