/* Addresses replaced: the mapping by its published examples, and every sample of every protocol. */
#include "tapir/tapir.h"

#include "proto/anonymise/anonymiser.h"
#include "shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* The key of the sample that Crypto-PAn's authors published, and one that counts up. */
static const uint8_t published[32] = {21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144,
    125, 16, 216, 152, 143, 131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2};
static const uint8_t counting[32] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
    18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

static tapir_anonymiser *anonymiser(const uint8_t key[32], const tapir_anonymiser_options *options)
{
    tapir_anonymiser *a = NULL;
    tapir_error error;

    if (tapir_anonymiser_new(&a, key, options, &error) == TAPIR_UNSUPPORTED)
        skip();
    assert_non_null(a);
    return a;
}

static void crypto_pan_maps_as_published(void **state)
{
    static const struct {
        uint8_t from[4], to[4];
    } pairs[] = {
        {{128, 11, 68, 132}, {135, 242, 180, 132}},
        {{129, 118, 74, 4}, {134, 136, 186, 123}},
        {{130, 132, 252, 244}, {133, 68, 164, 234}},
        {{141, 223, 7, 43}, {141, 167, 8, 160}},
        {{141, 233, 145, 108}, {141, 129, 237, 235}},
        {{152, 163, 225, 39}, {151, 140, 114, 167}},
        {{156, 29, 3, 236}, {147, 225, 12, 42}},
        {{165, 247, 96, 84}, {162, 9, 99, 234}},
        {{166, 107, 77, 190}, {160, 132, 178, 185}},
        {{192, 102, 249, 13}, {252, 138, 62, 131}},
        {{24, 0, 250, 221}, {100, 15, 198, 226}},
        {{4, 3, 88, 225}, {124, 60, 155, 63}},
    };
    tapir_anonymiser *a = anonymiser(published, NULL);

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(pairs); i++) {
        uint8_t to[4];
        tapir_crypto_pan(a, pairs[i].from, to, 32);
        assert_memory_equal(to, pairs[i].to, 4);
    }
    tapir_anonymiser_free(a);
}

static void crypto_pan_maps_ipv6_bit_by_bit(void **state)
{
    static const uint8_t from[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
    static const uint8_t expected[16] = {0xdd, 0x92, 0x2c, 0x44, 0x3f, 0xc0, 0xff, 0x1e, 0x7f, 0xf9,
        0xc7, 0xf0, 0x81, 0x80, 0x7e, 0x00};
    static const uint8_t from4[4] = {192, 0, 2, 1}, expected4[4] = {2, 90, 93, 17};
    tapir_anonymiser *a = anonymiser(counting, NULL);
    uint8_t to[16];

    (void)state;
    tapir_crypto_pan(a, from4, to, 32);
    assert_memory_equal(to, expected4, 4);
    tapir_crypto_pan(a, from, to, 128);
    assert_memory_equal(to, expected, 16);
    tapir_anonymiser_free(a);
}

static unsigned common_bits(const uint8_t *a, const uint8_t *b, size_t len)
{
    for (unsigned i = 0; i < len * 8; i++)
        if ((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1)
            return i;
    return (unsigned)len * 8;
}

static void prefixes_stay_as_long_and_nothing_becomes_special(void **state)
{
    tapir_anonymiser *a = anonymiser(counting, NULL);
    uint32_t random = 1;

    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        uint8_t from[4] = {10, 20, 30, 40}, other[4], to[4], other_to[4];
        random = random * 1664525 + 1013904223;
        memcpy(other, from, 4);
        other[random >> 8 & 3] ^= (uint8_t)(random >> 24);
        if (other[0] == 0 || other[0] == 127 || other[0] >= 224)
            continue;
        tapir_anonymise_ipv4(a, from, to);
        tapir_anonymise_ipv4(a, other, other_to);
        assert_true(other_to[0] && other_to[0] != 127 && other_to[0] < 224);
        if (other[0] == from[0])
            assert_int_equal(common_bits(to, other_to, 4), common_bits(from, other, 4));
        else
            assert_memory_not_equal(to, other_to, 4);
    }
    tapir_anonymiser_free(a);
}

static void special_addresses_stay(void **state)
{
    static const uint8_t v4[][4] = {
        {0, 0, 0, 0}, {127, 0, 0, 1}, {224, 0, 0, 251}, {255, 255, 255, 255}, {255, 255, 255, 0}};
    static const uint8_t v6[][16] = {{0}, {[15] = 1}, {0xff, 2, [15] = 1}};
    static const uint8_t macs[][6] = {{0}, {0, 0, 0x5e, 0, 1, 7}, {255, 255, 255, 255, 255, 255},
        {1, 0, 0x5e, 0, 0, 1}, {0x33, 0x33, 0, 0, 0, 1}};
    tapir_anonymiser *a = anonymiser(counting, NULL);
    uint8_t to[16];

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(v4); i++) {
        tapir_anonymise_ipv4(a, v4[i], to);
        assert_memory_equal(to, v4[i], 4);
    }
    for (size_t i = 0; i < TAPIR_COUNT(v6); i++) {
        tapir_anonymise_ipv6(a, v6[i], to);
        assert_memory_equal(to, v6[i], 16);
    }
    for (size_t i = 0; i < TAPIR_COUNT(macs); i++) {
        tapir_anonymise_mac(a, macs[i], to);
        assert_memory_equal(to, macs[i], 6);
    }
    tapir_anonymiser_free(a);
}

static void parts_that_are_special_stay(void **state)
{
    static const uint8_t local4[4] = {169, 254, 3, 4};
    static const uint8_t local6[16] = {0xfe, 0x80, [8] = 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t mapped6[16] = {[10] = 0xff, 0xff, 10, 20, 30, 40},
                         v4[4] = {10, 20, 30, 40};
    static const uint8_t network[16] = {0x20, 1, 0xd, 0xb8, 1, 2, 3, 4};
    static const uint8_t host[16] = {0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, [15] = 9};
    static const uint8_t solicited[16] = {0xff, 2, [11] = 1, 0xff, 1, 2, 3};
    static const uint8_t solicited_mac[6] = {0x33, 0x33, 0xff, 1, 2, 3};
    tapir_anonymiser *a = anonymiser(counting, NULL);
    uint8_t to[16], other[16];

    (void)state;
    tapir_anonymise_ipv4(a, local4, to);
    assert_memory_equal(to, local4, 2);
    assert_memory_not_equal(to, local4, 4);
    tapir_anonymise_ipv6(a, local6, to);
    assert_memory_equal(to, local6, 8);
    assert_memory_not_equal(to + 8, local6 + 8, 8);
    tapir_anonymise_ipv6(a, mapped6, to);
    tapir_anonymise_ipv4(a, v4, other);
    assert_memory_equal(to, mapped6, 12);
    assert_memory_equal(to + 12, other, 4);
    tapir_anonymise_ipv6(a, network, to);
    tapir_anonymise_ipv6(a, host, other);
    assert_memory_equal(to, other, 8);
    assert_memory_equal(to + 8, "\0\0\0\0\0\0\0\0", 8);
    tapir_anonymise_ipv6(a, solicited, to);
    tapir_anonymise_mac(a, solicited_mac, other);
    assert_memory_equal(to, solicited, 13);
    assert_memory_not_equal(to, solicited, 16);
    assert_memory_equal(other, solicited_mac, 3);
    assert_memory_equal(other + 3, to + 13, 3);
    tapir_anonymiser_free(a);
}

static void mac_addresses_keep_their_bits_and_on_request_their_vendor(void **state)
{
    static const tapir_anonymiser_options keep = {.size = sizeof keep, .keep_oui = true};
    static const uint8_t burnt[6] = {0, 0x1b, 0x21, 1, 2, 3}, local[6] = {2, 0x1b, 0x21, 1, 2, 3};
    tapir_anonymiser *a = anonymiser(counting, NULL), *keeping = anonymiser(counting, &keep);
    uint8_t to[6];

    (void)state;
    tapir_anonymise_mac(a, burnt, to);
    assert_memory_not_equal(to, burnt, 3);
    assert_int_equal(to[0] & 3, 0);
    tapir_anonymise_mac(a, local, to);
    assert_int_equal(to[0] & 3, 2);
    tapir_anonymise_mac(keeping, burnt, to);
    assert_memory_equal(to, burnt, 3);
    assert_memory_not_equal(to + 3, burnt + 3, 3);
    tapir_anonymiser_free(a);
    tapir_anonymiser_free(keeping);
}

static void keys_are_digits_or_hashes(void **state)
{
    static const char digits[] =
        " 000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n";
    /* SHA-256 of "abc", FIPS 180-2 B.1. */
    static const uint8_t of_abc[4] = {0xba, 0x78, 0x16, 0xbf};
    uint8_t key[32];

    (void)state;
    tapir_anonymise_key(key, tapir_span_of(digits, strlen(digits)));
    assert_memory_equal(key, counting, 32);
    tapir_anonymise_key(key, tapir_span_of("abc", 3));
    assert_memory_equal(key, of_abc, 4);
}

/* Every address in a packet, as it is or as it is mapped to. */
struct addresses {
    tapir_anonymiser *map; /* NULL: as it is */
    struct address {
        const char *name;
        uint8_t bytes[16];
        size_t from, to; /* which of them may count: those between zeroes of the original */
    } list[1024];
    size_t count;
};

/* The bytes of a value that is an address, and of which kind; empty when it is none. */
static tapir_span address_of(const tapir_value *value, unsigned *kind)
{
    const tapir_field *field = value->field;
    bool is_span = field->kind == TAPIR_SPAN ||
                   (field->kind == TAPIR_TEXT && !field->bits && field->size == sizeof(tapir_span));
    tapir_span bytes = tapir_span_of(value->member, field->size);

    *kind = field->address ? field->address : field->kind;
    if (value->part || *kind < TAPIR_BYTES || *kind > TAPIR_IPV6 ||
        (*kind == TAPIR_BYTES && !field->address))
        return tapir_span_of(NULL, 0);
    if (field->address && is_span)
        bytes = *(const tapir_span *)value->member;
    if (*kind == TAPIR_BYTES)
        *kind = bytes.len == 4    ? TAPIR_IPV4
                : bytes.len == 16 ? TAPIR_IPV6
                : bytes.len == 6  ? TAPIR_MAC
                                  : TAPIR_BYTES;
    if (*kind != TAPIR_BYTES)
        bytes.len = *kind == TAPIR_IPV4 ? 4 : *kind == TAPIR_IPV6 ? 16 : 6;
    else if (bytes.len > 16)
        bytes.len = 16;
    return bytes;
}

static void add_address(void *user, const tapir_value *value)
{
    struct addresses *all = user;
    unsigned kind;
    tapir_span original = address_of(value, &kind);
    struct address *address = &all->list[all->count];

    if (!original.len || all->count == TAPIR_COUNT(all->list))
        return;
    all->count++;
    *address = (struct address){.name = value->field->name, .to = original.len};
    if (!all->map)
        memcpy(address->bytes, original.data, original.len);
    else if (kind == TAPIR_IPV4)
        tapir_anonymise_ipv4(all->map, original.data, address->bytes);
    else if (kind == TAPIR_IPV6)
        tapir_anonymise_ipv6(all->map, original.data, address->bytes);
    else if (kind == TAPIR_MAC)
        tapir_anonymise_mac(all->map, original.data, address->bytes);
    else
        tapir__anonymise_other(all->map, original.data, address->bytes, original.len, true);
    /* A prefix has only its first bytes on the wire, a compressed address only its last. */
    while (address->to && !original.data[address->to - 1])
        address->to--;
    while (address->from < address->to && !original.data[address->from])
        address->from++;
}

static void add_addresses(struct addresses *all, tapir_packet *packet)
{
    const tapir_value_visitor visitor = {.value = add_address, .user = all};
    size_t count;
    const tapir_layer *layers = tapir_packet_layers(packet, &count);

    for (size_t i = 0; i < count; i++)
        tapir_layer_values(&layers[i], &visitor);
}

/* Anonymises a frame and compares: the same layers, every address mapped, checksums as good. A
 * route alone does not have the addresses that it leaves parts out of. */
static void check_frame(tapir_anonymiser *a, const tapir_frame *frame, const tapir_proto *first)
{
    static struct addresses expected, actual;
    tapir_packet *before = tapir_packet_new(NULL), *after = tapir_packet_new(NULL);
    size_t count, new_count;
    const tapir_layer *layers, *new_layers;
    tapir_frame changed;

    assert_int_equal(tapir__anonymise_from(a, frame, first, &changed), TAPIR_OK);
    tapir_packet_start_at(before, frame, first);
    tapir_packet_start_at(after, &changed, first);
    layers = tapir_packet_layers(before, &count);
    new_layers = tapir_packet_layers(after, &new_count);
    if (count != new_count)
        fail_msg("%s: %zu layers became %zu, the last %s", first->name, count, new_count,
            new_layers[new_count - 1].proto->name);
    for (size_t i = 0; i < count; i++) {
        tapir_checksum old = {0}, new = {0};
        assert_ptr_equal(layers[i].proto, new_layers[i].proto);
        assert_int_equal(layers[i].status, new_layers[i].status);
        if (tapir_packet_verify(before, &layers[i], &old) &&
            tapir_packet_verify(after, &new_layers[i], &new)) {
            assert_int_equal(old.verifiable, new.verifiable);
            if (old.good != new.good)
                fail_msg("%s: checksum %04x (%04x) became %04x (%04x)", layers[i].proto->name,
                    old.actual, old.expected, new.actual, new.expected);
        }
    }
    expected.map = a;
    expected.count = actual.count = 0;
    add_addresses(&expected, before);
    add_addresses(&actual, after);
    assert_int_equal(expected.count, actual.count);
    for (size_t i = 0; i < expected.count; i++) {
        const struct address *e = &expected.list[i];
        if (memcmp(e->bytes + e->from, actual.list[i].bytes + e->from, e->to - e->from) != 0 &&
            (first != &tapir_ipv6_routing_proto || !strstr(e->name, "full")))
            fail_msg("%s: %s is not what it is mapped to", first->name, e->name);
    }
    tapir_packet_free(before);
    tapir_packet_free(after);
}

static void every_address_of_every_sample_is_mapped(void **state)
{
    tapir_anonymiser *a = anonymiser(counting, NULL);
    const tapir_proto *proto;

    (void)state;
    for (size_t n = 0; (proto = tapir_registry_each(tapir_registry_default(), n)); n++)
        for (size_t i = 0; i < proto->sample_count; i++) {
            struct shown shown = {.packet = NULL};
            show(&shown, TAPIR_LINK_TYPE_ETHERNET, proto->samples[i], 0);
            check_frame(a, &shown.frame, proto);
            tapir_packet_free(shown.packet);
        }
    tapir_anonymiser_free(a);
}

static void compressed_routes_fit_the_address_they_lean_on(void **state)
{
    tapir_anonymiser *a = anonymiser(counting, NULL);
    struct shown shown = {.packet = NULL};

    (void)state;
    show(&shown, TAPIR_LINK_TYPE_IPV6,
        "60000000 0010 2b 40 20010db8000000010000000000000007 20010db8000000010000000000000008"
        "3b 01 03 02 ff600000 0102 000000000000",
        0);
    check_frame(a, &shown.frame, &tapir_ipv6_proto);
    tapir_packet_free(shown.packet);
    tapir_anonymiser_free(a);
}

/* Ethernet, IPv4, VXLAN over UDP without checksum, Ethernet, IPv4, UDP to port 53 with a good
 * checksum and an answer of 192.0.2.7, one byte of padding. */
static const char in_tunnel[] =
    "020000000002 020000000001 0800"
    "4500 0077 1234 4000 40 11 143f 0a000001 0a000002 1234 12b5 0063 0000 08000000 00000700"
    "020000000004 020000000003 0800"
    "4500 0045 1234 4000 40 11 d466 c0a80001 c0a80102"
    "0035 9c40 0031 d9ba 0001 8180 0001 0001 0000 0000 0161 00 0001 0001"
    "c00c 0001 0001 0000003c 0004 c0000207 cafecafe cafe ff";

static void a_tunnel_is_changed_all_through_and_checksums_stay_right(void **state)
{
    tapir_anonymiser *a = anonymiser(counting, NULL);
    struct shown shown = {.packet = NULL};
    const tapir_layer *layer;
    tapir_checksum checksum;
    tapir_frame changed;

    (void)state;
    show(&shown, TAPIR_LINK_TYPE_ETHERNET, in_tunnel, 0);
    /* Make both headers' checksums right first. */
    for (size_t nth = 0; nth < 2; nth++) {
        layer = tapir_packet_find(shown.packet, &tapir_ipv4_proto, nth);
        assert_true(tapir_packet_verify(shown.packet, layer, &checksum));
        tapir_store_be(
            shown.bytes + tapir_layer_offset(shown.packet, layer) + 10, 2, checksum.expected);
    }
    layer = tapir_packet_find(shown.packet, &tapir_udp_proto, 1);
    assert_true(tapir_packet_verify(shown.packet, layer, &checksum));
    tapir_store_be(shown.bytes + tapir_layer_offset(shown.packet, layer) + 6, 2, checksum.expected);
    check_frame(a, &shown.frame, &tapir_ethernet_proto);
    assert_int_equal(tapir_anonymise_frame(a, &shown.frame, &changed), TAPIR_OK);
    assert_int_equal(changed.caplen, shown.frame.caplen);
    tapir_packet_decode(shown.packet, &changed);
    layer = tapir_packet_find(shown.packet, &tapir_udp_proto, 1);
    assert_true(tapir_packet_verify(shown.packet, layer, &checksum));
    assert_true(checksum.good);
    assert_null(memmem(changed.data, changed.caplen, "\xc0\0\2\7", 4));
    assert_null(memmem(changed.data, changed.caplen, "\xc0\xa8\0\1", 4));
    tapir_packet_free(shown.packet);
    tapir_anonymiser_free(a);
}

static void payload_is_blanked_or_cut(void **state)
{
    tapir_anonymiser_options zero = {.size = sizeof zero, .payload = TAPIR_PAYLOAD_ZERO};
    tapir_anonymiser_options cut = {.size = sizeof cut, .payload = TAPIR_PAYLOAD_CUT};
    tapir_anonymiser *a = anonymiser(counting, &zero);
    struct shown shown = {.packet = NULL};
    size_t headers = 14 + 20 + 8 + 8 + 14 + 20 + 8;
    tapir_frame changed;

    (void)state;
    show(&shown, TAPIR_LINK_TYPE_ETHERNET, in_tunnel, 0);
    assert_int_equal(tapir_anonymise_frame(a, &shown.frame, &changed), TAPIR_OK);
    assert_int_equal(changed.caplen, shown.frame.caplen);
    for (size_t i = headers; i < changed.caplen; i++)
        assert_int_equal(changed.data[i], 0);
    tapir_anonymiser_free(a);
    a = anonymiser(counting, &cut);
    assert_int_equal(tapir_anonymise_frame(a, &shown.frame, &changed), TAPIR_OK);
    assert_int_equal(changed.caplen, headers);
    assert_int_equal(changed.len, shown.frame.len);
    tapir_packet_free(shown.packet);
    tapir_anonymiser_free(a);
}

static void a_frame_check_sequence_is_cut_off(void **state)
{
    tapir_anonymiser *a = anonymiser(counting, NULL);
    uint8_t bytes[64] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5};
    tapir_frame changed, frame = {.data = bytes,
                             .caplen = 64,
                             .len = 64,
                             .fcs_len = 4,
                             .link_type = TAPIR_LINK_TYPE_ETHERNET};

    (void)state;
    assert_int_equal(tapir_anonymise_frame(a, &frame, &changed), TAPIR_OK);
    assert_int_equal(changed.caplen, 60);
    assert_int_equal(changed.len, 64);
    tapir_anonymiser_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crypto_pan_maps_as_published),
        cmocka_unit_test(crypto_pan_maps_ipv6_bit_by_bit),
        cmocka_unit_test(prefixes_stay_as_long_and_nothing_becomes_special),
        cmocka_unit_test(special_addresses_stay),
        cmocka_unit_test(parts_that_are_special_stay),
        cmocka_unit_test(mac_addresses_keep_their_bits_and_on_request_their_vendor),
        cmocka_unit_test(keys_are_digits_or_hashes),
        cmocka_unit_test(every_address_of_every_sample_is_mapped),
        cmocka_unit_test(compressed_routes_fit_the_address_they_lean_on),
        cmocka_unit_test(a_tunnel_is_changed_all_through_and_checksums_stay_right),
        cmocka_unit_test(payload_is_blanked_or_cut),
        cmocka_unit_test(a_frame_check_sequence_is_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
