/* Lightweight Communications and Marshalling ("LCM UDP Multicast Protocol Description"). */
#include "tapir/proto/lcm.h"

#include "tapir/encode.h"

enum { SHORT_LEN = 8, FRAGMENT_LEN = 20 };

static const tapir_label magics[] = {
    {TAPIR_LCM_SHORT, "Short message"},
    {TAPIR_LCM_FRAGMENT, "Fragment"},
    {0, NULL},
};

/* The bit in which the two differ. */
#define FRAGMENT_ONLY TAPIR_IF(tapir_lcm, magic, TAPIR_LCM_SHORT ^ TAPIR_LCM_FRAGMENT)

static bool has_channel(const void *item)
{
    return ((const struct tapir_lcm *)item)->fragment == 0;
}

static const tapir_field lcm_fields[] = {
    TAPIR_FIELD(tapir_lcm, magic, "lcm.magic", TAPIR_UINT, 32, "Kind of the header",
        .base = TAPIR_HEX, .labels = magics),
    TAPIR_FIELD(tapir_lcm, sequence, "lcm.sequence", TAPIR_UINT, 32, "Number of the message"),
    TAPIR_FIELD(tapir_lcm, size, "lcm.size", TAPIR_UINT, 0, "Bytes of the whole message's data",
        FRAGMENT_ONLY),
    TAPIR_FIELD(tapir_lcm, offset, "lcm.fragment_offset", TAPIR_UINT, 0,
        "Place of this fragment in the data", FRAGMENT_ONLY),
    TAPIR_FIELD(tapir_lcm, fragment, "lcm.fragment", TAPIR_UINT, 0, "Number of this fragment",
        FRAGMENT_ONLY),
    TAPIR_FIELD(tapir_lcm, fragments, "lcm.fragments", TAPIR_UINT, 0, "Fragments of the message",
        FRAGMENT_ONLY),
    TAPIR_FIELD(tapir_lcm, channel, "lcm.channel", TAPIR_STRING, 0, "Channel of the message",
        .empty = true, .when = has_channel),
};

/* Takes the text in front of a zero byte and that; what there is of a text without, which fails the
 * reader. */
static tapir_span take_channel(tapir_reader *r)
{
    tapir_span rest = tapir_rest(r);
    const uint8_t *end = rest.len ? memchr(rest.data, 0, rest.len) : NULL;
    size_t len = end ? (size_t)(end - rest.data) : rest.len;

    tapir_take(r, len + 1);
    return tapir_span_of(rest.data, len);
}

static tapir_status lcm_decode(tapir_decoder *d, void *layer)
{
    struct tapir_lcm *lcm = layer;
    const uint8_t *start = d->in.at;

    *lcm = (struct tapir_lcm){.channel = tapir_span_of(start, 0)};
    if (!TAPIR_LOAD(&d->in, lcm, lcm_fields))
        return TAPIR_OK;
    if (lcm->magic == TAPIR_LCM_FRAGMENT) {
        lcm->size = tapir_take_be32(&d->in);
        lcm->offset = tapir_take_be32(&d->in);
        lcm->fragment = tapir_take_be16(&d->in);
        lcm->fragments = tapir_take_be16(&d->in);
    } else if (lcm->magic != TAPIR_LCM_SHORT) {
        return tapir_decline(d, start);
    }
    lcm->channel = tapir_span_of(d->in.at, 0);
    if (d->in.failed)
        return TAPIR_OK;
    if (has_channel(lcm))
        lcm->channel = take_channel(&d->in);
    if (lcm->magic == TAPIR_LCM_FRAGMENT && lcm->fragment >= lcm->fragments)
        return tapir_malformed(d, "fragment number not below the number of fragments");
    if (lcm->offset > lcm->size)
        return tapir_malformed(d, "fragment behind the end of the message");
    return TAPIR_OK;
}

static tapir_status lcm_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_lcm *lcm = layer;
    const bool fragment = lcm->magic == TAPIR_LCM_FRAGMENT;
    size_t channel_len = has_channel(lcm) ? lcm->channel.len + 1 : 0;

    if (e->fill & TAPIR_LENGTHS && channel_len && lcm->channel.len &&
        memchr(lcm->channel.data, 0, lcm->channel.len))
        return tapir_refuse(e, TAPIR_INVALID, "lcm.channel", "there is a zero byte in it");
    tapir_open_header(e, (fragment ? FRAGMENT_LEN : SHORT_LEN) + channel_len);
    TAPIR_STORE(&e->out, lcm, lcm_fields);
    if (fragment) {
        tapir_put_be(&e->out, 4, lcm->size);
        tapir_put_be(&e->out, 4, lcm->offset);
        tapir_put_be(&e->out, 2, lcm->fragment);
        tapir_put_be(&e->out, 2, lcm->fragments);
    }
    if (channel_len) {
        tapir_put_span(&e->out, lcm->channel);
        tapir_put_zeroes(&e->out, 1);
    }
    return TAPIR_OK;
}

static const tapir_binding lcm_bindings[] = {{TAPIR_UDP_PORT, 7667}};

static const char *const lcm_samples[] = {
    "4c433032 00000007 504f534500 01020304",
    "4c433032 00000008 00",
    "4c433033 00000009 0000000c 00000000 0000 0003 504f534500 01020304",
    "4c433033 00000009 0000000c 00000008 0002 0003 090a0b0c",
};

static const struct tapir_lcm lcm_initial = {.magic = TAPIR_LCM_SHORT};

const tapir_proto tapir_lcm_proto = {
    .name = "lcm",
    .title = "Lightweight Communications and Marshalling",
    .spec = "LCM UDP Multicast Protocol Description",
    .role = TAPIR_ROLE_APPLICATION,
    TAPIR_FIELDS(lcm_fields),
    .size = sizeof(struct tapir_lcm),
    .decode = lcm_decode,
    .encode = lcm_encode,
    TAPIR_BINDINGS(lcm_bindings),
    TAPIR_SAMPLES(lcm_samples),
    .initial = &lcm_initial,
};
