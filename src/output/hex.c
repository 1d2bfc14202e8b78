/* Bytes as people read them: offset, hexadecimal, characters. */
#include "tapir/output.h"

#define PER_LINE 16

void tapir_hex_text(tapir_text *text, tapir_span bytes, size_t offset, unsigned indent)
{
    static const char digits[] = "0123456789abcdef";
    unsigned width = offset + bytes.len > 0xffff ? 8 : 4;

    for (size_t at = 0; at < bytes.len; at += PER_LINE) {
        size_t count = bytes.len - at < PER_LINE ? bytes.len - at : PER_LINE;
        char hex[PER_LINE * 3 + 3], *put = hex;

        memset(hex, ' ', sizeof hex);
        for (size_t i = 0; i < count; i++) {
            uint8_t byte = bytes.data[at + i];
            *put++ = digits[byte >> 4];
            *put++ = digits[byte & 15];
            put += i == PER_LINE / 2 - 1 ? 2 : 1;
        }
        for (unsigned i = 0; i < indent; i++)
            tapir_text_char(text, ' ');
        tapir_text_hex(text, offset + at, width);
        TAPIR_TEXT_LITERAL(text, "  ");
        tapir_text_bytes(text, hex, sizeof hex);
        for (size_t i = 0; i < count; i++) {
            uint8_t byte = bytes.data[at + i];
            tapir_text_char(text, byte >= 0x20 && byte < 0x7f ? (char)byte : '.');
        }
        tapir_text_char(text, '\n');
    }
}
