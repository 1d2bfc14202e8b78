/* Who made a network card: names of the vendors that MAC addresses were assigned to. The tables are
 * the IEEE's registries as Debian's package ieee-data installs them, read at run time. */
#ifndef TAPIR_VENDOR_H
#define TAPIR_VENDOR_H

#include "tapir/bytes.h"

TAPIR_EXTERN_C_BEGIN

#define TAPIR_VENDOR_DATA "/usr/share/ieee-data"

typedef struct tapir_vendors tapir_vendors;

/* Reads the registries. `path` is a directory with oui, mam, oui36 and iab (.csv, or else .txt), as
 * many as there are, or a single such file; NULL: TAPIR_VENDOR_DATA. TAPIR_NOT_FOUND when nothing
 * is there, with what to install; TAPIR_DAMAGED for a file that is no registry. On failure *vendors
 * is NULL. About 5 MB of memory. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_vendors_new(
    tapir_vendors **vendors, const char *path, tapir_error *error);

/* NULL is fine. */
TAPIR_API void tapir_vendors_free(tapir_vendors *vendors);

/* Returns how many assignments are known. */
TAPIR_API size_t tapir_vendors_count(const tapir_vendors *vendors);

/* Returns whom an address was assigned to: by its first 36 bits, else 28, else 24; *prefix_len (may
 * be NULL) is how many it were. The group bit does not matter. NULL when nobody is known, as for
 * most addresses with the bit of local administration (0x02 of the first byte). UTF-8, on one line;
 * valid until freed. */
TAPIR_API const char *tapir_vendors_find(
    const tapir_vendors *vendors, const uint8_t mac[6], unsigned *prefix_len);

TAPIR_EXTERN_C_END
#endif
