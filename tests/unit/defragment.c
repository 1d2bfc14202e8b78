/* Datagrams put together: whatever the order and the cuts, and whatever somebody sends instead. */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

enum { ROOM = 70000, MOST_FRAGMENTS = 8192 };

struct fixture {
    tapir_defragmenter *defragmenter;
    tapir_packet *packet;
    tapir_datagram datagram;
    uint64_t number; /* of the last frame */
    int64_t time;
    bool keep_time, has_vlan;
    uint8_t fcs_len;
};

static uint64_t random_state = 1;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % below;
}

static int set_up(void **state)
{
    static struct fixture fixture;

    memset(&fixture, 0, sizeof fixture);
    fixture.packet = tapir_packet_new(NULL);
    fixture.defragmenter = tapir_defragmenter_new(NULL);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    tapir_defragmenter_free(f->defragmenter);
    tapir_packet_free(f->packet);
    return 0;
}

static void renew(struct fixture *f, tapir_defragmenter_options options)
{
    options.size = sizeof options;
    tapir_defragmenter_free(f->defragmenter);
    f->defragmenter = tapir_defragmenter_new(&options);
    assert_non_null(f->defragmenter);
}

static tapir_defragmenter_stats stats_of(const struct fixture *f)
{
    tapir_defragmenter_stats stats;

    tapir_defragmenter_get_stats(f->defragmenter, &stats);
    return stats;
}

/* Hands in a frame of which `len` bytes were sent; a microsecond passes with each. */
static tapir_fragment_fate add_cut(
    struct fixture *f, const uint8_t *bytes, size_t caplen, size_t len, uint16_t link_type)
{
    tapir_frame frame = tapir_frame_of(tapir_span_of(bytes, caplen), link_type);
    tapir_fragment_fate fate;

    frame.len = (uint32_t)len;
    frame.number = ++f->number;
    frame.has_vlan = f->has_vlan;
    frame.vlan_tci = 5;
    frame.fcs_len = f->fcs_len;
    frame.has_time = true;
    if (!f->keep_time)
        f->time += 1000;
    frame.time = f->time;
    tapir_packet_start(f->packet, &frame);
    fate = tapir_defragmenter_add(f->defragmenter, f->packet, &f->datagram);
    assert_true(stats_of(f).memory <= (size_t)4 << 20);
    return fate;
}

static tapir_fragment_fate add(struct fixture *f, const uint8_t *bytes, size_t len, uint16_t type)
{
    return add_cut(f, bytes, len, len, type);
}

static void assert_drop(struct fixture *f, tapir_fragment_fate fate, tapir_fragment_drop drop)
{
    if (fate != TAPIR_FRAGMENT_DROPPED || f->datagram.drop != drop)
        fail_msg("fate %d, %s instead of %s", fate, tapir_fragment_drop_text(f->datagram.drop),
            tapir_fragment_drop_text(drop));
}

static size_t build(const tapir_stack_layer *stack, size_t count, uint8_t *bytes)
{
    static uint8_t buffer[ROOM * 2];
    tapir_span built;
    tapir_error error;

    if (tapir_build(stack, count, NULL, buffer, sizeof buffer, &built, &error) != TAPIR_OK)
        fail_msg("%s", error.message);
    memcpy(bytes, built.data, built.len);
    return built.len;
}

static const struct tapir_ethernet ethernet = {
    .dst = {2, 0, 0, 0, 0, 1}, .src = {2, 0, 0, 0, 0, 2}};
static const uint8_t options_bytes[] = {0x94, 0x04, 0x00, 0x00, 0x01, 0x01, 0x01, 0x00};

/* What is fragmented, and how: layers outside, the IP header, those that stay in every fragment. */
struct shape {
    const char *name;
    unsigned version;
    bool options, extensions, vlan, gre, vxlan, ip_in_ip;
    uint16_t id;
    uint32_t vni;
    uint16_t vlan_id;
};

struct plan {
    struct tapir_vlan vlan;
    struct tapir_ipv4 outer, ipv4;
    struct tapir_ipv6 ipv6;
    struct tapir_gre gre;
    struct tapir_udp outer_udp;
    struct tapir_vxlan vxlan;
    struct tapir_ipv6_hopopts hopopts;
    struct tapir_ipv6_fragment header;
    struct tapir_data data;
    tapir_stack_layer stack[12];
    size_t count, ip; /* layers; index of the IP header */
};

static void push(struct plan *p, const tapir_proto *proto, const void *fields, unsigned keep)
{
    p->stack[p->count++] = (tapir_stack_layer){.proto = proto, .fields = fields, .keep = keep};
}

static void push_outside(struct plan *p, const struct shape *shape)
{
    push(p, &tapir_ethernet_proto, &ethernet, 0);
    if (shape->vlan) {
        p->vlan.id = shape->vlan_id;
        push(p, &tapir_vlan_proto, &p->vlan, 0);
    }
    if (!shape->gre && !shape->vxlan && !shape->ip_in_ip)
        return;
    tapir_layer_init(&tapir_ipv4_proto, &p->outer);
    memcpy(p->outer.src, "\xc0\0\2\1", 4);
    memcpy(p->outer.dst, "\xc0\0\2\2", 4);
    push(p, &tapir_ipv4_proto, &p->outer, 0);
    if (shape->gre) {
        p->gre.flags = TAPIR_GRE_CHECKSUM | TAPIR_GRE_KEY;
        p->gre.key = 7;
        push(p, &tapir_gre_proto, &p->gre, 0);
    }
    if (shape->vxlan) {
        p->outer_udp.src_port = 50000;
        p->outer_udp.dst_port = 4789;
        push(p, &tapir_udp_proto, &p->outer_udp, 0);
        p->vxlan.flags = TAPIR_VXLAN_VNI;
        p->vxlan.vni = shape->vni;
        push(p, &tapir_vxlan_proto, &p->vxlan, 0);
        push(p, &tapir_ethernet_proto, &ethernet, 0);
    }
}

/* A packet of that shape with `payload` behind the IP header; a fragment of it at `offset` when
 * `fragment` says so. Returns its length. */
static size_t make(const struct shape *shape, bool fragment, uint32_t offset, bool more,
    tapir_span payload, uint8_t *bytes)
{
    static struct plan plan;
    struct plan *p = &plan;

    memset(p, 0, sizeof *p);
    push_outside(p, shape);
    p->ip = p->count;
    p->data.bytes = payload;
    if (shape->version == 4) {
        tapir_layer_init(&tapir_ipv4_proto, &p->ipv4);
        memcpy(p->ipv4.src, "\x0a\0\0\1", 4);
        memcpy(p->ipv4.dst, "\x0a\0\0\2", 4);
        p->ipv4.protocol = 17;
        p->ipv4.id = shape->id;
        if (shape->options)
            p->ipv4.options = tapir_span_of(options_bytes, sizeof options_bytes);
        p->ipv4.fragment_offset = (uint16_t)(offset / 8);
        p->ipv4.flags = fragment && more ? TAPIR_IPV4_MORE_FRAGMENTS : 0;
        push(p, &tapir_ipv4_proto, &p->ipv4, 0);
    } else {
        tapir_layer_init(&tapir_ipv6_proto, &p->ipv6);
        p->ipv6.src[15] = 1;
        p->ipv6.dst[15] = 2;
        p->ipv6.next_header = 17;
        push(p, &tapir_ipv6_proto, &p->ipv6, 0);
        if (shape->extensions) {
            p->ipv6.next_header = 0;
            p->hopopts.next_header = 17;
            p->hopopts.options = tapir_span_of("\1\4\0\0\0\0", 6);
            push(p, &tapir_ipv6_hopopts_proto, &p->hopopts, 0);
        }
        if (fragment) {
            p->ipv6.next_header = shape->extensions ? 0 : 44;
            p->hopopts.next_header = 44;
            p->header.next_header = 17;
            p->header.fragment_offset = (uint16_t)(offset / 8);
            p->header.more_fragments = more;
            p->header.id = shape->id;
            push(p, &tapir_ipv6_fragment_proto, &p->header, 0);
        }
    }
    push(p, &tapir_data_proto, &p->data, 0);
    return build(p->stack, p->count, bytes);
}

static tapir_fragment_fate add_fragment(struct fixture *f, const struct shape *shape,
    uint32_t offset, bool more, const uint8_t *payload, size_t len)
{
    static uint8_t bytes[ROOM * 2];
    size_t frame_len = make(shape, true, offset, more, tapir_span_of(payload, len), bytes);

    return add(f, bytes, frame_len, TAPIR_LINK_TYPE_ETHERNET);
}

static const struct shape plain = {.name = "IPv4", .version = 4, .id = 1};
static const struct shape plain6 = {.name = "IPv6", .version = 6, .id = 1};

static const struct shape shapes[] = {
    {.name = "IPv4", .version = 4},
    {.name = "IPv6", .version = 6},
    {.name = "IPv4 with options", .version = 4, .options = true},
    {.name = "IPv6 with extensions", .version = 6, .extensions = true},
    {.name = "IPv4 in a VLAN", .version = 4, .vlan = true, .vlan_id = 5},
    {.name = "IPv4 in GRE", .version = 4, .gre = true},
    {.name = "IPv6 in GRE", .version = 6, .gre = true, .extensions = true},
    {.name = "IPv4 in VXLAN", .version = 4, .vxlan = true, .vni = 9, .options = true},
    {.name = "IPv6 in VXLAN", .version = 6, .vxlan = true, .vni = 9},
    {.name = "IPv4 in IPv4", .version = 4, .ip_in_ip = true},
    {.name = "IPv6 in IPv4", .version = 6, .ip_in_ip = true},
};

/* A UDP datagram of any length, to be cut. */
static void fill_payload(uint8_t *payload, size_t len)
{
    for (size_t i = 0; i < len; i++)
        payload[i] = (uint8_t)draw(256);
    tapir_store_be(payload, 2, 40000);
    tapir_store_be(payload + 2, 2, 40001);
    tapir_store_be(payload + 4, 2, len);
    tapir_store_be(payload + 6, 2, 0);
}

struct part {
    uint32_t offset, len;
};

static size_t split(size_t len, size_t most, struct part *parts)
{
    size_t count = 0;

    for (uint32_t at = 0; at < len;) {
        uint32_t piece = 8 * (1 + draw((uint32_t)most / 8));
        if (at == 0 && piece >= len)
            piece = 8; /* else there is nothing to put together */
        if (piece > len - at)
            piece = (uint32_t)len - at;
        parts[count++] = (struct part){at, piece};
        at += piece;
    }
    return count;
}

static void shuffle(struct part *parts, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = draw((uint32_t)i);
        struct part swap = parts[i - 1];
        parts[i - 1] = parts[j];
        parts[j] = swap;
    }
}

static void check_pieces(const tapir_datagram *datagram, size_t len)
{
    uint32_t at = 0;

    for (size_t i = 0; i < datagram->piece_count; i++) {
        assert_int_equal(datagram->pieces[i].offset, at);
        assert_true(datagram->pieces[i].len > 0);
        assert_true(datagram->pieces[i].frame <= datagram->frame.number);
        at += datagram->pieces[i].len;
    }
    assert_int_equal(at, len);
}

/* Sends the parts, some of them twice, and expects the whole with the last. */
static void put_together(struct fixture *f, const struct shape *shape, const struct part *parts,
    size_t count, const uint8_t *payload, size_t len)
{
    static uint8_t whole[ROOM * 2];
    size_t whole_len = make(shape, false, 0, false, tapir_span_of(payload, len), whole);
    tapir_fragment_fate fate = TAPIR_FRAGMENT_NONE;

    for (size_t i = 0; i < count; i++) {
        const bool more = parts[i].offset + parts[i].len < len;
        fate =
            add_fragment(f, shape, parts[i].offset, more, payload + parts[i].offset, parts[i].len);
        if (i + 1 == count)
            break;
        if (fate != TAPIR_FRAGMENT_TAKEN)
            fail_msg("%s: part %zu of %zu: fate %d", shape->name, i, count, fate);
        if (draw(4) == 0)
            assert_drop(f,
                add_fragment(
                    f, shape, parts[i].offset, more, payload + parts[i].offset, parts[i].len),
                TAPIR_DROP_DUPLICATE);
    }
    if (fate != TAPIR_FRAGMENT_LAST)
        fail_msg("%s: last of %zu: fate %d", shape->name, count, fate);
    assert_int_equal(f->datagram.frame.caplen, whole_len);
    assert_int_equal(f->datagram.frame.len, whole_len);
    assert_memory_equal(f->datagram.frame.data, whole, whole_len);
    assert_int_equal(f->datagram.frame.number, f->number);
    assert_int_equal(f->datagram.frame.time, f->time);
    assert_int_equal(f->datagram.depth, 1);
    assert_int_equal(f->datagram.conflicts, 0);
    check_pieces(&f->datagram, len);
    assert_int_equal(tapir_packet_finish(f->datagram.packet), TAPIR_OK);
    assert_non_null(tapir_packet_find_last(f->datagram.packet, &tapir_udp_proto));
    assert_int_equal(
        tapir_packet_layer(f->datagram.packet, f->datagram.layer)->proto->role, TAPIR_ROLE_NETWORK);
}

static void any_order_and_any_cuts_give_the_same_datagram(void **state)
{
    static uint8_t payload[ROOM];
    static struct part parts[MOST_FRAGMENTS];
    struct fixture *f = *state;

    for (unsigned round = 0; round < 600; round++) {
        struct shape shape = shapes[round % TAPIR_COUNT(shapes)];
        size_t len = 9 + draw(round % 7 == 0 ? 20000 : 1500);
        size_t count = split(len, round % 3 ? 256 : 1400, parts);
        shape.id = (uint16_t)round;
        fill_payload(payload, len);
        shuffle(parts, count);
        put_together(f, &shape, parts, count, payload, len);
    }
    assert_int_equal(stats_of(f).waiting, 0);
    assert_int_equal(stats_of(f).lost_fragments, 0);
}

/* Letters at places of 8 bytes each, as the papers draw them. */
struct drawn {
    char letter;
    uint32_t start, end;
};

/* U. Shankar and V. Paxson, 2003. */
static const struct drawn six[] = {
    {'1', 0, 3}, {'2', 4, 6}, {'3', 6, 9}, {'4', 1, 5}, {'5', 6, 9}, {'6', 9, 12}};

/* J. Novak, 2005: all relations there are. */
static const struct drawn seventeen[] = {{'A', 0, 3}, {'B', 4, 6}, {'C', 6, 9}, {'D', 10, 11},
    {'E', 13, 15}, {'F', 15, 18}, {'G', 18, 20}, {'H', 20, 22}, {'I', 22, 23}, {'J', 1, 5},
    {'K', 6, 9}, {'L', 9, 12}, {'M', 12, 15}, {'N', 16, 17}, {'O', 19, 20}, {'P', 20, 21},
    {'Q', 22, 24}};

static void draw_pieces(struct fixture *f, unsigned version, tapir_overlap policy,
    const struct drawn *drawn, size_t count, const char *expected)
{
    const struct shape shape = {.version = version, .id = 3};
    const size_t places = strlen(expected);
    tapir_fragment_fate fate = TAPIR_FRAGMENT_NONE;
    uint8_t bytes[256];
    char got[64] = "";

    renew(f, (tapir_defragmenter_options){.overlap = {policy, policy, policy}});
    for (size_t i = 0; i < count; i++) {
        memset(bytes, drawn[i].letter, sizeof bytes);
        fate = add_fragment(f, &shape, drawn[i].start * 8, i + 1 < count, bytes,
            (drawn[i].end - drawn[i].start) * 8);
    }
    assert_int_equal(fate, TAPIR_FRAGMENT_LAST);
    for (size_t i = 0; i < places; i++)
        got[i] = (char)f->datagram.frame.data[f->datagram.frame.caplen - (places - i) * 8];
    if (strcmp(got, expected) != 0)
        fail_msg("%s: %s instead of %s", tapir_overlap_name(policy), got, expected);
    assert_true(f->datagram.overlaps > 0);
    assert_int_equal(f->datagram.overlaps, f->datagram.conflicts);
    check_pieces(&f->datagram, places * 8);
}

static void overlaps_end_as_in_the_papers(void **state)
{
    static const struct {
        tapir_overlap policy;
        const char *six, *seventeen;
    } published[] = {
        {TAPIR_OVERLAP_FIRST, "111422333666", "AAAJBBCCCLDLMEEFFFGGHHIQ"},
        {TAPIR_OVERLAP_LAST, "144442555666", "AJJJJBKKKLLLMMMFNFGOPHQQ"},
        {TAPIR_OVERLAP_BSD, "111442333666", "AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {TAPIR_OVERLAP_BSD_RIGHT, "144422555666", "AJJJBBKKKLLLMMMFFFGGHHQQ"},
        {TAPIR_OVERLAP_LINUX, "111442555666", "AAAJJBKKKLLLMMMFFFGGPHQQ"},
        {TAPIR_OVERLAP_WINDOWS, "111422333666", "AAAJBBCCCLLLMEEFFFGGHHIQ"},
        {TAPIR_OVERLAP_SOLARIS, "111422333666", "AAAJBBCCCLLLMMMFFFGGHHIQ"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < TAPIR_COUNT(published); i++)
        for (unsigned version = 4; version <= 6; version += 2) {
            draw_pieces(f, version, published[i].policy, six, TAPIR_COUNT(six), published[i].six);
            draw_pieces(f, version, published[i].policy, seventeen, TAPIR_COUNT(seventeen),
                published[i].seventeen);
        }
}

static void ipv4_is_put_together_as_by_linux_unless_told_otherwise(void **state)
{
    draw_pieces(*state, 4, TAPIR_OVERLAP_DEFAULT, six, TAPIR_COUNT(six), "111442555666");
}

static void an_overlap_rejects_all_of_the_datagram(void **state)
{
    static const uint8_t zeroes[64];
    struct fixture *f = *state;

    assert_int_equal(add_fragment(f, &plain6, 0, true, zeroes, 32), TAPIR_FRAGMENT_TAKEN);
    assert_drop(f, add_fragment(f, &plain6, 0, true, zeroes, 32), TAPIR_DROP_DUPLICATE);
    assert_drop(f, add_fragment(f, &plain6, 24, true, zeroes, 16), TAPIR_DROP_OVERLAP);
    assert_drop(f, add_fragment(f, &plain6, 32, false, zeroes, 8), TAPIR_DROP_REJECTED);
    assert_drop(f, add_fragment(f, &plain6, 0, true, zeroes, 32), TAPIR_DROP_REJECTED);
    assert_int_equal(stats_of(f).rejected, 1);
    assert_int_equal(stats_of(f).lost_fragments, 2);
    f->time += 61 * SECOND;
    assert_int_equal(add_fragment(f, &plain6, 0, true, zeroes, 32), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &plain6, 32, false, zeroes, 8), TAPIR_FRAGMENT_LAST);
}

static void other_bytes_in_the_same_place_are_no_duplicate(void **state)
{
    static const uint8_t zeroes[64], ones[64] = {1};
    struct fixture *f = *state;

    add_fragment(f, &plain6, 0, true, zeroes, 32);
    assert_drop(f, add_fragment(f, &plain6, 0, true, ones, 32), TAPIR_DROP_OVERLAP);
}

static void a_fragment_without_new_bytes_may_tell_the_end(void **state)
{
    static const uint8_t zeroes[64];
    struct fixture *f = *state;

    assert_int_equal(add_fragment(f, &plain, 0, true, zeroes, 32), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &plain, 24, false, zeroes, 8), TAPIR_FRAGMENT_LAST);
    assert_int_equal(add_fragment(f, &plain, 0, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &plain, 16, true, zeroes, 8), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &plain, 16, false, zeroes, 8), TAPIR_FRAGMENT_LAST);
    assert_int_equal(f->datagram.fragments, 3);
}

static void what_makes_no_sense_is_dropped_with_its_reason(void **state)
{
    static uint8_t zeroes[256], bytes[512];
    struct fixture *f = *state;
    size_t len;

    for (unsigned version = 4; version <= 6; version += 2) {
        const struct shape shape = {.version = version, .id = 9};
        const size_t ip = 14;
        assert_drop(f, add_fragment(f, &shape, 0, true, zeroes, 31), TAPIR_DROP_NO_MULTIPLE);
        assert_drop(f, add_fragment(f, &shape, 0, true, zeroes, 0), TAPIR_DROP_EMPTY);
        assert_drop(f, add_fragment(f, &shape, 8, false, zeroes, 0), TAPIR_DROP_EMPTY);
        assert_drop(f, add_fragment(f, &shape, 65528, false, zeroes, 8), TAPIR_DROP_TOO_LONG);
        assert_drop(f, add_fragment(f, &shape, 65520, true, zeroes, 160), TAPIR_DROP_TOO_LONG);
        len = make(&shape, true, 0, true, tapir_span_of(zeroes, 64), bytes);
        assert_drop(
            f, add_cut(f, bytes, len - 1, len, TAPIR_LINK_TYPE_ETHERNET), TAPIR_DROP_INCOMPLETE);
        tapir_store_be(bytes + ip + (version == 4 ? 2 : 4), 2, 0);
        assert_drop(f, add(f, bytes, len, TAPIR_LINK_TYPE_ETHERNET), TAPIR_DROP_MALFORMED);
        assert_int_equal(stats_of(f).waiting, 0);
        /* The end, contradicted in three ways. */
        assert_int_equal(add_fragment(f, &shape, 64, false, zeroes, 8), TAPIR_FRAGMENT_TAKEN);
        assert_drop(f, add_fragment(f, &shape, 64, false, zeroes, 16), TAPIR_DROP_BAD_END);
        assert_drop(f, add_fragment(f, &shape, 72, true, zeroes, 8), TAPIR_DROP_BAD_END);
        assert_drop(f, add_fragment(f, &shape, 8, false, zeroes, 8), TAPIR_DROP_BAD_END);
        assert_int_equal(add_fragment(f, &shape, 0, true, zeroes, 64), TAPIR_FRAGMENT_LAST);
        assert_int_equal(add_fragment(f, &shape, 64, true, zeroes, 8), TAPIR_FRAGMENT_TAKEN);
        assert_drop(f, add_fragment(f, &shape, 8, false, zeroes, 8), TAPIR_DROP_BAD_END);
        tapir_defragmenter_flush(f->defragmenter);
    }
    assert_int_equal(stats_of(f).dropped[TAPIR_DROP_BAD_END], 8);
    /* Headers that stay count as well. */
    assert_drop(f, add_fragment(f, &plain, 65512, true, zeroes, 8), TAPIR_DROP_TOO_LONG);
    assert_int_equal(add_fragment(f, &plain6, 65520, true, zeroes, 8), TAPIR_FRAGMENT_TAKEN);
    assert_drop(f,
        add_fragment(f, &(struct shape){.version = 6, .extensions = true}, 65520, true, zeroes, 8),
        TAPIR_DROP_TOO_LONG);
}

static void a_wrong_checksum_is_taken_or_not_and_right_in_the_whole(void **state)
{
    static const uint8_t zeroes[64];
    static uint8_t bytes[512];
    struct fixture *f = *state;
    size_t len = make(&plain, true, 0, true, tapir_span_of(zeroes, 16), bytes);
    tapir_checksum checksum;

    bytes[24] ^= 0x55;
    assert_int_equal(add(f, bytes, len, TAPIR_LINK_TYPE_ETHERNET), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &plain, 16, false, zeroes, 16), TAPIR_FRAGMENT_LAST);
    assert_true(tapir_packet_verify(
        f->datagram.packet, tapir_packet_layer(f->datagram.packet, 1), &checksum));
    assert_true(checksum.good);
    renew(f, (tapir_defragmenter_options){.verify_checksums = true});
    assert_drop(f, add(f, bytes, len, TAPIR_LINK_TYPE_ETHERNET), TAPIR_DROP_CHECKSUM);
}

static void age_gives_up_what_waits(void **state)
{
    static const uint8_t zeroes[64];
    struct fixture *f = *state;

    for (unsigned version = 4; version <= 6; version += 2) {
        const struct shape shape = {.version = version, .id = 1};
        const int64_t most = (version == 4 ? 30 : 60) * SECOND;
        const uint64_t before = stats_of(f).timed_out;
        f->keep_time = true;
        assert_int_equal(add_fragment(f, &shape, 0, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
        f->time += most;
        assert_int_equal(add_fragment(f, &shape, 16, false, zeroes, 16), TAPIR_FRAGMENT_LAST);
        assert_int_equal(add_fragment(f, &shape, 0, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
        f->time += most + 1;
        assert_int_equal(add_fragment(f, &shape, 16, false, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
        assert_int_equal(stats_of(f).timed_out, before + 1);
        /* A clock that was set back. */
        f->time -= most + 1;
        assert_int_equal(add_fragment(f, &shape, 0, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
        assert_int_equal(stats_of(f).timed_out, before + 2);
        tapir_defragmenter_tick(f->defragmenter, f->time + most + 1);
        assert_int_equal(stats_of(f).timed_out, before + 3);
        assert_int_equal(stats_of(f).waiting, 0);
    }
}

static void the_oldest_go_first_when_there_are_too_many(void **state)
{
    static const uint8_t zeroes[64];
    struct fixture *f = *state;
    struct shape shape = {.version = 4};

    renew(f, (tapir_defragmenter_options){.max_datagrams = 10});
    for (shape.id = 0; shape.id < 15; shape.id++)
        assert_int_equal(add_fragment(f, &shape, 0, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(stats_of(f).waiting, 10);
    assert_int_equal(stats_of(f).evicted, 5);
    shape.id = 5;
    assert_int_equal(add_fragment(f, &shape, 16, false, zeroes, 16), TAPIR_FRAGMENT_LAST);
    shape.id = 4;
    assert_int_equal(add_fragment(f, &shape, 16, false, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(tapir_defragmenter_flush(f->defragmenter), 10);
    assert_int_equal(stats_of(f).flushed, 10);
    /* Of whatever kind. */
    assert_int_equal(add_fragment(f, &plain6, 0, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    for (shape.id = 0; shape.id < 10; shape.id++)
        assert_int_equal(add_fragment(f, &shape, 0, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    shape.id = 0;
    assert_int_equal(add_fragment(f, &shape, 16, false, zeroes, 16), TAPIR_FRAGMENT_LAST);
    assert_int_equal(add_fragment(f, &plain6, 16, false, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
}

static void a_flood_stays_within_the_memory_allowed(void **state)
{
    static uint8_t payload[2048];
    struct fixture *f = *state;
    const size_t most = 100000;

    renew(f, (tapir_defragmenter_options){.max_memory = most});
    for (unsigned i = 0; i < 60000; i++) {
        const struct shape shape = {.version = i % 2 ? 4 : 6, .id = (uint16_t)draw(65536)};
        const uint32_t offset = 8 * (1 + draw(8000)), units = draw(16) ? draw(3) : draw(180);
        tapir_fragment_fate fate =
            add_fragment(f, &shape, offset, draw(8) > 0, payload, 8 * (1 + units));
        assert_true(fate == TAPIR_FRAGMENT_TAKEN || fate == TAPIR_FRAGMENT_DROPPED);
        assert_true(stats_of(f).memory <= most);
    }
    assert_true(stats_of(f).evicted > 10000);
    assert_true(stats_of(f).most_memory < most + 4096);
    tapir_defragmenter_flush(f->defragmenter);
    /* What is left is the table. */
    assert_true(stats_of(f).memory <= 1024 * sizeof(void *));
}

static void one_that_needs_all_the_memory_is_given_up(void **state)
{
    static uint8_t payload[1024];
    struct fixture *f = *state;

    renew(f, (tapir_defragmenter_options){.max_memory = 20000});
    for (uint32_t at = 0; at < 19; at++)
        if (add_fragment(f, &plain, at * 1024, true, payload, 1024) != TAPIR_FRAGMENT_TAKEN)
            break;
    assert_int_equal(f->datagram.drop, TAPIR_DROP_MEMORY);
    assert_int_equal(stats_of(f).waiting, 0);
    assert_true(stats_of(f).memory <= 64 * sizeof(void *));
}

static void thousands_of_tiny_fragments_are_put_together(void **state)
{
    static uint8_t payload[ROOM];
    static struct part parts[MOST_FRAGMENTS];
    struct fixture *f = *state;
    const size_t len = 65515;
    size_t count = 0;

    for (uint32_t at = 0; at < len; at += 8)
        parts[count++] = (struct part){at, len - at < 8 ? (uint32_t)len - at : 8};
    fill_payload(payload, len);
    put_together(f, &plain, parts, count, payload, len);
    for (size_t i = 0; i < count / 2; i++) {
        struct part swap = parts[i];
        parts[i] = parts[count - 1 - i];
        parts[count - 1 - i] = swap;
    }
    put_together(f, &plain, parts, count, payload, len);
    shuffle(parts, count);
    put_together(f, &plain, parts, count, payload, len);
}

/* What the frame of that number has at a place of the datagram. */
static uint8_t pattern(uint64_t frame, uint32_t at)
{
    return (uint8_t)((frame * 2654435761u ^ at * 40503u) >> 7);
}

static tapir_fragment_fate add_pattern(
    struct fixture *f, const struct shape *shape, uint32_t at, bool more, uint32_t len)
{
    static uint8_t payload[4096];

    for (uint32_t i = 0; i < len; i++)
        payload[i] = pattern(f->number + 1, at + i);
    return add_fragment(f, shape, at, more, payload, len);
}

static void random_overlaps_end_in_a_datagram_of_what_its_pieces_say(void **state)
{
    struct fixture *f = *state;

    for (unsigned round = 0; round < 700; round++) {
        const tapir_overlap policy = (tapir_overlap)(TAPIR_OVERLAP_FIRST + round % 7);
        const struct shape shape = {.version = round % 2 ? 4 : 6};
        const uint8_t *bytes;
        renew(f, (tapir_defragmenter_options){.overlap = {policy, policy, policy}});
        for (uint32_t at = 0, len; at < 976; at += len) {
            len = 8 * (1 + draw(12));
            len = len < 976 - at ? len : 976 - at;
            assert_int_equal(add_pattern(f, &shape, at, true, len), TAPIR_FRAGMENT_TAKEN);
        }
        for (unsigned i = 0; i < 60; i++) {
            const uint32_t at = 8 * draw(100), len = 8 * (1 + draw(20));
            tapir_fragment_fate fate = add_pattern(f, &shape, at, true, len);
            assert_true(fate != TAPIR_FRAGMENT_LAST && fate != TAPIR_FRAGMENT_NONE);
        }
        assert_int_equal(add_pattern(f, &shape, 976, false, 1), TAPIR_FRAGMENT_LAST);
        check_pieces(&f->datagram, 977);
        bytes = f->datagram.frame.data + f->datagram.frame.caplen - 977;
        for (size_t i = 0; i < f->datagram.piece_count; i++) {
            const tapir_piece *piece = &f->datagram.pieces[i];
            for (uint32_t at = piece->offset; at < piece->offset + piece->len; at++)
                assert_int_equal(bytes[at], pattern(piece->frame, at));
        }
    }
}

static void virtual_networks_are_kept_apart(void **state)
{
    static const uint8_t zeroes[64];
    struct fixture *f = *state;
    struct shape a = {.version = 4, .vlan = true, .vlan_id = 1}, b = a;

    b.vlan_id = 2;
    assert_int_equal(add_fragment(f, &a, 0, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &b, 16, false, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &a, 16, false, zeroes, 16), TAPIR_FRAGMENT_LAST);
    a = (struct shape){.version = 4, .vxlan = true, .vni = 1};
    b = a;
    b.vni = 2;
    assert_int_equal(add_fragment(f, &a, 0, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &b, 16, false, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &a, 16, false, zeroes, 16), TAPIR_FRAGMENT_LAST);
}

static void an_atomic_fragment_is_none_and_mixes_with_none(void **state)
{
    static const uint8_t zeroes[64];
    struct fixture *f = *state;

    assert_int_equal(add_fragment(f, &plain6, 16, true, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &plain6, 0, false, zeroes, 16), TAPIR_FRAGMENT_NONE);
    assert_int_equal(add_fragment(f, &plain6, 32, false, zeroes, 16), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_fragment(f, &plain6, 0, true, zeroes, 16), TAPIR_FRAGMENT_LAST);
    assert_int_equal(stats_of(f).atomic, 1);
}

static void what_an_icmp_error_quotes_is_no_fragment(void **state)
{
    static const uint8_t zeroes[64];
    static uint8_t quoted[512], bytes[1024];
    struct fixture *f = *state;
    size_t quoted_len = make(&plain, true, 0, true, tapir_span_of(zeroes, 32), quoted) - 14;
    struct tapir_ipv4 ip;
    struct tapir_icmp icmp = {.type = 3, .code = 4};
    struct tapir_data data = {.bytes = tapir_span_of(quoted + 14, quoted_len)};
    const tapir_stack_layer stack[] = {
        TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(icmp, &icmp), TAPIR_LAYER(data, &data)};
    size_t len;

    tapir_layer_init(&tapir_ipv4_proto, &ip);
    len = build(stack, TAPIR_COUNT(stack), bytes);
    assert_int_equal(add(f, bytes, len, TAPIR_LINK_TYPE_IPV4), TAPIR_FRAGMENT_NONE);
    assert_non_null(tapir_packet_find(f->packet, &tapir_ipv4_proto, 1));
}

/* Cuts `inner`, a datagram of IPv4, into fragments of another one around it. */
static tapir_fragment_fate wrap_and_cut(
    struct fixture *f, tapir_span inner, uint16_t id, size_t part, bool reverse)
{
    static uint8_t bytes[ROOM];
    size_t count = (inner.len + part - 1) / part;
    tapir_fragment_fate fate = TAPIR_FRAGMENT_NONE;

    for (size_t i = 0; i < count; i++) {
        const size_t at = (reverse ? count - 1 - i : i) * part;
        const size_t len = inner.len - at < part ? inner.len - at : part;
        struct tapir_data data = {.bytes = tapir_span_of(inner.data + at, len)};
        struct tapir_ipv4 ip;
        const tapir_stack_layer stack[] = {TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(data, &data)};
        tapir_layer_init(&tapir_ipv4_proto, &ip);
        ip.id = id;
        ip.protocol = 4;
        ip.src[0] = 192;
        ip.flags = at + len < inner.len ? TAPIR_IPV4_MORE_FRAGMENTS : 0;
        ip.fragment_offset = (uint16_t)(at / 8);
        fate = add(f, bytes, build(stack, 2, bytes), TAPIR_LINK_TYPE_IPV4);
    }
    return fate;
}

static void fragments_inside_fragments_come_out_at_last(void **state)
{
    static uint8_t payload[256], inner[2][512], whole[512];
    struct fixture *f = *state;
    size_t len[2], whole_len;

    fill_payload(payload, 200);
    len[0] = make(&plain, true, 0, true, tapir_span_of(payload, 120), inner[0]) - 14;
    len[1] = make(&plain, true, 120, false, tapir_span_of(payload + 120, 80), inner[1]) - 14;
    whole_len = make(&plain, false, 0, false, tapir_span_of(payload, 200), whole) - 14;
    for (unsigned reverse = 0; reverse < 2; reverse++) {
        tapir_span parts[] = {
            tapir_span_of(inner[0] + 14, len[0]), tapir_span_of(inner[1] + 14, len[1])};
        assert_int_equal(wrap_and_cut(f, parts[reverse], 1, 48, reverse), TAPIR_FRAGMENT_TAKEN);
        assert_int_equal(wrap_and_cut(f, parts[!reverse], 2, 48, reverse), TAPIR_FRAGMENT_LAST);
        assert_int_equal(f->datagram.depth, 2);
        assert_int_equal(f->datagram.layer, 1);
        assert_int_equal(f->datagram.piece_count, 2);
        assert_int_equal(f->datagram.frame.caplen, 20 + whole_len);
        assert_memory_equal(f->datagram.frame.data + 20, whole + 14, whole_len);
        assert_int_equal(tapir_packet_finish(f->datagram.packet), TAPIR_OK);
    }
    assert_int_equal(stats_of(f).waiting, 0);
    renew(f, (tapir_defragmenter_options){.max_depth = 1});
    assert_drop(f, wrap_and_cut(f, tapir_span_of(inner[0] + 14, len[0]), 1, 48, false),
        TAPIR_DROP_TOO_DEEP);
}

static void what_no_tunnel_can_carry_stands_alone(void **state)
{
    static uint8_t payload[ROOM], whole[ROOM];
    static struct part parts[MOST_FRAGMENTS];
    struct fixture *f = *state;
    const struct shape tunnel = {.version = 4, .gre = true};
    const size_t len = 65515;
    size_t count = split(len, 1400, parts), whole_len;

    f->has_vlan = true;
    fill_payload(payload, len);
    for (size_t i = 0; i < count; i++)
        add_fragment(
            f, &tunnel, parts[i].offset, i + 1 < count, payload + parts[i].offset, parts[i].len);
    whole_len =
        make(&(struct shape){.version = 4}, false, 0, false, tapir_span_of(payload, len), whole);
    assert_non_null(f->datagram.frame.data);
    assert_int_equal(f->datagram.frame.link_type, TAPIR_LINK_TYPE_IPV4);
    assert_false(f->datagram.frame.has_vlan);
    assert_int_equal(f->datagram.layer, 0);
    assert_int_equal(f->datagram.frame.caplen, whole_len - 14);
    assert_memory_equal(f->datagram.frame.data, whole + 14, whole_len - 14);
}

static void padding_and_check_sequence_of_the_link_are_left_out(void **state)
{
    static const uint8_t zeroes[64];
    static uint8_t bytes[512], whole[512];
    struct fixture *f = *state;
    size_t len = make(&plain, true, 0, true, tapir_span_of(zeroes, 8), bytes), whole_len;

    memset(bytes + len, 0xee, 64 - len);
    for (f->fcs_len = 0; f->fcs_len <= 4; f->fcs_len += 4) {
        assert_int_equal(add(f, bytes, 64, TAPIR_LINK_TYPE_ETHERNET), TAPIR_FRAGMENT_TAKEN);
        whole_len = make(&plain, true, 8, false, tapir_span_of(zeroes, 3), whole) + f->fcs_len;
        assert_int_equal(add(f, whole, whole_len, TAPIR_LINK_TYPE_ETHERNET), TAPIR_FRAGMENT_LAST);
        whole_len = make(&plain, false, 0, false, tapir_span_of(zeroes, 11), whole);
        assert_int_equal(f->datagram.frame.caplen, whole_len);
        assert_int_equal(f->datagram.frame.fcs_len, 0);
        assert_memory_equal(f->datagram.frame.data, whole, whole_len);
    }
}

/* A fragment of a message of LCM with `count` parts, in UDP. */
static tapir_fragment_fate add_lcm(struct fixture *f, uint32_t sequence, size_t index, size_t count,
    size_t part, const uint8_t *message, size_t size)
{
    static uint8_t bytes[ROOM];
    const size_t at = index * part, len = index + 1 < count ? part : size - at;
    struct tapir_ipv4 ip;
    struct tapir_udp udp = {.src_port = 40000, .dst_port = 7667};
    struct tapir_lcm lcm = {.magic = TAPIR_LCM_FRAGMENT,
        .sequence = sequence,
        .size = (uint32_t)size,
        .offset = (uint32_t)at,
        .fragment = (uint16_t)index,
        .fragments = (uint16_t)count,
        .channel = tapir_span_of("POSE", 4)};
    struct tapir_data data = {.bytes = tapir_span_of(message + at, len)};
    const tapir_stack_layer stack[] = {TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(ipv4, &ip),
        TAPIR_LAYER(udp, &udp), TAPIR_LAYER(lcm, &lcm), TAPIR_LAYER(data, &data)};

    tapir_layer_init(&tapir_ipv4_proto, &ip);
    return add(f, bytes, build(stack, TAPIR_COUNT(stack), bytes), TAPIR_LINK_TYPE_ETHERNET);
}

static void check_message(struct fixture *f, uint32_t sequence, const uint8_t *message, size_t size)
{
    const tapir_layer *layer = tapir_packet_layer(f->datagram.packet, f->datagram.layer);
    const struct tapir_lcm *lcm = TAPIR_AS(layer, lcm);

    assert_non_null(lcm);
    assert_int_equal(lcm->magic, TAPIR_LCM_SHORT);
    assert_int_equal(lcm->sequence, sequence);
    assert_int_equal(lcm->channel.len, 4);
    assert_memory_equal(lcm->channel.data, "POSE", 4);
    assert_int_equal(layer->payload_len, size);
    assert_memory_equal(tapir_layer_payload(layer).data, message, size);
    assert_int_equal(tapir_packet_finish(f->datagram.packet), TAPIR_OK);
}

static void messages_of_lcm_are_put_together(void **state)
{
    static uint8_t message[300000];
    struct fixture *f = *state;
    tapir_checksum checksum;

    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)draw(256);
    assert_int_equal(add_lcm(f, 7, 2, 3, 1001, message, 2500), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_lcm(f, 8, 1, 3, 1001, message, 2500), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_lcm(f, 7, 0, 3, 1001, message, 2500), TAPIR_FRAGMENT_TAKEN);
    assert_int_equal(add_lcm(f, 7, 1, 3, 1001, message, 2500), TAPIR_FRAGMENT_LAST);
    check_message(f, 7, message, 2500);
    assert_true(tapir_packet_verify(
        f->datagram.packet, tapir_packet_layer(f->datagram.packet, 2), &checksum));
    assert_true(checksum.present && checksum.good);
    /* More than a datagram holds. */
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(add_lcm(f, 9, 6 - i, 7, 45000, message, sizeof message),
            i < 6 ? TAPIR_FRAGMENT_TAKEN : TAPIR_FRAGMENT_LAST);
    assert_ptr_equal(f->datagram.first, &tapir_lcm_proto);
    assert_int_equal(f->datagram.frame.link_type, TAPIR_LINK_TYPE_UNKNOWN);
    check_message(f, 9, message, sizeof message);
    /* Of another length than the others say; more than may be kept. */
    assert_drop(f, add_lcm(f, 8, 0, 3, 1001, message, 2600), TAPIR_DROP_BAD_END);
    renew(f, (tapir_defragmenter_options){.max_memory = 100000});
    assert_drop(f, add_lcm(f, 9, 0, 7, 45000, message, sizeof message), TAPIR_DROP_MEMORY);
}

static void what_is_to_be_ignored_is_left_alone(void **state)
{
    static const uint8_t zeroes[64];
    struct fixture *f = *state;

    renew(f, (tapir_defragmenter_options){.ignore = {true, true, true}});
    assert_int_equal(add_fragment(f, &plain, 0, true, zeroes, 8), TAPIR_FRAGMENT_NONE);
    assert_int_equal(add_fragment(f, &plain6, 0, true, zeroes, 8), TAPIR_FRAGMENT_NONE);
    assert_int_equal(add_lcm(f, 7, 0, 2, 8, zeroes, 16), TAPIR_FRAGMENT_NONE);
    assert_int_equal(stats_of(f).packets, 3);
}

static void every_reason_has_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TAPIR_DROPS; i++)
        assert_true(strlen(tapir_fragment_drop_text((tapir_fragment_drop)i)) > 5);
    assert_string_equal(tapir_fragment_drop_text(TAPIR_DROPS), "unknown reason");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(any_order_and_any_cuts_give_the_same_datagram),
        TEST(overlaps_end_as_in_the_papers),
        TEST(ipv4_is_put_together_as_by_linux_unless_told_otherwise),
        TEST(an_overlap_rejects_all_of_the_datagram),
        TEST(other_bytes_in_the_same_place_are_no_duplicate),
        TEST(a_fragment_without_new_bytes_may_tell_the_end),
        TEST(what_makes_no_sense_is_dropped_with_its_reason),
        TEST(a_wrong_checksum_is_taken_or_not_and_right_in_the_whole),
        TEST(age_gives_up_what_waits),
        TEST(the_oldest_go_first_when_there_are_too_many),
        TEST(a_flood_stays_within_the_memory_allowed),
        TEST(one_that_needs_all_the_memory_is_given_up),
        TEST(thousands_of_tiny_fragments_are_put_together),
        TEST(random_overlaps_end_in_a_datagram_of_what_its_pieces_say),
        TEST(virtual_networks_are_kept_apart),
        TEST(an_atomic_fragment_is_none_and_mixes_with_none),
        TEST(what_an_icmp_error_quotes_is_no_fragment),
        TEST(fragments_inside_fragments_come_out_at_last),
        TEST(what_no_tunnel_can_carry_stands_alone),
        TEST(padding_and_check_sequence_of_the_link_are_left_out),
        TEST(messages_of_lcm_are_put_together),
        TEST(what_is_to_be_ignored_is_left_alone),
        TEST(every_reason_has_words),
    };

    return cmocka_run_group_tests_name("defragment", tests, NULL, NULL);
}
