/* The coding zstd (RFC 8878) through libzstd. */
#include "stream/content.h"

#include <zstd.h>
#include <zstd_errors.h>

/* RFC 9659 3: windows of the content coding end at 8 MiB. */
enum { WINDOW_LOG = 23 };

static void *zstd_open(void)
{
    ZSTD_DCtx *decoder = ZSTD_createDCtx();

    if (decoder && ZSTD_isError(ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax, WINDOW_LOG))) {
        ZSTD_freeDCtx(decoder);
        decoder = NULL;
    }
    return decoder;
}

/* Frames may follow one another: the next call begins the next. */
static tapir__decoder_result zstd_step(void *state, tapir__decoder_step *step)
{
    ZSTD_inBuffer in = {.src = step->in.data, .size = step->in.len};
    ZSTD_outBuffer out = {.dst = step->out, .size = step->room};
    size_t result = ZSTD_decompressStream(state, &out, &in);

    step->in.data += in.pos;
    step->in.len -= in.pos;
    step->out += out.pos;
    step->room -= out.pos;
    if (!ZSTD_isError(result))
        return result == 0 ? TAPIR__DECODER_END : TAPIR__DECODER_MORE;
    return ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation ? TAPIR__DECODER_NO_MEMORY
                                                                     : TAPIR__DECODER_DAMAGED;
}

static void zstd_close(void *state)
{
    ZSTD_freeDCtx(state);
}

const tapir__coding tapir__coding_zstd = {
    .name = "zstd",
    .open = zstd_open,
    .step = zstd_step,
    .close = zstd_close,
};
