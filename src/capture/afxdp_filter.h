/* Programs of the classic BPF language made into programs that run at XDP. */
#ifndef TAPIR_CAPTURE_AFXDP_FILTER_H
#define TAPIR_CAPTURE_AFXDP_FILTER_H

#include "tapir/filter.h"

#include <linux/bpf.h>

/* A program for the kernel to load, without anything to relocate. */
struct tapir__xdp_code {
    struct bpf_insn *instructions;
    size_t count;
};

/* Makes a program that runs `match` for frames that the classic program accepts and lets the others
 * pass to the stack (XDP_PASS). In `match`, register 6 is the context; it ends with an exit. No
 * program (`count` 0) accepts everything. A load from behind the frame's end means that the frame
 * does not match, as in the classic language. TAPIR_UNSUPPORTED for what is not in the frame (the
 * kernel's notes on direction, interface and VLAN tags), TAPIR_INVALID for a program that is none;
 * `interface` is for messages. Clear with tapir__xdp_code_clear. */
tapir_status tapir__xdp_translate(struct tapir__xdp_code *code,
    const tapir_filter_instruction *program, size_t count, const struct bpf_insn *match,
    size_t match_count, const char *interface, tapir_error *error);

void tapir__xdp_code_clear(struct tapir__xdp_code *code);

#endif
