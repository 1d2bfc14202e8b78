/* Makers of the items of lists: found by name, and their arguments checked. */
#include "tapir/field.h"

#include <strings.h>

static bool is_word(tapir_span name, const char *word)
{
    return word && strlen(word) == name.len &&
           strncasecmp((const char *)name.data, word, name.len) == 0;
}

const tapir_maker *tapir_maker_find(const tapir_list *list, tapir_span name)
{
    for (size_t i = 0; name.len && i < list->maker_count; i++)
        if (is_word(name, list->makers[i].name) || is_word(name, list->makers[i].alias))
            return &list->makers[i];
    return NULL;
}

static bool last_repeats(const tapir_maker *maker)
{
    return maker->parameter_count && maker->parameters[maker->parameter_count - 1].repeated;
}

/* Returns the parameter of an argument; NULL: there is none. */
static const tapir_parameter *parameter_of(const tapir_maker *maker, size_t index)
{
    if (index < maker->parameter_count)
        return &maker->parameters[index];
    return last_repeats(maker) ? &maker->parameters[maker->parameter_count - 1] : NULL;
}

/* Bytes that an argument of a kind has; 0: any number. */
static size_t bytes_of(uint8_t kind)
{
    return kind == TAPIR_IPV4 ? 4 : kind == TAPIR_IPV6 ? 16 : kind == TAPIR_MAC ? 6 : 0;
}

static tapir_status check(const tapir_maker *maker, const tapir_parameter *parameter,
    const tapir_argument *argument, tapir_error *error)
{
    size_t len = bytes_of(parameter->kind);
    const char *trouble;

    if (!argument->given)
        return parameter->optional ? TAPIR_OK
                                   : tapir_error_set(error, TAPIR_INVALID, "%s: %s is missing",
                                         maker->name, parameter->name);
    if (parameter->kind == TAPIR_UINT)
        return parameter->bits < 64 && argument->number >> parameter->bits
                   ? tapir_error_set(error, TAPIR_TOO_WIDE, "%s: %s is %llu, at most %llu",
                         maker->name, parameter->name, (unsigned long long)argument->number,
                         (1ull << parameter->bits) - 1)
                   : TAPIR_OK;
    if (len && argument->bytes.len != len)
        return tapir_error_set(error, TAPIR_INVALID, "%s: %s has %zu bytes instead of %zu",
            maker->name, parameter->name, argument->bytes.len, len);
    trouble = parameter->trouble ? parameter->trouble(argument->bytes) : NULL;
    return trouble ? tapir_error_set(
                         error, TAPIR_INVALID, "%s: %s: %s", maker->name, parameter->name, trouble)
                   : TAPIR_OK;
}

/* Copies the arguments, those not given at the end, and returns how many there are then. */
static size_t complete(const tapir_maker *maker, const tapir_argument *arguments, size_t count,
    tapir_argument all[TAPIR_ARGUMENTS_MAX])
{
    size_t least = maker->parameter_count - last_repeats(maker);

    if (count)
        memcpy(all, arguments, count * sizeof *all);
    for (; count < least; count++)
        all[count] = (tapir_argument){0};
    return count;
}

/* What the checks of single arguments could not see: no room, or what makes no sense together. */
static tapir_status refused(const tapir_maker *maker, size_t room, const tapir_argument *arguments,
    size_t count, tapir_error *error)
{
    uint8_t bytes[4096];
    tapir_writer w = tapir_writer_of(bytes, sizeof bytes);

    maker->put(&w, arguments, count);
    if (!w.failed)
        return tapir_error_set(
            error, TAPIR_NO_ROOM, "%s: does not fit into the %zu bytes left", maker->name, room);
    return tapir_error_set(
        error, TAPIR_INVALID, "%s: the values are too long or make no sense together", maker->name);
}

static tapir_status make(const tapir_maker *maker, tapir_writer *w, const tapir_argument *arguments,
    size_t count, tapir_error *error)
{
    tapir_argument all[TAPIR_ARGUMENTS_MAX];
    const size_t room = (size_t)(w->end - w->at);

    if (count > TAPIR_ARGUMENTS_MAX || !(count == 0 || parameter_of(maker, count - 1)))
        return tapir_error_set(error, TAPIR_INVALID, "%s: %zu arguments, at most %zu", maker->name,
            count, last_repeats(maker) ? (size_t)TAPIR_ARGUMENTS_MAX : maker->parameter_count);
    count = complete(maker, arguments, count, all);
    for (size_t i = 0; i < count; i++) {
        tapir_status status = check(maker, parameter_of(maker, i), &all[i], error);
        if (status != TAPIR_OK)
            return status;
    }
    maker->put(w, all, count);
    return w->failed ? refused(maker, room, all, count, error) : TAPIR_OK;
}

tapir_status tapir_make(const tapir_maker *maker, tapir_writer *w, const tapir_argument *arguments,
    size_t count, tapir_error *error)
{
    tapir_status status = make(maker, w, arguments, count, error);

    if (status != TAPIR_OK)
        tapir_writer_fail(w);
    return status;
}
