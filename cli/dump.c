/* tapir dump: what tcpdump prints, with tcpdump's options. */
#include "dump.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

enum { COUNT = OPTION_WORD, PRINT, PRECISION, MICRO, NANO, VERSION };

#define MAX_SNAPLEN 262144

static const struct option_row rows[] = {
    {.help = "Input"},
    {'r', "read", "FILE", "read this capture file; - is standard input"},
    {'V', NULL, "FILE", "read the capture files named in this one, one to a line"},
    {'c', NULL, "N", "stop after N packets (of each file)"},
    {'F', NULL, "FILE", "read the filter expression from a file"},
    {.help = "Lines"},
    {'n', NULL, NULL, "addresses and ports as numbers"},
    {'N', NULL, NULL, "host names without their domain"},
    {'t', NULL, NULL,
        "no time; -tt seconds, -ttt since the packet before, -tttt with the date,\n"
        "-ttttt since the first packet"},
    {MICRO, "micro", NULL, "microseconds, the default"},
    {NANO, "nano", NULL, "nanoseconds"},
    {PRECISION, "time-stamp-precision", "UNIT", "micro or nano"},
    {'v', "verbose", NULL, "more; -vv and -vvv even more"},
    {'q', "quick", NULL, "less"},
    {'e', NULL, NULL, "the link header"},
    {'S', "absolute-tcp-sequence-numbers", NULL, "absolute TCP sequence numbers"},
    {'K', "dont-verify-checksums", NULL, "do not check checksums"},
    {'#', "number", NULL, "number the packets"},
    {'x', NULL, NULL, "bytes in hexadecimal; -xx with the link header"},
    {'X', NULL, NULL, "bytes in hexadecimal and as text; -XX with the link header"},
    {'A', NULL, NULL, "bytes as text; -AA with the link header"},
    {'l', NULL, NULL, "write each line at once"},
    {.help = "Instead of lines"},
    {'w', "write", "FILE", "write the packets to a pcap file; - is standard output"},
    {PRINT, "print", NULL, "print the packets, too, when writing them"},
    {'U', "packet-buffered", NULL, "write each packet at once"},
    {COUNT, "count", NULL, "print how many packets there are"},
    {.help = "Filter expression"},
    {'d', NULL, NULL, "print it compiled; -dd as C, -ddd as numbers"},
    {'O', "no-optimize", NULL, "compile it without optimizing"},
    {'y', "linktype", "TYPE", "for -d without a file: the link type, EN10MB unless given"},
    {'s', "snapshot-length", "N", "for -d without a file: the bytes a kernel would keep"},
    {'f', NULL, NULL, "as in tcpdump, not with -r or -V"},
    {.help = "Help"},
    {'h', "help", NULL, "this text"},
    {VERSION, "version", NULL, "what is built in"},
};

#define LIVE   "is for capturing live, which tapir does not do; -r reads a file"
#define SERIES "is for writing a series of files; -w writes one"

/* What else tcpdump knows. */
static const struct option_row absent[] = {
    {'B', "buffer-size", NULL, LIVE},
    {'D', "list-interfaces", NULL, LIVE},
    {'I', "monitor-mode", NULL, LIVE},
    {'J', "list-time-stamp-types", NULL, LIVE},
    {'L', "list-data-link-types", NULL, LIVE},
    {'Q', "direction", NULL, LIVE},
    {'Z', "relinquish-privileges", NULL, LIVE},
    {'i', "interface", NULL, LIVE},
    {'j', "time-stamp-type", NULL, LIVE},
    {'p', "no-promiscuous-mode", NULL, LIVE},
    {OPTION_WORD, "immediate-mode", NULL, LIVE},
    {'C', NULL, NULL, SERIES},
    {'G', NULL, NULL, SERIES},
    {'W', NULL, NULL, SERIES},
    {'z', "postrotate-command", NULL, SERIES},
    {'E', NULL, NULL, "is for decrypting IPsec, which tapir does not do"},
    {'H', NULL, NULL, "is for 802.11, which tapir does not decode"},
    {'M', NULL, NULL, "is for checking TCP's MD5 digests, which tapir does not do"},
    {'T', NULL, NULL, "is for choosing a protocol; tapir decode -d does that"},
    {'b', NULL, NULL, "is for BGP, which tapir does not decode"},
    {'m', NULL, NULL, "is for SNMP, which tapir does not decode"},
    {'u', NULL, NULL, "is for NFS, which tapir does not decode"},
};

/* What the command line is parsed into. */
struct options {
    struct dump_request request;
    const char *expression_file;
    unsigned time, hex, hex_ascii, ascii;
    bool foreign; /* -f */
};

/* The switch that an option turns on, NULL when it is none. */
static bool *flag_of(struct options *options, int id)
{
    struct dump_request *request = &options->request;

    switch (id) {
    case 'n':
        return &request->printing.numeric;
    case 'N':
        return &request->printing.short_names;
    case 'q':
        return &request->printing.quiet;
    case 'e':
        return &request->printing.link_header;
    case 'S':
        return &request->printing.absolute_sequence;
    case 'K':
        return &request->printing.no_checksums;
    case '#':
        return &request->printing.number;
    case 'l':
        return &request->by_line;
    case 'U':
        return &request->each_packet;
    case COUNT:
        return &request->count;
    case PRINT:
        return &request->print;
    case 'O':
        return &request->expression.no_optimize;
    case 'f':
        return &options->foreign;
    default:
        return NULL;
    }
}

/* The level that an option raises each time it stands there, NULL when it has none. */
static unsigned *level_of(struct options *options, int id)
{
    switch (id) {
    case 't':
        return &options->time;
    case 'v':
        return &options->request.printing.verbosity;
    case 'x':
        return &options->hex;
    case 'X':
        return &options->hex_ascii;
    case 'A':
        return &options->ascii;
    case 'd':
        return &options->request.program;
    default:
        return NULL;
    }
}

static bool find_link_type(const char *name, uint16_t *link_type)
{
    for (unsigned number = 0; number <= UINT16_MAX; number++) {
        const char *known = tapir_link_type_name((uint16_t)number);
        if (known && strcasecmp(known, name) == 0) {
            *link_type = (uint16_t)number;
            return true;
        }
    }
    return false;
}

static int parse_other(struct options *options, int id, const char *argument)
{
    struct dump_request *request = &options->request;
    uint64_t number;

    switch (id) {
    case 'r':
        request->path = argument;
        return EXIT_DONE;
    case 'V':
        request->list = argument;
        return EXIT_DONE;
    case 'w':
        request->save = argument;
        return EXIT_DONE;
    case 'F':
        options->expression_file = argument;
        return EXIT_DONE;
    case 'c':
        if (parse_number(argument, 1, UINT64_MAX, &request->limit))
            return EXIT_DONE;
        return wrong_usage(&dump_command, "-c needs a number from 1, not '%s'", argument);
    case 's':
        if (!parse_number(argument, 0, MAX_SNAPLEN, &number))
            return wrong_usage(
                &dump_command, "-s needs a number up to %d, not '%s'", MAX_SNAPLEN, argument);
        request->snaplen = (uint32_t)number;
        return EXIT_DONE;
    case 'h':
        command_help(&dump_command);
        exit(EXIT_DONE);
    case VERSION:
        exit(print_version());
    case 'y':
        request->link_type_given = find_link_type(argument, &request->link_type);
        if (request->link_type_given)
            return EXIT_DONE;
        return wrong_usage(&dump_command, "-y: no link type '%s'", argument);
    default: /* PRECISION */
        request->printing.nanoseconds = strcmp(argument, "nano") == 0;
        if (request->printing.nanoseconds || strcmp(argument, "micro") == 0)
            return EXIT_DONE;
        return wrong_usage(
            &dump_command, "--time-stamp-precision is micro or nano, not '%s'", argument);
    }
}

static int parse_option(struct options *options, int id, const char *argument)
{
    bool *flag = flag_of(options, id);
    unsigned *level = level_of(options, id);

    if (flag)
        *flag = true;
    else if (level)
        ++*level;
    else if (id == MICRO || id == NANO)
        options->request.printing.nanoseconds = id == NANO;
    else
        return parse_other(options, id, argument);
    return EXIT_DONE;
}

/* Of -X, -x and -A the first wins. */
static void choose_bytes(const struct options *options, tapir_dump_options *printing)
{
    const struct {
        unsigned level;
        tapir_dump_bytes bytes;
    } choices[] = {{options->hex_ascii, TAPIR_DUMP_HEX_ASCII}, {options->hex, TAPIR_DUMP_HEX},
        {options->ascii, TAPIR_DUMP_ASCII}};

    for (size_t i = 0; i < TAPIR_COUNT(choices); i++)
        if (choices[i].level) {
            printing->bytes = choices[i].bytes;
            printing->bytes_with_link_header = choices[i].level > 1;
            return;
        }
}

/* What goes with what. */
static int check_options(struct options *options, char *const *operands)
{
    struct dump_request *request = &options->request;
    bool to_stdout = request->save && strcmp(request->save, "-") == 0;

    if (request->path && request->list)
        return wrong_usage(&dump_command, "-V and -r are mutually exclusive");
    if (options->foreign && (request->path || request->list))
        return wrong_usage(&dump_command, "-f can not be used with -V or -r");
    if (options->time > TAPIR_DUMP_SINCE_FIRST)
        return wrong_usage(&dump_command, "only -t, -tt, -ttt, -tttt and -ttttt are supported");
    if (request->program)
        return EXIT_DONE;
    if (!request->path && !request->list && operands[0] && access(operands[0], F_OK) == 0)
        return wrong_usage(&dump_command, "name the file with -r: -r %s", operands[0]);
    if (!request->path && !request->list)
        return wrong_usage(&dump_command, "name a capture file with -r");
    if (to_stdout && request->count)
        return wrong_usage(&dump_command, "-w - and --count both want standard output");
    if (to_stdout && request->print)
        return wrong_usage(&dump_command, "-w - and --print both want standard output");
    if (to_stdout && isatty(STDOUT_FILENO))
        return wrong_usage(&dump_command, "-w - writes a pcap file, which is not for a terminal");
    return EXIT_DONE;
}

static int parse(struct options *options, int argc, char **argv)
{
    struct dump_request *request = &options->request;
    const char *argument;
    int id, code;

    while ((id = option_next(&dump_command, argc, argv, &argument)) != OPTION_END) {
        code = parse_option(options, id, argument);
        if (code != EXIT_DONE)
            return code;
    }
    code = check_options(options, argv + optind);
    if (code != EXIT_DONE)
        return code;
    request->printing.time = (tapir_dump_time)options->time;
    choose_bytes(options, &request->printing);
    if (options->expression_file)
        return expression_read(&request->expression, options->expression_file) ? EXIT_DONE
                                                                               : EXIT_RUNTIME;
    if (expression_join(&request->expression, argv + optind, (size_t)(argc - optind)))
        return EXIT_DONE;
    complain("out of memory");
    return EXIT_RUNTIME;
}

static int run(int argc, char **argv)
{
    struct options options = {
        .request = {.limit = UINT64_MAX,
            .link_type = TAPIR_LINK_TYPE_ETHERNET,
            .printing = {.size = sizeof(tapir_dump_options)}},
    };
    struct dump_request *request = &options.request;
    int code = parse(&options, argc, argv);

    if (code == EXIT_DONE && (request->path || request->list)) {
        code = dump_files(request);
    } else if (code == EXIT_DONE) {
        if (!request->link_type_given)
            complain("assuming Ethernet; -y names another link type");
        request->expression.live = true;
        code = dump_program(request, request->link_type, request->snaplen);
    }
    expression_clear(&request->expression);
    return code;
}

const struct command dump_command = {
    .name = "dump",
    .run = run,
    .help = "print packets as tcpdump does",
    .usage = "-r FILE [options] [filter expression]",
    OPTIONS(rows),
    ABSENT(absent),
};
