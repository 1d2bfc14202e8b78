/* HTTP/1.x: requests and responses paired, framed and decoded, however the streams are cut. */
#include "../http_digest.h"

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "chunks.h"

/* What one test does: bytes of a direction, a hole in it, or its end. */
struct step {
    char kind; /* '>', '<': bytes of the client, the server; 'g', 'G': a hole; 'e', 'E': an end */
    const char *text;
    size_t len; /* of a hole as well */
};

#define CLIENT(literal)                                                                            \
    {                                                                                              \
        '>', literal, sizeof(literal) - 1                                                          \
    }
#define SERVER(literal)                                                                            \
    {                                                                                              \
        '<', literal, sizeof(literal) - 1                                                          \
    }
#define CLIENT_GAP(n)                                                                              \
    {                                                                                              \
        'g', NULL, n                                                                               \
    }
#define SERVER_GAP(n)                                                                              \
    {                                                                                              \
        'G', NULL, n                                                                               \
    }
#define CLIENT_END                                                                                 \
    {                                                                                              \
        'e', NULL, 0                                                                               \
    }
#define SERVER_END                                                                                 \
    {                                                                                              \
        'E', NULL, 0                                                                               \
    }

static tapir_status push(void *parser, const tapir_chunk *chunk)
{
    return tapir_http_parser_push(parser, chunk);
}

/* Sends the steps, each a frame of its own, in portions of `most` bytes. */
static void send_steps(
    tapir_http_parser *parser, const struct step *steps, size_t count, size_t most, bool midstream)
{
    struct sender ways[2] = {
        {.push = push, .reader = parser, .midstream = midstream, .most = most}};

    ways[1] = ways[0];
    ways[1].way = TAPIR_BACKWARD;
    for (size_t i = 0; i < count; i++) {
        bool server = steps[i].kind == '<' || steps[i].kind == 'G' || steps[i].kind == 'E';
        struct sender *way = &ways[server];

        way->frame = i + 1;
        if (steps[i].kind == 'g' || steps[i].kind == 'G')
            send_gap(way, steps[i].len);
        else if (steps[i].kind == 'e' || steps[i].kind == 'E')
            send_end(way);
        else
            send_bytes(way, steps[i].text, steps[i].len);
    }
}

/* Returns what is told of the steps: the same, whatever the portions. */
static tapir_text told_by(const struct step *steps, size_t count, bool midstream)
{
    tapir_text first = {0};

    for (size_t most = 0; most < 40; most++) {
        tapir_text told = {0};
        tapir_http_options options = http_digest_options(&told);
        tapir_http_parser *parser = tapir_http_parser_new(&options);

        assert_non_null(parser);
        send_steps(parser, steps, count, most, midstream);
        tapir_http_parser_finish(parser);
        http_digest_stats(&told, parser);
        tapir_http_parser_free(parser);
        if (most) {
            assert_string_equal(tapir_text_string(&told), tapir_text_string(&first));
            tapir_text_clear(&told);
        } else {
            first = told;
        }
    }
    return first;
}

/* One line of an exchange: "GET /a x 200 OK body/decoded oddities oddities complete". */
static void note_ended(void *user, tapir_http_exchange *exchange)
{
    tapir_text *text = user;
    http_contents *contents = exchange->user;
    const tapir_http_message *request = &exchange->request, *response = &exchange->response;

    tapir_text_line(text, exchange->method);
    tapir_text_char(text, ' ');
    tapir_text_line(text, exchange->target);
    for (int way = 0; way < 2; way++) {
        if (way)
            tapir_text_printf(text, " %d", exchange->status);
        if (contents && contents->decoded[way].len) {
            tapir_text_put(text, way ? " <" : " >");
            tapir_text_line(
                text, tapir_span_of(contents->decoded[way].data, contents->decoded[way].len));
        }
    }
    if (request->oddities)
        tapir_text_printf(text, " odd %x", request->oddities);
    if (response->oddities)
        tapir_text_printf(text, " ODD %x", response->oddities);
    if (response->decoding != TAPIR_HTTP_PLAIN)
        tapir_text_printf(
            text, " %s", tapir_http_decoding_name((tapir_http_decoding)response->decoding));
    tapir_text_put(text, exchange->complete ? ".\n" : " incomplete\n");
    if (contents)
        for (int way = 0; way < 2; way++) {
            tapir_text_clear(&contents->body[way]);
            tapir_text_clear(&contents->decoded[way]);
        }
    free(contents);
}

/* Returns the lines of the exchanges. */
static tapir_text summary_of(const struct step *steps, size_t count, bool midstream,
    const tapir_http_options *limits, tapir_http_stats *stats)
{
    tapir_text told = {0};
    tapir_http_options options = *limits;
    tapir_http_parser *parser;

    options.size = sizeof options;
    options.calls.content = http_digest_decoded;
    options.calls.ended = note_ended;
    options.user = &told;
    parser = tapir_http_parser_new(&options);
    send_steps(parser, steps, count, 0, midstream);
    tapir_http_parser_finish(parser);
    tapir_http_parser_get_stats(parser, stats);
    tapir_http_parser_free(parser);
    return told;
}

static tapir_http_stats stats;

static void check_limited(const struct step *steps, size_t count, bool midstream,
    const tapir_http_options *limits, const char *expected)
{
    tapir_text all = told_by(steps, count, midstream);
    tapir_text summary = summary_of(steps, count, midstream, limits, &stats);

    assert_string_equal(tapir_text_string(&summary), expected);
    tapir_text_clear(&all);
    tapir_text_clear(&summary);
}

#define CHECK_LIMITED(limits, midstream, expected, ...)                                            \
    do {                                                                                           \
        const struct step all_steps[] = {__VA_ARGS__};                                             \
        const tapir_http_options within = limits;                                                  \
        check_limited(all_steps, TAPIR_COUNT(all_steps), midstream, &within, expected);            \
    } while (0)
#define CHECK(expected, ...)     CHECK_LIMITED({0}, false, expected, __VA_ARGS__)
#define CHECK_MID(expected, ...) CHECK_LIMITED({0}, true, expected, __VA_ARGS__)

#define GET "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
#define OK2 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"

static void a_request_and_its_response(void **state)
{
    (void)state;
    CHECK("GET /a 200 <ok.\n", CLIENT(GET), SERVER(OK2 "ok"));
    CHECK("POST /b >hello 204.\n",
        CLIENT("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"),
        SERVER("HTTP/1.1 204 No Content\r\n\r\n"));
    assert_int_equal(stats.requests, 1);
    assert_int_equal(stats.responses, 1);
    assert_int_equal(stats.unpaired, 0);
    assert_int_equal(stats.lost_bytes, 0);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    CHECK("GET /a 200 <ok.\nHEAD /h 200.\nGET /c 404 <no.\n",
        CLIENT(GET "HEAD /h HTTP/1.1\r\nHost: x\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\n\r\n"),
        SERVER(OK2 "okHTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
                   "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"));
}

static void interim_responses_come_before_the_final_one(void **state)
{
    (void)state;
    CHECK("POST / >abc 200 <ok.\n",
        CLIENT("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"),
        SERVER("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"),
        CLIENT("abc"), SERVER(OK2 "ok"));
    assert_int_equal(stats.interim, 2);
}

static void some_responses_have_no_content(void **state)
{
    (void)state;
    CHECK("GET /a 304.\nGET /a 204.\nGET /a 200 <ok.\n", CLIENT(GET GET GET),
        SERVER("HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n"
               "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n" OK2 "ok"));
}

static void content_in_chunks(void **state)
{
    (void)state;
    CHECK("GET /a 200 <abcdefgh.\nGET /a 200 <ok.\n", CLIENT(GET GET),
        SERVER("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5;name=\"v\"\r\nabcde\r\n003 \r\nfgh\r\n0\r\nSum: 1\r\nX: y\r\n\r\n" OK2 "ok"));
    CHECK("POST /c >xyz 200 <ok.\n",
        CLIENT("POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n"),
        SERVER(OK2 "ok"));
}

static void content_until_the_connection_closes(void **state)
{
    (void)state;
    CHECK("GET /a 200 <all of it.\n", CLIENT(GET), SERVER("HTTP/1.0 200 OK\r\n\r\nall "),
        SERVER("of it"), SERVER_END);
    CHECK("GET /a 200 <all ODD 20000 incomplete\n", CLIENT(GET),
        SERVER("HTTP/1.0 200 OK\r\n\r\nall"));
}

static void connect_makes_a_tunnel(void **state)
{
    const struct step steps[] = {CLIENT("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
        SERVER("HTTP/1.1 200 Connected\r\n\r\nS"), CLIENT("C"), CLIENT_END, SERVER_END};
    tapir_text all = told_by(steps, TAPIR_COUNT(steps), false);

    (void)state;
    assert_non_null(strstr(tapir_text_string(&all),
        "tunnel 1 26 0 1 53\ntunnel 0 39 0 1 43\ntunnel 0 ends after 0\ntunnel 1 ends after 0\n"));
    tapir_text_clear(&all);
    CHECK("CONNECT a:1 403 <no.\nGET /a 200 <ok.\n", CLIENT("CONNECT a:1 HTTP/1.1\r\n\r\n"),
        SERVER("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"), CLIENT(GET),
        SERVER(OK2 "ok"));
}

static void bytes_of_a_tunnel_may_come_before_it_is_granted(void **state)
{
    const struct step steps[] = {CLIENT("CONNECT a:443 HTTP/1.1\r\n\r\n"), CLIENT("\x16\3\1"),
        SERVER("HTTP/1.1 200 Connected\r\n\r\n"), CLIENT("\n")};
    tapir_text all = told_by(steps, TAPIR_COUNT(steps), false);

    (void)state;
    assert_non_null(strstr(
        tapir_text_string(&all), "tunnel 0 26 0 1 16\ntunnel 0 27 0 0 03\ntunnel 0 28 0 0 01\n"));
    assert_non_null(strstr(tapir_text_string(&all), "tunnel 0 29 0 0 0a\n"));
    tapir_text_clear(&all);
}

static void an_upgrade_and_the_preface_of_http_2_make_tunnels(void **state)
{
    const struct step websocket[] = {CLIENT("GET /w HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
        SERVER("HTTP/1.1 101 Switching Protocols\r\n\r\n"), SERVER("\x81"), CLIENT("\x82")};
    const struct step http2[] = {CLIENT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), SERVER("\x99")};
    tapir_text all = told_by(websocket, TAPIR_COUNT(websocket), false);

    (void)state;
    assert_non_null(strstr(tapir_text_string(&all), "tunnel 1 36 0 1 81\ntunnel 0 39 0 1 82\n"));
    tapir_text_clear(&all);
    all = told_by(http2, TAPIR_COUNT(http2), false);
    assert_non_null(strstr(tapir_text_string(&all), "tunnel 0 0 0 1 50\n"));
    assert_non_null(strstr(tapir_text_string(&all), "tunnel 1 0 0 1 99\n"));
    assert_non_null(strstr(tapir_text_string(&all), "requests 0 responses 0"));
    tapir_text_clear(&all);
}

static void lines_may_be_folded_or_end_with_lf(void **state)
{
    const struct step steps[] = {
        CLIENT("\r\nGET /a HTTP/1.1\nHost: x\r\nLong: a\r\n  b\n\tc\r\n\r\n")};
    tapir_text all = told_by(steps, 1, false);

    (void)state;
    assert_non_null(strstr(tapir_text_string(&all), "fields=Host: x\\r\\nLong: a    b \\tc\\r\\n"));
    tapir_text_clear(&all);
    CHECK("GET /a 0 odd 3 incomplete\n",
        CLIENT("\r\nGET /a HTTP/1.1\nHost: x\r\nLong: a\r\n  b\n\tc\r\n\r\n"));
}

static void lengths_that_contradict_cut_the_message(void **state)
{
    (void)state;
    CHECK("GET /a 200 <ok ODD 10.\n", CLIENT(GET),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2, 2\r\n\r\nok"));
    CHECK("GET /a 200 ODD 80010 incomplete\nGET /a 200 <ok.\n", CLIENT(GET GET),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok\n" OK2 "ok"));
    CHECK("GET /a 200 ODD 80000 incomplete\n", CLIENT(GET),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok"));
    CHECK("GET /a 200 ODD 80000 incomplete\n", CLIENT(GET),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok"));
    CHECK("GET /a 200 <ok ODD 8.\n", CLIENT(GET),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
               "2\r\nok\r\n0\r\n\r\n"));
}

static void chunk_sizes_that_are_none_cut_the_message(void **state)
{
    static const char *const bad[] = {"g\r\nab", "\r\nab", ";a\r\nab", "-1\r\nab", "0x2\r\nab",
        "fffffffffffffffff\r\nab", "8000000000000000\r\nab", "2\rx\nab", "1\r\nab\r\n"};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(bad); i++) {
        char text[200];
        struct step steps[2] = {CLIENT(GET), {'<', text, 0}};
        tapir_text summary, all;

        snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
            bad[i]);
        steps[1].len = strlen(text);
        all = told_by(steps, 2, false);
        summary = summary_of(steps, 2, false, &(tapir_http_options){0}, &stats);
        assert_non_null(strstr(tapir_text_string(&summary), "ODD 100000 incomplete\n"));
        tapir_text_clear(&all);
        tapir_text_clear(&summary);
    }
}

static void a_hole_in_content_of_known_length(void **state)
{
    (void)state;
    CHECK("GET /a 200 <ab[3 missing before 5]fg incomplete\nGET /a 200 <ok.\n", CLIENT(GET GET),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nab"), SERVER_GAP(3),
        SERVER("fg" OK2 "ok"));
    CHECK("GET /a 200 <ab[3 missing before 5]fg incomplete\nGET /a 200 <ok.\n", CLIENT(GET GET),
        SERVER("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nab"), SERVER_GAP(3),
        SERVER("fg\r\n0\r\n\r\n" OK2 "ok"));
    CHECK("GET /a 200 <ab[2 missing before 4] incomplete\nGET /a 200 <ok.\n", CLIENT(GET GET),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"), SERVER_GAP(2), SERVER(OK2 "ok"));
    CHECK("GET /a 200 <ab[9 missing before 11]cd incomplete\n", CLIENT(GET),
        SERVER("HTTP/1.1 200 OK\r\n\r\nab"), SERVER_GAP(9), SERVER("cd"), SERVER_END);
}

static void a_hole_beyond_the_end_of_content(void **state)
{
    (void)state;
    CHECK("GET /a 200 <ab[2 missing before 4] ODD 10000 incomplete\nGET /a 200 <ok ODD 40.\n",
        CLIENT(GET), SERVER("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"), CLIENT(GET),
        SERVER_GAP(30), SERVER("ngth: 9\r\n\r\nbinary" OK2 "ok"));
}

static void a_hole_in_a_head(void **state)
{
    (void)state;
    CHECK("GET /a 0 odd 10000 incomplete\nGET /b 200 <ok.\n",
        CLIENT("GET /a HTTP/1.1\r\nHost: x\r\n"), CLIENT_GAP(7), CLIENT("est: of it\r\n\r\n"),
        CLIENT("GET /b HTTP/1.1\r\n\r\n"), SERVER("\r\n"), SERVER_GAP(5),
        SERVER("x: y\r\n\r\n" OK2 "ok"));
}

static void a_stream_picked_up_in_its_midst(void **state)
{
    (void)state;
    CHECK_MID("  200 <ok incomplete\nGET /a 200 <ok.\n", SERVER("some content\n" OK2 "ok"),
        CLIENT("HTTP/1.1 is talked about\r\n" GET), SERVER(OK2 "ok"));
    assert_int_equal(stats.unpaired, 1);
    assert_int_equal(stats.lost_bytes, 13 + 26);
}

static void a_request_that_comes_late_is_not_paired_with_the_next_response(void **state)
{
    tapir_text told = {0};
    tapir_http_options options = {
        .size = sizeof options, .calls = {.ended = note_ended}, .user = &told};
    tapir_http_parser *parser = tapir_http_parser_new(&options);
    struct sender client = {.push = push, .reader = parser};
    struct sender server = {.push = push, .reader = parser, .way = TAPIR_BACKWARD};

    (void)state;
    server.frame = 2;
    send_text(&server, OK2 "ok");
    client.frame = 1;
    send_text(&client, GET);
    client.frame = 3;
    send_text(&client, "GET /next HTTP/1.1\r\n\r\n");
    server.frame = 4;
    send_text(&server, "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n");
    tapir_http_parser_finish(parser);
    assert_string_equal(
        tapir_text_string(&told), "  200 incomplete\nGET /a 0 odd 80 incomplete\nGET /next 404.\n");
    tapir_http_parser_free(parser);
    tapir_text_clear(&told);
}

static void a_response_from_before_a_request_is_not_its_answer(void **state)
{
    tapir_text told = {0};
    tapir_http_options options = {
        .size = sizeof options, .calls = {.ended = note_ended}, .user = &told};
    tapir_http_parser *parser = tapir_http_parser_new(&options);
    struct sender client = {.push = push, .reader = parser};
    struct sender server = {.push = push, .reader = parser, .way = TAPIR_BACKWARD};

    (void)state;
    client.frame = 3;
    send_text(&client, GET);
    server.frame = 2;
    send_text(&server, OK2 "ok");
    server.frame = 4;
    send_text(&server, "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n");
    assert_string_equal(tapir_text_string(&told), "  200 incomplete\nGET /a 404.\n");
    tapir_http_parser_free(parser);
    tapir_text_clear(&told);
}

static void other_protocols_are_left_alone(void **state)
{
    (void)state;
    CHECK("", CLIENT("EHLO there\r\n" GET), SERVER("220 mail\r\n" OK2));
    assert_true(stats.not_http[0] && stats.not_http[1]);
}

static void heads_have_limits(void **state)
{
    (void)state;
    CHECK_LIMITED(((tapir_http_options){.max_fields = 40}), false,
        "GET /a 404 odd 40000 incomplete\nGET /a 200 <ok.\n",
        CLIENT("GET /a HTTP/1.1\r\nHost: x\r\nLong: 0123456789012345678901234567890\r\n\r\n" GET),
        SERVER("HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n" OK2 "ok"));
}

static void an_endless_head_takes_no_more_than_its_limit(void **state)
{
    tapir_text told = {0};
    tapir_http_options options = {
        .size = sizeof options, .calls = {.ended = note_ended}, .user = &told};
    tapir_http_parser *parser = tapir_http_parser_new(&options);
    struct sender client = {.push = push, .reader = parser};
    char line[1000];

    (void)state;
    memset(line, 'x', sizeof line);
    line[0] = 'a';
    line[1] = ':';
    line[999] = '\n';
    send_text(&client, "GET /");
    for (int i = 0; i < 1000; i++)
        send_bytes(&client, line, 998);
    send_text(&client, " HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\n");
    for (int i = 0; i < 1000; i++)
        send_bytes(&client, line, 1000);
    tapir_http_parser_finish(parser);
    tapir_http_parser_get_stats(parser, &stats);
    assert_int_equal(stats.requests, 2);
    assert_true(told.len < 20000);
    assert_non_null(strstr(tapir_text_string(&told), "GET /b 0 odd 40001 incomplete\n"));
    tapir_http_parser_free(parser);
    tapir_text_clear(&told);
}

static void requests_that_wait_have_a_limit(void **state)
{
    tapir_text told = {0};
    tapir_http_options options = {
        .size = sizeof options, .calls = {.ended = note_ended}, .user = &told, .max_waiting = 3000};
    tapir_http_parser *parser = tapir_http_parser_new(&options);
    struct sender client = {.push = push, .reader = parser, .frame = 1};
    struct sender server = {.push = push, .reader = parser, .way = TAPIR_BACKWARD, .frame = 2};

    (void)state;
    for (int i = 0; i < 100; i++)
        send_text(&client, GET);
    for (int i = 0; i < 100; i++)
        send_text(&server, OK2 "ok");
    client.frame = 3;
    send_text(&client, "GET /last HTTP/1.1\r\n\r\n");
    server.frame = 4;
    send_text(&server, OK2 "ok");
    tapir_http_parser_finish(parser);
    tapir_http_parser_get_stats(parser, &stats);
    assert_true(stats.unpaired > 150 && stats.unpaired < 200);
    assert_non_null(strstr(tapir_text_string(&told), "GET /last 200.\n"));
    tapir_http_parser_free(parser);
    tapir_text_clear(&told);
}

#if HAVE_ZLIB
#include <zlib.h>

/* Compresses by zlib; `window` says how it is wrapped. */
static size_t deflate_all(const void *bytes, size_t len, int window, uint8_t *to, size_t room)
{
    z_stream stream = {0};
    size_t made;

    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)len;
    stream.next_out = to;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    made = room - stream.avail_out;
    deflateEnd(&stream);
    return made;
}

/* Expects content with these codings to be told of so. */
static void check_coded(const char *codings, const uint8_t *content, size_t len,
    const tapir_http_options *limits, const char *expected)
{
    static char text[1 << 20];
    int head = snprintf(text, sizeof text,
        "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n", codings, len);
    const struct step steps[] = {CLIENT(GET), {'<', text, (size_t)head + len}};

    memcpy(text + head, content, len);
    check_limited(steps, 2, false, limits, expected);
}

static void coded_content_is_decoded(void **state)
{
    static const tapir_http_options none = {0};
    static const char page[] = "page page page page page";
    uint8_t packed[200], twice[300];
    size_t len = deflate_all(page, sizeof page - 1, 15 + 16, packed, sizeof packed), more;

    (void)state;
    check_coded("gzip", packed, len, &none, "GET /a 200 <page page page page page decoded.\n");
    check_coded("X-GZip", packed, len, &none, "GET /a 200 <page page page page page decoded.\n");
    more = deflate_all(packed, len, 15, twice, sizeof twice);
    check_coded(
        "gzip, deflate", twice, more, &none, "GET /a 200 <page page page page page decoded.\n");
    len = deflate_all(page, sizeof page - 1, -15, packed, sizeof packed);
    check_coded("deflate", packed, len, &none, "GET /a 200 <page page page page page decoded.\n");
    check_coded("identity", packed, 0, &none, "GET /a 200.\n");
    check_coded("rot13", packed, len, &none, "GET /a 200 unknown.\n");
    check_coded("gzip", (const uint8_t *)"no gzip", 7, &none, "GET /a 200 damaged.\n");
    check_coded("gzip", (const uint8_t *)"\x1f\x8b\x08\0\0", 5, &none, "GET /a 200 unfinished.\n");
}

static void bombs_are_defused(void **state)
{
    static uint8_t zeroes[1 << 20], packed[20000], twice[20000];
    static const tapir_http_options few = {.max_decoded = 10};
    static const tapir_http_options thin = {.max_ratio = 100};
    size_t len, more;

    (void)state;
    memset(zeroes, 'z', sizeof zeroes);
    len = deflate_all(zeroes, sizeof zeroes, 15 + 16, packed, sizeof packed);
    check_coded("gzip", packed, len, &few, "GET /a 200 <zzzzzzzzzz too much.\n");
    more = deflate_all(packed, len, 15 + 16, twice, sizeof twice);
    check_coded("gzip, gzip", twice, more, &few, "GET /a 200 too much.\n");
    {
        char head[200];
        int size = snprintf(head, sizeof head,
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", len);
        const struct step steps[] = {
            CLIENT(GET), {'<', head, (size_t)size}, {'<', (char *)packed, len}};
        tapir_text summary = summary_of(steps, 3, false, &thin, &stats);

        assert_non_null(strstr(tapir_text_string(&summary), "too much.\n"));
        assert_true(summary.len < 300000);
        tapir_text_clear(&summary);
    }
}

static void a_hole_ends_the_decoding(void **state)
{
    uint8_t packed[200];
    size_t len = deflate_all("abcabcabc", 9, 15 + 16, packed, sizeof packed);
    char head[200];
    int size = snprintf(head, sizeof head,
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", len);
    const struct step steps[] = {CLIENT(GET), {'<', head, (size_t)size}, {'<', (char *)packed, 10},
        SERVER_GAP(3), {'<', (char *)packed + 13, len - 13}};

    (void)state;
    check_limited(steps, TAPIR_COUNT(steps), false, &(tapir_http_options){0},
        "GET /a 200 holed incomplete\n");
}
#endif

static void codings_of_brotli_and_zstd(void **state)
{
    static const uint8_t brotli[] = {0x0b, 0x02, 0x80, 'h', 'e', 'l', 'l', 'o', 0x03};
    static const uint8_t zstd[] = {
        0x28, 0xb5, 0x2f, 0xfd, 0x20, 5, 0x29, 0, 0, 'h', 'e', 'l', 'l', 'o'};
    const struct step steps[] = {CLIENT(GET GET),
        SERVER("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 9\r\n\r\n"),
        {'<', (const char *)brotli, sizeof brotli},
        SERVER("HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 14\r\n\r\n"),
        {'<', (const char *)zstd, sizeof zstd}};

    (void)state;
    check_limited(steps, TAPIR_COUNT(steps), false, &(tapir_http_options){0},
        HAVE_BROTLI && HAVE_ZSTD ? "GET /a 200 <hello decoded.\nGET /a 200 <hello decoded.\n"
        : HAVE_BROTLI            ? "GET /a 200 <hello decoded.\nGET /a 200 unsupported.\n"
        : HAVE_ZSTD              ? "GET /a 200 unsupported.\nGET /a 200 <hello decoded.\n"
                                 : "GET /a 200 unsupported.\nGET /a 200 unsupported.\n");
}

static void note_times(void *user, tapir_http_exchange *exchange)
{
    const tapir_http_message *request = &exchange->request, *response = &exchange->response;

    tapir_text_printf(user, "%lld %lld %lld %lld %llu-%llu %llu-%llu", (long long)request->start,
        (long long)request->end, (long long)response->start, (long long)response->end,
        (unsigned long long)request->frame, (unsigned long long)request->end_frame,
        (unsigned long long)response->frame, (unsigned long long)response->end_frame);
}

static void exchanges_know_their_times_and_frames(void **state)
{
    static const struct step steps[] = {CLIENT("GET /a HT"), CLIENT("TP/1.1\r\n\r\n"),
        SERVER("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"), SERVER("ab"), SERVER("cd")};
    tapir_text told = {0};
    tapir_http_options options = {
        .size = sizeof options, .calls = {.ended = note_times}, .user = &told};
    tapir_http_parser *parser = tapir_http_parser_new(&options);

    (void)state;
    send_steps(parser, steps, TAPIR_COUNT(steps), 0, false);
    assert_string_equal(tapir_text_string(&told), "1000 2000 3000 5000 1-2 3-5");
    tapir_http_parser_free(parser);
    tapir_text_clear(&told);
}

static void fields_and_lists(void **state)
{
    static const char text[] = "A: 1\r\nnone\r\n B: 2\r\nC :3\nd:\r\nE:  x y \t\r\n";
    static const char list[] = "a, \"b, c\\\"\" ,, d;e=\"f,g\",";
    tapir_span fields = tapir_span_of(text, sizeof text - 1), value;
    tapir_reader walk = tapir_http_fields_of(fields);
    tapir_http_field field;
    tapir_text told = {0};

    (void)state;
    while (tapir_http_field_next(&walk, &field)) {
        tapir_text_line(&told, field.name);
        tapir_text_char(&told, '=');
        tapir_text_line(&told, field.value);
        tapir_text_char(&told, ';');
    }
    walk = tapir_reader_of(tapir_span_of(list, sizeof list - 1));
    while (tapir_http_member_next(&walk, &value)) {
        tapir_text_char(&told, '[');
        tapir_text_line(&told, value);
        tapir_text_char(&told, ']');
    }
    assert_string_equal(
        tapir_text_string(&told), "A=1;C=3;d=;E=x y;[a][\"b, c\\\"\"][d;e=\"f,g\"]");
    assert_true(tapir_http_field_find(fields, "e", &value) && value.len == 3);
    assert_false(tapir_http_field_find(fields, "f", &value));
    tapir_text_clear(&told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_and_its_response),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(interim_responses_come_before_the_final_one),
        cmocka_unit_test(some_responses_have_no_content),
        cmocka_unit_test(content_in_chunks),
        cmocka_unit_test(content_until_the_connection_closes),
        cmocka_unit_test(connect_makes_a_tunnel),
        cmocka_unit_test(bytes_of_a_tunnel_may_come_before_it_is_granted),
        cmocka_unit_test(an_upgrade_and_the_preface_of_http_2_make_tunnels),
        cmocka_unit_test(lines_may_be_folded_or_end_with_lf),
        cmocka_unit_test(lengths_that_contradict_cut_the_message),
        cmocka_unit_test(chunk_sizes_that_are_none_cut_the_message),
        cmocka_unit_test(a_hole_in_content_of_known_length),
        cmocka_unit_test(a_hole_beyond_the_end_of_content),
        cmocka_unit_test(a_hole_in_a_head),
        cmocka_unit_test(a_stream_picked_up_in_its_midst),
        cmocka_unit_test(a_request_that_comes_late_is_not_paired_with_the_next_response),
        cmocka_unit_test(a_response_from_before_a_request_is_not_its_answer),
        cmocka_unit_test(other_protocols_are_left_alone),
        cmocka_unit_test(heads_have_limits),
        cmocka_unit_test(an_endless_head_takes_no_more_than_its_limit),
        cmocka_unit_test(requests_that_wait_have_a_limit),
#if HAVE_ZLIB
        cmocka_unit_test(coded_content_is_decoded),
        cmocka_unit_test(bombs_are_defused),
        cmocka_unit_test(a_hole_ends_the_decoding),
#endif
        cmocka_unit_test(codings_of_brotli_and_zstd),
        cmocka_unit_test(exchanges_know_their_times_and_frames),
        cmocka_unit_test(fields_and_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
