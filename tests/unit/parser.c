/* The known-stack parser: the caller's structs, repeated protocols, where it stops. */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_known_stack_fills_the_callers_structs(void **state)
{
    tapir_frame frame = ethernet_frame(udp_frame, 60, 60);
    struct tapir_ethernet ethernet;
    struct tapir_ipv4 ip;
    struct tapir_udp udp;
    const tapir_parser_slot slots[] = {
        {&tapir_ethernet_proto, &ethernet}, {&tapir_ipv4_proto, &ip}, {&tapir_udp_proto, &udp}};
    tapir_layer layers[8];
    tapir_parsed parsed = {.layers = layers, .room = 8};
    tapir_parser parser;

    (void)state;
    tapir_parser_init(&parser, NULL, &tapir_ethernet_proto, slots, 3);
    assert_int_equal(tapir_parser_decode(&parser, &frame, &parsed), TAPIR_OK);
    assert_int_equal(parsed.count, 3);
    assert_null(parsed.stopped_at);
    assert_int_equal(parsed.rest.len, 4);
    assert_int_equal(udp.src_port, 50000);
    tapir_parser_init(&parser, NULL, &tapir_ethernet_proto, slots, 2);
    tapir_parser_decode(&parser, &frame, &parsed);
    assert_int_equal(parsed.count, 2);
    assert_ptr_equal(parsed.stopped_at, &tapir_udp_proto);
    assert_int_equal(parsed.rest.len, 12);
}

static void repeated_protocols_get_their_own_slots(void **state)
{
    uint8_t bytes[60] = {0};
    tapir_frame frame = {.data = bytes, .caplen = 60, .len = 60};
    struct tapir_ipv4 outer, inner;
    const tapir_parser_slot slots[] = {{&tapir_ipv4_proto, &outer}, {&tapir_ipv4_proto, &inner}};
    tapir_layer layers[8];
    tapir_parsed parsed = {.layers = layers, .room = 8};
    tapir_parser parser;

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        bytes[20 * i] = 0x45;
        bytes[20 * i + 3] = (uint8_t)(60 - 20 * i);
        bytes[20 * i + 8] = (uint8_t)(10 + i);
        bytes[20 * i + 9] = 4;
    }
    tapir_parser_init(&parser, NULL, &tapir_ipv4_proto, slots, 2);
    assert_int_equal(tapir_parser_decode(&parser, &frame, &parsed), TAPIR_OK);
    assert_int_equal(parsed.count, 3);
    assert_int_equal(outer.ttl, 10);
    assert_int_equal(inner.ttl, 12);
    parsed.room = 2;
    tapir_parser_decode(&parser, &frame, &parsed);
    assert_int_equal(parsed.count, 2);
    assert_ptr_equal(parsed.stopped_at, &tapir_ipv4_proto);
}

static void it_agrees_with_the_packet_at_every_cut(void **state)
{
    struct tapir_ethernet ethernet;
    struct tapir_ipv4 ip;
    struct tapir_udp udp;
    const tapir_parser_slot slots[] = {
        {&tapir_ethernet_proto, &ethernet}, {&tapir_ipv4_proto, &ip}, {&tapir_udp_proto, &udp}};
    tapir_layer layers[8];
    tapir_parsed parsed = {.layers = layers, .room = 8};
    tapir_parser parser;
    tapir_packet *packet = tapir_packet_new(NULL);

    (void)state;
    tapir_parser_init(&parser, NULL, &tapir_ethernet_proto, slots, 3);
    for (size_t cut = 0; cut <= 60; cut++)
        for (size_t wire = cut; wire <= 60; wire += 60 - cut ? 60 - cut : 1) {
            tapir_frame frame = ethernet_frame(udp_frame, cut, wire);
            assert_int_equal(
                tapir_parser_decode(&parser, &frame, &parsed), tapir_packet_decode(packet, &frame));
            for (size_t i = 0; i < parsed.count; i++) {
                const tapir_layer *layer = tapir_packet_layer(packet, i);
                assert_ptr_equal(layer->proto, layers[i].proto);
                assert_int_equal(layer->status, layers[i].status);
                assert_int_equal(layer->header_len, layers[i].header_len);
                assert_int_equal(layer->payload_len, layers[i].payload_len);
                assert_int_equal(layer->partial, layers[i].partial);
            }
        }
    tapir_packet_free(packet);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_stack_fills_the_callers_structs),
        cmocka_unit_test(repeated_protocols_get_their_own_slots),
        cmocka_unit_test(it_agrees_with_the_packet_at_every_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
