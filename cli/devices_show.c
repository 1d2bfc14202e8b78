/* Devices as JSON, as a table, and one in full. */
#include "devices.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* JSON. */

static void put_key(tapir_text *text, const char *key)
{
    if (text->len && text->data[text->len - 1] != '{')
        tapir_text_char(text, ',');
    tapir_text_printf(text, "\"%s\":", key);
}

void put_string(tapir_text *text, const char *key, const char *string)
{
    if (!string)
        return;
    put_key(text, key);
    tapir_text_char(text, '"');
    tapir_text_json(text, tapir_span_of(string, strlen(string)));
    tapir_text_char(text, '"');
}

void put_number(tapir_text *text, const char *key, uint64_t number)
{
    if (!number)
        return;
    put_key(text, key);
    tapir_text_uint(text, number);
}

void put_ip(tapir_text *text, const char *key, const tapir_endpoint *address)
{
    if (!address->type)
        return;
    put_key(text, key);
    tapir_text_char(text, '"');
    tapir_endpoint_text(text, address);
    tapir_text_char(text, '"');
}

void put_mac(tapir_text *text, const char *key, const tapir_link_address *mac)
{
    if (!mac->len)
        return;
    put_key(text, key);
    tapir_text_char(text, '"');
    tapir_text_mac(text, mac->bytes, mac->len);
    tapir_text_char(text, '"');
}

static const char *connection_name(tapir_device_connection connection)
{
    switch (connection) {
    case TAPIR_CONNECTION_CONNECTED:
        return "connected";
    case TAPIR_CONNECTION_DISCONNECTED:
        return "disconnected";
    case TAPIR_CONNECTION_UNKNOWN:
        return "unknown";
    case TAPIR_CONNECTION_NOT_APPLICABLE:
    default:
        return NULL;
    }
}

static const char *duplex_name(tapir_device_duplex duplex)
{
    return duplex == TAPIR_DUPLEX_FULL ? "full" : duplex == TAPIR_DUPLEX_HALF ? "half" : NULL;
}

/* Names of all flags; with quotes for JSON. */
static void put_flags(tapir_text *text, uint32_t flags, const char *quote, const char *between)
{
    const char *before = "";

    for (unsigned bit = 0; bit < 32; bit++) {
        const char *name = flags >> bit & 1 ? tapir_device_flag_name(1U << bit) : NULL;
        if (!name)
            continue;
        tapir_text_printf(text, "%s%s%s%s", before, quote, name, quote);
        before = between;
    }
}

static void json_names(tapir_text *text, const tapir_device *device)
{
    if (!device->alt_name_count)
        return;
    put_key(text, "alt_names");
    for (size_t i = 0; i < device->alt_name_count; i++) {
        tapir_text_put(text, i ? ",\"" : "[\"");
        tapir_text_json(text, tapir_span_of(device->alt_names[i], strlen(device->alt_names[i])));
        tapir_text_char(text, '"');
    }
    tapir_text_char(text, ']');
}

static void json_seconds(tapir_text *text, const char *key, uint32_t seconds)
{
    if (seconds == UINT32_MAX)
        return;
    put_key(text, key);
    tapir_text_uint(text, seconds);
}

static void json_addresses(tapir_text *text, const tapir_device *device)
{
    put_key(text, "addresses");
    tapir_text_char(text, '[');
    for (size_t i = 0; i < device->address_count; i++) {
        const tapir_device_address *each = &device->addresses[i];
        tapir_text_put(text, i ? ",{" : "{");
        put_ip(text, "address", &each->address);
        put_key(text, "prefix_len");
        tapir_text_uint(text, each->prefix_len);
        put_ip(text, "peer", &each->peer);
        put_ip(text, "broadcast", &each->broadcast);
        if (device->has_link_type)
            put_string(text, "scope", tapir_scope_name(each->scope));
        put_number(text, "flags", each->flags);
        json_seconds(text, "valid", each->valid_s);
        json_seconds(text, "preferred", each->preferred_s);
        tapir_text_char(text, '}');
    }
    tapir_text_char(text, ']');
}

static void json_counters(tapir_text *text, const char *key, const tapir_device_counters *counters)
{
    put_key(text, key);
    tapir_text_printf(text,
        "{\"packets\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"errors\":%" PRIu64 ",\"dropped\":%" PRIu64
        "}",
        counters->packets, counters->bytes, counters->errors, counters->dropped);
}

/* A relative by its name, or by its number where that has none here. */
static void json_relative(tapir_text *text, const char *key, const char *name, uint32_t index)
{
    if (name)
        put_string(text, key, name);
    else
        put_number(text, key, index);
}

static void json_hardware(tapir_text *text, const tapir_device *device, struct vendor_names *names)
{
    put_mac(text, "mac", &device->mac);
    put_string(text, "vendor", vendor_of(names, &device->mac));
    put_mac(text, "permanent_mac", &device->permanent_mac);
    put_mac(text, "broadcast_mac", &device->broadcast_mac);
    put_number(text, "mtu", device->mtu);
    put_number(text, "min_mtu", device->min_mtu);
    put_number(text, "max_mtu", device->max_mtu);
    put_string(text, "driver", device->driver);
    put_string(text, "driver_version", device->driver_version);
    put_string(text, "firmware", device->firmware);
    put_string(text, "bus", device->bus);
    put_number(text, "speed", device->speed);
    put_string(text, "duplex", duplex_name(device->duplex));
    put_number(text, "rx_queues", device->rx_queues);
    put_number(text, "tx_queues", device->tx_queues);
    put_number(text, "tx_queue_len", device->tx_queue_len);
}

static void json_place(tapir_text *text, const tapir_device *device)
{
    put_string(text, "kind", device->kind);
    put_string(text, "port_kind", device->port_kind);
    json_relative(text, "master", device->master_name, device->master);
    json_relative(text, "parent", device->parent_name, device->parent);
    if (device->parent_elsewhere) {
        put_key(text, "parent_elsewhere");
        tapir_text_put(text, "true");
    }
    if (device->vlan_protocol) {
        put_key(text, "vlan");
        tapir_text_uint(text, device->vlan_id);
        put_number(text, "vlan_protocol", device->vlan_protocol);
    }
}

void device_json(tapir_text *text, const tapir_devices *devices, const tapir_device *device,
    size_t number, struct vendor_names *names)
{
    tapir_text_char(text, '{');
    put_number(text, "number", number);
    put_string(text, "name", device->name);
    put_number(text, "index", device->index);
    put_string(text, "description", device->description);
    put_string(text, "alias", device->alias);
    json_names(text, device);
    put_key(text, "flags");
    tapir_text_char(text, '[');
    put_flags(text, device->flags, "\"", ",");
    tapir_text_char(text, ']');
    put_string(text, "connection", connection_name(device->connection));
    put_string(text, "state", device->state);
    put_number(text, "promiscuity", device->promiscuity);
    if (device->has_link_type) {
        put_key(text, "link_type");
        tapir_text_uint(text, device->link_type);
        put_string(text, "link_type_name", tapir_link_type_name(device->link_type));
    }
    json_hardware(text, device, names);
    json_place(text, device);
    if (device->index) {
        json_addresses(text, device);
        if (device->has_link_type) {
            json_counters(text, "received", &device->received);
            json_counters(text, "sent", &device->sent);
        }
        put_number(text, "namespace", tapir_devices_namespace(devices));
    }
    tapir_text_put(text, "}\n");
}

/* The table. */

#define COLUMN_COUNT 9

static void put_line_safely(tapir_text *text, const char *string)
{
    tapir_text_line(text, tapir_span_of(string, strlen(string)));
}

static void put_address(tapir_text *text, const tapir_device_address *address)
{
    tapir_endpoint_text(text, &address->address);
    tapir_text_printf(text, "/%u", address->prefix_len);
}

static void put_what(tapir_text *text, const tapir_device *device)
{
    const char *about = device->alias ? device->alias : device->description;

    for (size_t i = 0; i < device->address_count; i++) {
        tapir_text_put(text, i ? ", " : "");
        put_address(text, &device->addresses[i]);
    }
    if (!about)
        return;
    tapir_text_put(text, device->address_count ? " (" : "(");
    put_line_safely(text, about);
    tapir_text_char(text, ')');
}

/* Cells with a tab behind each; names cannot hold one, all else has it escaped. */
static void put_row(
    tapir_text *text, const tapir_device *device, size_t number, struct vendor_names *names)
{
    const char *vendor = vendor_of(names, &device->mac);
    const char *type = device->has_link_type ? tapir_link_type_name(device->link_type) : NULL;

    tapir_text_printf(text, "%zu\t", number);
    put_line_safely(text, device->name);
    tapir_text_char(text, '\t');
    tapir_device_flags_text(text, device);
    tapir_text_printf(text, "\t%s\t", type ? type : "");
    if (device->mtu)
        tapir_text_uint(text, device->mtu);
    tapir_text_char(text, '\t');
    if (device->mac.len)
        tapir_text_mac(text, device->mac.bytes, device->mac.len);
    if (vendor)
        tapir_text_printf(text, " (%s)", vendor);
    tapir_text_char(text, '\t');
    put_line_safely(text, device->driver ? device->driver : device->kind ? device->kind : "");
    tapir_text_char(text, '\t');
    if (device->rx_queues || device->tx_queues)
        tapir_text_printf(text, "%u/%u", device->rx_queues, device->tx_queues);
    tapir_text_char(text, '\t');
    put_what(text, device);
    tapir_text_put(text, "\t\n");
}

/* Columns that a cell takes on a terminal: bytes that go on with a character take none. */
static size_t cell_width(const char *cell, size_t len)
{
    size_t width = 0;

    for (size_t i = 0; i < len; i++)
        width += ((uint8_t)cell[i] & 0xc0) != 0x80;
    return width;
}

static size_t cell_len(const char *cell, const char *end)
{
    const char *tab = memchr(cell, '\t', (size_t)(end - cell));

    return (size_t)((tab ? tab : end) - cell);
}

static void widen(const tapir_text *rows, size_t *widths)
{
    const char *at = rows->data, *end = rows->data + rows->len;

    for (size_t column = 0; at < end; at++) {
        size_t len = cell_len(at, end), width;
        if (*at == '\n') {
            column = 0;
            continue;
        }
        width = cell_width(at, len);
        if (column < COLUMN_COUNT && width > widths[column])
            widths[column] = width;
        column++;
        at += len;
    }
}

static void put_aligned(tapir_text *text, const tapir_text *rows, const size_t *widths)
{
    const char *at = rows->data, *end = rows->data + rows->len;

    for (size_t column = 0; at < end; at++) {
        size_t len = cell_len(at, end);
        if (*at == '\n') {
            tapir_text_char(text, '\n');
            column = 0;
            continue;
        }
        tapir_text_bytes(text, at, len);
        if (column + 1 < COLUMN_COUNT)
            tapir_text_printf(text, "%*s", (int)(widths[column] - cell_width(at, len)) + 2, "");
        column++;
        at += len;
    }
}

/* What a line has behind its last word. */
static void cut_trailing_spaces(tapir_text *text, size_t from)
{
    size_t to = from;

    for (size_t i = from; i < text->len; i++) {
        if (text->data[i] == '\n')
            while (to > from && text->data[to - 1] == ' ')
                to--;
        text->data[to++] = text->data[i];
    }
    text->len = to;
}

void devices_table(tapir_text *text, const tapir_devices *devices, struct vendor_names *names)
{
    size_t widths[COLUMN_COUNT] = {0}, from = text->len;
    const tapir_device *device;
    tapir_text rows = {0};

    TAPIR_TEXT_LITERAL(&rows, "\tNAME\tFLAGS\tLINK TYPE\tMTU\tMAC\tDRIVER\tQUEUES\tADDRESSES\t\n");
    for (size_t i = 0; (device = tapir_devices_each(devices, i)); i++)
        put_row(&rows, device, i + 1, names);
    if (!rows.failed) {
        widen(&rows, widths);
        put_aligned(text, &rows, widths);
    }
    text->failed |= rows.failed;
    tapir_text_clear(&rows);
    if (!text->failed)
        cut_trailing_spaces(text, from);
}

/* One in full. */

static void TAPIR_PRINTF(3, 4) put_fact(tapir_text *text, const char *name, const char *format, ...)
{
    char value[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    tapir_text_printf(text, "%s:%*s", name, (int)(17 - strlen(name)), "");
    put_line_safely(text, value);
    tapir_text_char(text, '\n');
}

static void show_string(tapir_text *text, const char *name, const char *string)
{
    if (string)
        put_fact(text, name, "%s", string);
}

static void show_mac(
    tapir_text *text, const char *name, const tapir_link_address *mac, struct vendor_names *names)
{
    const char *vendor = vendor_of(names, mac);
    char address[128];
    tapir_text fixed = tapir_text_fixed(address, sizeof address);

    if (!mac->len)
        return;
    tapir_text_mac(&fixed, mac->bytes, mac->len);
    tapir_text_string(&fixed);
    put_fact(text, name, "%s%s%s%s", address, vendor ? " (" : "", vendor ? vendor : "",
        vendor ? ")" : "");
}

static void show_addresses(tapir_text *text, const tapir_device *device)
{
    for (size_t i = 0; i < device->address_count; i++) {
        const tapir_device_address *each = &device->addresses[i];
        const char *scope = tapir_scope_name(each->scope);
        tapir_text_printf(text, "%-18s", "Address:");
        put_address(text, each);
        if (each->peer.type) {
            TAPIR_TEXT_LITERAL(text, ", peer ");
            tapir_endpoint_text(text, &each->peer);
        }
        if (each->broadcast.type) {
            TAPIR_TEXT_LITERAL(text, ", broadcast ");
            tapir_endpoint_text(text, &each->broadcast);
        }
        if (scope && device->has_link_type)
            tapir_text_printf(text, ", scope %s", scope);
        tapir_text_char(text, '\n');
    }
}

static void show_driver(tapir_text *text, const tapir_device *device)
{
    const char *duplex = duplex_name(device->duplex);

    if (device->driver)
        put_fact(text, "Driver", "%s%s%s", device->driver, device->driver_version ? " " : "",
            device->driver_version ? device->driver_version : "");
    show_string(text, "Firmware", device->firmware);
    show_string(text, "Bus", device->bus);
    if (device->speed)
        put_fact(text, "Speed", "%u Mbit/s%s%s%s", device->speed, duplex ? ", " : "",
            duplex ? duplex : "", duplex ? " duplex" : "");
    if (device->rx_queues || device->tx_queues)
        put_fact(text, "Queues", "%u to receive, %u to send, of %u packets", device->rx_queues,
            device->tx_queues, device->tx_queue_len);
}

static void show_relatives(tapir_text *text, const tapir_device *device)
{
    if (device->kind && device->vlan_protocol)
        put_fact(
            text, "Kind", "%s %u (0x%04x)", device->kind, device->vlan_id, device->vlan_protocol);
    else
        show_string(text, "Kind", device->kind);
    if (device->parent_name)
        put_fact(text, "Lies on", "%s", device->parent_name);
    else if (device->parent)
        put_fact(text, "Lies on", "interface %u%s", device->parent,
            device->parent_elsewhere ? " of another namespace" : "");
    if (device->master)
        put_fact(text, "Port of", "%s%s%s%s",
            device->master_name ? device->master_name : "another namespace's",
            device->port_kind ? " (" : "", device->port_kind ? device->port_kind : "",
            device->port_kind ? ")" : "");
}

static void show_counters(tapir_text *text, const char *name, const tapir_device_counters *counters)
{
    put_fact(text, name,
        "%" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64 " errors, %" PRIu64 " dropped",
        counters->packets, counters->bytes, counters->errors, counters->dropped);
}

static void show_flags(tapir_text *text, const tapir_device *device)
{
    tapir_text flags = {0};

    put_flags(&flags, device->flags, "", ", ");
    put_fact(text, "Flags", "%s", flags.len ? tapir_text_string(&flags) : "none");
    tapir_text_clear(&flags);
    show_string(text, "Connection", connection_name(device->connection));
    show_string(text, "State", device->state);
    if (device->promiscuity)
        put_fact(text, "Promiscuous for", "%u", device->promiscuity);
}

void device_in_full(tapir_text *text, const tapir_devices *devices, const tapir_device *device,
    size_t number, struct vendor_names *names)
{
    put_fact(text, "Name", "%s", device->name);
    for (size_t i = 0; i < device->alt_name_count; i++)
        put_fact(text, "Also", "%s", device->alt_names[i]);
    put_fact(text, "Number", "%zu", number);
    if (device->index)
        put_fact(text, "Interface", "%u", device->index);
    show_string(text, "Description", device->description);
    show_string(text, "Alias", device->alias);
    show_flags(text, device);
    if (device->has_link_type)
        put_fact(text, "Link type", "%s (%s, %u)", tapir_link_type_title(device->link_type),
            tapir_link_type_name(device->link_type), device->link_type);
    show_mac(text, "MAC address", &device->mac, names);
    show_mac(text, "Permanent", &device->permanent_mac, names);
    if (device->mtu && device->max_mtu)
        put_fact(text, "MTU", "%u (%u to %u)", device->mtu, device->min_mtu, device->max_mtu);
    else if (device->mtu)
        put_fact(text, "MTU", "%u", device->mtu);
    show_addresses(text, device);
    show_driver(text, device);
    show_relatives(text, device);
    if (!device->index)
        return;
    if (device->has_link_type) {
        show_counters(text, "Received", &device->received);
        show_counters(text, "Sent", &device->sent);
    }
    if (tapir_devices_namespace(devices))
        put_fact(text, "Namespace", "net:[%" PRIu64 "]", tapir_devices_namespace(devices));
}
