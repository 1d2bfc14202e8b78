/* Parameters and error causes of SCTP. */
#ifndef TAPIR_TRANSPORT_SCTP_PARAMETERS_H
#define TAPIR_TRANSPORT_SCTP_PARAMETERS_H

#include "tapir/proto/sctp.h"

extern const tapir_list tapir__sctp_parameter_list, tapir__sctp_cause_list;

extern const tapir_label tapir__sctp_chunk_types[], tapir__sctp_hmacs[];

/* Takes the zeroes that make `length` a multiple of four, those that are there. */
tapir_span tapir__sctp_take_padding(tapir_reader *r, size_t length);

#endif
