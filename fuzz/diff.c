/* Comparing: the first half of the input against the second, as bytes and as captures. Runs must
 * lead from one to the other, and no packet may be told of twice. */
#include "tapir/tapir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool fact)
{
    if (!fact)
        abort();
}

static void compare_bytes(tapir_span a, tapir_span b)
{
    tapir_bytediff *diff = tapir_bytediff_new();
    size_t count, at_a = 0, at_b = 0;
    const tapir_run *runs;
    tapir_text text = {0};

    expect(diff && tapir_bytediff_compare(diff, a, b) == TAPIR_OK);
    runs = tapir_bytediff_runs(diff, &count);
    for (size_t i = 0; i < count; i++) {
        expect(runs[i].a == at_a && runs[i].b == at_b);
        expect(runs[i].kind != TAPIR_RUN_SAME ||
               (runs[i].a_len == runs[i].b_len &&
                   memcmp(a.data + at_a, b.data + at_b, runs[i].a_len) == 0));
        at_a += runs[i].a_len;
        at_b += runs[i].b_len;
    }
    expect(at_a == a.len && at_b == b.len);
    tapir_bytediff_text(&text, diff, &(tapir_bytediff_options){.context = a.len & 1});
    tapir_text_clear(&text);
    tapir_bytediff_free(diff);
}

/* A capture of Ethernet frames, each as long as its first byte says. */
static tapir_text capture_of(tapir_span bytes)
{
    static const uint8_t header[24] = {
        0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1};
    tapir_text text = {0};

    tapir_text_bytes(&text, header, sizeof header);
    while (bytes.len) {
        size_t len = bytes.data[0] < bytes.len ? bytes.data[0] : bytes.len - 1;
        uint8_t record[16] = {0};
        record[8] = record[12] = (uint8_t)len;
        tapir_text_bytes(&text, record, sizeof record);
        tapir_text_bytes(&text, bytes.data + 1, len);
        bytes = tapir_span_of(bytes.data + 1 + len, bytes.len - 1 - len);
    }
    return text;
}

static tapir_source *open_text(const tapir_text *text)
{
    tapir_source *source;

    expect(!tapir_source_open_memory(&source, text->data, text->len, "input", NULL, NULL));
    return source;
}

static void compare_captures(tapir_span left, tapir_span right, tapir_diff_options *options)
{
    tapir_text of_left = capture_of(left), of_right = capture_of(right);
    tapir_source *a = open_text(&of_left), *b = open_text(&of_right);
    tapir_diff *diff = tapir_diff_new(a, b, options, NULL);
    tapir_difference difference;
    uint64_t last_a = 0, last_b = 0, alone_a = 0, alone_b = 0;
    tapir_source_stats a_stats, b_stats;
    tapir_status status;

    expect(diff != NULL);
    while ((status = tapir_diff_next(diff, &difference)) == TAPIR_OK) {
        expect(!difference.a || difference.a->number > last_a);
        expect(!difference.b || difference.b->number > last_b);
        last_a = difference.a ? difference.a->number : last_a;
        last_b = difference.b ? difference.b->number : last_b;
        alone_a += !difference.b;
        alone_b += !difference.a;
    }
    expect(status == TAPIR_END);
    tapir_source_stats_get(a, &a_stats);
    tapir_source_stats_get(b, &b_stats);
    expect(a_stats.frames - alone_a == b_stats.frames - alone_b);
    tapir_diff_free(diff);
    tapir_source_close(a);
    tapir_source_close(b);
    tapir_text_clear(&of_left);
    tapir_text_clear(&of_right);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"ip.ttl", "tcp.flags.syn", "eth", "frame.time", "trailer"};
    tapir_diff_options options = {.size = sizeof options};
    tapir_span a, b;

    if (size < 1)
        return 0;
    a = tapir_span_of(data + 1, (size - 1) / 2);
    b = tapir_span_of(data + 1 + a.len, size - 1 - a.len);
    options.window = data[0] >> 4 & 7;
    options.json = data[0] >> 7;
    options.ignore = names;
    options.ignore_count = data[0] & 1 ? TAPIR_COUNT(names) : 0;
    options.only = names;
    options.only_count = data[0] & 2 ? 2 : 0;
    compare_bytes(a, b);
    compare_captures(a, b, &options);
    return 0;
}
