/* TCP segments made into frames, for what tests reassembly. */
#ifndef TAPIR_TESTS_SEGMENTS_H
#define TAPIR_TESTS_SEGMENTS_H

#include "tapir/protocols.h"
#include "tapir/reassembly.h"
#include "tapir/tapir.h"

enum { SEGMENT_ROOM = 70000, SEGMENT_MOST_OUTSIDE = 12 };

/* A segment between two hosts that are known by a number each. */
struct segment {
    uint32_t client, server; /* 10.x.y.z, or fd00::10.x.y.z */
    uint16_t client_port, server_port;
    tapir_way way;
    bool ipv6;
    uint32_t seq, ack;
    uint16_t flags, window, urgent;
    tapir_span options, data;
    /* What stands in front of IP; none: Ethernet. */
    const tapir_stack_layer *outside;
    size_t outside_count;
};

static inline void segment_ipv4_address(uint8_t address[4], uint32_t host)
{
    tapir_store_be(address, 4, 0x0a000000 | (host & 0xffffff));
}

static inline void segment_ipv6_address(uint8_t address[16], uint32_t host)
{
    memset(address, 0, 16);
    address[0] = 0xfd;
    tapir_store_be(address + 12, 4, 0x0a000000 | (host & 0xffffff));
}

/* Builds it at the end of `room`; false when it does not fit. */
static inline bool segment_build(
    const struct segment *segment, uint8_t *room, size_t room_len, tapir_span *built)
{
    static const struct tapir_ethernet ethernet = {
        .dst = {2, 0, 0, 0, 0, 1}, .src = {2, 0, 0, 0, 0, 2}};
    tapir_stack_layer stack[SEGMENT_MOST_OUTSIDE + 4];
    size_t count = 0;
    struct tapir_ipv4 ipv4;
    struct tapir_ipv6 ipv6;
    struct tapir_tcp tcp;
    const struct tapir_data data = {.bytes = segment->data};
    const bool forward = segment->way == TAPIR_FORWARD;
    const uint32_t src = forward ? segment->client : segment->server;
    const uint32_t dst = forward ? segment->server : segment->client;

    for (; count < segment->outside_count && count < SEGMENT_MOST_OUTSIDE; count++)
        stack[count] = segment->outside[count];
    if (!count)
        stack[count++] = (tapir_stack_layer)TAPIR_LAYER(ethernet, &ethernet);
    if (segment->ipv6) {
        tapir_layer_init(&tapir_ipv6_proto, &ipv6);
        segment_ipv6_address(ipv6.src, src);
        segment_ipv6_address(ipv6.dst, dst);
        stack[count++] = (tapir_stack_layer)TAPIR_LAYER(ipv6, &ipv6);
    } else {
        tapir_layer_init(&tapir_ipv4_proto, &ipv4);
        segment_ipv4_address(ipv4.src, src);
        segment_ipv4_address(ipv4.dst, dst);
        stack[count++] = (tapir_stack_layer)TAPIR_LAYER(ipv4, &ipv4);
    }
    tapir_layer_init(&tapir_tcp_proto, &tcp);
    tcp.src_port = forward ? segment->client_port : segment->server_port;
    tcp.dst_port = forward ? segment->server_port : segment->client_port;
    tcp.seq = segment->seq;
    tcp.ack = segment->ack;
    tcp.flags = segment->flags;
    tcp.window = segment->window;
    tcp.urgent = segment->urgent;
    tcp.options = segment->options;
    stack[count++] = (tapir_stack_layer)TAPIR_LAYER(tcp, &tcp);
    if (segment->data.len)
        stack[count++] = (tapir_stack_layer)TAPIR_LAYER(data, &data);
    return tapir_build(stack, count, NULL, room, room_len, built, NULL) == TAPIR_OK;
}

#endif
