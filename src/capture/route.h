/* Routes taken out of the kernel's messages. */
#ifndef TAPIR_CAPTURE_ROUTE_H
#define TAPIR_CAPTURE_ROUTE_H

#include "tapir/route.h"

struct nlmsghdr;

/* Who takes the routes of a message; what is not TAPIR_OK ends it. */
typedef tapir_status tapir__route_each(void *user, const tapir_route *route);

/* Hands over the route of a message of type RTM_NEWROUTE, once for each of its next hops, names of
 * interfaces aside. Nothing for any other message, TAPIR_OK then. *is_cached: not of a table, but
 * what the kernel remembers of one destination. */
tapir_status tapir__route_take(
    const struct nlmsghdr *message, tapir__route_each *each, void *user, bool *is_cached);

#endif
