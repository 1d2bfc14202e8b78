/* Options of TCP (RFC 9293 3.1 and those that came later). */
#include "tcp_options.h"

#include "../record.h"

static const tapir_label option_kinds[] = {
    {TAPIR_TCP_OPTION_END, "End of option list"},
    {TAPIR_TCP_OPTION_NOP, "No operation"},
    {TAPIR_TCP_OPTION_MSS, "Maximum segment size"},
    {TAPIR_TCP_OPTION_WINDOW_SCALE, "Window scale"},
    {TAPIR_TCP_OPTION_SACK_PERMITTED, "SACK permitted"},
    {TAPIR_TCP_OPTION_SACK, "SACK"},
    {TAPIR_TCP_OPTION_ECHO, "Echo"},
    {TAPIR_TCP_OPTION_ECHO_REPLY, "Echo reply"},
    {TAPIR_TCP_OPTION_TIMESTAMPS, "Timestamps"},
    {TAPIR_TCP_OPTION_PARTIAL_PERMITTED, "Partial order permitted"},
    {TAPIR_TCP_OPTION_PARTIAL_PROFILE, "Partial order service profile"},
    {TAPIR_TCP_OPTION_CC, "CC"},
    {TAPIR_TCP_OPTION_CC_NEW, "CC.NEW"},
    {TAPIR_TCP_OPTION_CC_ECHO, "CC.ECHO"},
    {TAPIR_TCP_OPTION_CHECKSUM_REQUEST, "Alternate checksum request"},
    {TAPIR_TCP_OPTION_CHECKSUM_DATA, "Alternate checksum data"},
    {TAPIR_TCP_OPTION_SKEETER, "Skeeter"},
    {TAPIR_TCP_OPTION_BUBBA, "Bubba"},
    {TAPIR_TCP_OPTION_TRAILER_CHECKSUM, "Trailer checksum"},
    {TAPIR_TCP_OPTION_MD5, "MD5 signature"},
    {TAPIR_TCP_OPTION_SCPS, "SCPS capabilities"},
    {TAPIR_TCP_OPTION_SNACK, "Selective negative acknowledgments"},
    {TAPIR_TCP_OPTION_RECORD_BOUNDARY, "Record boundary"},
    {TAPIR_TCP_OPTION_CORRUPTION, "Corruption experienced"},
    {TAPIR_TCP_OPTION_SNAP, "SNAP"},
    {TAPIR_TCP_OPTION_COMPRESSION_FILTER, "Compression filter"},
    {TAPIR_TCP_OPTION_QUICK_START, "Quick-Start response"},
    {TAPIR_TCP_OPTION_USER_TIMEOUT, "User timeout"},
    {TAPIR_TCP_OPTION_AO, "Authentication"},
    {TAPIR_TCP_OPTION_MPTCP, "Multipath TCP"},
    {TAPIR_TCP_OPTION_FAST_OPEN, "Fast open"},
    {TAPIR_TCP_OPTION_ENO, "Encryption negotiation"},
    {TAPIR_TCP_OPTION_RIVERBED_PROBE, "Riverbed probe"},
    {TAPIR_TCP_OPTION_RIVERBED_TRANSPARENCY, "Riverbed transparency"},
    {TAPIR_TCP_OPTION_ACC_ECN_0, "Accurate ECN, order 0"},
    {TAPIR_TCP_OPTION_ACC_ECN_1, "Accurate ECN, order 1"},
    {TAPIR_TCP_OPTION_EXPERIMENT_1, "Experiment 1"},
    {TAPIR_TCP_OPTION_EXPERIMENT_2, "Experiment 2"},
    {0, NULL},
};

static const tapir_label experiments[] = {
    {TAPIR_TCP_EXPERIMENT_TARR, "ACK rate request"},
    {TAPIR_TCP_EXPERIMENT_HOST_ID, "Host identifier"},
    {0x454e, "Encryption negotiation"},
    {TAPIR_TCP_EXPERIMENT_ACC_ECN_0, "Accurate ECN, order 0"},
    {TAPIR_TCP_EXPERIMENT_ACC_ECN_1, "Accurate ECN, order 1"},
    {TAPIR_TCP_EXPERIMENT_ACC_ECN, "Accurate ECN"},
    {TAPIR_TCP_EXPERIMENT_FAST_OPEN, "Fast open"},
    {0, NULL},
};

#define OPTION(member, name, kind, bits, ...)                                                      \
    TAPIR_FIELD(tapir_tcp_option, member, name, kind, bits, __VA_ARGS__)
#define HEAD                                                                                       \
    OPTION(kind, "tcp.option_kind", TAPIR_UINT, 0, "Kind", .labels = option_kinds),                \
        OPTION(length, "tcp.option_len", TAPIR_UINT, 0, "Length with kind and length octets")
#define EXPERIMENT                                                                                 \
    OPTION(experiment, "tcp.options.experimental.exid", TAPIR_UINT, 0, "Which experiment",         \
        .base = TAPIR_HEX, .labels = experiments)

static const tapir_field single_fields[] = {
    OPTION(kind, "tcp.option_kind", TAPIR_UINT, 0, "Kind", .labels = option_kinds)};
static const tapir_field empty_fields[] = {HEAD};
static const tapir_field unknown_fields[] = {
    HEAD, OPTION(data, "tcp.options.unknown.payload", TAPIR_SPAN, 0, "Data of an unknown kind")};
static const tapir_field mss_fields[] = {
    HEAD, OPTION(mss, "tcp.options.mss_val", TAPIR_UINT, 0, "Largest segment the sender takes")};
static const tapir_field scale_fields[] = {HEAD,
    OPTION(shift, "tcp.options.wscale.shift", TAPIR_UINT, 0, "Bits to shift every window by"),
    OPTION(multiplier, "tcp.options.wscale.multiplier", TAPIR_UINT, 0,
        "What every window is to be multiplied by")};
static const tapir_field timestamp_fields[] = {HEAD,
    OPTION(value, "tcp.options.timestamp.tsval", TAPIR_UINT, 0, "Sender's clock"),
    OPTION(echo, "tcp.options.timestamp.tsecr", TAPIR_UINT, 0, "Clock value being echoed")};
static const tapir_field cut_timestamp_fields[] = {
    HEAD, OPTION(value, "tcp.options.timestamp.tsval", TAPIR_UINT, 0, "Sender's clock")};
static const tapir_field echo_fields[] = {
    HEAD, OPTION(value, "tcp.options.echo_value", TAPIR_UINT, 0, "Value to be echoed")};
static const tapir_field cc_fields[] = {
    HEAD, OPTION(value, "tcp.options.cc_value", TAPIR_UINT, 0, "Connection count")};

/* Selective acknowledgment. */

static const tapir_field block_fields[] = {
    TAPIR_FIELD(tapir_tcp_sack_block, left, "tcp.options.sack_le", TAPIR_UINT, 32,
        "First byte of a block received"),
    TAPIR_FIELD(tapir_tcp_sack_block, right, "tcp.options.sack_re", TAPIR_UINT, 32,
        "First byte behind the block"),
};
static const tapir_record block_record = TAPIR_RECORD("Block", block_fields);
static const tapir_record *const block_records[] = {&block_record};

static const tapir_record *block_next(tapir_walk *walk, void *item)
{
    struct tapir_tcp_sack_block *block = item;

    return TAPIR_LOAD(&walk->in, block, block_fields) ? &block_record : NULL;
}

static const tapir_list block_list = {
    sizeof(struct tapir_tcp_sack_block), block_next, block_records, TAPIR_COUNT(block_records)};

tapir_walk tapir_tcp_sack_blocks(const struct tapir_tcp_option *option)
{
    return tapir_walk_of(&block_list, option->as.blocks, option);
}

static const tapir_field sack_fields[] = {
    HEAD, OPTION(as.blocks, "tcp.options.sack", TAPIR_LIST, 0, "Blocks", .list = &block_list)};

/* Signatures, and what else is one run of bytes. */

static const tapir_field md5_fields[] = {
    HEAD, OPTION(as.digest, "tcp.options.md5.digest", TAPIR_SPAN, 0, "Digest")};
static const tapir_field ao_fields[] = {HEAD,
    OPTION(as.ao.key_id, "tcp.options.ao.keyid", TAPIR_UINT, 8, "Key of the sender"),
    OPTION(as.ao.next_key_id, "tcp.options.ao.rnextkeyid", TAPIR_UINT, 8,
        "Key the sender is ready to receive with"),
    OPTION(as.ao.mac, "tcp.options.ao.mac", TAPIR_SPAN, 0, "Message authentication code")};
static const tapir_field fast_open_fields[] = {
    HEAD, OPTION(as.cookie, "tcp.options.tfo.cookie", TAPIR_SPAN, 0, "Cookie")};
static const tapir_field experimental_fast_open_fields[] = {
    HEAD, EXPERIMENT, OPTION(as.cookie, "tcp.options.tfo.cookie", TAPIR_SPAN, 0, "Cookie")};
static const tapir_field experiment_fields[] = {HEAD, EXPERIMENT,
    OPTION(as.rest, "tcp.options.experimental.data", TAPIR_SPAN, 0, "Data of the experiment")};

static const tapir_part tarr_parts[] = {
    TAPIR_PART("tcp.options.tarr.rate", 0xfe, "Segments to an acknowledgment", NULL),
    TAPIR_PART("tcp.options.tar.reserved", 0x01, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field tarr_fields[] = {HEAD, EXPERIMENT,
    OPTION(
        as.tarr, "tcp.options.tarr", TAPIR_UINT, 0, "Rate", .parts = tarr_parts, .nameless = true)};
static const tapir_field identified_fields[] = {HEAD, EXPERIMENT};

/* Timeouts and rates. */

static const tapir_part user_timeout_parts[] = {
    TAPIR_PART("tcp.options.user_to_granularity", 0x8000, "Minutes, not seconds", NULL),
    TAPIR_PART("tcp.options.user_to_val", 0x7fff, "Time without acknowledgment", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field user_timeout_fields[] = {
    HEAD, OPTION(as.user_timeout, "tcp.options.user_to", TAPIR_UINT, 16, "Timeout",
              .parts = user_timeout_parts, .nameless = true)};

static const tapir_part rate_parts[] = {
    TAPIR_PART("tcp.options.qs.rate", 0x0f, "Rate, 40000 * 2^rate bits per second", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part nonce_parts[] = {
    TAPIR_PART("tcp.options.qs.nonce", 0xfffffffc, "Nonce", NULL),
    TAPIR_PART("tcp.options.qs.reserved", 0x00000003, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field quick_start_fields[] = {HEAD,
    OPTION(as.quick_start.rate, "tcp.options.qs.rate_octet", TAPIR_UINT, 8, "Rate",
        .parts = rate_parts, .nameless = true),
    OPTION(as.quick_start.ttl_difference, "tcp.options.qs.ttl_diff", TAPIR_UINT, 8,
        "Time to live less that of the request"),
    OPTION(as.quick_start.nonce, "tcp.options.qs.nonce_word", TAPIR_UINT, 32, "Nonce",
        .parts = nonce_parts, .nameless = true)};

/* Accurate ECN: up to three counters, in one of two orders (RFC 9768 3.2.3). */

static bool has_ect0(const void *item)
{
    const struct tapir_tcp_option *option = item;

    return option->as.acc_ecn.count > (option->as.acc_ecn.ect1_first ? 2 : 0);
}

static bool has_ce(const void *item)
{
    return ((const struct tapir_tcp_option *)item)->as.acc_ecn.count > 1;
}

static bool has_ect1(const void *item)
{
    const struct tapir_tcp_option *option = item;

    return option->as.acc_ecn.count > (option->as.acc_ecn.ect1_first ? 0 : 2);
}

#define ACC_ECN                                                                                    \
    OPTION(as.acc_ecn.ect0, "tcp.options.acc_ecn.ee0b", TAPIR_UINT, 0, "Bytes with ECT(0)",        \
        .when = has_ect0),                                                                         \
        OPTION(as.acc_ecn.ce, "tcp.options.acc_ecn.eceb", TAPIR_UINT, 0, "Bytes with CE",          \
            .when = has_ce),                                                                       \
        OPTION(as.acc_ecn.ect1, "tcp.options.acc_ecn.ee1b", TAPIR_UINT, 0, "Bytes with ECT(1)",    \
            .when = has_ect1)
static const tapir_field acc_ecn_fields[] = {HEAD, ACC_ECN};
static const tapir_field experimental_acc_ecn_fields[] = {HEAD, EXPERIMENT, ACC_ECN};

/* Space communications (CCSDS 714.0). */

static const tapir_part scps_parts[] = {
    TAPIR_PART("tcp.options.scpsflags.bets", 0x80, "Partial reliability", NULL),
    TAPIR_PART("tcp.options.scpsflags.snack1", 0x40, "SNACK, short form", NULL),
    TAPIR_PART("tcp.options.scpsflags.snack2", 0x20, "SNACK, long form", NULL),
    TAPIR_PART("tcp.options.scpsflags.compress", 0x10, "Header compression", NULL),
    TAPIR_PART("tcp.options.scpsflags.nlts", 0x08, "Network layer timestamps", NULL),
    TAPIR_PART("tcp.options.scpsflags.reserved", 0x07, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field scps_fields[] = {HEAD,
    OPTION(as.scps.capabilities, "tcp.options.scps.vector", TAPIR_UINT, 8, "Capabilities",
        .base = TAPIR_HEX, .parts = scps_parts),
    OPTION(as.scps.connection_id, "tcp.options.scps.binding", TAPIR_UINT, 8, "Connection")};
static const tapir_field extended_scps_fields[] = {
    HEAD, OPTION(data, "tcp.options.scps.extended", TAPIR_SPAN, 0, "Extended capabilities")};
static const tapir_field snack_fields[] = {HEAD,
    OPTION(as.snack.offset, "tcp.options.snack.offset", TAPIR_UINT, 16,
        "Where the first hole begins, in segments"),
    OPTION(as.snack.size, "tcp.options.snack.size", TAPIR_UINT, 16, "Its size in segments")};

static const tapir_field multipath_fields[] = {
    HEAD, OPTION(data, "tcp.options.mptcp", TAPIR_BODY, 0, "What the subtype has",
              .list = &tapir__mptcp_list)};

/* Which record, by kind. */

#define RECORD(name, title)                                                                        \
    static const tapir_record name##_record = TAPIR_RECORD(title, name##_fields)
RECORD(single, "No operation");
RECORD(empty, "Option");
RECORD(unknown, "Unknown option");
RECORD(mss, "Maximum segment size");
RECORD(scale, "Window scale");
RECORD(timestamp, "Timestamps");
RECORD(cut_timestamp, "Timestamps cut short");
RECORD(echo, "Echo");
RECORD(cc, "Connection count");
RECORD(sack, "SACK");
RECORD(md5, "MD5 signature");
RECORD(ao, "Authentication");
RECORD(fast_open, "Fast open");
RECORD(experimental_fast_open, "Fast open, experimental");
RECORD(experiment, "Experiment");
RECORD(identified, "Experiment without data");
RECORD(tarr, "ACK rate request");
RECORD(user_timeout, "User timeout");
RECORD(quick_start, "Quick-Start response");
RECORD(acc_ecn, "Accurate ECN");
RECORD(experimental_acc_ecn, "Accurate ECN, experimental");
RECORD(multipath, "Multipath TCP");
RECORD(scps, "SCPS capabilities");
RECORD(extended_scps, "SCPS extended capabilities");
RECORD(snack, "Selective negative acknowledgments");

static void take_acc_ecn(struct tapir_tcp_option *option, tapir_reader *r, bool ect1_first)
{
    uint32_t counters[3] = {0};
    uint8_t count = 0;

    while (count < 3 && tapir_left(r) >= 3)
        counters[count++] = tapir_take_be24(r);
    option->as.acc_ecn.count = count;
    option->as.acc_ecn.ect1_first = ect1_first;
    option->as.acc_ecn.ect0 = counters[ect1_first ? 2 : 0];
    option->as.acc_ecn.ce = counters[1];
    option->as.acc_ecn.ect1 = counters[ect1_first ? 0 : 2];
}

/* RFC 6994 3: an identifier, then what the experiment has. */
static const tapir_record *take_experiment(struct tapir_tcp_option *option, tapir_reader *r)
{
    if (option->data.len < 2)
        return &empty_record;
    option->experiment = tapir_take_be16(r);
    switch (option->experiment) {
    case TAPIR_TCP_EXPERIMENT_FAST_OPEN:
        option->as.cookie = tapir_take_rest(r);
        return &experimental_fast_open_record;
    case TAPIR_TCP_EXPERIMENT_ACC_ECN_0:
    case TAPIR_TCP_EXPERIMENT_ACC_ECN_1:
        take_acc_ecn(option, r, option->experiment == TAPIR_TCP_EXPERIMENT_ACC_ECN_1);
        return &experimental_acc_ecn_record;
    case TAPIR_TCP_EXPERIMENT_TARR:
        if (tapir_left(r) != 1)
            return &identified_record;
        option->as.tarr = tapir_take_u8(r);
        return &tarr_record;
    default:
        option->as.rest = tapir_take_rest(r);
        return &experiment_record;
    }
}

/* Kinds of fixed length, or that begin with a part of fixed length. */
static const struct {
    uint8_t kind, least, most;
    const tapir_record *record;
} known_options[] = {
    {TAPIR_TCP_OPTION_SACK_PERMITTED, 2, 2, &empty_record},
    {TAPIR_TCP_OPTION_SNACK, 6, 6, &snack_record},
    {TAPIR_TCP_OPTION_RECORD_BOUNDARY, 2, 2, &empty_record},
    {TAPIR_TCP_OPTION_CORRUPTION, 2, 2, &empty_record},
    {TAPIR_TCP_OPTION_QUICK_START, 8, 8, &quick_start_record},
    {TAPIR_TCP_OPTION_USER_TIMEOUT, 4, 4, &user_timeout_record},
    {TAPIR_TCP_OPTION_AO, 4, 255, &ao_record},
};

static const tapir_record *take_known(struct tapir_tcp_option *option, tapir_reader *r)
{
    const tapir_record *record;

    for (size_t i = 0; i < TAPIR_COUNT(known_options); i++) {
        if (known_options[i].kind != option->kind)
            continue;
        if (option->length < known_options[i].least || option->length > known_options[i].most)
            return &empty_record;
        record = known_options[i].record;
        tapir__take_record(r, record, option);
        if (record == &ao_record)
            option->as.ao.mac = tapir_take_rest(r);
        return record;
    }
    return &unknown_record;
}

static const tapir_record *take_rare(struct tapir_tcp_option *option, tapir_reader *r)
{
    switch (option->kind) {
    case TAPIR_TCP_OPTION_ECHO:
    case TAPIR_TCP_OPTION_ECHO_REPLY:
    case TAPIR_TCP_OPTION_CC:
    case TAPIR_TCP_OPTION_CC_NEW:
    case TAPIR_TCP_OPTION_CC_ECHO:
        if (option->length != 6)
            return &empty_record;
        option->value = tapir_take_be32(r);
        return option->kind < TAPIR_TCP_OPTION_CC ? &echo_record : &cc_record;
    case TAPIR_TCP_OPTION_MD5:
        if (option->length != 18)
            return &empty_record;
        option->as.digest = tapir_take_rest(r);
        return &md5_record;
    case TAPIR_TCP_OPTION_MPTCP:
        return &multipath_record;
    case TAPIR_TCP_OPTION_FAST_OPEN:
        option->as.cookie = tapir_take_rest(r);
        return &fast_open_record;
    case TAPIR_TCP_OPTION_SCPS:
        if (option->length > 4)
            return &extended_scps_record;
        return tapir__take_record(r, &scps_record, option) ? &scps_record : &empty_record;
    case TAPIR_TCP_OPTION_RIVERBED_PROBE:
    case TAPIR_TCP_OPTION_RIVERBED_TRANSPARENCY:
        return &empty_record;
    case TAPIR_TCP_OPTION_ACC_ECN_0:
    case TAPIR_TCP_OPTION_ACC_ECN_1:
        take_acc_ecn(option, r, option->kind == TAPIR_TCP_OPTION_ACC_ECN_1);
        return &acc_ecn_record;
    case TAPIR_TCP_OPTION_EXPERIMENT_1:
    case TAPIR_TCP_OPTION_EXPERIMENT_2:
        return take_experiment(option, r);
    default:
        return take_known(option, r);
    }
}

static const tapir_record *take_option(struct tapir_tcp_option *option, tapir_reader *r)
{
    switch (option->kind) {
    case TAPIR_TCP_OPTION_MSS:
        if (option->length != 4)
            return &empty_record;
        option->mss = tapir_take_be16(r);
        return &mss_record;
    case TAPIR_TCP_OPTION_WINDOW_SCALE:
        if (option->length != 3)
            return &empty_record;
        option->shift = tapir_take_u8(r);
        option->multiplier = (uint16_t)(1u << (option->shift < 14 ? option->shift : 14));
        return &scale_record;
    case TAPIR_TCP_OPTION_SACK:
        option->as.blocks = tapir_take_rest(r);
        return &sack_record;
    case TAPIR_TCP_OPTION_TIMESTAMPS:
        if (option->length != 10)
            return &empty_record;
        option->value = tapir_take_be32(r);
        option->echo = tapir_take_be32(r);
        return &timestamp_record;
    default:
        return take_rare(option, r);
    }
}

/* How many bytes of the options the capture or an outer length left out. */
static size_t missing(const struct tapir_tcp *tcp)
{
    size_t len = tcp->header_words * (size_t)4;

    return len > 20 + tcp->options.len ? len - 20 - tcp->options.len : 0;
}

/* An option that leaves the bytes there are: shown as far as it goes when it is they that end, not
 * when the header does. */
static const tapir_record *take_cut(struct tapir_tcp_option *option, tapir_walk *walk)
{
    const size_t len = option->length - 2u;
    bool known = len <= tapir_left(&walk->in) + missing(walk->outer);

    option->data = tapir__take_most(&walk->in, len);
    if (!known)
        return NULL;
    if (option->kind != TAPIR_TCP_OPTION_TIMESTAMPS || option->length != 10 || option->data.len < 4)
        return &empty_record;
    option->value = (uint32_t)tapir_load_be(option->data.data, 4);
    return &cut_timestamp_record;
}

#define ENDED 1 /* state of a walk behind END */

static const tapir_record *option_next(tapir_walk *walk, void *item)
{
    struct tapir_tcp_option *option = item;
    tapir_reader r;

    memset(option, 0, sizeof *option);
    option->kind = tapir_take_u8(&walk->in);
    option->length = 1;
    if (option->kind == TAPIR_TCP_OPTION_END) {
        walk->state = ENDED;
        return &single_record;
    }
    if (walk->state == ENDED) {
        /* Behind END there should be zeroes, which read as more of it; anything else is nothing. */
        walk->in.at = walk->in.end;
        return NULL;
    }
    if (option->kind == TAPIR_TCP_OPTION_NOP)
        return &single_record;
    option->length = tapir_take_u8(&walk->in);
    if (walk->in.failed)
        return missing(walk->outer) ? &single_record : NULL;
    if (option->length < 2) {
        tapir_reader_fail(&walk->in, 2);
        return NULL;
    }
    if (tapir_left(&walk->in) < option->length - 2u)
        return take_cut(option, walk);
    option->data = tapir_take_span(&walk->in, option->length - 2u);
    r = tapir_reader_of(option->data);
    return take_option(option, &r);
}

static const tapir_record *const option_records[] = {&single_record, &empty_record, &unknown_record,
    &mss_record, &scale_record, &timestamp_record, &cut_timestamp_record, &echo_record, &cc_record,
    &sack_record, &md5_record, &ao_record, &fast_open_record, &experimental_fast_open_record,
    &experiment_record, &identified_record, &tarr_record, &user_timeout_record, &quick_start_record,
    &acc_ecn_record, &experimental_acc_ecn_record, &scps_record, &snack_record, &multipath_record,
    &extended_scps_record};

const tapir_list tapir__tcp_option_list = {sizeof(struct tapir_tcp_option), option_next,
    option_records, TAPIR_COUNT(option_records), tapir__tcp_makers, TAPIR__TCP_MAKER_COUNT};

tapir_walk tapir_tcp_options(const struct tapir_tcp *tcp)
{
    return tapir_walk_of(&tapir__tcp_option_list, tcp->options, tcp);
}
