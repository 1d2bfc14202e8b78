/* Checksums over the pseudo-header of whichever IP lies outside a transport layer. */
#ifndef TAPIR_TRANSPORT_PSEUDO_H
#define TAPIR_TRANSPORT_PSEUDO_H

#include "tapir/encode.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"

/* Checks the Internet checksum of `layer` and all inside it, `actual` being the one it carries,
 * with the pseudo-header of the IP layer next outside. Fills everything but `present`. */
void tapir__verify_transport(const tapir_packet *packet, const tapir_layer *layer, uint8_t protocol,
    uint16_t actual, tapir_checksum *checksum);

/* The same for a message that goes on behind the layer's payload with the bytes of `behind` (may be
 * empty); protocol 0: without pseudo-header. */
void tapir__verify_message(const tapir_packet *packet, const tapir_layer *layer, tapir_span behind,
    uint8_t protocol, uint16_t actual, tapir_checksum *checksum);

/* Tells whether all of the message that begins with `layer` is there: in whichever IP lies outside
 * it is no fragment, and nothing was cut off. */
bool tapir__is_whole_message(const tapir_packet *packet, const tapir_layer *layer);

/* tapir__checksum_due where checksums are filled in and more has to be looked at. */
TAPIR_MUST_CHECK tapir_status tapir__find_due(
    tapir_encoder *e, const char *field, bool *due, uint64_t *sum);

/* Adds up the addresses of the layer next outside, if that is IP with nothing to it, which says all
 * there is to know about addresses and fragments; else false. */
TAPIR_INLINE bool tapir__sum_plain_outside(const tapir_encoder *e, uint64_t *sum)
{
    const tapir_stack_layer *outside;

    if (e->index == 0)
        return false;
    outside = &e->layers[e->index - 1];
    if (outside->proto == &tapir_ipv4_proto) {
        const struct tapir_ipv4 *ip = outside->fields;
        *sum = tapir_load_be(ip->src, 4) + tapir_load_be(ip->dst, 4);
        return !ip->options.len && !ip->fragment_offset && !(ip->flags & TAPIR_IPV4_MORE_FRAGMENTS);
    }
    if (outside->proto == &tapir_ipv6_proto) {
        const struct tapir_ipv6 *ip = outside->fields;
        *sum = tapir_sum_bytes(ip->src, 16, false) + tapir_sum_bytes(ip->dst, 16, false);
        return true;
    }
    return false;
}

/* Tells whether the checksum of the layer being written is to be filled in. A fragment keeps the
 * one it has, which covers bytes that are elsewhere. Where it has a pseudo-header, `sum` is not
 * NULL and gets what the addresses of the IP layer next outside add; TAPIR_INVALID where there is
 * none. */
TAPIR_MUST_CHECK TAPIR_INLINE tapir_status tapir__checksum_due(
    tapir_encoder *e, const char *field, bool *due, uint64_t *sum)
{
    *due = false;
    if (!(e->fill & TAPIR_CHECKSUMS))
        return TAPIR_OK;
    if (__builtin_expect(!sum || !tapir__sum_plain_outside(e, sum), 0))
        return tapir__find_due(e, field, due, sum);
    *due = true;
    return TAPIR_OK;
}

/* The same for a checksum without pseudo-header that cannot be worked out of what changes: it is
 * kept where bytes it covers are elsewhere, in edited packets as well. */
bool tapir__whole_checksum_due(const tapir_encoder *e);

/* The sum of the addresses that the pseudo-header of `layer` has, from the frame's bytes at `data`
 * instead of the structs; false where there are none. */
bool tapir__sum_outside(
    const tapir_packet *packet, const tapir_layer *layer, const uint8_t *data, uint64_t *sum);

#endif
