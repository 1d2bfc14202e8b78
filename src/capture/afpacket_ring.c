/* Setting up a socket of AF_PACKET and its ring. */
#include "afpacket.h"

#include "device.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BUFFER = 64 << 20,
    BLOCK = 1 << 20,
    BLOCK_TIMEOUT = 64, /* ms */
    BLOCK_LEAST = 4096,
    RESERVE = 24, /* in front of a frame: for a VLAN tag, or a header of cooked capture */
    MAX_INSTRUCTIONS = 4096
};

/* Of how the kernel may hand frames over what libpcap's headers do not have. */
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif
#ifndef PACKET_FANOUT_FLAG_UNIQUEID
#define PACKET_FANOUT_FLAG_UNIQUEID 0x2000
#endif

static bool is_any(const char *interface)
{
    return strcmp(interface, "any") == 0;
}

static void name_request(struct ifreq *request, const char *interface)
{
    memset(request, 0, sizeof *request);
    memcpy(request->ifr_name, interface, strnlen(interface, sizeof request->ifr_name - 1));
}

/* The link type of an interface by its kind; TAPIR_LINK_TYPE_UNKNOWN where frames come as they are
 * only after work that libpcap does, or are better taken without their link header. */
static uint16_t link_type_of(const char *interface, unsigned hardware)
{
    static const uint16_t as_they_are[] = {
        TAPIR_LINK_TYPE_ETHERNET, TAPIR_LINK_TYPE_RAW, 105, 119, 127, /* 802.11 */
        281, 282, 284, 285,                                           /* switch tags */
    };
    const tapir_device device = {.name = interface, .hardware_type = (uint16_t)hardware};
    uint16_t link_type = tapir__link_type_of_interface(&device);

    for (size_t i = 0; i < TAPIR_COUNT(as_they_are); i++)
        if (as_they_are[i] == link_type)
            return link_type;
    return TAPIR_LINK_TYPE_UNKNOWN;
}

/* Finds the interface's hardware type with a socket; false, errno set, when it is not there. */
static bool find_hardware(int fd, const char *interface, unsigned *hardware)
{
    struct ifreq request;

    name_request(&request, interface);
    if (ioctl(fd, SIOCGIFHWADDR, &request) != 0)
        return false;
    *hardware = request.ifr_hwaddr.sa_family;
    return true;
}

bool tapir__packet_ring_suits(const char *interface, const tapir_capture_options *options)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool found = is_any(interface);
    unsigned hardware = 0;

    if (fd >= 0 && !found)
        found = find_hardware(fd, interface, &hardware);
    if (fd >= 0)
        close(fd);
    if (!found || options->monitor)
        return false;
    return !options->has_link_type || options->link_type == TAPIR_LINK_TYPE_LINUX_SLL2 ||
           (!is_any(interface) && options->link_type == link_type_of(interface, hardware));
}

/* Settles how frames come, cooked or not, and of which link type. */
static tapir_status settle_link_type(
    struct tapir__packet_ring *ring, tapir__live *live, tapir_error *error)
{
    const tapir_capture_options *options = &live->options;
    uint16_t own = TAPIR_LINK_TYPE_UNKNOWN;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    unsigned hardware = 0;
    bool found = is_any(live->name) || (fd >= 0 && find_hardware(fd, live->name, &hardware));
    int number = errno;

    if (fd >= 0)
        close(fd);
    if (!found)
        return tapir__live_failed(error, live->name, "capture", number);
    if (!is_any(live->name))
        own = link_type_of(live->name, hardware);
    ring->cooked = options->cooked || own == TAPIR_LINK_TYPE_UNKNOWN ||
                   (options->has_link_type && options->link_type == TAPIR_LINK_TYPE_LINUX_SLL2);
    live->single.link_type = ring->cooked ? TAPIR_LINK_TYPE_LINUX_SLL2 : own;
    if (options->has_link_type && options->link_type != live->single.link_type) {
        const char *name = tapir_link_type_name(options->link_type);
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: afpacket has no frames of link type %s here, but of %s", live->name,
            name ? name : "unknown", tapir_link_type_name(live->single.link_type));
    }
    return TAPIR_OK;
}

static bool set(int fd, int option, const void *value, size_t len)
{
    return setsockopt(fd, SOL_PACKET, option, value, (socklen_t)len) == 0;
}

static bool set_int(int fd, int option, int value)
{
    return set(fd, option, &value, sizeof value);
}

static bool is_power_of_two(size_t number)
{
    return number && (number & (number - 1)) == 0;
}

/* Has the kernel make the ring, and maps it. Where nobody asked for a size a smaller one will do.
 */
static tapir_status map_ring(struct tapir__packet_ring *ring, tapir__live *live, tapir_error *error)
{
    const tapir_capture_options *options = &live->options;
    size_t buffer = options->buffer ? options->buffer : BUFFER;
    struct tpacket_req3 request = {.tp_sizeof_priv = 0};

    ring->block_len = options->block ? options->block : BLOCK;
    if (!options->block)
        while (ring->block_len > BLOCK_LEAST && ring->block_len * 4 > buffer)
            ring->block_len /= 2;
    ring->block_timeout = options->block_timeout ? options->block_timeout : BLOCK_TIMEOUT;
    if (options->immediate)
        ring->block_timeout = 1;
    if (!is_power_of_two(ring->block_len) || ring->block_len < BLOCK_LEAST ||
        ring->block_len > INT32_MAX || buffer / ring->block_len > UINT32_MAX)
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: a block has to be a power of two of at least %d bytes", live->name, BLOCK_LEAST);
    ring->block_count = (uint32_t)(buffer / ring->block_len);
    if (ring->block_count < 2)
        ring->block_count = 2;
    request.tp_block_size = request.tp_frame_size = (unsigned)ring->block_len;
    request.tp_retire_blk_tov = ring->block_timeout;
    for (;;) {
        request.tp_block_nr = request.tp_frame_nr = ring->block_count;
        if (set(ring->fd, PACKET_RX_RING, &request, sizeof request))
            break;
        if (errno != ENOMEM || options->buffer || ring->block_count <= 4)
            return tapir_error_set(error, TAPIR_IO, "%s: cannot make a ring of %zu bytes: %s",
                live->name, ring->block_count * ring->block_len, strerror(errno));
        ring->block_count /= 2;
    }
    ring->map_len = ring->block_count * ring->block_len;
    ring->map =
        mmap(NULL, ring->map_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, 0);
    if (ring->map == MAP_FAILED) {
        ring->map = NULL;
        return tapir_error_set(error, TAPIR_IO, "%s: cannot map a ring of %zu bytes: %s",
            live->name, ring->map_len, strerror(errno));
    }
    return TAPIR_OK;
}

/* Has the adapter, or whoever is to, take the times. */
static tapir_status set_clock(
    const struct tapir__packet_ring *ring, const tapir__live *live, tapir_error *error)
{
    struct hwtstamp_config config = {.tx_type = HWTSTAMP_TX_OFF, .rx_filter = HWTSTAMP_FILTER_ALL};
    uint8_t clock = live->options.clock;
    struct ifreq request;
    int source = SOF_TIMESTAMPING_RAW_HARDWARE;

    if (clock == TAPIR_CLOCK_HOST || clock == TAPIR_CLOCK_HOST_HIGH)
        return TAPIR_OK;
    if (clock != TAPIR_CLOCK_ADAPTER_RAW || is_any(live->name))
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: afpacket has times of the host (high precision) and of the adapter, not "
            "synchronised",
            live->name);
    name_request(&request, live->name);
    request.ifr_data = (char *)&config;
    if (ioctl(ring->fd, SIOCSHWTSTAMP, &request) != 0 ||
        !set_int(ring->fd, PACKET_TIMESTAMP, source))
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: the adapter cannot take the times of all frames: %s", live->name, strerror(errno));
    return TAPIR_OK;
}

/* Settles which frames come at all: not those that go out on loopback, for they come in again. */
static tapir_status choose_frames(
    struct tapir__packet_ring *ring, const tapir__live *live, int index, tapir_error *error)
{
    const tapir_capture_options *options = &live->options;
    struct packet_mreq promiscuous = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
    bool ignored = false;

    ring->loopback = (int)if_nametoindex("lo");
    if (options->direction == TAPIR_CAPTURE_IN || (index && index == ring->loopback))
        ignored = set_int(ring->fd, PACKET_IGNORE_OUTGOING, 1);
    ring->looks_at_direction = options->direction == TAPIR_CAPTURE_OUT || index == 0 ||
                               (options->direction == TAPIR_CAPTURE_IN && !ignored) ||
                               (index == ring->loopback && !ignored);
    if (!options->no_promiscuous && index &&
        !set(ring->fd, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous))
        return tapir__live_failed(error, live->name, "see what is not for this machine", errno);
    return TAPIR_OK;
}

static tapir_status bind_to(
    struct tapir__packet_ring *ring, const tapir__live *live, int index, tapir_error *error)
{
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(live->options.protocol ? live->options.protocol : ETH_P_ALL),
        .sll_ifindex = index,
    };
    int number = 0;
    socklen_t len = sizeof number;

    if (bind(ring->fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return tapir__live_failed(error, live->name, "capture", errno);
    if (getsockopt(ring->fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
        number = errno;
    if (number == ENETDOWN && !live->options.follow)
        return tapir_error_set(error, TAPIR_IO,
            "%s: the interface is down; bring it up with: ip link set %s up", live->name,
            live->name);
    if (number && number != ENETDOWN)
        return tapir__live_failed(error, live->name, "capture", number);
    return TAPIR_OK;
}

/* Hands a program that shares frames out to the kernel. */
static bool set_fanout_program(int fd, const tapir_fanout *fanout)
{
    struct sock_fprog program = {
        .len = (unsigned short)fanout->program_count,
        .filter = (struct sock_filter *)(uintptr_t)fanout->program,
    };

    if (fanout->mode == TAPIR_FANOUT_CBPF)
        return set(fd, PACKET_FANOUT_DATA, &program, sizeof program);
    if (fanout->mode == TAPIR_FANOUT_EBPF)
        return set(fd, PACKET_FANOUT_DATA, &fanout->program_fd, sizeof fanout->program_fd);
    return true;
}

static tapir_status join_fanout(
    struct tapir__packet_ring *ring, const tapir__live *live, tapir_error *error)
{
    static const uint16_t modes[] = {
        [TAPIR_FANOUT_HASH] = PACKET_FANOUT_HASH,
        [TAPIR_FANOUT_BALANCE] = PACKET_FANOUT_LB,
        [TAPIR_FANOUT_CPU] = PACKET_FANOUT_CPU,
        [TAPIR_FANOUT_ROLLOVER] = PACKET_FANOUT_ROLLOVER,
        [TAPIR_FANOUT_RANDOM] = PACKET_FANOUT_RND,
        [TAPIR_FANOUT_QUEUE] = PACKET_FANOUT_QM,
        [TAPIR_FANOUT_CBPF] = PACKET_FANOUT_CBPF,
        [TAPIR_FANOUT_EBPF] = PACKET_FANOUT_EBPF,
    };
    const tapir_fanout *fanout = &live->options.fanout;
    unsigned mode = modes[fanout->mode];
    socklen_t len = sizeof mode;

    if (fanout->defragment)
        mode |= PACKET_FANOUT_FLAG_DEFRAG;
    if (fanout->rollover)
        mode |= PACKET_FANOUT_FLAG_ROLLOVER;
    if (fanout->new_id)
        mode |= PACKET_FANOUT_FLAG_UNIQUEID;
    if (!set_int(ring->fd, PACKET_FANOUT, (int)(mode << 16 | (fanout->new_id ? 0 : fanout->id))))
        return tapir_error_set(error, TAPIR_INVALID, "%s: cannot join fanout group %u: %s%s",
            live->name, (unsigned)fanout->id, strerror(errno),
            errno == EINVAL ? "; its members share one interface, mode and flags" : "");
    if (!set_fanout_program(ring->fd, fanout))
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: the kernel refuses the program of the fanout group: %s", live->name,
            strerror(errno));
    if (getsockopt(ring->fd, SOL_PACKET, PACKET_FANOUT, &mode, &len) == 0)
        ring->fanout_id = (uint16_t)mode;
    return TAPIR_OK;
}

static tapir_status attach(struct tapir__packet_ring *ring, const tapir__live *live,
    const struct sock_fprog *program, tapir_error *error)
{
    if (setsockopt(ring->fd, SOL_SOCKET, SO_ATTACH_FILTER, program, sizeof *program) == 0)
        return TAPIR_OK;
    return tapir_error_set(
        error, TAPIR_IO, "%s: the kernel refuses the filter: %s", live->name, strerror(errno));
}

tapir_status tapir__packet_ring_keep_out(
    struct tapir__packet_ring *ring, const tapir__live *live, tapir_error *error)
{
    static const struct sock_filter nothing = {.code = BPF_RET | BPF_K, .k = 0};
    const struct sock_fprog program = {
        .len = 1, .filter = (struct sock_filter *)(uintptr_t)&nothing};

    return attach(ring, live, &program, error);
}

/* Takes off what keeps everything out. The kernel wants an int to look at, and does not look. */
static tapir_status let_in(
    const struct tapir__packet_ring *ring, const tapir__live *live, tapir_error *error)
{
    const int unused = 0;

    if (setsockopt(ring->fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused) == 0)
        return TAPIR_OK;
    return tapir_error_set(
        error, TAPIR_IO, "%s: the kernel keeps the filter: %s", live->name, strerror(errno));
}

/* Of cooked frames the kernel sees what is behind the header we put in front: loads go to what it
 * knows of them instead, or further to the front. False when it does not know. */
static bool fit_to_cooked(struct sock_filter *at)
{
    enum { SLL2_LEN = 20 };
    unsigned class = BPF_CLASS(at->code), mode = BPF_MODE(at->code);
    bool loads = class == BPF_LD || class == BPF_LDX;

    if (!loads || (mode != BPF_ABS && mode != BPF_IND && mode != BPF_MSH) ||
        at->k >= (uint32_t)SKF_LL_OFF)
        return true;
    if (at->k >= SLL2_LEN) {
        at->k -= SLL2_LEN;
        return true;
    }
    if (mode != BPF_ABS)
        return false;
    switch (at->k) {
    case 0:
        at->k = (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL);
        return BPF_SIZE(at->code) == BPF_H;
    case 4:
        at->k = (uint32_t)(SKF_AD_OFF + SKF_AD_IFINDEX);
        return BPF_SIZE(at->code) == BPF_W;
    case 8:
        at->k = (uint32_t)(SKF_AD_OFF + SKF_AD_HATYPE);
        return BPF_SIZE(at->code) == BPF_H;
    case 10:
        at->k = (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE);
        return BPF_SIZE(at->code) == BPF_B;
    default:
        return false;
    }
}

/* The ring keeps what the program returns of each frame, which is at most the snapshot length. */
tapir_status tapir__packet_ring_filter(struct tapir__packet_ring *ring, const tapir__live *live,
    const tapir_filter *filter, tapir_error *error)
{
    size_t count;
    const tapir_filter_instruction *instructions = tapir_filter_program(filter, &count);
    struct sock_filter program[MAX_INSTRUCTIONS];
    struct sock_fprog handed = {.len = (unsigned short)count, .filter = program};

    if (count > MAX_INSTRUCTIONS)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: the filter has %zu instructions, a kernel takes %d", live->name, count,
            MAX_INSTRUCTIONS);
    for (size_t i = 0; i < count; i++) {
        program[i] = (struct sock_filter){.code = instructions[i].code,
            .jt = instructions[i].jump_true,
            .jf = instructions[i].jump_false,
            .k = instructions[i].k};
        if (ring->cooked && !fit_to_cooked(&program[i]))
            return tapir_error_set(error, TAPIR_UNSUPPORTED,
                "%s: the kernel cannot look at the link header of cooked frames the way this "
                "filter does; capture with pcap:%s",
                live->name, live->name);
    }
    return attach(ring, live, &handed, error);
}

static tapir_status set_up_filter(
    struct tapir__packet_ring *ring, tapir__live *live, tapir_error *error)
{
    tapir_filter *filter;
    tapir_status status = tapir__live_filter(live, &filter, error);

    if (status == TAPIR_OK && filter)
        status = tapir__packet_ring_filter(ring, live, filter, error);
    else if (status == TAPIR_OK && live->options.fanout.mode)
        status = let_in(ring, live, error);
    tapir_filter_free(filter);
    return status;
}

/* Members of a group may get no frame that another one gets: nothing comes before they joined. */
static tapir_status start(
    struct tapir__packet_ring *ring, tapir__live *live, int index, tapir_error *error)
{
    bool fans_out = live->options.fanout.mode != TAPIR_FANOUT_NONE;
    tapir_status status = fans_out ? tapir__packet_ring_keep_out(ring, live, error)
                                   : set_up_filter(ring, live, error);

    if (status == TAPIR_OK)
        status = bind_to(ring, live, index, error);
    if (status != TAPIR_OK || !fans_out)
        return status;
    status = join_fanout(ring, live, error);
    return status == TAPIR_OK ? set_up_filter(ring, live, error) : status;
}

static tapir_status open_socket(
    struct tapir__packet_ring *ring, tapir__live *live, tapir_error *error)
{
    unsigned poll_us = live->options.busy_poll;

    ring->fd = socket(AF_PACKET, (ring->cooked ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC, 0);
    if (ring->fd < 0)
        return tapir__live_failed(error, live->name, "capture", errno);
    if (!set_int(ring->fd, PACKET_VERSION, TPACKET_V3) ||
        !set_int(ring->fd, PACKET_RESERVE, RESERVE))
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: this kernel has no TPACKET_V3 (Linux 3.2); capture with pcap:%s", live->name,
            live->name);
    if (poll_us && setsockopt(ring->fd, SOL_SOCKET, SO_BUSY_POLL, &poll_us, sizeof poll_us) != 0)
        return tapir__live_failed(error, live->name, "poll the driver", errno);
    return TAPIR_OK;
}

tapir_status tapir__packet_ring_open(
    struct tapir__packet_ring *ring, tapir__live *live, tapir_error *error)
{
    int index = is_any(live->name) ? 0 : (int)if_nametoindex(live->name);
    tapir_status status;

    *ring = (struct tapir__packet_ring){.fd = -1};
    if (index == 0 && !is_any(live->name))
        return tapir__live_failed(error, live->name, "capture", ENODEV);
    status = settle_link_type(ring, live, error);
    if (status == TAPIR_OK)
        status = open_socket(ring, live, error);
    if (status == TAPIR_OK)
        status = set_clock(ring, live, error);
    if (status == TAPIR_OK)
        status = map_ring(ring, live, error);
    if (status == TAPIR_OK)
        status = choose_frames(ring, live, index, error);
    if (status == TAPIR_OK)
        status = start(ring, live, index, error);
    if (status != TAPIR_OK)
        tapir__packet_ring_close(ring);
    return status;
}

void tapir__packet_ring_close(struct tapir__packet_ring *ring)
{
    if (ring->map)
        munmap(ring->map, ring->map_len);
    if (ring->fd >= 0)
        close(ring->fd);
    *ring = (struct tapir__packet_ring){.fd = -1};
}
