/* What a program does in the calls of a reassembler: reject, drop, keep, ignore, flush, close. */
#include "streams.h"

static void a_rejected_connection_is_heard_of_no_more(void **state)
{
    (void)state;
    start_usual();
    world.reject = true;
    handshake();
    world.reject = false;
    say(FORWARD, 0, "hello");
    say(FORWARD, 10, "waits");
    assert_int_equal(world.count, 0);
    assert_int_equal(stats_now().unwanted, 1);
    /* SYN-ACK, ACK and two with data */
    assert_int_equal(stats_now().rejected + stats_now().late, 4);
    world.like.client_port++;
    memset(world.next, 0, sizeof world.next);
    handshake();
    say(FORWARD, 0, "other");
    part(5, 0);
    finish();
    assert_said("^other$", "^$");
}

static void a_packet_that_is_not_accepted_was_never_there(void **state)
{
    (void)state;
    start_usual();
    handshake();
    world.drop = true;
    say(FORWARD, 0, "evil");
    send_text(FORWARD, RST, 0, "");
    world.drop = false;
    assert_int_equal(stats_now().rejected, 2);
    say(FORWARD, 0, "good");
    assert_said("^good", "");
}

/* --- keep ---------------------------------------------------------------------------------- */

static bool kept_well;

/* Keeps everything behind the last line's end. */
static void keep_the_line_begun(tapir_conversation *conversation, const tapir_chunk *chunk)
{
    const uint8_t *bytes = chunk->bytes.data;
    size_t whole = chunk->bytes.len;

    while (whole && bytes[whole - 1] != '\n')
        whole--;
    kept_well = tapir_conversation_keep(conversation, (tapir_way)chunk->way, chunk->offset + whole);
}

static void what_is_kept_comes_again_in_front(void **state)
{
    (void)state;
    start_usual();
    world.in_data = keep_the_line_begun;
    handshake();
    say(FORWARD, 0, "one\ntw");
    assert_true(kept_well);
    say(FORWARD, 6, "o and m");
    say(FORWARD, 13, "ore\n");
    say(FORWARD, 17, "three\n");
    fin(FORWARD, 23);
    assert_said("^one\ntw{tw}o and m{two and m}ore\nthree\n$", "");
    assert_int_equal(stream_of(0, FORWARD).delivered, 23);
}

static void a_chunk_with_what_was_kept_tells_where_it_begins(void **state)
{
    (void)state;
    start_usual();
    world.in_data = keep_the_line_begun;
    handshake();
    say(FORWARD, 0, "one\ntw");
    say(FORWARD, 6, "o\n");
    assert_int_equal(world.seen[0].last.offset, 4);
    assert_int_equal(world.seen[0].last.kept, 2);
    assert_int_equal(world.seen[0].last.frame, 5);
}

static void what_is_kept_of_one_stream_is_not_of_the_other(void **state)
{
    (void)state;
    start_usual();
    world.in_data = keep_the_line_begun;
    handshake();
    say(FORWARD, 0, "ab");
    say(BACKWARD, 0, "xy");
    say(FORWARD, 2, "c\n");
    say(BACKWARD, 2, "z\n");
    assert_said("^ab{ab}c\n", "^xy{xy}z\n");
}

static void what_is_kept_stays_in_front_of_segments_that_waited(void **state)
{
    (void)state;
    start_usual();
    world.in_data = keep_the_line_begun;
    handshake();
    say(FORWARD, 4, "ef");
    say(FORWARD, 2, "cd");
    say(FORWARD, 0, "ab");
    assert_said("^ab{ab}cd{abcd}ef", "");
}

static void a_gap_behind_what_was_kept_is_told(void **state)
{
    (void)state;
    start_usual();
    world.in_data = keep_the_line_begun;
    handshake();
    say(FORWARD, 0, "ab");
    say(FORWARD, 5, "fg\n");
    finish();
    assert_said("^ab{ab}[3]fg\n", "");
    assert_int_equal(world.seen[0].last.offset, 0);
    assert_int_equal(world.seen[0].last.gap, 3);
    assert_int_equal(world.seen[0].last.kept, 2);
}

static void what_is_kept_comes_with_the_end(void **state)
{
    (void)state;
    start_usual();
    world.in_data = keep_the_line_begun;
    handshake();
    say(FORWARD, 0, "no newline");
    fin(FORWARD, 10);
    assert_said("^no newline{no newline}$", "");
}

static void keep_nonsense(tapir_conversation *conversation, const tapir_chunk *chunk)
{
    const tapir_way way = (tapir_way)chunk->way;
    const uint64_t end = chunk->offset + chunk->bytes.len;

    assert_false(tapir_conversation_keep(conversation, way, end + 1));
    assert_false(tapir_conversation_keep(conversation, way, UINT64_MAX));
    if (chunk->offset)
        assert_false(tapir_conversation_keep(conversation, way, chunk->offset - 1));
    kept_well = true;
}

static void only_bytes_of_the_chunk_can_be_kept(void **state)
{
    (void)state;
    kept_well = false;
    start_usual();
    world.in_data = keep_nonsense;
    handshake();
    say(FORWARD, 0, "abc");
    say(FORWARD, 3, "def");
    assert_true(kept_well);
    assert_said("^abcdef", "");
}

static void keep_everything(tapir_conversation *conversation, const tapir_chunk *chunk)
{
    kept_well = tapir_conversation_keep(conversation, (tapir_way)chunk->way, chunk->offset);
    world.seen[0].text_len[chunk->way] = 0;
}

static void what_is_kept_is_bounded(void **state)
{
    static uint8_t bytes[1000];
    int64_t at = 0;

    (void)state;
    start((tapir_reassembler_options){.max_connection_memory = 2000});
    world.in_data = keep_everything;
    handshake();
    for (; at < 100000; at += 500) {
        send_bytes(FORWARD, ACK, at, bytes, 500);
        assert_true(world.seen[0].last.kept <= 2000);
        assert_true(stats_now().memory < 1 << 20);
    }
    assert_int_equal(stream_of(0, FORWARD).delivered, 100000);
}

/* --- ignore -------------------------------------------------------------------------------- */

static void ignore_this_way(tapir_conversation *conversation, const tapir_chunk *chunk)
{
    tapir_conversation_ignore(conversation, (tapir_way)chunk->way);
}

static void an_ignored_stream_is_not_delivered(void **state)
{
    (void)state;
    start_usual();
    world.in_data = ignore_this_way;
    handshake();
    say(FORWARD, 0, "abc");
    world.in_data = NULL;
    say(FORWARD, 3, "def");
    say(FORWARD, 9, "jkl");
    say(BACKWARD, 0, "other");
    assert_said("^abc", "^other");
    part(12, 5);
    finish();
    assert_said("^abc", "^other$");
}

static void a_connection_with_an_ignored_stream_ends_as_others(void **state)
{
    (void)state;
    start_usual();
    world.in_data = ignore_this_way;
    handshake();
    say(FORWARD, 0, "abc");
    say(BACKWARD, 0, "abc");
    say(FORWARD, 3, "def");
    part(6, 3);
    assert_said("^abc", "^abc");
    assert_ended(0, TAPIR_END_FIN);
}

static void an_ignored_stream_holds_little(void **state)
{
    static uint8_t bytes[1000];
    size_t memory;

    (void)state;
    start((tapir_reassembler_options){.max_connection_memory = 20000});
    world.in_data = ignore_this_way;
    handshake();
    say(FORWARD, 0, "a");
    memory = stats_now().memory;
    for (int64_t at = 2; at < 50000; at += 1000)
        send_bytes(FORWARD, ACK, at, bytes, sizeof bytes);
    assert_true(stats_now().memory <= memory + 25000);
}

/* --- flush and close ----------------------------------------------------------------------- */

static void flush_in_data(tapir_conversation *conversation, const tapir_chunk *chunk)
{
    (void)chunk;
    tapir_conversation_flush(conversation);
}

static void flush_delivers_what_waits_and_goes_on(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 3, "def");
    say(FORWARD, 9, "jkl");
    say(BACKWARD, 1, "b");
    tapir_conversation_flush(world.seen[0].conversation);
    assert_said("^[3]def[3]jkl", "^[1]b");
    say(FORWARD, 12, "mno");
    say(FORWARD, 0, "abc"); /* too late */
    assert_said("^[3]def[3]jklmno", "^[1]b");
    assert_ended(0, OPEN);
}

static void flush_in_data_comes_after_it(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 6, "ghi");
    say(BACKWARD, 2, "c");
    world.in_data = flush_in_data;
    say(FORWARD, 0, "abc");
    assert_said("^abc[3]ghi", "^[2]c");
}

static void close_in_data(tapir_conversation *conversation, const tapir_chunk *chunk)
{
    (void)chunk;
    tapir_conversation_close(conversation);
    tapir_conversation_close(conversation);
    world.in_data = NULL;
}

static void close_delivers_what_waits_and_drops_what_comes(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 6, "ghi");
    say(BACKWARD, 1, "b");
    world.in_data = close_in_data;
    say(FORWARD, 0, "abc");
    assert_ended(0, TAPIR_END_CALLER);
    say(FORWARD, 3, "def");
    say(BACKWARD, 0, "a");
    part(9, 2);
    assert_said("^abc[3]ghi", "^[1]b");
    assert_int_equal(stats_now().ended[TAPIR_END_CALLER], 1);
    assert_int_equal(stats_now().connections, 1);
    assert_true(stats_now().late >= 2);
}

static void close_from_outside_ends_it_at_once(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 3, "def");
    tapir_conversation_close(world.seen[0].conversation);
    assert_ended(0, TAPIR_END_CALLER);
    assert_said("^[3]def", "");
}

static bool close_at_once(void *user, tapir_conversation *conversation)
{
    on_opened(user, conversation);
    tapir_conversation_close(conversation);
    return true;
}

static void close_may_come_as_soon_as_it_opened(void **state)
{
    tapir_reassembler_options options = {.size = sizeof options,
        .calls = {.opened = close_at_once, .data = on_data, .closed = on_closed},
        .user = &world};

    (void)state;
    start_usual();
    tapir_reassembler_free(world.reassembler);
    world.reassembler = tapir_reassembler_new(&options);
    handshake();
    say(FORWARD, 0, "abc");
    assert_int_equal(world.count, 1);
    assert_ended(0, TAPIR_END_CALLER);
    assert_said("", "");
}

static void close_in_conflict(
    void *user, tapir_conversation *conversation, const tapir_conflict *conflict)
{
    on_conflict(user, conversation, conflict);
    tapir_conversation_close(conversation);
}

static void close_may_come_at_a_conflict(void **state)
{
    tapir_reassembler_options options = {.size = sizeof options,
        .calls = {.opened = on_opened,
            .data = on_data,
            .conflict = close_in_conflict,
            .closed = on_closed},
        .user = &world};

    (void)state;
    start_usual();
    tapir_reassembler_free(world.reassembler);
    world.reassembler = tapir_reassembler_new(&options);
    handshake();
    say(FORWARD, 3, "def");
    say(FORWARD, 2, "cdXf");
    assert_ended(0, TAPIR_END_CALLER);
    assert_true(strstr(text_of(0, FORWARD), "def") != NULL);
}

static void the_last_chunk_and_the_end_do_not_meet_a_close_twice(void **state)
{
    (void)state;
    start_usual();
    handshake();
    fin(BACKWARD, 0);
    world.in_data = close_in_data;
    send_text(FORWARD, FIN | ACK, 0, "bye");
    assert_said("^bye$", "^$");
    assert_true(world.seen[0].ended == TAPIR_END_FIN || world.seen[0].ended == TAPIR_END_CALLER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        stream_test(a_rejected_connection_is_heard_of_no_more),
        stream_test(a_packet_that_is_not_accepted_was_never_there),
        stream_test(what_is_kept_comes_again_in_front),
        stream_test(a_chunk_with_what_was_kept_tells_where_it_begins),
        stream_test(what_is_kept_of_one_stream_is_not_of_the_other),
        stream_test(what_is_kept_stays_in_front_of_segments_that_waited),
        stream_test(a_gap_behind_what_was_kept_is_told),
        stream_test(what_is_kept_comes_with_the_end),
        stream_test(only_bytes_of_the_chunk_can_be_kept),
        stream_test(what_is_kept_is_bounded),
        stream_test(an_ignored_stream_is_not_delivered),
        stream_test(a_connection_with_an_ignored_stream_ends_as_others),
        stream_test(an_ignored_stream_holds_little),
        stream_test(flush_delivers_what_waits_and_goes_on),
        stream_test(flush_in_data_comes_after_it),
        stream_test(close_delivers_what_waits_and_drops_what_comes),
        stream_test(close_from_outside_ends_it_at_once),
        stream_test(close_may_come_as_soon_as_it_opened),
        stream_test(close_may_come_at_a_conflict),
        stream_test(the_last_chunk_and_the_end_do_not_meet_a_close_twice),
    };

    return cmocka_run_group_tests_name("reassembly_calls", tests, NULL, NULL);
}
