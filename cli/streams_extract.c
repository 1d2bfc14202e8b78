/* tapir streams --extract: each stream to a file, named as tcpflow names them. */
#include "streams.h"

#include <stdlib.h>

/* The files of a connection. */
struct pair {
    struct streams_file files[2];
    uint64_t suffix; /* of both names */
    bool named;      /* it is known */
};

/* 010.000.000.001, 2001:0db8:0000:... */
static void put_address(tapir_text *text, const tapir_endpoint *address)
{
    bool is_ipv4 = address->type == TAPIR_ENDPOINT_IPV4;

    if (!is_ipv4 && address->type != TAPIR_ENDPOINT_IPV6) {
        tapir_text_hex_bytes(text, tapir_span_of(address->bytes, address->len), '-');
        return;
    }
    for (size_t i = 0; i < address->len; i++) {
        if (i && (is_ipv4 || i % 2 == 0))
            tapir_text_char(text, is_ipv4 ? '.' : ':');
        if (is_ipv4)
            tapir_text_uint_padded(text, address->bytes[i], 3);
        else
            tapir_text_hex(text, address->bytes[i], 2);
    }
}

static void put_side(tapir_text *text, const tapir_connection *connection, tapir_way of)
{
    put_address(text, streams_address(connection, of));
    tapir_text_char(text, '.');
    tapir_text_uint_padded(text, streams_port(connection, of), 5);
}

/* SRCIP.SRCPORT-DSTIP.DSTPORT, of what that way's sender sends. */
static const char *name_of(tapir_text *text, const tapir_connection *connection, tapir_way way)
{
    put_side(text, connection, way);
    tapir_text_char(text, '-');
    put_side(text, connection, tapir_other_way(way));
    return tapir_text_string(text);
}

static bool make_file(
    struct streams *streams, tapir_conversation *conversation, struct pair *pair, tapir_way way)
{
    enum { ROOM = 128 };
    char name[ROOM], other[ROOM];
    tapir_text name_text = tapir_text_fixed(name, ROOM);
    tapir_text other_text = tapir_text_fixed(other, ROOM);
    tapir_conversation_info info;

    tapir_conversation_get(conversation, &info);
    (void)name_of(&name_text, &info.connection, way);
    (void)name_of(&other_text, &info.connection, tapir_other_way(way));
    return streams_files_make(
        streams->own, &pair->files[way], name, pair->named ? NULL : other, &pair->suffix);
}

static struct pair *pair_of(struct streams *streams, tapir_conversation *conversation)
{
    struct pair *pair = tapir_conversation_user(conversation);

    if (!pair) {
        pair = calloc(1, sizeof *pair);
        tapir_conversation_set_user(conversation, pair);
    }
    if (!pair) {
        complain("out of memory");
        streams->failed = true;
    }
    return pair;
}

static bool write_chunk(struct streams *streams, tapir_conversation *conversation,
    struct pair *pair, const tapir_chunk *chunk)
{
    struct streams_file *file = &pair->files[chunk->way];
    tapir_span bytes = streams_bytes(chunk);

    if (!bytes.len && (!chunk->gap || streams->request->gaps_left))
        return true;
    if (!file->made && !make_file(streams, conversation, pair, (tapir_way)chunk->way))
        return false;
    pair->named = true;
    if (chunk->gap && !streams->request->gaps_left &&
        !streams_files_skip(streams->own, file, chunk->gap))
        return false;
    return streams_files_append(streams->own, file, bytes);
}

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct streams *streams = user;
    struct pair *pair;

    if (!streams->request->ways[chunk->way]) {
        tapir_conversation_ignore(conversation, (tapir_way)chunk->way);
        return;
    }
    if (streams->failed)
        return;
    pair = pair_of(streams, conversation);
    if (pair && !write_chunk(streams, conversation, pair, chunk))
        streams->failed = true;
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct streams *streams = user;
    struct pair *pair = tapir_conversation_user(conversation);

    (void)reason;
    for (size_t way = 0; pair && way < 2; way++)
        streams_files_end(streams->own, &pair->files[way]);
    free(pair);
}

static bool open_extract(struct streams *streams)
{
    streams->own = streams_files_open(streams->request->directory);
    return streams->own != NULL;
}

static bool flush_extract(struct streams *streams)
{
    return streams_files_flush(streams->own);
}

static void close_extract(struct streams *streams)
{
    streams_files_close(streams->own);
}

const struct streams_view streams_extract = {
    .calls = {.opened = streams_chosen, .data = on_data, .closed = on_closed},
    .open = open_extract,
    .finish = flush_extract,
    .pause = flush_extract,
    .close = close_extract,
};
