/* The list of TCP's options, and what is inside those of multipath TCP. */
#ifndef TAPIR_TRANSPORT_TCP_OPTIONS_H
#define TAPIR_TRANSPORT_TCP_OPTIONS_H

#include "tapir/proto/tcp.h"

extern const tapir_list tapir__tcp_option_list, tapir__mptcp_list;

#endif
