/* tapir diff: the packets and fields in which two captures differ. */
#include "cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* As diff(1) has them. */
enum { EXIT_SAME = 0, EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 };

enum { IGNORE = OPTION_WORD, IGNORE_TIME, ONLY, JSON, BYTES, COLOR };

static const struct option_row rows[] = {
    {IGNORE, "ignore", "FIELD",
        "a field that does not matter, by Wireshark's name, or\n"
        "several with commas; a protocol for all of its fields,\n"
        "frame for all about the capture itself"},
    {IGNORE_TIME, "ignore-time", NULL, "the same as --ignore=frame.time"},
    {ONLY, "only", "FIELD", "compare this field alone, or several with commas"},
    DECODE_AS_ROW,
    {BYTES, "bytes", NULL, "show the bytes that differ below the fields"},
    {JSON, "json", NULL, "one object per difference and line"},
    {'c', "count", "N", "stop after N differences"},
    {'q', "quiet", NULL, "say nothing: the exit status tells"},
    {COLOR, "color", "WHEN", "auto (default), always or never"},
    {OPTION_HELP, "help", NULL, "this text"},
};

struct names {
    const char **names;
    size_t count;
};

struct request {
    struct names ignore, only;
    tapir_diff_options options;
    tapir_registry *registry; /* NULL: the default one */
    bool json, bytes, quiet, color;
    uint64_t limit;
    const char *when;
    struct output output;
};

/* What prints differences. */
struct printer {
    const struct request *request;
    tapir_text *text;
    tapir_dump *dump; /* a line for a packet that only one capture has */
    tapir_packet *packet;
    tapir_bytediff *bytes;
};

enum color { PLAIN, NAME, OLD, NEW };

static void put_color(struct printer *printer, enum color color)
{
    static const char *const codes[] = {
        [PLAIN] = "\033[0m", [NAME] = "\033[36m", [OLD] = "\033[31m", [NEW] = "\033[32m"};

    if (printer->request->color)
        tapir_text_put(printer->text, codes[color]);
}

/* tcpdump's line for a frame, without its end. */
static void put_summary(struct printer *printer, const tapir_frame *frame, bool json)
{
    tapir_text line = {0};
    size_t len;

    tapir_packet_start(printer->packet, frame);
    tapir_dump_packet(printer->dump, &line, printer->packet);
    for (len = 0; len < line.len && line.data[len] != '\n';)
        len++;
    if (json)
        tapir_text_json(printer->text, tapir_span_of((const uint8_t *)line.data, len));
    else
        tapir_text_bytes(printer->text, line.data, len);
    printer->text->failed |= line.failed;
    tapir_text_clear(&line);
}

/* Long values are shown around the place where they begin to differ. */
enum { VALUE_SHOWN = 60, BEFORE_SHOWN = 12 };

/* Where two texts begin to differ, a little before it. */
static size_t interesting_part(tapir_span a, tapir_span b)
{
    size_t at = 0;

    while (at < a.len && at < b.len && a.data[at] == b.data[at])
        at++;
    if (at < VALUE_SHOWN / 2)
        return 0;
    at -= BEFORE_SHOWN;
    /* Not within a byte of bytes, nor within a character. */
    while (at > 0 && a.data[at - 1] != ':' && a.data[at - 1] != ' ' && at % BEFORE_SHOWN != 0)
        at--;
    while (at > 0 && (a.data[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static void put_value(struct printer *printer, enum color color, tapir_span value, size_t from)
{
    bool whole = value.len <= VALUE_SHOWN;
    size_t len;

    from = whole ? 0 : from;
    len = value.len - from > VALUE_SHOWN ? VALUE_SHOWN : value.len - from;
    put_color(printer, color);
    if (from)
        TAPIR_TEXT_LITERAL(printer->text, "...");
    tapir_text_line(printer->text, tapir_span_of(value.data + from, len));
    if (from + len < value.len)
        TAPIR_TEXT_LITERAL(printer->text, "...");
    put_color(printer, PLAIN);
}

static void put_side(
    struct printer *printer, enum color color, bool there, tapir_span value, size_t from)
{
    if (!there)
        TAPIR_TEXT_LITERAL(printer->text, "(none)");
    else if (value.len == 0)
        TAPIR_TEXT_LITERAL(printer->text, "(empty)");
    else
        put_value(printer, color, value, from);
}

/* "ip.ttl", "ip.ttl#2" in the second layer of its protocol */
static void put_name(tapir_text *text, const tapir_diff_field *field)
{
    tapir_text_put(text, field->name);
    if (field->nth > 1)
        tapir_text_printf(text, "#%u", field->nth);
}

/* "ip.ttl 64 -> 63" */
static void put_field(struct printer *printer, const tapir_diff_field *field)
{
    bool both = field->in_a && field->in_b;
    bool is_long = field->a.len > VALUE_SHOWN && field->b.len > VALUE_SHOWN;
    size_t from = both && is_long ? interesting_part(field->a, field->b) : 0;

    put_color(printer, NAME);
    put_name(printer->text, field);
    put_color(printer, PLAIN);
    tapir_text_char(printer->text, ' ');
    put_side(printer, OLD, field->in_a, field->a, from);
    TAPIR_TEXT_LITERAL(printer->text, " -> ");
    put_side(printer, NEW, field->in_b, field->b, from);
}

/* "packet 12 | 12: ip.ttl 64 -> 63, ip.checksum 0x1c46 -> 0x1d46" */
static void put_pair(struct printer *printer, const tapir_difference *difference)
{
    tapir_text *text = printer->text;

    TAPIR_TEXT_LITERAL(text, "packet ");
    tapir_text_uint(text, difference->a->number);
    TAPIR_TEXT_LITERAL(text, " | ");
    tapir_text_uint(text, difference->b->number);
    TAPIR_TEXT_LITERAL(text, ": ");
    for (size_t i = 0; i < difference->field_count; i++) {
        if (i)
            TAPIR_TEXT_LITERAL(text, ", ");
        put_field(printer, &difference->fields[i]);
    }
    if (!difference->field_count) {
        TAPIR_TEXT_LITERAL(text, "bytes differ from ");
        tapir_text_uint(text, difference->differs_at);
        TAPIR_TEXT_LITERAL(text, " on, in no field");
    }
    tapir_text_char(text, '\n');
}

/* "- packet 13: 12:00:00.000000 IP ..." */
static void put_alone(struct printer *printer, const tapir_difference *difference)
{
    const tapir_frame *frame = difference->a ? difference->a : difference->b;

    put_color(printer, difference->a ? OLD : NEW);
    tapir_text_put(printer->text, difference->a ? "- packet " : "+ packet ");
    tapir_text_uint(printer->text, frame->number);
    TAPIR_TEXT_LITERAL(printer->text, ": ");
    put_summary(printer, frame, false);
    put_color(printer, PLAIN);
    tapir_text_char(printer->text, '\n');
}

static void put_bytes(struct printer *printer, const tapir_frame *a, const tapir_frame *b)
{
    tapir_bytediff_options options = {.color = printer->request->color, .indent = 2, .context = 1};
    const tapir_run *runs;
    size_t count;

    if (tapir_bytediff_compare(printer->bytes, tapir_span_of(a->data, a->caplen),
            tapir_span_of(b->data, b->caplen)) != TAPIR_OK) {
        printer->text->failed = true;
        return;
    }
    runs = tapir_bytediff_runs(printer->bytes, &count);
    if (count > 1 || (count && runs->kind != TAPIR_RUN_SAME))
        tapir_bytediff_text(printer->text, printer->bytes, &options);
}

static void put_json_side(tapir_text *text, const char *key, bool there, tapir_span value)
{
    tapir_text_put(text, key);
    if (there)
        tapir_text_bytes(text, value.data, value.len);
    else
        TAPIR_TEXT_LITERAL(text, "null");
}

static void put_json_field(tapir_text *text, const tapir_diff_field *field)
{
    TAPIR_TEXT_LITERAL(text, "{\"name\":\"");
    tapir_text_put(text, field->name);
    tapir_text_char(text, '"');
    if (field->nth > 1)
        tapir_text_printf(text, ",\"nth\":%u", field->nth);
    put_json_side(text, ",\"a\":", field->in_a, field->a_json);
    put_json_side(text, ",\"b\":", field->in_b, field->b_json);
    tapir_text_char(text, '}');
}

static void put_json_runs(struct printer *printer, const tapir_frame *a, const tapir_frame *b)
{
    static const char *const kinds[] = {[TAPIR_RUN_REMOVED] = "removed",
        [TAPIR_RUN_ADDED] = "added",
        [TAPIR_RUN_REPLACED] = "replaced"};
    tapir_text *text = printer->text;
    const tapir_run *runs;
    size_t count;
    bool again = false;

    text->failed |= tapir_bytediff_compare(printer->bytes, tapir_span_of(a->data, a->caplen),
                        tapir_span_of(b->data, b->caplen)) != TAPIR_OK;
    runs = tapir_bytediff_runs(printer->bytes, &count);
    TAPIR_TEXT_LITERAL(text, ",\"bytes\":[");
    for (size_t i = 0; i < count; i++) {
        if (runs[i].kind == TAPIR_RUN_SAME)
            continue;
        tapir_text_printf(text, "%s{\"kind\":\"%s\",\"a_at\":%zu,\"b_at\":%zu,\"a\":\"",
            again ? "," : "", kinds[runs[i].kind], runs[i].a, runs[i].b);
        tapir_text_hex_bytes(text, tapir_span_of(a->data + runs[i].a, runs[i].a_len), ':');
        TAPIR_TEXT_LITERAL(text, "\",\"b\":\"");
        tapir_text_hex_bytes(text, tapir_span_of(b->data + runs[i].b, runs[i].b_len), ':');
        TAPIR_TEXT_LITERAL(text, "\"}");
        again = true;
    }
    tapir_text_char(text, ']');
}

static void put_json(struct printer *printer, const tapir_difference *difference)
{
    static const char *const kinds[] = {[TAPIR_RUN_REMOVED] = "removed",
        [TAPIR_RUN_ADDED] = "added",
        [TAPIR_RUN_REPLACED] = "changed"};
    const tapir_frame *a = difference->a, *b = difference->b;
    tapir_text *text = printer->text;

    tapir_text_printf(text, "{\"kind\":\"%s\"", kinds[difference->kind]);
    if (a)
        tapir_text_printf(text, ",\"a\":%llu", (unsigned long long)a->number);
    if (b)
        tapir_text_printf(text, ",\"b\":%llu", (unsigned long long)b->number);
    if (a && b) {
        TAPIR_TEXT_LITERAL(text, ",\"fields\":[");
        for (size_t i = 0; i < difference->field_count; i++) {
            if (i)
                tapir_text_char(text, ',');
            put_json_field(text, &difference->fields[i]);
        }
        tapir_text_char(text, ']');
        if (!difference->field_count)
            tapir_text_printf(text, ",\"differs_at\":%zu", difference->differs_at);
        if (printer->bytes)
            put_json_runs(printer, a, b);
    } else {
        TAPIR_TEXT_LITERAL(text, ",\"summary\":\"");
        put_summary(printer, a ? a : b, true);
        tapir_text_char(text, '"');
    }
    TAPIR_TEXT_LITERAL(text, "}\n");
}

static void print(struct printer *printer, const tapir_difference *difference)
{
    if (printer->request->quiet)
        return;
    if (printer->request->json) {
        put_json(printer, difference);
        return;
    }
    if (!difference->a || !difference->b) {
        put_alone(printer, difference);
        return;
    }
    put_pair(printer, difference);
    if (printer->bytes)
        put_bytes(printer, difference->a, difference->b);
}

/* Which frames take part. */
struct selection {
    struct expression expression;
    bool ok;
};

static bool is_wanted(void *user, const tapir_frame *frame)
{
    struct selection *selection = user;
    bool ok = true, match;

    if (!selection->ok)
        return false;
    match = expression_match(&selection->expression, frame, &ok);
    selection->ok = ok;
    return match;
}

/* Finds and prints all differences; the exit code. */
static int compare_all(
    struct request *request, struct printer *printer, tapir_diff *diff, struct selection *selection)
{
    tapir_status status = TAPIR_OK;
    tapir_difference difference;
    int code = EXIT_SAME;

    while (request->limit && (status = tapir_diff_next(diff, &difference)) == TAPIR_OK) {
        code = request->output.gone = EXIT_DIFFERENT;
        print(printer, &difference);
        output_flush(&request->output, false);
        request->limit--;
    }
    output_flush(&request->output, true);
    if (!selection->ok)
        return EXIT_TROUBLE;
    /* An expression that no frame has tried yet must be right all the same. */
    if (selection->expression.count == 0 &&
        !expression_compile(&selection->expression, TAPIR_LINK_TYPE_ETHERNET))
        return EXIT_TROUBLE;
    if (status == TAPIR_OK || status == TAPIR_END)
        return code;
    complain("%s", tapir_diff_error(diff)->message);
    return EXIT_TROUBLE;
}

static bool make_printer(struct printer *printer, struct request *request)
{
    tapir_dump_options options = {.size = sizeof options, .numeric = true};

    options.absolute_sequence = true;
    printer->request = request;
    printer->text = &request->output.text;
    printer->dump = tapir_dump_new(&options);
    printer->packet = tapir_packet_new(request->registry);
    if (request->bytes)
        printer->bytes = tapir_bytediff_new();
    return printer->dump && printer->packet && (printer->bytes || !request->bytes);
}

static void free_printer(struct printer *printer)
{
    tapir_dump_free(printer->dump);
    tapir_packet_free(printer->packet);
    tapir_bytediff_free(printer->bytes);
}

/* Compares two sources; the exit code. */
static int compare_sources(
    struct request *request, tapir_source *a, tapir_source *b, struct selection *selection)
{
    struct printer printer = {0};
    tapir_error error = {.message = "out of memory"};
    tapir_diff *diff = tapir_diff_new(a, b, &request->options, &error);
    int code = EXIT_TROUBLE;

    if (!diff && error.code == TAPIR_INVALID)
        wrong_usage(&diff_command, "%s; tapir protocols --names lists them", error.message);
    else if (!diff || !make_printer(&printer, request))
        complain("%s", error.message);
    else
        code = compare_all(request, &printer, diff, selection);
    free_printer(&printer);
    tapir_diff_free(diff);
    return code;
}

static int compare_files(
    struct request *request, const char *a, const char *b, struct selection *selection)
{
    tapir_source *sources[2] = {NULL, NULL};
    tapir_error error;
    int code = EXIT_TROUBLE;

    if (tapir_source_open_file(&sources[0], a, NULL, &error) != TAPIR_OK ||
        tapir_source_open_file(&sources[1], b, NULL, &error) != TAPIR_OK)
        complain("%s", error.message);
    else
        code = compare_sources(request, sources[0], sources[1], selection);
    tapir_source_close(sources[0]);
    tapir_source_close(sources[1]);
    return code;
}

/* A list of names that grows. */
static bool add_name(struct names *names, const char *name)
{
    const char **grown = realloc(names->names, (names->count + 1) * sizeof *grown);

    if (!grown) {
        complain("out of memory");
        return false;
    }
    grown[names->count++] = name;
    names->names = grown;
    return true;
}

/* "ip.src,ip.dst": argv is ours to cut. */
static bool add_names(struct names *names, char *words)
{
    for (char *word = strtok(words, ","); word; word = strtok(NULL, ","))
        if (!add_name(names, word))
            return false;
    return true;
}

static int parse_color(struct request *request, const char *when)
{
    request->when = when;
    return check_color(&diff_command, when);
}

static int parse_option(struct request *request, int id, char *argument)
{
    switch (id) {
    case IGNORE:
        return add_names(&request->ignore, argument) ? EXIT_SAME : EXIT_TROUBLE;
    case IGNORE_TIME:
        return add_name(&request->ignore, "frame.time") ? EXIT_SAME : EXIT_TROUBLE;
    case ONLY:
        return add_names(&request->only, argument) ? EXIT_SAME : EXIT_TROUBLE;
    case 'd':
        return decode_as(&diff_command, &request->registry, argument) == EXIT_DONE ? EXIT_SAME
                                                                                   : EXIT_TROUBLE;
    case BYTES:
        request->bytes = true;
        return EXIT_SAME;
    case JSON:
        request->json = true;
        return EXIT_SAME;
    case 'q':
        request->quiet = true;
        return EXIT_SAME;
    case 'c':
        if (parse_number(argument, 1, UINT64_MAX, &request->limit))
            return EXIT_SAME;
        return wrong_usage(&diff_command, "-c needs a number from 1, not '%s'", argument);
    default:
        return parse_color(request, argument);
    }
}

/* Reads the options, and what follows from them. */
static int parse(struct request *request, struct selection *selection, int argc, char **argv)
{
    const char *argument;
    int id, code = EXIT_SAME;

    while (
        code == EXIT_SAME && (id = option_next(&diff_command, argc, argv, &argument)) != OPTION_END)
        code = parse_option(request, id, optarg);
    if (code != EXIT_SAME)
        return code;
    if (argc - optind < 2)
        return wrong_usage(&diff_command, "name two capture files");
    if (strcmp(argv[optind], "-") == 0 && strcmp(argv[optind + 1], "-") == 0)
        return wrong_usage(&diff_command, "standard input can be one of the files only");
    if (!expression_join(&selection->expression, argv + optind + 2, (size_t)(argc - optind - 2))) {
        complain("out of memory");
        return EXIT_TROUBLE;
    }
    if (request->quiet)
        request->limit = 1;
    request->color = !request->json && color_wanted(request->when);
    request->options = (tapir_diff_options){
        .size = sizeof request->options,
        .registry = request->registry,
        .ignore = request->ignore.names,
        .ignore_count = request->ignore.count,
        .only = request->only.names,
        .only_count = request->only.count,
        .wanted = is_wanted,
        .user = selection,
        .json = request->json,
    };
    return EXIT_SAME;
}

static int run(int argc, char **argv)
{
    struct request request = {.limit = UINT64_MAX, .output = {.failed = EXIT_TROUBLE}};
    struct selection selection = {.ok = true};
    int code = parse(&request, &selection, argc, argv);

    if (code == EXIT_SAME)
        code = compare_files(&request, argv[optind], argv[optind + 1], &selection);
    tapir_text_clear(&request.output.text);
    expression_clear(&selection.expression);
    free(request.ignore.names);
    free(request.only.names);
    tapir_registry_free(request.registry);
    return code;
}

const struct command diff_command = {
    .name = "diff",
    .run = run,
    .help = "show the packets and fields in which two captures differ",
    .usage = "[options] A B [filter expression]",
    OPTIONS(rows),
    .more = "The exit status is that of diff(1): 0 same, 1 different, 2 trouble.\n",
};
