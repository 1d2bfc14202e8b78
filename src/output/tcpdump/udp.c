/* tcpdump's lines: User Datagram Protocol. */
#include "printer.h"

#define HEADER_LEN 8

static void put_checksum(struct tapir_dump *p, const struct tapir_udp *udp, uint32_t len)
{
    uint16_t wrong;

    /* Over IPv6 there is always one (RFC 8200 8.1). */
    if (udp->checksum == 0 && NETWORK_AS(p, ipv4)) {
        PUT(p, "[no cksum] ");
        return;
    }
    if (tapir_left(&p->in) < len)
        return;
    wrong = tapir__dump_transport_sum(p, 17, len);
    if (wrong == 0) {
        PUT(p, "[udp sum ok] ");
        return;
    }
    PUT(p, "[bad udp cksum 0x");
    tapir_text_hex(p->out, udp->checksum, 4);
    PUT(p, " -> 0x");
    tapir_text_hex(p->out, tapir__dump_should_be(udp->checksum, wrong), 4);
    PUT(p, "!] ");
}

/* Tells whether tcpdump looks at the checksum: over IPv4 from -vv on, over IPv6 from -v on. */
static bool wants_checksum(const struct tapir_dump *p)
{
    unsigned from = NETWORK_AS(p, ipv4) ? 2 : 1;

    return p->verbosity >= from && !p->options.no_checksums && !p->fragment;
}

size_t tapir__dump_udp(struct tapir_dump *p, size_t index)
{
    const struct tapir_udp *udp = dump_layer(p, index)->fields;
    uint32_t announced, present = p->length - HEADER_LEN, length;
    size_t next;

    p->name = "udp";
    if (tapir_left(&p->in) < 4) {
        if (!p->network || !tapir__dump_behind_extension(p, 17))
            tapir__dump_addresses(p);
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    tapir__dump_ports(p, 17, udp->src_port, udp->dst_port, tapir__dump_udp_port);
    if (p->length < HEADER_LEN) {
        PUT(p, "truncated-udp ");
        tapir_text_uint(p->out, p->length);
        return DUMP_END;
    }
    if (tapir_left(&p->in) >= 6 && udp->length < HEADER_LEN) {
        PUT(p, "truncated-udplength ");
        tapir_text_uint(p->out, udp->length);
        return DUMP_END;
    }
    if (tapir_left(&p->in) < HEADER_LEN) {
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    announced = udp->length - HEADER_LEN;
    length = announced < present ? announced : present;
    if (wants_checksum(p))
        put_checksum(p, udp, length + HEADER_LEN);
    dump_advance(p, HEADER_LEN);
    p->length = length;
    if (!p->quiet && tapir__dump_dns(p, udp->src_port, udp->dst_port, false))
        return DUMP_END;
    next = p->quiet
               ? DUMP_END
               : tapir__dump_inside_ports(p, index, TAPIR_UDP_PORT, udp->src_port, udp->dst_port);
    if (next != DUMP_END)
        return next;
    if (!p->quiet && tapir__dump_text(p, udp->src_port, udp->dst_port, false))
        return DUMP_END;
    if (announced > present && !p->fragment) {
        PUT(p, "UDP, bad length ");
        tapir_text_uint(p->out, announced);
        PUT(p, " > ");
        tapir_text_uint(p->out, present);
    } else {
        PUT(p, "UDP, length ");
        tapir_text_uint(p->out, announced);
    }
    return DUMP_END;
}
