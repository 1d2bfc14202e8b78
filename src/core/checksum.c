/* Checksums at memory speed: vectors for RFC 1071, hardware CRC-32C or 16 bytes a step. */
#include "tapir/checksum.h"

#include <stdatomic.h>
#include <threads.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Loads `len` bytes, at most 8, as they lie, zeroes behind them. */
TAPIR_INLINE uint64_t load_some(const uint8_t *p, size_t len)
{
    uint64_t word = 0;

    memcpy(&word, p, len);
    return word;
}

/* Returns the sum of lower and upper halves of words out of the sum of the words, carries dropped,
 * and that of their upper halves. */
TAPIR_INLINE uint64_t sum_halves(uint64_t words, uint64_t high)
{
    return words - (high << 32) + high;
}

/* Sums in host word order, copying on the way where `copy` is set; RFC 1071 2 (B): byte order does
 * not matter until the end. */
TAPIR_INLINE uint64_t sum_plain(uint8_t *to, const uint8_t *p, size_t len, bool copy)
{
    uint64_t words = 0, high = 0, word;

#define STEP(bytes)                                                                                \
    do {                                                                                           \
        word = load_some(p, bytes);                                                                \
        if (copy) {                                                                                \
            memcpy(to, &word, bytes);                                                              \
            to += bytes;                                                                           \
        }                                                                                          \
        words += word;                                                                             \
        high += word >> 32;                                                                        \
        p += bytes;                                                                                \
    } while (0)
    for (; len >= 8; len -= 8)
        STEP(8);
    if (len & 4)
        STEP(4);
    if (len & 2)
        STEP(2);
    if (len & 1)
        STEP(1);
#undef STEP
    return sum_halves(words, high);
}

/* Swaps the bytes of every 16-bit word in the sum, and the words, which does not matter. */
TAPIR_INLINE uint64_t to_network(uint64_t native)
{
    uint64_t sum = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(native) : native;

    return (sum >> 32) + (sum & UINT32_MAX);
}

#if defined(__x86_64__)
/* 128 bytes a step, at last 32. */
TAPIR_INLINE __attribute__((target("avx2"))) uint64_t sum_wide(
    uint8_t *to, const uint8_t *p, size_t len, bool copy)
{
    __m256i words = _mm256_setzero_si256(), high = words, word;
    __m128i sum;
    uint64_t total;

#define STEP(at)                                                                                   \
    do {                                                                                           \
        word = _mm256_loadu_si256((const __m256i *)(const void *)(p + (at)));                      \
        if (copy)                                                                                  \
            _mm256_storeu_si256((__m256i *)(void *)(to + (at)), word);                             \
        words = _mm256_add_epi64(words, word);                                                     \
        high = _mm256_add_epi64(high, _mm256_srli_epi64(word, 32));                                \
    } while (0)
    for (; len >= 128; p += 128, len -= 128) {
        STEP(0);
        STEP(32);
        STEP(64);
        STEP(96);
        if (copy)
            to += 128;
    }
    for (; len >= 32; p += 32, len -= 32) {
        STEP(0);
        if (copy)
            to += 32;
    }
#undef STEP
    words = _mm256_add_epi64(_mm256_sub_epi64(words, _mm256_slli_epi64(high, 32)), high);
    sum = _mm_add_epi64(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    total = (uint64_t)_mm_cvtsi128_si64(sum) + (uint64_t)_mm_extract_epi64(sum, 1);
    _mm256_zeroupper(); /* else what follows waits for the upper halves */
    return len ? total + sum_plain(to, p, len, copy) : total;
}

static __attribute__((target("avx2"))) uint64_t sum_avx2(const uint8_t *p, size_t len)
{
    return sum_wide(NULL, p, len, false);
}

static __attribute__((target("avx2"))) uint64_t copy_avx2(uint8_t *to, const uint8_t *p, size_t len)
{
    return to_network(sum_wide(to, p, len, true));
}

/* 256 bytes a step, then 64, and what is left under a mask. */
TAPIR_INLINE __attribute__((target("avx512f,avx512bw"))) uint64_t sum_widest(
    uint8_t *to, const uint8_t *p, size_t len, bool copy)
{
    __m512i words = _mm512_setzero_si512(), high = words, word;
    uint64_t total;

#define ADD                                                                                        \
    words = _mm512_add_epi64(words, word);                                                         \
    high = _mm512_add_epi64(high, _mm512_srli_epi64(word, 32))
#define STEP(at)                                                                                   \
    do {                                                                                           \
        word = _mm512_loadu_si512(p + (at));                                                       \
        if (copy)                                                                                  \
            _mm512_storeu_si512(to + (at), word);                                                  \
        ADD;                                                                                       \
    } while (0)
    for (; len >= 256; p += 256, len -= 256) {
        STEP(0);
        STEP(64);
        STEP(128);
        STEP(192);
        if (copy)
            to += 256;
    }
    for (; len >= 64; p += 64, len -= 64) {
        STEP(0);
        if (copy)
            to += 64;
    }
    if (len) {
        __mmask64 some = ~UINT64_C(0) >> (64 - len);
        word = _mm512_maskz_loadu_epi8(some, p);
        if (copy)
            _mm512_mask_storeu_epi8(to, some, word);
        ADD;
    }
#undef STEP
#undef ADD
    words = _mm512_add_epi64(_mm512_sub_epi64(words, _mm512_slli_epi64(high, 32)), high);
    total = (uint64_t)_mm512_reduce_add_epi64(words);
    _mm256_zeroupper(); /* else what follows waits for the upper halves */
    return total;
}

static __attribute__((target("avx512f,avx512bw"))) uint64_t sum_avx512(const uint8_t *p, size_t len)
{
    return sum_widest(NULL, p, len, false);
}

static __attribute__((target("avx512f,avx512bw"))) uint64_t copy_avx512(
    uint8_t *to, const uint8_t *p, size_t len)
{
    return to_network(sum_widest(to, p, len, true));
}

/* Those before that slow down for a while after 512 bits at once. */
static bool has_fast_avx512(void)
{
    return __builtin_cpu_supports("avx512vbmi2");
}
#endif

static uint64_t sum_native(const uint8_t *p, size_t len)
{
#if defined(__x86_64__)
    if (len >= 64 && has_fast_avx512())
        return sum_avx512(p, len);
    if (len >= 32 && __builtin_cpu_supports("avx2"))
        return sum_avx2(p, len);
#endif
    return sum_plain(NULL, p, len, false);
}

/* Copies and returns the sum in network order. */
typedef uint64_t copy_code(uint8_t *to, const uint8_t *p, size_t len);

enum { LONG_COPY = 64 };

static uint64_t copy_plain(uint8_t *to, const uint8_t *p, size_t len)
{
    return to_network(sum_plain(to, p, len, true));
}

static copy_code choose_copy;

/* For at least LONG_COPY bytes: what this machine does best, found out by the first call. */
static _Atomic(copy_code *) copy_long = choose_copy;

static uint64_t choose_copy(uint8_t *to, const uint8_t *p, size_t len)
{
    copy_code *best = copy_plain;

#if defined(__x86_64__)
    if (has_fast_avx512())
        best = copy_avx512;
    else if (__builtin_cpu_supports("avx2"))
        best = copy_avx2;
#endif
    atomic_store_explicit(&copy_long, best, memory_order_relaxed);
    return best(to, p, len);
}

uint64_t tapir_sum_copy(uint8_t *to, tapir_span bytes)
{
    copy_code *code = copy_plain;

    if (__builtin_expect(bytes.len >= LONG_COPY, 1))
        code = atomic_load_explicit(&copy_long, memory_order_relaxed);
    return code(to, bytes.data, bytes.len);
}

uint16_t tapir_checksum_update(uint16_t checksum, uint64_t sum_before, uint64_t sum_after)
{
    /* RFC 1624 3, equation 3: HC' = ~(~HC + ~m + m'). */
    return tapir_sum_fold((uint16_t)~checksum + (uint64_t)tapir_sum_fold(sum_before) + sum_after);
}

uint64_t tapir_sum_add(uint64_t sum, tapir_span bytes)
{
    return sum + to_network(sum_native(bytes.data, bytes.len));
}

uint64_t tapir_sum_pseudo(
    uint64_t sum, tapir_span src, tapir_span dst, uint8_t protocol, uint32_t length)
{
    sum = tapir_sum_add(tapir_sum_add(sum, src), dst);
    return tapir_sum_uint(sum + protocol, length);
}

uint16_t tapir_internet_checksum(tapir_span bytes)
{
    return tapir_sum_fold(tapir_sum_add(0, bytes));
}

/* Tables of a reflected polynomial: what 1 to 16 bytes more make of a byte. */
struct crc {
    uint32_t polynomial, tables[16][256];
};

static struct crc ieee_crc = {.polynomial = 0xedb88320};
static struct crc castagnoli_crc = {.polynomial = 0x82f63b78}; /* RFC 9260 appendix A */
static once_flag crc_once = ONCE_FLAG_INIT;

static void make_tables(struct crc *of)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? of->polynomial : 0);
        of->tables[0][i] = crc;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (unsigned t = 1; t < 16; t++)
            of->tables[t][i] =
                of->tables[t - 1][i] >> 8 ^ of->tables[0][of->tables[t - 1][i] & 0xff];
}

static void make_all_tables(void)
{
    make_tables(&ieee_crc);
    make_tables(&castagnoli_crc);
}

static uint32_t crc_portable(const struct crc *of, uint32_t crc, const uint8_t *p, size_t len)
{
    call_once(&crc_once, make_all_tables);
    for (; len >= 16; p += 16, len -= 16) {
        uint32_t next = 0;
        for (unsigned i = 0; i < 16; i++) {
            uint8_t byte = (uint8_t)(i < 4 ? p[i] ^ crc >> 8 * i : p[i]);
            next ^= of->tables[15 - i][byte];
        }
        crc = next;
    }
    while (len--)
        crc = crc >> 8 ^ of->tables[0][(crc ^ *p++) & 0xff];
    return crc;
}

#if defined(__x86_64__)
static uint64_t load64(const uint8_t *p)
{
    uint64_t value;

    memcpy(&value, p, 8);
    return value;
}

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

uint32_t tapir_crc32(uint32_t crc, tapir_span bytes)
{
    return ~crc_portable(&ieee_crc, ~crc, bytes.data, bytes.len);
}

uint32_t tapir_crc32c(uint32_t crc, tapir_span bytes)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc_hardware(~crc, bytes.data, bytes.len);
#endif
    return ~crc_portable(&castagnoli_crc, ~crc, bytes.data, bytes.len);
}
