/* Writing gzip (RFC 1952) through zlib. */
#include "file/packer.h"

#include <limits.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

enum { GZIP_HEADER = 16, MEMORY_LEVEL = 8 };

static void *gzip_open(int level)
{
    z_stream *stream = calloc(1, sizeof *stream);

    if (stream && deflateInit2(stream, level ? level : Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                      MAX_WBITS + GZIP_HEADER, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(stream);
        stream = NULL;
    }
    return stream;
}

static tapir__pack_result gzip_step(void *state, tapir__pack_step *step, tapir__pack_goal goal)
{
    static const int flushes[] = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH};
    z_stream *stream = state;
    size_t in_len = step->in.len < UINT_MAX ? step->in.len : UINT_MAX;
    size_t room = step->room < UINT_MAX ? step->room : UINT_MAX;
    int result;

    stream->next_in = step->in.data;
    stream->avail_in = (uInt)in_len;
    stream->next_out = step->out;
    stream->avail_out = (uInt)room;
    result = deflate(stream, flushes[goal]);
    step->in.data += in_len - stream->avail_in;
    step->in.len -= in_len - stream->avail_in;
    step->out += room - stream->avail_out;
    step->room -= room - stream->avail_out;
    if (result == Z_STREAM_END)
        return TAPIR__PACK_DONE;
    if (result != Z_OK && result != Z_BUF_ERROR) {
        step->problem = stream->msg ? stream->msg : "zlib failed";
        return TAPIR__PACK_FAILED;
    }
    /* Room left over means that there is nothing more to give. */
    return goal != TAPIR__PACK_FINISH && step->in.len == 0 && step->room > 0 ? TAPIR__PACK_DONE
                                                                             : TAPIR__PACK_MORE;
}

/* An empty last block, the CRC and the length. */
static size_t gzip_ending(void *state, uint8_t ending[TAPIR__ENDING_MAX])
{
    const z_stream *stream = state;

    ending[0] = 3;
    ending[1] = 0;
    tapir_store_le(ending + 2, 4, stream->adler); /* the CRC, in this format */
    tapir_store_le(ending + 6, 4, stream->total_in);
    return 10;
}

static void gzip_close(void *state)
{
    deflateEnd(state);
    free(state);
}

const tapir__packer tapir__gzip_packer = {
    .name = "gzip",
    .library = "zlib",
    .lowest = 1,
    .highest = 9,
    .open = gzip_open,
    .step = gzip_step,
    .ending = gzip_ending,
    .close = gzip_close,
};
