/* The reader never overruns, the writer never overflows, tables load and store every width. */
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_short_read_fails_and_empties_the_reader(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3};
    tapir_reader r = tapir_reader_of(tapir_span_of(bytes, 3));

    (void)state;
    assert_int_equal(tapir_take_be16(&r), 0x0102);
    assert_int_equal(tapir_take_be32(&r), 0);
    assert_true(r.failed);
    assert_int_equal(r.needed, 4);
    assert_int_equal(r.had, 1);
    assert_int_equal(tapir_left(&r), 0);
    assert_int_equal(tapir_take_u8(&r), 0);
    assert_null(tapir_take(&r, 1));
    assert_int_equal(r.needed, 4);
}

static void limits_only_shorten(void **state)
{
    static const uint8_t bytes[8] = {0};
    tapir_reader r = tapir_reader_of(tapir_span_of(bytes, 8));

    (void)state;
    tapir_limit(&r, 100);
    assert_int_equal(tapir_left(&r), 8);
    tapir_limit(&r, 3);
    assert_int_equal(tapir_left(&r), 3);
    tapir_limit(&r, 5);
    assert_int_equal(tapir_left(&r), 3);
}

static void numbers_are_read_in_both_orders(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
    tapir_span span = tapir_span_of(bytes, 8);
    tapir_reader r = tapir_reader_of(span);

    (void)state;
    assert_int_equal(tapir_take_be64(&r), 0x0102030405060708);
    r = tapir_reader_of(span);
    assert_int_equal(tapir_take_le64(&r), 0x0807060504030201);
    r = tapir_reader_of(span);
    assert_int_equal(tapir_take_be24(&r), 0x010203);
    assert_int_equal(tapir_take_le16(&r), 0x0504);
    r = tapir_reader_of(span);
    assert_int_equal(tapir_take_be48(&r), 0x010203040506);
}

static void an_empty_span_without_data_reads_as_nothing(void **state)
{
    tapir_reader r = tapir_reader_of(tapir_span_of(NULL, 0));

    (void)state;
    assert_int_equal(tapir_take_rest(&r).len, 0);
    assert_false(r.failed);
    assert_int_equal(tapir_take_u8(&r), 0);
    assert_true(r.failed);
}

static void the_writer_refuses_what_does_not_fit(void **state)
{
    uint8_t buffer[3];
    tapir_writer w = {buffer, buffer + 3, false};

    (void)state;
    tapir_put_be(&w, 1, 256);
    assert_true(w.failed);
    w = (tapir_writer){buffer, buffer + 3, false};
    tapir_put_be(&w, 2, 0xabcd);
    assert_false(w.failed);
    assert_int_equal(buffer[0], 0xab);
    tapir_put_be(&w, 2, 1);
    assert_true(w.failed);
}

struct odd {
    uint8_t three;
    bool flag;
    uint32_t twenty;
    uint64_t wide;
    int16_t negative;
    uint16_t little;
    uint8_t raw[3];
};

static const tapir_field odd_fields[] = {
    TAPIR_FIELD(odd, three, "odd.three", TAPIR_UINT, 3, "Three bits"),
    TAPIR_FIELD(odd, flag, "odd.flag", TAPIR_FLAG, 1, "One bit"),
    TAPIR_FIELD(odd, twenty, "odd.twenty", TAPIR_UINT, 20, "Twenty bits across bytes"),
    TAPIR_FIELD(odd, wide, "odd.wide", TAPIR_UINT, 64, "Eight bytes"),
    TAPIR_FIELD(odd, negative, "odd.negative", TAPIR_INT, 16, "Signed"),
    TAPIR_FIELD(odd, little, "odd.little", TAPIR_UINT_LE, 16, "Little-endian"),
    TAPIR_FIELD(odd, raw, "odd.raw", TAPIR_BYTES, 24, "Bytes"),
};

static const uint8_t odd_bytes[] = {
    0xb1, 0x23, 0x45, 1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xfe, 0x34, 0x12, 9, 8, 7};

static void tables_load_every_width_and_store_it_back(void **state)
{
    tapir_reader r = tapir_reader_of(tapir_span_of(odd_bytes, sizeof odd_bytes));
    uint8_t out[sizeof odd_bytes];
    tapir_writer w = {out, out + sizeof out, false};
    struct odd odd;

    (void)state;
    assert_true(TAPIR_LOAD(&r, &odd, odd_fields));
    assert_int_equal(odd.three, 5);
    assert_true(odd.flag);
    assert_int_equal(odd.twenty, 0x12345);
    assert_int_equal(odd.wide, 0x0102030405060708);
    assert_int_equal(odd.negative, -2);
    assert_int_equal(odd.little, 0x1234);
    assert_int_equal(odd.raw[2], 7);
    TAPIR_STORE(&w, &odd, odd_fields);
    assert_false(w.failed);
    assert_memory_equal(out, odd_bytes, sizeof out);
}

static void a_short_header_loads_what_is_there(void **state)
{
    tapir_reader r = tapir_reader_of(tapir_span_of(odd_bytes, 4));
    struct odd odd;

    (void)state;
    memset(&odd, 0xee, sizeof odd);
    assert_false(TAPIR_LOAD(&r, &odd, odd_fields));
    assert_true(r.failed);
    assert_int_equal(odd.twenty, 0x12345);
    assert_int_equal(odd.wide, UINT64_C(1) << 56);
    assert_int_equal(odd.little, 0);
}

static void a_value_too_wide_for_its_bits_fails_the_writer(void **state)
{
    uint8_t out[sizeof odd_bytes];
    tapir_writer w = {out, out + sizeof out, false};
    struct odd odd = {.three = 8};

    (void)state;
    TAPIR_STORE(&w, &odd, odd_fields);
    assert_true(w.failed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_read_fails_and_empties_the_reader),
        cmocka_unit_test(limits_only_shorten),
        cmocka_unit_test(numbers_are_read_in_both_orders),
        cmocka_unit_test(an_empty_span_without_data_reads_as_nothing),
        cmocka_unit_test(the_writer_refuses_what_does_not_fit),
        cmocka_unit_test(tables_load_every_width_and_store_it_back),
        cmocka_unit_test(a_short_header_loads_what_is_there),
        cmocka_unit_test(a_value_too_wide_for_its_bits_fails_the_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
