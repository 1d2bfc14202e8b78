/* A reassembler under test: segments are said in a line, what comes out is read as text.
 *
 * A stream's text is its bytes with signs of what else was said: ^ its beginning was captured, $ it
 * ended with FIN, [3] a gap of 3 bytes, {abc} bytes that were kept and came again, ! urgent. */
#ifndef TAPIR_TESTS_STREAMS_H
#define TAPIR_TESTS_STREAMS_H

#include "../segments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FORWARD  TAPIR_FORWARD
#define BACKWARD TAPIR_BACKWARD
#define SYN      TAPIR_TCP_SYN
#define ACK      TAPIR_TCP_ACK
#define FIN      TAPIR_TCP_FIN
#define RST      TAPIR_TCP_RST
#define SECOND   INT64_C(1000000000)

enum { MOST_CONVERSATIONS = 16, TEXT_ROOM = 1 << 16, MOST_CONFLICTS = 16, OPEN = -1 };

struct seen_conversation {
    tapir_conversation *conversation;
    char text[2][TEXT_ROOM];
    size_t text_len[2];
    tapir_conversation_info info; /* at its end */
    int ended;                    /* tapir_end_reason, OPEN before */
    size_t chunks;
    tapir_chunk last; /* without its bytes */
};

struct seen_conflict {
    tapir_conflict facts; /* without its bytes */
    char old_bytes[32], new_bytes[32];
};

static struct {
    tapir_reassembler *reassembler;
    tapir_packet *packet;
    int64_t now;
    uint64_t frame;
    struct segment like;  /* what all segments have: hosts, ports, IP version, window */
    uint32_t isn[2];      /* sequence number of the SYN, by way */
    uint32_t next[2];     /* what the other side acknowledges, from the beginning of the stream */
    uint32_t snapped;     /* so many bytes of the frame are not captured */
    size_t padding;       /* and so many stand behind it */
    bool broken_checksum; /* of TCP */
    struct seen_conversation seen[MOST_CONVERSATIONS];
    size_t count;
    struct seen_conflict conflicts[MOST_CONFLICTS];
    size_t conflict_count;
    /* What the callbacks do besides. */
    bool reject, drop;
    void (*in_data)(tapir_conversation *conversation, const tapir_chunk *chunk);
} world;

static inline struct seen_conversation *seen_of(tapir_conversation *conversation)
{
    struct seen_conversation *seen = tapir_conversation_user(conversation);

    assert_non_null(seen);
    assert_ptr_equal(seen->conversation, conversation);
    assert_int_equal(seen->ended, OPEN);
    return seen;
}

static inline void tell(struct seen_conversation *seen, int way, const char *text, size_t len)
{
    char *to = seen->text[way] + seen->text_len[way];

    assert_true(seen->text_len[way] + len < TEXT_ROOM);
    if (len)
        memcpy(to, text, len);
    to[len] = '\0';
    seen->text_len[way] += len;
}

static inline bool on_opened(void *user, tapir_conversation *conversation)
{
    struct seen_conversation *seen;

    assert_ptr_equal(user, &world);
    assert_true(world.count < MOST_CONVERSATIONS);
    if (world.reject)
        return false;
    seen = &world.seen[world.count++];
    seen->conversation = conversation;
    seen->ended = OPEN;
    assert_null(tapir_conversation_user(conversation));
    tapir_conversation_set_user(conversation, seen);
    return true;
}

static inline bool on_accept(void *user, tapir_conversation *conversation, tapir_way way,
    tapir_packet *packet, const tapir_layer *tcp)
{
    (void)user;
    (void)way;
    seen_of(conversation);
    assert_ptr_equal(packet, world.packet);
    assert_ptr_equal(tcp->proto, &tapir_tcp_proto);
    return !world.drop;
}

static inline void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct seen_conversation *seen = seen_of(conversation);
    const char *bytes = (const char *)chunk->bytes.data;
    char gap[24];

    (void)user;
    if (chunk->start)
        tell(seen, chunk->way, "^", 1);
    if (chunk->kept) {
        tell(seen, chunk->way, "{", 1);
        tell(seen, chunk->way, bytes, chunk->kept);
        tell(seen, chunk->way, "}", 1);
    }
    if (chunk->gap)
        tell(seen, chunk->way, gap,
            (size_t)snprintf(gap, sizeof gap, "[%llu]", (unsigned long long)chunk->gap));
    if (chunk->urgent)
        tell(seen, chunk->way, "!", 1);
    if (chunk->bytes.len > chunk->kept)
        tell(seen, chunk->way, bytes + chunk->kept, chunk->bytes.len - chunk->kept);
    if (chunk->end)
        tell(seen, chunk->way, "$", 1);
    seen->chunks++;
    seen->last = *chunk;
    if (world.in_data)
        world.in_data(conversation, chunk);
}

static inline void on_conflict(
    void *user, tapir_conversation *conversation, const tapir_conflict *conflict)
{
    struct seen_conflict *seen = &world.conflicts[world.conflict_count++];

    (void)user;
    seen_of(conversation);
    assert_true(world.conflict_count <= MOST_CONFLICTS);
    assert_int_equal(conflict->old_bytes.len, conflict->new_bytes.len);
    assert_true(conflict->old_bytes.len < sizeof seen->old_bytes);
    seen->facts = *conflict;
    memcpy(seen->old_bytes, conflict->old_bytes.data, conflict->old_bytes.len);
    memcpy(seen->new_bytes, conflict->new_bytes.data, conflict->new_bytes.len);
    seen->old_bytes[conflict->old_bytes.len] = seen->new_bytes[conflict->new_bytes.len] = '\0';
}

static inline void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct seen_conversation *seen = seen_of(conversation);

    (void)user;
    tapir_conversation_get(conversation, &seen->info);
    seen->ended = (int)reason;
    seen->conversation = NULL;
}

/* Begins a test: a client 10.0.0.1:50000, a server 10.0.0.2:80. */
static inline void start(tapir_reassembler_options options)
{
    memset(&world, 0, sizeof world);
    options.size = sizeof options;
    options.user = &world;
    options.calls = (tapir_reassembly_calls){.opened = on_opened,
        .accept = on_accept,
        .data = on_data,
        .conflict = on_conflict,
        .closed = on_closed};
    world.reassembler = tapir_reassembler_new(&options);
    world.packet = tapir_packet_new(NULL);
    assert_non_null(world.reassembler);
    assert_non_null(world.packet);
    world.now = 1700000000 * SECOND;
    world.like = (struct segment){
        .client = 1, .server = 2, .client_port = 50000, .server_port = 80, .window = 65535};
    world.isn[0] = 1000;
    world.isn[1] = 500000;
}

static inline void start_usual(void)
{
    start((tapir_reassembler_options){0});
}

/* Ends it, also after a failure. */
static inline int stop(void **state)
{
    (void)state;
    tapir_reassembler_free(world.reassembler);
    tapir_packet_free(world.packet);
    world.reassembler = NULL;
    world.packet = NULL;
    return 0;
}

static inline void add_bytes(tapir_span bytes, uint32_t missing)
{
    tapir_frame frame = tapir_frame_of(bytes, TAPIR_LINK_TYPE_ETHERNET);

    frame.len += missing;
    frame.time = world.now;
    frame.has_time = true;
    frame.number = ++world.frame;
    tapir_packet_start(world.packet, &frame);
    tapir_reassembler_add(world.reassembler, world.packet);
}

/* What the other side acknowledges from now on; what is far away nobody does. */
static inline void acknowledge(tapir_way way, int64_t end)
{
    if (end > world.next[way] && end < 1 << 30)
        world.next[way] = (uint32_t)end;
}

/* Sends a segment; `at` is its place in the stream, -1 that of the SYN. */
static inline void send_bytes(
    tapir_way way, unsigned flags, int64_t at, const void *bytes, size_t len)
{
    static uint8_t room[SEGMENT_ROOM];
    struct segment segment = world.like;
    const tapir_way other = tapir_other_way(way);
    tapir_span built;

    segment.way = way;
    segment.flags = (uint16_t)flags;
    segment.seq = world.isn[way] + 1 + (uint32_t)at;
    segment.ack = flags & ACK ? world.isn[other] + 1 + world.next[other] : 0;
    segment.data = tapir_span_of(bytes, len);
    assert_true(segment_build(&segment, room, sizeof room - world.padding, &built));
    if (world.padding) {
        memmove(room, built.data, built.len);
        memset(room + built.len, 'P', world.padding);
        built = tapir_span_of(room, built.len + world.padding);
    }
    if (world.broken_checksum)
        room[built.data - room + (segment.ipv6 ? 70 : 50)] ^= 0x5a;
    if (flags & (ACK | FIN) && !(flags & (SYN | RST)))
        acknowledge(way, at + (int64_t)len + (flags & FIN ? 1 : 0));
    add_bytes(tapir_span_of(built.data, built.len - world.snapped), world.snapped);
}

static inline void send_text(tapir_way way, unsigned flags, int64_t at, const char *text)
{
    send_bytes(way, flags, at, text, strlen(text));
}

/* Sends data. */
static inline void say(tapir_way way, int64_t at, const char *text)
{
    send_text(way, ACK, at, text);
}

static inline void syn(void)
{
    send_text(FORWARD, SYN, -1, "");
}

static inline void syn_ack(void)
{
    send_text(BACKWARD, SYN | ACK, -1, "");
}

static inline void handshake(void)
{
    syn();
    syn_ack();
    send_text(FORWARD, ACK, 0, "");
}

static inline void fin(tapir_way way, int64_t at)
{
    send_text(way, FIN | ACK, at, "");
}

/* Lets time pass. */
static inline void pass(int64_t nanoseconds)
{
    world.now += nanoseconds;
    tapir_reassembler_tick(world.reassembler, world.now);
}

/* Both say goodbye at these places, and hear each other. */
static inline void part(int64_t forward, int64_t backward)
{
    fin(FORWARD, forward);
    fin(BACKWARD, backward);
    send_text(FORWARD, ACK, forward + 1, "");
}

static inline void finish(void)
{
    tapir_reassembler_finish(world.reassembler);
}

/* What the nth connection said. */
static inline const char *text_of(size_t nth, tapir_way way)
{
    assert_true(nth < world.count);
    return world.seen[nth].text[way];
}

static inline tapir_conversation_info info_of(size_t nth)
{
    tapir_conversation_info info;

    assert_true(nth < world.count);
    if (world.seen[nth].ended != OPEN)
        return world.seen[nth].info;
    tapir_conversation_get(world.seen[nth].conversation, &info);
    return info;
}

static inline tapir_stream stream_of(size_t nth, tapir_way way)
{
    return info_of(nth).way[way];
}

static inline tapir_reassembler_stats stats_now(void)
{
    tapir_reassembler_stats stats;

    tapir_reassembler_get_stats(world.reassembler, &stats);
    return stats;
}

/* The only connection said this, both ways. */
static inline void assert_said(const char *forward, const char *backward)
{
    assert_int_equal(world.count, 1);
    assert_string_equal(text_of(0, FORWARD), forward);
    assert_string_equal(text_of(0, BACKWARD), backward);
}

static inline void assert_ended(size_t nth, int reason)
{
    assert_true(nth < world.count);
    assert_int_equal(world.seen[nth].ended, reason);
}

#define stream_test(function) cmocka_unit_test_teardown(function, stop)

#endif
