/* Going on behind what a file holds: it is read to its end to see what that is. */
#include "file/sink.h"

#include <unistd.h>

/* What reading the file found out. */
typedef struct discovery {
    const char *format, *compression;
    uint64_t whole;    /* bytes up to the end of the last whole record, once decompressed */
    bool section_open; /* the last section of a pcapng file can go on */
} discovery;

static const char *compression_name(const tapir__file_sink *sink)
{
    return sink->output.packer ? sink->output.packer->name : "none";
}

static const char *order_name(bool big_endian)
{
    return big_endian ? "big-endian" : "little-endian";
}

/* Checks a pcap file's header against the options, which take over what they leave open. */
static tapir_status match_pcap(tapir__file_sink *sink, const tapir__file *file)
{
    tapir_sink_options *options = &sink->options;
    const tapir_interface *interface = &file->single;

    if (!file->pcap.usual)
        return tapir__sink_error(sink, TAPIR_UNSUPPORTED,
            "is of a variant of pcap that is not written; it cannot be appended to");
    if (interface->link_type != options->link_type)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "is of link type %u; packets of type %u cannot be appended to a pcap file",
            interface->link_type, options->link_type);
    if (options->nanoseconds && interface->time_resolution != 9)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "has times in microseconds; nanoseconds cannot be appended to a pcap file");
    sink->big_endian = file->pcap.big_endian;
    options->nanoseconds = interface->time_resolution == 9;
    options->snaplen = interface->snaplen ? interface->snaplen : UINT32_MAX;
    options->link_type_bits = interface->link_type_bits;
    return TAPIR_OK;
}

/* Takes note of a block that what is appended may refer to. */
static tapir_status note_block(
    tapir__file_sink *sink, const tapir_pcapng_block *block, discovery *found)
{
    tapir_pcapng_section section;

    if (block->type == TAPIR_PCAPNG_SECTION) {
        tapir__pcapng_found_section(sink, block);
        found->section_open = !block->unsupported && tapir_pcapng_section_get(block, &section) &&
                              section.section_len == -1;
    } else if (block->type == TAPIR_PCAPNG_INTERFACE && !block->unsupported) {
        return tapir__pcapng_found_interface(sink, block);
    }
    return TAPIR_OK;
}

static tapir_status read_to_end(tapir__file_sink *sink, tapir_source *source, discovery *found)
{
    tapir_status status = TAPIR_OK;
    const tapir_pcapng_block *block;
    tapir_source_stats stats;
    tapir_frame frame;

    for (;;) {
        tapir_source_stats_get(source, &stats);
        found->whole = stats.offset;
        sink->found_packets = stats.frames;
        status = tapir_source_next_block(source, &frame, &block);
        if (status != TAPIR_OK)
            return status;
        if (block)
            status = note_block(sink, block, found);
        if (status != TAPIR_OK)
            return status;
    }
}

static tapir_status match(tapir__file_sink *sink, tapir_source *source, discovery *found)
{
    found->format = tapir_source_format(source);
    found->compression = tapir_source_compression(source);
    if (strcmp(found->format, sink->pcapng ? "pcapng" : "pcap") != 0)
        return tapir__sink_error(sink, TAPIR_INVALID, "is a %s file; %s cannot be appended to it",
            found->format, sink->pcapng ? "pcapng" : "pcap");
    if (strcmp(found->compression, compression_name(sink)) != 0)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "has the compression %s; data with the compression %s cannot be appended to it",
            found->compression, compression_name(sink));
    return sink->pcapng ? TAPIR_OK : match_pcap(sink, (tapir__file *)source);
}

/* Deals with a last record that is not whole. */
static tapir_status mend(tapir__file_sink *sink, int fd, const discovery *found)
{
    if (sink->output.packer)
        return tapir__sink_error(sink, TAPIR_TRUNCATED,
            "ends inside a record or its %s data, behind %llu whole packets; what is compressed "
            "cannot be cut, so convert it to another file first",
            found->compression, (unsigned long long)sink->found_packets);
    if (!sink->options.repair)
        return tapir__sink_error(sink, TAPIR_TRUNCATED,
            "ends inside a record, behind %llu whole packets and %llu bytes; nothing can be "
            "appended unless that is cut off (repair)",
            (unsigned long long)sink->found_packets, (unsigned long long)found->whole);
    if (ftruncate(fd, (off_t)found->whole) != 0)
        return tapir__sink_error(
            sink, TAPIR_IO, "its last record, which is not whole, cannot be cut off");
    return TAPIR_OK;
}

static tapir_status check_order(tapir__file_sink *sink)
{
    bool big_endian = sink->options.byte_order == TAPIR_BYTE_ORDER_BIG;

    if (sink->options.byte_order == TAPIR_BYTE_ORDER_HOST || big_endian == sink->big_endian)
        return TAPIR_OK;
    return tapir__sink_error(sink, TAPIR_INVALID, "is %s; what is %s cannot be appended to it",
        order_name(sink->big_endian), order_name(big_endian));
}

tapir_status tapir__append_find_end(tapir__file_sink *sink, int fd)
{
    tapir_source *source;
    discovery found = {0};
    tapir_status status = tapir_source_open_fd(&source, fd, sink->path, NULL, &sink->common.error);

    if (status != TAPIR_OK)
        return status;
    status = match(sink, source, &found);
    if (status == TAPIR_OK)
        status = read_to_end(sink, source, &found);
    if (status == TAPIR_TRUNCATED)
        status = mend(sink, fd, &found);
    else if (status == TAPIR_END)
        status = TAPIR_OK;
    else if (sink->common.error.code != status)
        sink->common.error = *tapir_source_error(source);
    tapir_source_close(source);
    if (status == TAPIR_OK)
        status = check_order(sink);
    if (status == TAPIR_OK && lseek(fd, 0, SEEK_END) < 0)
        status = tapir__sink_error(sink, TAPIR_IO, "cannot go to its end");
    if (status == TAPIR_OK && sink->pcapng && (!found.section_open || sink->options.section))
        tapir__pcapng_forget_section(sink);
    return status;
}
