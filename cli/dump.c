/* tapir dump: what tcpdump prints, with tcpdump's options. */
#include "cli.h"

#include <getopt.h>
#include <stdlib.h>

static const struct option_row rows[] = {
    {'r', "read", "FILE", "read this capture file; - is standard input"},
    {'c', NULL, "N", "stop after N packets"},
    {'n', NULL, NULL, "addresses and ports as numbers"},
    {'N', NULL, NULL, "host names without their domain"},
    {'t', NULL, NULL,
        "no time; -tt seconds, -ttt since the packet before, -tttt with the date,\n"
        "-ttttt since the first packet"},
    {'v', "verbose", NULL, "more; -vv and -vvv even more"},
    {'q', "quick", NULL, "less"},
    {'e', NULL, NULL, "the link header"},
    {'x', NULL, NULL, "bytes in hexadecimal; -xx with the link header"},
    {'X', NULL, NULL, "bytes in hexadecimal and as text; -XX with the link header"},
    {'A', NULL, NULL, "bytes as text; -AA with the link header"},
    {'S', "absolute-tcp-sequence-numbers", NULL, "absolute TCP sequence numbers"},
    {'K', "dont-verify-checksums", NULL, "do not check checksums"},
    {'l', NULL, NULL, "write each packet at once"},
    {'U', "packet-buffered", NULL, "write each packet at once"},
    {'#', "number", NULL, "number the packets"},
};

static int run(int argc, char **argv)
{
    tapir_dump_options options = {.size = sizeof options};
    struct output output = {.by_line = false};
    struct expression expression = {0};
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_dump *dump;
    tapir_source *source = NULL;
    const char *path = NULL, *argument;
    tapir_frame frame;
    tapir_error error;
    tapir_status status = TAPIR_OK;
    uint64_t limit = UINT64_MAX;
    unsigned time = 0, hex = 0, hex_ascii = 0, ascii = 0;
    bool ok = true;
    int id;

    while ((id = option_next(&dump_command, argc, argv, &argument)) != OPTION_END) {
        switch (id) {
        case 'r':
            path = argument;
            break;
        case 'c':
            if (!parse_number(argument, 1, UINT64_MAX, &limit))
                return wrong_usage(&dump_command, "-c needs a number from 1, not '%s'", argument);
            break;
        case 'n':
            options.numeric = true;
            break;
        case 'N':
            options.short_names = true;
            break;
        case 't':
            time++;
            break;
        case 'v':
            options.verbosity++;
            break;
        case 'q':
            options.quiet = true;
            break;
        case 'e':
            options.link_header = true;
            break;
        case 'x':
            hex++;
            break;
        case 'X':
            hex_ascii++;
            break;
        case 'A':
            ascii++;
            break;
        case 'S':
            options.absolute_sequence = true;
            break;
        case 'K':
            options.no_checksums = true;
            break;
        case 'l':
        case 'U':
            output.by_line = true;
            break;
        case '#':
            options.number = true;
            break;
        }
    }
    if (!path)
        return wrong_usage(&dump_command, "name a file with -r");
    options.time = time > 5 ? TAPIR_DUMP_TIME_OF_DAY : (tapir_dump_time)time;
    if (hex_ascii) {
        options.bytes = TAPIR_DUMP_HEX_ASCII;
        options.bytes_with_link_header = hex_ascii > 1;
    } else if (hex) {
        options.bytes = TAPIR_DUMP_HEX;
        options.bytes_with_link_header = hex > 1;
    } else if (ascii) {
        options.bytes = TAPIR_DUMP_ASCII;
        options.bytes_with_link_header = ascii > 1;
    }
    dump = tapir_dump_new(&options);
    if (!packet || !dump || !expression_join(&expression, argv + optind, (size_t)(argc - optind))) {
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
        tapir_packet_start(packet, &frame);
        tapir_dump_packet(dump, &output.text, packet);
        output_flush(&output, false);
    }
    output_flush(&output, true);
    if (status != TAPIR_END && status != TAPIR_OK) {
        complain("%s", tapir_source_error(source)->message);
        ok = false;
    }
    tapir_source_close(source);
    tapir_dump_free(dump);
    tapir_packet_free(packet);
    tapir_text_clear(&output.text);
    expression_clear(&expression);
    return ok ? EXIT_DONE : EXIT_RUNTIME;
}

const struct command dump_command = {
    .name = "dump",
    .run = run,
    .help = "print packets as tcpdump does",
    .usage = "-r FILE [options] [filter expression]",
    OPTIONS(rows),
};
