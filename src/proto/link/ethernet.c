/* Ethernet II and IEEE 802.3. */
#include "ether_type.h"
#include "tapir/checksum.h"
#include "tapir/encode.h"
#include "tapir/flow.h"

const tapir_label tapir_ether_types[] = {
    {TAPIR_ETHER_TYPE_IPV4, "IPv4"},
    {TAPIR_ETHER_TYPE_ARP, "ARP"},
    {0x0842, "Wake on LAN"},
    {0x22f3, "TRILL"},
    {0x6003, "DECnet phase IV"},
    {TAPIR_ETHER_TYPE_TEB, "Transparent Ethernet bridging"},
    {0x8035, "RARP"},
    {0x809b, "AppleTalk"},
    {0x80f3, "AppleTalk ARP"},
    {TAPIR_ETHER_TYPE_VLAN, "802.1Q VLAN"},
    {0x8137, "IPX"},
    {TAPIR_ETHER_TYPE_IPV6, "IPv6"},
    {0x8808, "Ethernet flow control"},
    {0x8809, "Slow protocols"},
    {0x880b, "PPP"},
    {0x8847, "MPLS"},
    {0x8848, "MPLS, upstream label"},
    {0x8863, "PPPoE discovery"},
    {0x8864, "PPPoE session"},
    {0x888e, "EAPOL"},
    {TAPIR_ETHER_TYPE_QINQ, "802.1ad provider bridge"},
    {0x88b5, "Local experiment 1"},
    {0x88b6, "Local experiment 2"},
    {0x88be, "ERSPAN"},
    {0x88cc, "LLDP"},
    {0x88e5, "MACsec"},
    {0x88e7, "802.1ah backbone bridge"},
    {0x88f7, "PTP"},
    {0x8902, "Connectivity fault management"},
    {0x8906, "Fibre Channel over Ethernet"},
    {0x894f, "Network service header"},
    {0x9000, "Loopback test"},
    {0x9100, "802.1Q VLAN, 0x9100"},
    {0x9200, "802.1Q VLAN, 0x9200"},
    {0, NULL},
};

#define ADDRESS_BITS(name, table)                                                                  \
    static const tapir_part table[] = {                                                            \
        TAPIR_PART(name ".lg", 0x020000, "Locally administered", NULL),                            \
        TAPIR_PART(name ".ig", 0x010000, "Group address, not a station's own", NULL),              \
        TAPIR_PARTS_END,                                                                           \
    }
ADDRESS_BITS("eth.dst", dst_parts);
ADDRESS_BITS("eth.src", src_parts);

static bool is_type(const void *item)
{
    return tapir__is_ether_type(((const struct tapir_ethernet *)item)->type);
}

static bool is_length(const void *item)
{
    return tapir__is_ether_length(((const struct tapir_ethernet *)item)->type);
}

static bool is_neither(const void *item)
{
    return !is_type(item) && !is_length(item);
}

static const tapir_field ethernet_fields[] = {
    TAPIR_FIELD(tapir_ethernet, dst, "eth.dst", TAPIR_MAC, 48, "Receiver", .parts = dst_parts,
        .alias = "eth.addr"),
    TAPIR_FIELD(tapir_ethernet, src, "eth.src", TAPIR_MAC, 48, "Sender", .parts = src_parts,
        .alias = "eth.addr"),
    TAPIR_FIELD(tapir_ethernet, type, "eth.type", TAPIR_UINT, 16, "EtherType of the payload",
        .base = TAPIR_HEX, .labels = tapir_ether_types, .when = is_type),
    TAPIR_FIELD(tapir_ethernet, type, "eth.len", TAPIR_UINT, 0, "Length of the payload (802.3)",
        .when = is_length),
    TAPIR_FIELD(tapir_ethernet, type, "eth.invalid_lentype", TAPIR_UINT, 0,
        "Neither EtherType nor length", .base = TAPIR_HEX, .when = is_neither),
};

static const tapir_field padding_fields[] = {TAPIR_FIELD(tapir__ether_trailer, bytes, "eth.padding",
    TAPIR_SPAN, 0, "Zeroes that make the frame long enough")};
static const tapir_field trailer_fields[] = {TAPIR_FIELD(tapir__ether_trailer, bytes, "eth.trailer",
    TAPIR_SPAN, 0, "Bytes behind the payload that are no padding")};
static const tapir_field fcs_fields[] = {TAPIR_FIELD(tapir__ether_trailer, fcs, "eth.fcs",
    TAPIR_UINT, 0, "Frame check sequence", .base = TAPIR_HEX)};

const tapir_record tapir__ether_padding_record = TAPIR_RECORD("Padding", padding_fields),
                   tapir__ether_fcs_record = TAPIR_RECORD("Frame check sequence", fcs_fields);
static const tapir_record trailer_record = TAPIR_RECORD("Trailer", trailer_fields);
static const tapir_record *const trailer_records[] = {
    &tapir__ether_padding_record, &trailer_record, &tapir__ether_fcs_record};

/* A frame without its check sequence is at least this long (IEEE 802.3 3.2.8). */
#define MINIMUM_FRAME 60

/* Bytes of padding at the start of a trailer of `len` sent bytes: zeroes up to the minimum, or
 * none.
 */
static size_t padding_len(tapir_span captured, size_t len, size_t at)
{
    size_t padding = at < MINIMUM_FRAME ? MINIMUM_FRAME - at : 0;

    if (padding > len)
        return 0;
    for (size_t i = 0; i < padding && i < captured.len; i++)
        if (captured.data[i])
            return 0;
    return padding;
}

/* Bytes of a check sequence at the end of a trailer of `len` sent bytes. Nothing says whether there
 * is one unless the file does; we guess as Wireshark does: in an outermost Ethernet frame long
 * enough for it. */
static size_t fcs_len(const struct tapir_trailer *trailer, const tapir_frame *frame, size_t len)
{
    if (trailer->layer->proto != &tapir_ethernet_proto || trailer->layer->start != frame->data)
        return 0;
    return len >= 4 && (frame->fcs_len == 4 || frame->len >= MINIMUM_FRAME + 4) ? 4 : 0;
}

int tapir__ether_trailer_next(tapir_walk *walk, struct tapir__ether_trailer *part)
{
    const struct tapir_trailer *trailer = walk->outer;
    const tapir_frame *frame = tapir_packet_frame(trailer->packet);
    size_t missing = frame->len > frame->caplen ? frame->len - frame->caplen : 0, len, fcs;

    *part = (struct tapir__ether_trailer){0};
    if (walk->state == 0) {
        walk->state = 1;
        len = padding_len(tapir_rest(&walk->in), tapir_left(&walk->in) + missing,
            (size_t)(walk->in.at - frame->data));
        if (len > tapir_left(&walk->in))
            return -1;
        part->bytes = tapir_take_span(&walk->in, len);
        if (len)
            return 0;
    }
    len = tapir_left(&walk->in) + missing;
    fcs = fcs_len(trailer, frame, len);
    if (walk->state == 1) {
        walk->state = 2;
        part->bytes = tapir_rest(&walk->in);
        if (part->bytes.len > len - fcs)
            part->bytes.len = len - fcs;
        tapir_take(&walk->in, part->bytes.len);
        if (part->bytes.len)
            return 1;
    }
    if (fcs == 0 || missing)
        return -1;
    part->fcs = tapir_take_be32(&walk->in);
    return 2;
}

static const tapir_record *trailer_next(tapir_walk *walk, void *item)
{
    int part = tapir__ether_trailer_next(walk, item);

    return part < 0 ? NULL : walk->list->records[part];
}

static const tapir_list ethernet_trailer = {sizeof(struct tapir__ether_trailer), trailer_next,
    trailer_records, TAPIR_COUNT(trailer_records)};

static tapir_status ethernet_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ethernet *ethernet = layer;

    if (!TAPIR_LOAD(&d->in, ethernet, ethernet_fields))
        return TAPIR_OK;
    tapir__ether_payload(d, ethernet->type, "eth.len");
    return TAPIR_OK;
}

/* Puts padding behind what is inside, as the options want it, and opens room for a check sequence,
 * which is returned. */
static __attribute__((noinline)) uint8_t *open_trailers(tapir_encoder *e)
{
    if (e->options->ethernet_pad && e->inside.len < MINIMUM_FRAME - 14) {
        size_t len = MINIMUM_FRAME - 14 - e->inside.len;
        uint8_t *padding = tapir_open_trailer(e, len);
        if (!padding)
            return NULL;
        memset(padding, 0, len);
    }
    return e->options->ethernet_fcs ? tapir_open_trailer(e, 4) : NULL;
}

/* Frames with something behind them, in tunnels, of 802.3, and all that is not usual. */
static __attribute__((noinline)) tapir_status encode_any(
    tapir_encoder *e, const struct tapir_ethernet *given)
{
    struct tapir_ethernet ethernet;
    uint16_t type = given->type;
    uint8_t *fcs = NULL;
    tapir_status status = tapir__fill_ether_type(e, "eth.type", "eth.len", &type);

    if (status != TAPIR_OK)
        return status;
    if (e->index == 0 && (e->options->ethernet_pad || e->options->ethernet_fcs)) {
        fcs = open_trailers(e);
        if (e->out.failed)
            return TAPIR_NO_ROOM;
    }
    ethernet = *given;
    ethernet.type = type;
    tapir_open_header(e, 14);
    TAPIR_STORE(&e->out, &ethernet, ethernet_fields);
    if (e->index) /* in a tunnel, which may have a checksum */
        tapir_add_sum(e, tapir_sum_bytes(ethernet.dst, 6, false) +
                             tapir_sum_bytes(ethernet.src, 6, false) + type);
    if (fcs && !e->out.failed)
        tapir_store_le(fcs, 4, tapir_crc32(0, tapir_span_of(e->head, (size_t)(fcs - e->head))));
    return TAPIR_OK;
}

/* The usual frame. */
static tapir_status ethernet_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_ethernet *given = layer;
    uint32_t key = given->type;
    uint8_t *header;
    tapir_writer out;

    if (__builtin_expect(!tapir_is_plain(e, 14, SIZE_MAX) || e->index || e->options->ethernet_pad ||
                             e->options->ethernet_fcs ||
                             !tapir_fill_plain_key(e, TAPIR_ETHER_TYPE, &key),
            0))
        return encode_any(e, given);
    out = tapir_open_plain(e, 14);
    header = out.at;
    TAPIR_STORE(&out, given, ethernet_fields);
    tapir_store_be(header + 12, 2, key);
    return TAPIR_OK;
}

static void ethernet_flow(const void *layer, tapir_flow *flow)
{
    const struct tapir_ethernet *ethernet = layer;

    flow->src = tapir_endpoint_of(TAPIR_ENDPOINT_MAC, ethernet->src, 6);
    flow->dst = tapir_endpoint_of(TAPIR_ENDPOINT_MAC, ethernet->dst, 6);
}

static const tapir_binding ethernet_bindings[] = {
    {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_ETHERNET}, {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_TEB},
    {TAPIR_IP_PROTOCOL, 143}, /* RFC 8986 9.1 */
};

static const char *const ethernet_samples[] = {
    "ffffffffffff 001122334455 0800 45000014000000004000 0000 0a000001 0a000002",
    "ffffffffffff 001122334455 0800 45000014000000004000 0000 0a000001 0a000002"
    "0000000000000000000000000000000000000000000000000000 0102030405060708",
    "0180c2000000 001122334455 0007 42420300000000 00000000",
    "ffffffffffff 021122334455 05dd 01020304",
    "ffffffffffff 021122334455 0000 01020304",
};

const tapir_proto tapir_ethernet_proto = {
    .name = "eth",
    .title = "Ethernet",
    .spec = "IEEE 802.3",
    .role = TAPIR_ROLE_LINK,
    TAPIR_FIELDS(ethernet_fields),
    .size = sizeof(struct tapir_ethernet),
    .decode = ethernet_decode,
    .encode = ethernet_encode,
    .flow = ethernet_flow,
    .trailer = &ethernet_trailer,
    TAPIR_BINDINGS(ethernet_bindings),
    TAPIR_SAMPLES(ethernet_samples),
};
