/* Packets from text, as a library: counts, places of errors, bounds, registries of one's own. */
#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static tapir_craft *craft_of(const char *text)
{
    tapir_craft *craft;
    tapir_error error;

    if (tapir_craft_new(&craft, NULL, text, &error) != TAPIR_OK)
        fail_msg("%s: %s", text, error.message);
    return craft;
}

static void counts_of_packets(void **state)
{
    static const struct {
        const char *text;
        uint64_t count;
    } rows[] = {{"ip", 1}, {"ip(ttl=[1,2,5-7])", 5}, {"ip(src=10.0.0.0/8)", 1 << 24},
        {"ip(src=0.0.0.0/0,dst=0.0.0.0/0)", UINT64_MAX}, {"ipv6(src=::/0)", UINT64_MAX},
        {"ipv6(src=::/65)", (uint64_t)1 << 63}, {"ipv6(src=::-::ffff:ffff:ffff:fffe)", UINT64_MAX},
        {"ip(src=[0.0.0.0/0,10.0.0.1])", ((uint64_t)1 << 32) + 1},
        {"ip/udp(sport=1-9,dport=1-9)/data(load=['a','b'])", 162}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(rows); i++) {
        tapir_craft *craft = craft_of(rows[i].text);
        tapir_span bytes;
        tapir_error error;
        const uint64_t count = tapir_craft_count(craft);
        if (count != rows[i].count)
            print_error("%s: %llu\n", rows[i].text, (unsigned long long)count);
        assert_true(count == rows[i].count);
        /* The last one can be made at once, and there is none behind it. */
        assert_int_equal(tapir_craft_build(craft, count - 1, NULL, &bytes, &error), TAPIR_OK);
        assert_int_equal(tapir_craft_build(craft, count, NULL, &bytes, &error), TAPIR_INVALID);
        assert_int_equal(tapir_craft_build(craft, count, NULL, &bytes, NULL), TAPIR_INVALID);
        tapir_craft_free(craft);
    }
}

static void packets_are_made_in_any_order(void **state)
{
    tapir_craft *craft = craft_of("ip(src=10.0.0.250-10.0.1.5)");
    tapir_span bytes;

    (void)state;
    for (uint64_t i = tapir_craft_count(craft); i-- > 0;) {
        assert_int_equal(tapir_craft_build(craft, i, NULL, &bytes, NULL), TAPIR_OK);
        assert_int_equal(tapir_load_be(bytes.data + 12, 4), 0x0a0000fa + i);
    }
    tapir_craft_free(craft);
}

static void link_types_are_those_of_the_outermost_layer(void **state)
{
    static const struct {
        const char *text;
        uint16_t type;
    } rows[] = {{"eth", TAPIR_LINK_TYPE_ETHERNET}, {"ip", TAPIR_LINK_TYPE_RAW},
        {"ipv6", TAPIR_LINK_TYPE_RAW}, {"sll/ip", TAPIR_LINK_TYPE_LINUX_SLL},
        {"'x'", TAPIR_LINK_TYPE_UNKNOWN}, {"vxlan", TAPIR_LINK_TYPE_UNKNOWN}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(rows); i++) {
        tapir_craft *craft = craft_of(rows[i].text);
        assert_int_equal(tapir_craft_link_type(craft), rows[i].type);
        tapir_craft_free(craft);
    }
}

static void errors_have_their_status_and_place(void **state)
{
    static const struct {
        const char *text;
        tapir_status status;
        uint64_t offset;
    } rows[] = {{"", TAPIR_INVALID, 0}, {"eth/xyz", TAPIR_NOT_FOUND, 4},
        {"ip(xyz=1)", TAPIR_NOT_FOUND, 3}, {"ip(ttl=256)", TAPIR_TOO_WIDE, 7},
        {"ip(ttl=x)", TAPIR_INVALID, 7}, {"ip/'x", TAPIR_INVALID, 3},
        {"ip/tcp(options=[xyz])", TAPIR_NOT_FOUND, 16}, {"ip(keep=xyz)", TAPIR_NOT_FOUND, 8}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(rows); i++) {
        tapir_craft *craft = (tapir_craft *)&craft;
        tapir_error error;
        assert_int_equal(tapir_craft_new(&craft, NULL, rows[i].text, &error), rows[i].status);
        assert_null(craft);
        assert_int_equal(error.code, rows[i].status);
        assert_int_equal(error.offset, rows[i].offset);
        assert_int_equal(tapir_craft_new(&craft, NULL, rows[i].text, NULL), rows[i].status);
    }
    tapir_craft_free(NULL);
}

static void what_cannot_be_built_has_its_layers_place(void **state)
{
    tapir_craft *craft = craft_of("eth / ip / icmpv6");
    tapir_span bytes;
    tapir_error error;

    (void)state;
    assert_int_equal(tapir_craft_build(craft, 0, NULL, &bytes, &error), TAPIR_INVALID);
    assert_int_equal(error.offset, 11);
    tapir_craft_free(craft);
}

/* A text of `count` times `piece` behind `head`. */
static char *long_text(const char *head, const char *piece, size_t count)
{
    char *text = malloc(strlen(head) + strlen(piece) * count + 1), *at = text;

    assert_non_null(text);
    at += sprintf(at, "%s", head);
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, "%s", piece);
    return text;
}

static void hostile_texts_end_soon(void **state)
{
    static const struct {
        const char *head, *piece;
        size_t count;
        tapir_status status;
    } rows[] = {{"ip", "/ip", 100000, TAPIR_TOO_DEEP}, {"", "(", 1000000, TAPIR_INVALID},
        {"ip/tcp(options=[mss(", "((", 1000000, TAPIR_INVALID},
        {"ip(ttl=[", "1,", 1000000, TAPIR_INVALID},
        {"ip/tcp(options=[", "nop,", 1000000, TAPIR_NO_ROOM},
        {"ip/sctp(chunks=[init(1,parameters=[", "ecn,", 1000000, TAPIR_NO_ROOM},
        {"ip/sctp(chunks=[abort([restart([", "ipv4(10.0.0.1),", 1000000, TAPIR_NO_ROOM},
        {"ip/sctp(chunks=[init(1,parameters=", "[", 1000000, TAPIR_INVALID},
        {"ip(", "src=10.0.0.1,", 500000, TAPIR_TOO_WIDE}, {"'x'", "/'y'*65536", 127, TAPIR_OK},
        {"'", "x", 10000000, TAPIR_INVALID}};

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(rows); i++) {
        char *text = long_text(rows[i].head, rows[i].piece, rows[i].count);
        tapir_craft *craft;
        tapir_error error = {.message = ""};
        tapir_status status = tapir_craft_new(&craft, NULL, text, &error);
        tapir_span bytes;
        if (status != rows[i].status)
            print_error("%.30s...: %s\n", text, error.message);
        assert_int_equal(status, rows[i].status);
        if (craft) /* more than a builder takes */
            assert_int_equal(tapir_craft_build(craft, 0, NULL, &bytes, &error), TAPIR_NO_ROOM);
        tapir_craft_free(craft);
        free(text);
    }
}

struct lamp {
    uint8_t color;
    uint16_t brightness;
};

static const tapir_field lamp_fields[] = {
    TAPIR_FIELD(lamp, color, "lamp.color", TAPIR_UINT, 8, "Color"),
    TAPIR_FIELD(lamp, brightness, "lamp.brightness", TAPIR_UINT, 16, "Brightness")};

static tapir_status lamp_decode(tapir_decoder *d, void *layer)
{
    struct lamp *lamp = layer;

    TAPIR_LOAD(&d->in, lamp, lamp_fields);
    return TAPIR_OK;
}

static tapir_status lamp_encode(tapir_encoder *e, const void *layer)
{
    const struct lamp *lamp = layer;

    tapir_open_header(e, 3);
    TAPIR_STORE(&e->out, lamp, lamp_fields);
    return TAPIR_OK;
}

static const tapir_binding lamp_bindings[] = {{TAPIR_UDP_PORT, 7777}};
static const tapir_proto lamp_proto = {.name = "lamp",
    .title = "Lamp",
    .spec = "",
    .role = TAPIR_ROLE_APPLICATION,
    TAPIR_FIELDS(lamp_fields),
    .size = sizeof(struct lamp),
    .decode = lamp_decode,
    .encode = lamp_encode,
    TAPIR_BINDINGS(lamp_bindings)};

static void protocols_of_programs_have_their_words(void **state)
{
    tapir_registry *registry = tapir_registry_new(tapir_registry_default());
    tapir_craft *craft;
    tapir_span bytes;

    (void)state;
    assert_int_equal(tapir_registry_add(registry, &lamp_proto), TAPIR_OK);
    assert_int_equal(
        tapir_craft_new(&craft, registry, "ip/udp/lamp(color=3,brightness=0x1234)", NULL),
        TAPIR_OK);
    assert_int_equal(tapir_craft_build(craft, 0, NULL, &bytes, NULL), TAPIR_OK);
    assert_int_equal(tapir_load_be(bytes.data + 22, 2), 7777);
    assert_memory_equal(bytes.data + 28, "\x03\x12\x34", 3);
    tapir_craft_free(craft);
    tapir_registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_packets),
        cmocka_unit_test(packets_are_made_in_any_order),
        cmocka_unit_test(link_types_are_those_of_the_outermost_layer),
        cmocka_unit_test(errors_have_their_status_and_place),
        cmocka_unit_test(what_cannot_be_built_has_its_layers_place),
        cmocka_unit_test(hostile_texts_end_soon),
        cmocka_unit_test(protocols_of_programs_have_their_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
