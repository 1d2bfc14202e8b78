/* The input that reads a file, pipe or socket. */
#include "file/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct descriptor {
    tapir__input input;
    int fd;
    bool owned, may_block;
    const char *name;
    tapir__breaker *breaker;
} descriptor;

/* Waits until there is something to read or a reason to stop. */
static bool wait_readable(descriptor *d)
{
    struct pollfd polled[2] = {
        {.fd = d->fd, .events = POLLIN},
        {.fd = d->breaker->wake_fd, .events = POLLIN},
    };
    uint64_t count;

    if (poll(polled, 2, -1) < 0)
        return errno != EINTR; /* any other failure is better told by read */
    if (polled[1].revents && !tapir__breaker_requested(d->breaker) &&
        read(d->breaker->wake_fd, &count, sizeof count) < 0)
        return false; /* a wake-up left over from a request that was served already */
    return polled[0].revents != 0;
}

static tapir_status descriptor_read(
    tapir__input *input, uint8_t *to, size_t room, size_t *count, tapir_error *error)
{
    descriptor *d = (descriptor *)input;
    ssize_t got;

    for (;;) {
        if (tapir__breaker_requested(d->breaker))
            return tapir__breaker_take(d->breaker, error);
        if (d->may_block && !wait_readable(d))
            continue;
        if (tapir__breaker_requested(d->breaker))
            continue;
        got = read(d->fd, to, room);
        if (got >= 0) {
            *count = (size_t)got;
            return TAPIR_OK;
        }
        if (errno != EINTR && errno != EAGAIN)
            return tapir_error_set(
                error, TAPIR_IO, "%s: cannot read: %s", d->name, strerror(errno));
    }
}

static void descriptor_close(tapir__input *input)
{
    descriptor *d = (descriptor *)input;

    if (d->owned)
        close(d->fd);
    tapir__breaker_close(d->breaker);
    free(d);
}

tapir_status tapir__descriptor_open(tapir__input **input, int fd, bool owned, const char *name,
    tapir__breaker *breaker, tapir_error *error)
{
    struct stat facts;
    descriptor *d;

    if (fstat(fd, &facts) < 0)
        return tapir_error_set(error, TAPIR_IO, "%s: cannot read: %s", name, strerror(errno));
    if (S_ISDIR(facts.st_mode))
        return tapir_error_set(
            error, TAPIR_IO, "%s: is a directory, not a capture file; name a file in it", name);
    if (!S_ISREG(facts.st_mode) && !tapir__breaker_open(breaker))
        return tapir_error_set(error, TAPIR_IO, "%s: cannot make a descriptor to wake it by: %s",
            name, strerror(errno));
    d = malloc(sizeof *d);
    if (!d) {
        tapir__breaker_close(breaker);
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", name);
    }
    if (S_ISREG(facts.st_mode))
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    *d = (descriptor){
        .input = {.read = descriptor_read, .close = descriptor_close},
        .fd = fd,
        .owned = owned,
        .may_block = !S_ISREG(facts.st_mode),
        .name = name,
        .breaker = breaker,
    };
    *input = &d->input;
    return TAPIR_OK;
}
