/* Where frames go to: one interface for capture files being written and for interfaces that send
 * (tapir/send.h). */
#ifndef TAPIR_SINK_H
#define TAPIR_SINK_H

#include "tapir/pcapng.h"

TAPIR_EXTERN_C_BEGIN

typedef struct tapir_sink tapir_sink;

typedef enum tapir_sink_format {
    TAPIR_FORMAT_PCAP,
    TAPIR_FORMAT_PCAPNG,
    /* By the name: pcapng when it ends in .pcapng or .ntar, a suffix of compression aside. */
    TAPIR_FORMAT_AUTO
} tapir_sink_format;

typedef enum tapir_compression {
    TAPIR_COMPRESSION_NONE,
    TAPIR_COMPRESSION_AUTO, /* by the name: .gz, .zst, .lz4, .xz; any other means none */
    TAPIR_COMPRESSION_GZIP,
    TAPIR_COMPRESSION_ZSTD,
    TAPIR_COMPRESSION_LZ4,
    TAPIR_COMPRESSION_XZ
} tapir_compression;

typedef enum tapir_byte_order {
    TAPIR_BYTE_ORDER_HOST, /* this machine's; when appending, the file's */
    TAPIR_BYTE_ORDER_LITTLE,
    TAPIR_BYTE_ORDER_BIG
} tapir_byte_order;

/* What a section header says; NULL and empty parts are left out. */
typedef struct tapir_sink_section {
    const char *hardware, *os, *application;
    const char *const *comments;
    size_t comment_count;
    const tapir_pcapng_list *options; /* further ones, behind those */
    bool version_minor_2;             /* version 1.2, which some readers want, in place of 1.0 */
} tapir_sink_section;

/* One of the files that a sink wrote, as it is closed. */
typedef struct tapir_sink_file {
    const char *path;
    uint64_t packets, bytes; /* bytes on disk, compressed if they are */
} tapir_sink_file;

/* When to go on with another file. Limits that are 0 do not count; any number of them may be set.
 *
 * The names are tcpdump's. With `bytes` or `packets` set, a number is put behind the name: NAME,
 * NAME1, NAME2 ...; with `files` set, too, numbers begin at 0, have the digits of the highest, and
 * begin anew after `files` files, which overwrites the oldest. With `seconds` set the name is a
 * pattern for strftime(3), in local time, that is filled with the time at which the file began;
 * `files` then limits how many are written (unless bytes or packets are set): the frame that would
 * begin one more is refused with TAPIR_END.
 *
 * Every pcapng file begins with what the section had before: its header, interfaces, names and
 * secrets (up to 64 MiB of those). */
typedef struct tapir_sink_rotation {
    uint64_t bytes;   /* before a frame: when the file is larger than this (before compression) */
    uint64_t packets; /* when the file has so many */
    uint32_t seconds; /* when the frame comes so long after the file began */
    /* Seconds of the clock on the wall, as tcpdump counts them, in place of the frames' own times.
     * By the frames' times, the first file is created with the first frame. */
    bool wall_clock;
    uint32_t files;
} tapir_sink_rotation;

/* Options of tapir_sink_open_file; zeroed, with `size` set, means pcap in microseconds, not
 * compressed, of link type 0. */
typedef struct tapir_sink_options {
    size_t size;             /* sizeof (tapir_sink_options) */
    uint16_t link_type;      /* of every frame to come; TAPIR_LINK_TYPE_NULL is 0. pcap only */
    uint8_t fcs_len;         /* bytes of frame check sequence, even, up to 30; 0: not known */
    bool nanoseconds;        /* keep nanoseconds, which changes the magic number of a pcap file */
    bool each_frame;         /* write every frame at once */
    uint32_t snaplen;        /* as announced in the file; 0: 262144 */
    uint32_t link_type_bits; /* to be copied from the tapir_interface; 0: made from fcs_len */
    /* Bytes written at once; 0: 256 KiB, with background 512 KiB, with direct 1 MiB. */
    size_t buffer;

    uint8_t format;      /* tapir_sink_format */
    uint8_t compression; /* tapir_compression */
    uint8_t byte_order;  /* tapir_byte_order */
    bool truncate;       /* keep only the first `snaplen` bytes of every frame */
    /* Go on behind what the file holds. Its format and compression have to be the ones asked for,
     * also its byte order when it is not TAPIR_BYTE_ORDER_HOST; of a pcap file the link type has
     * to be the same, and nanoseconds when they are asked for. A file that does not exist, or is
     * empty, is begun. Frames go on in the last section of a pcapng file, whose interfaces
     * tapir_sink_interface_count counts, or in a new one when `section` is given. */
    bool append;
    bool repair; /* with append: cut a record off that is not whole, which is an error else */
    bool sync;   /* have the disk confirm (fsync) what a file holds when it is closed */
    /* Of compression: gzip and xz 1 to 9, zstd -7 to 22, lz4 up to 12; 0: the library's default. */
    int level;
    const tapir_sink_section *section; /* pcapng; read while opening only. NULL: nothing to say */
    tapir_sink_rotation rotation;      /* tapir_sink_open_file only, and not with append */
    /* Called with every file that the sink opened and has closed, NULL: nobody. */
    void (*closed)(void *context, const tapir_sink_file *file);
    void *context; /* of closed */
    /* Have a thread of the sink's own compress and write what is buffered while the caller goes on.
     * It starts when the buffer is full for the first time, takes up to three full buffers, and
     * no signals: TAPIR_END comes in place of SIGPIPE. What fails is told by a later call, by
     * tapir_sink_flush or tapir_sink_close at the latest. No effect with each_frame, nor where the
     * system refuses a thread. */
    bool background;
    /* Write past the page cache (O_DIRECT) what fills pages of 4096 bytes, for who writes more than
     * is to stay in memory: it costs less processor time, and the disk's full rate, which the cache
     * may not reach. A write lasts until the disk has it: set `background`, too. A flush writes
     * what is left of a page through the cache. TAPIR_UNSUPPORTED for what is compressed or no
     * file, and where the system or the file system cannot. */
    bool direct;
} tapir_sink_options;

/* Creates (or empties) a capture file; "-" is standard output. `options` may be NULL: a pcap file
 * of Ethernet. On failure *sink is NULL and `error` says what, on which file; TAPIR_UNSUPPORTED for
 * a compression that was not built in. Close with tapir_sink_close. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_open_file(
    tapir_sink **sink, const char *path, const tapir_sink_options *options, tapir_error *error);

/* The same to an open descriptor, which the sink does not close. `name` is for messages (and for
 * the format and compression by name). To append, the descriptor must be open for reading, too. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_open_fd(tapir_sink **sink, int fd,
    const char *name, const tapir_sink_options *options, tapir_error *error);

/* Adds a frame. Its time is rounded down to the file's unit.
 *
 * pcap: seconds outside of 1970 to 2106 wrap. TAPIR_INVALID for a frame of another link type.
 *
 * pcapng: frame->interface counts the interfaces of this sink's current section. When none was
 * added, frames of interface 0 add one of their link type, with the options' snaplen, fcs_len and
 * unit of time. Comment, direction, fcs_len, queue and drops become options, and so do the others
 * of frame->block (further comments, hash, packet id, verdict, custom ones ...), converted to this
 * file's byte order; with frame->block NULL there are none. A frame without any time becomes a
 * simple packet block if that can hold it. TAPIR_INVALID for an interface that was not added, a
 * link type that is not the interface's, and a time that it cannot express.
 *
 * A VLAN tag that the hardware took off is put back into Ethernet and cooked frames.
 *
 * After TAPIR_INVALID nothing of the frame is written and the sink can go on. TAPIR_END when the
 * reader of a pipe has gone, or when rotation has come to its last file; TAPIR_IO, which is final:
 * the message says how many packets and bytes were kept, for the file ends with a whole packet (and
 * a compressed one properly, up to some hundred KiB earlier). tapir_sink_error says what. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_write(
    tapir_sink *sink, const tapir_frame *frame);

/* The same with further options behind those made from the frame. pcapng only. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_write_options(
    tapir_sink *sink, const tapir_frame *frame, const tapir_pcapng_list *options);

/* The functions from here to tapir_sink_copy_block are about pcapng; for a pcap file, and for a
 * sink that sends, they return TAPIR_UNSUPPORTED, unless said otherwise. Their other statuses are
 * those of tapir_sink_write. `options` may be NULL; a list must be in the byte order of
 * tapir_sink_big_endian, else TAPIR_INVALID. Without any call to tapir_sink_start_section or
 * tapir_sink_copy_block, the first of them starts a section as the options of opening say. */

/* Ends the section and starts another one without interfaces, in the same byte order. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_start_section(
    tapir_sink *sink, const tapir_sink_section *section);

/* Adds an interface description; *index (may be NULL) is what frames call it by. The options are
 * those of interface->block as they stand, converted to this file's byte order; or, when that is
 * NULL, made from the members. An appended file may have the very same description already, which
 * then serves again. In a pcap file: TAPIR_OK, *index 0, for its own link type only. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_add_interface(
    tapir_sink *sink, const tapir_interface *interface, uint32_t *index);

/* Adds a name resolution block of `count` pairs. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_add_names(tapir_sink *sink,
    const tapir_pcapng_name *names, size_t count, const tapir_pcapng_list *options);

/* Adds the counters of an interface of this section; those that are UINT64_MAX are left out. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_add_statistics(tapir_sink *sink,
    uint32_t interface, const tapir_pcapng_statistics *statistics,
    const tapir_pcapng_list *options);

/* Adds secrets for decryption, TAPIR_SECRETS_* or any other type. They should come before the
 * packets that need them. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_add_secrets(
    tapir_sink *sink, uint32_t type, tapir_span secrets, const tapir_pcapng_list *options);

/* Adds a custom block; `content` is all behind the enterprise number, options included.
 * `copied`: whether programs that do not know it should copy it. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_add_custom(
    tapir_sink *sink, uint32_t enterprise, tapir_span content, bool copied);

/* Adds a systemd journal entry in the journal's export format. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_add_journal(tapir_sink *sink, tapir_span entry);

/* Adds a block of any type but section header and interface description, which have functions of
 * their own: body (filled up with zeroes to a multiple of 4), then options. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_add_block(
    tapir_sink *sink, uint32_t type, tapir_span body, const tapir_pcapng_list *options);

/* Adds a block that was read from a source (tapir_source_next_block), byte for byte: a copy of all
 * blocks is a copy of the file. A section header starts a section in its own byte order.
 *
 * `interface` (may be NULL) is the number in this section that replaces the one of a packet or of
 * statistics: several files can become one section by leaving their section headers out. Blocks of
 * the other byte order are then converted as far as they are known; TAPIR_UNSUPPORTED for a kind
 * that is not. A simple packet block becomes an enhanced one, of time 0, when it would mean
 * something else here. A copied description of an interface is the sink's next interface, number
 * tapir_sink_interface_count - 1.
 *
 * TAPIR_INVALID for an interface that was not added. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_copy_block(
    tapir_sink *sink, const tapir_pcapng_block *block, const uint32_t *interface);

/* Returns how many interfaces the current section has; 1 for a pcap file and a sink that sends. */
TAPIR_API uint32_t tapir_sink_interface_count(const tapir_sink *sink);

/* Returns whether the current section (or the pcap file) is big-endian. */
TAPIR_API bool tapir_sink_big_endian(const tapir_sink *sink);

/* Returns the format being written, never TAPIR_FORMAT_AUTO; TAPIR_FORMAT_PCAP of a sink that
 * sends, which takes nothing but frames. */
TAPIR_API tapir_sink_format tapir_sink_format_of(const tapir_sink *sink);

/* Returns the path of the file being written, NULL when rotation has none open, and of a sink that
 * sends. Valid until the next call. */
TAPIR_API const char *tapir_sink_path(const tapir_sink *sink);

/* Returns how many packets were taken so far, in all files. */
TAPIR_API uint64_t tapir_sink_packets(const tapir_sink *sink);

/* Writes what is buffered, in the compressor, too, so that a reader sees it. The status is as of
 * tapir_sink_write. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_flush(tapir_sink *sink);

/* The same, and has the disk confirm it (fsync); what is no file has nothing to confirm. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_sync(tapir_sink *sink);

/* Closes the file and goes on with the next one as if a limit had been reached (a signal asks for
 * it, say). TAPIR_INVALID without rotation. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_sink_rotate(tapir_sink *sink);

/* Returns the error of the last call that was not TAPIR_OK. Valid until the next call. */
TAPIR_API const tapir_error *tapir_sink_error(const tapir_sink *sink);

/* Writes what is buffered, closes the file and frees the sink. A pcap frame longer than the
 * announced snaplen, of which readers would drop the end, raises it where the output is a file that
 * is not compressed. The status, as of tapir_sink_write, is that of the last bytes. NULL is fine.
 */
TAPIR_API tapir_status tapir_sink_close(tapir_sink *sink, tapir_error *error);

TAPIR_EXTERN_C_END
#endif
