/* The floor of writing: records put into a buffer of 256 KiB, and that into the file. */
#include "writing.h"
#include <fcntl.h>
#include <unistd.h>

#define BUFFER (256 << 10)

struct output {
    int fd;
    size_t used;
    uint8_t bytes[BUFFER];
};

static void flush(struct output *output)
{
    for (size_t done = 0; done < output->used;) {
        ssize_t len = write(output->fd, output->bytes + done, output->used - done);
        if (len < 0)
            fail("write", strerror(errno));
        done += (size_t)len;
    }
    output->used = 0;
}

static inline void put(
    struct output *output, const void *header, size_t header_len, const uint8_t *data, size_t len)
{
    if (BUFFER - output->used < header_len + len)
        flush(output);
    memcpy(output->bytes + output->used, header, header_len);
    memcpy(output->bytes + output->used + header_len, data, len);
    output->used += header_len + len;
}

static void write_file(const struct capture *capture, const char *path)
{
    static struct output output;
    const uint32_t head[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1};

    output.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (output.fd < 0)
        fail(path, strerror(errno));
    put(&output, head, sizeof head, NULL, 0);
    for (size_t i = 0; i < capture->count; i++) {
        const struct frame *frame = &capture->frames[i];
        struct timeval time = time_of(frame);
        const uint32_t record[4] = {
            (uint32_t)time.tv_sec, (uint32_t)time.tv_usec, frame->len, frame->len};
        put(&output, record, sizeof record, frame->data, frame->len);
    }
    flush(&output);
    close(output.fd);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        fail("usage", "hand_write FILE PASSES OUT");
    measure_writing(argv[1], atoi(argv[2]), argv[3], write_file);
    return 0;
}
