/* tapir convert: capture files from capture files, in another format or with other packets. */
#include "convert.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CONCATENATE = OPTION_WORD,
    JOIN_INTERFACES,
    FORMAT,
    COMPRESS,
    ORDER,
    FROM,
    TO,
    PACKETS,
    DEDUP,
    DEDUP_TIME,
    DEDUP_SKIP,
    SHIFT,
    START,
    STRIP_FCS,
    LINK_TYPE,
    MACS,
    ANONYMISE,
    KEY_FILE,
    KEEP_OUI,
    PAYLOAD,
    COMMENT,
    STRIP,
    SPLIT_SIZE,
    SPLIT_COUNT,
    SPLIT_SECONDS,
    SPLIT_FLOW
};

static const struct option_row rows[] = {
    {.help = "Files"},
    {'r', "read", "FILE", "read this capture file, as one named before -w; - is standard input"},
    {'w', "write", "FILE", "write this file, - is standard output; what follows is the filter"},
    {FORMAT, "format", "FORMAT",
        "pcap, pcap-us, pcap-ns or pcapng; else by FILE's name, or as it was"},
    {COMPRESS, "compress", "METHOD",
        "none, gzip, zstd, lz4 or xz, with :LEVEL; else by FILE's name"},
    {ORDER, "byte-order", "ORDER", "little or big"},
    {CONCATENATE, "concatenate", NULL, "one input after the other, not in order of time"},
    {JOIN_INTERFACES, "join-interfaces", NULL, "make one interface of those that are the same"},
    {.help = "Packets to take"},
    {PACKETS, "packets", "RANGES", "of these numbers: 1-100,205,300-"},
    {'c', "count", "COUNT", "stop after that many"},
    {FROM, "from", "TIME", "from then on: 2026-01-02T03:04:05Z, seconds since 1970, +5s"},
    {TO, "to", "TIME", "before then"},
    {'F', NULL, "FILE", "read the filter expression from a file"},
    {DEDUP, "dedup", "COUNT", "drop what equals one of so many packets before it"},
    {DEDUP_TIME, "dedup-time", "TIME", "drop what equals one so shortly before it"},
    {DEDUP_SKIP, "dedup-skip", "BYTES", "do not compare so many bytes at the start"},
    {.help = "Changes"},
    {SHIFT, "shift", "TIME", "add that to every time: 3600, -1.5s, 2h"},
    {START, "start", "TIME", "shift all so that the first packet has this time"},
    {'s', "snapshot-length", "BYTES", "keep the first bytes of each packet"},
    {STRIP_FCS, "strip-fcs", NULL, "take frame check sequences off"},
    {LINK_TYPE, "link-type", "TYPE", "make all packets ethernet, raw, ipv4, ipv6, null or loop"},
    {MACS, "macs", "MAC,MAC", "source and destination of Ethernet headers that are made"},
    {ANONYMISE, "anonymise", "KEY", "replace addresses, always alike under the same key"},
    {KEY_FILE, "key-file", "FILE", "the same with the key in a file's first line"},
    {KEEP_OUI, "keep-oui", NULL, "... leaving the vendor's half of MAC addresses"},
    {PAYLOAD, "payload", "WHAT", "... and keep (default), zero or cut what is no header"},
    {COMMENT, "comment", "N:TEXT", "give packet N this comment in place of its own"},
    {STRIP, "strip", "WHAT", "leave out comments, secrets, names: a list with commas"},
    {.help = "Several files"},
    {SPLIT_SIZE, "split-size", "BYTES", "go on with another file after that many: 100M"},
    {SPLIT_COUNT, "split-count", "COUNT", "... after that many packets"},
    {SPLIT_SECONDS, "split-seconds", "SECONDS", "... after that long, as the packets' times tell"},
    {SPLIT_FLOW, "split-flow", NULL, "a file for each flow, both directions of it"},
    {OPTION_HELP, "help", NULL, "this text"},
};

static int set_format(struct convert_request *request, const char *text)
{
    static const char *const words[] = {"pcap", "pcap-us", "pcap-ns", "pcapng"};
    static const enum file_kind kinds[] = {KIND_PCAP, KIND_PCAP_MICRO, KIND_PCAP_NANO, KIND_PCAPNG};
    int word = parse_word(text, words, TAPIR_COUNT(words));

    if (word < 0)
        return wrong_argument(
            &convert_command, "--format", text, "one of pcap, pcap-us, pcap-ns and pcapng");
    request->kind = kinds[word];
    return EXIT_DONE;
}

static int set_compression(struct convert_request *request, const char *text)
{
    if (parse_compression(text, &request->compression, &request->level))
        return EXIT_DONE;
    return wrong_argument(&convert_command, "--compress", text, COMPRESSIONS);
}

static int set_byte_order(struct convert_request *request, const char *text)
{
    static const char *const words[] = {"little", "big"};
    int word = parse_word(text, words, TAPIR_COUNT(words));

    if (word < 0)
        return wrong_argument(&convert_command, "--byte-order", text, "little or big");
    request->byte_order = word ? TAPIR_BYTE_ORDER_BIG : TAPIR_BYTE_ORDER_LITTLE;
    return EXIT_DONE;
}

static int set_link_type(struct convert_request *request, const char *text)
{
    static const char *const words[] = {"ethernet", "raw", "ipv4", "ipv6", "null", "loop"};
    static const uint16_t types[] = {TAPIR_LINK_TYPE_ETHERNET, TAPIR_LINK_TYPE_RAW,
        TAPIR_LINK_TYPE_IPV4, TAPIR_LINK_TYPE_IPV6, TAPIR_LINK_TYPE_NULL, TAPIR_LINK_TYPE_LOOP};
    int word = parse_word(text, words, TAPIR_COUNT(words));

    if (word < 0)
        return wrong_argument(&convert_command, "--link-type", text,
            "one of ethernet, raw, ipv4, ipv6, null and loop");
    request->link_type = types[word];
    return EXIT_DONE;
}

static int set_macs(struct convert_request *request, const char *text)
{
    char source[18] = "";

    if (strlen(text) == 35 && text[17] == ',') {
        memcpy(source, text, 17);
        request->has_macs = parse_mac(source, request->source_mac) &&
                            parse_mac(text + 18, request->destination_mac);
    }
    return request->has_macs ? EXIT_DONE
                             : wrong_argument(&convert_command, "--macs", text,
                                   "two addresses as 02:00:00:00:00:01,02:...");
}

static int set_payload(struct convert_request *request, const char *text)
{
    static const char *const words[] = {"keep", "zero", "cut"};
    int word = parse_word(text, words, TAPIR_COUNT(words));

    if (word < 0)
        return wrong_argument(&convert_command, "--payload", text, "one of keep, zero and cut");
    request->anonymise.payload = (tapir_anonymise_payload)word;
    return EXIT_DONE;
}

static int set_strip(struct convert_request *request, const char *text)
{
    const char *at = text;

    for (;;) {
        size_t len = strcspn(at, ",");
        if (len == 8 && memcmp(at, "comments", 8) == 0)
            request->strip_comments = true;
        else if (len == 7 && memcmp(at, "secrets", 7) == 0)
            request->strip_secrets = true;
        else if (len == 5 && memcmp(at, "names", 5) == 0)
            request->strip_names = true;
        else
            return wrong_argument(
                &convert_command, "--strip", text, "a list of comments, secrets and names");
        if (!at[len])
            return EXIT_DONE;
        at += len + 1;
    }
}

static int set_dedup(struct convert_request *request, int id, const char *text)
{
    struct dedup_request *dedup = &request->dedup;

    dedup->wanted = true;
    if (id == DEDUP)
        return parse_number(text, 1, 1000000, &dedup->packets)
                   ? EXIT_DONE
                   : wrong_argument(
                         &convert_command, "--dedup", text, "a number of packets, 1 to 1000000");
    if (id == DEDUP_SKIP)
        return parse_number(text, 0, UINT32_MAX, &dedup->skip)
                   ? EXIT_DONE
                   : wrong_argument(&convert_command, "--dedup-skip", text, "a number of bytes");
    dedup->timed = true;
    return parse_duration(text, &dedup->time) && dedup->time >= 0
               ? EXIT_DONE
               : wrong_argument(
                     &convert_command, "--dedup-time", text, "a time like 0.5, 10ms or 2s");
}

static int set_split(struct convert_request *request, int id, const char *text)
{
    tapir_sink_rotation *split = &request->split;
    uint64_t seconds;

    if (id == SPLIT_FLOW) {
        request->split_flow = true;
        return EXIT_DONE;
    }
    if (id == SPLIT_SIZE)
        return parse_size(text, &split->bytes) ? EXIT_DONE
                                               : wrong_argument(&convert_command, "--split-size",
                                                     text, "a number of bytes like 100000 or 5M");
    if (id == SPLIT_COUNT)
        return parse_number(text, 1, UINT64_MAX, &split->packets)
                   ? EXIT_DONE
                   : wrong_argument(&convert_command, "--split-count", text, "a number of packets");
    if (!parse_number(text, 1, UINT32_MAX, &seconds))
        return wrong_argument(&convert_command, "--split-seconds", text, "a number of seconds");
    split->seconds = (uint32_t)seconds;
    return EXIT_DONE;
}

static int set_instant(struct instant *instant, const char *option, const char *text)
{
    return parse_instant(text, instant)
               ? EXIT_DONE
               : wrong_argument(&convert_command, option, text,
                     "a time: 2026-01-02T03:04:05.678Z, seconds since 1970, or +5s from the first "
                     "packet");
}

static int set_option(struct convert_request *request, int id, const char *argument)
{
    switch (id) {
    case 'r':
        request->inputs[request->input_count++] = argument;
        return EXIT_DONE;
    case 'w':
        if (request->output)
            return wrong_usage(&convert_command, "-w can be given once only");
        request->output = argument;
        return EXIT_DONE;
    case 'F':
        request->expression_file = argument;
        return EXIT_DONE;
    case 'c':
        return parse_number(argument, 1, UINT64_MAX, &request->limit)
                   ? EXIT_DONE
                   : wrong_argument(&convert_command, "-c", argument, "a number of packets");
    case 's':
        return parse_number(argument, 1, INT32_MAX, &request->snap)
                   ? EXIT_DONE
                   : wrong_argument(&convert_command, "-s", argument, "a number of bytes");
    case CONCATENATE:
        request->concatenate = true;
        return EXIT_DONE;
    case JOIN_INTERFACES:
        request->join = true;
        return EXIT_DONE;
    case FORMAT:
        return set_format(request, argument);
    case COMPRESS:
        return set_compression(request, argument);
    case ORDER:
        return set_byte_order(request, argument);
    case FROM:
        return set_instant(&request->from, "--from", argument);
    case TO:
        return set_instant(&request->to, "--to", argument);
    case PACKETS:
        return parse_ranges(argument, &request->ranges)
                   ? EXIT_DONE
                   : wrong_argument(&convert_command, "--packets", argument,
                         "a list of numbers like 1-100,205,300-");
    case DEDUP:
    case DEDUP_TIME:
    case DEDUP_SKIP:
        return set_dedup(request, id, argument);
    case SHIFT:
        return parse_duration(argument, &request->shift)
                   ? EXIT_DONE
                   : wrong_argument(
                         &convert_command, "--shift", argument, "a time like -1.5, 10ms or 2h");
    case START:
        if (*argument == '+')
            return wrong_argument(
                &convert_command, "--start", argument, "an absolute time; see --shift");
        return set_instant(&request->start, "--start", argument);
    case STRIP_FCS:
        request->strip_fcs = true;
        return EXIT_DONE;
    case LINK_TYPE:
        return set_link_type(request, argument);
    case MACS:
        return set_macs(request, argument);
    case ANONYMISE:
        request->key = argument;
        return EXIT_DONE;
    case KEY_FILE:
        request->key_file = argument;
        return EXIT_DONE;
    case KEEP_OUI:
        request->anonymise.keep_oui = true;
        return EXIT_DONE;
    case PAYLOAD:
        return set_payload(request, argument);
    case COMMENT:
        return add_note(argument, &request->notes)
                   ? EXIT_DONE
                   : wrong_argument(&convert_command, "--comment", argument,
                         "a packet's number, a colon and a text");
    case STRIP:
        return set_strip(request, argument);
    default:
        return set_split(request, id, argument);
    }
}

/* Looks for options that have no meaning without others, or beside them. */
static int check_request(const struct convert_request *request)
{
    bool keyed = request->key || request->key_file;

    if (!request->output)
        return wrong_usage(&convert_command, "-w FILE is needed: where to write");
    if (request->input_count == 0) {
        const char *word = request->expression.text;
        if (word && access(word, F_OK) == 0)
            return wrong_usage(&convert_command,
                "'%s' stands behind -w, where the filter expression is; name what to read before "
                "-w, or with -r",
                word);
        return wrong_usage(&convert_command, "name what to read before -w, or with -r FILE");
    }
    if (request->key && request->key_file)
        return wrong_usage(&convert_command, "--anonymise and --key-file are two keys");
    if (!keyed && (request->anonymise.keep_oui || request->anonymise.payload))
        return wrong_usage(
            &convert_command, "--keep-oui and --payload go with --anonymise or --key-file");
    if (request->shift && request->start.given)
        return wrong_usage(&convert_command, "--shift and --start exclude each other");
    if (request->has_macs && request->link_type != TAPIR_LINK_TYPE_ETHERNET)
        return wrong_usage(&convert_command, "--macs goes with --link-type ethernet");
    if (request->dedup.skip && !request->dedup.packets && !request->dedup.timed)
        return wrong_usage(&convert_command, "--dedup-skip goes with --dedup or --dedup-time");
    if (request->expression_file && request->expression.text && *request->expression.text)
        return wrong_usage(&convert_command, "-F and a filter expression exclude each other");
    if (request->split_flow &&
        (request->split.bytes || request->split.packets || request->split.seconds))
        return wrong_usage(&convert_command, "--split-flow goes with no other --split");
    if (strcmp(request->output, "-") == 0 && (request->split_flow || request->split.bytes ||
                                                 request->split.packets || request->split.seconds))
        return wrong_usage(&convert_command, "standard output cannot be split");
    return EXIT_DONE;
}

static int parse(struct convert_request *request, int argc, char **argv)
{
    const char *argument;
    char **words = calloc((size_t)argc + 1, sizeof *words);
    size_t word_count = 0;
    int id, code = words ? EXIT_DONE : EXIT_RUNTIME;

    while (code == EXIT_DONE &&
           (id = option_next(&convert_command, argc, argv, &argument)) != OPTION_END) {
        if (id != OPTION_OPERAND)
            code = set_option(request, id, argument);
        else if (request->output)
            words[word_count++] = argv[optind - 1];
        else
            request->inputs[request->input_count++] = argument;
    }
    for (; code == EXIT_DONE && optind < argc; optind++) {
        if (request->output)
            words[word_count++] = argv[optind];
        else
            request->inputs[request->input_count++] = argv[optind];
    }
    if (code == EXIT_DONE && !expression_join(&request->expression, words, word_count)) {
        complain("out of memory");
        code = EXIT_RUNTIME;
    }
    free(words);
    if (code == EXIT_DONE)
        code = check_request(request);
    if (code == EXIT_DONE && request->expression_file &&
        !expression_read(&request->expression, request->expression_file))
        code = EXIT_RUNTIME;
    sort_notes(&request->notes);
    return code;
}

/* Whether an input is the output, or a number behind the output's name, as a split would write. */
static bool is_output(const struct convert_request *request, const char *input)
{
    size_t len = strlen(request->output);
    const char *digits = input + len;

    if (same_file(input, request->output))
        return true;
    if (!request->split.bytes && !request->split.packets)
        return false;
    return strncmp(input, request->output, len) == 0 && *digits &&
           strspn(digits, "0123456789") == strlen(digits);
}

/* One run. */
struct job {
    struct convert_request *request;
    tapir_source **sources; /* the inputs */
    size_t source_count;
    tapir_source *source; /* what is read: the input, or all of them merged */
    struct selection selection;
    struct change change;
    struct target target;
};

/* Opens every input, and merges them when there are several. */
static int open_inputs(struct job *job)
{
    const struct convert_request *request = job->request;
    const tapir_merge_options options = {.size = sizeof options,
        .concatenate = request->concatenate,
        .join_interfaces = request->join};
    tapir_error error;

    job->sources = calloc(request->input_count, sizeof(tapir_source *));
    if (!job->sources) {
        complain("out of memory");
        return EXIT_RUNTIME;
    }
    for (size_t i = 0; i < request->input_count; i++)
        if (is_output(request, request->inputs[i])) {
            complain("%s: is being read; -w needs another file", request->inputs[i]);
            return EXIT_USAGE;
        }
    for (size_t i = 0; i < request->input_count; i++) {
        if (tapir_source_open_file(&job->sources[i], request->inputs[i], NULL, &error) !=
            TAPIR_OK) {
            complain("%s", error.message);
            return EXIT_RUNTIME;
        }
        job->source_count++;
    }
    if (request->input_count == 1 && !request->join) {
        job->source = job->sources[0];
        return EXIT_DONE;
    }
    if (tapir_source_merge(&job->source, job->sources, job->source_count, &options, &error) !=
        TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    return EXIT_DONE;
}

static void close_inputs(struct job *job)
{
    if (job->source)
        tapir_source_close(job->source);
    else
        for (size_t i = 0; i < job->source_count; i++)
            tapir_source_close(job->sources[i]);
    free(job->sources);
}

/* Takes one packet through the stations. */
static enum outcome take(struct job *job, tapir_frame *frame)
{
    bool ok, changed = false;

    if (!selection_wants(&job->selection, frame, &ok))
        return ok ? GO_ON : STOP_USAGE;
    if (job->change.any) {
        enum changed made = change_frame(&job->change, frame);
        if (made == CHANGED_OUT)
            return GO_ON;
        if (made == CHANGED_FAILED)
            return STOP_SPOILT;
        changed = made == CHANGED;
    }
    return target_frame(&job->target, frame, changed);
}

/* Frames only, as many at a time as the source has. */
static enum outcome read_frames(struct job *job, struct progress *progress, tapir_status *status)
{
    enum { BATCH = 64 };
    enum outcome outcome = GO_ON;
    tapir_frame frames[BATCH];
    size_t count;

    while (outcome == GO_ON && *status == TAPIR_OK && !selection_over(&job->selection)) {
        *status = tapir_source_next_batch(job->source, frames, BATCH, &count);
        if (count)
            progress_step(progress, job->source, frames[0].number);
        for (size_t i = 0; i < count && outcome == GO_ON && !selection_over(&job->selection); i++)
            outcome = take(job, &frames[i]);
    }
    return outcome;
}

/* Frames and the blocks between them. */
static enum outcome read_blocks(struct job *job, struct progress *progress, tapir_status *status)
{
    enum outcome outcome = GO_ON;
    const tapir_pcapng_block *block;
    tapir_frame frame;

    while (outcome == GO_ON && !selection_over(&job->selection) &&
           (*status = tapir_source_next_block(job->source, &frame, &block)) == TAPIR_OK) {
        if (frame.data) {
            progress_step(progress, job->source, frame.number);
            outcome = take(job, &frame);
        } else if (block) {
            outcome = target_block(&job->target, block);
        }
    }
    return outcome;
}

static int code_of(enum outcome outcome)
{
    static const int codes[] = {[GO_ON] = EXIT_DONE,
        [STOP] = EXIT_DONE,
        [STOP_SPOILT] = EXIT_RUNTIME,
        [STOP_USAGE] = EXIT_USAGE};

    return codes[outcome];
}

static int read_all(struct job *job)
{
    tapir_status status = TAPIR_OK;
    struct progress progress;
    enum outcome outcome;
    int code, ended = EXIT_DONE;

    progress_start(&progress, job->request->inputs[0]);
    break_on_signal(job->source);
    outcome = job->target.blocks ? read_blocks(job, &progress, &status)
                                 : read_frames(job, &progress, &status);
    break_on_signal(NULL);
    progress_end(&progress);
    if (outcome == GO_ON)
        ended = source_ended(job->source, status);
    code = code_of(target_end(&job->target, outcome));
    if (job->change.left_out)
        complain("%llu packet%s left out that --link-type has no place for",
            (unsigned long long)job->change.left_out,
            job->change.left_out == 1 ? " was" : "s were");
    return code != EXIT_DONE ? code : ended;
}

static int convert(struct convert_request *request)
{
    struct job job = {.request = request};
    const tapir_interface *interface;
    int code = open_inputs(&job);

    if (code == EXIT_DONE) {
        interface = tapir_source_interface(job.source, 0);
        if (*request->expression.text &&
            !expression_compile(
                &request->expression, interface ? interface->link_type : TAPIR_LINK_TYPE_ETHERNET))
            code = EXIT_USAGE;
    }
    if (code == EXIT_DONE) {
        code = EXIT_RUNTIME;
        if (selection_start(&job.selection, request) && change_start(&job.change, request) &&
            target_start(
                &job.target, request, &job.change, job.source, job.sources, job.source_count))
            code = read_all(&job);
        free(job.target.pattern);
        selection_end(&job.selection);
        change_end(&job.change);
    }
    close_inputs(&job);
    return code;
}

static int run(int argc, char **argv)
{
    struct convert_request request = {
        .inputs = calloc((size_t)argc + 1, sizeof *request.inputs),
        .link_type = -1,
        .compression = TAPIR_COMPRESSION_AUTO,
        .anonymise = {.size = sizeof request.anonymise},
    };
    int code = EXIT_RUNTIME;

    if (!request.inputs)
        complain("out of memory");
    else
        code = parse(&request, argc, argv);
    if (code == EXIT_DONE)
        code = convert(&request);
    expression_clear(&request.expression);
    free(request.inputs);
    free(request.ranges.list);
    free(request.notes.list);
    return code;
}

const struct command convert_command = {
    .name = "convert",
    .run = run,
    .help = "merge, cut, filter, change and split capture files",
    .usage = "[options] FILE... -w FILE [filter expression]",
    OPTIONS(rows),
    .operands_in_order = true,
    .more =
        "Several inputs become one in order of time, their interfaces kept.\n"
        "pcapng written as pcapng loses nothing: what is not to change is copied byte by byte.\n"
        "What a damaged input holds up to there is written, with exit status 1.\n",
};
