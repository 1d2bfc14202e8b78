/* The mapping of addresses: Crypto-PAn, what is kept, and a memory of what was mapped before. */
#include "anonymiser.h"

#include "cipher.h"

#include <ctype.h>
#include <sha256.h>
#include <stdlib.h>

void tapir_anonymise_key(uint8_t key[TAPIR_ANONYMISE_KEY_LEN], tapir_span secret)
{
    size_t start = 0, end = secret.len, digits = 0;
    SHA2_CTX hash;

    while (start < end && isspace(secret.data[start]))
        start++;
    while (end > start && isspace(secret.data[end - 1]))
        end--;
    while (start + digits < end && isxdigit(secret.data[start + digits]))
        digits++;
    if (digits == 2 * TAPIR_ANONYMISE_KEY_LEN && start + digits == end) {
        for (size_t i = 0; i < digits; i++) {
            int digit = tolower(secret.data[start + i]);
            int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
            key[i / 2] = (uint8_t)(i % 2 ? key[i / 2] | value : value << 4);
        }
        return;
    }
    SHA256Init(&hash);
    SHA256Update(&hash, secret.data, secret.len);
    SHA256Final(key, &hash);
}

/* Whether bit `at` of the bytes is set, counted from the front. */
TAPIR_INLINE uint8_t bit_of(const uint8_t *bytes, unsigned at)
{
    return bytes[at / 8] >> (7 - at % 8) & 1;
}

/* Bit i of the result is bit i of the address, turned over or not by what the bits before it and
 * the pad behind them encrypt to; the first `keep` bits stay. */
static void map_bits(const tapir_anonymiser *a, const uint8_t pad[16], const uint8_t *from,
    uint8_t *to, unsigned keep, unsigned bits)
{
    uint8_t blocks[128 * 16], mixed[16], result[16] = {0};

    if (bits <= keep || bits > 128)
        return;
    memcpy(mixed, pad, 16);
    memset(blocks, 0, 16);
    for (unsigned i = 0; i < bits; i++) {
        uint8_t bit = (uint8_t)(1 << (7 - i % 8));
        if (i >= keep)
            memcpy(blocks + (i - keep) * (size_t)16, mixed, 16);
        mixed[i / 8] = (uint8_t)((mixed[i / 8] & ~bit) | (from[i / 8] & bit));
    }
    tapir__cipher_blocks(a->cipher, bits - keep, blocks, blocks);
    memcpy(result, to, (bits + 7) / 8);
    for (unsigned i = 0; i < bits; i++) {
        uint8_t turn = i < keep ? 0 : blocks[(i - keep) * (size_t)16] >> 7;
        uint8_t bit = (uint8_t)(1 << (7 - i % 8));
        result[i / 8] = (uint8_t)((result[i / 8] & ~bit) | (bit_of(from, i) ^ turn ? bit : 0));
    }
    memcpy(to, result, (bits + 7) / 8);
}

void tapir_crypto_pan(tapir_anonymiser *a, const uint8_t *from, uint8_t *to, unsigned bits)
{
    if (bits > 128)
        bits = 128;
    map_bits(a, a->pad, from, to, 0, bits);
}

/* Whether an IPv4 address is one that stays. */
static bool stays4(const uint8_t address[4])
{
    return address[0] == 0 || address[0] == 127 || address[0] >= 224;
}

static bool link_local4(const uint8_t address[4])
{
    return address[0] == 169 && address[1] == 254;
}

static void map4(const tapir_anonymiser *a, const uint8_t from[4], uint8_t to[4])
{
    memcpy(to, from, 4);
    if (stays4(from))
        return;
    if (link_local4(from)) {
        map_bits(a, a->pad, from, to, 16, 32);
        return;
    }
    /* The mapping is a permutation, so going on leads back to an address that is not kept. */
    do
        map_bits(a, a->pad, to, to, 0, 32);
    while (stays4(to) || link_local4(to));
}

static const uint8_t solicited_node[16] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
static const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
static const uint8_t translated[16] = {0, 0x64, 0xff, 0x9b};
static const uint8_t nothing[16];

enum { SOLICITED_LEN = 13, HALF = 8, IPV4_AT = 12 };

static bool link_local6(const uint8_t address[16])
{
    return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

static bool holds_ipv4(const uint8_t address[16])
{
    return memcmp(address, mapped, IPV4_AT) == 0 || memcmp(address, translated, IPV4_AT) == 0;
}

/* :: and ::1. */
static bool of_host(const uint8_t address[16])
{
    return memcmp(address, nothing, 15) == 0 && address[15] <= 1;
}

/* Whether an IPv6 address is one that stays, or keeps some part of it. */
static bool special6(const uint8_t address[16])
{
    return address[0] == 0xff || link_local6(address) || holds_ipv4(address) || of_host(address);
}

static void map6(tapir_anonymiser *a, const uint8_t from[16], uint8_t to[16])
{
    unsigned bits = memcmp(from + HALF, nothing, HALF) == 0 ? 64 : 128;
    uint8_t result[16];

    memcpy(result, from, 16);
    if (link_local6(from)) {
        bool usual = memcmp(from + 2, nothing, HALF - 2) == 0 && from[1] == 0x80;
        map_bits(a, a->pad, from, result, usual ? 64 : 10, bits);
    } else if (memcmp(from, solicited_node, SOLICITED_LEN) == 0) {
        map_bits(a, a->pad, from, result, 8 * SOLICITED_LEN, 128);
    } else if (holds_ipv4(from)) {
        tapir_anonymise_ipv4(a, from + IPV4_AT, result + IPV4_AT);
    } else if (!special6(from)) {
        do
            map_bits(a, a->pad, result, result, 0, bits);
        while (special6(result));
    }
    memcpy(to, result, 16);
}

enum { GROUP = 1, LOCAL = 2, OUI_BITS = 24 };

/* Zero, and the virtual addresses of IANA's block (RFC 9542 2.1): nobody's own. */
static bool stays_mac(const uint8_t address[6])
{
    return memcmp(address, nothing, 6) == 0 || memcmp(address, "\0\0\x5e", 3) == 0;
}

static void map_mac(tapir_anonymiser *a, const uint8_t from[6], uint8_t to[6])
{
    uint8_t group[16];

    memcpy(to, from, 6);
    if (from[0] == 0x33 && from[1] == 0x33 && from[2] == 0xff) {
        /* The last 24 bits are those of an IPv6 group (RFC 2464 7). */
        memcpy(group, solicited_node, SOLICITED_LEN);
        memcpy(group + SOLICITED_LEN, from + 3, 3);
        tapir_anonymise_ipv6(a, group, group);
        memcpy(to + 3, group + SOLICITED_LEN, 3);
        return;
    }
    if ((from[0] & GROUP) || stays_mac(from))
        return;
    do {
        map_bits(a, a->mac_pad, to, to, a->options.keep_oui ? OUI_BITS : 0, 48);
        to[0] = (uint8_t)((to[0] & ~(GROUP | LOCAL)) | (from[0] & (GROUP | LOCAL)));
    } while (stays_mac(to));
}

/* Maps through the memory: what was mapped last among those that share a place in it is known. */
TAPIR_INLINE void remembered(tapir_anonymiser *a, uint8_t len, const uint8_t *from, uint8_t *to,
    void (*map)(tapir_anonymiser *a, const uint8_t *from, uint8_t *to))
{
    uint64_t words[2] = {0, 0}, mix;
    struct remembered *known;
    uint8_t result[16];

    memcpy(words, from, len);
    mix = (words[0] ^ (words[1] << 1) ^ len) * UINT64_C(0x9E3779B97F4A7C15);
    known = &a->memory[mix >> (64 - MEMORY_BITS)];
    if (known->len != len || memcmp(known->from, from, len) != 0) {
        map(a, from, result); /* which may use the same place */
        known->len = len;
        memcpy(known->from, from, len);
        memcpy(known->to, result, len);
    }
    memcpy(to, known->to, len);
}

static void map_ipv4(tapir_anonymiser *a, const uint8_t *from, uint8_t *to)
{
    map4(a, from, to);
}

void tapir_anonymise_ipv4(tapir_anonymiser *a, const uint8_t from[4], uint8_t to[4])
{
    remembered(a, 4, from, to, map_ipv4);
}

void tapir_anonymise_ipv6(tapir_anonymiser *a, const uint8_t from[16], uint8_t to[16])
{
    remembered(a, 16, from, to, map6);
}

void tapir_anonymise_mac(tapir_anonymiser *a, const uint8_t from[6], uint8_t to[6])
{
    remembered(a, 6, from, to, map_mac);
}

void tapir__anonymise_other(
    tapir_anonymiser *a, const uint8_t *from, uint8_t *to, size_t len, bool begins)
{
    uint8_t kept = begins && len ? GROUP | LOCAL : 0;

    memcpy(to, from, len);
    map_bits(a, a->mac_pad, from, to, 0, (unsigned)len * 8);
    if (kept)
        to[0] = (uint8_t)((to[0] & ~kept) | (from[0] & kept));
}

tapir_status tapir_anonymiser_new(tapir_anonymiser **anonymiser,
    const uint8_t key[TAPIR_ANONYMISE_KEY_LEN], const tapir_anonymiser_options *options,
    tapir_error *error)
{
    static const uint8_t for_mac[16] = "link address";
    tapir_anonymiser *a;

    *anonymiser = NULL;
    if (!tapir__cipher_there)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "this build cannot anonymise addresses: it was made without Nettle");
    a = calloc(1, sizeof *a);
    if (a) {
        a->options = (tapir_anonymiser_options){.size = sizeof a->options};
        if (options)
            memcpy(&a->options, options,
                options->size < sizeof a->options ? options->size : sizeof a->options);
        a->cipher = tapir__cipher_new(key);
        a->packet = tapir_packet_new(NULL);
    }
    if (!a || !a->cipher || !a->packet) {
        tapir_anonymiser_free(a);
        return tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    }
    tapir__cipher_blocks(a->cipher, 1, key + 16, a->pad);
    for (size_t i = 0; i < 16; i++)
        a->mac_pad[i] = a->pad[i] ^ for_mac[i];
    tapir__cipher_blocks(a->cipher, 1, a->mac_pad, a->mac_pad);
    *anonymiser = a;
    return TAPIR_OK;
}

void tapir_anonymiser_free(tapir_anonymiser *a)
{
    if (!a)
        return;
    tapir_packet_free(a->packet);
    free(a->cipher);
    free(a->bytes);
    free(a);
}
