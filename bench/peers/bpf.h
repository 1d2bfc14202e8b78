/* XDP programs as arrays of instructions, for no compiler of BPF need be there. */
#ifndef BENCH_BPF_H
#define BENCH_BPF_H

#include "measure.h"
#include <bpf/bpf.h>
#include <linux/bpf.h>

#define BPF_SET(register, value)                                                                   \
    {                                                                                              \
        .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (register), .imm = (int)(value)            \
    }
#define BPF_CALL_HELPER(helper)                                                                    \
    {                                                                                              \
        .code = BPF_JMP | BPF_CALL, .imm = (helper)                                                \
    }
#define BPF_RETURN                                                                                 \
    {                                                                                              \
        .code = BPF_JMP | BPF_EXIT                                                                 \
    }

/* Returns the descriptor of the program once the kernel has taken it. */
static inline int load_xdp(const struct bpf_insn *instructions, size_t count)
{
    static char log[1 << 16];
    struct bpf_prog_load_opts options = {
        .sz = sizeof options, .log_buf = log, .log_size = sizeof log};
    int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "bench", "GPL", instructions, count, &options);

    if (fd < 0)
        fail("the kernel refuses the XDP program", *log ? log : strerror(errno));
    return fd;
}

#endif
