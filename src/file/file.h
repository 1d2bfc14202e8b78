/* A capture file being read: a buffer filled from an input, and the format's own state. */
#ifndef TAPIR_FILE_FILE_H
#define TAPIR_FILE_FILE_H

#include "core/source.h"
#include "file/input.h"

enum {
    TAPIR__MAX_INTERFACES = 65536,      /* in one file */
    TAPIR__MAX_DESCRIPTIONS = 64 << 20, /* bytes kept of their descriptions, all together */
    TAPIR__BATCH_BLOCKS = 64,           /* pcapng frames in one batch */
    TAPIR__DEFAULT_MAX_RECORD = 16 << 20,
    TAPIR__DEFAULT_BUFFER = 128 << 10
};

typedef struct tapir__pcap {
    size_t header_len;   /* of a record */
    uint32_t multiplier; /* from the fraction of a second to nanoseconds */
    uint8_t lengths;     /* enum in pcap.c: in which order a record gives its two lengths */
    bool big_endian, has_packet_type;
    bool usual; /* no variant: what is written today */
} tapir__pcap;

typedef struct tapir__pcapng {
    bool big_endian;
    bool unsupported;         /* the section has a version that is not known */
    bool in_section;          /* past the first section header */
    uint32_t section;         /* current one, from 0 */
    size_t first_interface;   /* of this section, in the source's list */
    uint64_t described_until; /* interface blocks before this offset are in the list already */
    size_t description_len;   /* bytes kept of interface descriptions */
    size_t interface_room;
    size_t block_count; /* slots of `blocks` in use since the last read */
    tapir_pcapng_block blocks[TAPIR__BATCH_BLOCKS];
} tapir__pcapng;

typedef struct tapir__snoop {
    uint32_t drops; /* cumulative, of the last record */
} tapir__snoop;

typedef struct tapir__file {
    tapir_source source;     /* first */
    const uint8_t *at, *end; /* read but not handed out */
    size_t max_record;
    union {
        struct tapir__hextext *hextext;
        tapir__pcap pcap;
        tapir__pcapng *pcapng;
        tapir__snoop snoop;
    };
    tapir_interface single; /* the interface of formats that have just one */
    tapir_interface *single_list[1];
    bool frozen;                 /* what was handed out must not move: a batch is being filled */
    uint64_t end_offset;         /* of `end` in the (uncompressed) input */
    uint8_t *buffer;             /* NULL when reading from memory */
    size_t buffer_len, read_len; /* its size; how much to read at once */
    tapir__input *input;         /* NULL when everything is in memory already */
    char *name;
} tapir__file;

/* Returns where `at` is in the uncompressed file. */
TAPIR_INLINE uint64_t tapir__file_offset(const tapir__file *file)
{
    return file->end_offset - (uint64_t)(file->end - file->at);
}

/* Makes `need` bytes available from `at` on, moving them. TAPIR_END when there is nothing more,
 * TAPIR_CUT when there is less, TAPIR_NO_ROOM when frozen, else what the input says; of these only
 * the last fills the source's error. */
TAPIR_MUST_CHECK tapir_status tapir__file_fill(tapir__file *file, size_t need);

/* The same, quick when they are there already. */
TAPIR_INLINE TAPIR_MUST_CHECK tapir_status tapir__file_need(tapir__file *file, size_t need)
{
    if (__builtin_expect((size_t)(file->end - file->at) >= need, 1))
        return TAPIR_OK;
    return tapir__file_fill(file, need);
}

/* Fills the source's error: "NAME: at byte OFFSET: ..." and returns `code`. */
tapir_status tapir__file_error(tapir__file *file, tapir_status code, uint64_t offset,
    const char *format, ...) TAPIR_PRINTF(4, 5);

/* Turns the status of a fill inside a record of `what` that needs `need` bytes into the reader's
 * own, with its error. */
tapir_status tapir__file_stopped(
    tapir__file *file, tapir_status status, const char *what, size_t need);

/* Uses file->single, whose link type and so on the caller has set, as the one interface. */
void tapir__file_one_interface(tapir__file *file);

/* Hands out frames as long as they lie whole in the buffer. */
tapir_status tapir__file_next_batch(
    tapir_source *source, tapir_frame *frames, size_t room, size_t *count);

void tapir__file_stats(const tapir_source *source, tapir_source_stats *stats);
void tapir__file_close(tapir_source *source);

/* Each format: takes the file header from the buffer when it is its own and sets source.kind.
 * TAPIR_NOT_FOUND: another format. */
typedef tapir_status tapir__format_open(tapir__file *file);
tapir__format_open tapir__pcap_open, tapir__pcapng_open, tapir__snoop_open;

/* Opens a source whose format is known: a path ("-": standard input), or bytes when it is NULL. */
TAPIR_MUST_CHECK tapir_status tapir__file_open_as(tapir_source **source, const char *path,
    tapir_span bytes, const char *name, tapir__format_open *format, tapir_error *error);

/* Returns the LINKTYPE for a link type found in a file, which may be the number of a DLT. */
uint16_t tapir__link_type_of_file(uint32_t number);

/* Empties a frame in pieces, each of which is a plain store: as one piece, gcc makes it a string
 * instruction that takes as long as all the rest of reading a record. */
TAPIR_INLINE void tapir__frame_clear(tapir_frame *frame)
{
    uint8_t *at = (uint8_t *)frame;
    size_t left = sizeof *frame;

    for (; left >= 32; left -= 32, at += 32)
        memset(at, 0, 32);
    memset(at, 0, left);
}

/* Numbers in the byte order of the file; two swaps in a row cost nothing. */
TAPIR_INLINE uint16_t tapir__load16(const uint8_t *at, bool big_endian)
{
    uint16_t value = (uint16_t)tapir_load_be(at, 2);
    return big_endian ? value : __builtin_bswap16(value);
}

TAPIR_INLINE uint32_t tapir__load32(const uint8_t *at, bool big_endian)
{
    uint32_t value = (uint32_t)tapir_load_be(at, 4);
    return big_endian ? value : __builtin_bswap32(value);
}

TAPIR_INLINE uint64_t tapir__load64(const uint8_t *at, bool big_endian)
{
    uint64_t value = tapir_load_be(at, 8);
    return big_endian ? value : __builtin_bswap64(value);
}

/* A timestamp of pcapng: the upper half first, whatever the byte order. */
TAPIR_INLINE uint64_t tapir__load_ticks(const uint8_t *at, bool big_endian)
{
    return (uint64_t)tapir__load32(at, big_endian) << 32 | tapir__load32(at + 4, big_endian);
}

__extension__ typedef __int128 tapir__wide;

/* tapir_pcapng_time; the usual resolutions cost a multiplication. */
TAPIR_INLINE int64_t tapir__ticks_to_time(const tapir_interface *interface, uint64_t ticks)
{
    static const uint32_t multipliers[] = {
        1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    int64_t time;

    if (__builtin_expect(interface->time_resolution < TAPIR_COUNT(multipliers) &&
                             !interface->time_offset && ticks <= INT64_MAX,
            1) &&
        !__builtin_mul_overflow(
            (int64_t)ticks, (int64_t)multipliers[interface->time_resolution], &time))
        return time;
    return tapir_pcapng_time(interface, ticks);
}

#endif
