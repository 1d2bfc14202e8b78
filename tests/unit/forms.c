/* Packets as source code, each layer under its name; the other forms are tested with their reader.
 */
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const uint8_t arp[] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 1, 0x08, 0x06, /* Ethernet */
    0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2, /* ARP */
    0xaa /* padding */
};

static void assert_form(
    size_t len, tapir_form form, const tapir_form_options *options, const char *expected)
{
    tapir_frame frame = {.data = arp, .caplen = (uint32_t)len, .len = sizeof arp, .link_type = 1};
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_text text = {0};

    frame.number = 3;
    frame.time = 1767323045123456789;
    frame.has_time = true;
    tapir_packet_start(packet, &frame);
    tapir_form_packet(&text, packet, form, options);
    assert_string_equal(tapir_text_string(&text), expected);
    tapir_text_clear(&text);
    tapir_packet_free(packet);
}

static void code_names_every_layer(void **state)
{
    (void)state;
    assert_form(sizeof arp, TAPIR_FORM_C, NULL,
        "/* Packet 3, 2026-01-02T03:04:05.123456789Z, 43 bytes */\n"
        "static const uint8_t packet_3[43] = {\n"
        "    /* 0: Ethernet (eth) */\n"
        "    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01,\n"
        "    0x08, 0x06,\n"
        "    /* 14: Address Resolution Protocol (arp) */\n"
        "    0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00,\n"
        "    0x00, 0x01, 0x0a, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,\n"
        "    0x0a, 0x00, 0x00, 0x02,\n"
        "    /* 42: the rest */\n"
        "    0xaa,\n"
        "};\n");
    assert_form(16, TAPIR_FORM_GO, NULL,
        "// Packet 3, 2026-01-02T03:04:05.123456789Z, 16 of 43 bytes\n"
        "var packet3 = []byte{\n"
        "\t// 0: Ethernet (eth)\n"
        "\t0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01,\n"
        "\t0x08, 0x06,\n"
        "\t// 14: Address Resolution Protocol (arp), truncated\n"
        "\t0x00, 0x01,\n"
        "}\n");
    assert_form(16, TAPIR_FORM_PYTHON, &(tapir_form_options){.last = &tapir_ethernet_proto},
        "# Packet 3, 2026-01-02T03:04:05.123456789Z, 16 of 43 bytes\n"
        "packet_3 = bytes((\n"
        "    # 0: Ethernet (eth)\n"
        "    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01,\n"
        "    0x08, 0x06,\n"
        "    # 14: the rest\n"
        "    0x00, 0x01,\n"
        "))\n");
}

static void no_bytes_make_right_code_too(void **state)
{
    (void)state;
    assert_form(0, TAPIR_FORM_C, NULL,
        "/* Packet 3, 2026-01-02T03:04:05.123456789Z, 0 of 43 bytes */\n"
        "static const uint8_t packet_3[1] = {0}; /* of 0 bytes */\n");
    assert_form(0, TAPIR_FORM_HEX, NULL, "\n");
}

static void dump_has_time_and_characters(void **state)
{
    (void)state;
    assert_form(18, TAPIR_FORM_TEXT2PCAP, &(tapir_form_options){.ascii = true},
        "# Packet 3, 2026-01-02T03:04:05.123456789Z, 18 of 43 bytes\n"
        "2026-01-02T03:04:05.123456789Z\n"
        "000000 ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01   ................\n"
        "000010 08 00                                             ..\n"
        "000012\n\n");
}

static void every_form_has_a_name(void **state)
{
    (void)state;
    for (unsigned form = 0; form < TAPIR_FORM_COUNT; form++)
        assert_non_null(tapir_form_name((tapir_form)form));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_names_every_layer),
        cmocka_unit_test(no_bytes_make_right_code_too),
        cmocka_unit_test(dump_has_time_and_characters),
        cmocka_unit_test(every_form_has_a_name),
    };

    return cmocka_run_group_tests_name("forms", tests, NULL, NULL);
}
