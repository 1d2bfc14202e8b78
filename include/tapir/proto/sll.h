/* Linux cooked capture, version 1 (LINKTYPE_LINUX_SLL). */
#ifndef TAPIR_PROTO_SLL_H
#define TAPIR_PROTO_SLL_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Values of `packet_type`, in both versions. */
enum {
    TAPIR_SLL_HOST = 0,
    TAPIR_SLL_BROADCAST = 1,
    TAPIR_SLL_MULTICAST = 2,
    TAPIR_SLL_OTHER_HOST = 3,
    TAPIR_SLL_OUTGOING = 4
};

/* Linux ARPHRD_ numbers of devices whose `protocol` is no EtherType. */
enum {
    TAPIR_ARPHRD_FRAD = 770,            /* Frame Relay */
    TAPIR_ARPHRD_IPGRE = 778,           /* protocol is GRE's */
    TAPIR_ARPHRD_IEEE80211 = 801,       /* 802.11 */
    TAPIR_ARPHRD_IEEE80211_PRISM = 802, /* 802.11 behind a Prism header */
    TAPIR_ARPHRD_IEEE80211_RADIOTAP = 803,
    TAPIR_ARPHRD_NETLINK = 824 /* protocol is the netlink family */
};

/* Linux numbers in `protocol` below the EtherTypes (if_ether.h). */
enum {
    TAPIR_SLL_802_3 = 0x0001, /* Novell's raw 802.3 */
    TAPIR_SLL_802_2 = 0x0004, /* LLC */
    TAPIR_SLL_CAN = 0x000c,
    TAPIR_SLL_CANFD = 0x000d,
    TAPIR_SLL_CANXL = 0x000e
};

/* Keys for what follows where it is no EtherType: by device type, and by a protocol below them. */
TAPIR_API extern const tapir_space tapir_space_sll_hardware, tapir_space_sll_protocol;
#define TAPIR_SLL_HARDWARE (&tapir_space_sll_hardware)
#define TAPIR_SLL_PROTOCOL (&tapir_space_sll_protocol)

struct tapir_sll {
    uint16_t packet_type;    /* TAPIR_SLL_HOST ... */
    uint16_t hardware_type;  /* ARPHRD_ number of the device */
    uint16_t address_length; /* may exceed the 8 bytes kept */
    uint8_t address[8];      /* of the sender, and unused bytes behind it */
    uint16_t protocol;       /* EtherType, or what hardware_type makes of it */
};

TAPIR_API extern const tapir_proto tapir_sll_proto;

TAPIR_EXTERN_C_END
#endif
