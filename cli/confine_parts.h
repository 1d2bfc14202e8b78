/* The parts of confinement, each of which the system or the build may lack. */
#ifndef TAPIR_CLI_CONFINE_PARTS_H
#define TAPIR_CLI_CONFINE_PARTS_H

#include <sys/types.h>

#include "confine.h"

/* Who to be. */
struct user {
    bool changes; /* false: stay who one is */
    char name[64];
    uid_t uid;
    gid_t gid;
};

/* Finds out who to become, by the rule of struct confinement; false after a complaint. */
bool user_find(struct user *user, const char *wanted);

/* Becomes the user with no privileges left over; false after a complaint. */
bool user_become(const struct user *user);

/* Becomes the user and keeps, of the capabilities there are, those whose bits (1 << CAP_*) are set;
 * false after a complaint. Without libcap-ng another user than root has none, and root all. */
bool capabilities_become(const struct user *user, uint64_t keep);

/* Keeps no others, in effect or for later. */
bool capabilities_limit(uint64_t effective, uint64_t permitted);

/* Tells whether they can be told apart at all in this build. */
bool capabilities_known(void);

/* These return NULL, or why there is nothing of the kind. Both want no_new_privs. */

/* Landlock: files can be written and created only beneath `writable`, and read only where system
 * files are. */
const char *confine_files(
    const struct confinement *confinement, char *const *writable, size_t writable_count);

/* seccomp: all system calls fail but those that are needed. */
const char *confine_calls(const struct confinement *confinement);

#endif
