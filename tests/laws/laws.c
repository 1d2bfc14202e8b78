/* Properties that hold for every protocol of the registry: a new one is covered unasked. */
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MUTATIONS 400 /* of each sample, with a fixed seed */

struct bytes {
    uint8_t *data;
    size_t len;
};

/* Hex digits, white space ignored. */
static struct bytes from_hex(const char *hex)
{
    struct bytes bytes = {malloc(strlen(hex) / 2 + 1), 0};
    unsigned digits = 0, value = 0;

    for (; *hex; hex++) {
        if (*hex == ' ' || *hex == '\n')
            continue;
        value = value * 16 + (unsigned)(*hex <= '9' ? *hex - '0' : (*hex | 32) - 'a' + 10);
        if (++digits % 2 == 0) {
            bytes.data[bytes.len++] = (uint8_t)value;
            value = 0;
        }
    }
    assert_int_equal(digits % 2, 0);
    return bytes;
}

/* A copy in a block of exactly its size, so that a sanitizer sees any over-read. */
static uint8_t *exact(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);

    assert_non_null(copy);
    memcpy(copy, data, len);
    return copy;
}

static uint32_t random_state;

static uint32_t next_random(void)
{
    random_state = random_state * 1664525 + 1013904223;
    return random_state >> 8;
}

static void check_fields(const tapir_field *fields, size_t count, size_t struct_size);

static void check_list(const tapir_list *list)
{
    assert_non_null(list);
    assert_non_null(list->next);
    assert_true(list->item_size <= TAPIR_ITEM_ROOM);
    for (size_t i = 0; i < list->record_count; i++) {
        assert_non_null(list->records[i]->title);
        check_fields(list->records[i]->fields, list->records[i]->field_count, list->item_size);
    }
}

static bool is_number(const tapir_field *field)
{
    return field->kind <= TAPIR_FLAG;
}

static void check_fields(const tapir_field *fields, size_t count, size_t struct_size)
{
    for (size_t i = 0; i < count; i++) {
        const tapir_field *field = &fields[i];
        assert_non_null(field->name);
        assert_non_null(field->about);
        assert_non_null(field->member);
        assert_true((size_t)field->offset + field->size <= struct_size);
        assert_int_equal(field->key_len, strlen(field->key));
        if (is_number(field)) {
            assert_true(
                field->size == 1 || field->size == 2 || field->size == 4 || field->size == 8);
            assert_true(field->bits <= field->size * 8);
        } else if (field->bits) {
            assert_int_equal(field->bits, field->size * 8);
        }
        if (field->kind == TAPIR_LIST || field->kind == TAPIR_BODY)
            check_list(field->list);
        if (field->kind == TAPIR_TEXT)
            assert_non_null(field->print);
        for (const tapir_part *part = field->parts; part && part->name; part++)
            assert_int_not_equal(part->mask, 0);
    }
}

static void the_table_is_sound(void **state)
{
    const tapir_proto *proto = *state;
    size_t bits = 0;

    assert_non_null(proto->name);
    assert_non_null(proto->title);
    assert_non_null(proto->decode);
    assert_true(proto->size > 0);
    check_fields(proto->fields, proto->field_count, proto->size);
    for (size_t i = 0; i < proto->field_count; i++)
        bits += proto->fields[i].bits;
    assert_int_equal(bits % 8, 0);
    assert_true(bits / 8 <= TAPIR_FIXED_MAX);
}

/* Rows that exclude each other, one for each form of a header, may share a name. */
static bool are_alternatives(const tapir_field *a, const tapir_field *b)
{
    if (a->when && b->when && a->when != b->when)
        return true;
    return a != b && a->if_mask && b->if_mask && a->if_offset == b->if_offset &&
           !(a->if_mask & b->if_mask);
}

static void names_are_unique_in_the_layer(void **state)
{
    const tapir_proto *proto = *state;
    const char *names[1024];
    const tapir_field *fields[1024];
    size_t count = 0;

    for (size_t i = 0; i < proto->field_count; i++) {
        fields[count] = &proto->fields[i];
        names[count++] = proto->fields[i].name;
        for (const tapir_part *part = proto->fields[i].parts; part && part->name; part++) {
            fields[count] = &proto->fields[i];
            names[count++] = part->name;
        }
        assert_true(count < 900);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (strcmp(names[i], names[j]) == 0 && !are_alternatives(fields[i], fields[j]))
                fail_msg("%s: %s appears twice", proto->name, names[i]);
}

/* Every header that decoded whole encodes to the same bytes. */
static void check_round_trip(tapir_packet *packet, const char *what)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(packet, &count);

    for (size_t i = 0; i < count; i++) {
        tapir_stack_layer stack = {layers[i].proto, layers[i].fields};
        size_t room = layers[i].header_len + 64;
        uint8_t *buffer = malloc(room);
        tapir_span encoded;
        tapir_error error;

        if (!layers[i].partial && layers[i].proto->encode) {
            if (tapir_encode(&stack, 1, buffer, room, &encoded, &error) != TAPIR_OK)
                fail_msg("%s in %s: %s", layers[i].proto->name, what, error.message);
            if (encoded.len != layers[i].header_len ||
                memcmp(encoded.data, layers[i].start, encoded.len) != 0)
                fail_msg("%s in %s: encode(decode(x)) is not x", layers[i].proto->name, what);
        }
        free(buffer);
    }
}

/* Layers lie inside the frame, each inside the one before, statuses agree with the packet's. */
static void check_layers(tapir_packet *packet, const tapir_frame *frame)
{
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(packet, &count);
    const uint8_t *end = frame->data + frame->caplen, *at = frame->data;
    tapir_status first = TAPIR_OK;

    for (size_t i = 0; i < count; i++) {
        assert_true(layers[i].start >= at);
        assert_true(layers[i].start + layers[i].header_len + layers[i].payload_len <= end);
        at = layers[i].start + layers[i].header_len;
        end = at + layers[i].payload_len;
        if (first == TAPIR_OK)
            first = layers[i].status;
        if (layers[i].status != TAPIR_OK)
            assert_non_null(tapir_packet_problem(packet, &layers[i]));
        if (layers[i].partial)
            assert_int_not_equal(layers[i].status, TAPIR_OK);
        if (layers[i].status == TAPIR_TRUNCATED)
            assert_true(frame->caplen < frame->len);
    }
    assert_int_equal(tapir_packet_finish(packet), first);
}

static void print_all(tapir_packet *packet, tapir_text *text)
{
    tapir_json *json = tapir_json_new();

    assert_non_null(json);
    tapir_json_set_verify(json, true);
    text->len = 0;
    tapir_json_packet(json, text, packet);
    tapir_json_free(json);
    assert_false(text->failed);
    assert_true(text->len > 2);
}

static void check_lazy(tapir_packet *eager, const tapir_frame *frame, const tapir_proto *first)
{
    tapir_packet *lazy = tapir_packet_new(NULL);
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(eager, &count);

    tapir_packet_start_at(lazy, frame, first);
    for (size_t i = 0; i < count; i++) {
        const tapir_layer *layer = tapir_packet_find(lazy, layers[i].proto, 0);
        assert_non_null(layer);
        layer = tapir_packet_layer(lazy, i);
        assert_ptr_equal(layer->proto, layers[i].proto);
        assert_ptr_equal(layer->start, layers[i].start);
        assert_int_equal(layer->header_len, layers[i].header_len);
        assert_int_equal(layer->payload_len, layers[i].payload_len);
        assert_int_equal(layer->status, layers[i].status);
        assert_int_equal(layer->partial, layers[i].partial);
    }
    assert_null(tapir_packet_layer(lazy, count));
    assert_int_equal(tapir_packet_finish(lazy), tapir_packet_finish(eager));
    tapir_packet_free(lazy);
}

/* Decodes `len` bytes of which `wire` were sent, in every way, and holds the results against each
 * other. */
static void check_bytes(const tapir_proto *proto, const uint8_t *data, size_t len, size_t wire)
{
    uint8_t *copy = exact(data, len);
    tapir_frame frame = {.data = copy, .caplen = (uint32_t)len, .len = (uint32_t)wire};
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_text text = {0};

    assert_non_null(packet);
    tapir_packet_start_at(packet, &frame, proto);
    tapir_packet_finish(packet);
    check_layers(packet, &frame);
    check_round_trip(packet, proto->name);
    print_all(packet, &text);
    check_lazy(packet, &frame, proto);
    tapir_text_clear(&text);
    tapir_packet_free(packet);
    free(copy);
}

static void samples_decode_and_encode_back(void **state)
{
    const tapir_proto *proto = *state;

    assert_true(proto->sample_count > 0);
    for (size_t i = 0; i < proto->sample_count; i++) {
        struct bytes sample = from_hex(proto->samples[i]);
        tapir_frame frame = {
            .data = sample.data, .caplen = (uint32_t)sample.len, .len = (uint32_t)sample.len};
        tapir_packet *packet = tapir_packet_new(NULL);
        const tapir_layer *first;

        tapir_packet_start_at(packet, &frame, proto);
        first = tapir_packet_layer(packet, 0);
        assert_non_null(first);
        if (first->partial || first->status != TAPIR_OK) {
            char buffer[256];
            tapir_text text = tapir_text_fixed(buffer, sizeof buffer);
            tapir_problem_text(&text, packet, tapir_packet_problem(packet, first));
            fail_msg("sample %zu: %s", i, tapir_text_string(&text));
        }
        check_bytes(proto, sample.data, sample.len, sample.len);
        tapir_packet_free(packet);
        free(sample.data);
    }
}

static void every_truncation_has_a_status(void **state)
{
    const tapir_proto *proto = *state;

    for (size_t i = 0; i < proto->sample_count; i++) {
        struct bytes sample = from_hex(proto->samples[i]);
        for (size_t len = 0; len < sample.len; len++) {
            check_bytes(proto, sample.data, len, sample.len);
            check_bytes(proto, sample.data, len, len);
        }
        free(sample.data);
    }
}

static void mutations_do_no_harm(void **state)
{
    const tapir_proto *proto = *state;

    random_state = 1;
    for (size_t i = 0; i < proto->sample_count; i++) {
        struct bytes sample = from_hex(proto->samples[i]);
        for (unsigned round = 0; round < MUTATIONS && sample.len; round++) {
            uint8_t *mutated = exact(sample.data, sample.len);
            for (unsigned flips = next_random() % 4 + 1; flips > 0; flips--)
                mutated[next_random() % sample.len] = (uint8_t)next_random();
            check_bytes(proto, mutated, sample.len, sample.len);
            free(mutated);
        }
        free(sample.data);
    }
}

static void put_value(void *user, const tapir_value *value)
{
    tapir_text *text = user;

    tapir_text_put(text, tapir_value_name(value));
    tapir_text_char(text, '=');
    tapir_value_text(text, value);
    tapir_text_char(text, '\n');
}

/* Decoders must write every member: what was in the struct before does not show. */
static void old_structs_do_not_shine_through(void **state)
{
    const tapir_proto *proto = *state;
    static const uint8_t poisons[2] = {0x00, 0xa5};

    for (size_t i = 0; i < proto->sample_count; i++) {
        struct bytes sample = from_hex(proto->samples[i]);
        for (size_t len = 0; len <= sample.len; len++) {
            char buffers[2][65536];
            tapir_text texts[2];
            for (unsigned p = 0; p < 2; p++) {
                void *fields = malloc(proto->size);
                tapir_layer layer;
                memset(fields, poisons[p], proto->size);
                texts[p] = tapir_text_fixed(buffers[p], sizeof buffers[p]);
                tapir_decode_alone(proto, tapir_span_of(sample.data, len), fields, &layer);
                layer.partial = false; /* show every field, reached or not */
                tapir_layer_values(
                    &layer, &(tapir_value_visitor){.value = put_value, .user = &texts[p]});
                free(fields);
            }
            assert_int_equal(texts[0].len, texts[1].len);
            assert_memory_equal(texts[0].data, texts[1].data, texts[0].len);
        }
        free(sample.data);
    }
}

static void bindings_lead_here(void **state)
{
    const tapir_proto *proto = *state;
    const tapir_registry *registry = tapir_registry_default();

    for (size_t i = 0; i < proto->binding_count; i++)
        assert_ptr_equal(
            tapir_registry_find(registry, proto->bindings[i].space, proto->bindings[i].value),
            proto);
    assert_ptr_equal(tapir_registry_find_name(registry, proto->name), proto);
}

int main(void)
{
    static const struct {
        const char *name;
        CMUnitTestFunction test;
    } laws[] = {
        {"the_table_is_sound", the_table_is_sound},
        {"names_are_unique_in_the_layer", names_are_unique_in_the_layer},
        {"samples_decode_and_encode_back", samples_decode_and_encode_back},
        {"every_truncation_has_a_status", every_truncation_has_a_status},
        {"mutations_do_no_harm", mutations_do_no_harm},
        {"old_structs_do_not_shine_through", old_structs_do_not_shine_through},
        {"bindings_lead_here", bindings_lead_here},
    };
    const tapir_registry *registry = tapir_registry_default();
    struct CMUnitTest tests[TAPIR_COUNT(laws) * 256];
    static char names[TAPIR_COUNT(laws) * 256][96];
    const tapir_proto *proto;
    size_t count = 0;

    for (size_t i = 0; (proto = tapir_registry_each(registry, i)) && i < 256; i++)
        for (size_t law = 0; law < TAPIR_COUNT(laws); law++, count++) {
            snprintf(names[count], sizeof names[count], "%s: %s", proto->name, laws[law].name);
            tests[count] = (struct CMUnitTest){
                names[count], laws[law].test, NULL, NULL, (void *)(uintptr_t)proto};
        }
    return _cmocka_run_group_tests("laws", tests, count, NULL, NULL);
}
