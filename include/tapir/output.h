/* Packets as text: trees, JSON, chosen fields, hex. Nothing here prints; all of it appends to a
 * text. */
#ifndef TAPIR_OUTPUT_H
#define TAPIR_OUTPUT_H

#include "tapir/packet.h"
#include "tapir/value.h"

TAPIR_EXTERN_C_BEGIN

/* Appends "2026-01-02T03:04:05.123456789Z". */
TAPIR_API void tapir_time_text(tapir_text *text, int64_t nanoseconds);

/* Appends "1767323045.123456789". */
TAPIR_API void tapir_epoch_text(tapir_text *text, int64_t nanoseconds);

/* Makes one JSON object per packet. */
typedef struct tapir_json tapir_json;

/* Returns a JSON maker, or NULL when out of memory. Free with tapir_json_free. */
TAPIR_API tapir_json *tapir_json_new(void);
TAPIR_API void tapir_json_free(tapir_json *json);

/* Whether each layer with a checksum gets its status (1 good, 0 bad, 2 not verifiable, 3 absent).
 */
TAPIR_API void tapir_json_set_verify(tapir_json *json, bool verify);

/* Appends the packet as one line of JSON with its newline. Finishes decoding. */
TAPIR_API void tapir_json_packet(tapir_json *json, tapir_text *text, tapir_packet *packet);

/* How a tree is printed; zeroed means plain. */
typedef struct tapir_tree_options {
    bool verify; /* say whether checksums are right */
    bool hex;    /* the bytes of each layer below it */
    bool color;  /* ANSI colours */
} tapir_tree_options;

/* Appends the packet as a tree of layers and fields. Finishes decoding. */
TAPIR_API void tapir_tree_packet(
    tapir_text *text, tapir_packet *packet, const tapir_tree_options *options);

/* Chosen fields, one line a packet. */
typedef struct tapir_columns tapir_columns;

/* Returns columns for `count` field names ("ip.src", "tcp.flags.syn", "frame.number", a protocol's
 * name, an alias such as "tcp.port"). NULL for a name that is none, with nearest names in `error`.
 */
TAPIR_API tapir_columns *tapir_columns_new(
    const tapir_registry *registry, const char *const *names, size_t count, tapir_error *error);
TAPIR_API void tapir_columns_free(tapir_columns *columns);

/* How a line of columns is printed. */
typedef struct tapir_columns_format {
    const char *separator;  /* between columns, "\t" */
    const char *aggregator; /* between several values in one column, "," */
    char quote;             /* around every value, '\0' for none */
    bool csv;               /* quote as RFC 4180 where needed */
} tapir_columns_format;

/* Appends the line of names, and the line of a packet's values (which finishes decoding). */
TAPIR_API void tapir_columns_header(
    const tapir_columns *columns, tapir_text *text, const tapir_columns_format *format);
TAPIR_API void tapir_columns_packet(tapir_columns *columns, tapir_text *text, tapir_packet *packet,
    const tapir_columns_format *format);

TAPIR_EXTERN_C_END
#endif
