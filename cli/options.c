/* Options by table: one row parses, checks and documents an option. */
#include "cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define OPTION_MAX 80

/* What getopt_long wants to know, made from a command's table. */
struct getopt_tables {
    char letters[2 * OPTION_MAX + 3];
    struct option words[OPTION_MAX + 1];
};

static void make_tables(const struct command *command, struct getopt_tables *tables)
{
    char *letter = tables->letters;
    struct option *word = tables->words;

    if (command->operands_in_order)
        *letter++ = '-';
    *letter++ = ':'; /* tell a missing argument from an unknown option */
    for (size_t i = 0; i < command->option_count && i < OPTION_MAX; i++) {
        const struct option_row *row = &command->options[i];
        if (row->id > 0 && row->id < OPTION_HELP) {
            *letter++ = (char)row->id;
            if (row->argument)
                *letter++ = ':';
        }
        if (row->name)
            *word++ = (struct option){
                row->name, row->argument ? required_argument : no_argument, NULL, row->id};
    }
    *letter = '\0';
    *word = (struct option){NULL, 0, NULL, 0};
}

static const struct option_row *find_id(const struct option_row *rows, size_t count, int id)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == id)
            return &rows[i];
    return NULL;
}

static const struct option_row *find_word(
    const struct option_row *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].name && strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

/* Says what is wrong with a long option: `name` is what was written, up to its "=". */
static int wrong_word(const struct command *command, const char *name)
{
    const struct option_row *absent = find_word(command->absent, command->absent_count, name);
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text several = {0};
    size_t begun = 0;

    if (absent)
        return wrong_usage(command, "--%s %s", name, absent->help);
    for (size_t i = 0; i < command->option_count; i++) {
        const char *known = command->options[i].name;
        if (!known)
            continue;
        tapir_nearest_offer(&nearest, known);
        if (*name && strncmp(known, name, strlen(name)) == 0)
            tapir_text_printf(&several, "%s--%s", begun++ ? " or " : "", known);
    }
    if (begun > 1)
        wrong_usage(command, "--%s may be %s", name, tapir_text_string(&several));
    else if (nearest.count)
        wrong_usage(command, "no option --%s; did you mean --%s?", name, nearest.names[0]);
    else
        wrong_usage(command, "no option --%s", name);
    tapir_text_clear(&several);
    return EXIT_USAGE;
}

/* Says what is wrong with the option that getopt_long did not take. */
static int wrong_option(const struct command *command, const char *word)
{
    const struct option_row *absent;
    char name[64];

    if (!optopt) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
        return wrong_word(command, name);
    }
    /* A known one is refused only for an argument that it does not take. */
    if (find_id(command->options, command->option_count, optopt))
        return wrong_usage(command, "%.*s takes no argument", (int)strcspn(word, "="), word);
    absent = find_id(command->absent, command->absent_count, optopt);
    if (absent)
        return wrong_usage(command, "-%c %s", optopt, absent->help);
    return wrong_usage(command, "no option -%c", optopt);
}

int option_next(const struct command *command, int argc, char **argv, const char **argument)
{
    struct getopt_tables tables;
    int id;

    make_tables(command, &tables);
    opterr = 0;
    id = getopt_long(argc, argv, tables.letters, tables.words, NULL);
    *argument = optarg;
    switch (id) {
    case OPTION_HELP:
        command_help(command);
        exit(EXIT_DONE);
    case ':':
        if (optopt >= OPTION_WORD || !optopt)
            exit(wrong_usage(command, "%s needs an argument", argv[optind - 1]));
        exit(wrong_usage(command, "-%c needs an argument", optopt));
    case '?':
        exit(wrong_option(command, argv[optind - 1]));
    default:
        return id;
    }
}

/* "-r, --read FILE" */
static int put_name(char *to, size_t room, const struct option_row *row)
{
    bool letter = row->id < OPTION_HELP;
    char short_form[4] = {'-', (char)row->id, '\0', '\0'};

    return snprintf(to, room, "%s%s%s%s%s%s", letter ? short_form : "",
        letter && row->name ? ", " : "", row->name ? "--" : "", row->name ? row->name : "",
        row->argument ? (row->name && !letter ? "=" : " ") : "",
        row->argument ? row->argument : "");
}

void command_help(const struct command *command)
{
    char name[64];
    int width = 0;

    printf("usage: tapir %s %s\n\n%s\n", command->name, command->usage, command->help);
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].id) {
            int len = put_name(name, sizeof name, &command->options[i]);
            width = len > width && len <= 24 ? len : width;
        }
    if (command->option_count && command->options[0].id)
        printf("\n");
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_row *row = &command->options[i];
        if (!row->id) {
            printf("\n%s\n", row->help);
            continue;
        }
        if (put_name(name, sizeof name, row) > width)
            printf("  %s\n  %-*s  ", name, width, "");
        else
            printf("  %-*s  ", width, name);
        /* Continuation lines stand under the first one. */
        for (const char *at = row->help; *at; at++)
            *at == '\n' ? printf("\n  %-*s  ", width, "") : putchar(*at);
        putchar('\n');
    }
    if (command->more)
        printf("\n%s", command->more);
}

bool parse_number(const char *text, uint64_t low, uint64_t high, uint64_t *number)
{
    uint64_t value = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        unsigned digit = (unsigned)(*text - '0');
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    return value >= low && value <= high;
}
