/* Builds stacks of layers of every kind into captures for other programs to read: usage is
 * "stacked DIRECTORY". Writes LINK.pcap for each link, and LINK.txt with the names of each packet's
 * layers. */
#include "tapir/tapir.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_LAYERS = 48, MOST_TUNNELS = 4, FCS_IN_FILE = 0x24000000 /* two words of 16 bits */ };

enum link { ETHERNET, VLAN, QINQ, SLL, SLL2, NULL_LINK, RAW, CHECKED_ETHERNET, LINKS };
enum network { V4, V4_OPTIONS, V6, V6_HOPOPTS, V6_DSTOPTS, V6_SEGMENTS, V6_SOURCE, V6_FRAGMENT };
enum { NETWORKS = V6_FRAGMENT + 1 };
enum tunnel { IPIP, SIX_IN_4, FOUR_IN_6, GRE, GRE_CHECKED, GRE_ETHERNET, VXLAN, TUNNELS };
enum transport { TCP, UDP, ICMP, PAYLOAD, DNS, QUOTE, TRANSPORTS };

static const struct {
    const char *name;
    uint32_t type;
} links[] = {
    [ETHERNET] = {"eth", TAPIR_LINK_TYPE_ETHERNET},
    [VLAN] = {"vlan", TAPIR_LINK_TYPE_ETHERNET},
    [QINQ] = {"qinq", TAPIR_LINK_TYPE_ETHERNET},
    [SLL] = {"sll", TAPIR_LINK_TYPE_LINUX_SLL},
    [SLL2] = {"sll2", TAPIR_LINK_TYPE_LINUX_SLL2},
    [NULL_LINK] = {"null", TAPIR_LINK_TYPE_NULL},
    [RAW] = {"raw", TAPIR_LINK_TYPE_RAW},
    [CHECKED_ETHERNET] = {"fcs", TAPIR_LINK_TYPE_ETHERNET | FCS_IN_FILE},
};

static union {
    uint8_t bytes[TAPIR_STRUCT_MAX];
    uint64_t align;
    void *align_pointer;
} fields[MOST_LAYERS];
static tapir_stack_layer layers[MOST_LAYERS];
static size_t layer_count;
static unsigned packets;
static FILE *capture, *names;
static tapir_builder *builder;
static enum link link_now;
static const uint8_t payload[] = {0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88, 0x77};

/* Adds a layer with its usual values and returns its struct. */
static void *add(const tapir_proto *proto)
{
    void *made = fields[layer_count].bytes;

    tapir_layer_init(proto, made);
    layers[layer_count] = (tapir_stack_layer){.proto = proto, .fields = made};
    layer_count++;
    return made;
}
#define ADD(name) add(&tapir_##name##_proto)

/* Bytes of their own for each packet and layer. */
static void address(uint8_t *to, size_t len, uint8_t first)
{
    memset(to, 0, len);
    to[0] = first;
    to[len - 2] = (uint8_t)packets;
    to[len - 1] = (uint8_t)(layer_count * 2 + 1);
}

static void add_ethernet(void)
{
    struct tapir_ethernet *ethernet = ADD(ethernet);

    address(ethernet->dst, 6, 0x02);
    address(ethernet->src, 6, 0x06);
}

static void add_link(void)
{
    switch (link_now) {
    case SLL:
        ADD(sll);
        return;
    case SLL2:
        ADD(sll2);
        return;
    case NULL_LINK: /* in the order of this machine, which is scapy's */
        ((struct tapir_null *)ADD(null))->little_endian = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
        return;
    case RAW:
        ADD(raw);
        return;
    default:
        add_ethernet();
        break;
    }
    if (link_now == QINQ)
        ((struct tapir_vlan *)ADD(vlan_service))->id = 7;
    if (link_now == QINQ || link_now == VLAN)
        ((struct tapir_vlan *)ADD(vlan))->id = 77;
}

static void add_route(uint8_t type)
{
    static const uint8_t segments[4 + 32] = {[0] = 1, [4] = 0x20, [19] = 9, [20] = 0x30, [35] = 8},
                                      source[4 + 16] = {[4] = 0x20, [19] = 7};
    struct tapir_ipv6_routing *routing = ADD(ipv6_routing);

    routing->type = type;
    routing->segments_left = 1;
    routing->data =
        type ? tapir_span_of(segments, sizeof segments) : tapir_span_of(source, sizeof source);
}

static void add_network(enum network network)
{
    static const uint8_t alert[] = {0x94, 4, 0, 0, 1, 1}, jump[] = {5, 2, 0, 0};

    if (network <= V4_OPTIONS) {
        struct tapir_ipv4 *ip = ADD(ipv4);
        address(ip->src, 4, 10);
        address(ip->dst, 4, 11);
        ip->id = (uint16_t)packets;
        ip->protocol = 253;
        if (network == V4_OPTIONS)
            ip->options = tapir_span_of(alert, sizeof alert);
    } else {
        struct tapir_ipv6 *ip = ADD(ipv6);
        address(ip->src, 16, 0x20);
        address(ip->dst, 16, 0x24);
        ip->next_header = 253;
    }
    switch (network) {
    case V6_HOPOPTS: {
        struct tapir_ipv6_hopopts *header = ADD(ipv6_hopopts);
        header->next_header = 253;
        header->options = tapir_span_of(jump, sizeof jump);
        break;
    }
    case V6_DSTOPTS:
        ((struct tapir_ipv6_dstopts *)ADD(ipv6_dstopts))->next_header = 253;
        break;
    case V6_SEGMENTS:
        add_route(TAPIR_IPV6_ROUTING_SEGMENT);
        ((struct tapir_ipv6_routing *)(void *)fields[layer_count - 1].bytes)->next_header = 253;
        break;
    case V6_SOURCE:
        add_route(TAPIR_IPV6_ROUTING_SOURCE);
        ((struct tapir_ipv6_routing *)(void *)fields[layer_count - 1].bytes)->next_header = 253;
        break;
    case V6_FRAGMENT: {
        struct tapir_ipv6_fragment *fragment = ADD(ipv6_fragment);
        fragment->next_header = 253;
        fragment->id = 1000 + packets;
        break;
    }
    default:
        break;
    }
}

static void add_gre(uint16_t flags)
{
    struct tapir_gre *gre = ADD(gre);

    gre->flags = flags;
    gre->key = packets;
}

static void add_udp(uint16_t dst_port)
{
    struct tapir_udp *udp = ADD(udp);

    udp->src_port = 40001;
    udp->dst_port = dst_port;
}

static void add_tunnel(enum tunnel tunnel)
{
    switch (tunnel) {
    case GRE:
        add_gre(0);
        break;
    case GRE_CHECKED:
        add_gre(TAPIR_GRE_CHECKSUM | TAPIR_GRE_KEY);
        break;
    case GRE_ETHERNET:
        add_gre(0);
        add_ethernet();
        break;
    case VXLAN:
        add_udp(4789);
        ((struct tapir_vxlan *)ADD(vxlan))->vni = packets;
        add_ethernet();
        break;
    default:
        break;
    }
}

static void add_payload(void)
{
    ((struct tapir_data *)ADD(data))->bytes = tapir_span_of(payload, 1 + packets % sizeof payload);
}

/* An error about a datagram, with extensions behind it. */
static void add_quote(bool is_v4)
{
    static const uint8_t extension[] = {
        0x20, 0x00, 0x00, 0x00, 0x00, 0x08, 0x01, 0x01, 0x00, 0x01, 0x01, 0x40};

    if (is_v4) {
        struct tapir_icmp *icmp = ADD(icmp);
        icmp->type = TAPIR_ICMP_TIME_EXCEEDED;
        icmp->extensions = tapir_span_of(extension, sizeof extension);
    } else {
        struct tapir_icmpv6 *icmp = ADD(icmpv6);
        icmp->type = TAPIR_ICMPV6_TIME_EXCEEDED;
        icmp->extensions = tapir_span_of(extension, sizeof extension);
    }
    add_network(is_v4 ? V4 : V6);
    add_udp(40002);
    add_payload();
}

static void add_transport(enum transport transport, bool is_v4)
{
    static const uint8_t options[] = {2, 4, 5, 0xb4, 4, 2, 3, 3, 7},
                         query[] = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};

    switch (transport) {
    case TCP: {
        struct tapir_tcp *tcp = ADD(tcp);
        tcp->src_port = 40003;
        tcp->dst_port = 40004;
        tcp->flags = TAPIR_TCP_SYN;
        tcp->options = tapir_span_of(options, sizeof options);
        break;
    }
    case UDP:
        add_udp(40002);
        break;
    case ICMP:
        if (is_v4)
            ((struct tapir_icmp *)ADD(icmp))->echo.seq = (uint16_t)packets;
        else
            ((struct tapir_icmpv6 *)ADD(icmpv6))->echo.seq = (uint16_t)packets;
        break;
    case DNS: {
        struct tapir_dns *dns;
        add_udp(53);
        dns = ADD(dns);
        dns->question_count = 1;
        dns->message = tapir_span_of(query, sizeof query);
        return;
    }
    case QUOTE:
        add_quote(is_v4);
        return;
    default:
        break;
    }
    add_payload();
}

static void put_le(FILE *file, unsigned bytes, uint64_t value)
{
    uint8_t number[8];

    tapir_store_le(number, bytes, value);
    fwrite(number, 1, bytes, file);
}

static void write_packet(void)
{
    const tapir_build_options options = {.size = sizeof options,
        .ethernet_pad = link_now == CHECKED_ETHERNET,
        .ethernet_fcs = link_now == CHECKED_ETHERNET};
    tapir_span built;
    tapir_error error;

    if (tapir_builder_build(builder, layers, layer_count, &options, &built, &error) != TAPIR_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    put_le(capture, 8, packets);
    put_le(capture, 4, built.len);
    put_le(capture, 4, built.len);
    fwrite(built.data, 1, built.len, capture);
    for (size_t i = 0; i < layer_count; i++)
        fprintf(names, "%s%s", i ? ":" : "", layers[i].proto->name);
    fputc('\n', names);
    packets++;
}

static bool is_v4(enum network network)
{
    return network <= V4_OPTIONS;
}

/* Whether a tunnel goes from the one network to the other; and not with an Ethernet frame inside
 * where the file says that frames have check sequences, which tshark takes for those inside, too.
 */
static bool joins(enum tunnel tunnel, enum network outer, enum network inner)
{
    if (link_now == CHECKED_ETHERNET && (tunnel == GRE_ETHERNET || tunnel == VXLAN))
        return false;
    switch (tunnel) {
    case IPIP:
        return is_v4(outer) && is_v4(inner);
    case SIX_IN_4:
        return is_v4(outer) && !is_v4(inner);
    case FOUR_IN_6:
        return !is_v4(outer) && is_v4(inner);
    default:
        return true;
    }
}

/* Writes the packet of `depth` tunnels between `depth` + 1 networks, where that can be. */
static void write_stack(const enum network *networks, const enum tunnel *tunnels, size_t depth,
    enum transport transport)
{
    for (size_t i = 0; i < depth; i++)
        if (!joins(tunnels[i], networks[i], networks[i + 1]))
            return;
    layer_count = 0;
    add_link();
    for (size_t i = 0; i <= depth; i++) {
        if (i)
            add_tunnel(tunnels[i - 1]);
        add_network(networks[i]);
    }
    add_transport(transport, is_v4(networks[depth]));
    write_packet();
}

/* Every network and transport without a tunnel and with each one; deeper ones take turns. */
static void write_all(void)
{
    enum network networks[MOST_TUNNELS + 1];
    enum tunnel tunnels[MOST_TUNNELS];
    unsigned combinations = 1;

    for (unsigned i = 0; i < NETWORKS * TRANSPORTS; i++) {
        networks[0] = (enum network)(i % NETWORKS);
        write_stack(networks, tunnels, 0, (enum transport)(i / NETWORKS));
        for (unsigned j = 0; j < NETWORKS * TUNNELS; j++) {
            networks[1] = (enum network)(j % NETWORKS);
            tunnels[0] = (enum tunnel)(j / NETWORKS);
            write_stack(networks, tunnels, 1, (enum transport)(i / NETWORKS));
        }
    }
    for (size_t depth = 1; depth <= MOST_TUNNELS; depth++) {
        combinations *= TUNNELS;
        for (unsigned i = 0; depth > 1 && i < combinations; i++) {
            unsigned rest = i, turn = i * 5 + (unsigned)link_now;
            networks[0] = (enum network)(turn % NETWORKS);
            for (size_t t = 0; t < depth; t++, rest /= TUNNELS) {
                tunnels[t] = (enum tunnel)(rest % TUNNELS);
                networks[t] = (enum network)((turn + t * 3) % NETWORKS);
                networks[t + 1] = (enum network)((turn + (t + 1) * 3) % NETWORKS);
                if (tunnels[t] <= FOUR_IN_6)
                    networks[t] = tunnels[t] == FOUR_IN_6 ? V6 : V4;
                if (t && !joins(tunnels[t - 1], networks[t - 1], networks[t]))
                    networks[t - 1] = tunnels[t - 1] == FOUR_IN_6 ? V6 : V4;
                if (!joins(tunnels[t], networks[t], networks[t + 1]))
                    networks[t + 1] = tunnels[t] == SIX_IN_4 ? V6_DSTOPTS : V4_OPTIONS;
            }
            write_stack(networks, tunnels, depth, (enum transport)(i % TRANSPORTS));
        }
    }
}

static FILE *create(const char *directory, const char *name, const char *suffix)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s.%s", directory, name, suffix);
    file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

int main(int argc, char **argv)
{
    builder = tapir_builder_new();
    if (argc != 2 || !builder) {
        fprintf(stderr, "usage: stacked DIRECTORY\n");
        return 2;
    }
    for (link_now = ETHERNET; link_now < LINKS; link_now++) {
        capture = create(argv[1], links[link_now].name, "pcap");
        names = create(argv[1], links[link_now].name, "txt");
        packets = 0;
        put_le(capture, 4, 0xa1b2c3d4);
        put_le(capture, 4, 2 | 4 << 16);
        put_le(capture, 8, 0);
        put_le(capture, 4, 262144);
        put_le(capture, 4, links[link_now].type);
        write_all();
        if (fclose(capture) || fclose(names))
            return 1;
        printf("%s: %u packets\n", links[link_now].name, packets);
    }
    tapir_builder_free(builder);
    return 0;
}
