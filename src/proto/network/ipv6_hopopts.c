/* IPv6's hop-by-hop options header (RFC 8200 4.3). */
#include "tapir/proto/ipv6_hopopts.h"

#include "../record.h"
#include "ipv6_options.h"
#include "tapir/encode.h"
#include "tapir/packet.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"

static const tapir_field hopopts_fields[] = {
    TAPIR_FIELD(tapir_ipv6_hopopts, next_header, "ipv6.hopopts.nxt", TAPIR_UINT, 8,
        "Protocol of what follows", .labels = tapir_ip_protocols),
    TAPIR_FIELD(tapir_ipv6_hopopts, length, "ipv6.hopopts.len", TAPIR_UINT, 8,
        "Length in units of 8 bytes, the first not counted"),
    TAPIR_FIELD(
        tapir_ipv6_hopopts, octets, "ipv6.hopopts.len_oct", TAPIR_UINT, 0, "Length in bytes"),
    TAPIR_FIELD(tapir_ipv6_hopopts, options, "ipv6.opt", TAPIR_LIST, 0, "Options",
        .list = &tapir__ipv6_option_list),
};

/* RFC 2675 2: the true length of a packet whose IPv6 header says 0. */
static uint32_t jumbo_length(const struct tapir_ipv6_hopopts *header)
{
    const uint8_t *jumbo = tapir__find_ipv6_jumbo(header->options);

    return jumbo ? (uint32_t)tapir_load_be(jumbo, 4) : 0;
}

static bool is_jumbo(const tapir_decoder *d)
{
    size_t count;
    const tapir_layer *layers = tapir_layers_outside(d, &count);
    const struct tapir_ipv6 *ip = count ? TAPIR_AS(&layers[count - 1], ipv6) : NULL;

    return ip && ip->payload_length == 0;
}

static tapir_status hopopts_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ipv6_hopopts *header = layer;

    TAPIR_LOAD(&d->in, header, hopopts_fields);
    header->octets = (uint16_t)((header->length + 1u) * 8);
    header->options = tapir__take_most(&d->in, header->octets - 2u);
    if (__builtin_expect(is_jumbo(d), 0)) {
        uint32_t length = jumbo_length(header);
        if (length >= header->octets)
            tapir_bound(d, length - header->octets, "ipv6.opt.jumbo");
    }
    tapir_next(d, TAPIR_IP_PROTOCOL, header->next_header);
    return TAPIR_OK;
}

static tapir_status hopopts_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_ipv6_hopopts *header = layer;

    const uint8_t *jumbo = tapir__find_ipv6_jumbo(header->options);
    size_t at = jumbo ? 2 + (size_t)(jumbo - header->options.data) : 0, len;
    tapir_status status = tapir__encode_ipv6_options(e, "ipv6.hopopts.nxt", "ipv6.hopopts.len",
        header->next_header, header->length, header->options);

    len = e->inside.len + (size_t)(e->out.end - e->head);
    if (jumbo && status == TAPIR_OK && !e->out.failed && e->fill & TAPIR_LENGTHS &&
        (len > UINT16_MAX || e->was)) {
        /* Of an edited packet not all may be there: what changes is the difference. */
        if (e->was)
            len += tapir_load_be(jumbo, 4) - e->was->header_len - e->was->payload_len;
        tapir_store_be(e->head + at, 4, len);
    }
    return status;
}

static const tapir_binding hopopts_bindings[] = {{TAPIR_IP_PROTOCOL, 0}};

static const char *const hopopts_samples[] = {
    "3b 00 05020000 0100",
    "3b 00 c20400010000 01020304",
    "3b 01 0708 00000001 00 05 1234 0102 0000",
    "3b 02 0710 00000001 02 05 1234 f000000000000001 0100 0000",
    "3b 00 2004 01020304",
    "3b 01 0805 04 0a000001 0000 0000000000 00",
    "3b 01 0807 13 0a000001 1234 0000 0000 00",
    "3b 01 0808 8001020304050607 0102 0000",
    "3b 01 2606 07 0a 12345678 0104 00000000",
    "3b 01 2606 87 0a 12345678 0104 00000000",
    "3b 00 3004 05dc 0501",
    "3b 00 6304 c0 1e 0100",
    "3b 01 6d0a a0 05 0102030405060708 0000",
    "3b 00 6d02 00 05 0100",
    "3b 00 ee03 70 1234 00",
    "3b 00 1204 00001c00",
    "3b 00 1e04 01020304",
    "3b 00 0503 000000 00",
    "3b 00 0520 00000000",
    "3b 04 311e 0000 0001 1802 d00000 00 0000000000000000 01000001 00020003 00000004 0104 00000000",
    "3b 03 111a 0001 0001 1880 d00002 00 01000001 00020003 00000004 00000007 0100",
    "3b 00 3104 0003 0001",
    "3b 00 0a04 01020304",
};

const tapir_proto tapir_ipv6_hopopts_proto = {
    .name = "ipv6.hopopts",
    .title = "IPv6 hop-by-hop options",
    .spec = "RFC 8200",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(hopopts_fields),
    .size = sizeof(struct tapir_ipv6_hopopts),
    .decode = hopopts_decode,
    .encode = hopopts_encode,
    TAPIR_BINDINGS(hopopts_bindings),
    TAPIR_SAMPLES(hopopts_samples),
};
