/* A pcapng block being made, and what keeps it from being. */
#include "file/sink_block.h"

tapir_status tapir__no_list(tapir__file_sink *sink)
{
    return tapir__sink_error(sink, TAPIR_INVALID,
        "a list of options is not whole: a value is too long for its option, or memory ran out");
}

tapir_status tapir__check_list(tapir__file_sink *sink, const tapir_pcapng_list *list)
{
    if (!list || (list->bytes.len == 0 && !list->bytes.failed))
        return TAPIR_OK;
    if (list->bytes.failed)
        return tapir__no_list(sink);
    if (list->big_endian != sink->big_endian)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "a list of options is %s-endian and the section is not (tapir_sink_big_endian)",
            list->big_endian ? "big" : "little");
    return TAPIR_OK;
}

void tapir__block_put32(tapir__file_sink *sink, tapir_text *to, uint32_t value)
{
    value = tapir__order32(sink, value);
    tapir_text_bytes(to, &value, sizeof value);
}

void tapir__block_put16(tapir__file_sink *sink, tapir_text *to, uint16_t value)
{
    value = tapir__order16(sink, value);
    tapir_text_bytes(to, &value, sizeof value);
}

tapir_text *tapir__block_begin(tapir__file_sink *sink, uint32_t type)
{
    sink->made.len = 0;
    sink->made.failed = false;
    tapir__block_put32(sink, &sink->made, type);
    tapir__block_put32(sink, &sink->made, 0);
    return &sink->made;
}

void tapir__block_put_padded(tapir_text *to, tapir_span bytes)
{
    tapir_text_bytes(to, bytes.data, bytes.len);
    tapir_text_bytes(to, "\0\0\0", -bytes.len & 3);
}

void tapir__block_put_list(tapir_text *to, const tapir_pcapng_list *list)
{
    if (list)
        tapir_text_bytes(to, list->bytes.data, list->bytes.len);
}

void tapir__block_end_options(tapir_text *to, size_t from)
{
    if (to->len > from)
        tapir_text_bytes(to, "\0\0\0\0", 4);
}

tapir_status tapir__block_end(tapir__file_sink *sink)
{
    tapir_text *block = &sink->made;
    uint32_t total;

    tapir__block_put32(sink, block, 0);
    if (block->failed)
        return tapir__no_list(sink);
    total = tapir__order32(sink, (uint32_t)block->len);
    memcpy(block->data + 4, &total, sizeof total);
    memcpy(block->data + block->len - 4, &total, sizeof total);
    return TAPIR_OK;
}

bool tapir__is_packet(uint32_t type)
{
    return type == TAPIR_PCAPNG_ENHANCED_PACKET || type == TAPIR_PCAPNG_SIMPLE_PACKET ||
           type == TAPIR_PCAPNG_PACKET;
}

/* In a section of an unknown version nobody can tell. */
static bool is_packet_block(const tapir__file_sink *sink, const uint8_t *block)
{
    return tapir__is_packet(tapir__load32(block, sink->big_endian)) && !sink->unsupported;
}

tapir_status tapir__block_write_bytes(tapir__file_sink *sink, const void *block, size_t len)
{
    const uint8_t *at = block;

    return tapir__sink_put(sink, is_packet_block(sink, at), at, TAPIR__BLOCK_OVERHEAD,
        tapir_span_of(at + TAPIR__BLOCK_OVERHEAD, len - TAPIR__BLOCK_OVERHEAD),
        tapir_span_of(NULL, 0));
}

tapir_status tapir__block_write(tapir__file_sink *sink)
{
    return tapir__block_write_bytes(sink, sink->made.data, sink->made.len);
}

tapir_status tapir__needs_pcapng(tapir__file_sink *sink, const char *what)
{
    return tapir__sink_error(
        sink, TAPIR_UNSUPPORTED, "a pcap file cannot hold %s; write pcapng", what);
}

tapir_status tapir__unknown_version(tapir__file_sink *sink)
{
    return tapir__sink_error(sink, TAPIR_INVALID,
        "the section is of an unknown version; start another one before adding to it");
}

tapir_status tapir__block_copy(tapir__file_sink *sink, const tapir_pcapng_block *block)
{
    tapir_text *made = tapir__block_begin(sink, block->type);

    tapir_text_bytes(made, block->body.data, block->body.len);
    return tapir__block_end(sink);
}
