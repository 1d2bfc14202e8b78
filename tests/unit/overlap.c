/* Overlap policies: names, and who wins in every way that two pieces can lie to each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tapir/overlap.h"

/* The old piece is from 10 to 20. */
static const struct relation {
    const char *what;
    unsigned start, end;
    const char *winners; /* letters of the policies by which the new piece wins */
} relations[] = {
    /* f(irst) l(ast) b(sd) r(ight) x (linux) w(indows) s(olaris) */
    {"before it, into it", 5, 15, "lbx"},
    {"before it, to its end", 5, 20, "lbrxs"},
    {"around it", 5, 25, "lbrxws"},
    {"from its beginning, into it", 10, 15, "lx"},
    {"the same place", 10, 20, "lrx"},
    {"from its beginning, behind it", 10, 25, "lrx"},
    {"inside it", 12, 18, "l"},
    {"inside it, to its end", 15, 20, "l"},
    {"from inside it, behind it", 15, 25, "lr"},
};

static const struct {
    char letter;
    tapir_overlap policy;
} policies[] = {
    {'d', TAPIR_OVERLAP_DEFAULT},
    {'f', TAPIR_OVERLAP_FIRST},
    {'l', TAPIR_OVERLAP_LAST},
    {'b', TAPIR_OVERLAP_BSD},
    {'r', TAPIR_OVERLAP_BSD_RIGHT},
    {'x', TAPIR_OVERLAP_LINUX},
    {'w', TAPIR_OVERLAP_WINDOWS},
    {'s', TAPIR_OVERLAP_SOLARIS},
    {'j', TAPIR_OVERLAP_REJECT},
};

static void each_policy_decides_each_overlap_as_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(relations); i++)
        for (size_t j = 0; j < TAPIR_COUNT(policies); j++) {
            const struct relation *r = &relations[i];
            bool wins = tapir_overlap_new_wins(policies[j].policy, r->start, r->end, 10, 20);
            if (wins != (strchr(r->winners, policies[j].letter) != NULL))
                fail_msg("%s: %s", tapir_overlap_name(policies[j].policy), r->what);
        }
}

static void every_policy_is_found_by_its_name(void **state)
{
    tapir_overlap found;

    (void)state;
    for (size_t j = 0; j < TAPIR_COUNT(policies); j++) {
        assert_true(tapir_overlap_find(tapir_overlap_name(policies[j].policy), &found));
        assert_int_equal(found, policies[j].policy);
    }
    assert_false(tapir_overlap_find("middle", &found));
    assert_null(tapir_overlap_name((tapir_overlap)99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_policy_decides_each_overlap_as_published),
        cmocka_unit_test(every_policy_is_found_by_its_name),
    };

    return cmocka_run_group_tests_name("overlap", tests, NULL, NULL);
}
