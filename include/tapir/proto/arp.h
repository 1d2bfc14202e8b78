/* Address Resolution Protocol (RFC 826), RARP (RFC 903), InARP (RFC 2390), ATMARP (RFC 2225). */
#ifndef TAPIR_PROTO_ARP_H
#define TAPIR_PROTO_ARP_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Values of `operation` (IANA ARP parameters). */
enum {
    TAPIR_ARP_REQUEST = 1,
    TAPIR_ARP_REPLY = 2,
    TAPIR_RARP_REQUEST = 3,
    TAPIR_RARP_REPLY = 4,
    TAPIR_DRARP_ERROR = 7,
    TAPIR_INARP_REQUEST = 8,
    TAPIR_INARP_REPLY = 9,
    TAPIR_ARP_NAK = 10
};

/* Values of `hardware_type` that matter to the format. */
enum {
    TAPIR_ARP_ETHERNET = 1,
    TAPIR_ARP_AX25 = 3,
    TAPIR_ARP_IEEE802 = 6,
    TAPIR_ARP_FRAME_RELAY = 15,
    TAPIR_ARP_ATM = 19, /* RFC 2225: numbers and subaddresses, each with type and length */
    TAPIR_ARP_ATM_OLD = 16
};

/* Type and length octet of an ATM number (RFC 2225 8.2). */
#define TAPIR_ATM_E164   0x40
#define TAPIR_ATM_LENGTH 0x3f

struct tapir_arp {
    uint16_t hardware_type;
    uint16_t protocol_type; /* an EtherType */
    uint8_t hardware_size;  /* of one address; ATM: type and length of the source number */
    uint8_t protocol_size;  /* of one address; ATM: type and length of the source subaddress */
    uint16_t operation;     /* TAPIR_ARP_REQUEST ... */
    bool atm;               /* hardware_type is ATM's, the four members that follow count */
    uint8_t src_protocol_size, dst_number, dst_subaddress, dst_protocol_size;
    /* Addresses; subaddresses are ATM's. */
    tapir_span src_hardware, src_sub, src_protocol;
    tapir_span dst_hardware, dst_sub, dst_protocol;
    uint8_t drarp_error; /* DRARP_ERROR: first octet of dst_protocol, else 0 */
};

TAPIR_API extern const tapir_proto tapir_arp_proto;

TAPIR_EXTERN_C_END
#endif
