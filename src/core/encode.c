/* The encoder's loop: from the innermost layer outwards, each in front of the one before. */
#include "core/encoder.h"

#include "tapir/checksum.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_ROOM = 2048, MOST_ROOM = 2 << 20 };

uint8_t *tapir_open_trailer(tapir_encoder *e, size_t len)
{
    uint8_t *end = (uint8_t *)(uintptr_t)e->inside.data + e->inside.len;

    if ((size_t)(e->head - e->begin) < len) {
        e->out = (tapir_writer){.at = e->head, .end = e->head, .failed = true};
        return NULL;
    }
    memmove(e->head - len, e->head, e->inside.len);
    e->head -= len;
    e->inside = tapir_span_of(e->head, e->inside.len + len);
    e->out = tapir_writer_of(e->head, 0);
    e->summed = end;
    e->sum = 0;
    return end - len;
}

tapir_status tapir_refuse(
    tapir_encoder *e, tapir_status status, const char *field, const char *format, ...)
{
    char what[sizeof e->error->message];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    tapir_error_set(e->error, status, "layer %zu, %s: %s", e->index, field, what);
    if (e->error)
        e->error->offset = e->index;
    return status;
}

static bool is_protocol(const tapir_proto *proto)
{
    return proto != &tapir_data_proto && proto != &tapir_failure_proto;
}

/* Finds a key the registry binds the protocol to, for those whose own table has none: the one it
 * has where that will do. */
static bool find_bound(const tapir_registry *registry, const tapir_space *space,
    const tapir_proto *proto, uint32_t *key)
{
    if (registry && tapir_registry_find(registry, space, *key) == proto)
        return true;
    for (uint32_t value = 0; registry && value <= UINT16_MAX; value++) {
        if (tapir_registry_find(registry, space, value) != proto)
            continue;
        *key = value;
        return true;
    }
    return false;
}

static tapir_status refuse_inside(tapir_encoder *e, const char *field, const tapir_proto *inside)
{
    return tapir_refuse(e, TAPIR_INVALID, field,
        "%s has no value here; to put it there all the same keep the keys", inside->name);
}

tapir_status tapir_fill_other_key(
    tapir_encoder *e, const tapir_space *space, const char *field, uint32_t *key)
{
    const tapir_proto *inside = e->layers[e->index + 1].proto;
    const tapir_binding *found = NULL;

    if (!is_protocol(inside))
        return TAPIR_OK;
    for (size_t i = inside->binding_count; i-- > 0;) {
        const tapir_binding *binding = &inside->bindings[i];
        if (binding->space != space)
            continue;
        if (binding->value == *key)
            return TAPIR_OK;
        found = binding;
    }
    if (found)
        *key = found->value;
    else if (!find_bound(e->options->registry, space, inside, key))
        return refuse_inside(e, field, inside);
    return TAPIR_OK;
}

tapir_status tapir_require_key(
    tapir_encoder *e, const tapir_space *space, const char *field, uint32_t value)
{
    const tapir_stack_layer *inside = tapir_encoder_inside(e);
    const tapir_registry *registry = e->options->registry;

    if (!(e->fill & TAPIR_KEYS) || !inside || !is_protocol(inside->proto))
        return TAPIR_OK;
    for (size_t i = 0; i < inside->proto->binding_count; i++)
        if (inside->proto->bindings[i].space == space && inside->proto->bindings[i].value == value)
            return TAPIR_OK;
    if (registry && tapir_registry_find(registry, space, value) == inside->proto)
        return TAPIR_OK;
    return refuse_inside(e, field, inside->proto);
}

tapir_status tapir_fill_other_length(
    tapir_encoder *e, const char *field, size_t header_len, size_t most, size_t *length)
{
    size_t len = header_len + e->inside.len;

    /* Of a packet that is edited not all has been captured: what changes is the difference. */
    if (e->was) {
        size_t before = (header_len ? e->was->header_len : 0) + e->was->payload_len;
        if (*length == 0 && before) /* said elsewhere, or by nobody */
            return TAPIR_OK;
        len = *length + len - before;
    }
    if (len > most)
        return tapir_refuse(
            e, TAPIR_TOO_WIDE, field, "%zu does not fit, %zu is the most", len, most);
    *length = len;
    return TAPIR_OK;
}

tapir_status tapir_refuse_units(tapir_encoder *e, const char *field, size_t len, size_t unit)
{
    return tapir_refuse(e, TAPIR_INVALID, field,
        "a header of %zu bytes is no multiple of %zu; let its padding be filled in, or keep the "
        "lengths",
        len, unit);
}

tapir_status tapir_require_outside(
    tapir_encoder *e, tapir_role role, const tapir_proto *proto, const char *field)
{
    if (e->was) /* it was there before */
        return TAPIR_OK;
    for (size_t i = e->index; e->fill & TAPIR_KEYS && i-- > 0;) {
        const tapir_stack_layer *layer = &e->layers[i];
        if (layer->proto->role != role)
            continue;
        if (layer->proto == proto || layer->keep & TAPIR_KEYS)
            break;
        return tapir_refuse(e, TAPIR_INVALID, field,
            "%s does not go inside %s; to put it there all the same keep the keys",
            e->layers[e->index].proto->name, layer->proto->name);
    }
    return TAPIR_OK;
}

/* Multiplies by 2^8, which swaps the bytes of a sum. */
static uint64_t swapped(uint64_t sum)
{
    return (uint64_t)(uint16_t)~tapir_sum_fold(sum) << 8;
}

uint64_t tapir_sum_from(tapir_encoder *e, const uint8_t *start)
{
    size_t len = (size_t)(e->summed - start);

    e->sum = tapir_sum_add(len % 2 ? swapped(e->sum) : e->sum, tapir_span_of(start, len));
    e->summed = start;
    return e->sum;
}

/* Which value the writer refused. */
static tapir_status too_wide(tapir_encoder *e, const tapir_stack_layer *layer)
{
    if (!e->out.refused)
        return tapir_refuse(
            e, TAPIR_TOO_WIDE, layer->proto->name, "a value does not fit its field");
    return tapir_refuse(e, TAPIR_TOO_WIDE, e->out.refused->name, "%llu does not fit in %u bits",
        (unsigned long long)e->out.refused_value, e->out.refused->bits);
}

static __attribute__((cold, noinline)) tapir_status failed(tapir_encoder *e, tapir_status status)
{
    const tapir_stack_layer *layer = &e->layers[e->index];

    if (status != TAPIR_OK && status != TAPIR_NO_ROOM)
        return status;
    if (!e->out.failed)
        return tapir_refuse(
            e, TAPIR_INVALID, layer->proto->name, "its header was opened and not filled");
    if (e->out.end == e->head) /* nothing was opened */
        return tapir_refuse(e, TAPIR_NO_ROOM, layer->proto->name, "the buffer is too small");
    return too_wide(e, layer);
}

__attribute__((noinline)) bool tapir__put_trailer(tapir_encoder *e, tapir_span trailer)
{
    uint8_t *to = tapir_open_trailer(e, trailer.len);

    if (to)
        memcpy(to, trailer.data, trailer.len);
    return to != NULL;
}

/* `end` is that of all that is inside, where it stays: what depends on where the head is waits for
 * nothing else. */
static inline tapir_status encode_layer(
    tapir_encoder *e, const tapir_stack_layer *layer, const uint8_t *end)
{
    tapir_status status;

    if (__builtin_expect(!layer->proto->encode, 0))
        return tapir_refuse(e, TAPIR_UNSUPPORTED, layer->proto->name, "cannot be encoded");
    if (__builtin_expect(layer->trailer.len != 0, 0) && !tapir__put_trailer(e, layer->trailer))
        return failed(e, TAPIR_OK);
    status = layer->proto->encode(e, layer->fields);
    if (__builtin_expect(status != TAPIR_OK || e->out.failed || e->out.at != e->out.end, 0))
        return failed(e, status);
    e->inside.data = e->head;
    e->inside.len = (size_t)(end - e->head);
    return TAPIR_OK;
}

tapir_status tapir__encode_layer(tapir_encoder *e)
{
    return encode_layer(e, &e->layers[e->index], e->inside.data + e->inside.len);
}

void tapir__encoder_begin(tapir_encoder *e, const tapir_stack_layer *layers, size_t count,
    const tapir_build_options *options, uint8_t *buffer, size_t room, tapir_error *error)
{
    e->out = tapir_writer_of(buffer + room, 0);
    e->inside = tapir_span_of(buffer + room, 0);
    e->layers = layers;
    e->count = e->index = count;
    e->begin = buffer;
    e->head = buffer + room;
    e->summed = e->head;
    e->sum = 0;
    e->options = options;
    e->was = NULL;
    e->skew = 0;
    e->error = error;
}

/* In place, since handing so much on takes as long as a layer. */
TAPIR_INLINE tapir_status run(const tapir_stack_layer *layers, size_t count,
    const tapir_build_options *options, uint8_t *buffer, size_t room, tapir_span *built,
    tapir_error *error)
{
    tapir_encoder e;

    const unsigned fill = TAPIR_EVERYTHING & ~options->keep;

    tapir__encoder_begin(&e, layers, count, options, buffer, room, error);
    for (const tapir_stack_layer *layer = count ? layers + count : layers; layer > layers;) {
        tapir_status status;
        layer--;
        e.index--;
        e.fill = fill & ~layer->keep;
        status = encode_layer(&e, layer, buffer + room);
        if (status != TAPIR_OK)
            return status;
    }
    built->data = e.inside.data; /* apart, as they were stored: a load of both would wait */
    built->len = e.inside.len;
    return TAPIR_OK;
}

static const tapir_build_options usual = {.size = sizeof usual};

void tapir__known_options(const tapir_build_options *options, tapir_build_options *copy)
{
    *copy = usual;
    if (options)
        memcpy(copy, options, options->size < sizeof *copy ? options->size : sizeof *copy);
}

/* The caller's options as this version knows them. */
static inline const tapir_build_options *known(
    const tapir_build_options *options, tapir_build_options *copy)
{
    if (!options)
        return &usual;
    tapir__known_options(options, copy);
    return copy;
}

tapir_status tapir_build(const tapir_stack_layer *layers, size_t count,
    const tapir_build_options *options, uint8_t *buffer, size_t room, tapir_span *built,
    tapir_error *error)
{
    tapir_build_options copy;

    return run(layers, count, known(options, &copy), buffer, room, built, error);
}

tapir_status tapir_encode(const tapir_stack_layer *layers, size_t count, uint8_t *buffer,
    size_t room, tapir_span *encoded, tapir_error *error)
{
    static const tapir_build_options as_given = {.size = sizeof as_given, .keep = TAPIR_EVERYTHING};

    return run(layers, count, &as_given, buffer, room, encoded, error);
}

struct tapir_builder {
    uint8_t *buffer;
    size_t room;
};

tapir_builder *tapir_builder_new(void)
{
    return calloc(1, sizeof(tapir_builder));
}

void tapir_builder_free(tapir_builder *builder)
{
    if (builder)
        free(builder->buffer);
    free(builder);
}

bool tapir__builder_grow(tapir_builder *builder)
{
    size_t room = builder->room ? builder->room * 2 : FIRST_ROOM;
    uint8_t *buffer = room <= MOST_ROOM ? malloc(room) : NULL;

    if (!buffer)
        return false;
    free(builder->buffer);
    builder->buffer = buffer;
    builder->room = room;
    return true;
}

uint8_t *tapir__builder_buffer(tapir_builder *builder, size_t *room)
{
    *room = builder->room;
    return builder->buffer;
}

tapir_status tapir_builder_build(tapir_builder *builder, const tapir_stack_layer *layers,
    size_t count, const tapir_build_options *options, tapir_span *built, tapir_error *error)
{
    tapir_build_options copy;

    options = known(options, &copy);
    for (;;) {
        tapir_status status = TAPIR_NO_ROOM;
        if (builder->buffer)
            status = run(layers, count, options, builder->buffer, builder->room, built, error);
        if (status != TAPIR_NO_ROOM || builder->room == MOST_ROOM)
            return status;
        if (!tapir__builder_grow(builder))
            return tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    }
}

unsigned tapir_keep_named(tapir_span name)
{
    static const struct {
        const char *name;
        unsigned keep;
    } names[] = {{"lengths", TAPIR_LENGTHS}, {"keys", TAPIR_KEYS}, {"checksums", TAPIR_CHECKSUMS},
        {"padding", TAPIR_PADDING}, {"all", TAPIR_EVERYTHING}};

    for (size_t i = 0; i < TAPIR_COUNT(names); i++)
        if (strlen(names[i].name) == name.len && memcmp(names[i].name, name.data, name.len) == 0)
            return names[i].keep;
    return 0;
}

void tapir_layer_init(const tapir_proto *proto, void *fields)
{
    if (proto->initial)
        memcpy(fields, proto->initial, proto->size);
    else
        memset(fields, 0, proto->size);
}
