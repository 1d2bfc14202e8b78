/* Options of DHCP from text: names, parameters, and the calls they become. */
#include "dhcp_internal.h"
#include "../put.h"
#include "dns_internal.h"

enum { ROOM = 2048 };

/* An option of what a list of arguments makes. */
static void put_joined(
    tapir_writer *w, uint8_t code, const tapir_writer *joined, const uint8_t *room)
{
    if (joined->failed)
        tapir_writer_fail(w);
    else
        tapir_dhcp_put_option(w, code, tapir_span_of(room, (size_t)(joined->at - room)));
}

/* Whether a number is no wider than that; fails the writer otherwise. */
static bool fits(tapir_writer *w, uint64_t number, unsigned bits)
{
    if (number >> bits)
        tapir_writer_fail(w);
    return number >> bits == 0;
}

static void make_number(
    tapir_writer *w, uint8_t code, unsigned bytes, const tapir_argument *arguments)
{
    if (fits(w, arguments[0].number, 8 * bytes))
        tapir_dhcp_put_number(w, code, bytes, (uint32_t)arguments[0].number);
}

static void make_addresses(
    tapir_writer *w, uint8_t code, const tapir_argument *arguments, size_t count)
{
    uint8_t room[4 * TAPIR_ARGUMENTS_MAX];
    tapir_writer joined = tapir_writer_of(room, sizeof room);

    tapir__put_each(&joined, arguments, count, 4);
    put_joined(w, code, &joined, room);
}

/* name, code: options of a number of so many bytes, of addresses, of bytes or text. */
#define MAKE_NUMBER(name, code, bytes)                                                             \
    TAPIR__MAKE(name)                                                                              \
    {                                                                                              \
        make_number(w, TAPIR_DHCP_OPTION_##code, bytes, arguments);                                \
    }
#define MAKE_ADDRESSES(name, code)                                                                 \
    TAPIR__MAKE(name)                                                                              \
    {                                                                                              \
        make_addresses(w, TAPIR_DHCP_OPTION_##code, arguments, count);                             \
    }
#define MAKE_BYTES(name, code)                                                                     \
    TAPIR__MAKE(name)                                                                              \
    {                                                                                              \
        tapir_dhcp_put_option(w, TAPIR_DHCP_OPTION_##code, arguments[0].bytes);                    \
    }

MAKE_NUMBER(message_type, MESSAGE_TYPE, 1)
MAKE_NUMBER(lease_time, LEASE_TIME, 4)
MAKE_NUMBER(renewal_time, RENEWAL_TIME, 4)
MAKE_NUMBER(rebinding_time, REBINDING_TIME, 4)
MAKE_NUMBER(max_size, MAX_MESSAGE_SIZE, 2)
MAKE_NUMBER(mtu, INTERFACE_MTU, 2)
MAKE_NUMBER(overload, OVERLOAD, 1)
MAKE_ADDRESSES(subnet_mask, SUBNET_MASK)
MAKE_ADDRESSES(requested_address, REQUESTED_ADDRESS)
MAKE_ADDRESSES(server_id, SERVER_ID)
MAKE_ADDRESSES(broadcast, BROADCAST_ADDRESS)
MAKE_ADDRESSES(routers, ROUTER)
MAKE_ADDRESSES(dns_servers, DOMAIN_NAME_SERVER)
MAKE_ADDRESSES(ntp_servers, NTP_SERVER)
MAKE_BYTES(host_name, HOST_NAME)
MAKE_BYTES(domain_name, DOMAIN_NAME)
MAKE_BYTES(vendor_class, VENDOR_CLASS)
MAKE_BYTES(message, MESSAGE)
MAKE_BYTES(captive_portal, CAPTIVE_PORTAL)
MAKE_BYTES(relay_agent, RELAY_AGENT)

TAPIR__MAKE(parameter_list)
{
    uint8_t room[TAPIR_ARGUMENTS_MAX];
    tapir_writer codes = tapir_writer_of(room, sizeof room);

    tapir__put_numbers(&codes, arguments, count, 1);
    put_joined(w, TAPIR_DHCP_OPTION_PARAMETER_LIST, &codes, room);
}

/* Of Ethernet, unless told. */
TAPIR__MAKE(client_id)
{
    uint64_t kind = tapir__number_or(&arguments[1], 1);

    if (fits(w, kind, 8))
        tapir_dhcp_put_client_id(w, (uint8_t)kind, arguments[0].bytes);
}

TAPIR__MAKE(full_name)
{
    uint8_t room[ROOM];
    tapir_writer value = tapir_writer_of(room, sizeof room);

    tapir_put_be(&value, 1, arguments[1].number | (unsigned)TAPIR_DHCP_FULL_NAME_ENCODED);
    tapir_put_be(&value, 2, 0);
    tapir_dns_put_name(&value, arguments[0].bytes);
    put_joined(w, TAPIR_DHCP_OPTION_FULL_NAME, &value, room);
}

TAPIR__MAKE(domain_search)
{
    uint8_t room[ROOM * 8];
    tapir_writer names = tapir_writer_of(room, sizeof room);

    for (size_t i = 0; i < count; i++)
        tapir_dns_put_name(&names, arguments[i].bytes);
    put_joined(w, TAPIR_DHCP_OPTION_DOMAIN_SEARCH, &names, room);
}

TAPIR__MAKE(route)
{
    struct tapir_dhcp_route route = {.prefix_len = (uint8_t)arguments[1].number};

    if (!fits(w, arguments[1].number, 6) || arguments[0].bytes.len != 4 ||
        arguments[2].bytes.len != 4) {
        tapir_writer_fail(w);
        return;
    }
    memcpy(route.destination, arguments[0].bytes.data, 4);
    memcpy(route.router, arguments[2].bytes.data, 4);
    tapir_dhcp_put_routes(w, &route, 1);
}

TAPIR__MAKE(pad)
{
    tapir_dhcp_put_padding(w, (size_t)tapir__number_or(&arguments[0], 1));
}

TAPIR__MAKE_BARE(end, tapir_dhcp_put_end)

TAPIR__MAKE(option)
{
    if (fits(w, arguments[0].number, 8))
        tapir_dhcp_put_option(w, (uint8_t)arguments[0].number, arguments[1].bytes);
}

#define NAME TAPIR__OTHER("name", TAPIR_STRING, .trouble = tapir__dns_name_trouble)

static const tapir_parameter type[] = {TAPIR__UINT("type", 8, .labels = tapir__dhcp_message_types)};
static const tapir_parameter seconds[] = {TAPIR__UINT("seconds", 32)};
static const tapir_parameter size[] = {TAPIR__UINT("bytes", 16)};
static const tapir_parameter which[] = {TAPIR__UINT("which", 8)};
static const tapir_parameter address[] = {TAPIR__OTHER("address", TAPIR_IPV4)};
static const tapir_parameter addresses[] = {TAPIR__OTHER("address", TAPIR_IPV4, TAPIR__REPEATED)};
static const tapir_parameter text[] = {TAPIR__OTHER("text", TAPIR_STRING)};
static const tapir_parameter bytes[] = {TAPIR__OTHER("data", TAPIR_SPAN)};
static const tapir_parameter codes[] = {
    TAPIR__UINT("code", 8, .labels = tapir__dhcp_codes, TAPIR__REPEATED)};
static const tapir_parameter client_id[] = {TAPIR__OTHER("identifier", TAPIR_SPAN),
    TAPIR__UINT("type", 8, .labels = tapir__dhcp_hardware, TAPIR__OPTIONAL)};
static const tapir_parameter full_name[] = {NAME, TAPIR__UINT("flags", 8, TAPIR__OPTIONAL)};
static const tapir_parameter names[] = {
    TAPIR__OTHER("name", TAPIR_STRING, TAPIR__REPEATED, .trouble = tapir__dns_name_trouble)};
static const tapir_parameter route[] = {TAPIR__OTHER("destination", TAPIR_IPV4),
    TAPIR__UINT("prefix_len", 6), TAPIR__OTHER("router", TAPIR_IPV4)};
static const tapir_parameter padding[] = {TAPIR__UINT("count", 16, TAPIR__OPTIONAL)};
static const tapir_parameter option[] = {
    TAPIR__UINT("code", 8), TAPIR__OTHER("data", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__dhcp_makers[TAPIR__DHCP_MAKER_COUNT] = {
    TAPIR_MAKER("message_type", "message-type", type, make_message_type),
    TAPIR_MAKER("subnet_mask", NULL, address, make_subnet_mask),
    TAPIR_MAKER("routers", "router", addresses, make_routers),
    TAPIR_MAKER("dns_servers", "name_server", addresses, make_dns_servers),
    TAPIR_MAKER("ntp_servers", "NTP_server", addresses, make_ntp_servers),
    TAPIR_MAKER("host_name", "hostname", text, make_host_name),
    TAPIR_MAKER("domain_name", "domain", text, make_domain_name),
    TAPIR_MAKER("broadcast", "broadcast_address", address, make_broadcast),
    TAPIR_MAKER("mtu", "interface-mtu", size, make_mtu),
    TAPIR_MAKER("requested_address", "requested_addr", address, make_requested_address),
    TAPIR_MAKER("lease_time", NULL, seconds, make_lease_time),
    TAPIR_MAKER("overload", NULL, which, make_overload),
    TAPIR_MAKER("server_id", NULL, address, make_server_id),
    TAPIR_MAKER("parameter_list", "param_req_list", codes, make_parameter_list),
    TAPIR_MAKER("message", "error_message", text, make_message),
    TAPIR_MAKER("max_size", "max_dhcp_size", size, make_max_size),
    TAPIR_MAKER("renewal_time", NULL, seconds, make_renewal_time),
    TAPIR_MAKER("rebinding_time", NULL, seconds, make_rebinding_time),
    TAPIR_MAKER("vendor_class", "vendor_class_id", text, make_vendor_class),
    TAPIR_MAKER("client_id", NULL, client_id, make_client_id),
    TAPIR_MAKER("full_name", "client_FQDN", full_name, make_full_name),
    TAPIR_MAKER("relay_agent", "relay_agent_information", bytes, make_relay_agent),
    TAPIR_MAKER("captive_portal", "captive-portal", text, make_captive_portal),
    TAPIR_MAKER("domain_search", NULL, names, make_domain_search),
    TAPIR_MAKER("route", NULL, route, make_route),
    TAPIR_MAKER("pad", NULL, padding, make_pad),
    TAPIR_BARE_MAKER("end", NULL, make_end),
    TAPIR_MAKER("option", NULL, option, make_option),
};
