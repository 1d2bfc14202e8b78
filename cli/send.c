/* tapir send: capture files, and packets made from text, sent on an interface. */
#include "send.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PPS = OPTION_WORD,
    RATE,
    TOP,
    MAX_GAP,
    METHOD,
    BATCH,
    QUEUEING,
    QUEUE,
    ZERO_COPY,
    FILTER,
    REWRITE,
    VLAN,
    CRAFT,
    PRELOAD,
    DURATION,
    TRUNCATED,
    PAD,
    STATS
};

static const struct option_row rows[] = {
    {.help = "What to send, and where"},
    {'i', "interface", "NAME", "send on this interface; afpacket:NAME names the method, too"},
    {'r', "read", "FILE", "send this file, like one named without an option"},
    {CRAFT, "craft", "TEXT", "send packets made from a text, as of tapir craft; before files"},
    {'w', "write", "FILE", "write what would be sent to a file, not to an interface"},
    {FILTER, "filter", "EXPR", "send packets only that match an expression"},
    {'F', NULL, "FILE", "read the filter expression from a file"},
    {TRUNCATED, "truncated", "WHAT",
        "packets that were not captured whole: skip (default), send\n"
        "what there is, or pad with zeroes"},
    {PAD, "pad", NULL, "pad them, as --truncated=pad does"},
    {.help = "When"},
    {'x', "speed", "N", "so many times as fast as it was captured (default: 1)"},
    {'p', "pps", "N", "so many packets per second: 1000, 2.5k, 1M"},
    {RATE, "rate", "BITS", "so many bits per second: 500k, 10M, 1.5G"},
    {'t', "top", NULL, "as fast as it goes"},
    {MAX_GAP, "max-gap", "TIME", "shorten longer pauses to that"},
    {'l', "loop", "N", "send all of it N times; 0: without end"},
    {'K', "preload", NULL, "keep everything in memory before the first packet is sent"},
    {'c', "count", "N", "stop after N packets"},
    {DURATION, "duration", "TIME", "stop after that long"},
    {.help = "Changes, checksums following"},
    {REWRITE, "rewrite", "RULES",
        "FIELD=VALUE for the outermost header, FIELD=FROM>TO for all:\n"
        "eth.dst=02:00:00:00:00:01,ip.src=10.0.0.0/8>192.168.0.0/8"},
    {VLAN, "vlan", "WHAT", "push:ID, set:ID or pop the outermost tag; ID:PRIORITY:TPID"},
    {.help = "How"},
    {METHOD, "method", "METHOD", "pcap, afpacket or afxdp; the best otherwise"},
    {BATCH, "batch", "N", "hand N packets at once to the kernel (default: 64)"},
    {QUEUEING, "queueing", NULL, "afpacket: go through the queueing discipline, not past it"},
    {QUEUE, "queue", "N", "afxdp: the interface's queue (default: 0)"},
    {ZERO_COPY, "zero-copy", NULL, "afxdp: refuse to copy packets"},
    {STATS, "stats", NULL, "a line of numbers each second"},
    {'q', "quiet", NULL, "no summary"},
    {OPTION_HELP, "help", NULL, "this text"},
};

static const struct option_row absent[] = {
    {'M', "mbps", NULL, "is --rate here, as in --rate 10M"},
    {0, "topspeed", NULL, "is --top here"},
    {0, "multiplier", NULL, "is --speed here"},
    {0, "intf1", NULL, "is -i here"},
};

/* Reads "1000", "2.5k", "10M", "1G". */
static bool parse_rate(const char *text, double *rate)
{
    static const char units[] = "kMG";
    const char *unit;
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    *rate = strtod(text, &end);
    unit = *end ? strchr(units, *end == 'K' ? 'k' : *end) : NULL;
    for (const char *at = units; unit && at <= unit; at++)
        *rate *= 1000;
    return *rate > 0 && *rate < 1e15 && (unit ? !end[1] : !*end);
}

static int set_pace(struct send_request *request, tapir_pace_kind kind)
{
    if (request->paced)
        return wrong_usage(
            &send_command, "one of --speed, --pps, --rate and --top says when to send");
    request->paced = true;
    request->pace.kind = (uint8_t)kind;
    return EXIT_DONE;
}

static int set_rate(struct send_request *request, tapir_pace_kind kind, const char *text)
{
    const char *option = kind == TAPIR_PACE_PACKETS ? "--pps" : "--rate";

    if (!parse_rate(text, &request->pace.rate))
        return wrong_argument(&send_command, option, text, "a rate like 1000, 2.5k or 10M");
    return set_pace(request, kind);
}

static int set_speed(struct send_request *request, const char *text)
{
    char *end;

    request->pace.speed = *text >= '0' && *text <= '9' ? strtod(text, &end) : 0;
    if (!(request->pace.speed > 0 && request->pace.speed < 1e12) || *end)
        return wrong_argument(&send_command, "--speed", text, "a number like 2 or 0.5");
    return set_pace(request, TAPIR_PACE_TIMES);
}

static int set_method(struct send_request *request, const char *text)
{
    for (int i = TAPIR_SEND_PCAP; i <= TAPIR_SEND_AFXDP; i++)
        if (strcmp(text, tapir_send_method_name((tapir_send_method)i)) == 0) {
            request->options.method = (uint8_t)i;
            return EXIT_DONE;
        }
    return wrong_argument(&send_command, "--method", text, "one of pcap, afpacket and afxdp");
}

static int set_truncated(struct send_request *request, const char *text)
{
    static const char *const words[] = {
        [TRUNCATED_SKIP] = "skip", [TRUNCATED_SEND] = "send", [TRUNCATED_PAD] = "pad"};

    int word = parse_word(text, words, TAPIR_COUNT(words));

    if (word < 0)
        return wrong_argument(&send_command, "--truncated", text, "one of skip, send and pad");
    request->truncated = (enum truncated)word;
    return EXIT_DONE;
}

static int set_duration(const char *option, const char *text, int64_t *duration)
{
    if (parse_duration(text, duration) && *duration >= 1000)
        return EXIT_DONE;
    return wrong_argument(&send_command, option, text, "a duration like 500ms, 10s or 2h");
}

static int set_number(
    const char *option, const char *text, uint64_t low, uint64_t high, uint64_t *number)
{
    if (parse_number(text, low, high, number))
        return EXIT_DONE;
    return wrong_usage(&send_command, "%s: '%s' is no number from %llu to %llu", option, text,
        (unsigned long long)low, (unsigned long long)high);
}

static int set_number32(
    const char *option, const char *text, uint64_t low, uint64_t high, uint32_t *number)
{
    uint64_t wide = 0;
    int code = set_number(option, text, low, high, &wide);

    *number = (uint32_t)wide;
    return code;
}

static int add_word(char ***words, size_t *count, const char *word)
{
    char **grown = realloc(*words, (*count + 1) * sizeof *grown);

    if (!grown) {
        complain("out of memory");
        return EXIT_RUNTIME;
    }
    *words = grown;
    grown[(*count)++] = (char *)(uintptr_t)word;
    return EXIT_DONE;
}

static int set_filter(struct send_request *request, const char *text, bool is_file)
{
    char *words[] = {(char *)(uintptr_t)text};

    if (is_file)
        return expression_read(&request->expression, text) ? EXIT_DONE : EXIT_RUNTIME;
    if (expression_join(&request->expression, words, 1))
        return EXIT_DONE;
    complain("out of memory");
    return EXIT_RUNTIME;
}

/* Options of when to send. */
static int set_when(struct send_request *request, int option, const char *argument)
{
    switch (option) {
    case 'x':
        return set_speed(request, argument);
    case 'p':
        return set_rate(request, TAPIR_PACE_PACKETS, argument);
    case RATE:
        return set_rate(request, TAPIR_PACE_BITS, argument);
    case 't':
        return set_pace(request, TAPIR_PACE_NONE);
    case MAX_GAP:
        return set_duration("--max-gap", argument, &request->pace.longest_gap);
    case 'l':
        return set_number("--loop", argument, 0, UINT64_MAX, &request->loops);
    case 'K':
        request->preload = true;
        return EXIT_DONE;
    case 'c':
        return set_number("--count", argument, 1, UINT64_MAX, &request->limit);
    default:
        return set_duration("--duration", argument, &request->duration);
    }
}

/* Options of how to send. */
static int set_how(struct send_request *request, int option, const char *argument)
{
    enum { BATCH_MOST = 4096, QUEUE_MOST = 4095 };

    switch (option) {
    case METHOD:
        return set_method(request, argument);
    case BATCH:
        return set_number32("--batch", argument, 1, BATCH_MOST, &request->options.batch);
    case QUEUEING:
        request->options.queueing = true;
        return EXIT_DONE;
    case QUEUE:
        return set_number32("--queue", argument, 0, QUEUE_MOST, &request->options.queue);
    case ZERO_COPY:
        request->options.zero_copy = true;
        return EXIT_DONE;
    case STATS:
        request->stats = true;
        return EXIT_DONE;
    default:
        request->quiet = true;
        return EXIT_DONE;
    }
}

static int set_option(struct send_request *request, int option, const char *argument)
{
    switch (option) {
    case OPTION_OPERAND:
    case 'r':
        return add_word(&request->files, &request->file_count, argument);
    case 'i':
        request->interface = argument;
        return EXIT_DONE;
    case 'w':
        request->output = argument;
        return EXIT_DONE;
    case CRAFT:
        return add_word(&request->crafts, &request->craft_count, argument);
    case FILTER:
        return set_filter(request, argument, false);
    case 'F':
        return set_filter(request, argument, true);
    case TRUNCATED:
        return set_truncated(request, argument);
    case PAD:
        request->truncated = TRUNCATED_PAD;
        return EXIT_DONE;
    case REWRITE:
        return rewriting_add_rules(&request->rewriting, argument);
    case VLAN:
        return rewriting_add_step(&request->rewriting, argument);
    case METHOD:
    case BATCH:
    case QUEUEING:
    case QUEUE:
    case ZERO_COPY:
    case STATS:
    case 'q':
        return set_how(request, option, argument);
    default:
        return set_when(request, option, argument);
    }
}

static int check(struct send_request *request)
{
    if (!request->interface && !request->output)
        return wrong_usage(&send_command, "name an interface to send on with -i");
    if (request->interface && request->output)
        return wrong_usage(&send_command, "-w writes in place of sending; leave -i out");
    if (!request->file_count && !request->craft_count)
        return wrong_usage(&send_command, "what is to be sent? Name a file, or give --craft");
    if (request->output && !request->limit && !request->duration && !request->loops)
        return wrong_usage(&send_command, "--loop 0 into a file would never end; give -c");
    for (size_t i = 0; i < request->file_count; i++) {
        if (request->output && same_file(request->files[i], request->output))
            return wrong_usage(&send_command, "'%s' is read and written", request->output);
        /* What a pipe holds comes once. */
        if (request->loops != 1 && !regular_file(request->files[i], NULL))
            request->preload = true;
    }
    /* Written, packets have their times with them. */
    if (request->output && !request->paced)
        request->pace.kind = TAPIR_PACE_NONE;
    return EXIT_DONE;
}

static void clear(struct send_request *request)
{
    expression_clear(&request->expression);
    rewriting_clear(&request->rewriting);
    free(request->files);
    free(request->crafts);
}

static int send_run(int argc, char **argv)
{
    struct send_request request = {.options = {.size = sizeof request.options},
        .pace = {.size = sizeof request.pace, .kind = TAPIR_PACE_TIMES},
        .loops = 1};
    const char *argument;
    int option, code = EXIT_DONE;

    while (code == EXIT_DONE &&
           (option = option_next(&send_command, argc, argv, &argument)) != OPTION_END)
        code = set_option(&request, option, argument);
    for (; code == EXIT_DONE && optind < argc; optind++) /* behind -- */
        code = set_option(&request, OPTION_OPERAND, argv[optind]);
    if (code == EXIT_DONE)
        code = check(&request);
    if (code == EXIT_DONE)
        code = send_packets(&request);
    clear(&request);
    return code;
}

const struct command send_command = {
    .name = "send",
    .run = send_run,
    .help = "send the packets of capture files, or made from text",
    .usage = "-i INTERFACE [options] FILE...",
    OPTIONS(rows),
    ABSENT(absent),
    .operands_in_order = true,
    .more =
        "\nPackets leave as far apart as they were captured, files one behind the other. A rule "
        "of --rewrite\n"
        "names any field of a fixed place in its header (tapir protocols NAME lists them), and "
        "ip.addr,\n"
        "eth.addr, tcp.port and their like for both sides. An address with /N stands for its "
        "first N\n"
        "bits; the others stay. Of several rules for one field the first that matches is it.\n",
};
