/* tcpdump's lines: Bootstrap Protocol and Dynamic Host Configuration Protocol. */
#include "printer.h"

#define FLAG_BROADCAST 0x8000
#define MAGIC_CMU      0x434d5500

/* What the values of an option print as; the option's own when it is one of OTHERS. */
enum form {
    UNKNOWN, /* by the length */
    ADDRESSES,
    PAIRS,
    LONGS,
    SIGNED_LONGS,
    SHORTS,
    BYTES,
    TEXT,
    FLAGS,
    MESSAGE_TYPE,
    PARAMETERS,
    NODE_TYPE,
    OVERLOAD,
    FULL_NAME,
    CLIENT_ID,
    RELAY_AGENT,
    ROUTES,
    USER_CLASSES
};

/* tcpdump's names; what has none is "Unknown". */
static const struct {
    const char *name;
    uint8_t form; /* enum form */
} options[256] = {
    [0] = {"PAD", UNKNOWN},
    [1] = {"Subnet-Mask", ADDRESSES},
    [2] = {"Time-Zone", SIGNED_LONGS},
    [3] = {"Default-Gateway", ADDRESSES},
    [4] = {"Time-Server", ADDRESSES},
    [5] = {"IEN-Name-Server", ADDRESSES},
    [6] = {"Domain-Name-Server", ADDRESSES},
    [7] = {"LOG", ADDRESSES},
    [8] = {"CS", ADDRESSES},
    [9] = {"LPR-Server", ADDRESSES},
    [10] = {"IM", ADDRESSES},
    [11] = {"RL", ADDRESSES},
    [12] = {"Hostname", TEXT},
    [13] = {"BS", SHORTS},
    [14] = {"DP", TEXT},
    [15] = {"Domain-Name", TEXT},
    [16] = {"SS", ADDRESSES},
    [17] = {"RP", TEXT},
    [18] = {"EP", TEXT},
    [19] = {"IPF", FLAGS},
    [20] = {"SRT", FLAGS},
    [21] = {"PF", PAIRS},
    [22] = {"RSZ", SHORTS},
    [23] = {"TTL", BYTES},
    [24] = {"MTU-Timeout", LONGS},
    [25] = {"MTU-Table", SHORTS},
    [26] = {"MTU", SHORTS},
    [27] = {"LSN", FLAGS},
    [28] = {"BR", ADDRESSES},
    [29] = {"MD", FLAGS},
    [30] = {"MS", FLAGS},
    [31] = {"Router-Discovery", FLAGS},
    [32] = {"RSA", ADDRESSES},
    [33] = {"Static-Route", PAIRS},
    [34] = {"UT", FLAGS},
    [35] = {"AT", LONGS},
    [36] = {"IE", FLAGS},
    [37] = {"TT", BYTES},
    [38] = {"KI", LONGS},
    [39] = {"KG", FLAGS},
    [40] = {"YD", TEXT},
    [41] = {"YS", ADDRESSES},
    [42] = {"NTP", ADDRESSES},
    [43] = {"Vendor-Option", BYTES},
    [44] = {"Netbios-Name-Server", ADDRESSES},
    [45] = {"WDD", ADDRESSES},
    [46] = {"Netbios-Node", NODE_TYPE},
    [47] = {"Netbios-Scope", TEXT},
    [48] = {"XFS", ADDRESSES},
    [49] = {"XDM", ADDRESSES},
    [50] = {"Requested-IP", ADDRESSES},
    [51] = {"Lease-Time", LONGS},
    [52] = {"OO", OVERLOAD},
    [53] = {"DHCP-Message", MESSAGE_TYPE},
    [54] = {"Server-ID", ADDRESSES},
    [55] = {"Parameter-Request", PARAMETERS},
    [56] = {"MSG", TEXT},
    [57] = {"MSZ", SHORTS},
    [58] = {"RN", LONGS},
    [59] = {"RB", LONGS},
    [60] = {"Vendor-Class", TEXT},
    [61] = {"Client-ID", CLIENT_ID},
    [64] = {"N+D", SHORTS},
    [65] = {"N+S", ADDRESSES},
    [66] = {"TFTP", TEXT},
    [67] = {"BF", TEXT},
    [68] = {"MH", ADDRESSES},
    [69] = {"SMTP", ADDRESSES},
    [70] = {"POP3", ADDRESSES},
    [71] = {"NNTP", ADDRESSES},
    [72] = {"WWW", ADDRESSES},
    [73] = {"FG", ADDRESSES},
    [74] = {"IRC", ADDRESSES},
    [75] = {"STS", ADDRESSES},
    [76] = {"STDA", ADDRESSES},
    [77] = {"User-Class", USER_CLASSES},
    [78] = {"SLP-DA", BYTES},
    [79] = {"SLP-SCOPE", BYTES},
    [80] = {"SLP-NA", TEXT},
    [81] = {"FQDN", FULL_NAME},
    [82] = {"Agent-Information", RELAY_AGENT},
    [83] = {"ARMT", BYTES},
    [88] = {"TZSTR", TEXT},
    [89] = {"FQDNS", BYTES},
    [90] = {"AUTH", BYTES},
    [91] = {"Last-Transaction-Time", SIGNED_LONGS},
    [92] = {"Associated-IP", ADDRESSES},
    [93] = {"ARCH", SHORTS},
    [94] = {"NDI", BYTES},
    [95] = {"LDAP", TEXT},
    [97] = {"GUID", BYTES},
    [98] = {"UAP", TEXT},
    [100] = {"POSIX-TZ", TEXT},
    [101] = {"TZ-Name", TEXT},
    [112] = {"NI", ADDRESSES},
    [113] = {"NITAG", TEXT},
    [114] = {"URL", TEXT},
    [116] = {"NOAUTO", FLAGS},
    [117] = {"NSSEARCH", SHORTS},
    [118] = {"SUBNET", ADDRESSES},
    [121] = {"Classless-Static-Route", ROUTES},
    [150] = {"TFTP-Server-Address", ADDRESSES},
    [161] = {"MUD-URL", TEXT},
    [249] = {"Classless-Static-Route-Microsoft", ROUTES},
    [255] = {"END", UNKNOWN},
};

static const tapir_label message_types[] = {
    {TAPIR_DHCP_DISCOVER, "Discover"},
    {TAPIR_DHCP_OFFER, "Offer"},
    {TAPIR_DHCP_REQUEST, "Request"},
    {TAPIR_DHCP_DECLINE, "Decline"},
    {TAPIR_DHCP_ACK, "ACK"},
    {TAPIR_DHCP_NAK, "NACK"},
    {TAPIR_DHCP_RELEASE, "Release"},
    {TAPIR_DHCP_INFORM, "Inform"},
    {TAPIR_DHCP_LEASE_QUERY, "LeaseQuery"},
    {TAPIR_DHCP_LEASE_UNASSIGNED, "LeaseUnassigned"},
    {TAPIR_DHCP_LEASE_UNKNOWN, "LeaseUnknown"},
    {TAPIR_DHCP_LEASE_ACTIVE, "LeaseActive"},
    {0, NULL},
};

static const tapir_label node_types[] = {
    {1, "b-node"}, {2, "p-node"}, {4, "m-node"}, {8, "h-node"}, {0, NULL}};

static const tapir_label overloads[] = {{1, "file"}, {2, "sname"}, {3, "file+sname"}, {0, NULL}};

static const tapir_label hardware_types[] = {
    {1, "ether"},
    {6, "ieee802"},
    {7, "arcnet"},
    {15, "frelay"},
    {23, "strip"},
    {24, "ieee1394"},
    {0, NULL},
};

static const tapir_label relay_suboptions[] = {
    {TAPIR_DHCP_RELAY_CIRCUIT_ID, "Circuit-ID"},
    {TAPIR_DHCP_RELAY_REMOTE_ID, "Remote-ID"},
    {TAPIR_DHCP_RELAY_SUBSCRIBER_ID, "Subscriber-ID"},
    {0, NULL},
};

static const char *option_name(uint8_t code)
{
    return options[code].name ? options[code].name : "Unknown";
}

/* Where tcpdump notices by itself that the captured bytes end, it goes on behind the message. */
static bool have(struct tapir_dump *p, const tapir_reader *in, size_t len)
{
    if (tapir_left(in) >= len)
        return true;
    tapir__dump_truncated(p);
    return false;
}

/* Options: each works on a reader over its bytes, all of which are there. What it leaves counts as
 * trailing data. */

static void between(struct tapir_dump *p, const char *mark, bool *first)
{
    if (!*first)
        tapir_text_put(p->out, mark);
    *first = false;
}

static void put_quoted(struct tapir_dump *p, tapir_span bytes)
{
    PUT(p, "\"");
    tapir__dump_string(p->out, bytes);
    PUT(p, "\"");
}

static void put_addresses(struct tapir_dump *p, tapir_reader *in)
{
    bool first = true;

    while (tapir_left(in) >= 4) {
        between(p, ",", &first);
        tapir__dump_host4(p, tapir_take(in, 4));
    }
}

static void put_pairs(struct tapir_dump *p, tapir_reader *in)
{
    bool first = true;

    while (tapir_left(in) >= 8) {
        between(p, ",", &first);
        PUT(p, "(");
        tapir__dump_host4(p, tapir_take(in, 4));
        PUT(p, ":");
        tapir__dump_host4(p, tapir_take(in, 4));
        PUT(p, ")");
    }
}

/* Numbers of `bytes` bytes each. */
static void put_numbers(struct tapir_dump *p, tapir_reader *in, unsigned bytes, const char *mark)
{
    bool first = true;

    while (tapir_left(in) >= bytes) {
        between(p, mark, &first);
        tapir_text_uint(p->out, tapir_load_be(tapir_take(in, bytes), bytes));
    }
}

static void put_signed_longs(struct tapir_dump *p, tapir_reader *in)
{
    bool first = true;

    while (tapir_left(in) >= 4) {
        between(p, ",", &first);
        tapir_text_int(p->out, (int32_t)tapir_take_be32(in));
    }
}

static void put_flags(struct tapir_dump *p, tapir_reader *in)
{
    bool first = true;

    while (tapir_left(in)) {
        uint8_t flag = tapir_take_u8(in);
        between(p, ",", &first);
        if (flag > 1) {
            tapir_text_uint(p->out, flag);
            PUT(p, "?");
        } else {
            tapir_text_put(p->out, flag ? "Y" : "N");
        }
    }
}

static void put_unknown(struct tapir_dump *p, tapir_reader *in)
{
    size_t len = tapir_left(in);

    if (len & 1)
        put_numbers(p, in, 1, ".");
    else
        put_numbers(p, in, len & 2 ? 2 : 4, ",");
}

static void put_parameters(struct tapir_dump *p, tapir_reader *in)
{
    for (unsigned index = 0; tapir_left(in); index++) {
        uint8_t code = tapir_take_u8(in);
        if (index % 4 == 0)
            PUT(p, "\n\t      ");
        else
            PUT(p, ", ");
        tapir_text_put(p->out, option_name(code));
        dump_number(p, " (", code);
        PUT(p, ")");
    }
}

/* Says that the option is shorter than `least`, which ends it. */
static bool too_short(struct tapir_dump *p, tapir_reader *in, size_t least)
{
    if (tapir_left(in) >= least)
        return false;
    dump_number(p, "[ERROR: length < ", least);
    PUT(p, " bytes]");
    tapir_take_rest(in);
    return true;
}

static void put_label(struct tapir_dump *p, tapir_reader *in, const tapir_label *labels)
{
    if (!too_short(p, in, 1))
        tapir__dump_label(p, labels, "#", tapir_take_u8(in));
}

static void put_message_type(struct tapir_dump *p, tapir_reader *in)
{
    if (tapir_left(in) != 1) {
        put_numbers(p, in, 1, ".");
        return;
    }
    tapir__dump_label(p, message_types, "Unknown (", *in->at);
    if (!tapir_label_find(message_types, tapir_take_u8(in)))
        PUT(p, ")");
}

static void put_full_name(struct tapir_dump *p, tapir_reader *in)
{
    uint8_t flags, codes[2];

    if (too_short(p, in, 3))
        return;
    flags = tapir_take_u8(in);
    if (flags) {
        PUT(p, "[");
        for (unsigned bit = 0; bit < 4; bit++)
            if (flags >> bit & 1)
                tapir_text_char(p->out, "SOEN"[bit]);
        PUT(p, "] ");
    }
    tapir_take_bytes(in, codes, 2);
    if (codes[0] || codes[1]) {
        tapir_text_uint(p->out, codes[0]);
        dump_number(p, "/", codes[1]);
        PUT(p, " ");
    }
    put_quoted(p, tapir_take_rest(in));
}

static void put_client_id(struct tapir_dump *p, tapir_reader *in)
{
    bool first = true;
    uint8_t type;

    if (too_short(p, in, 1))
        return;
    type = tapir_take_u8(in);
    if (type == 0) {
        put_quoted(p, tapir_take_rest(in));
        return;
    }
    tapir__dump_label(p, hardware_types, "hardware-type ", type);
    if (!tapir_label_find(hardware_types, type))
        PUT(p, ",");
    PUT(p, " ");
    while (tapir_left(in)) {
        between(p, ":", &first);
        tapir_text_hex(p->out, tapir_take_u8(in), 2);
    }
}

static void put_relay_agent(struct tapir_dump *p, tapir_reader *in)
{
    while (tapir_left(in) >= 2) {
        uint8_t code = tapir_take_u8(in), len = tapir_take_u8(in);
        const char *name = tapir_label_find(relay_suboptions, code);

        PUT(p, "\n\t      ");
        tapir_text_put(p->out, name ? name : "Unknown");
        dump_number(p, " SubOption ", code);
        dump_number(p, ", length ", len);
        PUT(p, ": ");
        if (len > tapir_left(in)) {
            PUT(p, "length goes past end of option");
            tapir_take_rest(in);
        } else if (name) {
            tapir__dump_string(p->out, tapir_take_span(in, len));
        } else {
            tapir__dump_unknown_data(p, "\n\t\t", *in, len);
            tapir_take(in, len);
        }
    }
}

static void put_route(struct tapir_dump *p, tapir_reader *in)
{
    uint8_t destination[4] = {0}, width = tapir_take_u8(in);
    size_t len = (width + 7u) / 8;

    if (width > 32) {
        dump_number(p, "[ERROR: Mask width (", width);
        PUT(p, ") > 32]");
        tapir_take_rest(in);
        return;
    }
    if (tapir_left(in) < len + 4) {
        dump_number(p, "[ERROR: Remaining length (", tapir_left(in));
        dump_number(p, ") < ", len + 4);
        PUT(p, " bytes]");
        tapir_take_rest(in);
        return;
    }
    tapir_take_bytes(in, destination, len);
    PUT(p, "(");
    if (width) {
        tapir_text_ipv4(p->out, destination);
        dump_number(p, "/", width);
    } else {
        PUT(p, "default");
    }
    PUT(p, ":");
    tapir__dump_host4(p, tapir_take(in, 4));
    PUT(p, ")");
}

static void put_routes(struct tapir_dump *p, tapir_reader *in)
{
    bool first = true;

    if (too_short(p, in, 5))
        return;
    while (tapir_left(in)) {
        between(p, ",", &first);
        put_route(p, in);
    }
}

static void put_user_classes(struct tapir_dump *p, tapir_reader *in)
{
    if (too_short(p, in, 2))
        return;
    for (unsigned number = 1; tapir_left(in); number++) {
        uint8_t len = tapir_take_u8(in);
        dump_number(p, "\n\t      instance#", number);
        PUT(p, ": ");
        if (len == 0 || len > tapir_left(in)) {
            tapir_text_put(p->out,
                len ? "[ERROR: invalid option]" : "[ERROR: suboption length must be non-zero]");
            tapir_take_rest(in);
            return;
        }
        put_quoted(p, tapir_take_span(in, len));
        dump_number(p, ", length ", len);
    }
}

static void put_value(struct tapir_dump *p, enum form form, tapir_reader *in)
{
    switch (form) {
    case ADDRESSES:
        put_addresses(p, in);
        break;
    case PAIRS:
        put_pairs(p, in);
        break;
    case LONGS:
        put_numbers(p, in, 4, ",");
        break;
    case SIGNED_LONGS:
        put_signed_longs(p, in);
        break;
    case SHORTS:
        put_numbers(p, in, 2, ",");
        break;
    case BYTES:
        put_numbers(p, in, 1, ".");
        break;
    case TEXT:
        put_quoted(p, tapir_take_rest(in));
        break;
    case FLAGS:
        put_flags(p, in);
        break;
    case MESSAGE_TYPE:
        put_message_type(p, in);
        break;
    case PARAMETERS:
        put_parameters(p, in);
        break;
    case NODE_TYPE:
        put_label(p, in, node_types);
        break;
    case OVERLOAD:
        put_label(p, in, overloads);
        break;
    case FULL_NAME:
        put_full_name(p, in);
        break;
    case CLIENT_ID:
        put_client_id(p, in);
        break;
    case RELAY_AGENT:
        put_relay_agent(p, in);
        break;
    case ROUTES:
        put_routes(p, in);
        break;
    case USER_CLASSES:
        put_user_classes(p, in);
        break;
    default:
        put_unknown(p, in);
        break;
    }
}

/* The rest of a row of padding. */
static void count_padding(struct tapir_dump *p, tapir_reader *in)
{
    unsigned count = 1;

    for (; tapir_left(in) && *in->at == TAPIR_DHCP_OPTION_PAD; count++)
        tapir_take(in, 1);
    if (count > 1)
        dump_number(p, ", occurs ", count);
}

/* Returns false when the options end here. */
static bool put_option(struct tapir_dump *p, uint8_t code, tapir_reader *in)
{
    bool single = code == TAPIR_DHCP_OPTION_PAD || code == TAPIR_DHCP_OPTION_END;
    uint8_t len = single ? 0 : dump_take_u8(p, in);
    tapir_reader value;

    PUT(p, "\n\t    ");
    tapir_text_put(p->out, option_name(code));
    dump_number(p, " (", code);
    dump_number(p, "), length ", len);
    if (len)
        PUT(p, ": ");
    if (code == TAPIR_DHCP_OPTION_PAD)
        count_padding(p, in);
    if (single)
        return true;
    if (p->cut || !have(p, in, len))
        return false;
    value = tapir_reader_of(tapir_take_span(in, len));
    put_value(p, (enum form)options[code].form, &value);
    if (tapir_left(&value))
        dump_number(p, "\n\t  trailing data length ", tapir_left(&value));
    return true;
}

static void put_options(struct tapir_dump *p, tapir_reader *in)
{
    PUT(p, "\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x63825363");
    while (tapir_left(in)) {
        uint8_t code = tapir_take_u8(in);
        if (p->verbosity < 3 && code == TAPIR_DHCP_OPTION_END)
            return;
        if (p->verbosity < 3 && code == TAPIR_DHCP_OPTION_PAD)
            continue;
        if (!put_option(p, code, in))
            return;
    }
}

/* What Carnegie Mellon's clients were sent before there were options. */
static void put_cmu(struct tapir_dump *p, tapir_reader *in)
{
    static const char names[8][5] = {"SM", "DG", "NS1", "NS2", "IEN1", "IEN2", "TS1", "TS2"};
    static const uint8_t order[8] = {1, 0, 2, 3, 4, 5, 6, 7};
    uint8_t flags;

    PUT(p, " vend-cmu");
    if (!have(p, in, 4))
        return;
    flags = (uint8_t)(tapir_take_be32(in) >> 24);
    if (flags & ~1u)
        dump_hex(p, " F:0x", flags, 1);
    for (size_t i = 0; i < TAPIR_COUNT(order); i++) {
        const uint8_t *address;

        if (!have(p, in, 4u * (order[i] + 1u)))
            return;
        address = in->at + 4u * order[i];
        if (!tapir_load_be(address, 4))
            continue;
        PUT(p, " ");
        tapir_text_put(p->out, names[order[i]]);
        if (order[i] == 0 && !(flags & 1))
            PUT(p, "*");
        PUT(p, ":");
        tapir__dump_host4(p, address);
    }
}

/* The header. */

static void put_address(struct tapir_dump *p, tapir_reader *in, const char *what)
{
    tapir_span address = dump_take_span(p, in, 4);

    if (!address.len || !tapir_load_be(address.data, 4))
        return;
    tapir_text_put(p->out, what);
    tapir__dump_host4(p, address.data);
}

/* A name in a place of `room` bytes. Returns false when it ends with neither a byte of 0 in its
 * place nor in the captured bytes, which tcpdump notices by itself. */
static bool put_name(struct tapir_dump *p, tapir_reader *in, const char *what, size_t room)
{
    size_t left = tapir_left(in), most = left < room ? left : room, len = 0;

    if (!dump_have(p, in, 1))
        return false;
    while (len < most && in->at[len])
        len++;
    if (len) {
        tapir_text_put(p->out, what);
        put_quoted(p, tapir_span_of(in->at, len));
    }
    if (len == most) {
        tapir__dump_truncated(p);
        return false;
    }
    tapir_take(in, room);
    return true;
}

static void put_vendor(struct tapir_dump *p, tapir_reader *in)
{
    uint32_t magic;

    if (!have(p, in, 4))
        return;
    magic = tapir_take_be32(in);
    if (magic == TAPIR_DHCP_COOKIE)
        put_options(p, in);
    else if (magic == MAGIC_CMU)
        put_cmu(p, in);
    else if (magic)
        dump_hex(p, "\n\t  Vendor-#0x", magic, 1);
}

static void put_numbers_of_header(struct tapir_dump *p, tapir_reader *in, uint8_t type, uint8_t len)
{
    uint8_t hops = dump_take_u8(p, in);
    uint32_t id = dump_take_be32(p, in);
    uint16_t seconds = dump_take_be16(p, in), flags;

    if (type != 1)
        dump_number(p, ", htype ", type);
    if (type != 1 || len != 6)
        dump_number(p, ", hlen ", len);
    if (hops)
        dump_number(p, ", hops ", hops);
    if (id)
        dump_hex(p, ", xid 0x", id, 1);
    if (seconds)
        dump_number(p, ", secs ", seconds);
    flags = dump_take_be16(p, in);
    PUT(p, ", Flags [");
    tapir_text_put(p->out, flags & FLAG_BROADCAST ? "Broadcast" : "none");
    PUT(p, "]");
    if (p->verbosity > 1) {
        dump_hex(p, " (0x", flags, 4);
        PUT(p, ")");
    }
}

static void put_details(struct tapir_dump *p, tapir_reader *in, uint8_t type, uint8_t len)
{
    if (!have(p, in, 7))
        return;
    put_numbers_of_header(p, in, type, len);
    put_address(p, in, "\n\t  Client-IP ");
    put_address(p, in, "\n\t  Your-IP ");
    put_address(p, in, "\n\t  Server-IP ");
    put_address(p, in, "\n\t  Gateway-IP ");
    if (type == 1 && len == 6 && dump_have(p, in, 6)) {
        PUT(p, "\n\t  Client-Ethernet-Address ");
        tapir__dump_mac(p, in->at);
    }
    if (p->cut)
        return;
    dump_take_span(p, in, 16);
    if (put_name(p, in, "\n\t  sname ", 64) && put_name(p, in, "\n\t  file ", 128))
        put_vendor(p, in);
}

size_t tapir__dump_dhcp(struct tapir_dump *p, size_t index)
{
    tapir_reader in = p->in;
    uint8_t operation, type, len;

    (void)index;
    p->name = "bootp";
    operation = dump_take_u8(p, &in);
    PUT(p, "BOOTP/DHCP, ");
    if (operation == 1 || operation == 2) {
        tapir_text_put(p->out, operation == 1 ? "Request" : "Reply");
    } else {
        dump_hex(p, "unknown (0x", operation, 2);
        PUT(p, ")");
    }
    type = dump_take_u8(p, &in);
    len = dump_take_u8(p, &in);
    if (type == 1 && len == 6 && operation == 1) {
        if (!dump_have(p, &p->in, 34))
            return DUMP_END;
        PUT(p, " from ");
        tapir__dump_mac(p, p->in.at + 28);
    }
    dump_number(p, ", length ", p->length);
    if (p->verbosity && !p->cut)
        put_details(p, &in, type, len);
    return DUMP_END;
}
