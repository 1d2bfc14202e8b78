/* What the kernel tells of its interfaces and their addresses by netlink. */
#include "capture/device.h"
#include "capture/netlink.h"

#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* What libpcap says of a device, too. */
#define LIBPCAPS_FLAGS                                                                             \
    (TAPIR_DEVICE_UP | TAPIR_DEVICE_RUNNING | TAPIR_DEVICE_LOOPBACK | TAPIR_DEVICE_WIRELESS)

static const struct {
    uint32_t kernels, ours;
} flag_names[] = {
    {IFF_UP, TAPIR_DEVICE_UP},
    {IFF_RUNNING, TAPIR_DEVICE_RUNNING},
    {IFF_LOOPBACK, TAPIR_DEVICE_LOOPBACK},
    {IFF_BROADCAST, TAPIR_DEVICE_BROADCAST},
    {IFF_MULTICAST, TAPIR_DEVICE_MULTICAST},
    {IFF_POINTOPOINT, TAPIR_DEVICE_POINT_TO_POINT},
    {IFF_NOARP, TAPIR_DEVICE_NO_ARP},
    {IFF_PROMISC, TAPIR_DEVICE_PROMISCUOUS},
    {IFF_ALLMULTI, TAPIR_DEVICE_ALL_MULTICAST},
    {IFF_LOWER_UP, TAPIR_DEVICE_CARRIER},
    {IFF_DORMANT, TAPIR_DEVICE_DORMANT},
};

/* By the numbers of RFC 2863 (IF_OPER_*). */
static const char *const states[] = {
    "unknown", "not-present", "down", "lower-layer-down", "testing", "dormant", "up"};

static uint32_t flags_of(uint32_t kernels)
{
    uint32_t flags = 0;

    for (size_t i = 0; i < TAPIR_COUNT(flag_names); i++)
        if (kernels & flag_names[i].kernels)
            flags |= flag_names[i].ours;
    return flags;
}

static void take_counters(tapir_device *device, const struct nlattr *attribute)
{
    struct rtnl_link_stats64 counters = {0};
    size_t len = attribute ? mnl_attr_get_payload_len(attribute) : 0;

    /* Kernels append to it. */
    if (len)
        memcpy(&counters, mnl_attr_get_payload(attribute),
            len < sizeof counters ? len : sizeof counters);
    device->received = (tapir_device_counters){
        counters.rx_packets, counters.rx_bytes, counters.rx_errors, counters.rx_dropped};
    device->sent = (tapir_device_counters){
        counters.tx_packets, counters.tx_bytes, counters.tx_errors, counters.tx_dropped};
}

static void take_vlan(tapir_device *device, const struct nlattr *attribute)
{
    const struct nlattr *table[IFLA_VLAN_MAX + 1];

    tapir__attributes_of(tapir__attribute_span(attribute), table, IFLA_VLAN_MAX);
    device->vlan_id = tapir__attribute_u16(table[IFLA_VLAN_ID]);
    device->vlan_protocol = ntohs(tapir__attribute_u16(table[IFLA_VLAN_PROTOCOL]));
}

static void take_kind(
    tapir_devices *devices, tapir_device *device, const struct nlattr *attribute, bool *failed)
{
    const struct nlattr *table[IFLA_INFO_MAX + 1];

    tapir__attributes_of(tapir__attribute_span(attribute), table, IFLA_INFO_MAX);
    device->kind =
        tapir__devices_keep(devices, tapir__attribute_string(table[IFLA_INFO_KIND]), failed);
    device->port_kind =
        tapir__devices_keep(devices, tapir__attribute_string(table[IFLA_INFO_SLAVE_KIND]), failed);
    if (device->kind && strcmp(device->kind, "vlan") == 0)
        take_vlan(device, table[IFLA_INFO_DATA]);
}

/* Further names, an attribute each. */
static void take_alt_names(
    tapir_devices *devices, struct tapir__device *to, tapir_span list, bool *failed)
{
    const struct nlattr *each;
    size_t count = 0;

    for (tapir_span left = list; tapir__attribute_next(&left);)
        count++;
    to->alt_names = count ? calloc(count, sizeof *to->alt_names) : NULL;
    *failed |= count && !to->alt_names;
    to->device.alt_names = to->alt_names;
    while (to->alt_names && (each = tapir__attribute_next(&list))) {
        const char *name = tapir__devices_keep(devices, tapir__attribute_string(each), failed);
        if (name)
            to->alt_names[to->device.alt_name_count++] = name;
    }
}

bool tapir__link_take(
    tapir_devices *devices, const struct nlmsghdr *message, struct tapir__device *to, bool *failed)
{
    const struct nlattr *table[IFLA_MAX + 1];
    const struct ifinfomsg *header = tapir__attributes(message, sizeof *header, table, IFLA_MAX);
    tapir_device *device = &to->device;
    uint8_t state;

    memset(to, 0, sizeof *to);
    if (message->nlmsg_type != RTM_NEWLINK || !header || header->ifi_index <= 0)
        return false;
    device->name =
        tapir__devices_keep(devices, tapir__attribute_string(table[IFLA_IFNAME]), failed);
    if (!device->name)
        return false;
    device->index = (uint32_t)header->ifi_index;
    device->flags = flags_of(header->ifi_flags);
    device->hardware_type = header->ifi_type;
    device->connection = TAPIR_CONNECTION_UNKNOWN;
    device->alias =
        tapir__devices_keep(devices, tapir__attribute_string(table[IFLA_IFALIAS]), failed);
    state = tapir__attribute_u8(table[IFLA_OPERSTATE]);
    if (table[IFLA_OPERSTATE] && state < TAPIR_COUNT(states))
        device->state = states[state];
    device->promiscuity = tapir__attribute_u32(table[IFLA_PROMISCUITY]);
    if (device->promiscuity)
        device->flags |= TAPIR_DEVICE_PROMISCUOUS;
    device->mac = tapir__attribute_link_address(table[IFLA_ADDRESS]);
    device->permanent_mac = tapir__attribute_link_address(table[IFLA_PERM_ADDRESS]);
    device->broadcast_mac = tapir__attribute_link_address(table[IFLA_BROADCAST]);
    device->mtu = tapir__attribute_u32(table[IFLA_MTU]);
    device->min_mtu = tapir__attribute_u32(table[IFLA_MIN_MTU]);
    device->max_mtu = tapir__attribute_u32(table[IFLA_MAX_MTU]);
    device->rx_queues = tapir__attribute_u32(table[IFLA_NUM_RX_QUEUES]);
    device->tx_queues = tapir__attribute_u32(table[IFLA_NUM_TX_QUEUES]);
    device->tx_queue_len = tapir__attribute_u32(table[IFLA_TXQLEN]);
    device->master = tapir__attribute_u32(table[IFLA_MASTER]);
    device->parent = tapir__attribute_u32(table[IFLA_LINK]);
    device->parent_elsewhere = table[IFLA_LINK_NETNSID] != NULL;
    take_counters(device, table[IFLA_STATS64]);
    take_kind(devices, device, table[IFLA_LINKINFO], failed);
    take_alt_names(devices, to, tapir__attribute_span(table[IFLA_PROP_LIST]), failed);
    return true;
}

bool tapir__address_take(
    const struct nlmsghdr *message, tapir_device_address *address, uint32_t *index)
{
    const struct nlattr *table[IFA_MAX + 1];
    const struct ifaddrmsg *header = tapir__attributes(message, sizeof *header, table, IFA_MAX);
    const struct ifa_cacheinfo *lifetime;
    tapir_endpoint local, other;

    if (message->nlmsg_type != RTM_NEWADDR || !header)
        return false;
    local = tapir__attribute_ip(table[IFA_LOCAL], header->ifa_family);
    other = tapir__attribute_ip(table[IFA_ADDRESS], header->ifa_family);
    memset(address, 0, sizeof *address);
    address->address = local.type ? local : other;
    if (local.type && other.type && !tapir_endpoint_equal(&local, &other))
        address->peer = other;
    address->broadcast = tapir__attribute_ip(table[IFA_BROADCAST], header->ifa_family);
    address->prefix_len = header->ifa_prefixlen;
    address->scope = header->ifa_scope;
    address->flags = table[IFA_FLAGS] ? tapir__attribute_u32(table[IFA_FLAGS]) : header->ifa_flags;
    address->valid_s = address->preferred_s = UINT32_MAX;
    if (table[IFA_CACHEINFO] &&
        mnl_attr_get_payload_len(table[IFA_CACHEINFO]) >= sizeof *lifetime) {
        lifetime = mnl_attr_get_payload(table[IFA_CACHEINFO]);
        address->valid_s = lifetime->ifa_valid;
        address->preferred_s = lifetime->ifa_prefered;
    }
    *index = header->ifa_index;
    return address->address.type != TAPIR_ENDPOINT_NONE;
}

/* The interface of a link that libpcap lists, too, keeps its place and what only libpcap knows. */
static bool merge(tapir_devices *devices, struct tapir__device *link)
{
    struct tapir__device *listed = tapir__devices_named(devices, link->device.name);

    if (listed) {
        link->device.description = listed->device.description;
        link->device.flags |= listed->device.flags & LIBPCAPS_FLAGS;
        link->device.connection = listed->device.connection;
        tapir__device_clear(listed);
    } else {
        /* Places in the sorted lists stay right: it goes behind the others. */
        listed = tapir__devices_add(devices);
    }
    if (!listed)
        return false;
    link->device.link_type = tapir__link_type_of_interface(&link->device);
    link->device.has_link_type = true;
    *listed = *link;
    return true;
}

struct reading {
    tapir_devices *devices;
    size_t listed; /* devices before the first reading */
};

static void begin_links(void *user)
{
    struct reading *reading = user;

    while (reading->devices->count > reading->listed)
        tapir__device_clear(&reading->devices->devices[--reading->devices->count]);
}

static tapir_status take_link(void *user, const struct nlmsghdr *message)
{
    struct reading *reading = user;
    struct tapir__device link;
    bool failed = false;
    bool taken = tapir__link_take(reading->devices, message, &link, &failed);

    if (!failed && taken && merge(reading->devices, &link))
        return TAPIR_OK;
    tapir__device_clear(&link);
    return failed || taken ? TAPIR_NO_MEMORY : TAPIR_OK;
}

static void begin_addresses(void *user)
{
    struct reading *reading = user;

    for (size_t i = 0; i < reading->devices->count; i++)
        reading->devices->devices[i].device.address_count = 0;
}

static tapir_status take_address(void *user, const struct nlmsghdr *message)
{
    struct reading *reading = user;
    struct tapir__device *device;
    tapir_device_address address;
    uint32_t index;

    if (!tapir__address_take(message, &address, &index))
        return TAPIR_OK;
    device = tapir__devices_find(reading->devices, index);
    return !device || tapir__device_add_address(device, &address) ? TAPIR_OK : TAPIR_NO_MEMORY;
}

static tapir_status dump(uint16_t type, size_t header_len, const char *what,
    const struct tapir__netlink_reader *reader, tapir_error *error)
{
    _Alignas(struct nlmsghdr) uint8_t room[TAPIR__REQUEST_ROOM];
    struct nlmsghdr *request;

    tapir__netlink_request(room, type, NLM_F_DUMP, header_len, &request);
    return tapir__netlink_ask(request, what, reader, NULL, error);
}

static void add_drivers(tapir_devices *devices)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (size_t i = 0; fd >= 0 && i < devices->count; i++)
        if (devices->devices[i].device.index)
            tapir__device_add_driver(devices, &devices->devices[i], fd);
    if (fd >= 0)
        close(fd);
}

tapir_status tapir__devices_add_links(tapir_devices *devices, tapir_error *error)
{
    struct reading reading = {.devices = devices, .listed = devices->count};
    const struct tapir__netlink_reader links = {begin_links, take_link, &reading};
    const struct tapir__netlink_reader addresses = {begin_addresses, take_address, &reading};
    tapir_status status =
        dump(RTM_GETLINK, sizeof(struct ifinfomsg), "the list of interfaces", &links, error);

    if (status != TAPIR_OK)
        return status;
    if (!tapir__devices_sort(devices))
        return tapir_error_set(error, TAPIR_NO_MEMORY, "devices: out of memory");
    status =
        dump(RTM_GETADDR, sizeof(struct ifaddrmsg), "the list of addresses", &addresses, error);
    if (status == TAPIR_OK)
        add_drivers(devices);
    return status;
}
