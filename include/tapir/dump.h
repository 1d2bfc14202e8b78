/* Packets as tcpdump 4.99 prints them: its lines, byte for byte. */
#ifndef TAPIR_DUMP_H
#define TAPIR_DUMP_H

#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

/* What stands at the start of a line (tcpdump's -t to -ttttt). */
typedef enum tapir_dump_time {
    TAPIR_DUMP_TIME_OF_DAY,    /* 01:02:03.456789, local time */
    TAPIR_DUMP_NO_TIME,        /* -t */
    TAPIR_DUMP_SECONDS,        /* -tt: since 1970 */
    TAPIR_DUMP_SINCE_PREVIOUS, /* -ttt */
    TAPIR_DUMP_DATE,           /* -tttt: with the date, local time */
    TAPIR_DUMP_SINCE_FIRST     /* -ttttt */
} tapir_dump_time;

/* How the bytes of the packet follow its line. */
typedef enum tapir_dump_bytes {
    TAPIR_DUMP_NO_BYTES,
    TAPIR_DUMP_HEX,       /* -x */
    TAPIR_DUMP_HEX_ASCII, /* -X */
    TAPIR_DUMP_ASCII      /* -A */
} tapir_dump_bytes;

/* Options of tapir_dump_new; zeroed, with `size` set, means tcpdump's defaults. */
typedef struct tapir_dump_options {
    size_t size;                 /* sizeof (tapir_dump_options) */
    unsigned verbosity;          /* -v, -vv, -vvv: 1 to 3 */
    tapir_dump_time time;        /* -t */
    tapir_dump_bytes bytes;      /* -x, -X, -A */
    bool bytes_with_link_header; /* -xx, -XX, -AA: from the link header on */
    bool quiet;                  /* -q */
    bool link_header;            /* -e */
    bool numeric;                /* -n: no names for addresses and ports */
    bool short_names;            /* -N: host names without their domain */
    bool nanoseconds;            /* --nano */
    bool absolute_sequence;      /* -S */
    bool no_checksums;           /* -K */
    bool number;                 /* -#: the number of the packet first */
    size_t connections;          /* remembered for relative sequence numbers; 0: 1 Mi per family */
} tapir_dump_options;

typedef struct tapir_dump tapir_dump;

/* Returns a printer, or NULL when out of memory. `options` may be NULL. Free with tapir_dump_free.
 */
TAPIR_API tapir_dump *tapir_dump_new(const tapir_dump_options *options);

/* Frees the printer; NULL is fine. */
TAPIR_API void tapir_dump_free(tapir_dump *dump);

/* Appends the packet's record: its line or lines and the newline. Finishes decoding. The printer
 * remembers times and TCP connections from packet to packet, so give them in order. */
TAPIR_API void tapir_dump_packet(tapir_dump *dump, tapir_text *text, tapir_packet *packet);

TAPIR_EXTERN_C_END
#endif
