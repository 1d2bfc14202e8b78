/* What the programs measured here share: a capture held in memory, the clock, one line of result.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct frame {
    const uint8_t *data;
    uint32_t len;
};

struct capture {
    uint8_t *bytes;
    struct frame *frames;
    size_t count;
};

static inline void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* Reads a little-endian microsecond pcap file, as traffic.c writes it, and indexes its frames. */
static inline struct capture load(const char *path)
{
    struct capture capture = {NULL, NULL, 0};
    FILE *file = fopen(path, "rb");
    size_t len, room = 1 << 16;
    uint32_t caplen;

    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail(path, strerror(errno));
    len = (size_t)ftell(file);
    rewind(file);
    capture.bytes = (uint8_t *)malloc(len + 1);
    capture.frames = (struct frame *)malloc(room * sizeof *capture.frames);
    if (!capture.bytes || !capture.frames)
        fail(path, "does not fit into memory");
    if (fread(capture.bytes, 1, len, file) != len || len < 24)
        fail(path, "cannot be read");
    fclose(file);
    for (size_t at = 24; len - at >= 16; at += caplen) {
        memcpy(&caplen, capture.bytes + at + 8, 4);
        at += 16;
        if (caplen > len - at)
            fail(path, "is damaged");
        if (capture.count == room) {
            room *= 2;
            capture.frames = (struct frame *)realloc(capture.frames, room * sizeof *capture.frames);
            if (!capture.frames)
                fail(path, "does not fit into memory");
        }
        capture.frames[capture.count].data = capture.bytes + at;
        capture.frames[capture.count++].len = caplen;
    }
    return capture;
}

/* Returns the time of a frame of load(), nanoseconds since 1970: from the header in front of it. */
static inline int64_t frame_time(const struct frame *frame)
{
    uint32_t seconds, micros;

    memcpy(&seconds, frame->data - 16, 4);
    memcpy(&micros, frame->data - 12, 4);
    return (int64_t)seconds * 1000000000 + (int64_t)micros * 1000;
}

static inline void unload(struct capture *capture)
{
    free(capture->frames);
    free(capture->bytes);
}

/* Returns the processor time this process has had. */
static inline double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Returns the most memory this process ever had, in KiB. Not getrusage: that counts the parent's.
 */
static inline long peak_kib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[128];
    long kib = 0;

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib;
}

static inline void report(double ns, size_t packets, uint64_t sum)
{
    printf("ns=%.2f packets=%zu sum=%llu peak_kib=%ld\n", ns / (double)packets, packets,
        (unsigned long long)sum, peak_kib());
}

/* Continues a sum over bytes, in which every byte and its place count; as 64-bit words,
 * little-endian, the last one filled up with zeroes. */
static inline uint64_t digest(uint64_t sum, const uint8_t *bytes, size_t len)
{
    uint64_t word;

    for (; len; bytes += 8, len -= len < 8 ? len : 8) {
        word = 0;
        memcpy(&word, bytes, len < 8 ? len : 8);
        sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    }
    return sum;
}

static inline int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Times passes over the capture, after one that is not counted, and reports the median pass. */
static inline void measure(const struct capture *capture, int passes,
    uint64_t (*pass)(const struct capture *, void *), void *user)
{
    double ns[100], start;
    uint64_t sum = pass(capture, user);

    if (passes < 1 || passes > 100)
        fail("passes", "1 to 100");
    for (int i = 0; i < passes; i++) {
        start = now_ns();
        sum = pass(capture, user);
        ns[i] = now_ns() - start;
    }
    qsort(ns, (size_t)passes, sizeof *ns, by_size);
    report(ns[(passes - 1) / 2], capture->count, sum);
}

#endif
