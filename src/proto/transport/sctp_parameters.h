/* Lists within SCTP: parameters, error causes, blocks; and what writes them and chunks. */
#ifndef TAPIR_TRANSPORT_SCTP_PARAMETERS_H
#define TAPIR_TRANSPORT_SCTP_PARAMETERS_H

#include "tapir/proto/sctp.h"

extern const tapir_list tapir__sctp_parameter_list, tapir__sctp_cause_list, tapir__sctp_gap_list,
    tapir__sctp_duplicate_list;

#define TAPIR__SCTP_CHUNK_MAKER_COUNT     17
#define TAPIR__SCTP_PARAMETER_MAKER_COUNT 15
#define TAPIR__SCTP_CAUSE_MAKER_COUNT     14
extern const tapir_maker tapir__sctp_chunk_makers[TAPIR__SCTP_CHUNK_MAKER_COUNT],
    tapir__sctp_parameter_makers[TAPIR__SCTP_PARAMETER_MAKER_COUNT],
    tapir__sctp_cause_makers[TAPIR__SCTP_CAUSE_MAKER_COUNT], tapir__sctp_gap_makers[1],
    tapir__sctp_duplicate_makers[1];

extern const tapir_label tapir__sctp_chunk_types[], tapir__sctp_hmacs[],
    tapir__sctp_payload_protocols[], tapir__sctp_parameter_types[], tapir__sctp_cause_codes[],
    tapir__sctp_address_types[];

#define ITEM_HEAD 4 /* type and length of a parameter or cause */

/* Takes the zeroes that make `length` a multiple of four, those that are there. */
tapir_span tapir__sctp_take_padding(tapir_reader *r, size_t length);

/* Gives the chunk, parameter or cause that begins at `item` its length, and pads it. */
void tapir__sctp_close(tapir_writer *w, uint8_t *item);

/* Puts parameters or causes behind what is written of an item, and closes it. The padding of the
 * last of them is the item's own then, and does not count (RFC 9260 3.2). */
void tapir__sctp_close_with(tapir_writer *w, uint8_t *item, tapir_span inside);

#endif
