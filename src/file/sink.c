/* Writing capture files: opening, what every frame goes through, closing. */
#include "file/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DEFAULT_SNAPLEN = 262144,
    DEFAULT_BUFFER = 256 << 10,
    DEFAULT_BACKGROUND_BUFFER = 512 << 10,
    DEFAULT_DIRECT_BUFFER = 1 << 20,
    MIN_BUFFER = 64,
    MAX_FCS_LEN = 30
};

void tapir__sink_describe(const tapir__file_sink *sink, tapir_error *error, tapir_status status,
    const char *format, va_list arguments)
{
    int len = snprintf(error->message, sizeof error->message, "%s: ", sink->path);

    error->code = status;
    error->offset = 0;
    if (len >= 0 && (size_t)len < sizeof error->message)
        vsnprintf(error->message + len, sizeof error->message - (size_t)len, format, arguments);
}

tapir_status tapir__sink_error(tapir__file_sink *sink, tapir_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tapir__sink_describe(sink, &sink->common.error, status, format, arguments);
    va_end(arguments);
    return status;
}

tapir_status tapir__sink_no_memory(tapir__file_sink *sink)
{
    return tapir__sink_error(sink, TAPIR_NO_MEMORY, "out of memory");
}

/* What a file's name says of it. */

static const struct {
    const char *suffix;
    uint8_t compression;
    const tapir__packer *packer;
} packers[] = {
    {".gz", TAPIR_COMPRESSION_GZIP, &tapir__gzip_packer},
    {".zst", TAPIR_COMPRESSION_ZSTD, &tapir__zstd_packer},
    {".lz4", TAPIR_COMPRESSION_LZ4, &tapir__lz4_packer},
    {".xz", TAPIR_COMPRESSION_XZ, &tapir__xz_packer},
};

/* Returns whether the first `len` bytes of a name end in `suffix`. */
static bool ends_in(const char *name, size_t len, const char *suffix)
{
    size_t suffix_len = strlen(suffix);

    return len > suffix_len && memcmp(name + len - suffix_len, suffix, suffix_len) == 0;
}

static bool names_pcapng(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < TAPIR_COUNT(packers); i++)
        if (ends_in(name, len, packers[i].suffix)) {
            len -= strlen(packers[i].suffix);
            break;
        }
    return ends_in(name, len, ".pcapng") || ends_in(name, len, ".ntar");
}

/* Returns the packer asked for, NULL for none. */
static const tapir__packer *packer_for(const tapir_sink_options *options, const char *name)
{
    for (size_t i = 0; i < TAPIR_COUNT(packers); i++)
        if (options->compression == packers[i].compression ||
            (options->compression == TAPIR_COMPRESSION_AUTO &&
                ends_in(name, strlen(name), packers[i].suffix)))
            return packers[i].packer;
    return NULL;
}

/* Options. */

/* Returns the options with every default filled in; older callers know fewer of them. */
static tapir_sink_options complete(const tapir_sink_options *given)
{
    tapir_sink_options options = {.link_type = TAPIR_LINK_TYPE_ETHERNET};

    if (given)
        memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
    if (!options.snaplen)
        options.snaplen = DEFAULT_SNAPLEN;
    /* A frame that is to be written at once has nothing to wait for. */
    options.background = options.background && !options.each_frame;
    if (!options.buffer)
        options.buffer = options.direct       ? DEFAULT_DIRECT_BUFFER
                         : options.background ? DEFAULT_BACKGROUND_BUFFER
                                              : DEFAULT_BUFFER;
    if (options.buffer < MIN_BUFFER)
        options.buffer = MIN_BUFFER;
    return options;
}

static tapir_status check_options(
    const tapir_sink_options *options, bool pcapng, const char *name, tapir_error *error)
{
    const tapir__packer *packer = packer_for(options, name);
    int level = options->level;

    if (options->format > TAPIR_FORMAT_AUTO || options->compression > TAPIR_COMPRESSION_XZ ||
        options->byte_order > TAPIR_BYTE_ORDER_BIG)
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: format %u, compression %u or byte order %u does not exist", name, options->format,
            options->compression, options->byte_order);
    if (options->fcs_len > MAX_FCS_LEN || options->fcs_len % 2)
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: a frame check sequence of %u bytes has no place in a pcap file", name,
            options->fcs_len);
    if (options->link_type_bits & UINT16_MAX)
        return tapir_error_set(
            error, TAPIR_INVALID, "%s: link_type_bits holds a link type, too", name);
    if (options->section && !pcapng)
        return tapir_error_set(
            error, TAPIR_UNSUPPORTED, "%s: a pcap file has no sections; write pcapng", name);
    if (packer && options->direct)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: what is compressed is not written past the page cache", name);
    if (packer && !packer->open)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: this build cannot compress with %s (it was built without %s)", name, packer->name,
            packer->library);
    if (packer && level && (level < packer->lowest || level > packer->highest))
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: %s has no level %d; %d to %d are possible", name, packer->name, level,
            packer->lowest, packer->highest);
    return TAPIR_OK;
}

static const tapir__sink_kind pcap_kind, pcapng_kind;

/* Opening. */

static void free_sink(tapir__file_sink *sink)
{
    tapir_text *texts[] = {&sink->section, &sink->described, &sink->header, &sink->kept,
        &sink->tail, &sink->made, &sink->tagged};

    for (size_t i = 0; i < TAPIR_COUNT(texts); i++)
        tapir_text_clear(texts[i]);
    free(sink->interfaces);
    free(sink->output.hold);
    if (sink->background)
        tapir__background_free(sink->background); /* and the buffer */
    else
        free(sink->block);
    free(sink->pattern);
    free(sink->path);
    free(sink);
}

/* Makes a sink that has no file yet. */
static tapir_status new_sink(
    tapir__file_sink **to, const char *name, const tapir_sink_options *given, tapir_error *error)
{
    tapir_sink_options options = complete(given);
    bool pcapng = options.format == TAPIR_FORMAT_AUTO ? names_pcapng(name)
                                                      : options.format == TAPIR_FORMAT_PCAPNG;
    tapir_status status = check_options(&options, pcapng, name, error);
    tapir__file_sink *sink;

    if (status != TAPIR_OK)
        return status;
    sink = calloc(1, sizeof *sink);
    if (sink) {
        sink->common.kind = &tapir__careful_kind;
        sink->options = options;
        sink->pcapng = pcapng;
        sink->big_endian = options.byte_order == TAPIR_BYTE_ORDER_HOST
                               ? __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
                               : options.byte_order == TAPIR_BYTE_ORDER_BIG;
        sink->output.fd = -1;
        sink->output.packer = packer_for(&options, name);
        sink->room = options.buffer;
        sink->block = sink->buffer = tapir__direct_new_block(sink);
        sink->pattern = strdup(name);
        sink->path = strdup(name);
    }
    if (!sink || !sink->buffer || !sink->pattern || !sink->path) {
        if (sink)
            free_sink(sink);
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", name);
    }
    *to = sink;
    return TAPIR_OK;
}

tapir_status tapir__sink_begin(tapir__file_sink *sink)
{
    sink->head = sink->len = 0;
    sink->longest = 0;
    if (sink->pcapng)
        return tapir__pcapng_begin(sink);
    tapir__pcap_begin(sink);
    /* Who reads along wants to know at once what is coming. */
    return sink->options.each_frame ? tapir__file_flush(sink) : TAPIR_OK;
}

static void set_swapped(tapir__file_sink *sink)
{
    sink->swapped = sink->big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/* Prepares the sink for a file that is open, or (fd < 0) for those of a rotation. */
static tapir_status start(tapir__file_sink *sink, int fd, bool owned, bool append)
{
    tapir_status status = TAPIR_OK;

    if (append)
        status = tapir__append_find_end(sink, fd);
    set_swapped(sink);
    if (status == TAPIR_OK && sink->pcapng)
        status = tapir__pcapng_prepare(sink, sink->options.section);
    sink->options.section = NULL; /* the caller's */
    if (status != TAPIR_OK)
        return status;
    if (!sink->options.truncate && !tapir__rotates(sink))
        sink->common.kind = sink->pcapng ? &pcapng_kind : &pcap_kind;
    if (fd < 0)
        return tapir__rotate_start(sink);
    status = tapir__output_open(sink, fd, owned);
    return status == TAPIR_OK && !append ? tapir__sink_begin(sink) : status;
}

/* Returns whether the descriptor is of a file that holds something to go on behind. */
static tapir_status holds_something(tapir__file_sink *sink, int fd, bool *answer)
{
    struct stat facts;

    *answer = false;
    if (!sink->options.append)
        return TAPIR_OK;
    if (fstat(fd, &facts) != 0)
        return tapir__sink_error(sink, TAPIR_IO, "%s", strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return tapir__sink_error(
            sink, TAPIR_INVALID, "is no file, so nothing can be appended to it");
    if (facts.st_size > 0 && lseek(fd, 0, SEEK_SET) < 0)
        return tapir__sink_error(sink, TAPIR_IO, "%s", strerror(errno));
    *answer = facts.st_size > 0;
    return TAPIR_OK;
}

/* Gives a new sink its file, or frees it. */
static tapir_status attach(
    tapir__file_sink **to, tapir__file_sink *sink, int fd, bool owned, tapir_error *error)
{
    tapir_status status = TAPIR_OK;
    bool append = false;

    if (fd >= 0)
        status = holds_something(sink, fd, &append);
    if (status == TAPIR_OK)
        status = start(sink, fd, owned, append);
    if (status == TAPIR_OK) {
        *to = sink;
        return status;
    }
    if (error)
        *error = sink->common.error;
    if (sink->output.packing)
        sink->output.packer->close(sink->output.packing);
    if (sink->output.fd >= 0 && fd < 0)
        fd = sink->output.fd; /* one of a rotation */
    if (fd >= 0 && (owned || sink->output.owned))
        close(fd);
    free_sink(sink);
    return status;
}

tapir_status tapir__file_open_fd(tapir__file_sink **to, int fd, const char *name,
    const tapir_sink_options *options, tapir_error *error)
{
    tapir_status status;
    tapir__file_sink *sink;

    *to = NULL;
    if (fd < 0)
        return tapir_error_set(error, TAPIR_INVALID, "%s: %d is no file descriptor", name, fd);
    status = new_sink(&sink, name, options, error);
    if (status != TAPIR_OK)
        return status;
    if (tapir__rotates(sink)) {
        free_sink(sink);
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: an open descriptor cannot be rotated, which needs names of files", name);
    }
    return attach(to, sink, fd, false, error);
}

tapir_status tapir__file_open_file(
    tapir__file_sink **to, const char *path, const tapir_sink_options *options, tapir_error *error)
{
    tapir_status status;
    tapir__file_sink *sink;
    int fd;

    if (strcmp(path, "-") == 0)
        return tapir__file_open_fd(to, STDOUT_FILENO, "standard output", options, error);
    *to = NULL;
    status = new_sink(&sink, path, options, error);
    if (status != TAPIR_OK)
        return status;
    if (tapir__rotates(sink) && sink->options.append) {
        free_sink(sink);
        return tapir_error_set(
            error, TAPIR_INVALID, "%s: rotation begins files; it cannot append to one", path);
    }
    if (tapir__rotates(sink))
        return attach(to, sink, -1, true, error);
    fd = open(path,
        sink->options.append ? O_RDWR | O_CREAT | O_CLOEXEC
                             : O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
        0666);
    if (fd < 0) {
        free_sink(sink);
        return tapir_error_set(error, TAPIR_IO, "%s: %s", path, strerror(errno));
    }
    return attach(to, sink, fd, true, error);
}

/* Frames. */

/* Writes a frame to which something is to be done first. */
static tapir_status write_with_care(
    tapir__file_sink *sink, const tapir_frame *given, const tapir_pcapng_list *options)
{
    tapir_frame frame = *given;
    tapir_status status = sink->over;

    if (status == TAPIR_OK && tapir__rotates(sink))
        status = tapir__rotate_check(sink, frame.time);
    if (status != TAPIR_OK)
        return status;
    if (frame.has_vlan && tapir__sink_put_tag_back(&sink->tagged, &frame) != TAPIR_OK)
        return tapir__sink_no_memory(sink);
    if (sink->options.truncate && frame.caplen > sink->options.snaplen)
        frame.caplen = sink->options.snaplen;
    return sink->pcapng ? tapir__pcapng_write(sink, &frame, options)
                        : tapir__pcap_write(sink, &frame);
}

tapir_status tapir__file_write_options(
    tapir__file_sink *sink, const tapir_frame *frame, const tapir_pcapng_list *options)
{
    if (options && !sink->pcapng)
        return tapir__sink_error(
            sink, TAPIR_UNSUPPORTED, "a pcap file cannot hold options; write pcapng");
    return write_with_care(sink, frame, options);
}

/* The kinds: which write a frame has to go through is settled when a file is opened, not with
 * each frame. */

static tapir_status file_close(tapir_sink *to, tapir_error *error)
{
    tapir__file_sink *sink = (tapir__file_sink *)to;
    tapir_status status = TAPIR_OK;
    bool told;

    /* Even without packets it should be a capture file. */
    if (sink->over == TAPIR_OK && sink->pcapng && !sink->output.start)
        status = tapir__pcapng_need_section(sink);
    if (status == TAPIR_OK && sink->over == TAPIR_OK && sink->output.fd < 0)
        status = tapir__rotate_open_now(sink);
    told = sink->output.owned && sink->output.fd >= 0;
    if (status == TAPIR_OK)
        status = tapir__output_close(sink);
    else
        (void)tapir__output_close(sink);
    if (told)
        tapir__tell_closed(sink);
    if (status != TAPIR_OK && error)
        *error = sink->common.error;
    free_sink(sink);
    return status;
}

static tapir_status careful_write(tapir_sink *sink, const tapir_frame *frame)
{
    return write_with_care((tapir__file_sink *)sink, frame, NULL);
}

static tapir_status pcap_write(tapir_sink *sink, const tapir_frame *frame)
{
    if (__builtin_expect(frame->has_vlan, 0))
        return careful_write(sink, frame);
    return tapir__pcap_write((tapir__file_sink *)sink, frame);
}

static tapir_status pcapng_write(tapir_sink *sink, const tapir_frame *frame)
{
    if (__builtin_expect(frame->has_vlan, 0))
        return careful_write(sink, frame);
    return tapir__pcapng_write((tapir__file_sink *)sink, frame, NULL);
}

static tapir_status file_flush(tapir_sink *sink)
{
    return tapir__file_flush((tapir__file_sink *)sink);
}

static uint64_t file_packets(const tapir_sink *to)
{
    const tapir__file_sink *sink = (const tapir__file_sink *)to;

    return sink->earlier_packets + sink->file_packets;
}

#define FILE_CALLS                                                                                 \
    .flush = file_flush, .packets = file_packets, .close = file_close, .is_file = true

static const tapir__sink_kind pcap_kind = {.write = pcap_write, FILE_CALLS};
static const tapir__sink_kind pcapng_kind = {.write = pcapng_write, FILE_CALLS};
const tapir__sink_kind tapir__careful_kind = {.write = careful_write, FILE_CALLS};
