/* What tapir info found out about a file, for the two ways to print it. */
#ifndef TAPIR_CLI_INFO_H
#define TAPIR_CLI_INFO_H

#include "cli.h"

#include "tapir/hierarchy.h"
#include "tapir/info.h"

/* Of files with more sections, only the sums are shown. */
enum { SECTIONS_SHOWN = 1000, SECRETS_TYPES = 16, HASHES = 3, HASH_ROOM = 65 };

/* One pcapng section. Strings are NULL when it does not give them. */
struct section_note {
    uint64_t offset;
    uint16_t version_major, version_minor;
    bool big_endian, unsupported;
    char *hardware, *os, *application, *comment; /* several comments: one line each */
};

/* What is collected for each interface. */
struct interface_note {
    uint64_t statistics; /* blocks of counters */
    tapir_pcapng_statistics last;
};

struct secrets_note {
    uint32_t type;
    uint64_t blocks, bytes;
};

struct report {
    const char *path;
    bool is_file;  /* with a size */
    uint64_t size; /* on disk */
    tapir_source *source;
    tapir_status status; /* how reading ended */
    uint64_t data_size;  /* uncompressed bytes read */
    tapir_info info;
    tapir_hierarchy *hierarchy; /* NULL when not wanted */
    struct section_note *sections;
    size_t section_count;
    struct interface_note *interfaces;
    size_t interface_room;
    struct secrets_note secrets[SECRETS_TYPES];
    size_t secrets_count;
    struct {
        const char *name;
        char digits[HASH_ROOM];
    } hashes[HASHES];
    size_t hash_count;
};

/* Calls `show` for each link type with packets, or of any interface when there are none, in the
 * order of their numbers; false when out of memory. */
bool report_link_types(const struct report *report,
    void (*show)(tapir_text *text, uint16_t link_type, uint64_t packets, bool first),
    tapir_text *text);

/* Appends an option's value as text: an address, a number, a string, or bytes in hexadecimal.
 * *is_number says that it is a plain number. Control characters are escaped as in JSON. */
void option_text(tapir_text *text, const tapir_pcapng_block *block,
    const tapir_pcapng_option *option, bool *is_number);

/* Appends "microseconds", "2^-20 s" for an if_tsresol. */
void resolution_text(tapir_text *text, uint8_t resolution);

/* The time between the first and the last packet, in nanoseconds. */
uint64_t report_duration(const struct report *report);

void info_as_text(tapir_text *text, const struct report *report);
void info_as_json(tapir_text *text, const struct report *report);

#endif
