/* The list of IPv4's options. */
#ifndef TAPIR_NETWORK_IPV4_OPTIONS_H
#define TAPIR_NETWORK_IPV4_OPTIONS_H

#include "tapir/proto/ipv4.h"

extern const tapir_list tapir__ipv4_option_list;

#endif
