/* Messages, TLS and guesses: the input is a stream in chunks, each with two bytes in front that say
 * how many bytes it has and what is missing before it. Every byte of the stream must be in exactly
 * one message, and where chunks end must not matter. */
#include "tapir/tapir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool fact)
{
    if (!fact)
        abort();
}

/* What is told of a stream, and how far it was told of. */
struct told {
    tapir_text text;
    uint64_t offset;
    bool begun;
    bool both; /* directions are told of in one text: places do not follow one another */
};

static void on_message(void *user, const tapir_message *message)
{
    struct told *told = user;

    if (told->begun && !told->both)
        expect(message->offset == told->offset);
    told->begun = true;
    told->offset = message->offset + message->wire_len;
    expect(message->missing <= message->wire_len && message->bytes.len <= message->wire_len);
    tapir_text_printf(&told->text, "%d %llu %llu %llu ", message->state,
        (unsigned long long)message->offset, (unsigned long long)message->wire_len,
        (unsigned long long)message->missing);
    tapir_text_hex_bytes(&told->text, message->bytes, 0);
    tapir_text_char(&told->text, ' ');
    tapir_text_hex_bytes(&told->text, message->body, 0);
    tapir_text_char(&told->text, '\n');
}

/* A way to read a stream. */
struct kind {
    void *(*new)(struct told *told, unsigned flags);
    tapir_status (*push)(void *reader, const tapir_chunk *chunk);
    void (*finish)(void *reader);
    void (*free)(void *reader);
    bool by_chunk; /* where chunks end matters to it */
};

static void *new_lines(struct told *told, unsigned flags)
{
    tapir_line_options options = {
        .size = sizeof options, .line = on_message, .user = told, .max = flags & 1 ? 8 : 0};

    return tapir_line_reader_new(&options);
}

static tapir_status push_lines(void *reader, const tapir_chunk *chunk)
{
    return tapir_line_reader_push(reader, chunk);
}

static void finish_lines(void *reader)
{
    tapir_line_reader_finish(reader);
}

static void free_lines(void *reader)
{
    tapir_line_reader_free(reader);
}

static bool has_letter(void *user, tapir_span start)
{
    (void)user;
    return start.data[0] < 0x80;
}

static void *new_prefixed(struct told *told, unsigned flags)
{
    tapir_prefix_options options = {
        .size = sizeof options,
        .message = on_message,
        .user = told,
        .max = flags & 1 ? 20 : 300,
        .at = flags >> 1 & 1,
        .width = (flags >> 2 & 3) + 1,
        .little_endian = flags & 16,
        .adjust = flags & 32 ? -2 : 0,
        .resync = flags & 64 ? TAPIR_RESYNC_BYTE : TAPIR_RESYNC_NEVER,
        .plausible = flags & 128 ? has_letter : NULL,
    };

    return tapir_prefix_reader_new(&options);
}

static void *new_dns(struct told *told, unsigned flags)
{
    tapir_prefix_options options = tapir_dns_prefix_options(on_message, told);

    (void)flags;
    return tapir_prefix_reader_new(&options);
}

static tapir_status push_prefixed(void *reader, const tapir_chunk *chunk)
{
    return tapir_prefix_reader_push(reader, chunk);
}

static void finish_prefixed(void *reader)
{
    tapir_prefix_reader_finish(reader);
}

static void free_prefixed(void *reader)
{
    tapir_prefix_reader_free(reader);
}

static void on_record(void *user, const tapir_tls_record *record)
{
    struct told *told = user;

    tapir_text_printf(
        &told->text, "record %d %d %d ", record->type, record->length, record->encrypted);
    on_message(user, record->message);
}

/* Takes hellos and certificates apart. */
static void take_apart(const tapir_tls_handshake *handshake)
{
    tapir_tls_client_hello client;
    tapir_tls_server_hello server;
    tapir_tls_key_exchange exchange;
    tapir_tls_certificates walk = tapir_tls_certificates_of(handshake->body, 0x0303);
    tapir_reader alpn;
    tapir_span span;

    if (tapir_tls_client_hello_decode(handshake->body, &client) == TAPIR_OK)
        expect(client.server_name.len <= handshake->body.len);
    alpn = tapir_reader_of(client.alpn);
    while (tapir_tls_alpn_next(&alpn, &span))
        expect(span.len <= 255);
    (void)tapir_tls_server_hello_decode(handshake->body, &server);
    (void)tapir_tls_key_exchange_decode(handshake->body, 0x0303, &exchange);
    while (tapir_tls_certificate_next(&walk, &span))
        expect(span.len <= handshake->body.len);
}

static void on_handshake(void *user, const tapir_tls_handshake *handshake)
{
    struct told *told = user;

    take_apart(handshake);
    expect(handshake->state != TAPIR_MESSAGE_WHOLE || handshake->length == handshake->body.len);
    tapir_text_printf(
        &told->text, "handshake %d %u %d ", handshake->type, handshake->length, handshake->state);
    tapir_text_hex_bytes(&told->text, handshake->body, 0);
    tapir_text_char(&told->text, '\n');
}

static void on_alert(void *user, const tapir_tls_record *record, uint8_t level, uint8_t description)
{
    struct told *told = user;

    (void)record;
    tapir_text_printf(&told->text, "alert %d %d\n", level, description);
}

static void *new_tls(struct told *told, unsigned flags)
{
    tapir_tls_options options = {
        .size = sizeof options,
        .calls = {on_record, on_handshake, on_alert},
        .user = told,
        .max_handshake = flags & 1 ? 30 : 0,
    };

    return tapir_tls_reader_new(&options);
}

static tapir_status push_tls(void *reader, const tapir_chunk *chunk)
{
    return tapir_tls_reader_push(reader, chunk);
}

static void finish_tls(void *reader)
{
    tapir_tls_reader_finish(reader);
}

static void free_tls(void *reader)
{
    tapir_tls_reader_free(reader);
}

static const struct kind kinds[] = {
    {new_lines, push_lines, finish_lines, free_lines, false},
    {new_prefixed, push_prefixed, finish_prefixed, free_prefixed, false},
    {new_dns, push_prefixed, finish_prefixed, free_prefixed, true},
    {new_tls, push_tls, finish_tls, free_tls, false},
};

static void push(const struct kind *kind, void *reader, tapir_chunk chunk, size_t most)
{
    tapir_span bytes = chunk.bytes;

    do {
        size_t len = bytes.len < most ? bytes.len : most;

        chunk.bytes = tapir_span_of(bytes.data, len);
        bytes.data += len;
        bytes.len -= len;
        expect(kind->push(reader, &chunk) == TAPIR_OK);
        chunk.offset += len;
        chunk.gap = 0;
        chunk.start = false;
    } while (bytes.len);
}

/* Reads the input; returns what came of it. */
static tapir_text read_all(const struct kind *kind, unsigned flags, tapir_span input, size_t most)
{
    static const uint64_t gaps[] = {0, 0, 0, 0, 1, 3, 10, 1000};
    struct told told = {.both = kind->new == new_tls};
    tapir_reader r = tapir_reader_of(input);
    void *reader = kind->new (&told, flags);
    uint64_t offset = 0;

    if (!reader)
        return told.text;
    while (tapir_left(&r)) {
        unsigned facts = tapir_take_u8(&r);
        size_t len = tapir_take_u8(&r);
        tapir_chunk chunk = {.gap = gaps[facts & 7], .way = kind->new == new_tls &&facts & 128};

        chunk.start = offset == 0 && !(facts & 64);
        chunk.offset = offset + chunk.gap;
        chunk.bytes = tapir_take_span(&r, len < tapir_left(&r) ? len : tapir_left(&r));
        push(kind, reader, chunk, most);
        offset = chunk.offset + chunk.bytes.len;
    }
    kind->finish(reader);
    expect(!told.begun || told.both || told.offset == offset);
    kind->free(reader);
    return told.text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct kind *kind;
    tapir_text whole, cut;

    if (size < 2)
        return 0;
    kind = &kinds[data[0] % TAPIR_COUNT(kinds)];
    tapir_guess_protocol(tapir_span_of(data + 2, (size - 2) / 2),
        tapir_span_of(data + 2 + (size - 2) / 2, (size - 2) / 2), 0, data[0]);
    whole = read_all(kind, data[1], tapir_span_of(data + 2, size - 2), SIZE_MAX);
    cut = read_all(kind, data[1], tapir_span_of(data + 2, size - 2), 1);
    if (!kind->by_chunk)
        expect(
            whole.len == cut.len && (!whole.len || memcmp(whole.data, cut.data, whole.len) == 0));
    tapir_text_clear(&whole);
    tapir_text_clear(&cut);
    return 0;
}
