/* The table of a header's fields: one row drives decoding, encoding, printing and documentation. */
#ifndef TAPIR_FIELD_H
#define TAPIR_FIELD_H

#include "tapir/text.h"

TAPIR_EXTERN_C_BEGIN

/* What a member of a decoded struct holds, and so how it is loaded, stored and printed. */
typedef enum tapir_kind {
    TAPIR_UINT, /* unsigned number in a member of 1, 2, 4 or 8 bytes, network order on the wire */
    TAPIR_UINT_LE, /* the same, little-endian on the wire (whole bytes only) */
    TAPIR_INT,     /* two's complement, same sizes */
    TAPIR_FLAG,    /* bool, one bit on the wire */
    TAPIR_BYTES,   /* uint8_t array of fixed length */
    TAPIR_MAC,     /* uint8_t[6], printed 00:11:22:33:44:55; named bits are of the first 3 bytes */
    TAPIR_IPV4,    /* uint8_t[4] */
    TAPIR_IPV6,    /* uint8_t[16] */
    TAPIR_SPAN,    /* tapir_span: bytes of variable length; not printed when empty */
    TAPIR_STRING,  /* tapir_span holding text */
    TAPIR_TEXT,    /* any member, printed by the row's own `print` */
    TAPIR_LIST,    /* tapir_span holding items, walked on demand by the row's `list` */
    TAPIR_BODY     /* as LIST with at most one item, whose fields print as the layer's own */
} tapir_kind;

/* The name of one value; tables end with a row whose text is NULL and are ordered by value. */
typedef struct tapir_label {
    uint64_t value;
    const char *text;
} tapir_label;

/* How a value prints in trees and columns; JSON always has plain decimal, and bytes as aa:bb. */
typedef enum tapir_base {
    TAPIR_DECIMAL, /* bytes: without separators in columns */
    TAPIR_HEX,
    TAPIR_ADDRESS, /* bytes that are an address: aa:bb in columns as well */
    TAPIR_TIME     /* seconds since the epoch, as a date in UTC */
} tapir_base;

/* One named part of a number: a flag when the mask has one bit, else a number of its own. Tables
 * are written with TAPIR_PART and end with TAPIR_PARTS_END. */
typedef struct tapir_part {
    const char *name; /* "tcp.flags.syn" */
    const char *key;  /* ,"tcp.flags.syn": as JSON wants it */
    uint8_t key_len;
    const char *about;
    uint64_t mask;
    const tapir_label *labels;
    uint8_t base; /* tapir_base */
} tapir_part;

/* TAPIR_PART("wireshark.name", mask, "About.", labels or NULL) */
#define TAPIR_PART(name_, mask_, about_, labels_)                                                  \
    {                                                                                              \
        name_, ",\"" name_ "\":", sizeof(name_) + 3, about_, mask_, labels_, TAPIR_DECIMAL         \
    }
/* The same for a number that is usually written in hexadecimal. */
#define TAPIR_PART_HEX(name_, mask_, about_)                                                       \
    {                                                                                              \
        name_, ",\"" name_ "\":", sizeof(name_) + 3, about_, mask_, NULL, TAPIR_HEX                \
    }
/* The same for a flag of several bits, set when any of them is. */
TAPIR_API extern const tapir_label tapir_any_bit[];
#define TAPIR_PART_ANY(name_, mask_, about_) TAPIR_PART(name_, mask_, about_, tapir_any_bit)
#define TAPIR_PARTS_END                                                                            \
    {                                                                                              \
        NULL, NULL, 0, NULL, 0, NULL, TAPIR_DECIMAL                                                \
    }

struct tapir_layer;
struct tapir_list;

/* One row per header field, in wire order, as in the RFC's picture. Rows with width 0 stand for the
 * variable part, which the decoder reads by hand. */
typedef struct tapir_field {
    const char *name; /* Wireshark's name, "udp.srcport"; ours where it has none */
    const char *key;  /* ,"udp.srcport": as JSON wants it */
    uint8_t key_len;
    uint8_t kind;                  /* tapir_kind */
    uint8_t base;                  /* tapir_base */
    uint8_t scale;                 /* printed value = value * scale; 0 stands for 1 */
    uint16_t bits;                 /* width in the fixed header; 0: in the variable part */
    uint16_t offset, size;         /* place in the decoded struct */
    const char *member;            /* "src_port" */
    const char *about;             /* one sentence */
    const tapir_label *labels;     /* names of values */
    const tapir_part *parts;       /* named bits of the number */
    const struct tapir_list *list; /* how to walk a TAPIR_LIST or TAPIR_BODY */
    void (*print)(tapir_text *text, const void *member, const void *item); /* TAPIR_TEXT */
    const char *alias; /* a second name it is selected by, "udp.port", "ip.addr" */
    /* The field is there only when (member at if_offset & if_mask) != 0; if_mask 0: always. */
    uint16_t if_offset, if_size;
    uint64_t if_mask;
    bool (*when)(const void *item); /* the same for what no mask can say; NULL: always */
    bool empty;                     /* a TAPIR_SPAN or TAPIR_STRING that prints even when empty */
    bool bytes;                     /* a TAPIR_LIST that prints as bytes, too, before its items */
    bool nameless;                  /* only the row's named bits print */
    /* A row of another kind that holds an address: TAPIR_MAC, TAPIR_IPV4 or TAPIR_IPV6, or
     * TAPIR_BYTES when its length tells which. 0: none, or the kind says it. */
    uint8_t address;
    /* Names of values that depend on other members: a code whose meaning hangs on the type. */
    const tapir_label *(*labels_of)(const void *item);
} tapir_field;

/* TAPIR_FIELD(struct tag, member, "wireshark.name", kind, bits, "About.", .labels = ..., ...) */
#define TAPIR_FIELD(type, member_, name_, kind_, bits_, ...)                                       \
    {                                                                                              \
        .name = name_, .key = ",\"" name_ "\":", .key_len = sizeof(name_) + 3, .kind = kind_,      \
        .bits = bits_, .offset = offsetof(struct type, member_),                                   \
        .size = sizeof(((struct type *)0)->member_), .member = #member_, .about = __VA_ARGS__      \
    }

/* The field is there only when the bits of `mask` are set in `member_`. */
#define TAPIR_IF(type, member_, mask)                                                              \
    .if_offset = offsetof(struct type, member_), .if_size = sizeof(((struct type *)0)->member_),   \
    .if_mask = mask

/* One kind of item that a list can hold. */
typedef struct tapir_record {
    const char *title; /* "Maximum segment size" */
    const tapir_field *fields;
    size_t field_count;
} tapir_record;

/* TAPIR_RECORD("Title", fields_array) */
#define TAPIR_RECORD(title_, fields_)                                                              \
    {                                                                                              \
        title_, fields_, TAPIR_COUNT(fields_)                                                      \
    }

/* A walk over the items of a list; the walker's state between two items. */
typedef struct tapir_walk {
    tapir_reader in;   /* what is left; `failed` after the end tells a malformed list */
    const void *outer; /* the struct the list is a member of */
    const struct tapir_list *list;
    uint32_t index; /* items so far */
    uint32_t state; /* the walker's own, 0 at the start */
} tapir_walk;

/* One argument of a maker: of a TAPIR_UINT the number, of every other kind the bytes. */
typedef struct tapir_argument {
    uint64_t number;
    tapir_span bytes;
    bool given; /* false: an optional one that was left out; 0 and empty */
} tapir_argument;

/* What a maker takes. */
typedef struct tapir_parameter {
    const char *name;          /* "shift" */
    uint8_t kind;              /* tapir_kind: TAPIR_UINT, TAPIR_IPV4 (4 bytes), TAPIR_IPV6 (16),
                                  TAPIR_MAC (6), TAPIR_SPAN (bytes), TAPIR_STRING (text),
                                  TAPIR_LIST (the bytes of items) */
    uint8_t bits;              /* width of a number */
    bool optional;             /* may be left out; those behind it as well */
    bool repeated;             /* the last one, which may come any number of times */
    const tapir_label *labels; /* names of values, NULL: none */
    const struct tapir_list
        *list; /* of a TAPIR_LIST what makes its items, never a list around it */
    /* What is wrong with the bytes of an argument, a static string; NULL: nothing, or never. */
    const char *(*trouble)(tapir_span bytes);
} tapir_parameter;

/* Writes one item of a list from arguments, so that text can be made into options and records. */
typedef struct tapir_maker {
    const char *name;  /* "window_scale" */
    const char *alias; /* another word for it in use, "WScale"; NULL: none */
    const tapir_parameter *parameters;
    size_t parameter_count;
    /* Takes one argument for each parameter, in order, and for a repeated one as many as there are,
     * which may be none. Fails the writer when there is no room, a value is too wide for its place
     * or an argument makes no sense. */
    void (*put)(tapir_writer *w, const tapir_argument *arguments, size_t count);
} tapir_maker;

/* TAPIR_MAKER("name", "alias" or NULL, parameters_array, put) */
#define TAPIR_MAKER(name_, alias_, parameters_, put_)                                              \
    {                                                                                              \
        name_, alias_, parameters_, TAPIR_COUNT(parameters_), put_                                 \
    }
/* The same for an item without parameters. */
#define TAPIR_BARE_MAKER(name_, alias_, put_)                                                      \
    {                                                                                              \
        name_, alias_, NULL, 0, put_                                                               \
    }

/* Options, records, extensions: walked on demand, never stored. `next` decodes one item, writing
 * every member, and returns what it is; NULL at the end or at the first broken item. An item whose
 * end is missing may be returned for what there is of it, with the reader failed. */
typedef struct tapir_list {
    size_t item_size; /* at most TAPIR_ITEM_ROOM */
    const tapir_record *(*next)(tapir_walk *walk, void *item);
    const tapir_record *const *records; /* every kind there is */
    size_t record_count;
    const tapir_maker *makers; /* one for each kind that can be written from text */
    size_t maker_count;
} tapir_list;

/* Bytes that hold an item of any list. */
#define TAPIR_ITEM_ROOM 256

typedef union tapir_item {
    uint8_t bytes[TAPIR_ITEM_ROOM];
    uint64_t align;
    void *align_pointer;
} tapir_item;

/* Starts a walk over the bytes of `items`; `outer` is the struct they are a member of. */
static inline tapir_walk tapir_walk_of(const tapir_list *list, tapir_span items, const void *outer)
{
    tapir_walk walk;

    walk.in = tapir_reader_of(items);
    walk.outer = outer;
    walk.list = list;
    walk.index = 0;
    walk.state = 0;
    return walk;
}

/* Returns the maker of that name or alias, letters in either case; NULL when the list has none. */
TAPIR_API const tapir_maker *tapir_maker_find(const tapir_list *list, tapir_span name);

/* A maker takes at most this many arguments. */
#define TAPIR_ARGUMENTS_MAX 64

/* Writes an item from arguments, of which optional ones may be missing at the end or not given.
 * TAPIR_INVALID, TAPIR_TOO_WIDE and TAPIR_NO_ROOM come with an error that names maker and
 * parameter; the writer is failed then. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_make(const tapir_maker *maker, tapir_writer *w,
    const tapir_argument *arguments, size_t count, tapir_error *error);

/* Decodes the next item into `item`; NULL at the end or at a broken item (walk->in.failed). An item
 * that consumes nothing ends the walk, so every walk is bounded by its bytes. */
TAPIR_API const tapir_record *tapir_walk_next(tapir_walk *walk, void *item);

/* Returns the text for `value`, NULL when the table has none. `labels` may be NULL. */
TAPIR_API const char *tapir_label_find(const tapir_label *labels, uint64_t value);

/* Reads an unsigned member of `size` bytes. */
TAPIR_INLINE uint64_t tapir_member_uint(const void *at, unsigned size)
{
    uint16_t half;
    uint32_t word;
    uint64_t wide;

    switch (size) {
    case 1:
        return *(const uint8_t *)at;
    case 2:
        memcpy(&half, at, 2);
        return half;
    case 4:
        memcpy(&word, at, 4);
        return word;
    default:
        memcpy(&wide, at, 8);
        return wide;
    }
}

/* Writes an unsigned member of `size` bytes. */
TAPIR_INLINE void tapir_member_set(void *at, unsigned size, uint64_t value)
{
    uint8_t byte = (uint8_t)value;
    uint16_t half = (uint16_t)value;
    uint32_t word = (uint32_t)value;

    switch (size) {
    case 1:
        memcpy(at, &byte, 1);
        break;
    case 2:
        memcpy(at, &half, 2);
        break;
    case 4:
        memcpy(at, &word, 4);
        break;
    default:
        memcpy(at, &value, 8);
        break;
    }
}

/* Tells whether the row's condition holds for the struct at `item`. */
TAPIR_INLINE bool tapir_field_present(const tapir_field *field, const void *item)
{
    if (field->if_mask &&
        !(tapir_member_uint((const uint8_t *)item + field->if_offset, field->if_size) &
            field->if_mask))
        return false;
    return !field->when || field->when(item);
}

#if defined(__clang__)
#define TAPIR_UNROLL _Pragma("clang loop unroll(full)")
#else
#define TAPIR_UNROLL _Pragma("GCC unroll 64")
#endif

/* Bits of the fixed header. */
TAPIR_INLINE size_t tapir_fixed_bits(const tapir_field *fields, size_t count)
{
    size_t bits = 0;

    TAPIR_UNROLL
    for (size_t i = 0; i < count; i++)
        bits += fields[i].bits;
    return bits;
}

/* Bytes of the fixed header of a table, a constant. */
#define TAPIR_FIXED_LEN(fields) (tapir_fixed_bits(fields, TAPIR_COUNT(fields)) / 8)

/* A fixed header is at most this long. */
#define TAPIR_FIXED_MAX 256

TAPIR_INLINE void tapir_load_row(
    const uint8_t *header, unsigned bit, const tapir_field *field, void *item)
{
    uint8_t *at = (uint8_t *)item + field->offset;

    switch (field->kind) {
    case TAPIR_UINT:
    case TAPIR_FLAG: {
        unsigned shift = bit % 8, bytes = (shift + field->bits + 7) / 8;
        uint64_t value =
            tapir_load_be(header + bit / 8, bytes) >> (bytes * 8 - shift - field->bits);
        if (field->bits < 64)
            value &= ((uint64_t)1 << field->bits) - 1;
        tapir_member_set(at, field->size, value);
        break;
    }
    case TAPIR_INT: {
        unsigned spare = 64u - field->bits;
        uint64_t value = tapir_load_be(header + bit / 8, field->bits / 8u);
        tapir_member_set(at, field->size, (uint64_t)((int64_t)(value << spare) >> spare));
        break;
    }
    case TAPIR_UINT_LE:
        tapir_member_set(at, field->size, tapir_load_le(header + bit / 8, field->bits / 8u));
        break;
    default:
        memcpy(at, header + bit / 8, field->size);
        break;
    }
}

/* Loads what there is of a short header, zero where there is nothing, and fails the reader. */
TAPIR_API void tapir_load_short(
    tapir_reader *r, void *item, const tapir_field *fields, size_t count);

/* Loads the fixed header into the struct. Of a short header the bytes there are count and the rest
 * reads as zero; the reader is failed and the answer is false. */
TAPIR_INLINE bool tapir_load_fields(
    tapir_reader *r, void *item, const tapir_field *fields, size_t count)
{
    const uint8_t *header = r->at;
    size_t len = tapir_fixed_bits(fields, count) / 8;
    size_t run = 0, run_at = 0; /* bytes that stand alike in header and struct: one copy for all */
    unsigned bit = 0;

    if (__builtin_expect(tapir_left(r) < len, 0)) {
        tapir_load_short(r, item, fields, count);
        return false;
    }
    r->at = header + len;
    TAPIR_UNROLL
    for (size_t i = 0; i < count; i++) {
        bool bytes = fields[i].kind > TAPIR_FLAG;
        if (!fields[i].bits)
            continue;
        if (run && (!bytes || fields[i].offset != run_at + run)) {
            memcpy((uint8_t *)item + run_at, header + bit / 8 - run, run);
            run = 0;
        }
        if (!bytes) {
            tapir_load_row(header, bit, &fields[i], item);
        } else {
            run_at = run ? run_at : fields[i].offset;
            run += fields[i].size;
        }
        bit += fields[i].bits;
    }
    if (run)
        memcpy((uint8_t *)item + run_at, header + bit / 8 - run, run);
    return true;
}

/* What `len` bytes whose number is `value` add to a sum of 16-bit words (RFC 1071) when they end in
 * front of an even or an odd place. 2^32 is 1 in that arithmetic, so halves just add. */
TAPIR_INLINE uint64_t tapir_sum_part(uint64_t value, bool odd)
{
    uint64_t sum = (value >> 32) + (value & UINT32_MAX);

    return odd ? sum << 8 : sum;
}

/* The same of bytes, which begin at an even or an odd place. */
TAPIR_INLINE uint64_t tapir_sum_bytes(const uint8_t *p, size_t len, bool odd)
{
    uint64_t sum = 0;

    TAPIR_UNROLL
    for (; len >= 8; p += 8, len -= 8)
        sum += tapir_sum_part(tapir_load_be(p, 8), odd);
    if (len & 4) {
        sum += tapir_sum_part(tapir_load_be(p, 4), odd);
        p += 4;
    }
    if (len & 2) {
        sum += tapir_sum_part(tapir_load_be(p, 2), odd);
        p += 2;
    }
    return len & 1 ? sum + tapir_sum_part(*p, !odd) : sum;
}

/* Bits of the numbers from the i-th field on up to the first that ends with a byte. */
TAPIR_INLINE unsigned tapir_number_run(const tapir_field *fields, size_t count, size_t i)
{
    unsigned bits = 0;

    /* From the first one on, so that compilers can unroll it wherever it is inlined. */
    TAPIR_UNROLL
    for (size_t j = 0; j < count; j++)
        if (j == i || (j > i && bits % 8))
            bits += fields[j].bits;
    return bits;
}

/* Fails the writer for the first number of the fixed header that is too wide for its field. */
TAPIR_API void tapir_refuse_wide(
    tapir_writer *w, const void *item, const tapir_field *fields, size_t count);

/* Stores the struct's fixed header; where `sum` is not NULL the sum of the bytes is added to it.
 * Returns whether a value is too wide for its field, which is then to be refused. */
TAPIR_INLINE bool tapir_store_fields(
    tapir_writer *w, const void *item, const tapir_field *fields, size_t count, uint64_t *sum)
{
    uint8_t *header = tapir_put(w, tapir_fixed_bits(fields, count) / 8);
    unsigned bit = 0, pending = 0; /* bits in front of the field; those not yet stored */
    uint64_t gathered = 0, wide = 0, total = 0;

    if (!header)
        return false;
    TAPIR_UNROLL
    for (size_t i = 0; i < count; i++) {
        const uint8_t *at = (const uint8_t *)item + fields[i].offset;
        unsigned bits = fields[i].bits;
        bool number = fields[i].kind == TAPIR_UINT || fields[i].kind == TAPIR_FLAG;
        uint64_t value;

        if (!bits)
            continue;
        /* Numbers go out together, 8 bytes at most; pieces are whole bytes wherever one ends. */
        if (pending && pending % 8 == 0 &&
            (!number || pending + tapir_number_run(fields, count, i) > 64)) {
            tapir_store_be(header + bit / 8 - pending / 8, pending / 8, gathered);
            total += tapir_sum_part(gathered, bit / 8 % 2);
            gathered = 0;
            pending = 0;
        }
        bit += bits;
        if (number) {
            value = tapir_member_uint(at, fields[i].size);
            if (bits < 64)
                wide |= value >> bits;
            gathered = bits < 64 ? gathered << bits | value : value;
            pending += bits;
            continue;
        }
        if (fields[i].kind == TAPIR_INT) {
            tapir_store_be(
                header + (bit - bits) / 8, bits / 8, tapir_member_uint(at, fields[i].size));
        } else if (fields[i].kind == TAPIR_UINT_LE) {
            value = tapir_member_uint(at, fields[i].size);
            if (bits < 64)
                wide |= value >> bits;
            tapir_store_le(header + (bit - bits) / 8, bits / 8, value);
        } else {
            memcpy(header + (bit - bits) / 8, at, fields[i].size);
        }
        /* Of bytes the struct has the same, behind which no load has to wait. */
        if (sum)
            total += tapir_sum_bytes(fields[i].kind > TAPIR_FLAG ? at : header + (bit - bits) / 8,
                bits / 8, (bit - bits) / 8 % 2);
    }
    if (pending) {
        tapir_store_be(header + bit / 8 - pending / 8, pending / 8, gathered);
        total += tapir_sum_part(gathered, bit / 8 % 2);
    }
    if (sum)
        *sum += total;
    return __builtin_expect(wide != 0, 0);
}

/* Fixed header <-> struct. The tables are constants, so both loops compile to plain loads and
 * stores. */
#define TAPIR_LOAD(reader, item, fields)                                                           \
    tapir_load_fields(reader, item, fields, TAPIR_COUNT(fields))
#define TAPIR_STORE(writer, item, fields) TAPIR_STORE_SUMMED(writer, item, fields, NULL)

/* The same, adding the sum of the header's bytes to *sum: bytes just stored are slow to read back.
 * What is refused is looked at in a copy, so that a struct filled in for this stays in registers.
 */
#define TAPIR_STORE_SUMMED(writer, item, fields, sum)                                              \
    do {                                                                                           \
        if (tapir_store_fields(writer, item, fields, TAPIR_COUNT(fields), sum)) {                  \
            const __typeof__(*(item)) tapir_refused = *(item);                                     \
            tapir_refuse_wide(writer, &tapir_refused, fields, TAPIR_COUNT(fields));                \
        }                                                                                          \
    } while (0)

TAPIR_EXTERN_C_END
#endif
