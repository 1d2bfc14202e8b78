/* Internet Control Message Protocol for IPv6 (RFC 4443), with all that it carries. */
#include "tapir/proto/icmpv6.h"

#include "../record.h"

#include "icmp_shared.h"
#include "tapir/proto/ipv6.h"

static const tapir_label types[] = {
    {TAPIR_ICMPV6_UNREACHABLE, "Destination unreachable"},
    {TAPIR_ICMPV6_PACKET_TOO_BIG, "Packet too big"},
    {TAPIR_ICMPV6_TIME_EXCEEDED, "Time exceeded"},
    {TAPIR_ICMPV6_PARAMETER_PROBLEM, "Parameter problem"},
    {100, "Private experimentation"},
    {101, "Private experimentation"},
    {127, "Reserved for expansion of error messages"},
    {TAPIR_ICMPV6_ECHO_REQUEST, "Echo request"},
    {TAPIR_ICMPV6_ECHO_REPLY, "Echo reply"},
    {TAPIR_ICMPV6_MLD_QUERY, "Multicast listener query"},
    {TAPIR_ICMPV6_MLD_REPORT, "Multicast listener report"},
    {TAPIR_ICMPV6_MLD_DONE, "Multicast listener done"},
    {TAPIR_ICMPV6_ROUTER_SOLICITATION, "Router solicitation"},
    {TAPIR_ICMPV6_ROUTER_ADVERTISEMENT, "Router advertisement"},
    {TAPIR_ICMPV6_NEIGHBOR_SOLICITATION, "Neighbor solicitation"},
    {TAPIR_ICMPV6_NEIGHBOR_ADVERTISEMENT, "Neighbor advertisement"},
    {TAPIR_ICMPV6_REDIRECT, "Redirect"},
    {TAPIR_ICMPV6_ROUTER_RENUMBERING, "Router renumbering"},
    {TAPIR_ICMPV6_NODE_INFORMATION_QUERY, "Node information query"},
    {TAPIR_ICMPV6_NODE_INFORMATION_REPLY, "Node information reply"},
    {TAPIR_ICMPV6_INVERSE_SOLICITATION, "Inverse neighbor discovery solicitation"},
    {TAPIR_ICMPV6_INVERSE_ADVERTISEMENT, "Inverse neighbor discovery advertisement"},
    {TAPIR_ICMPV6_MLDV2_REPORT, "Multicast listener report v2"},
    {TAPIR_ICMPV6_HOME_AGENT_REQUEST, "Home agent address discovery request"},
    {TAPIR_ICMPV6_HOME_AGENT_REPLY, "Home agent address discovery reply"},
    {TAPIR_ICMPV6_MOBILE_PREFIX_SOLICITATION, "Mobile prefix solicitation"},
    {TAPIR_ICMPV6_MOBILE_PREFIX_ADVERTISEMENT, "Mobile prefix advertisement"},
    {TAPIR_ICMPV6_PATH_SOLICITATION, "Certification path solicitation"},
    {TAPIR_ICMPV6_PATH_ADVERTISEMENT, "Certification path advertisement"},
    {TAPIR_ICMPV6_EXPERIMENTAL_MOBILITY, "Experimental mobility"},
    {TAPIR_ICMPV6_MULTICAST_ROUTER_ADVERTISEMENT, "Multicast router advertisement"},
    {TAPIR_ICMPV6_MULTICAST_ROUTER_SOLICITATION, "Multicast router solicitation"},
    {TAPIR_ICMPV6_MULTICAST_ROUTER_TERMINATION, "Multicast router termination"},
    {TAPIR_ICMPV6_FAST_HANDOVER, "Fast handover"},
    {TAPIR_ICMPV6_RPL, "RPL control"},
    {TAPIR_ICMPV6_LOCATOR_UPDATE, "Locator update"},
    {TAPIR_ICMPV6_DUPLICATE_ADDRESS_REQUEST, "Duplicate address request"},
    {TAPIR_ICMPV6_DUPLICATE_ADDRESS_CONFIRMATION, "Duplicate address confirmation"},
    {TAPIR_ICMPV6_MPL_CONTROL, "MPL control"},
    {TAPIR_ICMPV6_EXTENDED_ECHO_REQUEST, "Extended echo request"},
    {TAPIR_ICMPV6_EXTENDED_ECHO_REPLY, "Extended echo reply"},
    {200, "Private experimentation"},
    {201, "Private experimentation"},
    {255, "Reserved for expansion of informational messages"},
    {0, NULL},
};

static const tapir_label unreachable_codes[] = {
    {0, "No route to destination"},
    {1, "Administratively prohibited"},
    {2, "Beyond scope of source address"},
    {3, "Address unreachable"},
    {4, "Port unreachable"},
    {5, "Source address failed policy"},
    {6, "Route to destination rejected"},
    {7, "Error in source routing header"},
    {8, "Headers too long"},
    {0, NULL},
};
static const tapir_label time_exceeded_codes[] = {
    {0, "Hop limit exceeded in transit"}, {1, "Fragment reassembly time exceeded"}, {0, NULL}};
static const tapir_label parameter_codes[] = {
    {0, "Erroneous header field"},
    {1, "Unrecognized next header"},
    {2, "Unrecognized option"},
    {3, "First fragment without the whole header chain"},
    {4, "Upper-layer header error at a segment routing node"},
    {5, "Unrecognized next header at an intermediate node"},
    {6, "Extension header too big"},
    {7, "Extension header chain too long"},
    {8, "Too many extension headers"},
    {9, "Too many options"},
    {10, "Option too big"},
    {0, NULL},
};
static const tapir_label renumbering_codes[] = {
    {0, "Command"}, {1, "Result"}, {255, "Sequence number reset"}, {0, NULL}};
static const tapir_label query_codes[] = {{0, "Subject is an IPv6 address"},
    {1, "Subject is a name or empty"}, {2, "Subject is an IPv4 address"}, {0, NULL}};
static const tapir_label reply_codes[] = {
    {0, "Successful"}, {1, "Refused"}, {2, "Query type unknown"}, {0, NULL}};
static const tapir_label rpl_codes[] = {
    {TAPIR_RPL_DIS, "DODAG information solicitation"},
    {TAPIR_RPL_DIO, "DODAG information object"},
    {TAPIR_RPL_DAO, "Destination advertisement object"},
    {TAPIR_RPL_DAO_ACK, "Destination advertisement acknowledgment"},
    {TAPIR_RPL_P2P_DRO, "P2P discovery reply object"},
    {TAPIR_RPL_P2P_DRO_ACK, "P2P discovery reply acknowledgment"},
    {0x80, "Secure DODAG information solicitation"},
    {0x81, "Secure DODAG information object"},
    {0x82, "Secure destination advertisement object"},
    {0x83, "Secure destination advertisement acknowledgment"},
    {0x84, "Secure P2P discovery reply object"},
    {0x85, "Secure P2P discovery reply acknowledgment"},
    {TAPIR_RPL_CC, "Consistency check"},
    {0, NULL},
};

static const tapir_label *codes_of(const void *item)
{
    switch (((const struct tapir_icmpv6 *)item)->type) {
    case TAPIR_ICMPV6_UNREACHABLE:
        return unreachable_codes;
    case TAPIR_ICMPV6_TIME_EXCEEDED:
        return time_exceeded_codes;
    case TAPIR_ICMPV6_PARAMETER_PROBLEM:
        return parameter_codes;
    case TAPIR_ICMPV6_ROUTER_RENUMBERING:
        return renumbering_codes;
    case TAPIR_ICMPV6_NODE_INFORMATION_QUERY:
        return query_codes;
    case TAPIR_ICMPV6_NODE_INFORMATION_REPLY:
        return reply_codes;
    case TAPIR_ICMPV6_RPL:
        return rpl_codes;
    case TAPIR_ICMPV6_EXTENDED_ECHO_REQUEST:
    case TAPIR_ICMPV6_EXTENDED_ECHO_REPLY:
        return tapir__extended_echo_codes;
    default:
        return NULL;
    }
}

static const tapir_label router_preferences[] = {
    {0, "Medium"}, {1, "High"}, {2, "Reserved"}, {3, "Low"}, {0, NULL}};
static const tapir_label query_types[] = {{0, "No operation"}, {1, "Supported query types"},
    {2, "Node name"}, {3, "Node addresses"}, {4, "IPv4 addresses"}, {0, NULL}};
static const tapir_label handover_subtypes[] = {
    {2, "Router solicitation for proxy advertisement"},
    {3, "Proxy router advertisement"},
    {4, "Handover initiate"},
    {5, "Handover acknowledge"},
    {0, NULL},
};
static const tapir_label registration_states[] = {
    {0, "Success"}, {1, "Duplicate address"}, {2, "Neighbour cache full"}, {0, NULL}};

static const tapir_part mld_parts[] = {
    TAPIR_PART("icmpv6.mld.flag.s", 0x08, "Suppress router-side processing", NULL),
    TAPIR_PART("icmpv6.mld.flag.qrv", 0x07, "Querier's robustness variable", NULL),
    TAPIR_PART("icmpv6.mld.flag.reserved", 0xf0, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part ra_parts[] = {
    TAPIR_PART("icmpv6.nd.ra.flag.m", TAPIR_RA_MANAGED, "Managed address configuration", NULL),
    TAPIR_PART("icmpv6.nd.ra.flag.o", TAPIR_RA_OTHER, "Other configuration", NULL),
    TAPIR_PART("icmpv6.nd.ra.flag.h", TAPIR_RA_HOME_AGENT, "Home agent", NULL),
    TAPIR_PART("icmpv6.nd.ra.flag.prf", TAPIR_RA_PREFERENCE, "Default router preference",
        router_preferences),
    TAPIR_PART("icmpv6.nd.ra.flag.p", TAPIR_RA_PROXY, "Proxy", NULL),
    TAPIR_PART("icmpv6.nd.ra.flag.rsv", 0x03, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part na_parts[] = {
    TAPIR_PART("icmpv6.nd.na.flag.r", TAPIR_NA_ROUTER, "The sender is a router", NULL),
    TAPIR_PART("icmpv6.nd.na.flag.s", TAPIR_NA_SOLICITED, "Answer to a solicitation", NULL),
    TAPIR_PART("icmpv6.nd.na.flag.o", TAPIR_NA_OVERRIDE, "Override a cache entry", NULL),
    TAPIR_PART("icmpv6.nd.na.flag.rsv", 0x1fffffff, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part renumbering_parts[] = {
    TAPIR_PART("icmpv6.rr.flag.t", 0x80, "Test command", NULL),
    TAPIR_PART("icmpv6.rr.flag.r", 0x40, "Result requested", NULL),
    TAPIR_PART("icmpv6.rr.flag.a", 0x20, "All interfaces", NULL),
    TAPIR_PART("icmpv6.rr.flag.s", 0x10, "Site-specific", NULL),
    TAPIR_PART("icmpv6.rr.flag.p", 0x08, "Processed previously", NULL),
    TAPIR_PART("icmpv6.rr.flag.rsv", 0x07, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part information_parts[] = {
    TAPIR_PART("icmpv6.ni.flag.rsv", 0xffc0, "Reserved", NULL),
    TAPIR_PART("icmpv6.ni.flag.g", 0x0020, "Global-scope addresses", NULL),
    TAPIR_PART("icmpv6.ni.flag.s", 0x0010, "Site-local addresses", NULL),
    TAPIR_PART("icmpv6.ni.flag.l", 0x0008, "Link-local addresses", NULL),
    TAPIR_PART("icmpv6.ni.flag.c", 0x0004, "IPv4-compatible and mapped addresses", NULL),
    TAPIR_PART("icmpv6.ni.flag.a", 0x0002, "All unicast addresses", NULL),
    TAPIR_PART("icmpv6.ni.flag.t", 0x0001, "Truncated", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part mobile_prefix_parts[] = {
    TAPIR_PART("icmpv6.mip6.flag.m", 0x8000, "Managed address configuration", NULL),
    TAPIR_PART("icmpv6.mip6.flag.o", 0x4000, "Other configuration", NULL),
    TAPIR_PART("icmpv6.mip6.flag.rsv", 0x3fff, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part initiate_parts[] = {
    TAPIR_PART("icmpv6.fmip6.hi.flag.s", 0x80, "Assigned address configuration", NULL),
    TAPIR_PART("icmpv6.fmip6.hi.flag.a", 0x40, "Buffer", NULL),
    TAPIR_PART("icmpv6.fmip6.hi.flag.reserved", 0x3f, "Reserved", NULL),
    TAPIR_PARTS_END,
};

/* What is printed of a message: its struct, and bytes that show in pieces. */
struct shown {
    struct tapir_icmpv6 icmp;
    uint8_t rest[4];                /* the first four bytes as they are */
    uint32_t response_ms, interval; /* what a query's codes stand for */
};

/* The messages, behind type, code and checksum. Rows with a width are what is on the wire. */

#define ITEMS(name, about, list_)                                                                  \
    TAPIR_FIELD(tapir_icmpv6, items, name, TAPIR_LIST, 0, about, .list = &(list_))
#define OPTIONS ITEMS("icmpv6.opt", "Options", tapir__ndp_option_list)
/* Some of the first four bytes, as they are; `width` is that of the row. */
#define RESERVED_AT(first, len, width)                                                             \
    {                                                                                              \
        .name = "icmpv6.reserved",                                                                 \
        .key = ",\"icmpv6.reserved\":", .key_len = sizeof "icmpv6.reserved" + 3,                   \
        .kind = TAPIR_BYTES, .bits = width, .offset = offsetof(struct shown, rest) + (first),      \
        .size = len, .member = "rest", .about = "Reserved"                                         \
    }

static const tapir_field error_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, error.length, "icmpv6.length", TAPIR_UINT, 8,
        "Length of the packet quoted in 64-bit words"),
    TAPIR_FIELD(tapir_icmpv6, error.reserved, "icmpv6.reserved", TAPIR_BYTES, 24, "Reserved")};
static const tapir_field plain_error_fields[] = {RESERVED_AT(0, 4, 32)};
static const tapir_field too_big_fields[] = {TAPIR_FIELD(
    tapir_icmpv6, packet_too_big.mtu, "icmpv6.mtu", TAPIR_UINT, 32, "MTU of the next link")};
static const tapir_field parameter_fields[] = {TAPIR_FIELD(tapir_icmpv6, parameter_problem.pointer,
    "icmpv6.pointer", TAPIR_UINT, 32, "Offset of the fault in the packet quoted")};
static const tapir_field echo_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, echo.ident, "icmpv6.echo.identifier", TAPIR_UINT, 16,
        "Identifier, to match replies with requests", .base = TAPIR_HEX),
    TAPIR_FIELD(
        tapir_icmpv6, echo.seq, "icmpv6.echo.sequence_number", TAPIR_UINT, 16, "Sequence number")};

#define MLD_GROUP                                                                                  \
    TAPIR_FIELD(tapir_icmpv6, mld.reserved, "icmpv6.reserved", TAPIR_BYTES, 16, "Reserved"),       \
        TAPIR_FIELD(tapir_icmpv6, mld.group, "icmpv6.mld.multicast_address", TAPIR_IPV6, 128,      \
            "Group, :: for all")

static const tapir_field mld_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, mld.max_response, "icmpv6.mld.maximum_response_delay", TAPIR_UINT, 16,
        "Milliseconds a listener may wait with its report"),
    MLD_GROUP};
static const tapir_field mldv2_query_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, mld.max_response, "icmpv6.mld.maximum_response_code", TAPIR_UINT, 16,
        "Code of the milliseconds a listener may wait with its report"),
    MLD_GROUP,
    TAPIR_FIELD(tapir_icmpv6, mld.flags, "icmpv6.mld.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = mld_parts),
    TAPIR_FIELD(tapir_icmpv6, mld.interval_code, "icmpv6.mld.qqi", TAPIR_UINT, 8,
        "Code of the querier's interval in seconds"),
    TAPIR_FIELD(tapir_icmpv6, mld.source_count, "icmpv6.mld.nb_sources", TAPIR_UINT, 16,
        "Sources in the query")};
static const tapir_field mldv2_shown_fields[] = {
    TAPIR_FIELD(shown, response_ms, "icmpv6.mld.maximum_response_code", TAPIR_UINT, 16,
        "Milliseconds a listener may wait with its report, from their code"),
    MLD_GROUP,
    TAPIR_FIELD(tapir_icmpv6, mld.flags, "icmpv6.mld.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = mld_parts),
    TAPIR_FIELD(shown, interval, "icmpv6.mld.qqi", TAPIR_UINT, 8,
        "Seconds between queries, from their code"),
    TAPIR_FIELD(tapir_icmpv6, mld.source_count, "icmpv6.mld.nb_sources", TAPIR_UINT, 16,
        "Sources in the query"),
    ITEMS("icmpv6.mld.sources", "Sources", tapir__mld_source_list)};
static const tapir_field mld_report_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, mld_report.reserved, "icmpv6.reserved", TAPIR_BYTES, 16, "Reserved"),
    TAPIR_FIELD(tapir_icmpv6, mld_report.record_count, "icmpv6.mldr.nb_mcast_records", TAPIR_UINT,
        16, "Records in the report"),
    ITEMS("icmpv6.mldr.mar", "Records", tapir__mld_record_list)};
static const tapir_field solicitation_fields[] = {
    TAPIR_FIELD(
        tapir_icmpv6, router_solicitation.reserved, "icmpv6.reserved", TAPIR_BYTES, 32, "Reserved"),
    OPTIONS};
static const tapir_field advertisement_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, router_advertisement.hop_limit, "icmpv6.nd.ra.cur_hop_limit",
        TAPIR_UINT, 8, "Hop limit to send with, 0: not said"),
    TAPIR_FIELD(tapir_icmpv6, router_advertisement.flags, "icmpv6.nd.ra.flag", TAPIR_UINT, 8,
        "Flags", .base = TAPIR_HEX, .parts = ra_parts),
    TAPIR_FIELD(tapir_icmpv6, router_advertisement.lifetime, "icmpv6.nd.ra.router_lifetime",
        TAPIR_UINT, 16, "Seconds it is a default router"),
    TAPIR_FIELD(tapir_icmpv6, router_advertisement.reachable_ms, "icmpv6.nd.ra.reachable_time",
        TAPIR_UINT, 32, "Milliseconds a neighbour stays reachable, 0: not said"),
    TAPIR_FIELD(tapir_icmpv6, router_advertisement.retransmit_ms, "icmpv6.nd.ra.retrans_timer",
        TAPIR_UINT, 32, "Milliseconds between solicitations, 0: not said"),
    OPTIONS};
static const tapir_field neighbor_solicitation_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, neighbor_solicitation.reserved, "icmpv6.reserved", TAPIR_BYTES, 32,
        "Reserved"),
    TAPIR_FIELD(tapir_icmpv6, neighbor_solicitation.target, "icmpv6.nd.ns.target_address",
        TAPIR_IPV6, 128, "Address asked for"),
    OPTIONS};
static const tapir_field neighbor_advertisement_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, neighbor_advertisement.flags, "icmpv6.nd.na.flag", TAPIR_UINT, 32,
        "Flags", .base = TAPIR_HEX, .parts = na_parts),
    TAPIR_FIELD(tapir_icmpv6, neighbor_advertisement.target, "icmpv6.nd.na.target_address",
        TAPIR_IPV6, 128, "Address advertised"),
    OPTIONS};
static const tapir_field redirect_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, redirect.reserved, "icmpv6.reserved", TAPIR_BYTES, 32, "Reserved"),
    TAPIR_FIELD(tapir_icmpv6, redirect.target, "icmpv6.nd.rd.target_address", TAPIR_IPV6, 128,
        "Better first hop"),
    TAPIR_FIELD(tapir_icmpv6, redirect.destination, "icmpv6.rd.na.destination_address", TAPIR_IPV6,
        128, "Destination it is for"),
    OPTIONS};

#define RENUMBERING                                                                                \
    TAPIR_FIELD(tapir_icmpv6, router_renumbering.seq, "icmpv6.rr.sequence_number", TAPIR_UINT, 32, \
        "Sequence number"),                                                                        \
        TAPIR_FIELD(tapir_icmpv6, router_renumbering.segment, "icmpv6.rr.segment_number",          \
            TAPIR_UINT, 8, "Which of the messages of that sequence number"),                       \
        TAPIR_FIELD(tapir_icmpv6, router_renumbering.flags, "icmpv6.rr.flag", TAPIR_UINT, 8,       \
            "Flags", .base = TAPIR_HEX, .parts = renumbering_parts),                               \
        TAPIR_FIELD(tapir_icmpv6, router_renumbering.max_delay_ms, "icmpv6.rr.maxdelay",           \
            TAPIR_UINT, 16, "Milliseconds a router may wait with its result"),                     \
        TAPIR_FIELD(tapir_icmpv6, router_renumbering.reserved, "icmpv6.reserved", TAPIR_BYTES, 32, \
            "Reserved")

static const tapir_field renumbering_fields[] = {RENUMBERING};
static const tapir_field renumbering_command_fields[] = {
    RENUMBERING, ITEMS("icmpv6.rr.pco", "Operations", tapir__renumbering_command_list)};
static const tapir_field renumbering_result_fields[] = {
    RENUMBERING, ITEMS("icmpv6.rr.rm", "Matches", tapir__renumbering_result_list)};
static const tapir_field information_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, node_information.query, "icmpv6.ni.qtype", TAPIR_UINT, 16,
        "What is asked for", .labels = query_types),
    TAPIR_FIELD(tapir_icmpv6, node_information.flags, "icmpv6.ni.flag", TAPIR_UINT, 16, "Flags",
        .base = TAPIR_HEX, .parts = information_parts),
    TAPIR_FIELD(tapir_icmpv6, node_information.nonce, "icmpv6.ni.nonce", TAPIR_UINT, 64,
        "Random value, to match replies with queries", .base = TAPIR_HEX),
    ITEMS("icmpv6.ni.items", "Subject or answers", tapir__information_list)};

#define MOBILE_IDENT                                                                               \
    TAPIR_FIELD(tapir_icmpv6, mobile.ident, "icmpv6.mip6.identifier", TAPIR_UINT, 16,              \
        "Identifier, to match replies with requests")

/* On the wire all four are the same. */
static const tapir_field mobile_fields[] = {MOBILE_IDENT,
    TAPIR_FIELD(tapir_icmpv6, mobile.flags, "icmpv6.mip6.flag", TAPIR_UINT, 16, "Flags",
        .base = TAPIR_HEX, .parts = mobile_prefix_parts),
    OPTIONS};
static const tapir_field home_agent_request_fields[] = {MOBILE_IDENT, RESERVED_AT(2, 2, 16)};
static const tapir_field home_agent_reply_fields[] = {MOBILE_IDENT, RESERVED_AT(2, 2, 16),
    ITEMS("icmpv6.mip6.home_agents", "Home agents", tapir__home_agent_list)};
static const tapir_field mobile_solicitation_fields[] = {
    MOBILE_IDENT, RESERVED_AT(2, 2, 16), OPTIONS};
static const tapir_field path_solicitation_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, path_solicitation.ident, "icmpv6.send.identifier", TAPIR_UINT, 16,
        "Identifier, to match advertisements with solicitations"),
    TAPIR_FIELD(tapir_icmpv6, path_solicitation.component, "icmpv6.send.component", TAPIR_UINT, 16,
        "Certificate wanted, 65535 for all"),
    OPTIONS};
static const tapir_field path_advertisement_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, path_advertisement.ident, "icmpv6.send.identifier", TAPIR_UINT, 16,
        "Identifier, to match advertisements with solicitations"),
    TAPIR_FIELD(tapir_icmpv6, path_advertisement.all_components, "icmpv6.send.all_components",
        TAPIR_UINT, 16, "Certificates of the path"),
    TAPIR_FIELD(tapir_icmpv6, path_advertisement.component, "icmpv6.send.component", TAPIR_UINT, 16,
        "Which of them this is"),
    TAPIR_FIELD(
        tapir_icmpv6, path_advertisement.reserved, "icmpv6.reserved", TAPIR_BYTES, 16, "Reserved"),
    OPTIONS};

#define HANDOVER_SUBTYPE                                                                           \
    TAPIR_FIELD(tapir_icmpv6, fast_handover.subtype, "icmpv6.fmip6.subtype", TAPIR_UINT, 8,        \
        "Message", .labels = handover_subtypes)
#define HANDOVER_IDENT                                                                             \
    TAPIR_FIELD(tapir_icmpv6, fast_handover.ident, "icmpv6.fmip6.identifier", TAPIR_UINT, 16,      \
        "Identifier, to match replies with requests")

/* On the wire all of them are the same. */
static const tapir_field handover_fields[] = {HANDOVER_SUBTYPE,
    TAPIR_FIELD(tapir_icmpv6, fast_handover.flags, "icmpv6.fmip6.flags", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX),
    HANDOVER_IDENT, OPTIONS};
static const tapir_field handover_reserved_fields[] = {
    HANDOVER_SUBTYPE, RESERVED_AT(1, 1, 8), HANDOVER_IDENT, OPTIONS};
static const tapir_field handover_initiate_fields[] = {HANDOVER_SUBTYPE,
    TAPIR_FIELD(tapir_icmpv6, fast_handover.flags, "icmpv6.fmip6.hi.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = initiate_parts),
    HANDOVER_IDENT, OPTIONS};
static const tapir_field multicast_router_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, multicast_router.query_interval, "icmpv6.mcast_ra.query_interval",
        TAPIR_UINT, 16, "Seconds between queries"),
    TAPIR_FIELD(tapir_icmpv6, multicast_router.robustness, "icmpv6.mcast_ra.robustness_variable",
        TAPIR_UINT, 16, "Robustness variable")};
static const tapir_field locator_update_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, locator_update.locator_count, "icmpv6.ilnp.nb_locs", TAPIR_UINT, 8,
        "Locators in the message"),
    TAPIR_FIELD(tapir_icmpv6, locator_update.operation, "icmpv6.ilnp.operation", TAPIR_UINT, 8,
        "Operation, 0 in practice"),
    RESERVED_AT(1, 1, 0),
    TAPIR_FIELD(
        tapir_icmpv6, locator_update.reserved, "icmpv6.reserved", TAPIR_BYTES, 16, "Reserved"),
    ITEMS("icmpv6.ilnp.locators", "Locators", tapir__locator_list)};
static const tapir_field duplicate_address_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, duplicate_address.status, "icmpv6.6lowpannd.da.status", TAPIR_UINT, 8,
        "Status", .labels = registration_states),
    TAPIR_FIELD(tapir_icmpv6, duplicate_address.reserved, "icmpv6.6lowpannd.da.rsv", TAPIR_UINT, 8,
        "Reserved"),
    TAPIR_FIELD(tapir_icmpv6, duplicate_address.lifetime, "icmpv6.6lowpannd.da.lifetime",
        TAPIR_UINT, 16, "Minutes the registration lasts"),
    TAPIR_FIELD(tapir_icmpv6, duplicate_address.eui64, "icmpv6.6lowpannd.da.eui64", TAPIR_BYTES, 64,
        "EUI-64 of the node", .address = TAPIR_BYTES),
    TAPIR_FIELD(tapir_icmpv6, duplicate_address.address, "icmpv6.6lowpannd.da.reg_addr", TAPIR_IPV6,
        128, "Address registered")};
static const tapir_field mpl_fields[] = {
    ITEMS("icmpv6.mpl.seed_info", "Seeds", tapir__mpl_seed_list)};

#define EXTENDED_HEAD                                                                              \
    TAPIR_FIELD(tapir_icmpv6, extended_echo.ident, "icmpv6.echo.identifier", TAPIR_UINT, 16,       \
        "Identifier, to match replies with requests", .base = TAPIR_HEX),                          \
        TAPIR_FIELD(tapir_icmpv6, extended_echo.seq, "icmpv6.ext.echo.seq", TAPIR_UINT, 8,         \
            "Sequence number")

static const tapir_field extended_request_fields[] = {EXTENDED_HEAD,
    TAPIR_FIELD(tapir_icmpv6, extended_echo.reserved, "icmpv6.ext.echo.req.res", TAPIR_UINT, 7,
        "Reserved", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_icmpv6, extended_echo.local, "icmpv6.ext.echo.req.local", TAPIR_FLAG, 1,
        "The interface asked for is on the node itself")};
static const tapir_field extended_reply_fields[] = {EXTENDED_HEAD,
    TAPIR_FIELD(tapir_icmpv6, extended_echo.state, "icmpv6.ext.echo.rsp.state", TAPIR_UINT, 3,
        "State of the neighbour table entry", .labels = tapir__neighbour_states),
    TAPIR_FIELD(tapir_icmpv6, extended_echo.reserved, "icmpv6.ext.echo.rsp.res", TAPIR_UINT, 2,
        "Reserved", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_icmpv6, extended_echo.active, "icmpv6.ext.echo.rsp.active", TAPIR_FLAG, 1,
        "The interface is active"),
    TAPIR_FIELD(tapir_icmpv6, extended_echo.ipv4, "icmpv6.ext.echo.rsp.ipv4", TAPIR_FLAG, 1,
        "IPv4 runs on the interface"),
    TAPIR_FIELD(tapir_icmpv6, extended_echo.ipv6, "icmpv6.ext.echo.rsp.ipv6", TAPIR_FLAG, 1,
        "IPv6 runs on the interface")};
static const tapir_field unknown_fields[] = {TAPIR_FIELD(
    tapir_icmpv6, items, "icmpv6.data", TAPIR_SPAN, 0, "Bytes of a type that is not known")};
static const tapir_field unknown_rpl_fields[] = {TAPIR_FIELD(
    tapir_icmpv6, items, "icmpv6.rpl.data", TAPIR_SPAN, 0, "Bytes of a code that is not known")};

static const tapir_record
    error_record = TAPIR_RECORD("Error with length", error_fields),
    plain_error_record = TAPIR_RECORD("Error", plain_error_fields),
    too_big_record = TAPIR_RECORD("Packet too big", too_big_fields),
    parameter_record = TAPIR_RECORD("Parameter problem", parameter_fields),
    echo_record = TAPIR_RECORD("Echo", echo_fields),
    mld_record = TAPIR_RECORD("Multicast listener message", mld_fields),
    mldv2_query_record = TAPIR_RECORD("Multicast listener query v2", mldv2_query_fields),
    mldv2_shown_record = TAPIR_RECORD("Multicast listener query v2", mldv2_shown_fields),
    mld_report_record = TAPIR_RECORD("Multicast listener report v2", mld_report_fields),
    solicitation_record = TAPIR_RECORD("Router solicitation", solicitation_fields),
    advertisement_record = TAPIR_RECORD("Router advertisement", advertisement_fields),
    neighbor_solicitation_record =
        TAPIR_RECORD("Neighbor solicitation", neighbor_solicitation_fields),
    neighbor_advertisement_record =
        TAPIR_RECORD("Neighbor advertisement", neighbor_advertisement_fields),
    redirect_record = TAPIR_RECORD("Redirect", redirect_fields),
    renumbering_record = TAPIR_RECORD("Router renumbering", renumbering_fields),
    renumbering_command_record =
        TAPIR_RECORD("Router renumbering command", renumbering_command_fields),
    renumbering_result_record =
        TAPIR_RECORD("Router renumbering result", renumbering_result_fields),
    node_information_record = TAPIR_RECORD("Node information", information_fields),
    mobile_record = TAPIR_RECORD("Mobile prefix advertisement", mobile_fields),
    home_agent_request_record = TAPIR_RECORD("Home agent request", home_agent_request_fields),
    home_agent_reply_record = TAPIR_RECORD("Home agent reply", home_agent_reply_fields),
    mobile_solicitation_record =
        TAPIR_RECORD("Mobile prefix solicitation", mobile_solicitation_fields),
    path_solicitation_record =
        TAPIR_RECORD("Certification path solicitation", path_solicitation_fields),
    path_advertisement_record =
        TAPIR_RECORD("Certification path advertisement", path_advertisement_fields),
    handover_record = TAPIR_RECORD("Fast handover", handover_fields),
    handover_reserved_record = TAPIR_RECORD("Fast handover", handover_reserved_fields),
    handover_initiate_record = TAPIR_RECORD("Handover initiate", handover_initiate_fields),
    multicast_router_record =
        TAPIR_RECORD("Multicast router advertisement", multicast_router_fields),
    locator_update_record = TAPIR_RECORD("Locator update", locator_update_fields),
    duplicate_address_record = TAPIR_RECORD("Duplicate address", duplicate_address_fields),
    mpl_record = TAPIR_RECORD("MPL control", mpl_fields),
    extended_request_record = TAPIR_RECORD("Extended echo request", extended_request_fields),
    extended_reply_record = TAPIR_RECORD("Extended echo reply", extended_reply_fields),
    unknown_record = TAPIR_RECORD("Message", unknown_fields),
    unknown_rpl_record = TAPIR_RECORD("RPL message", unknown_rpl_fields);

static const tapir_record *const message_records[] = {&error_record, &plain_error_record,
    &too_big_record, &parameter_record, &echo_record, &mld_record, &mldv2_shown_record,
    &mld_report_record, &solicitation_record, &advertisement_record, &neighbor_solicitation_record,
    &neighbor_advertisement_record, &redirect_record, &renumbering_record,
    &renumbering_command_record, &renumbering_result_record, &node_information_record,
    &mobile_record, &home_agent_request_record, &home_agent_reply_record,
    &mobile_solicitation_record, &path_solicitation_record, &path_advertisement_record,
    &handover_record, &handover_reserved_record, &handover_initiate_record,
    &multicast_router_record, &locator_update_record, &duplicate_address_record, &mpl_record,
    &extended_request_record, &extended_reply_record, &tapir__rpl_dis, &tapir__rpl_dio,
    &tapir__rpl_dao, &tapir__rpl_dao_ack, &tapir__rpl_dro, &tapir__rpl_dro_ack, &tapir__rpl_cc,
    &unknown_record, &unknown_rpl_record};

/* What lies behind a message's fixed part. */
enum tail { TAIL_ITEMS, TAIL_PAYLOAD, TAIL_QUOTE, TAIL_EXTENDED_QUOTE, TAIL_EXTENSIONS };

/* The shape of a message on the wire; types that are not known are all items. */
static const struct shape {
    const tapir_record *record;
    enum tail tail;
} shapes[256] = {
    [TAPIR_ICMPV6_UNREACHABLE] = {&error_record, TAIL_EXTENDED_QUOTE},
    [TAPIR_ICMPV6_PACKET_TOO_BIG] = {&too_big_record, TAIL_QUOTE},
    [TAPIR_ICMPV6_TIME_EXCEEDED] = {&error_record, TAIL_EXTENDED_QUOTE},
    [TAPIR_ICMPV6_PARAMETER_PROBLEM] = {&parameter_record, TAIL_QUOTE},
    [TAPIR_ICMPV6_ECHO_REQUEST] = {&echo_record, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_ECHO_REPLY] = {&echo_record, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_MLD_QUERY] = {&mld_record, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_MLD_REPORT] = {&mld_record, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_MLD_DONE] = {&mld_record, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_ROUTER_SOLICITATION] = {&solicitation_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_ROUTER_ADVERTISEMENT] = {&advertisement_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_NEIGHBOR_SOLICITATION] = {&neighbor_solicitation_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_NEIGHBOR_ADVERTISEMENT] = {&neighbor_advertisement_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_REDIRECT] = {&redirect_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_ROUTER_RENUMBERING] = {&renumbering_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_NODE_INFORMATION_QUERY] = {&node_information_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_NODE_INFORMATION_REPLY] = {&node_information_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_INVERSE_SOLICITATION] = {&solicitation_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_INVERSE_ADVERTISEMENT] = {&solicitation_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_MLDV2_REPORT] = {&mld_report_record, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_HOME_AGENT_REQUEST] = {&mobile_record, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_HOME_AGENT_REPLY] = {&mobile_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_MOBILE_PREFIX_SOLICITATION] = {&mobile_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_MOBILE_PREFIX_ADVERTISEMENT] = {&mobile_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_PATH_SOLICITATION] = {&path_solicitation_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_PATH_ADVERTISEMENT] = {&path_advertisement_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_EXPERIMENTAL_MOBILITY] = {&handover_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_MULTICAST_ROUTER_ADVERTISEMENT] = {&multicast_router_record, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_MULTICAST_ROUTER_SOLICITATION] = {NULL, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_MULTICAST_ROUTER_TERMINATION] = {NULL, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_FAST_HANDOVER] = {&handover_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_LOCATOR_UPDATE] = {&locator_update_record, TAIL_PAYLOAD},
    [TAPIR_ICMPV6_DUPLICATE_ADDRESS_REQUEST] = {&duplicate_address_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_DUPLICATE_ADDRESS_CONFIRMATION] = {&duplicate_address_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_MPL_CONTROL] = {&mpl_record, TAIL_ITEMS},
    [TAPIR_ICMPV6_EXTENDED_ECHO_REQUEST] = {&extended_request_record, TAIL_EXTENSIONS},
    [TAPIR_ICMPV6_EXTENDED_ECHO_REPLY] = {&extended_reply_record, TAIL_PAYLOAD},
};

static bool is_rpl(const struct tapir_icmpv6 *icmp)
{
    return icmp->type == TAPIR_ICMPV6_RPL && tapir__rpl_record(icmp->code);
}

/* The fixed part of a message, NULL when it has none. */
static const tapir_record *wire_record(const struct tapir_icmpv6 *icmp)
{
    if (icmp->type == TAPIR_ICMPV6_MLD_QUERY && icmp->mld.version2)
        return &mldv2_query_record;
    return shapes[icmp->type].record;
}

/* The pieces a message shows in. */
static const tapir_record *shown_record(const struct tapir_icmpv6 *icmp)
{
    switch (icmp->type) {
    case TAPIR_ICMPV6_UNREACHABLE:
    case TAPIR_ICMPV6_TIME_EXCEEDED:
        return icmp->error.length ? &error_record : &plain_error_record;
    case TAPIR_ICMPV6_MLD_QUERY:
        return icmp->mld.version2 ? &mldv2_shown_record : &mld_record;
    case TAPIR_ICMPV6_ROUTER_RENUMBERING:
        return icmp->code == 0   ? &renumbering_command_record
               : icmp->code == 1 ? &renumbering_result_record
                                 : &renumbering_record;
    case TAPIR_ICMPV6_HOME_AGENT_REQUEST:
        return &home_agent_request_record;
    case TAPIR_ICMPV6_HOME_AGENT_REPLY:
        return &home_agent_reply_record;
    case TAPIR_ICMPV6_MOBILE_PREFIX_SOLICITATION:
        return &mobile_solicitation_record;
    case TAPIR_ICMPV6_EXPERIMENTAL_MOBILITY:
    case TAPIR_ICMPV6_FAST_HANDOVER:
        return icmp->fast_handover.subtype == 4 ? &handover_initiate_record
               : icmp->fast_handover.subtype == 2 || icmp->fast_handover.subtype == 3 ||
                       icmp->fast_handover.subtype == 5
                   ? &handover_reserved_record
                   : &handover_record;
    case TAPIR_ICMPV6_RPL:
        return tapir__rpl_record(icmp->code) ? tapir__rpl_record(icmp->code) : &unknown_rpl_record;
    default:
        return wire_record(icmp) ? wire_record(icmp) : &unknown_record;
    }
}

/* RFC 3810 5.1.3 and 5.1.9: above the highest bit's value a code is 1, 3 bits of exponent and
 * `bits` of mantissa. */
static uint32_t from_code(uint32_t code, unsigned bits)
{
    uint32_t one = (uint32_t)1 << bits;

    return code >> (bits + 3) ? (one | (code & (one - 1))) << ((code >> bits & 7) + 3) : code;
}

static const tapir_record *message_next(tapir_walk *walk, void *item)
{
    struct shown *shown = item;
    tapir_span body = tapir_rest(&walk->in);
    const tapir_record *record;

    memset(shown, 0, sizeof *shown);
    shown->icmp = *(const struct tapir_icmpv6 *)walk->outer;
    record = shown_record(&shown->icmp);
    memcpy(shown->rest, body.data, body.len < 4 ? body.len : 4);
    if (record == &mldv2_shown_record) {
        shown->response_ms = from_code(shown->icmp.mld.max_response, 12);
        shown->interval = from_code(shown->icmp.mld.interval_code, 4);
    }
    tapir_take_rest(&walk->in);
    if (is_rpl(&shown->icmp) && body.len < tapir__rpl_len(&shown->icmp)) {
        tapir_reader_fail(&walk->in, 1);
        return NULL;
    }
    if (body.len < tapir__record_len(record))
        tapir_reader_fail(&walk->in, 1);
    return record;
}

static const tapir_list message_list = {
    sizeof(struct shown), message_next, message_records, TAPIR_COUNT(message_records)};

static const tapir_field icmpv6_fields[] = {
    TAPIR_FIELD(tapir_icmpv6, type, "icmpv6.type", TAPIR_UINT, 8, "Type", .labels = types),
    TAPIR_FIELD(tapir_icmpv6, code, "icmpv6.code", TAPIR_UINT, 8, "Code, by the type",
        .labels_of = codes_of),
    TAPIR_FIELD(tapir_icmpv6, checksum, "icmpv6.checksum", TAPIR_UINT, 16,
        "Internet checksum with pseudo-header", .base = TAPIR_HEX),
    TAPIR_FIELD(
        tapir_icmpv6, body, "icmpv6.message", TAPIR_BODY, 0, "By the type", .list = &message_list),
    TAPIR_FIELD(tapir_icmpv6, extensions, "icmp.ext", TAPIR_BODY, 0,
        "Extension structure behind the packet quoted", .list = &tapir__icmp_extension_list),
};

tapir_walk tapir_icmpv6_options(const struct tapir_icmpv6 *icmp)
{
    const tapir_record *record = shown_record(icmp);
    const tapir_field *last = &record->fields[record->field_count - 1];
    bool has_options = last->list == &tapir__ndp_option_list;

    return tapir_walk_of(
        &tapir__ndp_option_list, has_options ? icmp->items : tapir_span_of(NULL, 0), icmp);
}

tapir_walk tapir_icmpv6_rpl_options(const struct tapir_icmpv6 *icmp)
{
    return tapir_walk_of(
        &tapir__rpl_option_list, is_rpl(icmp) ? icmp->items : tapir_span_of(NULL, 0), icmp);
}

/* Records with their sources, as many as announced; the walk shows what there is of them. */
static void take_mld_records(tapir_reader *in, struct tapir_icmpv6 *icmp)
{
    const uint8_t *items = in->at;

    for (unsigned i = 0; i < icmp->mld_report.record_count && !in->failed; i++) {
        size_t aux_len, source_len;
        tapir_take_u8(in);
        aux_len = tapir_take_u8(in) * (size_t)4;
        source_len = tapir_take_be16(in) * (size_t)16;
        tapir_take(in, 16 + source_len + aux_len);
    }
    icmp->items = tapir_span_of(items, (size_t)(in->at - items));
}

/* RFC 4861 4.6.3: the packet in the last option is the payload. */
static void take_redirect_options(tapir_decoder *d, struct tapir_icmpv6 *icmp)
{
    tapir_reader in = d->in;
    const uint8_t *items = in.at;

    while (tapir_left(&in) >= 8) {
        uint8_t type = tapir_take_u8(&in);
        size_t len = tapir_take_u8(&in) * (size_t)8;
        if (len == 0)
            break;
        if (type == TAPIR_NDP_REDIRECTED_HEADER && len - 2 >= tapir_left(&in)) {
            tapir_take(&in, 6);
            d->in.at = in.at;
            icmp->items = tapir_span_of(items, (size_t)(in.at - items));
            tapir_bound(d, len - 8, "icmpv6.opt.length");
            tapir_next(d, TAPIR_ETHER_TYPE, 0x86dd);
            return;
        }
        tapir_take(&in, len - 2);
    }
    icmp->items = tapir_take_rest(&d->in);
}

/* The packet quoted is the payload, and what follows it the extension structure. */
static void bound_quote(tapir_decoder *d, struct tapir_icmpv6 *icmp)
{
    size_t left = tapir_left(&d->in), len = icmp->error.length * (size_t)8;

    if (len == 0)
        return;
    if (len < left)
        icmp->extensions = tapir_span_of(d->in.at + len, left - len);
    tapir_bound(d, len, "icmpv6.length");
}

#define LOCATOR_LEN 12

/* Takes what follows the fixed part. */
static void take_tail(tapir_decoder *d, struct tapir_icmpv6 *icmp)
{
    switch (shapes[icmp->type].tail) {
    case TAIL_PAYLOAD:
        if (icmp->type == TAPIR_ICMPV6_MLDV2_REPORT)
            take_mld_records(&d->in, icmp);
        else if (icmp->type == TAPIR_ICMPV6_MLD_QUERY && icmp->mld.version2)
            icmp->items = tapir__take_most(&d->in, icmp->mld.source_count * (size_t)16);
        else if (icmp->type == TAPIR_ICMPV6_LOCATOR_UPDATE)
            icmp->items =
                tapir__take_most(&d->in, icmp->locator_update.locator_count * (size_t)LOCATOR_LEN);
        break;
    case TAIL_ITEMS:
        if (icmp->type == TAPIR_ICMPV6_REDIRECT)
            take_redirect_options(d, icmp);
        else
            icmp->items = tapir_take_rest(&d->in);
        break;
    case TAIL_EXTENSIONS:
        icmp->extensions = tapir_take_rest(&d->in);
        break;
    case TAIL_EXTENDED_QUOTE:
        bound_quote(d, icmp);
        tapir_next(d, TAPIR_ETHER_TYPE, 0x86dd);
        break;
    case TAIL_QUOTE:
        tapir_next(d, TAPIR_ETHER_TYPE, 0x86dd);
        break;
    }
}

/* RFC 3810 8.1: a query of 24 bytes is of version 1, a longer one of version 2. */
#define MLDV2_QUERY_LEN 24 /* behind the checksum */

static tapir_status icmpv6_decode(tapir_decoder *d, void *layer)
{
    struct tapir_icmpv6 *icmp = layer;
    const tapir_record *record;
    const uint8_t *body;

    memset(icmp, 0, sizeof *icmp);
    if (!TAPIR_LOAD(&d->in, icmp, icmpv6_fields))
        return TAPIR_OK;
    body = d->in.at;
    if (icmp->type == TAPIR_ICMPV6_MLD_QUERY)
        icmp->mld.version2 = tapir_left_as_sent(d) >= MLDV2_QUERY_LEN;
    record = wire_record(icmp);
    if (is_rpl(icmp))
        tapir__take_rpl(&d->in, icmp);
    else if (record)
        tapir__take_record(&d->in, record, icmp);
    if (!d->in.failed)
        take_tail(d, icmp);
    icmp->body = tapir_span_of(body, (size_t)(d->in.at - body));
    return TAPIR_OK;
}

/* How many records there are, whole or not. */
static size_t count_mld_records(tapir_span items)
{
    tapir_reader in = tapir_reader_of(items);
    size_t count = 0;

    for (; tapir_left(&in); count++) {
        size_t len;
        tapir_take_u8(&in);
        len = 16 + tapir_take_u8(&in) * (size_t)4;
        tapir_take(&in, len + tapir_take_be16(&in) * (size_t)16);
    }
    return count;
}

/* Makes a count that of the items. */
static tapir_status fill_count(tapir_encoder *e, struct tapir_icmpv6 *icmp)
{
    size_t count;

    if (!(e->fill & TAPIR_LENGTHS))
        return TAPIR_OK;
    if (icmp->type == TAPIR_ICMPV6_MLDV2_REPORT)
        icmp->mld_report.record_count = (uint16_t)count_mld_records(icmp->items);
    else if (icmp->type == TAPIR_ICMPV6_MLD_QUERY && icmp->mld.version2)
        icmp->mld.source_count = (uint16_t)(icmp->items.len / 16);
    if (icmp->type != TAPIR_ICMPV6_LOCATOR_UPDATE)
        return TAPIR_OK;
    count = icmp->items.len / LOCATOR_LEN;
    if (count > UINT8_MAX)
        return tapir_refuse(e, TAPIR_TOO_WIDE, "icmpv6.ilnp.nb_locs",
            "%zu locators do not fit, 255 are the most", count);
    icmp->locator_update.locator_count = (uint8_t)count;
    return TAPIR_OK;
}

/* RFC 4861 4.6.3: whether the last of a redirect's options is the one whose packet is inside. */
static bool holds_inside(const struct tapir_icmpv6 *icmp)
{
    tapir_reader in = tapir_reader_of(icmp->items);

    while (icmp->type == TAPIR_ICMPV6_REDIRECT && tapir_left(&in) >= 8) {
        if (tapir_left(&in) == 8 && *in.at == TAPIR_NDP_REDIRECTED_HEADER)
            return true;
        if (!in.at[1])
            return false;
        tapir_take(&in, in.at[1] * (size_t)8);
    }
    return false;
}

/* Pads the packet inside to units of 8 bytes, and says in *units how long its option is. */
static tapir_status fill_redirected(
    tapir_encoder *e, const struct tapir_icmpv6 *icmp, size_t *units)
{
    size_t length = icmp->items.data[icmp->items.len - 7] * (size_t)8, padding;
    uint8_t *trailer;
    tapir_status status;

    length -= length ? 8 : 0;
    padding = e->was ? 0 : tapir_fill_padding(e, e->inside.len, 8);
    trailer = padding ? tapir_open_trailer(e, padding) : NULL;
    if (padding && !trailer)
        return TAPIR_NO_ROOM;
    if (trailer)
        memset(trailer, 0, padding);
    status = tapir_fill_length(e, "icmpv6.opt.length", 0, (UINT8_MAX - 1) * (size_t)8, &length);
    *units = 1 + (length + 7) / 8;
    return status;
}

static tapir_status icmpv6_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_icmpv6 filled = *(const struct tapir_icmpv6 *)layer, *icmp = &filled;
    const tapir_record *record = wire_record(icmp);
    enum tail tail = shapes[icmp->type].tail;
    size_t len = 4 + (is_rpl(icmp) ? tapir__rpl_len(icmp) : record ? tapir__record_len(record) : 0);
    tapir_span inside = tail == TAIL_EXTENSIONS ? icmp->extensions : icmp->items;
    bool redirected = e->fill & TAPIR_LENGTHS && holds_inside(icmp);
    size_t units = 0;
    tapir_status status =
        tapir_require_outside(e, TAPIR_ROLE_NETWORK, &tapir_ipv6_proto, "icmpv6.type");

    if (status == TAPIR_OK && (tail == TAIL_EXTENDED_QUOTE || tail == TAIL_QUOTE || redirected))
        status = tapir_require_key(e, TAPIR_ETHER_TYPE, "icmpv6.type", 0x86dd);
    if (tail == TAIL_EXTENDED_QUOTE && status == TAPIR_OK)
        status =
            tapir__put_extensions(e, "icmpv6.length", 8, &icmp->error.length, icmp->extensions);
    else if (redirected && status == TAPIR_OK)
        status = fill_redirected(e, icmp, &units);
    else if (status == TAPIR_OK)
        status = fill_count(e, icmp);
    if (status != TAPIR_OK)
        return status;
    tapir_open_header(e, len + inside.len);
    TAPIR_STORE(&e->out, icmp, icmpv6_fields);
    if (is_rpl(icmp))
        tapir__put_rpl(&e->out, icmp);
    else if (record)
        tapir__put_record(&e->out, record, icmp);
    tapir_put_span(&e->out, inside);
    if (redirected && !e->out.failed)
        tapir_store_be(e->head + len + inside.len - 7, 1, units);
    return tapir__fill_icmp(e, "icmpv6.checksum", 58);
}

static void icmpv6_verify(
    const tapir_packet *packet, const tapir_layer *layer, tapir_checksum *checksum)
{
    const struct tapir_icmpv6 *icmp = layer->fields;
    tapir_span behind = shapes[icmp->type].tail == TAIL_EXTENDED_QUOTE
                            ? icmp->extensions
                            : tapir_span_of(layer->start, 0);

    tapir__verify_icmp(packet, layer, behind, 58, icmp->checksum, checksum);
}

static const tapir_binding icmpv6_bindings[] = {{TAPIR_IP_PROTOCOL, 58}};

#include "icmpv6_samples.h"

static const struct tapir_icmpv6 icmpv6_initial = {.type = TAPIR_ICMPV6_ECHO_REQUEST};

static const tapir_coverage icmpv6_coverage = {.offset = 2, .to_the_end = true, .pseudo = true};

const tapir_proto tapir_icmpv6_proto = {
    .name = "icmpv6",
    .title = "Internet Control Message Protocol for IPv6",
    .spec = "RFC 4443",
    TAPIR_FIELDS(icmpv6_fields),
    .size = sizeof(struct tapir_icmpv6),
    .decode = icmpv6_decode,
    .encode = icmpv6_encode,
    .verify = icmpv6_verify,
    TAPIR_BINDINGS(icmpv6_bindings),
    TAPIR_SAMPLES(icmpv6_samples),
    .initial = &icmpv6_initial,
    .coverage = &icmpv6_coverage,
};
