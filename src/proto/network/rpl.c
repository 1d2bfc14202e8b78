/* Control messages of the routing protocol for low-power and lossy networks (RFC 6550 6). */
#include "tapir/proto/rpl.h"

#include "../record.h"
#include "icmp_shared.h"
#include "tapir/proto/icmpv6.h"

static const tapir_label option_types[] = {
    {TAPIR_RPL_PAD1, "One byte of padding"},
    {TAPIR_RPL_PADN, "Padding"},
    {TAPIR_RPL_METRICS, "DAG metric container"},
    {TAPIR_RPL_ROUTE, "Route information"},
    {TAPIR_RPL_CONFIGURATION, "DODAG configuration"},
    {TAPIR_RPL_TARGET, "RPL target"},
    {TAPIR_RPL_TRANSIT, "Transit information"},
    {TAPIR_RPL_SOLICITED, "Solicited information"},
    {TAPIR_RPL_PREFIX, "Prefix information"},
    {TAPIR_RPL_TARGET_DESCRIPTOR, "RPL target descriptor"},
    {TAPIR_RPL_ROUTE_DISCOVERY, "P2P route discovery"},
    {0, NULL},
};
static const tapir_label metric_types[] = {
    {TAPIR_RPL_NODE_STATE, "Node state and attributes"},
    {TAPIR_RPL_NODE_ENERGY, "Node energy"},
    {TAPIR_RPL_HOP_COUNT, "Hop count"},
    {TAPIR_RPL_LINK_THROUGHPUT, "Link throughput"},
    {TAPIR_RPL_LINK_LATENCY, "Link latency"},
    {TAPIR_RPL_LINK_QUALITY, "Link quality level"},
    {TAPIR_RPL_LINK_ETX, "Link ETX"},
    {TAPIR_RPL_LINK_COLOR, "Link color"},
    {0, NULL},
};
static const tapir_label modes_of_operation[] = {
    {0, "No downward routes"},
    {1, "Non-storing mode"},
    {2, "Storing mode without multicast"},
    {3, "Storing mode with multicast"},
    {4, "P2P route discovery"},
    {0, NULL},
};
static const tapir_label algorithms[] = {{0, "CCM with AES-128, RSA with SHA-256"}, {0, NULL}};
static const tapir_label objectives[] = {
    {0, "Objective function zero"}, {1, "Minimum rank with hysteresis"}, {0, NULL}};
static const tapir_label preferences[] = {
    {0, "Medium"}, {1, "High"}, {2, "Reserved"}, {3, "Low"}, {0, NULL}};

static const tapir_part security_parts[] = {
    TAPIR_PART("icmpv6.rpl.secure.flag.t", 0x80, "The counter is a time", NULL),
    TAPIR_PART("icmpv6.rpl.secure.flag.rsv", 0x7f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part key_parts[] = {
    TAPIR_PART("icmpv6.rpl.secure.kim", 0xc0, "Mode of the key", NULL),
    TAPIR_PART("icmpv6.rpl.secure.rsv", 0x38, "Reserved", NULL),
    TAPIR_PART("icmpv6.rpl.secure.lvl", 0x07, "Level of security", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part dio_parts[] = {
    TAPIR_PART("icmpv6.rpl.dio.flag.g", 0x80, "Grounded", NULL),
    TAPIR_PART("icmpv6.rpl.dio.flag.0", 0x40, "Zero", NULL),
    TAPIR_PART("icmpv6.rpl.dio.flag.mop", 0x38, "Mode of operation", modes_of_operation),
    TAPIR_PART("icmpv6.rpl.dio.flag.preference", 0x07, "Preference of the DODAG", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part dao_parts[] = {
    TAPIR_PART("icmpv6.rpl.dao.flag.k", 0x80, "Acknowledgment wanted", NULL),
    TAPIR_PART("icmpv6.rpl.dao.flag.d", 0x40, "DODAG identifier present", NULL),
    TAPIR_PART("icmpv6.rpl.dao.flag.rsv", 0x3f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part dao_ack_parts[] = {
    TAPIR_PART("icmpv6.rpl.daoack.flag.d", 0x80, "DODAG identifier present", NULL),
    TAPIR_PART("icmpv6.rpl.daoack.flag.rsv", 0x7f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part dro_parts[] = {
    TAPIR_PART("icmpv6.rpl.p2p.dro.flag.stop", 0x8000, "Stop the discovery", NULL),
    TAPIR_PART("icmpv6.rpl.p2p.dro.flag.ack", 0x4000, "Acknowledgment wanted", NULL),
    TAPIR_PART("icmpv6.rpl.p2p.dro.flag.seq", 0x3000, "Sequence number", NULL),
    TAPIR_PART("icmpv6.rpl.p2p.dro.flag.reserved", 0x0fff, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part dro_ack_parts[] = {
    TAPIR_PART("icmpv6.rpl.p2p.droack.flag.seq", 0xc000, "Sequence number", NULL),
    TAPIR_PART("icmpv6.rpl.p2p.droack.flag.reserved", 0x3fff, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part cc_parts[] = {
    TAPIR_PART("icmpv6.rpl.cc.flag.r", 0x80, "Response", NULL),
    TAPIR_PART("icmpv6.rpl.cc.flag.rsv", 0x7f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part route_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.route.pref", 0x18, "Preference", preferences),
    TAPIR_PART("icmpv6.rpl.opt.route.reserved", 0xe7, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part configuration_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.config.reserved", 0xf0, "Reserved", NULL),
    TAPIR_PART("icmpv6.rpl.opt.config.auth", 0x08, "Authentication enabled", NULL),
    TAPIR_PART("icmpv6.rpl.opt.config.pcs", 0x07, "Path control size", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part transit_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.transit.flag.e", 0x80, "The parent is external", NULL),
    TAPIR_PART("icmpv6.rpl.opt.transit.flag.rsv", 0x7f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part solicited_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.solicited.flag.v", 0x80, "The version counts", NULL),
    TAPIR_PART("icmpv6.rpl.opt.solicited.flag.i", 0x40, "The instance counts", NULL),
    TAPIR_PART("icmpv6.rpl.opt.solicited.flag.d", 0x20, "The DODAG identifier counts", NULL),
    TAPIR_PART("icmpv6.rpl.opt.solicited.flag.rsv", 0x1f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part prefix_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.prefix.flag.l", 0x80, "On-link", NULL),
    TAPIR_PART("icmpv6.rpl.opt.config.flag.a", 0x40, "Autonomous address configuration", NULL),
    TAPIR_PART("icmpv6.rpl.opt.config.flag.r", 0x20, "The prefix is a router's address", NULL),
    TAPIR_PART("icmpv6.rpl.opt.config.flag.rsv", 0x1f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part metric_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.metric.reserved", 0xf800, "Reserved", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.flag.p", 0x0400, "Not every node could record it", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.flag.c", 0x0200, "A constraint, not a metric", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.flag.o", 0x0100, "The constraint is optional", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.flag.r", 0x0080, "Recorded along the path", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.flag.a", 0x0070, "How the metric aggregates", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.prec", 0x000f, "Precedence, 0 is highest", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part node_state_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.metric.nsa.object.reserved", 0xff00, "Reserved", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.nsa.object.flags", 0x00fc, "Flags", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.nsa.object.flag.a", 0x0002, "Aggregates traffic", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.nsa.object.flag.o", 0x0001, "Overloaded", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part energy_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.metric.ne.object.flags", 0xf000, "Flags", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.ne.object.flag.i", 0x0800, "Nodes to include", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.ne.object.type", 0x0600, "Kind of power supply", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.ne.object.flag.e", 0x0100, "The estimate is there", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.ne.object.energy", 0x00ff, "Estimated energy", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part hop_count_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.metric.hp.object.reserved", 0xf000, "Reserved", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.hp.object.flags", 0x0f00, "Flags", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.hp.object.hp", 0x00ff, "Hops", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part quality_parts[] = {
    TAPIR_PART("icmpv6.rpl.opt.metric.lql.object.val", 0xe0, "Level, 1 is best", NULL),
    TAPIR_PART("icmpv6.rpl.opt.metric.lql.object.counter", 0x1f, "Links of that level", NULL),
    TAPIR_PARTS_END,
};

/* Values of metrics (RFC 6551 3 and 4). */

struct value {
    uint32_t number;
    uint16_t color;
    uint8_t counter, reserved;
    bool include;
    uint8_t type, length; /* of a TLV behind the node state */
    tapir_span data;
};

#define NUMBER(name, bits, ...)                                                                    \
    {                                                                                              \
        TAPIR_FIELD(value, number, "icmpv6.rpl.opt.metric." name, TAPIR_UINT, bits, __VA_ARGS__)   \
    }
static const tapir_field node_state_fields[] =
    NUMBER("nsa.object", 16, "State and attributes", .base = TAPIR_HEX, .parts = node_state_parts);
static const tapir_field tlv_fields[] = {
    TAPIR_FIELD(value, type, "icmpv6.rpl.opt.metric.nsa.object.opttlv.object", TAPIR_UINT, 0,
        "Optional TLV, by its type"),
    TAPIR_FIELD(
        value, type, "icmpv6.rpl.opt.metric.nsa.object.opttlv.object.type", TAPIR_UINT, 8, "Type"),
    TAPIR_FIELD(value, length, "icmpv6.rpl.opt.metric.nsa.object.opttlv.object.length", TAPIR_UINT,
        8, "Bytes of data"),
    TAPIR_FIELD(
        value, data, "icmpv6.rpl.opt.metric.nsa.object.opttlv.object.data", TAPIR_SPAN, 0, "Data"),
};
static const tapir_field energy_fields[] =
    NUMBER("ne.object", 16, "Energy of a node", .base = TAPIR_HEX, .parts = energy_parts);
static const tapir_field hop_count_fields[] =
    NUMBER("hp.object", 16, "Hops travelled", .base = TAPIR_HEX, .parts = hop_count_parts);
static const tapir_field throughput_fields[] =
    NUMBER("lt.object.lt", 32, "Bytes per second of the link");
static const tapir_field latency_fields[] = NUMBER("ll.object.ll", 32, "Microseconds on the link");
static const tapir_field quality_fields[] =
    NUMBER("lql.object", 8, "Links of a level", .base = TAPIR_HEX, .parts = quality_parts);
static const tapir_field etx_fields[] =
    NUMBER("etx.object.etx", 16, "Expected transmissions times 128");
static const tapir_field color_fields[] = {
    TAPIR_FIELD(value, color, "icmpv6.rpl.opt.metric.lc.object.lc", TAPIR_UINT, 10,
        "Colours of a link", .base = TAPIR_HEX),
    TAPIR_FIELD(value, counter, "icmpv6.rpl.opt.metric.lc.object.counter", TAPIR_UINT, 6,
        "Links of these colours")};
static const tapir_field color_constraint_fields[] = {
    TAPIR_FIELD(value, color, "icmpv6.rpl.opt.metric.lc.object.lc", TAPIR_UINT, 10,
        "Colours of a link", .base = TAPIR_HEX),
    TAPIR_FIELD(
        value, reserved, "icmpv6.rpl.opt.metric.lc.object.reserved", TAPIR_UINT, 5, "Reserved"),
    TAPIR_FIELD(value, include, "icmpv6.rpl.opt.metric.lc.object.flag.i", TAPIR_FLAG, 1,
        "Links to include, not to exclude")};

static const tapir_record node_state_record = TAPIR_RECORD("Node state", node_state_fields),
                          tlv_record = TAPIR_RECORD("Node state TLV", tlv_fields),
                          energy_record = TAPIR_RECORD("Node energy", energy_fields),
                          hop_count_record = TAPIR_RECORD("Hop count", hop_count_fields),
                          throughput_record = TAPIR_RECORD("Link throughput", throughput_fields),
                          latency_record = TAPIR_RECORD("Link latency", latency_fields),
                          quality_record = TAPIR_RECORD("Link quality level", quality_fields),
                          etx_record = TAPIR_RECORD("Link ETX", etx_fields),
                          color_record = TAPIR_RECORD("Link colour", color_fields),
                          color_constraint_record =
                              TAPIR_RECORD("Link colour to meet", color_constraint_fields);
/* By type of the metric; then the forms that depend on more. */
static const tapir_record *const value_records[] = {&tlv_record, &node_state_record, &energy_record,
    &hop_count_record, &throughput_record, &latency_record, &quality_record, &etx_record,
    &color_record, &color_constraint_record};

#define METRIC_CONSTRAINT 0x0200

static const tapir_record *value_next(tapir_walk *walk, void *item)
{
    const struct tapir_rpl_metric *metric = walk->outer;
    const tapir_record *record =
        value_records[metric->type <= TAPIR_RPL_LINK_COLOR ? metric->type : 0];
    struct value *value = item;

    *value = (struct value){0};
    if (metric->type == TAPIR_RPL_NODE_STATE && walk->index > 0)
        record = &tlv_record;
    else if (metric->type == TAPIR_RPL_LINK_COLOR && metric->flags & METRIC_CONSTRAINT)
        record = &color_constraint_record;
    if (tapir__take_record(&walk->in, record, value) && record == &tlv_record)
        value->data = tapir__take_most(&walk->in, value->length);
    return record;
}

static const tapir_list value_list = {
    sizeof(struct value), value_next, value_records, TAPIR_COUNT(value_records)};

#define METRIC_HEAD                                                                                \
    TAPIR_FIELD(tapir_rpl_metric, type, "icmpv6.rpl.opt.metric.type", TAPIR_UINT, 8, "Type",       \
        .labels = metric_types),                                                                   \
        TAPIR_FIELD(tapir_rpl_metric, flags, "icmpv6.rpl.opt.metric.flags", TAPIR_UINT, 16,        \
            "Flags", .base = TAPIR_HEX, .parts = metric_parts),                                    \
        TAPIR_FIELD(tapir_rpl_metric, length, "icmpv6.rpl.opt.metric.length", TAPIR_UINT, 8,       \
            "Bytes behind the length")
#define METRIC_VALUES                                                                              \
    TAPIR_FIELD(tapir_rpl_metric, values, "icmpv6.rpl.opt.metric.values", TAPIR_LIST, 0, "Values", \
        .list = &value_list)

static const tapir_field metric_fields[] = {METRIC_HEAD, METRIC_VALUES};
static const tapir_field quality_metric_fields[] = {METRIC_HEAD,
    TAPIR_FIELD(tapir_rpl_metric, reserved, "icmpv6.rpl.opt.metric.lql.object.res", TAPIR_UINT, 0,
        "Reserved", .base = TAPIR_HEX),
    METRIC_VALUES};
static const tapir_field color_metric_fields[] = {METRIC_HEAD,
    TAPIR_FIELD(tapir_rpl_metric, reserved, "icmpv6.rpl.opt.metric.lc.object.res", TAPIR_UINT, 0,
        "Reserved", .base = TAPIR_HEX),
    METRIC_VALUES};
static const tapir_field other_metric_fields[] = {
    METRIC_HEAD, TAPIR_FIELD(tapir_rpl_metric, data, "icmpv6.unknown_data", TAPIR_SPAN, 0,
                     "Bytes of a type that is not known")};

static const tapir_record metric_record = TAPIR_RECORD("Metric", metric_fields),
                          quality_metric_record =
                              TAPIR_RECORD("Link quality metric", quality_metric_fields),
                          color_metric_record =
                              TAPIR_RECORD("Link colour metric", color_metric_fields),
                          other_metric_record = TAPIR_RECORD("Metric", other_metric_fields);
static const tapir_record *const metric_records[] = {
    &metric_record, &quality_metric_record, &color_metric_record, &other_metric_record};

static const tapir_record *metric_next(tapir_walk *walk, void *item)
{
    struct tapir_rpl_metric *metric = item;
    const tapir_record *record = &metric_record;
    tapir_reader in;

    memset(metric, 0, sizeof *metric);
    if (!tapir__take_record(&walk->in, &metric_record, metric))
        return &metric_record;
    metric->data = tapir__take_most(&walk->in, metric->length);
    if (metric->type == 0 || metric->type > TAPIR_RPL_LINK_COLOR)
        return &other_metric_record;
    in = tapir_reader_of(metric->data);
    if (tapir_left(&in) && metric->type == TAPIR_RPL_LINK_QUALITY) {
        metric->reserved = tapir_take_u8(&in);
        record = &quality_metric_record;
    } else if (tapir_left(&in) && metric->type == TAPIR_RPL_LINK_COLOR) {
        metric->reserved = tapir_take_u8(&in);
        record = &color_metric_record;
    }
    metric->values = tapir_rest(&in);
    return record;
}

static const tapir_list metric_list = {
    sizeof(struct tapir_rpl_metric), metric_next, metric_records, TAPIR_COUNT(metric_records)};

tapir_walk tapir_rpl_metrics(const struct tapir_rpl_option *option)
{
    return tapir_walk_of(&metric_list,
        option->type == TAPIR_RPL_METRICS ? option->metrics : tapir_span_of(NULL, 0), option);
}

/* Addresses of a route discovery, without the bytes they share with the DODAG. */

static const tapir_field hop_fields[] = {TAPIR_FIELD(tapir_ipv6_address, address,
    "icmpv6.rpl.opt.routediscovery.addrvec.addr", TAPIR_IPV6, 0, "Address of a hop")};
static const tapir_record hop_record = TAPIR_RECORD("Hop", hop_fields);
static const tapir_record *const hop_records[] = {&hop_record};

static const tapir_record *hop_next(tapir_walk *walk, void *item)
{
    const struct tapir_rpl_option *option = walk->outer;
    const struct tapir_rpl_route_discovery *discovery = &option->route_discovery;
    struct tapir_ipv6_address *hop = item;
    size_t elided = discovery->elided & 15;

    memcpy(hop->address, discovery->target, elided);
    tapir_take_bytes(&walk->in, hop->address + elided, 16 - elided);
    return walk->in.failed ? NULL : &hop_record;
}

static const tapir_list hop_list = {
    sizeof(struct tapir_ipv6_address), hop_next, hop_records, TAPIR_COUNT(hop_records)};

tapir_walk tapir_rpl_addresses(const struct tapir_rpl_option *option)
{
    return tapir_walk_of(&hop_list,
        option->type == TAPIR_RPL_ROUTE_DISCOVERY ? option->route_discovery.addresses
                                                  : tapir_span_of(NULL, 0),
        option);
}

/* Options. Rows with a width are what is on the wire, behind type and length. */

#define OPTION_TYPE                                                                                \
    TAPIR_FIELD(tapir_rpl_option, type, "icmpv6.rpl.opt.type", TAPIR_UINT, 8, "Type",              \
        .labels = option_types)
#define OPTION_HEAD                                                                                \
    OPTION_TYPE, TAPIR_FIELD(tapir_rpl_option, length, "icmpv6.rpl.opt.length", TAPIR_UINT, 8,     \
                     "Bytes behind the length")
#define REST                                                                                       \
    TAPIR_FIELD(tapir_rpl_option, rest, "icmpv6.unknown_data", TAPIR_SPAN, 0,                      \
        "Bytes behind the option's members")

static const tapir_field pad1_fields[] = {OPTION_TYPE};
static const tapir_field padn_fields[] = {OPTION_HEAD,
    TAPIR_FIELD(tapir_rpl_option, data, "icmpv6.rpl.opt.pad", TAPIR_SPAN, 0, "Zeroes")};
static const tapir_field metrics_fields[] = {
    OPTION_HEAD, TAPIR_FIELD(tapir_rpl_option, metrics, "icmpv6.rpl.opt.metric", TAPIR_LIST, 0,
                     "Metrics and constraints", .list = &metric_list)};
static const tapir_field route_fields[] = {OPTION_HEAD,
    TAPIR_FIELD(tapir_rpl_option, route.prefix_len, "icmpv6.rpl.opt.route.prefix_length",
        TAPIR_UINT, 8, "Bits of the prefix that count"),
    TAPIR_FIELD(tapir_rpl_option, route.flags, "icmpv6.rpl.opt.route.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = route_parts),
    TAPIR_FIELD(tapir_rpl_option, route.lifetime, "icmpv6.rpl.opt.route.lifetime", TAPIR_UINT, 32,
        "Seconds the route is valid"),
    TAPIR_FIELD(tapir_rpl_option, route.prefix, "icmpv6.rpl.opt.route.prefix", TAPIR_IPV6, 0,
        "Destination", TAPIR_IF(tapir_rpl_option, route.has_prefix, 1)),
    REST};
static const tapir_field configuration_fields[] = {OPTION_HEAD,
    TAPIR_FIELD(tapir_rpl_option, configuration.flags, "icmpv6.rpl.opt.config.flag", TAPIR_UINT, 8,
        "Flags", .base = TAPIR_HEX, .parts = configuration_parts),
    TAPIR_FIELD(tapir_rpl_option, configuration.interval_doublings,
        "icmpv6.rpl.opt.config.interval_double", TAPIR_UINT, 8,
        "Doublings of the interval between DIOs"),
    TAPIR_FIELD(tapir_rpl_option, configuration.interval_min, "icmpv6.rpl.opt.config.interval_min",
        TAPIR_UINT, 8, "Shortest interval, as a power of 2 in milliseconds"),
    TAPIR_FIELD(tapir_rpl_option, configuration.redundancy, "icmpv6.rpl.opt.config.redundancy",
        TAPIR_UINT, 8, "Redundancy constant of DIOs"),
    TAPIR_FIELD(tapir_rpl_option, configuration.max_rank_increase,
        "icmpv6.rpl.opt.config.max_rank_inc", TAPIR_UINT, 16, "How far the rank may rise"),
    TAPIR_FIELD(tapir_rpl_option, configuration.min_hop_rank_increase,
        "icmpv6.rpl.opt.config.min_hop_rank_inc", TAPIR_UINT, 16, "Least rise of the rank a hop"),
    TAPIR_FIELD(tapir_rpl_option, configuration.objective, "icmpv6.rpl.opt.config.ocp", TAPIR_UINT,
        16, "Objective code point", .labels = objectives),
    TAPIR_FIELD(tapir_rpl_option, configuration.reserved, "icmpv6.rpl.opt.config.rsv", TAPIR_UINT,
        8, "Reserved"),
    TAPIR_FIELD(tapir_rpl_option, configuration.default_lifetime,
        "icmpv6.rpl.opt.config.def_lifetime", TAPIR_UINT, 8, "Lifetime of routes, in its units"),
    TAPIR_FIELD(tapir_rpl_option, configuration.lifetime_unit,
        "icmpv6.rpl.opt.config.lifetime_unit", TAPIR_UINT, 16, "Seconds of a unit of lifetime"),
    REST};
static const tapir_field target_fields[] = {OPTION_HEAD,
    TAPIR_FIELD(
        tapir_rpl_option, target.flags, "icmpv6.rpl.opt.target.rsv", TAPIR_BYTES, 8, "Reserved"),
    TAPIR_FIELD(tapir_rpl_option, target.prefix_len, "icmpv6.rpl.opt.target.prefix_length",
        TAPIR_UINT, 8, "Bits of the prefix that count"),
    TAPIR_FIELD(tapir_rpl_option, target.prefix, "icmpv6.rpl.opt.target.prefix", TAPIR_IPV6, 0,
        "Address, prefix or group", TAPIR_IF(tapir_rpl_option, target.has_prefix, 1)),
    REST};
static const tapir_field transit_fields[] = {OPTION_HEAD,
    TAPIR_FIELD(tapir_rpl_option, transit.flags, "icmpv6.rpl.opt.transit.flag", TAPIR_UINT, 8,
        "Flags", .base = TAPIR_HEX, .parts = transit_parts),
    TAPIR_FIELD(tapir_rpl_option, transit.path_control, "icmpv6.rpl.opt.transit.pathctl",
        TAPIR_UINT, 8, "Which DAO parents to use"),
    TAPIR_FIELD(tapir_rpl_option, transit.path_seq, "icmpv6.rpl.opt.transit.pathseq", TAPIR_UINT, 8,
        "Sequence number of the path"),
    TAPIR_FIELD(tapir_rpl_option, transit.path_lifetime, "icmpv6.rpl.opt.transit.pathlifetime",
        TAPIR_UINT, 8, "Lifetime of the path, in units of the configuration"),
    TAPIR_FIELD(tapir_rpl_option, transit.parent, "icmpv6.rpl.opt.transit.parent", TAPIR_IPV6, 0,
        "Address of the parent", TAPIR_IF(tapir_rpl_option, transit.has_parent, 1)),
    REST};
static const tapir_field solicited_fields[] = {OPTION_HEAD,
    TAPIR_FIELD(tapir_rpl_option, solicited.instance, "icmpv6.rpl.opt.solicited.instance",
        TAPIR_UINT, 8, "Instance asked for"),
    TAPIR_FIELD(tapir_rpl_option, solicited.flags, "icmpv6.rpl.opt.solicited.flag", TAPIR_UINT, 8,
        "Which members count", .base = TAPIR_HEX, .parts = solicited_parts),
    TAPIR_FIELD(tapir_rpl_option, solicited.dodag_id, "icmpv6.rpl.opt.solicited.dodagid",
        TAPIR_IPV6, 128, "DODAG asked for"),
    TAPIR_FIELD(tapir_rpl_option, solicited.version, "icmpv6.rpl.opt.solicited.version", TAPIR_UINT,
        8, "Version asked for"),
    REST};
static const tapir_field prefix_fields[] = {OPTION_HEAD,
    TAPIR_FIELD(tapir_rpl_option, prefix.prefix_len, "icmpv6.rpl.opt.prefix.length", TAPIR_UINT, 8,
        "Bits of the prefix that count"),
    TAPIR_FIELD(tapir_rpl_option, prefix.flags, "icmpv6.rpl.opt.prefix.flag", TAPIR_UINT, 8,
        "Flags", .base = TAPIR_HEX, .parts = prefix_parts),
    TAPIR_FIELD(tapir_rpl_option, prefix.valid_lifetime, "icmpv6.rpl.opt.prefix.valid_lifetime",
        TAPIR_UINT, 32, "Seconds the prefix is valid"),
    TAPIR_FIELD(tapir_rpl_option, prefix.preferred_lifetime,
        "icmpv6.rpl.opt.prefix.preferred_lifetime", TAPIR_UINT, 32,
        "Seconds addresses made from it are preferred"),
    TAPIR_FIELD(
        tapir_rpl_option, prefix.reserved, "icmpv6.rpl.opt.rsv", TAPIR_BYTES, 32, "Reserved"),
    TAPIR_FIELD(
        tapir_rpl_option, prefix.prefix, "icmpv6.rpl.opt.prefix", TAPIR_IPV6, 128, "Prefix"),
    REST};
static const tapir_field descriptor_fields[] = {OPTION_HEAD,
    TAPIR_FIELD(tapir_rpl_option, descriptor, "icmpv6.rpl.opt.targetdesc.descriptor", TAPIR_UINT,
        32, "Tag of the target", .base = TAPIR_HEX),
    REST};

#define DISCOVERY(last_name, last_about)                                                           \
    OPTION_HEAD,                                                                                   \
        TAPIR_FIELD(tapir_rpl_option, route_discovery.reply,                                       \
            "icmpv6.rpl.opt.routediscovery.flag.reply", TAPIR_FLAG, 1,                             \
            "The target shall answer with a P2P-DRO"),                                             \
        TAPIR_FIELD(tapir_rpl_option, route_discovery.hop_by_hop,                                  \
            "icmpv6.rpl.opt.routediscovery.flag.hopbyhop", TAPIR_FLAG, 1,                          \
            "A hop-by-hop route, not a source route"),                                             \
        TAPIR_FIELD(tapir_rpl_option, route_discovery.routes,                                      \
            "icmpv6.rpl.opt.routediscovery.flag.numofroutes", TAPIR_UINT, 2,                       \
            "Further routes wanted"),                                                              \
        TAPIR_FIELD(tapir_rpl_option, route_discovery.elided,                                      \
            "icmpv6.rpl.opt.routediscovery.flag.compr", TAPIR_UINT, 4,                             \
            "Bytes elided in front of addresses"),                                                 \
        TAPIR_FIELD(tapir_rpl_option, route_discovery.lifetime,                                    \
            "icmpv6.rpl.opt.routediscovery.lifetime", TAPIR_UINT, 2,                               \
            "Code of the DAG's lifetime"),                                                         \
        TAPIR_FIELD(tapir_rpl_option, route_discovery.max_rank,                                    \
            "icmpv6.rpl.opt.routediscovery." last_name, TAPIR_UINT, 6, last_about),                \
        TAPIR_FIELD(tapir_rpl_option, route_discovery.target,                                      \
            "icmpv6.rpl.opt.routediscovery.targetaddr", TAPIR_IPV6, 0, "Target",                   \
            TAPIR_IF(tapir_rpl_option, route_discovery.has_target, 1)),                            \
        TAPIR_FIELD(tapir_rpl_option, route_discovery.addresses,                                   \
            "icmpv6.rpl.opt.routediscovery.addresses", TAPIR_LIST, 0, "Addresses of the route",    \
            .list = &hop_list),                                                                    \
        REST

static const tapir_field discovery_fields[] = {DISCOVERY("maxrank", "Highest rank to join with")};
static const tapir_field reply_fields[] = {DISCOVERY("nh", "Index of the next hop")};
static const tapir_field unknown_fields[] = {
    OPTION_HEAD, TAPIR_FIELD(tapir_rpl_option, data, "icmpv6.data", TAPIR_SPAN, 0,
                     "Bytes of a type that is not known", .empty = true)};
static const tapir_field head_fields[] = {OPTION_HEAD};
static const tapir_field broken_fields[] = {
    OPTION_HEAD, TAPIR_FIELD(tapir_rpl_option, data, "icmpv6.rpl.opt.data", TAPIR_SPAN, 0,
                     "Bytes that are too few for the type")};

static const tapir_record pad1_record = TAPIR_RECORD("One byte of padding", pad1_fields),
                          padn_record = TAPIR_RECORD("Padding", padn_fields),
                          metrics_record = TAPIR_RECORD("DAG metric container", metrics_fields),
                          route_record = TAPIR_RECORD("Route information", route_fields),
                          configuration_record =
                              TAPIR_RECORD("DODAG configuration", configuration_fields),
                          target_record = TAPIR_RECORD("RPL target", target_fields),
                          transit_record = TAPIR_RECORD("Transit information", transit_fields),
                          solicited_record =
                              TAPIR_RECORD("Solicited information", solicited_fields),
                          prefix_record = TAPIR_RECORD("Prefix information", prefix_fields),
                          descriptor_record =
                              TAPIR_RECORD("RPL target descriptor", descriptor_fields),
                          discovery_record = TAPIR_RECORD("P2P route discovery", discovery_fields),
                          reply_record = TAPIR_RECORD("P2P route discovery", reply_fields),
                          unknown_record = TAPIR_RECORD("Option", unknown_fields),
                          broken_record =
                              TAPIR_RECORD("Option of impossible length", broken_fields),
                          head_record = TAPIR_RECORD("Option without end", head_fields);
/* By type; then the forms that depend on more. */
static const tapir_record *const option_records[] = {&pad1_record, &padn_record, &metrics_record,
    &route_record, &configuration_record, &target_record, &transit_record, &solicited_record,
    &prefix_record, &descriptor_record, &discovery_record, &reply_record, &unknown_record,
    &broken_record, &head_record};

/* RFC 6997 7.1: the addresses of the option lack what they share with the DODAG's identifier. */
static void take_discovery(
    tapir_reader *in, const struct tapir_icmpv6 *icmp, struct tapir_rpl_route_discovery *discovery)
{
    const struct tapir_rpl *rpl = &icmp->rpl;
    size_t elided = discovery->elided, len = 16 - elided, left;

    if (tapir_left(in) < len)
        return;
    discovery->has_target = true;
    memcpy(discovery->target,
        (icmp->code & 0x7f) == TAPIR_RPL_P2P_DRO ? rpl->dro.dodag_id : rpl->dio.dodag_id, elided);
    tapir_take_bytes(in, discovery->target + elided, len);
    left = tapir_left(in);
    discovery->addresses = tapir_take_span(in, left - left % len);
}

/* A prefix takes as many bytes as are left; false when it cannot be one. */
static bool take_prefix(tapir_reader *in, uint8_t prefix[16])
{
    size_t left = tapir_left(in);

    if (left == 0 || left > 16)
        return false;
    tapir__take_prefix(in, prefix, left);
    return true;
}

static const tapir_record *option_next(tapir_walk *walk, void *item)
{
    const struct tapir_icmpv6 *icmp = walk->outer;
    struct tapir_rpl_option *option = item;
    const tapir_record *record;
    tapir_reader in = walk->in;

    memset(option, 0, sizeof *option);
    option->type = tapir_take_u8(&in);
    if (option->type == TAPIR_RPL_PAD1) {
        tapir_take_u8(&walk->in);
        return &pad1_record;
    }
    option->length = tapir_take_u8(&in);
    if (in.failed) {
        tapir_reader_fail(&walk->in, 2);
        return &padn_record;
    }
    in = tapir_reader_of(tapir__take_most(&walk->in, 2 + (size_t)option->length));
    option->data = tapir_span_of(in.at + 2, tapir_left(&in) - 2);
    record = option->type > TAPIR_RPL_ROUTE_DISCOVERY ? &unknown_record
             : option->type == TAPIR_RPL_ROUTE_DISCOVERY && (icmp->code & 0x7f) == TAPIR_RPL_P2P_DRO
                 ? &reply_record
                 : option_records[option->type];
    if (!tapir__take_record(&in, record, option))
        return walk->in.failed ? record : &broken_record;
    if (walk->in.failed)
        return record == &unknown_record ? &head_record : record;
    switch (option->type) {
    case TAPIR_RPL_METRICS:
        option->metrics = tapir_take_rest(&in);
        break;
    case TAPIR_RPL_ROUTE:
        option->route.has_prefix = take_prefix(&in, option->route.prefix);
        break;
    case TAPIR_RPL_TARGET:
        option->target.has_prefix = take_prefix(&in, option->target.prefix);
        break;
    case TAPIR_RPL_TRANSIT:
        option->transit.has_parent = tapir_left(&in) >= 16;
        if (option->transit.has_parent)
            tapir_take_bytes(&in, option->transit.parent, 16);
        break;
    case TAPIR_RPL_ROUTE_DISCOVERY:
        take_discovery(&in, icmp, &option->route_discovery);
        break;
    default:
        break;
    }
    option->rest = tapir_rest(&in);
    return record;
}

const tapir_list tapir__rpl_option_list = {
    sizeof(struct tapir_rpl_option), option_next, option_records, TAPIR_COUNT(option_records)};

/* Messages. Rows with a width are what is on the wire, behind the security section if any. */

static const tapir_field security_wire_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, rpl.security.flags, "icmpv6.rpl.secure.flag", TAPIR_UINT, 8, "Flags"),
    TAPIR_FIELD(tapir_icmpv6, rpl.security.algorithm, "icmpv6.rpl.secure.algorithm", TAPIR_UINT, 8,
        "Algorithm"),
    TAPIR_FIELD(tapir_icmpv6, rpl.security.key, "icmpv6.rpl.secure.flag", TAPIR_UINT, 8, "Key"),
    TAPIR_FIELD(
        tapir_icmpv6, rpl.security.flags2, "icmpv6.rpl.secure.flag", TAPIR_UINT, 8, "Flags"),
    TAPIR_FIELD(
        tapir_icmpv6, rpl.security.counter, "icmpv6.rpl.secure.counter", TAPIR_UINT, 32, "Counter"),
};
static const tapir_record security_wire = TAPIR_RECORD("Security", security_wire_fields);

#define SECURE TAPIR_IF(tapir_icmpv6, code, TAPIR_RPL_SECURE)
#define SECURITY                                                                                   \
    TAPIR_FIELD(tapir_icmpv6, rpl.security.flags, "icmpv6.rpl.secure.flag", TAPIR_UINT, 0,         \
        "Flags", .base = TAPIR_HEX, .parts = security_parts, SECURE),                              \
        TAPIR_FIELD(tapir_icmpv6, rpl.security.algorithm, "icmpv6.rpl.secure.algorithm",           \
            TAPIR_UINT, 0, "Algorithm", .labels = algorithms, SECURE),                             \
        TAPIR_FIELD(tapir_icmpv6, rpl.security.key, "icmpv6.rpl.secure.flag", TAPIR_UINT, 0,       \
            "Mode of the key, level of security", .base = TAPIR_HEX, .parts = key_parts, SECURE),  \
        TAPIR_FIELD(tapir_icmpv6, rpl.security.flags2, "icmpv6.rpl.secure.flag", TAPIR_UINT, 0,    \
            "Flags", .base = TAPIR_HEX, SECURE),                                                   \
        TAPIR_FIELD(tapir_icmpv6, rpl.security.counter, "icmpv6.rpl.secure.counter", TAPIR_UINT,   \
            0, "Counter against replay", SECURE),                                                  \
        TAPIR_FIELD(tapir_icmpv6, rpl.security.key_source, "icmpv6.rpl.secure.key.source",         \
            TAPIR_BYTES, 0, "Who has the key",                                                     \
            TAPIR_IF(tapir_icmpv6, rpl.security.has_source, 1)),                                   \
        TAPIR_FIELD(tapir_icmpv6, rpl.security.key_index, "icmpv6.rpl.secure.key.index",           \
            TAPIR_UINT, 0, "Which key", TAPIR_IF(tapir_icmpv6, rpl.security.has_index, 1))
#define OPTIONS                                                                                    \
    TAPIR_FIELD(tapir_icmpv6, items, "icmpv6.rpl.options", TAPIR_LIST, 0, "Options",               \
        .list = &tapir__rpl_option_list)
#define DODAG_ID(member, name)                                                                     \
    TAPIR_FIELD(tapir_icmpv6, member, name, TAPIR_IPV6, 128, "Identifier of the DODAG")

static const tapir_field dis_fields[] = {SECURITY,
    TAPIR_FIELD(tapir_icmpv6, rpl.dis.flags, "icmpv6.rpl.dis.flags", TAPIR_UINT, 8, "Unused"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dis.reserved, "icmpv6.reserved", TAPIR_BYTES, 8, "Reserved"),
    OPTIONS};
static const tapir_field dio_fields[] = {SECURITY,
    TAPIR_FIELD(
        tapir_icmpv6, rpl.dio.instance, "icmpv6.rpl.dio.instance", TAPIR_UINT, 8, "Instance"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dio.version, "icmpv6.rpl.dio.version", TAPIR_UINT, 8,
        "Version of the DODAG"),
    TAPIR_FIELD(
        tapir_icmpv6, rpl.dio.rank, "icmpv6.rpl.dio.rank", TAPIR_UINT, 16, "Rank of the sender"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dio.flags, "icmpv6.rpl.dio.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = dio_parts),
    TAPIR_FIELD(tapir_icmpv6, rpl.dio.dtsn, "icmpv6.rpl.dio.dtsn", TAPIR_UINT, 8,
        "Sequence number that triggers DAOs"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dio.flags2, "icmpv6.rpl.dio.flag", TAPIR_UINT, 8, "Unused",
        .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_icmpv6, rpl.dio.reserved, "icmpv6.reserved", TAPIR_BYTES, 8, "Reserved"),
    DODAG_ID(rpl.dio.dodag_id, "icmpv6.rpl.dio.dagid"), OPTIONS};
static const tapir_field dao_fields[] = {SECURITY,
    TAPIR_FIELD(
        tapir_icmpv6, rpl.dao.instance, "icmpv6.rpl.dao.instance", TAPIR_UINT, 8, "Instance"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dao.flags, "icmpv6.rpl.dao.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = dao_parts),
    TAPIR_FIELD(tapir_icmpv6, rpl.dao.reserved, "icmpv6.reserved", TAPIR_BYTES, 8, "Reserved"),
    TAPIR_FIELD(
        tapir_icmpv6, rpl.dao.seq, "icmpv6.rpl.dao.sequence", TAPIR_UINT, 8, "Sequence number"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dao.dodag_id, "icmpv6.rpl.dao.dodagid", TAPIR_IPV6, 0,
        "Identifier of the DODAG", TAPIR_IF(tapir_icmpv6, rpl.dao.flags, 0x40)),
    OPTIONS};
static const tapir_field dao_ack_fields[] = {SECURITY,
    TAPIR_FIELD(tapir_icmpv6, rpl.dao_ack.instance, "icmpv6.rpl.daoack.instance", TAPIR_UINT, 8,
        "Instance"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dao_ack.flags, "icmpv6.rpl.daoack.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = dao_ack_parts),
    TAPIR_FIELD(tapir_icmpv6, rpl.dao_ack.seq, "icmpv6.rpl.daoack.sequence", TAPIR_UINT, 8,
        "Sequence number of the DAO"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dao_ack.status, "icmpv6.rpl.daoack.status", TAPIR_UINT, 8,
        "0: accepted; from 128 on: rejected"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dao_ack.dodag_id, "icmpv6.rpl.daoack.dodagid", TAPIR_IPV6, 0,
        "Identifier of the DODAG", TAPIR_IF(tapir_icmpv6, rpl.dao_ack.flags, 0x80)),
    OPTIONS};
static const tapir_field dro_fields[] = {SECURITY,
    TAPIR_FIELD(
        tapir_icmpv6, rpl.dro.instance, "icmpv6.rpl.p2p.dro.instance", TAPIR_UINT, 8, "Instance"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dro.version, "icmpv6.rpl.p2p.dro.version", TAPIR_UINT, 8,
        "Version, always 0"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dro.flags, "icmpv6.rpl.p2p.dro.flag", TAPIR_UINT, 16, "Flags",
        .base = TAPIR_HEX, .parts = dro_parts),
    DODAG_ID(rpl.dro.dodag_id, "icmpv6.rpl.p2p.dro.dagid"), OPTIONS};
static const tapir_field dro_ack_fields[] = {SECURITY,
    TAPIR_FIELD(tapir_icmpv6, rpl.dro_ack.instance, "icmpv6.rpl.p2p.dro.instance", TAPIR_UINT, 8,
        "Instance"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dro_ack.version, "icmpv6.rpl.p2p.dro.version", TAPIR_UINT, 8,
        "Version, always 0"),
    TAPIR_FIELD(tapir_icmpv6, rpl.dro_ack.flags, "icmpv6.rpl.p2p.droack.flag", TAPIR_UINT, 16,
        "Flags", .base = TAPIR_HEX, .parts = dro_ack_parts),
    DODAG_ID(rpl.dro_ack.dodag_id, "icmpv6.rpl.p2p.dro.dagid"), OPTIONS};
static const tapir_field cc_fields[] = {SECURITY,
    TAPIR_FIELD(tapir_icmpv6, rpl.cc.instance, "icmpv6.rpl.cc.instance", TAPIR_UINT, 8, "Instance"),
    TAPIR_FIELD(tapir_icmpv6, rpl.cc.flags, "icmpv6.rpl.cc.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = cc_parts),
    TAPIR_FIELD(tapir_icmpv6, rpl.cc.nonce, "icmpv6.rpl.cc.nonce", TAPIR_UINT, 16,
        "Nonce of the consistency check", .base = TAPIR_HEX),
    DODAG_ID(rpl.cc.dodag_id, "icmpv6.rpl.cc.dodagid"),
    TAPIR_FIELD(tapir_icmpv6, rpl.cc.destination_counter, "icmpv6.rpl.cc.destination_counter",
        TAPIR_UINT, 32, "The receiver's counter as the sender knows it"),
    OPTIONS};

const tapir_record tapir__rpl_dis = TAPIR_RECORD("DODAG information solicitation", dis_fields),
                   tapir__rpl_dio = TAPIR_RECORD("DODAG information object", dio_fields),
                   tapir__rpl_dao = TAPIR_RECORD("Destination advertisement object", dao_fields),
                   tapir__rpl_dao_ack =
                       TAPIR_RECORD("Destination advertisement acknowledgment", dao_ack_fields),
                   tapir__rpl_dro = TAPIR_RECORD("P2P discovery reply object", dro_fields),
                   tapir__rpl_dro_ack =
                       TAPIR_RECORD("P2P discovery reply acknowledgment", dro_ack_fields),
                   tapir__rpl_cc = TAPIR_RECORD("Consistency check", cc_fields);

const tapir_record *tapir__rpl_record(uint8_t code)
{
    static const tapir_record *const plain[] = {&tapir__rpl_dis, &tapir__rpl_dio, &tapir__rpl_dao,
        &tapir__rpl_dao_ack, &tapir__rpl_dro, &tapir__rpl_dro_ack};

    if (code == TAPIR_RPL_CC)
        return &tapir__rpl_cc;
    code &= 0x7f;
    return code < TAPIR_COUNT(plain) ? plain[code] : NULL;
}

/* RFC 6550 6.1: mode 3 signs, and names a key only when it also encrypts, at odd levels. */
static void set_key_parts(struct tapir_rpl_security *security)
{
    unsigned mode = security->key >> 6;

    security->has_source = mode == 2 || (mode == 3 && security->key & 1);
    security->has_index = mode == 0 || security->has_source;
}

/* Both messages that may lack the identifier have it in the same place. */
_Static_assert(
    offsetof(struct tapir_rpl_dao, dodag_id) == offsetof(struct tapir_rpl_dao_ack, dodag_id),
    "DODAG identifiers of DAO and its acknowledgment lie alike");

/* The identifier that a flag announces behind the fixed part; NULL when there is none. */
static const uint8_t *optional_dodag_id(const struct tapir_icmpv6 *icmp)
{
    switch (icmp->code & 0x7f) {
    case TAPIR_RPL_DAO:
        return icmp->rpl.dao.flags & 0x40 ? icmp->rpl.dao.dodag_id : NULL;
    case TAPIR_RPL_DAO_ACK:
        return icmp->rpl.dao_ack.flags & 0x80 ? icmp->rpl.dao_ack.dodag_id : NULL;
    default:
        return NULL;
    }
}

void tapir__take_rpl(tapir_reader *r, struct tapir_icmpv6 *icmp)
{
    struct tapir_rpl_security *security = &icmp->rpl.security;
    const uint8_t *dodag_id;

    if (icmp->code & TAPIR_RPL_SECURE) {
        tapir__take_record(r, &security_wire, icmp);
        set_key_parts(security);
        if (security->has_source)
            tapir_take_bytes(r, security->key_source, sizeof security->key_source);
        if (security->has_index)
            security->key_index = tapir_take_u8(r);
    }
    tapir__take_record(r, tapir__rpl_record(icmp->code), icmp);
    dodag_id = optional_dodag_id(icmp);
    if (dodag_id)
        tapir_take_bytes(r, icmp->rpl.dao.dodag_id, sizeof icmp->rpl.dao.dodag_id);
}

size_t tapir__rpl_len(const struct tapir_icmpv6 *icmp)
{
    const struct tapir_rpl_security *security = &icmp->rpl.security;
    size_t len = tapir__record_len(tapir__rpl_record(icmp->code));

    if (icmp->code & TAPIR_RPL_SECURE)
        len += tapir__record_len(&security_wire) + (security->has_source ? 8 : 0) +
               security->has_index;
    return len + (optional_dodag_id(icmp) ? 16 : 0);
}

void tapir__put_rpl(tapir_writer *w, const struct tapir_icmpv6 *icmp)
{
    const struct tapir_rpl_security *security = &icmp->rpl.security;
    const uint8_t *dodag_id = optional_dodag_id(icmp);

    if (icmp->code & TAPIR_RPL_SECURE) {
        tapir__put_record(w, &security_wire, icmp);
        if (security->has_source)
            tapir_put_span(w, tapir_span_of(security->key_source, sizeof security->key_source));
        if (security->has_index)
            tapir_put_be(w, 1, security->key_index);
    }
    tapir__put_record(w, tapir__rpl_record(icmp->code), icmp);
    if (dodag_id)
        tapir_put_span(w, tapir_span_of(dodag_id, 16));
}
