/* ICMP and ICMPv6: quoted packets as layers, extensions behind them, options, checksums. */
#include "tapir/protocols.h"
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MPLS_EXTENSION 0x20, 0, 0, 0, 0, 8, 1, 1, 0, 0x01, 0x01, 0x40
#define LINK_LOCAL     0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1

/* Quotes 28 of 40 bytes: IPv4 10.0.0.1 > 10.0.0.2, the head of UDP 4660 > 22136. */
#define QUOTED_IPV4                                                                                \
    0x45, 0, 0, 40, 0, 0, 0x40, 0, 0x40, 17, 0x26, 0x7c, 10, 0, 0, 1, 10, 0, 0, 2, 0x12, 0x34,     \
        0x56, 0x78, 0, 20, 0, 0

static const uint8_t unreachable[] = {3, 3, 0x68, 0x74, 0, 0, 0, 0, QUOTED_IPV4};

struct decoded {
    tapir_frame frame;
    tapir_packet *packet;
    const tapir_layer *layers;
    size_t count;
};

static struct decoded decode(const tapir_proto *first, const uint8_t *data, size_t len)
{
    struct decoded decoded = {.packet = tapir_packet_new(NULL)};
    static tapir_frame frame;

    assert_non_null(decoded.packet);
    frame = (tapir_frame){.data = data, .caplen = (uint32_t)len, .len = (uint32_t)len};
    tapir_packet_start_at(decoded.packet, &frame, first);
    decoded.layers = tapir_packet_layers(decoded.packet, &decoded.count);
    return decoded;
}

static void assert_chain(const struct decoded *decoded, const char *const *names, size_t count)
{
    assert_int_equal(decoded->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(decoded->layers[i].proto->name, names[i]);
}

static void a_quoted_datagram_is_cut_where_the_quote_ends(void **state)
{
    static const char *const chain[] = {"icmp", "ip", "udp"};
    struct decoded decoded = decode(&tapir_icmp_proto, unreachable, sizeof unreachable);

    (void)state;
    assert_chain(&decoded, chain, TAPIR_COUNT(chain));
    assert_int_equal(decoded.layers[0].header_len, 8);
    assert_int_equal(decoded.layers[0].payload_len, 28);
    assert_int_equal(decoded.layers[0].status, TAPIR_OK);
    assert_int_equal(decoded.layers[1].status, TAPIR_CUT);
    assert_int_equal(decoded.layers[2].status, TAPIR_CUT);
    assert_false(decoded.layers[2].partial);
    assert_int_equal(TAPIR_AS(&decoded.layers[2], udp)->dst_port, 22136);
    tapir_packet_free(decoded.packet);
}

/* Fills `message` with a time exceeded message that quotes 128 bytes and ends in an MPLS label. */
static size_t extended_message(uint8_t message[256], uint8_t length, uint8_t version)
{
    static const uint8_t quoted[] = {QUOTED_IPV4}, extension[] = {MPLS_EXTENSION};

    memset(message, 0, 256);
    message[0] = TAPIR_ICMP_TIME_EXCEEDED;
    message[5] = length;
    memcpy(message + 8, quoted, sizeof quoted);
    memcpy(message + 8 + 128, extension, sizeof extension);
    message[8 + 128] = (uint8_t)(version << 4);
    return 8 + 128 + sizeof extension;
}

static void extensions_lie_behind_the_quoted_datagram(void **state)
{
    uint8_t message[256];
    size_t len = extended_message(message, 32, 2);
    struct decoded decoded = decode(&tapir_icmp_proto, message, len);
    const struct tapir_icmp *icmp = TAPIR_AS(&decoded.layers[0], icmp);
    struct tapir_icmp_extensions extensions;
    struct tapir_icmp_object object;
    struct tapir_icmp_label label;
    tapir_walk objects, labels;

    (void)state;
    assert_int_equal(decoded.layers[0].payload_len, 128);
    assert_int_equal(decoded.layers[1].status, TAPIR_OK);
    assert_true(tapir_icmp_extensions_decode(icmp->extensions, &extensions));
    assert_int_equal(extensions.version, 2);
    objects = tapir_icmp_objects(&extensions);
    assert_non_null(tapir_walk_next(&objects, &object));
    assert_int_equal(object.class_number, TAPIR_ICMP_OBJECT_MPLS_LABEL_STACK);
    labels = tapir_icmp_labels(&object);
    assert_non_null(tapir_walk_next(&labels, &label));
    assert_int_equal(label.label, 16);
    assert_true(label.bottom);
    assert_int_equal(label.ttl, 64);
    assert_null(tapir_walk_next(&labels, &label));
    assert_null(tapir_walk_next(&objects, &object));
    assert_false(objects.in.failed);
    tapir_packet_free(decoded.packet);
}

static void unannounced_extensions_need_their_version(void **state)
{
    uint8_t message[256];
    size_t len = extended_message(message, 0, 2);
    struct decoded decoded = decode(&tapir_icmp_proto, message, len);

    (void)state;
    assert_int_equal(TAPIR_AS(&decoded.layers[0], icmp)->extensions.len, 12);
    assert_int_equal(decoded.layers[0].payload_len, 128);
    tapir_packet_free(decoded.packet);
    len = extended_message(message, 0, 3);
    decoded = decode(&tapir_icmp_proto, message, len);
    assert_int_equal(TAPIR_AS(&decoded.layers[0], icmp)->extensions.len, 0);
    assert_int_equal(decoded.layers[0].payload_len, 128 + 12);
    tapir_packet_free(decoded.packet);
}

static void a_message_with_extensions_encodes_back_whole(void **state)
{
    uint8_t message[256], buffer[256];
    size_t len = extended_message(message, 32, 2);
    struct decoded decoded = decode(&tapir_icmp_proto, message, len);
    tapir_stack_layer stack[8];
    tapir_span encoded;

    (void)state;
    for (size_t i = 0; i < decoded.count; i++)
        stack[i] = (tapir_stack_layer){decoded.layers[i].proto, decoded.layers[i].fields};
    assert_int_equal(
        tapir_encode(stack, decoded.count, buffer, sizeof buffer, &encoded, NULL), TAPIR_OK);
    assert_int_equal(encoded.len, len);
    assert_memory_equal(encoded.data, message, len);
    /* Not a byte too few. */
    assert_int_equal(
        tapir_encode(stack, decoded.count, buffer, len - 1, &encoded, NULL), TAPIR_NO_ROOM);
    tapir_packet_free(decoded.packet);
}

static void a_request_is_made_of_its_members(void **state)
{
    struct tapir_icmp request = {
        .type = TAPIR_ICMP_ECHO_REQUEST, .checksum = 0xf7fd, .echo = {.ident = 1, .seq = 1}};
    tapir_stack_layer stack = {&tapir_icmp_proto, &request};
    static const uint8_t expected[] = {8, 0, 0xf7, 0xfd, 0, 1, 0, 1};
    uint8_t buffer[16];
    tapir_span encoded;

    (void)state;
    assert_int_equal(tapir_encode(&stack, 1, buffer, sizeof buffer, &encoded, NULL), TAPIR_OK);
    assert_int_equal(encoded.len, sizeof expected);
    assert_memory_equal(encoded.data, expected, sizeof expected);
    request = (struct tapir_icmp){
        .type = TAPIR_ICMP_EXTENDED_ECHO_REQUEST, .extended_echo = {.reserved = 0x80}};
    assert_int_equal(
        tapir_encode(&stack, 1, buffer, sizeof buffer, &encoded, NULL), TAPIR_TOO_WIDE);
}

/* IPv4 10.0.0.1 > 10.0.0.2, echo request. */
static const uint8_t ping[] = {0x45, 0, 0, 29, 0, 1, 0, 0, 64, 1, 0x66, 0xdd, 10, 0, 0, 1, 10, 0, 0,
    2, 8, 0, 0x96, 0xfd, 0, 1, 0, 1, 0x61};

static tapir_checksum verify_last(
    const tapir_proto *first, const uint8_t *data, size_t len, const tapir_proto *proto)
{
    struct decoded decoded = decode(first, data, len);
    const tapir_layer *layer = tapir_packet_find(decoded.packet, proto, 0);
    tapir_checksum checksum;

    assert_non_null(layer);
    assert_true(tapir_packet_verify(decoded.packet, layer, &checksum));
    tapir_packet_free(decoded.packet);
    return checksum;
}

static void checksums_are_told_right_from_wrong(void **state)
{
    uint8_t copy[sizeof ping];
    tapir_checksum checksum = verify_last(&tapir_ipv4_proto, ping, sizeof ping, &tapir_icmp_proto);

    (void)state;
    assert_true(checksum.present && checksum.verifiable && checksum.good);
    memcpy(copy, ping, sizeof copy);
    copy[28] ^= 1;
    checksum = verify_last(&tapir_ipv4_proto, copy, sizeof copy, &tapir_icmp_proto);
    assert_true(checksum.verifiable);
    assert_false(checksum.good);
    assert_int_equal(checksum.actual, 0x96fd);
    assert_int_equal(checksum.expected, 0x97fd);
}

static void the_checksum_of_a_fragment_cannot_be_verified(void **state)
{
    uint8_t copy[sizeof ping];
    tapir_checksum checksum;

    (void)state;
    memcpy(copy, ping, sizeof copy);
    copy[6] = 0x20; /* more fragments */
    checksum = verify_last(&tapir_ipv4_proto, copy, sizeof copy, &tapir_icmp_proto);
    assert_true(checksum.present);
    assert_false(checksum.verifiable);
}

static void the_checksum_covers_the_extensions(void **state)
{
    uint8_t packet[20 + 256] = {0x45, 0, 0, 0, 0, 1, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2};
    size_t len = extended_message(packet + 20, 32, 2);
    tapir_checksum checksum;

    (void)state;
    packet[3] = (uint8_t)(20 + len);
    tapir_store_be(packet + 22, 2, tapir_internet_checksum(tapir_span_of(packet + 20, len)));
    checksum = verify_last(&tapir_ipv4_proto, packet, 20 + len, &tapir_icmp_proto);
    assert_true(checksum.verifiable && checksum.good);
    packet[20 + len - 1] ^= 1;
    checksum = verify_last(&tapir_ipv4_proto, packet, 20 + len, &tapir_icmp_proto);
    assert_true(checksum.verifiable);
    assert_false(checksum.good);
}

static void the_checksum_of_icmpv6_has_a_pseudo_header(void **state)
{
    static const uint8_t solicitation[] = {
        0x60, 0, 0, 0, 0, 8, 58, 255, LINK_LOCAL, LINK_LOCAL, 133, 0, 0x7d, 0xb9, 0, 0, 0, 0};
    uint8_t copy[sizeof solicitation];
    tapir_checksum checksum =
        verify_last(&tapir_ipv6_proto, solicitation, sizeof solicitation, &tapir_icmpv6_proto);

    (void)state;
    assert_true(checksum.verifiable);
    assert_int_equal(checksum.expected, 0x7db9);
    assert_true(checksum.good);
    memcpy(copy, solicitation, sizeof copy);
    copy[8] ^= 1; /* an address */
    checksum = verify_last(&tapir_ipv6_proto, copy, sizeof copy, &tapir_icmpv6_proto);
    assert_false(checksum.good);
}

/* 48 bytes: IPv6 and UDP, 8 bytes of option in front and 0 of padding. */
#define REDIRECTED_HEADER                                                                          \
    4, 7, 0, 0, 0, 0, 0, 0, 0x60, 0, 0, 0, 0, 8, 17, 64, LINK_LOCAL, LINK_LOCAL, 0x12, 0x34, 0x56, \
        0x78, 0, 8, 0, 0
#define TARGET_LINK 2, 1, 0, 0x11, 0x22, 0x33, 0x44, 0x55

static void the_packet_in_the_last_option_of_a_redirect_is_the_payload(void **state)
{
    static const char *const chain[] = {"icmpv6", "ipv6", "udp"};
    static const uint8_t redirect[] = {
        137, 0, 0, 0, 0, 0, 0, 0, LINK_LOCAL, LINK_LOCAL, TARGET_LINK, REDIRECTED_HEADER};
    struct decoded decoded = decode(&tapir_icmpv6_proto, redirect, sizeof redirect);
    tapir_walk walk = tapir_icmpv6_options(TAPIR_AS(&decoded.layers[0], icmpv6));
    struct tapir_ndp_option option;

    (void)state;
    assert_chain(&decoded, chain, TAPIR_COUNT(chain));
    assert_int_equal(decoded.layers[0].header_len, 8 + 32 + 8 + 8);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.type, TAPIR_NDP_TARGET_LINK_ADDRESS);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.type, TAPIR_NDP_REDIRECTED_HEADER);
    assert_int_equal(option.redirected.len, 0);
    assert_null(tapir_walk_next(&walk, &option));
    assert_false(walk.in.failed);
    tapir_packet_free(decoded.packet);
}

static void a_packet_in_another_option_of_a_redirect_stays_there(void **state)
{
    static const uint8_t redirect[] = {
        137, 0, 0, 0, 0, 0, 0, 0, LINK_LOCAL, LINK_LOCAL, REDIRECTED_HEADER, TARGET_LINK};
    struct decoded decoded = decode(&tapir_icmpv6_proto, redirect, sizeof redirect);
    tapir_walk walk = tapir_icmpv6_options(TAPIR_AS(&decoded.layers[0], icmpv6));
    struct tapir_ndp_option option;

    (void)state;
    assert_int_equal(decoded.count, 1);
    assert_int_equal(decoded.layers[0].header_len, sizeof redirect);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.redirected.len, 48);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.address.len, 6);
    assert_null(tapir_walk_next(&walk, &option));
    tapir_packet_free(decoded.packet);
}

static void an_option_of_length_zero_ends_the_options(void **state)
{
    static const uint8_t options[] = {5, 1, 0, 0, 0, 0, 5, 0xdc, 5, 0, 0, 0, 0, 0, 5, 0xdc, 5, 1};
    tapir_walk walk = tapir_ndp_options(tapir_span_of(options, sizeof options));
    struct tapir_ndp_option option;

    (void)state;
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.mtu, 1500);
    assert_false(walk.in.failed);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.length, 0);
    assert_true(walk.in.failed);
    assert_null(tapir_walk_next(&walk, &option));
}

static void a_query_is_of_version_2_by_its_length(void **state)
{
    static const uint8_t query[] = {
        130, 0, 0, 0, 0x03, 0xe8, 0, 0, LINK_LOCAL, 0x0a, 0x7d, 0, 1, LINK_LOCAL};
    struct decoded decoded = decode(&tapir_icmpv6_proto, query, 24);
    const struct tapir_icmpv6 *icmp = TAPIR_AS(&decoded.layers[0], icmpv6);
    struct tapir_ipv6_address source;
    tapir_walk walk;

    (void)state;
    assert_false(icmp->mld.version2);
    assert_int_equal(icmp->items.len, 0);
    tapir_packet_free(decoded.packet);
    decoded = decode(&tapir_icmpv6_proto, query, sizeof query);
    icmp = TAPIR_AS(&decoded.layers[0], icmpv6);
    assert_true(icmp->mld.version2);
    assert_int_equal(icmp->mld.source_count, 1);
    walk = tapir_mld_sources(icmp);
    assert_non_null(tapir_walk_next(&walk, &source));
    assert_int_equal(source.address[0], 0xfe);
    assert_null(tapir_walk_next(&walk, &source));
    tapir_packet_free(decoded.packet);
    /* The source that is announced is not there. */
    decoded = decode(&tapir_icmpv6_proto, query, sizeof query - 1);
    assert_true(decoded.layers[0].partial);
    assert_int_equal(decoded.layers[0].status, TAPIR_CUT);
    tapir_packet_free(decoded.packet);
}

static void records_of_a_report_are_as_many_as_announced(void **state)
{
    static const uint8_t report[] = {
        143, 0, 0, 0, 0, 0, 0, 1, 4, 1, 0, 1, LINK_LOCAL, LINK_LOCAL, 1, 2, 3, 4, 0xee};
    struct decoded decoded = decode(&tapir_icmpv6_proto, report, sizeof report);
    tapir_walk walk = tapir_mld_records(TAPIR_AS(&decoded.layers[0], icmpv6));
    struct tapir_mld_record record;

    (void)state;
    assert_non_null(tapir_walk_next(&walk, &record));
    assert_int_equal(record.type, 4);
    assert_int_equal(record.sources.len, 16);
    assert_int_equal(record.aux.len, 4);
    assert_null(tapir_walk_next(&walk, &record));
    assert_int_equal(decoded.count, 2); /* the byte behind the record */
    tapir_packet_free(decoded.packet);
}

static void bytes_too_few_for_the_buffered_messages_are_kept(void **state)
{
    /* 8 bytes are announced, 4 are there. */
    static const uint8_t control[] = {159, 0, 0, 0, 32, 8 << 2 | 1, 1, 2, 3, 4, 5, 6};
    struct decoded decoded = decode(&tapir_icmpv6_proto, control, sizeof control);
    tapir_walk walk = tapir_mpl_seeds(TAPIR_AS(&decoded.layers[0], icmpv6));
    struct tapir_mpl_seed seed;

    (void)state;
    assert_non_null(tapir_walk_next(&walk, &seed));
    assert_int_equal(seed.seed.len, 2);
    assert_int_equal(seed.buffered.len, 0);
    assert_int_equal(seed.rest.len, 4);
    assert_int_equal(seed.rest.data[0], 3);
    tapir_packet_free(decoded.packet);
}

static void elided_bytes_of_a_route_are_those_of_the_dodag(void **state)
{
    static const uint8_t dio[] = {
        155, 1, 0, 0, 30, 1, 2, 3, 0, 0, 0, 0, LINK_LOCAL, 10, 6, 0x0e, 0, 0xaa, 0xbb, 0xcc, 0xdd};
    struct decoded decoded = decode(&tapir_icmpv6_proto, dio, sizeof dio);
    tapir_walk walk = tapir_icmpv6_rpl_options(TAPIR_AS(&decoded.layers[0], icmpv6)), hops;
    struct tapir_rpl_option option;
    struct tapir_ipv6_address hop;

    (void)state;
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.route_discovery.elided, 14);
    assert_int_equal(option.route_discovery.target[0], 0xfe);
    assert_int_equal(option.route_discovery.target[15], 0xbb);
    hops = tapir_rpl_addresses(&option);
    assert_non_null(tapir_walk_next(&hops, &hop));
    assert_int_equal(hop.address[1], 0x80);
    assert_int_equal(hop.address[14], 0xcc);
    assert_null(tapir_walk_next(&hops, &hop));
    tapir_packet_free(decoded.packet);
}

static void collect(void *user, const tapir_value *value)
{
    tapir_text *text = user;

    tapir_text_put(text, tapir_value_name(value));
    tapir_text_char(text, '=');
    tapir_value_text(text, value);
    tapir_text_char(text, ' ');
}

static void a_message_cut_short_shows_what_is_there(void **state)
{
    static const uint8_t echo[] = {8, 0, 0, 0, 0x12, 0x34, 0};
    struct decoded decoded = decode(&tapir_icmp_proto, echo, sizeof echo);
    char buffer[512];
    tapir_text text = tapir_text_fixed(buffer, sizeof buffer);

    (void)state;
    assert_true(decoded.layers[0].partial);
    tapir_layer_values(&decoded.layers[0], &(tapir_value_visitor){.value = collect, .user = &text});
    assert_string_equal(tapir_text_string(&text),
        "icmp.type=8 icmp.code=0 icmp.checksum=0x0000 icmp.ident=4660 icmp.ident_le=13330 ");
    tapir_packet_free(decoded.packet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quoted_datagram_is_cut_where_the_quote_ends),
        cmocka_unit_test(extensions_lie_behind_the_quoted_datagram),
        cmocka_unit_test(unannounced_extensions_need_their_version),
        cmocka_unit_test(a_message_with_extensions_encodes_back_whole),
        cmocka_unit_test(a_request_is_made_of_its_members),
        cmocka_unit_test(checksums_are_told_right_from_wrong),
        cmocka_unit_test(the_checksum_of_a_fragment_cannot_be_verified),
        cmocka_unit_test(the_checksum_covers_the_extensions),
        cmocka_unit_test(the_checksum_of_icmpv6_has_a_pseudo_header),
        cmocka_unit_test(the_packet_in_the_last_option_of_a_redirect_is_the_payload),
        cmocka_unit_test(a_packet_in_another_option_of_a_redirect_stays_there),
        cmocka_unit_test(an_option_of_length_zero_ends_the_options),
        cmocka_unit_test(a_query_is_of_version_2_by_its_length),
        cmocka_unit_test(records_of_a_report_are_as_many_as_announced),
        cmocka_unit_test(bytes_too_few_for_the_buffered_messages_are_kept),
        cmocka_unit_test(elided_bytes_of_a_route_are_those_of_the_dodag),
        cmocka_unit_test(a_message_cut_short_shows_what_is_there),
    };

    return cmocka_run_group_tests_name("icmp", tests, NULL, NULL);
}
