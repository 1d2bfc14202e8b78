/* Prints the HTTP requests and responses of an interface, until it is interrupted, or of a capture
 * file: whoever asked for what, and what came back.
 * usage: httpassembly -i INTERFACE | -r FILE */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tapir/tapir.h"

#define SECOND INT64_C(1000000000)

static tapir_source *source; /* here for the signal handler */

static void stop(int number)
{
    (void)number;
    tapir_source_break(source);
}

/* What is from the wire is made safe for a terminal. */
static void put(tapir_text *text, tapir_span words)
{
    tapir_text_char(text, ' ');
    if (words.len)
        tapir_text_line(text, words);
    else
        tapir_text_char(text, '-');
}

static void on_exchange(void *user, tapir_http_exchange *exchange)
{
    const tapir_conversation_info *info = user;
    tapir_text text = {0};

    tapir_flow_text(&text, &info->connection.network);
    TAPIR_TEXT_LITERAL(&text, " ");
    tapir_flow_text(&text, &info->connection.transport);
    TAPIR_TEXT_LITERAL(&text, ":");
    put(&text, exchange->method);
    put(&text, exchange->host);
    put(&text, exchange->target);
    if (exchange->response.seen)
        tapir_text_printf(&text, " -> %u", exchange->status);
    else
        TAPIR_TEXT_LITERAL(&text, " -> no answer");
    put(&text, exchange->response.content_type);
    tapir_text_printf(&text, " %" PRIu64 " bytes, %" PRIu64 " decoded%s\n",
        exchange->response.content_bytes, exchange->response.decoded_bytes,
        exchange->complete ? "" : ", incomplete");
    fputs(tapir_text_string(&text), stdout);
    fflush(stdout);
    tapir_text_clear(&text);
}

/* Every chunk of either direction goes to the connection's parser, which is made with the first. */
static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    tapir_http_parser *parser = tapir_conversation_user(conversation);
    tapir_conversation_info info;
    const tapir_http_options options = {
        .size = sizeof options,
        .calls = {.ended = on_exchange},
        .user = user,
    };

    if (!parser) {
        parser = tapir_http_parser_new(&options);
        tapir_conversation_set_user(conversation, parser);
    }
    /* Exchanges are told of while their parser is called, so one place for the facts will do. */
    tapir_conversation_get(conversation, &info);
    *(tapir_conversation_info *)user = info;
    if (!parser || tapir_http_parser_push(parser, chunk) != TAPIR_OK)
        fprintf(stderr, "httpassembly: out of memory\n");
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    tapir_http_parser *parser = tapir_conversation_user(conversation);

    (void)reason;
    if (!parser)
        return;
    tapir_conversation_get(conversation, user);
    tapir_http_parser_finish(parser);
    tapir_http_parser_free(parser);
}

/* Lets timeouts pass where nothing comes. */
static void tick(tapir_reassembler *reassembler)
{
    tapir_reassembler_tick(reassembler, (int64_t)(time(NULL) - 1) * SECOND);
}

static tapir_status read_all(tapir_reassembler *reassembler, tapir_packet *packet)
{
    tapir_frame frame;
    tapir_status status;

    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK || status == TAPIR_TIMEOUT) {
        if (status == TAPIR_TIMEOUT) {
            tick(reassembler);
            continue;
        }
        tapir_packet_start(packet, &frame);
        tapir_reassembler_add(reassembler, packet);
    }
    tapir_reassembler_finish(reassembler);
    return status;
}

int main(int argc, char **argv)
{
    static tapir_conversation_info current;
    const tapir_capture_options live_options = {.size = sizeof live_options, .timeout = SECOND};
    const tapir_reassembler_options options = {
        .size = sizeof options,
        .calls = {.data = on_data, .closed = on_closed},
        .user = &current,
    };
    bool live = argc == 3 && strcmp(argv[1], "-i") == 0;
    tapir_reassembler *reassembler;
    tapir_packet *packet;
    tapir_error error;
    tapir_status status;

    if (argc != 3 || (!live && strcmp(argv[1], "-r") != 0)) {
        fprintf(stderr, "usage: httpassembly -i INTERFACE | -r FILE\n");
        return 2;
    }
    status = live ? tapir_capture_open(&source, argv[2], &live_options, &error)
                  : tapir_source_open_file(&source, argv[2], NULL, &error);
    if (status != TAPIR_OK) {
        fprintf(stderr, "httpassembly: %s\n", error.message);
        return 1;
    }
    signal(SIGINT, stop);
    reassembler = tapir_reassembler_new(&options);
    packet = tapir_packet_new(NULL);
    status = reassembler && packet ? read_all(reassembler, packet) : TAPIR_NO_MEMORY;
    if (status == TAPIR_END || status == TAPIR_BREAK)
        status = TAPIR_OK;
    else
        fprintf(stderr, "httpassembly: %s\n",
            status == TAPIR_NO_MEMORY ? "out of memory" : tapir_source_error(source)->message);
    tapir_reassembler_free(reassembler);
    tapir_packet_free(packet);
    tapir_source_close(source);
    return status == TAPIR_OK ? 0 : 1;
}
