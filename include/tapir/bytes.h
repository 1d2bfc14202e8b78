/* Spans, the reader that cannot overrun, and the writer that refuses what does not fit. */
#ifndef TAPIR_BYTES_H
#define TAPIR_BYTES_H

#include "tapir/base.h"

TAPIR_EXTERN_C_BEGIN

/* A borrowed, read-only run of bytes. Never owned, never written through. */
typedef struct tapir_span {
    const uint8_t *data;
    size_t len;
} tapir_span;

/* Reads forward inside [at, end). A short read fails the reader and empties it, so every later read
 * gives zero and every loop over it ends. */
typedef struct tapir_reader {
    const uint8_t *at, *end;
    uint32_t needed, had; /* of the first read that failed, in bytes */
    bool failed;
} tapir_reader;

struct tapir_field;

/* Writes forward inside [at, end). A put that does not fit fails the writer and fills it up. */
typedef struct tapir_writer {
    uint8_t *at, *end;
    bool failed;
    const struct tapir_field *refused; /* the field whose value was too wide, NULL when none was */
    uint64_t refused_value;
} tapir_writer;

/* Returns a span over `len` bytes at `data`. */
static inline tapir_span tapir_span_of(const void *data, size_t len)
{
    tapir_span span;
    span.data = (const uint8_t *)data;
    span.len = len;
    return span;
}

/* Returns a reader over all bytes of `span`, which may be empty and point nowhere. */
static inline tapir_reader tapir_reader_of(tapir_span span)
{
    static const uint8_t nothing[1] = {0};
    tapir_reader reader;
    reader.at = span.data ? span.data : nothing;
    reader.end = reader.at + span.len;
    reader.needed = 0;
    reader.had = 0;
    reader.failed = false;
    return reader;
}

/* Returns how many bytes are left to read. */
static inline size_t tapir_left(const tapir_reader *r)
{
    return (size_t)(r->end - r->at);
}

/* Returns what is left as a span, without reading it. */
static inline tapir_span tapir_rest(const tapir_reader *r)
{
    return tapir_span_of(r->at, tapir_left(r));
}

/* Fails the reader for a read of `len` bytes and empties it. */
static inline void tapir_reader_fail(tapir_reader *r, size_t len)
{
    if (!r->failed) {
        r->needed = (uint32_t)(len < UINT32_MAX ? len : UINT32_MAX);
        r->had = (uint32_t)tapir_left(r);
    }
    r->failed = true;
    r->at = r->end;
}

/* Takes `len` bytes; returns NULL, failing the reader, when there are fewer. */
static inline const uint8_t *tapir_take(tapir_reader *r, size_t len)
{
    const uint8_t *at = r->at;

    if (__builtin_expect(tapir_left(r) < len, 0)) {
        tapir_reader_fail(r, len);
        return NULL;
    }
    r->at += len;
    return at;
}

/* Takes a span of `len` bytes; an empty one, failing the reader, when there are fewer. */
static inline tapir_span tapir_take_span(tapir_reader *r, size_t len)
{
    const uint8_t *at = r->at;

    if (__builtin_expect(tapir_left(r) < len, 0)) {
        tapir_reader_fail(r, len);
        return tapir_span_of(NULL, 0);
    }
    r->at += len;
    return tapir_span_of(at, len);
}

/* Takes everything that is left. */
static inline tapir_span tapir_take_rest(tapir_reader *r)
{
    return tapir_take_span(r, tapir_left(r));
}

/* Takes a reader over the next `len` bytes, for nested lengths. */
static inline tapir_reader tapir_take_reader(tapir_reader *r, size_t len)
{
    return tapir_reader_of(tapir_take_span(r, len));
}

/* Shortens the reader to `len` bytes; never extends it. */
static inline void tapir_limit(tapir_reader *r, size_t len)
{
    if (len < tapir_left(r))
        r->end = r->at + len;
}

/* Loads an unsigned number of `bytes` (1 to 8) bytes in network order. */
TAPIR_INLINE uint64_t tapir_load_be(const uint8_t *p, unsigned bytes)
{
    uint16_t half;
    uint32_t word;
    uint64_t wide = 0;

    switch (bytes) {
    case 1:
        return *p;
    case 2:
        memcpy(&half, p, 2);
        return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap16(half) : half;
    case 4:
        memcpy(&word, p, 4);
        return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap32(word) : word;
    case 8:
        memcpy(&wide, p, 8);
        return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(wide) : wide;
    default:
        for (unsigned i = 0; i < bytes; i++)
            wide = wide << 8 | p[i];
        return wide;
    }
}

/* Loads an unsigned number of `bytes` (1 to 8) bytes in little-endian order. */
TAPIR_INLINE uint64_t tapir_load_le(const uint8_t *p, unsigned bytes)
{
    uint64_t wide = 0;

    for (unsigned i = 0; i < bytes; i++)
        wide |= (uint64_t)p[i] << 8 * i;
    return wide;
}

/* Stores the low `bytes` bytes of `value` in network order. */
TAPIR_INLINE void tapir_store_be(uint8_t *p, unsigned bytes, uint64_t value)
{
    const bool swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    uint16_t half = swap ? __builtin_bswap16((uint16_t)value) : (uint16_t)value;
    uint32_t word = swap ? __builtin_bswap32((uint32_t)value) : (uint32_t)value;
    uint64_t wide = swap ? __builtin_bswap64(value) : value;

    switch (bytes) {
    case 2:
        memcpy(p, &half, 2);
        return;
    case 4:
        memcpy(p, &word, 4);
        return;
    case 8:
        memcpy(p, &wide, 8);
        return;
    default:
        for (unsigned i = 0; i < bytes; i++)
            p[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
    }
}

/* Stores the low `bytes` bytes of `value` in little-endian order. */
TAPIR_INLINE void tapir_store_le(uint8_t *p, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

/* tapir_take_u8, tapir_take_be16, tapir_take_le32 ...: one number, 0 when the input is short. */
#define TAPIR_TAKER(name, type, bytes, order)                                                      \
    static inline type tapir_take_##name(tapir_reader *r)                                          \
    {                                                                                              \
        const uint8_t *at = tapir_take(r, bytes);                                                  \
        return at ? (type)tapir_load_##order(at, bytes) : 0;                                       \
    }
TAPIR_TAKER(u8, uint8_t, 1, be)
TAPIR_TAKER(be16, uint16_t, 2, be)
TAPIR_TAKER(be24, uint32_t, 3, be)
TAPIR_TAKER(be32, uint32_t, 4, be)
TAPIR_TAKER(be48, uint64_t, 6, be)
TAPIR_TAKER(be64, uint64_t, 8, be)
TAPIR_TAKER(le16, uint16_t, 2, le)
TAPIR_TAKER(le32, uint32_t, 4, le)
TAPIR_TAKER(le64, uint64_t, 8, le)
#undef TAPIR_TAKER

/* Copies `len` bytes to `to`; zeroes there when the input is short. */
static inline void tapir_take_bytes(tapir_reader *r, void *to, size_t len)
{
    const uint8_t *at = tapir_take(r, len);

    if (at)
        memcpy(to, at, len);
    else
        memset(to, 0, len);
}

/* Returns a writer over the `room` bytes at `bytes`. */
static inline tapir_writer tapir_writer_of(void *bytes, size_t room)
{
    tapir_writer writer;
    writer.at = (uint8_t *)bytes;
    writer.end = writer.at + room;
    writer.failed = false;
    writer.refused = NULL;
    writer.refused_value = 0;
    return writer;
}

/* Returns what was written since the writer stood at `start`; nothing when it failed. */
static inline tapir_span tapir_written(const tapir_writer *w, const void *start)
{
    const uint8_t *from = (const uint8_t *)start;

    return tapir_span_of(from, w->failed ? 0 : (size_t)(w->at - from));
}

/* Fails the writer and fills it up, for what cannot be written as it is wanted. */
static inline void tapir_writer_fail(tapir_writer *w)
{
    w->failed = true;
    w->at = w->end;
}

/* Makes room for `len` bytes and returns it; NULL, failing the writer, when there is less. */
static inline uint8_t *tapir_put(tapir_writer *w, size_t len)
{
    uint8_t *at = w->at;

    if ((size_t)(w->end - at) < len) {
        tapir_writer_fail(w);
        return NULL;
    }
    w->at += len;
    return at;
}

/* Writes all bytes of `bytes`. */
static inline void tapir_put_span(tapir_writer *w, tapir_span bytes)
{
    uint8_t *at = tapir_put(w, bytes.len);

    if (at && bytes.len)
        memcpy(at, bytes.data, bytes.len);
}

/* Writes `len` zeroes. */
static inline void tapir_put_zeroes(tapir_writer *w, size_t len)
{
    uint8_t *at = len ? tapir_put(w, len) : NULL;

    if (at)
        memset(at, 0, len);
}

/* Writes `value` in `bytes` bytes, network order; fails the writer when it is too wide for them. */
static inline void tapir_put_be(tapir_writer *w, unsigned bytes, uint64_t value)
{
    uint8_t *at = tapir_put(w, bytes);

    if (bytes < 8 && value >> 8 * bytes)
        w->failed = true;
    else if (at)
        tapir_store_be(at, bytes, value);
}

TAPIR_EXTERN_C_END
#endif
