/* Pseudowires: the control word of Ethernet (RFC 4448) and the associated channel (RFC 4385). */
#include "tapir/proto/pseudowire.h"

#include "tapir/encode.h"
#include "tapir/proto/ethernet.h"
#include "tapir/proto/mpls.h"

/* Channel types that are numbered as PPP numbers its protocols. */
#define CHANNEL_IPV4 0x0021
#define CHANNEL_IPV6 0x0057

static const tapir_field ethernet_fields[] = {
    TAPIR_FIELD(tapir_pw_ethernet, reserved, "pweth.cw.reserved", TAPIR_UINT, 16, "Always 0",
        .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_pw_ethernet, sequence, "pweth.cw.sequence_number", TAPIR_UINT, 16,
        "Sequence number; 0: not in use"),
};

static tapir_status ethernet_decode(tapir_decoder *d, void *layer)
{
    struct tapir_pw_ethernet *word = layer;

    if (TAPIR_LOAD(&d->in, word, ethernet_fields))
        tapir_next(d, TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_TEB);
    return TAPIR_OK;
}

static tapir_status ethernet_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_pw_ethernet *word = layer;
    uint32_t key = TAPIR_ETHER_TYPE_TEB;

    tapir_open_header(e, 4);
    TAPIR_STORE(&e->out, word, ethernet_fields);
    return tapir_fill_key(e, TAPIR_ETHER_TYPE, "pwethcw", &key);
}

const tapir_space tapir_space_pw_channel = {
    "pwach.channel_type", "Type of a pseudowire's associated channel", true};

static const tapir_label channels[] = {
    {0x0001, "Management communication"},
    {0x0002, "Signaling communication"},
    {0x0007, "BFD control, without IP header"},
    {0x000a, "Direct loss measurement"},
    {0x000b, "Inferred loss measurement"},
    {0x000c, "Delay measurement"},
    {0x000d, "Direct loss and delay measurement"},
    {0x000e, "Inferred loss and delay measurement"},
    {CHANNEL_IPV4, "IPv4"},
    {0x0022, "Continuity check"},
    {0x0023, "Connectivity verification"},
    {0x0024, "Protection state coordination"},
    {0x0025, "On-demand connectivity verification"},
    {0x0026, "Lock instruct"},
    {0x0027, "Static pseudowire status"},
    {CHANNEL_IPV6, "IPv6"},
    {0x0058, "Fault management"},
    {0x7ff8, "Experiment"},
    {0x8902, "Ethernet OAM"},
    {0, NULL},
};

static const tapir_field channel_fields[] = {
    TAPIR_FIELD(tapir_pw_channel, first, "pwach.first", TAPIR_UINT, 4, "Always 1"),
    TAPIR_FIELD(tapir_pw_channel, version, "pwach.ver", TAPIR_UINT, 4, "Version, 0"),
    TAPIR_FIELD(
        tapir_pw_channel, reserved, "pwach.res", TAPIR_UINT, 8, "Always 0", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_pw_channel, type, "pwach.channel_type", TAPIR_UINT, 16,
        "What the channel carries", .base = TAPIR_HEX, .labels = channels),
};

/* The EtherType of what a channel of that type carries, 0 where it has none. */
static uint32_t ether_type_of(uint16_t channel)
{
    return channel == CHANNEL_IPV4   ? TAPIR_ETHER_TYPE_IPV4
           : channel == CHANNEL_IPV6 ? TAPIR_ETHER_TYPE_IPV6
                                     : 0;
}

static tapir_status channel_decode(tapir_decoder *d, void *layer)
{
    struct tapir_pw_channel *channel = layer;

    if (!TAPIR_LOAD(&d->in, channel, channel_fields))
        return TAPIR_OK;
    tapir_next(d, TAPIR_PW_CHANNEL, channel->type);
    if (ether_type_of(channel->type))
        tapir_next(d, TAPIR_ETHER_TYPE, ether_type_of(channel->type));
    return TAPIR_OK;
}

/* A protocol that names the channel is asked first, else what follows is IP. */
static tapir_status fill_type(tapir_encoder *e, uint16_t *type)
{
    const tapir_stack_layer *inside = tapir_encoder_inside(e);
    uint32_t key = ether_type_of(*type), channel = *type;
    tapir_status status;

    for (size_t i = 0; inside && i < inside->proto->binding_count; i++)
        if (inside->proto->bindings[i].space == TAPIR_PW_CHANNEL) {
            status = tapir_fill_key(e, TAPIR_PW_CHANNEL, "pwach.channel_type", &channel);
            *type = (uint16_t)channel;
            return status;
        }
    status = tapir_fill_key(e, TAPIR_ETHER_TYPE, "pwach.channel_type", &key);
    if (key == TAPIR_ETHER_TYPE_IPV4)
        *type = CHANNEL_IPV4;
    else if (key == TAPIR_ETHER_TYPE_IPV6)
        *type = CHANNEL_IPV6;
    return status;
}

static tapir_status channel_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_pw_channel channel = *(const struct tapir_pw_channel *)layer;
    tapir_status status = fill_type(e, &channel.type);

    tapir_open_header(e, 4);
    TAPIR_STORE(&e->out, &channel, channel_fields);
    return status;
}

static const struct tapir_pw_channel channel_initial = {.first = 1};

static const tapir_binding ethernet_bindings[] = {{TAPIR_MPLS_NIBBLE, 0}};
static const tapir_binding channel_bindings[] = {
    {TAPIR_MPLS_NIBBLE, 1},
    {TAPIR_MPLS_LABEL, TAPIR_MPLS_ASSOCIATED_CHANNEL},
};

static const char *const ethernet_samples[] = {
    "00000017 020000000001 001122334455 0800 45000014000000004000 0000 0a000001 0a000002",
    "0fff0000 ffffffffffff 001122334455 1234 01020304",
};

static const char *const channel_samples[] = {
    "10000021 45000014000000004000 0000 0a000001 0a000002",
    "10000057 600000000000 3b40 00000000000000000000000000000001 "
    "00000000000000000000000000000001",
    "1fff0007 20c00318 00000001 00000002 000f4240 000f4240 00000000",
};

const tapir_proto tapir_pw_ethernet_proto = {
    .name = "pwethcw",
    .title = "Pseudowire control word for Ethernet",
    .spec = "RFC 4448",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(ethernet_fields),
    .size = sizeof(struct tapir_pw_ethernet),
    .decode = ethernet_decode,
    .encode = ethernet_encode,
    TAPIR_BINDINGS(ethernet_bindings),
    TAPIR_SAMPLES(ethernet_samples),
};

const tapir_proto tapir_pw_channel_proto = {
    .name = "pwach",
    .title = "Pseudowire associated channel",
    .spec = "RFC 4385",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(channel_fields),
    .size = sizeof(struct tapir_pw_channel),
    .decode = channel_decode,
    .encode = channel_encode,
    TAPIR_BINDINGS(channel_bindings),
    TAPIR_SAMPLES(channel_samples),
    .initial = &channel_initial,
};
