/* tapir builds the packets that peers/packets.h describes; allocations counted. */
#include "allocations.h"
#include "peers/packets.h"
#include "tapir/tapir.h"

/* All layers there are, and the stacks made of them. */
struct stacks {
    struct tapir_ethernet ethernet, tunnel_ethernet;
    struct tapir_ipv4 ip, tunnel_ip;
    struct tapir_ipv6 ip6;
    struct tapir_tcp tcp;
    struct tapir_udp udp, tunnel_udp;
    struct tapir_vxlan vxlan;
    struct tapir_data data, short_data;
    tapir_stack_layer tunnel[8];
    const tapir_stack_layer *tcp_stack; /* the inner part of it */
    tapir_stack_layer udp6[4];
    tapir_builder *builder;
    tapir_error error;
    /* Where a copy is fastest, as for the other contenders. */
    _Alignas(64) uint8_t payload[TCP_PAYLOAD];
    _Alignas(64) uint8_t buffer[2048];
};

static void fill_ipv4(struct tapir_ipv4 *ip, const uint8_t *src, const uint8_t *dst)
{
    tapir_layer_init(&tapir_ipv4_proto, ip);
    memcpy(ip->src, src, 4);
    memcpy(ip->dst, dst, 4);
}

static void fill_ethernet(struct tapir_ethernet *ethernet, const uint8_t *src, const uint8_t *dst)
{
    tapir_layer_init(&tapir_ethernet_proto, ethernet);
    memcpy(ethernet->src, src, 6);
    memcpy(ethernet->dst, dst, 6);
}

static void fill_stacks(struct stacks *s)
{
    make_payload(s->payload, TCP_PAYLOAD);
    s->data.bytes = tapir_span_of(s->payload, TCP_PAYLOAD);
    s->short_data.bytes = tapir_span_of(s->payload, UDP_PAYLOAD);
    fill_ethernet(&s->ethernet, src_mac, dst_mac);
    fill_ethernet(&s->tunnel_ethernet, tunnel_src_mac, tunnel_dst_mac);
    fill_ipv4(&s->ip, src_ip, dst_ip);
    fill_ipv4(&s->tunnel_ip, tunnel_src_ip, tunnel_dst_ip);
    tapir_layer_init(&tapir_ipv6_proto, &s->ip6);
    memcpy(s->ip6.src, src_ip6, 16);
    memcpy(s->ip6.dst, dst_ip6, 16);
    tapir_layer_init(&tapir_tcp_proto, &s->tcp);
    s->tcp.src_port = SRC_PORT;
    s->tcp.dst_port = DST_PORT;
    s->tcp.ack = 1;
    s->tcp.flags = TAPIR_TCP_PSH | TAPIR_TCP_ACK;
    tapir_layer_init(&tapir_udp_proto, &s->udp);
    s->udp.dst_port = DST_PORT;
    tapir_layer_init(&tapir_udp_proto, &s->tunnel_udp);
    s->tunnel_udp.src_port = TUNNEL_SRC_PORT;
    s->tunnel_udp.dst_port = 4789;
    tapir_layer_init(&tapir_vxlan_proto, &s->vxlan);
    s->vxlan.vni = VNI;

    const tapir_stack_layer tunnel[] = {TAPIR_LAYER(ethernet, &s->tunnel_ethernet),
        TAPIR_LAYER(ipv4, &s->tunnel_ip), TAPIR_LAYER(udp, &s->tunnel_udp),
        TAPIR_LAYER(vxlan, &s->vxlan), TAPIR_LAYER(ethernet, &s->ethernet),
        TAPIR_LAYER(ipv4, &s->ip), TAPIR_LAYER(tcp, &s->tcp), TAPIR_LAYER(data, &s->data)};
    const tapir_stack_layer udp6[] = {TAPIR_LAYER(ethernet, &s->ethernet),
        TAPIR_LAYER(ipv6, &s->ip6), TAPIR_LAYER(udp, &s->udp), TAPIR_LAYER(data, &s->short_data)};

    memcpy(s->tunnel, tunnel, sizeof tunnel);
    s->tcp_stack = s->tunnel + 4;
    memcpy(s->udp6, udp6, sizeof udp6);
}

/* Into our buffer, or that of a builder. */
static inline struct frame build(
    struct stacks *s, const tapir_stack_layer *layers, size_t count, bool grows)
{
    tapir_span built;
    tapir_status status =
        grows ? tapir_builder_build(s->builder, layers, count, NULL, &built, &s->error)
              : tapir_build(layers, count, NULL, s->buffer, sizeof s->buffer, &built, &s->error);

    if (status != TAPIR_OK)
        fail("tapir", s->error.message);
    return (struct frame){built.data, (uint32_t)built.len};
}

static inline struct frame tcp_one(struct stacks *s, uint32_t number, bool grows)
{
    s->tcp.seq = number;
    s->ip.id = (uint16_t)number;
    return build(s, s->tcp_stack, 4, grows);
}

static inline struct frame vxlan_one(struct stacks *s, uint32_t number, bool grows)
{
    s->tcp.seq = number;
    s->ip.id = s->tunnel_ip.id = (uint16_t)number;
    return build(s, s->tunnel, 8, grows);
}

static inline struct frame udp6_one(struct stacks *s, uint32_t number, bool grows)
{
    s->ip6.flow_label = number & FLOW_LABEL_MASK;
    s->udp.src_port = (uint16_t)number;
    return build(s, s->udp6, 4, grows);
}

#define WAY(name, one, grows)                                                                      \
    static inline struct frame name##_one(void *context, uint32_t number)                          \
    {                                                                                              \
        return one((struct stacks *)context, number, grows);                                       \
    }                                                                                              \
    static uint64_t name(const struct capture *capture, void *context)                             \
    {                                                                                              \
        return build_all(capture->count, name##_one, context);                                     \
    }

WAY(tcp_buffer, tcp_one, false)
WAY(tcp_builder, tcp_one, true)
WAY(vxlan_buffer, vxlan_one, false)
WAY(vxlan_builder, vxlan_one, true)
WAY(udp6_buffer, udp6_one, false)
WAY(udp6_builder, udp6_one, true)

static const struct {
    const char *stack, *way;
    uint64_t (*pass)(const struct capture *, void *);
} modes[] = {
    {"tcp", "buffer", tcp_buffer},
    {"tcp", "builder", tcp_builder},
    {"vxlan", "buffer", vxlan_buffer},
    {"vxlan", "builder", vxlan_builder},
    {"udp6", "buffer", udp6_buffer},
    {"udp6", "builder", udp6_builder},
};

int main(int argc, char **argv)
{
    static struct stacks stacks;
    const struct capture few = {NULL, NULL, 1};
    uint64_t before;

    fill_stacks(&stacks);
    stacks.builder = tapir_builder_new();
    if (!stacks.builder)
        fail("tapir", "out of memory");
    for (size_t i = 0; argc == 4 && i < TAPIR_COUNT(modes); i++)
        if (strcmp(argv[1], modes[i].stack) == 0 && strcmp(argv[2], modes[i].way) == 0) {
            modes[i].pass(&few, &stacks); /* warms up: what grows has grown */
            before = allocations;
            measure_building(atoi(argv[3]), modes[i].pass, &stacks);
            printf("allocations=%llu\n", (unsigned long long)(allocations - before));
            tapir_builder_free(stacks.builder);
            return 0;
        }
    fail("usage", "build tcp|vxlan|udp6 buffer|builder PASSES");
}
