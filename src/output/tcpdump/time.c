/* The timestamp at the start of a line. */
#include "printer.h"

#include <time.h>

#define SECOND INT64_C(1000000000)

/* Splits into whole seconds, rounded down, and nanoseconds. */
static int64_t seconds_of(int64_t time, uint32_t *rest)
{
    int64_t seconds = time / SECOND, left = time % SECOND;

    *rest = (uint32_t)(left < 0 ? left + SECOND : left);
    return left < 0 ? seconds - 1 : seconds;
}

static char *two_digits(char *at, unsigned value)
{
    *at++ = (char)('0' + value / 10);
    *at++ = (char)('0' + value % 10);
    return at;
}

/* ".123456 " */
static void put_fraction(struct tapir_dump *p, uint32_t nanoseconds)
{
    char *text = tapir_text_reserve(p->out, 11), *at = text;
    uint32_t micro = nanoseconds / 1000, nano = nanoseconds % 1000;

    if (!at)
        return;
    *at++ = '.';
    at = two_digits(at, micro / 10000);
    at = two_digits(at, micro / 100 % 100);
    at = two_digits(at, micro % 100);
    if (p->options.nanoseconds) {
        *at++ = (char)('0' + nano / 100);
        at = two_digits(at, nano % 100);
    }
    *at++ = ' ';
    p->out->len += (size_t)(at - text);
}

static char *put_clock(char *at, unsigned hour, unsigned minute, unsigned second)
{
    at = two_digits(at, hour);
    *at++ = ':';
    at = two_digits(at, minute);
    *at++ = ':';
    return two_digits(at, second);
}

/* Writes the local time, with its date when asked, into the clock that packets of the same second
 * share. */
static void set_clock(struct tapir_dump *p, int64_t seconds)
{
    time_t time = (time_t)seconds;
    tapir_text text = tapir_text_fixed(p->clock_text, sizeof p->clock_text - 8);
    struct tm local;

    p->clock_second = seconds;
    p->clock_len = 0;
    if (!localtime_r(&time, &local))
        return;
    if (p->options.time == TAPIR_DUMP_DATE) {
        int year = local.tm_year + 1900;
        if (year < 0)
            tapir_text_int(&text, year);
        else
            tapir_text_uint_padded(&text, (uint64_t)year, 4);
        tapir_text_char(&text, '-');
        tapir_text_uint_padded(&text, (uint64_t)local.tm_mon + 1, 2);
        tapir_text_char(&text, '-');
        tapir_text_uint_padded(&text, (uint64_t)local.tm_mday, 2);
        tapir_text_char(&text, ' ');
    }
    p->clock_len = (uint8_t)(put_clock(p->clock_text + text.len, (unsigned)local.tm_hour,
                                 (unsigned)local.tm_min, (unsigned)local.tm_sec) -
                             p->clock_text);
}

/* "-00:00:01.000000 ", counted in days: hours start over after 24. */
static void put_difference(struct tapir_dump *p, int64_t difference)
{
    uint64_t length = difference < 0 ? (uint64_t)0 - (uint64_t)difference : (uint64_t)difference;
    unsigned of_day = (unsigned)(length / SECOND % 86400);
    char clock[8];

    tapir_text_char(p->out, difference < 0 ? '-' : ' ');
    put_clock(clock, of_day / 3600, of_day / 60 % 60, of_day % 60);
    tapir_text_bytes(p->out, clock, sizeof clock);
    put_fraction(p, (uint32_t)(length % SECOND));
}

/* Copies more than is kept: a copy of fixed length is one or two instructions. */
static void put_clock_text(struct tapir_dump *p)
{
    char *at = tapir_text_reserve(p->out, sizeof p->clock_text);

    if (!at)
        return;
    memcpy(at, p->clock_text, sizeof p->clock_text);
    p->out->len += p->clock_len;
}

void tapir__dump_time(struct tapir_dump *p, int64_t time)
{
    uint32_t rest;
    int64_t seconds = seconds_of(time, &rest);
    int64_t since;

    /* Differences are of what is shown: microseconds unless asked otherwise. */
    if (!p->options.nanoseconds)
        time -= rest % 1000;
    switch (p->options.time) {
    case TAPIR_DUMP_NO_TIME:
        return;
    case TAPIR_DUMP_SECONDS:
        tapir_text_int(p->out, seconds);
        put_fraction(p, rest);
        return;
    case TAPIR_DUMP_SINCE_PREVIOUS:
    case TAPIR_DUMP_SINCE_FIRST:
        if (p->first_time == 0)
            p->first_time = time;
        since = p->first_time;
        if (p->options.time == TAPIR_DUMP_SINCE_PREVIOUS)
            p->first_time = time;
        put_difference(p, (int64_t)((uint64_t)time - (uint64_t)since));
        return;
    default:
        if (seconds != p->clock_second)
            set_clock(p, seconds);
        put_clock_text(p);
        put_fraction(p, rest);
        return;
    }
}
