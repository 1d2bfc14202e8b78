/* tcpdump's lines: router renumbering (RFC 2894) and node information (RFC 4620). */
#include "printer.h"

/* One character per flag that is set, in the order of the table, in brackets behind a space. */
struct letter {
    uint16_t bit;
    char letter;
};

static void put_letters(
    struct tapir_dump *p, const struct letter *letters, size_t count, uint16_t flags)
{
    PUT(p, " [");
    for (size_t i = 0; i < count; i++)
        if (flags & letters[i].bit)
            tapir_text_char(p->out, letters[i].letter);
    PUT(p, "]");
}

/* Router renumbering. */

#define RENUMBERING_LEN 16
#define MATCH_LEN       24
#define USE_LEN         32

static void put_lifetime(struct tapir_dump *p, const char *before, uint32_t seconds)
{
    tapir_text_put(p->out, before);
    if (seconds == UINT32_MAX)
        PUT(p, "infty,");
    else
        dump_number(p, "", seconds);
    if (seconds != UINT32_MAX)
        PUT(p, ",");
}

/* "use(mask=0x0,raflags=0x0,vltime=5,pltime=6,2001:db8::/64/0)" */
static void put_use(struct tapir_dump *p, tapir_reader in)
{
    uint8_t use_len, keep_len, mask, flags, bits;
    uint32_t valid, preferred;

    use_len = tapir_take_u8(&in);
    keep_len = tapir_take_u8(&in);
    mask = tapir_take_u8(&in);
    flags = tapir_take_u8(&in);
    valid = tapir_take_be32(&in);
    preferred = tapir_take_be32(&in);
    bits = tapir_take_u8(&in);
    tapir_take(&in, 3);
    tapir_text_put(p->out, p->verbosity > 1 ? "\n\t" : " ");
    PUT(p, "use(");
    if (bits) {
        if (bits & 0x80)
            PUT(p, "V");
        if (bits & 0x40)
            PUT(p, "P");
        PUT(p, ",");
    }
    if (p->verbosity) {
        dump_hex(p, "mask=0x", mask, 1);
        dump_hex(p, ",raflags=0x", flags, 1);
        put_lifetime(p, ",vltime=", valid);
        put_lifetime(p, "pltime=", preferred);
    }
    tapir__dump_host6(p, tapir_take(&in, 16));
    dump_number(p, "/", use_len);
    dump_number(p, "/", keep_len);
    PUT(p, ")");
}

/* "match(add,ord=1,min=0,max=64,2001:db8::/48)" and the prefixes to use; false when some of it was
 * not captured or makes no sense. */
static bool put_command(struct tapir_dump *p, tapir_reader in)
{
    static const char *const operations[] = {NULL, "add", "change", "setglobal"};
    uint8_t operation, words, ordinal, match_len, min_len, max_len;

    if (tapir_left(&in) < MATCH_LEN)
        return false;
    operation = tapir_take_u8(&in);
    words = tapir_take_u8(&in);
    ordinal = tapir_take_u8(&in);
    match_len = tapir_take_u8(&in);
    min_len = tapir_take_u8(&in);
    max_len = tapir_take_u8(&in);
    tapir_take(&in, 2);
    tapir_text_put(p->out, p->verbosity > 1 ? "\n\t" : " ");
    PUT(p, "match(");
    if (operation < TAPIR_COUNT(operations) && operations[operation])
        tapir_text_put(p->out, operations[operation]);
    else
        dump_number(p, "#", operation);
    PUT(p, ",");
    if (p->verbosity) {
        dump_number(p, "ord=", ordinal);
        dump_number(p, ",min=", min_len);
        dump_number(p, ",max=", max_len);
        PUT(p, ",");
    }
    tapir__dump_host6(p, tapir_take(&in, 16));
    dump_number(p, "/", match_len);
    PUT(p, ")");
    if (words < 3 || (words - 3) % 4)
        return false;
    for (unsigned i = 0; i < (words - 3u) / 4; i++) {
        if (tapir_left(&in) < USE_LEN)
            return false;
        put_use(p, in);
        tapir_take(&in, USE_LEN);
    }
    return true;
}

static void put_renumbering_details(
    struct tapir_dump *p, uint8_t segment, uint8_t flags, uint16_t delay, uint32_t reserved)
{
    static const struct letter letters[] = {
        {0x80, 'T'}, {0x40, 'R'}, {0x20, 'A'}, {0x10, 'S'}, {0x08, 'P'}};

    PUT(p, "[");
    if (flags) {
        for (size_t i = 0; i < TAPIR_COUNT(letters); i++)
            if (flags & letters[i].bit)
                tapir_text_char(p->out, letters[i].letter);
        PUT(p, ",");
    }
    dump_number(p, "seg=", segment);
    dump_number(p, ",maxdelay=", delay);
    if (reserved)
        dump_hex(p, "rsvd=0x", reserved, 1);
    PUT(p, "]");
}

void tapir__dump_renumbering(struct tapir_dump *p, uint8_t code)
{
    tapir_reader in = dump_behind(p, 4);
    uint8_t segment, flags;
    uint16_t delay;
    uint32_t seq;

    if (tapir_left(&p->in) < RENUMBERING_LEN) {
        tapir__dump_truncated(p);
        return;
    }
    if (code == 0)
        PUT(p, ", command");
    else if (code == 1)
        PUT(p, ", result");
    else if (code == 255)
        PUT(p, ", sequence number reset");
    else
        dump_number(p, ", code-#", code);
    seq = tapir_take_be32(&in);
    segment = tapir_take_u8(&in);
    flags = tapir_take_u8(&in);
    delay = tapir_take_be16(&in);
    dump_number(p, ", seq=", seq);
    if (p->verbosity)
        put_renumbering_details(p, segment, flags, delay, tapir_take_be32(&in));
    else
        tapir_take(&in, 4);
    if (code == 0 && !put_command(p, in))
        tapir__dump_truncated(p);
}

/* Node information. */

#define INFORMATION_LEN 16
#define WHO_ARE_YOU_LEN 12 /* of older drafts */

enum { NOOP, SUPPORTED_TYPES, NAME, ADDRESSES };

static const struct letter address_letters[] = {
    {0x40, 'a'}, {0x20, 'G'}, {0x10, 'S'}, {0x08, 'L'}, {0x04, 'C'}, {0x02, 'A'}, {0x01, 'T'}};

/* A name of DNS, not compressed, in quotes. */
static void put_name(struct tapir_dump *p, tapir_reader in)
{
    PUT(p, ", \"");
    while (tapir_left(&in)) {
        uint8_t len = tapir_take_u8(&in);
        if (len == 0) {
            if (!tapir_left(&in))
                PUT(p, ".");
            else if (tapir_left(&in) != 1 || *in.at != 0)
                PUT(p, "???");
            break;
        }
        if (len > tapir_left(&in)) {
            PUT(p, "???");
            break;
        }
        tapir__dump_string(p->out, tapir_take_span(&in, len));
        if (tapir_left(&in) > 1 && *in.at)
            PUT(p, ".");
    }
    PUT(p, "\"");
}

/* A name as DNS has it, or as an older draft: a length and the name. */
static void put_any_name(struct tapir_dump *p, tapir_reader in)
{
    if (tapir_left(&in) == 0 || *in.at != tapir_left(&in) - 1) {
        put_name(p, in);
        return;
    }
    if (p->verbosity)
        PUT(p, ", 03 draft");
    tapir_take(&in, 1);
    PUT(p, ", \"");
    tapir__dump_string(p->out, tapir_rest(&in));
    PUT(p, "\"");
}

/* Tells whether the subject is as long as an address; nothing is said of one that was cut. */
static bool subject_is(struct tapir_dump *p, tapir_reader in, size_t len)
{
    if (tapir_left(&in) > len && p->verbosity)
        PUT(p, ", invalid subject len");
    return tapir_left(&in) == len;
}

static void put_subject(struct tapir_dump *p, tapir_reader in, uint8_t code)
{
    switch (code) {
    case 0:
        if (!subject_is(p, in, 16))
            break;
        PUT(p, ", subject=");
        tapir__dump_host6(p, tapir_take(&in, 16));
        break;
    case 1:
        PUT(p, ", subject=DNS name");
        put_any_name(p, in);
        break;
    case 2:
        if (!subject_is(p, in, 4))
            break;
        PUT(p, ", subject=");
        tapir__dump_host4(p, tapir_take(&in, 4));
        break;
    default:
        PUT(p, ", unknown subject");
        break;
    }
}

static void put_supported(struct tapir_dump *p, uint16_t flags)
{
    PUT(p, "supported qtypes");
    if (flags)
        tapir_text_put(p->out, flags & 1 ? " [C]" : " []");
}

static void put_query(struct tapir_dump *p, uint8_t code)
{
    tapir_reader in = dump_behind(p, 4);
    size_t len = tapir_left(&p->in);
    uint16_t type, flags;

    if (len == WHO_ARE_YOU_LEN) {
        PUT(p, " who-are-you request");
        return;
    }
    PUT(p, " node information query");
    if (len < INFORMATION_LEN) {
        tapir__dump_truncated(p);
        return;
    }
    type = tapir_take_be16(&in);
    flags = tapir_take_be16(&in);
    tapir_take(&in, 8);
    PUT(p, " (");
    switch (type) {
    case NOOP:
        PUT(p, "noop");
        break;
    case SUPPORTED_TYPES:
        put_supported(p, flags);
        break;
    case NAME:
        PUT(p, "DNS name");
        break;
    case ADDRESSES:
        PUT(p, "node addresses");
        if (flags)
            put_letters(p, address_letters, TAPIR_COUNT(address_letters) - 1, flags);
        break;
    default:
        PUT(p, "unknown");
        break;
    }
    if (type == NOOP || type == SUPPORTED_TYPES) {
        if (len != INFORMATION_LEN && p->verbosity)
            PUT(p, ", invalid len");
    } else if (len == INFORMATION_LEN) {
        PUT(p, ", 03 draft");
    } else {
        put_subject(p, in, code);
    }
    PUT(p, ")");
}

/* " 2001:db8::1(600)", as many as there are. */
static void put_addresses(struct tapir_dump *p, tapir_reader in, uint16_t flags)
{
    PUT(p, "node addresses");
    while (tapir_left(&in) >= 20) {
        uint32_t ttl = tapir_take_be32(&in);
        PUT(p, " ");
        tapir__dump_host6(p, tapir_take(&in, 16));
        dump_number(p, "(", ttl);
        PUT(p, ")");
    }
    if (flags)
        put_letters(p, address_letters, TAPIR_COUNT(address_letters), flags);
}

static void put_answer(struct tapir_dump *p, tapir_reader in, uint16_t type, uint16_t flags)
{
    uint32_t ttl;

    if (p->verbosity)
        PUT(p, "success, ");
    switch (type) {
    case NOOP:
        PUT(p, "noop");
        if (tapir_left(&in) && p->verbosity)
            PUT(p, ", invalid length");
        break;
    case SUPPORTED_TYPES:
        put_supported(p, flags);
        break;
    case NAME:
        PUT(p, "DNS name");
        ttl = tapir_take_be32(&in);
        if (!dump_have(p, &in, 1))
            return;
        put_any_name(p, in);
        if (flags & 1) {
            dump_number(p, " [TTL=", ttl);
            PUT(p, "]");
        }
        break;
    case ADDRESSES:
        put_addresses(p, in, flags);
        break;
    default:
        PUT(p, "unknown");
        break;
    }
}

static void put_reply(struct tapir_dump *p, uint8_t code)
{
    tapir_reader in = dump_behind(p, 4);
    uint16_t type, flags;

    if (tapir_left(&p->in) < INFORMATION_LEN || tapir_left(&p->in) < p->length) {
        tapir__dump_truncated(p);
        return;
    }
    type = tapir_take_be16(&in);
    flags = tapir_take_be16(&in);
    tapir_take(&in, 8);
    PUT(p, " node information reply (");
    if (code == 0) {
        put_answer(p, in, type, flags);
    } else if (code == 1 || code == 2) {
        tapir_text_put(p->out, code == 1 ? "refused" : "unknown");
        if (tapir_left(&in) && p->verbosity)
            PUT(p, ", invalid length");
    }
    PUT(p, ")");
}

void tapir__dump_node_information(struct tapir_dump *p, uint8_t type, uint8_t code)
{
    if (type == TAPIR_ICMPV6_NODE_INFORMATION_QUERY)
        put_query(p, code);
    else
        put_reply(p, code);
}
