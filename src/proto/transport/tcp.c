/* Transmission Control Protocol (RFC 9293). */
#include "tapir/proto/tcp.h"

#include "../record.h"
#include "pseudo.h"
#include "tcp_options.h"
#include "tapir/encode.h"
#include "tapir/flow.h"

static const tapir_part tcp_flag_parts[] = {
    TAPIR_PART_ANY("tcp.flags.res", 0xe00, "Reserved"),
    TAPIR_PART("tcp.flags.ae", TAPIR_TCP_AE, "Accurate ECN, once the ECN nonce", NULL),
    TAPIR_PART("tcp.flags.cwr", TAPIR_TCP_CWR, "Congestion window reduced", NULL),
    TAPIR_PART("tcp.flags.ece", TAPIR_TCP_ECE, "ECN echo", NULL),
    TAPIR_PART("tcp.flags.urg", TAPIR_TCP_URG, "Urgent pointer counts", NULL),
    TAPIR_PART("tcp.flags.ack", TAPIR_TCP_ACK, "Acknowledgment number counts", NULL),
    TAPIR_PART("tcp.flags.push", TAPIR_TCP_PSH, "Push", NULL),
    TAPIR_PART("tcp.flags.reset", TAPIR_TCP_RST, "Reset the connection", NULL),
    TAPIR_PART("tcp.flags.syn", TAPIR_TCP_SYN, "Synchronise sequence numbers", NULL),
    TAPIR_PART("tcp.flags.fin", TAPIR_TCP_FIN, "No more data from the sender", NULL),
    TAPIR_PARTS_END,
};

static const tapir_field tcp_fields[] = {
    TAPIR_FIELD(tapir_tcp, src_port, "tcp.srcport", TAPIR_UINT, 16, "Port of the sender",
        .alias = "tcp.port"),
    TAPIR_FIELD(tapir_tcp, dst_port, "tcp.dstport", TAPIR_UINT, 16, "Port of the receiver",
        .alias = "tcp.port"),
    TAPIR_FIELD(tapir_tcp, seq, "tcp.seq", TAPIR_UINT, 32, "Sequence number of the first byte",
        .alias = "tcp.seq_raw"),
    TAPIR_FIELD(tapir_tcp, ack, "tcp.ack", TAPIR_UINT, 32, "Next byte expected from the other side",
        .alias = "tcp.ack_raw"),
    TAPIR_FIELD(tapir_tcp, header_words, "tcp.hdr_len", TAPIR_UINT, 4,
        "Header length in bytes (in words on the wire)", .scale = 4),
    TAPIR_FIELD(tapir_tcp, flags, "tcp.flags", TAPIR_UINT, 12, "Flags", .base = TAPIR_HEX,
        .parts = tcp_flag_parts),
    TAPIR_FIELD(tapir_tcp, window, "tcp.window_size_value", TAPIR_UINT, 16,
        "Bytes the sender takes, not scaled"),
    TAPIR_FIELD(tapir_tcp, checksum, "tcp.checksum", TAPIR_UINT, 16,
        "Internet checksum with pseudo-header", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_tcp, urgent, "tcp.urgent_pointer", TAPIR_UINT, 16,
        "Offset of the end of urgent data"),
    TAPIR_FIELD(tapir_tcp, options, "tcp.options", TAPIR_LIST, 0, "Options",
        .list = &tapir__tcp_option_list, .bytes = true),
};

/* The seldom headers are apart so that the usual one makes no call and saves no registers. */
static __attribute__((cold, noinline)) tapir_status short_header(
    tapir_decoder *d, struct tapir_tcp *tcp)
{
    tapir_load_short(&d->in, tcp, tcp_fields, TAPIR_COUNT(tcp_fields));
    tcp->options = tapir_span_of(d->in.at, 0);
    return TAPIR_OK;
}

static __attribute__((cold, noinline)) tapir_status odd_header(
    tapir_decoder *d, struct tapir_tcp *tcp)
{
    size_t header_len = tcp->header_words * 4u;

    if (header_len < 20) {
        /* Nothing behind the header length can be trusted. */
        tapir_take(&d->in, 13);
        tcp->options = tapir_span_of(d->in.at, 0);
        return tapir_malformed(d, "header length below 20");
    }
    tapir_take(&d->in, 20);
    tcp->options = tapir__take_most(&d->in, header_len - 20);
    return TAPIR_OK;
}

static tapir_status tcp_decode(tapir_decoder *d, void *layer)
{
    struct tapir_tcp *tcp = layer;
    tapir_reader in = d->in;
    size_t options_len;

    if (__builtin_expect(tapir_left(&in) < TAPIR_FIXED_LEN(tcp_fields), 0))
        return short_header(d, tcp);
    TAPIR_LOAD(&in, tcp, tcp_fields);
    options_len = tcp->header_words * (size_t)4 - 20;
    if (__builtin_expect(options_len > tapir_left(&in), 0)) /* a length below 20 wraps round */
        return odd_header(d, tcp);
    tcp->options = tapir_take_span(&in, options_len);
    d->in.at = in.at;
    if (d->dispatch->streams)
        tapir_next_ports(d, TAPIR_TCP_PORT, tcp->src_port, tcp->dst_port);
    return TAPIR_OK;
}

/* Headers with options, and those of which not everything is to be filled in. */
static __attribute__((noinline)) tapir_status encode_any(
    tapir_encoder *e, const struct tapir_tcp *given)
{
    struct tapir_tcp tcp;
    size_t padding = tapir_fill_padding(e, given->options.len, 4);
    size_t len = 20 + given->options.len + padding;
    uint64_t addresses = 0, sum = 0;
    bool due;
    tapir_status status = tapir__checksum_due(e, "tcp.checksum", &due, &addresses);

    if (status == TAPIR_OK)
        status = tapir_check_units(e, "tcp.hdr_len", len, 4);
    if (status != TAPIR_OK)
        return status;
    tcp = *given;
    if (e->fill & TAPIR_LENGTHS) {
        if (len > 60)
            return tapir_refuse(e, TAPIR_TOO_WIDE, "tcp.options",
                "%zu bytes do not fit, 40 are the most", given->options.len);
        tcp.header_words = (uint8_t)(len / 4);
    }
    if (due)
        tcp.checksum = 0;
    tapir_open_header(e, len);
    TAPIR_STORE_SUMMED(&e->out, &tcp, tcp_fields, &sum);
    sum += tapir_put_summed(&e->out, given->options);
    tapir_put_zeroes(&e->out, padding);
    addresses += 6 + (uint32_t)(len + e->inside.len);
    if (len % 2) { /* options whose padding is kept as given, which is none */
        if (due && !e->out.failed)
            e->sum += tapir_fill_sum(e, 16, tapir_sum_from(e, e->head) + addresses);
        return TAPIR_OK;
    }
    if (due)
        sum += tapir_fill_sum(e, 16, tapir_sum_inside(e) + sum + addresses);
    tapir_add_sum(e, sum);
    return TAPIR_OK;
}

/* The usual header, of which all sizes are constants. */
static tapir_status tcp_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_tcp *given = layer;
    struct tapir_tcp tcp;
    uint64_t sum = 0, addresses, before;
    uint16_t checksum;
    uint8_t *header;
    tapir_writer out;

    if (__builtin_expect(!tapir_is_plain(e, 20, UINT16_MAX) || given->options.len ||
                             e->summed != e->inside.data ||
                             !tapir__sum_plain_outside(e, &addresses),
            0))
        return encode_any(e, given);
    tcp = *given;
    tcp.header_words = 5;
    tcp.checksum = 0;
    addresses += 6 + 20 + e->inside.len;
    before = e->sum;
    out = tapir_open_plain(e, 20);
    header = out.at;
    if (tapir_store_fields(&out, &tcp, tcp_fields, TAPIR_COUNT(tcp_fields), &sum)) {
        e->head += 20;
        return encode_any(e, given); /* which tells what is too wide */
    }
    sum += before;
    checksum = tapir_sum_fold(sum + addresses);
    tapir_store_be(header + 16, 2, checksum);
    e->sum = sum + checksum;
    e->summed = header;
    return TAPIR_OK;
}

static void tcp_verify(
    const tapir_packet *packet, const tapir_layer *layer, tapir_checksum *checksum)
{
    const struct tapir_tcp *tcp = layer->fields;

    checksum->present = true;
    tapir__verify_transport(packet, layer, 6, tcp->checksum, checksum);
}

static void tcp_flow(const void *layer, tapir_flow *flow)
{
    const struct tapir_tcp *tcp = layer;

    flow->src = tapir_endpoint_port(TAPIR_ENDPOINT_TCP_PORT, tcp->src_port);
    flow->dst = tapir_endpoint_port(TAPIR_ENDPOINT_TCP_PORT, tcp->dst_port);
}

static const tapir_binding tcp_bindings[] = {{TAPIR_IP_PROTOCOL, 6}};

static const char *const tcp_samples[] = {
    "1f90 c350 00000001 00000002 5018 ffff 0000 0000 01020304",
    "c350 1f90 00000001 00000000 a002 faf0 0000 0000 020405b4 0402 080a 00000001 00000000 01 "
    "030307",
    "c350 1f90 00000001 00000002 f010 faf0 0000 0000 0522 00000001 00000005 00000009 0000000b "
    "0000000d 0000000e 00000010 00000020 0000 0000 0101",
    "c350 1f90 00000001 00000002 b010 faf0 0000 0000 1312 000102030405060708090a0b0c0d0e0f 1402 "
    "0000 0101",
    "c350 1f90 00000001 00000002 b010 faf0 0000 0000 1d10 0102 000102030405060708090a0b 0606 "
    "00000001 0b06",
    "c350 1f90 00000001 00000002 a002 faf0 0000 0000 1406 f805 0115 1506 0001 0002 1602 1702 1c04 "
    "8005",
    "c350 1f90 00000001 00000002 a002 faf0 0000 0000 1b08 070a 12345678 2202 fe04 f989 fd04 1234 "
    "0101",
    "c350 1f90 00000001 00000002 a010 faf0 0000 0000 220a 0102030405060708 fd07 acc0 000001 0101 "
    "01",
    "c350 1f90 00000001 00000002 b010 faf0 0000 0000 ac0b 000001 000002 000003 ae05 000001 fd05 "
    "00ac 0b 010101",
    "c350 1f90 00000001 00000002 b010 faf0 0000 0000 1e18 0181 0102030405060708 1112131415161718 "
    "0064 beef",
    "c350 1f90 00000001 00000002 8002 faf0 0000 0000 1e0c 1105 01020304 05060708",
    "c350 1f90 00000001 00000002 9012 faf0 0000 0000 1e10 1106 0102030405060708 0a0b0c0d",
    "c350 1f90 00000001 00000002 b010 faf0 0000 0000 1e18 1000 "
    "000102030405060708090a0b0c0d0e0f10111213",
    "c350 1f90 00000001 00000002 c010 faf0 0000 0000 1e1c 201f 0000000000000001 0000000000000002 "
    "00000003 0064 beef",
    "c350 1f90 00000001 00000002 a010 faf0 0000 0000 1e12 3005 0a000005 1f90 0102030405060708 0101",
    "c350 1f90 00000001 00000002 a010 faf0 0000 0000 1e14 3605 20010db8000000000000000000000001",
    "c350 1f90 00000001 00000002 9010 faf0 0000 0000 1e06 40050607 1e04 5105 1e04 8f02 1e02",
    "c350 1f90 00000001 00000002 b010 faf0 0000 0000 1e0c 6000 0000000000000009 1e0c 7000 "
    "0102030405060708",
    "c350 1f90 00000001 00000002 7010 faf0 0000 0000 4504 0102 00 010203",
    "c350 1f90 00000001 00000002 7010 faf0 0000 0000 c820 0102 c800 0000",
};

static const struct tapir_tcp tcp_initial = {.header_words = 5, .window = 65535};

static const tapir_coverage tcp_coverage = {.offset = 16, .pseudo = true};

const tapir_proto tapir_tcp_proto = {
    .name = "tcp",
    .title = "Transmission Control Protocol",
    .spec = "RFC 9293",
    .role = TAPIR_ROLE_TRANSPORT,
    TAPIR_FIELDS(tcp_fields),
    .size = sizeof(struct tapir_tcp),
    .decode = tcp_decode,
    .encode = tcp_encode,
    .verify = tcp_verify,
    .flow = tcp_flow,
    TAPIR_BINDINGS(tcp_bindings),
    TAPIR_SAMPLES(tcp_samples),
    .initial = &tcp_initial,
    .coverage = &tcp_coverage,
};
