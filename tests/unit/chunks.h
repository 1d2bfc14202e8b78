/* A stream pushed into a reader in portions, with gaps. */
#ifndef TAPIR_TESTS_CHUNKS_H
#define TAPIR_TESTS_CHUNKS_H

#include "tapir/reassembly.h"

typedef tapir_status push_call(void *reader, const tapir_chunk *chunk);

/* A stream being sent. Zeroed, it begins with its first byte, of frame 1. */
struct sender {
    push_call *push;
    void *reader;
    uint8_t way;
    bool midstream; /* its beginning was not captured */
    size_t most;    /* bytes of a chunk; 0: all at once */
    uint64_t offset, gap, frame;
    bool begun;
};

static inline void send_chunk(struct sender *sender, tapir_span bytes, bool end)
{
    tapir_chunk chunk = {
        .bytes = bytes,
        .offset = sender->offset,
        .gap = sender->gap,
        .frame = sender->frame,
        .time = (int64_t)sender->frame * 1000,
        .way = sender->way,
        .start = !sender->begun && !sender->midstream,
        .end = end,
    };

    sender->begun = true;
    sender->gap = 0;
    sender->offset += bytes.len;
    assert_int_equal(sender->push(sender->reader, &chunk), TAPIR_OK);
}

/* Sends bytes of one frame. */
static inline void send_bytes(struct sender *sender, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    while (len) {
        size_t some = sender->most && sender->most < len ? sender->most : len;

        send_chunk(sender, tapir_span_of(at, some), false);
        at += some;
        len -= some;
    }
}

static inline void send_text(struct sender *sender, const char *text)
{
    send_bytes(sender, text, strlen(text));
}

/* The next so many bytes are missing. */
static inline void send_gap(struct sender *sender, uint64_t len)
{
    sender->gap += len;
    sender->offset += len;
}

static inline void send_end(struct sender *sender)
{
    send_chunk(sender, tapir_span_of(NULL, 0), true);
}

#endif
