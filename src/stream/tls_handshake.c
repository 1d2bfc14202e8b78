/* Messages of the TLS handshake taken apart. */
#include "tapir/tls.h"

enum {
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_GROUPS = 10,
    EXTENSION_POINT_FORMATS = 11,
    EXTENSION_SIGNATURE_ALGORITHMS = 13,
    EXTENSION_ALPN = 16,
    EXTENSION_EARLY_DATA = 42,
    EXTENSION_VERSIONS = 43,
    EXTENSION_KEY_SHARE = 51,
    EXTENSION_ENCRYPTED_HELLO = 0xfe0d,
    RANDOM = 32,
    TLS_1_2 = 0x0303,
    TLS_1_3 = 0x0304,
    NAMED_CURVE = 3
};

/* RFC 8446 4.1.3: the random of a HelloRetryRequest, SHA-256 of its name. */
static const uint8_t retry_random[RANDOM] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe,
    0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07,
    0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/* Takes bytes with their length in front, in `width` bytes. */
static tapir_span take_vector(tapir_reader *r, unsigned width)
{
    const uint8_t *length = tapir_take(r, width);

    return tapir_take_span(r, length ? (size_t)tapir_load_be(length, width) : 0);
}

/* Takes the same, and what there is of it where that is less. */
static tapir_span take_vector_or_rest(tapir_reader *r, unsigned width)
{
    const uint8_t *length = tapir_take(r, width);
    size_t len = length ? (size_t)tapir_load_be(length, width) : 0;
    tapir_span rest = tapir_rest(r);

    if (len <= rest.len)
        return tapir_take_span(r, len);
    tapir_reader_fail(r, len);
    return rest;
}

bool tapir_tls_extension_next(tapir_reader *walk, tapir_tls_extension *extension)
{
    if (!tapir_left(walk))
        return false;
    extension->type = tapir_take_be16(walk);
    extension->data = take_vector(walk, 2);
    return !walk->failed;
}

bool tapir_tls_alpn_next(tapir_reader *walk, tapir_span *protocol)
{
    if (!tapir_left(walk))
        return false;
    *protocol = take_vector(walk, 1);
    return !walk->failed;
}

bool tapir_tls_number_next(tapir_reader *walk, uint16_t *number)
{
    if (!tapir_left(walk))
        return false;
    *number = tapir_take_be16(walk);
    return !walk->failed;
}

/* Takes a vector that is all there is of an extension; false when it is not. */
static bool only_vector(tapir_span data, unsigned width, tapir_span *vector)
{
    tapir_reader r = tapir_reader_of(data);

    *vector = take_vector(&r, width);
    return !r.failed && !tapir_left(&r);
}

/* RFC 6066 3: the first name of type host_name. A server's is empty. */
static bool server_name(tapir_span data, tapir_span *name)
{
    tapir_span names;
    tapir_reader r;

    if (!only_vector(data, 2, &names))
        return false;
    r = tapir_reader_of(names);
    while (tapir_left(&r)) {
        uint8_t type = tapir_take_u8(&r);
        tapir_span value = take_vector(&r, 2);

        if (type == 0 && !r.failed && !name->len)
            *name = value;
    }
    return !r.failed;
}

/* Notes what one extension of a client hello says; false when its lengths are wrong. */
static bool client_extension(tapir_tls_client_hello *hello, const tapir_tls_extension *extension)
{
    switch (extension->type) {
    case EXTENSION_SERVER_NAME:
        return server_name(extension->data, &hello->server_name);
    case EXTENSION_GROUPS:
        return only_vector(extension->data, 2, &hello->groups);
    case EXTENSION_POINT_FORMATS:
        return only_vector(extension->data, 1, &hello->point_formats);
    case EXTENSION_SIGNATURE_ALGORITHMS:
        return only_vector(extension->data, 2, &hello->signature_algorithms);
    case EXTENSION_ALPN:
        return only_vector(extension->data, 2, &hello->alpn);
    case EXTENSION_VERSIONS:
        return only_vector(extension->data, 1, &hello->versions);
    case EXTENSION_KEY_SHARE:
        return only_vector(extension->data, 2, &hello->key_shares);
    case EXTENSION_EARLY_DATA:
        hello->early_data = true;
        return true;
    case EXTENSION_ENCRYPTED_HELLO:
        hello->encrypted_hello = true;
        return true;
    default:
        return true;
    }
}

/* Returns the highest version in the list, `otherwise` when there is none but GREASE. */
static uint16_t highest_version(tapir_span versions, uint16_t otherwise)
{
    tapir_reader walk = tapir_reader_of(versions);
    uint16_t version, highest = 0;

    while (tapir_tls_number_next(&walk, &version))
        if (!tapir_tls_is_grease(version) && version > highest)
            highest = version;
    return highest ? highest : otherwise;
}

tapir_status tapir_tls_client_hello_decode(tapir_span body, tapir_tls_client_hello *hello)
{
    tapir_reader r = tapir_reader_of(body), walk;
    tapir_tls_extension extension;
    bool good = true;

    memset(hello, 0, sizeof *hello);
    hello->legacy_version = tapir_take_be16(&r);
    hello->random = tapir_take_span(&r, RANDOM);
    hello->session_id = take_vector(&r, 1);
    hello->cipher_suites = take_vector(&r, 2);
    hello->compression_methods = take_vector(&r, 1);
    if (tapir_left(&r)) /* there may be none: RFC 5246 7.4.1.2 */
        hello->extensions = take_vector_or_rest(&r, 2);
    good = !tapir_left(&r) && hello->session_id.len <= 32 && hello->cipher_suites.len % 2 == 0;
    walk = tapir_reader_of(hello->extensions);
    while (tapir_tls_extension_next(&walk, &extension))
        good = client_extension(hello, &extension) && good;
    hello->version = highest_version(hello->versions, hello->legacy_version);
    if (r.failed)
        return TAPIR_TRUNCATED;
    return good && !walk.failed ? TAPIR_OK : TAPIR_MALFORMED;
}

/* Notes what one extension of a server hello says; false when its lengths are wrong. */
static bool server_extension(tapir_tls_server_hello *hello, const tapir_tls_extension *extension)
{
    tapir_reader r = tapir_reader_of(extension->data);
    tapir_span list;

    switch (extension->type) {
    case EXTENSION_VERSIONS:
        hello->version = tapir_take_be16(&r);
        return !r.failed;
    case EXTENSION_KEY_SHARE:
        hello->group = tapir_take_be16(&r);
        return !r.failed;
    case EXTENSION_ALPN:
        return only_vector(extension->data, 2, &list) && only_vector(list, 1, &hello->alpn);
    default:
        return true;
    }
}

tapir_status tapir_tls_server_hello_decode(tapir_span body, tapir_tls_server_hello *hello)
{
    tapir_reader r = tapir_reader_of(body), walk;
    tapir_tls_extension extension;
    bool good = true;

    memset(hello, 0, sizeof *hello);
    hello->legacy_version = hello->version = tapir_take_be16(&r);
    hello->random = tapir_take_span(&r, RANDOM);
    hello->session_id = take_vector(&r, 1);
    hello->cipher_suite = tapir_take_be16(&r);
    hello->compression_method = tapir_take_u8(&r);
    if (tapir_left(&r))
        hello->extensions = take_vector_or_rest(&r, 2);
    hello->retry =
        hello->random.len == RANDOM && memcmp(hello->random.data, retry_random, RANDOM) == 0;
    good = !tapir_left(&r) && hello->session_id.len <= 32;
    walk = tapir_reader_of(hello->extensions);
    while (tapir_tls_extension_next(&walk, &extension))
        good = server_extension(hello, &extension) && good;
    if (r.failed)
        return TAPIR_TRUNCATED;
    return good && !walk.failed ? TAPIR_OK : TAPIR_MALFORMED;
}

tapir_tls_certificates tapir_tls_certificates_of(tapir_span body, uint16_t version)
{
    tapir_tls_certificates walk = {.extensions = version >= TLS_1_3};

    walk.reader = tapir_reader_of(body);
    if (walk.extensions)
        take_vector(&walk.reader, 1);
    walk.length = tapir_take_be24(&walk.reader);
    tapir_limit(&walk.reader, walk.length);
    return walk;
}

bool tapir_tls_certificate_next(tapir_tls_certificates *walk, tapir_span *certificate)
{
    if (!tapir_left(&walk->reader))
        return false;
    *certificate = take_vector(&walk->reader, 3);
    if (walk->reader.failed)
        return false;
    if (walk->extensions)
        take_vector(&walk->reader, 2);
    return true;
}

tapir_status tapir_tls_key_exchange_decode(
    tapir_span body, uint16_t version, tapir_tls_key_exchange *exchange)
{
    tapir_reader r = tapir_reader_of(body);
    uint8_t type = tapir_take_u8(&r);

    memset(exchange, 0, sizeof *exchange);
    if (!r.failed && type != NAMED_CURVE)
        return TAPIR_UNSUPPORTED;
    exchange->group = tapir_take_be16(&r);
    exchange->point = take_vector(&r, 1);
    if (!tapir_left(&r) && !r.failed) /* an anonymous server signs nothing */
        return TAPIR_OK;
    if (version >= TLS_1_2)
        exchange->signature_algorithm = tapir_take_be16(&r);
    exchange->signature = take_vector(&r, 2);
    if (r.failed)
        return TAPIR_TRUNCATED;
    return tapir_left(&r) ? TAPIR_MALFORMED : TAPIR_OK;
}
