/* Giving up what a command does not need once it captures: another user than root, few
 * capabilities, few system calls, few files. Bytes from the wire are decoded behind this. */
#ifndef TAPIR_CLI_CONFINE_H
#define TAPIR_CLI_CONFINE_H

#include "cli.h"

/* What the command still has to be able to do; zeroed, that is to read its source and to write to
 * what is open. */
struct confinement {
    /* Who to become when root runs the command: -Z's argument. "root" stays root, without its
     * capabilities. NULL is "tcpdump" if there is that user, else root. Others stay who they are.
     */
    const char *user;

    /* Opens the outputs, as that user with the right to write anywhere; false after a complaint.
     * NULL: nothing is to be opened. */
    bool (*open)(void *context);
    void *context;

    /* More files will be created later, beside these: paths, or patterns for strftime(3). */
    const char *const *later_files;
    size_t later_file_count;

    bool names;        /* host names are looked up */
    bool threads;      /* threads are started */
    bool reopens;      /* sockets for capturing are opened anew, as for an interface that returns */
    bool xdp;          /* AF_XDP's program leaves those it shares the interface with, at the end;
                          what that changes is root's */
    bool other_device; /* captures from what is no network interface: nfqueue, usbmon ... */
    bool off;          /* but for the user: everything stays as it is */
    bool verbose;      /* tell what the system, or this build, cannot do */
};

/* Confines the process, for good. To be called with the source open, by the only thread, before
 * the first frame is read. Returns EXIT_DONE, or an exit code after a complaint. Where the kernel
 * has no Landlock or no seccomp, it goes on without. */
int confine(const struct confinement *confinement);

/* A process that runs one command for each of many files, as tcpdump's -z does. It is made before
 * the confinement, which allows nobody to run anything. */
struct runner {
    int fd;    /* where it takes paths from */
    int child; /* its process id; 0: there is none */
};

/* Starts it; `command` is found in PATH and runs as the user that `user` means in struct
 * confinement. To be called before anything is open that commands are not to keep open. False after
 * a complaint. */
bool runner_start(struct runner *runner, const char *command, const char *user);

/* Has the command run with this path as its argument, at once and with the lowest priority. Does
 * not wait for it. */
void runner_run(struct runner *runner, const char *path);

/* Waits until all commands were started. Fine for one that was not. */
void runner_stop(struct runner *runner);

#endif
