/* DHCP: options written, split and joined again, options in all places, and what they hold. */
#include "tapir/encode.h"
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static uint8_t room[2048], wire[4096];
static struct tapir_dhcp dhcp;

static tapir_writer writer_of(size_t len)
{
    memset(room, 0xee, sizeof room);
    return (tapir_writer){room, room + len, false};
}

static tapir_span written(const tapir_writer *w)
{
    return tapir_span_of(room, (size_t)(w->at - room));
}

#define ASSERT_BYTES(span, literal)                                                                \
    do {                                                                                           \
        tapir_span bytes_ = (span);                                                                \
        assert_int_equal(bytes_.len, sizeof(literal) - 1);                                         \
        assert_memory_equal(bytes_.data, literal, sizeof(literal) - 1);                            \
    } while (0)

/* Encodes a message with these options and decodes it again, from a block of exactly its size. */
static uint8_t *exact;

static void through_the_wire(tapir_span options)
{
    struct tapir_dhcp sent = dhcp;
    tapir_stack_layer stack = {&tapir_dhcp_proto, &sent};
    tapir_span encoded;

    sent.cookie = TAPIR_DHCP_COOKIE;
    sent.options = options;
    assert_int_equal(tapir_encode(&stack, 1, wire, sizeof wire, &encoded, NULL), TAPIR_OK);
    free(exact);
    exact = malloc(encoded.len);
    assert_non_null(exact);
    memcpy(exact, encoded.data, encoded.len);
    memset(&dhcp, 0xa5, sizeof dhcp);
    assert_int_equal(
        tapir_decode_alone(&tapir_dhcp_proto, tapir_span_of(exact, encoded.len), &dhcp, NULL),
        TAPIR_OK);
}

static int start(void **state)
{
    (void)state;
    memset(&dhcp, 0, sizeof dhcp);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    free(exact);
    exact = NULL;
    return 0;
}

/* Writing */

static void a_program_writes_a_message(void **state)
{
    static const uint8_t address[4] = {192, 0, 2, 1}, codes[] = {1, 3, 6};
    tapir_writer w = writer_of(312);
    tapir_walk walk;
    struct tapir_dhcp_option option;
    tapir_span data;

    (void)state;
    tapir_dhcp_put_message_type(&w, TAPIR_DHCP_DISCOVER);
    tapir_dhcp_put_requested_address(&w, address);
    tapir_dhcp_put_parameter_list(&w, codes, sizeof codes);
    tapir_dhcp_put_host_name(&w, "name");
    tapir_dhcp_put_end(&w);
    assert_false(w.failed);
    ASSERT_BYTES(written(&w), "\x35\1\1\x32\4\xc0\0\2\1\x37\3\1\3\6\x0c\4name\xff");

    dhcp.operation = TAPIR_DHCP_REQUEST_OPERATION;
    dhcp.hardware_type = 1;
    dhcp.hardware_len = 6;
    through_the_wire(written(&w));
    assert_int_equal(dhcp.cookie, TAPIR_DHCP_COOKIE);
    assert_int_equal(dhcp.message_type, TAPIR_DHCP_DISCOVER);
    assert_true(tapir_dhcp_find(&dhcp, TAPIR_DHCP_OPTION_HOST_NAME, &data));
    ASSERT_BYTES(data, "name");
    assert_false(tapir_dhcp_find(&dhcp, TAPIR_DHCP_OPTION_ROUTER, &data));
    assert_int_equal(data.len, 0);

    walk = tapir_dhcp_options(&dhcp);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.number, TAPIR_DHCP_DISCOVER);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_memory_equal(option.address, address, 4);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_non_null(tapir_walk_next(&walk, &option));
    ASSERT_BYTES(option.text, "name");
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.code, TAPIR_DHCP_OPTION_END);
    assert_null(tapir_walk_next(&walk, &option));
    assert_false(walk.in.failed);
}

static void every_kind_of_option_is_written(void **state)
{
    static const uint8_t address[4] = {192, 0, 2, 1}, two[2][4] = {{1, 2, 3, 4}, {5, 6, 7, 8}};
    static const struct tapir_dhcp_route routes[] = {
        {0, {0}, {192, 0, 2, 1}}, {9, {10, 128}, {192, 0, 2, 2}}};
    static const char *const names[] = {"a.example", "b."};
    tapir_writer w = writer_of(sizeof room);

    (void)state;
    tapir_dhcp_put_server_id(&w, address);
    tapir_dhcp_put_subnet_mask(&w, address);
    tapir_dhcp_put_lease_time(&w, 3600);
    tapir_dhcp_put_addresses(&w, TAPIR_DHCP_OPTION_ROUTER, two, 2);
    tapir_dhcp_put_number(&w, TAPIR_DHCP_OPTION_MAX_MESSAGE_SIZE, 2, 576);
    tapir_dhcp_put_client_id(&w, 1, tapir_span_of("\2\0\0\0\0\1", 6));
    tapir_dhcp_put_full_name(&w, TAPIR_DHCP_FULL_NAME_SERVER_UPDATES, "h.test");
    tapir_dhcp_put_domain_search(&w, names, 2);
    tapir_dhcp_put_routes(&w, routes, 2);
    tapir_dhcp_put_option(&w, TAPIR_DHCP_OPTION_RAPID_COMMIT, tapir_span_of(NULL, 0));
    tapir_dhcp_put_padding(&w, 3);
    assert_false(w.failed);
    ASSERT_BYTES(written(&w),
        "\x36\4\xc0\0\2\1\1\4\xc0\0\2\1\x33\4\0\0\x0e\x10\3\x08\1\2\3\4\5\6\7\x08\x39\2\2\x40"
        "\x3d\7\1\2\0\0\0\0\1\x51\x0b\5\0\0\1h\4test\0\x77\x0e\1a\7example\0\1b\0"
        "\x79\x0c\0\xc0\0\2\1\x09\x0a\x80\xc0\0\2\2\x50\0\0\0\0");
}

static void suboptions_are_written_alike(void **state)
{
    uint8_t inside[32];
    tapir_writer w = writer_of(64), suboptions = {inside, inside + sizeof inside, false};

    (void)state;
    tapir_dhcp_put_text(&suboptions, TAPIR_DHCP_RELAY_CIRCUIT_ID, "eth0");
    tapir_dhcp_put_option(
        &w, TAPIR_DHCP_OPTION_RELAY_AGENT, tapir_span_of(inside, (size_t)(suboptions.at - inside)));
    ASSERT_BYTES(written(&w), "\x52\6\1\4eth0");
}

static void what_does_not_fit_fails_the_writer_and_is_not_written(void **state)
{
    static const uint8_t codes[9] = {0},
                         untouched[8] = {0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee};
    tapir_writer w = writer_of(10);

    (void)state;
    tapir_dhcp_put_parameter_list(&w, codes, 8);
    assert_false(w.failed);
    tapir_dhcp_put_end(&w);
    assert_true(w.failed);

    w = writer_of(10);
    tapir_dhcp_put_parameter_list(&w, codes, 9);
    assert_true(w.failed);
    assert_memory_equal(room, untouched, 8);
    tapir_dhcp_put_end(&w);
    assert_memory_equal(room, untouched, 8);
}

static void what_makes_no_sense_fails_the_writer(void **state)
{
    static const struct tapir_dhcp_route route = {33, {0}, {0}};
    static const char *const bad[] = {
        ".", "a..b", "0123456789012345678901234567890123456789012345678901234567890123"};
    tapir_writer w = writer_of(64);

    (void)state;
    tapir_dhcp_put_number(&w, 1, 2, 0x10000);
    assert_true(w.failed);
    w = writer_of(64);
    tapir_dhcp_put_number(&w, 1, 5, 0);
    assert_true(w.failed);
    w = writer_of(64);
    tapir_dhcp_put_routes(&w, &route, 1);
    assert_true(w.failed);
    for (size_t i = 1; i < TAPIR_COUNT(bad); i++) {
        w = writer_of(128);
        tapir_dhcp_put_domain_search(&w, &bad[i], 1);
        assert_true(w.failed);
    }
    w = writer_of(64); /* the root */
    tapir_dhcp_put_domain_search(&w, bad, 1);
    ASSERT_BYTES(written(&w), "\x77\1\0");
}

static void long_options_are_split_and_joined(void **state)
{
    static uint8_t data[700], joined[1024];
    static const size_t lengths[] = {255, 256, 510, 511, 700};

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < TAPIR_COUNT(lengths); i++) {
        size_t len = lengths[i], parts = (len + 254) / 255;
        tapir_writer w = writer_of(sizeof room);

        tapir_dhcp_put_option(&w, 43, tapir_span_of(data, len));
        assert_false(w.failed);
        assert_int_equal(written(&w).len, len + 2 * parts);
        assert_int_equal(room[1], 255);
        if (parts > 1)
            assert_int_equal(room[257], 43);
        tapir_dhcp_put_end(&w);
        through_the_wire(written(&w));
        assert_int_equal(tapir_dhcp_join(&dhcp, 43, joined, sizeof joined), len);
        assert_memory_equal(joined, data, len);
        /* Room for some of it only. */
        memset(joined, 0, sizeof joined);
        assert_int_equal(tapir_dhcp_join(&dhcp, 43, joined, 100), len);
        assert_memory_equal(joined, data, 100);
        assert_int_equal(joined[100], 0);
    }
}

static void long_lists_are_split_in_place(void **state)
{
    static const char *names[60];
    static uint8_t joined[1024];

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(names); i++)
        names[i] = "host.example";
    for (size_t count = 17; count <= TAPIR_COUNT(names); count++) {
        size_t len = count * 14, parts = (len + 254) / 255;
        tapir_writer w = writer_of(sizeof room);

        tapir_dhcp_put_domain_search(&w, names, count);
        assert_false(w.failed);
        assert_int_equal(written(&w).len, len + 2 * parts);
        through_the_wire(written(&w));
        assert_int_equal(
            tapir_dhcp_join(&dhcp, TAPIR_DHCP_OPTION_DOMAIN_SEARCH, joined, sizeof joined), len);
        for (size_t i = 0; i < count; i++)
            assert_memory_equal(joined + i * 14, "\4host\7example", 14);
    }
    /* There is no room for the second part's head. */
    {
        tapir_writer w = writer_of(20 * 14 + 3);
        tapir_dhcp_put_domain_search(&w, names, 20);
        assert_true(w.failed);
    }
}

/* Places */

static void options_go_on_in_the_other_places(void **state)
{
    tapir_writer w = writer_of(64);
    struct tapir_dhcp_option option;
    tapir_walk walk;
    tapir_span data;
    uint8_t joined[8];

    (void)state;
    memcpy(dhcp.boot_file, "\x0c\4file\xff\x0c\1x", 10);
    memcpy(dhcp.server_name, "\x0c\4name\x0f\1d\xff", 10);
    tapir_dhcp_put_number(&w, TAPIR_DHCP_OPTION_OVERLOAD, 1, 3);
    tapir_dhcp_put_end(&w);
    through_the_wire(written(&w));
    assert_int_equal(dhcp.overload, 3);
    assert_true(tapir_dhcp_find(&dhcp, 12, &data));
    ASSERT_BYTES(data, "file");
    assert_true(tapir_dhcp_find(&dhcp, 15, &data));
    assert_int_equal(tapir_dhcp_join(&dhcp, 12, joined, 8), 8);
    assert_memory_equal(joined, "filename", 8);

    walk = tapir_dhcp_file_options(&dhcp);
    assert_non_null(tapir_walk_next(&walk, &option));
    ASSERT_BYTES(option.text, "file");
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.code, TAPIR_DHCP_OPTION_END);
    assert_null(tapir_walk_next(&walk, &option));
    walk = tapir_dhcp_name_options(&dhcp);
    assert_non_null(tapir_walk_next(&walk, &option));
    ASSERT_BYTES(option.text, "name");
}

static void names_are_no_options_unless_it_is_said(void **state)
{
    tapir_writer w = writer_of(64);
    struct tapir_dhcp_option option;
    tapir_walk walk;
    tapir_span data;

    (void)state;
    memcpy(dhcp.boot_file, "\x0c\4file\xff", 7);
    tapir_dhcp_put_number(&w, TAPIR_DHCP_OPTION_OVERLOAD, 1, 2);
    through_the_wire(written(&w));
    assert_false(tapir_dhcp_find(&dhcp, 12, &data));
    walk = tapir_dhcp_file_options(&dhcp);
    assert_null(tapir_walk_next(&walk, &option));
}

/* What options hold */

static tapir_walk values_of(tapir_span options, struct tapir_dhcp_option *option)
{
    tapir_walk walk;

    through_the_wire(options);
    walk = tapir_dhcp_options(&dhcp);
    assert_non_null(tapir_walk_next(&walk, option));
    return tapir_dhcp_option_values(option);
}

#define VALUES_OF(literal, option) values_of(tapir_span_of(literal, sizeof(literal) - 1), option)

static void options_are_lists_of_values(void **state)
{
    struct tapir_dhcp_option option;
    struct tapir_dhcp_value value;
    tapir_walk walk;
    tapir_text text = {.data = NULL};

    (void)state;
    walk = VALUES_OF("\x37\2\1\xf9", &option);
    assert_non_null(tapir_walk_next(&walk, &value));
    assert_non_null(tapir_walk_next(&walk, &value));
    assert_int_equal(value.number, 249);
    assert_null(tapir_walk_next(&walk, &value));

    walk = VALUES_OF("\x79\x08\x18\x0a\1\2\xc0\0\2\1", &option);
    assert_non_null(tapir_walk_next(&walk, &value));
    assert_int_equal(value.length, 24);
    assert_memory_equal(value.address, "\x0a\1\2\0", 4);
    assert_memory_equal(value.second, "\xc0\0\2\1", 4);

    walk = VALUES_OF("\x52\x0c\1\4eth0\5\4\xc0\0\2\0", &option);
    assert_non_null(tapir_walk_next(&walk, &value));
    ASSERT_BYTES(value.data, "eth0");
    assert_non_null(tapir_walk_next(&walk, &value));
    assert_memory_equal(value.address, "\xc0\0\2\0", 4);

    walk = VALUES_OF("\x77\x0a\3"
                     "com\0\1a\xc0\0"
                     "b",
        &option);
    assert_non_null(tapir_walk_next(&walk, &value));
    assert_non_null(tapir_walk_next(&walk, &value));
    tapir_dns_name_text(&text, &value.name);
    assert_string_equal(tapir_text_string(&text), "a.com");
    tapir_text_clear(&text);

    walk = VALUES_OF("\x0c\4name", &option);
    assert_null(tapir_walk_next(&walk, &value));
    assert_false(walk.in.failed);
}

static void an_option_that_is_cut_ends_the_walk(void **state)
{
    struct tapir_dhcp_option option;
    tapir_walk walk;

    (void)state;
    through_the_wire(tapir_span_of("\x35\1\1\x0c\x09name", 9));
    walk = tapir_dhcp_options(&dhcp);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.length, 9);
    ASSERT_BYTES(option.data, "name");
    assert_true(walk.in.failed);
    assert_null(tapir_walk_next(&walk, &option));
}

static void an_option_of_a_wrong_length_is_bytes_only(void **state)
{
    struct tapir_dhcp_option option;
    tapir_walk walk;

    (void)state;
    through_the_wire(tapir_span_of("\x33\3\1\2\3", 5));
    walk = tapir_dhcp_options(&dhcp);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_int_equal(option.number, 0);
    ASSERT_BYTES(option.data, "\1\2\3");
}

static void a_message_without_the_cookie_has_no_options(void **state)
{
    static const uint8_t bytes[300] = {[0] = 1, [236] = 0x63, [237] = 0x82, [238] = 0x53};

    (void)state;
    assert_int_equal(
        tapir_decode_alone(&tapir_dhcp_proto, tapir_span_of(bytes, 300), &dhcp, NULL), TAPIR_OK);
    assert_int_equal(dhcp.cookie, 0);
    assert_int_equal(dhcp.options.len, 0);
    assert_int_equal(dhcp.vendor.len, 64);
    assert_int_equal(
        tapir_decode_alone(&tapir_dhcp_proto, tapir_span_of(bytes, 238), &dhcp, NULL), TAPIR_OK);
    assert_int_equal(dhcp.vendor.len, 2);
}

static void codes_have_names(void **state)
{
    (void)state;
    assert_string_equal(tapir_dhcp_option_name(TAPIR_DHCP_OPTION_DOMAIN_SEARCH), "Domain search");
    assert_null(tapir_dhcp_option_name(254));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_program_writes_a_message),
        TEST(every_kind_of_option_is_written),
        TEST(suboptions_are_written_alike),
        TEST(what_does_not_fit_fails_the_writer_and_is_not_written),
        TEST(what_makes_no_sense_fails_the_writer),
        TEST(long_options_are_split_and_joined),
        TEST(long_lists_are_split_in_place),
        TEST(options_go_on_in_the_other_places),
        TEST(names_are_no_options_unless_it_is_said),
        TEST(options_are_lists_of_values),
        TEST(an_option_that_is_cut_ends_the_walk),
        TEST(an_option_of_a_wrong_length_is_bytes_only),
        TEST(a_message_without_the_cookie_has_no_options),
        TEST(codes_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
