/* What options of DHCP are lists of: addresses, routes, names, suboptions. */
#include "dhcp_internal.h"
#include "dns_internal.h"

#include "../record.h"

#define VALUE(member, name, kind, ...)                                                             \
    TAPIR_FIELD(tapir_dhcp_value, member, name, kind, 0, __VA_ARGS__)
#define RECORD(name, title)                                                                        \
    static const tapir_record name##_record = TAPIR_RECORD(title, name##_fields)
#define LIST(name, next, ...)                                                                      \
    static const tapir_record *const name##_records[] = {__VA_ARGS__};                             \
    const tapir_list tapir__dhcp_##name##_list = {                                                 \
        sizeof(struct tapir_dhcp_value), next, name##_records, TAPIR_COUNT(name##_records)}

/* Items that are one number or address, or two. */

static struct tapir_dhcp_value *blank(void *item)
{
    return memset(item, 0, sizeof(struct tapir_dhcp_value));
}

/* The list's only record, unless the item was cut. */
static const tapir_record *only(const tapir_walk *walk)
{
    return walk->in.failed ? NULL : walk->list->records[0];
}

const tapir_record *tapir__dhcp_next_byte(tapir_walk *walk, void *item)
{
    blank(item)->number = tapir_take_u8(&walk->in);
    return only(walk);
}

const tapir_record *tapir__dhcp_next_short(tapir_walk *walk, void *item)
{
    blank(item)->number = tapir_take_be16(&walk->in);
    return only(walk);
}

const tapir_record *tapir__dhcp_next_address(tapir_walk *walk, void *item)
{
    tapir_take_bytes(&walk->in, blank(item)->address, 4);
    return only(walk);
}

const tapir_record *tapir__dhcp_next_pair(tapir_walk *walk, void *item)
{
    struct tapir_dhcp_value *pair = blank(item);

    tapir_take_bytes(&walk->in, pair->address, 4);
    tapir_take_bytes(&walk->in, pair->second, 4);
    return only(walk);
}

/* Names (RFC 1035 3.1, RFC 3397 2). */

const tapir_record *tapir__dhcp_next_name(tapir_walk *walk, void *item)
{
    const struct tapir_dhcp_option *option = walk->outer;
    struct tapir_dhcp_value *value = blank(item);
    struct trouble trouble = {NULL, NULL};
    const uint8_t *start = walk->in.at;

    if (!tapir__dns_take_name(&walk->in, option->items, &value->name, &trouble)) {
        tapir_reader_fail(&walk->in, 1);
        return NULL;
    }
    value->data = tapir_span_of(start, (size_t)(walk->in.at - start));
    return walk->list->records[0];
}

static const tapir_field domain_fields[] = {
    VALUE(name, "dhcp.option.dhcp_dns_domain_search_list_fqdn", TAPIR_TEXT, "Domain to search",
        .print = tapir__dns_print_name)};
RECORD(domain, "Domain");
LIST(domain, tapir__dhcp_next_name, &domain_record);

static const tapir_field sip_name_fields[] = {VALUE(name, "dhcp.option.sip_server.name", TAPIR_TEXT,
    "Name of a SIP server", .print = tapir__dns_print_name)};
RECORD(sip_name, "SIP server");
LIST(sip_name, tapir__dhcp_next_name, &sip_name_record);

static const tapir_field sip_address_fields[] = {
    VALUE(address, "dhcp.option.sip_server.address", TAPIR_IPV4, "Address of a SIP server")};
RECORD(sip_address, "SIP server");
LIST(sip_address, tapir__dhcp_next_address, &sip_address_record);

/* Classless routes (RFC 3442): as many bytes of the destination as its prefix has. */

static const tapir_field route_fields[] = {
    VALUE(data, "dhcp.option.classless_static_route", TAPIR_SPAN, "Route as it stands"),
    VALUE(address, "dhcp.option.classless_static_route.destination", TAPIR_IPV4, "Destination"),
    VALUE(length, "dhcp.option.classless_static_route.prefix_length", TAPIR_UINT,
        "Length of the destination's prefix"),
    VALUE(second, "dhcp.option.classless_static_route.router", TAPIR_IPV4, "Router")};
RECORD(route, "Route");

static const tapir_record *route_next(tapir_walk *walk, void *item)
{
    struct tapir_dhcp_value *route = blank(item);
    const uint8_t *start = walk->in.at;
    size_t len;

    route->length = tapir_take_u8(&walk->in);
    len = (route->length + 7u) / 8;
    if (len > 4) {
        tapir_reader_fail(&walk->in, len);
        return NULL;
    }
    tapir_take_bytes(&walk->in, route->address, len);
    tapir_take_bytes(&walk->in, route->second, 4);
    route->data = tapir_span_of(start, (size_t)(walk->in.at - start));
    return walk->in.failed ? NULL : &route_record;
}
LIST(route, route_next, &route_record);

/* Classes of users (RFC 3004): a length and what it counts. */

static const tapir_field user_class_fields[] = {
    VALUE(code, "dhcp.option.user_class", TAPIR_UINT, "Which one, from 0 on"),
    VALUE(length, "dhcp.option.user_class.length", TAPIR_UINT, "Length"),
    VALUE(data, "dhcp.option.user_class.data", TAPIR_SPAN, "Class")};
static const tapir_field loose_class_fields[] = {
    VALUE(text, "dhcp.option.user_class.text", TAPIR_STRING, "Class without a length")};
RECORD(user_class, "User class");
RECORD(loose_class, "User class without a length");

static const tapir_record *user_class_next(tapir_walk *walk, void *item)
{
    struct tapir_dhcp_value *value = blank(item);
    size_t left = tapir_left(&walk->in);

    value->code = (uint8_t)walk->index;
    value->length = *walk->in.at;
    if (value->length == 0) {
        tapir_reader_fail(&walk->in, 1);
        return NULL;
    }
    /* Network boot programs send the text alone. */
    if (value->length >= left) {
        value->data = tapir_take_rest(&walk->in);
        value->text = tapir__dhcp_text(value->data);
        return &loose_class_record;
    }
    tapir_take_u8(&walk->in);
    value->data = tapir_take_span(&walk->in, value->length);
    return &user_class_record;
}
LIST(user_class, user_class_next, &user_class_record, &loose_class_record);

/* Suboptions: code, length and data. */

/* Takes a suboption; true when all of it is there. What there is of one that is cut is taken, with
 * the reader failed. */
static bool take_suboption(tapir_reader *in, struct tapir_dhcp_value *value)
{
    value->code = tapir_take_u8(in);
    value->length = tapir_take_u8(in);
    if (in->failed)
        return false;
    value->data = tapir__take_most(in, value->length);
    return !in->failed;
}

/* Takes one for a list with a record for suboptions that are whole and one for others. */
static const tapir_record *suboption_next(tapir_walk *walk, void *item)
{
    struct tapir_dhcp_value *value = blank(item);
    bool code = tapir_left(&walk->in) > 1;

    if (take_suboption(&walk->in, value)) {
        value->text = tapir__dhcp_text(value->data);
        return walk->list->records[0];
    }
    return code ? walk->list->records[1] : NULL;
}

/* Vendor options as RFC 2132 8.4 wants them, which few do; the caller knows that they are. */
static const tapir_record *encapsulated_next(tapir_walk *walk, void *item)
{
    struct tapir_dhcp_value *value = blank(item);

    value->code = *walk->in.at;
    if (value->code == TAPIR_DHCP_OPTION_PAD || value->code == TAPIR_DHCP_OPTION_END) {
        value->data = tapir_take_span(&walk->in, 1);
        return walk->list->records[1];
    }
    return take_suboption(&walk->in, value) ? walk->list->records[0] : NULL;
}

static const tapir_field vendor_fields[] = {
    VALUE(code, "dhcp.option.vendor.code", TAPIR_UINT, "Code of a vendor's option"),
    VALUE(length, "dhcp.option.vendor.length", TAPIR_UINT, "Its length"),
    VALUE(data, "dhcp.option.vendor.data", TAPIR_SPAN, "Its value")};
static const tapir_field vendor_single_fields[] = {
    VALUE(code, "dhcp.option.vendor.code", TAPIR_UINT, "Padding or end")};
RECORD(vendor, "Vendor's option");
RECORD(vendor_single, "Padding or end");
LIST(vendor, encapsulated_next, &vendor_record, &vendor_single_record);

#define NETWARE_HEAD                                                                               \
    VALUE(code, "dhcp.option.novell_options.suboption", TAPIR_UINT, "Suboption"),                  \
        VALUE(length, "dhcp.option.suboption_length", TAPIR_UINT, "Length of its value")
static const tapir_field netware_fields[] = {NETWARE_HEAD,
    VALUE(data, "dhcp.option.novell_options.value", TAPIR_SPAN, "Value", .empty = true)};
static const tapir_field cut_netware_fields[] = {NETWARE_HEAD};
RECORD(netware, "NetWare suboption");
RECORD(cut_netware, "NetWare suboption cut short");
LIST(netware, suboption_next, &netware_record, &cut_netware_record);

static const tapir_field civic_fields[] = {
    VALUE(code, "dhcp.option.civic_location.ca_type", TAPIR_UINT, "Type of an element"),
    VALUE(length, "dhcp.option.civic_location.ca_length", TAPIR_UINT, "Its length"),
    VALUE(text, "dhcp.option.civic_location.ca_value", TAPIR_STRING, "Its value")};
static const tapir_field cut_civic_fields[] = {
    VALUE(code, "dhcp.option.civic_location.ca_type", TAPIR_UINT, "Type of an element"),
    VALUE(length, "dhcp.option.civic_location.ca_length", TAPIR_UINT, "Its length")};
RECORD(civic, "Civic address element");
RECORD(cut_civic, "Civic address element cut short");
LIST(civic, suboption_next, &civic_record, &cut_civic_record);

/* Vendor options, each block by an enterprise number (RFC 3925): classes, and options. */

static bool take_block(tapir_reader *in, struct tapir_dhcp_value *value)
{
    value->number = tapir_take_be32(in);
    value->length = tapir_take_u8(in);
    if (in->failed)
        return false;
    value->data = tapir__take_most(in, value->length);
    value->text = tapir__dhcp_text(value->data);
    value->items = value->data;
    return true;
}

#define CLASS_HEAD                                                                                 \
    VALUE(number, "dhcp.option.vi_class.enterprise", TAPIR_UINT, "Enterprise number"),             \
        VALUE(length, "dhcp.option.vi_class.length", TAPIR_UINT, "Length of the class")
static const tapir_field vendor_class_fields[] = {
    CLASS_HEAD, VALUE(text, "dhcp.option.vi_class.data", TAPIR_STRING, "Class", .empty = true)};
static const tapir_field cut_vendor_class_fields[] = {CLASS_HEAD};
RECORD(vendor_class, "Vendor class");
RECORD(cut_vendor_class, "Vendor class cut short");

static const tapir_record *vendor_class_next(tapir_walk *walk, void *item)
{
    if (!take_block(&walk->in, blank(item)))
        return NULL;
    return walk->in.failed ? &cut_vendor_class_record : &vendor_class_record;
}
LIST(vendor_class, vendor_class_next, &vendor_class_record, &cut_vendor_class_record);

#define VENDOR_OPTION_HEAD                                                                         \
    VALUE(code, "dhcp.vendor.suboption", TAPIR_UINT, "Code of a vendor's option"),                 \
        VALUE(length, "dhcp.option.suboption_length", TAPIR_UINT, "Length of its value")
static const tapir_field vendor_option_fields[] = {
    VENDOR_OPTION_HEAD, VALUE(data, "dhcp.vendor.data", TAPIR_SPAN, "Value", .empty = true)};
static const tapir_field cut_vendor_option_fields[] = {VENDOR_OPTION_HEAD};
RECORD(vendor_option, "Vendor's option");
RECORD(cut_vendor_option, "Vendor's option cut short");
static const tapir_record *const vendor_option_records[] = {
    &vendor_option_record, &cut_vendor_option_record};
static const tapir_list vendor_option_list = {sizeof(struct tapir_dhcp_value), suboption_next,
    vendor_option_records, TAPIR_COUNT(vendor_option_records)};

static const tapir_field vendors_fields[] = {
    VALUE(number, "dhcp.option.vi.enterprise", TAPIR_UINT, "Enterprise number"),
    VALUE(length, "dhcp.option.vi.length", TAPIR_UINT, "Length of the vendor's options"),
    VALUE(items, "dhcp.option.vi.options", TAPIR_LIST, "The vendor's options",
        .list = &vendor_option_list)};
RECORD(vendors, "Vendor");

static const tapir_record *vendors_next(tapir_walk *walk, void *item)
{
    return take_block(&walk->in, blank(item)) ? &vendors_record : NULL;
}
LIST(vendors, vendors_next, &vendors_record);

/* PCP servers (RFC 7291): lists of addresses. */

static const tapir_field pcp_address_fields[] = {
    VALUE(address, "dhcp.option.pcp.server", TAPIR_IPV4, "Address of a PCP server")};
RECORD(pcp_address, "PCP server address");
static const tapir_record *const pcp_address_records[] = {&pcp_address_record};
static const tapir_list pcp_address_list = {sizeof(struct tapir_dhcp_value),
    tapir__dhcp_next_address, pcp_address_records, TAPIR_COUNT(pcp_address_records)};

static const tapir_field pcp_fields[] = {
    VALUE(length, "dhcp.option.pcp.list_length", TAPIR_UINT, "Length of the server's addresses"),
    VALUE(items, "dhcp.option.pcp.servers", TAPIR_LIST, "Addresses", .list = &pcp_address_list)};
RECORD(pcp, "PCP server");

static const tapir_record *pcp_next(tapir_walk *walk, void *item)
{
    struct tapir_dhcp_value *value = blank(item);

    value->length = tapir_take_u8(&walk->in);
    value->data = value->items = tapir__take_most(&walk->in, value->length);
    return &pcp_record;
}
LIST(pcp, pcp_next, &pcp_record);

/* Relay agent information (RFC 3046). */

#define AGENT(name) "dhcp.option.agent_information_option." name
#define RELAY_HEAD                                                                                 \
    VALUE(code, AGENT("suboption"), TAPIR_UINT, "Suboption", .labels = relay_codes),               \
        VALUE(length, "dhcp.option.suboption_length", TAPIR_UINT, "Length of its value")
#define RELAY_WHOLE                                                                                \
    RELAY_HEAD, VALUE(data, AGENT("value"), TAPIR_SPAN, "Value as it stands", .empty = true)

static const tapir_label relay_codes[] = {
    {TAPIR_DHCP_RELAY_CIRCUIT_ID, "Agent circuit ID"},
    {TAPIR_DHCP_RELAY_REMOTE_ID, "Agent remote ID"},
    {TAPIR_DHCP_RELAY_DEVICE_CLASS, "DOCSIS device class"},
    {TAPIR_DHCP_RELAY_LINK_SELECTION, "Link selection"},
    {TAPIR_DHCP_RELAY_SUBSCRIBER_ID, "Subscriber ID"},
    {TAPIR_DHCP_RELAY_RADIUS, "RADIUS attributes"},
    {TAPIR_DHCP_RELAY_AUTHENTICATION, "Authentication"},
    {TAPIR_DHCP_RELAY_VENDOR, "Vendor-specific information"},
    {TAPIR_DHCP_RELAY_FLAGS, "Relay agent flags"},
    {TAPIR_DHCP_RELAY_SERVER_ID_OVERRIDE, "Server identifier override"},
    {TAPIR_DHCP_RELAY_AGENT_ID, "Relay agent identifier"},
    {TAPIR_DHCP_RELAY_ACCESS_TECHNOLOGY, "Access technology type"},
    {TAPIR_DHCP_RELAY_NETWORK_NAME, "Access network name"},
    {TAPIR_DHCP_RELAY_ACCESS_POINT_NAME, "Access point name"},
    {TAPIR_DHCP_RELAY_ACCESS_POINT_BSSID, "Access point BSSID"},
    {TAPIR_DHCP_RELAY_OPERATOR_ID, "Operator identifier"},
    {TAPIR_DHCP_RELAY_OPERATOR_REALM, "Operator realm"},
    {TAPIR_DHCP_RELAY_SOURCE_PORT, "Relay agent source port"},
    {TAPIR_DHCP_RELAY_LINK_SELECTION_CISCO, "Link selection, Cisco's"},
    {TAPIR_DHCP_RELAY_SUBNET_NAME, "Virtual subnet"},
    {TAPIR_DHCP_RELAY_SERVER_ID_OVERRIDE_CISCO, "Server identifier override, Cisco's"},
    {0, NULL},
};

/* Vendor blocks inside (RFC 4243). */
static const tapir_field relay_block_fields[] = {
    VALUE(number, AGENT("vi.enterprise"), TAPIR_UINT, "Enterprise number"),
    VALUE(length, AGENT("vi.data_length"), TAPIR_UINT, "Length of the vendor's data"),
    VALUE(data, AGENT("value"), TAPIR_SPAN, "The vendor's data")};
RECORD(relay_block, "Vendor");

static const tapir_record *relay_block_next(tapir_walk *walk, void *item)
{
    return take_block(&walk->in, blank(item)) ? &relay_block_record : NULL;
}
static const tapir_record *const relay_block_records[] = {&relay_block_record};
static const tapir_list relay_block_list = {sizeof(struct tapir_dhcp_value), relay_block_next,
    relay_block_records, TAPIR_COUNT(relay_block_records)};

static const tapir_part access_technology_parts[] = {
    TAPIR_PART("dhcp.option.agent_information_option.ani_att.res", 0xe0, "Reserved", NULL),
    TAPIR_PART("dhcp.option.agent_information_option.ani_att.att", 0x1f,
        "Access technology type, as in RFC 5213", NULL),
    TAPIR_PARTS_END,
};

static const tapir_field cut_relay_fields[] = {RELAY_HEAD};
static const tapir_field other_relay_fields[] = {RELAY_WHOLE};
static const tapir_field circuit_fields[] = {
    RELAY_WHOLE, VALUE(data, AGENT("agent_circuit_id"), TAPIR_SPAN, "Circuit the request came by")};
static const tapir_field remote_fields[] = {
    RELAY_WHOLE, VALUE(data, AGENT("agent_remote_id"), TAPIR_SPAN, "Host at its other end")};
static const tapir_field device_class_fields[] = {
    RELAY_WHOLE, VALUE(number, AGENT("docsis_device_class"), TAPIR_UINT, "Class of the modem",
                     .base = TAPIR_HEX)};
static const tapir_field link_fields[] = {RELAY_WHOLE,
    VALUE(address, AGENT("link_selection"), TAPIR_IPV4, "Subnet to take an address from")};
static const tapir_field subscriber_fields[] = {
    RELAY_WHOLE, VALUE(text, AGENT("subscriber_id"), TAPIR_STRING, "Subscriber")};
static const tapir_field radius_fields[] = {
    RELAY_WHOLE, VALUE(data, AGENT("radius_attributes"), TAPIR_SPAN, "Attributes")};
static const tapir_field relay_authentication_fields[] = {
    RELAY_WHOLE, VALUE(data, AGENT("authentication"), TAPIR_SPAN, "Authentication")};
static const tapir_field relay_vendor_fields[] = {
    RELAY_WHOLE, VALUE(items, AGENT("vi.list"), TAPIR_LIST, "Vendors", .list = &relay_block_list)};
static const tapir_field relay_flag_fields[] = {
    RELAY_WHOLE, TAPIR_FIELD(tapir_dhcp_value, number, AGENT("flags"), TAPIR_UINT, 8,
                     "0x80: the request was unicast", .base = TAPIR_HEX)};
static const tapir_field server_override_fields[] = {RELAY_WHOLE,
    VALUE(address, AGENT("server_id_override"), TAPIR_IPV4, "Identifier to answer as")};
static const tapir_field agent_fields[] = {
    RELAY_WHOLE, VALUE(data, AGENT("relay_agent_id"), TAPIR_SPAN, "DUID of the relay agent")};
static const tapir_field technology_fields[] = {
    RELAY_WHOLE, VALUE(number, AGENT("ani_att"), TAPIR_UINT, "Access technology",
                     .parts = access_technology_parts)};
static const tapir_field network_fields[] = {
    RELAY_WHOLE, VALUE(text, AGENT("ani_network_name"), TAPIR_STRING, "Name of the network")};
static const tapir_field access_point_fields[] = {
    RELAY_WHOLE, VALUE(text, AGENT("ani_ap_name"), TAPIR_STRING, "Name of the access point")};
static const tapir_field bssid_fields[] = {
    RELAY_WHOLE, VALUE(mac, AGENT("ani_ap_bssid"), TAPIR_MAC, "BSSID of the access point")};
static const tapir_field operator_fields[] = {
    RELAY_WHOLE, VALUE(data, AGENT("ani_operator_id"), TAPIR_SPAN, "Enterprise number and more")};
static const tapir_field realm_fields[] = {
    RELAY_WHOLE, VALUE(text, AGENT("ani_operator_realm"), TAPIR_STRING, "Realm of the operator")};
static const tapir_field cisco_link_fields[] = {RELAY_WHOLE,
    VALUE(address, AGENT("link_selection_cisco"), TAPIR_IPV4, "Subnet to take an address from")};
static const tapir_field cisco_override_fields[] = {RELAY_WHOLE,
    VALUE(address, AGENT("server_id_override_cisco"), TAPIR_IPV4, "Identifier to answer as")};
RECORD(cut_relay, "Suboption cut short");
RECORD(other_relay, "Suboption");
RECORD(circuit, "Agent circuit ID");
RECORD(remote, "Agent remote ID");
RECORD(device_class, "DOCSIS device class");
RECORD(link, "Link selection");
RECORD(subscriber, "Subscriber ID");
RECORD(radius, "RADIUS attributes");
RECORD(relay_authentication, "Authentication");
RECORD(relay_vendor, "Vendor-specific information");
RECORD(relay_flag, "Relay agent flags");
RECORD(server_override, "Server identifier override");
RECORD(agent, "Relay agent identifier");
RECORD(technology, "Access technology type");
RECORD(network, "Access network name");
RECORD(access_point, "Access point name");
RECORD(bssid, "Access point BSSID");
RECORD(operator, "Operator identifier");
RECORD(realm, "Operator realm");
RECORD(cisco_link, "Link selection, Cisco's");
RECORD(cisco_override, "Server identifier override, Cisco's");

/* What is read of a suboption besides its bytes and text: a number or an address of that many
 * bytes. Suboptions of another length than `len` (0: any but none) are shown as bytes only. */
static const struct {
    uint8_t code, len;
    const tapir_record *record;
} relay_suboptions[] = {
    {TAPIR_DHCP_RELAY_CIRCUIT_ID, 0, &circuit_record},
    {TAPIR_DHCP_RELAY_REMOTE_ID, 0, &remote_record},
    {TAPIR_DHCP_RELAY_DEVICE_CLASS, 4, &device_class_record},
    {TAPIR_DHCP_RELAY_LINK_SELECTION, 4, &link_record},
    {TAPIR_DHCP_RELAY_SUBSCRIBER_ID, 0, &subscriber_record},
    {TAPIR_DHCP_RELAY_RADIUS, 0, &radius_record},
    {TAPIR_DHCP_RELAY_AUTHENTICATION, 0, &relay_authentication_record},
    {TAPIR_DHCP_RELAY_VENDOR, 0, &relay_vendor_record},
    {TAPIR_DHCP_RELAY_FLAGS, 1, &relay_flag_record},
    {TAPIR_DHCP_RELAY_SERVER_ID_OVERRIDE, 4, &server_override_record},
    {TAPIR_DHCP_RELAY_AGENT_ID, 0, &agent_record},
    {TAPIR_DHCP_RELAY_ACCESS_TECHNOLOGY, 1, &technology_record},
    {TAPIR_DHCP_RELAY_NETWORK_NAME, 0, &network_record},
    {TAPIR_DHCP_RELAY_ACCESS_POINT_NAME, 0, &access_point_record},
    {TAPIR_DHCP_RELAY_ACCESS_POINT_BSSID, 6, &bssid_record},
    {TAPIR_DHCP_RELAY_OPERATOR_ID, 0, &operator_record},
    {TAPIR_DHCP_RELAY_OPERATOR_REALM, 0, &realm_record},
    {TAPIR_DHCP_RELAY_LINK_SELECTION_CISCO, 4, &cisco_link_record},
    {TAPIR_DHCP_RELAY_SERVER_ID_OVERRIDE_CISCO, 4, &cisco_override_record},
};

static void take_parts(struct tapir_dhcp_value *value)
{
    tapir_reader in = tapir_reader_of(value->data);

    value->text = tapir__dhcp_text(value->data);
    value->items = value->data;
    if (value->length == 6) {
        tapir_take_bytes(&in, value->mac, 6);
    } else if (value->length == 4) {
        memcpy(value->address, in.at, 4);
        value->number = tapir_take_be32(&in);
    } else if (value->length == 1) {
        value->number = tapir_take_u8(&in);
    }
}

static const tapir_record *relay_next(tapir_walk *walk, void *item)
{
    struct tapir_dhcp_value *value = blank(item);
    bool code = tapir_left(&walk->in) > 1;

    if (!take_suboption(&walk->in, value))
        return code ? &cut_relay_record : NULL;
    take_parts(value);
    for (size_t i = 0; i < TAPIR_COUNT(relay_suboptions); i++) {
        if (relay_suboptions[i].code != value->code)
            continue;
        if (relay_suboptions[i].len ? relay_suboptions[i].len == value->length : value->length > 0)
            return relay_suboptions[i].record;
    }
    return &other_relay_record;
}
LIST(relay, relay_next, &cut_relay_record, &other_relay_record, &circuit_record, &remote_record,
    &device_class_record, &link_record, &subscriber_record, &radius_record,
    &relay_authentication_record, &relay_vendor_record, &relay_flag_record, &server_override_record,
    &agent_record, &technology_record, &network_record, &access_point_record, &bssid_record,
    &operator_record, &realm_record, &cisco_link_record, &cisco_override_record);
