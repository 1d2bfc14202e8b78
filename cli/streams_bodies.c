/* tapir streams --extract --http: what requests and responses contain, each to a file. */
#include "streams.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

/* Those of an exchange; its `user`. */
struct bodies {
    struct streams_file files[2];
};

/* Appends letters, digits, dots and dashes, _ for a run of anything else. */
static void put_safe(tapir_text *text, tapir_span words)
{
    enum { MOST = 100 };
    size_t end = text->len + MOST;
    bool replaced = false;

    for (size_t i = 0; i < words.len && text->len < end; i++) {
        uint8_t c = words.data[i];
        bool fine = isalnum(c) || c == '.' || c == '-' || c == '_';
        if (fine || !replaced)
            tapir_text_char(text, fine ? (char)c : '_');
        replaced = !fine;
    }
}

/* The target without http://host and without ?query. */
static tapir_span path_of(const tapir_http_exchange *exchange)
{
    tapir_span path = exchange->target;
    const uint8_t *query = path.len ? memchr(path.data, '?', path.len) : NULL;
    const uint8_t *scheme;

    if (query)
        path.len = (size_t)(query - path.data);
    scheme = path.len ? memmem(path.data, path.len, "://", 3) : NULL;
    if (scheme && path.data[0] != '/') {
        const uint8_t *end = path.data + path.len;
        const uint8_t *slash = memchr(scheme + 3, '/', (size_t)(end - scheme - 3));
        path.data = slash ? slash : end;
        path.len = (size_t)(end - path.data);
    }
    while (path.len && path.data[0] == '/')
        path = tapir_span_of(path.data + 1, path.len - 1);
    return path;
}

/* 3.0-www.example.com-index.html, 3.0-request-www.example.com-form: the numbers of connection and
 * exchange make it the only one of its name. */
static const char *name_of(
    tapir_text *text, const tapir_http_exchange *exchange, tapir_way way, uint64_t id)
{
    tapir_span path = path_of(exchange);

    tapir_text_printf(text, "%" PRIu64 ".%" PRIu64 "%s", id, exchange->number,
        way == TAPIR_FORWARD ? "-request" : "");
    if (exchange->host.len) {
        tapir_text_char(text, '-');
        put_safe(text, exchange->host);
    }
    if (path.len) {
        tapir_text_char(text, '-');
        put_safe(text, path);
    }
    return tapir_text_string(text);
}

bool streams_body_write(struct streams *streams, struct streams_files *files,
    tapir_http_exchange *exchange, const tapir_http_piece *piece, uint64_t id)
{
    struct bodies *bodies = exchange->user;
    struct streams_file *file;
    uint64_t gap = streams->request->gaps_left ? 0 : piece->gap, suffix = 0;
    char name[256];
    tapir_text text = tapir_text_fixed(name, sizeof name);

    if (!piece->bytes.len && !gap)
        return true;
    if (!bodies)
        exchange->user = bodies = calloc(1, sizeof *bodies);
    if (!bodies) {
        complain("out of memory");
        return false;
    }
    file = &bodies->files[piece->way];
    if (!file->made && !streams_files_make(files, file,
                           name_of(&text, exchange, (tapir_way)piece->way, id), NULL, &suffix))
        return false;
    return (!gap || streams_files_skip(files, file, gap)) &&
           streams_files_append(files, file, piece->bytes);
}

const char *streams_body_name(const tapir_http_exchange *exchange, tapir_way way)
{
    const struct bodies *bodies = exchange->user;

    return bodies && bodies->files[way].made ? bodies->files[way].name : NULL;
}

void streams_body_end(struct streams_files *files, tapir_http_exchange *exchange)
{
    struct bodies *bodies = exchange->user;

    for (size_t way = 0; bodies && way < 2; way++)
        streams_files_end(files, &bodies->files[way]);
    free(bodies);
    exchange->user = NULL;
}
