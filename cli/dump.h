/* What `tapir dump` is asked to do, and its two ways of doing it. */
#ifndef TAPIR_CLI_DUMP_H
#define TAPIR_CLI_DUMP_H

#include "cli.h"

struct dump_request {
    const char *path, *list; /* -r, -V: one of them, or neither when `program` */
    const char *save;        /* -w */
    tapir_dump_options printing;
    struct expression expression;
    uint64_t limit; /* packets of each file */
    uint32_t snaplen;
    uint16_t link_type; /* -y */
    bool link_type_given;
    unsigned program; /* -d: how often */
    bool count, print;
    bool by_line, each_packet; /* -l, -U */
};

/* Prints, writes or counts the packets of all files; the exit code. */
int dump_files(struct dump_request *request);

/* Prints the compiled filter expression for a link type; the exit code. */
int dump_program(struct dump_request *request, uint16_t link_type, uint32_t snaplen);

#endif
