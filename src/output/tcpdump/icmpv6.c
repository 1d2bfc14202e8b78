/* tcpdump's lines: ICMP for IPv6 and Neighbor Discovery. */
#include "printer.h"

/* Where the quoted packet starts in an error. */
#define QUOTE_AT 8

static const tapir_label types[] = {
    {TAPIR_ICMPV6_UNREACHABLE, "destination unreachable"},
    {TAPIR_ICMPV6_PACKET_TOO_BIG, "packet too big"},
    {TAPIR_ICMPV6_TIME_EXCEEDED, "time exceeded in-transit"},
    {TAPIR_ICMPV6_PARAMETER_PROBLEM, "parameter problem"},
    {TAPIR_ICMPV6_ECHO_REQUEST, "echo request"},
    {TAPIR_ICMPV6_ECHO_REPLY, "echo reply"},
    {TAPIR_ICMPV6_MLD_QUERY, "multicast listener query"},
    {TAPIR_ICMPV6_MLD_REPORT, "multicast listener report"},
    {TAPIR_ICMPV6_MLD_DONE, "multicast listener done"},
    {TAPIR_ICMPV6_ROUTER_SOLICITATION, "router solicitation"},
    {TAPIR_ICMPV6_ROUTER_ADVERTISEMENT, "router advertisement"},
    {TAPIR_ICMPV6_NEIGHBOR_SOLICITATION, "neighbor solicitation"},
    {TAPIR_ICMPV6_NEIGHBOR_ADVERTISEMENT, "neighbor advertisement"},
    {TAPIR_ICMPV6_REDIRECT, "redirect"},
    {TAPIR_ICMPV6_ROUTER_RENUMBERING, "router renumbering"},
    {TAPIR_ICMPV6_NODE_INFORMATION_QUERY, "who-are-you request"},
    {TAPIR_ICMPV6_NODE_INFORMATION_REPLY, "who-are-you reply"},
    {TAPIR_ICMPV6_INVERSE_SOLICITATION, "inverse neighbor solicitation"},
    {TAPIR_ICMPV6_INVERSE_ADVERTISEMENT, "inverse neighbor advertisement"},
    {TAPIR_ICMPV6_MLDV2_REPORT, "multicast listener report v2"},
    {TAPIR_ICMPV6_HOME_AGENT_REQUEST, "ha discovery request"},
    {TAPIR_ICMPV6_HOME_AGENT_REPLY, "ha discovery reply"},
    {TAPIR_ICMPV6_MOBILE_PREFIX_SOLICITATION, "mobile router solicitation"},
    {TAPIR_ICMPV6_MOBILE_PREFIX_ADVERTISEMENT, "mobile router advertisement"},
    {TAPIR_ICMPV6_RPL, "RPL"},
    {200, "mtrace response"},
    {201, "mtrace message"},
    {0, NULL},
};

/* Appends `before`, and the address at `offset` of the quoted packet. */
static void put_quoted(struct tapir_dump *p, const char *before, size_t offset)
{
    tapir_reader in = dump_behind(p, QUOTE_AT + offset);

    tapir_text_put(p->out, before);
    if (!dump_have(p, &in, 16))
        return;
    PUT(p, " ");
    tapir__dump_host6(p, tapir_take(&in, 16));
}

static void put_quoted_dst(struct tapir_dump *p, const char *before)
{
    put_quoted(p, before, 24);
}

/* Finds the ports of the quoted packet behind its extension headers; false when there are none. */
static bool find_ports(const struct tapir_dump *p, uint8_t *protocol, tapir_reader *ports)
{
    tapir_reader in = dump_behind(p, QUOTE_AT);

    tapir_take(&in, 6);
    *protocol = tapir_take_u8(&in);
    tapir_take(&in, 33);
    /* Each header takes eight bytes at least. */
    while (!in.failed) {
        tapir_reader header = in;
        uint8_t next = tapir_take_u8(&header), words = tapir_take_u8(&header);

        switch (*protocol) {
        case 6:
        case 17:
            *ports = in;
            return tapir_left(&in) >= 4;
        case 44:
            /* Only the first fragment has ports. */
            if (tapir_take_be16(&header) & 0xfff8 || header.failed)
                return false;
            words = 0;
            break;
        case 0:
        case 60:
            break;
        default:
            return false;
        }
        *protocol = next;
        tapir_take(&in, (words + (size_t)1) * 8);
    }
    return false;
}

static bool put_port_unreachable(struct tapir_dump *p)
{
    tapir_reader ports;
    uint8_t protocol;

    PUT(p, ", unreachable port");
    if (!find_ports(p, &protocol, &ports)) {
        tapir__dump_truncated(p);
        return false;
    }
    put_quoted_dst(p, ",");
    tapir_take_be16(&ports);
    if (protocol == 6) {
        PUT(p, " tcp port ");
        tapir__dump_tcp_port(p, tapir_take_be16(&ports));
    } else {
        PUT(p, " udp port ");
        tapir__dump_udp_port(p, tapir_take_be16(&ports));
    }
    return true;
}

/* What nobody knows is shown in hexadecimal, but not to those who want it all anyway. */
static void put_unknown(struct tapir_dump *p)
{
    if (p->verbosity <= 1)
        tapir__dump_unknown_data(p, "\n\t", p->in, p->length);
}

/* These tell whether the length is to follow. */

static bool put_unreachable(struct tapir_dump *p, uint8_t code)
{
    switch (code) {
    case 0:
        put_quoted_dst(p, ", unreachable route");
        return true;
    case 1:
        put_quoted_dst(p, ",  unreachable prohibited");
        return true;
    case 2:
        put_quoted_dst(p, ", beyond scope");
        put_quoted(p, ", source address", 8);
        return true;
    case 3:
        put_quoted_dst(p, ", unreachable address");
        return true;
    case 4:
        return put_port_unreachable(p);
    default:
        dump_number(p, ", unknown unreach code (", code);
        PUT(p, ")");
        put_unknown(p);
        return p->verbosity > 1;
    }
}

static bool put_time_exceeded(struct tapir_dump *p, uint8_t code)
{
    tapir_reader in = dump_behind(p, QUOTE_AT + 24);

    if (code == 0) {
        if (dump_have(p, &in, 16))
            put_quoted_dst(p, " for");
    } else if (code == 1) {
        PUT(p, " (reassembly)");
    } else {
        dump_number(p, ", unknown code (", code);
        PUT(p, ")");
    }
    return true;
}

static bool put_parameter_problem(struct tapir_dump *p, uint8_t code)
{
    static const char *const names[] = {", erroneous - octet ", ", next header - octet ",
        ", option - octet ", ", incomplete header chain - octet "};
    tapir_reader in = dump_behind(p, 4);
    uint32_t pointer;

    if (tapir_left(&p->in) < QUOTE_AT + 40) {
        tapir__dump_truncated(p);
        return false;
    }
    if (code >= TAPIR_COUNT(names)) {
        dump_number(p, ", code-#", code);
        return true;
    }
    pointer = dump_take_be32(p, &in);
    dump_number(p, names[code], pointer);
    return true;
}

/* ", Flags [router, solicited]" of a table of bits that ends with 0. */
struct flag {
    uint32_t bit;
    const char *name;
};

static void put_flags(struct tapir_dump *p, const struct flag *flags, uint32_t set)
{
    const char *separator = "";

    PUT(p, ", Flags [");
    for (; flags->bit; flags++)
        if (set & flags->bit) {
            tapir_text_put(p->out, separator);
            tapir_text_put(p->out, flags->name);
            separator = ", ";
        }
    if (!*separator)
        PUT(p, "none");
    PUT(p, "]");
}

/* The options behind the first `len` bytes of the message. */
static void put_options(struct tapir_dump *p, size_t len)
{
    if (p->verbosity && !p->cut)
        tapir__dump_ndp_options(
            p, dump_behind(p, len), p->length > len ? p->length - (uint32_t)len : 0);
}

static void put_router_advertisement(struct tapir_dump *p)
{
    static const struct flag flags[] = {{0x80, "managed"}, {0x40, "other stateful"},
        {0x20, "home agent"}, {0x02, "ipv6 only"}, {0, NULL}};
    static const char *const preferences[] = {"medium", "high", "rsv", "low"};
    tapir_reader in = dump_behind(p, 4);
    uint8_t set;

    if (!p->verbosity || !dump_have(p, &p->in, 16))
        return;
    dump_number(p, "\n\thop limit ", dump_take_u8(p, &in));
    set = dump_take_u8(p, &in);
    put_flags(p, flags, set);
    PUT(p, ", pref ");
    tapir_text_put(p->out, preferences[set >> 3 & 3]);
    dump_number(p, ", router lifetime ", dump_take_be16(p, &in));
    dump_number(p, "s, reachable time ", dump_take_be32(p, &in));
    dump_number(p, "ms, retrans timer ", dump_take_be32(p, &in));
    PUT(p, "ms");
    put_options(p, 16);
}

/* The address at `offset` of the message. */
static void put_address(struct tapir_dump *p, const char *before, size_t offset)
{
    tapir_reader in = dump_behind(p, offset);

    if (!dump_have(p, &in, 16))
        return;
    tapir_text_put(p->out, before);
    tapir__dump_host6(p, tapir_take(&in, 16));
}

static void put_neighbor_advertisement(struct tapir_dump *p)
{
    static const struct flag flags[] = {
        {0x80000000, "router"}, {0x40000000, "solicited"}, {0x20000000, "override"}, {0, NULL}};
    tapir_reader in = dump_behind(p, 4);

    put_address(p, ", tgt is ", 8);
    if (p->verbosity)
        put_flags(p, flags, dump_take_be32(p, &in));
    put_options(p, 24);
}

static void put_redirect(struct tapir_dump *p)
{
    put_address(p, ", ", 24);
    put_address(p, " to ", 8);
    put_options(p, 40);
}

static void put_ident(struct tapir_dump *p)
{
    tapir_reader in = dump_behind(p, 4);
    uint16_t ident = dump_take_be16(p, &in);

    dump_hex(p, ", id 0x", ident, 4);
}

static void put_home_agents(struct tapir_dump *p)
{
    if (!p->verbosity)
        return;
    put_ident(p);
    for (uint32_t at = 8; at < p->length && !p->cut; at += 16)
        put_address(p, ", ", at);
}

static void put_mobile_advertisement(struct tapir_dump *p)
{
    tapir_reader in = dump_behind(p, 6);
    uint8_t flags;

    if (!p->verbosity)
        return;
    put_ident(p);
    if (!dump_have(p, &p->in, 8))
        return;
    flags = tapir_take_u8(&in);
    if (flags & 0xc0)
        PUT(p, " ");
    if (flags & 0x80)
        PUT(p, "M");
    if (flags & 0x40)
        PUT(p, "O");
    put_options(p, 8);
}

static void put_echo(struct tapir_dump *p)
{
    tapir_reader in = dump_behind(p, 4);
    uint16_t ident = dump_take_be16(p, &in), seq = dump_take_be16(p, &in);

    dump_number(p, ", id ", ident);
    dump_number(p, ", seq ", seq);
}

static bool put_message(struct tapir_dump *p, uint8_t type, uint8_t code)
{
    tapir_reader in = dump_behind(p, 4);
    uint32_t mtu;

    if (!dump_have(p, &p->in, 2))
        return false;
    switch (type) {
    case TAPIR_ICMPV6_UNREACHABLE:
        return put_unreachable(p, code);
    case TAPIR_ICMPV6_PACKET_TOO_BIG:
        mtu = dump_take_be32(p, &in);
        dump_number(p, ", mtu ", mtu);
        return true;
    case TAPIR_ICMPV6_TIME_EXCEEDED:
        return put_time_exceeded(p, code);
    case TAPIR_ICMPV6_PARAMETER_PROBLEM:
        return put_parameter_problem(p, code);
    case TAPIR_ICMPV6_ECHO_REQUEST:
    case TAPIR_ICMPV6_ECHO_REPLY:
        put_echo(p);
        return true;
    case TAPIR_ICMPV6_MLD_QUERY:
        tapir__dump_mld_query(p);
        return true;
    case TAPIR_ICMPV6_MLD_REPORT:
    case TAPIR_ICMPV6_MLD_DONE:
        tapir__dump_mld(p);
        return true;
    case TAPIR_ICMPV6_ROUTER_SOLICITATION:
        put_options(p, 8);
        return true;
    case TAPIR_ICMPV6_ROUTER_ADVERTISEMENT:
        put_router_advertisement(p);
        return true;
    case TAPIR_ICMPV6_NEIGHBOR_SOLICITATION:
        put_address(p, ", who has ", 8);
        put_options(p, 24);
        return true;
    case TAPIR_ICMPV6_NEIGHBOR_ADVERTISEMENT:
        put_neighbor_advertisement(p);
        return true;
    case TAPIR_ICMPV6_REDIRECT:
        put_redirect(p);
        return true;
    case TAPIR_ICMPV6_ROUTER_RENUMBERING:
        tapir__dump_renumbering(p, code);
        return true;
    case TAPIR_ICMPV6_NODE_INFORMATION_QUERY:
    case TAPIR_ICMPV6_NODE_INFORMATION_REPLY:
        tapir__dump_node_information(p, type, code);
        return true;
    case TAPIR_ICMPV6_MLDV2_REPORT:
        tapir__dump_mldv2_report(p);
        return true;
    case TAPIR_ICMPV6_HOME_AGENT_REQUEST:
    case TAPIR_ICMPV6_MOBILE_PREFIX_SOLICITATION:
        put_ident(p);
        return true;
    case TAPIR_ICMPV6_HOME_AGENT_REPLY:
        put_home_agents(p);
        return true;
    case TAPIR_ICMPV6_MOBILE_PREFIX_ADVERTISEMENT:
        put_mobile_advertisement(p);
        return true;
    case TAPIR_ICMPV6_RPL:
        tapir__dump_rpl(p, code);
        return true;
    case TAPIR_ICMPV6_INVERSE_SOLICITATION:
    case TAPIR_ICMPV6_INVERSE_ADVERTISEMENT:
        return true;
    default:
        dump_number(p, ", length ", p->length);
        put_unknown(p);
        return false;
    }
}

/* Messages whose length comes before the rest with -v. */
static bool length_comes_first(uint8_t type)
{
    return (type >= TAPIR_ICMPV6_ROUTER_SOLICITATION && type <= TAPIR_ICMPV6_REDIRECT) ||
           type == TAPIR_ICMPV6_HOME_AGENT_REPLY ||
           type == TAPIR_ICMPV6_MOBILE_PREFIX_ADVERTISEMENT;
}

static void put_checksum(struct tapir_dump *p)
{
    tapir_reader in = dump_behind(p, 2);
    uint16_t wrong, checksum;

    if (!p->verbosity || p->fragment || tapir_left(&p->in) < p->length)
        return;
    wrong = tapir__dump_transport_sum(p, 58, p->length);
    if (wrong == 0) {
        PUT(p, "[icmp6 sum ok] ");
        return;
    }
    checksum = dump_take_be16(p, &in);
    dump_hex(p, "[bad icmp6 cksum 0x", checksum, 4);
    dump_hex(p, " -> 0x", tapir__dump_should_be(checksum, wrong), 4);
    PUT(p, "!] ");
}

size_t tapir__dump_icmpv6(struct tapir_dump *p, size_t index)
{
    tapir_reader in = p->in;
    uint8_t type, code;

    (void)index;
    p->name = "icmp6";
    if (p->length == 0) {
        PUT(p, "ICMP6, length 0");
        tapir__dump_invalid(p);
        return DUMP_END;
    }
    put_checksum(p);
    type = dump_take_u8(p, &in);
    code = tapir_take_u8(&in);
    if (p->cut)
        return DUMP_END;
    PUT(p, "ICMP6, ");
    if (tapir_label_find(types, type)) {
        tapir_text_put(p->out, tapir_label_find(types, type));
    } else {
        dump_number(p, "unknown icmp6 type (", type);
        PUT(p, ")");
    }
    if (p->verbosity && length_comes_first(type))
        dump_number(p, ", length ", p->length);
    if (put_message(p, type, code) && !p->verbosity && !p->cut)
        dump_number(p, ", length ", p->length);
    return DUMP_END;
}
