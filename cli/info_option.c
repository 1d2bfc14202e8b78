/* The values of pcapng options as text. */
#include "info.h"

#include <inttypes.h>

enum kind { BYTES, STRING, NUMBER, SIGNED, IPV4, IPV6, MAC, RESOLUTION, FILTER };

static const uint8_t interface_kinds[] = {
    [TAPIR_OPTION_INTERFACE_NAME] = STRING,
    [TAPIR_OPTION_INTERFACE_DESCRIPTION] = STRING,
    [TAPIR_OPTION_INTERFACE_IPV4] = IPV4,
    [TAPIR_OPTION_INTERFACE_IPV6] = IPV6,
    [TAPIR_OPTION_INTERFACE_MAC] = MAC,
    [TAPIR_OPTION_INTERFACE_EUI64] = MAC,
    [TAPIR_OPTION_INTERFACE_SPEED] = NUMBER,
    [TAPIR_OPTION_INTERFACE_TIME_RESOLUTION] = RESOLUTION,
    [TAPIR_OPTION_INTERFACE_TIME_ZONE] = NUMBER,
    [TAPIR_OPTION_INTERFACE_FILTER] = FILTER,
    [TAPIR_OPTION_INTERFACE_OS] = STRING,
    [TAPIR_OPTION_INTERFACE_FCS_LENGTH] = NUMBER,
    [TAPIR_OPTION_INTERFACE_TIME_OFFSET] = SIGNED,
    [TAPIR_OPTION_INTERFACE_HARDWARE] = STRING,
    [TAPIR_OPTION_INTERFACE_TRANSMIT_SPEED] = NUMBER,
    [TAPIR_OPTION_INTERFACE_RECEIVE_SPEED] = NUMBER,
    [TAPIR_OPTION_INTERFACE_TIME_ZONE_NAME] = STRING,
};

static enum kind kind_of(const tapir_pcapng_block *block, uint16_t code)
{
    if (code == TAPIR_OPTION_COMMENT || code == TAPIR_OPTION_CUSTOM_STRING ||
        code == TAPIR_OPTION_CUSTOM_STRING_NOT_COPIED)
        return STRING;
    if (block->type == TAPIR_PCAPNG_INTERFACE && code < TAPIR_COUNT(interface_kinds))
        return interface_kinds[code];
    return BYTES;
}

void resolution_text(tapir_text *text, uint8_t resolution)
{
    static const char *const names[] = {
        [0] = "seconds", [3] = "milliseconds", [6] = "microseconds", [9] = "nanoseconds"};

    if (resolution & 0x80)
        tapir_text_printf(text, "2^-%u s", resolution & 0x7f);
    else if (resolution < TAPIR_COUNT(names) && names[resolution])
        tapir_text_put(text, names[resolution]);
    else
        tapir_text_printf(text, "10^-%u s", resolution);
}

/* Appends the value as its kind asks; false when its length does not fit. */
static bool put_as(
    tapir_text *text, enum kind kind, const tapir_pcapng_block *block, tapir_span value)
{
    uint64_t number;

    switch (kind) {
    case STRING:
        tapir_text_json(text, tapir_pcapng_string(value));
        return true;
    case NUMBER:
        if (!tapir_pcapng_number(block, value, &number))
            return false;
        tapir_text_uint(text, number);
        return true;
    case SIGNED:
        if (value.len != 8 || !tapir_pcapng_number(block, value, &number))
            return false;
        tapir_text_int(text, (int64_t)number);
        return true;
    case IPV4:
        if (value.len != 8)
            return false;
        tapir_text_ipv4(text, value.data);
        tapir_text_char(text, '/');
        tapir_text_ipv4(text, value.data + 4);
        return true;
    case IPV6:
        if (value.len != 17)
            return false;
        tapir_text_ipv6(text, value.data);
        tapir_text_printf(text, "/%u", value.data[16]);
        return true;
    case MAC:
        tapir_text_mac(text, value.data, value.len);
        return true;
    case RESOLUTION:
        if (value.len != 1)
            return false;
        resolution_text(text, value.data[0]);
        return true;
    case FILTER:
        if (value.len == 0 || value.data[0] != 0)
            return false;
        tapir_text_json(text, tapir_pcapng_string(tapir_span_of(value.data + 1, value.len - 1)));
        return true;
    default:
        return false;
    }
}

void option_text(tapir_text *text, const tapir_pcapng_block *block,
    const tapir_pcapng_option *option, bool *is_number)
{
    enum kind kind = kind_of(block, option->code);
    bool fits = put_as(text, kind, block, option->value);

    *is_number = fits && (kind == NUMBER || kind == SIGNED);
    if (!fits)
        tapir_text_hex_bytes(text, option->value, ':');
}
