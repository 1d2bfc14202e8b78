/* pcapng files (draft-ietf-opsawg-pcapng): blocks, sections, interfaces and packets. */
#include "file/file.h"

#include <stdlib.h>

enum {
    BLOCK_OVERHEAD = 12, /* type and length before the body, the length again behind it */
    BYTE_ORDER_MAGIC = 0x1A2B3C4D,
    SECTION_LEN = 16, /* fixed parts of the bodies */
    INTERFACE_LEN = 8,
    PACKET_LEN = 20, /* both kinds with a timestamp */
    SIMPLE_PACKET_LEN = 4,
    STATISTICS_LEN = 12,
    SECRETS_LEN = 8,
    CUSTOM_LEN = 4,
    NO_DROPS_KNOWN = 0xFFFF
};

/* What an interface needs to live as long as the source: one piece of memory each. */
typedef struct described {
    tapir_interface interface;
    tapir_pcapng_block block;
    char bytes[]; /* the block's body, then its strings */
} described;

static tapir_status damaged(tapir__file *file, const tapir_pcapng_block *block, const char *what)
{
    return tapir__file_error(
        file, TAPIR_DAMAGED, block->offset, "%s: %s", tapir_pcapng_block_name(block->type), what);
}

/* Walks over the options once to see whether they are whole. */
static bool options_whole(const tapir_pcapng_block *block)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_option option;

    while (tapir_pcapng_options_next(&options, &option))
        ;
    return !options.damaged;
}

/* Sets the options of a block to what lies behind `fixed` bytes of its body. */
static bool set_options(tapir_pcapng_block *block, size_t fixed)
{
    if (block->body.len < fixed) {
        block->damaged = true;
        return false;
    }
    block->options = tapir_span_of(block->body.data + fixed, block->body.len - fixed);
    return true;
}

static const char *keep_string(char **at, tapir_span value)
{
    char *string = *at;

    value = tapir_pcapng_string(value);
    memcpy(string, value.data, value.len);
    string[value.len] = '\0';
    *at += value.len + 1;
    return string;
}

/* FCS lengths are meant to be in bits, but the specification's own example, 4, is in bytes. */
static uint8_t fcs_len_of(uint64_t value)
{
    return (uint8_t)(value >= 8 && value % 8 == 0 ? value / 8 : value);
}

static void describe_option(
    tapir_interface *interface, const tapir_pcapng_option *option, char **strings)
{
    const tapir_pcapng_block *block = interface->block;
    tapir_span value = option->value;
    const char **string = NULL;
    uint64_t number = 0;
    bool is_number = tapir_pcapng_number(block, value, &number);

    switch (option->code) {
    case TAPIR_OPTION_COMMENT:
        string = &interface->comment;
        break;
    case TAPIR_OPTION_INTERFACE_NAME:
        string = &interface->name;
        break;
    case TAPIR_OPTION_INTERFACE_DESCRIPTION:
        string = &interface->description;
        break;
    case TAPIR_OPTION_INTERFACE_OS:
        string = &interface->os;
        break;
    case TAPIR_OPTION_INTERFACE_HARDWARE:
        string = &interface->hardware;
        break;
    case TAPIR_OPTION_INTERFACE_FILTER:
        if (value.len && value.data[0] == 0) { /* 0: a string; other kinds are no text */
            string = &interface->filter;
            value = tapir_span_of(value.data + 1, value.len - 1);
        }
        break;
    case TAPIR_OPTION_INTERFACE_TIME_RESOLUTION:
        if (value.len == 1)
            interface->time_resolution = value.data[0];
        break;
    case TAPIR_OPTION_INTERFACE_TIME_OFFSET:
        if (value.len == 8 && is_number)
            interface->time_offset = (int64_t)number;
        break;
    case TAPIR_OPTION_INTERFACE_FCS_LENGTH:
        if (value.len == 1)
            interface->fcs_len = fcs_len_of(number);
        break;
    default:
        break;
    }
    if (string && !*string)
        *string = keep_string(strings, value);
}

/* Makes room in the list of interfaces for one more. */
static tapir_status make_room(tapir__file *file)
{
    tapir__pcapng *ng = file->pcapng;
    size_t room = ng->interface_room ? 2 * ng->interface_room : 8;
    tapir_interface **list;

    if (file->source.interface_count < ng->interface_room)
        return TAPIR_OK;
    list = realloc(file->source.interfaces, room * sizeof *list);
    if (!list)
        return TAPIR_NO_MEMORY;
    file->source.interfaces = list;
    ng->interface_room = room;
    return TAPIR_OK;
}

/* Adds the interface that `block` describes to the list, with a copy of the block. */
static tapir_status add_interface(tapir__file *file, const tapir_pcapng_block *block)
{
    tapir__pcapng *ng = file->pcapng;
    /* Strings are no longer than their options; the zero behind each takes less than the header. */
    size_t len = sizeof(described) + 2 * block->body.len;
    tapir_pcapng_options options;
    tapir_pcapng_option option;
    described *copy;
    char *strings;

    if (file->source.interface_count >= TAPIR__MAX_INTERFACES)
        return tapir__file_error(file, TAPIR_DAMAGED, block->offset,
            "more than %d interfaces are described", TAPIR__MAX_INTERFACES);
    if (ng->description_len + len > TAPIR__MAX_DESCRIPTIONS)
        return tapir__file_error(file, TAPIR_DAMAGED, block->offset,
            "the descriptions of interfaces take more than %d bytes", TAPIR__MAX_DESCRIPTIONS);
    copy = make_room(file) == TAPIR_OK ? calloc(1, len) : NULL;
    if (!copy)
        return tapir__file_error(file, TAPIR_NO_MEMORY, block->offset, "out of memory");
    memcpy(copy->bytes, block->body.data, block->body.len);
    strings = copy->bytes + block->body.len;
    copy->block = *block;
    copy->block.body = tapir_span_of(copy->bytes, block->body.len);
    copy->block.interface = &copy->interface;
    set_options(&copy->block, INTERFACE_LEN);
    copy->interface = (tapir_interface){
        .link_type =
            tapir__link_type_of_file(tapir__load16(copy->block.body.data, block->big_endian)),
        .snaplen = tapir__load32(copy->block.body.data + 4, block->big_endian),
        .section = block->section,
        .time_resolution = 6,
        .block = &copy->block,
    };
    options = tapir_pcapng_options_of(&copy->block);
    while (tapir_pcapng_options_next(&options, &option))
        describe_option(&copy->interface, &option, &strings);
    ng->description_len += len;
    file->source.interfaces[file->source.interface_count++] = &copy->interface;
    return TAPIR_OK;
}

/* Returns the interface of that number in the current section, NULL when there is none. */
TAPIR_INLINE tapir_interface *find_interface(const tapir__file *file, uint32_t number)
{
    size_t first = file->pcapng->first_interface;

    return number < file->source.interface_count - first ? file->source.interfaces[first + number]
                                                         : NULL;
}

static tapir_status no_interface(
    tapir__file *file, const tapir_pcapng_block *block, uint32_t number)
{
    return tapir__file_error(file, TAPIR_DAMAGED, block->offset,
        "%s: a packet of interface %u, but the section describes %zu before it",
        tapir_pcapng_block_name(block->type), number,
        file->source.interface_count - file->pcapng->first_interface);
}

static void frame_option(
    tapir_frame *frame, const tapir_pcapng_block *block, const tapir_pcapng_option *option)
{
    static const uint8_t directions[4] = {
        TAPIR_DIRECTION_UNKNOWN, TAPIR_DIRECTION_IN, TAPIR_DIRECTION_OUT, TAPIR_DIRECTION_UNKNOWN};
    tapir_span value = option->value;
    uint32_t flags;

    /* The obsolete packet block has only the first two of these. */
    if (option->code == TAPIR_OPTION_COMMENT && !frame->comment.data) {
        frame->comment = tapir_pcapng_string(value);
    } else if (option->code == TAPIR_OPTION_PACKET_FLAGS && value.len == 4) {
        flags = tapir__load32(value.data, block->big_endian);
        frame->direction = directions[flags & 3];
        if (flags >> 5 & 15)
            frame->fcs_len = flags >> 5 & 15;
    } else if (block->type != TAPIR_PCAPNG_ENHANCED_PACKET) {
        return;
    } else if (option->code == TAPIR_OPTION_PACKET_DROPS && value.len == 8) {
        frame->has_drops = true;
        frame->drops = tapir__load64(value.data, block->big_endian);
    } else if (option->code == TAPIR_OPTION_PACKET_QUEUE && value.len == 4) {
        frame->has_queue = true;
        frame->queue = tapir__load32(value.data, block->big_endian);
    }
}

static void frame_options(tapir_frame *frame, tapir_pcapng_block *block)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_option option;

    while (tapir_pcapng_options_next(&options, &option))
        frame_option(frame, block, &option);
    block->damaged = options.damaged;
}

/* Fills what all kinds of packet blocks have in common and counts the frame. */
TAPIR_INLINE void hand_out(tapir__file *file, tapir_frame *frame, tapir_pcapng_block *block,
    tapir_interface *interface, const uint8_t *data, uint32_t captured, uint32_t len)
{
    block->interface = interface;
    tapir__frame_clear(frame);
    frame->data = data;
    frame->caplen = captured;
    frame->len = len;
    frame->link_type = interface->link_type;
    frame->fcs_len = interface->fcs_len;
    frame->block = block;
    frame->number = ++file->source.frames;
    frame->offset = block->offset;
    interface->frames++;
    file->source.bytes += captured;
}

/* The enhanced packet block and the obsolete packet block differ in their first word only. */
TAPIR_INLINE tapir_status read_packet(
    tapir__file *file, tapir_frame *frame, tapir_pcapng_block *block, bool enhanced)
{
    const uint8_t *at = block->body.data;
    bool big_endian = block->big_endian;
    uint32_t number, captured;
    tapir_interface *interface;
    size_t padded;

    if (block->body.len < PACKET_LEN)
        return damaged(file, block, "too short for its header");
    number = enhanced ? tapir__load32(at, big_endian) : tapir__load16(at, big_endian);
    captured = tapir__load32(at + 12, big_endian);
    interface = find_interface(file, number);
    if (!interface)
        return no_interface(file, block, number);
    if (captured > block->body.len - PACKET_LEN)
        return tapir__file_error(file, TAPIR_DAMAGED, block->offset,
            "%s: %u bytes of packet do not fit into its %zu", tapir_pcapng_block_name(block->type),
            captured, block->body.len - PACKET_LEN);
    hand_out(file, frame, block, interface, at + PACKET_LEN, captured,
        tapir__load32(at + 16, big_endian));
    frame->interface = (uint32_t)file->pcapng->first_interface + number;
    frame->has_time = true;
    frame->time = tapir__ticks_to_time(interface, tapir__load_ticks(at + 4, big_endian));
    if (!enhanced && tapir__load16(at + 2, big_endian) != NO_DROPS_KNOWN) {
        frame->has_drops = true;
        frame->drops = tapir__load16(at + 2, big_endian);
    }
    padded = PACKET_LEN + (((size_t)captured + 3) & ~(size_t)3);
    if (padded < block->body.len) {
        set_options(block, padded);
        frame_options(frame, block);
    }
    return TAPIR_OK;
}

/* A simple packet block belongs to the section's first interface, whose snaplen cuts it. */
static tapir_status read_simple_packet(
    tapir__file *file, tapir_frame *frame, tapir_pcapng_block *block)
{
    tapir_interface *interface = find_interface(file, 0);
    uint32_t len, captured;

    if (block->body.len < SIMPLE_PACKET_LEN)
        return damaged(file, block, "too short for its header");
    if (!interface)
        return no_interface(file, block, 0);
    captured = len = tapir__load32(block->body.data, block->big_endian);
    if (interface->snaplen && interface->snaplen < captured)
        captured = interface->snaplen;
    if (captured > block->body.len - SIMPLE_PACKET_LEN)
        return tapir__file_error(file, TAPIR_DAMAGED, block->offset,
            "Simple Packet Block: %u bytes of packet do not fit into its %zu", captured,
            block->body.len - SIMPLE_PACKET_LEN);
    hand_out(file, frame, block, interface, block->body.data + SIMPLE_PACKET_LEN, captured, len);
    frame->interface = (uint32_t)file->pcapng->first_interface;
    return TAPIR_OK;
}

static tapir_status read_interface(tapir__file *file, tapir_pcapng_block *block)
{
    tapir__pcapng *ng = file->pcapng;
    tapir_status status = TAPIR_OK;

    if (!set_options(block, INTERFACE_LEN))
        return damaged(file, block, "too short for its header");
    /* Its options say how to read timestamps: a broken list makes the packets wrong. */
    if (!options_whole(block))
        return damaged(file, block, "an option reaches beyond the block");
    if (block->offset >= ng->described_until) {
        status = add_interface(file, block);
        ng->described_until = block->offset + 1;
    }
    if (status == TAPIR_OK)
        block->interface = file->source.interfaces[file->source.interface_count - 1];
    return status;
}

/* Finds the options of a block that is neither section, interface nor packet. A broken one is
 * marked and handed out: nothing else depends on it. */
static void read_other(tapir__file *file, tapir_pcapng_block *block)
{
    tapir_pcapng_names names;
    tapir_pcapng_name name;
    size_t fixed;

    switch (block->type) {
    case TAPIR_PCAPNG_NAMES:
        names = tapir_pcapng_names_of(block);
        while (tapir_pcapng_names_next(&names, &name))
            ;
        block->damaged = names.damaged;
        block->options = tapir_rest(&names.in);
        break;
    case TAPIR_PCAPNG_STATISTICS:
        if (set_options(block, STATISTICS_LEN))
            block->interface =
                find_interface(file, tapir__load32(block->body.data, block->big_endian));
        block->damaged = !block->interface;
        break;
    case TAPIR_PCAPNG_SECRETS:
        if (!set_options(block, SECRETS_LEN))
            return;
        fixed = tapir__load32(block->body.data + 4, block->big_endian);
        if (fixed > block->options.len)
            block->damaged = true;
        fixed = fixed < block->options.len ? (fixed + 3) & ~(size_t)3 : block->options.len;
        set_options(block, SECRETS_LEN + fixed);
        break;
    case TAPIR_PCAPNG_CUSTOM:
    case TAPIR_PCAPNG_CUSTOM_NOT_COPIED:
        block->damaged = block->body.len < CUSTOM_LEN;
        return;
    default:
        return;
    }
    if (!options_whole(block))
        block->damaged = true;
}

/* Starts a section: its byte order and version, and an empty list of interfaces. */
static tapir_status read_section(tapir__file *file, tapir_pcapng_block *block)
{
    tapir__pcapng *ng = file->pcapng;
    unsigned major, minor;

    if (!set_options(block, SECTION_LEN))
        return damaged(file, block, "too short for its header");
    major = tapir__load16(block->body.data + 4, block->big_endian);
    minor = tapir__load16(block->body.data + 6, block->big_endian);
    /* Some writers say 1.2 and mean 1.0. Sections of other versions are to be skipped, but a file
     * that begins with one is better refused than taken for empty. */
    block->unsupported = major != 1 || (minor != 0 && minor != 2);
    if (block->unsupported && !ng->in_section)
        return tapir__file_error(file, TAPIR_UNSUPPORTED, block->offset,
            "version %u.%u of the pcapng format is not known (1.0 is)", major, minor);
    block->damaged = !options_whole(block);
    ng->unsupported = block->unsupported;
    ng->section = block->section;
    ng->first_interface = ng->in_section ? file->source.interface_count : 0;
    ng->in_section = true;
    return TAPIR_OK;
}

/* Makes one whole block available, `ahead` bytes behind `at`, and fills *block with what all kinds
 * have in common. */
TAPIR_INLINE tapir_status read_block(tapir__file *file, size_t ahead, tapir_pcapng_block *block)
{
    tapir__pcapng *ng = file->pcapng;
    tapir_status status = tapir__file_need(file, ahead + BLOCK_OVERHEAD);
    bool big_endian = ng->big_endian;
    const uint8_t *at = file->at + ahead;
    uint64_t offset = tapir__file_offset(file) + ahead;
    uint32_t type, total;

    if (__builtin_expect(status != TAPIR_OK, 0))
        return tapir__file_stopped(file, status, "block's header", BLOCK_OVERHEAD);
    type = tapir__load32(at, big_endian);
    if (__builtin_expect(type == TAPIR_PCAPNG_SECTION, 0)) {
        big_endian = tapir__load32(at + 8, true) == BYTE_ORDER_MAGIC;
        if (!big_endian && tapir__load32(at + 8, false) != BYTE_ORDER_MAGIC)
            return tapir__file_error(
                file, TAPIR_DAMAGED, offset, "a section header without byte-order magic");
    }
    total = tapir__load32(at + 4, big_endian);
    if (__builtin_expect(total < BLOCK_OVERHEAD || total % 4 != 0, 0))
        return tapir__file_error(file, TAPIR_DAMAGED, offset,
            "a block of type 0x%08x claims a length of %u; 12 or more in steps of 4 are possible",
            type, total);
    if (__builtin_expect(total > file->max_record, 0))
        return tapir__file_error(file, TAPIR_DAMAGED, offset,
            "a block of type 0x%08x and %u bytes, more than the limit of %zu (max_record)", type,
            total, file->max_record);
    status = tapir__file_need(file, ahead + total);
    if (__builtin_expect(status != TAPIR_OK, 0))
        return tapir__file_stopped(file, status, "block", total);
    at = file->at + ahead;
    if (__builtin_expect(tapir__load32(at + total - 4, big_endian) != total, 0))
        return tapir__file_error(file, TAPIR_DAMAGED, offset,
            "a block of type 0x%08x gives its length as %u at its start and %u at its end", type,
            total, tapir__load32(at + total - 4, big_endian));
    *block = (tapir_pcapng_block){
        .type = type,
        .section = ng->section,
        .offset = offset,
        .body = tapir_span_of(at + 8, total - BLOCK_OVERHEAD),
        .big_endian = big_endian,
        .unsupported = ng->unsupported,
    };
    return TAPIR_OK;
}

/* Reads what is particular to the kind of block; frame->data tells whether it was a packet. */
TAPIR_INLINE tapir_status read_body(
    tapir__file *file, tapir_frame *frame, tapir_pcapng_block *block)
{
    if (__builtin_expect(block->type == TAPIR_PCAPNG_SECTION, 0)) {
        if (file->pcapng->in_section)
            block->section++;
        file->pcapng->big_endian = block->big_endian;
        return read_section(file, block);
    }
    if (__builtin_expect(block->unsupported, 0))
        return TAPIR_OK;
    switch (block->type) {
    case TAPIR_PCAPNG_ENHANCED_PACKET:
        return read_packet(file, frame, block, true);
    case TAPIR_PCAPNG_PACKET:
        return read_packet(file, frame, block, false);
    case TAPIR_PCAPNG_SIMPLE_PACKET:
        return read_simple_packet(file, frame, block);
    case TAPIR_PCAPNG_INTERFACE:
        return read_interface(file, block);
    default:
        read_other(file, block);
        return TAPIR_OK;
    }
}

/* Reads one block into a slot that stays valid as long as its frame. */
TAPIR_INLINE tapir_status read_next(
    tapir__file *file, tapir_frame *frame, tapir_pcapng_block **slot)
{
    tapir__pcapng *ng = file->pcapng;
    tapir_pcapng_block *block = &ng->blocks[ng->block_count];
    tapir_status status;

    *slot = block;
    frame->data = NULL;
    status = read_block(file, 0, block);
    if (status == TAPIR_OK)
        status = read_body(file, frame, block);
    if (__builtin_expect(status != TAPIR_OK, 0))
        return status;
    file->at += block->body.len + BLOCK_OVERHEAD;
    return TAPIR_OK;
}

static tapir_status pcapng_next_block(
    tapir_source *source, tapir_frame *frame, const tapir_pcapng_block **block)
{
    tapir__file *file = (tapir__file *)source;
    tapir_pcapng_block *slot;
    tapir_status status;

    file->pcapng->block_count = 0;
    status = read_next(file, frame, &slot);
    *block = status == TAPIR_OK ? slot : NULL;
    return status;
}

static tapir_status pcapng_next(tapir_source *source, tapir_frame *frame)
{
    tapir__file *file = (tapir__file *)source;
    tapir__pcapng *ng = file->pcapng;
    tapir_pcapng_block *slot;
    tapir_status status;

    if (!file->frozen)
        ng->block_count = 0;
    else if (++ng->block_count == TAPIR__BATCH_BLOCKS)
        return TAPIR_NO_ROOM;
    do
        status = read_next(file, frame, &slot);
    while (status == TAPIR_OK && !frame->data);
    return status;
}

static void pcapng_close(tapir_source *source)
{
    tapir__file *file = (tapir__file *)source;

    for (size_t i = 0; i < source->interface_count; i++)
        free(source->interfaces[i]); /* the first member of its `described` */
    free(source->interfaces);
    free(file->pcapng);
    tapir__file_close(source);
}

static bool refers_to_interface(uint32_t block_type)
{
    return block_type == TAPIR_PCAPNG_ENHANCED_PACKET || block_type == TAPIR_PCAPNG_PACKET ||
           block_type == TAPIR_PCAPNG_SIMPLE_PACKET || block_type == TAPIR_PCAPNG_STATISTICS;
}

/* Reads ahead to the first interface if it is near, so that the link type is known before the first
 * packet. The blocks stay unread; what is wrong with them comes up when they are read. */
static void look_ahead(tapir__file *file)
{
    size_t limit = file->input ? file->buffer_len : (size_t)(file->end - file->at);
    size_t ahead = 0;
    tapir_pcapng_block block;
    bool found = false;

    while (limit - ahead >= BLOCK_OVERHEAD) {
        /* Only look at what the buffer can hold as it is: nothing here is worth growing it. */
        if (tapir__file_need(file, ahead + BLOCK_OVERHEAD) != TAPIR_OK ||
            tapir__load32(file->at + ahead + 4, file->pcapng->big_endian) > limit - ahead ||
            read_block(file, ahead, &block) != TAPIR_OK)
            break;
        /* What refers to an interface must not find one that is described behind it. */
        if (refers_to_interface(block.type) || (block.type == TAPIR_PCAPNG_SECTION && ahead > 0))
            break;
        if (block.type == TAPIR_PCAPNG_INTERFACE) {
            found = read_interface(file, &block) == TAPIR_OK;
            break;
        }
        ahead += block.body.len + BLOCK_OVERHEAD;
    }
    if (!found)
        memset(&file->source.error, 0, sizeof file->source.error);
}

tapir_status tapir__pcapng_open(tapir__file *file)
{
    static const tapir__source_kind kind = {
        .next = pcapng_next,
        .next_block = pcapng_next_block,
        .next_batch = tapir__file_next_batch,
        .stats = tapir__file_stats,
        .close = pcapng_close,
    };
    tapir_pcapng_block first;
    tapir_status status;

    if (file->end - file->at < 4 || tapir__load32(file->at, true) != TAPIR_PCAPNG_SECTION)
        return TAPIR_NOT_FOUND;
    file->pcapng = calloc(1, sizeof *file->pcapng);
    if (!file->pcapng)
        return tapir__file_error(file, TAPIR_NO_MEMORY, 0, "out of memory");
    status = read_block(file, 0, &first);
    if (status == TAPIR_OK)
        status = read_section(file, &first);
    if (status != TAPIR_OK) {
        free(file->pcapng);
        return status;
    }
    memset(file->pcapng, 0, sizeof *file->pcapng);
    file->pcapng->big_endian = first.big_endian;
    file->source.format = "pcapng";
    file->source.kind = &kind;
    look_ahead(file);
    return TAPIR_OK;
}
