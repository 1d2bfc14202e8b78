/* Landlock: which files can be read and written
 * (https://docs.kernel.org/userspace-api/landlock.html).
 */
#include "confine_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What came with later versions of Landlock than the headers may be of. */
#define ACCESS_REFER     (UINT64_C(1) << 13)
#define ACCESS_TRUNCATE  (UINT64_C(1) << 14)
#define ACCESS_IOCTL_DEV (UINT64_C(1) << 15)
#define BIND_TCP         (UINT64_C(1) << 0)
#define CONNECT_TCP      (UINT64_C(1) << 1)
#define SCOPE_SOCKET     (UINT64_C(1) << 0)
#define SCOPE_SIGNAL     (UINT64_C(1) << 1)

/* struct landlock_ruleset_attr as of version 6. */
struct rules {
    uint64_t files, net, scoped;
};

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | ACCESS_TRUNCATE)

/* Where the system keeps what is read all the time: services, time zones, counters of interfaces.
 */
static const char *const always_read[] = {"/etc", "/usr", "/lib", "/lib64", "/sys"};
/* ... and to look up names: sockets, caches, files of name services. */
static const char *const names_read[] = {"/run", "/var/run", "/var/lib"};

/* Where programs at an interface are kept that share it. */
#define PROGRAMS "/sys/fs/bpf"
#define KEEPING                                                                                    \
    (READING | WRITING | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |            \
        LANDLOCK_ACCESS_FS_REMOVE_DIR)

/* What this version of Landlock can deny, and shall. */
static struct rules rules_of(const struct confinement *confinement, long version)
{
    struct rules rules = {.files = ACCESS_REFER - 1};

    if (version >= 2)
        rules.files |= ACCESS_REFER;
    if (version >= 3)
        rules.files |= ACCESS_TRUNCATE;
    if (version >= 4)
        rules.net = confinement->names ? BIND_TCP : BIND_TCP | CONNECT_TCP;
    if (version >= 5 && !confinement->other_device)
        rules.files |= ACCESS_IOCTL_DEV;
    if (version >= 6)
        rules.scoped = confinement->names ? SCOPE_SIGNAL : SCOPE_SIGNAL | SCOPE_SOCKET;
    return rules;
}

/* Allows `access` beneath a directory, if it is there. */
static void allow(int rules_fd, const struct rules *rules, const char *directory, uint64_t access)
{
    struct landlock_path_beneath_attr beneath = {
        .allowed_access = access & rules->files,
        .parent_fd = open(directory, O_PATH | O_CLOEXEC),
    };

    if (beneath.parent_fd < 0)
        return;
    (void)!syscall(SYS_landlock_add_rule, rules_fd, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    close(beneath.parent_fd);
}

static void allow_all(int rules_fd, const struct rules *rules, const char *const *directories,
    size_t count, uint64_t access)
{
    for (size_t i = 0; i < count; i++)
        allow(rules_fd, rules, directories[i], access);
}

const char *confine_files(
    const struct confinement *confinement, char *const *writable, size_t writable_count)
{
    /* Of each version the kernel wants the struct's size, or zeroes behind it. */
    static const size_t sizes[] = {8, 8, 8, 16, 16, 24};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct rules rules = rules_of(confinement, version);
    int fd, failed;

    if (version < 1)
        return errno == EOPNOTSUPP ? "Landlock is switched off in this kernel"
                                   : "this kernel has no Landlock (Linux 5.13)";
    fd = (int)syscall(SYS_landlock_create_ruleset, &rules,
        sizes[version > (long)TAPIR_COUNT(sizes) ? TAPIR_COUNT(sizes) - 1 : (size_t)version - 1],
        0);
    if (fd < 0)
        return "the kernel refuses the rules for Landlock";
    allow_all(fd, &rules, always_read, TAPIR_COUNT(always_read), READING);
    if (confinement->names)
        allow_all(fd, &rules, names_read, TAPIR_COUNT(names_read), READING);
    if (confinement->xdp)
        allow(fd, &rules, PROGRAMS, KEEPING);
    allow_all(fd, &rules, (const char *const *)writable, writable_count, READING | WRITING);
    failed = (int)syscall(SYS_landlock_restrict_self, fd, 0);
    close(fd);
    return failed ? "the kernel refuses to restrict this process by Landlock" : NULL;
}
