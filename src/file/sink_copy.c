/* Writing blocks that were read: as they are, or into another section. */
#include "file/sink_block.h"

enum {
    SECTION_LEN = 16, /* of its header block's body */
    INTERFACE_AT = 8  /* in an interface's block, a packet's, and one of statistics */
};

static const tapir_span nothing = {(const uint8_t *)"", 0};

static tapir_status cannot_convert(
    tapir__file_sink *sink, tapir_status status, const tapir_pcapng_block *block)
{
    if (status == TAPIR_NO_MEMORY)
        return tapir__sink_no_memory(sink);
    return tapir__sink_error(sink, status,
        "a block of type 0x%08x (%s) at byte %llu %s, so it cannot be brought into the other byte "
        "order",
        block->type, tapir_pcapng_block_name(block->type), (unsigned long long)block->offset,
        status == TAPIR_DAMAGED ? "is damaged" : "is of no known kind");
}

static tapir_status make_converted(tapir__file_sink *sink, const tapir_pcapng_block *block)
{
    tapir_text *made = tapir__block_begin(sink, block->type);
    tapir_status status = tapir__convert_body(made, block);

    return status == TAPIR_OK ? tapir__block_end(sink) : cannot_convert(sink, status, block);
}

/* Writes the number of another interface into the copy of a block. */
static void renumber(tapir__file_sink *sink, uint32_t interface)
{
    uint8_t *at = (uint8_t *)sink->made.data;
    uint32_t type = tapir__load32(at, sink->big_endian);
    uint32_t wide = tapir__order32(sink, interface);
    uint16_t narrow = tapir__order16(sink, (uint16_t)interface);

    if (type == TAPIR_PCAPNG_ENHANCED_PACKET || type == TAPIR_PCAPNG_STATISTICS)
        memcpy(at + INTERFACE_AT, &wide, sizeof wide);
    else if (type == TAPIR_PCAPNG_PACKET)
        memcpy(at + INTERFACE_AT, &narrow, sizeof narrow);
}

static tapir_status check_interface(
    tapir__file_sink *sink, const tapir_pcapng_block *block, uint32_t interface)
{
    if (interface >= sink->interface_count ||
        (block->type == TAPIR_PCAPNG_PACKET && interface > UINT16_MAX))
        return tapir__sink_error(sink, TAPIR_INVALID,
            "a block at byte %llu is to be of interface %u; %u were added to the section",
            (unsigned long long)block->offset, interface, sink->interface_count);
    return TAPIR_OK;
}

/* Returns the packet of a simple packet block as a frame. */
static tapir_frame simple_frame(const tapir_pcapng_block *block, uint32_t interface)
{
    uint32_t len = tapir__load32(block->body.data, block->big_endian);
    uint32_t snaplen = block->interface->snaplen;
    uint32_t captured = snaplen && snaplen < len ? snaplen : len;

    return (tapir_frame){
        .data = block->body.data + 4,
        .caplen = captured <= block->body.len - 4 ? captured : (uint32_t)block->body.len - 4,
        .len = len,
        .interface = interface,
        .link_type = block->interface->link_type,
        .fcs_len = block->interface->fcs_len,
    };
}

static tapir_status copy_simple(
    tapir__file_sink *sink, const tapir_pcapng_block *block, uint32_t interface)
{
    tapir_frame frame = simple_frame(block, interface);

    frame.fcs_len = sink->interfaces[interface].facts.fcs_len;
    return tapir__pcapng_write(sink, &frame, NULL);
}

static tapir_status copy_section(tapir__file_sink *sink, const tapir_pcapng_block *block)
{
    tapir_status status;

    if (block->body.len < SECTION_LEN)
        return cannot_convert(sink, TAPIR_DAMAGED, block);
    tapir__section_set_order(sink, block->big_endian);
    status = tapir__block_copy(sink, block);
    sink->unsupported = block->unsupported;
    return status == TAPIR_OK ? tapir__section_write(sink, sink->made.data, sink->made.len)
                              : status;
}

/* Adds a block as it is, without going through sink->made. */
static tapir_status copy_whole(tapir__file_sink *sink, const tapir_pcapng_block *block)
{
    size_t first = block->body.len < 4 ? 0 : 4;
    bool packet = tapir__is_packet(block->type) && !block->unsupported;
    uint32_t total = tapir__order32(sink, (uint32_t)block->body.len + TAPIR__BLOCK_OVERHEAD);
    uint32_t head[3] = {tapir__order32(sink, block->type), total, total};

    if (first == 0)
        return tapir__sink_put(sink, packet, head, sizeof head, nothing, nothing);
    memcpy(head + 2, block->body.data, first);
    return tapir__sink_put(sink, packet, head, sizeof head,
        tapir_span_of(block->body.data + first, block->body.len - first),
        tapir_span_of(&total, sizeof total));
}

static bool is_kept(uint32_t type)
{
    return type == TAPIR_PCAPNG_NAMES || type == TAPIR_PCAPNG_SECRETS;
}

/* Returns whether a block can be copied without being looked at further. */
static bool is_copied_whole(
    const tapir__file_sink *sink, const tapir_pcapng_block *block, const uint32_t *interface)
{
    return !interface && block->big_endian == sink->big_endian &&
           (block->unsupported || (block->type != TAPIR_PCAPNG_INTERFACE && !is_kept(block->type)));
}

static int64_t time_of(const tapir_pcapng_block *block)
{
    tapir_pcapng_packet packet;

    return block->interface && tapir_pcapng_packet_get(block, &packet)
               ? tapir_pcapng_time(block->interface, packet.ticks)
               : 0;
}

/* Adds a block of the current section. */
static tapir_status copy_part(
    tapir__file_sink *sink, const tapir_pcapng_block *block, const uint32_t *interface)
{
    tapir_status status;

    if (is_copied_whole(sink, block, interface)) {
        return copy_whole(sink, block);
    }
    if (interface && block->type == TAPIR_PCAPNG_SIMPLE_PACKET && block->interface &&
        block->body.len >= 4)
        return copy_simple(sink, block, *interface);
    status = block->big_endian == sink->big_endian ? tapir__block_copy(sink, block)
                                                   : make_converted(sink, block);
    if (status != TAPIR_OK)
        return status;
    if (interface)
        renumber(sink, *interface);
    if (block->type == TAPIR_PCAPNG_INTERFACE && block->interface && !block->unsupported)
        status =
            tapir__interface_list(sink, block->interface, sink->made.data, sink->made.len, false);
    else if (is_kept(block->type))
        tapir__keep_block(sink, sink->made.data, sink->made.len);
    return status == TAPIR_OK ? tapir__block_write(sink) : status;
}

tapir_status tapir__file_copy_block(
    tapir__file_sink *sink, const tapir_pcapng_block *block, const uint32_t *interface)
{
    bool refers = tapir__is_packet(block->type) || block->type == TAPIR_PCAPNG_STATISTICS;
    tapir_status status = sink->over;

    if (!sink->pcapng)
        return tapir__needs_pcapng(sink, "blocks");
    if (block->body.len % 4 || block->body.len > INT32_MAX)
        return tapir__sink_error(
            sink, TAPIR_INVALID, "a block of %zu bytes is none that was read", block->body.len);
    if (status == TAPIR_OK && tapir__is_packet(block->type) && tapir__rotates(sink))
        status = tapir__rotate_check(sink, time_of(block));
    if (status != TAPIR_OK)
        return status;
    if (block->type == TAPIR_PCAPNG_SECTION)
        return copy_section(sink, block);
    status = tapir__pcapng_need_section(sink);
    if (!refers || block->unsupported)
        interface = NULL;
    if (status == TAPIR_OK && interface)
        status = check_interface(sink, block, *interface);
    return status == TAPIR_OK ? copy_part(sink, block, interface) : status;
}
