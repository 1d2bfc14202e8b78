/* Sending with AF_XDP, which was left out. */
#include "send.h"

const tapir__send_way tapir__send_afxdp_way = {.name = "afxdp", .library = "libxdp and libbpf"};
