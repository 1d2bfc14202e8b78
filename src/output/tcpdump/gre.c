/* tcpdump's lines: Generic Routing Encapsulation. */
#include "printer.h"

/* Address families of source routes (RFC 1701). */
#define FAMILY_IP 0x0800
#define FAMILY_AS 0xfffe

/* Tells whether `len` more bytes were captured; where not, tcpdump marks it and goes on with the
 * packet around. */
static bool have(struct tapir_dump *p, const tapir_reader *in, size_t len)
{
    if (tapir_left(in) >= len)
        return true;
    tapir__dump_truncated(p);
    return false;
}

static void put_flags(struct tapir_dump *p, uint16_t flags)
{
    static const struct {
        uint16_t bit;
        const char *name;
    } names[] = {{TAPIR_GRE_CHECKSUM, "checksum"}, {TAPIR_GRE_ROUTING, "routing"},
        {TAPIR_GRE_KEY, "key"}, {TAPIR_GRE_SEQUENCE, "sequence#"},
        {TAPIR_GRE_STRICT_SOURCE, "source routing"}, {TAPIR_GRE_ACKNOWLEDGMENT, "ack"}};
    const char *separator = "";

    PUT(p, ", Flags [");
    for (size_t i = 0; i < TAPIR_COUNT(names); i++)
        if (flags & names[i].bit) {
            tapir_text_put(p->out, separator);
            tapir_text_put(p->out, names[i].name);
            PUT(p, " present");
            separator = ", ";
        }
    if (!*separator)
        PUT(p, "none");
    PUT(p, "]");
}

/* ", proto IPv4 (0x0800)" */
static void put_protocol(struct tapir_dump *p, uint16_t type)
{
    const char *name = tapir__dump_ether_type(type);

    if (!p->link_header)
        return;
    PUT(p, ", proto ");
    tapir_text_put(p->out, name ? name : "unknown");
    PUT(p, " (0x");
    tapir_text_hex(p->out, type, 4);
    PUT(p, ")");
}

/* " 10.0.0.9 *10.0.0.8)": addresses, or numbers of systems, the active one with a star. */
static bool put_entries(
    struct tapir_dump *p, tapir_reader *in, size_t each, uint8_t offset, uint8_t len)
{
    for (size_t at = 0; at < len; at += each) {
        uint8_t address[4];
        if (tapir_left(in) < each) {
            PUT(p, ")");
            tapir__dump_truncated(p);
            return false;
        }
        PUT(p, " ");
        if (at == offset)
            PUT(p, "*");
        tapir_take_bytes(in, address, each);
        if (each == 4)
            tapir_text_ipv4(p->out, address);
        else
            tapir_text_uint(p->out, tapir_load_be(address, 2));
    }
    PUT(p, ")");
    return true;
}

/* One route of a family that is known. */
static bool put_route(
    struct tapir_dump *p, tapir_reader *in, uint16_t family, uint8_t offset, uint8_t len)
{
    size_t each = family == FAMILY_IP ? 4 : 2;

    PUT(p, " (rtaf=");
    tapir_text_put(p->out, family == FAMILY_IP ? "ip" : "asn");
    if (offset % each) {
        dump_number(p, ", badoffset=", offset);
    } else if (len % each) {
        dump_number(p, ", badlength=", len);
    } else if (offset >= len) {
        dump_number(p, ", badoff/len=", offset);
        dump_number(p, "/", len);
    } else {
        return put_entries(p, in, each, offset, len);
    }
    PUT(p, ")");
    tapir_take(in, len);
    return true;
}

static bool put_routes(struct tapir_dump *p, tapir_reader *in)
{
    for (;;) {
        uint16_t family;
        uint8_t offset, len;

        if (!have(p, in, 4))
            return false;
        family = tapir_take_be16(in);
        offset = tapir_take_u8(in);
        len = tapir_take_u8(in);
        if (family == 0 && len == 0)
            return true;
        PUT(p, ",");
        if (family != FAMILY_IP && family != FAMILY_AS) {
            dump_hex(p, " (rtaf=0x", family, 1);
            PUT(p, ")");
            tapir_take(in, len);
        } else if (!put_route(p, in, family, offset, len)) {
            return false;
        }
    }
}

/* -v puts what is inside on a line of its own. */
static void put_line_break(struct tapir_dump *p)
{
    if (p->verbosity)
        PUT(p, "\n\t");
    else
        PUT(p, ": ");
}

static size_t print_inside(struct tapir_dump *p, size_t index, size_t header_len, uint16_t type)
{
    size_t next = DUMP_END;

    put_line_break(p);
    dump_advance(p, header_len);
    if (type == TAPIR_ETHER_TYPE_IPV4 || type == TAPIR_ETHER_TYPE_IPV6 ||
        type == TAPIR_ETHER_TYPE_TEB || type == TAPIR_ETHER_TYPE_MPLS)
        next = tapir__dump_inside(p, index, TAPIR_ETHER_TYPE, type);
    if (next == DUMP_END)
        dump_hex(p, "gre-proto-0x", type, 1);
    return next;
}

/* RFC 2784, RFC 2890, RFC 1701. */
static size_t print_version_0(struct tapir_dump *p, size_t index, tapir_reader in, uint16_t flags)
{
    uint32_t length = p->length;
    uint16_t type;

    if (!have(p, &in, 2))
        return DUMP_END;
    type = tapir_take_be16(&in);
    if (flags & (TAPIR_GRE_CHECKSUM | TAPIR_GRE_ROUTING)) {
        uint16_t sum;
        if (!have(p, &in, 2))
            return DUMP_END;
        sum = tapir_take_be16(&in);
        if (p->verbosity)
            dump_hex(p, ", sum 0x", sum, 1);
        if (!have(p, &in, 2))
            return DUMP_END;
        dump_hex(p, ", off 0x", tapir_take_be16(&in), 1);
    }
    if (flags & TAPIR_GRE_KEY) {
        if (!have(p, &in, 4))
            return DUMP_END;
        dump_hex(p, ", key=0x", tapir_take_be32(&in), 1);
    }
    if (flags & TAPIR_GRE_SEQUENCE) {
        if (!have(p, &in, 4))
            return DUMP_END;
        dump_number(p, ", seq ", tapir_take_be32(&in));
    }
    if (flags & TAPIR_GRE_ROUTING && !put_routes(p, &in))
        return DUMP_END;
    put_protocol(p, type);
    dump_number(p, ", length ", length);
    return print_inside(p, index, tapir_left(&p->in) - tapir_left(&in), type);
}

/* RFC 2637. */
static size_t print_version_1(struct tapir_dump *p, size_t index, tapir_reader in, uint16_t flags)
{
    size_t next = DUMP_END;
    uint16_t type;

    if (!have(p, &in, 2))
        return DUMP_END;
    type = tapir_take_be16(&in);
    if (flags & TAPIR_GRE_KEY) {
        if (!have(p, &in, 4))
            return DUMP_END;
        tapir_take_be16(&in);
        dump_number(p, ", call ", tapir_take_be16(&in));
    }
    if (flags & TAPIR_GRE_SEQUENCE) {
        if (!have(p, &in, 4))
            return DUMP_END;
        dump_number(p, ", seq ", tapir_take_be32(&in));
    }
    if (flags & TAPIR_GRE_ACKNOWLEDGMENT) {
        if (!have(p, &in, 4))
            return DUMP_END;
        dump_number(p, ", ack ", tapir_take_be32(&in));
    }
    if (!(flags & TAPIR_GRE_SEQUENCE))
        PUT(p, ", no-payload");
    put_protocol(p, type);
    dump_number(p, ", length ", p->length);
    if (!(flags & TAPIR_GRE_SEQUENCE))
        return DUMP_END;
    put_line_break(p);
    dump_advance(p, tapir_left(&p->in) - tapir_left(&in));
    if (type == TAPIR_ETHER_TYPE_PPP)
        next = tapir__dump_inside(p, index, TAPIR_ETHER_TYPE, type);
    if (next == DUMP_END)
        dump_hex(p, "gre-proto-0x", type, 1);
    return next;
}

size_t tapir__dump_gre(struct tapir_dump *p, size_t index)
{
    tapir_reader in = p->in;
    uint16_t flags;

    p->name = "gre";
    if (!have(p, &in, 2))
        return DUMP_END;
    flags = tapir_take_be16(&in);
    dump_number(p, "GREv", flags & TAPIR_GRE_VERSION);
    if ((flags & TAPIR_GRE_VERSION) > 1) {
        PUT(p, " ERROR: unknown-version");
        return DUMP_END;
    }
    if (p->verbosity)
        put_flags(p, flags);
    return flags & TAPIR_GRE_VERSION ? print_version_1(p, index, in, flags)
                                     : print_version_0(p, index, in, flags);
}
