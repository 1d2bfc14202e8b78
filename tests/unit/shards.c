/* Connections shared out to threads: the same as with one reassembler. */
#include "../segments.h"
#include "tapir/shards.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CONNECTIONS = 300, SEGMENTS = 40, WORKERS_MAX = 8 };

/* What a worker saw; nobody else touches it. */
struct tally {
    uint64_t connections, bytes, sum;
    pthread_t thread;
    bool begun, strange; /* called from another thread */
};

static struct tally tallies[WORKERS_MAX];

static void *begin_worker(void *user, unsigned worker)
{
    struct tally *tally = (struct tally *)user + worker;

    tally->thread = pthread_self();
    tally->begun = true;
    return tally;
}

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct tally *tally = user;
    tapir_conversation_info info;

    tapir_conversation_get(conversation, &info);
    tally->strange |= !pthread_equal(tally->thread, pthread_self());
    tally->bytes += chunk->bytes.len;
    for (size_t i = 0; i < chunk->bytes.len; i++)
        tally->sum += chunk->bytes.data[i] * (chunk->offset + i + 1) *
                      (info.connection.transport.src.bytes[1] + 1u + chunk->way);
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct tally *tally = user;

    (void)conversation;
    (void)reason;
    tally->connections++;
}

static tapir_reassembler_options options_of(void)
{
    return (tapir_reassembler_options){
        .size = sizeof(tapir_reassembler_options), .calls = {.data = on_data, .closed = on_closed}};
}

/* Packets of all connections in turn, both directions, every eighth pair exchanged. */
static void each_frame(void (*take)(void *, const tapir_frame *), void *context)
{
    static uint8_t room[2][2048];
    uint64_t number = 0;

    for (uint32_t at = 0; at < SEGMENTS; at++)
        for (uint32_t c = 0; c < CONNECTIONS; c++) {
            uint32_t shown = at % 8 == 3 ? at + 1 : at % 8 == 4 ? at - 1 : at;
            char text[11];
            bool back = c % 2 && at % 2;
            struct segment segment = {.way = back ? TAPIR_BACKWARD : TAPIR_FORWARD};
            tapir_span built;
            tapir_frame frame;

            snprintf(text, sizeof text, "%04u-%04u ", c, shown);
            segment.client = c / 7;
            segment.client_port = (uint16_t)(1024 + c);
            segment.server_port = 80;
            segment.flags = TAPIR_TCP_ACK;
            segment.seq = 1000 + shown * 10;
            segment.data = tapir_span_of(text, 10);
            segment.ipv6 = c % 3 == 0;
            assert_true(segment_build(&segment, room[0], sizeof room[0], &built));
            frame = tapir_frame_of(built, TAPIR_LINK_TYPE_ETHERNET);
            frame.number = ++number;
            frame.time = (int64_t)number * 1000;
            take(context, &frame);
        }
}

struct single {
    tapir_reassembler *reassembler;
    tapir_packet *packet;
};

static void to_single(void *context, const tapir_frame *frame)
{
    struct single *single = context;

    tapir_packet_start(single->packet, frame);
    tapir_reassembler_add(single->reassembler, single->packet);
}

static void to_shards(void *context, const tapir_frame *frame)
{
    tapir_shards_add(context, frame);
}

static struct tally total(unsigned workers)
{
    struct tally sum = {0};

    for (unsigned i = 0; i < workers; i++) {
        assert_true(tallies[i].begun);
        assert_false(tallies[i].strange);
        sum.connections += tallies[i].connections;
        sum.bytes += tallies[i].bytes;
        sum.sum += tallies[i].sum;
    }
    return sum;
}

static void as_with_one_reassembler(void **state)
{
    tapir_reassembler_options options = options_of();
    struct tally one = {.thread = pthread_self()};
    struct single single;

    (void)state;
    options.user = &one;
    single.reassembler = tapir_reassembler_new(&options);
    single.packet = tapir_packet_new(NULL);
    each_frame(to_single, &single);
    tapir_reassembler_finish(single.reassembler);
    tapir_reassembler_free(single.reassembler);
    tapir_packet_free(single.packet);
    assert_int_equal(one.connections, CONNECTIONS);
    assert_int_equal(one.bytes, CONNECTIONS * SEGMENTS * 10);
    for (unsigned workers = 1; workers <= WORKERS_MAX; workers += 3) {
        tapir_shards_options sharing = {.size = sizeof sharing,
            .workers = workers,
            .streams = options_of(),
            .begin = begin_worker,
            .user = tallies};
        tapir_defragmenter *unused = tapir_defragmenter_new(NULL);
        tapir_defragmenter_stats fragments;
        tapir_reassembler_stats stats;
        tapir_shards *shards;
        struct tally all;

        sharing.streams.defragmenter = unused;
        memset(tallies, 0, sizeof tallies);
        shards = tapir_shards_new(&sharing, NULL);
        assert_non_null(shards);
        assert_int_equal(tapir_shards_workers(shards), workers);
        each_frame(to_shards, shards);
        tapir_shards_finish(shards);
        tapir_shards_get_stats(shards, &stats);
        all = total(workers);
        assert_int_equal(all.connections, one.connections);
        assert_int_equal(all.bytes, one.bytes);
        assert_int_equal(all.sum, one.sum);
        assert_int_equal(stats.packets, CONNECTIONS * SEGMENTS);
        assert_int_equal(stats.tcp, CONNECTIONS * SEGMENTS);
        assert_int_equal(stats.delivered, one.bytes);
        assert_int_equal(stats.open, 0);
        tapir_shards_free(shards);
        tapir_defragmenter_get_stats(unused, &fragments);
        assert_int_equal(fragments.packets, 0);
        tapir_defragmenter_free(unused);
    }
}

static void nothing_to_do_ends_well(void **state)
{
    tapir_shards_options sharing = {.size = sizeof sharing, .workers = 3};

    (void)state;
    tapir_shards_free(tapir_shards_new(&sharing, NULL));
    tapir_shards_free(tapir_shards_new(NULL, NULL));
    tapir_shards_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_with_one_reassembler),
        cmocka_unit_test(nothing_to_do_ends_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
