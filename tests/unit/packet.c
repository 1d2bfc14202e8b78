/* The engine: layers, statuses, laziness, ownership, depth. */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static tapir_packet *packet;

static int make_packet(void **state)
{
    (void)state;
    packet = tapir_packet_new(NULL);
    return packet ? 0 : -1;
}

static int free_packet(void **state)
{
    (void)state;
    tapir_packet_free(packet);
    return 0;
}

static void a_frame_becomes_layers(void **state)
{
    tapir_frame frame = ethernet_frame(udp_frame, 60, 60);
    const struct tapir_udp *udp;
    size_t count;

    (void)state;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_OK);
    const tapir_layer *layers = tapir_packet_layers(packet, &count);
    assert_int_equal(count, 4);
    assert_ptr_equal(layers[0].proto, &tapir_ethernet_proto);
    assert_ptr_equal(layers[1].proto, &tapir_ipv4_proto);
    assert_ptr_equal(layers[2].proto, &tapir_udp_proto);
    assert_ptr_equal(layers[3].proto, &tapir_data_proto);
    udp = TAPIR_FIND(packet, udp);
    assert_int_equal(udp->src_port, 50000);
    assert_int_equal(udp->dst_port, 7);
    assert_int_equal(tapir_layer_payload(&layers[2]).len, 4);
    assert_int_equal(tapir_layer_offset(packet, &layers[2]), 34);
    assert_int_equal(tapir_packet_trailer(packet, &layers[0]).len, 14);
    assert_int_equal(tapir_packet_trailer(packet, &layers[1]).len, 0);
    assert_ptr_equal(tapir_packet_network(packet), &layers[1]);
    assert_ptr_equal(tapir_packet_transport(packet), &layers[2]);
    assert_ptr_equal(tapir_packet_application(packet), &layers[3]);
    assert_null(tapir_packet_error(packet));
}

static void lazy_goes_no_further_than_asked(void **state)
{
    tapir_frame frame = ethernet_frame(udp_frame, 60, 60);
    size_t count;

    (void)state;
    tapir_packet_start(packet, &frame);
    assert_int_equal(tapir_packet_peek(packet, &tapir_udp_proto), TAPIR_NOT_REACHED);
    assert_non_null(tapir_packet_network(packet));
    tapir_packet_so_far(packet, &count);
    assert_int_equal(count, 2);
    assert_int_equal(tapir_packet_peek(packet, &tapir_ipv4_proto), TAPIR_PRESENT);
    assert_int_equal(tapir_packet_peek(packet, &tapir_tcp_proto), TAPIR_NOT_REACHED);
    assert_null(tapir_packet_find(packet, &tapir_tcp_proto, 0));
    assert_int_equal(tapir_packet_peek(packet, &tapir_tcp_proto), TAPIR_ABSENT);
}

static void a_snapped_frame_is_truncated(void **state)
{
    tapir_frame frame = ethernet_frame(udp_frame, 38, 60);
    const tapir_layer *udp;

    (void)state;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_TRUNCATED);
    assert_int_equal(tapir_packet_network(packet)->status, TAPIR_TRUNCATED);
    assert_false(tapir_packet_network(packet)->partial);
    udp = tapir_packet_transport(packet);
    assert_int_equal(udp->status, TAPIR_TRUNCATED);
    assert_true(udp->partial);
    assert_int_equal(udp->header_len, 4);
    assert_int_equal(TAPIR_FIND(packet, udp)->dst_port, 7);
    const tapir_problem *problem = tapir_packet_problem(packet, udp);
    assert_int_equal(problem->needed, 8);
    assert_int_equal(problem->had, 4);
    assert_int_equal(problem->offset, 34);
    assert_ptr_equal(tapir_packet_error(packet), udp);
}

static void a_header_beyond_an_outer_length_is_cut(void **state)
{
    uint8_t bytes[60];
    tapir_frame frame = ethernet_frame(bytes, 60, 60);
    char buffer[128];
    tapir_text text = tapir_text_fixed(buffer, sizeof buffer);
    const tapir_layer *udp;

    (void)state;
    memcpy(bytes, udp_frame, 60);
    bytes[17] = 25;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_CUT);
    udp = tapir_packet_transport(packet);
    assert_int_equal(udp->status, TAPIR_CUT);
    tapir_problem_text(&text, packet, tapir_packet_problem(packet, udp));
    assert_string_equal(
        tapir_text_string(&text), "udp at 34: needs 8 bytes, 5 left (limit set by ip.len)");
}

static void a_malformed_header_is_kept_and_the_rest_is_an_error_layer(void **state)
{
    uint8_t bytes[60];
    tapir_frame frame = ethernet_frame(bytes, 60, 60);
    size_t count;

    (void)state;
    memcpy(bytes, udp_frame, 60);
    bytes[14] = 0x43;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_MALFORMED);
    const tapir_layer *layers = tapir_packet_layers(packet, &count);
    assert_int_equal(count, 3);
    assert_true(layers[1].partial);
    assert_int_equal(layers[1].status, TAPIR_MALFORMED);
    assert_int_equal(TAPIR_FIND(packet, ipv4)->header_words, 3);
    assert_ptr_equal(layers[2].proto, &tapir_failure_proto);
    assert_int_equal(layers[1].header_len, 1);
    assert_int_equal(layers[2].header_len, 45);
}

static void an_unknown_key_is_an_opaque_payload_not_an_error(void **state)
{
    uint8_t bytes[60];
    tapir_frame frame = ethernet_frame(bytes, 60, 60);
    const struct tapir_data *data;

    (void)state;
    memcpy(bytes, udp_frame, 60);
    bytes[12] = 0xfe;
    bytes[13] = 0xed;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_OK);
    data = TAPIR_FIND(packet, data);
    assert_ptr_equal(data->space, TAPIR_ETHER_TYPE);
    assert_int_equal(data->value, 0xfeed);
    frame.link_type = 9999;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_OK);
    data = TAPIR_FIND(packet, data);
    assert_ptr_equal(data->space, TAPIR_LINK_TYPE);
    assert_int_equal(data->bytes.len, 60);
}

/* Ethernet / IPv4 / TCP 50000 > 53 / the length of a DNS message and its first four bytes. */
static void part_of_a_message_on_a_stream_stays_payload(void **state)
{
    static uint8_t bytes[60] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0x08, 0x00, 0x45, 0x00, 0x00,
        0x2e, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0xc3, 0x50, 0x00, 0x35, 0, 0, 0, 1,
        0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0, 0x00, 0x1d, 0x12, 0x34, 0x01, 0x00};
    tapir_frame frame = ethernet_frame(bytes, 60, 60);
    size_t count;

    (void)state;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_OK);
    const tapir_layer *layers = tapir_packet_layers(packet, &count);
    assert_int_equal(count, 4);
    assert_ptr_equal(layers[3].proto, &tapir_data_proto);
    assert_int_equal(layers[3].header_len, 6);
    assert_ptr_equal(layers[3].start, bytes + 54);
    assert_int_equal(layers[2].payload_len, 6);
    /* Cut by the capture, too. */
    frame.caplen = 58;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_TRUNCATED);
    assert_ptr_equal(tapir_packet_layer(packet, 3)->proto, &tapir_data_proto);
    /* A whole message of which the capture cut off the end is another matter. */
    bytes[17] = 20 + 20 + 2 + 0x1d;
    frame.len = 14 + bytes[17];
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_TRUNCATED);
    assert_ptr_equal(tapir_packet_layer(packet, 3)->proto, &tapir_dns_proto);
}

static void an_empty_frame_has_no_layers(void **state)
{
    tapir_frame frame = ethernet_frame(NULL, 0, 0);
    size_t count;

    (void)state;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_OK);
    tapir_packet_layers(packet, &count);
    assert_int_equal(count, 0);
    assert_null(tapir_packet_network(packet));
}

/* n IPv4 headers, each inside the one before. */
static uint8_t *nested(size_t n)
{
    uint8_t *bytes = calloc(n, 20);

    for (size_t i = 0; i < n; i++) {
        uint8_t *header = bytes + 20 * i;
        header[0] = 0x45;
        tapir_store_be(header + 2, 2, (n - i) * 20);
        header[9] = 4;
    }
    return bytes;
}

static void depth_ends_in_an_error_layer(void **state)
{
    uint8_t *bytes = nested(200);
    tapir_frame frame = {
        .data = bytes, .caplen = 4000, .len = 4000, .link_type = TAPIR_LINK_TYPE_IPV4};
    size_t count;

    (void)state;
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_TOO_DEEP);
    const tapir_layer *layers = tapir_packet_layers(packet, &count);
    assert_int_equal(count, 129);
    assert_ptr_equal(layers[128].proto, &tapir_failure_proto);
    assert_ptr_equal(tapir_packet_error(packet), &layers[128]);
    tapir_packet_set_limit(packet, 1000);
    assert_int_equal(tapir_packet_decode(packet, &frame), TAPIR_OK);
    tapir_packet_layers(packet, &count);
    assert_int_equal(count, 200);
    const tapir_layer *third = tapir_packet_find(packet, &tapir_ipv4_proto, 2);
    assert_int_equal(((const struct tapir_ipv4 *)third->fields)->length, 198 * 20);
    const tapir_layer *inner = tapir_packet_find_inner(packet, third, &tapir_ipv4_proto);
    assert_ptr_equal(inner, third + 1);
    assert_int_equal(
        ((const struct tapir_ipv4 *)tapir_packet_find_last(packet, &tapir_ipv4_proto)->fields)
            ->length,
        20);
    free(bytes);
}

static void an_owned_packet_stands_alone(void **state)
{
    uint8_t bytes[60];
    tapir_frame frame = ethernet_frame(bytes, 60, 60);
    tapir_packet *clone;

    (void)state;
    memcpy(bytes, udp_frame, 60);
    tapir_packet_decode(packet, &frame);
    clone = tapir_packet_clone(packet);
    assert_non_null(clone);
    assert_int_equal(tapir_packet_own(packet), TAPIR_OK);
    memset(bytes, 0, sizeof bytes);
    memset(&frame, 0, sizeof frame);
    assert_int_equal(TAPIR_FIND(packet, udp)->dst_port, 7);
    assert_memory_equal(TAPIR_FIND(packet, data)->bytes.data, "\1\2\3\4", 4);
    assert_int_equal(TAPIR_FIND(clone, udp)->dst_port, 7);
    assert_int_equal(tapir_packet_frame(clone)->caplen, 60);
    tapir_packet_free(clone);
}

static void checksums_need_no_set_up(void **state)
{
    uint8_t bytes[60];
    tapir_frame frame = ethernet_frame(bytes, 60, 60);
    tapir_checksum checksum;

    (void)state;
    memcpy(bytes, udp_frame, 60);
    tapir_packet_decode(packet, &frame);
    assert_true(tapir_packet_verify(packet, tapir_packet_network(packet), &checksum));
    assert_true(checksum.good);
    assert_true(tapir_packet_verify(packet, tapir_packet_transport(packet), &checksum));
    assert_true(checksum.present && checksum.verifiable && checksum.good);
    assert_false(tapir_packet_verify(packet, tapir_packet_link(packet), &checksum));
    bytes[45]++;
    tapir_packet_decode(packet, &frame);
    assert_true(tapir_packet_verify(packet, tapir_packet_transport(packet), &checksum));
    assert_false(checksum.good);
    assert_int_equal(checksum.actual, 0x2476);
    assert_int_equal(checksum.expected, 0x2475);
    bytes[40] = bytes[41] = 0;
    tapir_packet_decode(packet, &frame);
    tapir_packet_verify(packet, tapir_packet_transport(packet), &checksum);
    assert_false(checksum.present);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_frame_becomes_layers, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(lazy_goes_no_further_than_asked, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(a_snapped_frame_is_truncated, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(
            a_header_beyond_an_outer_length_is_cut, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(
            a_malformed_header_is_kept_and_the_rest_is_an_error_layer, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(
            an_unknown_key_is_an_opaque_payload_not_an_error, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(
            part_of_a_message_on_a_stream_stays_payload, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(an_empty_frame_has_no_layers, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(depth_ends_in_an_error_layer, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(an_owned_packet_stands_alone, make_packet, free_packet),
        cmocka_unit_test_setup_teardown(checksums_need_no_set_up, make_packet, free_packet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
