#include "stack_layers.h"

enum { MOST_LAYERS = 48, PSEUDOWIRE_LABEL = 3000 /* as stacks_oracle.py tells */ };

static union {
    uint8_t bytes[TAPIR_STRUCT_MAX];
    uint64_t align;
    void *align_pointer;
} fields[MOST_LAYERS];
static tapir_stack_layer layers[MOST_LAYERS];
static size_t layer_count;
static unsigned packets;
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

static void add_label(uint32_t label, bool bottom)
{
    struct tapir_mpls *mpls = ADD(mpls);

    mpls->label = label;
    mpls->bottom = bottom;
}

/* Labels under 16 have meanings of their own. */
static void add_labels(void)
{
    add_label(16 + packets % 1000, false);
    add_label(2000, true);
}

/* Ethernet behind a label, which is all that says so, and the control word. */
static void add_pseudowire(void)
{
    add_label(PSEUDOWIRE_LABEL, true);
    ((struct tapir_pw_ethernet *)ADD(pw_ethernet))->sequence = (uint16_t)packets;
    add_ethernet();
}

static void add_link(enum link link)
{
    switch (link) {
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
    if (link == QINQ)
        ((struct tapir_vlan *)ADD(vlan_service))->id = 7;
    if (link == QINQ || link == VLAN)
        ((struct tapir_vlan *)ADD(vlan))->id = 77;
    if (link == MPLS_LINK)
        add_labels();
    if (link == PSEUDOWIRE_LINK)
        add_pseudowire();
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
    case MPLS:
        add_labels();
        break;
    case PSEUDOWIRE:
        add_udp(6635);
        add_pseudowire();
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

/* An acknowledgement and data, whose padding is not counted. */
static void add_sctp(void)
{
    static const uint8_t chunks[] = {3, 0, 0, 16, 0, 0, 0, 9, 0, 1, 0, 0, 0, 0, 0, 0, /* SACK */
        0, 3, 0, 22, 0, 0, 0, 8, 0, 1, 0, 2, 0, 0, 0, 0, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0, 0};
    struct tapir_sctp *sctp = ADD(sctp);

    sctp->src_port = 40005;
    sctp->dst_port = 40006;
    sctp->tag = packets + 1;
    sctp->chunks = tapir_span_of(chunks, sizeof chunks);
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
    case SCTP:
        add_sctp();
        return;
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

const tapir_stack_layer *stack_layers(const struct stack *stack, unsigned number, size_t *count)
{
    packets = number;
    layer_count = 0;
    add_link(stack->link);
    for (size_t i = 0; i <= stack->depth; i++) {
        if (i)
            add_tunnel(stack->tunnels[i - 1]);
        add_network(stack->networks[i]);
    }
    add_transport(stack->transport, stack->networks[stack->depth] <= V4_OPTIONS);
    *count = layer_count;
    return layers;
}
