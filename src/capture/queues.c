/* How many queues an interface receives on. */
#include "live.h"

#include <inttypes.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

/* Of drivers that have no channels to set there are the kernel's own queues. The files are those of
 * the namespace that /sys was mounted in, which is why they are asked last. */
static uint32_t count_files(const char *interface)
{
    uint32_t count = 0;

    for (;; count++) {
        char path[TAPIR__NAME_ROOM + 64];
        snprintf(path, sizeof path, "/sys/class/net/%s/queues/rx-%" PRIu32, interface, count);
        if (access(path, F_OK) != 0)
            return count;
    }
}

uint32_t tapir__interface_queues(const char *interface)
{
    struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
    struct ifreq request = {.ifr_data = (char *)&channels};
    uint32_t count = 0;

    if (tapir__interface_ask(interface, SIOCETHTOOL, &request))
        count = channels.rx_count + channels.combined_count;
    if (!count && !strchr(interface, '/'))
        count = count_files(interface);
    return count ? count : 1;
}
