/* Writing xz (the .xz file format 1.1) through liblzma: a stream of one block. */
#include "file/packer.h"

#include <lzma.h>
#include <stdlib.h>

enum { DEFAULT_LEVEL = 6, CHECK_LEN = 8 };

typedef struct xz_packing {
    lzma_stream stream;
    uint64_t crc; /* of what the block holds so far */
} xz_packing;

static void *xz_open(int level)
{
    xz_packing *packing = calloc(1, sizeof *packing);

    if (!packing)
        return NULL;
    packing->stream = (lzma_stream)LZMA_STREAM_INIT;
    if (lzma_easy_encoder(&packing->stream, (uint32_t)(level ? level : DEFAULT_LEVEL),
            LZMA_CHECK_CRC64) != LZMA_OK) {
        free(packing);
        return NULL;
    }
    return packing;
}

static tapir__pack_result xz_step(void *state, tapir__pack_step *step, tapir__pack_goal goal)
{
    static const lzma_action actions[] = {LZMA_RUN, LZMA_SYNC_FLUSH, LZMA_FINISH};
    xz_packing *packing = state;
    lzma_stream *stream = &packing->stream;
    const uint8_t *in = step->in.data;
    lzma_ret result;

    if (goal == TAPIR__PACK_ON && step->in.len == 0)
        return TAPIR__PACK_DONE;
    stream->next_in = step->in.data;
    stream->avail_in = step->in.len;
    stream->next_out = step->out;
    stream->avail_out = step->room;
    result = lzma_code(stream, actions[goal]);
    if (stream->next_in != in)
        packing->crc = lzma_crc64(in, (size_t)(stream->next_in - in), packing->crc);
    step->in = tapir_span_of(stream->next_in, stream->avail_in);
    step->out = stream->next_out;
    step->room = stream->avail_out;
    if (result == LZMA_STREAM_END)
        return TAPIR__PACK_DONE;
    if (result != LZMA_OK && result != LZMA_BUF_ERROR) {
        step->problem = result == LZMA_MEM_ERROR ? "out of memory" : "liblzma failed";
        return TAPIR__PACK_FAILED;
    }
    return goal == TAPIR__PACK_ON && step->in.len == 0 ? TAPIR__PACK_DONE : TAPIR__PACK_MORE;
}

/* The end of the LZMA2 data, padding, the check, the index of the one block, and the footer. */
static size_t xz_ending(void *state, uint8_t ending[TAPIR__ENDING_MAX])
{
    const xz_packing *packing = state;
    lzma_stream_flags flags = {.check = LZMA_CHECK_CRC64};
    uint64_t made = packing->stream.total_out;
    lzma_vli unpadded = made - LZMA_STREAM_HEADER_SIZE + 1 + CHECK_LEN;
    lzma_index *index = lzma_index_init(NULL);
    size_t len = 1, index_at;

    ending[0] = 0;
    while ((made + len) % 4)
        ending[len++] = 0;
    tapir_store_le(ending + len, CHECK_LEN, packing->crc);
    index_at = len += CHECK_LEN;
    if (!index || lzma_index_append(index, NULL, unpadded, packing->stream.total_in) != LZMA_OK ||
        lzma_index_buffer_encode(
            index, ending, &len, TAPIR__ENDING_MAX - LZMA_STREAM_HEADER_SIZE) != LZMA_OK) {
        lzma_index_end(index, NULL);
        return 0;
    }
    lzma_index_end(index, NULL);
    flags.backward_size = len - index_at;
    return lzma_stream_footer_encode(&flags, ending + len) == LZMA_OK
               ? len + LZMA_STREAM_HEADER_SIZE
               : 0;
}

static void xz_close(void *state)
{
    xz_packing *packing = state;

    lzma_end(&packing->stream);
    free(packing);
}

const tapir__packer tapir__xz_packer = {
    .name = "xz",
    .library = "liblzma",
    .lowest = 1,
    .highest = 9,
    .open = xz_open,
    .step = xz_step,
    .ending = xz_ending,
    .close = xz_close,
};
