/* The floor of reassembly: finds the innermost TCP segment of every frame by hand, its stream in a
 * table, and continues the checksum of that, in whatever order segments come. */
#include "crc.h"
#include "measure.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

static uint32_t be16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

/* One direction between two endpoints. Addresses of IPv4 are 4 bytes and zeroes. */
struct key {
    uint64_t address[4];
    uint32_t ports;
};

struct stream {
    struct key key;
    uint32_t crc;
    bool used;
    uint64_t bytes;
};

static struct {
    struct stream *streams;
    size_t mask, count;
} table;

static size_t place_of(const struct key *key, size_t mask)
{
    uint64_t hash = key->ports;

    for (unsigned i = 0; i < 4; i++) {
        hash = (hash ^ key->address[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash & mask;
}

static struct stream *probe(struct stream *streams, size_t mask, const struct key *key)
{
    size_t at = place_of(key, mask);

    while (streams[at].used && memcmp(&streams[at].key, key, sizeof *key) != 0)
        at = (at + 1) & mask;
    return &streams[at];
}

static void grow(void)
{
    size_t mask = table.mask * 2 + 1;
    struct stream *streams = calloc(mask + 1, sizeof *streams);

    if (!streams)
        fail("unordered", "out of memory");
    for (size_t i = 0; table.streams && i <= table.mask; i++)
        if (table.streams[i].used)
            *probe(streams, mask, &table.streams[i].key) = table.streams[i];
    free(table.streams);
    table.streams = streams;
    table.mask = mask;
}

static void add_segment(const struct key *key, const uint8_t *bytes, size_t len)
{
    struct stream *stream = probe(table.streams, table.mask, key);

    if (!stream->used) {
        if (2 * ++table.count > table.mask) {
            grow();
            stream = probe(table.streams, table.mask, key);
        }
        stream->key = *key;
        stream->used = true;
    }
    stream->crc = crc_add(stream->crc, bytes, len);
    stream->bytes += len;
}

/* Follows VLANs, GRE and VXLAN to the innermost network header. */
static void add_frame(const uint8_t *p, const uint8_t *end)
{
    struct key key;
    uint32_t type, protocol, len;

ethernet:
    if (end - p < 14)
        return;
    type = be16(p + 12);
    p += 14;
    while (type == 0x8100 || type == 0x88a8) {
        if (end - p < 4)
            return;
        type = be16(p + 2);
        p += 4;
    }

network:
    memset(&key, 0, sizeof key);
    if (type == 0x0800) {
        if (end - p < 20)
            return;
        len = (p[0] & 15u) * 4;
        if (len < 20 || be16(p + 2) < len || end - p < len || be16(p + 6) & 0x3fff)
            return;
        if (be16(p + 2) < end - p)
            end = p + be16(p + 2);
        memcpy(&key.address[0], p + 12, 4);
        memcpy(&key.address[2], p + 16, 4);
        protocol = p[9];
        p += len;
    } else if (type == 0x86dd) {
        if (end - p < 40)
            return;
        if (be16(p + 4) < end - p - 40)
            end = p + 40 + be16(p + 4);
        memcpy(key.address, p + 8, 32);
        protocol = p[6];
        p += 40;
        while (protocol == 0 || protocol == 43 || protocol == 60) {
            if (end - p < 8 || end - p < 8 + 8 * p[1])
                return;
            protocol = p[0];
            p += 8 + 8 * p[1];
        }
    } else {
        return;
    }

    switch (protocol) {
    case 6:
        if (end - p < 20)
            return;
        len = (p[12] >> 4) * 4u;
        if (len < 20 || end - p <= len)
            return;
        memcpy(&key.ports, p, 4);
        add_segment(&key, p + len, (size_t)(end - p - len));
        return;
    case 17:
        if (end - p < 16 || be16(p + 2) != 4789)
            return;
        p += 16;
        goto ethernet;
    case 47:
        if (end - p < 4)
            return;
        len = 4 + 4u * (uint32_t)__builtin_popcount(p[0] & 0xb0); /* checksum, key, sequence */
        if (end - p < len)
            return;
        type = be16(p + 2);
        p += len;
        goto network;
    default:
        return;
    }
}

/* Forgets all streams; returns the sum of their checksums. */
static uint64_t finish(void)
{
    uint64_t sum = 0;

    for (size_t i = 0; i <= table.mask; i++)
        sum += table.streams[i].used ? table.streams[i].crc : 0;
    memset(table.streams, 0, (table.mask + 1) * sizeof *table.streams);
    table.count = 0;
    return sum;
}

/* Frames fetched into the cache while earlier ones are walked. */
#define AHEAD 8

static uint64_t add_all(const struct capture *capture, void *user)
{
    (void)user;
    for (size_t i = 0; i < capture->count; i++) {
        const struct frame *frame = &capture->frames[i];
        if (i + AHEAD < capture->count) {
            __builtin_prefetch(frame[AHEAD].data);
            __builtin_prefetch((const void *)((uintptr_t)frame[AHEAD].data + 64));
        }
        add_frame(frame->data, frame->data + frame->len);
    }
    return finish();
}

/* Reads in pieces; returns how many frames there were. */
static size_t read_file(const char *path)
{
    static uint8_t buffer[128 << 10];
    size_t held = 0, at = 24, frames = 0;
    int file = open(path, O_RDONLY);
    uint32_t caplen;
    ssize_t got;

    if (file < 0)
        fail(path, strerror(errno));
    while ((got = read(file, buffer + held, sizeof buffer - held)) > 0) {
        held += (size_t)got;
        for (; at <= held && held - at >= 16; at += 16 + caplen, frames++) {
            memcpy(&caplen, buffer + at + 8, 4);
            if (caplen > sizeof buffer - 16)
                fail(path, "has a frame that is too long");
            if (held - at - 16 < caplen)
                break;
            add_frame(buffer + at + 16, buffer + at + 16 + caplen);
        }
        memmove(buffer, buffer + at, held - at);
        held -= at;
        at = 0;
    }
    if (got < 0)
        fail(path, strerror(errno));
    close(file);
    return frames;
}

int main(int argc, char **argv)
{
    crc_init();
    table.mask = 1023;
    grow();
    if (argc == 3 && strcmp(argv[1], "file") == 0) {
        double start = now_ns();
        size_t frames = read_file(argv[2]);
        uint64_t sum = finish();
        report(now_ns() - start, frames, sum);
    } else if (argc == 4 && strcmp(argv[1], "memory") == 0) {
        struct capture capture = load(argv[2]);
        measure(&capture, atoi(argv[3]), add_all, NULL);
        unload(&capture);
    } else {
        fail("usage", "unordered file FILE | unordered memory FILE PASSES");
    }
    free(table.streams);
    return 0;
}
