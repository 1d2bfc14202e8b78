/* The protocol hierarchy: paths, counts, order, the bound on paths. */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void add_frame(tapir_hierarchy *hierarchy, tapir_packet *packet, const tapir_frame *frame)
{
    tapir_packet_start(packet, frame);
    tapir_hierarchy_add(hierarchy, packet);
}

static void check_node(const tapir_hierarchy *hierarchy, const tapir_hierarchy_node **node,
    const char *name, uint32_t depth, uint64_t packets, uint64_t byte_count)
{
    *node = tapir_hierarchy_next(hierarchy, *node);
    assert_non_null(*node);
    assert_string_equal((*node)->proto->name, name);
    assert_int_equal((*node)->depth, depth);
    assert_int_equal((*node)->packets, packets);
    assert_int_equal((*node)->bytes, byte_count);
}

static void paths_are_counted_and_come_in_the_order_of_a_tree(void **state)
{
    tapir_hierarchy *hierarchy = tapir_hierarchy_new();
    tapir_packet *packet = tapir_packet_new(NULL);
    const tapir_hierarchy_node *node = NULL;
    uint8_t tcp[60];
    tapir_frame frame = ethernet_frame(udp_frame, 60, 60);

    (void)state;
    assert_null(tapir_hierarchy_next(hierarchy, NULL));
    add_frame(hierarchy, packet, &frame);
    memcpy(tcp, udp_frame, sizeof tcp);
    tcp[12] = 0x12; /* an EtherType that nobody answers to */
    frame = ethernet_frame(tcp, 60, 1000);
    add_frame(hierarchy, packet, &frame);
    frame = ethernet_frame(udp_frame, 60, 70);
    add_frame(hierarchy, packet, &frame);
    check_node(hierarchy, &node, "eth", 0, 3, 1130);
    assert_null(tapir_hierarchy_parent(hierarchy, node));
    check_node(hierarchy, &node, "ip", 1, 2, 130);
    check_node(hierarchy, &node, "udp", 2, 2, 130);
    assert_string_equal(tapir_hierarchy_parent(hierarchy, node)->proto->name, "ip");
    check_node(hierarchy, &node, "data", 3, 2, 130);
    check_node(hierarchy, &node, "data", 1, 1, 1000);
    assert_null(tapir_hierarchy_next(hierarchy, node));
    assert_int_equal(tapir_hierarchy_unlisted(hierarchy), 0);
    tapir_packet_free(packet);
    tapir_hierarchy_free(hierarchy);
    tapir_hierarchy_free(NULL);
}

/* Frames that begin with VLAN tags in every order of two kinds make more paths than are kept. */
static void paths_are_bounded(void **state)
{
    tapir_hierarchy *hierarchy = tapir_hierarchy_new();
    tapir_packet *packet = tapir_packet_new(NULL);
    const tapir_hierarchy_node *node = NULL;
    size_t nodes = 0;
    uint8_t bytes[14 + 4 * 16] = {0};

    (void)state;
    for (unsigned pattern = 0; pattern < 1 << 15; pattern++) {
        tapir_frame frame = ethernet_frame(bytes, sizeof bytes, sizeof bytes);
        for (unsigned i = 0; i < 15; i++)
            tapir_store_be(bytes + 12 + 4 * i, 2, pattern >> i & 1 ? 0x8100 : 0x88a8);
        add_frame(hierarchy, packet, &frame);
    }
    while ((node = tapir_hierarchy_next(hierarchy, node)))
        nodes++;
    assert_int_equal(nodes, 16383);
    assert_true(tapir_hierarchy_unlisted(hierarchy) > 10000);
    tapir_packet_free(packet);
    tapir_hierarchy_free(hierarchy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_counted_and_come_in_the_order_of_a_tree),
        cmocka_unit_test(paths_are_bounded),
    };

    return cmocka_run_group_tests_name("hierarchy", tests, NULL, NULL);
}
