/* Options of IPv6's hop-by-hop and destination options headers (RFC 8200 4.2). */
#include "ipv6_options.h"

#include "../record.h"
#include "tapir/proto/ipv6.h"

static const tapir_label option_types[] = {
    {TAPIR_IPV6_PAD1, "Pad1"},
    {TAPIR_IPV6_PADN, "PadN"},
    {TAPIR_IPV6_TUNNEL_LIMIT, "Tunnel encapsulation limit"},
    {TAPIR_IPV6_ROUTER_ALERT, "Router alert"},
    {TAPIR_IPV6_CALIPSO, "CALIPSO"},
    {TAPIR_IPV6_SMF_DPD, "SMF duplicate detection"},
    {TAPIR_IPV6_PDM, "Performance and diagnostic metrics"},
    {TAPIR_IPV6_IOAM, "IOAM"},
    {TAPIR_IPV6_ALTERNATE_MARKING, "Alternate marking"},
    {TAPIR_IPV6_RPL, "RPL"},
    {TAPIR_IPV6_QUICK_START, "Quick-Start"},
    {TAPIR_IPV6_MINIMUM_PATH_MTU, "Minimum path MTU"},
    {TAPIR_IPV6_IOAM_CHANGING, "IOAM, changing en route"},
    {TAPIR_IPV6_TPF, "Tunnel payload forwarding"},
    {TAPIR_IPV6_RPL_OLD, "RPL (RFC 6553)"},
    {TAPIR_IPV6_MPL, "MPL"},
    {TAPIR_IPV6_ENDPOINT, "Endpoint identification"},
    {TAPIR_IPV6_ILNP_NONCE, "ILNP nonce"},
    {TAPIR_IPV6_LINE_ID, "Line identification"},
    {TAPIR_IPV6_JUMBO, "Jumbo payload"},
    {TAPIR_IPV6_NSAP, "NSAP address"},
    {TAPIR_IPV6_HOME_ADDRESS, "Home address"},
    {TAPIR_IPV6_DFF, "DFF"},
    {0, NULL},
};

static const tapir_label actions[] = {
    {0, "Skip"},
    {1, "Discard"},
    {2, "Discard, send ICMP"},
    {3, "Discard, send ICMP unless multicast"},
    {0, NULL},
};

static const tapir_label alerts[] = {
    {0, "MLD"},
    {1, "RSVP"},
    {2, "Active networks"},
    {68, "NSIS NATFW NSLP"},
    {69, "MPLS OAM"},
    {0, NULL},
};

static const tapir_label ioam_types[] = {
    {TAPIR_IOAM_PREALLOCATED, "Preallocated trace"},
    {TAPIR_IOAM_INCREMENTAL, "Incremental trace"},
    {TAPIR_IOAM_PROOF_OF_TRANSIT, "Proof of transit"},
    {TAPIR_IOAM_EDGE_TO_EDGE, "Edge to edge"},
    {0, NULL},
};

static const tapir_part type_parts[] = {
    TAPIR_PART("ipv6.opt.type.action", 0xc0, "What to do when the type is unknown", actions),
    TAPIR_PART("ipv6.opt.type.change", 0x20, "The data may change en route", NULL),
    TAPIR_PART("ipv6.opt.type.rest", 0x1f, "The other bits", NULL),
    TAPIR_PARTS_END,
};

#define OPTION(member, name, kind, bits, ...)                                                      \
    TAPIR_FIELD(tapir_ipv6_option, member, name, kind, bits, __VA_ARGS__)
#define HEAD                                                                                       \
    OPTION(type, "ipv6.opt.type", TAPIR_UINT, 0, "Type", .base = TAPIR_HEX,                        \
        .labels = option_types, .parts = type_parts),                                              \
        OPTION(length, "ipv6.opt.length", TAPIR_UINT, 0, "Length of the data")
#define REST OPTION(rest, "ipv6.opt_unknown_data", TAPIR_SPAN, 0, "Bytes the type does not explain")

static const tapir_field pad1_fields[] = {OPTION(
    type, "ipv6.opt.type", TAPIR_UINT, 0, "Type", .base = TAPIR_HEX, .labels = option_types)};
/* As Wireshark does, padding of no bytes is shown, too. */
static void print_padding(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *padding = member;

    (void)item;
    tapir_text_hex_bytes(text, *padding, ':');
}

static const tapir_field padn_fields[] = {
    HEAD, OPTION(data, "ipv6.opt.padn", TAPIR_TEXT, 0, "Padding, zeroes", .print = print_padding)};
static const tapir_field unknown_fields[] = {HEAD,
    OPTION(data, "ipv6.opt.unknown", TAPIR_SPAN, 0, "Data of an unknown type", .empty = true)};
static const tapir_field experimental_fields[] = {
    HEAD, OPTION(data, "ipv6.opt.experimental", TAPIR_SPAN, 0, "Data of an experiment")};
/* What there is of an option whose header ends before it does. */
static const tapir_field type_fields[] = {OPTION(type, "ipv6.opt.type", TAPIR_UINT, 0, "Type",
    .base = TAPIR_HEX, .labels = option_types, .parts = type_parts)};
static const tapir_field head_fields[] = {HEAD};
static const tapir_field short_fields[] = {
    HEAD, OPTION(data, "ipv6.opt_unknown_data", TAPIR_SPAN, 0, "Data too short for the type")};
static const tapir_field tunnel_limit_fields[] = {HEAD,
    OPTION(as.tunnel_limit, "ipv6.opt.tel", TAPIR_UINT, 8, "Encapsulations still allowed"), REST};
static const tapir_field router_alert_fields[] = {HEAD,
    OPTION(as.router_alert, "ipv6.opt.router_alert", TAPIR_UINT, 16,
        "Why routers should look at the packet", .labels = alerts),
    REST};
static const tapir_field jumbo_fields[] = {
    HEAD, OPTION(as.jumbo, "ipv6.opt.jumbo", TAPIR_UINT, 32, "Bytes behind the IPv6 header"), REST};
static const tapir_field home_address_fields[] = {HEAD,
    OPTION(as.home_address, "ipv6.opt.mipv6.home_address", TAPIR_IPV6, 128,
        "Address of the mobile node at home"),
    REST};
static const tapir_field tpf_fields[] = {HEAD,
    OPTION(as.tpf, "ipv6.opt.tpf_information", TAPIR_UINT, 32,
        "Tunnel payload forwarding information", .base = TAPIR_HEX),
    REST};

static const tapir_field calipso_fields[] = {HEAD,
    OPTION(as.calipso.domain, "ipv6.opt.calipso.doi", TAPIR_UINT, 32, "Domain of interpretation"),
    OPTION(as.calipso.words, "ipv6.opt.calipso.cmpt.length", TAPIR_UINT, 8,
        "Length of the compartments in words"),
    OPTION(as.calipso.level, "ipv6.opt.calipso.sens_level", TAPIR_UINT, 8, "Sensitivity level"),
    OPTION(as.calipso.checksum, "ipv6.opt.calipso.checksum", TAPIR_UINT, 16, "CRC-16 of the option",
        .base = TAPIR_HEX),
    OPTION(as.calipso.bitmap, "ipv6.opt.calipso.cmpt_bitmap", TAPIR_SPAN, 0, "Compartments",
        .empty = true),
    REST};

static bool has_hash(const void *item)
{
    return ((const struct tapir_ipv6_option *)item)->as.smf_dpd.tagger & 0x80;
}

static bool has_no_hash(const void *item)
{
    return !has_hash(item);
}

static const tapir_part hash_parts[] = {
    TAPIR_PART("ipv6.opt.smf_dpd.hash_bit", 0x80, "A hash assist value follows", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part tagger_parts[] = {
    TAPIR_PART("ipv6.opt.smf_dpd.tid_type", 0x70, "Kind of the tagger's identifier", NULL),
    TAPIR_PART("ipv6.opt.smf_dpd.tid_len", 0x0f, "Its length less one", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field smf_dpd_fields[] = {HEAD,
    OPTION(as.smf_dpd.tagger, "ipv6.opt.smf_dpd.hash", TAPIR_UINT, 0, "Hash bit",
        .parts = hash_parts, .nameless = true),
    OPTION(as.smf_dpd.tagger, "ipv6.opt.smf_dpd.tagger", TAPIR_UINT, 0,
        "Type and length of the tagger's identifier", .parts = tagger_parts, .nameless = true,
        .when = has_no_hash),
    OPTION(as.smf_dpd.tagger_id, "ipv6.opt.smf_dpd.tagger_id", TAPIR_SPAN, 0, "Tagger"),
    OPTION(
        as.smf_dpd.identifier, "ipv6.opt.smf_dpd.ident", TAPIR_SPAN, 0, "Identifier of the packet"),
    OPTION(as.smf_dpd.hash, "ipv6.opt.smf_dpd.hav", TAPIR_SPAN, 0, "Hash assist value")};

static const tapir_field pdm_fields[] = {HEAD,
    OPTION(as.pdm.scale_received, "ipv6.opt.pdm.scale_dtlr", TAPIR_UINT, 8,
        "Scale of the time since the last packet received"),
    OPTION(as.pdm.scale_sent, "ipv6.opt.pdm.scale_dtls", TAPIR_UINT, 8,
        "Scale of the time since the last packet sent"),
    OPTION(as.pdm.sequence, "ipv6.opt.pdm.psn_this_pkt", TAPIR_UINT, 16,
        "Sequence number of this packet"),
    OPTION(as.pdm.last_sequence, "ipv6.opt.pdm.psn_last_recv", TAPIR_UINT, 16,
        "Sequence number of the last packet received"),
    OPTION(as.pdm.delta_received, "ipv6.opt.pdm.delta_last_recv", TAPIR_UINT, 16,
        "Time since the last packet received"),
    OPTION(as.pdm.delta_sent, "ipv6.opt.pdm.delta_last_sent", TAPIR_UINT, 16,
        "Time since the last packet sent"),
    REST};

static const tapir_part marking_parts[] = {
    TAPIR_PART("ipv6.opt.altmark.flow", 0xfffff000, "Flow monitoring identifier", NULL),
    TAPIR_PART("ipv6.opt.altmark.loss", 0x00000800, "Loss bit", NULL),
    TAPIR_PART("ipv6.opt.altmark.delay", 0x00000400, "Delay bit", NULL),
    TAPIR_PART("ipv6.opt.altmark.reserved", 0x000003ff, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field marking_fields[] = {HEAD,
    OPTION(as.marking.flow, "ipv6.opt.altmark", TAPIR_UINT, 32, "Flow and marks",
        .parts = marking_parts, .nameless = true),
    REST};

static const tapir_part rpl_parts[] = {
    TAPIR_PART("ipv6.opt.rpl.flag.o", 0x80, "Goes down", NULL),
    TAPIR_PART("ipv6.opt.rpl.flag.r", 0x40, "Rank error", NULL),
    TAPIR_PART("ipv6.opt.rpl.flag.f", 0x20, "Forwarding error", NULL),
    TAPIR_PART("ipv6.opt.rpl.flag.rsv", 0x1f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field rpl_fields[] = {HEAD,
    OPTION(as.rpl.flags, "ipv6.opt.rpl.flag", TAPIR_UINT, 8, "Flags", .base = TAPIR_HEX,
        .parts = rpl_parts),
    OPTION(as.rpl.instance, "ipv6.opt.rpl.instance_id", TAPIR_UINT, 8, "RPL instance",
        .base = TAPIR_HEX),
    OPTION(as.rpl.rank, "ipv6.opt.rpl.sender_rank", TAPIR_UINT, 16, "Rank of the sender",
        .base = TAPIR_HEX),
    REST};

static bool is_rate_request(const void *item)
{
    return ((const struct tapir_ipv6_option *)item)->as.quick_start.function >> 4 == 0;
}

static bool is_rate_report(const void *item)
{
    return ((const struct tapir_ipv6_option *)item)->as.quick_start.function >> 4 == 8;
}

static const tapir_label quick_start_functions[] = {
    {0, "Rate request"}, {8, "Rate report"}, {0, NULL}};
static bool is_quick_start(const void *item)
{
    return is_rate_request(item) || is_rate_report(item);
}

static const tapir_part function_parts[] = {
    TAPIR_PART("ipv6.opt.qs_func", 0xf0, "Function", quick_start_functions),
    TAPIR_PARTS_END,
};
static const tapir_part rate_parts[] = {
    TAPIR_PART("ipv6.opt.qs_rate", 0x0f, "Rate, 40000 * 2^rate bits per second", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part nonce_parts[] = {
    TAPIR_PART("ipv6.opt.qs_nonce", 0xfffffffc, "Nonce", NULL),
    TAPIR_PART("ipv6.opt.qs_reserved", 0x00000003, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field quick_start_fields[] = {HEAD,
    OPTION(as.quick_start.function, "ipv6.opt.qs.function", TAPIR_UINT, 8, "Function and rate",
        .parts = function_parts, .nameless = true),
    OPTION(as.quick_start.function, "ipv6.opt.qs.rate", TAPIR_UINT, 0, "Rate", .parts = rate_parts,
        .nameless = true, .when = is_quick_start),
    OPTION(as.quick_start.ttl, "ipv6.opt.qs_ttl", TAPIR_UINT, 8,
        "Counts down with the hop limit, where routers know this option", .when = is_rate_request),
    OPTION(as.quick_start.ttl, "ipv6.opt.qs_unused", TAPIR_UINT, 0, "Not used",
        .when = is_rate_report),
    OPTION(as.quick_start.nonce, "ipv6.opt.qs.nonce", TAPIR_UINT, 32, "Nonce and reserved bits",
        .parts = nonce_parts, .nameless = true, .when = is_quick_start),
    REST};

static const tapir_field path_mtu_fields[] = {HEAD,
    OPTION(as.path_mtu.minimum, "ipv6.opt.pmtu.min", TAPIR_UINT, 0, "Least MTU on the way"),
    OPTION(as.path_mtu.returned, "ipv6.opt.pmtu.rtn", TAPIR_UINT, 0,
        "Least MTU on the way back, as the receiver saw it"),
    OPTION(as.path_mtu.wants_return, "ipv6.opt.pmtu.r_flag", TAPIR_FLAG, 0,
        "The receiver should report what it saw"),
    REST};

static const tapir_part mpl_parts[] = {
    TAPIR_PART("ipv6.opt.mpl.flag.s", 0xc0, "Length of the seed, 0, 2, 8 or 16 bytes", NULL),
    TAPIR_PART("ipv6.opt.mpl.flag.m", 0x20, "The largest sequence number so far", NULL),
    TAPIR_PART("ipv6.opt.mpl.flag.v", 0x10, "Must be 0", NULL),
    TAPIR_PART("ipv6.opt.mpl.flag.rsv", 0x0f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field mpl_fields[] = {HEAD,
    OPTION(as.mpl.flags, "ipv6.opt.mpl.flag", TAPIR_UINT, 8, "Flags", .base = TAPIR_HEX,
        .parts = mpl_parts),
    OPTION(as.mpl.sequence, "ipv6.opt.mpl.sequence", TAPIR_UINT, 8, "Sequence number",
        .base = TAPIR_HEX),
    OPTION(as.mpl.seed, "ipv6.opt.mpl.seed_id", TAPIR_SPAN, 0, "Seed; the source when absent"),
    REST};

static const tapir_field nonce_fields[] = {
    HEAD, OPTION(data, "ipv6.opt.ilnp_nonce", TAPIR_SPAN, 0, "Nonce of the session")};
static const tapir_field line_fields[] = {HEAD,
    OPTION(as.line.length, "ipv6.opt.lio.length", TAPIR_UINT, 8, "Length of the identifier"),
    OPTION(as.line.id, "ipv6.opt.lio.line_id", TAPIR_STRING, 0, "The subscriber's line"), REST};

static const tapir_part dff_parts[] = {
    TAPIR_PART("ipv6.opt.dff.flag.ver", 0xc0, "Version", NULL),
    TAPIR_PART("ipv6.opt.dff.flag.dup", 0x20, "Sent again", NULL),
    TAPIR_PART("ipv6.opt.dff.flag.ret", 0x10, "Sent back to the previous hop", NULL),
    TAPIR_PART("ipv6.opt.dff.flag.rsv", 0x0f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field dff_fields[] = {HEAD,
    OPTION(as.dff.flags, "ipv6.opt.dff.flags", TAPIR_UINT, 8, "Flags", .base = TAPIR_HEX,
        .parts = dff_parts),
    OPTION(as.dff.sequence, "ipv6.opt.dff.sequence_number", TAPIR_UINT, 16, "Sequence number"),
    REST};

/* IOAM (RFC 9197, RFC 9486). */

#define NODE(member, name, kind, about, mask, ...)                                                 \
    TAPIR_FIELD(tapir_ipv6_ioam_node, member, "ipv6.opt.ioam.trace.node." name, kind, 0, about,    \
        TAPIR_IF(tapir_ipv6_ioam_node, present, mask), __VA_ARGS__)
static const tapir_field node_fields[] = {
    NODE(hop_limit, "hlim", TAPIR_UINT, "Hop limit", TAPIR_IOAM_HOP_NODE, .base = TAPIR_DECIMAL),
    NODE(id, "id", TAPIR_UINT, "Node", TAPIR_IOAM_HOP_NODE, .base = TAPIR_HEX),
    NODE(ingress, "iif", TAPIR_UINT, "Interface in", TAPIR_IOAM_INTERFACES, .base = TAPIR_HEX),
    NODE(egress, "eif", TAPIR_UINT, "Interface out", TAPIR_IOAM_INTERFACES, .base = TAPIR_HEX),
    NODE(seconds, "tss", TAPIR_UINT, "Time, seconds", TAPIR_IOAM_SECONDS, .base = TAPIR_HEX),
    NODE(fraction, "tsf", TAPIR_UINT, "Time, fraction", TAPIR_IOAM_FRACTION, .base = TAPIR_HEX),
    NODE(delay, "trdelay", TAPIR_UINT, "Time in the node", TAPIR_IOAM_DELAY, .base = TAPIR_HEX),
    NODE(space_data, "nsdata", TAPIR_UINT, "Data of the namespace", TAPIR_IOAM_NAMESPACE,
        .base = TAPIR_HEX),
    NODE(queue, "qdepth", TAPIR_UINT, "Depth of the queue", TAPIR_IOAM_QUEUE, .base = TAPIR_HEX),
    NODE(checksum, "csum", TAPIR_UINT, "Checksum complement", TAPIR_IOAM_CHECKSUM,
        .base = TAPIR_HEX),
    NODE(hop_limit_wide, "hlim", TAPIR_UINT, "Hop limit", TAPIR_IOAM_HOP_NODE_WIDE,
        .base = TAPIR_DECIMAL),
    NODE(id_wide, "id_wide", TAPIR_UINT, "Node, wide", TAPIR_IOAM_HOP_NODE_WIDE, .base = TAPIR_HEX),
    NODE(ingress_wide, "iif_wide", TAPIR_UINT, "Interface in, wide", TAPIR_IOAM_INTERFACES_WIDE,
        .base = TAPIR_HEX),
    NODE(egress_wide, "eif_wide", TAPIR_UINT, "Interface out, wide", TAPIR_IOAM_INTERFACES_WIDE,
        .base = TAPIR_HEX),
    NODE(space_data_wide, "nsdata_wide", TAPIR_UINT, "Data of the namespace, wide",
        TAPIR_IOAM_NAMESPACE_WIDE, .base = TAPIR_HEX),
    NODE(buffer, "bufoccup", TAPIR_UINT, "Occupancy of the buffer", TAPIR_IOAM_BUFFER,
        .base = TAPIR_HEX),
    NODE(undefined, "undefined", TAPIR_SPAN, "Data of undefined bits", TAPIR_IOAM_UNDEFINED,
        .base = TAPIR_HEX),
    NODE(snapshot_words, "oss.len", TAPIR_UINT, "Length of the snapshot in words",
        TAPIR_IOAM_SNAPSHOT, .base = TAPIR_DECIMAL),
    NODE(schema, "oss.scid", TAPIR_UINT, "Schema of the snapshot", TAPIR_IOAM_SNAPSHOT,
        .base = TAPIR_HEX),
    NODE(snapshot, "oss.data", TAPIR_SPAN, "Snapshot", TAPIR_IOAM_SNAPSHOT, .base = TAPIR_HEX),
};
static const tapir_record node_record = TAPIR_RECORD("Node", node_fields);
static const tapir_record *const node_records[] = {&node_record};

static const tapir_record *node_next(tapir_walk *walk, void *item)
{
    const struct tapir_ipv6_option *option = walk->outer;
    struct tapir_ipv6_ioam_node *node = item;
    tapir_reader *r = &walk->in;
    const uint32_t type = option->as.ioam.trace_type;

    memset(node, 0, sizeof *node);
    node->present = type;
    if (type & TAPIR_IOAM_HOP_NODE) {
        node->hop_limit = tapir_take_u8(r);
        node->id = tapir_take_be24(r);
    }
    if (type & TAPIR_IOAM_INTERFACES) {
        node->ingress = tapir_take_be16(r);
        node->egress = tapir_take_be16(r);
    }
    node->seconds = type & TAPIR_IOAM_SECONDS ? tapir_take_be32(r) : 0;
    node->fraction = type & TAPIR_IOAM_FRACTION ? tapir_take_be32(r) : 0;
    node->delay = type & TAPIR_IOAM_DELAY ? tapir_take_be32(r) : 0;
    node->space_data = type & TAPIR_IOAM_NAMESPACE ? tapir_take_be32(r) : 0;
    node->queue = type & TAPIR_IOAM_QUEUE ? tapir_take_be32(r) : 0;
    node->checksum = type & TAPIR_IOAM_CHECKSUM ? tapir_take_be32(r) : 0;
    if (type & TAPIR_IOAM_HOP_NODE_WIDE) {
        node->hop_limit_wide = tapir_take_u8(r);
        node->id_wide = (uint64_t)tapir_take_be24(r) << 32;
        node->id_wide |= tapir_take_be32(r);
    }
    if (type & TAPIR_IOAM_INTERFACES_WIDE) {
        node->ingress_wide = tapir_take_be32(r);
        node->egress_wide = tapir_take_be32(r);
    }
    node->space_data_wide = type & TAPIR_IOAM_NAMESPACE_WIDE ? tapir_take_be64(r) : 0;
    node->buffer = type & TAPIR_IOAM_BUFFER ? tapir_take_be32(r) : 0;
    node->undefined =
        tapir_take_span(r, 4u * (unsigned)__builtin_popcount(type & TAPIR_IOAM_UNDEFINED));
    if (type & TAPIR_IOAM_SNAPSHOT) {
        node->snapshot_words = tapir_take_u8(r);
        node->schema = tapir_take_be24(r);
        node->snapshot = tapir_take_span(r, node->snapshot_words * 4u);
    }
    return r->failed ? NULL : &node_record;
}

static const tapir_list node_list = {
    sizeof(struct tapir_ipv6_ioam_node), node_next, node_records, TAPIR_COUNT(node_records)};

tapir_walk tapir_ipv6_ioam_nodes(const struct tapir_ipv6_option *option)
{
    return tapir_walk_of(&node_list, option->as.ioam.nodes, option);
}

/* Words one node takes, the snapshot not counted: what the trace's node length must be. */
static unsigned node_words(uint32_t type)
{
    const uint32_t wide =
        TAPIR_IOAM_HOP_NODE_WIDE | TAPIR_IOAM_INTERFACES_WIDE | TAPIR_IOAM_NAMESPACE_WIDE;

    return (unsigned)(__builtin_popcount(type & ~(TAPIR_IOAM_SNAPSHOT | 1u)) +
                      __builtin_popcount(type & wide));
}

static const tapir_part ioam_flag_parts[] = {
    TAPIR_PART("ipv6.opt.ioam.trace.flag.o", 0x8, "A node found no room", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.flag.l", 0x4, "Send a copy back", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.flag.a", 0x2, "A packet made to measure", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.flag.rsv", 0x1, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part trace_type_parts[] = {
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit0", TAPIR_IOAM_HOP_NODE, "Hop limit and node", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit1", TAPIR_IOAM_INTERFACES, "Interfaces", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit2", TAPIR_IOAM_SECONDS, "Time, seconds", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit3", TAPIR_IOAM_FRACTION, "Time, fraction", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit4", TAPIR_IOAM_DELAY, "Time in the node", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit5", TAPIR_IOAM_NAMESPACE, "Namespace data", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit6", TAPIR_IOAM_QUEUE, "Depth of the queue", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit7", TAPIR_IOAM_CHECKSUM, "Checksum complement", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit8", TAPIR_IOAM_HOP_NODE_WIDE,
        "Hop limit and node, wide", NULL),
    TAPIR_PART(
        "ipv6.opt.ioam.trace.type.bit9", TAPIR_IOAM_INTERFACES_WIDE, "Interfaces, wide", NULL),
    TAPIR_PART(
        "ipv6.opt.ioam.trace.type.bit10", TAPIR_IOAM_NAMESPACE_WIDE, "Namespace data, wide", NULL),
    TAPIR_PART(
        "ipv6.opt.ioam.trace.type.bit11", TAPIR_IOAM_BUFFER, "Occupancy of the buffer", NULL),
    TAPIR_PART_ANY("ipv6.opt.ioam.trace.type.undef", TAPIR_IOAM_UNDEFINED, "Undefined"),
    TAPIR_PART("ipv6.opt.ioam.trace.type.bit22", TAPIR_IOAM_SNAPSHOT, "Snapshot", NULL),
    TAPIR_PART("ipv6.opt.ioam.trace.type.rsv", 0x1, "Reserved", NULL),
    TAPIR_PARTS_END,
};

#define TRACE(member, name, kind, bits, ...)                                                       \
    OPTION(as.ioam.member, "ipv6.opt.ioam.trace." name, kind, bits, __VA_ARGS__)
static const tapir_field ioam_fields[] = {HEAD,
    OPTION(as.ioam.reserved, "ipv6.opt.ioam.rsv", TAPIR_UINT, 8, "Reserved"),
    OPTION(as.ioam.type, "ipv6.opt.ioam.opt_type", TAPIR_UINT, 8, "What is recorded",
        .labels = ioam_types),
    REST};
static const tapir_field trace_fields[] = {HEAD,
    OPTION(as.ioam.reserved, "ipv6.opt.ioam.rsv", TAPIR_UINT, 8, "Reserved"),
    OPTION(as.ioam.type, "ipv6.opt.ioam.opt_type", TAPIR_UINT, 8, "What is recorded",
        .labels = ioam_types),
    TRACE(space, "ns", TAPIR_UINT, 16, "Namespace"),
    TRACE(node_words, "nodelen", TAPIR_UINT, 5, "Length of a node's data in words"),
    TRACE(flags, "flags", TAPIR_UINT, 4, "Flags", .base = TAPIR_HEX, .parts = ioam_flag_parts),
    TRACE(remaining_words, "remlen", TAPIR_UINT, 7, "Words still free"),
    TRACE(trace_type, "type", TAPIR_UINT, 24, "What each node records", .base = TAPIR_HEX,
        .parts = trace_type_parts),
    TRACE(trace_reserved, "rsv", TAPIR_UINT, 8, "Reserved"),
    TRACE(free_space, "free_space", TAPIR_SPAN, 0, "Room for more nodes"),
    TRACE(nodes, "nodes", TAPIR_LIST, 0, "What the nodes recorded", .list = &node_list), REST};

/* Which record, by type. */

#define RECORD(name, title)                                                                        \
    static const tapir_record name##_record = TAPIR_RECORD(title, name##_fields)
RECORD(pad1, "Pad1");
RECORD(padn, "PadN");
RECORD(unknown, "Unknown option");
RECORD(experimental, "Experimental option");
RECORD(type, "Option cut short");
RECORD(head, "Option cut short");
RECORD(short, "Option too short for its type");
RECORD(tunnel_limit, "Tunnel encapsulation limit");
RECORD(router_alert, "Router alert");
RECORD(jumbo, "Jumbo payload");
RECORD(home_address, "Home address");
RECORD(tpf, "Tunnel payload forwarding");
RECORD(calipso, "CALIPSO");
RECORD(smf_dpd, "SMF duplicate detection");
RECORD(pdm, "Performance and diagnostic metrics");
RECORD(marking, "Alternate marking");
RECORD(rpl, "RPL");
RECORD(quick_start, "Quick-Start");
RECORD(path_mtu, "Minimum path MTU");
RECORD(mpl, "MPL");
RECORD(nonce, "ILNP nonce");
RECORD(line, "Line identification");
RECORD(dff, "DFF");
RECORD(ioam, "IOAM");
RECORD(trace, "IOAM trace");

static const tapir_record *const option_records[] = {&pad1_record, &padn_record, &unknown_record,
    &experimental_record, &type_record, &head_record, &short_record, &tunnel_limit_record,
    &router_alert_record, &jumbo_record, &home_address_record, &tpf_record, &calipso_record,
    &smf_dpd_record, &pdm_record, &marking_record, &rpl_record, &quick_start_record,
    &path_mtu_record, &mpl_record, &nonce_record, &line_record, &dff_record, &ioam_record,
    &trace_record};

static void take_smf_dpd(struct tapir_ipv6_option *option, tapir_reader *r)
{
    /* RFC 6621 6.1.1: with the hash bit, the first octet is part of the hash. */
    option->as.smf_dpd.tagger = *r->at;
    if (has_hash(option)) {
        option->as.smf_dpd.hash = tapir_take_rest(r);
        return;
    }
    tapir_take_u8(r);
    if (option->as.smf_dpd.tagger & 0x70)
        option->as.smf_dpd.tagger_id = tapir_take_span(r, (option->as.smf_dpd.tagger & 0x0fu) + 1);
    option->as.smf_dpd.identifier = tapir_take_rest(r);
}

static void take_path_mtu(struct tapir_ipv6_option *option, tapir_reader *r)
{
    uint16_t returned;

    option->as.path_mtu.minimum = tapir_take_be16(r);
    returned = tapir_take_be16(r);
    option->as.path_mtu.returned = returned & 0xfffe;
    option->as.path_mtu.wants_return = returned & 1;
}

static const tapir_record *take_ioam(struct tapir_ipv6_option *option, tapir_reader *r)
{
    size_t free_len;

    if (tapir_left(r) < 2 || r->at[1] > TAPIR_IOAM_INCREMENTAL) {
        tapir__take_record(r, &ioam_record, option);
        return &ioam_record;
    }
    tapir__take_record(r, &trace_record, option);
    /* Lengths that contradict each other leave nothing to be told apart (RFC 9197 4.4.1). */
    if (option->as.ioam.node_words != node_words(option->as.ioam.trace_type))
        return &trace_record;
    free_len = option->as.ioam.remaining_words * (size_t)4;
    if (free_len > tapir_left(r))
        return &trace_record;
    option->as.ioam.free_space = tapir_take_span(r, free_len);
    option->as.ioam.nodes = tapir_take_rest(r);
    return &trace_record;
}

static const struct {
    uint8_t type;
    const tapir_record *record;
} plain_options[] = {
    {TAPIR_IPV6_TUNNEL_LIMIT, &tunnel_limit_record},
    {TAPIR_IPV6_ROUTER_ALERT, &router_alert_record},
    {TAPIR_IPV6_CALIPSO, &calipso_record},
    {TAPIR_IPV6_PDM, &pdm_record},
    {TAPIR_IPV6_ALTERNATE_MARKING, &marking_record},
    {TAPIR_IPV6_RPL, &rpl_record},
    {TAPIR_IPV6_QUICK_START, &quick_start_record},
    {TAPIR_IPV6_TPF, &tpf_record},
    {TAPIR_IPV6_RPL_OLD, &rpl_record},
    {TAPIR_IPV6_MPL, &mpl_record},
    {TAPIR_IPV6_LINE_ID, &line_record},
    {TAPIR_IPV6_JUMBO, &jumbo_record},
    {TAPIR_IPV6_HOME_ADDRESS, &home_address_record},
    {TAPIR_IPV6_DFF, &dff_record},
};

/* Options with a fixed part, and for some of them a variable one. */
static const tapir_record *take_plain(struct tapir_ipv6_option *option, tapir_reader *r)
{
    static const uint8_t seed_lens[] = {0, 2, 8, 16};
    const tapir_record *record = &unknown_record;

    for (size_t i = 0; i < TAPIR_COUNT(plain_options); i++)
        if (plain_options[i].type == option->type)
            record = plain_options[i].record;
    if (record == &unknown_record) {
        /* RFC 4727: types whose last five bits are 11110. */
        return (option->type & 0x1f) == 0x1e ? &experimental_record : record;
    }
    tapir__take_record(r, record, option);
    if (record == &calipso_record)
        option->as.calipso.bitmap = tapir_take_span(r, option->as.calipso.words * 4u);
    else if (record == &quick_start_record && !is_quick_start(option))
        *r = tapir_reader_of(option->data);
    else if (record == &mpl_record)
        option->as.mpl.seed = tapir_take_span(r, seed_lens[option->as.mpl.flags >> 6]);
    else if (record == &line_record)
        option->as.line.id = tapir_take_span(r, option->as.line.length);
    return record;
}

static const tapir_record *take_data(struct tapir_ipv6_option *option, tapir_reader *r)
{
    switch (option->type) {
    case TAPIR_IPV6_PADN:
        return &padn_record;
    case TAPIR_IPV6_ILNP_NONCE:
        return &nonce_record;
    case TAPIR_IPV6_SMF_DPD:
        if (tapir_left(r) == 0)
            return &short_record;
        take_smf_dpd(option, r);
        return &smf_dpd_record;
    case TAPIR_IPV6_MINIMUM_PATH_MTU:
        take_path_mtu(option, r);
        return &path_mtu_record;
    case TAPIR_IPV6_IOAM:
    case TAPIR_IPV6_IOAM_CHANGING:
        return take_ioam(option, r);
    default:
        return take_plain(option, r);
    }
}

static const tapir_record *option_next(tapir_walk *walk, void *item)
{
    struct tapir_ipv6_option *option = item;
    const tapir_record *record;
    tapir_reader r;

    memset(option, 0, sizeof *option);
    option->type = tapir_take_u8(&walk->in);
    if (option->type == TAPIR_IPV6_PAD1)
        return &pad1_record;
    option->length = tapir_take_u8(&walk->in);
    if (walk->in.failed)
        return &type_record;
    option->data = tapir__take_most(&walk->in, option->length);
    if (walk->in.failed)
        return &head_record;
    r = tapir_reader_of(option->data);
    record = take_data(option, &r);
    if (r.failed)
        return &short_record;
    option->rest = tapir_rest(&r);
    return record;
}

const tapir_list tapir__ipv6_option_list = {sizeof(struct tapir_ipv6_option), option_next,
    option_records, TAPIR_COUNT(option_records), tapir__ipv6_makers, TAPIR__IPV6_MAKER_COUNT};

tapir_walk tapir_ipv6_options(tapir_span options)
{
    return tapir_walk_of(&tapir__ipv6_option_list, options, NULL);
}

const uint8_t *tapir__find_ipv6_jumbo(tapir_span options)
{
    tapir_walk walk = tapir_ipv6_options(options);
    struct tapir_ipv6_option option;

    while (tapir_walk_next(&walk, &option) && !walk.in.failed)
        if (option.type == TAPIR_IPV6_JUMBO && option.length >= 4)
            return walk.in.at - option.length;
    return NULL;
}

/* Puts padding of `len` bytes: one option, whichever of the two fits (RFC 8200 4.2). */
static void put_padding(tapir_writer *w, size_t len)
{
    if (len > 1) {
        tapir_put_be(w, 1, TAPIR_IPV6_PADN);
        tapir_put_be(w, 1, len - 2);
        len -= 2;
    }
    tapir_put_zeroes(w, len);
}

tapir_status tapir__encode_ipv6_options(tapir_encoder *e, const char *name, const char *length_name,
    uint8_t next_header, uint8_t length, tapir_span options)
{
    size_t padding = tapir_fill_padding(e, 2 + options.len, 8), len = 2 + options.len + padding;
    uint32_t key = next_header;
    tapir_status status = tapir_require_outside(e, TAPIR_ROLE_NETWORK, &tapir_ipv6_proto, name);

    if (status == TAPIR_OK)
        status = tapir_fill_key(e, TAPIR_IP_PROTOCOL, name, &key);
    if (status == TAPIR_OK)
        status = tapir_check_units(e, length_name, len, 8);
    if (status != TAPIR_OK)
        return status;
    if (e->fill & TAPIR_LENGTHS && len > 8 * 256)
        return tapir_refuse(e, TAPIR_TOO_WIDE, length_name,
            "%zu bytes of options do not fit, 2046 are the most", options.len);
    tapir_open_header(e, len);
    tapir_put_be(&e->out, 1, key);
    tapir_put_be(&e->out, 1, e->fill & TAPIR_LENGTHS ? len / 8 - 1 : length);
    tapir_put_span(&e->out, options);
    put_padding(&e->out, padding);
    return TAPIR_OK;
}
