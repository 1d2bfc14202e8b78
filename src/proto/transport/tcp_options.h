/* The list of TCP's options, what is inside those of multipath TCP, and what writes them. */
#ifndef TAPIR_TRANSPORT_TCP_OPTIONS_H
#define TAPIR_TRANSPORT_TCP_OPTIONS_H

#include "tapir/proto/tcp.h"

extern const tapir_list tapir__tcp_option_list, tapir__mptcp_list;

#define TAPIR__TCP_MAKER_COUNT 19
extern const tapir_maker tapir__tcp_makers[TAPIR__TCP_MAKER_COUNT];

#endif
