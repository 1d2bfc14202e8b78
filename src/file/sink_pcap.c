/* Writing pcap files (draft-ietf-opsawg-pcap). */
#include "file/sink.h"

#include <errno.h>
#include <unistd.h>

#define MAGIC_MICROSECONDS 0xa1b2c3d4
#define MAGIC_NANOSECONDS  0xa1b23c4d
#define FCS_PRESENT        0x04000000
#define SECOND             INT64_C(1000000000)

struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t reserved[2], snaplen, link_type;
};

struct record_header {
    uint32_t seconds, fraction, captured, len;
};

void tapir__pcap_begin(tapir__file_sink *sink)
{
    const tapir_sink_options *options = &sink->options;
    uint32_t link_type = options->link_type | options->link_type_bits;
    struct file_header header;

    /* The field counts 16-bit words in its upper four bits. */
    if (options->fcs_len && !options->link_type_bits)
        link_type |= FCS_PRESENT | (uint32_t)(options->fcs_len / 2) << 28;
    header = (struct file_header){
        .magic =
            tapir__order32(sink, options->nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS),
        .major = tapir__order16(sink, 2),
        .minor = tapir__order16(sink, 4),
        .snaplen = tapir__order32(sink, options->snaplen),
        .link_type = tapir__order32(sink, link_type),
    };
    memcpy(sink->buffer, &header, sizeof header);
    sink->head = sink->len = sizeof header;
}

static tapir_status wrong_link_type(tapir__file_sink *sink, const tapir_frame *frame)
{
    return tapir__sink_error(sink, TAPIR_INVALID,
        "packet %llu has link type %u; the file is of type %u, and a pcap file has one only",
        (unsigned long long)frame->number, frame->link_type, sink->options.link_type);
}

tapir_status tapir__pcap_write(tapir__file_sink *sink, const tapir_frame *frame)
{
    int64_t seconds = frame->time / SECOND, rest = frame->time % SECOND;
    struct record_header header;

    if (__builtin_expect(frame->link_type != sink->options.link_type, 0))
        return wrong_link_type(sink, frame);
    if (__builtin_expect(rest < 0, 0)) {
        seconds--;
        rest += SECOND;
    }
    header = (struct record_header){
        .seconds = (uint32_t)seconds,
        .fraction = (uint32_t)(sink->options.nanoseconds ? rest : rest / 1000),
        .captured = frame->caplen,
        .len = frame->len,
    };
    if (__builtin_expect(sink->swapped, 0))
        header = (struct record_header){
            __builtin_bswap32(header.seconds),
            __builtin_bswap32(header.fraction),
            __builtin_bswap32(header.captured),
            __builtin_bswap32(header.len),
        };
    if (frame->caplen > sink->longest)
        sink->longest = frame->caplen;
    return tapir__sink_put(sink, true, &header, sizeof header,
        tapir_span_of(frame->data, frame->caplen), tapir_span_of(NULL, 0));
}

tapir_status tapir__pcap_raise_snaplen(tapir__file_sink *sink)
{
    uint32_t snaplen = tapir__order32(sink, sink->longest);

    /* The header is at the start of a file that was opened here. */
    if (sink->longest <= sink->options.snaplen || !sink->output.owned || sink->output.packer)
        return TAPIR_OK;
    /* A pipe refuses, its reader has seen the header long ago. */
    if (pwrite(sink->output.fd, &snaplen, sizeof snaplen, offsetof(struct file_header, snaplen)) <
            0 &&
        errno != ESPIPE)
        return tapir__sink_error(sink, TAPIR_IO, "%s", strerror(errno));
    return TAPIR_OK;
}
