/* Amounts and ways that several commands read from their options and from names. */
#include "cli.h"

#include <ctype.h>
#include <stdlib.h>

bool parse_size(const char *text, uint64_t *bytes)
{
    static const char units[] = "kMG";
    size_t len = strlen(text);
    const char *unit = len ? strchr(units, text[len - 1]) : NULL;
    uint64_t multiply = 1;
    char number[24];

    for (const char *at = units; unit && at <= unit; at++)
        multiply *= 1000;
    len -= unit != NULL;
    if (len >= sizeof number)
        return false;
    memcpy(number, text, len);
    number[len] = '\0';
    return parse_number(number, 1, UINT64_MAX / multiply, bytes) &&
           !__builtin_mul_overflow(*bytes, multiply, bytes);
}

int parse_word(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return (int)i;
    return -1;
}

int check_color(const struct command *command, const char *when)
{
    static const char *const words[] = {"auto", "always", "never"};

    if (parse_word(when, words, TAPIR_COUNT(words)) >= 0)
        return EXIT_DONE;
    return wrong_usage(command, "--color is auto, always or never, not '%s'", when);
}

bool parse_mac(const char *text, uint8_t mac[6])
{
    for (size_t i = 0; i < 6; i++) {
        if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]) ||
            (i < 5 ? text[2] != ':' && text[2] != '-' : text[2]))
            return false;
        mac[i] = (uint8_t)strtoul((char[3]){text[0], text[1], '\0'}, NULL, 16);
        text += 3;
    }
    return true;
}

bool parse_compression(const char *text, tapir_compression *compression, int *level)
{
    static const char *const words[] = {"none", "gzip", "zstd", "lz4", "xz"};
    static const tapir_compression methods[] = {TAPIR_COMPRESSION_NONE, TAPIR_COMPRESSION_GZIP,
        TAPIR_COMPRESSION_ZSTD, TAPIR_COMPRESSION_LZ4, TAPIR_COMPRESSION_XZ};
    size_t len = strcspn(text, ":");
    uint64_t number = 0;

    for (size_t i = 0; i < TAPIR_COUNT(words); i++)
        if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0 &&
            (!text[len] || parse_number(text + len + 1, 1, 22, &number))) {
            *compression = methods[i];
            *level = (int)number;
            return true;
        }
    return false;
}

static bool has_suffix(const char *name, size_t len, const char *suffix)
{
    size_t suffix_len = strlen(suffix);

    return len >= suffix_len && strncasecmp(name + len - suffix_len, suffix, suffix_len) == 0;
}

bool format_named(const char *name, tapir_sink_format *format)
{
    static const char *const compressed[] = {".gz", ".zst", ".lz4", ".xz"};
    size_t len = strlen(name);

    for (size_t i = 0; i < TAPIR_COUNT(compressed); i++)
        if (has_suffix(name, len, compressed[i])) {
            len -= strlen(compressed[i]);
            break;
        }
    *format = TAPIR_FORMAT_PCAPNG;
    if (has_suffix(name, len, ".pcapng") || has_suffix(name, len, ".ntar"))
        return true;
    *format = TAPIR_FORMAT_PCAP;
    return has_suffix(name, len, ".pcap") || has_suffix(name, len, ".cap") ||
           has_suffix(name, len, ".dmp");
}
