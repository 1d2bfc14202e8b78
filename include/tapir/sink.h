/* Where frames go to: a capture file being written. */
#ifndef TAPIR_SINK_H
#define TAPIR_SINK_H

#include "tapir/frame.h"

TAPIR_EXTERN_C_BEGIN

typedef struct tapir_sink tapir_sink;

/* Options of tapir_sink_open_file; zeroed, with `size` set, means Ethernet in microseconds. */
typedef struct tapir_sink_options {
    size_t size;             /* sizeof (tapir_sink_options) */
    uint16_t link_type;      /* of every frame to come; TAPIR_LINK_TYPE_NULL is 0 */
    uint8_t fcs_len;         /* bytes of frame check sequence, even, up to 30; 0: not known */
    bool nanoseconds;        /* keep nanoseconds, which changes the file's magic number */
    bool each_frame;         /* write every frame at once */
    uint32_t snaplen;        /* as announced in the file; 0: 262144 */
    uint32_t link_type_bits; /* to be copied from the tapir_interface; 0: made from fcs_len */
    size_t buffer;           /* bytes written at once; 0: 128 KiB */
} tapir_sink_options;

/* Creates (or empties) a pcap file; "-" is standard output. `options` may be NULL. On failure *sink
 * is NULL and `error` says what, on which file. Close with tapir_sink_close. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_open_file(
    tapir_sink **sink, const char *path, const tapir_sink_options *options, tapir_error *error);

/* The same to an open descriptor, which the sink does not close. `name` is for messages. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_open_fd(tapir_sink **sink, int fd,
    const char *name, const tapir_sink_options *options, tapir_error *error);

/* Adds a frame. Its time is rounded down to the file's unit; seconds outside of 1970 to 2106 wrap.
 * TAPIR_INVALID for a frame of another link type, which a pcap file cannot hold, and nothing is
 * written; TAPIR_END when the reader of a pipe has gone; TAPIR_IO. tapir_sink_error says what. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_write(
    tapir_sink *sink, const tapir_frame *frame);

/* Writes what is buffered. The status is as of tapir_sink_write. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_flush(tapir_sink *sink);

/* Returns the error of the last call that was not TAPIR_OK. Valid until the next call. */
TAPIR_API const tapir_error *tapir_sink_error(const tapir_sink *sink);

/* Writes what is buffered, closes the file and frees the sink. A frame longer than the announced
 * snaplen, of which readers would drop the end, raises it where the output is a file. The status,
 * as of tapir_sink_write, is that of the last bytes. NULL is fine. */
TAPIR_API tapir_status tapir_sink_close(tapir_sink *sink, tapir_error *error);

TAPIR_EXTERN_C_END
#endif
