/* The list of options that two headers share. */
#ifndef TAPIR_NETWORK_IPV6_OPTIONS_H
#define TAPIR_NETWORK_IPV6_OPTIONS_H

#include "tapir/proto/ipv6_options.h"

extern const tapir_list tapir__ipv6_option_list;

#endif
