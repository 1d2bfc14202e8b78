/* A handle of libpcap's that captures, and what libpcap says when it cannot. */
#ifndef TAPIR_CAPTURE_PCAP_HANDLE_H
#define TAPIR_CAPTURE_PCAP_HANDLE_H

#include "live.h"

#include <pcap/pcap.h>

enum { TAPIR__PCAP_BLOCK_TIMEOUT = 1000 }; /* ms, as tcpdump has it */

/* Opens a handle that does what the options say, filter included, and does not block; fills the
 * interface of `live`. On failure *handle is NULL. */
tapir_status tapir__pcap_handle_open(pcap_t **handle, tapir__live *live, tapir_error *error);

/* Fills the error for one of libpcap's codes, PCAP_ERROR_*; returns the status. */
tapir_status tapir__pcap_failed(
    pcap_t *handle, int code, const char *interface, tapir_error *error);

/* Has only frames of one EtherType come, before the handle is activated; false: not here. */
bool tapir__pcap_set_protocol(pcap_t *handle, uint16_t protocol);

#endif
