/* What a capture file holds, summed up record by record. */
#ifndef TAPIR_INFO_H
#define TAPIR_INFO_H

#include "tapir/pcapng.h"

TAPIR_EXTERN_C_BEGIN

/* The sums. Zero-initialise, then add every record that tapir_source_next_block gives. What the
 * source itself counts (packets of each interface) stays there. */
typedef struct tapir_info {
    uint64_t packets;
    uint64_t bytes, captured_bytes; /* on the wire and in the file */
    uint32_t shortest, longest;     /* packet on the wire */
    uint64_t cut_packets;           /* of which less was captured than was sent */
    uint32_t cut_from, cut_to;      /* the range of what is left of those */
    uint64_t timed_packets;         /* with a timestamp; the next three are of them */
    int64_t first_time, last_time;  /* the earliest and the latest */
    uint64_t backward_packets;      /* earlier than the one before them in the file */
    uint64_t commented_packets;
    uint64_t drops; /* packets lost, as the records of packets tell */

    /* Of pcapng. */
    uint64_t sections, unsupported_sections;
    uint64_t names[5]; /* by tapir_pcapng_address */
    uint64_t statistics, secrets, journal_entries, custom_blocks, unknown_blocks;
    uint64_t damaged_blocks; /* handed out, but broken inside */
    uint64_t damaged_offset; /* of the first of them */
    uint32_t damaged_type;

    int64_t previous_time;
} tapir_info;

/* Adds one record: the frame when it has data, and the block unless NULL. */
TAPIR_API void tapir_info_add(
    tapir_info *info, const tapir_frame *frame, const tapir_pcapng_block *block);

TAPIR_EXTERN_C_END
#endif
