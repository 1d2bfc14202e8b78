/* The floor of sending with AF_PACKET: the frames of a capture, again and again, copied into a ring
 * that the kernel sends from. */
#include "live.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Frames lie in slots, behind their header. */
enum { SLOT = 2048, SLOTS = 2048, BATCH = 256, DATA = sizeof(struct tpacket2_hdr) };

_Static_assert(DATA % TPACKET_ALIGNMENT == 0, "data begins where the kernel looks for it");

static uint8_t *open_ring(int fd, const char *interface)
{
    const struct tpacket_req ring = {.tp_block_size = SLOT * SLOTS / 8,
        .tp_block_nr = 8,
        .tp_frame_size = SLOT,
        .tp_frame_nr = SLOTS};
    const struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
    const int version = TPACKET_V2, yes = 1;
    void *map;

    if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes) != 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_TX_RING, &ring, sizeof ring) != 0)
        fail("TX ring", strerror(errno));
    map =
        mmap(NULL, (size_t)SLOT * SLOTS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (map == MAP_FAILED || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        fail(interface, strerror(errno));
    return map;
}

static void put(uint8_t *slot, const struct frame *frame)
{
    struct tpacket2_hdr *header = (void *)slot;

    if (frame->len > SLOT - DATA)
        fail("frame", "too long");
    memcpy(slot + DATA, frame->data, frame->len);
    header->tp_len = frame->len;
    __atomic_store_n(&header->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
}

int main(int argc, char **argv)
{
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    uint64_t count, sent = 0;
    struct capture capture;
    uint8_t *ring;
    double start;

    if (argc != 4)
        fail("usage", "txring INTERFACE FILE TIMES");
    ring = open_ring(fd, argv[1]);
    capture = load(argv[2]);
    count = capture.count * strtoull(argv[3], NULL, 10);
    start = wall_ns();
    for (size_t i = 0; sent < count; sent++) {
        uint8_t *slot = ring + sent % SLOTS * SLOT;
        const struct tpacket2_hdr *header = (const void *)slot;
        while (__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE)
            if (send(fd, NULL, 0, 0) < 0)
                fail(argv[1], strerror(errno));
        put(slot, &capture.frames[i]);
        i = i + 1 == capture.count ? 0 : i + 1;
        if (sent % BATCH == BATCH - 1 && send(fd, NULL, 0, 0) < 0)
            fail(argv[1], strerror(errno));
    }
    if (send(fd, NULL, 0, 0) < 0)
        fail(argv[1], strerror(errno));
    sent_report(count, wall_ns() - start);
    unload(&capture);
    return 0;
}
