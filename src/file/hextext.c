/* Packets written in hexadecimal: dumps with offsets, and lines of digits. */
#include "file/file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    WIDEST_BYTE = 6,   /* characters that a byte takes in a line: "0x45, " */
    SPARE_LINE = 4096, /* a line may be longer by so much */
    SHOWN = 12,        /* characters of a wrong word in a message */
    TIME_SHOWN = 128,  /* a time ends within so many characters */
    GROUP_DIGITS = 16, /* in one word of a dump */
    FULL_ROW = 16,     /* bytes, behind which dumps have two blanks and the characters */
    TAB = 8
};

#define SECOND INT64_C(1000000000)

/* The packet being put together, and what is known of the text. */
struct tapir__hextext {
    tapir_hex_options options;
    char *time_format;
    size_t longest_line;
    tapir_error failure; /* ended the text, and does so again; TAPIR_OK: none */
    uint64_t line;       /* number of the line at file->at, from 1 */
    size_t scanned;      /* bytes of it without an end */
    uint8_t *data;
    size_t len, room;
    bool open;       /* a packet has begun and not ended */
    size_t row;      /* where its last row begins */
    size_t width;    /* bytes of the row before that, 0: not known */
    bool repeated;   /* "*" stands for rows like the last one */
    bool passing;    /* over a dump of what was made of packets */
    bool after_text; /* the last line was text */
    bool headed;     /* the packet came right behind text, in the way of tcpdump */
    uint64_t offset; /* of its first row in the text */
    tapir_direction direction;
    int64_t time;
    bool has_time;
    struct {
        tapir_direction direction;
        int64_t time;
        bool has_time;
    } next; /* read ahead of the next packet */
};

typedef struct tapir__hextext hextext;

/* A line being read. */
struct line {
    const char *start, *at, *end;
};

static hextext *text_of(tapir__file *file)
{
    return file->hextext;
}

/* Fills the source's error: "NAME: line 3, column 14: ..." */
static tapir_status TAPIR_PRINTF(4, 5)
    wrong(tapir__file *file, const struct line *line, const char *at, const char *format, ...)
{
    tapir_error *error = &file->source.error;
    size_t column = (size_t)(at - line->start);
    va_list arguments;
    int len = snprintf(error->message, sizeof error->message,
        "%s: line %" PRIu64 ", column %zu: ", file->name, text_of(file)->line, column + 1);

    error->code = TAPIR_DAMAGED;
    error->offset = tapir__file_offset(file) + column;
    if (len < 0 || (size_t)len >= sizeof error->message)
        return TAPIR_DAMAGED;
    va_start(arguments, format);
    vsnprintf(error->message + len, sizeof error->message - (size_t)len, format, arguments);
    va_end(arguments);
    return TAPIR_DAMAGED;
}

/* The word at `at`, fit for a message. */
static const char *shown(const struct line *line, const char *at, char to[SHOWN + 4])
{
    size_t len = 0;

    for (; at + len < line->end && len < SHOWN && at[len] != ' ' && at[len] != '\t'; len++)
        to[len] = at[len] > ' ' && at[len] < 0x7f ? at[len] : '?';
    strcpy(to + len, len == SHOWN ? "..." : "");
    return to;
}

static tapir_status no_number(tapir__file *file, const struct line *line, const char *at)
{
    char word[SHOWN + 4];

    return wrong(file, line, at, "'%s' is no hexadecimal number", shown(line, at, word));
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Passes blanks; returns how many columns they are. */
static size_t skip_blanks(struct line *line)
{
    size_t columns = 0;

    for (; line->at < line->end && is_blank(*line->at); line->at++)
        columns += *line->at == '\t' ? TAB : 1;
    return columns;
}

/* The packet's bytes. */

static tapir_status add_byte(tapir__file *file, const struct line *line, uint8_t byte)
{
    hextext *h = text_of(file);

    if (h->len == h->room) {
        size_t room = h->room ? 2 * h->room : 2048;
        uint8_t *grown;
        if (h->len >= h->options.max_packet)
            return wrong(file, line, line->at, "a packet of more than %zu bytes (max_packet)",
                h->options.max_packet);
        if (room > h->options.max_packet)
            room = h->options.max_packet;
        grown = realloc(h->data, room);
        if (!grown)
            return tapir_error_set(
                &file->source.error, TAPIR_NO_MEMORY, "%s: out of memory", file->name);
        h->data = grown;
        h->room = room;
    }
    h->data[h->len++] = byte;
    return TAPIR_OK;
}

static void begin_packet(tapir__file *file)
{
    hextext *h = text_of(file);

    h->len = h->row = h->width = 0;
    h->open = true;
    h->repeated = false;
    h->offset = tapir__file_offset(file);
    h->time = h->next.time;
    h->has_time = h->next.has_time;
    h->direction = h->next.direction;
    h->next.has_time = false;
    h->next.direction = TAPIR_DIRECTION_UNKNOWN;
}

static tapir_status hand_out(tapir__file *file, tapir_frame *frame)
{
    hextext *h = text_of(file);

    *frame = (tapir_frame){
        .data = h->len ? h->data : (const uint8_t *)"",
        .caplen = (uint32_t)h->len,
        .len = (uint32_t)h->len,
        .time = h->time,
        .has_time = h->has_time,
        .direction = (uint8_t)h->direction,
        .link_type = file->single.link_type,
        .number = ++file->source.frames,
        .offset = h->offset,
    };
    file->single.frames++;
    file->source.bytes += h->len;
    h->open = false;
    return TAPIR_OK;
}

/* Times. */

/* Reads ".123456" or ",123456" as nanoseconds, also without the point; false when there is no
 * digit. */
static bool take_fraction(const char **at, int64_t *nanoseconds)
{
    int64_t unit = SECOND / 10;
    const char *from = *at;

    *nanoseconds = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        *nanoseconds += (**at - '0') * unit;
        unit /= 10;
    }
    return *at > from;
}

/* "Z", "+01:00", "-0500": seconds east; false when there is none of them. */
static bool take_zone(const char **at, long *east)
{
    int hours, minutes = 0, len = 0;

    *east = 0;
    if (**at == 'Z') {
        ++*at;
        return true;
    }
    if ((**at != '+' && **at != '-') || sscanf(*at + 1, "%2d%n", &hours, &len) != 1 || len != 2)
        return false;
    *east = (**at == '-' ? -1 : 1) * hours * 3600L;
    *at += 3;
    if (**at == ':')
        ++*at;
    if (sscanf(*at, "%2d%n", &minutes, &len) == 1 && len == 2) {
        *east += (*east < 0 ? -1 : 1) * minutes * 60L;
        *at += 2;
    }
    return true;
}

/* The time of a date; false when no number can hold it. */
static bool time_of(struct tm *date, int64_t fraction, const long *east, int64_t *time)
{
    int64_t seconds;

    date->tm_isdst = -1;
    seconds = east ? (int64_t)timegm(date) - *east : (int64_t)mktime(date);
    if (seconds <= -(INT64_MAX / SECOND) || seconds >= INT64_MAX / SECOND)
        return false;
    *time = seconds * SECOND + fraction;
    return true;
}

static bool ends_word(const char *at)
{
    return !*at || is_blank(*at) || *at == ',' || *at == ')';
}

/* "1767323045.123456" */
static bool take_seconds(const char *at, int64_t *time)
{
    int64_t seconds = 0, fraction = 0;
    const char *from = at;

    for (; *at >= '0' && *at <= '9' && seconds < INT64_MAX / SECOND; at++)
        seconds = seconds * 10 + (*at - '0');
    if (at == from || seconds >= INT64_MAX / SECOND || *at != '.')
        return false;
    at++;
    if (!take_fraction(&at, &fraction) || !ends_word(at))
        return false;
    *time = seconds * SECOND + fraction;
    return true;
}

/* "[2026-01-02( |T)]03:04:05[.123456][Z]" */
static bool take_usual(const char *at, int64_t *time)
{
    struct tm date = {.tm_year = 70, .tm_mday = 1}, with_day = date;
    const char *day = strptime(at, "%Y-%m-%d", &with_day), *from = at;
    int64_t fraction = 0;
    long east;

    if (day && (*day == 'T' || *day == ' ')) {
        from = day + 1;
        date = with_day;
    }
    at = strptime(from, "%H:%M:%S", &date);
    if (!at)
        return false;
    if ((*at == '.' || *at == ',') && at[1] >= '0' && at[1] <= '9') {
        at++;
        take_fraction(&at, &fraction);
    }
    if (take_zone(&at, &east))
        return ends_word(at) && time_of(&date, fraction, &east, time);
    return ends_word(at) && time_of(&date, fraction, NULL, time);
}

/* By the format that was given: strptime does the parts before and behind %f. */
static bool take_given(const char *format, const char *at, int64_t *time)
{
    struct tm date = {.tm_year = 70, .tm_mday = 1};
    const char *split = strstr(format, "%f");
    size_t len = split ? (size_t)(split - format) : strlen(format);
    char head[TIME_SHOWN];
    int64_t fraction = 0;
    long east = 0;

    if (len >= sizeof head)
        return false;
    memcpy(head, format, len);
    head[len] = '\0';
    at = strptime(at, head, &date);
    if (at && split) {
        if (!take_fraction(&at, &fraction))
            return false;
        at = strptime(at, split + 2, &date);
    }
    if (!at)
        return false;
    east = date.tm_gmtoff;
    if (strstr(format, "%z") || format[strlen(format) - 1] == 'Z')
        return time_of(&date, fraction, &east, time);
    return time_of(&date, fraction, NULL, time);
}

static bool take_time(const hextext *h, const char *at, int64_t *time)
{
    if (h->time_format)
        return take_given(h->time_format, at, time);
    return take_usual(at, time) || take_seconds(at, time);
}

/* Looks for a time, behind an I or O (text2pcap -D) or the number of a packet (tcpdump -#). */
static bool find_time(
    const hextext *h, const struct line *line, int64_t *time, tapir_direction *way)
{
    char copy[TIME_SHOWN], *at = copy;
    size_t len = (size_t)(line->end - line->start);

    if (len >= sizeof copy)
        len = sizeof copy - 1;
    memcpy(copy, line->start, len);
    copy[len] = '\0';
    at += strspn(at, " \t");
    *way = TAPIR_DIRECTION_UNKNOWN;
    if ((*at == 'I' || *at == 'O') && is_blank(at[1])) {
        *way = *at == 'I' ? TAPIR_DIRECTION_IN : TAPIR_DIRECTION_OUT;
        at += 1 + strspn(at + 1, " \t");
    }
    if (take_time(h, at, time))
        return true;
    len = strspn(at, "0123456789");
    return len && is_blank(at[len]) && take_time(h, at + len + strspn(at + len, " \t"), time);
}

static void note_time(hextext *h, const struct line *line)
{
    tapir_direction way;
    int64_t time;

    if (!find_time(h, line, &time, &way))
        return;
    h->next.time = time;
    h->next.has_time = true;
    h->next.direction = way;
}

/* Lines of digits. */

static bool is_separator(char c)
{
    return is_blank(c) || c == ':' || c == '-' || c == ',';
}

/* Passes what may stand between two bytes: separators, 0x and \x. */
static void skip_between(struct line *line)
{
    while (line->at < line->end && is_separator(*line->at))
        line->at++;
    if (line->end - line->at > 2 && (*line->at == '0' || *line->at == '\\') &&
        (line->at[1] | 0x20) == 'x')
        line->at += 2;
}

/* Reads the two digits of a byte; -1 when there are none. */
static int take_pair(struct line *line)
{
    int high = line->at < line->end ? digit_of(*line->at) : -1;
    int low = line->end - line->at > 1 ? digit_of(line->at[1]) : -1;

    if (high < 0 || low < 0)
        return -1;
    line->at += 2;
    return high << 4 | low;
}

/* Tells what is wrong where two digits were wanted. */
static tapir_status no_pair(tapir__file *file, const struct line *line)
{
    if (digit_of(*line->at) >= 0 && (line->end - line->at == 1 || is_separator(line->at[1])))
        return wrong(file, line, line->at, "'%c' is half a byte: two digits make one", *line->at);
    return no_number(file, line, line->at);
}

static tapir_status take_digits(tapir__file *file, struct line *line)
{
    tapir_status status = TAPIR_OK;

    begin_packet(file);
    skip_between(line);
    while (status == TAPIR_OK && line->at < line->end && *line->at != '#') {
        int byte = take_pair(line);
        if (byte < 0)
            return no_pair(file, line);
        status = add_byte(file, line, (uint8_t)byte);
        skip_between(line);
    }
    return status;
}

static bool all_digits(struct line line)
{
    skip_between(&line);
    if (line.at == line.end)
        return false;
    while (line.at < line.end && *line.at != '#') {
        if (take_pair(&line) < 0)
            return false;
        skip_between(&line);
    }
    return true;
}

/* Dumps. */

/* Reads an offset: digits, at least three, or 0x and any; then a colon, a blank or the line's end.
 * False, and nothing is read, when there is none. */
static bool take_offset(const hextext *h, struct line *line, uint64_t *offset)
{
    const char *at = line->at, *from;
    unsigned base = h->options.offset_base;
    size_t least = 3;

    while (at < line->end && (is_blank(*at) || *at == '>'))
        at++;
    if (line->end - at > 2 && *at == '0' && (at[1] | 0x20) == 'x') {
        at += 2;
        base = 16;
        least = 1;
    }
    from = at;
    *offset = 0;
    for (; at < line->end && digit_of(*at) >= 0; at++) {
        if (digit_of(*at) >= (int)base || at - from >= GROUP_DIGITS)
            return false;
        *offset = *offset * base + (unsigned)digit_of(*at);
    }
    if ((size_t)(at - from) < least || (at < line->end && *at != ':' && !is_blank(*at)))
        return false;
    line->at = at < line->end && *at == ':' ? at + 1 : at;
    return true;
}

/* How many characters the word at `at` has, and whether they are the digits of whole bytes. */
static size_t word_of(const struct line *line, bool *bytes)
{
    size_t len = 0;

    *bytes = true;
    for (; line->at + len < line->end && !is_blank(line->at[len]); len++)
        *bytes &= digit_of(line->at[len]) >= 0;
    *bytes &= len > 0 && len % 2 == 0 && len <= GROUP_DIGITS;
    return len;
}

/* Whether the characters of a dump begin behind `columns` blanks and `count` bytes. */
static bool row_ends(const hextext *h, size_t count, size_t columns, bool bytes)
{
    if (count == 0)
        return false;
    if (columns > 2)
        return true;
    if (columns == 2)
        return !bytes || count == FULL_ROW || count == h->width;
    return !bytes && count == FULL_ROW;
}

static tapir_status no_word(tapir__file *file, const struct line *line, size_t len)
{
    char word[SHOWN + 4];

    for (size_t i = 0; i < len; i++)
        if (digit_of(line->at[i]) < 0)
            return no_number(file, line, line->at);
    return wrong(file, line, line->at,
        len % 2 ? "'%s' has an odd number of digits" : "'%s' has too many digits for a dump",
        shown(line, line->at, word));
}

static tapir_status take_row(tapir__file *file, struct line *line)
{
    hextext *h = text_of(file);
    size_t count = 0;

    for (;;) {
        size_t columns = skip_blanks(line), len;
        bool bytes;

        if (line->at == line->end)
            return TAPIR_OK;
        len = word_of(line, &bytes);
        if (row_ends(h, count, columns, bytes))
            return TAPIR_OK;
        if (!bytes)
            return no_word(file, line, len);
        for (; len; len -= 2, count++) {
            tapir_status status = add_byte(file, line, (uint8_t)take_pair(line));
            if (status != TAPIR_OK)
                return status;
        }
    }
}

/* "*": rows like the last one, up to `offset`. */
static tapir_status repeat_row(tapir__file *file, const struct line *line, uint64_t offset)
{
    hextext *h = text_of(file);
    size_t width = h->len - h->row;
    tapir_status status = TAPIR_OK;

    while (status == TAPIR_OK && width && h->len < offset)
        status = add_byte(file, line, h->data[h->len - width]);
    return status;
}

/* What became of a line. */
enum outcome {
    TAKEN,  /* there may be more of the packet */
    ENDS,   /* the packet ends with it */
    BEFORE, /* the packet ended before it, and it is to be read again */
    FAILED
};

/* A row at `offset` of the packet that is open. Readers of characters that look like bytes are put
 * right by the offset of the next row. */
static enum outcome take_next_row(tapir__file *file, struct line *line, uint64_t offset)
{
    hextext *h = text_of(file);

    if (h->repeated && repeat_row(file, line, offset) != TAPIR_OK)
        return FAILED;
    h->repeated = false;
    skip_blanks(line);
    if (line->at == line->end) {
        h->len = (size_t)offset;
        return ENDS;
    }
    h->width = (size_t)offset - h->row;
    h->len = h->row = (size_t)offset;
    return take_row(file, line) == TAPIR_OK ? TAKEN : FAILED;
}

static enum outcome misplaced(tapir__file *file, const struct line *line, uint64_t offset)
{
    hextext *h = text_of(file);
    const char *at = line->start;

    while (is_blank(*at) || *at == '>')
        at++;
    if (h->open)
        wrong(
            file, line, at, "the offset is 0x%" PRIx64 " where 0x%zx was expected", offset, h->len);
    else
        wrong(file, line, at, "the offset is 0x%" PRIx64 ", but a packet begins with 0", offset);
    return FAILED;
}

/* tshark -x has dumps of what it put together, under lines as "Reassembled TCP (165 bytes):"; those
 * of frames are under "Frame (94 bytes):". */
static bool heads_made_up_bytes(const struct line *line)
{
    static const char tail[] = " bytes):", frame[] = "Frame (";
    size_t len = (size_t)(line->end - line->at), tail_len = sizeof tail - 1;

    return len > tail_len && memcmp(line->end - tail_len, tail, tail_len) == 0 &&
           memcmp(line->at, frame, len < sizeof frame - 1 ? len : sizeof frame - 1) != 0;
}

/* tcpdump -v dumps parts of packets, further to the right than packets. */
static bool is_part(const struct line *line)
{
    return line->at - line->start > 1 && *line->start == '\t' && line->end - line->at > 2 &&
           line->at[0] == '0' && line->at[1] == 'x';
}

/* Whether the row has its offset as tcpdump writes it. */
static bool is_tcpdump_row(const struct line *line)
{
    return line->at - line->start == 1 && *line->start == '\t' && line->end - line->at > 2 &&
           line->at[0] == '0' && line->at[1] == 'x';
}

/* Begins a packet. tcpdump shows what it does not know in a dump of its own, before the packet's:
 * of two without a word between only the second one is a packet. */
static enum outcome take_first_row(tapir__file *file, const struct line *line, struct line *row)
{
    hextext *h = text_of(file);
    bool ours = is_tcpdump_row(line), part = h->open && h->headed && ours && !h->after_text;

    if (h->open && !part)
        return BEFORE;
    if (part) {
        h->len = h->row = h->width = 0;
        h->repeated = false;
    } else {
        begin_packet(file);
        h->headed = h->after_text && ours;
    }
    h->after_text = false;
    return take_row(file, row) == TAPIR_OK ? TAKEN : FAILED;
}

static enum outcome take_text(hextext *h, const struct line *line)
{
    h->after_text = true;
    h->passing = heads_made_up_bytes(line);
    note_time(h, line);
    return TAKEN;
}

static enum outcome take_dump_line(tapir__file *file, struct line *line)
{
    hextext *h = text_of(file);
    struct line row = *line;
    uint64_t offset;
    bool bytes;

    if (h->time_format && find_time(h, line, &(int64_t){0}, &(tapir_direction){0}))
        return take_text(h, line);
    if (h->open && row.end - row.at == 1 && *row.at == '*') {
        h->repeated = true;
        return TAKEN;
    }
    if (!take_offset(h, &row, &offset))
        return take_text(h, line);
    if (h->passing || is_part(line))
        return TAKEN;
    if (offset == 0)
        return take_first_row(file, line, &row);
    if (h->open && offset > h->row && (offset <= h->len || (h->repeated && h->len > h->row)))
        return take_next_row(file, &row, offset);
    /* A number that is no offset at all: text, unless bytes follow. */
    skip_blanks(&row);
    word_of(&row, &bytes);
    if (bytes)
        return misplaced(file, line, offset);
    return take_text(h, line);
}

/* The text. */

/* Tells dumps from lines of digits by a line that is neither empty nor a comment. */
static tapir_hex_format recognise(const hextext *h, const struct line *line)
{
    struct line row = *line;
    tapir_direction way;
    uint64_t offset;
    int64_t time;

    if ((take_offset(h, &row, &offset) && offset == 0 && row.at < row.end) ||
        find_time(h, line, &time, &way) || !all_digits(*line))
        return TAPIR_HEX_DUMP;
    return TAPIR_HEX_LINES;
}

static enum outcome take_line(tapir__file *file, struct line *line)
{
    hextext *h = text_of(file);
    const void *nul = memchr(line->start, '\0', (size_t)(line->end - line->start));

    if (nul) {
        wrong(file, line, nul, "a NUL byte: this is no text");
        return FAILED;
    }
    while (line->at < line->end && is_blank(*line->at))
        line->at++;
    if (line->at == line->end || *line->at == '#') {
        h->passing &= line->at < line->end;
        h->headed &= line->at < line->end;
        return TAKEN;
    }
    if (h->options.format == TAPIR_HEX_AUTO)
        h->options.format = recognise(h, line);
    if (h->options.format == TAPIR_HEX_DUMP)
        return take_dump_line(file, line);
    return take_digits(file, line) == TAPIR_OK ? ENDS : FAILED;
}

/* Finds the line at file->at, without its end, and the length with it. TAPIR_END behind the last
 * one. */
static tapir_status find_line(tapir__file *file, struct line *line, size_t *len)
{
    hextext *h = text_of(file);

    for (;;) {
        size_t held = (size_t)(file->end - file->at);
        const uint8_t *stop =
            held > h->scanned ? memchr(file->at + h->scanned, '\n', held - h->scanned) : NULL;
        tapir_status status = TAPIR_CUT;

        line->start = line->at = (const char *)file->at;
        if (!stop && held <= h->longest_line) {
            h->scanned = held;
            /* A full buffer is asked for twice its size, lest it grow byte by byte. */
            status = tapir__file_need(file, held == file->buffer_len && held ? 2 * held : held + 1);
            if (status == TAPIR_OK || (size_t)(file->end - file->at) > held)
                continue;
            if (status != TAPIR_CUT)
                return tapir__file_stopped(file, status, "line", held + 1);
            line->start = line->at = (const char *)file->at;
        } else if (!stop) {
            return wrong(
                file, line, line->start, "a line of more than %zu characters", h->longest_line);
        }
        line->end = stop ? (const char *)stop : line->start + held;
        *len = (size_t)(line->end - line->start) + (stop != NULL);
        while (line->end > line->start && line->end[-1] == '\r')
            line->end--;
        return TAPIR_OK;
    }
}

/* The end of the text: a packet may still be open, and there should have been one. */
static tapir_status finish(tapir__file *file, tapir_frame *frame)
{
    hextext *h = text_of(file);

    if (h->open)
        return hand_out(file, frame);
    if (file->source.frames || h->options.format == TAPIR_HEX_LINES)
        return TAPIR_END;
    return tapir_error_set(&file->source.error, TAPIR_DAMAGED,
        "%s: has no packet in hexadecimal: no line of digits, no dump that begins with offset 0",
        file->name);
}

static tapir_status hextext_next(tapir_source *source, tapir_frame *frame)
{
    tapir__file *file = (tapir__file *)source;
    hextext *h = text_of(file);

    if (h->failure.code != TAPIR_OK) {
        source->error = h->failure;
        return h->failure.code;
    }
    for (;;) {
        struct line line;
        size_t len = 0;
        tapir_status status = find_line(file, &line, &len);
        enum outcome outcome;

        if (status == TAPIR_END)
            return finish(file, frame);
        if (status != TAPIR_OK)
            return status;
        outcome = take_line(file, &line);
        if (outcome == FAILED) {
            h->failure = source->error;
            return source->error.code;
        }
        if (outcome != BEFORE) {
            file->at += len;
            h->line++;
            h->scanned = 0;
        }
        if (outcome != TAKEN)
            return hand_out(file, frame);
    }
}

static void hextext_close(tapir_source *source)
{
    tapir__file *file = (tapir__file *)source;
    hextext *h = text_of(file);

    if (h) {
        free(h->data);
        free(h->time_format);
        free(h);
    }
    tapir__file_close(source);
}

static tapir_status hextext_open(tapir__file *file)
{
    static const tapir__source_kind kind = {
        .next = hextext_next,
        .stats = tapir__file_stats,
        .close = hextext_close,
    };

    file->hextext = NULL;
    file->single = (tapir_interface){.link_type = TAPIR_LINK_TYPE_ETHERNET, .time_resolution = 9};
    tapir__file_one_interface(file);
    file->source.format = "hex";
    file->source.kind = &kind;
    return TAPIR_OK;
}

/* Returns the options with every default filled in; older callers know fewer of them. */
static tapir_hex_options complete(const tapir_hex_options *given)
{
    tapir_hex_options options = {0};

    if (given)
        memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
    if (!options.offset_base)
        options.offset_base = 16;
    if (!options.max_packet)
        options.max_packet = TAPIR__DEFAULT_MAX_RECORD;
    if (options.max_packet > UINT32_MAX)
        options.max_packet = UINT32_MAX;
    return options;
}

static bool make_text(tapir__file *file, const tapir_hex_options *options)
{
    hextext *h = file->hextext = calloc(1, sizeof *h);

    if (!h)
        return false;
    h->options = *options;
    h->line = 1;
    h->longest_line = options->max_packet * WIDEST_BYTE + SPARE_LINE;
    if (options->has_link_type)
        file->single.link_type = options->link_type;
    if (options->time_format && *options->time_format) {
        h->time_format = strdup(options->time_format);
        return h->time_format != NULL;
    }
    return true;
}

static tapir_status open_text(tapir_source **source, const char *path, tapir_span bytes,
    const char *name, const tapir_hex_options *given, tapir_error *error)
{
    tapir_hex_options options = complete(given);
    tapir_status status;

    *source = NULL;
    if (options.offset_base != 8 && options.offset_base != 10 && options.offset_base != 16)
        return tapir_error_set(error, TAPIR_INVALID, "%s: offsets are to base 8, 10 or 16, not %u",
            name, options.offset_base);
    status = tapir__file_open_as(source, path, bytes, name, hextext_open, error);
    if (status != TAPIR_OK || make_text((tapir__file *)*source, &options))
        return status;
    tapir_source_close(*source);
    *source = NULL;
    return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", name);
}

tapir_status tapir_source_open_hex(
    tapir_source **source, const char *path, const tapir_hex_options *options, tapir_error *error)
{
    return open_text(source, path, tapir_span_of(NULL, 0), path, options, error);
}

tapir_status tapir_source_open_hex_memory(tapir_source **source, const void *data, size_t len,
    const char *name, const tapir_hex_options *options, tapir_error *error)
{
    return open_text(source, NULL, tapir_span_of(data, len), name, options, error);
}
