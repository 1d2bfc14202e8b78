/* Where frames come from: one interface for files, pipes and interfaces. */
#ifndef TAPIR_SOURCE_H
#define TAPIR_SOURCE_H

#include "tapir/frame.h"

TAPIR_EXTERN_C_BEGIN

typedef struct tapir_source tapir_source;

/* One interface that frames were captured on. Strings are NULL when not known; all of it stays
 * valid until the source is closed. */
typedef struct tapir_interface {
    uint16_t link_type;
    uint8_t fcs_len;
    uint32_t link_type_bits; /* pcap: the field's bits above the link type, fcs_len is from them */
    uint32_t snaplen;        /* 0: no limit */
    uint32_t section;        /* pcapng section it was declared in, from 0 */
    uint8_t time_resolution; /* as if_tsresol: 6 = 10^-6 s, 0x80 | n = 2^-n s */
    int64_t time_offset;     /* seconds added to every timestamp */
    const char *name, *description, *filter, *os, *hardware, *comment;
    const struct tapir_pcapng_block *block; /* all its options; NULL in formats other than pcapng */
    uint64_t frames;                        /* read so far */
} tapir_interface;

typedef struct tapir_source_stats {
    uint64_t frames, bytes; /* handed out so far (captured bytes) */
    /* Live sources: frames that passed the filter, those dropped then for want of room in the ring,
     * those the interface dropped, and how often the ring was full. */
    uint64_t received, dropped_by_kernel, dropped_by_interface, freezes;
    uint64_t offset; /* bytes of the (uncompressed) input consumed */
} tapir_source_stats;

/* Options of tapir_source_open_file; zeroed, with `size` set, means the defaults. */
typedef struct tapir_source_options {
    size_t size;       /* sizeof (tapir_source_options) */
    size_t max_record; /* refuse larger records and blocks; 0: 16 MiB */
    size_t buffer;     /* bytes read at once; 0: 128 KiB */
} tapir_source_options;

/* Opens a capture file, "-" for standard input; the format (pcap, pcapng, snoop) and the
 * compression (gzip, zstd, lz4, xz) are recognised from the content. `options` may be NULL. On
 * failure *source is NULL and `error` says what, on which file, and what to do. Close with
 * tapir_source_close. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_source_open_file(tapir_source **source,
    const char *path, const tapir_source_options *options, tapir_error *error);

/* The same from an open descriptor, which the source does not close. `name` is for messages. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_source_open_fd(tapir_source **source, int fd,
    const char *name, const tapir_source_options *options, tapir_error *error);

/* The same from `len` bytes in memory, which stay the caller's and must outlive the source. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_source_open_memory(tapir_source **source,
    const void *data, size_t len, const char *name, const tapir_source_options *options,
    tapir_error *error);

/* How packets stand in a text. */
typedef enum tapir_hex_format {
    TAPIR_HEX_AUTO, /* told from the first line that is neither empty nor a comment */
    /* Lines of an offset and bytes, as text2pcap, tcpdump -x, -X and -xx, tshark -x, od -Ax -tx1,
     * hexdump -C and xxd write them; offset 0 begins a packet. Characters behind the bytes and
     * other lines are passed over; a time at the start of such a line is the next packet's. */
    TAPIR_HEX_DUMP,
    TAPIR_HEX_LINES /* a packet a line: digits, with or without blanks, ":", "-", "," and 0x */
} tapir_hex_format;

/* Options of tapir_source_open_hex; zeroed, with `size` set, means the defaults. */
typedef struct tapir_hex_options {
    size_t size; /* sizeof (tapir_hex_options) */
    tapir_hex_format format;
    bool has_link_type;   /* false: Ethernet */
    uint16_t link_type;   /* TAPIR_LINK_TYPE_*; what tcpdump -x prints is TAPIR_LINK_TYPE_RAW */
    unsigned offset_base; /* of a dump's offsets: 8, 10 or 16; 0: 16 */
    /* Times as strptime(3) takes them, with %f for a fraction: "%H:%M:%S.%f". NULL: the ones
     * tcpdump and text2pcap -t ISO know: [date] time[.fraction][Z], seconds[.fraction]. Local
     * without a zone; without a date, of 1970-01-01. */
    const char *time_format;
    size_t max_packet; /* bytes; 0: 16 MiB */
} tapir_hex_options;

/* Opens a text of packets in hexadecimal, "-" for standard input, also compressed. The format is
 * "hex". Lines that begin with # are comments. Frames have no time when their text has none. What
 * breaks the format ends the source with TAPIR_DAMAGED, after every whole packet before it, and a
 * message that names line and column. `options` may be NULL; its strings are copied. Close with
 * tapir_source_close. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_source_open_hex(
    tapir_source **source, const char *path, const tapir_hex_options *options, tapir_error *error);

/* The same from `len` bytes in memory, which stay the caller's and must outlive the source. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_source_open_hex_memory(tapir_source **source,
    const void *data, size_t len, const char *name, const tapir_hex_options *options,
    tapir_error *error);

/* Reads the next frame: TAPIR_OK and *frame is filled, valid until the next call; TAPIR_END at a
 * proper end; TAPIR_BREAK after tapir_source_break; TAPIR_DAMAGED, TAPIR_TRUNCATED or TAPIR_IO for
 * a file that breaks its format, stops inside a record, or cannot be read: tapir_source_error says
 * where. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_source_next(tapir_source *source, tapir_frame *frame);

/* Reads up to `room` frames that are valid together; *count says how many. The status is that of
 * the read that ended the batch early, TAPIR_OK when there is more to come. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_source_next_batch(
    tapir_source *source, tapir_frame *frames, size_t room, size_t *count);

/* Makes the current or next read return TAPIR_BREAK. Safe from any thread and in a signal handler.
 */
TAPIR_API void tapir_source_break(tapir_source *source);

/* Returns the error of the last read that was not TAPIR_OK or TAPIR_END. Valid until the next read.
 */
TAPIR_API const tapir_error *tapir_source_error(const tapir_source *source);

/* Returns "pcap", "pcapng", "snoop" or "hex", of a live source what captures it: "libpcap",
 * "afpacket" or "afxdp". Static. */
TAPIR_API const char *tapir_source_format(const tapir_source *source);

/* Returns "none", "gzip", "zstd", "lz4" or "xz". Static. */
TAPIR_API const char *tapir_source_compression(const tapir_source *source);

/* Returns the interface of that index (frame.interface), NULL when there is none (yet). */
TAPIR_API const tapir_interface *tapir_source_interface(const tapir_source *source, size_t index);

/* Returns how many interfaces are known so far. */
TAPIR_API size_t tapir_source_interface_count(const tapir_source *source);

/* Fills the counters so far. */
TAPIR_API void tapir_source_stats_get(const tapir_source *source, tapir_source_stats *stats);

/* Closes the source and frees everything it handed out. NULL is fine. */
TAPIR_API void tapir_source_close(tapir_source *source);

TAPIR_EXTERN_C_END
#endif
