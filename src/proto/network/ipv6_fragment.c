/* IPv6's fragment header (RFC 8200 4.5). */
#include "tapir/proto/ipv6_fragment.h"

#include "tapir/encode.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"

static const tapir_field fragment_fields[] = {
    TAPIR_FIELD(tapir_ipv6_fragment, next_header, "ipv6.fraghdr.nxt", TAPIR_UINT, 8,
        "Protocol of the whole datagram", .labels = tapir_ip_protocols),
    TAPIR_FIELD(tapir_ipv6_fragment, reserved, "ipv6.fraghdr.reserved_octet", TAPIR_UINT, 8,
        "Reserved", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_ipv6_fragment, fragment_offset, "ipv6.fraghdr.offset", TAPIR_UINT, 13,
        "Place of this fragment in the datagram, in units of 8 bytes"),
    TAPIR_FIELD(tapir_ipv6_fragment, reserved_bits, "ipv6.fraghdr.reserved_bits", TAPIR_UINT, 2,
        "Reserved"),
    TAPIR_FIELD(
        tapir_ipv6_fragment, more_fragments, "ipv6.fraghdr.more", TAPIR_FLAG, 1, "More fragments"),
    TAPIR_FIELD(tapir_ipv6_fragment, id, "ipv6.fraghdr.ident", TAPIR_UINT, 32,
        "Identification of the datagram's fragments", .base = TAPIR_HEX),
};

static tapir_status fragment_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ipv6_fragment *fragment = layer;

    /* The first fragment, and an atomic one (RFC 6946), begin with the upper layer's header. */
    if (TAPIR_LOAD(&d->in, fragment, fragment_fields) && fragment->fragment_offset == 0)
        tapir_next(d, TAPIR_IP_PROTOCOL, fragment->next_header);
    return TAPIR_OK;
}

static tapir_status fragment_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_ipv6_fragment fragment = *(const struct tapir_ipv6_fragment *)layer;
    uint32_t key = fragment.next_header;
    tapir_status status =
        tapir_require_outside(e, TAPIR_ROLE_NETWORK, &tapir_ipv6_proto, "ipv6.fraghdr.nxt");

    if (status == TAPIR_OK)
        status = tapir_fill_key(e, TAPIR_IP_PROTOCOL, "ipv6.fraghdr.nxt", &key);
    fragment.next_header = (uint8_t)key;
    tapir_open_header(e, 8);
    TAPIR_STORE(&e->out, &fragment, fragment_fields);
    return status;
}

static const tapir_binding fragment_bindings[] = {{TAPIR_IP_PROTOCOL, 44}};

static const char *const fragment_samples[] = {
    "11 00 0000 12345678 0001 0009 000c 0000 01020304",
    "11 00 0001 12345678 0001 0009 0030 0000 01020304",
    "3a ff ffff 12345678 01020304",
};

const tapir_proto tapir_ipv6_fragment_proto = {
    .name = "ipv6.fraghdr",
    .title = "IPv6 fragment",
    .spec = "RFC 8200",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(fragment_fields),
    .size = sizeof(struct tapir_ipv6_fragment),
    .decode = fragment_decode,
    .encode = fragment_encode,
    TAPIR_BINDINGS(fragment_bindings),
    TAPIR_SAMPLES(fragment_samples),
};
