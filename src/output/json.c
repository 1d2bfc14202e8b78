/* One JSON object per packet, straight from the tables. */
#include "tapir/output.h"
#include "walk.h"

#include <stdlib.h>

/* Values of lists, gathered by name: a field that occurs several times becomes an array. */
struct entry {
    const char *key; /* ,"name": */
    uint8_t key_len;
    uint32_t first, last, count; /* chain of values */
};

struct chained {
    uint32_t at, len; /* in `rendered` */
    uint32_t next;    /* index + 1, 0 at the end */
};

#define SLOTS 512 /* a power of two above the names any layer can have */

struct tapir_json {
    bool verify;
    const tapir_proto *last;
    tapir_text rendered; /* the values as JSON, one behind the other */
    struct chained *values;
    size_t value_count, value_room;
    struct entry entries[SLOTS];
    uint16_t slots[SLOTS]; /* entry + 1 by hash of the key */
    size_t entry_count;
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

void tapir_json_free(tapir_json *json)
{
    if (!json)
        return;
    tapir_text_clear(&json->rendered);
    free(json->values);
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

static uint32_t key_hash(const char *key, size_t len)
{
    uint32_t hash = (uint32_t)len;

    for (size_t i = 2; i < len; i++)
        hash = hash * 31 + (uint8_t)key[i];
    return hash ^ hash >> 9;
}

/* Returns the entry of that key, a new one when it is not there yet, NULL when all are taken. */
static struct entry *entry_for(tapir_json *json, const char *key, uint8_t key_len)
{
    uint32_t slot = key_hash(key, key_len) % SLOTS;

    for (; json->slots[slot]; slot = (slot + 1) % SLOTS) {
        struct entry *entry = &json->entries[json->slots[slot] - 1];
        if (entry->key == key ||
            (entry->key_len == key_len && memcmp(entry->key, key, key_len) == 0))
            return entry;
    }
    if (json->entry_count == SLOTS - 1)
        return NULL;
    json->slots[slot] = (uint16_t)(json->entry_count + 1);
    json->entries[json->entry_count] = (struct entry){.key = key, .key_len = key_len};
    return &json->entries[json->entry_count++];
}

static void gather(void *user, const tapir_value *value)
{
    tapir_json *json = user;
    const tapir_field *field = value->field;
    struct entry *entry = value->part ? entry_for(json, value->part->key, value->part->key_len)
                                      : entry_for(json, field->key, field->key_len);
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
    if (!entry) {
        json->failed = true;
        return;
    }
    chained = &json->values[json->value_count++];
    chained->at = (uint32_t)json->rendered.len;
    tapir_value_json(&json->rendered, value);
    chained->len = (uint32_t)(json->rendered.len - chained->at);
    chained->next = 0;
    if (entry->count++)
        json->values[entry->last - 1].next = (uint32_t)json->value_count;
    else
        entry->first = (uint32_t)json->value_count;
    entry->last = (uint32_t)json->value_count;
}

/* Writes what was gathered and forgets it. */
static void flush_gathered(tapir_json *json, tapir_text *text)
{
    for (size_t i = 0; i < json->entry_count; i++) {
        const struct entry *entry = &json->entries[i];
        tapir_text_bytes(text, entry->key, entry->key_len);
        if (entry->count > 1)
            tapir_text_char(text, '[');
        for (uint32_t at = entry->first; at; at = json->values[at - 1].next) {
            const struct chained *chained = &json->values[at - 1];
            if (at != entry->first)
                tapir_text_char(text, ',');
            tapir_text_bytes(text, json->rendered.data + chained->at, chained->len);
        }
        if (entry->count > 1)
            tapir_text_char(text, ']');
    }
    if (json->entry_count)
        memset(json->slots, 0, sizeof json->slots);
    json->entry_count = 0;
    json->value_count = 0;
    json->rendered.len = 0;
    if (json->failed || json->rendered.failed)
        text->failed = true;
    json->failed = json->rendered.failed = false;
}

static void put_number(tapir_text *text, const char *key, uint8_t key_len, uint64_t number)
{
    tapir_text_bytes(text, key, key_len);
    tapir_text_uint(text, number);
}

static void put_flag(tapir_text *text, const char *key, uint8_t key_len, bool flag)
{
    tapir_text_bytes(text, key, key_len);
    if (flag)
        TAPIR_TEXT_LITERAL(text, "true");
    else
        TAPIR_TEXT_LITERAL(text, "false");
}

static void put_parts(tapir_text *text, const tapir_part *part, uint64_t number)
{
    for (; part->name; part++) {
        if ((part->mask & (part->mask - 1)) == 0)
            put_flag(text, part->key, part->key_len, number & part->mask);
        else
            put_number(text, part->key, part->key_len, part_number(part, number));
    }
}

/* The scalars of a layer go straight out; its lists are gathered by name first. */
static void put_fields(tapir_json *json, tapir_text *text, const tapir_layer *layer)
{
    const tapir_proto *proto = layer->proto;
    size_t bits_left = layer->partial ? layer->header_len * (size_t)8 : SIZE_MAX;
    bool lists = false;

    for (size_t i = 0; i < proto->field_count; i++) {
        const tapir_field *field = &proto->fields[i];
        const void *member = (const uint8_t *)layer->fields + field->offset;

        if (field->bits > bits_left)
            break;
        bits_left -= bits_left == SIZE_MAX ? 0 : field->bits;
        if (!tapir_field_present(field, layer->fields) || !has_bytes(field, member))
            continue;
        if (field->kind == TAPIR_UINT) {
            uint64_t number = scaled(field, member);
            put_number(text, field->key, field->key_len, number);
            if (field->parts)
                put_parts(text, field->parts, number);
        } else if (field->kind == TAPIR_LIST || field->kind == TAPIR_BODY) {
            lists = true;
        } else {
            tapir_value value = {field, NULL, member, layer->fields, 0, 0};
            if (is_number(field))
                value.number = scaled(field, member);
            tapir_text_bytes(text, field->key, field->key_len);
            tapir_value_json(text, &value);
            if (field->parts)
                put_parts(text, field->parts, value.number);
        }
    }
    if (lists) {
        tapir__list_values(layer, &(tapir_value_visitor){.value = gather, .user = json});
        flush_gathered(json, text);
    }
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

static void put_layer(
    tapir_json *json, tapir_text *text, const tapir_packet *packet, const tapir_layer *layer)
{
    size_t before;

    TAPIR_TEXT_LITERAL(text, "{\"name\":\"");
    tapir_text_put(text, layer->proto->name);
    TAPIR_TEXT_LITERAL(text, "\",\"offset\":");
    tapir_text_uint(text, tapir_layer_offset(packet, layer));
    TAPIR_TEXT_LITERAL(text, ",\"header\":");
    tapir_text_uint(text, layer->header_len);
    TAPIR_TEXT_LITERAL(text, ",\"payload\":");
    tapir_text_uint(text, layer->payload_len);
    if (layer->status != TAPIR_OK) {
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
    TAPIR_TEXT_LITERAL(text, ",\"fields\":");
    before = text->len;
    put_fields(json, text, layer);
    if (json->verify)
        put_checksum(text, packet, layer);
    /* The first key's comma is the brace. */
    if (text->len == before)
        TAPIR_TEXT_LITERAL(text, "{}");
    else {
        text->data[before] = '{';
        tapir_text_char(text, '}');
    }
    tapir_text_char(text, '}');
}

/* The calendar changes once a second, packets come faster. */
static void put_time(tapir_json *json, tapir_text *text, int64_t time)
{
    int64_t second = time / 1000000000 - (time % 1000000000 < 0);

    if (second != json->second) {
        tapir_text whole = tapir_text_fixed(json->second_text, sizeof json->second_text);
        char buffer[48];
        tapir_text full = tapir_text_fixed(buffer, sizeof buffer);
        tapir_time_text(&full, second * 1000000000);
        tapir_text_bytes(&whole, full.data, full.len - 10);
        json->second_len = whole.len;
        json->second = second;
    }
    tapir_text_bytes(text, json->second_text, json->second_len);
    tapir_text_uint_padded(text, (uint64_t)(time - second * 1000000000), 9);
    tapir_text_char(text, 'Z');
}

void tapir_json_packet(tapir_json *json, tapir_text *text, tapir_packet *packet)
{
    const tapir_frame *frame = tapir_packet_frame(packet);
    size_t count;
    const tapir_layer *layers = tapir__layers_until(packet, json->last, &count);

    TAPIR_TEXT_LITERAL(text, "{\"number\":");
    tapir_text_uint(text, frame->number);
    if (frame->has_time) {
        TAPIR_TEXT_LITERAL(text, ",\"time\":\"");
        put_time(json, text, frame->time);
        TAPIR_TEXT_LITERAL(text, "\",\"time_epoch\":\"");
        tapir_epoch_text(text, frame->time);
        tapir_text_char(text, '"');
    }
    TAPIR_TEXT_LITERAL(text, ",\"interface\":");
    tapir_text_uint(text, frame->interface);
    TAPIR_TEXT_LITERAL(text, ",\"caplen\":");
    tapir_text_uint(text, frame->caplen);
    TAPIR_TEXT_LITERAL(text, ",\"len\":");
    tapir_text_uint(text, frame->len);
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
