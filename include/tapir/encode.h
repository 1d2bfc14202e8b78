/* Layers to bytes: each protocol prepends its header, innermost first. */
#ifndef TAPIR_ENCODE_H
#define TAPIR_ENCODE_H

#include "tapir/checksum.h"
#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

/* What tapir_build fills in, and what a layer or a whole stack may keep as given instead. */
enum {
    TAPIR_LENGTHS = 1,   /* lengths, header lengths, counts */
    TAPIR_KEYS = 2,      /* what says what follows (EtherType, IP protocol ...), and versions */
    TAPIR_CHECKSUMS = 4, /* of all kinds */
    TAPIR_PADDING = 8,   /* of options, up to the unit their header is counted in */
    TAPIR_EVERYTHING = 15
};

/* Returns what a name stands for: "lengths", "keys", "checksums", "padding", "all"; 0 for others.
 */
TAPIR_API unsigned tapir_keep_named(tapir_span name);

/* One layer to be encoded. TAPIR_LAYER makes one; tapir_data_proto stands for raw payload. */
typedef struct tapir_stack_layer {
    const tapir_proto *proto;
    const void *fields; /* its struct */
    unsigned keep;      /* TAPIR_LENGTHS | ...: left as they are in `fields`, right or wrong */
    /* Bytes behind everything inside the layer; mostly empty. Of a decoded packet they are those of
     * tapir_packet_trailer, except extensions (RFC 4884), which an ICMP layer's struct has already.
     */
    tapir_span trailer;
} tapir_stack_layer;

/* TAPIR_LAYER(ipv4, &ip) is a layer all of whose derived values are filled in; of the second form's
 * those in `keep` are not. */
#define TAPIR_LAYER(name, fields) TAPIR_LAYER_AS_GIVEN(name, fields, 0)
#define TAPIR_LAYER_AS_GIVEN(name, fields, keep)                                                   \
    {                                                                                              \
        &tapir_##name##_proto, fields, keep,                                                       \
        {                                                                                          \
            NULL, 0                                                                                \
        }                                                                                          \
    }

/* Options of building; zeroed, with `size` set, means that everything is filled in. */
typedef struct tapir_build_options {
    size_t size;                    /* sizeof (tapir_build_options) */
    unsigned keep;                  /* TAPIR_LENGTHS | ...: of no layer */
    bool ethernet_pad;              /* make an Ethernet frame 60 bytes long (IEEE 802.3 4.2.3.3) */
    bool ethernet_fcs;              /* and put its frame check sequence behind it */
    const tapir_registry *registry; /* whose keys count where a protocol names none; NULL: none */
} tapir_build_options;

/* Encodes `count` layers, outermost first, at the end of the `room` bytes at `buffer`; *built says
 * where. Lengths, keys, checksums and padding are filled in, those excepted that are to be kept.
 * `options` may be NULL. Nothing ties one layer to another: what a pseudo-header needs is taken
 * from the layers outside. TAPIR_NO_ROOM; TAPIR_TOO_WIDE for a value or a length that does not fit
 * its field; TAPIR_INVALID for a stack that makes no sense (ICMPv6 inside IPv4), which keeping its
 * keys allows; TAPIR_UNSUPPORTED for a protocol that cannot be written. The error names the layer,
 * whose index is its offset, and the field. The bytes of spans must not lie in `buffer`. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_build(const tapir_stack_layer *layers, size_t count,
    const tapir_build_options *options, uint8_t *buffer, size_t room, tapir_span *built,
    tapir_error *error);

/* The same with everything as given, right or wrong. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_encode(const tapir_stack_layer *layers, size_t count,
    uint8_t *buffer, size_t room, tapir_span *encoded, tapir_error *error);

/* A buffer that grows to what is built in it and is used again and again. */
typedef struct tapir_builder tapir_builder;

/* Returns a builder, or NULL when out of memory. */
TAPIR_API tapir_builder *tapir_builder_new(void);

/* Frees the builder and what was built in it; NULL is fine. */
TAPIR_API void tapir_builder_free(tapir_builder *builder);

/* As tapir_build, into the builder's own memory: *built stays valid until its next call. Makes room
 * as needed, up to 2 MiB, and allocates nothing once warm; TAPIR_NO_MEMORY. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_builder_build(tapir_builder *builder,
    const tapir_stack_layer *layers, size_t count, const tapir_build_options *options,
    tapir_span *built, tapir_error *error);

/* Fills a protocol's struct with the usual values of a packet being made (version 4, 64 hops), zero
 * where there is no usual one. */
TAPIR_API void tapir_layer_init(const tapir_proto *proto, void *fields);

/* Handed to a protocol's encode: it opens room for its header in front of `inside` and fills it. */
typedef struct tapir_encoder {
    tapir_writer out;                /* this layer's header */
    tapir_span inside;               /* bytes already written: the payload, headers and all */
    const tapir_stack_layer *layers; /* outermost first */
    size_t count, index;             /* layers[index] is being written */
    unsigned fill;                   /* TAPIR_LENGTHS | ...: to be filled in for this layer */
    uint8_t *begin, *head;           /* the buffer, and the first byte in use */
    /* The sum of what is inside, as far as it is known: of `summed` up to the end. */
    const uint8_t *summed;
    uint64_t sum;
    const tapir_build_options *options;
    const tapir_layer *was; /* the layer as it was, of a packet that is edited; else NULL */
    uint16_t skew;          /* of an edited layer's checksum: by how much it was wrong */
    tapir_error *error;     /* may be NULL */
} tapir_encoder;

/* Opens room for `len` bytes in front of what is inside; `out` fails when the buffer is full. */
TAPIR_INLINE void tapir_open_header(tapir_encoder *e, size_t len)
{
    uint8_t *end = e->head;

    if (__builtin_expect((size_t)(end - e->begin) < len, 0)) {
        e->out.at = e->out.end = end;
        e->out.failed = true;
        return;
    }
    e->head = end - len;
    e->out.at = e->head;
    e->out.end = end;
    e->out.failed = false;
}

/* Opens room for `len` bytes behind what is inside, which moves; NULL, failing `out`, when the
 * buffer is full. To be called before tapir_open_header. */
TAPIR_API uint8_t *tapir_open_trailer(tapir_encoder *e, size_t len);

/* Returns the layer outside the one being written, or NULL; and the one inside it. */
static inline const tapir_stack_layer *tapir_encoder_outside(const tapir_encoder *e)
{
    return e->index > 0 ? &e->layers[e->index - 1] : NULL;
}
static inline const tapir_stack_layer *tapir_encoder_inside(const tapir_encoder *e)
{
    return e->index + 1 < e->count ? &e->layers[e->index + 1] : NULL;
}

/* tapir_fill_key where the first key of what is inside is not the one. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_fill_other_key(
    tapir_encoder *e, const tapir_space *space, const char *field, uint32_t *key);

/* Makes *key one that the layer inside answers to in that space, unless it is one already, keys are
 * kept, or what is inside is raw payload. TAPIR_INVALID, with an error that names `field`, when it
 * answers to none. */
TAPIR_MUST_CHECK TAPIR_INLINE tapir_status tapir_fill_key(
    tapir_encoder *e, const tapir_space *space, const char *field, uint32_t *key)
{
    const tapir_proto *inside;

    if (!(e->fill & TAPIR_KEYS) || e->index + 1 >= e->count)
        return TAPIR_OK;
    inside = e->layers[e->index + 1].proto;
    if (__builtin_expect(!inside->binding_count || inside->bindings->space != space ||
                             (*key && *key != inside->bindings->value),
            0))
        return tapir_fill_other_key(e, space, field, key);
    *key = inside->bindings->value;
    return TAPIR_OK;
}

/* Tells whether the usual is to be done: all of it filled in, of a packet that is not edited, and a
 * header of `header_len` bytes finds room, whose length with what is inside is at most `most`. */
TAPIR_INLINE bool tapir_is_plain(const tapir_encoder *e, size_t header_len, size_t most)
{
    return e->fill == TAPIR_EVERYTHING && !e->was && header_len + e->inside.len <= most &&
           (size_t)(e->head - e->begin) >= header_len;
}

/* Opens room for a header that tapir_is_plain has found room for, to be filled to its end: by
 * TAPIR_STORE through the writer that is returned, which `out` knows nothing of. */
TAPIR_INLINE tapir_writer tapir_open_plain(tapir_encoder *e, size_t len)
{
    e->head -= len;
    return tapir_writer_of(e->head, len);
}

/* tapir_fill_key for the usual case: true when there is a layer inside whose first key is of that
 * space, and *key is that one or 0. */
TAPIR_INLINE bool tapir_fill_plain_key(
    const tapir_encoder *e, const tapir_space *space, uint32_t *key)
{
    const tapir_stack_layer *inside = &e->layers[e->index + 1];
    const tapir_binding *first;

    if (e->index + 1 >= e->count || !inside->proto->binding_count)
        return false;
    first = inside->proto->bindings;
    if (first->space != space || (*key && *key != first->value))
        return false;
    *key = first->value;
    return true;
}

/* Refuses a layer inside that does not answer to that very key, of a protocol whose payload is
 * always the same: TAPIR_INVALID, with an error that names `field`. Kept keys and raw payload
 * pass. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_require_key(
    tapir_encoder *e, const tapir_space *space, const char *field, uint32_t value);

/* tapir_fill_length where it takes more than a sum. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_fill_other_length(
    tapir_encoder *e, const char *field, size_t header_len, size_t most, size_t *length);

/* Makes *length that of what is inside and `header_len` bytes of the header, unless lengths are
 * kept. TAPIR_TOO_WIDE, with an error that names `field`, when that is more than `most`. */
TAPIR_MUST_CHECK TAPIR_INLINE tapir_status tapir_fill_length(
    tapir_encoder *e, const char *field, size_t header_len, size_t most, size_t *length)
{
    size_t len = header_len + e->inside.len;

    if (!(e->fill & TAPIR_LENGTHS))
        return TAPIR_OK;
    if (__builtin_expect(e->was || len > most, 0))
        return tapir_fill_other_length(e, field, header_len, most, length);
    *length = len;
    return TAPIR_OK;
}

/* tapir_check_units where units are not filled. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_refuse_units(
    tapir_encoder *e, const char *field, size_t len, size_t unit);

/* Refuses to fill in the length of a header of `len` bytes that is counted in units of `unit` (a
 * power of two) bytes where those are not filled, since padding is kept: TAPIR_INVALID, with an
 * error that names `field`. */
TAPIR_MUST_CHECK TAPIR_INLINE tapir_status tapir_check_units(
    tapir_encoder *e, const char *field, size_t len, size_t unit)
{
    if (__builtin_expect(len & (unit - 1) && e->fill & TAPIR_LENGTHS, 0))
        return tapir_refuse_units(e, field, len, unit);
    return TAPIR_OK;
}

/* Refuses a stack in which the layer next outside that has the role is another than `proto`: the
 * hop-by-hop options of IPv6 inside IPv4. Keeping the keys of either layer allows it. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_require_outside(
    tapir_encoder *e, tapir_role role, const tapir_proto *proto, const char *field);

/* Returns how many bytes of padding `len` bytes of options need to fill units of `unit` (a power of
 * two) bytes; 0 where padding is kept as given. */
TAPIR_INLINE size_t tapir_fill_padding(const tapir_encoder *e, size_t len, size_t unit)
{
    return e->fill & TAPIR_PADDING ? (0 - len) & (unit - 1) : 0;
}

/* Returns the sum (tapir_sum_add) of everything from `start` on, which is the head of what is
 * inside or, once that is written, of the header. */
TAPIR_API uint64_t tapir_sum_from(tapir_encoder *e, const uint8_t *start);

/* Returns the sum of what is inside. */
TAPIR_INLINE uint64_t tapir_sum_inside(tapir_encoder *e)
{
    return e->summed == e->inside.data ? e->sum : tapir_sum_from(e, e->inside.data);
}

/* Puts the Internet checksum at `offset` of the header just written, whose own sum, with 0 at that
 * place, and that of all else it covers is `sum`. Returns the checksum, host order. */
TAPIR_INLINE uint16_t tapir_fill_sum(tapir_encoder *e, size_t offset, uint64_t sum)
{
    uint16_t checksum = tapir_sum_fold(sum + e->skew);

    if (__builtin_expect(!e->out.failed, 1))
        tapir_store_be(e->head + offset, 2, checksum);
    return checksum;
}

/* Says what the sum of the header just written is, of even length, so that layers outside need not
 * read it back. */
TAPIR_INLINE void tapir_add_sum(tapir_encoder *e, uint64_t sum)
{
    if (__builtin_expect(e->summed != e->inside.data, 0))
        return;
    e->summed = e->head;
    e->sum += sum;
}

/* Puts bytes at an even place of the header and returns their sum. */
TAPIR_INLINE uint64_t tapir_put_summed(tapir_writer *w, tapir_span bytes)
{
    uint8_t *to = bytes.len ? tapir_put(w, bytes.len) : NULL;

    return to ? tapir_sum_copy(to, bytes) : 0;
}

/* Fills the error, "layer 1, ip.len: ...", and returns `status`. */
TAPIR_API tapir_status tapir_refuse(tapir_encoder *e, tapir_status status, const char *field,
    const char *format, ...) TAPIR_PRINTF(4, 5);

TAPIR_EXTERN_C_END
#endif
