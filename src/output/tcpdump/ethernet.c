/* tcpdump's lines: Ethernet, VLAN tags, and the names of EtherTypes. */
#include "printer.h"

#define HEADER_LEN 14
#define TAG_LEN    4

/* What tcpdump takes for a length, though IEEE 802.3 3.2.6 has EtherTypes begin at 1536. */
#define LENGTH_MAX 1500

/* As tcpdump names them, by number. */
static const tapir_label ether_types[] = {
    {0x00fe, "GRE-OSI"},
    {0x0200, "PUP"},
    {0x0500, "Sprite"},
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

/* "66:77:88:99:aa:bb > 00:11:22:33:44:55, " */
static void put_addresses(struct tapir_dump *p, const struct tapir_ethernet *ethernet)
{
    tapir__dump_mac(p, ethernet->src);
    PUT(p, " > ");
    tapir__dump_mac(p, ethernet->dst);
    PUT(p, ", ");
}

/* "ethertype IPv4 (0x0800), length 74: ", without the length behind a tag. */
static void put_type(struct tapir_dump *p, uint16_t type, bool tagged)
{
    if (type <= LENGTH_MAX) {
        PUT(p, "802.3");
        if (tagged)
            return;
    } else {
        tapir__dump_put_ether_type(p, type);
    }
    if (!tagged) {
        PUT(p, ", length ");
        tapir_text_uint(p->out, p->link_wire_len);
        PUT(p, ": ");
    } else {
        PUT(p, ", ");
    }
}

size_t tapir__dump_inside_ether_type(struct tapir_dump *p, size_t index, uint16_t type)
{
    size_t next = tapir__dump_inside(p, index, TAPIR_ETHER_TYPE, type);

    /* tcpdump bridges through GRE only. */
    return next != DUMP_END && dump_layer(p, next)->proto == &tapir_ethernet_proto ? DUMP_END
                                                                                   : next;
}

bool tapir__dump_is_tag(uint16_t type)
{
    return type == TAPIR_ETHER_TYPE_VLAN || type == TAPIR_ETHER_TYPE_QINQ || type == 0x9100 ||
           type == 0x9200;
}

/* Only the outermost headers count as the link's. */
static void add_link_len(struct tapir_dump *p, size_t len)
{
    if (!p->network)
        p->link_len += len;
}

/* Tells whether there is all of a logical link control header: two access points and a control
 * field, of one octet in unnumbered frames, else of two (IEEE 802.2 5.2). */
static bool has_llc(tapir_reader in)
{
    uint8_t control;

    tapir_take(&in, 2);
    control = tapir_take_u8(&in);
    if ((control & 3) != 3)
        tapir_take_u8(&in);
    return !in.failed;
}

/* Behind a length instead of an EtherType there is a logical link control header, which is shown
 * when it is too short to be one, and as bytes when not. */
static size_t print_802_3(struct tapir_dump *p, uint16_t length, bool tagged)
{
    if (length < p->length)
        p->length = length;
    tapir_limit(&p->in, length);
    p->link_wire_len = p->length;
    if (p->link_header)
        put_type(p, length, tagged);
    if (!has_llc(p->in)) {
        p->name = "llc";
        tapir__dump_truncated(p);
        add_link_len(p, tapir_left(&p->in));
    } else if (!p->link_header) {
        put_addresses(p, p->link->fields);
        put_type(p, length, false);
    }
    tapir__dump_default(p);
    return DUMP_END;
}

/* Goes on behind the header or a tag with what `type` says. */
static size_t print_inside(struct tapir_dump *p, size_t index, uint16_t type, bool tagged)
{
    size_t next;

    if (type <= LENGTH_MAX)
        return print_802_3(p, type, tagged);
    next = tapir__dump_inside_ether_type(p, index, type);
    p->outer_type = type;
    if (next != DUMP_END && tapir_vlan_of(dump_layer(p, next)))
        return next;
    if (p->link_header) {
        put_type(p, type, tagged);
    } else if (next == DUMP_END) {
        put_addresses(p, p->link->fields);
        put_type(p, type, false);
    }
    if (next == DUMP_END)
        tapir__dump_default(p);
    return next;
}

size_t tapir__dump_ethernet(struct tapir_dump *p, size_t index)
{
    const tapir_layer *layer = dump_layer(p, index);
    const struct tapir_ethernet *ethernet = layer->fields;

    p->name = "ether";
    if (tapir_left(&p->in) < HEADER_LEN) {
        tapir__dump_truncated(p);
        add_link_len(p, tapir_left(&p->in));
        return DUMP_END;
    }
    if (p->length < tapir_left(&p->in)) {
        dump_number(p, "[length ", p->length);
        dump_number(p, " < caplen ", tapir_left(&p->in));
        PUT(p, "]");
        tapir__dump_invalid(p);
        return DUMP_END;
    }
    p->link = layer;
    p->link_wire_len = p->length;
    add_link_len(p, HEADER_LEN);
    if (p->link_header)
        put_addresses(p, ethernet);
    dump_advance(p, HEADER_LEN);
    return print_inside(p, index, ethernet->type, false);
}

/* "vlan 5, p 0, " */
static void put_tag(struct tapir_dump *p, const struct tapir_vlan *tag)
{
    PUT(p, "vlan ");
    tapir_text_uint(p->out, tag->id);
    PUT(p, ", p ");
    tapir_text_uint(p->out, tag->priority);
    if (tag->dei)
        PUT(p, ", DEI");
    PUT(p, ", ");
}

/* Behind a cooked header tcpdump names the type of what is tagged, asked or not. */
static size_t print_cooked_tag(struct tapir_dump *p, size_t index, const struct tapir_vlan *tag)
{
    const char *name = tapir__dump_ether_type(tag->type);
    size_t next = DUMP_END;

    if (tag->type == TAPIR_ETHER_TYPE_VLAN || !tapir__dump_is_tag(tag->type))
        next = tapir__dump_inside_ether_type(p, index, tag->type);
    if (p->link_header)
        put_tag(p, tag);
    if (!p->quiet) {
        PUT(p, "ethertype ");
        tapir_text_put(p->out, name ? name : "Unknown");
        PUT(p, ", ");
    }
    if (next == DUMP_END)
        tapir__dump_cooked_unknown(p, tag->type);
    return next;
}

size_t tapir__dump_vlan(struct tapir_dump *p, size_t index)
{
    const struct tapir_vlan *tag = dump_layer(p, index)->fields;
    bool tagged = index > 0 && tapir_vlan_of(dump_layer(p, index - 1));

    p->name = "vlan";
    if (tapir_left(&p->in) < TAG_LEN) {
        tapir__dump_truncated(p);
        add_link_len(p, tapir_left(&p->in));
        return DUMP_END;
    }
    add_link_len(p, TAG_LEN);
    dump_advance(p, TAG_LEN);
    if (!p->link || p->link->proto != &tapir_ethernet_proto)
        return print_cooked_tag(p, index, tag);
    if (p->link_header) {
        put_type(p, p->outer_type, tagged);
        put_tag(p, tag);
    }
    return print_inside(p, index, tag->type, true);
}
