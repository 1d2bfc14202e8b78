/* Registries: derived, overridden, decode-as, spaces and protocols of one's own. */
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct two {
    uint8_t kind, rest;
};

static const tapir_space two_kind = {"two.kind", "Kind of a two", false};

static const tapir_field two_fields[] = {
    TAPIR_FIELD(two, kind, "two.kind", TAPIR_UINT, 8, "Kind"),
    TAPIR_FIELD(two, rest, "two.rest", TAPIR_UINT, 8, "Rest"),
};

static tapir_status two_decode(tapir_decoder *d, void *layer)
{
    struct two *two = layer;

    if (TAPIR_LOAD(&d->in, two, two_fields))
        tapir_next(d, &two_kind, two->kind);
    return TAPIR_OK;
}

static const tapir_binding two_bindings[] = {{TAPIR_UDP_PORT, 9999}, {&two_kind, 7}};

static const tapir_proto two_proto = {.name = "two",
    .title = "Two bytes",
    .spec = "",
    TAPIR_FIELDS(two_fields),
    .size = sizeof(struct two),
    .decode = two_decode,
    TAPIR_BINDINGS(two_bindings)};

static void a_derived_registry_leaves_its_base_alone(void **state)
{
    const tapir_registry *base = tapir_registry_default();
    tapir_registry *mine = tapir_registry_new(base);

    (void)state;
    assert_non_null(mine);
    assert_int_equal(tapir_registry_add(mine, &two_proto), TAPIR_OK);
    assert_ptr_equal(tapir_registry_find(mine, TAPIR_UDP_PORT, 9999), &two_proto);
    assert_null(tapir_registry_find(base, TAPIR_UDP_PORT, 9999));
    assert_ptr_equal(tapir_registry_find(mine, TAPIR_IP_PROTOCOL, 17), &tapir_udp_proto);
    assert_ptr_equal(tapir_registry_find_name(mine, "two"), &two_proto);
    assert_ptr_equal(tapir_registry_find_space(mine, "two.kind"), &two_kind);
    assert_ptr_equal(tapir_registry_find_space(mine, "udp.port"), TAPIR_UDP_PORT);
    assert_null(tapir_registry_find_space(base, "two.kind"));
    tapir_registry_free(mine);
}

static void decode_as_binds_and_unbinds(void **state)
{
    tapir_registry *mine = tapir_registry_new(tapir_registry_default());

    (void)state;
    assert_int_equal(tapir_registry_bind(mine, TAPIR_IP_PROTOCOL, 17, &tapir_tcp_proto), TAPIR_OK);
    assert_ptr_equal(tapir_registry_find(mine, TAPIR_IP_PROTOCOL, 17), &tapir_tcp_proto);
    assert_int_equal(tapir_registry_bind(mine, TAPIR_IP_PROTOCOL, 17, NULL), TAPIR_OK);
    assert_null(tapir_registry_find(mine, TAPIR_IP_PROTOCOL, 17));
    tapir_registry *copy = tapir_registry_new(mine);
    assert_null(tapir_registry_find(copy, TAPIR_IP_PROTOCOL, 17));
    tapir_registry_free(copy);
    tapir_registry_free(mine);
}

static void many_keys_are_all_found(void **state)
{
    tapir_registry *mine = tapir_registry_new(NULL);

    (void)state;
    for (uint32_t i = 0; i < 20000; i++)
        assert_int_equal(
            tapir_registry_bind(mine, i % 2 ? TAPIR_UDP_PORT : &two_kind, i, &two_proto), TAPIR_OK);
    for (uint32_t i = 0; i < 20000; i++) {
        assert_ptr_equal(
            tapir_registry_find(mine, i % 2 ? TAPIR_UDP_PORT : &two_kind, i), &two_proto);
        assert_null(tapir_registry_find(mine, i % 2 ? &two_kind : TAPIR_UDP_PORT, i));
    }
    tapir_registry_free(mine);
}

static void keys_beyond_16_bits_are_apart_from_those_within(void **state)
{
    tapir_registry *mine = tapir_registry_new(NULL);

    (void)state;
    assert_int_equal(
        tapir_registry_bind(mine, TAPIR_UDP_PORT, 0x10007, &tapir_tcp_proto), TAPIR_OK);
    assert_null(tapir_registry_find(mine, TAPIR_UDP_PORT, 7));
    assert_int_equal(tapir_registry_bind(mine, TAPIR_UDP_PORT, 7, &two_proto), TAPIR_OK);
    assert_ptr_equal(tapir_registry_find(mine, TAPIR_UDP_PORT, 7), &two_proto);
    assert_ptr_equal(tapir_registry_find(mine, TAPIR_UDP_PORT, 0x10007), &tapir_tcp_proto);
    assert_null(tapir_registry_find(mine, TAPIR_UDP_PORT, 0x20007));
    tapir_registry_free(mine);
}

static void a_struct_too_large_is_refused(void **state)
{
    static const tapir_proto huge = {.name = "huge", .size = TAPIR_STRUCT_MAX + 1};
    tapir_registry *mine = tapir_registry_new(NULL);

    (void)state;
    assert_int_equal(tapir_registry_add(mine, &huge), TAPIR_INVALID);
    assert_null(tapir_registry_each(mine, 0));
    tapir_registry_free(mine);
}

static void an_outside_protocol_is_child_and_parent(void **state)
{
    static const uint8_t bytes[] = {7, 1, 7, 2, 3, 3, 9};
    tapir_registry *mine = tapir_registry_new(tapir_registry_default());
    tapir_frame frame = {.data = bytes, .caplen = sizeof bytes, .len = sizeof bytes};
    tapir_packet *packet;
    size_t count;
    const tapir_layer *layers;

    (void)state;
    assert_int_equal(tapir_registry_add(mine, &two_proto), TAPIR_OK);
    packet = tapir_packet_new(mine);
    tapir_packet_start_at(packet, &frame, &two_proto);
    layers = tapir_packet_layers(packet, &count);
    assert_int_equal(count, 4);
    assert_ptr_equal(layers[1].proto, &two_proto);
    assert_ptr_equal(layers[3].proto, &tapir_data_proto);
    const struct tapir_data *data = layers[3].fields;
    assert_ptr_equal(data->space, &two_kind);
    assert_int_equal(data->value, 3);
    assert_int_equal(data->bytes.len, 1);
    tapir_packet_free(packet);
    tapir_registry_free(mine);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_derived_registry_leaves_its_base_alone),
        cmocka_unit_test(decode_as_binds_and_unbinds),
        cmocka_unit_test(many_keys_are_all_found),
        cmocka_unit_test(keys_beyond_16_bits_are_apart_from_those_within),
        cmocka_unit_test(a_struct_too_large_is_refused),
        cmocka_unit_test(an_outside_protocol_is_child_and_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
