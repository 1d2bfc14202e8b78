/* A growing run of text with a stated maximum: what every printer writes into. */
#ifndef TAPIR_TEXT_H
#define TAPIR_TEXT_H

#include "tapir/bytes.h"

TAPIR_EXTERN_C_BEGIN

/* Text being built. Zero-initialised it is empty and grows on the heap up to `limit` bytes (0: 1
 * GiB); tapir_text_fixed makes one over the caller's buffer, which never grows. What does not fit
 * is dropped and `failed` stays set. Not NUL-terminated until tapir_text_string is called. */
typedef struct tapir_text {
    char *data;
    size_t len, room, limit;
    bool fixed, failed;
} tapir_text;

/* Returns a text over `room` bytes at `buffer`, which stays the caller's. */
static inline tapir_text tapir_text_fixed(char *buffer, size_t room)
{
    tapir_text text;
    memset(&text, 0, sizeof text);
    text.data = buffer;
    text.room = room;
    text.fixed = true;
    return text;
}

/* Frees what the text owns and makes it empty. */
TAPIR_API void tapir_text_clear(tapir_text *text);

/* Returns the text NUL-terminated (a full fixed one loses its last byte to the NUL). */
TAPIR_API const char *tapir_text_string(tapir_text *text);

/* Grows the text so that `more` bytes fit; false, setting `failed`, when it cannot. */
TAPIR_API bool tapir_text_grow(tapir_text *text, size_t more);

/* Returns room for at least `more` bytes behind the text, or NULL. Advance `len` after writing. */
static inline char *tapir_text_reserve(tapir_text *text, size_t more)
{
    if (__builtin_expect(text->room - text->len < more, 0) && !tapir_text_grow(text, more))
        return NULL;
    return text->data + text->len;
}

/* Appends `len` bytes as they are. */
static inline void tapir_text_bytes(tapir_text *text, const void *bytes, size_t len)
{
    char *at = len ? tapir_text_reserve(text, len) : NULL;

    if (at) {
        memcpy(at, bytes, len);
        text->len += len;
    }
}

/* Appends a NUL-terminated string. */
static inline void tapir_text_put(tapir_text *text, const char *string)
{
    tapir_text_bytes(text, string, strlen(string));
}

/* Appends a string literal, its length known to the compiler. */
#define TAPIR_TEXT_LITERAL(text, literal) tapir_text_bytes(text, "" literal, sizeof(literal) - 1)

/* Appends one character. */
static inline void tapir_text_char(tapir_text *text, char c)
{
    char *at = tapir_text_reserve(text, 1);

    if (at) {
        *at = c;
        text->len++;
    }
}

TAPIR_API void tapir_text_uint(tapir_text *text, uint64_t value);
TAPIR_API void tapir_text_int(tapir_text *text, int64_t value);
/* Decimal, padded with zeroes to at least `digits` (at most 20). */
TAPIR_API void tapir_text_uint_padded(tapir_text *text, uint64_t value, unsigned digits);
/* Lower-case hexadecimal without prefix, at least `digits` (1 to 16) long. */
TAPIR_API void tapir_text_hex(tapir_text *text, uint64_t value, unsigned digits);
/* Bytes in hexadecimal with `separator` between them ('\0': none). */
TAPIR_API void tapir_text_hex_bytes(tapir_text *text, tapir_span bytes, char separator);
/* 10.0.0.1 */
TAPIR_API void tapir_text_ipv4(tapir_text *text, const uint8_t address[4]);
/* The shortest form, lower case, RFC 5952 4 and 5. */
TAPIR_API void tapir_text_ipv6(tapir_text *text, const uint8_t address[16]);
/* 00:11:22:33:44:55, for any length. */
TAPIR_API void tapir_text_mac(tapir_text *text, const uint8_t *address, size_t len);
/* The inside of a JSON string: quotes, control characters and backslashes escaped; bytes that are
 * not UTF-8 become U+FFFD. No quotes around it. */
TAPIR_API void tapir_text_json(tapir_text *text, tapir_span utf8);
/* Text made safe for one line of a terminal or a file: control characters as \n, \t, \x1b; bytes
 * that are not UTF-8 become U+FFFD. */
TAPIR_API void tapir_text_line(tapir_text *text, tapir_span utf8);
/* As printf; slow, for the rare. */
TAPIR_API void tapir_text_printf(tapir_text *text, const char *format, ...) TAPIR_PRINTF(2, 3);

TAPIR_EXTERN_C_END
#endif
