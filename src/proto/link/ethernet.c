/* Ethernet II (IEEE 802.3). */
#include "tapir/proto/ethernet.h"

#include "tapir/encode.h"
#include "tapir/flow.h"

const tapir_label tapir_ether_types[] = {
    {TAPIR_ETHER_TYPE_IPV4, "IPv4"},
    {TAPIR_ETHER_TYPE_ARP, "ARP"},
    {TAPIR_ETHER_TYPE_TEB, "Transparent Ethernet bridging"},
    {TAPIR_ETHER_TYPE_VLAN, "802.1Q VLAN"},
    {TAPIR_ETHER_TYPE_IPV6, "IPv6"},
    {TAPIR_ETHER_TYPE_QINQ, "802.1ad provider bridge"},
    {0, NULL},
};

static const tapir_field ethernet_fields[] = {
    TAPIR_FIELD(tapir_ethernet, dst, "eth.dst", TAPIR_MAC, 48, "Receiver", .alias = "eth.addr"),
    TAPIR_FIELD(tapir_ethernet, src, "eth.src", TAPIR_MAC, 48, "Sender", .alias = "eth.addr"),
    TAPIR_FIELD(tapir_ethernet, type, "eth.type", TAPIR_UINT, 16, "EtherType of the payload",
        .base = TAPIR_HEX, .labels = tapir_ether_types),
};

static tapir_status ethernet_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ethernet *ethernet = layer;

    if (!TAPIR_LOAD(&d->in, ethernet, ethernet_fields))
        return TAPIR_OK;
    tapir_next(d, TAPIR_ETHER_TYPE, ethernet->type);
    return TAPIR_OK;
}

static tapir_status ethernet_encode(tapir_encoder *e, const void *layer)
{
    tapir_open_header(e, 14);
    TAPIR_STORE(&e->out, layer, ethernet_fields);
    return TAPIR_OK;
}

static void ethernet_flow(const void *layer, tapir_flow *flow)
{
    const struct tapir_ethernet *ethernet = layer;

    flow->src = tapir_endpoint_of(TAPIR_ENDPOINT_MAC, ethernet->src, 6);
    flow->dst = tapir_endpoint_of(TAPIR_ENDPOINT_MAC, ethernet->dst, 6);
}

static const tapir_binding ethernet_bindings[] = {
    {TAPIR_LINK_TYPE, 1},
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_TEB},
};

static const char *const ethernet_samples[] = {
    "ffffffffffff 001122334455 0800 45000014000000004000 0000 0a000001 0a000002",
};

const tapir_proto tapir_ethernet_proto = {
    .name = "eth",
    .title = "Ethernet",
    .spec = "IEEE 802.3",
    .role = TAPIR_ROLE_LINK,
    TAPIR_FIELDS(ethernet_fields),
    .size = sizeof(struct tapir_ethernet),
    .decode = ethernet_decode,
    .encode = ethernet_encode,
    .flow = ethernet_flow,
    TAPIR_BINDINGS(ethernet_bindings),
    TAPIR_SAMPLES(ethernet_samples),
};
