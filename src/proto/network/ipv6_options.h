/* The list of options that two headers share, and what writes them and routes. */
#ifndef TAPIR_NETWORK_IPV6_OPTIONS_H
#define TAPIR_NETWORK_IPV6_OPTIONS_H

#include "tapir/encode.h"
#include "tapir/proto/ipv6_options.h"

extern const tapir_list tapir__ipv6_option_list;

#define TAPIR__IPV6_MAKER_COUNT 9
extern const tapir_maker tapir__ipv6_makers[TAPIR__IPV6_MAKER_COUNT];

#define TAPIR__ROUTE_MAKER_COUNT 4
extern const tapir_maker tapir__route_makers[TAPIR__ROUTE_MAKER_COUNT];

/* Returns where the value of the jumbo payload option stands (RFC 2675 2), NULL where there is
 * none.
 */
const uint8_t *tapir__find_ipv6_jumbo(tapir_span options);

/* Encodes a header that is options and the two bytes in front of them, `name` being that of its
 * field for what follows, `length_name` that of its length. */
tapir_status tapir__encode_ipv6_options(tapir_encoder *e, const char *name, const char *length_name,
    uint8_t next_header, uint8_t length, tapir_span options);

#endif
