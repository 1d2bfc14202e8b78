/* The place of everything that asks the kernel by netlink, in a build without libmnl. */
#include "capture/device.h"
#include "tapir/neighbour.h"

static tapir_status absent(tapir_error *error)
{
    return tapir_error_set(error, TAPIR_UNSUPPORTED,
        "routes and neighbours are read with libmnl, which this build is without");
}

tapir_status tapir__devices_add_links(tapir_devices *devices, tapir_error *error)
{
    (void)devices;
    return absent(error);
}

tapir_status tapir_route_get(tapir_route *route, const tapir_endpoint *destination,
    const tapir_route_query *query, tapir_error *error)
{
    (void)destination;
    (void)query;
    memset(route, 0, sizeof *route);
    return absent(error);
}

tapir_status tapir_routes_new(tapir_routes **routes, tapir_error *error)
{
    *routes = NULL;
    return absent(error);
}

/* There are no lists, so nobody asks about them. */

void tapir_routes_free(tapir_routes *routes)
{
    (void)routes;
}

size_t tapir_routes_count(const tapir_routes *routes)
{
    (void)routes;
    return 0;
}

const tapir_route *tapir_routes_each(const tapir_routes *routes, size_t at)
{
    (void)routes;
    (void)at;
    return NULL;
}

tapir_status tapir_neighbour_resolve(tapir_neighbour *neighbour, const tapir_endpoint *destination,
    const tapir_route_query *query, unsigned timeout_ms, tapir_error *error)
{
    (void)destination;
    (void)query;
    (void)timeout_ms;
    memset(neighbour, 0, sizeof *neighbour);
    return absent(error);
}

tapir_status tapir_neighbour_get(tapir_neighbour *neighbour, const tapir_endpoint *address,
    uint32_t interface, tapir_error *error)
{
    (void)address;
    (void)interface;
    memset(neighbour, 0, sizeof *neighbour);
    return absent(error);
}

tapir_status tapir_neighbours_new(tapir_neighbours **neighbours, tapir_error *error)
{
    *neighbours = NULL;
    return absent(error);
}

void tapir_neighbours_free(tapir_neighbours *neighbours)
{
    (void)neighbours;
}

size_t tapir_neighbours_count(const tapir_neighbours *neighbours)
{
    (void)neighbours;
    return 0;
}

const tapir_neighbour *tapir_neighbours_each(const tapir_neighbours *neighbours, size_t at)
{
    (void)neighbours;
    (void)at;
    return NULL;
}
