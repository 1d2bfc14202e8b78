/* Which bytes win where segments overlap, and what is told of it. */
#include "streams.h"

/* The nine ways in which a new segment can share bytes with an old one, from 10 to 20, and by which
 * policies it takes them: read off the sentences in overlap.h. */
static const struct relation {
    const char *is;
    unsigned start, end;
    bool first, last, bsd, bsd_right, linux_, windows, solaris, reject;
} relations[] = {
    {"begins before, ends inside", 5, 15, false, true, true, false, true, false, false, false},
    {"begins before, ends with", 5, 20, false, true, true, true, true, false, true, false},
    {"begins before, ends behind", 5, 25, false, true, true, true, true, true, true, false},
    {"begins with, ends inside", 10, 15, false, true, false, false, true, false, false, false},
    {"is the same", 10, 20, false, true, false, true, true, false, false, false},
    {"begins with, ends behind", 10, 25, false, true, false, true, true, false, false, false},
    {"lies inside", 12, 18, false, true, false, false, false, false, false, false},
    {"begins inside, ends with", 12, 20, false, true, false, false, false, false, false, false},
    {"begins inside, ends behind", 15, 25, false, true, false, true, false, false, false, false},
};

static bool takes(const struct relation *relation, tapir_overlap policy)
{
    const bool by_policy[] = {
        [TAPIR_OVERLAP_FIRST] = relation->first,
        [TAPIR_OVERLAP_LAST] = relation->last,
        [TAPIR_OVERLAP_BSD] = relation->bsd,
        [TAPIR_OVERLAP_BSD_RIGHT] = relation->bsd_right,
        [TAPIR_OVERLAP_LINUX] = relation->linux_,
        [TAPIR_OVERLAP_WINDOWS] = relation->windows,
        [TAPIR_OVERLAP_SOLARIS] = relation->solaris,
        [TAPIR_OVERLAP_REJECT] = relation->reject,
    };

    return by_policy[policy];
}

static const char *run_of(char sign, unsigned count)
{
    static char text[2][64];
    static int turn;

    turn = !turn;
    memset(text[turn], sign, count);
    text[turn][count] = '\0';
    return text[turn];
}

static void a_new_segment_takes_what_the_policy_gives_it(void **state)
{
    (void)state;
    for (unsigned policy = TAPIR_OVERLAP_FIRST; policy <= TAPIR_OVERLAP_REJECT; policy++)
        for (size_t i = 0; i < TAPIR_COUNT(relations); i++) {
            const struct relation *relation = &relations[i];
            char expected[64] = "^", *at = expected + 1;
            start((tapir_reassembler_options){.overlap = (tapir_overlap)policy});
            handshake();
            say(FORWARD, 10, run_of('o', 10));
            say(FORWARD, relation->start, run_of('n', relation->end - relation->start));
            assert_said("", "");
            say(FORWARD, 0, run_of('.', relation->start < 10 ? relation->start : 10));
            for (unsigned place = 0; place < 25; place++) {
                const bool old = place >= 10 && place < 20;
                const bool new_ = place >= relation->start && place < relation->end;
                if (old && new_)
                    *at++ = takes(relation, (tapir_overlap)policy) ? 'n' : 'o';
                else if (old || new_)
                    *at++ = old ? 'o' : 'n';
                else if (place < 10)
                    *at++ = '.';
            }
            *at = '\0';
            if (strcmp(text_of(0, FORWARD), expected) != 0)
                print_message(
                    "%s, new %s\n", tapir_overlap_name((tapir_overlap)policy), relation->is);
            assert_said(expected, "");
            stop(NULL);
        }
}

/* The six pieces by which U. Shankar and V. Paxson, and J. Novak after them, tell systems apart. */
static void the_published_pieces_come_out_as_published(void **state)
{
    static const char *const published[] = {
        [TAPIR_OVERLAP_FIRST] = "^.111422333666",
        [TAPIR_OVERLAP_LAST] = "^.144442555666",
        [TAPIR_OVERLAP_BSD] = "^.111442333666",
        [TAPIR_OVERLAP_BSD_RIGHT] = "^.144422555666",
        [TAPIR_OVERLAP_LINUX] = "^.111442555666",
        [TAPIR_OVERLAP_WINDOWS] = "^.111422333666",
        [TAPIR_OVERLAP_SOLARIS] = "^.111422333666",
        [TAPIR_OVERLAP_REJECT] = "^.111422333666",
    };

    (void)state;
    for (unsigned policy = TAPIR_OVERLAP_FIRST; policy < TAPIR_COUNT(published); policy++) {
        start((tapir_reassembler_options){.overlap = (tapir_overlap)policy});
        handshake();
        say(FORWARD, 1, "111");
        say(FORWARD, 5, "22");
        say(FORWARD, 7, "333");
        say(FORWARD, 2, "4444");
        say(FORWARD, 7, "555");
        say(FORWARD, 10, "666");
        say(FORWARD, 0, ".");
        assert_said(published[policy], "");
        stop(NULL);
    }
}

static void without_a_policy_the_old_bytes_stay(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 4, "oooo");
    say(FORWARD, 2, "nnnnnnnn");
    say(FORWARD, 0, "..");
    assert_said("^..nnoooonn", "");
}

static void a_new_segment_over_several_old_ones_is_weighed_against_each(void **state)
{
    static const char *const expected[] = {
        [TAPIR_OVERLAP_FIRST] = "^.aanbbnccn",
        [TAPIR_OVERLAP_LAST] = "^.nnnnnnnnn",
        [TAPIR_OVERLAP_BSD] = "^.aannnnnnn",
        [TAPIR_OVERLAP_BSD_RIGHT] = "^.nnnnnnnnn",
        [TAPIR_OVERLAP_LINUX] = "^.nnnnnnnnn",
        [TAPIR_OVERLAP_WINDOWS] = "^.aannnnnnn",
        [TAPIR_OVERLAP_SOLARIS] = "^.aannnnnnn",
        [TAPIR_OVERLAP_REJECT] = "^.aanbbnccn",
    };

    (void)state;
    for (unsigned policy = TAPIR_OVERLAP_FIRST; policy < TAPIR_COUNT(expected); policy++) {
        start((tapir_reassembler_options){.overlap = (tapir_overlap)policy});
        handshake();
        say(FORWARD, 7, "cc");
        say(FORWARD, 1, "aa");
        say(FORWARD, 4, "bb");
        say(FORWARD, 1, "nnnnnnnnn");
        say(FORWARD, 0, ".");
        assert_said(expected[policy], "");
        stop(NULL);
    }
}

/* What a segment lost to another does not shorten it when a third one comes. */
static void segments_are_weighed_as_they_came(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.overlap = TAPIR_OVERLAP_BSD});
    handshake();
    say(FORWARD, 4, "oooooo"); /* 4 to 10 */
    say(FORWARD, 2, "aaaa");   /* 2 to 6: takes 4 and 5, the old one has 6 to 10 left */
    say(FORWARD, 5, "nnnnn");  /* 5 to 10: begins behind 4, so the old one keeps them */
    say(FORWARD, 0, "..");
    assert_said("^..aaaaoooo", "");
}

static void what_was_delivered_is_not_taken_back(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.overlap = TAPIR_OVERLAP_LAST});
    handshake();
    say(FORWARD, 0, "abcdef");
    say(FORWARD, 2, "XXXXXXgh");
    assert_said("^abcdefXXgh", "");
}

static void the_segment_in_order_is_weighed_against_what_waits(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.overlap = TAPIR_OVERLAP_FIRST});
    handshake();
    say(FORWARD, 3, "ddd");
    say(FORWARD, 0, "nnnnnnnn");
    assert_said("^nnndddnn", "");
    stop(NULL);
    start((tapir_reassembler_options){.overlap = TAPIR_OVERLAP_LAST});
    handshake();
    say(FORWARD, 3, "ddd");
    say(FORWARD, 0, "nnnnnnnn");
    assert_said("^nnnnnnnn", "");
}

static void a_conflict_between_waiting_segments_is_told_with_both_versions(void **state)
{
    const struct seen_conflict *conflict = &world.conflicts[0];

    (void)state;
    start((tapir_reassembler_options){.overlap = TAPIR_OVERLAP_FIRST});
    handshake();
    say(FORWARD, 5, "attack");
    say(FORWARD, 5, "atonce");
    assert_int_equal(world.conflict_count, 1);
    assert_int_equal(conflict->facts.offset, 7);
    assert_true(strncmp(conflict->old_bytes, "tack", conflict->facts.old_bytes.len) == 0);
    assert_true(strncmp(conflict->new_bytes, "once", conflict->facts.new_bytes.len) == 0);
    assert_int_equal(conflict->facts.old_frame, 4);
    assert_int_equal(conflict->facts.new_frame, 5);
    assert_int_equal(conflict->facts.way, FORWARD);
    assert_false(conflict->facts.new_wins);
    say(FORWARD, 0, ".....");
    assert_said("^.....attack", "");
    assert_int_equal(stream_of(0, FORWARD).overlap_conflicts, 1);
}

static void the_winner_of_a_conflict_is_the_policys(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.overlap = TAPIR_OVERLAP_LAST});
    handshake();
    say(BACKWARD, 1, "old");
    say(BACKWARD, 1, "new");
    assert_int_equal(world.conflict_count, 1);
    assert_true(world.conflicts[0].facts.new_wins);
    assert_int_equal(world.conflicts[0].facts.way, BACKWARD);
    say(BACKWARD, 0, ".");
    assert_said("", "^.new");
}

static void equal_bytes_are_no_conflict(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 3, "defg");
    say(FORWARD, 4, "efghi");
    say(FORWARD, 0, "abc");
    say(FORWARD, 0, "abcdefghi");
    assert_said("^abcdefghi", "");
    assert_int_equal(world.conflict_count, 0);
    assert_int_equal(stream_of(0, FORWARD).overlap_conflicts, 0);
    assert_int_equal(stream_of(0, FORWARD).overlaps, 1);
    assert_int_equal(stream_of(0, FORWARD).retransmitted, 1);
}

static void the_segment_that_fills_the_gap_conflicts_with_what_waits(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.overlap = TAPIR_OVERLAP_FIRST});
    handshake();
    say(FORWARD, 3, "def");
    say(FORWARD, 0, "abcdXf");
    assert_int_equal(world.conflict_count, 1);
    assert_int_equal(world.conflicts[0].facts.offset, 4);
    assert_said("^abcdef", "");
}

static void the_history_finds_conflicts_with_what_was_delivered(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.history = 1000, .overlap = TAPIR_OVERLAP_LAST});
    handshake();
    say(FORWARD, 0, "the real thing");
    say(FORWARD, 4, "fake");
    assert_said("^the real thing", "");
    assert_int_equal(world.conflict_count, 1);
    assert_int_equal(world.conflicts[0].facts.offset, 4);
    assert_true(strncmp(world.conflicts[0].old_bytes, "real", 1) == 0);
    assert_true(strncmp(world.conflicts[0].new_bytes, "fake", 1) == 0);
    assert_false(world.conflicts[0].facts.new_wins);
    assert_int_equal(world.conflicts[0].facts.new_frame, 5);
    assert_int_equal(stream_of(0, FORWARD).overlap_conflicts, 1);
    assert_int_equal(stream_of(0, FORWARD).retransmitted, 1);
}

static void the_history_has_no_more_than_it_may(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.history = 4});
    handshake();
    say(FORWARD, 0, "abcdefgh");
    say(FORWARD, 0, "ABCD");
    assert_int_equal(world.conflict_count, 0);
    say(FORWARD, 4, "efgH");
    assert_int_equal(world.conflict_count, 1);
    assert_int_equal(world.conflicts[0].facts.offset, 7);
}

static void a_gap_is_not_in_the_history(void **state)
{
    (void)state;
    start((tapir_reassembler_options){.history = 16});
    handshake();
    say(FORWARD, 0, "abcd");
    say(FORWARD, 8, "ijkl");
    tapir_conversation_flush(world.seen[0].conversation);
    say(FORWARD, 4, "efgh");
    say(FORWARD, 6, "ghij");
    assert_int_equal(world.conflict_count, 0);
    say(FORWARD, 8, "ijkL");
    assert_int_equal(world.conflict_count, 1);
    assert_int_equal(world.conflicts[0].facts.offset, 11);
    assert_said("^abcd[4]ijkl", "");
}

static void without_history_what_was_delivered_is_not_known(void **state)
{
    (void)state;
    start_usual();
    handshake();
    say(FORWARD, 0, "abcdefgh");
    say(FORWARD, 0, "ABCDEFGH");
    assert_int_equal(world.conflict_count, 0);
    assert_int_equal(stream_of(0, FORWARD).retransmitted, 1);
    assert_said("^abcdefgh", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        stream_test(a_new_segment_takes_what_the_policy_gives_it),
        stream_test(the_published_pieces_come_out_as_published),
        stream_test(without_a_policy_the_old_bytes_stay),
        stream_test(a_new_segment_over_several_old_ones_is_weighed_against_each),
        stream_test(segments_are_weighed_as_they_came),
        stream_test(what_was_delivered_is_not_taken_back),
        stream_test(the_segment_in_order_is_weighed_against_what_waits),
        stream_test(a_conflict_between_waiting_segments_is_told_with_both_versions),
        stream_test(the_winner_of_a_conflict_is_the_policys),
        stream_test(equal_bytes_are_no_conflict),
        stream_test(the_segment_that_fills_the_gap_conflicts_with_what_waits),
        stream_test(the_history_finds_conflicts_with_what_was_delivered),
        stream_test(the_history_has_no_more_than_it_may),
        stream_test(a_gap_is_not_in_the_history),
        stream_test(without_history_what_was_delivered_is_not_known),
    };

    return cmocka_run_group_tests_name("reassembly_overlap", tests, NULL, NULL);
}
