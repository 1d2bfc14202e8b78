/* VLAN tags: customer tags (IEEE 802.1Q) and service tags (802.1ad), nested to any depth. */
#ifndef TAPIR_PROTO_VLAN_H
#define TAPIR_PROTO_VLAN_H

#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

struct tapir_vlan {
    uint8_t priority; /* PCP */
    bool dei;         /* drop eligible, once the canonical format indicator */
    uint16_t id;
    uint16_t type; /* EtherType, or length when below TAPIR_ETHER_TYPE_MIN */
};

/* EtherTypes 0x8100, 0x9100, 0x9200; and 0x88a8. Both decode into a struct tapir_vlan. */
TAPIR_API extern const tapir_proto tapir_vlan_proto, tapir_vlan_service_proto;

/* The layer's tag, of either kind; NULL when the layer is none. */
static inline const struct tapir_vlan *tapir_vlan_of(const tapir_layer *layer)
{
    return layer->proto == &tapir_vlan_proto || layer->proto == &tapir_vlan_service_proto
               ? (const struct tapir_vlan *)layer->fields
               : NULL;
}

TAPIR_EXTERN_C_END
#endif
