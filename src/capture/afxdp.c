/* Capturing with AF_XDP: frames taken before the kernel's stack sees them, through rings shared
 * with it (kernel, Documentation/networking/af_xdp.rst). */
#include "afxdp.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    ENTRIES = 8192,
    BATCH = 64,
    AHEAD = 4,      /* frames whose first bytes are fetched before they are handed out */
    NAP_NS = 30000, /* after a batch: being woken for every few frames costs more than they do */
    GOING_MS = 20,
    QUIET_MS = 1, /* what is on its way to a socket is there by then */
    QUEUES_MOST = 1024,
    RING_MOST = 1 << 20
};

/* Frames read from one queue and not yet given back. */
struct held {
    struct tapir__xdp_socket *socket; /* NULL: none */
    uint32_t at, count, next;         /* of its ring for received frames */
};

struct afxdp {
    tapir__live live;
    struct tapir__xdp_program program;
    struct tapir__xdp_socket *sockets;
    uint32_t socket_count;
    uint32_t turn; /* the socket that is looked at first */
    struct held held;
    int64_t time;  /* of the frames that are held */
    bool is_open;  /* false: the interface is waited for */
    bool reported; /* who reads knows that it is not there */
    int epoll_fd;  /* of the sockets and news_fd */
    int news_fd;   /* tells when interfaces change */
    int promiscuous_fd;
    tapir_filter_instruction *filter; /* a copy, for an interface that comes back; or NULL */
    size_t filter_count;
    uint64_t taken;            /* from the rings */
    uint64_t dropped, freezes; /* by sockets that are closed */
    uint64_t interface_drops;  /* when capturing began */
};

/* Gives what was handed out back to the kernel. */
static void release(struct afxdp *a)
{
    struct tapir__xdp_socket *socket = a->held.socket;
    uint32_t count = a->held.count, to;

    a->held.socket = NULL;
    if (!socket)
        return;
    /* There is always room: the ring has an entry for every frame. */
    if (xsk_ring_prod__reserve(&socket->fill, count, &to) == count) {
        for (uint32_t i = 0; i < count; i++)
            *xsk_ring_prod__fill_addr(&socket->fill, to + i) =
                xsk_ring_cons__rx_desc(&socket->rx, a->held.at + i)->addr;
        xsk_ring_prod__submit(&socket->fill, count);
    }
    xsk_ring_cons__release(&socket->rx, count);
    if (xsk_ring_prod__needs_wakeup(&socket->fill))
        (void)recvfrom(socket->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

static const uint8_t *data_of(const struct tapir__xdp_socket *socket, const struct xdp_desc *desc)
{
    return socket->area + desc->addr;
}

/* AF_XDP has no times: all frames of a batch have the one at which it was read. It never goes back,
 * even when the machine's clock is set back. */
static void take_time(struct afxdp *a)
{
    int64_t time = tapir__wall_clock();

    if (a->live.options.microseconds)
        time -= time % 1000;
    if (time > a->time)
        a->time = time;
}

/* Begins with what the socket has; false: nothing. */
static bool hold(struct afxdp *a, struct tapir__xdp_socket *socket)
{
    uint32_t at, count = xsk_ring_cons__peek(&socket->rx, BATCH, &at);

    if (count == 0)
        return false;
    a->held = (struct held){.socket = socket, .at = at, .count = count};
    for (uint32_t i = 0; i < AHEAD && i < count; i++)
        __builtin_prefetch(data_of(socket, xsk_ring_cons__rx_desc(&socket->rx, at + i)));
    a->taken += count;
    take_time(a);
    return true;
}

/* Looks at the sockets in turn. */
static bool hold_any(struct afxdp *a)
{
    for (uint32_t i = 0; i < a->socket_count; i++) {
        struct tapir__xdp_socket *socket = &a->sockets[a->turn];
        a->turn = a->turn + 1 == a->socket_count ? 0 : a->turn + 1;
        if (hold(a, socket))
            return true;
        if (a->live.options.busy_poll)
            (void)recvfrom(socket->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
    }
    return false;
}

static bool hold_soon(struct afxdp *a)
{
    static const struct timespec nap = {.tv_nsec = NAP_NS};

    if (hold_any(a))
        return true;
    if (a->live.options.timeout < 0 || a->live.options.immediate)
        return false;
    nanosleep(&nap, NULL);
    return hold_any(a);
}

static void count_drops(struct afxdp *a, uint64_t *dropped, uint64_t *freezes)
{
    *dropped = a->dropped;
    *freezes = a->freezes;
    for (uint32_t i = 0; i < a->socket_count && a->is_open; i++) {
        struct xdp_statistics counted = {.rx_dropped = 0};
        socklen_t len = sizeof counted;
        if (getsockopt(a->sockets[i].fd, SOL_XDP, XDP_STATISTICS, &counted, &len) != 0)
            continue;
        *dropped += counted.rx_dropped + counted.rx_ring_full;
        *freezes += counted.rx_fill_ring_empty_descs;
    }
}

static void close_sockets(struct afxdp *a)
{
    count_drops(a, &a->dropped, &a->freezes);
    a->held.socket = NULL;
    a->is_open = false;
    for (uint32_t i = 0; i < a->socket_count; i++)
        tapir__xdp_socket_close(&a->sockets[i]);
    tapir__xdp_program_detach(&a->program);
    if (a->promiscuous_fd >= 0)
        close(a->promiscuous_fd);
    a->promiscuous_fd = -1;
}

static bool watch(const struct afxdp *a, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};

    return epoll_ctl(a->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static uint16_t choose_bind_flags(const struct afxdp *a)
{
    if (a->live.options.zero_copy)
        return XDP_ZEROCOPY;
    /* A program in the stack has no frames of the driver's. */
    return a->live.options.copy || tapir__xdp_program_is_generic(&a->program) ? XDP_COPY : 0;
}

static tapir_status open_sockets(struct afxdp *a, tapir_error *error)
{
    const tapir_capture_options *options = &a->live.options;

    for (uint32_t i = 0; i < a->socket_count; i++) {
        const struct tapir__xdp_socket_options chosen = {
            .queue = options->queue + i,
            .rx = options->ring ? options->ring : ENTRIES,
            .bind_flags = choose_bind_flags(a),
            .busy_poll = options->busy_poll,
        };
        tapir_status status = tapir__xdp_socket_open(&a->sockets[i], a->live.name, &chosen, error);
        if (status != TAPIR_OK)
            return status;
        if (!watch(a, a->sockets[i].fd))
            return tapir__xdp_failed(error, a->live.name, "wait for frames", errno);
    }
    return TAPIR_OK;
}

/* Settles which queues: all that are there, or those that were asked for. */
static tapir_status choose_queues(struct afxdp *a, tapir_error *error)
{
    const tapir_capture_options *options = &a->live.options;
    uint32_t there = tapir__interface_queues(a->live.name);
    uint32_t count = options->queue_count;

    if (options->queue >= there || (count && count > there - options->queue))
        return tapir_error_set(error, TAPIR_INVALID, "%s: there is no queue %u, the last one is %u",
            a->live.name, (unsigned)(options->queue + (count ? count - 1 : 0)),
            (unsigned)(there - 1));
    if (!count)
        count = there - options->queue;
    if (count > QUEUES_MOST)
        count = QUEUES_MOST;
    free(a->sockets);
    a->sockets = calloc(count, sizeof *a->sockets);
    a->socket_count = a->sockets ? count : 0;
    a->turn = 0;
    for (uint32_t i = 0; i < a->socket_count; i++)
        a->sockets[i].fd = -1;
    return a->sockets ? TAPIR_OK
                      : tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", a->live.name);
}

/* Hands all queues' frames to their sockets, or to none. */
static tapir_status feed(const struct afxdp *a, bool on, tapir_error *error)
{
    tapir_status status = TAPIR_OK;

    for (uint32_t i = 0; i < a->socket_count && status == TAPIR_OK; i++)
        status = tapir__xdp_program_feed(
            &a->program, a->live.options.queue + i, on ? a->sockets[i].fd : -1, error);
    return status;
}

/* Has the adapter take what is not for this machine, for as long as this socket is open. */
static tapir_status see_all(struct afxdp *a, tapir_error *error)
{
    const struct packet_mreq promiscuous = {
        .mr_ifindex = a->program.index, .mr_type = PACKET_MR_PROMISC};

    a->promiscuous_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (a->promiscuous_fd < 0 || setsockopt(a->promiscuous_fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP,
                                     &promiscuous, sizeof promiscuous) != 0)
        return tapir__xdp_failed(error, a->live.name, "see what is not for this machine", errno);
    return TAPIR_OK;
}

/* Attaches the program and opens a socket for every queue. */
static tapir_status open_all(struct afxdp *a, tapir_error *error)
{
    const tapir_capture_options *options = &a->live.options;
    tapir_status status = choose_queues(a, error);

    if (status != TAPIR_OK)
        return status;
    status = tapir__xdp_program_attach(&a->program, a->live.name, options->xdp_mode, options->queue,
        options->queue + a->socket_count, a->filter, a->filter_count, error);
    if (status == TAPIR_OK && !options->no_promiscuous)
        status = see_all(a, error);
    if (status == TAPIR_OK)
        status = open_sockets(a, error);
    if (status == TAPIR_OK)
        status = feed(a, true, error);
    if (status != TAPIR_OK) {
        close_sockets(a);
        return status;
    }
    a->is_open = true;
    a->interface_drops = tapir__interface_drops(a->live.name);
    return TAPIR_OK;
}

/* Says it once; who reads on waits. An interface that goes away goes down first. */
static tapir_status tell_what_happened(struct afxdp *a)
{
    a->reported = true;
    (void)tapir__live_pause(&a->live, GOING_MS, 0);
    return tapir_error_set(&a->live.source.error, TAPIR_IO, "%s: the interface %s", a->live.name,
        if_nametoindex(a->live.name) ? "went down" : "has gone away");
}

static tapir_status tell_time_is_over(struct afxdp *a)
{
    return tapir_error_set(
        &a->live.source.error, TAPIR_TIMEOUT, "%s: no frame came in time", a->live.name);
}

/* Whether the interface that the sockets are on is the one of that name now. */
static bool is_the_same(const struct afxdp *a)
{
    int number = 0;
    socklen_t len = sizeof number;

    if (a->program.index != (int)if_nametoindex(a->live.name))
        return false;
    return getsockopt(a->sockets[0].fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0 ||
           number != ENETDOWN;
}

/* Tells whether the interface is there and up, and that sockets are open on it: of one that is
 * there anew they are opened anew. */
static bool is_there(struct afxdp *a)
{
    if (a->is_open && !is_the_same(a))
        close_sockets(a);
    if (!tapir__interface_is_up(a->live.name))
        return false;
    return a->is_open || open_all(a, &a->live.source.error) == TAPIR_OK;
}

/* Waits for the interface to come back. */
static tapir_status follow(struct afxdp *a, int64_t since)
{
    enum { STEP_MS = 50 };

    while (!is_there(a)) {
        switch (tapir__live_pause(&a->live, STEP_MS, since)) {
        case TAPIR__WAIT_BREAK:
            return tapir__breaker_take(&a->live.source.breaker, &a->live.source.error);
        case TAPIR__WAIT_TIMEOUT:
            return tell_time_is_over(a);
        default:
            break;
        }
    }
    a->reported = false;
    return TAPIR_OK;
}

/* Reads the news on interfaces, which say no more than that it is time to look. */
static tapir_status look_at_interface(struct afxdp *a, int64_t since)
{
    char news[4096];

    while (recv(a->news_fd, news, sizeof news, MSG_DONTWAIT) > 0)
        ;
    if (is_there(a))
        a->reported = false;
    else if (!a->live.options.follow && !a->reported)
        return tell_what_happened(a);
    else
        return follow(a, since);
    return TAPIR_OK;
}

/* Lets go of the frames that were read and waits for others. */
static tapir_status next_frames(struct afxdp *a)
{
    tapir_status status = TAPIR_OK;
    int64_t since;

    release(a);
    if (a->is_open && hold_soon(a))
        return TAPIR_OK;
    since = tapir__now();
    if (!a->is_open)
        status = look_at_interface(a, since);
    while (status == TAPIR_OK) {
        if (hold_any(a))
            return TAPIR_OK;
        switch (tapir__live_wait(&a->live, a->epoll_fd, since)) {
        case TAPIR__WAIT_TIMEOUT:
            return tell_time_is_over(a);
        case TAPIR__WAIT_BREAK:
            return tapir__breaker_take(&a->live.source.breaker, &a->live.source.error);
        default:
            break;
        }
        if (hold_any(a))
            return TAPIR_OK;
        status = look_at_interface(a, since);
    }
    return status;
}

TAPIR_INLINE void take(struct afxdp *a, tapir_frame *frame)
{
    const struct tapir__xdp_socket *socket = a->held.socket;
    uint32_t at = a->held.at + a->held.next++;
    const struct xdp_desc *desc = xsk_ring_cons__rx_desc(&socket->rx, at);
    uint32_t kept = desc->len < a->live.options.snaplen ? desc->len : a->live.options.snaplen;

    /* What lies behind the frames that are held is an older one's, and harmless. */
    __builtin_prefetch(data_of(socket, xsk_ring_cons__rx_desc(&socket->rx, at + AHEAD)));
    *frame = (tapir_frame){
        .data = data_of(socket, desc),
        .caplen = kept,
        .len = desc->len,
        .time = a->time,
        .link_type = TAPIR_LINK_TYPE_ETHERNET,
        .direction = TAPIR_DIRECTION_IN,
        .has_time = true,
        .number = ++a->live.source.frames,
    };
    a->live.source.bytes += kept;
}

static bool has_frames(const struct afxdp *a)
{
    return a->held.socket && a->held.next < a->held.count;
}

static tapir_status afxdp_next(tapir_source *source, tapir_frame *frame)
{
    struct afxdp *a = (struct afxdp *)source;

    if (!has_frames(a)) {
        tapir_status status = next_frames(a);
        if (status != TAPIR_OK)
            return status;
    }
    take(a, frame);
    return TAPIR_OK;
}

static tapir_status afxdp_next_batch(
    tapir_source *source, tapir_frame *frames, size_t room, size_t *count)
{
    struct afxdp *a = (struct afxdp *)source;
    size_t taken = 0;

    if (!has_frames(a)) {
        tapir_status status = next_frames(a);
        if (status != TAPIR_OK)
            return status;
    }
    while (taken < room && has_frames(a))
        take(a, &frames[taken++]);
    *count = taken;
    return TAPIR_OK;
}

/* Returns how many frames are in the rings. */
static uint64_t count_waiting(const struct afxdp *a)
{
    uint64_t waiting = 0;

    for (uint32_t i = 0; i < a->socket_count && a->is_open; i++) {
        const struct xsk_ring_cons *ring = &a->sockets[i].rx;
        waiting += __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) - ring->cached_cons;
    }
    return waiting;
}

static void afxdp_stats(const tapir_source *source, tapir_source_stats *stats)
{
    struct afxdp *a = (struct afxdp *)(uintptr_t)source;

    count_drops(a, &stats->dropped_by_kernel, &stats->freezes);
    stats->received = a->taken + count_waiting(a) + stats->dropped_by_kernel;
    stats->dropped_by_interface = tapir__interface_drops(a->live.name) - a->interface_drops;
}

static bool keep_filter(struct afxdp *a, const tapir_filter *filter)
{
    tapir_filter_instruction *copy = NULL;
    const tapir_filter_instruction *program = NULL;
    size_t count = 0;

    if (filter)
        program = tapir_filter_program(filter, &count);
    if (count) {
        copy = calloc(count, sizeof *copy);
        if (!copy)
            return false;
        memcpy(copy, program, count * sizeof *copy);
    }
    free(a->filter);
    a->filter = copy;
    a->filter_count = count;
    return true;
}

/* Gives back what the rings hold. */
static void empty_rings(struct afxdp *a)
{
    release(a);
    while (hold_any(a))
        release(a);
}

/* Nothing may come that the old filter let pass: until the new one is in its place frames go to no
 * socket, and are not lost but pass. */
static tapir_status exchange(struct afxdp *a, const tapir_filter *filter)
{
    tapir_error *error = &a->live.source.error;
    const tapir_filter_instruction *program;
    tapir_status status = feed(a, false, error);
    size_t count;

    if (status != TAPIR_OK)
        return status;
    program = tapir_filter_program(filter, &count);
    status = tapir__xdp_program_replace(&a->program, program, count, error);
    if (status != TAPIR_OK) {
        (void)!feed(a, true, NULL);
        return status;
    }
    (void)tapir__live_pause(&a->live, QUIET_MS, 0);
    empty_rings(a);
    return feed(a, true, error);
}

/* VLAN tags are in the bytes, as in a file, and not beside them as the kernel's stack has them.
 * What cannot be said without the interface's address may be said with it. */
static tapir_status compile(const struct afxdp *a, const char *expression, bool optimize,
    tapir_filter **filter, tapir_error *error)
{
    uint32_t snaplen = a->live.options.snaplen;
    tapir_status status = tapir_filter_new_live(
        filter, expression, TAPIR_LINK_TYPE_ETHERNET, snaplen, optimize, error);

    if (status != TAPIR_INVALID)
        return status;
    return tapir_filter_new_interface(
        filter, expression, a->live.name, TAPIR_LINK_TYPE_ETHERNET, snaplen, optimize, error);
}

static tapir_status afxdp_compile(
    tapir_source *source, const char *expression, bool optimize, tapir_filter **filter)
{
    return compile((const struct afxdp *)source, expression, optimize, filter, &source->error);
}

static tapir_status afxdp_set_filter(tapir_source *source, const tapir_filter *filter)
{
    struct afxdp *a = (struct afxdp *)source;
    tapir_status status = a->is_open ? exchange(a, filter) : TAPIR_OK;

    if (status == TAPIR_OK && !keep_filter(a, filter))
        status =
            tapir_error_set(&source->error, TAPIR_NO_MEMORY, "%s: out of memory", a->live.name);
    return status;
}

static int afxdp_fd(const tapir_source *source)
{
    return ((const struct afxdp *)source)->epoll_fd;
}

static void afxdp_close(tapir_source *source)
{
    struct afxdp *a = (struct afxdp *)source;

    close_sockets(a);
    if (a->epoll_fd >= 0)
        close(a->epoll_fd);
    if (a->news_fd >= 0)
        close(a->news_fd);
    tapir__live_clear(&a->live);
    free(a->sockets);
    free(a->filter);
    free(a);
}

static const tapir__live_kind live_kind = {
    .compile = afxdp_compile,
    .set_filter = afxdp_set_filter,
    .fd = afxdp_fd,
};

static const tapir__source_kind source_kind = {
    .next = afxdp_next,
    .next_batch = afxdp_next_batch,
    .stats = afxdp_stats,
    .close = afxdp_close,
    .live = &live_kind,
};

static tapir_status check_options(
    const char *interface, const tapir_capture_options *options, tapir_error *error)
{
    uint32_t ring = options->ring;

    if (strcmp(interface, "any") == 0)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "any: afxdp takes the frames of one interface; name it, or capture with afpacket:any");
    if (options->direction == TAPIR_CAPTURE_OUT)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: afxdp sees frames that are received, none that is sent; capture with afpacket:%s",
            interface, interface);
    if (options->clock != TAPIR_CLOCK_HOST && options->clock != TAPIR_CLOCK_HOST_HIGH)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: afxdp has no times but the host's, high precision; capture with afpacket:%s",
            interface, interface);
    if (options->monitor || options->cooked || options->fanout.mode ||
        (options->has_link_type && options->link_type != TAPIR_LINK_TYPE_ETHERNET))
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: afxdp has Ethernet frames as they are; monitor mode, cooked frames, other link "
            "types and fanout are not its",
            interface);
    if (options->copy && options->zero_copy)
        return tapir_error_set(
            error, TAPIR_INVALID, "%s: copy and zero copy exclude each other", interface);
    if (ring & (ring - 1) || ring > RING_MOST)
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: a ring has a power of two of entries, at most %d", interface, RING_MOST);
    return TAPIR_OK;
}

/* Whether the interface is one of Ethernet frames, and up. */
static tapir_status check_interface(
    const char *interface, const tapir_capture_options *options, tapir_error *error)
{
    struct ifreq request = {.ifr_ifindex = 0};

    if (!tapir__interface_ask(interface, SIOCGIFHWADDR, &request))
        return tapir__live_failed(error, interface, "capture", ENODEV);
    if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER &&
        request.ifr_hwaddr.sa_family != ARPHRD_LOOPBACK)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: afxdp takes Ethernet frames, the interface has others; capture with afpacket:%s",
            interface, interface);
    if (!options->follow && !tapir__interface_is_up(interface))
        return tapir_error_set(error, TAPIR_IO,
            "%s: the interface is down; bring it up with: ip link set %s up", interface, interface);
    return TAPIR_OK;
}

/* Makes what is waited with. */
static tapir_status watch_for_news(struct afxdp *a, tapir_error *error)
{
    const struct sockaddr_nl links = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};

    a->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    a->news_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (a->epoll_fd < 0 || a->news_fd < 0 ||
        bind(a->news_fd, (const struct sockaddr *)&links, sizeof links) != 0 ||
        !watch(a, a->news_fd))
        return tapir__xdp_failed(error, a->live.name, "wait for frames", errno);
    return TAPIR_OK;
}

static tapir_status start(struct afxdp *a, tapir_error *error)
{
    const tapir_capture_options *options = &a->live.options;
    tapir_filter *filter = NULL;
    tapir_status status = TAPIR_OK;

    if (options->filter)
        status = compile(a, options->filter, !options->no_optimize, &filter, error);
    if (status != TAPIR_OK)
        return status;
    if (!keep_filter(a, filter))
        status = tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", a->live.name);
    tapir_filter_free(filter);
    if (status == TAPIR_OK)
        status = watch_for_news(a, error);
    if (status == TAPIR_OK && tapir__interface_is_up(a->live.name))
        status = open_all(a, error);
    return status;
}

static tapir_status afxdp_open(tapir_source **source, const char *interface,
    const tapir_capture_options *options, tapir_error *error)
{
    tapir_status status = check_options(interface, options, error);
    struct afxdp *a;

    if (status == TAPIR_OK)
        status = check_interface(interface, options, error);
    if (status != TAPIR_OK)
        return status;
    a = calloc(1, sizeof *a);
    if (!a)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", interface);
    a->epoll_fd = a->news_fd = a->promiscuous_fd = -1;
    a->program = tapir__xdp_program_none;
    status = tapir__live_init(
        &a->live, &source_kind, "afxdp", interface, options, TAPIR_LINK_TYPE_ETHERNET, error);
    if (status != TAPIR_OK) {
        free(a);
        return status;
    }
    status = start(a, error);
    if (status != TAPIR_OK) {
        afxdp_close(&a->live.source);
        return status;
    }
    *source = &a->live.source;
    return TAPIR_OK;
}

/* Never chosen by itself: it takes frames away from the machine's own programs. */
static bool afxdp_suits(const char *interface, const tapir_capture_options *options)
{
    (void)interface, (void)options;
    return false;
}

const tapir__capture_way tapir__afxdp_way = {
    .name = "afxdp",
    .library = "libxdp and libbpf",
    .open = afxdp_open,
    .suits = afxdp_suits,
};
