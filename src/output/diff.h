/* The fields of two packets compared: what is looked at, and what differs. */
#ifndef TAPIR_OUTPUT_DIFF_H
#define TAPIR_OUTPUT_DIFF_H

#include "tapir/diff.h"

#include "sequence.h"

/* A value of a packet: its text, and its JSON behind it, lie in the text of its side. */
typedef struct tapir__diff_value {
    const void *key; /* the row of a table that names it: the same in both packets */
    const char *name;
    size_t at, len, json_len;
    bool if_both; /* where only one packet has it, that is no difference */
    bool is_list; /* the bytes of a list, whose items follow */
    bool in_list;
} tapir__diff_value;

/* The values of one layer, or of the frame itself. */
typedef struct tapir__diff_layer {
    const tapir_proto *proto; /* NULL: the frame */
    unsigned nth;             /* of its protocol, from 1 */
    size_t first, count;      /* of its values */
} tapir__diff_layer;

/* One packet, taken apart. */
typedef struct tapir__diff_side {
    tapir_packet *packet;
    tapir_text text;
    tapir__diff_value *values;
    size_t value_count, value_room;
    tapir__diff_layer *layers;
    size_t layer_count, layer_room;
    uint64_t *keys; /* of layers or values, to be compared as a sequence */
    size_t key_room;
    bool failed; /* out of memory */
} tapir__diff_side;

/* What is known of a row that came by, by the names that were given. */
typedef struct tapir__diff_choice {
    const void *row; /* NULL: a free slot */
    bool chosen, ignored;
    bool broken_up; /* only the row's named bits are compared */
} tapir__diff_choice;

typedef struct tapir__diff_names {
    char **names;
    size_t count;
} tapir__diff_names;

typedef struct tapir__comparer {
    tapir__diff_names ignore, only;
    bool by_bytes; /* every field counts, so the same bytes are the same packet and no other */
    bool no_time;  /* the time does not count */
    bool json;
    tapir__diff_choice *choices; /* hashed by row */
    size_t choice_count, choice_room;
    tapir__diff_side sides[2];
    tapir__sequence layers, values;
    tapir_diff_field *fields;
    size_t field_count, field_room;
    bool after_list; /* the last field is the bytes of a list */
    bool failed;
} tapir__comparer;

/* Returns false when a name is none, or memory is short, with `error` filled. */
bool tapir__comparer_init(
    tapir__comparer *comparer, const tapir_diff_options *options, tapir_error *error);
void tapir__comparer_clear(tapir__comparer *comparer);

/* Returns a hash of all that counts in the frame but its facts. */
uint64_t tapir__comparer_key(tapir__comparer *comparer, const tapir_frame *frame);

/* Fills comparer->fields with what the two frames, of `a` and `b`, differ in. */
void tapir__comparer_compare(tapir__comparer *comparer, const tapir_source *a,
    const tapir_frame *a_frame, const tapir_source *b, const tapir_frame *b_frame);

/* Returns whether the facts of two frames are the same, at a glance: false may be wrong. */
bool tapir__comparer_same_facts(const tapir__comparer *comparer, const tapir_source *a,
    const tapir_frame *a_frame, const tapir_source *b, const tapir_frame *b_frame);

#endif
