/* Address Resolution Protocol (RFC 826) and its relatives RARP, DRARP, InARP, ATMARP. */
#include "tapir/proto/arp.h"

#include "tapir/encode.h"
#include "tapir/proto/ethernet.h"

static const tapir_label hardware_types[] = {
    {TAPIR_ARP_ETHERNET, "Ethernet"},
    {2, "Experimental Ethernet"},
    {TAPIR_ARP_AX25, "AX.25"},
    {4, "ProNET token ring"},
    {5, "Chaos"},
    {TAPIR_ARP_IEEE802, "IEEE 802"},
    {7, "ARCNET"},
    {8, "Hyperchannel"},
    {9, "Lanstar"},
    {10, "Autonet"},
    {11, "LocalTalk"},
    {12, "LocalNet"},
    {13, "Ultra link"},
    {14, "SMDS"},
    {TAPIR_ARP_FRAME_RELAY, "Frame relay"},
    {TAPIR_ARP_ATM_OLD, "ATM"},
    {17, "HDLC"},
    {18, "Fibre Channel"},
    {TAPIR_ARP_ATM, "ATM (RFC 2225)"},
    {20, "Serial line"},
    {21, "ATM"},
    {22, "MIL-STD-188-220"},
    {23, "Metricom"},
    {24, "IEEE 1394"},
    {25, "MAPOS"},
    {26, "Twinaxial"},
    {27, "EUI-64"},
    {28, "HIPARP"},
    {29, "ISO 7816-3"},
    {30, "ARPSec"},
    {31, "IPsec tunnel"},
    {32, "InfiniBand"},
    {33, "TIA-102"},
    {34, "Wiegand"},
    {35, "Pure IP"},
    {36, "HW_EXP1"},
    {37, "HFI"},
    {38, "Unified bus"},
    {256, "HW_EXP2"},
    {257, "AEthernet"},
    {0, NULL},
};

static const tapir_label operations[] = {
    {TAPIR_ARP_REQUEST, "request"},
    {TAPIR_ARP_REPLY, "reply"},
    {TAPIR_RARP_REQUEST, "reverse request"},
    {TAPIR_RARP_REPLY, "reverse reply"},
    {5, "DRARP request"},
    {6, "DRARP reply"},
    {TAPIR_DRARP_ERROR, "DRARP error"},
    {TAPIR_INARP_REQUEST, "inverse request"},
    {TAPIR_INARP_REPLY, "inverse reply"},
    {TAPIR_ARP_NAK, "ARP NAK"},
    {11, "MARS request"},
    {12, "MARS multi"},
    {13, "MARS mserv"},
    {14, "MARS join"},
    {15, "MARS leave"},
    {16, "MARS NAK"},
    {17, "MARS unserv"},
    {18, "MARS sjoin"},
    {19, "MARS sleave"},
    {20, "MARS grouplist request"},
    {21, "MARS grouplist reply"},
    {22, "MARS redirect map"},
    {23, "MAPOS UNARP"},
    {24, "OP_EXP1"},
    {25, "OP_EXP2"},
    {0, NULL},
};

static const tapir_label drarp_errors[] = {
    {1, "restricted"},
    {2, "no addresses"},
    {3, "server down"},
    {4, "moved"},
    {5, "failure"},
    {0, NULL},
};

static bool is_plain(const void *item)
{
    return !((const struct tapir_arp *)item)->atm;
}

static bool is_atm(const void *item)
{
    return ((const struct tapir_arp *)item)->atm;
}

/* How the addresses print: Ethernet's and IPv4's in their own way, others as bytes. */
static bool is_mac(const struct tapir_arp *arp)
{
    return !arp->atm && arp->hardware_size == 6 &&
           (arp->hardware_type == TAPIR_ARP_ETHERNET || arp->hardware_type == TAPIR_ARP_IEEE802);
}

static bool is_ax25(const struct tapir_arp *arp)
{
    return !arp->atm && arp->hardware_size == 7 && arp->hardware_type == TAPIR_ARP_AX25;
}

static bool has_mac(const void *item)
{
    return is_mac(item);
}

static bool has_ax25(const void *item)
{
    return is_ax25(item);
}

static bool has_other(const void *item)
{
    const struct tapir_arp *arp = item;

    return !arp->atm && !is_mac(arp) && !is_ax25(arp);
}

static bool is_ipv4(const struct tapir_arp *arp, tapir_span address)
{
    return arp->protocol_type == TAPIR_ETHER_TYPE_IPV4 && address.len == 4;
}

static bool src_is_ipv4(const void *item)
{
    const struct tapir_arp *arp = item;

    return is_ipv4(arp, arp->src_protocol);
}

static bool src_is_no_ipv4(const void *item)
{
    return !src_is_ipv4(item);
}

static bool is_drarp_error(const void *item)
{
    const struct tapir_arp *arp = item;

    return arp->operation == TAPIR_DRARP_ERROR && arp->dst_protocol.len;
}

static bool dst_is_ipv4(const void *item)
{
    const struct tapir_arp *arp = item;

    return is_ipv4(arp, arp->dst_protocol) && !is_drarp_error(arp);
}

static bool dst_is_other(const void *item)
{
    return !dst_is_ipv4(item) && !is_drarp_error(item);
}

static bool src_is_e164(const void *item)
{
    const struct tapir_arp *arp = item;

    return arp->atm && arp->hardware_size & TAPIR_ATM_E164;
}

static bool src_is_nsap(const void *item)
{
    return is_atm(item) && !src_is_e164(item);
}

static bool dst_is_e164(const void *item)
{
    const struct tapir_arp *arp = item;

    return arp->atm && arp->dst_number & TAPIR_ATM_E164;
}

static bool dst_is_nsap(const void *item)
{
    return is_atm(item) && !dst_is_e164(item);
}

/* The known formats have 20 octets; anything else is not explained. */
#define NSAP_LEN 20

static bool src_has_parts(const void *item)
{
    return src_is_nsap(item) && ((const struct tapir_arp *)item)->src_hardware.len == NSAP_LEN;
}

static bool dst_has_parts(const void *item)
{
    return dst_is_nsap(item) && ((const struct tapir_arp *)item)->dst_hardware.len == NSAP_LEN;
}

static void print_ipv4(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *address = member;

    (void)item;
    tapir_text_ipv4(text, address->data);
}

/* An ATM end system address: what its parts are, its first octet says. */
struct nsap {
    uint8_t format, selector;
    uint16_t designator;
    tapir_span number, order, end_system;
};

#define NSAP_FIELDS(name, ...)                                                                     \
    static const tapir_field name[] = {TAPIR_FIELD(nsap, format, "arp.src.atm_afi", TAPIR_UINT, 0, \
                                           "Authority and format", .base = TAPIR_HEX),             \
        __VA_ARGS__}
#define NSAP_DESIGNATOR(name)                                                                      \
    TAPIR_FIELD(nsap, designator, name, TAPIR_UINT, 0, "Who assigned the rest", .base = TAPIR_HEX)
#define NSAP_NUMBER(name) TAPIR_FIELD(nsap, number, name, TAPIR_SPAN, 0, "ISDN number")
#define NSAP_END                                                                                   \
    TAPIR_FIELD(nsap, order, "arp.src.atm_high_order_dsp", TAPIR_SPAN, 0,                          \
        "High order part of the domain specific part"),                                            \
        TAPIR_FIELD(                                                                               \
            nsap, end_system, "arp.src.atm_end_system_identifier", TAPIR_SPAN, 0, "End system"),   \
        TAPIR_FIELD(                                                                               \
            nsap, selector, "arp.src.atm_selector", TAPIR_UINT, 0, "Selector", .base = TAPIR_HEX)

NSAP_FIELDS(dcc_fields, NSAP_DESIGNATOR("arp.src.atm_data_country_code"), NSAP_END);
NSAP_FIELDS(dcc_group_fields, NSAP_DESIGNATOR("arp.src.atm_data_country_code_group"), NSAP_END);
NSAP_FIELDS(icd_fields, NSAP_DESIGNATOR("arp.src.atm_international_code_designator"), NSAP_END);
NSAP_FIELDS(
    icd_group_fields, NSAP_DESIGNATOR("arp.src.atm_international_code_designator_group"), NSAP_END);
NSAP_FIELDS(isdn_fields, NSAP_NUMBER("arp.src.atm_e.164_isdn"), NSAP_END);
NSAP_FIELDS(isdn_group_fields, NSAP_NUMBER("arp.src.atm_e.164_isdn_group"), NSAP_END);
NSAP_FIELDS(unknown_fields, TAPIR_FIELD(nsap, number, "arp.src.atm_rest_of_address", TAPIR_SPAN, 0,
                                "What the format octet does not explain"));

static const tapir_record dcc_record = TAPIR_RECORD("Data country code", dcc_fields),
                          dcc_group_record =
                              TAPIR_RECORD("Data country code, group", dcc_group_fields),
                          icd_record = TAPIR_RECORD("International code designator", icd_fields),
                          icd_group_record = TAPIR_RECORD(
                              "International code designator, group", icd_group_fields),
                          isdn_record = TAPIR_RECORD("E.164 number", isdn_fields),
                          isdn_group_record =
                              TAPIR_RECORD("E.164 number, group", isdn_group_fields),
                          unknown_record = TAPIR_RECORD("Unknown format", unknown_fields);
static const tapir_record *const nsap_records[] = {&dcc_record, &dcc_group_record, &icd_record,
    &icd_group_record, &isdn_record, &isdn_group_record, &unknown_record};

static const tapir_record *nsap_record(uint8_t format)
{
    switch (format) {
    case 0x39:
        return &dcc_record;
    case 0xbd:
        return &dcc_group_record;
    case 0x47:
        return &icd_record;
    case 0xc5:
        return &icd_group_record;
    case 0x45:
        return &isdn_record;
    case 0xc3:
        return &isdn_group_record;
    default:
        return &unknown_record;
    }
}

static const tapir_record *nsap_next(tapir_walk *walk, void *item)
{
    struct nsap *nsap = item;
    const tapir_record *record;

    memset(nsap, 0, sizeof *nsap);
    nsap->format = tapir_take_u8(&walk->in);
    record = nsap_record(nsap->format);
    if (record == &unknown_record) {
        nsap->number = tapir_take_rest(&walk->in);
        return record;
    }
    if (record == &isdn_record || record == &isdn_group_record) {
        nsap->number = tapir_take_span(&walk->in, 8);
        nsap->order = tapir_take_span(&walk->in, 4);
    } else {
        nsap->designator = tapir_take_be16(&walk->in);
        nsap->order = tapir_take_span(&walk->in, 10);
    }
    nsap->end_system = tapir_take_span(&walk->in, 6);
    nsap->selector = tapir_take_u8(&walk->in);
    return record;
}

static const tapir_list nsap_list = {
    sizeof(struct nsap), nsap_next, nsap_records, TAPIR_COUNT(nsap_records)};

#define TYPE_LENGTH(table, type, length)                                                           \
    static const tapir_part table[] = {                                                            \
        TAPIR_PART(type, TAPIR_ATM_E164, "E.164, not an ATM forum address", NULL),                 \
        TAPIR_PART(length, TAPIR_ATM_LENGTH, "Length", NULL), TAPIR_PARTS_END}
TYPE_LENGTH(src_number_parts, "arp.src.htype", "arp.src.hlen");
TYPE_LENGTH(src_sub_parts, "arp.src.stype", "arp.src.slen");
TYPE_LENGTH(dst_number_parts, "arp.dst.htype", "arp.dst.hlen");
TYPE_LENGTH(dst_sub_parts, "arp.dst.stype", "arp.dst.slen");

static const tapir_field arp_fields[] = {
    TAPIR_FIELD(tapir_arp, hardware_type, "arp.hw.type", TAPIR_UINT, 16,
        "Kind of hardware addresses", .labels = hardware_types),
    TAPIR_FIELD(tapir_arp, protocol_type, "arp.proto.type", TAPIR_UINT, 16,
        "Kind of protocol addresses, an EtherType", .base = TAPIR_HEX, .labels = tapir_ether_types),
    TAPIR_FIELD(tapir_arp, hardware_size, "arp.hw.size", TAPIR_UINT, 8,
        "Length of a hardware address", .when = is_plain),
    TAPIR_FIELD(tapir_arp, hardware_size, "arp.src.number", TAPIR_UINT, 0,
        "Type and length of the sender's ATM number", .parts = src_number_parts, .when = is_atm,
        .nameless = true),
    TAPIR_FIELD(tapir_arp, protocol_size, "arp.proto.size", TAPIR_UINT, 8,
        "Length of a protocol address", .when = is_plain),
    TAPIR_FIELD(tapir_arp, protocol_size, "arp.src.subaddress", TAPIR_UINT, 0,
        "Type and length of the sender's ATM subaddress", .parts = src_sub_parts, .when = is_atm,
        .nameless = true),
    TAPIR_FIELD(tapir_arp, operation, "arp.opcode", TAPIR_UINT, 16, "What is asked or answered",
        .labels = operations),
    TAPIR_FIELD(tapir_arp, src_protocol_size, "arp.src.pln", TAPIR_UINT, 0,
        "Length of the sender's protocol address", .when = is_atm),
    TAPIR_FIELD(tapir_arp, dst_number, "arp.dst.number", TAPIR_UINT, 0,
        "Type and length of the target's ATM number", .parts = dst_number_parts, .when = is_atm,
        .nameless = true),
    TAPIR_FIELD(tapir_arp, dst_subaddress, "arp.dst.subaddress", TAPIR_UINT, 0,
        "Type and length of the target's ATM subaddress", .parts = dst_sub_parts, .when = is_atm,
        .nameless = true),
    TAPIR_FIELD(tapir_arp, dst_protocol_size, "arp.dst.pln", TAPIR_UINT, 0,
        "Length of the target's protocol address", .when = is_atm),
    TAPIR_FIELD(tapir_arp, src_hardware, "arp.src.hw_mac", TAPIR_SPAN, 0, "Sender's MAC address",
        .base = TAPIR_ADDRESS, .when = has_mac, .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, src_hardware, "arp.src.hw_ax25", TAPIR_SPAN, 0, "Sender's AX.25 address",
        .when = has_ax25, .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, src_hardware, "arp.src.hw", TAPIR_SPAN, 0, "Sender's hardware address",
        .when = has_other, .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, src_hardware, "arp.src.atm_num_e164", TAPIR_STRING, 0,
        "Sender's ATM number, digits", .when = src_is_e164),
    TAPIR_FIELD(tapir_arp, src_hardware, "arp.src.atm_num_nsap", TAPIR_SPAN, 0,
        "Sender's ATM end system address", .when = src_is_nsap, .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, src_hardware, "arp.src.nsap", TAPIR_BODY, 0,
        "Parts of the sender's end system address", .list = &nsap_list, .when = src_has_parts),
    TAPIR_FIELD(tapir_arp, src_sub, "arp.src.atm_subaddr", TAPIR_SPAN, 0, "Sender's ATM subaddress",
        .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, src_protocol, "arp.src.proto_ipv4", TAPIR_TEXT, 0,
        "Sender's IPv4 address", .print = print_ipv4, .when = src_is_ipv4, .address = TAPIR_IPV4),
    TAPIR_FIELD(tapir_arp, src_protocol, "arp.src.proto", TAPIR_SPAN, 0,
        "Sender's protocol address", .when = src_is_no_ipv4, .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, dst_hardware, "arp.dst.hw_mac", TAPIR_SPAN, 0, "Target's MAC address",
        .base = TAPIR_ADDRESS, .when = has_mac, .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, dst_hardware, "arp.dst.hw_ax25", TAPIR_SPAN, 0, "Target's AX.25 address",
        .when = has_ax25, .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, dst_hardware, "arp.dst.hw", TAPIR_SPAN, 0, "Target's hardware address",
        .when = has_other, .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, dst_hardware, "arp.dst.atm_num_e164", TAPIR_STRING, 0,
        "Target's ATM number, digits", .when = dst_is_e164),
    TAPIR_FIELD(tapir_arp, dst_hardware, "arp.dst.atm_num_nsap", TAPIR_SPAN, 0,
        "Target's ATM end system address", .when = dst_is_nsap, .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, dst_hardware, "arp.dst.nsap", TAPIR_BODY, 0,
        "Parts of the target's end system address", .list = &nsap_list, .when = dst_has_parts),
    TAPIR_FIELD(tapir_arp, dst_sub, "arp.dst.atm_subaddr", TAPIR_SPAN, 0, "Target's ATM subaddress",
        .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_arp, dst_protocol, "arp.dst.proto_ipv4", TAPIR_TEXT, 0,
        "Target's IPv4 address", .print = print_ipv4, .when = dst_is_ipv4, .address = TAPIR_IPV4),
    TAPIR_FIELD(tapir_arp, drarp_error, "arp.dst.drarp_error_status", TAPIR_UINT, 0,
        "Why the address was refused", .labels = drarp_errors, .when = is_drarp_error),
    TAPIR_FIELD(tapir_arp, dst_protocol, "arp.dst.proto", TAPIR_SPAN, 0,
        "Target's protocol address", .when = dst_is_other, .address = TAPIR_BYTES),
};

static tapir_status arp_decode(tapir_decoder *d, void *layer)
{
    struct tapir_arp *arp = layer;
    size_t src_number, dst_number, src_sub = 0, dst_sub = 0;

    TAPIR_LOAD(&d->in, arp, arp_fields);
    arp->atm = arp->hardware_type == TAPIR_ARP_ATM;
    if (arp->atm) {
        arp->src_protocol_size = tapir_take_u8(&d->in);
        arp->dst_number = tapir_take_u8(&d->in);
        arp->dst_subaddress = tapir_take_u8(&d->in);
        arp->dst_protocol_size = tapir_take_u8(&d->in);
        src_number = arp->hardware_size & TAPIR_ATM_LENGTH;
        src_sub = arp->protocol_size & TAPIR_ATM_LENGTH;
        dst_number = arp->dst_number & TAPIR_ATM_LENGTH;
        dst_sub = arp->dst_subaddress & TAPIR_ATM_LENGTH;
    } else {
        arp->src_protocol_size = arp->dst_protocol_size = arp->protocol_size;
        arp->dst_number = arp->dst_subaddress = 0;
        src_number = dst_number = arp->hardware_size;
    }
    arp->src_hardware = tapir_take_span(&d->in, src_number);
    arp->src_sub = tapir_take_span(&d->in, src_sub);
    arp->src_protocol = tapir_take_span(&d->in, arp->src_protocol_size);
    arp->dst_hardware = tapir_take_span(&d->in, dst_number);
    arp->dst_sub = tapir_take_span(&d->in, dst_sub);
    arp->dst_protocol = tapir_take_span(&d->in, arp->dst_protocol_size);
    arp->drarp_error = is_drarp_error(arp) ? arp->dst_protocol.data[0] : 0;
    /* Nothing is inside; what follows is the padding of a short frame. */
    if (!d->in.failed)
        tapir_bound(d, 0, "arp.proto.size");
    return TAPIR_OK;
}

/* Sizes of ATM's addresses stand in one octet with their kind and are left alone. */
static tapir_status fill_sizes(tapir_encoder *e, struct tapir_arp *arp)
{
    if (!(e->fill & TAPIR_LENGTHS) || arp->atm)
        return TAPIR_OK;
    if (arp->src_hardware.len > UINT8_MAX || arp->src_protocol.len > UINT8_MAX)
        return tapir_refuse(e, TAPIR_TOO_WIDE, "arp.hw.size", "an address has at most 255 bytes");
    if (arp->dst_hardware.len != arp->src_hardware.len)
        return tapir_refuse(e, TAPIR_INVALID, "arp.hw.size",
            "one hardware address has %zu bytes, the other %zu", arp->src_hardware.len,
            arp->dst_hardware.len);
    if (arp->dst_protocol.len != arp->src_protocol.len)
        return tapir_refuse(e, TAPIR_INVALID, "arp.proto.size",
            "one protocol address has %zu bytes, the other %zu", arp->src_protocol.len,
            arp->dst_protocol.len);
    arp->hardware_size = (uint8_t)arp->src_hardware.len;
    arp->protocol_size = (uint8_t)arp->src_protocol.len;
    return TAPIR_OK;
}

static tapir_status arp_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_arp filled = *(const struct tapir_arp *)layer, *arp = &filled;
    tapir_status status = fill_sizes(e, arp);

    if (status != TAPIR_OK)
        return status;
    tapir_open_header(e, (arp->atm ? 12 : 8) + arp->src_hardware.len + arp->src_sub.len +
                             arp->src_protocol.len + arp->dst_hardware.len + arp->dst_sub.len +
                             arp->dst_protocol.len);
    TAPIR_STORE(&e->out, arp, arp_fields);
    if (arp->atm) {
        tapir_put_be(&e->out, 1, arp->src_protocol_size);
        tapir_put_be(&e->out, 1, arp->dst_number);
        tapir_put_be(&e->out, 1, arp->dst_subaddress);
        tapir_put_be(&e->out, 1, arp->dst_protocol_size);
    }
    tapir_put_span(&e->out, arp->src_hardware);
    tapir_put_span(&e->out, arp->src_sub);
    tapir_put_span(&e->out, arp->src_protocol);
    tapir_put_span(&e->out, arp->dst_hardware);
    tapir_put_span(&e->out, arp->dst_sub);
    tapir_put_span(&e->out, arp->dst_protocol);
    return TAPIR_OK;
}

static const tapir_binding arp_bindings[] = {
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_ARP},
    {TAPIR_ETHER_TYPE, 0x8035},
};

static const char *const arp_samples[] = {
    "0001 0800 06 04 0001 001122334455 0a000001 000000000000 0a000002 "
    "000000000000000000000000000000000000",
    "0001 0800 06 04 0007 001122334455 0a000001 000000000000 02000000",
    "0020 0800 14 04 0002 0001020304050607080910111213141516171819 0a000001 "
    "0001020304050607080910111213141516171819 0a000002",
    "0003 0800 07 04 0001 9e868a8240f0e0 0a000001 00000000000000 0a000002",
    "0001 86dd 06 10 0001 001122334455 00000000000000000000000000000001 000000000000 "
    "00000000000000000000000000000002",
    "0001 0800 00 00 0001",
    "0013 0800 14 00 0008 04 14 04 04 39246f000e7c9c0312000100010000123456 7800 0a000001 "
    "45246f000e7c9c0312000100010000123456 7800 01020304 0a000002",
    "0013 0800 4a 44 0001 04 14 00 04 31323334353637383930 01020304 0a000001 "
    "47246f000e7c9c0312000100010000123456 7800 0a000002",
    "0013 0800 03 00 000a 04 00 00 04 490102 0a000001 0a000002",
};

static const uint8_t no_address[6];
static const struct tapir_arp arp_initial = {.hardware_type = TAPIR_ARP_ETHERNET,
    .protocol_type = TAPIR_ETHER_TYPE_IPV4,
    .hardware_size = 6,
    .protocol_size = 4,
    .operation = TAPIR_ARP_REQUEST,
    .src_hardware = {no_address, 6},
    .src_protocol = {no_address, 4},
    .dst_hardware = {no_address, 6},
    .dst_protocol = {no_address, 4}};

const tapir_proto tapir_arp_proto = {
    .name = "arp",
    .title = "Address Resolution Protocol",
    .spec = "RFC 826",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(arp_fields),
    .size = sizeof(struct tapir_arp),
    .decode = arp_decode,
    .encode = arp_encode,
    TAPIR_BINDINGS(arp_bindings),
    TAPIR_SAMPLES(arp_samples),
    .initial = &arp_initial,
};
