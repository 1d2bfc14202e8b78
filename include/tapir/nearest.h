/* "Did you mean": the names nearest to a mistyped one. */
#ifndef TAPIR_NEAREST_H
#define TAPIR_NEAREST_H

#include "tapir/text.h"

TAPIR_EXTERN_C_BEGIN

#define TAPIR_NEAREST_MAX 3

/* Gathers the nearest of many names; holds no memory of its own. */
typedef struct tapir_nearest {
    const char *wanted;
    const char *names[TAPIR_NEAREST_MAX]; /* nearest first */
    unsigned distances[TAPIR_NEAREST_MAX];
    size_t count;
} tapir_nearest;

/* Returns a gatherer for a name that was not found; both it and the names offered are borrowed. */
static inline tapir_nearest tapir_nearest_to(const char *wanted)
{
    tapir_nearest nearest;

    memset(&nearest, 0, sizeof nearest);
    nearest.wanted = wanted;
    return nearest;
}

/* Keeps the name if it is among the nearest, and near enough for a slip of the hand. */
TAPIR_API void tapir_nearest_offer(tapir_nearest *nearest, const char *name);

/* Appends "; did you mean a, b or c?", nothing when no name was near. */
TAPIR_API void tapir_nearest_text(const tapir_nearest *nearest, tapir_text *text);

TAPIR_EXTERN_C_END
#endif
