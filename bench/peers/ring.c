/* The floor of capturing with AF_PACKET: a walk through the blocks of TPACKET_V3, nothing else. */
#include "live.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK (1 << 20)

struct count {
    uint64_t packets, bytes;
};

static uint8_t *open_ring(int fd, const char *interface)
{
    const struct tpacket_req3 ring = {
        .tp_block_size = BLOCK,
        .tp_block_nr = LIVE_BUFFER / BLOCK,
        .tp_frame_size = BLOCK,
        .tp_frame_nr = LIVE_BUFFER / BLOCK,
        .tp_retire_blk_tov = 64,
    };
    const struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = (int)if_nametoindex(interface),
    };
    const struct packet_mreq promiscuous = {
        .mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    const int version = TPACKET_V3;
    void *map;

    if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring) != 0)
        fail("TPACKET_V3", strerror(errno));
    map = mmap(NULL, LIVE_BUFFER, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (map == MAP_FAILED ||
        setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        fail(interface, strerror(errno));
    return map;
}

static void walk(const struct tpacket_block_desc *block, struct count *count)
{
    const uint8_t *at = (const uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;

    for (uint32_t left = block->hdr.bh1.num_pkts; left; left--) {
        const struct tpacket3_hdr *header = (const void *)at;
        count->bytes += header->tp_snaplen;
        at += header->tp_next_offset;
    }
    count->packets += block->hdr.bh1.num_pkts;
}

int main(int argc, char **argv)
{
    struct pollfd wait = {.fd = socket(AF_PACKET, SOCK_RAW, 0), .events = POLLIN};
    struct count count = {0, 0};
    uint8_t *ring;

    if (argc != 2)
        fail("usage", "ring INTERFACE");
    ring = open_ring(wait.fd, argv[1]);
    live_ready(live_stop);
    for (uint32_t i = 0; !live_stopped;) {
        struct tpacket_block_desc *block = (void *)(ring + (size_t)i * BLOCK);
        uint32_t *status = &block->hdr.bh1.block_status;
        if (!(__atomic_load_n(status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
            poll(&wait, 1, LIVE_PATIENCE);
            continue;
        }
        walk(block, &count);
        __atomic_store_n(status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        i = (i + 1) % (LIVE_BUFFER / BLOCK);
    }
    live_report(count.packets, count.bytes);
    return 0;
}
