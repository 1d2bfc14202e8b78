/* What a protocol's decode and its decoder together say of a layer. */
#ifndef TAPIR_CORE_OUTCOME_H
#define TAPIR_CORE_OUTCOME_H

#include "tapir/proto.h"

/* Whether the header itself is incomplete or broken: nothing follows it. */
static inline bool is_broken(const tapir_decoder *d, tapir_status status)
{
    return status != TAPIR_OK || d->in.failed;
}

/* The status of the layer. `snapped`: the capture kept less of the frame than was sent. Bytes
 * missing at the frame's end are then the capture's fault, bytes missing anywhere else an outer
 * length's. */
static inline tapir_status outcome(const tapir_decoder *d, tapir_status status, bool snapped)
{
    if (d->in.failed || (status == TAPIR_OK && d->wanted))
        return !d->limited_by && snapped ? TAPIR_TRUNCATED : TAPIR_CUT;
    return status;
}

/* Done with the payload announced, of which `had` bytes are there: the layers inside are told how
 * many are not. */
static inline void forget_wanted(tapir_decoder *d, uint32_t had)
{
    if (d->wanted)
        d->missing = d->wanted - had;
    d->wanted = 0;
}

#endif
