/* gzip (RFC 1952) through zlib. */
#include "file/input.h"

#include <limits.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

static void *gzip_open(void)
{
    z_stream *stream = calloc(1, sizeof *stream);

    if (stream && inflateInit2(stream, 15 + 16) != Z_OK) { /* 16: a gzip header, nothing else */
        free(stream);
        stream = NULL;
    }
    return stream;
}

static bool gzip_restart(void *state)
{
    return inflateReset(state) == Z_OK;
}

static tapir__codec_result gzip_step(void *state, tapir__codec_step *step)
{
    z_stream *stream = state;
    size_t in_len = step->in.len < UINT_MAX ? step->in.len : UINT_MAX;
    size_t room = step->room < UINT_MAX ? step->room : UINT_MAX;
    int result;

    stream->next_in = step->in.data;
    stream->avail_in = (uInt)in_len;
    stream->next_out = step->out;
    stream->avail_out = (uInt)room;
    result = inflate(stream, Z_NO_FLUSH);
    step->in.data += in_len - stream->avail_in;
    step->in.len -= in_len - stream->avail_in;
    step->out += room - stream->avail_out;
    step->room -= room - stream->avail_out;
    switch (result) {
    case Z_OK:
    case Z_BUF_ERROR:
        return TAPIR__CODEC_MORE;
    case Z_STREAM_END:
        return TAPIR__CODEC_END;
    case Z_MEM_ERROR:
        return TAPIR__CODEC_NO_MEMORY;
    default:
        if (stream->msg)
            step->problem = stream->msg;
        return TAPIR__CODEC_DAMAGED;
    }
}

static void gzip_close(void *state)
{
    inflateEnd(state);
    free(state);
}

const tapir__codec tapir__gzip = {
    .name = "gzip",
    .library = "zlib",
    .open = gzip_open,
    .restart = gzip_restart,
    .step = gzip_step,
    .close = gzip_close,
};
