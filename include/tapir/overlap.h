/* Which bytes win where two fragments or segments claim the same place, system by system. */
#ifndef TAPIR_OVERLAP_H
#define TAPIR_OVERLAP_H

#include "tapir/base.h"

TAPIR_EXTERN_C_BEGIN

/* What hosts do, as published: T. H. Ptacek and T. N. Newsham, "Insertion, Evasion, and Denial of
 * Service" (1998); U. Shankar and V. Paxson, "Active Mapping" (2003); J. Novak, "Target-Based
 * Fragmentation Reassembly" (2005). "Old" is what came first, "new" what came later. */
typedef enum tapir_overlap {
    TAPIR_OVERLAP_DEFAULT,   /* whatever is usual where it stands; FIRST here */
    TAPIR_OVERLAP_FIRST,     /* the old bytes, always */
    TAPIR_OVERLAP_LAST,      /* the new bytes, always */
    TAPIR_OVERLAP_BSD,       /* old, unless the new piece begins before it */
    TAPIR_OVERLAP_BSD_RIGHT, /* old, unless the new piece ends behind it, or ends where it ends and
                                covers it: BSD seen from the other end */
    TAPIR_OVERLAP_LINUX,     /* old, unless the new piece begins before it or where it begins */
    TAPIR_OVERLAP_WINDOWS,   /* old, unless the new piece begins before it and ends behind it */
    TAPIR_OVERLAP_SOLARIS, /* old, unless the new piece begins before it and ends with or behind it
                            */
    TAPIR_OVERLAP_REJECT   /* neither: a datagram is dropped (RFC 5722), of a stream the old stay */
} tapir_overlap;

/* Of BSD_RIGHT the paper of 2003 says that the new piece wins unless it begins before the old one.
 * On its fragments that is the same; the rule here is the later one, of Snort's frag3.
 *
 * Returns whether the piece from `new_start` to `new_end` (exclusive) takes the bytes it shares
 * with the one that came before it, from `old_start` to `old_end`. REJECT is FIRST here. */
TAPIR_API bool tapir_overlap_new_wins(tapir_overlap policy, uint64_t new_start, uint64_t new_end,
    uint64_t old_start, uint64_t old_end);

/* Returns the policy's name: "first", "bsd-right"... Static; NULL when there is no such policy. */
TAPIR_API const char *tapir_overlap_name(tapir_overlap policy);

/* Finds a policy by its name; false when there is none of that name. */
TAPIR_API bool tapir_overlap_find(const char *name, tapir_overlap *policy);

TAPIR_EXTERN_C_END
#endif
