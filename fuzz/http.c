/* HTTP: the input is chunks, each with two bytes in front that say how many bytes it has, its
 * direction, and what is missing before it. Cut into single bytes it must tell the same; whatever
 * it is, the parser must not hold more than it promises. */
#include "../tests/http_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool fact)
{
    if (!fact)
        abort();
}

/* Pushes the bytes in portions of `most`. */
static void push(tapir_http_parser *parser, tapir_chunk chunk, tapir_span bytes, size_t most)
{
    bool end = chunk.end;

    do {
        size_t len = bytes.len < most ? bytes.len : most;

        chunk.bytes = tapir_span_of(bytes.data, len);
        bytes.data += len;
        bytes.len -= len;
        chunk.end = end && !bytes.len;
        expect(tapir_http_parser_push(parser, &chunk) == TAPIR_OK);
        chunk.offset += len;
        chunk.gap = 0;
        chunk.start = false;
    } while (bytes.len);
}

/* Parses the input; returns what came of it. */
static tapir_text parse(tapir_span input, size_t most)
{
    static const uint64_t gaps[] = {0, 0, 0, 1, 7, 100, 5000, 1};
    tapir_text text = {0};
    tapir_http_options options = http_digest_options(&text);
    tapir_reader r = tapir_reader_of(input);
    unsigned flags = tapir_take_u8(&r);
    tapir_http_parser *parser;
    uint64_t offsets[2] = {0, 0}, frame = 1;

    options.max_start_line = flags & 1 ? 64 : 0;
    options.max_fields = flags & 2 ? 100 : 0;
    options.max_waiting = flags & 4 ? 3000 : 0;
    options.max_decoded = flags & 8 ? 1000 : 100000;
    parser = tapir_http_parser_new(&options);
    expect(parser != NULL);
    while (tapir_left(&r)) {
        unsigned kind = tapir_take_u8(&r);
        size_t len = tapir_take_u8(&r);
        tapir_chunk chunk = {.way = kind & 1, .frame = frame++};

        if (len > tapir_left(&r))
            len = tapir_left(&r);
        chunk.gap = gaps[kind >> 1 & 7];
        chunk.end = kind >> 4 == 15;
        chunk.start = offsets[chunk.way] == 0 && !chunk.gap && !(flags & 16);
        chunk.offset = offsets[chunk.way] + chunk.gap;
        offsets[chunk.way] += chunk.gap + len;
        push(parser, chunk, tapir_take_span(&r, len), most);
    }
    tapir_http_parser_finish(parser);
    http_digest_stats(&text, parser);
    tapir_http_parser_free(parser);
    expect(!text.failed);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tapir_text whole = parse(tapir_span_of(data, size), SIZE_MAX);
    tapir_text cut = parse(tapir_span_of(data, size), 1);

    expect(whole.len == cut.len && memcmp(whole.data, cut.data, whole.len) == 0);
    tapir_text_clear(&whole);
    tapir_text_clear(&cut);
    return 0;
}
