/* seccomp: the system calls that are left, by libseccomp. */
#include "confine_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* When a call is needed. */
enum { ALWAYS = 0, NAMES = 1, THREADS = 2, REOPENS = 4, XDP = 8, OTHER_DEVICE = 16, FILES = 32 };

/* Calls that are fine with any arguments. What this machine does not have is passed over. */
static const struct {
    const char *name;
    unsigned when; /* in any of these cases */
} calls[] = {
    /* Reading, writing, waiting. */
    {"read", ALWAYS},
    {"readv", ALWAYS},
    {"pread64", ALWAYS},
    {"write", ALWAYS},
    {"writev", ALWAYS},
    {"pwrite64", ALWAYS},
    {"lseek", ALWAYS},
    {"_llseek", ALWAYS},
    {"close", ALWAYS},
    {"fstat", ALWAYS},
    {"fstat64", ALWAYS},
    {"newfstatat", ALWAYS},
    {"fstatat64", ALWAYS},
    {"stat", ALWAYS},
    {"stat64", ALWAYS},
    {"lstat", ALWAYS},
    {"lstat64", ALWAYS},
    {"statx", ALWAYS},
    {"access", ALWAYS},
    {"faccessat", ALWAYS},
    {"faccessat2", ALWAYS},
    {"readlink", ALWAYS},
    {"readlinkat", ALWAYS},
    {"fcntl", ALWAYS},
    {"fcntl64", ALWAYS},
    {"fsync", ALWAYS},
    {"fdatasync", ALWAYS},
    {"ftruncate", ALWAYS},
    {"ftruncate64", ALWAYS},
    {"fallocate", ALWAYS},
    {"fadvise64", ALWAYS},
    {"sync_file_range", ALWAYS},
    {"poll", ALWAYS},
    {"ppoll", ALWAYS},
    {"ppoll_time64", ALWAYS},
    {"select", ALWAYS},
    {"_newselect", ALWAYS},
    {"pselect6", ALWAYS},
    {"pselect6_time64", ALWAYS},
    {"recvfrom", ALWAYS},
    {"recvmsg", ALWAYS},
    {"recvmmsg", ALWAYS},
    {"getsockopt", ALWAYS},
    {"setsockopt", ALWAYS},
    {"getsockname", ALWAYS},
    /* Memory, time, signals, the end. */
    {"brk", ALWAYS},
    {"munmap", ALWAYS},
    {"mremap", ALWAYS},
    {"madvise", ALWAYS},
    {"futex", ALWAYS},
    {"futex_time64", ALWAYS},
    {"clock_gettime", ALWAYS},
    {"clock_gettime64", ALWAYS},
    {"clock_getres", ALWAYS},
    {"clock_nanosleep", ALWAYS},
    {"clock_nanosleep_time64", ALWAYS},
    {"nanosleep", ALWAYS},
    {"gettimeofday", ALWAYS},
    {"time", ALWAYS},
    {"setitimer", ALWAYS},
    {"rt_sigaction", ALWAYS},
    {"rt_sigprocmask", ALWAYS},
    {"rt_sigreturn", ALWAYS},
    {"sigreturn", ALWAYS},
    {"sigaltstack", ALWAYS},
    {"restart_syscall", ALWAYS},
    {"getpid", ALWAYS},
    {"gettid", ALWAYS},
    {"getuid", ALWAYS},
    {"geteuid", ALWAYS},
    {"getgid", ALWAYS},
    {"getegid", ALWAYS},
    {"getrandom", ALWAYS},
    {"getcpu", ALWAYS},
    {"sched_yield", ALWAYS},
    {"sched_getaffinity", ALWAYS},
    {"wait4", ALWAYS},
    {"waitid", ALWAYS},
    {"exit", ALWAYS},
    {"exit_group", ALWAYS},
    /* Talking to others. */
    {"connect", NAMES | XDP},
    {"bind", NAMES | REOPENS | XDP},
    {"sendto", NAMES | REOPENS | XDP | OTHER_DEVICE},
    {"sendmsg", NAMES | REOPENS | XDP | OTHER_DEVICE},
    {"sendmmsg", NAMES},
    {"getpeername", NAMES | XDP | OTHER_DEVICE},
    {"uname", NAMES | XDP},
    {"getdents64", NAMES | XDP},
    {"statfs", NAMES | XDP},
    {"fstatfs", NAMES | XDP},
    {"prlimit64", NAMES | THREADS},
    {"epoll_create1", NAMES | XDP | OTHER_DEVICE},
    {"epoll_ctl", NAMES | XDP | OTHER_DEVICE},
    {"epoll_wait", NAMES | XDP | OTHER_DEVICE},
    {"epoll_pwait", NAMES | XDP | OTHER_DEVICE},
    {"eventfd2", NAMES | REOPENS | OTHER_DEVICE},
    {"pipe2", NAMES | XDP | OTHER_DEVICE},
    {"bpf", XDP},
    {"flock", XDP},
    {"mkdir", XDP},
    {"mkdirat", XDP},
    {"unlink", XDP},
    {"unlinkat", XDP},
    {"rmdir", XDP},
    /* Threads. */
    {"set_robust_list", THREADS},
    {"rseq", THREADS},
    {"sched_setaffinity", THREADS},
    {"membarrier", THREADS},
};

/* What interfaces, terminals and pipes are asked. */
static const unsigned long requests[] = {
    TCGETS,
    FIONREAD,
    TIOCGWINSZ,
    SIOCGIFNAME,
    SIOCGIFINDEX,
    SIOCGIFFLAGS,
    SIOCGIFHWADDR,
};
static const unsigned long reopening_requests[] = {
    0x8946, /* SIOCETHTOOL */
    0x89b0, /* SIOCSHWTSTAMP */
    0x8921, /* SIOCGIFMTU */
    0x8b01, /* SIOCGIWNAME */
};

static unsigned cases_of(const struct confinement *confinement)
{
    return (confinement->names ? NAMES : 0) | (confinement->threads ? THREADS : 0) |
           (confinement->reopens ? REOPENS : 0) | (confinement->xdp ? XDP : 0) |
           (confinement->other_device ? OTHER_DEVICE : 0) |
           (confinement->later_file_count ? FILES : 0);
}

/* Allows one call, for such arguments only; one that this machine does not have is no failure. */
static bool allow(
    scmp_filter_ctx filter, const char *name, unsigned count, const struct scmp_arg_cmp *arguments)
{
    int number = seccomp_syscall_resolve_name(name);

    return number == __NR_SCMP_ERROR ||
           seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, count, arguments) == 0;
}

static bool allow_calls(scmp_filter_ctx filter, unsigned cases)
{
    for (size_t i = 0; i < TAPIR_COUNT(calls); i++)
        if ((calls[i].when == ALWAYS || calls[i].when & cases) &&
            !allow(filter, calls[i].name, 0, NULL))
            return false;
    return true;
}

/* Files to be read; with more of them to be written, Landlock decides. */
static bool allow_opening(scmp_filter_ctx filter, unsigned cases)
{
    const uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC;
    const struct scmp_arg_cmp open_flags[] = {SCMP_A1(SCMP_CMP_MASKED_EQ, writing, O_RDONLY)};
    const struct scmp_arg_cmp openat_flags[] = {SCMP_A2(SCMP_CMP_MASKED_EQ, writing, O_RDONLY)};
    unsigned count = cases & FILES ? 0 : 1;

    return allow(filter, "open", count, open_flags) && allow(filter, "openat", count, openat_flags);
}

/* Memory that is not code; name services are loaded when they are needed. */
static bool allow_memory(scmp_filter_ctx filter, unsigned cases)
{
    const struct scmp_arg_cmp no_code[] = {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)};
    unsigned count = cases & NAMES ? 0 : 1;

    return allow(filter, "mmap", count, no_code) && allow(filter, "mmap2", count, no_code) &&
           allow(filter, "mprotect", count, no_code);
}

static bool allow_socket(scmp_filter_ctx filter, int family, int type)
{
    const uint64_t type_bits = 0xf;
    const struct scmp_arg_cmp arguments[] = {SCMP_A0(SCMP_CMP_EQ, (uint64_t)family),
        SCMP_A1(SCMP_CMP_MASKED_EQ, type_bits, (uint64_t)type)};

    return allow(filter, "socket", type ? 2 : 1, arguments);
}

static bool allow_sockets(scmp_filter_ctx filter, unsigned cases)
{
    enum { ANY_TYPE = 0 };
    static const struct {
        int family, type;
        unsigned when;
    } sockets[] = {
        /* To ask for an interface's name. */
        {AF_UNIX, SOCK_DGRAM, ALWAYS},
        {AF_INET, SOCK_DGRAM, ALWAYS},
        {AF_UNIX, ANY_TYPE, NAMES},
        {AF_INET, ANY_TYPE, NAMES},
        {AF_INET6, ANY_TYPE, NAMES},
        {AF_NETLINK, ANY_TYPE, NAMES | REOPENS | XDP},
        {AF_PACKET, ANY_TYPE, REOPENS},
        {44 /* AF_XDP */, ANY_TYPE, XDP},
    };

    for (size_t i = 0; i < TAPIR_COUNT(sockets); i++)
        if ((sockets[i].when == ALWAYS || sockets[i].when & cases) &&
            !allow_socket(filter, sockets[i].family, sockets[i].type))
            return false;
    return true;
}

static bool allow_request(scmp_filter_ctx filter, uint64_t mask, uint64_t request)
{
    const struct scmp_arg_cmp is_it[] = {SCMP_A1(SCMP_CMP_MASKED_EQ, mask, request)};

    return allow(filter, "ioctl", 1, is_it);
}

static bool allow_requests(scmp_filter_ctx filter, unsigned cases)
{
    if (cases & OTHER_DEVICE)
        return allow(filter, "ioctl", 0, NULL);
    for (size_t i = 0; i < TAPIR_COUNT(requests); i++)
        if (!allow_request(filter, UINT32_MAX, requests[i]))
            return false;
    for (size_t i = 0; cases & (REOPENS | XDP) && i < TAPIR_COUNT(reopening_requests); i++)
        if (!allow_request(filter, UINT32_MAX, reopening_requests[i]))
            return false;
    return true;
}

/* Threads, but no processes. Where clone3 is not there, the C library takes clone, whose flags can
 * be looked at. */
static bool allow_threads(scmp_filter_ctx filter)
{
    const uint64_t flags = CLONE_THREAD | CLONE_VM;
    const struct scmp_arg_cmp is_thread[] = {SCMP_A0(SCMP_CMP_MASKED_EQ, flags, flags)};
    int number = seccomp_syscall_resolve_name("clone3");

    return (number == __NR_SCMP_ERROR ||
               seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0) == 0) &&
           allow(filter, "clone", 1, is_thread);
}

/* What abort(3) does. */
static bool allow_own_signals(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp to_self[] = {SCMP_A0(SCMP_CMP_EQ, (uint64_t)getpid())};

    return allow(filter, "tgkill", 1, to_self);
}

static bool fill(scmp_filter_ctx filter, unsigned cases)
{
    return allow_calls(filter, cases) && allow_opening(filter, cases) &&
           allow_memory(filter, cases) && allow_sockets(filter, cases) &&
           allow_requests(filter, cases) && (!(cases & THREADS) || allow_threads(filter)) &&
           allow_own_signals(filter);
}

const char *confine_calls(const struct confinement *confinement)
{
    /* A call that nobody thought of fails; it does not cost what was captured. */
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool filled, loaded;

    if (!filter)
        return "out of memory";
    /* A search in place of a walk, where libseccomp knows how. */
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    filled = fill(filter, cases_of(confinement));
    loaded = filled && seccomp_load(filter) == 0;
    seccomp_release(filter);
    if (!filled)
        return "libseccomp does not make the filter";
    return loaded ? NULL : "this kernel has no seccomp filters";
}
