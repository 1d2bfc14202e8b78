/* Options of IPv6's extension headers and the data of routing headers, written. */
#include "../put.h"
#include "ipv6_options.h"
#include "tapir/proto/ipv6_routing.h"

void tapir_ipv6_put_option(tapir_writer *w, uint64_t type, tapir_span data)
{
    tapir_put_be(w, 1, type);
    tapir_put_be(w, 1, data.len);
    tapir_put_span(w, data);
}

static void put_number(tapir_writer *w, uint64_t type, unsigned bytes, uint64_t value)
{
    tapir_put_be(w, 1, type);
    tapir_put_be(w, 1, bytes);
    tapir_put_be(w, bytes, value);
}

void tapir_ipv6_put_pad1(tapir_writer *w)
{
    tapir_put_be(w, 1, TAPIR_IPV6_PAD1);
}

void tapir_ipv6_put_padn(tapir_writer *w, size_t data_len)
{
    tapir_put_be(w, 1, TAPIR_IPV6_PADN);
    tapir_put_be(w, 1, data_len);
    tapir_put_zeroes(w, data_len);
}

void tapir_ipv6_put_tunnel_limit(tapir_writer *w, uint64_t limit)
{
    put_number(w, TAPIR_IPV6_TUNNEL_LIMIT, 1, limit);
}

void tapir_ipv6_put_router_alert(tapir_writer *w, uint64_t value)
{
    put_number(w, TAPIR_IPV6_ROUTER_ALERT, 2, value);
}

void tapir_ipv6_put_jumbo(tapir_writer *w, uint64_t payload_length)
{
    put_number(w, TAPIR_IPV6_JUMBO, 4, payload_length);
}

void tapir_ipv6_put_home_address(tapir_writer *w, const uint8_t address[16])
{
    tapir_ipv6_put_option(w, TAPIR_IPV6_HOME_ADDRESS, tapir_span_of(address, 16));
}

void tapir_ipv6_put_minimum_path_mtu(
    tapir_writer *w, uint64_t minimum, uint64_t returned, bool wants_return)
{
    if (minimum >> 16 || returned & 1)
        tapir_writer_fail(w);
    tapir_put_be(w, 1, TAPIR_IPV6_MINIMUM_PATH_MTU);
    tapir_put_be(w, 1, 4);
    tapir_put_be(w, 2, minimum);
    tapir_put_be(w, 2, returned | wants_return);
}

void tapir_ipv6_put_rpl(tapir_writer *w, uint64_t flags, uint64_t instance, uint64_t rank)
{
    tapir_put_be(w, 1, TAPIR_IPV6_RPL);
    tapir_put_be(w, 1, 4);
    tapir_put_be(w, 1, flags);
    tapir_put_be(w, 1, instance);
    tapir_put_be(w, 2, rank);
}

void tapir_ipv6_put_aligned(tapir_writer *w, const void *start, size_t unit, size_t more)
{
    size_t at = (size_t)(w->at - (const uint8_t *)start) + 2;
    size_t len = unit ? (unit - at % unit + more) % unit : 0;

    if (len == 1)
        tapir_ipv6_put_pad1(w);
    else if (len)
        tapir_ipv6_put_padn(w, len - 2);
}

void tapir_ipv6_put_padding(tapir_writer *w, const void *start)
{
    tapir_ipv6_put_aligned(w, start, 8, 0);
}

/* Routes. */

void tapir_ipv6_put_source_route(tapir_writer *w, tapir_span addresses)
{
    tapir_put_zeroes(w, 4);
    tapir__put_exactly(w, addresses, addresses.len / 16 * 16);
}

/* RFC 8754 2: the last entry counts from 0, so there is at least one. */
static void put_segments_head(tapir_writer *w, uint64_t flags, uint64_t tag, size_t count)
{
    if (!count)
        tapir_writer_fail(w);
    tapir_put_be(w, 1, count - 1);
    tapir_put_be(w, 1, flags);
    tapir_put_be(w, 2, tag);
}

void tapir_ipv6_put_segments(tapir_writer *w, uint64_t flags, uint64_t tag, tapir_span addresses)
{
    put_segments_head(w, flags, tag, addresses.len / 16);
    tapir__put_exactly(w, addresses, addresses.len / 16 * 16);
}

void tapir_ipv6_put_segment_tlv(tapir_writer *w, uint64_t type, tapir_span value)
{
    tapir_ipv6_put_option(w, type, value);
}

static size_t compact_padding(unsigned bytes, size_t count)
{
    return (8 - (4 + count * bytes) % 8) % 8;
}

void tapir_ipv6_put_compact_route(
    tapir_writer *w, unsigned bytes, const uint32_t *ids, size_t count)
{
    for (size_t i = 0; i < count && !w->failed; i++)
        tapir_put_be(w, bytes, ids[i]);
    tapir_put_zeroes(w, compact_padding(bytes, count));
}

/* From arguments. */

TAPIR__MAKE_BARE(pad1, tapir_ipv6_put_pad1)
TAPIR__MAKE_NUMBER(tunnel_limit, tapir_ipv6_put_tunnel_limit)
TAPIR__MAKE_NUMBER(router_alert, tapir_ipv6_put_router_alert)
TAPIR__MAKE_NUMBER(jumbo, tapir_ipv6_put_jumbo)
TAPIR__MAKE_NUMBER(padn, tapir_ipv6_put_padn)
TAPIR__MAKE_OPTION(option, tapir_ipv6_put_option)

TAPIR__MAKE(home_address)
{
    if (arguments[0].bytes.len != 16)
        tapir_writer_fail(w);
    else
        tapir_ipv6_put_home_address(w, arguments[0].bytes.data);
}

TAPIR__MAKE(minimum_path_mtu)
{
    if (arguments[2].number > 1)
        tapir_writer_fail(w);
    tapir_ipv6_put_minimum_path_mtu(
        w, arguments[0].number, arguments[1].number, arguments[2].number != 0);
}

TAPIR__MAKE(rpl)
{
    tapir_ipv6_put_rpl(w, arguments[0].number, arguments[1].number, arguments[2].number);
}

TAPIR__MAKE(source)
{
    tapir_put_zeroes(w, 4);
    tapir__put_each(w, arguments, count, 16);
}

TAPIR__MAKE(segments)
{
    size_t segments = tapir__repeated(count, 2);

    put_segments_head(w, arguments[0].number, arguments[1].number, segments);
    tapir__put_each(w, arguments + 2, segments, 16);
}

TAPIR__MAKE(compact16)
{
    tapir__put_numbers(w, arguments, count, 2);
    tapir_put_zeroes(w, compact_padding(2, count));
}

TAPIR__MAKE(compact32)
{
    tapir__put_numbers(w, arguments, count, 4);
    tapir_put_zeroes(w, compact_padding(4, count));
}

static const tapir_label alerts[] = {{0, "mld"}, {1, "rsvp"}, {2, "active_networks"}, {0, NULL}};

static const tapir_parameter padn[] = {TAPIR__UINT("data_len", 8)};
static const tapir_parameter tunnel_limit[] = {TAPIR__UINT("limit", 8)};
static const tapir_parameter router_alert[] = {
    TAPIR__UINT("value", 16, TAPIR__OPTIONAL, .labels = alerts)};
static const tapir_parameter jumbo[] = {TAPIR__UINT("payload_length", 32)};
static const tapir_parameter home_address[] = {TAPIR__OTHER("address", TAPIR_IPV6)};
static const tapir_parameter minimum_path_mtu[] = {TAPIR__UINT("minimum", 16),
    TAPIR__UINT("returned", 16, TAPIR__OPTIONAL), TAPIR__UINT("wants_return", 1, TAPIR__OPTIONAL)};
static const tapir_parameter rpl[] = {
    TAPIR__UINT("flags", 8), TAPIR__UINT("instance", 8), TAPIR__UINT("rank", 16)};
static const tapir_parameter option[] = {
    TAPIR__UINT("type", 8), TAPIR__OTHER("data", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__ipv6_makers[TAPIR__IPV6_MAKER_COUNT] = {
    TAPIR_BARE_MAKER("pad1", NULL, make_pad1),
    TAPIR_MAKER("padn", NULL, padn, make_padn),
    TAPIR_MAKER("tunnel_limit", NULL, tunnel_limit, make_tunnel_limit),
    TAPIR_MAKER("router_alert", "RouterAlert", router_alert, make_router_alert),
    TAPIR_MAKER("jumbo", NULL, jumbo, make_jumbo),
    TAPIR_MAKER("home_address", "HAO", home_address, make_home_address),
    TAPIR_MAKER("minimum_path_mtu", NULL, minimum_path_mtu, make_minimum_path_mtu),
    TAPIR_MAKER("rpl", NULL, rpl, make_rpl),
    TAPIR_MAKER("option", NULL, option, make_option),
};

static const tapir_parameter source[] = {TAPIR__OTHER("address", TAPIR_IPV6, TAPIR__REPEATED)};
static const tapir_parameter segments[] = {TAPIR__UINT("flags", 8), TAPIR__UINT("tag", 16),
    TAPIR__OTHER("address", TAPIR_IPV6, TAPIR__REPEATED)};
static const tapir_parameter compact16[] = {TAPIR__UINT("id", 16, TAPIR__REPEATED)};
static const tapir_parameter compact32[] = {TAPIR__UINT("id", 32, TAPIR__REPEATED)};

const tapir_maker tapir__route_makers[TAPIR__ROUTE_MAKER_COUNT] = {
    TAPIR_MAKER("source", NULL, source, make_source),
    TAPIR_MAKER("segments", "SRH", segments, make_segments),
    TAPIR_MAKER("compact16", "CRH16", compact16, make_compact16),
    TAPIR_MAKER("compact32", "CRH32", compact32, make_compact32),
};
