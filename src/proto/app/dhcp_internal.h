/* What the files of DHCP share: the walk over options, and the lists inside them. */
#ifndef TAPIR_PROTO_APP_DHCP_INTERNAL_H
#define TAPIR_PROTO_APP_DHCP_INTERNAL_H

#include "tapir/proto/dhcp.h"

/* Places of options besides the usual one, as bits of tapir_dhcp.overload. */
enum { OVERLOAD_FILE = 1, OVERLOAD_NAME = 2 };

extern const tapir_label tapir__dhcp_codes[], tapir__dhcp_message_types[];

/* Names of hardware types, of the common ones. */
extern const tapir_label tapir__dhcp_hardware[];

/* Options of a message; those of an overloaded place. */
extern const tapir_list tapir__dhcp_option_list, tapir__dhcp_overloaded_list;

/* What makes options from text. */
#define TAPIR__DHCP_MAKER_COUNT 28
extern const tapir_maker tapir__dhcp_makers[TAPIR__DHCP_MAKER_COUNT];

/* Takes the next option's code and data, all bytes of padding at once. False at the end of the
 * options and where one leaves them, which fails the reader. */
bool tapir__dhcp_take(tapir_reader *in, uint8_t *code, tapir_span *data);

/* The text up to a byte of 0. */
static inline tapir_span tapir__dhcp_text(tapir_span bytes)
{
    const uint8_t *end = bytes.len ? memchr(bytes.data, 0, bytes.len) : NULL;

    return tapir_span_of(bytes.data, end ? (size_t)(end - bytes.data) : bytes.len);
}

/* The `next` of lists of numbers of 1 and 2 bytes, of addresses, and of pairs of them. */
const tapir_record *tapir__dhcp_next_byte(tapir_walk *walk, void *item);
const tapir_record *tapir__dhcp_next_short(tapir_walk *walk, void *item);
const tapir_record *tapir__dhcp_next_address(tapir_walk *walk, void *item);
const tapir_record *tapir__dhcp_next_pair(tapir_walk *walk, void *item);

/* The same for names in wire form, compressed or not; pointers lead into the option's items. */
const tapir_record *tapir__dhcp_next_name(tapir_walk *walk, void *item);

/* Lists of options with a format of their own. */
extern const tapir_list tapir__dhcp_vendor_list, tapir__dhcp_user_class_list,
    tapir__dhcp_relay_list, tapir__dhcp_civic_list, tapir__dhcp_domain_list,
    tapir__dhcp_sip_name_list, tapir__dhcp_sip_address_list, tapir__dhcp_route_list,
    tapir__dhcp_vendor_class_list, tapir__dhcp_vendors_list, tapir__dhcp_pcp_list,
    tapir__dhcp_netware_list;

#endif
