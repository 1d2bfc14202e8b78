/* Virtual eXtensible Local Area Network (RFC 7348), with the group policy extension. */
#include "tapir/proto/vxlan.h"

#include "tapir/encode.h"
#include "tapir/proto/ethernet.h"

static const tapir_part flag_parts[] = {
    TAPIR_PART("vxlan.flag_g", TAPIR_VXLAN_GROUP_POLICY, "The group policy counts", NULL),
    TAPIR_PART("vxlan.flag_i", TAPIR_VXLAN_VNI, "The network identifier counts", NULL),
    TAPIR_PART("vxlan.flag_d", TAPIR_VXLAN_DONT_LEARN, "Do not learn the source address", NULL),
    TAPIR_PART("vxlan.flag_a", TAPIR_VXLAN_POLICY_APPLIED, "The policy was applied", NULL),
    TAPIR_PART("vxlan.flags_reserved", 0x77b7, "Reserved", NULL),
    TAPIR_PARTS_END,
};

static const tapir_field vxlan_fields[] = {
    TAPIR_FIELD(tapir_vxlan, flags, "vxlan.flags", TAPIR_UINT, 16, "Flags", .base = TAPIR_HEX,
        .parts = flag_parts),
    TAPIR_FIELD(tapir_vxlan, group_policy, "vxlan.gbp", TAPIR_UINT, 16, "Group policy"),
    TAPIR_FIELD(tapir_vxlan, vni, "vxlan.vni", TAPIR_UINT, 24, "Network identifier"),
    TAPIR_FIELD(tapir_vxlan, reserved, "vxlan.reserved8", TAPIR_UINT, 8, "Reserved"),
};

static tapir_status vxlan_decode(tapir_decoder *d, void *layer)
{
    struct tapir_vxlan *vxlan = layer;

    if (TAPIR_LOAD(&d->in, vxlan, vxlan_fields))
        tapir_next(d, TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_TEB);
    return TAPIR_OK;
}

static tapir_status vxlan_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_vxlan *vxlan = layer;
    uint64_t sum = 0;

    tapir_open_header(e, 8);
    TAPIR_STORE_SUMMED(&e->out, vxlan, vxlan_fields, &sum);
    tapir_add_sum(e, sum);
    return tapir_require_key(e, TAPIR_ETHER_TYPE, "vxlan", TAPIR_ETHER_TYPE_TEB);
}

static const tapir_binding vxlan_bindings[] = {{TAPIR_UDP_PORT, 4789}};

static const char *const vxlan_samples[] = {
    "0800 0000 000064 00 ffffffffffff 001122334455 0800 45000014000000004000 0000 0a000001 "
    "0a000002",
    "8848 1234 fffffe 01 ffffffffffff 001122334455 1234 01020304",
    "ffff ffff ffffff ff 01",
};

static const struct tapir_vxlan vxlan_initial = {.flags = TAPIR_VXLAN_VNI};

const tapir_proto tapir_vxlan_proto = {
    .name = "vxlan",
    .title = "Virtual extensible LAN",
    .spec = "RFC 7348",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(vxlan_fields),
    .size = sizeof(struct tapir_vxlan),
    .decode = vxlan_decode,
    .encode = vxlan_encode,
    TAPIR_BINDINGS(vxlan_bindings),
    TAPIR_SAMPLES(vxlan_samples),
    .initial = &vxlan_initial,
};
