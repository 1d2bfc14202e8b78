/* Endpoints and flows: equality, order, symmetric seeded hash, connections. */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void both_directions_hash_alike_and_seeds_differ(void **state)
{
    tapir_flow flow = {tapir_endpoint_port(TAPIR_ENDPOINT_TCP_PORT, 443),
        tapir_endpoint_port(TAPIR_ENDPOINT_TCP_PORT, 50000)};
    tapir_flow reverse = tapir_flow_reverse(&flow);

    (void)state;
    assert_false(tapir_flow_equal(&flow, &reverse));
    assert_int_equal(tapir_flow_hash(&flow, 1), tapir_flow_hash(&reverse, 1));
    assert_int_not_equal(tapir_flow_hash(&flow, 1), tapir_flow_hash(&flow, 2));
    assert_int_not_equal(tapir_endpoint_hash(&flow.src, 1), tapir_endpoint_hash(&flow.dst, 1));
}

static void the_order_is_total(void **state)
{
    tapir_endpoint port = tapir_endpoint_port(TAPIR_ENDPOINT_TCP_PORT, 443);
    tapir_endpoint udp = tapir_endpoint_port(TAPIR_ENDPOINT_UDP_PORT, 443);
    tapir_endpoint ip = tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, "\x0a\0\0\1", 4);

    (void)state;
    assert_false(tapir_endpoint_equal(&port, &udp));
    assert_true(tapir_endpoint_compare(&port, &udp) < 0);
    assert_true(tapir_endpoint_compare(&udp, &port) > 0);
    assert_true(tapir_endpoint_compare(&ip, &port) < 0);
    assert_int_equal(tapir_endpoint_compare(&ip, &ip), 0);
}

static void endpoints_print(void **state)
{
    char buffer[128];
    tapir_text text = tapir_text_fixed(buffer, sizeof buffer);
    tapir_flow flow = {tapir_endpoint_of(TAPIR_ENDPOINT_MAC, "\0\x11\x22\x33\x44\x55", 6),
        tapir_endpoint_port(TAPIR_ENDPOINT_UDP_PORT, 53)};

    (void)state;
    tapir_flow_text(&text, &flow);
    assert_string_equal(tapir_text_string(&text), "00:11:22:33:44:55->53");
}

static void a_packet_has_one_connection_in_both_directions(void **state)
{
    uint8_t bytes[60];
    tapir_frame frame = ethernet_frame(bytes, 60, 60);
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_connection there, back;

    (void)state;
    memcpy(bytes, udp_frame, 60);
    tapir_packet_start(packet, &frame);
    assert_true(tapir_packet_connection(packet, &there));
    assert_int_equal(there.protocol, 17);
    memcpy(bytes + 26, udp_frame + 30, 4);
    memcpy(bytes + 30, udp_frame + 26, 4);
    memcpy(bytes + 34, udp_frame + 36, 2);
    memcpy(bytes + 36, udp_frame + 34, 2);
    tapir_packet_start(packet, &frame);
    assert_true(tapir_packet_connection(packet, &back));
    assert_int_equal(tapir_connection_hash(&there, 5), tapir_connection_hash(&back, 5));
    assert_int_not_equal(tapir_connection_hash(&there, 5), tapir_connection_hash(&back, 6));
    /* The ports alone the other way round are another connection. */
    memcpy(bytes + 34, udp_frame + 34, 4);
    tapir_packet_start(packet, &frame);
    assert_true(tapir_packet_connection(packet, &back));
    assert_int_not_equal(tapir_connection_hash(&there, 5), tapir_connection_hash(&back, 5));
    tapir_packet_free(packet);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_hash_alike_and_seeds_differ),
        cmocka_unit_test(the_order_is_total),
        cmocka_unit_test(endpoints_print),
        cmocka_unit_test(a_packet_has_one_connection_in_both_directions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
