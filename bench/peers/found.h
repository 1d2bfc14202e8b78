/* What those report who put streams together: one line of text for each stream, and totals. */
#ifndef BENCH_FOUND_H
#define BENCH_FOUND_H

#include "crc.h"
#include "measure.h"

/* What was delivered of one stream. */
struct found {
    uint64_t delivered, gap_bytes;
    uint32_t gaps, crc; /* over what was delivered */
};

static struct {
    FILE *lines; /* NULL: totals only */
    uint64_t streams, bytes, gap_bytes, sum;
} all_found;

static inline void found_bytes(struct found *found, const uint8_t *bytes, size_t len)
{
    found->crc = crc_add(found->crc, bytes, len);
    found->delivered += len;
}

static inline void found_gap(struct found *found, uint64_t bytes)
{
    found->gaps++;
    found->gap_bytes += bytes;
}

static inline void found_hex(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(all_found.lines, "%02x", bytes[i]);
    fputc('\t', all_found.lines);
}

/* Counts a stream that is over, if anything was delivered of it. Addresses in network order. */
static inline void found_stream(const struct found *found, const uint8_t *source,
    const uint8_t *destination, size_t address_len, unsigned source_port, unsigned destination_port)
{
    if (found->delivered == 0)
        return;
    all_found.streams++;
    all_found.bytes += found->delivered;
    all_found.gap_bytes += found->gap_bytes;
    all_found.sum += found->crc;
    if (!all_found.lines)
        return;
    found_hex(source, address_len);
    found_hex(destination, address_len);
    fprintf(all_found.lines, "%u\t%u\t%llu\t%08x\t%u\t%llu\n", source_port, destination_port,
        (unsigned long long)found->delivered, found->crc, found->gaps,
        (unsigned long long)found->gap_bytes);
}

/* Begins anew; with a path, lines are written there. */
static inline void found_begin(const char *path)
{
    memset(&all_found, 0, sizeof all_found);
    if (!path)
        return;
    all_found.lines = fopen(path, "w");
    if (!all_found.lines)
        fail(path, strerror(errno));
    fputs("source\tdestination\tsource port\tdestination port\tdelivered\tcrc32c\tgaps\tgap "
          "bytes\n",
        all_found.lines);
}

/* Prints the totals; what follows on the line is the reader's. */
static inline void found_end(void)
{
    if (all_found.lines && fclose(all_found.lines) != 0)
        fail("lines of streams", strerror(errno));
    printf("streams=%llu bytes=%llu gap_bytes=%llu ", (unsigned long long)all_found.streams,
        (unsigned long long)all_found.bytes, (unsigned long long)all_found.gap_bytes);
}

#endif
