/* tcpdump's lines: the extension headers of IPv6. */
#include "printer.h"

#define IPV6_LEN   40
#define OPTION_MIN 2
#define ALERT_LEN  4
#define JUMBO_LEN  6
#define HOME_LEN   18

static void put_count(struct tapir_dump *p, const char *before, uint32_t count, const char *after)
{
    tapir_text_put(p->out, before);
    tapir_text_uint(p->out, count);
    tapir_text_put(p->out, after);
}

/* What walking the options of a header found. */
struct found {
    bool hopopts; /* only there a jumbogram's length counts */
    bool jumbo;
    uint32_t jumbo_len; /* 0: none that counts */
};

/* A jumbogram's length (RFC 2675 2): counts only for a header without one, once, when too large for
 * it. */
static void put_jumbo(struct tapir_dump *p, uint32_t len, struct found *found)
{
    const struct tapir_ipv6 *ip = NETWORK_AS(p, ipv6);
    const char *wrong = NULL;

    if (found->jumbo)
        wrong = " - already seen";
    else if (!found->hopopts)
        wrong = " - not a hop-by-hop option";
    else if (ip && ip->payload_length != 0)
        wrong = " - payload len != 0";
    else if (len <= UINT16_MAX)
        wrong = " - < 65536";
    else
        found->jumbo_len = len;
    found->jumbo = true;
    if (p->verbosity) {
        put_count(p, "(jumbo: ", len, wrong ? wrong : "");
        PUT(p, ") ");
    }
}

/* An option that knows its length; false when it is another one. */
static bool has_len(struct tapir_dump *p, const char *name, tapir_span option, size_t len)
{
    if (option.len < len) {
        PUT(p, "(");
        tapir_text_put(p->out, name);
        PUT(p, ": trunc)");
        return false;
    }
    if (option.data[1] != len - OPTION_MIN) {
        PUT(p, "(");
        tapir_text_put(p->out, name);
        put_count(p, ": invalid len ", option.data[1], ")");
        return false;
    }
    return true;
}

/* One option, `option` being all that is left of the header from its type on; false to stop. */
static bool put_option(struct tapir_dump *p, tapir_span option, struct found *found)
{
    tapir_reader in = tapir_reader_of(option);

    tapir_take(&in, OPTION_MIN);
    switch (option.data[0]) {
    case TAPIR_IPV6_PAD1:
        if (p->verbosity)
            PUT(p, "(pad1)");
        return true;
    case TAPIR_IPV6_PADN:
        if (p->verbosity)
            PUT(p, "(padn)");
        return true;
    case TAPIR_IPV6_ROUTER_ALERT:
        if (!has_len(p, "rtalert", option, ALERT_LEN))
            return false;
        if (p->verbosity) {
            PUT(p, "(rtalert: 0x");
            tapir_text_hex(p->out, tapir_take_be16(&in), 4);
            PUT(p, ") ");
        }
        return true;
    case TAPIR_IPV6_JUMBO:
        if (!has_len(p, "jumbo", option, JUMBO_LEN))
            return false;
        put_jumbo(p, tapir_take_be32(&in), found);
        return true;
    case TAPIR_IPV6_HOME_ADDRESS:
        if (!has_len(p, "homeaddr", option, HOME_LEN))
            return false;
        if (p->verbosity) {
            PUT(p, "(homeaddr: ");
            tapir__dump_host6(p, option.data + 2);
            PUT(p, ")");
        }
        return true;
    default:
        if (p->verbosity) {
            PUT(p, "(opt_type 0x");
            tapir_text_hex(p->out, option.data[0], 2);
            put_count(p, ": len=", option.data[1], ")");
        }
        return true;
    }
}

/* All options; false, the mark being printed, when they do not end with the header. */
static bool put_options(struct tapir_dump *p, tapir_span options, struct found *found)
{
    tapir_reader in = tapir_reader_of(options);

    while (tapir_left(&in)) {
        tapir_span option = tapir_rest(&in);
        size_t len = 1;

        if (option.data[0] != TAPIR_IPV6_PAD1)
            len = option.len < OPTION_MIN ? SIZE_MAX : option.data[1] + (size_t)OPTION_MIN;
        if (len > option.len || !put_option(p, option, found)) {
            tapir__dump_truncated(p);
            return false;
        }
        tapir_take(&in, len);
    }
    if (p->verbosity)
        PUT(p, " ");
    return true;
}

bool tapir__dump_is_extension(uint8_t next_header)
{
    return next_header == 0 || next_header == 43 || next_header == 44 || next_header == 60;
}

/* Goes on behind an extension header of `len` bytes. */
static size_t print_inside(struct tapir_dump *p, size_t index, size_t len, uint8_t next_header)
{
    if (p->cut)
        return DUMP_END;
    /* That a jumbogram is incomplete is told behind its headers. */
    if (p->jumbo_len && !tapir__dump_is_extension(next_header)) {
        tapir__dump_missing(p, p->network_len, IPV6_LEN + p->jumbo_len);
        p->jumbo_len = 0;
    }
    /* Where the payload length is 0 only headers may follow. */
    if (p->length < len && !tapir__dump_is_extension(next_header)) {
        p->name = "ip6";
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    dump_advance(p, len);
    return tapir__dump_inside_ip(p, index, next_header);
}

/* Either header of options; returns its length, 0 when it was not captured whole or is malformed.
 */
static size_t put_header(
    struct tapir_dump *p, const char *title, const char *name, uint8_t words, struct found *found)
{
    size_t len = (words + (size_t)1) * 8;
    tapir_reader in = p->in;

    p->name = name;
    if (!dump_have(p, &in, 2))
        return 0;
    if (tapir_left(&in) < len) {
        tapir__dump_truncated(p);
        return 0;
    }
    tapir_text_put(p->out, title);
    tapir_take(&in, 2);
    if (!found)
        return len;
    return put_options(p, tapir_take_span(&in, len - 2), found) ? len : 0;
}

/* RFC 8200 4.1: once, and right behind the IPv6 header. */
static bool hopopts_misplaced(struct tapir_dump *p, size_t index)
{
    bool again = p->hopopts;

    p->hopopts = true;
    if (again)
        PUT(p, "[The Hop-by-Hop Options header was already found]");
    else if (index > 0 && dump_layer(p, index - 1) != p->network)
        PUT(p, "[The Hop-by-Hop Options header don't follow the IPv6 header]");
    else
        return false;
    tapir__dump_invalid(p);
    return true;
}

size_t tapir__dump_ipv6_hopopts(struct tapir_dump *p, size_t index)
{
    const struct tapir_ipv6_hopopts *header = dump_layer(p, index)->fields;
    const struct tapir_ipv6 *ip = NETWORK_AS(p, ipv6);
    bool jumbogram = ip && ip->payload_length == 0 && !p->hopopts;
    struct found found = {.hopopts = true};
    size_t len;

    if (hopopts_misplaced(p, index))
        return DUMP_END;
    len = put_header(p, "HBH ", "hbhopt", header->length, &found);
    if (p->cut || (len == 0 && !jumbogram))
        return DUMP_END;
    if (jumbogram) {
        if (!found.jumbo_len || len == 0) {
            PUT(p, "[No valid Jumbo Payload Hop-by-Hop option found]");
            tapir__dump_invalid(p);
            return DUMP_END;
        }
        p->jumbo_len = found.jumbo_len;
        p->length = found.jumbo_len;
        tapir_limit(&p->in, found.jumbo_len);
    }
    return print_inside(p, index, len, header->next_header);
}

size_t tapir__dump_ipv6_dstopts(struct tapir_dump *p, size_t index)
{
    const struct tapir_ipv6_dstopts *header = dump_layer(p, index)->fields;
    struct found found = {.hopopts = false};
    size_t len = put_header(p, "DSTOPT ", "dstopt", header->length, p->verbosity ? &found : NULL);

    return len == 0 ? DUMP_END : print_inside(p, index, len, header->next_header);
}

/* How many bytes of the payload are behind the header of `len` bytes, by the IPv6 header's length
 * alone: tcpdump counts below zero where that ends before, as in a jumbogram. */
static uint64_t bytes_behind(const struct tapir_dump *p, size_t index, size_t len)
{
    const struct tapir_ipv6 *ip = NETWORK_AS(p, ipv6);
    const uint8_t *start = dump_layer(p, index)->start;

    return ip ? ip->payload_length - ((uint64_t)(start - p->network->start) - IPV6_LEN) - len : 0;
}

size_t tapir__dump_ipv6_fragment(struct tapir_dump *p, size_t index)
{
    const struct tapir_ipv6_fragment *header = dump_layer(p, index)->fields;

    p->name = "frag6";
    if (!dump_have(p, &p->in, p->verbosity ? 8 : 4))
        return DUMP_END;
    PUT(p, "frag (");
    if (p->verbosity) {
        PUT(p, "0x");
        tapir_text_hex(p->out, header->id, 8);
        PUT(p, ":");
    }
    put_count(p, "", header->fragment_offset * 8u, "|");
    dump_number(p, "", bytes_behind(p, index, 8));
    PUT(p, ")");
    p->fragment = true;
    if (header->fragment_offset != 0)
        return DUMP_END;
    PUT(p, " ");
    if (tapir_left(&p->in) <= 8)
        return DUMP_END;
    return print_inside(p, index, 8, header->next_header);
}

/* ", [0]2001:db8::1": `count` addresses. That of index `final` is what checksums cover: tcpdump
 * takes it for the end of the way, however many segments are left. */
static void put_addresses(struct tapir_dump *p, tapir_reader *in, unsigned count, unsigned final)
{
    for (unsigned i = 0; i < count && dump_have(p, in, 16); i++) {
        const uint8_t *address = tapir_take(in, 16);
        put_count(p, ", [", i, "]");
        tapir__dump_host6(p, address);
        if (i == final)
            memcpy(p->final_dst, address, 16);
    }
}

/* Types 0 and 2. */
static bool put_source_route(struct tapir_dump *p, tapir_reader *in, uint8_t words)
{
    uint32_t reserved = dump_take_be32(p, in);

    if (p->verbosity || reserved) {
        PUT(p, ", rsv=0x");
        tapir_text_hex(p->out, reserved, 1);
    }
    if (words % 2) {
        put_count(p, " (invalid length ", words, ")");
        tapir__dump_invalid(p);
        return false;
    }
    put_addresses(p, in, words / 2u, words / 2u - 1);
    return true;
}

/* Type 4 (RFC 8754). */
static bool put_segments(struct tapir_dump *p, tapir_reader *in, uint8_t words)
{
    uint8_t flags;
    uint16_t tag;

    put_count(p, ", last-entry=", dump_take_u8(p, in), "");
    flags = dump_take_u8(p, in);
    if (p->verbosity || flags) {
        PUT(p, ", flags=0x");
        tapir_text_hex(p->out, flags, 1);
    }
    tag = dump_take_be16(p, in);
    PUT(p, ", tag=");
    tapir_text_hex(p->out, tag, 1);
    if (words % 2) {
        put_count(p, " (invalid length ", words, ")");
        tapir__dump_invalid(p);
        return false;
    }
    put_addresses(p, in, words / 2u, 0);
    return true;
}

size_t tapir__dump_ipv6_routing(struct tapir_dump *p, size_t index)
{
    const struct tapir_ipv6_routing *header = dump_layer(p, index)->fields;
    tapir_reader in = p->in;
    uint8_t words, type;
    size_t len;

    if (tapir_left(&in) < 1) {
        p->name = "ip6";
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    p->name = "rt6";
    PUT(p, "RT6");
    tapir_take(&in, 1);
    words = dump_take_u8(p, &in);
    put_count(p, " (len=", words, "");
    type = dump_take_u8(p, &in);
    put_count(p, ", type=", type, type == TAPIR_IPV6_ROUTING_SOURCE ? " [Deprecated]" : "");
    put_count(p, ", segleft=", dump_take_u8(p, &in), "");
    len = (words + (size_t)1) * 8;
    switch (type) {
    case TAPIR_IPV6_ROUTING_SOURCE:
    case TAPIR_IPV6_ROUTING_MOBILE:
        if (!put_source_route(p, &in, words))
            return DUMP_END;
        break;
    case TAPIR_IPV6_ROUTING_SEGMENT:
        if (!put_segments(p, &in, words))
            return DUMP_END;
        break;
    default:
        PUT(p, " (unknown type)");
        tapir__dump_invalid(p);
        return DUMP_END;
    }
    PUT(p, ") ");
    return print_inside(p, index, len, header->next_header);
}
