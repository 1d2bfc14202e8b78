/* AES-128, from a library that need not be there. */
#ifndef TAPIR_ANONYMISE_CIPHER_H
#define TAPIR_ANONYMISE_CIPHER_H

#include "tapir/bytes.h"

/* Whether there is one. */
extern const bool tapir__cipher_there;

/* Returns a cipher with that key, to be freed with free(); NULL when out of memory or not there. */
void *tapir__cipher_new(const uint8_t key[16]);

/* Encrypts `count` blocks of 16 bytes, each by itself. */
void tapir__cipher_blocks(const void *cipher, size_t count, const uint8_t *from, uint8_t *to);

#endif
