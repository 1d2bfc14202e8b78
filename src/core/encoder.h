/* The encoder's loop in pieces, for those that walk a stack in their own way. */
#ifndef TAPIR_CORE_ENCODER_H
#define TAPIR_CORE_ENCODER_H

#include "tapir/encode.h"

/* Makes an encoder that has written nothing yet; `index` is one behind the innermost layer. */
void tapir__encoder_begin(tapir_encoder *e, const tapir_stack_layer *layers, size_t count,
    const tapir_build_options *options, uint8_t *buffer, size_t room, tapir_error *error);

/* Puts bytes behind what is inside; false when there is no room. */
bool tapir__put_trailer(tapir_encoder *e, tapir_span trailer);

/* Encodes the layer at `index` with what `fill` says. */
tapir_status tapir__encode_layer(tapir_encoder *e);

/* Doubles the builder's memory, whose content is lost; false when there is no more. */
bool tapir__builder_grow(tapir_builder *builder);

uint8_t *tapir__builder_buffer(tapir_builder *builder, size_t *room);

/* Copies options as this version knows them, whatever the caller's; NULL: the usual ones. */
void tapir__known_options(const tapir_build_options *options, tapir_build_options *copy);

#endif
