/* Text being built: numbers and addresses without printf, because output is a hot path. */
#include "tapir/text.h"

#include "put.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_LIMIT ((size_t)1 << 30)

static const char hex_digits[] = "0123456789abcdef";

const char tapir__digit_pairs[200] =
    "00010203040506070809101112131415161718192021222324252627282930313233"
    "34353637383940414243444546474849505152535455565758596061626364656667"
    "6869707172737475767778798081828384858687888990919293949596979899";

void tapir_text_clear(tapir_text *text)
{
    if (!text->fixed)
        free(text->data);
    memset(text, 0, sizeof *text);
}

bool tapir_text_grow(tapir_text *text, size_t more)
{
    size_t limit = text->limit ? text->limit : DEFAULT_LIMIT;
    size_t room = text->room ? text->room : 256;
    char *data;

    if (text->fixed || more > limit || text->len > limit - more) {
        text->failed = true;
        return false;
    }
    while (room - text->len < more)
        room = room > limit / 2 ? limit : room * 2;
    data = realloc(text->data, room);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->room = room;
    return true;
}

const char *tapir_text_string(tapir_text *text)
{
    if (text->len == text->room) {
        if (text->fixed && text->len)
            text->len--;
        else if (text->fixed || !tapir_text_grow(text, 1))
            return "";
    }
    text->data[text->len] = '\0';
    return text->data;
}

/* Writes the decimal digits of `value` so that they end before `end`; returns the first. */
static char *digits_before(char *end, uint64_t value)
{
    while (value >= 100) {
        size_t pair = (size_t)(value % 100) * 2;
        value /= 100;
        *--end = tapir__digit_pairs[pair + 1];
        *--end = tapir__digit_pairs[pair];
    }
    if (value >= 10) {
        *--end = tapir__digit_pairs[value * 2 + 1];
        *--end = tapir__digit_pairs[value * 2];
    } else {
        *--end = (char)('0' + value);
    }
    return end;
}

/* Four digits. */
static inline char *put_four(char *at, uint32_t value)
{
    memcpy(at, tapir__digit_pairs + value / 100 * 2, 2);
    memcpy(at + 2, tapir__digit_pairs + value % 100 * 2, 2);
    return at + 4;
}

/* Up to four digits, as few as there are. */
static inline char *put_start(char *at, uint32_t value)
{
    if (value >= 1000)
        return put_four(at, value);
    if (value >= 100) {
        *at = (char)('0' + value / 100);
        memcpy(at + 1, tapir__digit_pairs + value % 100 * 2, 2);
        return at + 3;
    }
    return tapir__put_uint(at, value);
}

/* Forwards, in fours: only numbers of more than eight digits need a division of 64 bits. */
char *tapir__put_large(char *at, uint64_t value)
{
    uint32_t low = (uint32_t)value;

    if (value < 10000)
        return put_start(at, low);
    if (value < 100000000)
        return put_four(put_start(at, low / 10000), low % 10000);
    low = (uint32_t)(value % 100000000);
    at = tapir__put_uint(at, value / 100000000);
    return put_four(put_four(at, low / 10000), low % 10000);
}

void tapir_text_uint(tapir_text *text, uint64_t value)
{
    char buffer[TAPIR__UINT_ROOM];

    /* A fixed text may have room for this number but not for every number. */
    if (text->room - text->len >= TAPIR__UINT_ROOM)
        text->len = (size_t)(tapir__put_uint(text->data + text->len, value) - text->data);
    else
        tapir_text_bytes(text, buffer, (size_t)(tapir__put_uint(buffer, value) - buffer));
}

void tapir_text_int(tapir_text *text, int64_t value)
{
    if (value < 0) {
        tapir_text_char(text, '-');
        tapir_text_uint(text, (uint64_t)0 - (uint64_t)value);
    } else {
        tapir_text_uint(text, (uint64_t)value);
    }
}

void tapir_text_uint_padded(tapir_text *text, uint64_t value, unsigned digits)
{
    char buffer[20], *end = buffer + sizeof buffer, *at = digits_before(end, value);

    while ((size_t)(end - at) < digits && at > buffer)
        *--at = '0';
    tapir_text_bytes(text, at, (size_t)(end - at));
}

void tapir_text_hex(tapir_text *text, uint64_t value, unsigned digits)
{
    char buffer[16], *end = buffer + sizeof buffer, *at = end;

    do {
        *--at = hex_digits[value & 15];
        value >>= 4;
    } while (at > buffer && (value || (size_t)(end - at) < digits));
    tapir_text_bytes(text, at, (size_t)(end - at));
}

/* Both digits of every byte, as one load. */
#define HEX_ROW(h)                                                                                 \
    h "0" h "1" h "2" h "3" h "4" h "5" h "6" h "7" h "8" h "9" h "a" h "b" h "c" h "d" h "e" h "f"
static const char hex_pairs[] = HEX_ROW("0") HEX_ROW("1") HEX_ROW("2") HEX_ROW("3") HEX_ROW("4")
    HEX_ROW("5") HEX_ROW("6") HEX_ROW("7") HEX_ROW("8") HEX_ROW("9") HEX_ROW("a") HEX_ROW("b")
        HEX_ROW("c") HEX_ROW("d") HEX_ROW("e") HEX_ROW("f");

char *tapir__put_hex(char *at, const uint8_t *bytes, size_t len, char separator)
{
    size_t each = separator ? 3 : 2;

    /* The last byte has no separator, and nothing is written behind it. */
    for (size_t i = 0; i + 1 < len; i++) {
        memcpy(at, hex_pairs + bytes[i] * 2, 2);
        at[2] = separator;
        at += each;
    }
    if (len == 0)
        return at;
    memcpy(at, hex_pairs + bytes[len - 1] * 2, 2);
    return at + 2;
}

void tapir_text_hex_bytes(tapir_text *text, tapir_span bytes, char separator)
{
    size_t each = separator ? 3 : 2;
    char *at = bytes.len ? tapir_text_reserve(text, bytes.len * each - (each - 2)) : NULL;

    if (at)
        text->len = (size_t)(tapir__put_hex(at, bytes.data, bytes.len, separator) - text->data);
}

void tapir_text_mac(tapir_text *text, const uint8_t *address, size_t len)
{
    tapir_text_hex_bytes(text, tapir_span_of(address, len), ':');
}

static char *byte_decimal(char *at, uint8_t value)
{
    if (value >= 100) {
        *at++ = (char)('0' + value / 100);
        value %= 100;
        memcpy(at, tapir__digit_pairs + value * 2, 2);
        at += 2;
    } else if (value >= 10) {
        memcpy(at, tapir__digit_pairs + value * 2, 2);
        at += 2;
    } else {
        *at++ = (char)('0' + value);
    }
    return at;
}

char *tapir__put_ipv4(char *at, const uint8_t address[4])
{
    for (unsigned i = 0; i < 4; i++) {
        at = byte_decimal(at, address[i]);
        *at++ = '.';
    }
    return at - 1;
}

void tapir_text_ipv4(tapir_text *text, const uint8_t address[4])
{
    char *at = tapir_text_reserve(text, TAPIR__IPV4_ROOM);

    if (at)
        text->len = (size_t)(tapir__put_ipv4(at, address) - text->data);
}

static char *group_hex(char *at, uint16_t value)
{
    if (value >= 0x1000)
        *at++ = hex_digits[value >> 12];
    if (value >= 0x100)
        *at++ = hex_digits[value >> 8 & 15];
    if (value >= 0x10)
        *at++ = hex_digits[value >> 4 & 15];
    *at++ = hex_digits[value & 15];
    return at;
}

void tapir_text_ipv6(tapir_text *text, const uint8_t address[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    unsigned run_at = 8, run_len = 1, at_zero = 8;
    uint16_t group[8];
    char *at = tapir_text_reserve(text, 48);

    if (!at)
        return;
    for (unsigned i = 0; i < 8; i++)
        group[i] = (uint16_t)tapir_load_be(address + 2 * i, 2);
    /* RFC 5952 4.2: the longest run of zero groups, the first of equals, never a single one. */
    for (unsigned i = 0; i <= 8; i++) {
        if (i < 8 && group[i] == 0) {
            if (at_zero == 8)
                at_zero = i;
            continue;
        }
        if (at_zero != 8 && i - at_zero > run_len) {
            run_at = at_zero;
            run_len = i - at_zero;
        }
        at_zero = 8;
    }
    /* RFC 5952 5: IPv4-mapped addresses end in dotted decimal. */
    bool dotted = memcmp(address, mapped, 12) == 0;
    for (unsigned i = 0; i < (dotted ? 6u : 8u);) {
        if (i == run_at) {
            *at++ = ':';
            *at++ = ':';
            i += run_len;
            continue;
        }
        if (i && i != run_at + run_len)
            *at++ = ':';
        at = group_hex(at, group[i]);
        i++;
    }
    if (dotted) {
        *at++ = ':';
        text->len = (size_t)(at - text->data);
        tapir_text_ipv4(text, address + 12);
        return;
    }
    text->len = (size_t)(at - text->data);
}

/* Returns the length of the UTF-8 sequence at `p`, 0 when it is not valid (RFC 3629 4). */
static size_t utf8_len(const uint8_t *p, size_t left)
{
    static const uint8_t low[5] = {0, 0, 0x80, 0xa0, 0x90};
    size_t len = p[0] < 0x80   ? 1
                 : p[0] < 0xc2 ? 0
                 : p[0] < 0xe0 ? 2
                 : p[0] < 0xf0 ? 3
                 : p[0] < 0xf5 ? 4
                               : 0;

    if (len < 2 || len > left)
        return len > left ? 0 : len;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 || p[0] == 0xf0) && p[1] < low[len])
        return 0;
    if ((p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return len;
}

void tapir_text_json(tapir_text *text, tapir_span utf8)
{
    const uint8_t *p = utf8.data;
    const uint8_t *end = utf8.len ? p + utf8.len : p;

    while (p < end) {
        const uint8_t *plain = p;
        while (p < end && *p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\')
            p++;
        tapir_text_bytes(text, plain, (size_t)(p - plain));
        if (p == end)
            break;
        if (*p == '"' || *p == '\\') {
            char escaped[2] = {'\\', (char)*p++};
            tapir_text_bytes(text, escaped, 2);
        } else if (*p < 0x20 || *p == 0x7f) {
            char escaped[6] = {'\\', 'u', '0', '0', hex_digits[*p >> 4], hex_digits[*p & 15]};
            p++;
            tapir_text_bytes(text, escaped, 6);
        } else {
            size_t len = utf8_len(p, (size_t)(end - p));
            if (len)
                tapir_text_bytes(text, p, len);
            else
                TAPIR_TEXT_LITERAL(text, "\\ufffd");
            p += len ? len : 1;
        }
    }
}

/* C0 control characters and DEL as C writes them. */
static void put_control(tapir_text *text, uint8_t control)
{
    static const char letters[] = "abtnvfr"; /* from 7 on */
    char escaped[4] = {'\\', 'x', hex_digits[control >> 4], hex_digits[control & 15]};

    if (control >= 7 && control < 7 + sizeof letters - 1) {
        escaped[1] = letters[control - 7];
        tapir_text_bytes(text, escaped, 2);
    } else {
        tapir_text_bytes(text, escaped, 4);
    }
}

void tapir_text_line(tapir_text *text, tapir_span utf8)
{
    const uint8_t *p = utf8.data;
    const uint8_t *end = utf8.len ? p + utf8.len : p;

    while (p < end) {
        const uint8_t *plain = p;
        while (p < end && *p >= 0x20 && *p < 0x7f)
            p++;
        tapir_text_bytes(text, plain, (size_t)(p - plain));
        if (p == end)
            break;
        if (*p < 0x80) {
            put_control(text, *p++);
        } else {
            size_t len = utf8_len(p, (size_t)(end - p));
            /* U+0080 to U+009F control terminals as escape sequences do. */
            if (len && !(p[0] == 0xc2 && p[1] < 0xa0))
                tapir_text_bytes(text, p, len);
            else
                TAPIR_TEXT_LITERAL(text, "\xef\xbf\xbd");
            p += len ? len : 1;
        }
    }
}

void tapir_text_printf(tapir_text *text, const char *format, ...)
{
    char buffer[1024];
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    if (len > 0)
        tapir_text_bytes(
            text, buffer, (size_t)len < sizeof buffer ? (size_t)len : sizeof buffer - 1);
}
