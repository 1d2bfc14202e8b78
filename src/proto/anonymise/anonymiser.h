/* An anonymiser: its key, the addresses it mapped last, and the frame it changed last. */
#ifndef TAPIR_ANONYMISE_ANONYMISER_H
#define TAPIR_ANONYMISE_ANONYMISER_H

#include "tapir/anonymise.h"
#include "tapir/packet.h"

enum { MEMORY_BITS = 13 };

/* An address of `len` bytes and what it is mapped to. */
struct remembered {
    uint8_t from[16], to[16];
    uint8_t len; /* 0: empty */
};

struct tapir_anonymiser {
    tapir_anonymiser_options options;
    void *cipher;
    uint8_t pad[16], mac_pad[16]; /* what stands behind the bits of an address */
    tapir_packet *packet;
    uint8_t *bytes; /* of the changed frame */
    size_t room;
    struct remembered memory[1 << MEMORY_BITS];
};

/* Maps up to 16 bytes of an address of any other length; the first of them keeps the bits for
 * groups and local administration when the address begins there. */
void tapir__anonymise_other(
    tapir_anonymiser *anonymiser, const uint8_t *from, uint8_t *to, size_t len, bool begins);

/* tapir_anonymise_frame of a frame that begins with a header of protocol `first`; NULL: with that
 * of its link type. */
tapir_status tapir__anonymise_from(tapir_anonymiser *anonymiser, const tapir_frame *frame,
    const tapir_proto *first, tapir_frame *changed);

#endif
