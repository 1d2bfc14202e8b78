/* Overlap policies: one comparison each. */
#include "tapir/overlap.h"

#include <string.h>

static const char *const names[] = {
    [TAPIR_OVERLAP_DEFAULT] = "default",
    [TAPIR_OVERLAP_FIRST] = "first",
    [TAPIR_OVERLAP_LAST] = "last",
    [TAPIR_OVERLAP_BSD] = "bsd",
    [TAPIR_OVERLAP_BSD_RIGHT] = "bsd-right",
    [TAPIR_OVERLAP_LINUX] = "linux",
    [TAPIR_OVERLAP_WINDOWS] = "windows",
    [TAPIR_OVERLAP_SOLARIS] = "solaris",
    [TAPIR_OVERLAP_REJECT] = "reject",
};

bool tapir_overlap_new_wins(tapir_overlap policy, uint64_t new_start, uint64_t new_end,
    uint64_t old_start, uint64_t old_end)
{
    switch (policy) {
    case TAPIR_OVERLAP_LAST:
        return true;
    case TAPIR_OVERLAP_BSD:
        return new_start < old_start;
    case TAPIR_OVERLAP_BSD_RIGHT:
        return new_end > old_end || (new_end == old_end && new_start <= old_start);
    case TAPIR_OVERLAP_LINUX:
        return new_start <= old_start;
    case TAPIR_OVERLAP_WINDOWS:
        return new_start < old_start && new_end > old_end;
    case TAPIR_OVERLAP_SOLARIS:
        return new_start < old_start && new_end >= old_end;
    case TAPIR_OVERLAP_DEFAULT:
    case TAPIR_OVERLAP_FIRST:
    case TAPIR_OVERLAP_REJECT:
        break;
    }
    return false;
}

const char *tapir_overlap_name(tapir_overlap policy)
{
    return (size_t)policy < TAPIR_COUNT(names) ? names[policy] : NULL;
}

bool tapir_overlap_find(const char *name, tapir_overlap *policy)
{
    for (size_t i = 0; i < TAPIR_COUNT(names); i++)
        if (strcmp(names[i], name) == 0) {
            *policy = (tapir_overlap)i;
            return true;
        }
    return false;
}
