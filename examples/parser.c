/* The fastest way when the layers are known: decoding into structs of our own, without a packet.
 * Counts the packets of a capture file that are Ethernet, IPv4 and TCP. usage: parser FILE */
#include <inttypes.h>
#include <stdio.h>

#include "tapir/tapir.h"

int main(int argc, char **argv)
{
    struct tapir_ethernet ethernet;
    struct tapir_ipv4 ip;
    struct tapir_tcp tcp;
    const tapir_parser_slot slots[] = {
        {&tapir_ethernet_proto, &ethernet}, {&tapir_ipv4_proto, &ip}, {&tapir_tcp_proto, &tcp}};
    tapir_layer layers[8];
    tapir_parsed parsed = {.layers = layers, .room = TAPIR_COUNT(layers)};
    tapir_parser parser;
    tapir_source *source;
    tapir_frame frame;
    tapir_error error;
    tapir_status status;
    uint64_t tcp_packets = 0, payload = 0, others = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: parser FILE\n");
        return 2;
    }
    if (tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "parser: %s\n", error.message);
        return 1;
    }
    tapir_parser_init(&parser, NULL, &tapir_ethernet_proto, slots, TAPIR_COUNT(slots));
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        /* Which layers there were; the structs hold the last ones. */
        if (tapir_parser_decode(&parser, &frame, &parsed) == TAPIR_OK && parsed.count == 3 &&
            layers[2].proto == &tapir_tcp_proto) {
            tcp_packets++;
            payload += parsed.rest.len;
            printf("%u -> %u, seq %" PRIu32 ", ttl %u, %zu bytes\n", tcp.src_port, tcp.dst_port,
                tcp.seq, ip.ttl, parsed.rest.len);
        } else {
            others++;
            if (parsed.stopped_at)
                printf("stopped at %s\n", parsed.stopped_at->name);
        }
    }
    printf("%" PRIu64 " TCP packets with %" PRIu64 " bytes, %" PRIu64 " others\n", tcp_packets,
        payload, others);
    tapir_source_close(source);
    return status == TAPIR_END ? 0 : 1;
}
