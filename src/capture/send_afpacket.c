/* Sending with AF_PACKET: a ring of frames that the kernel takes them from (TPACKET_V2), packet(7).
 *
 * Without PACKET_LOSS: a frame that the kernel does not like then stops it and is told apart from
 * those that left, in place of being counted with them.
 *
 * With PACKET_VNET_HDR: its header says how much of a frame the kernel may copy to one place. What
 * it does not copy it has to refer to page by page, and to copy after all, page by page, wherever
 * somebody else holds on to it, on a pair of veth for one. A copy of all is faster for frames of
 * Ethernet's usual lengths: by a sixth and more on veth. */
#include "send.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of a slot, where the kernel looks for the frame: behind the header, rounded up. */
#define DATA_AT ((sizeof(struct tpacket2_hdr) + 15) & ~(size_t)15)

#define VNET_LEN sizeof(struct virtio_net_hdr)

enum {
    COPY_MOST = 2048, /* of a frame, to one place */
    TAG_LEN = 4,
    SLOT_LEAST = 256,
    MAP_MOST = 64 << 20,
    RING_LEAST = 16,
    PATIENCE = 8, /* calls in vain before the interface is looked at */
    SEND_BUFFER = 16 << 20,
    WAIT = 100000000,   /* ns that a poll lasts at most */
    SHORT_WAIT = 20000, /* ns, when the kernel says there is room and there is none */
};

struct send_ring {
    tapir__send send;
    int fd; /* -1: closed */
    uint8_t *map;
    size_t map_len;
    uint32_t slot_len; /* a power of two */
    uint32_t mask;     /* slots - 1 */
    uint32_t block_len;
    uint32_t head_len; /* VNET_LEN, or 0 where the kernel knows no such header */
    /* Counts of frames since opening; the slot is the lower bits. Put into the ring, handed to the
     * kernel with a call, and known to be done. */
    uint64_t put, handed, done;
    unsigned stalled; /* calls since the interface took a frame */
};

static uint8_t *slot(const struct send_ring *s, uint64_t number)
{
    return s->map + (size_t)((uint32_t)number & s->mask) * s->slot_len;
}

static struct tpacket2_hdr *header(const struct send_ring *s, uint64_t number)
{
    return (struct tpacket2_hdr *)(void *)slot(s, number);
}

static uint32_t status_of(const struct send_ring *s, uint64_t number)
{
    return __atomic_load_n(&header(s, number)->tp_status, __ATOMIC_ACQUIRE);
}

static void set_status(const struct send_ring *s, uint64_t number, uint32_t status)
{
    __atomic_store_n(&header(s, number)->tp_status, status, __ATOMIC_RELEASE);
}

/* The length of the frame in a slot. */
static uint32_t len_of(const struct send_ring *s, uint64_t number)
{
    return header(s, number)->tp_len - s->head_len;
}

/* Puts a frame into a slot. */
TAPIR_INLINE void fill(const struct send_ring *s, uint64_t number, const tapir__sendable *bytes)
{
    uint8_t *to = slot(s, number) + DATA_AT;

    header(s, number)->tp_len = bytes->len + s->head_len;
    if (s->head_len) {
        const uint16_t copied = (uint16_t)(bytes->len < COPY_MOST ? bytes->len : COPY_MOST);
        /* In its place: a copy of one just made would wait for all stores before it. */
        memset(to, 0, VNET_LEN);
        memcpy(to + offsetof(struct virtio_net_hdr, hdr_len), &copied, sizeof copied);
        to += VNET_LEN;
    }
    memcpy(to, bytes->data, bytes->len);
}

/* Takes note of the frames that have left, the oldest first. */
static void reap(struct send_ring *s)
{
    while (s->done < s->handed && status_of(s, s->done) == TP_STATUS_AVAILABLE) {
        tapir__send_done(&s->send, len_of(s, s->done));
        s->done++;
    }
}

/* Takes a frame out that the kernel has stopped at: those behind it move up, for the kernel goes on
 * where it stopped. */
static void drop(struct send_ring *s, uint64_t at)
{
    s->send.stats.failed_packets++;
    s->send.stats.failed_bytes += len_of(s, at);
    for (; at + 1 < s->put; at++) {
        header(s, at)->tp_len = header(s, at + 1)->tp_len;
        memcpy(slot(s, at) + DATA_AT, slot(s, at + 1) + DATA_AT, header(s, at)->tp_len);
        set_status(s, at, TP_STATUS_SEND_REQUEST);
    }
    set_status(s, at, TP_STATUS_AVAILABLE);
    s->put--;
    if (s->handed > s->put)
        s->handed = s->put;
}

/* Finds the first frame in such a state; s->put when there is none. */
static uint64_t find(const struct send_ring *s, uint32_t status)
{
    uint64_t at = s->done;

    while (at < s->put && !(status_of(s, at) & status))
        at++;
    return at;
}

/* Drops the frame that the kernel found to be wrong; false when there is none. */
static bool drop_wrong(struct send_ring *s)
{
    uint64_t at = find(s, TP_STATUS_WRONG_FORMAT);

    if (at == s->put)
        return false;
    drop(s, at);
    return true;
}

/* The interface takes nothing, again and again: it may have no carrier, or the next frame has
 * become too long for it, which would be tried for ever. */
static tapir_status meet_stall(struct send_ring *s)
{
    tapir_status status = tapir__send_look_again(&s->send);
    uint64_t at = find(s, TP_STATUS_SEND_REQUEST);

    s->stalled = 0;
    if (status == TAPIR_OK && at < s->put &&
        !tapir__send_is_short_enough(&s->send, slot(s, at) + DATA_AT + s->head_len, len_of(s, at)))
        drop(s, at);
    return status == TAPIR_OK ? TAPIR_TIMEOUT : status;
}

/* Has the kernel go through the frames that ask to be sent. TAPIR_TIMEOUT, without a message, when
 * it took only some for want of room. */
static tapir_status hand_over(struct send_ring *s)
{
    ssize_t sent;
    int number;

    do {
        s->send.stats.calls++;
        sent = send(s->fd, NULL, 0, MSG_DONTWAIT | MSG_NOSIGNAL);
        number = sent < 0 ? errno : 0;
        s->handed = s->put;
    } while (number == EINTR || ((number == EMSGSIZE || number == EINVAL) && drop_wrong(s)));
    if (number == 0)
        return TAPIR_OK;
    if (number == EAGAIN || number == ENOBUFS) {
        uint64_t before = s->done;
        reap(s);
        s->stalled = s->done == before ? s->stalled + 1 : 0;
        return s->stalled < PATIENCE ? TAPIR_TIMEOUT : meet_stall(s);
    }
    return tapir__send_failed(&s->send, number);
}

/* Whether the kernel has left frames lying. It takes them in order, so the last one tells. */
static bool left_some(const struct send_ring *s)
{
    return s->put && s->put > s->done && status_of(s, s->put - 1) == TP_STATUS_SEND_REQUEST;
}

/* Waits for the kernel to be done with a frame, having handed over what lies there. */
static tapir_status wait_for_room(struct send_ring *s, int64_t deadline)
{
    uint64_t before = s->done;
    tapir_status status;

    if (s->put != s->handed || left_some(s)) {
        status = hand_over(s);
        if (status != TAPIR_OK && status != TAPIR_TIMEOUT)
            return status;
    }
    reap(s);
    if (s->done != before)
        return TAPIR_OK;
    /* The kernel says there is room when its buffer has some, even where the ring has none. */
    status = tapir__send_pause(&s->send, s->fd, WAIT, deadline);
    reap(s);
    if (status != TAPIR_OK || s->done != before)
        return status;
    return tapir__send_pause(&s->send, -1, SHORT_WAIT, deadline);
}

/* The way of a write that finds the ring full. */
static __attribute__((noinline)) tapir_status make_room(struct send_ring *s)
{
    int64_t deadline = 0;

    reap(s);
    while (s->put - s->done > s->mask) {
        tapir_status status;
        if (!deadline) {
            deadline = tapir__send_deadline(s->send.options.timeout);
            s->send.stats.full++;
        }
        status = wait_for_room(s, deadline);
        if (status != TAPIR_OK)
            return status;
    }
    return TAPIR_OK;
}

static tapir_status ring_flush(tapir_sink *sink)
{
    struct send_ring *s = (struct send_ring *)sink;
    int64_t deadline = 0;

    while (s->put != s->handed || left_some(s)) {
        tapir_status status = hand_over(s);
        if (status == TAPIR_TIMEOUT) {
            if (!deadline)
                deadline = tapir__send_deadline(s->send.options.timeout);
            s->send.stats.full++;
            status = tapir__send_pause(&s->send, -1, SHORT_WAIT, deadline);
        }
        if (status != TAPIR_OK)
            return status;
    }
    return TAPIR_OK;
}

static tapir_status ring_write(tapir_sink *sink, const tapir_frame *frame)
{
    struct send_ring *s = (struct send_ring *)sink;
    tapir__sendable bytes;
    tapir_status status = tapir__send_take(&s->send, frame, &bytes);

    if (__builtin_expect(status != TAPIR_OK, 0))
        return status;
    if (__builtin_expect(s->put - s->done > s->mask, 0)) {
        status = make_room(s);
        if (status != TAPIR_OK)
            return status;
    }
    fill(s, s->put, &bytes);
    set_status(s, s->put, TP_STATUS_SEND_REQUEST);
    s->put++;
    tapir__send_accept(&s->send, bytes.len);
    if (s->put - s->handed < s->send.options.batch)
        return TAPIR_OK;
    status = hand_over(s);
    return status == TAPIR_TIMEOUT ? TAPIR_OK : status;
}

static void complete(tapir__send *send)
{
    reap((struct send_ring *)send);
}

static tapir_status drain(tapir__send *send, int64_t deadline)
{
    struct send_ring *s = (struct send_ring *)send;

    reap(s);
    while (s->done < s->put) {
        tapir_status status = wait_for_room(s, deadline);
        if (status != TAPIR_OK)
            return status;
    }
    return TAPIR_OK;
}

static void stop(tapir__send *send)
{
    struct send_ring *s = (struct send_ring *)send;

    if (s->map)
        munmap(s->map, s->map_len);
    if (s->fd >= 0)
        close(s->fd);
}

/* Opening. */

static tapir_status open_socket(struct send_ring *s, tapir_error *error)
{
    const int version = TPACKET_V2, buffer = SEND_BUFFER, bypass = !s->send.options.queueing;
    const int one = 1;
    const char *name = s->send.name;

    /* Of protocol 0: it receives nothing, and the kernel looks at each frame for its protocol. */
    s->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (s->fd < 0)
        return tapir__live_failed(error, name, "send", errno);
    if (setsockopt(s->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: this kernel has no TPACKET_V2 (Linux 2.6.27); send with pcap:%s", name, name);
    if (setsockopt(s->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof bypass) != 0 && bypass)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: this kernel cannot go past the queueing discipline (Linux 3.14); ask for it, or "
            "send with pcap:%s",
            name, name);
    if (setsockopt(s->fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one) == 0)
        s->head_len = VNET_LEN;
    /* What a ring holds counts as the socket's: it is all to fit. */
    if (setsockopt(s->fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer) != 0)
        (void)setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    return TAPIR_OK;
}

static uint32_t power_of_two(uint64_t least)
{
    uint32_t power = 1;

    while (power < least)
        power *= 2;
    return power;
}

/* Has the kernel make the ring, and maps it: slots for the longest frame, one behind the other. */
static tapir_status map_ring(struct send_ring *s, tapir_error *error)
{
    uint32_t page = (uint32_t)sysconf(_SC_PAGESIZE), slots = s->send.options.ring;
    struct tpacket_req request;
    uint32_t slot_len = power_of_two((uint64_t)s->send.longest + DATA_AT + VNET_LEN + TAG_LEN);

    s->slot_len = slot_len < SLOT_LEAST ? SLOT_LEAST : slot_len;
    while (slots > RING_LEAST && (uint64_t)slots * s->slot_len > MAP_MOST)
        slots /= 2;
    /* Blocks have to lie together in memory: they are as short as can be. */
    s->block_len = s->slot_len > page ? s->slot_len : page;
    while ((uint64_t)slots * s->slot_len < s->block_len)
        slots *= 2;
    s->mask = slots - 1;
    s->map_len = (size_t)slots * s->slot_len;
    request = (struct tpacket_req){
        .tp_block_size = s->block_len,
        .tp_block_nr = (uint32_t)(s->map_len / s->block_len),
        .tp_frame_size = s->slot_len,
        .tp_frame_nr = slots,
    };
    if (setsockopt(s->fd, SOL_PACKET, PACKET_TX_RING, &request, sizeof request) != 0)
        return tapir_error_set(error, TAPIR_IO, "%s: cannot make a ring of %zu bytes: %s",
            s->send.name, s->map_len, strerror(errno));
    s->map = mmap(NULL, s->map_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, s->fd, 0);
    if (s->map == MAP_FAILED) {
        s->map = NULL;
        return tapir_error_set(error, TAPIR_IO, "%s: cannot map a ring of %zu bytes: %s",
            s->send.name, s->map_len, strerror(errno));
    }
    if (s->send.options.batch > slots)
        s->send.options.batch = slots;
    return TAPIR_OK;
}

static tapir_status bind_to(struct send_ring *s, tapir_error *error)
{
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_ifindex = (int)if_nametoindex(s->send.name),
    };

    if (bind(s->fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return tapir__live_failed(error, s->send.name, "send", errno);
    return TAPIR_OK;
}

static tapir_status start(tapir__send *send, tapir_error *error)
{
    struct send_ring *s = (struct send_ring *)send;
    tapir_status status;

    s->fd = -1;
    status = open_socket(s, error);
    if (status == TAPIR_OK)
        status = map_ring(s, error);
    return status == TAPIR_OK ? bind_to(s, error) : status;
}

static const tapir__send_kind send_kind = {
    .method = TAPIR_SEND_AFPACKET,
    .start = start,
    .stop = stop,
    .complete = complete,
    .drain = drain,
};

static const tapir__sink_kind sink_kind = {
    .write = ring_write,
    .flush = ring_flush,
    .packets = tapir__send_packets,
    .close = tapir__send_close,
    .send = &send_kind,
};

static bool suits(const char *interface)
{
    return if_nametoindex(interface) != 0;
}

const tapir__send_way tapir__send_afpacket_way = {
    .name = "afpacket",
    .library = "Linux",
    .size = sizeof(struct send_ring),
    .kind = &sink_kind,
    .suits = suits,
};
