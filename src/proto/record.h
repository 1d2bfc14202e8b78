/* Messages and options whose shape depends on a type: one table per shape, worked through at run
 * time. For what is not hot; fixed headers use TAPIR_LOAD and TAPIR_STORE. */
#ifndef TAPIR_PROTO_RECORD_H
#define TAPIR_PROTO_RECORD_H

#include "tapir/field.h"

/* Returns the length of the record's fixed part. */
size_t tapir__record_len(const tapir_record *record);

/* Takes the record's fixed part into the struct. Of a short one the bytes there are count and the
 * rest reads as zero; the reader is failed and the answer is false. */
bool tapir__take_record(tapir_reader *r, const tapir_record *record, void *item);

/* Puts the record's fixed part, numbers in network order; fails the writer when a value is too wide
 * for its field. */
void tapir__put_record(tapir_writer *w, const tapir_record *record, const void *item);

/* The `next` of a list whose items all are of its only record, without a variable part. */
const tapir_record *tapir__next_fixed(tapir_walk *walk, void *item);

/* Takes `len` bytes, or what there is of them, failing the reader. */
tapir_span tapir__take_most(tapir_reader *r, size_t len);

/* Takes an address prefix of `len` (at most 16) bytes, the rest of `address` being zero. */
void tapir__take_prefix(tapir_reader *r, uint8_t address[16], size_t len);

#endif
