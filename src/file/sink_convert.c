/* Blocks from one byte order into the other. */
#include "file/sink.h"

/* What lies in the fixed part of a block's body, in order: '2', '4' and '8' a number of so many
 * bytes, 'r' address records, 's' bytes as long as the last number says, 'p' as the
 * last but one says, 'o' options, 'x' bytes that
 * only those who made them understand. */
static const struct {
    uint32_t type;
    const char *parts;
} layouts[] = {
    {TAPIR_PCAPNG_INTERFACE, "224o"},
    {TAPIR_PCAPNG_PACKET, "224444po"},
    {TAPIR_PCAPNG_SIMPLE_PACKET, "4x"},
    {TAPIR_PCAPNG_NAMES, "ro"},
    {TAPIR_PCAPNG_STATISTICS, "444o"},
    {TAPIR_PCAPNG_ENHANCED_PACKET, "44444po"},
    {TAPIR_PCAPNG_JOURNAL, "x"},
    {TAPIR_PCAPNG_SECRETS, "44so"},
    {TAPIR_PCAPNG_CUSTOM, "4x"},
    {TAPIR_PCAPNG_CUSTOM_NOT_COPIED, "4x"},
};

/* Options that hold numbers: behind `skip` bytes, of `width` bytes each. */
static const struct {
    uint32_t type;
    uint16_t code;
    uint8_t skip, width;
} numbers[] = {
    {TAPIR_PCAPNG_INTERFACE, TAPIR_OPTION_INTERFACE_SPEED, 0, 8},
    {TAPIR_PCAPNG_INTERFACE, TAPIR_OPTION_INTERFACE_TIME_ZONE, 0, 4},
    {TAPIR_PCAPNG_INTERFACE, TAPIR_OPTION_INTERFACE_TIME_OFFSET, 0, 8},
    {TAPIR_PCAPNG_INTERFACE, TAPIR_OPTION_INTERFACE_TRANSMIT_SPEED, 0, 8},
    {TAPIR_PCAPNG_INTERFACE, TAPIR_OPTION_INTERFACE_RECEIVE_SPEED, 0, 8},
    {TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_OPTION_PACKET_FLAGS, 0, 4},
    {TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_OPTION_PACKET_DROPS, 0, 8},
    {TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_OPTION_PACKET_ID, 0, 8},
    {TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_OPTION_PACKET_QUEUE, 0, 4},
    {TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_OPTION_PACKET_VERDICT, 1, 8},
    {TAPIR_PCAPNG_ENHANCED_PACKET, TAPIR_OPTION_PACKET_PROCESS, 0, 4},
    {TAPIR_PCAPNG_PACKET, TAPIR_OPTION_PACKET_FLAGS, 0, 4},
    {TAPIR_PCAPNG_STATISTICS, TAPIR_OPTION_STATISTICS_START, 0, 4}, /* two halves */
    {TAPIR_PCAPNG_STATISTICS, TAPIR_OPTION_STATISTICS_END, 0, 4},
    {TAPIR_PCAPNG_STATISTICS, TAPIR_OPTION_STATISTICS_RECEIVED, 0, 8},
    {TAPIR_PCAPNG_STATISTICS, TAPIR_OPTION_STATISTICS_DROPPED, 0, 8},
    {TAPIR_PCAPNG_STATISTICS, TAPIR_OPTION_STATISTICS_ACCEPTED, 0, 8},
    {TAPIR_PCAPNG_STATISTICS, TAPIR_OPTION_STATISTICS_DROPPED_BY_OS, 0, 8},
    {TAPIR_PCAPNG_STATISTICS, TAPIR_OPTION_STATISTICS_DELIVERED, 0, 8},
};

static void turn(uint8_t *number, size_t width)
{
    for (size_t i = 0; i < width / 2; i++) {
        uint8_t byte = number[i];
        number[i] = number[width - 1 - i];
        number[width - 1 - i] = byte;
    }
}

/* Turns the numbers in the value of an option that has been appended last. */
static void turn_value(uint32_t type, uint16_t code, uint8_t *value, size_t len)
{
    for (size_t i = 0; i < TAPIR_COUNT(numbers); i++) {
        size_t skip = numbers[i].skip, width = numbers[i].width;

        if (numbers[i].type != type || numbers[i].code != code)
            continue;
        /* Not what it should be, or a verdict of hardware, of which nobody knows the order. */
        if (len < skip || (len - skip) % width || (skip && value[0] == 0))
            return;
        for (size_t at = skip; at < len; at += width)
            turn(value + at, width);
        return;
    }
}

void tapir__convert_option(tapir_pcapng_list *list, uint32_t block_type,
    const tapir_pcapng_option *option, bool big_endian)
{
    size_t padded = (option->value.len + 3) & ~(size_t)3;

    if (option->custom) {
        tapir_pcapng_put_custom(list, option->code, option->enterprise, option->value);
        return;
    }
    tapir_pcapng_put_option(list, option->code, option->value);
    if (!list->bytes.failed && big_endian != list->big_endian)
        turn_value(block_type, option->code, (uint8_t *)list->bytes.data + list->bytes.len - padded,
            option->value.len);
}

/* A body on its way into the other order. */
typedef struct conversion {
    tapir_text *to;
    tapir_reader in;
    uint32_t type;
    bool big_endian; /* of what is read */
} conversion;

static uint64_t convert_number(conversion *c, size_t width)
{
    uint8_t number[8];
    uint64_t value = 0;

    tapir_take_bytes(&c->in, number, width);
    value = c->big_endian ? tapir_load_be(number, (unsigned)width)
                          : tapir_load_le(number, (unsigned)width);
    turn(number, width);
    tapir_text_bytes(c->to, number, width);
    return value;
}

/* Takes `len` bytes and what fills them up as they are; a reader that has less fails. */
static void convert_bytes(conversion *c, size_t len)
{
    size_t padded = (len + 3) & ~(size_t)3;
    tapir_span bytes = tapir_take_span(&c->in, padded < len ? len : padded);

    tapir_text_bytes(c->to, bytes.data, bytes.len);
}

static void convert_records(conversion *c)
{
    uint64_t type, len;

    while (tapir_left(&c->in)) {
        type = convert_number(c, 2);
        len = convert_number(c, 2);
        if (type == 0 && len == 0)
            return;
        convert_bytes(c, len);
    }
}

static void convert_options(conversion *c)
{
    tapir_pcapng_list list = {.bytes = *c->to, .big_endian = !c->big_endian};
    tapir_pcapng_options options = {.in = c->in, .big_endian = c->big_endian};
    tapir_pcapng_option option;
    size_t left = tapir_left(&c->in);

    while (tapir_pcapng_options_next(&options, &option))
        tapir__convert_option(&list, c->type, &option, c->big_endian);
    if (options.damaged)
        tapir_reader_fail(&c->in, left + 1);
    c->in.at = c->in.end;
    *c->to = list.bytes;
    if (left)
        tapir_text_bytes(c->to, "\0\0\0\0", 4);
}

static void convert_parts(conversion *c, const char *parts)
{
    uint64_t last = 0, before_last = 0;

    for (; *parts; parts++) {
        switch (*parts) {
        case 'r':
            convert_records(c);
            break;
        case 's':
            convert_bytes(c, last);
            break;
        case 'p': /* a packet: its captured length comes before its length */
            convert_bytes(c, before_last);
            break;
        case 'o':
            convert_options(c);
            break;
        case 'x':
            convert_bytes(c, tapir_left(&c->in));
            break;
        default:
            before_last = last;
            last = convert_number(c, (size_t)(*parts - '0'));
        }
    }
}

tapir_status tapir__convert_body(tapir_text *to, const tapir_pcapng_block *block)
{
    conversion c = {
        .to = to,
        .in = tapir_reader_of(block->body),
        .type = block->type,
        .big_endian = block->big_endian,
    };

    for (size_t i = 0; i < TAPIR_COUNT(layouts); i++)
        if (layouts[i].type == block->type && !block->unsupported) {
            convert_parts(&c, layouts[i].parts);
            if (to->failed)
                return TAPIR_NO_MEMORY;
            return c.in.failed ? TAPIR_DAMAGED : TAPIR_OK;
        }
    return TAPIR_UNSUPPORTED;
}
