/* Capabilities, with libcap-ng. */
#include "confine_parts.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>

bool capabilities_known(void)
{
    return true;
}

/* Notes those of the set that the process has. */
static void note(uint64_t keep, capng_type_t kinds, const bool had[64])
{
    for (unsigned number = 0; number < 64; number++)
        if (keep >> number & 1 && had[number])
            capng_update(CAPNG_ADD, kinds, number);
}

/* Forgets what was noted, and tells which there are. */
static void begin(bool had[64])
{
    capng_get_caps_process();
    for (unsigned number = 0; number < 64; number++)
        had[number] = number <= CAP_LAST_CAP && capng_have_capability(CAPNG_PERMITTED, number);
    capng_clear(CAPNG_SELECT_BOTH);
}

bool capabilities_become(const struct user *user, uint64_t keep)
{
    bool had[64];
    int code;

    if (user->changes && initgroups(user->name, user->gid) != 0) {
        complain("couldn't change to the groups of '%.32s': %s", user->name, strerror(errno));
        return false;
    }
    begin(had);
    note(keep, CAPNG_EFFECTIVE | CAPNG_PERMITTED, had);
    code = user->changes ? capng_change_id((int)user->uid, (int)user->gid, CAPNG_CLEAR_BOUNDING)
                         : capng_apply(had[CAP_SETPCAP] ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS);
    if (code == 0)
        return true;
    complain("couldn't change to '%.32s' and give up capabilities: libcap-ng says %d",
        user->changes ? user->name : "the same user", code);
    return false;
}

bool capabilities_limit(uint64_t effective, uint64_t permitted)
{
    bool had[64];

    begin(had);
    note(effective, CAPNG_EFFECTIVE, had);
    note(permitted, CAPNG_PERMITTED, had);
    if (capng_apply(CAPNG_SELECT_CAPS) == 0)
        return true;
    complain("couldn't give up capabilities: %s", strerror(errno));
    return false;
}
