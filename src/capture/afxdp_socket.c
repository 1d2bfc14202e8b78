/* Sockets of AF_XDP: their memory and their rings. */
#include "afxdp.h"

#include <errno.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum {
    FRAME_SHORT = 2048, /* holds what an MTU of 1500 lets through */
    FRAME_LONG = 4096,  /* the most: a page */
    KERNELS_ROOM = 256, /* in front of a frame, XDP_PACKET_HEADROOM */
    LINK_HEADER = 14 + 2 * 4,
    LEAST_ENTRIES = 64, /* of rings that have to be there, and are not used */
    HUGE_PAGE = 2 << 20,
    POLL_BUDGET = 64,
    TRIES = 30 /* to bind to a queue that is busy, 10 ms apart */
};

#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#endif
#ifndef SO_BUSY_POLL_BUDGET
#define SO_BUSY_POLL_BUDGET 70
#endif

/* A capability by its number in the kernel, and the one that stands for it before Linux 5.8. */
static const struct capability {
    unsigned number;
    bool is_new;
    const char *name;
} needed[] = {
    {12, false, "CAP_NET_ADMIN"},
    {13, false, "CAP_NET_RAW"},
    {38, true, "CAP_PERFMON"},
    {39, true, "CAP_BPF"},
};

enum { CAPABILITY_SYS_ADMIN = 21 };

static uint64_t capabilities(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    unsigned long long effective = 0;
    char line[256];

    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "CapEff: %llx", &effective) == 1)
            break;
    fclose(file);
    return effective;
}

static bool is_missing(const struct capability *one, uint64_t effective)
{
    return !(effective >> one->number & 1) &&
           !(one->is_new && effective >> CAPABILITY_SYS_ADMIN & 1);
}

static tapir_status deny(tapir_error *error, const char *interface, const char *doing)
{
    uint64_t effective = capabilities();
    char missing[128] = "";
    size_t len = 0;

    for (size_t i = 0; i < TAPIR_COUNT(needed); i++)
        if (is_missing(&needed[i], effective))
            len += (size_t)snprintf(
                missing + len, sizeof missing - len, "%s%s", len ? ", " : "", needed[i].name);
    if (len == 0)
        return tapir_error_set(error, TAPIR_DENIED,
            "%s: no permission to %s: the kernel refuses it to processes of this container or "
            "under its lockdown; capture with afpacket:%s",
            interface, doing, interface);
    return tapir_error_set(error, TAPIR_DENIED,
        "%s: no permission to %s: missing: %s; run as root, or grant it once with: setcap "
        "cap_net_raw,cap_net_admin,cap_bpf,cap_perfmon+ep PROGRAM",
        interface, doing, missing);
}

tapir_status tapir__xdp_failed(
    tapir_error *error, const char *interface, const char *doing, int number)
{
    if (number == EPERM || number == EACCES)
        return deny(error, interface, doing);
    return tapir__live_failed(error, interface, doing, number);
}

/* What the socket is for, in messages. */
static const char *purpose(const struct tapir__xdp_socket_options *options)
{
    return options->rx ? "capture" : "send";
}

static uint32_t choose_frame_len(const char *interface)
{
    struct ifreq request = {.ifr_mtu = 0};

    if (tapir__interface_ask(interface, SIOCGIFMTU, &request) &&
        request.ifr_mtu + LINK_HEADER + KERNELS_ROOM <= FRAME_SHORT)
        return FRAME_SHORT;
    return FRAME_LONG;
}

/* Maps room for the frames, where huge pages can begin. */
static tapir_status map_area(
    struct tapir__xdp_socket *socket, const char *interface, tapir_error *error)
{
    size_t room = socket->area_len + HUGE_PAGE;
    uint8_t *map = mmap(
        NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    size_t front;

    if (map == MAP_FAILED)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory: %zu bytes of frames",
            interface, socket->area_len);
    front = -(uintptr_t)map % HUGE_PAGE;
    socket->area = map + front;
    if (front)
        munmap(map, front);
    munmap(socket->area + socket->area_len, room - front - socket->area_len);
    (void)madvise(socket->area, socket->area_len, MADV_HUGEPAGE);
    return TAPIR_OK;
}

static tapir_status explain_memory(const struct tapir__xdp_socket *socket, const char *interface,
    const struct tapir__xdp_socket_options *options, int number, tapir_error *error)
{
    struct rlimit limit = {.rlim_cur = 0};

    if (number == ENOBUFS || number == ENOMEM) {
        getrlimit(RLIMIT_MEMLOCK, &limit);
        return tapir_error_set(error, TAPIR_IO,
            "%s: cannot lock %zu bytes of memory for frames, the limit (RLIMIT_MEMLOCK) is %llu; "
            "raise it with ulimit -l, take smaller rings, or grant CAP_IPC_LOCK",
            interface, socket->area_len, (unsigned long long)limit.rlim_cur);
    }
    if (number == EAFNOSUPPORT)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: this kernel has no AF_XDP (Linux 5.9 with CONFIG_XDP_SOCKETS); %s with "
            "afpacket:%s",
            interface, purpose(options), interface);
    /* Sending needs no program, nor what is needed to attach one. */
    if (!options->rx)
        return tapir__live_failed(error, interface, "send", number);
    return tapir__xdp_failed(error, interface, "open a socket of AF_XDP", number);
}

static tapir_status explain_bind(const struct tapir__xdp_socket *socket, const char *interface,
    const struct tapir__xdp_socket_options *options, int number, tapir_error *error)
{
    if (number == EBUSY)
        return tapir_error_set(error, TAPIR_IO,
            "%s: queue %u already has a socket of AF_XDP; close the other program, or choose "
            "another queue",
            interface, (unsigned)options->queue);
    if (number == EOPNOTSUPP && options->bind_flags & XDP_ZEROCOPY)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: its driver has no zero copy for AF_XDP in this mode; %s without", interface,
            purpose(options));
    if (number == ENETDOWN)
        return tapir_error_set(error, TAPIR_IO,
            "%s: the interface is down; bring it up with: ip link set %s up", interface, interface);
    if (number == EINVAL)
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: the kernel refuses a socket of AF_XDP to %s on queue %u; ethtool -l %s counts the "
            "queues",
            interface, purpose(options), (unsigned)options->queue, interface);
    return explain_memory(socket, interface, options, number, error);
}

/* Returns how many frames the kernel has first. */
static uint32_t count_filled(const struct tapir__xdp_socket_options *options)
{
    return options->rx ? options->rx : options->lent;
}

/* Hands all frames that are received into to the kernel. */
static void fill_up(struct tapir__xdp_socket *socket, uint32_t count)
{
    uint32_t at;

    if (count == 0 || xsk_ring_prod__reserve(&socket->fill, count, &at) != count)
        return;
    for (uint32_t i = 0; i < count; i++)
        *xsk_ring_prod__fill_addr(&socket->fill, at + i) = (uint64_t)i * socket->frame_len;
    xsk_ring_prod__submit(&socket->fill, count);
}

static tapir_status register_area(struct tapir__xdp_socket *socket, const char *interface,
    const struct tapir__xdp_socket_options *options, tapir_error *error)
{
    const struct xsk_umem_config config = {
        .fill_size = count_filled(options) ? count_filled(options) : LEAST_ENTRIES,
        .comp_size = options->tx ? options->tx : LEAST_ENTRIES,
        .frame_size = socket->frame_len,
    };
    int failed = xsk_umem__create(
        &socket->umem, socket->area, socket->area_len, &socket->fill, &socket->completion, &config);

    if (failed)
        return explain_memory(socket, interface, options, -failed, error);
    fill_up(socket, count_filled(options));
    return TAPIR_OK;
}

static tapir_status bind_to(struct tapir__xdp_socket *socket, const char *interface,
    const struct tapir__xdp_socket_options *options, bool *busy, tapir_error *error)
{
    const struct xsk_socket_config config = {
        .rx_size = options->rx,
        .tx_size = options->tx,
        .libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
        .bind_flags = (uint16_t)(options->bind_flags | XDP_USE_NEED_WAKEUP),
    };
    int failed = xsk_socket__create(&socket->socket, interface, options->queue, socket->umem,
        options->rx ? &socket->rx : NULL, options->tx ? &socket->tx : NULL, &config);

    *busy = failed == -EBUSY;
    if (failed)
        return explain_bind(socket, interface, options, -failed, error);
    socket->fd = xsk_socket__fd(socket->socket);
    return TAPIR_OK;
}

/* Has reads drive the adapter's queue instead of its interrupts. */
static tapir_status set_busy_poll(
    const struct tapir__xdp_socket *socket, const char *interface, uint32_t us, tapir_error *error)
{
    int time = (int)us, prefer = 1, budget = POLL_BUDGET;

    if (setsockopt(socket->fd, SOL_SOCKET, SO_BUSY_POLL, &time, sizeof time) != 0)
        return tapir__xdp_failed(error, interface, "poll the driver", errno);
    /* Since Linux 5.11; without them the driver is polled when its interrupt is late. */
    (void)setsockopt(socket->fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &prefer, sizeof prefer);
    (void)setsockopt(socket->fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget, sizeof budget);
    return TAPIR_OK;
}

static tapir_status try_to_open(struct tapir__xdp_socket *socket, const char *interface,
    const struct tapir__xdp_socket_options *options, bool *busy, tapir_error *error)
{
    struct xdp_options chosen = {.flags = 0};
    socklen_t len = sizeof chosen;
    tapir_status status;

    *socket = (struct tapir__xdp_socket){.fd = -1, .frame_len = choose_frame_len(interface)};
    socket->tx_at = (uint64_t)count_filled(options) * socket->frame_len;
    socket->area_len = ((size_t)count_filled(options) + options->tx) * socket->frame_len;
    status = map_area(socket, interface, error);
    if (status == TAPIR_OK)
        status = register_area(socket, interface, options, error);
    if (status == TAPIR_OK)
        status = bind_to(socket, interface, options, busy, error);
    if (status == TAPIR_OK && options->busy_poll)
        status = set_busy_poll(socket, interface, options->busy_poll, error);
    if (status != TAPIR_OK) {
        tapir__xdp_socket_close(socket);
        return status;
    }
    if (getsockopt(socket->fd, SOL_XDP, XDP_OPTIONS, &chosen, &len) == 0)
        socket->zero_copy = chosen.flags & XDP_OPTIONS_ZEROCOPY;
    return TAPIR_OK;
}

/* The kernel lets go of a queue a little after its last socket was closed. */
tapir_status tapir__xdp_socket_open(struct tapir__xdp_socket *socket, const char *interface,
    const struct tapir__xdp_socket_options *options, tapir_error *error)
{
    const struct timespec step = {.tv_nsec = 10000000};
    tapir_status status;
    int left = TRIES;

    for (;;) {
        bool busy = false;
        status = try_to_open(socket, interface, options, &busy, error);
        if (!busy || --left == 0)
            return status;
        nanosleep(&step, NULL);
    }
}

void tapir__xdp_socket_close(struct tapir__xdp_socket *socket)
{
    if (socket->socket)
        xsk_socket__delete(socket->socket);
    if (socket->umem)
        (void)xsk_umem__delete(socket->umem);
    if (socket->area)
        munmap(socket->area, socket->area_len);
    *socket = (struct tapir__xdp_socket){.fd = -1};
}
