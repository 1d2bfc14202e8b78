/* Records of TLS, and the messages of the handshake across them. */
#include "tapir/tls.h"

#include "stream/chunk.h"

#include <stdlib.h>

enum {
    HEADER = 5,                  /* of a record: RFC 8446 5.1 */
    MAX_FRAGMENT = 16384 + 2048, /* RFC 5246 6.2.3 */
    MESSAGE_HEADER = 4,          /* RFC 8446 4 */
    MAX_HANDSHAKE = 256 << 10,   /* unless the options say otherwise */
    TLS_1_3 = 0x0304
};

/* One direction. */
struct direction {
    tapir_tls_reader *reader;
    tapir_prefix_reader *records;
    tapir_text text; /* of the message in progress: type, length, body */
    tapir_tls_handshake message;
    uint64_t skip;       /* bytes of it that are not kept, still to come */
    bool started;        /* a chunk of it was seen */
    bool open;           /* there is a message in progress */
    bool secret;         /* Change Cipher Spec was seen */
    bool unsure;         /* records are missing: what follows may be encrypted */
    tapir_status failed; /* since the last push */
};

struct tapir_tls_reader {
    tapir_tls_options options;
    struct direction ways[2];
    bool tls13; /* a server hello chose it: what is encrypted says so, RFC 8446 5.2 */
};

/* RFC 8446 5.1: type, version 3.x, length. */
static bool plausible(void *user, tapir_span start)
{
    (void)user;
    return tapir_tls_record_name(start.data[0]) && start.data[1] == 3 && start.data[2] <= 4 &&
           tapir_load_be(start.data + 3, 2) <= MAX_FRAGMENT;
}

/* Hands the message out and forgets it. */
static void emit(struct direction *way, tapir_span body, tapir_message_state state)
{
    const tapir_tls_options *options = &way->reader->options;

    way->message.body = body;
    way->message.state = (uint8_t)state;
    way->open = false;
    way->skip = 0;
    if (options->calls.handshake)
        options->calls.handshake(options->user, &way->message);
    way->text.len = 0;
    way->text.failed = false;
}

/* Hands out what was gathered of the message; without its head there is none. */
static void emit_gathered(struct direction *way, tapir_message_state state)
{
    tapir_span bytes = tapir_span_of(way->text.data, way->text.len);

    if (bytes.len >= MESSAGE_HEADER) {
        tapir__split(&bytes, MESSAGE_HEADER);
        emit(way, bytes, state);
    }
    way->text.len = 0;
    way->open = false;
}

/* A server hello says whether TLS 1.3 is spoken. */
static void note_version(struct direction *way, tapir_span body)
{
    tapir_tls_server_hello hello;

    if (way->message.type == TAPIR_TLS_HANDSHAKE_SERVER_HELLO &&
        tapir_tls_server_hello_decode(body, &hello) == TAPIR_OK)
        way->reader->tls13 = hello.version >= TLS_1_3;
}

static void emit_whole(struct direction *way, tapir_span body)
{
    note_version(way, body);
    emit(way, body, TAPIR_MESSAGE_WHOLE);
}

static void begin(struct direction *way, const tapir_message *record)
{
    memset(&way->message, 0, sizeof way->message);
    way->message.frame = record->frame;
    way->message.time = record->time;
    way->message.way = record->way;
    way->open = true;
}

static void note_head(struct direction *way, const uint8_t *head)
{
    way->message.type = head[0];
    way->message.length = (uint32_t)tapir_load_be(head + 1, 3);
}

/* Takes a message that lies in the record from its first to its last byte. */
static bool take_whole(struct direction *way, const tapir_message *record, tapir_span *bytes)
{
    size_t total;

    if (way->open || bytes->len < MESSAGE_HEADER)
        return false;
    total = MESSAGE_HEADER + (size_t)tapir_load_be(bytes->data + 1, 3);
    if (total > bytes->len)
        return false;
    begin(way, record);
    note_head(way, bytes->data);
    way->message.end_frame = record->end_frame;
    way->message.end_time = record->end_time;
    tapir__split(bytes, MESSAGE_HEADER);
    emit_whole(way, tapir__split(bytes, total - MESSAGE_HEADER));
    return true;
}

/* Keeps bytes of the message, up to `total`. */
static void gather(struct direction *way, tapir_span *bytes, size_t total)
{
    size_t wanted = total - way->text.len;
    tapir_span part = tapir__split(bytes, bytes->len < wanted ? bytes->len : wanted);

    tapir_text_bytes(&way->text, part.data, part.len);
    if (way->text.failed)
        way->failed = TAPIR_NO_MEMORY;
}

/* Skips what is not kept of a message that is too long. */
static void skip(struct direction *way, tapir_span *bytes)
{
    size_t len = bytes->len < way->skip ? bytes->len : (size_t)way->skip;

    tapir__split(bytes, len);
    way->skip -= len;
    if (!way->skip)
        emit_gathered(way, TAPIR_MESSAGE_TOO_LONG);
}

/* Takes a part of a message that is spread over records. */
static void take_part(struct direction *way, const tapir_message *record, tapir_span *bytes)
{
    size_t total;

    if (!way->open)
        begin(way, record);
    way->message.end_frame = record->end_frame;
    way->message.end_time = record->end_time;
    if (way->skip) {
        skip(way, bytes);
        return;
    }
    if (way->text.len < MESSAGE_HEADER) {
        gather(way, bytes, MESSAGE_HEADER);
        if (way->text.len < MESSAGE_HEADER)
            return;
        note_head(way, (const uint8_t *)way->text.data);
    }
    total = MESSAGE_HEADER + (size_t)way->message.length;
    if (total <= way->text.limit)
        gather(way, bytes, total);
    if (total > way->text.limit || way->text.failed)
        way->skip = total - way->text.len;
    else if (way->text.len == total)
        emit_whole(way,
            tapir_span_of((const uint8_t *)way->text.data + MESSAGE_HEADER, way->message.length));
}

static void take_handshake(struct direction *way, const tapir_message *record, tapir_span bytes)
{
    while (bytes.len) {
        if (!take_whole(way, record, &bytes))
            take_part(way, record, &bytes);
    }
}

/* Whether the fragment begins with a message in clear text. */
static bool begins_message(const struct direction *way, tapir_span fragment)
{
    uint64_t length;

    if (fragment.len < MESSAGE_HEADER)
        return !way->unsure;
    length = tapir_load_be(fragment.data + 1, 3);
    if (!tapir_tls_handshake_name(fragment.data[0]))
        return false;
    if (fragment.data[0] == TAPIR_TLS_HANDSHAKE_HELLO_REQUEST)
        return length == 0 && fragment.len == MESSAGE_HEADER;
    return !way->unsure || length + MESSAGE_HEADER <= way->text.limit;
}

/* Whether the record is encrypted. In TLS 1.3 what is encrypted has the type of application data,
 * and Change Cipher Spec means nothing (RFC 8446 D.4); before, it is all behind that. */
static bool is_encrypted(const struct direction *way, const tapir_tls_record *record)
{
    if (record->type == TAPIR_TLS_APPLICATION_DATA)
        return true;
    if (record->type == TAPIR_TLS_CHANGE_CIPHER_SPEC)
        return false;
    if (way->secret && !way->reader->tls13)
        return true;
    if (record->type == TAPIR_TLS_HANDSHAKE)
        return !way->open && !begins_message(way, record->fragment);
    return record->type == TAPIR_TLS_ALERT && record->length != 2;
}

/* Fills in what the bytes of the record say. */
static void read_header(tapir_tls_record *record, const tapir_message *message)
{
    memset(record, 0, sizeof *record);
    record->message = message;
    if (message->state == TAPIR_MESSAGE_LOST || message->bytes.len < HEADER)
        return;
    record->type = message->bytes.data[0];
    record->version = (uint16_t)tapir_load_be(message->bytes.data + 1, 2);
    record->length = (uint16_t)tapir_load_be(message->bytes.data + 3, 2);
    if (message->state == TAPIR_MESSAGE_WHOLE)
        record->fragment = message->body;
}

/* What a record that is not whole takes away. */
static void lose(struct direction *way, const tapir_tls_record *record)
{
    if (record->type && record->type != TAPIR_TLS_HANDSHAKE)
        return;
    if (record->message->state != TAPIR_MESSAGE_CUT && way->open)
        emit_gathered(way, TAPIR_MESSAGE_HOLED);
    way->unsure = true;
}

/* A record of the stream, or what is in place of one. */
static void on_record(void *user, const tapir_message *message)
{
    struct direction *way = user;
    const tapir_tls_options *options = &way->reader->options;
    tapir_tls_record record;

    read_header(&record, message);
    record.encrypted = record.type && is_encrypted(way, &record);
    if (options->calls.record)
        options->calls.record(options->user, &record);
    if (message->state != TAPIR_MESSAGE_WHOLE)
        lose(way, &record);
    else if (record.type == TAPIR_TLS_CHANGE_CIPHER_SPEC)
        way->secret = true;
    else if (record.encrypted)
        return;
    else if (record.type == TAPIR_TLS_HANDSHAKE)
        take_handshake(way, message, record.fragment);
    else if (record.type == TAPIR_TLS_ALERT && options->calls.alert)
        options->calls.alert(
            options->user, &record, record.fragment.data[0], record.fragment.data[1]);
}

static bool init_way(tapir_tls_reader *reader, struct direction *way)
{
    tapir_prefix_options options = {
        .size = sizeof options,
        .message = on_record,
        .user = way,
        .max = HEADER + MAX_FRAGMENT,
        .at = 3,
        .width = 2,
        .resync = TAPIR_RESYNC_BYTE,
        .plausible = plausible,
    };

    way->reader = reader;
    way->text.limit = reader->options.max_handshake;
    way->records = tapir_prefix_reader_new(&options);
    return way->records != NULL;
}

tapir_tls_reader *tapir_tls_reader_new(const tapir_tls_options *options)
{
    tapir_tls_reader *reader = calloc(1, sizeof *reader);
    size_t size = sizeof reader->options;

    if (!reader)
        return NULL;
    memcpy(&reader->options, options, options->size < size ? options->size : size);
    if (!reader->options.max_handshake)
        reader->options.max_handshake = MAX_HANDSHAKE;
    if (reader->options.max_handshake < MESSAGE_HEADER)
        reader->options.max_handshake = MESSAGE_HEADER;
    if (!init_way(reader, &reader->ways[0]) || !init_way(reader, &reader->ways[1])) {
        tapir_tls_reader_free(reader);
        return NULL;
    }
    return reader;
}

/* The direction ended: a message in progress is cut, and what may follow is another stream.
 */
static void end_way(struct direction *way)
{
    if (way->open)
        emit_gathered(way, TAPIR_MESSAGE_CUT);
    way->secret = way->unsure = way->started = false;
}

tapir_status tapir_tls_reader_push(tapir_tls_reader *reader, const tapir_chunk *chunk)
{
    struct direction *way = &reader->ways[chunk->way == TAPIR_BACKWARD];
    tapir_status status;

    way->failed = TAPIR_OK;
    way->unsure |= chunk->gap > 0 || (!way->started && !chunk->start);
    way->started = true;
    status = tapir_prefix_reader_push(way->records, chunk);
    if (chunk->end)
        end_way(way);
    return status ? status : way->failed;
}

void tapir_tls_reader_finish(tapir_tls_reader *reader)
{
    for (int i = 0; i < 2; i++) {
        tapir_prefix_reader_finish(reader->ways[i].records);
        end_way(&reader->ways[i]);
    }
    reader->tls13 = false;
}

void tapir_tls_reader_free(tapir_tls_reader *reader)
{
    if (!reader)
        return;
    for (int i = 0; i < 2; i++) {
        tapir_prefix_reader_free(reader->ways[i].records);
        tapir_text_clear(&reader->ways[i].text);
    }
    free(reader);
}
