/* tapir dump: what tcpdump prints, with tcpdump's options. */
#include "dump.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

enum {
    COUNT = OPTION_WORD,
    PRINT,
    PRECISION,
    MICRO,
    NANO,
    VERSION,
    IMMEDIATE,
    SOURCE,
    FOLLOW,
    UNCONFINED,
};

#define MAX_SNAPLEN 262144

static const struct option_row rows[] = {
    {.help = "Input"},
    {'r', "read", "FILE", "read this capture file; - is standard input"},
    {'V', NULL, "FILE", "read the capture files named in this one, one to a line"},
    {'i', "interface", "NAME",
        "capture from this interface, or its number in -D's list;\n"
        "any for all; without -r, -V and -i from the first of the list"},
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
    {.help = "Capturing"},
    {'s', "snapshot-length", "N", "keep the first N bytes of each packet, 262144 unless given"},
    {'p', "no-promiscuous-mode", NULL, "only what is meant for this machine"},
    {'Q', "direction", "WHICH", "in, out or inout"},
    {'B', "buffer-size", "KIB", "what the kernel may hold until it is read"},
    {IMMEDIATE, "immediate-mode", NULL, "take each packet as it comes, not a block of them"},
    {'I', "monitor-mode", NULL, "802.11: all that is on the air"},
    {'y', "linktype", "TYPE", "capture with this link type, one of -L's list"},
    {'j', "time-stamp-type", "TYPE", "who takes the times, one of -J's list"},
    {SOURCE, "source", "METHOD", "afpacket, afxdp or pcap; else the best there is"},
    {FOLLOW, "follow-interface", NULL, "wait for an interface that goes away to come back"},
    {'D', "list-interfaces", NULL, "list what can be captured from"},
    {'L', "list-data-link-types", NULL, "list the link types of the interface"},
    {'J', "list-time-stamp-types", NULL, "list its sources of time"},
    {'Z', "relinquish-privileges", "USER",
        "when root captures, become this user first; tcpdump unless\n"
        "given, where there is that user; root: stay root"},
    {UNCONFINED, "unconfined", NULL, "keep all capabilities, system calls and files"},
    {.help = "Instead of lines"},
    {'w', "write", "FILE", "write the packets to a pcap file; - is standard output"},
    {PRINT, "print", NULL, "print the packets, too, when writing them"},
    {'U', "packet-buffered", NULL, "write each packet at once"},
    {'C', NULL, "SIZE", "go on with another file after SIZE million bytes"},
    {'G', NULL, "SECONDS", "... after so long; FILE is a pattern for strftime(3)"},
    {'W', NULL, "N",
        "with -C: begin anew after N files, overwriting the oldest;\n"
        "with -G: end after N files"},
    {'z', "postrotate-command", "CMD",
        "run CMD FILE for each file that -C and -G have left behind"},
    {COUNT, "count", NULL, "print how many packets there are in the files"},
    {.help = "Filter expression"},
    {'d', NULL, NULL,
        "print it compiled; -dd as C, -ddd as numbers; without -r, -V\n"
        "and -i for the link type of -y, else for Ethernet"},
    {'O', "no-optimize", NULL, "compile it without optimizing"},
    {'f', NULL, NULL, "is passed over with -d, and refused else"},
    {.help = "Help"},
    {'h', "help", NULL, "this text"},
    {VERSION, "version", NULL, "what is built in"},
};

/* What else tcpdump knows. */
static const struct option_row absent[] = {
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
    case 'p':
        return &request->capture.no_promiscuous;
    case 'I':
        return &request->capture.monitor;
    case IMMEDIATE:
        return &request->capture.immediate;
    case FOLLOW:
        return &request->capture.follow;
    case UNCONFINED:
        return &request->unconfined;
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

/* Reads the number that an option takes; EXIT_DONE, or EXIT_USAGE after a complaint. */
static int parse_amount(struct dump_request *request, int id, const char *argument)
{
    enum { MAX_BUFFER = INT32_MAX / 1024, MILLION = 1000000 };
    static const struct {
        int id;
        uint64_t low, high;
    } ranges[] = {{'c', 1, UINT64_MAX}, {'s', 0, MAX_SNAPLEN}, {'B', 1, MAX_BUFFER},
        {'C', 1, INT64_MAX / MILLION}, {'G', 0, INT32_MAX}, {'W', 1, INT32_MAX}};
    uint64_t number;
    size_t at = 0;

    while (ranges[at].id != id)
        at++;
    if (!parse_number(argument, ranges[at].low, ranges[at].high, &number)) {
        if (ranges[at].high == UINT64_MAX)
            return wrong_usage(&dump_command, "-%c needs a number from 1, not '%s'", id, argument);
        return wrong_usage(&dump_command, "-%c needs a number from %u to %llu, not '%s'", id,
            (unsigned)ranges[at].low, (unsigned long long)ranges[at].high, argument);
    }
    if (id == 'c')
        request->limit = number;
    else if (id == 's')
        request->snaplen = (uint32_t)number;
    else if (id == 'B')
        request->capture.buffer = (size_t)number * 1024;
    else if (id == 'C')
        request->rotation.bytes = number * MILLION;
    else if (id == 'G')
        request->rotation.seconds = (uint32_t)number;
    else
        request->rotation.files = (uint32_t)number;
    return EXIT_DONE;
}

/* Reads one word of several; EXIT_DONE, or EXIT_USAGE after a complaint. */
static int parse_choice(struct dump_request *request, int id, const char *argument)
{
    static const char *const directions[] = {"inout", "in", "out"};
    tapir_capture_clock clock;
    int word;

    switch (id) {
    case 'Q':
        word = parse_word(argument, directions, TAPIR_COUNT(directions));
        request->capture.direction = (uint8_t)word;
        if (word >= 0)
            return EXIT_DONE;
        return wrong_usage(&dump_command, "-Q is in, out or inout, not '%s'", argument);
    case SOURCE:
        for (unsigned i = TAPIR_CAPTURE_PCAP; i <= TAPIR_CAPTURE_AFXDP; i++)
            if (strcmp(argument, tapir_capture_method_name((tapir_capture_method)i)) == 0) {
                request->capture.method = (uint8_t)i;
                return EXIT_DONE;
            }
        return wrong_usage(
            &dump_command, "--source is afpacket, afxdp or pcap, not '%s'", argument);
    case 'j':
        if (!tapir_capture_clock_find(argument, &clock))
            return wrong_usage(
                &dump_command, "-j: no time stamp type '%s'; -J lists them", argument);
        request->capture.clock = (uint8_t)clock;
        return EXIT_DONE;
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

/* Where a text that an option takes as it stands is kept; NULL for other options. */
static const char **text_of(struct options *options, int id)
{
    struct dump_request *request = &options->request;

    switch (id) {
    case 'r':
        return &request->path;
    case 'V':
        return &request->list;
    case 'i':
        return &request->interface;
    case 'w':
        return &request->save;
    case 'z':
        return &request->command;
    case 'Z':
        return &request->user;
    case 'F':
        return &options->expression_file;
    default:
        return NULL;
    }
}

static int parse_other(struct options *options, int id, const char *argument)
{
    struct dump_request *request = &options->request;

    switch (id) {
    case 'D':
        request->lists = LIST_INTERFACES;
        return EXIT_DONE;
    case 'J': /* goes before -L */
        if (request->lists != LIST_INTERFACES)
            request->lists = LIST_CLOCKS;
        return EXIT_DONE;
    case 'L':
        if (request->lists == LIST_NOTHING)
            request->lists = LIST_LINK_TYPES;
        return EXIT_DONE;
    case 'h':
        command_help(&dump_command);
        exit(EXIT_DONE);
    case VERSION:
        exit(print_version());
    case 'c':
    case 's':
    case 'B':
    case 'C':
    case 'G':
    case 'W':
        return parse_amount(request, id, argument);
    default:
        return parse_choice(request, id, argument);
    }
}

static int parse_option(struct options *options, int id, const char *argument)
{
    bool *flag = flag_of(options, id);
    unsigned *level = level_of(options, id);
    const char **text = text_of(options, id);

    if (flag)
        *flag = true;
    else if (text)
        *text = argument;
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

/* Standard output is for one thing. */
static int check_output(const struct dump_request *request)
{
    if (!request->save || strcmp(request->save, "-") != 0)
        return EXIT_DONE;
    if (request->count && (request->path || request->list))
        return wrong_usage(&dump_command, "-w - and --count both want standard output");
    if (request->print)
        return wrong_usage(&dump_command, "-w - and --print both want standard output");
    if (isatty(STDOUT_FILENO))
        return wrong_usage(&dump_command, "-w - writes a pcap file, which is not for a terminal");
    return EXIT_DONE;
}

/* What goes with what. */
static int check_options(struct options *options, char *const *operands)
{
    struct dump_request *request = &options->request;
    bool from_file = request->path || request->list;

    if (request->path && request->list)
        return wrong_usage(&dump_command, "-V and -r are mutually exclusive");
    if (from_file && request->interface)
        return wrong_usage(&dump_command,
            "-i captures from an interface, %s reads a file; one of "
            "them",
            request->path ? "-r" : "-V");
    if (options->foreign && from_file)
        return wrong_usage(&dump_command, "-f can not be used with -V or -r");
    if (options->time > TAPIR_DUMP_SINCE_FIRST)
        return wrong_usage(&dump_command, "only -t, -tt, -ttt, -tttt and -ttttt are supported");
    if (request->program || request->lists)
        return EXIT_DONE;
    if (options->foreign)
        return wrong_usage(&dump_command,
            "-f prints foreign addresses as numbers, which tapir does not do; -n prints all so");
    /* A word that is a file is no expression. */
    if (!from_file && !request->interface && operands[0] && !operands[1] &&
        access(operands[0], F_OK) == 0)
        return wrong_usage(&dump_command, "name the file with -r: -r %s", operands[0]);
    return check_output(request);
}

/* Tells what the parts of the request follow from several options. */
static void complete(struct options *options)
{
    struct dump_request *request = &options->request;
    tapir_sink_rotation *rotation = &request->rotation;

    request->printing.time = (tapir_dump_time)options->time;
    choose_bytes(options, &request->printing);
    /* By itself -W means nothing. */
    rotation->wall_clock = true;
    if (!rotation->bytes && !rotation->seconds)
        *rotation = (tapir_sink_rotation){0};
    request->capture.snaplen = request->snaplen;
    request->capture.microseconds = !request->printing.nanoseconds;
    request->capture.no_optimize = request->expression.no_optimize;
    request->capture.has_link_type = request->link_type_given;
    request->capture.link_type = request->link_type;
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
    complete(options);
    if (options->expression_file)
        return expression_read(&request->expression, options->expression_file) ? EXIT_DONE
                                                                               : EXIT_RUNTIME;
    if (expression_join(&request->expression, argv + optind, (size_t)(argc - optind)))
        return EXIT_DONE;
    complain("out of memory");
    return EXIT_RUNTIME;
}

/* Does what was asked for. */
static int serve(struct dump_request *request)
{
    if (request->lists)
        return dump_list(request);
    if (request->path || request->list)
        return dump_files(request);
    if (!request->program || request->interface)
        return dump_live(request);
    if (!request->link_type_given)
        complain("assuming Ethernet; -y names another link type");
    request->expression.live = true;
    return dump_program(request, request->link_type, request->snaplen);
}

static int run(int argc, char **argv)
{
    struct options options = {
        .request = {.limit = UINT64_MAX,
            .link_type = TAPIR_LINK_TYPE_ETHERNET,
            .capture = {.size = sizeof(tapir_capture_options)},
            .printing = {.size = sizeof(tapir_dump_options)}},
    };
    int code = parse(&options, argc, argv);

    if (code == EXIT_DONE)
        code = serve(&options.request);
    expression_clear(&options.request.expression);
    return code;
}

const struct command dump_command = {
    .name = "dump",
    .run = run,
    .help = "print packets as tcpdump does",
    .usage = "[-i NAME | -r FILE] [options] [filter expression]",
    OPTIONS(rows),
    ABSENT(absent),
};
