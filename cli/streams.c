/* tapir streams: TCP connections and what they carry. */
#include "streams.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SORT = OPTION_WORD,
    WIDE,
    FOLLOW,
    AS,
    WAY,
    EXTRACT,
    GAPS,
    HTTP,
    COLOR,
    OVERLAP,
    NEED_SYN,
    CHECK,
    MEMORY,
    CONNECTION_MEMORY,
    GAP_TIME,
    IDLE,
    NO_DEFRAGMENT,
    SOURCE,
    UNCONFINED
};

static const struct option_row rows[] = {
    {.help = "Input"},
    {'r', "read", "FILE", "read this capture file; - is standard input"},
    {'i', "interface", "NAME", "capture from this interface, any for all, until interrupted"},
    {'c', "count", "N", "stop after N packets"},
    {.help = "Connections, a line each"},
    {'T', "format", "FORMAT", "text: a table (default); json: an object for each, and line"},
    {SORT, "sort", "KEY",
        "start (default), id, duration, client, server, state, packets, bytes,\n"
        "retransmitted, out-of-order, gaps, rtt or protocol; amounts from the\n"
        "largest down; of a file"},
    {'R', "reverse", NULL, "the other way round"},
    {WIDE, "wide", NULL, "missing bytes, conflicts, what ended it, and the Community ID, too"},
    {.help = "What they carry"},
    {FOLLOW, "follow", "ID",
        "show the bytes of this connection, or of all; as often as wanted;\n"
        "with the options below, and -T json: of these only"},
    {AS, "as", "FORM",
        "ascii (default), hex, or raw: the bytes as they are, for files and\n"
        "pipes"},
    {WAY, "way", "WAY", "forward: what the client sends, backward, or both (default)"},
    {EXTRACT, "extract", "DIR", "write each stream to a file in this directory"},
    {GAPS, "gaps", "HOW", "in these files: zero (default): zeroes in a hole, skip: nothing"},
    {HTTP, "http", NULL,
        "a line for each HTTP request and its response; with --extract\n"
        "their contents to files, decoded"},
    {'w', "write", "FILE", "write the connections' packets to this capture file instead"},
    {COLOR, "color", "WHEN", "auto (default), always or never"},
    {'l', "line-buffered", NULL, "write out after every connection or piece"},
    {'q', "quiet", NULL, "no summary"},
    {.help = "How they are put together"},
    {OVERLAP, "overlap", "POLICY",
        "which bytes win where segments differ: first (default), last, bsd,\n"
        "bsd-right, linux, windows, solaris or reject"},
    {NEED_SYN, "need-syn", NULL, "leave out connections whose beginning was not captured"},
    {CHECK, "check", NULL, "leave out segments with a wrong checksum"},
    {MEMORY, "memory", "BYTES", "of all connections at most: 64M"},
    {CONNECTION_MEMORY, "connection-memory", "BYTES", "that wait, of one: 1M"},
    {GAP_TIME, "gap-time", "TIME", "wait no longer for what is missing: 30s"},
    {IDLE, "idle", "TIME", "a connection ends when nothing came for so long: 10m"},
    {NO_DEFRAGMENT, "no-defragment", NULL, "leave out fragments of IP"},
    {.help = "Capturing"},
    {'p', "no-promiscuous-mode", NULL, "only what is meant for this machine"},
    {'B', "buffer-size", "KIB", "what the kernel may hold, 65536 unless given (libpcap: 2048)"},
    {SOURCE, "source", "METHOD", "afpacket, afxdp or pcap; else the best there is"},
    {'Z', "relinquish-privileges", "USER", "become this user; else tcpdump, if there is one"},
    {UNCONFINED, "unconfined", NULL, "keep all else: capabilities, system calls, files"},
    {OPTION_HELP, "help", NULL, "this text"},
};

/* What similar programs know. */
static const struct option_row absent[] = {
    {'n', NULL, NULL, "is what it does anyway: no names are looked up"},
    {'z', NULL, NULL, "is not needed: connections are what it lists"},
    {'o', NULL, NULL, "is --extract DIR here"},
};

/* The options that are a word of several; the place of the word, -1 after a complaint. */
static int find_word(int id, const char *argument)
{
    static const char *const formats[] = {"text", "json"};
    static const char *const sorts[] = {[SORT_START] = "start",
        [SORT_ID] = "id",
        [SORT_DURATION] = "duration",
        [SORT_CLIENT] = "client",
        [SORT_SERVER] = "server",
        [SORT_STATE] = "state",
        [SORT_PACKETS] = "packets",
        [SORT_BYTES] = "bytes",
        [SORT_RETRANSMITTED] = "retransmitted",
        [SORT_OUT_OF_ORDER] = "out-of-order",
        [SORT_GAPS] = "gaps",
        [SORT_RTT] = "rtt",
        [SORT_PROTOCOL] = "protocol"};
    static const char *const forms[] = {
        [FORM_ASCII] = "ascii", [FORM_HEX] = "hex", [FORM_RAW] = "raw"};
    static const char *const ways[] = {"forward", "backward", "both"};
    static const char *const gaps[] = {"zero", "skip"};
    static const char *const sources[] = {"best", "pcap", "afpacket", "afxdp"};
    static const struct {
        int id;
        const char *name;
        const char *const *words;
        size_t count;
        const char *wanted;
    } choices[] = {
        {'T', "-T", formats, TAPIR_COUNT(formats), "text or json"},
        {SORT, "--sort", sorts, TAPIR_COUNT(sorts),
            "start, id, duration, client, server, state, packets, bytes, retransmitted, "
            "out-of-order, gaps, rtt or protocol"},
        {AS, "--as", forms, TAPIR_COUNT(forms), "ascii, hex or raw"},
        {WAY, "--way", ways, TAPIR_COUNT(ways), "forward, backward or both"},
        {GAPS, "--gaps", gaps, TAPIR_COUNT(gaps), "zero or skip"},
        {SOURCE, "--source", sources, TAPIR_COUNT(sources), "afpacket, afxdp or pcap"},
    };
    size_t at = 0;
    int word;

    while (choices[at].id != id)
        at++;
    word = parse_word(argument, choices[at].words, choices[at].count);
    if (word < 0)
        wrong_argument(&streams_command, choices[at].name, argument, choices[at].wanted);
    return word;
}

static int set_word(struct streams_request *request, int id, const char *argument)
{
    int word = find_word(id, argument);

    if (word < 0)
        return EXIT_USAGE;
    if (id == 'T')
        request->json = word == 1;
    else if (id == SORT)
        request->sort = (enum streams_sort)word;
    else if (id == AS)
        request->form = (enum streams_form)word;
    else if (id == GAPS)
        request->gaps_left = word == 1;
    else if (id == SOURCE)
        request->capture.method = (uint8_t)word;
    else
        for (int way = 0; way < 2; way++)
            request->ways[way] = word == way || word == 2;
    return EXIT_DONE;
}

static int set_followed(struct streams_request *request, const char *argument)
{
    if (strcmp(argument, "all") == 0) {
        request->all_followed = true;
        return EXIT_DONE;
    }
    if (parse_number(argument, 0, UINT64_MAX - 1, &request->followed[request->followed_count])) {
        request->followed_count++;
        return EXIT_DONE;
    }
    return wrong_argument(
        &streams_command, "--follow", argument, "the number of a connection, or all");
}

static int set_memory(size_t *bytes, const char *option, const char *argument)
{
    uint64_t size;

    if (!parse_size(argument, &size) || size > SIZE_MAX / 2)
        return wrong_argument(&streams_command, option, argument, "a size like 500k or 64M");
    *bytes = (size_t)size;
    return EXIT_DONE;
}

static int set_time(int64_t *time, const char *option, const char *argument)
{
    if (parse_duration(argument, time) && *time > 0)
        return EXIT_DONE;
    return wrong_argument(&streams_command, option, argument, "a time like 500ms, 30s or 10m");
}

/* The options that are a number or a name. */
static int set_amount(struct streams_request *request, int id, const char *argument)
{
    enum { MAX_BUFFER = INT32_MAX / 1024 };
    tapir_reassembler_options *reassembly = &request->reassembly;
    uint64_t number;

    switch (id) {
    case 'c':
        if (parse_number(argument, 1, UINT64_MAX, &request->limit))
            return EXIT_DONE;
        return wrong_argument(&streams_command, "-c", argument, "a number from 1");
    case 'B':
        if (!parse_number(argument, 1, MAX_BUFFER, &number))
            return wrong_argument(&streams_command, "-B", argument, "a number of KiB");
        request->capture.buffer = (size_t)number * 1024;
        return EXIT_DONE;
    case FOLLOW:
        return set_followed(request, argument);
    case OVERLAP:
        if (tapir_overlap_find(argument, &reassembly->overlap))
            return EXIT_DONE;
        return wrong_argument(&streams_command, "--overlap", argument,
            "first, last, bsd, bsd-right, linux, windows, solaris or reject");
    case MEMORY:
        return set_memory(&reassembly->max_memory, "--memory", argument);
    case CONNECTION_MEMORY:
        return set_memory(&reassembly->max_connection_memory, "--connection-memory", argument);
    case GAP_TIME:
        return set_time(&reassembly->gap_time, "--gap-time", argument);
    case IDLE:
        return set_time(&reassembly->idle_time, "--idle", argument);
    default:
        return set_word(request, id, argument);
    }
}

/* The switch that an option turns on, NULL when it is none. */
static bool *flag_of(struct streams_request *request, int id)
{
    switch (id) {
    case 'R':
        return &request->reverse;
    case WIDE:
        return &request->wide;
    case HTTP:
        return &request->http;
    case 'l':
        return &request->by_line;
    case 'q':
        return &request->quiet;
    case NEED_SYN:
        return &request->reassembly.need_syn;
    case CHECK:
        return &request->reassembly.verify_checksums;
    case NO_DEFRAGMENT:
        return &request->fragments_stay;
    case 'p':
        return &request->capture.no_promiscuous;
    case UNCONFINED:
        return &request->unconfined;
    default:
        return NULL;
    }
}

/* Where a text that an option takes as it stands is kept; NULL for other options. */
static const char **text_of(struct streams_request *request, int id)
{
    switch (id) {
    case 'r':
        return &request->path;
    case 'i':
        return &request->interface;
    case 'w':
        return &request->save;
    case EXTRACT:
        return &request->directory;
    case 'Z':
        return &request->user;
    default:
        return NULL;
    }
}

/* What goes with what. */
static int check_request(const struct streams_request *request, char *const *operands)
{
    bool follows = request->followed_count || request->all_followed;

    if (!request->path && !request->interface)
        return operands[0] && access(operands[0], F_OK) == 0
                   ? wrong_usage(&streams_command, "name the file with -r: -r %s", operands[0])
                   : wrong_usage(
                         &streams_command, "name a capture file with -r, or an interface with -i");
    if (request->path && request->interface)
        return wrong_usage(
            &streams_command, "-i captures from an interface, -r reads a file; one of them");
    if (request->directory && !*request->directory)
        return wrong_usage(&streams_command, "--extract needs a directory");
    if (request->save && (request->directory || request->http || request->json))
        return wrong_usage(
            &streams_command, "-w writes packets; --extract, --http and -T json go without it");
    if (request->save && strcmp(request->save, "-") == 0 && isatty(STDOUT_FILENO))
        return wrong_usage(
            &streams_command, "-w - writes a capture file, which is not for a terminal");
    if (request->json && request->directory && !request->http)
        return wrong_usage(&streams_command, "--extract writes files; -T json goes with --http");
    if (request->form == FORM_RAW && follows && !request->directory && !request->http &&
        !request->save && !request->json && isatty(STDOUT_FILENO))
        return wrong_usage(&streams_command, "--as raw is not for a terminal");
    return EXIT_DONE;
}

static int parse(struct streams_request *request, int argc, char **argv)
{
    const char *argument, *color = NULL;
    int id, code = EXIT_DONE;

    while (code == EXIT_DONE &&
           (id = option_next(&streams_command, argc, argv, &argument)) != OPTION_END) {
        bool *flag = flag_of(request, id);
        const char **text = text_of(request, id);
        if (flag)
            *flag = true;
        else if (text)
            *text = argument;
        else if (id == COLOR)
            code = check_color(&streams_command, color = argument);
        else
            code = set_amount(request, id, argument);
    }
    if (code == EXIT_DONE)
        code = check_request(request, argv + optind);
    if (code != EXIT_DONE)
        return code;
    request->color = color_wanted(color);
    if (request->all_followed)
        request->followed_count = 0;
    if (expression_join(&request->expression, argv + optind, (size_t)(argc - optind)))
        return EXIT_DONE;
    complain("out of memory");
    return EXIT_RUNTIME;
}

static int run(int argc, char **argv)
{
    struct streams_request request = {
        .limit = UINT64_MAX,
        .capture = {.size = sizeof(tapir_capture_options)},
        .ways = {true, true},
        .followed = calloc((size_t)argc, sizeof(uint64_t)),
    };
    int code = EXIT_RUNTIME;

    if (request.followed)
        code = parse(&request, argc, argv);
    else
        complain("out of memory");
    if (code == EXIT_DONE)
        code = streams_run(&request);
    expression_clear(&request.expression);
    free(request.followed);
    return code;
}

const struct command streams_command = {
    .name = "streams",
    .run = run,
    .help = "list TCP connections, and show or extract what they carry",
    .usage = "-r FILE | -i NAME [options] [filter expression]",
    OPTIONS(rows),
    ABSENT(absent),
    .more =
        "The name of a file that --extract writes: 010.000.000.001.40000-010.000.000.002.00080,\n"
        "c1, c2 ... behind it when there is one of that name already.\n",
};
