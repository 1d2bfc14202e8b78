/* Packets shown as if nothing had been cut: what spans several of them is decoded in the one that
 * completes it. */
#ifndef TAPIR_JOINER_H
#define TAPIR_JOINER_H

#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

/* Options of tapir_joiner_new; zeroed, with `size` set, means the defaults. */
typedef struct tapir_joiner_options {
    size_t size;       /* sizeof (tapir_joiner_options) */
    size_t max_memory; /* bytes that wait, of segments and of fragments each; 0: their defaults */
} tapir_joiner_options;

typedef struct tapir_joiner tapir_joiner;

/* Returns a joiner for packets that decode by `registry` (NULL: the default one), NULL when out of
 * memory. `options` may be NULL. Belongs to one thread. */
TAPIR_API tapir_joiner *tapir_joiner_new(
    const tapir_registry *registry, const tapir_joiner_options *options);

/* Frees it; packets that it changed must be started anew before they are used. NULL is fine. */
TAPIR_API void tapir_joiner_free(tapir_joiner *joiner);

/* Takes the next packet of a capture and changes what is inside it, to what Wireshark shows:
 *
 * - the fragment that completes a datagram has its layers behind its IP header, others have a
 *   payload; those that were not captured whole stay as they are;
 * - a TCP segment has the messages of its stream that it completes, and what begins another is a
 *   payload; those of protocols that can tell how long a message is (tapir_proto.message_len).
 *
 * Finishes decoding. The packet may decode from the joiner's memory afterwards; that is valid until
 * the next call with the joiner. */
TAPIR_API void tapir_joiner_add(tapir_joiner *joiner, tapir_packet *packet);

TAPIR_EXTERN_C_END
#endif
