/* CRC-32C (RFC 3720) as fast as the processor has it, the same for all who put streams together. */
#ifndef BENCH_CRC_H
#define BENCH_CRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The processor's instruction takes three cycles and can be begun in each: three lanes of so many
 * bytes are summed up at once, then put together. */
enum { CRC_LANE = 160 };

static struct {
    uint32_t byte[256];    /* what a byte does to the sum */
    uint32_t lane[4][256]; /* what CRC_LANE zeroes do to each byte of it */
    bool hardware;
} crc_tables;

static inline uint32_t crc_bytes(uint32_t state, const uint8_t *p, size_t len)
{
    while (len--)
        state = state >> 8 ^ crc_tables.byte[(state ^ *p++) & 0xff];
    return state;
}

/* To be called once, before all others. */
static inline void crc_init(void)
{
    static const uint8_t zeroes[CRC_LANE] = {0};

    for (uint32_t i = 0; i < 256; i++) {
        uint32_t state = i;
        for (int bit = 0; bit < 8; bit++)
            state = state >> 1 ^ (state & 1 ? 0x82f63b78 : 0);
        crc_tables.byte[i] = state;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (unsigned k = 0; k < 4; k++)
            crc_tables.lane[k][i] = crc_bytes(i << 8 * k, zeroes, CRC_LANE);
#ifdef __x86_64__
    crc_tables.hardware = __builtin_cpu_supports("sse4.2");
#endif
}

#ifdef __x86_64__
static inline uint64_t crc_word(const uint8_t *p)
{
    uint64_t word;

    memcpy(&word, p, 8);
    return word;
}

static inline uint32_t crc_over_lane(uint32_t state)
{
    return crc_tables.lane[0][state & 0xff] ^ crc_tables.lane[1][state >> 8 & 0xff] ^
           crc_tables.lane[2][state >> 16 & 0xff] ^ crc_tables.lane[3][state >> 24];
}

__attribute__((target("sse4.2"))) static inline uint32_t crc_hardware(
    uint32_t state, const uint8_t *p, size_t len)
{
    uint64_t a = state, b, c;

    for (; len >= 3 * CRC_LANE; p += 3 * CRC_LANE, len -= 3 * CRC_LANE) {
        b = c = 0;
        for (size_t i = 0; i < CRC_LANE; i += 8) {
            a = __builtin_ia32_crc32di(a, crc_word(p + i));
            b = __builtin_ia32_crc32di(b, crc_word(p + CRC_LANE + i));
            c = __builtin_ia32_crc32di(c, crc_word(p + 2 * CRC_LANE + i));
        }
        a = crc_over_lane(crc_over_lane((uint32_t)a) ^ (uint32_t)b) ^ c;
    }
    for (; len >= 8; p += 8, len -= 8)
        a = __builtin_ia32_crc32di(a, crc_word(p));
    while (len--)
        a = __builtin_ia32_crc32qi((uint32_t)a, *p++);
    return (uint32_t)a;
}
#endif

/* Continues `crc`; the first one is 0. */
static inline uint32_t crc_add(uint32_t crc, const uint8_t *p, size_t len)
{
#ifdef __x86_64__
    if (crc_tables.hardware)
        return ~crc_hardware(~crc, p, len);
#endif
    return ~crc_bytes(~crc, p, len);
}

#endif
