/* tcpdump's lines: Ethernet, and the names of EtherTypes. */
#include "printer.h"

#define HEADER_LEN 14

/* As tcpdump names them, by number. */
static const tapir_label ether_types[] = {
    {0x0600, "NS"},
    {0x0707, "GeoNet (old)"},
    {0x0800, "IPv4"},
    {0x0806, "ARP"},
    {0x1000, "Trail"},
    {0x1111, "CALM FAST"},
    {0x6001, "MOP DL"},
    {0x6002, "MOP RC"},
    {0x6003, "DN"},
    {0x6004, "LAT"},
    {0x6007, "SCA"},
    {0x6558, "TEB"},
    {0x8035, "Reverse ARP"},
    {0x8038, "Lanbridge"},
    {0x803c, "DEC DNS"},
    {0x803e, "DEC DTS"},
    {0x805b, "VEXP"},
    {0x805c, "VPROD"},
    {0x809b, "Appletalk"},
    {0x80f3, "Appletalk ARP"},
    {0x8100, "802.1Q"},
    {0x8137, "IPX"},
    {0x86dd, "IPv6"},
    {0x8808, "MPCP"},
    {0x8809, "Slow Protocols"},
    {0x880b, "PPP"},
    {0x8847, "MPLS unicast"},
    {0x8848, "MPLS multicast"},
    {0x8863, "PPPoE D"},
    {0x8864, "PPPoE S"},
    {0x886f, "MS NLB heartbeat"},
    {0x8870, "LLC"},
    {0x888e, "EAPOL"},
    {0x8899, "Realtek protocols"},
    {0x88a2, "AoE"},
    {0x88a8, "802.1Q-QinQ"},
    {0x88ca, "TIPC"},
    {0x88cc, "LLDP"},
    {0x88e5, "802.1AE MACsec"},
    {0x88f7, "PTP"},
    {0x8902, "CFM"},
    {0x893a, "IEEE1905.1"},
    {0x8947, "GeoNet"},
    {0x894f, "NSH"},
    {0x9000, "Loopback"},
    {0x9100, "802.1Q-9100"},
    {0x9200, "802.1Q-9200"},
    {0xabcd, "CFM (old)"},
    {0xd28b, "Arista Vendor Specific Protocol"},
    {0xfefe, "OSI"},
    {0, NULL},
};

const char *tapir__dump_ether_type(uint16_t type)
{
    return tapir_label_find(ether_types, type);
}

/* "ethertype IPv4 (0x0800)", quiet: "IPv4". */
void tapir__dump_put_ether_type(struct tapir_dump *p, uint16_t type)
{
    const char *name = tapir__dump_ether_type(type);

    if (!p->quiet) {
        PUT(p, "ethertype ");
        tapir_text_put(p->out, name ? name : "Unknown");
    } else if (name) {
        tapir_text_put(p->out, name);
        return;
    } else {
        PUT(p, "Unknown Ethertype");
    }
    PUT(p, " (0x");
    tapir_text_hex(p->out, type, 4);
    PUT(p, ")");
}

/* "66:77:88:99:aa:bb > 00:11:22:33:44:55, ethertype IPv4 (0x0800), length 74: " */
static void put_header(struct tapir_dump *p, const struct tapir_ethernet *ethernet, uint32_t length)
{
    tapir__dump_mac(p, ethernet->src);
    PUT(p, " > ");
    tapir__dump_mac(p, ethernet->dst);
    PUT(p, ", ");
    if (ethernet->type < TAPIR_ETHER_TYPE_MIN)
        PUT(p, "802.3");
    else
        tapir__dump_put_ether_type(p, ethernet->type);
    PUT(p, ", length ");
    tapir_text_uint(p->out, length);
    PUT(p, ": ");
}

size_t tapir__dump_ethernet(struct tapir_dump *p, size_t index)
{
    const struct tapir_ethernet *ethernet = dump_layer(p, index)->fields;
    uint32_t length = p->length;
    size_t next;

    p->name = "ether";
    if (tapir_left(&p->in) < HEADER_LEN) {
        tapir__dump_truncated(p);
        p->link_len += tapir_left(&p->in);
        return DUMP_END;
    }
    p->link_len += HEADER_LEN;
    if (p->link_header)
        put_header(p, ethernet, length);
    dump_advance(p, HEADER_LEN);
    next = tapir__dump_inside(p, index, TAPIR_ETHER_TYPE, ethernet->type);
    if (next == DUMP_END) {
        if (!p->link_header)
            put_header(p, ethernet, length);
        tapir__dump_default(p);
    }
    return next;
}
