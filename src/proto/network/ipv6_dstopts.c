/* IPv6's destination options header (RFC 8200 4.6). */
#include "tapir/proto/ipv6_dstopts.h"

#include "../record.h"
#include "ipv6_options.h"
#include "tapir/encode.h"
#include "tapir/packet.h"
#include "tapir/proto/ipv4.h"

static const tapir_field dstopts_fields[] = {
    TAPIR_FIELD(tapir_ipv6_dstopts, next_header, "ipv6.dstopts.nxt", TAPIR_UINT, 8,
        "Protocol of what follows", .labels = tapir_ip_protocols),
    TAPIR_FIELD(tapir_ipv6_dstopts, length, "ipv6.dstopts.len", TAPIR_UINT, 8,
        "Length in units of 8 bytes, the first not counted"),
    TAPIR_FIELD(
        tapir_ipv6_dstopts, octets, "ipv6.dstopts.len_oct", TAPIR_UINT, 0, "Length in bytes"),
    TAPIR_FIELD(tapir_ipv6_dstopts, options, "ipv6.opt", TAPIR_LIST, 0, "Options",
        .list = &tapir__ipv6_option_list),
};

static tapir_status dstopts_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ipv6_dstopts *header = layer;

    TAPIR_LOAD(&d->in, header, dstopts_fields);
    header->octets = (uint16_t)((header->length + 1u) * 8);
    header->options = tapir__take_most(&d->in, header->octets - 2u);
    tapir_next(d, TAPIR_IP_PROTOCOL, header->next_header);
    return TAPIR_OK;
}

static tapir_status dstopts_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_ipv6_dstopts *header = layer;

    return tapir__encode_ipv6_options(e, "ipv6.dstopts.nxt", "ipv6.dstopts.len",
        header->next_header, header->length, header->options);
}

static const tapir_binding dstopts_bindings[] = {{TAPIR_IP_PROTOCOL, 60}};

static const char *const dstopts_samples[] = {
    "3b 00 040105 00 0100",
    "3b 02 c910 20010db8000000000000000000000001 0102 0000",
    "3b 01 0f0a 01 02 0003 0004 0005 0006 0100",
    "3b 00 8b04 01020304",
    "3b 00 8c04 03 616263",
    "3b 00 4104 00000001",
    "3b 00 8a04 01020304",
    "3b 00 c904 01020304",
};

const tapir_proto tapir_ipv6_dstopts_proto = {
    .name = "ipv6.dstopts",
    .title = "IPv6 destination options",
    .spec = "RFC 8200",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(dstopts_fields),
    .size = sizeof(struct tapir_ipv6_dstopts),
    .decode = dstopts_decode,
    .encode = dstopts_encode,
    TAPIR_BINDINGS(dstopts_bindings),
    TAPIR_SAMPLES(dstopts_samples),
};
