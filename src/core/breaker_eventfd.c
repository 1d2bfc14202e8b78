/* What wakes a reader on Linux: one descriptor. */
#include "core/source.h"

#include <sys/eventfd.h>
#include <unistd.h>

bool tapir__breaker_open(tapir__breaker *breaker)
{
    breaker->wake_fd = breaker->write_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return breaker->wake_fd >= 0;
}

void tapir__breaker_close(tapir__breaker *breaker)
{
    if (breaker->wake_fd >= 0)
        close(breaker->wake_fd);
    breaker->wake_fd = breaker->write_fd = -1;
}
