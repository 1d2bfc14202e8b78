/* Captures compared: every packet is told of once, whatever the captures, and memory is bounded. */
#include "capture.h"

#include <inttypes.h>

static uint32_t chance(uint32_t below)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

/* An IPv4 packet with a UDP header: few different ones, so that many are alike. */
static void add_datagram(bytes *b, uint32_t seconds, unsigned ttl, unsigned port)
{
    const uint8_t packet[] = {0x45, 0, 0, 28, 0, 0, 0, 0, (uint8_t)ttl, 17, 0, 0, 10, 0, 0, 1, 10,
        0, 0, 2, 1, 1, (uint8_t)(port >> 8), (uint8_t)port, 0, 8, 0, 0};

    add32(b, seconds);
    add32(b, 0);
    add32(b, sizeof packet);
    add32(b, sizeof packet);
    add(b, packet, sizeof packet);
}

static bytes begin_capture(void)
{
    bytes b = {0};

    add_pcap_header(&b, 0xa1b2c3d4, 2, 4, 65535, TAPIR_LINK_TYPE_RAW);
    return b;
}

static bytes random_capture(void)
{
    bytes b = begin_capture();

    for (uint32_t i = chance(60); i > 0; i--)
        add_datagram(&b, chance(2), 1 + chance(3), 5000 + chance(4));
    return b;
}

/* Takes both captures through a comparison with that window: what it tells must be in order, tell
 * of every packet that only one has, and leave as many in both. */
static uint64_t assert_sound(const bytes *left, const bytes *right, tapir_diff_options options)
{
    tapir_source *a = open_bytes(left), *b = open_bytes(right);
    tapir_error error;
    tapir_diff *diff;
    tapir_difference difference;
    uint64_t last_a = 0, last_b = 0, removed = 0, added = 0, told = 0;
    tapir_source_stats a_stats, b_stats;

    options.size = sizeof options;
    diff = tapir_diff_new(a, b, &options, &error);
    assert_non_null(diff);
    for (; tapir_diff_next(diff, &difference) == TAPIR_OK; told++) {
        assert_int_equal(difference.kind == TAPIR_RUN_REMOVED, !difference.b);
        assert_int_equal(difference.kind == TAPIR_RUN_ADDED, !difference.a);
        removed += !difference.b;
        added += !difference.a;
        if (difference.a) {
            assert_true(difference.a->number > last_a);
            last_a = difference.a->number;
        }
        if (difference.b) {
            assert_true(difference.b->number > last_b);
            last_b = difference.b->number;
        }
        if (difference.a && difference.b) {
            assert_true(difference.field_count > 0);
            assert_int_equal(last_a - removed, last_b - added);
        }
        for (size_t i = 0; i < difference.field_count; i++) {
            const tapir_diff_field *field = &difference.fields[i];
            assert_true(field->in_a || field->in_b);
            assert_true(field->a.len != field->b.len ||
                        memcmp(field->a.data, field->b.data, field->a.len) != 0);
        }
    }
    assert_int_equal(tapir_diff_next(diff, &difference), TAPIR_END);
    tapir_source_stats_get(a, &a_stats);
    tapir_source_stats_get(b, &b_stats);
    assert_int_equal(a_stats.frames - removed, b_stats.frames - added);
    tapir_diff_free(diff);
    tapir_source_close(a);
    tapir_source_close(b);
    return told;
}

static void any_captures_are_told_apart(void **state)
{
    static const char *const ttl[] = {"ip.ttl", "frame.time"};

    (void)state;
    for (unsigned round = 0; round < 1500; round++) {
        bytes a = random_capture(), b = random_capture();
        tapir_diff_options options = {.window = round % 3 ? 1 + chance(40) : 0};
        if (round & 1) {
            options.ignore = ttl;
            options.ignore_count = TAPIR_COUNT(ttl);
        } else if (round & 2) {
            options.only = ttl;
            options.only_count = 1;
        }
        options.json = round & 4;
        assert_sound(&a, &b, options);
        assert_int_equal(assert_sound(&a, &a, options), 0);
        free(a.data);
        free(b.data);
    }
}

static void a_small_window_finds_what_is_near(void **state)
{
    bytes a = begin_capture(), b = begin_capture();

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        add_datagram(&a, 1, 64, i);
        if (i % 100 != 50)
            add_datagram(&b, 1, 64, i);
    }
    assert_int_equal(assert_sound(&a, &b, (tapir_diff_options){.window = 10}), 10);
    assert_int_equal(assert_sound(&b, &a, (tapir_diff_options){.window_bytes = 300}), 10);
    free(a.data);
    free(b.data);
}

static bool is_odd(void *user, const tapir_frame *frame)
{
    ++*(unsigned *)user;
    return frame->number & 1;
}

static void only_wanted_frames_take_part(void **state)
{
    bytes a = begin_capture(), b = begin_capture();
    unsigned asked = 0;

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        add_datagram(&a, 1, 64, i);
        add_datagram(&b, 1, 64 + i % 2, i);
    }
    assert_sound(&a, &b, (tapir_diff_options){.window = 4});
    tapir_source *left = open_bytes(&a), *right = open_bytes(&b);
    tapir_diff_options options = {.size = sizeof options, .wanted = is_odd, .user = &asked};
    tapir_diff *diff = tapir_diff_new(left, right, &options, NULL);
    assert_int_equal(tapir_diff_next(diff, &(tapir_difference){0}), TAPIR_END);
    assert_int_equal(asked, 20);
    tapir_diff_free(diff);
    tapir_source_close(left);
    tapir_source_close(right);
    free(a.data);
    free(b.data);
}

static void damage_ends_it_with_its_message(void **state)
{
    bytes a = begin_capture(), b = begin_capture();
    tapir_difference difference;

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        add_datagram(&a, 1, 64, i);
        add_datagram(&b, 1, i == 1 ? 63 : 64, i);
    }
    a.len -= 5;
    tapir_source *left = open_bytes(&a), *right = open_bytes(&b);
    tapir_diff *diff = tapir_diff_new(left, right, NULL, NULL);
    assert_int_equal(tapir_diff_next(diff, &difference), TAPIR_OK);
    assert_int_equal(difference.a->number, 2);
    assert_string_equal(difference.fields[0].name, "ip.ttl");
    assert_int_equal(tapir_diff_next(diff, &difference), TAPIR_TRUNCATED);
    assert_non_null(strstr(tapir_diff_error(diff)->message, "test: at byte"));
    assert_int_equal(tapir_diff_next(diff, &difference), TAPIR_TRUNCATED);
    tapir_diff_free(diff);
    tapir_source_close(left);
    tapir_source_close(right);
    free(a.data);
    free(b.data);
}

static void unknown_names_are_refused(void **state)
{
    static const char *const wrong[] = {"ip.tt"};
    bytes a = begin_capture();
    tapir_source *source = open_bytes(&a);
    tapir_diff_options options = {.size = sizeof options, .only = wrong, .only_count = 1};
    tapir_error error;

    (void)state;
    assert_null(tapir_diff_new(source, source, &options, &error));
    assert_int_equal(error.code, TAPIR_INVALID);
    assert_non_null(strstr(error.message, "no field 'ip.tt'; did you mean ip.ttl"));
    tapir_source_close(source);
    free(a.data);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_captures_are_told_apart),
        cmocka_unit_test(a_small_window_finds_what_is_near),
        cmocka_unit_test(only_wanted_frames_take_part),
        cmocka_unit_test(damage_ends_it_with_its_message),
        cmocka_unit_test(unknown_names_are_refused),
    };

    return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
