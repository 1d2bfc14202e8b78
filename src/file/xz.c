/* xz through liblzma, with at most 128 MiB of memory: the highest preset needs 65. */
#include "file/input.h"

#include <lzma.h>
#include <stdlib.h>

enum { XZ_MEMORY = 128 << 20 };

static void *xz_open(void)
{
    lzma_stream *stream = malloc(sizeof *stream);

    if (stream)
        *stream = (lzma_stream)LZMA_STREAM_INIT;
    return stream;
}

static bool xz_restart(void *state)
{
    return lzma_stream_decoder(state, XZ_MEMORY, 0) == LZMA_OK;
}

static tapir__codec_result xz_step(void *state, tapir__codec_step *step)
{
    lzma_stream *stream = state;
    lzma_ret result;

    stream->next_in = step->in.data;
    stream->avail_in = step->in.len;
    stream->next_out = step->out;
    stream->avail_out = step->room;
    result = lzma_code(stream, LZMA_RUN);
    step->in = tapir_span_of(stream->next_in, stream->avail_in);
    step->out = stream->next_out;
    step->room = stream->avail_out;
    switch (result) {
    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return TAPIR__CODEC_MORE;
    case LZMA_STREAM_END:
        return TAPIR__CODEC_END;
    case LZMA_MEM_ERROR:
        return TAPIR__CODEC_NO_MEMORY;
    case LZMA_MEMLIMIT_ERROR:
        step->problem = "it needs more than 128 MiB of memory";
        return TAPIR__CODEC_DAMAGED;
    case LZMA_FORMAT_ERROR:
        step->problem = "no xz header";
        return TAPIR__CODEC_DAMAGED;
    case LZMA_OPTIONS_ERROR:
        step->problem = "it uses filters or options that are not supported";
        return TAPIR__CODEC_DAMAGED;
    default:
        return TAPIR__CODEC_DAMAGED;
    }
}

static void xz_close(void *state)
{
    lzma_end(state);
    free(state);
}

const tapir__codec tapir__xz = {
    .name = "xz",
    .library = "liblzma",
    .open = xz_open,
    .restart = xz_restart,
    .step = xz_step,
    .close = xz_close,
};
