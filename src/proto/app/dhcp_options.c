/* Options of DHCP (RFC 2132 and those that came later). */
#include "dhcp_internal.h"
#include "dns_internal.h"

#include "../record.h"

const tapir_label tapir__dhcp_codes[] = {
#define X(name, number, text) {number, text},
    TAPIR_DHCP_OPTIONS(X)
#undef X
        {0, NULL},
};

/* The same by name, for the titles of records. */
static const struct {
#define X(name, number, text) char name[sizeof text];
    TAPIR_DHCP_OPTIONS(X)
#undef X
} titles = {
#define X(name, number, text) text,
    TAPIR_DHCP_OPTIONS(X)
#undef X
};

const tapir_label tapir__dhcp_message_types[] = {
#define X(name, number, text) {number, text},
    TAPIR_DHCP_MESSAGES(X)
#undef X
        {0, NULL},
};

static const tapir_label node_types[] = {
    {1, "B-node"}, {2, "P-node"}, {4, "M-node"}, {8, "H-node"}, {0, NULL}};

static const tapir_label overloads[] = {{1, "Boot file name holds options"},
    {2, "Server name holds options"}, {3, "Both hold options"}, {0, NULL}};

/* RFC 4578 2.1 and IANA's processor architecture types. */
static const tapir_label architectures[] = {
    {0, "x86 BIOS"},
    {1, "NEC PC98"},
    {2, "IA64 EFI"},
    {3, "DEC Alpha"},
    {4, "Arc x86"},
    {5, "Intel Lean Client"},
    {6, "x86 EFI"},
    {7, "x64 EFI"},
    {8, "EFI Xscale"},
    {9, "EBC"},
    {10, "ARM 32-bit EFI"},
    {11, "ARM 64-bit EFI"},
    {12, "PowerPC Open Firmware"},
    {13, "PowerPC ePAPR"},
    {14, "Power OPAL 3"},
    {15, "x86 EFI over HTTP"},
    {16, "x64 EFI over HTTP"},
    {17, "EBC over HTTP"},
    {18, "ARM 32-bit EFI over HTTP"},
    {19, "ARM 64-bit EFI over HTTP"},
    {20, "x86 BIOS over HTTP"},
    {0, NULL},
};

static const tapir_label lease_states[] = {
    {1, "Available"},
    {2, "Active"},
    {3, "Expired"},
    {4, "Released"},
    {5, "Abandoned"},
    {6, "Reset"},
    {7, "Remote"},
    {8, "Transitioning"},
    {0, NULL},
};

static const tapir_label status_codes[] = {
    {0, "Success"},
    {1, "Unspecified failure"},
    {2, "Query terminated"},
    {3, "Malformed query"},
    {4, "Not allowed"},
    {5, "Data missing"},
    {6, "Connection active"},
    {7, "Catch-up complete"},
    {8, "TLS connection refused"},
    {0, NULL},
};

static const tapir_label duid_types[] = {
    {1, "Link-layer address and time"},
    {2, "Assigned by vendor"},
    {3, "Link-layer address"},
    {4, "UUID"},
    {0, NULL},
};

static const tapir_label on_or_off[] = {{0, "Off"}, {1, "On"}, {0, NULL}};

#define OPTION(member, name, kind, ...)                                                            \
    TAPIR_FIELD(tapir_dhcp_option, member, name, kind, 0, __VA_ARGS__)
/* Of a number that is usually written in hexadecimal, which is as wide as its place. */
#define OPTION_HEX(member, name, bits, ...)                                                        \
    TAPIR_FIELD(tapir_dhcp_option, member, name, TAPIR_UINT, bits, __VA_ARGS__, .base = TAPIR_HEX)
#define CODE   OPTION(code, "dhcp.option.type", TAPIR_UINT, "Code", .labels = tapir__dhcp_codes)
#define LENGTH OPTION(length, "dhcp.option.length", TAPIR_UINT, "Length of the value")
#define HEAD                                                                                       \
    CODE, LENGTH, OPTION(data, "dhcp.option.value", TAPIR_SPAN, "Value as it stands", .empty = true)
#define RECORD(name, title)                                                                        \
    static const tapir_record name##_record = TAPIR_RECORD(title, name##_fields)

static const tapir_field padding_fields[] = {
    CODE, OPTION(data, "dhcp.option.padding", TAPIR_SPAN, "Bytes of 0")};
static const tapir_field trailing_fields[] = {
    OPTION(data, "dhcp.option.padding", TAPIR_SPAN, "Bytes behind the end")};
static const tapir_field end_fields[] = {CODE, OPTION(code, "dhcp.option.end", TAPIR_UINT, "End")};
static const tapir_field cut_fields[] = {CODE, LENGTH};
static const tapir_field other_fields[] = {HEAD};
RECORD(padding, "Padding");
RECORD(trailing, "Padding behind the end");
RECORD(end, "End");
RECORD(cut, "Option cut short");
RECORD(other, "Option");

/* Options of a common form: name, form, name of the value and what it is, anything more. */
#define COMMON_OPTIONS(X)                                                                          \
    X(SUBNET_MASK, ADDRESS, "subnet_mask", "Subnet mask")                                          \
    X(TIME_OFFSET, OFFSET, "time_offset", "Seconds east of UTC")                                   \
    X(ROUTER, ADDRESSES, "router", "Router")                                                       \
    X(TIME_SERVER, ADDRESSES, "time_server", "Time server")                                        \
    X(NAME_SERVER, ADDRESSES, "name_server", "Name server of IEN 116")                             \
    X(DOMAIN_NAME_SERVER, ADDRESSES, "domain_name_server", "Domain name server")                   \
    X(LOG_SERVER, ADDRESSES, "log_server", "Log server")                                           \
    X(QUOTES_SERVER, ADDRESSES, "quotes_server", "Server of the quote of the day")                 \
    X(LPR_SERVER, ADDRESSES, "lpr_server", "Line printer server")                                  \
    X(IMPRESS_SERVER, ADDRESSES, "impress_server", "Impress server")                               \
    X(RESOURCE_SERVER, ADDRESSES, "resource_location_server", "Resource location server")          \
    X(HOST_NAME, TEXT, "hostname", "Name of the client")                                           \
    X(BOOT_FILE_SIZE, SHORT, "boot_file_size", "Size of the boot file in blocks of 512 bytes")     \
    X(DUMP_FILE, TEXT, "merit_dump_file", "File for a crash dump")                                 \
    X(DOMAIN_NAME, TEXT, "domain_name", "Domain of the client")                                    \
    X(SWAP_SERVER, ADDRESS, "swap_server", "Swap server")                                          \
    X(ROOT_PATH, TEXT, "root_path", "Path of the root disk")                                       \
    X(EXTENSIONS_PATH, TEXT, "extension_path", "File with more options")                           \
    X(IP_FORWARDING, FLAG, "ip_forwarding", "Forward IP packets")                                  \
    X(SOURCE_ROUTING, FLAG, "non_local_source_routing", "Forward packets with source routes")      \
    X(REASSEMBLY_SIZE, SHORT, "max_datagram_reassembly_size", "Largest datagram to put together")  \
    X(DEFAULT_TTL, BYTE, "default_ip_ttl", "Time to live of IP packets")                           \
    X(MTU_TIMEOUT, LONG, "path_mtu_aging_timeout", "Seconds a path MTU is remembered")             \
    X(MTU_PLATEAU, SHORTS, "path_mtu_plateau_table_item", "MTU to try")                            \
    X(INTERFACE_MTU, SHORT, "interface_mtu", "MTU of the interface")                               \
    X(SUBNETS_LOCAL, FLAG, "all_subnets_are_local", "All subnets have the interface's MTU")        \
    X(BROADCAST_ADDRESS, ADDRESS, "broadcast_address", "Broadcast address")                        \
    X(MASK_DISCOVERY, FLAG, "perform_mask_discovery", "Ask for the mask by ICMP")                  \
    X(MASK_SUPPLIER, FLAG, "mask_supplier", "Answer who asks for the mask")                        \
    X(ROUTER_DISCOVERY, FLAG, "perform_router_discover", "Ask for routers by ICMP")                \
    X(ROUTER_SOLICITATION, ADDRESS, "router_solicitation_address", "Address to ask for routers")   \
    X(TRAILERS, FLAG, "trailer_encapsulation", "Negotiate trailers by ARP")                        \
    X(ARP_TIMEOUT, LONG, "arp_cache_timeout", "Seconds an ARP answer is remembered")               \
    X(ETHERNET_ENCAPSULATION, FLAG, "ethernet_encapsulation", "IEEE 802.3 rather than Ethernet")   \
    X(TCP_TTL, BYTE, "tcp_default_ttl", "Time to live of TCP segments")                            \
    X(TCP_KEEPALIVE_INTERVAL, LONG, "tcp_keepalive_interval", "Seconds between keepalives")        \
    X(TCP_KEEPALIVE_GARBAGE, FLAG, "tcp_keepalive_garbage", "Keepalives hold a byte")              \
    X(NIS_DOMAIN, TEXT, "nis_domain", "NIS domain")                                                \
    X(NIS_SERVER, ADDRESSES, "nis_server", "NIS server")                                           \
    X(NTP_SERVER, ADDRESSES, "ntp_server", "NTP server")                                           \
    X(NETBIOS_NAME_SERVER, ADDRESSES, "netbios_over_tcpip_name_server", "NetBIOS name server")     \
    X(NETBIOS_DATAGRAM_SERVER, ADDRESSES, "netbios_over_tcpip_dd_name_server",                     \
        "NetBIOS datagram distribution server")                                                    \
    X(NETBIOS_NODE_TYPE, BYTE, "netbios_over_tcpip_node_type", "NetBIOS node type",                \
        .labels = node_types)                                                                      \
    X(NETBIOS_SCOPE, TEXT, "netbios_over_tcpip_scope", "NetBIOS scope")                            \
    X(X_FONT_SERVER, ADDRESSES, "xwindows_system_font_server", "X Window System font server")      \
    X(X_DISPLAY_MANAGER, ADDRESSES, "xwindows_system_display_manager",                             \
        "X Window System display manager")                                                         \
    X(REQUESTED_ADDRESS, ADDRESS, "requested_ip_address", "Address asked for")                     \
    X(LEASE_TIME, LONG, "ip_address_lease_time", "Seconds the address may be used")                \
    X(MESSAGE_TYPE, BYTE, "dhcp", "Kind of message", .labels = tapir__dhcp_message_types)          \
    X(SERVER_ID, ADDRESS, "dhcp_server_id", "Server that offers or is chosen")                     \
    X(PARAMETER_LIST, BYTES, "request_list_item", "Option asked for", .labels = tapir__dhcp_codes) \
    X(MESSAGE, TEXT, "message", "What went wrong")                                                 \
    X(MAX_MESSAGE_SIZE, SHORT, "dhcp_max_message_size", "Longest message the sender takes")        \
    X(RENEWAL_TIME, LONG, "renewal_time_value", "Seconds until the lease is to be renewed")        \
    X(REBINDING_TIME, LONG, "rebinding_time_value", "Seconds until any server will do")            \
    X(VENDOR_CLASS, TEXT, "vendor_class_id", "Kind of client or server")                           \
    X(NETWARE_DOMAIN, TEXT, "novell_netware_ip_domain", "NetWare/IP domain")                       \
    X(NIS_PLUS_DOMAIN, TEXT, "nis_plus_domain", "NIS+ domain")                                     \
    X(NIS_PLUS_SERVER, ADDRESSES, "nis_plus_server", "NIS+ server")                                \
    X(TFTP_SERVER_NAME, TEXT, "tftp_server_name", "Name of the TFTP server")                       \
    X(BOOT_FILE, TEXT, "bootfile_name", "Name of the boot file")                                   \
    X(HOME_AGENT, ADDRESSES, "mobile_ip_home_agent", "Mobile IP home agent")                       \
    X(SMTP_SERVER, ADDRESSES, "smtp_server", "SMTP server")                                        \
    X(POP3_SERVER, ADDRESSES, "pop3_server", "POP3 server")                                        \
    X(NNTP_SERVER, ADDRESSES, "nntp_server", "NNTP server")                                        \
    X(WWW_SERVER, ADDRESSES, "default_www_server", "WWW server")                                   \
    X(FINGER_SERVER, ADDRESSES, "default_finger_server", "Finger server")                          \
    X(IRC_SERVER, ADDRESSES, "default_irc_server", "IRC server")                                   \
    X(STREETTALK_SERVER, ADDRESSES, "streettalk_server", "StreetTalk server")                      \
    X(STREETTALK_DIRECTORY, ADDRESSES, "streettalk_da_server",                                     \
        "StreetTalk directory assistance server")                                                  \
    X(NDS_SERVER, ADDRESSES, "novell_dss.ip", "NDS server")                                        \
    X(NDS_TREE, TEXT, "novell_ds_tree_name", "NDS tree")                                           \
    X(NDS_CONTEXT, TEXT, "novell_ds_context", "NDS context")                                       \
    X(BCMCS_NAME, NAMES, "bcmcs.name", "BCMCS controller")                                         \
    X(BCMCS_ADDRESS, ADDRESSES, "bcmcs.address", "BCMCS controller")                               \
    X(SIP_DOMAIN, NAMES, "sip_domain", "Domain to search for a configuration")                     \
    X(DOTS_NAME, NAMES, "dots.name", "DOTS agent")                                                 \
    X(DOTS_ADDRESS, ADDRESSES, "dots.address", "DOTS agent")                                       \
    X(ACCESS_DOMAIN, NAMES, "access_domain", "Domain of the access network")                       \
    X(LAST_TRANSACTION, LONG, "client_last_transaction_time", "Seconds since the last message")    \
    X(ASSOCIATED_IP, ADDRESSES, "associated_ip_option", "Another address of the client")           \
    X(ARCHITECTURE, SHORTS, "client_system_architecture", "What the client can boot",              \
        .labels = architectures)                                                                   \
    X(POSIX_TIME_ZONE, TEXT, "tz_pcode", "Time zone as POSIX writes it")                           \
    X(TIME_ZONE, TEXT, "tz_tcode", "Time zone as the database names it")                           \
    X(IPV6_ONLY, LONG, "ipv6_only_wait", "Seconds to do without IPv4")                             \
    X(NETINFO_ADDRESS, ADDRESSES, "netinfo_parent_server_address", "NetInfo parent server")        \
    X(NETINFO_TAG, TEXT, "netinfo_parent_server_tag", "Tag of the NetInfo parent server")          \
    X(CAPTIVE_PORTAL, TEXT, "captive_portal", "Address of the portal's interface")                 \
    X(AUTO_CONFIGURATION, BYTE, "dhcp_auto_configuration", "Whether to use a link-local address",  \
        .labels = on_or_off)                                                                       \
    X(NAME_SERVICE_SEARCH, SHORTS, "name_service", "Option of a name service to use")              \
    X(SUBNET_SELECTION, ADDRESSES, "subnet_selection_option", "Subnet to take an address from")    \
    X(PANA_AGENT, ADDRESSES, "pana_agent", "PANA authentication agent")                            \
    X(LOST_SERVER, TEXT, "lost_server_domain_name", "LoST server")                                 \
    X(CAPWAP_CONTROLLER, ADDRESSES, "capwap_access_controller", "CAPWAP access controller")        \
    X(ANDSF_SERVER, ADDRESSES, "andsf_server", "ANDSF server")                                     \
    X(FORCE_RENEW_NONCE, BYTES, "forcerenew_nonce.algorithm", "Algorithm the client knows")        \
    X(TFTP_SERVER_ADDRESS, ADDRESSES, "tftp_server_address", "TFTP server")                        \
    X(BASE_TIME, LONG, "bulk_lease.base_time", "When the message was made", .base = TAPIR_TIME)    \
    X(STATE_START, LONG, "bulk_lease.start_time_of_state", "Seconds the state lasts so far")       \
    X(QUERY_START, LONG, "bulk_lease.query_start_time", "Leases from then on", .base = TAPIR_TIME) \
    X(QUERY_END, LONG, "bulk_lease.query_end_time", "Leases until then", .base = TAPIR_TIME)       \
    X(LEASE_STATE, BYTE, "bulk_lease.dhcp_state", "State of the address", .labels = lease_states)  \
    X(DATA_SOURCE, BYTE, "bulk_lease.data_source", "1: from another server",                       \
        .parts = data_source_parts, .nameless = true)                                              \
    X(CAPTIVE_PORTAL_OLD, TEXT, "captive_portal", "Address of the portal's interface")             \
    X(MUD_URL, TEXT, "mudurl", "Where the client's usage description is")                          \
    X(PXE_CONFIGURATION, TEXT, "pxe_config_file", "Configuration file")                            \
    X(PXE_PREFIX, TEXT, "pxe_path_prefix", "Path prefix")                                          \
    X(REBOOT_TIME, LONG, "pxe_reboot_time", "Seconds until a failed boot is tried again")          \
    X(PROXY_DISCOVERY, TEXT, "private_proxy_autodiscovery", "Where the proxy's settings are")

static const tapir_part data_source_parts[] = {
    TAPIR_PART("dhcp.option.bulk_lease.data_source", 0x01, "From another server", NULL),
    TAPIR_PARTS_END,
};

/* What each form's value is; the values of a list are called by what they are. */
#define SINGLE(name, member, field, kind, ...)                                                     \
    static const tapir_field name##_fields[] = {                                                   \
        HEAD, OPTION(member, "dhcp.option." field, kind, __VA_ARGS__)};
#define DEFINE_ADDRESS(name, field, ...) SINGLE(name, address, field, TAPIR_IPV4, __VA_ARGS__)
#define DEFINE_OFFSET(name, field, ...)  SINGLE(name, offset, field, TAPIR_INT, __VA_ARGS__)
#define DEFINE_FLAG(name, field, ...)    SINGLE(name, flag, field, TAPIR_FLAG, __VA_ARGS__)
#define DEFINE_BYTE(name, field, ...)    SINGLE(name, number, field, TAPIR_UINT, __VA_ARGS__)
#define DEFINE_SHORT                     DEFINE_BYTE
#define DEFINE_LONG                      DEFINE_BYTE
#define DEFINE_TEXT(name, field, ...)                                                              \
    SINGLE(name, text, field, TAPIR_STRING, __VA_ARGS__, .empty = true)

#define FIRST(first, ...) first
#define MANY(name, member, field, kind, next, ...)                                                 \
    static const tapir_field name##_value_fields[] = {                                             \
        TAPIR_FIELD(tapir_dhcp_value, member, "dhcp.option." field, kind, 0, __VA_ARGS__)};        \
    static const tapir_record name##_value_record =                                                \
        TAPIR_RECORD(FIRST(__VA_ARGS__, 0), name##_value_fields);                                  \
    static const tapir_record *const name##_values[] = {&name##_value_record};                     \
    static const tapir_list name##_list = {                                                        \
        sizeof(struct tapir_dhcp_value), next, name##_values, TAPIR_COUNT(name##_values)};         \
    static const tapir_field name##_fields[] = {HEAD,                                              \
        OPTION(items, "dhcp.option." field "s", TAPIR_LIST, "Values", .list = &name##_list)};
#define DEFINE_ADDRESSES(name, field, ...)                                                         \
    MANY(name, address, field, TAPIR_IPV4, tapir__dhcp_next_address, __VA_ARGS__)
#define DEFINE_BYTES(name, field, ...)                                                             \
    MANY(name, number, field, TAPIR_UINT, tapir__dhcp_next_byte, __VA_ARGS__)
#define DEFINE_SHORTS(name, field, ...)                                                            \
    MANY(name, number, field, TAPIR_UINT, tapir__dhcp_next_short, __VA_ARGS__)

#define DEFINE_NAMES(name_, field, ...)                                                            \
    MANY(name_, name, field, TAPIR_TEXT, tapir__dhcp_next_name, __VA_ARGS__,                       \
        .print = tapir__dns_print_name)

#define X(name, form, ...) DEFINE_##form(name, __VA_ARGS__)
COMMON_OPTIONS(X)
#undef X
#define X(name, ...)                                                                               \
    static const tapir_record name##_record = TAPIR_RECORD(titles.name, name##_fields);
COMMON_OPTIONS(X)
#undef X

/* Pairs of addresses. */
#define PAIRS(name, first, other, title)                                                           \
    static const tapir_field name##_pair_fields[] = {                                              \
        TAPIR_FIELD(tapir_dhcp_value, address, first, TAPIR_IPV4, 0, "Destination"),               \
        TAPIR_FIELD(tapir_dhcp_value, second, other, TAPIR_IPV4, 0, title)};                       \
    static const tapir_record name##_pair_record = TAPIR_RECORD("Pair", name##_pair_fields);       \
    static const tapir_record *const name##_pairs[] = {&name##_pair_record};                       \
    static const tapir_list name##_list = {sizeof(struct tapir_dhcp_value), tapir__dhcp_next_pair, \
        name##_pairs, TAPIR_COUNT(name##_pairs)};                                                  \
    static const tapir_field name##_fields[] = {                                                   \
        HEAD, OPTION(items, first "s", TAPIR_LIST, "Pairs", .list = &name##_list)}
PAIRS(policy, "dhcp.option.policy_filter.ip", "dhcp.option.policy_filter.subnet_mask", "Mask");
PAIRS(static_route, "dhcp.option.static_route.ip", "dhcp.option.static_route.router", "Router");
RECORD(policy, "Policy filter");
RECORD(static_route, "Static routes");

/* Options that are a list, with something before it or not. */
#define LISTED(name, title, ...)                                                                   \
    static const tapir_field name##_fields[] = {HEAD, __VA_ARGS__};                                \
    RECORD(name, title)
#define LISTED_ONLY(name, title, field, list_)                                                     \
    LISTED(name, title, OPTION(items, field, TAPIR_LIST, "Values", .list = &list_))

static const tapir_field agent_address_fields[] = {TAPIR_FIELD(tapir_dhcp_value, address,
    "dhcp.option.slp_directory_agent.slpda_address", TAPIR_IPV4, 0, "Directory agent")};
RECORD(agent_address, "Directory agent");
static const tapir_record *const agent_address_records[] = {&agent_address_record};
static const tapir_list agent_address_list = {sizeof(struct tapir_dhcp_value),
    tapir__dhcp_next_address, agent_address_records, TAPIR_COUNT(agent_address_records)};

LISTED_ONLY(netware, "NetWare/IP options", "dhcp.option.novell_options", tapir__dhcp_netware_list);
LISTED_ONLY(user_class, "User class", "dhcp.option.user_classes", tapir__dhcp_user_class_list);
LISTED_ONLY(relay, "Relay agent information", "dhcp.option.agent_information_option",
    tapir__dhcp_relay_list);
LISTED_ONLY(domains, "Domain search", "dhcp.option.domain_search", tapir__dhcp_domain_list);
LISTED_ONLY(routes, "Classless static routes", "dhcp.option.classless_static_routes",
    tapir__dhcp_route_list);
LISTED_ONLY(vendor_classes, "Vendor-identifying vendor class", "dhcp.option.vi_classes",
    tapir__dhcp_vendor_class_list);
LISTED_ONLY(vendors, "Vendor-identifying vendor-specific information", "dhcp.option.vi",
    tapir__dhcp_vendors_list);
LISTED_ONLY(pcp, "PCP servers", "dhcp.option.pcp", tapir__dhcp_pcp_list);
LISTED(vendor, "Vendor-specific information",
    OPTION(data, "dhcp.option.vendor.value", TAPIR_SPAN, "Value", .empty = true),
    OPTION(items, "dhcp.option.vendor.options", TAPIR_LIST, "Options of the vendor",
        .list = &tapir__dhcp_vendor_list));
LISTED(agents, "SLP directory agents",
    OPTION(number, "dhcp.option.slp_directory_agent.value", TAPIR_UINT, "1: use no others"),
    OPTION(items, "dhcp.option.slp_directory_agents", TAPIR_LIST, "Agents",
        .list = &agent_address_list));
LISTED(scope, "SLP service scope",
    OPTION(number, "dhcp.option.slp_service_scope.value", TAPIR_UINT, "1: use no others"),
    OPTION(text, "dhcp.option.slp_service_scope.string", TAPIR_STRING, "Scopes", .empty = true));
LISTED(civic, "Civic location",
    OPTION(number, "dhcp.option.civic_location.what", TAPIR_UINT, "Whose location it is"),
    OPTION(text, "dhcp.option.civic_location.country", TAPIR_STRING, "Country", .empty = true),
    OPTION(items, "dhcp.option.civic_location.elements", TAPIR_LIST, "Elements of the address",
        .list = &tapir__dhcp_civic_list));

#define SIP_ENCODING                                                                               \
    OPTION(number, "dhcp.option.sip_server.encoding", TAPIR_UINT, "0: names, 1: addresses")
LISTED(sip, "SIP servers", SIP_ENCODING);
LISTED(sip_names, "SIP servers by name", SIP_ENCODING,
    OPTION(items, "dhcp.option.sip_server.names", TAPIR_LIST, "Servers",
        .list = &tapir__dhcp_sip_name_list));
LISTED(sip_addresses, "SIP servers by address", SIP_ENCODING,
    OPTION(items, "dhcp.option.sip_server.addresses", TAPIR_LIST, "Servers",
        .list = &tapir__dhcp_sip_address_list));

/* Option overload: what stands in the other places is nested in it. */
#define PLACES                                                                                     \
    OPTION(number, "dhcp.option.option_overload", TAPIR_UINT, "Where options go on",               \
        .labels = overloads)
LISTED(plain_overload, "Option overload", PLACES);
LISTED(overload, "Option overload", PLACES,
    OPTION(name_options, "dhcp.option.overload.server_name", TAPIR_LIST,
        "Options in the place of the server's name", .list = &tapir__dhcp_overloaded_list),
    OPTION(file_options, "dhcp.option.overload.boot_file", TAPIR_LIST,
        "Options in the place of the boot file's name", .list = &tapir__dhcp_overloaded_list));

/* Client identifier (RFC 2132 9.14, RFC 4361). */

static void put_bytes(tapir_text *text, tapir_span bytes)
{
    tapir_text_hex_bytes(text, bytes, ':');
}

static void print_bytes(tapir_text *text, const void *member, const void *item)
{
    (void)item;
    put_bytes(text, *(const tapir_span *)member);
}

static void print_plain_bytes(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *bytes = member;

    (void)item;
    for (size_t i = 0; i < bytes->len; i++)
        tapir_text_hex(text, bytes->data[i], 2);
}

static void print_identity(tapir_text *text, const void *member, const void *item)
{
    (void)item;
    tapir_text_hex(text, tapir_member_uint(member, 4), 8);
}

/* Its first three parts are numbers of Intel's byte order. */
static void print_uuid(tapir_text *text, const void *member, const void *item)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    const tapir_span *uuid = member;

    (void)item;
    for (size_t i = 0; i < 16 && uuid->len == 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            tapir_text_char(text, '-');
        tapir_text_hex(text, uuid->data[order[i]], 2);
    }
}

#define HARDWARE                                                                                   \
    OPTION_HEX(number, "dhcp.client_id.hw_type", 8, "Hardware type", .labels = tapir__dhcp_hardware)
#define DUID                                                                                       \
    OPTION(identifier, "dhcp.client_id.iaid", TAPIR_TEXT, "Identity association",                  \
        .print = print_identity),                                                                  \
        OPTION(third, "dhcp.client_id.duid_type", TAPIR_UINT, "Kind of identifier",                \
            .labels = duid_types)
#define LINK_ADDRESS                                                                               \
    OPTION(rest, "dhcp.client_id.link_layer_address", TAPIR_TEXT, "Link-layer address",            \
        .print = print_bytes, .address = TAPIR_BYTES)
LISTED(client_mac, "Client identifier", HARDWARE,
    OPTION(mac, "dhcp.client_id.hw_address", TAPIR_MAC, "Address"));
LISTED(client_hardware, "Client identifier", HARDWARE,
    OPTION(rest, "dhcp.client_hardware_address", TAPIR_TEXT, "Address", .print = print_plain_bytes,
        .address = TAPIR_BYTES));
LISTED(client_name, "Client identifier",
    OPTION(number, "dhcp.client_id.type", TAPIR_UINT, "0: no hardware address"),
    OPTION(text, "dhcp.client_id.undef", TAPIR_STRING, "Identifier", .empty = true));
LISTED(machine, "Client machine identifier",
    OPTION(rest, "dhcp.client_id.uuid", TAPIR_TEXT, "UUID", .print = print_uuid));
LISTED(identity, "Client identifier",
    OPTION(identifier, "dhcp.client_id.iaid", TAPIR_TEXT, "Identity association",
        .print = print_identity));
LISTED(duid, "Client identifier", DUID);
LISTED(duid_time, "Client identifier", DUID,
    OPTION(second, "dhcp.client_id.duid_llt_hw_type", TAPIR_UINT, "Hardware type",
        .labels = tapir__dhcp_hardware),
    OPTION(time, "dhcp.client_id.time", TAPIR_UINT, "Seconds since 2000"), LINK_ADDRESS);
LISTED(duid_vendor, "Client identifier", DUID,
    OPTION(second, "dhcp.client_id.enterprise_num", TAPIR_UINT, "Enterprise number"),
    OPTION(rest, "dhcp.client_id", TAPIR_SPAN, "Identifier"));
LISTED(duid_link, "Client identifier", DUID,
    OPTION(second, "dhcp.client_id.duid_ll_hw_type", TAPIR_UINT, "Hardware type",
        .labels = tapir__dhcp_hardware),
    LINK_ADDRESS);
LISTED(duid_uuid, "Client identifier", DUID,
    OPTION(rest, "dhcp.client_id.duid_uuid", TAPIR_SPAN, "UUID"));

static const tapir_record *take_duid(struct tapir_dhcp_option *option, tapir_reader *in)
{
    option->identifier = tapir_take_be32(in);
    if (in->failed)
        return &other_record;
    if (tapir_left(in) < 2)
        return &identity_record;
    option->third = tapir_take_be16(in);
    switch (option->third) {
    case 1:
        if (tapir_left(in) < 6)
            return &duid_record;
        option->second = tapir_take_be16(in);
        option->time = tapir_take_be32(in);
        option->rest = tapir_take_rest(in);
        return &duid_time_record;
    case 2:
        if (tapir_left(in) < 4)
            return &duid_record;
        option->second = tapir_take_be32(in);
        option->rest = tapir_take_rest(in);
        return &duid_vendor_record;
    case 3:
        if (tapir_left(in) < 2)
            return &duid_record;
        option->second = tapir_take_be16(in);
        option->rest = tapir_take_rest(in);
        return &duid_link_record;
    case 4:
        option->rest = tapir_take_rest(in);
        return &duid_uuid_record;
    default:
        return &duid_record;
    }
}

static const tapir_record *take_client_id(struct tapir_dhcp_option *option, tapir_reader *in)
{
    if (!option->length)
        return &other_record;
    option->number = tapir_take_u8(in);
    if (option->number == 255)
        return take_duid(option, in);
    option->rest = tapir_rest(in);
    if (option->number == 0 && option->rest.len == 16)
        return &machine_record;
    if (option->number == 0) {
        option->text = tapir__dhcp_text(option->rest);
        return option->rest.len ? &client_name_record : &other_record;
    }
    if (option->rest.len != 6)
        return &other_record;
    memcpy(option->mac, option->rest.data, 6);
    return option->number == 1 || option->number == 6 ? &client_mac_record
                                                      : &client_hardware_record;
}

static const tapir_record *take_machine(struct tapir_dhcp_option *option, tapir_reader *in)
{
    if (option->length != 17)
        return &other_record;
    option->number = tapir_take_u8(in);
    option->rest = tapir_take_rest(in);
    return option->number == 0 ? &machine_record : &other_record;
}

/* Full name of the client (RFC 4702). */

static const tapir_part full_name_parts[] = {
    TAPIR_PART_HEX("dhcp.fqdn.mbz", 0xf0, "Must be zero"),
    TAPIR_PART("dhcp.fqdn.n", TAPIR_DHCP_FULL_NAME_NO_UPDATES, "The server updates nothing", NULL),
    TAPIR_PART("dhcp.fqdn.e", TAPIR_DHCP_FULL_NAME_ENCODED, "The name is in wire form", NULL),
    TAPIR_PART(
        "dhcp.fqdn.o", TAPIR_DHCP_FULL_NAME_OVERRIDDEN, "The server did not do as asked", NULL),
    TAPIR_PART("dhcp.fqdn.s", TAPIR_DHCP_FULL_NAME_SERVER_UPDATES,
        "The server updates the address record", NULL),
    TAPIR_PARTS_END,
};

/* In wire form it need not be whole. */
static void print_full_name(tapir_text *text, const void *member, const void *item)
{
    tapir_reader in = tapir_reader_of(*(const tapir_span *)member);
    size_t before = text->len, len;

    (void)item;
    while ((len = tapir_take_u8(&in)) > 0) {
        if (text->len > before)
            tapir_text_char(text, '.');
        tapir_text_bytes(text, in.at, len < tapir_left(&in) ? len : tapir_left(&in));
        tapir_take(&in, len);
    }
}

#define FULL_NAME                                                                                  \
    OPTION_HEX(number, "dhcp.fqdn.flags", 8, "Flags", .parts = full_name_parts),                   \
        OPTION(second, "dhcp.fqdn.rcode1", TAPIR_UINT, "Reply code of the name's update"),         \
        OPTION(third, "dhcp.fqdn.rcode2", TAPIR_UINT, "Reply code of the address's update")
LISTED(nameless, "Client fully qualified domain name", FULL_NAME);
LISTED(full_name, "Client fully qualified domain name", FULL_NAME,
    OPTION(text, "dhcp.fqdn.name", TAPIR_STRING, "Name", .empty = true));
LISTED(encoded_name, "Client fully qualified domain name", FULL_NAME,
    OPTION(rest, "dhcp.fqdn.name", TAPIR_TEXT, "Name", .print = print_full_name));

static const tapir_record *take_full_name(struct tapir_dhcp_option *option, tapir_reader *in)
{
    if (option->length < 3)
        return &other_record;
    option->number = tapir_take_u8(in);
    option->second = tapir_take_u8(in);
    option->third = tapir_take_u8(in);
    option->rest = tapir_take_rest(in);
    option->text = tapir__dhcp_text(option->rest);
    if (!option->rest.len)
        return &nameless_record;
    return option->number & TAPIR_DHCP_FULL_NAME_ENCODED ? &encoded_name_record : &full_name_record;
}

/* Authentication (RFC 3118). */

#define AUTHENTICATION(algorithm)                                                                  \
    OPTION(number, "dhcp.option.dhcp_authentication.protocol", TAPIR_UINT, "Protocol"),            \
        OPTION(second, algorithm, TAPIR_UINT, "Algorithm"),                                        \
        OPTION(                                                                                    \
            third, "dhcp.option.dhcp_authentication.rdm", TAPIR_UINT, "Replay detection method"),  \
        OPTION_HEX(replay, "dhcp.option.dhcp_authentication.rdm_replay_detection", 64,             \
            "Replay detection")
LISTED(token, "Authentication", AUTHENTICATION("dhcp.option.dhcp_authentication.algorithm"),
    OPTION(text, "dhcp.option.dhcp_authentication.information", TAPIR_STRING, "Information"));
LISTED(delayed, "Delayed authentication",
    AUTHENTICATION("dhcp.option.dhcp_authentication.alg_delay"),
    OPTION_HEX(identifier, "dhcp.option.dhcp_authentication.secret_id", 32, "Secret"),
    OPTION(rest, "dhcp.option.dhcp_authentication.hmac_md5_hash", TAPIR_SPAN, "HMAC"));

static const tapir_record *take_authentication(struct tapir_dhcp_option *option, tapir_reader *in)
{
    if (option->length < 11)
        return &other_record;
    option->number = tapir_take_u8(in);
    option->second = tapir_take_u8(in);
    option->third = tapir_take_u8(in);
    option->replay = tapir_take_be64(in);
    if (option->number == 1 && option->second == 1 && tapir_left(in) >= 20) {
        option->identifier = tapir_take_be32(in);
        option->rest = tapir_take_rest(in);
        return &delayed_record;
    }
    option->rest = tapir_take_rest(in);
    option->text = tapir__dhcp_text(option->rest);
    return &token_record;
}

/* What begins with one number. */

static const tapir_record *take_sip(struct tapir_dhcp_option *option, tapir_reader *in)
{
    if (!option->length)
        return &other_record;
    option->number = tapir_take_u8(in);
    option->items = tapir_take_rest(in);
    if (option->number == 0 && option->items.len > 1)
        return &sip_names_record;
    return option->number == 1 && option->items.len > 3 ? &sip_addresses_record : &sip_record;
}

/* A number of one byte and then a list, or text. */
static const tapir_record *take_counted(
    struct tapir_dhcp_option *option, tapir_reader *in, const tapir_record *record)
{
    if (!option->length)
        return &other_record;
    option->number = tapir_take_u8(in);
    option->items = option->rest = tapir_take_rest(in);
    option->text = tapir__dhcp_text(option->rest);
    return record;
}

static const tapir_record *take_civic(struct tapir_dhcp_option *option, tapir_reader *in)
{
    if (option->length < 3)
        return &other_record;
    option->number = tapir_take_u8(in);
    option->text = tapir__dhcp_text(tapir_take_span(in, 2));
    option->items = tapir_take_rest(in);
    return &civic_record;
}

LISTED(status, "Status code",
    OPTION(
        number, "dhcp.option.bulk_lease.status_code", TAPIR_UINT, "Status", .labels = status_codes),
    OPTION(text, "dhcp.option.bulk_lease.status_code_message", TAPIR_STRING, "In words"));

/* Network device interface (RFC 4578 2.2). */

LISTED(network_interface, "Client network device interface",
    OPTION(second, "dhcp.client_network_id_major", TAPIR_UINT, "Major revision of UNDI"),
    OPTION(third, "dhcp.client_network_id_minor", TAPIR_UINT, "Minor revision"));

static const tapir_record *take_network_interface(
    struct tapir_dhcp_option *option, tapir_reader *in)
{
    if (option->length != 3)
        return &other_record;
    option->number = tapir_take_u8(in);
    option->second = tapir_take_u8(in);
    option->third = tapir_take_u8(in);
    return option->number == 1 ? &network_interface_record : &other_record;
}

/* Internet Storage Name Service (RFC 4174). */

enum { ISNS_HEARTBEAT = 2 };

static const tapir_part isns_function_parts[] = {
    TAPIR_PART("dhcp.option.isns.functions.enabled", 0x0001, "The others count", NULL),
    TAPIR_PART("dhcp.option.isns.functions.dd_base_authorization", 0x0002,
        "Access is by discovery domain", NULL),
    TAPIR_PART("dhcp.option.isns.functions.sec_policy_distribution", 0x0004,
        "The server distributes security policy", NULL),
    TAPIR_PART_HEX("dhcp.option.isns.functions.reserved", 0xfff8, "Reserved"),
    TAPIR_PARTS_END,
};
static const tapir_part isns_access_parts[] = {
    TAPIR_PART(
        "dhcp.option.isns.discovery_domain_access.enabled", 0x0001, "The others count", NULL),
    TAPIR_PART("dhcp.option.isns.discovery_domain_access_control.node", 0x0002,
        "Control nodes may change domains", NULL),
    TAPIR_PART(
        "dhcp.option.isns.discovery_domain_access.iscsi_target", 0x0004, "iSCSI targets may", NULL),
    TAPIR_PART("dhcp.option.isns.discovery_domain_access.iscsi_initiator", 0x0008,
        "iSCSI initiators may", NULL),
    TAPIR_PART("dhcp.option.isns.discovery_domain_access.ifcp_target_port", 0x0010,
        "iFCP target ports may", NULL),
    TAPIR_PART("dhcp.option.isns.discovery_domain_access.initiator_target_port", 0x0020,
        "iFCP initiator ports may", NULL),
    TAPIR_PART_HEX("dhcp.option.isns.discovery_domain_access.reserved", 0xffc0, "Reserved"),
    TAPIR_PARTS_END,
};
static const tapir_part isns_flag_parts[] = {
    TAPIR_PART("dhcp.option.isns.administrative_flags.enabled", 0x0001, "The others count", NULL),
    TAPIR_PART("dhcp.option.isns.administrative_flags.heartbeat", ISNS_HEARTBEAT,
        "The first address is the heartbeat's", NULL),
    TAPIR_PART("dhcp.option.isns.administrative_flags.management_scns", 0x0004,
        "Management nodes are told of changes", NULL),
    TAPIR_PART("dhcp.option.isns.administrative_flags.default_discovery_domain", 0x0008,
        "There is a default discovery domain", NULL),
    TAPIR_PART_HEX("dhcp.option.isns.administrative_flags.reserved", 0xfff0, "Reserved"),
    TAPIR_PARTS_END,
};
static const tapir_part isns_security_parts[] = {
    TAPIR_PART("dhcp.option.isns.server_security_bitmap.enabled", 0x0001, "The others count", NULL),
    TAPIR_PART(
        "dhcp.option.isns.server_security_bitmap.ike_ipsec_enabled", 0x0002, "IKE and IPsec", NULL),
    TAPIR_PART("dhcp.option.isns.server_security_bitmap.main_mode", 0x0004, "IKE main mode", NULL),
    TAPIR_PART("dhcp.option.isns.server_security_bitmap.aggressive_mode", 0x0008,
        "IKE aggressive mode", NULL),
    TAPIR_PART(
        "dhcp.option.isns.server_security_bitmap.pfs", 0x0010, "Perfect forward secrecy", NULL),
    TAPIR_PART("dhcp.option.isns.server_security_bitmap.transport_mode", 0x0020,
        "IPsec transport mode", NULL),
    TAPIR_PART(
        "dhcp.option.isns.server_security_bitmap.tunnel_mode", 0x0040, "IPsec tunnel mode", NULL),
    TAPIR_PART_HEX("dhcp.option.isns.server_security_bitmap.reserved", 0xff80, "Reserved"),
    TAPIR_PARTS_END,
};
static const tapir_field isns_server_fields[] = {TAPIR_FIELD(tapir_dhcp_value, address,
    "dhcp.option.isns.secondary_server_addr", TAPIR_IPV4, 0, "Another server")};
RECORD(isns_server, "Server");
static const tapir_record *const isns_server_records[] = {&isns_server_record};
static const tapir_list isns_server_list = {sizeof(struct tapir_dhcp_value),
    tapir__dhcp_next_address, isns_server_records, TAPIR_COUNT(isns_server_records)};
LISTED(isns, "Internet storage name service",
    OPTION_HEX(number, "dhcp.option.isns.functions", 16, "Functions of the server",
        .parts = isns_function_parts),
    OPTION_HEX(second, "dhcp.option.isns.discovery_domain_access", 16,
        "Who may change discovery domains", .parts = isns_access_parts),
    OPTION_HEX(third, "dhcp.option.isns.administrative_flags", 16, "Administrative flags",
        .parts = isns_flag_parts),
    OPTION_HEX(identifier, "dhcp.option.isns.server_security_bitmap", 32,
        "How to secure what goes to the server", .parts = isns_security_parts),
    OPTION(more_address, "dhcp.option.isns.heartbeat_originator_addr", TAPIR_IPV4,
        "Who sends the heartbeat", TAPIR_IF(tapir_dhcp_option, third, ISNS_HEARTBEAT)),
    OPTION(address, "dhcp.option.isns.primary_server_addr", TAPIR_IPV4, "Server"),
    OPTION(
        items, "dhcp.option.isns.servers", TAPIR_LIST, "Other servers", .list = &isns_server_list));

static const tapir_record *take_isns(struct tapir_dhcp_option *option, tapir_reader *in)
{
    option->number = tapir_take_be16(in);
    option->second = tapir_take_be16(in);
    option->third = tapir_take_be16(in);
    option->identifier = tapir_take_be32(in);
    if (option->third & ISNS_HEARTBEAT)
        tapir_take_bytes(in, option->more_address, 4);
    tapir_take_bytes(in, option->address, 4);
    if (in->failed)
        return &other_record;
    option->items = tapir_take_rest(in);
    return &isns_record;
}

/* Selection of recursive DNS servers (RFC 6731). */

static const tapir_part preference_parts[] = {
    TAPIR_PART_HEX("dhcp.option.rdnss.reserved", 0xfc, "Reserved"),
    TAPIR_PART("dhcp.option.rdnss.preference", 0x03, "0: medium, 1: high, 3: low", NULL),
    TAPIR_PARTS_END,
};
LISTED(selection, "Recursive DNS server selection",
    OPTION_HEX(number, "dhcp.option.rdnss.first", 8, "Preference", .parts = preference_parts,
        .nameless = true),
    OPTION(address, "dhcp.option.rdnss.primary_dns", TAPIR_IPV4, "First server"),
    OPTION(more_address, "dhcp.option.rdnss.secondary_dns", TAPIR_IPV4, "Second server"),
    OPTION(name, "dhcp.option.rdnss.domain", TAPIR_TEXT, "Domain it is for",
        .print = tapir__dns_print_name));

static const tapir_record *take_selection(struct tapir_dhcp_option *option, tapir_reader *in)
{
    struct trouble trouble = {NULL, NULL};

    if (option->length < 10)
        return &other_record;
    option->number = tapir_take_u8(in);
    tapir_take_bytes(in, option->address, 4);
    tapir_take_bytes(in, option->more_address, 4);
    option->rest = tapir_rest(in);
    return tapir__dns_take_name(in, option->rest, &option->name, &trouble) ? &selection_record
                                                                           : &other_record;
}

/* Port parameters (RFC 7618), IPv6 rapid deployment (RFC 5969). */

LISTED(ports, "Port parameters",
    OPTION(number, "dhcp.option.portparams.offset", TAPIR_UINT, "Offset of the port set's number"),
    OPTION(second, "dhcp.option.portparams.psid_length", TAPIR_UINT, "Its length in bits"),
    OPTION(rest, "dhcp.option.portparams.psid", TAPIR_SPAN, "The port set's number"));

static const tapir_record *take_ports(struct tapir_dhcp_option *option, tapir_reader *in)
{
    if (option->length != 4)
        return &other_record;
    option->number = tapir_take_u8(in);
    option->second = tapir_take_u8(in);
    option->rest = tapir_take_rest(in);
    return &ports_record;
}

static const tapir_field relay_router_fields[] = {TAPIR_FIELD(
    tapir_dhcp_value, address, "dhcp.option.6RD.border_relay_ip", TAPIR_IPV4, 0, "Border relay")};
RECORD(relay_router, "Border relay");
static const tapir_record *const relay_router_records[] = {&relay_router_record};
static const tapir_list relay_router_list = {sizeof(struct tapir_dhcp_value),
    tapir__dhcp_next_address, relay_router_records, TAPIR_COUNT(relay_router_records)};
LISTED(rapid, "IPv6 rapid deployment",
    OPTION(number, "dhcp.option.6RD.ipv4_mask_len", TAPIR_UINT, "Bits all IPv4 addresses share"),
    OPTION(second, "dhcp.option.6RD.prefix_len", TAPIR_UINT, "Length of the prefix"),
    OPTION(address6, "dhcp.option.6RD.prefix", TAPIR_IPV6, "Prefix"),
    OPTION(items, "dhcp.option.6RD.border_relays", TAPIR_LIST, "Border relays",
        .list = &relay_router_list));

static const tapir_record *take_rapid(struct tapir_dhcp_option *option, tapir_reader *in)
{
    if (option->length < 22)
        return &other_record;
    option->number = tapir_take_u8(in);
    option->second = tapir_take_u8(in);
    tapir_take_bytes(in, option->address6, 16);
    option->items = tapir_take_rest(in);
    return &rapid_record;
}

/* Which of these an option is. */

/* Whether the bytes are codes, lengths and values to their end (RFC 2132 8.4). */
static bool is_encapsulated(tapir_span bytes)
{
    tapir_reader in = tapir_reader_of(bytes);
    uint8_t code;
    tapir_span data;
    bool any = false;

    while (tapir__dhcp_take(&in, &code, &data))
        any |= code != TAPIR_DHCP_OPTION_PAD && code != TAPIR_DHCP_OPTION_END;
    return any && !in.failed;
}

static const tapir_record *take_vendor(struct tapir_dhcp_option *option)
{
    if (is_encapsulated(option->data))
        option->items = option->data;
    return &vendor_record;
}

enum form {
    NONE,
    ADDRESS,
    ADDRESSES,
    OFFSET,
    FLAG,
    BYTE,
    SHORT,
    LONG,
    TEXT,
    BYTES,
    SHORTS,
    NAMES,
    LIST
};

static const struct {
    const tapir_record *record;
    uint8_t form; /* enum form */
} forms[256] = {
#define X(name, form, ...) [TAPIR_DHCP_OPTION_##name] = {&name##_record, form},
    COMMON_OPTIONS(X)
#undef X
        [TAPIR_DHCP_OPTION_POLICY_FILTER] = {&policy_record, LIST},
    [TAPIR_DHCP_OPTION_STATIC_ROUTE] = {&static_route_record, LIST},
    [TAPIR_DHCP_OPTION_NETWARE] = {&netware_record, LIST},
    [TAPIR_DHCP_OPTION_USER_CLASS] = {&user_class_record, LIST},
    [TAPIR_DHCP_OPTION_RELAY_AGENT] = {&relay_record, LIST},
    [TAPIR_DHCP_OPTION_DOMAIN_SEARCH] = {&domains_record, LIST},
    [TAPIR_DHCP_OPTION_CLASSLESS_ROUTE] = {&routes_record, LIST},
    [TAPIR_DHCP_OPTION_CLASSLESS_ROUTE_MICROSOFT] = {&routes_record, LIST},
    [TAPIR_DHCP_OPTION_VENDOR_CLASSES] = {&vendor_classes_record, LIST},
    [TAPIR_DHCP_OPTION_VENDORS] = {&vendors_record, LIST},
    [TAPIR_DHCP_OPTION_PCP_SERVER] = {&pcp_record, LIST},
};

/* Options without a common form. */
static const tapir_record *take_special(struct tapir_dhcp_option *option, tapir_reader *in)
{
    switch (option->code) {
    case TAPIR_DHCP_OPTION_VENDOR:
        return take_vendor(option);
    case TAPIR_DHCP_OPTION_OVERLOAD:
        return take_counted(option, in, &overload_record);
    case TAPIR_DHCP_OPTION_CLIENT_ID:
        return take_client_id(option, in);
    case TAPIR_DHCP_OPTION_SLP_AGENT:
        return take_counted(option, in, &agents_record);
    case TAPIR_DHCP_OPTION_SLP_SCOPE:
        return take_counted(option, in, &scope_record);
    case TAPIR_DHCP_OPTION_FULL_NAME:
        return take_full_name(option, in);
    case TAPIR_DHCP_OPTION_ISNS:
        return take_isns(option, in);
    case TAPIR_DHCP_OPTION_AUTHENTICATION:
        return take_authentication(option, in);
    case TAPIR_DHCP_OPTION_NETWORK_INTERFACE:
        return take_network_interface(option, in);
    case TAPIR_DHCP_OPTION_MACHINE_ID:
        return take_machine(option, in);
    case TAPIR_DHCP_OPTION_CIVIC_LOCATION:
        return take_civic(option, in);
    case TAPIR_DHCP_OPTION_SIP_SERVER:
        return take_sip(option, in);
    case TAPIR_DHCP_OPTION_RDNSS_SELECTION:
        return take_selection(option, in);
    case TAPIR_DHCP_OPTION_STATUS_CODE:
        return take_counted(option, in, &status_record);
    case TAPIR_DHCP_OPTION_PORT_PARAMETERS:
        return take_ports(option, in);
    case TAPIR_DHCP_OPTION_SIX_RD:
        return take_rapid(option, in);
    default:
        return &other_record;
    }
}

/* Takes a number or address of `len` bytes; false when the option has not that many. */
static bool take_number(struct tapir_dhcp_option *option, size_t len)
{
    if (option->length != len)
        return false;
    option->number = (uint32_t)tapir_load_be(option->data.data, (unsigned)len);
    return true;
}

static const tapir_record *take_value(struct tapir_dhcp_option *option)
{
    const tapir_record *record = forms[option->code].record;
    tapir_reader in = tapir_reader_of(option->data);

    switch ((enum form)forms[option->code].form) {
    case NONE:
        return take_special(option, &in);
    case ADDRESS:
        if (option->length != 4)
            return &other_record;
        memcpy(option->address, option->data.data, 4);
        return record;
    case OFFSET:
    case LONG:
        if (!take_number(option, 4))
            return &other_record;
        option->offset = (int32_t)option->number;
        return record;
    case SHORT:
        return take_number(option, 2) ? record : &other_record;
    case BYTE:
    case FLAG:
        if (!take_number(option, 1))
            return &other_record;
        option->flag = option->number != 0;
        return record;
    case TEXT:
        option->text = tapir__dhcp_text(option->data);
        return record;
    default:
        option->items = option->data;
        return record;
    }
}

/* The walk. */

bool tapir__dhcp_take(tapir_reader *in, uint8_t *code, tapir_span *data)
{
    const uint8_t *start = in->at;
    size_t len;

    *data = tapir_span_of(start, 0);
    if (!tapir_left(in))
        return false;
    *code = tapir_take_u8(in);
    if (*code == TAPIR_DHCP_OPTION_END)
        return true;
    if (*code == TAPIR_DHCP_OPTION_PAD) {
        while (tapir_left(in) && *in->at == TAPIR_DHCP_OPTION_PAD)
            tapir_take(in, 1);
        *data = tapir_span_of(start, (size_t)(in->at - start));
        return true;
    }
    len = tapir_take_u8(in);
    *data = in->failed ? tapir_span_of(in->at, 0) : tapir__take_most(in, len);
    return !in->failed;
}

/* Bits of a walk's state. */
enum { BEHIND_END = 1, OVERLOADED = 2 };

static const tapir_record *take_trailing(tapir_walk *walk, struct tapir_dhcp_option *option)
{
    if (!tapir_left(&walk->in))
        return NULL;
    option->data = tapir_take_rest(&walk->in);
    return &trailing_record;
}

static const tapir_record *take_option(tapir_walk *walk, struct tapir_dhcp_option *option)
{
    size_t left = tapir_left(&walk->in);
    const uint8_t *start = walk->in.at;

    memset(option, 0, sizeof *option);
    if (walk->state & BEHIND_END)
        return take_trailing(walk, option);
    if (!tapir__dhcp_take(&walk->in, &option->code, &option->data)) {
        if (left < 2)
            return NULL;
        option->length = start[1];
        return &cut_record;
    }
    if (option->code == TAPIR_DHCP_OPTION_PAD)
        return &padding_record;
    if (option->code == TAPIR_DHCP_OPTION_END) {
        walk->state |= BEHIND_END;
        return &end_record;
    }
    option->length = (uint8_t)option->data.len;
    return take_value(option);
}

/* What is behind the end in these places is of no interest, and there are no further places. */
static const tapir_record *overloaded_next(tapir_walk *walk, void *item)
{
    const tapir_record *record = walk->state & BEHIND_END ? NULL : take_option(walk, item);

    return record == &overload_record ? &plain_overload_record : record;
}

static const tapir_record *option_next(tapir_walk *walk, void *item)
{
    const struct tapir_dhcp *dhcp = walk->outer;
    struct tapir_dhcp_option *option = item;
    const tapir_record *record = take_option(walk, option);

    /* The first of them counts. */
    if (record != &overload_record || walk->state & OVERLOADED)
        return record;
    walk->state |= OVERLOADED;
    if (dhcp->overload & OVERLOAD_NAME)
        option->name_options = tapir_span_of(dhcp->server_name, sizeof dhcp->server_name);
    if (dhcp->overload & OVERLOAD_FILE)
        option->file_options = tapir_span_of(dhcp->boot_file, sizeof dhcp->boot_file);
    return record;
}

#define OTHER_RECORDS                                                                              \
    &padding_record, &trailing_record, &end_record, &cut_record, &other_record, &policy_record,    \
        &static_route_record, &netware_record, &user_class_record, &relay_record, &domains_record, \
        &routes_record, &vendor_classes_record, &vendors_record, &pcp_record, &vendor_record,      \
        &client_mac_record, &client_hardware_record, &client_name_record, &machine_record,         \
        &identity_record, &duid_record, &duid_time_record, &duid_vendor_record, &duid_link_record, \
        &duid_uuid_record, &agents_record, &scope_record, &nameless_record, &full_name_record,     \
        &encoded_name_record, &token_record, &delayed_record, &isns_record,                        \
        &network_interface_record, &civic_record, &sip_record, &sip_names_record,                  \
        &sip_addresses_record, &selection_record, &status_record, &ports_record, &rapid_record

static const tapir_record *const option_records[] = {
#define X(name, ...) &name##_record,
    COMMON_OPTIONS(X)
#undef X
        & overload_record,
    OTHER_RECORDS};

static const tapir_record *const overloaded_records[] = {
#define X(name, ...) &name##_record,
    COMMON_OPTIONS(X)
#undef X
        & plain_overload_record,
    OTHER_RECORDS};

const tapir_list tapir__dhcp_option_list = {sizeof(struct tapir_dhcp_option), option_next,
    option_records, TAPIR_COUNT(option_records), tapir__dhcp_makers, TAPIR__DHCP_MAKER_COUNT};
const tapir_list tapir__dhcp_overloaded_list = {sizeof(struct tapir_dhcp_option), overloaded_next,
    overloaded_records, TAPIR_COUNT(overloaded_records)};

_Static_assert(sizeof(struct tapir_dhcp_option) <= TAPIR_ITEM_ROOM, "an option is an item");

/* Walks for programs. */

tapir_walk tapir_dhcp_options(const struct tapir_dhcp *dhcp)
{
    return tapir_walk_of(&tapir__dhcp_option_list, dhcp->options, dhcp);
}

tapir_walk tapir_dhcp_name_options(const struct tapir_dhcp *dhcp)
{
    size_t len = dhcp->overload & OVERLOAD_NAME ? sizeof dhcp->server_name : 0;

    return tapir_walk_of(&tapir__dhcp_overloaded_list, tapir_span_of(dhcp->server_name, len), dhcp);
}

tapir_walk tapir_dhcp_file_options(const struct tapir_dhcp *dhcp)
{
    size_t len = dhcp->overload & OVERLOAD_FILE ? sizeof dhcp->boot_file : 0;

    return tapir_walk_of(&tapir__dhcp_overloaded_list, tapir_span_of(dhcp->boot_file, len), dhcp);
}

tapir_walk tapir_dhcp_option_values(const struct tapir_dhcp_option *option)
{
    struct tapir_dhcp_option again = {
        .code = option->code, .length = option->length, .data = option->data};
    const tapir_record *record = take_value(&again);

    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].list && record->fields[i].list != &tapir__dhcp_overloaded_list)
            return tapir_walk_of(record->fields[i].list, option->items, option);
    return tapir_walk_of(&tapir__dhcp_vendor_list, tapir_span_of(NULL, 0), option);
}

const char *tapir_dhcp_option_name(uint8_t code)
{
    return tapir_label_find(tapir__dhcp_codes, code);
}

/* The three places of options, in the order they are to be read (RFC 2131 4.1). */
#define PLACE_COUNT 3

static tapir_span place(const struct tapir_dhcp *dhcp, size_t which)
{
    if (which == 1 && dhcp->overload & OVERLOAD_FILE)
        return tapir_span_of(dhcp->boot_file, sizeof dhcp->boot_file);
    if (which == 2 && dhcp->overload & OVERLOAD_NAME)
        return tapir_span_of(dhcp->server_name, sizeof dhcp->server_name);
    return which == 0 ? dhcp->options : tapir_span_of(NULL, 0);
}

bool tapir_dhcp_find(const struct tapir_dhcp *dhcp, uint8_t code, tapir_span *data)
{
    for (size_t i = 0; i < PLACE_COUNT; i++) {
        tapir_reader in = tapir_reader_of(place(dhcp, i));
        uint8_t found = 0;
        while (found != TAPIR_DHCP_OPTION_END && tapir__dhcp_take(&in, &found, data))
            if (found == code)
                return true;
    }
    *data = tapir_span_of(NULL, 0);
    return false;
}

size_t tapir_dhcp_join(const struct tapir_dhcp *dhcp, uint8_t code, uint8_t *buffer, size_t room)
{
    size_t len = 0;

    for (size_t i = 0; i < PLACE_COUNT; i++) {
        tapir_reader in = tapir_reader_of(place(dhcp, i));
        uint8_t found = 0;
        tapir_span data;
        while (found != TAPIR_DHCP_OPTION_END && tapir__dhcp_take(&in, &found, &data)) {
            size_t fits = len < room ? room - len : 0;
            if (found != code)
                continue;
            if (fits > data.len)
                fits = data.len;
            if (fits)
                memcpy(buffer + len, data.data, fits);
            len += data.len;
        }
    }
    return len;
}
