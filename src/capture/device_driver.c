/* What an interface's driver says of itself: its name and version, the speed of the line. */
#include "capture/device.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>

static bool ask(int fd, const char *name, void *question)
{
    struct ifreq request = {.ifr_data = question};

    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    return ioctl(fd, SIOCETHTOOL, &request) == 0;
}

/* A string of the driver's, which says so when it has none. */
static const char *keep(tapir_devices *devices, const char *string, size_t room)
{
    size_t len = strnlen(string, room);
    bool failed = false;

    if (len == 3 && memcmp(string, "N/A", 3) == 0)
        return NULL;
    /* Without memory for it, it is not known. */
    return tapir__devices_keep(devices, tapir_span_of(string, len), &failed);
}

static void take_driver(tapir_devices *devices, tapir_device *device, int fd)
{
    struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};

    if (!ask(fd, device->name, &info))
        return;
    device->driver = keep(devices, info.driver, sizeof info.driver);
    device->driver_version = keep(devices, info.version, sizeof info.version);
    device->firmware = keep(devices, info.fw_version, sizeof info.fw_version);
    device->bus = keep(devices, info.bus_info, sizeof info.bus_info);
}

/* The kernel first says how many words its three bit masks have, then answers with them. */
static void take_speed(tapir_device *device, int fd)
{
    _Alignas(struct ethtool_link_settings)
        uint8_t room[sizeof(struct ethtool_link_settings) + 3 * INT8_MAX * sizeof(uint32_t)] = {0};
    struct ethtool_link_settings *settings = (void *)room;

    settings->cmd = ETHTOOL_GLINKSETTINGS;
    if (!ask(fd, device->name, settings) || settings->link_mode_masks_nwords >= 0)
        return;
    settings->cmd = ETHTOOL_GLINKSETTINGS;
    settings->link_mode_masks_nwords = (int8_t)-settings->link_mode_masks_nwords;
    if (!ask(fd, device->name, settings))
        return;
    if (settings->speed <= INT32_MAX)
        device->speed = settings->speed;
    device->duplex = settings->duplex == DUPLEX_FULL   ? TAPIR_DUPLEX_FULL
                     : settings->duplex == DUPLEX_HALF ? TAPIR_DUPLEX_HALF
                                                       : TAPIR_DUPLEX_UNKNOWN;
}

void tapir__device_add_driver(tapir_devices *devices, struct tapir__device *device, int fd)
{
    take_driver(devices, &device->device, fd);
    take_speed(&device->device, fd);
}
