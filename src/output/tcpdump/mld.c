/* tcpdump's lines: Multicast Listener Discovery. */
#include "printer.h"

#define MLD_LEN    24 /* RFC 2710 3 */
#define QUERY_LEN  28 /* RFC 3810 5.1, without sources */
#define REPORT_LEN 8  /* RFC 3810 5.2, without records */
#define RECORD_LEN 20

static const tapir_label record_types[] = {
    {1, "is_in"},
    {2, "is_ex"},
    {3, "to_in"},
    {4, "to_ex"},
    {5, "allow"},
    {6, "block"},
    {0, NULL},
};

void tapir__dump_mld(struct tapir_dump *p)
{
    tapir_reader in = dump_behind(p, 4);
    uint16_t delay = tapir_take_be16(&in);

    tapir_take(&in, 2);
    if (tapir_left(&in) < 16)
        return;
    dump_number(p, "max resp delay: ", delay);
    PUT(p, " addr: ");
    tapir__dump_host6(p, tapir_take(&in, 16));
}

/* " { 2001:db8::1 }", only counted without -vv. */
static void put_sources(struct tapir_dump *p, tapir_reader in, uint16_t count)
{
    if (p->verbosity <= 1) {
        dump_number(p, ", ", count);
        PUT(p, " source(s)");
        return;
    }
    PUT(p, " {");
    for (; count > 0 && dump_have(p, &in, 16); count--) {
        PUT(p, " ");
        tapir__dump_host6(p, tapir_take(&in, 16));
    }
    PUT(p, " }");
}

/* RFC 3810 5.1.3 and 5.1.9: a number with `bits` of mantissa behind three of exponent. */
static uint32_t floating(uint32_t code, unsigned bits)
{
    uint32_t top = 1u << (bits + 3);

    if (code < top)
        return code;
    return ((code & ((1u << bits) - 1)) | 1u << bits) << ((code >> bits & 7) + 3);
}

static void put_query(struct tapir_dump *p)
{
    tapir_reader in = dump_behind(p, 4);
    uint32_t delay = floating(dump_take_be16(p, &in), 12);
    uint8_t flags, interval;
    uint16_t count;

    if (p->verbosity) {
        dump_number(p, " [max resp delay=", delay);
        PUT(p, "]");
    }
    tapir_take(&in, 2);
    if (!dump_have(p, &in, 16))
        return;
    PUT(p, " [gaddr ");
    tapir__dump_host6(p, tapir_take(&in, 16));
    flags = p->verbosity ? dump_take_u8(p, &in) : tapir_take_u8(&in);
    if (p->verbosity) {
        if (flags & 8)
            PUT(p, " sflag");
        if (flags & 7)
            dump_number(p, " robustness=", flags & 7);
        interval = dump_take_u8(p, &in);
        dump_number(p, " qqi=", floating(interval, 4));
    } else {
        tapir_take_u8(&in);
    }
    count = dump_take_be16(p, &in);
    if (count > 0 && p->length < QUERY_LEN + count * 16u)
        PUT(p, " [invalid number of sources]");
    else if (count > 0)
        put_sources(p, in, count);
    PUT(p, "]");
}

void tapir__dump_mld_query(struct tapir_dump *p)
{
    if (p->length == MLD_LEN) {
        tapir__dump_mld(p);
    } else if (p->length >= QUERY_LEN) {
        PUT(p, " v2");
        put_query(p);
    } else {
        dump_number(p, " unknown-version (len ", p->length);
        PUT(p, ") ");
    }
}

void tapir__dump_mldv2_report(struct tapir_dump *p)
{
    tapir_reader in = dump_behind(p, 6);
    uint32_t left = p->length - REPORT_LEN;
    uint16_t records;

    if (p->length < REPORT_LEN) {
        dump_number(p, " [invalid len ", p->length);
        PUT(p, "]");
        return;
    }
    records = dump_take_be16(p, &in);
    dump_number(p, ", ", records);
    PUT(p, " group record(s)");
    for (; p->verbosity && records > 0 && !p->cut; records--) {
        const uint8_t *group;
        uint8_t type;
        uint16_t count;
        const char *name;
        uint32_t len;

        if (left < RECORD_LEN) {
            PUT(p, " [invalid number of groups]");
            return;
        }
        type = dump_take_u8(p, &in);
        dump_take_u8(p, &in);
        count = dump_take_be16(p, &in);
        if (!dump_have(p, &in, 16))
            return;
        group = tapir_take(&in, 16);
        PUT(p, " [gaddr ");
        tapir__dump_host6(p, group);
        PUT(p, " ");
        name = tapir_label_find(record_types, type);
        tapir_text_put(p->out, name ? name : " [v2-report-#");
        if (!name) {
            tapir_text_uint(p->out, type);
            PUT(p, "]");
        }
        len = RECORD_LEN + count * 16u;
        if (left < len) {
            dump_number(p, " [invalid number of sources ", count);
            PUT(p, "]");
            return;
        }
        put_sources(p, in, count);
        PUT(p, "]");
        /* Where auxiliary data would make the record longer, tcpdump does not look. */
        left -= len < left ? len : left;
        tapir_take(&in, len - RECORD_LEN);
    }
}
