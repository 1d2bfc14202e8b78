/* tcpdump's lines: PPP over Ethernet. */
#include "printer.h"

#define HEADER_LEN 6

/* The longest PADI (RFC 2516 4.1), and how much of a tag is shown as text. */
#define PADI_MAX      1484
#define TAG_SHOWN_MAX 79

static const tapir_label code_names[] = {
    {TAPIR_PPPOE_SESSION, ""},
    {TAPIR_PPPOE_PADO, "PADO"},
    {TAPIR_PPPOE_PADI, "PADI"},
    {TAPIR_PPPOE_PADR, "PADR"},
    {TAPIR_PPPOE_PADS, "PADS"},
    {TAPIR_PPPOE_PADT, "PADT"},
    {0, NULL},
};

static const tapir_label tag_names[] = {
    {TAPIR_PPPOE_TAG_END, "EOL"},
    {TAPIR_PPPOE_TAG_SERVICE_NAME, "Service-Name"},
    {TAPIR_PPPOE_TAG_AC_NAME, "AC-Name"},
    {TAPIR_PPPOE_TAG_HOST_UNIQ, "Host-Uniq"},
    {TAPIR_PPPOE_TAG_AC_COOKIE, "AC-Cookie"},
    {TAPIR_PPPOE_TAG_VENDOR, "Vendor-Specific"},
    {TAPIR_PPPOE_TAG_RELAY_SESSION, "Relay-Session-ID"},
    {TAPIR_PPPOE_TAG_MAX_PAYLOAD, "PPP-Max-Payload"},
    {TAPIR_PPPOE_TAG_SERVICE_ERROR, "Service-Name-Error"},
    {TAPIR_PPPOE_TAG_AC_ERROR, "AC-System-Error"},
    {TAPIR_PPPOE_TAG_GENERIC_ERROR, "Generic-Error"},
    {0, NULL},
};

static bool is_printable(uint8_t c)
{
    return c >= ' ' && c < 0x7f;
}

/* As text with dots when more of what is shown can be printed than not, else all of it as
 * hexadecimal digits. */
static void put_value(struct tapir_dump *p, tapir_span value)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t shown = value.len < TAG_SHOWN_MAX ? value.len : TAG_SHOWN_MAX, printable = 0;

    for (size_t i = 0; i < shown; i++)
        printable += is_printable(value.data[i]);
    if (printable > shown - printable) {
        PUT(p, " \"");
        for (size_t i = 0; i < shown; i++)
            tapir_text_char(p->out, is_printable(value.data[i]) ? (char)value.data[i] : '.');
        PUT(p, "\"");
        return;
    }
    PUT(p, " 0x");
    for (size_t i = 0; i < value.len; i++) {
        tapir_text_char(p->out, digits[value.data[i] >> 4]);
        tapir_text_char(p->out, digits[value.data[i] & 0xf]);
    }
}

/* Tags that begin within the `length` bytes announced, wherever they end. */
static void put_tags(struct tapir_dump *p, tapir_reader in, size_t length)
{
    const uint8_t *end = in.at + length;
    uint16_t type = 1;

    while (type != TAPIR_PPPOE_TAG_END && in.at < end && !p->cut) {
        uint16_t value_len;
        tapir_span value;
        const char *name;

        type = dump_take_be16(p, &in);
        value_len = dump_take_be16(p, &in);
        value = dump_take_span(p, &in, value_len);
        if (p->cut)
            return;
        PUT(p, " [");
        name = tapir_label_find(tag_names, type);
        if (name)
            tapir_text_put(p->out, name);
        else
            dump_hex(p, "TAG-0x", type, 1);
        if (value.len)
            put_value(p, value);
        PUT(p, "]");
    }
}

static void put_code(struct tapir_dump *p, uint8_t code)
{
    const char *name = tapir_label_find(code_names, code);

    PUT(p, "PPPoE ");
    if (name)
        tapir_text_put(p->out, name);
    else
        dump_hex(p, "PAD-", code, 1);
}

size_t tapir__dump_pppoe(struct tapir_dump *p, size_t index)
{
    tapir_reader in = p->in;
    uint8_t first, code;
    uint16_t session, length;

    p->name = "pppoe";
    if (p->length < HEADER_LEN) {
        dump_number(p, " (length ", p->length);
        dump_number(p, " < ", HEADER_LEN);
        PUT(p, ")");
        tapir__dump_invalid(p);
        return DUMP_END;
    }
    if (!dump_have(p, &in, HEADER_LEN))
        return DUMP_END;
    first = tapir_take_u8(&in);
    code = tapir_take_u8(&in);
    session = tapir_take_be16(&in);
    length = tapir_take_be16(&in);
    if (first >> 4 != 1) {
        dump_number(p, " [ver ", first >> 4);
        PUT(p, "]");
    }
    if ((first & 0xf) != 1) {
        dump_number(p, " [type ", first & 0xf);
        PUT(p, "]");
    }
    put_code(p, code);
    if (code == TAPIR_PPPOE_PADI && length > PADI_MAX - HEADER_LEN) {
        dump_number(p, " [len ", length);
        PUT(p, "!]");
    }
    dump_advance(p, HEADER_LEN);
    if (length > p->length) {
        dump_number(p, " [len ", length);
        dump_number(p, " > ", p->length);
        PUT(p, "!]");
        length = (uint16_t)p->length;
    }
    if (session) {
        dump_hex(p, " [ses 0x", session, 1);
        PUT(p, "]");
    }
    if (code != TAPIR_PPPOE_SESSION) {
        put_tags(p, in, length);
        return DUMP_END;
    }
    if (index == 0)
        p->link_len = HEADER_LEN;
    PUT(p, " ");
    p->length = length;
    return tapir__dump_inside(p, index, TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_PPP);
}
