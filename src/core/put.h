/* Numbers and addresses written where there is room for them: what the hottest printers are made
 * of. Each returns the place behind what it wrote. */
#ifndef TAPIR_CORE_PUT_H
#define TAPIR_CORE_PUT_H

#include "tapir/bytes.h"

#define TAPIR__UINT_ROOM 20
#define TAPIR__IPV4_ROOM 16 /* one for scratch */

/* "00" to "99", so that two digits cost one division. */
extern const char tapir__digit_pairs[200] __attribute__((visibility("hidden")));

char *tapir__put_large(char *at, uint64_t value);

static inline char *tapir__put_uint(char *at, uint64_t value)
{
    if (value < 10) {
        *at = (char)('0' + value);
        return at + 1;
    }
    if (value < 100) {
        memcpy(at, tapir__digit_pairs + value * 2, 2);
        return at + 2;
    }
    return tapir__put_large(at, value);
}

/* Nine digits: nanoseconds. */
static inline char *tapir__put_nine(char *at, uint32_t value)
{
    for (int i = 7; i > 0; i -= 2) {
        memcpy(at + i, tapir__digit_pairs + value % 100 * 2, 2);
        value /= 100;
    }
    *at = (char)('0' + value % 10);
    return at + 9;
}

char *tapir__put_ipv4(char *at, const uint8_t address[4]);

/* Bytes in hexadecimal with `separator` between them ('\0': none). */
char *tapir__put_hex(char *at, const uint8_t *bytes, size_t len, char separator);

#endif
