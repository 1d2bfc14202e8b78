/* The Community ID v1 of a packet: github.com/corelight/community-id-spec. */
#include "tapir/flow.h"
#include "tapir/proto/icmp.h"
#include "tapir/proto/icmpv6.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"
#include "tapir/proto/ipv6_dstopts.h"
#include "tapir/proto/ipv6_fragment.h"
#include "tapir/proto/ipv6_hopopts.h"
#include "tapir/proto/ipv6_routing.h"

#include <sha1.h>

/* What is hashed, in the direction of the packet. */
struct tuple {
    tapir_flow network;
    uint8_t protocol;
    uint16_t src_port, dst_port; /* of ICMP: type, and the type of the answer or the code */
    bool has_ports, one_way;
};

/* Types that answer each other. */
struct pair {
    uint8_t type, answer;
};

static const struct pair icmp_pairs[] = {
    {TAPIR_ICMP_ECHO_REQUEST, TAPIR_ICMP_ECHO_REPLY},
    {TAPIR_ICMP_ROUTER_SOLICITATION, TAPIR_ICMP_ROUTER_ADVERTISEMENT},
    {TAPIR_ICMP_TIMESTAMP_REQUEST, TAPIR_ICMP_TIMESTAMP_REPLY},
    {TAPIR_ICMP_INFORMATION_REQUEST, TAPIR_ICMP_INFORMATION_REPLY},
    {TAPIR_ICMP_MASK_REQUEST, TAPIR_ICMP_MASK_REPLY},
};
static const struct pair icmpv6_pairs[] = {
    {TAPIR_ICMPV6_ECHO_REQUEST, TAPIR_ICMPV6_ECHO_REPLY},
    {TAPIR_ICMPV6_MLD_QUERY, TAPIR_ICMPV6_MLD_REPORT},
    {TAPIR_ICMPV6_ROUTER_SOLICITATION, TAPIR_ICMPV6_ROUTER_ADVERTISEMENT},
    {TAPIR_ICMPV6_NEIGHBOR_SOLICITATION, TAPIR_ICMPV6_NEIGHBOR_ADVERTISEMENT},
    {TAPIR_ICMPV6_NODE_INFORMATION_QUERY, TAPIR_ICMPV6_NODE_INFORMATION_REPLY},
    {TAPIR_ICMPV6_HOME_AGENT_REQUEST, TAPIR_ICMPV6_HOME_AGENT_REPLY},
};

/* Types without an answer keep the packet's direction, whichever address is lower. */
static void set_types(
    struct tuple *tuple, uint8_t type, uint8_t code, const struct pair *pairs, size_t count)
{
    tuple->src_port = type;
    tuple->dst_port = code;
    tuple->has_ports = tuple->one_way = true;
    for (size_t i = 0; i < count; i++)
        if (pairs[i].type == type || pairs[i].answer == type) {
            tuple->dst_port = pairs[i].type == type ? pairs[i].answer : pairs[i].type;
            tuple->one_way = false;
        }
}

/* Starts over at an IP layer, the inner one of a tunnel too. */
static bool set_network(struct tuple *tuple, const tapir_layer *layer)
{
    const struct tapir_ipv4 *ipv4 = TAPIR_AS(layer, ipv4);
    const struct tapir_ipv6 *ipv6 = TAPIR_AS(layer, ipv6);
    tapir_flow flow;

    if ((!ipv4 && !ipv6) || !tapir_layer_flow(layer, &flow))
        return false;
    *tuple = (struct tuple){.network = flow, .protocol = ipv4 ? ipv4->protocol : ipv6->next_header};
    /* Behind a source route, where the packet ends up. */
    if (ipv4)
        tapir_ipv4_final(ipv4, tuple->network.dst.bytes);
    return true;
}

static void follow_extension(struct tuple *tuple, const tapir_layer *layer)
{
    const struct tapir_ipv6_hopopts *hopopts = TAPIR_AS(layer, ipv6_hopopts);
    const struct tapir_ipv6_dstopts *dstopts = TAPIR_AS(layer, ipv6_dstopts);
    const struct tapir_ipv6_routing *routing = TAPIR_AS(layer, ipv6_routing);
    const struct tapir_ipv6_fragment *fragment = TAPIR_AS(layer, ipv6_fragment);

    if (hopopts)
        tuple->protocol = hopopts->next_header;
    else if (dstopts)
        tuple->protocol = dstopts->next_header;
    else if (routing)
        tuple->protocol = routing->next_header;
    else if (fragment)
        tuple->protocol = fragment->next_header;
}

/* Ports are the first 4 bytes of every transport, and count although the header may go on beyond
 * what was captured. */
static void set_ports(struct tuple *tuple, const tapir_layer *layer)
{
    tapir_flow flow;

    if (tuple->has_ports || !layer->proto->flow || layer->header_len < 4)
        return;
    layer->proto->flow(layer->fields, &flow);
    if (flow.src.len != 2)
        return;
    tuple->src_port = (uint16_t)tapir_load_be(flow.src.bytes, 2);
    tuple->dst_port = (uint16_t)tapir_load_be(flow.dst.bytes, 2);
    tuple->has_ports = true;
}

/* The innermost connection with ports or types, but none that an ICMP error quotes, as Wireshark
 * has it; without any, the outermost pair of addresses. False when there is no IP. */
static bool find_tuple(tapir_packet *packet, struct tuple *found)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(packet, &count);
    struct tuple tuple = {0};
    size_t networks = 0;

    for (const tapir_layer *layer = layers; layer < layers + count; layer++) {
        const struct tapir_icmp *icmp = TAPIR_AS(layer, icmp);
        const struct tapir_icmpv6 *icmpv6 = TAPIR_AS(layer, icmpv6);

        if (set_network(&tuple, layer))
            networks++;
        else if (!networks)
            continue;
        else if (layer->proto->role == TAPIR_ROLE_TRANSPORT)
            set_ports(&tuple, layer);
        else if (layer->partial)
            break;
        else if (icmp)
            set_types(&tuple, icmp->type, icmp->code, icmp_pairs, TAPIR_COUNT(icmp_pairs));
        else if (icmpv6)
            set_types(&tuple, icmpv6->type, icmpv6->code, icmpv6_pairs, TAPIR_COUNT(icmpv6_pairs));
        else
            follow_extension(&tuple, layer);
        if (tuple.has_ports || networks == 1)
            *found = tuple;
        if (icmp || icmpv6)
            break;
    }
    return networks > 0;
}

/* Both directions become the one with the lower address first, then the lower port. */
static void order(struct tuple *tuple)
{
    int by_address = tapir_endpoint_compare(&tuple->network.src, &tuple->network.dst);
    uint16_t port = tuple->src_port;

    if (tuple->one_way || by_address < 0 || (by_address == 0 && tuple->src_port <= tuple->dst_port))
        return;
    tuple->network = tapir_flow_reverse(&tuple->network);
    tuple->src_port = tuple->dst_port;
    tuple->dst_port = port;
}

static void put_base64(char *to, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        size_t some = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)tapir_load_be(bytes + i, (unsigned)some) << 8 * (3 - some);
        for (size_t digit = 0; digit < 4; digit++)
            *to++ = digit <= some ? digits[bits >> (18 - 6 * digit) & 63] : '=';
    }
    *to = '\0';
}

static void write_id(struct tuple *tuple, uint16_t seed, char id[TAPIR_COMMUNITY_ID_ROOM])
{
    uint8_t bytes[2 + 16 + 16 + 2 + 4], digest[SHA1_DIGEST_LENGTH];
    tapir_writer w = {bytes, bytes + sizeof bytes, false};
    SHA1_CTX sha1;

    order(tuple);
    tapir_put_be(&w, 2, seed);
    tapir_put_span(&w, tapir_span_of(tuple->network.src.bytes, tuple->network.src.len));
    tapir_put_span(&w, tapir_span_of(tuple->network.dst.bytes, tuple->network.dst.len));
    tapir_put_be(&w, 1, tuple->protocol);
    tapir_put_be(&w, 1, 0);
    if (tuple->has_ports) {
        tapir_put_be(&w, 2, tuple->src_port);
        tapir_put_be(&w, 2, tuple->dst_port);
    }
    SHA1Init(&sha1);
    SHA1Update(&sha1, bytes, (size_t)(w.at - bytes));
    SHA1Final(digest, &sha1);
    memcpy(id, "1:", 2);
    put_base64(id + 2, digest, sizeof digest);
}

bool tapir_packet_community_id(
    tapir_packet *packet, uint16_t seed, char id[TAPIR_COMMUNITY_ID_ROOM])
{
    struct tuple tuple;

    if (!find_tuple(packet, &tuple))
        return false;
    write_id(&tuple, seed, id);
    return true;
}

bool tapir_connection_community_id(
    const tapir_connection *connection, uint16_t seed, char id[TAPIR_COMMUNITY_ID_ROOM])
{
    const tapir_flow *ports = &connection->transport;
    struct tuple tuple = {.network = connection->network, .protocol = connection->protocol};

    if (tuple.network.src.type != TAPIR_ENDPOINT_IPV4 &&
        tuple.network.src.type != TAPIR_ENDPOINT_IPV6)
        return false;
    if (ports->src.len == 2) {
        tuple.src_port = (uint16_t)tapir_load_be(ports->src.bytes, 2);
        tuple.dst_port = (uint16_t)tapir_load_be(ports->dst.bytes, 2);
        tuple.has_ports = true;
    }
    write_id(&tuple, seed, id);
    return true;
}
