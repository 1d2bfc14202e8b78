/* A capture file being written: what the parts of the writer share. */
#ifndef TAPIR_FILE_SINK_H
#define TAPIR_FILE_SINK_H

#include "core/sink.h"
#include "file/file.h"
#include "file/packer.h"
#include "tapir/sink.h"

#include <stdarg.h>
#include <sys/uio.h>
#include <time.h>

enum {
    TAPIR__RECORD_LEN = 16,      /* of a pcap record's header */
    TAPIR__PCAP_HEADER_LEN = 24, /* of a pcap file's */
    TAPIR__BLOCK_OVERHEAD = 12,
    TAPIR__HEAD_MAX = 28, /* what stands before a packet's bytes, at most */
    TAPIR__POINTS = 4,    /* ends of a compressed file to fall back to */
    TAPIR__PARTS = 3      /* of a record written at once: buffer, data, what follows them */
};

typedef struct tapir__file_sink tapir__file_sink;

/* An interface of the current section. */
typedef struct tapir__sink_interface {
    tapir_interface facts; /* link type, snaplen, fcs_len, unit of time; no strings, no block */
    uint64_t divisor;      /* nanoseconds per tick; 0: not as simple as that */
    size_t described_at;   /* of its block in sink->described */
    size_t described_len;
    bool found; /* in the file that is appended to, and nobody has added it again */
} tapir__sink_interface;

/* A thread that writes what the sink's owner has gathered. */
typedef struct tapir__background tapir__background;

/* Where a compressed file could end, were the disk full: bytes before, and how to end there. */
typedef struct tapir__point {
    uint64_t bytes, packets;
    size_t ending_len;
    uint8_t ending[TAPIR__ENDING_MAX];
} tapir__point;

/* Records to be written at once. */
typedef struct tapir__chunk {
    const uint8_t *bytes;
    size_t len;
    size_t head;      /* bytes of the pcap file's header before the first record */
    bool big_endian;  /* the file, or the section at the start */
    uint64_t packets; /* of the file, once these are there */
} tapir__chunk;

/* The descriptor, and the compressor before it. Everything from `bytes` on is the thread's while it
 * has something to write. */
typedef struct tapir__sink_output {
    int fd; /* -1: rotation has no file yet */
    bool owned;
    bool direct;                 /* whole pages go past the page cache */
    bool cuttable;               /* a regular file: what is at its end can be taken off again */
    uint64_t start;              /* bytes of the file before the first of ours */
    const tapir__packer *packer; /* NULL: not compressed */
    uint64_t bytes;              /* on the disk, ours */
    uint64_t packets;            /* the same of packets */
    tapir_status status;         /* of the last write; no other follows one that failed */
    tapir_error error;
    void *packing;
    bool packed;        /* the stream is begun */
    size_t since_point; /* bytes packed since the last point */
    size_t held;        /* bytes packed and not written */
    uint8_t *hold;
    size_t point_count;
    tapir__point points[TAPIR__POINTS];
} tapir__sink_output;

/* The kind of sink that is a file: the common part comes first. */
struct tapir__file_sink {
    tapir_sink common;
    tapir_sink_options options;
    bool big_endian; /* the current section, or the pcap file */
    bool swapped;    /* that is not this machine's order */
    bool pcapng;
    bool begun;               /* pcapng: there is a section */
    bool unsupported;         /* pcapng: of a version that is not known */
    tapir_status over;        /* what every further write returns; TAPIR_OK: can go on */
    uint32_t longest;         /* pcap: frame so far */
    uint32_t divisor;         /* pcap: nanoseconds per unit */
    size_t head;              /* pcap: bytes of the file header in the buffer */
    size_t len;               /* of what is buffered */
    size_t room;              /* of the buffer */
    bool buffer_big_endian;   /* pcapng: order of the section at its start */
    uint64_t file_packets;    /* taken for this file */
    uint64_t earlier_packets; /* in the files before */
    uint64_t found_packets;   /* in the file that is appended to, before ours */
    uint64_t file_bytes;      /* given to be written of this file, before compression */
    tapir__sink_output output;
    tapir__background *background; /* the thread that writes; NULL: none yet */

    tapir_text section;   /* pcapng: header block as the options want it */
    tapir_text described; /* pcapng: interface descriptions of this section */
    tapir_text header;    /* pcapng, rotation: its section header, to begin the next file with */
    tapir_text kept;      /* the same: names and secrets */
    tapir_text tail;      /* what follows a packet's bytes */
    tapir_text made;      /* a block */
    tapir_text tagged;    /* a frame with its tag back */
    tapir__sink_interface *interfaces;
    uint32_t interface_count, interface_room;

    char *pattern;        /* path as it was given */
    char *path;           /* of the file, or the name for messages */
    uint32_t file_index;  /* number behind the name */
    uint32_t file_count;  /* opened so far */
    int64_t window_start; /* nanoseconds since 1970 at which the file began */
    int64_t last_time;    /* of a frame */
    bool window_open;     /* window_start is by the clock that counts, not a stand-in */
    uint8_t *block;       /* the memory that the buffer is in */
    uint8_t *buffer;
};

/* Fills the sink's error, "PATH: ...", and returns `status`. */
tapir_status tapir__sink_error(tapir__file_sink *sink, tapir_status status, const char *format, ...)
    TAPIR_PRINTF(3, 4);
tapir_status tapir__sink_no_memory(tapir__file_sink *sink);

/* The same into another error. */
void tapir__sink_describe(const tapir__file_sink *sink, tapir_error *error, tapir_status status,
    const char *format, va_list arguments) TAPIR_PRINTF(4, 0);

/* The kind of a sink that has to look at itself before each frame, or can no longer go on. The
 * others write plain frames at once. */
extern const tapir__sink_kind tapir__careful_kind;

/* What the public calls of the same names do to a file. */
tapir_status tapir__file_open_file(tapir__file_sink **sink, const char *path,
    const tapir_sink_options *options, tapir_error *error);
tapir_status tapir__file_open_fd(tapir__file_sink **sink, int fd, const char *name,
    const tapir_sink_options *options, tapir_error *error);
tapir_status tapir__file_write_options(
    tapir__file_sink *sink, const tapir_frame *frame, const tapir_pcapng_list *options);
tapir_status tapir__file_start_section(tapir__file_sink *sink, const tapir_sink_section *section);
tapir_status tapir__file_add_interface(
    tapir__file_sink *sink, const tapir_interface *interface, uint32_t *index);
tapir_status tapir__file_add_names(tapir__file_sink *sink, const tapir_pcapng_name *names,
    size_t count, const tapir_pcapng_list *options);
tapir_status tapir__file_add_statistics(tapir__file_sink *sink, uint32_t interface,
    const tapir_pcapng_statistics *statistics, const tapir_pcapng_list *options);
tapir_status tapir__file_add_secrets(
    tapir__file_sink *sink, uint32_t type, tapir_span secrets, const tapir_pcapng_list *options);
tapir_status tapir__file_add_custom(
    tapir__file_sink *sink, uint32_t enterprise, tapir_span content, bool copied);
tapir_status tapir__file_add_journal(tapir__file_sink *sink, tapir_span entry);
tapir_status tapir__file_add_block(
    tapir__file_sink *sink, uint32_t type, tapir_span body, const tapir_pcapng_list *options);
tapir_status tapir__file_copy_block(
    tapir__file_sink *sink, const tapir_pcapng_block *block, const uint32_t *interface);
tapir_status tapir__file_flush(tapir__file_sink *sink);
tapir_status tapir__file_sync(tapir__file_sink *sink);
tapir_status tapir__file_rotate(tapir__file_sink *sink);

/* sink_output.c */

/* Prepares `fd` for what the options ask for. */
tapir_status tapir__output_open(tapir__file_sink *sink, int fd, bool owned);

/* Writes what is buffered, then `data`, then `tail`; in each case nothing stays buffered, for what
 * failed once would come out twice. `through`: also what the compressor holds back. */
tapir_status tapir__output_write(
    tapir__file_sink *sink, tapir_span data, tapir_span tail, bool through);

/* The same for a record that finds no room behind what is buffered, or that is not to wait. */
tapir_status tapir__output_put(tapir__file_sink *sink, bool packet, const void *head,
    size_t head_len, tapir_span data, tapir_span tail);

/* Writes the chunk, then `data`, then `tail`, unless an earlier one failed; the outcome is in
 * sink->output. Of the sink it changes nothing else, so that a thread may call it. */
void tapir__output_chunk(tapir__file_sink *sink, const tapir__chunk *chunk, tapir_span data,
    tapir_span tail, bool through);

/* Ends the stream of the compressor, syncs if asked to, and closes what is owned. */
tapir_status tapir__output_close(tapir__file_sink *sink);

/* Adds a record, of a packet or not: `head`, at most TAPIR__HEAD_MAX bytes, `data`, `tail`. */
TAPIR_INLINE tapir_status tapir__sink_put(tapir__file_sink *sink, bool packet, const void *head,
    size_t head_len, tapir_span data, tapir_span tail)
{
    size_t room = sink->room - sink->len;
    uint8_t *at = sink->buffer + sink->len;

    if (__builtin_expect(
            sink->options.each_frame || room < head_len || room - head_len < data.len + tail.len,
            0))
        return tapir__output_put(sink, packet, head, head_len, data, tail);
    sink->file_packets += packet;
    memcpy(at, head, head_len);
    at += head_len;
    if (data.len)
        memcpy(at, data.data, data.len);
    if (tail.len)
        memcpy(at + data.len, tail.data, tail.len);
    sink->len += head_len + data.len + tail.len;
    return TAPIR_OK;
}

/* sink_direct.c */

/* Settles whether the file that was opened is written past the page cache, as the options ask. */
tapir_status tapir__direct_open(tapir__file_sink *sink);

/* Returns memory for a buffer, to be freed with free(); NULL when there is none. */
uint8_t *tapir__direct_new_block(const tapir__file_sink *sink);

/* Has the empty buffer begin where pages of the file will be pages of memory. */
void tapir__direct_place_buffer(tapir__file_sink *sink);

/* As writev(2), where output->bytes is what was written before. */
ssize_t tapir__direct_write(tapir__sink_output *output, const struct iovec *parts, int count);

/* sink_background.c */

/* Returns whether there is a thread to write, after making one if need be; without one (the system
 * may refuse) the owner writes. */
bool tapir__background_start(tapir__file_sink *sink);

/* Has the thread write the chunk, which is the sink's buffer, and gives the sink another, when one
 * is free. The status is that of what is written by then. */
tapir_status tapir__background_write(tapir__file_sink *sink, const tapir__chunk *chunk);

/* Waits until all is written, or has failed. */
void tapir__background_wait(tapir__background *background);

/* Waits, ends the thread and frees the buffers, the sink's among them. NULL is fine. */
void tapir__background_free(tapir__background *background);

/* sink_pcap.c */
void tapir__pcap_begin(tapir__file_sink *sink);
tapir_status tapir__pcap_write(tapir__file_sink *sink, const tapir_frame *frame);
/* Raises the snapshot length in the file's header if frames were longer. */
tapir_status tapir__pcap_raise_snaplen(tapir__file_sink *sink);

/* sink_pcapng.c, sink_packet.c */
/* Makes the header of the section that the options want. */
tapir_status tapir__pcapng_prepare(tapir__file_sink *sink, const tapir_sink_section *section);
/* Begins another file of a rotation with what frames to come need to know. */
tapir_status tapir__pcapng_begin(tapir__file_sink *sink);
tapir_status tapir__pcapng_write(
    tapir__file_sink *sink, const tapir_frame *frame, const tapir_pcapng_list *options);
/* Starts the section if there is none yet. */
tapir_status tapir__pcapng_need_section(tapir__file_sink *sink);
/* Takes note of a section and of an interface of a file that is appended to. */
void tapir__pcapng_found_section(tapir__file_sink *sink, const tapir_pcapng_block *block);
tapir_status tapir__pcapng_found_interface(tapir__file_sink *sink, const tapir_pcapng_block *block);
void tapir__pcapng_forget_section(tapir__file_sink *sink);

/* sink_convert.c */

/* Appends the option to the list with its numbers in the list's order; `big_endian` is the order
 * they are in. */
void tapir__convert_option(tapir_pcapng_list *list, uint32_t block_type,
    const tapir_pcapng_option *option, bool big_endian);

/* Appends the block's body in the other byte order; TAPIR_UNSUPPORTED when it is of no known kind,
 * TAPIR_DAMAGED when it is broken, TAPIR_NO_MEMORY. */
tapir_status tapir__convert_body(tapir_text *to, const tapir_pcapng_block *block);

/* sink_append.c */

/* Finds out where and how the file goes on, and leaves `fd` there. */
tapir_status tapir__append_find_end(tapir__file_sink *sink, int fd);

/* sink_rotate.c */

/* Begins a file with its header, or with what the next file of a rotation has to repeat. */
tapir_status tapir__sink_begin(tapir__file_sink *sink);

/* Opens the first file, unless it has to wait for the time of a frame. */
tapir_status tapir__rotate_start(tapir__file_sink *sink);

/* Goes on to the next file if a limit says so. `time` is the frame's. */
tapir_status tapir__rotate_check(tapir__file_sink *sink, int64_t time);

/* Opens the file that has been waited with, with the clock's time for want of a frame's. */
tapir_status tapir__rotate_open_now(tapir__file_sink *sink);

/* Tells `closed` that the file is. */
void tapir__tell_closed(tapir__file_sink *sink);

TAPIR_INLINE bool tapir__rotates(const tapir__file_sink *sink)
{
    const tapir_sink_rotation *rotation = &sink->options.rotation;

    return rotation->bytes || rotation->packets || rotation->seconds;
}

/* Numbers in the byte order of the file, appended and stored. */
TAPIR_INLINE uint32_t tapir__order32(const tapir__file_sink *sink, uint32_t value)
{
    return sink->swapped ? __builtin_bswap32(value) : value;
}

TAPIR_INLINE uint16_t tapir__order16(const tapir__file_sink *sink, uint16_t value)
{
    return sink->swapped ? __builtin_bswap16(value) : value;
}

#endif
