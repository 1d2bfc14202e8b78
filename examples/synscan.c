/* Tells which TCP ports of a host are open, by a SYN to each and what comes back: SYN and ACK from
 * an open port, RST from a closed one (RFC 9293 3.10.7), nothing or an ICMP error where something
 * filters. Scan only what you may scan. usage: synscan HOST PORTS (22,80,8000-8100) */
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tapir/tapir.h"

#define SECOND INT64_C(1000000000)
#define TRIES  3    /* SYNs to a port that says nothing, a second apart (RFC 6298 2.1) */
#define RATE   1000 /* SYNs a second */

enum state { NOT_ASKED, NO_ANSWER, OPEN, CLOSED, FILTERED };
static const char *const state_names[] = {"", "filtered (no answer)", "open", "closed", "filtered"};

static tapir_source *source; /* these two here for the signal handler */
static tapir_pace *pace;
static tapir_sink *sink;
static tapir_builder *builder;
static tapir_packet *packet;
static uint64_t secret;       /* that sequence numbers are made of */
static uint8_t states[65536]; /* enum state, by port */
static unsigned waiting;      /* ports that have not answered yet */
static volatile sig_atomic_t stopped;

/* The headers of every SYN. */
static struct tapir_ethernet ethernet;
static struct tapir_ipv4 ipv4;
static struct tapir_ipv6 ipv6;
static struct tapir_tcp tcp;
static bool is_ipv6;

static void stop(int number)
{
    (void)number;
    stopped = 1;
    tapir_source_break(source);
    tapir_pace_break(pace);
}

/* Ends the program unless all went well. */
static void must(tapir_status status, const tapir_error *error)
{
    if (status == TAPIR_OK)
        return;
    fprintf(stderr, "synscan: %s\n", error->message);
    exit(1);
}

/* Takes "22,80,8000-8100". */
static bool take_ports(const char *text)
{
    char *end;

    for (;; text = end + 1) {
        unsigned long first = strtoul(text, &end, 10), last = first;
        if (end != text && *end == '-')
            last = strtoul(text = end + 1, &end, 10);
        if (end == text || (*end && *end != ',') || !first || first > last || last > 65535)
            return false;
        for (; first <= last; first++) {
            waiting += states[first] == NOT_ASKED;
            states[first] = NO_ANSWER;
        }
        if (!*end)
            return true;
    }
}

/* Finds the host's address, and of one that is a link's only (fe80::1%eth0) by which interface. */
static tapir_endpoint find_host(const char *name, tapir_route_query *by)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    tapir_endpoint host;
    int problem = getaddrinfo(name, NULL, &hints, &found);

    if (problem) {
        fprintf(stderr, "synscan: %s: %s\n", name, gai_strerror(problem));
        exit(1);
    }
    is_ipv6 = found->ai_family == AF_INET6;
    if (is_ipv6) {
        const struct sockaddr_in6 *address = (const void *)found->ai_addr;
        host = tapir_endpoint_of(TAPIR_ENDPOINT_IPV6, &address->sin6_addr, 16);
        by->output = address->sin6_scope_id;
    } else {
        const struct sockaddr_in *address = (const void *)found->ai_addr;
        host = tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, &address->sin_addr, 4);
    }
    freeaddrinfo(found);
    return host;
}

/* Returns a port that nobody else gets: of a socket that does nothing. The kernel answers the SYN
 * and ACK of an open port with RST, which ends the connection over there, too. */
static uint16_t reserve_port(void)
{
    /* Of either version: the port is at the same place in both addresses. */
    struct sockaddr_in6 any = {.sin6_family = is_ipv6 ? AF_INET6 : AF_INET};
    socklen_t len = sizeof any;
    int fd = socket(any.sin6_family, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0 ||
        getsockname(fd, (struct sockaddr *)&any, &len) != 0) {
        perror("synscan: a port of our own");
        exit(1);
    }
    return ntohs(any.sin6_port);
}

/* Fills the headers: from which interface and address packets go, and to which link-layer address,
 * the host's or a gateway's. */
static void find_way(const tapir_endpoint *host, const tapir_route_query *by, tapir_route *route)
{
    tapir_neighbour next;
    tapir_devices *devices;
    const tapir_device *device;
    tapir_error error;

    must(tapir_route_get(route, host, by, &error), &error);
    must(tapir_neighbour_resolve(&next, host, by, 3000, &error), &error);
    must(tapir_devices_new(&devices, &error), &error);
    device = tapir_devices_find_index(devices, route->interface);
    if (!device || device->flags & TAPIR_DEVICE_LOOPBACK) {
        fprintf(stderr, "synscan: the host is this machine itself\n");
        exit(1);
    }
    tapir_layer_init(&tapir_ethernet_proto, &ethernet);
    memcpy(ethernet.src, device->mac.bytes, 6);
    memcpy(ethernet.dst, next.mac.bytes, 6);
    tapir_layer_init(&tapir_ipv4_proto, &ipv4);
    ipv4.flags = TAPIR_IPV4_DONT_FRAGMENT; /* so that they need no id of their own (RFC 6864 4.1) */
    memcpy(ipv4.src, route->source.bytes, 4);
    memcpy(ipv4.dst, host->bytes, 4);
    tapir_layer_init(&tapir_ipv6_proto, &ipv6);
    memcpy(ipv6.src, route->source.bytes, 16);
    memcpy(ipv6.dst, host->bytes, 16);
    tapir_layer_init(&tapir_tcp_proto, &tcp);
    tcp.src_port = reserve_port();
    tcp.flags = TAPIR_TCP_SYN;
    tapir_devices_free(devices);
}

static void open_interface(const char *interface, const tapir_endpoint *host)
{
    tapir_capture_options answers = {.size = sizeof answers,
        .direction = TAPIR_CAPTURE_IN,
        .no_promiscuous = true,
        .immediate = true};
    const tapir_pace_options steady = {
        .size = sizeof steady, .kind = TAPIR_PACE_PACKETS, .rate = RATE};
    tapir_text filter = {0};
    tapir_error error;

    tapir_text_put(&filter, "(tcp and src host ");
    tapir_endpoint_text(&filter, host);
    tapir_text_printf(&filter, " and dst port %u) or icmp[0] = 3 or icmp6[0] = 1", tcp.src_port);
    answers.filter = tapir_text_string(&filter);
    must(tapir_capture_open(&source, interface, &answers, &error), &error);
    must(tapir_send_open(&sink, interface, NULL, &error), &error);
    must(tapir_pace_new(&pace, &steady, &error), &error);
    tapir_text_clear(&filter);
}

/* The sequence number of the SYN to a port: nobody can guess it who does not see it. */
static uint32_t sequence_to(uint16_t port)
{
    const tapir_endpoint endpoint = tapir_endpoint_port(TAPIR_ENDPOINT_TCP_PORT, port);

    return (uint32_t)tapir_endpoint_hash(&endpoint, secret);
}

static void set_state(uint16_t port, enum state state)
{
    if (states[port] == NO_ANSWER) {
        states[port] = (uint8_t)state;
        waiting--;
    }
}

/* Looks whether it is an answer. As in state SYN-SENT (RFC 9293 3.10.7.3) one has to acknowledge
 * our SYN; an ICMP error quotes it. */
static void take_answer(const tapir_frame *frame)
{
    const struct tapir_tcp *found;

    tapir_packet_start(packet, frame);
    found = TAPIR_FIND(packet, tcp);
    if (!found)
        return;
    if (TAPIR_FIND(packet, icmp) || TAPIR_FIND(packet, icmpv6)) {
        if (found->src_port == tcp.src_port && found->seq == sequence_to(found->dst_port))
            set_state(found->dst_port, FILTERED);
    } else if (found->flags & TAPIR_TCP_ACK && found->ack == sequence_to(found->src_port) + 1) {
        if (found->flags & TAPIR_TCP_RST)
            set_state(found->src_port, CLOSED);
        else if (found->flags & TAPIR_TCP_SYN)
            set_state(found->src_port, OPEN);
    }
}

/* Takes answers until none comes within the time, negative: as long as there are some. */
static void take_answers(int64_t timeout)
{
    tapir_frame frame;
    tapir_status status = TAPIR_OK;

    must(tapir_capture_set_timeout(source, timeout), tapir_source_error(source));
    while (waiting && (status = tapir_source_next(source, &frame)) == TAPIR_OK)
        take_answer(&frame);
    if (status != TAPIR_TIMEOUT && status != TAPIR_BREAK)
        must(status, tapir_source_error(source));
}

/* Sends a SYN when it is its turn. */
static void ask(uint16_t port)
{
    const tapir_stack_layer layers[] = {TAPIR_LAYER(ethernet, &ethernet),
        {.proto = is_ipv6 ? &tapir_ipv6_proto : &tapir_ipv4_proto,
            .fields = is_ipv6 ? (const void *)&ipv6 : &ipv4},
        TAPIR_LAYER(tcp, &tcp)};
    const uint16_t link_type = tapir_send_link_type(sink);
    /* A tunnel takes packets without a link header. */
    const size_t outermost = link_type != TAPIR_LINK_TYPE_ETHERNET;
    uint8_t room[4];
    tapir_writer options = tapir_writer_of(room, sizeof room);
    tapir_frame frame;
    tapir_span built;
    tapir_error error;
    tapir_status status;

    tapir_tcp_put_mss(&options, is_ipv6 ? 1440 : 1460);
    tcp.options = tapir_written(&options, room);
    tcp.dst_port = port;
    tcp.seq = sequence_to(port);
    must(tapir_builder_build(builder, layers + outermost, 3 - outermost, NULL, &built, &error),
        &error);
    frame = tapir_frame_of(built, link_type);
    status = tapir_pace_wait(pace, &frame, sink);
    if (status == TAPIR_BREAK)
        return;
    must(status, tapir_sink_error(sink));
    must(tapir_sink_write(sink, &frame), tapir_sink_error(sink));
}

/* Asks all ports that have not answered, and waits for the last answers. */
static void ask_all(void)
{
    for (unsigned port = 1; port <= 65535 && !stopped; port++)
        if (states[port] == NO_ANSWER) {
            ask((uint16_t)port);
            take_answers(-1);
        }
    must(tapir_sink_flush(sink), tapir_sink_error(sink));
    if (!stopped)
        take_answers(SECOND);
}

int main(int argc, char **argv)
{
    tapir_route_query by = {.size = sizeof by};
    tapir_endpoint host;
    tapir_route route;

    builder = tapir_builder_new();
    packet = tapir_packet_new(NULL);
    if (argc != 3 || !take_ports(argv[2]) || !builder || !packet ||
        getentropy(&secret, sizeof secret) != 0) {
        fprintf(stderr, "usage: synscan HOST PORTS (22,80,8000-8100)\n");
        return 2;
    }
    host = find_host(argv[1], &by);
    find_way(&host, &by, &route);
    open_interface(route.interface_name, &host);
    signal(SIGINT, stop);
    for (int i = 0; i < TRIES && waiting && !stopped; i++)
        ask_all();
    for (unsigned port = 1; port <= 65535; port++)
        if (states[port] != NOT_ASKED)
            printf("%5u %s\n", port, state_names[states[port]]);
    tapir_pace_free(pace);
    tapir_sink_close(sink, NULL);
    tapir_source_close(source);
    tapir_packet_free(packet);
    tapir_builder_free(builder);
    return 0;
}
