/* tapir convert: what its options' arguments mean. */
#include "convert.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

/* Reads digits and a fraction as nanoseconds, digits beyond them dropped; false when there are none
 * or they do not fit. */
static bool take_seconds(const char **text, int64_t *nanoseconds)
{
    const char *at = *text;
    int64_t whole = 0, fraction = 0, unit = SECOND / 10;
    bool any = false;

    for (; isdigit((unsigned char)*at); at++, any = true)
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, *at - '0', &whole))
            return false;
    if (*at == '.')
        for (at++; isdigit((unsigned char)*at); at++, any = true) {
            fraction += (*at - '0') * unit;
            unit /= 10;
        }
    *text = at;
    return any && !__builtin_mul_overflow(whole, SECOND, nanoseconds) &&
           !__builtin_add_overflow(*nanoseconds, fraction, nanoseconds);
}

bool parse_duration(const char *text, int64_t *nanoseconds)
{
    static const struct {
        const char *name;
        int64_t multiply, divide;
    } units[] = {{"", 1, 1}, {"s", 1, 1}, {"ms", 1, 1000}, {"us", 1, 1000000}, {"ns", 1, SECOND},
        {"m", 60, 1}, {"h", 3600, 1}, {"d", 86400, 1}};
    bool negative = *text == '-';

    if (*text == '-' || *text == '+')
        text++;
    if (!take_seconds(&text, nanoseconds))
        return false;
    for (size_t i = 0; i < TAPIR_COUNT(units); i++)
        if (strcmp(text, units[i].name) == 0) {
            if (__builtin_mul_overflow(*nanoseconds, units[i].multiply, nanoseconds))
                return false;
            *nanoseconds /= units[i].divide;
            *nanoseconds = negative ? -*nanoseconds : *nanoseconds;
            return true;
        }
    return false;
}

/* "Z", "+01:00", "-0730"; nothing: `date` is local time. */
static bool take_zone(const char **text, struct tm *date, time_t *seconds)
{
    const char *at = *text;
    int sign = *at == '-' ? -1 : 1, hours, minutes, len = 0;
    struct tm local = *date;

    local.tm_isdst = -1;
    if (!*at) {
        *seconds = mktime(&local);
        return *seconds != -1 || local.tm_year == 69;
    }
    *seconds = timegm(date);
    if (*at == 'Z' || *at == 'z') {
        *text = at + 1;
        return true;
    }
    if ((*at != '+' && *at != '-') ||
        (sscanf(at + 1, "%2d:%2d%n", &hours, &minutes, &len) != 2 &&
            sscanf(at + 1, "%2d%2d%n", &hours, &minutes, &len) != 2) ||
        len == 0)
        return false;
    *seconds -= sign * (hours * 3600 + minutes * 60);
    *text = at + 1 + len;
    return true;
}

static bool parse_date(const char *text, int64_t *time)
{
    struct tm date = {0}, check;
    int64_t fraction = 0;
    time_t seconds;
    char between;
    int len = 0;

    if (sscanf(text, "%4d-%2d-%2d%c%2d:%2d:%2d%n", &date.tm_year, &date.tm_mon, &date.tm_mday,
            &between, &date.tm_hour, &date.tm_min, &date.tm_sec, &len) != 7 ||
        !strchr("Tt _", between) || len == 0)
        return false;
    text += len;
    if (*text == '.' && (!isdigit((unsigned char)text[1]) || !take_seconds(&text, &fraction)))
        return false;
    date.tm_year -= 1900;
    date.tm_mon -= 1;
    check = date;
    if (timegm(&check) == -1 && check.tm_year != 69)
        return false;
    if (check.tm_mday != date.tm_mday || check.tm_mon != date.tm_mon ||
        check.tm_hour != date.tm_hour || date.tm_sec > 60)
        return false; /* the 31st of June and its like */
    return take_zone(&text, &date, &seconds) && !*text &&
           !__builtin_mul_overflow((int64_t)seconds, SECOND, time) &&
           !__builtin_add_overflow(*time, fraction, time);
}

bool parse_instant(const char *text, struct instant *instant)
{
    const char *at = text;

    instant->given = true;
    instant->relative = *text == '+';
    if (instant->relative)
        return parse_duration(text, &instant->time);
    return parse_date(text, &instant->time) || (take_seconds(&at, &instant->time) && !*at);
}

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

static int compare_ranges(const void *a, const void *b)
{
    const struct range *left = a, *right = b;

    return left->first < right->first ? -1 : left->first > right->first;
}

/* Sorts the ranges and makes one of those that touch. */
static void join_ranges(struct ranges *ranges)
{
    size_t kept = 0;

    qsort(ranges->list, ranges->count, sizeof *ranges->list, compare_ranges);
    for (size_t i = 1; i < ranges->count; i++) {
        struct range *last = &ranges->list[kept], next = ranges->list[i];
        if (last->last == UINT64_MAX || next.first <= last->last + 1)
            last->last = next.last > last->last ? next.last : last->last;
        else
            ranges->list[++kept] = next;
    }
    ranges->count = kept + 1;
}

/* Reads "12", "12-", "-12" or "12-20" up to a comma or the end. */
static bool parse_range(const char *text, size_t len, struct range *range)
{
    const char *dash = memchr(text, '-', len);
    size_t head = dash ? (size_t)(dash - text) : len, tail = dash ? len - head - 1 : 0;
    char first[24] = "", last[24] = "";

    if (len == 0 || head >= sizeof first || tail >= sizeof last || (dash && !head && !tail))
        return false;
    memcpy(first, text, head);
    memcpy(last, text + len - tail, tail);
    *range = (struct range){1, UINT64_MAX};
    if (head && !parse_number(first, 1, UINT64_MAX, &range->first))
        return false;
    if (!dash)
        range->last = range->first;
    return !tail || parse_number(last, range->first, UINT64_MAX, &range->last);
}

bool parse_ranges(const char *text, struct ranges *ranges)
{
    for (;;) {
        size_t len = strcspn(text, ",");
        struct range *list = realloc(ranges->list, (ranges->count + 1) * sizeof *ranges->list);

        if (!list)
            return false;
        ranges->list = list;
        if (!parse_range(text, len, &list[ranges->count]))
            return false;
        ranges->count++;
        if (!text[len])
            break;
        text += len + 1;
    }
    join_ranges(ranges);
    return true;
}

bool add_note(const char *text, struct notes *notes)
{
    size_t len = strcspn(text, ":");
    char number[24];
    struct note *list = realloc(notes->list, (notes->count + 1) * sizeof *list);

    if (!list)
        return false;
    notes->list = list;
    if (text[len] != ':' || len >= sizeof number || strlen(text + len + 1) > UINT16_MAX)
        return false;
    memcpy(number, text, len);
    number[len] = '\0';
    if (!parse_number(number, 1, UINT64_MAX, &list[notes->count].number))
        return false;
    list[notes->count++].text = text + len + 1;
    return true;
}

static int compare_notes(const void *a, const void *b)
{
    const struct note *left = a, *right = b;

    return left->number < right->number ? -1 : left->number > right->number;
}

void sort_notes(struct notes *notes)
{
    if (notes->count)
        qsort(notes->list, notes->count, sizeof *notes->list, compare_notes);
}
