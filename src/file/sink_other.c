/* Writing names, statistics, secrets and whatever else a pcapng file can hold. */
#include "file/sink_block.h"

/* What every block but those of sections and interfaces begins with. */
static tapir_status begin_other(
    tapir__file_sink *sink, uint32_t type, const char *what, const tapir_pcapng_list *options)
{
    tapir_status status;

    if (!sink->pcapng)
        return tapir__needs_pcapng(sink, what);
    if (sink->unsupported)
        return tapir__unknown_version(sink);
    status = sink->over == TAPIR_OK ? tapir__pcapng_need_section(sink) : sink->over;
    if (status == TAPIR_OK)
        status = tapir__check_list(sink, options);
    if (status == TAPIR_OK)
        tapir__block_begin(sink, type);
    return status;
}

/* Ends it with options and adds it. */
static tapir_status end_other(
    tapir__file_sink *sink, const tapir_pcapng_list *options, bool is_kept)
{
    size_t from = sink->made.len;
    tapir_status status;

    tapir__block_put_list(&sink->made, options);
    tapir__block_end_options(&sink->made, from);
    status = tapir__block_end(sink);
    if (status == TAPIR_OK && is_kept)
        tapir__keep_block(sink, sink->made.data, sink->made.len);
    return status == TAPIR_OK ? tapir__block_write(sink) : status;
}

static tapir_status check_name(tapir__file_sink *sink, const tapir_pcapng_name *name)
{
    static const uint8_t lens[] = {[TAPIR_PCAPNG_IPV4] = 4,
        [TAPIR_PCAPNG_IPV6] = 16,
        [TAPIR_PCAPNG_EUI48] = 6,
        [TAPIR_PCAPNG_EUI64] = 8};

    if ((unsigned)name->type >= TAPIR_COUNT(lens) || lens[name->type] == 0 ||
        name->address.len != lens[name->type])
        return tapir__sink_error(sink, TAPIR_INVALID,
            "a name for an address of %zu bytes, kind %d, which does not exist", name->address.len,
            (int)name->type);
    if (name->name.len == 0 || name->name.len > UINT16_MAX - 17 ||
        memchr(name->name.data, 0, name->name.len))
        return tapir__sink_error(sink, TAPIR_INVALID,
            "a name of %zu bytes, which is empty, too long or has a zero byte in it",
            name->name.len);
    return TAPIR_OK;
}

tapir_status tapir__file_add_names(tapir__file_sink *sink, const tapir_pcapng_name *names,
    size_t count, const tapir_pcapng_list *options)
{
    tapir_status status = begin_other(sink, TAPIR_PCAPNG_NAMES, "names", options);

    for (size_t i = 0; i < count && status == TAPIR_OK; i++) {
        const tapir_pcapng_name *name = &names[i];

        status = check_name(sink, name);
        if (status != TAPIR_OK)
            break;
        tapir__block_put16(sink, &sink->made, (uint16_t)name->type);
        tapir__block_put16(sink, &sink->made, (uint16_t)(name->address.len + name->name.len + 1));
        tapir_text_bytes(&sink->made, name->address.data, name->address.len);
        tapir_text_bytes(&sink->made, name->name.data, name->name.len);
        tapir_text_bytes(
            &sink->made, "\0\0\0\0", 1 + (-(name->address.len + name->name.len + 1) & 3));
    }
    if (status != TAPIR_OK)
        return status;
    tapir__block_put32(sink, &sink->made, 0); /* the end of the records */
    return end_other(sink, options, true);
}

static void put_counter(tapir_pcapng_list *list, uint16_t code, uint64_t value)
{
    if (value != UINT64_MAX)
        tapir_pcapng_put_number(list, code, 8, value);
}

static tapir_status put_time_option(tapir__file_sink *sink, tapir_pcapng_list *list,
    const tapir__sink_interface *interface, uint16_t code, int64_t time)
{
    uint64_t ticks;

    if (!tapir_pcapng_ticks(&interface->facts, time, &ticks))
        return tapir__sink_error(sink, TAPIR_INVALID,
            "statistics at %lld ns since 1970, which is out of the range of the interface's "
            "timestamps",
            (long long)time);
    if (code)
        tapir_pcapng_put_ticks(list, code, ticks);
    else /* the block's own time is no option */
        for (int half = 1; half >= 0; half--)
            tapir__block_put32(sink, &list->bytes, (uint32_t)(ticks >> 32 * half));
    return TAPIR_OK;
}

tapir_status tapir__file_add_statistics(tapir__file_sink *sink, uint32_t interface,
    const tapir_pcapng_statistics *statistics, const tapir_pcapng_list *options)
{
    tapir_status status = begin_other(sink, TAPIR_PCAPNG_STATISTICS, "statistics", options);
    const tapir__sink_interface *one;
    tapir_pcapng_list list;
    size_t from;

    if (status == TAPIR_OK && interface >= sink->interface_count)
        status = tapir__sink_error(sink, TAPIR_INVALID,
            "statistics of interface %u; %u were added to the section", interface,
            sink->interface_count);
    if (status != TAPIR_OK)
        return status;
    one = &sink->interfaces[interface];
    tapir__block_put32(sink, &sink->made, interface);
    list = (tapir_pcapng_list){.bytes = sink->made, .big_endian = sink->big_endian};
    status = put_time_option(sink, &list, one, 0, statistics->time);
    from = list.bytes.len;
    if (status == TAPIR_OK && statistics->has_start)
        status =
            put_time_option(sink, &list, one, TAPIR_OPTION_STATISTICS_START, statistics->start);
    if (status == TAPIR_OK && statistics->has_end)
        status = put_time_option(sink, &list, one, TAPIR_OPTION_STATISTICS_END, statistics->end);
    put_counter(&list, TAPIR_OPTION_STATISTICS_RECEIVED, statistics->received);
    put_counter(&list, TAPIR_OPTION_STATISTICS_DROPPED, statistics->dropped_by_interface);
    put_counter(&list, TAPIR_OPTION_STATISTICS_ACCEPTED, statistics->accepted_by_filter);
    put_counter(&list, TAPIR_OPTION_STATISTICS_DROPPED_BY_OS, statistics->dropped_by_os);
    put_counter(&list, TAPIR_OPTION_STATISTICS_DELIVERED, statistics->delivered);
    tapir__block_put_list(&list.bytes, options);
    tapir__block_end_options(&list.bytes, from);
    sink->made = list.bytes;
    return status == TAPIR_OK ? end_other(sink, NULL, false) : status;
}

static tapir_status too_long(tapir__file_sink *sink, uint32_t type, size_t len)
{
    return tapir__sink_error(sink, TAPIR_INVALID, "%s: %zu bytes are too many for a block",
        tapir_pcapng_block_name(type), len);
}

tapir_status tapir__file_add_secrets(
    tapir__file_sink *sink, uint32_t type, tapir_span secrets, const tapir_pcapng_list *options)
{
    tapir_status status = begin_other(sink, TAPIR_PCAPNG_SECRETS, "secrets", options);

    if (status == TAPIR_OK && secrets.len > INT32_MAX)
        status = too_long(sink, TAPIR_PCAPNG_SECRETS, secrets.len);
    if (status != TAPIR_OK)
        return status;
    tapir__block_put32(sink, &sink->made, type);
    tapir__block_put32(sink, &sink->made, (uint32_t)secrets.len);
    tapir__block_put_padded(&sink->made, secrets);
    return end_other(sink, options, true);
}

tapir_status tapir__file_add_custom(
    tapir__file_sink *sink, uint32_t enterprise, tapir_span content, bool copied)
{
    uint32_t type = copied ? TAPIR_PCAPNG_CUSTOM : TAPIR_PCAPNG_CUSTOM_NOT_COPIED;
    tapir_status status = begin_other(sink, type, "custom blocks", NULL);

    if (status == TAPIR_OK && content.len > INT32_MAX)
        status = too_long(sink, type, content.len);
    if (status != TAPIR_OK)
        return status;
    tapir__block_put32(sink, &sink->made, enterprise);
    tapir__block_put_padded(&sink->made, content);
    return end_other(sink, NULL, false);
}

tapir_status tapir__file_add_journal(tapir__file_sink *sink, tapir_span entry)
{
    return tapir__file_add_block(sink, TAPIR_PCAPNG_JOURNAL, entry, NULL);
}

tapir_status tapir__file_add_block(
    tapir__file_sink *sink, uint32_t type, tapir_span body, const tapir_pcapng_list *options)
{
    tapir_status status = begin_other(sink, type, "blocks", options);

    if (status == TAPIR_OK && (type == TAPIR_PCAPNG_SECTION || type == TAPIR_PCAPNG_INTERFACE))
        status = tapir__sink_error(sink, TAPIR_INVALID, "a %s needs tapir_sink_%s",
            tapir_pcapng_block_name(type),
            type == TAPIR_PCAPNG_SECTION ? "start_section" : "add_interface");
    if (status == TAPIR_OK && body.len > INT32_MAX)
        status = too_long(sink, type, body.len);
    if (status != TAPIR_OK)
        return status;
    tapir__block_put_padded(&sink->made, body);
    return end_other(sink, options, type == TAPIR_PCAPNG_NAMES || type == TAPIR_PCAPNG_SECRETS);
}
