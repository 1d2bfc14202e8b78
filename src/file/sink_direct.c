/* Writing past the page cache (O_DIRECT of open(2)): whole pages of a file go to the disk from
 * pages of memory, which costs no copy and no memory of the kernel's. What a chunk has before the
 * first and behind the last of them goes through the cache, so that all of the chunk is in the
 * file. */
#include "file/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

/* What no usual disk wants more of, for memory, for places in the file and for lengths. */
enum { PAGE = 4096 };

static bool set_direct(int fd, bool on)
{
#ifdef O_DIRECT
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
#else
    (void)fd;
    (void)on;
    errno = ENOTSUP;
    return false;
#endif
}

tapir_status tapir__direct_open(tapir__file_sink *sink)
{
    tapir__sink_output *output = &sink->output;

    output->direct = sink->options.direct;
    if (!output->direct)
        return TAPIR_OK;
    if (!output->cuttable)
        return tapir__sink_error(
            sink, TAPIR_UNSUPPORTED, "is no file, so there is no page cache to write past");
    if (set_direct(output->fd, true) && set_direct(output->fd, false))
        return TAPIR_OK;
    return tapir__sink_error(sink, TAPIR_UNSUPPORTED,
        "its file system cannot write past the page cache: %s", strerror(errno));
}

uint8_t *tapir__direct_new_block(const tapir__file_sink *sink)
{
    void *block;

    if (!sink->options.direct)
        return malloc(sink->room);
    return posix_memalign(&block, PAGE, sink->room + PAGE) == 0 ? block : NULL;
}

void tapir__direct_place_buffer(tapir__file_sink *sink)
{
    sink->buffer = sink->block + (sink->options.direct ? sink->file_bytes % PAGE : 0);
}

/* Writes whole pages. */
static ssize_t write_pages(tapir__sink_output *output, const struct iovec *pages)
{
    ssize_t wrote = -1;
    int number = EINVAL;

    if (set_direct(output->fd, true)) {
        wrote = write(output->fd, pages->iov_base, pages->iov_len);
        number = errno;
        set_direct(output->fd, false);
    }
    if (wrote >= 0 || number != EINVAL) {
        errno = number;
        return wrote;
    }
    output->direct = false; /* this disk wants more than pages */
    return writev(output->fd, pages, 1);
}

ssize_t tapir__direct_write(tapir__sink_output *output, const struct iovec *parts, int count)
{
    size_t within = (output->start + output->bytes) % PAGE;
    struct iovec first = *parts;

    if (output->direct && within && within + first.iov_len > PAGE) {
        first.iov_len = PAGE - within;
        return writev(output->fd, &first, 1);
    }
    if (!output->direct || within || first.iov_len < PAGE || (uintptr_t)first.iov_base % PAGE)
        return writev(output->fd, parts, count);
    first.iov_len -= first.iov_len % PAGE;
    return write_pages(output, &first);
}
