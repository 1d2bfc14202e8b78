/* The list of devices while it is being made. */
#ifndef TAPIR_CAPTURE_DEVICE_H
#define TAPIR_CAPTURE_DEVICE_H

#include "tapir/device.h"

/* A device and what it alone owns. */
struct tapir__device {
    tapir_device device;
    tapir_device_address *addresses; /* device.addresses */
    size_t address_room;
    const char **alt_names; /* device.alt_names */
};

/* Strings that live as long as the list. */
struct tapir__kept;

struct tapir_devices {
    struct tapir__device *devices; /* in the order of tcpdump -D */
    size_t count, room;
    /* Places in `devices`, sorted: by name, and by index without those that have none. */
    size_t *by_name, *by_index;
    size_t name_count, index_count;
    struct tapir__kept *kept;
    uint64_t name_space;
};

/* Adds a device with nothing in it, behind the others; NULL when out of memory. */
struct tapir__device *tapir__devices_add(tapir_devices *devices);

/* Makes by_name and by_index anew; false when out of memory. */
bool tapir__devices_sort(tapir_devices *devices);

/* As tapir_devices_find_index, to be changed. The list must be sorted. */
struct tapir__device *tapir__devices_find(tapir_devices *devices, uint32_t index);

/* The same by name, further names aside. */
struct tapir__device *tapir__devices_named(tapir_devices *devices, const char *name);

/* Adds an address to a device; false when out of memory. */
bool tapir__device_add_address(struct tapir__device *device, const tapir_device_address *address);

/* Frees what a device owns itself. */
void tapir__device_clear(struct tapir__device *device);

/* Frees the strings. */
void tapir__devices_forget(tapir_devices *devices);

/* Returns a copy of the string that lives as long as the list; NULL for an empty one and when out
 * of memory, which *failed remembers. */
const char *tapir__devices_keep(tapir_devices *devices, tapir_span string, bool *failed);

/* Lists what libpcap does, in its order. */
tapir_status tapir__devices_add_pcap(tapir_devices *devices, tapir_error *error);

/* Adds what the kernel knows of its interfaces, and those that are not in the (sorted) list yet.
 * TAPIR_UNSUPPORTED, with nothing done, in a build without libmnl. */
tapir_status tapir__devices_add_links(tapir_devices *devices, tapir_error *error);

/* Adds what the driver says: its name, speed. */
void tapir__device_add_driver(tapir_devices *devices, struct tapir__device *device, int fd);

/* The link type by the kernel's hardware type and what else matters, as libpcap's. */
uint16_t tapir__link_type_of_interface(const tapir_device *device);

/* That of a pseudo-device, by its name; false when it is not known. */
bool tapir__link_type_of_pseudo(const char *name, uint16_t *link_type);

struct nlmsghdr;

/* Takes an interface out of a message of type RTM_NEWLINK: false for what is none, or when out of
 * memory (*failed). The strings are the list's; the device is cleared by the caller. */
bool tapir__link_take(tapir_devices *devices, const struct nlmsghdr *message,
    struct tapir__device *device, bool *failed);

/* Takes an address out of a message of type RTM_NEWADDR, with the index of its interface; false for
 * what is none. */
bool tapir__address_take(
    const struct nlmsghdr *message, tapir_device_address *address, uint32_t *index);

#endif
