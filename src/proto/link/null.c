/* BSD loopback (LINKTYPE_NULL, LINKTYPE_LOOP). */
#include "tapir/proto/null.h"

#include "tapir/encode.h"
#include "tapir/packet.h"
#include "tapir/proto/ethernet.h"

const tapir_space tapir_space_null_family = {
    "null.family", "Address family of a loopback frame", false};

static const tapir_label families[] = {
    {TAPIR_AF_INET, "IPv4"},
    {TAPIR_AF_OSI, "OSI"},
    {TAPIR_AF_INET6_LINUX, "IPv6 (Linux)"},
    {TAPIR_AF_APPLETALK, "AppleTalk"},
    {TAPIR_AF_IPX, "IPX"},
    {TAPIR_AF_INET6_NETBSD, "IPv6 (NetBSD, OpenBSD)"},
    {TAPIR_AF_INET6_FREEBSD, "IPv6 (FreeBSD)"},
    {TAPIR_AF_INET6_DARWIN, "IPv6 (Darwin)"},
    {0, NULL},
};

/* Some writers put an EtherType where the family belongs. */
static bool is_type(const void *item)
{
    uint32_t family = ((const struct tapir_null *)item)->family;

    return family >= TAPIR_ETHER_TYPE_MIN && family <= UINT16_MAX;
}

static bool is_family(const void *item)
{
    return !is_type(item);
}

static const tapir_field null_fields[] = {
    TAPIR_FIELD(tapir_null, family, "null.family", TAPIR_UINT, 32, "Address family of the payload",
        .labels = families, .when = is_family),
    TAPIR_FIELD(tapir_null, family, "null.type", TAPIR_UINT, 0, "EtherType of the payload",
        .base = TAPIR_HEX, .labels = tapir_ether_types, .when = is_type),
};

/* Families and EtherTypes fit 16 bits, so whichever order puts them there is the writer's; the
 * link type LOOP settles it. */
static bool is_little_endian(const tapir_decoder *d, uint32_t family)
{
    if (d->frame && d->frame->link_type == TAPIR_LINK_TYPE_LOOP)
        return false;
    return family > UINT16_MAX;
}

/* What follows a family, or a number that is an EtherType itself. */
static uint32_t type_of(uint32_t family)
{
    switch (family) {
    case TAPIR_AF_INET:
        return TAPIR_ETHER_TYPE_IPV4;
    case TAPIR_AF_INET6_LINUX:
    case TAPIR_AF_INET6_NETBSD:
    case TAPIR_AF_INET6_FREEBSD:
    case TAPIR_AF_INET6_DARWIN:
        return TAPIR_ETHER_TYPE_IPV6;
    default:
        return family >= TAPIR_ETHER_TYPE_MIN && family <= UINT16_MAX ? family : 0;
    }
}

static tapir_status null_decode(tapir_decoder *d, void *layer)
{
    struct tapir_null *null = layer;
    bool whole = TAPIR_LOAD(&d->in, null, null_fields);

    null->little_endian = is_little_endian(d, null->family);
    if (null->little_endian)
        null->family = __builtin_bswap32(null->family);
    if (!whole)
        return TAPIR_OK;
    if (type_of(null->family))
        tapir_next(d, TAPIR_ETHER_TYPE, type_of(null->family));
    else
        tapir_next(d, TAPIR_NULL_FAMILY, null->family);
    return TAPIR_OK;
}

/* Makes *family one of those of what is inside: the most common one where it is none. */
static tapir_status fill_family(tapir_encoder *e, uint32_t *family)
{
    uint32_t type = type_of(*family);
    tapir_status status = tapir_fill_key(e, TAPIR_ETHER_TYPE, "null.family", &type);

    if (type == type_of(*family))
        return status;
    *family = type == TAPIR_ETHER_TYPE_IPV4   ? TAPIR_AF_INET
              : type == TAPIR_ETHER_TYPE_IPV6 ? TAPIR_AF_INET6_DARWIN
                                              : type;
    return status;
}

static tapir_status null_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_null null = *(const struct tapir_null *)layer;
    tapir_status status = fill_family(e, &null.family);

    if (null.little_endian)
        null.family = __builtin_bswap32(null.family);
    tapir_open_header(e, 4);
    TAPIR_STORE(&e->out, &null, null_fields);
    return status;
}

static const tapir_binding null_bindings[] = {
    {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_NULL},
    {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_LOOP},
};

static const char *const null_samples[] = {
    "02000000 45000014000000004000 0000 0a000001 0a000002",
    "0000001e 600000000000 3b40 "
    "00000000000000000000000000000001 00000000000000000000000000000001",
    "00080000 45000014000000004000 0000 0a000001 0a000002",
    "00000007 8100",
};

const tapir_proto tapir_null_proto = {
    .name = "null",
    .title = "BSD loopback",
    .spec = "LINKTYPE_NULL",
    .role = TAPIR_ROLE_LINK,
    TAPIR_FIELDS(null_fields),
    .size = sizeof(struct tapir_null),
    .decode = null_decode,
    .encode = null_encode,
    TAPIR_BINDINGS(null_bindings),
    TAPIR_SAMPLES(null_samples),
};
