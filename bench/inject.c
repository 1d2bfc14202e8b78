/* Sends frames faster than sockets can: the kernel runs an XDP program on frames of its own making
 * (BPF_PROG_RUN), which enter the interface's stack as if received by it, or are redirected out. */
#include "peers/bpf.h"
#include "peers/live.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <unistd.h>

/* Frames at a time where there is a rate to keep. Fewer, and making the frames costs too much. */
enum { STEP = 10000, LONGEST = 3000 };

static uint16_t header_checksum(const struct iphdr *ip)
{
    uint16_t words[10];
    uint32_t sum = 0;

    memcpy(words, ip, sizeof words);
    for (int i = 0; i < 10; i++)
        sum += words[i];
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

/* Makes Ethernet, IPv4, UDP without a checksum, and zeroes, for a machine that is not this one. */
static void make_frame(uint8_t *frame, size_t len)
{
    static const uint8_t ethernet[14] = {2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 8, 0};
    struct iphdr ip = {.version = 4,
        .ihl = 5,
        .tot_len = htons((uint16_t)(len - sizeof ethernet)),
        .ttl = 64,
        .protocol = IPPROTO_UDP,
        .saddr = htonl(0x0a000001),
        .daddr = htonl(0x0a000002)};
    const struct udphdr udp = {.source = htons(40000),
        .dest = htons(9),
        .len = htons((uint16_t)(len - sizeof ethernet - sizeof ip))};

    ip.check = header_checksum(&ip);
    memset(frame, 0, len);
    memcpy(frame, ethernet, sizeof ethernet);
    memcpy(frame + sizeof ethernet, &ip, sizeof ip);
    memcpy(frame + sizeof ethernet + sizeof ip, &udp, sizeof udp);
}

static int load_program(int redirect, uint32_t index)
{
    const struct bpf_insn pass[] = {BPF_SET(BPF_REG_0, XDP_PASS), BPF_RETURN};
    const struct bpf_insn out[] = {BPF_SET(BPF_REG_1, index), BPF_SET(BPF_REG_2, 0),
        BPF_CALL_HELPER(BPF_FUNC_redirect), BPF_RETURN};

    return redirect ? load_xdp(out, sizeof out / sizeof *out)
                    : load_xdp(pass, sizeof pass / sizeof *pass);
}

int main(int argc, char **argv)
{
    uint8_t frame[LONGEST];
    size_t len = argc >= 5 ? strtoul(argv[3], NULL, 10) : 0;
    uint64_t count = argc >= 5 ? strtoull(argv[4], NULL, 10) : 0;
    double rate = argc == 6 ? atof(argv[5]) : 0, start;
    int redirect = argc >= 5 && strcmp(argv[1], "redirect") == 0, fd;
    uint32_t index = argc >= 5 ? if_nametoindex(argv[2]) : 0;

    if (!index || len < 60 || len > LONGEST || (!redirect && strcmp(argv[1], "pass") != 0))
        fail("usage", "inject pass|redirect INTERFACE LENGTH COUNT [PACKETS_PER_SECOND]");
    make_frame(frame, len);
    fd = load_program(redirect, index);
    struct xdp_md context = {.data_end = (uint32_t)len, .ingress_ifindex = index};
    LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .data_size_in = (uint32_t)len,
        .ctx_in = &context, .ctx_size_in = sizeof context, .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
    start = wall_ns();
    for (uint64_t sent = 0; sent < count; sent += (uint64_t)run.repeat) {
        uint64_t left = count - sent, step = rate > 0 && left > STEP ? STEP : left;
        while (rate > 0 && wall_ns() - start < (double)sent / rate * 1e9)
            continue;
        run.repeat = (int)step;
        if (bpf_prog_test_run_opts(fd, &run) != 0)
            fail("BPF_PROG_RUN with live frames (Linux 5.18)", strerror(errno));
    }
    sent_report(count, wall_ns() - start);
    return 0;
}
