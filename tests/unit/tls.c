/* TLS in clear text: records, messages across them, hellos taken apart. */
#include "tapir/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "chunks.h"

static const uint8_t retry[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09,
    0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/* Bytes put together, with lengths filled in behind. */
struct builder {
    uint8_t bytes[4000];
    size_t len;
};

static void put(struct builder *b, unsigned width, uint64_t value)
{
    tapir_store_be(b->bytes + b->len, width, value);
    b->len += width;
}

/* Opens a vector; close_vector fills its length in. */
static size_t open_vector(struct builder *b, unsigned width)
{
    put(b, width, 0);
    return b->len;
}

static void close_vector(struct builder *b, size_t start, unsigned width)
{
    tapir_store_be(b->bytes + start - width, width, b->len - start);
}

static void put_extension(
    struct builder *b, unsigned type, unsigned width, const char *data, size_t len)
{
    size_t extension, list;

    put(b, 2, type);
    extension = open_vector(b, 2);
    list = width ? open_vector(b, width) : 0;
    memcpy(b->bytes + b->len, data, len);
    b->len += len;
    if (width)
        close_vector(b, list, width);
    close_vector(b, extension, 2);
}

/* A client hello that offers TLS 1.3 to host.test, with GREASE. */
static struct builder client_hello(void)
{
    struct builder b = {{0}, 0};
    size_t body, list;

    put(&b, 1, 1);
    body = open_vector(&b, 3);
    put(&b, 2, 0x0303);
    b.len += 32;
    put(&b, 1, 0);
    list = open_vector(&b, 2);
    put(&b, 2, 0x1a1a);
    put(&b, 2, 0x1301);
    put(&b, 2, 0xc02f);
    close_vector(&b, list, 2);
    put(&b, 2, 0x0100);
    list = open_vector(&b, 2);
    put_extension(&b, 0x2a2a, 0, "", 0);
    put_extension(&b, 0, 2, "\0\0\x9host.test", 12);
    put_extension(&b, 16, 2, "\2h2\x8http/1.1", 12);
    put_extension(&b, 43, 1, "\x3a\x3a\3\4\3\3", 6);
    put_extension(&b, 10, 2, "\0\x1d\0\x17", 4);
    put_extension(&b, 13, 2, "\4\3", 2);
    close_vector(&b, list, 2);
    close_vector(&b, body, 3);
    return b;
}

/* A server hello: of TLS 1.3, with `random`, or of TLS 1.2 when there is none. */
static struct builder server_hello(const uint8_t *random)
{
    struct builder b = {{0}, 0};
    size_t body, list;

    put(&b, 1, 2);
    body = open_vector(&b, 3);
    put(&b, 2, 0x0303);
    if (random)
        memcpy(b.bytes + b.len, random, 32);
    b.len += 32;
    put(&b, 1, 0);
    put(&b, 2, random ? 0x1301 : 0xc02f);
    put(&b, 1, 0);
    list = open_vector(&b, 2);
    if (random) {
        put_extension(&b, 43, 0, "\3\4", 2);
        put_extension(&b, 51, 0, "\0\x1d\0\0", 4);
    } else {
        put_extension(&b, 16, 2, "\2h2", 3);
    }
    close_vector(&b, list, 2);
    close_vector(&b, body, 3);
    return b;
}

/* Appends records of at most `most` bytes. */
static void put_records(
    struct builder *b, unsigned type, const void *bytes, size_t len, size_t most)
{
    const uint8_t *at = bytes;

    while (len) {
        size_t some = len < most ? len : most;

        put(b, 1, type);
        put(b, 2, 0x0301);
        put(b, 2, some);
        memcpy(b->bytes + b->len, at, some);
        b->len += some;
        at += some;
        len -= some;
    }
}

static void hellos_are_taken_apart(void **state)
{
    struct builder b = client_hello(), s = server_hello(retry), old = server_hello(NULL);
    tapir_tls_client_hello client;
    tapir_tls_server_hello server;
    tapir_reader walk;
    tapir_span name;
    uint16_t number;

    (void)state;
    assert_int_equal(
        tapir_tls_client_hello_decode(tapir_span_of(b.bytes + 4, b.len - 4), &client), TAPIR_OK);
    assert_int_equal(client.version, 0x0304);
    assert_int_equal(client.server_name.len, 9);
    assert_memory_equal(client.server_name.data, "host.test", 9);
    assert_int_equal(client.cipher_suites.len, 6);
    assert_int_equal(client.groups.len, 4);
    assert_int_equal(client.signature_algorithms.len, 2);
    walk = tapir_reader_of(client.alpn);
    assert_true(tapir_tls_alpn_next(&walk, &name) && name.len == 2);
    assert_true(tapir_tls_alpn_next(&walk, &name) && name.len == 8);
    assert_false(tapir_tls_alpn_next(&walk, &name));
    walk = tapir_reader_of(client.cipher_suites);
    assert_true(tapir_tls_number_next(&walk, &number) && tapir_tls_is_grease(number));
    assert_true(tapir_tls_number_next(&walk, &number) && number == 0x1301);
    assert_int_equal(
        tapir_tls_server_hello_decode(tapir_span_of(s.bytes + 4, s.len - 4), &server), TAPIR_OK);
    assert_true(server.retry && server.version == 0x0304 && server.group == 29);
    assert_int_equal(
        tapir_tls_server_hello_decode(tapir_span_of(old.bytes + 4, old.len - 4), &server),
        TAPIR_OK);
    assert_true(!server.retry && server.version == 0x0303 && server.cipher_suite == 0xc02f);
    assert_true(server.alpn.len == 2 && memcmp(server.alpn.data, "h2", 2) == 0);
}

/* Every beginning of a hello is truncated, or one without extensions; changed lengths are seen. */
static void broken_hellos_are_told(void **state)
{
    struct builder b = client_hello();
    tapir_tls_client_hello client;
    size_t whole = 0;

    (void)state;
    for (size_t len = 0; len < b.len - 4; len++) {
        tapir_status status =
            tapir_tls_client_hello_decode(tapir_span_of(b.bytes + 4, len), &client);

        whole += status == TAPIR_OK;
        assert_true(status == TAPIR_TRUNCATED || status == TAPIR_OK);
    }
    assert_int_equal(whole, 1);
    tapir_tls_client_hello_decode(tapir_span_of(b.bytes + 4, b.len - 20), &client);
    assert_int_equal(client.server_name.len, 9);
    b.bytes[b.len - 3]++; /* the list of signature algorithms is longer than its extension */
    assert_int_equal(tapir_tls_client_hello_decode(tapir_span_of(b.bytes + 4, b.len - 4), &client),
        TAPIR_MALFORMED);
}

static tapir_status push(void *reader, const tapir_chunk *chunk)
{
    return tapir_tls_reader_push(reader, chunk);
}

static void note_handshake(void *user, const tapir_tls_handshake *handshake)
{
    tapir_text_printf(user, "%c%d:%u%s ", handshake->way ? '<' : '>', handshake->type,
        handshake->length, handshake->state == TAPIR_MESSAGE_WHOLE ? "" : "!");
}

static void note_record(void *user, const tapir_tls_record *record)
{
    if (record->encrypted)
        tapir_text_printf(user, "%csecret%d ", record->message->way ? '<' : '>', record->type);
    if (record->message->state == TAPIR_MESSAGE_LOST)
        tapir_text_put(user, "lost ");
}

static void note_alert(void *user, const tapir_tls_record *record, uint8_t level, uint8_t what)
{
    (void)record;
    tapir_text_printf(user, "alert%d:%s ", level, tapir_tls_alert_name(what));
}

static tapir_tls_options options_for(tapir_text *told)
{
    tapir_tls_options options = {
        .size = sizeof options, .calls = {note_record, note_handshake, note_alert}, .user = told};

    return options;
}

/* TLS 1.3 with a HelloRetryRequest: hellos follow a Change Cipher Spec (RFC 8446 D.4). */
static void messages_across_records_however_cut(void **state)
{
    struct builder hello = client_hello(), again = server_hello(retry);

    (void)state;
    for (size_t record = 1; record < 300; record += 37) {
        for (size_t most = 0; most < 60; most += 7) {
            tapir_text told = {0};
            tapir_tls_options options = options_for(&told);
            tapir_tls_reader *reader = tapir_tls_reader_new(&options);
            struct sender client = {.push = push, .reader = reader, .most = most};
            struct sender server = client;
            struct builder one = {{0}, 0}, two = {{0}, 0}, three = {{0}, 0};

            server.way = TAPIR_BACKWARD;
            put_records(&one, 22, hello.bytes, hello.len, record);
            put_records(&two, 22, again.bytes, again.len, record);
            put_records(&two, 20, "\1", 1, 1);
            put_records(&three, 20, "\1", 1, 1);
            put_records(&three, 22, hello.bytes, hello.len, record);
            put_records(&three, 23, "0123456789", 10, 10);
            put_records(&three, 21, "\2\x28", 2, 2);
            send_bytes(&client, one.bytes, one.len);
            send_bytes(&server, two.bytes, two.len);
            send_bytes(&client, three.bytes, three.len);
            assert_string_equal(tapir_text_string(&told),
                ">1:116 <2:54 >1:116 >secret23 alert2:Handshake Failure ");
            tapir_tls_reader_free(reader);
            tapir_text_clear(&told);
        }
    }
}

static void what_follows_change_cipher_spec_is_encrypted_before_tls_1_3(void **state)
{
    struct builder hello = client_hello(), answer = server_hello(NULL), b = {{0}, 0}, s = {{0}, 0};
    tapir_text told = {0};
    tapir_tls_options options = options_for(&told);
    tapir_tls_reader *reader = tapir_tls_reader_new(&options);
    struct sender client = {.push = push, .reader = reader};
    struct sender server = {.push = push, .reader = reader, .way = TAPIR_BACKWARD};

    (void)state;
    put_records(&b, 22, hello.bytes, hello.len, 1000);
    send_bytes(&client, b.bytes, b.len);
    put_records(&s, 22, answer.bytes, answer.len, 1000);
    put_records(&s, 22, "\x0e\0\0\0", 4, 1000);
    send_bytes(&server, s.bytes, s.len);
    b.len = 0;
    put_records(&b, 20, "\1", 1, 1);
    put_records(&b, 22,
        "\1\0\0\x9"
        "encrypted",
        13, 100);
    put_records(&b, 21, "encrypted", 9, 100);
    send_bytes(&client, b.bytes, b.len);
    assert_string_equal(tapir_text_string(&told), ">1:116 <2:49 <14:0 >secret22 >secret21 ");
    tapir_tls_reader_free(reader);
    tapir_text_clear(&told);
}

static void records_are_found_again_behind_a_hole(void **state)
{
    struct builder hello = client_hello(), b = {{0}, 0};
    tapir_text told = {0};
    tapir_tls_options options = options_for(&told);
    tapir_tls_reader *reader = tapir_tls_reader_new(&options);
    struct sender client = {.push = push, .reader = reader};

    (void)state;
    put_records(&b, 22, hello.bytes, hello.len, 50);
    send_bytes(&client, b.bytes, 60);
    send_gap(&client, b.len + 23);
    send_text(&client, "some bytes of a record");
    put_records(&b, 21, "\1\0", 2, 2);
    send_bytes(&client, b.bytes, b.len);
    send_end(&client);
    assert_string_equal(tapir_text_string(&told), ">1:116! lost >1:116 alert1:Close Notify ");
    tapir_tls_reader_free(reader);
    tapir_text_clear(&told);
}

static void long_messages_are_skipped(void **state)
{
    struct builder hello = client_hello(), b = {{0}, 0};
    tapir_text told = {0};
    tapir_tls_options options = options_for(&told);
    tapir_tls_reader *reader;
    struct sender client = {.push = push};

    (void)state;
    options.max_handshake = 100;
    client.reader = reader = tapir_tls_reader_new(&options);
    put_records(&b, 22, hello.bytes, hello.len, 50);
    put_records(&b, 22, "\x10\0\0\1x", 5, 50);
    send_bytes(&client, b.bytes, b.len);
    assert_string_equal(tapir_text_string(&told), ">1:116! >16:1 ");
    tapir_tls_reader_free(reader);
    tapir_text_clear(&told);
}

static void certificates_one_by_one(void **state)
{
    static const char old[] = "\0\0\x0b\0\0\3abc\0\0\2de";
    static const char new[] = "\0\0\0\x0f\0\0\3abc\0\0\0\0\2de\0\0";
    tapir_span certificate;

    (void)state;
    for (int i = 0; i < 2; i++) {
        tapir_tls_certificates walk =
            i ? tapir_tls_certificates_of(tapir_span_of(new, sizeof new - 1), 0x0304)
              : tapir_tls_certificates_of(tapir_span_of(old, sizeof old - 1), 0x0303);

        assert_true(tapir_tls_certificate_next(&walk, &certificate) && certificate.len == 3);
        assert_true(tapir_tls_certificate_next(&walk, &certificate) && certificate.len == 2);
        assert_memory_equal(certificate.data, "de", 2);
        assert_false(tapir_tls_certificate_next(&walk, &certificate));
    }
}

static void a_key_exchange_has_a_curve(void **state)
{
    static const char body[] = "\3\0\x1d\2pp\4\3\0\3sig";
    tapir_tls_key_exchange exchange;
    tapir_span all = tapir_span_of(body, sizeof body - 1);

    (void)state;
    assert_int_equal(tapir_tls_key_exchange_decode(all, 0x0303, &exchange), TAPIR_OK);
    assert_true(exchange.group == 29 && exchange.point.len == 2 && exchange.signature.len == 3);
    assert_int_equal(exchange.signature_algorithm, 0x0403);
    all.len--;
    assert_int_equal(tapir_tls_key_exchange_decode(all, 0x0303, &exchange), TAPIR_TRUNCATED);
    all = tapir_span_of("\1", 1);
    assert_int_equal(tapir_tls_key_exchange_decode(all, 0x0303, &exchange), TAPIR_UNSUPPORTED);
}

static void numbers_have_names(void **state)
{
    (void)state;
    assert_string_equal(tapir_tls_version_name(0x0303), "TLS 1.2");
    assert_string_equal(tapir_tls_cipher_name(0x1301), "TLS_AES_128_GCM_SHA256");
    assert_string_equal(tapir_tls_cipher_name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assert_string_equal(tapir_tls_extension_name(0), "server_name");
    assert_string_equal(tapir_tls_group_name(29), "x25519");
    assert_string_equal(tapir_tls_group_name(0x11ec), "X25519MLKEM768");
    assert_string_equal(tapir_tls_handshake_name(11), "Certificate");
    assert_string_equal(tapir_tls_record_name(23), "Application Data");
    assert_null(tapir_tls_cipher_name(0x1a1a));
    assert_null(tapir_tls_version_name(5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hellos_are_taken_apart),
        cmocka_unit_test(broken_hellos_are_told),
        cmocka_unit_test(messages_across_records_however_cut),
        cmocka_unit_test(what_follows_change_cipher_spec_is_encrypted_before_tls_1_3),
        cmocka_unit_test(records_are_found_again_behind_a_hole),
        cmocka_unit_test(long_messages_are_skipped),
        cmocka_unit_test(certificates_one_by_one),
        cmocka_unit_test(a_key_exchange_has_a_curve),
        cmocka_unit_test(numbers_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
