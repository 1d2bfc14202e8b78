/* The kernel's messages taken apart: whole ones, short ones, and ones no kernel would send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "capture/device.h"
#include "capture/neighbour.h"
#include "capture/netlink.h"
#include "capture/route.h"

#define ROOM 2048

/* A message being made. */
struct made {
    _Alignas(struct nlmsghdr) uint8_t room[ROOM];
    struct nlmsghdr *message;
};

static const uint8_t mac[] = {0x00, 0x16, 0xaa, 1, 2, 3};

static void *begin(struct made *made, uint16_t type, size_t header_len)
{
    memset(made, 0, sizeof *made);
    return tapir__netlink_request(made->room, type, 0, header_len, &made->message);
}

static void make_link(struct made *made)
{
    struct rtnl_link_stats64 counters = {
        .rx_packets = 1, .tx_packets = 2, .rx_bytes = 3, .tx_bytes = 4, .rx_errors = 5};
    struct ifinfomsg *header = begin(made, RTM_NEWLINK, sizeof *header);
    struct nlattr *outer, *inner;

    header->ifi_type = ARPHRD_ETHER;
    header->ifi_index = 7;
    header->ifi_flags = IFF_UP | IFF_RUNNING | IFF_BROADCAST | IFF_NOARP;
    mnl_attr_put_strz(made->message, IFLA_IFNAME, "eth0.5");
    mnl_attr_put_str(made->message, IFLA_IFALIAS, "to the attic");
    mnl_attr_put(made->message, IFLA_ADDRESS, sizeof mac, mac);
    mnl_attr_put_u32(made->message, IFLA_MTU, 1500);
    mnl_attr_put_u32(made->message, IFLA_LINK, 3);
    mnl_attr_put_u32(made->message, IFLA_MASTER, 4);
    mnl_attr_put_u32(made->message, IFLA_PROMISCUITY, 2);
    mnl_attr_put_u32(made->message, IFLA_NUM_RX_QUEUES, 8);
    mnl_attr_put_u8(made->message, IFLA_OPERSTATE, 6);
    mnl_attr_put(made->message, IFLA_STATS64, sizeof counters, &counters);
    outer = mnl_attr_nest_start(made->message, IFLA_LINKINFO);
    mnl_attr_put_strz(made->message, IFLA_INFO_KIND, "vlan");
    inner = mnl_attr_nest_start(made->message, IFLA_INFO_DATA);
    mnl_attr_put_u16(made->message, IFLA_VLAN_ID, 5);
    mnl_attr_put_u16(made->message, IFLA_VLAN_PROTOCOL, htons(0x8100));
    mnl_attr_nest_end(made->message, inner);
    mnl_attr_put_strz(made->message, IFLA_INFO_SLAVE_KIND, "bridge");
    mnl_attr_nest_end(made->message, outer);
    outer = mnl_attr_nest_start(made->message, IFLA_PROP_LIST);
    mnl_attr_put_strz(made->message, IFLA_ALT_IFNAME, "attic");
    mnl_attr_put_strz(made->message, IFLA_ALT_IFNAME, "upstairs");
    mnl_attr_nest_end(made->message, outer);
}

static void make_address(struct made *made)
{
    struct ifa_cacheinfo lifetime = {.ifa_prefered = 60, .ifa_valid = 120};
    struct ifaddrmsg *header = begin(made, RTM_NEWADDR, sizeof *header);

    header->ifa_family = AF_INET;
    header->ifa_prefixlen = 24;
    header->ifa_scope = RT_SCOPE_LINK;
    header->ifa_index = 7;
    mnl_attr_put_u32(made->message, IFA_LOCAL, htonl(0x0a000001));
    mnl_attr_put_u32(made->message, IFA_ADDRESS, htonl(0x0a000002));
    mnl_attr_put_u32(made->message, IFA_BROADCAST, htonl(0x0a0000ff));
    mnl_attr_put(made->message, IFA_CACHEINFO, sizeof lifetime, &lifetime);
    mnl_attr_put_u32(made->message, IFA_FLAGS, 0x280);
}

static void put_hop(struct made *made, int interface, uint8_t hops, uint32_t gateway)
{
    struct rtnexthop *hop = mnl_nlmsg_get_payload_tail(made->message);

    hop->rtnh_len = sizeof *hop;
    hop->rtnh_ifindex = interface;
    hop->rtnh_hops = hops;
    made->message->nlmsg_len += (uint32_t)sizeof *hop;
    mnl_attr_put_u32(made->message, RTA_GATEWAY, htonl(gateway));
    hop->rtnh_len = (uint16_t)(sizeof *hop + 8);
}

static void make_route(struct made *made)
{
    struct rtmsg *header = begin(made, RTM_NEWROUTE, sizeof *header);
    struct nlattr *outer;

    header->rtm_family = AF_INET;
    header->rtm_dst_len = 8;
    header->rtm_table = RT_TABLE_MAIN;
    header->rtm_protocol = RTPROT_STATIC;
    header->rtm_type = RTN_UNICAST;
    mnl_attr_put_u32(made->message, RTA_TABLE, 1000);
    mnl_attr_put_u32(made->message, RTA_DST, htonl(0x0a000000));
    mnl_attr_put_u32(made->message, RTA_PREFSRC, htonl(0x0a000001));
    mnl_attr_put_u32(made->message, RTA_PRIORITY, 100);
    outer = mnl_attr_nest_start(made->message, RTA_METRICS);
    mnl_attr_put_u32(made->message, RTAX_MTU, 1400);
    mnl_attr_nest_end(made->message, outer);
    outer = mnl_attr_nest_start(made->message, RTA_MULTIPATH);
    put_hop(made, 2, 0, 0x0a000009);
    put_hop(made, 3, 4, 0x0a000008);
    mnl_attr_nest_end(made->message, outer);
}

static void make_neighbour(struct made *made)
{
    struct ndmsg *header = begin(made, RTM_NEWNEIGH, sizeof *header);

    header->ndm_family = AF_INET6;
    header->ndm_ifindex = 7;
    header->ndm_state = NUD_STALE;
    header->ndm_flags = NTF_ROUTER;
    mnl_attr_put(made->message, NDA_DST, 16, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
    mnl_attr_put(made->message, NDA_LLADDR, sizeof mac, mac);
}

/* Everything that takes messages apart. */

static tapir_status count_route(void *user, const tapir_route *route)
{
    size_t *count = user;

    assert_true(route->destination.type != TAPIR_ENDPOINT_NONE);
    ++*count;
    return TAPIR_OK;
}

static tapir_status take_all(void *user, const struct nlmsghdr *message)
{
    tapir_devices devices = {0};
    struct tapir__device device;
    tapir_device_address address;
    tapir_neighbour neighbour;
    bool failed = false, is_cached;
    uint32_t index;

    if (tapir__link_take(&devices, message, &device, &failed)) {
        assert_non_null(device.device.name);
        assert_true(device.device.index != 0);
    }
    assert_false(failed);
    tapir__device_clear(&device);
    tapir__devices_forget(&devices);
    (void)tapir__address_take(message, &address, &index);
    (void)tapir__neighbour_take(message, &neighbour);
    return tapir__route_take(message, count_route, user, &is_cached);
}

static tapir_status walk(
    const void *bytes, size_t len, struct tapir__netlink_answer *answer, size_t *routes)
{
    const struct tapir__netlink_reader reader = {NULL, take_all, routes};
    void *copy = malloc(len ? len : 1); /* of just that length, so that a sanitizer sees more */
    tapir_status status;

    memcpy(copy, bytes, len);
    memset(answer, 0, sizeof *answer);
    *routes = 0;
    status = tapir__netlink_walk(copy, len, 1, &reader, answer);
    free(copy);
    return status;
}

static void (*const makers[])(struct made *) = {
    make_link, make_address, make_route, make_neighbour};

static void an_interface_has_what_the_message_says(void **state)
{
    tapir_devices devices = {0};
    struct tapir__device device;
    bool failed = false;
    struct made made;

    (void)state;
    make_link(&made);
    assert_true(tapir__link_take(&devices, made.message, &device, &failed));
    assert_false(failed);
    assert_string_equal(device.device.name, "eth0.5");
    assert_string_equal(device.device.alias, "to the attic");
    assert_int_equal(device.device.index, 7);
    assert_int_equal(device.device.hardware_type, ARPHRD_ETHER);
    assert_int_equal(device.device.flags, TAPIR_DEVICE_UP | TAPIR_DEVICE_RUNNING |
                                              TAPIR_DEVICE_BROADCAST | TAPIR_DEVICE_NO_ARP |
                                              TAPIR_DEVICE_PROMISCUOUS);
    assert_string_equal(device.device.state, "up");
    assert_int_equal(device.device.mac.len, 6);
    assert_memory_equal(device.device.mac.bytes, mac, 6);
    assert_int_equal(device.device.permanent_mac.len, 0);
    assert_int_equal(device.device.mtu, 1500);
    assert_int_equal(device.device.parent, 3);
    assert_int_equal(device.device.master, 4);
    assert_false(device.device.parent_elsewhere);
    assert_int_equal(device.device.rx_queues, 8);
    assert_string_equal(device.device.kind, "vlan");
    assert_string_equal(device.device.port_kind, "bridge");
    assert_int_equal(device.device.vlan_id, 5);
    assert_int_equal(device.device.vlan_protocol, 0x8100);
    assert_int_equal(device.device.received.bytes, 3);
    assert_int_equal(device.device.received.errors, 5);
    assert_int_equal(device.device.sent.packets, 2);
    assert_int_equal(device.device.alt_name_count, 2);
    assert_string_equal(device.device.alt_names[1], "upstairs");
    tapir__device_clear(&device);
    tapir__devices_forget(&devices);
}

static void expect_text(const tapir_endpoint *address, const char *expected)
{
    tapir_text text = {0};

    tapir_endpoint_text(&text, address);
    assert_string_equal(tapir_text_string(&text), expected);
    tapir_text_clear(&text);
}

static void an_address_of_two_ends_is_the_near_one(void **state)
{
    tapir_device_address address;
    struct made made;
    uint32_t index;

    (void)state;
    make_address(&made);
    assert_true(tapir__address_take(made.message, &address, &index));
    assert_int_equal(index, 7);
    expect_text(&address.address, "10.0.0.1");
    expect_text(&address.peer, "10.0.0.2");
    expect_text(&address.broadcast, "10.0.0.255");
    assert_int_equal(address.prefix_len, 24);
    assert_string_equal(tapir_scope_name(address.scope), "link");
    assert_int_equal(address.flags, 0x280);
    assert_int_equal(address.valid_s, 120);
    assert_int_equal(address.preferred_s, 60);
}

static tapir_status keep_route(void *user, const tapir_route *route)
{
    tapir_route *routes = user;

    assert_in_range(route->hop, 0, 1);
    routes[route->hop] = *route;
    return TAPIR_OK;
}

static void a_route_with_two_next_hops_is_two(void **state)
{
    tapir_route routes[2] = {0};
    bool is_cached = true;
    struct made made;

    (void)state;
    make_route(&made);
    assert_int_equal(tapir__route_take(made.message, keep_route, routes, &is_cached), TAPIR_OK);
    assert_false(is_cached);
    for (size_t i = 0; i < 2; i++) {
        expect_text(&routes[i].destination, "10.0.0.0");
        expect_text(&routes[i].source, "10.0.0.1");
        assert_int_equal(routes[i].prefix_len, 8);
        assert_int_equal(routes[i].table, 1000);
        assert_int_equal(routes[i].metric, 100);
        assert_int_equal(routes[i].mtu, 1400);
        assert_int_equal(routes[i].hops, 2);
    }
    expect_text(&routes[0].gateway, "10.0.0.9");
    expect_text(&routes[1].gateway, "10.0.0.8");
    assert_int_equal(routes[0].interface, 2);
    assert_int_equal(routes[1].interface, 3);
    assert_int_equal(routes[0].weight, 1);
    assert_int_equal(routes[1].weight, 5);
}

static void a_gateway_may_be_of_the_other_version(void **state)
{
    const uint8_t via[] = {0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
    const uint16_t family = AF_INET6;
    uint8_t value[sizeof via];
    tapir_route routes[2] = {0};
    struct rtmsg *header;
    struct made made;
    bool is_cached;

    (void)state;
    memcpy(value, via, sizeof via);
    memcpy(value, &family, sizeof family);
    for (size_t len = 0; len <= sizeof via; len++) {
        memset(routes, 0, sizeof routes);
        header = begin(&made, RTM_NEWROUTE, sizeof *header);
        header->rtm_family = AF_INET;
        mnl_attr_put(made.message, RTA_VIA, len, value);
        assert_int_equal(tapir__route_take(made.message, keep_route, routes, &is_cached), TAPIR_OK);
        expect_text(&routes[0].destination, "0.0.0.0");
        assert_int_equal(
            routes[0].gateway.type, len == sizeof via ? TAPIR_ENDPOINT_IPV6 : TAPIR_ENDPOINT_NONE);
    }
    expect_text(&routes[0].gateway, "fe80::9");
}

static void a_neighbour_has_what_the_message_says(void **state)
{
    tapir_neighbour neighbour;
    struct made made;

    (void)state;
    make_neighbour(&made);
    assert_true(tapir__neighbour_take(made.message, &neighbour));
    expect_text(&neighbour.address, "fe80::1");
    assert_int_equal(neighbour.mac.len, 6);
    assert_memory_equal(neighbour.mac.bytes, mac, 6);
    assert_int_equal(neighbour.interface, 7);
    assert_string_equal(tapir_neighbour_state_name(neighbour.state), "STALE");
    assert_true(neighbour.router);
    assert_false(neighbour.proxy);
}

static void short_values_are_not_there(void **state)
{
    struct ndmsg *header;
    tapir_neighbour neighbour;
    const struct nlattr *table[2];
    uint8_t bytes[64] = {0};
    struct made made;

    (void)state;
    header = begin(&made, RTM_NEWNEIGH, sizeof *header);
    header->ndm_family = AF_INET6;
    mnl_attr_put(made.message, NDA_DST, 4, bytes);
    assert_false(tapir__neighbour_take(made.message, &neighbour));

    begin(&made, RTM_NEWNEIGH, 0);
    mnl_attr_put(made.message, 1, 3, "\1\1\1");
    assert_non_null(tapir__attributes(made.message, 0, table, 1));
    assert_int_equal(tapir__attribute_u32(table[1]), 0);
    assert_int_equal(tapir__attribute_u16(table[1]), 0x101);
    assert_int_equal(tapir__attribute_string(table[1]).len, 3);
    assert_int_equal(tapir__attribute_link_address(table[1]).len, 3);

    begin(&made, RTM_NEWNEIGH, 0);
    mnl_attr_put(made.message, 1, 33, bytes);
    assert_non_null(tapir__attributes(made.message, 0, table, 1));
    assert_int_equal(tapir__attribute_link_address(table[1]).len, 0);
    assert_int_equal(tapir__attribute_link_address(NULL).len, 0);
    assert_null(tapir__attributes(made.message, 37 + 4, table, 1));
}

static void every_message_cut_anywhere_is_survived(void **state)
{
    struct tapir__netlink_answer answer;
    struct made made;
    size_t routes;

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(makers); i++) {
        makers[i](&made);
        for (uint32_t len = made.message->nlmsg_len, cut = len; cut-- > 0;) {
            /* The datagram ends inside the message ... */
            assert_int_equal(
                walk(made.room, cut, &answer, &routes), cut ? TAPIR_DAMAGED : TAPIR_OK);
            /* ... or the message says that it is shorter. */
            if (cut < sizeof *made.message)
                continue;
            made.message->nlmsg_len = cut;
            assert_int_equal(walk(made.room, cut, &answer, &routes), TAPIR_OK);
            made.message->nlmsg_len = len;
        }
    }
}

static void every_message_changed_anywhere_is_survived(void **state)
{
    struct tapir__netlink_answer answer;
    struct made made;
    uint32_t random = 1;
    size_t routes;

    (void)state;
    for (size_t round = 0; round < 40000; round++) {
        uint32_t len;
        makers[round % TAPIR_COUNT(makers)](&made);
        len = made.message->nlmsg_len;
        for (unsigned changes = 1 + (unsigned)round % 5; changes; changes--) {
            random = random * 1664525 + 1013904223;
            made.room[16 + (random >> 8) % (len - 16)] =
                random & 0x80 ? (uint8_t)(random >> 24) : (uint8_t)((random >> 24) % 8);
        }
        assert_int_equal(walk(made.room, len, &answer, &routes), TAPIR_OK);
    }
}

/* Appends a message to a datagram; returns its new length. */
static size_t append(uint8_t *datagram, size_t at, uint16_t type, uint16_t flags, uint32_t sequence,
    const void *payload, size_t len)
{
    struct nlmsghdr *message = mnl_nlmsg_put_header(datagram + at);

    message->nlmsg_type = type;
    message->nlmsg_flags = flags;
    message->nlmsg_seq = sequence;
    memcpy(mnl_nlmsg_put_extra_header(message, len), payload, len);
    message->nlmsg_len = (uint32_t)(sizeof *message + len);
    return at + tapir__aligned(message->nlmsg_len);
}

static void an_answer_ends_where_the_kernel_says(void **state)
{
    _Alignas(struct nlmsghdr) uint8_t datagram[ROOM] = {0};
    struct tapir__netlink_answer answer;
    struct rtmsg route = {.rtm_family = AF_INET};
    int code = -ENETUNREACH;
    size_t len, routes;

    (void)state;
    len = append(datagram, 0, RTM_NEWROUTE, NLM_F_MULTI, 1, &route, sizeof route);
    len = append(datagram, len, RTM_NEWROUTE, NLM_F_MULTI, 2, &route, sizeof route);
    assert_int_equal(walk(datagram, len, &answer, &routes), TAPIR_OK);
    assert_int_equal(routes, 1); /* the other one answers somebody else */
    assert_false(answer.done);
    assert_false(answer.interrupted);

    len = append(datagram, len, NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, 1, &(int){0}, 4);
    len = append(datagram, len, RTM_NEWROUTE, NLM_F_MULTI, 1, &route, sizeof route);
    assert_int_equal(walk(datagram, len, &answer, &routes), TAPIR_OK);
    assert_int_equal(routes, 1);
    assert_true(answer.done);
    assert_true(answer.interrupted);
    assert_int_equal(answer.error, 0);

    len = append(datagram, 0, NLMSG_DONE, 0, 1, &code, sizeof code);
    assert_int_equal(walk(datagram, len, &answer, &routes), TAPIR_OK);
    assert_int_equal(answer.error, ENETUNREACH);
    len = append(datagram, 0, NLMSG_ERROR, 0, 1, &code, sizeof code);
    assert_int_equal(walk(datagram, len, &answer, &routes), TAPIR_OK);
    assert_true(answer.done);
    assert_int_equal(answer.error, ENETUNREACH);
    len = append(datagram, 0, NLMSG_ERROR, 0, 1, "", 1);
    assert_int_equal(walk(datagram, len, &answer, &routes), TAPIR_OK);
    assert_true(answer.done);
    assert_int_equal(answer.error, EBADMSG);
}

static tapir_status refuse(void *user, const struct nlmsghdr *message)
{
    (void)message;
    ++*(size_t *)user;
    return TAPIR_NO_MEMORY;
}

static void a_reader_that_fails_ends_the_answer(void **state)
{
    _Alignas(struct nlmsghdr) uint8_t datagram[ROOM] = {0};
    struct tapir__netlink_answer answer = {0};
    struct rtmsg route = {.rtm_family = AF_INET};
    size_t calls = 0;
    const struct tapir__netlink_reader reader = {NULL, refuse, &calls};
    size_t len = append(datagram, 0, RTM_NEWROUTE, 0, 1, &route, sizeof route);

    (void)state;
    len = append(datagram, len, RTM_NEWROUTE, 0, 1, &route, sizeof route);
    assert_int_equal(tapir__netlink_walk(datagram, len, 1, &reader, &answer), TAPIR_NO_MEMORY);
    assert_int_equal(calls, 1);
}

static uint16_t link_type_of(uint16_t hardware_type, const char *name, uint32_t flags)
{
    const tapir_device device = {.hardware_type = hardware_type, .name = name, .flags = flags};

    return tapir__link_type_of_interface(&device);
}

static void link_types_are_those_of_libpcap(void **state)
{
    uint16_t link_type = 0;

    (void)state;
    assert_int_equal(link_type_of(ARPHRD_ETHER, "no/where", 0), 1);
    assert_int_equal(link_type_of(ARPHRD_ETHER, "cdma_rmnet0", 0), 101);
    assert_int_equal(link_type_of(ARPHRD_ETHER, "isdn0", 0), 113);
    assert_int_equal(link_type_of(ARPHRD_NONE, "tun0", 0), 101);
    assert_int_equal(link_type_of(ARPHRD_PPP, "ppp0", 0), 113);
    assert_int_equal(link_type_of(ARPHRD_IPGRE, "gre0", 0), 113);
    assert_int_equal(link_type_of(ARPHRD_IEEE80211_RADIOTAP, "mon0", TAPIR_DEVICE_WIRELESS), 127);
    assert_true(tapir__link_type_of_pseudo("usbmon12", &link_type));
    assert_int_equal(link_type, 220);
    assert_true(tapir__link_type_of_pseudo("bluetooth-monitor", &link_type));
    assert_int_equal(link_type, 254);
    assert_false(tapir__link_type_of_pseudo("usbmon", &link_type));
    assert_false(tapir__link_type_of_pseudo("usbmon1x", &link_type));
    assert_false(tapir__link_type_of_pseudo("anything", &link_type));
}

static void groups_have_the_addresses_of_their_rfcs(void **state)
{
    static const uint8_t ipv4[] = {239, 255, 1, 2}, other[] = {10, 0, 0, 1};
    static const uint8_t ipv6[16] = {0xff, 2, [12] = 0xff, 1, 2, 3};
    tapir_endpoint address = tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, ipv4, 4);
    tapir_link_address found = tapir__multicast_mac(&address);

    (void)state;
    assert_int_equal(found.len, 6);
    assert_memory_equal(found.bytes, "\x01\x00\x5e\x7f\x01\x02", 6);
    address = tapir_endpoint_of(TAPIR_ENDPOINT_IPV6, ipv6, 16);
    found = tapir__multicast_mac(&address);
    assert_memory_equal(found.bytes, "\x33\x33\xff\x01\x02\x03", 6);
    address = tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, other, 4);
    assert_int_equal(tapir__multicast_mac(&address).len, 0);
}

static void a_question_about_no_address_is_invalid(void **state)
{
    tapir_endpoint nothing = {0}, port = tapir_endpoint_port(TAPIR_ENDPOINT_TCP_PORT, 80);
    tapir_endpoint ipv4 = tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, "\x7f\0\0\1", 4);
    tapir_neighbour neighbour;
    tapir_route route;
    tapir_error error;

    (void)state;
    assert_int_equal(tapir_route_get(&route, &nothing, NULL, &error), TAPIR_INVALID);
    assert_int_equal(tapir_route_get(&route, &port, NULL, &error), TAPIR_INVALID);
    assert_int_equal(tapir_neighbour_get(&neighbour, &port, 1, &error), TAPIR_INVALID);
    assert_int_equal(tapir_neighbour_get(&neighbour, &ipv4, 0, &error), TAPIR_INVALID);
    assert_int_equal(tapir_neighbour_resolve(&neighbour, &port, NULL, 0, &error), TAPIR_INVALID);
    tapir_devices_free(NULL);
    tapir_routes_free(NULL);
    tapir_neighbours_free(NULL);
}

static void lists_have_an_end(void **state)
{
    tapir_devices *devices;
    const tapir_device *device;
    tapir_routes *routes;
    tapir_neighbours *neighbours;
    size_t i = 0;

    (void)state;
    assert_int_equal(tapir_devices_new(&devices, NULL), TAPIR_OK);
    for (; (device = tapir_devices_each(devices, i)); i++) {
        assert_ptr_equal(tapir_devices_find_name(devices, device->name), device);
        if (device->index)
            assert_ptr_equal(tapir_devices_find_index(devices, device->index), device);
        else
            assert_true(device->flags & TAPIR_DEVICE_PSEUDO);
    }
    assert_int_equal(i, tapir_devices_count(devices));
    assert_ptr_equal(tapir_devices_default(devices), tapir_devices_each(devices, 0));
    assert_non_null(tapir_devices_find_name(devices, "lo"));
    assert_null(tapir_devices_find_name(devices, "no such device"));
    assert_null(tapir_devices_find_index(devices, UINT32_MAX));
    tapir_devices_free(devices);
    assert_int_equal(tapir_routes_new(&routes, NULL), TAPIR_OK);
    assert_null(tapir_routes_each(routes, tapir_routes_count(routes)));
    tapir_routes_free(routes);
    assert_int_equal(tapir_neighbours_new(&neighbours, NULL), TAPIR_OK);
    assert_null(tapir_neighbours_each(neighbours, tapir_neighbours_count(neighbours)));
    tapir_neighbours_free(neighbours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interface_has_what_the_message_says),
        cmocka_unit_test(an_address_of_two_ends_is_the_near_one),
        cmocka_unit_test(a_route_with_two_next_hops_is_two),
        cmocka_unit_test(a_gateway_may_be_of_the_other_version),
        cmocka_unit_test(a_neighbour_has_what_the_message_says),
        cmocka_unit_test(short_values_are_not_there),
        cmocka_unit_test(every_message_cut_anywhere_is_survived),
        cmocka_unit_test(every_message_changed_anywhere_is_survived),
        cmocka_unit_test(an_answer_ends_where_the_kernel_says),
        cmocka_unit_test(a_reader_that_fails_ends_the_answer),
        cmocka_unit_test(link_types_are_those_of_libpcap),
        cmocka_unit_test(groups_have_the_addresses_of_their_rfcs),
        cmocka_unit_test(a_question_about_no_address_is_invalid),
        cmocka_unit_test(lists_have_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
