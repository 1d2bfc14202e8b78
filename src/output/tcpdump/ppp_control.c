/* tcpdump's lines: what sets up PPP: link and network control, PAP and CHAP. */
#include "printer.h"

static const tapir_label codes[] = {
    {0, "Vendor-Extension"},
    {1, "Conf-Request"},
    {2, "Conf-Ack"},
    {3, "Conf-Nack"},
    {4, "Conf-Reject"},
    {5, "Term-Request"},
    {6, "Term-Ack"},
    {7, "Code-Reject"},
    {8, "Prot-Reject"},
    {9, "Echo-Request"},
    {10, "Echo-Reply"},
    {11, "Disc-Req"},
    {12, "Ident"},
    {13, "Time-Rem"},
    {14, "Reset-Req"},
    {15, "Reset-Ack"},
    {0, NULL},
};

enum { CONF_REQUEST = 1, CONF_REJECT = 4, PROTOCOL_REJECT = 8, ECHO_REQUEST = 9, DISCARD = 11 };

static const char *const link_options[] = {"Vend-Ext", "MRU", "ACCM", "Auth-Prot", "Qual-Prot",
    "Magic-Num", "deprecated(6)", "PFC", "ACFC", "FCS-Alt", "SDP", "Num-Mode", "deprecated(12)",
    "Call-Back", "deprecated(14)", "deprecated(15)", "deprecated(16)", "MRRU", "12-Bit seq #",
    "End-Disc", "Proprietary", "DCE-Id", "MP+", "Link-Disc", "LCP-Auth-Opt", "COBS",
    "Prefix-elision", "Multilink-header-Form", "I18N", "SDL-over-SONET/SDH", "PPP-Muxing"};

static const tapir_label ip_options[] = {
    {1, "IP-Addrs"},
    {2, "IP-Comp"},
    {3, "IP-Addr"},
    {4, "Home-Addr"},
    {129, "Pri-DNS"},
    {130, "Pri-NBNS"},
    {131, "Sec-DNS"},
    {132, "Sec-NBNS"},
    {0, NULL},
};

static const tapir_label ipv6_options[] = {{1, "Interface-ID"}, {0, NULL}};
static const tapir_label algorithms[] = {
    {5, "MD5"}, {128, "MS-CHAPv1"}, {129, "MS-CHAPv2"}, {0, NULL}};
static const tapir_label callbacks[] = {{0, "UserAuth"}, {1, "DialString"}, {2, "LocalID"},
    {3, "E.164"}, {4, "X.500"}, {6, "CBCP"}, {0, NULL}};
static const tapir_label chap_codes[] = {
    {1, "Challenge"}, {2, "Response"}, {3, "Success"}, {4, "Fail"}, {0, NULL}};
static const tapir_label pap_codes[] = {
    {1, "Auth-Req"}, {2, "Auth-ACK"}, {3, "Auth-NACK"}, {0, NULL}};

static const char *name_or(const tapir_label *labels, uint32_t value, const char *otherwise)
{
    const char *name = tapir_label_find(labels, value);

    return name ? name : otherwise;
}

/* " (length bogus, should be = 4)" */
static void put_bogus(struct tapir_dump *p, const char *relation, unsigned length)
{
    PUT(p, " (length bogus, should be ");
    tapir_text_put(p->out, relation);
    dump_number(p, " ", length);
    PUT(p, ")");
}

/* How much of the options is used up by one: as much as it says, or none, which ends them. */
enum outcome { GO_ON, GIVE_UP };

/* One option, whose length is at least 2: `in` is at its value. */
typedef enum outcome put_option(
    struct tapir_dump *p, uint8_t type, uint8_t length, tapir_reader in);

static void put_bytes_unless_twice(struct tapir_dump *p, uint8_t length, tapir_reader in)
{
    if (p->verbosity < 2)
        tapir__dump_unknown_data(p, "\n\t    ", in, length - 2u);
}

/* RFC 1990 5.1.3 */
static enum outcome put_endpoint(struct tapir_dump *p, uint8_t length, tapir_reader in)
{
    static const char *const classes[] = {
        ": Null", ": Local", NULL, NULL, ": Magic-Num-Block", ": PSNDN"};
    uint8_t kind, address[6];

    if (length < 3) {
        put_bogus(p, ">=", 3);
        return GIVE_UP;
    }
    kind = dump_take_u8(p, &in);
    if (kind == 2 || kind == 3) {
        unsigned address_len = kind == 2 ? 4 : 6;
        if (length != 3 + address_len) {
            put_bogus(p, "=", 3 + address_len);
            return GIVE_UP;
        }
        if (!dump_have(p, &in, address_len))
            return GIVE_UP;
        tapir_take_bytes(&in, address, address_len);
        tapir_text_put(p->out, kind == 2 ? ": IPv4 " : ": MAC ");
        if (kind == 2)
            tapir__dump_host4(p, address);
        else
            tapir__dump_mac(p, address);
    } else if (kind < TAPIR_COUNT(classes)) {
        tapir_text_put(p->out, classes[kind]);
    } else {
        dump_number(p, ": Unknown class ", kind);
    }
    return GO_ON;
}

static void put_authentication(struct tapir_dump *p, uint8_t length, tapir_reader in)
{
    tapir_reader option = in;
    uint16_t protocol = dump_take_be16(p, &in);
    const char *name = tapir__dump_ppp_protocol(protocol);

    PUT(p, ": ");
    tapir_text_put(p->out, name ? name : "Unknown Auth Proto (0x04x)");
    switch (protocol) {
    case TAPIR_PPP_CHAP:
        if (!dump_have(p, &in, 1))
            return;
        PUT(p, ", ");
        tapir__dump_label(p, algorithms, "Unknown Auth Alg ", dump_take_u8(p, &in));
        break;
    case TAPIR_PPP_PAP:
    case 0xc227:
    case 0xc027:
    case 0xc123:
        break;
    default:
        option.at -= 2;
        tapir__dump_unknown_data(p, "\n\t", option, length);
        break;
    }
}

/* Options of the link whose length is fixed: what stands before the number, its digits when it is
 * hexadecimal, and whether another length ends the options. */
static const struct {
    uint8_t type, length, digits;
    bool strict;
} numbers[] = {
    {1, 4, 0, false}, {2, 6, 8, false}, {5, 6, 8, true}, {17, 4, 0, true}, {23, 4, 4, true}};

static enum outcome put_link_number(
    struct tapir_dump *p, size_t which, uint8_t length, tapir_reader in)
{
    uint32_t value;

    if (length != numbers[which].length) {
        put_bogus(p, "=", numbers[which].length);
        return numbers[which].strict ? GIVE_UP : GO_ON;
    }
    value = length == 4 ? dump_take_be16(p, &in) : dump_take_be32(p, &in);
    if (numbers[which].digits)
        dump_hex(p, ": 0x", value, numbers[which].digits);
    else
        dump_number(p, ": ", value);
    return GO_ON;
}

static enum outcome put_link_value(
    struct tapir_dump *p, uint8_t type, uint8_t length, tapir_reader in)
{
    uint8_t operation;

    for (size_t i = 0; i < TAPIR_COUNT(numbers); i++)
        if (numbers[i].type == type)
            return put_link_number(p, i, length, in);
    switch (type) {
    case 3:
        if (length < 4)
            put_bogus(p, ">=", 4);
        else
            put_authentication(p, length, in);
        return GO_ON;
    case 4:
        if (length < 4) {
            put_bogus(p, ">=", 4);
            return GIVE_UP;
        }
        tapir_text_put(p->out, dump_take_be16(p, &in) == 0xc025 ? ": LQR" : ": unknown");
        return GO_ON;
    case 7:
    case 8:
        return GO_ON;
    case 13:
        if (length < 3) {
            put_bogus(p, ">=", 3);
            return GIVE_UP;
        }
        PUT(p, ": ");
        operation = dump_take_u8(p, &in);
        PUT(p, ": Callback Operation ");
        tapir_text_put(p->out, name_or(callbacks, operation, "Unknown"));
        dump_number(p, " (", operation);
        PUT(p, ")");
        return GO_ON;
    case 19:
        return put_endpoint(p, length, in);
    default:
        put_bytes_unless_twice(p, length, in);
        return GO_ON;
    }
}

static void put_option_head(struct tapir_dump *p, const char *name, uint8_t type, uint8_t length)
{
    PUT(p, "\n\t  ");
    tapir_text_put(p->out, name);
    dump_hex(p, " Option (0x", type, 2);
    dump_number(p, "), length ", length);
    if (length < 2)
        PUT(p, " (length bogus, should be >= 2)");
}

static enum outcome put_link_option(
    struct tapir_dump *p, uint8_t type, uint8_t length, tapir_reader in)
{
    if (type >= TAPIR_COUNT(link_options)) {
        dump_hex(p, "\n\tunknown LCP option 0x", type, 2);
        return length < 2 ? GIVE_UP : GO_ON;
    }
    put_option_head(p, link_options[type], type, length);
    if (length < 2)
        return GIVE_UP;
    if (put_link_value(p, type, length, in) == GIVE_UP)
        return GIVE_UP;
    if (p->verbosity > 1)
        tapir__dump_unknown_data(p, "\n\t    ", in, length - 2u);
    return GO_ON;
}

static void put_address(struct tapir_dump *p, const char *before, tapir_reader *in)
{
    uint8_t address[4];

    if (!dump_have(p, in, sizeof address))
        return;
    tapir_take_bytes(in, address, sizeof address);
    tapir_text_put(p->out, before);
    tapir__dump_host4(p, address);
}

/* Suboptions of IP header compression (RFC 3544 2.2). */
static enum outcome put_suboptions(struct tapir_dump *p, unsigned left, tapir_reader in)
{
    static const tapir_label names[] = {
        {1, "RTP-Compression"}, {2, "Enhanced RTP-Compression"}, {0, NULL}};

    dump_number(p, "\n\t      Suboptions, length ", left);
    while (left >= 2) {
        uint8_t type, length;
        size_t captured = tapir_left(&in);
        if (captured < 2) {
            PUT(p, "[|ipcp]");
            return GIVE_UP;
        }
        type = in.at[0];
        length = in.at[1];
        if (type == 0 || length == 0)
            break;
        PUT(p, "\n\t\t");
        tapir_text_put(p->out, name_or(names, type, "Unknown"));
        dump_number(p, " Suboption #", type);
        dump_number(p, ", length ", length);
        if (left < length) {
            dump_number(p, " [remaining suboptions length ", left);
            dump_number(p, " < ", length);
            PUT(p, "]");
            tapir__dump_invalid(p);
            break;
        }
        left -= length;
        tapir_take(&in, length < captured ? length : captured);
    }
    return GO_ON;
}

static enum outcome put_header_compression(struct tapir_dump *p, uint8_t length, tapir_reader in)
{
    const unsigned least = 14;

    if (length < least) {
        put_bogus(p, ">=", least);
        return GIVE_UP;
    }
    if (tapir_left(&in) < least - 2) {
        PUT(p, "[|ipcp]");
        return GIVE_UP;
    }
    dump_number(p, "\n\t    TCP Space ", tapir_take_be16(&in));
    dump_number(p, ", non-TCP Space ", tapir_take_be16(&in));
    dump_number(p, ", maxPeriod ", tapir_take_be16(&in));
    dump_number(p, ", maxTime ", tapir_take_be16(&in));
    dump_number(p, ", maxHdr ", tapir_take_be16(&in));
    return length > least ? put_suboptions(p, length - least, in) : GO_ON;
}

static enum outcome put_ip_value(
    struct tapir_dump *p, uint8_t type, uint8_t length, tapir_reader in)
{
    uint16_t protocol;

    switch (type) {
    case 1:
        if (length != 10) {
            put_bogus(p, "=", 10);
            return GO_ON;
        }
        if (!dump_have(p, &in, 8))
            return GO_ON;
        put_address(p, ": src ", &in);
        put_address(p, ", dst ", &in);
        return GO_ON;
    case 2:
        if (length < 4) {
            put_bogus(p, ">=", 4);
            return GIVE_UP;
        }
        protocol = dump_take_be16(p, &in);
        tapir_text_put(p->out, protocol == 0x002d   ? ": VJ-Comp"
                               : protocol == 0x0061 ? ": IP Header Compression"
                                                    : ": Unknown");
        dump_hex(p, " (0x", protocol, 2);
        PUT(p, "):");
        return protocol == 0x0061 ? put_header_compression(p, length, in) : GO_ON;
    case 3:
    case 4:
    case 129:
    case 130:
    case 131:
    case 132:
        if (length != 6) {
            put_bogus(p, "=", 6);
            return GIVE_UP;
        }
        put_address(p, ": ", &in);
        return GO_ON;
    default:
        put_bytes_unless_twice(p, length, in);
        return GO_ON;
    }
}

static enum outcome put_ip_option(
    struct tapir_dump *p, uint8_t type, uint8_t length, tapir_reader in)
{
    put_option_head(p, name_or(ip_options, type, "unknown"), type, length);
    if (length < 2 || put_ip_value(p, type, length, in) == GIVE_UP)
        return GIVE_UP;
    if (p->verbosity > 1)
        tapir__dump_unknown_data(p, "\n\t    ", in, length - 2u);
    return GO_ON;
}

static enum outcome put_ipv6_option(
    struct tapir_dump *p, uint8_t type, uint8_t length, tapir_reader in)
{
    tapir_reader value = in;

    put_option_head(p, name_or(ipv6_options, type, "unknown"), type, length);
    if (length < 2)
        return GIVE_UP;
    if (type != 1) {
        put_bytes_unless_twice(p, length, in);
    } else if (length != 10) {
        put_bogus(p, "=", 10);
        return GO_ON;
    } else {
        for (unsigned i = 0; i < 4; i++)
            dump_hex(p, i == 0 ? ": " : ":", dump_take_be16(p, &in), 4);
    }
    if (p->verbosity > 1)
        tapir__dump_unknown_data(p, "\n\t    ", value, length - 2u);
    return GO_ON;
}

/* tcpdump lets an option be as long as the whole packet says it is, then sees that it was not. */
static void put_options(
    struct tapir_dump *p, put_option *put, const char *mark, tapir_reader in, unsigned length)
{
    unsigned left = length - 4;

    do {
        uint8_t type, option_len;
        size_t captured;
        if (tapir_left(&in) < 2) {
            tapir_text_put(p->out, mark);
            return;
        }
        type = tapir_take_u8(&in);
        option_len = tapir_take_u8(&in);
        captured = tapir_left(&in);
        if (length < option_len)
            return;
        if (put(p, type, option_len, in) == GIVE_UP || p->cut)
            return;
        if (left < option_len) {
            dump_number(p, " [remaining options length ", left);
            dump_number(p, " < ", option_len);
            PUT(p, "]");
            tapir__dump_invalid(p);
            return;
        }
        left -= option_len;
        tapir_take(&in, option_len - 2u < captured ? option_len - 2u : captured);
    } while (left != 0);
}

static void put_magic(struct tapir_dump *p, tapir_reader *in)
{
    uint32_t magic = dump_take_be32(p, in);

    dump_hex(p, "\n\t  Magic-Num 0x", magic, 8);
}

/* What a packet of the code holds, `length` counting its head of four bytes. */
static void put_body(
    struct tapir_dump *p, uint16_t protocol, uint8_t code, tapir_reader in, unsigned length)
{
    tapir_reader start = in;
    const char *name;
    uint16_t rejected;

    if (code >= CONF_REQUEST && code <= CONF_REJECT) {
        if (protocol == TAPIR_PPP_LCP)
            put_options(p, put_link_option, "[|lcp]", in, length);
        else if (protocol == TAPIR_PPP_IPCP)
            put_options(p, put_ip_option, "[|ipcp]", in, length);
        else if (protocol == TAPIR_PPP_IPV6CP)
            put_options(p, put_ipv6_option, "[|ip6cp]", in, length);
    } else if (code == PROTOCOL_REJECT && length >= 6) {
        rejected = dump_take_be16(p, &in);
        name = tapir__dump_ppp_protocol(rejected);
        PUT(p, "\n\t  Rejected ");
        tapir_text_put(p->out, name ? name : "unknown");
        dump_hex(p, " Protocol (0x", rejected, 4);
        PUT(p, ")");
        if (length > 6) {
            PUT(p, "\n\t  Rejected Packet");
            tapir__dump_unknown_data(p, "\n\t    ", in, length - 2);
        }
    } else if (code >= ECHO_REQUEST && code <= DISCARD && length >= 8) {
        put_magic(p, &in);
        if (length > 8) {
            PUT(p, "\n\t  -----trailing data-----");
            if (dump_have(p, &in, length - 8))
                tapir__dump_unknown_data(p, "\n\t  ", in, length - 8);
        }
    } else if (code == 13 && length >= 12) {
        put_magic(p, &in);
        dump_number(p, ", Seconds-Remaining ", dump_take_be32(p, &in));
        PUT(p, "s");
    } else if (code > 13 && p->verbosity <= 1) {
        start.at -= 6;
        tapir__dump_unknown_data(p, "\n\t  ", start, length + 2);
    }
}

/* Link control and what is made like it (RFC 1661 5). */
static void print_control(struct tapir_dump *p, uint16_t protocol)
{
    const char *name = tapir__dump_ppp_protocol(protocol);
    tapir_reader in = p->in, start = p->in;
    uint8_t code;
    unsigned length;

    tapir_text_put(p->out, name);
    PUT(p, ", ");
    if (p->length < 4 || tapir_left(&in) < 2) {
        PUT(p, "[|");
        tapir_text_put(p->out, name);
        PUT(p, "]");
        return;
    }
    code = tapir_take_u8(&in);
    tapir_text_put(p->out, name_or(codes, code, "Unknown Opcode"));
    dump_hex(p, " (0x", code, 2);
    dump_number(p, "), id ", tapir_take_u8(&in));
    dump_number(p, ", length ", p->length + 2);
    if (!p->verbosity)
        return;
    length = dump_take_be16(p, &in);
    if (p->cut)
        return;
    dump_number(p, "\n\tencoded length ", length);
    if (length < 4) {
        PUT(p, " (< 4))");
        return;
    }
    if (length > p->length) {
        dump_number(p, " (> packet length ", p->length);
        PUT(p, "))");
        return;
    }
    dump_number(p, " (=Option(s) length ", length - 4);
    PUT(p, ")");
    if (length == 4)
        return;
    if (p->verbosity > 1) {
        start.at -= 2;
        tapir__dump_unknown_data(p, "\n\t", start, 6);
    }
    put_body(p, protocol, code, in, length);
}

/* Takes text and shows it; what does not print is escaped. */
static void put_text(struct tapir_dump *p, const char *before, tapir_reader *in, size_t len)
{
    tapir_span text = tapir_span_of(in->at, len < tapir_left(in) ? len : tapir_left(in));

    tapir_text_put(p->out, before);
    tapir__dump_string(p->out, text);
    if (text.len < len)
        dump_cut(p);
    tapir_take(in, text.len);
}

/* The start that PAP and CHAP have in common; false where it is all there is. */
static bool put_authentication_head(struct tapir_dump *p, const char *name,
    const tapir_label *labels, tapir_reader *in, uint8_t *code, uint16_t *length)
{
    uint8_t id;

    *code = dump_take_u8(p, in);
    tapir_text_put(p->out, name);
    PUT(p, ", ");
    tapir_text_put(p->out, name_or(labels, *code, "unknown"));
    dump_hex(p, " (0x", *code, 2);
    id = dump_take_u8(p, in);
    dump_number(p, "), id ", id);
    *length = dump_take_be16(p, in);
    return !p->cut;
}

static void print_chap(struct tapir_dump *p)
{
    tapir_reader in = p->in;
    uint16_t length;
    uint8_t code, size;

    if (p->length < 4) {
        PUT(p, "[|chap]");
        return;
    }
    if (!put_authentication_head(p, "CHAP", chap_codes, &in, &code, &length))
        return;
    if (code == 1 || code == 2) {
        if (p->length < 5)
            return;
        size = dump_take_u8(p, &in);
        if (p->cut || p->length - 5 < size)
            return;
        PUT(p, ", Value ");
        for (unsigned i = 0; i < size && !p->cut; i++)
            dump_hex(p, "", dump_take_u8(p, &in), 2);
        put_text(p, ", Name ", &in, length > 5u + size ? length - 5u - size : 0);
    } else if (code == 3 || code == 4) {
        put_text(p, ", Msg ", &in, length > 4 ? length - 4u : 0);
    }
}

static void print_pap(struct tapir_dump *p)
{
    tapir_reader in = p->in;
    uint16_t length;
    uint8_t code, size;
    unsigned used;

    if (p->length < 4) {
        PUT(p, "[|pap]");
        return;
    }
    if (!put_authentication_head(p, "PAP", pap_codes, &in, &code, &length))
        return;
    if (length > p->length) {
        dump_number(p, ", length ", length);
        PUT(p, " > packet size");
        return;
    }
    if (length < 4) {
        dump_number(p, ", length ", length);
        PUT(p, " < PAP header length");
        return;
    }
    if (code < 1 || code > 3)
        return;
    if (length < (code == 1 ? 6 : 5)) {
        PUT(p, "[|pap]");
        return;
    }
    size = dump_take_u8(p, &in);
    used = 5u + size;
    if (p->cut || length < used)
        return;
    put_text(p, code == 1 ? ", Peer " : ", Msg ", &in, size);
    if (code != 1 || length < used + 1)
        return;
    size = dump_take_u8(p, &in);
    if (!p->cut && length >= used + 1 + size)
        put_text(p, ", Name ", &in, size);
}

bool tapir__dump_ppp_control(struct tapir_dump *p, uint16_t protocol)
{
    switch (protocol) {
    case TAPIR_PPP_LCP:
    case TAPIR_PPP_IPCP:
    case TAPIR_PPP_IPV6CP:
    case 0x8023:
    case 0x8281:
        print_control(p, protocol);
        return true;
    case TAPIR_PPP_CHAP:
        print_chap(p);
        return true;
    case TAPIR_PPP_PAP:
        print_pap(p);
        return true;
    default:
        return false;
    }
}
