/* VLAN tags: customer tags (IEEE 802.1Q) and service tags (802.1ad), one tag a layer. */
#include "tapir/proto/vlan.h"

#include "ether_type.h"
#include "tapir/encode.h"

static const tapir_label priorities[] = {
    {0, "Best effort"},
    {1, "Background"},
    {2, "Excellent effort"},
    {3, "Critical applications"},
    {4, "Video"},
    {5, "Voice"},
    {6, "Internetwork control"},
    {7, "Network control"},
    {0, NULL},
};

static bool is_length(const void *item)
{
    return tapir__is_ether_length(((const struct tapir_vlan *)item)->type);
}

static bool is_no_length(const void *item)
{
    return !is_length(item);
}

static const tapir_field vlan_fields[] = {
    TAPIR_FIELD(tapir_vlan, priority, "vlan.priority", TAPIR_UINT, 3, "Priority code point",
        .labels = priorities),
    TAPIR_FIELD(tapir_vlan, dei, "vlan.dei", TAPIR_FLAG, 1,
        "May be dropped under load; once the format of addresses", .alias = "vlan.cfi"),
    TAPIR_FIELD(tapir_vlan, id, "vlan.id", TAPIR_UINT, 12, "The VLAN; 0: priority only"),
    TAPIR_FIELD(tapir_vlan, type, "vlan.etype", TAPIR_UINT, 16,
        "EtherType of the payload, or a number that is neither that nor a length",
        .base = TAPIR_HEX, .labels = tapir_ether_types, .when = is_no_length),
    TAPIR_FIELD(tapir_vlan, type, "vlan.len", TAPIR_UINT, 0, "Length of the payload (802.3)",
        .when = is_length),
};

static bool is_outer(const void *item)
{
    return ((const struct tapir_vlan *)item)->type == TAPIR_ETHER_TYPE_QINQ;
}

static bool is_single(const void *item)
{
    return !is_outer(item);
}

/* Wireshark gives service tags names of their own, some of them those of 802.1ah. */
static const tapir_field service_fields[] = {
    TAPIR_FIELD(tapir_vlan, priority, "ieee8021ad.priority", TAPIR_UINT, 3, "Priority code point",
        .labels = priorities, .alias = "vlan.priority"),
    TAPIR_FIELD(tapir_vlan, dei, "ieee8021ad.dei", TAPIR_UINT, 1, "May be dropped under load",
        .alias = "vlan.dei"),
    TAPIR_FIELD(tapir_vlan, id, "ieee8021ad.id", TAPIR_UINT, 12, "The service VLAN",
        .alias = "vlan.id", .when = is_single),
    TAPIR_FIELD(tapir_vlan, id, "ieee8021ad.svid", TAPIR_UINT, 0,
        "The service VLAN, outside another service tag", .alias = "vlan.id", .when = is_outer),
    TAPIR_FIELD(tapir_vlan, type, "ieee8021ah.etype", TAPIR_UINT, 16, "EtherType of the payload",
        .base = TAPIR_HEX, .labels = tapir_ether_types, .alias = "vlan.etype"),
};

#define TRAILER_FIELDS(name)                                                                       \
    {                                                                                              \
        TAPIR_FIELD(tapir__ether_trailer, bytes, name, TAPIR_SPAN, 0,                              \
            "Bytes behind the payload that are no padding")                                        \
    }
static const tapir_field vlan_trailer_fields[] = TRAILER_FIELDS("vlan.trailer");
static const tapir_field service_trailer_fields[] = TRAILER_FIELDS("ieee8021ah.trailer");
static const tapir_record vlan_trailer_record = TAPIR_RECORD("Trailer", vlan_trailer_fields),
                          service_trailer_record = TAPIR_RECORD("Trailer", service_trailer_fields);
static const tapir_record *const vlan_trailer_records[] = {
    &tapir__ether_padding_record, &vlan_trailer_record, &tapir__ether_fcs_record};
static const tapir_record *const service_trailer_records[] = {
    &tapir__ether_padding_record, &service_trailer_record, &tapir__ether_fcs_record};

static const tapir_record *trailer_next(tapir_walk *walk, void *item)
{
    int part = tapir__ether_trailer_next(walk, item);

    return part < 0 ? NULL : walk->list->records[part];
}

static const tapir_list vlan_trailer = {sizeof(struct tapir__ether_trailer), trailer_next,
    vlan_trailer_records, TAPIR_COUNT(vlan_trailer_records)};
static const tapir_list service_trailer = {sizeof(struct tapir__ether_trailer), trailer_next,
    service_trailer_records, TAPIR_COUNT(service_trailer_records)};

static tapir_status vlan_decode(tapir_decoder *d, void *layer)
{
    struct tapir_vlan *vlan = layer;

    if (!TAPIR_LOAD(&d->in, vlan, vlan_fields))
        return TAPIR_OK;
    tapir__ether_payload(d, vlan->type, "vlan.len");
    return TAPIR_OK;
}

static tapir_status vlan_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_vlan vlan = *(const struct tapir_vlan *)layer;
    tapir_status status = tapir__fill_ether_type(e, "vlan.etype", "vlan.len", &vlan.type);

    tapir_open_header(e, 4);
    TAPIR_STORE(&e->out, &vlan, vlan_fields);
    return status;
}

static const tapir_binding vlan_bindings[] = {
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_VLAN},
    {TAPIR_ETHER_TYPE, 0x9100},
    {TAPIR_ETHER_TYPE, 0x9200},
};

static const tapir_binding service_bindings[] = {{TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_QINQ}};

static const char *const vlan_samples[] = {
    "7005 0800 45000014000000004000 0000 0a000001 0a000002",
    "0005 8100 0006 0800 45000014000000004000 0000 0a000001 0a000002 00000000",
    "0fff 0003 424203 0000",
    "0001 05ff 424203 0000",
};

const tapir_proto tapir_vlan_proto = {
    .name = "vlan",
    .title = "802.1Q VLAN tag",
    .spec = "IEEE 802.1Q",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(vlan_fields),
    .size = sizeof(struct tapir_vlan),
    .decode = vlan_decode,
    .encode = vlan_encode,
    .trailer = &vlan_trailer,
    TAPIR_BINDINGS(vlan_bindings),
    TAPIR_SAMPLES(vlan_samples),
};

const tapir_proto tapir_vlan_service_proto = {
    .name = "ieee8021ad",
    .title = "802.1ad service VLAN tag",
    .spec = "IEEE 802.1ad",
    .role = TAPIR_ROLE_OTHER,
    TAPIR_FIELDS(service_fields),
    .size = sizeof(struct tapir_vlan),
    .decode = vlan_decode,
    .encode = vlan_encode,
    .trailer = &service_trailer,
    TAPIR_BINDINGS(service_bindings),
    TAPIR_SAMPLES(vlan_samples),
};
