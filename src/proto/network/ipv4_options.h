/* The list of IPv4's options. */
#ifndef TAPIR_NETWORK_IPV4_OPTIONS_H
#define TAPIR_NETWORK_IPV4_OPTIONS_H

#include "tapir/proto/ipv4.h"

extern const tapir_list tapir__ipv4_option_list;

/* As tapir_ipv4_final; tells whether a source route leads on to there. */
bool tapir__ipv4_final(const struct tapir_ipv4 *ip, uint8_t address[4]);

#endif
