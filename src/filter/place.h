/* Where a filter expression is wrong, which libpcap does not say. */
#ifndef TAPIR_FILTER_PLACE_H
#define TAPIR_FILTER_PLACE_H

#include "tapir/base.h"

#include <pcap/pcap.h>

#define TAPIR__PLACE_UNKNOWN SIZE_MAX

/* Returns the offset of the token that `message`, libpcap's, is about: strlen(expression) when the
 * expression ends too early, TAPIR__PLACE_UNKNOWN when it cannot be told. Compiles parts of the
 * expression on `handle`. *len is the token's length. */
size_t tapir__filter_place(
    pcap_t *handle, const char *expression, const char *message, size_t *len);

#endif
