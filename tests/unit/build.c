/* Building packets: what is filled in, what is kept, what is refused and how that is said. */
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "frames.h"

#define ROOM (1 << 18)

static uint8_t buffer[ROOM], payload[1 << 17];
static tapir_span built;
static tapir_error error;
static tapir_packet *packet;

static struct tapir_ethernet ethernet;
static struct tapir_vlan vlan;
static struct tapir_ipv4 ip;
static struct tapir_ipv6 ip6;
static struct tapir_tcp tcp;
static struct tapir_udp udp;
static struct tapir_icmp icmp;
static struct tapir_icmpv6 icmp6;
static struct tapir_gre gre;
static struct tapir_vxlan vxlan;
static struct tapir_data data;
static struct tapir_ipv6_hopopts hopopts;
static struct tapir_ipv6_routing routing;
static struct tapir_ipv6_fragment fragment;

static int start(void **state)
{
    static const uint8_t dst[6] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55},
                         src[6] = {0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb};

    (void)state;
#define INIT(name, member) tapir_layer_init(&tapir_##name##_proto, &member)
    INIT(ethernet, ethernet);
    INIT(vlan, vlan);
    INIT(ipv4, ip);
    INIT(ipv6, ip6);
    INIT(tcp, tcp);
    INIT(udp, udp);
    INIT(icmp, icmp);
    INIT(icmpv6, icmp6);
    INIT(gre, gre);
    INIT(vxlan, vxlan);
    INIT(ipv6_hopopts, hopopts);
    INIT(ipv6_routing, routing);
    INIT(ipv6_fragment, fragment);
#undef INIT
    memcpy(ethernet.dst, dst, 6);
    memcpy(ethernet.src, src, 6);
    memcpy(ip.src, "\x0a\x00\x00\x01", 4);
    memcpy(ip.dst, "\x0a\x00\x00\x02", 4);
    memset(ip6.src, 0x20, 16);
    memset(ip6.dst, 0x30, 16);
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)(i * 7 + 1);
    data = (struct tapir_data){.bytes = {payload, 4}};
    error = (tapir_error){.message = ""};
    packet = tapir_packet_new(NULL);
    return packet ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    tapir_packet_free(packet);
    return 0;
}

static void build_with(
    const tapir_stack_layer *layers, size_t count, const tapir_build_options *options)
{
    if (tapir_build(layers, count, options, buffer, sizeof buffer, &built, &error) != TAPIR_OK)
        fail_msg("%s", error.message);
}

#define BUILD(...)                                                                                 \
    build_with((const tapir_stack_layer[]){__VA_ARGS__},                                           \
        TAPIR_COUNT(((const tapir_stack_layer[]){__VA_ARGS__})), NULL)

#define BUILD_KEEPING(keep_, ...)                                                                  \
    build_with((const tapir_stack_layer[]){__VA_ARGS__},                                           \
        TAPIR_COUNT(((const tapir_stack_layer[]){__VA_ARGS__})),                                   \
        &(tapir_build_options){.size = sizeof(tapir_build_options), .keep = keep_})

static void refuse(
    const tapir_stack_layer *layers, size_t count, tapir_status status, const char *message)
{
    assert_int_equal(
        tapir_build(layers, count, NULL, buffer, sizeof buffer, &built, &error), status);
    assert_int_equal(error.code, status);
    assert_string_equal(error.message, message);
    assert_int_equal(tapir_build(layers, count, NULL, buffer, sizeof buffer, &built, NULL), status);
}

#define REFUSED(status, message, ...)                                                              \
    refuse((const tapir_stack_layer[]){__VA_ARGS__},                                               \
        TAPIR_COUNT(((const tapir_stack_layer[]){__VA_ARGS__})), status, message)

#define ETHERNET TAPIR_LAYER(ethernet, &ethernet)
#define VLAN     TAPIR_LAYER(vlan, &vlan)
#define IPV4     TAPIR_LAYER(ipv4, &ip)
#define IPV6     TAPIR_LAYER(ipv6, &ip6)
#define TCP      TAPIR_LAYER(tcp, &tcp)
#define UDP      TAPIR_LAYER(udp, &udp)
#define ICMP     TAPIR_LAYER(icmp, &icmp)
#define ICMPV6   TAPIR_LAYER(icmpv6, &icmp6)
#define GRE      TAPIR_LAYER(gre, &gre)
#define VXLAN    TAPIR_LAYER(vxlan, &vxlan)
#define HOPOPTS  TAPIR_LAYER(ipv6_hopopts, &hopopts)
#define ROUTING  TAPIR_LAYER(ipv6_routing, &routing)
#define FRAGMENT TAPIR_LAYER(ipv6_fragment, &fragment)
#define DATA     TAPIR_LAYER(data, &data)

static void assert_built(const char *hex)
{
    size_t digits = 0;

    for (; *hex; hex++) {
        unsigned digit = (unsigned)(*hex <= '9' ? *hex - '0' : *hex - 'a' + 10);
        unsigned byte;
        if (*hex == ' ')
            continue;
        assert_true(digits / 2 < built.len);
        byte = built.data[digits / 2];
        if ((digits % 2 ? byte & 15 : byte >> 4) != digit)
            fail_msg("byte %zu is %02x", digits / 2, byte);
        digits++;
    }
    assert_int_equal(built.len, digits / 2);
}

static unsigned at16(size_t offset)
{
    assert_true(offset + 2 <= built.len);
    return (unsigned)(built.data[offset] << 8 | built.data[offset + 1]);
}

/* RFC 1071, byte by byte, so that it has nothing in common with the library's. */
static uint32_t plain_sum(uint32_t sum, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/* Whether what is built from `offset` on sums up with the pseudo-header. */
static void assert_sums_up(
    size_t offset, const uint8_t *src, const uint8_t *dst, size_t address_len, unsigned protocol)
{
    uint32_t sum = plain_sum(0, src, address_len);
    size_t len = built.len - offset;

    sum = plain_sum(sum, dst, address_len);
    sum += protocol + (uint32_t)(len >> 16) + (uint32_t)(len & 0xffff);
    assert_int_equal(plain_sum(sum, built.data + offset, len), 0xffff);
}

static void decode(const tapir_proto *first)
{
    static tapir_frame frame;

    frame = (tapir_frame){
        .data = built.data, .caplen = (uint32_t)built.len, .len = (uint32_t)built.len};
    tapir_packet_start_at(packet, &frame, first);
    assert_int_equal(tapir_packet_finish(packet), TAPIR_OK);
}

/* The names of the layers that are found in what was built, "eth ip udp". */
static void assert_found(const tapir_proto *first, const char *names)
{
    char found[256] = "";
    size_t count;
    const tapir_layer *layers;

    decode(first);
    layers = tapir_packet_layers(packet, &count);
    for (size_t i = 0; i < count; i++) {
        tapir_checksum checksum;
        strncat(found, i ? " " : "", sizeof found - strlen(found) - 1);
        strncat(found, layers[i].proto->name, sizeof found - strlen(found) - 1);
        if (tapir_packet_verify(packet, &layers[i], &checksum) && checksum.present &&
            checksum.verifiable && !checksum.good)
            fail_msg("checksum of %s: %04x, not %04x", layers[i].proto->name, checksum.actual,
                checksum.expected);
    }
    assert_string_equal(found, names);
}

/* What is filled in, and what is kept. */

static void everything_is_filled_in(void **state)
{
    const tapir_build_options padded = {.size = sizeof padded, .ethernet_pad = true};
    const tapir_stack_layer layers[] = {ETHERNET, IPV4, UDP, DATA};

    (void)state;
    ip.id = 0x1234;
    ip.flags = TAPIR_IPV4_DONT_FRAGMENT;
    udp = (struct tapir_udp){.src_port = 50000, .dst_port = 7};
    memcpy(payload, "\1\2\3\4", 4);
    BUILD(ETHERNET, IPV4, UDP, DATA);
    assert_int_equal(built.len, 46);
    assert_memory_equal(built.data, udp_frame, 46);
    build_with(layers, 4, &padded);
    assert_int_equal(built.len, sizeof udp_frame);
    assert_memory_equal(built.data, udp_frame, sizeof udp_frame);
}

static void wrong_values_are_put_right(void **state)
{
    (void)state;
    ethernet.type = 0x1234;
    ip.id = 0x1234;
    ip.flags = TAPIR_IPV4_DONT_FRAGMENT;
    ip.version = 99;
    ip.header_words = 99;
    ip.length = 7;
    ip.protocol = 99;
    ip.checksum = 0xabcd;
    udp = (struct tapir_udp){.src_port = 50000, .dst_port = 7, .length = 3, .checksum = 4};
    memcpy(payload, "\1\2\3\4", 4);
    BUILD(ETHERNET, IPV4, UDP, DATA);
    assert_memory_equal(built.data, udp_frame, 46);
}

/* Each kind of value is kept by itself, of one layer or of all. */
static void what_is_kept_stays_as_given(void **state)
{
    static const struct {
        unsigned keep;
        const char *ip, *udp;
    } kinds[] = {
        {0, "45000020 00000000 4011 66cb 0a000001 0a000002", "0035 0035 000c eb69"},
        {TAPIR_LENGTHS, "47000009 00000000 4011 64e2 0a000001 0a000002", "0035 0035 0003 eb72"},
        {TAPIR_KEYS, "35000020 00000000 4063 7679 0a000001 0a000002", "0035 0035 000c eb69"},
        {TAPIR_CHECKSUMS, "45000020 00000000 4011 1234 0a000001 0a000002", "0035 0035 000c 4321"},
        {TAPIR_EVERYTHING, "37000009 00000000 4063 1234 0a000001 0a000002", "0035 0035 0003 4321"},
    };

    (void)state;
    ip.version = 3;
    ip.header_words = 7;
    ip.length = 9;
    ip.protocol = 99;
    ip.checksum = 0x1234;
    udp = (struct tapir_udp){.src_port = 53, .dst_port = 53, .length = 3, .checksum = 0x4321};
    memset(payload, 0, 4);
    for (size_t i = 0; i < TAPIR_COUNT(kinds); i++) {
        unsigned keep = kinds[i].keep;
        char hex[128];
        uint8_t once[64];
        snprintf(hex, sizeof hex, "%s %s 00000000", kinds[i].ip, kinds[i].udp);
        BUILD_KEEPING(keep, IPV4, UDP, DATA);
        assert_built(hex);
        memcpy(once, built.data, built.len);
        BUILD(TAPIR_LAYER_AS_GIVEN(ipv4, &ip, keep), TAPIR_LAYER_AS_GIVEN(udp, &udp, keep), DATA);
        assert_memory_equal(built.data, once, built.len);
        BUILD(TAPIR_LAYER_AS_GIVEN(ipv4, &ip, keep), UDP, DATA);
        snprintf(hex, sizeof hex, "%s %s 00000000", kinds[i].ip, kinds[0].udp);
        assert_built(hex);
    }
    assert_int_equal(
        tapir_encode((const tapir_stack_layer[]){IPV4, UDP, DATA}, 3, buffer, ROOM, &built, NULL),
        TAPIR_OK);
    assert_built("37000009 00000000 4063 1234 0a000001 0a000002 0035 0035 0003 4321 00000000");
}

static void options_of_an_older_program_are_taken(void **state)
{
    const tapir_build_options older = {
        .size = offsetof(tapir_build_options, ethernet_pad), .ethernet_pad = true};
    const tapir_stack_layer layers[] = {ETHERNET, IPV4, UDP};

    (void)state;
    build_with(layers, 3, &older);
    assert_int_equal(built.len, 42);
}

/* Checksums. */

static void sums_hold_for_every_length(void **state)
{
    static const uint8_t options[40] = {1, 1, 1, 1};

    (void)state;
    for (size_t len = 0; len < 300; len++) {
        data.bytes.len = len;
        tcp.options = tapir_span_of(options, len % 41);
        BUILD(IPV4, TCP, DATA);
        assert_sums_up(20, ip.src, ip.dst, 4, 6);
        assert_int_equal(plain_sum(0, built.data, 20), 0xffff);
        BUILD(IPV6, TCP, DATA);
        assert_sums_up(40, ip6.src, ip6.dst, 16, 6);
        BUILD(IPV4, UDP, DATA);
        assert_sums_up(20, ip.src, ip.dst, 4, 17);
        BUILD(IPV6, UDP, DATA);
        assert_sums_up(40, ip6.src, ip6.dst, 16, 17);
        BUILD(IPV6, ICMPV6, DATA);
        assert_sums_up(40, ip6.src, ip6.dst, 16, 58);
        BUILD(IPV4, ICMP, DATA);
        assert_int_equal(plain_sum(0, built.data + 20, built.len - 20), 0xffff);
        gre.flags = TAPIR_GRE_CHECKSUM;
        BUILD(IPV4, GRE, IPV6, TCP, DATA);
        assert_int_equal(plain_sum(0, built.data + 20, built.len - 20), 0xffff);
        assert_sums_up(20 + 8 + 40, ip6.src, ip6.dst, 16, 6);
        BUILD(IPV4, UDP, VXLAN, ETHERNET, IPV4, UDP, DATA);
        assert_sums_up(20, ip.src, ip.dst, 4, 17);
        assert_sums_up(70, ip.src, ip.dst, 4, 17);
    }
}

/* Headers of odd length, and data in front of layers: where a sum begins anew at an odd place. */
static void sums_hold_at_odd_places(void **state)
{
    struct tapir_data odd = {.bytes = {payload, 0}};

    (void)state;
    for (size_t len = 0; len < 40; len++)
        for (size_t inner = 0; inner < 9; inner++) {
            odd.bytes.len = len;
            data.bytes.len = inner;
            BUILD(IPV4, TCP, TAPIR_LAYER(data, &odd), IPV6, UDP, DATA);
            assert_sums_up(20, ip.src, ip.dst, 4, 6);
            assert_sums_up(20 + 20 + len + 40, ip6.src, ip6.dst, 16, 17);
            icmp6.type = TAPIR_ICMPV6_ROUTER_SOLICITATION;
            icmp6.items = odd.bytes;
            BUILD(IPV6, ICMPV6, DATA);
            assert_sums_up(40, ip6.src, ip6.dst, 16, 58);
            tcp.options = odd.bytes;
            BUILD(IPV4, TAPIR_LAYER_AS_GIVEN(tcp, &tcp, TAPIR_PADDING | TAPIR_LENGTHS), UDP, DATA);
            assert_sums_up(20, ip.src, ip.dst, 4, 6);
            tcp.options.len = 0;
        }
}

static void sums_hold_with_trailers(void **state)
{
    (void)state;
    for (size_t len = 0; len < 9; len++)
        for (size_t inner = 0; inner < 9; inner++) {
            tapir_stack_layer layers[] = {IPV4, UDP, DATA};
            data.bytes.len = inner;
            layers[1].trailer = tapir_span_of(payload + 100, len);
            build_with(layers, 3, NULL);
            assert_int_equal(at16(2), 28 + inner + len);
            assert_int_equal(at16(24), 8 + inner + len);
            assert_sums_up(20, ip.src, ip.dst, 4, 17);
            assert_memory_equal(built.data + built.len - len, payload + 100, len);
            /* One of the IP layer is inside its length and outside UDP's. */
            layers[0].trailer = layers[1].trailer;
            layers[1].trailer.len = 0;
            build_with(layers, 3, NULL);
            assert_int_equal(at16(2), 28 + inner + len);
            assert_int_equal(at16(24), 8 + inner);
            built.len -= len;
            assert_sums_up(20, ip.src, ip.dst, 4, 17);
        }
}

static void a_computed_zero_of_udp_goes_out_as_all_ones(void **state)
{
    unsigned checksum;

    (void)state;
    memset(payload, 0, 2);
    data.bytes.len = 2;
    BUILD(IPV4, UDP, DATA);
    checksum = at16(26);
    payload[0] = (uint8_t)(checksum >> 8);
    payload[1] = (uint8_t)checksum;
    BUILD(IPV4, UDP, DATA);
    assert_int_equal(at16(26), 0xffff);
    assert_sums_up(20, ip.src, ip.dst, 4, 17);
    /* A sum outside counts it as what stands there. */
    gre.flags = TAPIR_GRE_CHECKSUM;
    BUILD(IPV4, GRE, IPV4, UDP, DATA);
    assert_int_equal(at16(20 + 8 + 26), 0xffff);
    assert_int_equal(plain_sum(0, built.data + 20, built.len - 20), 0xffff);
}

/* RFC 768, RFC 6936: a program that wants none keeps the 0. */
static void udp_is_sent_without_checksum_on_request(void **state)
{
    (void)state;
    BUILD(IPV4, TAPIR_LAYER_AS_GIVEN(udp, &udp, TAPIR_CHECKSUMS), DATA);
    assert_int_equal(at16(26), 0);
    BUILD(IPV6, TAPIR_LAYER_AS_GIVEN(udp, &udp, TAPIR_CHECKSUMS), VXLAN, ETHERNET);
    assert_int_equal(at16(46), 0);
    udp.checksum = 0x1234;
    BUILD(IPV4, TAPIR_LAYER_AS_GIVEN(udp, &udp, TAPIR_CHECKSUMS), DATA);
    assert_int_equal(at16(26), 0x1234);
}

static void the_checksum_of_a_fragment_is_kept(void **state)
{
    (void)state;
    tcp.checksum = udp.checksum = icmp.checksum = icmp6.checksum = 0x1234;
    for (unsigned i = 0; i < 2; i++) {
        ip.flags = i ? TAPIR_IPV4_MORE_FRAGMENTS : 0;
        ip.fragment_offset = !i;
        fragment.more_fragments = i;
        fragment.fragment_offset = !i;
        BUILD(IPV4, TCP, DATA);
        assert_int_equal(at16(36), 0x1234);
        assert_int_equal(plain_sum(0, built.data, 20), 0xffff);
        BUILD(IPV4, UDP, DATA);
        assert_int_equal(at16(26), 0x1234);
        BUILD(IPV4, ICMP, DATA);
        assert_int_equal(at16(22), 0x1234);
        BUILD(IPV6, FRAGMENT, UDP, DATA);
        assert_int_equal(at16(54), 0x1234);
        BUILD(IPV6, FRAGMENT, ICMPV6, DATA);
        assert_int_equal(at16(50), 0x1234);
    }
    /* An atomic fragment is whole (RFC 6946). */
    fragment.more_fragments = false;
    fragment.fragment_offset = 0;
    BUILD(IPV6, FRAGMENT, UDP, DATA);
    assert_sums_up(48, ip6.src, ip6.dst, 16, 17);
    /* A tunnel's fragment says nothing of the packet inside. */
    BUILD(IPV4, IPV6, UDP, DATA);
    ip.flags = TAPIR_IPV4_MORE_FRAGMENTS;
    BUILD(IPV4, IPV6, UDP, DATA);
    assert_sums_up(60, ip6.src, ip6.dst, 16, 17);
}

/* RFC 8200 8.1: the sum has the address the packet ends up at. */
static void checksums_cover_the_end_of_a_route(void **state)
{
    uint8_t route[4 + 32] = {0}, segments[4 + 32] = {1};

    (void)state;
    memset(route + 4, 0x41, 16);
    memset(route + 20, 0x42, 16);
    routing.data = tapir_span_of(route, sizeof route);
    routing.segments_left = 2;
    BUILD(IPV6, ROUTING, UDP, DATA);
    assert_int_equal(built.data[41], 4);
    assert_sums_up(40 + 40, ip6.src, route + 20, 16, 17);
    routing.length = 77; /* what is filled in does not matter before */
    BUILD(IPV6, ROUTING, TCP, DATA);
    assert_sums_up(40 + 40, ip6.src, route + 20, 16, 6);
    BUILD(IPV6, ROUTING, ICMPV6, DATA);
    assert_sums_up(40 + 40, ip6.src, route + 20, 16, 58);
    routing.segments_left = 0;
    BUILD(IPV6, ROUTING, UDP, DATA);
    assert_sums_up(40 + 40, ip6.src, ip6.dst, 16, 17);

    memset(segments + 4, 0x51, 16); /* the last segment comes first (RFC 8754 2) */
    memset(segments + 20, 0x52, 16);
    routing.type = TAPIR_IPV6_ROUTING_SEGMENT;
    routing.segments_left = 1;
    routing.data = tapir_span_of(segments, sizeof segments);
    BUILD(IPV6, ROUTING, UDP, DATA);
    assert_sums_up(40 + 40, ip6.src, segments + 4, 16, 17);
    assert_found(&tapir_ipv6_proto, "ipv6 ipv6.routing udp data");
    routing.type = TAPIR_IPV6_ROUTING_RPL; /* how many addresses there are hangs on the length */
    routing.length = 0;
    routing.data = tapir_span_of(route, 4 + 32);
    BUILD(IPV6, ROUTING, UDP, DATA);
    assert_sums_up(40 + 40, ip6.src, route + 20, 16, 17);
    routing.type = TAPIR_IPV6_ROUTING_SEGMENT;
    routing.data = tapir_span_of(segments, 4);
    REFUSED(TAPIR_INVALID,
        "layer 2, udp.checksum: the route outside does not tell the address it covers; keep the "
        "checksum as given",
        IPV6, ROUTING, UDP, DATA);
}

static void checksums_cover_the_end_of_a_source_route(void **state)
{
    static const uint8_t options[] = {131, 11, 4, 1, 2, 3, 4, 5, 6, 7, 8},
                         visited[] = {131, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8};

    (void)state;
    ip.options = tapir_span_of(options, sizeof options);
    BUILD(IPV4, UDP, DATA);
    assert_int_equal(built.data[0], 0x48);
    assert_sums_up(32, ip.src, options + 7, 4, 17);
    assert_found(&tapir_ipv4_proto, "ip udp data");
    ip.options = tapir_span_of(visited, sizeof visited);
    BUILD(IPV4, UDP, DATA);
    assert_sums_up(32, ip.src, ip.dst, 4, 17);
}

/* Lengths and padding. */

static void options_are_padded_to_their_unit(void **state)
{
    static const uint8_t one[] = {5, 2, 0, 0, 1, 0, 3, 4, 5, 6};

    (void)state;
    for (size_t len = 0; len <= 8; len++) {
        static const char *const padded[] = {"1100 010400000000", "1100 05 0103000000",
            "1100 0502 01020000", "1100 050200 010100", "1100 05020000 0100", "1100 0502000001 00",
            "1100 050200000100", "1101 05020000010003 010500 00000000 ",
            "1101 0502000001000304 0104 00000000"};
        char hex[128];
        hopopts.options = tapir_span_of(one, len);
        BUILD_KEEPING(TAPIR_CHECKSUMS, HOPOPTS, UDP);
        snprintf(hex, sizeof hex, "%s 0000 0000 0008 0000", padded[len]);
        assert_built(hex);
    }
    tcp.options = ip.options = tapir_span_of("\1\1\1\1\1", 5);
    BUILD(IPV4, TCP);
    assert_int_equal(built.data[0], 0x47);
    assert_memory_equal(built.data + 20, "\1\1\1\1\1\0\0\0", 8);
    assert_int_equal(built.data[28 + 12], 0x70);
    assert_memory_equal(built.data + 48, "\1\1\1\1\1\0\0\0", 8);
    routing.data = tapir_span_of("\1\2\3\4\5", 5);
    routing.type = 9;
    BUILD_KEEPING(TAPIR_CHECKSUMS, ROUTING, UDP);
    assert_built("1101 0900 0102030405 00000000000000 0000 0000 0008 0000");
}

static void a_header_of_no_whole_units_has_no_length(void **state)
{
    static const uint8_t options[8] = {1, 1, 1};

    (void)state;
    ip.options = tcp.options = hopopts.options = routing.data = tapir_span_of(options, 3);
#define MESSAGE(layer, field, len, unit)                                                           \
    "layer " layer ", " field ": a header of " len " bytes is no multiple of " unit                \
    "; let its padding be filled in, or keep the lengths"
    REFUSED(TAPIR_INVALID, MESSAGE("0", "ip.hdr_len", "23", "4"),
        TAPIR_LAYER_AS_GIVEN(ipv4, &ip, TAPIR_PADDING));
    REFUSED(TAPIR_INVALID, MESSAGE("1", "tcp.hdr_len", "23", "4"), IPV6,
        TAPIR_LAYER_AS_GIVEN(tcp, &tcp, TAPIR_PADDING));
    REFUSED(TAPIR_INVALID, MESSAGE("0", "ipv6.hopopts.len", "5", "8"),
        TAPIR_LAYER_AS_GIVEN(ipv6_hopopts, &hopopts, TAPIR_PADDING));
    REFUSED(TAPIR_INVALID, MESSAGE("0", "ipv6.routing.len", "7", "8"),
        TAPIR_LAYER_AS_GIVEN(ipv6_routing, &routing, TAPIR_PADDING));
#undef MESSAGE
    BUILD(TAPIR_LAYER_AS_GIVEN(ipv6_hopopts, &hopopts, TAPIR_PADDING | TAPIR_LENGTHS));
    assert_built("0000 010101");
}

static void what_does_not_fit_is_refused(void **state)
{
    static const uint8_t long_options[4096] = {0};

    (void)state;
    data.bytes.len = 65535 - 28;
    BUILD(IPV4, UDP, DATA);
    assert_int_equal(at16(2), 65535);
    data.bytes.len = 65535 - 27;
    REFUSED(
        TAPIR_TOO_WIDE, "layer 0, ip.len: 65536 does not fit, 65535 is the most", IPV4, UDP, DATA);
    data.bytes.len = 65535 - 7;
    REFUSED(TAPIR_TOO_WIDE, "layer 1, udp.length: 65536 does not fit, 65535 is the most", IPV4, UDP,
        DATA);
    REFUSED(TAPIR_TOO_WIDE, "layer 0, ipv6.plen: 65536 does not fit, 65535 is the most", IPV6, UDP,
        DATA);
    BUILD(IPV4, TAPIR_LAYER_AS_GIVEN(udp, &udp, TAPIR_LENGTHS));
    data.bytes.len = 65536;
    gre.flags = TAPIR_GRE_KEY | 1;
    REFUSED(TAPIR_TOO_WIDE,
        "layer 0, gre.key.payload_length: 65536 does not fit, 65535 is the most", GRE, DATA);
    data.bytes.len = 1501;
    ethernet.type = vlan.type = 0;
    REFUSED(
        TAPIR_TOO_WIDE, "layer 0, eth.len: 1501 does not fit, 1500 is the most", ETHERNET, DATA);
    REFUSED(TAPIR_TOO_WIDE, "layer 1, vlan.len: 1501 does not fit, 1500 is the most", ETHERNET,
        VLAN, DATA);
    ip.options = tcp.options = tapir_span_of(long_options, 41);
    REFUSED(TAPIR_TOO_WIDE, "layer 0, ip.options: 41 bytes do not fit, 40 are the most", IPV4);
    REFUSED(
        TAPIR_TOO_WIDE, "layer 1, tcp.options: 41 bytes do not fit, 40 are the most", IPV6, TCP);
    hopopts.options = tapir_span_of(long_options, 2046);
    BUILD(HOPOPTS);
    assert_int_equal(built.data[1], 255);
    hopopts.options.len++;
    REFUSED(TAPIR_TOO_WIDE,
        "layer 0, ipv6.hopopts.len: 2047 bytes of options do not fit, 2046 are the most", HOPOPTS);
    routing.data = tapir_span_of(long_options, 2044);
    BUILD(ROUTING);
    assert_int_equal(built.data[1], 255);
    routing.data.len++;
    REFUSED(TAPIR_TOO_WIDE,
        "layer 0, ipv6.routing.len: 2045 bytes of data do not fit, 2044 are the most", ROUTING);
}

/* The value that is too wide is named, not one that was filled in. */
static void too_wide_values_are_named(void **state)
{
    (void)state;
    ip.version = ip.header_words = 99;
    ip.flags = 9;
    REFUSED(TAPIR_TOO_WIDE, "layer 1, ip.flags: 9 does not fit in 3 bits", ETHERNET, IPV4, UDP);
    ip.flags = 0;
    vlan.id = 4096;
    REFUSED(TAPIR_TOO_WIDE, "layer 1, vlan.id: 4096 does not fit in 12 bits", ETHERNET, VLAN, IPV4);
    ip6.flow_label = 1 << 20;
    REFUSED(TAPIR_TOO_WIDE, "layer 0, ipv6.flow: 1048576 does not fit in 20 bits", IPV6);
    vxlan.vni = 1 << 24;
    REFUSED(TAPIR_TOO_WIDE, "layer 0, vxlan.vni: 16777216 does not fit in 24 bits", VXLAN);
    icmp = (struct tapir_icmp){.type = TAPIR_ICMP_EXTENDED_ECHO_REPLY, .extended_echo.state = 8};
    REFUSED(
        TAPIR_TOO_WIDE, "layer 1, icmp.ext.echo.rsp.state: 8 does not fit in 3 bits", IPV4, ICMP);
    assert_int_equal(
        tapir_encode((const tapir_stack_layer[]){IPV4}, 1, buffer, ROOM, &built, &error),
        TAPIR_TOO_WIDE);
    assert_string_equal(error.message, "layer 0, ip.version: 99 does not fit in 4 bits");
}

static void jumbograms_say_their_length_in_an_option(void **state)
{
    static const uint8_t options[] = {TAPIR_IPV6_JUMBO, 4, 0, 0, 0, 0};

    (void)state;
    data.bytes.len = 70000;
    hopopts.options = tapir_span_of(options, sizeof options);
    BUILD(IPV6, HOPOPTS, TCP, DATA);
    assert_int_equal(at16(4), 0);
    assert_int_equal(tapir_load_be(built.data + 44, 4), 8 + 20 + 70000);
    assert_sums_up(48, ip6.src, ip6.dst, 16, 6);
    assert_found(&tapir_ipv6_proto, "ipv6 ipv6.hopopts tcp data");
    BUILD(IPV6, HOPOPTS, UDP, DATA);
    assert_int_equal(at16(4), 0);
    assert_int_equal(at16(48 + 4), 0);
    assert_sums_up(48, ip6.src, ip6.dst, 16, 17);
    assert_found(&tapir_ipv6_proto, "ipv6 ipv6.hopopts udp data");
    REFUSED(TAPIR_TOO_WIDE, "layer 0, ipv6.plen: 70020 does not fit, 65535 is the most", IPV6, TCP,
        DATA);
    hopopts.options.len = 0;
    REFUSED(TAPIR_TOO_WIDE, "layer 0, ipv6.plen: 70028 does not fit, 65535 is the most", IPV6,
        HOPOPTS, TCP, DATA);
    hopopts.options = tapir_span_of(options, sizeof options);
    BUILD(IPV6, TAPIR_LAYER_AS_GIVEN(ipv6_hopopts, &hopopts, TAPIR_LENGTHS), TCP, DATA);
    assert_int_equal(tapir_load_be(built.data + 44, 4), 0);
    /* What fits needs none. */
    data.bytes.len = 100;
    BUILD(IPV6, HOPOPTS, TCP, DATA);
    assert_int_equal(at16(4), 128);
}

/* Link layers. */

static uint32_t plain_crc(const uint8_t *p, size_t len)
{
    uint32_t crc = 0xffffffff;

    while (len--) {
        crc ^= *p++;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void ethernet_is_padded_and_checked_on_request(void **state)
{
    const tapir_build_options both = {
        .size = sizeof both, .ethernet_pad = true, .ethernet_fcs = true};
    tapir_stack_layer layers[] = {ETHERNET, IPV4, UDP, VXLAN, ETHERNET, IPV4};

    (void)state;
    build_with(layers, 2, &both);
    assert_int_equal(built.len, 64);
    assert_int_equal(at16(16), 20); /* the padding is none of IP's */
    for (size_t i = 34; i < 60; i++)
        assert_int_equal(built.data[i], 0);
    assert_int_equal(tapir_load_le(built.data + 60, 4), plain_crc(built.data, 60));
    /* Only of the outermost frame, and no more than is missing. */
    build_with(layers, 6, &both);
    assert_int_equal(built.len, 14 + 20 + 8 + 8 + 14 + 20 + 4);
    assert_int_equal(
        tapir_load_le(built.data + built.len - 4, 4), plain_crc(built.data, built.len - 4));
    /* Behind a trailer. */
    layers[0].trailer = tapir_span_of("\xab\xcd", 2);
    build_with(layers, 2, &both);
    assert_int_equal(built.len, 64);
    assert_int_equal(at16(34), 0xabcd);
}

static void payload_without_ethertype_has_its_length(void **state)
{
    tapir_stack_layer layers[] = {ETHERNET, VLAN, DATA};

    (void)state;
    BUILD(ETHERNET, DATA);
    assert_int_equal(at16(12), 4);
    ethernet.type = 77;
    BUILD(ETHERNET, DATA);
    assert_int_equal(at16(12), 4);
    BUILD(TAPIR_LAYER_AS_GIVEN(ethernet, &ethernet, TAPIR_LENGTHS), DATA);
    assert_int_equal(at16(12), 77);
    ethernet.type = 0x88b5;
    BUILD(ETHERNET, DATA);
    assert_int_equal(at16(12), 0x88b5);
    vlan.type = 1;
    layers[1].trailer = tapir_span_of("\0\0\0", 3);
    build_with(layers, 3, NULL);
    assert_int_equal(at16(12), 0x8100);
    assert_int_equal(at16(16), 4);
    assert_int_equal(built.len, 14 + 4 + 4 + 3);
    assert_found(&tapir_ethernet_proto, "eth vlan data");
}

static void links_name_what_follows(void **state)
{
    struct tapir_sll sll;
    struct tapir_sll2 sll2;
    struct tapir_null null = {0};
    struct tapir_raw raw = {0};
    struct tapir_arp arp;

    (void)state;
    tapir_layer_init(&tapir_sll_proto, &sll);
    tapir_layer_init(&tapir_sll2_proto, &sll2);
    tapir_layer_init(&tapir_arp_proto, &arp);
    BUILD(ETHERNET, TAPIR_LAYER(vlan_service, &vlan), VLAN, VLAN, IPV6);
    assert_int_equal(at16(12), 0x88a8);
    assert_int_equal(at16(16), 0x8100);
    assert_int_equal(at16(20), 0x8100);
    assert_int_equal(at16(24), 0x86dd);
    ethernet.type = 0x9100; /* one that will do stays */
    BUILD(ETHERNET, VLAN, IPV4);
    assert_int_equal(at16(12), 0x9100);
    BUILD(ETHERNET, TAPIR_LAYER(arp, &arp));
    assert_int_equal(at16(12), 0x0806);
    assert_found(&tapir_ethernet_proto, "eth arp");
    BUILD(TAPIR_LAYER(sll, &sll), IPV4, UDP, DATA);
    assert_found(&tapir_sll_proto, "sll ip udp data");
    BUILD(TAPIR_LAYER(sll2, &sll2), VLAN, IPV6, UDP, DATA);
    assert_found(&tapir_sll2_proto, "sll2 vlan ipv6 udp data");
    sll.hardware_type = TAPIR_ARPHRD_IPGRE;
    BUILD(TAPIR_LAYER(sll, &sll), IPV4);
    assert_int_equal(at16(14), 0x0800);
    BUILD(TAPIR_LAYER(null, &null), IPV4);
    assert_int_equal(tapir_load_be(built.data, 4), TAPIR_AF_INET);
    null.little_endian = true;
    BUILD(TAPIR_LAYER(null, &null), IPV6, UDP);
    assert_int_equal(tapir_load_le(built.data, 4), TAPIR_AF_INET6_DARWIN);
    assert_found(&tapir_null_proto, "null ipv6 udp");
    null.family = TAPIR_AF_INET6_LINUX;
    BUILD(TAPIR_LAYER(null, &null), IPV6);
    assert_int_equal(tapir_load_le(built.data, 4), TAPIR_AF_INET6_LINUX);
    BUILD(TAPIR_LAYER(raw, &raw), IPV6, IPV4, UDP);
    assert_found(&tapir_raw_proto, "raw ipv6 ip udp");
}

static void addresses_of_arp_say_their_sizes(void **state)
{
    struct tapir_arp arp;

    (void)state;
    tapir_layer_init(&tapir_arp_proto, &arp);
    arp.hardware_size = arp.protocol_size = 77;
    BUILD(TAPIR_LAYER(arp, &arp));
    assert_built("0001 0800 06 04 0001 000000000000 00000000 000000000000 00000000");
    arp.src_hardware = arp.dst_hardware = tapir_span_of("\1\2\3", 3);
    arp.src_protocol = arp.dst_protocol = tapir_span_of("\4", 1);
    BUILD(TAPIR_LAYER(arp, &arp));
    assert_built("0001 0800 03 01 0001 010203 04 010203 04");
    BUILD(TAPIR_LAYER_AS_GIVEN(arp, &arp, TAPIR_LENGTHS));
    assert_built("0001 0800 4d 4d 0001 010203 04 010203 04");
    arp.dst_protocol.len = 0;
    REFUSED(TAPIR_INVALID, "layer 0, arp.proto.size: one protocol address has 1 bytes, the other 0",
        TAPIR_LAYER(arp, &arp));
    arp.dst_hardware.len = 2;
    REFUSED(TAPIR_INVALID, "layer 0, arp.hw.size: one hardware address has 3 bytes, the other 2",
        TAPIR_LAYER(arp, &arp));
    arp.src_hardware = tapir_span_of(payload, 256);
    REFUSED(TAPIR_TOO_WIDE, "layer 0, arp.hw.size: an address has at most 255 bytes",
        TAPIR_LAYER(arp, &arp));
}

/* Tunnels. */

static void tunnels_name_what_follows(void **state)
{
    (void)state;
    BUILD(IPV4, IPV4, IPV6, IPV4, TCP, DATA);
    assert_int_equal(built.data[9], 4);
    assert_int_equal(built.data[29], 41);
    assert_int_equal(built.data[46], 4);
    assert_found(&tapir_ipv4_proto, "ip ip ipv6 ip tcp data");
    ip.protocol = 94;
    BUILD(IPV4, IPV4);
    assert_int_equal(built.data[9], 94);
    assert_int_equal(built.data[29], 94); /* nothing is inside: as given */
    BUILD(IPV4, GRE, ETHERNET, IPV4, UDP, VXLAN, ETHERNET, VLAN, IPV6, UDP, DATA);
    assert_int_equal(at16(22), 0x6558);
    udp.dst_port = 4789;
    BUILD(IPV4, UDP, VXLAN, ETHERNET, VLAN, IPV6, TCP, DATA);
    assert_found(&tapir_ipv4_proto, "ip udp vxlan eth vlan ipv6 tcp data");
}

static void gre_has_the_parts_its_flags_say(void **state)
{
    (void)state;
    gre.flags = TAPIR_GRE_CHECKSUM | TAPIR_GRE_KEY | TAPIR_GRE_SEQUENCE;
    gre.key = 7;
    gre.sequence = 8;
    gre.checksum = 0x1234;
    BUILD(GRE, IPV4);
    assert_built("b000 0800 47f0 0000 00000007 00000008 45000014 00000000 4000 66e8 0a000001 "
                 "0a000002");
    assert_int_equal(plain_sum(0, built.data, built.len), 0xffff);
    BUILD(TAPIR_LAYER_AS_GIVEN(gre, &gre, TAPIR_CHECKSUMS), IPV4);
    assert_int_equal(at16(4), 0x1234);
    gre.flags = TAPIR_GRE_KEY | TAPIR_GRE_SEQUENCE | TAPIR_GRE_ACKNOWLEDGMENT | 1;
    gre.protocol = 0x880b;
    gre.key = 0xffff0007;
    gre.acknowledgment = 9;
    BUILD(GRE, DATA);
    assert_built("3081 880b 0004 0007 00000008 00000009 01080f16");
    BUILD(TAPIR_LAYER_AS_GIVEN(gre, &gre, TAPIR_LENGTHS), DATA);
    assert_int_equal(at16(4), 0xffff);
}

/* Messages. */

static void quotes_with_extensions_say_their_length(void **state)
{
    static const uint8_t extension[] = {
        0x20, 0x00, 0x00, 0x00, 0x00, 0x08, 0x01, 0x01, 0x00, 0x01, 0x01, 0x40};

    (void)state;
    icmp = (struct tapir_icmp){.type = TAPIR_ICMP_TIME_EXCEEDED};
    icmp6 = (struct tapir_icmpv6){.type = TAPIR_ICMPV6_TIME_EXCEEDED};
    data.bytes.len = 5;
    BUILD(IPV4, ICMP, IPV4, UDP, DATA);
    assert_int_equal(built.len, 20 + 8 + 33);
    assert_int_equal(built.data[25], 0);
    icmp.extensions = icmp6.extensions = tapir_span_of(extension, sizeof extension);
    BUILD(IPV4, ICMP, IPV4, UDP, DATA);
    assert_int_equal(built.len, 20 + 8 + 128 + sizeof extension);
    assert_int_equal(built.data[25], 32);
    assert_memory_equal(built.data + 20 + 8 + 128, extension, sizeof extension);
    assert_int_equal(plain_sum(0, built.data + 20, built.len - 20), 0xffff);
    BUILD(IPV6, ICMPV6, IPV6, UDP, DATA);
    assert_int_equal(built.data[44], 16);
    assert_sums_up(40, ip6.src, ip6.dst, 16, 58);
    data.bytes.len = 103;
    BUILD(IPV4, ICMP, IPV4, UDP, DATA);
    assert_int_equal(built.data[25], 33);
    assert_int_equal(built.len, 20 + 8 + 132 + sizeof extension);
    assert_found(&tapir_ipv4_proto, "ip icmp ip udp data");
    data.bytes.len = 1020 - 28;
    BUILD(IPV4, ICMP, IPV4, UDP, DATA);
    assert_int_equal(built.data[25], 255);
    data.bytes.len++;
    REFUSED(TAPIR_TOO_WIDE,
        "layer 1, icmp.length: a quote of 1021 bytes does not fit in front of extensions, 1020 are "
        "the most",
        IPV4, ICMP, IPV4, UDP, DATA);
    icmp.error.length = 40;
    data.bytes.len = 4;
    BUILD(IPV4, TAPIR_LAYER_AS_GIVEN(icmp, &icmp, TAPIR_LENGTHS), IPV4, UDP, DATA);
    assert_int_equal(built.data[25], 40);
    assert_int_equal(built.len, 20 + 8 + 160 + sizeof extension);
}

/* A length that would cut the quote, or make extensions of its end, goes. */
static void quotes_without_extensions_need_no_length(void **state)
{
    static const uint8_t like_extensions[] = {0x20, 0x00, 0x00, 0x00, 0x00};

    (void)state;
    icmp = (struct tapir_icmp){.type = TAPIR_ICMP_UNREACHABLE, .error.length = 32};
    BUILD(IPV4, ICMP, IPV4, UDP, DATA);
    assert_int_equal(built.data[25], 0);
    data.bytes.len = 128 - 28;
    BUILD(IPV4, ICMP, IPV4, UDP, DATA);
    assert_int_equal(built.data[25], 32);
    data.bytes.len = 200;
    BUILD(IPV4, ICMP, IPV4, UDP, DATA);
    assert_int_equal(built.data[25], 0);
    BUILD(IPV4, TAPIR_LAYER_AS_GIVEN(icmp, &icmp, TAPIR_LENGTHS), IPV4, UDP, DATA);
    assert_int_equal(built.data[25], 32);
    /* RFC 4884 5.5: what looks like extensions is none where the length says so. */
    icmp.error.length = 0;
    memcpy(payload + 100, like_extensions, sizeof like_extensions);
    data.bytes.len = 105;
    BUILD(IPV4, ICMP, IPV4, UDP, DATA);
    assert_int_equal(built.data[25], 34);
    assert_int_equal(built.len, 20 + 8 + 136);
    assert_found(&tapir_ipv4_proto, "ip icmp ip udp data");
}

static void a_redirect_says_how_long_its_packet_is(void **state)
{
    static const uint8_t options[] = {
        2, 1, 0, 1, 2, 3, 4, 5, TAPIR_NDP_REDIRECTED_HEADER, 99, 0, 0, 0, 0, 0, 0};

    (void)state;
    icmp6 =
        (struct tapir_icmpv6){.type = TAPIR_ICMPV6_REDIRECT, .items = {options, sizeof options}};
    BUILD(IPV6, ICMPV6, IPV6, UDP, DATA);
    assert_int_equal(built.len, 40 + 40 + 16 + 56);
    assert_int_equal(built.data[40 + 40 + 9], 8);
    assert_sums_up(40, ip6.src, ip6.dst, 16, 58);
    assert_found(&tapir_ipv6_proto, "ipv6 icmpv6 ipv6 udp data");
    BUILD(IPV6, ICMPV6);
    assert_int_equal(built.data[40 + 40 + 9], 1);
    BUILD(IPV6, TAPIR_LAYER_AS_GIVEN(icmpv6, &icmp6, TAPIR_LENGTHS), IPV6, UDP, DATA);
    assert_int_equal(built.data[40 + 40 + 9], 99);
    data.bytes.len = 2032 - 48 + 1;
    REFUSED(TAPIR_TOO_WIDE, "layer 1, icmpv6.opt.length: 2040 does not fit, 2032 is the most", IPV6,
        ICMPV6, IPV6, UDP, DATA);
}

static void counts_are_those_of_the_items(void **state)
{
    uint8_t records[20 + 16 + 20 + 4] = {1, 0, 0, 1};

    (void)state;
    icmp = (struct tapir_icmp){.type = TAPIR_ICMP_ROUTER_ADVERTISEMENT,
        .router_advertisement = {.address_words = 2, .addresses = {payload, 24}}};
    BUILD(IPV4, ICMP);
    assert_int_equal(built.data[24], 3);
    icmp.router_advertisement.addresses.len = 2048;
    REFUSED(TAPIR_TOO_WIDE, "layer 1, icmp.num_addrs: 256 addresses do not fit, 255 are the most",
        IPV4, ICMP);
    BUILD(IPV4, TAPIR_LAYER_AS_GIVEN(icmp, &icmp, TAPIR_LENGTHS));
    assert_int_equal(built.data[24], 0);
    records[36 + 1] = 1; /* a word of auxiliary data */
    icmp6 = (struct tapir_icmpv6){
        .type = TAPIR_ICMPV6_MLDV2_REPORT, .items = {records, sizeof records}};
    BUILD(IPV6, ICMPV6);
    assert_int_equal(at16(46), 2);
    assert_found(&tapir_ipv6_proto, "ipv6 icmpv6");
    icmp6 = (struct tapir_icmpv6){
        .type = TAPIR_ICMPV6_MLD_QUERY, .mld.version2 = true, .items = {payload, 48}};
    BUILD(IPV6, ICMPV6);
    assert_int_equal(at16(40 + 26), 3);
    icmp6 = (struct tapir_icmpv6){.type = TAPIR_ICMPV6_LOCATOR_UPDATE, .items = {payload, 24}};
    BUILD(IPV6, ICMPV6);
    assert_int_equal(built.data[44], 2);
}

static void dns_over_tcp_begins_with_its_length(void **state)
{
    static const uint8_t question[] = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};
    struct tapir_dns dns;
    tapir_stack_layer again[8];
    uint8_t once[128];
    const tapir_layer *layers;
    size_t count, len;

    (void)state;
    tapir_layer_init(&tapir_dns_proto, &dns);
    dns.question_count = 1;
    dns.message = tapir_span_of(question, sizeof question);
    udp.dst_port = tcp.dst_port = 53;
    BUILD(IPV4, UDP, TAPIR_LAYER(dns, &dns));
    assert_int_equal(built.len, 28 + sizeof question);
    assert_found(&tapir_ipv4_proto, "ip udp dns");
    BUILD(IPV4, TCP, TAPIR_LAYER(dns, &dns), TAPIR_LAYER(dns, &dns));
    assert_int_equal(at16(40), sizeof question);
    /* What is behind the second message was asked for without a length of its own. */
    dns.prefixed = true;
    BUILD(IPV4, TCP, TAPIR_LAYER(dns, &dns), TAPIR_LAYER(dns, &dns));
    assert_int_equal(built.len, 40 + 2 * (2 + sizeof question));
    assert_int_equal(at16(40), sizeof question);
    assert_int_equal(at16(42 + sizeof question), sizeof question);
    assert_found(&tapir_ipv4_proto, "ip tcp dns dns");
    len = built.len;
    memcpy(once, built.data, len);
    built.data = once;
    decode(&tapir_ipv4_proto);
    layers = tapir_packet_layers(packet, &count);
    for (size_t i = 0; i < count; i++)
        again[i] = (tapir_stack_layer){.proto = layers[i].proto, .fields = layers[i].fields};
    build_with(again, count, NULL);
    assert_int_equal(built.len, len);
    assert_memory_equal(built.data, once, len);
    dns.message = tapir_span_of(payload, 65536);
    REFUSED(TAPIR_TOO_WIDE, "layer 1, dns.length: 65536 does not fit, 65535 is the most", TCP,
        TAPIR_LAYER(dns, &dns));
}

/* Stacks. */

static void stacks_without_sense_are_refused(void **state)
{
    (void)state;
#define NO_VALUE(layer, field, name)                                                               \
    "layer " layer ", " field ": " name                                                            \
    " has no value here; to put it there all the same keep the keys"
#define NOT_INSIDE(layer, field, name, outside)                                                    \
    "layer " layer ", " field ": " name " does not go inside " outside                             \
    "; to put it there all the same keep the keys"
    REFUSED(TAPIR_INVALID, NO_VALUE("0", "eth.type", "gre"), ETHERNET, GRE);
    REFUSED(TAPIR_INVALID, NO_VALUE("1", "ip.proto", "vxlan"), ETHERNET, IPV4, VXLAN);
    REFUSED(TAPIR_INVALID, NO_VALUE("0", "vxlan", "ip"), VXLAN, IPV4);
    REFUSED(TAPIR_INVALID, NO_VALUE("0", "ipv6.nxt", "vlan"), IPV6, VLAN);
    REFUSED(TAPIR_INVALID, NOT_INSIDE("1", "icmpv6.type", "icmpv6", "ip"), IPV4, ICMPV6);
    REFUSED(TAPIR_INVALID, NOT_INSIDE("2", "icmp.type", "icmp", "ipv6"), ETHERNET, IPV6, ICMP);
    REFUSED(
        TAPIR_INVALID, NOT_INSIDE("1", "ipv6.hopopts.nxt", "ipv6.hopopts", "ip"), IPV4, HOPOPTS);
    REFUSED(
        TAPIR_INVALID, NOT_INSIDE("1", "ipv6.routing.nxt", "ipv6.routing", "ip"), IPV4, ROUTING);
    REFUSED(
        TAPIR_INVALID, NOT_INSIDE("1", "ipv6.fraghdr.nxt", "ipv6.fraghdr", "ip"), IPV4, FRAGMENT);
    icmp.type = TAPIR_ICMP_UNREACHABLE;
    REFUSED(TAPIR_INVALID, NO_VALUE("0", "icmp.type", "ipv6"), ICMP, IPV6);
    icmp6.type = TAPIR_ICMPV6_PACKET_TOO_BIG;
    REFUSED(TAPIR_INVALID, NO_VALUE("1", "icmpv6.type", "ip"), IPV6, ICMPV6, IPV4);
    /* Keeping the keys of either allows it. */
    BUILD(TAPIR_LAYER_AS_GIVEN(ethernet, &ethernet, TAPIR_KEYS), GRE);
    assert_int_equal(at16(12), 0);
    BUILD(TAPIR_LAYER_AS_GIVEN(vxlan, &vxlan, TAPIR_KEYS), IPV4);
    BUILD(TAPIR_LAYER_AS_GIVEN(icmp, &icmp, TAPIR_KEYS), IPV6);
    icmp.type = TAPIR_ICMP_ECHO_REQUEST;
    BUILD(TAPIR_LAYER_AS_GIVEN(ipv6, &ip6, TAPIR_KEYS), ICMP);
    assert_int_equal(built.data[6], 0);
    BUILD(IPV6, TAPIR_LAYER_AS_GIVEN(icmp, &icmp, TAPIR_KEYS));
    assert_int_equal(built.data[6], 1);
    icmp6.type = TAPIR_ICMPV6_ECHO_REQUEST;
    BUILD_KEEPING(TAPIR_KEYS, IPV4, ICMPV6);
    BUILD_KEEPING(TAPIR_KEYS, IPV4, HOPOPTS, ROUTING, FRAGMENT);
}

static void sums_need_addresses(void **state)
{
    (void)state;
#define NO_IP(field)                                                                               \
    ": there is no IP outside whose addresses it covers; keep the checksum as given"
    REFUSED(TAPIR_INVALID, "layer 0, tcp.checksum" NO_IP(), TCP);
    REFUSED(TAPIR_INVALID, "layer 1, udp.checksum" NO_IP(),
        TAPIR_LAYER_AS_GIVEN(ethernet, &ethernet, TAPIR_KEYS), UDP, DATA);
    REFUSED(TAPIR_INVALID, "layer 0, icmpv6.checksum" NO_IP(), ICMPV6);
    BUILD(ICMP);
    BUILD(TAPIR_LAYER_AS_GIVEN(tcp, &tcp, TAPIR_CHECKSUMS));
    BUILD_KEEPING(TAPIR_CHECKSUMS, ICMPV6);
}

static void keys_of_a_registry_count(void **state)
{
    const tapir_stack_layer layers[] = {ETHERNET, GRE, IPV4};
    tapir_registry *registry = tapir_registry_new(tapir_registry_default());
    tapir_build_options options = {.size = sizeof options, .registry = registry};

    (void)state;
    assert_non_null(registry);
    assert_int_equal(tapir_build(layers, 3, &options, buffer, ROOM, &built, NULL), TAPIR_INVALID);
    assert_int_equal(
        tapir_registry_bind(registry, TAPIR_ETHER_TYPE, 0x1234, &tapir_gre_proto), TAPIR_OK);
    assert_int_equal(
        tapir_registry_bind(registry, TAPIR_ETHER_TYPE, 0x2345, &tapir_gre_proto), TAPIR_OK);
    build_with(layers, 3, &options);
    assert_int_equal(at16(12), 0x1234);
    ethernet.type = 0x2345;
    build_with(layers, 3, &options);
    assert_int_equal(at16(12), 0x2345);
    tapir_registry_free(registry);
}

static tapir_status opens_too_much(tapir_encoder *e, const void *layer)
{
    (void)layer;
    tapir_open_header(e, 4);
    tapir_put_be(&e->out, 2, 1);
    return TAPIR_OK;
}

static void protocols_that_cannot_write_are_told(void **state)
{
    static const uint8_t nothing[8];
    tapir_proto mute = {.name = "mute", .size = 8}, sloppy = {.name = "sloppy", .size = 8};

    (void)state;
    sloppy.encode = opens_too_much;
    REFUSED(TAPIR_UNSUPPORTED, "layer 1, mute: cannot be encoded", TAPIR_LAYER(data, &data),
        {.proto = &mute, .fields = nothing});
    REFUSED(TAPIR_INVALID, "layer 0, sloppy: its header was opened and not filled",
        {.proto = &sloppy, .fields = nothing});
}

/* Room. */

/* Every room that is too small is refused, and nothing is written outside it. */
static void check_rooms(
    const tapir_stack_layer *layers, size_t count, const tapir_build_options *options)
{
    static uint8_t whole[512], room[512 + 64];

    build_with(layers, count, options);
    assert_true(built.len <= sizeof whole);
    memcpy(whole, built.data, built.len);
    for (size_t len = 0, needed = built.len; len <= needed + 8; len++) {
        tapir_status status;
        memset(room, 0xa5, sizeof room);
        status = tapir_build(layers, count, options, room + 32, len, &built, &error);
        for (size_t i = 0; i < 32; i++) {
            assert_int_equal(room[i], 0xa5);
            assert_int_equal(room[32 + len + i], 0xa5);
        }
        assert_int_equal(status, len < needed ? TAPIR_NO_ROOM : TAPIR_OK);
        if (status == TAPIR_OK) {
            assert_int_equal(built.len, needed);
            assert_ptr_equal(built.data + needed, room + 32 + len);
            assert_memory_equal(built.data, whole, needed);
        } else {
            assert_non_null(strstr(error.message, ": the buffer is too small"));
        }
    }
}

static void too_little_room_is_told(void **state)
{
    static const uint8_t extension[] = {0x20, 0x00, 0x00, 0x00, 0x00, 0x04, 0x01, 0x01};
    const tapir_build_options both = {
        .size = sizeof both, .ethernet_pad = true, .ethernet_fcs = true};
    tapir_stack_layer frame[] = {ETHERNET, VLAN, IPV4, UDP, DATA};
    const tapir_stack_layer tunnel[] = {
        ETHERNET, IPV6, HOPOPTS, ROUTING, GRE, ETHERNET, IPV4, TCP, DATA};
    const tapir_stack_layer quote[] = {IPV4, ICMP, IPV4, UDP, DATA};

    (void)state;
    check_rooms(frame, 1, &both);
    check_rooms(frame, 5, &both);
    frame[3].trailer = tapir_span_of(payload, 5);
    frame[0].trailer = tapir_span_of(payload, 3);
    check_rooms(frame, 5, &both);
    check_rooms(frame, 5, NULL);
    gre.flags = TAPIR_GRE_CHECKSUM | TAPIR_GRE_KEY;
    check_rooms(tunnel, TAPIR_COUNT(tunnel), NULL);
    icmp = (struct tapir_icmp){
        .type = TAPIR_ICMP_TIME_EXCEEDED, .extensions = {extension, sizeof extension}};
    check_rooms(quote, TAPIR_COUNT(quote), NULL);
}

static void a_builder_grows_and_is_used_again(void **state)
{
    tapir_builder *builder = tapir_builder_new();
    uint8_t *many = calloc(1, 3 << 20);
    tapir_span grown;

    (void)state;
    assert_non_null(builder);
    assert_non_null(many);
    data.bytes = tapir_span_of(many, 0);
    for (size_t len = 0; len < 4000; len += 7) {
        const tapir_stack_layer layers[] = {ETHERNET, IPV4, UDP, DATA};
        data.bytes.len = len;
        build_with(layers, 4, NULL);
        assert_int_equal(tapir_builder_build(builder, layers, 4, NULL, &grown, &error), TAPIR_OK);
        assert_int_equal(grown.len, built.len);
        assert_memory_equal(grown.data, built.data, built.len);
    }
    data.bytes.len = 2 << 20;
    assert_int_equal(
        tapir_builder_build(builder, (const tapir_stack_layer[]){DATA}, 1, NULL, &grown, &error),
        TAPIR_OK);
    assert_int_equal(grown.len, 2 << 20);
    data.bytes.len++;
    assert_int_equal(
        tapir_builder_build(builder, (const tapir_stack_layer[]){DATA}, 1, NULL, &grown, &error),
        TAPIR_NO_ROOM);
    assert_string_equal(error.message, "layer 0, data: the buffer is too small");
    data.bytes.len = 4;
    assert_int_equal(tapir_builder_build(
                         builder, (const tapir_stack_layer[]){IPV4, DATA}, 2, NULL, &grown, &error),
        TAPIR_OK);
    assert_int_equal(grown.len, 24);
    assert_int_equal(tapir_builder_build(builder, NULL, 0, NULL, &grown, &error), TAPIR_OK);
    assert_int_equal(grown.len, 0);
    tapir_builder_free(builder);
    tapir_builder_free(NULL);
    free(many);
}

static void usual_values_are_set(void **state)
{
    struct tapir_vxlan tunnel;
    struct tapir_gre zero;
    uint8_t all_zero[sizeof zero] = {0};

    (void)state;
    assert_int_equal(ip.version, 4);
    assert_int_equal(ip.ttl, 64);
    assert_int_equal(ip6.version, 6);
    assert_int_equal(ip6.hop_limit, 64);
    assert_int_equal(tcp.header_words, 5);
    memset(&tunnel, 0xa5, sizeof tunnel);
    tapir_layer_init(&tapir_vxlan_proto, &tunnel);
    assert_int_equal(tunnel.flags, TAPIR_VXLAN_VNI);
    memset(&zero, 0xa5, sizeof zero);
    tapir_layer_init(&tapir_gre_proto, &zero);
    assert_memory_equal(&zero, all_zero, sizeof zero);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_is_filled_in),
        TEST(wrong_values_are_put_right),
        TEST(what_is_kept_stays_as_given),
        TEST(options_of_an_older_program_are_taken),
        TEST(sums_hold_for_every_length),
        TEST(sums_hold_at_odd_places),
        TEST(sums_hold_with_trailers),
        TEST(a_computed_zero_of_udp_goes_out_as_all_ones),
        TEST(udp_is_sent_without_checksum_on_request),
        TEST(the_checksum_of_a_fragment_is_kept),
        TEST(checksums_cover_the_end_of_a_route),
        TEST(checksums_cover_the_end_of_a_source_route),
        TEST(options_are_padded_to_their_unit),
        TEST(a_header_of_no_whole_units_has_no_length),
        TEST(what_does_not_fit_is_refused),
        TEST(too_wide_values_are_named),
        TEST(jumbograms_say_their_length_in_an_option),
        TEST(ethernet_is_padded_and_checked_on_request),
        TEST(payload_without_ethertype_has_its_length),
        TEST(links_name_what_follows),
        TEST(addresses_of_arp_say_their_sizes),
        TEST(tunnels_name_what_follows),
        TEST(gre_has_the_parts_its_flags_say),
        TEST(quotes_with_extensions_say_their_length),
        TEST(quotes_without_extensions_need_no_length),
        TEST(a_redirect_says_how_long_its_packet_is),
        TEST(counts_are_those_of_the_items),
        TEST(dns_over_tcp_begins_with_its_length),
        TEST(stacks_without_sense_are_refused),
        TEST(sums_need_addresses),
        TEST(keys_of_a_registry_count),
        TEST(protocols_that_cannot_write_are_told),
        TEST(too_little_room_is_told),
        TEST(a_builder_grows_and_is_used_again),
        TEST(usual_values_are_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
