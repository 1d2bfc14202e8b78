/* What libpcap has on Linux only. */
#include "pcap_handle.h"

bool tapir__pcap_set_protocol(pcap_t *handle, uint16_t protocol)
{
    return pcap_set_protocol_linux(handle, protocol) == 0;
}
