/* Makes the traffic every benchmark reads: mixed, seeded, the same bytes on every machine. With
 * --rough, TCP that is harder on who puts it together: reordered far, cut anew, repeated after its
 * end, between ports that are used again. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    HEADROOM = 256,      /* for headers in front of a payload */
    SEGMENT_MAX = 1460,  /* TCP payload over IPv4 without options */
    FRAME_MIN = 60,      /* Ethernet's minimum without the frame check sequence */
    PENDING_MAX = 8,     /* delayed and repeated segments of one session */
    PENDING_ROOM = 64,   /* of a rough one */
    ROUGH_WAIT = 48,     /* packets that one of those lets pass at most */
    ROUGH_BACK = 8192,   /* bytes from which one sends pieces again */
    CORPUS_LEN = 1 << 16 /* text that HTTP bodies are cut from */
};
#define EPOCH 1767323045 /* of the first packet, in seconds */

static void die(const char *what, const char *on)
{
    fprintf(stderr, "traffic: %s %s: %s\n", what, on, strerror(errno));
    exit(1);
}

/* Randomness: xoshiro256**, whole numbers only, so that compilers cannot disagree. */

static uint64_t random_state[4];

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static uint64_t random_next(void)
{
    uint64_t *s = random_state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static void random_seed(uint64_t seed)
{
    for (size_t i = 0; i < COUNT(random_state); i++) { /* splitmix64 */
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        random_state[i] = z ^ z >> 31;
    }
}

/* Returns a number from `low` to `high`, both included. */
static uint32_t between(uint32_t low, uint32_t high)
{
    return low + (uint32_t)((random_next() >> 32) * ((uint64_t)high - low + 1) >> 32);
}

/* True in so many of 100,000 cases. */
static bool chance(uint32_t of_100000)
{
    return between(1, 100000) <= of_100000;
}

static void random_bytes(uint8_t *to, size_t len)
{
    for (; len >= 8; to += 8, len -= 8) {
        uint64_t word = random_next();
        for (unsigned i = 0; i < 8; i++)
            to[i] = (uint8_t)(word >> 8 * i);
    }
    while (len--)
        *to++ = (uint8_t)random_next();
}

/* Bytes in network order, and a packet that grows towards its front. */

static void put(uint8_t *to, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

struct packet {
    uint8_t *begin, *end;
    uint8_t room[HEADROOM + 2048];
};

static uint8_t *prepend(struct packet *p, size_t len)
{
    p->begin -= len;
    memset(p->begin, 0, len);
    return p->begin;
}

static size_t packet_len(const struct packet *p)
{
    return (size_t)(p->end - p->begin);
}

/* Returns the sum of 16-bit words (RFC 1071) in the machine's order, not yet folded. */
static uint64_t sum(const uint8_t *p, size_t len)
{
    uint64_t total = 0;
    uint32_t word;
    uint8_t rest[4] = {0};

    for (; len >= 4; p += 4, len -= 4) {
        memcpy(&word, p, 4);
        total += word;
    }
    memcpy(rest, p, len);
    memcpy(&word, rest, 4);
    return total + word;
}

/* Stores the checksum over everything summed up. */
static void put_checksum(uint8_t *to, uint64_t total)
{
    uint16_t folded;

    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    folded = (uint16_t)~total;
    memcpy(to, &folded, 2);
}

/* CRC-32C (RFC 3720), for the truth about streams. */

static uint32_t crc_table[256];

static void crc_init(void)
{
    for (uint32_t i = 0; i < COUNT(crc_table); i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
        crc_table[i] = crc;
    }
}

/* Continues `crc`; the first one is 0. */
static uint32_t crc_add(uint32_t crc, const uint8_t *p, size_t len)
{
    crc = ~crc;
    while (len--)
        crc = crc >> 8 ^ crc_table[(crc ^ *p++) & 0xff];
    return ~crc;
}

/* What runs through the network. */

enum kind { TCP, DNS, DATAGRAMS, ECHO, ARP, KINDS };
enum encapsulation { PLAIN, VLAN, QINQ, GRE, VXLAN };
enum payload { HTTP, TLS, BINARY };
enum side { CLIENT, SERVER, TUNNEL };

/* One direction of a TCP connection. */
struct direction {
    uint8_t *data;    /* all bytes of the stream so far */
    uint8_t *seen;    /* 1 for each of them that is in the file */
    size_t len, room; /* written by the application */
    size_t sent;      /* handed to the network, first time */
    uint32_t first;   /* sequence number of the first byte */
    uint32_t clock;   /* of the timestamp option */
    uint32_t stamp;   /* last one sent */
    uint16_t ip_id;
    bool finished; /* FIN sent */
};

/* A segment that is to be written later: delayed, or once more. */
struct pending {
    size_t at;
    uint16_t len;
    uint8_t from, wait; /* packets of this session to let pass */
    bool repeat;
};

enum phase { SYN, SYN_ACK, OPEN, TALK, FIN, FIN_ACK, LAST_ACK, OVER };

struct flow {
    uint64_t time; /* of its next packet, ns */
    uint32_t number;
    enum kind kind;
    enum encapsulation encapsulation;
    bool ipv6, outer_ipv6;
    uint32_t client, server, endpoint; /* host numbers */
    uint16_t port[2];
    uint16_t tag[2]; /* VLAN */
    uint32_t vni, gre_key, gre_sequence;
    uint16_t gre_flags;
    uint32_t label;            /* IPv6 flow label */
    uint32_t pace, round_trip; /* ns */
    uint32_t left;             /* messages, datagrams, echo requests still to come */
    uint32_t step;

    enum phase phase;
    enum payload payload;
    bool timestamps;
    uint8_t from;               /* who is talking */
    uint8_t unacked, ack_every; /* segments */
    uint16_t segment_max;
    struct direction way[2];
    struct pending pending[PENDING_ROOM];
    size_t pending_count;
    uint32_t late;    /* segments to be sent again when all is over */
    bool dead;        /* RST was sent: nothing new may come after it */
    bool reused;      /* its ports were those of the session before */
    uint8_t dns[512]; /* the question, for the answer */
    size_t dns_len;
};

static struct {
    FILE *file, *truth;
    uint64_t packets, wanted, bytes, layers, last_us;
    uint64_t flows, by_kind[KINDS], by_encapsulation[5], by_payload[3], ipv6;
    uint64_t segments, delayed, repeated_whole, repeated_part, missing, streams, holes;
    uint64_t tcp_packets;
} out;

static bool rough;
static size_t pending_max = PENDING_MAX;

static uint8_t corpus[CORPUS_LEN];
static const char *const words[] = {"amber", "basin", "cedar", "delta", "ember", "fjord", "glade",
    "harbor", "island", "juniper", "kestrel", "lagoon", "meadow", "north", "orchard", "prairie",
    "quarry", "river", "summit", "timber", "upland", "valley", "willow", "yarrow", "zephyr"};

static const char *word(void)
{
    return words[between(0, COUNT(words) - 1)];
}

/* Addresses. */

static size_t put_address(uint8_t *to, bool ipv6, enum side side, uint32_t host)
{
    static const uint8_t prefix[3] = {1, 2, 3};

    if (ipv6) {
        memset(to, 0, 16);
        put(to, 4, 0x20010db8);
        to[5] = prefix[side];
        put(to + 12, 4, host);
        return 16;
    }
    if (side == CLIENT)
        put(to, 4, 0x0a000000 + host);
    else if (side == SERVER)
        put(to, 4, 0xc6120000 + host);
    else
        put(to, 4, 0xac100000 + host);
    return 4;
}

static void put_ethernet(
    struct packet *p, enum side from, uint32_t from_host, uint32_t to_host, uint16_t type)
{
    uint8_t *h = prepend(p, 14);
    uint8_t *near = from == SERVER ? h : h + 6, *far = from == SERVER ? h + 6 : h;

    put(near, 6,
        UINT64_C(0x020000000000) + from_host * (from != SERVER) + to_host * (from == SERVER));
    put(far, 6, UINT64_C(0x02005e000001));
    put(h + 12, 2, type);
    out.layers++;
}

/* Fills source, then destination of a flow's packet that goes to the other side of `from`. */
static size_t put_ends(uint8_t *to, const struct flow *f, uint8_t from)
{
    uint32_t hosts[2] = {f->client, f->server};
    size_t len = put_address(to, f->ipv6, from, hosts[from]);

    return len + put_address(to + len, f->ipv6, !from, hosts[!from]);
}

static void put_ip(struct packet *p, bool ipv6, const uint8_t *ends, uint8_t protocol, uint8_t hops,
    uint16_t id, uint32_t label)
{
    size_t len = packet_len(p);
    uint8_t *h = prepend(p, ipv6 ? 40 : 20);

    out.layers++;
    if (ipv6) {
        put(h, 4, 0x60000000 | label);
        put(h + 4, 2, len);
        h[6] = protocol;
        h[7] = hops;
        memcpy(h + 8, ends, 32);
        return;
    }
    h[0] = 0x45;
    put(h + 2, 2, len + 20);
    put(h + 4, 2, id);
    put(h + 6, 2, 0x4000); /* don't fragment */
    h[8] = hops;
    h[9] = protocol;
    memcpy(h + 12, ends, 8);
    put_checksum(h + 10, sum(h, 20));
}

/* Returns the sum of a pseudo-header (RFC 9293 3.1, RFC 8200 8.1) and what follows it. */
static uint64_t transport_sum(
    const struct packet *p, bool ipv6, const uint8_t *ends, uint8_t protocol)
{
    uint8_t tail[8] = {0};

    put(tail, 4, packet_len(p));
    tail[7] = protocol;
    return sum(ends, ipv6 ? 32 : 8) + sum(tail, 8) + sum(p->begin, packet_len(p));
}

static void put_udp(
    struct packet *p, bool ipv6, const uint8_t *ends, uint16_t from, uint16_t to, bool checksum)
{
    uint8_t *h = prepend(p, 8);

    out.layers++;
    put(h, 2, from);
    put(h + 2, 2, to);
    put(h + 4, 2, packet_len(p));
    if (checksum || ipv6) {
        put_checksum(h + 6, transport_sum(p, ipv6, ends, 17));
        if (h[6] == 0 && h[7] == 0) /* RFC 768: zero means none */
            h[6] = h[7] = 0xff;
    }
}

/* Writing. */

static void write_all(const void *bytes, size_t len, FILE *file)
{
    if (fwrite(bytes, 1, len, file) != len)
        die("cannot write", "the packets");
}

static void put_le(uint8_t *to, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static void write_file_header(void)
{
    uint8_t h[24] = {0};

    put_le(h, 4, 0xa1b2c3d4);
    put_le(h + 4, 2, 2);
    put_le(h + 6, 2, 4);
    put_le(h + 16, 4, 262144);
    put_le(h + 20, 4, 1); /* Ethernet */
    write_all(h, sizeof h, out.file);
}

static void write_packet(struct packet *p, uint64_t time)
{
    uint8_t h[16];
    uint64_t us = time / 1000;

    if (packet_len(p) < FRAME_MIN) {
        memset(p->end, 0, FRAME_MIN - packet_len(p));
        p->end = p->begin + FRAME_MIN;
    }
    if (us <= out.last_us)
        us = out.last_us + 1;
    out.last_us = us;
    put_le(h, 4, EPOCH + us / 1000000);
    put_le(h + 4, 4, us % 1000000);
    put_le(h + 8, 4, packet_len(p));
    put_le(h + 12, 4, packet_len(p));
    write_all(h, sizeof h, out.file);
    write_all(p->begin, packet_len(p), out.file);
    out.packets++;
    out.bytes += packet_len(p);
}

static void put_gre(struct packet *p, struct flow *f)
{
    bool checksum = f->gre_flags & 0x8000, key = f->gre_flags & 0x2000,
         sequence = f->gre_flags & 0x1000;
    uint8_t *h = prepend(p, 4u + 4u * checksum + 4u * key + 4u * sequence);
    uint8_t *at = h + 4 + 4 * checksum;

    out.layers++;
    put(h, 2, f->gre_flags);
    put(h + 2, 2, f->ipv6 ? 0x86dd : 0x0800);
    if (key)
        put(at, 4, f->gre_key);
    if (sequence)
        put(at + 4 * key, 4, f->gre_sequence++);
    if (checksum)
        put_checksum(h + 4, sum(h, packet_len(p)));
}

/* Puts the packet, complete from its network header (or ARP) inwards, into the flow's wrapping. */
static void wrap_and_write(struct packet *p, struct flow *f, uint8_t from, uint16_t type)
{
    uint8_t ends[32];
    size_t len;
    uint8_t *h;

    switch (f->encapsulation) {
    case VLAN:
    case QINQ:
        h = prepend(p, 4);
        put(h, 2, f->tag[0]);
        put(h + 2, 2, type);
        type = 0x8100;
        out.layers++;
        if (f->encapsulation == QINQ) {
            h = prepend(p, 4);
            put(h, 2, f->tag[1]);
            put(h + 2, 2, type);
            type = 0x88a8;
            out.layers++;
        }
        break;
    case GRE:
    case VXLAN:
        len = put_address(ends, f->outer_ipv6, TUNNEL, f->endpoint + from);
        put_address(ends + len, f->outer_ipv6, TUNNEL, f->endpoint + !from);
        if (f->encapsulation == GRE) {
            put_gre(p, f);
            put_ip(p, f->outer_ipv6, ends, 47, 63, (uint16_t)random_next(), 0);
        } else {
            put_ethernet(p, from, from == SERVER ? f->server : f->client, f->client, type);
            h = prepend(p, 8);
            h[0] = 0x08; /* the network identifier is valid, RFC 7348 5 */
            put(h + 4, 3, f->vni);
            out.layers++;
            put_udp(p, f->outer_ipv6, ends, (uint16_t)(49152 + f->label % 16384), 4789, f->vni & 1);
            put_ip(p, f->outer_ipv6, ends, 17, 63, (uint16_t)random_next(), 0);
        }
        type = f->outer_ipv6 ? 0x86dd : 0x0800;
        break;
    case PLAIN:
        break;
    }
    put_ethernet(p, from, f->client, f->client, type);
    write_packet(p, f->time);
    out.by_encapsulation[f->encapsulation]++;
    out.ipv6 += f->ipv6 && f->kind != ARP;
    out.by_kind[f->kind]++;
}

/* Adds IP to the transport packet and sends it. */
static void send_ip(
    struct packet *p, struct flow *f, uint8_t from, const uint8_t *ends, uint8_t protocol)
{
    uint16_t id = f->way[from].ip_id++;

    put_ip(p, f->ipv6, ends, protocol, from == CLIENT ? 64 : 57, id, f->label);
    wrap_and_write(p, f, from, f->ipv6 ? 0x86dd : 0x0800);
}

static void start_packet(struct packet *p, size_t payload_len)
{
    p->begin = p->room + HEADROOM;
    p->end = p->begin + payload_len;
    out.layers += payload_len > 0;
}

/* TCP. */

enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RST = 4, FLAG_PSH = 8, FLAG_ACK = 16 };

/* Returns what the other side has received in one piece of what `from` sends. */
static size_t received(const struct flow *f, uint8_t from, size_t *gap_end)
{
    size_t edge = f->way[from].sent;

    *gap_end = edge;
    for (size_t i = 0; i < f->pending_count; i++) {
        const struct pending *held = &f->pending[i];
        if (!held->repeat && held->from == from && held->at < edge) {
            edge = held->at;
            *gap_end = held->at + held->len;
        }
    }
    return edge;
}

/* Writes one segment: `len` bytes of the stream from `at`. */
static void send_segment(struct flow *f, uint8_t from, uint8_t flags, size_t at, size_t len)
{
    struct direction *way = &f->way[from], *other = &f->way[!from];
    struct packet p;
    uint8_t options[40], ends[32], *o = options;
    size_t gap_end, acked = received(f, !from, &gap_end);

    if (flags & FLAG_SYN) {
        put(o, 4, 0x02040000u | (f->ipv6 ? 1440 : 1460));
        put(o + 4, 4, 0x04020000u);
        o += f->timestamps ? 6 : 4;
    }
    if (f->timestamps) {
        if (!(flags & FLAG_SYN)) {
            put(o, 2, 0x0101);
            o += 2;
        }
        way->stamp = way->clock + (uint32_t)(f->time / 1000000);
        put(o, 2, 0x080a);
        put(o + 2, 4, way->stamp);
        put(o + 6, 4, flags & FLAG_ACK ? other->stamp : 0);
        o += 10;
    }
    if (flags & FLAG_SYN) {
        if (!f->timestamps) {
            put(o, 4, 0x01010402);
            o += 4;
        }
        put(o, 4, 0x01030307);
        o += 4;
    } else if (len == 0 && gap_end < other->sent) {
        put(o, 4, 0x0101050a);
        put(o + 4, 4, other->first + gap_end);
        put(o + 8, 4, other->first + other->sent);
        o += 12;
    }

    start_packet(&p, len);
    if (len)
        memcpy(p.begin, way->data + at, len);
    if ((out.truth || rough) && len)
        memset(way->seen + at, 1, len);

    uint8_t *h = prepend(&p, 20 + (size_t)(o - options));
    out.layers++;
    put(h, 2, f->port[from]);
    put(h + 2, 2, f->port[!from]);
    put(h + 4, 4, way->first + at - !!(flags & FLAG_SYN));
    if (flags & FLAG_ACK)
        put(h + 8, 4, other->first + acked + (other->finished && gap_end >= other->sent));
    h[12] = (uint8_t)((20 + (o - options)) / 4 << 4);
    h[13] = flags;
    put(h + 14, 2, flags & FLAG_SYN ? 64240 : 501 + (f->label & 7));
    memcpy(h + 20, options, (size_t)(o - options));
    put_ends(ends, f, from);
    put_checksum(h + 16, transport_sum(&p, f->ipv6, ends, 6));
    send_ip(&p, f, from, ends, 6);

    out.segments += len > 0;
    for (size_t i = 0; i < f->pending_count; i++)
        if (f->pending[i].wait)
            f->pending[i].wait--;
    f->time += len ? f->pace : f->pace + between(0, 200000);
}

static void defer(struct flow *f, size_t at, size_t len, uint8_t wait, bool repeat)
{
    if (f->pending_count == pending_max || len == 0)
        return;
    f->pending[f->pending_count++] = (struct pending){
        .at = at, .len = (uint16_t)len, .from = f->from, .wait = wait, .repeat = repeat};
}

/* Writes a segment that is due; with `all`, any delayed one of the talking side. */
static bool send_pending(struct flow *f, bool all)
{
    for (size_t i = 0; i < f->pending_count; i++) {
        struct pending due = f->pending[i];
        if (due.wait && !all)
            continue;
        f->pending_count--;
        memmove(&f->pending[i], &f->pending[i + 1], (f->pending_count - i) * sizeof due);
        send_segment(f, due.from, FLAG_ACK, due.at, due.len);
        return true;
    }
    return false;
}

static void append(struct direction *way, const void *bytes, size_t len)
{
    if (way->room - way->len < len) {
        way->room = way->room * 2 + len + 4096;
        way->data = realloc(way->data, way->room);
        way->seen = realloc(way->seen, way->room);
        if (!way->data || !way->seen)
            die("cannot hold", "a stream");
    }
    if (bytes)
        memcpy(way->data + way->len, bytes, len);
    else
        random_bytes(way->data + way->len, len);
    memset(way->seen + way->len, 0, len);
    way->len += len;
}

static void append_text(struct direction *way, const char *text)
{
    append(way, text, strlen(text));
}

/* Returns the size of an answer: many small ones, a long tail. */
static size_t body_size(void)
{
    uint32_t sort = between(1, 10);

    if (sort <= 6)
        return between(100, 4000);
    return sort <= 9 ? between(4000, 16000) : between(16000, 80000);
}

static void append_records(struct direction *way, size_t len)
{
    uint8_t h[5] = {23, 3, 3};

    while (len) {
        size_t part = len < 16384 ? len : 16384;
        put(h + 3, 2, part + 17); /* one type byte and a 16-byte tag */
        append(way, h, sizeof h);
        append(way, NULL, part + 17);
        len -= part;
    }
}

static void append_http(struct flow *f, struct direction *way)
{
    char text[768];
    size_t len;

    if (f->from == CLIENT) {
        bool upload = chance(8000);
        const char *path = word(), *name = word(), *host = word(), *domain = word();
        uint32_t id = between(1, 99999);
        uint64_t cookie = random_next();
        len = upload ? body_size() : 0;
        snprintf(text, sizeof text,
            "%s /%s/%s?id=%u HTTP/1.1\r\nHost: %s.%s.example\r\n"
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101\r\n"
            "Accept: text/plain,application/octet-stream;q=0.9,*/*;q=0.8\r\n"
            "Accept-Language: en-US,en;q=0.5\r\nConnection: keep-alive\r\n"
            "Cookie: session=%016llx%016llx\r\n",
            upload ? "POST" : "GET", path, name, id, host, domain, (unsigned long long)cookie,
            (unsigned long long)(cookie * 31));
        append_text(way, text);
        if (upload) {
            snprintf(text, sizeof text,
                "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n", len);
            append_text(way, text);
        }
        append_text(way, "\r\n");
    } else {
        bool found = !chance(5000);
        const char *name = word();
        uint64_t tag = random_next();
        len = found ? body_size() : between(50, 300);
        snprintf(text, sizeof text,
            "HTTP/1.1 %s\r\nServer: %s/1.2\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
            "Content-Type: text/plain\r\nContent-Length: %zu\r\nETag: \"%016llx\"\r\n"
            "Cache-Control: max-age=3600\r\n\r\n",
            found ? "200 OK" : "404 Not Found", name, len, (unsigned long long)tag);
        append_text(way, text);
    }
    while (len) {
        size_t part = len < CORPUS_LEN / 2 ? len : CORPUS_LEN / 2;
        append(way, corpus + between(0, CORPUS_LEN / 2), part);
        len -= part;
    }
}

/* A TLS 1.3 handshake as it looks on the wire: two readable hellos, the rest sealed. */
static void append_hello(struct flow *f, struct direction *way)
{
    static const uint8_t change_cipher_spec[] = {20, 3, 3, 0, 1, 1};
    static const uint8_t server_hello_start[] = {22, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3};
    static const uint8_t server_hello_end[] = {
        0x13, 1, 0, 0, 46, 0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32};
    static const uint8_t ciphers[] = {0, 6, 0x13, 1, 0x13, 2, 0x13, 3, 1, 0};
    static const uint8_t groups[] = {0, 10, 0, 4, 0, 2, 0, 29, 0, 13, 0, 6, 0, 4, 4, 3, 8, 4, 0, 43,
        0, 3, 2, 3, 4, 0, 51, 0, 38, 0, 36, 0, 29, 0, 32};
    uint8_t h[64];
    char name[64];

    if (f->from == SERVER) {
        append(way, server_hello_start, sizeof server_hello_start);
        append(way, NULL, 32);
        h[0] = 32;
        append(way, h, 1);
        append(way, NULL, 32);
        append(way, server_hello_end, sizeof server_hello_end);
        append(way, NULL, 32);
        append(way, change_cipher_spec, sizeof change_cipher_spec);
        append_records(way, between(1800, 4200));
        return;
    }
    const char *host = word(), *domain = word();
    size_t name_len = (size_t)snprintf(name, sizeof name, "%s.%s.example", host, domain);
    size_t extensions = 9 + name_len + sizeof groups + 32;
    size_t body = 2 + 32 + 33 + sizeof ciphers + 2 + extensions;
    put(h, 3, 0x160301);
    put(h + 3, 2, body + 4);
    put(h + 5, 4, 0x01000000 | body);
    put(h + 9, 2, 0x0303);
    append(way, h, 11);
    append(way, NULL, 32);
    h[0] = 32;
    append(way, h, 1);
    append(way, NULL, 32);
    append(way, ciphers, sizeof ciphers);
    put(h, 2, extensions);
    put(h + 2, 2, 0); /* server_name */
    put(h + 4, 2, name_len + 5);
    put(h + 6, 2, name_len + 3);
    h[8] = 0;
    put(h + 9, 2, name_len);
    append(way, h, 11);
    append(way, name, name_len);
    append(way, groups, sizeof groups);
    append(way, NULL, 32);
}

/* What only rough sessions do. */

/* Delays a new segment, or repeats it, far; true when it is not to be sent now. */
static bool delay_far(struct flow *f, size_t at, size_t len)
{
    if (chance(4000))
        defer(f, at, len, (uint8_t)between(2, ROUGH_WAIT), true);
    if (!chance(6000) || f->pending_count == pending_max)
        return false;
    defer(f, at, len, (uint8_t)between(2, ROUGH_WAIT), false);
    out.delayed++;
    return true;
}

/* Sends a piece once more that begins and ends anywhere in what was sent lately. */
static void send_piece_again(struct flow *f, uint8_t from, uint8_t flags)
{
    size_t sent = f->way[from].sent, back, len;

    if (sent == 0)
        return;
    back = between(1, sent < ROUGH_BACK ? (uint32_t)sent : ROUGH_BACK);
    len = between(1, f->segment_max);
    len = len < back ? len : back;
    if (f->dead && memchr(f->way[from].seen + sent - back, 0, len))
        return;
    send_segment(f, from, flags, sent - back, len);
    out.repeated_part++;
}

/* Asks whether the other side is still there (RFC 9293 3.8.4), with a byte or none. */
static void send_probe(struct flow *f, uint8_t from)
{
    if (f->way[from].sent)
        send_segment(f, from, FLAG_ACK, f->way[from].sent - 1, chance(50000));
}

/* What may happen before a new segment. */
static bool disturb(struct flow *f)
{
    if (chance(6000))
        send_piece_again(f, f->from, FLAG_ACK);
    else if (chance(1000))
        send_probe(f, f->from);
    else
        return false;
    return true;
}

/* Of the three packets that open a session one may be missing. */
static bool is_missing(const struct flow *f, enum phase phase)
{
    return rough && !f->reused && f->label % 48 == (uint32_t)phase;
}

/* Ends the session with RST when all data is out; false when it is to end with FIN. */
static bool reset(struct flow *f)
{
    if (!rough || f->label % 7 != 3)
        return false;
    if (send_pending(f, true))
        return true;
    send_segment(f, f->label % 2, FLAG_RST | FLAG_ACK, f->way[f->label % 2].sent, 0);
    f->late = between(0, 3);
    f->dead = true;
    f->phase = OVER;
    return true;
}

/* A FIN comes alone, or with bytes that were sent before. */
static void send_fin(struct flow *f, uint8_t from)
{
    size_t sent = f->way[from].sent, again = 0;

    if (rough && chance(30000))
        again = between(0, sent < 1000 ? (uint32_t)sent : 1000);
    f->way[from].finished = true;
    send_segment(f, from, FLAG_FIN | FLAG_ACK, sent - again, again);
}

/* Lets the next side write its message; false when all has been said. */
static bool compose(struct flow *f)
{
    struct direction *way;

    if (f->left == 0)
        return false;
    f->left--;
    f->from = f->step++ & 1;
    way = &f->way[f->from];
    switch (f->payload) {
    case HTTP:
        append_http(f, way);
        break;
    case TLS:
        if (f->step <= 2)
            append_hello(f, way);
        else
            append_records(way, f->from == CLIENT ? between(200, 900) : body_size());
        break;
    case BINARY:
        append(way, NULL, f->from == CLIENT ? between(20, 600) : body_size());
        break;
    }
    f->time += f->from == CLIENT ? between(100000, 80000000) : f->round_trip / 2;
    return true;
}

/* Sends the next new segment of the talking side, unless it is delayed or the capture loses it. */
static void send_new(struct flow *f)
{
    struct direction *way = &f->way[f->from];
    size_t at = way->sent, len = way->len - at;

    if (rough && disturb(f))
        return;
    if (len > f->segment_max)
        len = f->segment_max;
    if (at > 1 && chance(225)) { /* sent again in other pieces: old and new bytes in one segment */
        size_t back = between(1, at < f->segment_max / 2u ? (uint32_t)at : f->segment_max / 2u);
        at -= back;
        len = len + back < f->segment_max ? len + back : f->segment_max;
        out.repeated_part++;
    }
    way->sent = at + len;
    f->unacked++;
    if (chance(100)) {
        out.missing++;
        return;
    }
    if (rough && delay_far(f, at, len))
        return;
    if (chance(1050)) {
        defer(f, at, len, (uint8_t)between(2, 8), true);
        out.repeated_whole++;
    } else if (chance(225) && len > 2) {
        size_t skip = between(1, (uint32_t)len - 1);
        defer(f, at + skip, len - skip, (uint8_t)between(2, 8), true);
        out.repeated_part++;
    }
    if (chance(5400) && f->pending_count < pending_max) {
        defer(f, at, len, (uint8_t)between(1, 3), false);
        out.delayed++;
        return;
    }
    send_segment(f, f->from, FLAG_ACK | (way->sent == way->len ? FLAG_PSH : 0), at, len);
}

/* Moves the session on by at most one packet; false when it is over. */
static bool step_tcp(struct flow *f)
{
    struct direction *way = &f->way[f->from];

    if (send_pending(f, false))
        return true;
    switch (f->phase) {
    case SYN:
        if (!is_missing(f, SYN))
            send_segment(f, CLIENT, FLAG_SYN, 0, 0);
        f->time += f->round_trip / 2;
        break;
    case SYN_ACK:
        if (!is_missing(f, SYN_ACK))
            send_segment(f, SERVER, FLAG_SYN | FLAG_ACK, 0, 0);
        f->time += f->round_trip / 2;
        break;
    case OPEN:
        if (!is_missing(f, OPEN))
            send_segment(f, CLIENT, FLAG_ACK, 0, 0);
        compose(f);
        break;
    case TALK:
        if (f->unacked >= f->ack_every) {
            f->unacked = 0;
            send_segment(f, !f->from, FLAG_ACK, f->way[!f->from].sent, 0);
            return true;
        }
        if (way->sent < way->len) {
            send_new(f);
            return true;
        }
        /* Only at the very end may a FIN overtake what is still on its way. */
        if (f->left && send_pending(f, true))
            return true;
        if (f->unacked && chance(50000)) { /* otherwise the next message carries it */
            f->unacked = 0;
            send_segment(f, !f->from, FLAG_ACK, f->way[!f->from].sent, 0);
            return true;
        }
        f->unacked = 0;
        if (compose(f))
            return true;
        break;
    case FIN:
        if (reset(f))
            return true;
        send_fin(f, CLIENT);
        f->time += f->round_trip / 2;
        break;
    case FIN_ACK:
        send_fin(f, SERVER);
        f->time += f->round_trip / 2;
        break;
    case LAST_ACK:
        send_segment(f, CLIENT, FLAG_ACK, f->way[CLIENT].sent + 1, 0);
        f->late = rough ? between(0, 3) : 0;
        break;
    case OVER:
        if (send_pending(f, true))
            return true;
        if (f->late == 0)
            return false;
        f->late--;
        send_piece_again(f, (uint8_t)between(0, 1), FLAG_ACK);
        return true;
    }
    f->phase++;
    return true;
}

/* Writes what the file holds of one direction: all of it, up to the first hole, and without holes.
 */
static void write_truth(const struct flow *f, uint8_t from)
{
    static const char *const names[] = {"plain", "vlan", "qinq", "gre", "vxlan"};
    const struct direction *way = &f->way[from];
    size_t len = way->sent, prefix, present = 0;
    uint32_t whole_crc = 0, prefix_crc = 0, present_crc = 0, holes = 0;
    uint8_t ends[32];

    while (len && !way->seen[len - 1])
        len--;
    if (len == 0)
        return;
    whole_crc = crc_add(0, way->data, len);
    for (prefix = 0; prefix < len && way->seen[prefix];)
        prefix++;
    prefix_crc = prefix == len ? whole_crc : crc_add(0, way->data, prefix);
    for (size_t at = 0, end; at < len; at = end) {
        for (end = at; end < len && way->seen[end] == way->seen[at];)
            end++;
        if (way->seen[at]) {
            present += end - at;
            present_crc =
                prefix == len ? whole_crc : crc_add(present_crc, way->data + at, end - at);
        } else {
            holes++;
        }
    }
    size_t address_len = put_ends(ends, f, from) / 2;
    fprintf(out.truth, "%u\t%s\t", f->number, names[f->encapsulation]);
    for (size_t i = 0; i < 2 * address_len; i++)
        fprintf(out.truth, "%02x%s", ends[i], i + 1 == address_len ? "\t" : "");
    fprintf(out.truth, "\t%u\t%u\t%zu\t%08x\t%zu\t%08x\t%u\t%zu\t%08x\n", f->port[from],
        f->port[!from], len, whole_crc, prefix, prefix_crc, holes, present, present_crc);
    out.streams++;
    out.holes += holes > 0;
}

/* DNS. */

static void dns_name(struct flow *f)
{
    const char *labels[4] = {"www", NULL, NULL, "example"};

    labels[1] = word();
    labels[2] = word();
    for (size_t i = chance(50000); i < COUNT(labels); i++) {
        size_t len = strlen(labels[i]);
        f->dns[f->dns_len++] = (uint8_t)len;
        memcpy(f->dns + f->dns_len, labels[i], len);
        f->dns_len += len;
    }
    f->dns[f->dns_len++] = 0;
}

static void dns_record(struct flow *f, uint16_t name, uint16_t type, uint16_t len)
{
    put(f->dns + f->dns_len, 2, 0xc000u | name); /* compressed: a pointer */
    put(f->dns + f->dns_len + 2, 2, type);
    put(f->dns + f->dns_len + 4, 2, 1);
    put(f->dns + f->dns_len + 6, 4, 300);
    put(f->dns + f->dns_len + 10, 2, len);
    f->dns_len += 12;
    random_bytes(f->dns + f->dns_len, len);
    f->dns_len += len;
}

static void dns_question(struct flow *f)
{
    static const uint16_t types[] = {1, 1, 28, 15};

    memset(f->dns, 0, 12);
    random_bytes(f->dns, 2);
    put(f->dns + 2, 2, 0x0100); /* recursion desired */
    put(f->dns + 4, 2, 1);
    f->dns_len = 12;
    dns_name(f);
    put(f->dns + f->dns_len, 2, types[between(0, COUNT(types) - 1)]);
    put(f->dns + f->dns_len + 2, 2, 1);
    f->dns_len += 4;
}

static void dns_edns(struct flow *f)
{
    static const uint8_t option[] = {0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0};

    memcpy(f->dns + f->dns_len, option, sizeof option);
    f->dns_len += sizeof option;
    put(f->dns + 10, 2, 1);
}

/* Turns the question into its answer: an alias now and then, and one to four records. */
static void dns_answer(struct flow *f)
{
    uint16_t type, name = 12, count = (uint16_t)between(1, 4), at;
    bool alias = chance(40000);

    type = (uint16_t)(f->dns[f->dns_len - 4] << 8 | f->dns[f->dns_len - 3]);
    put(f->dns + 2, 2, 0x8180);
    put(f->dns + 6, 2, count + alias);
    if (alias) {
        dns_record(f, name, 5, 8);
        at = (uint16_t)(f->dns_len - 8);
        memcpy(f->dns + at, "\5alias", 6);
        put(f->dns + at + 6, 2, 0xc00c);
        name = at;
    }
    for (uint16_t i = 0; i < count; i++) {
        if (type == 15) {
            dns_record(f, name, type, 9);
            at = (uint16_t)(f->dns_len - 9);
            put(f->dns + at, 2, 10u * (i + 1u));
            memcpy(f->dns + at + 2, "\4mail", 5);
            put(f->dns + at + 7, 2, 0xc00c);
        } else {
            dns_record(f, name, type, type == 1 ? 4 : 16);
        }
    }
}

static void send_datagram(struct flow *f, uint8_t from, const uint8_t *bytes, size_t len)
{
    struct packet p;
    uint8_t ends[32];

    start_packet(&p, len);
    if (bytes)
        memcpy(p.begin, bytes, len);
    else
        random_bytes(p.begin, len);
    put_ends(ends, f, from);
    put_udp(&p, f->ipv6, ends, f->port[from], f->port[!from], true);
    send_ip(&p, f, from, ends, 17);
}

static bool step_dns(struct flow *f)
{
    size_t plain_len;

    if (f->step == 2)
        return false;
    if (f->step == 0)
        dns_question(f);
    else
        dns_answer(f);
    plain_len = f->dns_len;
    if (f->label & 1)
        dns_edns(f);
    send_datagram(f, (uint8_t)f->step, f->dns, f->dns_len);
    f->dns_len = plain_len;
    f->step++;
    f->time += f->round_trip;
    return true;
}

static bool step_datagrams(struct flow *f)
{
    if (f->left == 0)
        return false;
    f->left--;
    uint8_t from = chance(30000);
    send_datagram(f, from, NULL, between(40, 1200));
    f->time += f->pace * 200;
    return true;
}

static bool step_echo(struct flow *f)
{
    uint8_t from = f->step & 1, ends[32];
    struct packet p;

    if (f->left == 0)
        return false;
    start_packet(&p, 56);
    for (unsigned i = 0; i < 56; i++)
        p.begin[i] = (uint8_t)i;
    put(p.begin, 8, (uint64_t)EPOCH * 1000 + f->time / 2000000);
    uint8_t *h = prepend(&p, 8);
    out.layers++;
    h[0] = f->ipv6 ? 128 + from : from == CLIENT ? 8 : 0;
    put(h + 4, 2, f->port[CLIENT]);
    put(h + 6, 2, f->step / 2 + 1);
    put_ends(ends, f, from);
    put_checksum(h + 2, f->ipv6 ? transport_sum(&p, true, ends, 58) : sum(h, packet_len(&p)));
    send_ip(&p, f, from, ends, f->ipv6 ? 58 : 1);
    f->left -= from;
    f->step++;
    f->time += from ? 1000000000 : f->round_trip;
    return true;
}

static bool step_arp(struct flow *f)
{
    uint8_t from = (uint8_t)f->step;
    struct packet p;

    if (f->step == 2)
        return false;
    start_packet(&p, 0);
    uint8_t *h = prepend(&p, 28);
    out.layers++;
    put(h, 8, UINT64_C(0x0001080006040000) + 1 + from);
    put(h + 8, 6, from ? UINT64_C(0x02005e000001) : UINT64_C(0x020000000000) + f->client);
    put_address(h + 14, false, CLIENT, from ? 254 : f->client);
    put(h + 18, 6, from ? UINT64_C(0x020000000000) + f->client : 0);
    put_address(h + 24, false, CLIENT, from ? f->client : 254);
    wrap_and_write(&p, f, from, 0x0806);
    f->step++;
    f->time += f->round_trip;
    return true;
}

/* Flows. */

/* Begins the next flow in the place of one that is over. */
static void start_flow(struct flow *f, uint64_t time)
{
    static const uint16_t gre_flags[] = {0, 0, 0x2000, 0xb000};
    struct direction ways[2] = {
        {.data = f->way[0].data, .seen = f->way[0].seen, .room = f->way[0].room},
        {.data = f->way[1].data, .seen = f->way[1].seen, .room = f->way[1].room}};
    uint32_t sort = between(1, 1000), wrapping = between(1, 100), number = (uint32_t)out.flows++;

    *f = (struct flow){.time = time, .number = number, .way = {ways[0], ways[1]}};
    f->kind = sort <= 567   ? TCP
              : sort <= 800 ? DNS
              : sort <= 880 ? DATAGRAMS
              : sort <= 950 ? ECHO
                            : ARP;
    f->encapsulation = wrapping <= 6    ? VLAN
                       : wrapping <= 7  ? QINQ
                       : wrapping <= 9  ? GRE
                       : wrapping <= 11 ? VXLAN
                                        : PLAIN;
    if (f->kind == ARP && f->encapsulation == GRE)
        f->encapsulation = PLAIN;
    f->ipv6 = f->kind != ARP && chance(20000);
    f->outer_ipv6 = chance(20000);

    /* Client and client port are never the same twice: 250 hosts, a prime number of ports. */
    f->client = 1 + number % 250;
    f->port[CLIENT] = (uint16_t)(49152 + (number / 250 * 7919 + f->client * 131) % 16381);
    f->server = between(1, 1000);
    f->endpoint = between(1, 20) * 2;
    f->tag[0] = (uint16_t)(between(0, 7) << 13 | between(1, 200));
    f->tag[1] = (uint16_t)between(1, 4000);
    f->vni = between(1, 5000);
    f->gre_key = between(1, 100);
    f->gre_flags = gre_flags[between(0, COUNT(gre_flags) - 1)];
    f->label = between(1, 0xfffff);
    f->pace = between(2000, 30000);
    f->round_trip = between(300000, 40000000);
    for (unsigned i = 0; i < 2; i++) {
        f->way[i].first = (uint32_t)random_next();
        f->way[i].clock = (uint32_t)random_next();
        f->way[i].ip_id = (uint16_t)random_next();
    }

    switch (f->kind) {
    case TCP:
        sort = between(1, 100);
        f->payload = sort <= 54 ? HTTP : sort <= 94 ? TLS : BINARY;
        f->port[SERVER] = f->payload == TLS      ? 443
                          : f->payload == BINARY ? 7777
                          : chance(80000)        ? 80
                                                 : 8080;
        f->timestamps = chance(70000);
        f->ack_every = chance(30000) ? 1 : 2;
        f->segment_max = f->encapsulation >= GRE ? 1360 : f->ipv6 ? 1440 : SEGMENT_MAX;
        f->segment_max = (uint16_t)(f->segment_max - 12 * f->timestamps);
        f->left = 2 * between(1, 3) + (f->payload == TLS ? 2 : 0);
        break;
    case DNS:
        f->port[SERVER] = 53;
        f->server = between(1, 3);
        break;
    case DATAGRAMS:
        f->port[SERVER] = (uint16_t)between(27100, 27900);
        f->left = between(2, 30);
        break;
    default:
        f->left = between(1, 5);
        break;
    }
}

/* Makes a new session rougher: more tunnels, numbers that run over, or the ports of the one before.
 */
static void roughen(struct flow *f, const struct flow *before)
{
    if (f->kind != TCP)
        return;
    if (before->kind == TCP && before->phase == OVER && chance(30000)) {
        f->reused = true;
        f->client = before->client;
        f->server = before->server;
        f->ipv6 = before->ipv6;
        f->encapsulation = before->encapsulation;
        f->segment_max = before->segment_max;
        f->timestamps = before->timestamps;
        memcpy(f->port, before->port, sizeof f->port);
        for (unsigned i = 0; i < 2; i++) /* ahead of those before (RFC 6191 2) */
            f->way[i].first = before->way[i].first + between(1 << 20, 1 << 30);
        return;
    }
    if (chance(25000)) {
        f->encapsulation = chance(50000) ? GRE : VXLAN;
        f->outer_ipv6 = chance(50000);
        f->segment_max = 1300;
    }
    for (unsigned i = 0; i < 2; i++)
        if (chance(30000))
            f->way[i].first = UINT32_MAX - between(0, 20000);
}

static bool step_flow(struct flow *f)
{
    static bool (*const steps[KINDS])(struct flow *) = {
        step_tcp, step_dns, step_datagrams, step_echo, step_arp};

    return steps[f->kind](f);
}

static void end_flow(const struct flow *f)
{
    if (out.truth && f->kind == TCP) {
        write_truth(f, CLIENT);
        write_truth(f, SERVER);
    }
    if (f->kind == TCP)
        out.by_payload[f->payload]++;
}

/* Restores the heap after the earliest flow has moved on. */
static void sift(struct flow **heap, size_t count)
{
    for (size_t at = 0, child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && heap[child + 1]->time < heap[child]->time)
            child++;
        if (heap[at]->time <= heap[child]->time)
            break;
        struct flow *later = heap[at];
        heap[at] = heap[child];
        heap[child] = later;
    }
}

static void run(size_t concurrent)
{
    struct flow *flows = calloc(concurrent, sizeof *flows);
    struct flow **heap = calloc(concurrent, sizeof *heap);
    uint64_t time = 0;

    if (!flows || !heap)
        die("cannot hold", "the flows");
    for (size_t i = 0; i < concurrent; i++) { /* in order of time: a heap already */
        start_flow(&flows[i], time += between(1, 400000));
        heap[i] = &flows[i];
    }
    while (out.packets < out.wanted) {
        struct flow *f = heap[0];
        if (f->time < out.last_us * 1000) /* the wire was busy */
            f->time = out.last_us * 1000;
        if (!step_flow(f)) {
            const struct flow before = *f;
            end_flow(f);
            start_flow(f, f->time + between(1, 2000000));
            if (rough)
                roughen(f, &before);
        }
        sift(heap, concurrent);
    }
    for (size_t i = 0; i < concurrent; i++) {
        end_flow(&flows[i]);
        for (unsigned way = 0; way < 2; way++) {
            free(flows[i].way[way].data);
            free(flows[i].way[way].seen);
        }
    }
    free(heap);
    free(flows);
}

static void make_corpus(void)
{
    size_t len = 0;

    while (len + 16 < CORPUS_LEN) {
        const char *next = word(), *end = chance(10000) ? ".\n" : " ";
        len += (size_t)snprintf((char *)corpus + len, CORPUS_LEN - len, "%s%s", next, end);
    }
    memset(corpus + len, '.', CORPUS_LEN - len);
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void report(void)
{
    uint64_t n = out.packets;

    fprintf(stderr, "%llu packets, %llu bytes, %.1f on average, %.2f layers, %.1f s, %llu flows\n",
        (unsigned long long)n, (unsigned long long)out.bytes, (double)out.bytes / (double)n,
        (double)out.layers / (double)n, (double)out.last_us / 1e6, (unsigned long long)out.flows);
    fprintf(stderr,
        "of packets: TCP %.1f%%, DNS %.1f%%, other UDP %.1f%%, ICMP %.1f%%, ARP %.1f%%\n",
        percent(out.by_kind[TCP], n), percent(out.by_kind[DNS], n),
        percent(out.by_kind[DATAGRAMS], n), percent(out.by_kind[ECHO], n),
        percent(out.by_kind[ARP], n));
    fprintf(stderr, "of packets: IPv6 %.1f%%, VLAN %.1f%%, QinQ %.1f%%, GRE %.1f%%, VXLAN %.1f%%\n",
        percent(out.ipv6, n), percent(out.by_encapsulation[VLAN], n),
        percent(out.by_encapsulation[QINQ], n), percent(out.by_encapsulation[GRE], n),
        percent(out.by_encapsulation[VXLAN], n));
    uint64_t sessions = out.by_payload[HTTP] + out.by_payload[TLS] + out.by_payload[BINARY];
    fprintf(stderr, "%llu TCP sessions: HTTP %.1f%%, TLS %.1f%%, other %.1f%%\n",
        (unsigned long long)sessions, percent(out.by_payload[HTTP], sessions),
        percent(out.by_payload[TLS], sessions), percent(out.by_payload[BINARY], sessions));
    fprintf(stderr,
        "of segments with data: delayed %.2f%%, repeated %.2f%% + %.2f%% in part, "
        "missing %.2f%%\n",
        percent(out.delayed, out.segments), percent(out.repeated_whole, out.segments),
        percent(out.repeated_part, out.segments), percent(out.missing, out.segments));
    if (out.truth)
        fprintf(stderr, "%llu streams, %llu with a hole\n", (unsigned long long)out.streams,
            (unsigned long long)out.holes);
}

static FILE *open_for_writing(const char *path)
{
    FILE *file = fopen(path, "wb");

    if (!file)
        die("cannot write", path);
    setvbuf(file, NULL, _IOFBF, 1 << 20);
    return file;
}

int main(int argc, char **argv)
{
    const char *path = NULL, *truth = NULL;
    uint64_t seed = 1, packets = 100000, concurrent = 0;

    for (int i = 1; i < argc; i += 2) {
        if (strcmp(argv[i], "--rough") == 0) {
            rough = true;
            pending_max = PENDING_ROOM;
            i--;
            continue;
        }
        const char *value = argv[i + 1]; /* argv ends with NULL */
        if (value && strcmp(argv[i], "-o") == 0)
            path = value;
        else if (value && strcmp(argv[i], "--truth") == 0)
            truth = value;
        else if (value && strcmp(argv[i], "--seed") == 0)
            seed = strtoull(value, NULL, 10);
        else if (value && strcmp(argv[i], "--packets") == 0)
            packets = strtoull(value, NULL, 10);
        else if (value && strcmp(argv[i], "--concurrent") == 0)
            concurrent = strtoull(value, NULL, 10);
        else
            path = NULL, i = argc;
    }
    if (!path) {
        fprintf(stderr, "usage: traffic [--seed N] [--packets N] [--concurrent N] [--rough] "
                        "[--truth FILE] -o FILE\n");
        return 2;
    }
    if (concurrent == 0)
        concurrent = packets <= 200000 ? 500 : 2000;

    random_seed(seed);
    crc_init();
    make_corpus();
    out.file = open_for_writing(path);
    out.wanted = packets;
    if (truth) {
        out.truth = open_for_writing(truth);
        fputs("flow\twrapping\tsource\tdestination\tsource port\tdestination port\tlength\tcrc32c\t"
              "to first hole\tcrc32c\tholes\tpresent\tcrc32c\n",
            out.truth);
    }
    write_file_header();
    run((size_t)concurrent);
    if (fclose(out.file) != 0)
        die("cannot write", path);
    if (out.truth && fclose(out.truth) != 0)
        die("cannot write", truth);
    report();
    return 0;
}
