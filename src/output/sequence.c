/* The shortest way from one sequence to another: Eugene W. Myers, An O(ND) Difference Algorithm and
 * Its Variations (1986), section 4b, in linear space and with an end to its patience. */
#include "sequence.h"

#include <stdlib.h>

#define NOWHERE  (-1)
#define PATIENCE ((uint64_t)1 << 26) /* comparisons: a fraction of a second */
#define MIDDLE   (TAPIR__MOST_STEPS + 2)

TAPIR_INLINE bool alike(const tapir__sequence *s, size_t a, size_t b)
{
    return s->a_words ? s->a_words[a] == s->b_words[b] : s->a_bytes[a] == s->b_bytes[b];
}

static tapir_run_kind kind_of(size_t a_len, size_t b_len)
{
    return a_len && b_len ? TAPIR_RUN_REPLACED : a_len ? TAPIR_RUN_REMOVED : TAPIR_RUN_ADDED;
}

static tapir_run *append(tapir__sequence *s)
{
    size_t room = s->room ? 2 * s->room : 64;
    tapir_run *grown;

    if (s->count < s->room)
        return &s->runs[s->count++];
    grown = s->failed ? NULL : realloc(s->runs, room * sizeof *grown);
    if (!grown) {
        s->failed = true;
        return NULL;
    }
    s->runs = grown;
    s->room = room;
    return &s->runs[s->count++];
}

void tapir__sequence_add(tapir__sequence *s, bool same, size_t a_len, size_t b_len)
{
    tapir_run *last = s->count ? &s->runs[s->count - 1] : NULL;
    size_t a = last ? last->a + last->a_len : 0, b = last ? last->b + last->b_len : 0;

    if (a_len == 0 && b_len == 0)
        return;
    if (!last || (last->kind == TAPIR_RUN_SAME) != same) {
        last = append(s);
        if (!last)
            return;
        *last = (tapir_run){.a = a, .b = b};
    }
    last->a_len += a_len;
    last->b_len += b_len;
    last->kind = same ? TAPIR_RUN_SAME : kind_of(last->a_len, last->b_len);
}

/* Place by place. */
static void compare_in_place(tapir__sequence *s, const tapir__box *box)
{
    size_t a = box->a, b = box->b;

    for (; !s->coarse && a < box->a_end && b < box->b_end; a++, b++)
        tapir__sequence_add(s, alike(s, a, b), 1, 1);
    tapir__sequence_add(s, false, box->a_end - a, box->b_end - b);
}

/* A search from one end of a box: `reach` tells how far each diagonal was followed in A, seen from
 * that end. Diagonal k is where a - b == k. */
struct search {
    tapir__sequence *s;
    const tapir__box *box;
    int64_t a_len, b_len;
    int64_t *reach; /* [k], k from -MOST_STEPS - 2 */
    bool backward;
};

static bool alike_at(const struct search *search, int64_t a, int64_t b)
{
    const tapir__box *box = search->box;

    if (search->backward)
        return alike(search->s, box->a_end - 1 - (size_t)a, box->b_end - 1 - (size_t)b);
    return alike(search->s, box->a + (size_t)a, box->b + (size_t)b);
}

/* The farthest that one more step gets on diagonal k; NOWHERE when it leaves the box. */
static int64_t step_to(const struct search *search, int64_t k)
{
    int64_t across = search->reach[k - 1], down = search->reach[k + 1];
    int64_t a = across == NOWHERE || across == search->a_len ? NOWHERE : across + 1;

    return down != NOWHERE && down - k <= search->b_len && down > a ? down : a;
}

/* Follows what is alike from `a` on diagonal k. */
static int64_t slide(struct search *search, int64_t a, int64_t k)
{
    int64_t from = a;

    while (a < search->a_len && a - k < search->b_len && alike_at(search, a, a - k))
        a++;
    search->s->patience -= (uint64_t)(a - from) + 1 < search->s->patience ? (uint64_t)(a - from) + 1
                                                                          : search->s->patience;
    return a;
}

/* Where the two searches met: the start of the last stretch followed, in items of the box. */
struct meeting {
    int64_t a, b;
};

/* One more step on every diagonal inside the box; true when the other search was met. */
static bool advance(struct search *search, const struct search *other, int64_t steps,
    int64_t other_steps, struct meeting *meeting)
{
    int64_t delta = search->a_len - search->b_len;
    int64_t low = -steps, high = steps;

    if (steps > search->b_len)
        low = -search->b_len + ((steps - search->b_len) & 1);
    if (steps > search->a_len)
        high = search->a_len - ((steps - search->a_len) & 1);
    search->reach[-steps - 1] = search->reach[steps + 1] = NOWHERE;
    for (int64_t k = low; k <= high; k += 2) {
        int64_t from = steps ? step_to(search, k) : 0, a, k_there = delta - k;

        search->reach[k] = a = from == NOWHERE ? NOWHERE : slide(search, from, k);
        /* The other search has been on this diagonal when it may have got there, by parity. */
        if (a == NOWHERE || k_there < -other_steps || k_there > other_steps ||
            ((k_there ^ other_steps) & 1) || k_there < -search->b_len || k_there > search->a_len ||
            other->reach[k_there] == NOWHERE || a + other->reach[k_there] < search->a_len)
            continue;
        *meeting = (struct meeting){from, from - k};
        if (search->backward)
            *meeting = (struct meeting){search->a_len - a, search->b_len - (a - k)};
        return true;
    }
    return false;
}

/* Splits a box where a shortest way passes through, in halves that need about half of the steps
 * each; false when the ends are too far from each other. */
static bool split(tapir__sequence *s, const tapir__box *box, struct meeting *meeting)
{
    struct search forward = {s, box, (int64_t)(box->a_end - box->a), (int64_t)(box->b_end - box->b),
        s->forward + MIDDLE, false};
    struct search backward = forward;

    backward.reach = s->backward + MIDDLE;
    backward.backward = true;
    for (int64_t steps = 0; steps <= TAPIR__MOST_STEPS && s->patience; steps++) {
        if (advance(&forward, &backward, steps, steps - 1, meeting) ||
            advance(&backward, &forward, steps, steps, meeting))
            return true;
    }
    return false;
}

/* Takes off what is alike at both ends: the start is told at once, the length of the end returned.
 */
static size_t trim(tapir__sequence *s, tapir__box *box)
{
    size_t start = box->a, end = box->a_end;

    for (; box->a < box->a_end && box->b < box->b_end && alike(s, box->a, box->b); box->a++)
        box->b++;
    tapir__sequence_add(s, true, box->a - start, box->a - start);
    for (; box->a < box->a_end && box->b < box->b_end && alike(s, box->a_end - 1, box->b_end - 1);
         box->a_end--)
        box->b_end--;
    return end - box->a_end;
}

static void compare(tapir__sequence *s, size_t a_len, size_t b_len)
{
    struct {
        tapir__box box;
        size_t same; /* items alike behind it */
    } waiting[TAPIR__MOST_BOXES];
    size_t count = 1;

    s->count = 0;
    s->failed = false;
    s->patience = PATIENCE;
    waiting[0].box = (tapir__box){0, a_len, 0, b_len};
    waiting[0].same = 0;
    while (count && !s->failed) {
        tapir__box box = waiting[--count].box;
        size_t same = waiting[count].same + trim(s, &box);
        struct meeting at;

        if (box.a == box.a_end || box.b == box.b_end || count + 2 > TAPIR__MOST_BOXES ||
            !split(s, &box, &at)) {
            compare_in_place(s, &box);
            tapir__sequence_add(s, true, same, same);
            continue;
        }
        waiting[count].box =
            (tapir__box){box.a + (size_t)at.a, box.a_end, box.b + (size_t)at.b, box.b_end};
        waiting[count++].same = same;
        waiting[count].box = (tapir__box){box.a, box.a + (size_t)at.a, box.b, box.b + (size_t)at.b};
        waiting[count++].same = 0;
    }
    if (s->failed)
        s->count = 0;
}

void tapir__sequence_bytes(tapir__sequence *s, tapir_span a, tapir_span b)
{
    s->a_bytes = a.data;
    s->b_bytes = b.data;
    s->a_words = s->b_words = NULL;
    compare(s, a.len, b.len);
}

void tapir__sequence_words(
    tapir__sequence *s, const uint64_t *a, size_t a_len, const uint64_t *b, size_t b_len)
{
    static const uint64_t none;

    s->a_words = a_len ? a : &none;
    s->b_words = b_len ? b : &none;
    compare(s, a_len, b_len);
}

void tapir__sequence_clear(tapir__sequence *s)
{
    free(s->runs);
    *s = (tapir__sequence){0};
}
