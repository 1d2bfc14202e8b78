/* Names nearest to a mistyped one, by edit distance. */
#include "tapir/nearest.h"

#define NAME_MAX_LEN 80

static unsigned char folded(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Letters to insert, delete, change or swap with their neighbour (optimal string alignment), case
 * aside; `bound` + 1 when there are more than `bound`. */
static unsigned edit_distance(
    const char *a, size_t a_len, const char *b, size_t b_len, unsigned bound)
{
    unsigned rows[3][NAME_MAX_LEN + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];

    if (a_len > NAME_MAX_LEN || b_len > NAME_MAX_LEN ||
        (a_len > b_len ? a_len - b_len : b_len - a_len) > bound)
        return bound + 1;
    for (size_t j = 0; j <= b_len; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned *spare = before;
        unsigned smallest = row[0] = (unsigned)i;

        for (size_t j = 1; j <= b_len; j++) {
            bool same = folded(a[i - 1]) == folded(b[j - 1]);
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + !same);
            if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
                folded(a[i - 2]) == folded(b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
            smallest = least(smallest, row[j]);
        }
        if (smallest > bound)
            return bound + 1;
        before = last;
        last = row;
        row = spare;
    }
    return last[b_len];
}

/* "src" for "ip.src": what follows a dot, or the whole name begins with what was typed. */
static bool contains_word(const char *name, const char *wanted, size_t len)
{
    if (len < 2)
        return false;
    for (const char *at = name; at; at = strchr(at, '.')) {
        at += at != name;
        if (strncmp(at, wanted, len) == 0)
            return true;
    }
    return false;
}

void tapir_nearest_offer(tapir_nearest *nearest, const char *name)
{
    size_t len = strlen(nearest->wanted), i = nearest->count;
    unsigned bound = len < 5 ? 1 : len < 9 ? 2 : 3;
    unsigned distance = edit_distance(nearest->wanted, len, name, strlen(name), bound);

    /* A slip of the hand comes before a part of the name. */
    if (distance > bound && contains_word(name, nearest->wanted, len))
        distance = bound + 1 + (unsigned)least((unsigned)strlen(name), NAME_MAX_LEN);
    else if (distance > bound)
        return;
    for (size_t j = 0; j < nearest->count; j++)
        if (strcmp(nearest->names[j], name) == 0)
            return;
    while (i > 0 && nearest->distances[i - 1] > distance)
        i--;
    if (i == TAPIR_NEAREST_MAX)
        return;
    if (nearest->count < TAPIR_NEAREST_MAX)
        nearest->count++;
    for (size_t j = nearest->count - 1; j > i; j--) {
        nearest->names[j] = nearest->names[j - 1];
        nearest->distances[j] = nearest->distances[j - 1];
    }
    nearest->names[i] = name;
    nearest->distances[i] = distance;
}

void tapir_nearest_text(const tapir_nearest *nearest, tapir_text *text)
{
    for (size_t i = 0; i < nearest->count; i++) {
        tapir_text_put(text, i == 0 ? "; did you mean " : i + 1 == nearest->count ? " or " : ", ");
        tapir_text_put(text, nearest->names[i]);
    }
    if (nearest->count)
        tapir_text_char(text, '?');
}
