/* Dynamic Host Configuration Protocol (RFC 2131) and Bootstrap Protocol (RFC 951): messages. */
#include "dhcp_internal.h"
#include "dhcp_samples.h"

#include "tapir/encode.h"

static const tapir_label operations[] = {{1, "Request"}, {2, "Reply"}, {0, NULL}};

const tapir_label tapir__dhcp_hardware[] = {
    {1, "Ethernet"},
    {6, "IEEE 802"},
    {7, "ARCNET"},
    {15, "Frame Relay"},
    {16, "ATM"},
    {18, "Fibre Channel"},
    {20, "Serial line"},
    {24, "IEEE 1394"},
    {27, "EUI-64"},
    {31, "IPsec tunnel"},
    {32, "InfiniBand"},
    {0, NULL},
};

static const tapir_part flag_parts[] = {
    TAPIR_PART("dhcp.flags.bc", TAPIR_DHCP_BROADCAST, "Answers are to be broadcast", NULL),
    TAPIR_PART_HEX("dhcp.flags.reserved", 0x7fff, "Reserved"),
    TAPIR_PARTS_END,
};

static bool has_mac(const void *item)
{
    const struct tapir_dhcp *dhcp = item;

    return dhcp->hardware_len == 6 && (dhcp->hardware_type == 1 || dhcp->hardware_type == 6);
}

static bool has_address(const void *item)
{
    const struct tapir_dhcp *dhcp = item;

    return dhcp->hardware_len > 0 && dhcp->hardware_len <= 16 && !has_mac(item);
}

static bool has_address_padding(const void *item)
{
    const struct tapir_dhcp *dhcp = item;

    return dhcp->hardware_len > 0 && dhcp->hardware_len < 16;
}

static bool has_name(const void *item)
{
    return !(((const struct tapir_dhcp *)item)->overload & OVERLOAD_NAME);
}

static bool has_file(const void *item)
{
    return !(((const struct tapir_dhcp *)item)->overload & OVERLOAD_FILE);
}

static void print_address_padding(tapir_text *text, const void *member, const void *item)
{
    const struct tapir_dhcp *dhcp = item;

    (void)member;
    tapir_text_hex_bytes(text,
        tapir_span_of(dhcp->hardware_address + dhcp->hardware_len, 16u - dhcp->hardware_len), ':');
}

static void put_text(tapir_text *text, const uint8_t *bytes, size_t room)
{
    tapir_span span = tapir__dhcp_text(tapir_span_of(bytes, room));

    tapir_text_bytes(text, span.data, span.len);
}

static void print_name(tapir_text *text, const void *member, const void *item)
{
    (void)item;
    put_text(text, member, sizeof((struct tapir_dhcp *)0)->server_name);
}

static void print_file(tapir_text *text, const void *member, const void *item)
{
    (void)item;
    put_text(text, member, sizeof((struct tapir_dhcp *)0)->boot_file);
}

static const tapir_field dhcp_fields[] = {
    TAPIR_FIELD(tapir_dhcp, operation, "dhcp.type", TAPIR_UINT, 8, "Whether it is an answer",
        .labels = operations),
    TAPIR_FIELD(tapir_dhcp, hardware_type, "dhcp.hw.type", TAPIR_UINT, 8, "Hardware type",
        .base = TAPIR_HEX, .labels = tapir__dhcp_hardware),
    TAPIR_FIELD(tapir_dhcp, hardware_len, "dhcp.hw.len", TAPIR_UINT, 8,
        "Length of the client's hardware address"),
    TAPIR_FIELD(tapir_dhcp, hops, "dhcp.hops", TAPIR_UINT, 8, "Relay agents on the way"),
    TAPIR_FIELD(tapir_dhcp, transaction_id, "dhcp.id", TAPIR_UINT, 32, "Number that answers repeat",
        .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_dhcp, seconds, "dhcp.secs", TAPIR_UINT, 16, "Seconds the client is at it"),
    TAPIR_FIELD(tapir_dhcp, flags, "dhcp.flags", TAPIR_UINT, 16, "Flags", .base = TAPIR_HEX,
        .parts = flag_parts),
    TAPIR_FIELD(
        tapir_dhcp, client_address, "dhcp.ip.client", TAPIR_IPV4, 32, "Address the client has"),
    TAPIR_FIELD(
        tapir_dhcp, your_address, "dhcp.ip.your", TAPIR_IPV4, 32, "Address the client is given"),
    TAPIR_FIELD(
        tapir_dhcp, server_address, "dhcp.ip.server", TAPIR_IPV4, 32, "Server to boot from next"),
    TAPIR_FIELD(tapir_dhcp, relay_address, "dhcp.ip.relay", TAPIR_IPV4, 32, "First relay agent"),
    TAPIR_FIELD(tapir_dhcp, hardware_address, "dhcp.hw.addr", TAPIR_BYTES, 128,
        "Client's hardware address and its padding", .when = has_address, .address = TAPIR_BYTES),
    TAPIR_FIELD(
        tapir_dhcp, mac, "dhcp.hw.mac_addr", TAPIR_MAC, 0, "Client's MAC address", .when = has_mac),
    TAPIR_FIELD(tapir_dhcp, hardware_address, "dhcp.hw.addr_padding", TAPIR_TEXT, 0,
        "What is behind the address", .print = print_address_padding, .when = has_address_padding),
    TAPIR_FIELD(tapir_dhcp, server_name, "dhcp.server", TAPIR_TEXT, 512, "Name of the server",
        .print = print_name, .when = has_name),
    TAPIR_FIELD(tapir_dhcp, boot_file, "dhcp.file", TAPIR_TEXT, 1024, "Name of the boot file",
        .print = print_file, .when = has_file),
    TAPIR_FIELD(tapir_dhcp, cookie, "dhcp.cookie", TAPIR_UINT, 0, "What tells that options follow",
        .base = TAPIR_HEX, TAPIR_IF(tapir_dhcp, cookie, UINT32_MAX)),
    TAPIR_FIELD(tapir_dhcp, vendor, "dhcp.vendor_specific_options", TAPIR_SPAN, 0,
        "What follows without a cookie"),
    TAPIR_FIELD(tapir_dhcp, options, "dhcp.options", TAPIR_LIST, 0, "Options",
        .list = &tapir__dhcp_option_list),
};

/* Finds what the other places of options depend on. */
static void look_through(struct tapir_dhcp *dhcp)
{
    tapir_reader in = tapir_reader_of(dhcp->options);
    uint8_t code = 0;
    tapir_span data;
    bool overload = false, type = false;

    while (code != TAPIR_DHCP_OPTION_END && tapir__dhcp_take(&in, &code, &data)) {
        if (data.len != 1)
            continue;
        if (code == TAPIR_DHCP_OPTION_OVERLOAD && !overload) {
            overload = true;
            dhcp->overload = *data.data <= (OVERLOAD_FILE | OVERLOAD_NAME) ? *data.data : 0;
        } else if (code == TAPIR_DHCP_OPTION_MESSAGE_TYPE && !type) {
            type = true;
            dhcp->message_type = *data.data;
        }
    }
}

static tapir_status dhcp_decode(tapir_decoder *d, void *layer)
{
    struct tapir_dhcp *dhcp = layer;
    bool whole = TAPIR_LOAD(&d->in, dhcp, dhcp_fields);

    dhcp->cookie = 0;
    dhcp->options = dhcp->vendor = tapir_span_of(d->in.at, 0);
    dhcp->message_type = dhcp->overload = 0;
    if (!whole)
        return TAPIR_OK; /* the engine sees that bytes are missing */
    if (tapir_left(&d->in) >= 4 && tapir_load_be(d->in.at, 4) == TAPIR_DHCP_COOKIE) {
        dhcp->cookie = tapir_take_be32(&d->in);
        dhcp->options = tapir_take_rest(&d->in);
        look_through(dhcp);
    } else {
        dhcp->vendor = tapir_take_rest(&d->in);
    }
    return TAPIR_OK;
}

static tapir_status dhcp_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_dhcp *dhcp = layer;
    size_t cookie_len = dhcp->cookie ? 4 : 0;

    tapir_open_header(
        e, TAPIR_FIXED_LEN(dhcp_fields) + cookie_len + dhcp->options.len + dhcp->vendor.len);
    TAPIR_STORE(&e->out, dhcp, dhcp_fields);
    if (cookie_len)
        tapir_put_be(&e->out, 4, dhcp->cookie);
    tapir_put_span(&e->out, dhcp->options);
    tapir_put_span(&e->out, dhcp->vendor);
    return TAPIR_OK;
}

/* Servers listen on the first, clients on the second (RFC 2131 4.1). */
static const tapir_binding dhcp_bindings[] = {{TAPIR_UDP_PORT, 67}, {TAPIR_UDP_PORT, 68}};

static const struct tapir_dhcp dhcp_initial = {
    .operation = 1, .hardware_type = 1, .hardware_len = 6, .cookie = TAPIR_DHCP_COOKIE};

const tapir_proto tapir_dhcp_proto = {
    .name = "dhcp",
    .title = "Dynamic Host Configuration Protocol",
    .spec = "RFC 2131",
    .role = TAPIR_ROLE_APPLICATION,
    TAPIR_FIELDS(dhcp_fields),
    .size = sizeof(struct tapir_dhcp),
    .decode = dhcp_decode,
    .encode = dhcp_encode,
    .initial = &dhcp_initial,
    TAPIR_BINDINGS(dhcp_bindings),
    TAPIR_SAMPLES(dhcp_samples),
};
