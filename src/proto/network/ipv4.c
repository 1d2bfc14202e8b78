/* Internet Protocol version 4 (RFC 791). */
#include "tapir/proto/ipv4.h"

#include "ipv4_options.h"
#include "tapir/checksum.h"
#include "tapir/encode.h"
#include "tapir/flow.h"
#include "tapir/proto/ethernet.h"

const tapir_label tapir_ip_protocols[] = {
    {0, "IPv6 hop-by-hop options"},
    {1, "ICMP"},
    {2, "IGMP"},
    {4, "IPv4"},
    {6, "TCP"},
    {17, "UDP"},
    {41, "IPv6"},
    {43, "IPv6 routing"},
    {44, "IPv6 fragment"},
    {47, "GRE"},
    {50, "ESP"},
    {51, "AH"},
    {58, "ICMPv6"},
    {59, "IPv6 no next header"},
    {60, "IPv6 destination options"},
    {89, "OSPF"},
    {103, "PIM"},
    {112, "VRRP"},
    {115, "L2TP"},
    {132, "SCTP"},
    {136, "UDP-Lite"},
    {0, NULL},
};

static const tapir_part ipv4_ds_parts[] = {
    TAPIR_PART("ip.dsfield.dscp", 0xfc, "Differentiated services codepoint", NULL),
    TAPIR_PART("ip.dsfield.ecn", 0x03, "Explicit congestion notification", NULL),
    TAPIR_PARTS_END,
};

static const tapir_part ipv4_flag_parts[] = {
    TAPIR_PART("ip.flags.rb", TAPIR_IPV4_RESERVED, "Reserved", NULL),
    TAPIR_PART("ip.flags.df", TAPIR_IPV4_DONT_FRAGMENT, "Don't fragment", NULL),
    TAPIR_PART("ip.flags.mf", TAPIR_IPV4_MORE_FRAGMENTS, "More fragments", NULL),
    TAPIR_PARTS_END,
};

/* Bits of which one is set in every number of words above 5. */
#define WITH_OPTIONS 0xa

/* As Wireshark has it, the destination is where a source route ends. */
static bool is_stop(const void *item)
{
    uint8_t address[4];

    return tapir__ipv4_final(item, address);
}

static bool is_destination(const void *item)
{
    const struct tapir_ipv4 *ip = item;

    return !(ip->header_words & WITH_OPTIONS) || !is_stop(item);
}

static const tapir_field ipv4_fields[] = {
    TAPIR_FIELD(tapir_ipv4, version, "ip.version", TAPIR_UINT, 4, "Always 4"),
    TAPIR_FIELD(tapir_ipv4, header_words, "ip.hdr_len", TAPIR_UINT, 4,
        "Header length in bytes (in words on the wire)", .scale = 4),
    TAPIR_FIELD(tapir_ipv4, ds_field, "ip.dsfield", TAPIR_UINT, 8,
        "Differentiated services and congestion notification", .base = TAPIR_HEX,
        .parts = ipv4_ds_parts),
    TAPIR_FIELD(tapir_ipv4, length, "ip.len", TAPIR_UINT, 16, "Header and payload in bytes"),
    TAPIR_FIELD(tapir_ipv4, id, "ip.id", TAPIR_UINT, 16,
        "Identification of the datagram's fragments", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_ipv4, flags, "ip.flags", TAPIR_UINT, 3, "Flags", .base = TAPIR_HEX,
        .parts = ipv4_flag_parts),
    TAPIR_FIELD(tapir_ipv4, fragment_offset, "ip.frag_offset", TAPIR_UINT, 13,
        "Place of this fragment in the datagram, in units of 8 bytes"),
    TAPIR_FIELD(tapir_ipv4, ttl, "ip.ttl", TAPIR_UINT, 8, "Time to live in hops"),
    TAPIR_FIELD(tapir_ipv4, protocol, "ip.proto", TAPIR_UINT, 8, "Protocol of the payload",
        .labels = tapir_ip_protocols),
    TAPIR_FIELD(tapir_ipv4, checksum, "ip.checksum", TAPIR_UINT, 16,
        "Internet checksum of the header", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_ipv4, src, "ip.src", TAPIR_IPV4, 32, "Source", .alias = "ip.addr"),
    TAPIR_FIELD(tapir_ipv4, dst, "ip.dst", TAPIR_IPV4, 32, "Destination", .alias = "ip.addr",
        .when = is_destination),
    TAPIR_FIELD(tapir_ipv4, dst, "ip.cur_rt", TAPIR_IPV4, 0, "Next stop of a source route",
        TAPIR_IF(tapir_ipv4, header_words, WITH_OPTIONS), .when = is_stop),
    TAPIR_FIELD(tapir_ipv4, options, "ip.options", TAPIR_LIST, 0, "Options",
        .list = &tapir__ipv4_option_list),
};

/* Of a header that contradicts itself only the bytes up to there count. */
static __attribute__((cold)) tapir_status give_up(
    tapir_decoder *d, struct tapir_ipv4 *ip, size_t len, const char *reason)
{
    d->in.at -= 20 - len;
    ip->options = tapir_span_of(d->in.at, 0);
    return tapir_malformed(d, reason);
}

static inline tapir_status find_protocol(tapir_decoder *d, const struct tapir_ipv4 *ip)
{
    if (ip->fragment_offset == 0)
        tapir_next(d, TAPIR_IP_PROTOCOL, ip->protocol);
    return TAPIR_OK;
}

/* The seldom headers are apart so that the usual one makes no call and saves no registers. */
static __attribute__((cold, noinline)) tapir_status short_header(
    tapir_decoder *d, struct tapir_ipv4 *ip)
{
    tapir_load_short(&d->in, ip, ipv4_fields, TAPIR_COUNT(ipv4_fields));
    ip->options = tapir_span_of(d->in.at, 0);
    return TAPIR_OK;
}

static __attribute__((noinline)) tapir_status odd_header(tapir_decoder *d, struct tapir_ipv4 *ip)
{
    size_t header_len = ip->header_words * 4u;

    tapir_take(&d->in, 20);
    if (ip->version != 4)
        return give_up(d, ip, 1, "version is not 4");
    if (header_len < 20)
        return give_up(d, ip, 1, "header length below 20");
    if (ip->length && ip->length < header_len)
        return give_up(d, ip, 4, "total length below header length");
    ip->options = tapir_take_span(&d->in, header_len - 20);
    /* 0: a sender that offloads segmentation; the frame bounds it then. */
    if (ip->length)
        tapir_bound(d, ip->length - header_len, "ip.len");
    return find_protocol(d, ip);
}

static tapir_status ipv4_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ipv4 *ip = layer;
    tapir_reader in = d->in;
    size_t header_len, payload_len;

    if (__builtin_expect(tapir_left(&in) < TAPIR_FIXED_LEN(ipv4_fields), 0))
        return short_header(d, ip);
    TAPIR_LOAD(&in, ip, ipv4_fields);
    header_len = ip->header_words * 4u;
    payload_len = ip->length - header_len;
    /* In what follows a header length below 20 and a length below that wrap round. */
    if (__builtin_expect(
            ip->version != 4 || header_len - 20 > tapir_left(&in) || payload_len > UINT16_MAX, 0))
        return odd_header(d, ip);
    ip->options = tapir_take_span(&in, header_len - 20);
    d->in.at = in.at;
    tapir_bound(d, payload_len, "ip.len");
    return find_protocol(d, ip);
}

/* Headers with options, and those of which not everything is to be filled in. */
static __attribute__((noinline)) tapir_status encode_any(
    tapir_encoder *e, const struct tapir_ipv4 *given)
{
    struct tapir_ipv4 ip;
    size_t padding = tapir_fill_padding(e, given->options.len, 4);
    size_t header_len = 20 + given->options.len + padding, length = given->length;
    uint32_t key = given->protocol;
    uint64_t sum = 0;
    tapir_status status = tapir_fill_key(e, TAPIR_IP_PROTOCOL, "ip.proto", &key);

    if (status == TAPIR_OK)
        status = tapir_check_units(e, "ip.hdr_len", header_len, 4);
    if (status == TAPIR_OK)
        status = tapir_fill_length(e, "ip.len", header_len, UINT16_MAX, &length);
    if (status != TAPIR_OK)
        return status;
    ip = *given;
    if (e->fill & TAPIR_LENGTHS) {
        if (header_len > 60)
            return tapir_refuse(e, TAPIR_TOO_WIDE, "ip.options",
                "%zu bytes do not fit, 40 are the most", given->options.len);
        ip.header_words = (uint8_t)(header_len / 4);
    }
    if (e->fill & TAPIR_KEYS)
        ip.version = 4;
    if (e->fill & TAPIR_CHECKSUMS)
        ip.checksum = 0;
    ip.protocol = (uint8_t)key;
    ip.length = (uint16_t)length;
    tapir_open_header(e, header_len);
    TAPIR_STORE_SUMMED(&e->out, &ip, ipv4_fields, &sum);
    sum += tapir_put_summed(&e->out, given->options);
    tapir_put_zeroes(&e->out, padding);
    if (e->fill & TAPIR_CHECKSUMS)
        sum += tapir_fill_sum(e, 10, sum);
    if (header_len % 2 == 0)
        tapir_add_sum(e, sum);
    return TAPIR_OK;
}

/* The usual header, of which all sizes are constants. */
static tapir_status ipv4_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_ipv4 *given = layer;
    struct tapir_ipv4 ip;
    uint32_t key = given->protocol;
    uint64_t sum = 0;
    uint16_t checksum;
    uint8_t *header;
    tapir_writer out;

    if (__builtin_expect(!tapir_is_plain(e, 20, UINT16_MAX) || given->options.len ||
                             !tapir_fill_plain_key(e, TAPIR_IP_PROTOCOL, &key),
            0))
        return encode_any(e, given);
    ip = *given;
    ip.version = 4;
    ip.header_words = 5;
    ip.length = (uint16_t)(20 + e->inside.len);
    ip.protocol = (uint8_t)key;
    ip.checksum = 0;
    out = tapir_open_plain(e, 20);
    header = out.at;
    if (tapir_store_fields(&out, &ip, ipv4_fields, TAPIR_COUNT(ipv4_fields), &sum)) {
        e->head += 20;
        return encode_any(e, given); /* which tells what is too wide */
    }
    checksum = tapir_sum_fold(sum);
    tapir_store_be(header + 10, 2, checksum);
    if (__builtin_expect(e->summed == header + 20, 1)) {
        e->summed = header;
        e->sum += sum + checksum;
    }
    return TAPIR_OK;
}

static void ipv4_verify(
    const tapir_packet *packet, const tapir_layer *layer, tapir_checksum *checksum)
{
    const struct tapir_ipv4 *ip = layer->fields;
    uint64_t sum = tapir_sum_add(0, tapir_layer_header(layer));

    (void)packet;
    checksum->present = checksum->verifiable = true;
    checksum->actual = ip->checksum;
    checksum->good = tapir_sum_fold(sum) == 0;
    checksum->expected = tapir_sum_fold(sum + (uint16_t)~ip->checksum);
}

static void ipv4_flow(const void *layer, tapir_flow *flow)
{
    const struct tapir_ipv4 *ip = layer;

    flow->src = tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, ip->src, 4);
    flow->dst = tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, ip->dst, 4);
}

static const tapir_binding ipv4_bindings[] = {
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_IPV4},
    {TAPIR_IP_PROTOCOL, 4},
    {TAPIR_IP_PROTOCOL, 94}, /* IP within IP, as KA9Q had it */
    {TAPIR_IP_VERSION, 4},
    {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_IPV4},
    {TAPIR_PPP_PROTOCOL, 0x0021},
};

static const char *const ipv4_samples[] = {
    "45000018 12344000 40fd546b 0a000001 0a000002 01020304",
    "4600001c 12340000 40fdaf50 0a000001 0a000002 94040000 01020304",
    "48000020 12340000 40fd0000 0a000001 0a000002 070b08 0a000005 00000000 00",
    "48000020 12340000 40fd0000 0a000001 0a000002 01830b04 0a000005 0a000006",
    "4a000028 12340000 40fd0000 0a000001 0a000002 44140d13 0a000005 00000001 0a000006 00000000",
    "48000020 12340000 40fd0000 0a000001 0a000002 440c0510 00000001 80000002",
    "48000020 12340000 40fd0000 0a000001 0a000002 520c0001 0002ffff 0a000005",
    "47000020 12340000 40fd0000 0a000001 0a000002 1908070a 12345678 01020304",
    "47000020 12340000 40fd0000 0a000001 0a000002 1908870a 12345678 01020304",
    "47000020 12340000 40fd0000 0a000001 0a000002 82053dff 80000000 01020304",
    "48000020 12340000 40fd0000 0a000001 0a000002 820b0000 00054142 43444500",
    "49000024 12340000 40fd0000 0a000001 0a000002 860e0000 00010108 0005f000 00010000",
    "49000024 12340000 40fd0000 0a000001 0a000002 860e0000 00010208 00050001 00050000",
    "49000024 12340000 40fd0000 0a000001 0a000002 860c0000 00010506 00050005 07040102",
    "47000020 12340000 40fd0000 0a000001 0a000002 850501aa bb000000 01020304",
    "48000020 12340000 40fd0000 0a000001 0a000002 950b0a00 00050a00 00060100",
    "48000020 12340000 40fd0000 0a000001 0a000002 88041234 0b0405dc 1e040102",
    "46000018 12340000 40fd0000 0a000001 0a000002 44040500",
    "46000018 12340000 40fd0000 0a000001 0a000002 99200000",
};

static const struct tapir_ipv4 ipv4_initial = {.version = 4, .header_words = 5, .ttl = 64};

static const tapir_coverage ipv4_coverage = {.offset = 10, .header_only = true};

const tapir_proto tapir_ipv4_proto = {
    .name = "ip",
    .title = "Internet Protocol version 4",
    .spec = "RFC 791",
    .role = TAPIR_ROLE_NETWORK,
    TAPIR_FIELDS(ipv4_fields),
    .size = sizeof(struct tapir_ipv4),
    .decode = ipv4_decode,
    .encode = ipv4_encode,
    .verify = ipv4_verify,
    .flow = ipv4_flow,
    TAPIR_BINDINGS(ipv4_bindings),
    TAPIR_SAMPLES(ipv4_samples),
    .initial = &ipv4_initial,
    .coverage = &ipv4_coverage,
};
