/* Writing pcapng files (draft-ietf-opsawg-pcapng): sections and interfaces. */
#include "file/sink_block.h"

#include <stdlib.h>

enum {
    BYTE_ORDER_MAGIC = 0x1A2B3C4D,
    SECTION_LENGTH_AT = 16, /* in its header block */
    MAX_KEPT = 64 << 20     /* names and secrets repeated in every file of a rotation */
};

/* Sections. */

void tapir__section_set_order(tapir__file_sink *sink, bool big_endian)
{
    sink->big_endian = big_endian;
    sink->swapped = big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    if (sink->len == 0)
        sink->buffer_big_endian = big_endian;
}

static tapir_status make_section(tapir__file_sink *sink, const tapir_sink_section *section)
{
    static const tapir_sink_section no_section;
    tapir_status status = TAPIR_OK;
    tapir_text *block;
    tapir_pcapng_list list;
    size_t from;

    if (!section)
        section = &no_section;
    status = tapir__check_list(sink, section->options);
    if (status != TAPIR_OK)
        return status;
    block = tapir__block_begin(sink, TAPIR_PCAPNG_SECTION);
    tapir__block_put32(sink, block, BYTE_ORDER_MAGIC);
    tapir__block_put16(sink, block, 1);
    tapir__block_put16(sink, block, section->version_minor_2 ? 2 : 0);
    tapir_text_bytes(block, "\xff\xff\xff\xff\xff\xff\xff\xff", 8); /* length not known */
    list = (tapir_pcapng_list){.bytes = *block, .big_endian = sink->big_endian};
    from = list.bytes.len;
    tapir_pcapng_put_string(&list, TAPIR_OPTION_SECTION_HARDWARE, section->hardware);
    tapir_pcapng_put_string(&list, TAPIR_OPTION_SECTION_OS, section->os);
    tapir_pcapng_put_string(&list, TAPIR_OPTION_SECTION_APPLICATION, section->application);
    for (size_t i = 0; i < section->comment_count; i++)
        tapir_pcapng_put_string(&list, TAPIR_OPTION_COMMENT, section->comments[i]);
    tapir__block_put_list(&list.bytes, section->options);
    tapir__block_end_options(&list.bytes, from);
    *block = list.bytes;
    return tapir__block_end(sink);
}

tapir_status tapir__section_write(tapir__file_sink *sink, const void *block, size_t len)
{
    sink->begun = true;
    sink->interface_count = 0;
    sink->described.len = sink->kept.len = sink->header.len = 0;
    if (tapir__rotates(sink)) {
        tapir_text_bytes(&sink->header, block, len);
        if (sink->header.failed)
            return tapir__sink_no_memory(sink);
        memset(sink->header.data + SECTION_LENGTH_AT, 0xff, 8); /* that of this file only */
    }
    return tapir__block_write_bytes(sink, block, len);
}

tapir_status tapir__pcapng_prepare(tapir__file_sink *sink, const tapir_sink_section *section)
{
    tapir_status status;

    tapir__section_set_order(sink, sink->big_endian);
    status = make_section(sink, section);
    if (status == TAPIR_OK)
        tapir_text_bytes(&sink->section, sink->made.data, sink->made.len);
    return sink->section.failed ? tapir__sink_no_memory(sink) : status;
}

tapir_status tapir__pcapng_need_section(tapir__file_sink *sink)
{
    return sink->begun ? TAPIR_OK
                       : tapir__section_write(sink, sink->section.data, sink->section.len);
}

tapir_status tapir__file_start_section(tapir__file_sink *sink, const tapir_sink_section *section)
{
    tapir_status status;

    if (!sink->pcapng)
        return tapir__needs_pcapng(sink, "sections");
    if (sink->over != TAPIR_OK)
        return sink->over;
    status = make_section(sink, section);
    sink->unsupported = false;
    return status == TAPIR_OK ? tapir__section_write(sink, sink->made.data, sink->made.len)
                              : status;
}

void tapir__pcapng_found_section(tapir__file_sink *sink, const tapir_pcapng_block *block)
{
    tapir__section_set_order(sink, block->big_endian);
    sink->begun = true;
    sink->unsupported = block->unsupported;
    sink->interface_count = 0;
    sink->described.len = 0;
}

void tapir__pcapng_forget_section(tapir__file_sink *sink)
{
    sink->begun = sink->unsupported = false;
    sink->interface_count = 0;
    sink->described.len = 0;
}

static tapir_status put_kept_blocks(tapir__file_sink *sink, const tapir_text *blocks)
{
    tapir_status status = TAPIR_OK;

    for (size_t at = 0, len; at < blocks->len && status == TAPIR_OK; at += len) {
        len = tapir__load32((const uint8_t *)blocks->data + at + 4, sink->big_endian);
        status = tapir__block_write_bytes(sink, blocks->data + at, len);
    }
    return status;
}

tapir_status tapir__pcapng_begin(tapir__file_sink *sink)
{
    tapir_status status;

    sink->buffer_big_endian = sink->big_endian;
    if (!sink->begun)
        return TAPIR_OK;
    status = put_kept_blocks(sink, &sink->header);
    if (status == TAPIR_OK)
        status = put_kept_blocks(sink, &sink->described);
    return status == TAPIR_OK ? put_kept_blocks(sink, &sink->kept) : status;
}

void tapir__keep_block(tapir__file_sink *sink, const void *block, size_t len)
{
    if (tapir__rotates(sink) && len <= MAX_KEPT && sink->kept.len <= MAX_KEPT - len)
        tapir_text_bytes(&sink->kept, block, len);
}

/* Interfaces. */

static uint64_t divisor_of(const tapir_interface *interface)
{
    uint64_t divisor = 1;

    if (interface->time_resolution > 9 || interface->time_offset)
        return 0;
    for (unsigned digits = interface->time_resolution; digits < 9; digits++)
        divisor *= 10;
    return divisor;
}

tapir_status tapir__interface_list(tapir__file_sink *sink, const tapir_interface *interface,
    const void *block, size_t len, bool found)
{
    uint32_t room = sink->interface_room ? 2 * sink->interface_room : 8;
    tapir__sink_interface *list = sink->interfaces;

    if (sink->interface_count == sink->interface_room) {
        list = realloc(list, room * sizeof *list);
        if (!list)
            return tapir__sink_no_memory(sink);
        sink->interfaces = list;
        sink->interface_room = room;
    }
    list += sink->interface_count;
    *list = (tapir__sink_interface){
        .facts =
            {
                .link_type = interface->link_type,
                .fcs_len = interface->fcs_len,
                .snaplen = interface->snaplen,
                .time_resolution = interface->time_resolution,
                .time_offset = interface->time_offset,
            },
        .divisor = divisor_of(interface),
        .described_at = sink->described.len,
        .described_len = len,
        .found = found,
    };
    if (tapir__rotates(sink) || found)
        tapir_text_bytes(&sink->described, block, len);
    if (sink->described.failed)
        return tapir__sink_no_memory(sink);
    sink->interface_count++;
    return TAPIR_OK;
}

static void put_filter(tapir_pcapng_list *list, const char *filter)
{
    size_t len = filter ? strlen(filter) : 0;
    char *value = filter ? malloc(len + 1) : NULL;

    if (!filter)
        return;
    if (value) {
        value[0] = 0; /* it is a string */
        memcpy(value + 1, filter, len);
        tapir_pcapng_put_option(list, TAPIR_OPTION_INTERFACE_FILTER, tapir_span_of(value, len + 1));
    } else {
        list->bytes.failed = true;
    }
    free(value);
}

static void put_interface_members(tapir_pcapng_list *list, const tapir_interface *interface)
{
    uint8_t fcs_len = interface->fcs_len;

    tapir_pcapng_put_string(list, TAPIR_OPTION_COMMENT, interface->comment);
    tapir_pcapng_put_string(list, TAPIR_OPTION_INTERFACE_NAME, interface->name);
    tapir_pcapng_put_string(list, TAPIR_OPTION_INTERFACE_DESCRIPTION, interface->description);
    if (interface->time_resolution != 6)
        tapir_pcapng_put_number(
            list, TAPIR_OPTION_INTERFACE_TIME_RESOLUTION, 1, interface->time_resolution);
    put_filter(list, interface->filter);
    tapir_pcapng_put_string(list, TAPIR_OPTION_INTERFACE_OS, interface->os);
    /* Said to be in bits, but the specification's own example and what readers take it for are
     * bytes; what could be bytes no more is in bits. */
    if (fcs_len)
        tapir_pcapng_put_number(list, TAPIR_OPTION_INTERFACE_FCS_LENGTH, 1,
            fcs_len < 8 ? fcs_len : 8U * (fcs_len & 31));
    if (interface->time_offset)
        tapir_pcapng_put_number(
            list, TAPIR_OPTION_INTERFACE_TIME_OFFSET, 8, (uint64_t)interface->time_offset);
    tapir_pcapng_put_string(list, TAPIR_OPTION_INTERFACE_HARDWARE, interface->hardware);
}

static tapir_status make_interface(tapir__file_sink *sink, const tapir_interface *interface)
{
    tapir_text *block = tapir__block_begin(sink, TAPIR_PCAPNG_INTERFACE);
    tapir_pcapng_options options;
    tapir_pcapng_option option;
    tapir_pcapng_list list;
    size_t from;

    tapir__block_put16(sink, block, interface->link_type);
    tapir__block_put16(sink, block, 0);
    tapir__block_put32(sink, block, interface->snaplen);
    list = (tapir_pcapng_list){.bytes = *block, .big_endian = sink->big_endian};
    from = list.bytes.len;
    if (interface->block) {
        options = tapir_pcapng_options_of(interface->block);
        while (tapir_pcapng_options_next(&options, &option))
            tapir__convert_option(
                &list, TAPIR_PCAPNG_INTERFACE, &option, interface->block->big_endian);
    } else {
        put_interface_members(&list, interface);
    }
    tapir__block_end_options(&list.bytes, from);
    *block = list.bytes;
    return tapir__block_end(sink);
}

/* Finds the description just made among those of the file that is appended to. */
static bool find_description(tapir__file_sink *sink, uint32_t *index)
{
    for (uint32_t i = 0; i < sink->interface_count; i++) {
        tapir__sink_interface *one = &sink->interfaces[i];

        if (one->found && one->described_len == sink->made.len &&
            memcmp(sink->described.data + one->described_at, sink->made.data, sink->made.len) ==
                0) {
            one->found = false;
            *index = i;
            return true;
        }
    }
    return false;
}

static tapir_status add_to_pcap(tapir__file_sink *sink, const tapir_interface *interface)
{
    if (interface->link_type != sink->options.link_type)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "an interface of link type %u; the file is of type %u, and a pcap file has one only",
            interface->link_type, sink->options.link_type);
    return TAPIR_OK;
}

tapir_status tapir__file_add_interface(
    tapir__file_sink *sink, const tapir_interface *interface, uint32_t *index)
{
    uint32_t number = 0;
    tapir_status status;

    if (index)
        *index = 0;
    if (!sink->pcapng)
        return add_to_pcap(sink, interface);
    if (sink->unsupported)
        return tapir__unknown_version(sink);
    status = sink->over == TAPIR_OK ? tapir__pcapng_need_section(sink) : sink->over;
    if (status == TAPIR_OK)
        status = make_interface(sink, interface);
    if (status != TAPIR_OK)
        return status;
    if (!find_description(sink, &number)) {
        number = sink->interface_count;
        status = tapir__interface_list(sink, interface, sink->made.data, sink->made.len, false);
        if (status == TAPIR_OK)
            status = tapir__block_write(sink);
    }
    if (index)
        *index = number;
    return status;
}

tapir_status tapir__pcapng_found_interface(tapir__file_sink *sink, const tapir_pcapng_block *block)
{
    tapir_status status = tapir__block_copy(sink, block);

    return status == TAPIR_OK ? tapir__interface_list(
                                    sink, block->interface, sink->made.data, sink->made.len, true)
                              : status;
}
