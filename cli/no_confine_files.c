/* In place of confine_files.c where the headers know no Landlock. */
#include "confine_parts.h"

const char *confine_files(
    const struct confinement *confinement, char *const *writable, size_t writable_count)
{
    (void)confinement;
    (void)writable;
    (void)writable_count;
    return "this build has no Landlock";
}
