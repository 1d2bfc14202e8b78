/* The tapir command: a table of subcommands and a loop. */
#include "cli.h"

#include <signal.h>
#include <stdio.h>

static const struct command *const commands[] = {
    &dump_command,
    &decode_command,
};

static void usage(FILE *to)
{
    fputs("usage: tapir <command> [options] [filter expression]\n\n", to);
    for (size_t i = 0; i < TAPIR_COUNT(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->help);
    fputs("\n  help CMD   what a command does, and its options\n"
          "  --version  what is built in\n",
        to);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < TAPIR_COUNT(commands); i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static int no_command(const char *name)
{
    complain("no command '%s'; there are:", name);
    for (size_t i = 0; i < TAPIR_COUNT(commands); i++)
        fprintf(stderr, "  %-10s %s\n", commands[i]->name, commands[i]->help);
    return EXIT_USAGE;
}

static int help(int argc, char **argv)
{
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;

    if (argc > 1 && !command)
        return no_command(argv[1]);
    if (command)
        command_help(command);
    else
        usage(stdout);
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    const struct command *command;

    /* A reader that goes away is no accident: writes say EPIPE instead. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0)
        return help(argc - 1, argv + 1);
    command = find_command(argv[1]);
    return command ? command->run(argc - 1, argv + 1) : no_command(argv[1]);
}
