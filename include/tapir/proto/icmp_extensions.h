/* The extension structure that ICMP and ICMPv6 messages can end with (RFC 4884 7, RFC 8335 2). */
#ifndef TAPIR_PROTO_ICMP_EXTENSIONS_H
#define TAPIR_PROTO_ICMP_EXTENSIONS_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* The structure's head; `objects` is what follows it. */
struct tapir_icmp_extensions {
    uint8_t version;
    uint16_t reserved;
    uint16_t checksum; /* over the whole structure; 0: the sender computed none */
    tapir_span objects;
};

/* Decodes the head of an extension structure; false when it is shorter than its head. */
TAPIR_API bool tapir_icmp_extensions_decode(
    tapir_span bytes, struct tapir_icmp_extensions *extensions);

/* Classes of objects (IANA ICMP parameters). */
enum {
    TAPIR_ICMP_OBJECT_MPLS_LABEL_STACK = 1,         /* RFC 4950 */
    TAPIR_ICMP_OBJECT_INTERFACE_INFORMATION = 2,    /* RFC 5837 */
    TAPIR_ICMP_OBJECT_INTERFACE_IDENTIFICATION = 3, /* RFC 8335 */
    TAPIR_ICMP_OBJECT_EXTENDED_INFORMATION = 4      /* RFC 8883 */
};

/* Bits of an interface information object's C-type: what the object holds (RFC 5837 4.1). */
#define TAPIR_ICMP_INTERFACE_INDEX   0x08
#define TAPIR_ICMP_INTERFACE_ADDRESS 0x04
#define TAPIR_ICMP_INTERFACE_NAME    0x02
#define TAPIR_ICMP_INTERFACE_MTU     0x01

/* One object. `data` is what follows its head; the other members are those of its class and 0 for
 * others. */
struct tapir_icmp_object {
    uint16_t length; /* with the head's 4 bytes */
    uint8_t class_number;
    uint8_t c_type;
    tapir_span data;
    /* INTERFACE_INFORMATION, each when the C-type says so; INTERFACE_IDENTIFICATION, by C-type. */
    uint32_t index;
    uint16_t address_family; /* 1 IPv4, 2 IPv6; IDENTIFICATION: any address family number */
    uint8_t address_len;     /* INTERFACE_IDENTIFICATION: as sent */
    uint16_t reserved;       /* behind the address family */
    tapir_span address;
    uint8_t name_len; /* INTERFACE_INFORMATION: with its own byte */
    tapir_span name;  /* UTF-8, without the zeroes that pad it */
    uint32_t mtu;
    uint32_t pointer;   /* EXTENDED_INFORMATION, C-type 1 */
    tapir_span unknown; /* data of a class, C-type or address that is not known */
};

/* Starts a walk over the objects: while (tapir_walk_next(&walk, &object)) ... */
TAPIR_API tapir_walk tapir_icmp_objects(const struct tapir_icmp_extensions *extensions);

/* One entry of an MPLS label stack. */
struct tapir_icmp_label {
    uint32_t label;
    uint8_t traffic_class; /* once "experimental" */
    bool bottom;           /* of the stack */
    uint8_t ttl;
};

/* Starts a walk over the entries of an MPLS_LABEL_STACK object. */
TAPIR_API tapir_walk tapir_icmp_labels(const struct tapir_icmp_object *object);

TAPIR_EXTERN_C_END
#endif
