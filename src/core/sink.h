/* What every sink is made of: the common part, and the calls a kind of sink implements. */
#ifndef TAPIR_CORE_SINK_H
#define TAPIR_CORE_SINK_H

#include "tapir/sink.h"

/* The calls of one kind of sink. */
typedef struct tapir__sink_kind {
    tapir_status (*write)(tapir_sink *sink, const tapir_frame *frame);
    tapir_status (*flush)(tapir_sink *sink);
    uint64_t (*packets)(const tapir_sink *sink);
    tapir_status (*close)(tapir_sink *sink, tapir_error *error);
    bool is_file;
    const struct tapir__send_kind *send; /* NULL: does not send */
} tapir__sink_kind;

/* The common part, the first member of every kind's own struct. */
struct tapir_sink {
    const tapir__sink_kind *kind;
    tapir_error error;
};

/* Puts the VLAN tag that the hardware took off back into the bytes of a frame, which are then
 * those of `tagged`; where a frame has no place for one nothing happens. TAPIR_NO_MEMORY, without
 * a message. */
tapir_status tapir__sink_put_tag_back(tapir_text *tagged, tapir_frame *frame);

#endif
