/* Routes, neighbours and vendors for tapir devices, in the words of ip(8). */
#include "devices.h"

#include <arpa/inet.h>
#include <net/if.h>

static int failed(tapir_status status, const tapir_error *error)
{
    complain("%s", error->message);
    return status == TAPIR_INVALID ? EXIT_USAGE : EXIT_RUNTIME;
}

/* Arguments. */

static bool read_ip(const char *text, tapir_endpoint *address)
{
    uint8_t bytes[16];

    if (inet_pton(AF_INET, text, bytes) == 1)
        *address = tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, bytes, 4);
    else if (inet_pton(AF_INET6, text, bytes) == 1)
        *address = tapir_endpoint_of(TAPIR_ENDPOINT_IPV6, bytes, 16);
    else
        return false;
    return true;
}

static bool read_interface(const char *name, uint32_t *index)
{
    if (!name)
        return true;
    *index = if_nametoindex(name);
    if (!*index)
        complain("no interface '%s'", name);
    return *index != 0;
}

static int wrong_address(const char *text)
{
    return wrong_usage(&devices_command, "'%s' is no IP address", text);
}

/* Reads destination and query; the exit code. */
static int read_way(struct devices_request *request, tapir_endpoint *destination)
{
    if (!read_ip(request->subject, destination))
        return wrong_address(request->subject);
    if (request->from && !read_ip(request->from, &request->query.source))
        return wrong_address(request->from);
    if (!read_interface(request->input, &request->query.input) ||
        !read_interface(request->output, &request->query.output))
        return EXIT_RUNTIME;
    return EXIT_DONE;
}

/* Routes. */

/* A number by its name, if it has one. */
static void put_name(tapir_text *text, const char *before, const char *name, uint64_t number)
{
    tapir_text_put(text, before);
    if (name)
        tapir_text_put(text, name);
    else
        tapir_text_uint(text, number);
}

static void put_address(tapir_text *text, const char *before, const tapir_endpoint *address)
{
    if (!address->type)
        return;
    tapir_text_put(text, before);
    tapir_endpoint_text(text, address);
}

static void put_interface(tapir_text *text, const char *name)
{
    if (!*name)
        return;
    TAPIR_TEXT_LITERAL(text, " dev ");
    tapir_text_line(text, tapir_span_of(name, strlen(name)));
}

static void put_destination(tapir_text *text, const tapir_route *route)
{
    if (route->prefix_len == 0)
        TAPIR_TEXT_LITERAL(text, "default");
    else
        tapir_endpoint_text(text, &route->destination);
    if (route->prefix_len && route->prefix_len != route->destination.len * 8)
        tapir_text_printf(text, "/%u", route->prefix_len);
    put_address(text, " from ", &route->source_prefix);
    if (route->source_prefix.type && route->source_prefix_len != route->source_prefix.len * 8)
        tapir_text_printf(text, "/%u", route->source_prefix_len);
}

static void put_gateway(tapir_text *text, const tapir_route *route)
{
    bool other = route->gateway.type && route->gateway.type != route->destination.type;
    bool six = route->gateway.type == TAPIR_ENDPOINT_IPV6;

    put_address(text, !other ? " via " : six ? " via inet6 " : " via inet ", &route->gateway);
}

static void put_route(tapir_text *text, const tapir_route *route, bool of_table)
{
    const char *type = tapir_route_type_name(route->type);

    if (!type || strcmp(type, "unicast") != 0) {
        put_name(text, "", type, route->type);
        tapir_text_char(text, ' ');
    }
    put_destination(text, route);
    put_gateway(text, route);
    put_interface(text, route->interface_name);
    if (of_table) {
        put_name(text, " table ", tapir_route_table_name(route->table), route->table);
        put_name(text, " proto ", tapir_route_protocol_name(route->protocol), route->protocol);
        put_name(text, " scope ", tapir_scope_name(route->scope), route->scope);
    }
    put_address(text, " src ", &route->source);
    if (route->metric)
        tapir_text_printf(text, " metric %u", route->metric);
    if (route->mtu)
        tapir_text_printf(text, " mtu %u", route->mtu);
    if (route->hops > 1)
        tapir_text_printf(text, " weight %u", route->weight);
    tapir_text_char(text, '\n');
}

static void route_json(tapir_text *text, const tapir_route *route)
{
    tapir_text_char(text, '{');
    put_ip(text, "destination", &route->destination);
    tapir_text_printf(text, ",\"prefix_len\":%u", route->prefix_len);
    put_ip(text, "from", &route->source_prefix);
    if (route->source_prefix.type)
        tapir_text_printf(text, ",\"from_prefix_len\":%u", route->source_prefix_len);
    put_string(text, "type", tapir_route_type_name(route->type));
    put_ip(text, "gateway", &route->gateway);
    if (route->interface_name[0])
        put_string(text, "interface", route->interface_name);
    put_number(text, "index", route->interface);
    put_ip(text, "source", &route->source);
    put_number(text, "table", route->table);
    put_string(text, "table_name", tapir_route_table_name(route->table));
    tapir_text_printf(text, ",\"protocol\":%u", route->protocol);
    put_string(text, "protocol_name", tapir_route_protocol_name(route->protocol));
    put_string(text, "scope", tapir_scope_name(route->scope));
    put_number(text, "tos", route->tos);
    put_number(text, "metric", route->metric);
    put_number(text, "mtu", route->mtu);
    put_number(text, "flags", route->flags);
    if (route->hops > 1)
        tapir_text_printf(
            text, ",\"hop\":%u,\"hops\":%u,\"weight\":%u", route->hop, route->hops, route->weight);
    tapir_text_put(text, "}\n");
}

static void write_route(struct devices_request *request, const tapir_route *route, bool of_table)
{
    if (request->format == DEVICES_JSON)
        route_json(&request->output_text.text, route);
    else
        put_route(&request->output_text.text, route, of_table);
    output_flush(&request->output_text, false);
}

int show_route(struct devices_request *request)
{
    tapir_endpoint destination;
    tapir_route route;
    tapir_error error;
    tapir_status status;
    int code = read_way(request, &destination);

    if (code != EXIT_DONE)
        return code;
    status = tapir_route_get(&route, &destination, &request->query, &error);
    if (status != TAPIR_OK)
        return failed(status, &error);
    write_route(request, &route, false);
    return EXIT_DONE;
}

int list_routes(struct devices_request *request)
{
    const tapir_route *route;
    tapir_routes *routes;
    tapir_error error;
    tapir_status status = tapir_routes_new(&routes, &error);

    if (status != TAPIR_OK)
        return failed(status, &error);
    for (size_t i = 0; (route = tapir_routes_each(routes, i)); i++)
        write_route(request, route, true);
    tapir_routes_free(routes);
    return EXIT_DONE;
}

/* Neighbours. */

static void put_neighbour(struct devices_request *request, const tapir_neighbour *neighbour)
{
    const char *vendor = vendor_of(&request->names, &neighbour->mac);
    tapir_text *text = &request->output_text.text;

    tapir_endpoint_text(text, &neighbour->address);
    put_interface(text, neighbour->interface_name);
    if (neighbour->mac.len) {
        TAPIR_TEXT_LITERAL(text, " lladdr ");
        tapir_text_mac(text, neighbour->mac.bytes, neighbour->mac.len);
    }
    if (vendor)
        tapir_text_printf(text, " (%s)", vendor);
    if (neighbour->router)
        TAPIR_TEXT_LITERAL(text, " router");
    if (neighbour->proxy)
        TAPIR_TEXT_LITERAL(text, " proxy");
    put_name(text, " ", tapir_neighbour_state_name(neighbour->state), neighbour->state);
    tapir_text_char(text, '\n');
}

static void neighbour_json(struct devices_request *request, const tapir_neighbour *neighbour)
{
    tapir_text *text = &request->output_text.text;

    tapir_text_char(text, '{');
    put_ip(text, "address", &neighbour->address);
    put_string(text, "interface", neighbour->interface_name);
    put_number(text, "index", neighbour->interface);
    put_mac(text, "mac", &neighbour->mac);
    put_string(text, "vendor", vendor_of(&request->names, &neighbour->mac));
    put_string(text, "state", tapir_neighbour_state_name(neighbour->state));
    tapir_text_printf(text, ",\"router\":%s,\"proxy\":%s}\n", neighbour->router ? "true" : "false",
        neighbour->proxy ? "true" : "false");
}

static void write_neighbour(struct devices_request *request, const tapir_neighbour *neighbour)
{
    if (request->format == DEVICES_JSON)
        neighbour_json(request, neighbour);
    else
        put_neighbour(request, neighbour);
    output_flush(&request->output_text, false);
}

int resolve_address(struct devices_request *request)
{
    tapir_endpoint destination;
    tapir_neighbour neighbour;
    tapir_error error;
    tapir_status status;
    int code = read_way(request, &destination);

    if (code != EXIT_DONE)
        return code;
    status = tapir_neighbour_resolve(
        &neighbour, &destination, &request->query, request->timeout_ms, &error);
    if (status != TAPIR_OK)
        return failed(status, &error);
    write_neighbour(request, &neighbour);
    return EXIT_DONE;
}

int list_neighbours(struct devices_request *request)
{
    const tapir_neighbour *neighbour;
    tapir_neighbours *neighbours;
    tapir_error error;
    tapir_status status = tapir_neighbours_new(&neighbours, &error);

    if (status != TAPIR_OK)
        return failed(status, &error);
    /* What the kernel knows without asking, groups above all, says nothing of neighbours. */
    for (size_t i = 0; (neighbour = tapir_neighbours_each(neighbours, i)); i++)
        if (neighbour->state != TAPIR_NEIGHBOUR_NO_ARP)
            write_neighbour(request, neighbour);
    tapir_neighbours_free(neighbours);
    return EXIT_DONE;
}

/* Vendors. */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* Reads the first six to twelve hexadecimal digits of an address, with or without : - . between
 * them; the rest is 0. */
static bool read_mac(const char *text, uint8_t mac[6])
{
    unsigned digits = 0;

    memset(mac, 0, 6);
    for (; *text; text++) {
        int digit = hex_digit(*text);
        if (strchr(":-.", *text) && digits)
            continue;
        if (digit < 0 || digits == 12)
            return false;
        mac[digits / 2] |= (uint8_t)(digits % 2 ? digit : digit << 4);
        digits++;
    }
    return digits >= 6;
}

static int nobody(const uint8_t mac[6], const char *written)
{
    complain("'%s' was assigned to nobody%s%s", written,
        mac[0] & 2 ? ": it is administered locally" : " in the registries that are there",
        mac[0] & 1 ? ", a group's" : "");
    return EXIT_RUNTIME;
}

int show_vendor(struct devices_request *request)
{
    tapir_text *text = &request->output_text.text;
    unsigned prefix_len;
    const char *vendor;
    uint8_t mac[6];

    if (!read_mac(request->subject, mac))
        return wrong_usage(
            &devices_command, "'%s' is no MAC address, nor the beginning of one", request->subject);
    if (!vendor_names_read(&request->names))
        return failed(request->names.status, &request->names.error);
    vendor = tapir_vendors_find(request->names.vendors, mac, &prefix_len);
    if (!vendor)
        return nobody(mac, request->subject);
    if (request->format != DEVICES_JSON) {
        tapir_text_printf(text, "%s\n", vendor);
        return EXIT_DONE;
    }
    tapir_text_char(text, '{');
    put_mac(
        text, "mac", &(tapir_link_address){6, {mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]}});
    put_number(text, "prefix_len", prefix_len);
    put_string(text, "vendor", vendor);
    tapir_text_put(text, "}\n");
    return EXIT_DONE;
}
