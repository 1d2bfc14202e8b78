/* Tags of PPPoE discovery, written and read back. */
#define ROOM 300
#include "put.h"

#define NOTHING tapir_span_of(NULL, 0)

static const uint8_t many[UINT16_MAX + 1];

/* The first tag of what was written, of which nothing may be left. */
static struct tapir_pppoe_tag only(void)
{
    struct tapir_pppoe pppoe = {.tags = tapir_written(&w, room)};
    struct tapir_pppoe_tag tag = {0}, more;
    tapir_walk walk = tapir_pppoe_tags(&pppoe);

    assert_false(w.failed);
    assert_non_null(tapir_walk_next(&walk, &tag));
    assert_null(tapir_walk_next(&walk, &more));
    assert_false(walk.in.failed);
    w = tapir_writer_of(room, sizeof room);
    return tag;
}

static void assert_tag(uint16_t type, const char *value)
{
    struct tapir_pppoe_tag tag = only();

    assert_int_equal(tag.type, type);
    assert_int_equal(tag.length, strlen(value));
    assert_memory_equal(tag.value.data, value, strlen(value));
}

static void text_is_read_back(void **state)
{
    (void)state;
    tapir_pppoe_put_service_name(&w, text("internet"));
    assert_tag(TAPIR_PPPOE_TAG_SERVICE_NAME, "internet");
    tapir_pppoe_put_service_name(&w, NOTHING);
    assert_tag(TAPIR_PPPOE_TAG_SERVICE_NAME, "");
    tapir_pppoe_put_ac_name(&w, text("ac-1"));
    assert_tag(TAPIR_PPPOE_TAG_AC_NAME, "ac-1");
    tapir_pppoe_put_service_error(&w, text("none"));
    assert_tag(TAPIR_PPPOE_TAG_SERVICE_ERROR, "none");
    tapir_pppoe_put_ac_error(&w, text("full"));
    assert_tag(TAPIR_PPPOE_TAG_AC_ERROR, "full");
    tapir_pppoe_put_generic_error(&w, text("bye"));
    assert_tag(TAPIR_PPPOE_TAG_GENERIC_ERROR, "bye");
}

static void bytes_are_read_back(void **state)
{
    struct tapir_pppoe_tag tag;

    (void)state;
    tapir_pppoe_put_host_uniq(&w, text("mine"));
    assert_tag(TAPIR_PPPOE_TAG_HOST_UNIQ, "mine");
    tapir_pppoe_put_ac_cookie(&w, text("cookie"));
    assert_tag(TAPIR_PPPOE_TAG_AC_COOKIE, "cookie");
    tapir_pppoe_put_relay_session(&w, text("relay"));
    assert_tag(TAPIR_PPPOE_TAG_RELAY_SESSION, "relay");
    tapir_pppoe_put_max_payload(&w, 0x3130);
    assert_tag(TAPIR_PPPOE_TAG_MAX_PAYLOAD, "10");
    tapir_pppoe_put_tag(&w, 0xfffe, text("anything"));
    assert_tag(0xfffe, "anything");
    tapir_pppoe_put_vendor(&w, TAPIR_PPPOE_VENDOR_BROADBAND_FORUM, text("\1\3abc"));
    tag = only();
    assert_int_equal(tag.type, TAPIR_PPPOE_TAG_VENDOR);
    assert_int_equal(tag.length, 9);
    assert_int_equal(tag.as.vendor.id, TAPIR_PPPOE_VENDOR_BROADBAND_FORUM);
    assert_int_equal(tag.as.vendor.data.len, 5);
    tapir_pppoe_put_end(&w);
    assert_tag(TAPIR_PPPOE_TAG_END, "");
}

static void tags_stand_one_behind_the_other(void **state)
{
    static const uint8_t expected[] = "\x01\x01\x00\x00"
                                      "\x01\x03\x00\x01z"
                                      "\x01\x05\x00\x06\x00\x00\x0d\xe9hi"
                                      "\x01\x20\x00\x02\x05\xd4"
                                      "\x00\x00\x00\x00";
    tapir_span written;

    (void)state;
    tapir_pppoe_put_service_name(&w, NOTHING);
    tapir_pppoe_put_host_uniq(&w, text("z"));
    tapir_pppoe_put_vendor(&w, 3561, text("hi"));
    tapir_pppoe_put_max_payload(&w, 1492);
    tapir_pppoe_put_end(&w);
    written = tapir_written(&w, room);
    assert_int_equal(written.len, sizeof expected - 1);
    assert_memory_equal(written.data, expected, written.len);
}

static void what_is_too_wide_fails(void **state)
{
    static uint8_t wide_room[UINT16_MAX + 16];

    (void)state;
    tapir_pppoe_put_tag(&w, 65536, NOTHING);
    assert_failed();
    tapir_pppoe_put_max_payload(&w, 65536);
    assert_failed();
    tapir_pppoe_put_vendor(&w, 1ull << 32, NOTHING);
    assert_failed();
    tapir_pppoe_put_ac_name(&w, tapir_span_of(many, sizeof room));
    assert_failed();
    w = tapir_writer_of(wide_room, sizeof wide_room);
    tapir_pppoe_put_ac_cookie(&w, tapir_span_of(many, UINT16_MAX));
    assert_false(w.failed);
    w = tapir_writer_of(wide_room, sizeof wide_room);
    tapir_pppoe_put_ac_cookie(&w, tapir_span_of(many, UINT16_MAX + 1));
    assert_true(w.failed);
    w = tapir_writer_of(wide_room, sizeof wide_room);
    tapir_pppoe_put_vendor(&w, 9, tapir_span_of(many, UINT16_MAX - 3));
    assert_true(w.failed);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_is_read_back),
        TEST(bytes_are_read_back),
        TEST(tags_stand_one_behind_the_other),
        TEST(what_is_too_wide_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
