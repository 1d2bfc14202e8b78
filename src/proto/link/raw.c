/* Raw IP (LINKTYPE_RAW): a layer without bytes, as Wireshark has it, that picks the IP version. */
#include "tapir/proto/raw.h"

#include "tapir/encode.h"
#include "tapir/frame.h"

static tapir_status raw_decode(tapir_decoder *d, void *layer)
{
    struct tapir_raw *raw = layer;

    raw->version = tapir_left(&d->in) ? *d->in.at >> 4 : 0;
    tapir_next(d, TAPIR_IP_VERSION, raw->version);
    return TAPIR_OK;
}

static tapir_status raw_encode(tapir_encoder *e, const void *layer)
{
    uint32_t version = 0;

    (void)layer;
    tapir_open_header(e, 0);
    return tapir_fill_key(e, TAPIR_IP_VERSION, "raw", &version);
}

/* 12 and 14 are what some systems call it in files (https://www.tcpdump.org/linktypes.html). */
static const tapir_binding raw_bindings[] = {
    {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_RAW},
    {TAPIR_LINK_TYPE, 12},
    {TAPIR_LINK_TYPE, 14},
};

static const char *const raw_samples[] = {
    "45000014000000004000 0000 0a000001 0a000002",
    "600000000000 3b40 00000000000000000000000000000001 00000000000000000000000000000001",
    "50000000",
};

const tapir_proto tapir_raw_proto = {
    .name = "raw",
    .title = "Raw IP",
    .spec = "LINKTYPE_RAW",
    .role = TAPIR_ROLE_OTHER,
    .size = sizeof(struct tapir_raw),
    .decode = raw_decode,
    .encode = raw_encode,
    TAPIR_BINDINGS(raw_bindings),
    TAPIR_SAMPLES(raw_samples),
};
