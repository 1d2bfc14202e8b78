/* What two packets differ in, field by field. */
#include "diff.h"

#include "tapir/nearest.h"
#include "tapir/output.h"
#include "tapir/protocols.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static const char trailer_name[] = "trailer";
static const char protocols_name[] = "frame.protocols";

/* The facts of a frame's capture. */

struct facts {
    const tapir_frame *frame;
    const tapir_source *source;
};

static const tapir_interface *interface_of(const struct facts *facts)
{
    return tapir_source_interface(facts->source, facts->frame->interface);
}

static bool has_time(const struct facts *facts)
{
    return facts->frame->has_time;
}

static void put_time(tapir_text *text, const struct facts *facts)
{
    tapir_time_text(text, facts->frame->time);
}

static bool always(const struct facts *facts)
{
    (void)facts;
    return true;
}

static void put_len(tapir_text *text, const struct facts *facts)
{
    tapir_text_uint(text, facts->frame->len);
}

static void put_caplen(tapir_text *text, const struct facts *facts)
{
    tapir_text_uint(text, facts->frame->caplen);
}

static void put_link_type(tapir_text *text, const struct facts *facts)
{
    tapir_text_put(text, tapir_link_type_title(facts->frame->link_type));
    TAPIR_TEXT_LITERAL(text, " (");
    tapir_text_uint(text, facts->frame->link_type);
    tapir_text_char(text, ')');
}

static bool has_interface_name(const struct facts *facts)
{
    const tapir_interface *interface = interface_of(facts);

    return interface && interface->name;
}

static void put_interface_name(tapir_text *text, const struct facts *facts)
{
    tapir_text_put(text, interface_of(facts)->name);
}

static bool has_interface_id(const struct facts *facts)
{
    return !has_interface_name(facts);
}

static void put_interface_id(tapir_text *text, const struct facts *facts)
{
    tapir_text_uint(text, facts->frame->interface);
}

static bool has_direction(const struct facts *facts)
{
    return facts->frame->direction != TAPIR_DIRECTION_UNKNOWN;
}

static void put_direction(tapir_text *text, const struct facts *facts)
{
    TAPIR_TEXT_LITERAL(text, "0x");
    tapir_text_hex(text, facts->frame->direction, 8);
}

static bool has_comment(const struct facts *facts)
{
    return facts->frame->comment.len > 0;
}

static void put_comment(tapir_text *text, const struct facts *facts)
{
    tapir_text_bytes(text, facts->frame->comment.data, facts->frame->comment.len);
}

/* What one of the formats cannot tell, or one of the systems did not, is no difference. */
static const struct fact {
    const char *name;
    bool (*has)(const struct facts *facts);
    void (*put)(tapir_text *text, const struct facts *facts);
    bool number, if_both;
} fact_rows[] = {
    {"frame.time", has_time, put_time, false, false},
    {"frame.len", always, put_len, true, false},
    {"frame.cap_len", always, put_caplen, true, false},
    {"frame.encap_type", always, put_link_type, false, false},
    {"frame.interface_name", has_interface_name, put_interface_name, false, true},
    {"frame.interface_id", has_interface_id, put_interface_id, true, true},
    {"frame.packet_flags_direction", has_direction, put_direction, false, true},
    {"frame.comment", has_comment, put_comment, false, false},
};

/* Names. */

static bool is_among(const tapir__diff_names *names, const char *name)
{
    for (size_t i = 0; name && i < names->count; i++)
        if (strcmp(names->names[i], name) == 0)
            return true;
    return false;
}

/* Whether a fact counts: "frame" stands for all of them, any frame.time_* for the time. */
static bool is_fact_among(const tapir__diff_names *names, const char *fact)
{
    static const char time[] = "frame.time";

    if (is_among(names, "frame") || is_among(names, fact))
        return true;
    for (size_t i = 0; strcmp(fact, time) == 0 && i < names->count; i++)
        if (strncmp(names->names[i], time, sizeof time - 1) == 0)
            return true;
    return false;
}

static bool fact_counts(const tapir__comparer *c, const char *name)
{
    if (c->only.count && !is_fact_among(&c->only, name))
        return false;
    return !is_fact_among(&c->ignore, name);
}

/* Calls `each` with every name that may be given. */
static void each_name(
    const tapir_registry *registry, void (*each)(void *user, const char *name), void *user)
{
    each(user, "frame");
    each(user, trailer_name);
    for (size_t i = 0; i < TAPIR_COUNT(fact_rows); i++)
        each(user, fact_rows[i].name);
    tapir_columns_names(registry, each, user);
}

struct search {
    const char *name;
    bool found;
};

static void try_name(void *user, const char *name)
{
    struct search *search = user;

    search->found |= strcmp(search->name, name) == 0;
}

static void offer_name(void *user, const char *name)
{
    tapir_nearest_offer(user, name);
}

static bool check_name(const char *name, const tapir_registry *registry, tapir_error *error)
{
    struct search search = {.name = name};
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text hint = {0};

    each_name(registry, try_name, &search);
    if (search.found)
        return true;
    each_name(registry, offer_name, &nearest);
    tapir_nearest_text(&nearest, &hint);
    tapir_error_set(error, TAPIR_INVALID, "no field '%s'%s", name, tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return false;
}

static bool copy_names(tapir__diff_names *to, const char *const *names, size_t count,
    const tapir_registry *registry, tapir_error *error)
{
    to->names = calloc(count ? count : 1, sizeof *to->names);
    for (; to->names && to->count < count; to->count++) {
        if (!check_name(names[to->count], registry, error))
            return false;
        to->names[to->count] = strdup(names[to->count]);
        if (!to->names[to->count])
            break;
    }
    if (to->names && to->count == count)
        return true;
    tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    return false;
}

static void clear_names(tapir__diff_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
}

/* Only facts are ignored: then every byte counts. */
static bool only_facts(const tapir__diff_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (strncmp(names->names[i], "frame", 5) != 0 ||
            (names->names[i][5] && names->names[i][5] != '.') ||
            strcmp(names->names[i], protocols_name) == 0)
            return false;
    return true;
}

bool tapir__comparer_init(tapir__comparer *c, const tapir_diff_options *options, tapir_error *error)
{
    const tapir_registry *registry = options->registry;

    *c = (tapir__comparer){.json = options->json};
    if (!copy_names(&c->ignore, options->ignore, options->ignore_count, registry, error) ||
        !copy_names(&c->only, options->only, options->only_count, registry, error))
        return false;
    c->by_bytes = c->only.count == 0 && only_facts(&c->ignore);
    c->no_time = !fact_counts(c, "frame.time");
    for (size_t i = 0; i < 2; i++) {
        c->sides[i].packet = tapir_packet_new(registry);
        if (!c->sides[i].packet) {
            tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
            return false;
        }
    }
    return true;
}

void tapir__comparer_clear(tapir__comparer *c)
{
    for (size_t i = 0; i < 2; i++) {
        tapir__diff_side *side = &c->sides[i];
        tapir_packet_free(side->packet);
        tapir_text_clear(&side->text);
        free(side->values);
        free(side->layers);
        free(side->keys);
    }
    tapir__sequence_clear(&c->layers);
    tapir__sequence_clear(&c->values);
    clear_names(&c->ignore);
    clear_names(&c->only);
    free(c->choices);
    free(c->fields);
}

/* Makes room for one more item; false when it cannot. */
static bool grow(void **items, size_t *room, size_t count, size_t size)
{
    size_t more = *room ? 2 * *room : 64;
    void *grown;

    if (count < *room)
        return true;
    grown = realloc(*items, more * size);
    if (!grown)
        return false;
    *items = grown;
    *room = more;
    return true;
}

/* Rows, and whether they count. */

static size_t hash_of(const void *row)
{
    return (size_t)(((uint64_t)(uintptr_t)row * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static tapir__diff_choice *slot_of(const tapir__comparer *c, const void *row)
{
    size_t mask = c->choice_room - 1, at = hash_of(row) & mask;

    while (c->choices[at].row && c->choices[at].row != row)
        at = (at + 1) & mask;
    return &c->choices[at];
}

static bool grow_choices(tapir__comparer *c)
{
    tapir__diff_choice *old = c->choices;
    size_t room = c->choice_room;

    if (c->choice_count * 2 < room)
        return true;
    c->choices = calloc(room ? room * 2 : 256, sizeof *old);
    if (!c->choices) {
        c->choices = old;
        return false;
    }
    c->choice_room = room ? room * 2 : 256;
    for (size_t i = 0; i < room; i++)
        if (old[i].row)
            *slot_of(c, old[i].row) = old[i];
    free(old);
    return true;
}

/* Whether only the named bits of a row are compared: some of them are ignored. */
static bool is_broken_up(const tapir__comparer *c, const tapir_field *field)
{
    for (const tapir_part *part = field->parts; part && part->name; part++)
        if (is_among(&c->ignore, part->name))
            return true;
    return field->nameless;
}

static tapir__diff_choice choose(const tapir__comparer *c, const void *row, const char *name,
    const char *alias, const tapir_field *field)
{
    return (tapir__diff_choice){
        .row = row,
        .chosen = is_among(&c->only, name) || is_among(&c->only, alias),
        .ignored = is_among(&c->ignore, name) || is_among(&c->ignore, alias),
        .broken_up = field && is_broken_up(c, field),
    };
}

static tapir__diff_choice choice_of(tapir__comparer *c, const void *row, const char *name,
    const char *alias, const tapir_field *field)
{
    tapir__diff_choice *slot;

    if (!grow_choices(c)) {
        c->failed = true;
        return choose(c, row, name, alias, field);
    }
    slot = slot_of(c, row);
    if (!slot->row) {
        *slot = choose(c, row, name, alias, field);
        c->choice_count++;
    }
    return *slot;
}

/* Whether a value counts; `all` tells whether every field of its layer does. A number stands for
 * its named bits, unless some of them are ignored. */
static bool value_counts(tapir__comparer *c, const tapir_value *value, bool all)
{
    const tapir_field *field = value->field;
    tapir__diff_choice of_field = choice_of(c, field, field->name, field->alias, field), of_part;
    bool whole = (all || of_field.chosen) && !of_field.broken_up;

    if (of_field.ignored)
        return false;
    if (!value->part)
        return whole;
    of_part = choice_of(c, value->part, value->part->name, NULL, NULL);
    return !whole && !of_part.ignored && (all || of_field.chosen || of_part.chosen);
}

/* Taking a packet apart. */

struct taking {
    tapir__comparer *comparer;
    tapir__diff_side *side;
    bool all; /* of this layer counts */
};

/* Begins a value at the end of the text; NULL when out of memory. */
static tapir__diff_value *begin_value(tapir__diff_side *side, const void *key, const char *name)
{
    void *values = side->values;

    if (!grow(&values, &side->value_room, side->value_count, sizeof *side->values)) {
        side->failed = true;
        return NULL;
    }
    side->values = values;
    side->values[side->value_count] =
        (tapir__diff_value){.key = key, .name = name, .at = side->text.len};
    return &side->values[side->value_count++];
}

static void put_quoted(tapir__diff_side *side, tapir__diff_value *value)
{
    tapir_text *text = &side->text;
    size_t before = text->len, len = value->len;
    char *quoted = tapir_text_reserve(text, 6 * len + 2);

    /* The text that is quoted lies in the same memory, which does not move any more. */
    if (!quoted)
        return;
    tapir_text_char(text, '"');
    tapir_text_json(text, tapir_span_of(text->data + value->at, len));
    tapir_text_char(text, '"');
    value->json_len = text->len - before;
}

static void take_value(void *user, const tapir_value *value)
{
    struct taking *taking = user;
    tapir__diff_side *side = taking->side;
    const void *key = value->part ? (const void *)value->part : (const void *)value->field;
    tapir__diff_value *taken;

    if (!value_counts(taking->comparer, value, taking->all))
        return;
    taken = begin_value(side, key, tapir_value_name(value));
    if (!taken)
        return;
    tapir_value_text(&side->text, value);
    taken->len = side->text.len - taken->at;
    taken->is_list = !value->part && value->field->kind == TAPIR_LIST;
    taken->in_list = value->depth > 0;
    if (!taking->comparer->json)
        return;
    tapir_value_json(&side->text, value);
    taken->json_len = side->text.len - taken->at - taken->len;
}

static void take_bytes(struct taking *taking, const void *key, const char *name, tapir_span bytes)
{
    tapir__diff_value *taken = bytes.len ? begin_value(taking->side, key, name) : NULL;

    if (!taken)
        return;
    tapir_text_hex_bytes(&taking->side->text, bytes, ':');
    taken->len = taking->side->text.len - taken->at;
    if (taking->comparer->json)
        put_quoted(taking->side, taken);
}

/* Begins a layer; false when out of memory. */
static bool begin_layer(tapir__diff_side *side, const tapir_proto *proto)
{
    void *layers = side->layers;
    unsigned nth = 1;

    if (!grow(&layers, &side->layer_room, side->layer_count, sizeof *side->layers)) {
        side->failed = true;
        return false;
    }
    side->layers = layers;
    for (size_t i = side->layer_count; i > 0 && nth == 1; i--)
        if (side->layers[i - 1].proto == proto)
            nth = side->layers[i - 1].nth + 1;
    side->layers[side->layer_count++] =
        (tapir__diff_layer){.proto = proto, .nth = nth, .first = side->value_count};
    return true;
}

static void end_layer(tapir__diff_side *side)
{
    tapir__diff_layer *layer = &side->layers[side->layer_count - 1];

    layer->count = side->value_count - layer->first;
}

/* What lies behind the inner layers, where the protocol does not know it. */
static void take_trailers(
    struct taking *taking, const tapir_layer *layer, bool outermost, bool innermost)
{
    const tapir_packet *packet = taking->side->packet;
    const tapir_frame *frame = tapir_packet_frame(packet);
    size_t end = layer->header_len + (size_t)layer->payload_len;
    bool counts = taking->all || is_among(&taking->comparer->only, trailer_name);

    if (!counts || is_among(&taking->comparer->ignore, trailer_name) || layer->proto->trailer)
        return;
    if (innermost)
        take_bytes(taking, layer->proto, trailer_name, tapir_layer_payload(layer));
    else
        take_bytes(taking, layer->proto, trailer_name, tapir_packet_trailer(packet, layer));
    if (outermost && end < frame->caplen)
        take_bytes(taking, &layer->proto->trailer, trailer_name,
            tapir_span_of(frame->data + end, frame->caplen - end));
}

static void take_layers(tapir__comparer *c, tapir__diff_side *side, const tapir_frame *frame)
{
    struct taking taking = {c, side, false};
    const tapir_value_visitor visitor = {.value = take_value, .user = &taking};
    const tapir_layer *layers;
    size_t count;

    tapir_packet_start(side->packet, frame);
    layers = tapir_packet_layers(side->packet, &count);
    for (size_t i = 0; i < count; i++) {
        const char *name = layers[i].proto->name;
        if (is_among(&c->ignore, name))
            continue;
        if (!begin_layer(side, layers[i].proto))
            return;
        taking.all = c->only.count == 0 || is_among(&c->only, name);
        tapir_layer_values(&layers[i], &visitor);
        tapir_trailer_values(side->packet, &layers[i], &visitor);
        take_trailers(&taking, &layers[i], i == 0, i + 1 == count);
        end_layer(side);
    }
}

static void take_fact(
    tapir__comparer *c, tapir__diff_side *side, const struct fact *fact, const struct facts *facts)
{
    tapir__diff_value *taken = begin_value(side, fact, fact->name);

    if (!taken)
        return;
    taken->if_both = fact->if_both;
    fact->put(&side->text, facts);
    taken->len = side->text.len - taken->at;
    if (c->json && fact->number) {
        fact->put(&side->text, facts);
        taken->json_len = taken->len;
    } else if (c->json) {
        put_quoted(side, taken);
    }
}

static void take_facts(tapir__comparer *c, tapir__diff_side *side, const tapir_source *source,
    const tapir_frame *frame)
{
    const struct facts facts = {frame, source};

    if (!begin_layer(side, NULL))
        return;
    for (size_t i = 0; i < TAPIR_COUNT(fact_rows); i++)
        if (fact_counts(c, fact_rows[i].name) && fact_rows[i].has(&facts))
            take_fact(c, side, &fact_rows[i], &facts);
    end_layer(side);
}

static void empty(tapir__diff_side *side)
{
    side->text.len = 0;
    tapir_text_reserve(&side->text, 1); /* values without text lie somewhere, too */
    side->value_count = 0;
    side->layer_count = 0;
}

uint64_t tapir__comparer_key(tapir__comparer *c, const tapir_frame *frame)
{
    tapir__diff_side *side = &c->sides[0];
    bool json = c->json, protocols = fact_counts(c, protocols_name);
    uint64_t hash = 0;

    if (c->by_bytes)
        return XXH3_64bits_withSeed(frame->data, frame->caplen, frame->link_type);
    empty(side);
    c->json = false;
    take_layers(c, side, frame);
    c->json = json;
    for (size_t i = 0; protocols && i < side->layer_count; i++)
        hash = (hash ^ (uintptr_t)side->layers[i].proto) * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = 0; i < side->value_count; i++) {
        const tapir__diff_value *value = &side->values[i];
        hash = XXH3_64bits_withSeed(
            side->text.data + value->at, value->len, hash ^ (uintptr_t)value->key);
    }
    c->failed |= side->failed || side->text.failed;
    return hash;
}

/* What differs. */

static tapir_diff_field *add_field(tapir__comparer *c, const char *name, unsigned nth)
{
    void *fields = c->fields;

    if (!grow(&fields, &c->field_room, c->field_count, sizeof *c->fields)) {
        c->failed = true;
        return NULL;
    }
    c->fields = fields;
    c->fields[c->field_count] = (tapir_diff_field){.name = name, .nth = nth};
    return &c->fields[c->field_count++];
}

static tapir_span text_of(const tapir__diff_side *side, size_t at, size_t len)
{
    return tapir_span_of((const uint8_t *)side->text.data + at, len);
}

/* Where items of a list differ, so do its bytes, which say no more: "tcp.options" before
 * "tcp.options.mss_val". */
static bool is_of_last(const tapir__comparer *c, const char *name)
{
    const char *last = c->fields[c->field_count - 1].name;

    return strncmp(name, last, strlen(last)) == 0;
}

/* Tells of a value that differs, or that one packet has not (NULL). */
static void tell(
    tapir__comparer *c, unsigned nth, const tapir__diff_value *a, const tapir__diff_value *b)
{
    tapir_diff_field *field;

    if ((!a || !b) && (a ? a : b)->if_both)
        return;
    if ((a ? a : b)->in_list && c->after_list && is_of_last(c, (a ? a : b)->name))
        c->field_count--;
    c->after_list = (a ? a : b)->is_list;
    field = add_field(c, (a ? a : b)->name, nth);
    if (!field)
        return;
    field->in_a = a != NULL;
    field->in_b = b != NULL;
    if (a) {
        field->a = text_of(&c->sides[0], a->at, a->len);
        field->a_json = text_of(&c->sides[0], a->at + a->len, a->json_len);
    }
    if (b) {
        field->b = text_of(&c->sides[1], b->at, b->len);
        field->b_json = text_of(&c->sides[1], b->at + b->len, b->json_len);
    }
}

static bool alike(const tapir__comparer *c, const tapir__diff_value *a, const tapir__diff_value *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(c->sides[0].text.data + a->at,
                                                   c->sides[1].text.data + b->at, a->len) == 0);
}

/* Makes room for keys and returns them; NULL when out of memory. */
static uint64_t *keys_of(tapir__diff_side *side, size_t count)
{
    if (count > side->key_room) {
        uint64_t *grown = realloc(side->keys, count * sizeof *grown);
        if (!grown) {
            side->failed = true;
            return NULL;
        }
        side->keys = grown;
        side->key_room = count;
    }
    return side->keys;
}

static uint64_t *value_keys(tapir__diff_side *side, const tapir__diff_layer *layer)
{
    uint64_t *keys = keys_of(side, layer->count + 1);

    for (size_t i = 0; keys && i < layer->count; i++)
        keys[i] = (uintptr_t)side->values[layer->first + i].key;
    return keys;
}

static uint64_t *layer_keys(tapir__diff_side *side)
{
    uint64_t *keys = keys_of(side, side->layer_count + 1);

    for (size_t i = 0; keys && i < side->layer_count; i++)
        keys[i] = (uintptr_t)side->layers[i].proto;
    return keys;
}

/* Compares the values of two layers of a protocol, those that belong to each other. */
static void compare_layer(
    tapir__comparer *c, const tapir__diff_layer *a, const tapir__diff_layer *b)
{
    tapir__diff_side *left = &c->sides[0], *right = &c->sides[1];
    const uint64_t *a_keys = value_keys(left, a), *b_keys = value_keys(right, b);

    c->after_list = false;
    if (!a_keys || !b_keys)
        return;
    tapir__sequence_words(&c->values, a_keys, a->count, b_keys, b->count);
    for (size_t i = 0; i < c->values.count; i++) {
        const tapir_run *run = &c->values.runs[i];
        size_t from = a->first + run->a, to = b->first + run->b;
        for (size_t j = 0; run->kind == TAPIR_RUN_SAME && j < run->a_len; j++)
            if (!alike(c, &left->values[from + j], &right->values[to + j]))
                tell(c, a->nth, &left->values[from + j], &right->values[to + j]);
        for (size_t j = 0; run->kind != TAPIR_RUN_SAME && j < run->a_len; j++)
            tell(c, a->nth, &left->values[from + j], NULL);
        for (size_t j = 0; run->kind != TAPIR_RUN_SAME && j < run->b_len; j++)
            tell(c, b->nth, NULL, &right->values[to + j]);
    }
}

/* A layer that only one packet has: its fields differ from nothing. */
static void tell_layers(tapir__comparer *c, size_t which, size_t first, size_t count)
{
    const tapir__diff_side *side = &c->sides[which];

    for (size_t i = first; i < first + count; i++)
        for (size_t j = 0; j < side->layers[i].count; j++) {
            const tapir__diff_value *value = &side->values[side->layers[i].first + j];
            tell(c, side->layers[i].nth, which ? NULL : value, which ? value : NULL);
        }
}

/* "eth:ip:udp" as a value. */
static const tapir__diff_value *take_protocols(tapir__comparer *c, tapir__diff_side *side)
{
    tapir__diff_value *taken = begin_value(side, protocols_name, protocols_name);

    if (!taken)
        return NULL;
    for (size_t i = 1; i < side->layer_count; i++) {
        if (i > 1)
            tapir_text_char(&side->text, ':');
        tapir_text_put(&side->text, side->layers[i].proto->name);
    }
    taken->len = side->text.len - taken->at;
    if (c->json)
        put_quoted(side, taken);
    return taken;
}

/* Compares layer by layer. Other protocols are told of as such, or by their fields when that name
 * does not count. */
static void compare_layers(tapir__comparer *c, bool protocols)
{
    for (size_t i = 0; i < c->layers.count; i++) {
        const tapir_run *run = &c->layers.runs[i];
        for (size_t j = 0; run->kind == TAPIR_RUN_SAME && j < run->a_len; j++)
            compare_layer(c, &c->sides[0].layers[run->a + j], &c->sides[1].layers[run->b + j]);
        if (run->kind == TAPIR_RUN_SAME || protocols)
            continue;
        tell_layers(c, 0, run->a, run->a_len);
        tell_layers(c, 1, run->b, run->b_len);
    }
}

static bool same_bytes(const tapir_frame *a, const tapir_frame *b)
{
    return a->caplen == b->caplen && a->link_type == b->link_type &&
           (a->caplen == 0 || memcmp(a->data, b->data, a->caplen) == 0);
}

void tapir__comparer_compare(tapir__comparer *c, const tapir_source *a, const tapir_frame *a_frame,
    const tapir_source *b, const tapir_frame *b_frame)
{
    tapir__diff_side *left = &c->sides[0], *right = &c->sides[1];
    bool protocols = fact_counts(c, protocols_name), other = false;
    const tapir__diff_value *of_left = NULL, *of_right = NULL;
    const uint64_t *a_keys, *b_keys;

    c->field_count = 0;
    c->after_list = false;
    empty(left);
    empty(right);
    take_facts(c, left, a, a_frame);
    take_facts(c, right, b, b_frame);
    if (!same_bytes(a_frame, b_frame) || a_frame->len != b_frame->len) {
        take_layers(c, left, a_frame);
        take_layers(c, right, b_frame);
    }
    a_keys = layer_keys(left);
    b_keys = layer_keys(right);
    if (a_keys && b_keys) {
        tapir__sequence_words(&c->layers, a_keys, left->layer_count, b_keys, right->layer_count);
        other = c->layers.count > 1;
    }
    if (other && protocols) {
        of_left = take_protocols(c, left);
        of_right = take_protocols(c, right);
        if (of_left && of_right)
            tell(c, 1, of_left, of_right);
    }
    if (a_keys && b_keys)
        compare_layers(c, protocols);
    c->failed |= left->failed || right->failed || left->text.failed || right->text.failed ||
                 c->layers.failed || c->values.failed;
}

static bool same_interface(const struct facts *a, const struct facts *b)
{
    bool a_named = has_interface_name(a), b_named = has_interface_name(b);

    if (a_named && b_named)
        return strcmp(interface_of(a)->name, interface_of(b)->name) == 0;
    return a_named != b_named || a->frame->interface == b->frame->interface;
}

bool tapir__comparer_same_facts(const tapir__comparer *c, const tapir_source *a,
    const tapir_frame *a_frame, const tapir_source *b, const tapir_frame *b_frame)
{
    const struct facts left = {a_frame, a}, right = {b_frame, b};
    bool same_time = a_frame->time == b_frame->time && a_frame->has_time == b_frame->has_time;

    return (same_time || c->no_time) && a_frame->len == b_frame->len &&
           a_frame->direction == b_frame->direction && !a_frame->comment.len &&
           !b_frame->comment.len && same_interface(&left, &right);
}
