/* The bytes of a packet in hexadecimal and as text. */
#include "printer.h"

#define PER_LINE 16

static const char hex_digits[] = "0123456789abcdef";

static inline bool printable(uint8_t byte)
{
    return byte > 0x20 && byte < 0x7f;
}

/* "0x0010:  " */
static char *put_offset(char *at, size_t offset)
{
    *at++ = '0';
    *at++ = 'x';
    for (unsigned shift = 28; shift >= 16; shift -= 4)
        if (offset >> shift)
            *at++ = hex_digits[offset >> shift & 15];
    for (unsigned shift = 16; shift > 0; shift -= 4)
        *at++ = hex_digits[offset >> (shift - 4) & 15];
    *at++ = ':';
    *at++ = ' ';
    return at;
}

/* " 4500 0054 ", the last pair perhaps half. */
static char *put_pairs(char *at, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (i % 2 == 0)
            *at++ = ' ';
        *at++ = hex_digits[bytes[i] >> 4];
        *at++ = hex_digits[bytes[i] & 15];
    }
    return at;
}

void tapir__dump_hex(tapir_text *out, const char *indent, tapir_span bytes, bool ascii)
{
    size_t indent_len = strlen(indent);

    for (size_t done = 0; done < bytes.len; done += PER_LINE) {
        size_t len = bytes.len - done < PER_LINE ? bytes.len - done : PER_LINE;
        const uint8_t *from = bytes.data + done;
        char *at = tapir_text_reserve(out, indent_len + 80), *pairs;
        if (!at)
            return;
        memcpy(at, indent, indent_len);
        at = put_offset(at + indent_len, done);
        pairs = at;
        at = put_pairs(at, from, len);
        if (ascii) {
            /* The characters stand in a column of their own. */
            while (at < pairs + PER_LINE / 2 * 5 + 2)
                *at++ = ' ';
            for (size_t i = 0; i < len; i++)
                *at++ = printable(from[i]) ? (char)from[i] : '.';
        }
        out->len = (size_t)(at - out->data);
    }
}

void tapir__dump_ascii(tapir_text *out, tapir_span bytes)
{
    char *at = bytes.len ? tapir_text_reserve(out, bytes.len + 1) : NULL;

    if (!at)
        return;
    *at++ = '\n';
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = bytes.data[i];
        /* Of line ends only the line feed is kept; tcpdump forgets the one before the last byte. */
        if (byte == '\r' && (i + 2 >= bytes.len || bytes.data[i + 1] == '\n'))
            continue;
        *at++ = printable(byte) || byte == '\t' || byte == ' ' || byte == '\n' ? (char)byte : '.';
    }
    out->len = (size_t)(at - out->data);
}

void tapir__dump_default(struct tapir_dump *p)
{
    if (p->dump_unknown)
        tapir__dump_hex(p->out, "\n\t", tapir_rest(&p->in), true);
}

void tapir__dump_unknown_data(
    struct tapir_dump *p, const char *indent, tapir_reader in, uint32_t len)
{
    tapir_limit(&in, len);
    tapir__dump_hex(p->out, indent, tapir_rest(&in), false);
}

void tapir__dump_string(tapir_text *out, tapir_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = bytes.data[i];
        if (byte & 0x80) {
            TAPIR_TEXT_LITERAL(out, "M-");
            byte &= 0x7f;
        }
        if (byte < 0x20 || byte == 0x7f) {
            tapir_text_char(out, '^');
            byte ^= 0x40;
        }
        tapir_text_char(out, (char)byte);
    }
}
