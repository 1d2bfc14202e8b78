/* Sends a capture file as it was captured, or so many times as fast.
 * usage: pcaplay INTERFACE FILE [SPEED] */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tapir/tapir.h"

static tapir_pace *pace;

static void on_signal(int number)
{
    (void)number;
    tapir_pace_break(pace);
}

/* Sends frame by frame until the file ends or a signal comes; frames that the interface does not
 * take are left out. */
static tapir_status play(tapir_source *source, tapir_sink *sink)
{
    tapir_status status;
    tapir_frame frame;

    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        status = tapir_pace_wait(pace, &frame, sink);
        if (status != TAPIR_OK)
            break;
        status = tapir_sink_write(sink, &frame);
        if (status == TAPIR_INVALID || status == TAPIR_TOO_WIDE || status == TAPIR_TRUNCATED)
            fprintf(stderr, "pcaplay: %s\n", tapir_sink_error(sink)->message);
        else if (status != TAPIR_OK)
            break;
    }
    return status;
}

static void tell(tapir_source *source, tapir_sink *sink, tapir_status status)
{
    tapir_send_stats stats;

    if (status != TAPIR_END && status != TAPIR_BREAK)
        fprintf(stderr, "pcaplay: %s%s\n", tapir_source_error(source)->message,
            tapir_sink_error(sink)->message);
    if (tapir_send_wait(sink, 0) != TAPIR_OK)
        fprintf(stderr, "pcaplay: %s\n", tapir_sink_error(sink)->message);
    tapir_send_stats_get(sink, &stats);
    printf("%llu packets, %llu bytes; left out: %llu too long, %llu cut, %llu of another kind\n",
        (unsigned long long)stats.sent_packets, (unsigned long long)stats.sent_bytes,
        (unsigned long long)stats.too_long, (unsigned long long)stats.truncated,
        (unsigned long long)stats.wrong_link_type);
}

int main(int argc, char **argv)
{
    static tapir_pace_options options;
    tapir_status status = TAPIR_END;
    tapir_source *source = NULL;
    tapir_sink *sink = NULL;
    tapir_error error;
    bool opened;

    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: pcaplay INTERFACE FILE [SPEED]\n");
        return 2;
    }
    options.size = sizeof options;
    options.kind = TAPIR_PACE_TIMES;
    options.speed = argc == 4 ? atof(argv[3]) : 1;
    opened = tapir_source_open_file(&source, argv[2], NULL, &error) == TAPIR_OK &&
             tapir_send_open(&sink, argv[1], NULL, &error) == TAPIR_OK &&
             tapir_pace_new(&pace, &options, &error) == TAPIR_OK;
    if (opened) {
        signal(SIGINT, on_signal);
        status = play(source, sink);
        tell(source, sink, status);
    } else {
        fprintf(stderr, "pcaplay: %s\n", error.message);
    }
    tapir_pace_free(pace);
    tapir_sink_close(sink, NULL);
    tapir_source_close(source);
    return opened && (status == TAPIR_END || status == TAPIR_BREAK) ? 0 : 1;
}
