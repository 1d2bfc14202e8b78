/* Sends frames faster than sockets can: the kernel runs an XDP program on frames of its own making
 * (BPF_PROG_RUN), which enter the interface's stack as if received by it, or are redirected out. */
#include "peers/bpf.h"
#include "peers/live.h"

#include <arpa/inet.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <unistd.h>

enum { LONGEST = 3000, LOOKS = 1000 };

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

/* Has frames enter the stack, not before they are due: the program itself waits, for BPF_PROG_RUN
 * takes milliseconds to begin. The map's value is when the next one is due. */
static int load_paced(double rate)
{
    const int map =
        bpf_map_create(BPF_MAP_TYPE_ARRAY, "due", sizeof(int), sizeof(uint64_t), 1, NULL);
    const struct bpf_insn program[] = {
        {.code = BPF_LD | BPF_DW | BPF_IMM,
            .dst_reg = BPF_REG_6,
            .src_reg = BPF_PSEUDO_MAP_VALUE,
            .imm = map},
        {.code = 0},
        {.code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_7, .src_reg = BPF_REG_6},
        BPF_SET(BPF_REG_8, LOOKS),
        BPF_CALL_HELPER(BPF_FUNC_ktime_get_ns),
        {.code = BPF_JMP | BPF_JGE | BPF_X, .dst_reg = BPF_REG_0, .src_reg = BPF_REG_7, .off = 2},
        {.code = BPF_ALU64 | BPF_SUB | BPF_K, .dst_reg = BPF_REG_8, .imm = 1},
        {.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = BPF_REG_8, .off = -4},
        {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_7, .imm = (int)(1e9 / rate)},
        {.code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_6, .src_reg = BPF_REG_7},
        BPF_SET(BPF_REG_0, XDP_PASS),
        BPF_RETURN,
    };
    const uint64_t due = (uint64_t)wall_ns();
    const int only = 0;

    if (map < 0 || bpf_map_update_elem(map, &only, &due, BPF_ANY) != 0)
        fail("map", strerror(errno));
    return load_xdp(program, sizeof program / sizeof *program);
}

static int load_program(int redirect, uint32_t index, double rate)
{
    const struct bpf_insn pass[] = {BPF_SET(BPF_REG_0, XDP_PASS), BPF_RETURN};
    const struct bpf_insn out[] = {BPF_SET(BPF_REG_1, index), BPF_SET(BPF_REG_2, 0),
        BPF_CALL_HELPER(BPF_FUNC_redirect), BPF_RETURN};

    if (rate > 0)
        return load_paced(rate);
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

    if (!index || len < 60 || len > LONGEST || count > INT_MAX ||
        (!redirect && strcmp(argv[1], "pass") != 0) || (redirect && rate > 0))
        fail("usage", "inject pass INTERFACE LENGTH COUNT [PACKETS_PER_SECOND] | "
                      "inject redirect INTERFACE LENGTH COUNT");
    make_frame(frame, len);
    fd = load_program(redirect, index, rate);
    struct xdp_md context = {.data_end = (uint32_t)len, .ingress_ifindex = index};
    struct bpf_test_run_opts run = {.sz = sizeof run,
        .data_in = frame,
        .data_size_in = (uint32_t)len,
        .ctx_in = &context,
        .ctx_size_in = sizeof context,
        .repeat = (int)count,
        .flags = BPF_F_TEST_XDP_LIVE_FRAMES};
    start = wall_ns();
    if (bpf_prog_test_run_opts(fd, &run) != 0)
        fail("BPF_PROG_RUN with live frames (Linux 5.18)", strerror(errno));
    sent_report(count, wall_ns() - start);
    return 0;
}
