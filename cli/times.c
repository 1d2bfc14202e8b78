/* Times and durations on the command line, and the time that passes. */
#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

int64_t monotonic(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

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
