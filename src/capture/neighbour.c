/* Neighbours: reading the kernel's table, and making the kernel find one. */
#include "capture/neighbour.h"

#include "capture/device.h"
#include "capture/live.h"
#include "capture/netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if_arp.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DISCARD_PORT 9
/* The table is looked at this often at least, should the kernel's news be lost. */
#define LOOK_MS 100

/* States in which the kernel itself would send. */
#define USABLE (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY)

struct tapir_neighbours {
    tapir_neighbour *neighbours;
    size_t count, room;
};

bool tapir__neighbour_take(const struct nlmsghdr *message, tapir_neighbour *neighbour)
{
    const struct nlattr *table[NDA_MAX + 1];
    const struct ndmsg *header = tapir__attributes(message, sizeof *header, table, NDA_MAX);

    if (message->nlmsg_type != RTM_NEWNEIGH || !header || header->ndm_ifindex < 0)
        return false;
    *neighbour = (tapir_neighbour){
        .address = tapir__attribute_ip(table[NDA_DST], header->ndm_family),
        .mac = tapir__attribute_link_address(table[NDA_LLADDR]),
        .interface = (uint32_t)header->ndm_ifindex,
        .state = header->ndm_state,
        .router = header->ndm_flags & NTF_ROUTER,
        .proxy = header->ndm_flags & NTF_PROXY,
    };
    return neighbour->address.type != TAPIR_ENDPOINT_NONE;
}

tapir_link_address tapir__multicast_mac(const tapir_endpoint *address)
{
    const uint8_t *bytes = address->bytes;

    if (address->type == TAPIR_ENDPOINT_IPV4 && bytes[0] >> 4 == 0xe)
        return (tapir_link_address){6, {0x01, 0x00, 0x5e, bytes[1] & 0x7f, bytes[2], bytes[3]}};
    if (address->type == TAPIR_ENDPOINT_IPV6 && bytes[0] == 0xff)
        return (tapir_link_address){6, {0x33, 0x33, bytes[12], bytes[13], bytes[14], bytes[15]}};
    return (tapir_link_address){0};
}

static void address_text(const tapir_endpoint *address, char *room, size_t len)
{
    tapir_text text = tapir_text_fixed(room, len);

    tapir_endpoint_text(&text, address);
    tapir_text_string(&text);
}

static tapir_status take_one(void *user, const struct nlmsghdr *message)
{
    tapir_neighbour neighbour;

    if (tapir__neighbour_take(message, &neighbour))
        *(tapir_neighbour *)user = neighbour;
    return TAPIR_OK;
}

tapir_status tapir_neighbour_get(tapir_neighbour *neighbour, const tapir_endpoint *address,
    uint32_t interface, tapir_error *error)
{
    _Alignas(struct nlmsghdr) uint8_t room[TAPIR__REQUEST_ROOM];
    const struct tapir__netlink_reader reader = {NULL, take_one, neighbour};
    char text[64], what[96];
    struct nlmsghdr *request;
    struct ndmsg *header;
    tapir_status status;
    int refused = 0;

    memset(neighbour, 0, sizeof *neighbour);
    address_text(address, text, sizeof text);
    if (tapir__family(address) == AF_UNSPEC || !interface || interface > INT32_MAX)
        return tapir_error_set(error, TAPIR_INVALID,
            "neighbour %s: it takes an IP address and the index of an interface", text);
    header = tapir__netlink_request(room, RTM_GETNEIGH, 0, sizeof *header, &request);
    header->ndm_family = (uint8_t)tapir__family(address);
    header->ndm_ifindex = (int)interface;
    tapir__put_ip(request, NDA_DST, address);
    snprintf(what, sizeof what, "neighbour %s", text);
    status = tapir__netlink_ask(request, what, &reader, &refused, error);
    if (refused == ENODEV)
        return tapir_error_set(
            error, TAPIR_NOT_FOUND, "neighbour %s: no interface %u", text, interface);
    if (refused == ENOENT || (status == TAPIR_OK && !neighbour->interface))
        return tapir_error_set(error, TAPIR_NOT_FOUND,
            "%s is not in the neighbour table of interface %u", text, interface);
    if (status == TAPIR_OK)
        if_indextoname(neighbour->interface, neighbour->interface_name);
    return status;
}

/* The whole table. */

static void begin_neighbours(void *user)
{
    ((tapir_neighbours *)user)->count = 0;
}

static tapir_status add_neighbour(void *user, const struct nlmsghdr *message)
{
    tapir_neighbours *list = user;
    tapir_neighbour *to;

    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 32;
        tapir_neighbour *more = realloc(list->neighbours, room * sizeof *more);
        if (!more)
            return TAPIR_NO_MEMORY;
        list->neighbours = more;
        list->room = room;
    }
    to = &list->neighbours[list->count];
    if (!tapir__neighbour_take(message, to))
        return TAPIR_OK;
    if (list->count && to[-1].interface == to->interface)
        memcpy(to->interface_name, to[-1].interface_name, sizeof to->interface_name);
    else
        if_indextoname(to->interface, to->interface_name);
    list->count++;
    return TAPIR_OK;
}

tapir_status tapir_neighbours_new(tapir_neighbours **neighbours, tapir_error *error)
{
    _Alignas(struct nlmsghdr) uint8_t room[TAPIR__REQUEST_ROOM];
    struct nlmsghdr *request;
    tapir_status status;

    *neighbours = calloc(1, sizeof **neighbours);
    if (!*neighbours)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "neighbours: out of memory");
    tapir__netlink_request(room, RTM_GETNEIGH, NLM_F_DUMP, sizeof(struct ndmsg), &request);
    status = tapir__netlink_ask(request, "the neighbour table",
        &(struct tapir__netlink_reader){begin_neighbours, add_neighbour, *neighbours}, NULL, error);
    if (status != TAPIR_OK) {
        tapir_neighbours_free(*neighbours);
        *neighbours = NULL;
    }
    return status;
}

void tapir_neighbours_free(tapir_neighbours *neighbours)
{
    if (!neighbours)
        return;
    free(neighbours->neighbours);
    free(neighbours);
}

size_t tapir_neighbours_count(const tapir_neighbours *neighbours)
{
    return neighbours->count;
}

const tapir_neighbour *tapir_neighbours_each(const tapir_neighbours *neighbours, size_t at)
{
    return at < neighbours->count ? &neighbours->neighbours[at] : NULL;
}

/* Resolving. */

struct link {
    tapir_devices strings; /* holds the names while the device is looked at */
    struct tapir__device device;
    bool found;
};

static tapir_status take_link(void *user, const struct nlmsghdr *message)
{
    struct link *link = user;
    bool failed = false;

    if (!link->found)
        link->found = tapir__link_take(&link->strings, message, &link->device, &failed);
    return failed ? TAPIR_NO_MEMORY : TAPIR_OK;
}

static void link_clear(struct link *link)
{
    tapir__device_clear(&link->device);
    tapir__devices_forget(&link->strings);
}

static tapir_status read_link(struct link *link, const tapir_route *route, tapir_error *error)
{
    _Alignas(struct nlmsghdr) uint8_t room[TAPIR__REQUEST_ROOM];
    const struct tapir__netlink_reader reader = {NULL, take_link, link};
    struct nlmsghdr *request;
    struct ifinfomsg *header =
        tapir__netlink_request(room, RTM_GETLINK, 0, sizeof *header, &request);
    tapir_status status;

    header->ifi_index = (int)route->interface;
    status = tapir__netlink_ask(request, route->interface_name, &reader, NULL, error);
    if (status == TAPIR_OK && !link->found)
        return tapir_error_set(error, TAPIR_NOT_FOUND, "interface %u is gone", route->interface);
    return status;
}

/* Answers where nobody has to be asked, as the kernel does. */
static bool is_known(
    tapir_neighbour *neighbour, const tapir_route *route, const tapir_device *device)
{
    bool ethernet =
        device->hardware_type == ARPHRD_ETHER || device->hardware_type == ARPHRD_LOOPBACK;
    tapir_link_address group = tapir__multicast_mac(&neighbour->address);

    if (ethernet && group.len)
        neighbour->mac = group;
    else if (device->mac.len == 0)
        neighbour->mac = device->mac;
    else if (route->type == RTN_LOCAL ||
             device->flags & (TAPIR_DEVICE_NO_ARP | TAPIR_DEVICE_LOOPBACK))
        neighbour->mac = device->mac;
    else if (route->type == RTN_BROADCAST || device->flags & TAPIR_DEVICE_POINT_TO_POINT)
        neighbour->mac = device->broadcast_mac;
    else
        return false;
    neighbour->state = NUD_NOARP;
    return true;
}

/* Tells the kernel that somebody wants to send there; false without the privilege to. */
static bool ask_kernel(const tapir_neighbour *wanted)
{
    _Alignas(struct nlmsghdr) uint8_t room[TAPIR__REQUEST_ROOM];
    tapir_neighbour ignored;
    const struct tapir__netlink_reader reader = {NULL, take_one, &ignored};
    struct nlmsghdr *request;
    struct ndmsg *header =
        tapir__netlink_request(room, RTM_NEWNEIGH, NLM_F_CREATE, sizeof *header, &request);

    header->ndm_family = (uint8_t)tapir__family(&wanted->address);
    header->ndm_ifindex = (int)wanted->interface;
    header->ndm_flags = NTF_USE;
    tapir__put_ip(request, NDA_DST, &wanted->address);
    return tapir__netlink_ask(request, "", &reader, NULL, NULL) == TAPIR_OK;
}

/* Sends an empty datagram there, which the kernel has to find the address for. */
static bool send_datagram(const tapir_neighbour *wanted)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(DISCARD_PORT)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
        .sin6_port = htons(DISCARD_PORT),
        .sin6_scope_id = wanted->interface};
    bool is_ipv4 = wanted->address.type == TAPIR_ENDPOINT_IPV4;
    int fd = socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool sent;

    if (fd < 0)
        return false;
    memcpy(&in.sin_addr, wanted->address.bytes, sizeof in.sin_addr);
    memcpy(&in6.sin6_addr, wanted->address.bytes, sizeof in6.sin6_addr);
    /* Where it is refused, the route decides alone. */
    (void)!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, wanted->interface_name,
        (socklen_t)strlen(wanted->interface_name));
    sent = sendto(fd, "", 0, MSG_NOSIGNAL, is_ipv4 ? (const void *)&in : (const void *)&in6,
               is_ipv4 ? sizeof in : sizeof in6) == 0;
    close(fd);
    return sent;
}

static int64_t now_ms(void)
{
    return tapir__now() / 1000000;
}

/* Waits until the kernel's neighbours changed, or a while has passed. */
static void wait_for_news(int fd, int64_t until)
{
    int64_t left = until - now_ms();
    struct pollfd news = {.fd = fd, .events = POLLIN};
    char ignored[8192];

    if (left <= 0)
        return;
    /* The table tells better than the news do: those may be about others, or lost. */
    if (poll(&news, 1, (int)(left < LOOK_MS ? left : LOOK_MS)) > 0)
        while (recv(fd, ignored, sizeof ignored, MSG_DONTWAIT) >= 0)
            ;
}

static tapir_status wait_for(tapir_neighbour *neighbour, int fd, int64_t until, tapir_error *error)
{
    const tapir_neighbour wanted = *neighbour;
    char text[64];

    address_text(&wanted.address, text, sizeof text);
    for (;;) {
        tapir_status status =
            tapir_neighbour_get(neighbour, &wanted.address, wanted.interface, error);
        if (status != TAPIR_OK && status != TAPIR_NOT_FOUND)
            return status;
        if (neighbour->state & USABLE)
            return TAPIR_OK;
        if (neighbour->state & NUD_FAILED)
            return tapir_error_set(
                error, TAPIR_NOT_FOUND, "nobody on %s answers for %s", wanted.interface_name, text);
        if (now_ms() >= until)
            return tapir_error_set(error, TAPIR_TIMEOUT, "nobody on %s answered for %s in time",
                wanted.interface_name, text);
        wait_for_news(fd, until);
    }
}

/* Has the kernel ask, unless its table has the answer. */
static tapir_status ask_around(tapir_neighbour *neighbour, unsigned timeout_ms, tapir_error *error)
{
    const tapir_neighbour wanted = *neighbour;
    int64_t until = now_ms() + timeout_ms;
    struct mnl_socket *news;
    tapir_status status = tapir_neighbour_get(neighbour, &wanted.address, wanted.interface, error);

    if (status == TAPIR_OK && neighbour->state & USABLE)
        return TAPIR_OK;
    if (status != TAPIR_OK && status != TAPIR_NOT_FOUND)
        return status;
    *neighbour = wanted;
    news = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (!news || mnl_socket_bind(news, RTMGRP_NEIGH, MNL_SOCKET_AUTOPID) != 0)
        status = tapir_error_set(
            error, TAPIR_IO, "neighbours: the kernel refused its news: %s", strerror(errno));
    else if (!ask_kernel(neighbour) && !send_datagram(neighbour))
        status = tapir_error_set(
            error, TAPIR_IO, "%s: nothing can be sent: %s", wanted.interface_name, strerror(errno));
    else
        status = wait_for(neighbour, mnl_socket_get_fd(news), until, error);
    if (news)
        mnl_socket_close(news);
    return status;
}

tapir_status tapir_neighbour_resolve(tapir_neighbour *neighbour, const tapir_endpoint *destination,
    const tapir_route_query *query, unsigned timeout_ms, tapir_error *error)
{
    struct link link = {0};
    tapir_route route;
    tapir_status status = tapir_route_get(&route, destination, query, error);

    memset(neighbour, 0, sizeof *neighbour);
    if (status == TAPIR_OK && !route.interface)
        status = tapir_error_set(
            error, TAPIR_NOT_FOUND, "neighbours: the route there leads to no interface");
    if (status == TAPIR_OK)
        status = read_link(&link, &route, error);
    if (status == TAPIR_OK) {
        neighbour->address = route.gateway.type ? route.gateway : *destination;
        neighbour->interface = route.interface;
        memcpy(neighbour->interface_name, route.interface_name, sizeof route.interface_name);
        if (!is_known(neighbour, &route, &link.device.device))
            status = ask_around(neighbour, timeout_ms, error);
    }
    link_clear(&link);
    return status;
}
