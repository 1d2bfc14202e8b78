/* A reassembler that has a defragmenter: segments that come in pieces of IP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "segments.h"

enum { SEGMENTS = 60, LEN = 200, STREAM = SEGMENTS * LEN, FRAMES = 3 * SEGMENTS };

#define SECOND INT64_C(1000000000)

/* The stream, as frames in the order they come in, and what was made of it. */
static struct {
    uint8_t stream[STREAM];
    uint8_t bytes[FRAMES][LEN + 100];
    tapir_frame frames[FRAMES];
    size_t count;
    uint8_t delivered[STREAM];
    size_t delivered_len, accepted;
    tapir_defragmenter *defragmenter;
    tapir_reassembler *reassembler;
    tapir_packet *packet;
} world;

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    (void)user;
    (void)conversation;
    assert_true(world.delivered_len + chunk->bytes.len <= STREAM);
    memcpy(world.delivered + world.delivered_len, chunk->bytes.data, chunk->bytes.len);
    world.delivered_len += chunk->bytes.len;
}

/* It is the datagram that is asked about. */
static bool on_packet(void *user, tapir_conversation *conversation, tapir_way way,
    tapir_packet *packet, const tapir_layer *tcp)
{
    (void)user;
    (void)conversation;
    assert_int_equal(way, TAPIR_FORWARD);
    assert_ptr_equal(tcp, tapir_packet_find(packet, &tapir_tcp_proto, 0));
    assert_int_equal(tapir_layer_payload(tcp).len, LEN);
    world.accepted++;
    return true;
}

static uint8_t *new_frame(size_t len)
{
    uint8_t *bytes = world.bytes[world.count];

    assert_true(world.count < FRAMES && len <= sizeof *world.bytes);
    world.frames[world.count] = tapir_frame_of(tapir_span_of(bytes, len), TAPIR_LINK_TYPE_ETHERNET);
    world.frames[world.count].number = world.count + 1;
    world.frames[world.count].time = (int64_t)world.count;
    world.frames[world.count].has_time = true;
    world.count++;
    return bytes;
}

static size_t build(uint8_t *room, size_t index)
{
    const struct segment segment = {.client = 1,
        .server = 2,
        .client_port = 1000,
        .server_port = 80,
        .seq = (uint32_t)(index * LEN),
        .ack = 1,
        .flags = TAPIR_TCP_ACK,
        .window = 1000,
        .data = tapir_span_of(world.stream + index * LEN, LEN)};
    tapir_span built;

    assert_true(segment_build(&segment, room, LEN + 100, &built));
    memmove(room, built.data, built.len);
    tapir_store_be(room + 18, 2, index); /* identification */
    return built.len;
}

enum { LINK = 14, IP = 20, FIRST = 64 };

/* A segment as a frame of its own. */
static void add_whole(size_t index)
{
    uint8_t room[LEN + 100];
    size_t len = build(room, index);

    memcpy(new_frame(len), room, len);
}

/* The first FIRST bytes of its datagram, or the others. */
static void add_piece(size_t index, bool last)
{
    uint8_t room[LEN + 100], *bytes;
    size_t rest = build(room, index) - LINK - IP, at = last ? FIRST : 0;
    size_t len = last ? rest - FIRST : FIRST;

    bytes = new_frame(LINK + IP + len);
    memcpy(bytes, room, LINK + IP);
    memcpy(bytes + LINK + IP, room + LINK + IP + at, len);
    tapir_store_be(bytes + LINK + 2, 2, IP + len);
    tapir_store_be(bytes + LINK + 6, 2, last ? FIRST / 8 : 0x2000);
}

static int start(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    for (size_t i = 0; i < STREAM; i++)
        world.stream[i] = (uint8_t)(i * 7 + i / 251);
    world.packet = tapir_packet_new(NULL);
    world.defragmenter = tapir_defragmenter_new(NULL);
    assert_non_null(world.packet);
    assert_non_null(world.defragmenter);
    return 0;
}

static void make_reassembler(bool accept, tapir_defragmenter *defragmenter)
{
    const tapir_reassembler_options options = {.size = sizeof options,
        .calls = {.data = on_data, .accept = accept ? on_packet : NULL},
        .defragmenter = defragmenter};

    world.reassembler = tapir_reassembler_new(&options);
    assert_non_null(world.reassembler);
}

static int stop(void **state)
{
    (void)state;
    tapir_reassembler_free(world.reassembler);
    tapir_defragmenter_free(world.defragmenter);
    tapir_packet_free(world.packet);
    return 0;
}

/* Every third whole; the two behind it in pieces, of which the last ones come one after the other,
 * so that a datagram is complete while the one before it is not yet looked at. */
static void add_mixture(void)
{
    for (size_t i = 0; i < SEGMENTS; i += 3) {
        add_whole(i);
        add_piece(i + 1, false);
        add_piece(i + 2, false);
        add_piece(i + 1, true);
        add_piece(i + 2, true);
    }
}

static tapir_reassembler_stats stats_now(void)
{
    tapir_reassembler_stats stats;

    tapir_reassembler_get_stats(world.reassembler, &stats);
    return stats;
}

static void assert_whole(void)
{
    const tapir_reassembler_stats stats = stats_now();

    assert_int_equal(world.delivered_len, STREAM);
    assert_memory_equal(world.delivered, world.stream, STREAM);
    assert_int_equal(stats.packets, world.count);
    assert_int_equal(stats.tcp, SEGMENTS);
    assert_int_equal(stats.fragments, 0);
    assert_int_equal(stats.gaps, 0);
}

static void datagrams_are_whole_within_a_batch(void **state)
{
    (void)state;
    add_mixture();
    make_reassembler(false, world.defragmenter);
    tapir_reassembler_add_frames(world.reassembler, world.packet, world.frames, world.count);
    assert_whole();
}

static void datagrams_are_whole_packet_by_packet(void **state)
{
    (void)state;
    add_mixture();
    make_reassembler(false, world.defragmenter);
    for (size_t i = 0; i < world.count; i++) {
        tapir_packet_start(world.packet, &world.frames[i]);
        tapir_reassembler_add(world.reassembler, world.packet);
    }
    assert_whole();
}

static void datagrams_are_what_is_accepted(void **state)
{
    (void)state;
    add_mixture();
    make_reassembler(true, world.defragmenter);
    tapir_reassembler_add_frames(world.reassembler, world.packet, world.frames, world.count);
    assert_whole();
    assert_int_equal(world.accepted, SEGMENTS);
}

static void without_one_fragments_are_left_out(void **state)
{
    (void)state;
    add_mixture();
    make_reassembler(false, NULL);
    tapir_reassembler_add_frames(world.reassembler, world.packet, world.frames, world.count);
    assert_int_equal(stats_now().fragments, SEGMENTS / 3 * 4);
    assert_int_equal(stats_now().tcp, SEGMENTS / 3);
}

static tapir_defragmenter_stats fragments_now(void)
{
    tapir_defragmenter_stats stats;

    tapir_defragmenter_get_stats(world.defragmenter, &stats);
    return stats;
}

static void time_and_the_end_are_those_of_fragments_too(void **state)
{
    (void)state;
    add_piece(0, false);
    add_piece(1, false);
    make_reassembler(false, world.defragmenter);
    tapir_reassembler_add_frames(world.reassembler, world.packet, world.frames, 1);
    tapir_reassembler_tick(world.reassembler, 29 * SECOND);
    assert_int_equal(fragments_now().waiting, 1);
    tapir_reassembler_tick(world.reassembler, 31 * SECOND);
    assert_int_equal(fragments_now().timed_out, 1);
    tapir_reassembler_add_frames(world.reassembler, world.packet, world.frames + 1, 1);
    tapir_reassembler_finish(world.reassembler);
    assert_int_equal(fragments_now().flushed, 1);
    assert_int_equal(fragments_now().waiting, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(datagrams_are_whole_within_a_batch, start, stop),
        cmocka_unit_test_setup_teardown(datagrams_are_whole_packet_by_packet, start, stop),
        cmocka_unit_test_setup_teardown(datagrams_are_what_is_accepted, start, stop),
        cmocka_unit_test_setup_teardown(without_one_fragments_are_left_out, start, stop),
        cmocka_unit_test_setup_teardown(time_and_the_end_are_those_of_fragments_too, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
