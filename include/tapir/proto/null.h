/* BSD loopback (LINKTYPE_NULL, LINKTYPE_LOOP): four bytes that say which address family follows. */
#ifndef TAPIR_PROTO_NULL_H
#define TAPIR_PROTO_NULL_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Address families; each BSD numbered IPv6 its own way. */
enum {
    TAPIR_AF_INET = 2,
    TAPIR_AF_OSI = 7,
    TAPIR_AF_INET6_LINUX = 10, /* as some write there, though the link type is BSD's */
    TAPIR_AF_APPLETALK = 16,
    TAPIR_AF_IPX = 23,
    TAPIR_AF_INET6_NETBSD = 24, /* and OpenBSD */
    TAPIR_AF_INET6_FREEBSD = 28,
    TAPIR_AF_INET6_DARWIN = 30
};

/* Keys for what follows where it is not IP. */
TAPIR_API extern const tapir_space tapir_space_null_family;
#define TAPIR_NULL_FAMILY (&tapir_space_null_family)

struct tapir_null {
    uint32_t family;
    bool little_endian; /* as the writer's machine had it; LINKTYPE_LOOP is always big */
};

TAPIR_API extern const tapir_proto tapir_null_proto;

TAPIR_EXTERN_C_END
#endif
