/* The floor: finds addresses, ports and payload of every packet by hand, bounds checked, and no
 * more. */
#include "measure.h"
#include <stdbool.h>

static uint32_t be16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be32(const uint8_t *p)
{
    uint32_t word;

    memcpy(&word, p, 4);
    return __builtin_bswap32(word);
}

static uint64_t sum_ipv6(const uint8_t *p)
{
    return (uint64_t)be32(p) + be32(p + 4) + be32(p + 8) + be32(p + 12);
}

/* Returns addresses + ports + TCP sequence number + payload length of the innermost headers. */
static inline uint64_t walk(const uint8_t *p, const uint8_t *end, bool tunnels)
{
    uint64_t addresses;
    uint32_t type, protocol, len;

ethernet:
    if (end - p < 14)
        return 0;
    type = be16(p + 12);
    p += 14;
    while (type == 0x8100 || type == 0x88a8) {
        if (end - p < 4)
            return 0;
        type = be16(p + 2);
        p += 4;
    }

network:
    if (type == 0x0800) {
        if (end - p < 20)
            return 0;
        len = (p[0] & 15u) * 4;
        if (len < 20 || be16(p + 2) < len || end - p < len)
            return 0;
        if (be16(p + 2) < end - p)
            end = p + be16(p + 2);
        addresses = (uint64_t)be32(p + 12) + be32(p + 16);
        if (be16(p + 6) & 0x1fff) /* not the first fragment */
            return addresses;
        protocol = p[9];
        p += len;
    } else if (type == 0x86dd) {
        if (end - p < 40)
            return 0;
        if (be16(p + 4) < end - p - 40)
            end = p + 40 + be16(p + 4);
        addresses = sum_ipv6(p + 8) + sum_ipv6(p + 24);
        protocol = p[6];
        p += 40;
        while (protocol == 0 || protocol == 43 || protocol == 60) {
            if (end - p < 8 || end - p < 8 + 8 * p[1])
                return addresses;
            protocol = p[0];
            p += 8 + 8 * p[1];
        }
        if (protocol == 44) {
            if (end - p < 8 || be16(p + 2) & 0xfff8)
                return addresses;
            protocol = p[0];
            p += 8;
        }
    } else if (type == 0x0806) {
        return end - p < 28 ? 0 : (uint64_t)be32(p + 14) + be32(p + 24);
    } else {
        return 0;
    }

    switch (protocol) {
    case 6:
        if (end - p < 20)
            return addresses;
        len = (p[12] >> 4) * 4u;
        if (len < 20 || end - p < len)
            return addresses;
        return addresses + be16(p) + be16(p + 2) + be32(p + 4) + (uint64_t)(end - p - len);
    case 17:
        if (end - p < 8)
            return addresses;
        len = be16(p + 4);
        if (len < 8)
            return addresses;
        if (len < end - p)
            end = p + len;
        if (be16(p + 2) == 4789 && end - p >= 16 && tunnels) {
            p += 16;
            goto ethernet;
        }
        return addresses + be16(p) + be16(p + 2) + (uint64_t)(end - p - 8);
    case 1:
    case 58:
        return end - p < 8 ? addresses : addresses + be16(p);
    case 47:
        if (end - p < 4 || !tunnels)
            return addresses;
        len = 4 + 4u * (uint32_t)__builtin_popcount(p[0] & 0xb0); /* checksum, key, sequence */
        if (end - p < len)
            return addresses;
        type = be16(p + 2);
        p += len;
        goto network;
    default:
        return addresses;
    }
}

/* Frames fetched into the cache while earlier ones are walked, where that is asked for. */
#define AHEAD 8

static inline uint64_t walk_all(const struct capture *capture, bool tunnels, bool fetch)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < capture->count; i++) {
        const struct frame *frame = &capture->frames[i];
        if (fetch && i + AHEAD < capture->count) {
            __builtin_prefetch(frame[AHEAD].data);
            __builtin_prefetch((const void *)((uintptr_t)frame[AHEAD].data + 64));
        }
        sum += walk(frame->data, frame->data + frame->len, tunnels);
    }
    return sum;
}

static uint64_t inner(const struct capture *capture, void *user)
{
    (void)user;
    return walk_all(capture, true, false);
}

static uint64_t ahead(const struct capture *capture, void *user)
{
    (void)user;
    return walk_all(capture, true, true);
}

static uint64_t outer(const struct capture *capture, void *user)
{
    (void)user;
    return walk_all(capture, false, false);
}

static const struct {
    const char *name;
    uint64_t (*pass)(const struct capture *, void *);
} modes[] = {{"inner", inner}, {"ahead", ahead}, {"outer", outer}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 4 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(argv[1], modes[i].name) == 0) {
            struct capture capture = load(argv[2]);
            measure(&capture, atoi(argv[3]), modes[i].pass, NULL);
            unload(&capture);
            return 0;
        }
    fail("usage", "walk inner|ahead|outer FILE PASSES");
}
