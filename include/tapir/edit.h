/* Packets changed: bytes rewritten where they stand, or layers edited and encoded again. */
#ifndef TAPIR_EDIT_H
#define TAPIR_EDIT_H

#include "tapir/encode.h"

TAPIR_EXTERN_C_BEGIN

/* Writes `bytes` over those at `offset` of a frame, and updates the checksums that cover them by
 * the difference (RFC 1624): a right one stays right, a wrong one stays as wrong, and that of a
 * message of which only a part is there comes right all the same. A check sequence that is no sum
 * (CRC-32C of SCTP, Ethernet's) is computed anew if it was right. `packet` is the decoding of the
 * frame, whose layers are not decoded again: their structs keep the old values. `data` is the
 * frame's memory, to be written, or a copy of it. TAPIR_INVALID when the bytes do not lie in the
 * frame; TAPIR_TOO_DEEP when more than 64 checksums cover them. Then nothing has been written. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_patch(
    tapir_packet *packet, uint8_t *data, size_t offset, tapir_span bytes);

/* A packet taken apart: layers to change, to put in and to take out, and to encode again. One edit
 * is used for packet after packet and allocates nothing once warm. */
typedef struct tapir_edit tapir_edit;

/* Returns an edit, or NULL when out of memory. */
TAPIR_API tapir_edit *tapir_edit_new(void);

/* Frees the edit and what was built by it; NULL is fine. */
TAPIR_API void tapir_edit_free(tapir_edit *edit);

/* Takes the layers of a packet, finishing its decoding. The packet and its frame must stay as they
 * are until the edit was built, and may not be what the same edit has built. TAPIR_NO_MEMORY. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_edit_start(tapir_edit *edit, tapir_packet *packet);

/* Returns how many layers there are now. */
TAPIR_API size_t tapir_edit_count(const tapir_edit *edit);

/* Returns the protocol of a layer, and its struct as it is now. */
TAPIR_API const tapir_proto *tapir_edit_proto(const tapir_edit *edit, size_t index);
TAPIR_API const void *tapir_edit_fields(const tapir_edit *edit, size_t index);

/* Returns the index of the nth (from 0) layer of that protocol, tapir_edit_count when there is
 * none.
 */
TAPIR_API size_t tapir_edit_find(const tapir_edit *edit, const tapir_proto *proto, size_t nth);

/* Returns the struct of a layer to be written to; spans in it stay the caller's until the edit was
 * built. NULL for a layer that is broken or incomplete: its bytes can be kept or taken out only;
 * and for an index behind the last. */
TAPIR_API void *tapir_edit_change(tapir_edit *edit, size_t index);

/* The struct of the first layer of a protocol, to be written to, or NULL: TAPIR_CHANGE(edit, ipv4)
 * is a struct tapir_ipv4 *. */
#define TAPIR_CHANGE(edit, name)                                                                   \
    ((struct tapir_##name *)tapir_edit_change(                                                     \
        edit, tapir_edit_find(edit, &tapir_##name##_proto, 0)))

/* Puts a layer in front of the index-th (behind the last, with tapir_edit_count); `fields` is
 * copied, spans in it are not. TAPIR_NO_MEMORY; TAPIR_INVALID for an index beyond that. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_edit_insert(
    tapir_edit *edit, size_t index, const tapir_proto *proto, const void *fields);

/* Takes a layer out. Bytes behind its payload (padding) stay, behind that of the layer outside. */
TAPIR_API void tapir_edit_remove(tapir_edit *edit, size_t index);

/* Replaces everything behind the index-th layer (behind the last header, with tapir_edit_count) by
 * raw payload, which stays the caller's; an empty one takes it out. TAPIR_NO_MEMORY. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_edit_set_payload(
    tapir_edit *edit, size_t index, tapir_span payload);

/* Keeps values of a layer as they are in its struct (TAPIR_LENGTHS | ...), instead of filling them
 * in where a change makes that due. */
TAPIR_API void tapir_edit_keep(tapir_edit *edit, size_t index, unsigned keep);

/* Encodes the layers: *frame has the facts of the packet's frame and the new bytes, which are the
 * edit's and valid until its next build. A layer that was not touched keeps its bytes exactly, but
 * for what depends on a change: lengths change by the difference in size, keys when another layer
 * follows, checksums when something they cover has changed (a right one is right again, a wrong one
 * as wrong). New layers have everything filled in. Padding that made an Ethernet frame long enough
 * does so again. `options` (may be NULL) say what is to be kept in all layers. The status is as of
 * tapir_build. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_edit_build(
    tapir_edit *edit, const tapir_build_options *options, tapir_frame *frame, tapir_error *error);

TAPIR_EXTERN_C_END
#endif
