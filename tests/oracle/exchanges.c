/* Tells the exchanges of HTTP and the handshakes of TLS in a capture, one a line, fields between
 * tabs. usage: exchanges FILE HTTP_PORT TLS_PORT */
#include "tapir/tapir.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A connection and who reads it. */
struct reading {
    uint64_t id;
    tapir_http_parser *http;
    tapir_tls_reader *tls;
};

static uint16_t http_port, tls_port;

static void print_span(tapir_span span)
{
    printf("\t%.*s", (int)span.len, span.len ? (const char *)span.data : "");
}

/* Adds decoded content to the sum of it (FNV-1a). */
static void on_content(void *user, tapir_http_exchange *exchange, const tapir_http_piece *piece)
{
    uint64_t *sums = exchange->user;

    (void)user;
    if (!sums) {
        sums = exchange->user = malloc(2 * sizeof *sums);
        if (!sums)
            abort();
        sums[0] = sums[1] = UINT64_C(0xcbf29ce484222325);
    }
    for (size_t i = 0; i < piece->bytes.len; i++)
        sums[piece->way] = (sums[piece->way] ^ piece->bytes.data[i]) * UINT64_C(0x100000001b3);
}

static void print_message(const tapir_http_message *message, const uint64_t *sum)
{
    printf("\t%" PRIu64 "\t%" PRIu64 "\t%" PRIx64 "\t%s", message->end_frame,
        message->decoded_bytes, sum && message->decoded_bytes ? *sum : 0,
        tapir_http_decoding_name((tapir_http_decoding)message->decoding));
}

static void on_ended(void *user, tapir_http_exchange *exchange)
{
    const struct reading *reading = user;
    uint64_t *sums = exchange->user;

    printf("http\t%" PRIu64, reading->id);
    print_span(exchange->method);
    print_span(exchange->target);
    print_span(exchange->host);
    printf("\t%u", exchange->status);
    print_span(exchange->reason);
    print_span(exchange->response.content_type);
    print_message(&exchange->request, sums);
    print_message(&exchange->response, sums ? sums + 1 : NULL);
    printf("\t%d\n", exchange->complete);
    free(sums);
}

static void on_handshake(void *user, const tapir_tls_handshake *handshake)
{
    const struct reading *reading = user;
    tapir_tls_client_hello client;
    tapir_tls_server_hello server;

    printf("tls\t%" PRIu64 "\t%u\t%" PRIu64 "\t%u", reading->id, handshake->type,
        handshake->end_frame, handshake->length);
    if (handshake->type == TAPIR_TLS_HANDSHAKE_CLIENT_HELLO &&
        tapir_tls_client_hello_decode(handshake->body, &client) == TAPIR_OK)
        print_span(client.server_name);
    if (handshake->type == TAPIR_TLS_HANDSHAKE_SERVER_HELLO &&
        tapir_tls_server_hello_decode(handshake->body, &server) == TAPIR_OK)
        printf("\t0x%04x", server.cipher_suite);
    printf("\n");
}

static bool on_opened(void *user, tapir_conversation *conversation)
{
    tapir_http_options http = {
        .size = sizeof http, .calls = {.content = on_content, .ended = on_ended}};
    tapir_tls_options tls = {.size = sizeof tls, .calls = {.handshake = on_handshake}};
    struct reading *reading = calloc(1, sizeof *reading);
    tapir_conversation_info info;
    uint16_t port;

    (void)user;
    if (!reading)
        return false;
    tapir_conversation_get(conversation, &info);
    reading->id = info.id;
    http.user = tls.user = reading;
    port = (uint16_t)tapir_load_be(info.connection.transport.dst.bytes, 2);
    if (port == http_port)
        reading->http = tapir_http_parser_new(&http);
    if (port == tls_port)
        reading->tls = tapir_tls_reader_new(&tls);
    tapir_conversation_set_user(conversation, reading);
    return true;
}

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct reading *reading = tapir_conversation_user(conversation);
    tapir_status status = TAPIR_OK;

    (void)user;
    if (reading->http)
        status = tapir_http_parser_push(reading->http, chunk);
    if (reading->tls)
        status = tapir_tls_reader_push(reading->tls, chunk);
    if (status)
        abort();
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct reading *reading = tapir_conversation_user(conversation);

    (void)user;
    (void)reason;
    if (reading->http)
        tapir_http_parser_finish(reading->http);
    if (reading->tls)
        tapir_tls_reader_finish(reading->tls);
    tapir_http_parser_free(reading->http);
    tapir_tls_reader_free(reading->tls);
    free(reading);
}

int main(int argc, char **argv)
{
    tapir_reassembler_options options = {.size = sizeof options,
        .calls = {.opened = on_opened, .data = on_data, .closed = on_closed}};
    tapir_reassembler *reassembler = tapir_reassembler_new(&options);
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_source *source;
    tapir_frame frame;
    tapir_error error;

    if (argc != 4 || !reassembler || !packet)
        return 2;
    http_port = (uint16_t)atoi(argv[2]);
    tls_port = (uint16_t)atoi(argv[3]);
    if (tapir_source_open_file(&source, argv[1], NULL, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    while (tapir_source_next(source, &frame) == TAPIR_OK) {
        tapir_packet_start(packet, &frame);
        tapir_reassembler_add(reassembler, packet);
    }
    tapir_reassembler_finish(reassembler);
    tapir_reassembler_free(reassembler);
    tapir_packet_free(packet);
    tapir_source_close(source);
    return 0;
}
