/* The devices that libpcap lists: which there are, and in which order. */
#include "capture/device.h"

#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>

/* Devices that are no interfaces, and how libpcap captures from them. */
static const struct {
    const char *name;
    uint16_t link_type;
    bool numbered; /* "usbmon0" */
} pseudo_devices[] = {
    {"any", 113, false},
    {"bluetooth", 201, true},
    {"bluetooth-monitor", 254, false},
    {"dbus-session", 231, false},
    {"dbus-system", 231, false},
    {"nflog", 239, false},
    {"nfqueue", 228, false},
    {"usbmon", 220, true},
};

static tapir_device_connection connection_of(uint32_t flags)
{
    switch (flags & PCAP_IF_CONNECTION_STATUS) {
    case PCAP_IF_CONNECTION_STATUS_CONNECTED:
        return TAPIR_CONNECTION_CONNECTED;
    case PCAP_IF_CONNECTION_STATUS_DISCONNECTED:
        return TAPIR_CONNECTION_DISCONNECTED;
    case PCAP_IF_CONNECTION_STATUS_NOT_APPLICABLE:
        return TAPIR_CONNECTION_NOT_APPLICABLE;
    default:
        return TAPIR_CONNECTION_UNKNOWN;
    }
}

static uint32_t flags_of(uint32_t flags)
{
    return (flags & PCAP_IF_UP ? (uint32_t)TAPIR_DEVICE_UP : 0) |
           (flags & PCAP_IF_RUNNING ? (uint32_t)TAPIR_DEVICE_RUNNING : 0) |
           (flags & PCAP_IF_LOOPBACK ? (uint32_t)TAPIR_DEVICE_LOOPBACK : 0) |
           (flags & PCAP_IF_WIRELESS ? (uint32_t)TAPIR_DEVICE_WIRELESS : 0);
}

static tapir_endpoint ip_of(const struct sockaddr *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    if (address && address->sa_family == AF_INET) {
        memcpy(&in, address, sizeof in);
        return tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, &in.sin_addr, 4);
    }
    if (address && address->sa_family == AF_INET6) {
        memcpy(&in6, address, sizeof in6);
        return tapir_endpoint_of(TAPIR_ENDPOINT_IPV6, &in6.sin6_addr, 16);
    }
    return (tapir_endpoint){0};
}

static uint8_t prefix_len(const tapir_endpoint *mask)
{
    unsigned bits = 0;

    for (size_t i = 0; i < mask->len; i++)
        bits += (unsigned)__builtin_popcount(mask->bytes[i]);
    return (uint8_t)bits;
}

/* Takes the addresses, for a build that cannot ask the kernel. */
static bool take_addresses(struct tapir__device *device, const pcap_addr_t *each)
{
    for (; each; each = each->next) {
        tapir_endpoint mask = ip_of(each->netmask);
        tapir_device_address address = {.address = ip_of(each->addr),
            .peer = ip_of(each->dstaddr),
            .broadcast = ip_of(each->broadaddr),
            .prefix_len = prefix_len(&mask),
            .valid_s = UINT32_MAX,
            .preferred_s = UINT32_MAX};
        if (address.address.type && !tapir__device_add_address(device, &address))
            return false;
    }
    return true;
}

static tapir_span span_of_string(const char *string)
{
    return tapir_span_of(string, string ? strlen(string) : 0);
}

static bool take(tapir_devices *devices, const pcap_if_t *from)
{
    struct tapir__device *to = tapir__devices_add(devices);
    bool failed = !to;

    if (failed)
        return false;
    to->device.name = tapir__devices_keep(devices, span_of_string(from->name), &failed);
    to->device.description =
        tapir__devices_keep(devices, span_of_string(from->description), &failed);
    to->device.flags = flags_of(from->flags);
    to->device.connection = connection_of(from->flags);
    if (!to->device.name)
        to->device.name = "";
    to->device.index = if_nametoindex(to->device.name);
    return !failed && take_addresses(to, from->addresses);
}

tapir_status tapir__devices_add_pcap(tapir_devices *devices, tapir_error *error)
{
    char message[PCAP_ERRBUF_SIZE] = "";
    pcap_if_t *list = NULL;
    bool ok = true;

    if (pcap_findalldevs(&list, message) != 0)
        return tapir_error_set(error, TAPIR_IO, "devices: libpcap cannot list them: %s", message);
    for (const pcap_if_t *each = list; ok && each; each = each->next)
        ok = take(devices, each);
    pcap_freealldevs(list);
    return ok ? TAPIR_OK : tapir_error_set(error, TAPIR_NO_MEMORY, "devices: out of memory");
}

bool tapir__link_type_of_pseudo(const char *name, uint16_t *link_type)
{
    for (size_t i = 0; i < TAPIR_COUNT(pseudo_devices); i++) {
        size_t len = strlen(pseudo_devices[i].name);
        const char *number = name + len;
        if (strncmp(name, pseudo_devices[i].name, len) != 0)
            continue;
        if (pseudo_devices[i].numbered ? *number && !number[strspn(number, "0123456789")]
                                       : !*number) {
            *link_type = pseudo_devices[i].link_type;
            return true;
        }
    }
    return false;
}
