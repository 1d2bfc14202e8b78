/* Makes a packet of empty layers: lengths, types, checksums and the usual values of everything else
 * are filled in. usage: craft_empty */
#include <stdio.h>

#include "tapir/tapir.h"

int main(void)
{
    struct tapir_ethernet ethernet;
    struct tapir_ipv4 ip;
    struct tapir_udp udp;
    const tapir_stack_layer layers[] = {
        TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(udp, &udp)};
    const size_t count = TAPIR_COUNT(layers);
    uint8_t room[128];
    tapir_packet *packet = tapir_packet_new(NULL);
    static tapir_text text;
    tapir_frame frame;
    tapir_span built;
    tapir_error error;

    /* Version 4, 64 hops ... and zeroes where nothing is usual. */
    tapir_layer_init(&tapir_ethernet_proto, &ethernet);
    tapir_layer_init(&tapir_ipv4_proto, &ip);
    tapir_layer_init(&tapir_udp_proto, &udp);
    if (!packet ||
        tapir_build(layers, count, NULL, room, sizeof room, &built, &error) != TAPIR_OK) {
        fprintf(stderr, "craft_empty: %s\n", packet ? error.message : "out of memory");
        return 1;
    }
    tapir_hex_text(&text, built, 0, 0);

    /* It is a whole packet: decoded again, everything fits together. */
    frame = tapir_frame_of(built, TAPIR_LINK_TYPE_ETHERNET);
    tapir_packet_start(packet, &frame);
    tapir_tree_packet(&text, packet, NULL);
    fputs(tapir_text_string(&text), stdout);

    tapir_text_clear(&text);
    tapir_packet_free(packet);
    return 0;
}
