/* The codings gzip (RFC 1952) and deflate (RFC 1950) through zlib. */
#include "stream/content.h"

#include <limits.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

enum { WINDOW = 15, GZIP = 16, START = 2 };

struct inflater {
    z_stream stream;
    bool gzip, open; /* open: zlib's state is there, and of the right kind */
    bool ended;
    uint8_t start[START];  /* deflate: the bytes that tell which kind it is */
    unsigned started, fed; /* of them are there; were handed to zlib */
};

static void *gzip_open(void)
{
    struct inflater *inflater = calloc(1, sizeof *inflater);

    if (!inflater)
        return NULL;
    inflater->gzip = true;
    inflater->open = inflateInit2(&inflater->stream, WINDOW + GZIP) == Z_OK;
    if (!inflater->open) {
        free(inflater);
        return NULL;
    }
    return inflater;
}

static void *deflate_open(void)
{
    return calloc(1, sizeof(struct inflater));
}

static void inflater_close(void *state)
{
    struct inflater *inflater = state;

    if (inflater->open)
        inflateEnd(&inflater->stream);
    free(inflater);
}

/* Runs zlib over `in`; advances it and the output. */
static tapir__decoder_result run(
    struct inflater *inflater, tapir_span *in, tapir__decoder_step *step)
{
    z_stream *stream = &inflater->stream;
    size_t in_len = in->len < UINT_MAX ? in->len : UINT_MAX;
    size_t room = step->room < UINT_MAX ? step->room : UINT_MAX;
    int result;

    stream->next_in = in->data;
    stream->avail_in = (uInt)in_len;
    stream->next_out = step->out;
    stream->avail_out = (uInt)room;
    result = inflate(stream, Z_NO_FLUSH);
    in->data += in_len - stream->avail_in;
    in->len -= in_len - stream->avail_in;
    step->out += room - stream->avail_out;
    step->room -= room - stream->avail_out;
    switch (result) {
    case Z_OK:
    case Z_BUF_ERROR:
        return TAPIR__DECODER_MORE;
    case Z_STREAM_END:
        inflater->ended = true;
        return TAPIR__DECODER_END;
    case Z_MEM_ERROR:
        return TAPIR__DECODER_NO_MEMORY;
    default:
        return TAPIR__DECODER_DAMAGED;
    }
}

static tapir__decoder_result skip_rest(tapir__decoder_step *step)
{
    step->in.data += step->in.len;
    step->in.len = 0;
    return TAPIR__DECODER_END;
}

/* RFC 1952 2.2: one member may follow another; anything else behind the end is padding. */
static tapir__decoder_result gzip_step(void *state, tapir__decoder_step *step)
{
    struct inflater *inflater = state;

    if (inflater->ended && (!step->in.len || step->in.data[0] != 0x1f))
        return skip_rest(step);
    if (inflater->ended && inflateReset(&inflater->stream) != Z_OK)
        return TAPIR__DECODER_DAMAGED;
    inflater->ended = false;
    return run(inflater, &step->in, step);
}

/* RFC 9110 8.4.1.2: some send deflate's data without zlib's header around it. */
static bool has_zlib_header(const uint8_t start[START])
{
    return (start[0] & 15) == Z_DEFLATED && (start[0] >> 4) <= 7 &&
           tapir_load_be(start, 2) % 31 == 0;
}

/* Takes the first bytes; true when they are all there and the kind is known. */
static bool take_start(struct inflater *inflater, tapir__decoder_step *step)
{
    while (inflater->started < START && step->in.len) {
        inflater->start[inflater->started++] = *step->in.data++;
        step->in.len--;
    }
    return inflater->started == START;
}

static tapir__decoder_result deflate_step(void *state, tapir__decoder_step *step)
{
    struct inflater *inflater = state;
    tapir_span start;
    tapir__decoder_result result = TAPIR__DECODER_MORE;

    if (inflater->ended)
        return skip_rest(step);
    if (!take_start(inflater, step))
        return TAPIR__DECODER_MORE;
    if (!inflater->open) {
        bool zlib = has_zlib_header(inflater->start);

        inflater->open = inflateInit2(&inflater->stream, zlib ? WINDOW : -WINDOW) == Z_OK;
        if (!inflater->open)
            return TAPIR__DECODER_NO_MEMORY;
    }
    start = tapir_span_of(inflater->start + inflater->fed, START - inflater->fed);
    if (start.len)
        result = run(inflater, &start, step);
    inflater->fed = START - (unsigned)start.len;
    if (result != TAPIR__DECODER_MORE || start.len)
        return result;
    return run(inflater, &step->in, step);
}

const tapir__coding tapir__coding_gzip = {
    .name = "gzip",
    .alias = "x-gzip",
    .open = gzip_open,
    .step = gzip_step,
    .close = inflater_close,
};

const tapir__coding tapir__coding_deflate = {
    .name = "deflate",
    .open = deflate_open,
    .step = deflate_step,
    .close = inflater_close,
};
