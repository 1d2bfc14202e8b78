/* Anonymising a frame: addresses found by the tables of fields, payload, checksums. */
#include "anonymiser.h"

#include "tapir/checksum.h"
#include "tapir/edit.h"
#include "tapir/proto/icmp.h"
#include "tapir/proto/icmpv6.h"

#include <stdlib.h>

enum {
    MAX_DEPTH = 4,       /* lists inside lists go no deeper than the tables are written */
    LONGEST_ADDRESS = 16 /* of those with a kind of their own */
};

/* The work on one frame. */
typedef struct change {
    tapir_anonymiser *anonymiser;
    const uint8_t *start, *end; /* the frame as it was */
} change;

/* Bytes in which the values of a table stand, and where the last one that was found ended. */
typedef struct place {
    const uint8_t *start, *end, *after;
} place;

/* Returns what the changed frame has in the place of a byte of the frame as it was. */
static uint8_t *new_of(const change *c, const uint8_t *old)
{
    return c->anonymiser->bytes + (old - c->start);
}

/* Writes bytes over those of the frame as it was, and updates the checksums that cover them. */
static void put(const change *c, const uint8_t *at, const uint8_t *bytes, size_t len)
{
    tapir_packet *packet = c->anonymiser->packet;
    uint8_t *to = new_of(c, at);

    if (!len || memcmp(to, bytes, len) == 0)
        return;
    /* Beyond reason deep in tunnels checksums have to go without. */
    if (tapir_patch(packet, c->anonymiser->bytes, (size_t)(at - c->start),
            tapir_span_of(bytes, len)) != TAPIR_OK)
        memcpy(to, bytes, len);
}

static bool in_frame(const change *c, const uint8_t *at, size_t len)
{
    return at >= c->start && at <= c->end && (size_t)(c->end - at) >= len;
}

static void map_address(const change *c, uint8_t kind, const uint8_t *from, uint8_t *to)
{
    if (kind == TAPIR_IPV4)
        tapir_anonymise_ipv4(c->anonymiser, from, to);
    else if (kind == TAPIR_IPV6)
        tapir_anonymise_ipv6(c->anonymiser, from, to);
    else
        tapir_anonymise_mac(c->anonymiser, from, to);
}

static size_t address_len(uint8_t kind)
{
    return kind == TAPIR_IPV4 ? 4 : kind == TAPIR_IPV6 ? 16 : 6;
}

/* Finds bytes of a value, behind the last one first. */
static const uint8_t *find_bytes(const place *p, const uint8_t *value, size_t len)
{
    const uint8_t *found = memmem(p->after, (size_t)(p->end - p->after), value, len);

    return found ? found : memmem(p->start, (size_t)(p->end - p->start), value, len);
}

/* Finds the end of a prefix, of which the wire has only the first bytes: they stand last. */
static const uint8_t *find_last_bytes(const place *p, const uint8_t *value, size_t len)
{
    for (const uint8_t *at = p->end - len; (size_t)(p->end - p->start) >= len; at--) {
        if (memcmp(at, value, len) == 0)
            return at;
        if (at == p->start)
            break;
    }
    return NULL;
}

static size_t without_zeroes(const uint8_t *value, size_t len)
{
    while (len && value[len - 1] == 0)
        len--;
    return len;
}

static size_t leading_zeroes(const uint8_t *value, size_t len)
{
    size_t zeroes = 0;

    while (zeroes < len - 1 && value[zeroes] == 0)
        zeroes++;
    return zeroes;
}

/* Finds the bytes of an address that was copied out of `p`, perhaps from `likely`: those of it that
 * are there, behind the first *skip. A prefix has only its first bytes on the wire, a compressed
 * address only its last ones. */
static tapir_span locate(
    const place *p, const uint8_t *value, size_t len, const uint8_t *likely, size_t *skip)
{
    size_t room = (size_t)(p->end - p->start), zeroes = leading_zeroes(value, len);
    const uint8_t *at;

    *skip = 0;
    if (likely && (size_t)(p->end - likely) >= len && memcmp(likely, value, len) == 0)
        return tapir_span_of(likely, len);
    if ((at = find_bytes(p, value, len)))
        return tapir_span_of(at, len);
    if (room && room < len && memcmp(p->start, value + len - room, room) == 0) {
        *skip = len - room;
        return tapir_span_of(p->start, room);
    }
    for (size_t some = len - 1, least = without_zeroes(value, len); some && some >= least; some--)
        if ((at = find_last_bytes(p, value, some)))
            return tapir_span_of(at, some);
    /* Zeroes in front may be other fields', and a single byte anybody's. */
    for (*skip = zeroes ? zeroes : 1; len - *skip > 1; ++*skip)
        if ((at = find_bytes(p, value + *skip, len - *skip)))
            return tapir_span_of(at, len - *skip);
    return tapir_span_of(NULL, 0);
}

/* Replaces an address that was copied out of the bytes at `p`, perhaps from `likely`. */
static void replace_value(
    const change *c, place *p, uint8_t kind, const uint8_t *value, const uint8_t *likely)
{
    size_t skip;
    tapir_span found = locate(p, value, address_len(kind), likely, &skip);
    uint8_t mapped[LONGEST_ADDRESS];

    if (!found.data)
        return;
    map_address(c, kind, value, mapped);
    put(c, found.data, mapped + skip, found.len);
    p->after = found.data + found.len;
}

/* Replaces an address of a length that no kind has, in pieces. */
static void replace_other(const change *c, tapir_span address)
{
    uint8_t mapped[LONGEST_ADDRESS];

    for (size_t at = 0; at < address.len; at += sizeof mapped) {
        size_t len = address.len - at < sizeof mapped ? address.len - at : sizeof mapped;
        tapir__anonymise_other(c->anonymiser, address.data + at, mapped, len, at == 0);
        put(c, address.data + at, mapped, len);
    }
}

/* Replaces an address that a span points to. */
static void replace_span(const change *c, uint8_t kind, tapir_span address)
{
    uint8_t mapped[LONGEST_ADDRESS];

    if (!in_frame(c, address.data, address.len))
        return;
    if (kind == TAPIR_BYTES)
        kind = address.len == 4    ? TAPIR_IPV4
               : address.len == 16 ? TAPIR_IPV6
               : address.len == 6  ? TAPIR_MAC
                                   : TAPIR_BYTES;
    if (kind == TAPIR_BYTES) {
        replace_other(c, address);
    } else if (address.len >= address_len(kind)) {
        map_address(c, kind, address.data, mapped);
        put(c, address.data, mapped, address_len(kind));
    }
}

/* Replaces an address of some other length that was copied out of the bytes at `p`. */
static void replace_bytes(const change *c, place *p, tapir_span value, const uint8_t *likely)
{
    const uint8_t *at = likely;

    if (!at || (size_t)(p->end - at) < value.len || memcmp(at, value.data, value.len) != 0)
        at = find_bytes(p, value.data, value.len);
    if (!at)
        return;
    replace_span(c, TAPIR_BYTES, tapir_span_of(at, value.len));
    p->after = at + value.len;
}

/* Whether the row's member is a span, where the kind does not say. */
static bool is_span(const tapir_field *field)
{
    return field->kind == TAPIR_SPAN ||
           (field->kind == TAPIR_TEXT && !field->bits && field->size == sizeof(tapir_span));
}

static void replace_fields(const change *c, const tapir_field *fields, size_t count,
    const void *item, place p, size_t bits_left, unsigned depth);

static void replace_items(
    const change *c, const tapir_field *field, const void *item, unsigned depth)
{
    const tapir_span *items = (const void *)((const uint8_t *)item + field->offset);
    unsigned inner = field->kind == TAPIR_LIST ? depth + 1 : depth;
    tapir_walk walk = tapir_walk_of(field->list, *items, item);
    const tapir_record *record;
    const uint8_t *at;
    tapir_item buffer;

    if (inner >= MAX_DEPTH || !items->len)
        return;
    while ((at = walk.in.at, record = tapir_walk_next(&walk, &buffer))) {
        size_t len = (size_t)(walk.in.at - at);
        size_t bits = walk.in.failed ? len * 8 : SIZE_MAX;
        if (in_frame(c, at, len))
            replace_fields(c, record->fields, record->field_count, &buffer,
                (place){at, at + len, at}, bits, inner);
    }
}

/* Replaces the addresses among the values of a table; `bits_left` are those of the fixed header
 * that were there. */
static void replace_fields(const change *c, const tapir_field *fields, size_t count,
    const void *item, place p, size_t bits_left, unsigned depth)
{
    size_t bit = 0;

    for (size_t i = 0; i < count; i++) {
        const tapir_field *field = &fields[i];
        const uint8_t *member = (const uint8_t *)item + field->offset;
        size_t at = bit / 8;
        const uint8_t *likely =
            field->bits && at <= (size_t)(p.end - p.start) ? p.start + at : NULL;

        if (field->bits > bits_left)
            return;
        bits_left -= bits_left == SIZE_MAX ? 0 : field->bits;
        bit += field->bits;
        if (!tapir_field_present(field, item))
            continue;
        if (field->kind == TAPIR_LIST || field->kind == TAPIR_BODY)
            replace_items(c, field, item, depth);
        else if (field->kind == TAPIR_MAC || field->kind == TAPIR_IPV4 || field->kind == TAPIR_IPV6)
            replace_value(c, &p, field->kind, member, likely);
        else if (field->address && is_span(field))
            replace_span(c, field->address, *(const tapir_span *)(const void *)member);
        else if (field->address && field->address != TAPIR_BYTES)
            replace_value(c, &p, field->address, member, likely);
        else if (field->address)
            replace_bytes(c, &p, tapir_span_of(member, field->size), likely);
    }
}

/* Whether a layer is payload as tapir_anonymise_payload means it. */
static bool is_payload(const tapir_layer *layer)
{
    return layer->proto->role == TAPIR_ROLE_APPLICATION || layer->proto == &tapir_data_proto ||
           layer->proto == &tapir_failure_proto;
}

static bool keeps_payload(const tapir_anonymiser *a)
{
    return a->options.payload == TAPIR_PAYLOAD_KEEP;
}

static void blank(const change *c, const uint8_t *at, size_t len, const uint8_t **cut)
{
    static const uint8_t zeroes[2048];

    if (!len || !in_frame(c, at, len))
        return;
    if (at < *cut)
        *cut = at;
    for (size_t step; len; at += step, len -= step) {
        step = len < sizeof zeroes ? len : sizeof zeroes;
        put(c, at, zeroes, step);
    }
}

/* Overwrites what is payload and returns where the first of it begins, or the frame's end. */
static const uint8_t *blank_payload(const change *c, const tapir_layer *layers, size_t count)
{
    const uint8_t *cut = c->end;

    for (size_t i = 0; i < count; i++) {
        const tapir_layer *layer = &layers[i];
        tapir_span trailer;

        if (is_payload(layer))
            blank(c, layer->start, layer->header_len + (size_t)layer->payload_len, &cut);
        if (layer->proto->role != TAPIR_ROLE_LINK)
            continue;
        trailer = tapir_packet_trailer(c->anonymiser->packet, layer);
        blank(c, trailer.data, trailer.len, &cut);
    }
    return cut;
}

/* Updates the checksum of the extension structure that an ICMP message ends with, which is no
 * layer's: by the difference between its bytes now and before (RFC 1624 3). */
static void update_extensions(const change *c, const tapir_layer *layer)
{
    const struct tapir_icmp *icmp = TAPIR_AS(layer, icmp);
    const struct tapir_icmpv6 *icmpv6 = TAPIR_AS(layer, icmpv6);
    tapir_span extensions = icmp     ? icmp->extensions
                            : icmpv6 ? icmpv6->extensions
                                     : tapir_span_of(NULL, 0);
    uint16_t old, updated;
    uint64_t before, after;
    uint8_t bytes[2];

    if (extensions.len < 4 || !in_frame(c, extensions.data, extensions.len))
        return;
    old = (uint16_t)tapir_load_be(extensions.data + 2, 2);
    before = tapir_sum_add(0, extensions);
    after = tapir_sum_add(0, tapir_span_of(new_of(c, extensions.data), extensions.len));
    if (!old || before == after) /* 0: the sender computed none */
        return;
    updated = tapir_checksum_update(old, before, after);
    tapir_store_be(bytes, 2, updated);
    put(c, extensions.data + 2, bytes, 2);
}

static bool make_room(tapir_anonymiser *a, size_t len)
{
    uint8_t *bytes;

    if (len <= a->room)
        return true;
    bytes = realloc(a->bytes, len);
    if (!bytes)
        return false;
    a->bytes = bytes;
    a->room = len;
    return true;
}

tapir_status tapir__anonymise_from(
    tapir_anonymiser *a, const tapir_frame *frame, const tapir_proto *first, tapir_frame *changed)
{
    uint32_t len = tapir_frame_content(frame);
    change c = {a, frame->data, frame->data + len};
    const tapir_layer *layers;
    size_t count;

    if (!make_room(a, frame->caplen + (size_t)1))
        return TAPIR_NO_MEMORY;
    if (frame->caplen)
        memcpy(a->bytes, frame->data, frame->caplen);
    if (first)
        tapir_packet_start_at(a->packet, frame, first);
    else
        tapir_packet_start(a->packet, frame);
    layers = tapir_packet_layers(a->packet, &count);
    for (size_t i = 0; i < count; i++) {
        const tapir_layer *layer = &layers[i];
        if (is_payload(layer) && !keeps_payload(a))
            continue;
        replace_fields(&c, layer->proto->fields, layer->proto->field_count, layer->fields,
            (place){layer->start, layer->start + layer->header_len, layer->start},
            layer->partial ? layer->header_len * (size_t)8 : SIZE_MAX, 0);
    }
    if (!keeps_payload(a)) {
        const uint8_t *cut = blank_payload(&c, layers, count);
        if (a->options.payload == TAPIR_PAYLOAD_CUT)
            len = (uint32_t)(cut - c.start);
    }
    for (size_t i = count; i-- > 0;)
        update_extensions(&c, &layers[i]);
    if (changed != frame)
        *changed = *frame;
    changed->data = a->bytes;
    changed->caplen = len;
    return TAPIR_OK;
}

tapir_status tapir_anonymise_frame(
    tapir_anonymiser *a, const tapir_frame *frame, tapir_frame *changed)
{
    return tapir__anonymise_from(a, frame, NULL, changed);
}
