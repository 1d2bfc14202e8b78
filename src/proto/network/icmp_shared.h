/* What the files of ICMP share: lists, and the extensions behind a quoted packet. */
#ifndef TAPIR_NETWORK_ICMP_SHARED_H
#define TAPIR_NETWORK_ICMP_SHARED_H

#include "tapir/encode.h"

/* RFC 4884: the whole extension structure, of one item. */
extern const tapir_list tapir__icmp_extension_list;

/* Options of NDP and of RPL, walked with the ICMPv6 message as `outer`. */
extern const tapir_list tapir__ndp_option_list, tapir__rpl_option_list;

/* Room that extensions take behind a packet quoted in `quote_len` bytes; 0 when none is inside. */
size_t tapir__extensions_room(const tapir_encoder *e, size_t quote_len, tapir_span extensions);

/* Moves what is inside up to the header just written, pads it to `quote_len` bytes and puts the
 * extensions behind it. The header was opened with tapir__extensions_room more. */
void tapir__put_extensions(tapir_encoder *e, size_t quote_len, tapir_span extensions);

#endif
