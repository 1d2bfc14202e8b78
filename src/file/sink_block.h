/* Writing pcapng blocks: what its parts share. A block is made in sink->made, then written. */
#ifndef TAPIR_FILE_SINK_BLOCK_H
#define TAPIR_FILE_SINK_BLOCK_H

#include "file/sink.h"

/* Begins a block; returns sink->made, for its body. */
tapir_text *tapir__block_begin(tapir__file_sink *sink, uint32_t type);

/* Appends a number in the section's byte order. */
void tapir__block_put32(tapir__file_sink *sink, tapir_text *to, uint32_t value);
void tapir__block_put16(tapir__file_sink *sink, tapir_text *to, uint16_t value);

/* Appends bytes and the zeroes that fill them up. */
void tapir__block_put_padded(tapir_text *to, tapir_span bytes);

/* Appends the options of a list, which may be NULL. */
void tapir__block_put_list(tapir_text *to, const tapir_pcapng_list *list);

/* Ends the list of options that began at `from`, if there are any. */
void tapir__block_end_options(tapir_text *to, size_t from);

/* Puts the block's length at both of its ends. */
tapir_status tapir__block_end(tapir__file_sink *sink);

/* Adds the block that was made to the file. */
tapir_status tapir__block_write(tapir__file_sink *sink);

/* Adds a whole block that is elsewhere. */
tapir_status tapir__block_write_bytes(tapir__file_sink *sink, const void *block, size_t len);

/* Puts a block that was read back together. */
tapir_status tapir__block_copy(tapir__file_sink *sink, const tapir_pcapng_block *block);

bool tapir__is_packet(uint32_t type);

/* Checks a list of the caller's. */
tapir_status tapir__check_list(tapir__file_sink *sink, const tapir_pcapng_list *list);

/* Errors. */
tapir_status tapir__no_list(tapir__file_sink *sink);
tapir_status tapir__needs_pcapng(tapir__file_sink *sink, const char *what);
tapir_status tapir__unknown_version(tapir__file_sink *sink);

/* Begins a section with its header, a whole block, in the byte order that has been set. */
tapir_status tapir__section_write(tapir__file_sink *sink, const void *block, size_t len);
void tapir__section_set_order(tapir__file_sink *sink, bool big_endian);

/* Keeps a block of names or secrets for the next files of a rotation. */
void tapir__keep_block(tapir__file_sink *sink, const void *block, size_t len);

/* Takes an interface into the list, described by `block`. */
tapir_status tapir__interface_list(tapir__file_sink *sink, const tapir_interface *interface,
    const void *block, size_t len, bool found);

#endif
