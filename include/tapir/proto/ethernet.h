/* Ethernet II (IEEE 802.3). */
#ifndef TAPIR_PROTO_ETHERNET_H
#define TAPIR_PROTO_ETHERNET_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Values of `type` from here on are EtherTypes, below it is a length (IEEE 802.3 3.2.6). */
#define TAPIR_ETHER_TYPE_MIN  0x0600
#define TAPIR_ETHER_TYPE_IPV4 0x0800
#define TAPIR_ETHER_TYPE_ARP  0x0806
#define TAPIR_ETHER_TYPE_TEB  0x6558 /* transparent Ethernet bridging, RFC 1701 */
#define TAPIR_ETHER_TYPE_VLAN 0x8100
#define TAPIR_ETHER_TYPE_IPV6 0x86dd
#define TAPIR_ETHER_TYPE_QINQ 0x88a8

struct tapir_ethernet {
    uint8_t dst[6], src[6];
    uint16_t type; /* EtherType, or length when below TAPIR_ETHER_TYPE_MIN */
};

TAPIR_API extern const tapir_proto tapir_ethernet_proto;

/* Names of EtherTypes, shared by every protocol that carries one. */
TAPIR_API extern const tapir_label tapir_ether_types[];

TAPIR_EXTERN_C_END
#endif
