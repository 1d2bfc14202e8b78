/* Filter expressions of the BPF language, compiled by libpcap, as in pcap-filter(7). */
#ifndef TAPIR_FILTER_H
#define TAPIR_FILTER_H

#include "tapir/frame.h"
#include "tapir/text.h"

TAPIR_EXTERN_C_BEGIN

typedef struct tapir_filter tapir_filter;

/* Compiles `expression` for frames of one link type in files; an empty one matches everything of
 * any link type. `snaplen` (0: 262144) is what the program returns when it matches. On failure
 * *filter is NULL and `error` says why; its offset is the place in the expression, UINT64_MAX when
 * that cannot be told. Free with tapir_filter_free. A compiled filter is immutable and may be
 * shared by threads. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_filter_new(tapir_filter **filter,
    const char *expression, uint16_t link_type, uint32_t snaplen, bool optimize,
    tapir_error *error);

/* The same for a kernel to run, which knows things that are not in the frame (inbound, ifname) and
 * keeps up to `snaplen` bytes of what matches. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_filter_new_live(tapir_filter **filter,
    const char *expression, uint16_t link_type, uint32_t snaplen, bool optimize,
    tapir_error *error);

/* The same for the kernel of this machine and one of its interfaces ("any" for all), whose address
 * and ways to hand out VLAN tags count. `link_type` is the one captured with. Needs the privilege
 * to capture: TAPIR_DENIED. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_filter_new_interface(tapir_filter **filter,
    const char *expression, const char *interface, uint16_t link_type, uint32_t snaplen,
    bool optimize, tapir_error *error);

/* Frees the filter; NULL is fine. */
TAPIR_API void tapir_filter_free(tapir_filter *filter);

/* Tells whether the frame matches. The frame must be of the filter's link type. */
TAPIR_API bool tapir_filter_match(const tapir_filter *filter, const tapir_frame *frame);

/* One instruction of the compiled program. */
typedef struct tapir_filter_instruction {
    uint16_t code;
    uint8_t jump_true, jump_false;
    uint32_t k;
} tapir_filter_instruction;

/* Returns the program, *count instructions, owned by the filter: for kernels, and for looking at.
 */
TAPIR_API const tapir_filter_instruction *tapir_filter_program(
    const tapir_filter *filter, size_t *count);

/* Ways to write a program down, tcpdump's -d, -dd and -ddd. */
typedef enum tapir_filter_style {
    TAPIR_FILTER_LISTING, /* "(000) ldh      [12]" */
    TAPIR_FILTER_C,       /* "{ 0x28, 0, 0, 0x0000000c }," */
    TAPIR_FILTER_NUMBERS  /* how many, then "40 0 0 12" */
} tapir_filter_style;

/* Appends the program, a line per instruction. */
TAPIR_API void tapir_filter_text(
    const tapir_filter *filter, tapir_text *text, tapir_filter_style style);

/* Returns the name and version of the library that compiles expressions. Static. */
TAPIR_API const char *tapir_filter_library(void);

TAPIR_EXTERN_C_END
#endif
