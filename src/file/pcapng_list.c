/* Lists of options being put together, and timestamps made for an interface. */
#include "file/file.h"

enum { NANOSECONDS = 1000000000, MAX_OPTION = 65535 };

static void put_number(tapir_pcapng_list *list, unsigned bytes, uint64_t value)
{
    uint8_t number[8];

    if (list->big_endian)
        tapir_store_be(number, bytes, value);
    else
        tapir_store_le(number, bytes, value);
    tapir_text_bytes(&list->bytes, number, bytes);
}

/* Puts code and length; false, with the list marked, when the value or the list gets too long. */
static bool put_head(tapir_pcapng_list *list, uint16_t code, size_t len)
{
    if (len > MAX_OPTION || !tapir_text_reserve(&list->bytes, 4 + len + 3)) {
        list->bytes.failed = true;
        return false;
    }
    put_number(list, 2, code);
    put_number(list, 2, len);
    return true;
}

static void put_padded(tapir_pcapng_list *list, tapir_span value, size_t len)
{
    tapir_text_bytes(&list->bytes, value.data, value.len);
    tapir_text_bytes(&list->bytes, "\0\0\0", -len & 3);
}

void tapir_pcapng_put_option(tapir_pcapng_list *list, uint16_t code, tapir_span value)
{
    if (put_head(list, code, value.len))
        put_padded(list, value, value.len);
}

void tapir_pcapng_put_string(tapir_pcapng_list *list, uint16_t code, const char *value)
{
    if (value)
        tapir_pcapng_put_option(list, code, tapir_span_of(value, strlen(value)));
}

void tapir_pcapng_put_number(tapir_pcapng_list *list, uint16_t code, unsigned bytes, uint64_t value)
{
    if (bytes < 8 && value >> 8 * bytes) {
        list->bytes.failed = true;
    } else if (put_head(list, code, bytes)) {
        put_number(list, bytes, value);
        put_padded(list, tapir_span_of(NULL, 0), bytes);
    }
}

void tapir_pcapng_put_ticks(tapir_pcapng_list *list, uint16_t code, uint64_t ticks)
{
    if (put_head(list, code, 8)) {
        put_number(list, 4, ticks >> 32);
        put_number(list, 4, (uint32_t)ticks);
    }
}

void tapir_pcapng_put_custom(
    tapir_pcapng_list *list, uint16_t code, uint32_t enterprise, tapir_span value)
{
    if (value.len <= MAX_OPTION && put_head(list, code, 4 + value.len)) {
        put_number(list, 4, enterprise);
        put_padded(list, value, value.len);
    } else {
        list->bytes.failed = true;
    }
}

/* Ticks of 10^-exponent seconds, rounded down; false above what 64 bits hold. */
static bool decimal_ticks(unsigned exponent, tapir__wide time, tapir__wide *ticks)
{
    for (; exponent < 9; exponent++)
        time /= 10;
    for (; exponent > 9 && time && time <= UINT64_MAX; exponent--)
        time *= 10;
    *ticks = time;
    return time <= UINT64_MAX;
}

/* Ticks of 2^-exponent seconds: the first at or behind the time if its nanosecond is the same, else
 * the one before. */
static bool binary_ticks(unsigned exponent, tapir__wide time, tapir__wide *ticks)
{
    unsigned bits = 0;

    while (time >> bits)
        bits++;
    if (time && exponent + bits > 96) /* 2^96 / 10^9 is above 2^64 */
        return false;
    *ticks = time ? ((time << exponent) + NANOSECONDS - 1) / NANOSECONDS : 0;
    if (*ticks > UINT64_MAX)
        return false;
    if (*ticks * NANOSECONDS >> exponent > time)
        --*ticks;
    return true;
}

bool tapir_pcapng_ticks(const tapir_interface *interface, int64_t time, uint64_t *ticks)
{
    unsigned exponent = interface->time_resolution & 0x7f;
    tapir__wide left = (tapir__wide)time - (tapir__wide)interface->time_offset * NANOSECONDS;
    tapir__wide wide = 0;
    bool fits =
        left >= 0 && (interface->time_resolution & 0x80 ? binary_ticks(exponent, left, &wide)
                                                        : decimal_ticks(exponent, left, &wide));

    *ticks = fits ? (uint64_t)wide : 0;
    return fits;
}
