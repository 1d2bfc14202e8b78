/* tapir dump: what tcpdump prints, with tcpdump's options. */
#include "dump.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { COUNT = OPTION_WORD, MICRO, NANO, PRECISION, PRINT };

static const struct option_row rows[] = {
    {0, NULL, NULL, "Which packets"},
    {'r', "read", "FILE", "read this capture file; - is standard input"},
    {'V', NULL, "FILE", "read the capture files listed in FILE, one a line; - is standard input"},
    {'c', NULL, "N", "stop after N packets"},
    {COUNT, "count", NULL, "only tell how many packets there are"},
    {'F', NULL, "FILE", "the filter expression is in FILE"},
    {'O', "no-optimize", NULL, "do not optimize the filter"},
    {'d', NULL, NULL, "show the compiled filter and stop; -dd as C, -ddd as numbers"},
    {'s', "snapshot-length", "N", "accepted; files have their own"},
    {'f', NULL, NULL, "accepted; for live captures"},
    {0, NULL, NULL, "What is printed of them"},
    {'q', NULL, NULL, "less: only the protocols"},
    {'v', "verbose", NULL, "more; -vv and -vvv even more"},
    {'e', NULL, NULL, "the link header"},
    {'n', NULL, NULL, "addresses and ports as numbers (-nn alike)"},
    {'N', NULL, NULL, "host names without their domain"},
    {'S', "absolute-tcp-sequence-numbers", NULL, "TCP sequence numbers as they are"},
    {'K', "dont-verify-checksums", NULL, "no checksums"},
    {'#', "number", NULL, "the number of each packet first"},
    {'t', NULL, NULL,
        "no time; -tt seconds since 1970, -ttt since the packet before,\n"
        "-tttt with the date, -ttttt since the first packet"},
    {MICRO, "micro", NULL, "times in microseconds (the default)"},
    {NANO, "nano", NULL, "times in nanoseconds"},
    {PRECISION, "time-stamp-precision", "UNIT", "micro or nano"},
    {'x', NULL, NULL, "bytes in hexadecimal; -xx with the link header"},
    {'X', NULL, NULL, "bytes in hexadecimal and as text; -XX with the link header"},
    {'A', NULL, NULL, "bytes as text; -AA with the link header"},
    {'l', NULL, NULL, "write each packet's lines at once"},
    {0, NULL, NULL, "Instead of printing them"},
    {'w', NULL, "FILE", "write the packets to a pcap file; - is standard output"},
    {'U', "packet-buffered", NULL, "write each packet at once"},
    {PRINT, "print", NULL, "print them even so"},
};

/* What the command line asks for, and how far it is done. */
struct request {
    tapir_dump_options options;
    const char *path, *list_path, *expression_path, *write_path;
    uint64_t limit, counted;
    unsigned time, hex, hex_ascii, ascii, program;
    bool count_only, print;
    struct expression expression;
    struct output output;
    struct writer writer;
    tapir_dump *dump;
    tapir_packet *packet;
    uint16_t known_link_type; /* of the frame before */
    bool has_link_type;
};

static int parse_precision(struct request *request, const char *unit)
{
    if (strcmp(unit, "nano") != 0 && strcmp(unit, "micro") != 0)
        return wrong_usage(
            &dump_command, "--time-stamp-precision is micro or nano, not '%s'", unit);
    request->options.nanoseconds = strcmp(unit, "nano") == 0;
    return EXIT_DONE;
}

static int parse_option(struct request *request, int id, const char *argument)
{
    tapir_dump_options *options = &request->options;
    uint64_t ignored;

    switch (id) {
    case 'r':
        request->path = argument;
        break;
    case 'V':
        request->list_path = argument;
        break;
    case 'c':
        if (!parse_number(argument, 1, UINT64_MAX, &request->limit))
            return wrong_usage(&dump_command, "-c needs a number from 1, not '%s'", argument);
        break;
    case COUNT:
        request->count_only = true;
        break;
    case 'F':
        request->expression_path = argument;
        break;
    case 'O':
        request->expression.no_optimize = true;
        break;
    case 'd':
        request->program++;
        break;
    case 's':
        if (!parse_number(argument, 0, UINT32_MAX, &ignored))
            return wrong_usage(&dump_command, "-s needs a number, not '%s'", argument);
        break;
    case 'q':
        options->quiet = true;
        break;
    case 'v':
        options->verbosity++;
        break;
    case 'e':
        options->link_header = true;
        break;
    case 'n':
        options->numeric = true;
        break;
    case 'N':
        options->short_names = true;
        break;
    case 'S':
        options->absolute_sequence = true;
        break;
    case 'K':
        options->no_checksums = true;
        break;
    case '#':
        options->number = true;
        break;
    case 't':
        request->time++;
        break;
    case MICRO:
    case NANO:
        options->nanoseconds = id == NANO;
        break;
    case PRECISION:
        return parse_precision(request, argument);
    case 'x':
        request->hex++;
        break;
    case 'X':
        request->hex_ascii++;
        break;
    case 'A':
        request->ascii++;
        break;
    case 'l':
        request->output.by_line = true;
        break;
    case 'w':
        request->write_path = argument;
        break;
    case 'U':
        request->writer.by_packet = true;
        request->output.by_line = true;
        break;
    case PRINT:
        request->print = true;
        break;
    default:
        break;
    }
    return EXIT_DONE;
}

static int check_request(struct request *request)
{
    static const tapir_dump_time times[] = {TAPIR_DUMP_TIME_OF_DAY, TAPIR_DUMP_NO_TIME,
        TAPIR_DUMP_SECONDS, TAPIR_DUMP_SINCE_PREVIOUS, TAPIR_DUMP_DATE, TAPIR_DUMP_SINCE_FIRST};
    tapir_dump_options *options = &request->options;
    unsigned times_given = 0;

    if (!request->path && !request->list_path)
        return wrong_usage(&dump_command, "name a file with -r");
    if (request->path && request->list_path)
        return wrong_usage(&dump_command, "-r and -V do not go together");
    if (request->time >= TAPIR_COUNT(times))
        return wrong_usage(&dump_command, "-t to -ttttt, not more");
    options->time = times[request->time];
    /* Text beside hexadecimal beats plain hexadecimal, and that plain text. */
    options->bytes = request->hex_ascii ? TAPIR_DUMP_HEX_ASCII
                     : request->hex     ? TAPIR_DUMP_HEX
                     : request->ascii   ? TAPIR_DUMP_ASCII
                                        : TAPIR_DUMP_NO_BYTES;
    times_given = request->hex_ascii ? request->hex_ascii
                  : request->hex     ? request->hex
                                     : request->ascii;
    options->bytes_with_link_header = times_given > 1;
    request->writer.path = request->write_path;
    request->writer.nanoseconds = options->nanoseconds;
    request->print |= !request->write_path && !request->count_only;
    return EXIT_DONE;
}

/* The filter expression: of a file, or the rest of the command line. */
static bool take_expression(struct request *request, char **words, int count)
{
    char *text;
    bool ok;

    if (!request->expression_path) {
        if (expression_join(&request->expression, words, (size_t)count))
            return true;
        complain("out of memory");
        return false;
    }
    text = read_expression(request->expression_path);
    ok = text && expression_join(&request->expression, &text, 1);
    free(text);
    return ok;
}

/* -d: prints the filter as compiled for the first interface. */
static int show_program(struct request *request, const tapir_interface *interface)
{
    static const tapir_filter_form forms[] = {
        TAPIR_FILTER_READABLE, TAPIR_FILTER_C, TAPIR_FILTER_DECIMAL};
    tapir_filter *filter;
    tapir_error error;

    if (tapir_filter_new(&filter, request->expression.text, interface->link_type,
            interface->snaplen, !request->expression.no_optimize, &error) != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    tapir_filter_text(
        filter, &request->output.text, forms[request->program > 3 ? 2 : request->program - 1]);
    tapir_filter_free(filter);
    output_flush(&request->output, true);
    return EXIT_DONE;
}

/* Tells on stderr what is being read, as tcpdump does. */
static void announce(const char *path, const tapir_interface *interface)
{
    const char *name = tapir_link_type_name(interface->link_type);

    fprintf(stderr, "reading from file %s, link-type ", path);
    if (name)
        fprintf(stderr, "%s (%s)", name, tapir_link_type_title(interface->link_type));
    else
        fprintf(stderr, "%u", interface->link_type);
    fprintf(stderr, ", snapshot length %u\n", interface->snaplen ? interface->snaplen : 262144);
}

/* Tells whether packets of the frame's link type can be printed, complaining when not. */
static bool can_print(struct request *request, const tapir_frame *frame)
{
    const char *name;

    if (request->has_link_type && request->known_link_type == frame->link_type)
        return true;
    request->has_link_type = true;
    request->known_link_type = frame->link_type;
    if (tapir_dump_knows(request->dump, frame->link_type))
        return true;
    name = tapir_link_type_name(frame->link_type);
    if (name)
        complain("packets of link type %s are not printed: use -w", name);
    else
        complain("packets of link type %u are not printed: use -w", frame->link_type);
    return false;
}

/* What is done with a packet that the filter lets through; false after a complaint. */
static bool take_packet(
    struct request *request, const tapir_source *source, const tapir_frame *frame)
{
    request->counted++;
    if (request->write_path &&
        (!writer_begin(&request->writer, tapir_source_interface(source, frame->interface)) ||
            !writer_put(&request->writer, frame)))
        return false;
    if (!request->print)
        return true;
    if (!can_print(request, frame))
        return false;
    tapir_packet_start(request->packet, frame);
    tapir_dump_packet(request->dump, &request->output.text, request->packet);
    output_flush(&request->output, false);
    return true;
}

static int dump_frames(struct request *request, tapir_source *source, uint32_t snaplen)
{
    struct progress progress = {.shown = false};
    tapir_status status = TAPIR_OK;
    tapir_frame frame;
    bool ok = true;

    if (!request->print)
        progress_start(&progress, request->path);
    while (request->counted < request->limit &&
           (status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        progress_step(&progress, source, frame.number);
        /* A record longer than the file promises is cut, as libpcap does. */
        if (snaplen && frame.caplen > snaplen)
            frame.caplen = snaplen;
        if (expression_match(&request->expression, &frame, &ok))
            ok = take_packet(request, source, &frame);
        if (!ok)
            break;
    }
    output_flush(&request->output, true);
    progress_end(&progress);
    if (status != TAPIR_OK && source_ended(source, status) != EXIT_DONE)
        ok = false;
    return ok ? EXIT_DONE : EXIT_RUNTIME;
}

static int dump_file(struct request *request, const char *path)
{
    /* For a file that has no packets and names no interface. */
    static const tapir_interface none = {.link_type = TAPIR_LINK_TYPE_ETHERNET};
    const tapir_interface *interface;
    tapir_source *source = NULL;
    tapir_error error;
    uint32_t snaplen = 0;
    int code;

    if (tapir_source_open_file(&source, path, NULL, &error) != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    break_on_signal(source);
    interface = tapir_source_interface(source, 0);
    if (!interface)
        interface = &none;
    if (strcmp(tapir_source_format(source), "pcap") == 0)
        snaplen = interface->snaplen;
    announce(path, interface);
    if (!expression_compile(&request->expression, interface->link_type))
        code = EXIT_USAGE;
    else if (request->program)
        code = show_program(request, interface);
    else if (request->write_path && !writer_begin(&request->writer, interface))
        code = EXIT_RUNTIME;
    else
        code = dump_frames(request, source, snaplen);
    break_on_signal(NULL);
    tapir_source_close(source);
    return code;
}

/* Every file of the list, or the one that is named. */
static int dump_files(struct request *request)
{
    struct list list;
    const char *path;
    int code = EXIT_DONE;

    if (!request->list_path)
        return dump_file(request, request->path);
    if (!list_open(&list, request->list_path))
        return EXIT_RUNTIME;
    path = list_next(&list);
    if (!path) {
        complain("%s: no file is listed", request->list_path);
        code = EXIT_RUNTIME;
    }
    for (; path && code == EXIT_DONE && request->counted < request->limit; path = list_next(&list))
        code = dump_file(request, path);
    free(list.text);
    return code;
}

static int dump_all(struct request *request)
{
    int code = EXIT_RUNTIME;

    request->output.by_line |= isatty(STDOUT_FILENO) != 0;
    request->dump = tapir_dump_new(&request->options);
    request->packet = tapir_packet_new(NULL);
    if (request->dump && request->packet)
        code = dump_files(request);
    else
        complain("out of memory");
    if (!writer_end(&request->writer))
        code = EXIT_RUNTIME;
    if (request->count_only && !request->program && code != EXIT_USAGE)
        printf("%llu packet%s\n", (unsigned long long)request->counted,
            request->counted == 1 ? "" : "s");
    tapir_dump_free(request->dump);
    tapir_packet_free(request->packet);
    tapir_text_clear(&request->output.text);
    return code;
}

static int run(int argc, char **argv)
{
    struct request request = {.options = {.size = sizeof request.options}, .limit = UINT64_MAX};
    const char *argument;
    int id, code = EXIT_DONE;

    while (
        code == EXIT_DONE && (id = option_next(&dump_command, argc, argv, &argument)) != OPTION_END)
        code = parse_option(&request, id, argument);
    if (code == EXIT_DONE)
        code = check_request(&request);
    if (code == EXIT_DONE)
        code = take_expression(&request, argv + optind, argc - optind) ? dump_all(&request)
                                                                       : EXIT_RUNTIME;
    expression_clear(&request.expression);
    return code;
}

const struct command dump_command = {
    .name = "dump",
    .run = run,
    .help = "print packets as tcpdump does",
    .usage = "-r FILE [options] [filter expression]",
    OPTIONS(rows),
};
