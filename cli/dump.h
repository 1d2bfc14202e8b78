/* What `tapir dump` is asked to do, and its ways of doing it. */
#ifndef TAPIR_CLI_DUMP_H
#define TAPIR_CLI_DUMP_H

#include "confine.h"

/* What is listed instead of packets. */
enum dump_list { LIST_NOTHING, LIST_INTERFACES, LIST_CLOCKS, LIST_LINK_TYPES };

struct dump_request {
    /* -r, -V, -i: one of them; or none, which captures from the default interface, unless `program`
     */
    const char *path, *list, *interface;
    enum dump_list lists;
    const char *save;             /* -w */
    tapir_sink_rotation rotation; /* -C, -G, -W */
    const char *command;          /* -z */
    const char *user;             /* -Z */
    bool unconfined;
    tapir_capture_options capture; /* but for what is said elsewhere here */
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

/* The files of -w, for packets of any source. */
struct dump_save {
    tapir_sink *sink; /* NULL until it is opened, and without -w */
    struct runner runner;
    bool ends; /* the file that is closed now is the last: -z is for those before */
};

/* Opens the first file for frames of the interface. Fills `error`. */
tapir_status dump_save_open(struct dump_save *save, const struct dump_request *request,
    const tapir_interface *interface, tapir_error *error);

/* Tells, after TAPIR_END, whether that was because of -W, and says so on stderr. */
bool dump_save_had_enough(const struct dump_save *save, const struct dump_request *request);

/* Closes the file; fine when there is none. */
tapir_status dump_save_close(struct dump_save *save, tapir_error *error);

/* Prints the name of a link type as tcpdump does: "EN10MB (Ethernet)". */
void dump_print_link_type(uint16_t link_type);

/* Prints, writes or counts the packets of all files; the exit code. */
int dump_files(struct dump_request *request);

/* Prints, writes or counts packets from an interface until there are enough; the exit code. */
int dump_live(struct dump_request *request);

/* Prints the list that is asked for; the exit code. */
int dump_list(struct dump_request *request);

/* Turns what stands behind -i into the name of an interface: a number is one of -D's list, NULL the
 * first there. Allocated, to be freed; NULL after a complaint. */
char *dump_interface(const char *given);

/* Prints the compiled filter expression for a link type; the exit code. */
int dump_program(struct dump_request *request, uint16_t link_type, uint32_t snaplen);

#endif
