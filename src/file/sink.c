/* Writing pcap files (draft-ietf-opsawg-pcap), in this machine's byte order as libpcap does. */
#include "tapir/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAGIC_MICROSECONDS 0xa1b2c3d4
#define MAGIC_NANOSECONDS  0xa1b23c4d
#define FCS_PRESENT        0x04000000
#define SECOND             INT64_C(1000000000)

enum { DEFAULT_SNAPLEN = 262144, DEFAULT_BUFFER = 128 << 10, MIN_BUFFER = 64 };

struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t reserved[2], snaplen, link_type;
};

struct record_header {
    uint32_t seconds, fraction, captured, len;
};

struct tapir_sink {
    tapir_sink_options options;
    int fd;
    bool owns_fd;
    uint32_t longest; /* frame so far */
    size_t head;      /* of what is buffered: the file header, 0 once that is out */
    size_t len;       /* of what is buffered */
    tapir_error error;
    char *name;
    uint8_t buffer[];
};

static tapir_status fail(tapir_sink *sink, int number)
{
    if (number == EPIPE)
        return tapir_error_set(
            &sink->error, TAPIR_END, "%s: nobody reads it any longer", sink->name);
    return tapir_error_set(&sink->error, TAPIR_IO, "%s: %s", sink->name, strerror(number));
}

/* Takes the end of a record that did not find room off the file again, so that it holds whole
 * packets. `written` bytes of the buffer, and of the data behind it, have arrived. */
static void keep_whole_records(const tapir_sink *sink, size_t written)
{
    off_t end = lseek(sink->fd, 0, SEEK_CUR);
    struct record_header header;
    struct stat facts;
    size_t whole = 0, next = sink->head;

    if (end < 0 || fstat(sink->fd, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size != end)
        return;
    while (next <= written) {
        whole = next;
        if (sink->len - whole < sizeof header)
            break;
        memcpy(&header, sink->buffer + whole, sizeof header);
        next = whole + sizeof header + header.captured;
    }
    /* The error that led here is told; another one would add nothing. */
    if (ftruncate(sink->fd, end - (off_t)(written - whole)) == 0)
        (void)lseek(sink->fd, 0, SEEK_END);
}

/* Writes what is buffered and `more` behind it. Nothing stays buffered, written or not: what failed
 * once would come out twice. */
static tapir_status write_out(tapir_sink *sink, tapir_span more)
{
    struct iovec parts[2] = {
        {.iov_base = sink->buffer, .iov_len = sink->len},
        {.iov_base = (void *)(uintptr_t)more.data, .iov_len = more.len},
    };
    struct iovec *part = parts;
    tapir_status status = TAPIR_OK;
    size_t written = 0;

    while (part < parts + TAPIR_COUNT(parts)) {
        ssize_t wrote = writev(sink->fd, part, (int)(parts + TAPIR_COUNT(parts) - part));
        size_t left = (size_t)wrote;

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            status = fail(sink, errno);
            keep_whole_records(sink, written);
            break;
        }
        written += left;
        for (; part < parts + TAPIR_COUNT(parts) && left >= part->iov_len; part++)
            left -= part->iov_len;
        if (part < parts + TAPIR_COUNT(parts)) {
            part->iov_base = (uint8_t *)part->iov_base + left;
            part->iov_len -= left;
        }
    }
    sink->head = sink->len = 0;
    return status;
}

static void put_file_header(tapir_sink *sink)
{
    struct file_header header = {
        .magic = sink->options.nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS,
        .major = 2,
        .minor = 4,
        .snaplen = sink->options.snaplen,
        .link_type = sink->options.link_type | sink->options.link_type_bits,
    };

    /* The field counts 16-bit words in its upper four bits. */
    if (sink->options.fcs_len && !sink->options.link_type_bits)
        header.link_type |= FCS_PRESENT | (uint32_t)(sink->options.fcs_len / 2) << 28;
    memcpy(sink->buffer, &header, sizeof header);
    sink->head = sink->len = sizeof header;
}

/* Returns a sink that has its file header buffered, NULL when out of memory. */
static tapir_sink *new_sink(int fd, const char *name, const tapir_sink_options *options)
{
    tapir_sink *sink = malloc(sizeof *sink + options->buffer);

    if (!sink)
        return NULL;
    *sink = (tapir_sink){.options = *options, .fd = fd, .name = strdup(name)};
    if (!sink->name) {
        free(sink);
        return NULL;
    }
    put_file_header(sink);
    return sink;
}

tapir_status tapir_sink_open_fd(tapir_sink **to, int fd, const char *name,
    const tapir_sink_options *options, tapir_error *error)
{
    tapir_sink_options chosen = {.link_type = TAPIR_LINK_TYPE_ETHERNET};
    tapir_status status = TAPIR_OK;

    *to = NULL;
    if (options)
        memcpy(&chosen, options, options->size < sizeof chosen ? options->size : sizeof chosen);
    if (chosen.fcs_len > 30 || chosen.fcs_len % 2)
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: a frame check sequence of %u bytes has no place in a pcap file", name,
            chosen.fcs_len);
    if (chosen.link_type_bits & UINT16_MAX)
        return tapir_error_set(
            error, TAPIR_INVALID, "%s: link_type_bits holds a link type, too", name);
    if (!chosen.snaplen)
        chosen.snaplen = DEFAULT_SNAPLEN;
    if (!chosen.buffer)
        chosen.buffer = DEFAULT_BUFFER;
    if (chosen.buffer < MIN_BUFFER)
        chosen.buffer = MIN_BUFFER;
    *to = new_sink(fd, name, &chosen);
    if (!*to)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", name);
    /* Who reads along wants to know at once what is coming. */
    if (chosen.each_frame)
        status = tapir_sink_flush(*to);
    if (status != TAPIR_OK) {
        if (error)
            *error = (*to)->error;
        tapir_sink_close(*to, NULL);
        *to = NULL;
    }
    return status;
}

tapir_status tapir_sink_open_file(
    tapir_sink **sink, const char *path, const tapir_sink_options *options, tapir_error *error)
{
    tapir_status status;
    int fd;

    if (strcmp(path, "-") == 0)
        return tapir_sink_open_fd(sink, STDOUT_FILENO, "standard output", options, error);
    *sink = NULL;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return tapir_error_set(error, TAPIR_IO, "%s: %s", path, strerror(errno));
    status = tapir_sink_open_fd(sink, fd, path, options, error);
    if (status == TAPIR_OK)
        (*sink)->owns_fd = true;
    else
        close(fd);
    return status;
}

static tapir_status wrong_link_type(tapir_sink *sink, const tapir_frame *frame)
{
    return tapir_error_set(&sink->error, TAPIR_INVALID,
        "%s: packet %llu has link type %u; the file is of type %u, and a pcap file has one only",
        sink->name, (unsigned long long)frame->number, frame->link_type, sink->options.link_type);
}

tapir_status tapir_sink_write(tapir_sink *sink, const tapir_frame *frame)
{
    struct record_header header = {.captured = frame->caplen, .len = frame->len};
    int64_t seconds = frame->time / SECOND, rest = frame->time % SECOND;
    tapir_status status;

    if (__builtin_expect(frame->link_type != sink->options.link_type, 0))
        return wrong_link_type(sink, frame);
    if (__builtin_expect(rest < 0, 0)) {
        seconds--;
        rest += SECOND;
    }
    header.seconds = (uint32_t)seconds;
    header.fraction = (uint32_t)(sink->options.nanoseconds ? rest : rest / 1000);
    if (frame->caplen > sink->longest)
        sink->longest = frame->caplen;
    if (sink->options.buffer - sink->len < sizeof header) {
        status = tapir_sink_flush(sink);
        if (status != TAPIR_OK)
            return status;
    }
    memcpy(sink->buffer + sink->len, &header, sizeof header);
    sink->len += sizeof header;
    if (sink->options.each_frame || sink->options.buffer - sink->len < frame->caplen)
        return write_out(sink, tapir_span_of(frame->data, frame->caplen));
    memcpy(sink->buffer + sink->len, frame->data, frame->caplen);
    sink->len += frame->caplen;
    return TAPIR_OK;
}

tapir_status tapir_sink_flush(tapir_sink *sink)
{
    return sink->len ? write_out(sink, tapir_span_of(NULL, 0)) : TAPIR_OK;
}

const tapir_error *tapir_sink_error(const tapir_sink *sink)
{
    return &sink->error;
}

tapir_status tapir_sink_close(tapir_sink *sink, tapir_error *error)
{
    tapir_status status;

    if (!sink)
        return TAPIR_OK;
    status = tapir_sink_flush(sink);
    /* The header is at the start of a file that was opened here; a pipe refuses, its reader has
     * seen the header long ago. */
    if (status == TAPIR_OK && sink->owns_fd && sink->longest > sink->options.snaplen &&
        pwrite(sink->fd, &sink->longest, sizeof sink->longest,
            offsetof(struct file_header, snaplen)) < 0 &&
        errno != ESPIPE)
        status = fail(sink, errno);
    /* Some file systems tell only now that the bytes did not arrive. */
    if (sink->owns_fd && close(sink->fd) != 0 && status == TAPIR_OK)
        status = fail(sink, errno);
    if (status != TAPIR_OK && error)
        *error = sink->error;
    free(sink->name);
    free(sink);
    return status;
}
