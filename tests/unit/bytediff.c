/* Byte diffs: the runs make B of A, they are few, and the table shows them. */
#include "tapir/tapir.h"

#include "output/sequence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static tapir_bytediff *diff;

static int make(void **state)
{
    (void)state;
    diff = tapir_bytediff_new();
    return diff ? 0 : -1;
}

static int unmake(void **state)
{
    (void)state;
    tapir_bytediff_free(diff);
    return 0;
}

static uint32_t chance(uint32_t below)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

static tapir_span of(const char *string)
{
    return tapir_span_of((const uint8_t *)string, strlen(string));
}

/* Runs lie end to end, alternate, are what their kind says, and lead from A to B. Returns how many
 * bytes they remove and add. */
static size_t assert_leads(tapir_span a, tapir_span b)
{
    size_t count, at_a = 0, at_b = 0, edits = 0;
    const tapir_run *runs;

    assert_int_equal(tapir_bytediff_compare(diff, a, b), TAPIR_OK);
    runs = tapir_bytediff_runs(diff, &count);
    for (size_t i = 0; i < count; i++) {
        const tapir_run *run = &runs[i];
        bool same = run->kind == TAPIR_RUN_SAME;
        assert_int_equal(run->a, at_a);
        assert_int_equal(run->b, at_b);
        assert_true(run->a_len || run->b_len);
        assert_true(i == 0 || same != (runs[i - 1].kind == TAPIR_RUN_SAME));
        assert_int_equal(run->kind == TAPIR_RUN_ADDED, run->a_len == 0);
        assert_int_equal(run->kind == TAPIR_RUN_REMOVED, run->b_len == 0);
        assert_true(run->a_len <= a.len - at_a && run->b_len <= b.len - at_b);
        if (same) {
            assert_int_equal(run->a_len, run->b_len);
            assert_memory_equal(a.data + run->a, b.data + run->b, run->a_len);
        } else {
            edits += run->a_len + run->b_len;
        }
        at_a += run->a_len;
        at_b += run->b_len;
    }
    assert_int_equal(at_a, a.len);
    assert_int_equal(at_b, b.len);
    return edits;
}

/* The fewest edits, by the table everybody knows. */
static size_t fewest(tapir_span a, tapir_span b)
{
    size_t row[128] = {0};

    assert_true(b.len < TAPIR_COUNT(row));
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t above = row[j];
            size_t step = (above < row[j - 1] ? above : row[j - 1]) + 1;
            row[j] = a.data[i - 1] == b.data[j - 1] ? corner : step;
            corner = above;
        }
    }
    return row[b.len];
}

static size_t edits_of(const tapir__sequence *sequence)
{
    size_t edits = 0;

    for (size_t i = 0; i < sequence->count; i++)
        if (sequence->runs[i].kind != TAPIR_RUN_SAME)
            edits += sequence->runs[i].a_len + sequence->runs[i].b_len;
    return edits;
}

static void runs_lead_from_a_to_b(void **state)
{
    uint8_t a[100], b[100];
    tapir__sequence *sequence = calloc(1, sizeof *sequence);

    (void)state;
    assert_non_null(sequence);
    for (unsigned round = 0; round < 20000; round++) {
        uint32_t letters = 1 + chance(6);
        tapir_span left = tapir_span_of(a, chance(100)), right = tapir_span_of(b, chance(100));
        for (size_t i = 0; i < sizeof a; i++) {
            a[i] = (uint8_t)chance(letters);
            b[i] = (uint8_t)chance(letters);
        }
        /* Bytes in place may cost more, twice at the most. */
        assert_true(assert_leads(left, right) <= 2 * fewest(left, right));
        tapir__sequence_bytes(sequence, left, right);
        assert_int_equal(edits_of(sequence), fewest(left, right));
    }
    tapir__sequence_clear(sequence);
    free(sequence);
}

static void words_are_compared_as_bytes_are(void **state)
{
    tapir__sequence *bytes = calloc(1, sizeof *bytes), *words = calloc(1, sizeof *words);
    uint64_t a_words[60], b_words[60];
    uint8_t a[60], b[60];

    (void)state;
    assert_true(bytes && words);
    for (unsigned round = 0; round < 1000; round++) {
        size_t a_len = chance(60), b_len = chance(60);
        for (size_t i = 0; i < 60; i++) {
            a[i] = (uint8_t)chance(4);
            b[i] = (uint8_t)chance(4);
            a_words[i] = a[i] * UINT64_C(0x0123456789abcdef);
            b_words[i] = b[i] * UINT64_C(0x0123456789abcdef);
        }
        tapir__sequence_bytes(bytes, tapir_span_of(a, a_len), tapir_span_of(b, b_len));
        tapir__sequence_words(words, a_words, a_len, b_words, b_len);
        assert_int_equal(bytes->count, words->count);
        if (bytes->count)
            assert_memory_equal(bytes->runs, words->runs, bytes->count * sizeof *bytes->runs);
    }
    tapir__sequence_clear(bytes);
    tapir__sequence_clear(words);
    free(bytes);
    free(words);
}

static void large_and_unlike_ends_in_time(void **state)
{
    enum { LEN = 1 << 21 };
    uint8_t *a = malloc(LEN), *b = malloc(LEN);

    (void)state;
    assert_true(a && b);
    for (size_t i = 0; i < LEN; i++) {
        a[i] = (uint8_t)chance(256);
        b[i] = (uint8_t)chance(256);
    }
    assert_leads(tapir_span_of(a, LEN), tapir_span_of(b, LEN));
    assert_leads(tapir_span_of(a, LEN), tapir_span_of(b, 1000));
    /* Every diagonal is long, and none leads to the end soon. */
    for (size_t i = 0; i < LEN; i++) {
        a[i] = (uint8_t)(i % 3 == 0);
        b[i] = (uint8_t)(i % 5 == 0);
    }
    assert_leads(tapir_span_of(a, LEN), tapir_span_of(b, LEN));
    /* One change in a lot is found at once. */
    memcpy(b, a, LEN);
    b[LEN / 2] = 7;
    assert_int_equal(assert_leads(tapir_span_of(a, LEN), tapir_span_of(b, LEN)), 2);
    free(a);
    free(b);
}

static void one_byte_more_is_one_run(void **state)
{
    const tapir_run *runs;
    size_t count;

    (void)state;
    assert_int_equal(assert_leads(of("packets"), of("pac-kets")), 1);
    runs = tapir_bytediff_runs(diff, &count);
    assert_int_equal(count, 3);
    assert_int_equal(runs[1].kind, TAPIR_RUN_ADDED);
    assert_int_equal(runs[1].a, 3);
    assert_int_equal(runs[1].b, 3);
    assert_int_equal(assert_leads(of(""), of("")), 0);
    tapir_bytediff_runs(diff, &count);
    assert_int_equal(count, 0);
    assert_int_equal(assert_leads(of("abc"), of("")), 3);
    assert_int_equal(assert_leads(tapir_span_of(NULL, 0), of("abc")), 3);
}

/* 1c46 to 461d: the 46 in both is a coincidence. */
static void changed_in_place_is_told_in_place(void **state)
{
    const tapir_run *runs;
    size_t count;

    (void)state;
    assert_leads(of("....\x1c\x46...."), of("....\x46\x1d...."));
    runs = tapir_bytediff_runs(diff, &count);
    assert_int_equal(count, 3);
    assert_int_equal(runs[1].kind, TAPIR_RUN_REPLACED);
    assert_int_equal(runs[1].a_len, 2);
    assert_int_equal(runs[1].b_len, 2);
}

static void assert_shown(
    tapir_span a, tapir_span b, const tapir_bytediff_options *options, const char *expected)
{
    tapir_text text = {0};

    assert_int_equal(tapir_bytediff_compare(diff, a, b), TAPIR_OK);
    tapir_bytediff_text(&text, diff, options);
    assert_string_equal(tapir_text_string(&text), expected);
    tapir_text_clear(&text);
}

static void table_marks_what_differs(void **state)
{
    (void)state;
    assert_shown(of("0123456789abcdefghij"), of("0123X56789abcdefghij"), NULL,
        "- 0000       30 31 32 33-34 35 36 37  38 39 61 62 63 64 65 66\n"
        "+      0000  30 31 32 33+58 35 36 37  38 39 61 62 63 64 65 66\n"
        "  0010 0010  67 68 69 6a\n");
    assert_shown(of("abc"), of("abXYc"), NULL,
        "- 0000       61 62       63\n"
        "+      0000  61 62+58+59 63\n");
    assert_shown(
        of("abc"), of(""), &(tapir_bytediff_options){.indent = 2}, "  - 0000      -61-62-63\n");
    assert_shown(of("a"), of("b"), &(tapir_bytediff_options){.color = true},
        "- 0000       \033[31m61\033[0m\n"
        "+      0000  \033[32m62\033[0m\n");
    assert_shown(of(""), of(""), NULL, "");
}

static void table_leaves_out_what_is_far(void **state)
{
    char a[201], b[201];

    (void)state;
    memset(a, '.', sizeof a);
    a[200] = '\0';
    memcpy(b, a, sizeof a);
    b[100] = 'x';
    assert_shown(of(a), of(b), &(tapir_bytediff_options){.context = 1},
        "  ...\n"
        "  0050 0050  2e 2e 2e 2e 2e 2e 2e 2e  2e 2e 2e 2e 2e 2e 2e 2e\n"
        "- 0060       2e 2e 2e 2e-2e 2e 2e 2e  2e 2e 2e 2e 2e 2e 2e 2e\n"
        "+      0060  2e 2e 2e 2e+78 2e 2e 2e  2e 2e 2e 2e 2e 2e 2e 2e\n"
        "  0070 0070  2e 2e 2e 2e 2e 2e 2e 2e  2e 2e 2e 2e 2e 2e 2e 2e\n"
        "  ...\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_lead_from_a_to_b),
        cmocka_unit_test(words_are_compared_as_bytes_are),
        cmocka_unit_test(large_and_unlike_ends_in_time),
        cmocka_unit_test(one_byte_more_is_one_run),
        cmocka_unit_test(changed_in_place_is_told_in_place),
        cmocka_unit_test(table_marks_what_differs),
        cmocka_unit_test(table_leaves_out_what_is_far),
    };

    return cmocka_run_group_tests_name("bytediff", tests, make, unmake);
}
