/* Lists in the data of DNS records: texts, bitmaps of types, ports, servers, prefixes. */
#include "dns_items.h"

const tapir_label tapir__dns_algorithms[] = {
    {1, "RSA/MD5"},
    {2, "Diffie-Hellman"},
    {3, "DSA"},
    {5, "RSA/SHA-1"},
    {6, "DSA-NSEC3-SHA1"},
    {7, "RSASHA1-NSEC3-SHA1"},
    {8, "RSA/SHA-256"},
    {10, "RSA/SHA-512"},
    {12, "GOST R 34.10-2001"},
    {13, "ECDSA P-256 with SHA-256"},
    {14, "ECDSA P-384 with SHA-384"},
    {15, "Ed25519"},
    {16, "Ed448"},
    {252, "Indirect keys"},
    {253, "Private, named by a domain"},
    {254, "Private, named by an OID"},
    {0, NULL},
};

const tapir_label tapir__dns_digest_types[] = {
    {1, "SHA-1"},
    {2, "SHA-256"},
    {3, "GOST R 34.11-94"},
    {4, "SHA-384"},
    {0, NULL},
};

const tapir_label tapir__dns_hash_algorithms[] = {{1, "SHA-1"}, {0, NULL}};

const tapir_label tapir__dns_address_families[] = {{1, "IPv4"}, {2, "IPv6"}, {0, NULL}};

void tapir__dns_start_item(const tapir_walk *walk, struct tapir_dns_item *item)
{
    memset(item, 0, sizeof *item);
    item->data = walk->outer;
}

void tapir__dns_copy_address(uint8_t *to, size_t room, tapir_span bytes)
{
    if (bytes.len)
        memcpy(to, bytes.data, bytes.len < room ? bytes.len : room);
}

/* TXT and its kin: counted strings */
static const tapir_field txt_item_fields[] = {
    ITEM(len, "dns.txt.length", "Length of the text"),
    ITEM_STRING(value, "dns.txt", "Text"),
};
static const tapir_field spf_item_fields[] = {
    ITEM(len, "dns.spf.length", "Length of the text"),
    ITEM_STRING(value, "dns.spf", "Text"),
};
static const tapir_field ninfo_item_fields[] = {
    ITEM(len, "dns.ninfo.length", "Length of the text"),
    ITEM_STRING(value, "dns.ninfo", "Text"),
};
static const tapir_field avc_item_fields[] = {
    ITEM(len, "dns.avc.length", "Length of the text"),
    ITEM_STRING(value, "dns.avc", "Text"),
};
static const tapir_record txt_item = TAPIR_RECORD("Text", txt_item_fields),
                          spf_item = TAPIR_RECORD("Text", spf_item_fields),
                          ninfo_item = TAPIR_RECORD("Text", ninfo_item_fields),
                          avc_item = TAPIR_RECORD("Text", avc_item_fields);

static const tapir_record *string_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;

    tapir__dns_start_item(walk, item);
    item->len = tapir_take_u8(&walk->in);
    item->value = tapir_take_span(&walk->in, item->len);
    return tapir__dns_item_rows(walk, walk->list->records[0], 1, item);
}

LIST(txt, string_next, &txt_item);
LIST(spf, string_next, &spf_item);
LIST(ninfo, string_next, &ninfo_item);
LIST(avc, string_next, &avc_item);

/* Type bitmaps: one item per byte with as many rows as it has bits. */
#define TYPE_ROW(i)                                                                                \
    ITEM(types[i], "dns.resp.type", "A type that exists", .labels = tapir__dns_types)
static const tapir_field type_item_fields[] = {TYPE_ROW(0), TYPE_ROW(1), TYPE_ROW(2), TYPE_ROW(3),
    TYPE_ROW(4), TYPE_ROW(5), TYPE_ROW(6), TYPE_ROW(7)};
static const tapir_record type_item = TAPIR_RECORD("Types", type_item_fields);

static const tapir_record *types_in(struct tapir_dns_item *item, uint8_t byte, uint32_t first)
{
    for (unsigned bit = 0; bit < 8; bit++)
        if (byte & 0x80 >> bit)
            item->types[item->type_count++] = (uint16_t)(first + bit);
    item->cut = type_item;
    item->cut.field_count = item->type_count;
    return &item->cut;
}

/* RFC 4034 4.1.2: blocks of a window number, a length, and a bitmap of 256 types. The state holds
 * how much of a block is left, the window, and the next byte's place in it. */
static const tapir_record *type_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;
    uint32_t left = walk->state >> 16, window = walk->state >> 8 & 0xff, place = walk->state & 0xff;
    uint8_t byte;

    tapir__dns_start_item(walk, item);
    if (left == 0) {
        window = tapir_take_u8(&walk->in);
        left = tapir_take_u8(&walk->in);
        place = 0;
        walk->state = left << 16 | window << 8;
        if (left == 0 && !walk->in.failed)
            return types_in(item, 0, 0);
    }
    byte = tapir_take_u8(&walk->in);
    if (walk->in.failed)
        return NULL;
    if (tapir_left(&walk->in) == 0 && left > 1)
        tapir_reader_fail(&walk->in, left - 1);
    walk->state = (left - 1) << 16 | window << 8 | (place + 1);
    return types_in(item, byte, window << 8 | place << 3);
}

/* RFC 2535 5.2: one bitmap. */
static const tapir_record *old_type_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;

    tapir__dns_start_item(walk, item);
    return types_in(item, tapir_take_u8(&walk->in), walk->index << 3);
}

LIST(type, type_next, &type_item);
LIST(old_type, old_type_next, &type_item);

/* WKS: one item per byte of the bitmap; Wireshark shows those with bits in them. */
static const tapir_field port_item_fields[] = {
    ITEM(bits, "dns.wks.bits", "Eight ports, the lowest at the top", .base = TAPIR_HEX)};
static const tapir_record port_item = TAPIR_RECORD("Ports", port_item_fields);

static const tapir_record *port_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;

    tapir__dns_start_item(walk, item);
    item->bits = tapir_take_u8(&walk->in);
    item->cut = port_item;
    item->cut.field_count = item->bits != 0;
    return &item->cut;
}

LIST(port, port_next, &port_item);

/* HIP */
static const tapir_field server_item_fields[] = {
    TAPIR_FIELD(tapir_dns_item, name, "dns.hip.rendezvous_server", TAPIR_TEXT, 0,
        "Rendezvous server", .print = tapir__dns_print_name)};
static const tapir_record server_item = TAPIR_RECORD("Rendezvous server", server_item_fields);

static const tapir_record *server_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;
    struct trouble trouble = {NULL, NULL};

    tapir__dns_start_item(walk, item);
    if (tapir__dns_take_name(&walk->in, item->data->message, &item->name, &trouble))
        return &server_item;
    tapir_reader_fail(&walk->in, 1);
    return NULL;
}

LIST(server, server_next, &server_item);

/* WINS */
static const tapir_field wins_item_fields[] = {TAPIR_FIELD(
    tapir_dns_item, address4, "dns.wins.wins_server", TAPIR_IPV4, 0, "Address of a server")};
static const tapir_record wins_item = TAPIR_RECORD("Server", wins_item_fields);

static const tapir_record *wins_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;

    tapir__dns_start_item(walk, item);
    if (walk->index == item->data->wins.server_count)
        tapir_take_rest(&walk->in);
    else
        tapir_take_bytes(&walk->in, item->address4, 4);
    return walk->in.failed || walk->index == item->data->wins.server_count ? NULL : &wins_item;
}

LIST(wins, wins_next, &wins_item);

/* APL (RFC 3123 4) */
static const tapir_field prefix_item_fields[] = {
    ITEM(family, "dns.apl.address_family", "Address family", .labels = tapir__dns_address_families),
    ITEM(prefix, "dns.apl.coded_prefix", "Bits of the prefix"),
    TAPIR_FIELD(tapir_dns_item, negated, "dns.apl.negation", TAPIR_FLAG, 0, "All but this"),
    ITEM(address_len, "dns.apl.afdlength", "Bytes of the address, without zeroes at its end"),
    TAPIR_FIELD(tapir_dns_item, address4, "dns.apl.afdpart.ipv4", TAPIR_IPV4, 0, "Address",
        ITEM_WHEN(FIRST)),
    TAPIR_FIELD(tapir_dns_item, address6, "dns.apl.afdpart.ipv6", TAPIR_IPV6, 0, "Address",
        ITEM_WHEN(SECOND)),
    ITEM_SHOWN(value, "dns.apl.afdpart.data", "Address", ITEM_WHEN(THIRD)),
};
static const tapir_record prefix_item = TAPIR_RECORD("Prefix", prefix_item_fields);

static const tapir_record *prefix_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;
    size_t rows = 0;
    uint8_t byte;

    tapir__dns_start_item(walk, item);
    item->family = tapir_take_be16(&walk->in);
    rows += !walk->in.failed;
    item->prefix = tapir_take_u8(&walk->in);
    rows += !walk->in.failed;
    byte = tapir_take_u8(&walk->in);
    rows += walk->in.failed ? 0 : 2;
    item->negated = byte & 0x80;
    item->address_len = byte & 0x7f;
    item->value = tapir_take_span(&walk->in, item->address_len);
    item->present = item->family == 1 ? FIRST : item->family == 2 ? SECOND : THIRD;
    tapir__dns_copy_address(item->address4, 4, item->value);
    tapir__dns_copy_address(item->address6, 16, item->value);
    return tapir__dns_item_rows(walk, &prefix_item, rows, item);
}

LIST(prefix, prefix_next, &prefix_item);
