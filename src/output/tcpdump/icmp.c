/* tcpdump's lines: Internet Control Message Protocol. */
#include "printer.h"

/* Where the quoted datagram starts, and where extensions start behind it (RFC 4884 5). */
#define QUOTE_AT      8
#define EXTENSIONS_AT 136

/* What is read of the quoted datagram. */
struct quote {
    uint8_t dst[4];
    uint8_t protocol;
    uint16_t port;
};

static tapir_reader quote_reader(const struct tapir_dump *p)
{
    return dump_behind(p, QUOTE_AT);
}

static void read_quote_dst(struct tapir_dump *p, struct quote *quote)
{
    tapir_reader in = quote_reader(p);

    tapir_take(&in, 9);
    quote->protocol = dump_take_u8(p, &in);
    tapir_take(&in, 6);
    if (dump_have(p, &in, 4))
        tapir_take_bytes(&in, quote->dst, 4);
}

/* The destination port, behind whatever length the quoted header claims. */
static void read_quote_port(struct tapir_dump *p, struct quote *quote)
{
    tapir_reader in = quote_reader(p);
    uint8_t header_len = (dump_take_u8(p, &in) & 15) * 4;

    in = quote_reader(p);
    tapir_take(&in, header_len + 2u);
    quote->port = dump_take_be16(p, &in);
}

/* The texts of the codes, around the address that cannot be reached. */
static const struct unreachable {
    const char *before, *after;
} unreachables[] = {
    {"net ", " unreachable"},
    {"host ", " unreachable"},
    {"", NULL}, /* protocol */
    {"", NULL}, /* port */
    {"", NULL}, /* fragmentation needed */
    {"", " unreachable - source route failed"},
    {"net ", " unreachable - unknown"},
    {"host ", " unreachable - unknown"},
    {"", " unreachable - source host isolated"},
    {"net ", " unreachable - admin prohibited"},
    {"host ", " unreachable - admin prohibited"},
    {"net ", " unreachable - tos prohibited"},
    {"host ", " unreachable - tos prohibited"},
    {"host ", " unreachable - admin prohibited filter"},
    {"host ", " unreachable - host precedence violation"},
    {"host ", " unreachable - precedence cutoff"},
};

static void put_port(struct tapir_dump *p, const struct quote *quote)
{
    switch (quote->protocol) {
    case 6:
        PUT(p, " tcp port ");
        tapir__dump_tcp_port(p, quote->port);
        break;
    case 17:
        PUT(p, " udp port ");
        tapir__dump_udp_port(p, quote->port);
        break;
    default:
        dump_number(p, " protocol ", quote->protocol);
        dump_number(p, " port ", quote->port);
        break;
    }
    PUT(p, " unreachable");
}

static void put_unreachable(struct tapir_dump *p, uint8_t code)
{
    struct quote quote = {.protocol = 0};
    tapir_reader in = p->in;
    uint16_t mtu;

    read_quote_dst(p, &quote);
    if (code == TAPIR_ICMP_PORT_UNREACHABLE)
        read_quote_port(p, &quote);
    if (code < TAPIR_COUNT(unreachables))
        tapir_text_put(p->out, unreachables[code].before);
    tapir__dump_host4(p, quote.dst);
    switch (code) {
    case TAPIR_ICMP_PROTOCOL_UNREACHABLE:
        dump_number(p, " protocol ", quote.protocol);
        PUT(p, " unreachable");
        break;
    case TAPIR_ICMP_PORT_UNREACHABLE:
        put_port(p, &quote);
        break;
    case TAPIR_ICMP_FRAGMENTATION_NEEDED:
        tapir_take(&in, 6);
        mtu = dump_take_be16(p, &in);
        PUT(p, " unreachable - need to frag");
        if (mtu) {
            dump_number(p, " (mtu ", mtu);
            PUT(p, ")");
        }
        break;
    default:
        if (code < TAPIR_COUNT(unreachables))
            tapir_text_put(p->out, unreachables[code].after);
        else
            dump_number(p, " unreachable - #", code);
        break;
    }
}

static void put_redirect(struct tapir_dump *p, uint8_t code)
{
    static const char *const names[] = {"redirect ", "redirect ", "redirect-tos ", "redirect-tos "};
    struct quote quote = {.protocol = 0};
    tapir_reader in = p->in;
    uint8_t gateway[4];

    read_quote_dst(p, &quote);
    tapir_take(&in, 4);
    tapir_take_bytes(&in, gateway, 4);
    if (code < TAPIR_COUNT(names)) {
        tapir_text_put(p->out, names[code]);
    } else {
        dump_number(p, "redirect-#", code);
        PUT(p, " ");
    }
    tapir__dump_host4(p, quote.dst);
    tapir_text_put(p->out, code > 3 ? " to " : code & 1 ? " to host " : " to net ");
    tapir__dump_host4(p, gateway);
}

/* "1:01:40", as few parts as will do. */
static void put_lifetime(struct tapir_dump *p, uint16_t seconds)
{
    if (seconds < 60) {
        tapir_text_uint(p->out, seconds);
        return;
    }
    if (seconds < 3600) {
        tapir_text_uint(p->out, seconds / 60);
    } else {
        tapir_text_uint(p->out, seconds / 3600);
        PUT(p, ":");
        tapir_text_uint_padded(p->out, seconds / 60 % 60, 2);
    }
    PUT(p, ":");
    tapir_text_uint_padded(p->out, seconds % 60, 2);
}

static void put_router_advertisement(struct tapir_dump *p)
{
    tapir_reader in = dump_behind(p, 4);
    uint8_t count, words;

    PUT(p, "router advertisement lifetime ");
    count = dump_take_u8(p, &in);
    words = dump_take_u8(p, &in);
    put_lifetime(p, dump_take_be16(p, &in));
    dump_number(p, " ", count);
    PUT(p, ":");
    if (words != 2 && !p->cut) {
        dump_number(p, " [size ", words);
        PUT(p, "]");
        return;
    }
    for (; count > 0 && dump_have(p, &in, 8); count--) {
        uint8_t address[4];
        tapir_take_bytes(&in, address, 4);
        PUT(p, " {");
        tapir__dump_host4(p, address);
        dump_number(p, " ", tapir_take_be32(&in));
        PUT(p, "}");
    }
}

/* Milliseconds since midnight as "01:02:03.004". */
static void put_stamp(struct tapir_dump *p, const char *before, uint32_t stamp)
{
    tapir_text_put(p->out, before);
    tapir_text_uint_padded(p->out, stamp / 3600000, 2);
    PUT(p, ":");
    tapir_text_uint_padded(p->out, stamp / 60000 % 60, 2);
    PUT(p, ":");
    tapir_text_uint_padded(p->out, stamp / 1000 % 60, 2);
    PUT(p, ".");
    tapir_text_uint_padded(p->out, stamp % 1000, 3);
}

static void put_timestamp(struct tapir_dump *p, uint8_t type)
{
    tapir_reader in = dump_behind(p, 4);

    dump_number(p,
        type == TAPIR_ICMP_TIMESTAMP_REQUEST ? "time stamp query id " : "time stamp reply id ",
        dump_take_be16(p, &in));
    dump_number(p, " seq ", dump_take_be16(p, &in));
    if (type == TAPIR_ICMP_TIMESTAMP_REPLY) {
        put_stamp(p, ": org ", dump_take_be32(p, &in));
        put_stamp(p, ", recv ", dump_take_be32(p, &in));
        put_stamp(p, ", xmit ", dump_take_be32(p, &in));
    }
}

static void put_echo(struct tapir_dump *p, uint8_t type)
{
    tapir_reader in = dump_behind(p, 4);

    dump_number(p, type == TAPIR_ICMP_ECHO_REQUEST ? "echo request, id " : "echo reply, id ",
        dump_take_be16(p, &in));
    dump_number(p, ", seq ", dump_take_be16(p, &in));
}

static void put_time_exceeded(struct tapir_dump *p, uint8_t code)
{
    if (code == 0)
        PUT(p, "time exceeded in-transit");
    else if (code == 1)
        PUT(p, "ip reassembly time exceeded");
    else
        dump_number(p, "time exceeded-#", code);
}

static void put_parameter_problem(struct tapir_dump *p, uint8_t code)
{
    tapir_reader in = dump_behind(p, 4);

    if (code)
        dump_number(p, "parameter problem - code ", code);
    else
        dump_number(p, "parameter problem - octet ", dump_take_u8(p, &in));
}

static void put_message(struct tapir_dump *p, uint8_t type, uint8_t code)
{
    tapir_reader in = dump_behind(p, 8);

    switch (type) {
    case TAPIR_ICMP_ECHO_REPLY:
    case TAPIR_ICMP_ECHO_REQUEST:
        put_echo(p, type);
        break;
    case TAPIR_ICMP_UNREACHABLE:
        put_unreachable(p, code);
        break;
    case TAPIR_ICMP_SOURCE_QUENCH:
        PUT(p, "source quench");
        break;
    case TAPIR_ICMP_REDIRECT:
        put_redirect(p, code);
        break;
    case TAPIR_ICMP_ROUTER_ADVERTISEMENT:
        put_router_advertisement(p);
        break;
    case TAPIR_ICMP_ROUTER_SOLICITATION:
        PUT(p, "router solicitation");
        break;
    case TAPIR_ICMP_TIME_EXCEEDED:
        put_time_exceeded(p, code);
        break;
    case TAPIR_ICMP_PARAMETER_PROBLEM:
        put_parameter_problem(p, code);
        break;
    case TAPIR_ICMP_TIMESTAMP_REQUEST:
    case TAPIR_ICMP_TIMESTAMP_REPLY:
        put_timestamp(p, type);
        break;
    case TAPIR_ICMP_INFORMATION_REQUEST:
        PUT(p, "information request");
        break;
    case TAPIR_ICMP_INFORMATION_REPLY:
        PUT(p, "information reply");
        break;
    case TAPIR_ICMP_MASK_REQUEST:
        PUT(p, "address mask request");
        break;
    case TAPIR_ICMP_MASK_REPLY:
        PUT(p, "address mask is 0x");
        tapir_text_hex(p->out, dump_take_be32(p, &in), 8);
        break;
    default:
        dump_number(p, "type-#", type);
        break;
    }
}

static void put_checksum(struct tapir_dump *p)
{
    tapir_reader in = p->in;
    uint16_t wrong, checksum;

    if (!p->verbosity || p->fragment || tapir_left(&in) < p->length)
        return;
    wrong = tapir_internet_checksum(tapir_span_of(in.at, p->length));
    if (wrong == 0)
        return;
    tapir_take(&in, 2);
    checksum = dump_take_be16(p, &in);
    PUT(p, " (wrong icmp cksum ");
    tapir_text_hex(p->out, checksum, 1);
    PUT(p, " (->");
    tapir_text_hex(p->out, tapir__dump_should_be(checksum, wrong), 1);
    PUT(p, ")!)");
}

/* "label 16, tc 0, [S], ttl 5": the first entry of an MPLS label stack (RFC 4950). */
static void put_label(struct tapir_dump *p, uint32_t entry)
{
    dump_number(p, "\n\t    label ", entry >> 12);
    dump_number(p, ", tc ", entry >> 9 & 7);
    if (entry & 0x100)
        PUT(p, ", [S]");
    dump_number(p, ", ttl ", entry & 255);
}

/* One object behind its header; `len` bytes of it follow. */
static void put_object(
    struct tapir_dump *p, tapir_reader in, uint8_t class, uint8_t type, uint16_t len)
{
    if (class == 1 && type == 1)
        put_label(p, dump_take_be32(p, &in));
    else
        tapir__dump_unknown_data(p, "\n\t    ", in, len);
}

static void put_objects(struct tapir_dump *p, tapir_reader in, size_t left)
{
    while (left > 4 && !p->cut) {
        uint16_t len;
        uint8_t class, type;

        if (tapir_left(&in) < 4) {
            tapir__dump_truncated(p);
            return;
        }
        len = tapir_take_be16(&in);
        class = tapir_take_u8(&in);
        type = tapir_take_u8(&in);
        left -= 4;
        PUT(p, "\n\t  ");
        tapir_text_put(p->out, class == 1   ? "MPLS Stack Entry"
                               : class == 2 ? "Interface Identification"
                                            : "unknown");
        dump_number(p, " Object (", class);
        dump_number(p, "), Class-Type: ", type);
        dump_number(p, ", length ", len);
        /* A length that says nothing would lead nowhere. */
        if (class == 0 || len < 4)
            return;
        len = (uint16_t)(len - 4);
        put_object(p, in, class, type, len);
        if (left < len)
            return;
        left -= len;
        tapir_take(&in, len);
    }
}

/* What follows the quoted datagram (RFC 4884 7). */
static void print_extensions(struct tapir_dump *p, size_t index)
{
    tapir_reader in = dump_behind(p, EXTENSIONS_AT);
    tapir_reader length = dump_behind(p, 5);
    size_t len = p->length - EXTENSIONS_AT;
    bool all = tapir_left(&in) >= len;
    bool good = all && tapir_internet_checksum(tapir_span_of(in.at, len)) == 0;
    uint16_t checksum;
    uint8_t version;

    (void)index;
    p->name = "icmp";
    if (tapir_left(&in) < 5) {
        tapir__dump_truncated(p);
        return;
    }
    /* Older routers do not say that there are extensions, but the checksum may. */
    if (tapir_take_u8(&length) == 0 && all && !good)
        return;
    version = tapir_take_u8(&in) >> 4;
    tapir_take(&in, 1);
    checksum = tapir_take_be16(&in);
    dump_number(p, "\n\tICMP Multi-Part extension v", version);
    if (version != 2) {
        PUT(p, " packet not supported");
        return;
    }
    if (all) {
        PUT(p, ", checksum 0x");
        tapir_text_hex(p->out, checksum, 4);
        tapir_text_put(p->out, good ? " (correct)" : " (incorrect)");
        dump_number(p, ", length ", (uint32_t)len);
    }
    if (len >= 4)
        put_objects(p, in, len - 4);
}

static bool quotes(uint8_t type)
{
    return type == TAPIR_ICMP_UNREACHABLE || type == TAPIR_ICMP_SOURCE_QUENCH ||
           type == TAPIR_ICMP_REDIRECT || type == TAPIR_ICMP_TIME_EXCEEDED ||
           type == TAPIR_ICMP_PARAMETER_PROBLEM;
}

/* Moves on to the quoted datagram, whose own length counts. */
static size_t enter_quote(struct tapir_dump *p, size_t index)
{
    tapir_reader in;

    PUT(p, "\n\t");
    dump_advance(p, QUOTE_AT);
    in = p->in;
    tapir_take(&in, 2);
    p->length = dump_take_be16(p, &in);
    tapir_limit(&p->in, p->length);
    /* The length is read once more within what it leaves. */
    dump_have(p, &p->in, 4);
    return p->cut ? DUMP_END : tapir__dump_inside(p, index, TAPIR_IP_PROTOCOL, 4);
}

/* How much of the message must be there for tcpdump to go on with the packet around when it is not;
 * of other messages and beyond, a missing byte ends the line. */
static size_t wanted_len(const struct tapir_dump *p, uint8_t type, uint8_t code)
{
    tapir_reader in = dump_behind(p, 4);
    size_t count, words;

    switch (type) {
    case TAPIR_ICMP_UNREACHABLE:
        return code == TAPIR_ICMP_PORT_UNREACHABLE ? QUOTE_AT + 10 : 0;
    case TAPIR_ICMP_ROUTER_ADVERTISEMENT:
        count = tapir_take_u8(&in);
        words = tapir_take_u8(&in);
        return words == 2 ? 8 + count * 8 : 8;
    case TAPIR_ICMP_TIME_EXCEEDED:
        return QUOTE_AT + 20;
    case TAPIR_ICMP_TIMESTAMP_REPLY:
        return 20;
    default:
        return 0;
    }
}

size_t tapir__dump_icmp(struct tapir_dump *p, size_t index)
{
    tapir_reader in = p->in;
    size_t start = p->out->len;
    uint8_t type, code;

    p->name = "icmp";
    type = dump_take_u8(p, &in);
    code = dump_take_u8(p, &in);
    if (!p->cut && tapir_left(&p->in) < wanted_len(p, type, code)) {
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    PUT(p, "ICMP ");
    put_message(p, type, code);
    if (p->cut) {
        p->cut_at = start;
        return DUMP_END;
    }
    dump_number(p, ", length ", p->length);
    put_checksum(p);
    if (!p->verbosity)
        return DUMP_END;
    if (p->length > EXTENSIONS_AT && quotes(type) && type != TAPIR_ICMP_SOURCE_QUENCH &&
        type != TAPIR_ICMP_REDIRECT)
        tapir__dump_later(p, index, print_extensions);
    return quotes(type) ? enter_quote(p, index) : DUMP_END;
}
