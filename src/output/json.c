/* One JSON object per packet. A protocol's table is turned into steps at its first layer: what each
 * row needs lies ready, its key in a piece of memory that is copied whole. */
#include "core/put.h"
#include "tapir/output.h"
#include "walk.h"

#include <stdlib.h>

#define KEY_ROOM   64  /* longer keys go the slow way */
#define MEMO_ROOM  496 /* as JSON, of a number with its named bits */
#define MEMOS      16  /* remembered numbers per row, a power of two */
#define HEAD_ROOM  96  /* {"name":"...","offset": */
#define FRAME_ROOM 256 /* number, time, lengths */

/* A number with named bits takes few different values: its text is kept. */
struct memo {
    uint64_t number;
    uint16_t len; /* 0: free */
    char text[MEMO_ROOM];
};

enum what { NUMBER, FLAG, MEMO, MAC, IPV4, SPAN, LIST, OTHER };

/* What to do for one row. */
struct step {
    uint8_t what;
    uint8_t key_len;
    uint16_t offset, bits;
    const tapir_field *field;
    struct memo *memos;
    char key[KEY_ROOM];
};

/* The steps of one protocol. */
struct plan {
    const tapir_proto *proto;
    struct step *steps;
    size_t count;
    size_t room; /* what the steps of fixed size take at most, all together */
    char head[HEAD_ROOM];
    size_t head_len; /* 0: too long */
};

/* The values of lists are gathered by name: a field that occurs several times becomes an array. */
struct name {
    const char *key; /* ,"name": */
    uint8_t key_len;
    uint32_t first, last, count; /* chain of values, in this layer */
};

/* Several rows may have one name; this finds it by the row's own key without comparing text. */
struct known_key {
    const char *key;
    size_t name;
};

struct chained {
    uint32_t at, len; /* in `rendered` */
    uint32_t next;    /* index + 1, 0 at the end */
};

struct tapir_json {
    bool verify;
    const tapir_proto *last;
    struct plan *plans; /* open addressing, `proto` NULL: free */
    size_t plan_count, plan_mask;
    struct name *names;
    size_t name_count, name_room;
    struct known_key *keys; /* open addressing, `key` NULL: free */
    size_t key_count, key_mask;
    size_t *order; /* names in this layer, as they came; as much room as names */
    size_t order_count;
    tapir_text rendered; /* the values as JSON, one behind the other */
    struct chained *values;
    size_t value_count, value_room;
    bool failed;
    int64_t second;       /* of the last time printed ... */
    char second_text[24]; /* ... "2026-01-02T03:04:05." */
    size_t second_len;
};

tapir_json *tapir_json_new(void)
{
    tapir_json *json = calloc(1, sizeof *json);

    if (json)
        json->second = INT64_MIN;
    return json;
}

static void plan_clear(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        free(plan->steps[i].memos);
    free(plan->steps);
}

void tapir_json_free(tapir_json *json)
{
    if (!json)
        return;
    for (size_t i = 0; json->plans && i <= json->plan_mask; i++)
        plan_clear(&json->plans[i]);
    free(json->plans);
    free(json->names);
    free(json->keys);
    free(json->order);
    free(json->values);
    tapir_text_clear(&json->rendered);
    free(json);
}

void tapir_json_set_verify(tapir_json *json, bool verify)
{
    json->verify = verify;
}

void tapir_json_set_last(tapir_json *json, const tapir_proto *last)
{
    json->last = last;
}

static size_t pointer_hash(const void *pointer)
{
    return (size_t)(((uint64_t)(uintptr_t)pointer * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

/* Plans. */

static size_t parts_room(const tapir_part *part)
{
    size_t room = 0;

    for (; part && part->name; part++)
        room += part->key_len + (size_t)TAPIR__UINT_ROOM;
    return room;
}

/* What to do for a row, and the bytes its value takes at most beside the key. */
static enum what what_of(const tapir_field *field, size_t *room)
{
    *room = 0;
    if (field->kind == TAPIR_LIST || field->kind == TAPIR_BODY)
        return LIST;
    if (field->key_len > KEY_ROOM)
        return OTHER;
    *room = TAPIR__UINT_ROOM;
    if (field->kind == TAPIR_MAC) {
        *room = field->size * (size_t)3 + 2 + parts_room(field->parts);
        return MAC;
    }
    if (field->parts) {
        *room = MEMO_ROOM;
        return field->kind == TAPIR_UINT ? MEMO : OTHER;
    }
    switch (field->kind) {
    case TAPIR_UINT:
    case TAPIR_UINT_LE:
        return NUMBER;
    case TAPIR_FLAG:
        return FLAG;
    case TAPIR_BYTES:
        *room = field->size * (size_t)3 + 2;
        return MAC;
    case TAPIR_IPV4:
        return IPV4;
    case TAPIR_SPAN:
        return SPAN;
    default:
        return OTHER;
    }
}

static void make_head(struct plan *plan)
{
    tapir_text head = tapir_text_fixed(plan->head, sizeof plan->head);

    TAPIR_TEXT_LITERAL(&head, "{\"name\":\"");
    tapir_text_json(&head, tapir_span_of(plan->proto->name, strlen(plan->proto->name)));
    TAPIR_TEXT_LITERAL(&head, "\",\"offset\":");
    plan->head_len = head.failed ? 0 : head.len;
}

static bool make_plan(struct plan *plan, const tapir_proto *proto)
{
    *plan = (struct plan){.proto = proto, .count = proto->field_count};
    plan->steps = calloc(proto->field_count ? proto->field_count : 1, sizeof *plan->steps);
    if (!plan->steps)
        return false;
    make_head(plan);
    for (size_t i = 0; i < proto->field_count; i++) {
        const tapir_field *field = &proto->fields[i];
        struct step *step = &plan->steps[i];
        size_t room;

        step->what = (uint8_t)what_of(field, &room);
        step->field = field;
        step->offset = field->offset;
        step->bits = field->bits;
        step->key_len = field->key_len;
        memcpy(step->key, field->key, field->key_len < KEY_ROOM ? field->key_len : KEY_ROOM);
        if (step->what == MEMO && !(step->memos = calloc(MEMOS, sizeof *step->memos)))
            return false;
        plan->room += KEY_ROOM + room;
    }
    return true;
}

/* Tables stay half empty. */
static bool grow_plans(tapir_json *json)
{
    size_t mask = json->plans ? json->plan_mask * 2 + 1 : 63;
    struct plan *plans = calloc(mask + 1, sizeof *plans);

    if (!plans)
        return false;
    for (size_t i = 0; json->plans && i <= json->plan_mask; i++) {
        size_t at = pointer_hash(json->plans[i].proto) & mask;
        if (!json->plans[i].proto)
            continue;
        while (plans[at].proto)
            at = (at + 1) & mask;
        plans[at] = json->plans[i];
    }
    free(json->plans);
    json->plans = plans;
    json->plan_mask = mask;
    return true;
}

static __attribute__((noinline)) const struct plan *new_plan(
    tapir_json *json, const tapir_proto *proto)
{
    struct plan plan;
    size_t at;

    if (json->plan_count * 2 >= json->plan_mask && !grow_plans(json))
        return NULL;
    if (!make_plan(&plan, proto)) {
        plan_clear(&plan);
        return NULL;
    }
    for (at = pointer_hash(proto) & json->plan_mask; json->plans[at].proto;)
        at = (at + 1) & json->plan_mask;
    json->plans[at] = plan;
    json->plan_count++;
    return &json->plans[at];
}

/* Returns the plan of a protocol, NULL when out of memory. Valid until the next protocol is new. */
static const struct plan *plan_of(tapir_json *json, const tapir_proto *proto)
{
    if (json->plans)
        for (size_t at = pointer_hash(proto) & json->plan_mask; json->plans[at].proto;
             at = (at + 1) & json->plan_mask)
            if (json->plans[at].proto == proto)
                return &json->plans[at];
    return new_plan(json, proto);
}

/* Lists. */

/* Puts a key that was not met before under its name. */
static bool learn_key(tapir_json *json, const char *key, uint8_t key_len, size_t *name)
{
    size_t at;

    if (json->key_count * 2 >= json->key_mask) {
        size_t mask = json->keys ? json->key_mask * 2 + 1 : 255;
        struct known_key *keys = calloc(mask + 1, sizeof *keys);
        if (!keys)
            return false;
        for (size_t i = 0; json->keys && i <= json->key_mask; i++) {
            if (!json->keys[i].key)
                continue;
            for (at = pointer_hash(json->keys[i].key) & mask; keys[at].key;)
                at = (at + 1) & mask;
            keys[at] = json->keys[i];
        }
        free(json->keys);
        json->keys = keys;
        json->key_mask = mask;
    }
    for (*name = 0; *name < json->name_count; ++*name)
        if (json->names[*name].key_len == key_len &&
            memcmp(json->names[*name].key, key, key_len) == 0)
            break;
    if (*name == json->name_room) {
        size_t room = json->name_room ? json->name_room * 2 : 128;
        struct name *names = realloc(json->names, room * sizeof *names);
        size_t *order;
        if (!names)
            return false;
        json->names = names;
        order = realloc(json->order, room * sizeof *order);
        if (!order)
            return false;
        json->order = order;
        json->name_room = room;
    }
    if (*name == json->name_count)
        json->names[json->name_count++] = (struct name){.key = key, .key_len = key_len};
    for (at = pointer_hash(key) & json->key_mask; json->keys[at].key;)
        at = (at + 1) & json->key_mask;
    json->keys[at] = (struct known_key){key, *name};
    json->key_count++;
    return true;
}

static struct name *name_of(tapir_json *json, const char *key, uint8_t key_len)
{
    size_t name;

    if (json->keys)
        for (size_t at = pointer_hash(key) & json->key_mask; json->keys[at].key;
             at = (at + 1) & json->key_mask)
            if (json->keys[at].key == key)
                return &json->names[json->keys[at].name];
    return learn_key(json, key, key_len, &name) ? &json->names[name] : NULL;
}

static void gather(void *user, const tapir_value *value)
{
    tapir_json *json = user;
    struct name *name = value->part ? name_of(json, value->part->key, value->part->key_len)
                                    : name_of(json, value->field->key, value->field->key_len);
    struct chained *chained;

    if (json->value_count == json->value_room) {
        size_t room = json->value_room ? json->value_room * 2 : 64;
        struct chained *values = realloc(json->values, room * sizeof *values);
        if (!values) {
            json->failed = true;
            return;
        }
        json->values = values;
        json->value_room = room;
    }
    if (!name) {
        json->failed = true;
        return;
    }
    chained = &json->values[json->value_count++];
    chained->at = (uint32_t)json->rendered.len;
    tapir_value_json(&json->rendered, value);
    chained->len = (uint32_t)(json->rendered.len - chained->at);
    chained->next = 0;
    if (name->count++) {
        json->values[name->last - 1].next = (uint32_t)json->value_count;
    } else {
        name->first = (uint32_t)json->value_count;
        json->order[json->order_count++] = (size_t)(name - json->names);
    }
    name->last = (uint32_t)json->value_count;
}

/* Writes what was gathered and forgets it. */
static void flush_gathered(tapir_json *json, tapir_text *text)
{
    for (size_t i = 0; i < json->order_count; i++) {
        struct name *name = &json->names[json->order[i]];

        tapir_text_bytes(text, name->key, name->key_len);
        if (name->count > 1)
            tapir_text_char(text, '[');
        for (uint32_t at = name->first; at; at = json->values[at - 1].next) {
            const struct chained *chained = &json->values[at - 1];
            if (at != name->first)
                tapir_text_char(text, ',');
            tapir_text_bytes(text, json->rendered.data + chained->at, chained->len);
        }
        if (name->count > 1)
            tapir_text_char(text, ']');
        name->count = 0;
    }
    json->order_count = 0;
    json->value_count = 0;
    json->rendered.len = 0;
    if (json->failed || json->rendered.failed)
        text->failed = true;
    json->failed = json->rendered.failed = false;
}

/* Layers. */

/* Copies more than the key, whose place is large enough: a fixed length costs two moves. */
static inline char *put_key(char *at, const struct step *step)
{
    memcpy(at, step->key, 32);
    if (step->key_len > 32)
        memcpy(at + 32, step->key + 32, KEY_ROOM - 32);
    return at + step->key_len;
}

static void put_flag(tapir_text *text, const char *key, uint8_t key_len, bool flag)
{
    tapir_text_bytes(text, key, key_len);
    if (flag)
        TAPIR_TEXT_LITERAL(text, "true");
    else
        TAPIR_TEXT_LITERAL(text, "false");
}

/* A number and its named bits. */
static void put_number_in_full(tapir_text *text, const tapir_field *field, uint64_t number)
{
    if (!field->nameless) {
        tapir_text_bytes(text, field->key, field->key_len);
        tapir_text_uint(text, number);
    }
    for (const tapir_part *part = field->parts; part->name; part++) {
        if (is_flag_part(part)) {
            put_flag(text, part->key, part->key_len, number & part->mask);
        } else {
            tapir_text_bytes(text, part->key, part->key_len);
            tapir_text_uint(text, part_number(part, number));
        }
    }
}

/* The named bits of an address, in counted room. */
static char *put_address_parts(char *at, const tapir_part *part, const uint8_t *address)
{
    uint64_t number = tapir_load_be(address, 3);

    for (; part->name; part++) {
        memcpy(at, part->key, part->key_len);
        at += part->key_len;
        memcpy(at, number & part->mask ? "true " : "false", 5);
        at += number & part->mask ? 4 : 5;
    }
    return at;
}

/* Appends where no room was counted on; so does the next one. */
static void put_slowly(tapir_text *text, const struct step *step, const void *item)
{
    const tapir_field *field = step->field;
    const void *member = (const uint8_t *)item + field->offset;
    tapir_value value = {field, NULL, member, item, 0, 0};

    if (is_number(field))
        value.number = scaled(field, member);
    if (field->parts && field->kind != TAPIR_INT) {
        put_number_in_full(text, field, value.number);
        return;
    }
    tapir_text_bytes(text, field->key, field->key_len);
    tapir_value_json(text, &value);
}

/* The text of a number seen before, or made now; too long a text is not kept. */
static char *put_memo(
    char *at, tapir_text *text, const struct step *step, uint64_t number, size_t room)
{
    struct memo *memo = &step->memos[(number ^ number >> 4) & (MEMOS - 1)];

    if (!memo->len || memo->number != number) {
        tapir_text made = tapir_text_fixed(memo->text, sizeof memo->text);
        put_number_in_full(&made, step->field, number);
        memo->number = number;
        memo->len = made.failed ? 0 : (uint16_t)made.len;
    }
    if (memo->len) {
        memcpy(at, memo->text, memo->len);
        return at + memo->len;
    }
    text->len = (size_t)(at - text->data);
    put_number_in_full(text, step->field, number);
    return tapir_text_reserve(text, room);
}

static char *put_span(
    char *at, tapir_text *text, const struct step *step, const tapir_span *span, size_t room)
{
    at = put_key(at, step);
    *at++ = '"';
    text->len = (size_t)(at - text->data);
    at = tapir_text_reserve(text, span->len * 3 + 1 + room);
    if (!at)
        return NULL;
    at = tapir__put_hex(at, span->data, span->len, ':');
    *at++ = '"';
    return at;
}

/* The values of a layer outside its lists. Room for all that is of fixed size is made at once and
 * again behind what is not. */
static bool put_steps(tapir_text *text, const struct plan *plan, const tapir_layer *layer)
{
    size_t bits_left = layer->partial ? layer->header_len * (size_t)8 : SIZE_MAX;
    const uint8_t *item = layer->fields;
    char *at = tapir_text_reserve(text, plan->room);
    bool lists = false;

    for (size_t i = 0; at && i < plan->count; i++) {
        const struct step *step = &plan->steps[i];
        const tapir_field *field = step->field;
        const uint8_t *member = item + step->offset;

        if (step->bits > bits_left)
            break;
        bits_left -= step->bits;
        if (!tapir_field_present(field, item))
            continue;
        switch ((enum what)step->what) {
        case NUMBER:
            at = tapir__put_uint(put_key(at, step), scaled(field, member));
            break;
        case FLAG:
            at = put_key(at, step);
            memcpy(at, *member ? "true " : "false", 5);
            at += *member ? 4 : 5;
            break;
        case MEMO:
            at = put_memo(at, text, step, scaled(field, member), plan->room);
            break;
        case MAC:
            at = put_key(at, step);
            *at++ = '"';
            at = tapir__put_hex(at, member, field->size, ':');
            *at++ = '"';
            if (field->parts)
                at = put_address_parts(at, field->parts, member);
            break;
        case IPV4:
            at = put_key(at, step);
            *at++ = '"';
            at = tapir__put_ipv4(at, member);
            *at++ = '"';
            break;
        case SPAN:
            if (has_bytes(field, member))
                at = put_span(at, text, step, (const void *)member, plan->room);
            break;
        case LIST:
            if (!has_bytes(field, member))
                break;
            lists = true;
            if (field->bytes && field->key_len <= KEY_ROOM)
                at = put_span(at, text, step, (const void *)member, plan->room);
            break;
        default:
            if (!has_bytes(field, member))
                break;
            text->len = (size_t)(at - text->data);
            put_slowly(text, step, item);
            at = tapir_text_reserve(text, plan->room);
            break;
        }
    }
    if (at)
        text->len = (size_t)(at - text->data);
    return lists;
}

static void put_checksum(tapir_text *text, const tapir_packet *packet, const tapir_layer *layer)
{
    tapir_checksum checksum;

    if (!tapir_packet_verify(packet, layer, &checksum))
        return;
    TAPIR_TEXT_LITERAL(text, ",\"");
    tapir_text_put(text, layer->proto->name);
    TAPIR_TEXT_LITERAL(text, ".checksum.status\":");
    tapir_text_char(text, tapir__checksum_status(&checksum));
}

static void put_problem(tapir_text *text, const tapir_packet *packet, const tapir_layer *layer)
{
    const tapir_problem *problem = tapir_packet_problem(packet, layer);

    TAPIR_TEXT_LITERAL(text, ",\"status\":\"");
    tapir_text_put(text, tapir_status_text(layer->status));
    if (problem) {
        TAPIR_TEXT_LITERAL(text, "\",\"error\":\"");
        tapir_problem_text(text, packet, problem);
        TAPIR_TEXT_LITERAL(text, "\",\"at\":");
        tapir_text_uint(text, problem->offset);
    } else {
        tapir_text_char(text, '"');
    }
}

#define PUT_LITERAL(at, literal)                                                                   \
    (memcpy(at, "" literal, sizeof(literal) - 1), (at) + sizeof(literal) - 1)

static void put_layer(
    tapir_json *json, tapir_text *text, const tapir_packet *packet, const tapir_layer *layer)
{
    const tapir_value_visitor gatherer = {.value = gather, .user = json};
    const struct plan *plan = plan_of(json, layer->proto);
    char *at = tapir_text_reserve(text, FRAME_ROOM);
    size_t before;

    if (!plan || !plan->head_len || !at) {
        text->failed = true;
        return;
    }
    memcpy(at, plan->head, HEAD_ROOM);
    at = tapir__put_uint(at + plan->head_len, tapir_layer_offset(packet, layer));
    at = PUT_LITERAL(at, ",\"header\":");
    at = tapir__put_uint(at, layer->header_len);
    at = PUT_LITERAL(at, ",\"payload\":");
    at = tapir__put_uint(at, layer->payload_len);
    text->len = (size_t)(at - text->data);
    if (layer->status != TAPIR_OK)
        put_problem(text, packet, layer);
    TAPIR_TEXT_LITERAL(text, ",\"fields\":");
    before = text->len;
    if (put_steps(text, plan, layer))
        tapir__list_values(layer, &gatherer);
    if (layer->proto->trailer)
        tapir_trailer_values(packet, layer, &gatherer);
    if (json->order_count || json->failed)
        flush_gathered(json, text);
    if (json->verify)
        put_checksum(text, packet, layer);
    /* The first key's comma is the brace. */
    if (text->len == before)
        TAPIR_TEXT_LITERAL(text, "{}}");
    else {
        text->data[before] = '{';
        TAPIR_TEXT_LITERAL(text, "}}");
    }
}

/* Frames. */

/* The calendar changes once a second, packets come faster. */
static char *put_time(tapir_json *json, char *at, int64_t time)
{
    int64_t second = time / 1000000000 - (time % 1000000000 < 0);

    if (second != json->second) {
        char buffer[48];
        tapir_text full = tapir_text_fixed(buffer, sizeof buffer);
        tapir_time_text(&full, second * 1000000000);
        json->second_len = full.len - 10;
        memcpy(json->second_text, full.data, json->second_len);
        json->second = second;
    }
    memcpy(at, json->second_text, sizeof json->second_text);
    return tapir__put_nine(at + json->second_len, (uint32_t)(time - second * 1000000000));
}

static char *put_epoch(char *at, int64_t time)
{
    tapir_text slow = tapir_text_fixed(at, 40);

    if (time < 0) {
        tapir_epoch_text(&slow, time);
        return at + slow.len;
    }
    at = tapir__put_uint(at, (uint64_t)time / 1000000000);
    *at++ = '.';
    return tapir__put_nine(at, (uint32_t)((uint64_t)time % 1000000000));
}

void tapir_json_packet(tapir_json *json, tapir_text *text, tapir_packet *packet)
{
    const tapir_frame *frame = tapir_packet_frame(packet);
    size_t count;
    const tapir_layer *layers = tapir__layers_until(packet, json->last, &count);
    char *at = tapir_text_reserve(text, FRAME_ROOM);

    if (!at)
        return;
    at = tapir__put_uint(PUT_LITERAL(at, "{\"number\":"), frame->number);
    if (frame->has_time) {
        at = put_time(json, PUT_LITERAL(at, ",\"time\":\""), frame->time);
        at = put_epoch(PUT_LITERAL(at, "Z\",\"time_epoch\":\""), frame->time);
        *at++ = '"';
    }
    at = tapir__put_uint(PUT_LITERAL(at, ",\"interface\":"), frame->interface);
    at = tapir__put_uint(PUT_LITERAL(at, ",\"caplen\":"), frame->caplen);
    at = tapir__put_uint(PUT_LITERAL(at, ",\"len\":"), frame->len);
    text->len = (size_t)(at - text->data);
    if (frame->comment.len) {
        TAPIR_TEXT_LITERAL(text, ",\"comment\":\"");
        tapir_text_json(text, frame->comment);
        tapir_text_char(text, '"');
    }
    TAPIR_TEXT_LITERAL(text, ",\"layers\":[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            tapir_text_char(text, ',');
        put_layer(json, text, packet, &layers[i]);
    }
    TAPIR_TEXT_LITERAL(text, "]}\n");
}
