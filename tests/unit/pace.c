/* The schedule of sending, on a clock that the test owns: sleeping takes longer than asked for, and
 * looking at the clock takes time. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "core/sink.h"
#include "tapir/pace.h"

#define SECOND INT64_C(1000000000)

enum { LOOK = 40, OVERSLEPT = 55000 }; /* ns */

static int64_t now;
static unsigned sleeps;
static tapir_pace *broken_while_asleep;

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    (void)clock;
    now += LOOK;
    *time = (struct timespec){.tv_sec = now / SECOND, .tv_nsec = now % SECOND};
    return 0;
}

int __wrap_ppoll(
    struct pollfd *polled, nfds_t count, const struct timespec *timeout, const sigset_t *mask);
int __wrap_ppoll(
    struct pollfd *polled, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    (void)polled;
    (void)count;
    (void)mask;
    sleeps++;
    now += timeout->tv_sec * SECOND + timeout->tv_nsec + OVERSLEPT;
    if (broken_while_asleep)
        tapir_pace_break(broken_while_asleep);
    return 0;
}

static tapir_pace *pace_of(tapir_pace_options options)
{
    tapir_error error;
    tapir_pace *pace;

    options.size = sizeof options;
    now = 1000 * SECOND;
    sleeps = 0;
    broken_while_asleep = NULL;
    assert_int_equal(tapir_pace_new(&pace, &options, &error), TAPIR_OK);
    return pace;
}

static tapir_frame frame_at(int64_t time)
{
    return (tapir_frame){.caplen = 100, .len = 100, .time = time, .has_time = true};
}

/* Waits for a frame; when its turn came, since the first look at the clock. */
static int64_t turn_of(tapir_pace *pace, int64_t time)
{
    const tapir_frame frame = frame_at(time);

    assert_int_equal(tapir_pace_wait(pace, &frame, NULL), TAPIR_OK);
    return now - 1000 * SECOND;
}

/* Close behind the time it is due at, and never before it. */
static void assert_at(int64_t turn, int64_t due)
{
    assert_in_range(turn - due, 0, 500);
}

static void top_speed_never_looks_at_the_clock(void **state)
{
    tapir_pace *pace = pace_of((tapir_pace_options){.kind = TAPIR_PACE_NONE});

    (void)state;
    assert_int_equal(turn_of(pace, 0), 0);
    assert_int_equal(turn_of(pace, 50 * SECOND), 0);
    tapir_pace_free(pace);
}

static void frames_come_as_far_apart_as_their_times(void **state)
{
    const int64_t first = 1700000000 * SECOND;
    tapir_pace *pace = pace_of((tapir_pace_options){.kind = TAPIR_PACE_TIMES});

    (void)state;
    assert_at(turn_of(pace, first), 0);
    assert_at(turn_of(pace, first + 3000), 3000);
    assert_int_equal(sleeps, 0); /* too short to sleep */
    assert_at(turn_of(pace, first + SECOND), SECOND);
    assert_int_equal(sleeps, 1);
    assert_at(turn_of(pace, first + 7 * SECOND), 7 * SECOND);
    tapir_pace_free(pace);
}

static void a_speed_divides_the_pauses(void **state)
{
    tapir_pace *twice = pace_of((tapir_pace_options){.kind = TAPIR_PACE_TIMES, .speed = 2});
    tapir_pace *tenth;

    (void)state;
    assert_at(turn_of(twice, 0), 0);
    assert_at(turn_of(twice, SECOND), SECOND / 2);
    tapir_pace_free(twice);
    tenth = pace_of((tapir_pace_options){.kind = TAPIR_PACE_TIMES, .speed = 0.1});
    assert_at(turn_of(tenth, 0), 0);
    assert_at(turn_of(tenth, SECOND), 10 * SECOND);
    tapir_pace_free(tenth);
}

static void an_earlier_time_and_none_come_at_once(void **state)
{
    tapir_pace *pace = pace_of((tapir_pace_options){.kind = TAPIR_PACE_TIMES});
    const tapir_frame timeless = {.caplen = 1, .len = 1};

    (void)state;
    (void)turn_of(pace, SECOND);
    assert_at(turn_of(pace, 2 * SECOND), SECOND);
    assert_at(turn_of(pace, 0), SECOND);
    assert_int_equal(tapir_pace_wait(pace, &timeless, NULL), TAPIR_OK);
    assert_at(now - 1000 * SECOND, SECOND);
    assert_at(turn_of(pace, 3 * SECOND), 2 * SECOND);
    tapir_pace_free(pace);
}

static void times_from_one_end_to_the_other_are_no_trap(void **state)
{
    tapir_pace *pace =
        pace_of((tapir_pace_options){.kind = TAPIR_PACE_TIMES, .longest_gap = SECOND});

    (void)state;
    (void)turn_of(pace, INT64_MIN);
    assert_at(turn_of(pace, INT64_MAX), SECOND);
    (void)turn_of(pace, INT64_MIN);
    (void)turn_of(pace, INT64_MAX);
    tapir_pace_free(pace);
}

static void long_pauses_are_shortened(void **state)
{
    tapir_pace *pace =
        pace_of((tapir_pace_options){.kind = TAPIR_PACE_TIMES, .longest_gap = SECOND});

    (void)state;
    (void)turn_of(pace, 0);
    assert_at(turn_of(pace, 100 * SECOND), SECOND);
    assert_at(turn_of(pace, 100 * SECOND + SECOND / 2), SECOND + SECOND / 2);
    tapir_pace_free(pace);
}

static void files_come_one_behind_the_other(void **state)
{
    tapir_pace *pace = pace_of((tapir_pace_options){.kind = TAPIR_PACE_TIMES});

    (void)state;
    for (int64_t round = 0; round < 3; round++) {
        tapir_pace_again(pace);
        assert_at(turn_of(pace, 5 * SECOND), round * SECOND);
        assert_at(turn_of(pace, 6 * SECOND), (round + 1) * SECOND);
    }
    tapir_pace_free(pace);
}

static void a_rate_of_packets_does_not_drift(void **state)
{
    tapir_pace *pace = pace_of((tapir_pace_options){.kind = TAPIR_PACE_PACKETS, .rate = 100000});

    (void)state;
    for (int64_t i = 0; i < 100000; i++)
        assert_at(turn_of(pace, 0), i * 10000);
    tapir_pace_free(pace);
}

static void a_rate_of_bits_counts_what_was_sent(void **state)
{
    tapir_pace *pace = pace_of((tapir_pace_options){.kind = TAPIR_PACE_BITS, .rate = 3e6});

    (void)state;
    for (int64_t i = 0; i < 3000; i++) /* 800 bits each */
        assert_at(turn_of(pace, 0), i * 800 * 1000 / 3);
    tapir_pace_free(pace);
}

static void a_short_delay_is_made_up_for_and_a_long_one_is_not(void **state)
{
    tapir_pace *pace = pace_of(
        (tapir_pace_options){.kind = TAPIR_PACE_PACKETS, .rate = 1000, .catch_up = SECOND / 100});

    (void)state;
    (void)turn_of(pace, 0);
    now += 5 * SECOND / 1000;
    for (int64_t i = 1; i <= 5; i++) /* those that are late, at once */
        assert_at(turn_of(pace, 0), 5 * SECOND / 1000);
    assert_at(turn_of(pace, 0), 6 * SECOND / 1000);
    assert_int_equal(tapir_pace_put_off(pace), 0);
    now += SECOND;
    (void)turn_of(pace, 0);
    assert_in_range(tapir_pace_put_off(pace), SECOND * 98 / 100, SECOND * 99 / 100 + 1000);
    for (int64_t i = 0; i < 9; i++)
        (void)turn_of(pace, 0);
    assert_in_range(now - 1001 * SECOND, 0, 7 * SECOND / 1000);
    (void)turn_of(pace, 0);
    (void)turn_of(pace, 0);
    assert_in_range(now - 1001 * SECOND, 7 * SECOND / 1000, 9 * SECOND / 1000);
    tapir_pace_free(pace);
}

static void a_break_wakes_it_and_keeps_the_turn(void **state)
{
    tapir_pace *pace = pace_of((tapir_pace_options){.kind = TAPIR_PACE_TIMES});
    const tapir_frame frame = frame_at(10 * SECOND);

    (void)state;
    (void)turn_of(pace, 0);
    broken_while_asleep = pace;
    assert_int_equal(tapir_pace_wait(pace, &frame, NULL), TAPIR_BREAK);
    broken_while_asleep = NULL;
    tapir_pace_break(pace);
    assert_int_equal(tapir_pace_wait(pace, &frame, NULL), TAPIR_BREAK);
    assert_at(turn_of(pace, 20 * SECOND), 20 * SECOND);
    tapir_pace_free(pace);
}

static unsigned flushes;

static tapir_status count_flush(tapir_sink *sink)
{
    (void)sink;
    flushes++;
    return flushes < 3 ? TAPIR_OK : TAPIR_IO;
}

static void what_was_gathered_leaves_before_a_pause_only(void **state)
{
    static const tapir__sink_kind kind = {.flush = count_flush};
    tapir_sink sink = {.kind = &kind};
    tapir_pace *pace = pace_of((tapir_pace_options){.kind = TAPIR_PACE_TIMES});
    const int64_t times[] = {0, 0, 0, SECOND, SECOND, 2 * SECOND};

    (void)state;
    flushes = 0;
    for (size_t i = 0; i < TAPIR_COUNT(times); i++) {
        const tapir_frame frame = frame_at(times[i]);
        assert_int_equal(tapir_pace_wait(pace, &frame, &sink), TAPIR_OK);
    }
    assert_int_equal(flushes, 2);
    {
        const tapir_frame frame = frame_at(3 * SECOND);
        assert_int_equal(tapir_pace_wait(pace, &frame, &sink), TAPIR_IO);
    }
    tapir_pace_free(pace);
}

static void senseless_options_are_refused(void **state)
{
    static const tapir_pace_options wrong[] = {
        {.size = sizeof *wrong, .kind = 4},
        {.size = sizeof *wrong, .kind = TAPIR_PACE_PACKETS},
        {.size = sizeof *wrong, .kind = TAPIR_PACE_BITS, .rate = -1},
        {.size = sizeof *wrong, .kind = TAPIR_PACE_TIMES, .speed = -2},
        {.size = sizeof *wrong, .catch_up = -1},
    };
    tapir_error error;
    tapir_pace *pace;

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(wrong); i++) {
        assert_int_equal(tapir_pace_new(&pace, &wrong[i], &error), TAPIR_INVALID);
        assert_null(pace);
    }
    assert_int_equal(tapir_pace_new(&pace, NULL, &error), TAPIR_OK);
    tapir_pace_free(pace);
    tapir_pace_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(top_speed_never_looks_at_the_clock),
        cmocka_unit_test(frames_come_as_far_apart_as_their_times),
        cmocka_unit_test(a_speed_divides_the_pauses),
        cmocka_unit_test(an_earlier_time_and_none_come_at_once),
        cmocka_unit_test(times_from_one_end_to_the_other_are_no_trap),
        cmocka_unit_test(long_pauses_are_shortened),
        cmocka_unit_test(files_come_one_behind_the_other),
        cmocka_unit_test(a_rate_of_packets_does_not_drift),
        cmocka_unit_test(a_rate_of_bits_counts_what_was_sent),
        cmocka_unit_test(a_short_delay_is_made_up_for_and_a_long_one_is_not),
        cmocka_unit_test(a_break_wakes_it_and_keeps_the_turn),
        cmocka_unit_test(what_was_gathered_leaves_before_a_pause_only),
        cmocka_unit_test(senseless_options_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
