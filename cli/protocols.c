/* tapir protocols: what is built in, told by the tables. */
#include "cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#define DEPTH_MAX  4  /* of lists inside lists */
#define NAME_WIDTH 40 /* of a field's name with its indent */
#define TYPE_WIDTH 24

enum { NAMES = OPTION_WORD };

static const struct option_row rows[] = {
    {'T', "format", "FORMAT", "text (default), or json: one object per protocol and line"},
    {'v', "values", NULL, "the names of values as well"},
    {NAMES, "names", NULL, "every name that decode -e takes, one a line"},
    {OPTION_HELP, "help", NULL, "this text"},
};

struct request {
    bool json, values, names;
    struct output output;
};

static const char *const kinds[] = {
    [TAPIR_UINT] = "number",
    [TAPIR_UINT_LE] = "number, little-endian",
    [TAPIR_INT] = "signed number",
    [TAPIR_FLAG] = "flag",
    [TAPIR_BYTES] = "bytes",
    [TAPIR_MAC] = "MAC address",
    [TAPIR_IPV4] = "IPv4 address",
    [TAPIR_IPV6] = "IPv6 address",
    [TAPIR_SPAN] = "bytes",
    [TAPIR_STRING] = "text",
    [TAPIR_TEXT] = "text",
    [TAPIR_LIST] = "list",
    [TAPIR_BODY] = "one of several",
};

static const char *kind_of(const tapir_field *field)
{
    return field->kind < TAPIR_COUNT(kinds) ? kinds[field->kind] : "unknown";
}

static bool is_flag(const tapir_part *part)
{
    return (part->mask & (part->mask - 1)) == 0;
}

/* Text. */

static void spaces(tapir_text *text, size_t count)
{
    while (count-- > 0)
        tapir_text_char(text, ' ');
}

/* Text that fills up to a column, two spaces at least. */
static void fill(tapir_text *text, size_t from, size_t width)
{
    size_t len = text->len - from;

    spaces(text, len + 2 > width ? 2 : width - len);
}

static void put_labels(tapir_text *text, const tapir_label *labels, size_t indent, bool hex)
{
    for (; labels && labels->text; labels++) {
        spaces(text, indent);
        if (hex)
            tapir_text_printf(text, "0x%04llx", (unsigned long long)labels->value);
        else
            tapir_text_printf(text, "%6llu", (unsigned long long)labels->value);
        TAPIR_TEXT_LITERAL(text, "  ");
        tapir_text_put(text, labels->text);
        tapir_text_char(text, '\n');
    }
}

static void put_field_line(tapir_text *text, const char *name, const char *type, unsigned bits,
    const char *about, const char *alias, size_t indent)
{
    size_t from = text->len, type_from;

    spaces(text, indent);
    tapir_text_put(text, name);
    fill(text, from, NAME_WIDTH);
    type_from = text->len;
    tapir_text_put(text, type);
    if (bits > 1)
        tapir_text_printf(text, ", %u bits", bits);
    fill(text, type_from, TYPE_WIDTH);
    tapir_text_put(text, about);
    if (alias)
        tapir_text_printf(text, " (also %s)", alias);
    tapir_text_char(text, '\n');
}

static void put_fields(struct request *request, const tapir_field *fields, size_t count,
    size_t indent, unsigned depth);

static void put_records(
    struct request *request, const tapir_list *list, size_t indent, unsigned depth)
{
    tapir_text *text = &request->output.text;

    for (size_t i = 0; depth < DEPTH_MAX && i < list->record_count; i++) {
        const tapir_record *record = list->records[i];
        spaces(text, indent);
        tapir_text_put(text, record->title);
        tapir_text_char(text, '\n');
        put_fields(request, record->fields, record->field_count, indent + 2, depth + 1);
    }
}

static void put_fields(
    struct request *request, const tapir_field *fields, size_t count, size_t indent, unsigned depth)
{
    tapir_text *text = &request->output.text;

    for (size_t i = 0; i < count; i++) {
        const tapir_field *field = &fields[i];
        put_field_line(text, field->name, kind_of(field),
            field->kind <= TAPIR_INT ? field->bits : 0, field->about, field->alias, indent);
        if (request->values)
            put_labels(text, field->labels, indent + 4, field->base == TAPIR_HEX);
        for (const tapir_part *part = field->parts; part && part->name; part++) {
            put_field_line(text, part->name, is_flag(part) ? "flag" : "number",
                (unsigned)__builtin_popcountll(part->mask), part->about, NULL, indent + 2);
            if (request->values)
                put_labels(text, part->labels, indent + 6, false);
        }
        if (field->list)
            put_records(request, field->list, indent + 2, depth);
    }
}

static void put_keys(tapir_text *text, const tapir_proto *proto)
{
    for (size_t i = 0; i < proto->binding_count; i++) {
        const tapir_binding *binding = &proto->bindings[i];
        size_t from = text->len;
        TAPIR_TEXT_LITERAL(text, "  ");
        tapir_text_put(text, binding->space->name);
        fill(text, from, NAME_WIDTH);
        if (binding->space->hex)
            tapir_text_printf(text, "0x%04x\n", binding->value);
        else
            tapir_text_printf(text, "%u\n", binding->value);
    }
}

static void put_protocol(struct request *request, const tapir_proto *proto)
{
    tapir_text *text = &request->output.text;

    tapir_text_printf(text, "%s: %s%s%s%s\n", proto->name, proto->title, *proto->spec ? " (" : "",
        proto->spec, *proto->spec ? ")" : "");
    if (proto->binding_count)
        TAPIR_TEXT_LITERAL(text, "Keys\n");
    put_keys(text, proto);
    if (proto->field_count)
        TAPIR_TEXT_LITERAL(text, "Fields\n");
    put_fields(request, proto->fields, proto->field_count, 2, 0);
}

static void put_summary(tapir_text *text, const tapir_proto *proto)
{
    size_t from = text->len;

    tapir_text_put(text, proto->name);
    fill(text, from, 14);
    tapir_text_put(text, proto->title);
    fill(text, from, 62);
    tapir_text_put(text, proto->spec);
    tapir_text_char(text, '\n');
}

/* JSON. */

static void json_string(tapir_text *text, const char *key, const char *string)
{
    tapir_text_printf(text, "\"%s\":\"", key);
    tapir_text_json(text, tapir_span_of(string, strlen(string)));
    tapir_text_char(text, '"');
}

/* Undoes the comma behind the last item. */
static void json_close(tapir_text *text, char bracket)
{
    if (text->len && text->data[text->len - 1] == ',')
        text->len--;
    tapir_text_char(text, bracket);
}

static void json_labels(tapir_text *text, const tapir_label *labels)
{
    if (!labels || !labels->text)
        return;
    TAPIR_TEXT_LITERAL(text, ",\"values\":[");
    for (; labels->text; labels++) {
        tapir_text_printf(text, "{\"value\":%llu,", (unsigned long long)labels->value);
        json_string(text, "name", labels->text);
        TAPIR_TEXT_LITERAL(text, "},");
    }
    json_close(text, ']');
}

static void json_fields(tapir_text *text, const tapir_field *fields, size_t count, unsigned depth);

static void json_records(tapir_text *text, const tapir_list *list, unsigned depth)
{
    TAPIR_TEXT_LITERAL(text, ",\"records\":[");
    for (size_t i = 0; depth < DEPTH_MAX && i < list->record_count; i++) {
        const tapir_record *record = list->records[i];
        tapir_text_char(text, '{');
        json_string(text, "title", record->title);
        json_fields(text, record->fields, record->field_count, depth + 1);
        TAPIR_TEXT_LITERAL(text, "},");
    }
    json_close(text, ']');
}

static void json_parts(tapir_text *text, const tapir_part *part)
{
    TAPIR_TEXT_LITERAL(text, ",\"parts\":[");
    for (; part->name; part++) {
        tapir_text_char(text, '{');
        json_string(text, "name", part->name);
        tapir_text_char(text, ',');
        json_string(text, "type", is_flag(part) ? "flag" : "number");
        tapir_text_printf(text, ",\"mask\":%llu,", (unsigned long long)part->mask);
        json_string(text, "about", part->about);
        json_labels(text, part->labels);
        TAPIR_TEXT_LITERAL(text, "},");
    }
    json_close(text, ']');
}

static void json_fields(tapir_text *text, const tapir_field *fields, size_t count, unsigned depth)
{
    TAPIR_TEXT_LITERAL(text, ",\"fields\":[");
    for (size_t i = 0; i < count; i++) {
        const tapir_field *field = &fields[i];
        tapir_text_char(text, '{');
        json_string(text, "name", field->name);
        if (field->alias) {
            tapir_text_char(text, ',');
            json_string(text, "alias", field->alias);
        }
        tapir_text_char(text, ',');
        json_string(text, "type", kind_of(field));
        if (field->bits)
            tapir_text_printf(text, ",\"bits\":%u", field->bits);
        tapir_text_char(text, ',');
        json_string(text, "about", field->about);
        json_labels(text, field->labels);
        if (field->parts)
            json_parts(text, field->parts);
        if (field->list)
            json_records(text, field->list, depth);
        TAPIR_TEXT_LITERAL(text, "},");
    }
    json_close(text, ']');
}

static void json_protocol(tapir_text *text, const tapir_proto *proto)
{
    tapir_text_char(text, '{');
    json_string(text, "name", proto->name);
    tapir_text_char(text, ',');
    json_string(text, "title", proto->title);
    tapir_text_char(text, ',');
    json_string(text, "spec", proto->spec);
    TAPIR_TEXT_LITERAL(text, ",\"keys\":[");
    for (size_t i = 0; i < proto->binding_count; i++) {
        tapir_text_char(text, '{');
        json_string(text, "space", proto->bindings[i].space->name);
        tapir_text_printf(text, ",\"value\":%u},", proto->bindings[i].value);
    }
    json_close(text, ']');
    json_fields(text, proto->fields, proto->field_count, 0);
    TAPIR_TEXT_LITERAL(text, "}\n");
}

/* The command. */

static int parse(struct request *request, int argc, char **argv)
{
    const char *argument;
    int id;

    while ((id = option_next(&protocols_command, argc, argv, &argument)) != OPTION_END) {
        if (id == 'v')
            request->values = true;
        else if (id == NAMES)
            request->names = true;
        else if (strcmp(argument, "json") == 0)
            request->json = true;
        else if (strcmp(argument, "text") != 0)
            return wrong_usage(
                &protocols_command, "no format '%s'; there are text and json", argument);
    }
    return EXIT_DONE;
}

static void show_all(struct request *request)
{
    const tapir_proto *proto;

    for (size_t i = 0; (proto = tapir_registry_each(tapir_registry_default(), i)); i++)
        if (request->json)
            json_protocol(&request->output.text, proto);
        else
            put_summary(&request->output.text, proto);
}

static int show_named(struct request *request, char **names)
{
    for (char **name = names; *name; name++) {
        const tapir_proto *proto = known_protocol(&protocols_command, NULL, *name);
        if (!proto)
            return EXIT_USAGE;
        if (request->json) {
            json_protocol(&request->output.text, proto);
            continue;
        }
        if (name != names)
            tapir_text_char(&request->output.text, '\n');
        put_protocol(request, proto);
    }
    return EXIT_DONE;
}

/* Names of fields, each once. */
struct names {
    const char **at;
    size_t count, room;
    bool failed;
};

static void add_name(void *user, const char *name)
{
    struct names *names = user;

    if (names->count == names->room) {
        size_t room = names->room ? names->room * 2 : 1024;
        const char **at = realloc(names->at, room * sizeof *at);
        if (!at) {
            names->failed = true;
            return;
        }
        names->at = at;
        names->room = room;
    }
    names->at[names->count++] = name;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int show_names(struct request *request)
{
    struct names names = {0};

    tapir_columns_names(NULL, add_name, &names);
    if (names.failed) {
        complain("out of memory");
        free(names.at);
        return EXIT_RUNTIME;
    }
    qsort(names.at, names.count, sizeof *names.at, compare_names);
    for (size_t i = 0; i < names.count; i++) {
        if (i && strcmp(names.at[i], names.at[i - 1]) == 0)
            continue;
        tapir_text_put(&request->output.text, names.at[i]);
        tapir_text_char(&request->output.text, '\n');
    }
    free(names.at);
    return EXIT_DONE;
}

static int run(int argc, char **argv)
{
    struct request request = {0};
    int code = parse(&request, argc, argv);

    if (code == EXIT_DONE && !tapir_registry_default()) {
        complain("out of memory");
        code = EXIT_RUNTIME;
    }
    if (code == EXIT_DONE && request.names && optind < argc)
        code = wrong_usage(&protocols_command, "--names lists all of them");
    else if (code == EXIT_DONE && request.names)
        code = show_names(&request);
    else if (code == EXIT_DONE && optind < argc)
        code = show_named(&request, argv + optind);
    else if (code == EXIT_DONE)
        show_all(&request);
    output_flush(&request.output, true);
    tapir_text_clear(&request.output.text);
    return code;
}

const struct command protocols_command = {
    .name = "protocols",
    .run = run,
    .help = "list the protocols built in, their fields and keys",
    .usage = "[options] [NAME...]",
    OPTIONS(rows),
};
