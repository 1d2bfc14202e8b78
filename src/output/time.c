/* Timestamps in words and in seconds. */
#include "tapir/output.h"

#define SECOND 1000000000

/* Whole seconds rounded down, and the nanoseconds left. */
static int64_t split(int64_t nanoseconds, uint32_t *rest)
{
    int64_t seconds = nanoseconds / SECOND, left = nanoseconds % SECOND;

    if (left < 0) {
        left += SECOND;
        seconds--;
    }
    *rest = (uint32_t)left;
    return seconds;
}

void tapir_time_text(tapir_text *text, int64_t nanoseconds)
{
    uint32_t rest;
    int64_t seconds = split(nanoseconds, &rest), days = seconds / 86400;
    int64_t of_day = seconds % 86400;

    if (of_day < 0) {
        of_day += 86400;
        days--;
    }
    /* Days since 0000-03-01 in eras of 400 years: the leap day is then the last of its year. */
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    uint32_t day = (uint32_t)(days - era * 146097);
    uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    uint32_t of_year = day - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * of_year + 2) / 153;
    int64_t calendar_year = year + era * 400 + (month >= 10);

    tapir_text_uint_padded(text, (uint64_t)calendar_year, 4);
    tapir_text_char(text, '-');
    tapir_text_uint_padded(text, month < 10 ? month + 3 : month - 9, 2);
    tapir_text_char(text, '-');
    tapir_text_uint_padded(text, of_year - (153 * month + 2) / 5 + 1, 2);
    tapir_text_char(text, 'T');
    tapir_text_uint_padded(text, (uint64_t)of_day / 3600, 2);
    tapir_text_char(text, ':');
    tapir_text_uint_padded(text, (uint64_t)of_day / 60 % 60, 2);
    tapir_text_char(text, ':');
    tapir_text_uint_padded(text, (uint64_t)of_day % 60, 2);
    tapir_text_char(text, '.');
    tapir_text_uint_padded(text, rest, 9);
    tapir_text_char(text, 'Z');
}

void tapir_epoch_text(tapir_text *text, int64_t nanoseconds)
{
    uint32_t rest;
    int64_t seconds = split(nanoseconds, &rest);

    /* -0.5 s is -1 s and half: print the magnitude, not the floor. */
    if (seconds < 0 && rest) {
        seconds++;
        rest = SECOND - rest;
        if (seconds == 0)
            tapir_text_char(text, '-');
    }
    tapir_text_int(text, seconds);
    tapir_text_char(text, '.');
    tapir_text_uint_padded(text, rest, 9);
}
