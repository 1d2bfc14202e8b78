/* Addresses and ports as names or numbers. Names come from the system's resolver and are
 * kept, so each is looked up once. */
#include "printer.h"

#include <net/if.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Names of addresses are kept in a table of sets; in a full set a newer one takes the place of an
 * older one. */
#define SETS         8192
#define WAYS         8
#define NAME_MAX_LEN 1025 /* what NSS may give */

/* An address that was looked up: IPv4, IPv6 or Ethernet, told apart by their length. */
struct known {
    char *name;  /* NULL: it has none */
    uint8_t len; /* of the address, 0: free */
    uint8_t address[16];
};

struct dump_names {
    char *tcp_ports[65536], *udp_ports[65536]; /* NULL: no name */
    unsigned victim;
    struct known known[SETS][WAYS];
};

static void free_all(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
}

void tapir__dump_names_free(struct dump_names *names)
{
    if (!names)
        return;
    free_all(names->tcp_ports, TAPIR_COUNT(names->tcp_ports));
    free_all(names->udp_ports, TAPIR_COUNT(names->udp_ports));
    for (size_t i = 0; i < SETS; i++)
        for (size_t j = 0; j < WAYS; j++)
            free(names->known[i][j].name);
    free(names);
}

/* Keeps the first name for a number. */
static void keep(char **names, size_t number, const char *name)
{
    if (!names[number])
        names[number] = strdup(name);
}

static void read_services(struct dump_names *names)
{
    char buffer[4096];
    struct servent service, *found;

    setservent(1);
    while (getservent_r(&service, buffer, sizeof buffer, &found) == 0 && found) {
        uint16_t port = ntohs((uint16_t)service.s_port);
        if (strcmp(service.s_proto, "tcp") == 0)
            keep(names->tcp_ports, port, service.s_name);
        else if (strcmp(service.s_proto, "udp") == 0)
            keep(names->udp_ports, port, service.s_name);
    }
    endservent();
}

/* Returns the names, made at the first need; NULL when numbers are wanted or memory is short. */
static struct dump_names *names_of(struct tapir_dump *p)
{
    if (p->numeric)
        return NULL;
    if (!p->names) {
        p->names = calloc(1, sizeof *p->names);
        if (p->names)
            read_services(p->names);
    }
    return p->names;
}

void tapir__dump_tcp_port(struct tapir_dump *p, uint16_t port)
{
    const struct dump_names *names = names_of(p);

    if (names && names->tcp_ports[port])
        tapir_text_put(p->out, names->tcp_ports[port]);
    else
        tapir_text_uint(p->out, port);
}

void tapir__dump_udp_port(struct tapir_dump *p, uint16_t port)
{
    const struct dump_names *names = names_of(p);

    if (names && names->udp_ports[port])
        tapir_text_put(p->out, names->udp_ports[port]);
    else
        tapir_text_uint(p->out, port);
}

static bool host_by_address(const struct known *host, char name[NAME_MAX_LEN])
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    const void *address = &ipv6;
    socklen_t len = sizeof ipv6;

    memcpy(&ipv6.sin6_addr, host->address, 16);
    if (host->len == 4) {
        memcpy(&ipv4.sin_addr, host->address, 4);
        address = &ipv4;
        len = sizeof ipv4;
    }
    return getnameinfo(address, len, name, NAME_MAX_LEN, NULL, 0, NI_NAMEREQD) == 0;
}

/* Asks the system for the name. */
static void look_up(struct known *known, bool short_names)
{
    char name[NAME_MAX_LEN];
    struct ether_addr mac;

    if (known->len == 6) {
        memcpy(&mac, known->address, 6);
        if (ether_ntohost(name, &mac) != 0)
            return;
    } else {
        if (!host_by_address(known, name))
            return;
        if (short_names && strchr(name, '.'))
            *strchr(name, '.') = '\0';
    }
    known->name = strdup(name);
}

/* Returns the address's name, NULL when it has none or numbers are wanted. */
static const char *name_of(struct tapir_dump *p, const uint8_t *address, uint8_t len)
{
    struct dump_names *names = names_of(p);
    struct known *set, *known;

    if (!names)
        return NULL;
    set = names->known[XXH3_64bits_withSeed(address, len, p->seed) % SETS];
    for (known = set; known < set + WAYS && known->len; known++)
        if (known->len == len && memcmp(known->address, address, len) == 0)
            return known->name;
    if (known == set + WAYS) {
        known = &set[names->victim++ % WAYS];
        free(known->name);
    }
    *known = (struct known){.len = len};
    memcpy(known->address, address, len);
    look_up(known, p->options.short_names);
    return known->name;
}

void tapir__dump_host4(struct tapir_dump *p, const uint8_t address[4])
{
    const char *name = p->numeric ? NULL : name_of(p, address, 4);

    if (name)
        tapir_text_put(p->out, name);
    else
        tapir_text_ipv4(p->out, address);
}

void tapir__dump_address6(struct tapir_dump *p, const uint8_t address[16])
{
    static const uint8_t zeroes[12];

    if (memcmp(address, zeroes, 12) == 0 && tapir_load_be(address + 12, 2) != 0) {
        /* IPv4-compatible addresses (RFC 4291 2.5.5.1) end in dotted decimal. */
        PUT(p, "::");
        tapir_text_ipv4(p->out, address + 12);
    } else {
        tapir_text_ipv6(p->out, address);
    }
}

void tapir__dump_host6(struct tapir_dump *p, const uint8_t address[16])
{
    const char *name = p->numeric ? NULL : name_of(p, address, 16);

    if (name)
        tapir_text_put(p->out, name);
    else
        tapir__dump_address6(p, address);
}

void tapir__dump_mac(struct tapir_dump *p, const uint8_t address[6])
{
    static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    const char *name = NULL, *vendor;

    if (!p->numeric)
        name = memcmp(address, everybody, 6) == 0 ? "Broadcast" : name_of(p, address, 6);
    if (name) {
        tapir_text_put(p->out, name);
        return;
    }
    tapir_text_mac(p->out, address, 6);
    if (p->numeric)
        return;
    vendor = tapir__dump_vendor(address);
    PUT(p, " (oui ");
    tapir_text_put(p->out, vendor ? vendor : "Unknown");
    PUT(p, ")");
}

void tapir__dump_link_address(struct tapir_dump *p, tapir_span address)
{
    if (address.len == 0)
        PUT(p, "<empty>");
    else if (address.len == 6)
        tapir__dump_mac(p, address.data);
    else
        tapir_text_mac(p->out, address.data, address.len);
}

const char *tapir__dump_interface(struct tapir_dump *p, uint32_t index)
{
    struct dump_interface *interface = &p->interfaces[index % DUMP_INTERFACES];

    if (interface->index != index || !interface->name[0]) {
        interface->index = index;
        if (!if_indextoname(index, interface->name))
            memcpy(interface->name, "?", 2);
    }
    return interface->name;
}
