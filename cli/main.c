/* The tapir command: a table of subcommands and a loop. */
#include "cli.h"

#include <stdio.h>

static const struct command commands[] = {
    {"decode", decode_command, "show the layers and fields of every packet"},
};

static int usage(FILE *to, int code)
{
    fputs("usage: tapir <command> [options] [filter expression]\n\n", to);
    for (size_t i = 0; i < TAPIR_COUNT(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
    return code;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr, EXIT_USAGE);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return usage(stdout, EXIT_DONE);
    for (size_t i = 0; i < TAPIR_COUNT(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    complain("no command '%s'", argv[1]);
    return usage(stderr, EXIT_USAGE);
}
