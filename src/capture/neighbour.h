/* Neighbours taken out of the kernel's messages, and addresses that nobody needs to be asked for.
 */
#ifndef TAPIR_CAPTURE_NEIGHBOUR_H
#define TAPIR_CAPTURE_NEIGHBOUR_H

#include "tapir/neighbour.h"

struct nlmsghdr;

/* Takes a neighbour out of a message of type RTM_NEWNEIGH, the interface's name aside; false for
 * what is none. */
bool tapir__neighbour_take(const struct nlmsghdr *message, tapir_neighbour *neighbour);

/* The Ethernet address of an IP multicast group, RFC 1112 6.4 and RFC 2464 7; no address for what
 * is no group. */
tapir_link_address tapir__multicast_mac(const tapir_endpoint *address);

#endif
