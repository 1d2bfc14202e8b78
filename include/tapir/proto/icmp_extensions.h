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

/* One object. `data` is what follows its head; the other members are those of its class and C-type
 * and 0 for others. */
struct tapir_icmp_object {
    uint16_t length; /* with the head's 4 bytes */
    uint8_t class_number;
    uint8_t c_type;
    tapir_span data;
    uint8_t holds; /* TAPIR_ICMP_HOLDS_*: which of the following are there */
    uint32_t index;
    uint16_t address_family; /* IANA address family number: 1 IPv4, 2 IPv6 ... */
    uint8_t address_len;     /* INTERFACE_IDENTIFICATION */
    uint8_t reserved[2];     /* behind the address family; one byte in INTERFACE_IDENTIFICATION */
    uint8_t ipv4[4], ipv6[16];
    tapir_span address; /* of another family */
    uint8_t name_len;   /* INTERFACE_INFORMATION: with its own byte */
    tapir_span name;    /* UTF-8, without the zeroes that pad it */
    uint32_t mtu;
    uint32_t pointer; /* EXTENDED_INFORMATION */
    tapir_span rest;  /* bytes of the object that have no name */
};

/* Bits of `holds`. */
#define TAPIR_ICMP_HOLDS_MTU     0x01
#define TAPIR_ICMP_HOLDS_NAME    0x02
#define TAPIR_ICMP_HOLDS_FAMILY  0x04 /* address family, reserved and perhaps an address */
#define TAPIR_ICMP_HOLDS_INDEX   0x08
#define TAPIR_ICMP_HOLDS_IPV4    0x10
#define TAPIR_ICMP_HOLDS_IPV6    0x20
#define TAPIR_ICMP_HOLDS_ADDRESS 0x40 /* of another family */

/* Starts a walk over the objects: while (tapir_walk_next(&walk, &object)) ... */
TAPIR_API tapir_walk tapir_icmp_objects(const struct tapir_icmp_extensions *extensions);

/* One entry of an MPLS label stack. */
struct tapir_icmp_label {
    uint32_t label;
    uint8_t traffic_class; /* once "experimental" */
    bool bottom;           /* of the stack */
    uint8_t ttl;
    tapir_span leftover; /* what ends the object but is no whole label; the rest is 0 then */
};

/* Starts a walk over the entries of an MPLS_LABEL_STACK object. */
TAPIR_API tapir_walk tapir_icmp_labels(const struct tapir_icmp_object *object);

/* Write objects, and a whole structure of version 2 with its checksum around them. What finds no
 * room or is too wide for its place fails the writer. */
TAPIR_API void tapir_icmp_put_object(
    tapir_writer *w, uint64_t class_number, uint64_t c_type, tapir_span data);
TAPIR_API void tapir_icmp_put_label_stack(
    tapir_writer *w, const struct tapir_icmp_label *labels, size_t count);
TAPIR_API void tapir_icmp_put_extensions(tapir_writer *w, tapir_span objects);

TAPIR_EXTERN_C_END
#endif
