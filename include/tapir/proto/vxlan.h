/* Virtual eXtensible Local Area Network (RFC 7348), with the group policy extension
 * (draft-smith-vxlan-group-policy). */
#ifndef TAPIR_PROTO_VXLAN_H
#define TAPIR_PROTO_VXLAN_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Bits of `flags`. */
#define TAPIR_VXLAN_GROUP_POLICY   0x8000 /* group_policy counts */
#define TAPIR_VXLAN_VNI            0x0800 /* vni counts; always set */
#define TAPIR_VXLAN_DONT_LEARN     0x0040
#define TAPIR_VXLAN_POLICY_APPLIED 0x0008

struct tapir_vxlan {
    uint16_t flags; /* TAPIR_VXLAN_* */
    uint16_t group_policy;
    uint32_t vni;
    uint8_t reserved;
};

TAPIR_API extern const tapir_proto tapir_vxlan_proto;

TAPIR_EXTERN_C_END
#endif
