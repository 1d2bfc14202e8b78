/* Names nearest to a mistyped one. */
#include "tapir/nearest.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The hint for `wanted` among the usual names. */
static const char *hint(const char *wanted)
{
    static const char *const names[] = {"ip", "ipv6", "tcp", "udp", "ip.src", "ip.dst", "ip.addr",
        "ip.ttl", "tcp.srcport", "tcp.flags.syn", "udp.srcport", "ip.src"};
    static char buffer[256];
    tapir_text text = tapir_text_fixed(buffer, sizeof buffer);
    tapir_nearest nearest = tapir_nearest_to(wanted);

    for (size_t i = 0; i < TAPIR_COUNT(names); i++)
        tapir_nearest_offer(&nearest, names[i]);
    tapir_nearest_text(&nearest, &text);
    return tapir_text_string(&text);
}

static void a_slip_of_the_hand_is_near(void **state)
{
    (void)state;
    assert_string_equal(hint("ip.scr"), "; did you mean ip.src?");
    assert_string_equal(hint("tpc"), "; did you mean tcp?");
    assert_string_equal(hint("tcp.flag.syn"), "; did you mean tcp.flags.syn?");
    assert_string_equal(hint("TCP.SRCPORT"), "; did you mean tcp.srcport or udp.srcport?");
}

static void the_nearest_come_first_and_once(void **state)
{
    (void)state;
    assert_string_equal(hint("ip.sr"), "; did you mean ip.src or ip.dst?");
    assert_string_equal(hint("ip.adst"), "; did you mean ip.dst or ip.addr?");
}

static void a_part_of_a_name_is_near(void **state)
{
    (void)state;
    assert_string_equal(hint("syn"), "; did you mean tcp.flags.syn?");
    assert_string_equal(hint("ttl"), "; did you mean ip.ttl?");
    assert_string_equal(hint("srcport"), "; did you mean tcp.srcport or udp.srcport?");
}

static void what_is_not_near_is_not_named(void **state)
{
    static const char long_name[] =
        "a.name.that.is.much.longer.than.any.name.of.any.field.could.ever"
        ".be.in.any.of.the.tables.here";

    (void)state;
    assert_string_equal(hint("quite.another.thing"), "");
    assert_string_equal(hint(long_name), "");
    assert_string_equal(hint(""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_of_the_hand_is_near),
        cmocka_unit_test(the_nearest_come_first_and_once),
        cmocka_unit_test(a_part_of_a_name_is_near),
        cmocka_unit_test(what_is_not_near_is_not_named),
    };

    return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
