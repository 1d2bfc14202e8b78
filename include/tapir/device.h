/* What one can capture from: the machine's network interfaces, and libpcap's devices that are none
 * ("any", nflog, usbmon ...). A list is a picture of one moment, of the network namespace that the
 * calling thread is in. Reading it needs no privileges. */
#ifndef TAPIR_DEVICE_H
#define TAPIR_DEVICE_H

#include "tapir/flow.h"

TAPIR_EXTERN_C_BEGIN

typedef struct tapir_devices tapir_devices;

/* A link-layer address: 6 bytes on Ethernet, up to 20 elsewhere; none when `len` is 0. Bytes
 * behind `len` are zero. */
typedef struct tapir_link_address {
    uint8_t len;
    uint8_t bytes[32];
} tapir_link_address;

/* Facts about a device, or'ed together in tapir_device.flags. */
enum tapir_device_flag {
    TAPIR_DEVICE_UP = 1 << 0,      /* switched on by the administrator */
    TAPIR_DEVICE_RUNNING = 1 << 1, /* ready to carry packets */
    TAPIR_DEVICE_LOOPBACK = 1 << 2,
    TAPIR_DEVICE_WIRELESS = 1 << 3,
    TAPIR_DEVICE_BROADCAST = 1 << 4,
    TAPIR_DEVICE_MULTICAST = 1 << 5,
    TAPIR_DEVICE_POINT_TO_POINT = 1 << 6,
    TAPIR_DEVICE_NO_ARP = 1 << 7,
    TAPIR_DEVICE_PROMISCUOUS = 1 << 8, /* takes every packet, whoever asked for it */
    TAPIR_DEVICE_ALL_MULTICAST = 1 << 9,
    TAPIR_DEVICE_CARRIER = 1 << 10, /* there is a signal on the line */
    TAPIR_DEVICE_DORMANT = 1 << 11,
    TAPIR_DEVICE_PSEUDO = 1 << 12 /* no interface of the machine; libpcap alone knows it */
};

/* Whether there is something at the other end, or an access point. */
typedef enum tapir_device_connection {
    TAPIR_CONNECTION_NOT_APPLICABLE,
    TAPIR_CONNECTION_UNKNOWN,
    TAPIR_CONNECTION_CONNECTED,
    TAPIR_CONNECTION_DISCONNECTED
} tapir_device_connection;

typedef enum tapir_device_duplex {
    TAPIR_DUPLEX_UNKNOWN,
    TAPIR_DUPLEX_HALF,
    TAPIR_DUPLEX_FULL
} tapir_device_duplex;

/* One IP address of an interface. */
typedef struct tapir_device_address {
    tapir_endpoint address;   /* TAPIR_ENDPOINT_IPV4 or TAPIR_ENDPOINT_IPV6 */
    tapir_endpoint peer;      /* the other end's; TAPIR_ENDPOINT_NONE where there is no other end */
    tapir_endpoint broadcast; /* IPv4; or TAPIR_ENDPOINT_NONE */
    uint8_t prefix_len;       /* bits */
    uint8_t scope;            /* tapir_scope_name has its name */
    uint32_t flags;           /* the kernel's IFA_F_*: 0x08 no duplicate, 0x40 tentative, ... */
    uint32_t valid_s, preferred_s; /* seconds left, UINT32_MAX: forever */
} tapir_device_address;

/* Packets in one direction since the interface was made. */
typedef struct tapir_device_counters {
    uint64_t packets, bytes, errors, dropped;
} tapir_device_counters;

/* One device. Pointers are NULL, numbers 0 for what is not known or not there; all of it stays
 * valid until the list is freed. Strings are bytes as the system has them: an alias may hold any.
 */
typedef struct tapir_device {
    const char *name;
    const char *description;      /* libpcap's; seldom for interfaces */
    const char *alias;            /* that the administrator gave it */
    const char *const *alt_names; /* further names it answers to */
    size_t alt_name_count;
    uint32_t index;       /* the kernel's number, from 1; 0 for a pseudo-device */
    uint32_t flags;       /* enum tapir_device_flag */
    const char *state;    /* of the link, as RFC 2863 calls it: "up", "down", "lower-layer-down" */
    uint32_t promiscuity; /* how many asked for all packets */
    uint16_t hardware_type; /* the kernel's ARPHRD_* */
    uint16_t link_type;     /* TAPIR_LINK_TYPE_* of what is captured, unless another is chosen */
    bool has_link_type;     /* else libpcap tells on opening only, or there is no libmnl */
    tapir_link_address mac, permanent_mac, broadcast_mac;
    uint32_t mtu, min_mtu, max_mtu;
    const tapir_device_address *addresses;
    size_t address_count;
    tapir_device_connection connection;
    tapir_device_duplex duplex;
    uint32_t speed;                        /* megabits a second */
    const char *driver, *driver_version;   /* "virtio_net" */
    const char *firmware, *bus;            /* its version; "0000:01:00.0" */
    uint32_t rx_queues, tx_queues;         /* how many there are room for */
    uint32_t tx_queue_len;                 /* packets */
    const char *kind;                      /* what sort of virtual link: "vlan", "veth" ... */
    const char *port_kind;                 /* the sort of its master: "bridge" */
    uint32_t master, parent;               /* indexes: what it is a port of; what it lies on */
    const char *master_name, *parent_name; /* NULL also for one in another namespace */
    bool parent_elsewhere;                 /* `parent` counts in another namespace */
    uint16_t vlan_id, vlan_protocol;       /* of kind "vlan": 0 to 4095; Ethernet type, or 0 */
    tapir_device_counters received, sent;
} tapir_device;

/* Lists the devices in the order of tcpdump -D, any that libpcap does not list behind those. On
 * failure *devices is NULL; TAPIR_IO says what the system refused. In a build without libmnl there
 * is only what libpcap tells: names, descriptions, the first four flags, connections, IP
 * addresses without scope. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_devices_new(
    tapir_devices **devices, tapir_error *error);

/* NULL is fine. */
TAPIR_API void tapir_devices_free(tapir_devices *devices);

TAPIR_API size_t tapir_devices_count(const tapir_devices *devices);

/* Returns the device at a place in the list, from 0; NULL behind the last. */
TAPIR_API const tapir_device *tapir_devices_each(const tapir_devices *devices, size_t at);

/* Returns the device of that name (or further name), NULL when there is none. */
TAPIR_API const tapir_device *tapir_devices_find_name(
    const tapir_devices *devices, const char *name);

/* Returns the interface of that number, NULL when there is none. */
TAPIR_API const tapir_device *tapir_devices_find_index(
    const tapir_devices *devices, uint32_t index);

/* Returns the device that tcpdump picks when it is given none: the first. NULL for an empty list.
 */
TAPIR_API const tapir_device *tapir_devices_default(const tapir_devices *devices);

/* Returns which network namespace this is (the inode of /proc/thread-self/ns/net); 0: not known. */
TAPIR_API uint64_t tapir_devices_namespace(const tapir_devices *devices);

/* Appends what tcpdump -D has between brackets: "Up, Running, Loopback", "none". */
TAPIR_API void tapir_device_flags_text(tapir_text *text, const tapir_device *device);

/* Appends the line of tcpdump -D without its number: "lo [Up, Running, Loopback]". Control
 * characters are escaped. */
TAPIR_API void tapir_device_line(tapir_text *text, const tapir_device *device);

/* Returns the name of one flag, "no-arp"; NULL for a bit that is none. Static. */
TAPIR_API const char *tapir_device_flag_name(uint32_t flag);

/* Returns "global", "site", "link", "host" or "nowhere" as ip-address(8) does, NULL for any other
 * number. Static. */
TAPIR_API const char *tapir_scope_name(uint8_t scope);

TAPIR_EXTERN_C_END
#endif
