/* The process that runs a command for each file. */
#include "confine_parts.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOWEST_PRIORITY = 19 };

static _Noreturn void run_command(const char *command, const char *path)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ, SIGCHLD};

    for (size_t i = 0; i < TAPIR_COUNT(ignored); i++)
        signal(ignored[i], SIG_DFL);
    setpriority(PRIO_PROCESS, 0, LOWEST_PRIORITY);
    execlp(command, command, path, (char *)NULL);
    complain("-z: cannot run %s %s: %s", command, path, strerror(errno));
    _exit(EXIT_RUNTIME);
}

/* Takes paths until nobody can send any more. */
static _Noreturn void serve(int fd, const char *command)
{
    char path[PATH_MAX + 1];
    ssize_t len;

    while ((len = recv(fd, path, sizeof path - 1, 0)) > 0 || (len < 0 && errno == EINTR)) {
        pid_t child;
        if (len < 0)
            continue;
        path[len] = '\0';
        child = fork();
        if (child == 0)
            run_command(command, path);
        if (child < 0)
            complain("-z: cannot run %s %s: %s", command, path, strerror(errno));
    }
    _exit(EXIT_DONE);
}

/* Ctrl-C is for the capture; the last files are still to be taken care of. Commands that ended
 * are nobody's concern. */
static void set_signals(void)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD};

    for (size_t i = 0; i < TAPIR_COUNT(ignored); i++)
        signal(ignored[i], SIG_IGN);
    (void)!setpgid(0, 0);
}

bool runner_start(struct runner *runner, const char *command, const char *user_name)
{
    struct user user;
    int ends[2];
    pid_t child;

    *runner = (struct runner){.fd = -1};
    if (!user_find(&user, user_name))
        return false;
    fflush(NULL);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        complain("-z: cannot make a pair of sockets: %s", strerror(errno));
        return false;
    }
    child = fork();
    if (child < 0) {
        complain("-z: cannot make a process: %s", strerror(errno));
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    if (child == 0) {
        close(ends[0]);
        set_signals();
        if (!user_become(&user))
            _exit(EXIT_RUNTIME);
        serve(ends[1], command);
    }
    close(ends[1]);
    runner->fd = ends[0];
    runner->child = child;
    return true;
}

void runner_run(struct runner *runner, const char *path)
{
    if (write(runner->fd, path, strlen(path)) < 0)
        complain("-z: cannot run the command for %s: %s", path, strerror(errno));
}

void runner_stop(struct runner *runner)
{
    if (!runner->child)
        return;
    close(runner->fd);
    while (waitpid(runner->child, NULL, 0) < 0 && errno == EINTR)
        continue;
    runner->child = 0;
}
