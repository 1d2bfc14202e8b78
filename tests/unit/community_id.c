/* Community IDs: the vectors of the specification, and which connection of a packet counts. */
#include "tapir/protocols.h"
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint8_t buffer[512];

/* The ID of a packet made of these layers. */
static const char *id_of_stack(const tapir_stack_layer *stack, size_t count, uint16_t seed)
{
    static char id[TAPIR_COMMUNITY_ID_ROOM]; /* of the last call */
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_span bytes;
    tapir_frame frame;

    assert_non_null(packet);
    assert_int_equal(tapir_encode(stack, count, buffer, sizeof buffer, &bytes, NULL), TAPIR_OK);
    frame = (tapir_frame){
        .data = bytes.data, .caplen = (uint32_t)bytes.len, .len = (uint32_t)bytes.len};
    tapir_packet_start_at(packet, &frame, stack[0].proto);
    assert_true(tapir_packet_community_id(packet, seed, id));
    tapir_packet_free(packet);
    return id;
}

static struct tapir_ipv4 ip_header(
    const uint8_t *src, const uint8_t *dst, uint8_t protocol, uint16_t payload)
{
    struct tapir_ipv4 ip = {.version = 4,
        .header_words = 5,
        .length = (uint16_t)(20 + payload),
        .ttl = 64,
        .protocol = protocol};

    memcpy(ip.src, src, 4);
    memcpy(ip.dst, dst, 4);
    return ip;
}

static const uint8_t client[] = {128, 232, 110, 120}, server[] = {66, 35, 250, 204};

static const char *tcp_id(bool reverse, uint16_t seed)
{
    struct tapir_ipv4 ip = ip_header(reverse ? server : client, reverse ? client : server, 6, 20);
    struct tapir_tcp tcp = {
        .src_port = reverse ? 80 : 34855, .dst_port = reverse ? 34855 : 80, .header_words = 5};
    tapir_stack_layer stack[] = {{&tapir_ipv4_proto, &ip}, {&tapir_tcp_proto, &tcp}};

    return id_of_stack(stack, TAPIR_COUNT(stack), seed);
}

static void both_directions_of_tcp_have_the_id_of_the_specification(void **state)
{
    (void)state;
    assert_string_equal(tcp_id(false, 0), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    assert_string_equal(tcp_id(true, 0), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    assert_string_equal(tcp_id(false, 1), "1:3V71V58M3Ksw/yuFALMcW0LAHvc=");
}

static const char *icmp_id(bool reverse, uint8_t type, uint8_t code)
{
    static const uint8_t low[] = {192, 168, 0, 1}, high[] = {192, 168, 0, 89};
    struct tapir_ipv4 ip = ip_header(reverse ? low : high, reverse ? high : low, 1, 8);
    struct tapir_icmp icmp = {.type = type, .code = code};
    tapir_stack_layer stack[] = {{&tapir_ipv4_proto, &ip}, {&tapir_icmp_proto, &icmp}};

    return id_of_stack(stack, TAPIR_COUNT(stack), 0);
}

static void a_reply_has_the_id_of_its_request(void **state)
{
    (void)state;
    assert_string_equal(icmp_id(false, 8, 0), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
    assert_string_equal(icmp_id(true, 0, 0), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
}

static void messages_without_an_answer_keep_their_direction(void **state)
{
    (void)state;
    assert_string_equal(
        icmp_id(false, TAPIR_ICMP_SOURCE_QUENCH, 0), "1:oL9nApfBrwW9SvDj1B51dsHnnhw=");
}

static void neighbour_discovery_pairs_its_messages(void **state)
{
    struct tapir_ipv6 ip = {.version = 6,
        .payload_length = 24,
        .next_header = 58,
        .src = {0xfe, 0x80, [8] = 0x02, 0x00, 0x86, 0xff, 0xfe, 0x05, 0x80, 0xda},
        .dst = {0xfe, 0x80, [8] = 0x02, 0x60, 0x97, 0xff, 0xfe, 0x07, 0x69, 0xea}};
    struct tapir_icmpv6 icmp = {.type = TAPIR_ICMPV6_NEIGHBOR_SOLICITATION};
    tapir_stack_layer stack[] = {{&tapir_ipv6_proto, &ip}, {&tapir_icmpv6_proto, &icmp}};

    (void)state;
    assert_string_equal(
        id_of_stack(stack, TAPIR_COUNT(stack), 0), "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=");
}

static void the_connection_inside_a_tunnel_counts(void **state)
{
    static const uint8_t a[] = {10, 0, 0, 1}, b[] = {10, 0, 0, 2};
    struct tapir_ipv4 outer = ip_header(a, b, 4, 40), ip = ip_header(client, server, 6, 20);
    struct tapir_tcp tcp = {.src_port = 34855, .dst_port = 80, .header_words = 5};
    tapir_stack_layer stack[] = {
        {&tapir_ipv4_proto, &outer}, {&tapir_ipv4_proto, &ip}, {&tapir_tcp_proto, &tcp}};

    (void)state;
    assert_string_equal(
        id_of_stack(stack, TAPIR_COUNT(stack), 0), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
}

static void a_packet_that_an_error_quotes_does_not_count(void **state)
{
    static const uint8_t router[] = {192, 168, 0, 1}, host[] = {192, 168, 0, 89};
    struct tapir_ipv4 outer = ip_header(router, host, 1, 48), ip = ip_header(client, server, 6, 20);
    struct tapir_icmp icmp = {.type = TAPIR_ICMP_TIME_EXCEEDED};
    struct tapir_tcp tcp = {.src_port = 34855, .dst_port = 80, .header_words = 5};
    tapir_stack_layer stack[] = {{&tapir_ipv4_proto, &outer}, {&tapir_icmp_proto, &icmp},
        {&tapir_ipv4_proto, &ip}, {&tapir_tcp_proto, &tcp}};

    (void)state;
    assert_string_equal(
        id_of_stack(stack, TAPIR_COUNT(stack), 0), "1:5ppgsucJbrpJCp1T8kvBKS94Ib0=");
}

static void ports_count_although_the_header_is_cut(void **state)
{
    struct tapir_ipv4 ip = ip_header(client, server, 6, 20);
    struct tapir_tcp tcp = {.src_port = 34855, .dst_port = 80, .header_words = 5};
    tapir_stack_layer stack[] = {{&tapir_ipv4_proto, &ip}, {&tapir_tcp_proto, &tcp}};
    tapir_packet *packet = tapir_packet_new(NULL);
    char id[TAPIR_COMMUNITY_ID_ROOM];
    tapir_span bytes;
    tapir_frame frame;

    (void)state;
    assert_int_equal(tapir_encode(stack, 2, buffer, sizeof buffer, &bytes, NULL), TAPIR_OK);
    frame = (tapir_frame){.data = bytes.data, .caplen = 24, .len = (uint32_t)bytes.len};
    tapir_packet_start_at(packet, &frame, &tapir_ipv4_proto);
    assert_true(tapir_packet_community_id(packet, 0, id));
    assert_string_equal(id, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    tapir_packet_free(packet);
}

static void without_ip_there_is_none(void **state)
{
    static const uint8_t ethernet[14] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    tapir_frame frame = {.data = ethernet,
        .caplen = sizeof ethernet,
        .len = sizeof ethernet,
        .link_type = TAPIR_LINK_TYPE_ETHERNET};
    tapir_packet *packet = tapir_packet_new(NULL);
    char id[TAPIR_COMMUNITY_ID_ROOM];

    (void)state;
    tapir_packet_start(packet, &frame);
    assert_false(tapir_packet_community_id(packet, 0, id));
    tapir_packet_free(packet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_of_tcp_have_the_id_of_the_specification),
        cmocka_unit_test(a_reply_has_the_id_of_its_request),
        cmocka_unit_test(messages_without_an_answer_keep_their_direction),
        cmocka_unit_test(neighbour_discovery_pairs_its_messages),
        cmocka_unit_test(the_connection_inside_a_tunnel_counts),
        cmocka_unit_test(a_packet_that_an_error_quotes_does_not_count),
        cmocka_unit_test(ports_count_although_the_header_is_cut),
        cmocka_unit_test(without_ip_there_is_none),
    };

    return cmocka_run_group_tests_name("community_id", tests, NULL, NULL);
}
