/* Addresses, ports and protocols as names or numbers. Names come from the system's resolver and are
 * kept, so each is looked up once. */
#include "printer.h"

#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Names of hosts are kept in so many slots; a newer name takes the place of an older one. */
#define HOST_SLOTS 4096
#define HOST_MAX   256 /* longest name, longer ones are cut */

struct host {
    char *name;
    uint8_t len; /* of the address, 0: free */
    uint8_t address[16];
};

struct dump_names {
    char *tcp_ports[65536], *udp_ports[65536]; /* NULL: no name */
    char *protocols[256];
    struct host hosts[HOST_SLOTS];
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
    free_all(names->protocols, TAPIR_COUNT(names->protocols));
    for (size_t i = 0; i < HOST_SLOTS; i++)
        free(names->hosts[i].name);
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

static void read_protocols(struct dump_names *names)
{
    char buffer[4096];
    struct protoent protocol, *found;

    setprotoent(1);
    while (getprotoent_r(&protocol, buffer, sizeof buffer, &found) == 0 && found)
        if (protocol.p_proto >= 0 && protocol.p_proto < 256)
            keep(names->protocols, (size_t)protocol.p_proto, protocol.p_name);
    endprotoent();
}

/* Returns the names, made at the first need; NULL when numbers are wanted or memory is short. */
static struct dump_names *names_of(struct tapir_dump *p)
{
    if (p->numeric)
        return NULL;
    if (!p->names) {
        p->names = calloc(1, sizeof *p->names);
        if (p->names) {
            read_services(p->names);
            read_protocols(p->names);
        }
    }
    return p->names;
}

const char *tapir__dump_protocol_name(struct tapir_dump *p, uint8_t protocol)
{
    const struct dump_names *names = names_of(p);

    return names ? names->protocols[protocol] : NULL;
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

static void ask_resolver(struct host *host, bool short_names)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    char name[HOST_MAX];
    int failed;

    if (host->len == 4) {
        memcpy(&ipv4.sin_addr, host->address, 4);
        failed = getnameinfo(
            (const struct sockaddr *)&ipv4, sizeof ipv4, name, sizeof name, NULL, 0, NI_NAMEREQD);
    } else {
        memcpy(&ipv6.sin6_addr, host->address, 16);
        failed = getnameinfo(
            (const struct sockaddr *)&ipv6, sizeof ipv6, name, sizeof name, NULL, 0, NI_NAMEREQD);
    }
    if (failed)
        return;
    if (short_names && strchr(name, '.'))
        *strchr(name, '.') = '\0';
    host->name = strdup(name);
}

/* Returns the host's name, NULL when it has none or numbers are wanted. */
static const char *host_name(struct tapir_dump *p, const uint8_t *address, uint8_t len)
{
    struct dump_names *names = names_of(p);
    struct host *host;

    if (!names)
        return NULL;
    host = &names->hosts[XXH3_64bits_withSeed(address, len, p->seed) % HOST_SLOTS];
    if (host->len != len || memcmp(host->address, address, len) != 0) {
        free(host->name);
        host->name = NULL;
        host->len = len;
        memcpy(host->address, address, len);
        ask_resolver(host, p->options.short_names);
    }
    return host->name;
}

void tapir__dump_host4(struct tapir_dump *p, const uint8_t address[4])
{
    const char *name;

    /* No one is called 0.0.0.0 or 255.255.255.255. */
    if (p->numeric || tapir_load_be(address, 4) == 0 || tapir_load_be(address, 4) == UINT32_MAX ||
        !(name = host_name(p, address, 4)))
        tapir_text_ipv4(p->out, address);
    else
        tapir_text_put(p->out, name);
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
    const char *name = p->numeric ? NULL : host_name(p, address, 16);

    if (name)
        tapir_text_put(p->out, name);
    else
        tapir__dump_address6(p, address);
}

void tapir__dump_mac(struct tapir_dump *p, const uint8_t address[6])
{
    tapir_text_mac(p->out, address, 6);
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
