/* The coding br (RFC 7932) through libbrotlidec, whose windows end at 16 MiB. */
#include "stream/content.h"

#include <brotli/decode.h>

static void *brotli_open(void)
{
    return BrotliDecoderCreateInstance(NULL, NULL, NULL);
}

static bool is_out_of_memory(const BrotliDecoderState *decoder)
{
    BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(decoder);

    return code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
           code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

static tapir__decoder_result brotli_step(void *state, tapir__decoder_step *step)
{
    BrotliDecoderState *decoder = state;
    BrotliDecoderResult result;

    if (BrotliDecoderIsFinished(decoder)) { /* what is behind the end is padding */
        step->in.data += step->in.len;
        step->in.len = 0;
        return TAPIR__DECODER_END;
    }
    result = BrotliDecoderDecompressStream(
        decoder, &step->in.len, &step->in.data, &step->room, &step->out, NULL);
    if (result == BROTLI_DECODER_RESULT_SUCCESS)
        return TAPIR__DECODER_END;
    if (result != BROTLI_DECODER_RESULT_ERROR)
        return TAPIR__DECODER_MORE;
    return is_out_of_memory(decoder) ? TAPIR__DECODER_NO_MEMORY : TAPIR__DECODER_DAMAGED;
}

static void brotli_close(void *state)
{
    BrotliDecoderDestroyInstance(state);
}

const tapir__coding tapir__coding_brotli = {
    .name = "br",
    .open = brotli_open,
    .step = brotli_step,
    .close = brotli_close,
};
