/* Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2). */
#include "tapir/proto/sll2.h"

#include "sll.h"
#include "tapir/encode.h"

TAPIR__SLL_QUESTIONS(tapir_sll2)

static const tapir_field sll2_fields[] = {
    TAPIR__SLL_PROTOCOL_ROWS(tapir_sll2),
    TAPIR_FIELD(tapir_sll2, reserved, "sll.reserved", TAPIR_UINT, 16, "Must be zero"),
    TAPIR_FIELD(tapir_sll2, interface, "sll.ifindex", TAPIR_UINT, 32,
        "Index of the interface on the capturing machine"),
    TAPIR_FIELD(tapir_sll2, hardware_type, "sll.hatype", TAPIR_UINT, 16, "Type of the device",
        .labels = tapir__sll_hardware_types),
    TAPIR_FIELD(tapir_sll2, packet_type, "sll.pkttype", TAPIR_UINT, 8, "To whom it was sent",
        .labels = tapir__sll_packet_types),
    TAPIR_FIELD(tapir_sll2, address_length, "sll.halen", TAPIR_UINT, 8, "Length of the address"),
    TAPIR__SLL_ADDRESS_ROWS(tapir_sll2),
};

static tapir_status sll2_decode(tapir_decoder *d, void *layer)
{
    struct tapir_sll2 *sll = layer;

    if (TAPIR_LOAD(&d->in, sll, sll2_fields))
        tapir__sll_payload(d, sll->hardware_type, sll->protocol);
    return TAPIR_OK;
}

static tapir_status sll2_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_sll2 sll = *(const struct tapir_sll2 *)layer;
    tapir_status status = tapir__fill_sll(e, "sll.etype", sll.hardware_type, &sll.protocol);

    tapir_open_header(e, 20);
    TAPIR_STORE(&e->out, &sll, sll2_fields);
    return status;
}

static void sll2_flow(const void *layer, tapir_flow *flow)
{
    const struct tapir_sll2 *sll = layer;

    tapir__sll_flow(sll->address, sll->address_length, flow);
}

static const tapir_binding sll2_bindings[] = {{TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_LINUX_SLL2}};

static const char *const sll2_samples[] = {
    "0800 0000 00000003 0001 00 06 0011223344550000 "
    "45000014000000004000 0000 0a000001 0a000002",
    "86dd 0000 00000001 0304 04 00 0000000000000000 600000000000 3b40 "
    "00000000000000000000000000000001 00000000000000000000000000000001",
    "0800 1234 ffffffff 030a 00 04 0a00000100000000 45000014000000004000 0000 0a000001 0a000002",
    "0004 0000 00000002 0001 01 0a 0011223344550000 424203",
};

static const struct tapir_sll2 sll2_initial = {
    .packet_type = TAPIR_SLL_HOST, .hardware_type = 1, .address_length = 6};

const tapir_proto tapir_sll2_proto = {
    .name = "sll2",
    .title = "Linux cooked capture, version 2",
    .spec = "LINKTYPE_LINUX_SLL2",
    .role = TAPIR_ROLE_LINK,
    TAPIR_FIELDS(sll2_fields),
    .size = sizeof(struct tapir_sll2),
    .decode = sll2_decode,
    .encode = sll2_encode,
    .flow = sll2_flow,
    .trailer = &tapir__sll_trailer,
    TAPIR_BINDINGS(sll2_bindings),
    TAPIR_SAMPLES(sll2_samples),
    .initial = &sll2_initial,
};
