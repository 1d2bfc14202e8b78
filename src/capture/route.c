/* Routes: the kernel is asked for one, or for all. */
#include "capture/route.h"
#include "capture/netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

struct tapir_routes {
    tapir_route *routes;
    size_t count, room;
    uint32_t named; /* the interface whose name was asked for last */
    char name[TAPIR_INTERFACE_NAME_ROOM];
};

static tapir_endpoint any_address(unsigned family)
{
    static const uint8_t zeroes[16];

    return family == AF_INET ? tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, zeroes, 4)
                             : tapir_endpoint_of(TAPIR_ENDPOINT_IPV6, zeroes, 16);
}

/* A gateway of the other version of IP: its family, then the address. */
static tapir_endpoint take_via(const struct nlattr *attribute)
{
    tapir_span via = tapir__attribute_span(attribute);
    uint16_t family;

    if (via.len < sizeof family)
        return (tapir_endpoint){0};
    memcpy(&family, via.data, sizeof family);
    if (family == AF_INET && via.len >= sizeof family + 4)
        return tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, via.data + sizeof family, 4);
    if (family == AF_INET6 && via.len >= sizeof family + 16)
        return tapir_endpoint_of(TAPIR_ENDPOINT_IPV6, via.data + sizeof family, 16);
    return (tapir_endpoint){0};
}

static tapir_endpoint take_gateway(const struct nlattr *const *table, unsigned family)
{
    return table[RTA_GATEWAY] ? tapir__attribute_ip(table[RTA_GATEWAY], family)
                              : take_via(table[RTA_VIA]);
}

static uint32_t take_mtu(const struct nlattr *attribute)
{
    const struct nlattr *metrics[RTAX_MAX + 1];

    tapir__attributes_of(tapir__attribute_span(attribute), metrics, RTAX_MAX);
    return tapir__attribute_u32(metrics[RTAX_MTU]);
}

static void take_header(
    tapir_route *route, const struct rtmsg *header, const struct nlattr *const *table)
{
    *route = (tapir_route){
        .destination = table[RTA_DST] ? tapir__attribute_ip(table[RTA_DST], header->rtm_family)
                                      : any_address(header->rtm_family),
        .prefix_len = header->rtm_dst_len,
        .source_prefix = tapir__attribute_ip(table[RTA_SRC], header->rtm_family),
        .source_prefix_len = header->rtm_src_len,
        .type = header->rtm_type,
        .protocol = header->rtm_protocol,
        .scope = header->rtm_scope,
        .tos = header->rtm_tos,
        .gateway = take_gateway(table, header->rtm_family),
        .source = tapir__attribute_ip(table[RTA_PREFSRC], header->rtm_family),
        .interface = tapir__attribute_u32(table[RTA_OIF]),
        .table = table[RTA_TABLE] ? tapir__attribute_u32(table[RTA_TABLE]) : header->rtm_table,
        .metric = tapir__attribute_u32(table[RTA_PRIORITY]),
        .mtu = take_mtu(table[RTA_METRICS]),
        .flags = header->rtm_flags & 0xff,
        .hops = 1,
        .weight = 1,
    };
}

/* Takes the next hop off a list of them; false at its end. */
static bool take_hop(tapir_route *route, tapir_span *list, unsigned family)
{
    const struct nlattr *table[RTA_MAX + 1];
    const struct rtnexthop *hop = (const void *)list->data;
    size_t whole;

    if (list->len < sizeof *hop || hop->rtnh_len < sizeof *hop || hop->rtnh_len > list->len)
        return false;
    tapir__attributes_of(
        tapir_span_of(list->data + sizeof *hop, hop->rtnh_len - sizeof *hop), table, RTA_MAX);
    route->gateway = take_gateway(table, family);
    route->interface = (uint32_t)hop->rtnh_ifindex;
    route->flags = hop->rtnh_flags;
    route->weight = hop->rtnh_hops + 1U;
    whole = tapir__aligned(hop->rtnh_len);
    if (whole > list->len)
        whole = list->len;
    *list = tapir_span_of(list->data + whole, list->len - whole);
    return true;
}

static uint32_t count_hops(tapir_span list, unsigned family)
{
    tapir_route hop;
    uint32_t count = 0;

    while (take_hop(&hop, &list, family))
        count++;
    return count;
}

tapir_status tapir__route_take(
    const struct nlmsghdr *message, tapir__route_each *each, void *user, bool *is_cached)
{
    const struct nlattr *table[RTA_MAX + 1];
    const struct rtmsg *header = tapir__attributes(message, sizeof *header, table, RTA_MAX);
    tapir_status status = TAPIR_OK;
    tapir_route route;
    tapir_span hops;

    if (message->nlmsg_type != RTM_NEWROUTE || !header ||
        (header->rtm_family != AF_INET && header->rtm_family != AF_INET6))
        return TAPIR_OK;
    take_header(&route, header, table);
    if (route.destination.type == TAPIR_ENDPOINT_NONE)
        return TAPIR_OK;
    *is_cached = header->rtm_flags & RTM_F_CLONED;
    if (!table[RTA_MULTIPATH])
        return each(user, &route);
    hops = tapir__attribute_span(table[RTA_MULTIPATH]);
    route.hops = count_hops(hops, header->rtm_family);
    while (status == TAPIR_OK && take_hop(&route, &hops, header->rtm_family)) {
        status = each(user, &route);
        route.hop++;
    }
    return status;
}

/* One route. */

static tapir_status take_first(void *user, const tapir_route *route)
{
    tapir_route *first = user;

    if (first->hops == 0)
        *first = *route;
    return TAPIR_OK;
}

static tapir_status take_answer(void *user, const struct nlmsghdr *message)
{
    bool is_cached;

    return tapir__route_take(message, take_first, user, &is_cached);
}

static void put_query(
    struct nlmsghdr *request, struct rtmsg *header, const tapir_route_query *query)
{
    if (query->source.type) {
        header->rtm_src_len = (unsigned char)(query->source.len * 8);
        tapir__put_ip(request, RTA_SRC, &query->source);
    }
    if (query->input)
        mnl_attr_put_u32(request, RTA_IIF, query->input);
    if (query->output)
        mnl_attr_put_u32(request, RTA_OIF, query->output);
    if (query->mark)
        mnl_attr_put_u32(request, RTA_MARK, query->mark);
    if (query->protocol)
        mnl_attr_put_u8(request, RTA_IP_PROTO, query->protocol);
    if (query->src_port)
        mnl_attr_put_u16(request, RTA_SPORT, htons(query->src_port));
    if (query->dst_port)
        mnl_attr_put_u16(request, RTA_DPORT, htons(query->dst_port));
    header->rtm_tos = query->tos;
}

/* Says why there is no route; these errors stand for routes that forbid. */
static tapir_status explain(
    int refused, const char *destination, tapir_status status, tapir_error *error)
{
    switch (refused) {
    case ENETUNREACH:
        return tapir_error_set(error, TAPIR_NOT_FOUND, "no route to %s", destination);
    case EHOSTUNREACH:
        return tapir_error_set(
            error, TAPIR_NOT_FOUND, "the route to %s says that it is unreachable", destination);
    case EACCES:
        return tapir_error_set(error, TAPIR_NOT_FOUND, "the route to %s prohibits it", destination);
    case EINVAL:
        return tapir_error_set(error, TAPIR_NOT_FOUND,
            "no route to %s: it is a black hole, or source and interface do not go together",
            destination);
    case ENODEV:
        return tapir_error_set(
            error, TAPIR_NOT_FOUND, "no route to %s: there is no such interface", destination);
    default:
        return status;
    }
}

tapir_status tapir_route_get(tapir_route *route, const tapir_endpoint *destination,
    const tapir_route_query *query, tapir_error *error)
{
    _Alignas(struct nlmsghdr) uint8_t room[TAPIR__REQUEST_ROOM];
    const struct tapir__netlink_reader reader = {NULL, take_answer, route};
    char address[64], what[96];
    tapir_text text = tapir_text_fixed(address, sizeof address);
    struct nlmsghdr *request;
    struct rtmsg *header;
    tapir_status status;
    int refused = 0;

    memset(route, 0, sizeof *route);
    tapir_endpoint_text(&text, destination);
    tapir_text_string(&text);
    if (tapir__family(destination) == AF_UNSPEC)
        return tapir_error_set(error, TAPIR_INVALID, "route: %s is no IP address", address);
    if (query && query->source.type && query->source.type != destination->type)
        return tapir_error_set(
            error, TAPIR_INVALID, "route to %s: the source is of the other version of IP", address);
    header = tapir__netlink_request(room, RTM_GETROUTE, 0, sizeof *header, &request);
    header->rtm_family = (unsigned char)tapir__family(destination);
    header->rtm_dst_len = (unsigned char)(destination->len * 8);
    header->rtm_flags = RTM_F_LOOKUP_TABLE;
    tapir__put_ip(request, RTA_DST, destination);
    if (query)
        put_query(request, header, query);
    snprintf(what, sizeof what, "route to %s", address);
    status = tapir__netlink_ask(request, what, &reader, &refused, error);
    if (status != TAPIR_OK)
        return explain(refused, address, status, error);
    if (!route->hops)
        return tapir_error_set(error, TAPIR_NOT_FOUND, "no route to %s", address);
    if (route->interface)
        if_indextoname(route->interface, route->interface_name);
    return TAPIR_OK;
}

/* All of them. */

static void name_interface(tapir_routes *routes, tapir_route *route)
{
    if (!route->interface)
        return;
    /* Neighbouring routes mostly share one. */
    if (route->interface != routes->named) {
        memset(routes->name, 0, sizeof routes->name);
        routes->named = if_indextoname(route->interface, routes->name) ? route->interface : 0;
    }
    memcpy(route->interface_name, routes->name, sizeof route->interface_name);
}

static tapir_status add_route(void *user, const tapir_route *route)
{
    tapir_routes *routes = user;

    if (routes->count == routes->room) {
        size_t room = routes->room ? routes->room * 2 : 64;
        tapir_route *more = realloc(routes->routes, room * sizeof *more);
        if (!more)
            return TAPIR_NO_MEMORY;
        routes->routes = more;
        routes->room = room;
    }
    routes->routes[routes->count] = *route;
    name_interface(routes, &routes->routes[routes->count++]);
    return TAPIR_OK;
}

static void begin_routes(void *user)
{
    ((tapir_routes *)user)->count = 0;
}

static tapir_status take_routes(void *user, const struct nlmsghdr *message)
{
    tapir_routes *routes = user;
    size_t before = routes->count;
    bool is_cached = false;
    tapir_status status = tapir__route_take(message, add_route, routes, &is_cached);

    /* The kernel dumps what it remembers of single destinations between its tables. */
    if (is_cached)
        routes->count = before;
    return status;
}

tapir_status tapir_routes_new(tapir_routes **routes, tapir_error *error)
{
    _Alignas(struct nlmsghdr) uint8_t room[TAPIR__REQUEST_ROOM];
    struct nlmsghdr *request;
    tapir_status status;

    *routes = calloc(1, sizeof **routes);
    if (!*routes)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "routes: out of memory");
    tapir__netlink_request(room, RTM_GETROUTE, NLM_F_DUMP, sizeof(struct rtmsg), &request);
    status = tapir__netlink_ask(request, "the routing tables",
        &(struct tapir__netlink_reader){begin_routes, take_routes, *routes}, NULL, error);
    if (status != TAPIR_OK) {
        tapir_routes_free(*routes);
        *routes = NULL;
    }
    return status;
}

void tapir_routes_free(tapir_routes *routes)
{
    if (!routes)
        return;
    free(routes->routes);
    free(routes);
}

size_t tapir_routes_count(const tapir_routes *routes)
{
    return routes->count;
}

const tapir_route *tapir_routes_each(const tapir_routes *routes, size_t at)
{
    return at < routes->count ? &routes->routes[at] : NULL;
}
