/* Chunks of SCTP, their parameters and causes, written, compared byte by byte and read back. */
#define ROOM 512
#include "put.h"

#include <ctype.h>

#define NOTHING tapir_span_of(NULL, 0)

static uint8_t inner_room[256];
static tapir_writer in;

static int start_both(void **state)
{
    in = tapir_writer_of(inner_room, sizeof inner_room);
    return start(state);
}

/* Returns what was written to go into a chunk. */
static tapir_span inside(void)
{
    tapir_span bytes = tapir_written(&in, inner_room);

    assert_false(in.failed);
    in = tapir_writer_of(inner_room, sizeof inner_room);
    return bytes;
}

static unsigned digit(char c)
{
    return (unsigned)(isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10);
}

/* Compares what was written with hexadecimal digits, and starts anew. */
static void assert_written(const char *hex)
{
    tapir_span bytes = tapir_written(&w, room);
    size_t len = 0;

    assert_false(w.failed);
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        assert_true(len < bytes.len);
        assert_int_equal(bytes.data[len++], digit(hex[0]) << 4 | digit(hex[1]));
        hex++;
    }
    assert_int_equal(len, bytes.len);
    w = tapir_writer_of(room, sizeof room);
}

/* The only chunk of what was written. */
static struct tapir_sctp_chunk chunk(void)
{
    struct tapir_sctp sctp = {.chunks = tapir_written(&w, room)};
    struct tapir_sctp_chunk read = {0}, more;
    tapir_walk walk = tapir_sctp_chunks(&sctp);

    assert_non_null(tapir_walk_next(&walk, &read));
    assert_null(tapir_walk_next(&walk, &more));
    assert_false(walk.in.failed);
    return read;
}

/* The first item of a walk over parameters or causes, of which nothing may be left. */
static struct tapir_sctp_parameter only(tapir_walk walk)
{
    struct tapir_sctp_parameter read = {0}, more;

    assert_non_null(tapir_walk_next(&walk, &read));
    assert_null(tapir_walk_next(&walk, &more));
    assert_false(walk.in.failed);
    return read;
}

static void data_is_padded(void **state)
{
    (void)state;
    tapir_sctp_put_data(&w, TAPIR_SCTP_BEGINNING | TAPIR_SCTP_END, 7, 1, 2, 46, text("hello"));
    assert_int_equal(chunk().as.data.tsn, 7);
    assert_int_equal(chunk().as.data.stream, 1);
    assert_int_equal(chunk().as.data.sequence, 2);
    assert_int_equal(chunk().as.data.protocol, 46);
    assert_int_equal(chunk().rest.len, 5);
    assert_int_equal(chunk().padding.len, 3);
    assert_written("0003 0015 00000007 0001 0002 0000002e 68656c6c6f 000000");
    tapir_sctp_put_data(&w, 0, 0xffffffff, 0, 0, 0, text("four"));
    assert_written("0000 0014 ffffffff 0000 0000 00000000 666f7572");
    tapir_sctp_put_data(&w, TAPIR_SCTP_UNORDERED, 0, 0, 0, 0, NOTHING);
    assert_written("0004 0010 00000000 0000 0000 00000000");
}

static void i_data_has_messages(void **state)
{
    (void)state;
    tapir_sctp_put_i_data(&w, TAPIR_SCTP_BEGINNING, 7, 1, 0x01020304, 46, text("x"));
    assert_int_equal(chunk().as.i_data.message, 0x01020304);
    assert_int_equal(chunk().as.i_data.protocol, 46);
    assert_written("4002 0015 00000007 0001 0000 01020304 0000002e 78 000000");
}

static void an_association_begins(void **state)
{
    struct tapir_sctp_chunk init;

    (void)state;
    tapir_sctp_put_init(&w, 0x1234, 65536, 10, 9, 1, NOTHING);
    init = chunk();
    assert_int_equal(init.as.init.tag, 0x1234);
    assert_int_equal(init.as.init.window, 65536);
    assert_int_equal(init.as.init.out_streams, 10);
    assert_int_equal(init.as.init.in_streams, 9);
    assert_int_equal(init.as.init.tsn, 1);
    assert_written("0100 0014 00001234 00010000 000a 0009 00000001");
    tapir_sctp_put_parameter_cookie(&in, text("abc"));
    tapir_sctp_put_init_ack(&w, 1, 2, 3, 4, 5, inside());
    init = chunk();
    assert_int_equal(only(tapir_sctp_parameters(&init)).type, TAPIR_SCTP_PARAMETER_COOKIE);
    assert_written("0200 001b 00000001 00000002 0003 0004 00000005 0007 0007 616263 00");
    tapir_sctp_put_cookie_echo(&w, text("abc"));
    assert_written("0a00 0007 616263 00");
    tapir_sctp_put_cookie_ack(&w);
    assert_written("0b00 0004");
}

/* RFC 9260 3.2: the length counts padding between parameters, not that of the last one. */
static void the_last_padding_does_not_count(void **state)
{
    struct tapir_sctp_chunk init;
    struct tapir_sctp_parameter parameter;
    tapir_walk walk;

    (void)state;
    tapir_sctp_put_parameter_hostname(&in, text("ab"));
    tapir_sctp_put_parameter_cookie(&in, text("c"));
    tapir_sctp_put_init(&w, 1, 2, 3, 4, 5, inside());
    init = chunk();
    assert_int_equal(init.length, 20 + 8 + 5);
    assert_int_equal(init.padding.len, 3);
    walk = tapir_sctp_parameters(&init);
    assert_non_null(tapir_walk_next(&walk, &parameter));
    assert_int_equal(parameter.padding.len, 1);
    assert_non_null(tapir_walk_next(&walk, &parameter));
    assert_int_equal(parameter.length, 5);
    assert_int_equal(parameter.padding.len, 0);
    assert_null(tapir_walk_next(&walk, &parameter));
    assert_written("0100 0021 00000001 00000002 0003 0004 00000005"
                   "000b 0007 6162 00 00 0007 0005 63 000000");
    /* What is no list of parameters counts as it is. */
    tapir_sctp_put_error(&w, text("12345"));
    assert_written("0900 0009 3132333435 000000");
    tapir_sctp_put_error(&w, tapir_span_of("\0\1\0\0\0\1\0\5\0\0\0\0", 12));
    assert_written("0900 0010 00010000 00010005 00000000");
    tapir_sctp_put_error(&w, tapir_span_of("\0\1\0\5\0\0\0\0\0", 9));
    assert_written("0900 000d 00010005 00000000 00 000000");
    tapir_sctp_put_error(&w, tapir_span_of("\0\1\0\11\0\0\0\0", 8));
    assert_written("0900 000c 00010009 00000000");
}

static void parameters_are_written(void **state)
{
    static const uint8_t address[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
    static const uint16_t numbers[] = {5, 6, 11};
    static const uint8_t types[] = {0xc1, 0x80};

    (void)state;
    tapir_sctp_put_parameter_ipv4(&w, address);
    assert_written("0005 0008 20010db8");
    tapir_sctp_put_parameter_ipv6(&w, address);
    assert_written("0006 0014 20010db8 00000000 00000000 00000001");
    tapir_sctp_put_parameter_unrecognized(&w, text("1234"));
    assert_written("0008 0008 31323334");
    tapir_sctp_put_parameter_cookie_preservative(&w, 30000);
    assert_written("0009 0008 00007530");
    tapir_sctp_put_parameter_address_types(&w, numbers, 3);
    assert_written("000c 000a 0005 0006 000b 0000");
    tapir_sctp_put_parameter_ecn(&w);
    assert_written("8000 0004");
    tapir_sctp_put_parameter_forward_tsn(&w);
    assert_written("c000 0004");
    tapir_sctp_put_parameter_random(&w, text("12345"));
    assert_written("8002 0009 3132333435 000000");
    tapir_sctp_put_parameter_chunks(&w, types, 2);
    assert_written("8003 0006 c180 0000");
    tapir_sctp_put_parameter_hmacs(&w, numbers, 1);
    assert_written("8004 0006 0005 0000");
    tapir_sctp_put_parameter_extensions(&w, types, 1);
    assert_written("8008 0005 c1 000000");
    tapir_sctp_put_parameter_adaptation(&w, 7);
    assert_written("c006 0008 00000007");
    tapir_sctp_put_parameter(&w, 0xffff, text("x"));
    assert_written("ffff 0005 78 000000");
}

static void sack_has_gaps_and_duplicates(void **state)
{
    static const struct tapir_sctp_gap gaps[] = {{.start = 2, .end = 3}, {.start = 5, .end = 5}};
    static const uint32_t duplicates[] = {999};
    struct tapir_sctp_chunk sack;
    struct tapir_sctp_gap gap;
    tapir_walk walk;

    (void)state;
    tapir_sctp_put_sack(&w, 1000, 65535, gaps, 2, duplicates, 1);
    sack = chunk();
    walk = tapir_sctp_gaps(&sack);
    assert_non_null(tapir_walk_next(&walk, &gap));
    assert_int_equal(gap.start_tsn, 1002);
    assert_int_equal(gap.end_tsn, 1003);
    assert_int_equal(sack.as.sack.gap_total, 3);
    assert_int_equal(sack.as.sack.duplicates.len, 4);
    assert_written("0300 001c 000003e8 0000ffff 0002 0001 0002 0003 0005 0005 000003e7");
    tapir_sctp_put_sack(&w, 1, 2, NULL, 0, NULL, 0);
    assert_written("0300 0010 00000001 00000002 0000 0000");
    tapir_sctp_put_sack(&w, 1, 2, gaps, 65536, NULL, 0);
    assert_failed();
}

static void heartbeats_hold_a_parameter(void **state)
{
    struct tapir_sctp_chunk beat;

    (void)state;
    tapir_sctp_put_heartbeat(&w, text("abc"));
    beat = chunk();
    assert_int_equal(only(tapir_sctp_parameters(&beat)).value.len, 3);
    assert_written("0400 000b 0001 0007 616263 00");
    tapir_sctp_put_heartbeat_ack(&w, text("four"));
    assert_written("0500 000c 0001 0008 666f7572");
}

static void an_association_ends(void **state)
{
    (void)state;
    tapir_sctp_put_shutdown(&w, 1234);
    assert_int_equal(chunk().as.number, 1234);
    assert_written("0700 0008 000004d2");
    tapir_sctp_put_shutdown_ack(&w);
    assert_written("0800 0004");
    tapir_sctp_put_shutdown_complete(&w, false);
    assert_written("0e00 0004");
    tapir_sctp_put_shutdown_complete(&w, true);
    assert_written("0e01 0004");
    tapir_sctp_put_abort(&w, true, NOTHING);
    assert_written("0601 0004");
    tapir_sctp_put_abort(&w, false, NOTHING);
    assert_written("0600 0004");
}

static void other_chunks_are_written(void **state)
{
    (void)state;
    tapir_sctp_put_ecne(&w, 9);
    assert_written("0c00 0008 00000009");
    tapir_sctp_put_cwr(&w, 9);
    assert_written("0d00 0008 00000009");
    tapir_sctp_put_chunk(&w, TAPIR_SCTP_PAD, 0x80, text("x"));
    assert_written("8480 0005 78 000000");
    /* One behind the other, each at a multiple of 4. */
    tapir_sctp_put_cookie_echo(&w, text("x"));
    tapir_sctp_put_data(&w, 3, 1, 0, 0, 0, text("y"));
    assert_written("0a00 0005 78 000000 0003 0011 00000001 0000 0000 00000000 79 000000");
}

static void causes_are_read_back(void **state)
{
    static const uint8_t address[4] = {10, 0, 0, 1};
    static const uint16_t missing[] = {TAPIR_SCTP_PARAMETER_COOKIE};
    struct tapir_sctp_chunk error;
    struct tapir_sctp_parameter cause;

    (void)state;
    tapir_sctp_put_cause_stream(&in, 7);
    tapir_sctp_put_error(&w, inside());
    error = chunk();
    cause = only(tapir_sctp_causes(&error));
    assert_int_equal(cause.type, TAPIR_SCTP_CAUSE_STREAM);
    assert_int_equal(cause.as.stream.stream, 7);
    assert_written("0900 000c 0001 0008 0007 0000");
    tapir_sctp_put_cause_user_abort(&in, text("bye"));
    tapir_sctp_put_abort(&w, false, inside());
    assert_written("0600 000b 000c 0007 627965 00");

    tapir_sctp_put_cause_missing_parameter(&w, missing, 1);
    assert_written("0002 000a 00000001 0007 0000");
    tapir_sctp_put_cause_stale_cookie(&w, 123456);
    assert_written("0003 0008 0001e240");
    tapir_sctp_put_cause_resources(&w);
    assert_written("0004 0004");
    tapir_sctp_put_parameter_ipv4(&in, address);
    tapir_sctp_put_cause_address(&w, inside());
    assert_written("0005 000c 0005 0008 0a000001");
    tapir_sctp_put_cause_chunk(&w, tapir_span_of("\x3f\0\0\x05"
                                                 "a",
                                       5));
    assert_written("0006 0009 3f000005 61 000000");
    tapir_sctp_put_cause_invalid_parameter(&w);
    assert_written("0007 0004");
    tapir_sctp_put_parameter(&in, 0xc0ff, text("abc"));
    tapir_sctp_put_cause_parameters(&w, inside());
    assert_written("0008 000b c0ff 0007 616263 00");
    tapir_sctp_put_cause_no_data(&w, 77);
    assert_written("0009 0008 0000004d");
    tapir_sctp_put_cause_shutting_down(&w);
    assert_written("000a 0004");
    tapir_sctp_put_parameter_ipv4(&in, address);
    tapir_sctp_put_cause_restart(&w, inside());
    assert_written("000b 000c 0005 0008 0a000001");
    tapir_sctp_put_cause_violation(&w, text("x"));
    assert_written("000d 0005 78 000000");
    tapir_sctp_put_cause(&w, 0x105, text("\1\2"));
    assert_written("0105 0006 0102 0000");
}

static void what_is_too_wide_fails(void **state)
{
    static const uint8_t many[UINT16_MAX];
    static uint8_t wide_room[UINT16_MAX + 16];

    (void)state;
    tapir_sctp_put_data(&w, 256, 0, 0, 0, 0, NOTHING);
    assert_failed();
    tapir_sctp_put_data(&w, 0, 0, 65536, 0, 0, NOTHING);
    assert_failed();
    tapir_sctp_put_init(&w, 1ull << 32, 0, 0, 0, 0, NOTHING);
    assert_failed();
    tapir_sctp_put_chunk(&w, 256, 0, NOTHING);
    assert_failed();
    tapir_sctp_put_parameter(&w, 65536, NOTHING);
    assert_failed();
    tapir_sctp_put_cause_stream(&w, 65536);
    assert_failed();
    w = tapir_writer_of(wide_room, sizeof wide_room);
    tapir_sctp_put_cookie_echo(&w, tapir_span_of(many, UINT16_MAX - 4));
    assert_false(w.failed);
    assert_int_equal(tapir_written(&w, wide_room).len, UINT16_MAX + 1);
    assert_memory_equal(wide_room, "\x0a\0\xff\xff", 4);
    w = tapir_writer_of(wide_room, sizeof wide_room);
    tapir_sctp_put_cookie_echo(&w, tapir_span_of(many, UINT16_MAX - 3));
    assert_failed();
    w = tapir_writer_of(wide_room, sizeof wide_room);
    tapir_sctp_put_heartbeat(&w, tapir_span_of(many, UINT16_MAX - 7));
    assert_failed();
}

#define TEST(name) cmocka_unit_test_setup(name, start_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(data_is_padded),
        TEST(i_data_has_messages),
        TEST(an_association_begins),
        TEST(the_last_padding_does_not_count),
        TEST(parameters_are_written),
        TEST(sack_has_gaps_and_duplicates),
        TEST(heartbeats_hold_a_parameter),
        TEST(an_association_ends),
        TEST(other_chunks_are_written),
        TEST(causes_are_read_back),
        TEST(what_is_too_wide_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
