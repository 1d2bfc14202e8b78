/* What the files of the DNS share: names in passing, and the tables of records. */
#ifndef TAPIR_PROTO_APP_DNS_INTERNAL_H
#define TAPIR_PROTO_APP_DNS_INTERNAL_H

#include "tapir/proto/dns.h"

/* Bits of tapir_dns.shape: which rows of the table apply, and how classes are read. */
enum {
    SHAPE_QUERY = 0x1,           /* the flags of a query ... */
    SHAPE_AUTHENTIC_QUERY = 0x2, /* ... that sets AD, which few do */
    SHAPE_RESPONSE = 0x4,
    SHAPE_QUESTIONS = 0x8, /* the first three counts, of which a short header has fewer */
    SHAPE_ANSWERS = 0x10,
    SHAPE_AUTHORITIES = 0x20,
    SHAPE_ZONES = 0x40, /* the same of an update */
    SHAPE_PREREQUISITES = 0x80,
    SHAPE_UPDATES = 0x100,
    SHAPE_ADDITIONALS = 0x200,
    SHAPE_ID = 0x400,
    SHAPE_MULTICAST = 0x800 /* the top bit of classes is a flag */
};

/* What lies in a record's data: at most one struct tapir_dns_data. */
extern const tapir_list tapir__dns_data_body;

extern const tapir_label tapir__dns_types[], tapir__dns_classes[];

/* What is wrong with a name, and where; the first trouble stays. */
struct trouble {
    const char *reason; /* static; NULL: nothing so far */
    const uint8_t *at;
};

/* Takes a name where it stands in `message`. False when `in` ends inside it, which fails the
 * reader, or at a label of unknown kind, behind which nothing can be found. A name that is too long
 * or has a pointer that does not lead backwards is taken, but is trouble. */
bool tapir__dns_take_name(
    tapir_reader *in, tapir_span message, struct tapir_dns_name *name, struct trouble *trouble);

/* Prints the name that is the member. */
void tapir__dns_print_name(tapir_text *text, const void *member, const void *item);

/* Counts the text of a name as Wireshark does. */
void tapir__dns_measure_name(
    const struct tapir_dns_name *name, uint16_t *len, uint16_t *label_count);

/* Which rows apply to the whole header of a message. */
uint16_t tapir__dns_shape(const struct tapir_dns *dns);

/* Starts a message whose records are written where `out` stands, with nothing in front. */
tapir_dns_writer tapir__dns_writer_over(const tapir_writer *out);

/* What writes questions and records from arguments. */
#define TAPIR__DNS_QUESTION_MAKER_COUNT 1
#define TAPIR__DNS_RECORD_MAKER_COUNT   15
extern const tapir_maker tapir__dns_question_makers[TAPIR__DNS_QUESTION_MAKER_COUNT],
    tapir__dns_record_makers[TAPIR__DNS_RECORD_MAKER_COUNT];

/* Says what is wrong with the text of a name. */
const char *tapir__dns_name_trouble(tapir_span text);

/* Returns the record, or its first `rows` rows in `cut` when the reader failed behind them. */
static inline const tapir_record *tapir__dns_rows(
    const tapir_reader *in, const tapir_record *record, size_t rows, tapir_record *cut)
{
    if (!in->failed || rows >= record->field_count)
        return record;
    *cut = *record;
    cut->field_count = rows;
    return cut;
}

#endif
