/* Writing Zstandard (RFC 8878) through libzstd, with a checksum. */
#include "file/packer.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

typedef struct zstd_packing {
    ZSTD_CCtx *context;
    XXH64_state_t sum; /* what the checksum would be if the frame ended here */
} zstd_packing;

static void *zstd_open(int level)
{
    zstd_packing *packing = malloc(sizeof *packing);

    if (!packing)
        return NULL;
    packing->context = ZSTD_createCCtx();
    if (!packing->context ||
        ZSTD_isError(ZSTD_CCtx_setParameter(
            packing->context, ZSTD_c_compressionLevel, level ? level : ZSTD_CLEVEL_DEFAULT)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(packing->context, ZSTD_c_checksumFlag, 1))) {
        ZSTD_freeCCtx(packing->context);
        free(packing);
        return NULL;
    }
    XXH64_reset(&packing->sum, 0);
    return packing;
}

static tapir__pack_result zstd_step(void *state, tapir__pack_step *step, tapir__pack_goal goal)
{
    static const ZSTD_EndDirective ends[] = {ZSTD_e_continue, ZSTD_e_flush, ZSTD_e_end};
    zstd_packing *packing = state;
    ZSTD_inBuffer in = {.src = step->in.data, .size = step->in.len};
    ZSTD_outBuffer out = {.dst = step->out, .size = step->room};
    size_t result = ZSTD_compressStream2(packing->context, &out, &in, ends[goal]);

    if (ZSTD_isError(result)) {
        step->problem = ZSTD_getErrorName(result);
        return TAPIR__PACK_FAILED;
    }
    if (in.pos)
        XXH64_update(&packing->sum, step->in.data, in.pos);
    step->in = tapir_span_of(step->in.data + in.pos, step->in.len - in.pos);
    step->out += out.pos;
    step->room -= out.pos;
    if (goal == TAPIR__PACK_ON)
        return step->in.len == 0 ? TAPIR__PACK_DONE : TAPIR__PACK_MORE;
    return result == 0 ? TAPIR__PACK_DONE : TAPIR__PACK_MORE;
}

/* An empty last block, and the checksum: the low half of XXH64. */
static size_t zstd_ending(void *state, uint8_t ending[TAPIR__ENDING_MAX])
{
    const zstd_packing *packing = state;

    tapir_store_le(ending, 3, 1);
    tapir_store_le(ending + 3, 4, (uint32_t)XXH64_digest(&packing->sum));
    return 7;
}

static void zstd_close(void *state)
{
    zstd_packing *packing = state;

    ZSTD_freeCCtx(packing->context);
    free(packing);
}

const tapir__packer tapir__zstd_packer = {
    .name = "zstd",
    .library = "libzstd",
    .lowest = -7,
    .highest = 22,
    .open = zstd_open,
    .step = zstd_step,
    .ending = zstd_ending,
    .close = zstd_close,
};
