/* Sending with AF_PACKET where there is none. */
#include "send.h"

const tapir__send_way tapir__send_afpacket_way = {.name = "afpacket", .library = "Linux"};
