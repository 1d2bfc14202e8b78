/* Lines, and messages with their length in front, however the stream is cut. */
#include "tapir/messages.h"

#include "tapir/proto/dns.h"
#include "tapir/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "chunks.h"

static const char *const states[] = {"whole", "long", "cut", "holed", "lost"};

/* "whole@0+6:hello " */
static void note(void *user, const tapir_message *message)
{
    tapir_text *text = user;

    tapir_text_printf(text, "%s@%llu+%llu", states[message->state],
        (unsigned long long)message->offset, (unsigned long long)message->wire_len);
    if (message->missing)
        tapir_text_printf(text, "-%llu", (unsigned long long)message->missing);
    tapir_text_char(text, ':');
    tapir_text_line(text, message->body);
    tapir_text_char(text, ' ');
}

static tapir_status push_line(void *reader, const tapir_chunk *chunk)
{
    return tapir_line_reader_push(reader, chunk);
}

static tapir_status push_prefixed(void *reader, const tapir_chunk *chunk)
{
    return tapir_prefix_reader_push(reader, chunk);
}

/* A line of a script: "text", or a number of bytes that are missing. */
struct step {
    const char *text;
    size_t len;
    uint64_t gap;
};

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1, 0                                                            \
    }
#define MISSING(bytes)                                                                             \
    {                                                                                              \
        "", 0, bytes                                                                               \
    }

static void send_steps(struct sender *sender, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].gap)
            send_gap(sender, steps[i].gap);
        else
            send_bytes(sender, steps[i].text, steps[i].len);
    }
}

/* Expects the lines of a stream to be told of so, in whatever portions it comes. */
static void check_lines(
    const struct step *steps, size_t count, size_t max, bool midstream, const char *expected)
{
    for (size_t most = 0; most < 12; most++) {
        tapir_text told = {0};
        tapir_line_options options = {
            .size = sizeof options, .line = note, .user = &told, .max = max};
        tapir_line_reader *reader = tapir_line_reader_new(&options);
        struct sender sender = {
            .push = push_line, .reader = reader, .midstream = midstream, .most = most};

        send_steps(&sender, steps, count);
        send_end(&sender);
        assert_string_equal(tapir_text_string(&told), expected);
        tapir_line_reader_free(reader);
        tapir_text_clear(&told);
    }
}

#define CHECK_LINES(max, midstream, expected, ...)                                                 \
    do {                                                                                           \
        const struct step steps[] = {__VA_ARGS__};                                                 \
        check_lines(steps, TAPIR_COUNT(steps), max, midstream, expected);                          \
    } while (0)

static void lines_end_with_lf_or_crlf(void **state)
{
    (void)state;
    CHECK_LINES(0, false, "whole@0+7:hello whole@7+2:b whole@9+1: whole@10+3:\\r ",
        TEXT("hello\r\nb\n\n\r\r\n"));
    CHECK_LINES(0, false, "", TEXT(""));
}

static void the_last_line_may_be_cut(void **state)
{
    (void)state;
    CHECK_LINES(0, false, "whole@0+2:a cut@2+3:bcd ", TEXT("a\nbcd"));
}

static void long_lines_keep_their_beginning(void **state)
{
    (void)state;
    CHECK_LINES(4, false, "long@0+8:abcd whole@8+3:ab whole@11+4:abc long@15+5:abcd ",
        TEXT("abcdefg\nab\nabc\nabcd\n"));
}

static void a_gap_spoils_the_line_it_is_in(void **state)
{
    (void)state;
    CHECK_LINES(0, false, "whole@0+2:a holed@2+8-3:bc whole@10+2:e ", TEXT("a\nbc"), MISSING(3),
        TEXT("dd\ne\n"));
    CHECK_LINES(
        0, false, "whole@0+2:a lost@2+5-3: whole@7+2:e ", TEXT("a\n"), MISSING(3), TEXT("d\ne\n"));
    CHECK_LINES(
        4, false, "holed@0+10-1:abcd whole@10+2:c ", TEXT("abcdefg"), MISSING(1), TEXT("b\nc\n"));
}

static void lines_begin_behind_a_line_end_in_midstream(void **state)
{
    (void)state;
    CHECK_LINES(0, true, "lost@0+3: whole@3+2:b ", TEXT("aa\nb\n"));
}

static void check_prefixed(tapir_prefix_options options, const struct step *steps, size_t count,
    bool midstream, const char *expected)
{
    for (size_t most = 0; most < 12; most++) {
        tapir_text told = {0};
        tapir_prefix_reader *reader;
        struct sender sender = {.push = push_prefixed, .midstream = midstream, .most = most};

        options.size = sizeof options;
        options.message = note;
        options.user = &told;
        sender.reader = reader = tapir_prefix_reader_new(&options);
        assert_non_null(reader);
        send_steps(&sender, steps, count);
        send_end(&sender);
        assert_string_equal(tapir_text_string(&told), expected);
        tapir_prefix_reader_free(reader);
        tapir_text_clear(&told);
    }
}

#define CHECK_PREFIXED(options, midstream, expected, ...)                                          \
    do {                                                                                           \
        const struct step steps[] = {__VA_ARGS__};                                                 \
        check_prefixed(options, steps, TAPIR_COUNT(steps), midstream, expected);                   \
    } while (0)

static void lengths_of_every_width_and_order(void **state)
{
    tapir_prefix_options one = {.width = 1}, two = {.width = 2}, little = {.width = 3, .at = 1};
    tapir_prefix_options all = {.width = 4, .adjust = -4};

    (void)state;
    little.little_endian = true;
    CHECK_PREFIXED(one, false, "whole@0+3:ab whole@3+1: whole@4+2:c ", TEXT("\2ab\0\1c"));
    CHECK_PREFIXED(two, false, "whole@0+4:ab whole@4+2: ", TEXT("\0\2ab\0\0"));
    CHECK_PREFIXED(little, false, "whole@0+6:ab ", TEXT("T\2\0\0ab"));
    CHECK_PREFIXED(all, false, "whole@0+6:ab whole@6+4: ", TEXT("\0\0\0\6ab\0\0\0\4"));
}

static void impossible_lengths_end_it_or_are_searched_past(void **state)
{
    tapir_prefix_options all = {.width = 1, .adjust = -1};

    (void)state;
    CHECK_PREFIXED(all, false, "whole@0+2:a lost@2+4: ", TEXT("\2a\0\2bc"));
    all.resync = TAPIR_RESYNC_BYTE;
    CHECK_PREFIXED(all, false, "whole@0+2:a lost@2+1: whole@3+2:b cut@5+1: ", TEXT("\2a\0\2b\7"));
}

static void long_messages_are_skipped(void **state)
{
    tapir_prefix_options one = {.width = 1, .max = 4};

    (void)state;
    CHECK_PREFIXED(one, false, "long@0+6: whole@6+4:abc ", TEXT("\5hello\3abc"));
}

static void a_gap_inside_a_message_hides_nothing(void **state)
{
    tapir_prefix_options one = {.width = 1};

    (void)state;
    CHECK_PREFIXED(
        one, false, "holed@0+6-2: whole@6+3:xy ", TEXT("\5h"), MISSING(2), TEXT("lo\2xy"));
    CHECK_PREFIXED(one, false, "holed@0+6-4: whole@6+3:xy ", TEXT("\5h"), MISSING(4), TEXT("\2xy"));
    CHECK_PREFIXED(one, false, "holed@0+6-4: lost@6+5-2: ", TEXT("\5h"), MISSING(6), TEXT("\2xy"));
}

static bool is_digit(void *user, tapir_span start)
{
    (void)user;
    return start.data[0] == '#';
}

static void lost_boundaries_are_found_again(void **state)
{
    tapir_prefix_options marked = {
        .width = 1, .at = 1, .resync = TAPIR_RESYNC_BYTE, .plausible = is_digit};

    (void)state;
    CHECK_PREFIXED(marked, false, "whole@0+3:a lost@3+6-4: whole@9+4:bc ", TEXT("#\1a"), MISSING(4),
        TEXT("xy#\2bc"));
    CHECK_PREFIXED(marked, true, "lost@0+2: whole@2+4:bc ", TEXT("xy#\2bc"));
    CHECK_PREFIXED(marked, false, "holed@0+1: lost@1+2-2: whole@3+4:bc ", TEXT("#"), MISSING(2),
        TEXT("#\2bc"));
}

static void options_that_make_no_sense_are_refused(void **state)
{
    tapir_prefix_options none = {.size = sizeof none};
    tapir_prefix_options wide = {.size = sizeof wide, .width = 5};
    tapir_prefix_options far = {.size = sizeof far, .width = 1, .at = 65};
    tapir_prefix_options small = {.size = sizeof small, .width = 4, .max = 3};

    (void)state;
    assert_null(tapir_prefix_reader_new(&none));
    assert_null(tapir_prefix_reader_new(&wide));
    assert_null(tapir_prefix_reader_new(&far));
    assert_null(tapir_prefix_reader_new(&small));
}

static void note_dns(void *user, const tapir_message *message)
{
    tapir_text *text = user;
    struct tapir_dns dns;

    if (message->state != TAPIR_MESSAGE_WHOLE)
        return;
    assert_int_equal(tapir_decode_alone(&tapir_dns_proto, message->body, &dns, NULL), TAPIR_OK);
    tapir_text_printf(text, "%x:%d ", dns.id, dns.question_count);
}

static void dns_messages_decode(void **state)
{
    static const char queries[] = "\0\x13\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"
                                  "\0\x13\x56\x78\1\0\0\1\0\0\0\0\0\0\1b\0\0\1\0\1";

    (void)state;
    for (size_t most = 0; most < 30; most++) {
        tapir_text told = {0};
        tapir_prefix_options options = tapir_dns_prefix_options(note_dns, &told);
        tapir_prefix_reader *reader = tapir_prefix_reader_new(&options);
        struct sender sender = {.push = push_prefixed, .reader = reader, .most = most};

        send_bytes(&sender, queries, sizeof queries - 1);
        send_gap(&sender, 50);
        if (!most) /* a chunk begins with a message */
            send_bytes(&sender, queries, sizeof queries - 1);
        send_end(&sender);
        assert_string_equal(
            tapir_text_string(&told), most ? "1234:1 5678:1 " : "1234:1 5678:1 1234:1 5678:1 ");
        tapir_prefix_reader_free(reader);
        tapir_text_clear(&told);
    }
}

static void note_places(void *user, const tapir_message *message)
{
    tapir_text_printf(user, "%llu-%llu %lld-%lld ", (unsigned long long)message->frame,
        (unsigned long long)message->end_frame, (long long)message->time,
        (long long)message->end_time);
}

static void messages_know_their_frames(void **state)
{
    tapir_text told = {0};
    tapir_line_options options = {.size = sizeof options, .line = note_places, .user = &told};
    tapir_line_reader *reader = tapir_line_reader_new(&options);
    struct sender sender = {.push = push_line, .reader = reader, .frame = 3};

    (void)state;
    send_text(&sender, "a\nb");
    sender.frame = 5;
    send_text(&sender, "c\nd\n");
    assert_string_equal(tapir_text_string(&told), "3-3 3000-3000 3-5 3000-5000 5-5 5000-5000 ");
    tapir_line_reader_free(reader);
    tapir_text_clear(&told);
}

/* What was kept of the chunk before is not read twice. */
static void kept_bytes_are_not_new(void **state)
{
    tapir_text told = {0};
    tapir_line_options options = {.size = sizeof options, .line = note, .user = &told};
    tapir_line_reader *reader = tapir_line_reader_new(&options);
    tapir_chunk first = {.bytes = tapir_span_of("ab", 2), .start = true};
    tapir_chunk second = {.bytes = tapir_span_of("bc\n", 3), .offset = 1, .kept = 1};

    (void)state;
    assert_int_equal(tapir_line_reader_push(reader, &first), TAPIR_OK);
    assert_int_equal(tapir_line_reader_push(reader, &second), TAPIR_OK);
    assert_string_equal(tapir_text_string(&told), "whole@0+4:abc ");
    tapir_line_reader_free(reader);
    tapir_text_clear(&told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_with_lf_or_crlf),
        cmocka_unit_test(the_last_line_may_be_cut),
        cmocka_unit_test(long_lines_keep_their_beginning),
        cmocka_unit_test(a_gap_spoils_the_line_it_is_in),
        cmocka_unit_test(lines_begin_behind_a_line_end_in_midstream),
        cmocka_unit_test(lengths_of_every_width_and_order),
        cmocka_unit_test(impossible_lengths_end_it_or_are_searched_past),
        cmocka_unit_test(long_messages_are_skipped),
        cmocka_unit_test(a_gap_inside_a_message_hides_nothing),
        cmocka_unit_test(lost_boundaries_are_found_again),
        cmocka_unit_test(options_that_make_no_sense_are_refused),
        cmocka_unit_test(dns_messages_decode),
        cmocka_unit_test(messages_know_their_frames),
        cmocka_unit_test(kept_bytes_are_not_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
