/* What libpcap has on Linux only, elsewhere. */
#include "pcap_handle.h"

bool tapir__pcap_set_protocol(pcap_t *handle, uint16_t protocol)
{
    (void)handle;
    return protocol == 0;
}
