/* What spans packets shows in the one that completes it. */
#include "../segments.h"
#include "tapir/joiner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* A query for the root, with its length in front. */
static const uint8_t query[] = {0, 17, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1};

static tapir_joiner *joiner;
static tapir_packet *packet;
static uint8_t room[SEGMENT_ROOM];
static tapir_frame frame;
static uint64_t number;
static uint32_t snapped; /* bytes at the end that are not captured */
static char text[256];

static int start(void **state)
{
    (void)state;
    joiner = tapir_joiner_new(NULL, NULL);
    packet = tapir_packet_new(NULL);
    return joiner && packet ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    tapir_joiner_free(joiner);
    tapir_packet_free(packet);
    return 0;
}

/* Adds a packet and returns its layers: names and payload lengths. */
static const char *add(tapir_span bytes)
{
    const tapir_layer *layers;
    size_t count, at = 0;

    frame = tapir_frame_of(bytes, TAPIR_LINK_TYPE_ETHERNET);
    frame.number = ++number;
    frame.caplen -= snapped;
    tapir_packet_start(packet, &frame);
    tapir_joiner_add(joiner, packet);
    layers = tapir_packet_layers(packet, &count);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s(%u)", i ? " " : "",
            layers[i].proto->name, layers[i].header_len);
    assert_int_equal(tapir_packet_frame(packet)->number, number);
    assert_int_equal(tapir_packet_frame(packet)->caplen, bytes.len - snapped);
    return text;
}

/* A segment from a resolver, of the stream that begins with 1000. */
static const char *say(uint32_t at, const void *bytes, size_t len)
{
    struct segment segment = {.client_port = 40000,
        .server_port = 53,
        .seq = 1000 + at,
        .flags = TAPIR_TCP_ACK,
        .window = 1000,
        .data = tapir_span_of(bytes, len)};
    tapir_span built;

    assert_true(segment_build(&segment, room, sizeof room, &built));
    return add(built);
}

#define HEADERS "eth(14) ip(20) tcp(20) "

static void messages_show_where_they_are_complete(void **state)
{
    uint8_t two[2 * sizeof query];

    (void)state;
    memcpy(two, query, sizeof query);
    memcpy(two + sizeof query, query, sizeof query);
    assert_string_equal(say(0, query, sizeof query), HEADERS "dns(19)");
    assert_string_equal(say(19, query, 1), HEADERS "data(1)");
    assert_string_equal(say(20, query + 1, 10), HEADERS "data(10)");
    assert_string_equal(say(30, query + 11, 8), HEADERS "dns(19)");
    assert_string_equal(say(38, two, 20), HEADERS "dns(19) data(1)");
    assert_string_equal(say(58, two + 1, 18 + 19), HEADERS "dns(19) dns(19)");
    /* Too early, and the one that was missing. */
    assert_string_equal(say(95 + 9, query + 9, 10), HEADERS "data(10)");
    assert_string_equal(say(95, query, 9), HEADERS "dns(19)");
    /* Sent once more. */
    assert_string_equal(say(95, query, 9), HEADERS "data(9)");
}

static void bytes_of_a_message_lie_behind_its_frame(void **state)
{
    const tapir_layer *dns;

    (void)state;
    say(0, query, 10);
    say(10, query + 10, 9);
    dns = tapir_packet_find(packet, &tapir_dns_proto, 0);
    assert_non_null(dns);
    assert_int_equal(tapir_layer_offset(packet, dns), frame.caplen);
    assert_memory_equal(dns->start, query, sizeof query);
}

/* A fragment of a UDP datagram to port 9 with `len` bytes from `at` on. */
static const char *fragment(uint16_t at, uint16_t len, bool more)
{
    static const struct tapir_ethernet ethernet = {.dst = {2}, .src = {4}};
    static uint8_t datagram[256] = {0x9c, 0x40, 0, 9, 0, 108};
    struct tapir_ipv4 ip;
    struct tapir_data data = {.bytes = tapir_span_of(datagram + at, len)};
    tapir_stack_layer stack[] = {TAPIR_LAYER(ethernet, &ethernet),
        TAPIR_LAYER_AS_GIVEN(ipv4, &ip, TAPIR_KEYS), TAPIR_LAYER(data, &data)};
    tapir_span built;

    tapir_layer_init(&tapir_ipv4_proto, &ip);
    ip.id = 7;
    ip.protocol = 17;
    ip.fragment_offset = at / 8;
    ip.flags = more ? TAPIR_IPV4_MORE_FRAGMENTS : 0;
    assert_int_equal(
        tapir_build(stack, TAPIR_COUNT(stack), NULL, room, sizeof room, &built, NULL), TAPIR_OK);
    return add(built);
}

static void a_datagram_shows_in_its_last_fragment(void **state)
{
    const tapir_layer *ip;

    (void)state;
    assert_string_equal(fragment(0, 40, true), "eth(14) ip(20) data(40)");
    assert_string_equal(fragment(80, 28, false), "eth(14) ip(20) data(28)");
    assert_string_equal(fragment(40, 40, true), "eth(14) ip(20) udp(8) data(100)");
    ip = tapir_packet_find(packet, &tapir_ipv4_proto, 0);
    assert_int_equal(TAPIR_AS(ip, ipv4)->fragment_offset, 5); /* its own header */
    assert_null(tapir_packet_problem(packet, ip));
}

static void a_fragment_that_is_not_whole_shows_what_it_has(void **state)
{
    (void)state;
    snapped = 8;
    assert_string_equal(fragment(0, 40, true), "eth(14) ip(20) udp(8) data(24)");
    snapped = 0;
    /* Sent again, whole. */
    assert_string_equal(fragment(0, 40, true), "eth(14) ip(20) data(40)");
}

static void other_packets_stay_as_they_are(void **state)
{
    struct segment segment = {.client_port = 40000,
        .server_port = 9,
        .flags = TAPIR_TCP_ACK,
        .data = tapir_span_of("abc", 3)};
    tapir_span built;

    (void)state;
    assert_true(segment_build(&segment, room, sizeof room, &built));
    assert_string_equal(add(built), HEADERS "data(3)");
    assert_ptr_equal(tapir_packet_frame(packet), &frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(messages_show_where_they_are_complete, start, stop),
        cmocka_unit_test_setup_teardown(bytes_of_a_message_lie_behind_its_frame, start, stop),
        cmocka_unit_test_setup_teardown(a_datagram_shows_in_its_last_fragment, start, stop),
        cmocka_unit_test_setup_teardown(
            a_fragment_that_is_not_whole_shows_what_it_has, start, stop),
        cmocka_unit_test_setup_teardown(other_packets_stay_as_they_are, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
