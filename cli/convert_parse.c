/* tapir convert: what its options' arguments mean. */
#include "convert.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

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
