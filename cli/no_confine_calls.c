/* In place of confine_calls.c where there is no libseccomp. */
#include "confine_parts.h"

const char *confine_calls(const struct confinement *confinement)
{
    (void)confinement;
    return "this build has no libseccomp";
}
