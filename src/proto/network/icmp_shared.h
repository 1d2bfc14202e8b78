/* What the files of ICMP share: lists, and the extensions behind a quoted packet. */
#ifndef TAPIR_NETWORK_ICMP_SHARED_H
#define TAPIR_NETWORK_ICMP_SHARED_H

#include "tapir/encode.h"
#include "tapir/packet.h"
#include "tapir/proto/dns.h"

struct tapir_icmpv6;

/* RFC 4884 4: a datagram with extensions behind it is quoted in at least this many bytes; and 5.5,
 * it is that many in messages that do not say. */
#define TAPIR__QUOTE_MIN 128

/* RFC 8335, alike in both: codes of an extended echo reply, and the states it reports. */
extern const tapir_label tapir__extended_echo_codes[], tapir__neighbour_states[];

/* RFC 4884: the whole extension structure, of one item. */
extern const tapir_list tapir__icmp_extension_list;

/* Options of NDP and of RPL, walked with the ICMPv6 message as `outer`. */
extern const tapir_list tapir__ndp_option_list, tapir__rpl_option_list;

/* What ICMPv6 messages list, by the messages. */
extern const tapir_list tapir__mld_source_list, tapir__mld_record_list, tapir__home_agent_list,
    tapir__renumbering_command_list, tapir__renumbering_result_list, tapir__information_list,
    tapir__locator_list, tapir__mpl_seed_list;

/* What writes NDP options, records of MLD reports and extension structures from arguments. */
#define TAPIR__NDP_MAKER_COUNT       15
#define TAPIR__MLD_MAKER_COUNT       1
#define TAPIR__EXTENSION_MAKER_COUNT 2
extern const tapir_maker tapir__ndp_makers[TAPIR__NDP_MAKER_COUNT],
    tapir__mld_makers[TAPIR__MLD_MAKER_COUNT],
    tapir__extension_makers[TAPIR__EXTENSION_MAKER_COUNT];

/* The RPL message of a code: its table, NULL for codes that are not known; its bytes in front of
 * the options, taken and put. */
extern const tapir_record tapir__rpl_dis, tapir__rpl_dio, tapir__rpl_dao, tapir__rpl_dao_ack,
    tapir__rpl_dro, tapir__rpl_dro_ack, tapir__rpl_cc;
const tapir_record *tapir__rpl_record(uint8_t code);
void tapir__take_rpl(tapir_reader *r, struct tapir_icmpv6 *icmp);
void tapir__put_rpl(tapir_writer *w, const struct tapir_icmpv6 *icmp);
size_t tapir__rpl_len(const struct tapir_icmpv6 *icmp);

/* Takes a domain name without compression; false, failing the reader, when it has no end. */
bool tapir__take_domain(tapir_reader *r, struct tapir_dns_name *name);

/* Prints the name: for rows of TAPIR_TEXT over a struct tapir_dns_name. */
void tapir__domain_text(tapir_text *text, const void *member, const void *item);

/* Checks the message's checksum, with the pseudo-header of `protocol` when that is not 0. A message
 * that another one quotes is left alone, as Wireshark leaves it. */
void tapir__verify_icmp(const tapir_packet *packet, const tapir_layer *layer, tapir_span extensions,
    uint8_t protocol, uint16_t actual, tapir_checksum *checksum);

/* Pads the quoted packet inside, if there is one, and puts the extensions behind it (RFC 4884 5).
 * *length, in units of `unit` bytes, says how much of it is quoted, 0 that nobody knows. To be
 * called before the header is opened. */
tapir_status tapir__put_extensions(
    tapir_encoder *e, const char *field, size_t unit, uint8_t *length, tapir_span extensions);

/* Fills in the checksum of the message whose header has just been written. */
tapir_status tapir__fill_icmp(tapir_encoder *e, const char *field, uint8_t protocol);

#endif
