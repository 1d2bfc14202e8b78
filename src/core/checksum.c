/* Checksums at memory speed: 32 bytes a step for RFC 1071, hardware CRC-32C or 16 bytes a step. */
#include "tapir/checksum.h"

#include <threads.h>

static uint64_t load64(const uint8_t *p)
{
    uint64_t value;

    memcpy(&value, p, 8);
    return value;
}

/* Sums in host word order; RFC 1071 2 (B): byte order does not matter until the end. */
static uint64_t sum_native(const uint8_t *p, size_t len)
{
    uint64_t low = 0, high = 0;

    for (; len >= 32; p += 32, len -= 32) {
        uint64_t a = load64(p), b = load64(p + 8), c = load64(p + 16), d = load64(p + 24);
        low += (a & UINT32_MAX) + (b & UINT32_MAX) + (c & UINT32_MAX) + (d & UINT32_MAX);
        high += (a >> 32) + (b >> 32) + (c >> 32) + (d >> 32);
    }
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t a = load64(p);
        low += a & UINT32_MAX;
        high += a >> 32;
    }
    if (len) {
        uint8_t last[8] = {0};
        memcpy(last, p, len);
        uint64_t a = load64(last);
        low += a & UINT32_MAX;
        high += a >> 32;
    }
    low = (low & UINT32_MAX) + (low >> 32) + (high & UINT32_MAX) + (high >> 32);
    low = (low & 0xffff) + (low >> 16 & 0xffff) + (low >> 32);
    low = (low & 0xffff) + (low >> 16);
    return (low & 0xffff) + (low >> 16);
}

uint64_t tapir_sum_add(uint64_t sum, tapir_span bytes)
{
    uint16_t native = (uint16_t)sum_native(bytes.data, bytes.len);

    return sum + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap16(native) : native);
}

uint64_t tapir_sum_pseudo(
    uint64_t sum, tapir_span src, tapir_span dst, uint8_t protocol, uint32_t length)
{
    sum = tapir_sum_add(tapir_sum_add(sum, src), dst);
    return tapir_sum_uint(sum + protocol, length);
}

uint16_t tapir_sum_fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

uint16_t tapir_internet_checksum(tapir_span bytes)
{
    return tapir_sum_fold(tapir_sum_add(0, bytes));
}

/* Reflected polynomial of CRC-32C, RFC 9260 appendix A. */
#define CASTAGNOLI 0x82f63b78u

static uint32_t crc_tables[16][256];
static once_flag crc_once = ONCE_FLAG_INIT;

static void crc_make_tables(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? CASTAGNOLI : 0);
        crc_tables[0][i] = crc;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (unsigned t = 1; t < 16; t++)
            crc_tables[t][i] =
                crc_tables[t - 1][i] >> 8 ^ crc_tables[0][crc_tables[t - 1][i] & 0xff];
}

static uint32_t crc_portable(uint32_t crc, const uint8_t *p, size_t len)
{
    call_once(&crc_once, crc_make_tables);
    for (; len >= 16; p += 16, len -= 16) {
        uint32_t next = 0;
        for (unsigned i = 0; i < 16; i++) {
            uint8_t byte = (uint8_t)(i < 4 ? p[i] ^ crc >> 8 * i : p[i]);
            next ^= crc_tables[15 - i][byte];
        }
        crc = next;
    }
    while (len--)
        crc = crc >> 8 ^ crc_tables[0][(crc ^ *p++) & 0xff];
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc_hardware(
    uint32_t crc, const uint8_t *p, size_t len)
{
    uint64_t wide = crc;

    for (; len >= 16; p += 16, len -= 16) {
        wide = __builtin_ia32_crc32di(wide, load64(p));
        wide = __builtin_ia32_crc32di(wide, load64(p + 8));
    }
    crc = (uint32_t)wide;
    while (len--)
        crc = __builtin_ia32_crc32qi(crc, *p++);
    return crc;
}
#endif

uint32_t tapir_crc32c(uint32_t crc, tapir_span bytes)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc_hardware(~crc, bytes.data, bytes.len);
#endif
    return ~crc_portable(~crc, bytes.data, bytes.len);
}
