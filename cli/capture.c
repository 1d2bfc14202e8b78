/* tapir capture: from the wire to disk as fast as may be. */
#include "capture.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    METHOD = OPTION_WORD,
    WORKERS,
    BLOCK,
    XDP_MODE,
    QUEUES,
    FOLLOW,
    DURATION,
    FORMAT,
    COMPRESS,
    COMMENT,
    FLUSH,
    DIRECT,
    SIZE,
    SECONDS,
    PACKETS,
    FILES,
    STATISTICS,
    UNCONFINED
};

static const struct option_row rows[] = {
    {.help = "Where from"},
    {'i', "interface", "NAME", "capture from this interface, any for all; needed"},
    {METHOD, "method", "METHOD", "pcap, afpacket or afxdp; else the best there is"},
    {'Q', "direction", "WHICH", "in, out or inout"},
    {'p', "no-promiscuous-mode", NULL, "only what is meant for this machine"},
    {'s', "snapshot-length", "BYTES", "keep the first bytes of each packet"},
    {'B', "buffer-size", "KIB", "what the kernel may hold, 262144 unless given, or 1/16 of memory"},
    {BLOCK, "block-size", "BYTES", "of afpacket's ring, a power of two: 1048576"},
    {WORKERS, "workers", "COUNT", "share the packets among so many rings, merged by time"},
    {QUEUES, "queues", "RANGE", "afxdp: of these queues only: 0-3"},
    {XDP_MODE, "xdp-mode", "MODE", "afxdp: driver, generic or best"},
    {FOLLOW, "follow-interface", NULL, "wait for an interface that goes away to come back"},
    {'F', NULL, "FILE", "read the filter expression from a file"},
    {'O', "no-optimize", NULL, "compile it without optimizing"},
    {.help = "Where to"},
    {'w', "write", "FILE", "write this file, - is standard output; needed"},
    {FORMAT, "format", "FORMAT", "pcapng (unless FILE ends in .pcap) or pcap"},
    {COMPRESS, "compress", "METHOD",
        "none, gzip, zstd, lz4 or xz, with :LEVEL; else by FILE's name"},
    {COMMENT, "comment", "TEXT", "about the capture, in a pcapng file's section header"},
    {DIRECT, "direct", NULL, "write past the page cache: for long captures near the disk's rate"},
    {FLUSH, "flush", "TIME", "keep no packet out of the file for longer: 1s"},
    {.help = "Several files, named as tapir dump's -C, -G and -W do"},
    {SIZE, "file-size", "BYTES", "go on with another file after that many: 100M"},
    {SECONDS, "file-seconds", "SECONDS", "... after that long; FILE is a pattern for strftime(3)"},
    {PACKETS, "file-packets", "COUNT", "... after that many packets"},
    {FILES, "files", "COUNT", "begin anew after so many, overwriting the oldest"},
    {.help = "When to stop"},
    {'c', "count", "COUNT", "after that many packets"},
    {DURATION, "duration", "TIME", "after that long: 90s, 1h"},
    {.help = "What is said"},
    {STATISTICS, "statistics", "SECONDS", "a line so often, 0: none; 1 on a terminal"},
    {.help = "Privileges, once all is open"},
    {'Z', "relinquish-privileges", "USER", "become this user; else tcpdump, if there is one"},
    {UNCONFINED, "unconfined", NULL, "keep all else: capabilities, system calls, files"},
    {OPTION_HELP, "help", NULL, "this text"},
};

/* The options of which one word of several is chosen. */
static int set_word(struct capture_request *request, int id, const char *text)
{
    static const char *const methods[] = {"best", "pcap", "afpacket", "afxdp"};
    static const char *const directions[] = {"inout", "in", "out"};
    static const char *const modes[] = {"best", "driver", "generic"};
    static const char *const formats[] = {"pcap", "pcapng"};
    int word;

    switch (id) {
    case METHOD:
        word = parse_word(text, methods, TAPIR_COUNT(methods));
        request->options.method = (uint8_t)word;
        return word < 0 ? wrong_argument(
                              &capture_command, "--method", text, "one of pcap, afpacket and afxdp")
                        : EXIT_DONE;
    case 'Q':
        word = parse_word(text, directions, TAPIR_COUNT(directions));
        request->options.direction = (uint8_t)word;
        return word < 0 ? wrong_argument(&capture_command, "-Q", text, "one of in, out and inout")
                        : EXIT_DONE;
    case XDP_MODE:
        word = parse_word(text, modes, TAPIR_COUNT(modes));
        request->options.xdp_mode = (uint8_t)word;
        return word < 0 ? wrong_argument(&capture_command, "--xdp-mode", text,
                              "one of driver, generic and best")
                        : EXIT_DONE;
    default: /* FORMAT */
        word = parse_word(text, formats, TAPIR_COUNT(formats));
        request->format = word == 0 ? TAPIR_FORMAT_PCAP : TAPIR_FORMAT_PCAPNG;
        return word < 0 ? wrong_argument(&capture_command, "--format", text, "pcap or pcapng")
                        : EXIT_DONE;
    }
}

static int set_queues(struct capture_request *request, const char *text)
{
    const char *dash = strchr(text, '-');
    uint64_t first, last;
    char head[16] = "";

    if (dash && (size_t)(dash - text) < sizeof head)
        memcpy(head, text, (size_t)(dash - text));
    if (!parse_number(dash ? head : text, 0, UINT16_MAX, &first))
        return wrong_argument(
            &capture_command, "--queues", text, "a number, or two with - between");
    last = first;
    if (dash && !parse_number(dash + 1, first, UINT16_MAX, &last))
        return wrong_argument(
            &capture_command, "--queues", text, "a number, or two with - between");
    request->options.queue = (uint32_t)first;
    request->options.queue_count = (uint32_t)(last - first + 1);
    return EXIT_DONE;
}

/* A number that an option sets. */
struct number_row {
    int id;
    const char *option;
    uint64_t low, high;
};

static int set_number(struct capture_request *request, int id, const char *text)
{
    static const struct number_row numbers[] = {
        {'s', "-s", 0, 262144},
        {'B', "-B", 1, UINT32_MAX},
        {'c', "-c", 1, UINT64_MAX},
        {WORKERS, "--workers", 1, 1024},
        {SECONDS, "--file-seconds", 1, UINT32_MAX},
        {PACKETS, "--file-packets", 1, UINT64_MAX},
        {FILES, "--files", 1, UINT32_MAX},
        {STATISTICS, "--statistics", 0, 86400},
    };
    const struct number_row *row = numbers;
    uint64_t number;

    while (row->id != id)
        row++;
    if (!parse_number(text, row->low, row->high, &number))
        return wrong_usage(&capture_command, "%s needs a number from %llu, not '%s'", row->option,
            (unsigned long long)row->low, text);
    switch (id) {
    case 's':
        request->options.snaplen = (uint32_t)number;
        break;
    case 'B':
        request->options.buffer = number * 1024;
        break;
    case 'c':
        request->limit = number;
        break;
    case WORKERS:
        request->workers = number;
        break;
    case SECONDS:
        request->rotation.seconds = (uint32_t)number;
        break;
    case PACKETS:
        request->rotation.packets = number;
        break;
    case FILES:
        request->rotation.files = (uint32_t)number;
        break;
    default: /* STATISTICS */
        request->statistics = number;
        break;
    }
    return EXIT_DONE;
}

static int set_amount(struct capture_request *request, int id, const char *text)
{
    uint64_t bytes;

    switch (id) {
    case BLOCK:
        if (!parse_size(text, &bytes))
            return wrong_argument(&capture_command, "--block-size", text, "a number of bytes");
        request->options.block = bytes;
        return EXIT_DONE;
    case SIZE:
        return parse_size(text, &request->rotation.bytes)
                   ? EXIT_DONE
                   : wrong_argument(&capture_command, "--file-size", text, "a number of bytes");
    case DURATION:
        return parse_duration(text, &request->duration) && request->duration > 0
                   ? EXIT_DONE
                   : wrong_argument(&capture_command, "--duration", text, "a time: 90s, 5m, 1h");
    case FLUSH:
        return parse_duration(text, &request->flush) && request->flush > 0
                   ? EXIT_DONE
                   : wrong_argument(&capture_command, "--flush", text, "a time: 1s, 200ms");
    default: /* COMPRESS */
        return parse_compression(text, &request->compression, &request->level)
                   ? EXIT_DONE
                   : wrong_argument(&capture_command, "--compress", text, COMPRESSIONS);
    }
}

static int parse_option(struct capture_request *request, int id, const char *argument)
{
    switch (id) {
    case 'i':
        request->interface = argument;
        return EXIT_DONE;
    case 'w':
        request->output = argument;
        return EXIT_DONE;
    case 'p':
        request->options.no_promiscuous = true;
        return EXIT_DONE;
    case 'O':
        request->options.no_optimize = true;
        return EXIT_DONE;
    case FOLLOW:
        request->options.follow = true;
        return EXIT_DONE;
    case 'Z':
        request->user = argument;
        return EXIT_DONE;
    case DIRECT:
        request->direct = true;
        return EXIT_DONE;
    case UNCONFINED:
        request->unconfined = true;
        return EXIT_DONE;
    case COMMENT:
        request->comment = argument;
        return EXIT_DONE;
    case QUEUES:
        return set_queues(request, argument);
    case METHOD:
    case 'Q':
    case XDP_MODE:
    case FORMAT:
        return set_word(request, id, argument);
    case BLOCK:
    case SIZE:
    case DURATION:
    case FLUSH:
    case COMPRESS:
        return set_amount(request, id, argument);
    default:
        return set_number(request, id, argument);
    }
}

static int check_options(const struct capture_request *request)
{
    const tapir_sink_rotation *rotation = &request->rotation;
    bool rotates = rotation->bytes || rotation->packets || rotation->seconds;

    if (!request->interface)
        return wrong_usage(&capture_command, "name an interface with -i; tapir devices lists them");
    if (!request->output)
        return wrong_usage(&capture_command, "name a file with -w");
    if (rotation->files && !rotates)
        return wrong_usage(
            &capture_command, "--files needs --file-size, --file-packets or --file-seconds");
    if (strcmp(request->output, "-") == 0 && rotates)
        return wrong_usage(&capture_command, "standard output cannot be split into files");
    if (strcmp(request->output, "-") == 0 && isatty(STDOUT_FILENO))
        return wrong_usage(&capture_command, "-w - writes a capture, which is not for a terminal");
    if (rotation->seconds && !strchr(request->output, '%') && !rotation->bytes &&
        !rotation->packets)
        return wrong_usage(&capture_command,
            "--file-seconds needs a pattern for the time in the name, as in: -w "
            "%%Y%%m%%d-%%H%%M%%S.pcapng");
    return EXIT_DONE;
}

static int run(int argc, char **argv)
{
    struct capture_request request = {
        .options = {.size = sizeof request.options},
        .workers = 1,
        .limit = UINT64_MAX,
        .flush = INT64_C(1000000000),
        .format = TAPIR_FORMAT_AUTO,
        .compression = TAPIR_COMPRESSION_AUTO,
        .rotation = {.wall_clock = true},
        .statistics = isatty(STDERR_FILENO) ? 1 : 0,
    };
    const char *argument, *expression_file = NULL;
    int id, code = EXIT_DONE;

    while ((id = option_next(&capture_command, argc, argv, &argument)) != OPTION_END) {
        if (id == 'F')
            expression_file = argument;
        else
            code = parse_option(&request, id, argument);
        if (code != EXIT_DONE)
            return code;
    }
    code = check_options(&request);
    if (code != EXIT_DONE)
        return code;
    if (expression_file && optind < argc)
        return wrong_usage(&capture_command, "-F and an expression are mutually exclusive");
    if (expression_file
            ? expression_read(&request.expression, expression_file)
            : expression_join(&request.expression, argv + optind, (size_t)(argc - optind)))
        code = capture_run(&request);
    else
        code = EXIT_RUNTIME;
    expression_clear(&request.expression);
    return code;
}

const struct command capture_command = {
    .name = "capture",
    .run = run,
    .help = "write packets from an interface to files, fast",
    .usage = "-i NAME -w FILE [options] [filter expression]",
    OPTIONS(rows),
    .more =
        "\nWhile it runs, SIGUSR1 has it print its statistics, SIGHUP go on with another file.\n",
};
