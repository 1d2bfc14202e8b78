/* Internet Control Message Protocol (RFC 792). */
#include "tapir/proto/icmp.h"

#include "../record.h"

#include "icmp_shared.h"
#include "tapir/checksum.h"
#include "tapir/encode.h"
#include "tapir/proto/ipv4.h"

static const tapir_label types[] = {
    {TAPIR_ICMP_ECHO_REPLY, "Echo reply"},
    {TAPIR_ICMP_UNREACHABLE, "Destination unreachable"},
    {TAPIR_ICMP_SOURCE_QUENCH, "Source quench"},
    {TAPIR_ICMP_REDIRECT, "Redirect"},
    {TAPIR_ICMP_ALTERNATE_HOST, "Alternate host address"},
    {TAPIR_ICMP_ECHO_REQUEST, "Echo request"},
    {TAPIR_ICMP_ROUTER_ADVERTISEMENT, "Router advertisement"},
    {TAPIR_ICMP_ROUTER_SOLICITATION, "Router solicitation"},
    {TAPIR_ICMP_TIME_EXCEEDED, "Time exceeded"},
    {TAPIR_ICMP_PARAMETER_PROBLEM, "Parameter problem"},
    {TAPIR_ICMP_TIMESTAMP_REQUEST, "Timestamp request"},
    {TAPIR_ICMP_TIMESTAMP_REPLY, "Timestamp reply"},
    {TAPIR_ICMP_INFORMATION_REQUEST, "Information request"},
    {TAPIR_ICMP_INFORMATION_REPLY, "Information reply"},
    {TAPIR_ICMP_MASK_REQUEST, "Address mask request"},
    {TAPIR_ICMP_MASK_REPLY, "Address mask reply"},
    {TAPIR_ICMP_TRACEROUTE, "Traceroute"},
    {TAPIR_ICMP_CONVERSION_FAILED, "Datagram conversion error"},
    {TAPIR_ICMP_MOBILE_HOST_REDIRECT, "Mobile host redirect"},
    {TAPIR_ICMP_WHERE_ARE_YOU, "IPv6 where are you"},
    {TAPIR_ICMP_I_AM_HERE, "IPv6 I am here"},
    {TAPIR_ICMP_MOBILE_REGISTRATION_REQUEST, "Mobile registration request"},
    {TAPIR_ICMP_MOBILE_REGISTRATION_REPLY, "Mobile registration reply"},
    {TAPIR_ICMP_NAME_REQUEST, "Domain name request"},
    {TAPIR_ICMP_NAME_REPLY, "Domain name reply"},
    {TAPIR_ICMP_SKIP, "SKIP"},
    {TAPIR_ICMP_PHOTURIS, "Photuris"},
    {TAPIR_ICMP_EXPERIMENTAL_MOBILITY, "Experimental mobility"},
    {TAPIR_ICMP_EXTENDED_ECHO_REQUEST, "Extended echo request"},
    {TAPIR_ICMP_EXTENDED_ECHO_REPLY, "Extended echo reply"},
    {253, "Experiment 1"},
    {254, "Experiment 2"},
    {0, NULL},
};

static const tapir_label unreachable_codes[] = {
    {TAPIR_ICMP_NET_UNREACHABLE, "Network unreachable"},
    {TAPIR_ICMP_HOST_UNREACHABLE, "Host unreachable"},
    {TAPIR_ICMP_PROTOCOL_UNREACHABLE, "Protocol unreachable"},
    {TAPIR_ICMP_PORT_UNREACHABLE, "Port unreachable"},
    {TAPIR_ICMP_FRAGMENTATION_NEEDED, "Fragmentation needed"},
    {5, "Source route failed"},
    {6, "Destination network unknown"},
    {7, "Destination host unknown"},
    {8, "Source host isolated"},
    {9, "Network administratively prohibited"},
    {10, "Host administratively prohibited"},
    {11, "Network unreachable for type of service"},
    {12, "Host unreachable for type of service"},
    {13, "Communication administratively filtered"},
    {14, "Host precedence violation"},
    {15, "Precedence cutoff in effect"},
    {0, NULL},
};
static const tapir_label redirect_codes[] = {
    {0, "For the network"},
    {1, "For the host"},
    {2, "For the type of service and network"},
    {3, "For the type of service and host"},
    {0, NULL},
};
static const tapir_label alternate_host_codes[] = {{0, "Alternate address for host"}, {0, NULL}};
static const tapir_label advertisement_codes[] = {
    {0, "Normal router"}, {16, "Does not route common traffic"}, {0, NULL}};
static const tapir_label time_exceeded_codes[] = {
    {0, "Time to live exceeded in transit"}, {1, "Fragment reassembly time exceeded"}, {0, NULL}};
static const tapir_label parameter_codes[] = {{0, "Pointer indicates the error"},
    {1, "Required option missing"}, {2, "Bad length"}, {0, NULL}};
static const tapir_label traceroute_codes[] = {
    {0, "Packet forwarded"}, {1, "No route, packet discarded"}, {0, NULL}};
static const tapir_label conversion_codes[] = {
    {0, "Unknown or unspecified error"},
    {1, "Option not convertible"},
    {2, "Unknown mandatory option present"},
    {3, "Known unsupported option present"},
    {4, "Unsupported transport protocol"},
    {5, "Overall length exceeded"},
    {6, "IP header length exceeded"},
    {7, "Transport protocol number above 255"},
    {8, "Port conversion out of range"},
    {9, "Transport header length exceeded"},
    {10, "32 bit rollover missing and ACK set"},
    {11, "Unknown mandatory transport option present"},
    {0, NULL},
};
static const tapir_label photuris_codes[] = {
    {0, "Bad security parameters index"},
    {1, "Authentication failed"},
    {2, "Decompression failed"},
    {3, "Decryption failed"},
    {4, "Need authentication"},
    {5, "Need authorization"},
    {0, NULL},
};

static const tapir_label *codes_of(const void *item)
{
    switch (((const struct tapir_icmp *)item)->type) {
    case TAPIR_ICMP_UNREACHABLE:
        return unreachable_codes;
    case TAPIR_ICMP_REDIRECT:
        return redirect_codes;
    case TAPIR_ICMP_ALTERNATE_HOST:
        return alternate_host_codes;
    case TAPIR_ICMP_ROUTER_ADVERTISEMENT:
        return advertisement_codes;
    case TAPIR_ICMP_TIME_EXCEEDED:
        return time_exceeded_codes;
    case TAPIR_ICMP_PARAMETER_PROBLEM:
        return parameter_codes;
    case TAPIR_ICMP_TRACEROUTE:
        return traceroute_codes;
    case TAPIR_ICMP_CONVERSION_FAILED:
        return conversion_codes;
    case TAPIR_ICMP_PHOTURIS:
        return photuris_codes;
    case TAPIR_ICMP_EXTENDED_ECHO_REQUEST:
    case TAPIR_ICMP_EXTENDED_ECHO_REPLY:
        return tapir__extended_echo_codes;
    default:
        return NULL;
    }
}

/* What is printed of a message: its struct, and what has two readings. */
struct shown {
    struct tapir_icmp icmp;
    uint16_t ident_le, seq_le; /* as if they were little-endian */
    uint8_t rest[4];           /* the first four bytes as they are */
};

/* A router's address. */

static const tapir_field address_fields[] = {
    TAPIR_FIELD(tapir_icmp_router_address, address, "icmp.router_address", TAPIR_IPV4, 32,
        "Address of the router"),
    TAPIR_FIELD(tapir_icmp_router_address, preference, "icmp.pref_level", TAPIR_INT, 32,
        "Preference as a default router, higher is better"),
    TAPIR_FIELD(tapir_icmp_router_address, more, "icmp.router_address.more", TAPIR_SPAN, 0,
        "Words of the entry without meaning"),
};
static const tapir_record address_record = TAPIR_RECORD("Router address", address_fields);
static const tapir_record *const address_records[] = {&address_record};

static const tapir_record *address_next(tapir_walk *walk, void *item)
{
    const struct tapir_icmp *icmp = walk->outer;
    struct tapir_icmp_router_address *address = item;

    if (!TAPIR_LOAD(&walk->in, address, address_fields))
        return NULL;
    address->more =
        tapir__take_most(&walk->in, icmp->router_advertisement.address_words * (size_t)4 - 8);
    return &address_record;
}

static const tapir_list address_list = {sizeof(struct tapir_icmp_router_address), address_next,
    address_records, TAPIR_COUNT(address_records)};

tapir_walk tapir_icmp_router_addresses(const struct tapir_icmp *icmp)
{
    bool advertised = icmp->type == TAPIR_ICMP_ROUTER_ADVERTISEMENT;

    return tapir_walk_of(&address_list,
        advertised ? icmp->router_advertisement.addresses : tapir_span_of(NULL, 0), icmp);
}

/* Mobile IP extensions of a router's advertisement (RFC 5944 2.1). */

static const tapir_label extension_types[] = {
    {TAPIR_ICMP_MOBILE_PADDING, "One byte of padding"},
    {TAPIR_ICMP_MOBILE_AGENT, "Mobility agent advertisement"},
    {TAPIR_ICMP_MOBILE_PREFIX_LENGTHS, "Prefix lengths"},
    {TAPIR_ICMP_MOBILE_CHALLENGE, "Challenge"},
    {0, NULL},
};

static const tapir_part agent_parts[] = {
    TAPIR_PART("icmp.mip.r", 0x8000, "Registration required", NULL),
    TAPIR_PART("icmp.mip.b", 0x4000, "Busy", NULL),
    TAPIR_PART("icmp.mip.h", 0x2000, "Home agent", NULL),
    TAPIR_PART("icmp.mip.f", 0x1000, "Foreign agent", NULL),
    TAPIR_PART("icmp.mip.m", 0x0800, "Minimal encapsulation", NULL),
    TAPIR_PART("icmp.mip.g", 0x0400, "GRE encapsulation", NULL),
    TAPIR_PART("icmp.mip.v", 0x0200, "Van Jacobson compression", NULL),
    TAPIR_PART("icmp.mip.rt", 0x0100, "Reverse tunnelling", NULL),
    TAPIR_PART("icmp.mip.u", 0x0080, "UDP tunnelling", NULL),
    TAPIR_PART("icmp.mip.x", 0x0040, "Registration revocation", NULL),
    TAPIR_PART("icmp.mip.reserved", 0x003f, "Reserved", NULL),
    TAPIR_PARTS_END,
};

struct care_of {
    uint8_t address[4];
};
static const tapir_field care_of_fields[] = {
    TAPIR_FIELD(care_of, address, "icmp.mip.coa", TAPIR_IPV4, 32, "Care-of address")};
static const tapir_record care_of_record = TAPIR_RECORD("Care-of address", care_of_fields);
static const tapir_record *const care_of_records[] = {&care_of_record};

static const tapir_list care_of_list = {
    sizeof(struct care_of), tapir__next_fixed, care_of_records, TAPIR_COUNT(care_of_records)};

struct prefix_len {
    uint8_t bits;
};
static const tapir_field prefix_len_fields[] = {TAPIR_FIELD(
    prefix_len, bits, "icmp.mip.prefixlength", TAPIR_UINT, 8, "Prefix length of an address")};
static const tapir_record prefix_len_record = TAPIR_RECORD("Prefix length", prefix_len_fields);
static const tapir_record *const prefix_len_records[] = {&prefix_len_record};

static const tapir_list prefix_len_list = {sizeof(struct prefix_len), tapir__next_fixed,
    prefix_len_records, TAPIR_COUNT(prefix_len_records)};

#define EXTENSION_TYPE                                                                             \
    TAPIR_FIELD(tapir_icmp_mobile_extension, type, "icmp.mip.type", TAPIR_UINT, 8,                 \
        "Type of the extension", .labels = extension_types)
#define EXTENSION_HEAD                                                                             \
    EXTENSION_TYPE, TAPIR_FIELD(tapir_icmp_mobile_extension, length, "icmp.mip.length",            \
                        TAPIR_UINT, 8, "Bytes behind the length")

static const tapir_field padding_fields[] = {EXTENSION_TYPE};
static const tapir_field broken_fields[] = {EXTENSION_HEAD};
static const tapir_field agent_fields[] = {EXTENSION_HEAD,
    TAPIR_FIELD(tapir_icmp_mobile_extension, seq, "icmp.mip.seq", TAPIR_UINT, 16,
        "Advertisements since the agent started"),
    TAPIR_FIELD(tapir_icmp_mobile_extension, lifetime, "icmp.mip.life", TAPIR_UINT, 16,
        "Longest registration the agent takes, in seconds"),
    TAPIR_FIELD(tapir_icmp_mobile_extension, flags, "icmp.mip.flags", TAPIR_UINT, 16,
        "What the agent offers", .base = TAPIR_HEX, .parts = agent_parts),
    TAPIR_FIELD(tapir_icmp_mobile_extension, care_of_addresses, "icmp.mip.care_of", TAPIR_LIST, 0,
        "Care-of addresses", .list = &care_of_list)};
static const tapir_field prefixes_fields[] = {
    EXTENSION_HEAD, TAPIR_FIELD(tapir_icmp_mobile_extension, data, "icmp.mip.prefixes", TAPIR_LIST,
                        0, "Prefix length of each router address", .list = &prefix_len_list)};
static const tapir_field challenge_fields[] = {
    EXTENSION_HEAD, TAPIR_FIELD(tapir_icmp_mobile_extension, data, "icmp.mip.challenge", TAPIR_SPAN,
                        0, "Random value to be signed")};
static const tapir_field unknown_fields[] = {
    EXTENSION_HEAD, TAPIR_FIELD(tapir_icmp_mobile_extension, data, "icmp.mip.content", TAPIR_SPAN,
                        0, "Bytes of a type that is not known")};

static const tapir_record padding_record = TAPIR_RECORD("Padding", padding_fields),
                          agent_record = TAPIR_RECORD("Mobility agent", agent_fields),
                          prefixes_record = TAPIR_RECORD("Prefix lengths", prefixes_fields),
                          challenge_record = TAPIR_RECORD("Challenge", challenge_fields),
                          unknown_record = TAPIR_RECORD("Extension", unknown_fields),
                          broken_record = TAPIR_RECORD("Extension cut short", broken_fields);
static const tapir_record *const extension_records[] = {&padding_record, &agent_record,
    &prefixes_record, &challenge_record, &unknown_record, &broken_record};

static const tapir_record *extension_next(tapir_walk *walk, void *item)
{
    struct tapir_icmp_mobile_extension *extension = item;
    tapir_reader data;

    *extension = (struct tapir_icmp_mobile_extension){.type = tapir_take_u8(&walk->in)};
    if (extension->type == TAPIR_ICMP_MOBILE_PADDING)
        return &padding_record;
    extension->length = tapir_take_u8(&walk->in);
    if (walk->in.failed)
        return NULL;
    extension->data = tapir__take_most(&walk->in, extension->length);
    switch (extension->type) {
    case TAPIR_ICMP_MOBILE_AGENT:
        if (extension->data.len < 6)
            return &broken_record;
        data = tapir_reader_of(extension->data);
        extension->seq = tapir_take_be16(&data);
        extension->lifetime = tapir_take_be16(&data);
        extension->flags = tapir_take_be16(&data);
        extension->care_of_addresses = tapir_take_rest(&data);
        return &agent_record;
    case TAPIR_ICMP_MOBILE_PREFIX_LENGTHS:
        return &prefixes_record;
    case TAPIR_ICMP_MOBILE_CHALLENGE:
        return &challenge_record;
    default:
        return &unknown_record;
    }
}

static const tapir_list extension_list = {sizeof(struct tapir_icmp_mobile_extension),
    extension_next, extension_records, TAPIR_COUNT(extension_records)};

tapir_walk tapir_icmp_mobile_extensions(const struct tapir_icmp *icmp)
{
    bool advertised = icmp->type == TAPIR_ICMP_ROUTER_ADVERTISEMENT;

    return tapir_walk_of(&extension_list,
        advertised ? icmp->router_advertisement.extensions : tapir_span_of(NULL, 0), icmp);
}

/* Names of a domain name reply. */

static const tapir_field name_fields[] = {TAPIR_FIELD(tapir_dns_name, message, "icmp.name.name",
    TAPIR_TEXT, 0, "Name of the host", .print = tapir__domain_text)};
static const tapir_record name_record = TAPIR_RECORD("Name", name_fields);
static const tapir_record *const name_records[] = {&name_record};

static const tapir_record *name_next(tapir_walk *walk, void *item)
{
    return tapir__take_domain(&walk->in, item) ? &name_record : NULL;
}

static const tapir_list name_list = {
    sizeof(struct tapir_dns_name), name_next, name_records, TAPIR_COUNT(name_records)};

/* The messages, behind type, code and checksum. Rows with a width are what is on the wire. */

#define IDENT(member)                                                                              \
    TAPIR_FIELD(tapir_icmp, member.ident, "icmp.ident", TAPIR_UINT, 16,                            \
        "Identifier, to match replies with requests"),                                             \
        TAPIR_FIELD(                                                                               \
            shown, ident_le, "icmp.ident_le", TAPIR_UINT, 0, "The same read as little-endian")
#define IDENT_AND_SEQ(member)                                                                      \
    IDENT(member),                                                                                 \
        TAPIR_FIELD(tapir_icmp, member.seq, "icmp.seq", TAPIR_UINT, 16, "Sequence number"),        \
        TAPIR_FIELD(shown, seq_le, "icmp.seq_le", TAPIR_UINT, 0, "The same read as little-endian")

static const tapir_field echo_fields[] = {IDENT_AND_SEQ(echo)};
static const tapir_field timestamp_fields[] = {IDENT_AND_SEQ(timestamp),
    TAPIR_FIELD(tapir_icmp, timestamp.originate, "icmp.originate_timestamp", TAPIR_UINT, 32,
        "When the request was last touched before it was sent, milliseconds since midnight"),
    TAPIR_FIELD(tapir_icmp, timestamp.receive, "icmp.receive_timestamp", TAPIR_UINT, 32,
        "When the request was first touched on receipt"),
    TAPIR_FIELD(tapir_icmp, timestamp.transmit, "icmp.transmit_timestamp", TAPIR_UINT, 32,
        "When the reply was last touched before it was sent")};
static const tapir_field mask_fields[] = {
    IDENT_AND_SEQ(mask), TAPIR_FIELD(tapir_icmp, mask.mask, "icmp.address_mask", TAPIR_IPV4, 32,
                             "Subnet mask of the link")};
static const tapir_field redirect_fields[] = {TAPIR_FIELD(tapir_icmp, redirect.gateway,
    "icmp.redir_gw", TAPIR_IPV4, 32, "Router to send to from now on")};
static const tapir_field quench_fields[] = {
    TAPIR_FIELD(shown, rest, "icmp.source_quench.unused", TAPIR_BYTES, 32, "Unused")};
static const tapir_field solicitation_fields[] = {
    TAPIR_FIELD(shown, rest, "icmp.router_solicitation.reserved", TAPIR_BYTES, 32, "Reserved")};
static const tapir_field advertisement_fields[] = {
    TAPIR_FIELD(tapir_icmp, router_advertisement.address_count, "icmp.num_addrs", TAPIR_UINT, 8,
        "Router addresses in the message"),
    TAPIR_FIELD(tapir_icmp, router_advertisement.address_words, "icmp.addr_entry_size", TAPIR_UINT,
        8, "32-bit words of one address entry"),
    TAPIR_FIELD(tapir_icmp, router_advertisement.lifetime, "icmp.lifetime", TAPIR_UINT, 16,
        "Seconds the addresses are valid"),
    TAPIR_FIELD(tapir_icmp, router_advertisement.addresses, "icmp.addresses", TAPIR_LIST, 0,
        "Router addresses", .list = &address_list),
    TAPIR_FIELD(tapir_icmp, router_advertisement.extensions, "icmp.mip", TAPIR_LIST, 0,
        "Mobile IP extensions", .list = &extension_list)};
static const tapir_field traceroute_fields[] = {
    TAPIR_FIELD(tapir_icmp, traceroute.ident, "icmp.traceroute.ident", TAPIR_UINT, 16,
        "Identifier of the traceroute option"),
    TAPIR_FIELD(tapir_icmp, traceroute.unused, "icmp.traceroute.unused", TAPIR_UINT, 16, "Unused"),
    TAPIR_FIELD(tapir_icmp, traceroute.outbound_hops, "icmp.traceroute.outbound_hops", TAPIR_UINT,
        16, "Routers the packet has passed"),
    TAPIR_FIELD(tapir_icmp, traceroute.return_hops, "icmp.traceroute.return_hops", TAPIR_UINT, 16,
        "Routers the return packet has passed"),
    TAPIR_FIELD(tapir_icmp, traceroute.link_speed, "icmp.traceroute.link_speed", TAPIR_UINT, 32,
        "Bytes per second of the outbound link"),
    TAPIR_FIELD(tapir_icmp, traceroute.link_mtu, "icmp.traceroute.link_mtu", TAPIR_UINT, 32,
        "MTU of the outbound link")};
static const tapir_field conversion_fields[] = {TAPIR_FIELD(tapir_icmp, conversion_failed.pointer,
    "icmp.conversion.pointer", TAPIR_UINT, 32, "Offset of the fault in the datagram quoted")};
static const tapir_field name_reply_fields[] = {
    TAPIR_FIELD(tapir_icmp, name_reply.ident, "icmp.name.ident", TAPIR_UINT, 16,
        "Identifier, to match replies with requests"),
    TAPIR_FIELD(tapir_icmp, name_reply.seq, "icmp.name.seq", TAPIR_UINT, 16, "Sequence number"),
    TAPIR_FIELD(tapir_icmp, name_reply.ttl, "icmp.name.ttl", TAPIR_INT, 32,
        "Seconds the names may be kept"),
    TAPIR_FIELD(tapir_icmp, name_reply.names, "icmp.name.names", TAPIR_LIST, 0, "Names of the host",
        .list = &name_list)};
static const tapir_field name_request_fields[] = {
    TAPIR_FIELD(tapir_icmp, echo.ident, "icmp.name.ident", TAPIR_UINT, 16,
        "Identifier, to match replies with requests"),
    TAPIR_FIELD(tapir_icmp, echo.seq, "icmp.name.seq", TAPIR_UINT, 16, "Sequence number")};
static const tapir_field photuris_fields[] = {
    TAPIR_FIELD(
        tapir_icmp, photuris.reserved, "icmp.photuris.reserved", TAPIR_UINT, 16, "Reserved"),
    TAPIR_FIELD(tapir_icmp, photuris.pointer, "icmp.photuris.pointer", TAPIR_UINT, 16,
        "Offset of the fault in the datagram quoted")};
static const tapir_field mobility_fields[] = {
    TAPIR_FIELD(tapir_icmp, mobility.subtype, "icmp.mobility.subtype", TAPIR_UINT, 8,
        "Which experimental protocol"),
    TAPIR_FIELD(
        tapir_icmp, mobility.reserved, "icmp.mobility.reserved", TAPIR_BYTES, 24, "Reserved")};

#define EXTENDED_HEAD                                                                              \
    IDENT(extended_echo), TAPIR_FIELD(tapir_icmp, extended_echo.seq, "icmp.ext.echo.seq",          \
                              TAPIR_UINT, 8, "Sequence number")

static const tapir_field extended_request_fields[] = {EXTENDED_HEAD,
    TAPIR_FIELD(tapir_icmp, extended_echo.reserved, "icmp.ext.echo.req.res", TAPIR_UINT, 7,
        "Reserved", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_icmp, extended_echo.local, "icmp.ext.echo.req.local", TAPIR_FLAG, 1,
        "The interface asked for is on the node itself")};
static const tapir_field extended_reply_fields[] = {EXTENDED_HEAD,
    TAPIR_FIELD(tapir_icmp, extended_echo.state, "icmp.ext.echo.rsp.state", TAPIR_UINT, 3,
        "State of the neighbour table entry", .labels = tapir__neighbour_states),
    TAPIR_FIELD(tapir_icmp, extended_echo.reserved, "icmp.ext.echo.rsp.res", TAPIR_UINT, 2,
        "Reserved", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_icmp, extended_echo.active, "icmp.ext.echo.rsp.active", TAPIR_FLAG, 1,
        "The interface is active"),
    TAPIR_FIELD(tapir_icmp, extended_echo.ipv4, "icmp.ext.echo.rsp.ipv4", TAPIR_FLAG, 1,
        "IPv4 runs on the interface"),
    TAPIR_FIELD(tapir_icmp, extended_echo.ipv6, "icmp.ext.echo.rsp.ipv6", TAPIR_FLAG, 1,
        "IPv6 runs on the interface")};

/* The four bytes of errors and of the like, which show in pieces that depend on what they hold. */
static const tapir_field error_fields[] = {
    TAPIR_FIELD(tapir_icmp, error.pointer, "icmp.pointer", TAPIR_UINT, 8,
        "Offset of the fault in the datagram quoted"),
    TAPIR_FIELD(tapir_icmp, error.length, "icmp.length", TAPIR_UINT, 8,
        "Length of the datagram quoted in 32-bit words"),
    TAPIR_FIELD(tapir_icmp, error.mtu, "icmp.mtu", TAPIR_UINT, 16, "MTU of the next hop")};

#define UNUSED_AT(first, bits_)                                                                    \
    {                                                                                              \
        .name = "icmp.unused", .key = ",\"icmp.unused\":", .key_len = sizeof "icmp.unused" + 3,    \
        .kind = TAPIR_BYTES, .bits = bits_, .offset = offsetof(struct shown, rest) + (first),      \
        .size = (bits_) / 8, .member = "rest", .about = "Unused"                                   \
    }
#define QUOTE_LENGTH                                                                               \
    TAPIR_FIELD(tapir_icmp, error.length, "icmp.length", TAPIR_UINT, 8,                            \
        "Length of the datagram quoted in 32-bit words"),                                          \
        TAPIR_FIELD(tapir_icmp, error.length, "icmp.length.original_datagram", TAPIR_UINT, 0,      \
            "Length of the datagram quoted in bytes", .scale = 4)
#define NEXT_HOP_MTU                                                                               \
    TAPIR_FIELD(tapir_icmp, error.mtu, "icmp.mtu", TAPIR_UINT, 16, "MTU of the next hop")
#define POINTER                                                                                    \
    TAPIR_FIELD(tapir_icmp, error.pointer, "icmp.pointer", TAPIR_UINT, 8,                          \
        "Offset of the fault in the datagram quoted")

static const tapir_field plain_error_fields[] = {UNUSED_AT(0, 32)};
static const tapir_field long_error_fields[] = {UNUSED_AT(0, 8), QUOTE_LENGTH, UNUSED_AT(2, 16)};
static const tapir_field too_big_fields[] = {UNUSED_AT(0, 16), NEXT_HOP_MTU};
static const tapir_field long_too_big_fields[] = {UNUSED_AT(0, 8), QUOTE_LENGTH, NEXT_HOP_MTU};
static const tapir_field parameter_fields[] = {POINTER, UNUSED_AT(1, 24)};
static const tapir_field long_parameter_fields[] = {POINTER, QUOTE_LENGTH, UNUSED_AT(2, 16)};

static const tapir_record
    echo_record = TAPIR_RECORD("Echo", echo_fields),
    timestamp_record = TAPIR_RECORD("Timestamp", timestamp_fields),
    mask_record = TAPIR_RECORD("Address mask", mask_fields),
    redirect_record = TAPIR_RECORD("Redirect", redirect_fields),
    quench_record = TAPIR_RECORD("Source quench", quench_fields),
    solicitation_record = TAPIR_RECORD("Router solicitation", solicitation_fields),
    advertisement_record = TAPIR_RECORD("Router advertisement", advertisement_fields),
    traceroute_record = TAPIR_RECORD("Traceroute", traceroute_fields),
    conversion_record = TAPIR_RECORD("Datagram conversion error", conversion_fields),
    name_request_record = TAPIR_RECORD("Domain name request", name_request_fields),
    name_reply_record = TAPIR_RECORD("Domain name reply", name_reply_fields),
    photuris_record = TAPIR_RECORD("Photuris", photuris_fields),
    mobility_record = TAPIR_RECORD("Experimental mobility", mobility_fields),
    extended_request_record = TAPIR_RECORD("Extended echo request", extended_request_fields),
    extended_reply_record = TAPIR_RECORD("Extended echo reply", extended_reply_fields),
    error_record = TAPIR_RECORD("Error", error_fields),
    plain_error_record = TAPIR_RECORD("Error", plain_error_fields),
    long_error_record = TAPIR_RECORD("Error with length", long_error_fields),
    too_big_record = TAPIR_RECORD("Fragmentation needed", too_big_fields),
    long_too_big_record = TAPIR_RECORD("Fragmentation needed with length", long_too_big_fields),
    parameter_record = TAPIR_RECORD("Parameter problem", parameter_fields),
    long_parameter_record = TAPIR_RECORD("Parameter problem with length", long_parameter_fields);
static const tapir_record *const message_records[] = {&echo_record, &timestamp_record, &mask_record,
    &redirect_record, &quench_record, &solicitation_record, &advertisement_record,
    &traceroute_record, &conversion_record, &name_request_record, &name_reply_record,
    &photuris_record, &mobility_record, &extended_request_record, &extended_reply_record,
    &plain_error_record, &long_error_record, &too_big_record, &long_too_big_record,
    &parameter_record, &long_parameter_record};

/* The shape of a message on the wire; none: what follows the checksum is payload. */
static const struct shape {
    const tapir_record *record;
    bool quotes;  /* a datagram follows */
    bool extends; /* with an extension structure behind it (RFC 4884 4) */
} shapes[256] = {
    [TAPIR_ICMP_ECHO_REPLY] = {&echo_record, false, false},
    [TAPIR_ICMP_UNREACHABLE] = {&error_record, true, true},
    [TAPIR_ICMP_SOURCE_QUENCH] = {&error_record, true, false},
    [TAPIR_ICMP_REDIRECT] = {&redirect_record, true, false},
    [TAPIR_ICMP_ECHO_REQUEST] = {&echo_record, false, false},
    [TAPIR_ICMP_ROUTER_ADVERTISEMENT] = {&advertisement_record, false, false},
    [TAPIR_ICMP_ROUTER_SOLICITATION] = {&error_record, false, false},
    [TAPIR_ICMP_TIME_EXCEEDED] = {&error_record, true, true},
    [TAPIR_ICMP_PARAMETER_PROBLEM] = {&error_record, true, true},
    [TAPIR_ICMP_TIMESTAMP_REQUEST] = {&timestamp_record, false, false},
    [TAPIR_ICMP_TIMESTAMP_REPLY] = {&timestamp_record, false, false},
    [TAPIR_ICMP_INFORMATION_REQUEST] = {&echo_record, false, false},
    [TAPIR_ICMP_INFORMATION_REPLY] = {&echo_record, false, false},
    [TAPIR_ICMP_MASK_REQUEST] = {&mask_record, false, false},
    [TAPIR_ICMP_MASK_REPLY] = {&mask_record, false, false},
    [TAPIR_ICMP_TRACEROUTE] = {&traceroute_record, false, false},
    [TAPIR_ICMP_CONVERSION_FAILED] = {&conversion_record, true, false},
    [TAPIR_ICMP_NAME_REQUEST] = {&name_request_record, false, false},
    [TAPIR_ICMP_NAME_REPLY] = {&name_reply_record, false, false},
    [TAPIR_ICMP_PHOTURIS] = {&photuris_record, true, false},
    [TAPIR_ICMP_EXPERIMENTAL_MOBILITY] = {&mobility_record, false, false},
    [TAPIR_ICMP_EXTENDED_ECHO_REQUEST] = {&extended_request_record, false, false},
    [TAPIR_ICMP_EXTENDED_ECHO_REPLY] = {&extended_reply_record, false, false},
};

bool tapir_icmp_quotes(uint8_t type)
{
    return shapes[type].quotes;
}

/* The pieces a message shows in. */
static const tapir_record *shown_record(const struct tapir_icmp *icmp)
{
    bool has_length = icmp->error.length != 0;

    switch (icmp->type) {
    case TAPIR_ICMP_UNREACHABLE:
        if (icmp->code == TAPIR_ICMP_FRAGMENTATION_NEEDED)
            return has_length ? &long_too_big_record : &too_big_record;
        return has_length ? &long_error_record : &plain_error_record;
    case TAPIR_ICMP_SOURCE_QUENCH:
        return &quench_record;
    case TAPIR_ICMP_TIME_EXCEEDED:
        return has_length ? &long_error_record : &plain_error_record;
    case TAPIR_ICMP_PARAMETER_PROBLEM:
        return has_length ? &long_parameter_record : &parameter_record;
    case TAPIR_ICMP_ROUTER_SOLICITATION:
        return &solicitation_record;
    default:
        return shapes[icmp->type].record;
    }
}

static const tapir_record *message_next(tapir_walk *walk, void *item)
{
    struct shown *shown = item;
    tapir_span body = tapir_rest(&walk->in);
    const tapir_record *record;

    *shown = (struct shown){.icmp = *(const struct tapir_icmp *)walk->outer};
    record = shown_record(&shown->icmp);
    if (!record)
        return NULL;
    memcpy(shown->rest, body.data, body.len < 4 ? body.len : 4);
    shown->ident_le = (uint16_t)tapir_load_le(shown->rest, 2);
    shown->seq_le = (uint16_t)tapir_load_le(shown->rest + 2, 2);
    tapir_take_rest(&walk->in);
    if (body.len < tapir__record_len(record))
        tapir_reader_fail(&walk->in, 1);
    return record;
}

static const tapir_list message_list = {
    sizeof(struct shown), message_next, message_records, TAPIR_COUNT(message_records)};

static const tapir_field icmp_fields[] = {
    TAPIR_FIELD(tapir_icmp, type, "icmp.type", TAPIR_UINT, 8, "Type", .labels = types),
    TAPIR_FIELD(
        tapir_icmp, code, "icmp.code", TAPIR_UINT, 8, "Code, by the type", .labels_of = codes_of),
    TAPIR_FIELD(tapir_icmp, checksum, "icmp.checksum", TAPIR_UINT, 16,
        "Internet checksum of the message", .base = TAPIR_HEX),
    TAPIR_FIELD(
        tapir_icmp, body, "icmp.message", TAPIR_BODY, 0, "By the type", .list = &message_list),
    TAPIR_FIELD(tapir_icmp, extensions, "icmp.ext", TAPIR_BODY, 0,
        "Extension structure behind the datagram quoted", .list = &tapir__icmp_extension_list),
};

/* RFC 4884 5.5: whether an extension structure begins here although nothing says so. */
static bool looks_extended(tapir_span bytes)
{
    struct tapir_icmp_extensions extensions;

    return tapir_icmp_extensions_decode(bytes, &extensions) && extensions.version == 2 &&
           (extensions.checksum == 0 || tapir_internet_checksum(bytes) == 0);
}

/* The datagram quoted is the payload, and what follows it the extension structure. */
static void bound_quote(tapir_decoder *d, struct tapir_icmp *icmp)
{
    size_t left = tapir_left(&d->in), len = icmp->error.length * (size_t)4;

    if (len == 0 && left > TAPIR__QUOTE_MIN &&
        looks_extended(tapir_span_of(d->in.at + TAPIR__QUOTE_MIN, left - TAPIR__QUOTE_MIN)))
        len = TAPIR__QUOTE_MIN;
    if (len < TAPIR__QUOTE_MIN)
        return;
    if (len < left)
        icmp->extensions = tapir_span_of(d->in.at + len, left - len);
    tapir_bound(d, len, icmp->error.length ? "icmp.length" : "icmp.ext");
}

static tapir_status take_advertisement(tapir_decoder *d, struct tapir_icmp *icmp)
{
    struct tapir_icmp_router_advertisement *advertisement = &icmp->router_advertisement;

    advertisement->addresses = tapir__take_most(
        &d->in, advertisement->address_count * advertisement->address_words * (size_t)4);
    if (advertisement->address_words >= 2)
        advertisement->extensions = tapir_take_rest(&d->in);
    else if (advertisement->address_count)
        return tapir_malformed(d, "address entry below 2 words");
    return TAPIR_OK;
}

static tapir_status icmp_decode(tapir_decoder *d, void *layer)
{
    struct tapir_icmp *icmp = layer;
    const struct shape *shape;
    tapir_status status = TAPIR_OK;
    const uint8_t *body;

    memset(icmp, 0, sizeof *icmp);
    if (!TAPIR_LOAD(&d->in, icmp, icmp_fields))
        return TAPIR_OK;
    body = d->in.at;
    shape = &shapes[icmp->type];
    if (shape->record == &echo_record)
        TAPIR_LOAD(&d->in, icmp, echo_fields);
    else if (shape->record)
        tapir__take_record(&d->in, shape->record, icmp);
    if (icmp->type == TAPIR_ICMP_ROUTER_ADVERTISEMENT)
        status = take_advertisement(d, icmp);
    else if (icmp->type == TAPIR_ICMP_NAME_REPLY)
        icmp->name_reply.names = tapir_take_rest(&d->in);
    else if (icmp->type == TAPIR_ICMP_EXTENDED_ECHO_REQUEST)
        icmp->extensions = tapir_take_rest(&d->in);
    icmp->body = tapir_span_of(body, (size_t)(d->in.at - body));
    if (shape->quotes && !d->in.failed) {
        if (shape->extends)
            bound_quote(d, icmp);
        tapir_next(d, TAPIR_ETHER_TYPE, 0x0800);
    }
    return status;
}

/* Says how long the quote is where a part of it would else be taken for extensions, unless it is
 * too long to be told (RFC 4884 5.5). */
static tapir_status tell_quote(tapir_encoder *e, struct tapir_icmp *icmp)
{
    size_t len = e->inside.len, padding = (0 - len) & 3;
    uint8_t *trailer;

    if (!(e->fill & TAPIR_LENGTHS) || e->was || icmp->error.length || icmp->extensions.len ||
        len <= TAPIR__QUOTE_MIN || len + padding > UINT8_MAX * (size_t)4 ||
        !looks_extended(tapir_span_of(e->inside.data + TAPIR__QUOTE_MIN, len - TAPIR__QUOTE_MIN)))
        return TAPIR_OK;
    icmp->error.length = (uint8_t)((len + padding) / 4);
    trailer = padding ? tapir_open_trailer(e, padding) : NULL;
    if (padding && !trailer)
        return TAPIR_NO_ROOM;
    if (trailer)
        memset(trailer, 0, padding);
    return TAPIR_OK;
}

/* How many addresses there are, which a count of 8 bits has to say. */
static tapir_status count_addresses(
    tapir_encoder *e, struct tapir_icmp_router_advertisement *advertisement)
{
    size_t len = advertisement->address_words * (size_t)4, count;

    if (!(e->fill & TAPIR_LENGTHS) || !len)
        return TAPIR_OK;
    count = advertisement->addresses.len / len;
    if (count > UINT8_MAX)
        return tapir_refuse(e, TAPIR_TOO_WIDE, "icmp.num_addrs",
            "%zu addresses do not fit, 255 are the most", count);
    advertisement->address_count = (uint8_t)count;
    return TAPIR_OK;
}

static tapir_status icmp_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_icmp filled = *(const struct tapir_icmp *)layer, *icmp = &filled;
    const struct shape *shape = &shapes[icmp->type];
    size_t len = 4 + (shape->record ? tapir__record_len(shape->record) : 0);
    tapir_span addresses = {0}, rest = {0};
    tapir_status status =
        tapir_require_outside(e, TAPIR_ROLE_NETWORK, &tapir_ipv4_proto, "icmp.type");

    if (shape->quotes && status == TAPIR_OK)
        status = tapir_require_key(e, TAPIR_ETHER_TYPE, "icmp.type", 0x0800);
    if (icmp->type == TAPIR_ICMP_ROUTER_ADVERTISEMENT) {
        addresses = icmp->router_advertisement.addresses;
        rest = icmp->router_advertisement.extensions;
        if (status == TAPIR_OK)
            status = count_addresses(e, &icmp->router_advertisement);
    } else if (icmp->type == TAPIR_ICMP_NAME_REPLY) {
        rest = icmp->name_reply.names;
    } else if (icmp->type == TAPIR_ICMP_EXTENDED_ECHO_REQUEST) {
        rest = icmp->extensions;
    } else if (shape->extends && status == TAPIR_OK) {
        status = tapir__put_extensions(e, "icmp.length", 4, &icmp->error.length, icmp->extensions);
        if (status == TAPIR_OK)
            status = tell_quote(e, icmp);
    }
    if (status != TAPIR_OK)
        return status;
    tapir_open_header(e, len + addresses.len + rest.len);
    TAPIR_STORE(&e->out, icmp, icmp_fields);
    if (shape->record)
        tapir__put_record(&e->out, shape->record, icmp);
    tapir_put_span(&e->out, addresses);
    tapir_put_span(&e->out, rest);
    return tapir__fill_icmp(e, "icmp.checksum", 0);
}

static void icmp_verify(
    const tapir_packet *packet, const tapir_layer *layer, tapir_checksum *checksum)
{
    const struct tapir_icmp *icmp = layer->fields;
    tapir_span behind =
        shapes[icmp->type].extends ? icmp->extensions : tapir_span_of(layer->start, 0);

    tapir__verify_icmp(packet, layer, behind, 0, icmp->checksum, checksum);
}

static const tapir_binding icmp_bindings[] = {{TAPIR_IP_PROTOCOL, 1}};

#define QUOTED_UDP "45000028 00004000 4011267c 0a000001 0a000002 1234 5678 0014 0000"
#define ZEROES_20  "0000000000000000000000000000000000000000"
#define PADDED_UDP QUOTED_UDP ZEROES_20 ZEROES_20 ZEROES_20 ZEROES_20 ZEROES_20

static const char *const icmp_samples[] = {
    "0800 5435 1234 0001 6162636465666768",
    "0000 5c35 1234 0001 6162636465666768",
    "0303 6874 00000000" QUOTED_UDP,
    "0304 1234 0000 05dc" QUOTED_UDP,
    /* 128 bytes quoted, with an MPLS label stack of three behind them */
    "0b00 1234 00200000" PADDED_UDP "20000000 00100101 00010140 00020040 00030142",
    /* the same from a sender that does not say the length */
    "0b00 1234 00000000" PADDED_UDP "20000000 00080101 00010140",
    /* interface information: index, IPv4 address, name and MTU; index and IPv6 address */
    "0303 1234 00200000" PADDED_UDP "2000dead 0020020f 00000007 00010000 0a000001 0c657468"
    "3000000000000000 000005dc",
    "0c00 1234 14200000" PADDED_UDP "20000000 001c024c 00000007 00020000"
    "fe800000000000000000000000000001 0004f701 0008f701 01020304 00080401 00000028",
    "0400 1234 00000000" QUOTED_UDP,
    "0501 1234 0a0000fe" QUOTED_UDP,
    "0600 1234 00000000 0a000001",
    "0900 1234 02020708 0a000001 00000001 0a000002 80000000",
    /* with mobile IP extensions: agent, padding, prefix lengths, challenge, unknown */
    "0900 1234 01020708 0a000001 00000001 100a0001 ffffff80 0a0000f1 00 130418081008"
    "180401020304 9903010203",
    "0910 1234 01030708 0a000001 00000001 01020304",
    "0a00 1234 00000000",
    "0d00 1234 1234 0001 00000001 00000002 00000003",
    "0e00 1234 1234 0001 00000001 00000002 80000003",
    "0f00 1234 1234 0001",
    "1000 1234 1234 0001",
    "1100 1234 1234 0001 00000000",
    "1200 1234 1234 0001 ffffff00",
    "1e00 1234 1234 0000 0001 0002 00000400 000005dc",
    "1f02 1234 00000014" QUOTED_UDP,
    "2000 1234 01020304",
    "2500 1234 1234 0001",
    "2600 1234 1234 0001 00000e10 03777777 076578616d706c65 03636f6d00",
    "2801 1234 0000 0014" QUOTED_UDP,
    "2900 1234 01000000 0102030405060708",
    "2a00 1234 1234 0101 20000000 000c0301 6574683000000000",
    "2a00 1234 1234 0101 20000000 00080302 00000007",
    "2a00 1234 1234 0100 20000000 000c0303 00010400 0a000001",
    "2a00 1234 1234 0100 20000000 00180303 00021000 fe800000000000000000000000000001",
    "2a00 1234 1234 0100 20000000 00100303 40050600 001122334455 0000",
    "2b00 1234 1234 0147",
    "fd00 1234 1234 0001",
};

static const struct tapir_icmp icmp_initial = {.type = TAPIR_ICMP_ECHO_REQUEST};

static const tapir_coverage icmp_coverage = {.offset = 2, .to_the_end = true};

const tapir_proto tapir_icmp_proto = {
    .name = "icmp",
    .title = "Internet Control Message Protocol",
    .spec = "RFC 792",
    TAPIR_FIELDS(icmp_fields),
    .size = sizeof(struct tapir_icmp),
    .decode = icmp_decode,
    .encode = icmp_encode,
    .verify = icmp_verify,
    TAPIR_BINDINGS(icmp_bindings),
    TAPIR_SAMPLES(icmp_samples),
    .initial = &icmp_initial,
    .coverage = &icmp_coverage,
};
