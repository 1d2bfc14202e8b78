/* tcpdump's lines: the Address Resolution Protocol and its kin. */
#include "printer.h"

#define FIXED_LEN 8

/* The bit that ends a Frame Relay address. */
#define LAST_OCTET 1

static const tapir_label hardware_types[] = {
    {TAPIR_ARP_ETHERNET, "Ethernet"},
    {TAPIR_ARP_IEEE802, "TokenRing"},
    {7, "ArcNet"},
    {TAPIR_ARP_FRAME_RELAY, "FrameRelay"},
    {23, "Strip"},
    {24, "IEEE 1394"},
    {32, "InfiniBand"},
    {0, NULL},
};

static const tapir_label operations[] = {
    {TAPIR_ARP_REQUEST, "Request"},
    {TAPIR_ARP_REPLY, "Reply"},
    {TAPIR_RARP_REQUEST, "Reverse Request"},
    {TAPIR_RARP_REPLY, "Reverse Reply"},
    {TAPIR_INARP_REQUEST, "Inverse Request"},
    {TAPIR_INARP_REPLY, "Inverse Reply"},
    {TAPIR_ARP_NAK, "NACK Reply"},
    {0, NULL},
};

static void put_count(struct tapir_dump *p, const char *before, uint32_t count, const char *after)
{
    tapir_text_put(p->out, before);
    tapir_text_uint(p->out, count);
    tapir_text_put(p->out, after);
}

static void put_protocol_type(struct tapir_dump *p, uint16_t type)
{
    const char *name = tapir__dump_ether_type(type);

    if (name) {
        tapir_text_put(p->out, name);
    } else {
        PUT(p, "Unknown Protocol (0x");
        tapir_text_hex(p->out, type, 4);
        PUT(p, ")");
    }
}

/* The protocol address, of IPv4 when all is well. */
static void put_protocol_address(
    struct tapir_dump *p, const struct tapir_arp *arp, tapir_span address, const char *wrong)
{
    if (arp->protocol_type != TAPIR_ETHER_TYPE_IPV4 && arp->protocol_type != 0x1000)
        PUT(p, "<wrong proto type>");
    else if (address.len != 4)
        tapir_text_put(p->out, wrong);
    else
        tapir__dump_host4(p, address.data);
}

/* Reads a Frame Relay address (Q.922 3.3) of two, three or four octets: the number of the
 * connection, in pieces of 6, 4, 7 and 6 bits, or the last two in one of 6. */
static const char *dlci_of(tapir_span address, uint32_t *dlci)
{
    tapir_reader in = tapir_reader_of(address);
    uint8_t octet = tapir_take_u8(&in);

    if (address.len && octet & LAST_OCTET)
        return "<Invalid DLCI>";
    *dlci = octet >> 2;
    octet = tapir_take_u8(&in);
    *dlci = *dlci << 4 | octet >> 4;
    if (octet & LAST_OCTET)
        return NULL;
    octet = tapir_take_u8(&in);
    if (!(octet & LAST_OCTET) && !in.failed) {
        *dlci = *dlci << 7 | octet >> 1;
        octet = tapir_take_u8(&in);
    }
    *dlci = *dlci << 6 | octet >> 2;
    if (in.failed)
        return "<Truncated>";
    return octet & LAST_OCTET ? NULL : "<Invalid DLCI>";
}

static void put_hardware_address(
    struct tapir_dump *p, const struct tapir_arp *arp, tapir_span address)
{
    const char *wrong;
    uint32_t dlci;

    if (arp->hardware_type != TAPIR_ARP_FRAME_RELAY || address.len == 0) {
        tapir__dump_link_address(p, address);
        return;
    }
    wrong = dlci_of(address, &dlci);
    if (wrong)
        tapir_text_put(p->out, wrong);
    else
        dump_number(p, "DLCI ", dlci);
}

static void put_operation(struct tapir_dump *p, uint16_t operation)
{
    const char *name = tapir_label_find(operations, operation);

    if (name)
        tapir_text_put(p->out, name);
    else
        put_count(p, "Unknown (", operation, ")");
    PUT(p, " ");
}

static bool all_zero(tapir_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i])
            return false;
    return true;
}

/* "who-has 10.0.0.2 tell 10.0.0.1"; false for an operation that is only named. */
static bool put_question(struct tapir_dump *p, const struct tapir_arp *arp)
{
    static const char wrong[] = "<wrong len>";

    switch (arp->operation) {
    case TAPIR_ARP_REQUEST:
        PUT(p, "who-has ");
        put_protocol_address(p, arp, arp->dst_protocol, wrong);
        if (!all_zero(arp->dst_hardware)) {
            PUT(p, " (");
            put_hardware_address(p, arp, arp->dst_hardware);
            PUT(p, ")");
        }
        PUT(p, " tell ");
        put_protocol_address(p, arp, arp->src_protocol, wrong);
        return true;
    case TAPIR_ARP_REPLY:
        put_protocol_address(p, arp, arp->src_protocol, wrong);
        PUT(p, " is-at ");
        put_hardware_address(p, arp, arp->src_hardware);
        return true;
    case TAPIR_RARP_REQUEST:
    case TAPIR_INARP_REQUEST:
        PUT(p, "who-is ");
        put_hardware_address(p, arp, arp->dst_hardware);
        PUT(p, " tell ");
        put_hardware_address(p, arp, arp->src_hardware);
        return true;
    case TAPIR_RARP_REPLY:
        put_hardware_address(p, arp, arp->dst_hardware);
        PUT(p, " at ");
        put_protocol_address(p, arp, arp->dst_protocol, wrong);
        return true;
    case TAPIR_INARP_REPLY:
        put_hardware_address(p, arp, arp->src_hardware);
        PUT(p, " at ");
        put_protocol_address(p, arp, arp->src_protocol, wrong);
        return true;
    default:
        return false;
    }
}

/* An ATM address: number, and subaddress behind a comma when there is one. */
static void put_atm(struct tapir_dump *p, tapir_span number, tapir_span subaddress, bool both)
{
    if (number.len == 0) {
        PUT(p, "<No address>");
        return;
    }
    tapir__dump_link_address(p, number);
    if (both) {
        PUT(p, ",");
        if (subaddress.len == 0)
            PUT(p, "<No address>");
        else
            tapir__dump_link_address(p, subaddress);
    }
}

static void put_atm_source(struct tapir_dump *p, const struct tapir_arp *arp)
{
    put_atm(p, arp->src_hardware, arp->src_sub, arp->hardware_size & TAPIR_ATM_E164);
}

/* `size` is the octet that tells whether there is a subaddress. */
static void put_atm_target(struct tapir_dump *p, const struct tapir_arp *arp, uint8_t size)
{
    put_atm(p, arp->dst_hardware, arp->dst_sub, size & TAPIR_ATM_E164);
}

/* The same over ATM (RFC 2225). */
static bool put_atm_question(struct tapir_dump *p, const struct tapir_arp *arp)
{
    static const char wrong_src[] = "<wrong splen>", wrong_dst[] = "<wrong tplen>";

    switch (arp->operation) {
    case TAPIR_ARP_REQUEST:
        PUT(p, "who-has ");
        put_protocol_address(p, arp, arp->dst_protocol, wrong_dst);
        if (arp->dst_hardware.len) {
            PUT(p, " (");
            put_atm_target(p, arp, arp->dst_number);
            PUT(p, ")");
        }
        PUT(p, " tell ");
        put_protocol_address(p, arp, arp->src_protocol, wrong_src);
        return true;
    case TAPIR_ARP_REPLY:
        put_protocol_address(p, arp, arp->src_protocol, wrong_src);
        PUT(p, " is-at ");
        put_atm_source(p, arp);
        return true;
    case TAPIR_INARP_REQUEST:
        PUT(p, "who-is ");
        put_atm_target(p, arp, arp->hardware_size);
        PUT(p, " tell ");
        put_atm_source(p, arp);
        return true;
    case TAPIR_INARP_REPLY:
        put_atm_source(p, arp);
        PUT(p, "at ");
        put_protocol_address(p, arp, arp->src_protocol, wrong_src);
        return true;
    case TAPIR_ARP_NAK:
        PUT(p, "for ");
        put_protocol_address(p, arp, arp->src_protocol, wrong_src);
        return true;
    default:
        return false;
    }
}

/* "Ethernet (len 6), IPv4 (len 4)" */
static void put_types(struct tapir_dump *p, const struct tapir_arp *arp)
{
    if (arp->atm) {
        PUT(p, "ATM, ");
        put_protocol_type(p, arp->protocol_type);
        put_count(p, " (len ", arp->src_protocol_size, "/");
        put_count(p, "", arp->dst_protocol_size, ")");
        return;
    }
    if (tapir_label_find(hardware_types, arp->hardware_type))
        tapir_text_put(p->out, tapir_label_find(hardware_types, arp->hardware_type));
    else
        put_count(p, "Unknown Hardware (", arp->hardware_type, ")");
    put_count(p, " (len ", arp->hardware_size, "), ");
    put_protocol_type(p, arp->protocol_type);
    put_count(p, " (len ", arp->protocol_size, ")");
}

/* Tells whether this is IPv4 over something with addresses, as it mostly is. */
static bool is_usual(const struct tapir_arp *arp)
{
    if (arp->protocol_type != TAPIR_ETHER_TYPE_IPV4 && arp->protocol_type != 0x1000)
        return false;
    return arp->atm ? arp->src_protocol_size == 4 && arp->dst_protocol_size == 4
                    : arp->protocol_size == 4 && arp->hardware_size != 0;
}

size_t tapir__dump_arp(struct tapir_dump *p, size_t index)
{
    const tapir_layer *layer = dump_layer(p, index);
    const struct tapir_arp *arp = layer->fields;
    bool usual;

    p->name = "arp";
    if (!dump_have(p, &p->in, FIXED_LEN))
        return DUMP_END;
    if (layer->partial) {
        dump_cut(p);
        return DUMP_END;
    }
    if (!p->link_header)
        PUT(p, "ARP, ");
    usual = is_usual(arp);
    if (!usual || p->verbosity)
        put_types(p, arp);
    if (usual || p->verbosity) {
        if (p->verbosity)
            PUT(p, ", ");
        put_operation(p, arp->operation);
        if (!(arp->atm ? put_atm_question(p, arp) : put_question(p, arp))) {
            tapir__dump_hex(p->out, "\n\t", tapir_rest(&p->in), true);
            return DUMP_END;
        }
    }
    put_count(p, ", length ", p->length, "");
    return DUMP_END;
}
