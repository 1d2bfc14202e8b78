/* Writing packets to pcapng files. */
#include "file/sink_block.h"

enum {
    ENHANCED_LEN = 32, /* of an enhanced packet block without packet and options */
    SIMPLE_LEN = 16,
    DIRECTION_LEN = 12, /* of the option that says it, and the end of the options */
    MAX_FLAGS_FCS = 15
};

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

/* Returns whether a frame says anything but its direction that only options can hold. */
TAPIR_INLINE bool has_options(
    const tapir_frame *frame, const tapir__sink_interface *interface, const tapir_pcapng_list *more)
{
    return frame->comment.len || frame->has_drops || frame->has_queue ||
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
    tapir__file_sink *sink, const tapir_frame *frame, const tapir__sink_interface *interface)
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

    return !frame->has_time && frame->time == 0 && frame->interface == 0 && !frame->direction &&
           frame->caplen == captured;
}

static tapir_status put_simple(tapir__file_sink *sink, const tapir_frame *frame)
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
TAPIR_INLINE tapir_status put_enhanced(tapir__file_sink *sink, const tapir_frame *frame,
    uint64_t ticks, tapir_span tail, uint32_t total)
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

/* Puts the only option of most frames that were captured live, and returns how long it is. */
TAPIR_INLINE uint32_t put_direction(
    const tapir__file_sink *sink, uint8_t *to, const tapir_frame *frame)
{
    const uint16_t code = tapir__order16(sink, TAPIR_OPTION_PACKET_FLAGS);
    const uint16_t len = tapir__order16(sink, 4);
    const uint32_t flags = tapir__order32(sink, frame->direction & 3U);

    memcpy(to, &code, 2);
    memcpy(to + 2, &len, 2);
    memcpy(to + 4, &flags, 4);
    return DIRECTION_LEN;
}

/* A packet with options, which are made in sink->tail. */
static tapir_status put_with_options(tapir__file_sink *sink, const tapir_frame *frame,
    uint64_t ticks, const tapir__sink_interface *interface, const tapir_pcapng_list *more)
{
    tapir_pcapng_list list = {.bytes = sink->tail, .big_endian = sink->big_endian};
    uint32_t total;
    size_t from;

    list.bytes.len = 0;
    list.bytes.failed = false;
    tapir_text_bytes(&list.bytes, "\0\0\0", -frame->caplen & 3);
    from = list.bytes.len;
    put_frame_options(&list, frame, interface->facts.fcs_len);
    tapir__block_put_list(&list.bytes, more);
    tapir__block_end_options(&list.bytes, from);
    total = ENHANCED_LEN + frame->caplen + (uint32_t)list.bytes.len;
    tapir__block_put32(sink, &list.bytes, total);
    sink->tail = list.bytes;
    if (list.bytes.failed)
        return tapir__no_list(sink);
    return put_enhanced(sink, frame, ticks, tapir_span_of(list.bytes.data, list.bytes.len), total);
}

/* Makes the one interface of frames that know of none. */
static tapir_status add_own_interface(tapir__file_sink *sink, const tapir_frame *frame)
{
    tapir_interface interface = {
        .link_type = frame->link_type,
        .snaplen = sink->options.snaplen,
        .fcs_len = sink->options.fcs_len,
        .time_resolution = sink->options.nanoseconds ? 9 : 6,
    };

    return tapir__file_add_interface(sink, &interface, NULL);
}

/* What keeps a frame from being written; fills in what is missing. */
static tapir_status prepare_frame(tapir__file_sink *sink, const tapir_frame *frame)
{
    const tapir__sink_interface *interface;
    tapir_status status = TAPIR_OK;

    if (sink->unsupported)
        return tapir__unknown_version(sink);
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
    tapir__file_sink *sink, const tapir_frame *frame, const tapir_pcapng_list *options)
{
    uint32_t tail_len = -frame->caplen & 3, total, last;
    const tapir__sink_interface *interface;
    uint8_t tail[3 + DIRECTION_LEN + 4] = {0};
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
        status = tapir__check_list(sink, options);
        return status == TAPIR_OK ? put_with_options(sink, frame, ticks, interface, options)
                                  : status;
    }
    if (__builtin_expect(is_simple(frame, interface), 0))
        return put_simple(sink, frame);
    if (frame->direction & 3U)
        tail_len += put_direction(sink, tail + tail_len, frame);
    total = ENHANCED_LEN + frame->caplen + tail_len;
    last = tapir__order32(sink, total);
    memcpy(tail + tail_len, &last, sizeof last);
    return put_enhanced(sink, frame, ticks, tapir_span_of(tail, tail_len + sizeof last), total);
}
