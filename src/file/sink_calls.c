/* The public calls on sinks that only those of files know; to the others they are not there. */
#include "file/sink.h"

static tapir__file_sink *file_of(tapir_sink *sink)
{
    return sink->kind->is_file ? (tapir__file_sink *)sink : NULL;
}

static const tapir__file_sink *file_of_const(const tapir_sink *sink)
{
    return sink->kind->is_file ? (const tapir__file_sink *)sink : NULL;
}

static tapir_status no_file(tapir_sink *sink)
{
    return tapir_error_set(&sink->error, TAPIR_UNSUPPORTED,
        "the sink sends frames; blocks and options have their place in a pcapng file");
}

tapir_status tapir_sink_open_file(
    tapir_sink **to, const char *path, const tapir_sink_options *options, tapir_error *error)
{
    tapir__file_sink *sink;
    tapir_status status = tapir__file_open_file(&sink, path, options, error);

    *to = sink ? &sink->common : NULL;
    return status;
}

tapir_status tapir_sink_open_fd(tapir_sink **to, int fd, const char *name,
    const tapir_sink_options *options, tapir_error *error)
{
    tapir__file_sink *sink;
    tapir_status status = tapir__file_open_fd(&sink, fd, name, options, error);

    *to = sink ? &sink->common : NULL;
    return status;
}

tapir_status tapir_sink_write_options(
    tapir_sink *sink, const tapir_frame *frame, const tapir_pcapng_list *options)
{
    tapir__file_sink *file = file_of(sink);

    if (!file)
        return options ? no_file(sink) : tapir_sink_write(sink, frame);
    return tapir__file_write_options(file, frame, options);
}

tapir_status tapir_sink_start_section(tapir_sink *sink, const tapir_sink_section *section)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_start_section(file, section) : no_file(sink);
}

tapir_status tapir_sink_add_interface(
    tapir_sink *sink, const tapir_interface *interface, uint32_t *index)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_add_interface(file, interface, index) : no_file(sink);
}

tapir_status tapir_sink_add_names(tapir_sink *sink, const tapir_pcapng_name *names, size_t count,
    const tapir_pcapng_list *options)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_add_names(file, names, count, options) : no_file(sink);
}

tapir_status tapir_sink_add_statistics(tapir_sink *sink, uint32_t interface,
    const tapir_pcapng_statistics *statistics, const tapir_pcapng_list *options)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_add_statistics(file, interface, statistics, options) : no_file(sink);
}

tapir_status tapir_sink_add_secrets(
    tapir_sink *sink, uint32_t type, tapir_span secrets, const tapir_pcapng_list *options)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_add_secrets(file, type, secrets, options) : no_file(sink);
}

tapir_status tapir_sink_add_custom(
    tapir_sink *sink, uint32_t enterprise, tapir_span content, bool copied)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_add_custom(file, enterprise, content, copied) : no_file(sink);
}

tapir_status tapir_sink_add_journal(tapir_sink *sink, tapir_span entry)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_add_journal(file, entry) : no_file(sink);
}

tapir_status tapir_sink_add_block(
    tapir_sink *sink, uint32_t type, tapir_span body, const tapir_pcapng_list *options)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_add_block(file, type, body, options) : no_file(sink);
}

tapir_status tapir_sink_copy_block(
    tapir_sink *sink, const tapir_pcapng_block *block, const uint32_t *interface)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_copy_block(file, block, interface) : no_file(sink);
}

tapir_status tapir_sink_sync(tapir_sink *sink)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_sync(file) : tapir_sink_flush(sink);
}

tapir_status tapir_sink_rotate(tapir_sink *sink)
{
    tapir__file_sink *file = file_of(sink);

    return file ? tapir__file_rotate(file) : no_file(sink);
}

uint32_t tapir_sink_interface_count(const tapir_sink *sink)
{
    const tapir__file_sink *file = file_of_const(sink);

    return file && file->pcapng ? file->interface_count : 1;
}

bool tapir_sink_big_endian(const tapir_sink *sink)
{
    const tapir__file_sink *file = file_of_const(sink);

    return file ? file->big_endian : __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

tapir_sink_format tapir_sink_format_of(const tapir_sink *sink)
{
    const tapir__file_sink *file = file_of_const(sink);

    return file && file->pcapng ? TAPIR_FORMAT_PCAPNG : TAPIR_FORMAT_PCAP;
}

const char *tapir_sink_path(const tapir_sink *sink)
{
    const tapir__file_sink *file = file_of_const(sink);

    return file && file->output.fd >= 0 ? file->path : NULL;
}
