/* Dynamic Host Configuration Protocol over IPv4 (RFC 2131, options of RFC 2132 and later) and the
 * Bootstrap Protocol it grew from (RFC 951): messages, a walk over options, and writing them. */
#ifndef TAPIR_PROTO_DHCP_H
#define TAPIR_PROTO_DHCP_H

#include "tapir/proto/dns.h"

TAPIR_EXTERN_C_BEGIN

/* What `cookie` is when options follow: 99.130.83.99 (RFC 2131 3). */
#define TAPIR_DHCP_COOKIE 0x63825363

/* Of `flags`: answers are to be broadcast. */
#define TAPIR_DHCP_BROADCAST 0x8000

/* Values of `operation`. */
enum { TAPIR_DHCP_REQUEST_OPERATION = 1, TAPIR_DHCP_REPLY_OPERATION = 2 };

/* Values of option 53: name, number, text. */
#define TAPIR_DHCP_MESSAGES(X)                                                                     \
    X(DISCOVER, 1, "Discover")                                                                     \
    X(OFFER, 2, "Offer")                                                                           \
    X(REQUEST, 3, "Request")                                                                       \
    X(DECLINE, 4, "Decline")                                                                       \
    X(ACK, 5, "ACK")                                                                               \
    X(NAK, 6, "NAK")                                                                               \
    X(RELEASE, 7, "Release")                                                                       \
    X(INFORM, 8, "Inform")                                                                         \
    X(FORCE_RENEW, 9, "Force renew")                                                               \
    X(LEASE_QUERY, 10, "Lease query")                                                              \
    X(LEASE_UNASSIGNED, 11, "Lease unassigned")                                                    \
    X(LEASE_UNKNOWN, 12, "Lease unknown")                                                          \
    X(LEASE_ACTIVE, 13, "Lease active")                                                            \
    X(BULK_LEASE_QUERY, 14, "Bulk lease query")                                                    \
    X(LEASE_QUERY_DONE, 15, "Lease query done")                                                    \
    X(ACTIVE_LEASE_QUERY, 16, "Active lease query")                                                \
    X(LEASE_QUERY_STATUS, 17, "Lease query status")                                                \
    X(TLS, 18, "TLS")

enum {
#define X(name, number, text) TAPIR_DHCP_##name = number,
    TAPIR_DHCP_MESSAGES(X)
#undef X
};

/* Options (IANA BOOTP vendor extensions and DHCP options): name, code, text. */
#define TAPIR_DHCP_OPTIONS(X)                                                                      \
    X(PAD, 0, "Padding")                                                                           \
    X(SUBNET_MASK, 1, "Subnet mask")                                                               \
    X(TIME_OFFSET, 2, "Time offset")                                                               \
    X(ROUTER, 3, "Routers")                                                                        \
    X(TIME_SERVER, 4, "Time servers")                                                              \
    X(NAME_SERVER, 5, "Name servers")                                                              \
    X(DOMAIN_NAME_SERVER, 6, "Domain name servers")                                                \
    X(LOG_SERVER, 7, "Log servers")                                                                \
    X(QUOTES_SERVER, 8, "Quotes servers")                                                          \
    X(LPR_SERVER, 9, "LPR servers")                                                                \
    X(IMPRESS_SERVER, 10, "Impress servers")                                                       \
    X(RESOURCE_SERVER, 11, "Resource location servers")                                            \
    X(HOST_NAME, 12, "Host name")                                                                  \
    X(BOOT_FILE_SIZE, 13, "Boot file size")                                                        \
    X(DUMP_FILE, 14, "Merit dump file")                                                            \
    X(DOMAIN_NAME, 15, "Domain name")                                                              \
    X(SWAP_SERVER, 16, "Swap server")                                                              \
    X(ROOT_PATH, 17, "Root path")                                                                  \
    X(EXTENSIONS_PATH, 18, "Extensions path")                                                      \
    X(IP_FORWARDING, 19, "IP forwarding")                                                          \
    X(SOURCE_ROUTING, 20, "Non-local source routing")                                              \
    X(POLICY_FILTER, 21, "Policy filter")                                                          \
    X(REASSEMBLY_SIZE, 22, "Maximum datagram reassembly size")                                     \
    X(DEFAULT_TTL, 23, "Default IP time to live")                                                  \
    X(MTU_TIMEOUT, 24, "Path MTU aging timeout")                                                   \
    X(MTU_PLATEAU, 25, "Path MTU plateau table")                                                   \
    X(INTERFACE_MTU, 26, "Interface MTU")                                                          \
    X(SUBNETS_LOCAL, 27, "All subnets are local")                                                  \
    X(BROADCAST_ADDRESS, 28, "Broadcast address")                                                  \
    X(MASK_DISCOVERY, 29, "Perform mask discovery")                                                \
    X(MASK_SUPPLIER, 30, "Mask supplier")                                                          \
    X(ROUTER_DISCOVERY, 31, "Perform router discovery")                                            \
    X(ROUTER_SOLICITATION, 32, "Router solicitation address")                                      \
    X(STATIC_ROUTE, 33, "Static routes")                                                           \
    X(TRAILERS, 34, "Trailer encapsulation")                                                       \
    X(ARP_TIMEOUT, 35, "ARP cache timeout")                                                        \
    X(ETHERNET_ENCAPSULATION, 36, "Ethernet encapsulation")                                        \
    X(TCP_TTL, 37, "TCP default time to live")                                                     \
    X(TCP_KEEPALIVE_INTERVAL, 38, "TCP keepalive interval")                                        \
    X(TCP_KEEPALIVE_GARBAGE, 39, "TCP keepalive garbage")                                          \
    X(NIS_DOMAIN, 40, "NIS domain")                                                                \
    X(NIS_SERVER, 41, "NIS servers")                                                               \
    X(NTP_SERVER, 42, "NTP servers")                                                               \
    X(VENDOR, 43, "Vendor-specific information")                                                   \
    X(NETBIOS_NAME_SERVER, 44, "NetBIOS name servers")                                             \
    X(NETBIOS_DATAGRAM_SERVER, 45, "NetBIOS datagram distribution servers")                        \
    X(NETBIOS_NODE_TYPE, 46, "NetBIOS node type")                                                  \
    X(NETBIOS_SCOPE, 47, "NetBIOS scope")                                                          \
    X(X_FONT_SERVER, 48, "X Window System font servers")                                           \
    X(X_DISPLAY_MANAGER, 49, "X Window System display managers")                                   \
    X(REQUESTED_ADDRESS, 50, "Requested IP address")                                               \
    X(LEASE_TIME, 51, "IP address lease time")                                                     \
    X(OVERLOAD, 52, "Option overload")                                                             \
    X(MESSAGE_TYPE, 53, "DHCP message type")                                                       \
    X(SERVER_ID, 54, "Server identifier")                                                          \
    X(PARAMETER_LIST, 55, "Parameter request list")                                                \
    X(MESSAGE, 56, "Message")                                                                      \
    X(MAX_MESSAGE_SIZE, 57, "Maximum DHCP message size")                                           \
    X(RENEWAL_TIME, 58, "Renewal time")                                                            \
    X(REBINDING_TIME, 59, "Rebinding time")                                                        \
    X(VENDOR_CLASS, 60, "Vendor class identifier")                                                 \
    X(CLIENT_ID, 61, "Client identifier")                                                          \
    X(NETWARE_DOMAIN, 62, "NetWare/IP domain")                                                     \
    X(NETWARE, 63, "NetWare/IP options")                                                           \
    X(NIS_PLUS_DOMAIN, 64, "NIS+ domain")                                                          \
    X(NIS_PLUS_SERVER, 65, "NIS+ servers")                                                         \
    X(TFTP_SERVER_NAME, 66, "TFTP server name")                                                    \
    X(BOOT_FILE, 67, "Boot file name")                                                             \
    X(HOME_AGENT, 68, "Mobile IP home agents")                                                     \
    X(SMTP_SERVER, 69, "SMTP servers")                                                             \
    X(POP3_SERVER, 70, "POP3 servers")                                                             \
    X(NNTP_SERVER, 71, "NNTP servers")                                                             \
    X(WWW_SERVER, 72, "WWW servers")                                                               \
    X(FINGER_SERVER, 73, "Finger servers")                                                         \
    X(IRC_SERVER, 74, "IRC servers")                                                               \
    X(STREETTALK_SERVER, 75, "StreetTalk servers")                                                 \
    X(STREETTALK_DIRECTORY, 76, "StreetTalk directory assistance servers")                         \
    X(USER_CLASS, 77, "User class")                                                                \
    X(SLP_AGENT, 78, "SLP directory agents")                                                       \
    X(SLP_SCOPE, 79, "SLP service scope")                                                          \
    X(RAPID_COMMIT, 80, "Rapid commit")                                                            \
    X(FULL_NAME, 81, "Client fully qualified domain name")                                         \
    X(RELAY_AGENT, 82, "Relay agent information")                                                  \
    X(ISNS, 83, "Internet storage name service")                                                   \
    X(NDS_SERVER, 85, "NDS servers")                                                               \
    X(NDS_TREE, 86, "NDS tree name")                                                               \
    X(NDS_CONTEXT, 87, "NDS context")                                                              \
    X(BCMCS_NAME, 88, "BCMCS controller domain names")                                             \
    X(BCMCS_ADDRESS, 89, "BCMCS controller addresses")                                             \
    X(AUTHENTICATION, 90, "Authentication")                                                        \
    X(LAST_TRANSACTION, 91, "Client last transaction time")                                        \
    X(ASSOCIATED_IP, 92, "Associated IP addresses")                                                \
    X(ARCHITECTURE, 93, "Client system architecture")                                              \
    X(NETWORK_INTERFACE, 94, "Client network device interface")                                    \
    X(LDAP, 95, "LDAP")                                                                            \
    X(MACHINE_ID, 97, "Client machine identifier")                                                 \
    X(USER_AUTHENTICATION, 98, "User authentication servers")                                      \
    X(CIVIC_LOCATION, 99, "Civic location")                                                        \
    X(POSIX_TIME_ZONE, 100, "POSIX time zone")                                                     \
    X(TIME_ZONE, 101, "Time zone name")                                                            \
    X(IPV6_ONLY, 108, "IPv6-only preferred")                                                       \
    X(NETINFO_ADDRESS, 112, "NetInfo parent server addresses")                                     \
    X(NETINFO_TAG, 113, "NetInfo parent server tag")                                               \
    X(CAPTIVE_PORTAL, 114, "Captive portal")                                                       \
    X(AUTO_CONFIGURATION, 116, "Auto-configuration")                                               \
    X(NAME_SERVICE_SEARCH, 117, "Name service search")                                             \
    X(SUBNET_SELECTION, 118, "Subnet selection")                                                   \
    X(DOMAIN_SEARCH, 119, "Domain search")                                                         \
    X(SIP_SERVER, 120, "SIP servers")                                                              \
    X(CLASSLESS_ROUTE, 121, "Classless static routes")                                             \
    X(CABLELABS, 122, "CableLabs client configuration")                                            \
    X(GEO_LOCATION, 123, "Coordinate-based location")                                              \
    X(VENDOR_CLASSES, 124, "Vendor-identifying vendor class")                                      \
    X(VENDORS, 125, "Vendor-identifying vendor-specific information")                              \
    X(PANA_AGENT, 136, "PANA authentication agents")                                               \
    X(LOST_SERVER, 137, "LoST server domain name")                                                 \
    X(CAPWAP_CONTROLLER, 138, "CAPWAP access controllers")                                         \
    X(MOS_ADDRESS, 139, "MoS addresses")                                                           \
    X(MOS_NAME, 140, "MoS domain names")                                                           \
    X(SIP_DOMAIN, 141, "SIP user agent configuration domains")                                     \
    X(ANDSF_SERVER, 142, "ANDSF servers")                                                          \
    X(ZERO_TOUCH, 143, "Zero touch redirect")                                                      \
    X(GEO_SPATIAL, 144, "Geospatial location")                                                     \
    X(FORCE_RENEW_NONCE, 145, "Forcerenew nonce capable")                                          \
    X(RDNSS_SELECTION, 146, "Recursive DNS server selection")                                      \
    X(DOTS_NAME, 147, "DDoS open threat signaling name")                                           \
    X(DOTS_ADDRESS, 148, "DDoS open threat signaling addresses")                                   \
    X(TFTP_SERVER_ADDRESS, 150, "TFTP server addresses")                                           \
    X(STATUS_CODE, 151, "Status code")                                                             \
    X(BASE_TIME, 152, "Base time")                                                                 \
    X(STATE_START, 153, "Start time of state")                                                     \
    X(QUERY_START, 154, "Query start time")                                                        \
    X(QUERY_END, 155, "Query end time")                                                            \
    X(LEASE_STATE, 156, "State of the address")                                                    \
    X(DATA_SOURCE, 157, "Data source")                                                             \
    X(PCP_SERVER, 158, "PCP servers")                                                              \
    X(PORT_PARAMETERS, 159, "Port parameters")                                                     \
    X(CAPTIVE_PORTAL_OLD, 160, "Captive portal, as it was")                                        \
    X(MUD_URL, 161, "Manufacturer usage description")                                              \
    X(ENCRYPTED_DNS, 162, "Encrypted DNS servers")                                                 \
    X(PXE_MAGIC, 208, "PXELINUX magic")                                                            \
    X(PXE_CONFIGURATION, 209, "PXELINUX configuration file")                                       \
    X(PXE_PREFIX, 210, "PXELINUX path prefix")                                                     \
    X(REBOOT_TIME, 211, "PXELINUX reboot time")                                                    \
    X(SIX_RD, 212, "IPv6 rapid deployment")                                                        \
    X(ACCESS_DOMAIN, 213, "Access network domain name")                                            \
    X(SUBNET_ALLOCATION, 220, "Subnet allocation")                                                 \
    X(VIRTUAL_SUBNET, 221, "Virtual subnet selection")                                             \
    X(CLASSLESS_ROUTE_MICROSOFT, 249, "Classless static routes, Microsoft's")                      \
    X(PROXY_DISCOVERY, 252, "Proxy autodiscovery")                                                 \
    X(END, 255, "End")

enum {
#define X(name, number, text) TAPIR_DHCP_OPTION_##name = number,
    TAPIR_DHCP_OPTIONS(X)
#undef X
};

/* Suboptions of option 82 (IANA DHCP relay agent suboption codes). */
enum {
    TAPIR_DHCP_RELAY_CIRCUIT_ID = 1,
    TAPIR_DHCP_RELAY_REMOTE_ID = 2,
    TAPIR_DHCP_RELAY_DEVICE_CLASS = 4,
    TAPIR_DHCP_RELAY_LINK_SELECTION = 5,
    TAPIR_DHCP_RELAY_SUBSCRIBER_ID = 6,
    TAPIR_DHCP_RELAY_RADIUS = 7,
    TAPIR_DHCP_RELAY_AUTHENTICATION = 8,
    TAPIR_DHCP_RELAY_VENDOR = 9,
    TAPIR_DHCP_RELAY_FLAGS = 10,
    TAPIR_DHCP_RELAY_SERVER_ID_OVERRIDE = 11,
    TAPIR_DHCP_RELAY_AGENT_ID = 12,
    TAPIR_DHCP_RELAY_ACCESS_TECHNOLOGY = 13,
    TAPIR_DHCP_RELAY_NETWORK_NAME = 14,
    TAPIR_DHCP_RELAY_ACCESS_POINT_NAME = 15,
    TAPIR_DHCP_RELAY_ACCESS_POINT_BSSID = 16,
    TAPIR_DHCP_RELAY_OPERATOR_ID = 17,
    TAPIR_DHCP_RELAY_OPERATOR_REALM = 18,
    TAPIR_DHCP_RELAY_SOURCE_PORT = 19,
    TAPIR_DHCP_RELAY_LINK_SELECTION_CISCO = 150,
    TAPIR_DHCP_RELAY_SUBNET_NAME = 151,
    TAPIR_DHCP_RELAY_SERVER_ID_OVERRIDE_CISCO = 152
};

/* A message (RFC 2131 2). */
struct tapir_dhcp {
    uint8_t operation;                         /* 1: request, 2: reply */
    uint8_t hardware_type, hardware_len, hops; /* type as in ARP; length in bytes */
    uint32_t transaction_id;
    uint16_t seconds, flags;
    uint8_t client_address[4], your_address[4], server_address[4], relay_address[4];
    union {
        uint8_t hardware_address[16]; /* the first `hardware_len` bytes count */
        uint8_t mac[6];               /* the same, of Ethernet */
    };
    uint8_t server_name[64]; /* text up to a byte of 0, or options: see `overload` */
    uint8_t boot_file[128];
    uint32_t cookie;    /* TAPIR_DHCP_COOKIE when options follow, else 0 */
    tapir_span options; /* behind the cookie, up to the end of the message */
    tapir_span vendor;  /* what a message without the cookie has instead (RFC 951 3) */

    /* Found among the options by decode, passed over by encode. */
    uint8_t message_type; /* 0: none, a message of BOOTP */
    uint8_t overload;     /* options go on in: 1 boot_file, 2 server_name, 3 both */
};

TAPIR_API extern const tapir_proto tapir_dhcp_proto;

/* One option, as it stands: of one that is split (RFC 3396) a part. Which members behind `data`
 * count depends on its code; they are zero when it has not the length it should have. */
struct tapir_dhcp_option {
    uint8_t code, length; /* padding and end have no length */
    tapir_span data;      /* padding: all bytes in a row */
    uint32_t number;      /* options of one number; type, flags or first number of others */
    uint32_t second;      /* client identifier: hardware type or enterprise of a DUID; second
                           * number of others */
    uint32_t third;
    uint32_t identifier;     /* client identifier: IAID; authentication: secret; iSNS: security */
    uint32_t time;           /* client identifier: of the DUID, seconds since 2000 */
    uint64_t replay;         /* authentication: replay detection */
    int32_t offset;          /* time offset: seconds east of UTC */
    bool flag;               /* options that are on or off */
    uint8_t address[4];      /* options of one address */
    uint8_t more_address[4]; /* RDNSS selection: the second one; iSNS: the heartbeat's */
    uint8_t address6[16];    /* 6rd: prefix */
    uint8_t mac[6];          /* client identifier of type 1 or 6 */
    tapir_span text;         /* options of text, up to a byte of 0; authentication: information */
    tapir_span items;        /* options that are lists: see tapir_dhcp_option_values */
    tapir_span rest;         /* bytes behind the numbers */
    struct tapir_dns_name name;            /* RDNSS selection: domain */
    tapir_span name_options, file_options; /* overload: options in server_name and boot_file */
};

/* Starts a walk over the message's options: struct tapir_dhcp_option one after the other, those in
 * an overloaded server_name or boot_file not included. `dhcp` must stay where it is meanwhile. */
TAPIR_API tapir_walk tapir_dhcp_options(const struct tapir_dhcp *dhcp);

/* The same for options that stand in server_name and boot_file; none when they are not overloaded.
 */
TAPIR_API tapir_walk tapir_dhcp_name_options(const struct tapir_dhcp *dhcp);
TAPIR_API tapir_walk tapir_dhcp_file_options(const struct tapir_dhcp *dhcp);

/* Finds the first option of that code, in the order of RFC 2131 4.1: options, boot_file,
 * server_name. False when there is none, with *data empty. */
TAPIR_API bool tapir_dhcp_find(const struct tapir_dhcp *dhcp, uint8_t code, tapir_span *data);

/* Copies the data of all options of that code, one after the other as RFC 3396 7 wants long options
 * read, to the `room` bytes at `buffer`; returns how many there are, which may be more. */
TAPIR_API size_t tapir_dhcp_join(
    const struct tapir_dhcp *dhcp, uint8_t code, uint8_t *buffer, size_t room);

/* One of the values that an option or a suboption is a list of. */
struct tapir_dhcp_value {
    uint8_t code, length;       /* suboptions; user class: number; routes: prefix length */
    tapir_span data;            /* its bytes */
    uint32_t number;            /* codes of a parameter list, architectures, sizes, enterprises */
    uint8_t address[4];         /* addresses; routes and pairs: destination */
    uint8_t second[4];          /* routes: router; pairs: mask or router */
    uint8_t mac[6];             /* relay agent: BSSID */
    tapir_span text;            /* data that is text */
    tapir_span items;           /* what is nested in it */
    struct tapir_dns_name name; /* domain search, SIP servers */
};

/* Starts a walk over what an option is a list of: struct tapir_dhcp_value. Nothing for options that
 * are no list. `option` must stay where it is meanwhile. */
TAPIR_API tapir_walk tapir_dhcp_option_values(const struct tapir_dhcp_option *option);

/* Returns "Subnet mask", "Domain search" ...; NULL for a code without a name. Static. */
TAPIR_API const char *tapir_dhcp_option_name(uint8_t code);

/* Writing options. A writer over the caller's bytes takes one after the other; what does not fit
 * or makes no sense fails it and fills it up, and nothing more is written. The options of a message
 * are what was written, its end included:
 *
 *     uint8_t room[312];
 *     tapir_writer w = {room, room + sizeof room, false};
 *     tapir_dhcp_put_message_type(&w, TAPIR_DHCP_DISCOVER);
 *     tapir_dhcp_put_end(&w);
 *     dhcp.cookie = TAPIR_DHCP_COOKIE;
 *     dhcp.options = tapir_span_of(room, (size_t)(w.at - room));
 */

/* Any option or suboption. More than 255 bytes are split over several (RFC 3396 5). */
TAPIR_API void tapir_dhcp_put_option(tapir_writer *w, uint8_t code, tapir_span data);

/* An option of one number of 1, 2 or 4 `bytes`, of text without its final 0, of addresses. */
TAPIR_API void tapir_dhcp_put_number(
    tapir_writer *w, uint8_t code, unsigned bytes, uint32_t number);
TAPIR_API void tapir_dhcp_put_text(tapir_writer *w, uint8_t code, const char *text);
TAPIR_API void tapir_dhcp_put_addresses(
    tapir_writer *w, uint8_t code, const uint8_t addresses[][4], size_t count);

TAPIR_API void tapir_dhcp_put_message_type(tapir_writer *w, uint8_t type);
TAPIR_API void tapir_dhcp_put_requested_address(tapir_writer *w, const uint8_t address[4]);
TAPIR_API void tapir_dhcp_put_server_id(tapir_writer *w, const uint8_t address[4]);
TAPIR_API void tapir_dhcp_put_subnet_mask(tapir_writer *w, const uint8_t mask[4]);
TAPIR_API void tapir_dhcp_put_lease_time(tapir_writer *w, uint32_t seconds);
TAPIR_API void tapir_dhcp_put_parameter_list(tapir_writer *w, const uint8_t *codes, size_t count);
TAPIR_API void tapir_dhcp_put_host_name(tapir_writer *w, const char *name);

/* The client's identifier (RFC 2132 9.14): a hardware type and address, or type 0 and any bytes. */
TAPIR_API void tapir_dhcp_put_client_id(tapir_writer *w, uint8_t type, tapir_span identifier);

/* Bits of `flags` (RFC 4702 2.1). */
enum {
    TAPIR_DHCP_FULL_NAME_SERVER_UPDATES = 1,
    TAPIR_DHCP_FULL_NAME_OVERRIDDEN = 2,
    TAPIR_DHCP_FULL_NAME_ENCODED = 4,
    TAPIR_DHCP_FULL_NAME_NO_UPDATES = 8
};

/* The client's name "host.example.com" (RFC 4702), in wire form with the flag for it, which is the
 * form to be used. A name without a final dot is taken for a whole one all the same. */
TAPIR_API void tapir_dhcp_put_full_name(tapir_writer *w, uint8_t flags, const char *name);

/* Domains to search (RFC 3397), "example.com", uncompressed. An empty or overlong label fails the
 * writer. */
TAPIR_API void tapir_dhcp_put_domain_search(
    tapir_writer *w, const char *const *names, size_t count);

struct tapir_dhcp_route {
    uint8_t prefix_len; /* in bits, at most 32 */
    uint8_t destination[4], router[4];
};

/* Classless static routes (RFC 3442). A prefix longer than 32 bits fails the writer. */
TAPIR_API void tapir_dhcp_put_routes(
    tapir_writer *w, const struct tapir_dhcp_route *routes, size_t count);

/* `count` bytes of padding, and the end of the options. */
TAPIR_API void tapir_dhcp_put_padding(tapir_writer *w, size_t count);
TAPIR_API void tapir_dhcp_put_end(tapir_writer *w);

TAPIR_EXTERN_C_END
#endif
