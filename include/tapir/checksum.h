/* The Internet checksum and CRC-32C. */
#ifndef TAPIR_CHECKSUM_H
#define TAPIR_CHECKSUM_H

#include "tapir/bytes.h"

TAPIR_EXTERN_C_BEGIN

/* Adds `bytes` to a running one's-complement sum of 16-bit words in network order (RFC 1071), an
 * odd last byte padded with zero; so only the last of several runs may have odd length. Start with
 * 0. */
TAPIR_API uint64_t tapir_sum_add(uint64_t sum, tapir_span bytes);

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
TAPIR_API uint16_t tapir_sum_fold(uint64_t sum);

/* The Internet checksum of `bytes`, host order (RFC 1071). */
TAPIR_API uint16_t tapir_internet_checksum(tapir_span bytes);

/* CRC-32C (Castagnoli, RFC 9260 appendix A), continued from `crc`; start with 0. */
TAPIR_API uint32_t tapir_crc32c(uint32_t crc, tapir_span bytes);

TAPIR_EXTERN_C_END
#endif
