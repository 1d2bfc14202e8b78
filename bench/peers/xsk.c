/* The floor of capturing with AF_XDP: one queue, in the driver, copied; frames counted and given
 * back, nothing else. */
#include "bpf.h"
#include "live.h"

#include <linux/if_link.h>
#include <net/if.h>
#include <poll.h>
#include <sys/mman.h>
#include <xdp/xsk.h>

enum { FRAMES = 8192, FRAME = 4096, RING = 4096, BATCH = 64, NAP = 50000 };

struct socket {
    struct xsk_umem *umem;
    struct xsk_socket *xsk;
    struct xsk_ring_prod fill, tx;
    struct xsk_ring_cons completion, rx;
};

/* Has every frame of queue 0 go to the socket; the others go on to the stack. */
static int load_program(int map)
{
    const struct bpf_insn program[] = {
        {.code = BPF_LDX | BPF_MEM | BPF_W,
            .dst_reg = BPF_REG_2,
            .src_reg = BPF_REG_1,
            .off = offsetof(struct xdp_md, rx_queue_index)},
        {.code = BPF_LD | BPF_DW | BPF_IMM,
            .dst_reg = BPF_REG_1,
            .src_reg = BPF_PSEUDO_MAP_FD,
            .imm = map},
        {.code = 0},
        BPF_SET(BPF_REG_3, XDP_PASS),
        BPF_CALL_HELPER(BPF_FUNC_redirect_map),
        BPF_RETURN,
    };

    return load_xdp(program, sizeof program / sizeof *program);
}

/* The queue stays taken for a moment after the last program that had it. */
static int bind_socket(struct socket *s, const char *interface)
{
    const struct xsk_socket_config config = {.rx_size = RING,
        .tx_size = RING,
        .libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
        .xdp_flags = XDP_FLAGS_DRV_MODE,
        .bind_flags = XDP_COPY | XDP_USE_NEED_WAKEUP};
    const struct timespec moment = {.tv_nsec = 10000000};
    int status = -EBUSY;

    for (int i = 0; i < 100 && status == -EBUSY; i++) {
        status = xsk_socket__create(&s->xsk, interface, 0, s->umem, &s->rx, &s->tx, &config);
        if (status == -EBUSY)
            nanosleep(&moment, NULL);
    }
    return status;
}

static void open_socket(struct socket *s, const char *interface)
{
    const struct xsk_umem_config memory = {
        .fill_size = RING, .comp_size = RING, .frame_size = FRAME, .frame_headroom = 0};
    void *frames = mmap(NULL, (size_t)FRAMES * FRAME, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    uint32_t at;
    int status;

    if (frames == MAP_FAILED)
        fail("frames", strerror(errno));
    status = xsk_umem__create(
        &s->umem, frames, (uint64_t)FRAMES * FRAME, &s->fill, &s->completion, &memory);
    if (status == 0)
        status = bind_socket(s, interface);
    if (status != 0)
        fail(interface, strerror(-status));
    if (xsk_ring_prod__reserve(&s->fill, RING, &at) != RING)
        fail(interface, "its fill ring is too small");
    for (uint32_t i = 0; i < RING; i++)
        *xsk_ring_prod__fill_addr(&s->fill, at + i) = (uint64_t)i * FRAME;
    xsk_ring_prod__submit(&s->fill, RING);
}

/* Counts what is there and hands its room back; false when nothing is. */
static int take(struct socket *s, uint64_t *packets, uint64_t *bytes)
{
    uint32_t from, to = 0, count = xsk_ring_cons__peek(&s->rx, BATCH, &from);

    if (!count)
        return 0;
    while (xsk_ring_prod__reserve(&s->fill, count, &to) != count)
        continue;
    for (uint32_t i = 0; i < count; i++) {
        const struct xdp_desc *frame = xsk_ring_cons__rx_desc(&s->rx, from + i);
        *bytes += frame->len;
        *xsk_ring_prod__fill_addr(&s->fill, to + i) = frame->addr & ~(uint64_t)(FRAME - 1);
    }
    xsk_ring_prod__submit(&s->fill, count);
    xsk_ring_cons__release(&s->rx, count);
    *packets += count;
    return 1;
}

/* Waits for frames; after a nap, for being woken for every few costs both sides more than they do.
 */
static void rest(struct socket *s, int fd)
{
    const struct timespec nap = {.tv_nsec = NAP};
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    nanosleep(&nap, NULL);
    if (!xsk_cons_nb_avail(&s->rx, 1))
        poll(&wait, 1, LIVE_PATIENCE);
}

int main(int argc, char **argv)
{
    int map = bpf_map_create(BPF_MAP_TYPE_XSKMAP, "bench", sizeof(int), sizeof(int), 1, NULL);
    int queue = 0, fd, index, program;
    uint64_t packets = 0, bytes = 0;
    struct socket s = {.umem = NULL};

    if (argc != 2 || map < 0)
        fail("xsk INTERFACE", argc != 2 ? "usage" : strerror(errno));
    index = (int)if_nametoindex(argv[1]);
    program = load_program(map);
    open_socket(&s, argv[1]);
    fd = xsk_socket__fd(s.xsk);
    if (bpf_map_update_elem(map, &queue, &fd, BPF_ANY) != 0 ||
        bpf_xdp_attach(index, program, XDP_FLAGS_DRV_MODE, NULL) != 0)
        fail(argv[1], strerror(errno));
    live_ready(live_stop);
    while (!live_stopped)
        if (!take(&s, &packets, &bytes))
            rest(&s, fd);
    bpf_xdp_detach(index, XDP_FLAGS_DRV_MODE, NULL);
    xsk_socket__delete(s.xsk);
    xsk_umem__delete(s.umem);
    live_report(packets, bytes);
    return 0;
}
