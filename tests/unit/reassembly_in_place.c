/* Segments that are read in place, without a packet, are those that a packet finds: two
 * reassemblers get the same frames, one in each way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shown.h"

/* One of the two, and a sum over all that it said. */
struct listener {
    tapir_reassembler *reassembler;
    tapir_packet *packet;
    uint64_t said;
};

static struct listener in_place, by_packet;

static void say(struct listener *listener, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    while (len--)
        listener->said = (listener->said ^ *p++) * UINT64_C(0x100000001b3);
}

static bool on_opened(void *user, tapir_conversation *conversation)
{
    tapir_conversation_info info;
    const tapir_flow *flows[] = {&info.connection.network, &info.connection.transport};

    tapir_conversation_get(conversation, &info);
    for (size_t i = 0; i < TAPIR_COUNT(flows); i++) {
        say(user, flows[i]->src.bytes, flows[i]->src.len);
        say(user, flows[i]->dst.bytes, flows[i]->dst.len);
    }
    return true;
}

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    const uint64_t facts[] = {chunk->offset, chunk->gap, chunk->frame, (uint64_t)chunk->time,
        chunk->way, chunk->start, chunk->end, chunk->urgent};

    (void)conversation;
    say(user, facts, sizeof facts);
    say(user, chunk->bytes.data, chunk->bytes.len);
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    tapir_conversation_info info;

    tapir_conversation_get(conversation, &info);
    say(user, &info.way[0].packets, sizeof info.way[0].packets);
    say(user, &info.way[1].packets, sizeof info.way[1].packets);
    say(user, &info.way[0].zero_windows, sizeof info.way[0].zero_windows);
    say(user, &reason, sizeof reason);
}

static void begin(struct listener *listener, const tapir_registry *registry)
{
    tapir_reassembler_options options = {.size = sizeof options,
        .seed = 1,
        .user = listener,
        .calls = {.opened = on_opened, .data = on_data, .closed = on_closed}};

    listener->reassembler = tapir_reassembler_new(&options);
    listener->packet = tapir_packet_new(registry);
    listener->said = 0;
    assert_non_null(listener->reassembler);
    assert_non_null(listener->packet);
}

static void end(struct listener *listener)
{
    tapir_reassembler_free(listener->reassembler);
    tapir_packet_free(listener->packet);
}

static void begin_both(const tapir_registry *registry)
{
    begin(&in_place, registry);
    begin(&by_packet, registry);
}

/* Ends all connections. */
static void finish_both(void)
{
    tapir_reassembler_finish(in_place.reassembler);
    tapir_reassembler_finish(by_packet.reassembler);
    assert_int_equal(in_place.said, by_packet.said);
}

static void end_both(void)
{
    finish_both();
    end(&in_place);
    end(&by_packet);
}

static void give(const tapir_frame *frame)
{
    tapir_reassembler_stats one, other;

    tapir_reassembler_add_frames(in_place.reassembler, in_place.packet, frame, 1);
    tapir_packet_start(by_packet.packet, frame);
    tapir_reassembler_add(by_packet.reassembler, by_packet.packet);
    tapir_reassembler_get_stats(in_place.reassembler, &one);
    tapir_reassembler_get_stats(by_packet.reassembler, &other);
    assert_memory_equal(&one, &other, sizeof one);
    assert_int_equal(in_place.said, by_packet.said);
}

/* Gives a frame of a connection that is new to both, with `missing` bytes behind it. The bytes are
 * at the end of memory of their size, so that a sanitizer sees every one too many. */
static void give_bytes(const uint8_t *bytes, size_t len, size_t missing)
{
    static uint64_t number;
    uint8_t *copy = malloc(len ? len : 1);
    tapir_frame frame = tapir_frame_of(tapir_span_of(copy, len), TAPIR_LINK_TYPE_ETHERNET);

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    frame.len += (uint32_t)missing;
    frame.number = ++number;
    frame.time = (int64_t)number;
    frame.has_time = true;
    give(&frame);
    finish_both();
    frame.fcs_len = 4;
    give(&frame);
    finish_both();
    free(copy);
}

#define ETHERNET "020000000001 020000000002 "
#define TCP      "c350 0050 000003e9 00000007 5018 2000 0000 0000 "
static const char *const frames[] = {
    ETHERNET "0800 4500002b 00010000 40060000 0a000001 0a000002" TCP "616263",
    ETHERNET "0800 4500002b 00010000 40060000 0a000002 0a000001" TCP "616263 000000",
    ETHERNET "0800 45000028 00010000 40060000 0a000001 0a000001" TCP,
    ETHERNET "0800 45000037 00014000 40060000 0a000001 0a000002 c350 0050 000003e8 00000000 8002 "
             "2000 0000 0000 020405b4 01030307 01010402 616263",
    ETHERNET "0800 4600002f 00010000 40060000 0a000001 0a000002 94040000" TCP "616263",
    ETHERNET "8100 0064 0800 4500002b 00010000 40060000 0a000001 0a000002" TCP "616263",
    ETHERNET "88a8 0064 8100 0007 86dd 60000000 0017 06 40 fd000000000000000000000000000001 "
             "fd000000000000000000000000000002" TCP "616263",
    ETHERNET "88a8 0064 88a8 0007 8100 0001 0800 4500002b 00010000 40060000 0a000001 0a000002" TCP
             "616263",
    ETHERNET "86dd 60000000 0017 06 40 fd000000000000000000000000000002 "
             "fd000000000000000000000000000001" TCP "616263 0000",
    ETHERNET "86dd 60000000 0014 06 40 fd000000000000000000000000000001 "
             "fd000000000000000000000000000001" TCP,
    ETHERNET "86dd 60000000 001f 00 40 fd000000000000000000000000000002 "
             "fd000000000000000000000000000001 06000502 00000100" TCP "616263",
    ETHERNET
    "0800 4500003f 00010000 40040000 0a000003 0a000004 4500002b 00010000 40060000 0a000001 "
    "0a000002" TCP "616263",
};

/* The bytes of a frame, to be changed. */
static struct shown shown;

static void start_frame(size_t i, const tapir_registry *registry)
{
    show(&shown, TAPIR_LINK_TYPE_ETHERNET, frames[i], 0);
    begin_both(registry);
}

static void of_usual_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(frames); i++) {
        tapir_reassembler_stats stats;

        start_frame(i, NULL);
        give_bytes(shown.bytes, shown.frame.len, 0);
        tapir_reassembler_get_stats(in_place.reassembler, &stats);
        assert_int_equal(stats.tcp, 1);
        end_both();
    }
}

static void of_frames_with_any_byte_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(frames); i++) {
        start_frame(i, NULL);
        for (size_t at = 0; at < shown.frame.len; at++)
            for (unsigned value = 0; value < 256; value++) {
                uint8_t was = shown.bytes[at];

                shown.bytes[at] = (uint8_t)value;
                give_bytes(shown.bytes, shown.frame.len, value % 3);
                shown.bytes[at] = was;
            }
        end_both();
    }
}

static void of_frames_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(frames); i++) {
        start_frame(i, NULL);
        for (size_t cut = 0; cut < shown.frame.len; cut++) {
            give_bytes(shown.bytes, cut, 0);
            give_bytes(shown.bytes, cut, shown.frame.len - cut);
        }
        end_both();
    }
}

/* What follows a key may be bound in another way. */
static void of_registries_that_were_changed(void **state)
{
    const struct {
        const tapir_space *space;
        uint32_t value;
    } keys[] = {
        {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_ETHERNET},
        {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_VLAN},
        {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_QINQ},
        {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_IPV4},
        {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_IPV6},
        {TAPIR_IP_PROTOCOL, 6},
    };

    (void)state;
    for (size_t key = 0; key <= TAPIR_COUNT(keys); key++) {
        tapir_registry *registry = tapir_registry_new(tapir_registry_default());

        assert_non_null(registry);
        tapir_registry_set_stream_dispatch(registry, false);
        if (key < TAPIR_COUNT(keys))
            assert_int_equal(
                tapir_registry_bind(registry, keys[key].space, keys[key].value, NULL), TAPIR_OK);
        for (size_t i = 0; i < TAPIR_COUNT(frames); i++) {
            start_frame(i, registry);
            give_bytes(shown.bytes, shown.frame.len, 0);
            end_both();
        }
        tapir_registry_free(registry);
    }
}

/* IP in TCP, to be found by whoever goes through all layers. */
static void of_a_registry_that_goes_on_behind_tcp(void **state)
{
    static const char tunnel[] = ETHERNET "0800 45000050 00010000 40060000 0a000003 0a000004" TCP
                                          "45000028 00010000 40060000 0a000001 0a000002" TCP;
    tapir_registry *registry = tapir_registry_new(tapir_registry_default());
    tapir_reassembler_stats stats;

    (void)state;
    assert_non_null(registry);
    assert_int_equal(
        tapir_registry_bind(registry, TAPIR_TCP_PORT, 80, &tapir_ipv4_proto), TAPIR_OK);
    show(&shown, TAPIR_LINK_TYPE_ETHERNET, tunnel, 0);
    begin_both(registry);
    give_bytes(shown.bytes, shown.frame.len, 0);
    tapir_reassembler_get_stats(in_place.reassembler, &stats);
    assert_int_equal(stats.delivered, 0); /* of the inner one, which carries nothing */
    end_both();
    tapir_registry_free(registry);
}

/* Which say where a stream begins whose SYN was not captured. */
static void of_acknowledgments(void **state)
{
    static const char *const talk[] = {
        ETHERNET "0800 45000028 00010000 40060000 0a000002 0a000001 "
                 "0050 c350 00000001 000003e6 5012 2000 0000 0000",
        ETHERNET "0800 4500002b 00010000 40060000 0a000001 0a000002" TCP "616263",
    };

    (void)state;
    begin_both(NULL);
    for (size_t i = 0; i < TAPIR_COUNT(talk); i++) {
        show(&shown, TAPIR_LINK_TYPE_ETHERNET, talk[i], 0);
        give(&shown.frame);
    }
    end_both();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_usual_frames),
        cmocka_unit_test(of_frames_with_any_byte_changed),
        cmocka_unit_test(of_frames_cut_anywhere),
        cmocka_unit_test(of_acknowledgments),
        cmocka_unit_test(of_registries_that_were_changed),
        cmocka_unit_test(of_a_registry_that_goes_on_behind_tcp),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    tapir_packet_free(shown.packet);
    return failed;
}
