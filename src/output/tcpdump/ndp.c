/* tcpdump's lines: the options of Neighbor Discovery. */
#include "printer.h"

/* Bytes of type and length. */
#define HEAD_LEN 2

static const tapir_label names[] = {
    {1, "source link-address"},
    {2, "destination link-address"},
    {3, "prefix info"},
    {4, "redirected header"},
    {5, "mtu"},
    {7, "advertisement interval"},
    {8, "homeagent information"},
    {24, "route info"},
    {25, "rdnss"},
    {31, "dnssl"},
    {0, NULL},
};

static void put_lifetime(struct tapir_dump *p, const char *before, uint32_t seconds)
{
    tapir_text_put(p->out, before);
    if (seconds == UINT32_MAX) {
        PUT(p, "infinity");
        return;
    }
    tapir_text_uint(p->out, seconds);
    PUT(p, "s");
}

/* "2001:db8::/64, Flags [onlink, auto], valid time 86400s, pref. time 14400s" */
static void put_prefix(struct tapir_dump *p, tapir_reader in, uint8_t words)
{
    static const struct {
        uint8_t bit;
        const char *name;
    } flags[] = {{0x80, "onlink"}, {0x40, "auto"}, {0x20, "router"}};
    const char *separator = "";
    tapir_reader prefix = in;
    uint8_t len, set;
    uint32_t valid;

    if (!dump_have(p, &in, 30))
        return;
    len = tapir_take_u8(&in);
    set = tapir_take_u8(&in);
    valid = tapir_take_be32(&in);
    tapir_take(&prefix, 14);
    tapir__dump_host6(p, tapir_take(&prefix, 16));
    dump_number(p, "/", len);
    if (words != 4)
        PUT(p, "badlen");
    PUT(p, ", Flags [");
    for (size_t i = 0; i < TAPIR_COUNT(flags); i++)
        if (set & flags[i].bit) {
            tapir_text_put(p->out, separator);
            tapir_text_put(p->out, flags[i].name);
            separator = ", ";
        }
    if (!*separator)
        PUT(p, "none");
    put_lifetime(p, "], valid time ", valid);
    put_lifetime(p, ", pref. time ", tapir_take_be32(&in));
}

/* RFC 4191: the prefix may be left out, or its second half. */
static bool put_route(struct tapir_dump *p, tapir_reader in, uint8_t words)
{
    static const char *const preferences[] = {"medium", "high", "rsv", "low"};
    uint8_t prefix[16] = {0}, len, flags;
    uint32_t lifetime;

    if (words > 3)
        return false;
    len = tapir_take_u8(&in);
    flags = tapir_take_u8(&in);
    lifetime = tapir_take_be32(&in);
    tapir_take_bytes(&in, prefix, (words - 1u) * 8);
    PUT(p, " ");
    tapir__dump_host6(p, prefix);
    dump_number(p, "/", len);
    PUT(p, ", pref=");
    tapir_text_put(p->out, preferences[flags >> 3 & 3]);
    put_lifetime(p, ", lifetime=", lifetime);
    return true;
}

/* RFC 8106 5.1. */
static void put_servers(struct tapir_dump *p, tapir_reader in, uint8_t words)
{
    tapir_take(&in, 2);
    dump_number(p, " lifetime ", tapir_take_be32(&in));
    PUT(p, "s,");
    for (unsigned i = 0; i < (words - 1u) / 2; i++) {
        PUT(p, " addr: ");
        tapir__dump_host6(p, tapir_take(&in, 16));
    }
}

/* RFC 8106 5.2. Compression is not allowed there, tcpdump follows pointers all the same: they count
 * from where the options began. */
static bool put_search_list(struct tapir_dump *p, tapir_reader in, tapir_reader options)
{
    const uint8_t *end = in.end;

    tapir_take(&in, 2);
    dump_number(p, " lifetime ", tapir_take_be32(&in));
    PUT(p, "s, domain(s):");
    in.end = options.end;
    while (in.at < end && *in.at) {
        PUT(p, " ");
        if (!tapir__dump_domain_name(p, &in, options.at))
            return false;
    }
    return true;
}

/* One option from its data on. tcpdump shows a redirected header from `other` on, where the options
 * began, reads names relative to it, and reads a prefix from `other` on, which does not end with
 * the option. False where it gives up. */
static bool put_option(
    struct tapir_dump *p, tapir_reader in, uint8_t type, uint8_t words, tapir_reader other)
{
    switch (type) {
    case 1:
    case 2:
        tapir_text_mac(p->out, in.at, tapir_left(&in));
        return true;
    case 3:
        put_prefix(p, other, words);
        return true;
    case 4:
        tapir__dump_unknown_data(p, "\n\t    ", other, words * 8u);
        return true;
    case 5:
        tapir_take(&in, 2);
        dump_number(p, " ", tapir_take_be32(&in));
        if (words != 1)
            PUT(p, "bad option length");
        return true;
    case 7:
        tapir_take(&in, 2);
        dump_number(p, " ", tapir_take_be32(&in));
        PUT(p, "ms");
        return true;
    case 8:
        tapir_take(&in, 2);
        dump_number(p, " preference ", tapir_take_be16(&in));
        dump_number(p, ", lifetime ", tapir_take_be16(&in));
        return true;
    case 24:
        return put_route(p, in, words);
    case 25:
        put_servers(p, in, words);
        return true;
    case 31:
        return put_search_list(p, in, other);
    default:
        return true;
    }
}

void tapir__dump_ndp_options(struct tapir_dump *p, tapir_reader in, uint32_t left)
{
    tapir_reader all = in;

    while (tapir_left(&in) && left > 0 && !p->cut) {
        tapir_reader option = in, beyond;
        uint8_t type, words;
        const char *name;

        if (tapir_left(&in) < HEAD_LEN) {
            tapir__dump_truncated(p);
            return;
        }
        if (left < HEAD_LEN)
            return;
        type = tapir_take_u8(&option);
        words = tapir_take_u8(&option);
        if (words == 0 || tapir_left(&in) < words * 8u) {
            tapir__dump_truncated(p);
            return;
        }
        beyond = option;
        tapir_limit(&option, words * 8u - HEAD_LEN);
        name = tapir_label_find(names, type);
        PUT(p, "\n\t  ");
        tapir_text_put(p->out, name ? name : "unknown");
        dump_number(p, " option (", type);
        dump_number(p, "), length ", words * 8u);
        dump_number(p, " (", words);
        PUT(p, "): ");
        if (!put_option(p, option, type, words, type == 3 ? beyond : all)) {
            tapir__dump_truncated(p);
            return;
        }
        if (!name && p->verbosity <= 1) {
            tapir__dump_hex(p->out, "\n\t  ", tapir_rest(&option), false);
            return;
        }
        if (p->verbosity > 1)
            tapir__dump_hex(p->out, "\n\t    ", tapir_rest(&option), false);
        tapir_take(&in, words * 8u);
        left -= words * 8u < left ? words * 8u : left;
    }
}
