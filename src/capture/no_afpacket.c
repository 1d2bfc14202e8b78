/* AF_PACKET where there is none: other systems than Linux. */
#include "live.h"

const tapir__capture_way tapir__afpacket_way = {.name = "afpacket", .library = "Linux"};
