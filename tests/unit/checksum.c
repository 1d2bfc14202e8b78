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

static void a_copy_has_the_bytes_and_their_sum(void **state)
{
    static uint8_t copied[sizeof bytes];

    (void)state;
    fill();
    for (size_t at = 0; at < 9; at++)
        for (size_t len = 0; len < 300; len++) {
            tapir_span from = tapir_span_of(bytes + at, len);
            memset(copied, 0x5a, sizeof copied);
            assert_int_equal(
                tapir_sum_fold(tapir_sum_copy(copied + at, from)), plain_checksum(from.data, len));
            assert_memory_equal(copied + at, from.data, len);
            assert_int_equal(copied[at + len], 0x5a);
            if (at)
                assert_int_equal(copied[at - 1], 0x5a);
        }
}

/* 2^16 is 1; only nothing sums up to nothing. */
static void any_sum_folds_to_its_remainder(void **state)
{
    static const uint64_t odd[] = {0, 1, 0xfffe, 0xffff, 0x10000, 0x1fffe, 0x1ffff, 0xffff0000,
        0xffffffff, 0x100000000, 0x1fffffffe, 0xffffffff00000000, 0xffff0000ffff0000,
        0x00000000ffffffff, 0xfffffffffffffffe, 0xffffffffffffffff, 0x123456789abcdef0};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(odd); i++)
        for (unsigned shift = 0; shift < 64; shift++) {
            uint64_t sum = odd[i] >> shift;
            uint16_t folded = (uint16_t)(sum ? (sum - 1) % 0xffff + 1 : 0);
            assert_int_equal(tapir_sum_fold(sum), (uint16_t)~folded);
        }
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
        cmocka_unit_test(a_copy_has_the_bytes_and_their_sum),
        cmocka_unit_test(any_sum_folds_to_its_remainder),
        cmocka_unit_test(the_example_of_rfc_1071),
        cmocka_unit_test(crc32c_check_value),
        cmocka_unit_test(crc32c_continues_at_any_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
