/* Prints packets of an interface or a file, and every so often what there has been so far.
 * usage: pcapdump -i INTERFACE | -r FILE [-c COUNT] [-q | -x | -X] [-s EVERY] [EXPRESSION]
 *   a line per packet; -X: a tree with the bytes of each layer, -x: the line and all bytes, -q:
 * none -s: counters after so many packets (1000) */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tapir/tapir.h"

#define PROTOCOLS_MAX 256

static struct {
    const char *interface, *file, *expression;
    uint64_t count, every;
    char style; /* 'l', 'x', 'X' or 'q' */
} wanted = {.count = UINT64_MAX, .every = 1000, .style = 'l'};

static struct {
    uint64_t packets, bytes, broken, truncated;
    struct {
        const tapir_proto *proto;
        uint64_t layers;
    } protocols[PROTOCOLS_MAX];
} seen;

static tapir_source *source; /* here for the signal handler */
static tapir_filter *filter; /* of a file */

static void stop(int number)
{
    (void)number;
    tapir_source_break(source);
}

static void count_layer(const tapir_proto *proto)
{
    for (size_t i = 0; i < PROTOCOLS_MAX; i++)
        if (seen.protocols[i].proto == proto || !seen.protocols[i].proto) {
            seen.protocols[i].proto = proto;
            seen.protocols[i].layers++;
            return;
        }
}

static void count_packet(tapir_packet *packet)
{
    const tapir_frame *frame = tapir_packet_frame(packet);
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(packet, &count);
    const tapir_layer *last = tapir_packet_error(packet);

    seen.packets++;
    seen.bytes += frame->len;
    seen.truncated += tapir_frame_missing(frame) > 0;
    seen.broken += last && last->status != TAPIR_TRUNCATED;
    for (size_t i = 0; i < count; i++)
        count_layer(layers[i].proto);
}

static void print_counters(void)
{
    fprintf(stderr,
        "%" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64 " broken, %" PRIu64
        " truncated; layers:",
        seen.packets, seen.bytes, seen.broken, seen.truncated);
    for (size_t i = 0; i < PROTOCOLS_MAX && seen.protocols[i].proto; i++)
        fprintf(stderr, " %s %" PRIu64, seen.protocols[i].proto->name, seen.protocols[i].layers);
    fprintf(stderr, "\n");
}

static void print_packet(tapir_packet *packet, tapir_dump *dump, tapir_text *text)
{
    const tapir_tree_options tree = {.hex = true};
    const tapir_frame *frame = tapir_packet_frame(packet);

    text->len = 0;
    if (wanted.style == 'X')
        tapir_tree_packet(text, packet, &tree);
    else if (wanted.style != 'q')
        tapir_dump_packet(dump, text, packet);
    if (wanted.style == 'x')
        tapir_hex_text(text, tapir_span_of(frame->data, frame->caplen), 0, 4);
    fputs(tapir_text_string(text), stdout);
    if (wanted.interface)
        fflush(stdout);
}

/* Tells whether a frame is wanted. The kernel has chosen already those of an interface; a file's
 * are looked at here, by a filter for their link type. *status says what is wrong with it. */
static bool is_wanted(const tapir_frame *frame, tapir_status *status, tapir_error *error)
{
    static uint16_t link_type; /* of the filter */

    if (!wanted.file || !wanted.expression)
        return true;
    if (!filter || link_type != frame->link_type) {
        tapir_filter_free(filter);
        link_type = frame->link_type;
        *status = tapir_filter_new(&filter, wanted.expression, link_type, 0, true, error);
    }
    return filter && tapir_filter_match(filter, frame);
}

static tapir_status print_packets(tapir_error *error)
{
    const tapir_dump_options lines = {.size = sizeof lines, .numeric = true};
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_dump *dump = tapir_dump_new(&lines);
    tapir_text text = {0};
    tapir_frame frame;
    tapir_status status = TAPIR_OK;

    if (!packet || !dump)
        status = tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    while (status == TAPIR_OK && seen.packets < wanted.count) {
        status = tapir_source_next(source, &frame);
        if (status != TAPIR_OK)
            *error = *tapir_source_error(source);
        else if (is_wanted(&frame, &status, error)) {
            tapir_packet_start(packet, &frame);
            print_packet(packet, dump, &text);
            count_packet(packet);
            if (seen.packets % wanted.every == 0)
                print_counters();
        }
    }
    tapir_text_clear(&text);
    tapir_dump_free(dump);
    tapir_packet_free(packet);
    return status;
}

static bool take_options(int argc, char **argv)
{
    static char expression[4096];
    tapir_text words = tapir_text_fixed(expression, sizeof expression);
    int option;

    while ((option = getopt(argc, argv, "i:r:c:s:qxX")) != -1) {
        switch (option) {
        case 'i':
            wanted.interface = optarg;
            break;
        case 'r':
            wanted.file = optarg;
            break;
        case 'c':
            wanted.count = strtoull(optarg, NULL, 10);
            break;
        case 's':
            wanted.every = strtoull(optarg, NULL, 10);
            break;
        case '?':
            return false;
        default:
            wanted.style = (char)option;
        }
    }
    for (; optind < argc; optind++)
        tapir_text_printf(&words, "%s ", argv[optind]);
    if (words.len)
        wanted.expression = tapir_text_string(&words);
    return !wanted.interface != !wanted.file && wanted.count && wanted.every && !words.failed;
}

int main(int argc, char **argv)
{
    tapir_capture_options live = {.size = sizeof live, .immediate = true};
    tapir_error error;
    tapir_status status;

    if (!take_options(argc, argv)) {
        fprintf(stderr, "usage: pcapdump -i INTERFACE | -r FILE [-c COUNT] [-q | -x | -X] "
                        "[-s EVERY] [EXPRESSION]\n");
        return 2;
    }
    live.filter = wanted.expression;
    status = wanted.file ? tapir_source_open_file(&source, wanted.file, NULL, &error)
                         : tapir_capture_open(&source, wanted.interface, &live, &error);
    if (status == TAPIR_OK) {
        signal(SIGINT, stop);
        status = print_packets(&error);
        print_counters();
    }
    if (status == TAPIR_END || status == TAPIR_BREAK)
        status = TAPIR_OK;
    if (status != TAPIR_OK)
        fprintf(stderr, "pcapdump: %s\n", error.message);
    tapir_source_close(source);
    tapir_filter_free(filter);
    return status == TAPIR_OK ? 0 : 1;
}
