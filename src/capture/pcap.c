/* Capturing with libpcap. */
#include "live.h"

const tapir__capture_way tapir__pcap_way = {.name = "pcap", .library = "libpcap"};
