/* The buffer under every format, and opening: finding out compression and format from the content.
 */
#include "file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    MIN_BUFFER = 64,
    RECOGNISE_LEN = 8, /* no magic number is longer */
    NAME_SHOWN = 100   /* of a long path, its end */
};

tapir_status tapir__file_error(
    tapir__file *file, tapir_status code, uint64_t offset, const char *format, ...)
{
    tapir_error *error = &file->source.error;
    va_list arguments;
    int len = snprintf(
        error->message, sizeof error->message, "%s: at byte %" PRIu64 ": ", file->name, offset);

    error->code = code;
    error->offset = offset;
    if (len < 0 || (size_t)len >= sizeof error->message)
        return code;
    va_start(arguments, format);
    vsnprintf(error->message + len, sizeof error->message - (size_t)len, format, arguments);
    va_end(arguments);
    return code;
}

tapir_status tapir__file_stopped(
    tapir__file *file, tapir_status status, const char *what, size_t need)
{
    if (status == TAPIR_CUT)
        return tapir__file_error(file, TAPIR_TRUNCATED, tapir__file_offset(file),
            "the file ends inside a %s: %zu bytes needed, %zu left", what, need,
            (size_t)(file->end - file->at));
    if (status == TAPIR_NO_MEMORY)
        return tapir__file_error(file, status, tapir__file_offset(file),
            "out of memory for a %s of %zu bytes", what, need);
    return status;
}

/* Makes the buffer larger, at most doubling it: what is claimed must arrive before it costs. */
static tapir_status grow(tapir__file *file, size_t need)
{
    size_t held = (size_t)(file->end - file->at);
    size_t len = need < 2 * file->buffer_len ? need : 2 * file->buffer_len;
    uint8_t *buffer = malloc(len);

    if (!buffer)
        return TAPIR_NO_MEMORY;
    memcpy(buffer, file->at, held);
    free(file->buffer);
    file->buffer = buffer;
    file->buffer_len = len;
    file->at = buffer;
    file->end = buffer + held;
    return TAPIR_OK;
}

tapir_status tapir__file_fill(tapir__file *file, size_t need)
{
    size_t held = (size_t)(file->end - file->at);
    tapir_status status = TAPIR_OK;

    if (file->frozen)
        return TAPIR_NO_ROOM;
    if (!file->input)
        return held ? TAPIR_CUT : TAPIR_END;
    memmove(file->buffer, file->at, held);
    file->at = file->buffer;
    file->end = file->buffer + held;
    while (status == TAPIR_OK && held < need) {
        size_t room, count;

        if (held == file->buffer_len)
            status = grow(file, need);
        if (status != TAPIR_OK)
            return status;
        room = file->buffer_len - held;
        status = file->input->read(file->input, file->buffer + held,
            room < file->read_len ? room : file->read_len, &count, &file->source.error);
        if (status != TAPIR_OK) {
            file->source.error.offset = tapir__file_offset(file);
            return status;
        }
        if (count == 0)
            return held ? TAPIR_CUT : TAPIR_END;
        file->end += count;
        file->end_offset += count;
        held += count;
    }
    return status;
}

void tapir__file_one_interface(tapir__file *file)
{
    file->single_list[0] = &file->single;
    file->source.interfaces = file->single_list;
    file->source.interface_count = 1;
}

tapir_status tapir__file_next_batch(
    tapir_source *source, tapir_frame *frames, size_t room, size_t *count)
{
    tapir__file *file = (tapir__file *)source;
    tapir_status status = source->kind->next(source, frames);
    size_t done = status == TAPIR_OK;

    file->frozen = true;
    while (status == TAPIR_OK && done < room) {
        status = source->kind->next(source, &frames[done]);
        done += status == TAPIR_OK;
    }
    file->frozen = false;
    *count = done;
    return status == TAPIR_NO_ROOM ? TAPIR_OK : status;
}

void tapir__file_stats(const tapir_source *source, tapir_source_stats *stats)
{
    stats->offset = tapir__file_offset((const tapir__file *)source);
}

void tapir__file_close(tapir_source *source)
{
    tapir__file *file = (tapir__file *)source;

    if (file->input)
        file->input->close(file->input);
    free(file->buffer);
    free(file->name);
    free(file);
}

/* Says what a file is that is no capture file in a format that is read here. */
static tapir_status refuse(tapir__file *file, tapir_error *error)
{
    static const struct {
        const char *start, *what;
        size_t len;
    } known[] = {
        {"BZh", "is compressed with bzip2, which is not read; decompress it first", 3},
        {"\x1f\x9d", "is compressed with compress(1), which is not read; decompress it first", 2},
        {"PK\3\4", "is a zip archive, which is not read; unpack it first", 4},
        {"btsnoop\0", "is a btsnoop file, a format that is not read", 8},
        {"GMBU", "is a Network Monitor file, a format that is not read", 4},
        {"RTSS", "is a Network Monitor file, a format that is not read", 4},
        {"TRSNIFF", "is a Sniffer file, a format that is not read", 7},
        {"XCP\0", "is a NetXRay file, a format that is not read", 4},
        {"\xcd\x34\xb2\xa1", "is a pcap variant (magic 0xa1b234cd) with unknown records", 4},
        {"\xa1\xb2\x34\xcd", "is a pcap variant (magic 0xa1b234cd) with unknown records", 4},
        {"\n\r\n", "is a pcapng file damaged by a transfer in text mode; transfer it again", 3},
        {"\r\n\r\r", "is a pcapng file damaged by a transfer in text mode; transfer it again", 4},
    };
    const uint8_t *start = file->at;
    size_t len = (size_t)(file->end - file->at), text = 0;

    if (tapir__codec_of(tapir_span_of(start, len)))
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: is compressed twice; decompress it once first", file->name);
    for (size_t i = 0; i < TAPIR_COUNT(known); i++)
        if (len >= known[i].len && memcmp(start, known[i].start, known[i].len) == 0)
            return tapir_error_set(error, TAPIR_UNSUPPORTED, "%s: %s", file->name, known[i].what);
    if (len > 64)
        len = 64;
    while (text < len && ((start[text] >= ' ' && start[text] != 0x7f) || start[text] == '\n' ||
                             start[text] == '\r' || start[text] == '\t'))
        text++;
    return tapir_error_set(error, TAPIR_UNSUPPORTED,
        "%s: is not a capture file (%s); formats read are pcap, pcapng and snoop, also compressed "
        "with gzip, zstd, lz4 or xz",
        file->name,
        text == len ? "it looks like text" : "its first bytes are those of no known format");
}

/* Puts a decompressor between the input and the buffer when the content asks for one. */
static tapir_status decompress(tapir__file *file, size_t buffer_len, tapir_error *error)
{
    tapir_span start = tapir_span_of(file->at, (size_t)(file->end - file->at));
    const tapir__codec *codec = tapir__codec_of(start);
    tapir_status status;
    uint8_t *buffer;

    if (!codec)
        return TAPIR_OK;
    buffer = malloc(buffer_len);
    if (!buffer)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", file->name);
    status = tapir__compressed_open(
        &file->input, codec, start, file->buffer, file->input, file->name, error);
    if (status != TAPIR_OK) {
        free(buffer);
        return status;
    }
    file->buffer = buffer;
    file->buffer_len = buffer_len;
    file->at = file->end = buffer;
    file->end_offset = 0;
    file->source.compression = codec->name;
    return TAPIR_OK;
}

/* Reads the first bytes; a file shorter than every magic number is told apart from an empty one. */
static tapir_status begin(tapir__file *file, tapir_error *error)
{
    tapir_status status = tapir__file_need(file, RECOGNISE_LEN);

    if (status == TAPIR_OK || status == TAPIR_CUT)
        return TAPIR_OK;
    if (status == TAPIR_END)
        return tapir_error_set(error, TAPIR_TRUNCATED, "%s: is empty, not a capture file%s",
            file->name, file->source.compression[0] == 'n' ? "" : " (once decompressed)");
    if (error)
        *error = file->source.error;
    return status;
}

/* Finds the compression and, unless it is known, the format, and reads the file's header. */
static tapir_status recognise(
    tapir__file *file, tapir__format_open *known, size_t buffer_len, tapir_error *error)
{
    static tapir__format_open *const formats[] = {
        tapir__pcap_open, tapir__pcapng_open, tapir__snoop_open};
    tapir_status status = begin(file, error);

    if (status == TAPIR_OK)
        status = decompress(file, buffer_len, error);
    if (status == TAPIR_OK)
        status = begin(file, error);
    if (status != TAPIR_OK)
        return status;
    for (size_t i = 0; i < TAPIR_COUNT(formats); i++) {
        status = known ? known(file) : formats[i](file);
        if (status == TAPIR_OK)
            return status;
        if (status != TAPIR_NOT_FOUND) {
            if (error)
                *error = file->source.error;
            return status;
        }
    }
    return refuse(file, error);
}

/* Returns a copy of the name for messages, only its end when it is long. */
static char *shown_name(const char *name)
{
    size_t len = strlen(name), from = len > NAME_SHOWN ? len - NAME_SHOWN : 0;
    char *copy = malloc(len - from + 4);

    if (copy)
        sprintf(copy, "%s%s", from ? "..." : "", name + from);
    return copy;
}

/* Returns the options with every default filled in; older callers know fewer of them. */
static tapir_source_options complete(const tapir_source_options *given)
{
    tapir_source_options options = {0};

    if (given)
        memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
    if (!options.max_record)
        options.max_record = TAPIR__DEFAULT_MAX_RECORD;
    if (!options.buffer)
        options.buffer = TAPIR__DEFAULT_BUFFER;
    if (options.buffer < MIN_BUFFER)
        options.buffer = MIN_BUFFER;
    return options;
}

/* Gives the file its input and buffer. */
static tapir_status attach(
    tapir__file *file, int fd, bool owned, size_t buffer_len, tapir_error *error)
{
    tapir_status status =
        tapir__descriptor_open(&file->input, fd, owned, file->name, &file->source.breaker, error);

    if (status != TAPIR_OK) {
        if (owned)
            close(fd);
        return status;
    }
    file->buffer = malloc(buffer_len);
    if (!file->buffer)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", file->name);
    file->buffer_len = buffer_len;
    file->at = file->end = file->buffer;
    return TAPIR_OK;
}

/* Makes the source around a descriptor (fd >= 0) or bytes in memory, and opens it. */
static tapir_status open_source(tapir_source **source, int fd, bool owned, tapir_span bytes,
    const char *name, const tapir_source_options *given, tapir__format_open *known,
    tapir_error *error)
{
    tapir_source_options options = complete(given);
    tapir__file *file = calloc(1, sizeof *file);
    tapir_status status = TAPIR_OK;

    *source = NULL;
    if (file)
        file->name = shown_name(name);
    if (!file || !file->name) {
        free(file);
        if (owned)
            close(fd);
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", name);
    }
    file->source.breaker.wake_fd = -1;
    file->source.format = "unknown";
    file->source.compression = "none";
    file->max_record = options.max_record;
    file->read_len = options.buffer;
    file->at = bytes.len ? bytes.data : (const uint8_t *)"";
    file->end = file->at + bytes.len;
    file->end_offset = bytes.len;
    if (fd >= 0)
        status = attach(file, fd, owned, options.buffer, error);
    if (status == TAPIR_OK)
        status = recognise(file, known, options.buffer, error);
    if (status != TAPIR_OK) {
        tapir__file_close(&file->source);
        return status;
    }
    *source = &file->source;
    return TAPIR_OK;
}

tapir_status tapir_source_open_file(tapir_source **source, const char *path,
    const tapir_source_options *options, tapir_error *error)
{
    int fd;

    *source = NULL;
    if (strcmp(path, "-") == 0)
        return tapir_source_open_fd(source, STDIN_FILENO, "standard input", options, error);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return tapir_error_set(error, TAPIR_IO, "%s: cannot open: %s", path, strerror(errno));
    return open_source(source, fd, true, tapir_span_of(NULL, 0), path, options, NULL, error);
}

tapir_status tapir_source_open_fd(tapir_source **source, int fd, const char *name,
    const tapir_source_options *options, tapir_error *error)
{
    *source = NULL;
    if (fd < 0)
        return tapir_error_set(error, TAPIR_INVALID, "%s: %d is no file descriptor", name, fd);
    return open_source(source, fd, false, tapir_span_of(NULL, 0), name, options, NULL, error);
}

tapir_status tapir_source_open_memory(tapir_source **source, const void *data, size_t len,
    const char *name, const tapir_source_options *options, tapir_error *error)
{
    return open_source(source, -1, false, tapir_span_of(data, len), name, options, NULL, error);
}

tapir_status tapir__file_open_as(tapir_source **source, const char *path, tapir_span bytes,
    const char *name, tapir__format_open *format, tapir_error *error)
{
    bool standard_input = path && strcmp(path, "-") == 0;
    int fd = -1;

    *source = NULL;
    if (standard_input)
        fd = STDIN_FILENO;
    else if (path)
        fd = open(path, O_RDONLY | O_CLOEXEC);
    if (path && fd < 0)
        return tapir_error_set(error, TAPIR_IO, "%s: cannot open: %s", path, strerror(errno));
    return open_source(source, fd, path && !standard_input, bytes,
        standard_input ? "standard input" : name, NULL, format, error);
}
