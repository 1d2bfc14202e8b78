/* tcpdump's lines: Point-to-Point Protocol. */
#include "printer.h"

#define ADDRESS 0xff
#define CONTROL 0x03

static const tapir_label protocol_names[] = {
    {TAPIR_PPP_IPV4, "IP"},
    {0x0023, "OSI"},
    {0x0025, "NS"},
    {0x0027, "DECNET"},
    {0x0029, "APPLE"},
    {0x002b, "IPX"},
    {0x002d, "VJC IP"},
    {0x002f, "VJNC IP"},
    {0x0031, "BRPDU"},
    {0x0033, "STII"},
    {0x0035, "VINES"},
    {0x003d, "MLPPP"},
    {TAPIR_PPP_IPV6, "IP6"},
    {0x00fd, "Compressed"},
    {0x0201, "HELLO"},
    {0x0231, "LUXCOM"},
    {0x0233, "SNS"},
    {TAPIR_PPP_MPLS, "MPLS"},
    {TAPIR_PPP_MPLS_UPSTREAM, "MPLS"},
    {TAPIR_PPP_IPCP, "IPCP"},
    {0x8023, "OSICP"},
    {0x8025, "NSCP"},
    {0x8027, "DECNETCP"},
    {0x8029, "APPLECP"},
    {0x802b, "IPXCP"},
    {0x8033, "STIICP"},
    {0x8035, "VINESCP"},
    {0x803d, "MLPPP-CP"},
    {TAPIR_PPP_IPV6CP, "IP6CP"},
    {0x80fd, "CCP"},
    {0x8281, "MPLSCP"},
    {TAPIR_PPP_LCP, "LCP"},
    {TAPIR_PPP_PAP, "PAP"},
    {0xc025, "LQM"},
    {0xc027, "SPAP"},
    {0xc02b, "BACP"},
    {0xc02d, "BAP"},
    {0xc123, "Old-SPAP"},
    {TAPIR_PPP_CHAP, "CHAP"},
    {0xc227, "EAP"},
    {0, NULL},
};

const char *tapir__dump_ppp_protocol(uint16_t protocol)
{
    return tapir_label_find(protocol_names, protocol);
}

static void put_unknown(struct tapir_dump *p, uint16_t protocol)
{
    const char *name = tapir__dump_ppp_protocol(protocol);

    if (name) {
        tapir_text_put(p->out, name);
    } else {
        dump_hex(p, "unknown PPP protocol (0x", protocol, 4);
        PUT(p, ")");
    }
}

/* What the protocol carries; p->in stands behind its number. */
static size_t print_inside(struct tapir_dump *p, size_t index, uint16_t protocol)
{
    size_t next = DUMP_END;

    if (protocol == TAPIR_PPP_IPV4 || protocol == TAPIR_PPP_IPV6 || protocol == TAPIR_PPP_MPLS ||
        protocol == TAPIR_PPP_MPLS_UPSTREAM)
        next = tapir__dump_inside(p, index, TAPIR_PPP_PROTOCOL, protocol);
    if (next != DUMP_END || tapir__dump_ppp_control(p, protocol))
        return next;
    if (protocol == 0x00fd) {
        PUT(p, "compressed PPP data");
    } else {
        put_unknown(p, protocol);
        PUT(p, " ");
        tapir__dump_unknown_data(p, "\n\t", p->in, p->length);
    }
    return DUMP_END;
}

/* As a link type of serial lines, where address and control are always there. */
static size_t print_serial(struct tapir_dump *p, size_t index)
{
    tapir_reader in = p->in;
    uint8_t address, control;
    uint16_t protocol;

    p->name = "ppp_hdlc";
    if (tapir_left(&in) < 4) {
        p->link_len = tapir_left(&in);
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    address = tapir_take_u8(&in);
    control = tapir_take_u8(&in);
    if (p->link_header) {
        dump_hex(p, "", address, 2);
        dump_hex(p, " ", control, 2);
        dump_number(p, " ", p->length);
        PUT(p, " ");
    }
    if (address != ADDRESS) {
        p->link_len = 2;
        dump_hex(p, "unknown addr ", tapir_take_u8(&in), 2);
        dump_hex(p, "; ctrl ", tapir_take_u8(&in), 2);
        return DUMP_END;
    }
    protocol = tapir_take_be16(&in);
    p->link_len = 4;
    dump_advance(p, 4);
    put_unknown(p, protocol);
    PUT(p, ": ");
    return print_inside(p, index, protocol);
}

/* "IP (0x0021), length 37: "; false when tcpdump goes no further. */
static bool put_header(struct tapir_dump *p, uint16_t protocol, uint32_t length)
{
    const char *name = tapir__dump_ppp_protocol(protocol);

    tapir_text_put(p->out, name ? name : "unknown");
    dump_hex(p, " (0x", protocol, 4);
    dump_number(p, "), length ", length);
    if (name)
        PUT(p, ": ");
    return name;
}

size_t tapir__dump_ppp(struct tapir_dump *p, size_t index)
{
    uint32_t length = p->length;
    const uint8_t *start = p->in.at;
    tapir_reader in = p->in;
    uint16_t protocol;

    if (index == 0 && p->frame->link_type == TAPIR_LINK_TYPE_PPP_SERIAL)
        return print_serial(p, index);
    p->name = "ppp";
    if (index == 0) {
        p->link_len = tapir_left(&in) < 4 ? tapir_left(&in) : 4;
        if (tapir_left(&in) < 4) {
            tapir__dump_truncated(p);
            return DUMP_END;
        }
    }
    if (p->length < 2) {
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    if (dump_take_be16(p, &in) == (ADDRESS << 8 | CONTROL))
        dump_advance(p, 2);
    if (p->length < 2) {
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    in = p->in;
    protocol = dump_take_u8(p, &in);
    if (protocol % 2 == 0)
        protocol = (uint16_t)(protocol << 8 | dump_take_u8(p, &in));
    dump_advance(p, (size_t)(in.at - p->in.at));
    if (index == 1 && p->frame->link_type == TAPIR_LINK_TYPE_PPP_ETHER)
        p->link_len += (size_t)(in.at - start);
    if (p->link_header && !put_header(p, protocol, length))
        return DUMP_END;
    return print_inside(p, index, protocol);
}
