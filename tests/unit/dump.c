/* tcpdump's lines, where they are particular. That they are tcpdump's at large is checked by
 * tests/oracle. */
#include "shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tapir/dump.h"

#define MACS "020000000001 001122334455 "
#define Z16  "00000000000000000000000000000000"

static struct shown shown;

/* The lines of a frame, the frame's time left out. */
static const char *lines(unsigned verbosity, bool link_header, uint16_t link_type, const char *hex)
{
    const tapir_dump_options options = {.size = sizeof options,
        .verbosity = verbosity,
        .time = TAPIR_DUMP_NO_TIME,
        .link_header = link_header,
        .numeric = true};
    tapir_dump *dump = tapir_dump_new(&options);

    show(&shown, link_type, hex, 0);
    shown.text = tapir_text_fixed(shown.buffer, sizeof shown.buffer);
    tapir_dump_packet(dump, &shown.text, shown.packet);
    tapir_dump_free(dump);
    return tapir_text_string(&shown.text);
}

static int free_shown(void **state)
{
    (void)state;
    tapir_packet_free(shown.packet);
    return 0;
}

static void frame_relay_addresses_are_connections(void **state)
{
#define REPLY(octets, address)                                                                     \
    lines(0, false, 1,                                                                             \
        MACS "0806 000f 0800 " octets "04 0002 " address "c0000201" address "c6336402")
    (void)state;
    assert_string_equal(REPLY("02", "1841"), "ARP, Reply 192.0.2.1 is-at DLCI 100, length 20\n");
    assert_string_equal(REPLY("03", "184021"), "ARP, Reply 192.0.2.1 is-at DLCI 6408, length 22\n");
    assert_string_equal(
        REPLY("04", "18402023"), "ARP, Reply 192.0.2.1 is-at DLCI 820232, length 24\n");
    assert_string_equal(REPLY("02", "1840"), "ARP, Reply 192.0.2.1 is-at <Truncated>, length 20\n");
    assert_string_equal(
        REPLY("04", "18402022"), "ARP, Reply 192.0.2.1 is-at <Invalid DLCI>, length 24\n");
    assert_string_equal(
        REPLY("01", "19"), "ARP, Reply 192.0.2.1 is-at <Invalid DLCI>, length 18\n");
#undef REPLY
}

static void a_length_too_short_for_llc_ends_the_line(void **state)
{
    (void)state;
    assert_string_equal(lines(0, false, 1, MACS "0000 424203"), " [|llc]\n");
    assert_string_equal(lines(0, false, 1, MACS "0002 424203"),
        " [|llc]\n\t0x0000:  4242                                     BB\n");
    assert_string_equal(lines(0, true, 1, MACS "0000 424203"),
        "00:11:22:33:44:55 > 02:00:00:00:00:01, 802.3, length 0:  [|llc]\n");
    assert_string_equal(lines(0, true, 1, MACS "8100 0007 0000 424203"),
        "00:11:22:33:44:55 > 02:00:00:00:00:01, ethertype 802.1Q (0x8100), length 21: vlan 7, p 0, "
        "802.3 [|llc]\n");
}

/* Of a router solicitation with a search list; the options begin at its 8th byte. */
static const char *search_list(const char *domains)
{
    char hex[512];
    const char *line;

    snprintf(hex, sizeof hex,
        "60000000 0020 3aff" Z16 Z16 "8500 0000 00000000 1f03 0000 00000258 %s", domains);
    line = strstr(lines(1, false, 101, hex), "domain(s):");
    return line ? line : "";
}

static void names_of_a_search_list_follow_pointers(void **state)
{
    (void)state;
    assert_string_equal(search_list("016100016200 0000000000000000 0000"), "domain(s): a. b.\n");
    assert_string_equal(
        search_list("01610001 62c008 00 00000000000000 00"), "domain(s): a. b.a.\n");
    assert_string_equal(search_list("016100 80 00000000 0000000000000000"),
        "domain(s): a. <BAD LABEL TYPE> [|icmp6]\n");
    assert_string_equal(
        search_list("016100 c0ff 000000 0000000000000000"), "domain(s): a. <BAD PTR> [|icmp6]\n");
}

static void a_reason_that_goes_on_is_marked_so(void **state)
{
    static const char frame[] =
        "4500004a00000000400600000a0000010a000002 00500051 00000001 00000000"
        "50040000 00000000 " Z16 Z16;

    (void)state;
    assert_non_null(strstr(lines(1, false, 101, frame), "length 34 [!RST+ ^@"));
}

static void differences_start_over_after_a_packet_of_1970(void **state)
{
    const tapir_dump_options options = {
        .size = sizeof options, .time = TAPIR_DUMP_SINCE_PREVIOUS, .numeric = true};
    static const int64_t seconds[] = {10, 0, 7, 9};
    tapir_dump *dump = tapir_dump_new(&options);

    (void)state;
    show(&shown, 101, "45", 0);
    shown.text = tapir_text_fixed(shown.buffer, sizeof shown.buffer);
    for (size_t i = 0; i < TAPIR_COUNT(seconds); i++) {
        shown.frame.time = seconds[i] * 1000000000;
        tapir_packet_decode(shown.packet, &shown.frame);
        tapir_dump_packet(dump, &shown.text, shown.packet);
    }
    tapir_dump_free(dump);
    assert_string_equal(tapir_text_string(&shown.text),
        " 00:00:00.000000 IP  [|ip]\n-00:00:10.000000 IP  [|ip]\n"
        " 00:00:00.000000 IP  [|ip]\n 00:00:02.000000 IP  [|ip]\n");
}

static void the_caret_of_an_unknown_timestamp_stands_at_the_first(void **state)
{
#define OPTION(pointer) "4700001c000000000040 0000 0a000001 0a000002 4408 " pointer "0f 00000000"

    (void)state;
    assert_non_null(strstr(lines(1, false, 101, OPTION("01")), "[bad ts type 15] ^ }"));
    assert_non_null(strstr(lines(1, false, 101, OPTION("05")), "[bad ts type 15]}"));
#undef OPTION
}

static void a_checksum_that_was_not_there_ends_the_line(void **state)
{
    (void)state;
    assert_non_null(
        strstr(lines(1, false, 101, "45000017000000000001 0000 0a000001 0a000002 9c0055"),
            "ICMP type-#156, length 3 [|icmp]"));
}

static void headers_without_a_payload_length_are_printed(void **state)
{
#define IP6(next)  "60000000 0000 " next "40" Z16 Z16
#define DSTOPT(to) to "00 0104 00000000 "

    (void)state;
    assert_string_equal(lines(0, false, 101, IP6("3c") DSTOPT("3c") DSTOPT("11") "00010002"),
        "IP6 :: > ::: DSTOPT DSTOPT  [|ip6]\n");
    assert_string_equal(lines(0, false, 101, IP6("3c") DSTOPT("2c") "11000001 00000007 00"),
        "IP6 :: > ::: DSTOPT frag (0|18446744073709551600)  [|ip6]\n");
    assert_string_equal(
        lines(0, false, 101, IP6("11") "00010002 00080000"), "IP6 :: > :::  [|udp]\n");
#undef IP6
#undef DSTOPT
}

static void the_address_of_everybody_has_a_name(void **state)
{
    const tapir_dump_options options = {
        .size = sizeof options, .time = TAPIR_DUMP_NO_TIME, .link_header = true};
    tapir_dump *dump = tapir_dump_new(&options);

    (void)state;
    show(&shown, 1, "ffffffffffff fedcba987654 88b5 00", 0);
    shown.text = tapir_text_fixed(shown.buffer, sizeof shown.buffer);
    tapir_dump_packet(dump, &shown.text, shown.packet);
    tapir_dump_free(dump);
    assert_non_null(strstr(tapir_text_string(&shown.text), " > Broadcast, ethertype Unknown"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_relay_addresses_are_connections),
        cmocka_unit_test(a_length_too_short_for_llc_ends_the_line),
        cmocka_unit_test(names_of_a_search_list_follow_pointers),
        cmocka_unit_test(a_reason_that_goes_on_is_marked_so),
        cmocka_unit_test(differences_start_over_after_a_packet_of_1970),
        cmocka_unit_test(the_caret_of_an_unknown_timestamp_stands_at_the_first),
        cmocka_unit_test(a_checksum_that_was_not_there_ends_the_line),
        cmocka_unit_test(headers_without_a_payload_length_are_printed),
        cmocka_unit_test(the_address_of_everybody_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, free_shown);
}
