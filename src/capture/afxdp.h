/* AF_XDP: sockets with rings and frames shared with the kernel, and the program that fills them. */
#ifndef TAPIR_CAPTURE_AFXDP_H
#define TAPIR_CAPTURE_AFXDP_H

#include "afxdp_filter.h"
#include "live.h"

#include <xdp/xsk.h>

/* How a socket is made. Ring sizes are powers of two. */
struct tapir__xdp_socket_options {
    uint32_t queue;
    uint32_t rx, tx;     /* entries of the rings; 0: the socket does not receive, or send */
    uint32_t lent;       /* frames for the driver of a socket that does not receive: with zero copy
                            it takes what the queue gets into them, for the machine's own programs */
    uint16_t bind_flags; /* XDP_COPY, XDP_ZEROCOPY; 0: the driver's best */
    uint32_t busy_poll;  /* us; 0: none */
};

/* A socket of one queue with memory of its own. Frames of `frame_len` bytes lie in `area` one
 * behind the other: `rx` of them, or `lent`, all with the kernel at first, and `tx` behind those,
 * the first one at `tx_at`, all with the caller. The rings are used by xsk.h's functions. */
struct tapir__xdp_socket {
    struct xsk_umem *umem;
    struct xsk_socket *socket;
    struct xsk_ring_prod fill, tx;
    struct xsk_ring_cons rx, completion;
    uint8_t *area;
    size_t area_len;
    uint32_t frame_len;
    uint64_t tx_at;
    int fd; /* -1: not open */
    bool zero_copy;
};

/* Opens a socket and binds it to a queue of the interface. Nothing is received before it is in the
 * map of a program. On failure there is nothing to close; the error says what to do. */
tapir_status tapir__xdp_socket_open(struct tapir__xdp_socket *socket, const char *interface,
    const struct tapir__xdp_socket_options *options, tapir_error *error);

/* Closes it; frames and rings are gone. Of one that is closed already, or zeroed with fd -1, it
 * does nothing. */
void tapir__xdp_socket_close(struct tapir__xdp_socket *socket);

/* Fills the error for a call that failed with `number`: TAPIR_DENIED and which capabilities are
 * missing for EPERM, else as tapir__live_failed. `doing` is what could not be done. */
tapir_status tapir__xdp_failed(
    tapir_error *error, const char *interface, const char *doing, int number);

/* One source's part of the program on an interface, which hands frames to sockets by the queue they
 * came on. Sources of one process share the program, each for its queues. Must not move. */
struct tapir__xdp_program {
    const char *interface;       /* not owned */
    int index;                   /* of the interface */
    uint32_t first, end;         /* queues */
    int map_fd;                  /* queue -> socket; -1: not attached */
    int lock_fd;                 /* tells others that the map has an owner */
    struct tapir__xdp_code code; /* of the part */
    struct attachment *attachment;
    struct tapir__xdp_program *next; /* of the attachment's */
};

extern const struct tapir__xdp_program tapir__xdp_program_none; /* attached nowhere */

/* Attaches a program that lets all frames pass until tapir__xdp_program_feed, for the queues from
 * `first` to before `end`. Without a filter all frames match; those that do not always pass, and
 * all do once the socket of their queue is closed. The program is one of libxdp's dispatcher's,
 * beside others; where that is not to be had (no bpffs, no dispatcher installed, a kernel that
 * refuses it) it stands alone, held by a link that goes away with the process. `mode` is a
 * tapir_xdp_mode. On failure there is nothing to detach. */
tapir_status tapir__xdp_program_attach(struct tapir__xdp_program *program, const char *interface,
    uint8_t mode, uint32_t first, uint32_t end, const tapir_filter_instruction *filter,
    size_t filter_count, tapir_error *error);

/* Tells whether it runs in the stack, not in the driver. */
bool tapir__xdp_program_is_generic(const struct tapir__xdp_program *program);

/* Has the program hand the queue's frames to the socket from now on; -1: to none. */
tapir_status tapir__xdp_program_feed(
    const struct tapir__xdp_program *program, uint32_t queue, int fd, tapir_error *error);

/* Puts another filter in its place, without a moment in which there is none. On failure the old one
 * stays. */
tapir_status tapir__xdp_program_replace(struct tapir__xdp_program *program,
    const tapir_filter_instruction *filter, size_t filter_count, tapir_error *error);

/* Takes it off the interface. Of one that is detached already it does nothing. */
void tapir__xdp_program_detach(struct tapir__xdp_program *program);

#endif
