/* Packets as text: trees, JSON, chosen fields, hex. Nothing here prints; all of it appends to a
 * text. */
#ifndef TAPIR_OUTPUT_H
#define TAPIR_OUTPUT_H

#include "tapir/packet.h"
#include "tapir/source.h"
#include "tapir/value.h"

TAPIR_EXTERN_C_BEGIN

/* Appends "2026-01-02T03:04:05.123456789Z". */
TAPIR_API void tapir_time_text(tapir_text *text, int64_t nanoseconds);

/* Appends "1767323045.123456789". */
TAPIR_API void tapir_epoch_text(tapir_text *text, int64_t nanoseconds);

/* Appends bytes as lines of 16 with their offset, counted from `offset`, and as characters, each
 * line behind `indent` spaces. */
TAPIR_API void tapir_hex_text(tapir_text *text, tapir_span bytes, size_t offset, unsigned indent);

/* Makes one JSON object per packet. */
typedef struct tapir_json tapir_json;

/* Returns a JSON maker, or NULL when out of memory. Free with tapir_json_free. */
TAPIR_API tapir_json *tapir_json_new(void);
TAPIR_API void tapir_json_free(tapir_json *json);

/* Whether each layer with a checksum gets its status (1 good, 0 bad, 2 not verifiable, 3 absent).
 */
TAPIR_API void tapir_json_set_verify(tapir_json *json, bool verify);

/* The first layer of that protocol is the last one shown, and decoded; NULL: all of them. */
TAPIR_API void tapir_json_set_last(tapir_json *json, const tapir_proto *last);

/* Appends the packet as one line of JSON with its newline. Finishes decoding, or decodes up to the
 * last layer wanted. Wants a text that grows: it asks for more room than it uses. */
TAPIR_API void tapir_json_packet(tapir_json *json, tapir_text *text, tapir_packet *packet);

/* How a tree is printed; zeroed means plain. */
typedef struct tapir_tree_options {
    bool verify;             /* say whether checksums are right */
    bool hex;                /* the bytes of each layer below its fields */
    bool color;              /* ANSI colours */
    const tapir_proto *last; /* the first layer of it is the last one shown, and decoded */
} tapir_tree_options;

/* Appends the packet as a tree of layers and fields, a line each. Finishes decoding, or decodes up
 * to the last layer wanted. */
TAPIR_API void tapir_tree_packet(
    tapir_text *text, tapir_packet *packet, const tapir_tree_options *options);

/* Chosen fields, one line a packet. */
typedef struct tapir_columns tapir_columns;

/* Returns columns for `count` field names ("ip.src", "tcp.flags.syn", "frame.number", an alias such
 * as "tcp.port", "ip.checksum.status", a protocol's name for its title). NULL for a name that is
 * none, with the nearest names in `error`. `names` are copied; free with tapir_columns_free. */
TAPIR_API tapir_columns *tapir_columns_new(
    const tapir_registry *registry, const char *const *names, size_t count, tapir_error *error);
TAPIR_API void tapir_columns_free(tapir_columns *columns);

/* The source the packets come from, for frame.interface_name and its like; NULL: not known. */
TAPIR_API void tapir_columns_set_source(tapir_columns *columns, const tapir_source *source);

/* The first layer of that protocol is the last one looked at, and decoded; NULL: all of them. */
TAPIR_API void tapir_columns_set_last(tapir_columns *columns, const tapir_proto *last);

/* Which of several values a column shows. */
typedef enum tapir_occurrence {
    TAPIR_OCCURRENCE_ALL,
    TAPIR_OCCURRENCE_FIRST,
    TAPIR_OCCURRENCE_LAST
} tapir_occurrence;

/* How a line of columns is printed. */
typedef struct tapir_columns_format {
    const char *separator;       /* between columns, "\t" */
    const char *aggregator;      /* between several values in one column, "," */
    char quote;                  /* around every value, doubled inside; '\0' for none */
    bool csv;                    /* quote as RFC 4180 where needed */
    tapir_occurrence occurrence; /* of several values in one column */
} tapir_columns_format;

/* Appends the line of names. */
TAPIR_API void tapir_columns_header(
    const tapir_columns *columns, tapir_text *text, const tapir_columns_format *format);

/* Takes note of a frame that gets no line, for the times since the first and the previous frame. */
TAPIR_API void tapir_columns_pass(tapir_columns *columns, const tapir_frame *frame);

/* Appends the line of a packet's values. Finishes decoding, or decodes up to the last layer wanted.
 */
TAPIR_API void tapir_columns_packet(tapir_columns *columns, tapir_text *text, tapir_packet *packet,
    const tapir_columns_format *format);

/* Calls `each` with every name that columns can have, most of them once. */
TAPIR_API void tapir_columns_names(
    const tapir_registry *registry, void (*each)(void *user, const char *name), void *user);

TAPIR_EXTERN_C_END
#endif
