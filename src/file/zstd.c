/* Zstandard (RFC 8878) through libzstd, which by itself refuses windows above 128 MiB. */
#include "file/input.h"

#include <zstd.h>
#include <zstd_errors.h>

static void *zstd_open(void)
{
    return ZSTD_createDStream();
}

static bool zstd_restart(void *state)
{
    return !ZSTD_isError(ZSTD_initDStream(state));
}

static tapir__codec_result zstd_step(void *state, tapir__codec_step *step)
{
    ZSTD_inBuffer in = {.src = step->in.data, .size = step->in.len};
    ZSTD_outBuffer out = {.dst = step->out, .size = step->room};
    size_t result = ZSTD_decompressStream(state, &out, &in);

    step->in.data += in.pos;
    step->in.len -= in.pos;
    step->out += out.pos;
    step->room -= out.pos;
    if (!ZSTD_isError(result))
        return result == 0 ? TAPIR__CODEC_END : TAPIR__CODEC_MORE;
    if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
        return TAPIR__CODEC_NO_MEMORY;
    step->problem = ZSTD_getErrorName(result);
    return TAPIR__CODEC_DAMAGED;
}

static void zstd_close(void *state)
{
    ZSTD_freeDStream(state);
}

const tapir__codec tapir__zstd = {
    .name = "zstd",
    .library = "libzstd",
    .open = zstd_open,
    .restart = zstd_restart,
    .step = zstd_step,
    .close = zstd_close,
};
