/* A socket of AF_PACKET with its ring, and what it is bound to. */
#ifndef TAPIR_CAPTURE_AFPACKET_H
#define TAPIR_CAPTURE_AFPACKET_H

#include "live.h"

struct tapir__packet_ring {
    int fd; /* -1: closed */
    uint8_t *map;
    size_t map_len, block_len;
    uint32_t block_count, block_timeout; /* ms */
    bool cooked;                         /* SOCK_DGRAM: frames come without a link header */
    bool looks_at_direction;             /* frames have to be sorted out by it */
    int loopback;                        /* index of the loopback interface, 0 when there is none */
    uint16_t fanout_id;
};

/* Opens a ring for what the options say, and sets the link type of `live`. On failure the ring is
 * closed. */
tapir_status tapir__packet_ring_open(
    struct tapir__packet_ring *ring, tapir__live *live, tapir_error *error);

void tapir__packet_ring_close(struct tapir__packet_ring *ring);

/* Keeps everything out, as a filter that matches nothing. */
tapir_status tapir__packet_ring_keep_out(
    struct tapir__packet_ring *ring, const tapir__live *live, tapir_error *error);

/* Attaches the filter. */
tapir_status tapir__packet_ring_filter(struct tapir__packet_ring *ring, const tapir__live *live,
    const tapir_filter *filter, tapir_error *error);

/* Tells whether a ring can do what the options ask for. */
bool tapir__packet_ring_suits(const char *interface, const tapir_capture_options *options);

#endif
