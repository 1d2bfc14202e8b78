/* tapir decode: the layers and fields of every packet. */
#include "cli.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LAYER = OPTION_WORD, VERIFY, COLOR, REASSEMBLE };

static const struct option_row rows[] = {
    {'r', "read", "FILE", "read this capture file; - is standard input"},
    {'T', "format", "FORMAT",
        "tree: layers and fields to read (default)\n"
        "json: one object per packet and line\n"
        "fields: the fields named with -e, separated by tabs\n"
        "csv: the same as comma-separated values with a header\n"
        "c, go, python: the bytes as source code, layers in comments\n"
        "hex: the bytes as digits, a line per packet\n"
        "text2pcap: a hex dump with its time, for text2pcap -t ISO"},
    {'e', "field", "NAME",
        "a field to show, by Wireshark's name; as often as wanted\n"
        "(tapir protocols lists them)"},
    {'E', NULL, "OPTION",
        "of -T fields and csv: header=y|n, separator=/t|/s|CHAR,\n"
        "aggregator=,|/s|CHAR, occurrence=f|l|a, quote=d|s|n, bom=y|n"},
    {'c', "count", "N", "stop after N packets"},
    {LAYER, "layer", "NAME", "decode no further than the first layer of this protocol"},
    {VERIFY, "verify", NULL, "say whether checksums are right (tree, json)"},
    DECODE_AS_ROW,
    {REASSEMBLE, "reassemble", NULL,
        "put fragments and TCP segments together: what spans several\n"
        "packets shows in the one that completes it"},
    {'x', "hex", NULL, "show the bytes of each layer as well (tree)"},
    {'l', "line-buffered", NULL, "write out after every packet"},
    {COLOR, "color", "WHEN", "auto (default), always or never"},
    {OPTION_HELP, "help", NULL, "this text"},
};

enum format { TREE, JSON, FIELDS, CSV, FORMS }; /* from FORMS on: FORMS + tapir_form */

enum { FORMATS = FORMS + TAPIR_FORM_COUNT };

static const char *format_name(size_t format)
{
    static const char *const names[] = {
        [TREE] = "tree", [JSON] = "json", [FIELDS] = "fields", [CSV] = "csv"};

    return format < FORMS ? names[format] : tapir_form_name((tapir_form)(format - FORMS));
}

static bool has_columns(enum format format)
{
    return format == FIELDS || format == CSV;
}

/* What the command line asks for. */
struct request {
    const char *path;
    enum format format;
    bool format_given;
    const char **names;
    size_t name_count;
    tapir_columns_format columns;
    bool columns_given, header_given, header, bom;
    char separator[8], aggregator[8];
    uint64_t limit;
    const char *layer;
    const char *color;
    tapir_tree_options tree;
    tapir_registry *registry; /* NULL: the default one */
    bool reassemble;
    struct output output;
};

/* What prints packets. */
struct printer {
    const struct request *request;
    tapir_joiner *joiner; /* NULL: packets are shown as they are */
    tapir_json *json;
    tapir_columns *columns;
    bool again; /* not the first packet */
};

static int parse_format(struct request *request, const char *text)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(text, format_name(i)) == 0) {
            request->format = (enum format)i;
            request->format_given = true;
            return EXIT_DONE;
        }
    }
    return wrong_usage(&decode_command,
        "no format '%s'; there are tree, json, fields, csv, c, go, python, hex and text2pcap",
        text);
}

/* tshark's way to write characters that shells make hard: /t, /s. */
static bool parse_character(const char *text, char to[8])
{
    if (strcmp(text, "/t") == 0)
        text = "\t";
    else if (strcmp(text, "/s") == 0)
        text = " ";
    if (!*text || strlen(text) > 7)
        return false;
    strcpy(to, text);
    return true;
}

static bool parse_yes(const char *text, bool *yes)
{
    *yes = strcmp(text, "y") == 0;
    return *yes || strcmp(text, "n") == 0;
}

static bool parse_quote(const char *text, char *quote)
{
    *quote = *text == 'd' ? '"' : *text == 's' ? '\'' : '\0';
    return (*quote || *text == 'n') && !text[1];
}

static bool parse_occurrence(const char *text, tapir_occurrence *occurrence)
{
    *occurrence = *text == 'f'   ? TAPIR_OCCURRENCE_FIRST
                  : *text == 'l' ? TAPIR_OCCURRENCE_LAST
                                 : TAPIR_OCCURRENCE_ALL;
    return (*text == 'f' || *text == 'l' || *text == 'a') && !text[1];
}

static int parse_columns_option(struct request *request, const char *text)
{
    const char *value = strchr(text, '=');
    size_t len = value ? (size_t)(value - text) : 0;
    bool ok = false;

    if (value)
        value++;
    if (len == 6 && strncmp(text, "header", len) == 0)
        ok = request->header_given = parse_yes(value, &request->header);
    else if (len == 9 && strncmp(text, "separator", len) == 0)
        ok = parse_character(value, request->separator);
    else if (len == 10 && strncmp(text, "aggregator", len) == 0)
        ok = parse_character(value, request->aggregator);
    else if (len == 10 && strncmp(text, "occurrence", len) == 0)
        ok = parse_occurrence(value, &request->columns.occurrence);
    else if (len == 5 && strncmp(text, "quote", len) == 0)
        ok = parse_quote(value, &request->columns.quote);
    else if (len == 3 && strncmp(text, "bom", len) == 0)
        ok = parse_yes(value, &request->bom);
    request->columns_given = true;
    if (ok)
        return EXIT_DONE;
    return wrong_usage(&decode_command,
        "-E '%s' is none of header=y|n, separator=CHAR, aggregator=CHAR, occurrence=f|l|a, "
        "quote=d|s|n, bom=y|n",
        text);
}

static int parse_option(struct request *request, int id, const char *argument)
{
    switch (id) {
    case 'r':
        request->path = argument;
        return EXIT_DONE;
    case 'T':
        return parse_format(request, argument);
    case 'e':
        request->names[request->name_count++] = argument;
        return EXIT_DONE;
    case 'E':
        return parse_columns_option(request, argument);
    case 'c':
        if (parse_number(argument, 1, UINT64_MAX, &request->limit))
            return EXIT_DONE;
        return wrong_usage(&decode_command, "-c needs a number from 1, not '%s'", argument);
    case LAYER:
        request->tree.last = known_protocol(&decode_command, "--layer", argument);
        return request->tree.last ? EXIT_DONE : EXIT_USAGE;
    case VERIFY:
        request->tree.verify = true;
        return EXIT_DONE;
    case 'd':
        return decode_as(&decode_command, &request->registry, argument);
    case 'x':
        request->tree.hex = true;
        return EXIT_DONE;
    case 'l':
        request->output.by_line = true;
        return EXIT_DONE;
    case REASSEMBLE:
        request->reassemble = true;
        return EXIT_DONE;
    default:
        request->color = argument;
        return check_color(&decode_command, argument);
    }
}

/* What goes with what. */
static int check_request(struct request *request, char *const *operands)
{
    bool columns;

    if (request->name_count && !request->format_given)
        request->format = FIELDS;
    columns = has_columns(request->format);
    if (!request->path && operands[0] && access(operands[0], F_OK) == 0)
        return wrong_usage(&decode_command, "name the file with -r: -r %s", operands[0]);
    if (!request->path)
        return wrong_usage(&decode_command, "name a capture file with -r");
    if (columns && !request->name_count)
        return wrong_usage(&decode_command, "-T %s needs fields: -e ip.src -e ip.dst, for example",
            format_name(request->format));
    if (!columns && request->name_count)
        return wrong_usage(&decode_command, "-e goes with -T fields and -T csv");
    if (!columns && request->columns_given)
        return wrong_usage(&decode_command, "-E goes with -T fields and -T csv");
    if (request->format == CSV && request->columns.quote == '\'')
        return wrong_usage(
            &decode_command, "-E quote=s goes with -T fields; csv has double quotes");
    if (request->format != TREE && request->tree.hex)
        return wrong_usage(&decode_command, "-x goes with -T tree");
    if (columns && request->tree.verify)
        return wrong_usage(&decode_command,
            "--verify goes with -T tree and -T json; here name -e ip.checksum.status and its like");
    if (request->format >= FORMS && request->tree.verify)
        return wrong_usage(&decode_command, "--verify goes with -T tree and -T json");
    return EXIT_DONE;
}

static bool make_printer(struct printer *printer, struct request *request)
{
    tapir_error error = {.message = "out of memory"};

    *printer = (struct printer){.request = request};
    if (request->format == JSON) {
        printer->json = tapir_json_new();
        if (printer->json) {
            tapir_json_set_verify(printer->json, request->tree.verify);
            tapir_json_set_last(printer->json, request->tree.last);
            return true;
        }
    } else if (has_columns(request->format)) {
        printer->columns =
            tapir_columns_new(request->registry, request->names, request->name_count, &error);
        if (printer->columns) {
            tapir_columns_set_last(printer->columns, request->tree.last);
            return true;
        }
    } else {
        return true;
    }
    complain("%s", error.message);
    return false;
}

/* What comes before the first packet. */
static void print_head(const struct printer *printer, struct request *request)
{
    bool csv = request->format == CSV;
    tapir_columns_format *columns = &request->columns;

    if (!printer->columns)
        return;
    columns->csv = csv;
    columns->separator = request->separator[0] ? request->separator : csv ? "," : "\t";
    columns->aggregator = request->aggregator[0] ? request->aggregator : ",";
    if (request->bom)
        tapir_text_put(&request->output.text, "\xef\xbb\xbf");
    if (request->header_given ? request->header : csv)
        tapir_columns_header(printer->columns, &request->output.text, columns);
}

static void print_form(const struct request *request, tapir_text *text, tapir_packet *packet)
{
    tapir_form_options options = {.last = request->tree.last};

    tapir_form_packet(text, packet, (tapir_form)(request->format - FORMS), &options);
}

static void print_packet(struct printer *printer, tapir_text *text, tapir_packet *packet)
{
    switch (printer->request->format) {
    case TREE:
        if (printer->again)
            tapir_text_char(text, '\n');
        tapir_tree_packet(text, packet, &printer->request->tree);
        break;
    case JSON:
        tapir_json_packet(printer->json, text, packet);
        break;
    case FIELDS:
    case CSV:
        tapir_columns_packet(printer->columns, text, packet, &printer->request->columns);
        break;
    default:
        print_form(printer->request, text, packet);
        break;
    }
    printer->again = true;
}

/* Reads, filters, prints; the exit code. */
static int decode_all(struct request *request, struct printer *printer,
    struct expression *expression, tapir_source *source, tapir_packet *packet)
{
    struct progress progress;
    tapir_status status = TAPIR_OK;
    tapir_frame frame;
    bool ok = true;

    progress_start(&progress, request->path);
    while (request->limit && (status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        progress_step(&progress, source, frame.number);
        tapir_packet_start(packet, &frame);
        /* What is put together needs all packets, whichever are shown. */
        if (printer->joiner)
            tapir_joiner_add(printer->joiner, packet);
        if (!expression_match(expression, &frame, &ok)) {
            if (!ok)
                break;
            if (printer->columns)
                tapir_columns_pass(printer->columns, &frame);
            continue;
        }
        request->limit--;
        print_packet(printer, &request->output.text, packet);
        output_flush(&request->output, false);
    }
    output_flush(&request->output, true);
    progress_end(&progress);
    /* An expression that no frame has tried yet must be right all the same. */
    if (ok && expression->count == 0)
        ok = expression_compile(expression, TAPIR_LINK_TYPE_ETHERNET);
    return ok ? source_ended(source, status) : EXIT_USAGE;
}

static int decode_file(
    struct request *request, struct printer *printer, struct expression *expression)
{
    tapir_packet *packet = tapir_packet_new(request->registry);
    const tapir_interface *interface;
    tapir_source *source = NULL;
    tapir_error error = {.message = "out of memory"};
    int code = EXIT_RUNTIME;

    if (request->reassemble)
        printer->joiner = tapir_joiner_new(request->registry, NULL);
    if (!packet || (request->reassemble && !printer->joiner) ||
        tapir_source_open_file(&source, request->path, NULL, &error) != TAPIR_OK) {
        complain("%s", error.message);
        tapir_joiner_free(printer->joiner);
        tapir_packet_free(packet);
        return EXIT_RUNTIME;
    }
    break_on_signal(source);
    if (printer->columns)
        tapir_columns_set_source(printer->columns, source);
    interface = tapir_source_interface(source, 0);
    if (interface && !expression_compile(expression, interface->link_type)) {
        code = EXIT_USAGE;
    } else {
        print_head(printer, request);
        code = decode_all(request, printer, expression, source, packet);
    }
    break_on_signal(NULL);
    tapir_source_close(source);
    tapir_joiner_free(printer->joiner);
    tapir_packet_free(packet);
    return code;
}

static int run(int argc, char **argv)
{
    struct request request = {.limit = UINT64_MAX};
    struct expression expression = {0};
    struct printer printer = {0};
    const char *argument;
    int id, code = EXIT_DONE;

    request.names = calloc((size_t)argc, sizeof *request.names);
    if (!request.names) {
        complain("out of memory");
        return EXIT_RUNTIME;
    }
    while (code == EXIT_DONE &&
           (id = option_next(&decode_command, argc, argv, &argument)) != OPTION_END)
        code = parse_option(&request, id, argument);
    if (code == EXIT_DONE)
        code = check_request(&request, argv + optind);
    if (code == EXIT_DONE &&
        !expression_join(&expression, argv + optind, (size_t)(argc - optind))) {
        complain("out of memory");
        code = EXIT_RUNTIME;
    }
    request.tree.color = color_wanted(request.color);
    request.output.by_line |= isatty(STDOUT_FILENO) != 0;
    if (code == EXIT_DONE && !make_printer(&printer, &request))
        code = EXIT_USAGE;
    if (code == EXIT_DONE)
        code = decode_file(&request, &printer, &expression);
    tapir_json_free(printer.json);
    tapir_columns_free(printer.columns);
    tapir_registry_free(request.registry);
    tapir_text_clear(&request.output.text);
    expression_clear(&expression);
    free(request.names);
    return code;
}

const struct command decode_command = {
    .name = "decode",
    .run = run,
    .help = "show the layers and fields of every packet",
    .usage = "-r FILE [options] [filter expression]",
    OPTIONS(rows),
};
