/* The tapir command: a table of subcommands and a loop. */
#include "cli.h"
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const struct command *const commands[] = {
    &dump_command,
    &capture_command,
    &decode_command,
    &streams_command,
    &info_command,
    &diff_command,
    &convert_command,
    &craft_command,
    &send_command,
    &devices_command,
    &protocols_command,
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
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text hint = {0};

    for (size_t i = 0; i < TAPIR_COUNT(commands); i++)
        tapir_nearest_offer(&nearest, commands[i]->name);
    tapir_nearest_text(&nearest, &hint);
    if (access(name, F_OK) == 0)
        complain("no command '%s'; to see what is in a file: tapir dump -r %s", name, name);
    else
        complain("no command '%s'%s", name, tapir_text_string(&hint));
    tapir_text_clear(&hint);
    fputs("Try 'tapir help'.\n", stderr);
    return EXIT_USAGE;
}

int print_version(void)
{
    static const struct {
        const char *name;
        bool in;
    } features[] = {{"gzip", HAVE_ZLIB}, {"zstd", HAVE_ZSTD}, {"lz4", HAVE_LZ4}, {"xz", HAVE_LZMA}};

    printf("tapir %s\n%s\n", tapir_version(), tapir_filter_library());
    for (int in = 1; in >= 0; in--) {
        const char *head = in ? "compression:" : "left out:";
        for (size_t i = 0; i < TAPIR_COUNT(features); i++)
            if (features[i].in == in) {
                printf("%s %s", head, features[i].name);
                head = "";
            }
        if (!*head)
            putchar('\n');
    }
    return EXIT_DONE;
}

static int help(int argc, char **argv)
{
    bool of_command = argc > 1 && strcmp(argv[1], "help") != 0;
    const struct command *command = of_command ? find_command(argv[1]) : NULL;

    if (of_command && !command)
        return no_command(argv[1]);
    if (command)
        command_help(command);
    else
        usage(stdout);
    return EXIT_DONE;
}

static int run(int argc, char **argv)
{
    const struct command *command;

    if (argc < 2) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0)
        return help(argc - 1, argv + 1);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        return print_version();
    command = find_command(argv[1]);
    return command ? command->run(argc - 1, argv + 1) : no_command(argv[1]);
}

int main(int argc, char **argv)
{
    int code;

    /* Whoever starts a program that changes its user could read and write any file with it. */
    if (geteuid() != getuid() || getegid() != getgid()) {
        complain("is not made to be set-user-ID; grant it capabilities instead: "
                 "setcap cap_net_raw,cap_net_admin+ep PROGRAM");
        return EXIT_RUNTIME;
    }
    /* A reader that goes away is no accident, nor is a limit of files' sizes: writes say EPIPE and
     * EFBIG instead. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    code = run(argc, argv);
    if (fflush(stdout) != 0 && errno != EPIPE) {
        complain("standard output: %s", strerror(errno));
        return EXIT_RUNTIME;
    }
    return code;
}
