/* Random stacks of layers over the whole registry: what is built decodes to what was given, and
 * encodes back. A new protocol is covered unasked, by its samples.
 *
 *     stacks [count [first]]
 *
 * builds the stacks numbered `first` (0) and on; a law that is broken names the stack's number. */
#include "tapir/tapir.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MOST_KINDS = 128,
    MOST_SAMPLES = 4096,
    MOST_FITS = 512,
    MOST_LAYERS = 9, /* eight headers and a payload */
    HEADER_ROOM = 4096,
    MOST_PAYLOAD = 66000,
    ROOM = MOST_PAYLOAD + MOST_LAYERS * (HEADER_ROOM + 64),
    GUARD = 16
};

/* The header of one sample. */
struct sample {
    uint8_t *bytes;
    size_t len;
};

/* A protocol that goes inside another: seen by building the two and decoding them. */
struct fit {
    size_t child;
    size_t sample;            /* of the parent */
    const tapir_field *field; /* of the parent that is to have `value`, or NULL */
    uint32_t value;
};

struct kind {
    const tapir_proto *proto;
    struct sample *samples;
    size_t sample_count;
    struct fit fits[MOST_FITS];
    size_t fit_count;
    unsigned long met; /* times it was found again where it was put, inside another */
};

/* A layer of the stack being tried: its struct, and the bytes its spans lie in. */
struct choice {
    size_t kind;
    uint8_t bytes[HEADER_ROOM];
    size_t len;
    union {
        uint8_t bytes[TAPIR_STRUCT_MAX];
        uint64_t align;
        void *align_pointer;
    } fields;
};

static struct kind kinds[MOST_KINDS];
static size_t kind_count, data_kind;
static size_t links[MOST_KINDS], link_count;

static struct choice choices[MOST_LAYERS];
static tapir_stack_layer stack[MOST_LAYERS];
static size_t stack_count;
static uint8_t payload[MOST_PAYLOAD], trailers[64];
static uint8_t built_room[ROOM], again_room[ROOM], pair_room[ROOM];
static tapir_packet *packet, *pair_packet;
static tapir_builder *builder;

static unsigned long long number; /* of the stack */
static uint64_t random_state;

static struct {
    unsigned long built, refused, clear, kept, checksums;
} tally;

static uint64_t random_wide(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}

static size_t random_below(size_t limit)
{
    return (size_t)((random_wide() >> 32) * limit >> 32);
}

static bool one_in(size_t many)
{
    return random_below(many) == 0;
}

static void seed(unsigned long long from)
{
    random_state = (from + 1) * 0x9e3779b97f4a7c15;
    for (unsigned i = 0; i < 4; i++)
        random_wide();
}

static void print_hex(const char *what, tapir_span bytes)
{
    fprintf(stderr, "  %s, %zu bytes:", what, bytes.len);
    for (size_t i = 0; i < bytes.len && i < 400; i++)
        fprintf(stderr, "%s%02x", i % 4 ? "" : " ", bytes.data[i]);
    fprintf(stderr, "\n");
}

static __attribute__((noreturn)) TAPIR_PRINTF(1, 2) void broken(const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "stack %llu: ", number);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    for (size_t i = 0; i < stack_count; i++) {
        char what[128];
        tapir_span encoded = {NULL, 0};
        tapir_status status =
            tapir_encode(&stack[i], 1, pair_room, sizeof pair_room, &encoded, NULL);
        snprintf(what, sizeof what, "%zu %s, keep %u, trailer %zu%s", i, stack[i].proto->name,
            stack[i].keep, stack[i].trailer.len, status == TAPIR_OK ? "" : " (does not encode)");
        print_hex(what, encoded);
    }
    exit(1);
}

static void hold(bool fact, const char *law)
{
    if (!fact)
        broken("%s", law);
}

/* Samples, as headers. */

static size_t from_hex(const char *hex, uint8_t *bytes)
{
    size_t digits = 0;

    for (; *hex; hex++) {
        unsigned digit = (unsigned)(*hex <= '9' ? *hex - '0' : (*hex | 32) - 'a' + 10);
        if (*hex == ' ' || *hex == '\n')
            continue;
        bytes[digits / 2] = (uint8_t)(digits % 2 ? bytes[digits / 2] | digit : digit << 4);
        digits++;
    }
    return digits / 2;
}

static void add_sample(struct kind *kind, tapir_span header)
{
    struct sample *sample = &kind->samples[kind->sample_count++];

    sample->bytes = malloc(header.len + 1);
    sample->len = header.len;
    if (header.len)
        memcpy(sample->bytes, header.data, header.len);
}

/* The usual struct of a protocol is one more sample. */
static void add_usual(struct kind *kind)
{
    union {
        uint8_t bytes[TAPIR_STRUCT_MAX];
        uint64_t align;
    } fields;
    const tapir_build_options options = {.size = sizeof options, .keep = TAPIR_CHECKSUMS};
    tapir_stack_layer layer = {.proto = kind->proto, .fields = fields.bytes};
    tapir_span header;

    tapir_layer_init(kind->proto, fields.bytes);
    number = 0;
    stack_count = 0;
    if (tapir_build(&layer, 1, &options, pair_room, sizeof pair_room, &header, NULL) != TAPIR_OK)
        broken("%s: the usual struct cannot be built", kind->proto->name);
    add_sample(kind, header);
}

static void add_kind(const tapir_proto *proto)
{
    static uint8_t bytes[1 << 16];
    static uint8_t fields[TAPIR_STRUCT_MAX] __attribute__((aligned(16)));
    struct kind *kind = &kinds[kind_count++];

    kind->proto = proto;
    kind->samples = calloc(proto->sample_count + 1, sizeof *kind->samples);
    for (size_t i = 0; i < proto->sample_count; i++) {
        size_t len = from_hex(proto->samples[i], bytes);
        tapir_layer layer;
        (void)!tapir_decode_alone(proto, tapir_span_of(bytes, len), fields, &layer);
        if (!layer.partial && layer.header_len <= HEADER_ROOM)
            add_sample(kind, tapir_span_of(bytes, layer.header_len));
    }
    add_usual(kind);
}

/* Makes `choice` the header at `bytes`; false when they are not one whole header. */
static bool choose_bytes(struct choice *choice, size_t kind, const uint8_t *bytes, size_t len)
{
    tapir_layer layer;

    choice->kind = kind;
    choice->len = len;
    if (bytes != choice->bytes)
        memcpy(choice->bytes, bytes, len);
    (void)!tapir_decode_alone(
        kinds[kind].proto, tapir_span_of(choice->bytes, len), choice->fields.bytes, &layer);
    return !layer.partial && layer.header_len == len;
}

static void choose_sample(struct choice *choice, size_t kind, size_t sample)
{
    const struct sample *from = &kinds[kind].samples[sample];

    if (!choose_bytes(choice, kind, from->bytes, from->len))
        broken("%s: sample %zu is no whole header", kinds[kind].proto->name, sample);
}

/* Sets a field of the fixed header to random bits. */
static void change_bits(uint8_t *header, size_t len, size_t bit, size_t bits)
{
    for (size_t end = bit + bits; bit < end && bit < len * 8; bit++)
        if (one_in(2))
            header[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
}

/* The same layer with some of its fields changed, in width; as it was where that breaks it. */
static void vary(struct choice *choice)
{
    const tapir_proto *proto = kinds[choice->kind].proto;
    uint8_t before[HEADER_ROOM];
    size_t bit = 0;

    memcpy(before, choice->bytes, choice->len);
    for (size_t i = 0; i < proto->field_count; bit += proto->fields[i++].bits)
        if (proto->fields[i].bits && one_in(4))
            change_bits(choice->bytes, choice->len, bit, proto->fields[i].bits);
    if (!choose_bytes(choice, choice->kind, choice->bytes, choice->len))
        choose_bytes(choice, choice->kind, before, choice->len);
}

/* What goes inside what. */

/* Builds the two, decodes them, and tells whether they are found again. */
static bool goes_inside(const tapir_stack_layer *outer, const tapir_stack_layer *inner)
{
    const tapir_build_options options = {.size = sizeof options, .keep = TAPIR_CHECKSUMS};
    tapir_stack_layer pair[2] = {*outer, *inner};
    tapir_span built, header;
    tapir_frame frame = {0};
    const tapir_layer *layers;
    size_t count;

    pair[0].trailer.len = pair[1].trailer.len = 0;
    pair[0].keep &= (unsigned)~TAPIR_CHECKSUMS;
    if (tapir_build(pair, 2, &options, pair_room, sizeof pair_room, &built, NULL) != TAPIR_OK)
        return false;
    frame.data = built.data;
    frame.caplen = frame.len = (uint32_t)built.len;
    tapir_packet_start_at(pair_packet, &frame, outer->proto);
    layers = tapir_packet_layers(pair_packet, &count);
    if (count < 2 || layers[0].proto != outer->proto || layers[1].proto != inner->proto ||
        layers[0].status != TAPIR_OK || layers[1].partial)
        return false;
    if (tapir_build(&pair[1], 1, &options, again_room, sizeof again_room, &header, NULL) !=
        TAPIR_OK)
        return true; /* it needs what is outside */
    return layers[0].header_len + header.len >= built.len;
}

static void add_fit(struct kind *parent, struct fit fit)
{
    if (parent->fit_count < MOST_FITS)
        parent->fits[parent->fit_count++] = fit;
}

static tapir_stack_layer layer_of(const struct choice *choice)
{
    return (tapir_stack_layer){.proto = kinds[choice->kind].proto, .fields = choice->fields.bytes};
}

/* Tries each number of the parent's header as the place of a key of the child. */
static void find_fit_by_field(size_t parent, size_t child)
{
    const tapir_proto *proto = kinds[parent].proto, *inner = kinds[child].proto;
    tapir_stack_layer inside = layer_of(&choices[1]);

    for (size_t i = 0; i < proto->field_count; i++) {
        const tapir_field *field = &proto->fields[i];
        if (field->kind != TAPIR_UINT || field->bits < 8)
            continue;
        for (size_t b = 0; b < inner->binding_count; b++) {
            uint32_t value = inner->bindings[b].value;
            tapir_stack_layer outside;
            if (field->bits < 32 && value >> field->bits)
                continue;
            choose_sample(&choices[0], parent, 0);
            outside = layer_of(&choices[0]);
            tapir_member_set(choices[0].fields.bytes + field->offset, field->size, value);
            if (goes_inside(&outside, &inside))
                add_fit(&kinds[parent], (struct fit){child, 0, field, value});
        }
    }
}

static void find_fits(size_t parent, size_t child)
{
    size_t found = 0;

    choose_sample(&choices[1], child, 0);
    for (size_t i = 0; i < kinds[parent].sample_count; i++) {
        tapir_stack_layer outside, inside = layer_of(&choices[1]);
        choose_sample(&choices[0], parent, i);
        outside = layer_of(&choices[0]);
        if (!goes_inside(&outside, &inside))
            continue;
        add_fit(&kinds[parent], (struct fit){child, i, NULL, 0});
        if (++found == 4)
            return;
    }
    if (!found)
        find_fit_by_field(parent, child);
}

static bool is_link(const tapir_proto *proto)
{
    for (size_t i = 0; i < proto->binding_count; i++)
        if (proto->bindings[i].space == TAPIR_LINK_TYPE)
            return true;
    return false;
}

static void learn(void)
{
    const tapir_proto *proto;

    for (size_t i = 0; (proto = tapir_registry_each(tapir_registry_default(), i)); i++)
        if (proto->encode && kind_count < MOST_KINDS - 1)
            add_kind(proto);
    data_kind = kind_count;
    add_kind(&tapir_data_proto);
    for (size_t i = 0; i < kind_count; i++)
        if (is_link(kinds[i].proto))
            links[link_count++] = i;
    for (size_t parent = 0; parent < data_kind; parent++)
        for (size_t child = 0; child < data_kind; child++)
            find_fits(parent, child);
}

/* A stack. */

static void choose_payload(struct choice *choice)
{
    static const size_t sizes[] = {0, 1, 2, 3, 17, 46, 255, 256, 1499, 1500, 1501};
    struct tapir_data *data = (struct tapir_data *)(void *)choice->fields.bytes;
    size_t len = sizes[random_below(TAPIR_COUNT(sizes))];

    if (one_in(200))
        len = 65536 - 140 + random_below(200);
    else if (one_in(3))
        len = random_below(64);
    choice->kind = data_kind;
    choice->len = 0;
    *data = (struct tapir_data){.bytes = tapir_span_of(payload, len)};
}

static unsigned choose_keep(void)
{
    return one_in(2) ? 1u << random_below(4) : (unsigned)random_below(16);
}

/* Makes a value wider than its field, which never goes unnoticed. */
static const tapir_field *widen(struct choice *choice)
{
    const tapir_proto *proto = kinds[choice->kind].proto;
    const tapir_field *field;

    if (!proto->field_count)
        return NULL;
    field = &proto->fields[random_below(proto->field_count)];
    if (field->kind != TAPIR_UINT || !field->bits || field->bits >= field->size * 8)
        return NULL;
    tapir_member_set(choice->fields.bytes + field->offset, field->size,
        (uint64_t)1 << (field->bits + random_below(field->size * 8u - field->bits)));
    return field;
}

/* Chooses what is inside the last layer; false when the stack is to end. */
static bool choose_next(struct choice *choice, const struct fit *fit)
{
    size_t kind = fit ? fit->child : random_below(kind_count);

    if (kind == data_kind) {
        choose_payload(choice);
        return false;
    }
    choose_sample(choice, kind, random_below(kinds[kind].sample_count));
    return true;
}

static const struct fit *choose_fit(const struct kind *kind)
{
    if (!kind->fit_count || one_in(20))
        return NULL;
    /* Every child as likely as the next, however many ways there are to put it there. */
    for (;;) {
        const struct fit *fit = &kind->fits[random_below(kind->fit_count)];
        if (fit == kind->fits || fit[-1].child != fit->child || one_in(3))
            return fit;
    }
}

static void set_fit(struct choice *choice, const struct fit *fit)
{
    if (!fit)
        return;
    if (one_in(2))
        choose_sample(choice, choice->kind, fit->sample);
    if (one_in(2))
        vary(choice);
    if (fit->field)
        tapir_member_set(choice->fields.bytes + fit->field->offset, fit->field->size, fit->value);
}

/* Anything where lengths and checksums are filled in. */
static void scramble(struct choice *choice)
{
    const tapir_proto *proto = kinds[choice->kind].proto;

    for (size_t i = 0; i < proto->field_count; i++) {
        const tapir_field *field = &proto->fields[i];
        if (field->kind == TAPIR_UINT && field->bits && field->bits < 64 &&
            (strstr(field->name, "len") || strstr(field->name, "checksum")))
            tapir_member_set(choice->fields.bytes + field->offset, field->size,
                random_wide() >> (64 - field->bits));
    }
}

static void choose_stack(void)
{
    const size_t depth = 1 + random_below(MOST_LAYERS - 1);
    const bool kept = one_in(4), has_trailers = one_in(8);
    size_t kind = one_in(8) ? random_below(data_kind) : links[random_below(link_count)];

    choose_sample(&choices[0], kind, random_below(kinds[kind].sample_count));
    for (stack_count = 1; stack_count <= depth && stack_count < MOST_LAYERS; stack_count++) {
        struct choice *last = &choices[stack_count - 1];
        const struct fit *fit = choose_fit(&kinds[last->kind]);
        set_fit(last, fit);
        if (stack_count == depth || !fit) {
            choose_payload(&choices[stack_count++]);
            break;
        }
        if (!choose_next(&choices[stack_count], one_in(30) ? NULL : fit)) {
            stack_count++;
            break;
        }
    }
    for (size_t i = 0; i < stack_count; i++) {
        stack[i] = layer_of(&choices[i]);
        if (one_in(2))
            scramble(&choices[i]);
        if (kept && one_in(3))
            stack[i].keep = choose_keep();
        if (has_trailers && one_in(3))
            stack[i].trailer = tapir_span_of(trailers, random_below(40));
    }
}

/* Laws. */

static bool is_kept(unsigned which)
{
    for (size_t i = 0; i < stack_count; i++)
        if (stack[i].keep & which)
            return true;
    return false;
}

static bool has_trailers(void)
{
    for (size_t i = 0; i < stack_count; i++)
        if (stack[i].trailer.len)
            return true;
    return false;
}

static bool is_empty(const tapir_stack_layer *layer)
{
    return layer->proto == &tapir_data_proto &&
           ((const struct tapir_data *)layer->fields)->bytes.len == 0;
}

/* A stack is refused with a message that names one of its layers and what is wrong. */
static void check_refusal(tapir_status status, const tapir_error *error)
{
    size_t layer = 0;
    int read = 0;

    hold(status == TAPIR_TOO_WIDE || status == TAPIR_INVALID, "refused for another reason");
    hold(error->code == status, "the error has another status");
    if (sscanf(error->message, "layer %zu, %n", &layer, &read) != 1 || !read ||
        layer >= stack_count || !strstr(error->message + read, ": "))
        broken("\"%s\" names no layer and field", error->message);
    tally.refused++;
}

static bool has_word(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (strstr(name, *words))
            return true;
    return false;
}

/* Whether a value of that name may be filled in. */
static bool may_be_filled(const char *name, unsigned fill)
{
    static const char *const lengths[] = {
        "len", "size", "count", "jumbo", "pln", "reserved", "unused", NULL};
    static const char *const keys[] = {
        "type", "proto", "nxt", "version", "family", "next", "ltype", "bottom", "pppoe.code", NULL};
    static const char *const checksums[] = {"checksum", "crc", NULL};

    return (fill & TAPIR_LENGTHS && has_word(name, lengths)) ||
           (fill & TAPIR_KEYS && has_word(name, keys)) ||
           (fill & TAPIR_CHECKSUMS && has_word(name, checksums));
}

struct listing {
    tapir_text text;
    const tapir_proto *proto;
    unsigned fill;
};

/* Whether a value stands in the fixed header, whose bits are compared. */
static bool is_fixed(const tapir_proto *proto, const tapir_value *value)
{
    for (size_t i = 0; value->depth == 0 && i < proto->field_count; i++)
        if (proto->fields[i].bits && proto->fields[i].offset == value->field->offset)
            return true;
    return false;
}

static void list_value(void *user, const tapir_value *value)
{
    struct listing *listing = user;
    const char *name = tapir_value_name(value);

    if (may_be_filled(name, listing->fill) || is_fixed(listing->proto, value))
        return;
    tapir_text_put(&listing->text, name);
    tapir_text_char(&listing->text, '=');
    tapir_value_text(&listing->text, value);
    tapir_text_char(&listing->text, '\n');
}

static void list(struct listing *listing, const tapir_proto *proto, tapir_span header)
{
    static uint8_t fields[TAPIR_STRUCT_MAX] __attribute__((aligned(16)));
    tapir_layer layer;

    listing->proto = proto;
    listing->text.len = 0;
    (void)!tapir_decode_alone(proto, header, fields, &layer);
    tapir_layer_values(&layer, &(tapir_value_visitor){.value = list_value, .user = listing});
}

/* Holds the values of two headers against each other, those excepted that may be filled in. */
static void check_values(const tapir_stack_layer *given, tapir_span as_given, tapir_span header)
{
    static struct listing before, after;

    before.fill = after.fill = TAPIR_EVERYTHING & ~given->keep;
    list(&before, given->proto, as_given);
    list(&after, given->proto, header);
    if (before.text.len == after.text.len &&
        (!before.text.len || memcmp(before.text.data, after.text.data, before.text.len) == 0))
        return;
    fprintf(stderr, "given:\n%s\nbuilt:\n%s\n", tapir_text_string(&before.text),
        tapir_text_string(&after.text));
    broken("%s has not the values it was given", given->proto->name);
}

static bool same_bits(const uint8_t *a, const uint8_t *b, size_t bit, size_t end)
{
    for (; bit < end; bit++)
        if ((a[bit / 8] ^ b[bit / 8]) & 0x80 >> bit % 8)
            return false;
    return true;
}

/* The header that was built has every value that was given, those excepted that were filled in. */
static void check_header(const tapir_stack_layer *given, tapir_span header)
{
    const unsigned fill = TAPIR_EVERYTHING & ~given->keep;
    tapir_span as_given;
    size_t bit = 0;

    if (tapir_encode(given, 1, pair_room, sizeof pair_room, &as_given, NULL) != TAPIR_OK)
        return; /* what does not fit was filled in, or it would have been refused */
    if (header.len != as_given.len) {
        /* A length may stand in front of what was given, a key take more room. */
        if (header.len < as_given.len || !(fill & TAPIR_LENGTHS) ||
            memcmp(header.data + header.len - as_given.len, as_given.data, as_given.len) != 0)
            check_values(given, as_given, header);
        return;
    }
    for (size_t i = 0; i < given->proto->field_count; i++) {
        const tapir_field *field = &given->proto->fields[i];
        if (!same_bits(as_given.data, header.data, bit, bit + field->bits) &&
            !may_be_filled(field->name, fill))
            broken("%s has another %s", given->proto->name, field->name);
        bit += field->bits;
    }
    bit /= 8;
    if (header.len > bit && memcmp(header.data + bit, as_given.data + bit, header.len - bit) != 0)
        check_values(given, as_given, header);
}

/* Whether every layer says what is inside it: each pair alone is found again. ICMP's quotes too
 * long to say how long may have what looks like extensions (RFC 4884 5.5). */
static bool is_clear(tapir_span built)
{
    for (size_t i = 0; i + 1 < stack_count; i++)
        if (stack[i].proto == &tapir_icmp_proto && built.len > UINT8_MAX * 4)
            return false;
    for (size_t i = 0; i + 1 < stack_count; i++)
        if (!is_empty(&stack[i + 1]) && !goes_inside(&stack[i], &stack[i + 1]))
            return false;
    return true;
}

static void check_layers(const tapir_layer *layers, size_t count)
{
    size_t given = stack_count;

    while (given && is_empty(&stack[given - 1]))
        given--;
    for (size_t i = 0; i < count && i < given; i++) {
        if (layers[i].proto != stack[i].proto)
            broken("layer %zu is %s", i, layers[i].proto->name);
        if (layers[i].status != TAPIR_OK)
            broken("layer %zu: %s", i, tapir_status_text((tapir_status)layers[i].status));
        if (layers[i].proto != &tapir_data_proto)
            check_header(&stack[i], tapir_layer_header(&layers[i]));
        kinds[choices[i].kind].met += i > 0;
    }
    if (count != given)
        broken("%zu layers were given, %zu found", given, count);
}

static void check_checksums(const tapir_layer *layers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tapir_checksum checksum;
        if (!tapir_packet_verify(packet, &layers[i], &checksum) || !checksum.present ||
            !checksum.verifiable)
            continue;
        if (!checksum.good)
            broken("layer %zu, %s: checksum %04x should be %04x", i, layers[i].proto->name,
                checksum.actual, checksum.expected);
        tally.checksums++;
    }
}

static void must_be(tapir_span expected, tapir_status status, tapir_span found, const char *law)
{
    if (status == TAPIR_OK && found.len == expected.len &&
        memcmp(found.data, expected.data, found.len) == 0)
        return;
    print_hex("expected", expected);
    print_hex("found", found);
    broken("%s: %s", law, tapir_status_text(status));
}

/* Whether the struct has that very span: extensions behind a quoted packet, which lie in the
 * trailer of the layer outside. */
static bool has_span(const tapir_layer *layer, tapir_span span)
{
    for (size_t at = 0; at + sizeof span <= layer->proto->size; at += sizeof(void *))
        if (memcmp((const uint8_t *)layer->fields + at, &span, sizeof span) == 0)
            return true;
    return false;
}

/* What was decoded encodes, as it is, to the bytes it was decoded from; and where `all` was filled
 * in, filling it in again changes nothing. */
static void check_again(const tapir_layer *layers, size_t count, tapir_span built, bool all)
{
    tapir_stack_layer again[256];
    tapir_error error = {.message = "?"};
    tapir_span found = {NULL, 0}, whole = built;
    tapir_status status;

    if (count == 0 || count > TAPIR_COUNT(again))
        return;
    for (size_t i = 0; i < count; i++) {
        if (layers[i].partial || layers[i].status == TAPIR_MALFORMED)
            return;
        again[i] = (tapir_stack_layer){.proto = layers[i].proto,
            .fields = layers[i].fields,
            .trailer = tapir_packet_trailer(packet, &layers[i])};
        if (i + 1 < count && has_span(&layers[i + 1], again[i].trailer))
            again[i].trailer.len = 0;
    }
    whole.len = (size_t)(tapir_layer_payload(layers).data + layers->payload_len - built.data);
    if (layers->proto->trailer)
        whole = built;
    status = tapir_encode(again, count, again_room, sizeof again_room, &found, &error);
    if (found.len == built.len) /* a struct has what is behind it */
        whole = built;
    must_be(whole, status, found, "encoding what was decoded");
    if (!all)
        return;
    found = (tapir_span){NULL, 0};
    status = tapir_build(again, count, NULL, again_room, sizeof again_room, &found, &error);
    must_be(whole, status, found, "building what was decoded");
}

/* However much room there is the bytes are the same, and what does not fit is refused without a
 * byte written outside. */
static void check_room(tapir_span built)
{
    uint8_t *room = malloc(GUARD + built.len + GUARD);
    tapir_span found = {NULL, 0};
    tapir_status status;

    memset(room, 0xa5, GUARD + built.len + GUARD);
    status = tapir_build(stack, stack_count, NULL, room + GUARD, built.len, &found, NULL);
    must_be(built, status, found, "building into just the room");
    for (size_t i = 0; i < GUARD; i++)
        hold(room[i] == 0xa5 && room[GUARD + built.len + i] == 0xa5, "a byte outside is written");
    free(room);
    status = tapir_builder_build(builder, stack, stack_count, NULL, &found, NULL);
    must_be(built, status, found, "building into what grows");
    if (!built.len)
        return;
    room = malloc(built.len - 1 + !(built.len - 1)); /* a sanitizer sees what is written outside */
    status = tapir_build(stack, stack_count, NULL, room, built.len - 1, &found, NULL);
    free(room);
    if (status != TAPIR_NO_ROOM)
        broken("with a byte less room: %s", tapir_status_text(status));
}

static void try_stack(void)
{
    tapir_error error = {.message = "?"};
    tapir_span built = {NULL, 0};
    tapir_frame frame = {0};
    const tapir_layer *layers;
    size_t count;
    tapir_status status, decoded;
    bool clear, all;
    const tapir_field *wide = one_in(50) ? widen(&choices[random_below(stack_count)]) : NULL;

    status = tapir_build(stack, stack_count, NULL, built_room, sizeof built_room, &built, &error);
    if (status != TAPIR_OK) {
        check_refusal(status, &error);
        return;
    }
    if (wide && !may_be_filled(wide->name, TAPIR_EVERYTHING))
        broken("%s is too wide and was not refused", wide->name);
    tally.built++;
    check_room(built);
    if (!built.len)
        return;
    frame.data = built.data;
    frame.caplen = frame.len = (uint32_t)built.len;
    clear = is_clear(built);
    all = !is_kept(TAPIR_EVERYTHING);
    tapir_packet_start_at(packet, &frame, stack[0].proto);
    decoded = tapir_packet_finish(packet);
    layers = tapir_packet_layers(packet, &count);
    if (clear && all && !has_trailers()) {
        check_layers(layers, count);
        hold(decoded == TAPIR_OK, "the packet is not ok");
        check_checksums(layers, count);
        tally.clear++;
    }
    tally.kept += !all;
    check_again(layers, count, built, clear && all && !has_trailers());
}

/* A protocol that goes inside something was found there. */
static bool all_were_met(void)
{
    bool all = true;

    for (size_t parent = 0; parent < kind_count; parent++)
        for (size_t i = 0; i < kinds[parent].fit_count; i++)
            if (!kinds[kinds[parent].fits[i].child].met) {
                fprintf(stderr, "%s was never found inside %s\n",
                    kinds[kinds[parent].fits[i].child].proto->name, kinds[parent].proto->name);
                all = false;
            }
    return all;
}

int main(int argc, char **argv)
{
    unsigned long long count = argc > 1 ? strtoull(argv[1], NULL, 10) : 200000,
                       first = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;

    packet = tapir_packet_new(NULL);
    pair_packet = tapir_packet_new(NULL);
    builder = tapir_builder_new();
    if (!packet || !pair_packet || !builder)
        return 1;
    seed(0);
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)random_wide();
    for (size_t i = 0; i < sizeof trailers; i++)
        trailers[i] = (uint8_t)random_wide();
    learn();
    for (number = first; number < first + count; number++) {
        seed(number);
        choose_stack();
        try_stack();
    }
    printf("%llu stacks: %lu built, %lu refused, %lu with values kept, %lu found again whole with "
           "%lu checksums\n",
        count, tally.built, tally.refused, tally.kept, tally.clear, tally.checksums);
    /* What proves little fails, too. */
    if (count >= 100000 && (!all_were_met() || tally.clear < count / 6 || !tally.checksums))
        return 1;
    tapir_builder_free(builder);
    tapir_packet_free(pair_packet);
    tapir_packet_free(packet);
    for (size_t i = 0; i < kind_count; i++) {
        for (size_t s = 0; s < kinds[i].sample_count; s++)
            free(kinds[i].samples[s].bytes);
        free(kinds[i].samples);
    }
    return 0;
}
