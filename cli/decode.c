/* tapir decode: the layers and fields of every packet. */
#include "cli.h"

#include <getopt.h>
#include <stdlib.h>

static const struct option_row rows[] = {
    {'r', "read", "FILE", "read this capture file; - is standard input"},
    {'T', "format", "FORMAT", "json: one object per packet and line"},
    {'c', "count", "N", "stop after N packets"},
};

static int run(int argc, char **argv)
{
    struct output output = {.by_line = false};
    struct expression expression = {0};
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_json *json = tapir_json_new();
    tapir_source *source = NULL;
    const char *path = NULL, *argument;
    tapir_frame frame;
    tapir_error error;
    tapir_status status = TAPIR_OK;
    uint64_t limit = UINT64_MAX;
    bool ok = true;
    int id;

    while ((id = option_next(&decode_command, argc, argv, &argument)) != OPTION_END) {
        if (id == 'r')
            path = argument;
        else if (id == 'c' && !parse_number(argument, 1, UINT64_MAX, &limit))
            return wrong_usage(&decode_command, "-c needs a number from 1, not '%s'", argument);
    }
    if (!path)
        return wrong_usage(&decode_command, "name a file with -r");
    if (!packet || !json || !expression_join(&expression, argv + optind, (size_t)(argc - optind))) {
        complain("out of memory");
        return EXIT_RUNTIME;
    }
    status = tapir_source_open_file(&source, path, NULL, &error);
    if (status != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    while (limit > 0 && (status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        if (!expression_match(&expression, &frame, &ok)) {
            if (!ok)
                break;
            continue;
        }
        limit--;
        tapir_packet_decode(packet, &frame);
        tapir_json_packet(json, &output.text, packet);
        output_flush(&output, false);
    }
    output_flush(&output, true);
    if (status != TAPIR_END && status != TAPIR_OK) {
        complain("%s", tapir_source_error(source)->message);
        ok = false;
    }
    tapir_source_close(source);
    tapir_json_free(json);
    tapir_packet_free(packet);
    tapir_text_clear(&output.text);
    expression_clear(&expression);
    return ok ? EXIT_DONE : EXIT_RUNTIME;
}

const struct command decode_command = {
    .name = "decode",
    .run = run,
    .help = "show the layers and fields of every packet",
    .usage = "-r FILE [options] [filter expression]",
    OPTIONS(rows),
};
