/* Options of neighbour discovery (RFC 4861 4.6) and of everything that borrows them. */
#include "tapir/proto/ndp.h"

#include "../record.h"
#include "icmp_shared.h"
#include "tapir/proto/dns.h"
#include "tapir/proto/icmpv6.h"

#include <time.h>

static const tapir_label option_types[] = {
    {TAPIR_NDP_SOURCE_LINK_ADDRESS, "Source link-layer address"},
    {TAPIR_NDP_TARGET_LINK_ADDRESS, "Target link-layer address"},
    {TAPIR_NDP_PREFIX, "Prefix information"},
    {TAPIR_NDP_REDIRECTED_HEADER, "Redirected header"},
    {TAPIR_NDP_MTU, "MTU"},
    {TAPIR_NDP_SHORTCUT_LIMIT, "NBMA shortcut limit"},
    {TAPIR_NDP_ADVERTISEMENT_INTERVAL, "Advertisement interval"},
    {TAPIR_NDP_HOME_AGENT, "Home agent information"},
    {TAPIR_NDP_SOURCE_ADDRESSES, "Source address list"},
    {TAPIR_NDP_TARGET_ADDRESSES, "Target address list"},
    {TAPIR_NDP_CGA, "Cryptographically generated address"},
    {TAPIR_NDP_RSA_SIGNATURE, "RSA signature"},
    {TAPIR_NDP_TIMESTAMP, "Timestamp"},
    {TAPIR_NDP_NONCE, "Nonce"},
    {TAPIR_NDP_TRUST_ANCHOR, "Trust anchor"},
    {TAPIR_NDP_CERTIFICATE, "Certificate"},
    {TAPIR_NDP_ADDRESS_OR_PREFIX, "IP address or prefix"},
    {TAPIR_NDP_NEW_ROUTER_PREFIX, "New router prefix information"},
    {TAPIR_NDP_LINK_LAYER_ADDRESS, "Link-layer address"},
    {TAPIR_NDP_ADVERTISEMENT_ACK, "Neighbor advertisement acknowledgment"},
    {21, "Proxy router discovery"},
    {TAPIR_NDP_MAP, "Mobility anchor point"},
    {TAPIR_NDP_ROUTE, "Route information"},
    {TAPIR_NDP_DNS_SERVERS, "Recursive DNS servers"},
    {TAPIR_NDP_FLAGS_EXPANSION, "Router advertisement flags expansion"},
    {TAPIR_NDP_HANDOVER_KEY_REQUEST, "Handover key request"},
    {TAPIR_NDP_HANDOVER_KEY_REPLY, "Handover key reply"},
    {TAPIR_NDP_HANDOVER_ASSIST, "Handover assist information"},
    {TAPIR_NDP_MOBILE_NODE, "Mobile node identifier"},
    {TAPIR_NDP_DNS_SEARCH, "DNS search list"},
    {TAPIR_NDP_PROXY_SIGNATURE, "Proxy signature"},
    {TAPIR_NDP_ADDRESS_REGISTRATION, "Address registration"},
    {TAPIR_NDP_6LOWPAN_CONTEXT, "6LoWPAN context"},
    {TAPIR_NDP_AUTHORITATIVE_ROUTER, "Authoritative border router"},
    {TAPIR_NDP_6LOWPAN_CAPABILITY, "6LoWPAN capability indication"},
    {TAPIR_NDP_CAPTIVE_PORTAL, "Captive portal"},
    {TAPIR_NDP_PREF64, "PREF64"},
    {39, "Crypto-ID parameters"},
    {40, "NDP signature"},
    {41, "Resource directory address"},
    {42, "Consistent uptime"},
    {138, "CARD request"},
    {139, "CARD reply"},
    {144, "Encrypted DNS"},
    {253, "Experiment 1"},
    {254, "Experiment 2"},
    {0, NULL},
};

static const tapir_label preferences[] = {
    {0, "Medium"}, {1, "High"}, {2, "Reserved"}, {3, "Low"}, {0, NULL}};
static const tapir_label name_types[] = {{1, "DER encoded X.501 name"}, {2, "FQDN"}, {0, NULL}};
static const tapir_label certificate_types[] = {{1, "X.509v3 certificate"}, {0, NULL}};
static const tapir_label address_codes[] = {{1, "Old care-of address"}, {2, "New care-of address"},
    {3, "New access router's address"}, {4, "New access router's prefix"}, {0, NULL}};
static const tapir_label link_layer_codes[] = {
    {0, "Wildcard for all nearby access points"},
    {1, "New access point"},
    {2, "Mobile node"},
    {3, "New access router"},
    {4, "Source of the solicitation or advertisement"},
    {5, "Access point the packet came through"},
    {6, "Neighbour without fast handover, no prefix"},
    {7, "Neighbour without fast handover, no prefix known"},
    {0, NULL},
};
static const tapir_label ack_states[] = {
    {1, "New care-of address invalid, configure another"},
    {2, "New care-of address invalid, use the one supplied"},
    {3, "New access router's address invalid"},
    {4, "Previous care-of address supplied, do not send a binding update"},
    {128, "Link-layer address not recognised"},
    {0, NULL},
};
static const tapir_label assist_codes[] = {
    {1, "Access network identifier"}, {2, "Sector identifier"}, {0, NULL}};
static const tapir_label node_codes[] = {{1, "Network access identifier"}, {2, "IMSI"}, {0, NULL}};
static const tapir_label registration_states[] = {
    {0, "Success"}, {1, "Duplicate address"}, {2, "Neighbour cache full"}, {0, NULL}};
static const tapir_label pref64_codes[] = {{0, "96 bits"}, {1, "64 bits"}, {2, "56 bits"},
    {3, "48 bits"}, {4, "40 bits"}, {5, "32 bits"}, {0, NULL}};

static const tapir_part prefix_parts[] = {
    TAPIR_PART("icmpv6.opt.prefix.flag.l", 0x80, "On-link", NULL),
    TAPIR_PART("icmpv6.opt.prefix.flag.a", 0x40, "Autonomous address configuration", NULL),
    TAPIR_PART("icmpv6.opt.prefix.flag.r", 0x20, "The prefix is a router's address", NULL),
    TAPIR_PART("icmpv6.opt.prefix.flag.reserved", 0x1f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part map_parts[] = {
    TAPIR_PART("icmpv6.opt.map.flag.r", 0x80, "Regional care-of address from the MAP", NULL),
    TAPIR_PART("icmpv6.opt.map.flag.reserved", 0x7f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part route_parts[] = {
    TAPIR_PART("icmpv6.opt.route_info.flag.route_preference", 0x18, "Preference", preferences),
    TAPIR_PART("icmpv6.opt.route_info.flag.reserved", 0xe7, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part expansion_parts[] = {
    TAPIR_PART("icmpv6.opt.efo.m", 0x8000, "Managed address configuration", NULL),
    TAPIR_PART("icmpv6.opt.efo.o", 0x4000, "Other configuration", NULL),
    TAPIR_PART("icmpv6.opt.efo.h", 0x2000, "Home agent", NULL),
    TAPIR_PART("icmpv6.opt.efo.prf", 0x1800, "Default router preference", preferences),
    TAPIR_PART("icmpv6.opt.efo.p", 0x0400, "Proxy", NULL),
    TAPIR_PART("icmpv6.opt.efo.rsv", 0x03ff, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part context_parts[] = {
    TAPIR_PART("icmpv6.opt.6co.flag.c", 0x10, "Valid for compression", NULL),
    TAPIR_PART("icmpv6.opt.6co.flag.cid", 0x0f, "Context identifier", NULL),
    TAPIR_PART("icmpv6.opt.6co.flag.reserved", 0xe0, "Reserved", NULL),
    TAPIR_PARTS_END,
};

/* Lists inside options. */

static const tapir_field server_fields[] = {TAPIR_FIELD(
    tapir_ipv6_address, address, "icmpv6.opt.rdnss", TAPIR_IPV6, 128, "Recursive DNS server")};
static const tapir_record server_record = TAPIR_RECORD("Server", server_fields);
static const tapir_record *const server_records[] = {&server_record};

static const tapir_list server_list = {sizeof(struct tapir_ipv6_address), tapir__next_fixed,
    server_records, TAPIR_COUNT(server_records)};

static const tapir_field address_fields[] = {TAPIR_FIELD(
    tapir_ipv6_address, address, "icmpv6.opt.ipv6_address", TAPIR_IPV6, 128, "Address")};
static const tapir_record address_record = TAPIR_RECORD("Address", address_fields);
static const tapir_record *const address_records[] = {&address_record};

static const tapir_list address_list = {sizeof(struct tapir_ipv6_address), tapir__next_fixed,
    address_records, TAPIR_COUNT(address_records)};

tapir_walk tapir_ndp_addresses(const struct tapir_ndp_option *option)
{
    tapir_span addresses = {0};

    if (option->type == TAPIR_NDP_DNS_SERVERS)
        addresses = option->dns.servers;
    else if (option->type == TAPIR_NDP_SOURCE_ADDRESSES ||
             option->type == TAPIR_NDP_TARGET_ADDRESSES)
        addresses = option->addresses;
    return tapir_walk_of(&address_list, addresses, option);
}

static const tapir_field domain_fields[] = {TAPIR_FIELD(tapir_dns_name, message, "icmpv6.opt.dnssl",
    TAPIR_TEXT, 0, "Domain to search", .print = tapir__domain_text)};
static const tapir_record domain_record = TAPIR_RECORD("Domain", domain_fields);
static const tapir_record *const domain_records[] = {&domain_record};

static const tapir_record *domain_next(tapir_walk *walk, void *item)
{
    return tapir__take_domain(&walk->in, item) ? &domain_record : NULL;
}

static const tapir_list domain_list = {
    sizeof(struct tapir_dns_name), domain_next, domain_records, TAPIR_COUNT(domain_records)};

struct cga_extension {
    uint16_t type, length;
    tapir_span data;
};
static const tapir_field cga_extension_fields[] = {
    TAPIR_FIELD(cga_extension, type, "icmpv6.opt.cga.ext_type", TAPIR_UINT, 16, "Type"),
    TAPIR_FIELD(cga_extension, length, "icmpv6.opt.cga.ext_length", TAPIR_UINT, 16, "Length"),
    TAPIR_FIELD(cga_extension, data, "icmpv6.opt.cga.ext_data", TAPIR_SPAN, 0, "Data"),
};
static const tapir_record cga_extension_record = TAPIR_RECORD("Extension", cga_extension_fields);
static const tapir_record *const cga_extension_records[] = {&cga_extension_record};

static const tapir_record *cga_extension_next(tapir_walk *walk, void *item)
{
    struct cga_extension *extension = item;

    extension->data = tapir_span_of(walk->in.at, 0);
    if (tapir__take_record(&walk->in, &cga_extension_record, extension))
        extension->data = tapir__take_most(&walk->in, extension->length);
    return &cga_extension_record;
}

static const tapir_list cga_extension_list = {sizeof(struct cga_extension), cga_extension_next,
    cga_extension_records, TAPIR_COUNT(cga_extension_records)};

/* The options. Rows with a width are what is on the wire, behind type and length. */

/* Bytes of the option's reserved part, as many as its type has. */
#define RESERVED(len) RESERVED_AS("icmpv6.opt.rsv", len)
#define RESERVED_AS(name_, len)                                                                    \
    {                                                                                              \
        .name = name_, .key = ",\"" name_ "\":", .key_len = sizeof name_ + 3, .kind = TAPIR_BYTES, \
        .bits = 8 * (len), .offset = offsetof(struct tapir_ndp_option, reserved), .size = len,     \
        .member = "reserved", .about = "Reserved"                                                  \
    }
#define HEAD                                                                                       \
    TAPIR_FIELD(                                                                                   \
        tapir_ndp_option, type, "icmpv6.opt.type", TAPIR_UINT, 8, "Type", .labels = option_types), \
        TAPIR_FIELD(tapir_ndp_option, length, "icmpv6.opt.length", TAPIR_UINT, 8,                  \
            "Length of the option in units of 8 bytes")
#define PADDING TAPIR_FIELD(tapir_ndp_option, padding, "icmpv6.opt.pad", TAPIR_SPAN, 0, "Padding")
#define REST                                                                                       \
    TAPIR_FIELD(tapir_ndp_option, padding, "icmpv6.unknown_data", TAPIR_SPAN, 0,                   \
        "Bytes behind the option's members")

static const tapir_field head_fields[] = {HEAD};
static const tapir_field unknown_fields[] = {
    HEAD, TAPIR_FIELD(tapir_ndp_option, data, "icmpv6.data", TAPIR_SPAN, 0,
              "Bytes of a type that is not known")};
static const tapir_field broken_fields[] = {
    HEAD, TAPIR_FIELD(tapir_ndp_option, data, "icmpv6.opt.data", TAPIR_SPAN, 0,
              "Bytes that are too few for the type")};

#define LINK_ADDRESS(which, form)                                                                  \
    TAPIR_FIELD(tapir_ndp_option, address, "icmpv6.opt.linkaddr" form, TAPIR_SPAN, 0,              \
        "Link-layer address", .address = TAPIR_BYTES),                                             \
        TAPIR_FIELD(tapir_ndp_option, address, "icmpv6.opt." which "_linkaddr" form, TAPIR_SPAN,   \
            0, "The same, by its role", .address = TAPIR_BYTES)

static const tapir_field source_fields[] = {HEAD, LINK_ADDRESS("src", ""), PADDING};
static const tapir_field target_fields[] = {HEAD, LINK_ADDRESS("target", ""), PADDING};
static const tapir_field source64_fields[] = {
    HEAD, LINK_ADDRESS("src", ""), LINK_ADDRESS("src", "_eui64"), PADDING};
static const tapir_field target64_fields[] = {
    HEAD, LINK_ADDRESS("target", ""), LINK_ADDRESS("target", "_eui64"), PADDING};
static const tapir_field prefix_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, prefix.prefix_len, "icmpv6.opt.prefix.length", TAPIR_UINT, 8,
        "Bits of the prefix that count"),
    TAPIR_FIELD(tapir_ndp_option, prefix.flags, "icmpv6.opt.prefix.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = prefix_parts),
    TAPIR_FIELD(tapir_ndp_option, prefix.valid_lifetime, "icmpv6.opt.prefix.valid_lifetime",
        TAPIR_UINT, 32, "Seconds the prefix is valid"),
    TAPIR_FIELD(tapir_ndp_option, prefix.preferred_lifetime, "icmpv6.opt.prefix.preferred_lifetime",
        TAPIR_UINT, 32, "Seconds addresses made from it are preferred"),
    RESERVED(4),
    TAPIR_FIELD(tapir_ndp_option, prefix.prefix, "icmpv6.opt.prefix", TAPIR_IPV6, 128, "Prefix"),
    REST};
static const tapir_field redirected_fields[] = {HEAD, RESERVED(6),
    TAPIR_FIELD(tapir_ndp_option, redirected, "icmpv6.opt.redirected", TAPIR_SPAN, 0,
        "Packet that caused the redirect, when it is not the payload")};
static const tapir_field mtu_fields[] = {HEAD, RESERVED(2),
    TAPIR_FIELD(tapir_ndp_option, mtu, "icmpv6.opt.mtu", TAPIR_UINT, 32, "MTU of the link"), REST};
static const tapir_field shortcut_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, shortcut_limit, "icmpv6.opt.nbma.shortcut_limit", TAPIR_UINT, 8,
        "Hops up to which shortcuts are tried"),
    RESERVED_AS("icmpv6.opt.nbma.rsv", 5), REST};
static const tapir_field interval_fields[] = {HEAD, RESERVED(2),
    TAPIR_FIELD(tapir_ndp_option, interval_ms, "icmpv6.opt.advertisement_interval", TAPIR_UINT, 32,
        "Milliseconds between advertisements at most"),
    REST};
static const tapir_field home_agent_fields[] = {HEAD, RESERVED(2),
    TAPIR_FIELD(tapir_ndp_option, home_agent.preference, "icmpv6.opt.home_agent_preference",
        TAPIR_UINT, 16, "Preference, higher is better"),
    TAPIR_FIELD(tapir_ndp_option, home_agent.lifetime, "icmpv6.opt.home_agent_lifetime", TAPIR_UINT,
        16, "Seconds the router serves as home agent"),
    REST};
static const tapir_field addresses_fields[] = {HEAD, RESERVED(6),
    TAPIR_FIELD(tapir_ndp_option, addresses, "icmpv6.opt.addresses", TAPIR_LIST, 0, "Addresses",
        .list = &address_list)};
static const tapir_field cga_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, cga.pad_len, "icmpv6.opt.cga.pad_length", TAPIR_UINT, 8,
        "Bytes of padding"),
    RESERVED(1),
    TAPIR_FIELD(tapir_ndp_option, cga.modifier, "icmpv6.opt.cga.modifier", TAPIR_BYTES, 128,
        "Random modifier"),
    TAPIR_FIELD(tapir_ndp_option, cga.subnet_prefix, "icmpv6.opt.cga.subnet_prefix", TAPIR_BYTES,
        64, "Prefix of the address"),
    TAPIR_FIELD(tapir_ndp_option, cga.collision_count, "icmpv6.opt.cga.count", TAPIR_BYTES, 8,
        "Duplicates met"),
    TAPIR_FIELD(tapir_ndp_option, cga.parameters, "icmpv6.opt.cga", TAPIR_SPAN, 0,
        "All parameters of the address"),
    TAPIR_FIELD(tapir_ndp_option, cga.key, "icmpv6.opt.cga.key", TAPIR_SPAN, 0, "Public key, DER"),
    TAPIR_FIELD(tapir_ndp_option, cga.extensions, "icmpv6.opt.cga.extensions", TAPIR_LIST, 0,
        "Extensions", .list = &cga_extension_list),
    PADDING};
static const tapir_field rsa_fields[] = {HEAD, RESERVED(2),
    TAPIR_FIELD(tapir_ndp_option, signature.key_hash, "icmpv6.opt.rsa.key_hash", TAPIR_BYTES, 128,
        "First 128 bits of the key's hash"),
    TAPIR_FIELD(tapir_ndp_option, signature.signature, "icmpv6.opt.signature", TAPIR_SPAN, 0,
        "Signature and padding")};
static const tapir_field proxy_fields[] = {HEAD, RESERVED(2),
    TAPIR_FIELD(tapir_ndp_option, signature.key_hash, "icmpv6.opt.ps.key_hash", TAPIR_BYTES, 128,
        "First 128 bits of the key's hash"),
    TAPIR_FIELD(tapir_ndp_option, signature.signature, "icmpv6.opt.signature", TAPIR_SPAN, 0,
        "Signature and padding")};

static void timestamp_text(tapir_text *text, const void *member, const void *item)
{
    uint64_t timestamp = *(const uint64_t *)member;
    time_t seconds = (time_t)(timestamp >> 16);
    struct tm tm;

    (void)item;
    if (!gmtime_r(&seconds, &tm)) {
        tapir_text_uint(text, timestamp >> 16);
        return;
    }
    tapir_text_printf(text, "%04d-%02d-%02dT%02d:%02d:%02d.%09uZ", tm.tm_year + 1900, tm.tm_mon + 1,
        tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
        (unsigned)((timestamp & 0xffff) * 1000000000 >> 16));
}

static bool has_timestamp(const void *item)
{
    return ((const struct tapir_ndp_option *)item)->data.len >= 14;
}

static const tapir_field timestamp_fields[] = {HEAD, RESERVED(6),
    TAPIR_FIELD(tapir_ndp_option, timestamp, "icmpv6.opt.timestamp", TAPIR_TEXT, 0,
        "Time it was sent", .print = timestamp_text, .when = has_timestamp),
    REST};
static const tapir_field nonce_fields[] = {
    HEAD, TAPIR_FIELD(tapir_ndp_option, nonce, "icmpv6.opt.nonce", TAPIR_SPAN, 0, "Random value")};
static const tapir_field anchor_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, named.type, "icmpv6.opt.name_type", TAPIR_UINT, 8,
        "Type of the name", .labels = name_types),
    TAPIR_FIELD(tapir_ndp_option, named.pad_len, "icmpv6.opt.cga.pad_length", TAPIR_UINT, 8,
        "Bytes of padding"),
    TAPIR_FIELD(tapir_ndp_option, named.name, "icmpv6.opt.name", TAPIR_SPAN, 0,
        "Name of a type that is not known"),
    PADDING};
static const tapir_field x501_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, named.type, "icmpv6.opt.name_type", TAPIR_UINT, 8,
        "Type of the name", .labels = name_types),
    TAPIR_FIELD(tapir_ndp_option, named.pad_len, "icmpv6.opt.cga.pad_length", TAPIR_UINT, 8,
        "Bytes of padding"),
    TAPIR_FIELD(tapir_ndp_option, named.name, "icmpv6.opt.name_x501", TAPIR_SPAN, 0,
        "Name of the anchor, DER"),
    PADDING};
static const tapir_field fqdn_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, named.type, "icmpv6.opt.name_type", TAPIR_UINT, 8,
        "Type of the name", .labels = name_types),
    TAPIR_FIELD(tapir_ndp_option, named.pad_len, "icmpv6.opt.cga.pad_length", TAPIR_UINT, 8,
        "Bytes of padding"),
    TAPIR_FIELD(tapir_ndp_option, named.name, "icmpv6.opt.name_type.fqdn", TAPIR_STRING, 0,
        "Domain name of the anchor as in DNS", .empty = true),
    PADDING};
static const tapir_field certificate_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, named.type, "icmpv6.opt.name_type", TAPIR_UINT, 8,
        "Type of the certificate", .labels = certificate_types),
    RESERVED(1),
    TAPIR_FIELD(tapir_ndp_option, named.name, "icmpv6.opt.certificate", TAPIR_SPAN, 0,
        "Certificate and padding")};
static const tapir_field ip_address_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, handover.code, "icmpv6.opt.ipa.option_code", TAPIR_UINT, 8,
        "What the address is", .labels = address_codes),
    TAPIR_FIELD(tapir_ndp_option, handover.prefix_len, "icmpv6.opt.ipa.prefix_len", TAPIR_UINT, 8,
        "Bits of the prefix that count"),
    RESERVED(4),
    TAPIR_FIELD(tapir_ndp_option, handover.address, "icmpv6.opt.ipa.ipv6_address", TAPIR_IPV6, 128,
        "Address or prefix"),
    REST};
static const tapir_field new_prefix_fields[] = {HEAD,
    TAPIR_FIELD(
        tapir_ndp_option, handover.code, "icmpv6.opt.nrpi.option_code", TAPIR_UINT, 8, "Always 0"),
    TAPIR_FIELD(tapir_ndp_option, handover.prefix_len, "icmpv6.opt.nrpi.prefix_len", TAPIR_UINT, 8,
        "Bits of the prefix that count"),
    RESERVED(4),
    TAPIR_FIELD(tapir_ndp_option, handover.address, "icmpv6.opt.nrpi.prefix", TAPIR_IPV6, 128,
        "Prefix of the new router"),
    REST};
static const tapir_field link_layer_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, link_layer.code, "icmpv6.opt.lla.option_code", TAPIR_UINT, 8,
        "Whose address it is", .labels = link_layer_codes),
    TAPIR_FIELD(tapir_ndp_option, link_layer.address, "icmpv6.opt.lla.bytes", TAPIR_SPAN, 0,
        "Link-layer address and padding", .address = TAPIR_BYTES)};
static const tapir_field ack_fields[] = {HEAD,
    TAPIR_FIELD(
        tapir_ndp_option, handover.code, "icmpv6.opt.naack.option_code", TAPIR_UINT, 8, "Always 0"),
    TAPIR_FIELD(tapir_ndp_option, handover.prefix_len, "icmpv6.opt.naack.status", TAPIR_UINT, 8,
        "Status", .labels = ack_states),
    RESERVED(4),
    TAPIR_FIELD(tapir_ndp_option, handover.address, "icmpv6.opt.naack.supplied_ncoa", TAPIR_IPV6, 0,
        "New care-of address to use", TAPIR_IF(tapir_ndp_option, handover.has_address, 1)),
    REST};
static const tapir_field map_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, map.distance, "icmpv6.opt.map.distance", TAPIR_UINT, 4,
        "Distance from the receiver in hops"),
    TAPIR_FIELD(tapir_ndp_option, map.preference, "icmpv6.opt.map.preference", TAPIR_UINT, 4,
        "Preference, 15 is best"),
    TAPIR_FIELD(tapir_ndp_option, map.flags, "icmpv6.opt.map.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = map_parts),
    TAPIR_FIELD(tapir_ndp_option, map.valid_lifetime, "icmpv6.opt.map.valid_lifetime", TAPIR_UINT,
        32, "Seconds it is valid"),
    TAPIR_FIELD(tapir_ndp_option, map.address, "icmpv6.opt.map.global_address", TAPIR_IPV6, 128,
        "Address of the mobility anchor point"),
    REST};
static const tapir_field route_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, route.prefix_len, "icmpv6.opt.prefix.length", TAPIR_UINT, 8,
        "Bits of the prefix that count"),
    TAPIR_FIELD(tapir_ndp_option, route.flags, "icmpv6.opt.route_info.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = route_parts),
    TAPIR_FIELD(tapir_ndp_option, route.lifetime, "icmpv6.opt.route_lifetime", TAPIR_UINT, 32,
        "Seconds the route is valid"),
    TAPIR_FIELD(tapir_ndp_option, route.prefix, "icmpv6.opt.prefix", TAPIR_IPV6, 0, "Destination",
        TAPIR_IF(tapir_ndp_option, route.has_prefix, 1)),
    REST};
static const tapir_field servers_fields[] = {HEAD, RESERVED(2),
    TAPIR_FIELD(tapir_ndp_option, dns.lifetime, "icmpv6.opt.rdnss.lifetime", TAPIR_UINT, 32,
        "Seconds the servers may be used"),
    TAPIR_FIELD(tapir_ndp_option, dns.servers, "icmpv6.opt.rdnss.servers", TAPIR_LIST, 0, "Servers",
        .list = &server_list)};
static const tapir_field expansion_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, flags_expansion, "icmpv6.opt.efo", TAPIR_UINT, 16,
        "More flags of a router advertisement", .base = TAPIR_HEX, .parts = expansion_parts),
    RESERVED(4), REST};

#define HANDOVER_KEY                                                                               \
    HEAD,                                                                                          \
        TAPIR_FIELD(tapir_ndp_option, handover_key.pad_len, "icmpv6.opt.hkr.pad_length",           \
            TAPIR_UINT, 8, "Bytes of padding"),                                                    \
        TAPIR_FIELD(tapir_ndp_option, handover_key.algorithm, "icmpv6.opt.hkr.at", TAPIR_UINT, 4,  \
            "Algorithm type"),                                                                     \
        TAPIR_FIELD(tapir_ndp_option, handover_key.reserved, "icmpv6.opt.hkr.reserved",            \
            TAPIR_UINT, 4, "Reserved")
#define HANDOVER_PADDING                                                                           \
    TAPIR_FIELD(tapir_ndp_option, padding, "icmpv6.opt.hkr.padding", TAPIR_SPAN, 0, "Padding",     \
        .empty = true)

static const tapir_field key_request_fields[] = {HANDOVER_KEY,
    TAPIR_FIELD(tapir_ndp_option, handover_key.key, "icmpv6.opt.hkr.encryption_public_key",
        TAPIR_SPAN, 0, "Public key to encrypt the handover key with"),
    HANDOVER_PADDING};
static const tapir_field key_reply_fields[] = {HANDOVER_KEY,
    TAPIR_FIELD(tapir_ndp_option, handover_key.lifetime, "icmpv6.opt.hkr.lifetime", TAPIR_UINT, 16,
        "Seconds the key is valid"),
    TAPIR_FIELD(tapir_ndp_option, handover_key.key, "icmpv6.opt.hkr.encrypted_handover_key",
        TAPIR_SPAN, 0, "Encrypted handover key"),
    HANDOVER_PADDING};
static const tapir_field assist_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, identifier.code, "icmpv6.opt.hai.option_code", TAPIR_UINT, 8,
        "What it identifies", .labels = assist_codes),
    TAPIR_FIELD(tapir_ndp_option, identifier.len, "icmpv6.opt.hai.length", TAPIR_UINT, 8,
        "Bytes of the value"),
    TAPIR_FIELD(tapir_ndp_option, identifier.value, "icmpv6.opt.hai.value", TAPIR_SPAN, 0, "Value",
        .empty = true),
    PADDING};
static const tapir_field node_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, identifier.code, "icmpv6.opt.mn.option_code", TAPIR_UINT, 8,
        "Kind of identifier", .labels = node_codes),
    TAPIR_FIELD(tapir_ndp_option, identifier.len, "icmpv6.opt.mn.length", TAPIR_UINT, 8,
        "Bytes of the value"),
    TAPIR_FIELD(tapir_ndp_option, identifier.value, "icmpv6.opt.mn.value", TAPIR_SPAN, 0, "Value"),
    PADDING};
static const tapir_field search_fields[] = {HEAD, RESERVED(2),
    TAPIR_FIELD(tapir_ndp_option, dns.lifetime, "icmpv6.opt.dnssl.lifetime", TAPIR_UINT, 32,
        "Seconds the list may be used"),
    TAPIR_FIELD(tapir_ndp_option, dns.names, "icmpv6.opt.dnssl.names", TAPIR_LIST, 0, "Domains",
        .list = &domain_list),
    PADDING};
static const tapir_field registration_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, registration.status, "icmpv6.opt.aro.status", TAPIR_UINT, 8,
        "Status of the registration", .labels = registration_states),
    RESERVED(3),
    TAPIR_FIELD(tapir_ndp_option, registration.lifetime, "icmpv6.opt.aro.registration_lifetime",
        TAPIR_UINT, 16, "Minutes the router keeps the entry"),
    TAPIR_FIELD(tapir_ndp_option, registration.eui64, "icmpv6.opt.aro.eui64", TAPIR_BYTES, 64,
        "EUI-64 of the node", .address = TAPIR_BYTES),
    REST};
static const tapir_field context_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, context.context_len, "icmpv6.opt.6co.context_length", TAPIR_UINT,
        8, "Bits of the prefix that count"),
    TAPIR_FIELD(tapir_ndp_option, context.flags, "icmpv6.opt.6co.flag", TAPIR_UINT, 8, "Flags",
        .base = TAPIR_HEX, .parts = context_parts),
    RESERVED(2),
    TAPIR_FIELD(tapir_ndp_option, context.lifetime, "icmpv6.opt.6co.valid_lifetime", TAPIR_UINT, 16,
        "Minutes the context is valid"),
    TAPIR_FIELD(tapir_ndp_option, context.prefix, "icmpv6.opt.6co.context_prefix", TAPIR_IPV6, 0,
        "Prefix to compress", TAPIR_IF(tapir_ndp_option, context.has_prefix, 1)),
    REST};
static const tapir_field authoritative_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, authoritative.version_low, "icmpv6.opt.abro.version_low",
        TAPIR_UINT, 16, "Low half of the version"),
    TAPIR_FIELD(tapir_ndp_option, authoritative.version_high, "icmpv6.opt.abro.version_high",
        TAPIR_UINT, 16, "High half of the version"),
    TAPIR_FIELD(tapir_ndp_option, authoritative.lifetime, "icmpv6.opt.abro.valid_lifetime",
        TAPIR_UINT, 16, "Minutes it is valid"),
    TAPIR_FIELD(tapir_ndp_option, authoritative.address, "icmpv6.opt.abro.6lbr_address", TAPIR_IPV6,
        128, "Address of the border router"),
    REST};
static const tapir_field capability_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, capability.unassigned1, "icmpv6.opt.6cio.unassigned1", TAPIR_UINT,
        15, "Not assigned", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_ndp_option, capability.general, "icmpv6.opt.6cio.flag_g", TAPIR_UINT, 1,
        "Generic header compression", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_ndp_option, capability.unassigned2, "icmpv6.opt.6cio.unassigned2", TAPIR_UINT,
        32, "Not assigned", .base = TAPIR_HEX),
    REST};
static const tapir_field portal_fields[] = {
    HEAD, TAPIR_FIELD(tapir_ndp_option, portal, "icmpv6.opt.captive_portal", TAPIR_STRING, 0,
              "URI of the captive portal's API")};
static const tapir_field pref64_fields[] = {HEAD,
    TAPIR_FIELD(tapir_ndp_option, pref64.lifetime, "icmpv6.opt.pref64.scaled_lifetime", TAPIR_UINT,
        13, "Lifetime in units of 8 seconds"),
    TAPIR_FIELD(tapir_ndp_option, pref64.code, "icmpv6.opt.pref64.plc", TAPIR_UINT, 3,
        "Code of the prefix length", .base = TAPIR_HEX, .labels = pref64_codes),
    TAPIR_FIELD(tapir_ndp_option, pref64.prefix, "icmpv6.opt.pref64.prefix", TAPIR_IPV6, 0,
        "NAT64 prefix", TAPIR_IF(tapir_ndp_option, pref64.has_prefix, 1)),
    REST};

static const tapir_record
    source_record = TAPIR_RECORD("Source link-layer address", source_fields),
    source64_record = TAPIR_RECORD("Source link-layer address", source64_fields),
    target_record = TAPIR_RECORD("Target link-layer address", target_fields),
    target64_record = TAPIR_RECORD("Target link-layer address", target64_fields),
    prefix_record = TAPIR_RECORD("Prefix information", prefix_fields),
    redirected_record = TAPIR_RECORD("Redirected header", redirected_fields),
    mtu_record = TAPIR_RECORD("MTU", mtu_fields),
    shortcut_record = TAPIR_RECORD("NBMA shortcut limit", shortcut_fields),
    interval_record = TAPIR_RECORD("Advertisement interval", interval_fields),
    home_agent_record = TAPIR_RECORD("Home agent information", home_agent_fields),
    addresses_record = TAPIR_RECORD("Address list", addresses_fields),
    cga_record = TAPIR_RECORD("Cryptographically generated address", cga_fields),
    rsa_record = TAPIR_RECORD("RSA signature", rsa_fields),
    timestamp_record = TAPIR_RECORD("Timestamp", timestamp_fields),
    nonce_record = TAPIR_RECORD("Nonce", nonce_fields),
    anchor_record = TAPIR_RECORD("Trust anchor", anchor_fields),
    x501_record = TAPIR_RECORD("Trust anchor", x501_fields),
    fqdn_record = TAPIR_RECORD("Trust anchor", fqdn_fields),
    certificate_record = TAPIR_RECORD("Certificate", certificate_fields),
    ip_address_record = TAPIR_RECORD("IP address or prefix", ip_address_fields),
    new_prefix_record = TAPIR_RECORD("New router prefix information", new_prefix_fields),
    link_layer_record = TAPIR_RECORD("Link-layer address", link_layer_fields),
    ack_record = TAPIR_RECORD("Neighbor advertisement acknowledgment", ack_fields),
    map_record = TAPIR_RECORD("Mobility anchor point", map_fields),
    route_record = TAPIR_RECORD("Route information", route_fields),
    servers_record = TAPIR_RECORD("Recursive DNS servers", servers_fields),
    expansion_record = TAPIR_RECORD("Router advertisement flags expansion", expansion_fields),
    key_request_record = TAPIR_RECORD("Handover key request", key_request_fields),
    key_reply_record = TAPIR_RECORD("Handover key reply", key_reply_fields),
    assist_record = TAPIR_RECORD("Handover assist information", assist_fields),
    node_record = TAPIR_RECORD("Mobile node identifier", node_fields),
    search_record = TAPIR_RECORD("DNS search list", search_fields),
    proxy_record = TAPIR_RECORD("Proxy signature", proxy_fields),
    registration_record = TAPIR_RECORD("Address registration", registration_fields),
    context_record = TAPIR_RECORD("6LoWPAN context", context_fields),
    authoritative_record = TAPIR_RECORD("Authoritative border router", authoritative_fields),
    capability_record = TAPIR_RECORD("6LoWPAN capability indication", capability_fields),
    portal_record = TAPIR_RECORD("Captive portal", portal_fields),
    pref64_record = TAPIR_RECORD("PREF64", pref64_fields),
    unknown_record = TAPIR_RECORD("Option", unknown_fields),
    broken_record = TAPIR_RECORD("Option of impossible length", broken_fields),
    head_record = TAPIR_RECORD("Option without end", head_fields);

static const tapir_record *const option_records[] = {
    [0] = &head_record,
    [TAPIR_NDP_SOURCE_LINK_ADDRESS] = &source_record,
    [TAPIR_NDP_TARGET_LINK_ADDRESS] = &target_record,
    [TAPIR_NDP_PREFIX] = &prefix_record,
    [TAPIR_NDP_REDIRECTED_HEADER] = &redirected_record,
    [TAPIR_NDP_MTU] = &mtu_record,
    [TAPIR_NDP_SHORTCUT_LIMIT] = &shortcut_record,
    [TAPIR_NDP_ADVERTISEMENT_INTERVAL] = &interval_record,
    [TAPIR_NDP_HOME_AGENT] = &home_agent_record,
    [TAPIR_NDP_SOURCE_ADDRESSES] = &addresses_record,
    [TAPIR_NDP_TARGET_ADDRESSES] = &addresses_record,
    [TAPIR_NDP_CGA] = &cga_record,
    [TAPIR_NDP_RSA_SIGNATURE] = &rsa_record,
    [TAPIR_NDP_TIMESTAMP] = &timestamp_record,
    [TAPIR_NDP_NONCE] = &nonce_record,
    [TAPIR_NDP_TRUST_ANCHOR] = &anchor_record,
    [TAPIR_NDP_CERTIFICATE] = &certificate_record,
    [TAPIR_NDP_ADDRESS_OR_PREFIX] = &ip_address_record,
    [TAPIR_NDP_NEW_ROUTER_PREFIX] = &new_prefix_record,
    [TAPIR_NDP_LINK_LAYER_ADDRESS] = &link_layer_record,
    [TAPIR_NDP_ADVERTISEMENT_ACK] = &ack_record,
    [21] = &unknown_record,
    [22] = &broken_record,
    [TAPIR_NDP_MAP] = &map_record,
    [TAPIR_NDP_ROUTE] = &route_record,
    [TAPIR_NDP_DNS_SERVERS] = &servers_record,
    [TAPIR_NDP_FLAGS_EXPANSION] = &expansion_record,
    [TAPIR_NDP_HANDOVER_KEY_REQUEST] = &key_request_record,
    [TAPIR_NDP_HANDOVER_KEY_REPLY] = &key_reply_record,
    [TAPIR_NDP_HANDOVER_ASSIST] = &assist_record,
    [TAPIR_NDP_MOBILE_NODE] = &node_record,
    [TAPIR_NDP_DNS_SEARCH] = &search_record,
    [TAPIR_NDP_PROXY_SIGNATURE] = &proxy_record,
    [TAPIR_NDP_ADDRESS_REGISTRATION] = &registration_record,
    [TAPIR_NDP_6LOWPAN_CONTEXT] = &context_record,
    [TAPIR_NDP_AUTHORITATIVE_ROUTER] = &authoritative_record,
    [TAPIR_NDP_6LOWPAN_CAPABILITY] = &capability_record,
    [TAPIR_NDP_CAPTIVE_PORTAL] = &portal_record,
    [TAPIR_NDP_PREF64] = &pref64_record,
    /* Beyond the types: other forms of some. */
    &source64_record,
    &target64_record,
    &x501_record,
    &fqdn_record,
};
#define KNOWN_TYPES (TAPIR_NDP_PREF64 + 1)

static const tapir_record *record_of(uint8_t type)
{
    return type == 0 || type == 22 || type >= KNOWN_TYPES ? &unknown_record : option_records[type];
}

/* Strings are padded with zeroes to a multiple of 8 bytes. */
static tapir_span until_zero(tapir_span string)
{
    const uint8_t *zero = string.len ? memchr(string.data, 0, string.len) : NULL;

    return tapir_span_of(string.data, zero ? (size_t)(zero - string.data) : string.len);
}

/* Takes what is left but for `pad` bytes at its end. */
static tapir_span take_but(tapir_reader *in, size_t pad)
{
    size_t left = tapir_left(in);

    return tapir_take_span(in, pad < left ? left - pad : 0);
}

/* Takes one DER element whole; nothing when its length makes no sense here. */
static tapir_span take_der(tapir_reader *in)
{
    tapir_reader peek = *in;
    size_t len, digits;

    tapir_take_u8(&peek);
    len = tapir_take_u8(&peek);
    if (len & 0x80) {
        digits = len & 0x7f;
        for (len = 0; digits > 0 && len <= 0xffff && !peek.failed; digits--)
            len = len << 8 | tapir_take_u8(&peek);
    }
    if (peek.failed || len > tapir_left(&peek))
        return tapir_span_of(in->at, 0);
    return tapir_take_span(in, (size_t)(peek.at - in->at) + len);
}

/* An option of length 2 holds an address of 8 bytes and zeroes (RFC 4944 8), or one of 14. */
static const tapir_record *take_link_address(
    tapir_reader *in, struct tapir_ndp_option *option, const tapir_record *record)
{
    static const uint8_t zeroes[6] = {0};

    if (tapir_left(in) != 14 || memcmp(in->at + 8, zeroes, sizeof zeroes) != 0) {
        option->address = tapir_take_rest(in);
        return record;
    }
    option->address = tapir_take_span(in, 8);
    return option->type == TAPIR_NDP_SOURCE_LINK_ADDRESS ? &source64_record : &target64_record;
}

/* RFC 3971 5.1: the parameters, the last of which are of variable length. */
static void take_cga(tapir_reader *in, struct tapir_ndp_cga *cga)
{
    const uint8_t *parameters = in->at - 25; /* the fixed ones */
    tapir_reader inner = tapir_reader_of(take_but(in, cga->pad_len));

    cga->parameters = tapir_span_of(parameters, (size_t)(inner.end - parameters));
    cga->key = take_der(&inner);
    if (cga->key.len)
        cga->extensions = tapir_take_rest(&inner);
}

/* A list ends where the next name would be empty: the rest is padding. */
static void take_domains(tapir_reader *in, struct tapir_ndp_dns *dns)
{
    const uint8_t *names = in->at;
    struct tapir_dns_name name;

    while (tapir_left(in) && *in->at != 0 && tapir__take_domain(in, &name))
        ;
    dns->names = tapir_span_of(names, (size_t)(in->at - names));
}

/* RFC 8781 4: 96 bits are on the wire, of which the code says how many count. */
static void take_pref64(tapir_reader *in, struct tapir_ndp_pref64 *pref64)
{
    static const uint8_t lens[] = {12, 8, 7, 6, 5, 4};

    tapir__take_prefix(in, pref64->prefix, 12);
    pref64->has_prefix = !in->failed && pref64->code < TAPIR_COUNT(lens);
    if (pref64->has_prefix)
        memset(pref64->prefix + lens[pref64->code], 0, 16u - lens[pref64->code]);
}

/* Takes what follows the option's fixed part; returns its record, of which some have several. */
static const tapir_record *take_variable(
    tapir_reader *in, struct tapir_ndp_option *option, const tapir_record *record)
{
    switch (option->type) {
    case TAPIR_NDP_SOURCE_LINK_ADDRESS:
    case TAPIR_NDP_TARGET_LINK_ADDRESS:
        record = take_link_address(in, option, record);
        break;
    case TAPIR_NDP_REDIRECTED_HEADER:
        option->redirected = tapir_take_rest(in);
        break;
    case TAPIR_NDP_SOURCE_ADDRESSES:
    case TAPIR_NDP_TARGET_ADDRESSES:
        option->addresses = tapir_take_rest(in);
        break;
    case TAPIR_NDP_CGA:
        take_cga(in, &option->cga);
        break;
    case TAPIR_NDP_RSA_SIGNATURE:
    case TAPIR_NDP_PROXY_SIGNATURE:
        option->signature.signature = tapir_take_rest(in);
        break;
    case TAPIR_NDP_TIMESTAMP:
        option->timestamp = tapir_take_be64(in);
        break;
    case TAPIR_NDP_NONCE:
        option->nonce = tapir_take_rest(in);
        break;
    case TAPIR_NDP_TRUST_ANCHOR:
        option->named.name = take_but(in, option->named.pad_len);
        if (option->named.type == 1) {
            record = &x501_record;
        } else if (option->named.type == 2) {
            record = &fqdn_record;
            option->named.name = until_zero(option->named.name);
        }
        break;
    case TAPIR_NDP_CERTIFICATE:
        option->named.name = tapir_take_rest(in);
        break;
    case TAPIR_NDP_LINK_LAYER_ADDRESS:
        option->link_layer.address = tapir_take_rest(in);
        break;
    case TAPIR_NDP_ADVERTISEMENT_ACK:
        option->handover.has_address = tapir_left(in) >= 16;
        if (option->handover.has_address)
            tapir_take_bytes(in, option->handover.address, 16);
        break;
    case TAPIR_NDP_ROUTE:
        option->route.has_prefix = tapir_left(in) > 0;
        tapir__take_prefix(in, option->route.prefix, tapir_left(in));
        break;
    case TAPIR_NDP_DNS_SERVERS:
        option->dns.servers = tapir_take_rest(in);
        break;
    case TAPIR_NDP_HANDOVER_KEY_REPLY:
        option->handover_key.key = take_but(in, option->handover_key.pad_len);
        break;
    case TAPIR_NDP_HANDOVER_KEY_REQUEST:
        option->handover_key.key = take_but(in, option->handover_key.pad_len);
        break;
    case TAPIR_NDP_HANDOVER_ASSIST:
    case TAPIR_NDP_MOBILE_NODE:
        option->identifier.value = tapir__take_most(in, option->identifier.len);
        break;
    case TAPIR_NDP_DNS_SEARCH:
        take_domains(in, &option->dns);
        break;
    case TAPIR_NDP_6LOWPAN_CONTEXT:
        option->context.has_prefix = tapir_left(in) > 0;
        tapir__take_prefix(in, option->context.prefix, tapir_left(in));
        break;
    case TAPIR_NDP_CAPTIVE_PORTAL:
        option->portal = until_zero(tapir_take_rest(in));
        break;
    case TAPIR_NDP_PREF64:
        take_pref64(in, &option->pref64);
        break;
    default:
        break;
    }
    option->padding = tapir_rest(in);
    return record;
}

static const tapir_record *option_next(tapir_walk *walk, void *item)
{
    struct tapir_ndp_option *option = item;
    tapir_reader in = walk->in;
    const tapir_record *record;

    memset(option, 0, sizeof *option);
    if (!TAPIR_LOAD(&in, option, head_fields)) {
        tapir_reader_fail(&walk->in, 2);
        return NULL;
    }
    if (option->length == 0) {
        tapir_reader_fail(&walk->in, 8);
        return &head_record;
    }
    in = tapir_reader_of(tapir__take_most(&walk->in, option->length * (size_t)8));
    option->data = tapir_span_of(in.at + 2, tapir_left(&in) - 2);
    record = record_of(option->type);
    if (!tapir__take_record(&in, record, option))
        return walk->in.failed ? record : &broken_record;
    if (walk->in.failed)
        return record == &unknown_record ? &head_record : record;
    return take_variable(&in, option, record);
}

/* A redirected packet that is the message's payload is missing from its option, rightly so. */
static const tapir_record *option_of_message(tapir_walk *walk, void *item)
{
    const struct tapir_icmpv6 *icmp = walk->outer;
    const struct tapir_ndp_option *option = item;
    const tapir_record *record = option_next(walk, item);

    if (record == &redirected_record && icmp->type == TAPIR_ICMPV6_REDIRECT &&
        option->redirected.len == 0)
        walk->in.failed = false;
    return record;
}

#define OPTION_LIST(next)                                                                          \
    {                                                                                              \
        sizeof(struct tapir_ndp_option), next, option_records, TAPIR_COUNT(option_records),        \
            tapir__ndp_makers, TAPIR__NDP_MAKER_COUNT                                              \
    }
const tapir_list tapir__ndp_option_list = OPTION_LIST(option_of_message);
static const tapir_list option_list = OPTION_LIST(option_next);

tapir_walk tapir_ndp_options(tapir_span options)
{
    return tapir_walk_of(&option_list, options, NULL);
}
