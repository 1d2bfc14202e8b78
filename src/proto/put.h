/* What the writers of options and records have in common. */
#ifndef TAPIR_PROTO_PUT_H
#define TAPIR_PROTO_PUT_H

#include "tapir/field.h"

/* Fills up with zeroes to a multiple of `unit` bytes, `before` of which are in front of `start`. */
void tapir__put_padding(tapir_writer *w, const void *start, size_t before, size_t unit);

/* Writes bytes of which there must be `len`. */
void tapir__put_exactly(tapir_writer *w, tapir_span bytes, size_t len);

/* Write what a repeated parameter was given: bytes of `len` each, or numbers of `bytes` bytes. */
void tapir__put_each(tapir_writer *w, const tapir_argument *arguments, size_t count, size_t len);
void tapir__put_numbers(
    tapir_writer *w, const tapir_argument *arguments, size_t count, unsigned bytes);

/* Returns the number of an optional argument, or what stands for it. */
static inline uint64_t tapir__number_or(const tapir_argument *argument, uint64_t otherwise)
{
    return argument->given ? argument->number : otherwise;
}

/* Returns how many of `count` arguments are behind the first `fixed`: those of a repeated one. */
static inline size_t tapir__repeated(size_t count, size_t fixed)
{
    return count > fixed ? count - fixed : 0;
}

/* Rows of parameters: TAPIR__UINT("mtu", 32), TAPIR__OTHER("data", TAPIR_SPAN). */
#define TAPIR__UINT(name_, ...)                                                                    \
    {                                                                                              \
        .name = name_, .kind = TAPIR_UINT, .bits = __VA_ARGS__                                     \
    }
#define TAPIR__OTHER(name_, ...)                                                                   \
    {                                                                                              \
        .name = name_, .kind = __VA_ARGS__                                                         \
    }
#define TAPIR__OPTIONAL .optional = true
#define TAPIR__REPEATED .repeated = true

/* A maker's function, and those of builders that take nothing, a number, two, or bytes. */
#define TAPIR__MAKE(name)                                                                          \
    static void make_##name(__attribute__((unused)) tapir_writer *w,                               \
        __attribute__((unused)) const tapir_argument *arguments,                                   \
        __attribute__((unused)) size_t count)
#define TAPIR__MAKE_BARE(name, put)                                                                \
    TAPIR__MAKE(name)                                                                              \
    {                                                                                              \
        put(w);                                                                                    \
    }
#define TAPIR__MAKE_NUMBER(name, put)                                                              \
    TAPIR__MAKE(name)                                                                              \
    {                                                                                              \
        put(w, arguments[0].number);                                                               \
    }
#define TAPIR__MAKE_BYTES(name, put)                                                               \
    TAPIR__MAKE(name)                                                                              \
    {                                                                                              \
        put(w, arguments[0].bytes);                                                                \
    }
#define TAPIR__MAKE_OPTION(name, put)                                                              \
    TAPIR__MAKE(name)                                                                              \
    {                                                                                              \
        put(w, arguments[0].number, arguments[1].bytes);                                           \
    }

#endif
