/* Multiprotocol Label Switching (RFC 3032). No entry says what is under the last one: a label may
 * (RFC 3032 2.1), else the first bytes do (RFC 4928 3). */
#include "tapir/proto/mpls.h"

#include "tapir/encode.h"
#include "tapir/proto/ethernet.h"

const tapir_space tapir_space_mpls_label = {
    "mpls.label", "Label at the bottom of an MPLS stack", false};
const tapir_space tapir_space_mpls_nibble = {
    "mpls.pfn", "First four bits behind an MPLS label stack", false};

static const tapir_label labels[] = {
    {TAPIR_MPLS_IPV4_EXPLICIT_NULL, "IPv4 explicit null"},
    {TAPIR_MPLS_ROUTER_ALERT, "Router alert"},
    {TAPIR_MPLS_IPV6_EXPLICIT_NULL, "IPv6 explicit null"},
    {TAPIR_MPLS_IMPLICIT_NULL, "Implicit null"},
    {TAPIR_MPLS_ENTROPY, "Entropy label follows"},
    {TAPIR_MPLS_ASSOCIATED_CHANNEL, "Generic associated channel"},
    {TAPIR_MPLS_OAM_ALERT, "OAM alert"},
    {TAPIR_MPLS_EXTENSION, "Extended label follows"},
    {0, NULL},
};

static const tapir_field mpls_fields[] = {
    TAPIR_FIELD(tapir_mpls, label, "mpls.label", TAPIR_UINT, 20, "Label", .labels = labels),
    TAPIR_FIELD(tapir_mpls, traffic_class, "mpls.exp", TAPIR_UINT, 3,
        "Traffic class, once for experiments"),
    TAPIR_FIELD(tapir_mpls, bottom, "mpls.bottom", TAPIR_FLAG, 1, "The last entry of the stack"),
    TAPIR_FIELD(tapir_mpls, ttl, "mpls.ttl", TAPIR_UINT, 8, "Time to live in hops"),
};

static bool knows_type_at(const tapir_decoder *d, size_t offset)
{
    return tapir_left(&d->in) >= offset + 2 && tapir_dispatch_find(d->dispatch, TAPIR_ETHER_TYPE,
                                                   (uint32_t)tapir_load_be(d->in.at + offset, 2));
}

/* Behind four bits of zero there is a frame of Ethernet, with the control word of RFC 4448 4.6 in
 * front or without: an EtherType that is known tells where the frame begins. Where none does, it is
 * the word that begins with 16 bits of zero, as few addresses do. */
static bool begins_with_control_word(const tapir_decoder *d)
{
    bool with = knows_type_at(d, 4 + 12), without = knows_type_at(d, 12);

    if (with != without)
        return with;
    return tapir_left(&d->in) >= 2 && tapir_load_be(d->in.at, 2) == 0;
}

/* Of a frame that was captured no further than to where it would show there is nothing to say. */
static bool is_cut_too_early(const tapir_decoder *d)
{
    size_t left = tapir_left(&d->in);

    return left < 4 + 12 + 2 && left < tapir_left_as_sent(d);
}

static void guess_payload(tapir_decoder *d)
{
    unsigned nibble = *d->in.at >> 4;

    if (nibble == 0 && is_cut_too_early(d))
        return;
    if (nibble == 0 && !begins_with_control_word(d))
        tapir_next(d, TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_TEB);
    tapir_next(d, TAPIR_MPLS_NIBBLE, nibble);
    tapir_next(d, TAPIR_IP_VERSION, nibble);
}

static tapir_status mpls_decode(tapir_decoder *d, void *layer)
{
    struct tapir_mpls *mpls = layer;

    if (!TAPIR_LOAD(&d->in, mpls, mpls_fields))
        return TAPIR_OK;
    if (!mpls->bottom) {
        tapir_next(d, TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_MPLS);
        return TAPIR_OK;
    }
    tapir_next(d, TAPIR_MPLS_LABEL, mpls->label);
    if (tapir_left(&d->in))
        guess_payload(d);
    return TAPIR_OK;
}

/* Whether the entry is the last one hangs on what follows, where that is a protocol. */
static void fill_bottom(const tapir_encoder *e, struct tapir_mpls *mpls)
{
    const tapir_stack_layer *inside = tapir_encoder_inside(e);

    if (e->fill & TAPIR_KEYS && inside && inside->proto != &tapir_data_proto &&
        inside->proto != &tapir_failure_proto)
        mpls->bottom = inside->proto != &tapir_mpls_proto;
}

static tapir_status mpls_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_mpls mpls = *(const struct tapir_mpls *)layer;

    fill_bottom(e, &mpls);
    tapir_open_header(e, 4);
    TAPIR_STORE(&e->out, &mpls, mpls_fields);
    return TAPIR_OK;
}

static const struct tapir_mpls mpls_initial = {.bottom = true, .ttl = 64};

static const tapir_binding mpls_bindings[] = {
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_MPLS},
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_MPLS_UPSTREAM},
    {TAPIR_IP_PROTOCOL, 137}, /* RFC 4023 */
    {TAPIR_UDP_PORT, 6635},   /* RFC 7510 */
    {TAPIR_PPP_PROTOCOL, 0x0281},
    {TAPIR_PPP_PROTOCOL, 0x0283},
    {TAPIR_LINK_TYPE, 219},
};

static const char *const mpls_samples[] = {
    "00064140 45000014000000004000 0000 0a000001 0a000002",
    "00010e05 00064f40 600000000000 3b40 00000000000000000000000000000001 "
    "00000000000000000000000000000001",
    "00064140 00000017 020000000001 001122334455 0800 45000014000000004000 0000 0a000001 0a000002",
    "00064140 00005e000101 001122334455 0800 45000014000000004000 0000 0a000001 0a000002",
    "0000d101 10000021 45000014000000004000 0000 0a000001 0a000002",
    "fffff1ff 81010203",
    "00002140",
};

const tapir_proto tapir_mpls_proto = {
    .name = "mpls",
    .title = "Multiprotocol Label Switching",
    .spec = "RFC 3032",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(mpls_fields),
    .size = sizeof(struct tapir_mpls),
    .decode = mpls_decode,
    .encode = mpls_encode,
    TAPIR_BINDINGS(mpls_bindings),
    TAPIR_SAMPLES(mpls_samples),
    .initial = &mpls_initial,
};
