/* Packets from text: layers and what is given for their fields; then one packet after the other. */
#include "craft.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_REPEATS = 1 << 16,
    DEFAULT_SRC_PORT = 49152,
    DHCP_SERVER_PORT = 67,
    DHCP_CLIENT_PORT = 68
};

/* Layers. */

static struct tapir__craft_layer *add_layer(
    struct tapir__scan *scan, const tapir_proto *proto, const char *at)
{
    struct tapir_craft *craft = scan->craft;
    struct tapir__craft_layer *layer = &craft->layers[craft->layer_count];

    if (craft->layer_count == TAPIR__MAX_LAYERS) {
        tapir__craft_refuse(
            scan, at, TAPIR_TOO_DEEP, "a packet has %d layers at most", TAPIR__MAX_LAYERS);
        return NULL;
    }
    layer->fields = tapir__craft_memory(scan, TAPIR_STRUCT_MAX);
    craft->fields[craft->layer_count] = tapir__craft_memory(scan, TAPIR_STRUCT_MAX);
    if (!layer->fields || !craft->fields[craft->layer_count])
        return NULL;
    layer->proto = proto;
    layer->place = (size_t)(at - scan->text);
    tapir_layer_init(proto, layer->fields);
    craft->layer_count++;
    return layer;
}

/* [ "*" number ] behind a payload. */
static bool scan_repeats(struct tapir__scan *scan, tapir_span *bytes)
{
    uint64_t repeats = 0;
    uint8_t *all;
    const char *at;

    if (!tapir__scan_char(scan, '*'))
        return true;
    tapir__skip_spaces(scan);
    for (at = scan->at; isdigit((uint8_t)*scan->at) && repeats <= MAX_REPEATS; scan->at++)
        repeats = repeats * 10 + (uint64_t)(*scan->at - '0');
    if (scan->at == at)
        return tapir__craft_refuse(scan, at, TAPIR_INVALID, "how often?");
    if (repeats > MAX_REPEATS || bytes->len * repeats > MAX_REPEATS)
        return tapir__craft_refuse(
            scan, at, TAPIR_TOO_WIDE, "a payload has %d bytes at most", MAX_REPEATS);
    all = tapir__craft_memory(scan, bytes->len * repeats + 1);
    if (!all)
        return false;
    for (size_t i = 0; i < repeats && bytes->len; i++)
        memcpy(all + i * bytes->len, bytes->data, bytes->len);
    *bytes = tapir_span_of(all, bytes->len * repeats);
    return true;
}

/* "text", 'text' or 0x0011. */
static bool scan_payload(struct tapir__scan *scan)
{
    const char *start = scan->at;
    struct tapir__craft_layer *layer = add_layer(scan, &tapir_data_proto, start);
    struct tapir_data data = {.space = NULL};
    const char *end = start + 2;
    char *digits;
    bool quoted;

    if (!layer)
        return false;
    if (tapir__at_quote(start)) {
        if (!tapir__scan_word(scan, &data.bytes, &quoted))
            return false;
    } else {
        struct tapir__scan part = *scan;
        while (isxdigit((uint8_t)*end) || (*end == ':' && isxdigit((uint8_t)end[1])))
            end++;
        digits = tapir__craft_memory(scan, (size_t)(end - start) + 1);
        if (!digits)
            return false;
        memcpy(digits, start, (size_t)(end - start));
        part.at = part.text = digits;
        if ((end - start) % 2 && !memchr(start, ':', (size_t)(end - start)))
            return tapir__craft_refuse(
                scan, start, TAPIR_INVALID, "a digit is missing: bytes have two");
        if (end == start + 2 || !tapir__scan_bytes(&part, &data.bytes))
            return tapir__craft_refuse(
                scan, start, TAPIR_INVALID, "no pairs of hexadecimal digits behind 0x");
        scan->at = end;
    }
    if (!scan_repeats(scan, &data.bytes))
        return false;
    memcpy(layer->fields, &data, sizeof data);
    return true;
}

static struct tapir__choice *add_choice(struct tapir__scan *scan)
{
    struct tapir_craft *craft = scan->craft;

    if (craft->choice_count == craft->choice_room) {
        size_t room = craft->choice_room ? craft->choice_room * 2 : 32;
        struct tapir__choice *choices = tapir__craft_memory(scan, room * sizeof *choices);
        if (!choices)
            return NULL;
        if (craft->choice_count)
            memcpy(choices, craft->choices, craft->choice_count * sizeof *choices);
        craft->choices = choices;
        craft->choice_room = room;
    }
    craft->choices[craft->choice_count] = (struct tapir__choice){.layer = craft->layer_count - 1};
    return &craft->choices[craft->choice_count++];
}

/* keep=lengths|checksums */
static bool scan_keep(struct tapir__scan *scan, struct tapir__craft_layer *layer)
{
    static const struct {
        const char *name;
        unsigned keep;
    } names[] = {{"lengths", TAPIR_LENGTHS}, {"keys", TAPIR_KEYS}, {"checksums", TAPIR_CHECKSUMS},
        {"padding", TAPIR_PADDING}, {"all", TAPIR_EVERYTHING}};
    const char *at;
    tapir_span words;
    bool quoted;

    tapir__skip_spaces(scan);
    at = scan->at;
    if (!tapir__scan_word(scan, &words, &quoted))
        return false;
    for (size_t start = 0, i = 0; i <= words.len; i++) {
        size_t which = 0;
        if (i < words.len && words.data[i] != '|' && words.data[i] != '+')
            continue;
        while (which < TAPIR_COUNT(names) &&
               !tapir__same_word(tapir_span_of(words.data + start, i - start), names[which].name))
            which++;
        if (which == TAPIR_COUNT(names))
            return tapir__craft_refuse(scan, at + quoted + start, TAPIR_NOT_FOUND,
                "what can be kept is lengths, keys, checksums, padding or all");
        layer->keep |= names[which].keep;
        start = i + 1;
    }
    return true;
}

static bool no_field(struct tapir__scan *scan, const struct tapir__craft_layer *layer,
    tapir_span word, const char *at)
{
    char name[TAPIR__MAX_NAME];
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text hint = {0};

    snprintf(
        name, sizeof name, "%.*s", (int)(word.len < 60 ? word.len : 60), (const char *)word.data);
    tapir__offer_fields(layer->proto, layer->fields, &nearest);
    tapir_nearest_text(&nearest, &hint);
    tapir__craft_refuse(scan, at, TAPIR_NOT_FOUND, "%s has no field '%s'%s", layer->proto->name,
        name, tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return false;
}

/* Sets some bits of a member. */
static void set_bits(uint8_t *fields, const tapir_field *field, uint64_t mask, uint64_t value)
{
    uint8_t *at = fields + field->offset;
    uint64_t whole = tapir_member_uint(at, field->size);

    tapir_member_set(at, field->size, (whole & ~mask) | (value << __builtin_ctzll(mask) & mask));
}

/* Which fields there are may hang on what has been given before: the type of a message. */
static void set_first(uint8_t *fields, const struct tapir__choice *choice);

/* What giving one field says about another: the key of GRE that it is there. */
static void imply(struct tapir__craft_layer *layer, const struct tapir__word *word)
{
    for (size_t i = 0; word && i < layer->proto->field_count; i++) {
        const tapir_field *field = &layer->proto->fields[i];
        if (strcmp(field->member, word->implied) != 0)
            continue;
        tapir_member_set(layer->fields + field->offset, field->size,
            tapir_member_uint(layer->fields + field->offset, field->size) | word->bits);
        return;
    }
}

/* field=value, or a value alone. */
static bool scan_given(struct tapir__scan *scan, struct tapir__craft_layer *layer)
{
    const char *at, *end;
    struct tapir__found found;
    struct tapir__choice *choice;
    tapir_span word;

    tapir__skip_spaces(scan);
    at = end = scan->at;
    while (isalnum((uint8_t)*end) || (*end && strchr("_.-", *end)))
        end++;
    word = tapir_span_of(at, (size_t)(end - at));
    scan->at = end;
    if (!word.len || !tapir__scan_char(scan, '=')) {
        scan->at = at;
        if (layer->proto != &tapir_data_proto)
            return tapir__craft_refuse(scan, at, TAPIR_INVALID, "what is given is field=value");
        word = tapir_span_of(layer->proto->fields->name, strlen(layer->proto->fields->name));
    }
    if (tapir__same_word(word, "keep"))
        return scan_keep(scan, layer);
    found = tapir__find_field(layer->proto, layer->fields, word);
    if (!found.field)
        return no_field(scan, layer, word, at);
    if (tapir__scan_none(scan))
        return true;
    choice = add_choice(scan);
    if (!choice)
        return false;
    choice->field = found.field;
    choice->part = found.part;
    choice->place = (size_t)(at - scan->text);
    if (!tapir__scan_value(scan, choice, found.scaled))
        return false;
    imply(layer, found.implies);
    set_first(layer->fields, choice);
    return true;
}

static bool no_layer(struct tapir__scan *scan, tapir_span word, const char *at)
{
    char name[TAPIR__MAX_NAME];
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text hint = {0};

    snprintf(
        name, sizeof name, "%.*s", (int)(word.len < 60 ? word.len : 60), (const char *)word.data);
    tapir__offer_layers(scan->craft->registry, &nearest);
    tapir_nearest_text(&nearest, &hint);
    tapir__craft_refuse(
        scan, at, TAPIR_NOT_FOUND, "no layer '%s'%s", name, tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return false;
}

static bool scan_layer(struct tapir__scan *scan)
{
    const char *at, *end;
    const tapir_proto *proto;
    struct tapir__craft_layer *layer;
    int type;

    tapir__skip_spaces(scan);
    at = end = scan->at;
    if (tapir__at_quote(at) || (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')))
        return scan_payload(scan);
    while (isalnum((uint8_t)*end) || (*end && strchr("_.-", *end)))
        end++;
    if (end == at)
        return tapir__craft_refuse(scan, at, TAPIR_INVALID, "a layer or a payload is missing here");
    proto = tapir__find_layer(scan->craft->registry, tapir_span_of(at, (size_t)(end - at)), &type);
    if (!proto)
        return no_layer(scan, tapir_span_of(at, (size_t)(end - at)), at);
    if (!proto->encode)
        return tapir__craft_refuse(
            scan, at, TAPIR_UNSUPPORTED, "%s can be read and not be written", proto->name);
    layer = add_layer(scan, proto, at);
    scan->at = end;
    if (!layer)
        return false;
    if (type >= 0)
        tapir_member_set(
            layer->fields + proto->fields->offset, proto->fields->size, (uint64_t)type);
    if (!tapir__scan_char(scan, '(') || tapir__scan_char(scan, ')'))
        return true;
    do {
        if (!scan_given(scan, layer))
            return false;
    } while (tapir__scan_char(scan, ','));
    if (!tapir__scan_char(scan, ')'))
        return tapir__craft_refuse(scan, scan->at, TAPIR_INVALID, "a ',' or ')' is missing");
    return true;
}

/* Whether a protocol is found by a port of that space. */
static bool has_port(const tapir_proto *proto, const tapir_space *space, uint64_t port)
{
    for (size_t i = 0; proto && i < proto->binding_count; i++)
        if (proto->bindings[i].space == space && proto->bindings[i].value == port)
            return true;
    return false;
}

/* The port that a protocol is found by; 0 when there is none. */
static uint64_t port_of(const tapir_proto *proto, const tapir_space *space)
{
    for (size_t i = 0; proto && i < proto->binding_count; i++)
        if (proto->bindings[i].space == space)
            return proto->bindings[i].value;
    return 0;
}

/* The other side's port where one side has the protocol's; nobody's, mostly. */
static uint64_t peer_port(const tapir_proto *proto, uint64_t port)
{
    if (proto && strcmp(proto->name, "dhcp") == 0)
        return port == DHCP_SERVER_PORT ? DHCP_CLIENT_PORT : DHCP_SERVER_PORT;
    return proto && strcmp(proto->name, "mdns") == 0 ? port : DEFAULT_SRC_PORT;
}

/* Ports nobody gave are that of the protocol inside, and its peer's. */
static void choose_ports(struct tapir_craft *craft, size_t index, const tapir_space *space)
{
    const tapir_proto *inside =
        index + 1 < craft->layer_count ? craft->layers[index + 1].proto : NULL;
    struct tapir__craft_layer *layer = &craft->layers[index];
    bool given[2] = {false, false};
    uint64_t ports[2]; /* source, destination: the first two fields */

    for (size_t i = 0; i < craft->choice_count; i++)
        for (size_t side = 0; side < 2; side++)
            given[side] |= craft->choices[i].layer == index &&
                           craft->choices[i].field == &layer->proto->fields[side];
    for (size_t side = 0; side < 2; side++)
        ports[side] = tapir_member_uint(layer->fields + layer->proto->fields[side].offset, 2);
    if (!given[1])
        ports[1] = given[0] && has_port(inside, space, ports[0]) ? peer_port(inside, ports[0])
                                                                 : port_of(inside, space);
    if (!given[0])
        ports[0] = peer_port(inside, ports[1]);
    for (size_t side = 0; side < 2; side++)
        tapir_member_set(layer->fields + layer->proto->fields[side].offset, 2, ports[side]);
}

static void choose_all_ports(struct tapir_craft *craft)
{
    for (size_t i = 0; i < craft->layer_count; i++) {
        const char *name = craft->layers[i].proto->name;
        if (strcmp(name, "tcp") == 0)
            choose_ports(craft, i, TAPIR_TCP_PORT);
        else if (strcmp(name, "udp") == 0)
            choose_ports(craft, i, TAPIR_UDP_PORT);
        else if (strcmp(name, "sctp") == 0)
            choose_ports(craft, i, TAPIR_SCTP_PORT);
    }
}

static bool scan_text(struct tapir__scan *scan)
{
    struct tapir_craft *craft = scan->craft;

    do {
        if (!scan_layer(scan))
            return false;
    } while (tapir__scan_char(scan, '/'));
    if (*scan->at)
        return tapir__craft_refuse(scan, scan->at, TAPIR_INVALID,
            "layers are separated by '/', what is in a layer stands in brackets");
    choose_all_ports(craft);
    craft->count = 1;
    for (size_t i = 0; i < craft->choice_count; i++)
        if (__builtin_mul_overflow(craft->count, craft->choices[i].count, &craft->count))
            craft->count = UINT64_MAX;
    return true;
}

tapir_status tapir_craft_new(
    tapir_craft **to, const tapir_registry *registry, const char *text, tapir_error *error)
{
    tapir_craft *craft = calloc(1, sizeof *craft);
    struct tapir__scan scan = {.craft = craft, .text = text, .at = text, .error = error};

    *to = NULL;
    if (craft) {
        craft->registry = registry ? registry : tapir_registry_default();
        craft->composed = malloc(TAPIR__LIST_ROOM);
        craft->builder = tapir_builder_new();
    }
    if (!craft || !craft->registry || !craft->composed || !craft->builder) {
        tapir_craft_free(craft);
        return tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    }
    if (!scan_text(&scan)) {
        tapir_craft_free(craft);
        return scan.status;
    }
    *to = craft;
    return TAPIR_OK;
}

void tapir_craft_free(tapir_craft *craft)
{
    struct tapir__block *next;

    if (!craft)
        return;
    for (struct tapir__block *block = craft->blocks; block; block = next) {
        next = block->next;
        free(block);
    }
    tapir_builder_free(craft->builder);
    free(craft->composed);
    free(craft->copy);
    free(craft);
}

uint64_t tapir_craft_count(const tapir_craft *craft)
{
    return craft->count;
}

uint16_t tapir_craft_link_type(const tapir_craft *craft)
{
    const tapir_proto *proto = craft->layers[0].proto;

    if (proto->role == TAPIR_ROLE_NETWORK)
        return TAPIR_LINK_TYPE_RAW;
    for (size_t i = 0; i < proto->binding_count; i++)
        if (proto->bindings[i].space == TAPIR_LINK_TYPE)
            return (uint16_t)proto->bindings[i].value;
    return TAPIR_LINK_TYPE_UNKNOWN;
}

/* Packets. */

/* Adds a number to an address, as a number in network order. */
static void count_up(uint8_t *address, size_t len, uint64_t by)
{
    for (size_t i = len; by && i-- > 0;) {
        by += address[i];
        address[i] = (uint8_t)by;
        by >>= 8;
    }
}

/* Sets the field to the n-th of its values. */
static void set(uint8_t *fields, const struct tapir__choice *choice, uint64_t n)
{
    const tapir_field *field = choice->field;
    const struct tapir__alternative *alternative = choice->alternatives;
    uint8_t *at = fields + field->offset;

    while (n >= alternative->count) {
        n -= alternative->count;
        alternative++;
    }
    if (choice->part)
        set_bits(fields, field, choice->part->mask, alternative->first + n);
    else if (field->kind <= TAPIR_FLAG)
        tapir_member_set(at, field->size, alternative->first + n);
    else if (field->size == sizeof(tapir_span) && field->kind >= TAPIR_SPAN)
        memcpy(at, &alternative->bytes, sizeof alternative->bytes);
    else {
        memcpy(at, alternative->bytes.data, field->size);
        count_up(at, field->size, n);
    }
}

static void set_first(uint8_t *fields, const struct tapir__choice *choice)
{
    set(fields, choice, 0);
}

/* Sets the fields to what they are in the index-th packet. What puts a message together counts what
 * is in it; `composed`: numbers that were given are then set again. */
static void set_all(tapir_craft *craft, uint64_t index, bool composed)
{
    for (size_t i = craft->choice_count; i-- > 0;) {
        struct tapir__choice *choice = &craft->choices[i];
        if (!composed ||
            (craft->layers[choice->layer].proto->compose && choice->field->kind <= TAPIR_FLAG))
            set(craft->fields[choice->layer], choice, index % choice->count);
        index /= choice->count;
    }
}

/* Chooses the values of the index-th packet. */
static void choose(tapir_craft *craft, uint64_t index)
{
    for (size_t i = 0; i < craft->layer_count; i++)
        memcpy(craft->fields[i], craft->layers[i].fields, craft->layers[i].proto->size);
    set_all(craft, index, false);
}

/* Puts together what was given in pieces. */
static bool compose(tapir_craft *craft, tapir_error *error)
{
    tapir_writer w = tapir_writer_of(craft->composed, TAPIR__LIST_ROOM);

    for (size_t i = 0; i < craft->layer_count; i++) {
        const struct tapir__craft_layer *layer = &craft->layers[i];
        tapir_status status = TAPIR_OK;
        if (layer->proto->compose)
            status = layer->proto->compose(craft->fields[i], &w);
        if (status == TAPIR_OK)
            continue;
        tapir_error_set(
            error, status, "%s: what is given for it cannot be put together", layer->proto->name);
        if (error)
            error->offset = layer->place;
        return false;
    }
    return true;
}

/* Whether the fixed header of a struct has the value that was given. */
static bool has_given(
    const uint8_t *fields, const uint8_t *given, const struct tapir__choice *choice)
{
    const tapir_field *field = choice->field;
    uint64_t mask = choice->part ? choice->part->mask : UINT64_MAX;

    if (!field->bits || field->kind > TAPIR_FLAG)
        return true;
    return ((tapir_member_uint(fields + field->offset, field->size) ^
                tapir_member_uint(given + field->offset, field->size)) &
               mask) == 0;
}

static void take_given(uint8_t *fields, const uint8_t *given, const struct tapir__choice *choice)
{
    const tapir_field *field = choice->field;
    uint64_t mask = choice->part ? choice->part->mask : UINT64_MAX;
    uint64_t was = tapir_member_uint(fields + field->offset, field->size);
    uint64_t is = tapir_member_uint(given + field->offset, field->size);

    if (field->bits && field->kind <= TAPIR_FLAG)
        tapir_member_set(fields + field->offset, field->size, (was & ~mask) | (is & mask));
}

/* What was given and filled in with something else is to be as given. The layer's other values are
 * then those that have been filled in: its struct becomes the one that was built. Tells whether
 * there was any. Headers lie in `built` one after the other, `header_lens` long. */
static bool insist(tapir_craft *craft, tapir_stack_layer *stack, const uint8_t *built,
    const size_t *header_lens, unsigned keep)
{
    union {
        uint8_t bytes[TAPIR_STRUCT_MAX];
        uint64_t align;
        void *align_pointer;
    } fields;
    uint8_t *copy = craft->copy;
    bool any = false;

    for (size_t i = 0; i < craft->layer_count;
         built += header_lens[i], copy += header_lens[i], i++) {
        const tapir_proto *proto = craft->layers[i].proto;
        bool differs = false;
        (void)!tapir_decode_alone(proto, tapir_span_of(built, header_lens[i]), fields.bytes, NULL);
        for (size_t j = 0; j < craft->choice_count; j++)
            differs |= craft->choices[j].layer == i &&
                       !has_given(fields.bytes, craft->fields[i], &craft->choices[j]);
        if (!differs)
            continue;
        any = true;
        stack[i].keep |= keep;
        if (keep == TAPIR_CHECKSUMS)
            continue;
        /* Once more from a copy: what is built next is built over this. */
        memcpy(copy, built, header_lens[i]);
        (void)!tapir_decode_alone(proto, tapir_span_of(copy, header_lens[i]), fields.bytes, NULL);
        for (size_t j = 0; j < craft->choice_count; j++)
            if (craft->choices[j].layer == i)
                take_given(fields.bytes, craft->fields[i], &craft->choices[j]);
        memcpy(craft->fields[i], fields.bytes, proto->size);
    }
    return any;
}

/* How long the headers of a packet are in which nothing given contradicts anything. */
static void find_lengths(const tapir_craft *craft, tapir_span built, size_t *header_lens)
{
    union {
        uint8_t bytes[TAPIR_STRUCT_MAX];
        uint64_t align;
        void *align_pointer;
    } fields;

    for (size_t i = 0; i < craft->layer_count; i++) {
        tapir_layer layer = {.header_len = 0};
        (void)!tapir_decode_alone(craft->layers[i].proto, built, fields.bytes, &layer);
        header_lens[i] = layer.header_len;
        built = tapir_span_of(built.data + layer.header_len, built.len - layer.header_len);
    }
}

static tapir_status build(tapir_craft *craft, const tapir_stack_layer *stack,
    const tapir_build_options *options, tapir_span *bytes, tapir_error *error)
{
    tapir_error local = {.offset = 0};
    tapir_status status =
        tapir_builder_build(craft->builder, stack, craft->layer_count, options, bytes, &local);
    unsigned long index = 0;

    if (status == TAPIR_OK || !error)
        return status;
    /* "layer 2, ..." */
    *error = local;
    if (sscanf(local.message, "layer %lu", &index) == 1 && index < craft->layer_count)
        error->offset = craft->layers[index].place;
    return status;
}

static bool grow_copy(tapir_craft *craft, size_t len)
{
    uint8_t *copy = len < craft->copy_room ? craft->copy : realloc(craft->copy, len + 1);

    if (!copy)
        return false;
    craft->copy = copy;
    if (len >= craft->copy_room)
        craft->copy_room = len + 1;
    return true;
}

tapir_status tapir_craft_build(tapir_craft *craft, uint64_t index,
    const tapir_build_options *options, tapir_span *bytes, tapir_error *error)
{
    static const unsigned passes[] = {TAPIR_LENGTHS | TAPIR_KEYS | TAPIR_PADDING, TAPIR_CHECKSUMS};
    tapir_stack_layer stack[TAPIR__MAX_LAYERS];
    size_t header_lens[TAPIR__MAX_LAYERS];
    tapir_status status;

    if (index >= craft->count)
        return tapir_error_set(
            error, TAPIR_INVALID, "there are %llu packets", (unsigned long long)craft->count);
    choose(craft, index);
    if (!compose(craft, error))
        return TAPIR_INVALID;
    set_all(craft, index, true);
    for (size_t i = 0; i < craft->layer_count; i++)
        stack[i] = (tapir_stack_layer){.proto = craft->layers[i].proto,
            .fields = craft->fields[i],
            .keep = craft->layers[i].keep};
    status = build(craft, stack, options, bytes, error);
    if (status == TAPIR_OK && !grow_copy(craft, bytes->len))
        status = tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    if (status == TAPIR_OK)
        find_lengths(craft, *bytes, header_lens);
    /* Lengths and keys first: checksums cover them. */
    for (size_t pass = 0; pass < TAPIR_COUNT(passes) && status == TAPIR_OK; pass++)
        if (insist(craft, stack, bytes->data, header_lens, passes[pass]))
            status = build(craft, stack, options, bytes, error);
    return status;
}
