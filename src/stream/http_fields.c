/* Fields and lists of HTTP. */
#include "stream/http_internal.h"

#include <strings.h>

bool tapir__http_is(tapir_span span, const char *name)
{
    size_t len = strlen(name);

    return span.len == len && (!len || (*span.data | 0x20) == (*name | 0x20)) &&
           strncasecmp((const char *)span.data, name, len) == 0;
}

/* The bytes of a token but letters and digits (RFC 9110 5.6.2), a bit each, from '!' to '~'. */
static bool is_token_mark(uint8_t c)
{
    static const uint8_t marks[16] = {
        ['!' >> 3] = 1 << ('!' & 7) | 1 << ('#' & 7) | 1 << ('$' & 7) | 1 << ('%' & 7) |
                     1 << ('&' & 7) | 1 << ('\'' & 7),
        ['*' >> 3] = 1 << ('*' & 7) | 1 << ('+' & 7) | 1 << ('-' & 7) | 1 << ('.' & 7),
        ['^' >> 3] = 1 << ('^' & 7) | 1 << ('_' & 7),
        ['`' >> 3] = 1 << ('`' & 7),
        ['|' >> 3] = 1 << ('|' & 7) | 1 << ('~' & 7),
    };

    return c < 128 && marks[c >> 3] >> (c & 7) & 1;
}

static bool is_token_byte(uint8_t c)
{
    uint8_t letter = c | 0x20;

    return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || is_token_mark(c);
}

bool tapir__http_is_token(tapir_span span)
{
    for (size_t i = 0; i < span.len; i++)
        if (!is_token_byte(span.data[i]))
            return false;
    return span.len > 0;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

tapir_span tapir__http_trim(tapir_span span)
{
    while (span.len && is_blank(span.data[span.len - 1]))
        span.len--;
    while (span.len && is_blank(*span.data)) {
        span.data++;
        span.len--;
    }
    return span;
}

/* Takes a line, without its end. */
static tapir_span take_line(tapir_reader *walk)
{
    const uint8_t *start = walk->at;
    const uint8_t *end = memchr(start, '\n', tapir_left(walk));
    size_t len = end ? (size_t)(end - start) : tapir_left(walk);

    walk->at = end ? end + 1 : walk->end;
    return tapir_span_of(start, len && start[len - 1] == '\r' ? len - 1 : len);
}

/* Splits a field line; false when it is none. White space in front of the colon is let pass here:
 * RFC 9112 5.1 has it taken out of responses. */
static bool split(tapir_span line, tapir_http_field *field)
{
    const uint8_t *colon = line.len ? memchr(line.data, ':', line.len) : NULL;
    size_t len = colon ? (size_t)(colon - line.data) : 0;

    if (!len || is_blank(*line.data))
        return false;
    field->name = tapir__http_trim(tapir_span_of(line.data, len));
    field->value = tapir__http_trim(tapir_span_of(colon + 1, line.len - len - 1));
    return tapir__http_is_token(field->name);
}

bool tapir_http_field_next(tapir_reader *walk, tapir_http_field *field)
{
    while (tapir_left(walk))
        if (split(take_line(walk), field))
            return true;
    return false;
}

bool tapir_http_field_find(tapir_span fields, const char *name, tapir_span *value)
{
    tapir_reader walk = tapir_http_fields_of(fields);
    tapir_http_field field;

    while (tapir_http_field_next(&walk, &field)) {
        if (tapir__http_is(field.name, name)) {
            *value = field.value;
            return true;
        }
    }
    return false;
}

/* Takes everything up to a comma outside quotes (RFC 9110 5.6.4), and the comma. */
static tapir_span take_member(tapir_reader *walk)
{
    const uint8_t *start = walk->at;
    bool quoted = false;
    size_t len;

    while (walk->at < walk->end && (quoted || *walk->at != ',')) {
        if (quoted && *walk->at == '\\' && walk->at + 1 < walk->end)
            walk->at++;
        else if (*walk->at == '"')
            quoted = !quoted;
        walk->at++;
    }
    len = (size_t)(walk->at - start);
    if (walk->at < walk->end)
        walk->at++;
    return tapir_span_of(start, len);
}

bool tapir_http_member_next(tapir_reader *walk, tapir_span *member)
{
    while (tapir_left(walk)) {
        *member = tapir__http_trim(take_member(walk));
        if (member->len)
            return true;
    }
    return false;
}
