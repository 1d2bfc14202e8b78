/* What the programs that build packets share: what is in the packets, and the loop that is timed.
 */
#ifndef BENCH_PACKETS_H
#define BENCH_PACKETS_H

#include "measure.h"

/* tcp: Ethernet, IPv4, TCP, 512 bytes. vxlan: the same inside Ethernet, IPv4, UDP, VXLAN. udp6:
 * Ethernet, IPv6, UDP, 64 bytes. Numbers from 0 on go into the sequence number and both
 * identifications, or into flow label and source port. */
#define TCP_PAYLOAD     512
#define UDP_PAYLOAD     64
#define BUILT           200000 /* packets in a pass */
#define TTL             64
#define SRC_PORT        40000
#define DST_PORT        443
#define TUNNEL_SRC_PORT 50000
#define VNI             100
#define FLOW_LABEL_MASK 0xfffff

static const uint8_t src_mac[6] = {2, 0, 0, 0, 0, 1}, dst_mac[6] = {2, 0, 0, 0, 0, 2};
static const uint8_t src_ip[4] = {10, 0, 0, 1}, dst_ip[4] = {10, 0, 0, 2};
static const uint8_t src_ip6[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
static const uint8_t dst_ip6[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
static const uint8_t tunnel_src_mac[6] = {2, 0, 0, 0, 1, 1}, tunnel_dst_mac[6] = {2, 0, 0, 0, 1, 2};
static const uint8_t tunnel_src_ip[4] = {192, 0, 2, 1}, tunnel_dst_ip[4] = {192, 0, 2, 2};

static inline void make_payload(uint8_t *to, size_t len)
{
    for (size_t i = 0; i < len; i++)
        to[i] = (uint8_t)(i * 167 + 13);
}

/* Builds packets 0 to count - 1. The sum is that of every 1024th of them. */
static inline __attribute__((always_inline)) uint64_t build_all(
    size_t count, struct frame (*build)(void *, uint32_t), void *context)
{
    uint64_t sum = 0;

    for (uint32_t number = 0; number < count; number++) {
        struct frame built = build(context, number);
        __asm__ volatile("" : : "r"(built.data) : "memory"); /* somebody may look at it */
        if (number % 1024 == 0)
            sum = digest(sum, built.data, built.len);
    }
    return sum;
}

/* Times a pass that builds as many packets as the capture it is given has. */
static inline void measure_building(
    int passes, uint64_t (*pass)(const struct capture *, void *), void *context)
{
    struct capture capture = {NULL, NULL, BUILT};

    measure(&capture, passes, pass, context);
}

#endif
