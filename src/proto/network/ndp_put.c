/* Options of neighbour discovery, written. */
#include "../app/dns_internal.h"
#include "../put.h"
#include "icmp_shared.h"
#include "tapir/proto/ndp.h"

/* Writes type and length of an option of `len` bytes behind them; returns how many are missing up
 * to a multiple of 8. */
static size_t put_head(tapir_writer *w, uint64_t type, size_t len)
{
    size_t units = (len + 2) / 8 + ((len + 2) % 8 != 0);

    tapir_put_be(w, 1, type);
    tapir_put_be(w, 1, units);
    return units * 8 - 2 - len;
}

void tapir_ndp_put_option(tapir_writer *w, uint64_t type, tapir_span data)
{
    size_t padding = put_head(w, type, data.len);

    tapir_put_span(w, data);
    tapir_put_zeroes(w, padding);
}

void tapir_ndp_put_source_link_address(tapir_writer *w, tapir_span address)
{
    tapir_ndp_put_option(w, TAPIR_NDP_SOURCE_LINK_ADDRESS, address);
}

void tapir_ndp_put_target_link_address(tapir_writer *w, tapir_span address)
{
    tapir_ndp_put_option(w, TAPIR_NDP_TARGET_LINK_ADDRESS, address);
}

void tapir_ndp_put_prefix(tapir_writer *w, uint64_t prefix_len, uint64_t flags,
    uint64_t valid_lifetime, uint64_t preferred_lifetime, const uint8_t prefix[16])
{
    put_head(w, TAPIR_NDP_PREFIX, 30);
    tapir_put_be(w, 1, prefix_len);
    tapir_put_be(w, 1, flags);
    tapir_put_be(w, 4, valid_lifetime);
    tapir_put_be(w, 4, preferred_lifetime);
    tapir_put_zeroes(w, 4);
    tapir_put_span(w, tapir_span_of(prefix, 16));
}

void tapir_ndp_put_redirected_header(tapir_writer *w, tapir_span packet)
{
    size_t padding = put_head(w, TAPIR_NDP_REDIRECTED_HEADER, packet.len + 6);

    tapir_put_zeroes(w, 6);
    tapir_put_span(w, packet);
    tapir_put_zeroes(w, padding);
}

/* An option of 8 bytes: two reserved, one number. */
static void put_number(tapir_writer *w, uint64_t type, uint64_t value)
{
    put_head(w, type, 6);
    tapir_put_zeroes(w, 2);
    tapir_put_be(w, 4, value);
}

void tapir_ndp_put_mtu(tapir_writer *w, uint64_t mtu)
{
    put_number(w, TAPIR_NDP_MTU, mtu);
}

void tapir_ndp_put_advertisement_interval(tapir_writer *w, uint64_t interval_ms)
{
    put_number(w, TAPIR_NDP_ADVERTISEMENT_INTERVAL, interval_ms);
}

void tapir_ndp_put_home_agent(tapir_writer *w, uint64_t preference, uint64_t lifetime)
{
    put_head(w, TAPIR_NDP_HOME_AGENT, 6);
    tapir_put_zeroes(w, 2);
    tapir_put_be(w, 2, preference);
    tapir_put_be(w, 2, lifetime);
}

void tapir_ndp_put_timestamp(tapir_writer *w, uint64_t timestamp)
{
    put_head(w, TAPIR_NDP_TIMESTAMP, 14);
    tapir_put_zeroes(w, 6);
    tapir_put_be(w, 8, timestamp);
}

void tapir_ndp_put_nonce(tapir_writer *w, tapir_span nonce)
{
    if ((nonce.len + 2) % 8 || !nonce.len)
        tapir_writer_fail(w);
    tapir_ndp_put_option(w, TAPIR_NDP_NONCE, nonce);
}

/* RFC 4191 2.3: no, one or two units of prefix. */
void tapir_ndp_put_route(tapir_writer *w, uint64_t prefix_len, uint64_t flags, uint64_t lifetime,
    const uint8_t prefix[16])
{
    size_t len = prefix_len > 64 ? 16 : prefix_len > 0 ? 8 : 0;

    if (prefix_len > 128)
        tapir_writer_fail(w);
    put_head(w, TAPIR_NDP_ROUTE, len + 6);
    tapir_put_be(w, 1, prefix_len);
    tapir_put_be(w, 1, flags);
    tapir_put_be(w, 4, lifetime);
    tapir_put_span(w, tapir_span_of(prefix, len));
}

static size_t put_dns_head(tapir_writer *w, uint64_t type, uint64_t lifetime, size_t len)
{
    size_t padding = put_head(w, type, len + 6);

    tapir_put_zeroes(w, 2);
    tapir_put_be(w, 4, lifetime);
    return padding;
}

void tapir_ndp_put_dns_servers(tapir_writer *w, uint64_t lifetime, tapir_span addresses)
{
    put_dns_head(w, TAPIR_NDP_DNS_SERVERS, lifetime, addresses.len);
    tapir__put_exactly(w, addresses, addresses.len / 16 * 16);
}

/* The length is known once the names are written. */
static uint8_t *open_dns_search(tapir_writer *w, uint64_t lifetime)
{
    uint8_t *option = w->at;

    put_dns_head(w, TAPIR_NDP_DNS_SEARCH, lifetime, 0);
    return option;
}

static void close_dns_search(tapir_writer *w, uint8_t *option)
{
    size_t units;

    tapir__put_padding(w, option, 0, 8);
    if (w->failed)
        return;
    units = (size_t)(w->at - option) / 8;
    if (units > UINT8_MAX)
        tapir_writer_fail(w);
    else
        tapir_store_be(option + 1, 1, units);
}

void tapir_ndp_put_dns_search(
    tapir_writer *w, uint64_t lifetime, const char *const *names, size_t count)
{
    uint8_t *option = open_dns_search(w, lifetime);

    for (size_t i = 0; i < count && !w->failed; i++)
        tapir_dns_put_name(w, tapir_span_of(names[i], strlen(names[i])));
    close_dns_search(w, option);
}

void tapir_ndp_put_captive_portal(tapir_writer *w, tapir_span uri)
{
    tapir_ndp_put_option(w, TAPIR_NDP_CAPTIVE_PORTAL, uri);
}

/* RFC 8781 4. */
void tapir_ndp_put_pref64(
    tapir_writer *w, uint64_t lifetime, uint64_t code, const uint8_t prefix[16])
{
    if (lifetime >> 13 || code > 7)
        tapir_writer_fail(w);
    put_head(w, TAPIR_NDP_PREF64, 14);
    tapir_put_be(w, 2, (lifetime << 3 | code) & UINT16_MAX);
    tapir_put_span(w, tapir_span_of(prefix, 12));
}

/* From arguments. */

TAPIR__MAKE_BYTES(redirected_header, tapir_ndp_put_redirected_header)
TAPIR__MAKE_NUMBER(mtu, tapir_ndp_put_mtu)
TAPIR__MAKE_NUMBER(advertisement_interval, tapir_ndp_put_advertisement_interval)
TAPIR__MAKE_NUMBER(timestamp, tapir_ndp_put_timestamp)
TAPIR__MAKE_BYTES(nonce, tapir_ndp_put_nonce)
TAPIR__MAKE_BYTES(captive_portal, tapir_ndp_put_captive_portal)
TAPIR__MAKE_OPTION(option, tapir_ndp_put_option)

static void make_link_address(tapir_writer *w, uint64_t type, const tapir_argument *arguments)
{
    if (arguments[0].bytes.len != 6)
        tapir_writer_fail(w);
    tapir_ndp_put_option(w, type, arguments[0].bytes);
}

TAPIR__MAKE(source_link_address)
{
    make_link_address(w, TAPIR_NDP_SOURCE_LINK_ADDRESS, arguments);
}

TAPIR__MAKE(target_link_address)
{
    make_link_address(w, TAPIR_NDP_TARGET_LINK_ADDRESS, arguments);
}

/* Returns the 16 bytes of an address; zeroes, failing the writer, when it has not as many. */
static const uint8_t *address_of(tapir_writer *w, const tapir_argument *argument)
{
    static const uint8_t none[16];

    if (argument->bytes.len == 16)
        return argument->bytes.data;
    tapir_writer_fail(w);
    return none;
}

/* Prefixes are on-link and for autonomous configuration, and last for ever, unless told. */
TAPIR__MAKE(prefix)
{
    tapir_ndp_put_prefix(w, arguments[1].number, tapir__number_or(&arguments[2], 0xc0),
        tapir__number_or(&arguments[3], UINT32_MAX), tapir__number_or(&arguments[4], UINT32_MAX),
        address_of(w, &arguments[0]));
}

TAPIR__MAKE(home_agent)
{
    tapir_ndp_put_home_agent(w, arguments[0].number, arguments[1].number);
}

TAPIR__MAKE(route)
{
    tapir_ndp_put_route(w, arguments[1].number, arguments[2].number,
        tapir__number_or(&arguments[3], UINT32_MAX), address_of(w, &arguments[0]));
}

TAPIR__MAKE(dns_servers)
{
    size_t servers = tapir__repeated(count, 1);

    put_dns_head(w, TAPIR_NDP_DNS_SERVERS, arguments[0].number, servers * 16);
    tapir__put_each(w, arguments + 1, servers, 16);
}

TAPIR__MAKE(dns_search)
{
    uint8_t *option = open_dns_search(w, arguments[0].number);

    for (size_t i = 1; i < count; i++)
        tapir_dns_put_name(w, arguments[i].bytes);
    close_dns_search(w, option);
}

TAPIR__MAKE(pref64)
{
    tapir_ndp_put_pref64(w, arguments[1].number, arguments[2].number, address_of(w, &arguments[0]));
}

static const tapir_label preferences[] = {
    {0x00, "medium"}, {0x08, "high"}, {0x18, "low"}, {0, NULL}};
static const tapir_label prefix_lens[] = {
    {0, "96"}, {1, "64"}, {2, "56"}, {3, "48"}, {4, "40"}, {5, "32"}, {0, NULL}};

static const tapir_parameter link_address[] = {TAPIR__OTHER("address", TAPIR_MAC)};
static const tapir_parameter prefix[] = {TAPIR__OTHER("prefix", TAPIR_IPV6),
    TAPIR__UINT("prefix_len", 8), TAPIR__UINT("flags", 8, TAPIR__OPTIONAL),
    TAPIR__UINT("valid_lifetime", 32, TAPIR__OPTIONAL),
    TAPIR__UINT("preferred_lifetime", 32, TAPIR__OPTIONAL)};
static const tapir_parameter redirected_header[] = {TAPIR__OTHER("packet", TAPIR_SPAN)};
static const tapir_parameter mtu[] = {TAPIR__UINT("mtu", 32)};
static const tapir_parameter advertisement_interval[] = {TAPIR__UINT("interval_ms", 32)};
static const tapir_parameter home_agent[] = {
    TAPIR__UINT("preference", 16), TAPIR__UINT("lifetime", 16)};
static const tapir_parameter timestamp[] = {TAPIR__UINT("timestamp", 64)};
static const tapir_parameter nonce[] = {TAPIR__OTHER("nonce", TAPIR_SPAN)};
static const tapir_parameter route[] = {TAPIR__OTHER("prefix", TAPIR_IPV6),
    TAPIR__UINT("prefix_len", 8),
    TAPIR__UINT("preference", 8, TAPIR__OPTIONAL, .labels = preferences),
    TAPIR__UINT("lifetime", 32, TAPIR__OPTIONAL)};
static const tapir_parameter dns_servers[] = {
    TAPIR__UINT("lifetime", 32), TAPIR__OTHER("address", TAPIR_IPV6, TAPIR__REPEATED)};
static const tapir_parameter dns_search[] = {TAPIR__UINT("lifetime", 32),
    TAPIR__OTHER("name", TAPIR_STRING, TAPIR__REPEATED, .trouble = tapir__dns_name_trouble)};
static const tapir_parameter captive_portal[] = {TAPIR__OTHER("uri", TAPIR_STRING)};
static const tapir_parameter pref64[] = {TAPIR__OTHER("prefix", TAPIR_IPV6),
    TAPIR__UINT("lifetime", 13), TAPIR__UINT("code", 3, TAPIR__OPTIONAL, .labels = prefix_lens)};
static const tapir_parameter option[] = {
    TAPIR__UINT("type", 8), TAPIR__OTHER("data", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__ndp_makers[TAPIR__NDP_MAKER_COUNT] = {
    TAPIR_MAKER("source_link_address", "SrcLLAddr", link_address, make_source_link_address),
    TAPIR_MAKER("target_link_address", "DstLLAddr", link_address, make_target_link_address),
    TAPIR_MAKER("prefix", "PrefixInfo", prefix, make_prefix),
    TAPIR_MAKER("redirected_header", "RedirectedHdr", redirected_header, make_redirected_header),
    TAPIR_MAKER("mtu", NULL, mtu, make_mtu),
    TAPIR_MAKER("advertisement_interval", "AdvInterval", advertisement_interval,
        make_advertisement_interval),
    TAPIR_MAKER("home_agent", "HAInfo", home_agent, make_home_agent),
    TAPIR_MAKER("timestamp", NULL, timestamp, make_timestamp),
    TAPIR_MAKER("nonce", NULL, nonce, make_nonce),
    TAPIR_MAKER("route", "RouteInfo", route, make_route),
    TAPIR_MAKER("dns_servers", "RDNSS", dns_servers, make_dns_servers),
    TAPIR_MAKER("dns_search", "DNSSL", dns_search, make_dns_search),
    TAPIR_MAKER("captive_portal", NULL, captive_portal, make_captive_portal),
    TAPIR_MAKER("pref64", NULL, pref64, make_pref64),
    TAPIR_MAKER("option", NULL, option, make_option),
};
