/* Filters: what matches, and the program written down. */
#include "capture.h"

#include <pcap/pcap.h>

static tapir_filter *compile(const char *expression, uint16_t link_type, uint32_t snaplen)
{
    tapir_filter *filter;
    tapir_error error;

    assert_int_equal(
        tapir_filter_new(&filter, expression, link_type, snaplen, true, &error), TAPIR_OK);
    return filter;
}

static void assert_text(const tapir_filter *filter, tapir_filter_style style, const char *expected)
{
    tapir_text text = {0};

    tapir_filter_text(filter, &text, style);
    assert_string_equal(tapir_text_string(&text), expected);
    tapir_text_clear(&text);
}

static void program_is_written_as_tcpdump_writes_it(void **state)
{
    tapir_filter *filter = compile("ip", TAPIR_LINK_TYPE_ETHERNET, 100);

    (void)state;
    assert_text(filter, TAPIR_FILTER_LISTING,
        "(000) ldh      [12]\n"
        "(001) jeq      #0x800           jt 2\tjf 3\n"
        "(002) ret      #100\n"
        "(003) ret      #0\n");
    assert_text(filter, TAPIR_FILTER_C,
        "{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000800 },\n"
        "{ 0x6, 0, 0, 0x00000064 },\n{ 0x6, 0, 0, 0x00000000 },\n");
    assert_text(filter, TAPIR_FILTER_NUMBERS, "4\n40 0 0 12\n21 0 1 2048\n6 0 0 100\n6 0 0 0\n");
    tapir_filter_free(filter);
}

static void empty_expression_accepts_frames_of_any_link_type(void **state)
{
    static const char *const expressions[] = {"", " \t\n"};
    const tapir_frame frame = {.data = (const uint8_t *)"x", .caplen = 1, .len = 1};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(expressions); i++) {
        tapir_filter *filter = compile(expressions[i], 999, 0);
        assert_true(tapir_filter_match(filter, &frame));
        assert_text(filter, TAPIR_FILTER_LISTING, "(000) ret      #262144\n");
        tapir_filter_free(filter);
    }
}

/* Some link types have another number in libpcap than in files. */
static void link_types_are_those_of_files(void **state)
{
    static const struct {
        uint16_t link_type;
        int dlt;
    } cases[] = {{100, DLT_ATM_RFC1483}, {101, DLT_RAW}, {102, DLT_SLIP_BSDOS},
        {103, DLT_PPP_BSDOS}, {106, DLT_ATM_CLIP}, {1, DLT_EN10MB}, {113, DLT_LINUX_SLL}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(cases); i++) {
        tapir_filter *filter = compile("ip", cases[i].link_type, 0);
        pcap_t *dead = pcap_open_dead(cases[i].dlt, 262144);
        struct bpf_program program;
        size_t count;
        const tapir_filter_instruction *ours = tapir_filter_program(filter, &count);

        assert_int_equal(pcap_compile(dead, &program, "ip", 1, PCAP_NETMASK_UNKNOWN), 0);
        assert_int_equal(count, program.bf_len);
        assert_memory_equal(ours, program.bf_insns, count * sizeof *ours);
        pcap_freecode(&program);
        pcap_close(dead);
        tapir_filter_free(filter);
    }
}

/* BSD's loopback header: an address family, which differs from system to system for IPv6, in the
 * byte order of the machine that captured. */
static void loopback_header_may_have_either_byte_order(void **state)
{
    static const uint8_t families[] = {24, 28, 30};
    tapir_filter *ipv6 = compile("ip6", TAPIR_LINK_TYPE_NULL, 0);
    tapir_filter *ipv4 = compile("ip", TAPIR_LINK_TYPE_NULL, 0);

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(families); i++) {
        uint8_t little[44] = {families[i]}, big[44] = {0, 0, 0, families[i]};
        tapir_frame frame = {.data = little, .caplen = sizeof little, .len = sizeof little};
        assert_true(tapir_filter_match(ipv6, &frame));
        assert_false(tapir_filter_match(ipv4, &frame));
        frame.data = big;
        assert_true(tapir_filter_match(ipv6, &frame));
        assert_false(tapir_filter_match(ipv4, &frame));
    }
    tapir_filter_free(ipv6);
    tapir_filter_free(ipv4);
}

static void only_kernels_know_what_is_not_in_the_frame(void **state)
{
    tapir_filter *filter;
    tapir_error error;

    (void)state;
    assert_int_equal(
        tapir_filter_new(&filter, "inbound", TAPIR_LINK_TYPE_ETHERNET, 0, true, &error),
        TAPIR_INVALID);
    assert_null(filter);
    assert_non_null(strstr(error.message, "when reading savefiles"));
    assert_int_equal(
        tapir_filter_new_live(&filter, "inbound", TAPIR_LINK_TYPE_ETHERNET, 0, true, &error),
        TAPIR_OK);
    tapir_filter_free(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_is_written_as_tcpdump_writes_it),
        cmocka_unit_test(empty_expression_accepts_frames_of_any_link_type),
        cmocka_unit_test(link_types_are_those_of_files),
        cmocka_unit_test(loopback_header_may_have_either_byte_order),
        cmocka_unit_test(only_kernels_know_what_is_not_in_the_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
