/* Reassembly: order, beginnings and ends of connections, what is told of them. */
#include "streams.h"

/* --- order --------------------------------------------------------------------------------- */

static void segments_in_order_are_delivered_as_they_come(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "hello ");
    assert_said("^hello ", "");
    say(FORWARD, 6, "world");
    assert_said("^hello world", "");
    assert_int_equal(world.seen[0].chunks, 2);
    assert_int_equal(stream_of(0, FORWARD).out_of_order, 0);
    assert_int_equal(stream_of(0, FORWARD).delivered, 11);
}

static void a_segment_that_comes_early_waits(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 6, "world");
    assert_said("", "");
    assert_int_equal(stream_of(0, FORWARD).queued, 5);
    say(FORWARD, 0, "hello ");
    assert_said("^hello world", "");
    assert_int_equal(stream_of(0, FORWARD).queued, 0);
    assert_int_equal(stream_of(0, FORWARD).out_of_order, 1);
}

static void segments_in_reverse_order_come_out_in_order(void **state)
{
    (void)state;
    start_usual();
    handshake();
    for (int at = 25; at >= 0; at--)
        send_bytes(BACKWARD, ACK, at, &"abcdefghijklmnopqrstuvwxyz"[at], 1);
    assert_said("", "^abcdefghijklmnopqrstuvwxyz");
    assert_int_equal(stream_of(0, BACKWARD).out_of_order, 25);
}

static void both_streams_are_put_together_apart(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "ping");
    say(BACKWARD, 4, " and on");
    say(FORWARD, 4, "!");
    say(BACKWARD, 0, "pong");
    part(5, 11);
    assert_said("^ping!$", "^pong and on$");
    assert_ended(0, TAPIR_END_FIN);
}

static void the_sequence_number_may_wrap_anywhere(void **state)
{
    static const char whole[] = "0123456789abcdef";

    (void)state;
    for (uint32_t before = 0; before <= 18; before++) {
        start_usual();
        world.isn[0] = (uint32_t)0 - before;
        world.isn[1] = (uint32_t)0 - before + 3;
        handshake();
        for (int way = 0; way < 2; way++) {
            send_bytes((tapir_way)way, ACK, 8, whole + 8, 4);
            send_bytes((tapir_way)way, ACK, 12, whole + 12, 4);
            send_bytes((tapir_way)way, ACK, 0, whole, 4);
            send_bytes((tapir_way)way, ACK, 2, whole + 2, 6);
            send_bytes((tapir_way)way, ACK, 0, whole, 16);
        }
        part(16, 16);
        assert_said("^0123456789abcdef$", "^0123456789abcdef$");
        assert_int_equal(stream_of(0, FORWARD).retransmitted, 1);
        assert_ended(0, TAPIR_END_FIN);
        stop(NULL);
    }
}

static void the_highest_bit_of_the_sequence_number_is_nothing_special(void **state)
{
    (void)state;
    start_usual();
    world.isn[0] = 0x7ffffffb;
    handshake();
    say(FORWARD, 5, "fghij");
    say(FORWARD, 0, "abcde");
    assert_said("^abcdefghij", "");
}

/* A gap of a MiB each time, in a window that is scaled to let it pass. */
static void offsets_count_beyond_four_gigabytes(void **state)
{
    static const uint8_t scale[] = {3, 3, 14, 0};
    const uint64_t step = 1 << 20, count = 4200;

    (void)state;
    start_usual();
    world.like.options = tapir_span_of(scale, sizeof scale);
    syn();
    syn_ack();
    world.like.options = (tapir_span){0};
    for (uint64_t i = 1; i <= count; i++) {
        send_bytes(FORWARD, ACK, (int64_t)(i * step), "x", 1);
        tapir_conversation_flush(world.seen[0].conversation);
        world.seen[0].text_len[FORWARD] = 0;
    }
    assert_int_equal(stream_of(0, FORWARD).outside_window, 0);
    assert_int_equal(world.seen[0].last.offset, count * step);
    assert_int_equal(stream_of(0, FORWARD).delivered, count);
    assert_int_equal(stream_of(0, FORWARD).gap_bytes, count * step - count + 1);
    assert_int_equal(stream_of(0, FORWARD).gaps, count);
}

static void what_comes_again_is_delivered_once(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "hello");
    say(FORWARD, 0, "hello");
    say(FORWARD, 1, "ell");
    assert_said("^hello", "");
    assert_int_equal(stream_of(0, FORWARD).retransmitted, 2);
    assert_int_equal(stream_of(0, FORWARD).overlaps, 0);
}

static void what_waits_and_comes_again_is_delivered_once(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 5, "fghij");
    say(FORWARD, 5, "fghij");
    assert_int_equal(stream_of(0, FORWARD).queued, 5);
    assert_int_equal(stream_of(0, FORWARD).retransmitted, 1);
    say(FORWARD, 0, "abcde");
    assert_said("^abcdefghij", "");
}

static void a_segment_that_was_partly_seen_gives_the_rest(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "hello");
    say(FORWARD, 3, "lo world");
    assert_said("^hello world", "");
    assert_int_equal(stream_of(0, FORWARD).overlaps, 1);
    assert_int_equal(stream_of(0, FORWARD).retransmitted, 0);
}

static void bytes_in_front_of_the_stream_are_not_of_it(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, -3, "???hello");
    assert_said("^hello", "");
}

static void a_segment_far_outside_is_dropped_and_counted(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "a");
    say(FORWARD, 0x70000000, "far");
    say(FORWARD, -0x70000000, "far");
    say(FORWARD, 1, "b");
    finish();
    assert_said("^ab", "");
    assert_true(stream_of(0, FORWARD).outside_window >= 1);
    assert_int_equal(stream_of(0, FORWARD).gap_bytes, 0);
}

/* --- what is told of a chunk --------------------------------------------------------------- */

static tapir_chunk told[8];
static size_t told_count;

static void remember(tapir_conversation *conversation, const tapir_chunk *chunk)
{
    (void)conversation;
    assert_true(told_count < TAPIR_COUNT(told));
    told[told_count++] = *chunk;
}

static void a_chunk_tells_its_frame_and_time(void **state)
{
    (void)state;
    start_usual();
    told_count = 0;
    world.in_data = remember;
    handshake();
    world.now += 1000;
    say(FORWARD, 3, "def");
    world.now += 1000;
    say(FORWARD, 0, "abc");
    assert_int_equal(told_count, 2);
    assert_int_equal(told[0].frame, 5);
    assert_int_equal(told[0].time, world.now);
    assert_int_equal(told[0].offset, 0);
    assert_true(told[0].start);
    assert_true(told[0].more);
    assert_int_equal(told[1].frame, 4);
    assert_int_equal(told[1].time, world.now - 1000);
    assert_int_equal(told[1].offset, 3);
    assert_false(told[1].start);
    assert_false(told[1].more);
    assert_false(told[1].end);
}

static void a_gap_is_told_with_what_follows_it(void **state)
{
    (void)state;
    start_usual();
    told_count = 0;
    world.in_data = remember;
    handshake();
    say(FORWARD, 0, "abc");
    say(FORWARD, 10, "klm");
    say(FORWARD, 20, "xyz");
    finish();
    assert_said("^abc[7]klm[7]xyz", "");
    assert_int_equal(told_count, 3);
    assert_int_equal(told[1].offset, 10);
    assert_int_equal(told[1].gap, 7);
    assert_int_equal(told[2].offset, 20);
    assert_int_equal(stream_of(0, FORWARD).delivered, 9);
    assert_int_equal(stream_of(0, FORWARD).gap_bytes, 14);
    assert_int_equal(stream_of(0, FORWARD).gaps, 2);
    assert_int_equal(stats_now().gaps, 2);
    assert_int_equal(stats_now().gap_bytes, 14);
    assert_int_equal(stats_now().delivered, 9);
    assert_ended(0, TAPIR_END_FINISHED);
}

static void the_first_chunk_may_come_behind_a_gap(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 4, "efg");
    finish();
    assert_said("^[4]efg", "");
}

static void urgent_data_stays_in_line(void **state)
{
    (void)state;
    start_usual();
    handshake();
    world.like.urgent = 2;
    send_text(FORWARD, ACK | TAPIR_TCP_URG, 0, "ab");
    world.like.urgent = 0;
    say(FORWARD, 2, "cd");
    assert_said("^!abcd", "");
}

/* --- beginnings ---------------------------------------------------------------------------- */

static void a_connection_begins_with_its_syn(void **state)
{
    const uint8_t client[] = {10, 0, 0, 1};
    tapir_conversation_info info;

    (void)state;
    start_usual();
    syn();
    assert_int_equal(world.count, 1);
    info = info_of(0);
    assert_int_equal(info.id, 0);
    assert_int_equal(info.state, TAPIR_CONNECTION_OPENING);
    assert_true(info.client_known);
    assert_memory_equal(info.connection.network.src.bytes, client, 4);
    assert_int_equal(tapir_load_be(info.connection.transport.src.bytes, 2), 50000);
    assert_int_equal(tapir_load_be(info.connection.transport.dst.bytes, 2), 80);
    assert_int_equal(info.connection.protocol, 6);
    assert_true(info.way[FORWARD].syn);
    assert_false(info.way[BACKWARD].syn);
    syn_ack();
    send_text(FORWARD, ACK, 0, "");
    assert_int_equal(info_of(0).state, TAPIR_CONNECTION_ESTABLISHED);
    assert_true(info_of(0).way[BACKWARD].syn);
    assert_int_equal(stream_of(0, FORWARD).packets, 2);
    assert_int_equal(stream_of(0, BACKWARD).packets, 1);
}

static void the_handshake_is_timed(void **state)
{
    (void)state;
    start_usual();
    syn();
    assert_int_equal(info_of(0).synack_rtt, -1);
    assert_int_equal(info_of(0).handshake_rtt, -1);
    world.now += 2000;
    syn_ack();
    world.now += 500;
    send_text(FORWARD, ACK, 0, "");
    assert_int_equal(info_of(0).synack_rtt, 2000);
    assert_int_equal(info_of(0).handshake_rtt, 2500);
    world.now += 7000;
    say(FORWARD, 0, "x");
    assert_int_equal(info_of(0).handshake_rtt, 2500);
    assert_int_equal(info_of(0).start, world.now - 9500);
    assert_int_equal(info_of(0).end, world.now);
    assert_int_equal(info_of(0).first_frame, 1);
    assert_int_equal(info_of(0).last_frame, 4);
}

static void a_syn_that_comes_again_is_no_other_connection(void **state)
{
    (void)state;
    start_usual();
    syn();
    syn();
    syn_ack();
    syn_ack();
    send_text(FORWARD, ACK, 0, "");
    say(FORWARD, 0, "hello");
    syn();
    syn_ack();
    say(FORWARD, 5, "!");
    assert_said("^hello!", "");
    assert_int_equal(stats_now().connections, 1);
}

static void data_in_the_syn_is_the_streams_first(void **state)
{
    (void)state;
    start_usual();
    send_bytes(FORWARD, SYN, -1, "GET", 3);
    world.next[FORWARD] = 3;
    send_text(BACKWARD, SYN | ACK, -1, "");
    say(FORWARD, 3, " /");
    assert_said("^GET /", "");
}

static void data_in_the_syn_that_comes_again_without_it_is_delivered_once(void **state)
{
    (void)state;
    start_usual();
    send_text(FORWARD, SYN, -1, "GET");
    syn_ack(); /* takes the SYN and not its data: RFC 7413 4.2.2 */
    say(FORWARD, 0, "GET /");
    send_text(BACKWARD, ACK, 0, "ok");
    assert_said("^GET /", "^ok");
}

static void a_syn_ack_may_have_data(void **state)
{
    (void)state;
    start_usual();
    syn();
    send_text(BACKWARD, SYN | ACK, -1, "220 ");
    say(BACKWARD, 4, "ready");
    assert_said("", "^220 ready");
}

static void a_syn_ack_seen_first_tells_who_the_server_is(void **state)
{
    (void)state;
    start_usual();
    syn_ack();
    say(FORWARD, 0, "question");
    say(BACKWARD, 0, "answer");
    assert_int_equal(world.count, 1);
    assert_int_equal(tapir_load_be(info_of(0).connection.transport.dst.bytes, 2), 80);
    assert_string_equal(text_of(0, BACKWARD), "^answer");
    assert_non_null(strstr(text_of(0, FORWARD), "question"));
    assert_false(stream_of(0, FORWARD).syn);
}

static void a_syn_ack_that_overtakes_its_syn_begins_the_same_connection(void **state)
{
    (void)state;
    start_usual();
    syn_ack();
    syn();
    send_text(FORWARD, ACK, 0, "");
    say(FORWARD, 0, "question");
    say(BACKWARD, 0, "answer");
    assert_said("^question", "^answer");
    assert_int_equal(stats_now().connections, 1);
}

static void both_may_open_at_once(void **state)
{
    (void)state;
    start_usual();
    syn();
    send_text(BACKWARD, SYN, -1, "");
    send_text(FORWARD, SYN | ACK, -1, "");
    send_text(BACKWARD, SYN | ACK, -1, "");
    say(FORWARD, 0, "hello");
    say(BACKWARD, 0, "hello, too");
    assert_said("^hello", "^hello, too");
    assert_int_equal(info_of(0).state, TAPIR_CONNECTION_ESTABLISHED);
}

static void data_may_come_before_the_syn_ack(void **state)
{
    (void)state;
    start_usual();
    syn();
    say(FORWARD, 0, "early");
    syn_ack();
    say(BACKWARD, 0, "answer");
    assert_said("^early", "^answer");
}

static void data_that_overtakes_the_syn_ack_waits_for_nothing(void **state)
{
    (void)state;
    start_usual();
    syn();
    say(BACKWARD, 0, "answer");
    syn_ack();
    say(BACKWARD, 6, "!");
    assert_int_equal(world.count, 1);
    finish();
    assert_non_null(strstr(text_of(0, BACKWARD), "answer!"));
    assert_int_equal(stream_of(0, BACKWARD).gap_bytes, 0);
}

static void a_connection_may_be_picked_up_in_the_middle(void **state)
{
    (void)state;
    start_usual();
    say(BACKWARD, 1000, "middle");
    say(FORWARD, 2000, "also");
    say(BACKWARD, 1006, " and on");
    assert_int_equal(world.count, 1);
    assert_false(info_of(0).client_known);
    assert_int_equal(info_of(0).state, TAPIR_CONNECTION_MIDSTREAM);
    /* Who was seen first is taken for the client. */
    assert_int_equal(tapir_load_be(info_of(0).connection.transport.src.bytes, 2), 80);
    assert_string_equal(text_of(0, FORWARD), "middle and on");
    assert_string_equal(text_of(0, BACKWARD), "also");
    assert_false(stream_of(0, FORWARD).syn);
}

static void a_connection_in_the_middle_puts_in_order_what_follows(void **state)
{
    (void)state;
    start_usual();
    world.isn[0] = 0xfffffff0;
    say(FORWARD, 10, "abc");
    say(FORWARD, 16, "ghi");
    say(FORWARD, 13, "def");
    part(19, 0);
    assert_said("abcdefghi$", "$");
    assert_ended(0, TAPIR_END_FIN);
}

static void one_direction_alone_is_a_stream(void **state)
{
    (void)state;
    start_usual();
    syn();
    send_text(FORWARD, ACK, 0, "");
    say(FORWARD, 5, " world");
    say(FORWARD, 0, "hello");
    fin(FORWARD, 11);
    assert_said("^hello world$", "");
    assert_ended(0, OPEN);
    finish();
    assert_ended(0, TAPIR_END_FINISHED);
}

static void the_servers_direction_alone_is_a_stream(void **state)
{
    (void)state;
    start_usual();
    syn_ack();
    say(BACKWARD, 0, "hello");
    fin(BACKWARD, 5);
    assert_said("", "^hello$");
}

static void connections_without_a_beginning_can_be_left_out(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.need_syn = true});
    say(FORWARD, 100, "middle");
    say(BACKWARD, 100, "middle");
    assert_int_equal(world.count, 0);
    assert_int_equal(stats_now().connections, 0);
    world.like.client_port++;
    memset(world.next, 0, sizeof world.next);
    handshake();
    say(FORWARD, 0, "whole");
    assert_said("^whole", "");
}

/* --- probes and windows -------------------------------------------------------------------- */

static void keep_alives_are_counted_and_not_delivered(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "hello");
    send_text(FORWARD, ACK, 4, "");
    send_bytes(FORWARD, ACK, 4, "\0", 1); /* a byte of garbage (RFC 1122 4.2.3.6) */
    send_text(BACKWARD, ACK, 0, "");
    say(FORWARD, 5, "!");
    assert_said("^hello!", "");
    assert_int_equal(stream_of(0, FORWARD).keep_alives, 2);
    assert_int_equal(stream_of(0, BACKWARD).keep_alives, 0);
}

static void closed_windows_are_counted(void **state)
{
    (void)state;
    start_usual();
    handshake();
    world.like.window = 0;
    send_text(BACKWARD, ACK, 0, "");
    send_text(BACKWARD, ACK, 0, "");
    world.like.window = 1000;
    send_text(BACKWARD, ACK, 0, "");
    assert_int_equal(stream_of(0, BACKWARD).zero_windows, 2);
    assert_int_equal(stream_of(0, FORWARD).zero_windows, 0);
}

static void a_probe_of_a_closed_window_is_data(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "abc");
    world.like.window = 0;
    send_text(BACKWARD, ACK, 0, "");
    world.like.window = 65535;
    say(FORWARD, 3, "d"); /* the byte behind the window, dropped by its receiver */
    say(FORWARD, 3, "def");
    assert_said("^abcdef", "");
}

/* --- ends ---------------------------------------------------------------------------------- */

static void a_fin_of_both_ends_the_connection(void **state)
{
    (void)state;
    start_usual();
    handshake();
    send_text(FORWARD, FIN | ACK, 0, "bye");
    assert_said("^bye$", "");
    assert_ended(0, OPEN);
    assert_int_equal(info_of(0).state, TAPIR_CONNECTION_CLOSING);
    say(BACKWARD, 0, "half open, and talking");
    fin(BACKWARD, 22);
    assert_said("^bye$", "^half open, and talking$");
    send_text(FORWARD, ACK, 4, "");
    assert_ended(0, TAPIR_END_FIN);
    assert_int_equal(info_of(0).state, TAPIR_CONNECTION_CLOSED);
    assert_int_equal(stats_now().ended[TAPIR_END_FIN], 1);
    assert_int_equal(stats_now().open, 0);
}

static void a_fin_that_overtakes_data_waits(void **state)
{
    (void)state;
    start_usual();
    handshake();
    fin(BACKWARD, 0);
    fin(FORWARD, 6);
    assert_said("", "^$");
    say(FORWARD, 3, "def");
    assert_ended(0, OPEN);
    assert_int_equal(info_of(0).state, TAPIR_CONNECTION_CLOSING);
    say(FORWARD, 0, "abc");
    assert_said("^abcdef$", "^$");
    send_text(BACKWARD, ACK, 1, "");
    assert_ended(0, TAPIR_END_FIN);
}

static void without_the_last_acknowledgment_it_ends_a_little_later(void **state)
{
    (void)state;
    start_usual();
    handshake();
    send_text(FORWARD, FIN | ACK, 0, "bye");
    send_text(BACKWARD, FIN | ACK, 0, "bye");
    assert_said("^bye$", "^bye$");
    pass(60 * SECOND);
    assert_ended(0, TAPIR_END_FIN);
}

static void a_fin_that_comes_again_ends_once(void **state)
{
    (void)state;
    start_usual();
    handshake();
    send_text(FORWARD, FIN | ACK, 0, "bye");
    send_text(FORWARD, FIN | ACK, 0, "bye");
    fin(FORWARD, 3);
    fin(BACKWARD, 0);
    fin(BACKWARD, 0);
    assert_said("^bye$", "^$");
    assert_int_equal(stats_now().connections, 1);
}

static void what_is_missing_before_a_fin_is_a_gap_at_the_end(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "abc");
    fin(FORWARD, 10);
    finish();
    assert_said("^abc[7]$", "");
    assert_int_equal(stream_of(0, FORWARD).gap_bytes, 7);
}

static void data_behind_the_fin_is_not_delivered(void **state)
{
    (void)state;
    start_usual();
    handshake();
    send_text(FORWARD, FIN | ACK, 0, "bye");
    say(FORWARD, 3, "ghost");
    say(FORWARD, 4, "ghost");
    finish();
    assert_said("^bye$", "");
}

static void a_reset_ends_the_connection(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "hello");
    send_text(FORWARD, RST, 5, "");
    assert_said("^hello", "");
    assert_ended(0, TAPIR_END_RESET);
    assert_int_equal(info_of(0).state, TAPIR_CONNECTION_RESET);
    assert_true(info_of(0).way[FORWARD].rst);
    assert_false(info_of(0).way[BACKWARD].rst);
}

static void what_waits_is_delivered_before_a_reset(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(BACKWARD, 3, "def");
    say(FORWARD, 0, "hello");
    send_text(FORWARD, RST | ACK, 5, "");
    pass(60 * SECOND); /* what is missing may be late */
    assert_said("^hello", "^[3]def");
    assert_ended(0, TAPIR_END_RESET);
}

static void a_refused_connection_ends_with_the_reset(void **state)
{
    (void)state;
    start_usual();
    syn();
    world.isn[1] = 0xffffffff;
    send_text(BACKWARD, RST | ACK, 0, ""); /* its sequence number is 0 */
    assert_said("", "");
    assert_ended(0, TAPIR_END_RESET);
}

/* Anybody can send one; hosts answer with a challenge (RFC 5961 3.2). */
static void a_reset_far_outside_ends_nothing(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "abc");
    send_text(FORWARD, RST, 0x40000000, "");
    assert_ended(0, OPEN);
    say(FORWARD, 3, "def");
    assert_said("^abcdef", "");
}

static void a_reset_that_overtakes_data_loses_none(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "abc");
    send_text(FORWARD, RST, 6, "");
    say(FORWARD, 3, "def");
    finish();
    assert_said("^abcdef", "");
    assert_ended(0, TAPIR_END_RESET);
}

static void a_reset_behind_what_never_comes_ends_it_a_little_later(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "abc");
    send_text(FORWARD, RST, 6, "");
    assert_ended(0, OPEN);
    pass(60 * SECOND);
    assert_ended(0, TAPIR_END_RESET);
    assert_string_equal(text_of(0, FORWARD), "^abc");
}

static void a_fin_and_a_reset_end_it_in_any_order(void **state)
{
    (void)state;
    start_usual();
    handshake();
    send_text(FORWARD, FIN | ACK, 0, "bye");
    send_text(BACKWARD, RST, 0, "");
    assert_said("^bye$", "");
    assert_ended(0, TAPIR_END_RESET);
    stop(NULL);
    start_usual();
    handshake();
    send_text(BACKWARD, RST, 0, "");
    send_text(FORWARD, FIN | ACK, 0, "bye");
    assert_ended(0, TAPIR_END_RESET);
    assert_int_equal(world.count, 1);
    assert_int_equal(stats_now().late, 1);
}

static void late_packets_open_no_ghost(void **state)
{
    (void)state;
    start_usual();
    handshake();
    send_text(FORWARD, FIN | ACK, 0, "bye");
    send_text(BACKWARD, FIN | ACK, 0, "bye");
    send_text(FORWARD, ACK, 4, "");
    say(FORWARD, 0, "bye");
    say(BACKWARD, 0, "bye");
    fin(BACKWARD, 3);
    send_text(FORWARD, RST, 4, "");
    syn_ack();
    assert_said("^bye$", "^bye$");
    assert_int_equal(stats_now().connections, 1);
    assert_ended(0, TAPIR_END_FIN);
    assert_int_equal(stats_now().late, 5);
}

static void a_reset_alone_leaves_nothing_open(void **state)
{
    (void)state;
    start_usual();
    send_text(FORWARD, RST, 0, "");
    send_text(BACKWARD, RST | ACK, 0, "");
    assert_int_equal(stats_now().open, 0);
    assert_true(stats_now().connections <= 1);
}

/* --- ports used again ---------------------------------------------------------------------- */

static void after_the_end_a_syn_begins_another(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "first");
    part(5, 0);
    world.isn[0] += 100000;
    world.isn[1] += 200000;
    memset(world.next, 0, sizeof world.next);
    handshake();
    say(FORWARD, 0, "second");
    assert_int_equal(world.count, 2);
    assert_string_equal(text_of(0, FORWARD), "^first$");
    assert_string_equal(text_of(1, FORWARD), "^second");
    assert_int_equal(info_of(1).id, 1);
}

/* Of the first one the SYN was not captured: nothing is known of its numbers but where it ended. */
static void after_the_end_of_one_without_a_beginning_a_syn_begins_another(void **state)
{
    (void)state;
    start_usual();
    say(FORWARD, 100, "middle");
    say(BACKWARD, 200, "middle");
    part(106, 206);
    assert_ended(0, TAPIR_END_FIN);
    pass(5 * SECOND);
    world.isn[0] += 50000000;
    world.isn[1] += 70000000;
    memset(world.next, 0, sizeof world.next);
    handshake();
    say(FORWARD, 0, "second");
    assert_int_equal(world.count, 2);
    assert_string_equal(text_of(1, FORWARD), "^second");
}

static void a_syn_within_a_connection_begins_another_once_it_is_answered(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "first");
    say(FORWARD, 8, "waits");
    world.isn[0] += 1000000;
    world.isn[1] += 2000000;
    memset(world.next, 0, sizeof world.next);
    syn();
    syn_ack();
    send_text(FORWARD, ACK, 0, "");
    say(FORWARD, 0, "second");
    say(BACKWARD, 0, "answer");
    assert_int_equal(world.count, 2);
    assert_ended(0, TAPIR_END_REUSED);
    assert_string_equal(text_of(0, FORWARD), "^first[3]waits");
    assert_string_equal(text_of(1, FORWARD), "^second");
    assert_string_equal(text_of(1, BACKWARD), "^answer");
    assert_int_equal(stats_now().ended[TAPIR_END_REUSED], 1);
}

/* RFC 5961 4.2: it may be anybody's, the server sends a challenge and goes on. */
static void a_syn_within_a_connection_that_nobody_answers_changes_nothing(void **state)
{
    const uint32_t isn = 1000;

    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "abc");
    world.isn[0] = 77777777;
    syn();
    world.isn[0] = isn;
    send_text(BACKWARD, ACK, 0, "");
    say(FORWARD, 3, "def");
    say(BACKWARD, 0, "answer");
    part(6, 6);
    assert_said("^abcdef$", "^answer$");
    assert_ended(0, TAPIR_END_FIN);
}

static void a_syn_ack_that_answers_another_syn_begins_nothing(void **state)
{
    const uint32_t isn = 1000;

    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "abc");
    world.isn[0] = 77777777;
    syn();
    world.isn[0] = isn;
    world.next[FORWARD] = 0;
    syn_ack(); /* the old one, late */
    say(FORWARD, 3, "def");
    say(BACKWARD, 0, "answer");
    assert_said("^abcdef", "^answer");
    assert_ended(0, OPEN);
}

/* Where only the client's packets are captured nobody is seen to answer. */
static void a_syn_within_a_connection_is_believed_when_it_is_followed(void **state)
{
    (void)state;
    start_usual();
    syn();
    send_text(FORWARD, ACK, 0, "");
    say(FORWARD, 0, "first");
    world.isn[0] += 1000000;
    syn();
    send_text(FORWARD, ACK, 0, "");
    say(FORWARD, 0, "second");
    assert_int_equal(world.count, 2);
    assert_ended(0, TAPIR_END_REUSED);
    assert_string_equal(text_of(0, FORWARD), "^first");
    assert_string_equal(text_of(1, FORWARD), "^second");
}

static void data_that_waited_behind_a_fin_is_not_delivered(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 10, "ghost");
    say(FORWARD, 2, "cdefgh");
    fin(FORWARD, 4);
    say(FORWARD, 0, "ab");
    finish();
    assert_said("^abcd$", "");
}

static void other_ports_and_addresses_are_other_connections(void **state)
{
    (void)state;
    start_usual();
    for (int i = 0; i < 8; i++) {
        world.like.client_port = (uint16_t)(50000 + (i & 1));
        world.like.client = i & 2 ? 1 : 3;
        world.like.ipv6 = i & 4;
        handshake();
        say(FORWARD, 0, "same ");
        say(FORWARD, 5, (const char[]){(char)('0' + i), 0});
    }
    assert_int_equal(world.count, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(text_of(i, FORWARD)[6], '0' + i);
        assert_int_equal(info_of(i).id, i);
    }
}

/* --- names --------------------------------------------------------------------------------- */

static void states_and_reasons_have_names(void **state)
{
    (void)state;
    assert_string_equal(tapir_connection_state_name(TAPIR_CONNECTION_ESTABLISHED), "established");
    for (unsigned i = 0; i <= TAPIR_CONNECTION_RESET; i++)
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(tapir_connection_state_name((tapir_connection_state)i),
                tapir_connection_state_name((tapir_connection_state)j));
    assert_string_equal(tapir_end_reason_name(TAPIR_END_FIN), "fin");
    assert_string_equal(tapir_end_reason_name(TAPIR_END_RESET), "reset");
    assert_string_equal(tapir_end_reason_name(TAPIR_END_IDLE), "idle");
    for (unsigned i = 0; i <= TAPIR_END_FINISHED; i++)
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(tapir_end_reason_name((tapir_end_reason)i),
                tapir_end_reason_name((tapir_end_reason)j));
}

static void there_may_be_no_callbacks(void **state)
{
    tapir_reassembler_options options = {.size = sizeof options};

    (void)state;
    start_usual();
    tapir_reassembler_free(world.reassembler);
    world.reassembler = tapir_reassembler_new(&options);
    assert_non_null(world.reassembler);
    handshake();
    say(FORWARD, 3, "def");
    say(FORWARD, 0, "abc");
    say(FORWARD, 10, "klm");
    part(13, 0);
    finish();
    assert_int_equal(stats_now().delivered, 9);
    assert_int_equal(stats_now().gap_bytes, 4);
    assert_int_equal(stats_now().connections, 1);
}

static void after_finish_it_can_be_used_again(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "first");
    finish();
    assert_ended(0, TAPIR_END_FINISHED);
    memset(world.next, 0, sizeof world.next);
    world.isn[0] += 100000;
    world.isn[1] += 100000;
    handshake();
    say(FORWARD, 0, "second");
    finish();
    assert_int_equal(world.count, 2);
    assert_string_equal(text_of(1, FORWARD), "^second");
    assert_ended(1, TAPIR_END_FINISHED);
    assert_int_equal(stats_now().ended[TAPIR_END_FINISHED], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        stream_test(segments_in_order_are_delivered_as_they_come),
        stream_test(a_segment_that_comes_early_waits),
        stream_test(segments_in_reverse_order_come_out_in_order),
        stream_test(both_streams_are_put_together_apart),
        stream_test(the_sequence_number_may_wrap_anywhere),
        stream_test(the_highest_bit_of_the_sequence_number_is_nothing_special),
        stream_test(offsets_count_beyond_four_gigabytes),
        stream_test(what_comes_again_is_delivered_once),
        stream_test(what_waits_and_comes_again_is_delivered_once),
        stream_test(a_segment_that_was_partly_seen_gives_the_rest),
        stream_test(bytes_in_front_of_the_stream_are_not_of_it),
        stream_test(a_segment_far_outside_is_dropped_and_counted),
        stream_test(a_chunk_tells_its_frame_and_time),
        stream_test(a_gap_is_told_with_what_follows_it),
        stream_test(the_first_chunk_may_come_behind_a_gap),
        stream_test(urgent_data_stays_in_line),
        stream_test(a_connection_begins_with_its_syn),
        stream_test(the_handshake_is_timed),
        stream_test(a_syn_that_comes_again_is_no_other_connection),
        stream_test(data_in_the_syn_is_the_streams_first),
        stream_test(data_in_the_syn_that_comes_again_without_it_is_delivered_once),
        stream_test(a_syn_ack_may_have_data),
        stream_test(a_syn_ack_seen_first_tells_who_the_server_is),
        stream_test(a_syn_ack_that_overtakes_its_syn_begins_the_same_connection),
        stream_test(both_may_open_at_once),
        stream_test(data_may_come_before_the_syn_ack),
        stream_test(data_that_overtakes_the_syn_ack_waits_for_nothing),
        stream_test(a_connection_may_be_picked_up_in_the_middle),
        stream_test(a_connection_in_the_middle_puts_in_order_what_follows),
        stream_test(one_direction_alone_is_a_stream),
        stream_test(the_servers_direction_alone_is_a_stream),
        stream_test(connections_without_a_beginning_can_be_left_out),
        stream_test(keep_alives_are_counted_and_not_delivered),
        stream_test(closed_windows_are_counted),
        stream_test(a_probe_of_a_closed_window_is_data),
        stream_test(a_fin_of_both_ends_the_connection),
        stream_test(a_fin_that_overtakes_data_waits),
        stream_test(without_the_last_acknowledgment_it_ends_a_little_later),
        stream_test(a_fin_that_comes_again_ends_once),
        stream_test(what_is_missing_before_a_fin_is_a_gap_at_the_end),
        stream_test(data_behind_the_fin_is_not_delivered),
        stream_test(a_reset_ends_the_connection),
        stream_test(what_waits_is_delivered_before_a_reset),
        stream_test(a_refused_connection_ends_with_the_reset),
        stream_test(a_reset_far_outside_ends_nothing),
        stream_test(a_reset_that_overtakes_data_loses_none),
        stream_test(a_reset_behind_what_never_comes_ends_it_a_little_later),
        stream_test(a_fin_and_a_reset_end_it_in_any_order),
        stream_test(late_packets_open_no_ghost),
        stream_test(a_reset_alone_leaves_nothing_open),
        stream_test(after_the_end_a_syn_begins_another),
        stream_test(after_the_end_of_one_without_a_beginning_a_syn_begins_another),
        stream_test(a_syn_within_a_connection_begins_another_once_it_is_answered),
        stream_test(a_syn_within_a_connection_that_nobody_answers_changes_nothing),
        stream_test(a_syn_ack_that_answers_another_syn_begins_nothing),
        stream_test(a_syn_within_a_connection_is_believed_when_it_is_followed),
        stream_test(data_that_waited_behind_a_fin_is_not_delivered),
        stream_test(other_ports_and_addresses_are_other_connections),
        stream_test(states_and_reasons_have_names),
        stream_test(there_may_be_no_callbacks),
        stream_test(after_finish_it_can_be_used_again),
    };

    return cmocka_run_group_tests_name("reassembly", tests, NULL, NULL);
}
