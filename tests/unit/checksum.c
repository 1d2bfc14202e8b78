/* Checksums against the plainest possible code and the published check values. */
#include "tapir/checksum.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint8_t bytes[600];

static void fill(void)
{
    uint32_t random = 7;

    for (size_t i = 0; i < sizeof bytes; i++) {
        random = random * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(random >> 24);
    }
}

/* RFC 1071 4.1, word by word. */
static uint16_t plain_checksum(const uint8_t *p, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)p[i] << 8 | p[i + 1];
    if (len % 2)
        sum += (uint32_t)p[len - 1] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void every_length_and_alignment_agrees_with_plain_code(void **state)
{
    (void)state;
    fill();
    for (size_t at = 0; at < 9; at++)
        for (size_t len = 0; len < 200; len++)
            assert_int_equal(tapir_internet_checksum(tapir_span_of(bytes + at, len)),
                plain_checksum(bytes + at, len));
}

static void all_ones_carry_round(void **state)
{
    (void)state;
    memset(bytes, 0xff, sizeof bytes);
    for (size_t len = 0; len < sizeof bytes; len++)
        assert_int_equal(
            tapir_internet_checksum(tapir_span_of(bytes, len)), plain_checksum(bytes, len));
}

static void the_example_of_rfc_1071(void **state)
{
    static const uint8_t example[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

    (void)state;
    assert_int_equal(tapir_internet_checksum(tapir_span_of(example, 8)), (uint16_t)~0xddf2);
}

static void crc32c_check_value(void **state)
{
    (void)state;
    assert_int_equal(tapir_crc32c(0, tapir_span_of("123456789", 9)), 0xe3069283);
}

static uint32_t plain_crc(const uint8_t *p, size_t len)
{
    uint32_t crc = 0xffffffff;

    while (len--) {
        crc ^= *p++;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

static void crc32c_continues_at_any_split(void **state)
{
    (void)state;
    fill();
    for (size_t len = 0; len < 100; len++) {
        uint32_t whole = plain_crc(bytes, len);
        for (size_t split = 0; split <= len; split += 7) {
            uint32_t first = tapir_crc32c(0, tapir_span_of(bytes, split));
            assert_int_equal(tapir_crc32c(first, tapir_span_of(bytes + split, len - split)), whole);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_and_alignment_agrees_with_plain_code),
        cmocka_unit_test(all_ones_carry_round),
        cmocka_unit_test(the_example_of_rfc_1071),
        cmocka_unit_test(crc32c_check_value),
        cmocka_unit_test(crc32c_continues_at_any_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
