/* Chunks of SCTP, written. */
#include "../put.h"
#include "sctp_parameters.h"

static uint8_t *open_chunk(tapir_writer *w, uint64_t type, uint64_t flags)
{
    uint8_t *chunk = w->at;

    tapir_put_be(w, 1, type);
    tapir_put_be(w, 1, flags);
    tapir_put_be(w, 2, 0);
    return chunk;
}

void tapir_sctp_put_chunk(tapir_writer *w, uint64_t type, uint64_t flags, tapir_span value)
{
    uint8_t *chunk = open_chunk(w, type, flags);

    tapir_put_span(w, value);
    tapir__sctp_close(w, chunk);
}

static void put_bare(tapir_writer *w, uint64_t type, bool reflected)
{
    tapir__sctp_close(w, open_chunk(w, type, reflected));
}

static void put_tsn(tapir_writer *w, uint64_t type, uint64_t tsn)
{
    uint8_t *chunk = open_chunk(w, type, 0);

    tapir_put_be(w, 4, tsn);
    tapir__sctp_close(w, chunk);
}

void tapir_sctp_put_data(tapir_writer *w, uint64_t flags, uint64_t tsn, uint64_t stream,
    uint64_t sequence, uint64_t protocol, tapir_span data)
{
    uint8_t *chunk = open_chunk(w, TAPIR_SCTP_DATA, flags);

    tapir_put_be(w, 4, tsn);
    tapir_put_be(w, 2, stream);
    tapir_put_be(w, 2, sequence);
    tapir_put_be(w, 4, protocol);
    tapir_put_span(w, data);
    tapir__sctp_close(w, chunk);
}

void tapir_sctp_put_i_data(tapir_writer *w, uint64_t flags, uint64_t tsn, uint64_t stream,
    uint64_t message, uint64_t protocol, tapir_span data)
{
    uint8_t *chunk = open_chunk(w, TAPIR_SCTP_I_DATA, flags);

    tapir_put_be(w, 4, tsn);
    tapir_put_be(w, 2, stream);
    tapir_put_zeroes(w, 2);
    tapir_put_be(w, 4, message);
    tapir_put_be(w, 4, protocol);
    tapir_put_span(w, data);
    tapir__sctp_close(w, chunk);
}

static void put_init(tapir_writer *w, uint64_t type, uint64_t tag, uint64_t window,
    uint64_t out_streams, uint64_t in_streams, uint64_t tsn, tapir_span parameters)
{
    uint8_t *chunk = open_chunk(w, type, 0);

    tapir_put_be(w, 4, tag);
    tapir_put_be(w, 4, window);
    tapir_put_be(w, 2, out_streams);
    tapir_put_be(w, 2, in_streams);
    tapir_put_be(w, 4, tsn);
    tapir__sctp_close_with(w, chunk, parameters);
}

void tapir_sctp_put_init(tapir_writer *w, uint64_t tag, uint64_t window, uint64_t out_streams,
    uint64_t in_streams, uint64_t tsn, tapir_span parameters)
{
    put_init(w, TAPIR_SCTP_INIT, tag, window, out_streams, in_streams, tsn, parameters);
}

void tapir_sctp_put_init_ack(tapir_writer *w, uint64_t tag, uint64_t window, uint64_t out_streams,
    uint64_t in_streams, uint64_t tsn, tapir_span parameters)
{
    put_init(w, TAPIR_SCTP_INIT_ACK, tag, window, out_streams, in_streams, tsn, parameters);
}

static uint8_t *open_sack(
    tapir_writer *w, uint64_t tsn, uint64_t window, size_t gap_count, size_t duplicate_count)
{
    uint8_t *chunk = open_chunk(w, TAPIR_SCTP_SACK, 0);

    tapir_put_be(w, 4, tsn);
    tapir_put_be(w, 4, window);
    tapir_put_be(w, 2, gap_count);
    tapir_put_be(w, 2, duplicate_count);
    return chunk;
}

void tapir_sctp_put_sack(tapir_writer *w, uint64_t tsn, uint64_t window,
    const struct tapir_sctp_gap *gaps, size_t gap_count, const uint32_t *duplicates,
    size_t duplicate_count)
{
    uint8_t *chunk = open_sack(w, tsn, window, gap_count, duplicate_count);

    for (size_t i = 0; i < gap_count && !w->failed; i++) {
        tapir_put_be(w, 2, gaps[i].start);
        tapir_put_be(w, 2, gaps[i].end);
    }
    for (size_t i = 0; i < duplicate_count && !w->failed; i++)
        tapir_put_be(w, 4, duplicates[i]);
    tapir__sctp_close(w, chunk);
}

/* RFC 9260 3.3.5: the information is a parameter, the only one. */
static void put_heartbeat(tapir_writer *w, uint64_t type, tapir_span information)
{
    uint8_t *chunk = open_chunk(w, type, 0);

    tapir_put_be(w, 2, TAPIR_SCTP_PARAMETER_HEARTBEAT);
    tapir_put_be(w, 2, information.len + 4);
    tapir_put_span(w, information);
    tapir__sctp_close(w, chunk);
}

void tapir_sctp_put_heartbeat(tapir_writer *w, tapir_span information)
{
    put_heartbeat(w, TAPIR_SCTP_HEARTBEAT, information);
}

void tapir_sctp_put_heartbeat_ack(tapir_writer *w, tapir_span information)
{
    put_heartbeat(w, TAPIR_SCTP_HEARTBEAT_ACK, information);
}

void tapir_sctp_put_abort(tapir_writer *w, bool reflected, tapir_span causes)
{
    tapir__sctp_close_with(w, open_chunk(w, TAPIR_SCTP_ABORT, reflected), causes);
}

void tapir_sctp_put_shutdown(tapir_writer *w, uint64_t tsn)
{
    put_tsn(w, TAPIR_SCTP_SHUTDOWN, tsn);
}

void tapir_sctp_put_shutdown_ack(tapir_writer *w)
{
    put_bare(w, TAPIR_SCTP_SHUTDOWN_ACK, false);
}

void tapir_sctp_put_error(tapir_writer *w, tapir_span causes)
{
    tapir__sctp_close_with(w, open_chunk(w, TAPIR_SCTP_ERROR, 0), causes);
}

void tapir_sctp_put_cookie_echo(tapir_writer *w, tapir_span cookie)
{
    tapir_sctp_put_chunk(w, TAPIR_SCTP_COOKIE_ECHO, 0, cookie);
}

void tapir_sctp_put_cookie_ack(tapir_writer *w)
{
    put_bare(w, TAPIR_SCTP_COOKIE_ACK, false);
}

void tapir_sctp_put_ecne(tapir_writer *w, uint64_t tsn)
{
    put_tsn(w, TAPIR_SCTP_ECNE, tsn);
}

void tapir_sctp_put_cwr(tapir_writer *w, uint64_t tsn)
{
    put_tsn(w, TAPIR_SCTP_CWR, tsn);
}

void tapir_sctp_put_shutdown_complete(tapir_writer *w, bool reflected)
{
    put_bare(w, TAPIR_SCTP_SHUTDOWN_COMPLETE, reflected);
}

/* From arguments. */

/* Chunks are whole messages of the first stream unless told. */
enum { WHOLE = TAPIR_SCTP_BEGINNING | TAPIR_SCTP_END };

TAPIR__MAKE(data)
{
    tapir_sctp_put_data(w, tapir__number_or(&arguments[5], WHOLE), arguments[1].number,
        arguments[2].number, arguments[3].number, arguments[4].number, arguments[0].bytes);
}

TAPIR__MAKE(i_data)
{
    tapir_sctp_put_i_data(w, tapir__number_or(&arguments[5], WHOLE), arguments[1].number,
        arguments[2].number, arguments[3].number, arguments[4].number, arguments[0].bytes);
}

/* There has to be a stream each way (RFC 9260 3.3.2). */
static void make_either_init(tapir_writer *w, uint64_t type, const tapir_argument *arguments)
{
    put_init(w, type, arguments[0].number, tapir__number_or(&arguments[1], UINT16_MAX),
        tapir__number_or(&arguments[2], 1), tapir__number_or(&arguments[3], 1), arguments[4].number,
        arguments[5].bytes);
}

TAPIR__MAKE(init)
{
    make_either_init(w, TAPIR_SCTP_INIT, arguments);
}

TAPIR__MAKE(init_ack)
{
    make_either_init(w, TAPIR_SCTP_INIT_ACK, arguments);
}

/* Gaps and duplicates have 4 bytes each. */
TAPIR__MAKE(sack)
{
    tapir_span gaps = arguments[2].bytes, duplicates = arguments[3].bytes;
    uint8_t *chunk = open_sack(w, arguments[0].number, tapir__number_or(&arguments[1], UINT16_MAX),
        gaps.len / 4, duplicates.len / 4);

    tapir__put_exactly(w, gaps, gaps.len / 4 * 4);
    tapir__put_exactly(w, duplicates, duplicates.len / 4 * 4);
    tapir__sctp_close(w, chunk);
}

TAPIR__MAKE(abort)
{
    if (arguments[1].number > 1)
        tapir_writer_fail(w);
    tapir_sctp_put_abort(w, arguments[1].number != 0, arguments[0].bytes);
}

TAPIR__MAKE(shutdown_complete)
{
    if (arguments[0].number > 1)
        tapir_writer_fail(w);
    tapir_sctp_put_shutdown_complete(w, arguments[0].number != 0);
}

TAPIR__MAKE(chunk)
{
    tapir_sctp_put_chunk(w, arguments[0].number, arguments[1].number, arguments[2].bytes);
}

TAPIR__MAKE(gap)
{
    tapir_put_be(w, 2, arguments[0].number);
    tapir_put_be(w, 2, arguments[1].number);
}

TAPIR__MAKE(duplicate)
{
    tapir_put_be(w, 4, arguments[0].number);
}

TAPIR__MAKE_BYTES(heartbeat, tapir_sctp_put_heartbeat)
TAPIR__MAKE_BYTES(heartbeat_ack, tapir_sctp_put_heartbeat_ack)
TAPIR__MAKE_NUMBER(shutdown, tapir_sctp_put_shutdown)
TAPIR__MAKE_BARE(shutdown_ack, tapir_sctp_put_shutdown_ack)
TAPIR__MAKE_BYTES(error, tapir_sctp_put_error)
TAPIR__MAKE_BYTES(cookie_echo, tapir_sctp_put_cookie_echo)
TAPIR__MAKE_BARE(cookie_ack, tapir_sctp_put_cookie_ack)
TAPIR__MAKE_NUMBER(ecne, tapir_sctp_put_ecne)
TAPIR__MAKE_NUMBER(cwr, tapir_sctp_put_cwr)

static const tapir_label fragments[] = {
    {WHOLE, "whole"},
    {TAPIR_SCTP_BEGINNING, "first"},
    {0, "middle"},
    {TAPIR_SCTP_END, "last"},
    {WHOLE | TAPIR_SCTP_UNORDERED, "unordered"},
    {WHOLE | TAPIR_SCTP_IMMEDIATE, "immediate"},
    {0, NULL},
};

#define PROTOCOL                                                                                   \
    TAPIR__UINT("protocol", 32, TAPIR__OPTIONAL, .labels = tapir__sctp_payload_protocols)
#define FLAGS     TAPIR__UINT("flags", 8, TAPIR__OPTIONAL, .labels = fragments)
#define REFLECTED TAPIR__UINT("reflected", 1, TAPIR__OPTIONAL)

static const tapir_parameter data[] = {TAPIR__OTHER("data", TAPIR_SPAN),
    TAPIR__UINT("tsn", 32, TAPIR__OPTIONAL), TAPIR__UINT("stream", 16, TAPIR__OPTIONAL),
    TAPIR__UINT("sequence", 16, TAPIR__OPTIONAL), PROTOCOL, FLAGS};
static const tapir_parameter i_data[] = {TAPIR__OTHER("data", TAPIR_SPAN),
    TAPIR__UINT("tsn", 32, TAPIR__OPTIONAL), TAPIR__UINT("stream", 16, TAPIR__OPTIONAL),
    TAPIR__UINT("message", 32, TAPIR__OPTIONAL), PROTOCOL, FLAGS};
static const tapir_parameter init[] = {TAPIR__UINT("tag", 32),
    TAPIR__UINT("window", 32, TAPIR__OPTIONAL), TAPIR__UINT("out_streams", 16, TAPIR__OPTIONAL),
    TAPIR__UINT("in_streams", 16, TAPIR__OPTIONAL), TAPIR__UINT("tsn", 32, TAPIR__OPTIONAL),
    TAPIR__OTHER("parameters", TAPIR_LIST, TAPIR__OPTIONAL, .list = &tapir__sctp_parameter_list)};
static const tapir_parameter sack[] = {TAPIR__UINT("tsn", 32),
    TAPIR__UINT("window", 32, TAPIR__OPTIONAL),
    TAPIR__OTHER("gaps", TAPIR_LIST, TAPIR__OPTIONAL, .list = &tapir__sctp_gap_list),
    TAPIR__OTHER("duplicates", TAPIR_LIST, TAPIR__OPTIONAL, .list = &tapir__sctp_duplicate_list)};
static const tapir_parameter information[] = {
    TAPIR__OTHER("information", TAPIR_SPAN, TAPIR__OPTIONAL)};
#define CAUSES TAPIR__OTHER("causes", TAPIR_LIST, TAPIR__OPTIONAL, .list = &tapir__sctp_cause_list)
static const tapir_parameter abort_causes[] = {CAUSES, REFLECTED};
static const tapir_parameter causes[] = {CAUSES};
static const tapir_parameter tsn[] = {TAPIR__UINT("tsn", 32)};
static const tapir_parameter cookie[] = {TAPIR__OTHER("cookie", TAPIR_SPAN)};
static const tapir_parameter reflected[] = {REFLECTED};
static const tapir_parameter chunk[] = {TAPIR__UINT("type", 8, .labels = tapir__sctp_chunk_types),
    TAPIR__UINT("flags", 8, TAPIR__OPTIONAL), TAPIR__OTHER("value", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter gap[] = {TAPIR__UINT("start", 16), TAPIR__UINT("end", 16)};

const tapir_maker tapir__sctp_chunk_makers[TAPIR__SCTP_CHUNK_MAKER_COUNT] = {
    TAPIR_MAKER("data", NULL, data, make_data),
    TAPIR_MAKER("i_data", "IData", i_data, make_i_data),
    TAPIR_MAKER("init", NULL, init, make_init),
    TAPIR_MAKER("init_ack", "InitAck", init, make_init_ack),
    TAPIR_MAKER("sack", NULL, sack, make_sack),
    TAPIR_MAKER("heartbeat", "HeartbeatReq", information, make_heartbeat),
    TAPIR_MAKER("heartbeat_ack", "HeartbeatAck", information, make_heartbeat_ack),
    TAPIR_MAKER("abort", NULL, abort_causes, make_abort),
    TAPIR_MAKER("shutdown", NULL, tsn, make_shutdown),
    TAPIR_BARE_MAKER("shutdown_ack", "ShutdownAck", make_shutdown_ack),
    TAPIR_MAKER("error", NULL, causes, make_error),
    TAPIR_MAKER("cookie_echo", "CookieEcho", cookie, make_cookie_echo),
    TAPIR_BARE_MAKER("cookie_ack", "CookieAck", make_cookie_ack),
    TAPIR_MAKER("ecne", NULL, tsn, make_ecne),
    TAPIR_MAKER("cwr", NULL, tsn, make_cwr),
    TAPIR_MAKER("shutdown_complete", "ShutdownComplete", reflected, make_shutdown_complete),
    TAPIR_MAKER("chunk", NULL, chunk, make_chunk),
};

const tapir_maker tapir__sctp_gap_makers[1] = {TAPIR_MAKER("gap", NULL, gap, make_gap)};

const tapir_maker tapir__sctp_duplicate_makers[1] = {
    TAPIR_MAKER("duplicate", NULL, tsn, make_duplicate)};
