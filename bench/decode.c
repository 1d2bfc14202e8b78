/* tapir's side: the same values as peers/walk.c reads, out of decoded layers; allocations counted.
 */
#include "allocations.h"
#include "peers/measure.h"
#include "tapir/tapir.h"

static uint64_t sum_ipv4(const struct tapir_ipv4 *ip)
{
    return tapir_load_be(ip->src, 4) + tapir_load_be(ip->dst, 4);
}

static uint64_t sum_ipv6(const struct tapir_ipv6 *ip)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < 16; i += 4)
        sum += tapir_load_be(ip->src + i, 4) + tapir_load_be(ip->dst + i, 4);
    return sum;
}

static uint64_t sum_arp(const struct tapir_arp *arp)
{
    if (arp->src_protocol.len != 4 || arp->dst_protocol.len != 4)
        return 0;
    return tapir_load_be(arp->src_protocol.data, 4) + tapir_load_be(arp->dst_protocol.data, 4);
}

static uint64_t sum_ports(const tapir_layer *layer, uint16_t src_port, uint16_t dst_port)
{
    return (uint64_t)src_port + dst_port + layer->payload_len;
}

/* Sums up the innermost headers, from the inside out. */
static __attribute__((noinline)) uint64_t sum_seldom(
    const tapir_layer *layers, const tapir_layer *layer)
{
    uint64_t sum = 0;

    for (; layer >= layers; layer--) {
        const tapir_proto *proto = layer->proto;
        if (proto == &tapir_ipv6_proto) {
            return sum + sum_ipv6(layer->fields);
        } else if (proto == &tapir_ipv4_proto) {
            return sum + sum_ipv4(layer->fields);
        } else if (proto == &tapir_udp_proto) {
            const struct tapir_udp *udp = layer->fields;
            sum += sum_ports(layer, udp->src_port, udp->dst_port);
        } else if (proto == &tapir_arp_proto) {
            return sum + sum_arp(layer->fields);
        } else if (proto == &tapir_icmp_proto) {
            const struct tapir_icmp *icmp = layer->fields;
            sum += (uint64_t)icmp->type << 8 | icmp->code;
        } else if (proto == &tapir_icmpv6_proto) {
            const struct tapir_icmpv6 *icmpv6 = layer->fields;
            sum += (uint64_t)icmpv6->type << 8 | icmpv6->code;
        }
    }
    return sum;
}

/* The same, the usual headers first. */
static inline uint64_t sum_layers(const tapir_layer *layers, size_t count)
{
    const tapir_layer *layer = layers + count - 1;
    uint64_t sum = 0;

    if (layer->proto == &tapir_tcp_proto) {
        const struct tapir_tcp *tcp = layer->fields;
        sum = sum_ports(layer, tcp->src_port, tcp->dst_port) + tcp->seq;
        layer--;
    }
    return sum + (layer->proto == &tapir_ipv4_proto ? sum_ipv4(layer->fields)
                                                    : sum_seldom(layers, layer));
}

/* Frames fetched into the cache while earlier ones are decoded. */
#define AHEAD 8

/* Makes `frame` the index-th of the capture. */
static inline void take_frame(tapir_frame *frame, const struct capture *capture, size_t index)
{
    const struct frame *taken = &capture->frames[index];

    if (index + AHEAD < capture->count)
        tapir_frame_prefetch(taken[AHEAD].data);
    frame->data = taken->data;
    frame->caplen = frame->len = taken->len;
}

static uint64_t decode_all(const struct capture *capture, void *user)
{
    tapir_frame frame = {.link_type = TAPIR_LINK_TYPE_ETHERNET};
    tapir_packet *packet = user;
    uint64_t sum = 0;
    size_t count;

    for (size_t i = 0; i < capture->count; i++) {
        take_frame(&frame, capture, i);
        tapir_packet_decode(packet, &frame);
        const tapir_layer *layers = tapir_packet_so_far(packet, &count);
        /* Not a branch: whether a packet has a payload cannot be predicted. */
        count -= layers[count - 1].proto == &tapir_data_proto;
        sum += sum_layers(layers, count);
    }
    return sum;
}

/* Lazily, to the outermost network layer. */
static uint64_t decode_network(const struct capture *capture, void *user)
{
    tapir_frame frame = {.link_type = TAPIR_LINK_TYPE_ETHERNET};
    tapir_packet *packet = user;
    uint64_t sum = 0;

    for (size_t i = 0; i < capture->count; i++) {
        take_frame(&frame, capture, i);
        tapir_packet_start(packet, &frame);
        const tapir_layer *layer = tapir_packet_network(packet);
        sum += layer ? sum_layers(layer, 1) : 0;
    }
    return sum;
}

/* A known stack into structs of our own; a tunnel's inner headers take the place of the outer. */
static uint64_t decode_known(const struct capture *capture, void *user)
{
    tapir_frame frame = {.link_type = TAPIR_LINK_TYPE_ETHERNET};
    struct tapir_ethernet ethernet;
    struct tapir_vlan vlan, vlan_service;
    struct tapir_arp arp;
    struct tapir_ipv4 ipv4;
    struct tapir_ipv6 ipv6;
    struct tapir_tcp tcp;
    struct tapir_udp udp;
    struct tapir_icmp icmp;
    struct tapir_icmpv6 icmpv6;
    struct tapir_gre gre;
    struct tapir_vxlan vxlan;
    const tapir_parser_slot slots[] = {
        {&tapir_ethernet_proto, &ethernet},
        {&tapir_ipv4_proto, &ipv4},
        {&tapir_tcp_proto, &tcp},
        {&tapir_ipv6_proto, &ipv6},
        {&tapir_udp_proto, &udp},
        {&tapir_vlan_proto, &vlan},
        {&tapir_vlan_service_proto, &vlan_service},
        {&tapir_icmp_proto, &icmp},
        {&tapir_icmpv6_proto, &icmpv6},
        {&tapir_arp_proto, &arp},
        {&tapir_gre_proto, &gre},
        {&tapir_vxlan_proto, &vxlan},
    };
    tapir_layer layers[16];
    tapir_parsed parsed = {.layers = layers, .room = TAPIR_COUNT(layers)};
    tapir_parser parser;
    uint64_t sum = 0;

    (void)user;
    tapir_parser_init(&parser, NULL, &tapir_ethernet_proto, slots, TAPIR_COUNT(slots));
    for (size_t i = 0; i < capture->count; i++) {
        take_frame(&frame, capture, i);
        if (tapir_parser_decode(&parser, &frame, &parsed) == TAPIR_OK)
            sum += sum_layers(layers, parsed.count);
    }
    return sum;
}

/* Reads a file; with a packet it decodes all layers of every frame, too. */
static void read_file(const char *path, tapir_packet *packet)
{
    const size_t warm = 1000;
    tapir_error error;
    tapir_source *source;
    tapir_status status;
    tapir_frame frame;
    uint64_t sum = 0, layers = 0, warm_allocations = 0;
    size_t packets = 0, count = 0;
    double start = now_ns();

    if (tapir_source_open_file(&source, path, NULL, &error) != TAPIR_OK)
        fail(path, error.message);
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        sum += frame.caplen;
        if (++packets == warm)
            warm_allocations = allocations;
        if (packet) {
            tapir_packet_decode(packet, &frame);
            tapir_packet_so_far(packet, &count);
            layers += count;
        }
    }
    if (status != TAPIR_END)
        fail(path, tapir_source_error(source)->message);
    printf("allocations=%llu layers=%llu ",
        (unsigned long long)(packets > warm ? allocations - warm_allocations : 0),
        (unsigned long long)layers);
    tapir_source_close(source);
    report(now_ns() - start, packets, sum);
}

static void decode_memory(
    const char *path, int passes, uint64_t (*pass)(const struct capture *, void *))
{
    tapir_packet *packet = tapir_packet_new(NULL);
    struct capture capture = load(path);
    uint64_t before;

    if (!packet)
        fail("tapir", "out of memory");
    pass(&capture, packet); /* warms up: what grows has grown */
    before = allocations;
    measure(&capture, passes, pass, packet);
    printf("allocations=%llu\n", (unsigned long long)(allocations - before));
    unload(&capture);
    tapir_packet_free(packet);
}

int main(int argc, char **argv)
{
    const char *mode = argc >= 3 ? argv[1] : "";
    int passes = argc == 4 ? atoi(argv[3]) : 0;

    if (passes && strcmp(mode, "all") == 0) {
        decode_memory(argv[2], passes, decode_all);
    } else if (passes && strcmp(mode, "network") == 0) {
        decode_memory(argv[2], passes, decode_network);
    } else if (passes && strcmp(mode, "known") == 0) {
        decode_memory(argv[2], passes, decode_known);
    } else if (argc == 3 && strcmp(mode, "read") == 0) {
        tapir_packet *packet = tapir_packet_new(NULL);
        if (!packet)
            fail("tapir", "out of memory");
        read_file(argv[2], packet);
        tapir_packet_free(packet);
    } else if (argc == 3 && strcmp(mode, "count") == 0) {
        read_file(argv[2], NULL);
    } else {
        fail("usage", "decode all|network|known FILE PASSES | decode read|count FILE");
    }
    return 0;
}
