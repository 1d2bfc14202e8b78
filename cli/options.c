/* Options by table: one row parses, checks and documents an option. */
#include "cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define OPTION_MAX  80
#define OPTION_HELP (OPTION_WORD - 1)

/* What getopt_long wants to know, made from a command's table. */
struct getopt_tables {
    char letters[2 * OPTION_MAX + 2];
    struct option words[OPTION_MAX + 2];
};

static void make_tables(const struct command *command, struct getopt_tables *tables)
{
    char *letter = tables->letters;
    struct option *word = tables->words;

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
    *word++ = (struct option){"help", no_argument, NULL, OPTION_HELP};
    *word = (struct option){NULL, 0, NULL, 0};
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
        if (optopt > 0 && optopt < OPTION_HELP)
            exit(wrong_usage(command, "no option -%c", optopt));
        exit(wrong_usage(command, "no option %s", argv[optind - 1]));
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
