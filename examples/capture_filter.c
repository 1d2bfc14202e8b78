/* Captures what a filter expression selects and prints a line per packet. Every line typed is
 * another expression, which replaces the one before; an empty one selects everything.
 * usage: capture_filter INTERFACE EXPRESSION */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tapir/tapir.h"

static tapir_source *source; /* here for the signal handler */

static void stop(int number)
{
    (void)number;
    tapir_source_break(source);
}

/* Says what is wrong with an expression, and where. */
static void complain(const char *expression, const tapir_error *error)
{
    fprintf(stderr, "capture_filter: %s\n", error->message);
    if (error->code == TAPIR_INVALID && error->offset != UINT64_MAX)
        fprintf(stderr, "  %s\n  %*s^\n", expression, (int)error->offset, "");
}

/* Prints packets that are there by now, not too many at a time; TAPIR_TIMEOUT when these were all.
 */
static tapir_status print_packets(tapir_packet *packet, tapir_dump *dump)
{
    tapir_text text = {0};
    tapir_frame frame;
    tapir_status status = TAPIR_OK;

    for (int i = 0; i < 100; i++) {
        status = tapir_source_next(source, &frame);
        if (status != TAPIR_OK)
            break;
        tapir_packet_start(packet, &frame);
        text.len = 0;
        tapir_dump_packet(dump, &text, packet);
        fputs(tapir_text_string(&text), stdout);
        fflush(stdout);
    }
    tapir_text_clear(&text);
    return status;
}

/* Takes a line of standard input for the new filter; false at the end of the input. The kernel runs
 * it from then on, and nothing that only the old one selects comes any more. */
static bool replace_filter(void)
{
    char line[4096];
    ssize_t len = read(STDIN_FILENO, line, sizeof line - 1);

    if (len <= 0)
        return false;
    line[len] = '\0';
    line[strcspn(line, "\n")] = '\0';
    if (tapir_capture_set_filter(source, line, true) == TAPIR_OK)
        fprintf(stderr, "filter: %s\n", line);
    else
        complain(line, tapir_source_error(source)); /* the old one stays */
    return true;
}

/* Watches the interface and standard input until it is interrupted. */
static tapir_status watch(tapir_packet *packet, tapir_dump *dump)
{
    struct pollfd watched[] = {
        {.fd = tapir_capture_fd(source), .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    tapir_status status;

    for (;;) {
        status = print_packets(packet, dump);
        if (status != TAPIR_OK && status != TAPIR_TIMEOUT)
            return status;
        /* A signal between reading and polling is noticed a second later. */
        if (poll(watched, TAPIR_COUNT(watched), status == TAPIR_OK ? 0 : 1000) > 0 &&
            watched[1].revents && !replace_filter())
            watched[1].fd = -1;
    }
}

int main(int argc, char **argv)
{
    const tapir_dump_options lines = {.size = sizeof lines, .numeric = true};
    tapir_capture_options options = {.size = sizeof options,
        .immediate = true,
        .timeout = -1, /* reads do not wait: poll does */
        .filter = argc == 3 ? argv[2] : NULL};
    tapir_packet *packet;
    tapir_dump *dump;
    tapir_error error;
    tapir_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: capture_filter INTERFACE EXPRESSION\n");
        return 2;
    }
    if (tapir_capture_open(&source, argv[1], &options, &error) != TAPIR_OK) {
        complain(argv[2], &error);
        return error.code == TAPIR_INVALID ? 2 : 1;
    }
    signal(SIGINT, stop);
    fprintf(stderr, "filter: %s\n", argv[2]);
    packet = tapir_packet_new(NULL);
    dump = tapir_dump_new(&lines);
    status = packet && dump ? watch(packet, dump) : TAPIR_NO_MEMORY;
    if (status == TAPIR_NO_MEMORY)
        fprintf(stderr, "capture_filter: out of memory\n");
    else if (status != TAPIR_BREAK)
        fprintf(stderr, "capture_filter: %s\n", tapir_source_error(source)->message);
    tapir_source_close(source);
    tapir_dump_free(dump);
    tapir_packet_free(packet);
    return status == TAPIR_BREAK ? 0 : 1;
}
