/* Numbers and addresses in text, bounded growth, JSON strings. */
#include "tapir/text.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void numbers(void **state)
{
    tapir_text text = {0};

    (void)state;
    tapir_text_uint(&text, 0);
    tapir_text_char(&text, ' ');
    tapir_text_uint(&text, UINT64_MAX);
    tapir_text_char(&text, ' ');
    tapir_text_int(&text, INT64_MIN);
    tapir_text_char(&text, ' ');
    tapir_text_uint_padded(&text, 42, 6);
    tapir_text_char(&text, ' ');
    tapir_text_hex(&text, 0xabc, 4);
    tapir_text_char(&text, ' ');
    tapir_text_hex(&text, 0, 1);
    assert_string_equal(
        tapir_text_string(&text), "0 18446744073709551615 -9223372036854775808 000042 0abc 0");
    tapir_text_clear(&text);
}

static void numbers_of_every_length(void **state)
{
    char expected[24];

    (void)state;
    for (uint64_t power = 1;; power *= 10) {
        const uint64_t near[] = {power - 1, power, power + 1, power * 3 / 2, power / 7 * 6};
        for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
            tapir_text text = {0};
            snprintf(expected, sizeof expected, "%llu", (unsigned long long)near[i]);
            tapir_text_uint(&text, near[i]);
            assert_string_equal(tapir_text_string(&text), expected);
            tapir_text_clear(&text);
        }
        if (power > UINT64_MAX / 10)
            break;
    }
}

static void a_fixed_text_drops_what_does_not_fit(void **state)
{
    char buffer[4];
    tapir_text text = tapir_text_fixed(buffer, sizeof buffer);

    (void)state;
    tapir_text_put(&text, "abc");
    assert_false(text.failed);
    tapir_text_put(&text, "de");
    assert_true(text.failed);
    assert_string_equal(tapir_text_string(&text), "abc");
}

static void growth_stops_at_the_limit(void **state)
{
    tapir_text text = {.limit = 1000};

    (void)state;
    for (unsigned i = 0; i < 2000; i++)
        tapir_text_char(&text, 'x');
    assert_true(text.failed);
    assert_int_equal(text.len, 1000);
    assert_true(text.room <= 1000);
    tapir_text_clear(&text);
}

static void ipv6_as_rfc_5952(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"0:0:1::", "0:0:1::"},
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(cases); i++) {
        uint8_t address[16];
        char buffer[64];
        tapir_text text = tapir_text_fixed(buffer, sizeof buffer);
        assert_int_equal(inet_pton(AF_INET6, cases[i].in, address), 1);
        tapir_text_ipv6(&text, address);
        assert_string_equal(tapir_text_string(&text), cases[i].out);
    }
}

static void json_strings_are_valid_utf8(void **state)
{
    static const struct {
        const char *in;
        size_t len;
        const char *out;
    } cases[] = {
        {"plain", 5, "plain"},
        {"a\"b\\c", 5, "a\\\"b\\\\c"},
        {"\0\n\x7f", 3, "\\u0000\\u000a\\u007f"},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\x8a", 9, "\xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\x8a"},
        {"\xff", 1, "\\ufffd"},
        {"\xc0\xaf", 2, "\\ufffd\\ufffd"},
        {"\xed\xa0\x80", 3, "\\ufffd\\ufffd\\ufffd"},
        {"\xe2\x82", 2, "\\ufffd\\ufffd"},
        {"\xf4\x90\x80\x80", 4, "\\ufffd\\ufffd\\ufffd\\ufffd"},
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(cases); i++) {
        char buffer[128];
        tapir_text text = tapir_text_fixed(buffer, sizeof buffer);
        tapir_text_json(&text, tapir_span_of(cases[i].in, cases[i].len));
        assert_string_equal(tapir_text_string(&text), cases[i].out);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(numbers_of_every_length),
        cmocka_unit_test(a_fixed_text_drops_what_does_not_fit),
        cmocka_unit_test(growth_stops_at_the_limit),
        cmocka_unit_test(ipv6_as_rfc_5952),
        cmocka_unit_test(json_strings_are_valid_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
