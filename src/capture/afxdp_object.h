/* A program of ours as libbpf takes programs: an object file, in memory. */
#ifndef TAPIR_CAPTURE_AFXDP_OBJECT_H
#define TAPIR_CAPTURE_AFXDP_OBJECT_H

#include "afxdp_filter.h"

#include <bpf/libbpf.h>

#define TAPIR__XDP_SECTION "xdp"

/* Makes an object, not loaded yet, of one XDP program of that name and code. libxdp's dispatcher
 * wants programs so: with a type for the function, since it puts it in the place of another one.
 * Returns NULL, errno set, when it cannot. Close with bpf_object__close. */
struct bpf_object *tapir__xdp_object(const char *name, const struct tapir__xdp_code *code);

#endif
