/* AF_XDP where its library is missing, or Linux is. */
#include "live.h"

const tapir__capture_way tapir__afxdp_way = {.name = "afxdp", .library = "libxdp and libbpf"};
