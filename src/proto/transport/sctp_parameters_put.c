/* Parameters and error causes of SCTP, written. */
#include "../put.h"
#include "sctp_parameters.h"

/* Chunks, parameters and causes have their length in the same place. */
#define LENGTH_AT 2

static void close_without(tapir_writer *w, uint8_t *item, size_t uncounted)
{
    size_t length = (size_t)(w->at - item) - uncounted;

    tapir__put_padding(w, item, 0, 4);
    if (w->failed)
        return;
    if (length > UINT16_MAX)
        tapir_writer_fail(w);
    else
        tapir_store_be(item + LENGTH_AT, 2, length);
}

void tapir__sctp_close(tapir_writer *w, uint8_t *item)
{
    close_without(w, item, 0);
}

/* Returns how many bytes of padding end the last of these; 0 where they are not what they should
 * be. */
static size_t padding_of_last(tapir_span items)
{
    tapir_reader r = tapir_reader_of(items);
    tapir_span padding = {NULL, 0};

    while (tapir_left(&r)) {
        uint16_t length;
        tapir_take_be16(&r);
        length = tapir_take_be16(&r);
        if (length < ITEM_HEAD)
            return 0;
        tapir_take_span(&r, length - (size_t)ITEM_HEAD);
        padding = tapir__sctp_take_padding(&r, length);
    }
    return r.failed ? 0 : padding.len;
}

void tapir__sctp_close_with(tapir_writer *w, uint8_t *item, tapir_span inside)
{
    const uint8_t *start = w->at;

    tapir_put_span(w, inside);
    close_without(w, item, padding_of_last(tapir_written(w, start)));
}

static uint8_t *open_item(tapir_writer *w, uint64_t type)
{
    uint8_t *item = w->at;

    tapir_put_be(w, 2, type);
    tapir_put_be(w, 2, 0);
    return item;
}

static void put_item(tapir_writer *w, uint64_t type, tapir_span value)
{
    uint8_t *item = open_item(w, type);

    tapir_put_span(w, value);
    tapir__sctp_close(w, item);
}

static void put_bare(tapir_writer *w, uint64_t type)
{
    tapir__sctp_close(w, open_item(w, type));
}

/* An item of a number of 32 bits. */
static void put_number(tapir_writer *w, uint64_t type, uint64_t number)
{
    uint8_t *item = open_item(w, type);

    tapir_put_be(w, 4, number);
    tapir__sctp_close(w, item);
}

/* Puts numbers of 16 bits behind what is written of an item, and closes it. */
static void close_with_numbers(
    tapir_writer *w, uint8_t *item, const uint16_t *numbers, size_t count)
{
    for (size_t i = 0; i < count && !w->failed; i++)
        tapir_put_be(w, 2, numbers[i]);
    tapir__sctp_close(w, item);
}

static void put_numbers(tapir_writer *w, uint64_t type, const uint16_t *numbers, size_t count)
{
    close_with_numbers(w, open_item(w, type), numbers, count);
}

/* An item that holds others. */
static void put_holder(tapir_writer *w, uint64_t type, tapir_span inside)
{
    tapir__sctp_close_with(w, open_item(w, type), inside);
}

/* Parameters. */

void tapir_sctp_put_parameter(tapir_writer *w, uint64_t type, tapir_span value)
{
    put_item(w, type, value);
}

void tapir_sctp_put_parameter_ipv4(tapir_writer *w, const uint8_t address[4])
{
    put_item(w, TAPIR_SCTP_PARAMETER_IPV4, tapir_span_of(address, 4));
}

void tapir_sctp_put_parameter_ipv6(tapir_writer *w, const uint8_t address[16])
{
    put_item(w, TAPIR_SCTP_PARAMETER_IPV6, tapir_span_of(address, 16));
}

void tapir_sctp_put_parameter_cookie(tapir_writer *w, tapir_span cookie)
{
    put_item(w, TAPIR_SCTP_PARAMETER_COOKIE, cookie);
}

void tapir_sctp_put_parameter_unrecognized(tapir_writer *w, tapir_span parameter)
{
    put_holder(w, TAPIR_SCTP_PARAMETER_UNRECOGNIZED, parameter);
}

void tapir_sctp_put_parameter_cookie_preservative(tapir_writer *w, uint64_t milliseconds)
{
    put_number(w, TAPIR_SCTP_PARAMETER_COOKIE_PRESERVATIVE, milliseconds);
}

void tapir_sctp_put_parameter_hostname(tapir_writer *w, tapir_span name)
{
    uint8_t *item = open_item(w, TAPIR_SCTP_PARAMETER_HOSTNAME);

    tapir_put_span(w, name);
    tapir_put_zeroes(w, 1);
    tapir__sctp_close(w, item);
}

void tapir_sctp_put_parameter_address_types(tapir_writer *w, const uint16_t *types, size_t count)
{
    put_numbers(w, TAPIR_SCTP_PARAMETER_ADDRESS_TYPES, types, count);
}

void tapir_sctp_put_parameter_ecn(tapir_writer *w)
{
    put_bare(w, TAPIR_SCTP_PARAMETER_ECN);
}

void tapir_sctp_put_parameter_forward_tsn(tapir_writer *w)
{
    put_bare(w, TAPIR_SCTP_PARAMETER_FORWARD_TSN);
}

void tapir_sctp_put_parameter_random(tapir_writer *w, tapir_span random)
{
    put_item(w, TAPIR_SCTP_PARAMETER_RANDOM, random);
}

void tapir_sctp_put_parameter_chunks(tapir_writer *w, const uint8_t *types, size_t count)
{
    put_item(w, TAPIR_SCTP_PARAMETER_CHUNKS, tapir_span_of(types, count));
}

void tapir_sctp_put_parameter_hmacs(tapir_writer *w, const uint16_t *algorithms, size_t count)
{
    put_numbers(w, TAPIR_SCTP_PARAMETER_HMACS, algorithms, count);
}

void tapir_sctp_put_parameter_extensions(tapir_writer *w, const uint8_t *types, size_t count)
{
    put_item(w, TAPIR_SCTP_PARAMETER_EXTENSIONS, tapir_span_of(types, count));
}

void tapir_sctp_put_parameter_adaptation(tapir_writer *w, uint64_t indication)
{
    put_number(w, TAPIR_SCTP_PARAMETER_ADAPTATION, indication);
}

/* Causes. */

void tapir_sctp_put_cause(tapir_writer *w, uint64_t code, tapir_span value)
{
    put_item(w, code, value);
}

void tapir_sctp_put_cause_stream(tapir_writer *w, uint64_t stream)
{
    uint8_t *item = open_item(w, TAPIR_SCTP_CAUSE_STREAM);

    tapir_put_be(w, 2, stream);
    tapir_put_zeroes(w, 2);
    tapir__sctp_close(w, item);
}

static uint8_t *open_missing(tapir_writer *w, size_t count)
{
    uint8_t *item = open_item(w, TAPIR_SCTP_CAUSE_MISSING_PARAMETER);

    tapir_put_be(w, 4, count);
    return item;
}

void tapir_sctp_put_cause_missing_parameter(tapir_writer *w, const uint16_t *types, size_t count)
{
    close_with_numbers(w, open_missing(w, count), types, count);
}

void tapir_sctp_put_cause_stale_cookie(tapir_writer *w, uint64_t microseconds)
{
    put_number(w, TAPIR_SCTP_CAUSE_STALE_COOKIE, microseconds);
}

void tapir_sctp_put_cause_resources(tapir_writer *w)
{
    put_bare(w, TAPIR_SCTP_CAUSE_RESOURCES);
}

void tapir_sctp_put_cause_address(tapir_writer *w, tapir_span parameter)
{
    put_holder(w, TAPIR_SCTP_CAUSE_ADDRESS, parameter);
}

void tapir_sctp_put_cause_chunk(tapir_writer *w, tapir_span chunk)
{
    put_item(w, TAPIR_SCTP_CAUSE_CHUNK, chunk);
}

void tapir_sctp_put_cause_invalid_parameter(tapir_writer *w)
{
    put_bare(w, TAPIR_SCTP_CAUSE_INVALID_PARAMETER);
}

void tapir_sctp_put_cause_parameters(tapir_writer *w, tapir_span parameters)
{
    put_holder(w, TAPIR_SCTP_CAUSE_PARAMETERS, parameters);
}

void tapir_sctp_put_cause_no_data(tapir_writer *w, uint64_t tsn)
{
    put_number(w, TAPIR_SCTP_CAUSE_NO_DATA, tsn);
}

void tapir_sctp_put_cause_shutting_down(tapir_writer *w)
{
    put_bare(w, TAPIR_SCTP_CAUSE_SHUTTING_DOWN);
}

void tapir_sctp_put_cause_restart(tapir_writer *w, tapir_span parameters)
{
    put_holder(w, TAPIR_SCTP_CAUSE_RESTART, parameters);
}

void tapir_sctp_put_cause_user_abort(tapir_writer *w, tapir_span reason)
{
    put_item(w, TAPIR_SCTP_CAUSE_USER_ABORT, reason);
}

void tapir_sctp_put_cause_violation(tapir_writer *w, tapir_span information)
{
    put_item(w, TAPIR_SCTP_CAUSE_VIOLATION, information);
}

/* From arguments. */

static void make_address(
    tapir_writer *w, uint64_t type, size_t len, const tapir_argument *arguments)
{
    uint8_t *item = open_item(w, type);

    tapir__put_exactly(w, arguments[0].bytes, len);
    tapir__sctp_close(w, item);
}

static void make_numbers(
    tapir_writer *w, uint64_t type, unsigned bytes, const tapir_argument *arguments, size_t count)
{
    uint8_t *item = open_item(w, type);

    tapir__put_numbers(w, arguments, count, bytes);
    tapir__sctp_close(w, item);
}

/* name, type: parameters of numbers of so many bytes. */
#define MAKE_NUMBERS(name, type, bytes)                                                            \
    TAPIR__MAKE(name)                                                                              \
    {                                                                                              \
        make_numbers(w, TAPIR_SCTP_PARAMETER_##type, bytes, arguments, count);                     \
    }

TAPIR__MAKE(ipv4)
{
    make_address(w, TAPIR_SCTP_PARAMETER_IPV4, 4, arguments);
}

TAPIR__MAKE(ipv6)
{
    make_address(w, TAPIR_SCTP_PARAMETER_IPV6, 16, arguments);
}

MAKE_NUMBERS(address_types, ADDRESS_TYPES, 2)
MAKE_NUMBERS(chunks, CHUNKS, 1)
MAKE_NUMBERS(hmacs, HMACS, 2)
MAKE_NUMBERS(extensions, EXTENSIONS, 1)
TAPIR__MAKE_BYTES(cookie, tapir_sctp_put_parameter_cookie)
TAPIR__MAKE_BYTES(unrecognized, tapir_sctp_put_parameter_unrecognized)
TAPIR__MAKE_NUMBER(cookie_preservative, tapir_sctp_put_parameter_cookie_preservative)
TAPIR__MAKE_BYTES(hostname, tapir_sctp_put_parameter_hostname)
TAPIR__MAKE_BARE(ecn, tapir_sctp_put_parameter_ecn)
TAPIR__MAKE_BARE(forward_tsn, tapir_sctp_put_parameter_forward_tsn)
TAPIR__MAKE_BYTES(random, tapir_sctp_put_parameter_random)
TAPIR__MAKE_NUMBER(adaptation, tapir_sctp_put_parameter_adaptation)
TAPIR__MAKE_OPTION(parameter, tapir_sctp_put_parameter)

TAPIR__MAKE(missing_parameter)
{
    uint8_t *item = open_missing(w, count);

    tapir__put_numbers(w, arguments, count, 2);
    tapir__sctp_close(w, item);
}

TAPIR__MAKE_NUMBER(stream, tapir_sctp_put_cause_stream)
TAPIR__MAKE_NUMBER(stale_cookie, tapir_sctp_put_cause_stale_cookie)
TAPIR__MAKE_BARE(resources, tapir_sctp_put_cause_resources)
TAPIR__MAKE_BYTES(unresolvable, tapir_sctp_put_cause_address)
TAPIR__MAKE_BYTES(chunk, tapir_sctp_put_cause_chunk)
TAPIR__MAKE_BARE(invalid_parameter, tapir_sctp_put_cause_invalid_parameter)
TAPIR__MAKE_BYTES(parameters, tapir_sctp_put_cause_parameters)
TAPIR__MAKE_NUMBER(no_data, tapir_sctp_put_cause_no_data)
TAPIR__MAKE_BARE(shutting_down, tapir_sctp_put_cause_shutting_down)
TAPIR__MAKE_BYTES(restart, tapir_sctp_put_cause_restart)
TAPIR__MAKE_BYTES(user_abort, tapir_sctp_put_cause_user_abort)
TAPIR__MAKE_BYTES(violation, tapir_sctp_put_cause_violation)
TAPIR__MAKE_OPTION(cause, tapir_sctp_put_cause)

static const tapir_parameter ipv4[] = {TAPIR__OTHER("address", TAPIR_IPV4)};
static const tapir_parameter ipv6[] = {TAPIR__OTHER("address", TAPIR_IPV6)};
static const tapir_parameter cookie[] = {TAPIR__OTHER("cookie", TAPIR_SPAN)};
static const tapir_parameter whole_parameter[] = {TAPIR__OTHER("parameter", TAPIR_SPAN)};
static const tapir_parameter cookie_preservative[] = {TAPIR__UINT("milliseconds", 32)};
static const tapir_parameter hostname[] = {TAPIR__OTHER("name", TAPIR_STRING)};
static const tapir_parameter address_types[] = {
    TAPIR__UINT("type", 16, .labels = tapir__sctp_address_types, TAPIR__REPEATED)};
static const tapir_parameter random_bytes[] = {TAPIR__OTHER("random", TAPIR_SPAN)};
static const tapir_parameter chunk_types[] = {
    TAPIR__UINT("type", 8, .labels = tapir__sctp_chunk_types, TAPIR__REPEATED)};
static const tapir_parameter hmacs[] = {
    TAPIR__UINT("algorithm", 16, .labels = tapir__sctp_hmacs, TAPIR__REPEATED)};
static const tapir_parameter adaptation[] = {TAPIR__UINT("indication", 32)};
static const tapir_parameter parameter[] = {
    TAPIR__UINT("type", 16, .labels = tapir__sctp_parameter_types),
    TAPIR__OTHER("value", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__sctp_parameter_makers[TAPIR__SCTP_PARAMETER_MAKER_COUNT] = {
    TAPIR_MAKER("ipv4", "SCTPChunkParamIPv4Addr", ipv4, make_ipv4),
    TAPIR_MAKER("ipv6", "SCTPChunkParamIPv6Addr", ipv6, make_ipv6),
    TAPIR_MAKER("cookie", "SCTPChunkParamStateCookie", cookie, make_cookie),
    TAPIR_MAKER("unrecognized", NULL, whole_parameter, make_unrecognized),
    TAPIR_MAKER("cookie_preservative", "SCTPChunkParamCookiePreservative", cookie_preservative,
        make_cookie_preservative),
    TAPIR_MAKER("hostname", "SCTPChunkParamHostname", hostname, make_hostname),
    TAPIR_MAKER(
        "address_types", "SCTPChunkParamSupportedAddrTypes", address_types, make_address_types),
    TAPIR_BARE_MAKER("ecn", "SCTPChunkParamECNCapable", make_ecn),
    TAPIR_BARE_MAKER("forward_tsn", "SCTPChunkParamFwdTSN", make_forward_tsn),
    TAPIR_MAKER("random", "SCTPChunkParamRandom", random_bytes, make_random),
    TAPIR_MAKER("chunks", "SCTPChunkParamChunkList", chunk_types, make_chunks),
    TAPIR_MAKER("hmacs", "SCTPChunkParamRequestedHMACFunctions", hmacs, make_hmacs),
    TAPIR_MAKER("extensions", "SCTPChunkParamSupportedExtensions", chunk_types, make_extensions),
    TAPIR_MAKER("adaptation", "SCTPChunkParamAdaptationLayer", adaptation, make_adaptation),
    TAPIR_MAKER("parameter", NULL, parameter, make_parameter),
};

static const tapir_parameter stream[] = {TAPIR__UINT("stream", 16)};
static const tapir_parameter missing_parameter[] = {
    TAPIR__UINT("type", 16, .labels = tapir__sctp_parameter_types, TAPIR__REPEATED)};
static const tapir_parameter stale_cookie[] = {TAPIR__UINT("microseconds", 32)};
static const tapir_parameter whole_chunk[] = {TAPIR__OTHER("chunk", TAPIR_SPAN)};
static const tapir_parameter parameters[] = {
    TAPIR__OTHER("parameters", TAPIR_LIST, .list = &tapir__sctp_parameter_list)};
static const tapir_parameter no_data[] = {TAPIR__UINT("tsn", 32)};
static const tapir_parameter reason[] = {TAPIR__OTHER("reason", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter information[] = {
    TAPIR__OTHER("information", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter cause[] = {TAPIR__UINT("code", 16, .labels = tapir__sctp_cause_codes),
    TAPIR__OTHER("value", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__sctp_cause_makers[TAPIR__SCTP_CAUSE_MAKER_COUNT] = {
    TAPIR_MAKER("stream", NULL, stream, make_stream),
    TAPIR_MAKER("missing_parameter", NULL, missing_parameter, make_missing_parameter),
    TAPIR_MAKER("stale_cookie", NULL, stale_cookie, make_stale_cookie),
    TAPIR_BARE_MAKER("resources", NULL, make_resources),
    TAPIR_MAKER("address", NULL, parameters, make_unresolvable),
    TAPIR_MAKER("chunk", NULL, whole_chunk, make_chunk),
    TAPIR_BARE_MAKER("invalid_parameter", NULL, make_invalid_parameter),
    TAPIR_MAKER("parameters", NULL, parameters, make_parameters),
    TAPIR_MAKER("no_data", NULL, no_data, make_no_data),
    TAPIR_BARE_MAKER("shutting_down", NULL, make_shutting_down),
    TAPIR_MAKER("restart", NULL, parameters, make_restart),
    TAPIR_MAKER("user_abort", NULL, reason, make_user_abort),
    TAPIR_MAKER("violation", NULL, information, make_violation),
    TAPIR_MAKER("cause", NULL, cause, make_cause),
};
