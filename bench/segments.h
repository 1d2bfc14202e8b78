/* TCP segments made in place, one after the other, for what needs more of them than a file holds.
 */
#ifndef BENCH_SEGMENTS_H
#define BENCH_SEGMENTS_H

#include "tapir/tapir.h"

#include <string.h>

enum { SEGMENT_HEADERS = 14 + 20 + 20, SEGMENT_DATA_MAX = 1460 };

/* The next segment; what is not named here stays as segments_init made it. Checksums are zero. */
struct segments {
    uint8_t bytes[SEGMENT_HEADERS + SEGMENT_DATA_MAX];
    tapir_frame frame;
};

/* Addresses and ports of a connection, client first. */
struct ends {
    uint32_t address[2];
    uint16_t port[2];
};

static inline void segments_init(struct segments *segments)
{
    uint8_t *p = segments->bytes;

    memset(segments, 0, sizeof *segments);
    tapir_store_be(p + 12, 2, 0x0800);
    p[14] = 0x45;
    p[14 + 8] = 64;
    p[14 + 9] = 6;
    p[34 + 12] = 5 << 4;
    tapir_store_be(p + 34 + 14, 2, 65535); /* window */
    segments->frame = tapir_frame_of(tapir_span_of(p, SEGMENT_HEADERS), TAPIR_LINK_TYPE_ETHERNET);
    segments->frame.has_time = true;
}

/* Makes the next one: from the client (`way` 0) or the server, its data zeroes or what was put
 * behind the headers. */
static inline void segments_next(struct segments *segments, const struct ends *ends, unsigned way,
    uint32_t seq, uint32_t ack, unsigned flags, uint32_t len)
{
    uint8_t *p = segments->bytes;

    tapir_store_be(p + 14 + 2, 2, 40 + len);
    tapir_store_be(p + 14 + 12, 4, ends->address[way]);
    tapir_store_be(p + 14 + 16, 4, ends->address[!way]);
    tapir_store_be(p + 34, 2, ends->port[way]);
    tapir_store_be(p + 34 + 2, 2, ends->port[!way]);
    tapir_store_be(p + 34 + 4, 4, seq);
    tapir_store_be(p + 34 + 8, 4, ack);
    p[34 + 13] = (uint8_t)flags;
    segments->frame.caplen = segments->frame.len = SEGMENT_HEADERS + len;
    segments->frame.number++;
}

#endif
