/* What the programs that write captures share. */
#ifndef BENCH_WRITING_H
#define BENCH_WRITING_H

#include "measure.h"
#include <sys/time.h>

/* Returns the time of a frame, which stands in front of it. */
static inline struct timeval time_of(const struct frame *frame)
{
    uint32_t time[2];
    struct timeval value;

    memcpy(time, frame->data - 16, sizeof time);
    value.tv_sec = time[0];
    value.tv_usec = time[1];
    return value;
}

/* Sums up a file's bytes. */
static inline uint64_t digest_file(const char *path)
{
    static uint8_t piece[1 << 16];
    FILE *file = fopen(path, "rb");
    uint64_t sum = 0;
    size_t len;

    if (!file)
        fail(path, strerror(errno));
    while ((len = fread(piece, 1, sizeof piece, file)) > 0)
        sum = digest(sum, piece, len);
    fclose(file);
    return sum;
}

/* Times writing the capture's packets into a new file, which is removed each time, and reports the
 * median pass. */
static inline void measure_writing(const char *path, int passes, const char *out,
    void (*write_file)(const struct capture *, const char *))
{
    struct capture capture = load(path);
    double ns[100], start;
    uint64_t sum = 0;

    if (passes < 1 || passes > 100)
        fail("passes", "1 to 100");
    for (int i = 0; i < passes; i++) {
        start = now_ns();
        write_file(&capture, out);
        ns[i] = now_ns() - start;
        if (i == passes - 1)
            sum = digest_file(out);
        remove(out);
    }
    qsort(ns, (size_t)passes, sizeof *ns, by_size);
    report(ns[(passes - 1) / 2], capture.count, sum);
    unload(&capture);
}

#endif
