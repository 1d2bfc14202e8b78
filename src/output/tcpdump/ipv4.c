/* tcpdump's lines: Internet Protocol version 4. */
#include "printer.h"

#define MORE_OR_OFFSET 0x3fff

static const tapir_label protocols[] = {
    {0, "Options"},
    {1, "ICMP"},
    {2, "IGMP"},
    {4, "IPIP"},
    {6, "TCP"},
    {8, "EGP"},
    {9, "IGRP"},
    {17, "UDP"},
    {33, "DCCP"},
    {41, "IPv6"},
    {43, "Routing"},
    {44, "Fragment"},
    {46, "RSVP"},
    {47, "GRE"},
    {50, "ESP"},
    {51, "AH"},
    {55, "Mobile IP"},
    {58, "ICMPv6"},
    {62, "Mobile IP (old)"},
    {88, "EIGRP"},
    {89, "OSPF"},
    {103, "PIM"},
    {108, "Compressed IP"},
    {112, "VRRP"},
    {113, "PGM"},
    {132, "SCTP"},
    {135, "Mobility"},
    {143, "Ethernet"},
    {0, NULL},
};

static const char *option_name(uint8_t type)
{
    switch (type) {
    case TAPIR_IPV4_END:
        return "EOL";
    case TAPIR_IPV4_NOP:
        return "NOP";
    case TAPIR_IPV4_TIMESTAMP:
        return "timestamp";
    case TAPIR_IPV4_SECURITY:
        return "security";
    case TAPIR_IPV4_RECORD_ROUTE:
        return "RR";
    case TAPIR_IPV4_STRICT_ROUTE:
        return "SSRR";
    case TAPIR_IPV4_LOOSE_ROUTE:
        return "LSRR";
    case TAPIR_IPV4_ROUTER_ALERT:
        return "RA";
    case TAPIR_IPV4_TRACEROUTE:
        return "traceroute";
    default:
        return NULL;
    }
}

void tapir__dump_put_protocol(struct tapir_dump *p, uint8_t protocol)
{
    const char *name = tapir_label_find(protocols, protocol);

    tapir_text_put(p->out, name ? name : "unknown");
    PUT(p, " (");
    tapir_text_uint(p->out, protocol);
    PUT(p, ")");
}

static void put_bracketed(struct tapir_dump *p, const char *what, uint32_t number)
{
    tapir_text_put(p->out, what);
    tapir_text_uint(p->out, number);
    PUT(p, "]");
}

/* " 10.0.0.1, 10.0.0.2": a comma behind each address that was used. False when bytes are missing.
 */
static bool put_route(struct tapir_dump *p, tapir_reader option, uint8_t length)
{
    uint8_t pointer;

    if (length < 3) {
        put_bracketed(p, " [bad length ", length);
        return true;
    }
    if ((length + 1) & 3)
        put_bracketed(p, " [bad length ", length);
    tapir_take(&option, 2);
    if (tapir_left(&option) < 1)
        return false;
    pointer = tapir_take_u8(&option);
    if (pointer < 4 || pointer & 3 || pointer > length + 2u)
        put_bracketed(p, " [bad ptr ", pointer);
    for (unsigned at = 3; at < length; at += 4) {
        uint8_t address[4];
        if (tapir_left(&option) < 4)
            return false;
        tapir_take_bytes(&option, address, 4);
        PUT(p, " ");
        tapir__dump_host4(p, address);
        if (pointer - 1u > at)
            PUT(p, ",");
    }
    return true;
}

/* " TS{TSONLY 170@ ^ }": the caret stands where the next stamp goes. */
static bool put_timestamp(struct tapir_dump *p, tapir_reader option, uint8_t length)
{
    uint8_t pointer, flags;
    unsigned kind, each, at = 4;

    if (length < 4) {
        put_bracketed(p, "[bad length ", length);
        return true;
    }
    PUT(p, " TS{");
    tapir_take(&option, 2);
    if (tapir_left(&option) < 2)
        return false;
    pointer = tapir_take_u8(&option);
    flags = tapir_take_u8(&option);
    kind = flags & 15;
    each = kind ? 8 : 4;
    if ((length - 4u) % each)
        put_bracketed(p, "[bad length ", length);
    if (pointer < 5 || (pointer - 5u) % each || pointer > length + 2u)
        put_bracketed(p, "[bad ptr ", pointer);
    if (kind == 0)
        PUT(p, "TSONLY");
    else if (kind == 1)
        PUT(p, "TS+ADDR");
    else if (kind == 3)
        PUT(p, "PRESPEC");
    else
        put_bracketed(p, "[bad ts type ", kind);
    for (; at < length && kind < 4 && kind != 2; at += each) {
        uint8_t address[4];
        if (tapir_left(&option) < each)
            return false;
        if (each == 8)
            tapir_take_bytes(&option, address, 4);
        tapir_text_put(p->out, at + 1 == pointer ? " ^ " : " ");
        tapir_text_uint(p->out, tapir_take_be32(&option));
        PUT(p, "@");
        if (each == 8)
            tapir__dump_host4(p, address);
    }
    /* tcpdump begins to count with the first stamp. */
    if (kind == 2 || kind > 3)
        at = 0;
    if (at + 1 == pointer)
        PUT(p, " ^ ");
    if (flags >> 4) {
        PUT(p, " [");
        tapir_text_uint(p->out, flags >> 4);
        PUT(p, " hops not recorded]} ");
    } else {
        PUT(p, "}");
    }
    return true;
}

/* False when bytes are missing. `option` starts at the type, and does not end with the option:
 * tcpdump reads on where an entry does not fit into it. */
static bool put_option(struct tapir_dump *p, tapir_reader option, uint8_t type, uint8_t length)
{
    if (tapir_left(&option) < length)
        return false;
    switch (type) {
    case TAPIR_IPV4_TIMESTAMP:
        return put_timestamp(p, option, length);
    case TAPIR_IPV4_RECORD_ROUTE:
    case TAPIR_IPV4_STRICT_ROUTE:
    case TAPIR_IPV4_LOOSE_ROUTE:
        return put_route(p, option, length);
    case TAPIR_IPV4_ROUTER_ALERT:
        tapir_take(&option, 2);
        if (length < 4) {
            put_bracketed(p, " [bad length ", length);
        } else {
            uint16_t value = tapir_take_be16(&option);
            if (value != 0) {
                PUT(p, " value ");
                tapir_text_uint(p->out, value);
            }
        }
        return true;
    default:
        return true;
    }
}

/* False when an option was not captured whole. */
static bool put_options(struct tapir_dump *p, tapir_reader in, size_t len)
{
    const char *separator = "";
    bool whole = true;

    PUT(p, ", options (");
    while (len > 0 && !p->cut) {
        tapir_reader option = in;
        uint8_t type, length = 1;
        const char *name;

        tapir_text_put(p->out, separator);
        separator = ",";
        type = dump_take_u8(p, &in);
        name = option_name(type);
        tapir_text_put(p->out, name ? name : "unknown ");
        if (!name)
            tapir_text_uint(p->out, type);
        if (type == TAPIR_IPV4_END)
            break;
        if (type != TAPIR_IPV4_NOP) {
            length = dump_take_u8(p, &in);
            if (length < 2 || length > len) {
                put_bracketed(p, " [bad length ", length);
                break;
            }
            if (!put_option(p, option, type, length)) {
                PUT(p, " [truncated-option]");
                whole = false;
                break;
            }
            tapir_take(&in, length - 2u);
        }
        len -= length;
    }
    PUT(p, ")");
    return whole;
}

/* "tos 0x2,ECT(0), ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 40" */
static void put_details(struct tapir_dump *p, const struct tapir_ipv4 *ip)
{
    static const char *const congestion[] = {"", ",ECT(1)", ",ECT(0)", ",CE"};
    static const char *const flags[] = {
        "none", "+", "DF", "+, DF", "rsvd", "+, rsvd", "DF, rsvd", "+, DF, rsvd"};

    PUT(p, "(tos 0x");
    tapir_text_hex(p->out, ip->ds_field, 1);
    tapir_text_put(p->out, congestion[TAPIR_ECN(ip->ds_field)]);
    if (ip->ttl >= 1) {
        PUT(p, ", ttl ");
        tapir_text_uint(p->out, ip->ttl);
    }
    PUT(p, ", id ");
    tapir_text_uint(p->out, ip->id);
    PUT(p, ", offset ");
    tapir_text_uint(p->out, ip->fragment_offset * 8u);
    PUT(p, ", flags [");
    tapir_text_put(p->out, flags[ip->flags & 7]);
    PUT(p, "], proto ");
    tapir__dump_put_protocol(p, ip->protocol);
    PUT(p, ", length ");
    tapir_text_uint(p->out, ip->length);
}

/* The whole of -v; false when an option was not captured whole. */
static bool put_verbose(struct tapir_dump *p, const struct tapir_ipv4 *ip, size_t header_len)
{
    bool whole = true;

    put_details(p, ip);
    if (header_len > 20)
        whole = put_options(p, dump_behind(p, 20), header_len - 20);
    if (!p->options.no_checksums && tapir_left(&p->in) >= header_len) {
        tapir_span header = tapir_span_of(p->in.at, header_len);
        uint16_t wrong = tapir_internet_checksum(header);
        if (wrong != 0) {
            PUT(p, ", bad cksum ");
            tapir_text_hex(p->out, ip->checksum, 1);
            PUT(p, " (->");
            tapir_text_hex(p->out, tapir__dump_should_be(ip->checksum, wrong), 1);
            PUT(p, ")!");
        }
    }
    PUT(p, ")\n    ");
    return whole;
}

void tapir__dump_addresses(struct tapir_dump *p)
{
    const struct tapir_ipv4 *ipv4 = NETWORK_AS(p, ipv4);
    const struct tapir_ipv6 *ipv6 = NETWORK_AS(p, ipv6);

    if (ipv4) {
        tapir__dump_host4(p, ipv4->src);
        PUT(p, " > ");
        tapir__dump_host4(p, ipv4->dst);
    } else if (ipv6) {
        tapir__dump_host6(p, ipv6->src);
        PUT(p, " > ");
        tapir__dump_host6(p, ipv6->dst);
    }
    PUT(p, ": ");
}

bool tapir__dump_behind_extension(const struct tapir_dump *p, uint8_t protocol)
{
    const struct tapir_ipv4 *ipv4 = NETWORK_AS(p, ipv4);
    const struct tapir_ipv6 *ipv6 = NETWORK_AS(p, ipv6);

    return (ipv4 && ipv4->protocol != protocol) || (ipv6 && ipv6->next_header != protocol);
}

void tapir__dump_ports(struct tapir_dump *p, uint8_t protocol, uint16_t src, uint16_t dst,
    void (*port)(struct tapir_dump *p, uint16_t port))
{
    const struct tapir_ipv4 *ipv4 = NETWORK_AS(p, ipv4);
    const struct tapir_ipv6 *ipv6 = NETWORK_AS(p, ipv6);

    if ((!ipv4 && !ipv6) || tapir__dump_behind_extension(p, protocol)) {
        port(p, src);
        PUT(p, " > ");
        port(p, dst);
    } else if (ipv4) {
        tapir__dump_host4(p, ipv4->src);
        PUT(p, ".");
        port(p, src);
        PUT(p, " > ");
        tapir__dump_host4(p, ipv4->dst);
        PUT(p, ".");
        port(p, dst);
    } else {
        tapir__dump_host6(p, ipv6->src);
        PUT(p, ".");
        port(p, src);
        PUT(p, " > ");
        tapir__dump_host6(p, ipv6->dst);
        PUT(p, ".");
        port(p, dst);
    }
    PUT(p, ": ");
}

void tapir__dump_unknown_protocol(struct tapir_dump *p, uint8_t protocol)
{
    const char *name = tapir__dump_protocol_name(p, protocol);

    PUT(p, " ");
    tapir_text_put(p->out, name ? name : "ip-proto-");
    if (!name)
        tapir_text_uint(p->out, protocol);
}

/* "[ICMPv6 requires IPv6] (invalid)" */
static void put_wrong_version(struct tapir_dump *p, const char *what, unsigned version)
{
    PUT(p, "[");
    tapir_text_put(p->out, what);
    PUT(p, " requires IPv");
    tapir_text_uint(p->out, version);
    PUT(p, "]");
    tapir__dump_invalid(p);
}

static void put_unknown_payload(struct tapir_dump *p, uint8_t protocol)
{
    bool ipv4 = NETWORK_AS(p, ipv4) != NULL;

    if (protocol == 1 && !ipv4) {
        put_wrong_version(p, "ICMP", 4);
    } else if (protocol == 2 && !ipv4) {
        put_wrong_version(p, "IGMP", 4);
    } else if (protocol == 58 && ipv4) {
        put_wrong_version(p, "ICMPv6", 6);
    } else if (protocol == 143 && ipv4) {
        put_wrong_version(p, "Ethernet", 6);
    } else if (protocol == 59) {
        PUT(p, "no next header");
    } else {
        if (protocol == 77)
            PUT(p, " nd");
        else
            tapir__dump_unknown_protocol(p, protocol);
        PUT(p, " ");
        tapir_text_uint(p->out, p->length);
    }
}

/* Tells whether tcpdump looks into the protocol within an IP header of the other version only. */
static bool belongs_to_other_version(uint8_t protocol, bool ipv4)
{
    switch (protocol) {
    case 1:
    case 2:
        return !ipv4;
    case 0:
    case 43:
    case 44:
    case 58:
    case 60:
    case 143:
        return ipv4;
    default:
        return false;
    }
}

/* What tcpdump does not look into: IP within IP as KA9Q had it, and MPLS. */
static bool is_unopened(uint8_t protocol)
{
    return protocol == 94 || protocol == 137;
}

size_t tapir__dump_inside_ip(struct tapir_dump *p, size_t index, uint8_t protocol)
{
    size_t next = DUMP_END;

    if (!is_unopened(protocol) && !belongs_to_other_version(protocol, NETWORK_AS(p, ipv4) != NULL))
        next = tapir__dump_inside(p, index, TAPIR_IP_PROTOCOL, protocol);
    if (next == DUMP_END)
        put_unknown_payload(p, protocol);
    return next;
}

uint16_t tapir__dump_should_be(uint16_t checksum, uint16_t wrong)
{
    uint32_t sum = (uint32_t)checksum + wrong;

    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

/* Where a source-routed datagram ends up, which is what transport checksums cover. */
static void final_destination(const struct tapir_ipv4 *ip, uint8_t address[4])
{
    tapir_reader in = tapir_reader_of(ip->options);

    memcpy(address, ip->dst, 4);
    while (tapir_left(&in)) {
        uint8_t type = tapir_take_u8(&in), length;
        tapir_span data;
        if (type == TAPIR_IPV4_END)
            break;
        if (type == TAPIR_IPV4_NOP)
            continue;
        length = tapir_take_u8(&in);
        data = tapir_take_span(&in, length < 2 ? SIZE_MAX : length - 2u);
        if ((type == TAPIR_IPV4_LOOSE_ROUTE || type == TAPIR_IPV4_STRICT_ROUTE) && data.len >= 5) {
            memcpy(address, data.data + data.len - 4, 4);
            break;
        }
    }
}

uint16_t tapir__dump_transport_sum(const struct tapir_dump *p, uint8_t protocol, uint32_t len)
{
    const struct tapir_ipv4 *ipv4 = NETWORK_AS(p, ipv4);
    const struct tapir_ipv6 *ipv6 = NETWORK_AS(p, ipv6);
    tapir_reader in = p->in;
    uint64_t sum = 0;
    uint8_t dst[4];

    if (ipv4) {
        final_destination(ipv4, dst);
        sum =
            tapir_sum_pseudo(0, tapir_span_of(ipv4->src, 4), tapir_span_of(dst, 4), protocol, len);
    } else if (ipv6) {
        sum = tapir_sum_pseudo(
            0, tapir_span_of(ipv6->src, 16), tapir_span_of(p->final_dst, 16), protocol, len);
    }
    return tapir_sum_fold(tapir_sum_add(sum, tapir_take_span(&in, len)));
}

/* Tells whether what is inside puts the addresses beside its ports. */
static bool has_ports(uint8_t protocol)
{
    return protocol == 6 || protocol == 17 || protocol == 132;
}

size_t tapir__dump_ipv4(struct tapir_dump *p, size_t index)
{
    const tapir_layer *layer = dump_layer(p, index);
    const struct tapir_ipv4 *ip = layer->fields;
    tapir_reader in = p->in;
    size_t header_len;
    uint8_t version;

    p->name = "ip";
    version = dump_take_u8(p, &in) >> 4;
    if (p->cut)
        return DUMP_END;
    if (version != 4) {
        PUT(p, "IP");
        tapir_text_uint(p->out, version);
        if (version == 6)
            PUT(p, ", wrong link-layer encapsulation");
        tapir__dump_invalid(p);
        return DUMP_END;
    }
    if (!p->link_header)
        PUT(p, "IP ");
    if (tapir_left(&p->in) < 20) {
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    header_len = ip->header_words * 4u;
    if (header_len < 20) {
        PUT(p, "bad-hlen ");
        tapir_text_uint(p->out, header_len);
        return DUMP_END;
    }
    if (p->length < ip->length) {
        PUT(p, "truncated-ip - ");
        tapir_text_uint(p->out, ip->length - p->length);
        PUT(p, " bytes missing! ");
    }
    if (ip->length < header_len) {
        PUT(p, "bad-len ");
        tapir_text_uint(p->out, ip->length);
        return DUMP_END;
    }
    tapir_limit(&p->in, ip->length);
    p->length = ip->length;
    p->network = layer;
    p->fragment = ((ip->flags & TAPIR_IPV4_MORE_FRAGMENTS) | ip->fragment_offset) != 0;
    if (p->verbosity && !put_verbose(p, ip, header_len)) {
        tapir__dump_addresses(p);
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    if (p->cut)
        return DUMP_END;
    if (ip->fragment_offset != 0) {
        tapir__dump_addresses(p);
        p->out->len--;
        tapir__dump_unknown_protocol(p, ip->protocol);
        return DUMP_END;
    }
    if (!has_ports(ip->protocol))
        tapir__dump_addresses(p);
    if (tapir_left(&p->in) < header_len) {
        tapir__dump_short_header(p, header_len);
        return DUMP_END;
    }
    dump_advance(p, header_len);
    return tapir__dump_inside_ip(p, index, ip->protocol);
}
