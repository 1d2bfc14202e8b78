/* Linux cooked capture, version 1 (LINKTYPE_LINUX_SLL), and what it shares with version 2. */
#include "sll.h"

#include "tapir/encode.h"
#include "tapir/flow.h"

const tapir_space tapir_space_sll_protocol = {
    "sll.ltype", "Protocol of a cooked frame that is no EtherType", true};
const tapir_space tapir_space_sll_hardware = {"sll.hatype", "Device type of a cooked frame", false};

const tapir_label tapir__sll_packet_types[] = {
    {TAPIR_SLL_HOST, "Unicast to us"},
    {TAPIR_SLL_BROADCAST, "Broadcast"},
    {TAPIR_SLL_MULTICAST, "Multicast"},
    {TAPIR_SLL_OTHER_HOST, "Unicast to another host"},
    {TAPIR_SLL_OUTGOING, "Sent by us"},
    {5, "Looped back"},
    {6, "To user space"},
    {7, "To the kernel"},
    {0, NULL},
};

const tapir_label tapir__sll_hardware_types[] = {
    {1, "Ethernet"},
    {3, "AX.25"},
    {32, "InfiniBand"},
    {256, "SLIP"},
    {280, "CAN"},
    {512, "PPP"},
    {519, "Raw IP"},
    {768, "IPIP tunnel"},
    {769, "IPv6 tunnel"},
    {TAPIR_ARPHRD_FRAD, "Frame relay"},
    {772, "Loopback"},
    {776, "IPv6 in IPv4 tunnel"},
    {TAPIR_ARPHRD_IPGRE, "GRE over IP"},
    {TAPIR_ARPHRD_IEEE80211, "802.11"},
    {TAPIR_ARPHRD_IEEE80211_PRISM, "802.11 with Prism header"},
    {TAPIR_ARPHRD_IEEE80211_RADIOTAP, "802.11 with radiotap header"},
    {804, "802.15.4"},
    {TAPIR_ARPHRD_NETLINK, "Netlink"},
    {826, "VSOCK monitor"},
    {65534, "No link layer"},
    {65535, "Void"},
    {0, NULL},
};

const tapir_label tapir__sll_protocols[] = {
    {TAPIR_SLL_802_3, "802.3 without LLC"},
    {3, "Any"},
    {TAPIR_SLL_802_2, "LLC"},
    {TAPIR_SLL_CAN, "CAN"},
    {TAPIR_SLL_CANFD, "CAN FD"},
    {TAPIR_SLL_CANXL, "CAN XL"},
    {0x00f6, "802.15.4"},
    {0, NULL},
};

void tapir__sll_payload(tapir_decoder *d, uint16_t hardware_type, uint16_t protocol)
{
    tapir_next(d, TAPIR_SLL_HARDWARE, hardware_type);
    /* The protocol of a netlink device is a family of messages. Of other devices that nobody
     * answers for, what is no EtherType says nothing, and what is one is believed. */
    if (hardware_type == TAPIR_ARPHRD_NETLINK)
        return;
    d->space = NULL;
    if (protocol >= TAPIR_ETHER_TYPE_MIN || hardware_type == TAPIR_ARPHRD_IPGRE)
        tapir_next(d, TAPIR_ETHER_TYPE, protocol);
    else
        tapir_next(d, TAPIR_SLL_PROTOCOL, protocol);
}

tapir_status tapir__fill_sll(
    tapir_encoder *e, const char *field, uint16_t hardware_type, uint16_t *protocol)
{
    const tapir_stack_layer *inside = tapir_encoder_inside(e);
    uint32_t key = *protocol;
    tapir_status status;

    for (size_t i = 0; inside && i < inside->proto->binding_count; i++)
        if (inside->proto->bindings[i].space == TAPIR_SLL_HARDWARE &&
            inside->proto->bindings[i].value == hardware_type)
            return TAPIR_OK;
    status = tapir_fill_key(e, TAPIR_ETHER_TYPE, field, &key);
    *protocol = (uint16_t)key;
    return status;
}

void tapir__sll_flow(const uint8_t address[8], size_t len, tapir_flow *flow)
{
    flow->src = tapir_endpoint_of(
        len == 6 ? TAPIR_ENDPOINT_MAC : TAPIR_ENDPOINT_LINK, address, len < 8 ? len : 8);
    flow->dst = tapir_endpoint_of(flow->src.type, NULL, 0);
}

static const tapir_field trailer_fields[] = {TAPIR_FIELD(tapir__ether_trailer, bytes, "sll.trailer",
    TAPIR_SPAN, 0, "Bytes behind the payload that are no padding")};
static const tapir_record trailer_record = TAPIR_RECORD("Trailer", trailer_fields);
static const tapir_record *const trailer_records[] = {
    &tapir__ether_padding_record, &trailer_record, &tapir__ether_fcs_record};

static const tapir_record *trailer_next(tapir_walk *walk, void *item)
{
    int part = tapir__ether_trailer_next(walk, item);

    return part < 0 ? NULL : walk->list->records[part];
}

const tapir_list tapir__sll_trailer = {sizeof(struct tapir__ether_trailer), trailer_next,
    trailer_records, TAPIR_COUNT(trailer_records)};

TAPIR__SLL_QUESTIONS(tapir_sll)

static const tapir_field sll_fields[] = {
    TAPIR_FIELD(tapir_sll, packet_type, "sll.pkttype", TAPIR_UINT, 16, "To whom it was sent",
        .labels = tapir__sll_packet_types),
    TAPIR_FIELD(tapir_sll, hardware_type, "sll.hatype", TAPIR_UINT, 16, "Type of the device",
        .labels = tapir__sll_hardware_types),
    TAPIR_FIELD(tapir_sll, address_length, "sll.halen", TAPIR_UINT, 16, "Length of the address"),
    TAPIR__SLL_ADDRESS_ROWS(tapir_sll),
    TAPIR__SLL_PROTOCOL_ROWS(tapir_sll),
};

static tapir_status sll_decode(tapir_decoder *d, void *layer)
{
    struct tapir_sll *sll = layer;

    if (TAPIR_LOAD(&d->in, sll, sll_fields))
        tapir__sll_payload(d, sll->hardware_type, sll->protocol);
    return TAPIR_OK;
}

static tapir_status sll_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_sll sll = *(const struct tapir_sll *)layer;
    tapir_status status = tapir__fill_sll(e, "sll.etype", sll.hardware_type, &sll.protocol);

    tapir_open_header(e, 16);
    TAPIR_STORE(&e->out, &sll, sll_fields);
    return status;
}

static void sll_flow(const void *layer, tapir_flow *flow)
{
    const struct tapir_sll *sll = layer;

    tapir__sll_flow(sll->address, sll->address_length, flow);
}

static const tapir_binding sll_bindings[] = {{TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_LINUX_SLL}};

static const char *const sll_samples[] = {
    "0000 0001 0006 0011223344550000 0800 45000014000000004000 0000 0a000001 0a000002",
    "0004 0304 0000 0000000000000000 86dd 600000000000 3b40 "
    "00000000000000000000000000000001 00000000000000000000000000000001",
    "0000 030a 0004 0a00000100000000 0800 45000014000000004000 0000 0a000001 0a000002",
    "0000 0020 0014 0102030405060708 0806 01020304",
    "0001 0001 0006 0011223344550000 0004 424203",
    "0004 0338 0000 0000000000000000 0000 1000000002000000",
};

static const struct tapir_sll sll_initial = {
    .packet_type = TAPIR_SLL_HOST, .hardware_type = 1, .address_length = 6};

const tapir_proto tapir_sll_proto = {
    .name = "sll",
    .title = "Linux cooked capture",
    .spec = "LINKTYPE_LINUX_SLL",
    .role = TAPIR_ROLE_LINK,
    TAPIR_FIELDS(sll_fields),
    .size = sizeof(struct tapir_sll),
    .decode = sll_decode,
    .encode = sll_encode,
    .flow = sll_flow,
    .trailer = &tapir__sll_trailer,
    TAPIR_BINDINGS(sll_bindings),
    TAPIR_SAMPLES(sll_samples),
    .initial = &sll_initial,
};
