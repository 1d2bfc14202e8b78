/* Segments that fit their connection, and those that do not. */
#include "tapir/tcp_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SYN = TAPIR_TCP_SYN, ACK = TAPIR_TCP_ACK, FIN = TAPIR_TCP_FIN, RST = TAPIR_TCP_RST };

/* Maximum segment size 1000, window scale 2. */
static const uint8_t options[] = {2, 4, 0x03, 0xe8, 3, 3, 2, 0};

static tapir_tcp_fault send(tapir_tcp_checker *checker, tapir_way way, unsigned flags, uint32_t seq,
    uint32_t ack, size_t len)
{
    struct tapir_tcp tcp = {.seq = seq, .ack = ack, .flags = (uint16_t)flags, .window = 1000};

    if (flags & SYN)
        tcp.options = tapir_span_of(options, sizeof options);
    return tapir_tcp_check(checker, way, &tcp, len);
}

/* Forward from 100, backward from 500: next are 101 and 501, windows are 4000. */
static tapir_tcp_checker opened(void)
{
    tapir_tcp_checker checker = {0};

    assert_int_equal(send(&checker, TAPIR_FORWARD, SYN, 100, 0, 0), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_BACKWARD, SYN | ACK, 500, 101, 0), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 101, 501, 0), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_BACKWARD, ACK, 501, 101, 0), TAPIR_TCP_FAULT_NONE);
    return checker;
}

static void a_connection_begins_with_its_handshake(void **state)
{
    tapir_tcp_checker checker = {0};

    (void)state;
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 1, 1, 5), TAPIR_TCP_FAULT_NO_SYN);
    assert_int_equal(
        send(&checker, TAPIR_BACKWARD, SYN | ACK, 1, 1, 0), TAPIR_TCP_FAULT_UNANSWERED);
    assert_int_equal(send(&checker, TAPIR_FORWARD, SYN, 1, 0, 0), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 2, 1, 5), TAPIR_TCP_FAULT_NO_SYN_ACK);
    opened();
}

static void midstream_anything_goes_that_the_end_allows(void **state)
{
    tapir_tcp_checker checker = {.midstream = true};

    (void)state;
    assert_int_equal(send(&checker, TAPIR_BACKWARD, ACK, 1, 1, 5), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_BACKWARD, FIN | ACK, 6, 1, 0), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_BACKWARD, ACK, 6, 1, 5), TAPIR_TCP_FAULT_AFTER_FIN);
}

static void a_segment_is_no_longer_than_agreed(void **state)
{
    tapir_tcp_checker checker = opened();

    (void)state;
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 101, 501, 1000), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 101, 501, 1001), TAPIR_TCP_FAULT_TOO_LONG);
}

static void a_segment_lies_in_the_window(void **state)
{
    tapir_tcp_checker checker = opened();

    (void)state;
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 3101, 501, 1000), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(
        send(&checker, TAPIR_FORWARD, ACK, 3102, 501, 1000), TAPIR_TCP_FAULT_BEHIND_WINDOW);
    assert_int_equal(send(&checker, TAPIR_BACKWARD, ACK, 501, 1101, 0), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(
        send(&checker, TAPIR_FORWARD, ACK, 101, 501, 1000), TAPIR_TCP_FAULT_BEFORE_WINDOW);
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 4101, 501, 1000), TAPIR_TCP_FAULT_NONE);
}

static void nothing_follows_the_end(void **state)
{
    tapir_tcp_checker checker = opened();

    (void)state;
    assert_int_equal(send(&checker, TAPIR_FORWARD, FIN | ACK, 101, 501, 9), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 101, 501, 9), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 110, 501, 1), TAPIR_TCP_FAULT_AFTER_FIN);
    assert_int_equal(send(&checker, TAPIR_BACKWARD, RST | ACK, 501, 111, 0), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 111, 501, 0), TAPIR_TCP_FAULT_AFTER_RST);
    assert_int_equal(send(&checker, TAPIR_FORWARD, SYN, 9000, 0, 0), TAPIR_TCP_FAULT_NONE);
}

static void a_closed_window_may_be_probed(void **state)
{
    tapir_tcp_checker checker = opened();
    struct tapir_tcp closed = {.seq = 501, .ack = 101, .flags = ACK};

    (void)state;
    assert_int_equal(tapir_tcp_check(&checker, TAPIR_BACKWARD, &closed, 0), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(send(&checker, TAPIR_FORWARD, ACK, 101, 501, 1), TAPIR_TCP_FAULT_NONE);
    assert_int_equal(
        send(&checker, TAPIR_FORWARD, ACK, 101, 501, 2), TAPIR_TCP_FAULT_BEHIND_WINDOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_begins_with_its_handshake),
        cmocka_unit_test(midstream_anything_goes_that_the_end_allows),
        cmocka_unit_test(a_segment_is_no_longer_than_agreed),
        cmocka_unit_test(a_segment_lies_in_the_window),
        cmocka_unit_test(nothing_follows_the_end),
        cmocka_unit_test(a_closed_window_may_be_probed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
