/* tcpdump's lines: Domain Name System, multicast DNS. */
#include "printer.h"

#define HEADER_LEN     12
#define PORT           53
#define MULTICAST_PORT 5353
#define LABEL_MAX      63
#define POINTER        0xc0
#define KIND           0xc0 /* the bits of a length that say what kind of label it is */
#define EXTENDED       0x40
#define BIT_STRING     0x41 /* RFC 2673, RFC 6891 5 */
#define NAME_MAX_LEN   255
#define NAME_TOO_LONG  1000 /* above any length that is not */
#define POINTERS_MAX   127  /* tcpdump follows more, but no name has use for them; */
#define STEPS_MAX      512  /* nor does it for more labels */

static const tapir_label opcodes[] = {
    {0, ""},
    {1, " inv_q"},
    {2, " stat"},
    {3, " op3"},
    {4, " notify"},
    {5, " update"},
    {6, " op6"},
    {7, " op7"},
    {8, " op8"},
    {9, " updateA"},
    {10, " updateD"},
    {11, " updateDA"},
    {12, " updateM"},
    {13, " updateMA"},
    {14, " zoneInit"},
    {15, " zoneRef"},
    {0, NULL},
};

/* The two without a space are tcpdump's. */
static const tapir_label reply_codes[] = {
    {0, ""},
    {1, " FormErr"},
    {2, " ServFail"},
    {3, " NXDomain"},
    {4, " NotImp"},
    {5, " Refused"},
    {6, " YXDomain"},
    {7, " YXRRSet"},
    {8, " NXRRSet"},
    {9, " NotAuth"},
    {10, " NotZone"},
    {15, " NoChange"},
    {16, " BadVers"},
    {17, "Resp17"},
    {21, "Resp21"},
    {23, " BadCookie"},
    {0, NULL},
};

static const tapir_label types[] = {
    {1, "A"},
    {2, "NS"},
    {3, "MD"},
    {4, "MF"},
    {5, "CNAME"},
    {6, "SOA"},
    {7, "MB"},
    {8, "MG"},
    {9, "MR"},
    {10, "NULL"},
    {11, "WKS"},
    {12, "PTR"},
    {13, "HINFO"},
    {14, "MINFO"},
    {15, "MX"},
    {16, "TXT"},
    {17, "RP"},
    {18, "AFSDB"},
    {19, "X25"},
    {20, "ISDN"},
    {21, "RT"},
    {22, "NSAP"},
    {23, "NSAP_PTR"},
    {24, "SIG"},
    {25, "KEY"},
    {26, "PX"},
    {27, "GPOS"},
    {28, "AAAA"},
    {29, "LOC"},
    {30, "NXT"},
    {31, "EID"},
    {32, "NIMLOC"},
    {33, "SRV"},
    {34, "ATMA"},
    {35, "NAPTR"},
    {36, "KX"},
    {37, "CERT"},
    {38, "A6"},
    {39, "DNAME"},
    {40, "SINK"},
    {41, "OPT"},
    {42, "APL"},
    {43, "DS"},
    {44, "SSHFP"},
    {45, "IPSECKEY"},
    {46, "RRSIG"},
    {47, "NSEC"},
    {48, "DNSKEY"},
    {99, "SPF"},
    {100, "UINFO"},
    {101, "UID"},
    {102, "GID"},
    {103, "UNSPEC"},
    {104, "UNSPECA"},
    {249, "TKEY"},
    {250, "TSIG"},
    {251, "IXFR"},
    {252, "AXFR"},
    {253, "MAILB"},
    {254, "MAILA"},
    {255, "ANY"},
    {256, "URI"},
    {0, NULL},
};

static const tapir_label classes[] = {{1, ""}, {3, " CHAOS"}, {4, " HS"}, {255, " ANY"}, {0, NULL}};

static const tapir_label options[] = {
    {1, "LLQ"},
    {2, "UL"},
    {3, "NSID"},
    {5, "DAU"},
    {6, "DHU"},
    {7, "N3U"},
    {8, "ECS"},
    {9, "EXPIRE"},
    {10, "COOKIE"},
    {11, "KEEPALIVE"},
    {12, "PADDING"},
    {13, "CHAIN"},
    {14, "KEY-TAG"},
    {16, "CLIENT-TAG"},
    {17, "SERVER-TAG"},
    {0, NULL},
};

static const tapir_label algorithms[] = {
    {0, "DELETE"},
    {1, "RSAMD5"},
    {2, "DH"},
    {3, "DS"},
    {5, "RSASHA1"},
    {6, "DSA-NSEC3-SHA1"},
    {7, "RSASHA1-NSEC3-SHA1"},
    {8, "RSASHA256"},
    {10, "RSASHA512"},
    {12, "ECC-GOST"},
    {13, "ECDSAP256SHA256"},
    {14, "ECDSAP384SHA384"},
    {15, "ED25519"},
    {16, "ED448"},
    {252, "INDIRECT"},
    {253, "PRIVATEDNS"},
    {254, "PRIVATEOID"},
    {0, NULL},
};

static const tapir_label digests[] = {
    {1, "SHA-1"}, {2, "SHA-256"}, {3, "GOST_R_34.11-94"}, {4, "SHA-384"}, {0, NULL}};

static const tapir_label hashes[] = {{1, "SHA-1"}, {0, NULL}};

/* The message being printed. Functions that print answer false where the line ends with
 * " [|domain]", having printed what tcpdump prints until it notices. */
struct dns {
    struct tapir_dump *p;
    const uint8_t *start, *end; /* of what was captured of it */
    bool multicast;
};

static tapir_reader reader_at(const struct dns *dns, const uint8_t *at)
{
    return tapir_reader_of(tapir_span_of(at, at < dns->end ? (size_t)(dns->end - at) : 0));
}

/* Appends `before` and the number. */
static void put_number(const struct dns *dns, const char *before, uint32_t number)
{
    tapir_text_put(dns->p->out, before);
    tapir_text_uint(dns->p->out, number);
}

/* How long a label is behind its first byte; false when it has no such length. */
static bool label_len(const tapir_reader *in, uint8_t first, size_t *len)
{
    *len = first;
    if (first <= LABEL_MAX)
        return true;
    if (first != BIT_STRING || tapir_left(in) == 0)
        return false;
    *len = 1 + ((in->at[0] ? in->at[0] : 256u) + 7) / 8;
    return true;
}

static bool skip_name(tapir_reader *in)
{
    while (tapir_left(in)) {
        uint8_t first = tapir_take_u8(in);
        size_t len;
        if (first == 0)
            return true;
        if ((first & KIND) == POINTER) {
            tapir_take_u8(in);
            return true;
        }
        if (!label_len(in, first, &len))
            return false;
        tapir_take(in, len);
    }
    return false;
}

/* RFC 2673: bits in hexadecimal, and how many. */
static void put_bit_string(const struct dns *dns, tapir_reader *in)
{
    tapir_text *out = dns->p->out;
    unsigned count = dump_take_u8(dns->p, in), bits;

    if (count == 0)
        count = 256;
    TAPIR_TEXT_LITERAL(out, "\\[x");
    for (bits = count; bits > 7; bits -= 8)
        tapir_text_hex(out, dump_take_u8(dns->p, in), 2);
    if (bits > 4)
        tapir_text_hex(out, dump_take_u8(dns->p, in) & (0xff00u >> bits & 0xff), 2);
    else if (bits > 0)
        tapir_text_hex(out, (dump_take_u8(dns->p, in) & (0xff00u >> bits & 0xff)) >> 4, 1);
    put_number(dns, "/", count);
    TAPIR_TEXT_LITERAL(out, "]");
}

/* Tells whether a label that begins with `first` can be printed; where not, appends why. */
static bool check_label(const struct dns *dns, const tapir_reader *in, uint8_t first)
{
    if ((first & KIND) == POINTER || first <= LABEL_MAX)
        return true;
    if (first == BIT_STRING)
        return tapir_left(in) > 0;
    if ((first & KIND) == EXTENDED) {
        put_number(dns, "<ELT ", first & (unsigned)~KIND);
        TAPIR_TEXT_LITERAL(dns->p->out, ">");
    } else {
        TAPIR_TEXT_LITERAL(dns->p->out, "<BAD LABEL TYPE>");
    }
    return false;
}

/* Appends one label that is not a pointer, and its dot. `len` counts the characters of the name
 * shown so far, with one for a bit string; of what goes beyond the longest name bit strings only
 * are shown. */
static bool put_label(const struct dns *dns, tapir_reader *in, uint8_t first, size_t *len)
{
    tapir_text *out = dns->p->out;
    size_t left = tapir_left(in), room = *len < NAME_MAX_LEN ? NAME_MAX_LEN - *len : 0;
    size_t shown = first < room ? first : room;

    if (first == BIT_STRING) {
        put_bit_string(dns, in);
        *len += *len <= NAME_MAX_LEN ? 1 : NAME_TOO_LONG;
    } else {
        tapir_span label = tapir_take_span(in, first < left ? first : left);
        tapir__dump_string(out, tapir_span_of(label.data, shown < label.len ? shown : label.len));
        if (left < first)
            return false;
        *len += shown == first ? shown + 1 : NAME_TOO_LONG;
    }
    if (*len < NAME_TOO_LONG)
        TAPIR_TEXT_LITERAL(out, ".");
    return true;
}

/* Follows a pointer, whose first byte was taken from `at`. Pointers count from `base`. */
static bool follow(const struct dns *dns, tapir_reader *at, uint8_t first, const uint8_t *base,
    uint32_t *below, unsigned *pointers)
{
    uint32_t target = (first & (uint32_t)~KIND) << 8 | tapir_take_u8(at);

    if (target >= *below || ++*pointers > POINTERS_MAX) {
        TAPIR_TEXT_LITERAL(dns->p->out, "<BAD PTR>");
        return false;
    }
    *below = target;
    *at = reader_at(dns, base + target);
    return true;
}

/* Appends the name at `in`, which then stands behind it; pointers count from `base` and must lead
 * backwards. */
static bool put_name_from(const struct dns *dns, tapir_reader *in, const uint8_t *base)
{
    tapir_text *out = dns->p->out;
    uint32_t below = (uint32_t)(in->at - base);
    tapir_reader at = *in;
    unsigned pointers = 0, steps = 0;
    size_t len = 0;
    uint8_t first;

    if (tapir_left(in) == 0)
        return false;
    if (!skip_name(in))
        tapir_take_rest(in);
    first = tapir_take_u8(&at);
    if (!check_label(dns, &at, first) || ((first & KIND) == POINTER && tapir_left(&at) == 0))
        return false;
    if (first == 0)
        TAPIR_TEXT_LITERAL(out, ".");
    while (first && tapir_left(&at) && steps++ < STEPS_MAX && !dns->p->cut) {
        if ((first & KIND) == POINTER) {
            if (!follow(dns, &at, first, base, &below, &pointers))
                return false;
        } else {
            if (!put_label(dns, &at, first, &len))
                return false;
        }
        if (tapir_left(&at) == 0)
            return false;
        first = tapir_take_u8(&at);
        if (!check_label(dns, &at, first))
            return false;
    }
    if (len > NAME_MAX_LEN)
        TAPIR_TEXT_LITERAL(out, "<DOMAIN NAME TOO LONG>");
    return true;
}

static bool put_name(const struct dns *dns, tapir_reader *in)
{
    return put_name_from(dns, in, dns->start);
}

bool tapir__dump_domain_name(struct tapir_dump *p, tapir_reader *in, const uint8_t *base)
{
    const struct dns dns = {.p = p, .start = base, .end = in->end};

    return put_name(&dns, in);
}

/* Appends " " and a name. */
static bool put_space_name(const struct dns *dns, tapir_reader *in)
{
    TAPIR_TEXT_LITERAL(dns->p->out, " ");
    return put_name(dns, in);
}

/* " CHAOS" */
static void put_class(const struct dns *dns, uint16_t class)
{
    tapir__dump_label(dns->p, classes, " (Class ", class);
    if (!tapir_label_find(classes, class))
        TAPIR_TEXT_LITERAL(dns->p->out, ")");
}

/* " A? www.example.com." */
static bool put_question(const struct dns *dns, tapir_reader *in)
{
    tapir_reader name = *in;
    tapir_text *out = dns->p->out;
    uint16_t class;

    if (!skip_name(in) || tapir_left(in) < 4)
        return false;
    TAPIR_TEXT_LITERAL(out, " ");
    tapir__dump_label(dns->p, types, "Type", tapir_take_be16(in));
    class = tapir_take_be16(in);
    put_class(dns, dns->multicast ? class & 0x7fff : class);
    if (dns->multicast)
        tapir_text_put(out, class & 0x8000 ? " (QU)" : " (QM)");
    TAPIR_TEXT_LITERAL(out, "? ");
    return put_name(dns, &name);
}

/* "1w2d3h4m5s" */
static void put_seconds(const struct dns *dns, uint32_t seconds)
{
    static const struct {
        uint32_t seconds;
        char letter;
    } units[] = {{31536000, 'y'}, {604800, 'w'}, {86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    tapir_text *out = dns->p->out;

    if (seconds == 0)
        TAPIR_TEXT_LITERAL(out, "0s");
    for (size_t i = 0; i < TAPIR_COUNT(units); i++) {
        uint32_t count = seconds / units[i].seconds;
        seconds %= units[i].seconds;
        if (count) {
            tapir_text_uint(out, count);
            tapir_text_char(out, units[i].letter);
        }
    }
}

/* Data of records */

static bool put_soa(const struct dns *dns, tapir_reader *in)
{
    if (!dns->p->verbosity)
        return true;
    if (!put_space_name(dns, in) || !put_space_name(dns, in) || tapir_left(in) < 20)
        return false;
    for (unsigned i = 0; i < 5; i++)
        put_number(dns, " ", tapir_take_be32(in));
    return true;
}

static bool put_mx(const struct dns *dns, tapir_reader *in)
{
    uint16_t preference = tapir_take_be16(in);

    if (!put_space_name(dns, in))
        return false;
    put_number(dns, " ", preference);
    return true;
}

static bool put_srv(const struct dns *dns, tapir_reader *in)
{
    uint16_t priority = tapir_take_be16(in), weight = tapir_take_be16(in);
    uint16_t port = tapir_take_be16(in);

    if (!put_space_name(dns, in))
        return false;
    put_number(dns, ":", port);
    put_number(dns, " ", priority);
    put_number(dns, " ", weight);
    return true;
}

static bool put_texts(const struct dns *dns, tapir_reader *in, const uint8_t *data_end)
{
    tapir_text *out = dns->p->out;

    while (in->at < data_end) {
        size_t len, left;
        TAPIR_TEXT_LITERAL(out, " \"");
        if (tapir_left(in) == 0)
            return false;
        len = tapir_take_u8(in);
        left = tapir_left(in);
        tapir__dump_string(out, tapir_take_span(in, len < left ? len : left));
        if (left < len)
            return false;
        TAPIR_TEXT_LITERAL(out, "\"");
    }
    return true;
}

static bool put_aaaa(const struct dns *dns, tapir_reader *in)
{
    uint8_t address[16];

    if (tapir_left(in) < 16)
        return false;
    tapir_take_bytes(in, address, 16);
    TAPIR_TEXT_LITERAL(dns->p->out, " ");
    tapir__dump_address6(dns->p, address);
    return true;
}

static bool put_a6(const struct dns *dns, tapir_reader *in)
{
    uint8_t address[16] = {0};
    unsigned prefix;
    size_t suffix_len;

    if (tapir_left(in) == 0)
        return false;
    prefix = tapir_take_u8(in);
    if (prefix > 128) {
        put_number(dns, " ", prefix);
        TAPIR_TEXT_LITERAL(dns->p->out, "(bad plen)");
        return true;
    }
    if (prefix < 128) {
        suffix_len = 16 - prefix / 8;
        dump_have(dns->p, in, suffix_len);
        tapir_take_bytes(in, address + 16 - suffix_len, suffix_len);
        put_number(dns, " ", prefix);
        TAPIR_TEXT_LITERAL(dns->p->out, " ");
        tapir__dump_address6(dns->p, address);
    }
    return prefix == 0 || put_space_name(dns, in);
}

static bool put_tsig(const struct dns *dns, tapir_reader *in)
{
    uint16_t mac_len;

    if (!dns->p->verbosity)
        return true;
    if (!put_space_name(dns, in))
        return false;
    tapir_take(in, 6);
    if (tapir_left(in) < 2)
        return false;
    put_number(dns, " fudge=", tapir_take_be16(in));
    if (tapir_left(in) < 2)
        return false;
    mac_len = tapir_take_be16(in);
    put_number(dns, " maclen=", mac_len);
    tapir_take(in, mac_len);
    if (tapir_left(in) < 2)
        return false;
    put_number(dns, " origid=", tapir_take_be16(in));
    if (tapir_left(in) < 2)
        return false;
    put_number(dns, " error=", tapir_take_be16(in));
    if (tapir_left(in) < 2)
        return false;
    put_number(dns, " otherlen=", tapir_take_be16(in));
    return true;
}

/* A URI takes the rest of the data; where the data is too short for the numbers in front of it,
 * tcpdump takes the rest of the message. */
static bool put_uri(const struct dns *dns, tapir_reader *in, uint16_t len)
{
    size_t left;

    dump_have(dns->p, in, 4);
    put_number(dns, " ", tapir_take_be16(in));
    put_number(dns, " ", tapir_take_be16(in));
    TAPIR_TEXT_LITERAL(dns->p->out, " ");
    left = tapir_left(in);
    tapir__dump_string(
        dns->p->out, tapir_take_span(in, len >= 4 && (size_t)len - 4 < left ? len - 4u : left));
    return len >= 4;
}

/* Options of OPT (RFC 6891) */

static void put_hex(const struct dns *dns, tapir_reader *in, size_t len)
{
    for (; len > 0 && !dns->p->cut; len--)
        tapir_text_hex(dns->p->out, dump_take_u8(dns->p, in), 2);
}

static void put_invalid(const struct dns *dns)
{
    tapir__dump_invalid(dns->p);
}

/* Client subnet (RFC 7871): as many bytes of address as the source's prefix needs. */
static void put_subnet(const struct dns *dns, tapir_reader *in, size_t len)
{
    uint8_t address[16] = {0}, source, scope;
    size_t address_len, address_max;
    uint16_t family;

    if (len < 4) {
        put_invalid(dns);
        return;
    }
    family = dump_take_be16(dns->p, in);
    source = dump_take_u8(dns->p, in);
    scope = dump_take_u8(dns->p, in);
    address_len = (source + 7u) / 8;
    address_max = family == 1 ? 4 : 16;
    if ((family != 1 && family != 2) || address_len != len - 4 || source > address_max * 8 ||
        scope > address_max * 8) {
        put_invalid(dns);
        return;
    }
    tapir_take_bytes(in, address, address_len);
    if (in->failed)
        dump_cut(dns->p);
    if (family == 1)
        tapir_text_ipv4(dns->p->out, address);
    else
        tapir__dump_address6(dns->p, address);
    put_number(dns, "/", source);
    put_number(dns, "/", scope);
}

static void put_cookie(const struct dns *dns, tapir_reader *in, size_t len)
{
    if (len < 8 || (len > 8 && len < 16) || len > 40) {
        put_invalid(dns);
        return;
    }
    put_hex(dns, in, 8);
    if (len > 8) {
        TAPIR_TEXT_LITERAL(dns->p->out, " ");
        put_hex(dns, in, len - 8);
    }
}

static void put_labels(
    const struct dns *dns, tapir_reader *in, size_t len, const tapir_label *labels)
{
    for (size_t i = 0; i < len && !dns->p->cut; i++) {
        if (i)
            TAPIR_TEXT_LITERAL(dns->p->out, " ");
        tapir__dump_label(dns->p, labels, "Alg_", dump_take_u8(dns->p, in));
    }
}

static void put_key_tags(const struct dns *dns, tapir_reader *in, size_t len)
{
    if (len % 2) {
        put_invalid(dns);
        return;
    }
    for (size_t i = 0; i < len && !dns->p->cut; i += 2)
        put_number(dns, i ? " " : "", dump_take_be16(dns->p, in));
}

/* Tenths of a second. */
static void put_keepalive(const struct dns *dns, tapir_reader *in, size_t len)
{
    uint16_t timeout;

    if (len != 2) {
        put_invalid(dns);
        return;
    }
    timeout = dump_take_be16(dns->p, in);
    put_number(dns, "", timeout / 10u);
    put_number(dns, ".", timeout % 10u);
    TAPIR_TEXT_LITERAL(dns->p->out, " sec");
}

static void put_expire(const struct dns *dns, tapir_reader *in, size_t len)
{
    if (len != 4) {
        put_invalid(dns);
        return;
    }
    put_number(dns, "", dump_take_be32(dns->p, in));
    TAPIR_TEXT_LITERAL(dns->p->out, " sec");
}

/* Appends the value of an option, `len` bytes at `in`. */
static void put_option(const struct dns *dns, uint16_t code, tapir_reader in, size_t len)
{
    switch (code) {
    case TAPIR_EDNS_OPTION_DAU:
        put_labels(dns, &in, len, algorithms);
        break;
    case TAPIR_EDNS_OPTION_DHU:
        put_labels(dns, &in, len, digests);
        break;
    case TAPIR_EDNS_OPTION_N3U:
        put_labels(dns, &in, len, hashes);
        break;
    case TAPIR_EDNS_OPTION_CLIENT_SUBNET:
        put_subnet(dns, &in, len);
        break;
    case TAPIR_EDNS_OPTION_EXPIRE:
        put_expire(dns, &in, len);
        break;
    case TAPIR_EDNS_OPTION_COOKIE:
        put_cookie(dns, &in, len);
        break;
    case TAPIR_EDNS_OPTION_TCP_KEEPALIVE:
        put_keepalive(dns, &in, len);
        break;
    case TAPIR_EDNS_OPTION_PADDING:
        put_number(dns, "(", (uint32_t)len);
        TAPIR_TEXT_LITERAL(dns->p->out, ")");
        break;
    case TAPIR_EDNS_OPTION_CHAIN:
        /* A name that is not compressed; tcpdump lets pointers count from its end. */
        put_name_from(dns, &in, in.at + len);
        break;
    case TAPIR_EDNS_OPTION_KEY_TAG:
        put_key_tags(dns, &in, len);
        break;
    default:
        put_hex(dns, &in, len);
        break;
    }
}

static bool put_options(const struct dns *dns, tapir_reader *in, const uint8_t *data_end)
{
    tapir_text *out = dns->p->out;

    TAPIR_TEXT_LITERAL(out, " [");
    while (in->at < data_end && !dns->p->cut) {
        uint16_t code, len;
        if (tapir_left(in) < 2)
            return false;
        code = tapir_take_be16(in);
        tapir__dump_label(dns->p, options, "Opt", code);
        if (tapir_left(in) < 2)
            return false;
        len = tapir_take_be16(in);
        if (tapir_left(in) < len)
            return false;
        if (len > 0) {
            TAPIR_TEXT_LITERAL(out, " ");
            put_option(dns, code, *in, len);
        }
        tapir_take(in, len);
        if (in->at < data_end)
            TAPIR_TEXT_LITERAL(out, ",");
    }
    TAPIR_TEXT_LITERAL(out, "]");
    return true;
}

static bool put_data(const struct dns *dns, uint16_t type, tapir_reader *in, uint16_t len)
{
    const uint8_t *data_end = in->at + len;

    switch (type) {
    case TAPIR_DNS_TYPE_A:
        if (tapir_left(in) < 4)
            return false;
        TAPIR_TEXT_LITERAL(dns->p->out, " ");
        tapir_text_ipv4(dns->p->out, in->at);
        return true;
    case TAPIR_DNS_TYPE_NS:
    case TAPIR_DNS_TYPE_CNAME:
    case TAPIR_DNS_TYPE_PTR:
    case TAPIR_DNS_TYPE_DNAME:
        return put_space_name(dns, in);
    case TAPIR_DNS_TYPE_SOA:
        return put_soa(dns, in);
    case TAPIR_DNS_TYPE_MX:
        return put_mx(dns, in);
    case TAPIR_DNS_TYPE_TXT:
        return put_texts(dns, in, data_end);
    case TAPIR_DNS_TYPE_AAAA:
        return put_aaaa(dns, in);
    case TAPIR_DNS_TYPE_SRV:
        return put_srv(dns, in);
    case TAPIR_DNS_TYPE_A6:
        return put_a6(dns, in);
    case TAPIR_DNS_TYPE_OPT:
        return len == 0 || put_options(dns, in, data_end);
    case TAPIR_DNS_TYPE_NID: /* once UNSPECA */
        tapir__dump_string(dns->p->out, tapir_take_span(in, len));
        return true;
    case TAPIR_DNS_TYPE_TSIG:
        return put_tsig(dns, in);
    case TAPIR_DNS_TYPE_URI:
        return put_uri(dns, in, len);
    default:
        return true;
    }
}

/* Appends a record. One whose fixed part was not captured ends the section quietly. */
static bool put_record(const struct dns *dns, tapir_reader *in)
{
    tapir_text *out = dns->p->out;
    uint16_t type, class, len;
    uint32_t ttl;
    const uint8_t *data;

    if (dns->p->verbosity) {
        if (!put_space_name(dns, in))
            return false;
    } else if (!skip_name(in)) {
        tapir_take_rest(in);
    }
    if (tapir_left(in) < 10) {
        tapir_take_rest(in);
        return true;
    }
    type = tapir_take_be16(in);
    class = tapir_take_be16(in);
    ttl = tapir_take_be32(in);
    len = tapir_take_be16(in);
    if (type != TAPIR_DNS_TYPE_OPT)
        put_class(dns, dns->multicast ? class & 0x7fff : class);
    if (dns->multicast && class & 0x8000)
        TAPIR_TEXT_LITERAL(out, " (Cache flush)");
    if (type != TAPIR_DNS_TYPE_OPT && dns->p->verbosity > 2) {
        TAPIR_TEXT_LITERAL(out, " [");
        put_seconds(dns, ttl);
        TAPIR_TEXT_LITERAL(out, "]");
    }
    TAPIR_TEXT_LITERAL(out, " ");
    tapir__dump_label(dns->p, types, "Type", type);
    if (tapir_left(in) < len)
        return false;
    if (type == TAPIR_DNS_TYPE_OPT) {
        put_number(dns, " UDPsize=", dns->multicast ? class & 0x7fff : class);
        if (ttl & TAPIR_EDNS_DO)
            TAPIR_TEXT_LITERAL(out, " DO");
    }
    data = in->at;
    if (!put_data(dns, type, in, len))
        return false;
    *in = reader_at(dns, data + len);
    return true;
}

/* Appends `count` records; false when the message ends in front of one. */
static bool put_records(const struct dns *dns, tapir_reader *in, unsigned count)
{
    while (count > 0 && !dns->p->cut) {
        if (!put_record(dns, in))
            return false;
        count--;
        if (tapir_left(in) == 0)
            break;
        if (count > 0)
            TAPIR_TEXT_LITERAL(dns->p->out, ",");
    }
    return count == 0;
}

/* Appends a section behind the answers, when there is anything of it. */
static bool put_section(const struct dns *dns, tapir_reader *in, const char *before, unsigned count)
{
    if (count == 0 || tapir_left(in) == 0)
        return count == 0;
    tapir_text_put(dns->p->out, before);
    return put_records(dns, in, count);
}

/* The records of all sections: the first only, unless more is wanted. */
static bool put_sections(const struct dns *dns, const struct tapir_dns *header, tapir_reader *in)
{
    if (header->answer_count > 0 && !put_records(dns, in, header->answer_count))
        return false;
    return dns->p->verbosity < 2 || (put_section(dns, in, " ns:", header->authority_count) &&
                                        put_section(dns, in, " ar:", header->additional_count));
}

/* The upper bits of the reply code are in the OPT record among the additional ones (RFC 6891
 * 6.1.3), if they were captured. */
static unsigned reply_code(const struct dns *dns, const struct tapir_dns *header)
{
    tapir_reader in = reader_at(dns, dns->start + HEADER_LEN);
    unsigned code = TAPIR_DNS_RCODE(header->flags);
    unsigned before = header->answer_count + header->authority_count;

    for (unsigned i = 0; i < header->question_count; i++) {
        if (!skip_name(&in))
            return code;
        tapir_take(&in, 4);
    }
    for (unsigned i = 0; i < before + header->additional_count; i++) {
        uint16_t type;
        uint8_t high;
        if (!skip_name(&in))
            return code;
        type = tapir_take_be16(&in);
        tapir_take(&in, 2);
        high = tapir_take_u8(&in);
        if (i >= before && type == TAPIR_DNS_TYPE_OPT && !in.failed)
            return (unsigned)high << 4 | code;
        tapir_take(&in, 3);
        tapir_take(&in, tapir_take_be16(&in));
        if (in.failed)
            return code;
    }
    return code;
}

static bool put_response(const struct dns *dns, const struct tapir_dns *header, tapir_reader *in)
{
    struct tapir_dump *p = dns->p;
    bool first = true;

    tapir__dump_label(p, reply_codes, " Resp", reply_code(dns, header));
    tapir_text_put(p->out, header->flags & TAPIR_DNS_AUTHORITATIVE ? "*" : "");
    tapir_text_put(p->out, header->flags & TAPIR_DNS_RECURSION_AVAILABLE ? "" : "-");
    tapir_text_put(p->out, header->flags & TAPIR_DNS_TRUNCATED ? "|" : "");
    tapir_text_put(p->out, header->flags & TAPIR_DNS_AUTHENTICATED ? "$" : "");
    if (header->question_count != 1) {
        put_number(dns, " [", header->question_count);
        PUT(p, "q]");
    }
    for (unsigned i = 0; i < header->question_count && !p->cut; i++, first = false) {
        if (!first)
            PUT(p, ",");
        if (p->verbosity > 1) {
            PUT(p, " q:");
            if (!put_question(dns, in))
                return false;
        } else {
            if (!skip_name(in))
                return false;
            tapir_take(in, 4);
        }
    }
    put_number(dns, " ", header->answer_count);
    put_number(dns, "/", header->authority_count);
    put_number(dns, "/", header->additional_count);
    return put_sections(dns, header, in);
}

/* " [2a]" */
static void put_count(const struct dns *dns, unsigned count, const char *what)
{
    put_number(dns, " [", count);
    tapir_text_put(dns->p->out, what);
    PUT(dns->p, "]");
}

static bool put_query(const struct dns *dns, const struct tapir_dns *header, tapir_reader *in)
{
    unsigned odd =
        header->flags & (0x7ff & ~(TAPIR_DNS_AUTHENTICATED | TAPIR_DNS_CHECKING_DISABLED));
    bool inverse = TAPIR_DNS_OPCODE(header->flags) == 1;

    tapir_text_put(dns->p->out, header->flags & TAPIR_DNS_RECURSION_DESIRED ? "+" : "");
    tapir_text_put(dns->p->out, header->flags & TAPIR_DNS_CHECKING_DISABLED ? "%" : "");
    if (odd & ~(unsigned)TAPIR_DNS_RECURSION_DESIRED) {
        PUT(dns->p, " [b2&3=0x");
        tapir_text_hex(dns->p->out, header->flags, 1);
        PUT(dns->p, "]");
    }
    if (inverse) {
        if (header->question_count)
            put_count(dns, header->question_count, "q");
        if (header->answer_count != 1)
            put_count(dns, header->answer_count, "a");
    } else {
        if (header->answer_count)
            put_count(dns, header->answer_count, "a");
        if (header->question_count != 1)
            put_count(dns, header->question_count, "q");
    }
    if (header->authority_count)
        put_count(dns, header->authority_count, "n");
    if (header->additional_count)
        put_count(dns, header->additional_count, "au");
    for (unsigned i = 0; i < header->question_count && !dns->p->cut; i++)
        if (!put_question(dns, in))
            return false;
    return dns->p->verbosity < 2 || put_sections(dns, header, in);
}

static void put_message(struct dns *dns, uint32_t length)
{
    struct tapir_dump *p = dns->p;
    tapir_reader in = reader_at(dns, dns->start);
    struct tapir_dns header;
    bool whole;

    if (length < HEADER_LEN) {
        put_number(dns, "domain [length ", length);
        PUT(p, " < 12]");
        tapir__dump_invalid(p);
        return;
    }
    if (tapir_left(&in) < HEADER_LEN) {
        tapir__dump_truncated(p);
        return;
    }
    header.id = tapir_take_be16(&in);
    header.flags = tapir_take_be16(&in);
    header.question_count = tapir_take_be16(&in);
    header.answer_count = tapir_take_be16(&in);
    header.authority_count = tapir_take_be16(&in);
    header.additional_count = tapir_take_be16(&in);
    tapir_text_uint(p->out, header.id);
    tapir_text_put(p->out, tapir_label_find(opcodes, TAPIR_DNS_OPCODE(header.flags)));
    whole = header.flags & TAPIR_DNS_RESPONSE ? put_response(dns, &header, &in)
                                              : put_query(dns, &header, &in);
    if (!whole) {
        tapir__dump_truncated(p);
        return;
    }
    put_number(dns, " (", length);
    PUT(p, ")");
}

/* On a byte stream tcpdump looks at segments that are one message (RFC 1035 4.2.2). */
static bool put_prefix(struct tapir_dump *p)
{
    uint16_t length;

    PUT(p, " ");
    if (p->length < 2) {
        PUT(p, "[DNS over TCP: length ");
        tapir_text_uint(p->out, p->length);
        PUT(p, " < 2]");
        tapir__dump_invalid(p);
        return false;
    }
    if (tapir_left(&p->in) < 2) {
        p->out->len--;
        dump_cut(p);
        return false;
    }
    length = (uint16_t)tapir_load_be(p->in.at, 2);
    dump_advance(p, 2);
    if (length == p->length)
        return true;
    PUT(p, "[prefix length(");
    tapir_text_uint(p->out, length);
    PUT(p, ") != length(");
    tapir_text_uint(p->out, p->length);
    PUT(p, ")]");
    tapir__dump_invalid(p);
    return false;
}

bool tapir__dump_dns(struct tapir_dump *p, uint16_t src_port, uint16_t dst_port, bool tcp)
{
    bool unicast = src_port == PORT || dst_port == PORT;
    bool multicast = !tcp && (src_port == MULTICAST_PORT || dst_port == MULTICAST_PORT);
    struct dns dns = {.p = p, .multicast = multicast && !unicast};

    if (!unicast && !multicast)
        return false;
    p->name = "domain";
    if (tcp && !put_prefix(p))
        return true;
    dns.start = p->in.at;
    dns.end = p->in.end;
    put_message(&dns, p->length);
    return true;
}
