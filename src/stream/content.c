/* Content codings, one behind the other. */
#include "stream/content.h"

#include <stdlib.h>
#include <strings.h>

enum { MAX_STAGES = 4, ROOM = 16 << 10 };

/* Output that is decoded whatever its ratio to the input is. */
#define RATIO_FROM ((uint64_t)64 << 10)

struct stage {
    const tapir__coding *coding;
    void *state;
    uint64_t in, out; /* bytes so far */
    bool complete;    /* the coded data ended with the last byte */
    uint8_t room[ROOM];
};

struct tapir__content {
    tapir__content_limits limits;
    tapir_http_decoding result;
    unsigned count;
    struct stage *stages[MAX_STAGES]; /* the coding applied last comes first */
    tapir__content_call *call;
    void *user;
};

static const tapir__coding *const codings[] = {
    &tapir__coding_gzip, &tapir__coding_deflate, &tapir__coding_brotli, &tapir__coding_zstd};

static bool is_named(tapir_span span, const char *name)
{
    return name && span.len == strlen(name) &&
           strncasecmp((const char *)span.data, name, span.len) == 0;
}

static const tapir__coding *find(tapir_span name)
{
    for (size_t i = 0; i < TAPIR_COUNT(codings); i++)
        if (is_named(name, codings[i]->name) || is_named(name, codings[i]->alias))
            return codings[i];
    return NULL;
}

static void free_stage(struct stage *stage)
{
    if (stage && stage->state)
        stage->coding->close(stage->state);
    free(stage);
}

static struct stage *new_stage(const tapir__coding *coding)
{
    struct stage *new = calloc(1, sizeof *new);

    if (!new)
        return NULL;
    new->coding = coding;
    new->state = coding->open();
    if (!new->state) {
        free(new);
        return NULL;
    }
    return new;
}

/* Puts a decoder in front of those of codings that were applied before. */
static tapir_http_decoding add(tapir__content *content, tapir_span name)
{
    const tapir__coding *coding = find(name);

    if (!coding || content->count == MAX_STAGES)
        return TAPIR_HTTP_UNKNOWN;
    if (!coding->open)
        return TAPIR_HTTP_UNSUPPORTED;
    memmove(content->stages + 1, content->stages, content->count * sizeof *content->stages);
    content->count++;
    content->stages[0] = new_stage(coding);
    return content->stages[0] ? TAPIR_HTTP_DECODED : TAPIR_HTTP_OUT_OF_MEMORY;
}

tapir_http_decoding tapir__content_new(
    tapir__content **content, tapir_span codings_applied, tapir__content_limits limits)
{
    tapir_reader walk = tapir_reader_of(codings_applied);
    tapir_http_decoding result = TAPIR_HTTP_DECODED;
    tapir_span name;

    *content = calloc(1, sizeof **content);
    if (!*content)
        return TAPIR_HTTP_OUT_OF_MEMORY;
    (*content)->limits = limits;
    (*content)->result = TAPIR_HTTP_DECODED;
    while (result == TAPIR_HTTP_DECODED && tapir_http_member_next(&walk, &name))
        if (!is_named(name, "identity"))
            result = add(*content, name);
    if (result == TAPIR_HTTP_DECODED && !(*content)->count)
        result = TAPIR_HTTP_PLAIN;
    if (result != TAPIR_HTTP_DECODED) {
        tapir__content_free(*content);
        *content = NULL;
    }
    return result;
}

/* Shortens what a stage made to what is allowed; false when that is less. */
static bool within_limits(const tapir__content *content, const struct stage *stage, size_t *made)
{
    uint64_t left = content->limits.max_bytes - stage->out;
    uint64_t all = stage->out + *made;

    if (*made > left) {
        *made = (size_t)left;
        return false;
    }
    return !content->limits.max_ratio || all <= RATIO_FROM ||
           all / content->limits.max_ratio <= content->stages[0]->in;
}

static tapir_http_decoding push(tapir__content *content, unsigned at, tapir_span bytes);

/* Hands what a stage made to the next one, or out. */
static tapir_http_decoding pass_on(tapir__content *content, unsigned at, size_t made)
{
    struct stage *stage = content->stages[at];
    bool within = within_limits(content, stage, &made);
    tapir_span bytes = tapir_span_of(stage->room, made);
    tapir_http_decoding result = TAPIR_HTTP_DECODED;

    stage->out += made;
    if (made && at + 1 < content->count)
        result = push(content, at + 1, bytes);
    else if (made)
        content->call(content->user, bytes);
    return within ? result : TAPIR_HTTP_TOO_MUCH;
}

/* Decodes bytes by one stage and all behind it. There are MAX_STAGES at most. */
static tapir_http_decoding push(tapir__content *content, unsigned at, tapir_span bytes)
{
    struct stage *stage = content->stages[at];
    tapir__decoder_step step = {.in = bytes};
    bool moved = true;

    stage->in += bytes.len;
    while (moved) {
        size_t before = step.in.len, made;
        tapir__decoder_result result;
        tapir_http_decoding passed;

        step.out = stage->room;
        step.room = ROOM;
        result = stage->coding->step(stage->state, &step);
        made = ROOM - step.room;
        passed = pass_on(content, at, made);
        if (passed != TAPIR_HTTP_DECODED)
            return passed;
        if (result == TAPIR__DECODER_NO_MEMORY)
            return TAPIR_HTTP_OUT_OF_MEMORY;
        if (result == TAPIR__DECODER_DAMAGED)
            return TAPIR_HTTP_DAMAGED;
        moved = made == ROOM || (step.in.len && (made || step.in.len < before));
        if (made || before)
            stage->complete = result == TAPIR__DECODER_END;
    }
    return TAPIR_HTTP_DECODED;
}

tapir_http_decoding tapir__content_push(
    tapir__content *content, tapir_span bytes, tapir__content_call *call, void *user)
{
    content->call = call;
    content->user = user;
    if (content->result == TAPIR_HTTP_DECODED && bytes.len)
        content->result = push(content, 0, bytes);
    return content->result;
}

tapir_http_decoding tapir__content_end(const tapir__content *content)
{
    for (unsigned i = 0; content->result == TAPIR_HTTP_DECODED && i < content->count; i++)
        if (content->stages[i]->in && !content->stages[i]->complete)
            return TAPIR_HTTP_UNFINISHED;
    return content->result;
}

void tapir__content_free(tapir__content *content)
{
    if (!content)
        return;
    for (unsigned i = 0; i < content->count; i++)
        free_stage(content->stages[i]);
    free(content);
}
