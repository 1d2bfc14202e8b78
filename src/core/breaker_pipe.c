/* What wakes a reader elsewhere: a pipe. */
#include "core/source.h"

#include <fcntl.h>
#include <unistd.h>

static bool set_up(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

bool tapir__breaker_open(tapir__breaker *breaker)
{
    int ends[2];

    breaker->wake_fd = breaker->write_fd = -1;
    if (pipe(ends) != 0)
        return false;
    breaker->wake_fd = ends[0];
    breaker->write_fd = ends[1];
    if (set_up(ends[0]) && set_up(ends[1]))
        return true;
    tapir__breaker_close(breaker);
    return false;
}

void tapir__breaker_close(tapir__breaker *breaker)
{
    if (breaker->wake_fd >= 0) {
        close(breaker->wake_fd);
        close(breaker->write_fd);
    }
    breaker->wake_fd = breaker->write_fd = -1;
}
