/* The input that decompresses: one loop for every codec, members one behind the other included. */
#include "file/input.h"

#include <inttypes.h>
#include <stdlib.h>

enum { COMPRESSED_ROOM = 64 * 1024 };

typedef struct compressed {
    tapir__input input;
    const tapir__codec *codec;
    void *state;
    tapir__input *below;
    const char *name;
    tapir_span in;        /* read from below, not decoded yet */
    uint64_t offset;      /* of the end of `in` in the compressed file */
    bool between;         /* no member is being decoded */
    bool ended;           /* `below` has no more */
    tapir_status failure; /* what every further read returns */
    char problem[64];
    void *first_buffer; /* what the first bytes are in, until they are used up */
    uint8_t buffer[COMPRESSED_ROOM];
} compressed;

static tapir_status fail(compressed *c, tapir_status status, const char *problem)
{
    size_t len = strlen(problem);

    if (len >= sizeof c->problem)
        len = sizeof c->problem - 1;
    memcpy(c->problem, problem, len);
    c->problem[len] = '\0';
    return c->failure = status;
}

static tapir_status tell(const compressed *c, tapir_error *error)
{
    uint64_t at = c->offset - c->in.len;

    if (c->failure == TAPIR_TRUNCATED)
        return tapir_error_set(error, c->failure,
            "%s: the %s data ends early, after %" PRIu64 " compressed bytes", c->name,
            c->codec->name, at);
    if (c->failure == TAPIR_NO_MEMORY)
        return tapir_error_set(
            error, c->failure, "%s: out of memory for %s", c->name, c->codec->name);
    return tapir_error_set(error, c->failure,
        "%s: cannot decompress the %s data at compressed byte %" PRIu64 ": %s", c->name,
        c->codec->name, at, c->problem);
}

static tapir_status refill(compressed *c, tapir_error *error)
{
    size_t count = 0;
    tapir_status status = TAPIR_OK;

    free(c->first_buffer);
    c->first_buffer = NULL;
    c->in.data = c->buffer;
    if (c->below && !c->ended)
        status = c->below->read(c->below, c->buffer, sizeof c->buffer, &count, error);
    if (status != TAPIR_OK)
        return status;
    c->ended = count == 0;
    c->in = tapir_span_of(c->buffer, count);
    c->offset += count;
    return TAPIR_OK;
}

/* Zeroes may fill up the space between members, and behind the last (gzip on tapes, xz padding). */
static void skip_padding(compressed *c)
{
    while (c->in.len && *c->in.data == 0) {
        c->in.data++;
        c->in.len--;
    }
}

/* Lets the decoder do one step; returns how many bytes it made. */
static size_t step(compressed *c, uint8_t *to, size_t room)
{
    tapir__codec_step one = {.in = c->in, .out = to, .room = room, .problem = "broken data"};
    tapir__codec_result result = c->codec->step(c->state, &one);
    bool moved = one.in.len != c->in.len || one.room != room;

    c->in = one.in;
    c->between = result == TAPIR__CODEC_END;
    if (result == TAPIR__CODEC_DAMAGED)
        fail(c, TAPIR_DAMAGED, one.problem);
    else if (result == TAPIR__CODEC_NO_MEMORY)
        fail(c, TAPIR_NO_MEMORY, "");
    else if (result == TAPIR__CODEC_MORE && !moved && c->in.len == 0)
        fail(c, TAPIR_TRUNCATED, "");
    else if (result == TAPIR__CODEC_MORE && !moved)
        fail(c, TAPIR_DAMAGED, "the decoder makes no progress");
    return room - one.room;
}

static tapir_status compressed_read(
    tapir__input *input, uint8_t *to, size_t room, size_t *count, tapir_error *error)
{
    compressed *c = (compressed *)input;
    tapir_status status;

    *count = 0;
    while (c->failure == TAPIR_OK && *count == 0) {
        if (c->between)
            skip_padding(c);
        if (c->in.len == 0 && !c->ended) {
            status = refill(c, error);
            if (status != TAPIR_OK)
                return status;
        } else if (c->in.len == 0 && c->between) {
            return TAPIR_OK;
        } else if (c->between && !c->codec->restart(c->state)) {
            fail(c, TAPIR_NO_MEMORY, "");
        } else {
            c->between = false;
            *count = step(c, to, room);
        }
    }
    return *count ? TAPIR_OK : tell(c, error);
}

static void compressed_close(tapir__input *input)
{
    compressed *c = (compressed *)input;

    c->codec->close(c->state);
    if (c->below)
        c->below->close(c->below);
    free(c->first_buffer);
    free(c);
}

tapir_status tapir__compressed_open(tapir__input **input, const tapir__codec *codec,
    tapir_span first, void *buffer, tapir__input *below, const char *name, tapir_error *error)
{
    compressed *c;

    if (!codec->open)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: is compressed with %s, which this build cannot read (it was built without %s); "
            "decompress it first",
            name, codec->name, codec->library);
    c = malloc(sizeof *c);
    if (!c)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", name);
    c->state = codec->open();
    if (!c->state) {
        free(c);
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", name);
    }
    c->input = (tapir__input){.read = compressed_read, .close = compressed_close};
    c->codec = codec;
    c->below = below;
    c->name = name;
    c->in = first;
    c->first_buffer = buffer;
    c->offset = first.len;
    c->between = true;
    c->ended = false;
    c->failure = TAPIR_OK;
    *input = &c->input;
    return TAPIR_OK;
}

const tapir__codec *tapir__codec_of(tapir_span start)
{
    static const struct {
        const tapir__codec *codec;
        uint8_t len, bytes[6], mask[6];
    } magics[] = {
        {&tapir__gzip, 3, {0x1f, 0x8b, 8}, {0xff, 0xff, 0xff}},
        {&tapir__zstd, 4, {0x28, 0xb5, 0x2f, 0xfd}, {0xff, 0xff, 0xff, 0xff}},
        /* Skippable frames belong to both zstd and lz4; pzstd begins its files with one. */
        {&tapir__zstd, 4, {0x50, 0x2a, 0x4d, 0x18}, {0xf0, 0xff, 0xff, 0xff}},
        {&tapir__lz4, 4, {0x04, 0x22, 0x4d, 0x18}, {0xff, 0xff, 0xff, 0xff}},
        {&tapir__xz, 6, {0xfd, '7', 'z', 'X', 'Z', 0}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
    };

    for (size_t i = 0; i < TAPIR_COUNT(magics); i++) {
        bool same = start.len >= magics[i].len;
        for (size_t j = 0; same && j < magics[i].len; j++)
            same = (start.data[j] & magics[i].mask[j]) == magics[i].bytes[j];
        if (same)
            return magics[i].codec;
    }
    return NULL;
}
