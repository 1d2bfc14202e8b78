/* Vendors of MAC addresses, from the IEEE's registries as CSV or as text. */
#include "tapir/vendor.h"

#include "tapir/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* The largest registry has 5 MB. */
#define FILE_MAX     ((size_t)64 << 20)
#define NAME_MAX_LEN 200

/* An assignment: a prefix in the upper of 48 bits. */
struct assignment {
    uint64_t prefix;
    uint32_t name; /* place of its NUL-terminated name */
    uint8_t len;   /* bits: 24, 28, 36 */
};

struct tapir_vendors {
    struct assignment *assignments; /* sorted by length, then prefix */
    size_t count, room;
    tapir_text names;
    bool failed; /* out of memory */
};

/* Blocks of the registries, largest first. */
static const uint8_t prefix_lens[] = {24, 28, 36};

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* Reads a prefix of 6, 7 or 9 hexadecimal digits; false when it is none. */
static bool read_prefix(tapir_span digits, struct assignment *to)
{
    if (digits.len != 6 && digits.len != 7 && digits.len != 9)
        return false;
    to->prefix = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = hex_digit((char)digits.data[i]);
        if (digit < 0)
            return false;
        to->prefix = to->prefix << 4 | (uint64_t)digit;
    }
    to->len = (uint8_t)(digits.len * 4);
    to->prefix <<= 48 - to->len;
    return true;
}

static tapir_span trimmed(tapir_span span)
{
    while (span.len && span.data[span.len - 1] <= ' ')
        span.len--;
    while (span.len && *span.data <= ' ') {
        span.data++;
        span.len--;
    }
    return span;
}

static void add(tapir_vendors *vendors, struct assignment assignment, tapir_span name)
{
    name = trimmed(name);
    if (!name.len)
        return;
    if (name.len > NAME_MAX_LEN)
        name.len = NAME_MAX_LEN;
    if (vendors->count == vendors->room) {
        size_t room = vendors->room ? vendors->room * 2 : 4096;
        struct assignment *more = realloc(vendors->assignments, room * sizeof *more);
        if (!more) {
            vendors->failed = true;
            return;
        }
        vendors->assignments = more;
        vendors->room = room;
    }
    assignment.name = (uint32_t)vendors->names.len;
    vendors->assignments[vendors->count++] = assignment;
    tapir_text_line(&vendors->names, name);
    tapir_text_char(&vendors->names, '\0');
}

/* Takes the next value of a CSV row off the input, without its quotes, into `value`; true when the
 * row goes on behind it. */
static bool take_value(tapir_span *in, tapir_text *value)
{
    bool quoted = false;

    value->len = 0;
    while (in->len) {
        char c = (char)*in->data;
        in->data++;
        in->len--;
        if (c == '"' && quoted && in->len && *in->data == '"') {
            in->data++;
            in->len--;
        } else if (c == '"') {
            quoted = !quoted;
            continue;
        }
        if (!quoted && c == ',')
            return true;
        if (!quoted && c == '\n')
            return false;
        tapir_text_char(value, c);
    }
    return false;
}

/* A row: registry, assignment, organization, address. */
static void read_csv(tapir_vendors *vendors, tapir_span in)
{
    tapir_text value = {0};

    while (in.len) {
        struct assignment assignment = {0};
        bool known = false, more = true;
        for (unsigned column = 0; more; column++) {
            more = take_value(&in, &value);
            if (column == 1)
                known = read_prefix(tapir_span_of(value.data, value.len), &assignment);
            else if (column == 2 && known)
                add(vendors, assignment, tapir_span_of(value.data, value.len));
        }
    }
    vendors->failed |= value.failed;
    tapir_text_clear(&value);
}

static tapir_span take_line(tapir_span *in)
{
    const uint8_t *end = memchr(in->data, '\n', in->len);
    size_t len = end ? (size_t)(end - in->data) : in->len;
    tapir_span line = tapir_span_of(in->data, len);

    len += end != NULL;
    *in = tapir_span_of(in->data + len, in->len - len);
    return line;
}

/* Reads the first and last of a block of addresses, "500000-5FFFFF", behind 00-50-C2 (hex). */
static bool read_range(uint64_t block, tapir_span text, struct assignment *to)
{
    uint64_t ends[2] = {0, 0};
    size_t digits[2] = {0, 0}, which = 0;

    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_digit((char)text.data[i]);
        if (text.data[i] == '-' && which == 0) {
            which = 1;
            continue;
        }
        if (digit < 0 || digits[which] == 6)
            return false;
        ends[which] = ends[which] << 4 | (uint64_t)digit;
        digits[which]++;
    }
    if (digits[0] != 6 || digits[1] != 6)
        return false;
    to->prefix = block << 24 | ends[0];
    switch (ends[1] - ends[0]) {
    case 0xfffff:
        to->len = 28;
        return true;
    case 0xfff:
        to->len = 36;
        return true;
    default:
        return false;
    }
}

static bool read_block(tapir_span line, uint64_t *block)
{
    *block = 0;
    if (line.len < 8 || line.data[2] != '-' || line.data[5] != '-')
        return false;
    for (size_t i = 0; i < 8; i++) {
        int digit = hex_digit((char)line.data[i]);
        if (i == 2 || i == 5)
            continue;
        if (digit < 0)
            return false;
        *block = *block << 4 | (uint64_t)digit;
    }
    return true;
}

/* Lines of two kinds: "00-22-72   (hex)   Name" gives the first 24 bits, and for a part of them
 * "500000-5FFFFF     (base 16)   Name" the rest, else "002272     (base 16)   Name". */
static void read_lines(tapir_vendors *vendors, tapir_span in)
{
    static const char mark[] = "(base 16)";
    uint64_t block = 0, found;

    while (in.len) {
        struct assignment assignment = {0};
        tapir_span line = take_line(&in), digits;
        const uint8_t *base = memmem(line.data, line.len, mark, sizeof mark - 1);
        if (!base) {
            if (read_block(line, &found))
                block = found;
            continue;
        }
        digits = trimmed(tapir_span_of(line.data, (size_t)(base - line.data)));
        base += sizeof mark - 1;
        if (read_prefix(digits, &assignment) || read_range(block, digits, &assignment))
            add(vendors, assignment, tapir_span_of(base, (size_t)(line.data + line.len - base)));
    }
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);

    return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

/* Reads a whole file; *data is to be freed. */
static tapir_status read_file(
    const char *path, FILE *file, char **data, size_t *len, tapir_error *error)
{
    struct stat stat;

    if (fstat(fileno(file), &stat) != 0 || !S_ISREG(stat.st_mode) ||
        (uint64_t)stat.st_size > FILE_MAX)
        return tapir_error_set(error, TAPIR_DAMAGED,
            "%s: is no registry of MAC addresses: it is no file, or larger than %zu bytes", path,
            FILE_MAX);
    *data = malloc((size_t)stat.st_size + 1);
    if (!*data)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", path);
    *len = fread(*data, 1, (size_t)stat.st_size, file);
    if (ferror(file))
        return tapir_error_set(error, TAPIR_IO, "%s: %s", path, strerror(errno));
    return TAPIR_OK;
}

static tapir_status read_registry(tapir_vendors *vendors, const char *path, tapir_error *error)
{
    size_t before = vendors->count, len = 0;
    FILE *file = fopen(path, "re");
    tapir_status status;
    char *data = NULL;

    if (!file)
        return tapir_error_set(error,
            errno == ENOENT || errno == ENOTDIR ? TAPIR_NOT_FOUND : TAPIR_IO, "%s: %s", path,
            strerror(errno));
    status = read_file(path, file, &data, &len, error);
    fclose(file);
    if (status == TAPIR_OK && ends_with(path, ".csv"))
        read_csv(vendors, tapir_span_of(data, len));
    else if (status == TAPIR_OK)
        read_lines(vendors, tapir_span_of(data, len));
    free(data);
    if (status == TAPIR_OK && (vendors->failed || vendors->names.failed))
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", path);
    if (status == TAPIR_OK && vendors->count == before)
        return tapir_error_set(
            error, TAPIR_DAMAGED, "%s: holds no assignment of MAC addresses", path);
    return status;
}

/* Reads one registry of a directory as whichever of the two formats is there. */
static tapir_status read_either(
    tapir_vendors *vendors, const char *directory, const char *name, tapir_error *error)
{
    static const char *const endings[] = {".csv", ".txt"};
    tapir_status status = TAPIR_NOT_FOUND;

    for (size_t i = 0; status == TAPIR_NOT_FOUND && i < TAPIR_COUNT(endings); i++) {
        tapir_text path = {0};
        tapir_text_printf(&path, "%s/%s%s", directory, name, endings[i]);
        status = path.failed
                     ? tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", directory)
                     : read_registry(vendors, tapir_text_string(&path), error);
        tapir_text_clear(&path);
    }
    return status;
}

static tapir_status read_directory(tapir_vendors *vendors, const char *path, tapir_error *error)
{
    static const char *const names[] = {"oui", "mam", "oui36", "iab"};
    tapir_status status;

    for (size_t i = 0; i < TAPIR_COUNT(names); i++) {
        status = read_either(vendors, path, names[i], error);
        if (status != TAPIR_OK && status != TAPIR_NOT_FOUND)
            return status;
    }
    if (vendors->count)
        return TAPIR_OK;
    return tapir_error_set(error, TAPIR_NOT_FOUND,
        "%s: no registry of MAC addresses (oui.csv, oui.txt) is there; Debian's package ieee-data "
        "has them",
        path);
}

static int compare(const void *a, const void *b)
{
    const struct assignment *first = a, *second = b;

    if (first->len != second->len)
        return first->len < second->len ? -1 : 1;
    if (first->prefix != second->prefix)
        return first->prefix < second->prefix ? -1 : 1;
    /* The registries assign a few blocks twice: the one that stands first. */
    return first->name < second->name ? -1 : first->name > second->name;
}

tapir_status tapir_vendors_new(tapir_vendors **vendors, const char *path, tapir_error *error)
{
    struct stat stat_of_path;
    tapir_status status;

    if (!path)
        path = TAPIR_VENDOR_DATA;
    *vendors = calloc(1, sizeof **vendors);
    if (!*vendors)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "vendors: out of memory");
    if (stat(path, &stat_of_path) == 0 && !S_ISDIR(stat_of_path.st_mode))
        status = read_registry(*vendors, path, error);
    else
        status = read_directory(*vendors, path, error);
    if (status != TAPIR_OK) {
        tapir_vendors_free(*vendors);
        *vendors = NULL;
        return status;
    }
    qsort((*vendors)->assignments, (*vendors)->count, sizeof *(*vendors)->assignments, compare);
    return TAPIR_OK;
}

void tapir_vendors_free(tapir_vendors *vendors)
{
    if (!vendors)
        return;
    free(vendors->assignments);
    tapir_text_clear(&vendors->names);
    free(vendors);
}

size_t tapir_vendors_count(const tapir_vendors *vendors)
{
    return vendors->count;
}

/* Returns the first assignment that is not before the key. */
static size_t lower_bound(const tapir_vendors *vendors, const struct assignment *key)
{
    size_t low = 0, high = vendors->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&vendors->assignments[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *tapir_vendors_find(
    const tapir_vendors *vendors, const uint8_t mac[6], unsigned *prefix_len)
{
    uint64_t address = tapir_load_be(mac, 6) & ~(UINT64_C(1) << 40);

    for (size_t i = TAPIR_COUNT(prefix_lens); i-- > 0;) {
        uint8_t len = prefix_lens[i];
        const struct assignment key = {.len = len, .prefix = address >> (48 - len) << (48 - len)};
        size_t at = lower_bound(vendors, &key);
        if (at == vendors->count || vendors->assignments[at].len != len ||
            vendors->assignments[at].prefix != key.prefix)
            continue;
        if (prefix_len)
            *prefix_len = len;
        return vendors->names.data + vendors->assignments[at].name;
    }
    return NULL;
}
