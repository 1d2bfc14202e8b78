/* Writing LZ4 frames through liblz4, with a checksum. */
#include "file/packer.h"

#include <lz4frame.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { PORTION = 64 << 10 };

/* liblz4 wants room for all it may give at once, so that goes to a place of its own first. */
typedef struct lz4_packing {
    LZ4F_cctx *context;
    LZ4F_preferences_t preferences;
    XXH32_state_t sum; /* what the checksum would be if the frame ended here */
    bool begun, ended, flushed;
    uint8_t *held; /* `held_at` to `held_len` are still to be given */
    size_t held_at, held_len, held_room;
} lz4_packing;

static void lz4_close(void *state)
{
    lz4_packing *packing = state;

    LZ4F_freeCompressionContext(packing->context);
    free(packing->held);
    free(packing);
}

static void *lz4_open(int level)
{
    lz4_packing *packing = calloc(1, sizeof *packing);

    if (!packing)
        return NULL;
    packing->preferences = (LZ4F_preferences_t){
        .frameInfo = {.blockSizeID = LZ4F_max256KB,
            .contentChecksumFlag = LZ4F_contentChecksumEnabled},
        .compressionLevel = level,
    };
    packing->held_room = LZ4F_compressBound(PORTION, &packing->preferences) + LZ4F_HEADER_SIZE_MAX;
    packing->held = malloc(packing->held_room);
    XXH32_reset(&packing->sum, 0);
    if (!packing->held ||
        LZ4F_isError(LZ4F_createCompressionContext(&packing->context, LZ4F_VERSION))) {
        lz4_close(packing);
        return NULL;
    }
    return packing;
}

static void give(lz4_packing *packing, tapir__pack_step *step)
{
    size_t len = packing->held_len - packing->held_at;

    if (len > step->room)
        len = step->room;
    memcpy(step->out, packing->held + packing->held_at, len);
    packing->held_at += len;
    step->out += len;
    step->room -= len;
}

/* Fills what is held with the next output; returns liblz4's result. */
static size_t make(lz4_packing *packing, tapir__pack_step *step, tapir__pack_goal goal)
{
    size_t len = step->in.len < PORTION ? step->in.len : PORTION, result;

    if (!packing->begun) {
        result = LZ4F_compressBegin(
            packing->context, packing->held, packing->held_room, &packing->preferences);
        packing->begun = true;
    } else if (len) {
        result = LZ4F_compressUpdate(
            packing->context, packing->held, packing->held_room, step->in.data, len, NULL);
        XXH32_update(&packing->sum, step->in.data, len);
        step->in = tapir_span_of(step->in.data + len, step->in.len - len);
        packing->flushed = false;
    } else if (goal == TAPIR__PACK_FLUSH) {
        result = LZ4F_flush(packing->context, packing->held, packing->held_room, NULL);
        packing->flushed = true;
    } else {
        result = LZ4F_compressEnd(packing->context, packing->held, packing->held_room, NULL);
        packing->ended = true;
    }
    packing->held_at = 0;
    packing->held_len = LZ4F_isError(result) ? 0 : result;
    return result;
}

static bool reached(const lz4_packing *packing, const tapir__pack_step *step, tapir__pack_goal goal)
{
    if (packing->held_at < packing->held_len || step->in.len || !packing->begun)
        return false;
    return goal == TAPIR__PACK_ON || (goal == TAPIR__PACK_FLUSH && packing->flushed) ||
           packing->ended;
}

static tapir__pack_result lz4_step(void *state, tapir__pack_step *step, tapir__pack_goal goal)
{
    lz4_packing *packing = state;
    size_t result;

    while (!reached(packing, step, goal) && step->room) {
        if (packing->held_at < packing->held_len) {
            give(packing, step);
            continue;
        }
        result = make(packing, step, goal);
        if (LZ4F_isError(result)) {
            step->problem = LZ4F_getErrorName(result);
            return TAPIR__PACK_FAILED;
        }
    }
    return reached(packing, step, goal) ? TAPIR__PACK_DONE : TAPIR__PACK_MORE;
}

/* The end mark, a block of length 0, and the checksum. */
static size_t lz4_ending(void *state, uint8_t ending[TAPIR__ENDING_MAX])
{
    const lz4_packing *packing = state;

    tapir_store_le(ending, 4, 0);
    tapir_store_le(ending + 4, 4, XXH32_digest(&packing->sum));
    return 8;
}

const tapir__packer tapir__lz4_packer = {
    .name = "lz4",
    .library = "liblz4",
    .lowest = -65536,
    .highest = 12,
    .open = lz4_open,
    .step = lz4_step,
    .ending = lz4_ending,
    .close = lz4_close,
};
