/* The public calls on sinks, handed on to the kind of sink at hand. */
#include "core/sink.h"

enum { TAG_LEN = 4, CUSTOMER_TAG = 0x8100 };

tapir_status tapir_sink_write(tapir_sink *sink, const tapir_frame *frame)
{
    return sink->kind->write(sink, frame);
}

tapir_status tapir_sink_flush(tapir_sink *sink)
{
    return sink->kind->flush(sink);
}

uint64_t tapir_sink_packets(const tapir_sink *sink)
{
    return sink->kind->packets(sink);
}

const tapir_error *tapir_sink_error(const tapir_sink *sink)
{
    return &sink->error;
}

tapir_status tapir_sink_close(tapir_sink *sink, tapir_error *error)
{
    return sink ? sink->kind->close(sink, error) : TAPIR_OK;
}

/* Returns where the hardware took a tag off: behind the addresses, or behind all of a cooked header
 * but its protocol. SIZE_MAX for link types that have no place for one. */
static size_t tag_place(uint16_t link_type)
{
    return link_type == TAPIR_LINK_TYPE_ETHERNET    ? 12
           : link_type == TAPIR_LINK_TYPE_LINUX_SLL ? 14
                                                    : SIZE_MAX;
}

tapir_status tapir__sink_put_tag_back(tapir_text *tagged, tapir_frame *frame)
{
    size_t place = tag_place(frame->link_type);
    uint8_t tag[TAG_LEN];

    if (frame->caplen < place || frame->caplen > UINT32_MAX - TAG_LEN)
        return TAPIR_OK;
    tapir_store_be(tag, 2, frame->vlan_tpid ? frame->vlan_tpid : CUSTOMER_TAG);
    tapir_store_be(tag + 2, 2, frame->vlan_tci);
    tagged->len = 0;
    tapir_text_bytes(tagged, frame->data, place);
    tapir_text_bytes(tagged, tag, TAG_LEN);
    tapir_text_bytes(tagged, frame->data + place, frame->caplen - place);
    if (tagged->failed)
        return TAPIR_NO_MEMORY;
    frame->data = (const uint8_t *)tagged->data;
    frame->caplen += TAG_LEN;
    frame->len += TAG_LEN;
    return TAPIR_OK;
}
