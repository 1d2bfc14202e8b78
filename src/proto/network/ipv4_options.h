/* The list of IPv4's options, and what writes them. */
#ifndef TAPIR_NETWORK_IPV4_OPTIONS_H
#define TAPIR_NETWORK_IPV4_OPTIONS_H

#include "tapir/proto/ipv4.h"

extern const tapir_list tapir__ipv4_option_list;

#define TAPIR__IPV4_MAKER_COUNT 12
extern const tapir_maker tapir__ipv4_makers[TAPIR__IPV4_MAKER_COUNT];

/* As tapir_ipv4_final; tells whether a source route leads on to there. */
bool tapir__ipv4_final(const struct tapir_ipv4 *ip, uint8_t address[4]);

#endif
