/* What the files of `tapir dump` share. */
#ifndef TAPIR_CLI_DUMP_H
#define TAPIR_CLI_DUMP_H

#include "cli.h"

/* A capture file being written (-w): pcap, as libpcap writes it on this machine. */
struct writer {
    const char *path;
    int fd;
    bool begun; /* the file is open and has its header */
    bool nanoseconds;
    bool by_packet; /* -U: each packet is written at once */
    uint16_t link_type;
    uint8_t fcs_len;
    tapir_text buffer;
};

/* Opens the file ("-": standard output) and writes its header for packets of that interface, the
 * first time; later ones must be of the same link type. False after a complaint. */
bool writer_begin(struct writer *writer, const tapir_interface *interface);

/* Writes one packet; false after a complaint. */
bool writer_put(struct writer *writer, const tapir_frame *frame);

/* Writes out what is held back and closes the file; false after a complaint. */
bool writer_end(struct writer *writer);

/* Reads a file with a filter expression (-F), comments from # on to the end of the line taken out.
 * NULL after a complaint; free with free. */
char *read_expression(const char *path);

/* A list of files (-V), one a line. */
struct list {
    char *text;
    char *at;
};

/* Reads the list, "-" from standard input; false after a complaint. */
bool list_open(struct list *list, const char *path);

/* Returns the next name, NULL at the end. */
const char *list_next(struct list *list);

#endif
