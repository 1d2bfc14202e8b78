/* What the commands share: their table, their exits, their messages. */
#ifndef TAPIR_CLI_H
#define TAPIR_CLI_H

#include "tapir/tapir.h"

/* Exit codes: done, error in the input or at run time, wrong usage. */
enum { EXIT_DONE = 0, EXIT_RUNTIME = 1, EXIT_USAGE = 2 };

/* One command: `run` gets its own argv, the command's name first, and returns the exit code. */
struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; /* one line */
};

int decode_command(int argc, char **argv);

/* Prints "tapir: message" to stderr. */
void complain(const char *format, ...) TAPIR_PRINTF(1, 2);

/* Output to stdout in large writes. EPIPE ends the program quietly. */
struct output {
    tapir_text text;
    bool by_line; /* flush after each packet */
};

/* Writes the text out when it is large enough, or always when `now`. */
void output_flush(struct output *output, bool now);

#endif
