/* Options of TCP, written and read back. */
#define ROOM 300
#include "put.h"

static const uint8_t many[300];

/* The first option of what was written, of which nothing may be left. */
static struct tapir_tcp_option only(void)
{
    struct tapir_tcp tcp = {.options = tapir_written(&w, room)};
    struct tapir_tcp_option option = {0}, more;
    tapir_walk walk = tapir_tcp_options(&tcp);

    assert_false(w.failed);
    assert_non_null(tapir_walk_next(&walk, &option));
    assert_null(tapir_walk_next(&walk, &more));
    assert_false(walk.in.failed);
    w = tapir_writer_of(room, sizeof room);
    return option;
}

static void assert_text(tapir_span bytes, const char *expected)
{
    assert_int_equal(bytes.len, strlen(expected));
    assert_memory_equal(bytes.data, expected, bytes.len);
}

static void numbers_are_read_back(void **state)
{
    struct tapir_tcp_option option;

    (void)state;
    tapir_tcp_put_mss(&w, 1460);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_MSS);
    assert_int_equal(option.mss, 1460);
    tapir_tcp_put_window_scale(&w, 7);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_WINDOW_SCALE);
    assert_int_equal(option.shift, 7);
    tapir_tcp_put_timestamps(&w, 0xfedcba98, 3);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_TIMESTAMPS);
    assert_int_equal(option.value, 0xfedcba98);
    assert_int_equal(option.echo, 3);
    tapir_tcp_put_echo(&w, 9);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_ECHO);
    assert_int_equal(option.value, 9);
    tapir_tcp_put_echo_reply(&w, 10);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_ECHO_REPLY);
    assert_int_equal(option.value, 10);
    tapir_tcp_put_user_timeout(&w, true, 0x7ffe);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_USER_TIMEOUT);
    assert_int_equal(option.as.user_timeout, 0xfffe);
    tapir_tcp_put_user_timeout(&w, false, 5);
    assert_int_equal(only().as.user_timeout, 5);
}

static void bare_options_are_read_back(void **state)
{
    struct tapir_tcp_option option;

    (void)state;
    tapir_tcp_put_end(&w);
    assert_int_equal(only().kind, TAPIR_TCP_OPTION_END);
    tapir_tcp_put_nop(&w);
    assert_int_equal(only().kind, TAPIR_TCP_OPTION_NOP);
    tapir_tcp_put_sack_permitted(&w);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_SACK_PERMITTED);
    assert_int_equal(option.length, 2);
}

static void blocks_are_read_back(void **state)
{
    const struct tapir_tcp_sack_block blocks[] = {{1, 2}, {0xfffffff0, 4}};
    struct tapir_tcp_sack_block block;
    struct tapir_tcp_option option;
    tapir_walk walk;

    (void)state;
    tapir_tcp_put_sack(&w, blocks, 2);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_SACK);
    walk = tapir_tcp_sack_blocks(&option);
    for (size_t i = 0; i < 2; i++) {
        assert_non_null(tapir_walk_next(&walk, &block));
        assert_int_equal(block.left, blocks[i].left);
        assert_int_equal(block.right, blocks[i].right);
    }
    assert_null(tapir_walk_next(&walk, &block));
    assert_false(walk.in.failed);
}

static void runs_of_bytes_are_read_back(void **state)
{
    struct tapir_tcp_option option;
    struct tapir_mptcp mptcp;

    (void)state;
    tapir_tcp_put_md5(&w, text("0123456789abcdef"));
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_MD5);
    assert_text(option.as.digest, "0123456789abcdef");
    tapir_tcp_put_ao(&w, 1, 255, text("signature"));
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_AO);
    assert_int_equal(option.as.ao.key_id, 1);
    assert_int_equal(option.as.ao.next_key_id, 255);
    assert_text(option.as.ao.mac, "signature");
    tapir_tcp_put_fast_open(&w, text("cookie"));
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_FAST_OPEN);
    assert_text(option.as.cookie, "cookie");
    tapir_tcp_put_experiment(&w, 254, 0xf989, text("cook"));
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_EXPERIMENT_2);
    assert_int_equal(option.experiment, TAPIR_TCP_EXPERIMENT_FAST_OPEN);
    assert_text(option.as.cookie, "cook");
    tapir_tcp_put_option(&w, 200, text("anything"));
    option = only();
    assert_int_equal(option.kind, 200);
    assert_text(option.data, "anything");
    tapir_tcp_put_mptcp(&w, TAPIR_MPTCP_PRIO, 1, text("\x07"));
    option = only();
    assert_true(tapir_tcp_mptcp(&option, &mptcp));
    assert_int_equal(mptcp.subtype, TAPIR_MPTCP_PRIO);
    assert_int_equal(mptcp.low, 1);
    assert_int_equal(mptcp.address_id, 7);
}

static void counters_are_read_back(void **state)
{
    const uint32_t counters[] = {1, 2, 0xffffff};
    struct tapir_tcp_option option;

    (void)state;
    tapir_tcp_put_acc_ecn(&w, false, counters, 3);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_ACC_ECN_0);
    assert_int_equal(option.as.acc_ecn.ect0, 1);
    assert_int_equal(option.as.acc_ecn.ce, 2);
    assert_int_equal(option.as.acc_ecn.ect1, 0xffffff);
    tapir_tcp_put_acc_ecn(&w, true, counters, 1);
    option = only();
    assert_int_equal(option.kind, TAPIR_TCP_OPTION_ACC_ECN_1);
    assert_int_equal(option.as.acc_ecn.count, 1);
    assert_int_equal(option.as.acc_ecn.ect1, 1);
}

static void padding_counts_from_the_start(void **state)
{
    (void)state;
    tapir_tcp_put_padding(&w, room);
    assert_int_equal(tapir_written(&w, room).len, 0);
    tapir_tcp_put_nop(&w);
    for (int i = 0; i < 2; i++) {
        tapir_tcp_put_padding(&w, room);
        assert_int_equal(tapir_written(&w, room).len, 4);
    }
    assert_memory_equal(room, "\x01\0\0\0", 4);
    w = tapir_writer_of(room, 3);
    tapir_tcp_put_nop(&w);
    tapir_tcp_put_padding(&w, room);
    assert_failed();
}

static void what_does_not_fit_its_place_fails(void **state)
{
    const struct tapir_tcp_sack_block blocks[32] = {{0, 0}};
    const uint32_t counters[4] = {0x1000000};

    (void)state;
    tapir_tcp_put_mss(&w, 0x10000);
    assert_failed();
    tapir_tcp_put_timestamps(&w, 0, (uint64_t)1 << 32);
    assert_failed();
    tapir_tcp_put_user_timeout(&w, false, 0x8000);
    assert_failed();
    tapir_tcp_put_md5(&w, text("too short"));
    assert_failed();
    tapir_tcp_put_mptcp(&w, 16, 0, text(""));
    assert_failed();
    tapir_tcp_put_mptcp(&w, 0, 16, text(""));
    assert_failed();
    tapir_tcp_put_acc_ecn(&w, false, counters, 1);
    assert_failed();
    tapir_tcp_put_acc_ecn(&w, false, counters + 1, 4);
    assert_failed();
    tapir_tcp_put_sack(&w, blocks, 32);
    assert_failed();
    tapir_tcp_put_option(&w, 256, text(""));
    assert_failed();
    tapir_tcp_put_option(&w, 200, tapir_span_of(many, 254));
    assert_failed();
}

static void a_failure_stays(void **state)
{
    (void)state;
    tapir_tcp_put_mss(&w, 0x10000);
    tapir_tcp_put_nop(&w);
    assert_failed();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(numbers_are_read_back, start),
        cmocka_unit_test_setup(bare_options_are_read_back, start),
        cmocka_unit_test_setup(blocks_are_read_back, start),
        cmocka_unit_test_setup(runs_of_bytes_are_read_back, start),
        cmocka_unit_test_setup(counters_are_read_back, start),
        cmocka_unit_test_setup(padding_counts_from_the_start, start),
        cmocka_unit_test_setup(what_does_not_fit_its_place_fails, start),
        cmocka_unit_test_setup(a_failure_stays, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
