/* Transmission Control Protocol (RFC 9293). */
#include "tapir/proto/tcp.h"

#include "pseudo.h"
#include "tapir/encode.h"
#include "tapir/flow.h"

static const tapir_label option_kinds[] = {
    {TAPIR_TCP_OPTION_END, "End of option list"},
    {TAPIR_TCP_OPTION_NOP, "No operation"},
    {TAPIR_TCP_OPTION_MSS, "Maximum segment size"},
    {TAPIR_TCP_OPTION_WINDOW_SCALE, "Window scale"},
    {TAPIR_TCP_OPTION_SACK_PERMITTED, "SACK permitted"},
    {TAPIR_TCP_OPTION_SACK, "SACK"},
    {TAPIR_TCP_OPTION_TIMESTAMPS, "Timestamps"},
    {0, NULL},
};

static const tapir_part tcp_flag_parts[] = {
    TAPIR_PART("tcp.flags.res", 0xe00, "Reserved", NULL),
    TAPIR_PART("tcp.flags.ns", TAPIR_TCP_AE, "Accurate ECN, once the ECN nonce", NULL),
    TAPIR_PART("tcp.flags.cwr", TAPIR_TCP_CWR, "Congestion window reduced", NULL),
    TAPIR_PART("tcp.flags.ecn", TAPIR_TCP_ECE, "ECN echo", NULL),
    TAPIR_PART("tcp.flags.urg", TAPIR_TCP_URG, "Urgent pointer counts", NULL),
    TAPIR_PART("tcp.flags.ack", TAPIR_TCP_ACK, "Acknowledgment number counts", NULL),
    TAPIR_PART("tcp.flags.push", TAPIR_TCP_PSH, "Push", NULL),
    TAPIR_PART("tcp.flags.reset", TAPIR_TCP_RST, "Reset the connection", NULL),
    TAPIR_PART("tcp.flags.syn", TAPIR_TCP_SYN, "Synchronise sequence numbers", NULL),
    TAPIR_PART("tcp.flags.fin", TAPIR_TCP_FIN, "No more data from the sender", NULL),
    TAPIR_PARTS_END,
};

#define OPTION_HEAD                                                                                \
    TAPIR_FIELD(                                                                                   \
        tapir_tcp_option, kind, "tcp.option_kind", TAPIR_UINT, 0, "Kind", .labels = option_kinds)
#define OPTION_LENGTH                                                                              \
    TAPIR_FIELD(tapir_tcp_option, length, "tcp.option_len", TAPIR_UINT, 0,                         \
        "Length with kind and length octets")

static const tapir_field single_fields[] = {OPTION_HEAD};
static const tapir_field empty_fields[] = {OPTION_HEAD, OPTION_LENGTH};
static const tapir_field mss_fields[] = {OPTION_HEAD, OPTION_LENGTH,
    TAPIR_FIELD(tapir_tcp_option, mss, "tcp.options.mss_val", TAPIR_UINT, 0,
        "Largest segment the sender takes")};
static const tapir_field scale_fields[] = {OPTION_HEAD, OPTION_LENGTH,
    TAPIR_FIELD(tapir_tcp_option, shift, "tcp.options.wscale.shift", TAPIR_UINT, 0,
        "Bits to shift every window by")};
static const tapir_field timestamp_fields[] = {OPTION_HEAD, OPTION_LENGTH,
    TAPIR_FIELD(
        tapir_tcp_option, value, "tcp.options.timestamp.tsval", TAPIR_UINT, 0, "Sender's clock"),
    TAPIR_FIELD(tapir_tcp_option, echo, "tcp.options.timestamp.tsecr", TAPIR_UINT, 0,
        "Clock value being echoed")};

static const tapir_record single_record = TAPIR_RECORD("No operation", single_fields),
                          other_record = TAPIR_RECORD("Option", empty_fields),
                          mss_record = TAPIR_RECORD("Maximum segment size", mss_fields),
                          scale_record = TAPIR_RECORD("Window scale", scale_fields),
                          timestamp_record = TAPIR_RECORD("Timestamps", timestamp_fields);
static const tapir_record *const option_records[] = {
    &single_record, &other_record, &mss_record, &scale_record, &timestamp_record};

static const tapir_record *option_next(tapir_walk *walk, void *item)
{
    struct tapir_tcp_option *option = item;
    tapir_reader data;

    *option = (struct tapir_tcp_option){.kind = tapir_take_u8(&walk->in), .length = 1};
    if (option->kind == TAPIR_TCP_OPTION_END) {
        tapir_take_rest(&walk->in);
        return &single_record;
    }
    if (option->kind == TAPIR_TCP_OPTION_NOP)
        return &single_record;
    option->length = tapir_take_u8(&walk->in);
    if (option->length < 2) {
        tapir_reader_fail(&walk->in, 2);
        return NULL;
    }
    option->data = tapir_take_span(&walk->in, option->length - 2u);
    if (walk->in.failed)
        return NULL;
    data = tapir_reader_of(option->data);
    switch (option->kind) {
    case TAPIR_TCP_OPTION_MSS:
        option->mss = tapir_take_be16(&data);
        return &mss_record;
    case TAPIR_TCP_OPTION_WINDOW_SCALE:
        option->shift = tapir_take_u8(&data);
        return &scale_record;
    case TAPIR_TCP_OPTION_TIMESTAMPS:
        option->value = tapir_take_be32(&data);
        option->echo = tapir_take_be32(&data);
        return &timestamp_record;
    default:
        return &other_record;
    }
}

static const tapir_list option_list = {
    sizeof(struct tapir_tcp_option), option_next, option_records, TAPIR_COUNT(option_records)};

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
    TAPIR_FIELD(tapir_tcp, options, "tcp.options", TAPIR_LIST, 0, "Options", .list = &option_list),
};

tapir_walk tapir_tcp_options(const struct tapir_tcp *tcp)
{
    return tapir_walk_of(&option_list, tcp->options, tcp);
}

static tapir_status tcp_decode(tapir_decoder *d, void *layer)
{
    struct tapir_tcp *tcp = layer;
    size_t header_len;

    if (!TAPIR_LOAD(&d->in, tcp, tcp_fields)) {
        tcp->options = tapir_span_of(d->in.at, 0);
        return TAPIR_OK;
    }
    header_len = tcp->header_words * 4u;
    tcp->options = tapir_take_span(&d->in, header_len > 20 ? header_len - 20 : 0);
    if (header_len < 20)
        return tapir_malformed(d, "header length below 20");
    if (d->dispatch->streams)
        tapir_next_ports(d, TAPIR_TCP_PORT, tcp->src_port, tcp->dst_port);
    return TAPIR_OK;
}

static tapir_status tcp_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_tcp *tcp = layer;

    tapir_open_header(e, 20 + tcp->options.len);
    TAPIR_STORE(&e->out, tcp, tcp_fields);
    tapir_put_span(&e->out, tcp->options);
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
};

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
};
