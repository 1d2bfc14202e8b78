/* What a reassembler gives up, and when: gaps, idle connections, memory. */
#include "streams.h"

static tapir_reassembler_options with_gap_time(int64_t gap_time)
{
    return (tapir_reassembler_options){.gap_time = gap_time};
}

static void a_gap_is_given_up_when_too_many_bytes_wait(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.gap_bytes = 10});
    handshake();
    say(FORWARD, 3, "defgh");
    say(FORWARD, 20, "uvw");
    assert_said("", "");
    say(FORWARD, 23, "xyz0");
    assert_string_equal(text_of(0, FORWARD), "^[3]defgh");
    assert_int_equal(stream_of(0, FORWARD).queued, 7);
    say(FORWARD, 8, "ijklmnopqrst");
    assert_said("^[3]defghijklmnopqrstuvwxyz0", "");
}

static void a_gap_is_given_up_when_too_many_segments_wait(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.gap_packets = 4});
    handshake();
    for (int64_t at = 2; at <= 12; at += 2)
        say(FORWARD, at, "x");
    assert_true(strlen(text_of(0, FORWARD)) > 0);
    assert_int_equal(strncmp(text_of(0, FORWARD), "^[2]x", 5), 0);
    assert_true(stream_of(0, FORWARD).queued <= 4);
}

static void four_thousand_segments_may_wait(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.max_connection_memory = 32 << 20});
    handshake();
    for (int64_t at = 1; at < 4096; at++)
        send_bytes(FORWARD, ACK, at, "x", 1);
    assert_said("", "");
    assert_int_equal(stream_of(0, FORWARD).queued, 4095);
    world.seen[0].text_len[FORWARD] = 0;
    for (int64_t at = 4096; at < 4100; at++)
        send_bytes(FORWARD, ACK, at + 10, "x", 1);
    assert_int_equal(stream_of(0, FORWARD).gaps, 1);
}

static void a_gap_is_given_up_when_something_has_waited_too_long(void **state)
{
    (void)state;
    start(with_gap_time(10 * SECOND));
    handshake();
    say(FORWARD, 3, "def");
    pass(9 * SECOND);
    assert_said("", "");
    pass(2 * SECOND);
    assert_said("^[3]def", "");
    assert_ended(0, OPEN);
}

static void the_packets_of_others_let_time_pass(void **state)
{
    (void)state;
    start(with_gap_time(10 * SECOND));
    handshake();
    say(FORWARD, 3, "def");
    world.now += 11 * SECOND;
    world.like.client_port++;
    syn();
    assert_string_equal(text_of(0, FORWARD), "^[3]def");
}

static void the_time_of_a_gap_counts_from_the_first_that_waits(void **state)
{
    (void)state;
    start(with_gap_time(10 * SECOND));
    handshake();
    say(FORWARD, 3, "def");
    for (int i = 0; i < 5; i++) {
        pass(2 * SECOND);
        say(FORWARD, 6 + i, "x");
    }
    pass(2 * SECOND);
    assert_said("^[3]defxxxxx", "");
}

/* Whoever filled the gap before another one is not waited for longer. */
static void a_second_gap_has_its_own_time(void **state)
{
    (void)state;
    start(with_gap_time(10 * SECOND));
    handshake();
    say(FORWARD, 3, "def"); /* at 0 s */
    pass(6 * SECOND);
    say(FORWARD, 9, "jkl"); /* at 6 s */
    pass(3 * SECOND);
    say(FORWARD, 0, "abc"); /* at 9 s: what waits now came at 6 s */
    assert_said("^abcdef", "");
    pass(6 * SECOND);
    assert_said("^abcdef", "");
    pass(2 * SECOND);
    assert_said("^abcdef[3]jkl", "");
}

static void a_gap_that_moved_up_does_not_wait_for_younger_ones(void **state)
{
    (void)state;
    start(with_gap_time(10 * SECOND));
    handshake();
    say(FORWARD, 3, "def");
    say(FORWARD, 9, "jkl"); /* at 0 s */
    pass(5 * SECOND);
    say(BACKWARD, 1, "b"); /* at 5 s */
    pass(2 * SECOND);
    say(FORWARD, 0, "abc"); /* the second gap is the first now, of something from 0 s */
    pass(4 * SECOND);
    assert_said("^abcdef[3]jkl", "");
}

static void time_that_goes_back_is_fine(void **state)
{
    (void)state;
    start(with_gap_time(10 * SECOND));
    handshake();
    world.now -= 3600 * SECOND;
    say(FORWARD, 3, "def");
    say(FORWARD, 0, "abc");
    world.now -= 3600 * SECOND;
    say(BACKWARD, 0, "xyz");
    part(6, 3);
    assert_said("^abcdef$", "^xyz$");
    assert_ended(0, TAPIR_END_FIN);
}

static void times_at_the_ends_of_what_there_is_are_survived(void **state)
{
    static const int64_t times[] = {INT64_MAX, INT64_MIN, 0, -1, INT64_MAX - 1, INT64_MIN + 1};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(times); i++) {
        start_usual();
        world.now = times[i];
        handshake();
        say(FORWARD, 3, "def");
        world.now = times[(i + 1) % TAPIR_COUNT(times)];
        tapir_reassembler_tick(world.reassembler, world.now);
        world.like.client_port++;
        memset(world.next, 0, sizeof world.next);
        handshake();
        finish();
        for (size_t seen = 0; seen < world.count; seen++)
            assert_int_not_equal(world.seen[seen].ended, OPEN);
        stop(NULL);
    }
}

/* --- gaps that the receiver does not have -------------------------------------------------- */

static void a_gap_that_was_acknowledged_is_not_waited_for_long(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.received_gap_time = SECOND});
    handshake();
    say(FORWARD, 3, "def");
    send_text(BACKWARD, ACK, 0, ""); /* all 6 bytes */
    assert_said("", "");
    pass(2 * SECOND);
    send_text(BACKWARD, ACK, 0, "");
    assert_said("^[3]def", "");
}

static void a_gap_that_was_acknowledged_in_part_is_waited_for(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.received_gap_time = SECOND});
    handshake();
    say(FORWARD, 8, "ijk");
    world.next[FORWARD] = 2; /* it has 2 bytes of the gap, and will ask for 6 */
    send_text(BACKWARD, ACK, 0, "");
    pass(2 * SECOND);
    send_text(BACKWARD, ACK, 0, "");
    pass(SECOND / 2);
    say(FORWARD, 2, "cdefgh");
    pass(60 * SECOND);
    finish();
    assert_said("^[2]cdefghijk", "");
}

/* --- flush --------------------------------------------------------------------------------- */

static void flush_gives_up_what_has_waited_since_before(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 3, "def");
    world.now += 5 * SECOND;
    say(BACKWARD, 3, "DEF");
    tapir_reassembler_flush(world.reassembler, world.now - SECOND, INT64_MIN);
    assert_said("^[3]def", "");
    tapir_reassembler_flush(world.reassembler, world.now + SECOND, INT64_MIN);
    assert_said("^[3]def", "^[3]DEF");
    assert_ended(0, OPEN);
}

static void flush_gives_up_every_gap(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 3, "d");
    say(FORWARD, 6, "g");
    say(FORWARD, 9, "j");
    tapir_reassembler_flush(world.reassembler, world.now + 1, INT64_MIN);
    assert_said("^[3]d[2]g[2]j", "");
}

static void flush_gives_up_every_gap_at_any_time(void **state)
{
    /* Where the gaps lie among others depends on the time. */
    for (int64_t shift = 0; shift < 70; shift++) {
        start_usual();
        world.now += shift * SECOND;
        handshake();
        say(FORWARD, 1, "b");
        pass(SECOND);
        say(FORWARD, 3, "d");
        pass(SECOND);
        say(FORWARD, 5, "f");
        tapir_reassembler_flush(world.reassembler, world.now + 1, INT64_MIN);
        assert_said("^[1]b[1]d[1]f", "");
        stop(state);
    }
}

static void flush_ends_what_is_idle(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 3, "def");
    world.now += 5 * SECOND;
    world.like.client_port++;
    handshake();
    tapir_reassembler_flush(world.reassembler, INT64_MIN, world.now - SECOND);
    assert_ended(0, TAPIR_END_CALLER);
    assert_ended(1, OPEN);
    assert_string_equal(text_of(0, FORWARD), "^[3]def");
}

static void close_when_told(tapir_conversation *conversation, const tapir_chunk *chunk)
{
    (void)chunk;
    tapir_conversation_close(conversation);
}

static void what_flush_delivers_may_close_the_connection(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 3, "def");
    say(BACKWARD, 3, "DEF");
    world.like.client_port++;
    memset(world.next, 0, sizeof world.next);
    handshake();
    say(FORWARD, 3, "def");
    say(BACKWARD, 3, "DEF");
    world.in_data = close_when_told;
    tapir_reassembler_flush(world.reassembler, world.now + 1, INT64_MIN);
    assert_ended(0, TAPIR_END_CALLER);
    assert_ended(1, TAPIR_END_CALLER);
    assert_string_equal(text_of(0, BACKWARD), "^[3]DEF");
    assert_string_equal(text_of(1, FORWARD), "^[3]def");
}

/* --- idle ---------------------------------------------------------------------------------- */

static void an_idle_connection_ends(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.idle_time = 100 * SECOND, .gap_time = 1000 * SECOND});
    handshake();
    pass(90 * SECOND);
    say(FORWARD, 3, "def");
    pass(90 * SECOND);
    assert_ended(0, OPEN);
    pass(20 * SECOND);
    assert_ended(0, TAPIR_END_IDLE);
    assert_said("^[3]def", "");
    assert_int_equal(stats_now().ended[TAPIR_END_IDLE], 1);
}

static void a_half_open_connection_ends_sooner(void **state)
{
    (void)state;
    start_usual();
    syn();
    world.like.client_port++;
    handshake();
    pass(70 * SECOND);
    assert_ended(0, TAPIR_END_IDLE);
    assert_ended(1, OPEN);
    pass(600 * SECOND);
    assert_ended(1, TAPIR_END_IDLE);
}

static void one_of_a_single_packet_from_its_midst_ends_sooner_too(void **state)
{
    (void)state;
    start_usual();
    say(FORWARD, 0, "abc");
    world.like.client_port++;
    say(FORWARD, 0, "abc");
    say(FORWARD, 3, "def");
    pass(70 * SECOND);
    assert_ended(0, TAPIR_END_IDLE);
    assert_ended(1, OPEN);
    pass(600 * SECOND);
    assert_ended(1, TAPIR_END_IDLE);
}

static void after_lingering_the_rest_is_a_connection(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.linger_time = 10 * SECOND});
    handshake();
    part(0, 0);
    assert_ended(0, TAPIR_END_FIN);
    pass(5 * SECOND);
    say(FORWARD, 0, "late");
    assert_int_equal(world.count, 1);
    pass(20 * SECOND);
    say(FORWARD, 0, "new");
    assert_int_equal(world.count, 2);
    assert_string_equal(text_of(1, FORWARD), "new");
    assert_false(info_of(1).client_known);
}

/* --- memory -------------------------------------------------------------------------------- */

/* Calls that count. */
static struct {
    uint64_t opened, closed, delivered, gap_bytes;
    uint64_t by_reason[TAPIR_END_FINISHED + 1];
} counted;

static bool count_opened(void *user, tapir_conversation *conversation)
{
    (void)user;
    (void)conversation;
    counted.opened++;
    return true;
}

static void count_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    (void)user;
    (void)conversation;
    counted.delivered += chunk->bytes.len - chunk->kept;
    counted.gap_bytes += chunk->gap;
}

static void count_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    (void)user;
    (void)conversation;
    counted.closed++;
    counted.by_reason[reason]++;
}

/* As start, with calls that can be many. */
static void start_counting(tapir_reassembler_options options)
{
    start_usual();
    tapir_reassembler_free(world.reassembler);
    options.size = sizeof options;
    options.calls = (tapir_reassembly_calls){
        .opened = count_opened, .data = count_data, .closed = count_closed};
    memset(&counted, 0, sizeof counted);
    world.reassembler = tapir_reassembler_new(&options);
    assert_non_null(world.reassembler);
}

static void a_connection_holds_no_more_than_it_may(void **state)
{
    static uint8_t bytes[1000];
    const size_t cap = 20000;

    (void)state;
    start((tapir_reassembler_options){.max_connection_memory = cap});
    handshake();
    for (int64_t at = 10; at < 60000; at += (int64_t)sizeof bytes) {
        world.seen[0].text_len[FORWARD] = 0;
        send_bytes(FORWARD, ACK, at, bytes, sizeof bytes);
        assert_true(stream_of(0, FORWARD).queued <= cap);
    }
    assert_int_equal(stream_of(0, FORWARD).gaps, 1);
    assert_int_equal(stream_of(0, FORWARD).gap_bytes, 10);
    assert_true(stats_now().gaps_for_memory >= 1);
}

static void small_segments_far_apart_are_bounded_by_what_they_take(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.max_connection_memory = 1 << 16, .gap_packets = 1 << 30});
    handshake();
    for (int64_t at = 1; at < 20000; at += 2) {
        world.seen[0].text_len[FORWARD] = 0;
        send_bytes(FORWARD, ACK, at, "x", 1);
    }
    assert_true(stats_now().most_memory < 1 << 20);
}

static void a_flood_of_syn_stays_within_the_memory(void **state)
{
    const size_t cap = 4 << 20;

    (void)state;
    start_counting((tapir_reassembler_options){.max_memory = cap});
    for (uint32_t i = 0; i < 300000; i++) {
        world.like.client = 1000 + i;
        world.like.client_port = (uint16_t)(i * 7);
        world.now += 1000;
        syn();
        if (i % 1000 == 0)
            assert_true(stats_now().memory <= cap);
    }
    assert_true(stats_now().most_memory <= cap);
    assert_int_equal(stats_now().connections, 300000);
    finish();
    assert_int_equal(counted.opened, 300000);
    assert_int_equal(counted.closed, 300000);
    assert_true(counted.by_reason[TAPIR_END_MEMORY] > 250000);
}

/* Honest segments come out of order, one at a time, while others send what fills the memory. */
static void an_honest_stream_survives_a_flood_of_syn(void **state)
{
    const struct segment honest = {
        .client = 1, .server = 2, .client_port = 50000, .server_port = 80, .window = 65535};
    int64_t at = 0;

    (void)state;
    start_counting((tapir_reassembler_options){.max_memory = 1 << 20});
    world.like = honest;
    handshake();
    for (uint32_t i = 0; i < 50000; i++) {
        world.now += 1000;
        world.like.client = 1000 + i;
        syn();
        if (i % 100 == 0) {
            world.like = honest;
            world.isn[0] = 1000;
            say(FORWARD, at + 5, "world");
            world.like.client = 1000000 + i;
            syn();
            world.like = honest;
            say(FORWARD, at, "hello");
            at += 10;
        }
    }
    world.like = honest;
    part(at, 0);
    assert_int_equal(counted.delivered, at);
    assert_int_equal(counted.gap_bytes, 0);
    assert_int_equal(counted.by_reason[TAPIR_END_FIN], 1);
}

/* One packet each, and the honest stream never without something that waits for long. */
static void an_honest_stream_survives_a_flood_of_data(void **state)
{
    const struct segment honest = {
        .client = 1, .server = 2, .client_port = 50000, .server_port = 80, .window = 65535};
    uint64_t at = 0;

    (void)state;
    start_counting((tapir_reassembler_options){.max_memory = 1 << 20});
    world.like = honest;
    handshake();
    say(FORWARD, 5, "world");
    for (uint32_t i = 0; i < 50000; i++) {
        world.now += 1000;
        world.like.client = 1000 + i;
        send_text(FORWARD, ACK, 100, "flood");
        if (i % 100 == 0) {
            world.like = honest;
            say(FORWARD, (int64_t)at, "hello");
            at += 10;
            say(FORWARD, (int64_t)at + 5, "world");
        }
    }
    world.like = honest;
    say(FORWARD, (int64_t)at, "hello");
    part((int64_t)at + 10, 0);
    assert_int_equal(counted.opened, 50001);
    assert_int_equal(counted.by_reason[TAPIR_END_FIN], 1);
    assert_int_equal(stats_now().gap_bytes, 0);
}

static void an_active_connection_survives_a_flood_of_open_ones(void **state)
{
    const struct segment honest = {
        .client = 1, .server = 2, .client_port = 50000, .server_port = 80, .window = 65535};
    int64_t at = 0;

    (void)state;
    start_counting((tapir_reassembler_options){.max_memory = 1 << 20});
    world.like = honest;
    handshake();
    for (uint32_t i = 0; i < 50000; i++) {
        world.now += 1000;
        world.like.client = 1000 + i;
        handshake();
        if (i % 100 == 0) {
            world.like = honest;
            say(FORWARD, at, "hello");
            at += 5;
        }
    }
    world.like = honest;
    part(at, 0);
    assert_int_equal(counted.opened, 50001);
    assert_int_equal(counted.delivered, at);
    assert_int_equal(counted.by_reason[TAPIR_END_FIN], 1);
}

static void an_honest_stream_survives_hostile_gaps(void **state)
{
    static uint8_t bytes[1400];
    const size_t cap = 2 << 20;
    int64_t at = 0;

    (void)state;
    start_counting((tapir_reassembler_options){.max_memory = cap});
    handshake();
    for (uint32_t i = 0; i < 20000; i++) {
        world.now += 10000;
        world.like.client = 1000 + i % 97;
        send_bytes(FORWARD, ACK, 10 + (i / 97) * 2000 % 60000, bytes, sizeof bytes);
        assert_true(stats_now().memory <= cap);
        world.like.client = 1;
        if (i % 10 == 0) {
            const uint64_t before = counted.delivered;
            send_bytes(BACKWARD, ACK, at, "hello", 5); /* in order: nothing can keep it */
            at += 5;
            assert_int_equal(counted.delivered, before + 5);
        }
    }
    finish();
    assert_true(stats_now().most_memory <= cap);
    assert_int_equal(counted.opened, counted.closed);
}

/* Sanitizers are slow. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* The connection at work is not given up, although by its time it would be the first. */
static void memory_is_found_although_clocks_disagree(void **state)
{
    static uint8_t bytes[1000];
    const size_t cap = 64 << 10;

    (void)state;
    start_counting((tapir_reassembler_options){.max_memory = cap});
    for (uint32_t host = 10; host < 100; host++) {
        world.like.client = host;
        memset(world.next, 0, sizeof world.next);
        handshake();
    }
    world.now -= 300 * SECOND;
    world.like.client = 1;
    handshake();
    for (int64_t at = 10; at < 60000; at += (int64_t)sizeof bytes)
        send_bytes(FORWARD, ACK, at, bytes, sizeof bytes);
    assert_true(stats_now().most_memory <= cap);
    assert_true(counted.by_reason[TAPIR_END_MEMORY] > 0);
    finish();
    assert_int_equal(counted.opened, counted.closed);
}

static void connections_one_after_the_other_leave_nothing(void **state)
{
    const uint32_t count = SANITIZED ? 100000 : 1000000;
    size_t memory = 0;

    (void)state;
    start_counting((tapir_reassembler_options){0});
    for (uint32_t i = 0; i < count; i++) {
        world.now += SECOND / 100;
        world.like.client = 1 + i;
        memset(world.next, 0, sizeof world.next);
        handshake();
        say(FORWARD, 3, "def");
        say(FORWARD, 0, "abc");
        part(6, 0);
        if (i == 20000)
            memory = stats_now().memory;
    }
    assert_int_equal(counted.by_reason[TAPIR_END_FIN], count);
    assert_int_equal(counted.delivered, 6 * (uint64_t)count);
    assert_true(stats_now().memory <= memory + memory / 4);
    assert_true(stats_now().most_memory < 16 << 20);
    finish();
    assert_true(stats_now().memory < 1 << 20);
}

static void the_seed_changes_nothing_but_the_hash(void **state)
{
    static const uint64_t seeds[] = {0, 1, 42, UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(seeds); i++) {
        start((tapir_reassembler_options){.seed = seeds[i]});
        for (uint32_t host = 0; host < 10; host++) {
            world.like.client = 100 + host;
            memset(world.next, 0, sizeof world.next);
            handshake();
            say(FORWARD, 3, "def");
        }
        for (uint32_t host = 0; host < 10; host++) {
            world.like.client = 109 - host;
            say(FORWARD, 0, "abc");
        }
        assert_int_equal(world.count, 10);
        for (size_t nth = 0; nth < 10; nth++)
            assert_string_equal(text_of(nth, FORWARD), "^abcdef");
        stop(NULL);
    }
}

static void memory_that_is_hardly_enough_breaks_nothing(void **state)
{
    static uint8_t bytes[1000];

    (void)state;
    for (size_t cap = 1; cap < 1 << 20; cap *= 2) {
        start_counting((tapir_reassembler_options){.max_memory = cap});
        for (uint32_t i = 0; i < 200; i++) {
            world.like.client = 1 + i % 20;
            memset(world.next, 0, sizeof world.next);
            syn();
            send_bytes(FORWARD, ACK, 5 + i * 3, bytes, sizeof bytes);
        }
        finish();
        assert_int_equal(counted.opened, counted.closed);
        assert_int_equal(stats_now().open, 0);
        stop(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        stream_test(a_gap_is_given_up_when_too_many_bytes_wait),
        stream_test(a_gap_is_given_up_when_too_many_segments_wait),
        stream_test(four_thousand_segments_may_wait),
        stream_test(a_gap_is_given_up_when_something_has_waited_too_long),
        stream_test(the_packets_of_others_let_time_pass),
        stream_test(the_time_of_a_gap_counts_from_the_first_that_waits),
        stream_test(a_second_gap_has_its_own_time),
        stream_test(a_gap_that_moved_up_does_not_wait_for_younger_ones),
        stream_test(time_that_goes_back_is_fine),
        stream_test(times_at_the_ends_of_what_there_is_are_survived),
        stream_test(a_gap_that_was_acknowledged_is_not_waited_for_long),
        stream_test(a_gap_that_was_acknowledged_in_part_is_waited_for),
        stream_test(flush_gives_up_what_has_waited_since_before),
        stream_test(flush_gives_up_every_gap),
        stream_test(flush_gives_up_every_gap_at_any_time),
        stream_test(flush_ends_what_is_idle),
        stream_test(what_flush_delivers_may_close_the_connection),
        stream_test(an_idle_connection_ends),
        stream_test(a_half_open_connection_ends_sooner),
        stream_test(one_of_a_single_packet_from_its_midst_ends_sooner_too),
        stream_test(after_lingering_the_rest_is_a_connection),
        stream_test(a_connection_holds_no_more_than_it_may),
        stream_test(small_segments_far_apart_are_bounded_by_what_they_take),
        stream_test(a_flood_of_syn_stays_within_the_memory),
        stream_test(an_honest_stream_survives_a_flood_of_syn),
        stream_test(an_honest_stream_survives_a_flood_of_data),
        stream_test(an_active_connection_survives_a_flood_of_open_ones),
        stream_test(an_honest_stream_survives_hostile_gaps),
        stream_test(memory_is_found_although_clocks_disagree),
        stream_test(connections_one_after_the_other_leave_nothing),
        stream_test(the_seed_changes_nothing_but_the_hash),
        stream_test(memory_that_is_hardly_enough_breaks_nothing),
    };

    return cmocka_run_group_tests_name("reassembly_bounds", tests, NULL, NULL);
}
