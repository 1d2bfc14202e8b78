/* Filters on a handle of libpcap's, and what its numbers of link types are in files. */
#ifndef TAPIR_FILTER_HANDLE_H
#define TAPIR_FILTER_HANDLE_H

#include "tapir/filter.h"

#include <pcap/pcap.h>

/* Compiles as tapir_filter_new_interface does, on a handle that captures from the interface. */
tapir_status tapir__filter_new_handle(tapir_filter **filter, pcap_t *handle, const char *expression,
    const char *interface, bool optimize, tapir_error *error);

/* Returns the program, owned by the filter. */
const struct bpf_program *tapir__filter_bpf(const tapir_filter *filter);

/* Returns the DLT of a link type (LINKTYPE), which differ for some and by system; -1: none. */
int tapir__datalink(uint16_t link_type);

/* Returns the link type that a file of that DLT says, TAPIR_LINK_TYPE_UNKNOWN when none. */
uint16_t tapir__link_type(int datalink);

#endif
