/* Options of IPv4, written. */
#include "../put.h"
#include "ipv4_options.h"

#define PLACES_MAX 63 /* more than any length octet can say */

static void put_head(tapir_writer *w, uint64_t type, size_t data_len)
{
    tapir_put_be(w, 1, type);
    tapir_put_be(w, 1, data_len + 2);
}

void tapir_ipv4_put_option(tapir_writer *w, uint64_t type, tapir_span data)
{
    put_head(w, type, data.len);
    tapir_put_span(w, data);
}

void tapir_ipv4_put_end(tapir_writer *w)
{
    tapir_put_be(w, 1, TAPIR_IPV4_END);
}

void tapir_ipv4_put_nop(tapir_writer *w)
{
    tapir_put_be(w, 1, TAPIR_IPV4_NOP);
}

/* A route of `slots` addresses, `recorded` of which the pointer is past. */
static void put_route_head(tapir_writer *w, uint64_t type, size_t slots, size_t recorded)
{
    if (recorded > slots || slots > PLACES_MAX)
        tapir_writer_fail(w);
    put_head(w, type, slots * 4 + 1);
    tapir_put_be(w, 1, recorded * 4 + 4);
}

void tapir_ipv4_put_record_route(tapir_writer *w, size_t slots, tapir_span recorded)
{
    put_route_head(w, TAPIR_IPV4_RECORD_ROUTE, slots, recorded.len / 4);
    if (w->failed)
        return;
    tapir__put_exactly(w, recorded, recorded.len / 4 * 4);
    tapir_put_zeroes(w, slots * 4 - recorded.len / 4 * 4);
}

static void put_source_route(tapir_writer *w, uint64_t type, tapir_span addresses)
{
    put_route_head(w, type, addresses.len / 4, 0);
    tapir__put_exactly(w, addresses, addresses.len / 4 * 4);
}

void tapir_ipv4_put_loose_route(tapir_writer *w, tapir_span addresses)
{
    put_source_route(w, TAPIR_IPV4_LOOSE_ROUTE, addresses);
}

void tapir_ipv4_put_strict_route(tapir_writer *w, tapir_span addresses)
{
    put_source_route(w, TAPIR_IPV4_STRICT_ROUTE, addresses);
}

static bool has_addresses(uint64_t flag)
{
    return flag == 1 || flag == 3;
}

static void put_timestamp_head(
    tapir_writer *w, uint64_t overflow, uint64_t flag, size_t count, size_t recorded)
{
    size_t size = has_addresses(flag) ? 8 : 4;

    if (overflow > 15 || flag > 15 || recorded > count || count > PLACES_MAX)
        tapir_writer_fail(w);
    put_head(w, TAPIR_IPV4_TIMESTAMP, count * size + 2);
    tapir_put_be(w, 1, recorded * size + 5);
    tapir_put_be(w, 1, overflow << 4 | flag);
}

void tapir_ipv4_put_timestamp(tapir_writer *w, uint64_t overflow, uint64_t flag,
    const struct tapir_ipv4_stamp *stamps, size_t count, size_t recorded)
{
    put_timestamp_head(w, overflow, flag, count, recorded);
    for (size_t i = 0; i < count && !w->failed; i++) {
        if (has_addresses(flag) && stamps)
            tapir_put_span(w, tapir_span_of(stamps[i].address, 4));
        else if (has_addresses(flag))
            tapir_put_zeroes(w, 4);
        tapir_put_be(w, 4, stamps ? stamps[i].time : 0);
    }
}

void tapir_ipv4_put_router_alert(tapir_writer *w, uint64_t value)
{
    put_head(w, TAPIR_IPV4_ROUTER_ALERT, 2);
    tapir_put_be(w, 2, value);
}

void tapir_ipv4_put_stream_id(tapir_writer *w, uint64_t id)
{
    put_head(w, TAPIR_IPV4_STREAM_ID, 2);
    tapir_put_be(w, 2, id);
}

void tapir_ipv4_put_traceroute(tapir_writer *w, uint64_t id, uint64_t outbound_hops,
    uint64_t return_hops, const uint8_t originator[4])
{
    put_head(w, TAPIR_IPV4_TRACEROUTE, 10);
    tapir_put_be(w, 2, id);
    tapir_put_be(w, 2, outbound_hops);
    tapir_put_be(w, 2, return_hops);
    tapir_put_span(w, tapir_span_of(originator, 4));
}

void tapir_ipv4_put_security(tapir_writer *w, uint64_t security, uint64_t compartments,
    tapir_span restrictions, tapir_span control_code)
{
    put_head(w, TAPIR_IPV4_SECURITY, 9);
    tapir_put_be(w, 2, security);
    tapir_put_be(w, 2, compartments);
    tapir__put_exactly(w, restrictions, 2);
    tapir__put_exactly(w, control_code, 3);
}

void tapir_ipv4_put_basic_security(tapir_writer *w, uint64_t level, tapir_span authorities)
{
    put_head(w, TAPIR_IPV4_SECURITY, authorities.len + 1);
    tapir_put_be(w, 1, level);
    tapir_put_span(w, authorities);
}

void tapir_ipv4_put_padding(tapir_writer *w, const void *start)
{
    tapir__put_padding(w, start, 0, 4);
}

/* From arguments. */

TAPIR__MAKE_BARE(end, tapir_ipv4_put_end)
TAPIR__MAKE_BARE(nop, tapir_ipv4_put_nop)
TAPIR__MAKE_NUMBER(router_alert, tapir_ipv4_put_router_alert)
TAPIR__MAKE_NUMBER(stream_id, tapir_ipv4_put_stream_id)
TAPIR__MAKE_OPTION(basic_security, tapir_ipv4_put_basic_security)
TAPIR__MAKE_OPTION(option, tapir_ipv4_put_option)

TAPIR__MAKE(record_route)
{
    size_t recorded = tapir__repeated(count, 1);

    put_route_head(w, TAPIR_IPV4_RECORD_ROUTE, arguments[0].number, recorded);
    if (w->failed)
        return;
    tapir__put_each(w, arguments + 1, recorded, 4);
    tapir_put_zeroes(w, (arguments[0].number - recorded) * 4);
}

TAPIR__MAKE(loose_route)
{
    put_route_head(w, TAPIR_IPV4_LOOSE_ROUTE, count, 0);
    tapir__put_each(w, arguments, count, 4);
}

TAPIR__MAKE(strict_route)
{
    put_route_head(w, TAPIR_IPV4_STRICT_ROUTE, count, 0);
    tapir__put_each(w, arguments, count, 4);
}

/* Places for times; addresses given are those of the first places. */
TAPIR__MAKE(timestamp)
{
    uint64_t flag = arguments[0].number, slots = arguments[1].number;
    size_t given = tapir__repeated(count, 2);

    if (given > slots || (given && !has_addresses(flag)))
        tapir_writer_fail(w);
    put_timestamp_head(w, 0, flag, slots, 0);
    if (w->failed)
        return;
    for (size_t i = 0; i < slots; i++) {
        if (i < given)
            tapir__put_exactly(w, arguments[2 + i].bytes, 4);
        else if (has_addresses(flag))
            tapir_put_zeroes(w, 4);
        tapir_put_zeroes(w, 4);
    }
}

TAPIR__MAKE(traceroute)
{
    if (arguments[3].bytes.len != 4)
        tapir_writer_fail(w);
    else
        tapir_ipv4_put_traceroute(w, arguments[0].number, arguments[1].number, arguments[2].number,
            arguments[3].bytes.data);
}

TAPIR__MAKE(security)
{
    tapir_span restrictions = arguments[2].bytes, control_code = arguments[3].bytes;

    if (!arguments[2].given)
        restrictions = tapir_span_of("\0", 2);
    if (!arguments[3].given)
        control_code = tapir_span_of("\0\0", 3);
    tapir_ipv4_put_security(
        w, arguments[0].number, arguments[1].number, restrictions, control_code);
}

static const tapir_label flags[] = {{0, "times"}, {1, "addresses"}, {3, "prespecified"}, {0, NULL}};

static const tapir_parameter record_route[] = {
    TAPIR__UINT("slots", 6), TAPIR__OTHER("recorded", TAPIR_IPV4, TAPIR__REPEATED)};
static const tapir_parameter route[] = {TAPIR__OTHER("address", TAPIR_IPV4, TAPIR__REPEATED)};
static const tapir_parameter timestamp[] = {TAPIR__UINT("flag", 4, .labels = flags),
    TAPIR__UINT("slots", 6), TAPIR__OTHER("address", TAPIR_IPV4, TAPIR__REPEATED)};
static const tapir_parameter router_alert[] = {TAPIR__UINT("value", 16, TAPIR__OPTIONAL)};
static const tapir_parameter stream_id[] = {TAPIR__UINT("id", 16)};
static const tapir_parameter traceroute[] = {TAPIR__UINT("id", 16),
    TAPIR__UINT("outbound_hops", 16), TAPIR__UINT("return_hops", 16),
    TAPIR__OTHER("originator", TAPIR_IPV4)};
static const tapir_parameter security[] = {TAPIR__UINT("security", 16),
    TAPIR__UINT("compartments", 16), TAPIR__OTHER("restrictions", TAPIR_SPAN, TAPIR__OPTIONAL),
    TAPIR__OTHER("control_code", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter basic_security[] = {
    TAPIR__UINT("level", 8), TAPIR__OTHER("authorities", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter option[] = {
    TAPIR__UINT("type", 8), TAPIR__OTHER("data", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__ipv4_makers[TAPIR__IPV4_MAKER_COUNT] = {
    TAPIR_BARE_MAKER("end", "EOL", make_end),
    TAPIR_BARE_MAKER("nop", NULL, make_nop),
    TAPIR_MAKER("record_route", "RR", record_route, make_record_route),
    TAPIR_MAKER("loose_route", "LSRR", route, make_loose_route),
    TAPIR_MAKER("strict_route", "SSRR", route, make_strict_route),
    TAPIR_MAKER("timestamp", NULL, timestamp, make_timestamp),
    TAPIR_MAKER("router_alert", NULL, router_alert, make_router_alert),
    TAPIR_MAKER("stream_id", NULL, stream_id, make_stream_id),
    TAPIR_MAKER("traceroute", NULL, traceroute, make_traceroute),
    TAPIR_MAKER("security", NULL, security, make_security),
    TAPIR_MAKER("basic_security", NULL, basic_security, make_basic_security),
    TAPIR_MAKER("option", NULL, option, make_option),
};
