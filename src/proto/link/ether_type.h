/* What Ethernet, VLAN tags and Linux's cooked capture have in common: a number that is an EtherType
 * or a length, and padding behind the payload. */
#ifndef TAPIR_LINK_ETHER_TYPE_H
#define TAPIR_LINK_ETHER_TYPE_H

#include "tapir/encode.h"
#include "tapir/proto/ethernet.h"

/* IEEE 802.3 3.2.6: up to 1500 it is a length, from 1536 on an EtherType, nothing in between. As
 * Wireshark does we take 0, the length of no payload at all, for a type. */
static inline bool tapir__is_ether_length(uint16_t type)
{
    return type - 1u < 1500;
}

static inline bool tapir__is_ether_type(uint16_t type)
{
    return type >= TAPIR_ETHER_TYPE_MIN || type == 0;
}

/* Dispatches on the type or bounds the payload to the length, which the field `name` announced. */
static inline void tapir__ether_payload(tapir_decoder *d, uint16_t type, const char *name)
{
    if (__builtin_expect(tapir__is_ether_type(type), 1))
        tapir_next(d, TAPIR_ETHER_TYPE, type);
    else if (tapir__is_ether_length(type))
        tapir_bound(d, type, name);
}

/* Makes *type the EtherType of what is inside or, where that is raw payload and *type no EtherType,
 * its length. */
static inline tapir_status tapir__fill_ether_type(
    tapir_encoder *e, const char *type_name, const char *length_name, uint16_t *type)
{
    const tapir_stack_layer *inside = tapir_encoder_inside(e);
    const size_t trailer_len = e->layers[e->index].trailer.len;
    bool is_raw = !inside || inside->proto == &tapir_data_proto;
    uint32_t key = *type;
    size_t length = *type;
    tapir_status status;

    if (is_raw && (tapir__is_ether_length(*type) || (*type == 0 && e->inside.len))) {
        /* The length tells the trailer from the payload. */
        e->inside.len -= trailer_len;
        status = tapir_fill_length(e, length_name, 0, 1500, &length);
        e->inside.len += trailer_len;
        *type = (uint16_t)length;
        return status;
    }
    status = tapir_fill_key(e, TAPIR_ETHER_TYPE, type_name, &key);
    *type = (uint16_t)key;
    return status;
}

/* One part of what lies behind the payload. */
struct tapir__ether_trailer {
    tapir_span bytes;
    uint32_t fcs;
};

/* Takes the next part of a trailer into `part`: 0 is padding, 1 what is behind it, 2 a frame check
 * sequence; -1 when there are no more. */
int tapir__ether_trailer_next(tapir_walk *walk, struct tapir__ether_trailer *part);

/* Fields of the parts that have one name everywhere. */
extern const tapir_record tapir__ether_padding_record, tapir__ether_fcs_record;

#endif
