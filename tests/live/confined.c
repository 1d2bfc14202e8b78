/* What a confined process can still do, and what it cannot: each case confines a child and has it
 * try. Prints TAP. Needs root. */
#include "confine_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char scratch[] = "/tmp/tapir-confined-XXXXXX";
static char here[64], there[64]; /* directories: one that may be written to, one that may not */

/* What is tried; true: it could be done. */
struct attempt {
    const char *what;
    bool (*can)(void);
};

static bool can_open(const char *directory, const char *name, int flags)
{
    char path[128];
    int fd;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    fd = open(path, flags, 0666);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool create_here(void)
{
    return can_open(here, "new", O_WRONLY | O_CREAT | O_TRUNC);
}

static bool overwrite_here(void)
{
    return can_open(here, "old", O_WRONLY | O_CREAT | O_TRUNC);
}

static bool create_there(void)
{
    return can_open(there, "new", O_WRONLY | O_CREAT | O_TRUNC);
}

static bool overwrite_there(void)
{
    return can_open(there, "old", O_WRONLY | O_TRUNC);
}

static bool create_by_a_link(void)
{
    return can_open(here, "link", O_WRONLY | O_CREAT | O_TRUNC);
}

static bool read_there(void)
{
    return can_open(there, "old", O_RDONLY);
}

static bool read_services(void)
{
    return can_open("/etc", "services", O_RDONLY);
}

static bool read_shadow(void)
{
    return can_open("/etc", "shadow", O_RDONLY);
}

static bool write_etc(void)
{
    return can_open("/etc", "services", O_WRONLY);
}

static bool remove_here(void)
{
    char path[128];

    snprintf(path, sizeof path, "%s/old", here);
    return unlink(path) == 0;
}

static bool make_directory(void)
{
    char path[128];

    snprintf(path, sizeof path, "%s/directory", here);
    return mkdir(path, 0777) == 0;
}

static bool fork_a_child(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child > 0 && waitpid(child, NULL, 0) == child;
}

static bool run_a_program(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return false; /* a program that runs says 0, too, as if nothing could be done; see below */
}

static void *do_nothing(void *argument)
{
    return argument;
}

static bool start_a_thread(void)
{
    pthread_t thread;

    return pthread_create(&thread, NULL, do_nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

static bool open_a_packet_socket(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

static bool open_a_stream(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool ask_for_a_name(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char name[NI_MAXHOST];

    return getnameinfo((struct sockaddr *)&address, sizeof address, name, sizeof name, NULL, 0,
               NI_NAMEREQD) == 0;
}

static bool make_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
               0) != MAP_FAILED;
}

static bool take_memory(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}

static bool signal_the_parent(void)
{
    return kill(getppid(), 0) == 0;
}

static bool trace_the_parent(void)
{
    return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0;
}

static bool become_root(void)
{
    return setuid(0) == 0;
}

static bool change_the_host_name(void)
{
    return sethostname("confined", 8) == 0;
}

/* Runs each attempt in a confined child of its own and tells by a character whether it succeeded;
 * '?' for a child that died. A program that ran in its place says so with 0. */
static char try_one(const struct confinement *confinement, bool (*can)(void))
{
    enum { CANNOT = 10, CAN, TROUBLE };
    int status;
    pid_t child = fork();

    if (child == 0) {
        if (confine(confinement) != EXIT_DONE)
            _exit(TROUBLE);
        _exit(can() ? CAN : CANNOT);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return '?';
    return WEXITSTATUS(status) == CAN || WEXITSTATUS(status) == 0 ? 'y'
           : WEXITSTATUS(status) == CANNOT                        ? 'n'
                                                                  : '?';
}

static int number, failed;

static void check(const char *where, const struct confinement *confinement,
    const struct attempt *attempt, char expected)
{
    char got = try_one(confinement, attempt->can);

    failed += got != expected;
    printf("%sok %d - %s: %s %s\n", got == expected ? "" : "not ", ++number, where,
        expected == 'y' ? "can" : "cannot", attempt->what);
    if (got != expected)
        printf("# got '%c'\n", got);
    fflush(stdout);
}

/* What is tried, and in which of the cases it can be done. */
enum { PLAIN = 1, LATER_FILES = 2, NAMES = 4, THREADS = 8, REOPENS = 16, OFF = 32 };

static const struct {
    struct attempt attempt;
    unsigned can;
} attempts[] = {
    {{"create a file beside the outputs", create_here}, LATER_FILES | OFF},
    {{"overwrite a file beside the outputs", overwrite_here}, LATER_FILES | OFF},
    {{"create a file elsewhere", create_there}, OFF},
    {{"overwrite a file elsewhere", overwrite_there}, OFF},
    {{"create a file elsewhere by a link", create_by_a_link}, OFF},
    {{"read a file elsewhere", read_there}, OFF},
    {{"read what the system is configured by", read_services},
        PLAIN | LATER_FILES | NAMES | THREADS | REOPENS | OFF},
    {{"read passwords", read_shadow}, 0},
    {{"write what the system is configured by", write_etc}, 0},
    {{"remove a file", remove_here}, OFF},
    {{"make a directory", make_directory}, OFF},
    {{"make a process", fork_a_child}, OFF},
    {{"run a program", run_a_program}, OFF},
    {{"start a thread", start_a_thread}, THREADS | OFF},
    {{"open a socket for capturing", open_a_packet_socket}, REOPENS},
    {{"open a socket of TCP", open_a_stream}, NAMES | OFF},
    {{"find a host's name", ask_for_a_name}, PLAIN | LATER_FILES | NAMES | THREADS | REOPENS | OFF},
    {{"make code in memory", make_code}, NAMES | OFF},
    {{"take memory", take_memory}, PLAIN | LATER_FILES | NAMES | THREADS | REOPENS | OFF},
    {{"send its parent a signal", signal_the_parent}, 0},
    {{"trace its parent", trace_the_parent}, 0},
    {{"become root", become_root}, 0},
    {{"change the host's name", change_the_host_name}, 0},
};

static bool make_files(void)
{
    char path[128];

    if (!mkdtemp(scratch) || chmod(scratch, 0755) != 0)
        return false;
    snprintf(here, sizeof here, "%s/here", scratch);
    snprintf(there, sizeof there, "%s/there", scratch);
    if (mkdir(here, 0777) != 0 || mkdir(there, 0777) != 0)
        return false;
    if (chmod(here, 0777) != 0 || chmod(there, 0777) != 0)
        return false;
    snprintf(path, sizeof path, "%s/link", here);
    if (symlink("../there/linked", path) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        int fd;
        snprintf(path, sizeof path, "%s/old", i ? there : here);
        fd = open(path, O_WRONLY | O_CREAT, 0666);
        if (fd < 0 || fchmod(fd, 0666) != 0)
            return false;
        close(fd);
    }
    return true;
}

static void remove_files(void)
{
    static const char *const names[] = {"old", "new", "link", "linked", "directory"};
    char path[128];

    for (size_t i = 0; i < TAPIR_COUNT(names); i++)
        for (int j = 0; j < 2; j++) {
            snprintf(path, sizeof path, "%s/%s", j ? there : here, names[i]);
            remove(path);
        }
    remove(here);
    remove(there);
    remove(scratch);
}

/* Whether this kernel and this build have it all. */
static bool is_complete(void)
{
    const struct confinement nothing = {.off = false};
    bool complete;
    pid_t child = fork();
    int status;

    if (child == 0) {
        const char *files, *calls;
        if (confine(&(struct confinement){.user = "nobody", .off = true}) != EXIT_DONE)
            _exit(2);
        if (syscall(SYS_prctl, 38 /* PR_SET_NO_NEW_PRIVS */, 1, 0, 0, 0) != 0)
            _exit(2);
        files = confine_files(&nothing, NULL, 0);
        calls = confine_calls(&nothing);
        if (files || calls)
            fprintf(stderr, "%s %s\n", files ? files : "", calls ? calls : "");
        _exit(files || calls || !capabilities_known());
    }
    complete = waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return complete;
}

int main(void)
{
    static char pattern[128];
    static const char *const later[] = {pattern};
    const struct {
        const char *name;
        unsigned bit;
        struct confinement confinement;
    } cases[] = {
        {"plain", PLAIN, {.user = "nobody"}},
        {"with more files", LATER_FILES,
            {.user = "nobody", .later_files = later, .later_file_count = 1}},
        {"with names", NAMES, {.user = "nobody", .names = true}},
        {"with threads", THREADS, {.user = "nobody", .threads = true}},
        {"with sockets", REOPENS, {.user = "nobody", .reopens = true}},
        {"unconfined", OFF, {.user = "nobody", .off = true}},
    };

    if (geteuid() != 0 || !is_complete()) {
        printf("1..0 # SKIP needs root, Landlock, seccomp and libcap-ng\n");
        return 0;
    }
    if (!make_files()) {
        printf("1..0 # SKIP no files in /tmp: %s\n", strerror(errno));
        return 0;
    }
    snprintf(pattern, sizeof pattern, "%s/%%H-file", here);
    printf("1..%zu\n", TAPIR_COUNT(cases) * TAPIR_COUNT(attempts));
    for (size_t i = 0; i < TAPIR_COUNT(cases); i++)
        for (size_t j = 0; j < TAPIR_COUNT(attempts); j++)
            check(cases[i].name, &cases[i].confinement, &attempts[j].attempt,
                attempts[j].can & cases[i].bit ? 'y' : 'n');
    remove_files();
    return failed != 0;
}
