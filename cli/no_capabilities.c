/* In place of confine_capabilities.c where there is no libcap-ng. */
#include "confine_parts.h"

bool capabilities_known(void)
{
    return false;
}

bool capabilities_become(const struct user *user, uint64_t keep)
{
    (void)keep;
    return user_become(user);
}

bool capabilities_limit(uint64_t effective, uint64_t permitted)
{
    (void)effective;
    (void)permitted;
    return true;
}
