/* What the files of tapir devices share. */
#ifndef TAPIR_CLI_DEVICES_H
#define TAPIR_CLI_DEVICES_H

#include "cli.h"

/* What is asked for; each but the devices by an option. */
enum devices_action {
    LIST_DEVICES,
    SHOW_ROUTE,
    LIST_ROUTES,
    RESOLVE_ADDRESS,
    LIST_NEIGHBOURS,
    SHOW_VENDOR
};

enum devices_format { DEVICES_TEXT, DEVICES_JSON, DEVICES_TCPDUMP };

/* Vendors' names, read when one is first wanted. */
struct vendor_names {
    const char *path; /* NULL: where Debian puts them */
    tapir_vendors *vendors;
    tapir_status status;
    tapir_error error;
    bool tried;
};

struct devices_request {
    enum devices_action action;
    enum devices_format format;
    const char *subject; /* the address that the action is about */
    tapir_route_query query;
    const char *from, *input, *output; /* as they were written */
    unsigned timeout_ms;
    struct vendor_names names;
    struct output output_text;
};

/* Reads the registries once; false when they cannot be, names->error says why. */
bool vendor_names_read(struct vendor_names *names);

/* Returns whose the address is, NULL when nobody is known or there are no registries: that is no
 * error where a name only decorates. */
const char *vendor_of(struct vendor_names *names, const tapir_link_address *mac);

/* The device as an object on a line, as text of many lines, as a row of cells with tabs between
 * them. `number` is its place in the list, from 1. */
void device_json(tapir_text *text, const tapir_devices *devices, const tapir_device *device,
    size_t number, struct vendor_names *names);
void device_in_full(tapir_text *text, const tapir_devices *devices, const tapir_device *device,
    size_t number, struct vendor_names *names);
void devices_table(tapir_text *text, const tapir_devices *devices, struct vendor_names *names);

/* Values of a JSON object that is being written: `,"key":value`, without the comma behind a brace.
 * Strings that are NULL, addresses that are none and numbers that are 0 are left out. */
void put_string(tapir_text *text, const char *key, const char *string);
void put_number(tapir_text *text, const char *key, uint64_t number);
void put_ip(tapir_text *text, const char *key, const tapir_endpoint *address);
void put_mac(tapir_text *text, const char *key, const tapir_link_address *mac);

/* The actions about other machines; they return the exit code. */
int show_route(struct devices_request *request);
int list_routes(struct devices_request *request);
int resolve_address(struct devices_request *request);
int list_neighbours(struct devices_request *request);
int show_vendor(struct devices_request *request);

#endif
