/* tcpdump's lines: BSD loopback and raw IP. */
#include "printer.h"

#define HEADER_LEN 4

static const tapir_label families[] = {
    {TAPIR_AF_INET, "IPv4"},
    {6, "NS"},
    {TAPIR_AF_OSI, "ISO"},
    {TAPIR_AF_APPLETALK, "Appletalk"},
    {TAPIR_AF_IPX, "IPX"},
    {TAPIR_AF_INET6_NETBSD, "IPv6"},
    {TAPIR_AF_INET6_FREEBSD, "IPv6"},
    {TAPIR_AF_INET6_DARWIN, "IPv6"},
    {0, NULL},
};

/* "AF IPv4 (2), length 60: ", quiet: "IPv4, length 60: " */
static void put_header(struct tapir_dump *p, uint32_t family)
{
    const char *name = tapir_label_find(families, family);

    if (!p->quiet) {
        PUT(p, "AF ");
        tapir_text_put(p->out, name ? name : "Unknown");
        PUT(p, " (");
        tapir_text_uint(p->out, family);
        PUT(p, ")");
    } else if (name) {
        tapir_text_put(p->out, name);
    } else {
        PUT(p, "Unknown AF ");
        tapir_text_uint(p->out, family);
    }
    PUT(p, ", length ");
    tapir_text_uint(p->out, p->link_wire_len);
    PUT(p, ": ");
}

/* The EtherType of the family, for when nothing behind the header was captured; 0: none. */
static uint16_t ether_type(uint32_t family)
{
    switch (family) {
    case TAPIR_AF_INET:
        return TAPIR_ETHER_TYPE_IPV4;
    case TAPIR_AF_INET6_NETBSD:
    case TAPIR_AF_INET6_FREEBSD:
    case TAPIR_AF_INET6_DARWIN:
        return TAPIR_ETHER_TYPE_IPV6;
    default:
        return 0;
    }
}

size_t tapir__dump_null(struct tapir_dump *p, size_t index)
{
    const tapir_layer *layer = dump_layer(p, index);
    const struct tapir_null *null = layer->fields;
    uint32_t family;
    uint16_t type;
    size_t next = DUMP_END;

    p->name = "null";
    if (!dump_have(p, &p->in, HEADER_LEN))
        return DUMP_END;
    /* Little-endian unless the number is too large for that. */
    family = null->little_endian ? null->family : __builtin_bswap32(null->family);
    if (family > UINT16_MAX)
        family = __builtin_bswap32(family);
    type = ether_type(family);
    p->link = layer;
    p->link_wire_len = p->length;
    p->link_len += HEADER_LEN;
    if (p->link_header)
        put_header(p, family);
    dump_advance(p, HEADER_LEN);
    if (type)
        next = tapir__dump_inside(p, index, TAPIR_ETHER_TYPE, type);
    if (next == DUMP_END) {
        if (!p->link_header)
            put_header(p, family);
        tapir__dump_default(p);
    }
    return next;
}

size_t tapir__dump_raw(struct tapir_dump *p, size_t index)
{
    tapir_reader in = p->in;
    uint8_t version;
    size_t next;

    if (p->link_header)
        PUT(p, "ip: ");
    version = tapir_take_u8(&in) >> 4;
    next = version == 4 || version == 6 ? tapir__dump_inside(p, index, NULL, 0) : DUMP_END;
    if (next == DUMP_END) {
        PUT(p, "unknown ip ");
        tapir_text_uint(p->out, version);
    }
    return next;
}
