/* Packets built by hand: headers are kept ready, numbers, lengths and checksums patched. `fused` is
 * the floor: the payload is summed up while it is copied. `apart` copies, then sums what was
 * written. */
#include "packets.h"
#include <arpa/inet.h>
#include <stdbool.h>

/* Sums are of 16-bit words in the machine's order (RFC 1071 2 B), 64 bits wide, folded at the end.
 */

static inline uint16_t fold(uint64_t sum)
{
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~((sum & 0xffff) + (sum >> 16));
}

/* What words add up to, carries dropped, and what their upper halves do tells what the lower halves
 * do; so compilers make vectors of it. */
static inline uint64_t add(uint64_t sum, const uint8_t *p, size_t len)
{
    uint64_t all = 0, high = 0, word;

    for (; len >= 8; p += 8, len -= 8) {
        memcpy(&word, p, 8);
        all += word;
        high += word >> 32;
    }
    if (len) {
        word = 0;
        memcpy(&word, p, len);
        all += word;
        high += word >> 32;
    }
    return sum + (all - (high << 32)) + high;
}

static inline uint64_t copy_and_add(
    uint64_t sum, uint8_t *restrict to, const uint8_t *p, size_t len)
{
    uint64_t all = 0, high = 0, word;

    for (; len >= 8; p += 8, to += 8, len -= 8) {
        memcpy(&word, p, 8);
        memcpy(to, &word, 8);
        all += word;
        high += word >> 32;
    }
    if (len) {
        word = 0;
        memcpy(&word, p, len);
        memcpy(to, p, len);
        all += word;
        high += word >> 32;
    }
    return sum + (all - (high << 32)) + high;
}

static inline void put16(uint8_t *to, uint16_t value) /* in the machine's order */
{
    memcpy(to, &value, 2);
}

static inline void put32(uint8_t *to, uint32_t value)
{
    memcpy(to, &value, 4);
}

static void put_ethernet(uint8_t *to, const uint8_t *dst, const uint8_t *src, uint16_t type)
{
    memcpy(to, dst, 6);
    memcpy(to + 6, src, 6);
    put16(to + 12, htons(type));
}

static void put_ipv4(uint8_t *to, const uint8_t *src, const uint8_t *dst, uint8_t protocol)
{
    memset(to, 0, 20);
    to[0] = 0x45;
    to[8] = TTL;
    to[9] = protocol;
    memcpy(to + 12, src, 4);
    memcpy(to + 16, dst, 4);
}

static void put_tcp(uint8_t *to)
{
    memset(to, 0, 20);
    put16(to, htons(SRC_PORT));
    put16(to + 2, htons(DST_PORT));
    put32(to + 8, htonl(1));
    to[12] = 0x50;
    to[13] = 0x18; /* PSH, ACK */
    put16(to + 14, 0xffff);
}

/* What is kept for all packets: headers without numbers, lengths and checksums, and their sums. */
struct ready {
    _Alignas(64) uint8_t out[2048];
    _Alignas(64) uint8_t payload[TCP_PAYLOAD];
    uint8_t tcp[54], tunnel[50], udp6[62];
    uint64_t ip_sum, tcp_sum, tunnel_ip_sum, tunnel_udp_sum, udp6_sum;
};

static void make_ready(struct ready *r)
{
    make_payload(r->payload, TCP_PAYLOAD);

    put_ethernet(r->tcp, dst_mac, src_mac, 0x0800);
    put_ipv4(r->tcp + 14, src_ip, dst_ip, 6);
    put_tcp(r->tcp + 34);
    r->ip_sum = add(0, r->tcp + 14, 20);
    r->tcp_sum = add(htons(6), r->tcp + 26, 8 + 20); /* addresses and the header behind them */

    put_ethernet(r->tunnel, tunnel_dst_mac, tunnel_src_mac, 0x0800);
    put_ipv4(r->tunnel + 14, tunnel_src_ip, tunnel_dst_ip, 17);
    put16(r->tunnel + 34, htons(TUNNEL_SRC_PORT));
    put16(r->tunnel + 36, htons(4789));
    put32(r->tunnel + 38, 0);
    put32(r->tunnel + 42, htonl(0x08000000));
    put32(r->tunnel + 46, htonl(VNI << 8));
    r->tunnel_ip_sum = add(0, r->tunnel + 14, 20);
    /* A header that has the right checksum sums up to nothing, a segment to the complement of its
     * pseudo-header; so of what is inside only this much counts. */
    r->tunnel_udp_sum = add(htons(17), r->tunnel + 26, 8 + 16) + add(0, r->tcp, 14) +
                        fold(add(htons(6), r->tcp + 26, 8));

    put_ethernet(r->udp6, dst_mac, src_mac, 0x86dd);
    memset(r->udp6 + 14, 0, 48);
    r->udp6[14] = 0x60;
    r->udp6[20] = 17;
    r->udp6[21] = TTL;
    memcpy(r->udp6 + 22, src_ip6, 16);
    memcpy(r->udp6 + 38, dst_ip6, 16);
    put16(r->udp6 + 56, htons(DST_PORT));
    r->udp6_sum = add(htons(17), r->udp6 + 22, 32 + 8);
}

/* What the caller says of each packet. */
struct asked {
    uint32_t number;
    const uint8_t *payload;
    size_t len;
};

static inline __attribute__((always_inline)) size_t put_tcp_packet(
    const struct ready *r, uint8_t *to, const struct asked *asked, bool fused)
{
    uint16_t ip_len = htons((uint16_t)(40 + asked->len)), id = htons((uint16_t)asked->number);
    uint16_t tcp_len = htons((uint16_t)(20 + asked->len));
    uint32_t seq = htonl(asked->number);
    uint64_t sum;

    memcpy(to, r->tcp, 54);
    put16(to + 16, ip_len);
    put16(to + 18, id);
    put32(to + 38, seq);
    if (fused) {
        put16(to + 24, fold(r->ip_sum + ip_len + id));
        sum = copy_and_add(r->tcp_sum + tcp_len + seq, to + 54, asked->payload, asked->len);
    } else {
        memcpy(to + 54, asked->payload, asked->len);
        put16(to + 24, fold(add(0, to + 14, 20)));
        sum = add(tcp_len + (uint64_t)htons(6), to + 26, 28 + asked->len);
    }
    put16(to + 50, fold(sum));
    return 54 + asked->len;
}

static inline __attribute__((always_inline)) size_t put_vxlan_packet(
    const struct ready *r, uint8_t *to, const struct asked *asked, bool fused)
{
    size_t len = put_tcp_packet(r, to + 50, asked, fused);
    uint16_t ip_len = htons((uint16_t)(36 + len)), id = htons((uint16_t)asked->number);
    uint16_t udp_len = htons((uint16_t)(16 + len)), checksum;

    memcpy(to, r->tunnel, 50);
    put16(to + 16, ip_len);
    put16(to + 18, id);
    put16(to + 38, udp_len);
    if (fused) {
        uint16_t tcp_len = htons((uint16_t)(20 + asked->len));
        put16(to + 24, fold(r->tunnel_ip_sum + ip_len + id));
        checksum = fold(r->tunnel_udp_sum + 2 * (uint64_t)udp_len + (uint16_t)~tcp_len);
    } else {
        put16(to + 24, fold(add(0, to + 14, 20)));
        checksum = fold(add(udp_len + (uint64_t)htons(17), to + 26, 24 + len));
    }
    put16(to + 40, checksum ? checksum : 0xffff);
    return 50 + len;
}

static inline __attribute__((always_inline)) size_t put_udp6_packet(
    const struct ready *r, uint8_t *to, const struct asked *asked, bool fused)
{
    uint16_t len = htons((uint16_t)(8 + asked->len)), port = htons((uint16_t)asked->number);
    uint16_t checksum;
    uint64_t sum;

    memcpy(to, r->udp6, 62);
    put32(to + 14, htonl(0x60000000 | (asked->number & FLOW_LABEL_MASK)));
    put16(to + 18, len);
    put16(to + 54, port);
    put16(to + 58, len);
    if (fused) {
        sum = r->udp6_sum + 2 * (uint64_t)len + port;
        sum = copy_and_add(sum, to + 62, asked->payload, asked->len);
    } else {
        memcpy(to + 62, asked->payload, asked->len);
        sum = add(len + (uint64_t)htons(17), to + 22, 40 + asked->len);
    }
    checksum = fold(sum);
    put16(to + 60, checksum ? checksum : 0xffff);
    return 62 + asked->len;
}

static size_t payload_len;

/* The functions a program would call, none of which knows the payload's length beforehand. */
#define WAY(name, put, fused)                                                                      \
    static __attribute__((noinline))                                                               \
    size_t name##_put(const struct ready *r, uint8_t *to, const struct asked *asked)               \
    {                                                                                              \
        return put(r, to, asked, fused);                                                           \
    }                                                                                              \
    static inline struct frame name##_one(void *context, uint32_t number)                          \
    {                                                                                              \
        struct ready *r = (struct ready *)context;                                                 \
        struct asked asked = {number, r->payload, payload_len};                                    \
        return (struct frame){r->out, (uint32_t)name##_put(r, r->out, &asked)};                    \
    }                                                                                              \
    static uint64_t name(const struct capture *capture, void *context)                             \
    {                                                                                              \
        return build_all(capture->count, name##_one, context);                                     \
    }

WAY(tcp_fused, put_tcp_packet, true)
WAY(tcp_apart, put_tcp_packet, false)
WAY(vxlan_fused, put_vxlan_packet, true)
WAY(vxlan_apart, put_vxlan_packet, false)
WAY(udp6_fused, put_udp6_packet, true)
WAY(udp6_apart, put_udp6_packet, false)

static const struct {
    const char *stack, *way;
    size_t payload_len;
    uint64_t (*pass)(const struct capture *, void *);
} modes[] = {
    {"tcp", "fused", TCP_PAYLOAD, tcp_fused},
    {"tcp", "apart", TCP_PAYLOAD, tcp_apart},
    {"vxlan", "fused", TCP_PAYLOAD, vxlan_fused},
    {"vxlan", "apart", TCP_PAYLOAD, vxlan_apart},
    {"udp6", "fused", UDP_PAYLOAD, udp6_fused},
    {"udp6", "apart", UDP_PAYLOAD, udp6_apart},
};

int main(int argc, char **argv)
{
    static struct ready ready;

    make_ready(&ready);
    for (size_t i = 0; argc == 4 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(argv[1], modes[i].stack) == 0 && strcmp(argv[2], modes[i].way) == 0) {
            payload_len = modes[i].payload_len;
            measure_building(atoi(argv[3]), modes[i].pass, &ready);
            return 0;
        }
    fail("usage", "hand tcp|vxlan|udp6 fused|apart PASSES");
}
