/* Writing pcapng files (draft-ietf-opsawg-pcapng). */
#include "file/sink.h"

#include <stdlib.h>

enum {
    BYTE_ORDER_MAGIC = 0x1A2B3C4D,
    ENHANCED_LEN = 32, /* of an enhanced packet block without packet and options */
    SIMPLE_LEN = 16,
    SECTION_LENGTH_AT = 16, /* in its header block */
    INTERFACE_AT = 8,       /* in an interface's block */
    MAX_KEPT = 64 << 20,    /* names and secrets repeated in every file of a rotation */
    MAX_FLAGS_FCS = 15
};

static const tapir_span nothing;

static tapir_status no_list(tapir_sink *sink)
{
    return tapir__sink_error(sink, TAPIR_INVALID,
        "a list of options is not whole: a value is too long for its option, or memory ran out");
}

/* Checks a list of the caller's. */
static tapir_status check_list(tapir_sink *sink, const tapir_pcapng_list *list)
{
    if (!list || (list->bytes.len == 0 && !list->bytes.failed))
        return TAPIR_OK;
    if (list->bytes.failed)
        return no_list(sink);
    if (list->big_endian != sink->big_endian)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "a list of options is %s-endian and the section is not (tapir_sink_big_endian)",
            list->big_endian ? "big" : "little");
    return TAPIR_OK;
}

/* A block being made in sink->made. */

static void put32(tapir_sink *sink, tapir_text *to, uint32_t value)
{
    value = tapir__order32(sink, value);
    tapir_text_bytes(to, &value, sizeof value);
}

static void put16(tapir_sink *sink, tapir_text *to, uint16_t value)
{
    value = tapir__order16(sink, value);
    tapir_text_bytes(to, &value, sizeof value);
}

static tapir_text *begin_block(tapir_sink *sink, uint32_t type)
{
    sink->made.len = 0;
    sink->made.failed = false;
    put32(sink, &sink->made, type);
    put32(sink, &sink->made, 0);
    return &sink->made;
}

/* Appends bytes and the zeroes that fill them up. */
static void put_padded(tapir_text *to, tapir_span bytes)
{
    tapir_text_bytes(to, bytes.data, bytes.len);
    tapir_text_bytes(to, "\0\0\0", -bytes.len & 3);
}

static void put_list(tapir_text *to, const tapir_pcapng_list *list)
{
    if (list)
        tapir_text_bytes(to, list->bytes.data, list->bytes.len);
}

/* Ends the list of options that began at `from`, if it is none of nothing. */
static void end_options(tapir_text *to, size_t from)
{
    if (to->len > from)
        tapir_text_bytes(to, "\0\0\0\0", 4);
}

/* Puts the block's length at both of its ends; false when memory ran out. */
static tapir_status end_block(tapir_sink *sink)
{
    tapir_text *block = &sink->made;
    uint32_t total;

    put32(sink, block, 0);
    if (block->failed)
        return no_list(sink);
    total = tapir__order32(sink, (uint32_t)block->len);
    memcpy(block->data + 4, &total, sizeof total);
    memcpy(block->data + block->len - 4, &total, sizeof total);
    return TAPIR_OK;
}

static bool is_packet(uint32_t type)
{
    return type == TAPIR_PCAPNG_ENHANCED_PACKET || type == TAPIR_PCAPNG_SIMPLE_PACKET ||
           type == TAPIR_PCAPNG_PACKET;
}

/* In a section of an unknown version nobody can tell. */
static bool is_packet_block(const tapir_sink *sink, const uint8_t *block)
{
    return is_packet(tapir__load32(block, sink->big_endian)) && !sink->unsupported;
}

/* Adds a whole block. */
static tapir_status put_block(tapir_sink *sink, const void *block, size_t len)
{
    const uint8_t *at = block;

    return tapir__sink_put(sink, is_packet_block(sink, at), at, TAPIR__BLOCK_OVERHEAD,
        tapir_span_of(at + TAPIR__BLOCK_OVERHEAD, len - TAPIR__BLOCK_OVERHEAD), nothing);
}

static tapir_status put_made(tapir_sink *sink)
{
    return put_block(sink, sink->made.data, sink->made.len);
}

static tapir_status needs_pcapng(tapir_sink *sink, const char *what)
{
    return tapir__sink_error(
        sink, TAPIR_UNSUPPORTED, "a pcap file cannot hold %s; write pcapng", what);
}

/* Sections. */

static void set_order(tapir_sink *sink, bool big_endian)
{
    sink->big_endian = big_endian;
    sink->swapped = big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    if (sink->len == 0)
        sink->buffer_big_endian = big_endian;
}

static tapir_status make_section(tapir_sink *sink, const tapir_sink_section *section)
{
    static const tapir_sink_section no_section;
    tapir_status status = TAPIR_OK;
    tapir_text *block;
    tapir_pcapng_list list;
    size_t from;

    if (!section)
        section = &no_section;
    status = check_list(sink, section->options);
    if (status != TAPIR_OK)
        return status;
    block = begin_block(sink, TAPIR_PCAPNG_SECTION);
    put32(sink, block, BYTE_ORDER_MAGIC);
    put16(sink, block, 1);
    put16(sink, block, section->version_minor_2 ? 2 : 0);
    tapir_text_bytes(block, "\xff\xff\xff\xff\xff\xff\xff\xff", 8); /* length not known */
    list = (tapir_pcapng_list){.bytes = *block, .big_endian = sink->big_endian};
    from = list.bytes.len;
    tapir_pcapng_put_string(&list, TAPIR_OPTION_SECTION_HARDWARE, section->hardware);
    tapir_pcapng_put_string(&list, TAPIR_OPTION_SECTION_OS, section->os);
    tapir_pcapng_put_string(&list, TAPIR_OPTION_SECTION_APPLICATION, section->application);
    for (size_t i = 0; i < section->comment_count; i++)
        tapir_pcapng_put_string(&list, TAPIR_OPTION_COMMENT, section->comments[i]);
    put_list(&list.bytes, section->options);
    end_options(&list.bytes, from);
    *block = list.bytes;
    return end_block(sink);
}

/* Begins a section with its header, a whole block. */
static tapir_status put_section(tapir_sink *sink, const void *block, size_t len)
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
    return put_block(sink, block, len);
}

tapir_status tapir__pcapng_prepare(tapir_sink *sink, const tapir_sink_section *section)
{
    tapir_status status;

    set_order(sink, sink->big_endian);
    status = make_section(sink, section);
    if (status == TAPIR_OK)
        tapir_text_bytes(&sink->section, sink->made.data, sink->made.len);
    return sink->section.failed ? tapir__sink_no_memory(sink) : status;
}

tapir_status tapir__pcapng_need_section(tapir_sink *sink)
{
    return sink->begun ? TAPIR_OK : put_section(sink, sink->section.data, sink->section.len);
}

tapir_status tapir_sink_start_section(tapir_sink *sink, const tapir_sink_section *section)
{
    tapir_status status;

    if (!sink->pcapng)
        return needs_pcapng(sink, "sections");
    status = make_section(sink, section);
    sink->unsupported = false;
    return status == TAPIR_OK ? put_section(sink, sink->made.data, sink->made.len) : status;
}

void tapir__pcapng_found_section(tapir_sink *sink, const tapir_pcapng_block *block)
{
    set_order(sink, block->big_endian);
    sink->begun = true;
    sink->unsupported = block->unsupported;
    sink->interface_count = 0;
    sink->described.len = 0;
}

void tapir__pcapng_forget_section(tapir_sink *sink)
{
    sink->begun = sink->unsupported = false;
    sink->interface_count = 0;
    sink->described.len = 0;
}

static tapir_status put_kept_blocks(tapir_sink *sink, const tapir_text *blocks)
{
    tapir_status status = TAPIR_OK;

    for (size_t at = 0, len; at < blocks->len && status == TAPIR_OK; at += len) {
        len = tapir__load32((const uint8_t *)blocks->data + at + 4, sink->big_endian);
        status = put_block(sink, blocks->data + at, len);
    }
    return status;
}

tapir_status tapir__pcapng_begin(tapir_sink *sink)
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

/* Keeps a block of names or secrets for the next files of a rotation. */
static void keep(tapir_sink *sink, const void *block, size_t len)
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

/* Takes an interface into the list, described by `block`. */
static tapir_status list_interface(
    tapir_sink *sink, const tapir_interface *interface, const void *block, size_t len, bool found)
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

static tapir_status make_interface(tapir_sink *sink, const tapir_interface *interface)
{
    tapir_text *block = begin_block(sink, TAPIR_PCAPNG_INTERFACE);
    tapir_pcapng_options options;
    tapir_pcapng_option option;
    tapir_pcapng_list list;
    size_t from;

    put16(sink, block, interface->link_type);
    put16(sink, block, 0);
    put32(sink, block, interface->snaplen);
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
    end_options(&list.bytes, from);
    *block = list.bytes;
    return end_block(sink);
}

/* Finds the description just made among those of the file that is appended to. */
static bool find_description(tapir_sink *sink, uint32_t *index)
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

static tapir_status add_to_pcap(tapir_sink *sink, const tapir_interface *interface)
{
    if (interface->link_type != sink->options.link_type)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "an interface of link type %u; the file is of type %u, and a pcap file has one only",
            interface->link_type, sink->options.link_type);
    return TAPIR_OK;
}

static tapir_status unknown_version(tapir_sink *sink)
{
    return tapir__sink_error(sink, TAPIR_INVALID,
        "the section is of an unknown version; start another one before adding to it");
}

tapir_status tapir_sink_add_interface(
    tapir_sink *sink, const tapir_interface *interface, uint32_t *index)
{
    uint32_t number = 0;
    tapir_status status;

    if (index)
        *index = 0;
    if (!sink->pcapng)
        return add_to_pcap(sink, interface);
    if (sink->unsupported)
        return unknown_version(sink);
    status = tapir__pcapng_need_section(sink);
    if (status == TAPIR_OK)
        status = make_interface(sink, interface);
    if (status != TAPIR_OK)
        return status;
    if (!find_description(sink, &number)) {
        number = sink->interface_count;
        status = list_interface(sink, interface, sink->made.data, sink->made.len, false);
        if (status == TAPIR_OK)
            status = put_made(sink);
    }
    if (index)
        *index = number;
    return status;
}

/* Puts a block back together that was read. */
static tapir_status make_copy(tapir_sink *sink, const tapir_pcapng_block *block)
{
    tapir_text *made = begin_block(sink, block->type);

    tapir_text_bytes(made, block->body.data, block->body.len);
    return end_block(sink);
}

tapir_status tapir__pcapng_found_interface(tapir_sink *sink, const tapir_pcapng_block *block)
{
    tapir_status status = make_copy(sink, block);

    return status == TAPIR_OK
               ? list_interface(sink, block->interface, sink->made.data, sink->made.len, true)
               : status;
}

/* Makes the one interface of frames that know of none. */
static tapir_status add_own_interface(tapir_sink *sink, const tapir_frame *frame)
{
    tapir_interface interface = {
        .link_type = frame->link_type,
        .snaplen = sink->options.snaplen,
        .fcs_len = sink->options.fcs_len,
        .time_resolution = sink->options.nanoseconds ? 9 : 6,
    };

    return tapir_sink_add_interface(sink, &interface, NULL);
}

/* Packets. */

/* Which of the options that a frame gives have been put. */
typedef struct frame_options {
    bool comment, flags, drops, queue;
} frame_options;

static uint32_t flags_of(const tapir_frame *frame, uint8_t interface_fcs_len, uint32_t given)
{
    static const uint8_t directions[4] = {
        TAPIR_DIRECTION_UNKNOWN, TAPIR_DIRECTION_IN, TAPIR_DIRECTION_OUT, TAPIR_DIRECTION_UNKNOWN};
    uint32_t flags = given;
    uint8_t said = given >> 5 & MAX_FLAGS_FCS;

    if (directions[given & 3] != frame->direction)
        flags = (flags & ~UINT32_C(3)) | (frame->direction & 3U);
    if ((said ? said : interface_fcs_len) != frame->fcs_len && frame->fcs_len <= MAX_FLAGS_FCS)
        flags = (flags & ~(UINT32_C(15) << 5)) | (uint32_t)frame->fcs_len << 5;
    return flags;
}

/* Puts an option of the block that the frame came in, or what the frame says in its place. */
static void put_block_option(tapir_pcapng_list *list, const tapir_frame *frame,
    uint8_t interface_fcs_len, const tapir_pcapng_option *option, frame_options *put)
{
    bool big_endian = frame->block->big_endian;
    size_t len = option->value.len;

    if (option->code == TAPIR_OPTION_COMMENT && !put->comment) {
        put->comment = true;
        if (frame->comment.data)
            tapir_pcapng_put_option(list, TAPIR_OPTION_COMMENT, frame->comment);
    } else if (option->code == TAPIR_OPTION_PACKET_FLAGS && len == 4) {
        put->flags = true;
        tapir_pcapng_put_number(list, TAPIR_OPTION_PACKET_FLAGS, 4,
            flags_of(frame, interface_fcs_len, tapir__load32(option->value.data, big_endian)));
    } else if (option->code == TAPIR_OPTION_PACKET_DROPS && len == 8) {
        put->drops = true;
        if (frame->has_drops)
            tapir_pcapng_put_number(list, TAPIR_OPTION_PACKET_DROPS, 8, frame->drops);
    } else if (option->code == TAPIR_OPTION_PACKET_QUEUE && len == 4) {
        put->queue = true;
        if (frame->has_queue)
            tapir_pcapng_put_number(list, TAPIR_OPTION_PACKET_QUEUE, 4, frame->queue);
    } else {
        tapir__convert_option(list, TAPIR_PCAPNG_ENHANCED_PACKET, option, big_endian);
    }
}

static void put_frame_options(
    tapir_pcapng_list *list, const tapir_frame *frame, uint8_t interface_fcs_len)
{
    frame_options put = {false};
    tapir_pcapng_options options;
    tapir_pcapng_option option;
    uint32_t flags = flags_of(frame, interface_fcs_len, 0);

    if (frame->block) {
        options = tapir_pcapng_options_of(frame->block);
        while (tapir_pcapng_options_next(&options, &option))
            put_block_option(list, frame, interface_fcs_len, &option, &put);
    }
    if (!put.comment && frame->comment.len)
        tapir_pcapng_put_option(list, TAPIR_OPTION_COMMENT, frame->comment);
    if (!put.flags && flags)
        tapir_pcapng_put_number(list, TAPIR_OPTION_PACKET_FLAGS, 4, flags);
    if (!put.drops && frame->has_drops)
        tapir_pcapng_put_number(list, TAPIR_OPTION_PACKET_DROPS, 8, frame->drops);
    if (!put.queue && frame->has_queue)
        tapir_pcapng_put_number(list, TAPIR_OPTION_PACKET_QUEUE, 4, frame->queue);
}

/* Returns whether a frame says anything that only options can hold. */
TAPIR_INLINE bool has_options(
    const tapir_frame *frame, const tapir__sink_interface *interface, const tapir_pcapng_list *more)
{
    return frame->comment.len || frame->direction || frame->has_drops || frame->has_queue ||
           frame->fcs_len != interface->facts.fcs_len ||
           (frame->block && frame->block->options.len) || more;
}

/* Returns the timestamp that the frame came with, where that is finer than its time. */
static bool own_ticks(
    const tapir_frame *frame, const tapir__sink_interface *interface, uint64_t *ticks)
{
    const tapir_interface *from = frame->block ? frame->block->interface : NULL;
    tapir_pcapng_packet packet;

    if (!from || from->time_resolution != interface->facts.time_resolution ||
        from->time_offset != interface->facts.time_offset ||
        !tapir_pcapng_packet_get(frame->block, &packet) ||
        tapir_pcapng_time(from, packet.ticks) != frame->time)
        return false;
    *ticks = packet.ticks;
    return true;
}

static tapir_status no_time(
    tapir_sink *sink, const tapir_frame *frame, const tapir__sink_interface *interface)
{
    return tapir__sink_error(sink, TAPIR_INVALID,
        "packet %llu: its time, %lld ns since 1970, is out of the range of its interface's "
        "timestamps (resolution 0x%02x, offset %lld s)",
        (unsigned long long)frame->number, (long long)frame->time, interface->facts.time_resolution,
        (long long)interface->facts.time_offset);
}

TAPIR_INLINE bool ticks_of(
    const tapir_frame *frame, const tapir__sink_interface *interface, uint64_t *ticks)
{
    if (__builtin_expect(interface->divisor && frame->time >= 0 && frame->time != INT64_MAX, 1)) {
        /* Constants spare the division. */
        *ticks = interface->divisor == 1      ? (uint64_t)frame->time
                 : interface->divisor == 1000 ? (uint64_t)frame->time / 1000
                                              : (uint64_t)frame->time / interface->divisor;
        return true;
    }
    return own_ticks(frame, interface, ticks) ||
           tapir_pcapng_ticks(&interface->facts, frame->time, ticks);
}

/* Returns whether a simple packet block means the same as the frame. */
TAPIR_INLINE bool is_simple(const tapir_frame *frame, const tapir__sink_interface *interface)
{
    uint32_t snaplen = interface->facts.snaplen;
    uint32_t captured = snaplen && snaplen < frame->len ? snaplen : frame->len;

    return !frame->has_time && frame->time == 0 && frame->interface == 0 &&
           frame->caplen == captured;
}

static tapir_status put_simple(tapir_sink *sink, const tapir_frame *frame)
{
    uint32_t padding = -frame->caplen & 3, total = SIMPLE_LEN + frame->caplen + padding;
    uint32_t head[] = {
        tapir__order32(sink, TAPIR_PCAPNG_SIMPLE_PACKET),
        tapir__order32(sink, total),
        tapir__order32(sink, frame->len),
    };
    uint8_t tail[7] = {0};

    total = tapir__order32(sink, total);
    memcpy(tail + padding, &total, sizeof total);
    return tapir__sink_put(sink, true, head, sizeof head, tapir_span_of(frame->data, frame->caplen),
        tapir_span_of(tail, padding + sizeof total));
}

/* Adds an enhanced packet block; `tail` is all behind the packet but the length. */
TAPIR_INLINE tapir_status put_enhanced(
    tapir_sink *sink, const tapir_frame *frame, uint64_t ticks, tapir_span tail, uint32_t total)
{
    uint32_t head[] = {
        TAPIR_PCAPNG_ENHANCED_PACKET,
        total,
        frame->interface,
        (uint32_t)(ticks >> 32),
        (uint32_t)ticks,
        frame->caplen,
        frame->len,
    };

    if (__builtin_expect(sink->swapped, 0))
        for (size_t i = 0; i < TAPIR_COUNT(head); i++)
            head[i] = __builtin_bswap32(head[i]);
    return tapir__sink_put(
        sink, true, head, sizeof head, tapir_span_of(frame->data, frame->caplen), tail);
}

/* A packet with options, which are made in sink->tail. */
static tapir_status put_with_options(tapir_sink *sink, const tapir_frame *frame, uint64_t ticks,
    const tapir__sink_interface *interface, const tapir_pcapng_list *more)
{
    tapir_pcapng_list list = {.bytes = sink->tail, .big_endian = sink->big_endian};
    uint32_t total;
    size_t from;

    list.bytes.len = 0;
    list.bytes.failed = false;
    tapir_text_bytes(&list.bytes, "\0\0\0", -frame->caplen & 3);
    from = list.bytes.len;
    put_frame_options(&list, frame, interface->facts.fcs_len);
    put_list(&list.bytes, more);
    end_options(&list.bytes, from);
    total = ENHANCED_LEN + frame->caplen + (uint32_t)list.bytes.len;
    put32(sink, &list.bytes, total);
    sink->tail = list.bytes;
    if (list.bytes.failed)
        return no_list(sink);
    return put_enhanced(sink, frame, ticks, tapir_span_of(list.bytes.data, list.bytes.len), total);
}

/* What keeps a frame from being written; fills in what is missing. */
static tapir_status prepare_frame(tapir_sink *sink, const tapir_frame *frame)
{
    const tapir__sink_interface *interface;
    tapir_status status = TAPIR_OK;

    if (sink->unsupported)
        return unknown_version(sink);
    if (sink->interface_count == 0 && frame->interface == 0)
        status = add_own_interface(sink, frame);
    if (status != TAPIR_OK)
        return status;
    if (frame->interface >= sink->interface_count)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "packet %llu is of interface %u; %u were added to the section",
            (unsigned long long)frame->number, frame->interface, sink->interface_count);
    interface = &sink->interfaces[frame->interface];
    if (interface->facts.link_type != frame->link_type)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "packet %llu has link type %u; its interface %u is of type %u",
            (unsigned long long)frame->number, frame->link_type, frame->interface,
            interface->facts.link_type);
    if (frame->caplen > INT32_MAX)
        return tapir__sink_error(sink, TAPIR_INVALID,
            "packet %llu: %u bytes are too many for a block", (unsigned long long)frame->number,
            frame->caplen);
    return TAPIR_OK;
}

tapir_status tapir__pcapng_write(
    tapir_sink *sink, const tapir_frame *frame, const tapir_pcapng_list *options)
{
    uint32_t padding = -frame->caplen & 3, total = ENHANCED_LEN + frame->caplen + padding, last;
    const tapir__sink_interface *interface;
    uint8_t tail[7] = {0};
    tapir_status status;
    uint64_t ticks;

    if (__builtin_expect(
            frame->interface >= sink->interface_count || sink->unsupported ||
                sink->interfaces[frame->interface].facts.link_type != frame->link_type ||
                frame->caplen > INT32_MAX,
            0)) {
        status = prepare_frame(sink, frame);
        if (status != TAPIR_OK)
            return status;
    }
    interface = sink->interfaces + frame->interface;
    if (!ticks_of(frame, interface, &ticks))
        return no_time(sink, frame, interface);
    if (__builtin_expect(has_options(frame, interface, options), 0)) {
        status = check_list(sink, options);
        return status == TAPIR_OK ? put_with_options(sink, frame, ticks, interface, options)
                                  : status;
    }
    if (__builtin_expect(is_simple(frame, interface), 0))
        return put_simple(sink, frame);
    last = tapir__order32(sink, total);
    memcpy(tail + padding, &last, sizeof last);
    return put_enhanced(sink, frame, ticks, tapir_span_of(tail, padding + sizeof last), total);
}

/* Everything else. */

/* What every block but those of sections and interfaces begins with. */
static tapir_status begin_other(
    tapir_sink *sink, uint32_t type, const char *what, const tapir_pcapng_list *options)
{
    tapir_status status;

    if (!sink->pcapng)
        return needs_pcapng(sink, what);
    if (sink->unsupported)
        return unknown_version(sink);
    status = tapir__pcapng_need_section(sink);
    if (status == TAPIR_OK)
        status = check_list(sink, options);
    if (status == TAPIR_OK)
        begin_block(sink, type);
    return status;
}

/* Ends it with options and adds it. */
static tapir_status end_other(tapir_sink *sink, const tapir_pcapng_list *options, bool is_kept)
{
    size_t from = sink->made.len;
    tapir_status status;

    put_list(&sink->made, options);
    end_options(&sink->made, from);
    status = end_block(sink);
    if (status == TAPIR_OK && is_kept)
        keep(sink, sink->made.data, sink->made.len);
    return status == TAPIR_OK ? put_made(sink) : status;
}

static tapir_status check_name(tapir_sink *sink, const tapir_pcapng_name *name)
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

tapir_status tapir_sink_add_names(tapir_sink *sink, const tapir_pcapng_name *names, size_t count,
    const tapir_pcapng_list *options)
{
    tapir_status status = begin_other(sink, TAPIR_PCAPNG_NAMES, "names", options);

    for (size_t i = 0; i < count && status == TAPIR_OK; i++) {
        const tapir_pcapng_name *name = &names[i];

        status = check_name(sink, name);
        if (status != TAPIR_OK)
            break;
        put16(sink, &sink->made, (uint16_t)name->type);
        put16(sink, &sink->made, (uint16_t)(name->address.len + name->name.len + 1));
        tapir_text_bytes(&sink->made, name->address.data, name->address.len);
        tapir_text_bytes(&sink->made, name->name.data, name->name.len);
        tapir_text_bytes(
            &sink->made, "\0\0\0\0", 1 + (-(name->address.len + name->name.len + 1) & 3));
    }
    if (status != TAPIR_OK)
        return status;
    put32(sink, &sink->made, 0); /* the end of the records */
    return end_other(sink, options, true);
}

static void put_counter(tapir_pcapng_list *list, uint16_t code, uint64_t value)
{
    if (value != UINT64_MAX)
        tapir_pcapng_put_number(list, code, 8, value);
}

static tapir_status put_time_option(tapir_sink *sink, tapir_pcapng_list *list,
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
            put32(sink, &list->bytes, (uint32_t)(ticks >> 32 * half));
    return TAPIR_OK;
}

tapir_status tapir_sink_add_statistics(tapir_sink *sink, uint32_t interface,
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
    put32(sink, &sink->made, interface);
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
    put_list(&list.bytes, options);
    end_options(&list.bytes, from);
    sink->made = list.bytes;
    return status == TAPIR_OK ? end_other(sink, NULL, false) : status;
}

static tapir_status too_long(tapir_sink *sink, uint32_t type, size_t len)
{
    return tapir__sink_error(sink, TAPIR_INVALID, "%s: %zu bytes are too many for a block",
        tapir_pcapng_block_name(type), len);
}

tapir_status tapir_sink_add_secrets(
    tapir_sink *sink, uint32_t type, tapir_span secrets, const tapir_pcapng_list *options)
{
    tapir_status status = begin_other(sink, TAPIR_PCAPNG_SECRETS, "secrets", options);

    if (status == TAPIR_OK && secrets.len > INT32_MAX)
        status = too_long(sink, TAPIR_PCAPNG_SECRETS, secrets.len);
    if (status != TAPIR_OK)
        return status;
    put32(sink, &sink->made, type);
    put32(sink, &sink->made, (uint32_t)secrets.len);
    put_padded(&sink->made, secrets);
    return end_other(sink, options, true);
}

tapir_status tapir_sink_add_custom(
    tapir_sink *sink, uint32_t enterprise, tapir_span content, bool copied)
{
    uint32_t type = copied ? TAPIR_PCAPNG_CUSTOM : TAPIR_PCAPNG_CUSTOM_NOT_COPIED;
    tapir_status status = begin_other(sink, type, "custom blocks", NULL);

    if (status == TAPIR_OK && content.len > INT32_MAX)
        status = too_long(sink, type, content.len);
    if (status != TAPIR_OK)
        return status;
    put32(sink, &sink->made, enterprise);
    put_padded(&sink->made, content);
    return end_other(sink, NULL, false);
}

tapir_status tapir_sink_add_journal(tapir_sink *sink, tapir_span entry)
{
    return tapir_sink_add_block(sink, TAPIR_PCAPNG_JOURNAL, entry, NULL);
}

tapir_status tapir_sink_add_block(
    tapir_sink *sink, uint32_t type, tapir_span body, const tapir_pcapng_list *options)
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
    put_padded(&sink->made, body);
    return end_other(sink, options, type == TAPIR_PCAPNG_NAMES || type == TAPIR_PCAPNG_SECRETS);
}

/* Copies. */

static tapir_status cannot_convert(
    tapir_sink *sink, tapir_status status, const tapir_pcapng_block *block)
{
    if (status == TAPIR_NO_MEMORY)
        return tapir__sink_no_memory(sink);
    return tapir__sink_error(sink, status,
        "a block of type 0x%08x (%s) at byte %llu %s, so it cannot be brought into the other byte "
        "order",
        block->type, tapir_pcapng_block_name(block->type), (unsigned long long)block->offset,
        status == TAPIR_DAMAGED ? "is damaged" : "is of no known kind");
}

static tapir_status make_converted(tapir_sink *sink, const tapir_pcapng_block *block)
{
    tapir_text *made = begin_block(sink, block->type);
    tapir_status status = tapir__convert_body(made, block);

    return status == TAPIR_OK ? end_block(sink) : cannot_convert(sink, status, block);
}

/* Writes the number of another interface into the copy of a block. */
static void renumber(tapir_sink *sink, uint32_t interface)
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
    tapir_sink *sink, const tapir_pcapng_block *block, uint32_t interface)
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
    tapir_sink *sink, const tapir_pcapng_block *block, uint32_t interface)
{
    tapir_frame frame = simple_frame(block, interface);

    frame.fcs_len = sink->interfaces[interface].facts.fcs_len;
    return tapir__pcapng_write(sink, &frame, NULL);
}

static tapir_status copy_section(tapir_sink *sink, const tapir_pcapng_block *block)
{
    tapir_status status;

    if (block->body.len < SECTION_LENGTH_AT)
        return cannot_convert(sink, TAPIR_DAMAGED, block);
    set_order(sink, block->big_endian);
    status = make_copy(sink, block);
    sink->unsupported = block->unsupported;
    return status == TAPIR_OK ? put_section(sink, sink->made.data, sink->made.len) : status;
}

/* Adds a block as it is, without going through sink->made. */
static tapir_status copy_whole(tapir_sink *sink, const tapir_pcapng_block *block)
{
    size_t first = block->body.len < 4 ? 0 : 4;
    bool packet = is_packet(block->type) && !block->unsupported;
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
    const tapir_sink *sink, const tapir_pcapng_block *block, const uint32_t *interface)
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
    tapir_sink *sink, const tapir_pcapng_block *block, const uint32_t *interface)
{
    tapir_status status;

    if (is_copied_whole(sink, block, interface)) {
        return copy_whole(sink, block);
    }
    if (interface && block->type == TAPIR_PCAPNG_SIMPLE_PACKET && block->interface &&
        block->body.len >= 4)
        return copy_simple(sink, block, *interface);
    status = block->big_endian == sink->big_endian ? make_copy(sink, block)
                                                   : make_converted(sink, block);
    if (status != TAPIR_OK)
        return status;
    if (interface)
        renumber(sink, *interface);
    if (block->type == TAPIR_PCAPNG_INTERFACE && block->interface && !block->unsupported)
        status = list_interface(sink, block->interface, sink->made.data, sink->made.len, false);
    else if (is_kept(block->type))
        keep(sink, sink->made.data, sink->made.len);
    return status == TAPIR_OK ? put_made(sink) : status;
}

tapir_status tapir_sink_copy_block(
    tapir_sink *sink, const tapir_pcapng_block *block, const uint32_t *interface)
{
    bool refers = is_packet(block->type) || block->type == TAPIR_PCAPNG_STATISTICS;
    tapir_status status = sink->over;

    if (!sink->pcapng)
        return needs_pcapng(sink, "blocks");
    if (block->body.len % 4 || block->body.len > INT32_MAX)
        return tapir__sink_error(
            sink, TAPIR_INVALID, "a block of %zu bytes is none that was read", block->body.len);
    if (status == TAPIR_OK && is_packet(block->type) && tapir__rotates(sink))
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
