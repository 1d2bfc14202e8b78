/* TLS as far as it is in clear text: records, and the messages of the handshake (RFC 5246, RFC
 * 8446).
 */
#ifndef TAPIR_TLS_H
#define TAPIR_TLS_H

#include "tapir/messages.h"
#include "tapir/text.h"

TAPIR_EXTERN_C_BEGIN

/* Types of records (RFC 8446 5.1, RFC 6520): name, number, and what Wireshark calls it. */
#define TAPIR_TLS_RECORD_TYPES(X)                                                                  \
    X(CHANGE_CIPHER_SPEC, 20, "Change Cipher Spec")                                                \
    X(ALERT, 21, "Alert")                                                                          \
    X(HANDSHAKE, 22, "Handshake")                                                                  \
    X(APPLICATION_DATA, 23, "Application Data")                                                    \
    X(HEARTBEAT, 24, "Heartbeat")

/* Messages of the handshake (RFC 8446 4, RFC 5246 7.4, and IANA's registry). */
#define TAPIR_TLS_HANDSHAKE_TYPES(X)                                                               \
    X(HELLO_REQUEST, 0, "Hello Request")                                                           \
    X(CLIENT_HELLO, 1, "Client Hello")                                                             \
    X(SERVER_HELLO, 2, "Server Hello")                                                             \
    X(NEW_SESSION_TICKET, 4, "New Session Ticket")                                                 \
    X(END_OF_EARLY_DATA, 5, "End of Early Data")                                                   \
    X(ENCRYPTED_EXTENSIONS, 8, "Encrypted Extensions")                                             \
    X(CERTIFICATE, 11, "Certificate")                                                              \
    X(SERVER_KEY_EXCHANGE, 12, "Server Key Exchange")                                              \
    X(CERTIFICATE_REQUEST, 13, "Certificate Request")                                              \
    X(SERVER_HELLO_DONE, 14, "Server Hello Done")                                                  \
    X(CERTIFICATE_VERIFY, 15, "Certificate Verify")                                                \
    X(CLIENT_KEY_EXCHANGE, 16, "Client Key Exchange")                                              \
    X(FINISHED, 20, "Finished")                                                                    \
    X(CERTIFICATE_URL, 21, "Certificate URL")                                                      \
    X(CERTIFICATE_STATUS, 22, "Certificate Status")                                                \
    X(SUPPLEMENTAL_DATA, 23, "Supplemental Data")                                                  \
    X(KEY_UPDATE, 24, "Key Update")                                                                \
    X(COMPRESSED_CERTIFICATE, 25, "Compressed Certificate")

enum {
#define X(name, number, text) TAPIR_TLS_##name = number,
    TAPIR_TLS_RECORD_TYPES(X)
#undef X
};
enum {
#define X(name, number, text) TAPIR_TLS_HANDSHAKE_##name = number,
    TAPIR_TLS_HANDSHAKE_TYPES(X)
#undef X
};

/* Names of numbers; NULL for one that has none. Static. Versions as "TLS 1.2" (0x0303), cipher
 * suites by IANA ("TLS_AES_128_GCM_SHA256"), the rest as in Wireshark. */
TAPIR_API const char *tapir_tls_record_name(unsigned type);
TAPIR_API const char *tapir_tls_handshake_name(unsigned type);
TAPIR_API const char *tapir_tls_version_name(unsigned version);
TAPIR_API const char *tapir_tls_cipher_name(unsigned cipher_suite);
TAPIR_API const char *tapir_tls_extension_name(unsigned type);
TAPIR_API const char *tapir_tls_group_name(unsigned group);
TAPIR_API const char *tapir_tls_alert_name(unsigned description);

/* Returns whether the number is one of those kept free to be ignored: GREASE (RFC 8701). */
static inline bool tapir_tls_is_grease(unsigned number)
{
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

/* A record, as it is on the wire (RFC 8446 5.1). */
typedef struct tapir_tls_record {
    const tapir_message *message; /* where and when; `state` may be other than WHOLE */
    tapir_span fragment;          /* what it carries; empty when the state is not WHOLE */
    uint16_t version;             /* legacy_record_version */
    uint16_t length;              /* of the fragment, as announced */
    uint8_t type;                 /* TAPIR_TLS_*; 0 for what is LOST */
    bool encrypted;               /* as far as can be told from outside */
} tapir_tls_record;

/* A message of the handshake (RFC 8446 4). */
typedef struct tapir_tls_handshake {
    tapir_span body;    /* behind type and length; valid during the call */
    uint32_t length;    /* as announced; more than body.len when not whole */
    uint64_t frame;     /* number of the frame the record is from where it begins */
    uint64_t end_frame; /* and where it ends */
    int64_t time, end_time;
    uint8_t way;   /* tapir_way */
    uint8_t type;  /* TAPIR_TLS_HANDSHAKE_* */
    uint8_t state; /* tapir_message_state: WHOLE, TOO_LONG, CUT, HOLED */
} tapir_tls_handshake;

/* What a reader calls; every one may be NULL. */
typedef struct tapir_tls_calls {
    /* Each record, before what it carries. */
    void (*record)(void *user, const tapir_tls_record *record);
    void (*handshake)(void *user, const tapir_tls_handshake *handshake);
    /* An alert in clear text (RFC 8446 6): level 1 is a warning, 2 is fatal. */
    void (*alert)(void *user, const tapir_tls_record *record, uint8_t level, uint8_t description);
} tapir_tls_calls;

/* Options of tapir_tls_reader_new; zeroed, with `size` set, means the defaults. */
typedef struct tapir_tls_options {
    size_t size; /* sizeof (tapir_tls_options) */
    tapir_tls_calls calls;
    void *user;
    size_t max_handshake; /* bytes of one message of the handshake; 0: 256 KiB */
} tapir_tls_options;

/* Reads both directions of a connection. Records are found again after a gap. */
typedef struct tapir_tls_reader tapir_tls_reader;

/* Returns a reader, NULL when out of memory. */
TAPIR_API tapir_tls_reader *tapir_tls_reader_new(const tapir_tls_options *options);

/* Takes what is new in a chunk of either direction, by its `way`. */
TAPIR_API tapir_status tapir_tls_reader_push(tapir_tls_reader *reader, const tapir_chunk *chunk);

/* Both directions end. */
TAPIR_API void tapir_tls_reader_finish(tapir_tls_reader *reader);

/* Frees it, making no calls; NULL is fine. */
TAPIR_API void tapir_tls_reader_free(tapir_tls_reader *reader);

/* An extension (RFC 8446 4.2). */
typedef struct tapir_tls_extension {
    uint16_t type;
    tapir_span data;
} tapir_tls_extension;

/* Takes the next extension from a reader over an `extensions` span; false at the end, or where the
 * lengths do not go together (the reader has failed then). */
TAPIR_API bool tapir_tls_extension_next(tapir_reader *walk, tapir_tls_extension *extension);

/* Takes the next name of an `alpn` span (RFC 7301 3.1); false as above. */
TAPIR_API bool tapir_tls_alpn_next(tapir_reader *walk, tapir_span *protocol);

/* Takes the next number of `cipher_suites`, `versions`, `groups`, `signature_algorithms` (two bytes
 * each); false at the end. */
TAPIR_API bool tapir_tls_number_next(tapir_reader *walk, uint16_t *number);

/* A client hello (RFC 8446 4.1.2). Spans point into the body; empty for what is not there. */
typedef struct tapir_tls_client_hello {
    uint16_t legacy_version;
    uint16_t version;  /* the highest offered: of `versions`, else legacy_version; GREASE aside */
    tapir_span random; /* 32 bytes */
    tapir_span session_id;           /* up to 32 bytes */
    tapir_span cipher_suites;        /* walk with tapir_tls_number_next */
    tapir_span compression_methods;  /* a byte each */
    tapir_span extensions;           /* walk with tapir_tls_extension_next */
    tapir_span server_name;          /* host_name of the SNI (RFC 6066 3) */
    tapir_span alpn;                 /* walk with tapir_tls_alpn_next */
    tapir_span versions;             /* supported_versions (RFC 8446 4.2.1) */
    tapir_span groups;               /* supported_groups (RFC 8446 4.2.7) */
    tapir_span signature_algorithms; /* RFC 8446 4.2.3 */
    tapir_span point_formats;        /* RFC 8422 5.1.2, a byte each */
    tapir_span key_shares;           /* RFC 8446 4.2.8: group, length, key */
    bool early_data;                 /* RFC 8446 4.2.10 */
    bool encrypted_hello;            /* an extension encrypted_client_hello: another SNI inside */
} tapir_tls_client_hello;

/* Decodes the body of a client hello. TAPIR_TRUNCATED when it ends too early: what could be decoded
 * is there. TAPIR_MALFORMED: a length inside it is wrong. */
TAPIR_API tapir_status tapir_tls_client_hello_decode(
    tapir_span body, tapir_tls_client_hello *hello);

/* A server hello (RFC 8446 4.1.3). */
typedef struct tapir_tls_server_hello {
    uint16_t legacy_version;
    uint16_t version;      /* chosen: of supported_versions, else legacy_version */
    uint16_t cipher_suite; /* chosen */
    uint16_t group;        /* of key_share, 0 when there is none */
    uint8_t compression_method;
    bool retry;            /* it is a HelloRetryRequest: RFC 8446 4.1.4 */
    tapir_span random;     /* 32 bytes */
    tapir_span session_id; /* up to 32 bytes */
    tapir_span extensions; /* walk with tapir_tls_extension_next */
    tapir_span alpn;       /* chosen, without its length (RFC 7301 3.1) */
} tapir_tls_server_hello;

/* Decodes the body of a server hello; statuses as above. */
TAPIR_API tapir_status tapir_tls_server_hello_decode(
    tapir_span body, tapir_tls_server_hello *hello);

/* Returns a walk over the certificates of a message Certificate of `version` (TLS 1.3 has a context
 * in front and extensions behind each: RFC 8446 4.4.2; RFC 5246 7.4.2). */
typedef struct tapir_tls_certificates {
    tapir_reader reader;
    uint32_t length; /* of all certificates, as announced */
    bool extensions; /* follow each: TLS 1.3 */
} tapir_tls_certificates;
TAPIR_API tapir_tls_certificates tapir_tls_certificates_of(tapir_span body, uint16_t version);

/* Takes the next certificate (DER), the sender's own first; false at the end. */
TAPIR_API bool tapir_tls_certificate_next(tapir_tls_certificates *walk, tapir_span *certificate);

/* A server key exchange with an elliptic curve (RFC 8422 5.4). */
typedef struct tapir_tls_key_exchange {
    uint16_t group;               /* named curve */
    uint16_t signature_algorithm; /* 0 before TLS 1.2 */
    tapir_span point, signature;
} tapir_tls_key_exchange;

/* Decodes the body of a server key exchange of an ECDHE cipher suite; TAPIR_UNSUPPORTED for a curve
 * that is not a named one; statuses as above. */
TAPIR_API tapir_status tapir_tls_key_exchange_decode(
    tapir_span body, uint16_t version, tapir_tls_key_exchange *exchange);

TAPIR_EXTERN_C_END
#endif
