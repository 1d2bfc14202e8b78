/* Sending with AF_XDP: frames in memory shared with the kernel, a ring of those to be sent and one
 * of those that are done (https://docs.kernel.org/networking/af_xdp.html). */
#include "afxdp.h"
#include "send.h"

#include <errno.h>
#include <linux/if_xdp.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
    SEND_BUFFER = 16 << 20,
    SHORT_WAIT = 20000, /* ns */
};

struct send_xdp {
    tapir__send send;
    struct tapir__xdp_socket socket;
    unsigned frame_shift; /* of its frames, which are of 1 << frame_shift bytes */
    uint32_t gathered;    /* in the ring, and not yet shown to the kernel */
    uint32_t free_count;  /* of frames nobody uses */
    uint32_t *free_frames;
    uint32_t *lens; /* of what is in each frame */
    bool *dropped;  /* what is in each frame has been, by the interface */
};

static uint64_t address_of(const struct send_xdp *s, uint32_t frame)
{
    return s->socket.tx_at + ((uint64_t)frame << s->frame_shift);
}

static uint32_t frame_at(const struct send_xdp *s, uint64_t address)
{
    return (uint32_t)((address - s->socket.tx_at) >> s->frame_shift);
}

/* Takes note of the frames that are done. */
static void reap(struct send_xdp *s)
{
    struct xsk_ring_cons *done = &s->socket.completion;
    uint32_t at, count;

    while ((count = xsk_ring_cons__peek(done, s->send.options.ring, &at)) > 0) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t frame = frame_at(s, *xsk_ring_cons__comp_addr(done, at + i));
            if (s->dropped[frame]) {
                s->send.stats.failed_packets++;
                s->send.stats.failed_bytes += s->lens[frame];
                s->dropped[frame] = false;
            } else {
                tapir__send_done(&s->send, s->lens[frame]);
            }
            s->free_frames[s->free_count++] = frame;
        }
        xsk_ring_cons__release(done, count);
    }
}

static uint32_t consumed(const struct send_xdp *s)
{
    return __atomic_load_n(s->socket.tx.consumer, __ATOMIC_ACQUIRE);
}

/* The frames shown to the kernel that it has not taken. */
static uint32_t untaken(const struct send_xdp *s)
{
    return *s->socket.tx.producer - consumed(s);
}

/* The interface has dropped the frame that the kernel took last. */
static void mark_dropped(struct send_xdp *s)
{
    const struct xdp_desc *last = xsk_ring_prod__tx_desc(&s->socket.tx, consumed(s) - 1);

    s->dropped[frame_at(s, last->addr)] = true;
}

/* Shows the kernel what has been gathered, and has it send that if it does not by itself.
 * TAPIR_TIMEOUT, without a message, when it took only some for want of room. */
static tapir_status hand_over(struct send_xdp *s)
{
    struct xsk_ring_prod *tx = &s->socket.tx;

    if (s->gathered)
        xsk_ring_prod__submit(tx, s->gathered);
    s->gathered = 0;
    while (untaken(s) && xsk_ring_prod__needs_wakeup(tx)) {
        uint32_t before = untaken(s);
        s->send.stats.calls++;
        if (sendto(s->socket.fd, NULL, 0, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0) < 0) {
            if (errno == EBUSY)
                mark_dropped(s);
            else if (errno != EINTR && errno != EAGAIN && errno != ENOBUFS)
                return tapir__send_failed(&s->send, errno);
        }
        if (untaken(s) == before) {
            reap(s);
            return TAPIR_TIMEOUT;
        }
    }
    return TAPIR_OK;
}

/* Waits for the kernel to be done with a frame, having handed over what lies there. */
static tapir_status wait_for_room(struct send_xdp *s, int64_t deadline)
{
    uint32_t before = s->free_count;
    tapir_status status = hand_over(s);

    if (status != TAPIR_OK && status != TAPIR_TIMEOUT)
        return status;
    reap(s);
    if (s->free_count != before)
        return TAPIR_OK;
    return tapir__send_pause(&s->send, -1, SHORT_WAIT, deadline);
}

static __attribute__((noinline)) tapir_status make_room(struct send_xdp *s)
{
    int64_t deadline = 0;

    reap(s);
    while (!s->free_count) {
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

static tapir_status xdp_flush(tapir_sink *sink)
{
    struct send_xdp *s = (struct send_xdp *)sink;
    int64_t deadline = 0;

    while (s->gathered || (untaken(s) && xsk_ring_prod__needs_wakeup(&s->socket.tx))) {
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

static tapir_status xdp_write(tapir_sink *sink, const tapir_frame *given)
{
    struct send_xdp *s = (struct send_xdp *)sink;
    tapir__sendable bytes;
    tapir_status status = tapir__send_take(&s->send, given, &bytes);
    uint32_t at, frame;

    if (__builtin_expect(status != TAPIR_OK, 0))
        return status;
    if (__builtin_expect(!s->free_count, 0)) {
        status = make_room(s);
        if (status != TAPIR_OK)
            return status;
    }
    /* There are as many places in the ring as frames. */
    if (xsk_ring_prod__reserve(&s->socket.tx, 1, &at) != 1)
        return tapir__send_failed(&s->send, ENOBUFS);
    frame = s->free_frames[--s->free_count];
    memcpy(s->socket.area + address_of(s, frame), bytes.data, bytes.len);
    *xsk_ring_prod__tx_desc(&s->socket.tx, at) =
        (struct xdp_desc){.addr = address_of(s, frame), .len = bytes.len};
    s->lens[frame] = bytes.len;
    tapir__send_accept(&s->send, bytes.len);
    if (++s->gathered < s->send.options.batch)
        return TAPIR_OK;
    status = hand_over(s);
    return status == TAPIR_TIMEOUT ? TAPIR_OK : status;
}

static void complete(tapir__send *send)
{
    reap((struct send_xdp *)send);
}

static tapir_status drain(tapir__send *send, int64_t deadline)
{
    struct send_xdp *s = (struct send_xdp *)send;

    reap(s);
    while (s->free_count < send->options.ring) {
        tapir_status status = wait_for_room(s, deadline);
        if (status != TAPIR_OK)
            return status;
    }
    return TAPIR_OK;
}

static void stop(tapir__send *send)
{
    struct send_xdp *s = (struct send_xdp *)send;

    tapir__xdp_socket_close(&s->socket);
    free(s->free_frames);
    free(s->lens);
    free(s->dropped);
}

/* Opening. */

/* Makes the list of frames that are free: all of them, the first one on top. */
static tapir_status list_frames(struct send_xdp *s, tapir_error *error)
{
    const uint32_t ring = s->send.options.ring;

    s->free_frames = calloc(ring, sizeof *s->free_frames);
    s->lens = calloc(ring, sizeof *s->lens);
    s->dropped = calloc(ring, sizeof *s->dropped);
    if (!s->free_frames || !s->lens || !s->dropped)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", s->send.name);
    for (; s->free_count < ring; s->free_count++)
        s->free_frames[s->free_count] = ring - 1 - s->free_count;
    return TAPIR_OK;
}

static tapir_status open_socket(struct send_xdp *s, tapir_error *error)
{
    const tapir_send_options *options = &s->send.options;
    const struct tapir__xdp_socket_options chosen = {
        .queue = options->queue,
        .tx = options->ring,
        .lent = options->ring,
        .bind_flags =
            (uint16_t)((options->copy ? XDP_COPY : 0) | (options->zero_copy ? XDP_ZEROCOPY : 0)),
    };
    const int buffer = SEND_BUFFER;
    tapir_status status;

    if (s->send.link_type != TAPIR_LINK_TYPE_ETHERNET)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: afxdp sends Ethernet frames only; send with afpacket:%s", s->send.name,
            s->send.name);
    status = tapir__xdp_socket_open(&s->socket, s->send.name, &chosen, error);
    if (status != TAPIR_OK)
        return status;
    if (setsockopt(s->socket.fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer))
        (void)setsockopt(s->socket.fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    s->frame_shift = (unsigned)__builtin_ctz(s->socket.frame_len);
    tapir__send_limit(&s->send, s->socket.frame_len);
    return TAPIR_OK;
}

static tapir_status start(tapir__send *send, tapir_error *error)
{
    struct send_xdp *s = (struct send_xdp *)send;
    tapir_status status;

    s->socket.fd = -1;
    status = list_frames(s, error);
    return status == TAPIR_OK ? open_socket(s, error) : status;
}

static const tapir__send_kind send_kind = {
    .method = TAPIR_SEND_AFXDP,
    .start = start,
    .stop = stop,
    .complete = complete,
    .drain = drain,
};

static const tapir__sink_kind sink_kind = {
    .write = xdp_write,
    .flush = xdp_flush,
    .packets = tapir__send_packets,
    .close = tapir__send_close,
    .send = &send_kind,
};

static bool suits(const char *interface)
{
    (void)interface;
    return false;
}

const tapir__send_way tapir__send_afxdp_way = {
    .name = "afxdp",
    .library = "libxdp and libbpf",
    .size = sizeof(struct send_xdp),
    .kind = &sink_kind,
    .suits = suits,
};
