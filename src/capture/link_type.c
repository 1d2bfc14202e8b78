/* With which headers packets are captured: libpcap's choice, told without opening the device. */
#include "capture/device.h"

#include <fcntl.h>
#include <linux/if_arp.h>
#include <stdio.h>
#include <unistd.h>

#define LINK_TYPE_LINUX_SLL 113

/* The kernel's hardware types whose own headers are captured. All others are cooked: the kernel
 * takes the link-layer header off and libpcap puts one of its own in its place. */
static const struct {
    uint16_t hardware_type, link_type;
} hardware_types[] = {
    {ARPHRD_ETHER, 1},
    {ARPHRD_METRICOM, 1},
    {ARPHRD_LOOPBACK, 1},
    {ARPHRD_EETHER, 2},
    {ARPHRD_AX25, 202},
    {ARPHRD_PRONET, 4},
    {ARPHRD_CHAOS, 5},
    {ARPHRD_CAN, 227},
    {ARPHRD_IEEE802_TR, 6},
    {ARPHRD_IEEE802, 6},
    {ARPHRD_ARCNET, 129},
    {ARPHRD_FDDI, 10},
    {ARPHRD_IEEE80211, 105},
    {ARPHRD_IEEE80211_PRISM, 119},
    {ARPHRD_IEEE80211_RADIOTAP, 127},
    {ARPHRD_CISCO, 104},
    {ARPHRD_TUNNEL, 101},
    {ARPHRD_SIT, 101},
    {ARPHRD_SLIP, 101},
    {ARPHRD_CSLIP, 101},
    {ARPHRD_SLIP6, 101},
    {ARPHRD_CSLIP6, 101},
    {ARPHRD_ADAPT, 101},
    {ARPHRD_RAWHDLC, 101},
    {ARPHRD_DLCI, 101},
    {ARPHRD_NONE, 101},
    {ARPHRD_FRAD, 107},
    {ARPHRD_LOCALTLK, 114},
    {18, 122}, /* RFC 4338: IP over Fibre Channel */
    {ARPHRD_FCPP, 224},
    {ARPHRD_FCAL, 224},
    {ARPHRD_FCPL, 224},
    {ARPHRD_FCFABRIC, 224},
    {ARPHRD_IRDA, 144},
    {8445, 177}, /* LAPD of visdn */
    {ARPHRD_IEEE802154, 230},
    {ARPHRD_NETLINK, 253},
    {ARPHRD_VSOCKMON, 271},
};

/* How the switch chip behind a port tags frames (Distributed Switch Architecture). */
static const struct {
    const char *tagging;
    uint16_t link_type;
} switch_tags[] = {{"brcm", 281}, {"brcm-prepend", 282}, {"dsa", 284}, {"edsa", 285}};

/* The link type of a port that leads to a switch chip. */
static uint16_t tagged(const char *name, uint16_t otherwise)
{
    char path[64], tagging[32];
    ssize_t len;
    int fd;

    snprintf(path, sizeof path, "/sys/class/net/%.15s/dsa/tagging", name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return otherwise;
    len = read(fd, tagging, sizeof tagging - 1);
    close(fd);
    if (len < 0)
        return otherwise;
    tagging[len] = '\0';
    tagging[strcspn(tagging, "\n")] = '\0';
    for (size_t i = 0; i < TAPIR_COUNT(switch_tags); i++)
        if (strcmp(tagging, switch_tags[i].tagging) == 0)
            return switch_tags[i].link_type;
    return otherwise;
}

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* Some drivers say Ethernet and mean something else; libpcap knows them by name. */
static uint16_t link_type_of_ethernet(const tapir_device *device)
{
    if (begins(device->name, "cdma_rmnet"))
        return 101;
    if (begins(device->name, "isdn") || begins(device->name, "isdY"))
        return LINK_TYPE_LINUX_SLL;
    return device->flags & TAPIR_DEVICE_WIRELESS ? 1 : tagged(device->name, 1);
}

uint16_t tapir__link_type_of_interface(const tapir_device *device)
{
    if (device->hardware_type == ARPHRD_ETHER)
        return link_type_of_ethernet(device);
    for (size_t i = 0; i < TAPIR_COUNT(hardware_types); i++)
        if (hardware_types[i].hardware_type == device->hardware_type)
            return hardware_types[i].link_type;
    return LINK_TYPE_LINUX_SLL;
}
