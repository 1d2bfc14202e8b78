/* Tells when both directions of a TCP connection have met, and how each connection ended: by its
 * sides, or because nothing came for two minutes.
 * usage: bidirectional -i INTERFACE | -r FILE */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tapir/tapir.h"

#define SECOND INT64_C(1000000000)

static tapir_source *source; /* here for the signal handler */

static void stop(int number)
{
    (void)number;
    tapir_source_break(source);
}

static void print(const tapir_conversation_info *info, int64_t when, const char *what)
{
    tapir_text text = {0};

    tapir_time_text(&text, when);
    TAPIR_TEXT_LITERAL(&text, " ");
    tapir_flow_text(&text, &info->connection.network);
    TAPIR_TEXT_LITERAL(&text, " ");
    tapir_flow_text(&text, &info->connection.transport);
    tapir_text_printf(&text, ": %s\n", what);
    fputs(tapir_text_string(&text), stdout);
    fflush(stdout);
    tapir_text_clear(&text);
}

/* The connection's pointer says whether its directions have met: any that is not NULL does. */
static bool on_packet(void *user, tapir_conversation *conversation, tapir_way way,
    tapir_packet *packet, const tapir_layer *tcp)
{
    tapir_conversation_info info;

    (void)tcp;
    if (way == TAPIR_BACKWARD && !tapir_conversation_user(conversation)) {
        tapir_conversation_set_user(conversation, user);
        tapir_conversation_get(conversation, &info);
        print(&info, tapir_packet_frame(packet)->time, "both directions met");
    }
    return true;
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    tapir_conversation_info info;
    char what[160];

    (void)user;
    tapir_conversation_get(conversation, &info);
    snprintf(what, sizeof what, "ended (%s)%s, %" PRIu64 " bytes, %" PRIu64 " back",
        tapir_end_reason_name(reason),
        tapir_conversation_user(conversation) ? "" : ", one direction only",
        info.way[TAPIR_FORWARD].delivered, info.way[TAPIR_BACKWARD].delivered);
    print(&info, info.end, what);
}

static tapir_status read_all(tapir_reassembler *reassembler, tapir_packet *packet)
{
    tapir_frame frame;
    tapir_status status;

    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK || status == TAPIR_TIMEOUT) {
        if (status == TAPIR_OK) {
            tapir_packet_start(packet, &frame);
            tapir_reassembler_add(reassembler, packet);
        } else { /* nothing came, and time passes all the same */
            tapir_reassembler_tick(reassembler, (int64_t)(time(NULL) - 1) * SECOND);
        }
    }
    tapir_reassembler_finish(reassembler);
    return status;
}

int main(int argc, char **argv)
{
    const tapir_capture_options live_options = {.size = sizeof live_options, .timeout = SECOND};
    const tapir_reassembler_options options = {
        .size = sizeof options,
        .calls = {.accept = on_packet, .closed = on_closed},
        .user = &source,
        .idle_time = 120 * SECOND,
    };
    bool live = argc == 3 && strcmp(argv[1], "-i") == 0;
    tapir_reassembler *reassembler;
    tapir_packet *packet;
    tapir_error error;
    tapir_status status;

    if (argc != 3 || (!live && strcmp(argv[1], "-r") != 0)) {
        fprintf(stderr, "usage: bidirectional -i INTERFACE | -r FILE\n");
        return 2;
    }
    status = live ? tapir_capture_open(&source, argv[2], &live_options, &error)
                  : tapir_source_open_file(&source, argv[2], NULL, &error);
    if (status != TAPIR_OK) {
        fprintf(stderr, "bidirectional: %s\n", error.message);
        return 1;
    }
    signal(SIGINT, stop);
    reassembler = tapir_reassembler_new(&options);
    packet = tapir_packet_new(NULL);
    status = reassembler && packet ? read_all(reassembler, packet) : TAPIR_NO_MEMORY;
    if (status == TAPIR_END || status == TAPIR_BREAK)
        status = TAPIR_OK;
    else
        fprintf(stderr, "bidirectional: %s\n",
            status == TAPIR_NO_MEMORY ? "out of memory" : tapir_source_error(source)->message);
    tapir_reassembler_free(reassembler);
    tapir_packet_free(packet);
    tapir_source_close(source);
    return status == TAPIR_OK ? 0 : 1;
}
