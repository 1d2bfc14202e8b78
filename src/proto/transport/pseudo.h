/* Checksums over the pseudo-header of whichever IP lies outside a transport layer. */
#ifndef TAPIR_TRANSPORT_PSEUDO_H
#define TAPIR_TRANSPORT_PSEUDO_H

#include "tapir/packet.h"

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

#endif
