/* Start lines of HTTP: read, and looked for. */
#include "stream/http_internal.h"

enum { VERSION = 8, METHOD_MAX = 20 }; /* "HTTP/1.1"; of a method that is looked for */

/* Methods of IANA's registry that are met, and those of WebDAV: a start line behind other bytes is
 * known by them. */
static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS",
    "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH",
    "REPORT", "SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "M-SEARCH"};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Reads "HTTP/1.1" (RFC 9112 2.3). */
static bool read_version(tapir_span span, tapir__http_start *start)
{
    if (span.len != VERSION || memcmp(span.data, "HTTP/", 5) != 0 || span.data[6] != '.' ||
        !is_digit(span.data[5]) || !is_digit(span.data[7]))
        return false;
    start->version_major = (uint8_t)(span.data[5] - '0');
    start->version_minor = (uint8_t)(span.data[7] - '0');
    return start->version_major > 0;
}

/* Takes the bytes up to a blank, and the blank; all there is when there is none. */
static tapir_span take_word(tapir_span *line)
{
    const uint8_t *blank = line->len ? memchr(line->data, ' ', line->len) : NULL;
    size_t len = blank ? (size_t)(blank - line->data) : line->len;
    tapir_span word = tapir_span_of(line->data, len);

    line->data += len + (blank != NULL);
    line->len -= len + (blank != NULL);
    return word;
}

static bool has_control(tapir_span span)
{
    for (size_t i = 0; i < span.len; i++)
        if (span.data[i] < 32 || span.data[i] == 127)
            return true;
    return false;
}

static bool read_request(tapir_span line, tapir__http_start *start)
{
    tapir_span version;

    start->method = take_word(&line);
    if (line.len < VERSION + 2 || line.data[line.len - VERSION - 1] != ' ')
        return false;
    version = tapir_span_of(line.data + line.len - VERSION, VERSION);
    start->target = tapir__http_trim(tapir_span_of(line.data, line.len - VERSION - 1));
    return tapir__http_is_token(start->method) && start->target.len &&
           !has_control(start->target) && read_version(version, start);
}

/* Reads three digits. */
static bool read_status(tapir_span word, tapir__http_start *start)
{
    if (word.len != 3 || !is_digit(word.data[0]) || word.data[0] == '0' ||
        !is_digit(word.data[1]) || !is_digit(word.data[2]))
        return false;
    start->status =
        (uint16_t)((word.data[0] - '0') * 100 + (word.data[1] - '0') * 10 + (word.data[2] - '0'));
    return true;
}

static bool read_response(tapir_span line, tapir__http_start *start)
{
    if (line.len < VERSION + 4 || line.data[VERSION] != ' ' ||
        !read_version(tapir_span_of(line.data, VERSION), start))
        return false;
    line = tapir_span_of(line.data + VERSION + 1, line.len - VERSION - 1);
    if (line.len > 3 && line.data[3] != ' ')
        return false;
    if (!read_status(take_word(&line), start))
        return false;
    start->reason = line;
    return true;
}

bool tapir__http_start_read(tapir_span line, bool request, tapir__http_start *start)
{
    memset(start, 0, sizeof *start);
    return request ? read_request(line, start) : read_response(line, start);
}

bool tapir__http_start_read_part(tapir_span line, bool request, tapir__http_start *start)
{
    memset(start, 0, sizeof *start);
    if (!request)
        return read_response(line, start);
    start->method = take_word(&line);
    start->target = line;
    start->version_major = start->version_minor = 1;
    return tapir__http_is_token(start->method) && line.len && !has_control(line);
}

/* Returns how many bytes at the end of `span` are a method; at the beginning of a line any word of
 * capitals is. */
static size_t method_at_end(tapir_span span)
{
    size_t most = 0, capitals = 0;

    for (size_t i = 0; i < TAPIR_COUNT(methods); i++) {
        size_t len = strlen(methods[i]);

        if (len > most && len <= span.len &&
            memcmp(span.data + span.len - len, methods[i], len) == 0)
            most = len;
    }
    while (capitals < span.len && span.data[capitals] >= 'A' && span.data[capitals] <= 'Z')
        capitals++;
    return span.len <= METHOD_MAX && capitals == span.len ? span.len : most;
}

/* Looks back from the end for the last blank. */
static bool last_blank(tapir_span span, size_t *at)
{
    const uint8_t *blank = span.len ? memrchr(span.data, ' ', span.len) : NULL;

    *at = blank ? (size_t)(blank - span.data) : 0;
    return blank != NULL;
}

/* "... GET /there HTTP/1.1": method and target are the last two words in front of the version. */
static bool find_request(tapir_span line, size_t *at)
{
    tapir__http_start start;
    size_t blank, len;

    if (!last_blank(line, &blank) || !last_blank(tapir_span_of(line.data, blank), &blank))
        return false;
    len = method_at_end(tapir_span_of(line.data, blank));
    *at = blank - len;
    return len > 0 && read_request(tapir_span_of(line.data + *at, line.len - *at), &start);
}

/* "... HTTP/1.1 200 OK" */
static bool find_response(tapir_span line, size_t *at)
{
    tapir__http_start start;
    tapir_span rest = line;

    while (rest.len >= VERSION) {
        const uint8_t *found = memmem(rest.data, rest.len, "HTTP/", 5);

        if (!found)
            return false;
        *at = (size_t)(found - line.data);
        if (read_response(tapir_span_of(found, line.len - *at), &start))
            return true;
        rest = tapir_span_of(found + 5, line.len - *at - 5);
    }
    return false;
}

bool tapir__http_start_find(tapir_span line, bool request, size_t *at)
{
    return request ? find_request(line, at) : find_response(line, at);
}
