/* The smallest pieces of the text: words, numbers, addresses, bytes. */
#include "craft.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_REPEATS = 1 << 16 };

bool tapir__craft_refuse(
    struct tapir__scan *scan, const char *at, tapir_status status, const char *format, ...)
{
    char what[sizeof scan->error->message];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    scan->status = tapir_error_set(scan->error, status, "%s", what);
    if (scan->error)
        scan->error->offset = (uint64_t)(at - scan->text);
    return false;
}

void *tapir__craft_memory(struct tapir__scan *scan, size_t len)
{
    struct tapir_craft *craft = scan->craft;
    struct tapir__block *block = NULL;

    if (len > TAPIR__MAX_MEMORY - craft->memory) {
        tapir__craft_refuse(scan, scan->at, TAPIR_TOO_WIDE, "the text makes more than %d MiB",
            TAPIR__MAX_MEMORY >> 20);
        return NULL;
    }
    block = calloc(1, sizeof *block + len);
    if (!block) {
        tapir__craft_refuse(scan, scan->at, TAPIR_NO_MEMORY, "out of memory");
        return NULL;
    }
    craft->memory += len;
    block->next = craft->blocks;
    craft->blocks = block;
    return block->bytes;
}

void tapir__skip_spaces(struct tapir__scan *scan)
{
    while (*scan->at && isspace((uint8_t)*scan->at))
        scan->at++;
}

bool tapir__scan_char(struct tapir__scan *scan, char c)
{
    tapir__skip_spaces(scan);
    if (*scan->at != c)
        return false;
    scan->at++;
    return true;
}

static int hex_value(char c)
{
    return isdigit((uint8_t)c)    ? c - '0'
           : isxdigit((uint8_t)c) ? tolower((uint8_t)c) - 'a' + 10
                                  : -1;
}

/* Reads what stands behind a backslash. */
static bool scan_escape(struct tapir__scan *scan, uint8_t *byte)
{
    static const char letters[] = "nrt0\\\"'", values[] = "\n\r\t\0\\\"'";
    const char *at = scan->at, *letter = *at ? strchr(letters, *at) : NULL;

    if (*at == 'x' && hex_value(at[1]) >= 0 && hex_value(at[2]) >= 0) {
        *byte = (uint8_t)(hex_value(at[1]) << 4 | hex_value(at[2]));
        scan->at += 3;
        return true;
    }
    if (!letter)
        return tapir__craft_refuse(scan, at - 1, TAPIR_INVALID,
            "no such escape; there are \\n \\r \\t \\0 \\\\ \\\" \\' and \\x41");
    *byte = (uint8_t)values[letter - letters];
    scan->at++;
    return true;
}

/* Returns the quote that ends the text begun at `start`, NULL when there is none. */
static const char *find_end(const char *start)
{
    const char *at = start + 1;

    while (*at && *at != *start)
        at += at[0] == '\\' && at[1] ? 2 : 1;
    return *at ? at : NULL;
}

/* Reads text in quotes; `at` is on the first one. */
static bool scan_quoted(struct tapir__scan *scan, tapir_span *bytes)
{
    const char *start = scan->at, *end = find_end(start);
    uint8_t *to;
    size_t len = 0;

    if (!end)
        return tapir__craft_refuse(
            scan, start, TAPIR_INVALID, "the quote that begins here does not end");
    to = tapir__craft_memory(scan, (size_t)(end - start));
    if (!to)
        return false;
    for (scan->at++; scan->at < end;) {
        if (*scan->at != '\\') {
            to[len++] = (uint8_t)*scan->at++;
            continue;
        }
        scan->at++;
        if (!scan_escape(scan, &to[len++]))
            return false;
    }
    scan->at++;
    *bytes = tapir_span_of(to, len);
    return true;
}

bool tapir__at_quote(const char *at)
{
    at += *at == 'b';
    return *at == '"' || *at == '\'';
}

bool tapir__scan_none(struct tapir__scan *scan)
{
    tapir__skip_spaces(scan);
    if (strncmp(scan->at, "None", 4) != 0 || isalnum((uint8_t)scan->at[4]) || scan->at[4] == '_')
        return false;
    scan->at += 4;
    return true;
}

bool tapir__scan_word(struct tapir__scan *scan, tapir_span *word, bool *quoted)
{
    const char *start;

    tapir__skip_spaces(scan);
    start = scan->at;
    *quoted = tapir__at_quote(start);
    scan->at += *quoted && *start == 'b';
    if (*quoted)
        return scan_quoted(scan, word);
    while (*scan->at && !strchr(",()[]\"'", *scan->at) && !isspace((uint8_t)*scan->at))
        scan->at++;
    *word = tapir_span_of(start, (size_t)(scan->at - start));
    if (!word->len)
        return tapir__craft_refuse(scan, start, TAPIR_INVALID, "a value is missing here");
    return true;
}

/* Reads a whole word as an unsigned number; false when it is none. */
static bool parse_number(tapir_span word, uint64_t *number)
{
    char digits[24], *end;

    if (!word.len || word.len >= sizeof digits || !isdigit(word.data[0]))
        return false;
    memcpy(digits, word.data, word.len);
    digits[word.len] = '\0';
    errno = 0;
    /* As everywhere but in C, zeroes in front do not make a number octal. */
    *number =
        strtoull(digits, &end, digits[0] == '0' && tolower((uint8_t)digits[1]) == 'x' ? 16 : 10);
    return !*end && !errno;
}

/* Compares words by their letters and digits alone: "echo-request" is "Echo request". */
static bool same_letters(tapir_span word, const char *name)
{
    size_t i = 0;

    for (;;) {
        while (i < word.len && !isalnum(word.data[i]))
            i++;
        while (*name && !isalnum((uint8_t)*name))
            name++;
        if (i == word.len || !*name)
            return i == word.len && !*name && word.len > 0;
        if (tolower(word.data[i++]) != tolower((uint8_t)*name++))
            return false;
    }
}

static bool find_label(const tapir_label *labels, tapir_span word, uint64_t *number)
{
    /* What tcpdump and scapy say. */
    static const struct {
        const char *word, *text;
    } others[] = {{"whohas", "request"}, {"isat", "reply"},
        {"destunreach", "Destination unreachable"}, {"unreachable", "Destination unreachable"},
        {"parameterproblem", "Parameter problem"}};

    for (size_t i = 0; i < TAPIR_COUNT(others); i++)
        if (same_letters(word, others[i].word))
            word = tapir_span_of(others[i].text, strlen(others[i].text));
    for (; labels && labels->text; labels++) {
        if (!same_letters(word, labels->text))
            continue;
        *number = labels->value;
        return true;
    }
    return false;
}

/* The bits that one word names: "syn". */
static bool find_bits(const tapir_field *field, tapir_span word, uint64_t *bits)
{
    static const struct {
        const char *word, *part;
    } others[] = {{"psh", "tcp.flags.push"}, {"rst", "tcp.flags.reset"}, {"ns", "tcp.flags.ae"},
        {"ecn", "tcp.flags.ece"}, {"evil", "ip.flags.rb"}};
    const char *part_name = NULL;

    for (size_t i = 0; i < TAPIR_COUNT(others); i++)
        if (tapir__same_word(word, others[i].word))
            part_name = others[i].part;
    for (const tapir_part *part = field->parts; part && part->name; part++) {
        const char *last = strrchr(part->name, '.');
        if ((part_name && strcmp(part_name, part->name) == 0) ||
            (last && tapir__same_word(word, last + 1))) {
            *bits = part->mask;
            return true;
        }
    }
    return tapir__letters(field, word, bits);
}

/* Bits named one by one, with |, + or a space between them; all of them have to be known. */
static bool find_all_bits(const tapir_field *field, tapir_span word, uint64_t *number)
{
    size_t start = 0;

    *number = 0;
    if (!field || !field->parts)
        return false;
    for (size_t i = 0; i <= word.len; i++) {
        uint64_t bits;
        if (i < word.len && !strchr("|+ ,", word.data[i]))
            continue;
        if (i > start && !find_bits(field, tapir_span_of(word.data + start, i - start), &bits))
            return false;
        if (i > start)
            *number |= bits;
        start = i + 1;
    }
    return true;
}

static bool no_number(
    struct tapir__scan *scan, tapir_span word, const char *at, const tapir_field *field)
{
    char name[TAPIR__MAX_NAME];
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text hint = {0};

    snprintf(
        name, sizeof name, "%.*s", (int)(word.len < 60 ? word.len : 60), (const char *)word.data);
    for (const tapir_label *label = field ? field->labels : NULL; label && label->text; label++)
        tapir_nearest_offer(&nearest, label->text);
    for (const tapir_part *part = field ? field->parts : NULL; part && part->name; part++)
        tapir_nearest_offer(
            &nearest, strrchr(part->name, '.') ? strrchr(part->name, '.') + 1 : part->name);
    tapir_nearest_text(&nearest, &hint);
    tapir__craft_refuse(scan, at, TAPIR_INVALID, "'%s' is no number%s%s", name,
        field && (field->labels || field->parts) ? ", and no name of a value" : "",
        tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return false;
}

bool tapir__scan_number(struct tapir__scan *scan, tapir_span word, const char *at,
    const tapir_field *field, unsigned bits, uint64_t *number)
{
    if (!parse_number(word, number) && !(field && find_label(field->labels, word, number)) &&
        !(field && word.len && find_all_bits(field, word, number))) {
        if (tapir__same_word(word, "true") || tapir__same_word(word, "false"))
            *number = word.data[0] == 't' || word.data[0] == 'T';
        else
            return no_number(scan, word, at, field);
    }
    if (bits < 64 && *number >> bits)
        return tapir__craft_refuse(scan, at, TAPIR_TOO_WIDE,
            "%llu does not fit in %u bit%s; %llu is the most", (unsigned long long)*number, bits,
            bits == 1 ? "" : "s", (unsigned long long)(((uint64_t)1 << bits) - 1));
    return true;
}

static bool parse_mac(const char *text, uint8_t address[16])
{
    size_t digits = 0;
    int value;

    for (; *text; text++) {
        if (*text == ':' || *text == '-' || *text == '.') {
            if (digits % 2)
                return false;
            continue;
        }
        value = hex_value(*text);
        if (value < 0 || digits == 12)
            return false;
        address[digits / 2] = (uint8_t)(digits % 2 ? address[digits / 2] << 4 | value : value);
        digits++;
    }
    return digits == 12;
}

bool tapir__parse_address(tapir_span word, uint8_t kind, uint8_t address[16])
{
    char text[64];

    if (word.len >= sizeof text || memchr(word.data, 0, word.len))
        return false;
    memcpy(text, word.data, word.len);
    text[word.len] = '\0';
    if (kind == TAPIR_MAC)
        return parse_mac(text, address);
    return inet_pton(kind == TAPIR_IPV4 ? AF_INET : AF_INET6, text, address) == 1;
}

/* Reads pairs of digits, with colons between them or not; false when the word is something else. */
static bool parse_digits(tapir_span word, uint8_t *to, size_t *len)
{
    size_t digits = 0;

    for (size_t i = 0; i < word.len; i++) {
        int value = hex_value((char)word.data[i]);
        if (word.data[i] == ':' && digits % 2 == 0 && digits)
            continue;
        if (value < 0)
            return false;
        to[digits / 2] = (uint8_t)(digits % 2 ? to[digits / 2] << 4 | value : value);
        digits++;
    }
    *len = digits / 2;
    return digits % 2 == 0;
}

bool tapir__scan_bytes(struct tapir__scan *scan, tapir_span *bytes)
{
    static const uint8_t kinds[] = {TAPIR_MAC, TAPIR_IPV4, TAPIR_IPV6};
    static const size_t lengths[] = {6, 4, 16};
    const char *start;
    bool quoted, prefixed;
    tapir_span word;
    uint8_t *to;
    size_t len;

    tapir__skip_spaces(scan);
    start = scan->at;
    if (!tapir__scan_word(scan, &word, &quoted))
        return false;
    *bytes = word;
    if (quoted)
        return true;
    to = tapir__craft_memory(scan, word.len + 16);
    if (!to)
        return false;
    prefixed = word.len > 1 && word.data[0] == '0' && (word.data[1] == 'x' || word.data[1] == 'X');
    for (size_t i = 0; !prefixed && i < TAPIR_COUNT(kinds); i++)
        if (tapir__parse_address(word, kinds[i], to)) {
            *bytes = tapir_span_of(to, lengths[i]);
            return true;
        }
    if (prefixed)
        word = tapir_span_of(word.data + 2, word.len - 2);
    if (!parse_digits(word, to, &len))
        return tapir__craft_refuse(
            scan, start, TAPIR_INVALID, "neither text in quotes nor pairs of hexadecimal digits");
    *bytes = tapir_span_of(to, len);
    return true;
}

bool tapir__scan_repeats(struct tapir__scan *scan, tapir_span *bytes)
{
    uint64_t repeats = 0;
    uint8_t *all;
    const char *at;

    if (!tapir__scan_char(scan, '*'))
        return true;
    tapir__skip_spaces(scan);
    for (at = scan->at; isdigit((uint8_t)*scan->at) && repeats <= MAX_REPEATS; scan->at++)
        repeats = repeats * 10 + (uint64_t)(*scan->at - '0');
    if (scan->at == at)
        return tapir__craft_refuse(scan, at, TAPIR_INVALID, "how often?");
    if (repeats > MAX_REPEATS || bytes->len * repeats > MAX_REPEATS)
        return tapir__craft_refuse(
            scan, at, TAPIR_TOO_WIDE, "a payload has %d bytes at most", MAX_REPEATS);
    all = tapir__craft_memory(scan, bytes->len * repeats + 1);
    if (!all)
        return false;
    for (size_t i = 0; i < repeats && bytes->len; i++)
        memcpy(all + i * bytes->len, bytes->data, bytes->len);
    *bytes = tapir_span_of(all, bytes->len * repeats);
    return true;
}
