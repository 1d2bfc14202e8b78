/* Builds a UDP packet and sends it on an interface. usage: send INTERFACE MAC ADDRESS PORT TEXT */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "tapir/tapir.h"

static bool parse_mac(const char *text, uint8_t mac[6])
{
    unsigned byte[6];
    int len = 0;

    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1], &byte[2], &byte[3], &byte[4],
            &byte[5], &len) != 6 ||
        text[len])
        return false;
    for (int i = 0; i < 6; i++)
        mac[i] = (uint8_t)byte[i];
    return true;
}

/* Sends one frame and tells what has become of it. */
static int send_bytes(const char *interface, tapir_span bytes)
{
    static tapir_frame frame;
    tapir_send_stats stats;
    tapir_status status;
    tapir_error error;
    tapir_sink *sink;

    if (tapir_send_open(&sink, interface, NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "send: %s\n", error.message);
        return 1;
    }
    frame.data = bytes.data;
    frame.caplen = frame.len = (uint32_t)bytes.len;
    frame.link_type = TAPIR_LINK_TYPE_ETHERNET;
    status = tapir_sink_write(sink, &frame);
    if (status == TAPIR_OK)
        status = tapir_send_wait(sink, 0); /* until the interface has taken it */
    if (status != TAPIR_OK)
        fprintf(stderr, "send: %s\n", tapir_sink_error(sink)->message);
    tapir_send_stats_get(sink, &stats);
    printf("%llu of 1 packets sent by %s\n", (unsigned long long)stats.sent_packets,
        tapir_send_method_name(tapir_send_method_of(sink)));
    tapir_sink_close(sink, NULL);
    return status != TAPIR_OK;
}

int main(int argc, char **argv)
{
    struct tapir_ethernet ethernet;
    struct tapir_ipv4 ip;
    struct tapir_udp udp;
    struct tapir_data payload;
    const tapir_stack_layer layers[] = {TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(ipv4, &ip),
        TAPIR_LAYER(udp, &udp), TAPIR_LAYER(data, &payload)};
    static tapir_build_options options;
    uint8_t room[2048];
    tapir_span built;
    tapir_error error;

    /* Lengths, checksums and types are filled in; what is not set has the usual value. */
    tapir_layer_init(&tapir_ethernet_proto, &ethernet);
    tapir_layer_init(&tapir_ipv4_proto, &ip);
    tapir_layer_init(&tapir_udp_proto, &udp);
    tapir_layer_init(&tapir_data_proto, &payload);
    if (argc != 6 || !parse_mac(argv[2], ethernet.dst) ||
        inet_pton(AF_INET, argv[3], ip.dst) != 1) {
        fprintf(stderr, "usage: send INTERFACE MAC ADDRESS PORT TEXT\n");
        return 2;
    }
    ethernet.src[0] = 2; /* an address that is nobody's */
    ip.src[0] = 192;
    ip.src[2] = 2;
    ip.src[3] = 1;
    udp.src_port = 50000;
    udp.dst_port = (uint16_t)atoi(argv[4]);
    payload.bytes = tapir_span_of(argv[5], strlen(argv[5]));
    options.size = sizeof options;
    options.ethernet_pad = true;
    if (tapir_build(layers, TAPIR_COUNT(layers), &options, room, sizeof room, &built, &error) !=
        TAPIR_OK) {
        fprintf(stderr, "send: %s\n", error.message);
        return 1;
    }
    return send_bytes(argv[1], built);
}
