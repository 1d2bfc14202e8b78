/* Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2). */
#ifndef TAPIR_PROTO_SLL2_H
#define TAPIR_PROTO_SLL2_H

#include "tapir/proto/sll.h"

TAPIR_EXTERN_C_BEGIN

struct tapir_sll2 {
    uint16_t protocol; /* EtherType, or what hardware_type makes of it */
    uint16_t reserved;
    uint32_t interface;     /* index on the capturing machine */
    uint16_t hardware_type; /* ARPHRD_ number of the device */
    uint8_t packet_type;    /* TAPIR_SLL_HOST ... */
    uint8_t address_length; /* may exceed the 8 bytes kept */
    uint8_t address[8];     /* of the sender, and unused bytes behind it */
};

TAPIR_API extern const tapir_proto tapir_sll2_proto;

TAPIR_EXTERN_C_END
#endif
