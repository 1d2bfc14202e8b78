/* Endpoints, flows and connections: compared, ordered, hashed, printed. */
#include "tapir/flow.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

tapir_endpoint tapir_endpoint_of(unsigned type, const void *bytes, size_t len)
{
    tapir_endpoint endpoint = {.type = (uint16_t)type};

    endpoint.len = (uint16_t)(len < sizeof endpoint.bytes ? len : sizeof endpoint.bytes);
    if (endpoint.len)
        memcpy(endpoint.bytes, bytes, endpoint.len);
    return endpoint;
}

tapir_endpoint tapir_endpoint_port(tapir_endpoint_type type, uint16_t port)
{
    uint8_t bytes[2];

    tapir_store_be(bytes, 2, port);
    return tapir_endpoint_of(type, bytes, sizeof bytes);
}

int tapir_endpoint_compare(const tapir_endpoint *a, const tapir_endpoint *b)
{
    int order;

    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    order = memcmp(a->bytes, b->bytes, sizeof a->bytes);
    if (order != 0)
        return order;
    return (a->len > b->len) - (a->len < b->len);
}

int tapir_flow_compare(const tapir_flow *a, const tapir_flow *b)
{
    int order = tapir_endpoint_compare(&a->src, &b->src);

    return order ? order : tapir_endpoint_compare(&a->dst, &b->dst);
}

uint64_t tapir_endpoint_hash(const tapir_endpoint *endpoint, uint64_t seed)
{
    return XXH3_64bits_withSeed(endpoint, sizeof *endpoint, seed);
}

/* The direction whose source comes first stands for both. */
static tapir_flow canonical(const tapir_flow *flow)
{
    return tapir_endpoint_compare(&flow->src, &flow->dst) <= 0 ? *flow : tapir_flow_reverse(flow);
}

uint64_t tapir_flow_hash(const tapir_flow *flow, uint64_t seed)
{
    tapir_flow ordered = canonical(flow);

    return XXH3_64bits_withSeed(&ordered, sizeof ordered, seed);
}

void tapir_endpoint_text(tapir_text *text, const tapir_endpoint *endpoint)
{
    switch (endpoint->type) {
    case TAPIR_ENDPOINT_NONE:
        break;
    case TAPIR_ENDPOINT_IPV4:
        tapir_text_ipv4(text, endpoint->bytes);
        break;
    case TAPIR_ENDPOINT_IPV6:
        tapir_text_ipv6(text, endpoint->bytes);
        break;
    case TAPIR_ENDPOINT_TCP_PORT:
    case TAPIR_ENDPOINT_UDP_PORT:
    case TAPIR_ENDPOINT_SCTP_PORT:
        tapir_text_uint(text, tapir_load_be(endpoint->bytes, 2));
        break;
    default:
        tapir_text_mac(text, endpoint->bytes, endpoint->len);
        break;
    }
}

void tapir_flow_text(tapir_text *text, const tapir_flow *flow)
{
    tapir_endpoint_text(text, &flow->src);
    TAPIR_TEXT_LITERAL(text, "->");
    tapir_endpoint_text(text, &flow->dst);
}

bool tapir_layer_flow(const tapir_layer *layer, tapir_flow *flow)
{
    if (!layer->proto->flow || layer->partial)
        return false;
    layer->proto->flow(layer->fields, flow);
    return true;
}

/* The IP protocol number a transport answers to; its own bindings say. */
static uint8_t protocol_number(const tapir_proto *proto)
{
    for (size_t i = 0; i < proto->binding_count; i++)
        if (proto->bindings[i].space == TAPIR_IP_PROTOCOL)
            return (uint8_t)proto->bindings[i].value;
    return 0;
}

bool tapir_packet_connection(tapir_packet *packet, tapir_connection *connection)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(packet, &count);
    bool found = false;

    memset(connection, 0, sizeof *connection);
    for (size_t i = 0; i < count; i++) {
        tapir_flow flow;
        if (layers[i].proto->role == TAPIR_ROLE_NETWORK && tapir_layer_flow(&layers[i], &flow)) {
            memset(connection, 0, sizeof *connection);
            connection->network = flow;
            found = true;
        } else if (layers[i].proto->role == TAPIR_ROLE_TRANSPORT && found &&
                   tapir_layer_flow(&layers[i], &flow)) {
            connection->transport = flow;
            connection->protocol = protocol_number(layers[i].proto);
        }
    }
    return found;
}

uint64_t tapir_connection_hash(const tapir_connection *connection, uint64_t seed)
{
    /* Sorted as one: the transport follows the network's order, and decides when that is a tie. */
    int order = tapir_endpoint_compare(&connection->network.src, &connection->network.dst);
    tapir_connection ordered = *connection;

    if (order == 0)
        order = tapir_endpoint_compare(&connection->transport.src, &connection->transport.dst);
    if (order > 0) {
        ordered.network = tapir_flow_reverse(&connection->network);
        ordered.transport = tapir_flow_reverse(&connection->transport);
    }
    uint64_t hash = XXH3_64bits_withSeed(&ordered.network, sizeof ordered.network, seed);
    return XXH3_64bits_withSeed(
        &ordered.transport, sizeof ordered.transport, hash ^ ordered.protocol);
}
