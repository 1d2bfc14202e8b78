/* The Internet checksum, CRC-32 and CRC-32C. */
#ifndef TAPIR_CHECKSUM_H
#define TAPIR_CHECKSUM_H

#include "tapir/bytes.h"

TAPIR_EXTERN_C_BEGIN

/* Adds `bytes` to a running one's-complement sum of 16-bit words in network order (RFC 1071), an
 * odd last byte padded with zero; so only the last of several runs may have odd length. Start with
 * 0. */
TAPIR_API uint64_t tapir_sum_add(uint64_t sum, tapir_span bytes);

/* Copies bytes and returns their sum: cheaper than one after the other. */
TAPIR_API uint64_t tapir_sum_copy(uint8_t *to, tapir_span bytes);

/* Adds one 16-bit or 32-bit number in host order. */
static inline uint64_t tapir_sum_uint(uint64_t sum, uint32_t value)
{
    return sum + (value >> 16) + (value & 0xffff);
}

/* Adds the pseudo-header of RFC 793 (addresses of 4 bytes) or RFC 8200 8.1 (of 16). */
TAPIR_API uint64_t tapir_sum_pseudo(
    uint64_t sum, tapir_span src, tapir_span dst, uint8_t protocol, uint32_t length);

/* Folds a sum to the 16-bit checksum that goes on the wire, host order. A sum over data that
 * includes a right checksum folds to 0. */
TAPIR_INLINE uint16_t tapir_sum_fold(uint64_t sum)
{
    uint32_t half;

    /* A half added to the other, and what is carried out of that, stands in the upper one. */
    sum += sum << 32 | sum >> 32;
    half = (uint32_t)(sum >> 32);
    half += half << 16 | half >> 16;
    return (uint16_t) ~(half >> 16);
}

/* The Internet checksum of `bytes`, host order (RFC 1071). */
TAPIR_API uint16_t tapir_internet_checksum(tapir_span bytes);

/* Returns the checksum, host order, behind a change of some of the bytes it covers: their sums
 * before and after say by how much (RFC 1624). A right one stays right, a wrong one as wrong. */
TAPIR_API uint16_t tapir_checksum_update(
    uint16_t checksum, uint64_t sum_before, uint64_t sum_after);

/* CRC-32 (IEEE 802.3 3.2.9), continued from `crc`; start with 0. */
TAPIR_API uint32_t tapir_crc32(uint32_t crc, tapir_span bytes);

/* CRC-32C (Castagnoli, RFC 9260 appendix A), continued from `crc`; start with 0. */
TAPIR_API uint32_t tapir_crc32c(uint32_t crc, tapir_span bytes);

TAPIR_EXTERN_C_END
#endif
