/* Confinement: the order of its steps. */
#include "confine_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define USUAL_USER  "tcpdump"
#define BIT(number) (UINT64_C(1) << (number))
/* linux/capability.h has them since Linux 5.8. */
enum { PERFMON = 38, BPF = 39 };

bool user_find(struct user *user, const char *wanted)
{
    const char *name = wanted ? wanted : USUAL_USER;
    const struct passwd *found;

    *user = (struct user){.uid = getuid(), .gid = getgid()};
    if (getuid() != 0 || strcmp(name, "root") == 0)
        return true;
    errno = 0;
    found = strlen(name) < sizeof user->name ? getpwnam(name) : NULL;
    if (!found && !wanted)
        return true;
    if (!found) {
        complain("couldn't find user '%.32s'%s%s", name, errno ? ": " : "",
            errno ? strerror(errno) : "");
        return false;
    }
    user->changes = found->pw_uid != 0;
    user->uid = found->pw_uid;
    user->gid = found->pw_gid;
    memcpy(user->name, name, strlen(name));
    return true;
}

bool user_become(const struct user *user)
{
    if (!user->changes)
        return true;
    if (initgroups(user->name, user->gid) == 0 && setgid(user->gid) == 0 && setuid(user->uid) == 0)
        return true;
    complain("couldn't change to '%.32s' uid=%lu gid=%lu: %s", user->name, (unsigned long)user->uid,
        (unsigned long)user->gid, strerror(errno));
    return false;
}

/* What is needed as long as the command runs. */
static uint64_t lasting(const struct confinement *confinement)
{
    uint64_t keep = 0;

    if (confinement->reopens || confinement->xdp)
        keep |= BIT(CAP_NET_RAW) | BIT(CAP_NET_ADMIN);
    if (confinement->xdp)
        keep |= BIT(BPF) | BIT(PERFMON);
    return keep;
}

/* The directory that a path, or a pattern, lies in: its part before the first component that
 * changes. To be freed; NULL without memory. */
static char *directory_of(const char *path)
{
    const char *end = strrchr(path, '/'), *change = strchr(path, '%');

    while (end && change && change < end)
        end = memrchr(path, '/', (size_t)(end - path));
    if (!end)
        return strdup(".");
    return end == path ? strdup("/") : strndup(path, (size_t)(end - path));
}

static char **directories_of(const struct confinement *confinement)
{
    char **directories = calloc(confinement->later_file_count + 1, sizeof *directories);

    for (size_t i = 0; directories && i < confinement->later_file_count; i++)
        directories[i] = directory_of(confinement->later_files[i]);
    return directories;
}

static void free_directories(char **directories, size_t count)
{
    for (size_t i = 0; directories && i < count; i++)
        free(directories[i]);
    free(directories);
}

/* The right to write anywhere stays only where the user's own rights do not do. */
static bool limit_capabilities(const struct confinement *confinement, char *const *directories)
{
    uint64_t keep = lasting(confinement), override = BIT(CAP_DAC_OVERRIDE);
    bool needed = false;

    if (!capabilities_limit(keep, keep | override))
        return false;
    for (size_t i = 0; i < confinement->later_file_count; i++)
        needed |= faccessat(AT_FDCWD, directories[i], W_OK | X_OK, AT_EACCESS) != 0;
    if (needed)
        keep |= override;
    return capabilities_limit(keep, keep);
}

static void tell(const struct confinement *confinement, const char *what, const char *lack)
{
    if (lack && confinement->verbose)
        complain("%s: %s", what, lack);
}

/* With all outputs open: no way back, to other files, or to other calls. */
static bool lock(const struct confinement *confinement, char *const *directories)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        complain("cannot renounce new privileges: %s", strerror(errno));
        return false;
    }
    if (!capabilities_known())
        tell(confinement, "capabilities are not limited", "this build has no libcap-ng");
    tell(confinement, "files are not confined",
        confine_files(confinement, directories, confinement->later_file_count));
    tell(confinement, "system calls are not confined", confine_calls(confinement));
    return true;
}

static bool open_outputs(const struct confinement *confinement)
{
    return !confinement->open || confinement->open(confinement->context);
}

/* Becomes the user and opens the outputs: as the user, who may write anywhere meanwhile. Where that
 * cannot be, because this build has no libcap-ng, they are opened first. */
static bool change_user(const struct confinement *confinement, const struct user *user)
{
    uint64_t keep = lasting(confinement) | BIT(CAP_DAC_OVERRIDE);

    if (!capabilities_known())
        return open_outputs(confinement) && capabilities_become(user, keep);
    return capabilities_become(user, keep) && open_outputs(confinement);
}

static bool run_steps(const struct confinement *confinement, char *const *directories)
{
    struct user user;

    if (!user_find(&user, confinement->user))
        return false;
    if (confinement->off && !user.changes)
        return open_outputs(confinement);
    return change_user(confinement, &user) && limit_capabilities(confinement, directories) &&
           (confinement->off || lock(confinement, directories));
}

int confine(const struct confinement *confinement)
{
    char **directories = directories_of(confinement);
    bool done = false;

    tzset(); /* read as long as everything can be */
    if (directories)
        done = run_steps(confinement, directories);
    else
        complain("out of memory");
    free_directories(directories, confinement->later_file_count);
    return done ? EXIT_DONE : EXIT_RUNTIME;
}
