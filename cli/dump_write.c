/* tapir dump -w: packets into a pcap file, as libpcap writes them. */
#include "dump.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define WRITE_AT ((size_t)64 << 10)
#define SECOND   INT64_C(1000000000)

#define MAGIC_MICRO  0xa1b2c3d4u
#define MAGIC_NANO   0xa1b23c4du
#define SNAPLEN_MOST 262144u

/* The upper bits of the link type tell the length of frame check sequences, in units of 2 bytes. */
#define FCS_PRESENT 0x04000000u
#define FCS_SHIFT   28

/* As they stand in the file, in this machine's byte order. */
struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    int32_t zone;
    uint32_t precision, snaplen, link_type;
};

struct record_header {
    uint32_t seconds, fraction, caplen, len;
};

static bool write_out(struct writer *writer)
{
    size_t done = 0;

    while (done < writer->buffer.len) {
        ssize_t wrote = write(writer->fd, writer->buffer.data + done, writer->buffer.len - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            complain("%s: %s", writer->path, strerror(errno));
            return false;
        }
        done += (size_t)wrote;
    }
    writer->buffer.len = 0;
    return true;
}

static bool open_file(struct writer *writer)
{
    if (strcmp(writer->path, "-") == 0) {
        writer->fd = STDOUT_FILENO;
        return true;
    }
    writer->fd = open(writer->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (writer->fd < 0)
        complain("%s: %s", writer->path, strerror(errno));
    return writer->fd >= 0;
}

bool writer_begin(struct writer *writer, const tapir_interface *interface)
{
    struct file_header header = {.magic = writer->nanoseconds ? MAGIC_NANO : MAGIC_MICRO,
        .major = 2,
        .minor = 4,
        .snaplen = interface->snaplen ? interface->snaplen : SNAPLEN_MOST,
        .link_type = interface->link_type};

    if (writer->begun) {
        if (interface->link_type == writer->link_type)
            return true;
        complain("%s: a pcap file holds one link type: it has %u, and there are packets of %u",
            writer->path, writer->link_type, interface->link_type);
        return false;
    }
    if (!open_file(writer))
        return false;
    if (interface->fcs_len)
        header.link_type |= FCS_PRESENT | (uint32_t)interface->fcs_len / 2 << FCS_SHIFT;
    writer->begun = true;
    writer->link_type = interface->link_type;
    tapir_text_bytes(&writer->buffer, &header, sizeof header);
    return !writer->by_packet || write_out(writer);
}

bool writer_put(struct writer *writer, const tapir_frame *frame)
{
    int64_t seconds = frame->time / SECOND, rest = frame->time % SECOND;
    struct record_header record = {.caplen = frame->caplen, .len = frame->len};

    if (rest < 0) {
        rest += SECOND;
        seconds--;
    }
    record.seconds = (uint32_t)seconds;
    record.fraction = (uint32_t)(writer->nanoseconds ? rest : rest / 1000);
    tapir_text_bytes(&writer->buffer, &record, sizeof record);
    tapir_text_bytes(&writer->buffer, frame->data, frame->caplen);
    if (writer->buffer.failed) {
        complain("out of memory");
        return false;
    }
    return (!writer->by_packet && writer->buffer.len < WRITE_AT) || write_out(writer);
}

bool writer_end(struct writer *writer)
{
    bool ok = !writer->begun || write_out(writer);

    if (writer->begun && writer->fd != STDOUT_FILENO && close(writer->fd) != 0 && ok) {
        complain("%s: %s", writer->path, strerror(errno));
        ok = false;
    }
    tapir_text_clear(&writer->buffer);
    writer->begun = false;
    return ok;
}
