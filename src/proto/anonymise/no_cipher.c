/* No AES-128: built without Nettle. */
#include "cipher.h"

const bool tapir__cipher_there = false;

void *tapir__cipher_new(const uint8_t key[16])
{
    (void)key;
    return NULL;
}

void tapir__cipher_blocks(const void *cipher, size_t count, const uint8_t *from, uint8_t *to)
{
    (void)cipher;
    if (from != to)
        memcpy(to, from, count * 16);
}
