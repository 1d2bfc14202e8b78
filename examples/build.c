/* Builds a TCP segment with options inside a VXLAN tunnel and writes it to a capture file.
 * usage: build OUT */
#include <stdio.h>

#include "tapir/tapir.h"

static void set_address(uint8_t address[4], uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    address[0] = a;
    address[1] = b;
    address[2] = c;
    address[3] = d;
}

/* What the structs say is all that is not filled in. */
static void set_outside(struct tapir_ipv4 *ip, struct tapir_udp *udp, struct tapir_vxlan *vxlan)
{
    tapir_layer_init(&tapir_ipv4_proto, ip);
    set_address(ip->src, 192, 0, 2, 1);
    set_address(ip->dst, 192, 0, 2, 2);
    tapir_layer_init(&tapir_udp_proto, udp);
    udp->src_port = 50000;
    udp->dst_port = 4789;
    tapir_layer_init(&tapir_vxlan_proto, vxlan);
    vxlan->vni = 42;
}

static void set_inside(struct tapir_ipv4 *ip, struct tapir_tcp *tcp, tapir_span options)
{
    tapir_layer_init(&tapir_ipv4_proto, ip);
    set_address(ip->src, 10, 0, 0, 1);
    set_address(ip->dst, 10, 0, 0, 2);
    ip->ttl = 3;
    tapir_layer_init(&tapir_tcp_proto, tcp);
    tcp->src_port = 40000;
    tcp->dst_port = 80;
    tcp->seq = 1000;
    tcp->flags = TAPIR_TCP_SYN;
    tcp->options = options;
}

/* One option after the other; what does not fit fails the writer. */
static tapir_span make_options(uint8_t *room, size_t size)
{
    tapir_writer w = tapir_writer_of(room, size);

    tapir_tcp_put_mss(&w, 1460);
    tapir_tcp_put_sack_permitted(&w);
    tapir_tcp_put_timestamps(&w, 1, 0);
    tapir_tcp_put_nop(&w);
    tapir_tcp_put_window_scale(&w, 7);
    return tapir_written(&w, room);
}

static int write_packet(const char *path, tapir_span bytes)
{
    static tapir_sink_options options;
    tapir_frame frame = tapir_frame_of(bytes, TAPIR_LINK_TYPE_ETHERNET);
    tapir_sink *sink;
    tapir_error error;

    options.size = sizeof options;
    options.link_type = TAPIR_LINK_TYPE_ETHERNET;
    options.format = TAPIR_FORMAT_AUTO; /* by the name: .pcapng, .pcap.gz ... */
    options.compression = TAPIR_COMPRESSION_AUTO;
    if (tapir_sink_open_file(&sink, path, &options, &error) != TAPIR_OK) {
        fprintf(stderr, "build: %s\n", error.message);
        return 1;
    }
    frame.has_time = true; /* 1970 */
    if (tapir_sink_write(sink, &frame) != TAPIR_OK)
        fprintf(stderr, "build: %s\n", tapir_sink_error(sink)->message);
    if (tapir_sink_close(sink, &error) != TAPIR_OK) {
        fprintf(stderr, "build: %s\n", error.message);
        return 1;
    }
    printf("%zu bytes in %s\n", bytes.len, path);
    return 0;
}

int main(int argc, char **argv)
{
    struct tapir_ethernet ethernet, inner_ethernet;
    struct tapir_ipv4 ip, inner_ip;
    struct tapir_udp udp;
    struct tapir_vxlan vxlan;
    struct tapir_tcp tcp;
    const tapir_stack_layer layers[] = {TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(ipv4, &ip),
        TAPIR_LAYER(udp, &udp), TAPIR_LAYER(vxlan, &vxlan), TAPIR_LAYER(ethernet, &inner_ethernet),
        TAPIR_LAYER(ipv4, &inner_ip), TAPIR_LAYER(tcp, &tcp)};
    uint8_t options[40], room[256];
    tapir_span built;
    tapir_error error;

    if (argc != 2) {
        fprintf(stderr, "usage: build OUT\n");
        return 2;
    }
    tapir_layer_init(&tapir_ethernet_proto, &ethernet);
    tapir_layer_init(&tapir_ethernet_proto, &inner_ethernet);
    set_outside(&ip, &udp, &vxlan);
    set_inside(&inner_ip, &tcp, make_options(options, sizeof options));
    if (tapir_build(layers, TAPIR_COUNT(layers), NULL, room, sizeof room, &built, &error) !=
        TAPIR_OK) {
        fprintf(stderr, "build: %s\n", error.message);
        return 1;
    }
    return write_packet(argv[1], built);
}
