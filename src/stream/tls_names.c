/* Numbers of TLS in words. */
#include "stream/tls_numbers.h"
#include "tapir/tls.h"

#include <stdlib.h>

struct named {
    unsigned number;
    const char *name;
};

#define X(number, name) {number, name},
static const struct named ciphers[] = {TAPIR__TLS_CIPHERS(X)};
static const struct named extensions[] = {TAPIR__TLS_EXTENSIONS(X)};
static const struct named groups[] = {TAPIR__TLS_GROUPS(X)};
static const struct named alerts[] = {TAPIR__TLS_ALERTS(X)};
#undef X
#define X(identifier, number, name) {number, name},
static const struct named records[] = {TAPIR_TLS_RECORD_TYPES(X)};
static const struct named handshakes[] = {TAPIR_TLS_HANDSHAKE_TYPES(X)};
#undef X
static const struct named versions[] = {
    {0x0002, "SSL 2.0"},
    {0x0300, "SSL 3.0"},
    {0x0301, "TLS 1.0"},
    {0x0302, "TLS 1.1"},
    {0x0303, "TLS 1.2"},
    {0x0304, "TLS 1.3"},
};

static int compare(const void *key, const void *row)
{
    unsigned number = *(const unsigned *)key, other = ((const struct named *)row)->number;

    return number < other ? -1 : number > other;
}

static const char *find(const struct named *rows, size_t count, unsigned number)
{
    const struct named *row = bsearch(&number, rows, count, sizeof *rows, compare);

    return row ? row->name : NULL;
}

const char *tapir_tls_record_name(unsigned type)
{
    return find(records, TAPIR_COUNT(records), type);
}

const char *tapir_tls_handshake_name(unsigned type)
{
    return find(handshakes, TAPIR_COUNT(handshakes), type);
}

const char *tapir_tls_version_name(unsigned version)
{
    return find(versions, TAPIR_COUNT(versions), version);
}

const char *tapir_tls_cipher_name(unsigned cipher_suite)
{
    return find(ciphers, TAPIR_COUNT(ciphers), cipher_suite);
}

const char *tapir_tls_extension_name(unsigned type)
{
    return find(extensions, TAPIR_COUNT(extensions), type);
}

const char *tapir_tls_group_name(unsigned group)
{
    return find(groups, TAPIR_COUNT(groups), group);
}

const char *tapir_tls_alert_name(unsigned description)
{
    return find(alerts, TAPIR_COUNT(alerts), description);
}
