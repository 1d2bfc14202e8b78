/* LZ4 frames through liblz4. */
#include "file/input.h"

#include <lz4frame.h>

static void *lz4_open(void)
{
    LZ4F_dctx *context;

    return LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) ? NULL : context;
}

static bool lz4_restart(void *state)
{
    LZ4F_resetDecompressionContext(state);
    return true;
}

static tapir__codec_result lz4_step(void *state, tapir__codec_step *step)
{
    size_t taken = step->in.len, made = step->room;
    size_t result = LZ4F_decompress(state, step->out, &made, step->in.data, &taken, NULL);

    if (LZ4F_isError(result)) {
        step->problem = LZ4F_getErrorName(result);
        return TAPIR__CODEC_DAMAGED;
    }
    step->in.data += taken;
    step->in.len -= taken;
    step->out += made;
    step->room -= made;
    return result == 0 ? TAPIR__CODEC_END : TAPIR__CODEC_MORE;
}

static void lz4_close(void *state)
{
    LZ4F_freeDecompressionContext(state);
}

const tapir__codec tapir__lz4 = {
    .name = "lz4",
    .library = "liblz4",
    .open = lz4_open,
    .restart = lz4_restart,
    .step = lz4_step,
    .close = lz4_close,
};
