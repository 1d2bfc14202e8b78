/* Packets edited: layers changed, put in, taken out, and bytes rewritten in place. */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
    tapir_packet *packet, *again;
    tapir_edit *edit;
};

static int set_up(void **state)
{
    static struct fixture fixture;

    fixture.packet = tapir_packet_new(NULL);
    fixture.again = tapir_packet_new(NULL);
    fixture.edit = tapir_edit_new();
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    tapir_edit_free(f->edit);
    tapir_packet_free(f->packet);
    tapir_packet_free(f->again);
    return 0;
}

static tapir_frame start(struct fixture *f)
{
    static tapir_frame frame;

    frame = ethernet_frame(udp_frame, sizeof udp_frame, sizeof udp_frame);
    frame.time = 42;
    tapir_packet_start(f->packet, &frame);
    assert_int_equal(tapir_edit_start(f->edit, f->packet), TAPIR_OK);
    return frame;
}

/* Builds, decodes again and holds every checksum against what is right. */
static tapir_frame build(struct fixture *f)
{
    static tapir_frame built;
    size_t count;
    const tapir_layer *layers;
    tapir_error error = {.message = ""};

    if (tapir_edit_build(f->edit, NULL, &built, &error) != TAPIR_OK)
        fail_msg("%s", error.message);
    assert_int_equal(tapir_packet_decode(f->again, &built), TAPIR_OK);
    layers = tapir_packet_layers(f->again, &count);
    for (size_t i = 0; i < count; i++) {
        tapir_checksum checksum;
        if (tapir_packet_verify(f->again, &layers[i], &checksum) && checksum.present)
            assert_true(checksum.good);
    }
    return built;
}

static void a_changed_field_changes_its_checksums_only(void **state)
{
    struct fixture *f = *state;
    tapir_frame built;

    start(f);
    TAPIR_CHANGE(f->edit, ipv4)->ttl = 3;
    built = build(f);
    assert_int_equal(built.caplen, sizeof udp_frame);
    assert_int_equal(built.time, 42);
    for (size_t i = 0; i < sizeof udp_frame; i++)
        if (i != 22 && i != 24 && i != 25)
            assert_int_equal(built.data[i], udp_frame[i]);
    assert_int_equal(TAPIR_FIND(f->again, ipv4)->ttl, 3);
}

static void a_tag_goes_in_and_comes_out(void **state)
{
    struct fixture *f = *state;
    struct tapir_vlan tag = {.id = 42, .priority = 5};
    static uint8_t kept[128];
    tapir_frame built;

    start(f);
    assert_int_equal(tapir_edit_insert(f->edit, 1, &tapir_vlan_proto, &tag), TAPIR_OK);
    built = build(f);
    assert_int_equal(TAPIR_FIND(f->again, ethernet)->type, TAPIR_ETHER_TYPE_VLAN);
    assert_int_equal(TAPIR_FIND(f->again, vlan)->type, TAPIR_ETHER_TYPE_IPV4);
    assert_int_equal(TAPIR_FIND(f->again, vlan)->id, 42);
    assert_int_equal(built.caplen, 60); /* 4 bytes of padding less */
    memcpy(kept, built.data, built.caplen);
    built.data = kept;
    tapir_packet_start(f->packet, &built);
    assert_int_equal(tapir_edit_start(f->edit, f->packet), TAPIR_OK);
    tapir_edit_remove(f->edit, 1);
    built = build(f);
    assert_int_equal(built.caplen, sizeof udp_frame);
    assert_memory_equal(built.data, udp_frame, sizeof udp_frame);
}

static void a_tunnel_is_put_around_a_packet(void **state)
{
    struct fixture *f = *state;
    struct tapir_ethernet ethernet = {.dst = {1}, .src = {2}};
    struct tapir_ipv6 ipv6;
    struct tapir_udp udp = {.src_port = 1234, .dst_port = 4789};
    struct tapir_vxlan vxlan;
    size_t count;

    start(f);
    tapir_layer_init(&tapir_ipv6_proto, &ipv6);
    tapir_layer_init(&tapir_vxlan_proto, &vxlan);
    vxlan.vni = 7;
    assert_int_equal(tapir_edit_insert(f->edit, 0, &tapir_vxlan_proto, &vxlan), TAPIR_OK);
    assert_int_equal(tapir_edit_insert(f->edit, 0, &tapir_udp_proto, &udp), TAPIR_OK);
    assert_int_equal(tapir_edit_insert(f->edit, 0, &tapir_ipv6_proto, &ipv6), TAPIR_OK);
    assert_int_equal(tapir_edit_insert(f->edit, 0, &tapir_ethernet_proto, &ethernet), TAPIR_OK);
    assert_int_equal(build(f).caplen, 14 + 40 + 8 + 8 + 60);
    tapir_packet_layers(f->again, &count);
    assert_int_equal(count, 8);
    assert_int_equal(TAPIR_FIND(f->again, ipv6)->payload_length, 8 + 8 + 60);
}

static void another_payload_changes_lengths_and_padding(void **state)
{
    struct fixture *f = *state;
    static const uint8_t payload[100] = {1, 2, 3};

    start(f);
    assert_int_equal(tapir_edit_set_payload(f->edit, tapir_edit_count(f->edit),
                         tapir_span_of(payload, sizeof payload)),
        TAPIR_OK);
    assert_int_equal(build(f).caplen, 14 + 20 + 8 + 100);
    assert_int_equal(TAPIR_FIND(f->again, ipv4)->length, 128);
    assert_int_equal(TAPIR_FIND(f->again, udp)->length, 108);
    start(f);
    assert_int_equal(tapir_edit_set_payload(f->edit, 2, tapir_span_of(payload, 1)), TAPIR_OK);
    assert_int_equal(build(f).caplen, 60);
    assert_int_equal(TAPIR_FIND(f->again, udp)->length, 9);
}

static void what_is_to_be_kept_is_kept(void **state)
{
    struct fixture *f = *state;
    tapir_frame built;
    tapir_error error;

    start(f);
    TAPIR_CHANGE(f->edit, udp)->checksum = 0xdead;
    TAPIR_CHANGE(f->edit, udp)->length = 9;
    tapir_edit_keep(f->edit, 2, TAPIR_CHECKSUMS | TAPIR_LENGTHS);
    assert_int_equal(tapir_edit_build(f->edit, NULL, &built, &error), TAPIR_OK);
    tapir_packet_decode(f->again, &built);
    assert_int_equal(TAPIR_FIND(f->again, udp)->checksum, 0xdead);
    assert_int_equal(TAPIR_FIND(f->again, udp)->length, 9);
}

static void a_broken_layer_is_left_alone(void **state)
{
    struct fixture *f = *state;
    tapir_frame frame = ethernet_frame(udp_frame, 36, 60), built;

    tapir_packet_start(f->packet, &frame);
    assert_int_equal(tapir_edit_start(f->edit, f->packet), TAPIR_OK);
    assert_null(tapir_edit_change(f->edit, 2));
    assert_null(tapir_edit_change(f->edit, 99));
    assert_null(TAPIR_CHANGE(f->edit, tcp));
    TAPIR_CHANGE(f->edit, ipv4)->ttl = 1;
    assert_int_equal(tapir_edit_build(f->edit, NULL, &built, NULL), TAPIR_OK);
    assert_int_equal(built.caplen, 36);
    assert_int_equal(built.len, 60);
    assert_memory_equal(built.data + 34, udp_frame + 34, 2);
}

static void a_patch_updates_what_covers_it(void **state)
{
    struct fixture *f = *state;
    static const uint8_t address[] = {192, 0, 2, 1}, port[] = {0, 9};
    uint8_t data[sizeof udp_frame];
    tapir_frame frame = start(f);
    tapir_checksum checksum;

    memcpy(data, udp_frame, sizeof data);
    assert_int_equal(tapir_patch(f->packet, data, 26, tapir_span_of(address, 4)), TAPIR_OK);
    assert_int_equal(tapir_patch(f->packet, data, 36, tapir_span_of(port, 2)), TAPIR_OK);
    assert_int_equal(tapir_patch(f->packet, data, 43, tapir_span_of(port + 1, 1)), TAPIR_OK);
    frame.data = data;
    tapir_packet_decode(f->again, &frame);
    assert_int_equal(TAPIR_FIND(f->again, udp)->dst_port, 9);
    assert_int_equal(data[43], 9);
    assert_true(tapir_packet_verify(
        f->again, tapir_packet_find(f->again, &tapir_ipv4_proto, 0), &checksum));
    assert_true(checksum.good);
    assert_true(
        tapir_packet_verify(f->again, tapir_packet_find(f->again, &tapir_udp_proto, 0), &checksum));
    assert_true(checksum.good);
    assert_int_equal(
        tapir_patch(f->packet, data, sizeof data - 1, tapir_span_of(address, 2)), TAPIR_INVALID);
}

static void a_check_sequence_stays_right(void **state)
{
    struct fixture *f = *state;
    uint8_t data[sizeof udp_frame + 4];
    tapir_frame frame = ethernet_frame(data, sizeof data, sizeof data), built;
    uint32_t crc = tapir_crc32(0, tapir_span_of(udp_frame, sizeof udp_frame));

    memcpy(data, udp_frame, sizeof udp_frame);
    tapir_store_le(data + sizeof udp_frame, 4, crc);
    frame.fcs_len = 4;
    tapir_packet_start(f->packet, &frame);
    assert_int_equal(tapir_edit_start(f->edit, f->packet), TAPIR_OK);
    TAPIR_CHANGE(f->edit, ipv4)->id = 99;
    assert_int_equal(tapir_edit_build(f->edit, NULL, &built, NULL), TAPIR_OK);
    assert_int_equal(built.caplen, 64);
    assert_int_equal(
        tapir_load_le(built.data + 60, 4), tapir_crc32(0, tapir_span_of(built.data, 60)));
    tapir_packet_decode(f->packet, &frame);
    assert_int_equal(tapir_patch(f->packet, data, 0, tapir_span_of("\x02", 1)), TAPIR_OK);
    assert_int_equal(tapir_load_le(data + 60, 4), tapir_crc32(0, tapir_span_of(data, 60)));
}

/* Builds a TCP segment in a tunnel whose checksum comes out as zero, and writes that as all ones,
 * as adapters do. Returns its length. */
static size_t make_zero(uint8_t data[128])
{
    enum { CHECKSUM = 14 + 20 + 20 + 16 };
    struct tapir_ethernet ethernet = {.type = 0};
    struct tapir_ipv4 outer = {.src = {10, 0, 0, 1}, .ttl = 64}, inner = outer;
    struct tapir_tcp tcp = {.src_port = 80};
    const tapir_stack_layer stack[] = {TAPIR_LAYER(ethernet, &ethernet), TAPIR_LAYER(ipv4, &outer),
        TAPIR_LAYER(ipv4, &inner), TAPIR_LAYER(tcp, &tcp)};
    tapir_span built;

    assert_int_equal(tapir_build(stack, 4, NULL, data, 128, &built, NULL), TAPIR_OK);
    tcp.urgent = (uint16_t)tapir_load_be(built.data + CHECKSUM, 2);
    assert_int_equal(tapir_build(stack, 4, NULL, data, 128, &built, NULL), TAPIR_OK);
    assert_int_equal(tapir_load_be(built.data + CHECKSUM, 2), 0);
    memmove(data, built.data, built.len);
    tapir_store_be(data + CHECKSUM, 2, UINT16_MAX);
    return built.len;
}

static void a_zero_written_as_ones_stays_that(void **state)
{
    struct fixture *f = *state;
    uint8_t data[128];
    size_t len = make_zero(data);
    tapir_frame frame = ethernet_frame(data, len, len), built;

    tapir_packet_start(f->packet, &frame);
    assert_int_equal(tapir_edit_start(f->edit, f->packet), TAPIR_OK);
    TAPIR_CHANGE(f->edit, ipv4)->src[0] = 11;
    built = build(f);
    assert_int_equal(built.caplen, len);
    assert_memory_equal(built.data + 34, data + 34, len - 34);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_changed_field_changes_its_checksums_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_tag_goes_in_and_comes_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_tunnel_is_put_around_a_packet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            another_payload_changes_lengths_and_padding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_to_be_kept_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broken_layer_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_patch_updates_what_covers_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_check_sequence_stays_right, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_zero_written_as_ones_stays_that, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
